"""The live record of one alarm: what its events made of it, and the next event from it.

All that the list shows is derived from events alone, so that a restart, a replay and the running station come
to the same record.
"""

from dataclasses import dataclass, replace

from alarms import messages
from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, AlarmState, MessageClass, Transition
from alarms.state import Rules, Variables
from tags.model import Tag, Value
from tags.status import StatusCode

DESIGN = "design"
"""Stands in the place of the user for what suppression by design hides."""

_RAISING = frozenset((Transition.ACTIVATED, Transition.RE_ALARMED))
_MEASURING = _RAISING | {Transition.RETURNED, Transition.SEVERITY_CHANGED}
_REVEALING = frozenset((Transition.UNSHELVED, Transition.UNSUPPRESSED, Transition.RETURNED_TO_SERVICE))
_SHOWN_AS_NEW = frozenset((AlarmState.UNACKNOWLEDGED, AlarmState.LATCHED_UNACKNOWLEDGED))
_HIDING = {
    Transition.SHELVED: AlarmState.SHELVED,
    Transition.SUPPRESSED: AlarmState.SUPPRESSED_BY_DESIGN,
    Transition.REMOVED_FROM_SERVICE: AlarmState.OUT_OF_SERVICE,
}


def is_annunciation(event: AlarmEvent) -> bool:
    """Tell whether the event showed its alarm as new, so that no older acknowledgement counts (ALM-07).

    Whoever saw the lower of exclusive limits did not see the higher one; going down shows nothing new.
    """
    if event.state_after not in _SHOWN_AS_NEW:
        return False
    if event.transition is Transition.SEVERITY_CHANGED:
        return event.level != event.alarm_id
    return event.transition in _RAISING | _REVEALING


@dataclass(frozen=True, slots=True)
class Origin:
    """Say when and by whom something happened to an alarm, and with which input.

    ``value``, ``status`` and ``level``, the place of the limit among those of the alarm, count for edges of a
    condition only. Times are UTC nanoseconds.
    """

    source_ns: int
    receive_ns: int
    value: Value | None = None
    status: int = int(StatusCode.Good)
    user: str = ""
    workstation: str = ""
    comment: str = ""
    shelved_until_ns: int = 0
    level: int = 0

    def with_comment(self, comment: str) -> "Origin":
        """Return the same with a comment."""
        return replace(self, comment=comment)

    def until(self, shelved_until_ns: int) -> "Origin":
        """Return the same with the end of a shelving."""
        return replace(self, shelved_until_ns=shelved_until_ns)


class Alarm:
    """Hold the facts of one alarm; only :meth:`apply` changes them. A COMM alarm has no tag.

    ``levels`` are its definitions: one, or for exclusive limits the outer one too. ``level`` is the one that
    holds now and gives limit, priority and message; ``definition`` is the first and gives all else.
    """

    __slots__ = (
        "acknowledged_by",
        "acknowledged_ns",
        "active_ns",
        "comment",
        "count",
        "definition",
        "event_id",
        "first_out",
        "hidden_by",
        "index",
        "level",
        "levels",
        "message",
        "occurrence_id",
        "returned_ns",
        "rules",
        "shelved_until_ns",
        "shown_sequence",
        "status",
        "suppressed_by",
        "tag",
        "unit",
        "value",
        "variables",
    )

    def __init__(self, index: int, levels: tuple[AlarmDefinition, ...], tag: Tag | None) -> None:
        definition = levels[0]
        self.index = index
        self.levels = levels
        self.level = definition
        self.definition = definition
        self.tag = tag
        self.unit = messages.unit(definition, tag)
        self.rules = _rules(definition)
        self.variables = Variables(enabled=definition.enabled)
        self.suppressed_by: set[str] = set()
        self.hidden_by: dict[AlarmState, tuple[str, str, int]] = {}
        self.shelved_until_ns = 0
        self.status = int(StatusCode.Good)
        self.event_id = ""
        self.shown_sequence = 0
        self._begin("")

    def _begin(self, occurrence_id: str) -> None:
        self.occurrence_id = occurrence_id
        self.level = self.definition
        self.first_out = False
        self.value: Value | None = None
        self.message = messages.subject(self.definition)
        self.active_ns = self.returned_ns = self.acknowledged_ns = 0
        self.acknowledged_by = self.comment = ""
        self.count = 0

    def redefine(self, definition: AlarmDefinition) -> None:
        """Take changed settings of one of the levels; what has happened stays as it is."""
        self.levels = tuple(definition if one.alarm_id == definition.alarm_id else one for one in self.levels)
        self.definition = self.levels[0]
        self.level = next(one for one in self.levels if one.alarm_id == self.level.alarm_id)
        self.rules = _rules(self.definition)

    @property
    def is_open(self) -> bool:
        """Tell whether the alarm is shown to operators because something happened."""
        return bool(self.occurrence_id) and not self.variables.is_hidden

    @property
    def is_listed(self) -> bool:
        """Tell whether the alarm stands in the list or one of the lists of hidden alarms."""
        return (
            self.variables.state not in (AlarmState.NORMAL, AlarmState.DISABLED)
            and self.definition.message_class is not MessageClass.EVENT
        )

    def event(
        self,
        sequence: int,
        event_id: str,
        occurrence_id: str,
        transition: Transition,
        after: Variables,
        origin: Origin,
        *,
        first_out: bool = False,
    ) -> AlarmEvent:
        """Return the event of a transition that leads to ``after``; it is not taken up yet."""
        value, status, message, level = self.value, self.status, self.message, self.level
        if transition in _MEASURING:
            value, status = origin.value, origin.status
            level = level if transition is Transition.RETURNED else self.levels[origin.level]
            message = messages.message(level, self.tag, transition, value, status)
        return AlarmEvent(
            sequence=sequence,
            event_id=event_id,
            occurrence_id=occurrence_id,
            alarm_id=self.definition.alarm_id,
            transition=transition,
            source_ns=origin.source_ns,
            receive_ns=origin.receive_ns,
            state_before=self.variables.state,
            state_after=after.state,
            value=value,
            limit=messages.limit(level),
            unit=self.unit,
            status=status,
            priority=level.priority,
            severity=level.priority.severity,
            message=message,
            area=self.definition.area,
            user=origin.user,
            workstation=origin.workstation,
            comment=origin.comment,
            tag=self.definition.tag,
            flags=after.to_flags(),
            shelved_until_ns=origin.shelved_until_ns,
            message_class=self.definition.message_class,
            first_out=first_out,
            level=level.alarm_id if len(self.levels) > 1 else "",
        )

    def apply(self, event: AlarmEvent) -> None:
        """Take up an event of this alarm: one that just happened, or the next one of the journal."""
        if event.occurrence_id != self.occurrence_id:
            self._begin(event.occurrence_id)
        self.event_id = event.event_id
        self.variables = Variables.from_flags(event.flags)
        self.first_out = event.first_out
        self.level = next((one for one in self.levels if one.alarm_id == event.level), self.definition)
        transition = event.transition
        if transition in _RAISING:
            self.active_ns, self.returned_ns = event.source_ns, 0
            self.message = event.message
        elif transition is Transition.SEVERITY_CHANGED:
            self.message = event.message
        elif transition is Transition.RETURNED:
            self.returned_ns = event.source_ns
        elif transition is Transition.ACKNOWLEDGED:
            self.acknowledged_ns = event.source_ns
            self.acknowledged_by, self.comment = event.user, event.comment
        if transition in _MEASURING:
            self.value, self.status = event.value, event.status
        if is_annunciation(event):
            self.count += 1
            self.shown_sequence = event.sequence
            self.acknowledged_ns = 0
            self.acknowledged_by = self.comment = ""
        self._apply_hiding(event)
        if self.variables.basic is AlarmState.NORMAL:
            self._begin("")

    def _apply_hiding(self, event: AlarmEvent) -> None:
        hidden = _HIDING.get(event.transition)
        if hidden is not None:
            self.hidden_by[hidden] = (event.user or DESIGN, event.comment, event.source_ns)
        if event.transition is Transition.SHELVED:
            self.shelved_until_ns = event.shelved_until_ns
        elif event.transition in (Transition.UNSHELVED, Transition.DISABLED):
            self.shelved_until_ns = 0
        if event.transition is Transition.DISABLED:
            self.hidden_by.clear()
            self.suppressed_by.clear()

    def snapshot(self, status: int) -> AlarmSnapshot:
        """Return the row of the list; ``status`` is the newest of the input (ALM-10)."""
        state = self.variables.state
        hidden_by, hidden_reason, hidden_ns = self.hidden_by.get(state, ("", "", 0))
        return AlarmSnapshot(
            alarm_id=self.definition.alarm_id,
            event_id=self.event_id,
            occurrence_id=self.occurrence_id,
            state=state,
            active=self.variables.active,
            acknowledged=self.variables.acked,
            priority=self.level.priority,
            severity=self.level.priority.severity,
            tag=self.definition.tag,
            area=self.definition.area,
            message=self.message,
            value=self.value,
            limit=messages.limit(self.level),
            unit=self.unit,
            active_ns=self.active_ns,
            returned_ns=self.returned_ns,
            acknowledged_ns=self.acknowledged_ns,
            acknowledged_by=self.acknowledged_by,
            comment=self.comment,
            count=self.count,
            status=status,
            shelved_until_ns=self.shelved_until_ns,
            message_class=self.definition.message_class,
            hidden_by=hidden_by,
            hidden_reason=hidden_reason,
            hidden_ns=hidden_ns,
            first_out=self.first_out,
            level=self.level.alarm_id if len(self.levels) > 1 else "",
        )


def _rules(definition: AlarmDefinition) -> Rules:
    return Rules(
        is_latching=definition.latching,
        is_ack_required=definition.ack_required and definition.message_class is not MessageClass.EVENT,
        is_shelvable=definition.shelvable,
        is_ack_awaited=definition.auto_ack_ns > 0 and definition.message_class is not MessageClass.EVENT,
    )
