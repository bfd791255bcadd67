"""Types and faceplates that come with the application; a project's file of the same name replaces one."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

PREFIX: Final = "library/"
"""Stands before the path of a library file among the files of a project."""
_FOLDER: Final = Path(__file__).resolve().parent
_PATTERNS: Final = ("types/*.csv", "faceplates/*.json", "texts.csv")


@lru_cache(maxsize=1)
def library_files() -> Mapping[str, bytes]:
    """Return the library by path, such as ``library/types/Motor.csv``; read from disk once."""
    paths = sorted(path for pattern in _PATTERNS for path in _FOLDER.glob(pattern))
    return MappingProxyType(
        {PREFIX + path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in paths}
    )


def with_library(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a project's files together with the library, so that both ends of a link read the same one."""
    return {**library_files(), **files}
