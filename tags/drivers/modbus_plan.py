"""Place items in a Modbus device's tables, and turn values into registers; pure functions, no socket."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from tags.addresses.modbus import ModbusAddress, ModbusArea, WordOrder
from tags.drivers.base import DriverError, DriverFault, DriverOptions, Item
from tags.drivers.blocks import REQUESTS_FIRST, Block, Space, Span, array_decoder
from tags.drivers.inspection import Naming
from tags.model import DataType, Scalar, Value
from tags.status import StatusCode

_FORMATS = {
    DataType.INT16: ">h",
    DataType.UINT16: ">H",
    DataType.INT32: ">i",
    DataType.UINT32: ">I",
    DataType.INT64: ">q",
    DataType.UINT64: ">Q",
    DataType.FLOAT32: ">f",
    DataType.FLOAT64: ">d",
}
_EIGHT_BIT = (DataType.INT8, DataType.UINT8)


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold what a device and its connection prescribe for requests.

    A gap of None is decided by what is cheaper: reading it, or ``request_bytes`` for one more request.
    """

    unit: int = 1
    order: WordOrder = WordOrder.ABCD
    encoding: str = "utf-8"
    max_registers: int = 125
    max_bits: int = 2000
    gap_registers: int | None = None
    gap_bits: int | None = None
    request_bytes: int | None = None


def spans(items: Sequence[Item], limits: Limits) -> list[tuple[Space, Span]]:
    """Return the place of every item; an item whose address is not of Modbus has none."""
    return [
        (_space(item.address, limits), _span(item, item.address, limits))
        for item in items
        if isinstance(item.address, ModbusAddress)
    ]


def unit_of(address: ModbusAddress, limits: Limits) -> int:
    """Return the unit that an address means."""
    return limits.unit if address.unit is None else address.unit


def byte_positions(address: ModbusAddress, data_type: DataType, order: WordOrder) -> tuple[int, ...]:
    """Return where each byte of a value lies from the first register on, most significant first."""
    swap = 1 if order.swaps_bytes else 0
    if data_type is DataType.STRING:
        return tuple(at ^ swap for at in range(address.characters or 0))
    if data_type in _EIGHT_BIT:
        return (1 ^ swap,)
    width = address.count // max(1, address.length)
    within = range(width - 1, -1, -1) if order.swaps_words else range(width)
    return tuple(
        2 * (first + register) + (half ^ swap)
        for first in range(0, address.count, width)
        for register in within
        for half in (0, 1)
    )


def registers_of(item: Item, address: ModbusAddress, value: Value, limits: Limits) -> bytes:
    """Return the bytes of all registers that hold ``value``, in the order of the wire.

    Raises:
        ValueError: a text does not fit its place or its characters, an array has another length.
    """
    order = address.order or limits.order
    if item.data_type is DataType.STRING:
        text = str(value).encode(limits.encoding)
        room = address.characters or 0
        if len(text) > room:
            raise ValueError(f"the text has {len(text)} bytes, {address.text} has room for {room}")
        plain = text.ljust(room, b"\0")
    elif isinstance(value, tuple):
        check_length(address, value)
        plain = b"".join(struct.pack(_FORMATS[item.data_type], one) for one in value)
    else:
        plain = struct.pack(_FORMATS[item.data_type], value)
    wire = bytearray(2 * address.count)
    for byte, at in zip(plain, byte_positions(address, item.data_type, order), strict=True):
        wire[at] = byte
    return bytes(wire)


def bits_of(address: ModbusAddress, values: Sequence[Scalar]) -> bytes:
    """Return an array of coils packed as on the wire, the first one in the lowest bit.

    Raises:
        ValueError: the array has another length.
    """
    check_length(address, values)
    number = sum(1 << at for at, one in enumerate(values) if one)
    return number.to_bytes((len(values) + 7) // 8, "little")


def check_length(address: ModbusAddress, values: Sequence[Scalar]) -> None:
    """Raise ValueError when ``values`` are not as many as the array has elements."""
    if len(values) != address.length:
        raise ValueError(f"expected an array of {address.length} values, got {len(values)}")


def masks_of(item: Item, address: ModbusAddress, value: Value, limits: Limits) -> tuple[int, int] | None:
    """Return the AND and OR masks that write a bit or a byte of one register; None when the value fills it.

    The register becomes ``(register & and_mask) | or_mask``.
    """
    if address.bit is not None:
        mask = 1 << address.bit
        return 0xFFFF & ~mask, mask if value else 0
    if item.data_type not in _EIGHT_BIT:
        return None
    byte = int(value) & 0xFF if isinstance(value, (bool, int, float)) else 0
    if (address.order or limits.order).swaps_bytes:
        return 0x00FF, byte << 8
    return 0xFF00, byte


def _space(address: ModbusAddress, limits: Limits) -> Space:
    has_registers = address.area.has_registers
    bits, limit, gap = (
        (16, limits.max_registers, limits.gap_registers)
        if has_registers
        else (1, limits.max_bits, limits.gap_bits)
    )
    key = (unit_of(address, limits), address.area)
    if gap is not None:
        return Space(key, bits, limit, gap)
    overhead = REQUESTS_FIRST if limits.request_bytes is None else limits.request_bytes * 8 // bits
    return Space(key, bits, limit, limit, overhead)


def _span(item: Item, address: ModbusAddress, limits: Limits) -> Span:
    if not address.area.has_registers:
        return Span(item, address.offset, address.count)
    order = address.order or limits.order
    if address.bit is not None:
        byte = (1 if address.bit < 8 else 0) ^ (1 if order.swaps_bytes else 0)
        return Span(item, address.offset, 1, (byte,), address.bit % 8)
    positions = byte_positions(address, item.data_type, order)
    decode = _text_decoder(limits.encoding) if item.data_type is DataType.STRING else None
    if address.length:
        decode = array_decoder(item.data_type)
    return Span(item, address.offset, address.count, positions, None, decode)


def _text_decoder(encoding: str) -> Callable[[bytes], Value]:
    def decode(data: bytes) -> Value:
        return data.partition(b"\0")[0].decode(encoding)

    return decode


FUNCTIONS = {
    ModbusArea.COILS: 1,
    ModbusArea.DISCRETE_INPUTS: 2,
    ModbusArea.HOLDING_REGISTERS: 3,
    ModbusArea.INPUT_REGISTERS: 4,
}
"""The function code that reads each table."""


_BY_COST = -1
"""The gap that leaves it to the cost of a request."""


def limits_of(options: DriverOptions, request_bytes: int | None) -> Limits:
    """Return what the options prescribe, over a line on which one more request costs ``request_bytes``.

    Raises:
        DriverError: CONFIGURATION, a number is out of range.
    """
    return Limits(
        unit=_between(options, "unit", 0, 255),
        order=WordOrder(str(options["word_order"])),
        encoding=str(options["encoding"]),
        max_registers=_between(options, "max_registers", 1, 125),
        max_bits=_between(options, "max_bits", 1, 2000),
        gap_registers=_gap(options, "gap_registers", 125),
        gap_bits=_gap(options, "gap_bits", 2000),
        request_bytes=request_bytes,
    )


def _gap(options: DriverOptions, name: str, most: int) -> int | None:
    gap = _between(options, name, _BY_COST, most)
    return None if gap == _BY_COST else gap


def _between(options: DriverOptions, name: str, low: int, high: int) -> int:
    number = int(options[name])
    if not low <= number <= high:
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"{name}: expected {low} to {high}, got {number}",
            int(StatusCode.BadConfigurationError),
        )
    return number


_TABLES = {
    ModbusArea.COILS: "coils",
    ModbusArea.DISCRETE_INPUTS: "discrete inputs",
    ModbusArea.HOLDING_REGISTERS: "holding registers",
    ModbusArea.INPUT_REGISTERS: "input registers",
}


def naming_of(block: Block) -> Naming:
    """Return what a block's request is called."""
    unit, area = place_of(block)
    places = f"{area.value}{block.start} to {area.value}{block.start + block.count - 1}"
    return Naming(f"function {FUNCTIONS[area]} for the {_TABLES[area]} {places} of unit {unit}", area.value)


def place_of(block: Block) -> tuple[int, ModbusArea]:
    """Return the unit and the table of a block."""
    unit, area = cast(tuple[int, ModbusArea], block.space.key)
    return unit, area
