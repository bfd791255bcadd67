"""A man in the middle that spoils what a server answers: the peers that a plant really has, on demand.

It stands between a driver and any server on loopback and knows just enough of each protocol to cut the stream
into messages: their length, where they carry the id of the request, and how a device says no. Every fault is
something that was seen in the field: serial gateways that lose or invent bytes, devices that answer late or
twice, that mix up transaction ids, that hang with their sockets open, or restart in mid-message.

Bits flipped inside the values of an otherwise valid message are not among the faults: Modbus TCP, S7 and
unsigned OPC UA leave them to the checksum of TCP, so that no client can see them.
"""

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Literal

from tags.drivers.modbus_frames import check_sum
from tags.simulator.controller import LOOPBACK


class Fault(StrEnum):
    """Name what the way to a server, or the server behind it, does wrong."""

    DROP = "drop"
    """Lose one to three bytes of an answer."""
    GARBAGE = "garbage"
    """Put random bytes before an answer."""
    GARBLE = "garble"
    """Change one byte of an answer's header."""
    NONSENSE = "nonsense"
    """Replace an answer by random bytes of its length."""
    WRONG_LENGTH = "wrong_length"
    """Tell a length that is not the answer's own."""
    WRONG_ID = "wrong_id"
    """Answer under the id of another request."""
    SWAP = "swap"
    """Deliver an answer after the next one."""
    REPLAY = "replay"
    """Deliver the answer before instead of this one."""
    DUPLICATE = "duplicate"
    """Deliver an answer twice."""
    REFUSAL = "refusal"
    """Answer that it cannot be done, though it can."""
    LATE = "late"
    """Hold an answer back for ``delay_s``; later ones overtake it, except on a serial line."""
    TRICKLE = "trickle"
    """Deliver an answer byte by byte over ``delay_s``."""
    SILENCE = "silence"
    """Swallow an answer."""
    CUT = "cut"
    """Deliver half of an answer and close the connection, as a restart does."""
    CLOSE = "close"
    """Close the connection instead of answering."""
    FREEZE = "freeze"
    """Let nothing through in either direction, with all connections open."""
    HALF_OPEN = "half_open"
    """Drop the connections; accept new ones and never say a word."""
    REFUSE = "refuse"
    """Drop the connections and accept no more."""


_OUT_OF_ORDER = frozenset({Fault.SWAP, Fault.REPLAY})
LINK_FAULTS = frozenset({Fault.FREEZE, Fault.HALF_OPEN, Fault.REFUSE})
"""Faults of the whole link; all others strike single answers."""


@dataclass(frozen=True, slots=True)
class Framing:
    """Know how a protocol cuts its stream into messages.

    ``length_of`` takes the first ``head`` bytes and returns the length of the whole message. ``id_at`` is
    where the id of the request stands, ``length_at`` where the length stands, ``garbled`` how many bytes from
    the start count as header. ``refusal`` turns an answer into one that says no; None where it cannot.
    ``seal`` makes the check sum of a changed message right. Of ``one_at_a_time`` peers no answer overtakes
    another, and each comes once: a serial line carries one message after the other.
    """

    name: str
    head: int
    length_of: Callable[[bytes], int]
    length_at: slice
    id_at: slice
    garbled: int
    byte_order: Literal["big", "little"]
    refusal: Callable[[bytes, Random], bytes | None]
    seal: Callable[[bytes], bytes] = bytes
    one_at_a_time: bool = False

    @property
    def faults(self) -> frozenset[Fault]:
        """Return what a peer of this protocol can do wrong."""
        return frozenset(Fault) - (_OUT_OF_ORDER if self.one_at_a_time else frozenset())


def _refuse_modbus(answer: bytes, random: Random) -> bytes | None:
    if len(answer) < 9:
        return None
    code = random.choice((4, 6, 10, 11))
    return answer[:4] + struct.pack(">HBBB", 3, answer[6], answer[7] | 0x80, code)


def _refuse_rtu(answer: bytes, random: Random) -> bytes | None:
    return bytes((answer[0], answer[1] | 0x80, random.choice((4, 6, 10, 11)), 0, 0))


def _sealed(answer: bytes) -> bytes:
    return answer[:-2] + check_sum(answer[:-2])


def _rtu_length(head: bytes) -> int:
    function = head[1]
    if function & 0x80:
        return 5
    return 5 + head[2] if function in (1, 2, 3, 4, 23) else 10 if function == 22 else 8


def _refuse_s7(answer: bytes, _random: Random) -> bytes | None:
    # TPKT 4, COTP 3, S7 header 12, function and item count 2, then the item's return code.
    if len(answer) < 22 or answer[5] != 0xF0 or answer[19] not in (4, 5):
        return None
    return answer[:21] + b"\x01" + answer[22:]


def _refuse_opcua(answer: bytes, _random: Random) -> bytes | None:
    if len(answer) < 52 or answer[:4] != b"MSGF":
        return None
    fault = struct.pack("<BBH", 1, 0, 397) + answer[28:40] + struct.pack("<IBiHB", 0x800E0000, 0, 0, 0, 0)
    return answer[:4] + struct.pack("<I", 24 + len(fault)) + answer[8:24] + fault


MODBUS = Framing(
    "modbus",
    6,
    lambda head: 6 + int.from_bytes(head[4:6], "big"),
    slice(4, 6),
    slice(0, 2),
    9,
    "big",
    _refuse_modbus,
)
MODBUS_RTU = Framing(
    "modbus_rtu",
    3,
    _rtu_length,
    slice(2, 3),
    slice(0, 1),
    3,
    "big",
    _refuse_rtu,
    _sealed,
    one_at_a_time=True,
)
S7 = Framing(
    "s7",
    4,
    lambda head: int.from_bytes(head[2:4], "big"),
    slice(2, 4),
    slice(11, 13),
    21,
    "big",
    _refuse_s7,
)
OPC_UA = Framing(
    "opcua",
    8,
    lambda head: int.from_bytes(head[4:8], "little"),
    slice(4, 8),
    slice(20, 24),
    24,
    "little",
    _refuse_opcua,
)
FRAMINGS = {framing.name: framing for framing in (MODBUS, MODBUS_RTU, S7, OPC_UA)}
"""What the proxy knows of each protocol, by the driver's name."""


class FaultyProxy:
    """Stand between a client and a server on loopback, and spoil the server's answers when told to.

    Runs on one event loop. ``target_port`` is where the server listens. ``struck`` counts the answers that
    were spoiled, ``answers`` all of them. The same seed gives the same faults for the same stream.
    """

    def __init__(self, target_port: int, framing: Framing, *, seed: int = 1) -> None:
        self.target_port = target_port
        self._framing = framing
        self._random = Random(seed)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._fault: Fault | None = None
        self._chance = 1.0
        self._delay_s = 1.0
        self.port = 0
        self.connections = 0
        self.answers = 0
        self.struck = 0

    async def start(self) -> None:
        """Listen; on the same port as before after a stop."""
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop every connection and listen no more; leaves no task."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._drop_all()

    async def inject(self, fault: Fault, *, chance: float = 1.0, delay_s: float = 1.0) -> None:
        """Begin to do wrong: ``chance`` is the share of answers that are struck, 0 to 1."""
        await self.clear()
        self._fault, self._chance, self._delay_s = fault, chance, delay_s
        if fault is Fault.FREEZE:
            self._flowing.clear()
        elif fault is Fault.HALF_OPEN:
            await self._drop_all()
        elif fault is Fault.REFUSE:
            await self.stop()

    async def clear(self) -> None:
        """Be an honest relay again; connections that a fault left half dead are dropped."""
        fault, self._fault = self._fault, None
        self._flowing.set()
        if fault is Fault.HALF_OPEN:
            await self._drop_all()
        if self._server is None:
            await self.start()

    async def _drop_all(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is None:
            return
        self._tasks.add(task)
        self._writers.add(writer)
        link = _Link(writer)
        try:
            # A cancelled handler must end quietly: asyncio would report it as a failure of the server.
            with suppress(OSError, asyncio.CancelledError):
                if self._fault is Fault.HALF_OPEN:
                    while await reader.read(65536):
                        pass
                    return
                far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target_port)
                self._writers.add(far_writer)
                pumps = [
                    asyncio.ensure_future(self._requests(reader, far_writer)),
                    asyncio.ensure_future(self._answers(far_reader, link)),
                ]
                try:
                    await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for pump in pumps:
                        pump.cancel()
                    await asyncio.gather(*pumps, return_exceptions=True)
                    self._writers.discard(far_writer)
                    far_writer.transport.abort()
        finally:
            link.end()
            self._tasks.discard(task)
            self._writers.discard(writer)
            if link.closes_gently:
                writer.close()
            else:
                writer.transport.abort()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()

    async def _answers(self, reader: asyncio.StreamReader, link: "_Link") -> None:
        framing = self._framing
        while True:
            try:
                head = await reader.readexactly(framing.head)
                rest = await reader.readexactly(max(framing.length_of(head) - framing.head, 0))
            except asyncio.IncompleteReadError:
                return
            await self._flowing.wait()
            self.answers += 1
            if not await self._answer(head + rest, link):
                return

    async def _answer(self, answer: bytes, link: "_Link") -> bool:
        """Pass one answer on, spoiled or not; False ends the connection."""
        fault = self._fault
        if fault is None or fault in LINK_FAULTS or self._random.random() >= self._chance:
            link.send(answer)
            link.release()
        else:
            self.struck += 1
            if fault in (Fault.CUT, Fault.CLOSE):
                link.send(answer[: len(answer) // 2] if fault is Fault.CUT else b"")
                link.closes_gently = True
                return False
            if fault is Fault.TRICKLE:
                for byte in answer:
                    link.send(bytes([byte]))
                    await asyncio.sleep(self._delay_s / len(answer))
            elif fault is Fault.LATE and self._framing.one_at_a_time:
                await asyncio.sleep(self._delay_s)
                link.send(answer)
            elif fault is Fault.LATE:
                link.send_later(answer, self._delay_s)
            elif fault is Fault.SWAP and not link.held:
                link.held = answer
            elif fault is not Fault.SILENCE:
                link.send(self._spoiled(fault, answer, link.last))
                link.release()
        link.last = answer
        await link.drain()
        return True

    def _spoiled(self, fault: Fault, answer: bytes, last: bytes) -> bytes:
        """Return the bytes to send instead of an answer; ``last`` is the one before it, or empty."""
        random, framing = self._random, self._framing
        if fault is Fault.DROP:
            at = random.randrange(len(answer))
            return answer[:at] + answer[at + random.randint(1, 3) :]
        if fault is Fault.GARBAGE:
            return random.randbytes(random.randint(1, 20)) + answer
        if fault is Fault.NONSENSE:
            return random.randbytes(len(answer))
        if fault is Fault.GARBLE:
            return _changed(answer, random.randrange(min(framing.garbled, len(answer))), random)
        if fault is Fault.WRONG_LENGTH:
            wrong = max(1, framing.length_of(answer) + random.choice((-5, -2, -1, 1, 2, 5, 300)))
            return self._with_number(answer, framing.length_at, wrong)
        if fault is Fault.WRONG_ID and len(answer) >= framing.id_at.stop:
            number = int.from_bytes(answer[framing.id_at], framing.byte_order)
            return self._with_number(answer, framing.id_at, number + random.choice((-2, -1, 1, 2)))
        if fault is Fault.REPLAY and last:
            return last
        if fault is Fault.DUPLICATE:
            return answer + answer
        if fault is Fault.REFUSAL:
            refused = framing.refusal(answer, random)
            return answer if refused is None else framing.seal(refused)
        return answer

    def _with_number(self, answer: bytes, where: slice, number: int) -> bytes:
        size = where.stop - where.start
        field: bytes = (number % 256**size).to_bytes(size, self._framing.byte_order)
        return self._framing.seal(answer[: where.start] + field + answer[where.stop :])


class _Link:
    """Be the client's side of one connection: what is sent, held back and due later."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._due: set[asyncio.TimerHandle] = set()
        self.last = b""
        self.held = b""
        self.closes_gently = False

    def send(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    def send_later(self, data: bytes, delay_s: float) -> None:
        self._due.add(asyncio.get_running_loop().call_later(delay_s, self.send, data))

    def release(self) -> None:
        held, self.held = self.held, b""
        if held:
            self.send(held)

    async def drain(self) -> None:
        await self._writer.drain()

    def end(self) -> None:
        for handle in self._due:
            handle.cancel()


def _changed(answer: bytes, at: int, random: Random) -> bytes:
    return answer[:at] + bytes([answer[at] ^ random.randint(1, 255)]) + answer[at + 1 :]
