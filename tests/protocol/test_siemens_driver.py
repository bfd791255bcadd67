"""What is particular to S7: PDU sizes, texts, bits, refusals, and the thread that carries it all."""

import asyncio
import struct
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio

from tags.addresses import siemens
from tags.clock import SystemClock
from tags.drivers.base import Driver, DriverError, DriverFault, Item
from tags.drivers.catalogue import create, drivers
from tags.model import DataType, Value
from tags.status import StatusCode
from tests.support.patience import PATIENCE_S
from tests.support.servers import S7Device
from tests.support.sinks import RecordingSink

T = DataType


def item(text: str, data_type: DataType = T.INT16, tag_id: int = 0) -> Item:
    return Item(tag_id, siemens.parse(text, data_type), data_type, 20)


def make(port: int, **options: Any) -> Driver:
    complete = {"host": "127.0.0.1", "port": port, "timeout_s": 1.0, **options}
    return create(drivers()["s7"], complete, SystemClock())


@pytest_asyncio.fixture
async def device() -> AsyncIterator[S7Device]:
    device = S7Device()
    await device.start()
    yield device
    await device.stop()


@pytest_asyncio.fixture
async def driver(device: S7Device) -> AsyncIterator[Driver]:
    driver = make(device.port)
    await driver.connect()
    yield driver
    await driver.close()


@pytest.mark.parametrize(("pdu", "requests"), [(240, 3), (480, 2), (960, 1)])
async def test_blocks_fill_the_pdu(device: S7Device, pdu: int, requests: int) -> None:
    driver = make(device.port, pdu=pdu)
    assert f"PDU {pdu}" in await driver.connect()
    device.requests = 0
    items = [item(f"DB1.DBW{2 * number}", tag_id=number) for number in range(300)]
    batch = await driver.read(items)
    assert not batch.statuses.any()
    assert device.requests == requests
    await driver.close()


async def test_distant_places_share_one_request(device: S7Device, driver: Driver) -> None:
    device.memory[100:102] = b"\x01\x02"
    device.requests = 0
    batch = await driver.read([item("DB1.DBW0"), item("DB1.DBW100"), item("DB2.DBB1", T.UINT8), item("MW0")])
    assert [batch.value_at(row) for row in range(4)] == [0, 0x0102, 0, 0]
    assert device.requests == 1


@pytest.mark.parametrize("pdu", [240, 480, 960])
async def test_requests_and_answers_stay_within_the_pdu(device: S7Device, pdu: int) -> None:
    driver = make(device.port, pdu=pdu, gap_bytes=0)
    await driver.connect()
    # Odd lengths at odd places, so that the fill bytes between the values count.
    device.memory[:] = bytes(number % 251 for number in range(600))
    items = [item(f"DB1.DBB{3 * number}", T.UINT8, number) for number in range(180)]
    items += [item(f"DB1.STRING{at}.40", T.STRING, 200 + at) for at in (0, 45, 90)]
    device.longest = 0
    batch = await driver.read(items)
    assert [batch.value_at(number) for number in range(180)] == [3 * number % 251 for number in range(180)]
    assert device.longest <= pdu
    await driver.close()


async def test_a_controller_that_takes_one_place_at_a_time(device: S7Device) -> None:
    device.most_items = 1
    driver = make(device.port, gap_bytes=0)
    await driver.connect()
    device.memory[:4] = b"\0\x05\0\x06"
    items = [item("DB1.DBW0", tag_id=0), item("DB1.DBW100", tag_id=1), item("DB1.DBW2", tag_id=2)]
    batch = await driver.read(items)
    assert [batch.value_at(row) for row in range(3)] == [5, 0, 6]
    device.requests = 0
    await driver.read(items)
    assert device.requests == 2
    await driver.close()


async def test_an_error_of_the_moment_costs_one_round_of_single_requests(
    device: S7Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = make(device.port, gap_bytes=0)
    await driver.connect()
    items = [item(f"DB1.DBW{100 * number}", tag_id=number) for number in range(3)]
    honest = device._answer

    def once(pdu: bytes) -> bytes | None:
        monkeypatch.setattr(device, "_answer", honest)
        return b"\x32\x02\0\0" + pdu[4:6] + b"\0\0\0\0\x83\x00"

    monkeypatch.setattr(device, "_answer", once)
    assert not (await driver.read(items)).statuses.any()
    device.requests = 0
    assert not (await driver.read(items)).statuses.any()
    assert device.requests == 1
    await driver.close()


async def test_timers_and_counters(device: S7Device, driver: Driver) -> None:
    device.timers[10:12] = b"\x21\x27"
    device.counters[14:16] = b"\x09\x99"
    device.counters[16:18] = b"\x0a\x00"
    items = [
        item("T5", T.INT32),
        item("T5", T.FLOAT64),
        item("C7"),
        item("Z7", T.UINT32),
        item("C8"),
        item("MW2"),
        item("T99", T.INT32),
    ]
    device.requests = 0
    batch = await driver.read(items)
    assert [batch.value_at(row) for row in range(7)] == [127_000, 127.0, 999, 999, None, 0, None]
    assert int(batch.statuses[4]) == StatusCode.BadDecodingError
    assert int(batch.statuses[6]) == StatusCode.BadConfigurationError
    with pytest.raises(DriverError, match="program") as caught:
        await driver.write(item("C7"), 5)
    assert caught.value.fault is DriverFault.REFUSED


async def test_arrays(device: S7Device, driver: Driver) -> None:
    words, bits = item("DB1.DBW10[4]"), item("DB1.DBX20.0[16]", T.BOOL)
    odd, reals = item("DB1.DBX20.3[6]", T.BOOL), item("DB1.DBD30[2]", T.FLOAT32)
    await driver.write(words, (1, -2, 3, -32768))
    assert bytes(device.memory[10:18]) == struct.pack(">4h", 1, -2, 3, -32768)
    pattern = tuple(number in (0, 3, 8, 15) for number in range(16))
    await driver.write(bits, pattern)
    assert bytes(device.memory[20:22]) == b"\x09\x81"
    await driver.write(reals, (1.5, -0.25))
    batch = await driver.read([words, bits, odd, reals])
    assert [batch.value_at(row) for row in range(4)] == [
        (1, -2, 3, -32768),
        pattern,
        pattern[3:9],
        (1.5, -0.25),
    ]
    refused = [
        (words, (1, 2)),
        (words, 5),
        (item("DB1.DBW10"), (1, 2)),
        (odd, pattern[3:9]),
        (words, (70_000,) * 4),
    ]
    for place, value in refused:
        with pytest.raises(DriverError) as caught:
            await driver.write(place, value)
        assert caught.value.fault is DriverFault.REFUSED
    assert bytes(device.memory[10:22]) == struct.pack(">4h", 1, -2, 3, -32768) + b"\0\0\x09\x81"


async def test_the_tsap_may_be_given(device: S7Device) -> None:
    for options, expected in (
        ({}, b"\x02\x01"),
        ({"rack": 1, "slot": 2, "connection_type": "pg"}, b"\x01\x22"),
        ({"remote_tsap": "4d.57"}, b"\x4d\x57"),
    ):
        driver = make(device.port, **options)
        await driver.connect()
        await driver.close()
        assert device.remote_tsap == expected
    with pytest.raises(DriverError, match=r"such as 10\.01"):
        make(device.port, remote_tsap="1.2")


async def test_a_controller_in_stop_is_shown(device: S7Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tags.drivers.siemens.STATE_EVERY_S", 0.02)
    device.cpu_state = 4
    driver = make(device.port)
    await driver.connect()
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe([item("DB1.DBW0")], sink))
    await sink.until(lambda: len(sink.samples.get(0, ())) >= 2)
    assert driver.plan() == "1 tag in 1 request, 100 % of bytes used; the controller is in STOP"
    device.cpu_state = 8
    await sink.until(lambda: "STOP" not in driver.plan())
    device.cpu_state = 0x0F
    await sink.until(lambda: len(sink.exchanges) > 40)
    assert "STOP" not in driver.plan()
    subscription.cancel()
    await driver.close()


@pytest.mark.parametrize("reaction", [None, -1])
async def test_a_controller_that_must_not_be_asked_for_its_state(
    device: S7Device, reaction: int | None
) -> None:
    device.cpu_state = reaction
    driver = make(device.port, timeout_s=1.0)
    for _ in range(3):
        await driver.connect()
        assert (await driver.read([item("DB1.DBW0")])).value_at(0) == 0
        await driver.close()
    asked = device.state_requests
    await driver.connect()
    assert device.state_requests == asked > 0
    await driver.close()


async def test_a_controller_that_was_cut_off_once_is_asked_for_its_state_again(device: S7Device) -> None:
    device.cpu_state = -1
    driver = make(device.port)
    for _ in range(2):
        await driver.connect()
        await driver.close()
    for reaction in (4, -1, -1, 4):
        device.cpu_state = reaction
        await driver.connect()
        sink = RecordingSink()
        subscription = asyncio.create_task(driver.subscribe([item("DB1.DBW0")], sink))
        await sink.until(lambda sink=sink: 0 in sink.samples)
        assert ("the controller is in STOP" in driver.plan()) is (reaction == 4)
        subscription.cancel()
        await driver.close()


async def test_a_bit_write_leaves_its_neighbours_alone(device: S7Device, driver: Driver) -> None:
    device.memory[10] = 0b1010_0001
    await driver.write(item("DB1.DBX10.1", T.BOOL), True)
    assert device.memory[10] == 0b1010_0011
    await driver.write(item("DB1.DBX10.7", T.BOOL), False)
    assert device.memory[10] == 0b0010_0011


async def test_texts_keep_the_room_that_the_controller_declares(device: S7Device, driver: Driver) -> None:
    text = item("DB1.STRING100.32", T.STRING)
    device.memory[100:134] = b"\x0a\x03abc" + b"?" * 29
    assert (await driver.read([text])).value_at(0) == "abc"
    await driver.write(text, "Zürich")
    assert bytes(device.memory[100:109]) == b"\x0a\x06Z\xfcrich?"
    with pytest.raises(DriverError, match="room for 10") as caught:
        await driver.write(text, "eleven char")
    assert caught.value.fault is DriverFault.REFUSED
    assert bytes(device.memory[100:109]) == b"\x0a\x06Z\xfcrich?"
    device.memory[100:102] = b"\x00\x00"
    await driver.write(text, "eleven char")
    assert bytes(device.memory[100:102]) == b"\x20\x0b"
    with pytest.raises(DriverError, match="33 characters"):
        await driver.write(text, "x" * 33)
    with pytest.raises(DriverError, match=r"DB1\.STRING100\.32"):
        await driver.write(text, "漢")


async def test_a_text_longer_than_the_pdu(device: S7Device) -> None:
    driver = make(device.port, pdu=240)
    await driver.connect()
    text = item("DB1.STRING200.254", T.STRING)
    await driver.write(text, "x" * 254)
    assert (await driver.read([text])).value_at(0) == "x" * 254
    await driver.close()


@pytest.mark.parametrize(
    ("text", "data_type", "value", "stored"),
    [
        ("DB1.WSTRING0.4", T.STRING, "é漢", b"\x00\x04\x00\x02" + "é漢".encode("utf-16-be")),
        ("DB1.DT0", T.DATETIME, 1_795_471_262_123_000_000, bytes.fromhex("2611232201021232")),
        (
            "DB1.DTL0",
            T.DATETIME,
            1_795_471_262_123_456_789,
            struct.pack(">HBBBBBBI", 2026, 11, 23, 2, 22, 1, 2, 123_456_789),
        ),
        ("DB1.DATE0", T.DATETIME, 1_795_392_000_000_000_000, struct.pack(">H", 13475)),
        ("DB1.TIME0", T.INT32, -86_400_000, struct.pack(">i", -86_400_000)),
        ("DB1.TIME0", T.FLOAT64, 1.5, struct.pack(">i", 1500)),
        ("DB1.TOD0", T.UINT32, 86_399_999, struct.pack(">I", 86_399_999)),
        ("DB1.S5TIME0", T.INT32, 12_700, b"\x11\x27"),
        ("DB1.S5TIME0", T.FLOAT32, 9990.0, b"\x39\x99"),
        ("DB1.LTIME0", T.INT64, -(2**60) - 1, struct.pack(">q", -(2**60) - 1)),
        ("DB1.LTOD0", T.FLOAT64, 0.25, struct.pack(">Q", 250_000_000)),
        ("DB1.DBL0", T.FLOAT64, 0.1, struct.pack(">d", 0.1)),
        ("DB1.DBD0", T.UINT32, 2**32 - 1, b"\xff" * 4),
    ],
)
async def test_golden_bytes_of_writes(
    device: S7Device, driver: Driver, text: str, data_type: DataType, value: Value, stored: bytes
) -> None:
    place = item(text, data_type)
    await driver.write(place, value)
    assert bytes(device.memory[: len(stored)]) == stored
    assert (await driver.read([place])).value_at(0) == value


async def test_a_time_that_does_not_fit_is_refused(driver: Driver) -> None:
    for text, data_type, value in (
        ("DB1.DT0", T.DATETIME, 0),
        ("DB1.DTL0", T.DATETIME, -1),
        ("DB1.DATE0", T.DATETIME, 1_795_392_000_000_000_001),
        ("DB1.TOD0", T.UINT32, 86_400_000),
        ("DB1.TIME0", T.FLOAT64, 1e9),
        ("DB1.S5TIME0", T.INT32, 12_705),
        ("DB1.S5TIME0", T.INT32, -10),
    ):
        with pytest.raises(DriverError, match="holds") as caught:
            await driver.write(item(text, data_type), value)
        assert caught.value.fault is DriverFault.REFUSED


async def test_what_is_missing_is_told_and_spoils_nothing(device: S7Device, driver: Driver) -> None:
    device.memory[598:600] = b"\x00\x07"
    places = ("DB1.DBW598", "DB1.DBW600", "DB77.DBW0", "MW62")
    items = [item(place, tag_id=tag_id) for tag_id, place in enumerate(places)]
    sink = RecordingSink()
    subscription = asyncio.create_task(driver.subscribe(items, sink))
    await sink.until(lambda: len(sink.samples) == 4)
    missing = StatusCode.BadConfigurationError
    assert [sink.status(tag) for tag in range(4)] == [0, missing, missing, 0]
    assert sink.value(0) == 7
    assert "2 refused by the device" in driver.plan()
    for place in ("DB77.DBW0", "DB1.DBW600"):
        with pytest.raises(DriverError) as caught:
            await driver.write(item(place), 1)
        assert caught.value.fault is DriverFault.ADDRESS
    subscription.cancel()


SETUP_ANSWER = struct.pack(">BBHHH", 0xF0, 0, 1, 1, 480)


async def test_put_and_get_switched_off_is_a_matter_of_configuration() -> None:
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(4)
                frame = await reader.readexactly(int.from_bytes(head[2:], "big") - 4)
                sequence = frame[7:9]
                if frame[1] == 0xE0:
                    cotp = bytes([frame[0], 0xD0]) + frame[4:6] + b"\x00\x01" + frame[6:]
                elif frame[13] == 0xF0:
                    cotp = b"\x02\xf0\x80\x32\x03\0\0" + sequence + b"\0\x08\0\0\0\0" + SETUP_ANSWER
                else:
                    cotp = b"\x02\xf0\x80\x32\x02\0\0" + sequence + b"\0\0\0\0\x81\x04"
                writer.write(struct.pack(">BBH", 3, 0, len(cotp) + 4) + cotp)
        writer.close()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    driver = make(server.sockets[0].getsockname()[1])
    await driver.connect()
    with pytest.raises(DriverError, match="PUT/GET") as caught:
        await driver.subscribe([item("DB1.DBW0")], RecordingSink())
    assert caught.value.fault is DriverFault.CONFIGURATION
    await driver.close()
    server.close()
    await asyncio.wait_for(gone.wait(), PATIENCE_S)


async def test_a_peer_that_trickles_is_given_up() -> None:
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"\x03")
        with suppress(OSError):
            while True:
                await asyncio.sleep(0.1)
                writer.write(b"\x00")
                await writer.drain()
        writer.close()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    driver = make(server.sockets[0].getsockname()[1], timeout_s=0.2)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(DriverError):
            await driver.connect()
        await driver.close()
    server.close()
    await asyncio.wait_for(gone.wait(), PATIENCE_S)
    await asyncio.sleep(0)


async def test_a_peer_that_trickles_its_handshake_is_given_up_within_the_time_out() -> None:
    """Each byte begins the socket's time-out anew."""
    gone = asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            for byte in bytes.fromhex("0300001611D00001000100C0010AC1020100C2020102"):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.2)
        writer.close()
        gone.set()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    driver = make(server.sockets[0].getsockname()[1], timeout_s=2.0)
    with pytest.raises(DriverError, match=r"no whole answer within 2 s") as caught:
        await driver.connect()
    assert caught.value.fault is DriverFault.TIMEOUT
    assert not any(thread.name.startswith("vigie-s7") for thread in threading.enumerate())
    server.close()
    await asyncio.wait_for(gone.wait(), PATIENCE_S)
    await asyncio.sleep(0)


async def test_close_ends_the_thread_in_the_middle_of_a_request() -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read()
        writer.close()
        gone.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    driver = make(server.sockets[0].getsockname()[1], timeout_s=600.0)
    attempt = asyncio.create_task(driver.connect())
    await asyncio.sleep(0.1)
    assert any(thread.name.startswith("vigie-s7") for thread in threading.enumerate())
    async with asyncio.timeout(PATIENCE_S):
        await driver.close()
    assert not any(thread.name.startswith("vigie-s7") for thread in threading.enumerate())
    with pytest.raises(DriverError):
        await attempt
    server.close()
    await asyncio.wait_for(gone.wait(), PATIENCE_S)
    await asyncio.sleep(0)
