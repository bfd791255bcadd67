"""Management of change: how the alarms differ from ``alarms.csv``, and who changed what, when and why."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from alarms.model import AlarmDefinition
from alarms.settings import SETTINGS, Setting, SettingChange, SettingDifference
from views.alarm_dialogs import SentenceDialog
from views.alarm_fact_table import FactTable, TextTable
from views.alarm_history_filter import PeriodChoice
from views.alarm_setting_text import setting_text, setting_value
from views.local_text import number, short_time
from views.style import Theme, icon

SettingsAnswer = Callable[[Sequence[SettingDifference] | None, Sequence[SettingChange], str], None]
"""Takes differences and changes, or None and a sentence that says why there are none."""
SettingsQuery = Callable[[int, int, SettingsAnswer], None]
"""Asks for the differences now and the changes with start <= time < end: start_ns, end_ns, answer."""

MOST_SHOWN: Final = 5_000
"""Changes that the list shows at most, the newest of the period."""


class ChangesPage(QWidget):
    """Show differences and changes, and ask to enforce the master database or to change a setting."""

    enforce_requested = Signal(object, str)
    """Alarm ids (a list, None: all) and the reason."""
    back_test_requested = Signal(str)
    """The id of an alarm whose settings are to be tried on history."""

    def __init__(
        self,
        query: SettingsQuery,
        definitions: Mapping[str, AlarmDefinition],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._query = query
        self._definitions = definitions
        self._differences: list[SettingDifference] = []
        self._changes: list[SettingChange] = []
        self._listed: list[SettingChange] = []
        self._round = 0
        self._refusal = ""
        self.dialog: SentenceDialog | None = None
        self.summary = QLabel(self)
        self.summary.setProperty("role", "title")
        longest = max(map(setting_text, SETTINGS), key=len)
        self.differences = FactTable(
            TextTable(
                [
                    self.tr("Alarm"),
                    self.tr("Description"),
                    self.tr("Setting"),
                    self.tr("In alarms.csv"),
                    self.tr("Runs with"),
                    self.tr("Since"),
                    self.tr("By"),
                    self.tr("Reason"),
                ],
                self,
            ),
            ("FIL-000 x", "Product tank level very", longest, "00.0 1/min", "00.0 1/min",
             "12-30 00:00:00", "operator", ""),
            7,
            self,
        )  # fmt: skip
        self.changes = FactTable(
            TextTable(
                [
                    self.tr("Time"),
                    self.tr("Alarm"),
                    self.tr("Setting"),
                    self.tr("Old"),
                    self.tr("New"),
                    self.tr("By"),
                    self.tr("Station"),
                    self.tr("Reason"),
                ],
                self,
            ),
            ("12-30 00:00:00.000", "FIL-000 x", longest, "00.0 1/min", "00.0 1/min", "operator",
             "workstation", "The reason given by"),
            7,
            self,
        )  # fmt: skip
        self.enforce = QPushButton(self.tr("Enforce selected…"), self)
        self.enforce.clicked.connect(lambda: self._ask_enforce(self._chosen_ids()))
        self.enforce_all = QPushButton(self.tr("Enforce all…"), self)
        self.enforce_all.clicked.connect(lambda: self._ask_enforce(None))
        self.try_settings = QPushButton(self.tr("Try other settings…"), self)
        self.try_settings.clicked.connect(self._ask_back_test)
        self.period = PeriodChoice(self, first=4)
        self.period.changed.connect(self.refresh)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search alarm, setting, person or reason"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill_changes)
        self.reload = QPushButton(self.tr("Refresh"), self)
        self.reload.clicked.connect(self.refresh)
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self._lay_out()
        self.differences.selectionModel().selectionChanged.connect(self._refresh_buttons)
        self.changes.selectionModel().selectionChanged.connect(self._refresh_buttons)
        self.set_theme(theme)
        self._show_differences()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        for button in (self.try_settings, self.enforce, self.enforce_all):
            head.addWidget(button)
        tools = QHBoxLayout()
        title = QLabel(self.tr("What was changed"), self)
        title.setProperty("role", "title")
        tools.addWidget(title)
        tools.addSpacing(12)
        tools.addWidget(self.period)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.reload)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.differences, 2)
        layout.addLayout(tools)
        layout.addWidget(self.changes, 3)
        layout.addWidget(self.state)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.reload.setIcon(icon("history", theme))

    def set_refusal(self, text: str) -> None:
        """Say why this user may not change settings; empty when he may."""
        self._refusal = text
        self._refresh_buttons()

    @Slot()
    def refresh(self) -> None:
        """Ask for the differences and the changes of the period."""
        self._round += 1
        asked = self._round
        self.state.setText(self.tr("Loading the changes…"))

        def answer(
            differences: Sequence[SettingDifference] | None, changes: Sequence[SettingChange], text: str
        ) -> None:
            if asked == self._round:
                self._show(differences, changes, text)

        start_ns, end_ns = self.period.period()
        self._query(start_ns, end_ns, answer)

    def _show(
        self, differences: Sequence[SettingDifference] | None, changes: Sequence[SettingChange], text: str
    ) -> None:
        if differences is None:
            self.state.setText(self.tr("The changes cannot be shown: {}").format(text))
            return
        self._differences = list(differences)
        self._changes = list(changes)[::-1]
        self._show_differences()
        self._fill_changes()

    def _show_differences(self) -> None:
        now_ns = time.time_ns()
        rows = [
            (
                item.alarm_id,
                self._describe(item.alarm_id),
                setting_text(item.setting),
                self._value(item.alarm_id, item.setting, item.master),
                self._value(item.alarm_id, item.setting, item.running),
                short_time(item.at_ns, now_ns).partition(".")[0] if item.at_ns else "",
                item.user,
                item.reason,
            )
            for item in self._differences
        ]
        self.differences.facts.show_rows(rows)
        alarms = len({item.alarm_id for item in self._differences})
        if alarms:
            text = self.tr("Alarms that run otherwise than alarms.csv says: {n}")
            self.summary.setText(text.format(n=number(alarms)))
        else:
            self.summary.setText(self.tr("Every alarm runs as alarms.csv says"))
        self.differences.set_hint(
            "" if rows else self.tr("Nothing differs. A change made while the station runs is listed here.")
        )
        self._refresh_buttons()

    @Slot()
    def _fill_changes(self) -> None:
        wanted = self.search.text().strip().casefold()
        self._listed = [
            item
            for item in self._changes
            if not wanted
            or any(
                wanted in part.casefold()
                for part in (item.alarm_id, setting_text(item.setting), item.user, item.reason)
            )
        ][:MOST_SHOWN]
        now_ns = time.time_ns()
        rows = [
            (
                short_time(item.at_ns, now_ns),
                item.alarm_id,
                setting_text(item.setting),
                self._value(item.alarm_id, item.setting, item.old),
                self._value(item.alarm_id, item.setting, item.new),
                item.user,
                item.workstation,
                item.reason,
            )
            for item in self._listed
        ]
        keys = [(item.at_ns, *row[1:]) for item, row in zip(self._listed, rows, strict=True)]
        self.changes.facts.show_rows(rows, keys)
        hint = self.tr("No setting was changed in this period: choose a longer one.")
        if self._changes:
            hint = self.tr("No change matches the search.")
        self.changes.set_hint("" if rows else hint)
        self.state.setText(self.tr("Changes: {n}").format(n=number(len(rows))))
        self._refresh_buttons()

    def _describe(self, alarm_id: str) -> str:
        definition = self._definitions.get(alarm_id)
        return definition.description if definition is not None else ""

    def _value(self, alarm_id: str, setting: str, value: Setting) -> str:
        definition = self._definitions.get(alarm_id)
        return setting_value(setting, value, definition.unit if definition is not None else "")

    # What is asked for

    def _chosen_ids(self) -> list[str]:
        chosen = [self._differences[place].alarm_id for place in self.differences.chosen_places()]
        return list(dict.fromkeys(chosen))

    @Slot()
    def _refresh_buttons(self) -> None:
        tip = self._refusal
        self.enforce.setEnabled(not tip and bool(self._chosen_ids()))
        self.enforce_all.setEnabled(not tip and bool(self._differences))
        self.enforce.setToolTip(tip or self.tr("Let the selected alarms run as alarms.csv says"))
        self.enforce_all.setToolTip(tip or self.tr("Let all alarms run as alarms.csv says"))
        self.try_settings.setEnabled(bool(self._chosen_alarm()))
        self.try_settings.setToolTip(self.tr("Try settings of the selected alarm on stored history"))

    def _chosen_alarm(self) -> str:
        ids = self._chosen_ids()
        ids += [self._listed[place].alarm_id for place in self.changes.chosen_places()]
        return ids[0] if ids else ""

    @Slot()
    def _ask_back_test(self) -> None:
        if self._chosen_alarm():
            self.back_test_requested.emit(self._chosen_alarm())

    def _ask_enforce(self, alarm_ids: list[str] | None) -> None:
        chosen = [item for item in self._differences if alarm_ids is None or item.alarm_id in alarm_ids]
        lines = [
            self.tr("{alarm}: {setting} from {running} back to {master}").format(
                alarm=item.alarm_id,
                setting=setting_text(item.setting),
                running=self._value(item.alarm_id, item.setting, item.running),
                master=self._value(item.alarm_id, item.setting, item.master),
            )
            for item in chosen
        ]
        self.dialog = SentenceDialog(
            self.tr("Enforce alarms.csv"),
            lines,
            self.tr("The newest values are judged by these settings at once."),
            self.tr("Enforce"),
            self,
        )
        self.dialog.accepted_with.connect(lambda reason: self.enforce_requested.emit(alarm_ids, reason))
        self.dialog.open()
