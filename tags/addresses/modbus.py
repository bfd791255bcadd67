"""Modbus addresses: zero-based ``HR100``, Modicon ``400101``, bits, strings and word orders.

========================  =====================================================================
``HR100`` ``IR0``         holding and input registers, zero-based
``C3`` ``DI7``            coils and discrete inputs, zero-based
``40101`` ``400101``      Modicon notation, five or six digits, one-based: both are ``HR100``
``HR20.3``                bit 3 (0 is the least significant) of a register, type BOOL
``HR30/16``               a text of at most 16 characters (bytes), two in each register
``HR50[8]`` ``C0[16]``    array of eight values from register 50, of sixteen coils
``HR40:CDAB``             word order of a value of several registers: ABCD (default) has the most
                          significant byte first, CDAB swaps words, BADC swaps bytes, DCBA both
``unit=5;HR100``          another unit behind the same gateway
========================  =====================================================================
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from tags.address import Address
from tags.errors import AddressError
from tags.model import DataType

MAX_CHARACTERS = 246
"""The longest text that one write can carry: 123 registers of two characters."""
MAX_WRITE_REGISTERS = 123
MAX_WRITE_BITS = 1968
"""The most that one write can carry: an array is read and written whole."""

_ADDRESS = re.compile(
    r"(?:unit=(?P<unit>[0-9]{1,3});)?"
    r"(?:(?P<area>HR|IR|DI|C)(?P<offset>[0-9]{1,5})|(?P<modicon>[0134][0-9]{4,5}))"
    r"(?:\.(?P<bit>[0-9]{1,2})|/(?P<characters>[0-9]{1,4})|\[(?P<length>[0-9]{1,4})\])?"
    r"(?::(?P<order>ABCD|CDAB|BADC|DCBA))?",
    re.ASCII | re.IGNORECASE,
)
_EXAMPLES = "such as HR100, IR0, C3, DI7, 400101, HR20.3 (bit), HR30/16 (text) or HR40:CDAB (word order)"


class ModbusArea(StrEnum):
    """Name the four tables of a Modbus device."""

    COILS = "C"
    DISCRETE_INPUTS = "DI"
    INPUT_REGISTERS = "IR"
    HOLDING_REGISTERS = "HR"

    @property
    def has_registers(self) -> bool:
        """Tell whether the table holds 16-bit registers; otherwise it holds bits."""
        return self in (ModbusArea.INPUT_REGISTERS, ModbusArea.HOLDING_REGISTERS)

    @property
    def is_writable(self) -> bool:
        """Tell whether the protocol has a function that writes to the table."""
        return self in (ModbusArea.COILS, ModbusArea.HOLDING_REGISTERS)


class WordOrder(StrEnum):
    """Name where the bytes of a value of several registers lie; A is the most significant byte."""

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"

    @property
    def swaps_words(self) -> bool:
        """Tell whether the least significant register comes first."""
        return self in (WordOrder.CDAB, WordOrder.DCBA)

    @property
    def swaps_bytes(self) -> bool:
        """Tell whether each register has its least significant byte first."""
        return self in (WordOrder.BADC, WordOrder.DCBA)


@dataclass(frozen=True, slots=True)
class ModbusAddress(Address):
    """Name a place in one of the four tables; ``offset`` is zero-based as on the wire.

    ``count`` is the number of registers or bits taken. ``order`` is None where the connection's own default
    applies, ``unit`` where the connection's unit applies. ``characters`` is set for a text, ``length`` is the
    number of elements of an array and 0 for one value.
    """

    area: ModbusArea
    offset: int
    count: int = 1
    bit: int | None = None
    characters: int | None = None
    order: WordOrder | None = None
    unit: int | None = None
    length: int = 0


_MODICON_AREAS = {
    "0": ModbusArea.COILS,
    "1": ModbusArea.DISCRETE_INPUTS,
    "3": ModbusArea.INPUT_REGISTERS,
    "4": ModbusArea.HOLDING_REGISTERS,
}
_REGISTERS = {
    DataType.INT8: 1,
    DataType.UINT8: 1,
    DataType.INT16: 1,
    DataType.UINT16: 1,
    DataType.INT32: 2,
    DataType.UINT32: 2,
    DataType.FLOAT32: 2,
    DataType.INT64: 4,
    DataType.UINT64: 4,
    DataType.FLOAT64: 4,
}


def parse(text: str, data_type: DataType) -> ModbusAddress:
    """Parse a Modbus address for a value of ``data_type``.

    Raises:
        AddressError: the text does not parse, or the place does not fit the type.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        raise AddressError(f"expected a Modbus address, {_EXAMPLES}, got {text!r:.60}")
    area, offset = _place(match)
    bit = None if match["bit"] is None else int(match["bit"])
    characters = None if match["characters"] is None else int(match["characters"])
    count = _check_width(text, area, bit, characters, data_type)
    length = 0
    if match["length"] is not None:
        length = int(match["length"])
        count *= length
        _check_array(text, area, data_type, count)
    if match["order"] and data_type is DataType.BOOL:
        raise AddressError(f"{text}: a bit has no word order; leave :{match['order']} away")
    if offset + count > 65536:
        raise AddressError(f"{text}: expected places up to {area.value}65535, this value ends beyond")
    unit = None if match["unit"] is None else int(match["unit"])
    if unit is not None and unit > 255:
        raise AddressError(f"{text}: expected a unit from 0 to 255, such as unit=5;HR100")
    order = None if match["order"] is None else WordOrder(match["order"].upper())
    return ModbusAddress(text, area, offset, count, bit, characters, order, unit, length)


def _place(match: re.Match[str]) -> tuple[ModbusArea, int]:
    modicon = match["modicon"]
    if modicon is None:
        offset = int(match["offset"])
        if offset > 65535:
            raise AddressError(f"expected an offset from 0 to 65535, such as HR100, got {match['offset']}")
        return ModbusArea(match["area"].upper()), offset
    number = int(modicon[1:])
    if not 1 <= number <= 65536:
        raise AddressError(
            f"expected a Modicon number from {modicon[0]}{'0' * (len(modicon) - 2)}1 (one-based), such as "
            f"400101 for HR100, got {modicon}"
        )
    return _MODICON_AREAS[modicon[0]], number - 1


def _check_array(text: str, area: ModbusArea, data_type: DataType, count: int) -> None:
    if data_type in (DataType.INT8, DataType.UINT8):
        raise AddressError(f"{text}: the elements of an array are registers, too wide for {data_type}")
    most = MAX_WRITE_REGISTERS if area.has_registers else MAX_WRITE_BITS
    if not 1 <= count <= most:
        raise AddressError(
            f"{text}: expected an array of 1 to {most} {'registers' if area.has_registers else 'bits'}, such "
            f"as {area.value}50[8]"
        )


def _check_width(
    text: str, area: ModbusArea, bit: int | None, characters: int | None, data_type: DataType
) -> int:
    """Return the number of registers or bits that the value takes."""
    if not area.has_registers:
        if bit is not None or characters is not None:
            raise AddressError(
                f"{text}: coils and discrete inputs are single bits; expected for example C3 or DI7"
            )
        if data_type is not DataType.BOOL:
            raise AddressError(
                f"{text}: coils and discrete inputs hold BOOL; expected for {data_type} a "
                "register, such as HR100"
            )
        return 1
    if data_type is DataType.BOOL:
        if bit is None:
            raise AddressError(
                f"{text}: BOOL needs a coil, an input or a bit of a register; expected for example "
                f"{area.value}20.3 or C3"
            )
        if bit > 15:
            raise AddressError(f"{text}: expected a bit from 0 to 15, such as HR20.3")
        return 1
    if bit is not None:
        raise AddressError(
            f"{text}: a bit of a register is BOOL, not {data_type}; expected for example HR100"
        )
    if data_type is DataType.STRING:
        if characters is None or not 1 <= characters <= MAX_CHARACTERS:
            raise AddressError(
                f"{text}: STRING needs its number of characters, 1 to {MAX_CHARACTERS}; expected "
                "for example HR30/16"
            )
        return (characters + 1) // 2
    if characters is not None:
        raise AddressError(f"{text}: /{characters} is for STRING, not {data_type}; expected for example HR30")
    registers = _REGISTERS.get(data_type)
    if registers is None:
        raise AddressError(
            f"{text}: Modbus has no {data_type}; expected a number, BOOL or STRING type, such as "
            "UINT32 at HR100"
        )
    return registers
