"""The alarm list's model: sorted and filtered rows that follow the book change by change."""

import time
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from alarms.model import AlarmDefinition, AlarmSnapshot, Priority
from alarms.record import DESIGN
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
from views.alarm_fold import Fold, Grouping, Key, Line, title_by
from views.alarm_folded import FoldedLines
from views.alarm_lines import MOST_MOVES, FlatLines, ListChange, Views, runs
from views.alarm_text import (
    acknowledged_text,
    condition_text,
    doubt_text,
    fold_text,
    priority_text,
    remaining_text,
    state_text,
    value_and_limit,
)
from views.local_text import local_time, number
from views.project_names import area_text

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
        return any(
            wanted in part.casefold()
            for part in (row.message, row.tag, row.area, area_text(row.area), row.alarm_id)
        )


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

    heads_moved = Signal()
    """Other rows head folds than before, after what the model's other signals told."""

    def __init__(self, book: AlarmBook, tags: TagTable | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._tags = tags
        self._filter = AlarmFilter()
        self._sort: tuple[Column, bool] | None = None
        self._views = _ModelViews(self)
        self._shown: dict[str, tuple[Key, AlarmSnapshot]] = {}
        """Key and row of each alarm in the list."""
        self._texts: dict[str, tuple[str, ...]] = {}
        self._seen: dict[str, str] = {}
        self._now_ns = self._today_ns = time.time_ns()
        self._grouping = Grouping.NONE
        self._definitions: Mapping[str, AlarmDefinition] = {}
        self._opened: set[str] = set()
        self._leader = ""
        self._flat = FlatLines(self._views, [], [])
        self._folded: FoldedLines | None = None
        self._rebuild()

    # What is shown

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self._lines)

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
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        row = self._lines[index.row()]
        if isinstance(row, Fold):
            return self._fold_data(row, Column(index.column()), role)
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == Column.REMAINING:
                return remaining_text(row, self._now_ns)
            return self._text(row)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            if index.column() == Column.REASON:
                return row.hidden_reason
            text = self.tr("{message}\nAlarm {alarm_id}, annunciated %Ln time(s)", "", row.count).format(
                message=row.message, alarm_id=row.alarm_id
            )
            doubt = doubt_text(row, self._tags)
            return f"{text}\n{doubt}" if doubt else text
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == Column.SYMBOL:
            return priority_text(row.priority)
        return None

    @property
    def _lines(self) -> Sequence[Line]:
        return self._flat.rows if self._folded is None else self._folded.lines

    @property
    def alarms(self) -> Sequence[AlarmSnapshot]:
        """Return the alarms of the list in its order, those in closed folds included."""
        return self._flat.rows

    def line(self, row: int) -> Line:
        """Return what a row shows: an alarm or a fold."""
        return self._lines[row]

    def row_at(self, row: int) -> AlarmSnapshot:
        """Return the alarm that a row shows; of a fold the one whose symbol it shows."""
        line = self._lines[row]
        return line.worst if isinstance(line, Fold) else line

    def fold_at(self, row: int) -> Fold | None:
        """Return the fold that a row heads, None for an alarm's own row."""
        line = self._lines[row]
        return line if isinstance(line, Fold) else None

    def find(self, alarm_id: str) -> int | None:
        """Return the row of an alarm, or None while it is not shown."""
        found = self._shown.get(alarm_id)
        if found is None:
            return None
        return bisect_left(self._flat.keys, found[0]) if self._folded is None else self._folded.find(*found)

    def row_of(self, line: Line) -> int | None:
        """Return the row of an alarm or a fold as it is now, None while it is not shown."""
        if not isinstance(line, Fold):
            return self.find(line.alarm_id)
        return None if self._folded is None else self._folded.head_of(line.title)

    def areas(self) -> list[str]:
        """Return the areas that have alarms now."""
        return sorted({row.area for row in self._book.rows.values() if row.area})

    def day_changed(self, now_ns: int) -> None:
        """Give yesterday's times their date."""
        self._today_ns = now_ns
        self._texts.clear()
        if self._flat.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, len(Column) - 1))

    def tick(self, now_ns: int) -> None:
        """Count the remaining time of shelved alarms down."""
        self._now_ns = now_ns
        if self._flat.rows and StateGroup.SHELVED in self._filter.groups:
            last = self.index(len(self._lines) - 1, Column.REMAINING)
            self.dataChanged.emit(self.index(0, Column.REMAINING), last)

    # What the operator has seen

    def mark_seen(self, row: int) -> None:
        """Note that a row has been painted with its present event; a fold shows none of its alarms."""
        shown = self._lines[row]
        if not isinstance(shown, Fold):
            self._seen[shown.alarm_id] = shown.event_id

    def seen_events(self, rows: Iterable[AlarmSnapshot]) -> list[str]:
        """Return the event ids to acknowledge for these alarms: unacknowledged, and as last painted."""
        events = []
        for shown in rows:
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
            self._reset()

    @property
    def grouping(self) -> Grouping:
        """Return what the list is folded by."""
        return self._grouping

    def set_grouping(
        self, grouping: Grouping, definitions: Mapping[str, AlarmDefinition], leader: str = ""
    ) -> None:
        """Fold the list, or show it flat; the fold with the alarm ``leader`` is on top."""
        if grouping is not self._grouping:
            self._grouping, self._definitions, self._leader = grouping, definitions, leader
            self._opened.clear()
            self._reset()
        elif leader != self._leader:
            self._leader = leader
            found = self._shown.get(leader)
            if self._folded is not None:
                self._folded.set_leader(leader, None if found is None else found[1])
                self._tell_heads()

    def set_open(self, title: str, is_open: bool) -> None:
        """Show the alarms of a fold below it, or not."""
        if self._folded is not None:
            self._folded.set_open(title, is_open=is_open)
            self._tell_heads()

    def heads(self) -> list[int]:
        """Return the rows that head folds."""
        return [] if self._folded is None else self._folded.heads()

    def reveal(self, alarm_id: str) -> int | None:
        """Open the fold that an alarm is in; return its row, None when the filter hides it."""
        found = self._shown.get(alarm_id)
        if found is not None and self._folded is not None:
            row = found[1]
            self.set_open(title_by(self._grouping, self._definitions)(row), is_open=True)
        return self.find(alarm_id)

    def _reset(self) -> None:
        self.beginResetModel()
        self._rebuild()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the operator's order."""
        chosen = (Column(column), order is Qt.SortOrder.DescendingOrder) if column >= 0 else None
        if chosen == self._sort:
            return
        self._sort = chosen
        self._views.relay(self._rebuild)
        self._tell_heads()

    # What the station tells

    def apply(self, change: AlarmChange) -> None:
        """Follow a change that the book has already taken."""
        leaving: list[tuple[Key, AlarmSnapshot]] = []
        entering: list[tuple[Key, AlarmSnapshot]] = []
        moving: list[tuple[Key, AlarmSnapshot, Key, AlarmSnapshot]] = []
        for alarm_id in change.removed:
            self._texts.pop(alarm_id, None)
            self._seen.pop(alarm_id, None)
            found = self._shown.pop(alarm_id, None)
            if found is not None:
                leaving.append(found)
        for row in change.changed:
            self._texts.pop(row.alarm_id, None)
            old = self._shown.get(row.alarm_id)
            if not self._filter.accepts(row):
                if old is not None:
                    del self._shown[row.alarm_id]
                    leaving.append(old)
                continue
            new = self._shown[row.alarm_id] = (self._sort_key(row), row)
            if old is None:
                entering.append(new)
            else:
                moving.append((*old, *new))
        told = ListChange(leaving, entering, moving)
        self._flat.apply(told)
        if self._folded is not None:
            self._folded.apply(told)
            self._tell_heads()

    def _tell_heads(self) -> None:
        if self._folded is not None and self._folded.take_moved():
            self.heads_moved.emit()

    def _rebuild(self) -> None:
        """Take all rows from the book anew."""
        shown = [row for row in self._book.rows.values() if self._filter.accepts(row)]
        self._shown = {row.alarm_id: (self._sort_key(row), row) for row in shown}
        shown.sort(key=lambda row: self._shown[row.alarm_id][0])
        keys = [self._shown[row.alarm_id][0] for row in shown]
        is_flat = self._grouping is Grouping.NONE
        self._flat = FlatLines(self._views if is_flat else Views(), keys, shown)
        self._folded = None
        if not is_flat:
            title_of = title_by(self._grouping, self._definitions)
            rows = zip(keys, shown, strict=True)
            self._folded = FoldedLines(self._views, title_of, self._opened, self._leader, rows)

    def _sort_key(self, row: AlarmSnapshot) -> Key:
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
            Column.AREA: (area_text(row.area).casefold(),),
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
                area_text(row.area),
                acknowledged_text(row, self._today_ns),
                local_time(row.hidden_ns, now_ns=self._today_ns, milliseconds=False),
                "",
                self.tr("design") if row.hidden_by == DESIGN else row.hidden_by,
                row.hidden_reason,
            )
        return texts

    def _fold_data(self, head: Fold, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            match column:
                case Column.TIME:
                    return local_time(head.first.active_ns, now_ns=self._today_ns)
                case Column.STATE:
                    waiting = head.unacknowledged
                    return self.tr("%Ln waiting", "", waiting) if waiting else ""
                case Column.MESSAGE:
                    return fold_text(head)
                case _:
                    return ""
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self.tr("{text}\nClick to show or hide its alarms (Right, Left)")
            return text.format(text=fold_text(head))
        if role == Qt.ItemDataRole.AccessibleTextRole and column is Column.SYMBOL:
            return priority_text(head.worst.priority)
        return None

    def _message(self, row: AlarmSnapshot) -> str:
        """Return the message, with how often it came and whether it was the first of its group (ALM-17)."""
        text = row.message
        if row.count > 1:
            text = self.tr("{message}  (×{count})").format(message=text, count=number(row.count))
        return self.tr("First: {message}").format(message=text) if row.first_out else text


class _ModelViews(Views):
    """Tell the views of the list."""

    def __init__(self, model: AlarmListModel) -> None:
        self._model = model

    def insert(self, first: int, count: int, work: Callable[[], object]) -> None:
        """Say that rows come."""
        self._model.beginInsertRows(QModelIndex(), first, first + count - 1)
        work()
        self._model.endInsertRows()

    def remove(self, first: int, count: int, work: Callable[[], object]) -> None:
        """Say that rows go."""
        self._model.beginRemoveRows(QModelIndex(), first, first + count - 1)
        work()
        self._model.endRemoveRows()

    def move(self, first: int, count: int, target: int, work: Callable[[], object]) -> None:
        """Say that rows move; ``target`` is their first row afterwards."""
        before = target + count if target > first else target
        self._model.beginMoveRows(QModelIndex(), first, first + count - 1, QModelIndex(), before)
        work()
        self._model.endMoveRows()

    def relay(self, work: Callable[[], object]) -> None:
        """Say that all rows may have moved; what is selected stays so."""
        model = self._model
        model.layoutAboutToBeChanged.emit()
        before = [(index, model.line(index.row())) for index in model.persistentIndexList()]
        work()
        for index, line in before:
            row = model.row_of(line)
            moved = model.index(row, index.column()) if row is not None else QModelIndex()
            model.changePersistentIndex(index, moved)
        model.layoutChanged.emit()

    def tell_changed(self, rows: Collection[int]) -> None:
        """Say that rows show something else."""
        told = runs(sorted(rows))
        if len(told) > MOST_MOVES:  # views paint what is in sight only, however much they are told of
            told = [(told[0][0], told[-1][1])]
        for first, last in told:
            self._model.dataChanged.emit(
                self._model.index(first, 0), self._model.index(last, len(Column) - 1)
            )
