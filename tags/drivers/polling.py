"""The poll loop of drivers that ask: one schedule per period, blocks one by one, writes in between."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import numpy as np

from tags.clock import Clock
from tags.drivers.base import Item, Sink
from tags.drivers.blocks import Block, Space, Span, plan
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


@dataclass(slots=True)
class _Refused:
    block: Block
    status: int
    retry_at_s: float


class Poller:
    """Fetch blocks at their periods until cancelled or the link fails. Event loop only.

    ``fetch`` takes one block and returns its bytes; it raises :class:`BlockRefusedError` to have the block
    bisected, DriverError when the link is gone. What the device refuses is remembered, shown as bad with
    every poll and tried again every ``retry_refused_s``. A poll that takes longer than its period skips the
    times it missed (counted in ``overruns``); it never overlaps itself.
    """

    def __init__(
        self,
        fetch: Callable[[Block], Awaitable[bytes]],
        clock: Clock,
        retry_refused_s: float = RETRY_REFUSED_S,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._retry_refused_s = retry_refused_s
        self._blocks: dict[int, list[Block]] = {}
        self._refused: dict[int, list[_Refused]] = {}
        self.overruns = 0

    @property
    def blocks(self) -> list[Block]:
        """Return the blocks that are fetched now, of all periods."""
        return [block for blocks in self._blocks.values() for block in blocks]

    @property
    def refused_tags(self) -> int:
        """Return how many tags the device refuses."""
        return sum(len(entry.block.spans) for entries in self._refused.values() for entry in entries)

    async def run(self, blocks: Mapping[int, Sequence[Block]], sink: Sink) -> None:
        """Poll ``blocks`` by period in milliseconds; ends by cancellation or by raising.

        Raises:
            DriverError: the first failure of the link.
        """
        self._blocks = {period_ms: list(members) for period_ms, members in blocks.items()}
        self._refused = {period_ms: [] for period_ms in blocks}
        self.overruns = 0
        await run_together(
            [(f"poll {period_ms} ms", self._run_period(period_ms, sink)) for period_ms in blocks]
        )

    async def _run_period(self, period_ms: int, sink: Sink) -> None:
        loop = asyncio.get_running_loop()
        period_s = max(period_ms, 1) / 1000
        due_s = loop.time()
        while True:
            await self._poll(period_ms, sink)
            missed = int((loop.time() - due_s) / period_s)
            self.overruns += missed
            due_s += (missed + 1) * period_s
            await asyncio.sleep(due_s - loop.time())

    async def _poll(self, period_ms: int, sink: Sink) -> None:
        loop = asyncio.get_running_loop()
        refused = self._refused[period_ms]
        blocks = self._blocks[period_ms]
        due = [entry for entry in refused if entry.retry_at_s <= loop.time()]
        for entry in due:
            refused.remove(entry)
            blocks.append(entry.block)
        for entry in refused:
            sink.deliver(entry.block.marking(entry.status, self._clock.now_ns()))
        waiting = list(reversed(blocks))
        answered: list[Block] = []
        while waiting:
            block = waiting.pop()
            try:
                data = await self._fetch(block)
            except BlockRefusedError as refusal:
                halves = block.split() if refusal.divisible else None
                if halves is not None:
                    waiting.extend(reversed(halves))
                    continue
                if refusal.divisible:
                    refused.append(_Refused(block, refusal.status, loop.time() + self._retry_refused_s))
                else:
                    answered.append(block)
                sink.deliver(block.marking(refusal.status, self._clock.now_ns()))
                continue
            answered.append(block)
            sink.deliver(block.decode(data, self._clock.now_ns()))
        blocks[:] = answered


async def read_blocks(
    blocks: Sequence[Block], fetch: Callable[[Block], Awaitable[bytes]], clock: Clock
) -> AsyncIterator[Batch]:
    """Fetch each block once, bisecting what is refused, and yield a batch for every part.

    Raises:
        DriverError: the link failed.
    """
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        try:
            data = await fetch(block)
        except BlockRefusedError as refusal:
            halves = block.split() if refusal.divisible else None
            if halves is None:
                yield block.marking(refusal.status, clock.now_ns())
            else:
                waiting.extend(reversed(halves))
            continue
        yield block.decode(data, clock.now_ns())


async def read_items(
    items: Sequence[Item],
    spans_of: Callable[[Sequence[Item]], list[tuple[Space, Span]]],
    fetch: Callable[[Block], Awaitable[bytes]],
    clock: Clock,
) -> Batch:
    """Read items once; one row per item in the given order. An item without span is BadConfigurationError.

    Raises:
        DriverError: the link failed.
    """
    rows = len(items)
    numbered = [replace(item, tag_id=row) for row, item in enumerate(items)]
    values = np.full(rows, np.nan)
    statuses = np.full(rows, StatusCode.BadConfigurationError, np.uint32)
    source_ns = np.full(rows, clock.now_ns(), np.int64)
    extras: dict[int, Value] = {}
    async for part in read_blocks(plan(spans_of(numbered)), fetch, clock):
        at = part.tag_ids
        values[at] = part.values
        statuses[at] = part.statuses
        source_ns[at] = part.source_ns
        extras.update((int(at[row]), value) for row, value in part.extras.items())
    tag_ids = np.fromiter((item.tag_id for item in items), np.int32, rows)
    return Batch(tag_ids, values, statuses, source_ns, clock.now_ns(), extras)
