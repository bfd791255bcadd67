"""The folded list: one row per area, group or cause, flood folding, and saved views."""

import random

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from alarms.model import AlarmState, Priority
from tests.support.fake_station import alarm_definition, sample_project, snapshot
from views.alarm_book import AlarmBook
from views.alarm_flood import LiveFlood
from views.alarm_fold import Grouping
from views.alarm_list import AlarmPage
from views.alarm_rows import AlarmFilter, AlarmListModel, Column
from views.alarm_views import SavedView, from_json, to_json
from views.style import load_theme

DEFINITIONS = {
    item.alarm_id: item
    for item in (
        alarm_definition(
            "F1", "Tank.Level", "Level high", Priority.HIGH, "Filling", group="tank", cause="Valve"
        ),
        alarm_definition("F2", "Tank.Level", "Level low", Priority.LOW, "Filling", cause="Pump"),
        alarm_definition(
            "I1", "Motor.Running", "Trip", Priority.URGENT, "Infeed", group="tank", cause="Valve"
        ),
    )
}
FLOOD = LiveFlood(10**18, 14, "F2", "Level low")


def rows():
    return [
        snapshot("F1", area="Filling", priority=Priority.HIGH, active_ns=10**18 + 5),
        snapshot("F2", area="Filling", priority=Priority.LOW, active_ns=10**18, message="Level low"),
        snapshot("I1", area="Infeed", priority=Priority.URGENT, active_ns=10**18 + 9),
    ]


def lines(model: AlarmListModel) -> list[str]:
    found = []
    for row in range(model.rowCount()):
        head = model.fold_at(row)
        found.append(model.row_at(row).alarm_id if head is None else f"{head.title}:{len(head.rows)}")
    return found


@pytest.fixture
def book() -> AlarmBook:
    book = AlarmBook()
    book.apply(rows(), [], complete=True)
    return book


@pytest.fixture
def model(qapp, book) -> AlarmListModel:
    return AlarmListModel(book, sample_project().tags)


@pytest.fixture
def page(qtbot: QtBot) -> AlarmPage:
    page = AlarmPage(
        AlarmBook(), sample_project().tags, DEFINITIONS, lambda _: "", lambda *_: None, load_theme("light")
    )
    qtbot.addWidget(page)
    page.resize(1120, 640)
    with qtbot.waitExposed(page):
        page.show()
    page.apply(page._book.apply(rows(), [], complete=True), [])
    return page


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (Grouping.AREA, ["Infeed:1", "Filling:2"]),
        (Grouping.GROUP, ["tank:2", "Filling:1"]),
        (Grouping.CAUSE, ["Valve:2", "Pump:1"]),
        (Grouping.NONE, ["I1", "F1", "F2"]),
    ],
)
def test_folds_by_what_alarms_have_in_common(model, grouping, expected):
    model.set_grouping(grouping, DEFINITIONS)
    assert lines(model) == expected


def test_a_fold_tells_how_many_and_shows_the_worst_symbol_and_what_came_first(model):
    model.set_grouping(Grouping.AREA, DEFINITIONS)
    head = model.fold_at(1)
    assert (head.worst.alarm_id, head.first.alarm_id, head.unacknowledged) == ("F1", "F2", 2)
    text = model.data(model.index(1, Column.MESSAGE))
    assert "Filling (2)" in text
    assert "First: Level low" in text


def test_a_fold_takes_the_room_of_the_columns_behind_its_text(page):
    page.filters.groupings.setCurrentIndex(1)
    assert [page.table.columnSpan(row, Column.MESSAGE) for row in range(2)] == [9, 9]
    page.model.set_open("Infeed", is_open=True)
    assert [page.table.columnSpan(row, Column.MESSAGE) for row in range(3)] == [9, 1, 9]
    page.filters.groupings.setCurrentIndex(0)
    assert [page.table.columnSpan(row, Column.MESSAGE) for row in range(3)] == [1, 1, 1]


def test_the_fold_that_holds_the_beginning_of_the_flood_is_on_top(model):
    model.set_grouping(Grouping.AREA, DEFINITIONS, "F2")
    assert lines(model) == ["Filling:2", "Infeed:1"]
    model.set_grouping(Grouping.AREA, DEFINITIONS)
    assert lines(model) == ["Infeed:1", "Filling:2"]


def test_an_open_fold_shows_its_alarms_below_it(model):
    model.set_grouping(Grouping.AREA, DEFINITIONS)
    model.set_open("Filling", is_open=True)
    assert lines(model) == ["Infeed:1", "Filling:2", "F1", "F2"]
    assert (model.find("F2"), model.find("I1")) == (3, None)
    assert model.reveal("I1") == 1
    model.set_open("Filling", is_open=False)
    assert lines(model) == ["Infeed:1", "I1", "Filling:2"]


def test_folds_follow_the_book_change_by_change(model, book, qtbot):
    """After any changes the folded list is what a fresh one would be, and no signal was wrong."""
    tester = ModelTester(None)
    tester.check(model)
    model.set_grouping(Grouping.AREA, DEFINITIONS)
    model.set_open("Area 1", is_open=True)
    draw = random.Random(4)
    for _ in range(120):
        changed = [
            snapshot(
                f"X{number}",
                area=f"Area {number % 3}",
                priority=draw.choice(list(Priority)),
                state=draw.choice([AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.SHELVED]),
                active_ns=10**18 + draw.randrange(1000),
            )
            for number in draw.sample(range(24), 5)
        ]
        gone = [f"X{number}" for number in draw.sample(range(24), 2)]
        model.apply(book.apply(changed, [one for one in gone if one in book.rows], complete=False))
        fresh = AlarmListModel(book, sample_project().tags)
        fresh.set_grouping(Grouping.AREA, DEFINITIONS)
        fresh.set_open("Area 1", is_open=True)
        assert lines(model) == lines(fresh)


def test_a_closed_fold_is_not_acknowledged_before_its_alarms_were_seen(qtbot, page):
    page.filters.groupings.setCurrentIndex(1)
    fresh = [snapshot(f"N{number}", area="Capping", active_ns=10**18 + 50 + number) for number in range(3)]
    page.apply(page._book.apply(fresh, ["F1", "F2", "I1"], complete=False), [])
    page.table.viewport().repaint()
    page.table.selectAll()
    asked = []
    page.acknowledge_requested.connect(lambda *args: asked.append(args))
    page.acknowledge_selected()
    assert asked == []
    assert page._count.text().startswith("3 not acknowledged")
    page.model.set_open("Capping", is_open=True)
    page.table.viewport().repaint()
    page.acknowledge_selected()
    assert asked == [(["event-N2", "event-N1", "event-N0"], "")]


def test_a_click_or_the_arrow_keys_open_and_close_a_fold(qtbot, page):
    page.filters.groupings.setCurrentIndex(1)
    table = page.table
    place = table.visualRect(page.model.index(1, Column.MESSAGE)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert lines(page.model) == ["Infeed:1", "Filling:2", "F1", "F2"]
    qtbot.keyClick(table, Qt.Key.Key_Left)
    assert lines(page.model) == ["Infeed:1", "Filling:2"]
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert len(lines(page.model)) == 4


def test_a_flood_folds_the_list_and_says_so(qtbot, page):
    assert page.flood.isHidden()
    page.show_flood(FLOOD)
    assert page.flood.isVisible()
    assert "14 in the last 10 minutes" in page.flood.sentence.full_text
    assert "Level low" in page.flood.sentence.full_text
    assert lines(page.model) == ["Filling:1", "tank:2"]
    page.flood.folding.click()
    assert lines(page.model) == ["I1", "F1", "F2"]
    assert page.flood.isVisible()
    page.flood.folding.click()
    assert lines(page.model) == ["Filling:1", "tank:2"]
    page.flood.what.click()
    assert [alarm.alarm_id for alarm in page.selected_alarms()] == ["F2"]
    page.show_flood(None)
    assert page.flood.isHidden()
    assert lines(page.model) == ["I1", "F1", "F2"]


def test_what_the_operator_grouped_by_stays_in_a_flood(page):
    page.filters.groupings.setCurrentIndex(3)
    page.show_flood(FLOOD)
    assert lines(page.model) == ["Pump:1", "Valve:2"]
    page.show_flood(None)
    assert lines(page.model) == ["Valve:2", "Pump:1"]


def test_a_view_is_kept_under_its_name_and_shown_again(qtbot, page):
    views = page.filters.views
    with qtbot.waitSignal(views.changed) as kept:
        page.filters.priorities[Priority.LOW].setChecked(False)
        page.filters.search.setText("level")
        page.filters.groupings.setCurrentIndex(1)
        page.table.horizontalHeader().setSortIndicator(Column.AREA, Qt.SortOrder.DescendingOrder)
        views.ask_name()
        assert not views.dialog.accept_button.isEnabled()
        views.dialog.name.setText("  Filling, no low ")
        views.dialog.accept()
    page.filters.clear()
    page.filters.groupings.setCurrentIndex(0)
    page.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert lines(page.model) == ["I1", "F1", "F2"]
    again = from_json(kept.args[0])
    assert [view.name for view in again] == ["Filling, no low"]
    views.view_chosen.emit(again[0])
    assert lines(page.model) == ["Infeed:1", "Filling:1"]
    assert page.filters.search.text() == "level"
    assert page.table.horizontalHeader().sortIndicatorSection() == Column.AREA
    views.delete("Filling, no low")
    assert views.views == []


def test_views_survive_their_text_and_rubbish_is_left_out():
    views = [
        SavedView("a", AlarmFilter(area="Filling", alerts=True), Grouping.CAUSE, Column.TIME, True),
        SavedView("b", AlarmFilter(priorities=frozenset({Priority.URGENT}))),
    ]
    assert from_json(to_json(views)) == views
    assert from_json("") == []
    assert from_json("{") == []
    assert from_json('{"a": 1}') == []
    assert from_json('[1, {"name": "x"}, {"name": "y", "priorities": [9]}]') == []
