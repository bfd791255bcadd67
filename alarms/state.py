"""The alarm state machine: orthogonal variables, the transition table as data, and the step through it.

Designed after ISA-18.2 / IEC 62682 and OPC UA Part 9. What is stored are independent facts (ALM-04); the
state that people see is derived from them. Every pair of displayed state and trigger has its rows in the
table (ALM-05): what moves, what changes nothing, and what is refused, so that no combination is left to
chance.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    MUST_ACKNOWLEDGE = "not latching, acknowledgement required"
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
class Rules:
    """Hold what a definition, its class and the site decide about the machine.

    ``is_relatched_alarm_new`` is the site's choice of row 14: a latched, acknowledged alarm whose condition
    comes back is to be acknowledged again.
    """

    is_latching: bool = False
    is_ack_required: bool = True
    is_shelvable: bool = True
    is_relatched_alarm_new: bool = False


@dataclass(frozen=True, slots=True)
class Variables:
    """Store the independent facts of one alarm (ALM-04).

    ``active`` is the condition after delays and deadband. ``latched`` holds a latching alarm whose cause has
    gone until it is reset, so an alarm is never active and latched together.
    """

    active: bool = False
    acked: bool = True
    latched: bool = False
    enabled: bool = True
    shelving: Shelving = Shelving.NONE
    suppressed: bool = False
    out_of_service: bool = False

    @property
    def basic(self) -> AlarmState:
        """Return the state that the condition and the operator made, whatever hides it."""
        return _BASIC_STATES[self.active, self.acked, self.latched]

    @property
    def state(self) -> AlarmState:
        """Return the displayed state; disabled, out of service, suppressed and shelved win in this order."""
        if not self.enabled:
            return DISABLED
        if self.out_of_service:
            return OOSRV
        if self.suppressed:
            return DSUPR
        if self.shelving is not Shelving.NONE:
            return SHLVD
        return self.basic

    @property
    def is_hidden(self) -> bool:
        """Tell whether the alarm is evaluated and journaled, but neither annunciated nor counted (ALM-06)."""
        return self.state in HIDDEN

    def to_flags(self) -> int:
        """Return the variables as the bits that an event carries, so that a restart finds them again."""
        flags = 0
        for bit, name in enumerate(_FLAG_NAMES):
            flags |= bool(getattr(self, name)) << bit
        return flags | _SHELVING_BITS[self.shelving] << len(_FLAG_NAMES)

    @classmethod
    def from_flags(cls, flags: int) -> "Variables":
        """Return the variables of an event's bits.

        Raises:
            ValueError: no such combination exists.
        """
        facts = {name: bool(flags >> bit & 1) for bit, name in enumerate(_FLAG_NAMES)}
        shelving = _SHELVING_OF_BITS.get(flags >> len(_FLAG_NAMES))
        if shelving is None or (facts["active"] and facts["latched"]):
            raise ValueError(f"no alarm has the flags {flags:#x}")
        return cls(shelving=shelving, **facts)


_FLAG_NAMES: Final = ("active", "acked", "latched", "enabled", "suppressed", "out_of_service")
_SHELVING_BITS: Final = {Shelving.NONE: 0, Shelving.TIMED: 1, Shelving.ONE_SHOT: 2}
_SHELVING_OF_BITS: Final = {bits: shelving for shelving, bits in _SHELVING_BITS.items()}
_BASIC_STATES: Final[Mapping[tuple[bool, bool, bool], AlarmState]] = MappingProxyType(
    {
        (False, True, False): NORM,
        (True, False, False): UNACK,
        (True, True, False): ACKED,
        (False, False, False): RTNUN,
        (False, False, True): LATUN,
        (False, True, True): LATAK,
    }
)
_BASIC_VARIABLES: Final = {state: facts for facts, state in _BASIC_STATES.items()}


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
    Row("", (NORM, UNACK, RTNUN, LATUN, LATAK, *HIDDEN, DISABLED), Trigger.SEVERITY_ROSE),
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

_RULE_GUARDS: Final[Mapping[Guard, Callable[[Rules], bool]]] = MappingProxyType(
    {
        Guard.LATCHING: lambda rules: rules.is_latching,
        Guard.MUST_ACKNOWLEDGE: lambda rules: not rules.is_latching and rules.is_ack_required,
        Guard.NEED_NOT_ACKNOWLEDGE: lambda rules: not rules.is_latching and not rules.is_ack_required,
        Guard.NOT_LATCHING: lambda rules: not rules.is_latching,
        Guard.ACK_REQUIRED: lambda rules: rules.is_ack_required,
        Guard.AUTO: lambda rules: not rules.is_ack_required,
        Guard.RELATCH_QUIET: lambda rules: not rules.is_relatched_alarm_new,
        Guard.RELATCH_AGAIN: lambda rules: rules.is_relatched_alarm_new,
        Guard.SHELVABLE: lambda rules: rules.is_shelvable,
        Guard.NOT_SHELVABLE: lambda rules: not rules.is_shelvable,
    }
)
_VARIABLE_GUARDS: Final[Mapping[Guard, Callable[[Variables], bool]]] = MappingProxyType(
    {
        Guard.IS_SHELVED: lambda variables: variables.shelving is not Shelving.NONE,
        Guard.NOT_SHELVED: lambda variables: variables.shelving is Shelving.NONE,
        Guard.IS_SUPPRESSED: lambda variables: variables.suppressed,
        Guard.NOT_SUPPRESSED: lambda variables: not variables.suppressed,
        Guard.IS_OUT_OF_SERVICE: lambda variables: variables.out_of_service,
        Guard.IN_SERVICE: lambda variables: not variables.out_of_service,
    }
)


def passes(guard: Guard, variables: Variables, rules: Rules) -> bool:
    """Tell whether a row with this guard applies."""
    if guard in _RULE_GUARDS:
        return _RULE_GUARDS[guard](rules)
    if guard in _VARIABLE_GUARDS:
        return _VARIABLE_GUARDS[guard](variables)
    return guard is Guard.ALWAYS


def _by_cell(rows: Iterable[Row]) -> Mapping[tuple[AlarmState, Trigger], tuple[Row, ...]]:
    cells: dict[tuple[AlarmState, Trigger], tuple[Row, ...]] = {}
    for row in rows:
        for source in row.sources:
            cells[source, row.trigger] = (*cells.get((source, row.trigger), ()), row)
    return MappingProxyType(cells)


CELLS: Final = _by_cell(TABLE)
"""The rows of each cell."""


@dataclass(frozen=True, slots=True)
class Step:
    """Tell what one trigger did.

    ``transition`` is None when nothing is to be journaled. ``refusal`` says in words for the operator why a
    command was not carried out; the variables are then unchanged.
    """

    variables: Variables
    transition: Transition | None
    effects: frozenset[Effect]
    row: Row

    @property
    def refusal(self) -> str:
        """Return why the trigger was refused; empty when it was not."""
        return self.row.refusal


def step(variables: Variables, trigger: Trigger, rules: Rules) -> Step:
    """Return what ``trigger`` makes of ``variables`` by the table; pure (ALM-05)."""
    row = find_row(variables.state, trigger, variables, rules)
    if row.is_below:
        return _step_below(variables, trigger, rules)
    if row.refusal or row.transition is None:
        return Step(variables, row.transition, row.effects, row)
    after = _moved(variables, row)
    effects = row.effects
    if variables.is_hidden and not after.is_hidden and after.enabled:
        target, effects = REVEALED[after.basic]
        after = _in_basic_state(after, target)
    return Step(after, row.transition, effects, row)


def find_row(state: AlarmState, trigger: Trigger, variables: Variables, rules: Rules) -> Row:
    """Return the one row of the cell whose guard passes."""
    for row in CELLS[state, trigger]:
        if passes(row.guard, variables, rules):
            return row
    raise AssertionError(f"no row for {trigger.value} in {state.value}: the table has a hole")


def _step_below(variables: Variables, trigger: Trigger, rules: Rules) -> Step:
    row = find_row(variables.basic, trigger, variables, rules)
    if row.transition is None:
        return Step(variables, None, frozenset(), row)
    effects = row.effects - {Effect.COUNT, Effect.ANNUNCIATE}
    if trigger is Trigger.RETURN and variables.shelving is Shelving.ONE_SHOT:
        effects |= {Effect.END_ONE_SHOT}
    return Step(_moved(variables, row), row.transition, effects, row)


def _moved(variables: Variables, row: Row) -> Variables:
    if row.target is not None:
        return _in_basic_state(variables, row.target)
    return replace(variables, **row.changes)


def _in_basic_state(variables: Variables, state: AlarmState) -> Variables:
    active, acked, latched = _BASIC_VARIABLES[state]
    return replace(variables, active=active, acked=acked, latched=latched)


def diagram() -> str:
    """Return the visible part of the table as a Mermaid state diagram, generated from the data."""
    lines = ["stateDiagram-v2", f"    [*] --> {NORM.value}"]
    for row in TABLE:
        if row.target is None:
            continue
        guard = f" [{row.guard.value}]" if row.guard.value else ""
        lines += [
            f"    {source.value} --> {row.target.value}: {row.number} {row.trigger.value}{guard}"
            for source in row.sources
        ]
    return "\n".join(lines) + "\n"


def table_text() -> str:
    """Return the whole table as a Markdown table, generated from the data."""
    lines = ["| Row | From | Trigger | If | To | Effects |", "|---|---|---|---|---|---|"]
    for row in TABLE:
        sources = ", ".join(state.value for state in row.sources)
        effects = ", ".join(sorted(effect.value for effect in row.effects))
        cells = (row.number, sources, row.trigger.value, row.guard.value, _target_text(row), effects)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _target_text(row: Row) -> str:
    if row.refusal:
        return f"refused: {row.refusal}"
    if row.is_below:
        return "stays hidden; the state below moves"
    if row.target is not None:
        return row.target.value
    if row.transition is None:
        return "unchanged"
    return _HIDING_TEXTS[row.trigger]


_HIDING_TEXTS: Final[Mapping[Trigger, str]] = MappingProxyType(
    {
        Trigger.SHELVE_TIMED: SHLVD.value,
        Trigger.SHELVE_ONE_SHOT: SHLVD.value,
        Trigger.SUPPRESS: DSUPR.value,
        Trigger.REMOVE_FROM_SERVICE: OOSRV.value,
        Trigger.DISABLE: DISABLED.value,
        Trigger.ENABLE: NORM.value,
        **dict.fromkeys(
            (Trigger.UNSHELVE, Trigger.SHELVING_OVER, Trigger.UNSUPPRESS, Trigger.RETURN_TO_SERVICE),
            "UNACK if the condition is true, LATUN if latched, else NORM",
        ),
    }
)
