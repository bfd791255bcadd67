"""The lines around the pages: notices that must be seen, and the status line."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from tags.clock import NS_PER_S
from views.alarm_banner import ElidedLabel
from views.local_text import local_time
from views.style import Theme, font, icon, load_theme

STATUS_PX = 28
SHOWN_NS = 20 * NS_PER_S
"""How long a sentence about a success stays in the status line; one about a failure stays until the next."""


class NoticeBar(QFrame):
    """Tell what concerns every value on the window, across its whole width, without alarm colours."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(36)
        self._icon = QLabel(self)
        self._text = ElidedLabel(self)
        self._text.setFont(font(15, bold=True))
        self._close = QToolButton(self)
        self._close.setToolTip(self.tr("Hide this notice"))
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 8, 2)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._close)
        self._icon_name = "info"
        self.set_theme(theme)
        self.hide()

    @property
    def text(self) -> str:
        """Return the sentence shown."""
        return self._text.full_text if not self.isHidden() else ""

    def show_text(self, text: str, icon_name: str, *, can_hide: bool) -> None:
        """Show a sentence."""
        self._icon_name = icon_name
        self._text.set_full_text(text)
        self._close.setVisible(can_hide)
        self.set_theme(self._theme)
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.text)
        palette.setColor(self.foregroundRole(), theme.surface)
        self.setPalette(palette)
        self.setStyleSheet(
            f"NoticeBar {{ background: {theme.text.name()}; }}"
            f"NoticeBar QLabel {{ color: {theme.surface.name()}; }}"
        )
        inverse = {True: "light", False: "dark"}[theme.is_dark]
        self._icon.setPixmap(icon(self._icon_name, load_theme(inverse)).pixmap(22, 22))
        self._close.setIcon(icon("close", load_theme(inverse)))


class StatusLine(QFrame):
    """Show the last sentence with its time, and the connections in one sentence."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "chrome")
        self.setFixedHeight(STATUS_PX)
        self._until_ns = 0
        self._message = ElidedLabel(self)
        self._connections = QLabel(self)
        self._connections.setProperty("role", "muted")
        self._connections.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.addWidget(self._message, 1)
        layout.addWidget(self._connections, 0, Qt.AlignmentFlag.AlignRight)

    @property
    def message(self) -> str:
        """Return the sentence shown."""
        return self._message.full_text

    def tell(self, text: str, is_failure: bool) -> None:
        """Show a sentence."""
        now_ns = time.time_ns()
        stamp = local_time(now_ns, now_ns=now_ns, milliseconds=False)
        self._message.setFont(font(14, bold=is_failure))
        self._message.set_full_text(f"{stamp}  {text}")
        self._until_ns = 0 if is_failure else now_ns + SHOWN_NS

    def set_connections(self, text: str) -> None:
        """Show the connections' summary."""
        if text != self._connections.text():
            self._connections.setText(text)

    def refresh(self, now_ns: int) -> None:
        """Take an old sentence away."""
        if self._until_ns and now_ns >= self._until_ns:
            self._until_ns = 0
            self._message.set_full_text("")
