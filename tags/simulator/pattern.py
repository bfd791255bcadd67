"""Servers whose every value tells its own address and the moment at which it was read.

A value is ``place * 2**32 + milliseconds``: an answer that belongs to another request, a value that was
shifted by a lost byte or one that is older than it pretends can all be seen. They are plain asyncio servers
that encode whole answers with NumPy, fast enough to be the other end of a benchmark.
"""

import asyncio
import struct
import time
from typing import Protocol

import numpy as np

from tags.drivers.modbus_frames import check_sum
from tags.simulator.controller import LOOPBACK

MOST_PLACE = (1 << 21) - 1
"""Places up to this one give values that a double holds exactly."""
_MILLISECONDS = 1 << 32
S7_BLOCK_VALUES = 8192
S7_MEMORY_BLOCK = 250
MEMORY_START = 0xF000
"""Modbus registers from here on keep what is written to them; all others are read-only."""


def value_now(place: int) -> int:
    """Return the value that a place has at this moment, on this machine's monotonic clock."""
    return place * _MILLISECONDS + time.monotonic_ns() // 1_000_000 % _MILLISECONDS


def place_of(value: float) -> int:
    """Return the place that a value belongs to."""
    return int(value) // _MILLISECONDS


def age_ms(value: float, now_ns: int | None = None) -> float:
    """Return how long ago a value was read by its server, seen from a moment of the monotonic clock."""
    now = (time.monotonic_ns() if now_ns is None else now_ns) / 1e6
    return (now - int(value) % _MILLISECONDS) % _MILLISECONDS


def _image(first_place: int, count: int) -> bytes:
    """Return the bytes of ``count`` values from ``first_place`` on, most significant byte first."""
    now = time.monotonic_ns() // 1_000_000 % _MILLISECONDS
    places = np.arange(first_place, first_place + count, dtype=np.uint64)
    return ((places << np.uint64(32)) | np.uint64(now)).astype(">u8").tobytes()


def _cut(start_byte: int, size: int, first_place: int) -> bytes:
    """Return ``size`` bytes from ``start_byte`` of the endless row of values from ``first_place`` on."""
    skipped, offset = divmod(start_byte, 8)
    image = _image(first_place + skipped, (offset + size + 7) // 8)
    return image[offset : offset + size]


class _StreamServer:
    """Accept connections on loopback and keep track of them, so that stopping drops them all."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.requests = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.BaseTransport] = set()

    async def start(self) -> None:
        """Listen on ``port``; 0 takes a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop every connection at once and listen no more."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for transport in tuple(self._connections):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        await asyncio.sleep(0)

    def split(self, buffer: bytearray) -> bytes | None:
        """Take one whole request from the front of the buffer; None when it is not there yet."""
        raise NotImplementedError

    def answer(self, request: bytes) -> bytes | None:
        """Return the answer to one request; None ends the connection."""
        raise NotImplementedError


class _Connection(asyncio.Protocol):
    def __init__(self, server: _StreamServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._server._connections.add(transport)  # noqa: SLF001 - one class in two halves

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._transport is not None:
            self._server._connections.discard(self._transport)  # noqa: SLF001
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._transport is not None:
            request = self._server.split(self._buffer)
            if request is None:
                return
            self._server.requests += 1
            answer = self._server.answer(request)
            if answer is None:
                self._transport.abort()
                return
            self._transport.write(answer)


class PatternModbusServer(_StreamServer):
    """Answer functions 3, 4, 6, 16 and 23.

    Four registers from a multiple of four on hold one UINT64 of a place. Holding registers from
    ``MEMORY_START`` on are memory, and ``writes`` lists what was written there.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.memory = bytearray(2 * (0x10000 - MEMORY_START))
        self.writes: list[tuple[int, bytes]] = []

    @staticmethod
    def address(place: int) -> str:
        """Return the address of a place in the driver's notation."""
        return f"HR{4 * place}"

    def split(self, buffer: bytearray) -> bytes | None:
        """Cut one MBAP frame."""
        if len(buffer) < 8:
            return None
        size = 6 + int.from_bytes(buffer[4:6], "big")
        if len(buffer) < size:
            return None
        request = bytes(buffer[:size])
        del buffer[:size]
        return request

    def answer(self, request: bytes) -> bytes | None:
        """Work on one frame."""
        body = self._work(request[7], request[8:])
        return request[:4] + struct.pack(">HB", len(body) + 1, request[6]) + body

    def _work(self, function: int, body: bytes) -> bytes:
        if len(body) < 4 or function not in (3, 4, 6, 16, 23):
            return bytes((function | 0x80, 1))
        if function == 23:
            written = self._work(16, body[4:])
            return bytes((function | 0x80,)) + written[1:] if written[0] & 0x80 else self._read_back(body)
        start, count = struct.unpack_from(">HH", body)
        if function in (3, 4):
            if not 1 <= count <= 125 or start + count > 0x10000:
                return bytes((function | 0x80, 3 if start + count <= 0x10000 else 2))
            return bytes((function, 2 * count)) + self._registers(start, count)
        data = body[2:4] if function == 6 else body[5:]
        if start < MEMORY_START:
            return bytes((function | 0x80, 2))
        self.writes.append((start, data))
        at = 2 * (start - MEMORY_START)
        self.memory[at : at + len(data)] = data
        return bytes((function,)) + body[:4]

    def _read_back(self, body: bytes) -> bytes:
        answer = self._work(3, body)
        return bytes((answer[0] & 0x80 | 23,)) + answer[1:]

    def _registers(self, start: int, count: int) -> bytes:
        if start >= MEMORY_START:
            at = 2 * (start - MEMORY_START)
            return bytes(self.memory[at : at + 2 * count])
        return _cut(2 * start, 2 * count, 0)


class PatternRtuServer(PatternModbusServer):
    """Answer the same in RTU frames, as behind a serial device server; to a wrong check sum nothing."""

    def split(self, buffer: bytearray) -> bytes | None:
        """Cut one RTU frame."""
        if len(buffer) < 8:
            return None
        counted_at = {15: 6, 16: 6, 23: 10}.get(buffer[1])
        if counted_at is not None and len(buffer) <= counted_at:
            return None
        size = 8 if counted_at is None else counted_at + 1 + buffer[counted_at] + 2
        if len(buffer) < size:
            return None
        request = bytes(buffer[:size])
        del buffer[:size]
        return request

    def answer(self, request: bytes) -> bytes | None:
        """Work on one frame."""
        if check_sum(request[:-2]) != request[-2:]:
            return b""
        answer = request[:1] + self._work(request[1], request[2:-2])
        return answer + check_sum(answer)


class PatternS7Server(_StreamServer):
    """Answer S7 connection set-up, reads and writes: eight bytes of a block hold one UINT64 of a place.

    Block ``n`` holds the places from ``n * S7_BLOCK_VALUES`` on; block 0 is any other area. Block
    ``S7_MEMORY_BLOCK`` is memory; ``writes`` lists what was written, wherever that was.
    """

    def __init__(self, port: int = 0, pdu: int = 480) -> None:
        super().__init__(port)
        self.memory = bytearray(1024)
        self.writes: list[tuple[int, bytes]] = []
        self._most_pdu = pdu

    @staticmethod
    def address(place: int) -> str:
        """Return the address of a place in the driver's notation; the first ones are merkers."""
        block, number = divmod(place, S7_BLOCK_VALUES)
        return f"DB{block}.DBL{8 * number}" if block else f"ML{8 * number}"

    def split(self, buffer: bytearray) -> bytes | None:
        """Cut one TPKT frame."""
        if len(buffer) < 7:
            return None
        size = int.from_bytes(buffer[2:4], "big")
        if len(buffer) < max(size, 7):
            return None
        request = bytes(buffer[:size])
        del buffer[:size]
        return request

    def answer(self, request: bytes) -> bytes | None:
        """Work on one frame: a connection request or a job."""
        if request[5] == 0xE0:
            return _framed(bytes((request[4], 0xD0)) + request[8:10] + b"\x00\x01" + request[10:])
        pdu = request[7:]
        if request[5] != 0xF0 or len(pdu) < 12 or pdu[0] != 0x32:
            return None
        parameter_size = int.from_bytes(pdu[6:8], "big")
        parameters, data = pdu[10 : 10 + parameter_size], pdu[10 + parameter_size :]
        result = self._work(parameters, data)
        if result is None:
            return None
        head, payload = result
        header = struct.pack(">BBHHHHBB", 0x32, 3, 0, 0, len(head), len(payload), 0, 0)
        return _framed(b"\x02\xf0\x80" + header[:4] + pdu[4:6] + header[6:] + head + payload)

    def _work(self, parameters: bytes, data: bytes) -> tuple[bytes, bytes] | None:
        function = parameters[0]
        if function == 0xF0:
            granted = min(self._most_pdu, int.from_bytes(parameters[6:8], "big"))
            return parameters[:6] + granted.to_bytes(2, "big"), b""
        if function not in (4, 5):
            return None
        count = parameters[1]
        places = [parameters[2 + 12 * number : 14 + 12 * number] for number in range(count)]
        if function == 5:
            start, written = int.from_bytes(places[0][9:12], "big") // 8, data[4:]
            self.writes.append((start, written))
            if int.from_bytes(places[0][6:8], "big") == S7_MEMORY_BLOCK:
                self.memory[start : start + len(written)] = written
            return parameters[:2], b"\xff" * count
        answer = bytearray()
        for number, place in enumerate(places):
            size, block = struct.unpack_from(">HH", place, 4)
            start = int.from_bytes(place[9:12], "big") // 8
            values = _cut(start, size, block * S7_BLOCK_VALUES)
            if block == S7_MEMORY_BLOCK:
                values = bytes(self.memory[start : start + size])
            answer += struct.pack(">BBH", 0xFF, 4, 8 * size) + values
            if size & 1 and number < count - 1:
                answer.append(0)
        return parameters[:2], bytes(answer)


def _framed(cotp: bytes) -> bytes:
    return struct.pack(">BBH", 3, 0, len(cotp) + 4) + cotp


class PatternServer(Protocol):
    """What the servers of all protocols have in common."""

    port: int
    requests: int

    async def start(self) -> None:
        """Listen on ``port``; 0 takes a free one."""
        ...

    async def stop(self) -> None:
        """Drop every connection at once and listen no more."""
        ...

    def address(self, place: int) -> str:
        """Return the address of a place in the driver's notation."""
        ...
