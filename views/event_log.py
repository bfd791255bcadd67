"""The event log page: alarms, writes, connections, station and gaps on one axis of time, with filters."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from historian.happening import KINDS, EventChoice, Happening
from tags.clock import NS_PER_S
from views.alarm_banner import ElidedLabel
from views.column_widths import fit_columns
from views.event_log_model import EventLogModel, LogColumn
from views.event_words import detail_texts, kind_text
from views.local_text import local_time
from views.style import Theme, icon

LogAnswer = Callable[[list[Happening] | None, bool, str], None]
"""Takes events, newest first, and whether the period holds older ones; or None and a sentence why."""
LogQuery = Callable[[int, int, int, EventChoice, LogAnswer], None]
"""Asks for the newest events with start <= source time < end: start_ns, end_ns, limit, choice, answer."""

PAGE_EVENTS: Final = 500
_PERSON_FROM_PX: Final = 1_250
_PATH: Final = "Filler1.Tank.Level"
_CHANGE: Final = "100.0 → 100.0 1/min"
"""As much of a change as its column shows; the rest is told below the list."""
_LONG_PATH: Final = "Filling.Station.InletEyeFault"
_POLL_NS: Final = 2 * NS_PER_S
_LATE_NS: Final = 30 * NS_PER_S
"""Events that come late by less are found by the next look at what is new."""
_SEARCH_AFTER_MS: Final = 300
_FOR_EVER_NS: Final = 2**62


class EventLogPage(QWidget):
    """Show what happened, newest first. GUI thread only; queries are answered later."""

    trend_requested = Signal(str, object)
    """A subject (maybe a tag's path) and a time (int, ns) at which the trend is wanted."""
    export_requested = Signal(object, str)
    """The events shown (a list, oldest first) and a title for them."""

    def __init__(self, query: LogQuery, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query = query
        self._theme = theme
        self._round = 0
        self._is_open = False
        self._is_polling = False
        self._polled_ns = 0
        self._subject = ""
        self._user = ""
        self.model = EventLogModel(self)
        self.model.older_wanted.connect(self._fetch_older)
        self._search_timer = QTimer(self)
        self._search_timer.setSingleShot(True)
        self._search_timer.setInterval(_SEARCH_AFTER_MS)
        self._search_timer.timeout.connect(self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(self._build_tools())
        layout.addWidget(self._build_table(), 1)
        layout.addWidget(self._build_details())
        layout.addLayout(self._build_footer())
        self.set_theme(theme)
        self._on_choice()

    def _build_tools(self) -> QHBoxLayout:
        tools = QHBoxLayout()
        tools.setSpacing(4)
        self.period = QComboBox(self)
        for title, seconds in (
            (self.tr("Last hour"), 3_600),
            (self.tr("Last 8 hours"), 28_800),
            (self.tr("Last 24 hours"), 86_400),
            (self.tr("Last 7 days"), 604_800),
            (self.tr("Last 30 days"), 2_592_000),
            (self.tr("Everything stored"), 0),
        ):
            self.period.addItem(title, seconds)
        self.period.setCurrentIndex(1)
        self.period.currentIndexChanged.connect(self.refresh)
        tools.addWidget(self.period)
        tools.addSpacing(8)
        self.kinds: dict[str, QToolButton] = {}
        for kind in KINDS:
            button = QToolButton(self)
            button.setText(kind_text(kind))
            button.setCheckable(True)
            button.setToolTip(self.tr("Show only the kinds that are pressed; with none pressed, all"))
            button.toggled.connect(self._on_kinds)
            self.kinds[kind] = button
            tools.addWidget(button)
        tools.addSpacing(8)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search text, tag or person"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._search_timer.start())
        tools.addWidget(self.search, 1)
        self.chosen = QPushButton(self)
        self.chosen.setToolTip(self.tr("Show everything again"))
        self.chosen.clicked.connect(self._clear_choice)
        tools.addWidget(self.chosen)
        self.to_trend = QPushButton(self.tr("Show in the trend"), self)
        self.to_trend.clicked.connect(self._trend_selected)
        return tools

    def _build_table(self) -> QTableView:
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(28)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        fit_columns(
            self.table,
            {
                LogColumn.TIME: ("12-30 00:00:00.000",),
                LogColumn.KIND: map(kind_text, KINDS),
                LogColumn.SUBJECT: (_PATH,),
                LogColumn.CHANGE: (_CHANGE,),
                LogColumn.OUTCOME: detail_texts(),
                LogColumn.USER: ("operator",),
            },
        )
        header.setSectionResizeMode(LogColumn.TEXT, QHeaderView.ResizeMode.Stretch)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.doubleClicked.connect(lambda _: self._trend_selected())
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.model.modelReset.connect(self._on_selection)
        QShortcut(
            QKeySequence(Qt.Key.Key_Return),
            self.table,
            self._trend_selected,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        return self.table

    def _build_details(self) -> QFrame:
        self.facts = ElidedLabel(self, lines=2)
        details = QFrame(self)
        details.setProperty("surface", "panel")
        row = QHBoxLayout(details)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self.facts, 1)
        row.addWidget(self.to_trend)
        return details

    def _build_footer(self) -> QHBoxLayout:
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self.export = QPushButton(self.tr("Export…"), self)
        self.export.setToolTip(self.tr("Write the events shown as CSV, Excel or PDF"))
        self.export.clicked.connect(self._ask_export)
        self._footer = QHBoxLayout()
        self._footer.addWidget(self.state, 1)
        self._footer.addWidget(self.export)
        return self._footer

    def add_footer(self, widget: QWidget) -> None:
        """Put a widget of the window's into the line below the table."""
        self._footer.insertWidget(1, widget, 1)

    # What is wanted

    def choice(self) -> EventChoice:
        """Return what the filters choose."""
        return EventChoice(
            [kind for kind, button in self.kinds.items() if button.isChecked()],
            [self._subject] if self._subject else [],
            [self._user] if self._user else [],
            self.search.text().strip(),
        )

    def show_only(self, *, subject: str = "", user: str = "") -> None:
        """Show what is about a tag, connection or area, or what somebody did."""
        self._subject, self._user = subject, user
        self._on_choice()
        self.refresh()

    @Slot()
    def _clear_choice(self) -> None:
        self.show_only()

    @Slot()
    def _on_kinds(self) -> None:
        self.refresh()

    def _on_choice(self) -> None:
        self.chosen.setText(self._subject or self._user)
        self.chosen.setVisible(bool(self._subject or self._user))

    def open(self) -> None:
        """Load the period when the page is shown for the first time."""
        if not self._is_open:
            self.refresh()

    def refresh_now(self, now_ns: int) -> None:
        """Look for new events every other second while the page is seen."""
        if (
            self._is_open
            and self.isVisible()
            and not self._is_polling
            and now_ns - self._polled_ns >= _POLL_NS
        ):
            self._poll(now_ns)

    def _start_ns(self, now_ns: int) -> int:
        seconds = int(self.period.currentData())
        return now_ns - seconds * NS_PER_S if seconds else 0

    @Slot()
    def refresh(self) -> None:
        """Ask for the chosen period's newest events."""
        self._is_open = True
        self._is_polling = True
        self._round += 1
        asked = self._round
        self._polled_ns = now_ns = time.time_ns()
        self.state.setText(self.tr("Loading…"))

        def answer(events: list[Happening] | None, has_more: bool, text: str) -> None:
            if asked != self._round:
                return
            self._is_polling = False
            if events is None:
                self._tell_failure(text)
            else:
                self.model.replace(events, has_more=has_more)
                self._tell_count()

        self._query(self._start_ns(now_ns), _FOR_EVER_NS, PAGE_EVENTS, self.choice(), answer)

    def _poll(self, now_ns: int) -> None:
        self._is_polling = True
        self._polled_ns = now_ns
        asked = self._round

        def answer(events: list[Happening] | None, _has_more: bool, text: str) -> None:
            if asked != self._round:
                return
            self._is_polling = False
            if events is None:
                self._tell_failure(text)
            else:
                self.model.merge(events)
                self._tell_count()

        newest_ns = self.model.newest_ns
        since_ns = self._start_ns(now_ns)
        if newest_ns is not None:
            since_ns = max(since_ns, newest_ns - _LATE_NS)
        self._query(since_ns, _FOR_EVER_NS, PAGE_EVENTS, self.choice(), answer)

    @Slot(object)
    def _fetch_older(self, before_ns: int) -> None:
        asked = self._round

        def answer(events: list[Happening] | None, has_more: bool, text: str) -> None:
            if asked != self._round:
                return
            if events is None:
                self.model.give_up_older()
                self._tell_failure(text)
            else:
                self.model.append(events, has_more=has_more)
                self._tell_count()

        self._query(self._start_ns(time.time_ns()), before_ns, PAGE_EVENTS, self.choice(), answer)

    def _tell_failure(self, text: str) -> None:
        self.state.setText(self.tr("The log cannot be shown: {}").format(text))

    def _fit_columns(self) -> None:
        """Give what happened the room that times, values and outcomes of these events leave."""
        longest = self.model.longest()
        if any(len(text) > len(_CHANGE) for text in longest[LogColumn.CHANGE]):
            longest[LogColumn.CHANGE] = {_CHANGE}
        fit_columns(self.table, longest)

    def _tell_count(self) -> None:
        self._fit_columns()
        count = self.model.rowCount()
        self.export.setEnabled(bool(count))
        if not count:
            self.state.setText(self.tr("Nothing happened in this period that suits the filters"))
        elif self.model.has_more:
            self.state.setText(self.tr("The newest %Ln event(s); scroll down for older ones", "", count))
        else:
            self.state.setText(self.tr("%Ln event(s)", "", count))

    # One event

    def _selected(self) -> Happening | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.event_at(rows[0].row()) if rows else None

    @Slot()
    def _on_selection(self) -> None:
        event = self._selected()
        self.to_trend.setEnabled(event is not None)
        if event is None:
            self.facts.set_full_text(self.tr("Select an event to see all of it and to go to its trend."))
            return
        row = self.table.selectionModel().selectedRows()[0].row()
        cells = (str(self.model.data(self.model.index(row, column)) or "") for column in LogColumn)
        facts = (local_time(event.source_ns), *list(cells)[LogColumn.KIND :])
        self.facts.set_full_text("  ·  ".join(fact for fact in facts if fact))

    @Slot()
    def _ask_export(self) -> None:
        events = self.model.events
        if events:
            first, last = local_time(events[-1].source_ns), local_time(events[0].source_ns)
            title = self.tr("Event log from {first} to {last}").format(first=first, last=last)
            self.export_requested.emit(events[::-1], title)

    @Slot()
    def _trend_selected(self) -> None:
        event = self._selected()
        if event is not None:
            self.trend_requested.emit(event.subject, event.source_ns)

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if index.isValid():
            menu = self.menu_of(self.model.event_at(index.row()))
            menu.exec(self.table.viewport().mapToGlobal(at))

    def menu_of(self, event: Happening) -> QMenu:
        """Return what can be done with an event."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(
            icon("trend", self._theme),
            self.tr("Show in the trend"),
            lambda: self.trend_requested.emit(event.subject, event.source_ns),
        )
        if event.subject:
            menu.addAction(
                icon("filter", self._theme),
                self.tr("Show only what is about {}").format(event.subject),
                lambda: self.show_only(subject=event.subject),
            )
        if event.user:
            menu.addAction(
                icon("user", self._theme),
                self.tr("Show only what {} did").format(event.user),
                lambda: self.show_only(user=event.user),
            )
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Show who did it in a column of its own where there is room; the events need it more."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= _PERSON_FROM_PX
        self.table.setColumnHidden(LogColumn.USER, not is_wide)
        fit_columns(self.table, {LogColumn.SUBJECT: (_LONG_PATH if is_wide else _PATH,)})

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.to_trend.setIcon(icon("trend", theme))
        self.chosen.setIcon(icon("remove", theme))
        self.export.setIcon(icon("export", theme))
        self.table.viewport().update()
