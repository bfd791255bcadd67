"""S7 absolute addresses, as TIA Portal shows them for blocks without optimised access.

=====================================  =================================================================
``DB1.DBX0.0``                         bit, BOOL
``DB1.DBB4`` ``DB1.DBW2`` ``DB1.DBD4`` byte, word, double word: types of 8, 16 and 32 bits
``DB1.DBL8``                           eight bytes: INT64, UINT64, FLOAT64 (LINT, ULINT, LREAL)
``DB1.DBW20[8]`` ``DB1.DBX40.0[16]``   array of eight words, of sixteen bits
``DB1.STRING28.32``                    STRING with room for 32 characters (34 bytes)
``DB1.WSTRING64.20``                   WSTRING with room for 20 characters (44 bytes)
``DB1.DT96 DB1.LDT104 DB1.DTL112``     DATE_AND_TIME, LDT and DTL for DATETIME; ``DB1.DATE124`` for a DATE
``DB1.TIME126 DB1.TOD130``             TIME and TOD: milliseconds in INT32 or UINT32, seconds in FLOAT64
``DB1.S5TIME134``                      S5TIME: milliseconds in INT32 or UINT32, seconds in FLOAT32, FLOAT64
``DB1.LTIME136 DB1.LTOD144``           LTIME and LTOD: nanoseconds in INT64 or UINT64, seconds in FLOAT64
``M0.1 MB4 MW4 MD4 ML4``               merkers, likewise ``I``/``E`` inputs and ``Q``/``A`` outputs
``T5`` ``C7``/``Z7``                   timers (as S5TIME) and counters of S7-300 and S7-400, to read
=====================================  =================================================================
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from tags.address import Address
from tags.errors import AddressError
from tags.model import DataType

_DB = re.compile(
    r"DB(?P<db>[0-9]{1,5})\."
    r"(?:DB(?P<kind>[XBWDL])|(?P<name>STRING|WSTRING|DTL|LDT|DT|DATE|LTIME|S5TIME|TIME|LTOD|TOD))"
    r"(?P<byte>[0-9]{1,7})(?:\.(?P<rest>[0-9]{1,5}))?(?:\[(?P<length>[0-9]{1,5})\])?",
    re.ASCII | re.IGNORECASE,
)
_AREA = re.compile(
    r"(?P<area>[MIQEA])(?P<kind>[XBWDL]?)(?P<byte>[0-9]{1,7})(?:\.(?P<rest>[0-9]{1,5}))?"
    r"(?:\[(?P<length>[0-9]{1,5})\])?",
    re.ASCII | re.IGNORECASE,
)
_ELEMENT = re.compile(r"(?P<area>[TCZ])(?P<number>[0-9]{1,5})", re.ASCII | re.IGNORECASE)
_EXAMPLES = "such as DB1.DBX0.0, DB1.DBW2, DB1.DBD4, DB1.DBL8, DB1.STRING28.32, M0.1, MW4, I0.0 or QB2"
MAX_BYTE = 65535


class S7Area(StrEnum):
    """Name a memory area of the controller."""

    DATA_BLOCK = "DB"
    MERKERS = "M"
    INPUTS = "I"
    OUTPUTS = "Q"
    TIMERS = "T"
    COUNTERS = "C"

    @property
    def has_elements(self) -> bool:
        """Tell whether places are numbered 16-bit elements; otherwise they are bytes."""
        return self in (S7Area.TIMERS, S7Area.COUNTERS)


class S7Kind(StrEnum):
    """Name how the bytes are to be understood."""

    BIT = "BIT"
    NUMBER = "NUMBER"
    STRING = "STRING"
    WSTRING = "WSTRING"
    DATE_AND_TIME = "DT"
    LDT = "LDT"
    DTL = "DTL"
    DATE = "DATE"
    TIME = "TIME"
    TOD = "TOD"
    S5TIME = "S5TIME"
    LTIME = "LTIME"
    LTOD = "LTOD"
    COUNTER = "COUNTER"


@dataclass(frozen=True, slots=True)
class S7Address(Address):
    """Name a place in the controller: ``size`` bytes from ``byte`` in ``area`` (``db`` is 0 outside blocks).

    ``bit`` is set for BIT; ``characters`` is the room of a STRING or WSTRING; ``length`` the number of
    elements of an array, 0 for one value. Of timers and counters ``byte`` is the number.
    """

    area: S7Area
    db: int
    byte: int
    size: int
    kind: S7Kind = S7Kind.NUMBER
    bit: int | None = None
    characters: int = 0
    length: int = 0


_AREAS = {
    "M": S7Area.MERKERS,
    "I": S7Area.INPUTS,
    "E": S7Area.INPUTS,
    "Q": S7Area.OUTPUTS,
    "A": S7Area.OUTPUTS,
}
_LETTER_SIZES = {"B": 1, "W": 2, "D": 4, "L": 8}
_SIZE_LETTERS = {size: letter for letter, size in _LETTER_SIZES.items()}
_DATE_SIZES = {S7Kind.DATE_AND_TIME: 8, S7Kind.LDT: 8, S7Kind.DTL: 12, S7Kind.DATE: 2}
_MILLISECOND_TYPES = (DataType.INT32, DataType.UINT32, DataType.INT64, DataType.UINT64, DataType.FLOAT64)
_NANOSECOND_TYPES = (DataType.INT64, DataType.UINT64, DataType.FLOAT64)
_DURATIONS: dict[S7Kind, tuple[int, tuple[DataType, ...], str]] = {
    S7Kind.TIME: (4, _MILLISECOND_TYPES, "milliseconds"),
    S7Kind.TOD: (4, _MILLISECOND_TYPES, "milliseconds"),
    S7Kind.S5TIME: (2, (*_MILLISECOND_TYPES, DataType.FLOAT32), "milliseconds"),
    S7Kind.LTIME: (8, _NANOSECOND_TYPES, "nanoseconds"),
    S7Kind.LTOD: (8, _NANOSECOND_TYPES, "nanoseconds"),
}
"""Size, data types and the unit of the whole-number ones; the floating-point ones are seconds."""
_MAX_ELEMENT = 2047
_SIZES = {
    DataType.INT8: 1,
    DataType.UINT8: 1,
    DataType.INT16: 2,
    DataType.UINT16: 2,
    DataType.INT32: 4,
    DataType.UINT32: 4,
    DataType.FLOAT32: 4,
    DataType.INT64: 8,
    DataType.UINT64: 8,
    DataType.FLOAT64: 8,
}


def parse(text: str, data_type: DataType) -> S7Address:
    """Parse an S7 address for a value of ``data_type``.

    Raises:
        AddressError: the text does not parse, or its width does not fit the type.
    """
    stripped = text.strip()
    element = _ELEMENT.fullmatch(stripped)
    if element is not None:
        return _element(text, element["area"].upper(), int(element["number"]), data_type)
    match = _DB.fullmatch(stripped)
    if match is not None:
        area, db = S7Area.DATA_BLOCK, int(match["db"])
        if not 1 <= db <= 65535:
            raise AddressError(f"{text}: expected a block from DB1 to DB65535")
        name = (match["name"] or "").upper()
    else:
        match = _AREA.fullmatch(stripped)
        if match is None:
            raise AddressError(f"expected an S7 address, {_EXAMPLES}, got {text!r:.60}")
        area, db, name = _AREAS[match["area"].upper()], 0, ""
    byte = int(match["byte"])
    rest = None if match["rest"] is None else int(match["rest"])
    length = None if match["length"] is None else int(match["length"])
    if name:
        if length is not None:
            raise AddressError(f"{text}: only numbers and bits make arrays, such as DB1.DBW20[8]")
        address = _named(text, area, db, byte, rest, S7Kind(name), data_type)
    else:
        address = _sized(text, area, db, byte, rest, match["kind"].upper(), data_type)
        if length is not None:
            address = _array(address, length)
    if byte + address.size > MAX_BYTE + 1:
        raise AddressError(f"{text}: expected a byte offset up to {MAX_BYTE}, this value ends beyond")
    return address


def _named(
    text: str, area: S7Area, db: int, byte: int, rest: int | None, kind: S7Kind, data_type: DataType
) -> S7Address:
    if kind in _DURATIONS:
        size, types, unit = _DURATIONS[kind]
        if data_type not in types:
            raise AddressError(
                f"{text}: {kind.value} is {unit} in {types[0]} or seconds in FLOAT64, not {data_type}"
            )
        if rest is not None:
            raise AddressError(f"{text}: expected no bit or length, such as DB1.{kind.value}{byte}")
        return S7Address(text, area, db, byte, size, kind)
    if kind in _DATE_SIZES:
        if data_type is not DataType.DATETIME:
            raise AddressError(
                f"{text}: {kind.value} is DATETIME, not {data_type}; expected for example DB1.DBD4"
            )
        if rest is not None:
            raise AddressError(f"{text}: expected no bit or length, such as DB1.{kind.value}{byte}")
        return S7Address(text, area, db, byte, _DATE_SIZES[kind], kind)
    if data_type is not DataType.STRING:
        raise AddressError(f"{text}: {kind.value} is STRING, not {data_type}; expected for example DB1.DBW2")
    longest = 254 if kind is S7Kind.STRING else 16382
    if rest is None or not 1 <= rest <= longest:
        raise AddressError(
            f"{text}: expected the room in characters after the offset, 1 to {longest}, such as "
            f"DB1.{kind.value}28.32"
        )
    size = rest + 2 if kind is S7Kind.STRING else 2 * rest + 4
    return S7Address(text, area, db, byte, size, kind, None, rest)


def _element(text: str, letter: str, number: int, data_type: DataType) -> S7Address:
    area = S7Area.TIMERS if letter == "T" else S7Area.COUNTERS
    if number > _MAX_ELEMENT:
        raise AddressError(f"{text}: expected a number up to {_MAX_ELEMENT}, such as {letter}5")
    if area is S7Area.TIMERS:
        _, types, _ = _DURATIONS[S7Kind.S5TIME]
        if data_type not in types:
            raise AddressError(
                f"{text}: a timer is milliseconds in INT32 or seconds in FLOAT64, not {data_type}"
            )
        return S7Address(text, area, 0, number, 2, S7Kind.S5TIME)
    if not data_type.is_numeric or _SIZES[data_type] < 2:
        raise AddressError(f"{text}: a counter is a number of 0 to 999 such as INT16, not {data_type}")
    return S7Address(text, area, 0, number, 2, S7Kind.COUNTER)


def _array(one: S7Address, length: int) -> S7Address:
    """Return the array of ``length`` elements that begins where ``one`` is."""
    if not 1 <= length <= MAX_BYTE:
        raise AddressError(f"{one.text}: expected an array of at least one element, such as DB1.DBW20[8]")
    size = one.size * length if one.bit is None else (one.bit + length + 7) // 8
    return replace(one, size=size, length=length)


def _sized(
    text: str, area: S7Area, db: int, byte: int, rest: int | None, letter: str, data_type: DataType
) -> S7Address:
    prefix = f"DB{db}.DB" if area is S7Area.DATA_BLOCK else area.value
    if letter in ("", "X"):
        if rest is None or rest > 7:
            raise AddressError(
                f"{text}: expected a bit from 0 to 7 after the byte, such as DB1.DBX0.0 or M0.1, "
                "or a width as in MW4"
            )
        if data_type is not DataType.BOOL:
            raise AddressError(
                f"{text}: a bit is BOOL, not {data_type}; expected {_expected(prefix, byte, data_type)}"
            )
        return S7Address(text, area, db, byte, 1, S7Kind.BIT, rest)
    if rest is not None:
        raise AddressError(
            f"{text}: only a bit has a second number; expected for example {prefix}{letter}{byte}"
        )
    if _SIZES.get(data_type) != _LETTER_SIZES[letter]:
        raise AddressError(
            f"{text}: {8 * _LETTER_SIZES[letter]} bits do not fit {data_type}; "
            f"expected {_expected(prefix, byte, data_type)}"
        )
    return S7Address(text, area, db, byte, _LETTER_SIZES[letter])


def _expected(prefix: str, byte: int, data_type: DataType) -> str:
    size = _SIZES.get(data_type)
    if size is not None:
        return f"{prefix}{_SIZE_LETTERS[size]}{byte}"
    if data_type is DataType.BOOL:
        return f"{prefix}{'X' if prefix.startswith('DB') else ''}{byte}.0"
    if data_type is DataType.STRING:
        return f"DB1.STRING{byte}.32"
    return f"DB1.DT{byte}, DB1.LDT{byte} or DB1.DTL{byte}"
