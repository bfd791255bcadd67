"""The poll loop of drivers that ask: one schedule per period, request by request, writes in between."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import numpy as np

from tags.address import Address
from tags.clock import Clock
from tags.drivers.base import Item, Sink
from tags.drivers.block_plan import Holes, replan
from tags.drivers.blocks import Block, plan_text, request_count
from tags.drivers.tasks import run_together
from tags.model import Batch, Value
from tags.status import StatusCode

RETRY_REFUSED_S = 30.0
"""A place that the device refused is asked for again after this time: its program may have changed."""


class BlockRefusedError(Exception):
    """Tell that the device answered a block with a refusal; its items get ``status``.

    ``divisible`` says that a part of the block may be the reason: the block is then bisected and the part
    found is left out of later polls. Otherwise all its items get the status for this poll.
    """

    def __init__(self, status: int, *, divisible: bool) -> None:
        super().__init__(f"refused with status 0x{status:08X}")
        self.status = status
        self.divisible = divisible


Answer = bytes | BlockRefusedError
"""What came of one block of a request."""
Fetch = Callable[[Sequence[Block]], Awaitable[Sequence[Answer]]]
"""Fetch the blocks of one request, one answer for each; raises DriverError when the link is gone."""
Pack = Callable[[Sequence[Block]], Sequence[Sequence[Block]]]
"""Put blocks together into requests."""


def alone(blocks: Sequence[Block]) -> list[Sequence[Block]]:
    """Make one request of each block, for protocols whose requests name one place."""
    return [(block,) for block in blocks]


def one_by_one(fetch: Callable[[Block], Awaitable[bytes]]) -> Fetch:
    """Return a fetch of several blocks made of one that takes a single block and raises BlockRefusedError."""

    async def fetch_all(blocks: Sequence[Block]) -> list[Answer]:
        answers: list[Answer] = []
        for block in blocks:
            try:
                answers.append(await fetch(block))
            except BlockRefusedError as refusal:
                answers.append(refusal)
        return answers

    return fetch_all


def by_periods(items: Sequence[Item], kind: type[Address], sink: Sink, clock: Clock) -> dict[int, list[Item]]:
    """Return the items by period; those with a foreign address are bad once and for all."""
    foreign = [item for item in items if not isinstance(item.address, kind)]
    if foreign:
        at_ns, status = clock.now_ns(), int(StatusCode.BadConfigurationError)
        sink.deliver(Batch.of([(item.tag_id, None, status, at_ns) for item in foreign], at_ns))
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(item.period_ms, []).append(item)
    return found


class PriorityGate:
    """Let one request at a time use the link; a write passes all waiting reads, else first come first served.

    Event loop only. A cancelled waiter gives its place up.
    """

    def __init__(self) -> None:
        self._busy = False
        self._order = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Hold the link for the body."""
        if self._busy:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._order += 1
            heapq.heappush(self._waiting, (0 if urgent else 1, self._order, turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on()
                raise
        self._busy = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._busy = False


_Lane = tuple[int, Hashable]
"""A period in milliseconds, and what tells lanes apart."""


@dataclass(slots=True)
class _Refused:
    block: Block
    status: int
    retry_at_s: float


def one_lane(_block: Block) -> Hashable:
    """Put all blocks of a period into one lane."""
    return None


class Poller:
    """Fetch blocks at their periods until cancelled or the link fails. Event loop only.

    ``pack`` puts the blocks of a period together into requests and ``fetch`` carries out one of them. A block
    refused as divisible is bisected, and what is learned from that makes a new plan. What the device refuses
    is remembered, shown as bad with each poll and asked for again after ``retry_refused_s``. A poll that
    takes longer than its period skips the polls that it missed (``overruns`` counts them); it never overlaps
    itself.

    ``lane`` tells blocks apart that must not wait for each other, such as units behind one gateway: each lane
    has at most one request under way or waiting, so that lanes whose turn is first come first served share
    the link evenly.
    """

    def __init__(
        self,
        fetch: Fetch,
        clock: Clock,
        retry_refused_s: float = RETRY_REFUSED_S,
        pack: Pack = alone,
        lane: Callable[[Block], Hashable] = one_lane,
    ) -> None:
        self._fetch = fetch
        self._pack = pack
        self._lane = lane
        self._clock = clock
        self._retry_refused_s = retry_refused_s
        self._requests: dict[_Lane, Sequence[Sequence[Block]]] = {}
        self._refused: dict[_Lane, list[_Refused]] = {}
        self.holes = Holes()
        self.overruns = 0

    @property
    def blocks(self) -> list[Block]:
        """Return the blocks that are fetched now, of all periods."""
        return [block for requests in self._requests.values() for blocks in requests for block in blocks]

    @property
    def refused_tags(self) -> int:
        """Return how many tags the device refuses."""
        return sum(len(entry.block.spans) for entries in self._refused.values() for entry in entries)

    def plan(self) -> str:
        """Return one line on the requests of one round of polls."""
        requests = [blocks for requests in self._requests.values() for blocks in requests]
        text = plan_text(self.blocks, sum(request_count(blocks) for blocks in requests))
        refused = self.refused_tags
        return f"{text}, {refused} refused by the device" if refused else text

    async def run(self, blocks: Mapping[int, Sequence[Block]], sink: Sink) -> None:
        """Poll ``blocks`` by period in milliseconds; ends by cancellation or by raising.

        Raises:
            DriverError: the first failure of the link.
        """
        lanes: dict[_Lane, list[Block]] = {}
        for period_ms, members in blocks.items():
            for block in members:
                lanes.setdefault((period_ms, self._lane(block)), []).append(block)
        self._requests = {lane: self._pack(members) for lane, members in lanes.items()}
        self._refused = {lane: [] for lane in lanes}
        # The device may have got another program since.
        self.holes = Holes()
        self.overruns = 0
        if not lanes:
            await asyncio.Event().wait()
        await run_together([(f"poll {lane[0]} ms", self._run_lane(lane, sink)) for lane in lanes])

    async def _run_lane(self, lane: _Lane, sink: Sink) -> None:
        loop = asyncio.get_running_loop()
        period_s = max(lane[0], 1) / 1000
        due_s = loop.time()
        while True:
            await self._poll(lane, sink)
            missed = int((loop.time() - due_s) / period_s)
            self.overruns += missed
            due_s += (missed + 1) * period_s
            await asyncio.sleep(due_s - loop.time())

    async def _poll(self, lane: _Lane, sink: Sink) -> None:
        loop = asyncio.get_running_loop()
        refused = self._refused[lane]
        due = [entry for entry in refused if entry.retry_at_s <= loop.time()]
        for entry in due:
            refused.remove(entry)
            self.holes.accept(entry.block)
        for entry in refused:
            sink.deliver(entry.block.marking(entry.status, self._clock.now_ns()))
        requests = list(self._requests[lane])
        requests += self._pack([entry.block for entry in due])
        waiting = requests[::-1]
        kept: list[Block] = []
        splits: list[tuple[Block, Block]] = []
        whole: set[int] = set()
        changed = bool(due)
        while waiting:
            blocks = waiting.pop()
            halved: list[Block] = []
            for block, answer in zip(blocks, await self._fetch(blocks), strict=True):
                if isinstance(answer, bytes):
                    kept.append(block)
                    whole.add(id(block))
                    sink.deliver(block.decode(answer, self._clock.now_ns()))
                    continue
                halves = block.split() if answer.divisible else None
                if halves is not None:
                    halved.extend(halves)
                    splits.append(halves)
                    continue
                if answer.divisible:
                    refused.append(_Refused(block, answer.status, loop.time() + self._retry_refused_s))
                    self.holes.refuse(block)
                    changed = True
                else:
                    kept.append(block)
                sink.deliver(block.marking(answer.status, self._clock.now_ns()))
            waiting.extend(reversed(self._pack(halved)))
        for left, right in splits:
            if id(left) in whole and id(right) in whole:
                self.holes.learn(left, right)
        if changed or splits:
            self._requests[lane] = self._pack(replan(kept, self.holes))


async def read_blocks(
    blocks: Sequence[Block], fetch: Fetch, clock: Clock, pack: Pack = alone
) -> AsyncIterator[Batch]:
    """Fetch each block once, bisecting what is refused, and yield a batch for every part.

    Raises:
        DriverError: the link failed.
    """
    waiting = list(reversed(pack(blocks)))
    while waiting:
        some = waiting.pop()
        halved: list[Block] = []
        for block, answer in zip(some, await fetch(some), strict=True):
            if isinstance(answer, bytes):
                yield block.decode(answer, clock.now_ns())
                continue
            halves = block.split() if answer.divisible else None
            if halves is None:
                yield block.marking(answer.status, clock.now_ns())
            else:
                halved.extend(halves)
        waiting.extend(reversed(pack(halved)))


async def read_items(
    items: Sequence[Item],
    plan_of: Callable[[Sequence[Item]], Sequence[Block]],
    fetch: Fetch,
    clock: Clock,
    pack: Pack = alone,
) -> Batch:
    """Read items once; one row per item in the given order. An item without place is BadConfigurationError.

    Raises:
        DriverError: the link failed.
    """
    rows = len(items)
    numbered = [replace(item, tag_id=row) for row, item in enumerate(items)]
    values = np.full(rows, np.nan)
    statuses = np.full(rows, StatusCode.BadConfigurationError, np.uint32)
    source_ns = np.full(rows, clock.now_ns(), np.int64)
    extras: dict[int, Value] = {}
    async for part in read_blocks(plan_of(numbered), fetch, clock, pack):
        at = part.tag_ids
        values[at] = part.values
        statuses[at] = part.statuses
        source_ns[at] = part.source_ns
        extras.update((int(at[row]), value) for row, value in part.extras.items())
    tag_ids = np.fromiter((item.tag_id for item in items), np.int32, rows)
    return Batch(tag_ids, values, statuses, source_ns, clock.now_ns(), extras)
