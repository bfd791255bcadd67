"""Fold the alarm list: one row per area, first-out group or cause, which opens to the alarms in it."""

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from alarms.model import AlarmDefinition, AlarmSnapshot, Priority
from views.alarm_book import is_unacknowledged


class Grouping(StrEnum):
    """Name what alarms of one folded row have in common."""

    NONE = "none"
    AREA = "area"
    GROUP = "group"
    """The first-out group; an alarm without one goes with its area."""
    CAUSE = "cause"
    """The likely cause that the engineer wrote."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Head a group of rows, which are in the order of the list; closed, it stands for all of them.

    ``title`` is empty for the alarms that lack what the list is grouped by. ``worst`` is the row whose symbol
    the fold shows: unacknowledged first, then the highest priority. ``first`` is what came first: the marked
    first-out (ALM-17), else the earliest. ``leads`` tells that the present flood began with one of them.
    """

    title: str
    rows: tuple[AlarmSnapshot, ...]
    is_open: bool
    worst: AlarmSnapshot
    first: AlarmSnapshot
    unacknowledged: int
    leads: bool = False


Line = AlarmSnapshot | Fold
"""What one row of the list shows."""
Key = tuple[Any, ...]
"""What orders the rows of the list; no two rows have the same."""


def title_by(
    grouping: Grouping, definitions: Mapping[str, AlarmDefinition]
) -> Callable[[AlarmSnapshot], str]:
    """Return what gives a row the title of its fold."""

    def cause(row: AlarmSnapshot) -> str:
        definition = definitions.get(row.alarm_id)
        return definition.cause if definition is not None else ""

    def group(row: AlarmSnapshot) -> str:
        definition = definitions.get(row.alarm_id)
        return (definition.group if definition is not None else "") or row.area

    return {Grouping.CAUSE: cause, Grouping.GROUP: group}.get(grouping, lambda row: row.area)


class Members:
    """Keep the alarms of one fold in the order of the list, and know what heads them. No Qt.

    A row that comes or goes costs the search for its place.
    """

    __slots__ = ("_by_age", "_by_urgency", "_waiting", "keys", "rows")

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.rows: list[AlarmSnapshot] = []
        self._by_urgency: list[tuple[bool, Priority, Key, AlarmSnapshot]] = []
        self._by_age: list[tuple[bool, int, str, AlarmSnapshot]] = []
        self._waiting = 0

    def put(self, at: int, entering: Sequence[tuple[Key, AlarmSnapshot]]) -> None:
        """Take rows in that all belong before the one at a place."""
        self.keys[at:at] = [key for key, _ in entering]
        self.rows[at:at] = [row for _, row in entering]
        for key, row in entering:
            insort(self._by_urgency, (*_urgency(key, row), row))
            insort(self._by_age, (*_age(row), row))
            self._waiting += is_unacknowledged(row)

    def take(self, first: int, last: int) -> None:
        """Take out the rows from one place to another, both included."""
        for key, row in zip(self.keys[first : last + 1], self.rows[first : last + 1], strict=True):
            del self._by_urgency[bisect_left(self._by_urgency, _urgency(key, row))]
            del self._by_age[bisect_left(self._by_age, _age(row))]
            self._waiting -= is_unacknowledged(row)
        del self.keys[first : last + 1]
        del self.rows[first : last + 1]

    def change(self, old_key: Key, key: Key, row: AlarmSnapshot) -> tuple[int, int]:
        """Let a row be another one; return its place before and, without it, afterwards."""
        source, target = bisect_left(self.keys, old_key), bisect_left(self.keys, key)
        target -= target > source
        old = self.rows[source]
        if old_key == key and _urgency(key, old) == _urgency(key, row) and _age(old) == _age(row):
            self.rows[source] = row
            urgency, age = (*_urgency(key, row), row), (*_age(row), row)
            self._by_urgency[bisect_left(self._by_urgency, urgency[:-1])] = urgency
            self._by_age[bisect_left(self._by_age, age[:-1])] = age
        else:
            self.take(source, source)
            self.put(target, [(key, row)])
        return source, target

    def fold(self, title: str, *, is_open: bool, leads: bool) -> Fold:
        """Return what heads these rows, of which there is at least one."""
        worst, first = self._by_urgency[0][-1], self._by_age[0][-1]
        return Fold(title, tuple(self.rows), is_open, worst, first, self._waiting, leads)


# What is kept beside a row in a sorted list is its own, so that rows are never compared.


def _urgency(key: Key, row: AlarmSnapshot) -> tuple[bool, Priority, Key]:
    return not is_unacknowledged(row), row.priority, key


def _age(row: AlarmSnapshot) -> tuple[bool, int, str]:
    return not row.first_out, row.active_ns, row.alarm_id
