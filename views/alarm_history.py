"""The alarm journal of a period, as a table that new events join."""

import time
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmDefinition, AlarmEvent, Transition
from tags.clock import NS_PER_S
from tags.model import TagTable
from views.local_text import local_time, number, short_time, value_text
from views.style import Theme, font, icon, paint_alarm_symbol

LONGEST: Final = 10_000
"""Events asked for at most; older ones of the period are left out and the page says so."""

EventAnswer = Callable[[list[AlarmEvent] | None, str], None]
"""Takes the events, oldest first, or None and a sentence that says why there are none."""
EventQuery = Callable[[int, int, int, EventAnswer], None]
"""Asks for the newest events with start <= source time < end: start_ns, end_ns, limit, answer."""

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
        self._text = ""

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

    def set_text(self, text: str) -> None:
        """Show only events whose texts hold ``text``."""
        self._text = text.casefold()
        self.replace(self._events)

    def _accepts(self, event: AlarmEvent) -> bool:
        if not self._text:
            return True
        parts = (event.message, event.area, event.user, event.comment, event.alarm_id)
        return any(self._text in part.casefold() for part in parts)

    def _cell(self, event: AlarmEvent, column: HistoryColumn) -> str:
        match column:
            case HistoryColumn.TIME:
                return short_time(event.source_ns, time.time_ns())
            case HistoryColumn.TRANSITION:
                return transition_text(event.transition)
            case HistoryColumn.MESSAGE:
                return event.message
            case HistoryColumn.VALUE:
                return self._value(event)
            case HistoryColumn.AREA:
                return event.area
            case HistoryColumn.USER:
                return event.user
            case HistoryColumn.COMMENT:
                return event.comment
            case _:
                return ""

    def _value(self, event: AlarmEvent) -> str:
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


def transition_text(transition: Transition) -> str:
    """Return a transition in the operator's words."""
    return {
        Transition.ACTIVATED: QCoreApplication.translate("Alarm", "Alarm"),
        Transition.RETURNED: QCoreApplication.translate("Alarm", "Returned"),
        Transition.ACKNOWLEDGED: QCoreApplication.translate("Alarm", "Acknowledged"),
        Transition.RE_ALARMED: QCoreApplication.translate("Alarm", "Alarm again"),
        Transition.RESET: QCoreApplication.translate("Alarm", "Reset"),
        Transition.RESET_REFUSED: QCoreApplication.translate("Alarm", "Reset refused"),
        Transition.SHELVED: QCoreApplication.translate("Alarm", "Shelved"),
        Transition.UNSHELVED: QCoreApplication.translate("Alarm", "Unshelved"),
        Transition.SUPPRESSED: QCoreApplication.translate("Alarm", "Suppressed"),
        Transition.UNSUPPRESSED: QCoreApplication.translate("Alarm", "Suppression ended"),
        Transition.REMOVED_FROM_SERVICE: QCoreApplication.translate("Alarm", "Out of service"),
        Transition.RETURNED_TO_SERVICE: QCoreApplication.translate("Alarm", "Back in service"),
        Transition.DISABLED: QCoreApplication.translate("Alarm", "Disabled"),
        Transition.ENABLED: QCoreApplication.translate("Alarm", "Enabled"),
        Transition.SEVERITY_CHANGED: QCoreApplication.translate("Alarm", "Priority changed"),
        Transition.CONFIRMED: QCoreApplication.translate("Alarm", "Confirmed"),
        Transition.COMMENTED: QCoreApplication.translate("Alarm", "Commented"),
        Transition.BRANCHED: QCoreApplication.translate("Alarm", "Earlier occurrence kept"),
    }[transition]


class _SymbolDelegate(QStyledItemDelegate):
    """Paint the priority's symbol of an event; nothing flashes in history."""

    def __init__(self, model: AlarmHistoryModel, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        rect: QRect = option.rect
        box = QRectF(0, 0, 18, 18)
        box.moveCenter(QRectF(rect).center())
        priority = self._model.event_at(index.row()).priority
        paint_alarm_symbol(painter, box, priority, True, True, self.theme)


class AlarmHistoryView(QWidget):
    """Choose a period of the journal and look at it."""

    def __init__(
        self,
        query: EventQuery,
        tags: TagTable,
        definitions: Mapping[str, AlarmDefinition],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._query = query
        self._is_open = False
        self._round = 0
        self.model = AlarmHistoryModel(tags, definitions, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(28)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(36)
        self._symbols = _SymbolDelegate(self.model, theme, self)
        self.table.setItemDelegateForColumn(HistoryColumn.SYMBOL, self._symbols)
        metrics = QFontMetrics(font(14))
        for column, sample in {
            HistoryColumn.SYMBOL: "0",
            HistoryColumn.TIME: "12-30 00:00:00.000",
            HistoryColumn.TRANSITION: self.tr("Acknowledged"),
            HistoryColumn.VALUE: "00.0 / 00.0 1/min",
            HistoryColumn.AREA: "Packaging",
            HistoryColumn.USER: "operator 1",
            HistoryColumn.COMMENT: "a short comment",
        }.items():
            self.table.setColumnWidth(column, metrics.horizontalAdvance(sample) + 26)
        header.setSectionResizeMode(HistoryColumn.MESSAGE, QHeaderView.ResizeMode.Stretch)
        self._period = QComboBox(self)
        for title, seconds in (
            (self.tr("Last hour"), 3_600),
            (self.tr("Last 8 hours"), 28_800),
            (self.tr("Last 24 hours"), 86_400),
            (self.tr("Last 7 days"), 604_800),
            (self.tr("Last 30 days"), 2_592_000),
        ):
            self._period.addItem(title, seconds)
        self._period.setCurrentIndex(1)
        self._period.currentIndexChanged.connect(self.refresh)
        self._search = QLineEdit(self)
        self._search.setPlaceholderText(self.tr("Search message, area, person or comment"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_text)
        self._refresh = QPushButton(self.tr("Refresh"), self)
        self._refresh.clicked.connect(self.refresh)
        self._state = QLabel(self)
        self._state.setProperty("role", "muted")
        tools = QHBoxLayout()
        tools.addWidget(self._period)
        tools.addWidget(self._search, 1)
        tools.addWidget(self._refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(tools)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._state)
        self.set_theme(theme)

    def open(self) -> None:
        """Load the period when the page is opened for the first time."""
        if not self._is_open:
            self.refresh()

    def add(self, events: list[AlarmEvent]) -> None:
        """Take events that happen now; all periods end now."""
        if self._is_open and events:
            self.model.add(events)
            self._tell_count()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._symbols.theme = theme
        self._refresh.setIcon(icon("history", theme))
        self.table.viewport().update()

    @Slot()
    def refresh(self) -> None:
        """Ask for the chosen period's events."""
        self._is_open = True
        self._round += 1
        asked = self._round
        now_ns = time.time_ns()
        self._state.setText(self.tr("Loading the journal…"))

        def answer(events: list[AlarmEvent] | None, text: str) -> None:
            if asked == self._round:
                self._show(events, text)

        start_ns = now_ns - int(self._period.currentData()) * NS_PER_S
        self._query(start_ns, now_ns + NS_PER_S, LONGEST, answer)

    def _show(self, events: list[AlarmEvent] | None, text: str) -> None:
        if events is None:
            self._is_open = False
            self._state.setText(self.tr("The journal cannot be shown: {}").format(text))
            return
        self.model.answer(events)
        self._tell_count()

    def _tell_count(self) -> None:
        rows = self.model.rowCount()
        if not rows:
            self._state.setText(self.tr("No alarm event in this period"))
        elif rows >= LONGEST:
            self._state.setText(self.tr("The newest {} events of this period").format(number(LONGEST)))
        else:
            self._state.setText(self.tr("{} events").format(number(rows)))

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.model.set_text(text.strip())
        if self._is_open:
            self._tell_count()
