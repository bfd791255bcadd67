"""What an alarm means, what to do about it and where to look: below the list, and over a screen."""

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
from views.alarm_banner import ElidedLabel
from views.alarm_text import priority_text
from views.local_text import duration, number
from views.style import Theme, icon


class GuidancePanel(QFrame):
    """Say what the selected alarm means and what to do: cause, consequence, action, time (ALM-20)."""

    screen_requested = Signal(str, str)
    """Screen id and tag path."""
    trend_requested = Signal(str, object)
    """The tag path and the time (int, UTC nanoseconds) around which to show its trend."""
    history_requested = Signal(str)
    """The id of an alarm whose past is to be shown."""
    document_requested = Signal(str)
    """The address of the document that the alarm's row names."""
    list_requested = Signal(str)
    """The id of an alarm to be shown in the list."""

    def __init__(self, parent: QWidget, *, is_on_screen: bool = False) -> None:
        super().__init__(parent)
        self._is_on_screen = is_on_screen
        self.setProperty("surface", "popup" if is_on_screen else "panel")
        self._link = ("", "")
        self._active_ns = 0
        self._address = ""
        self.alarm_id = ""
        self._title = ElidedLabel(self)
        self._title.setProperty("role", "title")
        self._facts = ElidedLabel(self)
        self._facts.setProperty("role", "muted")
        self._show = QPushButton(self.tr("Show on screen"), self)
        self._show.clicked.connect(lambda: self.screen_requested.emit(*self._link))
        self.trend = QPushButton(self.tr("Trend ±10 min"), self)
        self.trend.setToolTip(self.tr("Show the tag's trend around the time of the alarm"))
        self.trend.clicked.connect(lambda: self.trend_requested.emit(self._link[1], self._active_ns))
        self.history = QPushButton(self.tr("Its history"), self)
        self.history.setToolTip(self.tr("Show what the journal knows of this alarm"))
        self.history.clicked.connect(lambda: self.history_requested.emit(self.alarm_id))
        self.document = QPushButton(self.tr("Document"), self)
        self.document.clicked.connect(lambda: self.document_requested.emit(self._address))
        self.document.hide()
        self._list = QPushButton(self.tr("Show in the list"), self)
        self._list.clicked.connect(lambda: self.list_requested.emit(self.alarm_id))
        self._close = QPushButton(self.tr("Close"), self)
        self._close.clicked.connect(self.hide)
        for button in self.leads:
            button.setVisible(not is_on_screen)
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
        head.addWidget(self._title, 1)
        if is_on_screen:
            for button in (self.document, self._list, self._close):
                head.addWidget(button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        for column, (name, label) in enumerate(self._texts.items()):
            title = QLabel(titles[name], self)
            title.setProperty("role", "muted")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            grid.addWidget(title, 0, column)
            grid.addWidget(label, 1, column)
            grid.setColumnStretch(column, 1 if name == "time_to_respond" else 3)
        grid.setRowStretch(1, 1)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addLayout(head)
        said.addWidget(self._facts)
        said.addSpacing(4)
        said.addLayout(grid, 1)
        leads = QVBoxLayout()
        leads.setSpacing(4)
        for button in self.leads:
            leads.addWidget(button)
        if not is_on_screen:
            leads.addWidget(self.document)
        leads.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(14)
        layout.addLayout(said, 1)
        layout.addLayout(leads)
        # Four lines of text fit, so that the buttons above stay where they are as the selection moves.
        self.setMinimumHeight(168)
        self.clear()

    @property
    def leads(self) -> tuple[QPushButton, ...]:
        """Return the buttons that lead away from the list."""
        return self._show, self.trend, self.history

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        for button, name in zip(self.leads, ("screens", "trend", "history"), strict=True):
            button.setIcon(icon(name, theme))
        self.document.setIcon(icon("info", theme))

    def clear(self) -> None:
        """Show nothing but the hint to select an alarm."""
        self.alarm_id = ""
        self._title.set_full_text(self.tr("No alarm selected"))
        self._facts.set_full_text(self.tr("Select an alarm to see what it means and what to do about it."))
        for label in self._texts.values():
            label.setText("")
        for button in self.leads:
            button.setEnabled(False)
        self.document.hide()

    def show_alarm(
        self,
        row: AlarmSnapshot,
        definition: AlarmDefinition | None,
        screen: str,
        doubt: str = "",
        *,
        has_trend: bool = False,
    ) -> None:
        """Show one alarm.

        ``screen`` is the display it belongs to, empty when there is none; ``doubt`` says what is wrong with
        its input, empty when nothing is; ``has_trend`` tells whether its tag can be drawn.
        """
        self.alarm_id = row.alarm_id
        self._title.set_full_text(row.message or row.alarm_id)
        facts = [priority_text(row.priority), row.tag]
        if definition is not None and definition.on_delay_ns:
            facts.append(self.tr("after {}").format(duration(definition.on_delay_ns / 1e9)))
        if definition is not None and definition.deadband_eu:
            facts.append(
                self.tr("deadband {} {}").format(number(definition.deadband_eu), definition.unit).strip()
            )
        facts += [doubt, row.hidden_reason]
        self._facts.set_full_text("  ·  ".join(fact for fact in facts if fact))
        missing = self.tr("Not stated in this project.")
        for name in ("operator_action", "cause", "consequence"):
            text = getattr(definition, name) if definition is not None else ""
            self._texts[name].setText(text or missing)
        respond_s = definition.time_to_respond_s if definition is not None else 0.0
        self._texts["time_to_respond"].setText(duration(respond_s) if respond_s else missing)
        self._link, self._active_ns = (screen, row.tag), row.active_ns
        self._show.setEnabled(bool(screen))
        self.trend.setEnabled(has_trend)
        self.history.setEnabled(True)
        self._address = definition.help_link if definition is not None else ""
        self.document.setVisible(bool(self._address))
        self.document.setToolTip(self._address)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close over a screen with Escape."""
        if self._is_on_screen and event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)
