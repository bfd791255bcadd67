"""Sample projects that come with the application, found by name."""

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).resolve().parent


def examples() -> tuple[str, ...]:
    """Return the names of the sample projects, sorted."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/project.toml")))


def example_path(name: str) -> Path:
    """Return the folder of a sample project.

    Raises:
        KeyError: there is no such sample; :func:`examples` names them.
    """
    if name not in examples():
        raise KeyError(name)
    return _FOLDER / name
