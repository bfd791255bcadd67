"""The one place where the state of alarms changes, and where what changed waits to be told."""

from collections.abc import Callable, Sequence

from alarms.first_out import FirstOut
from alarms.listing import AlarmList
from alarms.model import AlarmEvent, AlarmSnapshot, MessageClass
from alarms.record import Alarm, Origin
from alarms.seen import SeenEvents
from alarms.state import Step, step
from alarms.table import Effect, Trigger
from alarms.timers import Timers

EventSink = Callable[[list[AlarmEvent], list[AlarmSnapshot], list[str]], None]
"""Takes new events in order, the rows of the list that changed, and the ids of alarms that left the list."""


class Ledger:
    """Move alarms through the transition table and keep list, timers, first-out and counters with them.

    ``status_of`` gives the newest quality of an alarm's input; ``new_id`` makes ids of events and
    occurrences. Nothing here blocks; all calls come from one thread.
    """

    __slots__ = (
        "_events", "_first_out", "_new_id", "_on_events", "activations", "list", "seen", "sequence", "timers",
    )  # fmt: skip

    def __init__(
        self,
        alarms: Sequence[Alarm],
        status_of: Callable[[Alarm], int],
        on_events: EventSink,
        new_id: Callable[[], str],
    ) -> None:
        self._on_events = on_events
        self._new_id = new_id
        self._first_out = FirstOut(alarms)
        self._events: list[AlarmEvent] = []
        self.list = AlarmList(alarms, status_of)
        self.seen = SeenEvents()
        self.timers = Timers()
        self.sequence = 0
        self.activations = 0

    def fire(self, alarm: Alarm, trigger: Trigger, origin: Origin) -> Step:
        """Do what the table says of ``trigger``, and return it."""
        done = step(alarm.variables, trigger, alarm.rules)
        if done.transition is None:
            return done
        if Effect.COUNT in done.effects and alarm.definition.message_class is MessageClass.ALARM:
            self.activations += 1
        self.sequence += 1
        occurrence_id = self._new_id() if Effect.OPEN in done.effects else alarm.occurrence_id
        # Hidden alarms take no part in first-out, so hiding one takes its mark away (ALM-17).
        is_first = alarm.first_out and not done.variables.is_hidden
        if Effect.OPEN in done.effects and not done.variables.is_hidden:
            is_first = self._first_out.would_be_first(alarm, origin.source_ns)
        event = alarm.event(
            self.sequence,
            self._new_id(),
            occurrence_id,
            done.transition,
            done.variables,
            origin,
            first_out=is_first,
        )
        self._events.append(event)
        self.note(alarm, event)
        return done

    def fire_condition(self, alarm: Alarm, trigger: Trigger, origin: Origin) -> None:
        """Do what the edge of a condition means; its return ends a one-shot shelving (row 18)."""
        done = self.fire(alarm, trigger, origin)
        if Effect.END_ONE_SHOT in done.effects:
            self.fire(alarm, Trigger.SHELVING_OVER, Origin(origin.source_ns, origin.receive_ns))

    def note(self, alarm: Alarm, event: AlarmEvent) -> None:
        """Take up an event: one that just happened, or the next one of the journal."""
        alarm.apply(event)
        self.seen.note(alarm, event)
        self.timers.set(alarm)
        loser = self._first_out.note(alarm, event)
        if loser is not None:
            self.list.touch(loser)
        self.list.touch(alarm)

    def publish(self) -> None:
        """Tell what happened since the last call, if anything did."""
        changes = self.list.take_changes()
        if changes is not None:
            events, self._events = self._events, []
            self._on_events(events, *changes)
