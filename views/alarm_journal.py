"""The alarm journal as a table that new events join, and how a page asks for its events."""

import time
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from alarms.filters import EventFilter
from alarms.model import AlarmDefinition, AlarmEvent, Transition
from alarms.words import TRANSITION_WORDS
from tags.model import TagTable
from views.alarm_text import state_word
from views.local_text import local_time, number, short_time, value_text
from views.project_names import area_text
from views.style import Theme, paint_alarm_symbol

EventAnswer = Callable[[list[AlarmEvent] | None, str], None]
"""Takes the events, oldest first, or None and a sentence that says why there are none."""
Progress = Callable[[int], None]
"""Takes how many events were read so far."""
Cancel = Callable[[], None]
EventQuery = Callable[[int, int, int, EventAnswer, EventFilter | None, Progress | None], Cancel]
"""Asks for the newest events with start <= source time < end that a filter accepts.

Takes start_ns, end_ns, the most events, answer, filter, progress; returns what ends the question.
"""

_Index = QModelIndex | QPersistentModelIndex


class HistoryColumn(IntEnum):
    """Name the journal's columns, in order."""

    SYMBOL = 0
    TIME = 1
    TRANSITION = 2
    MESSAGE = 3
    VALUE = 4
    AREA = 5
    USER = 6
    COMMENT = 7
    TAG = 8
    STATES = 9
    WORKSTATION = 10


class AlarmHistoryModel(QAbstractTableModel):
    """Show journal events, newest first; new ones are put on top."""

    def __init__(
        self,
        tags: TagTable,
        definitions: Mapping[str, AlarmDefinition],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tags = tags
        self._definitions = definitions
        self._events: list[AlarmEvent] = []
        self._shown: list[AlarmEvent] = []
        self._chosen = EventFilter()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of events shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(HistoryColumn)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            HistoryColumn.SYMBOL: "",
            HistoryColumn.TIME: self.tr("Time"),
            HistoryColumn.TRANSITION: self.tr("Event"),
            HistoryColumn.MESSAGE: self.tr("Message"),
            HistoryColumn.VALUE: self.tr("Value / limit"),
            HistoryColumn.AREA: self.tr("Area"),
            HistoryColumn.USER: self.tr("By"),
            HistoryColumn.COMMENT: self.tr("Comment"),
            HistoryColumn.TAG: self.tr("Tag"),
            HistoryColumn.STATES: self.tr("State before and after"),
            HistoryColumn.WORKSTATION: self.tr("Station"),
        }[HistoryColumn(section)]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        column = HistoryColumn(index.column())
        if role == Qt.ItemDataRole.ToolTipRole and column is HistoryColumn.TIME:
            return local_time(self.event_at(index.row()).source_ns)
        return self._cell(self.event_at(index.row()), column)

    @property
    def shown(self) -> Sequence[AlarmEvent]:
        """Return the events of the table, oldest first."""
        return self._shown

    def event_at(self, row: int) -> AlarmEvent:
        """Return the event of a row."""
        return self._shown[len(self._shown) - 1 - row]

    def replace(self, events: list[AlarmEvent]) -> None:
        """Show another period's events, given oldest first."""
        self.beginResetModel()
        self._events = list(events)
        self._shown = [event for event in self._events if self._accepts(event)]
        self.endResetModel()

    def answer(self, events: list[AlarmEvent]) -> None:
        """Show the journal's answer, and behind it what has happened since it was asked."""
        newest = events[-1].sequence if events else -1
        self.replace(events + [event for event in self._events if event.sequence > newest])

    def add(self, events: list[AlarmEvent]) -> None:
        """Put new events on top; those already shown are left out."""
        newest = self._events[-1].sequence if self._events else -1
        fresh = sorted((event for event in events if event.sequence > newest), key=_sequence)
        self._events += fresh
        shown = [event for event in fresh if self._accepts(event)]
        if shown:
            self.beginInsertRows(QModelIndex(), 0, len(shown) - 1)
            self._shown += shown
            self.endInsertRows()

    def set_filter(self, chosen: EventFilter) -> None:
        """Show only events that a filter accepts."""
        self._chosen = chosen
        self.replace(self._events)

    def _accepts(self, event: AlarmEvent) -> bool:
        return self._chosen.accepts(event)

    def _cell(self, event: AlarmEvent, column: HistoryColumn) -> str:
        match column:
            case HistoryColumn.TIME:
                return short_time(event.source_ns, time.time_ns())
            case HistoryColumn.TRANSITION:
                return transition_text(event.transition)
            case HistoryColumn.MESSAGE:
                return event.message
            case HistoryColumn.VALUE:
                return self.value_of(event)
            case HistoryColumn.AREA:
                return area_text(event.area)
            case HistoryColumn.USER:
                return event.user
            case HistoryColumn.COMMENT:
                return event.comment
            case HistoryColumn.TAG:
                return event.tag
            case HistoryColumn.STATES:
                return states_text(event)
            case HistoryColumn.WORKSTATION:
                return event.workstation
            case _:
                return ""

    def areas(self) -> list[str]:
        """Return what the areas of the project's alarms are called."""
        return [area_text(item.area) for item in self._definitions.values()]

    def value_of(self, event: AlarmEvent) -> str:
        """Return an event's value and limit with their unit; empty when it has none."""
        definition = self._definitions.get(event.alarm_id)
        tag = self._tags.find(definition.tag) if definition is not None else None
        if event.value is None and event.limit is None:
            return ""
        text = value_text(event.value, tag)
        if event.limit is not None and not (tag is not None and tag.states):
            text += f" / {number(event.limit, tag.decimals if tag is not None else None)}"
        return f"{text} {event.unit}".rstrip()


def _sequence(event: AlarmEvent) -> int:
    return event.sequence


def path_of(event: AlarmEvent, tags: TagTable, definitions: Mapping[str, AlarmDefinition]) -> str:
    """Return the path of the tag that an event is about; empty for a connection's."""
    definition = definitions.get(event.alarm_id)
    path = event.tag or (definition.tag if definition is not None else "")
    return path if tags.find(path) is not None else ""


def states_text(event: AlarmEvent) -> str:
    """Return the states before and after an event in words."""
    text = QCoreApplication.translate("Alarm", "{before} → {after}")
    return text.format(before=state_word(event.state_before), after=state_word(event.state_after))


def transition_text(transition: Transition) -> str:
    """Return a transition in the operator's words."""
    return QCoreApplication.translate("Alarm", TRANSITION_WORDS[transition])


class SymbolDelegate(QStyledItemDelegate):
    """Paint the priority's symbol of an event; nothing flashes in history."""

    def __init__(self, model: AlarmHistoryModel, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the symbol over the empty cell."""
        super().paint(painter, option, index)
        rect: QRect = option.rect
        box = QRectF(0, 0, 18, 18)
        box.moveCenter(QRectF(rect).center())
        priority = self._model.event_at(index.row()).priority
        paint_alarm_symbol(painter, box, priority, True, True, self.theme)
