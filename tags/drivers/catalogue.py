"""The drivers that exist: their names, options and address notation, known without loading any of them."""

from collections.abc import Callable
from dataclasses import dataclass

from tags.address import Address
from tags.clock import Clock
from tags.drivers.base import Driver, DriverOptions, Option
from tags.model import DataType


@dataclass(frozen=True, slots=True)
class DriverInfo:
    """Describe one driver without importing its protocol library.

    ``parse_address`` raises :class:`tags.errors.AddressError`; ``factory`` is ``"module:function"``, imported
    by :func:`create` only when a project uses the driver.
    """

    name: str
    title: str
    options: tuple[Option, ...]
    parse_address: Callable[[str, DataType], Address]
    factory: str


def drivers() -> dict[str, DriverInfo]:
    """Return all drivers by name: the built-in ones and those of installed entry points."""
    raise NotImplementedError


def create(info: DriverInfo, options: DriverOptions, clock: Clock) -> Driver:
    """Import the driver and make one for a connection."""
    raise NotImplementedError
