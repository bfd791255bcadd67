"""The tools above the alarm list: priorities, state, area, text."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from alarms.model import Priority
from views.alarm_book import StateGroup
from views.alarm_rows import AlarmFilter
from views.alarm_table import symbol_icon
from views.alarm_text import priority_text
from views.style import Theme


class FilterBar(QWidget):
    """Let the operator choose which rows the list shows."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._group: StateGroup | None = None
        self._offered: list[str] = []
        self.priorities: dict[Priority, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for priority in Priority:
            button = self._toggle(priority_text(priority))
            button.setToolTip(self.tr("Show alarms of priority {}").format(priority_text(priority)))
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
        self.areas.setMinimumContentsLength(12)
        self.areas.addItem(self.tr("All areas"), "")
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search message, tag or area"))
        self.search.setClearButtonEnabled(True)
        layout.addSpacing(6)
        layout.addWidget(self.states)
        layout.addWidget(self.areas)
        layout.addWidget(self.search, 1)
        for button in self.priorities.values():
            button.toggled.connect(self._tell)
        self.states.currentIndexChanged.connect(self._tell)
        self.areas.currentIndexChanged.connect(self._tell)
        self.search.textChanged.connect(self._tell)
        self.set_theme(theme)

    def _toggle(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setToolButtonStyle(button.toolButtonStyle().ToolButtonTextBesideIcon)
        button.setText(text)
        return button

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        for priority, button in self.priorities.items():
            button.setIcon(symbol_icon(priority, theme))

    def set_group(self, group: StateGroup | None) -> None:
        """Choose from one group of hidden alarms, or from the annunciated ones; tells nothing."""
        self._group = group
        self.states.setVisible(group is None)

    def offer_areas(self, areas: Sequence[str]) -> None:
        """Offer these areas and those that were offered before, so that a choice stays."""
        for area in areas:
            if area not in self._offered:
                self._offered.append(area)
                self.areas.addItem(area, area)

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
