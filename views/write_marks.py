"""How far a write has come, shown at the element that asked for it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from views.elements.base import Look, WriteMark, WriteState, pen, text_width
from views.style import LABEL_PX
from views.words import word


def paint_write(painter: QPainter, rect: QRectF, write: WriteMark, look: Look) -> None:
    """Paint how far a write has come, as a small label over the element's lower right corner."""
    theme, word = look.theme, _write_word(write.state)
    width = text_width(word, LABEL_PX, False) + 14
    label = QRectF(rect.right() - width, rect.bottom() - 6, width, 20)
    color = {
        WriteState.PENDING: theme.pending,
        WriteState.CONFIRMED: theme.confirmed,
    }.get(write.state, theme.refused)
    painter.setPen(pen(color, 1.5))
    painter.setBrush(theme.surface)
    painter.drawRoundedRect(label, 4, 4)
    look.text(painter, label, word, Qt.AlignmentFlag.AlignHCenter, color=color)


def _write_word(state: WriteState) -> str:
    return {
        WriteState.PENDING: word("sent …"),
        WriteState.CONFIRMED: word("✓ done"),
        WriteState.CLAMPED: word("limited"),
        WriteState.REFUSED: word("✗ refused"),
        WriteState.TIMED_OUT: word("no answer"),
    }[state]
