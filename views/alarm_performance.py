"""How well the alarms work: key figures beside their targets, plots, and the journal rows behind each."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from alarms.metrics import Verdict
from alarms.metrics_events import DAY_NS, Period
from alarms.model import AlarmDefinition, AlarmEvent
from tags.clock import NS_PER_S
from tags.model import TagTable
from views.alarm_fact_table import FactTable, TextTable
from views.alarm_figures import KpiTiles, verdict_word
from views.alarm_history import JournalTable
from views.alarm_history_filter import PeriodChoice
from views.alarm_journal import AlarmHistoryModel, Cancel, EventQuery, path_of
from views.alarm_performance_tables import Assessment, RunBeside, Table, assessment, describe
from views.alarm_plots import ParetoPlot, PriorityPlot, RatePlot
from views.language import station_text
from views.late import Late
from views.late_stack import LateStack
from views.local_text import number
from views.style import Theme, icon

LONGEST: Final = 200_000
"""Events asked for at most; the report takes longer periods from the command line."""
LEAD_NS: Final = 31 * DAY_NS
"""How far before the period is asked for, so that what stood at its begin is known."""


class PerformancePage(QWidget):
    """Choose a period, see how the alarms worked in it, and look at the rows behind each figure."""

    trend_requested = Signal(str, object)
    """The tag path and the time (int, UTC nanoseconds) around which to show its trend."""
    back_test_requested = Signal(str)
    """The id of an alarm whose settings are to be tried on history."""
    report_requested = Signal(object)
    """The :class:`alarms.metrics.Performance` to write as a report."""

    def __init__(
        self,
        query: EventQuery,
        tags: TagTable,
        definitions: Mapping[str, AlarmDefinition],
        run_beside: RunBeside,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._query = query
        self._tags = tags
        self._definitions = definitions
        self._run_beside = run_beside
        self._round = 0
        self._is_open = False
        self._cancel: Cancel | None = None
        self.shown: Assessment | None = None
        self._theme = theme
        self._tables: dict[FactTable, Callable[[Assessment], Table]] = {}
        self._empty: dict[FactTable, str] = {}
        self.tiles = KpiTiles(theme, self)
        self.rates = RatePlot(self.tr("Alarms per 10 minutes"), theme, self)
        self.priorities = PriorityPlot(self.tr("Priorities beside their targets"), theme, self)
        self._pareto = Late(self._make_pareto)
        self._figures = Late(self._make_figures)
        self._alarms = Late(self._make_alarms)
        self._together = Late(self._make_together)
        self._floods = Late(self._make_floods)
        self._added: list[tuple[Late[Any], Callable[[], object]]] = []
        self.model = AlarmHistoryModel(tags, definitions, self)
        self.table = JournalTable(self.model, theme, self)
        self._make_tools()
        for part in (self.tiles, self.rates, self.priorities):
            part.chosen.connect(self._show_rows)
        self._lay_out()
        self.set_theme(theme)
        self._on_selection()

    # The views, each made when its tab is first shown

    @property
    def pareto(self) -> ParetoPlot:
        """Return the most frequent alarms."""
        return self._pareto()

    @property
    def figures(self) -> FactTable:
        """Return the table of all key figures."""
        return self._figures()

    @property
    def alarms(self) -> FactTable:
        """Return the table of all alarms that came."""
        return self._alarms()

    @property
    def together(self) -> FactTable:
        """Return the table of alarms that came together."""
        return self._together()

    @property
    def floods(self) -> FactTable:
        """Return the table of floods."""
        return self._floods()

    def _make_pareto(self) -> ParetoPlot:
        result = ParetoPlot(
            self.tr("The twenty most frequent alarms and their cumulative share"), self._theme, self
        )
        result.names = {key: f"{key}  {describe(key, self._definitions)}" for key in self._definitions}
        result.chosen.connect(self._show_rows)
        if self.shown is not None:
            result.show_performance(self.shown.found, self.shown.counted)
        self._views.put(result)
        return result

    def _make_figures(self) -> FactTable:
        return self._fact_table(
            [
                self.tr("Figure"), self.tr("Name"), self.tr("Value"), self.tr("Target"), self.tr("Limit"),
                self.tr("Verdict"),
            ],
            ("KPI-00", "", "00.0 % low / 00.0 % mid", "80 / 15 / 5 % (<",
             station_text("any: action plan"), max(map(verdict_word, Verdict), key=len)),
            1,
            lambda found: found.figures,
            wraps=True,
        )  # fmt: skip

    def _make_alarms(self) -> FactTable:
        return self._fact_table(
            [
                self.tr("Alarm"), self.tr("Description"), self.tr("Count"), self.tr("Share"),
                self.tr("Sum"), self.tr("Chatter"), self.tr("Fleeting"), self.tr("Stale"),
                self.tr("In alarm"), self.tr("Longest"), self.tr("Between"), self.tr("To ack."),
            ],
            ("COMM.filling", "", "00000", "00.0 %", "00.0 %", "000", "000", "stale", "00 h 00 min",
             "00 h 00 min", "00 h 00 min", "00 min 00 s"),
            1,
            lambda found: found.alarms,
            only_wide=(4, 6, 9, 10),
            empty=self.tr("No alarm came in this period."),
        )  # fmt: skip

    def _make_together(self) -> FactTable:
        return self._fact_table(
            [
                self.tr("First"), self.tr("Then, within 60 s"), self.tr("Times"), self.tr("Alarm first"),
                self.tr("Alarm then"),
            ],
            ("Compressed air pressure very low, cell holds", "", "0000", "COMM.filling", "COMM.filling"),
            1,
            lambda found: found.together,
            empty=self.tr("No alarm came within 60 s of another one."),
        )  # fmt: skip

    def _make_floods(self) -> FactTable:
        return self._fact_table(
            [
                self.tr("Begin"), self.tr("Lasted"), self.tr("Alarms"), self.tr("Most in 10 min"),
                self.tr("First 10 min"), self.tr("First-out"), self.tr("What began it"),
            ],
            ("2026-12-30 00:00:00.000", "00 h 00 min", "00000", "0000", "0000", "COMM.filling", ""),
            6,
            lambda found: found.floods,
            empty=self.tr("No flood: never more than ten alarms within ten minutes in this period."),
        )  # fmt: skip

    def _fact_table(
        self,
        titles: Sequence[str],
        samples: Sequence[str],
        stretch: int,
        table_of: Callable[[Assessment], Table],
        only_wide: Collection[int] = (),
        *,
        wraps: bool = False,
        empty: str = "",
    ) -> FactTable:
        """Return a table of what was worked out; ``empty`` is said when that is nothing."""
        table = FactTable(TextTable(titles, self), samples, stretch, self, only_wide, wraps=wraps)
        table.selectionModel().selectionChanged.connect(lambda *_: self._on_fact(table))
        self._tables[table] = table_of
        self._empty[table] = empty
        self._fill(table)
        self._views.put(table)
        return table

    def _fill(self, table: FactTable) -> None:
        if self.shown is None:
            return
        shown = self._tables[table](self.shown)
        table.facts.show_rows(shown.rows, shown.keys)
        table.set_hint("" if shown.rows else self._empty[table])

    def _make_tools(self) -> None:
        self.period = PeriodChoice(self, first=2)
        self.period.changed.connect(self.refresh)
        self._refresh = QPushButton(self.tr("Refresh"), self)
        self._refresh.clicked.connect(self.refresh)
        self.stop = QPushButton(self.tr("Stop"), self)
        self.stop.clicked.connect(self._give_up)
        self.stop.hide()
        self.report = QPushButton(self.tr("Report…"), self)
        self.report.setToolTip(self.tr("Write the figures of this period as a PDF report"))
        self.report.clicked.connect(self._ask_report)
        self.report.setEnabled(False)
        self.state = QLabel(self)
        self.behind = QLabel(self.tr("Click a figure, a plot or a row for the events behind it."), self)
        self.behind.setProperty("role", "muted")
        self.trend = QPushButton(self.tr("Trend ±10 min"), self)
        self.trend.clicked.connect(self._ask_trend)
        self.back_test = QPushButton(self.tr("Try other settings…"), self)
        self.back_test.setToolTip(self.tr("Try settings of this alarm on stored history"))
        self.back_test.clicked.connect(self._ask_back_test)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.model.modelReset.connect(self._on_selection)

    def _lay_out(self) -> None:
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        tools = QHBoxLayout()
        tools.addWidget(self.period)
        tools.addWidget(self._refresh)
        tools.addWidget(self.stop)
        tools.addWidget(self.state, 1)
        tools.addWidget(self.report)
        plots = QHBoxLayout()
        plots.addWidget(self.rates, 3)
        plots.addWidget(self.priorities, 2)
        self._pages = LateStack(self)
        analysis = QWidget(self._pages)
        self._views = LateStack(analysis)
        self._overview = overview = QWidget(self._views)
        column = QVBoxLayout(overview)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tiles)
        column.addLayout(plots, 1)
        bottom = QFrame(self)
        below = QHBoxLayout()
        below.addWidget(self.behind, 1)
        below.addWidget(self.trend)
        below.addWidget(self.back_test)
        rows = QVBoxLayout(bottom)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.addLayout(below)
        rows.addWidget(self.table, 1)
        self._views.put(overview)
        self.tabs.addTab(self.tr("Overview"))
        self._late: tuple[tuple[str, Callable[[], QWidget]], ...] = (
            (self.tr("Figures"), self._figures),
            (self.tr("Top 20"), self._pareto),
            (self.tr("Alarms"), self._alarms),
            (self.tr("Together"), self._together),
            (self.tr("Floods"), self._floods),
        )
        for title, _ in self._late:
            self.tabs.addTab(title)
        self._parts = parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.addWidget(self._views)
        parts.addWidget(bottom)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        parts.setChildrenCollapsible(False)
        inner = QVBoxLayout(analysis)
        inner.setContentsMargins(8, 8, 8, 8)
        inner.addLayout(tools)
        inner.addWidget(parts, 1)
        self._analysis = analysis
        self._pages.put(analysis)
        self.tabs.currentChanged.connect(self._show_tab)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addWidget(self._pages, 1)

    # From outside

    def add_page(self, title: str, page: Late[Any], opened: Callable[[], object]) -> None:
        """Add a tab with a page of its own; ``opened`` is called whenever it is shown."""
        self._added.append((page, opened))
        self.tabs.addTab(title)

    def put(self, page: QWidget) -> None:
        """Take in a page of a tab that was added: it is seen with its tab and not before."""
        self._pages.put(page)

    def show_tab_of(self, page: QWidget) -> None:
        """Show a page that was added."""
        added = [one.made for one, _ in self._added]
        self.tabs.setCurrentIndex(1 + len(self._late) + added.index(page))

    @Slot(int)
    def _show_tab(self, tab: int) -> None:
        added = tab - 1 - len(self._late)
        if added < 0:
            self._views.turn_to(self._late[tab - 1][1]() if tab else self._overview)
            self._pages.turn_to(self._analysis)
            return
        page, opened = self._added[added]
        self._pages.turn_to(page())
        opened()

    def open(self) -> None:
        """Load the period when the page is opened for the first time."""
        if not self._is_open:
            self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._refresh.setIcon(icon("history", theme))
        self.report.setIcon(icon("print", theme))
        self.trend.setIcon(icon("trend", theme))
        self.table.set_theme(theme)
        self._theme = theme
        for part in (self.tiles, self.rates, self._pareto.made, self.priorities):
            if part is not None:
                part.theme = theme
                part.update()

    # The period

    @Slot()
    def refresh(self) -> None:
        """Ask for the events of the chosen period, and those before that tell what stood."""
        self._stop_work()
        self._is_open = True
        self._round += 1
        asked = self._round
        start_ns, end_ns = self.period.period()
        if self.period.is_open_ended:
            end_ns -= NS_PER_S  # to the present moment: what is still to come would be silence
        period = Period(start_ns, end_ns, _offset_ns(start_ns))
        self.state.setText(self.tr("Loading the journal…"))
        self.stop.show()

        def answer(events: list[AlarmEvent] | None, text: str) -> None:
            if asked == self._round:
                self.show_events(events, text, period)

        def progress(count: int) -> None:
            if asked == self._round:
                self.state.setText(self.tr("Loading the journal: %Ln event(s)…", "", count))

        self._cancel = self._query(period.start_ns - LEAD_NS, period.end_ns, LONGEST, answer, None, progress)

    def show_events(self, events: list[AlarmEvent] | None, text: str, period: Period) -> None:
        """Judge the period by these events; None shows the reason why there are none."""
        self._cancel = None
        if events is None:
            self._is_open = False
            self.stop.hide()
            self.state.setText(self.tr("The journal cannot be shown: {}").format(text))
            return
        if len(events) >= LONGEST and events[0].source_ns > period.start_ns:
            self.stop.hide()
            self.state.setText(
                self.tr("More than {} events: choose a shorter period, or use the report.").format(
                    number(LONGEST)
                )
            )
            return
        asked = self._round
        self.state.setText(self.tr("Working out the figures…"))

        def done(found: Assessment | Exception) -> None:
            if asked == self._round:
                self._show(found)

        self._cancel = self._run_beside(lambda: assessment(events, period, self._definitions), done)

    def _show(self, found: Assessment | Exception) -> None:
        self._cancel = None
        self.stop.hide()
        if isinstance(found, Exception):
            self.state.setText(self.tr("The figures cannot be worked out: {}").format(found))
            return
        self.shown = found
        self.report.setEnabled(True)
        self.tiles.show_performance(found.found)
        for plot in (self.rates, self._pareto.made, self.priorities):
            if plot is not None:
                plot.show_performance(found.found, found.counted)
        for table in self._tables:
            self._fill(table)
        self.model.replace([])
        self.behind.setText(self.tr("Click a figure, a plot or a row for the events behind it."))
        notes = [self.tr("Activations: {}").format(number(len(found.counted)))]
        notes.append(self.tr("floods: {}").format(number(len(found.found.floods))))
        if found.found.is_indicative:
            notes.append(self.tr("INDICATIVE: less than 30 days"))
        self.state.setText(" · ".join(notes))

    def _stop_work(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        self.stop.hide()

    @Slot()
    def _give_up(self) -> None:
        self._stop_work()
        self._round += 1
        self.state.setText(self.tr("Stopped. Refresh begins again."))

    # The rows behind a figure

    def _on_fact(self, table: FactTable) -> None:
        places = table.chosen_places()
        if self.shown is None or not places:
            return
        shown = self._tables[table](self.shown)
        title = " · ".join(shown.rows[places[0]][:2])
        self._show_rows(title, np.array(shown.behind[places[0]], np.int64))

    @Slot(str, object)
    def _show_rows(self, title: str, sequences: object) -> None:
        if self.shown is None:
            return
        known = self.shown.by_sequence
        rows = [known[at] for at in np.asarray(sequences, np.int64).tolist() if at in known]
        self.model.replace(rows)
        self.behind.setText(self.tr("{title}: %Ln row(s)", "", len(rows)).format(title=title))
        if rows:
            self.table.selectRow(0)

    def selected(self) -> AlarmEvent | None:
        """Return the event that is selected among those behind a figure."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.event_at(rows[0].row()) if rows else None

    def _path_of(self, event: AlarmEvent) -> str:
        return path_of(event, self._tags, self._definitions)

    @Slot()
    def _on_selection(self) -> None:
        event = self.selected()
        self.trend.setEnabled(event is not None and bool(self._path_of(event)))
        self.back_test.setEnabled(event is not None and event.alarm_id in self._definitions)

    @Slot()
    def _ask_trend(self) -> None:
        event = self.selected()
        if event is not None:
            self.trend_requested.emit(self._path_of(event), event.source_ns)

    @Slot()
    def _ask_back_test(self) -> None:
        event = self.selected()
        if event is not None:
            self.back_test_requested.emit(event.alarm_id)

    @Slot()
    def _ask_report(self) -> None:
        if self.shown is not None:
            self.report_requested.emit(self.shown.found)


def _offset_ns(at_ns: int) -> int:
    return time.localtime(at_ns / NS_PER_S).tm_gmtoff * NS_PER_S
