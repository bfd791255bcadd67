"""S7 absolute addresses, as TIA Portal shows them for blocks without optimised access.

=====================================  =================================================================
``DB1.DBX0.0``                         bit, BOOL
``DB1.DBB4`` ``DB1.DBW2`` ``DB1.DBD4`` byte, word, double word: types of 8, 16 and 32 bits
``DB1.DBL8``                           eight bytes: INT64, UINT64, FLOAT64 (LINT, ULINT, LREAL)
``DB1.STRING28.32``                    STRING with room for 32 characters (34 bytes)
``DB1.WSTRING64.20``                   WSTRING with room for 20 characters (44 bytes)
``DB1.DT96`` ``DB1.LDT104`` ``DB1.DTL112``  DATE_AND_TIME, LDT and DTL for DATETIME
``M0.1 MB4 MW4 MD4 ML4``               merkers, likewise ``I``/``E`` inputs and ``Q``/``A`` outputs
=====================================  =================================================================
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from tags.address import Address
from tags.errors import AddressError
from tags.model import DataType

_DB = re.compile(
    r"DB(?P<db>[0-9]{1,5})\."
    r"(?:DB(?P<kind>[XBWDL])|(?P<name>STRING|WSTRING|DTL|LDT|DT))(?P<byte>[0-9]{1,7})(?:\.(?P<rest>[0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)
_AREA = re.compile(
    r"(?P<area>[MIQEA])(?P<kind>[XBWDL]?)(?P<byte>[0-9]{1,7})(?:\.(?P<rest>[0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)
_EXAMPLES = "such as DB1.DBX0.0, DB1.DBW2, DB1.DBD4, DB1.DBL8, DB1.STRING28.32, M0.1, MW4, I0.0 or QB2"
MAX_BYTE = 65535


class S7Area(StrEnum):
    """Name a memory area of the controller."""

    DATA_BLOCK = "DB"
    MERKERS = "M"
    INPUTS = "I"
    OUTPUTS = "Q"


class S7Kind(StrEnum):
    """Name how the bytes are to be understood."""

    BIT = "BIT"
    NUMBER = "NUMBER"
    STRING = "STRING"
    WSTRING = "WSTRING"
    DATE_AND_TIME = "DT"
    LDT = "LDT"
    DTL = "DTL"


@dataclass(frozen=True, slots=True)
class S7Address(Address):
    """Name a place in the controller: ``size`` bytes from ``byte`` in ``area`` (``db`` is 0 outside blocks).

    ``bit`` is set for BIT; ``characters`` is the room of a STRING or WSTRING.
    """

    area: S7Area
    db: int
    byte: int
    size: int
    kind: S7Kind = S7Kind.NUMBER
    bit: int | None = None
    characters: int = 0


_AREAS = {
    "M": S7Area.MERKERS,
    "I": S7Area.INPUTS,
    "E": S7Area.INPUTS,
    "Q": S7Area.OUTPUTS,
    "A": S7Area.OUTPUTS,
}
_LETTER_SIZES = {"B": 1, "W": 2, "D": 4, "L": 8}
_SIZE_LETTERS = {size: letter for letter, size in _LETTER_SIZES.items()}
_TIME_SIZES = {S7Kind.DATE_AND_TIME: 8, S7Kind.LDT: 8, S7Kind.DTL: 12}
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
    if name:
        address = _named(text, area, db, byte, rest, S7Kind(name), data_type)
    else:
        address = _sized(text, area, db, byte, rest, match["kind"].upper(), data_type)
    if byte + address.size > MAX_BYTE + 1:
        raise AddressError(f"{text}: expected a byte offset up to {MAX_BYTE}, this value ends beyond")
    return address


def _named(
    text: str, area: S7Area, db: int, byte: int, rest: int | None, kind: S7Kind, data_type: DataType
) -> S7Address:
    if kind in _TIME_SIZES:
        if data_type is not DataType.DATETIME:
            raise AddressError(
                f"{text}: {kind.value} is DATETIME, not {data_type}; expected for example DB1.DBD4"
            )
        if rest is not None:
            raise AddressError(f"{text}: expected no bit or length, such as DB1.{kind.value}{byte}")
        return S7Address(text, area, db, byte, _TIME_SIZES[kind], kind)
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
