"""The alarm journal's page: choose events, look at one, go to the trend or the screen of that moment."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmDefinition, AlarmEvent, AlarmState, Transition
from tags.model import TagTable
from views.alarm_banner import ElidedLabel
from views.alarm_history_filter import JournalFilterBar
from views.alarm_journal import (
    AlarmHistoryModel,
    Cancel,
    EventQuery,
    HistoryColumn,
    SymbolDelegate,
    path_of,
    states_text,
    transition_text,
)
from views.alarm_text import state_word
from views.column_widths import fit_columns
from views.local_text import local_time, number
from views.project_names import area_text
from views.style import Theme, icon

LONGEST: Final = 10_000
"""Events asked for at most; older ones of the period are left out and the page says so."""
_SHOWN_FROM_PX: Final[Mapping[HistoryColumn, int]] = MappingProxyType(
    {
        HistoryColumn.AREA: 1_250,
        HistoryColumn.TAG: 1_400,
        HistoryColumn.STATES: 1_760,
        HistoryColumn.WORKSTATION: 1_800,
    }
)
"""From which width of the table on these have columns: the message needs the room more."""


class JournalTable(QTableView):
    """Show journal events; wide enough, with all their facts."""

    def __init__(self, model: AlarmHistoryModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(36)
        self._symbols = SymbolDelegate(model, theme, self)
        self.setItemDelegateForColumn(HistoryColumn.SYMBOL, self._symbols)
        longest = sorted(map(state_word, AlarmState), key=len)[-2:]
        fit_columns(
            self,
            {
                HistoryColumn.SYMBOL: ("0",),
                HistoryColumn.TIME: ("12-30 00:00:00.000",),
                HistoryColumn.TRANSITION: map(transition_text, Transition),
                HistoryColumn.VALUE: ("00.0 / 00.0 1/min",),
                HistoryColumn.AREA: ("Packaging", *model.areas()),
                HistoryColumn.USER: ("operator 1",),
                HistoryColumn.COMMENT: ("a short comment",),
                HistoryColumn.TAG: ("Filling.Station.InletEyeFault",),
                HistoryColumn.STATES: (" → ".join(longest),),
                HistoryColumn.WORKSTATION: ("workstation 1",),
            },
        )
        header.setSectionResizeMode(HistoryColumn.MESSAGE, QHeaderView.ResizeMode.Stretch)
        self._show_columns(0)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._symbols.theme = theme
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Show more columns where there is room for them."""
        super().resizeEvent(event)
        self._show_columns(event.size().width())

    def _show_columns(self, width_px: int) -> None:
        for column, from_px in _SHOWN_FROM_PX.items():
            self.setColumnHidden(column, width_px < from_px)


class AlarmHistoryView(QWidget):
    """Choose events of the journal and look at them."""

    trend_requested = Signal(str, object)
    """The tag path and the time (int, UTC nanoseconds) around which to show its trend."""
    moment_requested = Signal(str, str, object)
    """Alarm id, tag path and the time (int, UTC nanoseconds) of which to show the screen."""
    export_requested = Signal(object, str)
    """The events shown (a list, oldest first) and a title for them."""

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
        self._tags = tags
        self._definitions = definitions
        self._is_open = False
        self._round = 0
        self._cancel: Cancel | None = None
        self.model = AlarmHistoryModel(tags, definitions, self)
        self.table = JournalTable(self.model, theme, self)
        areas = sorted({definition.area for definition in definitions.values() if definition.area})
        self.filters = JournalFilterBar(tags, areas, theme, self)
        self.filters.changed.connect(self.refresh)
        self._refresh = QPushButton(self.tr("Refresh"), self)
        self._refresh.clicked.connect(self.refresh)
        self.stop = QPushButton(self.tr("Stop"), self)
        self.stop.clicked.connect(self._give_up)
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self.export = QPushButton(self.tr("Export…"), self)
        self.export.setToolTip(self.tr("Write the events shown as CSV, Excel or PDF"))
        self.export.clicked.connect(self._ask_export)
        self.facts = ElidedLabel(self, lines=2)
        self.trend = QPushButton(self.tr("Trend ±10 min"), self)
        self.trend.setToolTip(self.tr("Show the tag's trend from 10 minutes before to 10 minutes after"))
        self.trend.clicked.connect(self._ask_trend)
        self.moment = QPushButton(self.tr("Screen at that moment"), self)
        self.moment.setToolTip(self.tr("Show the alarm's screen with the values that it had then"))
        self.moment.clicked.connect(self._ask_moment)
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.doubleClicked.connect(self._on_double_click)
        self.model.modelReset.connect(self._on_selection)
        self._set_busy(is_busy=False)
        self._on_selection()
        self.set_theme(theme)

    def _lay_out(self) -> None:
        self._footer = below = QHBoxLayout()
        below.addWidget(self.state, 1)
        below.addWidget(self.stop)
        below.addWidget(self._refresh)
        below.addWidget(self.export)
        details = QFrame(self)
        details.setProperty("surface", "panel")
        row = QHBoxLayout(details)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self.facts, 1)
        row.addWidget(self.trend)
        row.addWidget(self.moment)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.filters)
        layout.addWidget(self.table, 1)
        layout.addWidget(details)
        layout.addLayout(below)

    def add_footer(self, widget: QWidget) -> None:
        """Put a widget of the window's into the line below the table."""
        self._footer.insertWidget(1, widget, 1)

    def open(self) -> None:
        """Load the period when the page is opened for the first time."""
        if not self._is_open:
            self.refresh()

    def add(self, events: list[AlarmEvent]) -> None:
        """Take events that happen now, while the period ends now."""
        self.filters.offer_users([event.user for event in events])
        if self._is_open and events and self.filters.period.is_open_ended:
            self.model.add(events)
            self._tell_count()

    def show_alarm(self, alarm_id: str, since_ns: int = 0) -> None:
        """Show what happened to one alarm, in a period that reaches back to ``since_ns``."""
        self.filters.period.reach(since_ns)
        self.filters.show_only(alarm_id)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._refresh.setIcon(icon("history", theme))
        self.export.setIcon(icon("export", theme))
        self.trend.setIcon(icon("trend", theme))
        self.moment.setIcon(icon("screens", theme))
        self.filters.set_theme(theme)
        self.table.set_theme(theme)

    @Slot()
    def refresh(self) -> None:
        """Ask for the chosen events; an earlier question that is not answered yet is given up."""
        if self._cancel is not None:
            self._cancel()
        self._is_open = True
        self._round += 1
        asked = self._round
        chosen = self.filters.chosen()
        self.model.set_filter(chosen)
        self._set_busy(is_busy=True)
        self.state.setText(self.tr("Loading the journal…"))

        def answer(events: list[AlarmEvent] | None, text: str) -> None:
            if asked == self._round:
                self._show(events, text)

        def progress(count: int) -> None:
            if asked == self._round:
                self.state.setText(self.tr("Loading the journal: %Ln event(s)…", "", count))

        start_ns, end_ns = self.filters.period.period()
        self._cancel = self._query(start_ns, end_ns, LONGEST, answer, chosen, progress)

    @Slot()
    def _give_up(self) -> None:
        if self._cancel is not None:
            self._cancel()
        self._round += 1
        self._set_busy(is_busy=False)
        self.state.setText(self.tr("Stopped. Refresh loads the journal again."))

    def _set_busy(self, *, is_busy: bool) -> None:
        if not is_busy:
            self._cancel = None
        self.stop.setVisible(is_busy)
        self.export.setEnabled(not is_busy and bool(self.model.rowCount()))

    def _show(self, events: list[AlarmEvent] | None, text: str) -> None:
        if events is None:
            self._is_open = False
            self._set_busy(is_busy=False)
            self.state.setText(self.tr("The journal cannot be shown: {}").format(text))
            return
        self.filters.offer_users(sorted({event.user for event in events}))
        self.model.answer(events)
        self._set_busy(is_busy=False)
        self._tell_count()

    def _tell_count(self) -> None:
        rows = self.model.rowCount()
        self.export.setEnabled(bool(rows))
        if not rows:
            is_filtering = self.filters.is_filtering
            self.state.setText(
                self.tr(
                    "No alarm event of this period matches the filter: choose a longer period or Show all."
                )
                if is_filtering
                else self.tr("No alarm event in this period: choose a longer one.")
            )
        elif rows >= LONGEST:
            self.state.setText(self.tr("The newest {} events of this period").format(number(LONGEST)))
        else:
            self.state.setText(self.tr("%Ln event(s)", "", rows))

    # One event

    def selected(self) -> AlarmEvent | None:
        """Return the event that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.event_at(rows[0].row()) if rows else None

    def tag_of(self, event: AlarmEvent) -> str:
        """Return the path of the tag that an event is about; empty for a connection's."""
        return path_of(event, self._tags, self._definitions)

    @Slot()
    def _on_selection(self) -> None:
        event = self.selected()
        has_tag = event is not None and bool(self.tag_of(event))
        self.trend.setEnabled(has_tag)
        self.moment.setEnabled(has_tag)
        if event is None:
            self.facts.set_full_text(self.tr("Select an event to see all of it and to go to its trend."))
            return
        who = event.user
        if event.user and event.workstation:
            who = self.tr("{user} at {workstation}").format(user=event.user, workstation=event.workstation)
        facts = (
            local_time(event.source_ns),
            transition_text(event.transition),
            states_text(event),
            self.model.value_of(event),
            event.tag,
            area_text(event.area),
            who,
            event.comment,
            self.tr("first of its group") if event.first_out else "",
        )
        self.facts.set_full_text("  ·  ".join(fact for fact in facts if fact))

    @Slot(QModelIndex)
    def _on_double_click(self, _index: QModelIndex) -> None:
        self._ask_trend()

    @Slot()
    def _ask_trend(self) -> None:
        event = self.selected()
        if event is not None and self.tag_of(event):
            self.trend_requested.emit(self.tag_of(event), event.source_ns)

    @Slot()
    def _ask_moment(self) -> None:
        event = self.selected()
        if event is not None and self.tag_of(event):
            self.moment_requested.emit(event.alarm_id, self.tag_of(event), event.source_ns)

    def shown_events(self) -> Sequence[AlarmEvent]:
        """Return the events of the table, oldest first."""
        return self.model.shown

    @Slot()
    def _ask_export(self) -> None:
        events = list(self.shown_events())
        if events:
            first, last = local_time(events[0].source_ns), local_time(events[-1].source_ns)
            title = self.tr("Alarm journal from {first} to {last}").format(first=first, last=last)
            self.export_requested.emit(events, title)
