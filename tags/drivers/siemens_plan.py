"""Place items in an S7 controller's memory, and turn values into its bytes; pure functions, no socket."""

import heapq
import math
import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tags.addresses.siemens import S7Address, S7Kind
from tags.clock import NS_PER_MS, NS_PER_S
from tags.drivers.base import Item
from tags.drivers.block_plan import Gap, Holes, gaps, plan
from tags.drivers.blocks import Block, Space, Span, array_decoder
from tags.model import DataType, Scalar, Value

READ_OVERHEAD = 18
"""Bytes of a PDU that a read answer needs beside its data."""
WRITE_OVERHEAD = 35
"""Bytes of a PDU that a write request needs beside its data."""
MAX_ITEMS = 20
"""Most places in one read request, as all controllers take them."""
_REQUEST_HEAD, _REQUEST_ITEM = 12, 12
_ANSWER_HEAD, _ANSWER_ITEM = 14, 4
_SHARES = (-0.1, -0.05, -0.02, 0.0, 0.02, 0.05, 0.1)
"""How far around the best number of gaps plans are tried, as shares of the number of places."""

NS_PER_DAY = 86_400 * NS_PER_S
_DATE_ZERO_NS = 7305 * NS_PER_DAY
"""1990-01-01, where DATE begins."""

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


def plan_reads(items: Sequence[Item], pdu: int, gap: int, encoding: str) -> list[Block]:
    """Return the blocks that take the fewest requests found; of equal plans the one of the fewest bytes.

    A request takes at most 20 places, and its answer a PDU. Each gap that is read, the smallest first, saves
    a place and costs bytes: the best plans lie where both run out together, so those around are tried.
    """
    placed = spans(items, pdu, gap, encoding)
    widening = sorted(gaps(placed), key=lambda one: one.byte_count)
    plans = [_plan_around(placed, widening[number:]) for number in _numbers_to_read(placed, widening, pdu)]
    return min(
        plans,
        key=lambda blocks: (
            len(pack(blocks, pdu)),
            sum(_REQUEST_ITEM + _size(block) for block in blocks),
        ),
    )


def _plan_around(placed: Sequence[tuple[Space, Span]], unread: Sequence[Gap]) -> list[Block]:
    apart = Holes()
    for one in unread:
        apart.keep_apart(one.space, one.start, one.end)
    return plan(placed, apart)


def _numbers_to_read(placed: Sequence[tuple[Space, Span]], widening: Sequence[Gap], pdu: int) -> list[int]:
    """Return how many of the gaps to read in each plan that is worth a try."""
    most_items, room = _most(pdu)
    blocks = _plan_around(placed, widening)
    size = sum(_size(block) for block in blocks)
    best, fewest = 0, math.inf
    for number in range(len(widening) + 1):
        requests = max((len(blocks) - number) / most_items, size / room)
        if requests < fewest:
            best, fewest = number, requests
        if number < len(widening):
            size += widening[number].byte_count - _ANSWER_ITEM
    near = {round(best + share * len(blocks)) for share in _SHARES}
    return sorted({0, len(widening)} | {number for number in near if 0 <= number <= len(widening)})


def _most(pdu: int) -> tuple[int, int]:
    """Return how many places a request may name, and the bytes of their values in its answer."""
    return min(MAX_ITEMS, (pdu - _REQUEST_HEAD) // _REQUEST_ITEM), pdu - _ANSWER_HEAD


def _size(block: Block) -> int:
    return _ANSWER_ITEM + block.byte_count + block.byte_count % 2


def pack(blocks: Sequence[Block], pdu: int) -> list[list[Block]]:
    """Put blocks together into read requests of at most ``pdu`` bytes each way, the widest first.

    A block that is too wide for one answer is alone.
    """
    most_items, room = _most(pdu)
    wide = [block for block in blocks if _size(block) > room]
    others = sorted((block for block in blocks if _size(block) <= room), key=_size, reverse=True)
    total = sum(_size(block) for block in others)
    count = max(-(-len(others) // most_items), -(-total // room))
    while True:
        requests = _spread(others, count, most_items, room)
        if requests is not None:
            return [[block] for block in wide] + requests
        count += max(1, count // 32)


def _spread(blocks: Sequence[Block], count: int, most_items: int, room: int) -> list[list[Block]] | None:
    """Give each block, the widest first, to the request with the most room; None when one does not fit."""
    requests: list[list[Block]] = [[] for _ in range(count)]
    emptiest = [(0, number) for number in range(count)]
    for block in blocks:
        if not emptiest or emptiest[0][0] + _size(block) > room:
            return None
        size, number = heapq.heappop(emptiest)
        requests[number].append(block)
        if len(requests[number]) < most_items:
            heapq.heappush(emptiest, (size + _size(block), number))
    return [request for request in requests if request]


def spans(items: Sequence[Item], pdu: int, gap: int, encoding: str) -> list[tuple[Space, Span]]:
    """Return the place of every item; an item whose address is not of S7 has none."""
    return [
        (_space(item.address, pdu, gap), _span(item, item.address, encoding))
        for item in items
        if isinstance(item.address, S7Address)
    ]


def _space(address: S7Address, pdu: int, gap: int) -> Space:
    if address.area.has_elements:
        return Space((address.area, 0), 16, (pdu - READ_OVERHEAD) // 2, gap // 2)
    return Space((address.area, address.db), 8, pdu - READ_OVERHEAD, gap)


def _span(item: Item, address: S7Address, encoding: str) -> Span:
    if address.kind is S7Kind.BIT and not address.length:
        return Span(item, address.byte, 1, (0,), address.bit)
    decode: Callable[[bytes], Value] | None = None
    if address.kind is S7Kind.BIT:
        decode = _bits_decoder(address.bit or 0, address.length)
    elif address.length:
        decode = array_decoder(item.data_type)
    elif address.kind is S7Kind.STRING:
        decode = _string_decoder(encoding)
    elif address.kind in _DURATIONS:
        decode = _duration_decoder(address.kind, item.data_type)
    elif address.kind is not S7Kind.NUMBER:
        decode = _DECODERS[address.kind]
    count = 1 if address.area.has_elements else address.size
    return Span(item, address.byte, count, tuple(range(address.size)), None, decode)


def array_bytes(item: Item, address: S7Address, values: Sequence[Scalar]) -> bytes:
    """Return the bytes of an array.

    Raises:
        ValueError: it has another length, or bits that share their bytes with others.
    """
    if len(values) != address.length:
        raise ValueError(f"expected an array of {address.length} values, got {len(values)}")
    if address.bit is None:
        return b"".join(struct.pack(_FORMATS[item.data_type], one) for one in values)
    if address.bit or address.length % 8:
        raise ValueError("an array of bits can be written only when it fills its bytes")
    bits = sum(1 << number for number, one in enumerate(values) if one)
    return bits.to_bytes(address.size, "little")


def bytes_of(item: Item, address: S7Address, value: Scalar) -> bytes:
    """Return the bytes of a number or time.

    Raises:
        ValueError: the value is outside what the controller's type can hold.
    """
    if address.kind in _DURATIONS:
        return _encode_duration(address.kind, item.data_type, value)
    if address.kind is S7Kind.DATE:
        days, rest_ns = divmod(int(value) - _DATE_ZERO_NS, NS_PER_DAY)
        if rest_ns or not 0 <= days <= 0xFFFF:
            raise ValueError("DATE holds whole days from 1990-01-01 to 2169-06-06")
        return struct.pack(">H", days)
    if address.kind is S7Kind.DATE_AND_TIME:
        return _encode_date_and_time(int(value))
    if address.kind is S7Kind.DTL:
        return _encode_dtl(int(value))
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


def _decode_date(data: bytes) -> Value:
    return _DATE_ZERO_NS + int.from_bytes(data, "big") * NS_PER_DAY


def _decode_counter(data: bytes) -> Value:
    digits = data.hex()[1:]
    if not digits.isdigit():
        raise ValueError(f"{data.hex()} is no count")
    return int(digits)


def _decode_s5time(data: bytes) -> int:
    """Return milliseconds: bits 12 and 13 are the time base, three decimal digits follow."""
    digits = data.hex()[1:]
    if not digits.isdigit() or data[0] >> 6:
        raise ValueError(f"{data.hex()} is no S5TIME")
    return int(digits) * int(10 ** (1 + (data[0] >> 4)))


def _encode_s5time(time_ms: int) -> bytes:
    for base in range(4):
        count, rest = divmod(time_ms, 10 ** (1 + base))
        if 0 <= count <= 999 and rest == 0:
            return bytes.fromhex(f"{base}{count:03d}")
    raise ValueError(
        f"S5TIME holds three digits of 10 ms, 100 ms, 1 s or 10 s, at most 9990 s; not {time_ms} ms"
    )


_DURATIONS: dict[S7Kind, tuple[str, int, int]] = {
    S7Kind.TIME: (">i", 1000, 2**31 - 1),
    S7Kind.TOD: (">I", 1000, 86_399_999),
    S7Kind.S5TIME: ("", 1000, 9_990_000),
    S7Kind.LTIME: (">q", NS_PER_S, 2**63 - 1),
    S7Kind.LTOD: (">Q", NS_PER_S, NS_PER_DAY - 1),
}
"""Format on the wire (S5TIME has its own), units in a second, and the longest time."""


def _duration_decoder(kind: S7Kind, data_type: DataType) -> Callable[[bytes], Value]:
    form, units_per_s, _ = _DURATIONS[kind]

    def decode(data: bytes) -> Value:
        units = int(struct.unpack(form, data)[0]) if form else _decode_s5time(data)
        return units / units_per_s if data_type.is_float else units

    return decode


def _encode_duration(kind: S7Kind, data_type: DataType, value: Scalar) -> bytes:
    form, units_per_s, most = _DURATIONS[kind]
    number = float(value) if data_type.is_float else int(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no time")
    units = round(number * units_per_s) if data_type.is_float else int(number)
    least = -most - 1 if kind in (S7Kind.TIME, S7Kind.LTIME) else 0
    if not least <= units <= most:
        raise ValueError(f"{kind.value} holds {least / units_per_s:g} to {most / units_per_s:g} s")
    return struct.pack(form, units) if form else _encode_s5time(units)


def _bits_decoder(first: int, count: int) -> Callable[[bytes], Value]:
    def decode(data: bytes) -> Value:
        bits = int.from_bytes(data, "little") >> first
        return tuple(bool(bits >> number & 1) for number in range(count))

    return decode


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
    S7Kind.DATE: _decode_date,
    S7Kind.COUNTER: _decode_counter,
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
