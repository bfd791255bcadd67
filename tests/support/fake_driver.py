"""A scripted driver at the seam of tags.drivers.base: registers, failures and answers as a test orders."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tags.address import Address
from tags.clock import Clock
from tags.drivers.base import BrowseNode, Capabilities, DriverError, DriverFault, Item, Sink
from tags.model import Batch, DataType, Value
from tags.status import StatusCode


def address(text: str = "R0") -> Address:
    return Address(text)


@dataclass(frozen=True, slots=True)
class FakeSettings:
    """A connection's settings as acquisition wants them."""

    driver: str = "fake"
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    enabled: bool = True


class FakeDriver:
    """Hold registers by tag id; nothing happens by itself except what the test orders.

    ``connect_faults`` are raised one per connect, then connects succeed. ``on_write`` may change what a
    register takes. ``calls`` records method names in order.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.registers: dict[int, Value] = {}
        self.statuses: dict[int, int] = {}
        self.connect_faults: list[Exception] = []
        self.write_faults: list[Exception] = []
        self.read_faults: list[Exception] = []
        self.on_write: Callable[[int, Value], Value] | None = None
        self.write_delay_s = 0.0
        self.ping_hangs = False
        self.delivers_at_once = True
        self.calls: list[str] = []
        self.writes: list[tuple[int, Value]] = []
        self.items: Sequence[Item] = ()
        self.sink: Sink | None = None
        self._end: asyncio.Future[None] | None = None
        self.connected = asyncio.Event()

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(True, True, True, True, frozenset(DataType))

    async def connect(self) -> str:
        self.calls.append("connect")
        await asyncio.sleep(0)
        if self.connect_faults:
            raise self.connect_faults.pop(0)
        return "fake device"

    async def close(self) -> None:
        self.calls.append("close")
        self.connected.clear()

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:
        return []

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        self.calls.append("subscribe")
        self.items, self.sink = items, sink
        self._end = asyncio.get_running_loop().create_future()
        if self.delivers_at_once:
            self.deliver()
        self.connected.set()
        await self._end

    async def read(self, items: Sequence[Item]) -> Batch:
        self.calls.append("read")
        await asyncio.sleep(0)
        if self.read_faults:
            raise self.read_faults.pop(0)
        return Batch.of([self._sample(item.tag_id) for item in items], self.clock.now_ns())

    async def write(self, item: Item, value: Value) -> None:
        self.calls.append("write")
        self.writes.append((item.tag_id, value))
        await asyncio.sleep(self.write_delay_s)
        if self.write_faults:
            raise self.write_faults.pop(0)
        self.registers[item.tag_id] = value if self.on_write is None else self.on_write(item.tag_id, value)

    async def ping(self) -> None:
        self.calls.append("ping")
        if self.ping_hangs:
            await asyncio.Event().wait()

    def plan(self) -> str:
        return f"{len(self.items)} tags"

    # What a test orders

    def deliver(self, *tag_ids: int) -> None:
        """Deliver registers (all of them by default) as one batch."""
        assert self.sink is not None
        ids = tag_ids or [item.tag_id for item in self.items]
        self.sink.deliver(Batch.of([self._sample(tag_id) for tag_id in ids], self.clock.now_ns()))

    def lose(self, text: str = "the cable is cut", fault: DriverFault = DriverFault.LOST) -> None:
        """End the subscription as a lost link does."""
        assert self._end is not None
        self._end.set_exception(DriverError(fault, text))

    def break_down(self, error: Exception) -> None:
        """End the subscription with an exception that no driver should leak."""
        assert self._end is not None
        self._end.set_exception(error)

    def _sample(self, tag_id: int) -> tuple[int, Value | None, int, int]:
        status = self.statuses.get(tag_id, int(StatusCode.Good))
        value = None if status & 0x80000000 else self.registers.get(tag_id, 0)
        return tag_id, value, status, self.clock.now_ns()
