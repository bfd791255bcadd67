"""A short live trend with the normal band, to give a value its direction (HMI-12)."""

import itertools
import math
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from projects.model import ElementModel
from tags.clock import NS_PER_S
from views.bindings import Properties
from views.declarations import READ_ONCE, Property, PropertyKind
from views.elements.bars import LIMITS, RANGE
from views.elements.base import NUMERIC, TAG, Element, Kind, Look, declared, format_value, pen, range_of

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
            Property("seconds", PropertyKind.NUMBER, 120, "Length of the time axis.", fixed=READ_ONCE),
            Property("auto", PropertyKind.BOOLEAN, False, "Scale to what is seen rather than to the range."),
        ),
        NUMERIC,
    )
    keeps_history = True
    has_static = True
    _TALL_PX = 96.0
    _SCALE_PX = 44.0

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
        start_ns = now_ns - self.span_ns()
        # The last one from before stays: a value that has not changed since is drawn from the beginning.
        while len(samples) > 1 and samples[1][0] <= start_ns:
            samples.popleft()
        return True

    def preload(self, samples: list[tuple[int, float]]) -> None:
        """Put older samples (UTC ns, value or NaN) before those seen, as from the historian.

        Of many in the same part of the time axis the first, the extremes and the last are kept.
        """
        seen = self.samples
        first = seen[0][0] if seen else 2**63 - 1
        older = [sample for sample in samples if sample[0] < first]
        if len(older) > _SAMPLES:
            older = _thinned(older, self.span_ns() // (_SAMPLES // 4))
        self.samples = deque([*older, *seen], _SAMPLES * 2)

    def plot(self) -> QRectF:
        """Return the box that the line may use; a tall one leaves room for the ends of the scale."""
        room = self._SCALE_PX if self.rect.height() >= self._TALL_PX else 5.0
        return self.rect.adjusted(0, 4, -room, -4)

    def scale(self) -> tuple[float, float]:
        """Return the ends of the scale: the range, or with ``auto`` what is seen with some room."""
        low, high = range_of(self)
        values = [value for _, value in self.samples if not math.isnan(value)]
        if not self.properties.flag("auto") or not values:
            return low, high
        low, high = min(values), max(values)
        room = max((high - low) * 0.15, abs(high) * 0.01, 1e-9)
        return low - room, high + room

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the ground."""
        theme = look.theme
        if self.rect.height() >= self._TALL_PX:
            plot = self.plot().adjusted(0, -4, 0, 4)
            painter.setPen(pen(theme.border))
            painter.setBrush(theme.surface)
            painter.drawRect(plot.adjusted(0.5, 0.5, -0.5, -0.5))
        else:
            painter.setPen(pen(theme.border))
            y = self.rect.bottom() - 0.5
            painter.drawLine(QPointF(self.rect.left(), y), QPointF(self.rect.right(), y))

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint band, line and present point."""
        plot, (low, high) = self.plot(), self.scale()

        def y(value: float) -> float:
            return plot.bottom() - min(1.0, max(0.0, (value - low) / (high - low))) * plot.height()

        if self.properties.has("normal_low") and self.properties.has("normal_high"):
            top, bottom = y(self.properties.number("normal_high")), y(self.properties.number("normal_low"))
            band = QColor(look.theme.normal_band)
            band.setAlphaF(0.45)
            painter.fillRect(QRectF(plot.left() + 1, top, plot.width() - 2, bottom - top), band)
        if self.rect.height() >= self._TALL_PX:
            self._paint_ends(painter, look, (low, high))
        if self.samples:
            self._paint_line(painter, look, plot, y)

    def _paint_ends(self, painter: QPainter, look: Look, ends: tuple[float, float]) -> None:
        tag, plot = self.properties.tag(), self.plot()
        for value, at in zip(ends, (plot.bottom() - 6, plot.top() + 6), strict=True):
            text = format_value(
                value, None if float(value).is_integer() else tag, 0 if float(value).is_integer() else None
            )
            box = QRectF(plot.right() + 8, at - 10, self._SCALE_PX - 8, 20)
            look.text(painter, box, text, color=look.theme.text_muted, owner=self.model.id)

    def _paint_line(self, painter: QPainter, look: Look, plot: QRectF, y: Callable[[float], float]) -> None:
        end, span, ink = self.samples[-1][0], self.span_ns(), look.theme.value
        pieces: list[list[QPointF]] = [[]]
        for time_ns, value in self.samples:
            if not math.isnan(value):
                pieces[-1].append(QPointF(plot.right() - (end - time_ns) / span * plot.width(), y(value)))
            elif pieces[-1]:
                pieces.append([])
        painter.save()
        # The value from before the time axis begins leads to its first point, from outside.
        painter.setClipRect(plot.adjusted(0, -2, 5, 2), Qt.ClipOperation.IntersectClip)
        painter.setPen(pen(ink, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for piece in pieces:
            if len(piece) > 1:
                painter.drawPolyline(piece)
        painter.restore()
        if pieces[-1]:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(pieces[-1][-1], 3, 3)


def _thinned(samples: list[tuple[int, float]], part_ns: int) -> list[tuple[int, float]]:
    """Keep of each part of the time axis the first and last sample, the extremes and where data end."""
    kept: list[tuple[int, float]] = []
    parts = itertools.groupby(samples, key=lambda sample: sample[0] // max(1, part_ns))
    for _, found in parts:
        part = list(found)
        values = [sample for sample in part if not math.isnan(sample[1])]
        ends = [sample for sample in part if math.isnan(sample[1])][:1]
        chosen = {part[0], part[-1], *ends}
        if values:
            chosen |= {min(values, key=lambda sample: sample[1]), max(values, key=lambda sample: sample[1])}
        kept += sorted(chosen, key=lambda sample: sample[0])
    return kept
