"""What an alarm means and what to do about it: below the list, and over a screen where it was clicked."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmDefinition, AlarmSnapshot
from views.alarm_text import priority_text
from views.local_text import duration, number


class GuidancePanel(QFrame):
    """Say what the selected alarm means and what to do: cause, consequence, action, time (ALM-20)."""

    screen_requested = Signal(str, str)
    """Screen id and tag path."""
    list_requested = Signal(str)
    """The id of an alarm to be shown in the list."""

    def __init__(self, parent: QWidget, *, is_on_screen: bool = False) -> None:
        super().__init__(parent)
        self._is_on_screen = is_on_screen
        self.setProperty("surface", "popup" if is_on_screen else "panel")
        self._link = ("", "")
        self.alarm_id = ""
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._facts = QLabel(self)
        self._facts.setProperty("role", "muted")
        self._show = QPushButton(self.tr("Show on screen"), self)
        self._show.clicked.connect(lambda: self.screen_requested.emit(*self._link))
        self._list = QPushButton(self.tr("Show in the list"), self)
        self._list.clicked.connect(lambda: self.list_requested.emit(self.alarm_id))
        self._close = QPushButton(self.tr("Close"), self)
        self._close.clicked.connect(self.hide)
        self._show.setVisible(not is_on_screen)
        self._list.setVisible(is_on_screen)
        self._close.setVisible(is_on_screen)
        self._texts = {
            name: QLabel(self) for name in ("operator_action", "cause", "consequence", "time_to_respond")
        }
        titles = {
            "operator_action": self.tr("What to do"),
            "cause": self.tr("Likely cause"),
            "consequence": self.tr("If nothing is done"),
            "time_to_respond": self.tr("Time to respond"),
        }
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addSpacing(12)
        head.addWidget(self._facts, 1)
        for button in (self._show, self._list, self._close):
            head.addWidget(button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        for column, (name, label) in enumerate(self._texts.items()):
            title = QLabel(titles[name], self)
            title.setProperty("role", "muted")
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            grid.addWidget(title, 0, column)
            grid.addWidget(label, 1, column)
            grid.setColumnStretch(column, 1 if name == "time_to_respond" else 3)
        grid.setRowStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.addLayout(head)
        layout.addLayout(grid, 1)
        self.setMinimumHeight(164 if is_on_screen else 132)
        self.clear()

    def clear(self) -> None:
        """Show nothing but the hint to select an alarm."""
        self.alarm_id = ""
        self._title.setText(self.tr("No alarm selected"))
        self._facts.setText(self.tr("Select an alarm to see what it means and what to do about it."))
        for label in self._texts.values():
            label.setText("")
        self._show.setEnabled(False)

    def show_alarm(
        self, row: AlarmSnapshot, definition: AlarmDefinition | None, screen: str, doubt: str = ""
    ) -> None:
        """Show one alarm.

        ``screen`` is the display it belongs to, empty when there is none; ``doubt`` says what is wrong with
        its input, empty when nothing is.
        """
        self.alarm_id = row.alarm_id
        self._title.setText(row.message or row.alarm_id)
        facts = [priority_text(row.priority), row.tag]
        if definition is not None and definition.on_delay_ns:
            facts.append(self.tr("after {}").format(duration(definition.on_delay_ns / 1e9)))
        if definition is not None and definition.deadband_eu:
            facts.append(
                self.tr("deadband {} {}").format(number(definition.deadband_eu), definition.unit).strip()
            )
        facts += [doubt, row.hidden_reason]
        self._facts.setText("  ·  ".join(fact for fact in facts if fact))
        missing = self.tr("Not stated in this project.")
        for name in ("operator_action", "cause", "consequence"):
            text = getattr(definition, name) if definition is not None else ""
            self._texts[name].setText(text or missing)
        respond_s = definition.time_to_respond_s if definition is not None else 0.0
        self._texts["time_to_respond"].setText(duration(respond_s) if respond_s else missing)
        self._link = (screen, row.tag)
        self._show.setEnabled(bool(screen))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close over a screen with Escape."""
        if self._is_on_screen and event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)
