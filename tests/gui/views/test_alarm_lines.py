"""Flat and folded, after any messages and choices, the list is the one that is made from scratch."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from alarms.model import AlarmSnapshot, AlarmState, Priority
from tests.support.fake_station import alarm_definition, sample_project, snapshot
from views import alarm_folded, alarm_lines
from views.alarm_book import AlarmBook, is_unacknowledged
from views.alarm_fold import Fold, Grouping, Line, title_by
from views.alarm_rows import AlarmFilter, AlarmListModel, Column

NAMES = [f"A{number}" for number in range(8)]
AREAS = ["Filling", "Infeed", "Packing"]
DEFINITIONS = {
    name: alarm_definition(
        name,
        "Tank.Level",
        name,
        Priority.LOW,
        AREAS[number % 3],
        group=("", "tank", "motor")[number % 3],
        cause=f"Cause {number % 4}",
    )
    for number, name in enumerate(NAMES)
}
TAGS = sample_project().tags


def fold_of(title: str, rows: list[AlarmSnapshot], opened: set[str], *, leads: bool) -> Fold:
    """The head of a fold, found by looking at all of its rows."""
    waiting = [row for row in rows if is_unacknowledged(row)]
    leading = [row for row in rows if row.first_out] or rows
    worst = min(waiting or rows, key=lambda row: row.priority)
    first = min(leading, key=lambda row: (row.active_ns, row.alarm_id))
    return Fold(title, tuple(rows), title in opened, worst, first, len(waiting), leads)


def folded(rows: list[AlarmSnapshot], grouping: Grouping, opened: set[str], leader: str) -> list[Line]:
    """The folded list of rows that are in the list's order."""
    title_of = title_by(grouping, DEFINITIONS)
    members: dict[str, list[AlarmSnapshot]] = {}
    for row in rows:
        members.setdefault(title_of(row), []).append(row)
    first = next((title_of(row) for row in rows if row.alarm_id == leader), None)
    lines: list[Line] = []
    for title in sorted(members, key=lambda one: one != first):
        lines.append(fold_of(title, members[title], opened, leads=title == first))
        if title in opened:
            lines += members[title]
    return lines


rows = st.builds(
    snapshot,
    st.sampled_from(NAMES),
    event_id=st.sampled_from(["e1", "e2"]),
    area=st.sampled_from(AREAS),
    priority=st.sampled_from(list(Priority)),
    state=st.sampled_from([AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.SHELVED]),
    active_ns=st.integers(0, 3).map(lambda late: 10**18 + late),
    first_out=st.booleans(),
)
messages = st.tuples(
    st.just("message"),
    st.lists(rows, max_size=8, unique_by=lambda row: row.alarm_id),
    st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
)
choices = st.one_of(
    messages,
    messages,
    st.tuples(st.just("group"), st.sampled_from(list(Grouping)), st.sampled_from(["", *NAMES[:3]])),
    st.tuples(
        st.just("open"), st.sampled_from([*AREAS, "tank", "motor", "Cause 0", "Cause 1"]), st.booleans()
    ),
    st.tuples(
        st.just("sort"),
        st.sampled_from([-1, Column.TIME, Column.AREA, Column.SYMBOL]),
        st.sampled_from(list(Qt.SortOrder)),
    ),
    st.tuples(st.just("filter"), st.sampled_from(["", *AREAS]), st.none()),
)


class Session:
    """A list that is used, and what was chosen in it."""

    def __init__(self) -> None:
        self.book = AlarmBook()
        self.model = AlarmListModel(self.book, TAGS)
        self.tester = ModelTester(None)
        self.tester.check(self.model)
        self.opened: set[str] = set()
        self.leader = ""
        self.sorting = (-1, Qt.SortOrder.AscendingOrder)

    def do(self, what: str, one, other) -> None:
        if what == "message":
            named = {row.alarm_id for row in one}
            gone = [name for name in other if name in self.book.rows and name not in named]
            self.model.apply(self.book.apply(one, gone, complete=False))
        elif what == "group":
            if one is not self.model.grouping:
                self.opened.clear()
            self.leader = other
            self.model.set_grouping(one, DEFINITIONS, other)
        elif what == "open":
            if self.model.grouping is not Grouping.NONE:
                (self.opened.add if other else self.opened.discard)(one)
            self.model.set_open(one, is_open=other)
        elif what == "sort":
            self.sorting = (one, other)
            self.model.sort(one, other)
        else:
            self.model.set_filter(AlarmFilter(area=one))

    def lines(self) -> list[Line]:
        return [self.model.line(row) for row in range(self.model.rowCount())]

    def expected(self) -> list[Line]:
        """All that is shown, made from scratch."""
        flat = AlarmListModel(self.book, TAGS)
        flat.set_filter(self.model.filter)
        flat.sort(*self.sorting)
        if self.model.grouping is Grouping.NONE:
            return list(flat.alarms)
        return folded(list(flat.alarms), self.model.grouping, self.opened, self.leader)


@pytest.mark.parametrize("most_moves", [0, 2, 64])
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(choices, max_size=14))
def test_whatever_happens_the_list_is_what_a_fresh_one_would_be(qapp, monkeypatch, most_moves, steps) -> None:
    for module in (alarm_lines, alarm_folded):
        monkeypatch.setattr(module, "MOST_MOVES", most_moves)
    session = Session()
    for step in steps:
        session.do(*step)
        assert session.lines() == session.expected()
        for row in session.model.alarms:
            at = session.model.find(row.alarm_id)
            assert at is None or session.model.line(at) is row
            assert (at is None) is (row not in session.lines())
        heads = [at for at, line in enumerate(session.lines()) if isinstance(line, Fold)]
        assert session.model.heads() == heads
    session.tester._cleanup()


def test_what_is_selected_stays_so_while_folds_and_rows_move(qapp) -> None:
    session = Session()
    session.do("message", [snapshot(f"A{n}", area=AREAS[n % 3], active_ns=10**18 + n) for n in range(9)], [])
    session.do("group", Grouping.AREA, "")
    session.do("open", "Filling", True)
    model = session.model
    kept = {at: QPersistentModelIndex(model.index(at, 0)) for at in range(model.rowCount())}
    names = {at: title_or_id(model.line(at)) for at in kept}
    late = snapshot("A0", area="Filling", active_ns=10**18 + 99)
    session.do("message", [late, snapshot("N", area="Packing", active_ns=10**18 + 98)], [])
    assert title_or_id(model.line(0)) == "Filling"
    assert model.line(1) is late
    assert {at: title_or_id(model.line(index.row())) for at, index in kept.items()} == names
    session.do("message", [replace(late, state=AlarmState.ACKNOWLEDGED)], [])
    assert {at: title_or_id(model.line(index.row())) for at, index in kept.items()} == names


def title_or_id(line: Line) -> str:
    return line.title if isinstance(line, Fold) else line.alarm_id


def test_a_fold_leads_only_while_it_has_what_began_the_flood(qapp) -> None:
    session = Session()
    session.do("message", [snapshot(f"A{n}", area=AREAS[n % 3], active_ns=10**18 + n) for n in range(6)], [])
    session.do("group", Grouping.AREA, "A0")
    titles = [title_or_id(line) for line in session.lines()]
    assert titles == ["Filling", "Packing", "Infeed"]
    session.do("message", [], ["A0"])
    assert session.lines() == session.expected()
    assert [title_or_id(line) for line in session.lines()] == ["Packing", "Infeed", "Filling"]
    session.do("message", [snapshot("A0", area="Infeed", active_ns=10**18)], [])
    assert [title_or_id(line) for line in session.lines()] == ["Infeed", "Packing", "Filling"]


def test_a_message_tells_only_of_what_it_changes(qapp) -> None:
    session = Session()
    session.do("message", [snapshot(f"A{n}", area=AREAS[n % 3], active_ns=10**18 + n) for n in range(12)], [])
    session.do("group", Grouping.AREA, "")
    session.do("open", "Infeed", True)
    told: list[tuple[int, int]] = []
    session.model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    heads: list[bool] = []
    session.model.heads_moved.connect(lambda: heads.append(True))
    session.do("message", [snapshot("A4", area="Infeed", active_ns=10**18 + 4, event_id="e9")], [])
    at = session.model.find("A4")
    assert at is not None
    head = next(row for row in session.model.heads() if session.model.fold_at(row).title == "Infeed")
    assert sorted(told) == [(head, head), (at, at)]
    assert heads == []
