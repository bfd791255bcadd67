"""Try other alarm settings on stored history, see what they would have done, and apply or discard them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from alarms.backtest_facts import BackTestResult, ProposalFacts
from alarms.filters import EventFilter
from alarms.model import AlarmDefinition, AlarmEvent
from alarms.settings import Setting, SettingDifference, value_of
from historian.model import PixelSeries
from tags.model import TagTable
from views.alarm_backtest_form import SettingsForm
from views.alarm_backtest_plot import COLUMNS, LimitLine, LimitPlot, first_known_ns
from views.alarm_backtest_result import BackTestTables
from views.alarm_dialogs import SentenceDialog
from views.alarm_flood import is_activation
from views.alarm_history_filter import PeriodChoice
from views.alarm_journal import Cancel, EventQuery
from views.alarm_setting_text import setting_text, setting_value
from views.language import station_text
from views.local_text import number
from views.style import Theme, icon
from views.trend import HistoryAnswer

Changes = Mapping[str, Mapping[str, Setting]]
BackTestAnswer = Callable[[BackTestResult | None, int, str], None]
"""Takes the result and what names it to the station, or None and a sentence that says why there is none."""
BackTestQuery = Callable[[int, int, Changes, bool, Callable[[float], None], BackTestAnswer], Cancel]
"""Asks for a back-test: start_ns, end_ns, changes, with proposals, progress 0 to 1, answer."""
PixelQuery = Callable[[Sequence[str], int, int, int, HistoryAnswer], None]
MOST_MARKS: Final = 2_000
MOST_EMPTY: Final = 0.2
"""Of the period before the first stored value: if it is more, the plot begins at that value."""
_LINE_ROOM_PX: Final = 10
"""What the style keeps free beside the text of an entry."""
_LIST_ROOM_PX: Final = 24


class BackTestPage(QWidget):
    """Choose alarms and settings, run them on history, and look at both sides. GUI thread only."""

    apply_requested = Signal(object, str)
    """What names the back-test to the station (an int of up to 64 bits), and the reason."""

    def __init__(
        self,
        query: BackTestQuery,
        pixels: PixelQuery,
        events: EventQuery,
        tags: TagTable,
        definitions: Mapping[str, AlarmDefinition],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._query = query
        self._pixels = pixels
        self._events = events
        self._tags = tags
        self._definitions = definitions
        self._differences: dict[str, dict[str, Setting]] = {}
        self._tried: dict[str, dict[str, Setting]] = {}
        self._backtest_id: int | None = None
        self._cancel: Cancel | None = None
        self._round = self._plot_round = 0
        self._refusal = ""
        self.dialog: SentenceDialog | None = None
        self._make_tools(theme)
        self._lay_out()
        self.set_theme(theme)
        self.plot.show_hint(self.tr("Choose an alarm to see its stored values and limits."))
        self._refresh_buttons()

    def _make_tools(self, theme: Theme) -> None:
        self.period = PeriodChoice(self, first=2)
        self.period.changed.connect(self._on_period)
        self.propose = QPushButton(self.tr("Propose for chattering alarms"), self)
        self.propose.setToolTip(
            self.tr("Look for the deadband and delays that end the chattering of each alarm that chatters")
        )
        self.propose.clicked.connect(lambda: self._start(has_proposals=True))
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 100)
        self.progress.setFixedWidth(140)
        self.stop = QPushButton(self.tr("Cancel"), self)
        self.stop.clicked.connect(self.give_up)
        self.state = QLabel(self)
        self.state.setWordWrap(True)
        self.alarm = QComboBox(self)
        self.alarm.setEditable(True)
        self.alarm.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.alarm.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.alarm.setMinimumContentsLength(20)
        names = [f"{key}  {item.description or item.name}" for key, item in self._definitions.items()]
        for key, name in zip(self._definitions, names, strict=True):
            self.alarm.addItem(name, key)
        # The list is wider than its field: descriptions are told apart by their ends.
        view = self.alarm.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + _LIST_ROOM_PX)
        completer = QCompleter(QStringListModel(names, self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        found = completer.popup()
        if found is not None:
            found.setMinimumWidth(view.minimumWidth())
        self.alarm.setCompleter(completer)
        self.alarm.setCurrentIndex(-1)
        self.alarm.currentTextChanged.connect(self.alarm.setToolTip)
        self.described = QLabel(self)
        self.described.setProperty("role", "muted")
        self.described.setTextFormat(Qt.TextFormat.PlainText)
        self.described.setWordWrap(True)
        self.described.hide()
        line = self.alarm.lineEdit()
        if line is not None:
            line.setPlaceholderText(self.tr("Alarm, by id or description"))
        self.alarm.currentIndexChanged.connect(self._on_alarm)
        self.form = SettingsForm(self)
        self.form.changed.connect(self._on_form)
        self.others = QLabel(self)
        self.others.setProperty("role", "muted")
        self.others.setWordWrap(True)
        self.run = QPushButton(self.tr("Run back-test"), self)
        self.run.setProperty("kind", "primary")
        self.run.clicked.connect(lambda: self._start(has_proposals=False))
        self.discard = QPushButton(self.tr("Discard"), self)
        self.discard.setToolTip(self.tr("Forget what is tried; nothing was changed"))
        self.discard.clicked.connect(self.forget)
        self.apply = QPushButton(self.tr("Apply…"), self)
        self.apply.clicked.connect(self._ask_apply)
        self.plot = LimitPlot(theme, self)
        self.tables = BackTestTables(self._definitions, self)
        self.tables.proposal_chosen.connect(self._try_proposal)
        self.tables.moment_chosen.connect(lambda alarm_id, _: self.show_alarm(alarm_id))
        self.warnings = QLabel(self)
        self.warnings.setWordWrap(True)
        self.warnings.hide()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.addWidget(self.period)
        tools.addWidget(self.propose)
        tools.addWidget(self.progress)
        tools.addWidget(self.stop)
        tools.addWidget(self.state, 1)
        left = QWidget(self)
        left.setFixedWidth(350)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.alarm)
        column.addWidget(self.described)
        column.addWidget(self.form)
        column.addWidget(self.others)
        column.addStretch(1)
        column.addWidget(self.warnings)
        column.addWidget(self.run)
        buttons = QHBoxLayout()
        buttons.addWidget(self.discard, 1)
        buttons.addWidget(self.apply, 1)
        column.addLayout(buttons)
        right = QSplitter(Qt.Orientation.Vertical, self)
        right.addWidget(self.plot)
        right.addWidget(self.tables)
        right.setChildrenCollapsible(False)
        right.setStretchFactor(0, 1)
        right.setStretchFactor(1, 1)
        body = QHBoxLayout()
        body.addWidget(left)
        body.addWidget(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(tools)
        layout.addLayout(body, 1)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.plot.theme = theme
        self.plot.update()
        self.apply.setIcon(icon("ok", theme))

    def set_refusal(self, text: str) -> None:
        """Say why this user may not apply settings; empty when he may."""
        self._refusal = text
        self._refresh_buttons()

    def set_differences(self, differences: Sequence[SettingDifference]) -> None:
        """Take in which settings the alarms run otherwise than the project says."""
        self._differences = {}
        for item in differences:
            self._differences.setdefault(item.alarm_id, {})[item.setting] = item.running
        definition = self.form.definition
        if definition is not None:
            self._fill_form(definition)

    # What is tried

    def show_alarm(self, alarm_id: str) -> None:
        """Choose an alarm whose settings are to be tried."""
        row = self.alarm.findData(alarm_id)
        if row >= 0:
            self.alarm.setCurrentIndex(row)

    @property
    def alarm_id(self) -> str:
        """Return the alarm of the form; empty before one is chosen."""
        return self.form.definition.alarm_id if self.form.definition is not None else ""

    def tried(self) -> dict[str, dict[str, Setting]]:
        """Return the settings to be tried, by alarm."""
        return {alarm_id: dict(changes) for alarm_id, changes in self._tried.items() if changes}

    @Slot(int)
    def _on_alarm(self, row: int) -> None:
        definition = self._definitions.get(str(self.alarm.itemData(row))) if row >= 0 else None
        if definition is None:
            return
        line = self.alarm.lineEdit()
        if line is not None:
            line.setCursorPosition(0)  # of a long name the id is seen, not the end
            needed_px = line.fontMetrics().horizontalAdvance(line.text()) + _LINE_ROOM_PX
            self.described.setText(definition.description or definition.name)
            self.described.setVisible(needed_px > line.width())
        self._fill_form(definition)
        self._load_plot()

    def _fill_form(self, definition: AlarmDefinition) -> None:
        alarm_id = definition.alarm_id
        self.form.show_alarm(definition, self._differences.get(alarm_id, {}), self._tried.get(alarm_id, {}))

    @Slot()
    def _on_form(self) -> None:
        if self.form.definition is None:
            return
        if self.form.changes() != self._tried.get(self.alarm_id, {}):
            self._outdate()
        self._tried[self.alarm_id] = self.form.changes()
        self._show_limits()
        self._tell_others()
        self._refresh_buttons()

    @Slot()
    def _on_period(self) -> None:
        self._outdate()
        self._load_plot()
        self._refresh_buttons()

    def _outdate(self) -> None:
        """Let no result be applied that is not of these settings and this period."""
        self._backtest_id = None
        self.warnings.hide()
        if self.tables.result is not None:
            self.state.setText(self.tr("The settings changed: run the back-test again."))

    def _tell_others(self) -> None:
        others = [f"{key}: {self.tables.changes_text(key, changes)}"
                  for key, changes in self.tried().items() if key != self.alarm_id]  # fmt: skip
        self.others.setText(self.tr("Tried as well: {changes}").format(changes="; ".join(others)))
        self.others.setVisible(bool(others))

    def _show_limits(self) -> None:
        definition = self.form.definition
        if definition is None:
            return
        lines = []
        for values in (self.form.running, self.form.values()):
            setpoint, deadband = values["setpoint"], values["deadband"]
            if isinstance(setpoint, str) or isinstance(deadband, str):
                return
            lines.append(LimitLine.of(definition.type, float(setpoint), float(deadband)))
        self.plot.show_limits(lines[0], lines[1])

    # Values and activations of the period

    def _load_plot(self) -> None:
        definition = self.form.definition
        if definition is None:
            return
        self._plot_round += 1
        asked = self._plot_round
        start_ns, end_ns = self.period.period()
        tag = self._tags.find(definition.tag)
        self._show_limits()
        if tag is None:
            self.plot.show_hint(self.tr("This alarm is about a connection, which has no stored values."))
            return
        self.plot.show_hint(self.tr("Loading stored values…"))

        def ask(begin_ns: int) -> None:
            def values(series: list[PixelSeries] | None, text: str) -> None:
                if asked != self._plot_round:
                    return
                if not series:
                    self.plot.show_hint(self.tr("The values cannot be shown: {}").format(text))
                    return
                self.plot.show_series(series[0], tag.unit)
                first_ns = first_known_ns(series[0])
                is_late = first_ns - start_ns > MOST_EMPTY * (end_ns - start_ns)
                if begin_ns == start_ns and is_late:
                    ask(first_ns - (end_ns - first_ns) // 50)

            self._pixels([tag.path], begin_ns, end_ns, COLUMNS, values)

        def came(events: list[AlarmEvent] | None, _text: str) -> None:
            if asked == self._plot_round and events is not None:
                times = [event.source_ns for event in events if is_activation(event)]
                self.plot.show_marks(times, self.plot.missed_ns)

        ask(start_ns)
        chosen = EventFilter(alarm_ids=(definition.alarm_id,))
        self._events(start_ns, end_ns, MOST_MARKS, came, chosen, None)
        self._show_missed()

    def _show_missed(self) -> None:
        result = self.tables.result
        if result is not None and self._backtest_id is not None:
            missed = [item.source_ns for item in result.missed if item.alarm_id == self.alarm_id]
            self.plot.show_marks(self.plot.came_ns, missed)

    # The back-test

    def _start(self, *, has_proposals: bool) -> None:
        fault = self.form.fault() if self.form.definition is not None else ""
        if fault:
            self.state.setText(fault)
            return
        self.give_up()
        self._round += 1
        asked = self._round
        start_ns, end_ns = self.period.period()
        self.progress.setValue(0)
        self.state.setText(self.tr("Reading history…"))

        def progress(share: float) -> None:
            if asked == self._round:
                self.progress.setValue(round(100 * share))

        def answer(result: BackTestResult | None, backtest_id: int, text: str) -> None:
            if asked == self._round:
                self._show(result, backtest_id, text, has_proposals=has_proposals)

        self._cancel = self._query(start_ns, end_ns, self.tried(), has_proposals, progress, answer)
        self._refresh_buttons()

    @Slot()
    def give_up(self) -> None:
        """End a back-test that runs."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
            self._round += 1
            self.state.setText(self.tr("Cancelled."))
            self._refresh_buttons()

    def _show(
        self, result: BackTestResult | None, backtest_id: int, text: str, *, has_proposals: bool
    ) -> None:
        self._cancel = None
        if result is None:
            self._backtest_id = None
            self.state.setText(self.tr("The back-test failed: {}").format(text))
            self._refresh_buttons()
            return
        self._backtest_id = backtest_id if result.changes else None
        self.tables.show_result(result)
        if has_proposals:
            self.tables.show_proposals()
        else:
            self.tables.tabs.setCurrentIndex(0)
        self.state.setText(self._summary(result))
        self.warnings.setText("\n".join(map(station_text, result.warnings)))
        self.warnings.setVisible(bool(result.warnings))
        self._show_missed()
        self._refresh_buttons()

    def _summary(self, result: BackTestResult) -> str:
        notes = [
            self.tr("Activations {before} → {after}").format(
                before=number(result.before.activations), after=number(result.after.activations)
            ),
            self.tr("floods {before} → {after}").format(
                before=number(len(result.before.floods)), after=number(len(result.after.floods))
            ),
            self.tr("missed {n}").format(n=number(sum(len(item.missed) for item in result.effects))),
            self.tr("{seconds} s").format(seconds=number(round(result.duration_s, 1))),
        ]
        if result.is_indicative:
            notes.append(self.tr("INDICATIVE: less than 30 days"))
        return " · ".join(notes)

    @Slot(object)
    def _try_proposal(self, proposal: ProposalFacts) -> None:
        self._tried = {proposal.alarm_id: dict(proposal.changes)}
        self.show_alarm(proposal.alarm_id)
        self.form.fill(proposal.changes)
        self._start(has_proposals=False)

    @Slot()
    def forget(self) -> None:
        """Forget what is tried and what came of it; nothing was changed."""
        self.give_up()
        self._tried = {}
        self._backtest_id = None
        self.form.fill({})
        self.tables.show_result(None)
        self.plot.show_marks(self.plot.came_ns, ())
        self.warnings.hide()
        self.state.setText(self.tr("Discarded: nothing was changed."))
        self._refresh_buttons()

    @Slot()
    def _ask_apply(self) -> None:
        result, backtest_id = self.tables.result, self._backtest_id
        if result is None or backtest_id is None:
            return
        lines = [self._change_text(key, changes) for key, changes in result.changes.items()]
        self.dialog = SentenceDialog(
            self.tr("Apply settings"),
            [*lines, self._summary(result), *map(station_text, result.warnings)],
            self.tr("The station runs with these settings from now on. alarms.csv stays as it is."),
            self.tr("Apply"),
            self,
        )
        self.dialog.accepted_with.connect(lambda reason: self.apply_requested.emit(backtest_id, reason))
        self.dialog.open()

    def _change_text(self, alarm_id: str, changes: Mapping[str, Setting]) -> str:
        """Return each changed setting as it runs and as it is to be."""
        definition = self._definitions[alarm_id]
        running = self._differences.get(alarm_id, {})
        parts = []
        for name, new in changes.items():
            old = running.get(name, value_of(definition, name))
            values = [setting_value(name, value, definition.unit) for value in (old, new)]
            parts.append(f"{setting_text(name)} {values[0]} → {values[1]}")
        return self.tr("{alarm}: {changes}").format(alarm=alarm_id, changes=", ".join(parts))

    def applied(self) -> None:
        """Show that what was tried runs now."""
        self._tried = {}
        self._backtest_id = None
        self.state.setText(self.tr("Applied: the station runs with these settings."))
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        is_running = self._cancel is not None
        self.progress.setVisible(is_running)
        self.stop.setVisible(is_running)
        self.propose.setEnabled(not is_running)
        self.run.setEnabled(not is_running and bool(self.tried()))
        self.run.setToolTip("" if self.tried() else self.tr("Change a setting first."))
        self.discard.setEnabled(bool(self.tried()) or self.tables.result is not None)
        self.apply.setEnabled(not is_running and self._backtest_id is not None and not self._refusal)
        tip = self.tr("Let the station run with the settings that were tried, with a reason")
        if self._backtest_id is None:
            tip = self.tr("Run the back-test first: only what was tried can be applied.")
        self.apply.setToolTip(self._refusal or tip)
