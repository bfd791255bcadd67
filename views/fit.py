"""How a screen fits into a widget or picture, and the picture of what never changes."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QTransform

from projects.model import Screen

MOST_ZOOM: Final = 8.0
"""How many times larger than fitted a screen can be seen."""


class Fit:
    """Fit a screen into a widget or picture: one scale for both directions, centred.

    A ``zoom`` above 1 shows a part of it, as near as can be around ``middle`` (screen pixels; the screen's
    own middle when None) with nothing beyond the screen's edges in sight that need not be.
    """

    __slots__ = ("middle", "offset", "scale", "screen", "zoom")

    def __init__(
        self, screen: Screen, width: float, height: float, zoom: float = 1.0, middle: QPointF | None = None
    ) -> None:
        self.screen = QSizeF(screen.width, screen.height)
        self.zoom = min(max(zoom, 1.0), MOST_ZOOM)
        self.scale = max(0.05, min(width / screen.width, height / screen.height)) * self.zoom
        wanted = QPointF(screen.width / 2, screen.height / 2) if middle is None else middle
        self.offset = QPointF(
            _offset(width, screen.width * self.scale, wanted.x() * self.scale),
            _offset(height, screen.height * self.scale, wanted.y() * self.scale),
        )
        self.middle = (QPointF(width / 2, height / 2) - self.offset) / self.scale

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


def _offset(room: float, length: float, wanted: float) -> float:
    """Return where a length begins in a room (pixels): centred when it fits, else ``wanted`` centred."""
    if length <= room:
        return max(0.0, (room - length) / 2)
    return min(0.0, max(room - length, room / 2 - wanted))


def prepare(painter: QPainter) -> None:
    """Set the hints under which elements paint."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
