"""A tank with its level: outline at rest, level by a plain fill (HMI-07)."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from views.declarations import Property, PropertyKind
from views.elements.bars import LIMITS, RANGE, Scale
from views.elements.base import (
    LABEL,
    NUMERIC,
    TAG,
    Element,
    Kind,
    Look,
    declared,
    pen,
    range_of,
    shown_value,
    text_width,
    unit_of,
)
from views.quality import mark
from views.style import LABEL_PX, VALUE_PX
from views.symbols import paint_mark

LEVEL = (
    TAG,
    LABEL,
    *RANGE,
    *LIMITS,
    Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
    Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
    Property("show_value", PropertyKind.BOOLEAN, True, "Whether the level is written in the tank."),
)


class Tank(Element):
    """Paint a vessel with its level, normal band, limits and set point beside it."""

    kind = Kind(
        "tank",
        "Tank",
        "A vessel with its level; band, limits and set point at its right edge.",
        declared(*LEVEL),
        NUMERIC,
    )
    has_static = True
    shows_alarms = True
    marks_at_left = True
    _SCALE_PX = 26.0

    def mark_rect(self) -> QRectF:
        """Return the box around the written level."""
        box = self.vessel()
        return QRectF(box.x() + 8, box.center().y() - 17, box.width() - 16, 34)

    def vessel(self) -> QRectF:
        """Return the box of the vessel itself, left of its scale."""
        return self.rect.adjusted(1.5, 1.5, -self._SCALE_PX, -1.5)

    def outline(self) -> QPainterPath:
        """Return the vessel: flat top, dished bottom."""
        box, path = self.vessel(), QPainterPath()
        corner = min(28.0, box.width() * 0.22)
        path.moveTo(box.topLeft())
        path.lineTo(box.topRight())
        path.lineTo(box.right(), box.bottom() - corner)
        path.quadTo(box.bottomRight(), QPointF(box.right() - corner, box.bottom()))
        path.lineTo(box.left() + corner, box.bottom())
        path.quadTo(box.bottomLeft(), QPointF(box.left(), box.bottom() - corner))
        path.closeSubpath()
        return path

    def scale(self) -> Scale:
        """Return the scale along the vessel's height."""
        box = self.vessel()
        strip = QRectF(box.right() + 5, box.top() + 4, 8, box.height() - 8)
        return Scale(strip, *range_of(self), vertical=True)

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the empty vessel."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.theme.surface)
        painter.drawPath(self.outline())

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint level, scale, outline and text."""
        theme, scale = look.theme, self.scale()
        value = self.properties.number("tag")
        outline = self.outline()
        if not math.isnan(value):
            at = scale.at(value)
            box = self.vessel()
            liquid = QPainterPath()
            liquid.addRect(QRectF(box.left(), at, box.width(), box.bottom() - at))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.level)
            painter.drawPath(outline.intersected(liquid))
            painter.setPen(pen(theme.pointer, 2))
            painter.drawLine(QPointF(box.left(), at), QPointF(scale.track.right(), at))
        painter.setPen(pen(theme.outline, 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)
        self._paint_scale(painter, look, scale)
        self._paint_texts(painter, look)

    def _paint_scale(self, painter: QPainter, look: Look, scale: Scale) -> None:
        theme, number = look.theme, self.properties.number
        painter.fillRect(scale.track, theme.track)
        if self.properties.has("normal_low") or self.properties.has("normal_high"):
            band = scale.span(number("normal_low", scale.low), number("normal_high", scale.high))
            painter.fillRect(band, theme.normal_band)
        for name, end in (("limit_low", scale.low), ("limit_high", scale.high)):
            if not math.isnan(number(name)):
                painter.fillRect(scale.span(number(name), end), theme.limit_zone)
        value, setpoint = number("tag"), number("setpoint")
        if not math.isnan(value):
            at = scale.at(value)
            painter.fillRect(
                QRectF(scale.track.left() - 5, at - 1, scale.track.width() + 6, 2), theme.pointer
            )
        if not math.isnan(setpoint):
            at, right = scale.at(setpoint), scale.track.right()
            painter.setPen(pen(theme.accent, 2))
            painter.setBrush(theme.panel)
            painter.drawPolygon(
                [QPointF(right, at), QPointF(right + 10, at - 6), QPointF(right + 10, at + 6)]
            )

    def _label_top(self) -> float:
        """Return how far below the vessel's top the label stands."""
        return 8.0

    def _paint_texts(self, painter: QPainter, look: Look) -> None:
        theme, box = look.theme, self.vessel()
        look.text(
            painter,
            QRectF(box.x() + 4, box.y() + self._label_top(), box.width() - 8, 22),
            self.properties.text("label"),
            Qt.AlignmentFlag.AlignHCenter,
            color=theme.text,
            owner=self.model.id,
        )
        if not self.properties.flag("show_value"):
            return
        wanted = self.properties.number("decimals", -1.0)
        text, unit = shown_value(self, decimals=None if wanted < 0 else int(wanted)), unit_of(self)
        width = text_width(text, VALUE_PX, True)
        total = width + (text_width(unit, LABEL_PX, False) + 6 if unit else 0.0)
        start, y = box.center().x() - total / 2, box.center().y() - 15
        color = theme.not_connected if self.mark.is_muted else theme.value
        plate = QRectF(start - 10, y, total + 20, 30)
        painter.setPen(pen(theme.border))
        painter.setBrush(theme.panel)
        painter.drawRoundedRect(plate, 3, 3)
        look.text(painter, QRectF(start, y, width + 1, 30), text, size_px=VALUE_PX, bold=True, color=color)
        look.text(painter, QRectF(start + width + 6, y + 2.5, 200, 30), unit, color=theme.text_muted)


def _own_unit(element: Element, name: str) -> str:
    """Return the unit of a further tag, which the property ``unit`` does not replace."""
    tag = element.properties.tag(name)
    return "" if tag is None else tag.unit


class Vessel(Tank):
    """Paint a closed vessel with dished ends, upright or lying, its level and its pressure."""

    kind = Kind(
        "vessel",
        "Vessel",
        "A closed vessel with dished ends: level, scale at its right edge, and the pressure below the level.",
        declared(
            *LEVEL,
            Property(
                "pressure_tag",
                PropertyKind.TAG,
                "",
                "Tag whose value and unit are written below the level's.",
            ),
            Property("horizontal", PropertyKind.BOOLEAN, False, "Lying rather than upright."),
        ),
        NUMERIC,
    )
    static_reads = frozenset({"horizontal"})
    _END = 0.18
    """Depth of a dished end, as a share of the vessel's breadth."""

    def outline(self) -> QPainterPath:
        """Return the vessel: straight sides between two dished ends."""
        box, path = self.vessel(), QPainterPath()
        if self.properties.flag("horizontal"):
            end = min(box.height() * self._END * 2, box.width() / 2)
            path.moveTo(box.left() + end, box.top())
            path.lineTo(box.right() - end, box.top())
            path.cubicTo(box.topRight(), box.bottomRight(), QPointF(box.right() - end, box.bottom()))
            path.lineTo(box.left() + end, box.bottom())
            path.cubicTo(box.bottomLeft(), box.topLeft(), QPointF(box.left() + end, box.top()))
        else:
            end = min(box.width() * self._END * 2, box.height() / 2)
            path.moveTo(box.left(), box.top() + end)
            path.cubicTo(box.topLeft(), box.topRight(), QPointF(box.right(), box.top() + end))
            path.lineTo(box.right(), box.bottom() - end)
            path.cubicTo(box.bottomRight(), box.bottomLeft(), QPointF(box.left(), box.bottom() - end))
        path.closeSubpath()
        return path

    def _label_top(self) -> float:
        """Return the end of the dished top, where the vessel is as wide as it gets."""
        return 8.0 if self.properties.flag("horizontal") else self.vessel().width() * self._END * 1.4

    def _paint_texts(self, painter: QPainter, look: Look) -> None:
        super()._paint_texts(painter, look)
        name = "pressure_tag"
        if not self.properties.has(name):
            return
        box = self.vessel()
        text = f"{shown_value(self, name)} {_own_unit(self, name)}".strip()
        line = QRectF(box.x() + 8, box.bottom() - 46, box.width() - 16, 22)
        middle = Qt.AlignmentFlag.AlignHCenter
        width = text_width(text, LABEL_PX, True)
        plate = QRectF(line.center().x() - width / 2 - 6, line.y(), width + 12, line.height())
        painter.setPen(pen(look.theme.border))
        painter.setBrush(look.theme.panel)
        painter.drawRoundedRect(plate, 3, 3)
        look.text(painter, line, text, middle, bold=True, color=look.theme.value, owner=self.model.id)
        paint_mark(painter, plate, plate.topLeft(), mark(self.properties.evaluated(name).status), look.theme)
