"""What is particular to Modbus: requests on the wire, exceptions, late and wrong answers."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from pymodbus.constants import ExcCodes

from tags.addresses import modbus
from tags.clock import SystemClock
from tags.drivers.base import CombinedWriter, Driver, DriverError, DriverFault, Item
from tags.drivers.block_plan import plan
from tags.drivers.catalogue import create, drivers
from tags.drivers.modbus_line import serial_line
from tags.drivers.modbus_plan import limits_of, spans
from tags.errors import AddressError
from tags.model import DataType
from tags.status import StatusCode
from tests.support.patience import PATIENCE_S
from tests.support.servers import ModbusDevice
from tests.support.sinks import RecordingSink

T = DataType


def item(text: str, data_type: DataType = T.UINT16, tag_id: int = 0) -> Item:
    return Item(tag_id, modbus.parse(text, data_type), data_type, 20)


def make(port: int, **options: Any) -> Driver:
    complete = {"host": "127.0.0.1", "port": port, "timeout_s": 0.5, **options}
    return create(drivers()["modbus"], complete, SystemClock())


@pytest_asyncio.fixture
async def device() -> AsyncIterator[ModbusDevice]:
    device = ModbusDevice()
    await device.start()
    yield device
    await device.stop()


@pytest_asyncio.fixture
async def driver(device: ModbusDevice) -> AsyncIterator[Driver]:
    driver = make(device.port)
    await driver.connect()
    yield driver
    await driver.close()


async def test_scattered_tags_share_requests(device: ModbusDevice, driver: Driver) -> None:
    items = [item(f"HR{number * 4}", tag_id=number) for number in range(60)]
    items += [item(f"C{number}", T.BOOL, 100 + number) for number in (0, 5, 40)]
    device.requests.clear()
    batch = await driver.read(items)
    assert not batch.statuses.any()
    assert device.requests == [(3, 0, 125), (3, 128, 109), (1, 0, 41)]


async def test_limits_and_gap_of_the_connection_hold(device: ModbusDevice) -> None:
    driver = make(device.port, max_registers=10, gap_registers=0)
    await driver.connect()
    device.requests.clear()
    await driver.read([item(f"HR{number}", tag_id=number) for number in (*range(12), 13)])
    assert device.requests == [(3, 0, 10), (3, 10, 2), (3, 13, 1)]
    text = item("HR100/32", T.STRING)
    await driver.write(text, "more than ten registers hold")
    assert (await driver.read([text])).value_at(0) == "more than ten registers hold"
    await driver.close()


async def test_a_gap_of_the_connection_goes_before_what_a_request_costs(device: ModbusDevice) -> None:
    for gap, requests in ((-1, [(3, 0, 121)]), (119, [(3, 0, 121)]), (118, [(3, 0, 1), (3, 120, 1)])):
        driver = make(device.port, gap_registers=gap)
        await driver.connect()
        device.requests.clear()
        await driver.read([item("HR0"), item("HR120", tag_id=1)])
        assert device.requests == requests
        await driver.close()


@pytest.mark.parametrize(("baud_rate", "gap"), [(1200, 10), (9600, 12), (19200, 14), (115200, 51)])
def test_on_a_serial_line_a_gap_may_cost_what_a_request_does(baud_rate: int, gap: int) -> None:
    """At 9600 baud a character takes 1.15 ms; a request 13 of them, two pauses of 3.5 and 5 ms."""
    info = drivers()["modbus_rtu"]
    options = {option.name: option.default for option in info.options if option.default is not None}
    options["baud_rate"] = baud_rate
    limits = limits_of(options, serial_line({**options, "port": "COM1"}).request_bytes)
    for unused, blocks in ((gap - 1, 1), (gap, 2)):
        pair = [item("HR0"), item(f"HR{1 + unused}", tag_id=1)]
        assert len(plan(spans(pair, limits))) == blocks, unused


async def test_the_plan_goes_round_what_the_device_does_not_have(device: ModbusDevice) -> None:
    """Registers 400 to 499 are missing: refused once, they are never asked for again."""
    driver = make(device.port)
    await driver.connect()
    sink = RecordingSink()
    offsets = (310, 330, 350, 370, 390, 399, 500, 505, 510)
    items = [item(f"HR{offset}", tag_id=number) for number, offset in enumerate(offsets)]
    subscription = asyncio.create_task(driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == len(items) and len(sink.samples[0]) >= 4)
    device.requests.clear()
    await sink.until(lambda: len(sink.samples[0]) >= 7)
    assert set(device.requests) == {(3, 310, 90), (3, 500, 11)}
    assert not any(sink.status(tag) for tag in range(len(items)))
    subscription.cancel()


async def test_functions_used_for_writing(device: ModbusDevice, driver: Driver) -> None:
    device.requests.clear()
    await driver.write(item("C3", T.BOOL), True)
    await driver.write(item("HR1"), 1)
    await driver.write(item("HR2", T.FLOAT32), 1.5)
    await driver.write(item("HR5/5", T.STRING), "abc")
    assert [(function, start) for function, start, _ in device.requests] == [(5, 3), (6, 1), (16, 2), (16, 5)]


async def test_one_request_writes_and_reads_back(device: ModbusDevice) -> None:
    driver = make(device.port, function_23=True)
    await driver.connect()
    assert isinstance(driver, CombinedWriter)
    device.requests.clear()
    for place, value in (
        (item("HR1"), 7),
        (item("HR2:CDAB", T.FLOAT32), 1.5),
        (item("HR10", T.INT64), -(2**63)),
        (item("HR20/5", T.STRING), "abcé"),
        (item("HR30[3]", T.INT16), (1, -2, 3)),
    ):
        batch = await driver.write_and_read(place, value)
        assert batch is not None
        assert (batch.value_at(0), int(batch.statuses[0])) == (value, StatusCode.Good)
        assert (await driver.read([place])).value_at(0) == value
    assert [function for function, _, _ in device.requests] == [23, 3] * 5
    device.requests.clear()
    bit = item("HR1.3", T.BOOL)
    assert (await driver.write_and_read(bit, True)).values.tolist() == [1]
    assert (await driver.read([item("HR1")])).value_at(0) == 15
    assert [function for function, _, _ in device.requests] == [3, 23, 3]
    # Coils, and what is too long for the function, are written as ever; so is everything by a plain write.
    device.requests.clear()
    assert await driver.write_and_read(item("C3", T.BOOL), True) is None
    assert await driver.write_and_read(item("HR100/244", T.STRING), "x") is None
    await driver.write(item("HR1"), 8)
    assert [function for function, _, _ in device.requests] == [5, 16, 6]
    await driver.close()


async def test_a_device_without_function_23_is_asked_for_it_once(device: ModbusDevice) -> None:
    device.refuse[23] = ExcCodes.ILLEGAL_FUNCTION
    driver = make(device.port, function_23=True)
    await driver.connect()
    device.requests.clear()
    for value in (1, 2):
        assert await driver.write_and_read(item("HR1"), value) is None
        assert (await driver.read([item("HR1")])).value_at(0) == value
    assert [function for function, _, _ in device.requests] == [23, 6, 3, 6, 3]
    device.refuse[23] = ExcCodes.DEVICE_BUSY
    await driver.close()
    await driver.connect()
    with pytest.raises(DriverError, match="busy"):
        await driver.write_and_read(item("HR1"), 3)
    assert [function for function, _, _ in device.requests][5:] == [23]
    await driver.close()


async def test_the_other_function_is_taken_when_a_device_lacks_one(device: ModbusDevice) -> None:
    """Some devices know only 16 and not 6, or only 15 and not 5. What was refused so was not done."""
    device.refuse = {
        5: ExcCodes.ILLEGAL_FUNCTION,
        6: ExcCodes.ILLEGAL_FUNCTION,
        22: ExcCodes.ILLEGAL_FUNCTION,
    }
    driver = make(device.port, bit_writes="try_mask")
    await driver.connect()
    device.requests.clear()
    for number in (1, 2):
        await driver.write(item("HR1"), number)
        await driver.write(item("C3", T.BOOL), True)
        await driver.write(item("HR1.7", T.BOOL), True)
        assert (await driver.read([item("HR1")])).value_at(0) == 0x80 + number
    functions = [function for function, _, _ in device.requests]
    assert functions == [6, 16, 5, 15, 22, 3, 16, 3, *(16, 15, 3, 16, 3)]
    await driver.close()
    driver = make(device.port, bit_writes="mask")
    await driver.connect()
    with pytest.raises(DriverError, match="does not know this function") as caught:
        await driver.write(item("HR1.7", T.BOOL), True)
    assert caught.value.fault is DriverFault.UNSUPPORTED
    await driver.close()


@pytest.mark.parametrize("bit_writes", ["read_modify_write", "mask", "try_mask"])
async def test_parts_of_a_register_leave_the_rest_alone(device: ModbusDevice, bit_writes: str) -> None:
    driver = make(device.port, bit_writes=bit_writes)
    await driver.connect()
    whole, bit = item("HR20"), item("HR20.3", T.BOOL)
    await driver.write(whole, 0x8001)
    await driver.write(bit, True)
    assert (await driver.read([whole, bit])).values.tolist() == [0x8009, 1]
    await driver.write(item("HR20.15", T.BOOL), False)
    assert (await driver.read([whole])).value_at(0) == 0x0009
    await driver.write(item("HR20", T.INT8), -2)
    assert (await driver.read([whole])).value_at(0) == 0x00FE
    await driver.write(item("HR20:BADC", T.UINT8), 0x12)
    assert (await driver.read([whole])).value_at(0) == 0x12FE
    functions = [function for function, _, _ in device.requests]
    assert (22 in functions) == (bit_writes != "read_modify_write")
    await driver.close()


async def test_arrays(device: ModbusDevice, driver: Driver) -> None:
    words, reals = item("HR50[4]", T.INT16), item("HR60[2]:CDAB", T.FLOAT32)
    coils, one = item("C8[10]", T.BOOL), item("HR51", T.INT16)
    pattern = tuple(number in (0, 1, 9) for number in range(10))
    await driver.write(words, (1, -2, 3, -4))
    await driver.write(reals, (1.5, -0.25))
    await driver.write(coils, pattern)
    assert [function for function, _, _ in device.requests] == [16, 16, 15]
    batch = await driver.read([words, reals, coils, one, item("C9", T.BOOL), item("C10", T.BOOL)])
    expected = [(1, -2, 3, -4), (1.5, -0.25), pattern, -2, 1, 0]
    assert [batch.value_at(row) for row in range(6)] == expected
    for place, value in (
        (words, (1, 2)),
        (words, 5),
        (one, (1, 2)),
        (coils, (True,)),
        (words, (70_000,) * 4),
    ):
        with pytest.raises(DriverError) as caught:
            await driver.write(place, value)
        assert caught.value.fault is DriverFault.REFUSED
    for text, data_type in (
        ("HR0[0]", T.INT16),
        ("HR0[62]", T.FLOAT32),
        ("C0[1969]", T.BOOL),
        ("HR0[4]", T.INT8),
    ):
        with pytest.raises(AddressError):
            modbus.parse(text, data_type)


async def test_bit_writes_at_the_same_time_all_arrive(driver: Driver) -> None:
    await asyncio.gather(*(driver.write(item(f"HR20.{bit}", T.BOOL), True) for bit in range(16)))
    assert (await driver.read([item("HR20")])).value_at(0) == 0xFFFF


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (ExcCodes.ILLEGAL_FUNCTION, StatusCode.BadConfigurationError),
        (ExcCodes.ILLEGAL_ADDRESS, StatusCode.BadConfigurationError),
        (ExcCodes.ILLEGAL_VALUE, StatusCode.BadConfigurationError),
        (ExcCodes.DEVICE_FAILURE, StatusCode.BadDeviceFailure),
        (ExcCodes.DEVICE_BUSY, StatusCode.BadResourceUnavailable),
        (ExcCodes.GATEWAY_PATH_UNAVIABLE, StatusCode.BadNoCommunication),
        (ExcCodes.GATEWAY_NO_RESPONSE, StatusCode.BadNoCommunication),
    ],
)
async def test_exceptions_become_statuses(
    device: ModbusDevice, driver: Driver, code: ExcCodes, status: StatusCode
) -> None:
    device.refuse[3] = code
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe([item("HR0"), item("HR9", tag_id=1)], sink))
    await sink.until(lambda: len(sink.samples.get(0, ())) >= 2 and 1 in sink.samples)
    assert {sink.status(0), sink.status(1)} == {status}
    assert any(failed for _, _, _, failed in sink.exchanges)
    await driver.ping()
    device.refuse.clear()
    if code not in (ExcCodes.ILLEGAL_ADDRESS, ExcCodes.ILLEGAL_VALUE):
        await sink.until(lambda: sink.status(0) == StatusCode.Good)
    subscription.cancel()


@pytest.mark.parametrize(
    ("code", "fault", "status"),
    [
        (ExcCodes.ILLEGAL_FUNCTION, DriverFault.UNSUPPORTED, StatusCode.BadConfigurationError),
        (ExcCodes.ILLEGAL_ADDRESS, DriverFault.ADDRESS, StatusCode.BadConfigurationError),
        (ExcCodes.ILLEGAL_VALUE, DriverFault.REFUSED, StatusCode.BadOutOfRange),
        (ExcCodes.DEVICE_BUSY, DriverFault.REFUSED, StatusCode.BadResourceUnavailable),
    ],
)
async def test_refused_writes(
    device: ModbusDevice, driver: Driver, code: ExcCodes, fault: DriverFault, status: StatusCode
) -> None:
    device.refuse[6] = device.refuse[16] = code
    with pytest.raises(DriverError, match="HR0") as caught:
        await driver.write(item("HR0"), 1)
    assert (caught.value.fault, caught.value.status) == (fault, status)


async def test_a_long_write_acknowledged_counts_as_accepted(device: ModbusDevice, driver: Driver) -> None:
    device.refuse[6] = ExcCodes.ACKNOWLEDGE
    await driver.write(item("HR0"), 1)


async def test_the_plan_names_what_the_device_refuses(driver: Driver) -> None:
    sink = RecordingSink()
    items = [item("HR390"), item("HR405", tag_id=1), item("HR500", tag_id=2)]
    subscription = asyncio.create_task(driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == 3)
    assert [sink.status(tag) for tag in range(3)] == [0, StatusCode.BadConfigurationError, 0]
    assert driver.plan() == "2 tags in 2 requests, 100 % of bytes used, 1 refused by the device"
    duration_ns, sent, received, failed = sink.exchanges[-1]
    assert duration_ns > 0
    assert (sent, received, failed) == (12, 11, False)
    subscription.cancel()


Script = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Scripted:
    """A peer that answers each request as the test says."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0

    async def __aenter__(self) -> "Scripted":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(6)
                body = await reader.readexactly(int.from_bytes(head[4:], "big"))
                self.requests.append(head + body)
                await self._script(head + body, writer)
        writer.close()


def answer(request: bytes, value: int, transaction: int | None = None) -> bytes:
    number = int.from_bytes(request[:2], "big") if transaction is None else transaction
    return struct.pack(">HHHBBBH", number, 0, 5, request[6], request[7], 2, value)


async def read_twice(peer: Scripted) -> tuple[DriverError | None, float]:
    """Read HR0, and after a failure and a reconnection HR1; the peer answers 7 for HR0, 8 for HR1."""
    driver = make(peer.port)
    await driver.connect()
    failure = None
    try:
        await driver.read([item("HR0")])
    except DriverError as error:
        failure = error
        with pytest.raises(DriverError, match="not connected"):
            await driver.read([item("HR0")])
        await driver.connect()
    value = (await driver.read([item("HR1")])).value_at(0)
    await driver.close()
    assert isinstance(value, float)
    return failure, value


async def test_a_late_answer_is_nobodys() -> None:
    async def late(request: bytes, writer: asyncio.StreamWriter) -> None:
        if request[9] == 0:
            await asyncio.sleep(0.7)
        writer.write(answer(request, 7 + request[9]))

    async with Scripted(late) as peer:
        failure, value = await read_twice(peer)
        assert failure is not None
        assert failure.fault is DriverFault.TIMEOUT
        assert value == 8
        assert peer.connections == 2
        assert len(peer.requests) == 2


async def test_an_answer_with_another_transaction_is_not_believed() -> None:
    async def wrong(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(request, 7 + request[9], transaction=999 if request[9] == 0 else None))

    async with Scripted(wrong) as peer:
        failure, value = await read_twice(peer)
    assert failure is not None
    assert failure.fault is DriverFault.TIMEOUT
    assert value == 8


@pytest.mark.parametrize(
    "reply",
    [
        b"\x00\x05\x01\x03\x04\x00\x07",  # says four bytes, has two
        b"\x00\x07\x01\x03\x04\x00\x07\x00\x00",  # two registers for one
        b"\x00\x05\x01\x04\x02\x00\x07",  # another function
        b"\x00\x03\x01\x03\x00",  # no data
        b"\x00\x02\x01\x83",  # an exception without code
    ],
)
async def test_an_answer_that_does_not_fit_is_not_believed(reply: bytes) -> None:
    async def wrong(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(request[:4] + reply if request[9] == 0 else answer(request, 8))

    async with Scripted(wrong) as peer:
        failure, value = await read_twice(peer)
    assert failure is not None
    assert failure.fault in (DriverFault.LOST, DriverFault.TIMEOUT)
    assert value == 8


async def test_one_byte_at_a_time_is_an_answer() -> None:
    async def trickle(request: bytes, writer: asyncio.StreamWriter) -> None:
        for byte in answer(request, 7 + request[9]):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.002)

    async with Scripted(trickle) as peer:
        failure, value = await read_twice(peer)
    assert failure is None
    assert value == 8


async def test_a_write_that_is_confirmed_as_another_one_is_not_called_refused() -> None:
    """It may have arrived: the error is the link's, so that the write counts as in doubt."""

    async def other(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(request[:-1] + bytes((request[-1] ^ 1,)))

    async with Scripted(other) as peer:
        driver = make(peer.port)
        await driver.connect()
        with pytest.raises(DriverError, match="another write") as caught:
            await driver.write(item("HR1"), 1)
        assert caught.value.fault is DriverFault.LOST
        await driver.close()


async def test_a_write_and_read_is_never_sent_twice() -> None:
    async def silent(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        pass

    async with Scripted(silent) as peer:
        driver = make(peer.port, timeout_s=0.2, function_23=True)
        await driver.connect()
        assert isinstance(driver, CombinedWriter)
        with pytest.raises(DriverError) as caught:
            await driver.write_and_read(item("HR1"), 1)
        assert caught.value.fault is DriverFault.TIMEOUT
        await asyncio.sleep(0.3)
        await driver.close()
    assert [request[7] for request in peer.requests] == [23]


@pytest.mark.parametrize("answer", ["17", "1700", "170400010002", "17030001", "0600010001"])
async def test_a_wrong_answer_to_write_and_read_is_not_believed(answer: str) -> None:
    async def wrong(request: bytes, writer: asyncio.StreamWriter) -> None:
        body = request[6:7] + bytes.fromhex(answer)
        writer.write(request[:4] + len(body).to_bytes(2, "big") + body)

    async with Scripted(wrong) as peer:
        driver = make(peer.port, timeout_s=0.2, function_23=True)
        await driver.connect()
        assert isinstance(driver, CombinedWriter)
        with pytest.raises(DriverError) as caught:
            await driver.write_and_read(item("HR1"), 1)
        assert caught.value.fault is DriverFault.LOST
        await driver.close()
    assert len(peer.requests) == 1


async def test_a_write_is_never_sent_twice() -> None:
    async def silent(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)

    async with Scripted(silent) as peer:
        driver = make(peer.port)
        await driver.connect()
        with pytest.raises(DriverError) as caught:
            await driver.write(item("HR0"), 1)
        assert caught.value.fault is DriverFault.TIMEOUT
        await driver.close()
        assert len(peer.requests) == 1


async def test_a_peer_that_hangs_up_on_a_request_is_noticed_at_once() -> None:
    async def hang_up(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with Scripted(hang_up) as peer:
        driver = make(peer.port, timeout_s=600.0)
        await driver.connect()
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(DriverError) as caught:
                await driver.read([item("HR0")])
        assert caught.value.fault is DriverFault.LOST
        await driver.close()


async def test_units_are_addressed() -> None:
    async def unit(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(request, request[6]))

    async with Scripted(unit) as peer:
        driver = make(peer.port, unit=3)
        await driver.connect()
        batch = await driver.read([item("HR0"), item("unit=7;HR0"), item("unit=0;HR0")])
        assert batch.values.tolist() == [3, 7, 0]
        await driver.close()
