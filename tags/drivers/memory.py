"""The memory driver: named cells in this process, and the reference of how a driver behaves."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tags.addresses.memory import MemoryAddress
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
from tags.drivers.tasks import run_together
from tags.errors import ValueRefusedError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode

_CAPABILITIES = Capabilities(
    pushes=True, browses=True, writes=True, source_time=True, data_types=frozenset(DataType)
)
_FAULT_STATUSES = {
    DriverFault.LOST: StatusCode.BadNoCommunication,
    DriverFault.TIMEOUT: StatusCode.BadTimeout,
    DriverFault.ADDRESS: StatusCode.BadConfigurationError,
    DriverFault.REFUSED: StatusCode.BadUserAccessDenied,
    DriverFault.CONFIGURATION: StatusCode.BadConfigurationError,
    DriverFault.UNSUPPORTED: StatusCode.BadNotSupported,
}


@dataclass(frozen=True, slots=True)
class _Cell:
    value: Value | None
    status: int
    source_ns: int
    data_type: DataType | None = None


@dataclass(slots=True)
class _Subscriber:
    items: Sequence[Item]
    sink: Sink


def create(options: DriverOptions, clock: Clock) -> "MemoryDriver":
    """Make a memory driver with the options declared in the catalogue."""
    return MemoryDriver(options, clock)


class MemoryDriver:
    """Hold named cells; a cell that nobody has written yet reads as zero with UncertainInitialValue.

    Cells survive ``close`` and a later ``connect``, as a device's memory does. Event loop only.
    """

    def __init__(self, options: DriverOptions, clock: Clock) -> None:
        self._clock = clock
        self.latency_s = float(options.get("latency_ms", 0)) / 1000
        fault = str(options.get("fault", "none"))
        self._fault: DriverFault | None = None if fault == "none" else DriverFault(fault)
        self._faulty = asyncio.Event()
        self._cells: dict[str, _Cell] = {}
        self._read_only: set[str] = set()
        self._subscribers: list[_Subscriber] = []
        self._connected = False

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    # What a test or a model in the same process does with the cells.

    def set_value(
        self, name: str, value: Value | None, status: int = StatusCode.Good, source_ns: int = 0
    ) -> None:
        """Change a cell as the device would, and deliver it at once; ``source_ns`` 0 is now."""
        bad = bool(status & 0x80000000)
        old = self._cells.get(name)
        self._cells[name] = _Cell(
            None if bad else value,
            int(status),
            source_ns or self._clock.now_ns(),
            old.data_type if old else None,
        )
        self._push(name)

    def value(self, name: str) -> Value | None:
        """Return what a cell holds."""
        cell = self._cells.get(name)
        return cell.value if cell else None

    def protect(self, name: str) -> None:
        """Refuse writes to a cell from now on."""
        self._read_only.add(name)

    def fail(self, fault: DriverFault) -> None:
        """Let every request fail from now on, and a running subscription end."""
        self._fault = fault
        self._faulty.set()

    def recover(self) -> None:
        """Work again; the next ``connect`` succeeds."""
        self._fault = None
        self._faulty.clear()

    # Driver.

    async def connect(self) -> str:
        """Open the cells."""
        await self._answer()
        self._connected = True
        return "memory of this station"

    async def close(self) -> None:
        """Forget the subscriptions."""
        self._connected = False
        self._faulty.set()

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:
        """Return the cells that exist; there are no folders."""
        await self._request()
        if parent is not None:
            return []
        return [
            BrowseNode(name, name, cell.data_type, is_folder=False)
            for name, cell in sorted(self._cells.items())
        ]

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Deliver all cells at once, each at every change, and all of a period once in the period."""
        await self._request()
        subscriber = _Subscriber(items, sink)
        self._faulty.clear()
        self._subscribers.append(subscriber)
        try:
            sink.deliver(self._batch(items))
            jobs = [
                (f"memory {period_ms} ms", self._repeat(period_ms, subscriber))
                for period_ms in sorted({item.period_ms for item in items})
            ]
            await run_together([*jobs, ("memory fault", self._end())])
        finally:
            self._subscribers.remove(subscriber)

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the cells."""
        await self._request()
        return self._batch(items)

    async def write(self, item: Item, value: Value) -> None:
        """Write one cell and deliver it at once."""
        await self._request()
        name = _name(item)
        if name in self._read_only:
            raise DriverError(DriverFault.REFUSED, f"{name} is read-only", int(StatusCode.BadNotWritable))
        held = self.value(name)
        try:
            checked = item.data_type.check(value)
            if held is not None and isinstance(held, tuple) != isinstance(checked, tuple):
                wanted = "an array" if isinstance(held, tuple) else "one value"
                raise ValueRefusedError(f"{name}: expected {wanted}")
        except ValueRefusedError as error:
            raise DriverError(DriverFault.REFUSED, str(error), int(StatusCode.BadTypeMismatch)) from None
        self._cells[name] = _Cell(checked, int(StatusCode.Good), self._clock.now_ns(), item.data_type)
        self._push(name)

    async def ping(self) -> None:
        """Answer."""
        await self._request()

    def plan(self) -> str:
        """Return one line on the subscribed items."""
        return f"{sum(len(subscriber.items) for subscriber in self._subscribers)} tags in memory"

    async def _request(self) -> None:
        if not self._connected:
            raise DriverError(
                DriverFault.LOST, "the memory driver is not connected", int(StatusCode.BadNotConnected)
            )
        await self._answer()

    async def _answer(self) -> None:
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        self._raise_fault()

    def _raise_fault(self) -> None:
        if self._fault is not None:
            raise DriverError(
                self._fault,
                f"the memory driver was told to fail: {self._fault}",
                int(_FAULT_STATUSES[self._fault]),
            )

    async def _end(self) -> None:
        await self._faulty.wait()
        self._raise_fault()
        raise DriverError(DriverFault.LOST, "the memory driver was closed", int(StatusCode.BadNotConnected))

    async def _repeat(self, period_ms: int, subscriber: _Subscriber) -> None:
        members = [item for item in subscriber.items if item.period_ms == period_ms]
        while True:
            await asyncio.sleep(max(period_ms, 1) / 1000)
            subscriber.sink.deliver(self._batch(members))

    def _push(self, name: str) -> None:
        for subscriber in self._subscribers:
            members = [
                item
                for item in subscriber.items
                if isinstance(item.address, MemoryAddress) and item.address.name == name
            ]
            if members:
                subscriber.sink.deliver(self._batch(members))

    def _batch(self, items: Sequence[Item]) -> Batch:
        return Batch.of([self._sample(item) for item in items], self._clock.now_ns())

    def _sample(self, item: Item) -> tuple[int, Value | None, int, int]:
        if not isinstance(item.address, MemoryAddress):
            return item.tag_id, None, int(StatusCode.BadConfigurationError), self._clock.now_ns()
        cell = self._cells.get(_name(item))
        if cell is None:
            cell = _Cell(_zero(item.data_type), int(StatusCode.UncertainInitialValue), self._clock.now_ns())
            self._cells[_name(item)] = _Cell(cell.value, cell.status, cell.source_ns, item.data_type)
        return item.tag_id, cell.value, cell.status, cell.source_ns


def _zero(data_type: DataType) -> Value:
    if data_type is DataType.STRING:
        return ""
    if data_type is DataType.BOOL:
        return False
    return 0.0 if data_type.is_float else 0


def _name(item: Item) -> str:
    if not isinstance(item.address, MemoryAddress):
        raise DriverError(
            DriverFault.ADDRESS,
            f"{item.address.text!r} is no memory cell",
            int(StatusCode.BadConfigurationError),
        )
    return item.address.name
