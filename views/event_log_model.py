"""The table behind the event log: newest first, older ones fetched when somebody scrolls to the end."""

import time
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from historian.happening import Happening
from views.event_words import detail_text, kind_text
from views.language import station_text
from views.local_text import local_time, short_time

_Index = QModelIndex | QPersistentModelIndex
_Display = Qt.ItemDataRole.DisplayRole


class LogColumn(IntEnum):
    """Name the event log's columns, in order."""

    TIME = 0
    KIND = 1
    SUBJECT = 2
    TEXT = 3
    CHANGE = 4
    OUTCOME = 5
    USER = 6


class EventLogModel(QAbstractTableModel):
    """Show events, newest first. GUI thread only."""

    older_wanted = Signal(object)
    """The end is shown and there is more: events before this time (int, ns) are wanted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events: list[Happening] = []
        self._has_more = False
        self._is_asked = False

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of events known."""
        return 0 if parent.isValid() else len(self._events)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(LogColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Display) -> Any:  # noqa: N802
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != _Display:
            return None
        return {
            LogColumn.TIME: self.tr("Time"),
            LogColumn.KIND: self.tr("Kind"),
            LogColumn.SUBJECT: self.tr("About"),
            LogColumn.TEXT: self.tr("What happened"),
            LogColumn.CHANGE: self.tr("Value"),
            LogColumn.OUTCOME: self.tr("Outcome"),
            LogColumn.USER: self.tr("Person"),
        }[LogColumn(section)]

    def data(self, index: _Index, role: int = _Display) -> Any:
        """Return a cell's text."""
        if not index.isValid() or index.row() >= len(self._events):
            return None
        if role not in (_Display, Qt.ItemDataRole.ToolTipRole):
            return None
        event = self._events[index.row()]
        match LogColumn(index.column()):
            case LogColumn.TIME:
                if role == Qt.ItemDataRole.ToolTipRole:
                    return local_time(event.source_ns)
                return short_time(event.source_ns, time.time_ns())
            case LogColumn.KIND:
                return kind_text(event.kind)
            case LogColumn.SUBJECT:
                return event.subject
            case LogColumn.TEXT:
                return station_text(event.text)
            case LogColumn.CHANGE:
                return event.change
            case LogColumn.OUTCOME:
                return detail_text(event)
            case _:
                return event.user

    def canFetchMore(self, parent: _Index) -> bool:  # noqa: N802
        """Tell whether the period holds older events."""
        return not parent.isValid() and self._has_more and not self._is_asked

    def fetchMore(self, parent: _Index) -> None:  # noqa: N802, ARG002
        """Ask for older events; they come by :meth:`append`."""
        self._is_asked = True
        self.older_wanted.emit(self._events[-1].source_ns)

    def event_at(self, row: int) -> Happening:
        """Return an event."""
        return self._events[row]

    @property
    def events(self) -> list[Happening]:
        """Return the events shown, newest first, as the rows say them."""
        return [replace(event, text=station_text(event.text)) for event in self._events]

    def longest(self) -> dict[int, set[str]]:
        """Return the texts that need the most room in the columns whose room depends on what happened."""
        now_ns = time.time_ns()
        ends = (self._events[0], self._events[-1]) if self._events else ()
        details = {(event.kind, event.detail): event for event in self._events}
        return {
            LogColumn.TIME: {short_time(event.source_ns, now_ns) for event in ends},
            LogColumn.CHANGE: {max((event.change for event in self._events), key=len, default="")},
            LogColumn.OUTCOME: {detail_text(event) for event in details.values()},
        }

    @property
    def newest_ns(self) -> int | None:
        """Return the time of the newest event, or None without any."""
        return self._events[0].source_ns if self._events else None

    @property
    def has_more(self) -> bool:
        """Tell whether older events of the period are not shown yet."""
        return self._has_more

    def replace(self, events: Sequence[Happening], *, has_more: bool) -> None:
        """Show other events, newest first."""
        self.beginResetModel()
        self._events = list(events)
        self._has_more = has_more and bool(events)
        self._is_asked = False
        self.endResetModel()

    def append(self, events: Sequence[Happening], *, has_more: bool) -> None:
        """Add older events, newest first."""
        self._is_asked = False
        self._has_more = has_more and bool(events)
        if events:
            first = len(self._events)
            self.beginInsertRows(QModelIndex(), first, first + len(events) - 1)
            self._events += events
            self.endInsertRows()

    def give_up_older(self) -> None:
        """Note that older events could not be had; the next scroll asks again."""
        self._is_asked = False

    def merge(self, events: Sequence[Happening]) -> None:
        """Put in what is not shown yet; nearly always that is new and goes on top."""
        if not events:
            return
        oldest_ns = min(event.source_ns for event in events)
        known = set()
        for event in self._events:
            if event.source_ns < oldest_ns:
                break
            known.add(event)
        fresh = sorted((event for event in events if event not in known), key=lambda event: -event.source_ns)
        for event in reversed(fresh):
            row = 0
            while row < len(self._events) and self._events[row].source_ns > event.source_ns:
                row += 1
            self.beginInsertRows(QModelIndex(), row, row)
            self._events.insert(row, event)
            self.endInsertRows()
