"""Fold the alarm list: one row per area, first-out group or cause, which opens to the alarms in it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from alarms.model import AlarmDefinition, AlarmSnapshot
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

    @classmethod
    def of(cls, title: str, rows: Sequence[AlarmSnapshot], *, is_open: bool, leads: bool) -> "Fold":
        """Return the fold of these rows, of which there is at least one."""
        waiting = [row for row in rows if is_unacknowledged(row)]
        leading = [row for row in rows if row.first_out] or rows
        began_ns = min(map(_active_ns, leading))
        oldest = [row for row in leading if row.active_ns == began_ns]
        return cls(
            title,
            tuple(rows),
            is_open,
            min(waiting or rows, key=_priority),
            min(oldest, key=_alarm_id),
            len(waiting),
            leads,
        )


_priority = attrgetter("priority")
_active_ns = attrgetter("active_ns")
_alarm_id = attrgetter("alarm_id")


Line = AlarmSnapshot | Fold
"""What one row of the list shows."""


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


def fold(
    rows: Iterable[AlarmSnapshot],
    title_of: Callable[[AlarmSnapshot], str],
    opened: Collection[str],
    leader: str = "",
) -> list[Line]:
    """Return the folded list of rows that are in the list's order.

    The fold with the alarm ``leader`` is on top; the others follow in the order of their foremost rows.
    """
    members: dict[str, list[AlarmSnapshot]] = {}
    first_of_all = ""
    has_leader = False
    for row in rows:
        title = title_of(row)
        members.setdefault(title, []).append(row)
        if leader and row.alarm_id == leader:
            first_of_all, has_leader = title, True
    lines: list[Line] = []
    for title in sorted(members, key=lambda one: not (has_leader and one == first_of_all)):
        is_open = title in opened
        leads = has_leader and title == first_of_all
        lines.append(Fold.of(title, members[title], is_open=is_open, leads=leads))
        if is_open:
            lines += members[title]
    return lines
