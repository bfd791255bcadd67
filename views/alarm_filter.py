"""The tools above the alarm list: priorities, state, area, text, grouping and saved views."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from alarms.model import Priority
from views.alarm_book import StateGroup
from views.alarm_fold import Grouping
from views.alarm_rows import AlarmFilter
from views.alarm_table import symbol_icon
from views.alarm_text import priority_text
from views.alarm_views import SavedView, ViewsButton
from views.project_names import area_text
from views.style import Theme, icon


class FilterBar(QWidget):
    """Let the operator choose which rows the list shows."""

    changed = Signal()
    grouping_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._group: StateGroup | None = None
        self._offered: list[str] = []
        self.priorities: dict[Priority, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for priority in Priority:
            button = self._toggle()
            text = self.tr("Show alarms of priority {}").format(priority_text(priority))
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setChecked(True)
            self.priorities[priority] = button
            layout.addWidget(button)
        self.states = QComboBox(self)
        both = frozenset({StateGroup.UNACKNOWLEDGED, StateGroup.ACKNOWLEDGED})
        for title, groups, alerts in (
            (self.tr("All active"), both, False),
            (self.tr("Unacknowledged"), frozenset({StateGroup.UNACKNOWLEDGED}), False),
            (self.tr("Acknowledged"), frozenset({StateGroup.ACKNOWLEDGED}), False),
            (self.tr("Alerts and prompts"), both, True),
        ):
            self.states.addItem(title, (groups, alerts))
        self.areas = QComboBox(self)
        self.areas.setMinimumContentsLength(10)
        self.areas.addItem(self.tr("All areas"), "")
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setToolTip(self.tr("Search message, tag or area"))
        self.search.setAccessibleName(self.tr("Search message, tag or area"))
        self.search.setClearButtonEnabled(True)
        self.groupings = QComboBox(self)
        for title, grouping in (
            (self.tr("Not grouped"), Grouping.NONE),
            (self.tr("By area"), Grouping.AREA),
            (self.tr("By first-out group"), Grouping.GROUP),
            (self.tr("By cause"), Grouping.CAUSE),
        ):
            self.groupings.addItem(title, grouping)
        self.groupings.setToolTip(self.tr("One row for alarms that belong together; it opens to show them"))
        self.views = ViewsButton(self)
        layout.addSpacing(6)
        layout.addWidget(self.states)
        layout.addWidget(self.areas)
        layout.addWidget(self.search, 1)
        layout.addWidget(self.groupings)
        layout.addWidget(self.views)
        for button in self.priorities.values():
            button.toggled.connect(self._tell)
        self.states.currentIndexChanged.connect(self._tell)
        self.areas.currentIndexChanged.connect(self._tell)
        self.search.textChanged.connect(self._tell)
        self.groupings.currentIndexChanged.connect(self.grouping_changed)
        self.set_theme(theme)

    def _toggle(self) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setFixedSize(36, 34)
        return button

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        for priority, button in self.priorities.items():
            button.setIcon(symbol_icon(priority, theme))
        self.views.setIcon(icon("favourite", theme))

    @property
    def grouping(self) -> Grouping:
        """Return what the operator grouped the list by."""
        return Grouping(self.groupings.currentData())

    def show_view(self, view: SavedView) -> None:
        """Choose what a saved view shows; tells once of the filter and once of the grouping."""
        chosen = view.chosen
        self.blockSignals(True)
        for priority, button in self.priorities.items():
            button.setChecked(priority in chosen.priorities)
        for row in range(self.states.count()):
            if self.states.itemData(row) == (chosen.groups, chosen.alerts):
                self.states.setCurrentIndex(row)
        if chosen.area:
            self.offer_areas([chosen.area])
        self.areas.setCurrentIndex(max(0, self.areas.findData(chosen.area)))
        self.search.setText(chosen.text)
        self.groupings.setCurrentIndex(self.groupings.findData(view.grouping))
        self.blockSignals(False)
        self.changed.emit()
        self.grouping_changed.emit()

    def set_group(self, group: StateGroup | None) -> None:
        """Choose from one group of hidden alarms, or from the annunciated ones; tells nothing."""
        self._group = group
        self.states.setVisible(group is None)

    def offer_areas(self, areas: Sequence[str]) -> None:
        """Offer these areas and those that were offered before, so that a choice stays."""
        for area in areas:
            if area not in self._offered:
                self._offered.append(area)
                self.areas.addItem(area_text(area), area)

    def chosen(self) -> AlarmFilter:
        """Return the choice as it stands."""
        groups, alerts = self.states.currentData()
        if self._group is not None:
            groups, alerts = frozenset({self._group}), False
        return AlarmFilter(
            frozenset(priority for priority, button in self.priorities.items() if button.isChecked()),
            groups,
            self.areas.currentData() or "",
            self.search.text().strip(),
            alerts,
        )

    def clear(self) -> None:
        """Show everything again; tells once."""
        self.blockSignals(True)
        for button in self.priorities.values():
            button.setChecked(True)
        self.states.setCurrentIndex(0)
        self.areas.setCurrentIndex(0)
        self.search.clear()
        self.blockSignals(False)
        self.changed.emit()
