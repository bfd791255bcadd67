"""Everything that is wrong with a project folder, for ``vigie check``."""

from pathlib import Path

from projects.files import FOLDERS, TOP_FILES, analyse, read_folder
from projects.library import with_library
from projects.model import Problem, ProjectError
from projects.problems import listed
from projects.screen_check import Inspect
from tags.drivers.catalogue import drivers
from tags.spelling import near_misses

_TEXT_SUFFIXES = (".csv", ".json", ".toml", ".svg", ".txt", ".xlsx", ".xls", ".ods")


def check(folder: Path, inspect: Inspect | None = None) -> list[Problem]:
    """Return all faults and warnings of a project, sorted by file, row and column; blocking, never raises.

    ``inspect`` looks at each element of the screens besides: the kinds of elements are not known here.
    """
    try:
        files = read_folder(folder)
    except ProjectError as error:
        return [*error.problems, *_strangers(folder)]
    _, problems = analyse(with_library(files), drivers(), inspect)
    found = [*problems, *_strangers(folder)]
    return sorted(found, key=lambda one: (one.file, one.row, one.is_warning, one.column, one.text))


def _strangers(folder: Path) -> list[Problem]:
    """Warn of files that look as if they were meant to belong to the project, and do not by their name."""
    found = []
    known = {name.casefold(): name for name in (*TOP_FILES, *FOLDERS)}
    for name in _names(folder):
        if name in TOP_FILES or name in FOLDERS or name.startswith((".", "~")):
            continue
        stem = name.casefold()
        near = near_misses(stem, known) if (folder / name).is_dir() or stem.endswith(_TEXT_SUFFIXES) else []
        if near:
            text = f"is not read; did you mean {known[near[0].casefold()]}?"
            found.append(Problem(name, 0, "", text, is_warning=True))
    for sub, suffixes in FOLDERS.items():
        for name in _names(folder / sub):
            if not name.endswith(suffixes) and not name.startswith((".", "~")):
                text = f"is not read; files in {sub} end in {listed(suffixes)}"
                found.append(Problem(f"{sub}/{name}", 0, "", text, is_warning=True))
    return found


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []
