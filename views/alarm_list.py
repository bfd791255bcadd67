"""The operator's alarm list: sort, filter, acknowledge what was seen, and what to do about each alarm."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, Priority
from tags.model import TagTable
from views.alarm_book import AlarmBook, AlarmChange, StateGroup, is_unacknowledged
from views.alarm_guidance import GuidancePanel
from views.alarm_history import AlarmHistoryView, EventQuery
from views.alarm_rows import AlarmFilter, AlarmListModel, Column
from views.alarm_table import AlarmDelegate, AlarmTable, symbol_icon
from views.alarm_text import doubt_text, priority_text
from views.local_text import number
from views.style import Theme, icon


class AlarmPage(QWidget):
    """The alarm page: the active list with its tools and guidance, and the journal of a period."""

    acknowledge_requested = Signal(list, str)
    """Event ids as seen, and a comment."""
    screen_requested = Signal(str, str)
    """Screen id and tag path to show."""

    def __init__(
        self,
        book: AlarmBook,
        tags: TagTable,
        definitions: Mapping[str, AlarmDefinition],
        find_screen: Callable[[AlarmSnapshot], str],
        query: EventQuery,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._book = book
        self._tags = tags
        self._definitions = definitions
        self._find_screen = find_screen
        self._theme = theme
        self.model = AlarmListModel(book, tags, self)
        self.table = AlarmTable(self.model, self)
        self._delegate = AlarmDelegate(self.model, theme, self)
        self.table.setItemDelegate(self._delegate)
        self.guidance = GuidancePanel(self)
        self.guidance.screen_requested.connect(self.screen_requested)
        self.history = AlarmHistoryView(query, tags, definitions, theme, self)
        self._build_tools()
        self._build_layout()
        self.table.acknowledge_pressed.connect(self.acknowledge_selected)
        self.table.activated_row.connect(self._open_row)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self.model.sort)
        self.table.fit_columns(
            {
                Column.SYMBOL: "0",
                Column.TIME: "00:00:00.000",
                Column.STATE: self.tr("Acknowledged"),
                Column.TAG: "Filling.Tank.LevelOk",
                Column.VALUE: "00.0 / 00.0 1/min",
                Column.AREA: "Packaging",
                Column.ACKNOWLEDGED: "00:00:00  operator",
            },
            Column.MESSAGE,
        )
        self.set_theme(theme)
        self._refresh_state()

    def _build_tools(self) -> None:
        self._priorities: dict[Priority, QToolButton] = {}
        for priority in Priority:
            button = QToolButton(self)
            button.setCheckable(True)
            button.setChecked(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setText(priority_text(priority))
            button.setToolTip(self.tr("Show alarms of priority {}").format(priority_text(priority)))
            button.toggled.connect(self._apply_filter)
            self._priorities[priority] = button
        self._groups = QComboBox(self)
        for title, groups in (
            (self.tr("All active"), (StateGroup.UNACKNOWLEDGED, StateGroup.ACKNOWLEDGED)),
            (self.tr("Unacknowledged"), (StateGroup.UNACKNOWLEDGED,)),
            (self.tr("Acknowledged"), (StateGroup.ACKNOWLEDGED,)),
            (self.tr("Shelved"), (StateGroup.SHELVED,)),
            (self.tr("Suppressed, out of service"), (StateGroup.SUPPRESSED,)),
        ):
            self._groups.addItem(title, (frozenset(groups), False))
        everything = frozenset({StateGroup.UNACKNOWLEDGED, StateGroup.ACKNOWLEDGED})
        self._groups.addItem(self.tr("Alerts and prompts"), (everything, True))
        self._groups.currentIndexChanged.connect(self._apply_filter)
        self._areas = QComboBox(self)
        self._areas.setMinimumContentsLength(12)
        self._areas.addItem(self.tr("All areas"), "")
        self._areas.currentIndexChanged.connect(self._apply_filter)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search message, tag or area"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._apply_filter)
        self.comment = QLineEdit(self)
        self.comment.setPlaceholderText(self.tr("Comment with the acknowledgement (optional)"))
        self.comment.setMaxLength(200)
        self._acknowledge = QPushButton(self.tr("Acknowledge selected"), self)
        self._acknowledge.setProperty("kind", "primary")
        self._acknowledge.setToolTip(self.tr("Acknowledge the selected alarms (Space)"))
        self._acknowledge.clicked.connect(self.acknowledge_selected)
        self._acknowledge_all = QPushButton(self.tr("Acknowledge visible"), self)
        self._acknowledge_all.setToolTip(self.tr("Acknowledge the alarms that are on the screen now"))
        self._acknowledge_all.clicked.connect(self.acknowledge_visible)
        self._count = QLabel(self)
        self._count.setProperty("role", "muted")

    def _build_layout(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(6)
        for button in self._priorities.values():
            tools.addWidget(button)
        tools.addSpacing(6)
        tools.addWidget(self._groups)
        tools.addWidget(self._areas)
        tools.addWidget(self.search, 1)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(self._count)
        actions.addStretch(1)
        actions.addWidget(self.comment, 2)
        actions.addWidget(self._acknowledge_all)
        actions.addWidget(self._acknowledge)
        active = QWidget(self)
        layout = QVBoxLayout(active)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(tools)
        layout.addWidget(self.table, 1)
        layout.addLayout(actions)
        layout.addWidget(self.guidance)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(active, self.tr("Active"))
        self.tabs.addTab(self.history, self.tr("History"))
        self.tabs.currentChanged.connect(self._on_tab)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 4, 8, 8)
        outer.addWidget(self.tabs)

    # From outside

    def apply(self, change: AlarmChange, events: list[AlarmEvent]) -> None:
        """Follow a change that the book has taken; new events go to the journal's page."""
        self.model.apply(change)
        self.history.add(events)
        self._refresh_state()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self._delegate.theme = theme
        self.history.set_theme(theme)
        for priority, button in self._priorities.items():
            button.setIcon(symbol_icon(priority, theme))
        self._acknowledge_all.setIcon(icon("acknowledge_all", theme))
        self.table.viewport().update()

    def day_changed(self, now_ns: int) -> None:
        """Give yesterday's times their date."""
        self.model.day_changed(now_ns)

    def set_blink(self, on: bool) -> None:
        """Set the phase of unacknowledged symbols."""
        if on == self._delegate.blink_on:
            return
        self._delegate.blink_on = on
        if self.table.isVisible() and self.model.rowCount():
            viewport = self.table.viewport()
            viewport.update(0, 0, self.table.columnWidth(Column.SYMBOL), viewport.height())

    def select_alarm(self, alarm_id: str) -> bool:
        """Select an alarm and show it; False when the filter hides it."""
        row = self.model.find(alarm_id)
        if row is None:
            return False
        self.tabs.setCurrentIndex(0)
        self.table.selectRow(row)
        self.table.scrollTo(self.model.index(row, 0))
        return True

    # What the operator does

    @Slot()
    def acknowledge_selected(self) -> None:
        """Ask to acknowledge the selected rows as they were seen."""
        self._request(self.table.selected_rows())

    @Slot()
    def acknowledge_visible(self) -> None:
        """Ask to acknowledge the rows on the screen as they were seen."""
        self._request(list(self.table.rows_in_view()))

    def _request(self, rows: list[int]) -> None:
        due = sum(is_unacknowledged(self.model.row_at(row)) for row in rows)
        events = self.model.seen_events(rows)
        if events:
            self.acknowledge_requested.emit(events, self.comment.text().strip())
            self.comment.clear()
        if due > len(events):
            text = self.tr("{n} not acknowledged: scroll to see them first").format(n=due - len(events))
            self._count.setText(text)

    @Slot()
    def _apply_filter(self) -> None:
        groups, alerts = self._groups.currentData()
        chosen = AlarmFilter(
            frozenset(priority for priority, button in self._priorities.items() if button.isChecked()),
            groups,
            self._areas.currentData() or "",
            self.search.text().strip(),
            alerts,
        )
        self.model.set_filter(chosen)
        self._refresh_state()
        self._on_selection()

    @Slot()
    def _on_selection(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            row = self.model.row_at(rows[0])
            definition = self._definitions.get(row.alarm_id)
            doubt = doubt_text(row, self._tags)
            self.guidance.show_alarm(row, definition, self._find_screen(row), doubt)
        else:
            self.guidance.clear()
        self._refresh_buttons()

    def _open_row(self, row: int) -> None:
        shown = self.model.row_at(row)
        screen = self._find_screen(shown)
        if screen:
            self.screen_requested.emit(screen, shown.tag)

    @Slot(int)
    def _on_tab(self, tab: int) -> None:
        if tab == 1:
            self.history.open()

    def _refresh_state(self) -> None:
        shown = self.model.rowCount()
        total = len(self._book)
        self._count.setText(
            self.tr("{shown} of {total} alarms shown").format(shown=number(shown), total=number(total))
        )
        if shown:
            self.table.set_hint("")
        elif self.model.filter == AlarmFilter():
            self.table.set_hint(self.tr("No active alarms"))
        else:
            self.table.set_hint(self.tr("No alarm matches the filter"))
        areas = self.model.areas()
        known = [self._areas.itemData(row) for row in range(1, self._areas.count())]
        for area in areas:
            if area not in known:
                self._areas.addItem(area, area)
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        rows = self.table.selected_rows()
        self._acknowledge.setEnabled(any(is_unacknowledged(self.model.row_at(row)) for row in rows))
        self._acknowledge_all.setEnabled(bool(self._book.count(StateGroup.UNACKNOWLEDGED)))
