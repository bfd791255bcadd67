"""The event log page as the operator uses it: periods, filters, older events, what is new, the trend."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from historian.happening import EventChoice, Happening
from tags.clock import NS_PER_S
from views.event_log import EventLogPage
from views.event_log_model import LogColumn
from views.event_words import detail_text
from views.style import font, load_theme

NOW_NS = time.time_ns()


class Log:
    """Takes what the page asks and answers when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    def __call__(self, start_ns, end_ns, limit, choice, answer) -> None:
        self.asked.append((start_ns, end_ns, limit, choice, answer))

    def answer(self, events: list[Happening] | None, *, has_more: bool = False, text: str = "") -> None:
        self.asked[-1][-1](events, has_more, text)

    @property
    def choice(self) -> EventChoice:
        return self.asked[-1][3]


def happened(seconds_ago: int, kind: str = "connection", **facts: str) -> Happening:
    return Happening(
        kind,
        NOW_NS - seconds_ago * NS_PER_S,
        facts.get("subject", "filling"),
        facts.get("text", f"{seconds_ago} s ago"),
        facts.get("detail", ""),
        facts.get("change", ""),
        facts.get("user", ""),
    )


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def page(qtbot: QtBot, log: Log) -> EventLogPage:
    page = EventLogPage(log, load_theme("light"))
    qtbot.addWidget(page)
    page.resize(1200, 500)
    page.show()
    page.open()
    return page


def texts(page: EventLogPage, column: LogColumn = LogColumn.TEXT) -> list[str]:
    model = page.model
    return [model.data(model.index(row, column)) for row in range(model.rowCount())]


def test_a_period_is_asked_and_shown_newest_first(page: EventLogPage, log: Log) -> None:
    start_ns, end_ns, _, choice, _ = log.asked[-1]
    assert 28_790 * NS_PER_S < time.time_ns() - start_ns < 28_900 * NS_PER_S
    assert end_ns > time.time_ns()
    assert choice == EventChoice([], [], [], "")
    log.answer([happened(1), happened(5)])
    assert texts(page) == ["1 s ago", "5 s ago"]
    page.period.setCurrentIndex(page.period.count() - 1)
    assert log.asked[-1][0] == 0
    # An answer to the question before the last is not shown any more.
    log.asked[-2][-1]([happened(99)], False, "")
    assert texts(page) == ["1 s ago", "5 s ago"]


def test_every_kind_is_told_in_words(page: EventLogPage, log: Log) -> None:
    log.answer(
        [
            happened(1, "alarm", subject="Tank.Level", detail="activated", change="91 % / 90 %"),
            happened(2, "write", subject="Tank.Target", detail="refused", change="1 → 2", user="marie"),
            happened(3, "gap", detail='{"reason": "connection_lost"}'),
            happened(4, "alarm", detail="something new"),
            happened(5, "station", subject="cell"),
        ]
    )
    assert texts(page, LogColumn.KIND) == ["Alarm", "Write", "Gap", "Alarm", "Station"]
    assert texts(page, LogColumn.OUTCOME) == ["Alarm", "Refused", "Link lost", "something new", ""]
    assert texts(page, LogColumn.CHANGE)[:2] == ["91 % / 90 %", "1 → 2"]
    assert texts(page, LogColumn.USER)[1] == "marie"
    assert detail_text(happened(1, "gap", detail="no json")) == "no json"


def test_filters_are_asked_of_the_station(qtbot: QtBot, page: EventLogPage, log: Log) -> None:
    log.answer([happened(1, "write", user="marie", subject="Tank.Level")])
    page.kinds["write"].click()
    page.kinds["gap"].click()
    assert log.choice.kinds == ["write", "gap"]
    page.kinds["gap"].click()
    asked = len(log.asked)
    qtbot.keyClicks(page.search, "pump")
    qtbot.waitUntil(lambda: len(log.asked) > asked)
    assert log.choice == EventChoice(["write"], [], [], "pump")
    log.answer([happened(1, "write", user="marie", subject="Tank.Level")])
    menu = page.menu_of(page.model.event_at(0))
    assert [action.text() for action in menu.actions()] == [
        "Show in the trend",
        "Show only what is about Tank.Level",
        "Show only what marie did",
    ]
    menu.actions()[2].trigger()
    assert log.choice.users == ["marie"]
    assert page.chosen.isVisible()
    menu.actions()[1].trigger()
    assert (log.choice.subjects, log.choice.users) == (["Tank.Level"], [])
    page.chosen.click()
    assert (log.choice.subjects, page.chosen.isVisible()) == ([], False)
    menu.deleteLater()


def test_older_events_come_when_the_end_is_shown(page: EventLogPage, log: Log) -> None:
    log.answer([happened(1), happened(5)], has_more=True)
    assert "scroll down" in page.state.text()
    page.table.scrollToBottom()
    if page.model.canFetchMore(page.table.rootIndex()):
        page.model.fetchMore(page.table.rootIndex())
    assert log.asked[-1][1] == NOW_NS - 5 * NS_PER_S
    assert not page.model.canFetchMore(page.table.rootIndex())
    log.answer([happened(9)])
    assert texts(page) == ["1 s ago", "5 s ago", "9 s ago"]
    assert not page.model.canFetchMore(page.table.rootIndex())


def test_what_is_new_or_late_joins_without_a_doublet(page: EventLogPage, log: Log) -> None:
    log.answer([happened(10), happened(50)])
    page.refresh_now(time.time_ns() + 5 * NS_PER_S)
    start_ns = log.asked[-1][0]
    assert start_ns == NOW_NS - 40 * NS_PER_S
    page.refresh_now(time.time_ns() + 9 * NS_PER_S)
    assert len(log.asked) == 2  # one question at a time
    log.answer([happened(0), happened(10), happened(20)])
    assert texts(page) == ["0 s ago", "10 s ago", "20 s ago", "50 s ago"]


def test_a_failure_is_told_and_what_was_shown_stays(page: EventLogPage, log: Log) -> None:
    log.answer([happened(1)])
    page.refresh_now(time.time_ns() + 5 * NS_PER_S)
    log.answer(None, text="the disk is gone")
    assert "the disk is gone" in page.state.text()
    assert texts(page) == ["1 s ago"]


def test_an_event_leads_to_the_trend_at_its_moment(qtbot: QtBot, page: EventLogPage, log: Log) -> None:
    log.answer([happened(30, subject="Tank.Level")])
    assert not page.to_trend.isEnabled()
    page.table.selectRow(0)
    for press in (
        page.to_trend.click,
        lambda: qtbot.keyClick(page.table, Qt.Key.Key_Return),
        lambda: page.table.doubleClicked.emit(page.model.index(0, 0)),
    ):
        with qtbot.waitSignal(page.trend_requested) as asked:
            press()
        assert asked.args == ["Tank.Level", NOW_NS - 30 * NS_PER_S]


def test_an_event_is_shown_in_full_and_the_shown_ones_are_exported_oldest_first(
    qtbot: QtBot, page: EventLogPage, log: Log
) -> None:
    log.answer([])
    assert not page.export.isEnabled()
    long = "FIL-004: " + "a message that no column of a narrow table can show " * 3
    log.answer([happened(1, "alarm", text=long, subject="Tank"), happened(9)])
    page.table.selectRow(0)
    assert long in page.facts.full_text
    assert page.facts.full_text.endswith("Tank  ·  " + long)
    with qtbot.waitSignal(page.export_requested) as asked:
        page.export.click()
    events, title = asked.args
    assert [event.text for event in events] == ["9 s ago", long]
    assert title.startswith("Event log from ")


def test_what_happened_has_the_room_that_the_other_columns_leave(page: EventLogPage, log: Log) -> None:
    told = "LINE-002: Outfeed conveyor blocked, packer takes no bottles"
    page.resize(1_090, 500)
    log.answer([happened(5, text=told), happened(9, text=told)])
    needed = QFontMetrics(font(14)).horizontalAdvance(told)
    assert page.table.columnWidth(LogColumn.TEXT) >= needed + 16
    page.open()
    page.period.setCurrentIndex(page.period.count() - 1)
    log.answer([happened(5, change="100.0 → 100.0 1/min and more of it"), happened(90_000 * 40)])
    assert page.table.columnWidth(LogColumn.CHANGE) < 220
    day = page.table.model().index(1, LogColumn.TIME).data()
    assert page.table.columnWidth(LogColumn.TIME) >= QFontMetrics(font(14)).horizontalAdvance(day) + 16
