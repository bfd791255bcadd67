"""A round gauge: pointer over an arc with its normal band and what lies beyond the alarm limits."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from views.declarations import Property, PropertyKind
from views.elements.bars import CONTEXT, LIMITS, RANGE, Scale
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
    unit_of,
)
from views.style import LABEL_PX, VALUE_PX

_START_DEG, _SPAN_DEG = 225.0, 270.0
_ARC_PX = 12.0
_LARGE_PX = 120.0


class Gauge(Element):
    """Paint an arc of three quarters with a pointer, the value in its middle and the label below."""

    kind = Kind(
        "gauge",
        "Gauge",
        "A pointer over an arc with normal band, alarm limits and set point; the value in the middle.",
        declared(
            TAG,
            LABEL,
            *RANGE,
            *LIMITS,
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
            Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
        ),
        NUMERIC,
    )
    has_static = True
    static_reads = CONTEXT | {"label"}
    shows_alarms = True

    def dial(self) -> QRectF:
        """Return the square of the arc, above the label."""
        label = 22.0 if self.properties.has("label") else 0.0
        side = max(24.0, min(self.rect.width(), self.rect.height() - label) - _ARC_PX - 2)
        box = QRectF(0, 0, side, side)
        box.moveCenter(QPointF(self.rect.center().x(), self.rect.top() + side / 2 + _ARC_PX / 2 + 1))
        return box

    def scale(self) -> Scale:
        """Return the scale, its track being degrees along the arc."""
        return Scale(QRectF(0, 0, _SPAN_DEG, 1), *range_of(self), vertical=False)

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint label and arc."""
        label = QRectF(self.rect.x(), self.rect.bottom() - 22, self.rect.width(), 22)
        look.text(
            painter,
            label,
            self.properties.text("label"),
            Qt.AlignmentFlag.AlignHCenter,
            color=look.theme.text_muted,
            owner=self.model.id,
        )
        self._paint_arc(painter, look)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint pointer, set point, value and unit."""
        theme, scale, dial = look.theme, self.scale(), self.dial()
        setpoint, value = self.properties.number("setpoint"), self.properties.number("tag")
        if not math.isnan(setpoint):
            self._paint_ray(painter, scale.at(setpoint), theme.accent, 3, dial.width() / 2 - 8, _ARC_PX + 6)
        if not math.isnan(value):
            self._paint_ray(
                painter, scale.at(value), theme.pointer, 4, dial.width() * 0.3, dial.width() * 0.22
            )
        wanted = self.properties.number("decimals", -1.0)
        text = shown_value(self, decimals=None if wanted < 0 else int(wanted))
        middle = dial.center()
        size_px = VALUE_PX if dial.width() >= _LARGE_PX else LABEL_PX
        box = QRectF(dial.left(), middle.y() - size_px * 0.7, dial.width(), size_px * 1.4)
        color = theme.not_connected if self.mark.hides_value else theme.value
        center = Qt.AlignmentFlag.AlignHCenter
        look.text(painter, box.adjusted(7, 0, -7, 0), text, center, size_px=size_px, bold=True, color=color)
        below = QRectF(dial.left(), box.bottom(), dial.width(), LABEL_PX * 1.4)
        look.text(painter, below.adjusted(16, 0, -16, 0), unit_of(self), center, color=theme.text_muted)

    def _paint_arc(self, painter: QPainter, look: Look) -> None:
        """Paint track, normal band and limit zones as arcs."""
        theme, scale, properties = look.theme, self.scale(), self.properties
        self._paint_span(painter, scale.low, scale.high, theme.track_edge, _ARC_PX)
        self._paint_span(painter, scale.low, scale.high, theme.track, _ARC_PX - 2)
        if properties.has("normal_low") or properties.has("normal_high"):
            low = properties.number("normal_low", scale.low)
            high = properties.number("normal_high", scale.high)
            self._paint_span(painter, low, high, theme.normal_band, _ARC_PX - 2)
        for name, end in (("limit_low", scale.low), ("limit_high", scale.high)):
            limit = properties.number(name)
            if not math.isnan(limit):
                self._paint_span(painter, limit, end, theme.limit_zone, _ARC_PX - 2)

    def _paint_span(self, painter: QPainter, low: float, high: float, color: QColor, width: float) -> None:
        scale = self.scale()
        start, end = sorted((scale.at(low), scale.at(high)))
        painter.setPen(pen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawArc(self.dial(), round((_START_DEG - start) * 16), round((start - end) * 16))

    def _paint_ray(
        self, painter: QPainter, at: float, color: QColor, width: float, inner: float, length: float
    ) -> None:
        angle = math.radians(_START_DEG - at)
        way, middle = QPointF(math.cos(angle), -math.sin(angle)), self.dial().center()
        painter.setPen(pen(color, width))
        painter.drawLine(middle + way * inner, middle + way * (inner + length))
