"""What a back-test found: the effect on each alarm, the figures on both sides, what is missed, proposals."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabBar, QVBoxLayout, QWidget

from alarms.backtest_facts import AlarmEffect, BackTestResult, ProposalFacts
from alarms.model import AlarmDefinition
from tags.clock import NS_PER_S
from views.alarm_fact_table import FactTable, TextTable
from views.alarm_performance_tables import describe
from views.alarm_setting_text import setting_text, setting_value
from views.language import station_text
from views.late_stack import LateStack
from views.local_text import duration, local_time, number


class BackTestTables(QWidget):
    """Show a result as tables; each leads to its alarm. GUI thread only."""

    proposal_chosen = Signal(object)
    """A :class:`ProposalFacts` whose settings are to be tried."""
    moment_chosen = Signal(str, object)
    """Alarm id and time (int, UTC nanoseconds) of an activation that would be missed."""

    def __init__(self, definitions: Mapping[str, AlarmDefinition], parent: QWidget) -> None:
        super().__init__(parent)
        self._definitions = definitions
        self.result: BackTestResult | None = None
        self._effects: list[AlarmEffect] = []
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = LateStack(self)
        self._tables: list[QWidget] = []
        self.effects = FactTable(
            TextTable(
                [
                    self.tr("Alarm"), self.tr("Description"), self.tr("Before"), self.tr("After"),
                    self.tr("Missed"), self.tr("Added"), self.tr("Later, mean"), self.tr("Later, most"),
                    self.tr("Chatter"),
                ],
                self,
            ),
            ("FIL-000 x", "", "0000", "0000", "000", "000", "00 min 00 s", "00 min 00 s", "000 → 000"),
            1,
            self,
            only_wide=(1,),
            wide_px=980,
        )  # fmt: skip
        self.figures = FactTable(
            TextTable([self.tr("Figure"), self.tr("Name"), self.tr("Before"), self.tr("After")], self),
            ("KPI-00", "", "00.0 % low / 00.0 % medium", "00.0 % low / 00.0 % medium"),
            1,
            self,
        )
        self.missed = FactTable(
            TextTable([self.tr("Time"), self.tr("Alarm"), self.tr("Message")], self),
            ("2026-12-30 00:00:00.000", "FIL-000 x", ""),
            2,
            self,
        )
        self.proposals = FactTable(
            TextTable(
                [
                    self.tr("Alarm"), self.tr("Description"), self.tr("Settings"), self.tr("Before"),
                    self.tr("After"), self.tr("Missed"), self.tr("Later, most"),
                ],
                self,
            ),
            ("FIL-000 x", "Product tank temperature", "", "0000", "0000", "000", "00 min 00 s"),
            2,
            self,
            only_wide=(1,),
            wide_px=1_000,
        )  # fmt: skip
        self.use = QPushButton(self.tr("Try this proposal"), self)
        self.use.setToolTip(self.tr("Put the proposed settings into the form and run the back-test"))
        self.use.clicked.connect(self._choose_proposal)
        for table in (self.effects, self.figures, self.missed, self.proposals):
            self._stack.put(table)
            self._tables.append(table)
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(self._show_tab)
        self.proposals.selectionModel().selectionChanged.connect(self._refresh)
        self.proposals.doubleClicked.connect(lambda _: self._choose_proposal())
        self.missed.selectionModel().selectionChanged.connect(self._choose_moment)
        head = QHBoxLayout()
        head.addWidget(self.tabs, 1)
        head.addWidget(self.use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self.show_result(None)

    def show_result(self, result: BackTestResult | None) -> None:
        """Show what a back-test found; None before there is any."""
        self.result = result
        self._show_effects(result)
        self._show_figures(result)
        self._show_missed(result)
        self._show_proposals(result)
        missed = 0 if result is None else sum(len(item.missed) for item in result.effects)
        for place, text in enumerate(
            (
                self.tr("Effect"),
                self.tr("Figures"),
                self.tr("Missed ({n})").format(n=number(missed)),
                self.tr("Proposals ({n})").format(n=number(0 if result is None else len(result.proposals))),
            )
        ):
            self.tabs.setTabText(place, text)
        self._refresh()

    def show_proposals(self) -> None:
        """Bring the proposals to the front."""
        self.tabs.setCurrentIndex(3)

    @Slot(int)
    def _show_tab(self, tab: int) -> None:
        self._stack.turn_to(self._tables[tab])
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self.use.setVisible(self.tabs.currentIndex() == 3)
        self.use.setEnabled(bool(self.proposals.chosen_places()))

    def _show_effects(self, result: BackTestResult | None) -> None:
        changed = () if result is None else result.changes
        self._effects = (
            []
            if result is None
            else [item for item in result.effects if item.is_changed or item.alarm_id in changed]
        )
        rows, keys = [], []
        for item in self._effects:
            rows.append(
                (
                    item.alarm_id,
                    describe(item.alarm_id, self._definitions),
                    number(item.activations_before),
                    number(item.activations_after),
                    number(len(item.missed)),
                    number(item.added),
                    later_text(item.mean_added_delay_ns),
                    later_text(item.longest_added_delay_ns),
                    f"{number(item.chattering_before)} → {number(item.chattering_after)}",
                )
            )
            keys.append(
                (
                    item.alarm_id,
                    rows[-1][1].casefold(),
                    item.activations_before,
                    item.activations_after,
                    len(item.missed),
                    item.added,
                    item.mean_added_delay_ns,
                    item.longest_added_delay_ns,
                    item.chattering_before,
                )
            )
        self.effects.facts.show_rows(rows, keys)
        if rows:
            self.effects.set_hint("")
        elif result is None:
            self.effects.set_hint(
                self.tr("Choose an alarm, change a setting and run the back-test to see its effect.")
            )
        else:
            self.effects.set_hint(self.tr("No alarm would have come otherwise in this period."))

    def _show_figures(self, result: BackTestResult | None) -> None:
        rows: list[tuple[str, ...]] = []
        if result is not None:
            floods = len(result.before.floods), len(result.after.floods)
            rows.append(("", self.tr("Activations"), number(result.before.activations),
                         number(result.after.activations)))  # fmt: skip
            rows.append(("", self.tr("Floods"), number(floods[0]), number(floods[1])))
            after = {item.kpi_id: item for item in result.after.kpis}
            rows += [
                (
                    item.kpi_id,
                    station_text(item.name),
                    station_text(item.text),
                    station_text(after[item.kpi_id].text) if item.kpi_id in after else "",
                )
                for item in result.before.kpis
            ]
        self.figures.facts.show_rows(rows)
        self.figures.set_hint("" if rows else self.tr("The figures of both sides are shown here."))

    def _show_missed(self, result: BackTestResult | None) -> None:
        missed = () if result is None else result.missed
        rows = [(local_time(item.source_ns), item.alarm_id, item.message) for item in missed]
        self.missed.facts.show_rows(rows, [(item.source_ns, item.alarm_id, item.message) for item in missed])
        hint = self.tr("Activations that the changed settings would not have raised are listed here.")
        if result is not None:
            hint = self.tr("No activation would have been missed.")
        self.missed.set_hint("" if rows else hint)

    def _show_proposals(self, result: BackTestResult | None) -> None:
        found = () if result is None else result.proposals
        rows, keys = [], []
        for item in found:
            effect = item.effect
            rows.append(
                (
                    item.alarm_id,
                    describe(item.alarm_id, self._definitions),
                    self.changes_text(item.alarm_id, item.changes),
                    number(effect.activations_before),
                    number(effect.activations_after),
                    number(len(effect.missed)),
                    later_text(effect.longest_added_delay_ns),
                )
            )
            keys.append(
                (
                    item.alarm_id,
                    rows[-1][1].casefold(),
                    rows[-1][2],
                    effect.activations_before,
                    effect.activations_after,
                    len(effect.missed),
                    effect.longest_added_delay_ns,
                )
            )
        self.proposals.facts.show_rows(rows, keys)
        hint = self.tr("Propose for chattering alarms looks for settings that end the chattering.")
        if result is not None:
            hint = self.tr("No alarm chatters in this period, or nothing helps it.")
        self.proposals.set_hint("" if rows else hint)

    def changes_text(self, alarm_id: str, changes: Mapping[str, float | str | bool]) -> str:
        """Return changed settings in one line."""
        definition = self._definitions.get(alarm_id)
        unit = definition.unit if definition is not None else ""
        return ", ".join(
            f"{setting_text(name)} {setting_value(name, value, unit)}" for name, value in changes.items()
        )

    @Slot()
    def _choose_proposal(self) -> None:
        places = self.proposals.chosen_places()
        if self.result is not None and places:
            chosen: ProposalFacts = self.result.proposals[places[0]]
            self.proposal_chosen.emit(chosen)

    @Slot()
    def _choose_moment(self) -> None:
        places = self.missed.chosen_places()
        if self.result is not None and places:
            item = self.result.missed[places[0]]
            self.moment_chosen.emit(item.alarm_id, item.source_ns)


def later_text(time_ns: int) -> str:
    """Return an added detection delay; a dash when nothing comes later."""
    if not time_ns:
        return "–"
    seconds = time_ns / NS_PER_S
    return duration(seconds) if seconds >= 60 else f"{number(round(seconds, 1))} s"
