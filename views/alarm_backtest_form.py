"""The settings of one alarm as they run, and as somebody wants to try them."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from alarms.conditions import LIMITS
from alarms.model import AlarmDefinition, AlarmType, Priority
from alarms.settings import SETTINGS, Setting, value_of
from views.alarm_setting_text import setting_text, setting_value
from views.alarm_text import priority_text
from views.editors import parse_number
from views.local_text import number

_NUMBERS = ("setpoint", "deadband", "on_delay_s", "off_delay_s")
_WITH_DEADBAND = (*LIMITS, AlarmType.DEVIATION, AlarmType.RATE_OF_CHANGE)


def parsed(text: str) -> float | None:
    """Return a number as :func:`views.editors.parse_number` reads it, None when it is none."""
    try:
        return parse_number(text)
    except ValueError:
        return None


class SettingsForm(QWidget):
    """Show each setting beside what runs; a field that differs is what is to be tried."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.definition: AlarmDefinition | None = None
        self._running: dict[str, Setting] = {}
        self.fields: dict[str, QLineEdit] = {}
        self.notes: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for name in (*_NUMBERS, "suppression_expression"):
            line = QLineEdit(self)
            line.setClearButtonEnabled(name == "suppression_expression")
            line.textChanged.connect(self._on_change)
            self.fields[name] = line
        suppression = self.fields["suppression_expression"]
        suppression.setPlaceholderText(self.tr("Expression over tags"))
        suppression.setToolTip(self.tr("While it is true, the alarm is suppressed. Empty: never."))
        self.priority = QComboBox(self)
        for priority in Priority:
            self.priority.addItem(priority_text(priority), priority.name.lower())
        self.priority.currentIndexChanged.connect(self._on_change)
        self.enabled = QComboBox(self)
        self.enabled.addItem(self.tr("Yes"), True)
        self.enabled.addItem(self.tr("No"), False)
        self.enabled.currentIndexChanged.connect(self._on_change)
        widgets: dict[str, QWidget] = {**self.fields, "priority": self.priority, "enabled": self.enabled}
        order = (*_NUMBERS, "priority", "enabled", "suppression_expression")
        for row, name in enumerate(order):
            title = QLabel(setting_text(name), self)
            title.setBuddy(widgets[name])
            note = QLabel(self)
            note.setProperty("role", "muted")
            self.notes[name] = note
            grid.addWidget(title, row, 0)
            if name == "suppression_expression":
                note.setWordWrap(True)
                grid.addWidget(widgets[name], row, 1, 1, 2)
                grid.addWidget(note, row + 1, 1, 1, 2)
            else:
                grid.addWidget(widgets[name], row, 1)
                grid.addWidget(note, row, 2)
        self.setEnabled(False)

    def show_alarm(
        self, definition: AlarmDefinition, running: Mapping[str, Setting], changes: Mapping[str, Setting]
    ) -> None:
        """Show an alarm with what is tried of it.

        ``running`` holds the settings in which what runs differs from its definition.
        """
        self.definition = definition
        self._running = {name: running.get(name, value_of(definition, name)) for name in SETTINGS}
        self.setEnabled(True)
        self.fill(changes)

    def fill(self, changes: Mapping[str, Setting]) -> None:
        """Put what is to be tried into the fields, and what runs into the others."""
        definition = self.definition
        if definition is None:
            return
        self.blockSignals(True)
        values = {**self._running, **changes}
        for name, line in self.fields.items():
            value = values[name]
            line.setText(number(value) if isinstance(value, float | int) else str(value))
            line.setCursorPosition(0)
        self.priority.setCurrentIndex(self.priority.findData(values["priority"]))
        self.enabled.setCurrentIndex(0 if values["enabled"] else 1)
        self.fields["deadband"].setEnabled(definition.type in _WITH_DEADBAND)
        for name, note in self.notes.items():
            text = setting_value(name, self._running[name], definition.unit)
            note.setText(self.tr("runs: {value}").format(value=text))
        self.blockSignals(False)
        self._on_change()

    @property
    def running(self) -> Mapping[str, Setting]:
        """Return the settings that run."""
        return self._running

    def values(self) -> dict[str, Setting]:
        """Return all settings as the fields have them; one that is no number keeps what runs."""
        found = dict(self._running)
        for name in _NUMBERS:
            value = parsed(self.fields[name].text())
            # What is shown may be rounded: only a field that reads otherwise is another value.
            if value is not None and self.fields[name].text() != number(_number(self._running[name])):
                found[name] = value
        found["suppression_expression"] = self.fields["suppression_expression"].text().strip()
        found["priority"] = str(self.priority.currentData())
        found["enabled"] = bool(self.enabled.currentData())
        return found

    def changes(self) -> dict[str, Setting]:
        """Return the settings that differ from what runs."""
        if self.definition is None:
            return {}
        return {name: value for name, value in self.values().items() if value != self._running[name]}

    def fault(self) -> str:
        """Say which field cannot be read; empty when all can."""
        for name in _NUMBERS:
            value = parsed(self.fields[name].text())
            if value is None:
                return self.tr("{setting}: a number is expected.").format(setting=setting_text(name))
            if name != "setpoint" and value < 0:
                return self.tr("{setting}: not below 0.").format(setting=setting_text(name))
        return ""

    @Slot()
    def _on_change(self) -> None:
        for name in _NUMBERS:
            value = parsed(self.fields[name].text())
            is_invalid = value is None or (name != "setpoint" and value < 0)
            line = self.fields[name]
            if bool(line.property("invalid")) is not is_invalid:
                line.setProperty("invalid", is_invalid)
                line.style().unpolish(line)
                line.style().polish(line)
        if not self.signalsBlocked():
            self.changed.emit()


def _number(value: Setting) -> float:
    return float(value) if isinstance(value, float | int) else 0.0
