"""Acquisition: all connections of a station, the calculated tags, and the watch over the values' age."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tags.calculation import CalculatedTags
from tags.clock import NS_PER_MS, NS_PER_S, Clock
from tags.conditions import ConditionSink
from tags.connection import Connection, ConnectionPolicy, ConnectionStatus
from tags.database import TagDatabase
from tags.drivers import catalogue
from tags.drivers.base import Driver, DriverError, DriverFault, DriverOptions, ItemFacts
from tags.errors import ValueRefusedError
from tags.model import (
    Batch,
    DataType,
    Tag,
    TagTable,
    Value,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)
from tags.status import StatusCode, is_bad, name
from tags.writing import checked_value, refusal_status, refused, shown_value

_log = logging.getLogger(__name__)

_SWEEP_LEAST_MS: Final = 25
_SWEEP_MOST_MS: Final = 250
_GRACE_NS: Final = 250 * NS_PER_MS
"""How long drivers get to catch up when the loop itself was held up."""
_REPORT_NS: Final = NS_PER_S
"""Distance of the reports of each connection's counters."""


class ConnectionSettings(Protocol):
    """Configure one connection, as a project does."""

    @property
    def driver(self) -> str:
        """Return the driver's name in the catalogue."""
        ...

    @property
    def options(self) -> DriverOptions:
        """Return the validated options."""
        ...

    @property
    def enabled(self) -> bool:
        """Tell whether it is switched on."""
        ...


class Acquisition:
    """Run all connections and the calculated tags, and keep the tag database true. Station loop only.

    Each batch of a driver goes through the database, then through the calculated tags, and comes out as one
    batch of accepted changes to ``on_batch`` in the same call; nothing in between waits. ``on_connection``
    gets every change of a connection's state at once and its counters once a second. Samples that came out of
    order go to ``on_late`` (for history), never to ``on_batch``.

    A tag with neither connection nor expression lives in the station itself: it starts at zero (or as an
    empty text) with UncertainInitialValue and takes writes at once. A tag with a fault in its definition is
    BadConfigurationError for good. ``connection_faults`` says by name what is wrong with connections that
    cannot be made: they fail at once, the others run. ``conditions`` gives what takes the alarms that the
    device of a connection reports itself. ``on_facts`` gets what devices say about tags, by id.

    Raises:
        ExpressionError: calculated tags do not compile or depend on themselves.
    """

    def __init__(
        self,
        tags: TagTable,
        connections: Mapping[str, ConnectionSettings],
        database: TagDatabase,
        clock: Clock,
        on_batch: Callable[[Batch], None],
        on_connection: Callable[[ConnectionStatus], None],
        *,
        on_late: Callable[[Batch], None] | None = None,
        keep_all: Collection[int] = (),
        create_driver: Callable[[str, DriverOptions, Clock], Driver] | None = None,
        policy: ConnectionPolicy | None = None,
        connection_faults: Mapping[str, str] | None = None,
        conditions: Callable[[str], ConditionSink] | None = None,
        on_facts: Callable[[Mapping[int, ItemFacts]], None] | None = None,
    ) -> None:
        self._tags = tags
        self._database = database
        self._clock = clock
        self._on_batch = on_batch
        self._on_connection = on_connection
        self._on_late = on_late
        self._calculated = CalculatedTags(tags)
        self._create_driver = create_driver or _create_driver
        self._connection_faults = connection_faults or {}
        self._conditions = conditions
        self._on_facts = on_facts
        self._connections = {
            connection_name: self._connection(connection_name, settings, frozenset(keep_all), policy)
            for connection_name, settings in connections.items()
        }
        periods = [tag.period_ms for tag in tags if tag.connection is not None]
        quarter_ms = min(periods, default=4 * _SWEEP_MOST_MS) // 4
        self._sweep_ns = min(max(quarter_ms, _SWEEP_LEAST_MS), _SWEEP_MOST_MS) * NS_PER_MS
        self._swept_ns = clock.monotonic_ns()
        self._grace_until_ns = 0
        self._reported_ns = clock.monotonic_ns()
        self._task: asyncio.Task[None] | None = None

    def _connection(
        self,
        connection_name: str,
        settings: ConnectionSettings,
        keep_all: Collection[int],
        policy: ConnectionPolicy | None,
    ) -> Connection:
        return Connection(
            connection_name,
            settings.driver,
            lambda: self._create_driver(settings.driver, settings.options, self._clock),
            [tag for tag in self._tags if tag.connection == connection_name],
            self,
            self._clock,
            enabled=settings.enabled,
            keep_all=keep_all,
            policy=policy,
            fault=self._connection_faults.get(connection_name, ""),
            conditions=None if self._conditions is None else self._conditions(connection_name),
        )

    @property
    def connections(self) -> Mapping[str, Connection]:
        """Return the connections by name."""
        return self._connections

    def statuses(self) -> list[ConnectionStatus]:
        """Return the state and counters of all connections."""
        return [connection.status() for connection in self._connections.values()]

    def start(self) -> None:
        """Give memory and calculated tags their first values, then start all connections."""
        now_ns = self._clock.now_ns()
        initial = [
            (tag.id, _zero(tag.data_type), int(StatusCode.UncertainInitialValue), now_ns)
            for tag in self._tags
            if tag.connection is None and tag.expression is None and not tag.fault
        ]
        first = self._database.apply_eu(Batch.of(initial, now_ns))
        faulty = np.array([tag.id for tag in self._tags if tag.fault], np.int32)
        # They are bad from the start on; alarms on bad quality and history learn it here.
        marked = Batch.marking(faulty, int(StatusCode.BadConfigurationError), now_ns)
        calculated = self._calculated.evaluate_all(self._database, self._clock)
        self._emit(Batch.concatenate([first, marked, calculated]))
        for connection in self._connections.values():
            connection.start()
        self._swept_ns = self._clock.monotonic_ns()
        self._task = asyncio.create_task(self._sweep_for_ever(), name="staleness sweep")

    async def stop(self) -> None:
        """Stop everything and leave no task; safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await asyncio.gather(*(connection.stop() for connection in self._connections.values()))

    async def write(self, request: WriteRequest) -> WriteResult:
        """Carry out a write, wherever the tag lives; raises nothing (see :class:`tags.writing.Writes`)."""
        tag = self._tags.find(request.path)
        now_ns = self._clock.now_ns()
        if tag is None:
            return refused(
                request,
                int(StatusCode.BadNodeIdUnknown),
                f"No tag has the path {request.path!r}.",
                None,
                now_ns,
            )
        try:
            value = checked_value(tag, request.value)
        except ValueRefusedError as error:
            old = self._database.value(tag.id)
            return refused(request, refusal_status(tag, request.value), str(error), old, now_ns)
        if tag.connection is None:
            return self._write_memory(tag, value, request, now_ns)
        return await self._connections[tag.connection].write(tag, value, request)

    def _write_memory(self, tag: Tag, value: Value, request: WriteRequest, now_ns: int) -> WriteResult:
        old = self._database.value(tag.id)
        changed = self._database.apply_eu(Batch.of([(tag.id, value, int(StatusCode.Good), now_ns)], now_ns))
        self._step(changed)
        held = self._database.value(tag.id)
        return WriteResult(
            request,
            WriteOutcome.CONFIRMED,
            int(StatusCode.Good),
            f"The station holds {shown_value(tag, value)}.",
            old,
            held,
            tuple((step, now_ns) for step in WriteStep),
        )

    def publish(self, samples: Batch) -> None:
        """Take engineering values that the station computes for station tags, such as its own figures."""
        self._step(self._database.apply_eu(samples))

    # What connections bring (tags.connection.Feed)

    def deliver(self, raw: Batch, age_ns: int = 0) -> None:
        """Take raw samples of a driver that may be ``age_ns`` old already."""
        self._step(self._database.apply(raw, age_ns))
        late = self._database.take_late()
        if late is not None and self._on_late is not None:
            self._on_late(late)

    def mark(self, tag_ids: NDArray[np.int32], status: int) -> None:
        """Stamp tags whose device is out of reach, all in one batch."""
        self._step(self._database.mark(tag_ids, status, self._clock.now_ns()))

    def confirm(self, tag_ids: NDArray[np.int32], age_ns: int = 0) -> None:
        """Note that the device confirmed these tags ``age_ns`` ago."""
        self._step(self._database.confirmed(tag_ids, self._clock.monotonic_ns(), age_ns))

    def current(self, tag_id: int) -> Value | None:
        """Return a tag's present value in engineering units."""
        return self._database.value(tag_id)

    def connection_changed(self, status: ConnectionStatus) -> None:
        """Take a connection's new state."""
        self._on_connection(status)

    def described(self, facts: Mapping[int, ItemFacts]) -> None:
        """Take what a device says about tags."""
        if self._on_facts is not None and facts:
            self._on_facts(facts)

    def _step(self, changed: Batch) -> None:
        if len(changed):
            calculated = self._calculated.update(changed.tag_ids, self._database, self._clock)
            self._emit(Batch.concatenate([changed, calculated]) if len(calculated) else changed)

    def _emit(self, batch: Batch) -> None:
        if len(batch):
            self._on_batch(batch)

    # The watch over age

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_ns / NS_PER_S)
            try:
                self.sweep()
            except Exception:  # noqa: BLE001 - a receiver's bug must not end the watch: values would stay good
                _log.exception("the watch over the age of values failed once")

    def sweep(self) -> None:
        """Make values uncertain and then bad that their device no longer confirms, and review connections.

        Called by the station's own task every quarter of the shortest period (25 to 250 ms). When it is
        called late, the loop was held up and drivers could not deliver: it judges nothing for the next
        250 ms, once, so that good data do not flicker.
        """
        now_ns = self._clock.monotonic_ns()
        late_ns = now_ns - self._swept_ns - self._sweep_ns
        was_in_grace = self._swept_ns < self._grace_until_ns
        self._swept_ns = now_ns
        if late_ns > self._sweep_ns and not was_in_grace:
            self._grace_until_ns = now_ns + _GRACE_NS
        if now_ns >= self._grace_until_ns:
            self._age(now_ns)
        self._review(now_ns)

    def _age(self, now_ns: int) -> None:
        uncertain, bad = self._database.stale(now_ns, self._sweep_ns)
        if not len(uncertain) and not len(bad):
            return
        utc_ns = self._clock.now_ns()
        last_usable = int(StatusCode.UncertainNoCommunicationLastUsableValue)
        aged = [
            self._database.age(uncertain, last_usable, utc_ns),
            self._database.age(bad, int(StatusCode.BadNoCommunication), utc_ns),
        ]
        self._step(Batch.concatenate(aged))

    def _review(self, now_ns: int) -> None:
        for connection in self._connections.values():
            ids = connection.tag_ids
            statuses = self._database.statuses[ids]
            failing = (statuses >= np.uint32(StatusCode.Bad)) | (
                statuses == np.uint32(StatusCode.UncertainNoCommunicationLastUsableValue)
            )
            example = ""
            rows = np.flatnonzero(failing)
            if len(rows):
                first = int(rows[0])
                example = f"{self._tags[int(ids[first])].path} ({name(int(statuses[first]))})"
            bad = sum(is_bad(int(statuses[row])) for row in rows)
            connection.review(bad, len(rows) - bad, example)
        if now_ns - self._reported_ns >= _REPORT_NS:
            self._reported_ns = now_ns
            for connection in self._connections.values():
                self._on_connection(connection.status())


def _create_driver(driver_name: str, options: DriverOptions, clock: Clock) -> Driver:
    info = catalogue.drivers().get(driver_name)
    if info is None:
        raise DriverError(DriverFault.CONFIGURATION, f"there is no driver {driver_name!r}")
    return catalogue.create(info, options, clock)


def _zero(data_type: DataType) -> Value:
    if data_type is DataType.STRING:
        return ""
    if data_type is DataType.BOOL:
        return False
    return 0.0 if data_type.is_float else 0
