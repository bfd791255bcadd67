"""The journal's page: what is asked for, what is shown of it, and where it leads."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from alarms.filters import EventFilter
from alarms.model import AlarmState, Priority, Transition
from tests.support.fake_station import alarm_definition, event, sample_project, snapshot
from views.alarm_history import AlarmHistoryView
from views.alarm_journal import HistoryColumn, transition_text
from views.style import load_theme


@pytest.fixture
def asked() -> list[tuple]:
    return []


@pytest.fixture
def cancelled() -> list[int]:
    return []


@pytest.fixture
def page(qtbot: QtBot, asked, cancelled) -> AlarmHistoryView:
    project = sample_project()
    definitions = {definition.alarm_id: definition for definition in project.alarms}
    definitions["COMM.plc"] = alarm_definition("COMM.plc", "plc", "lost", Priority.HIGH, "Line")

    def query(*question):
        asked.append(question)
        number = len(asked)
        return lambda: cancelled.append(number)

    page = AlarmHistoryView(query, project.tags, definitions, load_theme("light"))
    qtbot.addWidget(page)
    page.resize(1_120, 620)
    with qtbot.waitExposed(page):
        page.show()
    return page


def now(alarm_id: str, sequence: int, transition: Transition = Transition.ACTIVATED, **more):
    return replace(event(snapshot(alarm_id), transition, sequence=sequence), **more)


def sequences(page) -> list[int]:
    return [page.model.event_at(row).sequence for row in range(page.model.rowCount())]


def cell(page, row: int, column: HistoryColumn) -> str:
    return page.model.data(page.model.index(row, column))


def test_asks_for_the_period_and_takes_new_events_on_top(page, asked):
    page.open()
    page.open()
    assert len(asked) == 1
    start_ns, end_ns, limit, answer, chosen, _ = asked[0]
    assert end_ns - start_ns >= 8 * 3600 * 10**9
    assert (limit, chosen) == (10_000, EventFilter())
    fresh = now("LT1_HI", 8, Transition.RETURNED)
    page.add([fresh])  # comes before the answer
    answer([now("LT1_HI", 7)], "")
    assert sequences(page) == [8, 7]
    page.add([fresh, now("LT1_HI", 9, Transition.ACKNOWLEDGED)])
    assert sequences(page) == [9, 8, 7]


def test_every_choice_is_a_question_to_the_station(qtbot, page, asked):
    page.open()
    bar = page.filters
    bar.priorities[Priority.LOW].setChecked(False)
    bar.kinds.setCurrentIndex(1)
    bar.areas.setCurrentIndex(bar.areas.findData("Filling"))
    bar.tag.setText("Tank")
    bar.user.setText("carla")
    bar.search.setText(" level ")
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[1][4] == EventFilter(
        priorities=(Priority.URGENT, Priority.HIGH, Priority.MEDIUM),
        transitions=(Transition.ACTIVATED, Transition.RE_ALARMED, Transition.SEVERITY_CHANGED),
        tags=("Tank",),
        areas=("Filling",),
        users=("carla",),
        text="level",
    )
    page.filters.reset.click()
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert asked[2][4] == EventFilter()


def test_new_events_join_only_when_the_filter_accepts_them(qtbot, page, asked):
    page.open()
    page.filters.areas.setCurrentIndex(page.filters.areas.findData("Infeed"))
    qtbot.waitUntil(lambda: len(asked) == 2)
    asked[1][3]([], "")
    page.add([now("LT1_HI", 3, area="Filling"), now("M1_TRIP", 4, area="Infeed")])
    assert sequences(page) == [4]


def test_a_period_of_the_past_takes_no_new_events(qtbot, page, asked):
    page.open()
    page.filters.period.show_period(10**18, 10**18 + 3600 * 10**9)
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[1][:2] == (10**18, 10**18 + 3600 * 10**9)
    asked[1][3]([], "")
    page.add([now("LT1_HI", 3)])
    assert sequences(page) == []
    assert "choose a longer one" in page.state.text()


def test_from_and_to_can_be_typed_and_an_end_before_the_begin_is_no_fault(qtbot, page, asked):
    page.open()
    period = page.filters.period
    assert period.begin.isHidden()
    period.lengths.setCurrentIndex(period.lengths.count() - 1)
    assert period.begin.isVisible()
    period.begin.setDateTime(period.end.dateTime().addSecs(3600))
    start_ns, end_ns = period.period()
    assert end_ns > start_ns


def test_an_older_answer_never_replaces_a_newer_one_and_is_given_up(qtbot, page, asked, cancelled):
    page.open()
    page.filters.search.setText("x")
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert cancelled == [1]
    asked[1][3]([], "")
    asked[0][3]([now("LT1_HI", 7)], "")
    assert sequences(page) == []


def test_loading_shows_how_far_it_is_and_can_be_stopped(page, asked, cancelled):
    page.open()
    assert page.stop.isVisible()
    asked[0][5](5_000)
    assert "5" in page.state.text()
    page.stop.click()
    assert cancelled == [1]
    assert page.stop.isHidden()
    asked[0][3]([now("LT1_HI", 7)], "")
    assert sequences(page) == []


def test_tells_why_it_cannot_be_shown(page, asked):
    page.open()
    asked[0][3](None, "the disk is full")
    assert "the disk is full" in page.state.text()


def test_shows_values_as_the_tag_does(page):
    row = snapshot("M1_TRIP", value=1.0, unit="", tag="Motor.Running")
    page.model.replace([event(row, sequence=1), event(snapshot("LT1_HI", value=85.26), sequence=2)])
    assert cell(page, 1, HistoryColumn.VALUE) == "Running"
    assert cell(page, 0, HistoryColumn.VALUE) == "85.3 / 80.0 %"


def test_shows_old_and_new_state_and_who_at_which_station(page):
    made = now(
        "LT1_HI", 1, Transition.ACKNOWLEDGED, state_before=AlarmState.UNACKNOWLEDGED,
        state_after=AlarmState.ACKNOWLEDGED, user="carla", workstation="desk 2", comment="known",
        tag="Tank.Level",
    )  # fmt: skip
    page.model.replace([made])
    assert cell(page, 0, HistoryColumn.STATES) == "Active → Acknowledged"
    assert cell(page, 0, HistoryColumn.WORKSTATION) == "desk 2"
    page.table.selectRow(0)
    for part in ("Active → Acknowledged", "carla at desk 2", "known", "Tank.Level", "85.2 / 80.0 %"):
        assert part in page.facts.full_text


def test_every_transition_has_a_word(qapp):
    assert len({transition_text(one) for one in Transition}) == len(Transition)


def test_yesterdays_events_have_their_date(page):
    page.model.replace([event(snapshot("LT1_HI", active_ns=time.time_ns() - 2 * 86_400 * 10**9))])
    assert len(cell(page, 0, HistoryColumn.TIME)) == len("12-30 00:00:00.000")


def test_an_event_leads_to_its_trend_and_to_its_screen_of_that_moment(qtbot, page):
    page.model.replace([now("LT1_HI", 1), now("COMM.plc", 2)])
    assert not page.trend.isEnabled()
    page.table.selectRow(1)
    at_ns = page.selected().source_ns
    with qtbot.waitSignal(page.trend_requested) as trend:
        page.trend.click()
    with qtbot.waitSignal(page.moment_requested) as moment:
        page.moment.click()
    assert trend.args == ["Tank.Level", at_ns]
    assert moment.args == ["LT1_HI", "Tank.Level", at_ns]
    page.table.selectRow(0)  # a connection has no trend
    assert not page.trend.isEnabled()
    assert not page.moment.isEnabled()


def test_exports_what_is_shown(qtbot, page, asked):
    assert not page.export.isEnabled()
    page.open()
    asked[0][3]([now("LT1_HI", 1), now("LT1_LO", 2)], "")
    with qtbot.waitSignal(page.export_requested) as wanted:
        page.export.click()
    events, title = wanted.args
    assert [one.sequence for one in events] == [1, 2]
    assert title.startswith("Alarm journal from ")


def test_a_wide_table_shows_tag_states_and_station_too(qtbot, page):
    assert page.table.isColumnHidden(HistoryColumn.STATES)
    page.resize(1_800, 900)
    qtbot.waitUntil(lambda: not page.table.isColumnHidden(HistoryColumn.STATES))


def test_the_keyboard_reaches_the_trend(qtbot, page):
    page.model.replace([now("LT1_HI", 1)])
    page.table.selectRow(0)
    page.trend.setFocus()
    with qtbot.waitSignal(page.trend_requested):
        qtbot.keyClick(page.trend, Qt.Key.Key_Space)
