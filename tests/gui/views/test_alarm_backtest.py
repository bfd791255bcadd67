"""The back-test page: choose, try, compare, apply or discard."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel

from alarms.model import AlarmType, Priority
from alarms.settings import SettingDifference
from historian.model import PixelSeries
from hmi.link import QueryBackTest
from tests.support.fake_station import alarm_definition, back_test, event, sample_project, snapshot
from views.alarm_backtest import BackTestPage
from views.alarm_backtest_form import parsed
from views.alarm_backtest_plot import LimitLine
from views.style import load_theme

BIG = 2**47 + 3
"""Request ids have up to 64 bits."""


def series(start_ns: int, end_ns: int, columns: int) -> PixelSeries:
    values = 60 + 25 * np.sin(np.linspace(0, 9, columns))
    values[: columns // 4] = np.nan
    edges = np.linspace(start_ns, end_ns, columns + 1).astype(np.int64)
    counts, worst = np.ones(columns, np.int64), np.zeros(columns, np.uint32)
    return PixelSeries("Tank.Level", edges, values - 2, values + 2, values, values, values, counts, worst)


class Station:
    """Answer as a station would, when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []
        self.cancelled = 0
        self.pixels: list[tuple] = []
        self.events: list[tuple] = []

    def query(self, *question):
        self.asked.append(question)
        return self._cancel

    def _cancel(self) -> None:
        self.cancelled += 1

    def answer(self, place: int = -1) -> None:
        start_ns, end_ns, changes, has_proposals, _, answer = self.asked[place]
        answer(back_test(QueryBackTest(1, start_ns, end_ns, changes, has_proposals)), BIG, "")


@pytest.fixture
def station() -> Station:
    return Station()


@pytest.fixture
def page(qtbot, station) -> BackTestPage:
    definitions = {
        item.alarm_id: item
        for item in (
            alarm_definition("LT1_HI", "Tank.Level", "Level high", Priority.HIGH, "Filling", deadband_eu=2.0),
            alarm_definition(
                "M1_TRIP", "Motor.Running", "Trip", Priority.LOW, "Infeed", type=AlarmType.TRIP, setpoint=1.0
            ),
            alarm_definition("COMM.plc", "plc", "Lost", Priority.LOW, "", type=AlarmType.COMMUNICATION),
        )
    }
    return shown_page(qtbot, station, definitions)


def shown_page(qtbot, station, definitions) -> BackTestPage:
    project = sample_project()
    page = BackTestPage(
        station.query,
        lambda *query: station.pixels.append(query),
        lambda *query: station.events.append(query) or (lambda: None),
        project.tags,
        definitions,
        load_theme("light"),
    )
    qtbot.addWidget(page)
    page.resize(1_140, 600)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_nothing_can_be_run_or_applied_before_something_is_tried(page):
    assert not page.run.isEnabled()
    assert not page.apply.isEnabled()
    assert "Choose an alarm" in page.tables.effects._hint.text()
    page.show_alarm("LT1_HI")
    assert not page.run.isEnabled()
    page.form.fields["setpoint"].setText("85")
    assert page.run.isEnabled()
    assert not page.apply.isEnabled()
    assert "Run the back-test first" in page.apply.toolTip()


def test_a_long_description_is_read_in_full(qtbot, station):
    long = "Product tank level transmitter has failed, level control works with its last good value"
    short = alarm_definition("LT1_HI", "Tank.Level", "Level high", Priority.HIGH, "Filling")
    other = alarm_definition("LT1_BAD", "Tank.Level", long, Priority.LOW, "Filling")
    page = shown_page(qtbot, station, {item.alarm_id: item for item in (short, other)})
    page.show_alarm(other.alarm_id)
    assert page.described.isVisible()
    assert page.described.text() == long
    page.show_alarm(short.alarm_id)
    assert page.described.isHidden()
    assert page.alarm.completer().popup().minimumWidth() > page.alarm.width()


def test_the_form_shows_what_runs_and_not_what_the_project_says(page):
    page.show_alarm("LT1_HI")
    page.set_differences([SettingDifference("LT1_HI", "setpoint", 80.0, 82.5, 0, "", "")])
    assert page.form.fields["setpoint"].text() == "82.5"
    assert page.form.notes["setpoint"].text() == "runs: 82.5 %"
    assert page.form.changes() == {}
    page.form.fields["setpoint"].setText("80")
    assert page.form.changes() == {"setpoint": 80.0}


def test_every_setting_can_be_tried_of_several_alarms(page, station):
    page.show_alarm("LT1_HI")
    for name, text in (("setpoint", "85,5"), ("deadband", "3"), ("on_delay_s", "5"), ("off_delay_s", "10")):
        page.form.fields[name].setText(text)
    page.form.fields["suppression_expression"].setText("Motor.Running == 0")
    page.form.priority.setCurrentIndex(page.form.priority.findData("low"))
    page.show_alarm("M1_TRIP")
    assert not page.form.fields["deadband"].isEnabled()
    page.form.enabled.setCurrentIndex(1)
    assert "LT1_HI: Limit 85.5 %" in page.others.text()
    page.run.click()
    changes = station.asked[0][2]
    assert changes == {
        "LT1_HI": {
            "setpoint": 85.5,
            "deadband": 3.0,
            "on_delay_s": 5.0,
            "off_delay_s": 10.0,
            "priority": "low",
            "suppression_expression": "Motor.Running == 0",
        },
        "M1_TRIP": {"enabled": False},
    }


@pytest.mark.parametrize(
    ("text", "value"), [("8,5", 8.5), ("8.5", 8.5), ("", None), ("x", None), ("-1", -1.0)]
)
def test_numbers_are_read_with_comma_or_point(qapp, text, value):
    assert parsed(text) == value
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.French))
    try:
        assert parsed(text) == value
    finally:
        QLocale.setDefault(before)


def test_what_is_no_number_is_refused_at_its_field(page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.form.fields["on_delay_s"].setText("-3")
    assert page.form.fields["on_delay_s"].property("invalid")
    page.run.click()
    assert station.asked == []
    assert page.state.text() == "On-delay: not below 0."


def test_the_effect_is_shown_on_both_sides(page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    station.asked[0][4](0.4)
    assert page.progress.isVisible()
    assert page.progress.value() == 40
    station.answer()
    assert page.progress.isHidden()
    model = page.tables.effects.model()
    row = [model.data(model.index(0, column)) for column in range(model.columnCount())]
    assert row == ["LT1_HI", "Level high", "8", "4", "1", "2", "3 s", "5 s", "6 → 0"]
    for part in ("Activations 8 → 4", "floods 1 → 0", "missed 1", "INDICATIVE"):
        assert part in page.state.text()
    assert "ALM-31" in page.warnings.text()
    assert page.tables.figures.model().rowCount() == 3
    assert page.tables.tabs.tabText(2) == "Missed (1)"
    assert len(page.plot.missed_ns) == 1


def test_a_result_can_be_applied_only_while_it_is_of_these_settings(qtbot, page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    station.answer()
    assert page.apply.isEnabled()
    page.form.fields["setpoint"].setText("86")
    assert not page.apply.isEnabled()
    assert "run the back-test again" in page.state.text()
    page.run.click()
    station.answer()
    page.apply.click()
    assert not page.dialog.accept_button.isEnabled()
    page.dialog.reason.setText("Limit was too low")
    with qtbot.waitSignal(page.apply_requested) as asked:
        page.dialog.accept()
    assert asked.args == [BIG, "Limit was too low"]
    page.applied()
    assert page.tried() == {}
    assert not page.apply.isEnabled()


def test_what_runs_may_be_learned_late_and_another_alarm_looked_at(page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.set_differences([SettingDifference("LT1_HI", "deadband", 2.0, 3.0, 0, "", "")])
    assert page.tried() == {"LT1_HI": {"setpoint": 85.0}}
    assert page.form.notes["deadband"].text() == "runs: 3 %"
    page.run.click()
    station.answer()
    page.show_alarm("M1_TRIP")
    page.show_alarm("LT1_HI")
    assert page.form.fields["setpoint"].text() == "85"
    assert page.apply.isEnabled()


def test_another_period_needs_another_run(page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    station.answer()
    page.period.show_period(10**18, 10**18 + 3600 * 10**9)
    assert not page.apply.isEnabled()


def test_a_role_that_may_not_apply_may_still_try(page, station):
    page.set_refusal("As operator you may not change alarm settings.")
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    station.answer()
    assert not page.apply.isEnabled()
    assert "As operator" in page.apply.toolTip()


def test_discarding_changes_nothing_and_shows_what_runs(page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    station.answer()
    page.discard.click()
    assert page.form.fields["setpoint"].text() == "80"
    assert page.tables.effects.model().rowCount() == 0
    assert "nothing was changed" in page.state.text()
    assert page.tried() == {}


def test_a_run_can_be_cancelled_and_is_not_heard_any_more(page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    page.stop.click()
    assert station.cancelled == 1
    station.answer()
    assert page.tables.result is None
    assert page.run.isEnabled()


def test_a_failure_is_told(page, station):
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    station.asked[0][5](None, 0, "a suppression loop")
    assert "a suppression loop" in page.state.text()
    assert not page.apply.isEnabled()


def test_a_proposal_is_tried_with_one_click(page, station):
    page.propose.click()
    assert station.asked[0][2:4] == ({}, True)
    station.answer()
    assert not page.apply.isEnabled()
    assert page.tables.tabs.currentIndex() == 3
    model = page.tables.proposals.model()
    assert model.data(model.index(0, 2)) == "Deadband 4 %, Off-delay 10 s"
    page.tables.proposals.selectRow(0)
    page.tables.use.click()
    assert page.alarm_id == "LT1_HI"
    assert page.form.fields["deadband"].text() == "4"
    assert station.asked[1][2] == {"LT1_HI": {"deadband": 4.0, "off_delay_s": 10.0}}
    station.answer()
    assert page.apply.isEnabled()


def test_values_limits_and_activations_are_drawn(page, station):
    page.show_alarm("LT1_HI")
    paths, start_ns, end_ns, columns, answer = station.pixels[-1]
    assert paths == ["Tank.Level"]
    answer([series(start_ns, end_ns, columns)], "")
    came = event(snapshot("LT1_HI", active_ns=(start_ns + end_ns) // 2))
    station.events[-1][3]([came], "")
    assert list(page.plot.came_ns) == [came.source_ns]
    before = page.plot.grab().toImage()
    page.form.fields["setpoint"].setText("120")
    assert page.plot.proposed == LimitLine(120.0, 118.0)
    assert page.plot.present == LimitLine(80.0, 78.0)
    low, high = page.plot.span()
    assert high > 120.0
    assert low < 40.0
    assert page.plot.grab().toImage() != before


def test_the_plot_begins_where_stored_values_begin(page, station):
    page.show_alarm("LT1_HI")
    _, start_ns, end_ns, columns, answer = station.pixels[-1]
    answer([series(start_ns, end_ns, columns)], "")  # without a value in its first quarter
    _, from_ns, to_ns, _, answer = station.pixels[-1]
    assert to_ns == end_ns
    assert 0.22 < (from_ns - start_ns) / (end_ns - start_ns) < 0.25
    asked = len(station.pixels)
    answer([series(from_ns, end_ns, columns)], "")
    assert len(station.pixels) == asked
    assert page.plot._period[0] == pytest.approx(from_ns, abs=1_000)


def test_what_is_applied_is_said_with_old_and_new(page, station):
    page.set_differences([SettingDifference("LT1_HI", "setpoint", 80.0, 82.5, 0, "", "")])
    page.show_alarm("LT1_HI")
    page.form.fields["setpoint"].setText("85")
    page.form.fields["off_delay_s"].setText("30")
    page.run.click()
    station.answer()
    page.apply.click()
    texts = [label.text() for label in page.dialog.findChildren(QLabel)]
    assert "LT1_HI: Limit 82.5 % → 85 %, Off-delay 0 s → 30 s" in texts[0]
    assert page.dialog.accept_button.property("kind") == "primary"
    page.dialog.reject()


def test_the_id_of_a_long_name_is_seen(page):
    page.alarm.setCurrentIndex(0)
    assert page.alarm.lineEdit().cursorPosition() == 0


def test_every_column_of_the_proposals_is_seen_in_a_small_window(page):
    page.tables.show_proposals()
    table = page.tables.proposals
    assert table.horizontalScrollBar().maximum() == 0
    assert table.isColumnHidden(1)
    assert table.columnWidth(2) > 200


def test_a_connection_has_no_values_to_draw(page):
    page.show_alarm("COMM.plc")
    assert "about a connection" in page.plot._hint


def test_types_without_a_limit_have_no_line():
    assert LimitLine.of(AlarmType.LO, 20.0, 2.0) == LimitLine(20.0, 22.0)
    assert LimitLine.of(AlarmType.TRIP, 1.0, 0.0) is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paints_in_both_themes(page, station, theme):
    page.set_theme(load_theme(theme))
    assert not page.grab().isNull()
    page.show_alarm("LT1_HI")
    now_ns = time.time_ns()
    station.pixels[-1][4]([series(now_ns - 10**12, now_ns, 300)], "")
    assert not page.grab().isNull()
