"""What the shown project calls its areas and what its devices send, in the window's language. Free of Qt."""

from typing import Final

from projects.texts import SaidNames


class _Shown:
    """Hold the names of the project that the process shows; as with its language, there is one."""

    names = SaidNames()


_SHOWN: Final = _Shown()


def use_names(names: SaidNames) -> None:
    """Let areas and devices' texts be said so from now on. GUI thread only."""
    _SHOWN.names = names


def area_text(area: str) -> str:
    """Return what an area or a first-out group is called; filters and commands keep its own name."""
    return _SHOWN.names.area(area)


def project_text(name: str) -> str:
    """Return what the project or station of this name is called; what is kept for it goes by its own name."""
    return _SHOWN.names.title(name)


def device_text(text: str) -> str:
    """Return a text that a device sent as people read it; comparisons and writes keep what was sent."""
    return _SHOWN.names.device(text)
