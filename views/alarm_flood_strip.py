"""Tell above the alarm list that a flood is on, what began it, and whether the list is folded for it."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from views.alarm_banner import ElidedLabel
from views.alarm_flood import LiveFlood
from views.local_text import local_time, number
from views.style import Theme, font, icon


class FloodStrip(QFrame):
    """Show one sentence about the flood that is on; hidden while there is none."""

    guidance_requested = Signal(str)
    """The id of the alarm with which the flood began."""
    fold_requested = Signal(bool)
    """The list is to be folded while the flood lasts, or not."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.flood: LiveFlood | None = None
        self._is_folded = True
        self._mark = QLabel(self)
        self.sentence = ElidedLabel(self, lines=2)
        self.sentence.setFont(font(15, bold=True))
        self.what = QPushButton(self.tr("What began it"), self)
        self.what.clicked.connect(self._ask_guidance)
        self.folding = QPushButton(self)
        self.folding.clicked.connect(self._toggle)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.addWidget(self._mark)
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.what)
        layout.addWidget(self.folding)
        self.set_theme(theme)
        self.show_flood(None, is_folded=True)

    def show_flood(self, flood: LiveFlood | None, *, is_folded: bool) -> None:
        """Show this flood, None for none, and offer the other way to see the list."""
        self.flood = flood
        self._is_folded = is_folded
        self.setVisible(flood is not None)
        if flood is None:
            return
        sentence = self.tr("Alarm flood since {time}, {count} in the last 10 minutes. First: {message}")
        time_of_day = local_time(flood.since_ns, milliseconds=False).partition(" ")[2]
        self.sentence.set_full_text(
            sentence.format(time=time_of_day, count=number(flood.count), message=flood.message)
        )
        self.folding.setText(self.tr("Show all rows") if is_folded else self.tr("Fold the list"))

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._mark.setPixmap(icon("warning", theme).pixmap(QSize(22, 22)))

    def _ask_guidance(self) -> None:
        if self.flood is not None:
            self.guidance_requested.emit(self.flood.first_out)

    def _toggle(self) -> None:
        self.fold_requested.emit(not self._is_folded)
