"""The schedule of polls, the order of requests, and what happens to places that a device refuses."""

import asyncio
from collections.abc import Sequence

import pytest

from tags.addresses import modbus
from tags.clock import SystemClock
from tags.drivers.base import DriverError, DriverFault, Item
from tags.drivers.block_plan import plan
from tags.drivers.blocks import Block
from tags.drivers.modbus_plan import Limits, spans
from tags.drivers.polling import Answer, BlockRefusedError, Poller, PriorityGate, one_by_one, read_items
from tags.model import DataType
from tags.status import StatusCode
from tests.support import virtual_time
from tests.support.patience import PATIENCE_S
from tests.support.sinks import RecordingSink


def items(*offsets: int, period_ms: int = 20) -> list[Item]:
    return [
        Item(number, modbus.parse(f"HR{offset}", DataType.INT16), DataType.INT16, period_ms)
        for number, offset in enumerate(offsets)
    ]


def blocks(*offsets: int, limits: Limits = Limits()) -> list[Block]:  # noqa: B008 - frozen
    return plan(spans(items(*offsets), limits))


class Memory:
    """Registers that hold their own number; some are holes."""

    def __init__(self, *holes: int) -> None:
        self.holes = set(holes)
        self.requests: list[tuple[int, int]] = []
        self.delay_s = 0.0
        self.failure: DriverError | None = None

    async def fetch(self, block: Block) -> bytes:
        await asyncio.sleep(self.delay_s)
        self.requests.append((block.start, block.count))
        if self.failure is not None:
            raise self.failure
        places = range(block.start, block.start + block.count)
        if self.holes & set(places):
            raise BlockRefusedError(StatusCode.BadConfigurationError, divisible=True)
        return b"".join(place.to_bytes(2, "big") for place in places)


async def test_holes_are_found_once_and_asked_for_again_later():
    memory, sink = Memory(3, 11), RecordingSink()
    poller = Poller(one_by_one(memory.fetch), SystemClock(), retry_refused_s=0.2)
    task = asyncio.create_task(poller.run({20: blocks(*range(16))}, sink))
    await sink.until(lambda: len(sink.samples) == 16 and len(sink.samples[0]) >= 3)
    assert {tag for tag in sink.samples if sink.status(tag) != StatusCode.Good} == {3, 11}
    assert all(sink.value(tag) == tag for tag in sink.samples if tag not in (3, 11))
    assert poller.refused_tags == 2
    assert len(sink.samples[3]) >= 3
    asked = memory.requests.count((3, 1))
    assert asked == 1
    memory.holes.clear()
    await sink.until(lambda: sink.status(3) == StatusCode.Good and sink.status(11) == StatusCode.Good)
    assert poller.refused_tags == 0
    task.cancel()


async def test_a_hole_in_a_gap_costs_no_tag():
    memory, sink = Memory(5), RecordingSink()
    poller = Poller(one_by_one(memory.fetch), SystemClock())
    task = asyncio.create_task(poller.run({20: blocks(0, 10)}, sink))
    await sink.until(lambda: len(sink.samples) == 2)
    assert [sink.status(0), sink.status(1)] == [StatusCode.Good] * 2
    memory.requests.clear()
    await sink.until(lambda: len(sink.samples[0]) >= 4)
    assert set(memory.requests) == {(0, 1), (10, 1)}
    task.cancel()


async def test_blocks_share_requests_and_a_hole_is_split_out_of_its_own() -> None:
    memory, sink = Memory(11), RecordingSink()
    requests: list[list[int]] = []

    async def fetch(blocks: Sequence[Block]) -> Sequence[Answer]:
        requests.append([block.start for block in blocks])
        return await one_by_one(memory.fetch)(blocks)

    def in_pairs(blocks: Sequence[Block]) -> list[Sequence[Block]]:
        return [blocks[at : at + 2] for at in range(0, len(blocks), 2)]

    poller = Poller(fetch, SystemClock(), pack=in_pairs)
    task = asyncio.create_task(
        poller.run({20: blocks(0, 10, 11, 12, 40, limits=Limits(gap_registers=4))}, sink)
    )
    await sink.until(lambda: len(sink.samples) == 5)
    assert requests[0] == [0, 10]
    assert [sink.status(tag) for tag in range(5)] == [0, 0, StatusCode.BadConfigurationError, 0, 0]
    await sink.until(lambda: len(sink.samples[4]) >= 3)
    assert {len(request) for request in requests[-2:]} == {2}
    assert poller.plan() == "4 tags in 2 requests, 100 % of bytes used, 1 refused by the device"
    task.cancel()


async def test_a_refusal_of_the_moment_keeps_the_block_whole():
    memory, sink = Memory(), RecordingSink()

    async def busy(block: Block) -> bytes:
        if len(memory.requests) < 3:
            memory.requests.append((0, 0))
            raise BlockRefusedError(StatusCode.BadResourceUnavailable, divisible=False)
        return await memory.fetch(block)

    poller = Poller(one_by_one(busy), SystemClock())
    task = asyncio.create_task(poller.run({20: blocks(0, 1, 2)}, sink))
    await sink.until(lambda: 0 in sink.samples and sink.status(0) == StatusCode.Good)
    assert [sample[1] for sample in sink.samples[2][:3]] == [StatusCode.BadResourceUnavailable] * 3
    assert [block.count for block in poller.blocks] == [3]
    task.cancel()


def polled(period_ms: int, delay_s: float, times: int) -> tuple[float, int]:
    """Return how many seconds so many polls take in virtual time, and how many were missed."""

    async def poll() -> tuple[float, int]:
        memory, sink = Memory(), RecordingSink()
        memory.delay_s = delay_s
        poller = Poller(one_by_one(memory.fetch), SystemClock())
        task = asyncio.create_task(poller.run({period_ms: blocks(0)}, sink))
        await sink.until(lambda: len(sink.batches) >= times)
        task.cancel()
        return asyncio.get_running_loop().time(), poller.overruns

    return virtual_time.run(poll())


def test_a_slow_device_skips_polls_and_never_overlaps_them():
    # Each poll ends 50 ms after it began, and the next one begins with the next period of 20 ms.
    assert polled(20, 0.05, 5) == (pytest.approx(4 * 0.06 + 0.05), 5 * 2)


def test_polls_keep_their_rate():
    assert polled(25, 0.01, 21) == (pytest.approx(20 * 0.025 + 0.01), 0)


async def test_the_first_failure_of_the_link_ends_all_periods():
    memory, sink = Memory(), RecordingSink()
    poller = Poller(one_by_one(memory.fetch), SystemClock())
    task = asyncio.create_task(poller.run({20: blocks(0), 30: blocks(5)}, sink))
    await sink.until(lambda: len(sink.batches) >= 4)
    memory.failure = DriverError(DriverFault.LOST, "gone")
    with pytest.raises(DriverError, match="gone"):
        await task


async def test_read_items_keeps_order_and_repeats():
    memory = Memory(7)
    wanted = [*items(9, 7, 3), Item(0, modbus.parse("HR9", DataType.UINT16), DataType.UINT16, 100)]
    batch = await read_items(
        wanted, lambda some: plan(spans(some, Limits())), one_by_one(memory.fetch), SystemClock()
    )
    assert batch.tag_ids.tolist() == [0, 1, 2, 0]
    assert [batch.value_at(row) for row in range(4)] == [9, None, 3, 9]
    assert int(batch.statuses[1]) == StatusCode.BadConfigurationError


async def test_writes_pass_waiting_reads():
    gate, order = PriorityGate(), []

    async def use(name: str, urgent: bool) -> None:
        async with gate.turn(urgent=urgent):
            order.append(name)
            await asyncio.sleep(0.001)

    first = asyncio.create_task(use("running", False))
    await asyncio.sleep(0)
    others = [asyncio.create_task(use(f"read {number}", False)) for number in range(3)]
    await asyncio.sleep(0)
    writes = [asyncio.create_task(use(f"write {number}", True)) for number in range(2)]
    await asyncio.gather(first, *others, *writes)
    assert order == ["running", "write 0", "write 1", "read 0", "read 1", "read 2"]


async def test_a_cancelled_waiter_passes_its_turn_on():
    gate, order = PriorityGate(), []

    async def use(name: str) -> None:
        async with gate.turn():
            order.append(name)
            await asyncio.sleep(0.01)

    first = asyncio.create_task(use("first"))
    await asyncio.sleep(0)
    second, third = asyncio.create_task(use("second")), asyncio.create_task(use("third"))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(first, third)
    assert order == ["first", "third"]
    # The turn is given in the same moment in which its waiter is cancelled.
    first, second, third = (asyncio.create_task(use(name)) for name in ("a", "b", "c"))
    await asyncio.sleep(0)
    await first
    second.cancel()
    await asyncio.gather(third, return_exceptions=True)
    assert order[-1] == "c"
    async with asyncio.timeout(PATIENCE_S), gate.turn():
        order.append("free")
