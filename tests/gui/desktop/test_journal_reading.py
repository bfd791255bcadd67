"""The journal read over the link: pages, progress, the most, and giving up; and the screen of a moment."""

import time
from dataclasses import replace

import numpy as np
import pytest

from alarms.filters import EventFilter
from hmi.desktop import journal_reading
from hmi.desktop.journal_reading import JournalReading
from hmi.desktop.moment import MomentWindow
from hmi.link import QueryEvents, QueryRaw
from projects.model import ElementModel
from tags.model import Batch
from tests.support.fake_station import event, snapshot


@pytest.fixture
def journal(station):
    station.journal = [
        replace(event(snapshot("LT1_HI" if row % 2 else "M1_TRIP"), sequence=row), source_ns=10**18 + row)
        for row in range(25)
    ]
    return station.journal


def read(window, qtbot, most: int = 1_000, chosen: EventFilter | None = None):
    answers: list = []
    counts: list[int] = []
    JournalReading(
        window.client, 0, 2 * 10**18, most, lambda *args: answers.append(args), chosen, counts.append
    )
    qtbot.waitUntil(lambda: bool(answers))
    return answers[0], counts


def test_pages_are_put_together_in_order(qtbot, station, window, journal, monkeypatch):
    monkeypatch.setattr(journal_reading, "PAGE", 10)
    (events, text), counts = read(window, qtbot)
    assert ([one.sequence for one in events], text) == (list(range(25)), "")
    assert counts == [10, 20, 25]


def test_the_newest_of_the_most_are_read_and_no_more(qtbot, station, window, journal, monkeypatch):
    monkeypatch.setattr(journal_reading, "PAGE", 10)
    (events, _), _ = read(window, qtbot, most=15)
    assert [one.sequence for one in events] == list(range(10, 25))


def test_the_station_filters(qtbot, station, window, journal):
    (events, _), _ = read(window, qtbot, chosen=EventFilter(alarm_ids=("LT1_HI",)))
    assert {one.alarm_id for one in events} == {"LT1_HI"}
    assert station.of(QueryEvents)[-1].chosen.alarm_ids == ["LT1_HI"]


def test_a_question_given_up_is_not_answered(qtbot, station, window, journal):
    answers: list = []
    reading = JournalReading(window.client, 0, 2 * 10**18, 10, lambda *args: answers.append(args))
    reading.cancel()
    read(window, qtbot)
    assert answers == []


def test_a_lost_station_is_told(qtbot, station, window, journal):
    station.mute = True
    answers: list = []
    JournalReading(window.client, 0, 2 * 10**18, 10, lambda *args: answers.append(args))
    station.drop_clients()
    qtbot.waitUntil(lambda: bool(answers))
    assert answers[0][0] is None
    assert answers[0][1]


def test_the_trend_opens_ten_minutes_around_the_event(qtbot, window):
    at_ns = time.time_ns() - 7200 * 10**9
    window.workspace.alarms.history.trend_requested.emit("Tank.Level", at_ns)
    plot = window.workspace.trend.plot
    assert window.workspace.page == "trend"
    assert (plot.start_ns, plot.end_ns) == (at_ns - 600 * 10**9, at_ns + 600 * 10**9)
    assert "Tank.Level" in window.workspace.trend.paths()
    assert not plot.is_live


def test_the_screen_of_a_moment_shows_what_history_has_and_commands_nothing(qtbot, station, window):
    at_ns = time.time_ns() - 3600 * 10**9
    values = {"Tank.Level": 12.5, "Tank.SetPoint": 33.0}

    def answer(query):
        if query.path not in values:
            return Batch.empty(0)
        rows = [(0, value, 0, at) for value, at in ((values[query.path], at_ns - 5), (99.0, at_ns + 7))]
        return Batch.of(rows, at_ns)

    station.answer_raw = answer
    workspace = window.workspace
    workspace.alarms.history.moment_requested.emit("none", "Tank.Level", at_ns)
    moment = workspace.inquiry.moment
    tags = workspace.project.tags
    qtbot.waitUntil(lambda: moment.progress.isHidden())
    assert moment.source.value(tags.by_path("Tank.Level").id) == 12.5
    assert np.isnan(moment.source.values[tags.by_path("Motor.Running").id])
    assert "Not live" in moment.findChildren(type(moment.state))[0].text()
    assert moment.canvas.scene.look.locked
    assert "1" in moment.state.text()  # the recipe has no history
    moment.close()


def test_small_trends_of_a_moment_end_there(qtbot, station, window):
    at_ns = time.time_ns() - 3600 * 10**9
    past = [(at_ns - 40 * 10**9, 1.0), (at_ns - 20 * 10**9, 2.0), (at_ns + 7, 3.0)]
    station.answer_raw = lambda _: Batch.of([(0, value, 0, at) for at, value in past], at_ns)
    project = window.workspace.project
    sparkline = ElementModel("s", "sparkline", 10, 10, 200, 60, {"tag": "Tank.Level", "minutes": 1})
    screen = replace(next(iter(project.screens.values())), elements=(sparkline,))
    tag = project.tags.by_path("Tank.Level")
    moment = MomentWindow(screen, project.tags, [tag.id], at_ns, window.client, window.theme, window)
    (element,) = moment.canvas.scene.elements
    qtbot.waitUntil(lambda: len(element.samples) >= 2)
    assert [value for _, value in element.samples][:2] == [1.0, 2.0]
    assert all(time_ns <= at_ns for time_ns, _ in element.samples)
    asked = [query for query in station.of(QueryRaw) if query.path == "Tank.Level"]
    assert min(query.start_ns for query in asked) < at_ns - 50 * 10**9
    moment.close()


def test_what_no_screen_shows_is_told(qtbot, window):
    with qtbot.waitSignal(window.workspace.told) as told:
        window.workspace.inquiry.show_moment("none", "No.Such", 1)
    assert "No.Such" in told.args[0]
