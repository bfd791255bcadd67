"""How a screen fits into a widget or picture, and the picture of what never changes."""

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QTransform

from projects.model import Screen


class Fit:
    """Fit a screen into a widget or picture: one scale for both directions, centred."""

    __slots__ = ("offset", "scale", "screen")

    def __init__(self, screen: Screen, width: float, height: float) -> None:
        self.screen = QSizeF(screen.width, screen.height)
        self.scale = max(0.05, min(width / screen.width, height / screen.height))
        self.offset = QPointF(
            max(0.0, (width - screen.width * self.scale) / 2),
            max(0.0, (height - screen.height * self.scale) / 2),
        )

    @property
    def transform(self) -> QTransform:
        """Return the way from screen pixels to widget pixels."""
        return QTransform(self.scale, 0, 0, self.scale, self.offset.x(), self.offset.y())

    def to_screen(self, point: QPointF) -> QPointF:
        """Return a widget's point in screen pixels."""
        return (point - self.offset) / self.scale

    def to_widget(self, rect: QRectF) -> QRectF:
        """Return a box of the screen in widget pixels."""
        return QRectF(
            rect.x() * self.scale + self.offset.x(),
            rect.y() * self.scale + self.offset.y(),
            rect.width() * self.scale,
            rect.height() * self.scale,
        )


def prepare(painter: QPainter) -> None:
    """Set the hints under which elements paint."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
