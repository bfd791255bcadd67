"""What stands in the place of a screen while it is made."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from projects.model import Screen
from views.canvas import ScreenCanvas
from views.style import Theme

_HOLD_MS: Final = 120
"""How long the screen before is seen while the next one is made."""
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


class Hold(QObject):
    """Keep a screen in sight for a moment while the next one is made, and let nothing on it be pressed.

    Most screens are there before a change of picture could be seen. ``over`` comes when this one is not.
    """

    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas: ScreenCanvas | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_HOLD_MS)
        self._timer.timeout.connect(self.over)

    def begin(self, canvas: ScreenCanvas) -> None:
        """Hold a screen."""
        self.end()
        self._canvas = canvas
        canvas.installEventFilter(self)
        self._timer.start()

    def end(self) -> None:
        """Hold it no longer."""
        self._timer.stop()
        if self._canvas is not None and isValid(self._canvas):
            self._canvas.removeEventFilter(self)
        self._canvas = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Swallow what is pressed; keys of the window's actions are no business of the screen."""
        if isinstance(event, QInputEvent) and event.type() != QEvent.Type.ShortcutOverride:
            return True
        return super().eventFilter(watched, event)
