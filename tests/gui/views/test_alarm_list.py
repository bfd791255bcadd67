"""The alarm page and banner as the operator uses them."""

import time

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from alarms.model import AlarmState, Priority, Transition
from tests.support.fake_station import event, sample_project, snapshot
from views.alarm_banner import AlarmBanner
from views.alarm_book import AlarmBook
from views.alarm_history import HistoryColumn
from views.alarm_list import AlarmPage
from views.style import load_theme

ACKED = AlarmState.ACKNOWLEDGED


@pytest.fixture
def theme(qapp):
    return load_theme("light")


@pytest.fixture
def asked() -> list[tuple]:
    return []


@pytest.fixture
def page(qtbot: QtBot, theme, asked) -> AlarmPage:
    project = sample_project()
    page = AlarmPage(
        AlarmBook(),
        project.tags,
        {definition.alarm_id: definition for definition in project.alarms},
        lambda row: "filling",
        lambda *query: asked.append(query),
        theme,
    )
    qtbot.addWidget(page)
    page.resize(1150, 620)
    page.show()
    qtbot.waitExposed(page)
    return page


def tell(page: AlarmPage, *rows, removed=(), events=()) -> None:
    page.apply(page._book.apply(rows, removed, complete=False), list(events))


def painted(qtbot: QtBot, page: AlarmPage) -> None:
    page.table.viewport().repaint()


def test_says_that_nothing_is_active(page):
    assert page.table._hint.text() == "No active alarms"
    tell(page, snapshot("LT1_HI"))
    assert page.table._hint.isHidden()
    page.search.setText("nothing like it")
    assert page.table._hint.text() == "No alarm matches the filter"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_acknowledges_the_selection_by_keyboard_with_the_events_seen(qtbot, page, key):
    tell(page, snapshot("LT1_HI", event_id="e1"), snapshot("TT1_HIHI", event_id="e2", state=ACKED))
    painted(qtbot, page)
    page.table.selectAll()
    page.comment.setText("known")
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        qtbot.keyClick(page.table, key)
    assert asked.args == [["e1"], "known"]
    assert page.comment.text() == ""


def test_acknowledge_visible_takes_only_what_is_on_the_screen(qtbot, page):
    rows = [snapshot(f"a{n:03}", event_id=f"e{n}", active_ns=10**18 - n) for n in range(200)]
    tell(page, *rows)
    painted(qtbot, page)
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        page.acknowledge_visible()
    events = asked.args[0]
    assert 5 < len(events) < 40
    assert events == [f"e{n}" for n in range(len(events))]


def test_rows_never_shown_are_left_out_and_the_operator_is_told(qtbot, page):
    tell(page, *(snapshot(f"a{n:03}", event_id=f"e{n}", active_ns=10**18 - n) for n in range(200)))
    painted(qtbot, page)
    page.table.selectAll()
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        page.acknowledge_selected()
    left = 200 - len(asked.args[0])
    assert left > 150
    assert str(left) in page._count.text()


def test_guidance_says_what_to_do_and_leads_to_the_screen(qtbot, page):
    tell(page, snapshot("LT1_HI"))
    assert page.guidance._title.text() == "No alarm selected"
    assert page.select_alarm("LT1_HI")
    assert page.guidance._texts["operator_action"].text() == "Close the inlet and check the valve"
    assert page.guidance._texts["time_to_respond"].text() == "5 min"
    with qtbot.waitSignal(page.screen_requested) as asked:
        qtbot.mouseClick(page.guidance._show, Qt.MouseButton.LeftButton)
    assert asked.args == ["filling", "Tank.Level"]


def test_an_alarm_that_the_project_does_not_define_is_shown_all_the_same(page):
    tell(page, snapshot("unknown"))
    page.select_alarm("unknown")
    assert "Not stated" in page.guidance._texts["cause"].text()
    assert not page.select_alarm("never heard of")


def test_priorities_areas_and_states_filter(qtbot, page):
    tell(
        page,
        snapshot("A", priority=Priority.URGENT),
        snapshot("B", priority=Priority.LOW, area="Infeed", state=ACKED),
    )
    page._priorities[Priority.URGENT].setChecked(False)
    assert [page.model.row_at(0).alarm_id, page.model.rowCount()] == ["B", 1]
    page._priorities[Priority.URGENT].setChecked(True)
    page._areas.setCurrentIndex(page._areas.findData("Infeed"))
    assert page.model.rowCount() == 1
    page._areas.setCurrentIndex(0)
    page._groups.setCurrentIndex(1)
    assert page.model.row_at(0).alarm_id == "A"


def test_clicking_a_header_sorts_and_a_third_click_restores_the_operators_order(qtbot, page):
    tell(page, snapshot("A", message="b", active_ns=2), snapshot("B", message="a", active_ns=1))
    header = page.table.horizontalHeader()
    header.sortIndicatorChanged.emit(3, Qt.SortOrder.AscendingOrder)
    assert page.model.row_at(0).alarm_id == "B"
    header.sortIndicatorChanged.emit(-1, Qt.SortOrder.AscendingOrder)
    assert page.model.row_at(0).alarm_id == "A"


def test_blinking_repaints_only_the_symbols(qtbot, page):
    tell(page, snapshot("A"))
    page.set_blink(False)
    first = page.grab().toImage()
    page.set_blink(True)
    assert page.grab().toImage() != first


def test_history_asks_for_the_period_and_takes_new_events_on_top(qtbot, page, asked):
    old = event(snapshot("LT1_HI", active_ns=time.time_ns() - 10**9), sequence=7)
    page.tabs.setCurrentIndex(1)
    start_ns, end_ns, limit, answer = asked[0]
    assert end_ns - start_ns >= 8 * 3600 * 10**9
    assert limit == 10_000
    fresh = event(snapshot("LT1_HI"), Transition.RETURNED, sequence=8)
    tell(page, events=[fresh])  # comes before the answer
    answer([old], "")
    assert [page.history.model.event_at(row).sequence for row in range(2)] == [8, 7]
    tell(page, events=[fresh, event(snapshot("LT1_HI"), Transition.ACKNOWLEDGED, sequence=9)])
    assert [page.history.model.event_at(row).sequence for row in range(3)] == [9, 8, 7]
    page.history._search.setText("tank")
    assert page.history.model.rowCount() == 3
    page.history._search.setText("pump")
    assert page.history.model.rowCount() == 0


def test_history_shows_values_as_the_tag_does(page):
    row = snapshot("M1_TRIP", value=1.0, unit="", tag="Motor.Running")
    page.history.model.replace([event(row, sequence=1), event(snapshot("LT1_HI", value=85.26), sequence=2)])
    column = HistoryColumn.VALUE
    assert page.history.model.data(page.history.model.index(1, column)) == "Running"
    assert page.history.model.data(page.history.model.index(0, column)) == "85.3 / 80.0 %"


def test_yesterdays_events_have_their_date(page):
    row = snapshot("LT1_HI", active_ns=time.time_ns() - 2 * 86_400 * 10**9)
    page.history.model.replace([event(row)])
    text = page.history.model.data(page.history.model.index(0, HistoryColumn.TIME))
    assert len(text) == len("12-30 00:00:00.000")


def test_history_tells_why_it_cannot_be_shown(page, asked):
    page.tabs.setCurrentIndex(1)
    asked[0][3](None, "the disk is full")
    assert "the disk is full" in page.history._state.text()


@pytest.fixture
def banner(qtbot, theme) -> AlarmBanner:
    banner = AlarmBanner(AlarmBook(), theme)
    qtbot.addWidget(banner)
    banner.resize(1366, 46)
    banner.show()
    return banner


def test_the_banner_shows_the_highest_unacknowledged_and_counts_everything(qtbot, banner):
    assert banner.message.full_text == "No active alarms"
    assert not banner.acknowledge.isEnabled()
    banner._book.apply(
        [
            snapshot("U", priority=Priority.URGENT, state=ACKED, message="Seen before"),
            snapshot("H", priority=Priority.HIGH, message="Tank level high", event_id="e5"),
            snapshot("S", state=AlarmState.SHELVED),
            snapshot("D", state=AlarmState.OUT_OF_SERVICE),
        ],
        [],
        complete=True,
    )
    banner.refresh()
    assert banner.message.full_text.startswith("Tank level high")
    assert (banner.counts[Priority.URGENT].active, banner.counts[Priority.URGENT].unacknowledged) == (1, 0)
    assert (banner.counts[Priority.HIGH].active, banner.counts[Priority.HIGH].unacknowledged) == (1, 1)
    assert (banner.shelved.text(), banner.suppressed.text()) == ("Shelved 1", "Suppressed 1")
    with qtbot.waitSignal(banner.acknowledge_requested) as asked:
        qtbot.mouseClick(banner.acknowledge, Qt.MouseButton.LeftButton)
    assert asked.args == [["e5"], ""]


def test_the_banner_returns_to_rest(banner):
    banner._book.apply([snapshot("H")], [], complete=True)
    banner.refresh()
    banner._book.apply([], ["H"], complete=False)
    banner.refresh()
    assert banner.message.full_text == "No active alarms"
    assert banner.symbol.isHidden()


def test_clicking_the_banner_opens_the_list(qtbot, banner):
    with qtbot.waitSignal(banner.list_requested):
        qtbot.mouseClick(banner, Qt.MouseButton.LeftButton)


def test_the_banner_stays_readable_at_the_smallest_width(qtbot, banner):
    message = "A very long alarm message that says precisely which valve of which station has failed " * 2
    banner._book.apply([snapshot("H", message=message)], [], complete=True)
    banner.resize(1024, 46)
    banner.refresh()
    assert banner.message.full_text.startswith(message)
    assert banner.minimumSizeHint().width() <= 1024


def test_theme_and_blink_change_the_picture(banner):
    banner._book.apply([snapshot("H")], [], complete=True)
    banner.refresh()
    first = banner.grab().toImage()
    banner.set_blink(False)
    second = banner.grab().toImage()
    assert first != second
    banner.set_theme(load_theme("dark"))
    assert banner.grab().toImage() != second
