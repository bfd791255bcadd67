"""A short live trend with the normal band, to give a value its direction (HMI-12)."""

import math
from collections import deque

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from projects.model import ElementModel
from tags.clock import NS_PER_S
from views.bindings import Properties, Property, PropertyKind
from views.elements.bars import LIMITS, RANGE
from views.elements.base import NUMERIC, TAG, Element, Kind, Look, declared, pen, range_of

_SAMPLES = 240


class Sparkline(Element):
    """Paint the last minutes of a value; a bad value leaves a gap."""

    kind = Kind(
        "sparkline",
        "Sparkline",
        "The last minutes of a value with its normal band.",
        declared(
            TAG,
            *RANGE,
            *LIMITS[:2],
            Property("seconds", PropertyKind.NUMBER, 120, "Length of the time axis."),
            Property("auto", PropertyKind.BOOLEAN, False, "Scale to what is seen rather than to the range."),
        ),
        NUMERIC,
    )
    keeps_history = True
    has_static = True

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self.samples: deque[tuple[int, float]] = deque(maxlen=_SAMPLES * 2)

    def span_ns(self) -> int:
        """Return the length of the time axis."""
        return int(max(1.0, self.properties.number("seconds")) * NS_PER_S)

    def observe(self, now_ns: int) -> bool:
        """Take the present value when it is time for the next sample."""
        samples = self.samples
        if samples and 0 <= now_ns - samples[-1][0] < self.span_ns() // _SAMPLES:
            return False
        if samples and now_ns < samples[-1][0]:
            samples.clear()
        samples.append((now_ns, self.properties.number("tag")))
        while samples and samples[0][0] < now_ns - self.span_ns():
            samples.popleft()
        return True

    def preload(self, samples: list[tuple[int, float]]) -> None:
        """Put older samples (UTC ns, value or NaN) before those seen, as from the historian."""
        seen = self.samples
        first = seen[0][0] if seen else 2**63 - 1
        self.samples = deque([sample for sample in samples if sample[0] < first] + list(seen), _SAMPLES * 2)

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the base line."""
        painter.setPen(pen(look.theme.border))
        y = self.rect.bottom() - 0.5
        painter.drawLine(QPointF(self.rect.left(), y), QPointF(self.rect.right(), y))

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint band, line and present point."""
        theme, box, samples = look.theme, self.rect.adjusted(0, 3, -4, -4), self.samples
        values = [value for _, value in samples if not math.isnan(value)]
        low, high = range_of(self)
        if self.properties.flag("auto") and values:
            low, high = min(values), max(values)
            room = max((high - low) * 0.15, abs(high) * 0.01, 1e-9)
            low, high = low - room, high + room

        def y(value: float) -> float:
            return box.bottom() - min(1.0, max(0.0, (value - low) / (high - low))) * box.height()

        if self.properties.has("normal_low") and self.properties.has("normal_high"):
            top, bottom = y(self.properties.number("normal_high")), y(self.properties.number("normal_low"))
            painter.fillRect(QRectF(box.left(), top, box.width() + 4, bottom - top), theme.normal_band)
        if not samples:
            return
        end, span = samples[-1][0], self.span_ns()
        painter.setPen(pen(theme.value, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        piece: list[QPointF] = []
        for time_ns, value in samples:
            if math.isnan(value):
                painter.drawPolyline(piece)
                piece = []
                continue
            piece.append(QPointF(box.right() - (end - time_ns) / span * box.width(), y(value)))
        if piece:
            painter.drawPolyline(piece)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.value)
            painter.drawEllipse(piece[-1], 3, 3)
