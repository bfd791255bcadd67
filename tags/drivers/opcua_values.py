"""Take apart what a Read brings: each DataValue with the bytes that it came as.

Layout: OPC 10000-6 sections 5.2.2.17 (DataValue) and 5.2.2.16 (Variant).
"""

import struct
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary, variant_from_binary

from tags.drivers.inspection import Inspection
from tags.drivers.opcua_failures import code_name
from tags.drivers.opcua_variants import count_of, data_value
from tags.model import Batch
from tags.status import StatusCode

_HAS_VALUE: Final = 0x01
_IS_ARRAY, _HAS_DIMENSIONS, _TYPE_BITS = 0x80, 0x40, 0x3F
_SIZES: Final = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 4, 8: 8, 9: 8, 10: 4, 11: 8, 13: 8, 19: 4}
"""Bytes of the built-in types of fixed length that are one number, least significant first."""
_TEXTS: Final = (12, 15, 16)
"""Built-in types that are a length and so many bytes."""
_VALUE_AT: Final = 2


@dataclass(frozen=True, slots=True)
class ReadValue:
    """Hold one result of a Read; ``data`` is the DataValue as it came."""

    value: ua.DataValue
    data: bytes


def read_values(body: bytes) -> list[ReadValue]:
    """Take a whole ReadResponse apart.

    Raises:
        ValueError: it tells of more than it holds.
        ua.UaError: the service failed, or the library cannot decode it.
    """
    buffer = Buffer(body)
    nodeid_from_binary(buffer)
    header = struct_from_binary(ua.ResponseHeader, buffer)
    header.ServiceResult.check()
    found = []
    for _ in range(count_of(buffer)):
        start = len(body) - len(buffer)
        value = data_value(buffer)
        found.append(ReadValue(value, body[start : len(body) - len(buffer)]))
    return found


def inspection_of(row: Batch, node: str, read: ReadValue) -> Inspection:
    """Return how a value came, given its one row, the node's id and what a Read brought."""
    return Inspection(
        row,
        f"the service Read for the attribute Value of {node}",
        read.data,
        positions_of(read.data),
        prefix="byte ",
        told=_told(read.value),
    )


def positions_of(data: bytes) -> tuple[int, ...]:
    """Return where in a DataValue its value lies, each number with its most significant byte first."""
    if len(data) <= _VALUE_AT or not data[0] & _HAS_VALUE:
        return ()
    encoding = data[1]
    kind = encoding & _TYPE_BITS
    buffer = Buffer(data, 1)
    variant_from_binary(buffer)
    end = len(data) - len(buffer)
    size = _SIZES.get(kind, 0)
    if encoding & _IS_ARRAY:
        (length,) = struct.unpack_from("<i", data, _VALUE_AT)
        start = _VALUE_AT + 4
        if size:
            end = start + size * max(length, 0)
        return _numbers(start, end, size) if size else tuple(range(start, end))
    start = _VALUE_AT + 4 if kind in _TEXTS else _VALUE_AT
    return _numbers(start, end, size) if size else tuple(range(start, end))


def _numbers(start: int, end: int, size: int) -> tuple[int, ...]:
    return tuple(at for first in range(start, end, size) for at in range(first + size - 1, first - 1, -1))


def _told(value: ua.DataValue) -> str:
    status = int(StatusCode.Good) if value.StatusCode is None else int(value.StatusCode.value)
    rows = [f"StatusCode       {code_name(status)}"]
    for name, moment in (
        ("SourceTimestamp", value.SourceTimestamp),
        ("ServerTimestamp", value.ServerTimestamp),
    ):
        if moment is not None:
            rows.append(f"{name}  {moment.replace(tzinfo=UTC):%Y-%m-%d %H:%M:%S.%f}Z")
    return "\n".join(rows)
