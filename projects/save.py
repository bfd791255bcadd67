"""Save files of a project so that a reader meets the old file or the new one, never a half."""

import contextlib
import os
import tempfile
from pathlib import Path, PurePosixPath

from projects.alarm_rows import ALARM_FILE
from projects.files import FOLDERS, TOP_FILES
from projects.model import Problem, ProjectError, Screen
from projects.screens import dump_screen
from projects.tables import Table, dump_table
from projects.tag_rows import TAG_FILE


def save_screen(folder: Path, screen: Screen) -> None:
    """Write ``screens/ID.json``; blocking.

    Raises:
        ProjectError: the file cannot be written; the text says why.
    """
    save_file(folder, f"screens/{screen.id}.json", dump_screen(screen))


def save_table(folder: Path, table: Table) -> None:
    """Write tags.csv, alarms.csv or a type in the table's own dialect; blocking.

    Raises:
        ProjectError: the file cannot be written; the text says why.
    """
    if table.file not in (TAG_FILE, ALARM_FILE) and not table.file.startswith("types/"):
        raise ValueError(f"{table.file!r} is no table of a project")
    save_file(folder, table.file, dump_table(table))


def save_file(folder: Path, name: str, data: bytes) -> None:
    """Replace one file of a project in one step; on any failure the old one stays as it was.

    Raises:
        ProjectError: the file cannot be written; the text says why.
        ValueError: ``name`` is no file of a project (our bug).
    """
    path = PurePosixPath(name)
    belongs = name in TOP_FILES or (len(path.parts) == 2 and path.suffix in FOLDERS.get(path.parts[0], ()))
    if not belongs or ".." in path.parts:
        raise ValueError(f"{name!r} is no file of a project")
    target = folder / name
    try:
        if not target.resolve().is_relative_to(folder.resolve()):
            raise ProjectError(
                [Problem(name, 0, "", "is a symbolic link that leads out of the project's folder")]
            )
        target.parent.mkdir(exist_ok=True)
        _replace(target.resolve(), data)
    except OSError as error:
        hint = "; is it open in another program?" if isinstance(error, PermissionError) else ""
        raise ProjectError(
            [Problem(name, 0, "", f"cannot be saved: {error.strerror or error}{hint}")]
        ) from error


def _replace(target: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files that only their owner reads; the project's file keeps its own rights.
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
