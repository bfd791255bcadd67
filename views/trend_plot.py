"""The plot of a trend: pens over time with an axis per unit, live, panned, zoomed, read by a cursor."""

import time
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tags.clock import NS_PER_S
from views.style import Theme, font
from views.trend_paint import (
    PlotFrame,
    TraceLayer,
    paint_cursor,
    paint_marks,
    paint_time_axis,
    paint_value_axes,
)
from views.trend_pen import Pen, PenScales, Reading, Scale

SHORTEST_NS: Final = 2 * NS_PER_S
LONGEST_NS: Final = 400 * 86_400 * NS_PER_S
_DRAG_PX: Final = 3
"""Smaller moves of the pressed pointer are a click."""


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
        self.scales = PenScales(self.pens)
        self.is_live = True
        self.span_ns = 5 * 60 * NS_PER_S
        self.end_ns = self._now_ns = time.time_ns()
        self.cursor_ns: int | None = None
        self._cursor_pinned = False
        self._layer = TraceLayer()
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
        return max(1, round(self.frame().rect.width() * self.devicePixelRatioF()))

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
        self.scales.set_scale(scale)
        self.changed()

    def changed(self) -> None:
        """Note that pens or their samples have changed: draw the traces anew in the next frame."""
        self._layer.changed()
        self.update()

    def set_span(self, span_ns: int) -> None:
        """Show a period of this length; a live plot stays live."""
        self.span_ns = min(max(span_ns, SHORTEST_NS), LONGEST_NS)
        self.scales.refit()
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
        self.scales.refit()
        self.changed()
        if was_live:
            self.live_changed.emit(False)
        self.range_changed.emit()

    def pin_cursor(self, at_ns: int) -> None:
        """Put the cursor on a time and leave it there until a click or Escape frees it."""
        self._cursor_pinned = True
        self._move_cursor(at_ns)

    def advance(self, now_ns: int) -> None:
        """Let the time pass: a live plot follows it, by whole pixels."""
        self._now_ns = now_ns
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

    def frame(self) -> PlotFrame:
        """Return where everything is now."""
        return PlotFrame.fit(self.width(), self.height(), self.start_ns, self.span_ns, self.scales)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a comfortable size."""
        return QSize(900, 480)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint grid, axes, the cached traces and the cursor."""
        theme, frame, ratio = self._theme, self.frame(), self.devicePixelRatioF()
        plot = frame.rect
        self._layer.draw(frame, ratio, self.pens, self.scales, theme, self._now_ns)
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.panel)
        painter.fillRect(plot, theme.surface)
        paint_time_axis(painter, frame, theme)
        paint_value_axes(painter, frame, theme, normalised=self.scales.is_normalised)
        painter.setPen(QPen(theme.control_border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot.adjusted(0, 0, -1, -1))
        if self._layer.image is not None and self.pens:
            painter.drawImage(plot.topLeft(), self._layer.image)
            paint_marks(painter, frame, ratio, self.pens, theme)
        if self._hint:
            painter.setPen(theme.text_muted)
            painter.setFont(font(16))
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        if self._band is not None:
            left, right = sorted(self._band)
            painter.setOpacity(0.5)
            painter.fillRect(QRectF(left, plot.top(), right - left, plot.height()), theme.selection)
            painter.setOpacity(1.0)
        if self.cursor_ns is not None:
            paint_cursor(painter, frame, self.cursor_ns, theme, is_pinned=self._cursor_pinned)
        painter.end()

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

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom the time, or the axis under the pointer."""
        steps = event.angleDelta().y() / 120
        if not steps:
            return
        factor = 0.8**steps
        frame = self.frame()
        axis = frame.axis_at(event.position())
        if axis is not None and not self.scales.is_normalised:
            name, pens = axis
            low, high = pens[0].low, pens[0].high
            at = high - (event.position().y() - frame.rect.top()) / frame.rect.height() * (high - low)
            self.scales.zoom(name, at - (at - low) * factor, at + (high - at) * factor)
            self.changed()
        else:
            self.zoom(factor, frame.time_at(event.position().x()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Give an axis its own range back."""
        axis = self.frame().axis_at(event.position())
        if axis is not None:
            self.scales.reset(axis[0])
            self.changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to pan; with Shift, to choose a period."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if not self.frame().rect.contains(event.position().toPoint()):
            return
        self._drag_from = event.position()
        self._drag_end_ns = self.end_ns
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._band = (event.position().x(), event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pan, choose, or move the cursor."""
        frame = self.frame()
        plot = frame.rect
        if self._band is not None:
            x = min(max(event.position().x(), plot.left()), plot.right())
            self._band = (self._band[0], x)
            self.update()
            return
        if self._drag_from is not None:
            moved = event.position().x() - self._drag_from.x()
            if abs(moved) > _DRAG_PX or not self.is_live:
                end_ns = self._drag_end_ns - int(moved / plot.width() * self.span_ns)
                self.show_period(end_ns - self.span_ns, end_ns)
            return
        if not self._cursor_pinned:
            inside = plot.contains(event.position().toPoint())
            self._move_cursor(self.frame().time_at(event.position().x()) if inside else None)

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
                self.show_period(self.frame().time_at(left), self.frame().time_at(right))
            self.update()
        elif moved <= _DRAG_PX:
            self._cursor_pinned = not self._cursor_pinned
            self._move_cursor(self.frame().time_at(event.position().x()))

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
