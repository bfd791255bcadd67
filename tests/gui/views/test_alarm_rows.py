"""The alarm list's model: order, filter, and rows that follow the book without being rebuilt."""

import random
import time

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from alarms.model import AlarmState, MessageClass, Priority
from tags.status import StatusCode
from tests.support.fake_station import sample_project, snapshot
from views.alarm_book import AlarmBook, StateGroup
from views.alarm_rows import AlarmFilter, AlarmListModel, Column
from views.alarm_text import value_and_limit

UNACK, ACKED = AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED


def model_of(*rows) -> tuple[AlarmBook, AlarmListModel]:
    book = AlarmBook()
    book.apply(rows, [], complete=True)
    return book, AlarmListModel(book, sample_project().tags)


def shown(model: AlarmListModel) -> list[str]:
    return [model.row_at(row).alarm_id for row in range(model.rowCount())]


def tell(book: AlarmBook, model: AlarmListModel, rows=(), removed=(), complete=False) -> None:
    model.apply(book.apply(rows, removed, complete=complete))


def test_the_operators_order_is_unacknowledged_then_priority_then_newest(qapp):
    _, model = model_of(
        snapshot("old", priority=Priority.HIGH, active_ns=10**18),
        snapshot("new", priority=Priority.HIGH, active_ns=10**18 + 5),
        snapshot("urgent-acked", priority=Priority.URGENT, state=ACKED, active_ns=10**18),
        snapshot("urgent", priority=Priority.URGENT, active_ns=1),
        snapshot("low", priority=Priority.LOW, active_ns=2 * 10**18),
    )
    assert shown(model) == ["urgent", "new", "old", "low", "urgent-acked"]


def test_shelved_and_suppressed_are_not_in_the_list_unless_asked_for(qapp):
    _, model = model_of(
        snapshot("A"),
        snapshot("S", state=AlarmState.SHELVED),
        snapshot("D", state=AlarmState.SUPPRESSED_BY_DESIGN),
    )
    assert shown(model) == ["A"]
    model.set_filter(AlarmFilter(groups=frozenset({StateGroup.SHELVED})))
    assert shown(model) == ["S"]


def test_alerts_are_no_alarms_and_have_their_own_list(qapp):
    book, model = model_of(snapshot("A"), snapshot("N", message_class=MessageClass.ALERT))
    assert shown(model) == ["A"]
    assert book.count(StateGroup.UNACKNOWLEDGED) == 1
    model.set_filter(AlarmFilter(alerts=True))
    assert shown(model) == ["N"]


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (AlarmFilter(priorities=frozenset({Priority.LOW})), ["B"]),
        (AlarmFilter(area="Infeed"), ["B"]),
        (AlarmFilter(text="LEVEL"), ["A"]),
        (AlarmFilter(text="no such"), []),
        (AlarmFilter(groups=frozenset({StateGroup.ACKNOWLEDGED})), ["B"]),
    ],
)
def test_filters(qapp, chosen, ids):
    _, model = model_of(
        snapshot("A", priority=Priority.HIGH),
        snapshot("B", priority=Priority.LOW, state=ACKED, area="Infeed", message="Jam", tag="Motor.Running"),
    )
    model.set_filter(chosen)
    assert shown(model) == ids


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_sorts_by_every_column_and_back(qapp, column, order):
    rows = [
        snapshot(f"{n:03}", priority=random.choice(list(Priority)), active_ns=10**18 + n, value=float(n % 7))
        for n in range(60)
    ]
    _, model = model_of(*rows)
    natural = shown(model)
    model.sort(column, order)
    assert sorted(shown(model)) == sorted(natural)
    assert all(model.find(alarm_id) == row for row, alarm_id in enumerate(shown(model)))
    model.sort(-1)
    assert shown(model) == natural


def test_follows_a_random_life_without_a_reset_and_keeps_the_views_contract(qapp):
    book, model = model_of()
    tester = ModelTester(None)
    tester.check(model)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    chooser = random.Random(4)
    for _ in range(15):
        ids = [f"a{chooser.randrange(40)}" for _ in range(chooser.randrange(1, 70))]
        rows = {
            alarm_id: snapshot(
                alarm_id,
                state=chooser.choice([UNACK, ACKED, AlarmState.RETURNED_UNACKNOWLEDGED, AlarmState.SHELVED]),
                priority=chooser.choice(list(Priority)),
                active_ns=chooser.randrange(1, 10**6),
            )
            for alarm_id in ids
        }
        gone = [alarm_id for alarm_id in list(book.rows) if chooser.random() < 0.1 and alarm_id not in rows]
        tell(book, model, rows.values(), gone)
        fresh = AlarmListModel(book)
        assert shown(model) == shown(fresh)
    assert not resets


def test_a_row_that_is_acknowledged_moves_and_stays_selected(qapp, qtbot):
    from PySide6.QtWidgets import QTableView

    book, model = model_of(snapshot("A", active_ns=3), snapshot("B", active_ns=2), snapshot("C", active_ns=1))
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.selectRow(0)
    tell(book, model, [snapshot("A", state=ACKED, active_ns=3)])
    assert shown(model) == ["B", "C", "A"]
    assert [index.row() for index in view.selectionModel().selectedRows()] == [2]


def test_a_burst_of_5000_alarms_is_taken_in_blocks(qapp):
    book, model = model_of()
    blocks: list[int] = []
    model.rowsInserted.connect(lambda *_: blocks.append(1))
    base = time.time_ns()
    rows = [
        snapshot(f"a{n:05}", tag=f"T{n}", priority=Priority(n % 4 + 1), active_ns=base + n)
        for n in range(10_000)
    ]
    tell(book, model, rows[:5000])
    assert len(blocks) == 1
    begin = time.perf_counter()
    for start in range(5000, 10_000, 16):  # 500 a second at 30 frames a second
        tell(book, model, rows[start : start + 16])
    each = (time.perf_counter() - begin) / len(range(5000, 10_000, 16))
    assert model.rowCount() == 10_000
    assert each < 0.01, "0.4 ms on an idle machine"
    tell(book, model, [snapshot(row.alarm_id, state=ACKED, priority=row.priority) for row in rows])
    assert book.count(StateGroup.UNACKNOWLEDGED) == 0
    assert model.rowCount() == 10_000


def test_a_complete_list_after_a_reconnect_changes_only_what_differs(qapp):
    same = snapshot("same", active_ns=5)
    book, model = model_of(same, snapshot("gone", active_ns=4))
    tell(book, model, [same, snapshot("fresh", active_ns=6)], complete=True)
    assert shown(model) == ["fresh", "same"]


def test_acknowledges_only_events_that_were_painted(qapp):
    book, model = model_of(snapshot("A", event_id="e1"), snapshot("B", event_id="e2", active_ns=1))
    assert model.seen_events(model.alarms) == []
    model.mark_seen(0)
    assert model.seen_events(model.alarms) == ["e1"]
    tell(book, model, [snapshot("A", event_id="e9")])  # happened again, and not painted yet
    assert model.seen_events([model.row_at(model.find("A"))]) == ["e1"]
    model.mark_seen(model.find("A"))
    assert model.seen_events([model.row_at(model.find("A"))]) == ["e9"]


def test_acknowledged_rows_are_not_acknowledged_again(qapp):
    _, model = model_of(snapshot("A", state=ACKED))
    model.mark_seen(0)
    assert model.seen_events(model.alarms) == []


def test_texts_have_units_decimals_states_and_doubt(qapp):
    tags = sample_project().tags
    assert value_and_limit(snapshot("A", value=85.24), tags).startswith("85.2 / 80.0 %")
    trip = snapshot("M", tag="Motor.Running", value=0, unit="")
    assert value_and_limit(trip, tags) == "Stopped"
    bad = int(StatusCode.BadNoCommunication)
    _, model = model_of(snapshot("A", status=bad), snapshot("C", status=bad, tag="conveyors", active_ns=1))
    assert model.data(model.index(0, Column.STATE)) == "Active ?"
    assert "BadNoCommunication" in model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert model.data(model.index(1, Column.STATE)) == "Active", "a lost connection is no doubt about itself"


def test_yesterdays_times_get_their_date(qapp):
    now_ns = time.time_ns()
    _, model = model_of(snapshot("A", active_ns=now_ns))
    index = model.index(0, Column.TIME)
    assert "-" not in model.data(index)
    model.day_changed(now_ns + 86_400 * 10**9)
    assert "-" in model.data(index)


def test_the_book_counts_and_names_the_foremost(qapp):
    book = AlarmBook()
    assert book.foremost() is None
    book.apply(
        [
            snapshot("L", priority=Priority.LOW, active_ns=9),
            snapshot("H1", priority=Priority.HIGH, active_ns=1),
            snapshot("H2", priority=Priority.HIGH, active_ns=2),
            snapshot("U", priority=Priority.URGENT, state=ACKED, tag="Motor.Running"),
        ],
        [],
        complete=True,
    )
    assert book.foremost().alarm_id == "H2"
    assert book.count(StateGroup.UNACKNOWLEDGED, Priority.HIGH) == 2
    assert book.marks == {"Tank.Level": (Priority.HIGH, False), "Motor.Running": (Priority.URGENT, True)}
    book.apply([], ["H1", "H2", "L"], complete=False)
    assert book.foremost().alarm_id == "U"
    assert "Tank.Level" not in book.marks


def test_the_model_is_a_flat_table(qapp):
    _, model = model_of(snapshot("A"))
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.columnCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert titles[Column.MESSAGE] == "Message"
