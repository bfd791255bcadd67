"""The alarms that devices keep themselves, in the same list, journal and counters as the station's own."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Final

from alarms.device_record import (
    AT_REST,
    OPERATION_TRANSITIONS,
    Author,
    DeviceAlarm,
    Seen,
    alarm_id_of,
    last_transition,
    parts_of,
    steps,
    variables_of,
)
from alarms.device_sink import DeviceSink
from alarms.device_tally import DeviceTally
from alarms.ledger import EventSink
from alarms.model import (
    AlarmCounts,
    AlarmEvent,
    AlarmRefusal,
    AlarmSnapshot,
    Transition,
)
from alarms.state import Variables
from tags.clock import NS_PER_S, Clock
from tags.conditions import ConditionOperation, ConditionRequest, DeviceCondition
from tags.status import StatusCode

_log = logging.getLogger(__name__)

Send = Callable[[str, ConditionRequest], Awaitable[tuple[str, int]]]
"""Asks the device of a connection; returns why not in words, empty when done, and the device's status."""

REMEMBERED: Final = 10_000
"""So many reports can be named by an acknowledgement, the newest ones."""
_AT_ONCE: Final = 10
"""Requests that a device gets at the same time."""
_ASKED_NS: Final = 30 * NS_PER_S
"""A change within this time after our own request is put down to who asked."""
_GONE: Final = "the device retains it no longer"
_BY_PEOPLE: Final = frozenset(transition for each in OPERATION_TRANSITIONS.values() for transition in each)
_COUNTED: Final = frozenset({Transition.ACTIVATED, Transition.RE_ALARMED})
_UNKNOWN: Final = frozenset({int(StatusCode.BadEventIdUnknown), int(StatusCode.BadNodeIdUnknown)})


class DeviceAlarms:
    """Keep what devices report of their alarms; the devices are the masters of their states.

    ``connections`` are those that may report any. ``tag_path`` names the tag of an id. ``next_sequence``
    numbers events together with those of the station's own alarms. ``on_events`` gets new events, changed
    rows and removed ids; it must not call back. ``on_notice`` gets a sentence for the operators.

    All calls come from the station's loop. Times are UTC nanoseconds.
    """

    def __init__(
        self,
        connections: Collection[str],
        clock: Clock,
        on_events: EventSink,
        on_notice: Callable[[str, str], None],
        send: Send,
        next_sequence: Callable[[], int],
        new_id: Callable[[], str],
        tag_path: Callable[[int], str],
    ) -> None:
        self._connections = frozenset(connections)
        self._clock = clock
        self._on_events = on_events
        self._on_notice = on_notice
        self._send = send
        self._next_sequence = next_sequence
        self._new_id = new_id
        self._tag_path = tag_path
        self._rows: dict[str, DeviceAlarm] = {}
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._asked: dict[tuple[str, Transition], tuple[Author, int]] = {}
        self._refreshing: set[str] = set()
        self._noticed: set[tuple[str, str]] = set()
        self._events: list[AlarmEvent] = []
        self._touched: dict[str, DeviceAlarm] = {}
        self._removed: dict[str, None] = {}
        self._tally = DeviceTally()

    def sink(self, connection: str) -> DeviceSink:
        """Return what takes the reports of one connection's device."""
        return DeviceSink(self, connection)

    # What devices tell

    def reported(self, connection: str, conditions: Sequence[DeviceCondition]) -> None:
        """Take reports in the order in which the device made them.

        While the device reports all that it retains, an older state never overwrites a newer one (OPA-05).
        """
        receive_ns = self._clock.now_ns()
        for condition in conditions:
            alarm_id = alarm_id_of(connection, condition.condition, condition.branch)
            row = self._rows.get(alarm_id)
            if row is None:
                if condition.is_retained:
                    row = self._rows[alarm_id] = DeviceAlarm(alarm_id)
                    self._take(row, condition, receive_ns, is_new=True)
                continue
            is_late = connection in self._refreshing and not row.is_suspect
            if is_late and row.reported is not None and condition.source_ns < row.source_ns:
                continue
            self._take(row, condition, receive_ns, is_new=False)
        self._publish()

    def refresh_began(self, connection: str) -> None:
        """Doubt all rows of a device that is about to report those that it retains."""
        self._refreshing.add(connection)
        for row in self._of(connection):
            row.is_suspect = True

    def refresh_ended(self, connection: str) -> None:
        """Drop the rows that the device did not report: it retains them no longer."""
        self._refreshing.discard(connection)
        now_ns = self._clock.now_ns()
        for row in list(self._of(connection)):
            if row.is_suspect:
                self._close(row, now_ns, now_ns, Author(comment=_GONE))
        self._publish()

    def refresh_refused(self, connection: str, text: str) -> None:
        """Tell once that a device cannot report what it retains; what is in doubt stays so."""
        self._refreshing.discard(connection)
        if (connection, text) not in self._noticed:
            self._noticed.add((connection, text))
            self._on_notice(connection, text)

    def connection_lost(self, connection: str) -> None:
        """Mark a device's alarms doubtful, never silently normal: it is out of reach."""
        self._refreshing.discard(connection)
        for row in self._of(connection):
            if not row.is_doubtful:
                row.is_doubtful = True
                self._touched[row.alarm_id] = row
        self._publish()

    def restore(self, events: Iterable[AlarmEvent]) -> None:
        """Take up the alarms where the journal left them; all are doubtful until their device is heard.

        Call it once, before the connections start. Alarms of connections that are gone, or that report none
        any more, are dropped.
        """
        dropped: set[str] = set()
        for event in events:
            parts = parts_of(event.alarm_id)
            if parts is None or parts[0] not in self._connections:
                dropped.add(event.alarm_id)
                continue
            row = self._rows.setdefault(event.alarm_id, DeviceAlarm(event.alarm_id))
            row.restore(event)
            self._remember(row, "")
            self._tally.count(row)
        if dropped:
            _log.info("%d open alarms of devices are no longer received", len(dropped))

    # What is shown

    def owns(self, alarm_id: str) -> bool:
        """Tell whether an alarm id is one of a device's."""
        return parts_of(alarm_id) is not None

    def knows(self, event_id: str) -> bool:
        """Tell whether an event id stands for what a device reported."""
        return event_id in self._seen

    def snapshot(self) -> list[AlarmSnapshot]:
        """Return the rows of the list: exactly what the devices retain (OPA-04)."""
        return [row.snapshot() for row in self._rows.values()]

    def counts(self) -> AlarmCounts:
        """Return the counters of the banner (ALM-13)."""
        return self._tally.counts()

    # What people do

    async def acknowledge(
        self, event_ids: Sequence[str], user: str, workstation: str, comment: str
    ) -> list[AlarmRefusal]:
        """Acknowledge at the devices exactly what these events showed (ALM-07); return what was refused."""
        refusals: list[AlarmRefusal] = []
        wanted: list[tuple[str, DeviceAlarm, str]] = []
        for event_id in event_ids:
            seen = self._seen.get(event_id)
            row = self._rows.get(seen.alarm_id) if seen is not None else None
            if seen is None:
                refusals.append(AlarmRefusal(event_id, "no alarm event has this id, or it is long over"))
            elif row is None or row.variables.acked:
                continue
            elif not seen.device_event:
                text = f"{row.message}: the device has not reported it yet since the start"
                refusals.append(AlarmRefusal(event_id, text))
            elif row.annunciations != seen.annunciations:
                refusals.append(AlarmRefusal(event_id, f"{row.message}: it came again since it was seen"))
            else:
                wanted.append((event_id, row, seen.device_event))
        author = Author(user, workstation, comment)
        return [*refusals, *await self._ask_all(ConditionOperation.ACKNOWLEDGE, wanted, author)]

    async def acknowledge_area(
        self, area: str, seen_sequence: int, user: str, workstation: str, comment: str
    ) -> list[AlarmRefusal]:
        """Acknowledge all that was seen of an area and those below it (empty: all)."""
        refusals: list[AlarmRefusal] = []
        event_ids: list[str] = []
        for row in self._rows.values():
            if row.variables.acked or row.variables.is_hidden:
                continue
            if area and row.area != area and not row.area.startswith(f"{area}."):
                continue
            if row.shown_sequence > seen_sequence:
                refusals.append(AlarmRefusal(row.event_id, f"{row.message}: it came after what was seen"))
            else:
                event_ids.append(row.event_id)
        return [*refusals, *await self.acknowledge(event_ids, user, workstation, comment)]

    async def operate(
        self,
        operation: ConditionOperation,
        alarm_ids: Sequence[str],
        user: str,
        workstation: str,
        comment: str,
        duration_ns: int = 0,
    ) -> list[AlarmRefusal]:
        """Ask the devices to do something with alarms; return what was refused."""
        refusals: list[AlarmRefusal] = []
        wanted: list[tuple[str, DeviceAlarm, str]] = []
        for alarm_id in alarm_ids:
            row = self._rows.get(alarm_id)
            if row is None:
                refusals.append(AlarmRefusal(alarm_id, "the device retains no such alarm any more"))
            elif row.reported is None:
                text = f"{row.message}: the device has not reported it yet since the start"
                refusals.append(AlarmRefusal(alarm_id, text))
            else:
                wanted.append((alarm_id, row, row.reported.event))
        author = Author(user, workstation, comment)
        return [*refusals, *await self._ask_all(operation, wanted, author, duration_ns)]

    async def _ask_all(
        self,
        operation: ConditionOperation,
        wanted: Sequence[tuple[str, DeviceAlarm, str]],
        author: Author,
        duration_ns: int = 0,
    ) -> list[AlarmRefusal]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def ask(subject: str, row: DeviceAlarm, device_event: str) -> AlarmRefusal | None:
            async with gate:
                return await self._ask(operation, subject, row, device_event, author, duration_ns)

        answers = await asyncio.gather(*(ask(*each) for each in wanted))
        return [refusal for refusal in answers if refusal is not None]

    async def _ask(
        self,
        operation: ConditionOperation,
        subject: str,
        row: DeviceAlarm,
        device_event: str,
        author: Author,
        duration_ns: int,
    ) -> AlarmRefusal | None:
        # The device may report what it did before it answers.
        keys = [(row.alarm_id, transition) for transition in OPERATION_TRANSITIONS[operation]]
        for key in keys:
            self._asked[key] = (author, self._clock.now_ns() + _ASKED_NS)
        # No comment leaves the device's as it is; clearing it is asked for by an empty comment of its own.
        comment = author.comment if author.comment or operation is ConditionOperation.COMMENT else None
        request = ConditionRequest(operation, row.condition, device_event, comment, duration_ns)
        text, status = await self._send(row.connection, request)
        if not text:
            return None
        for key in keys:
            self._asked.pop(key, None)
        if row.is_doubtful and status in _UNKNOWN and row.alarm_id in self._rows:
            now_ns = self._clock.now_ns()
            self._close(row, now_ns, now_ns, Author(comment=_GONE))
            self._publish()
        return AlarmRefusal(subject, f"{row.message}: {text}")

    # The one place where rows change

    def _of(self, connection: str) -> Iterable[DeviceAlarm]:
        return [row for row in self._rows.values() if row.connection == connection]

    def _take(self, row: DeviceAlarm, condition: DeviceCondition, receive_ns: int, *, is_new: bool) -> None:
        before = row.reported
        was_priority, was_confirmed = row.priority, row.confirmed
        after = variables_of(condition)
        row.take_facts(condition, self._tag_of(row.connection, condition))
        first = len(self._events)
        changes = steps(row.variables, after)
        if is_new and row.branch and changes:
            changes = [(Transition.BRANCHED, after)]
        for transition, reached in changes:
            is_raised = transition is Transition.ACTIVATED and condition.active_ns
            at_ns = condition.active_ns if is_raised else condition.source_ns
            self._fire(row, transition, reached, at_ns, receive_ns, self._actor(row, transition, condition))
        if condition.confirmed and not was_confirmed:
            author = self._actor(row, Transition.CONFIRMED, condition)
            self._fire(row, Transition.CONFIRMED, after, condition.source_ns, receive_ns, author)
        if len(self._events) == first and not is_new:
            if row.priority is not was_priority and row.occurrence_id:
                self._fire(row, Transition.SEVERITY_CHANGED, after, condition.source_ns, receive_ns, Author())
            elif before is not None and condition.comment != before.comment:
                author = self._actor(row, Transition.COMMENTED, condition)
                self._fire(row, Transition.COMMENTED, after, condition.source_ns, receive_ns, author)
        if len(self._events) == first:
            # Nothing to be journaled, and yet it is this report that people see from now on.
            row.event_id = self._new_id()
        self._remember(row, condition.event)
        if not condition.is_retained:
            self._close(row, condition.source_ns, receive_ns, Author())
            return
        self._touched[row.alarm_id] = row
        self._removed.pop(row.alarm_id, None)
        self._tally.count(row)

    def _close(self, row: DeviceAlarm, source_ns: int, receive_ns: int, author: Author) -> None:
        """Take a row off the list; its last event leaves it at rest, so that no restart brings it back."""
        last = last_transition(row)
        if last is not None:
            self._fire(row, last, AT_REST, source_ns, receive_ns, author)
        del self._rows[row.alarm_id]
        self._touched.pop(row.alarm_id, None)
        self._removed[row.alarm_id] = None
        self._tally.forget(row)

    def _fire(
        self,
        row: DeviceAlarm,
        transition: Transition,
        after: Variables,
        source_ns: int,
        receive_ns: int,
        author: Author,
    ) -> None:
        begins = transition in (Transition.ACTIVATED, Transition.BRANCHED)
        occurrence_id = self._new_id() if begins or not row.occurrence_id else row.occurrence_id
        event = row.event(
            self._next_sequence(),
            self._new_id(),
            occurrence_id,
            transition,
            after,
            source_ns,
            receive_ns,
            author,
        )
        row.apply(event)
        self._events.append(event)
        if transition in _COUNTED and not after.is_hidden:
            self._tally.activated(row)

    def _remember(self, row: DeviceAlarm, device_event: str) -> None:
        self._seen[row.event_id] = Seen(row.alarm_id, device_event, row.annunciations)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _actor(self, row: DeviceAlarm, transition: Transition, condition: DeviceCondition) -> Author:
        """Return who did it: the one of us who asked for it, or whom the device names."""
        if transition not in _BY_PEOPLE:
            return Author()
        asked = self._asked.pop((row.alarm_id, transition), None)
        if asked is not None and self._clock.now_ns() <= asked[1]:
            return asked[0]
        return Author(user=condition.user, comment=condition.comment)

    def _tag_of(self, connection: str, condition: DeviceCondition) -> str:
        if condition.tag_id is not None:
            return self._tag_path(condition.tag_id)
        return f"{connection}/{condition.source or condition.name}"

    def _publish(self) -> None:
        if not (self._events or self._touched or self._removed):
            return
        events, self._events = self._events, []
        rows, self._touched = [row.snapshot() for row in self._touched.values()], {}
        removed, self._removed = list(self._removed), {}
        self._on_events(events, rows, removed)
