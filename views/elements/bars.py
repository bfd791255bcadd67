"""Analog values in context: bar and moving pointer with normal band, limits and set point (HMI-12)."""

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from projects.model import ElementModel
from views.bindings import Properties
from views.declarations import Property, PropertyKind
from views.elements.base import (
    LABEL,
    NUMERIC,
    TAG,
    Element,
    Kind,
    Look,
    declared,
    format_value,
    pen,
    range_of,
    shown_value,
    text_width,
    unit_of,
)
from views.style import LABEL_PX, VALUE_PX

RANGE = (
    Property("low", PropertyKind.NUMBER, None, "Start of the scale; default: the tag's range."),
    Property("high", PropertyKind.NUMBER, None, "End of the scale; default: the tag's range."),
)
LIMITS = (
    Property("normal_low", PropertyKind.NUMBER, None, "Start of the normal band."),
    Property("normal_high", PropertyKind.NUMBER, None, "End of the normal band."),
    Property("limit_low", PropertyKind.NUMBER, None, "Lower alarm limit."),
    Property("limit_high", PropertyKind.NUMBER, None, "Upper alarm limit."),
    Property("setpoint", PropertyKind.NUMBER, None, "Set point, marked on the scale."),
)


CONTEXT: Final = frozenset({"low", "high", "normal_low", "normal_high", "limit_low", "limit_high"})
"""Properties that decide how scale, band and limits are painted."""
MIN_INSET_PX: Final = 2.0
BODY_INSET: Final = 0.3
"""Share of a bar's breadth that is left free on both sides."""
END_PX: Final = 2.0
SETPOINT_PX: Final = 5.0
"""How far the tip of a set point's mark reaches over a bar."""


class Scale:
    """Turn values into places along a track."""

    __slots__ = ("high", "low", "track", "vertical")

    def __init__(self, track: QRectF, low: float, high: float, vertical: bool) -> None:
        self.track, self.low, self.high, self.vertical = track, low, high, vertical

    def share(self, value: float) -> float:
        """Return 0 at the start of the scale and 1 at its end, held inside."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def at(self, value: float) -> float:
        """Return the pixel of a value along the track."""
        if self.vertical:
            return self.track.bottom() - self.share(value) * self.track.height()
        return self.track.left() + self.share(value) * self.track.width()

    def span(self, low: float, high: float) -> QRectF:
        """Return the part of the track between two values."""
        start, end = sorted((self.at(low), self.at(high)))
        if self.vertical:
            return QRectF(self.track.x(), start, self.track.width(), end - start)
        return QRectF(start, self.track.y(), end - start, self.track.height())


def paint_context(element: Element, painter: QPainter, look: Look, scale: Scale) -> None:
    """Paint track, normal band and what lies beyond the alarm limits."""
    theme, properties = look.theme, element.properties
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(scale.track, theme.track)
    low = properties.number("normal_low", scale.low)
    high = properties.number("normal_high", scale.high)
    if properties.has("normal_low") or properties.has("normal_high"):
        painter.fillRect(scale.span(low, high), theme.normal_band)
    for name, end in (("limit_low", scale.low), ("limit_high", scale.high)):
        limit = properties.number(name)
        if not math.isnan(limit):
            zone = scale.span(limit, end)
            painter.fillRect(zone, theme.limit_zone)
    painter.setPen(pen(theme.track_edge))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(scale.track.adjusted(0.5, 0.5, -0.5, -0.5))


class Bar(Element):
    """Paint a bar whose length is the value."""

    kind = Kind(
        "bar",
        "Bar",
        "A bar between two ends of a scale, with normal band and limits behind it.",
        declared(
            TAG,
            *RANGE,
            *LIMITS,
            Property("vertical", PropertyKind.BOOLEAN, False, "From bottom to top."),
        ),
        NUMERIC,
    )
    has_static = True
    static_reads = CONTEXT | {"vertical"}

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self._fixed = None if self.is_static_live else self._make_scale()

    def _make_scale(self) -> Scale:
        return Scale(self.rect, *range_of(self), self.properties.flag("vertical"))

    def scale(self) -> Scale:
        """Return the scale of the whole element."""
        return self._make_scale() if self._fixed is None else self._fixed

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the track and its context."""
        paint_context(self, painter, look, self.scale())

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the bar and the set point's mark."""
        scale = self.scale()
        setpoint = self.properties.number("setpoint")
        if not math.isnan(setpoint):
            self._paint_setpoint(painter, look, scale, scale.at(setpoint))
        value = self.properties.number("tag")
        if math.isnan(value):
            return
        breadth = scale.track.width() if scale.vertical else scale.track.height()
        inset = max(MIN_INSET_PX, breadth * BODY_INSET)
        span = scale.span(scale.low, value)
        margin = (inset, 0.0) if scale.vertical else (0.0, inset)
        body = span.adjusted(margin[0], margin[1], -margin[0], -margin[1])
        painter.fillRect(body, look.theme.text_muted)
        at, track = scale.at(value) - END_PX / 2, scale.track
        if scale.vertical:
            painter.fillRect(QRectF(track.left(), at, track.width(), END_PX), look.theme.pointer)
        else:
            painter.fillRect(QRectF(at, track.top(), END_PX, track.height()), look.theme.pointer)

    def _paint_setpoint(self, painter: QPainter, look: Look, scale: Scale, at: float) -> None:
        """Paint a line across the track, and a tip on it from the side."""
        track, tip = scale.track, SETPOINT_PX
        painter.setPen(pen(look.theme.accent, 2))
        painter.setBrush(look.theme.panel)
        if scale.vertical:
            painter.drawLine(QPointF(track.left(), at), QPointF(track.right(), at))
            at = min(max(at, track.top() + tip), track.bottom() - tip)
            corners = [
                QPointF(track.right() - tip, at),
                *(QPointF(track.right(), at + d) for d in (-tip, tip)),
            ]
        else:
            painter.drawLine(QPointF(at, track.top()), QPointF(at, track.bottom()))
            at = min(max(at, track.left() + tip), track.right() - tip)
            corners = [
                QPointF(at, track.bottom() - tip),
                *(QPointF(at + d, track.bottom()) for d in (-tip, tip)),
            ]
        painter.drawPolygon(corners)


class Indicator(Element):
    """Paint a moving pointer on a scale with its normal band, alarm limits and set point (HMI-12)."""

    kind = Kind(
        "indicator",
        "Analog indicator",
        "A moving pointer on a scale with normal band, alarm limits and set point; the value below.",
        declared(
            TAG,
            LABEL,
            *RANGE,
            *LIMITS,
            Property("vertical", PropertyKind.BOOLEAN, True, "Scale from bottom to top."),
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
            Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
            Property("ends", PropertyKind.BOOLEAN, True, "Whether the ends of the scale are written."),
        ),
        NUMERIC,
    )
    has_static = True
    static_reads = CONTEXT | {"label", "vertical", "ends"}
    shows_alarms = True
    marks_at_left = True
    _HEAD_PX = 24.0
    _FOOT_PX = 34.0

    def mark_rect(self) -> QRectF:
        """Return the box of the value."""
        box = self.value_rect()
        return box.adjusted(-6, 2, 4, -2)

    def value_text(self) -> str:
        """Return the value as it is written."""
        wanted = self.properties.number("decimals", -1.0)
        return shown_value(self, decimals=None if wanted < 0 else int(wanted))

    def value_rect(self) -> QRectF:
        """Return the box of the value, its unit to the right of it."""
        width = text_width(self.value_text(), VALUE_PX, True)
        unit = unit_of(self)
        behind = text_width(unit, LABEL_PX, False) + 6 if unit else 0.0
        if self.properties.flag("vertical"):
            start = self.rect.center().x() - (width + behind) / 2
            return QRectF(start, self.rect.bottom() - self._FOOT_PX + 4, width + 1, self._FOOT_PX - 4)
        return QRectF(self.rect.right() - width - behind, self.rect.top(), width + 1, 28.0)

    def scale(self) -> Scale:
        """Return the scale between caption and value."""
        box, vertical = self.rect, self.properties.flag("vertical")
        if vertical:
            width = 20.0
            x = round(box.center().x() - width / 2)
            top, bottom = box.top() + self._HEAD_PX + 8, box.bottom() - self._FOOT_PX - 8
            track = QRectF(x, top, width, bottom - top)
        else:
            track = QRectF(box.left() + 1, box.bottom() - 26, box.width() - 2, 14)
        return Scale(track, *range_of(self), vertical)

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint caption and scale."""
        theme, box = look.theme, self.rect
        vertical = self.properties.flag("vertical")
        align = Qt.AlignmentFlag.AlignHCenter if vertical else Qt.AlignmentFlag.AlignLeft
        label = self.properties.text("label")
        width = box.width() if vertical else box.width() - 120
        look.text(
            painter,
            QRectF(box.x(), box.y(), width, self._HEAD_PX),
            label,
            align,
            color=theme.text_muted,
            owner=self.model.id,
        )
        scale = self.scale()
        paint_context(self, painter, look, scale)
        if vertical and self.properties.flag("ends"):
            right = QRectF(scale.track.right() + 10, 0, box.right() - scale.track.right() - 8, 20)
            tag = self.properties.tag()
            for value in (scale.low, scale.high):
                place = QRectF(right)
                place.moveCenter(QPointF(place.center().x(), scale.at(value)))
                whole = 0 if float(value).is_integer() else None
                text = format_value(value, None if whole == 0 else tag, whole)
                look.text(painter, place, text, color=theme.text_muted, owner=self.model.id)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the pointer, the set point's mark and the value with its unit."""
        theme, scale = look.theme, self.scale()
        setpoint = self.properties.number("setpoint")
        if not math.isnan(setpoint):
            self._paint_setpoint(painter, look, scale, scale.at(setpoint))
        value = self.properties.number("tag")
        if not math.isnan(value):
            self._paint_pointer(painter, look, scale, scale.at(value))
        color = theme.not_connected if self.mark.is_muted else theme.value
        box, unit = self.value_rect(), unit_of(self)
        look.text(painter, box, self.value_text(), size_px=VALUE_PX, bold=True, color=color)
        look.text(painter, box.adjusted(box.width() + 5, 2.5, 200, 2.5), unit, color=theme.text_muted)

    def _paint_pointer(self, painter: QPainter, look: Look, scale: Scale, at: float) -> None:
        track = scale.track
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.theme.pointer)
        if scale.vertical:
            tip = QPointF(track.left() + 5, at)
            painter.drawPolygon([tip, QPointF(track.left() - 12, at - 8), QPointF(track.left() - 12, at + 8)])
            painter.fillRect(QRectF(track.left() + 1, at - 1, track.width() - 2, 2), look.theme.pointer)
        else:
            tip = QPointF(at, track.top() + 4)
            painter.drawPolygon([tip, QPointF(at - 8, track.top() - 10), QPointF(at + 8, track.top() - 10)])
            painter.fillRect(QRectF(at - 1, track.top() + 1, 2, track.height() - 2), look.theme.pointer)

    def _paint_setpoint(self, painter: QPainter, look: Look, scale: Scale, at: float) -> None:
        track = scale.track
        painter.setPen(pen(look.theme.accent, 2))
        painter.setBrush(look.theme.panel)
        if scale.vertical:
            tip = QPointF(track.right(), at)
            painter.drawPolygon([tip, QPointF(track.right() + 9, at - 6), QPointF(track.right() + 9, at + 6)])
        else:
            tip = QPointF(at, track.bottom())
            painter.drawPolygon(
                [tip, QPointF(at - 6, track.bottom() + 9), QPointF(at + 6, track.bottom() + 9)]
            )
