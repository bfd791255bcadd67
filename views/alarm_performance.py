"""How well the alarms work: key figures beside their targets, plots, and the journal rows behind each."""

import time
from collections.abc import Mapping
from typing import Final

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from alarms.metrics import Kpi, Performance, Verdict, assess
from alarms.metrics_events import DAY_NS, Period
from alarms.model import AlarmDefinition, AlarmEvent
from tags.clock import NS_PER_S
from tags.model import TagTable
from views.alarm_journal import AlarmHistoryModel, EventQuery, HistoryColumn
from views.alarm_plots import ParetoPlot, PriorityPlot, RatePlot
from views.language import station_text
from views.local_text import number
from views.style import Theme, font, icon
from views.words import localised

LONGEST: Final = 20_000
"""Events asked for at most; the report takes longer periods from the command line."""
LEAD_NS: Final = 31 * DAY_NS
"""How far before the period is asked for, so that what stood at its begin is known."""
SHOWN: Final = (
    "KPI-01", "KPI-02", "KPI-05", "KPI-06", "KPI-07", "KPI-20",
    "KPI-08", "KPI-09", "KPI-10", "KPI-11", "KPI-14", "KPI-15",
)  # fmt: skip
"""The figures that have a tile, in two rows; all are in the report."""
_TILES_PER_ROW: Final = 6
_TILE_PX: Final = 104


class KpiTiles(QWidget):
    """Show figures as tiles: value, name, target, and the verdict as a mark and a word."""

    chosen = Signal(str, object)
    """A title and the sequence numbers (int64) of the events behind it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._kpis: list[Kpi] = []
        rows = -(-len(SHOWN) // _TILES_PER_ROW)
        self.setFixedHeight(rows * _TILE_PX + (rows - 1) * 6)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_performance(self, found: Performance) -> None:
        """Show these figures."""
        self._kpis = [found.kpi(kpi_id) for kpi_id in SHOWN]
        self.update()

    def tile(self, place: int) -> QRect:
        """Return where a tile is."""
        width = (self.width() - 6 * (_TILES_PER_ROW - 1)) // _TILES_PER_ROW
        row, column = divmod(place, _TILES_PER_ROW)
        return QRect(column * (width + 6), row * (_TILE_PX + 6), width, _TILE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002  Qt's name
        """Paint the tiles."""
        painter = QPainter(self)
        for place, item in enumerate(self._kpis):
            box = QRectF(self.tile(place))
            painter.fillRect(box, self.theme.panel)
            inner = box.adjusted(10, 6, -10, -6)
            painter.setPen(self.theme.text_muted)
            painter.setFont(font(13))
            line_px = painter.fontMetrics().lineSpacing()
            wrapped = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(inner, wrapped, station_text(item.name))
            target = self.tr("target {}").format(station_text(item.target)) if item.target else ""
            text = f"{verdict_text(item.verdict)}  {target}".strip()
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()))
            painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)
            painter.setPen(self.theme.text)
            painter.setFont(font(22, bold=item.verdict is Verdict.EXCEEDED))
            painter.drawText(
                inner.adjusted(0, 2 * line_px, 0, -line_px),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                kpi_value(item),
            )
            if item.verdict is Verdict.EXCEEDED:
                painter.fillRect(QRectF(box.left(), box.top(), 4, box.height()), self.theme.text)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Choose the events behind a tile."""
        for place, item in enumerate(self._kpis):
            if self.tile(place).contains(event.position().toPoint()):
                self.chosen.emit(f"{item.kpi_id} {station_text(item.name)}", item.sequences)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return a comfortable width."""
        return QSize(900, self.height())


def kpi_value(item: Kpi) -> str:
    """Return the figure as it is shown."""
    if item.value is None:
        return "–"
    text = f"{item.value:.2f}".rstrip("0").rstrip(".") if item.value < 100 else f"{item.value:.0f}"
    return f"{localised(text)} {station_text(item.unit)}".rstrip()


def verdict_text(verdict: Verdict) -> str:
    """Return the verdict as a mark that needs no colour."""
    return {
        Verdict.MET: "✓",
        Verdict.ABOVE_TARGET: "!",
        Verdict.EXCEEDED: "!!",
        Verdict.TREND: "~",
        Verdict.NO_DATA: "–",
    }[verdict]


class PerformancePage(QWidget):
    """Choose a period, see how the alarms worked in it, and look at the rows behind each figure."""

    def __init__(
        self,
        query: EventQuery,
        tags: TagTable,
        definitions: Mapping[str, AlarmDefinition],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._query = query
        self._round = 0
        self._is_open = False
        self._by_sequence: dict[int, AlarmEvent] = {}
        self.tiles = KpiTiles(theme, self)
        self.rates = RatePlot(self.tr("Alarms per 10 minutes"), theme, self)
        self.pareto = ParetoPlot(self.tr("Most frequent alarms, cumulative share"), theme, self)
        self.priorities = PriorityPlot(self.tr("Priorities beside their targets"), theme, self)
        self.model = AlarmHistoryModel(tags, definitions, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(HistoryColumn.MESSAGE, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnHidden(HistoryColumn.SYMBOL, True)
        metrics = QFontMetrics(font(14))
        for column, sample in (
            (HistoryColumn.TIME, "12-30 00:00:00.000"),
            (HistoryColumn.TRANSITION, self.tr("Acknowledged")),
            (HistoryColumn.VALUE, "00.0 / 00.0 1/min"),
        ):
            self.table.setColumnWidth(column, metrics.horizontalAdvance(sample) + 26)
        self.period = QComboBox(self)
        for title, seconds in (
            (self.tr("Last 8 hours"), 28_800),
            (self.tr("Last 24 hours"), 86_400),
            (self.tr("Last 7 days"), 604_800),
            (self.tr("Last 30 days"), 2_592_000),
        ):
            self.period.addItem(title, seconds)
        self.period.setCurrentIndex(1)
        self.period.currentIndexChanged.connect(self.refresh)
        self._refresh = QPushButton(self.tr("Refresh"), self)
        self._refresh.clicked.connect(self.refresh)
        self.state = QLabel(self)
        self.behind = QLabel(self.tr("Click a figure or a plot for the rows behind it."), self)
        self.behind.setProperty("role", "muted")
        for part in (self.tiles, self.rates, self.pareto, self.priorities):
            part.chosen.connect(self._show_rows)
        self._lay_out()
        self.set_theme(theme)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.addWidget(self.period)
        tools.addWidget(self._refresh)
        tools.addWidget(self.state, 1)
        left = QVBoxLayout()
        left.addWidget(self.rates, 3)
        left.addWidget(self.priorities, 2)
        plots = QHBoxLayout()
        plots.addLayout(left, 1)
        plots.addWidget(self.pareto, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(tools)
        layout.addWidget(self.tiles)
        layout.addLayout(plots, 3)
        layout.addWidget(self.behind)
        layout.addWidget(self.table, 2)

    def open(self) -> None:
        """Load the period when the page is opened for the first time."""
        if not self._is_open:
            self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._refresh.setIcon(icon("history", theme))
        for part in (self.tiles, self.rates, self.pareto, self.priorities):
            part.theme = theme
            part.update()

    @Slot()
    def refresh(self) -> None:
        """Ask for the events of the chosen period, and those before that tell what stood."""
        self._is_open = True
        self._round += 1
        asked = self._round
        end_ns = time.time_ns()
        period = Period(end_ns - int(self.period.currentData()) * NS_PER_S, end_ns, _offset_ns())
        self.state.setText(self.tr("Loading the journal…"))

        def answer(events: list[AlarmEvent] | None, text: str) -> None:
            if asked == self._round:
                self.show_events(events, text, period)

        self._query(period.start_ns - LEAD_NS, end_ns, LONGEST, answer, None, None)

    def show_events(self, events: list[AlarmEvent] | None, text: str, period: Period) -> None:
        """Judge the period by these events; None shows the reason why there are none."""
        if events is None:
            self._is_open = False
            self.state.setText(self.tr("The journal cannot be shown: {}").format(text))
            return
        if len(events) >= LONGEST and events[0].source_ns > period.start_ns:
            self.state.setText(
                self.tr("More than {} events: choose a shorter period, or use the report.").format(
                    number(LONGEST)
                )
            )
            return
        found = assess(events, period)
        self._by_sequence = {event.sequence: event for event in events}
        counted = [self._by_sequence[int(sequence)] for sequence in found.kpi("KPI-01").sequences]
        self.tiles.show_performance(found)
        for plot in (self.rates, self.pareto, self.priorities):
            plot.show_performance(found, counted)
        notes = [self.tr("Activations: {}").format(number(len(counted)))]
        notes.append(self.tr("floods: {}").format(number(len(found.floods))))
        if found.is_indicative:
            notes.append(self.tr("INDICATIVE: less than 30 days"))
        self.state.setText(" · ".join(notes))

    @Slot(str, object)
    def _show_rows(self, title: str, sequences: object) -> None:
        rows = [
            self._by_sequence[int(sequence)]
            for sequence in np.asarray(sequences, np.int64)
            if int(sequence) in self._by_sequence
        ]
        self.model.replace(rows)
        self.behind.setText(self.tr("{title}: {count} rows").format(title=title, count=number(len(rows))))


def _offset_ns() -> int:
    return time.localtime().tm_gmtoff * NS_PER_S
