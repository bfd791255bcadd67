"""The operator's alarm list: sort, filter, acknowledge what was seen, hide with a reason, and what to do."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, AlarmState
from tags.clock import NS_PER_S
from tags.model import TagTable
from tags.roles import Action, Role, refusal
from views.alarm_actions import AlarmAction, action_text
from views.alarm_book import HIDDEN_GROUPS, AlarmBook, AlarmChange, StateGroup, is_unacknowledged
from views.alarm_commands import AlarmCommands
from views.alarm_filter import FilterBar
from views.alarm_flood import LiveFlood
from views.alarm_flood_strip import FloodStrip
from views.alarm_fold import Grouping
from views.alarm_guidance import GuidancePanel
from views.alarm_history import AlarmHistoryView
from views.alarm_journal import EventQuery
from views.alarm_rows import ACTIVE_COLUMNS, HIDDEN_COLUMNS, AlarmFilter, AlarmListModel, Column
from views.alarm_table import AlarmDelegate, AlarmTable
from views.alarm_text import doubt_text, state_word
from views.alarm_views import SavedView
from views.language import station_text
from views.late import Late
from views.late_stack import LateStack
from views.local_text import number
from views.project_names import area_text
from views.style import Theme, font, icon

TABS = (None, *HIDDEN_GROUPS, "history")
"""What each tab shows: the annunciated alarms, one group of hidden ones, or the journal."""
_BUTTONS: Mapping[StateGroup | None, tuple[AlarmAction, ...]] = {
    None: (AlarmAction.RESET, AlarmAction.SHELVE, AlarmAction.REMOVE),
    StateGroup.SHELVED: (AlarmAction.UNSHELVE, AlarmAction.SHELVE, AlarmAction.REMOVE),
    StateGroup.SUPPRESSED: (AlarmAction.REMOVE,),
    StateGroup.OUT_OF_SERVICE: (AlarmAction.RETURN,),
}
_LONGEST_PATH: Final = 40
"""Signs of a tag's path that its column has room for in a wide list."""


class AlarmPage(QWidget):
    """The alarm page: the active list and the lists of hidden alarms with guidance, and the journal."""

    acknowledge_requested = Signal(list, str)
    """Event ids as seen, and a comment."""
    action_requested = Signal(object)
    """An :class:`views.alarm_actions.AlarmRequest`."""
    screen_requested = Signal(str, str)
    """Screen id and tag path to show."""
    document_requested = Signal(str)
    """The address of a document about an alarm."""
    history_made = Signal(object)
    """The journal's :class:`AlarmHistoryView`, before it is shown for the first time."""
    trend_requested = Signal(str, object)
    """The tag path and the time (int, UTC nanoseconds) around which to show its trend."""

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
        self._ticked_s = 0
        self.model = AlarmListModel(book, tags, self)
        self.table = AlarmTable(self.model, self)
        self.table.setAccessibleName(self.tr("Alarm list"))
        self._delegate = AlarmDelegate(self.model, theme, self)
        self.table.setItemDelegate(self._delegate)
        self.guidance = GuidancePanel(self)
        self.guidance.screen_requested.connect(self.screen_requested)
        self.guidance.trend_requested.connect(self.trend_requested)
        self.guidance.history_requested.connect(self.show_history_of)
        self.guidance.document_requested.connect(self.document_requested)
        self._stack = LateStack(self)
        self._history = Late(lambda: self._make_history(query))
        self._theme = theme
        self.filters = FilterBar(theme, self)
        self.filters.changed.connect(self._apply_filter)
        self.filters.grouping_changed.connect(self._apply_grouping)
        self.filters.views.view_chosen.connect(self._show_view)
        self.filters.views.save_requested.connect(self._keep_view)
        self.flood = FloodStrip(theme, self)
        self._flood: LiveFlood | None = None
        self._folds_floods = True
        self.flood.guidance_requested.connect(self.select_alarm)
        self.flood.fold_requested.connect(self._fold_flood)
        self._build_tools()
        self._build_layout()
        self.table.acknowledge_pressed.connect(self.acknowledge_selected)
        self.table.activated_row.connect(self._open_row)
        self.table.fold_requested.connect(self._fold)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self._fit_table()
        self.set_theme(theme)
        self._show_tab(0)

    def _fit_table(self) -> None:
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self.model.sort)
        metrics = QFontMetrics(font(14, bold=True))  # a word is as wide as its letters, not as their number
        areas = ["Packaging", *(area_text(item.area) for item in self._definitions.values())]
        self.table.fit_columns(
            {
                Column.SYMBOL: "0",
                Column.TIME: "00:00:00.000",
                Column.STATE: max(map(state_word, AlarmState), key=metrics.horizontalAdvance) + " ?",
                Column.TAG: "Filling.Tank",
                Column.VALUE: "000.00 / 000.00 kW",
                Column.AREA: max(areas, key=metrics.horizontalAdvance),
                Column.ACKNOWLEDGED: "00:00:00  operator",
                Column.HIDDEN_SINCE: "00:00:00",
                Column.REMAINING: self.tr("00 h 00 min"),
                Column.HIDDEN_BY: "operator",
                Column.REASON: self.tr("Sensor faulty, work order 0000"),
            },
            Column.MESSAGE,
        )
        paths = ["Filling.Tank", *(item.tag[:_LONGEST_PATH] for item in self._definitions.values())]
        self.table.widen(Column.TAG, max(paths, key=metrics.horizontalAdvance), 1_400)

    def _build_tools(self) -> None:
        self.commands = AlarmCommands(self.selected_alarms, self._definitions, self)
        self.commands.requested.connect(self.action_requested)
        self.comment = QLineEdit(self)
        self.comment.setPlaceholderText(self.tr("Comment with the acknowledgement"))
        self.comment.setMaxLength(200)
        self._acknowledge = QPushButton(self.tr("Acknowledge selected"), self)
        self._acknowledge.setProperty("kind", "primary")
        self._acknowledge.clicked.connect(self.acknowledge_selected)
        self._acknowledge_all = QPushButton(self.tr("Acknowledge visible"), self)
        self._acknowledge_all.clicked.connect(self.acknowledge_visible)
        self.acknowledge_area_action = QAction(self)
        self.acknowledge_area_action.setShortcut("Ctrl+Shift+A")
        self.acknowledge_area_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.acknowledge_area_action.triggered.connect(self.acknowledge_area)
        self.addAction(self.acknowledge_area_action)
        self._acknowledge_area = QPushButton(self.tr("Area"), self)
        self._acknowledge_area.clicked.connect(self.acknowledge_area)
        self._buttons = {action: QPushButton(action_text(action), self) for action in AlarmAction}
        for action, button in self._buttons.items():
            button.clicked.connect(self.commands.actions_by_kind[action].trigger)
        self._count = QLabel(self)
        self._count.setProperty("role", "muted")

    def _build_layout(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(6)
        for button in self._buttons.values():
            actions.addWidget(button)
        actions.addSpacing(8)
        actions.addStretch(0)  # takes the room where there is no comment to give
        actions.addWidget(self.comment, 1)
        actions.addWidget(self._acknowledge_area)
        actions.addWidget(self._acknowledge_all)
        actions.addWidget(self._acknowledge)
        head = QHBoxLayout()
        head.addWidget(self.filters, 1)
        head.addWidget(self._count)
        rows = QWidget(self._stack)
        layout = QVBoxLayout(rows)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.flood)
        layout.addWidget(self.table, 1)
        layout.addLayout(actions)
        layout.addWidget(self.guidance)
        self._rows = rows
        self._stack.put(rows)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for _ in TABS:
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(self._show_tab)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 4, 8, 8)
        outer.setSpacing(0)
        outer.addWidget(self.tabs)
        outer.addWidget(self._stack, 1)

    @property
    def history(self) -> AlarmHistoryView:
        """Return the journal, made when it is wanted for the first time."""
        return self._history()

    def _make_history(self, query: EventQuery) -> AlarmHistoryView:
        result = AlarmHistoryView(query, self._tags, self._definitions, self._theme, self._stack)
        self._stack.put(result)
        self.history_made.emit(result)
        return result

    # From outside

    def apply(self, change: AlarmChange, events: list[AlarmEvent]) -> None:
        """Follow a change that the book has taken; new events go to the journal's page."""
        self.model.apply(change)
        if self._history.made is not None:
            self._history.made.add(events)
        self.filters.offer_areas(sorted({row.area for row in change.changed if row.area}))
        self._refresh_state()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._delegate.theme = theme
        self._theme = theme
        if self._history.made is not None:
            self._history.made.set_theme(theme)
        self.filters.set_theme(theme)
        self.flood.set_theme(theme)
        self.guidance.set_theme(theme)
        self._acknowledge_all.setIcon(icon("acknowledge_all", theme))
        self._acknowledge_area.setIcon(icon("acknowledge_all", theme))
        self._buttons[AlarmAction.SHELVE].setIcon(icon("shelve", theme))
        self.table.viewport().update()

    def set_role(self, role: Role) -> None:
        """Offer what this role may do; what it may not says why."""
        self.commands.role = role
        self._refresh_buttons()

    def day_changed(self, now_ns: int) -> None:
        """Give yesterday's times their date."""
        self.model.day_changed(now_ns)

    def tick(self, now_ns: int) -> None:
        """Count remaining times down, once a second while they are on the screen."""
        now_s = now_ns // NS_PER_S
        if now_s != self._ticked_s and self.table.isVisible():
            self._ticked_s = now_s
            self.model.tick(now_ns)

    def set_blink(self, on: bool) -> None:
        """Set the phase of unacknowledged symbols."""
        if on == self._delegate.blink_on:
            return
        self._delegate.blink_on = on
        if self.table.isVisible() and self.model.rowCount():
            viewport = self.table.viewport()
            viewport.update(0, 0, self.table.columnWidth(Column.SYMBOL), viewport.height())

    def show_group(self, group: StateGroup | None) -> None:
        """Show the list of one group of hidden alarms, or of the annunciated ones."""
        self.tabs.setCurrentIndex(TABS.index(group))

    @Slot(str)
    def select_alarm(self, alarm_id: str) -> bool:
        """Select an alarm and show it, whatever filter or fold hides it; False when not annunciated."""
        self.show_group(None)
        row = self.model.reveal(alarm_id)
        if row is None:
            self.filters.clear()
            row = self.model.reveal(alarm_id)
        if row is None:
            return False
        self.table.selectRow(row)
        self.table.scrollTo(self.model.index(row, 0))
        return True

    @Slot(str)
    def show_history_of(self, alarm_id: str) -> None:
        """Show what the journal knows of one alarm."""
        row = self._book.rows.get(alarm_id)
        self.tabs.setCurrentIndex(TABS.index("history"))
        self.history.show_alarm(alarm_id, row.active_ns if row is not None else 0)

    # Floods and folds

    def show_flood(self, flood: LiveFlood | None) -> None:
        """Say that a flood is on and fold the list for it; None when it is over."""
        if flood is None:
            self._folds_floods = True
        if flood != self._flood:
            self._flood = flood
            self._apply_grouping()

    @Slot(bool)
    def _fold_flood(self, is_folded: bool) -> None:
        self._folds_floods = is_folded
        self._apply_grouping()

    @Slot()
    def _apply_grouping(self) -> None:
        flood = self._flood
        grouping = self.filters.grouping
        if grouping is Grouping.NONE and flood is not None and self._folds_floods and self._group is None:
            grouping = Grouping.GROUP
        leader = flood.first_out if flood is not None else ""
        self.model.set_grouping(grouping, self._definitions, leader)
        self.flood.show_flood(flood, is_folded=grouping is not Grouping.NONE)

    @Slot(int, bool)
    def _fold(self, row: int, is_open: bool) -> None:
        head = self.model.fold_at(row)
        if head is not None:
            self.model.set_open(head.title, is_open)

    # Saved views

    @Slot(object)
    def _show_view(self, view: SavedView) -> None:
        self.filters.show_view(view)
        order = Qt.SortOrder.DescendingOrder if view.is_descending else Qt.SortOrder.AscendingOrder
        column = -1 if view.column is None else view.column
        self.table.horizontalHeader().setSortIndicator(column, order)

    @Slot(str)
    def _keep_view(self, name: str) -> None:
        header = self.table.horizontalHeader()
        section = header.sortIndicatorSection()
        column = Column(section) if 0 <= section < len(Column) else None
        is_descending = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        chosen, grouping = self.filters.chosen(), self.filters.grouping
        self.filters.views.keep(SavedView(name, chosen, grouping, column, is_descending))

    # What the operator does

    def selected_alarms(self) -> list[AlarmSnapshot]:
        """Return the selected alarms from top to bottom; a fold stands for all of its alarms."""
        rows = self.table.selected_rows()
        if self.model.grouping is Grouping.NONE:
            return [self.model.row_at(row) for row in rows]
        found: dict[str, AlarmSnapshot] = {}
        for row in rows:
            head = self.model.fold_at(row)
            alarms = (self.model.row_at(row),) if head is None else head.rows
            found.update((alarm.alarm_id, alarm) for alarm in alarms)
        return list(found.values())

    @Slot()
    def acknowledge_selected(self) -> None:
        """Ask to acknowledge the selected rows as they were seen."""
        self._request(self.selected_alarms())

    @Slot()
    def acknowledge_visible(self) -> None:
        """Ask to acknowledge the rows on the screen as they were seen."""
        rows = [row for row in self.table.rows_in_view() if self.model.fold_at(row) is None]
        self._request([self.model.row_at(row) for row in rows])

    @Slot()
    def acknowledge_area(self) -> None:
        """Ask to acknowledge what was seen of the area of the first selected alarm."""
        selected = self.selected_alarms()
        if selected:
            self._request([row for row in self.model.alarms if row.area == selected[0].area])

    def _request(self, rows: list[AlarmSnapshot]) -> None:
        refused = refusal(self.commands.role, Action.ACKNOWLEDGE)
        if refused:
            self._count.setText(station_text(refused))
            return
        comment = self.comment.text().strip()
        due = [row for row in rows if is_unacknowledged(row)]
        allowed = due if comment else [row for row in due if not self._needs_comment(row)]
        events = self.model.seen_events(allowed)
        if events:
            self.acknowledge_requested.emit(events, comment)
            self.comment.clear()
        if len(allowed) < len(due):
            left = len(due) - len(allowed)
            self._count.setText(self.tr("%Ln not acknowledged: their class asks for a comment", "", left))
            self.comment.setFocus()
        elif len(due) > len(events):
            left = len(due) - len(events)
            self._count.setText(
                self.tr("%Ln not acknowledged: scroll or open their group to see them first", "", left)
            )

    def _needs_comment(self, row: AlarmSnapshot) -> bool:
        definition = self._definitions.get(row.alarm_id)
        return definition is not None and definition.comment_required

    @property
    def _group(self) -> StateGroup | None:
        shown = TABS[self.tabs.currentIndex()]
        return shown if isinstance(shown, StateGroup) else None

    @Slot(int)
    def _show_tab(self, tab: int) -> None:
        if TABS[tab] == "history":
            self._stack.turn_to(self.history)
            self.history.open()
            return
        group = self._group
        self._stack.turn_to(self._rows)
        columns = ACTIVE_COLUMNS if group is None else HIDDEN_COLUMNS
        if group is not StateGroup.SHELVED:
            columns -= {Column.REMAINING}  # nothing else has an end of its own
        self.table.show_columns(columns, only_wide=(Column.TAG,))  # the guidance below has it too
        self.filters.set_group(group)
        for action, button in self._buttons.items():
            button.setVisible(action in _BUTTONS[group])
        for widget in (self.comment, self._acknowledge_area, self._acknowledge_all, self._acknowledge):
            widget.setVisible(group is None)
        self._apply_grouping()
        self._apply_filter()

    @Slot()
    def _apply_filter(self) -> None:
        self.model.set_filter(self.filters.chosen())
        self._refresh_state()
        self._on_selection()

    @Slot()
    def _on_selection(self) -> None:
        rows = self.selected_alarms()
        if rows:
            row = rows[0]
            definition = self._definitions.get(row.alarm_id)
            doubt = doubt_text(row, self._tags)
            has_trend = self._tags.find(row.tag) is not None
            self.guidance.show_alarm(row, definition, self._find_screen(row), doubt, has_trend=has_trend)
        else:
            self.guidance.clear()
        self._refresh_buttons()

    def _open_row(self, row: int) -> None:
        shown = self.model.row_at(row)
        screen = self._find_screen(shown)
        if screen:
            self.screen_requested.emit(screen, shown.tag)

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        if self.table.selected_rows():
            self.make_menu().popup(self.table.viewport().mapToGlobal(at))

    def make_menu(self) -> QMenu:
        """Return the context menu for the selected rows; it deletes itself when closed."""
        if self._group is not None:
            menu = self.commands.make_menu([])
        else:
            acknowledge = QAction(self._acknowledge.text(), self)
            acknowledge.setEnabled(self._acknowledge.isEnabled())
            acknowledge.triggered.connect(self.acknowledge_selected)
            menu = self.commands.make_menu([acknowledge, self.acknowledge_area_action])
            acknowledge.setParent(menu)  # ends with the menu
        menu.addSeparator()
        for button in self.guidance.leads:
            menu.addAction(button.icon(), button.text(), button.click).setEnabled(button.isEnabled())
        return menu

    def _refresh_state(self) -> None:
        shown = len(self.model.alarms)
        group = self._group
        total = sum(self._book.count(one) for one in (StateGroup.UNACKNOWLEDGED, StateGroup.ACKNOWLEDGED))
        if group is not None:
            total = self._book.count(group)
        self._count.setText(self.tr("{shown} of %Ln alarm(s) shown", "", total).format(shown=number(shown)))
        self.table.set_hint("" if shown else self._empty_text(group))
        titles = {
            StateGroup.SHELVED: self.tr("Shelved ({n})"),
            StateGroup.SUPPRESSED: self.tr("Suppressed ({n})"),
            StateGroup.OUT_OF_SERVICE: self.tr("Out of service ({n})"),
        }
        for tab, what in enumerate(TABS):
            if isinstance(what, StateGroup):
                text = titles[what].format(n=number(self._book.count(what)))
            else:
                text = self.tr("Active") if what is None else self.tr("History")
            if text != self.tabs.tabText(tab):
                self.tabs.setTabText(tab, text)
        self._refresh_buttons()

    def _empty_text(self, group: StateGroup | None) -> str:
        if self.model.filter != AlarmFilter(groups=self.model.filter.groups) or (
            group is None and self.model.filter != AlarmFilter()
        ):
            return self.tr("No alarm matches the filter")
        if group is None:
            return self.tr("No active alarms")
        return {
            StateGroup.SHELVED: self.tr("No alarm is shelved"),
            StateGroup.SUPPRESSED: self.tr("No alarm is suppressed by design"),
            StateGroup.OUT_OF_SERVICE: self.tr("No alarm is out of service"),
        }[group]

    def _refresh_buttons(self) -> None:
        selected = self.selected_alarms()
        refused = station_text(refusal(self.commands.role, Action.ACKNOWLEDGE))
        self._acknowledge.setEnabled(not refused and any(map(is_unacknowledged, selected)))
        is_any_due = bool(self._book.count(StateGroup.UNACKNOWLEDGED))
        self._acknowledge_all.setEnabled(not refused and is_any_due)
        self._acknowledge.setToolTip(refused or self.tr("Acknowledge the selected alarms (Space)"))
        self._acknowledge_all.setToolTip(
            refused or self.tr("Acknowledge the alarms that are on the screen now")
        )
        area = area_text(selected[0].area) if selected else ""
        self.acknowledge_area_action.setEnabled(not refused and bool(selected))
        text = self.tr("Acknowledge area {area}").format(area=area) if area else self.tr("Acknowledge area")
        self.acknowledge_area_action.setText(text)
        self._acknowledge_area.setEnabled(not refused and bool(area))
        self._acknowledge_area.setToolTip(
            self.tr("{text}: what was seen of it (Ctrl+Shift+A)").format(text=text)
        )
        self.commands.refresh()
        for action, button in self._buttons.items():
            made = self.commands.actions_by_kind[action]
            button.setEnabled(made.isEnabled())
            button.setToolTip(made.toolTip())
        # Few alarms ask for it: only those that devices keep, and not all of them.
        confirm = self._buttons[AlarmAction.CONFIRM]
        confirm.setVisible(self._group is None and confirm.isEnabled())
