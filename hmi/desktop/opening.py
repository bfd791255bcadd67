"""What stands in the place of a large screen while it is made."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from projects.model import Screen
from views.canvas import ScreenCanvas
from views.style import Theme

_CALM_MS: Final = 250
"""How long nothing is said: most screens are there before anybody has read it."""


class OpeningNotice(QWidget):
    """Show the ground of the screen that comes, and after a moment which one it is. Takes the keyboard.

    ``screen_id`` is the screen that is being made, empty when none is; ``due`` is what waits for it.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.screen_id = ""
        self.due: list[Callable[[ScreenCanvas], object]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._label = QLabel(self)
        self._label.setProperty("role", "muted")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(self._label)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self._label.show)

    def wait_for(self, screen: Screen) -> None:
        """Stand for a screen."""
        self.screen_id = screen.id
        text = self.tr("Opening {title}…").format(title=screen.title)
        self._label.setText(text)
        self.setAccessibleName(text)
        self._label.hide()
        self._calm.start()

    def end(self) -> None:
        """Stand for no screen any more, and forget what waits for it."""
        self.screen_id = ""
        self.due.clear()
        self._calm.stop()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the ground that the screen will have."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.background)
        painter.end()
