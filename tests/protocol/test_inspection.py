"""Drivers show a value as the bytes that came, by the very request that polls it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from asyncua import ua

from hmi.station.why_words import bytes_text, dump_of
from tags.clock import SystemClock
from tags.drivers.base import Driver, DriverError, Item
from tags.drivers.catalogue import create, drivers
from tags.drivers.inspection import Inspection, Inspector
from tags.model import DataType
from tags.status import StatusCode
from tests.support.servers import ModbusDevice, OpcUaDevice, S7Device
from tests.support.sinks import RecordingSink

T = DataType


@pytest.fixture
def opcua_device() -> Iterator[OpcUaDevice]:
    device = OpcUaDevice()
    device.open()
    yield device
    device.close()


def items(driver: str, *places: tuple[str, DataType]) -> list[Item]:
    parse = drivers()[driver].parse_address
    return [Item(row, parse(text, data_type), data_type, 20) for row, (text, data_type) in enumerate(places)]


@asynccontextmanager
async def polled(device: Any, some: Sequence[Item]) -> AsyncIterator[Driver]:
    """Connect to a device and poll until every item was delivered."""
    await device.start()
    driver = create(drivers()[device.driver], device.options(device.port, 1.0), SystemClock())
    await driver.connect()
    sink = RecordingSink()
    task = asyncio.create_task(driver.subscribe(some, sink))
    await sink.until(lambda: len(sink.samples) == len(some))
    try:
        yield driver
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await driver.close()
        await device.stop()


async def inspected(driver: Driver, item: Item) -> Inspection:
    assert isinstance(driver, Inspector)
    return await driver.inspect(item)


async def test_modbus_shows_the_block_and_where_the_value_lies_in_it() -> None:
    some = items(
        "modbus",
        ("HR10", T.UINT16),
        ("HR12:CDAB", T.UINT32),
        ("HR14.9", T.BOOL),
        ("HR20/4:BADC", T.STRING),
        ("C5", T.BOOL),
        ("IR3", T.UINT16),
    )
    async with polled(ModbusDevice(), some) as driver:
        await driver.write(some[0], 0x0102)
        await driver.write(some[1], 0xA1B2C3D4)
        await driver.write(some[2], True)
        await driver.write(some[3], "abcd")
        await driver.write(some[4], True)
        word, swapped, bit, text, coil, read_only = [await inspected(driver, one) for one in some]
        batch = await driver.read(some)
    holding = "function 3 for the holding registers HR10 to HR21 of unit 1"
    assert word.request == swapped.request == bit.request == text.request == holding
    assert word.data.hex() == "01020000c3d4a1b202000000" + 4 * "0000" + "62616463"
    for row, one in enumerate((word, swapped, bit, text, coil, read_only)):
        assert one.batch.value_at(0) == batch.value_at(row)
        assert one.batch.tag_ids.tolist() == [row]
    assert word.value_bytes.hex() == "0102"
    assert swapped.value_bytes.hex() == "a1b2c3d4"
    assert swapped.place_of(swapped.positions[0]) == "HR13"
    assert (bit.value_bytes.hex(), bit.bit) == ("02", 1)
    assert text.value_bytes == b"abcd"
    assert coil.request == "function 1 for the coils C5 to C5 of unit 1"
    assert (coil.value_bytes.hex(), coil.bit) == ("01", 0)
    assert read_only.request == "function 4 for the input registers IR3 to IR3 of unit 1"
    assert bytes_text(swapped) == "; its bytes are A1 B2 C3 D4, the most significant first"
    assert bytes_text(bit) == "; bit 1 of the byte 02"
    assert dump_of(swapped).splitlines() == [
        "HR10  01 02 00 00[C3 D4 A1 B2]02 00 00 00 00 00 00 00",
        "HR18  00 00 00 00 62 61 64 63",
    ]


async def test_s7_shows_the_place_and_the_bytes() -> None:
    some = items(
        "s7", ("DB1.DBW4", T.INT16), ("DB1.DBD8", T.FLOAT32), ("DB1.DBX2.6", T.BOOL), ("T5", T.INT32)
    )
    device = S7Device()
    device.memory[2:12] = bytes.fromhex("4000fffe00003fc00000")
    device.timers[10:12] = b"\x21\x27"
    async with polled(device, some) as driver:
        word, real, bit, timer = [await inspected(driver, one) for one in some]
        missing = await inspected(driver, *items("s7", ("DB77.DBW0", T.INT16)))
    assert word.request == real.request == "read of bytes 2 to 11 of DB1"
    assert (word.value_bytes.hex(), word.batch.value_at(0)) == ("fffe", -2)
    assert (real.value_bytes.hex(), real.batch.value_at(0)) == ("3fc00000", 1.5)
    assert (bit.value_bytes.hex(), bit.bit) == ("40", 6)
    assert real.place_of(6) == "DB1.DBB8"
    assert (timer.request, timer.value_bytes.hex()) == ("read of T5 to T5", "2127")
    assert missing.batch.statuses.tolist() == [StatusCode.BadConfigurationError]
    assert (missing.data, bytes_text(missing), dump_of(missing)) == (b"", "", "")


async def test_opc_ua_shows_the_very_bytes_of_the_answer_with_status_and_times(
    opcua_device: OpcUaDevice,
) -> None:
    device = opcua_device
    some = items(
        "opcua",
        *((device.address(data_type), data_type) for data_type in (T.UINT32, T.FLOAT64, T.BOOL, T.STRING)),
        device.array,
    )
    moment = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    async with polled(device, some) as driver:
        await driver.write(some[0], 0xA1B2C3D4)
        await driver.write(some[2], True)
        await driver.write(some[3], "Größe")
        await driver.write(some[4], (1.5, -2.0))
        uncertain = ua.StatusCode(ua.StatusCodes.UncertainSensorNotAccurate)
        value = ua.DataValue(ua.Variant(1.5, ua.VariantType.Double), uncertain, moment)
        await device.set("FLOAT64", value)
        batch = await driver.read(some)
        word, real, bit, text, array = found = [await inspected(driver, one) for one in some]
        gone, foreign = items("opcua", ("ns=2;s=No.Such", T.INT16), ("nsu=urn:none;i=1", T.INT16))
        missing, nowhere = await inspected(driver, gone), await inspected(driver, foreign)
    for row, one in enumerate(found):
        assert one.batch.value_at(0) == batch.value_at(row)
        assert one.batch.statuses[0] == batch.statuses[row]
        assert one.batch.tag_ids.tolist() == [row]
    assert word.request == f"the service Read for the attribute Value of {some[0].address.text}"
    assert word.value_bytes.hex() == "a1b2c3d4"
    assert word.data[1:6].hex() == "07d4c3b2a1"
    assert real.value_bytes.hex() == "3ff8000000000000"
    assert bit.value_bytes.hex() == "01"
    assert text.value_bytes == "Größe".encode()
    assert array.value_bytes.hex() == "3ff8000000000000c000000000000000"
    assert real.told.splitlines() == [
        "StatusCode       UncertainSensorNotAccurate",
        "SourceTimestamp  2026-01-01 12:00:00.250000Z",
    ]
    assert dump_of(real).endswith(real.told)
    assert "ServerTimestamp  20" in word.told
    assert dump_of(word).startswith("byte 0 ")
    assert "[D4 C3 B2 A1]" in dump_of(word)
    assert missing.batch.statuses.tolist() == [StatusCode.BadNodeIdUnknown]
    assert (missing.positions, bytes_text(missing), dump_of(missing)) == ((), "", missing.told)
    assert missing.told.startswith("StatusCode       BadNodeIdUnknown")
    assert nowhere.batch.statuses.tolist() == [StatusCode.BadNodeIdUnknown]
    assert "no namespace" in nowhere.request


async def test_a_lost_link_is_told() -> None:
    some = items("modbus", ("HR0", T.UINT16))
    async with polled(ModbusDevice(), some) as driver:
        await driver.close()
        with pytest.raises(DriverError):
            await inspected(driver, some[0])


def test_of_a_long_answer_the_rows_around_the_value_are_shown() -> None:
    one = Inspection(None, "", bytes(range(250)), (98, 99, 100, 101), None, "HR", 1000, 16)  # type: ignore[arg-type]
    assert dump_of(one).splitlines() == [
        "…       80 bytes before",
        "HR1040  50 51 52 53 54 55 56 57 58 59 5A 5B 5C 5D 5E 5F",
        "HR1048  60 61[62 63 64 65]66 67 68 69 6A 6B 6C 6D 6E 6F",
        "HR1056  70 71 72 73 74 75 76 77 78 79 7A 7B 7C 7D 7E 7F",
        "…       122 bytes behind",
    ]
    edge = Inspection(None, "", bytes(40), (14, 15, 16, 39), None, "DB1.DBB", 0, 8)  # type: ignore[arg-type]
    assert [row[-1] for row in dump_of(edge).splitlines()] == ["]", "0", "]"]
