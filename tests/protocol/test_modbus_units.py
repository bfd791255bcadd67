"""Several Modbus units on one connection: a silent one costs the others little; and RTU on a serial line."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tags.addresses import modbus
from tags.clock import SystemClock
from tags.drivers.base import Driver, DriverError, DriverFault, Item
from tags.drivers.catalogue import create, drivers
from tags.model import DataType
from tags.status import StatusCode
from tests.support.servers import ModbusDevice
from tests.support.sinks import RecordingSink

T = DataType


def item(text: str, data_type: DataType = T.INT16, tag_id: int = 0) -> Item:
    return Item(tag_id, modbus.parse(text, data_type), data_type, 20)


class Gateway:
    """Registers that hold their unit's number; ``silent`` units do not answer, of ``gone`` ones it tells."""

    def __init__(self) -> None:
        self.silent: set[int] = set()
        self.gone: set[int] = set()
        self.asked: list[int] = []
        self.delays_s: dict[int, float] = {}
        self.writes = 0
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(6)
                body = await reader.readexactly(int.from_bytes(head[4:], "big"))
                unit, function = body[0], body[1]
                self.asked.append(unit)
                self.writes += function == 6
                if unit in self.silent:
                    continue
                await asyncio.sleep(self.delays_s.get(unit, 0.0))
                if unit in self.gone:
                    answer = bytes((unit, function | 0x80, 11))
                elif function == 6:
                    answer = body
                else:
                    count = body[5]
                    answer = bytes((unit, function, 2 * count)) + count * bytes((0, unit))
                writer.write(head[:4] + len(answer).to_bytes(2, "big") + answer)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    await gateway.start()
    yield gateway
    await gateway.stop()


def make(port: int, **options: Any) -> Driver:
    complete = {"host": "127.0.0.1", "port": port, "timeout_s": 1.0, "unit_timeout_s": 0.1, **options}
    return create(drivers()["modbus"], complete, SystemClock())


ITEMS = [
    item("HR0"),
    item("unit=2;HR0", tag_id=1),
    item("unit=3;HR0", tag_id=2),
    item("unit=3;HR900", tag_id=3),
]


async def test_a_silent_unit_leaves_the_others_alone(gateway: Gateway) -> None:
    gateway.silent = {2}
    driver = make(gateway.port)
    await driver.connect()
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe(ITEMS, sink))
    await sink.until(lambda: len(sink.samples) == 4 and len(sink.samples[0]) >= 10)
    assert [sink.status(tag) for tag in range(4)] == [0, StatusCode.BadTimeout, 0, 0]
    assert [sink.value(tag) for tag in (0, 2, 3)] == [1, 3, 3]
    assert gateway.asked.count(2) == 1
    assert len(sink.samples[1]) >= 9
    assert driver.plan().endswith("; no answer from unit 2")
    await driver.ping()
    with pytest.raises(DriverError, match="unit 2") as caught:
        await driver.write(item("unit=2;HR0"), 5)
    assert caught.value.fault is DriverFault.TIMEOUT
    assert gateway.writes == 1
    await driver.write(item("HR0"), 5)
    gateway.silent.clear()
    await driver.write(item("unit=2;HR0"), 5)
    await sink.until(lambda: sink.status(1) == StatusCode.Good)
    assert "no answer" not in driver.plan()
    subscription.cancel()
    await driver.close()


async def test_a_gateway_that_tells_of_a_silent_unit_is_not_asked_all_the_time(gateway: Gateway) -> None:
    gateway.gone = {3}
    driver = make(gateway.port)
    await driver.connect()
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe(ITEMS, sink))
    await sink.until(lambda: len(sink.samples) == 4 and len(sink.samples[0]) >= 10)
    assert sink.samples[2][0][1] == StatusCode.BadNoCommunication
    assert gateway.asked.count(3) == 1
    assert sink.status(0) == StatusCode.Good
    gateway.gone.clear()
    await sink.until(lambda: sink.status(2) == StatusCode.Good)
    subscription.cancel()
    await driver.close()


async def test_a_slow_unit_with_many_requests_takes_no_more_than_every_second_turn(gateway: Gateway) -> None:
    gateway.delays_s = {1: 0.03}
    driver = make(gateway.port, timeout_s=20.0, unit_timeout_s=20.0)
    await driver.connect()
    sink = RecordingSink()
    items = [item(f"HR{200 * number}", tag_id=number) for number in range(12)]
    items.append(item("unit=2;HR0", tag_id=12))
    subscription = asyncio.create_task(driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == 13 and len(sink.samples[11]) >= 3)
    subscription.cancel()
    # From the first turn of unit 2 on it is its turn after each request of unit 1, though that has twelve.
    asked = gateway.asked[gateway.asked.index(2) :]
    turns = "".join(str(unit) for unit in asked)
    assert "111" not in turns
    assert len(sink.samples[12]) > 3 * len(sink.samples[0])
    await driver.close()


async def test_when_no_unit_answers_the_link_has_failed(gateway: Gateway) -> None:
    driver = make(gateway.port)
    await driver.connect()
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe(ITEMS, sink))
    await sink.until(lambda: len(sink.samples) == 4)
    gateway.silent = {1, 2, 3}
    with pytest.raises(DriverError) as caught:
        await subscription
    assert caught.value.fault is DriverFault.TIMEOUT
    await driver.close()


async def test_any_unit_proves_the_connection(gateway: Gateway) -> None:
    gateway.silent = {1}
    driver = make(gateway.port, units="2, 3")
    assert (await driver.connect()).endswith("units 1, 2, 3")
    await driver.ping()
    gateway.silent = {1, 2, 3}
    with pytest.raises(DriverError) as caught:
        await driver.ping()
    assert caught.value.fault is DriverFault.TIMEOUT
    await driver.close()
    with pytest.raises(DriverError, match="2,3,7") as caught:
        make(gateway.port, units="2-5")
    assert caught.value.fault is DriverFault.CONFIGURATION


class SerialLine:
    """A pseudo-terminal whose far end is a TCP connection to a server of RTU frames."""

    def __init__(self) -> None:
        try:
            self._master, self._slave = os.openpty()
        except OSError as error:
            pytest.skip(f"no pseudo terminals here: {error}")
        self.port = os.ttyname(self._slave)
        self.flows = True

    async def start(self, tcp_port: int) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", tcp_port)
        asyncio.get_running_loop().add_reader(self._master, self._from_line)
        self._task = asyncio.create_task(self._to_line())

    async def stop(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()
        for end in (self._master, self._slave):
            os.close(end)

    def _from_line(self) -> None:
        data = os.read(self._master, 1000)
        if self.flows:
            self._writer.write(data)

    async def _to_line(self) -> None:
        while data := await self._reader.read(1000):
            # In pieces, as a slow line delivers them.
            for at in range(0, len(data), 3):
                os.write(self._master, data[at : at + 3])
                await asyncio.sleep(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
async def test_rtu_on_a_serial_line() -> None:
    device = ModbusDevice("rtu")
    await device.start()
    line = SerialLine()
    await line.start(device.port)
    options = {"port": line.port, "timeout_s": 0.5, "baud_rate": 115200, "parity": "none"}
    driver = create(drivers()["modbus_rtu"], options, SystemClock())
    assert await driver.connect() == f"Modbus RTU {line.port}, unit 1"
    await driver.ping()
    real, text, coil = item("HR10:CDAB", T.FLOAT32), item("HR30/16", T.STRING), item("C5", T.BOOL)
    await driver.write(real, 2.5)
    await driver.write(text, "Zürich")
    await driver.write(coil, True)
    batch = await driver.read([real, text, coil, item("HR450")])
    assert [batch.value_at(row) for row in range(3)] == [2.5, "Zürich", 1]
    assert int(batch.statuses[3]) == StatusCode.BadConfigurationError
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe([real], sink))
    await sink.until(lambda: len(sink.samples.get(0, ())) >= 3)
    line.flows = False
    with pytest.raises(DriverError) as caught:
        await subscription
    assert caught.value.fault is DriverFault.TIMEOUT
    line.flows = True
    await driver.connect()
    assert (await driver.read([real])).value_at(0) == 2.5
    await driver.close()
    await line.stop()
    await device.stop()


async def test_a_serial_port_that_is_not_there() -> None:
    driver = create(drivers()["modbus_rtu"], {"port": "/dev/ttyNONE0"}, SystemClock())
    with pytest.raises(DriverError, match="ttyNONE0") as caught:
        await driver.connect()
    assert caught.value.fault is DriverFault.LOST
    await driver.close()
