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
_REVEALING = frozenset((Transition.UNSHELVED, Transition.UNSUPPRESSED, Transition.RETURNED_TO_SERVICE))
_SHOWN_AS_NEW = frozenset((AlarmState.UNACKNOWLEDGED, AlarmState.LATCHED_UNACKNOWLEDGED))
_HIDING = {
    Transition.SHELVED: AlarmState.SHELVED,
    Transition.SUPPRESSED: AlarmState.SUPPRESSED_BY_DESIGN,
    Transition.REMOVED_FROM_SERVICE: AlarmState.OUT_OF_SERVICE,
}


def is_annunciation(event: AlarmEvent) -> bool:
    """Tell whether the event showed its alarm as new, so that no older acknowledgement counts (ALM-07)."""
    return event.state_after in _SHOWN_AS_NEW and event.transition in _RAISING | _REVEALING


@dataclass(frozen=True, slots=True)
class Origin:
    """Say when and by whom something happened to an alarm, and with which input.

    ``value`` and ``status`` count for edges of a condition only. Times are UTC nanoseconds.
    """

    source_ns: int
    receive_ns: int
    value: Value | None = None
    status: int = int(StatusCode.Good)
    user: str = ""
    workstation: str = ""
    comment: str = ""
    shelved_until_ns: int = 0

    def with_comment(self, comment: str) -> "Origin":
        """Return the same with a comment."""
        return replace(self, comment=comment)

    def until(self, shelved_until_ns: int) -> "Origin":
        """Return the same with the end of a shelving."""
        return replace(self, shelved_until_ns=shelved_until_ns)


class Alarm:
    """Hold the facts of one alarm; only :meth:`apply` changes them. A COMM alarm has no tag."""

    __slots__ = (
        "acknowledged_by",
        "acknowledged_ns",
        "active_ns",
        "comment",
        "count",
        "definition",
        "event_id",
        "hidden_by",
        "index",
        "message",
        "occurrence_id",
        "returned_ns",
        "rules",
        "shelved_until_ns",
        "status",
        "suppressed_by",
        "tag",
        "unit",
        "value",
        "variables",
    )

    def __init__(self, index: int, definition: AlarmDefinition, tag: Tag | None) -> None:
        self.index = index
        self.definition = definition
        self.tag = tag
        self.unit = messages.unit(definition, tag)
        self.rules = Rules(
            is_latching=definition.latching,
            is_ack_required=definition.ack_required and definition.message_class is not MessageClass.EVENT,
            is_shelvable=definition.shelvable,
        )
        self.variables = Variables(enabled=definition.enabled)
        self.suppressed_by: set[str] = set()
        self.hidden_by: dict[AlarmState, tuple[str, str]] = {}
        self.shelved_until_ns = 0
        self.status = int(StatusCode.Good)
        self.event_id = ""
        self._begin("")

    def _begin(self, occurrence_id: str) -> None:
        self.occurrence_id = occurrence_id
        self.value: Value | None = None
        self.message = messages.subject(self.definition)
        self.active_ns = self.returned_ns = self.acknowledged_ns = 0
        self.acknowledged_by = self.comment = ""
        self.count = 0

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
    ) -> AlarmEvent:
        """Return the event of a transition that leads to ``after``; it is not taken up yet."""
        value, status, message = self.value, self.status, self.message
        if transition in _RAISING or transition is Transition.RETURNED:
            value, status = origin.value, origin.status
            message = messages.message(self.definition, self.tag, transition, value, status)
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
            limit=messages.limit(self.definition),
            unit=self.unit,
            status=status,
            priority=self.definition.priority,
            severity=self.definition.priority.severity,
            message=message,
            area=self.definition.area,
            user=origin.user,
            workstation=origin.workstation,
            comment=origin.comment,
            tag=self.definition.tag,
            flags=after.to_flags(),
            shelved_until_ns=origin.shelved_until_ns,
            message_class=self.definition.message_class,
        )

    def apply(self, event: AlarmEvent) -> None:
        """Take up an event of this alarm: one that just happened, or the next one of the journal."""
        if event.occurrence_id != self.occurrence_id:
            self._begin(event.occurrence_id)
        self.event_id = event.event_id
        self.variables = Variables.from_flags(event.flags)
        transition = event.transition
        if transition in _RAISING:
            self.active_ns, self.returned_ns = event.source_ns, 0
            self.message = event.message
        elif transition is Transition.RETURNED:
            self.returned_ns = event.source_ns
        elif transition is Transition.ACKNOWLEDGED:
            self.acknowledged_ns = event.source_ns
            self.acknowledged_by, self.comment = event.user, event.comment
        if transition in _RAISING or transition is Transition.RETURNED:
            self.value, self.status = event.value, event.status
        if is_annunciation(event):
            self.count += 1
            self.acknowledged_ns = 0
            self.acknowledged_by = self.comment = ""
        self._apply_hiding(event)
        if self.variables.basic is AlarmState.NORMAL:
            self._begin("")

    def _apply_hiding(self, event: AlarmEvent) -> None:
        hidden = _HIDING.get(event.transition)
        if hidden is not None:
            self.hidden_by[hidden] = (event.user or DESIGN, event.comment)
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
        hidden_by, hidden_reason = self.hidden_by.get(state, ("", ""))
        return AlarmSnapshot(
            alarm_id=self.definition.alarm_id,
            event_id=self.event_id,
            occurrence_id=self.occurrence_id,
            state=state,
            active=self.variables.active,
            acknowledged=self.variables.acked,
            priority=self.definition.priority,
            severity=self.definition.priority.severity,
            tag=self.definition.tag,
            area=self.definition.area,
            message=self.message,
            value=self.value,
            limit=messages.limit(self.definition),
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
        )
