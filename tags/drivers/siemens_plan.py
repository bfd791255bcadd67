"""Place items in an S7 controller's memory, and turn values into its bytes; pure functions, no socket."""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tags.addresses.siemens import S7Address, S7Kind
from tags.clock import NS_PER_MS, NS_PER_S
from tags.drivers.base import Item
from tags.drivers.blocks import Space, Span
from tags.model import DataType, Value

READ_OVERHEAD = 18
"""Bytes of a PDU that a read answer needs beside its data."""
WRITE_OVERHEAD = 35
"""Bytes of a PDU that a write request needs beside its data."""

_FORMATS = {
    DataType.INT8: ">b",
    DataType.UINT8: ">B",
    DataType.INT16: ">h",
    DataType.UINT16: ">H",
    DataType.INT32: ">i",
    DataType.UINT32: ">I",
    DataType.INT64: ">q",
    DataType.UINT64: ">Q",
    DataType.FLOAT32: ">f",
    DataType.FLOAT64: ">d",
}


def spans(items: Sequence[Item], pdu: int, gap: int, encoding: str) -> list[tuple[Space, Span]]:
    """Return the place of every item; an item whose address is not of S7 has none."""
    return [
        (
            Space((item.address.area, item.address.db), 8, pdu - READ_OVERHEAD, gap),
            _span(item, item.address, encoding),
        )
        for item in items
        if isinstance(item.address, S7Address)
    ]


def _span(item: Item, address: S7Address, encoding: str) -> Span:
    if address.kind is S7Kind.BIT:
        return Span(item, address.byte, 1, (0,), address.bit)
    decode: Callable[[bytes], Value] | None = None
    if address.kind is S7Kind.STRING:
        decode = _string_decoder(encoding)
    elif address.kind is not S7Kind.NUMBER:
        decode = _DECODERS[address.kind]
    return Span(item, address.byte, address.size, tuple(range(address.size)), None, decode)


def bytes_of(item: Item, address: S7Address, value: Value) -> bytes:
    """Return the bytes of a number or time.

    Raises:
        ValueError: a time is outside what the controller's type can hold.
    """
    if address.kind is S7Kind.DATE_AND_TIME:
        return _encode_date_and_time(int(value))  # type: ignore[arg-type]
    if address.kind is S7Kind.DTL:
        return _encode_dtl(int(value))  # type: ignore[arg-type]
    if address.kind is S7Kind.LDT:
        return struct.pack(">q", value)
    return struct.pack(_FORMATS[item.data_type], value)


def text_of(address: S7Address, value: str, encoding: str) -> tuple[int, bytes]:
    """Return the number of characters as the controller counts them, and their bytes.

    Raises:
        ValueError: the text does not fit its place or its characters.
    """
    if address.kind is S7Kind.WSTRING:
        data = value.encode("utf-16-be")
        length = len(data) // 2
    else:
        data = value.encode(encoding)
        length = len(data)
    if length > address.characters:
        raise ValueError(
            f"the text has {length} characters, {address.text} has room for {address.characters}"
        )
    return length, data


def _string_decoder(encoding: str) -> Callable[[bytes], Value]:
    def decode(data: bytes) -> Value:
        length = data[1]
        if length > len(data) - 2:
            raise ValueError(f"the controller gives {length} characters, there is room for {len(data) - 2}")
        return data[2 : 2 + length].decode(encoding)

    return decode


def _decode_wstring(data: bytes) -> Value:
    (length,) = struct.unpack_from(">H", data, 2)
    if 2 * length > len(data) - 4:
        raise ValueError(f"the controller gives {length} characters, there is room for {len(data) // 2 - 2}")
    return data[4 : 4 + 2 * length].decode("utf-16-be")


def _decode_ldt(data: bytes) -> Value:
    return int.from_bytes(data, "big", signed=True)


def _decode_date_and_time(data: bytes) -> Value:
    digits = data.hex()
    if not (digits[:15].isdigit()):
        raise ValueError(f"{digits} is no DATE_AND_TIME")
    year, month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    moment = datetime(year + (1900 if year >= 90 else 2000), month, day, hour, minute, second, tzinfo=UTC)
    return int(moment.timestamp()) * NS_PER_S + int(digits[12:15]) * NS_PER_MS


def _decode_dtl(data: bytes) -> Value:
    year, month, day, _, hour, minute, second, rest_ns = struct.unpack(">HBBBBBBI", data)
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return int(moment.timestamp()) * NS_PER_S + int(rest_ns)


_DECODERS: dict[S7Kind, Callable[[bytes], Value]] = {
    S7Kind.WSTRING: _decode_wstring,
    S7Kind.LDT: _decode_ldt,
    S7Kind.DATE_AND_TIME: _decode_date_and_time,
    S7Kind.DTL: _decode_dtl,
}
"""The controller's times carry no zone; they are taken as UTC."""


def _moment(time_ns: int) -> tuple[datetime, int]:
    seconds, rest_ns = divmod(time_ns, NS_PER_S)
    try:
        return datetime.fromtimestamp(seconds, UTC), rest_ns
    except (OverflowError, OSError) as error:
        raise ValueError(f"{time_ns} ns is no time that the controller can hold") from error


def _encode_date_and_time(time_ns: int) -> bytes:
    moment, rest_ns = _moment(time_ns)
    if not 1990 <= moment.year <= 2089:
        raise ValueError(f"DATE_AND_TIME holds the years 1990 to 2089, not {moment.year}")
    weekday = moment.isoweekday() % 7 + 1
    return bytes.fromhex(f"{moment:%y%m%d%H%M%S}{rest_ns // NS_PER_MS:03d}{weekday}")


def _encode_dtl(time_ns: int) -> bytes:
    moment, rest_ns = _moment(time_ns)
    if not 1970 <= moment.year <= 2262:
        raise ValueError(f"DTL holds the years 1970 to 2262, not {moment.year}")
    weekday = moment.isoweekday() % 7 + 1
    return struct.pack(
        ">HBBBBBBI",
        moment.year,
        moment.month,
        moment.day,
        weekday,
        moment.hour,
        moment.minute,
        moment.second,
        rest_ns,
    )
