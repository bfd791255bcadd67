"""The Modbus driver against libmodbus, the C library that many devices and tools use."""

import asyncio
import math
import os
import select
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tags.clock import SystemClock
from tags.drivers.base import CombinedWriter, Driver, DriverError, DriverFault, Item
from tags.drivers.catalogue import create, drivers
from tags.model import DataType, Value
from tags.status import StatusCode, is_bad
from tests.support.foreign import libmodbus_server, running
from tests.support.sinks import RecordingSink

T = DataType
INFO = drivers()["modbus"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return libmodbus_server(tmp_path_factory.mktemp("libmodbus"))


@asynccontextmanager
async def connected(port: int | str, **options: str | int | float) -> AsyncIterator[Driver]:
    """Connect over TCP, or to a serial port where a text is given."""
    if isinstance(port, str):
        driver = create(drivers()["modbus_rtu"], {"port": port, "timeout_s": 1.0, **options}, SystemClock())
    else:
        driver = create(INFO, {"host": "127.0.0.1", "port": port, "timeout_s": 1.0, **options}, SystemClock())
    await driver.connect()
    try:
        yield driver
    finally:
        await driver.close()


def item(tag_id: int, text: str, data_type: DataType) -> Item:
    return Item(tag_id, INFO.parse_address(text, data_type), data_type, 50)


VALUES: list[tuple[str, DataType, list[Value]]] = [
    ("C5", T.BOOL, [True, False]),
    ("HR10.7", T.BOOL, [True, False]),
    ("HR12", T.INT16, [-32768, 32767]),
    ("HR13", T.UINT16, [65535, 0]),
    ("HR20", T.INT32, [-(2**31), 2**31 - 1]),
    ("HR22:CDAB", T.UINT32, [2**32 - 1, 1]),
    ("HR30", T.INT64, [-(2**63), 2**63 - 1, 2**53 + 1]),
    ("HR34:DCBA", T.UINT64, [2**64 - 1, 2**53 + 1]),
    ("HR40", T.FLOAT32, [math.inf, 1.401298464324817e-45, -0.5]),
    ("HR44:BADC", T.FLOAT64, [math.pi, -5e-324, 1.7976931348623157e308]),
    ("HR60/33", T.STRING, ["", "Zürich é", "x" * 33]),
]


@pytest.mark.parametrize(("text", "data_type", "values"), VALUES)
async def test_values_survive(server: Path, text: str, data_type: DataType, values: list[Value]) -> None:
    with running([str(server)], "tcp") as port:
        async with connected(port) as driver:
            place = item(3, text, data_type)
            for value in values:
                await driver.write(place, value)
                batch = await driver.read([place])
                assert batch.statuses.tolist() == [StatusCode.Good]
                assert batch.value_at(0) == value


async def test_polling_round_holes_and_read_only_tables(server: Path) -> None:
    with running([str(server)], "tcp") as port:
        async with connected(port) as driver:
            items = [
                item(0, "IR5", T.UINT16),
                item(1, "DI3", T.BOOL),
                item(2, "HR290", T.UINT16),
                item(3, "HR305", T.UINT16),
                item(4, "DI4", T.BOOL),
            ]
            sink = RecordingSink()
            task = asyncio.create_task(driver.subscribe(items, sink))
            await sink.until(lambda: len(sink.samples) == 5 and len(sink.samples[0]) > 2)
            assert [sink.value(tag_id) for tag_id in (0, 1, 2, 4)] == [105, 1, 0, 0]
            assert is_bad(sink.status(3))
            assert sink.value(3) is None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with pytest.raises(DriverError) as caught:
                await driver.write(items[3], 1)
            assert caught.value.fault is DriverFault.ADDRESS


async def test_one_bit_is_written_by_the_mask_function(server: Path) -> None:
    with running([str(server)], "tcp") as port:
        async with connected(port, bit_writes="mask") as driver:
            word, bit = item(0, "HR50", T.UINT16), item(1, "HR50.4", T.BOOL)
            await driver.write(word, 0b1000_0001)
            await driver.write(bit, True)
            assert (await driver.read([word])).value_at(0) == 0b1001_0001


@pytest.mark.parametrize(("text", "data_type", "values"), [row for row in VALUES if row[0].startswith("HR")])
async def test_values_are_written_and_read_back_by_one_request(
    server: Path, text: str, data_type: DataType, values: list[Value]
) -> None:
    with running([str(server)], "tcp") as port:
        async with connected(port, function_23=True) as driver:
            assert isinstance(driver, CombinedWriter)
            for value in values:
                batch = await driver.write_and_read(item(3, text, data_type), value)
                assert batch is not None
                assert batch.statuses.tolist() == [StatusCode.Good]
                assert batch.value_at(0) == value


async def test_a_killed_server_is_noticed_and_found_again(server: Path) -> None:
    with running([str(server)], "tcp") as port:
        async with connected(port) as driver:
            sink = RecordingSink()
            task = asyncio.create_task(driver.subscribe([item(0, "IR0", T.UINT16)], sink))
            await sink.until(lambda: 0 in sink.samples)
    with pytest.raises(DriverError):
        await task


@contextmanager
def serial_line() -> Iterator[tuple[str, str]]:
    """Two serial ports that are wired to each other: two pseudo terminals and a thread that carries bytes."""
    if not hasattr(os, "openpty"):
        pytest.skip("no pseudo terminals here")
    import tty  # POSIX only

    try:
        masters, slaves = zip(os.openpty(), os.openpty(), strict=True)
    except OSError as error:
        pytest.skip(f"no pseudo terminals here: {error}")
    for slave in slaves:
        tty.setraw(slave)
    stop_reader, stop_writer = os.pipe()

    def carry() -> None:
        others = dict(zip(masters, reversed(masters), strict=True))
        while True:
            ready, _, _ = select.select([*masters, stop_reader], [], [])
            if stop_reader in ready:
                return
            for master in ready:
                os.write(others[master], os.read(master, 4096))

    wire = threading.Thread(target=carry, name="serial wire")
    wire.start()
    try:
        yield os.ttyname(slaves[0]), os.ttyname(slaves[1])
    finally:
        os.close(stop_writer)
        wire.join()
        for descriptor in (*masters, *slaves, stop_reader):
            os.close(descriptor)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
@pytest.mark.parametrize(("text", "data_type", "values"), VALUES)
async def test_values_survive_a_serial_line(
    server: Path, text: str, data_type: DataType, values: list[Value]
) -> None:
    with serial_line() as (ours, theirs), running([str(server)], "rtu", theirs):
        async with connected(ours, parity="none") as driver:
            place = item(3, text, data_type)
            for value in values:
                await driver.write(place, value)
                batch = await driver.read([place])
                assert batch.statuses.tolist() == [StatusCode.Good]
                assert batch.value_at(0) == value
