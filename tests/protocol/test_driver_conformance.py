"""What every driver owes, asked of all of them against real servers on loopback; `memory` is the reference.

Nothing checks for leaks here: the suite's own guards fail a test that leaves a task or a thread behind.
"""

import asyncio
import math
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from tags.clock import SystemClock
from tags.drivers.base import Driver, DriverError, DriverFault, Item
from tags.drivers.catalogue import DriverInfo, create, drivers
from tags.drivers.frames import Direction, Tapped
from tags.drivers.memory import MemoryDriver
from tags.model import (
    Access,
    Batch,
    DataType,
    Tag,
    Value,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)
from tags.status import StatusCode, is_bad
from tags.writing import Writes
from tests.support.patience import PATIENCE_S
from tests.support.serial_line import SerialRelay
from tests.support.servers import Device, ModbusDevice, OpcUaDevice, Relay, S7Device, SerialModbusDevice
from tests.support.sinks import RecordingSink

T = DataType
PERIOD_MS = 50
TIMEOUT_S = 600.0
"""Whoever waits for it does not outlive the test."""
SOON_S = 1.0
"""The time-out where a server is silent."""


class Rig:
    """One driver in front of one server, with a relay between them."""

    def __init__(self, device: Device, relay: type[Relay] | type[SerialRelay] = Relay) -> None:
        self.device = device
        self.relay = relay(device.port)
        self.info: DriverInfo = drivers()[device.driver]
        self.driver: Driver = self._make(TIMEOUT_S)

    def be_patient_for(self, timeout_s: float) -> None:
        """Set the time-out, before anything is connected."""
        self.driver = self._make(timeout_s)

    def _make(self, timeout_s: float) -> Driver:
        options = self.device.options(self.relay.port, timeout_s)
        return create(self.info, options, SystemClock())

    async def start(self) -> None:
        await self.device.start()
        await self.relay.start()

    async def stop(self) -> None:
        await self.driver.close()
        await self.relay.cut()
        await self.device.stop()

    def item(self, tag_id: int, data_type: DataType, text: str = "") -> Item:
        text = text or self.device.address(data_type)
        return Item(tag_id, self.info.parse_address(text, data_type), data_type, PERIOD_MS)

    def missing(self, tag_id: int) -> Item:
        return self.item(tag_id, T.INT16, self.device.missing)

    def read_only(self, tag_id: int) -> Item:
        return self.item(tag_id, T.INT16, self.device.read_only)

    async def kill(self) -> None:
        await self.relay.cut()

    async def freeze(self) -> None:
        self.relay.freeze()

    def slow(self, answer_s: float) -> None:
        """Let every answer take so much longer."""
        self.relay.delay_s = answer_s / 2

    async def restore(self) -> None:
        await self.relay.cut()
        await self.relay.start()


class MemoryDevice:
    """The face of a server for the driver that needs none."""

    driver = "memory"
    types = tuple(DataType)
    port = 0
    missing = "missing"
    read_only = "read_only"
    unreadable = "unreadable"
    array = ("array", T.FLOAT64)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def options(self, port: int, timeout_s: float) -> dict[str, Any]:
        return {}

    def address(self, data_type: DataType) -> str:
        return data_type.value


class MemoryRig(Rig):
    """The memory driver, told to fail where the others lose their server."""

    driver: MemoryDriver

    def be_patient_for(self, timeout_s: float) -> None:
        """It waits for nobody."""

    async def start(self) -> None:
        self.driver.protect("read_only")
        self.driver.set_value("missing", None, StatusCode.BadConfigurationError)
        self.driver.set_value("unreadable", None, StatusCode.BadUserAccessDenied)

    async def stop(self) -> None:
        await self.driver.close()

    async def kill(self) -> None:
        self.driver.fail(DriverFault.LOST)

    async def freeze(self) -> None:
        self.driver.fail(DriverFault.TIMEOUT)

    async def restore(self) -> None:
        self.driver.recover()

    def slow(self, answer_s: float) -> None:
        self.driver.latency_s = answer_s


DRIVERS = ("memory", "modbus", "modbus_rtu", "modbus_serial", "s7", "opcua")


@pytest.fixture(scope="module")
def opcua_device() -> Iterator[OpcUaDevice]:
    device = OpcUaDevice()
    device.open()
    yield device
    device.close()


def make_rig(name: str, request: pytest.FixtureRequest) -> Rig:
    if name == "memory":
        return MemoryRig(MemoryDevice())
    if name == "modbus":
        return Rig(ModbusDevice())
    if name == "modbus_rtu":
        # RTU frames over TCP, as serial device servers pass them on.
        return Rig(ModbusDevice("rtu"))
    if name == "modbus_serial":
        if sys.platform == "win32":
            pytest.skip("Windows has no pseudo terminals")
        return Rig(SerialModbusDevice(), SerialRelay)
    if name == "s7":
        return Rig(S7Device())
    return Rig(request.getfixturevalue("opcua_device"))


@pytest_asyncio.fixture(params=DRIVERS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    rig = make_rig(request.param, request)
    await rig.start()
    yield rig
    await rig.stop()


EXTREMES: dict[DataType, list[Value]] = {
    T.BOOL: [True, False],
    T.INT8: [-128, 127, 0],
    T.UINT8: [255, 0],
    T.INT16: [-32768, 32767],
    T.UINT16: [65535, 0],
    T.INT32: [-(2**31), 2**31 - 1],
    T.UINT32: [2**32 - 1, 0],
    T.INT64: [-(2**63), 2**63 - 1, 2**53 + 1, -(2**53) - 1, 7],
    T.UINT64: [2**64 - 1, 2**63 + 1, 2**53 + 1, 0],
    T.FLOAT32: [math.inf, -math.inf, math.nan, 1.401298464324817e-45, -0.0, 3.4028234663852886e38],
    T.FLOAT64: [math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308, 0.1],
    T.STRING: ["", "a", "Zürich é", "x" * 32],
    T.DATETIME: [0, 1_767_225_600_123_456_000, 1_000_000_000],
}


def same(got: Value | None, expected: Value) -> bool:
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(got, float) and math.isnan(got)
    return got == expected


@pytest.mark.parametrize("data_type", list(DataType))
async def test_every_type_keeps_its_extremes(rig: Rig, data_type: DataType) -> None:
    await rig.driver.connect()
    assert (data_type in rig.driver.capabilities.data_types) == (data_type in rig.device.types)
    if data_type not in rig.device.types:
        return
    item = rig.item(7, data_type)
    for value in EXTREMES[data_type]:
        await rig.driver.write(item, value)
        batch = await rig.driver.read([item])
        assert batch.tag_ids.tolist() == [7]
        assert int(batch.statuses[0]) == StatusCode.Good
        assert same(batch.value_at(0), value), (value, batch)


async def test_subscription_delivers_what_is_written(rig: Rig) -> None:
    await rig.driver.connect()
    items = [rig.item(number, data_type) for number, data_type in enumerate(rig.device.types)]
    sink = RecordingSink()
    before_ns = time.time_ns()
    subscription = asyncio.create_task(rig.driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == len(items))
    for item in items:
        value = next(value for value in EXTREMES[item.data_type] if value)
        await rig.driver.write(item, value)
        await sink.until(lambda item=item, value=value: same(sink.value(item.tag_id), value))
        assert sink.status(item.tag_id) == StatusCode.Good
    newest_ns = [samples[-1][2] for samples in sink.samples.values()]
    assert all(before_ns <= source_ns <= time.time_ns() for source_ns in newest_ns)
    assert str(len(items)) in rig.driver.plan()
    subscription.cancel()
    with pytest.raises(asyncio.CancelledError):
        await subscription


async def test_items_stay_fresh_while_nothing_changes(rig: Rig) -> None:
    await rig.driver.connect()
    item = rig.item(0, T.INT16)
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe([item], sink))
    await sink.until(lambda: len(sink.samples.get(0, ())) + sink.fresh.get(PERIOD_MS, 0) >= 6)
    subscription.cancel()


async def test_a_missing_address_spoils_no_neighbour(rig: Rig) -> None:
    await rig.driver.connect()
    good = [rig.item(0, T.INT16), rig.item(2, T.FLOAT32)]
    await rig.driver.write(good[0], 11)
    items = [good[0], rig.missing(1), good[1]]
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == 3)
    assert sink.status(1) in (StatusCode.BadConfigurationError, StatusCode.BadNodeIdUnknown)
    assert sink.value(1) is None
    assert (sink.value(0), sink.status(0)) == (11, StatusCode.Good)
    assert not is_bad(sink.status(2))
    assert not any(np.isfinite(batch.values[batch.statuses >= 0x80000000]).any() for batch in sink.batches)
    batch = await rig.driver.read(items)
    assert batch.tag_ids.tolist() == [0, 1, 2]
    assert [is_bad(int(status)) for status in batch.statuses] == [False, True, False]
    subscription.cancel()


async def test_what_may_not_be_read_says_so_and_spoils_no_neighbour(rig: Rig) -> None:
    if not rig.device.unreadable:
        assert rig.info.name in ("modbus", "modbus_rtu"), "only Modbus knows no rights"
        return
    await rig.driver.connect()
    items = [rig.item(0, T.INT16), rig.item(1, T.INT16, rig.device.unreadable), rig.item(2, T.FLOAT32)]
    await rig.driver.write(items[0], 11)
    await rig.driver.write(items[2], 1.5)
    batch = await rig.driver.read(items)
    assert batch.statuses.tolist() == [0, StatusCode.BadUserAccessDenied, 0]
    assert [batch.value_at(row) for row in range(2)] == [11, None]
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == 3)
    assert sink.samples[1][0][:2] == (None, StatusCode.BadUserAccessDenied)
    assert (sink.value(0), sink.status(0), sink.status(2)) == (11, 0, 0)
    subscription.cancel()


async def test_arrays_come_whole(rig: Rig) -> None:
    await rig.driver.connect()
    text, data_type = rig.device.array
    array, single = rig.item(0, data_type, text), rig.item(1, T.INT16)
    sink = RecordingSink()
    await rig.driver.write(array, (0.0, 0.0, 0.0))
    await rig.driver.write(single, 0)
    subscription = asyncio.create_task(rig.driver.subscribe([array, single], sink))
    await sink.until(lambda: len(sink.samples) == 2)
    for values in ((1.5, -2.5, 1e30), (math.inf, -math.inf, 0.25)):
        await rig.driver.write(array, values)
        batch = await rig.driver.read([single, array])
        assert batch.statuses.tolist() == [0, 0]
        got = batch.value_at(1)
        assert isinstance(got, tuple)
        assert got == pytest.approx(values, rel=1e-6)
        await sink.until(lambda got=got: sink.value(0) == got)
    with pytest.raises(DriverError) as caught:
        await rig.driver.write(single, (1, 2, 3))
    assert caught.value.fault is DriverFault.REFUSED
    with pytest.raises(DriverError) as caught:
        await rig.driver.write(array, 5.0)
    assert caught.value.fault is DriverFault.REFUSED
    assert (await rig.driver.read([single])).value_at(0) == 0
    subscription.cancel()


async def test_a_write_is_read_back_and_told_step_by_step(rig: Rig) -> None:
    await rig.driver.connect()
    delivered: list[Batch] = []
    writes = Writes(SystemClock(), lambda _: None, delivered.append, 1.0, 3.0)

    async def write(text: str, data_type: DataType, value: Value) -> WriteResult:
        address = rig.info.parse_address(text, data_type)
        tag = Tag(5, "Value", data_type, "plc", address, access=Access.READ_WRITE, period_ms=PERIOD_MS)
        return await writes.write(rig.driver, tag, value, WriteRequest(1, "Value", value))

    for data_type in (T.INT16, T.FLOAT32, T.BOOL, T.STRING, T.UINT64):
        value = EXTREMES[data_type][0] if data_type is not T.STRING else "Zürich"
        value = 1e-6 if data_type is T.FLOAT32 else value
        result = await write(rig.device.address(data_type), data_type, value)
        assert result.outcome is WriteOutcome.CONFIRMED, (data_type, result)
        assert [step for step, _ in result.steps] == list(WriteStep)
        assert result.read_back == (pytest.approx(1e-6) if data_type is T.FLOAT32 else value)
    assert len(delivered) == 5
    refused = await write(rig.device.read_only, T.INT16, 5)
    assert refused.outcome is WriteOutcome.REFUSED
    assert is_bad(refused.status)
    assert [step for step, _ in refused.steps] == [WriteStep.REQUESTED, WriteStep.SENT]


async def test_source_times_are_the_devices_own_where_it_has_them(rig: Rig) -> None:
    await rig.driver.connect()
    item = rig.item(0, T.INT16)
    before_ns = time.time_ns()
    await rig.driver.write(item, 8)
    first, _, second = (
        await rig.driver.read([item]),
        await asyncio.sleep(0.02),
        await rig.driver.read([item]),
    )
    assert before_ns - 10**6 <= int(first.source_ns[0]) <= time.time_ns()
    is_same = int(first.source_ns[0]) == int(second.source_ns[0])
    assert is_same == rig.driver.capabilities.source_time


async def test_a_slow_server_is_waited_for(rig: Rig) -> None:
    rig.be_patient_for(10 * SOON_S)
    await rig.driver.connect()
    item = rig.item(0, T.INT16)
    sink = RecordingSink()
    await rig.driver.write(item, 1)
    subscription = asyncio.create_task(rig.driver.subscribe([item], sink))
    await sink.until(lambda: 0 in sink.samples)
    rig.slow(8 * PERIOD_MS / 1000)
    await rig.driver.write(item, 77)
    assert (await rig.driver.read([item])).value_at(0) == 77
    await sink.until(lambda: sink.value(0) == 77)
    await rig.driver.ping()
    await asyncio.sleep(10 * PERIOD_MS / 1000)
    assert not subscription.done()
    assert all(status == StatusCode.Good for _, status, _ in sink.samples[0])
    subscription.cancel()


async def test_a_refused_write_says_why(rig: Rig) -> None:
    await rig.driver.connect()
    for item, value in (
        (rig.read_only(0), 5),
        (rig.item(0, T.INT16), 70_000),
        (rig.item(0, T.INT16), "text"),
        (rig.item(0, T.STRING), 5),
    ):
        with pytest.raises(DriverError) as caught:
            await rig.driver.write(item, value)
        assert caught.value.fault is DriverFault.REFUSED, item
        assert is_bad(caught.value.status)
    assert (await rig.driver.read([rig.item(0, T.INT16)])).value_at(0) == 0


async def test_a_killed_server_ends_the_subscription_at_once(rig: Rig) -> None:
    await rig.driver.connect()
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe([rig.item(0, T.INT16)], sink))
    await sink.until(lambda: 0 in sink.samples)
    await rig.kill()
    with pytest.raises(DriverError) as caught:
        await subscription
    assert caught.value.fault is DriverFault.LOST, "it was not waited for until the time-out"
    for attempt in (rig.driver.ping(), rig.driver.read([rig.item(0, T.INT16)])):
        with pytest.raises(DriverError) as caught:
            await attempt
        assert caught.value.fault is DriverFault.LOST
    await rig.driver.close()


async def test_reconnects_after_the_server_is_back(rig: Rig) -> None:
    await rig.driver.connect()
    item = rig.item(0, T.INT16)
    await rig.driver.write(item, 4)
    await rig.kill()
    await rig.driver.close()
    with pytest.raises(DriverError):
        await rig.driver.connect()
    await rig.restore()
    assert await rig.driver.connect()
    await rig.driver.ping()
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe([item], sink))
    await sink.until(lambda: 0 in sink.samples and sink.value(0) == 4)
    subscription.cancel()


async def test_a_silent_server_is_noticed_in_time(rig: Rig) -> None:
    rig.be_patient_for(SOON_S)
    await rig.driver.connect()
    item = rig.item(0, T.INT16)
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe([item], sink))
    await sink.until(lambda: 0 in sink.samples)
    await rig.freeze()
    with pytest.raises(DriverError) as caught:
        await subscription
    assert caught.value.fault is DriverFault.TIMEOUT
    await rig.driver.close()
    with pytest.raises(DriverError):
        await connect_and_ping(rig.driver)
    await rig.restore()
    await rig.driver.connect()
    await rig.driver.write(item, 9)
    assert (await rig.driver.read([item])).value_at(0) == 9


async def test_a_write_to_a_silent_server_times_out(rig: Rig) -> None:
    rig.be_patient_for(SOON_S)
    await rig.driver.connect()
    item = rig.item(0, T.INT16)
    await rig.driver.write(item, 1)
    await rig.freeze()
    with pytest.raises(DriverError) as caught:
        await rig.driver.write(item, 2)
    assert caught.value.fault is DriverFault.TIMEOUT


async def test_close_is_safe_at_any_time(rig: Rig) -> None:
    await rig.driver.close()
    await rig.driver.connect()
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe([rig.item(0, T.INT16)], sink))
    await sink.until(lambda: 0 in sink.samples)
    await asyncio.gather(rig.driver.close(), rig.driver.close())
    with pytest.raises(DriverError):
        await subscription
    delivered = len(sink.batches)
    await asyncio.sleep(3 * PERIOD_MS / 1000)
    assert len(sink.batches) == delivered
    threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("vigie")]
    assert not threads
    with pytest.raises(DriverError):
        await rig.driver.ping()


async def test_close_ends_a_connect_that_hangs(rig: Rig) -> None:
    await rig.freeze()
    attempt = asyncio.create_task(rig.driver.connect())
    await asyncio.sleep(0.1)
    attempt.cancel()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(attempt, return_exceptions=True)
        await rig.driver.close()
    await rig.restore()
    await rig.driver.connect()
    await rig.driver.ping()


async def test_cancelled_requests_leave_no_answer_for_others(rig: Rig) -> None:
    await rig.driver.connect()
    small, wide = rig.item(0, T.INT16), rig.item(1, T.FLOAT64)
    await rig.driver.write(small, 123)
    await rig.driver.write(wide, 0.5)
    for delay_s in (0, 0.0002, 0.0005, 0.001, 0.002) * 4:
        request = asyncio.create_task(rig.driver.read([wide]))
        await asyncio.sleep(delay_s)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        assert (await rig.driver.read([small])).value_at(0) == 123
    subscription = asyncio.create_task(rig.driver.subscribe([small, wide], RecordingSink()))
    await asyncio.sleep(0.02)
    subscription.cancel()
    await asyncio.gather(subscription, return_exceptions=True)
    assert (await rig.driver.read([wide])).value_at(0) == 0.5


async def test_frames_can_be_looked_at(rig: Rig) -> None:
    if not isinstance(rig.driver, Tapped):
        assert rig.info.name == "memory"
        return
    item = rig.item(0, T.INT16)
    frames = rig.driver.frames
    await rig.driver.connect()
    await rig.driver.write(item, 1)
    assert frames.since() == []
    frames.start()
    await rig.driver.write(item, 258)
    await rig.driver.read([item])
    frames.stop()
    await rig.driver.read([item])
    kept = frames.since()
    assert [frame.direction for frame in kept[-2:]] == [Direction.SENT, Direction.RECEIVED]
    assert any(frame.direction is Direction.SENT and "rite" in frame.text for frame in kept)
    value = b"\x02\x01" if rig.info.name == "opcua" else b"\x01\x02"
    assert value in kept[-1].data
    await rig.driver.close()
    await rig.driver.connect()
    assert rig.driver.frames.since() == kept


async def test_writes_and_reads_may_be_asked_for_together(rig: Rig) -> None:
    await rig.driver.connect()
    items = [
        rig.item(number, data_type)
        for number, data_type in enumerate((T.INT16, T.INT32, T.FLOAT32, T.UINT16))
    ]
    sink = RecordingSink()
    subscription = asyncio.create_task(rig.driver.subscribe(items, sink))
    await asyncio.gather(
        *(rig.driver.write(item, 5) for item in items), *(rig.driver.read(items) for _ in range(5))
    )
    await sink.until(lambda: len(sink.samples) == 4 and all(sink.value(item.tag_id) == 5 for item in items))
    subscription.cancel()


async def connect_and_ping(driver: Driver) -> None:
    await driver.connect()
    await driver.ping()


@pytest.mark.parametrize("name", ["modbus", "modbus_rtu", "s7", "opcua"])
async def test_a_port_that_nobody_listens_on(
    name: str, free_port: int, request: pytest.FixtureRequest
) -> None:
    rig = make_rig(name, request)
    driver = create(rig.info, rig.device.options(free_port, TIMEOUT_S), SystemClock())
    with pytest.raises(DriverError) as caught:
        await driver.connect()
    assert caught.value.fault is DriverFault.LOST
    assert str(free_port) in str(caught.value)
    await driver.close()


@pytest.mark.parametrize("name", ["modbus", "modbus_rtu", "s7", "opcua"])
async def test_a_peer_that_accepts_and_says_nothing(name: str, request: pytest.FixtureRequest) -> None:
    rig = make_rig(name, request)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        driver = create(rig.info, rig.device.options(listener.getsockname()[1], 0.3), SystemClock())
        with pytest.raises(DriverError) as caught:
            await connect_and_ping(driver)
        assert caught.value.fault is DriverFault.TIMEOUT
        await driver.close()


@pytest.mark.parametrize("name", ["modbus", "modbus_rtu", "s7", "opcua"])
async def test_a_peer_that_talks_nonsense(name: str, request: pytest.FixtureRequest) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while await reader.read(1000):
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 3)
        writer.close()

    rig = make_rig(name, request)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    driver = create(rig.info, rig.device.options(server.sockets[0].getsockname()[1], 0.5), SystemClock())
    with pytest.raises(DriverError):
        await connect_and_ping(driver)
    await driver.close()
    server.close()
    await asyncio.sleep(0.05)
