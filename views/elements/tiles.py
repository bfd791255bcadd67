"""Figures of a whole machine in one field: its effectiveness, and the energy that it takes."""

import math
from typing import Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from views.declarations import Property, PropertyKind
from views.elements.bars import Scale
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
from views.quality import hidden_text, mark
from views.style import DISPLAY_PX, LABEL_PX, TITLE_PX, VALUE_PX
from views.symbols import beside, paint_mark, paint_symbol

_FACTORS: Final = ("availability", "performance", "quality")
_LABEL_PX: Final = 26.0
_CAPTION_PX: Final = 104.0
"""Least size of a ring in which a caption has room below the number."""
_LINE_PX: Final = 38.0
"""Least height of a factor that is drawn as a bar besides its number."""


class Oee(Element):
    """Paint the overall equipment effectiveness as a ring with its three factors as bars beside it."""

    kind = Kind(
        "oee",
        "OEE tile",
        "Overall equipment effectiveness with availability, performance and quality, in per cent.",
        declared(
            LABEL,
            Property("availability", PropertyKind.NUMBER, None, "Share of the planned time that ran, %."),
            Property("performance", PropertyKind.NUMBER, None, "Speed against the ideal one, %."),
            Property("quality", PropertyKind.NUMBER, None, "Share of good units, %."),
            Property("oee", PropertyKind.NUMBER, None, "The whole, %; default: the product."),
            Property("target", PropertyKind.NUMBER, None, "What is aimed at, %, marked on the ring."),
            Property("decimals", PropertyKind.NUMBER, 1, "Decimals of the whole."),
        ),
    )
    shows_quality = False

    @property
    def is_live(self) -> bool:
        """Tell that it is painted with the values, be they fixed ones."""
        return True

    def whole(self) -> tuple[float, int]:
        """Return the effectiveness in per cent, NaN while it is not known, and the status that it has."""
        if self.properties.has("oee"):
            return self.properties.number("oee"), self.properties.evaluated("oee").status
        found = [self.properties.number(name) for name in _FACTORS]
        return found[0] * found[1] * found[2] / 1e4, self.properties.status

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint ring, number and the three bars."""
        theme, box = look.theme, QRectF(self.rect)
        label = self.properties.text("label")
        if label:
            head = QRectF(box.x(), box.y(), box.width(), _LABEL_PX)
            look.text(painter, head, label, bold=True, owner=self.model.id)
            box.setTop(box.top() + _LABEL_PX)
        side = min(box.height(), box.width() * 0.45)
        ring = QRectF(box.x(), box.center().y() - side / 2, side, side)
        value, status = self.whole()
        self._paint_ring(painter, look, ring, value)
        places = max(0, int(self.properties.number("decimals", 1.0)))
        hidden = mark(status).hides_value or math.isnan(value)
        text = hidden_text(mark(status)) if hidden else format_value(value, None, places)
        size_px = DISPLAY_PX if text_width(text, DISPLAY_PX, True) < side * 0.66 else TITLE_PX
        middle = QRectF(ring.x(), ring.center().y() - size_px * 0.75, side, size_px * 1.3)
        center = Qt.AlignmentFlag.AlignHCenter
        color = theme.not_connected if hidden else theme.value
        look.text(painter, middle, text, center, size_px=size_px, bold=True, color=color, owner=self.model.id)
        if side >= _CAPTION_PX:
            below = QRectF(ring.x(), middle.bottom() - 2, side, LABEL_PX * 1.4)
            caption = QCoreApplication.translate("Oee", "OEE %")
            look.text(painter, below, caption, center, color=theme.text_muted)
        plate = middle.adjusted(side * 0.16, 0, -side * 0.16, 0)
        paint_mark(painter, plate, plate.topLeft(), mark(status), theme)
        self._paint_factors(painter, look, QRectF(ring.right() + 20, box.y(), 0, box.height()), box.right())

    def _paint_ring(self, painter: QPainter, look: Look, ring: QRectF, value: float) -> None:
        theme, width = look.theme, max(6.0, ring.width() * 0.09)
        inner = ring.adjusted(width / 2 + 1, width / 2 + 1, -width / 2 - 1, -width / 2 - 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(theme.track_edge, width))
        painter.drawEllipse(inner)
        painter.setPen(pen(theme.track, width - 2))
        painter.drawEllipse(inner)
        if not math.isnan(value):
            painter.setPen(pen(theme.text_muted, width - 2))
            share = min(100.0, max(0.0, value)) / 100
            painter.drawArc(inner, 90 * 16, round(-share * 360 * 16))
        target = self.properties.number("target")
        if not math.isnan(target):
            angle = math.radians(90 - 3.6 * min(100.0, max(0.0, target)))
            way = QPointF(math.cos(angle), -math.sin(angle))
            painter.setPen(pen(theme.accent, 3))
            radius = inner.width() / 2
            painter.drawLine(
                inner.center() + way * (radius - width / 2 - 3), inner.center() + way * (radius + width / 2)
            )

    def _paint_factors(self, painter: QPainter, look: Look, start: QRectF, right: float) -> None:
        names = (
            QCoreApplication.translate("Oee", "Availability"),
            QCoreApplication.translate("Oee", "Performance"),
            QCoreApplication.translate("Oee", "Quality"),
        )
        theme, height = look.theme, start.height() / 3
        for place, (name, word) in enumerate(zip(_FACTORS, names, strict=True)):
            line = QRectF(start.x(), start.y() + place * height, right - start.x(), height)
            found = self.properties.evaluated(name)
            shown, value = mark(found.status), self.properties.number(name)
            hidden = math.isnan(value)
            text = hidden_text(shown) if hidden else f"{format_value(value, None, 0)} %"
            room = text_width(text, LABEL_PX, True)
            has_bar = height >= _LINE_PX
            top = QRectF(line.x(), line.center().y() - (22 if has_bar else 11), line.width(), 22)
            look.text(
                painter, top.adjusted(0, 0, -room - 10, 0), word, color=theme.text_muted, owner=self.model.id
            )
            ink = theme.not_connected if hidden else theme.value
            look.text(painter, top, text, Qt.AlignmentFlag.AlignRight, bold=True, color=ink)
            if has_bar:
                self._paint_bar(
                    painter, look, QRectF(line.x(), line.center().y() + 2, line.width(), 10), value
                )
            if self.properties.has(name):
                plate = QRectF(top.right() - room - 4, top.y() + 2, room + 8, top.height() - 4)
                paint_mark(painter, plate, beside(plate), shown, theme)

    def _paint_bar(self, painter: QPainter, look: Look, track: QRectF, value: float) -> None:
        theme, scale = look.theme, Scale(track, 0.0, 100.0, vertical=False)
        painter.setPen(pen(theme.track_edge))
        painter.setBrush(theme.track)
        painter.drawRect(track.adjusted(0.5, 0.5, -0.5, -0.5))
        if not math.isnan(value):
            painter.fillRect(scale.span(0.0, value).adjusted(0, 3, 0, -3), theme.text_muted)
            painter.fillRect(QRectF(scale.at(value) - 1, track.y(), 2, track.height()), theme.pointer)

    def accessible_name(self) -> str:
        """Return the label and the whole."""
        value, status = self.whole()
        text = hidden_text(mark(status)) if math.isnan(value) else f"{format_value(value, None, 1)} %"
        return f"{self.properties.text('label') or QCoreApplication.translate('Oee', 'OEE')}, {text}"


class Energy(Element):
    """Paint the power that something takes, the energy of the period, and the agreed peak."""

    kind = Kind(
        "energy",
        "Energy meter",
        "Power with the agreed peak, and the energy of a period.",
        declared(
            TAG,
            LABEL,
            Property("energy", PropertyKind.NUMBER, None, "Energy of the period."),
            Property("energy_unit", PropertyKind.TEXT, "kWh", "Unit of the energy."),
            Property("energy_label", PropertyKind.TEXT, "", "What period it is of."),
            Property("low", PropertyKind.NUMBER, None, "Start of the scale; default: the tag's range."),
            Property("high", PropertyKind.NUMBER, None, "End of the scale; default: the tag's range."),
            Property("limit_high", PropertyKind.NUMBER, None, "The agreed peak."),
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
            Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
        ),
        NUMERIC,
    )
    shows_alarms = True
    marks_at_left = True

    @property
    def is_live(self) -> bool:
        """Tell that it is painted with the values, be they fixed ones."""
        return True

    def mark_rect(self) -> QRectF:
        """Return the box of the written power."""
        line = self._power_line()
        width = text_width(self._power(), VALUE_PX, True)
        right = line.right() - text_width(unit_of(self), LABEL_PX, False) - 6
        return QRectF(right - width - 5, line.y() + 2, width + 10, line.height() - 4)

    def _power_line(self) -> QRectF:
        return QRectF(self.rect.x() + 44, self.rect.y() + self._head_px(), self.rect.width() - 44, 32)

    def _head_px(self) -> float:
        return _LABEL_PX if self.properties.has("label") else 0.0

    def _power(self) -> str:
        wanted = self.properties.number("decimals", -1.0)
        return shown_value(self, decimals=None if wanted < 0 else int(wanted))

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint meter, power, scale and energy."""
        theme = look.theme
        head = QRectF(self.rect.x(), self.rect.y(), self.rect.width(), _LABEL_PX)
        label = self.properties.text("label")
        look.text(painter, head, label, color=theme.text_muted, owner=self.model.id)
        line = self._power_line()
        sign = QRectF(self.rect.x(), line.y(), 34, 34)
        paint_symbol(painter, sign, "meter", theme.panel, theme)
        unit = unit_of(self)
        right = Qt.AlignmentFlag.AlignRight
        look.text(painter, line.translated(0, 2.5), unit, right, color=theme.text_muted)
        place = line.adjusted(0, 0, -text_width(unit, LABEL_PX, False) - 6, 0)
        ink = theme.not_connected if self.mark.hides_value else theme.value
        look.text(
            painter, place, self._power(), right, size_px=VALUE_PX, bold=True, color=ink, owner=self.model.id
        )
        self._paint_scale(painter, look, QRectF(self.rect.x(), line.bottom() + 8, self.rect.width(), 14))
        if self.properties.has("energy"):
            foot = QRectF(self.rect.x(), line.bottom() + 26, self.rect.width(), 24)
            self._paint_energy(painter, look, foot)

    def _paint_scale(self, painter: QPainter, look: Look, track: QRectF) -> None:
        theme, scale = look.theme, Scale(track, *range_of(self), vertical=False)
        painter.fillRect(track, theme.track)
        limit, value = self.properties.number("limit_high"), self.properties.number("tag")
        if not math.isnan(limit):
            painter.fillRect(scale.span(limit, scale.high), theme.limit_zone)
        painter.setPen(pen(theme.track_edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(track.adjusted(0.5, 0.5, -0.5, -0.5))
        if not math.isnan(value):
            painter.fillRect(scale.span(scale.low, value).adjusted(0, 4, 0, -4), theme.text_muted)
            painter.fillRect(QRectF(scale.at(value) - 1, track.y(), 2, track.height()), theme.pointer)

    def _paint_energy(self, painter: QPainter, look: Look, line: QRectF) -> None:
        theme, found = look.theme, self.properties.evaluated("energy")
        shown, value = mark(found.status), self.properties.number("energy")
        hidden = math.isnan(value)
        text = hidden_text(shown) if hidden else format_value(value, self.properties.tag("energy"), 1)
        whole = f"{text} {self.properties.text('energy_unit')}".strip()
        room = text_width(whole, LABEL_PX, True)
        label = self.properties.text("energy_label")
        look.text(
            painter, line.adjusted(0, 0, -room - 10, 0), label, color=theme.text_muted, owner=self.model.id
        )
        look.text(painter, line, whole, Qt.AlignmentFlag.AlignRight, bold=True, owner=self.model.id)

    def accessible_name(self) -> str:
        """Return the label with power and unit."""
        return f"{super().accessible_name()}, {self._power()} {unit_of(self)}".strip()
