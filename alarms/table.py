"""The transition table of the alarm state machine, as data (ALM-05).

Every pair of displayed state and trigger has its rows: what moves, what changes nothing, and what is refused,
so that no combination is left to chance. :mod:`alarms.state` walks through it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from alarms.model import AlarmState, Transition

NORM, UNACK, ACKED = AlarmState.NORMAL, AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED
RTNUN = AlarmState.RETURNED_UNACKNOWLEDGED
LATUN, LATAK = AlarmState.LATCHED_UNACKNOWLEDGED, AlarmState.LATCHED_ACKNOWLEDGED
SHLVD, DSUPR = AlarmState.SHELVED, AlarmState.SUPPRESSED_BY_DESIGN
OOSRV, DISABLED = AlarmState.OUT_OF_SERVICE, AlarmState.DISABLED

VISIBLE: Final = (NORM, UNACK, ACKED, RTNUN, LATUN, LATAK)
HIDDEN: Final = (SHLVD, DSUPR, OOSRV)
ENABLED: Final = (*VISIBLE, *HIDDEN)


class Shelving(StrEnum):
    """Name how an alarm is shelved (ALM-04)."""

    NONE = "none"
    TIMED = "timed"
    ONE_SHOT = "one_shot"


class Trigger(StrEnum):
    """Name what may happen to an alarm."""

    CONDITION = "condition true"
    """The condition is true, on-delay over."""
    RETURN = "condition false"
    """The condition is false beyond the deadband, off-delay over."""
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"
    AUTO_ACKNOWLEDGE = "acknowledge by class"
    SEVERITY_ROSE = "severity rises"
    """A higher one of exclusive limits was passed."""
    SEVERITY_FELL = "severity falls"
    RE_ALARM_DUE = "re-alarm time over"
    SHELVE_TIMED = "shelve for a time"
    SHELVE_ONE_SHOT = "shelve once"
    UNSHELVE = "unshelve"
    SHELVING_OVER = "shelving over"
    SUPPRESS = "design suppresses"
    UNSUPPRESS = "design releases"
    REMOVE_FROM_SERVICE = "remove from service"
    RETURN_TO_SERVICE = "return to service"
    DISABLE = "disable"
    ENABLE = "enable"


class Effect(StrEnum):
    """Name what the manager must do besides storing the new variables."""

    OPEN = "open"
    """A new occurrence begins and gets its id."""
    CLOSE = "close"
    """The occurrence is over."""
    COUNT = "count"
    """One more activation in the figures (KPI counting rule)."""
    ANNUNCIATE = "annunciate"
    """Shown and sounded as new: only an acknowledgement given after this one counts (ALM-07)."""
    SILENCE = "silence"
    """The horn has nothing more to say about this alarm."""
    END_ONE_SHOT = "end one-shot"
    """The one-shot shelving ends with this return (row 18): SHELVING_OVER follows at once."""


class Guard(StrEnum):
    """Name what decides between rows of one cell."""

    ALWAYS = ""
    LATCHING = "latching"
    MUST_ACKNOWLEDGE = "not latching, acknowledgement required or waited for"
    NEED_NOT_ACKNOWLEDGE = "not latching, no acknowledgement required"
    NOT_LATCHING = "not latching"
    ACK_REQUIRED = "acknowledgement required"
    AUTO = "no acknowledgement required"
    RELATCH_QUIET = "site: stays acknowledged"
    RELATCH_AGAIN = "site: to be acknowledged again"
    SHELVABLE = "may be shelved"
    NOT_SHELVABLE = "may not be shelved"
    IS_SHELVED = "is shelved"
    NOT_SHELVED = "is not shelved"
    IS_SUPPRESSED = "is suppressed"
    NOT_SUPPRESSED = "is not suppressed"
    IS_OUT_OF_SERVICE = "is out of service"
    IN_SERVICE = "is in service"


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row of the transition table.

    ``number`` is the row of ALM-05 (empty: a cell that ALM-05 leaves out). ``target`` is the basic state to
    go to; ``changes`` are the other variables that change. ``is_below`` rows follow the table of the hidden
    basic state (ALM-06). A row with ``refusal`` moves nothing and says why; one without transition, refusal
    and ``is_below`` changes nothing and is no fault.
    """

    number: str
    sources: tuple[AlarmState, ...]
    trigger: Trigger
    guard: Guard = Guard.ALWAYS
    target: AlarmState | None = None
    transition: Transition | None = None
    effects: frozenset[Effect] = frozenset()
    changes: Mapping[str, Any] = field(default_factory=dict)
    is_below: bool = False
    refusal: str = ""


def _effects(*effects: Effect) -> frozenset[Effect]:
    return frozenset(effects)


_NEW = _effects(Effect.OPEN, Effect.COUNT, Effect.ANNUNCIATE)
_AGAIN = _effects(Effect.COUNT, Effect.ANNUNCIATE)
_ANNUNCIATE = _effects(Effect.ANNUNCIATE)
_SILENCE = _effects(Effect.SILENCE)
_CLOSE = _effects(Effect.CLOSE, Effect.SILENCE)
_NOTHING_TO_RESET = "nothing is latched"
_TAKE_BACK_FIRST = "the alarm is hidden: take it back first"
_IS_DISABLED = "the alarm is disabled"
_AT_REST: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "active": False,
        "acked": True,
        "latched": False,
        "shelving": Shelving.NONE,
        "suppressed": False,
        "out_of_service": False,
    }
)

TABLE: Final[tuple[Row, ...]] = (
    # The condition
    Row("1", (NORM,), Trigger.CONDITION, target=UNACK, transition=Transition.ACTIVATED, effects=_NEW),
    Row("6", (RTNUN,), Trigger.CONDITION, target=UNACK, transition=Transition.RE_ALARMED, effects=_AGAIN),
    Row("14", (LATAK,), Trigger.CONDITION, Guard.RELATCH_QUIET, ACKED, Transition.ACTIVATED),
    Row("14", (LATAK,), Trigger.CONDITION, Guard.RELATCH_AGAIN, UNACK, Transition.ACTIVATED, _ANNUNCIATE),
    Row(
        "15", (LATUN,), Trigger.CONDITION, target=UNACK, transition=Transition.ACTIVATED, effects=_ANNUNCIATE
    ),
    Row("", (UNACK, ACKED), Trigger.CONDITION),
    Row("ALM-06", HIDDEN, Trigger.CONDITION, is_below=True),
    Row("24", (DISABLED,), Trigger.CONDITION),
    Row("3", (UNACK,), Trigger.RETURN, Guard.MUST_ACKNOWLEDGE, RTNUN, Transition.RETURNED),
    Row("16", (UNACK,), Trigger.RETURN, Guard.NEED_NOT_ACKNOWLEDGE, NORM, Transition.RETURNED, _CLOSE),
    Row("9", (UNACK,), Trigger.RETURN, Guard.LATCHING, LATUN, Transition.RETURNED),
    Row("4", (ACKED,), Trigger.RETURN, Guard.NOT_LATCHING, NORM, Transition.RETURNED, _CLOSE),
    Row("11", (ACKED,), Trigger.RETURN, Guard.LATCHING, LATAK, Transition.RETURNED),
    Row("", (NORM, RTNUN, LATUN, LATAK), Trigger.RETURN),
    Row("ALM-06", HIDDEN, Trigger.RETURN, is_below=True),
    Row("24", (DISABLED,), Trigger.RETURN),
    Row("7", (ACKED,), Trigger.SEVERITY_ROSE, target=UNACK, transition=Transition.RE_ALARMED, effects=_AGAIN),
    Row("", (UNACK,), Trigger.SEVERITY_ROSE, transition=Transition.SEVERITY_CHANGED, effects=_ANNUNCIATE),
    Row("", (NORM, RTNUN, LATUN, LATAK), Trigger.SEVERITY_ROSE),
    Row("ALM-06", HIDDEN, Trigger.SEVERITY_ROSE, is_below=True),
    Row("24", (DISABLED,), Trigger.SEVERITY_ROSE),
    Row("", (UNACK, ACKED), Trigger.SEVERITY_FELL, transition=Transition.SEVERITY_CHANGED),
    Row("", (NORM, RTNUN, LATUN, LATAK), Trigger.SEVERITY_FELL),
    Row("ALM-06", HIDDEN, Trigger.SEVERITY_FELL, is_below=True),
    Row("24", (DISABLED,), Trigger.SEVERITY_FELL),
    Row("8", (ACKED,), Trigger.RE_ALARM_DUE, target=UNACK, transition=Transition.RE_ALARMED, effects=_AGAIN),
    Row("", (NORM, UNACK, RTNUN, LATUN, LATAK, *HIDDEN, DISABLED), Trigger.RE_ALARM_DUE),
    # Acknowledge and reset
    Row("2", (UNACK,), Trigger.ACKNOWLEDGE, Guard.ALWAYS, ACKED, Transition.ACKNOWLEDGED, _SILENCE),
    Row("5", (RTNUN,), Trigger.ACKNOWLEDGE, Guard.ALWAYS, NORM, Transition.ACKNOWLEDGED, _CLOSE),
    Row("10", (LATUN,), Trigger.ACKNOWLEDGE, Guard.ALWAYS, LATAK, Transition.ACKNOWLEDGED, _SILENCE),
    Row("", (NORM, ACKED, LATAK), Trigger.ACKNOWLEDGE),
    Row("", HIDDEN, Trigger.ACKNOWLEDGE, refusal=_TAKE_BACK_FIRST),
    Row("24", (DISABLED,), Trigger.ACKNOWLEDGE, refusal=_IS_DISABLED),
    Row("16", (RTNUN,), Trigger.AUTO_ACKNOWLEDGE, Guard.AUTO, NORM, Transition.ACKNOWLEDGED, _CLOSE),
    Row("", (RTNUN,), Trigger.AUTO_ACKNOWLEDGE, Guard.ACK_REQUIRED),
    Row("", (NORM, UNACK, ACKED, LATUN, LATAK, *HIDDEN, DISABLED), Trigger.AUTO_ACKNOWLEDGE),
    Row("12", (LATAK,), Trigger.RESET, Guard.ALWAYS, NORM, Transition.RESET, _CLOSE),
    Row(
        "13",
        (LATUN,),
        Trigger.RESET,
        transition=Transition.RESET_REFUSED,
        refusal="the alarm is not acknowledged yet",
    ),
    Row(
        "12",
        (UNACK, ACKED),
        Trigger.RESET,
        transition=Transition.RESET_REFUSED,
        refusal="the condition is still true",
    ),
    Row("", (NORM, RTNUN), Trigger.RESET, refusal=_NOTHING_TO_RESET),
    Row("", HIDDEN, Trigger.RESET, refusal=_TAKE_BACK_FIRST),
    Row("24", (DISABLED,), Trigger.RESET, refusal=_IS_DISABLED),
    # Shelving
    Row(
        "17",
        ENABLED,
        Trigger.SHELVE_TIMED,
        Guard.SHELVABLE,
        transition=Transition.SHELVED,
        effects=_SILENCE,
        changes=MappingProxyType({"shelving": Shelving.TIMED}),
    ),
    Row("17", ENABLED, Trigger.SHELVE_TIMED, Guard.NOT_SHELVABLE, refusal="this alarm may not be shelved"),
    Row("24", (DISABLED,), Trigger.SHELVE_TIMED, refusal=_IS_DISABLED),
    Row(
        "18",
        ENABLED,
        Trigger.SHELVE_ONE_SHOT,
        Guard.SHELVABLE,
        transition=Transition.SHELVED,
        effects=_SILENCE,
        changes=MappingProxyType({"shelving": Shelving.ONE_SHOT}),
    ),
    Row("18", ENABLED, Trigger.SHELVE_ONE_SHOT, Guard.NOT_SHELVABLE, refusal="this alarm may not be shelved"),
    Row("24", (DISABLED,), Trigger.SHELVE_ONE_SHOT, refusal=_IS_DISABLED),
    Row(
        "19",
        ENABLED,
        Trigger.UNSHELVE,
        Guard.IS_SHELVED,
        transition=Transition.UNSHELVED,
        changes=MappingProxyType({"shelving": Shelving.NONE}),
    ),
    Row("", ENABLED, Trigger.UNSHELVE, Guard.NOT_SHELVED, refusal="the alarm is not shelved"),
    Row("24", (DISABLED,), Trigger.UNSHELVE, refusal=_IS_DISABLED),
    Row(
        "19",
        ENABLED,
        Trigger.SHELVING_OVER,
        Guard.IS_SHELVED,
        transition=Transition.UNSHELVED,
        changes=MappingProxyType({"shelving": Shelving.NONE}),
    ),
    Row("", ENABLED, Trigger.SHELVING_OVER, Guard.NOT_SHELVED),
    Row("24", (DISABLED,), Trigger.SHELVING_OVER),
    # Suppressed by design
    Row(
        "20",
        ENABLED,
        Trigger.SUPPRESS,
        Guard.NOT_SUPPRESSED,
        transition=Transition.SUPPRESSED,
        effects=_SILENCE,
        changes=MappingProxyType({"suppressed": True}),
    ),
    Row("", ENABLED, Trigger.SUPPRESS, Guard.IS_SUPPRESSED),
    Row("24", (DISABLED,), Trigger.SUPPRESS),
    Row(
        "21",
        ENABLED,
        Trigger.UNSUPPRESS,
        Guard.IS_SUPPRESSED,
        transition=Transition.UNSUPPRESSED,
        changes=MappingProxyType({"suppressed": False}),
    ),
    Row("", ENABLED, Trigger.UNSUPPRESS, Guard.NOT_SUPPRESSED),
    Row("24", (DISABLED,), Trigger.UNSUPPRESS),
    # Out of service
    Row(
        "22",
        ENABLED,
        Trigger.REMOVE_FROM_SERVICE,
        Guard.IN_SERVICE,
        transition=Transition.REMOVED_FROM_SERVICE,
        effects=_SILENCE,
        changes=MappingProxyType({"out_of_service": True}),
    ),
    Row(
        "",
        ENABLED,
        Trigger.REMOVE_FROM_SERVICE,
        Guard.IS_OUT_OF_SERVICE,
        refusal="the alarm is out of service already",
    ),
    Row("24", (DISABLED,), Trigger.REMOVE_FROM_SERVICE, refusal=_IS_DISABLED),
    Row(
        "23",
        ENABLED,
        Trigger.RETURN_TO_SERVICE,
        Guard.IS_OUT_OF_SERVICE,
        transition=Transition.RETURNED_TO_SERVICE,
        changes=MappingProxyType({"out_of_service": False}),
    ),
    Row("", ENABLED, Trigger.RETURN_TO_SERVICE, Guard.IN_SERVICE, refusal="the alarm is in service"),
    Row("24", (DISABLED,), Trigger.RETURN_TO_SERVICE, refusal=_IS_DISABLED),
    # Configuration
    Row(
        "24",
        ENABLED,
        Trigger.DISABLE,
        transition=Transition.DISABLED,
        effects=_CLOSE,
        changes=MappingProxyType({**_AT_REST, "enabled": False}),
    ),
    Row("", (DISABLED,), Trigger.DISABLE),
    Row(
        "24",
        (DISABLED,),
        Trigger.ENABLE,
        transition=Transition.ENABLED,
        changes=MappingProxyType({"enabled": True}),
    ),
    Row("", ENABLED, Trigger.ENABLE),
)
"""ALM-05 with every cell of displayed state and trigger; exactly one row of a cell passes its guard."""

REVEALED: Final[Mapping[AlarmState, tuple[AlarmState, frozenset[Effect]]]] = MappingProxyType(
    {
        UNACK: (UNACK, _ANNUNCIATE),
        ACKED: (UNACK, _ANNUNCIATE),
        LATUN: (LATUN, _ANNUNCIATE),
        LATAK: (LATUN, _ANNUNCIATE),
        RTNUN: (NORM, _CLOSE),
        NORM: (NORM, _CLOSE),
    }
)
"""What a hidden basic state becomes when nothing hides it any more (rows 19, 21, 23).

A true condition is annunciated as new. A latch that was set meanwhile, or before, stays until it is reset:
only row 12 clears one, so that a trip does not vanish because it happened while shelved.
"""
