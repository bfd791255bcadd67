"""Alarm definitions, states and events: the facts that engine, journal, link and screens share.

Designed after ISA-18.2 / IEC 62682; the variables are orthogonal and the state is derived (ALM-04).
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from tags.model import Value
from tags.roles import Role as Role
from tags.status import StatusCode


class AlarmError(Exception):
    """Tell of a fault in an alarm's definition or of a request that the engine refuses."""


class AlarmType(StrEnum):
    """Name how a condition is found in its tag (ALM-20)."""

    HIHI = "HIHI"
    HI = "HI"
    LO = "LO"
    LOLO = "LOLO"
    DEVIATION = "DEV"
    RATE_OF_CHANGE = "ROC"
    DISCREPANCY = "DISCREPANCY"
    OFF_NORMAL = "OFFNORMAL"
    TRIP = "TRIP"
    BAD_QUALITY = "BADQUALITY"
    COMMUNICATION = "COMM"
    BIT = "BIT"
    STALE = "STALE"
    EXPRESSION = "EXPR"
    INSTRUMENT = "INSTRUMENT"


class Priority(IntEnum):
    """Rank alarms; 1 is the most urgent. The number is shown beside shape and colour (ALM-43, HMI-10)."""

    URGENT = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4

    @property
    def severity(self) -> int:
        """Return the OPC UA severity of the priority's band (ALM-42)."""
        return {Priority.URGENT: 900, Priority.HIGH: 700, Priority.MEDIUM: 500, Priority.LOW: 300}[self]


class MessageClass(StrEnum):
    """Tell alarms, which ask for a response and count in the figures, from other messages (ALM-02)."""

    ALARM = "alarm"
    ALERT = "alert"
    PROMPT = "prompt"
    EVENT = "event"


class AlarmState(StrEnum):
    """Name the derived public state (ALM-04, ALM-05)."""

    NORMAL = "NORM"
    UNACKNOWLEDGED = "UNACK"
    ACKNOWLEDGED = "ACKED"
    RETURNED_UNACKNOWLEDGED = "RTNUN"
    LATCHED_UNACKNOWLEDGED = "LATUN"
    LATCHED_ACKNOWLEDGED = "LATAK"
    SHELVED = "SHLVD"
    SUPPRESSED_BY_DESIGN = "DSUPR"
    OUT_OF_SERVICE = "OOSRV"
    DISABLED = "DISABLED"


class Transition(StrEnum):
    """Name what moved an alarm from one state to another."""

    ACTIVATED = "activated"
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    RE_ALARMED = "re_alarmed"
    RESET = "reset"
    RESET_REFUSED = "reset_refused"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    SUPPRESSED = "suppressed"
    UNSUPPRESSED = "unsuppressed"
    REMOVED_FROM_SERVICE = "removed_from_service"
    RETURNED_TO_SERVICE = "returned_to_service"
    DISABLED = "disabled"
    ENABLED = "enabled"
    SEVERITY_CHANGED = "severity_changed"
    CONFIRMED = "confirmed"
    """Somebody said that the cause is dealt with; only devices ask for it (OPA-06)."""
    COMMENTED = "commented"
    BRANCHED = "branched"
    """The alarm of a device came again before the occurrence before was acknowledged: that one stays too."""


@dataclass(frozen=True, slots=True)
class AlarmDefinition:
    """Define one alarm: a row of the master alarm database (ALM-20).

    ``setpoint`` is the limit in engineering units, the alarm value of a discrete type or bit, the seconds of
    STALE, or the largest deviation or rate (per second), whatever its sign. ``on_delay_ns`` and
    ``off_delay_ns`` run on source time (ALM-33). ``tag`` is a tag path; for COMMUNICATION it is a
    connection's name, for EXPRESSION the tag that the alarm is about. ``suppression_expression`` and
    ``expression`` are expressions over tags, without ``=``.

    ``setpoint_tag`` belongs to DEVIATION, ``window_ns`` to RATE_OF_CHANGE, ``bit`` to BIT. With ``count`` the
    alarm is also raised when its condition came so often within the on-delay (ALM-34). ``exclusive`` limits
    on the same side of a tag are one alarm with two levels. ``realarm_ns`` after its acknowledgement an
    active alarm is to be acknowledged again (0: never). ``group`` names a first-out group (ALM-17).

    ``consequence_level`` is the row of the priority matrix (ALM-41). What its class decides:
    ``comment_required`` for an acknowledgement, ``shelve_role`` (None: its priority does), whether it may be
    suppressed by design or taken out of service (ALM-14). An alarm that needs no acknowledgement leaves the
    list ``auto_ack_ns`` after its return.
    """

    alarm_id: str
    tag: str
    name: str
    description: str
    type: AlarmType
    setpoint: float
    unit: str = ""
    deadband_eu: float = 0.0
    on_delay_ns: int = 0
    off_delay_ns: int = 0
    priority: Priority = Priority.LOW
    alarm_class: str = ""
    area: str = ""
    cause: str = ""
    consequence: str = ""
    operator_action: str = ""
    time_to_respond_s: float = 0.0
    enabled: bool = True
    latching: bool = False
    ack_required: bool = True
    shelvable: bool = True
    suppression_expression: str = ""
    group: str = ""
    display_link: str = ""
    help_link: str = ""
    revision: str = ""
    message_class: MessageClass = MessageClass.ALARM
    setpoint_tag: str = ""
    expression: str = ""
    bit: int = 0
    window_ns: int = 0
    count: int = 0
    realarm_ns: int = 0
    exclusive: bool = False
    comment_required: bool = False
    auto_ack_ns: int = 0
    shelve_role: Role | None = None
    suppressible: bool = True
    removable: bool = True
    consequence_level: str = ""


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """Record one transition; immutable, appended to the journal and never changed (ALM-21).

    ``sequence`` counts all events of a station without a hole; ``event_id`` is 16 random bytes in hexadecimal
    that an acknowledgement names (ALM-07); ``occurrence_id`` is the same for all transitions from activation
    to normal, and empty outside one. Times are UTC nanoseconds. ``state_after`` of a hidden alarm is what
    hides it (ALM-06); ``flags`` are the bits of :class:`alarms.state.Variables` after the transition, from
    which a station finds its alarms again.

    ``first_out`` marks the alarm that came first in its group (ALM-17). ``level`` is the id of the row of
    ``alarms.csv`` whose limit and priority are meant, when an alarm has several (exclusive limits).
    """

    sequence: int
    event_id: str
    occurrence_id: str
    alarm_id: str
    transition: Transition
    source_ns: int
    receive_ns: int
    state_before: AlarmState
    state_after: AlarmState
    value: Value | None
    limit: float | None
    unit: str
    status: int
    priority: Priority
    severity: int
    message: str
    area: str = ""
    user: str = ""
    workstation: str = ""
    comment: str = ""
    tag: str = ""
    flags: int = 0
    shelved_until_ns: int = 0
    message_class: MessageClass = MessageClass.ALARM
    first_out: bool = False
    level: str = ""


@dataclass(frozen=True, slots=True)
class AlarmSnapshot:
    """Show one alarm as the operator's list does: the newest facts of the present occurrence.

    ``event_id`` is the one to acknowledge; ``active_ns`` and ``acknowledged_ns`` are 0 when not (yet) so.
    ``status`` is the input's quality: while it is bad, ``active`` is frozen (ALM-10). ``count`` is how often
    the present occurrence was annunciated (1, and one more for each re-alarm). ``hidden_by`` and
    ``hidden_reason`` say who or what shelved it, suppresses it or took it out of service, ``hidden_ns`` since
    when (ALM-13). ``first_out`` and ``level`` are those of :class:`AlarmEvent`.

    ``device`` is the connection whose device keeps the state of this alarm; empty for the station's own.
    Such an alarm may have to be ``confirmed`` after its acknowledgement, and is ``doubtful`` while its device
    is out of reach or has not said whether it still holds.
    """

    alarm_id: str
    event_id: str
    occurrence_id: str
    state: AlarmState
    active: bool
    acknowledged: bool
    priority: Priority
    severity: int
    tag: str
    area: str
    message: str
    value: Value | None
    limit: float | None
    unit: str
    active_ns: int
    returned_ns: int
    acknowledged_ns: int
    acknowledged_by: str = ""
    comment: str = ""
    count: int = 0
    status: int = int(StatusCode.Good)
    shelved_until_ns: int = 0
    message_class: MessageClass = MessageClass.ALARM
    hidden_by: str = ""
    hidden_reason: str = ""
    hidden_ns: int = 0
    first_out: bool = False
    level: str = ""
    device: str = ""
    confirmed: bool = True
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class AlarmRefusal:
    """Tell which request of an operator was not carried out, and why, in one sentence.

    ``subject`` is the event id or alarm id of the request.
    """

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """Count what the banner always shows: alarms per priority, and how many each means hides (ALM-13).

    ``unacknowledged`` counts UNACK, RTNUN and LATUN; ``active`` counts UNACK and ACKED; only the message
    class ALARM counts (ALM-02). ``activations`` is the number of counted activations since the station
    started (rows 1, 6, 7, 8 of ALM-05, not hidden).
    """

    unacknowledged: dict[Priority, int]
    active: dict[Priority, int]
    shelved: int
    suppressed: int
    out_of_service: int
    activations: int

    def __add__(self, other: "AlarmCounts") -> "AlarmCounts":
        """Return the counts of both together."""
        return AlarmCounts(
            {
                priority: self.unacknowledged[priority] + other.unacknowledged[priority]
                for priority in Priority
            },
            {priority: self.active[priority] + other.active[priority] for priority in Priority},
            self.shelved + other.shelved,
            self.suppressed + other.suppressed,
            self.out_of_service + other.out_of_service,
            self.activations + other.activations,
        )


@dataclass(frozen=True, slots=True)
class AlarmProblem:
    """Tell what is wrong with a definition: the column of ``alarms.csv`` and what was expected.

    ``other`` is the id of the alarm that it does not go with.
    """

    alarm_id: str
    column: str
    text: str
    is_warning: bool = False
    other: str = ""

    def __str__(self) -> str:
        other = f" ({self.other})" if self.other else ""
        return f"{self.alarm_id} [{self.column}]: {self.text}{other}"
