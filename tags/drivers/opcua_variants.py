"""Decode values by the library, but believe no array that says it is longer than the message.

Measured: of an array of nulls, which one lost byte can make of any value, the library's decoder makes as many
as it says, up to 2,147,483,647, while everything else waits.
"""

import struct
from typing import Final

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, variant_from_binary

_HAS_VALUE: Final = 0x01
_IS_ARRAY: Final = 0x80


def data_value(buffer: Buffer) -> ua.DataValue:
    """Decode the next DataValue.

    Raises:
        ValueError: it tells of an array that is longer than what is left.
    """
    head = _peek(buffer, 6)
    if head and head[0] & _HAS_VALUE:
        _check_array(head[1:], len(buffer))
    return struct_from_binary(ua.DataValue, buffer)


def variant(buffer: Buffer) -> ua.Variant:
    """Decode the next Variant.

    Raises:
        ValueError: as :func:`data_value`.
    """
    _check_array(_peek(buffer, 5), len(buffer))
    return variant_from_binary(buffer)


def count_of(buffer: Buffer) -> int:
    """Read the length of an array; 0 for none at all.

    Raises:
        ValueError: it is longer than what is left.
    """
    (count,) = struct.unpack("<i", buffer.read(4))
    if count > len(buffer):
        raise ValueError(f"an array of {count} members in {len(buffer)} bytes")
    return max(int(count), 0)


def _peek(buffer: Buffer, size: int) -> bytes:
    return bytes(buffer.copy().read(min(size, len(buffer))))


def _check_array(head: bytes, room: int) -> None:
    if len(head) == 5 and head[0] & _IS_ARRAY:
        (length,) = struct.unpack_from("<i", head, 1)
        if length > room:
            raise ValueError(f"an array of {length} values in {room} bytes")
