"""How a trend is painted: traces as one cached image, axes, gap marks, pen numbers, cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDateTime, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from tags.clock import NS_PER_MS
from views.local_text import clock_format, date_format, number
from views.style import Theme, font
from views.trend_data import NO_DATA
from views.trend_pen import MOST_AXES, Pen, PenScales
from views.trend_raster import draw_trace, gap_starts, tick_decimals, time_ticks, value_ticks
from views.words import grouped

_AXIS_PX: Final = 62
_STATES_AXIS_PX: Final = 92
_BOTTOM_PX: Final = 40
_TOP_PX: Final = 28
_RIGHT_PX: Final = 30
_MOST_NUMBERS: Final = 4
"""Pens whose numbers stand above an axis; of more, the first ones with a sign that there are others."""
_MOST_MARKS: Final = 50
_LABEL_PX: Final = 16


@dataclass(frozen=True, slots=True)
class PlotFrame:
    """Place a plot: its rectangle, the period in it, and the axes left of it with their widths."""

    rect: QRect
    start_ns: int
    span_ns: int
    axes: Sequence[tuple[str, list[Pen]]]
    widths: Sequence[int]

    @classmethod
    def fit(cls, width: int, height: int, start_ns: int, span_ns: int, scales: PenScales) -> "PlotFrame":
        """Return the frame that fills a widget of this size."""
        axes = scales.axes()[:MOST_AXES]
        wide = not scales.is_normalised
        widths = [_STATES_AXIS_PX if wide and pens[0].states else _AXIS_PX for _, pens in axes]
        left = 10 + (sum(widths) or _AXIS_PX)
        rect = QRect(left, _TOP_PX, max(10, width - left - _RIGHT_PX), max(10, height - _TOP_PX - _BOTTOM_PX))
        return cls(rect, start_ns, span_ns, axes, widths)

    @property
    def end_ns(self) -> int:
        """Return the right edge."""
        return self.start_ns + self.span_ns

    def x_of(self, at_ns: int) -> float:
        """Return where a time is."""
        return self.rect.left() + (at_ns - self.start_ns) / self.span_ns * self.rect.width()

    def time_at(self, x: float) -> int:
        """Return the time at a place."""
        return self.start_ns + int((x - self.rect.left()) / self.rect.width() * self.span_ns)

    def y_of(self, value: float, low: float, high: float) -> float:
        """Return where a value of a scale is."""
        return self.rect.bottom() - (value - low) / (high - low) * (self.rect.height() - 1)

    def axis_at(self, point: QPointF) -> tuple[str, list[Pen]] | None:
        """Return the axis under a point left of the plot."""
        right = self.rect.left()
        for axis, width in zip(reversed(self.axes), reversed(self.widths), strict=True):
            if right - width <= point.x() < right:
                return axis
            right -= width
        return None


class TraceLayer:
    """Keep the traces of all pens as one image; it is drawn anew only when something in it has changed."""

    def __init__(self) -> None:
        self._columns: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._drawn_for: tuple[int, int, int, int] | None = None
        self._is_stale = True
        self.image: QImage | None = None

    def changed(self) -> None:
        """Note that pens or samples have changed."""
        self._is_stale = True

    def draw(
        self,
        frame: PlotFrame,
        ratio: float,
        pens: Sequence[Pen],
        scales: PenScales,
        theme: Theme,
        now_ns: int,
    ) -> None:
        """Bring the image and the pens' traces up to date.

        ``ratio`` is device pixels per pixel; nothing is drawn after ``now_ns``.
        """
        width = max(1, round(frame.rect.width() * ratio))
        height = max(1, round(frame.rect.height() * ratio))
        wanted = (width, height, frame.start_ns, frame.span_ns)
        if not self._is_stale and wanted == self._drawn_for:
            return
        self._is_stale = False
        self._drawn_for = wanted
        if self.image is None or self._pixels.shape != (height, width):
            self._columns = np.zeros((width, height), np.uint32)
            self._pixels = np.zeros((height, width), np.uint32)
            form = QImage.Format.Format_ARGB32_Premultiplied
            self.image = QImage(self._pixels.data, width, height, 4 * width, form)
        else:
            self._columns[:] = 0
        self.image.setDevicePixelRatio(ratio)
        for pen in pens:
            pen.trace = pen.data.trace(frame.start_ns, frame.end_ns, width, now_ns)
        scales.apply()
        line_px = max(2, round(2 * ratio))
        phase_px = frame.start_ns * width // frame.span_ns
        for pen in pens:
            if pen.is_visible and pen.trace is not None:
                color = theme.pens[pen.slot].rgba()
                draw_trace(self._columns, pen.trace, pen.low, pen.high, color, line_px, phase_px)
        np.copyto(self._pixels, self._columns.T)


def paint_time_axis(painter: QPainter, frame: PlotFrame, theme: Theme) -> None:
    """Paint the time grid, with round local times below and the date where it changes."""
    plot = frame.rect
    middle = QDateTime.fromMSecsSinceEpoch((frame.start_ns + frame.span_ns // 2) // NS_PER_MS)
    most = max(2, plot.width() // 110)
    ticks, step_s = time_ticks(frame.start_ns, frame.end_ns, most, middle.offsetFromUtc())
    pattern = "HH:mm:ss" if step_s < 60 else "HH:mm"
    shown_date = None
    painter.setFont(font(13))
    for tick in ticks:
        x = frame.x_of(tick)
        painter.setPen(QPen(theme.grid, 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        moment = QDateTime.fromMSecsSinceEpoch(tick // NS_PER_MS)
        painter.setPen(theme.text_muted)
        box = QRectF(x - 60, plot.bottom() + 4, 120, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, moment.toString(pattern))
        if moment.date() != shown_date:
            shown_date = moment.date()
            box.translate(0, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, moment.toString(date_format()))


def paint_value_axes(painter: QPainter, frame: PlotFrame, theme: Theme, *, normalised: bool) -> None:
    """Paint each axis with its ticks, unit and pens; the innermost one has the grid."""
    plot = frame.rect
    most = max(2, plot.height() // 44)
    painter.setFont(font(13))
    metrics = QFontMetrics(painter.font())
    for place, ((axis, pens), width) in enumerate(zip(frame.axes, frame.widths, strict=True)):
        right = plot.left() - sum(frame.widths[place + 1 :])
        is_inner = place == len(frame.axes) - 1
        low, high = (0.0, 100.0) if normalised else (pens[0].low, pens[0].high)
        states = {} if normalised else pens[0].states
        ticks = [float(state) for state in sorted(states)] or value_ticks(low, high, most)
        decimals = tick_decimals(ticks)
        for tick in ticks:
            y = frame.y_of(tick, low, high)
            if not plot.top() - 1 <= y <= plot.bottom() + 1:
                continue
            if is_inner:
                painter.setPen(QPen(theme.grid, 1))
                painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QPen(theme.control_border, 1))
            painter.drawLine(QPointF(right - 5, y), QPointF(right - 1, y))
            painter.setPen(theme.text)
            if states:
                text = metrics.elidedText(states[int(tick)], Qt.TextElideMode.ElideRight, width - 10)
            else:
                text = tick_text(tick, decimals, metrics, width - 10)
            box = QRectF(right - width, y - 8, width - 8, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if not is_inner:
            painter.setPen(QPen(theme.control_border, 1))
            painter.drawLine(QPointF(right - 1, plot.top()), QPointF(right - 1, plot.bottom()))
        _paint_axis_title(painter, right, axis.partition("\0")[0], pens, theme)


def tick_text(tick: float, decimals: int, metrics: QFontMetrics, room_px: int) -> str:
    """Return a number for an axis, with a power of ten where it is too long: cut it would be another one."""
    text = number(tick, decimals)
    return text if metrics.horizontalAdvance(text) <= room_px else grouped(f"{tick:.3g}")


def pen_numbers(pens: Sequence[Pen], theme: Theme) -> list[tuple[str, QColor]]:
    """Return the numbers of an axis' pens with their colours, from right to left."""
    shown = pens if len(pens) <= _MOST_NUMBERS else pens[: _MOST_NUMBERS - 1]
    numbers = [(str(pen.slot + 1), theme.pens[pen.slot]) for pen in reversed(shown)]
    return numbers if len(shown) == len(pens) else [("…", theme.text), *numbers]


def _paint_axis_title(painter: QPainter, right: int, unit: str, pens: Sequence[Pen], theme: Theme) -> None:
    """Write the unit and the pens' numbers in their colours above an axis."""
    painter.setFont(font(13, bold=True))
    metrics = QFontMetrics(painter.font())
    x = right - 6
    for text, color in [*pen_numbers(pens, theme), (unit, theme.text)]:
        if text:
            x -= metrics.horizontalAdvance(text)
            painter.setPen(color)
            painter.drawText(QPointF(x, _TOP_PX - 13), text)
            x -= 5
    painter.setFont(font(13))


def paint_marks(painter: QPainter, frame: PlotFrame, ratio: float, pens: Sequence[Pen], theme: Theme) -> None:
    """Cross where a line ends for want of data, and write each pen's number at its right end."""
    plot = frame.rect
    taken: list[float] = []
    for pen in pens:
        trace = pen.trace
        if not pen.is_visible or trace is None:
            continue
        color = theme.pens[pen.slot]
        painter.setPen(QPen(color, 2))
        for column in gap_starts(trace)[-_MOST_MARKS:]:
            x = plot.left() + column / ratio
            y = frame.y_of(float(np.fmax(trace.last[column], trace.high[column])), pen.low, pen.high)
            if plot.top() <= y <= plot.bottom():
                painter.drawLine(QPointF(x - 4, y - 4), QPointF(x + 4, y + 4))
                painter.drawLine(QPointF(x - 4, y + 4), QPointF(x + 4, y - 4))
        drawn = np.flatnonzero(trace.quality < NO_DATA)
        if not len(drawn):
            continue
        end = int(drawn[-1])
        y = frame.y_of(float(np.fmax(trace.last[end], trace.low[end])), pen.low, pen.high)
        y = min(max(y, plot.top() + 8.0), plot.bottom() - 8.0)
        for other in sorted(taken, reverse=True):
            if abs(y - other) < _LABEL_PX and other - _LABEL_PX > plot.top():
                y = other - _LABEL_PX
        taken.append(y)
        box = QRectF(min(plot.left() + end / ratio, plot.right()) + 4, y - 8, 20, _LABEL_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.surface)
        painter.setFont(font(12, bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(pen.slot + 1))


def paint_cursor(painter: QPainter, frame: PlotFrame, at_ns: int, theme: Theme, *, is_pinned: bool) -> None:
    """Paint the cursor with its time above the plot; a pinned one is a full line."""
    plot = frame.rect
    x = frame.x_of(at_ns)
    if not plot.left() <= x <= plot.right():
        return
    style = Qt.PenStyle.SolidLine if is_pinned else Qt.PenStyle.DashLine
    painter.setPen(QPen(theme.text, 1, style))
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
    text = QDateTime.fromMSecsSinceEpoch(at_ns // NS_PER_MS).toString(clock_format())
    painter.setFont(font(13, bold=True))
    width = QFontMetrics(painter.font()).horizontalAdvance(text) + 12
    left = min(max(x - width / 2, plot.left()), plot.right() - width)
    box = QRectF(left, plot.top() - 21, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.text)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(theme.surface)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
