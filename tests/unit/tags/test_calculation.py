from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tags.calculation import CalculatedTags, convert, find_cycle
from tags.clock import ManualClock
from tags.database import TagDatabase
from tags.errors import ExpressionError, ValueRefusedError
from tags.model import Batch, DataType, Tag, TagTable, Value
from tags.status import StatusCode, name

NOW = 1_700_000_000_000_000_000
GOOD = int(StatusCode.Good)


def table(*rows: tuple[str, DataType, str | None]) -> TagTable:
    return TagTable(
        Tag(row, path, data_type, connection=None if expression else "plc", expression=expression)
        for row, (path, data_type, expression) in enumerate(rows)
    )


class Bench:
    def __init__(self, tags: TagTable) -> None:
        self.clock = ManualClock(NOW)
        self.database = TagDatabase(tags, self.clock)
        self.calculated = CalculatedTags(tags)

    def set(self, **values: Value) -> Batch:
        """Set tags as a driver would, two underscores for a dot; return what was calculated."""
        self.clock.advance(1)
        now_ns = self.clock.now_ns()
        rows = [
            (self.database.tags.by_path(path.replace("__", ".")).id, value, GOOD, now_ns)
            for path, value in values.items()
        ]
        changed = self.database.apply(Batch.of(rows, now_ns))
        return self.calculated.update(changed.tag_ids, self.database, self.clock)

    def value(self, path: str) -> Value | None:
        return self.database.value(self.database.tags.by_path(path).id)


def test_a_change_runs_through_a_whole_chain_in_one_pass() -> None:
    bench = Bench(
        table(
            ("Quality", DataType.FLOAT64, "100 * Good / max(Good + Bad, 1)"),
            ("Good", DataType.FLOAT64, "Total - Bad"),
            ("Total", DataType.INT32, None),
            ("Bad", DataType.INT32, None),
            ("Poor", DataType.BOOL, "Quality < 95"),
        )
    )
    batch = bench.set(Total=200, Bad=20)
    assert batch.tag_ids.tolist() == [1, 0, 4]
    assert [bench.value(path) for path in ("Good", "Quality", "Poor")] == [180.0, 90.0, True]
    assert batch.source_ns.tolist() == [bench.clock.now_ns()] * 3


def test_only_what_changed_is_evaluated() -> None:
    bench = Bench(
        table(
            ("A", DataType.INT32, None),
            ("B", DataType.INT32, None),
            ("FromA", DataType.INT32, "A // 10"),
            ("FromB", DataType.INT32, "B"),
            ("FromFromA", DataType.INT32, "FromA + 1"),
        )
    )
    assert bench.set(A=10).tag_ids.tolist() == [2, 4]
    assert bench.set(A=11).tag_ids.tolist() == []
    assert bench.set(B=5).tag_ids.tolist() == [3]
    assert len(bench.calculated) == 3


def test_each_tag_is_evaluated_once_though_several_inputs_changed() -> None:
    bench = Bench(
        table(
            ("A", DataType.INT32, None),
            ("Left", DataType.INT32, "A + 1"),
            ("Right", DataType.INT32, "Left + A"),
            ("Top", DataType.INT32, "Left + Right + A"),
        )
    )
    batch = bench.set(A=1)
    assert batch.tag_ids.tolist() == [1, 2, 3]
    assert bench.value("Top") == 2 + 3 + 1


def test_statuses_propagate() -> None:
    bench = Bench(
        table(
            ("A", DataType.INT32, None), ("B", DataType.INT32, "A + 1"), ("C", DataType.STRING, "quality(B)")
        )
    )
    first = bench.calculated.evaluate_all(bench.database, bench.clock)
    assert [name(status) for status in first.statuses.tolist()] == ["Good"]
    assert (bench.value("B"), bench.value("C")) == (None, "bad")
    bench.set(A=1)
    assert (bench.value("B"), bench.value("C")) == (2, "good")
    lost = bench.database.mark(np.array([0], np.int32), int(StatusCode.BadNoCommunication), NOW + 99)
    batch = bench.calculated.update(lost.tag_ids, bench.database, bench.clock)
    assert [name(status) for status in batch.statuses.tolist()] == ["BadNoCommunication", "Good"]
    assert batch.source_ns[0] == NOW + 99
    assert (bench.value("B"), bench.value("C")) == (None, "bad")


def test_constants_are_evaluated_at_the_start() -> None:
    bench = Bench(table(("Pi", DataType.FLOAT64, "3.14"), ("Name", DataType.STRING, "'Line ' + 'A'")))
    batch = bench.calculated.evaluate_all(bench.database, bench.clock)
    assert [bench.value("Pi"), bench.value("Name")] == [3.14, "Line A"]
    assert batch.source_ns.tolist() == [NOW, NOW]


@pytest.mark.parametrize(
    ("value", "data_type", "converted"),
    [
        (2.5, DataType.INT16, 2),
        (2.6, DataType.INT16, 3),
        (-0.4, DataType.UINT8, 0),
        (True, DataType.INT16, 1),
        (7, DataType.BOOL, True),
        (0.0, DataType.BOOL, False),
        (3, DataType.FLOAT64, 3.0),
        ("a", DataType.STRING, "a"),
        ((1.4, 2), DataType.INT16, (1, 2)),
    ],
)
def test_conversion(value: Value, data_type: DataType, converted: Value) -> None:
    result = convert(value, data_type)
    assert result == converted
    assert type(result) is type(converted)


@pytest.mark.parametrize(
    ("expression", "data_type", "status"),
    [
        ("A * 1000", DataType.INT16, "BadOutOfRange"),
        ("A - 200", DataType.UINT8, "BadOutOfRange"),
        ("A * 1e38", DataType.FLOAT32, "BadOutOfRange"),
        ("A", DataType.STRING, "BadTypeMismatch"),
        ("'a'", DataType.FLOAT64, "BadTypeMismatch"),
        ("text(A)", DataType.BOOL, "BadTypeMismatch"),
    ],
)
def test_a_result_that_does_not_fit_its_type_is_bad(
    expression: str, data_type: DataType, status: str
) -> None:
    bench = Bench(table(("A", DataType.INT32, None), ("B", data_type, expression)))
    bench.set(A=100)
    bench.calculated.evaluate_all(bench.database, bench.clock)
    assert (bench.value("B"), name(int(bench.database.statuses[1]))) == (None, status)


def test_convert_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueRefusedError):
        convert("a", DataType.INT16)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((("A", "A + 1"),), "A -> A"),
        ((("A", "B"), ("B", "C"), ("C", "A")), "(A -> B -> C -> A|B -> C -> A -> B|C -> A -> B -> C)"),
        ((("X", "A"), ("A", "B"), ("B", "A")), "(A -> B -> A|B -> A -> B)"),
        ((("A", "Nowhere"),), "A: no tag has the path 'Nowhere'"),
        ((("A", "import os"),), "A: column 1: this is no expression"),
    ],
)
def test_cycles_and_faults_are_refused_by_name(rows: tuple[tuple[str, str], ...], message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        CalculatedTags(table(*((path, DataType.FLOAT64, expression) for path, expression in rows)))


def test_a_long_chain_needs_no_recursion() -> None:
    rows = [
        ("T0", DataType.INT32, None),
        *((f"T{row}", DataType.INT32, f"T{row - 1} + 1") for row in range(1, 2000)),
    ]
    bench = Bench(table(*rows))
    batch = bench.set(T0=0)
    assert len(batch) == 1999
    assert bench.value("T1999") == 1999


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 12), max_size=4), max_size=10))
def test_a_cycle_is_found_exactly_when_there_is_one(inputs: dict[int, list[int]]) -> None:
    def reaches(start: int) -> bool:
        seen: set[int] = set()
        frontier = set(inputs.get(start, ()))
        while frontier:
            seen |= frontier
            frontier = {following for one in frontier for following in inputs.get(one, ())} - seen
        return start in seen

    cycle = find_cycle(inputs)
    assert (cycle is not None) == any(reaches(start) for start in inputs)
    if cycle is not None:
        assert cycle[0] == cycle[-1]
        assert all(after in inputs[before] for before, after in pairwise(cycle))
