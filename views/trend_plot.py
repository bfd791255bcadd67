"""The plot of a trend: pens over time with an axis per unit, live, panned, zoomed, read by a cursor."""

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDateTime, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import DataType, Tag
from views.local_text import number
from views.style import Theme, font
from views.trend_data import NO_DATA, PenData, Trace
from views.trend_raster import (
    draw_trace,
    gap_starts,
    rounded_range,
    tick_decimals,
    time_ticks,
    value_ticks,
)

MOST_PENS: Final = 8
MOST_AXES: Final = 4
"""Axes drawn side by side; the scale of further units is in the table."""
SHORTEST_NS: Final = 2 * NS_PER_S
LONGEST_NS: Final = 400 * 86_400 * NS_PER_S
_AXIS_PX = 62
_STATES_AXIS_PX = 92
_BOTTOM_PX = 40
_TOP_PX = 22
_RIGHT_PX = 30


class Scale(StrEnum):
    """Name how pens are scaled."""

    RANGE = "range"
    """The engineering range where the tag has one, else as FIT."""
    FIT = "fit"
    """What the visible samples need."""
    NORMALISED = "normalised"
    """Every pen from 0 to 100 % of its own range, on one axis."""


@dataclass(slots=True, eq=False)
class Pen:
    """Hold one pen: its tag, colour number, samples, and the picture of the last frame."""

    tag: Tag
    slot: int
    is_visible: bool = True
    data: PenData = field(default_factory=PenData)
    trace: Trace | None = None
    low: float = 0.0
    high: float = 1.0

    @property
    def axis(self) -> str:
        """Return what shares a scale with this pen: its unit; a tag without one stands alone."""
        return self.tag.unit or f"\0{self.tag.path}"

    @property
    def states(self) -> dict[int, str]:
        """Return the texts of a tag that has states, by number; empty for a measured value."""
        if self.tag.states:
            return dict(self.tag.states)
        if self.tag.data_type is DataType.BOOL:
            return {0: "0", 1: "1"}
        return {}


@dataclass(frozen=True, slots=True)
class Reading:
    """Tell what a pen shows at one time: value, extremes in that pixel, quality, status, sample time."""

    value: float
    low: float
    high: float
    quality: int
    status: int
    time_ns: int


class TrendPlot(QWidget):
    """Draw pens. GUI thread only.

    In live mode the right edge is now, in steps of whole pixels; any pan or zoom leaves live mode, so that
    the picture never moves under the operator's hand. The traces are one cached image: the cursor redraws
    nothing of them.
    """

    range_changed = Signal()
    """Another period or width is shown: history may be needed."""
    live_changed = Signal(bool)
    cursor_moved = Signal()
    """The readings at the cursor have changed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.pens: list[Pen] = []
        self.scale = Scale.RANGE
        self.is_live = True
        self.span_ns = 5 * 60 * NS_PER_S
        self.end_ns = time.time_ns()
        self.cursor_ns: int | None = None
        self._cursor_pinned = False
        self._zoomed: dict[str, tuple[float, float]] = {}
        self._fitted: dict[str, tuple[float, float]] = {}
        self._buffer: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._columns: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._layer: QImage | None = None
        self._drawn_for: tuple[object, ...] = ()
        self._changed = True
        self._drag_from: QPointF | None = None
        self._drag_end_ns = 0
        self._band: tuple[float, float] | None = None
        self._hint = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Trend"))

    # What is shown

    @property
    def start_ns(self) -> int:
        """Return the left edge."""
        return self.end_ns - self.span_ns

    @property
    def columns(self) -> int:
        """Return the plot's width in device pixels."""
        return max(1, round(self._plot_rect().width() * self.devicePixelRatioF()))

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.changed()

    def set_hint(self, text: str) -> None:
        """Show a sentence in the empty plot."""
        if text != self._hint:
            self._hint = text
            self.update()

    def set_scale(self, scale: Scale) -> None:
        """Change how pens are scaled."""
        self.scale = scale
        self._zoomed.clear()
        self._fitted.clear()
        self.changed()

    def changed(self) -> None:
        """Note that pens or their samples have changed: draw the traces anew in the next frame."""
        self._changed = True
        self.update()

    def set_span(self, span_ns: int) -> None:
        """Show a period of this length; a live plot stays live."""
        self.span_ns = min(max(span_ns, SHORTEST_NS), LONGEST_NS)
        self._fitted.clear()
        self.changed()
        self.range_changed.emit()

    def set_live(self, live: bool) -> None:
        """Follow the time, or stand still."""
        if live == self.is_live:
            return
        self.is_live = live
        if live:
            self.end_ns = time.time_ns()
            self._cursor_pinned = False
        self.changed()
        self.live_changed.emit(live)
        if live:
            self.range_changed.emit()

    def show_period(self, start_ns: int, end_ns: int) -> None:
        """Show this period and stand still."""
        span_ns = min(max(end_ns - start_ns, SHORTEST_NS), LONGEST_NS)
        was_live, self.is_live = self.is_live, False
        self.span_ns = span_ns
        self.end_ns = min(start_ns + span_ns, time.time_ns() + span_ns // 2)
        self._fitted.clear()
        self.changed()
        if was_live:
            self.live_changed.emit(False)
        self.range_changed.emit()

    def advance(self, now_ns: int) -> None:
        """Let a live plot follow the time, by whole pixels."""
        if self.is_live:
            per_column = max(1, self.span_ns // self.columns)
            # A whole number of columns since 1970, so that history's columns keep their pixels.
            end_ns = -(-now_ns // per_column) * per_column
            if end_ns != self.end_ns:
                self.end_ns = end_ns
                self.changed()

    def reading(self, pen: Pen, at_ns: int) -> Reading | None:
        """Return what a pen shows at a time; None outside the plot or before anything is known."""
        trace = pen.trace
        if trace is None:
            return None
        column = (at_ns - self.start_ns) * len(trace.quality) // self.span_ns
        if not 0 <= column < len(trace.quality) or not trace.time_ns[column]:
            return None
        return Reading(
            float(trace.last[column]),
            float(trace.low[column]),
            float(trace.high[column]),
            int(trace.quality[column]),
            int(trace.status[column]),
            int(trace.time_ns[column]),
        )

    # Scales

    def axes(self) -> list[tuple[str, list[Pen]]]:
        """Return the axes from left to right with their pens."""
        if self.scale is Scale.NORMALISED:
            visible = [pen for pen in self.pens if pen.is_visible]
            return [("%", visible)] if visible else []
        axes: dict[str, list[Pen]] = {}
        for pen in self.pens:
            if pen.is_visible:
                axes.setdefault(pen.axis, []).append(pen)
        return list(axes.items())

    def _set_scales(self) -> None:
        for pen in self.pens:
            pen.low, pen.high = self._own_range(pen)
        if self.scale is Scale.NORMALISED:
            return
        for axis, pens in self.axes():
            if axis in self._zoomed:
                low, high = self._zoomed[axis]
            else:
                low = min(pen.low for pen in pens)
                high = max(pen.high for pen in pens)
            for pen in pens:
                pen.low, pen.high = low, high

    def _own_range(self, pen: Pen) -> tuple[float, float]:
        tag = pen.tag
        states = pen.states
        if states:
            room = max(0.15, (max(states) - min(states)) * 0.04)
            return min(states) - room, max(states) + room
        low, high = tag.eu_low, tag.eu_high
        if self.scale is not Scale.FIT and low is not None and high is not None and high > low:
            return low, high
        if pen.trace is None or not np.isfinite(pen.trace.low).any():
            return self._fitted.get(tag.path, (0.0, 1.0))
        low, high = float(np.nanmin(pen.trace.low)), float(np.nanmax(pen.trace.high))
        held = self._fitted.get(tag.path)
        # Keep the scale while it still suits, so that it does not dance.
        if (
            held is not None
            and held[0] <= low
            and high <= held[1]
            and high - low > (held[1] - held[0]) * 0.25
        ):
            return held
        self._fitted[tag.path] = rounded_range(low, high)
        return self._fitted[tag.path]

    # Geometry

    def _plot_rect(self) -> QRect:
        left = 10 + (sum(self._axis_widths()) or _AXIS_PX)
        return QRect(
            left,
            _TOP_PX,
            max(10, self.width() - left - _RIGHT_PX),
            max(10, self.height() - _TOP_PX - _BOTTOM_PX),
        )

    def _axis_widths(self) -> list[int]:
        """Return the widths of the axes drawn, from left to right."""
        normalised = self.scale is Scale.NORMALISED
        return [
            _STATES_AXIS_PX if pens[0].states and not normalised else _AXIS_PX
            for _, pens in self.axes()[:MOST_AXES]
        ]

    def _time_at(self, x: float) -> int:
        plot = self._plot_rect()
        return self.start_ns + int((x - plot.left()) / plot.width() * self.span_ns)

    def _x_of(self, at_ns: int) -> float:
        plot = self._plot_rect()
        return plot.left() + (at_ns - self.start_ns) / self.span_ns * plot.width()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a comfortable size."""
        return QSize(900, 480)

    # Painting

    def _draw_layer(self, plot: QRect) -> None:
        ratio = self.devicePixelRatioF()
        width, height = self.columns, max(1, round(plot.height() * ratio))
        wanted = (width, height, self.start_ns, self.span_ns)
        if not self._changed and wanted == self._drawn_for and self._layer is not None:
            return
        self._changed = False
        self._drawn_for = wanted
        if self._layer is None or self._buffer.shape != (height, width):
            self._buffer = np.zeros((height, width), np.uint32)
            self._columns = np.zeros((width, height), np.uint32)
            self._layer = QImage(
                self._buffer.data,
                width,
                height,
                4 * width,
                QImage.Format.Format_ARGB32_Premultiplied,
            )
        else:
            self._columns[:] = 0
        self._layer.setDevicePixelRatio(ratio)
        now_ns = time.time_ns()
        for pen in self.pens:
            pen.trace = pen.data.trace(self.start_ns, self.end_ns, width, now_ns)
        self._set_scales()
        line_px = max(2, round(2 * ratio))
        phase_px = self.start_ns * width // self.span_ns
        for pen in self.pens:
            if pen.is_visible and pen.trace is not None:
                color = self._theme.pens[pen.slot].rgba()
                draw_trace(self._columns, pen.trace, pen.low, pen.high, color, line_px, phase_px)

        np.copyto(self._buffer, self._columns.T)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint grid, axes, the cached traces and the cursor."""
        plot = self._plot_rect()
        self._draw_layer(plot)
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.panel)
        painter.fillRect(plot, theme.surface)
        painter.setFont(font(13))
        self._paint_time_axis(painter, plot)
        self._paint_value_axes(painter, plot)
        painter.setPen(QPen(theme.control_border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot.adjusted(0, 0, -1, -1))
        if self._layer is not None and self.pens:
            painter.drawImage(plot.topLeft(), self._layer)
            self._paint_marks(painter, plot)
        if self._hint:
            painter.setPen(theme.text_muted)
            painter.setFont(font(16))
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        if self._band is not None:
            left, right = sorted(self._band)
            shade = theme.selection
            shade.setAlphaF(0.5)
            painter.fillRect(QRectF(left, plot.top(), right - left, plot.height()), shade)
        self._paint_cursor(painter, plot)
        painter.end()

    def _paint_time_axis(self, painter: QPainter, plot: QRect) -> None:
        theme = self._theme
        middle = QDateTime.fromMSecsSinceEpoch((self.start_ns + self.span_ns // 2) // NS_PER_MS)
        ticks, step_s = time_ticks(
            self.start_ns, self.end_ns, max(2, plot.width() // 110), middle.offsetFromUtc()
        )
        pattern = "HH:mm:ss" if step_s < 60 else "HH:mm"
        shown_date = None
        for tick in ticks:
            x = self._x_of(tick)
            painter.setPen(QPen(theme.grid, 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            moment = QDateTime.fromMSecsSinceEpoch(tick // NS_PER_MS)
            painter.setPen(theme.text_muted)
            box = QRectF(x - 60, plot.bottom() + 4, 120, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, moment.toString(pattern))
            if moment.date() != shown_date:
                shown_date = moment.date()
                box.translate(0, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, moment.toString("yyyy-MM-dd"))

    def _paint_value_axes(self, painter: QPainter, plot: QRect) -> None:
        theme = self._theme
        axes = self.axes()[:MOST_AXES]
        most = max(2, plot.height() // 44)
        widths = self._axis_widths()
        for place, (axis, pens) in enumerate(axes):
            width = widths[place]
            right = plot.left() - sum(widths[place + 1 :])
            normalised = self.scale is Scale.NORMALISED
            low, high = (0.0, 100.0) if normalised else (pens[0].low, pens[0].high)
            states = pens[0].states if not normalised else {}
            ticks = [float(state) for state in sorted(states)] or value_ticks(low, high, most)
            decimals = tick_decimals(ticks)
            for tick in ticks:
                y = plot.bottom() - (tick - low) / (high - low) * (plot.height() - 1)
                if not plot.top() - 1 <= y <= plot.bottom() + 1:
                    continue
                if place == len(axes) - 1:
                    painter.setPen(QPen(theme.grid, 1))
                    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
                painter.setPen(QPen(theme.control_border, 1))
                painter.drawLine(QPointF(right - 5, y), QPointF(right - 1, y))
                painter.setPen(theme.text)
                text = states[int(tick)] if states else number(tick, decimals)
                metrics = QFontMetrics(painter.font())
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 10)
                box = QRectF(right - width, y - 8, width - 8, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            if place < len(axes) - 1:
                painter.setPen(QPen(theme.control_border, 1))
                painter.drawLine(QPointF(right - 1, plot.top()), QPointF(right - 1, plot.bottom()))
            self._paint_axis_title(painter, right, axis.partition("\0")[0], pens)

    def _paint_axis_title(self, painter: QPainter, right: int, unit: str, pens: list[Pen]) -> None:
        """Write the unit and the pens' numbers in their colours above the axis."""
        x = right - 6
        painter.setFont(font(13, bold=True))
        metrics = QFontMetrics(painter.font())
        for text, color in [
            *[(str(pen.slot + 1), self._theme.pens[pen.slot]) for pen in reversed(pens[:4])],
            (unit, self._theme.text),
        ]:
            if not text:
                continue
            width = metrics.horizontalAdvance(text)
            x -= width
            painter.setPen(color)
            painter.drawText(QPointF(x, _TOP_PX - 7), text)
            x -= 5
        painter.setFont(font(13))

    def _paint_marks(self, painter: QPainter, plot: QRect) -> None:
        """Mark where a line ends for want of data, and write each pen's number at its right end."""
        ratio = self.devicePixelRatioF()
        taken: list[float] = []
        for pen in self.pens:
            trace = pen.trace
            if not pen.is_visible or trace is None:
                continue
            color = self._theme.pens[pen.slot]
            span = pen.high - pen.low
            starts = gap_starts(trace)
            painter.setPen(QPen(color, 2))
            for column in starts[-50:]:
                x = plot.left() + column / ratio
                value = float(np.fmax(trace.last[column], trace.high[column]))
                y = plot.bottom() - (value - pen.low) / span * (plot.height() - 1)
                if plot.top() <= y <= plot.bottom():
                    painter.drawLine(QPointF(x - 4, y - 4), QPointF(x + 4, y + 4))
                    painter.drawLine(QPointF(x - 4, y + 4), QPointF(x + 4, y - 4))
            drawn = np.flatnonzero(trace.quality < NO_DATA)
            if not len(drawn):
                continue
            end = int(drawn[-1])
            value = float(np.fmax(trace.last[end], trace.low[end]))
            y = plot.bottom() - (value - pen.low) / span * (plot.height() - 1)
            y = min(max(y, plot.top() + 8.0), plot.bottom() - 8.0)
            while any(abs(y - other) < 15 for other in taken) and y > plot.top() + 8:
                y -= 3
            taken.append(y)
            x = min(plot.left() + end / ratio + 4, plot.right() + 4.0)
            box = QRectF(x, y - 8, 20, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(self._theme.surface)
            painter.setFont(font(12, bold=True))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(pen.slot + 1))

    def _paint_cursor(self, painter: QPainter, plot: QRect) -> None:
        if self.cursor_ns is None:
            return
        x = self._x_of(self.cursor_ns)
        if not plot.left() <= x <= plot.right():
            return
        theme = self._theme
        style = Qt.PenStyle.SolidLine if self._cursor_pinned else Qt.PenStyle.DashLine
        painter.setPen(QPen(theme.text, 1, style))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        text = QDateTime.fromMSecsSinceEpoch(self.cursor_ns // NS_PER_MS).toString("HH:mm:ss.zzz")
        painter.setFont(font(13, bold=True))
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 12
        left = min(max(x - width / 2, plot.left()), plot.right() - width)
        box = QRectF(left, plot.top() - 20, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.text)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.surface)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # The operator's hand

    def zoom(self, factor: float, at_ns: int | None = None) -> None:
        """Zoom the time by a factor (below 1: in) around a time, by default the middle; leaves live mode."""
        middle = at_ns if at_ns is not None else self.start_ns + self.span_ns // 2
        span_ns = min(max(int(self.span_ns * factor), SHORTEST_NS), LONGEST_NS)
        left = (middle - self.start_ns) / self.span_ns
        start_ns = middle - int(left * span_ns)
        self.show_period(start_ns, start_ns + span_ns)

    def pan(self, delta_ns: int) -> None:
        """Move the period; leaves live mode."""
        self.show_period(self.start_ns + delta_ns, self.end_ns + delta_ns)

    def _axis_at(self, point: QPointF) -> tuple[str, list[Pen]] | None:
        plot = self._plot_rect()
        axes = self.axes()[:MOST_AXES]
        if point.x() >= plot.left() or not axes or self.scale is Scale.NORMALISED:
            return None
        right = plot.left()
        for axis, width in zip(reversed(axes), reversed(self._axis_widths()), strict=True):
            if right - width <= point.x() < right:
                return axis
            right -= width
        return None

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom the time, or the axis under the pointer."""
        steps = event.angleDelta().y() / 120
        if not steps:
            return
        factor = 0.8**steps
        axis = self._axis_at(event.position())
        if axis is not None:
            name, pens = axis
            plot = self._plot_rect()
            low, high = pens[0].low, pens[0].high
            at = high - (event.position().y() - plot.top()) / plot.height() * (high - low)
            self._zoomed[name] = (at - (at - low) * factor, at + (high - at) * factor)
            self.changed()
        else:
            self.zoom(factor, self._time_at(event.position().x()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Give an axis its own range back."""
        axis = self._axis_at(event.position())
        if axis is not None:
            self._zoomed.pop(axis[0], None)
            self.changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to pan; with Shift, to choose a period."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if not self._plot_rect().contains(event.position().toPoint()):
            return
        self._drag_from = event.position()
        self._drag_end_ns = self.end_ns
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._band = (event.position().x(), event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pan, choose, or move the cursor."""
        plot = self._plot_rect()
        if self._band is not None:
            x = min(max(event.position().x(), plot.left()), plot.right())
            self._band = (self._band[0], x)
            self.update()
            return
        if self._drag_from is not None:
            moved = event.position().x() - self._drag_from.x()
            if abs(moved) > 3 or not self.is_live:
                end_ns = self._drag_end_ns - int(moved / plot.width() * self.span_ns)
                self.show_period(end_ns - self.span_ns, end_ns)
            return
        if not self._cursor_pinned:
            inside = plot.contains(event.position().toPoint())
            self._move_cursor(self._time_at(event.position().x()) if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a drag; a plain click pins the cursor or frees it."""
        if event.button() is not Qt.MouseButton.LeftButton or self._drag_from is None:
            return
        moved = abs(event.position().x() - self._drag_from.x())
        self._drag_from = None
        if self._band is not None:
            left, right = sorted(self._band)
            self._band = None
            if right - left > 6:
                self.show_period(self._time_at(left), self._time_at(right))
            self.update()
        elif moved <= 3:
            self._cursor_pinned = not self._cursor_pinned
            self._move_cursor(self._time_at(event.position().x()))

    def leaveEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Take the free cursor away."""
        if not self._cursor_pinned:
            self._move_cursor(None)

    def _move_cursor(self, at_ns: int | None) -> None:
        if at_ns != self.cursor_ns or self._cursor_pinned:
            self.cursor_ns = at_ns
            self.update()
            self.cursor_moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Pan with the arrow keys, zoom with + and -, go live with End, free the cursor with Escape."""
        match event.key():
            case Qt.Key.Key_Left:
                self.pan(-self.span_ns // 10)
            case Qt.Key.Key_Right:
                self.pan(self.span_ns // 10)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(0.5)
            case Qt.Key.Key_Minus:
                self.zoom(2.0)
            case Qt.Key.Key_End:
                self.set_live(True)
            case Qt.Key.Key_Escape if self._cursor_pinned:
                self._cursor_pinned = False
                self._move_cursor(None)
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Ask for as many columns as there are pixels."""
        super().resizeEvent(event)
        self.changed()
        self.range_changed.emit()
