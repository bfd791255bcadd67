"""Addresses of the memory driver: any name, shared by all tags that use it."""

from dataclasses import dataclass

from tags.address import Address
from tags.errors import AddressError
from tags.model import DataType

MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class MemoryAddress(Address):
    """Name one cell of the memory driver."""

    name: str


def parse(text: str, data_type: DataType) -> MemoryAddress:  # noqa: ARG001 - every parser has this face
    """Parse a cell name.

    Raises:
        AddressError: the name is empty, too long or has characters that cannot be printed.
    """
    name = text.strip()
    if not name or len(name) > MAX_LENGTH or not name.isprintable():
        raise AddressError(f"expected the name of a memory cell, such as motor1.speed, got {text!r:.60}")
    return MemoryAddress(text, name)
