"""The balloon of an instrument as on the piping diagram (ISA-5.1), with its value below."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from views.declarations import Property, PropertyKind
from views.elements.base import TAG, Element, Kind, Look, declared, pen, shown_value, text_width, unit_of
from views.style import LABEL_PX

_BALLOON_PX: Final = 52.0
_VALUE_PX: Final = 24.0


class Instrument(Element):
    """Paint letters and number in a circle; a line through it tells where the instrument is mounted."""

    kind = Kind(
        "instrument",
        "Instrument",
        "A tag balloon: letters above the loop's number, value and unit below it.",
        declared(
            TAG,
            Property("letters", PropertyKind.TEXT, "", "What it measures and does, such as FT or LIC."),
            Property("number", PropertyKind.TEXT, "", "Number of the loop."),
            Property(
                "mounted",
                PropertyKind.CHOICE,
                "field",
                "Where: no line, a line, or a dashed line across.",
                choices=("field", "panel", "behind"),
            ),
            Property("show_value", PropertyKind.BOOLEAN, True, "Whether the value is written below."),
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
            Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
        ),
    )
    has_static = True
    static_reads = frozenset({"letters", "number", "mounted", "show_value"})
    shows_alarms = True
    marks_at_left = True

    def balloon(self) -> QRectF:
        """Return the square of the circle, above the value."""
        below = _VALUE_PX if self.properties.flag("show_value") else 0.0
        side = min(_BALLOON_PX, self.rect.width(), self.rect.height() - below) - 2
        box = QRectF(0, 0, side, side)
        box.moveCenter(QPointF(self.rect.center().x(), self.rect.top() + side / 2 + 1))
        return box

    def alarm_anchor(self) -> QPointF:
        """Return the middle of the alarm symbol: at the circle's upper left."""
        return self.balloon().topLeft() + QPointF(3, 3)

    def mark_rect(self) -> QRectF:
        """Return the box around the written value, the circle where there is none."""
        if not self.properties.flag("show_value"):
            return self.balloon()
        text, line = self.text(), self.line()
        width = text_width(text, LABEL_PX, True)
        return QRectF(line.center().x() - width / 2 - 4, line.y() + 2, width + 8, line.height() - 4)

    def line(self) -> QRectF:
        """Return the line of the value."""
        return QRectF(self.rect.x(), self.balloon().bottom() + 2, self.rect.width(), _VALUE_PX)

    def text(self) -> str:
        """Return value and unit as they are written."""
        wanted = self.properties.number("decimals", -1.0)
        return f"{shown_value(self, decimals=None if wanted < 0 else int(wanted))} {unit_of(self)}".strip()

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the balloon."""
        theme, box = look.theme, self.balloon()
        painter.setPen(pen(theme.outline, 1.5))
        painter.setBrush(theme.surface)
        painter.drawEllipse(box)
        middle = box.center().y()
        mounted = self.properties.text("mounted")
        if mounted != "field":
            style = Qt.PenStyle.SolidLine if mounted == "panel" else Qt.PenStyle.DashLine
            painter.setPen(pen(theme.outline, 1.5, style))
            painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))
        center = Qt.AlignmentFlag.AlignHCenter
        upper = QRectF(box.x() + 4, middle - 20, box.width() - 8, 20)
        look.text(painter, upper, self.properties.text("letters"), center, bold=True, owner=self.model.id)
        lower = QRectF(box.x() + 4, middle, box.width() - 8, 20)
        look.text(painter, lower, self.properties.text("number"), center, owner=self.model.id)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the value."""
        if not self.properties.flag("show_value"):
            return
        color = look.theme.not_connected if self.mark.hides_value else look.theme.value
        center = Qt.AlignmentFlag.AlignHCenter
        look.text(painter, self.line(), self.text(), center, bold=True, color=color, owner=self.model.id)

    def accessible_name(self) -> str:
        """Return letters, number and value."""
        name = f"{self.properties.text('letters')} {self.properties.text('number')}".strip()
        return f"{name or super().accessible_name()}, {self.text()}"
