"""What a canvas paints above the elements: where the keyboard is, what is selected, that not all is seen."""

from typing import Final

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from views.elements.base import Look, pen, text_width
from views.style import LABEL_PX

_APART_PX: Final = 4
_ROUND_PX: Final = 5
_PLATE_PX: Final = 28
_INSET_PX: Final = 10


def paint_ring(painter: QPainter, box: QRectF, color: QColor, width_px: float) -> None:
    """Paint a ring around an element; ``box`` and painter are in widget pixels."""
    painter.setPen(pen(color, width_px))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    around = box.adjusted(-_APART_PX, -_APART_PX, _APART_PX, _APART_PX)
    painter.drawRoundedRect(around, _ROUND_PX, _ROUND_PX)


def paint_plate(painter: QPainter, size: QSizeF, look: Look, said: str) -> None:
    """Paint a line of text on a plate at the lower right of a widget of this size."""
    width = text_width(said, LABEL_PX, False) + 2 * _INSET_PX
    plate = QRectF(size.width() - width - _INSET_PX, size.height() - _PLATE_PX - _INSET_PX, width, _PLATE_PX)
    painter.setPen(pen(look.theme.outline, 1.5))
    painter.setBrush(look.theme.surface)
    painter.drawRoundedRect(plate, _APART_PX, _APART_PX)
    look.text(painter, plate.adjusted(_INSET_PX, 0, -_INSET_PX, 0), said)
