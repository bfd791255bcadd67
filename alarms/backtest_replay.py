"""Feed stored samples, connection losses and operators' actions to the very engine that runs a station.

The engine is the station's own :class:`alarms.manager.AlarmManager` with a held clock; nothing here knows how
a condition works. A sample counts as received at its source time.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import Final

import numpy as np

from alarms.backtest_feed import ConnectionChange, Feed
from alarms.conditions import Conditions
from alarms.manager import MAX_SHELVE_SUPERVISOR_NS, AlarmManager
from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, Transition
from alarms.state import Variables
from alarms.suppression import RECOVERY_NS, InputSource
from alarms.table import Shelving
from tags.clock import ManualClock
from tags.model import Batch, TagTable

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
_CLOCK, _CONNECTIONS, _RECEIPT, _PEOPLE = range(4)
"""What comes first in one moment, as on a station: the clock, connections, samples received, then people."""


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
        # The wait for silent inputs begins when the sample was received, so its batch ends with it.
        steps += [(begun_ns, _RECEIPT, lambda: None) for begun_ns in {item.begun_ns for item in feed.silent}]
        steps += [self._tick(due_ns) for due_ns in {item.due_ns for item in feed.silent}]
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
            until = feed.place(at_ns, is_after_samples=rank >= _RECEIPT)
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
