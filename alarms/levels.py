"""Exclusive limits: HI and HIHI of a tag as one alarm with two levels (row 7 of ALM-05)."""

from collections.abc import Sequence
from typing import NamedTuple

from alarms import definitions as definition_rules
from alarms.conditions import Edge
from alarms.model import AlarmDefinition
from alarms.table import Trigger


class Move(NamedTuple):
    """Tell what an edge of one limit is to its alarm: ``trigger`` is None when it changes nothing there."""

    base: int
    level: int
    trigger: Trigger | None


class Levels:
    """Know which definitions are the outer level of another one, and which levels are true.

    An alarm is active while any of its levels is; the highest one that is true gives its limit.
    """

    __slots__ = ("_bases", "_definitions", "_outer", "_true")

    def __init__(self, definitions: Sequence[AlarmDefinition]) -> None:
        self._definitions = definitions
        self._bases = definition_rules.levels(definitions)
        self._outer = {base: outer for outer, base in self._bases.items()}
        self._true: dict[int, list[bool]] = {base: [False, False] for base in self._outer}

    def base(self, index: int) -> int:
        """Return the place of the definition whose alarm this one belongs to; its own for most."""
        return self._bases.get(index, index)

    def of(self, index: int) -> tuple[AlarmDefinition, ...]:
        """Return the definitions of the alarm at this place, the inner one first."""
        outer = self._outer.get(index)
        return (self._definitions[index], *(() if outer is None else (self._definitions[outer],)))

    def places(self, index: int) -> tuple[int, ...]:
        """Return the places of all definitions of the alarm at this place."""
        outer = self._outer.get(index)
        return (index,) if outer is None else (index, outer)

    def redefine(self, definitions: Sequence[AlarmDefinition]) -> None:
        """Take changed settings."""
        self._definitions = definitions

    def take(self, edge: Edge) -> Move:
        """Return what the edge of a condition does to its alarm."""
        base = self.base(edge.alarm)
        true = self._true.get(base)
        if true is None:
            return Move(base, 0, Trigger.CONDITION if edge.is_active else Trigger.RETURN)
        before = _highest(true)
        true[edge.alarm != base] = edge.is_active
        after = _highest(true)
        if before == after:
            return Move(base, max(after, 0), None)
        if before < 0:
            return Move(base, after, Trigger.CONDITION)
        if after < 0:
            return Move(base, before, Trigger.RETURN)
        return Move(base, after, Trigger.SEVERITY_ROSE if after > before else Trigger.SEVERITY_FELL)

    def restore(self, base: int, is_active: bool, level: str) -> list[int]:
        """Set what the journal remembers of an alarm; return the conditions that are true by it."""
        outer = self._outer.get(base)
        if outer is None:
            return [base] if is_active else []
        is_outer = is_active and level == self._definitions[outer].alarm_id
        self._true[base] = [is_active, is_outer]
        return [index for index, is_true in ((base, is_active), (outer, is_outer)) if is_true]

    def forget(self, base: int) -> None:
        """Begin anew with a condition that is false, as after an alarm was disabled."""
        if base in self._true:
            self._true[base] = [False, False]


def _highest(true: Sequence[bool]) -> int:
    return 1 if true[1] else 0 if true[0] else -1
