"""Read a project from its folder, and parse its files to a project: the same for station and window."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from projects.alarm_rows import ALARM_COLUMNS, ALARM_FILE, ALARM_REQUIRED, read_alarms
from projects.config import PROJECT_FILE, Config, read_config
from projects.derivation import derive
from projects.effectiveness import check_units
from projects.faceplates import descriptions_of, instances_of, read_faceplate
from projects.library import PREFIX, with_library
from projects.model import Faceplate, Library, Problem, Project, ProjectError
from projects.problems import Names, Problems
from projects.screen_check import Inspect, ScreenChecker, check_faceplates, check_pictures
from projects.screens import ScreenFile, read_screen
from projects.tables import Table, read_table
from projects.tag_facts import TagFacts
from projects.tag_rows import TAG_FILE, read_tags, report_unused_connections
from projects.texts import TEXTS_FILE, check_texts, read_texts, uses_of
from projects.type_tables import TAG_COLUMNS, TAG_REQUIRED, type_name_fault
from projects.udt import expand
from tags.drivers.catalogue import DriverInfo, drivers
from tags.model import Tag, TagTable

MAX_FILE_BYTES: Final = 8 * 1024 * 1024
MAX_PROJECT_BYTES: Final = 32 * 1024 * 1024
"""The files travel to every window in one frame of the link, which carries at most twice as much."""
MAX_FILES: Final = 5_000

TOP_FILES: Final = (PROJECT_FILE, TAG_FILE, ALARM_FILE, TEXTS_FILE)
FOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "types": (".csv",),
    "screens": (".json",),
    "faceplates": (".json",),
    "symbols": (".svg",),
    "images": (".png", ".jpg", ".jpeg", ".svg"),
    "recipes": (".csv",),
}
"""The folders of a project and the suffixes of the files that belong to it."""
PICTURES: Final = ("images", "symbols")


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of a project by their path in it (``types/Motor.csv``), and nothing else.

    Raises:
        ProjectError: the folder or project.toml is missing, a file cannot be read or is too large, or a
            symbolic link leads out of the folder.
    """
    files, problems = read_readable(folder)
    if problems:
        raise ProjectError(problems)
    return files


def read_readable(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of a project that can be read, and a fault for each other one.

    Raises:
        ProjectError: the folder, project.toml or tags.csv cannot be read: without them nothing runs.
    """
    problems = Problems()
    if not folder.is_dir():
        raise ProjectError([Problem(PROJECT_FILE, 0, "", f"there is no project folder {folder}")])
    root = folder.resolve()
    files: dict[str, bytes] = {}
    total = 0
    for name in project_paths(folder):
        path = folder / name
        try:
            if not path.resolve().is_relative_to(root):
                problems.fault(name, 0, "", "is a symbolic link that leads out of the project's folder")
                continue
            if not path.is_file():
                problems.fault(name, 0, "", "is no file")
                continue
            with path.open("rb") as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
        except (OSError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            problems.fault(name, 0, "", f"cannot be read: {reason}")
            continue
        if len(data) > MAX_FILE_BYTES:
            problems.fault(name, 0, "", f"is larger than {MAX_FILE_BYTES >> 20} MiB")
            continue
        total += len(data)
        if total > MAX_PROJECT_BYTES or len(files) >= MAX_FILES:
            problems.fault(
                name, 0, "", f"the project has more than {MAX_FILES} files or {MAX_PROJECT_BYTES >> 20} MiB"
            )
            break
        files[name] = data
    if PROJECT_FILE not in files and not problems.has_faults:
        problems.fault(PROJECT_FILE, 0, "", f"is missing: {folder} is no project folder")
    found = problems.sorted()
    if any(problem.file in (PROJECT_FILE, TAG_FILE) for problem in found):
        raise ProjectError(found)
    return files, found


def project_paths(folder: Path) -> Iterator[str]:
    """Yield the paths of files that belong to a project by their name, sorted, whatever they are."""
    for name in sorted(TOP_FILES):
        if os.path.lexists(folder / name):
            yield name
    for sub, suffixes in sorted(FOLDERS.items()):
        try:
            names = sorted(entry.name for entry in (folder / sub).iterdir())
        except OSError:
            continue
        for name in names:
            if name.endswith(suffixes) and not name.startswith((".", "~")):
                yield f"{sub}/{name}"


def digest(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over names and contents, by which two ends agree that they mean the same project."""
    total = hashlib.sha256()
    for name in sorted(files):
        encoded = name.encode(errors="surrogateescape")
        for part in (encoded, files[name]):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def load(folder: Path) -> Project:
    """Return the project of a folder; blocking.

    Raises:
        ProjectError: it has faults (all of them), or its files cannot be read.
    """
    return parse(with_library(read_folder(folder)))


def load_tolerant(folder: Path) -> tuple[Project, dict[str, bytes]]:
    """Return what is sound in the project of a folder, and the files that it was read from; blocking.

    Raises:
        ProjectError: as :func:`parse_tolerant`, or its files cannot be read.
    """
    readable, unread = read_readable(folder)
    files = with_library(readable)
    project = parse_tolerant(files)
    return replace(project, problems=(*unread, *project.problems)), files


def parse(files: Mapping[str, bytes], catalogue: Mapping[str, DriverInfo] | None = None) -> Project:
    """Return the project that files make; pure, no file is opened.

    ``catalogue`` gives the drivers that exist; the installed ones when None.

    Raises:
        ProjectError: it has faults; the error carries all of them, and the warnings.
    """
    project, problems = analyse(files, drivers() if catalogue is None else catalogue)
    if project is None:
        raise ProjectError(problems)
    return project


def parse_tolerant(files: Mapping[str, bytes], catalogue: Mapping[str, DriverInfo] | None = None) -> Project:
    """Return the project that is sound in files, whatever else is wrong with them; pure, as :func:`parse`.

    ``Project.problems`` holds every fault and warning. A faulty tag stays as one that nothing feeds and that
    says why, a faulty connection as one that is not made; faulty alarms, rows without a usable path or type
    and screens that cannot be read are left out. What refers to a missing screen does without it.

    Raises:
        ProjectError: nothing can run: project.toml is missing, unreadable or of another format, or tags.csv
            is no table with the required columns.
    """
    problems = Problems(is_tolerant=True)
    project = _read(files, drivers() if catalogue is None else catalogue, problems)
    if project is None:
        raise ProjectError(problems.sorted())
    return project


def analyse(
    files: Mapping[str, bytes], catalogue: Mapping[str, DriverInfo], inspect: Inspect | None = None
) -> tuple[Project | None, list[Problem]]:
    """Return the project, None when it has faults, and all problems sorted.

    ``inspect`` looks at each element of the screens besides.
    """
    problems = Problems()
    project = _read(files, catalogue, problems, inspect)
    return None if problems.has_faults else project, problems.sorted()


def _read(
    files: Mapping[str, bytes],
    catalogue: Mapping[str, DriverInfo],
    problems: Problems,
    inspect: Inspect | None = None,
) -> Project | None:
    """Return what is sound in the files; None when nothing can run."""
    if PROJECT_FILE not in files:
        problems.fault(PROJECT_FILE, 0, "", "is missing")
        return None
    config = read_config(files[PROJECT_FILE], catalogue, problems)
    if config is None:
        return None
    tag_table = Table(TAG_FILE, TAG_COLUMNS, ())
    if TAG_FILE in files:
        tag_table = read_table(TAG_FILE, files[TAG_FILE], TAG_COLUMNS, TAG_REQUIRED, problems)
    else:
        problems.warn(TAG_FILE, 0, "", "is missing: the project has no tags")
    if problems.is_tolerant and not set(TAG_REQUIRED) <= set(tag_table.columns):
        return None
    tags, facts, types = _tags(tag_table, files, config, catalogue, problems)
    instances = instances_of(tag_table, types)
    screens = _screens(files, problems)
    names = Names("screen", [name for name, _, _ in _members(files, "screens")])
    table = TagTable(tags)
    alarm_table = Table(ALARM_FILE, ALARM_COLUMNS, ())
    if ALARM_FILE in files:
        alarm_table = read_table(ALARM_FILE, files[ALARM_FILE], ALARM_COLUMNS, ALARM_REQUIRED, problems)
    alarms = read_alarms(
        alarm_table,
        facts,
        table,
        config.connections,
        names,
        problems,
        config.alarm_classes,
        config.priorities,
    )
    faceplate_names = Names("faceplate", [name for name, _, _ in _with_library(files, "faceplates")])
    read_faceplates = _faceplates(files, types, problems)
    faceplates = {name: faceplate for name, (faceplate, _) in read_faceplates.items()}
    pictures = {path: data for sub in PICTURES for _, path, data in _members(files, sub)}
    check_pictures(pictures, problems)
    own_screens = {name: one.screen for name, one in screens.items()}
    descriptions = descriptions_of(tag_table, types)
    library = Library(own_screens, faceplates, instances, pictures, config.extends, descriptions)
    checker = ScreenChecker(facts, table, library, types, screens, names, faceplate_names, problems, inspect)
    for one in screens.values():
        checker.check(one)
    check_faceplates(read_faceplates, instances, config.extends, checker)
    units = check_units(config, facts, instances, config.extends, problems)
    orphans = checker.check_parents()
    _check_home(config, names, problems)
    _check_others(files, problems)
    project = Project(
        name=config.name,
        description=config.description,
        connections=config.connections,
        scan_classes=config.scan_classes,
        station=config.station,
        tags=table,
        alarms=tuple(
            replace(alarm, display_link="")
            if alarm.display_link and alarm.display_link not in screens
            else alarm
            for alarm in alarms
        ),
        screens={
            name: replace(one.screen, parent="") if name in orphans else one.screen
            for name, one in screens.items()
        },
        digest=digest(files),
        problems=tuple(problems.sorted()),
        faceplates=faceplates,
        instances=instances,
        roles=config.roles,
        priorities=config.priorities,
        extends=config.extends,
        descriptions=descriptions,
        oee_units=units,
        pictures=pictures,
    )
    texts = read_texts(f"{PREFIX}{TEXTS_FILE}", files.get(f"{PREFIX}{TEXTS_FILE}", b"text,fr\n"), problems)
    if TEXTS_FILE in files:
        own = read_texts(TEXTS_FILE, files[TEXTS_FILE], problems)
        texts = own.before(texts)
        check_texts(
            texts, own.words, uses_of(replace(project, texts=texts)), config.station.language, problems
        )
    return replace(project, texts=texts, problems=tuple(problems.sorted()))


def _members(files: Mapping[str, bytes], folder: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield stem, path and content of a folder's own files, sorted."""
    for path in sorted(files):
        parent, _, name = path.rpartition("/")
        if parent == folder and name.endswith(FOLDERS[folder.removeprefix(PREFIX)]):
            yield name.rpartition(".")[0], path, files[path]


def _with_library(files: Mapping[str, bytes], folder: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield a folder's own files, then those of the library that none of them replaces."""
    own: set[str] = set()
    for name, path, data in _members(files, folder):
        own.add(name)
        yield name, path, data
    for name, path, data in _members(files, PREFIX + folder):
        if name not in own:
            yield name, path, data


def _tags(
    table: Table,
    files: Mapping[str, bytes],
    config: Config,
    catalogue: Mapping[str, DriverInfo],
    problems: Problems,
) -> tuple[list[Tag], TagFacts, dict[str, Table]]:
    own = _types(files, "types", config.extends, problems)
    types = derive(own, _types(files, f"{PREFIX}types", {}, problems), config.extends, problems)
    is_complete = all(one.is_complete for one in (table, *types.values()))
    tags, facts = read_tags(expand(table, types, problems), config, catalogue, problems, is_complete)
    if not problems.has_faults:
        report_unused_connections(config, tags, problems)
    return tags, facts, types


def _types(
    files: Mapping[str, bytes], folder: str, extends: Mapping[str, str], problems: Problems
) -> dict[str, Table]:
    """Return the tables of a folder of types; one that extends another may take the column type from it."""
    types: dict[str, Table] = {}
    for name, path, data in _members(files, folder):
        fault = type_name_fault(name)
        if fault:
            problems.fault(path, 0, "", fault)
        else:
            required = TAG_REQUIRED if name not in extends else TAG_REQUIRED[:1]
            types[name] = read_table(path, data, TAG_COLUMNS, required, problems)
    return types


def _screens(files: Mapping[str, bytes], problems: Problems) -> dict[str, ScreenFile]:
    screens: dict[str, ScreenFile] = {}
    for name, path, data in _members(files, "screens"):
        read = read_screen(path, data, problems)
        if read is not None:
            screens[name] = read
    return screens


def _faceplates(
    files: Mapping[str, bytes], types: Mapping[str, Table], problems: Problems
) -> dict[str, tuple[Faceplate, ScreenFile]]:
    found: dict[str, tuple[Faceplate, ScreenFile]] = {}
    for name, path, data in _with_library(files, "faceplates"):
        read = read_faceplate(path, data, types, problems)
        if read is not None:
            found[name] = read
    return found


def _check_home(config: Config, names: Names, problems: Problems) -> None:
    if config.station.home in names:
        return
    row = config.places.line("station", "home")
    if config.states_home:
        report = problems.warn if problems.is_tolerant else problems.fault
        report(PROJECT_FILE, row, "station.home", names.unknown(config.station.home))
    else:
        text = f"home names no screen, and there is no screens/{config.station.home}.json"
        problems.warn(PROJECT_FILE, row, "station.home", text)


def _check_others(files: Mapping[str, bytes], problems: Problems) -> None:
    """Check what this version carries but does not use yet, and say so."""
    for _, path, _ in _members(files, "recipes"):
        problems.warn(path, 0, "", "travels with the project; this version does not use it")
