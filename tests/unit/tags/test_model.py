import math

import numpy as np
import pytest

from tags.errors import UnknownTagError, ValueRefusedError
from tags.model import Access, Batch, DataType, Scaling, Tag, TagTable, Value, needs_extra, to_float
from tags.status import StatusCode

INTEGERS = [data_type for data_type in DataType if data_type.is_integer]


@pytest.mark.parametrize("data_type", INTEGERS)
def test_integers_take_their_whole_range_and_nothing_beyond(data_type: DataType) -> None:
    assert data_type.integer_range is not None
    low, high = data_type.integer_range
    assert data_type.check(low) == low
    assert data_type.check(high) == high
    for beyond in (low - 1, high + 1):
        with pytest.raises(ValueRefusedError, match=f"range of {data_type}"):
            data_type.check(beyond)
    assert data_type.check(float(min(high, 100))) == min(high, 100)
    assert data_type.check(True) == 1
    with pytest.raises(ValueRefusedError, match="whole number"):
        data_type.check(1.5)
    with pytest.raises(ValueRefusedError, match="got the text"):
        data_type.check("1")


@pytest.mark.parametrize(
    ("data_type", "value", "checked"),
    [
        (DataType.BOOL, 1, True),
        (DataType.BOOL, 0.0, False),
        (DataType.FLOAT64, 3, 3.0),
        (DataType.FLOAT32, math.inf, math.inf),
        (DataType.STRING, "Été", "Été"),
        (DataType.DATETIME, 1_700_000_000_000_000_001, 1_700_000_000_000_000_001),
        (DataType.INT16, (1, 2.0), (1, 2)),
    ],
)
def test_check_returns_the_types_own_form(data_type: DataType, value: Value, checked: Value) -> None:
    result = data_type.check(value)
    assert result == checked
    assert type(result) is type(checked)


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        (DataType.BOOL, 2),
        (DataType.BOOL, "true"),
        (DataType.FLOAT32, 1e39),
        (DataType.STRING, 5),
        (DataType.DATETIME, 2**63),
        (DataType.INT16, (1, 70_000)),
        (DataType.INT32, math.nan),
        (DataType.INT32, math.inf),
    ],
)
def test_check_refuses_what_does_not_fit(data_type: DataType, value: Value) -> None:
    with pytest.raises(ValueRefusedError):
        data_type.check(value)


def test_the_table_finds_tags_by_id_and_path() -> None:
    table = TagTable([Tag(0, "A", DataType.BOOL), Tag(1, "B.C", DataType.INT16)])
    assert len(table) == 2
    assert [tag.path for tag in table] == ["A", "B.C"]
    assert table[1] is table.by_path("B.C") is table.find("B.C")
    assert "A" in table
    assert table.find("X") is None
    assert [tag.id for tag in table[0:1]] == [0]
    with pytest.raises(UnknownTagError, match="'X'"):
        table.by_path("X")
    with pytest.raises(ValueError, match="unique"):
        TagTable([Tag(0, "A", DataType.BOOL), Tag(1, "A", DataType.BOOL)])
    with pytest.raises(ValueError, match="in order"):
        TagTable([Tag(1, "A", DataType.BOOL)])


def test_a_batch_keeps_exact_values_beside_its_columns() -> None:
    big = 2**60 + 1
    batch = Batch.of(
        [(0, 1.5, 0, 10), (1, "text", 0, 11), (2, None, int(StatusCode.BadTimeout), 12), (3, big, 0, 13)], 99
    )
    assert [batch.value_at(row) for row in range(4)] == [1.5, "text", None, big]
    assert batch.values[3] == float(big)
    assert np.isnan(batch.values[[1, 2]]).all()
    assert dict(batch.extras) == {1: "text", 3: big}
    taken = batch.take(np.array([False, True, False, True]))
    assert (taken.tag_ids.tolist(), dict(taken.extras)) == ([1, 3], {0: "text", 1: big})
    assert taken.receive_ns == 99
    assert [len(Batch.empty(1)), len(batch)] == [0, 4]


def test_concatenate_renumbers_the_side_list() -> None:
    one = Batch.of([(0, "a", 0, 1)], 10)
    two = Batch.of([(1, 1.0, 0, 2), (2, "b", 0, 3)], 20)
    joined = Batch.concatenate([one, two])
    assert [joined.value_at(row) for row in range(3)] == ["a", 1.0, "b"]
    assert (joined.source_ns.tolist(), joined.receive_ns) == ([1, 2, 3], 20)
    assert Batch.concatenate([one]) is one


def test_marking_clears_values() -> None:
    batch = Batch.marking(np.array([3, 4], np.int32), int(StatusCode.BadNoCommunication), 7)
    assert [batch.value_at(row) for row in range(2)] == [None, None]
    assert batch.statuses.tolist() == [StatusCode.BadNoCommunication] * 2
    assert batch.source_ns.tolist() == [7, 7]


def test_what_needs_the_side_list() -> None:
    assert [needs_extra(value) for value in ("", (1,), 2**53 + 1, -(2**53) - 1)] == [True] * 4
    assert [needs_extra(value) for value in (2**53, 1e300, True)] == [False] * 3
    assert math.isnan(to_float(None))
    assert to_float(True) == 1.0


def test_access_and_scaling_facts() -> None:
    assert [access.is_writable for access in Access] == [False, True, True]
    assert [access.is_readable for access in Access] == [True, True, False]
    scaling = Scaling(0, 1000, -50, 50)
    assert (scaling.gain, scaling.offset_eu) == (0.1, -50)
