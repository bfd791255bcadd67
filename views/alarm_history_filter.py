"""The tools above the alarm journal: time, priority, kind of event, area, tag, operator, text."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QStringListModel, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDateTimeEdit,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from alarms.filters import EventFilter
from alarms.model import Priority, Transition
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import TagTable
from views.alarm_table import symbol_icon
from views.alarm_text import priority_text
from views.local_text import date_format
from views.project_names import area_text
from views.style import Theme

_PAUSE_MS = 300
"""How long after the last key press the journal is asked."""


class PeriodChoice(QWidget):
    """Choose the last hours or days, or any period by its begin and end."""

    changed = Signal()

    def __init__(self, parent: QWidget, *, first: int = 1) -> None:
        super().__init__(parent)
        self.lengths = QComboBox(self)
        for title, seconds in (
            (self.tr("Last hour"), 3_600),
            (self.tr("Last 8 hours"), 28_800),
            (self.tr("Last 24 hours"), 86_400),
            (self.tr("Last 7 days"), 604_800),
            (self.tr("Last 30 days"), 2_592_000),
            (self.tr("From and to…"), 0),
        ):
            self.lengths.addItem(title, seconds)
        self.lengths.setCurrentIndex(first)
        self.begin = self._moment()
        self.end = self._moment()
        self._to = QLabel(self.tr("to"), self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.lengths, self.begin, self._to, self.end):
            layout.addWidget(widget)
        self.lengths.currentIndexChanged.connect(self._on_length)
        self._show_moments()

    def _moment(self) -> QDateTimeEdit:
        edit = QDateTimeEdit(self)
        edit.setDisplayFormat(f"{date_format()} HH:mm")
        edit.setCalendarPopup(True)
        edit.dateTimeChanged.connect(lambda _: self.changed.emit())
        return edit

    @property
    def is_open_ended(self) -> bool:
        """Tell whether the period ends now, so that new events belong to it."""
        return bool(self.lengths.currentData())

    def period(self) -> tuple[int, int]:
        """Return begin and end, UTC nanoseconds; the end is never before the begin."""
        seconds = int(self.lengths.currentData())
        if seconds:
            now_ns = time.time_ns()
            return now_ns - seconds * NS_PER_S, now_ns + NS_PER_S
        start_ns = self.begin.dateTime().toMSecsSinceEpoch() * NS_PER_MS
        return start_ns, max(start_ns + NS_PER_S, self.end.dateTime().toMSecsSinceEpoch() * NS_PER_MS)

    def show_period(self, start_ns: int, end_ns: int) -> None:
        """Choose a period by its begin and end; tells once."""
        self.blockSignals(True)
        self.lengths.setCurrentIndex(self.lengths.count() - 1)
        self.begin.setDateTime(QDateTime.fromMSecsSinceEpoch(start_ns // NS_PER_MS))
        self.end.setDateTime(QDateTime.fromMSecsSinceEpoch(-(-end_ns // NS_PER_MS)))
        self.blockSignals(False)
        self._show_moments()
        self.changed.emit()

    def reach(self, at_ns: int) -> None:
        """Choose a longer period when the one chosen begins after a moment; 0 is no moment."""
        if not at_ns or self.period()[0] <= at_ns:
            return
        age_s = (time.time_ns() - at_ns) / NS_PER_S
        lengths = [int(self.lengths.itemData(row)) for row in range(self.lengths.count() - 1)]
        row = next((row for row, seconds in enumerate(lengths) if seconds > age_s), len(lengths) - 1)
        self.lengths.setCurrentIndex(row)

    @Slot()
    def _on_length(self) -> None:
        if not self.is_open_ended:
            now = QDateTime.currentDateTime()
            self.blockSignals(True)
            self.begin.setDateTime(now.addSecs(-86_400))
            self.end.setDateTime(now)
            self.blockSignals(False)
        self._show_moments()
        self.changed.emit()

    def _show_moments(self) -> None:
        for widget in (self.begin, self._to, self.end):
            widget.setVisible(not self.is_open_ended)


class JournalFilterBar(QWidget):
    """Let the operator choose which events of the journal are shown; tells when typing has paused."""

    changed = Signal()

    def __init__(self, tags: TagTable, areas: Sequence[str], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.period = PeriodChoice(self)
        self.priorities: dict[Priority, QToolButton] = {}
        for priority in Priority:
            button = QToolButton(self)
            button.setCheckable(True)
            button.setChecked(True)
            button.setFixedSize(36, 34)
            text = self.tr("Show events of priority {}").format(priority_text(priority))
            button.setToolTip(text)
            button.setAccessibleName(text)
            self.priorities[priority] = button
        self.kinds = QComboBox(self)
        for title, kinds in (
            (self.tr("All events"), ()),
            (self.tr("Alarms"), (Transition.ACTIVATED, Transition.RE_ALARMED, Transition.SEVERITY_CHANGED)),
            (self.tr("Returns"), (Transition.RETURNED,)),
            (
                self.tr("Acknowledged or reset"),
                (Transition.ACKNOWLEDGED, Transition.RESET, Transition.RESET_REFUSED),
            ),
            (
                self.tr("Hidden or shown again"),
                (
                    Transition.SHELVED,
                    Transition.UNSHELVED,
                    Transition.SUPPRESSED,
                    Transition.UNSUPPRESSED,
                    Transition.REMOVED_FROM_SERVICE,
                    Transition.RETURNED_TO_SERVICE,
                    Transition.DISABLED,
                    Transition.ENABLED,
                ),
            ),
        ):
            self.kinds.addItem(title, kinds)
        self.areas = QComboBox(self)
        self.areas.setMinimumContentsLength(10)
        self.areas.addItem(self.tr("All areas"), "")
        for area in sorted(areas, key=area_text):
            self.areas.addItem(area_text(area), area)
        self.tag = self._line(self.tr("Tag, or all below a path"))
        completer = QCompleter(QStringListModel([tag.path for tag in tags], self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._tell_soon)
        self.tag.setCompleter(completer)
        self.user = self._line(self.tr("Operator"))
        self._users = QStringListModel(self)
        people = QCompleter(self._users, self)
        people.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.user.setCompleter(people)
        self.search = self._line(self.tr("Search message, tag or comment"))
        self.reset = QPushButton(self.tr("Show all"), self)
        self.reset.setToolTip(self.tr("Take every filter away; the period stays"))
        self.reset.clicked.connect(self.clear)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self._lay_out()
        self.period.changed.connect(self._tell_soon)
        for button in self.priorities.values():
            button.toggled.connect(self._tell_soon)
        for box in (self.kinds, self.areas):
            box.currentIndexChanged.connect(self._tell_soon)
        self.set_theme(theme)

    def _line(self, hint: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setPlaceholderText(hint)
        line.setClearButtonEnabled(True)
        line.textChanged.connect(self._tell_soon)
        return line

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self.period)
        for button in self.priorities.values():
            first.addWidget(button)
        first.addWidget(self.kinds)
        first.addStretch(1)
        first.addWidget(self.reset)
        second = QHBoxLayout()
        second.setSpacing(6)
        second.addWidget(self.areas, 2)
        second.addWidget(self.tag, 4)
        second.addWidget(self.user, 2)
        second.addWidget(self.search, 5)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(6)
        layout.addLayout(first, 0, 0)
        layout.addLayout(second, 1, 0)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        for priority, button in self.priorities.items():
            button.setIcon(symbol_icon(priority, theme))

    def offer_users(self, users: Sequence[str]) -> None:
        """Offer these operators while typing."""
        known = self._users.stringList()
        fresh = [user for user in users if user and user not in known]
        if fresh:
            self._users.setStringList(sorted([*known, *fresh]))

    @property
    def is_filtering(self) -> bool:
        """Tell whether anything but the period chooses."""
        return self.chosen() != EventFilter()

    def chosen(self) -> EventFilter:
        """Return the choice as it stands, without the period."""
        shown = [priority for priority, button in self.priorities.items() if button.isChecked()]
        area, tag, user = self.areas.currentData(), self.tag.text().strip(), self.user.text().strip()
        return EventFilter(
            priorities=() if len(shown) in (0, len(Priority)) else tuple(shown),
            transitions=tuple(self.kinds.currentData()),
            tags=(tag,) if tag else (),
            areas=(area,) if area else (),
            users=(user,) if user else (),
            text=self.search.text().strip(),
        )

    def show_only(self, text: str) -> None:
        """Choose what holds a text, such as an alarm's id, and nothing else."""
        self.clear()
        self.search.setText(text)

    @Slot()
    def clear(self) -> None:
        """Take every filter away; the period stays."""
        for button in self.priorities.values():
            button.setChecked(True)
        for box in (self.kinds, self.areas):
            box.setCurrentIndex(0)
        for line in (self.tag, self.user, self.search):
            line.clear()

    @Slot()
    def _tell_soon(self) -> None:
        self._pause.start()
