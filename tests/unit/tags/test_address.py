"""Address notations: what parses to what, what is refused with which hint; garbage raises nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tags.addresses import memory, modbus, opcua, siemens
from tags.addresses.modbus import ModbusAddress, ModbusArea, WordOrder
from tags.addresses.opcua import IdentifierKind, OpcUaAddress
from tags.addresses.siemens import S7Address, S7Area, S7Kind
from tags.errors import AddressError
from tags.model import DataType

T = DataType
HR, IR, C, DI = (
    ModbusArea.HOLDING_REGISTERS,
    ModbusArea.INPUT_REGISTERS,
    ModbusArea.COILS,
    ModbusArea.DISCRETE_INPUTS,
)


@pytest.mark.parametrize(
    ("text", "data_type", "expected"),
    [
        ("HR100", T.UINT16, (HR, 100, 1)),
        ("hr100", T.INT32, (HR, 100, 2)),
        (" IR0 ", T.FLOAT64, (IR, 0, 4)),
        ("C3", T.BOOL, (C, 3, 1)),
        ("DI7", T.BOOL, (DI, 7, 1)),
        ("40101", T.INT16, (HR, 100, 1)),
        ("400101", T.INT16, (HR, 100, 1)),
        ("465536", T.INT16, (HR, 65535, 1)),
        ("00001", T.BOOL, (C, 0, 1)),
        ("100008", T.BOOL, (DI, 7, 1)),
        ("30001", T.UINT8, (IR, 0, 1)),
        ("HR20.3", T.BOOL, (HR, 20, 1, 3)),
        ("HR30/16", T.STRING, (HR, 30, 8, None, 16)),
        ("HR30/15", T.STRING, (HR, 30, 8, None, 15)),
        ("HR40:CDAB", T.FLOAT32, (HR, 40, 2, None, None, WordOrder.CDAB)),
        ("400041:dcba", T.INT64, (HR, 40, 4, None, None, WordOrder.DCBA)),
        ("unit=5;HR1", T.INT16, (HR, 1, 1, None, None, None, 5)),
        ("HR50[8]", T.INT16, (HR, 50, 8, None, None, None, None, 8)),
        ("400051[61]:CDAB", T.FLOAT32, (HR, 50, 122, None, None, WordOrder.CDAB, None, 61)),
        ("C0[1968]", T.BOOL, (C, 0, 1968, None, None, None, None, 1968)),
    ],
)
def test_modbus(text, data_type, expected):
    assert modbus.parse(text, data_type) == ModbusAddress(text, *expected)


@pytest.mark.parametrize(
    ("text", "data_type", "hint"),
    [
        ("", T.INT16, "HR100"),
        ("HR", T.INT16, "HR100"),
        ("HR-1", T.INT16, "HR100"),
        ("HR65536", T.INT16, "0 to 65535"),
        ("HR65535", T.INT32, "ends beyond"),
        ("400000", T.INT16, "one-based"),
        ("465537", T.INT16, "one-based"),
        ("20001", T.INT16, "HR100"),
        ("HR20", T.BOOL, "HR20.3"),
        ("HR20.16", T.BOOL, "0 to 15"),
        ("HR20.3", T.INT16, "HR100"),
        ("HR20.3:CDAB", T.BOOL, "no word order"),
        ("C3.1", T.BOOL, "C3"),
        ("C3", T.INT16, "HR100"),
        ("HR30", T.STRING, "HR30/16"),
        ("HR30/247", T.STRING, "1 to 246"),
        ("HR30/0", T.STRING, "1 to 246"),
        ("HR30/4", T.INT16, "for STRING"),
        ("HR30", T.DATETIME, "no DATETIME"),
        ("HR30:ABDC", T.INT32, "HR40:CDAB"),
        ("HR30[0]", T.INT16, r"HR50\[8\]"),
        ("HR30[62]", T.FLOAT32, "1 to 123 registers"),
        ("C0[1969]", T.BOOL, "1 to 1968 bits"),
        ("HR30[4]", T.UINT8, "too wide"),
        ("HR30[4]", T.BOOL, r"HR20\.3"),
        ("HR30[4]", T.STRING, "HR30/16"),
        ("unit=256;HR1", T.INT16, "0 to 255"),
        ("HR٣", T.INT16, "HR100"),
    ],
)
def test_modbus_refuses(text, data_type, hint):
    with pytest.raises(AddressError, match=hint):
        modbus.parse(text, data_type)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ns=2;s=Line.State", (IdentifierKind.STRING, "Line.State", 2, None)),
        ("ns=2;s=a;b=c d", (IdentifierKind.STRING, "a;b=c d", 2, None)),
        ("nsu=urn:maker:line;i=5", (IdentifierKind.NUMERIC, 5, 0, "urn:maker:line")),
        ("nsu=urn:a%3Bb%25;i=5", (IdentifierKind.NUMERIC, 5, 0, "urn:a;b%")),
        ("i=2258", (IdentifierKind.NUMERIC, 2258, 0, None)),
        ("i=4294967295", (IdentifierKind.NUMERIC, 4294967295, 0, None)),
        (
            "g=09087E75-8E5E-499B-954F-F2A9603DB28A",
            (IdentifierKind.GUID, "09087e75-8e5e-499b-954f-f2a9603db28a", 0, None),
        ),
        ("ns=1;b=M/RbKBsRVkePCePcx24oRA==", (IdentifierKind.OPAQUE, "M/RbKBsRVkePCePcx24oRA==", 1, None)),
    ],
)
def test_opcua(text, expected):
    assert opcua.parse(text, T.FLOAT64) == OpcUaAddress(text, *expected)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "node id"),
        ("Line.State", "ns=2;s=Line.State"),
        ("ns=70000;i=1", "0 to 65535"),
        ("ns=2;s=", "node id"),
        ("i=x", "i=2258"),
        ("i=4294967296", "4294967295"),
        ("g=123", "GUID"),
        ("b=***", "base64"),
        ("svr=1;ns=2;i=3", "node id"),
    ],
)
def test_opcua_refuses(text, hint):
    with pytest.raises(AddressError, match=hint):
        opcua.parse(text, T.FLOAT64)


DB, M, I, Q = S7Area.DATA_BLOCK, S7Area.MERKERS, S7Area.INPUTS, S7Area.OUTPUTS  # noqa: E741


@pytest.mark.parametrize(
    ("text", "data_type", "expected"),
    [
        ("DB1.DBX0.0", T.BOOL, (DB, 1, 0, 1, S7Kind.BIT, 0)),
        ("db1.dbx10.7", T.BOOL, (DB, 1, 10, 1, S7Kind.BIT, 7)),
        ("DB1.DBB4", T.INT8, (DB, 1, 4, 1)),
        ("DB1.DBW2", T.UINT16, (DB, 1, 2, 2)),
        ("DB1.DBD4", T.FLOAT32, (DB, 1, 4, 4)),
        ("DB1.DBL8", T.FLOAT64, (DB, 1, 8, 8)),
        ("DB65535.DBL8", T.INT64, (DB, 65535, 8, 8)),
        ("DB1.STRING28.32", T.STRING, (DB, 1, 28, 34, S7Kind.STRING, None, 32)),
        ("DB1.WSTRING28.32", T.STRING, (DB, 1, 28, 68, S7Kind.WSTRING, None, 32)),
        ("DB1.DT96", T.DATETIME, (DB, 1, 96, 8, S7Kind.DATE_AND_TIME)),
        ("DB1.LDT96", T.DATETIME, (DB, 1, 96, 8, S7Kind.LDT)),
        ("DB1.DTL96", T.DATETIME, (DB, 1, 96, 12, S7Kind.DTL)),
        ("M0.1", T.BOOL, (M, 0, 0, 1, S7Kind.BIT, 1)),
        ("MB4", T.UINT8, (M, 0, 4, 1)),
        ("MW4", T.INT16, (M, 0, 4, 2)),
        ("MD4", T.INT32, (M, 0, 4, 4)),
        ("E0.0", T.BOOL, (I, 0, 0, 1, S7Kind.BIT, 0)),
        ("IW2", T.UINT16, (I, 0, 2, 2)),
        ("A3.7", T.BOOL, (Q, 0, 3, 1, S7Kind.BIT, 7)),
        ("QB2", T.UINT8, (Q, 0, 2, 1)),
        ("DB1.TIME4", T.INT32, (DB, 1, 4, 4, S7Kind.TIME)),
        ("DB1.TOD4", T.FLOAT64, (DB, 1, 4, 4, S7Kind.TOD)),
        ("DB1.S5TIME4", T.FLOAT32, (DB, 1, 4, 2, S7Kind.S5TIME)),
        ("DB1.LTIME8", T.INT64, (DB, 1, 8, 8, S7Kind.LTIME)),
        ("DB1.LTOD8", T.UINT64, (DB, 1, 8, 8, S7Kind.LTOD)),
        ("DB1.DATE8", T.DATETIME, (DB, 1, 8, 2, S7Kind.DATE)),
        ("T5", T.INT32, (S7Area.TIMERS, 0, 5, 2, S7Kind.S5TIME)),
        ("c7", T.UINT16, (S7Area.COUNTERS, 0, 7, 2, S7Kind.COUNTER)),
        ("Z7", T.FLOAT64, (S7Area.COUNTERS, 0, 7, 2, S7Kind.COUNTER)),
        ("DB1.DBW20[8]", T.INT16, (DB, 1, 20, 16, S7Kind.NUMBER, None, 0, 8)),
        ("DB1.DBX40.3[16]", T.BOOL, (DB, 1, 40, 3, S7Kind.BIT, 3, 0, 16)),
        ("ML8[2]", T.FLOAT64, (M, 0, 8, 16, S7Kind.NUMBER, None, 0, 2)),
    ],
)
def test_s7(text, data_type, expected):
    assert siemens.parse(text, data_type) == S7Address(text, *expected)


@pytest.mark.parametrize(
    ("text", "data_type", "hint"),
    [
        ("", T.BOOL, "DB1.DBX0.0"),
        ("DB0.DBW2", T.INT16, "DB1 to DB65535"),
        ("DB1.DBX0", T.BOOL, "0 to 7"),
        ("DB1.DBX0.8", T.BOOL, "0 to 7"),
        ("DB1.DBX0.0", T.INT16, "DB1.DBW0"),
        ("DB1.DBW2", T.FLOAT32, "DB1.DBD2"),
        ("DB1.DBD8", T.FLOAT64, "DB1.DBL8"),
        ("DB1.DBW2.1", T.INT16, "DB1.DBW2"),
        ("DB1.DBW2", T.BOOL, r"DB1.DBX2\.0"),
        ("MW2", T.BOOL, r"M2\.0"),
        ("DB1.DBB2", T.STRING, r"STRING2\.32"),
        ("DB1.STRING28", T.STRING, "1 to 254"),
        ("DB1.STRING28.255", T.STRING, "1 to 254"),
        ("DB1.STRING28.32", T.INT16, "DBW2"),
        ("DB1.DBL8", T.DATETIME, "LDT8"),
        ("DB1.DT8", T.INT64, "DATETIME"),
        ("DB1.DT8.1", T.DATETIME, "DB1.DT8"),
        ("DB1.DBW65535", T.INT16, "65535"),
        ("M0", T.BOOL, "0 to 7"),
        ("X0.0", T.BOOL, "DB1.DBX0.0"),
        ("DB1.TIME4", T.INT16, "milliseconds in INT32"),
        ("DB1.LTIME4", T.INT32, "nanoseconds in INT64"),
        ("DB1.TIME4.1", T.INT32, "DB1.TIME4"),
        ("DB1.DATE4", T.INT16, "DATETIME"),
        ("T5", T.BOOL, "milliseconds in INT32"),
        ("C5", T.UINT8, "0 to 999"),
        ("C5", T.STRING, "0 to 999"),
        ("T2048", T.INT32, "up to 2047"),
        ("DB1.DBW20[0]", T.INT16, "at least one"),
        ("DB1.DBW65530[4]", T.INT16, "65535"),
        ("DB1.STRING20.4[2]", T.STRING, "only numbers and bits"),
    ],
)
def test_s7_refuses(text, data_type, hint):
    with pytest.raises(AddressError, match=hint):
        siemens.parse(text, data_type)


def test_memory():
    assert memory.parse(" motor1.speed ", T.INT16).name == "motor1.speed"
    for text in ("", "  ", "a\nb", "x" * 201):
        with pytest.raises(AddressError, match=r"motor1\.speed"):
            memory.parse(text, T.INT16)


PARSERS = st.sampled_from([memory.parse, modbus.parse, opcua.parse, siemens.parse])
NEARLY = st.from_regex(
    r"(?:(?:DB[0-9]{1,7}\.)?(?:DB[XBWDL]|STRING|[MIQEA][BWDL]?|HR|IR|DI|C|ns=|nsu=|i=|s=|g=|b=)[0-9a-f;:./]*)+"
)


@given(PARSERS, st.one_of(st.text(), NEARLY), st.sampled_from(DataType))
def test_garbage_raises_address_errors_only(parse, text, data_type):
    try:
        address = parse(text, data_type)
    except AddressError:
        return
    assert address.text == text


@pytest.mark.parametrize("parse", [modbus.parse, siemens.parse, opcua.parse])
def test_endless_digits_are_refused(parse):
    digits = "9" * 5000
    for text in (f"HR{digits}", f"DB1.DBW{digits}", f"i={digits}", f"ns={digits};i=1", digits):
        with pytest.raises(AddressError):
            parse(text, DataType.INT16)
