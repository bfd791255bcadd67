"""The record of one alarm that a device keeps: what its reports made of it, and the events of each change.

The device is the master of the state (OPA-10): nothing is decided here, changes are told apart and put into
the words of the journal.
"""

from dataclasses import dataclass, replace
from typing import Final

from alarms.model import AlarmEvent, AlarmSnapshot, AlarmState, MessageClass, Priority, Transition
from alarms.record import DESIGN
from alarms.state import Variables
from alarms.table import Shelving
from tags.conditions import ConditionOperation, DeviceCondition, DeviceShelving

AT_REST: Final = Variables()
PREFIX: Final = "@"
"""Begins the ids of these alarms; an id of ``alarms.csv`` begins with a letter or digit."""
_BRANCH: Final = ";branch="
_SHELVING: Final = {
    DeviceShelving.NONE: Shelving.NONE,
    DeviceShelving.TIMED: Shelving.TIMED,
    DeviceShelving.ONE_SHOT: Shelving.ONE_SHOT,
}
_BANDS: Final = (
    (801, Priority.URGENT),
    (601, Priority.HIGH),
    (401, Priority.MEDIUM),
    (201, Priority.LOW),
)
_RAISING: Final = frozenset({Transition.ACTIVATED, Transition.RE_ALARMED, Transition.BRANCHED})
_REVEALING: Final = frozenset(
    {Transition.UNSHELVED, Transition.UNSUPPRESSED, Transition.RETURNED_TO_SERVICE, Transition.ENABLED}
)
_HIDING: Final = {
    Transition.SHELVED: AlarmState.SHELVED,
    Transition.SUPPRESSED: AlarmState.SUPPRESSED_BY_DESIGN,
    Transition.REMOVED_FROM_SERVICE: AlarmState.OUT_OF_SERVICE,
}

OPERATION_TRANSITIONS: Final = {
    ConditionOperation.ACKNOWLEDGE: (Transition.ACKNOWLEDGED,),
    ConditionOperation.CONFIRM: (Transition.CONFIRMED,),
    ConditionOperation.COMMENT: (Transition.COMMENTED,),
    ConditionOperation.RESET: (Transition.RESET,),
    ConditionOperation.SHELVE_TIMED: (Transition.SHELVED, Transition.COMMENTED),
    ConditionOperation.SHELVE_ONE_SHOT: (Transition.SHELVED, Transition.COMMENTED),
    ConditionOperation.UNSHELVE: (Transition.UNSHELVED,),
    ConditionOperation.REMOVE_FROM_SERVICE: (Transition.REMOVED_FROM_SERVICE,),
    ConditionOperation.RETURN_TO_SERVICE: (Transition.RETURNED_TO_SERVICE,),
}
"""What a device reports after it was asked for this."""


def alarm_id_of(connection: str, condition: str, branch: str = "") -> str:
    """Return the id under which a device's condition stands in list and journal."""
    return f"{PREFIX}{connection}/{condition}{_BRANCH + branch if branch else ''}"


def parts_of(alarm_id: str) -> tuple[str, str, str] | None:
    """Return connection, condition and branch of an id; None when it is no device's."""
    connection, slash, rest = alarm_id[len(PREFIX) :].partition("/")
    if not alarm_id.startswith(PREFIX) or not slash:
        return None
    condition, _, branch = rest.partition(_BRANCH)
    return connection, condition, branch


def ranked(severity: int) -> tuple[Priority, MessageClass]:
    """Return priority and class of an OPC UA severity; the lowest band is for awareness only (ALM-42)."""
    for least, priority in _BANDS:
        if severity >= least:
            return priority, MessageClass.ALARM
    return Priority.LOW, MessageClass.ALERT


def variables_of(condition: DeviceCondition) -> Variables:
    """Return the facts of a report as the variables of an alarm (ALM-04).

    A device's latched alarm counts as active until its cause is gone, as our own do.
    """
    return Variables(
        active=condition.active,
        acked=condition.acked,
        latched=condition.latched and not condition.active,
        enabled=condition.enabled,
        shelving=_SHELVING[condition.shelving],
        suppressed=condition.suppressed,
        out_of_service=condition.out_of_service,
    )


def steps(before: Variables, after: Variables) -> list[tuple[Transition, Variables]]:
    """Return the transitions that lead from one state to another, each with the variables after it.

    A report may tell several at once, above all after an outage. An occurrence that came and went meanwhile
    is told from its beginning, so that the journal holds whole occurrences.
    """
    at = before
    found: list[tuple[Transition, Variables]] = []

    def go(transition: Transition, reached: Variables) -> None:
        nonlocal at
        at = reached
        found.append((transition, reached))

    if not after.enabled:
        return [] if not before.enabled else [(Transition.DISABLED, after)]
    if not at.enabled:
        go(Transition.ENABLED, replace(at, enabled=True))
    unseen = not at.active and not after.active
    unseen = unseen and ((at.acked and not after.acked) or (after.latched and not at.latched))
    if (after.active and not at.active) or unseen:
        again = at.basic is AlarmState.RETURNED_UNACKNOWLEDGED
        raised = replace(at, active=True, latched=False, acked=after.acked)
        go(Transition.RE_ALARMED if again else Transition.ACTIVATED, raised)
    elif at.acked and not after.acked:
        go(Transition.RE_ALARMED, replace(at, acked=False))
    if at.active and not after.active:
        go(Transition.RETURNED, replace(at, active=False, latched=after.latched))
    if after.acked and not at.acked:
        go(Transition.ACKNOWLEDGED, replace(at, acked=True))
    if at.latched and not after.latched:
        go(Transition.RESET, replace(at, latched=False))
    if at.out_of_service is not after.out_of_service:
        out = after.out_of_service
        transition = Transition.REMOVED_FROM_SERVICE if out else Transition.RETURNED_TO_SERVICE
        go(transition, replace(at, out_of_service=out))
    if at.suppressed is not after.suppressed:
        transition = Transition.SUPPRESSED if after.suppressed else Transition.UNSUPPRESSED
        go(transition, replace(at, suppressed=after.suppressed))
    if at.shelving is not after.shelving:
        is_shelved = after.shelving is not Shelving.NONE
        go(Transition.SHELVED if is_shelved else Transition.UNSHELVED, replace(at, shelving=after.shelving))
    return found


@dataclass(frozen=True, slots=True)
class Author:
    """Say who did something at the device, and why."""

    user: str = ""
    workstation: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Say which report an event id of ours stands for, and how often the alarm was annunciated by then."""

    alarm_id: str
    device_event: str
    annunciations: int


class DeviceAlarm:
    """Hold one condition of a device, or one branch of it. A station finds it again from its events.

    ``reported`` is the newest report, None after a restart until the device is heard. ``is_doubtful``: the
    device is out of reach, or has not said whether it still retains it; ``is_suspect``: it is just saying so.
    ``annunciations`` counts how often it was shown as new, for acknowledgements (ALM-07).
    """

    __slots__ = (
        "acknowledged_by",
        "acknowledged_ns",
        "active_ns",
        "alarm_id",
        "annunciations",
        "area",
        "branch",
        "comment",
        "condition",
        "confirmed",
        "connection",
        "count",
        "event_id",
        "hidden_by",
        "is_doubtful",
        "is_suspect",
        "limit",
        "message",
        "message_class",
        "occurrence_id",
        "priority",
        "reported",
        "returned_ns",
        "severity",
        "shelved_until_ns",
        "shown_sequence",
        "source_ns",
        "status",
        "tag",
        "variables",
    )

    def __init__(self, alarm_id: str) -> None:
        parts = parts_of(alarm_id)
        if parts is None:
            raise ValueError(f"{alarm_id!r} is no id of a device's alarm")
        self.alarm_id = alarm_id
        self.connection, self.condition, self.branch = parts
        self.reported: DeviceCondition | None = None
        self.variables = AT_REST
        self.is_doubtful = self.is_suspect = False
        self.event_id = self.occurrence_id = ""
        self.tag = self.area = self.message = self.comment = self.acknowledged_by = ""
        self.priority, self.message_class = ranked(1)
        self.severity = 1
        self.limit: float | None = None
        self.status = 0
        self.confirmed = True
        self.source_ns = self.active_ns = self.returned_ns = self.acknowledged_ns = 0
        self.shelved_until_ns = self.shown_sequence = 0
        self.count = self.annunciations = 0
        self.hidden_by: dict[AlarmState, tuple[str, str, int]] = {}

    def take_facts(self, condition: DeviceCondition, tag: str) -> None:
        """Take what a report says beside its state: message, severity, quality, limit."""
        self.reported = condition
        self.is_doubtful = self.is_suspect = False
        self.tag = tag
        self.area = condition.area
        self.message = condition.message
        self.severity = condition.severity
        self.priority, self.message_class = ranked(condition.severity)
        self.limit = condition.limit
        self.status = condition.status
        self.confirmed = condition.confirmed
        self.source_ns = condition.source_ns
        self.shelved_until_ns = condition.shelved_until_ns

    def event(
        self,
        sequence: int,
        event_id: str,
        occurrence_id: str,
        transition: Transition,
        after: Variables,
        source_ns: int,
        receive_ns: int,
        author: Author,
    ) -> AlarmEvent:
        """Return the event of a transition that leads to ``after``; it is not taken up yet."""
        return AlarmEvent(
            sequence=sequence,
            event_id=event_id,
            occurrence_id=occurrence_id,
            alarm_id=self.alarm_id,
            transition=transition,
            source_ns=source_ns,
            receive_ns=receive_ns,
            state_before=self.variables.state,
            state_after=after.state,
            value=None,
            limit=self.limit,
            unit="",
            status=self.status,
            priority=self.priority,
            severity=self.severity,
            message=self.message,
            area=self.area,
            user=author.user,
            workstation=author.workstation,
            comment=author.comment,
            tag=self.tag,
            flags=after.to_flags(),
            shelved_until_ns=self.shelved_until_ns if transition is Transition.SHELVED else 0,
            message_class=self.message_class,
        )

    def restore(self, event: AlarmEvent) -> None:
        """Take up an event of the journal after a restart: nobody knows yet whether it still holds."""
        self.tag, self.area, self.message = event.tag, event.area, event.message
        self.priority, self.message_class = event.priority, event.message_class
        self.severity, self.limit, self.status = event.severity, event.limit, event.status
        self.source_ns = event.source_ns
        if event.transition is Transition.SHELVED:
            self.shelved_until_ns = event.shelved_until_ns
        self.is_doubtful = True
        self.apply(event)

    def apply(self, event: AlarmEvent) -> None:
        """Take up an event of this alarm."""
        transition = event.transition
        self.occurrence_id = event.occurrence_id
        self.event_id = event.event_id
        self.variables = Variables.from_flags(event.flags)
        if transition in _RAISING:
            if transition is not Transition.RE_ALARMED:
                self.count = 0
            self.active_ns, self.returned_ns = event.source_ns, 0
            self.acknowledged_ns = 0
            self.acknowledged_by = self.comment = ""
            self.count += 1
        elif transition is Transition.RETURNED:
            self.returned_ns = event.source_ns
        elif transition is Transition.ACKNOWLEDGED:
            self.acknowledged_ns, self.acknowledged_by = event.source_ns, event.user
            self.comment = event.comment
        elif transition is Transition.COMMENTED:
            self.comment = event.comment
        if transition in _RAISING | _REVEALING:
            self.annunciations += 1
            self.shown_sequence = event.sequence
        hidden = _HIDING.get(transition)
        if hidden is not None:
            self.hidden_by[hidden] = (event.user or DESIGN, event.comment, event.source_ns)

    def snapshot(self) -> AlarmSnapshot:
        """Return the row of the list."""
        state = self.variables.state
        hidden_by, hidden_reason, hidden_ns = self.hidden_by.get(state, ("", "", 0))
        return AlarmSnapshot(
            alarm_id=self.alarm_id,
            event_id=self.event_id,
            occurrence_id=self.occurrence_id,
            state=state,
            active=self.variables.active,
            acknowledged=self.variables.acked,
            priority=self.priority,
            severity=self.severity,
            tag=self.tag,
            area=self.area,
            message=self.message,
            value=None,
            limit=self.limit,
            unit="",
            active_ns=self.active_ns or self.source_ns,
            returned_ns=self.returned_ns,
            acknowledged_ns=self.acknowledged_ns,
            acknowledged_by=self.acknowledged_by,
            comment=self.comment,
            count=self.count,
            status=self.status,
            shelved_until_ns=self.shelved_until_ns,
            message_class=self.message_class,
            hidden_by=hidden_by,
            hidden_reason=hidden_reason,
            hidden_ns=hidden_ns,
            device=self.connection,
            confirmed=self.confirmed,
            doubtful=self.is_doubtful,
        )


def last_transition(row: DeviceAlarm) -> Transition | None:
    """Return what ends an alarm that is dropped in its present state; None when it is at rest already."""
    variables = row.variables
    if variables.active:
        return Transition.RETURNED
    if not variables.acked:
        return Transition.ACKNOWLEDGED
    if variables.latched:
        return Transition.RESET
    if variables.out_of_service:
        return Transition.RETURNED_TO_SERVICE
    if variables.suppressed:
        return Transition.UNSUPPRESSED
    if variables != AT_REST:
        return Transition.UNSHELVED if variables.enabled else Transition.ENABLED
    return None
