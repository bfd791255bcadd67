"""Siemens S7 over python-snap7: reads of many places planned by PDU size, one thread per controller."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from tags.addresses.siemens import S7Address, S7Area, S7Kind
from tags.clock import Clock
from tags.drivers.base import (
    BrowseNode,
    Capabilities,
    DriverError,
    DriverFault,
    DriverOptions,
    Item,
    Sink,
)
from tags.drivers.blocks import Block
from tags.drivers.frames import FrameTap
from tags.drivers.inspection import Inspection, Naming, inspect_block
from tags.drivers.polling import Answer, BlockRefusedError, Poller, by_periods, read_items
from tags.drivers.siemens_frames import describe
from tags.drivers.siemens_link import ItemRefusedError, Place, S7Link
from tags.drivers.siemens_plan import array_bytes, bytes_of, pack, plan_reads, text_of
from tags.drivers.siemens_worker import Worker
from tags.drivers.tasks import run_together
from tags.errors import ValueRefusedError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode

_T = TypeVar("_T")
_CAPABILITIES = Capabilities(
    pushes=False, browses=False, writes=True, source_time=False, data_types=frozenset(DataType)
)
_CONNECTION_TYPES = {"pg": 1, "op": 2, "basic": 3}
_STOP_TIMEOUT_S = 2.0
_HARDWARE_FAULT = 0x01
_TSAP = re.compile(r"([0-9a-f]{2})\.([0-9a-f]{2})", re.ASCII | re.IGNORECASE)
STATE_EVERY_S = 5.0
"""The controller is asked at this pace whether it is in RUN or STOP."""
_UNANSWERED_MOST = 3
"""After so many connects in a row without an answer, the controller is one that must not be asked."""


def create(options: DriverOptions, clock: Clock) -> "S7Driver":
    """Make an S7 driver with the options declared in the catalogue."""
    return S7Driver(options, clock)


class S7Driver:
    """Speak S7 to one controller. All methods run on the event loop; the link lives in a worker thread."""

    def __init__(self, options: DriverOptions, clock: Clock) -> None:
        self._clock = clock
        self._host = str(options["host"])
        self._port = int(options["port"])
        self._rack = _between(options, "rack", 0, 7)
        self._slot = _between(options, "slot", 0, 31)
        self._type = _CONNECTION_TYPES[str(options["connection_type"])]
        self._timeout_s = float(options["timeout_s"])
        self._pdu = _between(options, "pdu", 240, 960)
        self._gap = _between(options, "gap_bytes", 0, 942)
        self._encoding = str(options["encoding"])
        rack_slot = self._type << 8 | self._rack << 5 | self._slot
        self._local_tsap = _tsap(options, "local_tsap", 0x0100)
        self._remote_tsap = _tsap(options, "remote_tsap", rack_slot)
        self._may_ask_state = bool(options["cpu_state"])
        self._unanswered = 0
        """Connects in a row at which the question for the state went wrong."""
        self._asks_state = False
        self._state = ""
        self.frames = FrameTap(describe, clock)
        self._link: S7Link | None = None
        self._worker: Worker | None = None
        self._poller = Poller(self._fetch, clock, pack=self._pack)
        self._sink: Sink | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    async def connect(self) -> str:
        """Open the link and agree on the PDU size."""
        await self.close()
        link = await self._open()
        self._asks_state = self._may_ask_state and self._unanswered < _UNANSWERED_MOST
        if self._asks_state:
            try:
                await self._ask_state(within_s=self._timeout_s)
                self._unanswered = 0
            except DriverError:
                await self.close()
                # Silent or hanging up when asked, after it granted a PDU size: it must not be asked,
                # or a controller that was cut off just then. Only the former goes on like this.
                link = await self._open()
                self._unanswered += 1
                self._asks_state = False
            except BaseException:
                await self.close()
                raise
        where = f"{self._host}:{self._port}, rack {self._rack}, slot {self._slot}"
        return f"S7 controller at {where}, PDU {link.pdu}"

    async def _open(self) -> S7Link:
        self._state = ""
        link = self._link = S7Link(
            self._host, self._port, self._local_tsap, self._remote_tsap, self._timeout_s, self.frames
        )
        self._worker = Worker(f"vigie-s7-{self._host}:{self._port}")
        try:
            await self._run(lambda link: link.open(self._pdu), within_s=self._timeout_s)
        except BaseException:
            await self.close()
            raise
        return link

    async def close(self) -> None:
        """Abort the link and wait for the thread's end."""
        link, self._link = self._link, None
        worker, self._worker = self._worker, None
        if link is not None:
            link.abort()
        if worker is not None:
            await worker.stop(_STOP_TIMEOUT_S)
        if link is not None:
            link.close()

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:  # noqa: ARG002
        """Refuse: the S7 protocol cannot tell what a block holds."""
        raise DriverError(DriverFault.UNSUPPORTED, "an S7 controller cannot list its addresses")

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Poll the items at their periods."""
        pdu = self._connected_link().pdu
        self._sink = sink
        by_period = by_periods(items, S7Address, sink, self._clock)

        def plan_all(_link: S7Link) -> dict[int, list[Block]]:
            return {
                period: plan_reads(members, pdu, self._gap, self._encoding)
                for period, members in by_period.items()
            }

        # Takes 0.1 s for 1,000 tags, which other connections on the loop would feel.
        blocks = await self._run(plan_all)
        jobs = [("s7 polls", self._poller.run(blocks, sink))]
        if self._asks_state:
            jobs.append(("s7 state", self._watch_state()))
        try:
            await run_together(jobs)
        finally:
            self._sink = None

    async def _watch_state(self) -> None:
        """Ask from time to time whether the controller runs its program; its memory answers also in STOP."""
        while True:
            await asyncio.sleep(STATE_EVERY_S)
            await self._ask_state()

    async def _ask_state(self, within_s: float | None = None) -> None:
        self._state = await self._run(S7Link.cpu_state, within_s=within_s)

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the items now by as few requests as the PDU allows."""
        pdu = self._connected_link().pdu
        return await read_items(
            items,
            lambda some: plan_reads(some, pdu, self._gap, self._encoding),
            self._fetch,
            self._clock,
            self._pack,
        )

    async def inspect(self, item: Item) -> Inspection:
        """Read the place that holds an item, and show its bytes."""
        pdu = self._connected_link().pdu
        found = await inspect_block(
            item,
            self._poller.blocks,
            lambda: plan_reads([item], pdu, self._gap, self._encoding),
            self._fetch,
            _naming_of,
            self._clock.now_ns,
        )
        return found or Inspection(await self.read([item]), "no S7 address")

    async def write(self, item: Item, value: Value) -> None:
        """Write one value; waiting reads let it pass."""
        self._connected_link()
        address = item.address
        if not isinstance(address, S7Address):
            raise DriverError(
                DriverFault.ADDRESS,
                f"{address.text!r} is no S7 address",
                int(StatusCode.BadConfigurationError),
            )
        try:
            job = self._write_job(item, address, value)
        except (ValueRefusedError, ValueError) as error:
            raise DriverError(
                DriverFault.REFUSED, f"{address.text}: {error}", int(StatusCode.BadTypeMismatch)
            ) from None
        try:
            await self._run(job, urgent=True)
        except ItemRefusedError as refusal:
            denied = refusal.status is StatusCode.BadUserAccessDenied
            raise DriverError(
                DriverFault.REFUSED if denied else DriverFault.ADDRESS,
                f"{address.text}: {refusal.text}",
                int(refusal.status),
            ) from None

    async def ping(self) -> None:
        """Read one byte of the plan, or MB0; an item refused proves life as well."""
        blocks = self._poller.blocks
        place = _place(blocks[0]) if blocks else Place(S7Area.MERKERS, 0, 0, 1)
        try:
            await self._run(lambda link: link.read(replace(place, count=1)))
        except ItemRefusedError:
            return

    def plan(self) -> str:
        """Return one line on the requests of one round of polls, and whether the controller is in STOP."""
        text = self._poller.plan()
        return f"{text}; the controller is in STOP" if self._state == "STOP" else text

    def _pack(self, blocks: Sequence[Block]) -> list[list[Block]]:
        return pack(blocks, self._connected_link().pdu)

    async def _fetch(self, blocks: Sequence[Block]) -> list[Answer]:
        places = [_place(block) for block in blocks]
        answers = await self._run(lambda link: link.read_several(places))
        return [
            answer
            if isinstance(answer, bytes)
            else BlockRefusedError(int(answer.status), divisible=answer.code != _HARDWARE_FAULT)
            for answer in answers
        ]

    def _write_job(self, item: Item, address: S7Address, value: Value) -> Callable[[S7Link], None]:
        """Check the value and return what the worker has to do.

        Raises:
            ValueError, ValueRefusedError: the value does not fit.
        """
        checked = item.data_type.check(value)
        if address.area.has_elements:
            raise ValueRefusedError("timers and counters belong to the controller's program")
        if isinstance(checked, tuple):
            if not address.length:
                raise ValueRefusedError("expected one value, got an array")
        elif address.length:
            raise ValueRefusedError(f"expected an array of {address.length} values, got one value")
        area, db, byte = address.area, address.db, address.byte
        if isinstance(checked, tuple):
            elements = array_bytes(item, address, checked)
            return lambda link: link.write(area, db, byte, elements)
        if address.bit is not None:
            bit = address.bit
            return lambda link: link.write_bit(area, db, byte, bit, bool(checked))
        if isinstance(checked, str):
            length, text = text_of(address, checked, self._encoding)
            return lambda link: _write_text(link, address, length, text)
        data = bytes_of(item, address, checked)
        return lambda link: link.write(area, db, byte, data)

    async def _run(
        self, job: Callable[[S7Link], _T], *, urgent: bool = False, within_s: float | None = None
    ) -> _T:
        """Have the worker do a job on the link, within three time-outs if nothing else is said.

        Raises:
            DriverError: the link failed; TIMEOUT also when a peer that trickles bytes keeps it busy.
            ItemRefusedError: the controller refuses the place.
        """
        link, worker = self._connected_link(), self._worker
        if worker is None:
            raise DriverError(DriverFault.LOST, "not connected", int(StatusCode.BadNotConnected))
        future = worker.submit(lambda: job(link), urgent=urgent)
        # The socket's own timeout is shorter; it counts from the last byte, this one from the start.
        most_s = 3 * self._timeout_s if within_s is None else within_s
        try:
            await asyncio.wait([future], timeout=most_s)
        except asyncio.CancelledError:
            future.cancel()
            raise
        if not future.done():
            future.cancel()
            link.abort()
            raise DriverError(
                DriverFault.TIMEOUT,
                f"{self._host}:{self._port}: no whole answer within {most_s:g} s",
                int(StatusCode.BadTimeout),
            )
        while self._sink is not None and link.exchanges:
            self._sink.exchanged(*link.exchanges.popleft())
        if future.cancelled():
            raise DriverError(
                DriverFault.LOST, f"{self._host}:{self._port} was closed", int(StatusCode.BadNotConnected)
            )
        return future.result()

    def _connected_link(self) -> S7Link:
        if self._link is None:
            raise DriverError(
                DriverFault.LOST,
                f"{self._host}:{self._port} is not connected",
                int(StatusCode.BadNotConnected),
            )
        return self._link


def _write_text(link: S7Link, address: S7Address, length: int, text: bytes) -> None:
    """Write the characters and their number; the room that the controller declares is kept and respected."""
    width = 2 if address.kind is S7Kind.WSTRING else 1
    area, db, byte = address.area, address.db, address.byte
    room = int.from_bytes(link.read(Place(area, db, byte, width)), "big")
    if room == 0:
        # A block that was never initialised: the project's declaration is all there is.
        link.write(area, db, byte, address.characters.to_bytes(width, "big"))
        room = address.characters
    if length > room:
        raise DriverError(
            DriverFault.REFUSED,
            f"{address.text}: the text has {length} characters, the controller has room for {room}",
            int(StatusCode.BadOutOfRange),
        )
    link.write(area, db, byte + width, length.to_bytes(width, "big") + text)


def _naming_of(block: Block) -> Naming:
    area, db = cast(tuple[S7Area, int], block.space.key)
    last = block.start + block.count - 1
    if area.has_elements:
        return Naming(f"read of {area.value}{block.start} to {area.value}{last}", area.value)
    if area is S7Area.DATA_BLOCK:
        return Naming(f"read of bytes {block.start} to {last} of DB{db}", f"DB{db}.DBB")
    return Naming(f"read of {area.value}B{block.start} to {area.value}B{last}", f"{area.value}B")


def _place(block: Block) -> Place:
    area, db = cast(tuple[S7Area, int], block.space.key)
    return Place(area, db, block.start, block.count)


def _tsap(options: DriverOptions, name: str, default: int) -> int:
    """Return a TSAP such as ``10.01``, two hexadecimal bytes as TIA Portal shows them."""
    text = str(options[name]).strip()
    if not text:
        return default
    match = _TSAP.fullmatch(text)
    if match is None:
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"{name}: expected two hexadecimal bytes such as 10.01, got {text!r}",
            int(StatusCode.BadConfigurationError),
        )
    return int(match[1], 16) << 8 | int(match[2], 16)


def _between(options: DriverOptions, name: str, low: int, high: int) -> int:
    number = int(options[name])
    if not low <= number <= high:
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"{name}: expected {low} to {high}, got {number}",
            int(StatusCode.BadConfigurationError),
        )
    return number
