"""The alarm list's model: sorted and filtered rows that follow the book change by change."""

import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from alarms.model import AlarmSnapshot, Priority
from tags.model import TagTable
from views.alarm_book import (
    HIDDEN_GROUPS,
    AlarmBook,
    AlarmChange,
    StateGroup,
    group_of,
    is_alarm,
    is_unacknowledged,
)
from views.alarm_text import (
    acknowledged_text,
    condition_text,
    doubt_text,
    priority_text,
    remaining_text,
    state_text,
    value_and_limit,
)
from views.local_text import local_time, number

MOST_MOVES: Final = 64
"""More rows than this that change place in one message are taken out and put in again, by blocks."""

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """Name the columns of the list, in order."""

    SYMBOL = 0
    TIME = 1
    STATE = 2
    MESSAGE = 3
    TAG = 4
    VALUE = 5
    AREA = 6
    ACKNOWLEDGED = 7
    HIDDEN_SINCE = 8
    REMAINING = 9
    HIDDEN_BY = 10
    REASON = 11


ACTIVE_COLUMNS: Final = frozenset(Column(column) for column in range(Column.HIDDEN_SINCE))
"""What the list of annunciated alarms shows."""
HIDDEN_COLUMNS: Final = frozenset(
    {Column.SYMBOL, Column.STATE, Column.MESSAGE, Column.TAG, *range(Column.HIDDEN_SINCE, len(Column))}
)
"""What the lists of hidden alarms show: since when, how long yet, who and why (ALM-13)."""


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Choose rows: of these priorities and groups, of one area (empty: all), whose texts hold ``text``."""

    priorities: frozenset[Priority] = frozenset(Priority)
    groups: frozenset[StateGroup] = frozenset({StateGroup.UNACKNOWLEDGED, StateGroup.ACKNOWLEDGED})
    area: str = ""
    text: str = ""
    alerts: bool = False
    """Alerts and prompts instead of alarms."""

    def accepts(self, row: AlarmSnapshot) -> bool:
        """Tell whether a row is shown."""
        if (
            is_alarm(row) is self.alerts
            or row.priority not in self.priorities
            or group_of(row) not in self.groups
        ):
            return False
        if self.area and row.area != self.area:
            return False
        if not self.text:
            return True
        wanted = self.text.casefold()
        return any(wanted in part.casefold() for part in (row.message, row.tag, row.area, row.alarm_id))


class _Descending:
    """Turn the order of a key around."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.key == other.key)

    __hash__ = None  # type: ignore[assignment]


class AlarmListModel(QAbstractTableModel):
    """Show an :class:`AlarmBook` as sorted and filtered rows; a message costs what it changes.

    Without a column chosen the order is the operator's: unacknowledged first, then by priority, then what
    came first in its group (ALM-17), then newest first. The model notes the event id with which a row was
    last painted, because an acknowledgement may only name what the operator has seen (ALM-07).
    """

    def __init__(self, book: AlarmBook, tags: TagTable | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._tags = tags
        self._filter = AlarmFilter()
        self._sort: tuple[Column, bool] | None = None
        self._keys: list[tuple[Any, ...]] = []
        self._rows: list[AlarmSnapshot] = []
        self._key_of: dict[str, tuple[Any, ...]] = {}
        self._texts: dict[str, tuple[str, ...]] = {}
        self._seen: dict[str, str] = {}
        self._now_ns = self._today_ns = time.time_ns()
        self._rebuild()

    # What is shown

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.SYMBOL: "",
            Column.TIME: self.tr("Time"),
            Column.STATE: self.tr("State"),
            Column.TAG: self.tr("Tag"),
            Column.MESSAGE: self.tr("Message"),
            Column.VALUE: self.tr("Value / limit"),
            Column.AREA: self.tr("Area"),
            Column.ACKNOWLEDGED: self.tr("Acknowledged"),
            Column.HIDDEN_SINCE: self.tr("Since"),
            Column.REMAINING: self.tr("Remaining"),
            Column.HIDDEN_BY: self.tr("By"),
            Column.REASON: self.tr("Reason"),
        }[Column(section)]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text; symbol and fonts are the delegate's work."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            row = self._rows[index.row()]
            if index.column() == Column.REMAINING:
                return remaining_text(row, self._now_ns)
            return self._text(row)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self._rows[index.row()]
            if index.column() == Column.REASON:
                return row.hidden_reason
            text = self.tr("{message}\nAlarm {alarm_id}, annunciated {count} time(s)").format(
                message=row.message, alarm_id=row.alarm_id, count=row.count
            )
            doubt = doubt_text(row, self._tags)
            return f"{text}\n{doubt}" if doubt else text
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == Column.SYMBOL:
            return priority_text(self._rows[index.row()].priority)
        return None

    def row_at(self, row: int) -> AlarmSnapshot:
        """Return what a row shows."""
        return self._rows[row]

    def find(self, alarm_id: str) -> int | None:
        """Return the row of an alarm, or None while it is not shown."""
        key = self._key_of.get(alarm_id)
        return None if key is None else bisect_left(self._keys, key)

    def areas(self) -> list[str]:
        """Return the areas that have alarms now."""
        return sorted({row.area for row in self._book.rows.values() if row.area})

    def day_changed(self, now_ns: int) -> None:
        """Give yesterday's times their date."""
        self._today_ns = now_ns
        self._texts.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))

    def tick(self, now_ns: int) -> None:
        """Count the remaining time of shelved alarms down."""
        self._now_ns = now_ns
        if self._rows and StateGroup.SHELVED in self._filter.groups:
            last = self.index(len(self._rows) - 1, Column.REMAINING)
            self.dataChanged.emit(self.index(0, Column.REMAINING), last)

    # What the operator has seen

    def mark_seen(self, row: int) -> None:
        """Note that a row has been painted with its present event."""
        shown = self._rows[row]
        self._seen[shown.alarm_id] = shown.event_id

    def seen_events(self, rows: Iterable[int]) -> list[str]:
        """Return the event ids to acknowledge for these rows: unacknowledged, and as last painted."""
        events = []
        for row in rows:
            shown = self._rows[row]
            seen = self._seen.get(shown.alarm_id)
            if seen is not None and is_unacknowledged(shown):
                events.append(seen)
        return events

    # What the operator asks for

    @property
    def filter(self) -> AlarmFilter:
        """Return the present choice of rows."""
        return self._filter

    def set_filter(self, chosen: AlarmFilter) -> None:
        """Show other rows."""
        if chosen != self._filter:
            self._filter = chosen
            self.beginResetModel()
            self._rebuild()
            self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the operator's order."""
        chosen = (Column(column), order is Qt.SortOrder.DescendingOrder) if column >= 0 else None
        if chosen == self._sort:
            return
        self._sort = chosen
        self.layoutAboutToBeChanged.emit()
        before = [(index, self._rows[index.row()].alarm_id) for index in self.persistentIndexList()]
        self._rebuild()
        for index, alarm_id in before:
            row = self.find(alarm_id)
            moved = self.index(row, index.column()) if row is not None else QModelIndex()
            self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    # What the station tells

    def apply(self, change: AlarmChange) -> None:
        """Follow a change that the book has already taken."""
        leaving: list[tuple[Any, ...]] = []
        entering: list[tuple[tuple[Any, ...], AlarmSnapshot]] = []
        moving: list[tuple[tuple[Any, ...], tuple[Any, ...], AlarmSnapshot]] = []
        same: list[int] = []
        for alarm_id in change.removed:
            self._texts.pop(alarm_id, None)
            self._seen.pop(alarm_id, None)
            key = self._key_of.pop(alarm_id, None)
            if key is not None:
                leaving.append(key)
        for row in change.changed:
            self._texts.pop(row.alarm_id, None)
            old = self._key_of.get(row.alarm_id)
            if not self._filter.accepts(row):
                if old is not None:
                    del self._key_of[row.alarm_id]
                    leaving.append(old)
                continue
            new = self._sort_key(row)
            self._key_of[row.alarm_id] = new
            if old is None:
                entering.append((new, row))
            elif old == new:
                at = bisect_left(self._keys, old)
                self._rows[at] = row
                same.append(at)
            else:
                moving.append((old, new, row))
        self._tell_changed(same)
        if len(moving) > MOST_MOVES:
            leaving += [old for old, _, _ in moving]
            entering += [(new, row) for _, new, row in moving]
            moving = []
        self._remove(leaving)
        for old, new, row in moving:
            self._move(old, new, row)
        self._insert(entering)

    def _tell_changed(self, rows: list[int]) -> None:
        for first, last in _runs(sorted(rows)):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def _remove(self, keys: list[tuple[Any, ...]]) -> None:
        for first, last in reversed(_runs(sorted(bisect_left(self._keys, key) for key in keys))):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._keys[first : last + 1]
            del self._rows[first : last + 1]
            self.endRemoveRows()

    def _move(self, old: tuple[Any, ...], new: tuple[Any, ...], row: AlarmSnapshot) -> None:
        source = bisect_left(self._keys, old)
        target = bisect_left(self._keys, new)
        if target > source:
            target -= 1
        if target != source:
            self.beginMoveRows(
                QModelIndex(), source, source, QModelIndex(), target + 1 if target > source else target
            )
        del self._keys[source]
        del self._rows[source]
        self._keys.insert(target, new)
        self._rows.insert(target, row)
        if target != source:
            self.endMoveRows()
        self._tell_changed([target])

    def _insert(self, entering: list[tuple[tuple[Any, ...], AlarmSnapshot]]) -> None:
        entering.sort(key=_first)
        start = 0
        while start < len(entering):
            at = bisect_left(self._keys, entering[start][0])
            end = start + 1
            # All that fit before the same neighbour go in at once.
            if at == len(self._keys):
                end = len(entering)
            else:
                neighbour = self._keys[at]
                while end < len(entering) and entering[end][0] < neighbour:
                    end += 1
            block = entering[start:end]
            self.beginInsertRows(QModelIndex(), at, at + len(block) - 1)
            self._keys[at:at] = [key for key, _ in block]
            self._rows[at:at] = [row for _, row in block]
            self.endInsertRows()
            start = end

    def _rebuild(self) -> None:
        shown = [row for row in self._book.rows.values() if self._filter.accepts(row)]
        self._key_of = {row.alarm_id: self._sort_key(row) for row in shown}
        shown.sort(key=lambda row: self._key_of[row.alarm_id])
        self._rows = shown
        self._keys = [self._key_of[row.alarm_id] for row in shown]

    def _sort_key(self, row: AlarmSnapshot) -> tuple[Any, ...]:
        if self._sort is None:
            since_ns = row.hidden_ns or row.active_ns
            return (not is_unacknowledged(row), row.priority, not row.first_out, -since_ns, row.alarm_id)
        column, is_descending = self._sort
        key: tuple[Any, ...] = {
            Column.SYMBOL: (row.priority, -row.active_ns),
            Column.TIME: (row.active_ns,),
            Column.STATE: (state_text(row),),
            Column.TAG: (row.tag.casefold(),),
            Column.MESSAGE: (row.message.casefold(),),
            Column.VALUE: (row.value if isinstance(row.value, (int, float)) else -1e300,),
            Column.AREA: (row.area.casefold(),),
            Column.ACKNOWLEDGED: (row.acknowledged_ns,),
            Column.HIDDEN_SINCE: (row.hidden_ns,),
            Column.REMAINING: (row.shelved_until_ns,),
            Column.HIDDEN_BY: (row.hidden_by.casefold(),),
            Column.REASON: (row.hidden_reason.casefold(),),
        }[column]
        return (_Descending(key) if is_descending else key, row.alarm_id)

    def _text(self, row: AlarmSnapshot) -> tuple[str, ...]:
        texts = self._texts.get(row.alarm_id)
        if texts is None:
            is_hidden = group_of(row) in HIDDEN_GROUPS
            state = condition_text(row) if is_hidden else state_text(row)
            texts = self._texts[row.alarm_id] = (
                "",
                local_time(row.active_ns, now_ns=self._today_ns),
                state + (" ?" if doubt_text(row, self._tags) else ""),
                self._message(row),
                row.tag,
                value_and_limit(row, self._tags),
                row.area,
                acknowledged_text(row, self._today_ns),
                local_time(row.hidden_ns, now_ns=self._today_ns, milliseconds=False),
                "",
                row.hidden_by,
                row.hidden_reason,
            )
        return texts

    def _message(self, row: AlarmSnapshot) -> str:
        """Return the message, with how often it came and whether it was the first of its group (ALM-17)."""
        text = row.message
        if row.count > 1:
            text = self.tr("{message}  (×{count})").format(message=text, count=number(row.count))
        return self.tr("First: {message}").format(message=text) if row.first_out else text


def _first(pair: tuple[tuple[Any, ...], AlarmSnapshot]) -> tuple[Any, ...]:
    return pair[0]


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last of each run of neighbours in sorted row numbers."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
