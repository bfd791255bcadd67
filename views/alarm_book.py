"""The alarm rows as the station last told them, and the figures that every screen shows of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alarms.model import AlarmSnapshot, AlarmState, MessageClass, Priority


class StateGroup(StrEnum):
    """Name the groups by which an operator asks for alarms."""

    UNACKNOWLEDGED = "unacknowledged"
    """Active, latched or returned, and nobody has acknowledged yet."""
    ACKNOWLEDGED = "acknowledged"
    """Seen, and not yet back to normal or not yet reset."""
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    """Suppressed by design: not annunciated, but never hidden from the counts."""
    OUT_OF_SERVICE = "out_of_service"
    """Out of service or disabled."""


HIDDEN_GROUPS = (StateGroup.SHELVED, StateGroup.SUPPRESSED, StateGroup.OUT_OF_SERVICE)
"""Each has a counter and a list of its own (ALM-13)."""


_GROUPS: Mapping[AlarmState, StateGroup] = {
    AlarmState.UNACKNOWLEDGED: StateGroup.UNACKNOWLEDGED,
    AlarmState.RETURNED_UNACKNOWLEDGED: StateGroup.UNACKNOWLEDGED,
    AlarmState.LATCHED_UNACKNOWLEDGED: StateGroup.UNACKNOWLEDGED,
    AlarmState.ACKNOWLEDGED: StateGroup.ACKNOWLEDGED,
    AlarmState.LATCHED_ACKNOWLEDGED: StateGroup.ACKNOWLEDGED,
    AlarmState.NORMAL: StateGroup.ACKNOWLEDGED,
    AlarmState.SHELVED: StateGroup.SHELVED,
    AlarmState.SUPPRESSED_BY_DESIGN: StateGroup.SUPPRESSED,
    AlarmState.OUT_OF_SERVICE: StateGroup.OUT_OF_SERVICE,
    AlarmState.DISABLED: StateGroup.OUT_OF_SERVICE,
}


def group_of(row: AlarmSnapshot) -> StateGroup:
    """Return the group that a row belongs to."""
    return _GROUPS[row.state]


def is_alarm(row: AlarmSnapshot) -> bool:
    """Tell whether a row asks for a response; alerts and prompts have a list of their own (ALM-02)."""
    return row.message_class is MessageClass.ALARM


def is_unacknowledged(row: AlarmSnapshot) -> bool:
    """Tell whether an acknowledgement of this row is due."""
    return _GROUPS[row.state] is StateGroup.UNACKNOWLEDGED


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """Tell what one message did to the list: rows that are new or differ, and ids that left it."""

    changed: tuple[AlarmSnapshot, ...]
    removed: tuple[str, ...]


class AlarmBook:
    """Keep the alarm rows by id with counts per priority and group; each message costs what it changes.

    GUI thread only. No Qt: banner, list and screens read it.
    """

    def __init__(self) -> None:
        self._rows: dict[str, AlarmSnapshot] = {}
        self._members: dict[tuple[StateGroup, Priority], set[str]] = {
            (group, priority): set() for group in StateGroup for priority in Priority
        }
        self._by_tag: dict[str, set[str]] = {}
        self._marks: dict[str, tuple[Priority, bool]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Mapping[str, AlarmSnapshot]:
        """Return the rows by alarm id."""
        return self._rows

    @property
    def marks(self) -> Mapping[str, tuple[Priority, bool]]:
        """Return what screens show beside each tag with an annunciated alarm: priority, and acknowledged."""
        return self._marks

    def count(self, group: StateGroup, priority: Priority | None = None) -> int:
        """Return how many alarms are in a group, of one priority or of all."""
        if priority is not None:
            return len(self._members[group, priority])
        return sum(len(self._members[group, each]) for each in Priority)

    def apply(self, rows: Iterable[AlarmSnapshot], removed: Sequence[str], *, complete: bool) -> AlarmChange:
        """Take a message's rows, with ``complete`` the whole list; return what differs from before."""
        rows = list(rows)
        changed = [row for row in rows if self._rows.get(row.alarm_id) != row]
        gone = [alarm_id for alarm_id in removed if alarm_id in self._rows]
        if complete:
            named = {row.alarm_id for row in rows}
            gone = [alarm_id for alarm_id in self._rows if alarm_id not in named]
        touched = {row.tag for row in changed} | {self._rows[alarm_id].tag for alarm_id in gone}
        for alarm_id in gone:
            self._forget(alarm_id)
        for row in changed:
            if row.alarm_id in self._rows:
                self._forget(row.alarm_id)
            self._rows[row.alarm_id] = row
            if is_alarm(row):
                self._members[group_of(row), row.priority].add(row.alarm_id)
            self._by_tag.setdefault(row.tag, set()).add(row.alarm_id)
        for tag in touched:
            worst = self.worst_of_tag(tag)
            if worst is None:
                self._marks.pop(tag, None)
            else:
                self._marks[tag] = (worst.priority, not is_unacknowledged(worst))
        return AlarmChange(tuple(changed), tuple(gone))

    def _forget(self, alarm_id: str) -> None:
        row = self._rows.pop(alarm_id)
        self._members[group_of(row), row.priority].discard(alarm_id)
        of_tag = self._by_tag[row.tag]
        of_tag.discard(alarm_id)
        if not of_tag:
            del self._by_tag[row.tag]

    def foremost(self) -> AlarmSnapshot | None:
        """Return the alarm for the banner: the newest of the highest priority, unacknowledged first."""
        for group in (StateGroup.UNACKNOWLEDGED, StateGroup.ACKNOWLEDGED):
            for priority in Priority:
                members = self._members[group, priority]
                if members:
                    return max((self._rows[alarm_id] for alarm_id in members), key=_age_key)
        return None

    def worst_of_tag(self, tag: str) -> AlarmSnapshot | None:
        """Return the row to show beside a tag's elements, or None when nothing is annunciated for it."""
        rows = [row for row in map(self._rows.__getitem__, self._by_tag.get(tag, ())) if is_alarm(row)]
        shown = [r for r in rows if group_of(r) in (StateGroup.UNACKNOWLEDGED, StateGroup.ACKNOWLEDGED)]
        return min(shown, key=lambda row: (row.priority, not is_unacknowledged(row)), default=None)

    def worst_below(self, path: str) -> AlarmSnapshot | None:
        """Return the row to explain at an element: of a tag or anything below a path, empty for the plant."""
        below = path + "."
        tags = [tag for tag in self._marks if not path or tag == path or tag.startswith(below)]
        rows = [row for row in map(self.worst_of_tag, tags) if row is not None]
        return min(rows, key=lambda row: (row.priority, not is_unacknowledged(row)), default=None)


def _age_key(row: AlarmSnapshot) -> tuple[int, str]:
    return row.active_ns, row.alarm_id
