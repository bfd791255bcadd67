"""Modbus RTU has no number on its messages: an answer that comes late must still be nobody's.

Behind a serial device server the answer to a request that was given up comes over the next connection.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest_asyncio
from pymodbus.framer.rtu import FramerRTU

from tags.addresses import modbus
from tags.clock import SystemClock
from tags.drivers.base import Driver, DriverError, Item
from tags.drivers.catalogue import create, drivers
from tags.model import DataType
from tests.support.sinks import RecordingSink

TIMEOUT_S = 0.15
ANSWER_S = 0.02
"""What a device and a slow line take, so that answers do not come before the next request."""


class SerialDeviceServer:
    """A device on a serial line whose registers hold their own number, and a server that passes bytes on.

    The device works on one request after the other, and answers to whoever is connected then. ``delays_s``
    are what it takes for the next requests. Unit 2 answers likewise, with 1000 more.
    """

    def __init__(self) -> None:
        self.delays_s: list[float] = []
        self.lacking: set[int] = set()
        self.asked: list[tuple[int, int, int]] = []
        self.port = 0
        self._requests: asyncio.Queue[bytes] = asyncio.Queue()
        self._writer: asyncio.StreamWriter | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._server.close()
        if self._writer is not None:
            self._writer.transport.abort()
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                self._requests.put_nowait(await reader.readexactly(8))
        writer.close()

    async def _work(self) -> None:
        while True:
            request = await self._requests.get()
            await asyncio.sleep(self.delays_s.pop(0) if self.delays_s else ANSWER_S)
            unit, function, start, count = struct.unpack_from(">BBHH", request)
            self.asked.append((unit, function, start))
            if function in self.lacking:
                body = bytes((unit, function | 0x80, 1))
            elif function == 6:
                body = request[:6]
            elif function in (1, 2):
                body = bytes((unit, function, 1, 0))
            else:
                words = (place + 1000 * (unit == 2) for place in range(start, start + count))
                body = bytes((unit, function, 2 * count)) + b"".join(
                    word.to_bytes(2, "big") for word in words
                )
            if self._writer is not None and not self._writer.is_closing():
                self._writer.write(body + FramerRTU.compute_CRC(body).to_bytes(2, "big"))


@pytest_asyncio.fixture
async def server() -> AsyncIterator[SerialDeviceServer]:
    server = SerialDeviceServer()
    await server.start()
    yield server
    await server.stop()


def item(text: str, tag_id: int) -> Item:
    return Item(tag_id, modbus.parse(text, DataType.UINT16), DataType.UINT16, 20)


def make(port: int, **options: Any) -> Driver:
    complete = {"host": "127.0.0.1", "port": port, "framing": "rtu", "timeout_s": TIMEOUT_S, **options}
    return create(drivers()["modbus"], {"gap_registers": 0, **complete}, SystemClock())


async def supervise(driver: Driver, items: list[Item], sink: RecordingSink) -> None:
    """Connect, ping and subscribe again after each loss, as a connection does."""
    while True:
        try:
            await driver.connect()
            await driver.ping()
            await driver.subscribe(items, sink)
        except DriverError:
            await driver.close()
            await asyncio.sleep(0.02)


async def watched(server: SerialDeviceServer, items: list[Item], **options: Any) -> RecordingSink:
    """Poll with one answer in four too late, then wait until all items are good again."""
    driver, sink = make(server.port, **options), RecordingSink()
    task = asyncio.create_task(supervise(driver, items, sink))
    await sink.until(lambda: len(sink.samples) == len(items))
    for late_s in (0.2, 0.3, 0.4, 0.5):
        server.delays_s = [ANSWER_S, ANSWER_S, ANSWER_S, late_s]
        await asyncio.sleep(3 * late_s)
    before = len(sink.batches)
    await sink.until(lambda: len(sink.batches) > before + 4 * len(items))
    await sink.until(lambda: all(sink.status(one.tag_id) == 0 for one in items))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await driver.close()
    return sink


def good(sink: RecordingSink, tag_id: int) -> set[object]:
    return {value for value, status, _ in sink.samples[tag_id] if status == 0}


async def test_no_late_answer_is_taken_for_another_place(server: SerialDeviceServer) -> None:
    items = [item(f"HR{10 * number}", number) for number in range(5)]
    sink = await watched(server, items)
    for number in range(5):
        assert good(sink, number) == {10 * number}


async def test_nor_when_the_device_knows_only_one_way_to_be_read(server: SerialDeviceServer) -> None:
    server.lacking = {1, 2, 4}
    sink = await watched(server, [item("HR0", 0), item("HR7", 1), item("HR30", 2)])
    assert [good(sink, number) for number in range(3)] == [{0}, {7}, {30}]


async def test_nor_where_several_units_share_the_line(server: SerialDeviceServer) -> None:
    items = [item("HR5", 0), item("HR9", 1), item("unit=2;HR5", 2), item("unit=2;HR9", 3)]
    sink = await watched(server, items, unit_timeout_s=TIMEOUT_S)
    assert [good(sink, number) for number in range(4)] == [{5}, {9}, {1005}, {1009}]
