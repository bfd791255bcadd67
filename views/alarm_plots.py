"""Plots of how the alarms work: rates, the most frequent, priorities; each leads to the rows behind it."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from alarms.metrics import Performance
from alarms.metrics_events import WINDOW_NS
from alarms.metrics_patterns import FLOOD_MORE_THAN
from alarms.model import AlarmEvent, Priority
from views.alarm_text import priority_text
from views.local_text import local_time, number
from views.style import Theme, font, paint_alarm_symbol

TOP: Final = 20
WIDEST_ROW_PX: Final = 30.0
TARGET_SHARES: Final[Mapping[Priority, float]] = MappingProxyType(
    {
        Priority.URGENT: 1.0,
        Priority.HIGH: 5.0,
        Priority.MEDIUM: 15.0,
        Priority.LOW: 80.0,
    }
)
"""KPI-11."""


def minute_text(time_ns: int) -> str:
    """Return local date and time to the minute."""
    return local_time(time_ns, milliseconds=False).rpartition(":")[0]


class Plot(QWidget):
    """Paint one part of a performance; a click chooses the events behind what is under the pointer."""

    chosen = Signal(str, object)
    """A title and the sequence numbers (int64) of the events behind it."""

    def __init__(self, title: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = title
        self.theme = theme
        self.found: Performance | None = None
        self.events: Sequence[AlarmEvent] = ()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_performance(self, found: Performance, counted: Sequence[AlarmEvent]) -> None:
        """Show this; ``counted`` are the activations of the period in the order of time."""
        self.found = found
        self.events = counted
        self.update()

    def box(self) -> QRectF:
        """Return where the plot itself is, below its title."""
        return QRectF(self.rect()).adjusted(10, 30, -10, -22)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002  Qt's name
        """Paint title and plot."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.panel)
        painter.setPen(self.theme.text)
        painter.setFont(font(15, bold=True))
        painter.drawText(QRectF(10, 4, self.width() - 20, 22), Qt.AlignmentFlag.AlignLeft, self._title)
        painter.setFont(font(13))
        if self.found is not None:
            if self.events:
                self.paint(painter, self.box(), self.found)
            else:
                painter.setPen(self.theme.text_muted)
                painter.drawText(self.box(), Qt.AlignmentFlag.AlignCenter, self.tr("No activation"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Choose what is under the pointer."""
        if self.found is not None and self.events:
            self.choose(event.position(), self.box(), self.found)

    def paint(self, painter: QPainter, box: QRectF, found: Performance) -> None:
        """Paint the plot into its box."""
        raise NotImplementedError

    def choose(self, at: QPointF, box: QRectF, found: Performance) -> None:
        """Tell what is behind this point."""
        raise NotImplementedError

    def tell(self, title: str, chosen: Callable[[AlarmEvent], bool]) -> None:
        """Tell the sequence numbers of the chosen activations."""
        sequences = [event.sequence for event in self.events if chosen(event)]
        self.chosen.emit(title, np.array(sequences, np.int64))

    def label(self, painter: QPainter, box: QRectF, text: str, flags: Qt.AlignmentFlag) -> None:
        """Write a muted label."""
        painter.setPen(self.theme.text_muted)
        painter.drawText(box, flags | Qt.AlignmentFlag.AlignVCenter, text)


class RatePlot(Plot):
    """Show activations per wall-clock ten minutes; a column is the busiest window of its time."""

    def _columns(self, box: QRectF, found: Performance) -> tuple[int, int]:
        windows = len(found.window_counts)
        per_column = -(-windows // max(1, int(box.width() // 2)))
        return per_column, -(-windows // per_column)

    def paint(self, painter: QPainter, box: QRectF, found: Performance) -> None:
        """Paint the columns and the line above which a flood begins."""
        per_column, columns = self._columns(box, found)
        padded = np.zeros(columns * per_column, np.int64)
        padded[: len(found.window_counts)] = found.window_counts
        counts = padded.reshape(columns, per_column).max(axis=1)
        top = max(int(counts.max()), FLOOD_MORE_THAN + 2)
        width = box.width() / columns
        for place in np.flatnonzero(counts).tolist():
            height = box.height() * int(counts[place]) / top
            bar = QRectF(box.left() + place * width, box.bottom() - height, max(1.0, width * 0.8), height)
            painter.fillRect(bar, self.theme.level)
        y = box.bottom() - box.height() * FLOOD_MORE_THAN / top
        painter.setPen(QPen(self.theme.text, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setPen(QPen(self.theme.border, 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        below = QRectF(box.left(), box.bottom() + 2, box.width(), 18)
        edges = found.window_edges_ns
        for at_ns, flag in (
            (int(edges[0]), Qt.AlignmentFlag.AlignLeft),
            (int(edges[len(edges) // 2]), Qt.AlignmentFlag.AlignHCenter),
            (int(edges[-1]), Qt.AlignmentFlag.AlignRight),
        ):
            self.label(painter, below, minute_text(at_ns), flag)
        above = QRectF(box.left(), y - 18, box.width(), 16)
        text = self.tr("A flood is more than {}").format(FLOOD_MORE_THAN)
        self.label(painter, above, text, Qt.AlignmentFlag.AlignLeft)

    def choose(self, at: QPointF, box: QRectF, found: Performance) -> None:
        """Choose the activations of the column."""
        per_column, columns = self._columns(box, found)
        place = min(max(int((at.x() - box.left()) * columns / box.width()), 0), columns - 1)
        start_ns = int(found.window_edges_ns[place * per_column])
        end_ns = start_ns + per_column * WINDOW_NS
        title = minute_text(start_ns)
        self.tell(title, lambda event: start_ns <= event.source_ns < end_ns)


class ParetoPlot(Plot):
    """Show the most frequent alarms with their cumulative share; ``names`` gives ids their words."""

    names: Mapping[str, str] = MappingProxyType({})

    def paint(self, painter: QPainter, box: QRectF, found: Performance) -> None:
        """Paint a row per alarm and the line of the cumulative share."""
        shown = [item for item in found.statistics[:TOP] if item.activations]
        step = self._step(box, len(shown))
        metrics = QFontMetrics(painter.font())
        texts = [self.names.get(item.alarm_id, item.alarm_id) for item in shown]
        names = min(box.width() * 0.4, max(map(metrics.horizontalAdvance, texts)) + 12.0)
        bars = QRectF(box.left() + names, box.top(), box.width() - names - 104, box.height())
        points = []
        for place, item in enumerate(shown):
            row = QRectF(box.left(), box.top() + place * step, box.width(), step)
            size = max(1.0, bars.width() * item.activations / shown[0].activations)
            painter.fillRect(QRectF(bars.left(), row.top() + 1, size, step - 3), self.theme.level)
            name = metrics.elidedText(texts[place], Qt.TextElideMode.ElideRight, int(names) - 8)
            self.label(painter, row, name, Qt.AlignmentFlag.AlignLeft)
            self.label(painter, row, f"{item.cumulative_share:.0f} %", Qt.AlignmentFlag.AlignRight)
            self.label(
                painter, row.adjusted(0, 0, -54, 0), number(item.activations), Qt.AlignmentFlag.AlignRight
            )
            points.append(QPointF(bars.left() + bars.width() * item.cumulative_share / 100, row.center().y()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.text, 1.5))
        painter.drawPolyline(points)

    @staticmethod
    def _step(box: QRectF, count: int) -> float:
        return min(WIDEST_ROW_PX, box.height() / max(1, count))

    def choose(self, at: QPointF, box: QRectF, found: Performance) -> None:
        """Choose the activations of the alarm."""
        shown = sum(bool(item.activations) for item in found.statistics[:TOP])
        place = int((at.y() - box.top()) // self._step(box, shown))
        if 0 <= place < shown:
            alarm_id = found.statistics[place].alarm_id
            self.tell(alarm_id, lambda event: event.alarm_id == alarm_id)


class PriorityPlot(Plot):
    """Show each priority's share of the activations beside its target."""

    def paint(self, painter: QPainter, box: QRectF, found: Performance) -> None:
        """Paint a row per priority: share above, target below."""
        step = box.height() / len(Priority)
        bars = QRectF(box.left() + 36, box.top(), box.width() - 156, box.height())
        for place, priority in enumerate(Priority):
            row = QRectF(box.left(), box.top() + place * step, box.width(), step)
            size = min(22.0, step - 2)
            paint_alarm_symbol(
                painter,
                QRectF(row.left(), row.center().y() - size / 2, size, size),
                priority,
                acknowledged=True,
                blink_on=True,
                theme=self.theme,
            )
            share, target = found.priority_shares[priority], TARGET_SHARES[priority]
            self._bar(painter, bars, row.top() + step * 0.2, share, step * 0.32, self.theme.level)
            # The target is outlined: the dark theme's track alone is hardly seen on a panel.
            aim = QRectF(bars.left(), row.top() + step * 0.58, bars.width() * target / 100, step * 0.18)
            painter.setPen(QPen(self.theme.track_edge, 1))
            painter.setBrush(self.theme.track)
            painter.drawRect(aim)
            text = self.tr("{share} % of {target} %").format(share=number(share, 1), target=number(target))
            self.label(painter, row, text, Qt.AlignmentFlag.AlignRight)

    def _bar(
        self, painter: QPainter, bars: QRectF, y: float, share: float, height: float, color: QColor
    ) -> None:
        painter.fillRect(QRectF(bars.left(), y, bars.width() * share / 100, height), color)

    def choose(self, at: QPointF, box: QRectF, found: Performance) -> None:
        """Choose the activations of the priority."""
        del found
        place = int((at.y() - box.top()) * len(Priority) / box.height())
        if 0 <= place < len(Priority):
            priority = list(Priority)[place]
            self.tell(priority_text(priority), lambda event: event.priority is priority)
