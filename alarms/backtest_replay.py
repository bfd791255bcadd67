"""Feed stored samples, connection losses and operators' actions to the very engine that runs a station.

The engine is the station's own :class:`alarms.manager.AlarmManager` with a held clock; nothing here knows how
a condition works. A sample counts as received at its source time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from alarms.backtest_scan import SCANNED, SampleReader, Samples, decisive
from alarms.conditions import NOT_FROM_TAGS, Conditions
from alarms.manager import MAX_SHELVE_SUPERVISOR_NS, AlarmManager
from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, AlarmType, Transition
from alarms.state import Variables
from alarms.suppression import RECOVERY_NS, InputSource
from alarms.table import Shelving
from tags.clock import NS_PER_MS, ManualClock
from tags.expression import compile_expression
from tags.model import Batch, TagTable, Value

BATCH_ROWS: Final = 50_000
_BY_OPERATOR: Final = frozenset(
    (
        Transition.ACKNOWLEDGED,
        Transition.RESET,
        Transition.RESET_REFUSED,
        Transition.SHELVED,
        Transition.UNSHELVED,
        Transition.REMOVED_FROM_SERVICE,
        Transition.RETURNED_TO_SERVICE,
    )
)
_SIDES: Final[tuple[Literal["left"], Literal["right"]]] = ("left", "right")
_CLOCK, _CONNECTIONS, _PEOPLE = range(3)
"""What comes first in one moment, as on a station: the clock, the connections, samples, then people."""


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """Tell that a connection was lost or came back, as the station told its engine."""

    name: str
    is_lost: bool
    at_ns: int
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """Hold samples to feed as columns of equal length, in the order of ``order_ns`` (UTC nanoseconds).

    ``is_hold`` marks values fed once more at the end of a delay; they come before samples of the same moment.
    """

    order_ns: NDArray[np.int64]
    tag_ids: NDArray[np.int32]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]
    source_ns: NDArray[np.int64]
    is_hold: NDArray[np.bool_]
    extras: Mapping[int, Value]

    def __len__(self) -> int:
        return len(self.order_ns)

    def place(self, at_ns: int, *, is_after_samples: bool) -> int:
        """Return how many rows come before something that happens at ``at_ns``: holds do, samples may."""
        start, end = (int(np.searchsorted(self.order_ns, at_ns, side=side)) for side in _SIDES)
        return end if is_after_samples else start + int(np.count_nonzero(self.is_hold[start:end]))

    def batch(self, start: int, end: int) -> Batch:
        """Return some rows as the batch that the engine takes."""
        extras = {row - start: value for row, value in self.extras.items() if start <= row < end}
        return Batch(
            self.tag_ids[start:end],
            self.values[start:end],
            self.statuses[start:end],
            self.source_ns[start:end],
            int(self.order_ns[end - 1]),
            extras,
        )


@dataclass(frozen=True, slots=True)
class Watched:
    """Tell what a set of definitions wants of one tag.

    ``is_clocked``: another alarm's delay runs on its samples. The ticking clock then ends all its delays,
    and what stands for the silence of a scanned alarm would be a sample that the other one never had.
    """

    definitions: tuple[AlarmDefinition, ...]
    is_every_change_read: bool
    is_every_sample_read: bool
    is_clocked: bool


def is_stepwise(definition: AlarmDefinition) -> bool:
    """Tell whether the passing of time itself moves the alarm, so that the clock must tick between samples.

    The delays of conditions on one tag do not count: they are known from the samples.
    """
    if definition.realarm_ns or definition.auto_ack_ns:
        return True
    if definition.type in (AlarmType.RATE_OF_CHANGE, AlarmType.STALE):
        return True
    return definition.type not in (*SCANNED, *NOT_FROM_TAGS) and _has_delay(definition)


def _has_delay(definition: AlarmDefinition) -> bool:
    return bool(definition.on_delay_ns or definition.off_delay_ns or definition.count > 1)


def watched_tags(definitions: Iterable[AlarmDefinition]) -> dict[str, Watched]:
    """Return the paths of all tags that the definitions look at, and what for."""
    own: dict[str, list[AlarmDefinition]] = {}
    changes: set[str] = set()
    samples: set[str] = set()
    clocked: set[str] = set()
    for definition in definitions:
        text = definition.suppression_expression.strip()
        if text:
            changes.update(compile_expression(text).paths)
        if definition.type in SCANNED:
            own.setdefault(definition.tag, []).append(definition)
        elif definition.type is AlarmType.EXPRESSION:
            paths = compile_expression(definition.expression).paths
            (samples if _has_delay(definition) else changes).update(paths)
            if is_stepwise(definition):
                clocked.update(paths)
        elif definition.type not in NOT_FROM_TAGS:
            paths = tuple(filter(None, (definition.tag, definition.setpoint_tag)))
            samples.update(paths)
            if is_stepwise(definition):
                clocked.update(paths)
    return {
        path: Watched(tuple(own.get(path, ())), path in changes, path in samples, path in clocked)
        for path in sorted(own.keys() | changes | samples)
    }


def gather(
    reader: SampleReader,
    tags: TagTable,
    definitions: Sequence[AlarmDefinition],
    start_ns: int,
    end_ns: int,
    on_progress: Callable[[float], None] = lambda _: None,
) -> tuple[Feed, int]:
    """Return the decisive samples of all tags, and how many samples were looked at.

    Tags are read one after the other, so that only one tag's history is in memory. The last sample before the
    period is the state to begin with.
    """
    watched = watched_tags(definitions)
    parts: list[Feed] = []
    looked_at = 0
    for place, (path, wants) in enumerate(watched.items()):
        samples = reader.raw(path, start_ns, end_ns, bounds=True)
        tag = tags.by_path(path)
        part, seen = _part(samples, tag.id, tag.period_ms * NS_PER_MS, wants, end_ns)
        looked_at += seen
        parts.append(part)
        on_progress((place + 1) / len(watched))
    return _merge(parts), looked_at


def _part(samples: Samples, tag_id: int, settle_ns: int, wants: Watched, end_ns: int) -> tuple[Feed, int]:
    found = decisive(
        samples, wants.definitions, settle_ns, end_ns, is_every_change_read=wants.is_every_change_read
    )
    if wants.is_every_sample_read:
        found = replace(found, rows=np.arange(len(samples.source_ns)))
    if wants.is_clocked:
        found = replace(found, hold_due_ns=found.hold_due_ns[:0], hold_source_ns=found.hold_source_ns[:0])
    inside = int(np.searchsorted(samples.source_ns, end_ns, side="left"))
    rows = found.rows[found.rows < inside]
    held = np.searchsorted(samples.source_ns, found.hold_due_ns, side="left") - 1
    order_ns = np.concatenate([found.hold_due_ns, samples.source_ns[rows]])
    is_hold = np.arange(len(order_ns)) < len(held)
    chosen = np.concatenate([held, rows])
    source_ns = np.concatenate([found.hold_source_ns, samples.source_ns[rows]])
    order = np.argsort(order_ns, kind="stable")
    chosen = chosen[order]
    extras = {}
    if samples.extras:
        extras = {
            place: samples.extras[row] for place, row in enumerate(chosen.tolist()) if row in samples.extras
        }
    return (
        Feed(
            order_ns[order],
            np.full(len(chosen), tag_id, np.int32),
            samples.values[chosen],
            samples.statuses[chosen],
            source_ns[order],
            is_hold[order],
            extras,
        ),
        inside,
    )


def _merge(parts: Sequence[Feed]) -> Feed:
    if not parts:
        return Feed(
            np.empty(0, np.int64),
            np.empty(0, np.int32),
            np.empty(0),
            np.empty(0, np.uint32),
            np.empty(0, np.int64),
            np.empty(0, np.bool_),
            {},
        )
    order_ns = np.concatenate([part.order_ns for part in parts])
    is_hold = np.concatenate([part.is_hold for part in parts])
    order = np.lexsort((~is_hold, order_ns))
    extras: dict[int, Value] = {}
    if any(part.extras for part in parts):
        place = np.empty(len(order), np.intp)
        place[order] = np.arange(len(order))
        offset = 0
        for part in parts:
            extras.update((int(place[offset + row]), value) for row, value in part.extras.items())
            offset += len(part)
    return Feed(
        order_ns[order],
        np.concatenate([part.tag_ids for part in parts])[order],
        np.concatenate([part.values for part in parts])[order],
        np.concatenate([part.statuses for part in parts])[order],
        np.concatenate([part.source_ns for part in parts])[order],
        is_hold[order],
        extras,
    )


class Replay:
    """Run one engine over a feed and keep its journal.

    Ids of events count up, so that the same feed gives the same journal. With ``has_ticks`` the samples are
    fed moment by moment and the clock ticks in between, as some kinds of alarms need (:func:`is_stepwise`);
    without, in large batches.

    Raises:
        AlarmError: a definition cannot run.
    """

    def __init__(
        self,
        definitions: Sequence[AlarmDefinition],
        tags: TagTable,
        connections: Sequence[str],
        start_ns: int,
        *,
        has_ticks: bool = False,
    ) -> None:
        numbers = count(1)
        self.events: list[AlarmEvent] = []
        self._event_ids: dict[str, str] = {}
        self._clock = ManualClock(start_ns)
        self._manager = AlarmManager(
            definitions,
            tags,
            connections,
            self._clock,
            self._take,
            InputSource(tags),
            new_id=lambda: f"{next(numbers):032x}",
        )
        # A second set of conditions tells when the engine's clock has something to do.
        self._conditions = Conditions(self._manager.definitions, tags) if has_ticks else None
        self._timers: list[int] = []
        self._waits_ns = {item.alarm_id: (item.realarm_ns, item.auto_ack_ns) for item in definitions}
        self._manager.restore([], 0)

    def _take(self, events: list[AlarmEvent], rows: list[AlarmSnapshot], removed: list[str]) -> None:
        self.events += events
        for event in events:
            # When time alone may move this alarm next; a tick too many does no harm.
            for wait_ns in self._waits_ns.get(event.alarm_id, ()):
                if wait_ns:
                    heappush(self._timers, event.source_ns + wait_ns)
        self._event_ids.update((row.alarm_id, row.event_id) for row in rows)
        for alarm_id in removed:
            self._event_ids.pop(alarm_id, None)

    def run(
        self,
        feed: Feed,
        changes: Sequence[ConnectionChange] = (),
        operations: Sequence[AlarmEvent] = (),
        end_ns: int | None = None,
    ) -> list[AlarmEvent]:
        """Feed everything in the order of time and return the journal.

        ``operations`` are events of a live journal; those of people are done again. Acknowledging what is not
        there, as with changed limits, does nothing.
        """
        steps: list[tuple[int, int, Callable[[], None]]] = []
        for change in changes:
            steps.append((change.at_ns, _CONNECTIONS, self._connection(change)))
            if not change.is_lost:
                steps.append(self._tick(change.at_ns + RECOVERY_NS))
        for event in operations:
            if event.user and event.transition in _BY_OPERATOR:
                steps.append((event.source_ns, _PEOPLE, self._operation(event)))
                if event.transition is Transition.SHELVED:
                    steps.append(self._tick(event.shelved_until_ns))
        steps.sort(key=lambda step: step[:2])
        place = 0
        for at_ns, rank, act in steps:
            if end_ns is not None and at_ns >= end_ns:
                break
            until = feed.place(at_ns, is_after_samples=rank == _PEOPLE)
            self._process(feed, place, until)
            place = max(place, until)
            if self._conditions is not None:
                self._pass_time(at_ns, self._conditions)
            self._clock.set_now_ns(at_ns)
            act()
        self._process(feed, place, len(feed))
        if self._conditions is not None and end_ns is not None:
            self._pass_time(end_ns - 1, self._conditions)
        return self.events

    def _process(self, feed: Feed, start: int, end: int) -> None:
        if self._conditions is not None:
            self._step(feed, start, end, self._conditions)
            return
        for begin in range(start, end, BATCH_ROWS):
            self._feed(feed.batch(begin, min(begin + BATCH_ROWS, end)))

    def _feed(self, batch: Batch) -> None:
        self._clock.set_now_ns(batch.receive_ns)
        self._manager.process(batch)

    def _step(self, feed: Feed, start: int, end: int, conditions: Conditions) -> None:
        moments = start + np.flatnonzero(np.diff(feed.order_ns[start:end], prepend=-1))
        for begin, stop in pairwise((*moments.tolist(), end)):
            batch = feed.batch(begin, stop)
            self._pass_time(batch.receive_ns, conditions)
            conditions.evaluate(batch)
            self._feed(batch)

    def _pass_time(self, until_ns: int, conditions: Conditions) -> None:
        """Let the clock tick whenever a condition or a timer waits for it, and at ``until_ns``."""
        at_ns = -1
        while at_ns < until_ns:
            waiting = [until_ns, *self._timers[:1]]
            due_ns = conditions.next_due_ns()
            if due_ns is not None:
                waiting.append(max(due_ns, at_ns))
            at_ns = min(waiting)
            while self._timers and self._timers[0] <= at_ns:
                heappop(self._timers)
            conditions.tick(at_ns)
            self._clock.set_now_ns(at_ns)
            self._manager.tick(at_ns)

    def _tick(self, at_ns: int) -> tuple[int, int, Callable[[], None]]:
        return at_ns, _CLOCK, lambda: self._manager.tick(at_ns)

    def _connection(self, change: ConnectionChange) -> Callable[[], None]:
        return lambda: self._manager.connection_changed(
            change.name, change.is_lost, change.at_ns, change.text
        )

    def _operation(self, event: AlarmEvent) -> Callable[[], None]:
        return lambda: self._repeat(event)

    def _repeat(self, event: AlarmEvent) -> None:
        manager, ids = self._manager, [event.alarm_id]
        who = (event.user, event.workstation, event.comment, event.source_ns)
        transition = event.transition
        if transition is Transition.ACKNOWLEDGED:
            shown = self._event_ids.get(event.alarm_id)
            if shown is not None:
                manager.acknowledge([shown], *who)
        elif transition in (Transition.RESET, Transition.RESET_REFUSED):
            manager.reset(ids, *who)
        elif transition is Transition.SHELVED:
            time_ns = event.shelved_until_ns - event.source_ns
            is_one_shot = Variables.from_flags(event.flags).shelving is Shelving.ONE_SHOT
            duration_ns = None if is_one_shot else time_ns
            limit_ns = time_ns if is_one_shot else MAX_SHELVE_SUPERVISOR_NS
            manager.shelve(ids, duration_ns, *who, limit_ns=limit_ns)
        elif transition is Transition.UNSHELVED:
            manager.unshelve(ids, *who)
        else:
            is_out = transition is Transition.REMOVED_FROM_SERVICE
            manager.out_of_service(ids, is_out, event.user, event.workstation, event.comment, event.source_ns)
