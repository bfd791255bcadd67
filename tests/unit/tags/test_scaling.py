import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tags.errors import ValueRefusedError
from tags.model import Clamp, DataType, Scaling, Tag, TagTable
from tags.scaling import (
    CLAMPED_HIGH,
    CLAMPED_LOW,
    ScalingColumns,
    check_writable_value,
    is_scaled,
    to_eu,
    to_raw,
)
from tags.status import StatusCode, name

LIMITS = st.integers(-30_000, 30_000)


def tag(scaling: Scaling | None = None, data_type: DataType = DataType.INT16, **more) -> Tag:
    return Tag(0, "T", data_type, scaling=scaling, **more)


def scaled(tags: list[Tag], raw: list[float], statuses: list[int] | None = None):
    rows = len(raw)
    columns = ScalingColumns(tags)
    return columns.to_eu(
        np.zeros(rows, np.int32), np.array(raw, float), np.array(statuses or [0] * rows, np.uint32)
    )


def test_round_ranges_give_round_values() -> None:
    values, _ = scaled([tag(Scaling(0, 1000, 0, 100))], [0, 290, 333, 1000])
    assert values.tolist() == [0.0, 29.0, 33.3, 100.0]
    values, _ = scaled([tag(Scaling(0, 27648, 0, 100))], [0, 13824, 27648])
    assert values.tolist() == [0.0, 50.0, 100.0]


def test_equal_ranges_and_no_scaling_pass_bit_for_bit() -> None:
    raw = [0.1, 29.0, 1e300, 5e-324, -0.0]
    for scaling in (None, Scaling(0, 100, 0, 100)):
        values, statuses = scaled([tag(scaling, DataType.FLOAT64)], raw)
        assert values.tobytes() == np.array(raw).tobytes()
        assert statuses.tolist() == [0] * 5
    assert not is_scaled(tag(Scaling(0, 100, 0, 100)))


@pytest.mark.parametrize(
    ("clamp", "expected"),
    [
        (Clamp.NONE, [(-10.0, 0), (110.0, 0)]),
        (Clamp.LOW, [(0.0, CLAMPED_LOW), (110.0, 0)]),
        (Clamp.HIGH, [(-10.0, 0), (100.0, CLAMPED_HIGH)]),
        (Clamp.BOTH, [(0.0, CLAMPED_LOW), (100.0, CLAMPED_HIGH)]),
    ],
)
def test_clamps_hold_and_say_so(clamp: Clamp, expected: list[tuple[float, int]]) -> None:
    values, statuses = scaled([tag(Scaling(0, 1000, 0, 100, clamp))], [-100, 1100])
    assert list(zip(values.tolist(), statuses.tolist(), strict=True)) == expected
    assert {name(status) for status in (CLAMPED_LOW, CLAMPED_HIGH)} == {"GoodClamped"}


def test_a_clamp_works_in_equal_ranges_and_with_an_inverted_one() -> None:
    values, _ = scaled([tag(Scaling(0, 100, 0, 100, Clamp.BOTH))], [-5, 50, 105])
    assert values.tolist() == [0.0, 50.0, 100.0]
    values, _ = scaled([tag(Scaling(0, 100, 100, 0, Clamp.BOTH))], [-5, 25, 105])
    assert values.tolist() == [100.0, 75.0, 0.0]


def test_a_worse_status_survives_a_clamp_and_nan_stays() -> None:
    values, statuses = scaled(
        [tag(Scaling(0, 100, 0, 10, Clamp.BOTH))],
        [200, math.nan],
        [int(StatusCode.UncertainSubNormal), int(StatusCode.BadTimeout)],
    )
    assert values[0] == 10
    assert math.isnan(values[1])
    assert statuses.tolist() == [StatusCode.UncertainSubNormal, StatusCode.BadTimeout]


def test_columns_scale_each_row_by_its_own_tag() -> None:
    tags = TagTable(
        [
            Tag(0, "A", DataType.INT16, scaling=Scaling(0, 10, 0, 1)),
            Tag(1, "B", DataType.INT16),
            Tag(2, "C", DataType.INT16, scaling=Scaling(0, 10, 100, 200)),
        ]
    )
    raw = np.array([5.0, 5.0, 5.0, 10.0])
    values, _ = ScalingColumns(tags).to_eu(np.array([0, 1, 2, 0], np.int32), raw, np.zeros(4, np.uint32))
    assert values.tolist() == [0.5, 5.0, 150.0, 1.0]
    assert raw.tolist() == [5.0, 5.0, 5.0, 10.0]


@given(LIMITS, LIMITS, LIMITS, LIMITS, st.integers(-32768, 32767))
def test_counts_survive_the_round_trip(
    raw_low: int, raw_high: int, eu_low: int, eu_high: int, raw: int
) -> None:
    assume(raw_low != raw_high and eu_low != eu_high)
    one = tag(Scaling(raw_low, raw_high, eu_low, eu_high))
    assert to_raw(one, to_eu(one, raw)) == raw
    values, _ = scaled([one], [raw])
    assert values[0] == to_eu(one, raw)


@given(LIMITS, LIMITS, st.floats(0, 1))
def test_a_written_value_reads_back_within_half_a_count(eu_low: int, eu_high: int, share: float) -> None:
    assume(eu_low != eu_high)
    one = tag(Scaling(0, 27648, eu_low, eu_high))
    value = eu_low + share * (eu_high - eu_low)
    step = abs(eu_high - eu_low) / 27648
    assert to_eu(one, to_raw(one, value)) == pytest.approx(value, abs=step * 0.5001)


def test_raw_beyond_the_type_is_refused() -> None:
    one = tag(Scaling(0, 1000, 0, 1), DataType.INT16)
    with pytest.raises(ValueRefusedError, match="range of INT16"):
        to_raw(one, 40.0)
    assert to_raw(one, (0.5, 1.0)) == (500, 1000)
    assert to_eu(one, (500, 1000)) == (0.5, 1.0)
    with pytest.raises(ValueRefusedError, match="text"):
        to_raw(one, ("a",))


def test_a_range_without_width_is_our_bug() -> None:
    for scaling in (Scaling(1, 1, 0, 5), Scaling(0, 1, 5, 5), Scaling(0, math.inf, 0, 1)):
        with pytest.raises(ValueError, match="width"):
            ScalingColumns([tag(scaling)])


@pytest.mark.parametrize(
    ("limits", "value", "text"),
    [
        ({"eu_low": 0.0, "eu_high": 10.0}, 11, "11 is outside the allowed range: 0 to 10 bar"),
        ({"eu_low": 0.0}, -1, "0 bar and above"),
        ({"eu_high": 0.0}, 1, "0 bar and below"),
    ],
)
def test_what_lies_outside_the_engineering_range_is_not_written(limits, value, text) -> None:
    with pytest.raises(ValueRefusedError, match=text):
        check_writable_value(tag(unit="bar", **limits), value)


def test_limits_are_inside() -> None:
    one = tag(eu_low=0.0, eu_high=10.0)
    assert [check_writable_value(one, value) for value in (0, 10)] == [0, 10]
    assert check_writable_value(tag(Scaling(0, 100, 0, 1)), 0.5) == 0.5
