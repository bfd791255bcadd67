"""The installed version of Vigie."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """Return the version, as the distribution's metadata has it."""
    try:
        return version("vigie")
    except PackageNotFoundError:
        return "0 (not installed)"
