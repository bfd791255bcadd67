"""What alarm classes and roles may do, as data: shelving, suppression, acknowledgement (ALM-12, ALM-14)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from alarms.model import AlarmDefinition, Priority
from tags.clock import NS_PER_S
from tags.roles import Role

SHELVE_DURATIONS_S: Final = (900, 1800, 3600, 7200, 14_400, 28_800)
"""The durations to choose from: 15 min to one shift (ALM-12)."""
LONG_DURATIONS_S: Final = (43_200, 86_400)
"""What a supervisor may choose beside these."""
SHIFT_S: Final = SHELVE_DURATIONS_S[-1]
DAY_S: Final = LONG_DURATIONS_S[-1]
SHELVE_ROLES: Final[Mapping[Priority, Role]] = MappingProxyType({Priority.URGENT: Role.SUPERVISOR})
"""Who it takes to shelve an alarm of this priority when its class does not say; else an operator."""


@dataclass(frozen=True, slots=True)
class AlarmClass:
    """Say how the alarms of a class are handled: a table ``[alarms.classes.NAME]`` of project.toml.

    ``auto_ack`` alarms leave the list ``auto_ack_after_s`` after their return. ``shelve_role`` None leaves it
    to the priority; ``is_shelvable``, ``may_suppress`` and ``may_remove`` forbid one way to hide each.
    """

    comment_required: bool = False
    auto_ack: bool = False
    auto_ack_after_s: float = 0.0
    is_shelvable: bool = True
    shelve_role: Role | None = None
    may_suppress: bool = True
    may_remove: bool = True
    realarm_s: float = 0.0


def classed(definition: AlarmDefinition, rules: AlarmClass) -> AlarmDefinition:
    """Return the definition with what its class adds: a class forbids more than a row, never less."""
    return replace(
        definition,
        comment_required=rules.comment_required,
        ack_required=definition.ack_required and not rules.auto_ack,
        auto_ack_ns=round(rules.auto_ack_after_s * NS_PER_S) if rules.auto_ack else 0,
        shelvable=definition.shelvable and rules.is_shelvable,
        shelve_role=rules.shelve_role,
        suppressible=rules.may_suppress,
        removable=rules.may_remove,
        realarm_ns=definition.realarm_ns or round(rules.realarm_s * NS_PER_S),
    )


def shelve_role(definition: AlarmDefinition) -> Role:
    """Return who it takes to shelve an alarm: its class says so, or else its present priority (ALM-14)."""
    return definition.shelve_role or SHELVE_ROLES.get(definition.priority, Role.OPERATOR)


def longest_shelving_s(role: Role) -> int:
    """Return how long this role may shelve at most; a one-shot shelving ends then too (ALM-12)."""
    return DAY_S if role.includes(Role.SUPERVISOR) else SHIFT_S


def shelve_durations_s(role: Role) -> tuple[int, ...]:
    """Return the durations that this role may choose from, in seconds (ALM-12)."""
    return (*SHELVE_DURATIONS_S, *LONG_DURATIONS_S) if role.includes(Role.SUPERVISOR) else SHELVE_DURATIONS_S


def shelve_refusal(duration_s: int | None, role: Role) -> str:
    """Return why this role may not choose this duration (None: until the next return); empty when it may."""
    if duration_s is None:
        return ""
    if duration_s > longest_shelving_s(role):
        return f"as {role.value} you may shelve at most {longest_shelving_s(role) // 3600} h (ALM-12)"
    if duration_s not in SHELVE_DURATIONS_S and not role.includes(Role.SUPERVISOR):
        return "shelving lasts " + ", ".join(f"{item // 60} min" for item in SHELVE_DURATIONS_S)
    return "" if duration_s > 0 else "shelving lasts longer than 0 s"
