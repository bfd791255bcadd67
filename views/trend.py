"""The trend page: plot, pens, periods and the history behind them."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from historian.model import PixelSeries
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import Tag
from tags.source import TagSource
from tags.status import StatusCode
from views.style import Theme, icon
from views.trend_chooser import PenChooser, can_trend
from views.trend_pen import MOST_PENS, Pen, Scale
from views.trend_pens import PenTable, PenTableModel
from views.trend_plot import TrendPlot

HistoryAnswer = Callable[[list[PixelSeries] | None, str], None]
"""Takes one series per path asked, or None and a sentence that says why there are none."""
HistoryQuery = Callable[[Sequence[str], int, int, int, HistoryAnswer], None]
"""Asks for pixel columns: paths, start_ns, end_ns, columns, answer."""

PERIODS_S: Final = (60, 300, 900, 3_600, 28_800, 86_400)
_REDRAW_NS: Final = 100 * NS_PER_MS
"""Live traces are drawn at most ten times a second, when a whole pixel has passed or a value came."""
_TABLE_NS: Final = 250 * NS_PER_MS
_ASK_AFTER_MS: Final = 120
_LEAST_REFETCH_NS: Final = 10 * NS_PER_S
_WAITING = int(StatusCode.BadWaitingForInitialData)


class TrendPage(QWidget):
    """Show up to eight logged tags over time: history as pixel columns, the newest samples live."""

    pens_changed = Signal()
    """Another set of tags is drawn: values of :meth:`tag_ids` are needed."""

    def __init__(
        self, source: TagSource, query: HistoryQuery, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._query = query
        self._theme = theme
        self._round = 0
        self._asked_ns = 0
        self._drawn_ns = 0
        self._fresh_ns = 0
        self._is_fresh = False
        self._table_ns = 0
        self._taken: dict[int, tuple[int, int, float]] = {}
        self.plot = TrendPlot(theme, self)
        self._model = PenTableModel(self.plot, source, self)
        self.table = PenTable(self._model, self.plot, theme, self)
        self.chooser = PenChooser(source.tags, self.plot, theme, self)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(_ASK_AFTER_MS)
        self._ask.timeout.connect(self._fetch)
        self._build_tools()
        self.plot.range_changed.connect(self._on_range)
        self.plot.live_changed.connect(self._on_live)
        self.plot.cursor_moved.connect(self._model.values_changed)
        self.table.toggled.connect(self._toggle_visible)
        self.table.removed.connect(lambda row: self.remove_pen(self.plot.pens[row].tag))
        self.chooser.chosen.connect(self.toggle_pen)
        body = QHBoxLayout()
        body.setSpacing(8)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.plot, 1)
        left.addWidget(self.table)
        body.addLayout(left, 1)
        body.addWidget(self.chooser)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(self._tools)
        layout.addLayout(body, 1)
        self.set_theme(theme)
        self._on_pens()
        self._on_live(True)

    def _build_tools(self) -> None:
        self._tools = QHBoxLayout()
        self._tools.setSpacing(4)
        self._periods = QButtonGroup(self)
        self._periods.setExclusive(True)
        for seconds in PERIODS_S:
            button = QToolButton(self)
            button.setText(self._period_text(seconds))
            button.setCheckable(True)
            button.setToolTip(self.tr("Show the last {}").format(self._period_text(seconds)))
            self._periods.addButton(button, seconds)
            self._tools.addWidget(button)
        self._periods.idClicked.connect(self._choose_period)
        self._zoom_in = QToolButton(self)
        self._zoom_in.setToolTip(self.tr("Zoom in (+)"))
        self._zoom_in.clicked.connect(lambda: self.plot.zoom(0.5))
        self._zoom_out = QToolButton(self)
        self._zoom_out.setToolTip(self.tr("Zoom out (-)"))
        self._zoom_out.clicked.connect(lambda: self.plot.zoom(2.0))
        self._scale = QComboBox(self)
        for title, scale in (
            (self.tr("Engineering range"), Scale.RANGE),
            (self.tr("Fit to data"), Scale.FIT),
            (self.tr("Normalised 0–100 %"), Scale.NORMALISED),
        ):
            self._scale.addItem(title, scale)
        self._scale.currentIndexChanged.connect(lambda _: self.plot.set_scale(self._scale.currentData()))
        self._state = QLabel(self)
        self._state.setProperty("role", "muted")
        self.live_button = QPushButton(self)
        self.live_button.clicked.connect(lambda: self.plot.set_live(True))
        self._pens_button = QToolButton(self)
        self._pens_button.setCheckable(True)
        self._pens_button.setChecked(True)
        self._pens_button.setText(self.tr("Choose pens"))
        self._pens_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._pens_button.toggled.connect(self.chooser.setVisible)
        self._tools.addSpacing(8)
        self._tools.addWidget(self._zoom_in)
        self._tools.addWidget(self._zoom_out)
        self._tools.addSpacing(8)
        self._tools.addWidget(self._scale)
        self._tools.addSpacing(8)
        self._tools.addWidget(self._state, 1)
        self._tools.addWidget(self.live_button)
        self._tools.addWidget(self._pens_button)

    def _period_text(self, seconds: int) -> str:
        if seconds < 3_600:
            return self.tr("{} min").format(seconds // 60)
        return self.tr("{} h").format(seconds // 3_600)

    # Pens

    def tag_ids(self) -> list[int]:
        """Return the tags whose live values the pens need."""
        return [pen.tag.id for pen in self.plot.pens]

    def paths(self) -> list[str]:
        """Return the pens' tag paths, to open the page again with the same ones."""
        return [pen.tag.path for pen in self.plot.pens]

    def set_pens(self, paths: Sequence[str]) -> None:
        """Show these tags; those that the project does not have or log are left out."""
        found = [self._source.tags.find(path) for path in paths]
        self.plot.pens.clear()
        for tag in found:
            if tag is not None and can_trend(tag) and len(self.plot.pens) < MOST_PENS:
                self._add(tag)
        self._on_pens()

    @Slot(object)
    def toggle_pen(self, tag: Tag) -> None:
        """Add a pen for this tag, or take it away."""
        if any(pen.tag.id == tag.id for pen in self.plot.pens):
            self.remove_pen(tag)
        else:
            self.add_pen(tag)

    def add_pen(self, tag: Tag) -> bool:
        """Add a pen; False when all eight are in use or the tag is not logged."""
        if not can_trend(tag) or any(pen.tag.id == tag.id for pen in self.plot.pens):
            return False
        if len(self.plot.pens) >= MOST_PENS:
            self._state.setText(self.tr("All {} pens are in use; remove one first.").format(MOST_PENS))
            return False
        self._add(tag)
        self._on_pens()
        return True

    def remove_pen(self, tag: Tag) -> None:
        """Take a pen away."""
        self.plot.pens[:] = [pen for pen in self.plot.pens if pen.tag.id != tag.id]
        self._on_pens()

    def _add(self, tag: Tag) -> None:
        slot = next(slot for slot in range(MOST_PENS) if all(pen.slot != slot for pen in self.plot.pens))
        pen = Pen(tag, slot)
        pen.data.listen(time.time_ns())
        self._taken.pop(tag.id, None)
        self.plot.pens.append(pen)

    @Slot(int)
    def _toggle_visible(self, row: int) -> None:
        pen = self.plot.pens[row]
        pen.is_visible = not pen.is_visible
        self.plot.changed()
        self._model.pens_changed()

    def _on_pens(self) -> None:
        self._model.pens_changed()
        self.table.setVisible(bool(self.plot.pens))
        self.chooser.refresh()
        self.plot.set_hint("" if self.plot.pens else self.tr("No pens yet: choose logged tags in the list"))
        self.plot.changed()
        self.pens_changed.emit()
        self._ask.start()

    # Time

    @Slot(int)
    def _choose_period(self, seconds: int) -> None:
        self.plot.set_span(seconds * NS_PER_S)

    @Slot()
    def _on_range(self) -> None:
        seconds, rest_ns = divmod(self.plot.span_ns, NS_PER_S)
        if seconds in PERIODS_S and not rest_ns:
            self._periods.button(seconds).setChecked(True)
        else:
            checked = self._periods.checkedButton()
            if checked is not None:
                self._periods.setExclusive(False)
                checked.setChecked(False)
                self._periods.setExclusive(True)
        if self.plot.pens:
            self._ask.start()

    @Slot(bool)
    def _on_live(self, live: bool) -> None:
        self.live_button.setText(self.tr("Live") if live else self.tr("Return to live"))
        self.live_button.setEnabled(not live)
        self.live_button.setProperty("kind", "" if live else "primary")
        self.live_button.style().unpolish(self.live_button)
        self.live_button.style().polish(self.live_button)
        self._set_icons()
        self._on_range()

    def show_around(self, at_ns: int, each_side_ns: int) -> None:
        """Show the time before and after a moment, with the cursor on it."""
        self.plot.show_period(at_ns - each_side_ns, at_ns + each_side_ns)
        self.plot.pin_cursor(at_ns)

    def link_restored(self, now_ns: int) -> None:
        """Note that live samples were missed until now; history fills the hole."""
        for pen in self.plot.pens:
            pen.data.listen(now_ns)
        self._asked_ns = 0

    def refresh(self, now_ns: int) -> None:
        """Take new live samples; draw when the page is visible and something moved."""
        self._is_fresh |= self._take(now_ns)
        if not self.isVisible():
            return
        if now_ns - self._drawn_ns >= _REDRAW_NS:
            self._drawn_ns = now_ns
            self.plot.advance(now_ns)
            self._draw_fresh(now_ns)
        if self.plot.is_live and now_ns - self._asked_ns > max(_LEAST_REFETCH_NS, self.plot.span_ns // 20):
            self._ask_now()
        if now_ns - self._table_ns >= _TABLE_NS:
            self._table_ns = now_ns
            self._model.values_changed()

    def _draw_fresh(self, now_ns: int) -> None:
        """Draw new samples at the right edge once per pixel, but never more than a second late (HMI-15)."""
        wait_ns = min(NS_PER_S, self.plot.span_ns // self.plot.columns)
        if self._is_fresh and now_ns - self._fresh_ns >= wait_ns:
            self._is_fresh = False
            self._fresh_ns = now_ns
            self.plot.changed()

    def _take(self, now_ns: int) -> bool:
        """Append what the pens' tags have new; tell whether there was anything."""
        source = self._source
        is_fresh = False
        for pen in self.plot.pens:
            tag_id = pen.tag.id
            sample = (
                int(source.source_ns[tag_id]),
                int(source.statuses[tag_id]),
                float(source.values[tag_id]),
            )
            if sample[1] == _WAITING or not sample[0]:
                continue
            if sample != self._taken.get(tag_id):
                self._taken[tag_id] = sample
                pen.data.append(min(sample[0], now_ns), sample[2], sample[1])
                is_fresh = True
        return is_fresh

    # History

    def _ask_now(self) -> None:
        if self.plot.pens and not self._ask.isActive():
            self._ask.start(0)

    @Slot()
    def _fetch(self) -> None:
        """Ask for what is shown and half as much on both sides, so that a pan finds data at once."""
        if not self.plot.pens or not self.isVisible():
            return
        self._asked_ns = now_ns = time.time_ns()
        self._round += 1
        asked = self._round
        width = self.plot.columns
        per_column = max(1, self.plot.span_ns // width)
        start_ns = self.plot.start_ns - width // 2 * per_column
        beyond = min(width // 2, max(0, (now_ns - self.plot.end_ns) // per_column + 1))
        columns = width + width // 2 + beyond
        end_ns = start_ns + columns * per_column

        def answer(series: list[PixelSeries] | None, text: str) -> None:
            if asked == self._round:
                self._show(series, text, min(end_ns, now_ns))

        self._query([pen.tag.path for pen in self.plot.pens], start_ns, end_ns, columns, answer)

    def _show(self, series: list[PixelSeries] | None, text: str, until_ns: int) -> None:
        if series is None:
            self._state.setText(self.tr("No history: {}").format(text))
            return
        self._state.setText("")
        by_path = {one.path: one for one in series}
        for pen in self.plot.pens:
            found = by_path.get(pen.tag.path)
            if found is not None:
                pen.data.set_history(found, until_ns)
        self.plot.changed()

    def showEvent(self, event: object) -> None:  # noqa: N802
        """Fetch what was not fetched while the page was hidden."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._ask.start()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.plot.set_theme(theme)
        self.table.set_theme(theme)
        self.chooser.set_theme(theme)
        self._set_icons()

    def _set_icons(self) -> None:
        self._zoom_in.setIcon(icon("zoom_in", self._theme))
        self._zoom_out.setIcon(icon("zoom_out", self._theme))
        self._pens_button.setIcon(icon("list", self._theme))
        # On the accent colour of the primary button a dark sign would not be seen.
        self.live_button.setIcon(icon("live", self._theme) if self.plot.is_live else QIcon())
