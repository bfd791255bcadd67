"""A tag's stored values with the limit that runs and the one that is tried, and what would be missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from alarms.model import AlarmType
from historian.model import PixelSeries
from views.local_text import local_time, number
from views.style import Theme, font

COLUMNS: Final = 800
"""Pixel columns asked for: about one per pixel of the plot on a wide screen."""
_RISING: Final = frozenset((AlarmType.HI, AlarmType.HIHI))
_FALLING: Final = frozenset((AlarmType.LO, AlarmType.LOLO))
_MARGINS: Final = (56.0, 10.0, 12.0, 40.0)


@dataclass(frozen=True, slots=True)
class LimitLine:
    """Hold where an alarm begins and where it ends again, in the tag's unit."""

    limit: float
    end: float

    @classmethod
    def of(cls, kind: AlarmType, setpoint: float, deadband_eu: float) -> "LimitLine | None":
        """Return the lines of a limit alarm; None for types that have none in the tag's own unit."""
        if kind in _RISING:
            return cls(setpoint, setpoint - deadband_eu)
        return cls(setpoint, setpoint + deadband_eu) if kind in _FALLING else None


def first_known_ns(series: PixelSeries) -> int:
    """Return when the first column with a value begins, the first of all when there is none."""
    known = np.flatnonzero(series.low == series.low)
    return int(series.edges_ns[int(known[0]) if len(known) else 0])


class LimitPlot(QWidget):
    """Paint the values of a period, both limits, the alarms that came and those that would be missed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._series: PixelSeries | None = None
        self._period = (0, 1)
        self._unit = ""
        self.present: LimitLine | None = None
        self.proposed: LimitLine | None = None
        self.came_ns: Sequence[int] = ()
        self.missed_ns: Sequence[int] = ()
        self._hint = ""
        self.setMinimumHeight(170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return a comfortable size."""
        return QSize(640, 240)

    def show_hint(self, text: str) -> None:
        """Show a sentence instead of values."""
        self._series, self._hint = None, text
        self.came_ns = self.missed_ns = ()
        self.update()

    def show_series(self, series: PixelSeries, unit: str) -> None:
        """Show these values."""
        self._series, self._unit, self._hint = series, unit, ""
        self._period = (int(series.edges_ns[0]), int(series.edges_ns[-1]))
        self.update()

    def show_limits(self, present: LimitLine | None, proposed: LimitLine | None) -> None:
        """Show the limit that runs and the one that is tried; None when there is none or no other one."""
        self.present, self.proposed = present, proposed
        self.update()

    def show_marks(self, came_ns: Sequence[int], missed_ns: Sequence[int]) -> None:
        """Mark when the alarm came, and which of these the tried settings would have missed."""
        self.came_ns, self.missed_ns = came_ns, missed_ns
        self.update()

    def box(self) -> QRectF:
        """Return where values are painted."""
        left, top, right, bottom = _MARGINS
        return QRectF(self.rect()).adjusted(left, top, -right, -bottom)

    def span(self) -> tuple[float, float] | None:
        """Return the lowest and highest value shown, limits included; None without a value."""
        if self._series is None:
            return None
        both = np.concatenate((self._series.low, self._series.high))
        found: list[float] = both[both == both].tolist()
        if not found:
            return None
        for line in (self.present, self.proposed):
            if line is not None:
                found += [line.limit, line.end]
        low, high = min(found), max(found)
        margin = (high - low) * 0.06 or max(1.0, abs(high) * 0.05)
        return low - margin, high + margin

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002  Qt's name
        """Paint all of it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.panel)
        painter.setFont(font(13))
        box, span = self.box(), self.span()
        if span is None:
            painter.setPen(self.theme.text_muted)
            text = self._hint or self.tr("No stored value in this period")
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(24, 0, -24, 0), flags, text)
            painter.end()
            return
        self._paint_axes(painter, box, span)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._series is not None:
            self._paint_values(painter, box, span, self._series)
        if self.present is not None:
            word = self.tr("now")
            self._paint_line(painter, box, span, self.present, self.theme.text, word, is_dashed=False)
        if self.proposed is not None and self.proposed != self.present:
            self._paint_line(
                painter, box, span, self.proposed, self.theme.accent, self.tr("tried"), is_dashed=True
            )
        self._paint_marks(painter, box)
        painter.end()

    def _y(self, value: float, box: QRectF, span: tuple[float, float]) -> float:
        return box.bottom() - (value - span[0]) / (span[1] - span[0]) * box.height()

    def _x(self, at_ns: int, box: QRectF) -> float:
        start_ns, end_ns = self._period
        return box.left() + (at_ns - start_ns) / max(1, end_ns - start_ns) * box.width()

    def _paint_axes(self, painter: QPainter, box: QRectF, span: tuple[float, float]) -> None:
        painter.setPen(QPen(self.theme.border, 1))
        painter.drawRect(box)
        painter.setPen(self.theme.text_muted)
        for value in (span[0], span[1]):
            y = self._y(value, box, span)
            place = QRectF(0, y - 9, box.left() - 6, 18)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, right, number(float(f"{value:.3g}")))
        middle = QRectF(0, box.center().y() - 9, box.left() - 6, 18)
        painter.drawText(middle, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit)
        below = QRectF(box.left(), box.bottom() + 20, box.width(), 18)
        for at_ns, flag in (
            (self._period[0], Qt.AlignmentFlag.AlignLeft),
            (self._period[1], Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(below, flag, local_time(at_ns, milliseconds=False))

    def _paint_values(
        self, painter: QPainter, box: QRectF, span: tuple[float, float], series: PixelSeries
    ) -> None:
        known = np.flatnonzero(series.low == series.low)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.pens[1])  # neither the accent of what is tried nor the text of what runs
        # A run of columns without a hole is one shape, at least a pixel high.
        for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
            if not len(run):
                continue
            left = [self._x(int(series.edges_ns[column]), box) for column in run.tolist()]
            left.append(self._x(int(series.edges_ns[int(run[-1]) + 1]), box))
            tops, bottoms = [], []
            for place, column in enumerate(run.tolist()):
                high = self._y(float(series.high[column]), box, span) - 0.8
                low = self._y(float(series.low[column]), box, span) + 0.8
                tops += [QPointF(left[place], high), QPointF(left[place + 1], high)]
                bottoms += [QPointF(left[place], low), QPointF(left[place + 1], low)]
            painter.drawPolygon(QPolygonF([*tops, *reversed(bottoms)]))

    def _paint_line(
        self,
        painter: QPainter,
        box: QRectF,
        span: tuple[float, float],
        line: LimitLine,
        color: QColor,
        word: str,
        *,
        is_dashed: bool,
    ) -> None:
        y, end_y = self._y(line.limit, box, span), self._y(line.end, box, span)
        if end_y != y:
            band = QColor(color)
            band.setAlpha(36)
            painter.fillRect(QRectF(box.left(), min(y, end_y), box.width(), abs(end_y - y)), band)
        style = Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(color, 2, style))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        text = f"{word} {number(line.limit)}"
        # The two labels stand apart, so that they can be read when the lines are close.
        flag = Qt.AlignmentFlag.AlignLeft if is_dashed else Qt.AlignmentFlag.AlignRight
        other = self.present if is_dashed else self.proposed
        is_below = other is not None and other.limit > line.limit
        place = QRectF(box.left() + 6, y + 3 if is_below else y - 19, box.width() - 12, 17)
        if place.top() < box.top():
            place.moveTop(y + 3)
        elif place.bottom() > box.bottom():
            place.moveTop(y - 19)
        ground = QRectF(painter.fontMetrics().boundingRect(place.toRect(), flag, text)).adjusted(-3, 0, 3, 0)
        cover = QColor(self.theme.panel)
        cover.setAlpha(200)
        painter.fillRect(ground, cover)  # values behind it would make it hard to read
        painter.drawText(place, flag, text)

    def _paint_marks(self, painter: QPainter, box: QRectF) -> None:
        """Paint a stroke below the plot for each activation, crossed when it would be missed."""
        missed = set(self.missed_ns)
        y = box.bottom() + 4
        painter.setPen(QPen(self.theme.text, 1.5))
        for at_ns in [*self.came_ns, *missed.difference(self.came_ns)]:
            x = self._x(at_ns, box)
            if not box.left() <= x <= box.right():
                continue
            painter.drawLine(QPointF(x, y), QPointF(x, y + 12))
            if at_ns in missed:
                painter.drawLine(QPointF(x - 5, y + 1), QPointF(x + 5, y + 11))
                painter.drawLine(QPointF(x - 5, y + 11), QPointF(x + 5, y + 1))
