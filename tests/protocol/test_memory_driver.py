"""What is particular to the memory driver: cells, and failures on demand."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tags.addresses import memory, modbus
from tags.clock import SystemClock
from tags.drivers.base import DriverError, DriverFault, Item
from tags.drivers.catalogue import create, drivers
from tags.drivers.memory import MemoryDriver
from tags.model import DataType
from tags.status import StatusCode
from tests.support import virtual_time
from tests.support.sinks import RecordingSink

T = DataType


def item(name: str, data_type: DataType = T.INT16, tag_id: int = 0, period_ms: int = 10_000) -> Item:
    return Item(tag_id, memory.parse(name, data_type), data_type, period_ms)


def make(**options: str | int) -> MemoryDriver:
    driver = create(drivers()["memory"], options, SystemClock())
    assert isinstance(driver, MemoryDriver)
    return driver


@pytest_asyncio.fixture
async def driver() -> AsyncIterator[MemoryDriver]:
    driver = make()
    await driver.connect()
    yield driver
    await driver.close()


@pytest.mark.parametrize(
    ("data_type", "first"), [(T.STRING, ""), (T.BOOL, 0), (T.INT64, 0), (T.FLOAT32, 0.0), (T.DATETIME, 0)]
)
async def test_a_cell_that_nobody_wrote(driver: MemoryDriver, data_type: DataType, first: object) -> None:
    batch = await driver.read([item("a", data_type)])
    assert batch.value_at(0) == first
    assert int(batch.statuses[0]) == StatusCode.UncertainInitialValue


async def test_changes_are_delivered_at_once_to_all_who_use_the_cell(driver: MemoryDriver) -> None:
    sink = RecordingSink()
    items = [item("a"), item("a", T.INT32, 1), item("b", tag_id=2)]
    subscription = asyncio.create_task(driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == 3)
    driver.set_value("a", 5, source_ns=77)
    await sink.until(lambda: sink.samples[0][-1] == (5, 0, 77) and sink.samples[1][-1] == (5, 0, 77))
    await driver.write(items[2], 6)
    await sink.until(lambda: sink.value(2) == 6)
    assert len(sink.samples[0]) == 2
    driver.set_value("a", 5, StatusCode.BadSensorFailure)
    await sink.until(lambda: sink.status(0) == StatusCode.BadSensorFailure)
    assert driver.value("a") is None
    assert driver.plan() == "3 tags in memory"
    subscription.cancel()


async def test_cells_survive_a_reconnection(driver: MemoryDriver) -> None:
    await driver.write(item("a"), 5)
    await driver.close()
    await driver.connect()
    assert (await driver.read([item("a")])).value_at(0) == 5
    assert [(node.address, node.data_type) for node in await driver.browse(None)] == [("a", T.INT16)]
    assert await driver.browse("a") == []


@pytest.mark.parametrize("fault", list(DriverFault))
async def test_every_fault_can_be_shown(fault: DriverFault) -> None:
    driver = make(fault=fault.value)
    with pytest.raises(DriverError) as caught:
        await driver.connect()
    assert caught.value.fault is fault
    assert caught.value.status & 0x80000000
    driver.recover()
    await driver.connect()
    subscription = asyncio.create_task(driver.subscribe([item("a")], RecordingSink()))
    await asyncio.sleep(0)
    driver.fail(fault)
    with pytest.raises(DriverError) as caught:
        await subscription
    assert caught.value.fault is fault


def test_latency() -> None:
    async def exchange() -> float:
        driver = make(latency_ms=30)
        await driver.connect()
        await driver.ping()
        return asyncio.get_running_loop().time()

    assert virtual_time.run(exchange()) == pytest.approx(0.06)


async def test_an_address_of_another_protocol_is_refused(driver: MemoryDriver) -> None:
    foreign = Item(0, modbus.parse("HR0", T.INT16), T.INT16, 100)
    batch = await driver.read([foreign, item("a", tag_id=1)])
    assert batch.statuses.tolist() == [StatusCode.BadConfigurationError, StatusCode.UncertainInitialValue]
    with pytest.raises(DriverError) as caught:
        await driver.write(foreign, 1)
    assert caught.value.fault is DriverFault.ADDRESS
