"""The alarm state machine: orthogonal variables, and the step through the transition table.

Designed after ISA-18.2 / IEC 62682 and OPC UA Part 9. What is stored are independent facts (ALM-04); the
state that people see is derived from them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from alarms.model import AlarmState, Transition
from alarms.table import (
    ACKED,
    DISABLED,
    DSUPR,
    HIDDEN,
    LATAK,
    LATUN,
    NORM,
    OOSRV,
    REVEALED,
    RTNUN,
    SHLVD,
    TABLE,
    UNACK,
    Effect,
    Guard,
    Row,
    Shelving,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Hold what a definition, its class and the site decide about the machine.

    ``is_relatched_alarm_new`` is the site's choice of row 14: a latched, acknowledged alarm whose condition
    comes back is to be acknowledged again. ``is_ack_awaited``: an alarm that needs no acknowledgement stays
    in the list for a time after its return (row 16).
    """

    is_latching: bool = False
    is_ack_required: bool = True
    is_shelvable: bool = True
    is_relatched_alarm_new: bool = False
    is_ack_awaited: bool = False

    @property
    def stays_after_return(self) -> bool:
        """Tell whether an unacknowledged alarm that returns stays in the list."""
        return self.is_ack_required or self.is_ack_awaited


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


_RULE_GUARDS: Final[Mapping[Guard, Callable[[Rules], bool]]] = MappingProxyType(
    {
        Guard.LATCHING: lambda rules: rules.is_latching,
        Guard.MUST_ACKNOWLEDGE: lambda rules: not rules.is_latching and rules.stays_after_return,
        Guard.NEED_NOT_ACKNOWLEDGE: lambda rules: not rules.is_latching and not rules.stays_after_return,
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
