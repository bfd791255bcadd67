import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tags.clock import NS_PER_MS, NS_PER_S, ManualClock
from tags.database import TagDatabase
from tags.model import Access, Batch, Clamp, DataType, Scaling, Tag, TagTable, Value
from tags.scaling import CLAMPED_HIGH
from tags.source import TagSource
from tags.status import StatusCode, name, qualities, quality

NOW = 1_700_000_000 * NS_PER_S
GOOD = int(StatusCode.Good)
LOST = int(StatusCode.BadNoCommunication)
AGED = int(StatusCode.UncertainNoCommunicationLastUsableValue)
EXCEEDED_NAME = "UncertainEngineeringUnitsExceeded"
EXCEEDED = int(StatusCode.UncertainEngineeringUnitsExceeded)


def database(*tags: dict) -> tuple[TagDatabase, ManualClock]:
    clock = ManualClock(NOW)
    defaults = {"data_type": DataType.FLOAT64, "connection": "plc"}
    table = TagTable(
        Tag(**{"id": row, "path": f"T{row}", **defaults, **tag}) for row, tag in enumerate(tags or ({},))
    )
    return TagDatabase(table, clock), clock


def ids(*tag_ids: int) -> np.ndarray:
    return np.array(tag_ids, np.int32)


def rows(batch: Batch) -> list[tuple[int, Value | None, str]]:
    return [
        (int(tag_id), batch.value_at(row), name(int(batch.statuses[row])))
        for row, tag_id in enumerate(batch.tag_ids)
    ]


def put(
    store: TagDatabase, *values: Value | None, tag_id: int = 0, status: int = GOOD, at_ns: int = NOW
) -> Batch:
    return store.apply(Batch.of([(tag_id, value, status, at_ns) for value in values], NOW))


def test_it_is_a_tag_source_with_read_only_columns() -> None:
    store, _ = database()
    source: TagSource = store
    for column in (source.values, source.statuses, source.source_ns):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    put(store, 5.0)
    assert source.values[0] == 5.0


def test_tags_start_bad_and_say_why() -> None:
    store, _ = database(
        {}, {"connection": None}, {"connection": None, "expression": "T0"}, {"access": Access.WRITE}
    )
    assert [name(status) for status in store.statuses.tolist()] == [
        "BadWaitingForInitialData",
        "BadNotConnected",
        "BadWaitingForInitialData",
        "BadNotReadable",
    ]
    assert np.isnan(store.values).all()
    assert [store.value(tag_id) for tag_id in range(4)] == [None] * 4
    assert store.changed_since(0)[0].tolist() == []


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        (DataType.BOOL, True),
        (DataType.INT16, -7),
        (DataType.UINT64, 2**63 + 1),
        (DataType.INT64, 5),
        (DataType.FLOAT32, 1.5),
        (DataType.FLOAT64, math.inf),
        (DataType.STRING, ""),
        (DataType.DATETIME, NOW + 1),
        (DataType.INT16, (1, 2)),
    ],
)
def test_values_come_back_exactly_and_in_their_own_type(data_type: DataType, value: Value) -> None:
    store, _ = database({"data_type": data_type})
    put(store, value)
    assert store.value(0) == value
    assert type(store.value(0)) is type(value)


def test_a_scaled_integer_reads_as_a_float() -> None:
    store, _ = database({"data_type": DataType.INT16, "scaling": Scaling(0, 27648, 0, 100)})
    assert rows(put(store, 13824)) == [(0, 50.0, "Good")]
    assert store.value(0) == 50.0
    assert isinstance(store.value(0), float)


def test_a_scaled_value_beyond_2_to_53_and_a_scaled_array() -> None:
    store, _ = database(
        {"data_type": DataType.UINT64, "scaling": Scaling(0, 2**60, 0, 1)},
        {"data_type": DataType.INT16, "scaling": Scaling(0, 100, 0, 1), "eu_low": 0.0, "eu_high": 1.0},
    )
    assert store.apply(Batch.of([(0, 2**59 + 2**10, GOOD, NOW), (1, (50, 100), GOOD, NOW)], NOW)).extras == {
        1: (0.5, 1.0)
    }
    assert store.value(0) == pytest.approx(0.5)
    assert store.value(1) == (0.5, 1.0)
    assert store.statuses.tolist() == [GOOD, GOOD]


# Deadband


def test_the_deadband_compares_engineering_units_so_that_a_ramp_stays_true() -> None:
    # A peer compared the new raw value with the old scaled one and scaled it again.
    store, _ = database(
        {"data_type": DataType.INT16, "scaling": Scaling(0, 1000, 0, 100), "deadband_eu": 2.0}
    )
    accepted = 0
    for raw in range(1001):
        accepted += len(put(store, raw, at_ns=NOW + raw))
        assert abs(store.value(0) - raw / 10) <= 2.0
    assert 40 <= accepted <= 50


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 1e3))
def test_what_is_shown_is_never_further_than_the_deadband_from_the_truth(
    values: list[float], deadband: float
) -> None:
    store, _ = database({"deadband_eu": deadband})
    shown = []
    for row, value in enumerate(values):
        shown += [store.value(0)] if len(put(store, value, at_ns=NOW + row)) else []
        assert abs(store.values[0] - value) <= deadband
    assert all(abs(one - other) > deadband for one, other in pairwise(shown))


def test_a_slow_drift_does_not_hide_and_equal_values_are_no_change() -> None:
    store, _ = database({"deadband_eu": 1.0})
    changes = [len(put(store, value)) for value in (0.0, 0.6, 1.0, 1.1, 1.1, 2.1, 2.2)]
    assert changes == [1, 0, 0, 1, 0, 0, 1]


def test_a_change_of_status_always_passes_the_deadband() -> None:
    store, _ = database({"deadband_eu": 10.0})
    put(store, 5.0)
    assert rows(put(store, 5.0, status=int(StatusCode.UncertainSubNormal))) == [
        (0, 5.0, "UncertainSubNormal")
    ]
    assert rows(put(store, 5.5)) == [(0, 5.5, "Good")]
    assert rows(put(store, None, status=LOST)) == [(0, None, "BadNoCommunication")]
    assert rows(put(store, None, status=LOST)) == []
    assert rows(put(store, 5.5)) == [(0, 5.5, "Good")]


@pytest.mark.parametrize(
    ("data_type", "deadband", "old", "new", "changes"),
    [
        (DataType.STRING, 0.0, "a", "a", 0),
        (DataType.STRING, 5.0, "a", "b", 1),
        (DataType.UINT64, 0.0, 2**60, 2**60 + 1, 1),
        (DataType.UINT64, 0.0, 2**60, 2**60, 0),
        (DataType.UINT64, 5.0, 2**60, 2**60 + 5, 0),
        (DataType.UINT64, 5.0, 2**60, 2**60 + 6, 1),
        (DataType.UINT64, 0.0, 2**60, 7, 1),
        (DataType.UINT64, 0.0, 7, 2**60, 1),
        (DataType.FLOAT64, 1.0, (1.0, 2.0), (1.5, 2.5), 0),
        (DataType.FLOAT64, 1.0, (1.0, 2.0), (1.0, 3.5), 1),
        (DataType.FLOAT64, 1.0, (1.0, 2.0), (1.0,), 1),
        (DataType.FLOAT64, 0.0, math.nan, math.nan, 0),
        (DataType.FLOAT64, 1e9, math.nan, 1.0, 1),
        (DataType.FLOAT64, 1e9, 1.0, math.nan, 1),
        (DataType.FLOAT64, 1.0, math.inf, math.inf, 0),
        (DataType.FLOAT64, 1.0, math.inf, -math.inf, 1),
        (DataType.FLOAT64, 1.0, 1e308, -1e308, 1),
        (DataType.FLOAT64, 1.0, (math.nan,), (math.nan,), 0),
        (DataType.FLOAT64, 1.0, (math.nan,), (1.0,), 1),
    ],
)
def test_what_counts_as_a_change(
    data_type: DataType, deadband: float, old: Value, new: Value, changes: int
) -> None:
    store, _ = database({"data_type": data_type, "deadband_eu": deadband})
    put(store, old)
    assert len(put(store, new)) == changes
    if changes and new == new:
        assert store.value(0) == new


# Range


@pytest.mark.parametrize(
    ("tag", "value", "status"),
    [
        ({"eu_low": 0.0, "eu_high": 100.0}, 100.0, "Good"),
        ({"eu_low": 0.0, "eu_high": 100.0}, -0.5, EXCEEDED_NAME),
        ({"eu_low": 0.0, "eu_high": 100.0}, 100.5, EXCEEDED_NAME),
        ({"eu_low": 0.0}, -5.0, "Good"),
        ({"eu_high": 0.0}, 5.0, "Good"),
        ({"eu_low": 0.0, "eu_high": 0.1, "data_type": DataType.FLOAT32}, float(np.float32(0.1)), "Good"),
        ({"eu_low": 0.0, "eu_high": 0.5, "data_type": DataType.BOOL}, True, "Good"),
        ({"eu_low": 0.0, "eu_high": 10.0, "data_type": DataType.INT16}, 11, EXCEEDED_NAME),
        ({"eu_low": 0.0, "eu_high": 10.0, "data_type": DataType.UINT64}, 2**60, EXCEEDED_NAME),
        ({"data_type": DataType.STRING}, "text", "Good"),
        ({}, math.nan, EXCEEDED_NAME),
        ({}, -math.inf, EXCEEDED_NAME),
        ({"eu_low": 0.0, "eu_high": 1.0}, math.nan, EXCEEDED_NAME),
    ],
)
def test_the_engineering_range(tag: dict, value: Value, status: str) -> None:
    store, _ = database(tag)
    put(store, value)
    assert name(int(store.statuses[0])) == status
    held = store.value(0)
    assert held == value or (held != held and value != value)


def test_a_worse_status_is_not_improved_by_the_range_check() -> None:
    store, _ = database({"eu_low": 0.0, "eu_high": 1.0})
    put(store, 5.0, status=int(StatusCode.UncertainSensorNotAccurate))
    assert name(int(store.statuses[0])) == "UncertainSensorNotAccurate"


def test_a_clamped_value_is_good_and_says_so() -> None:
    store, _ = database(
        {
            "scaling": Scaling(0, 1000, 0, 100, Clamp.BOTH),
            "eu_low": 0.0,
            "eu_high": 100.0,
            "data_type": DataType.INT16,
        }
    )
    put(store, 1200)
    assert (store.value(0), int(store.statuses[0])) == (100.0, CLAMPED_HIGH)


def test_a_bad_row_loses_its_value_whatever_the_driver_sent() -> None:
    store, _ = database({"data_type": DataType.STRING})
    put(store, "before")
    batch = store.apply(
        Batch(ids(0), np.array([5.0]), np.array([LOST], np.uint32), np.array([NOW + 1]), NOW, {0: "x"})
    )
    assert rows(batch) == [(0, None, "BadNoCommunication")]
    assert np.isnan(batch.values[0])
    assert store.value(0) is None


# Order


def test_a_late_sample_changes_nothing_but_reaches_history() -> None:
    store, _ = database({"scaling": Scaling(0, 10, 0, 1)}, {})
    put(store, 50.0, at_ns=NOW + 10)
    batch = store.apply(Batch.of([(0, 90.0, GOOD, NOW + 5), (1, 1.0, GOOD, NOW + 5)], NOW + 20))
    assert rows(batch) == [(1, 1.0, "Good")]
    assert store.value(0) == 5.0
    late = store.take_late()
    assert late is not None
    assert (rows(late), late.source_ns.tolist()) == ([(0, 9.0, "Good")], [NOW + 5])
    assert store.take_late() is None


@pytest.mark.parametrize("period_ms", [200, 1000])
def test_a_device_whose_clock_was_set_back_goes_on(period_ms: int) -> None:
    """What is older than any value may be before it is bad did not wait so long on its way."""
    store, _ = database({"period_ms": period_ms})
    most_ms = max(2 * period_ms, period_ms + 200)
    put(store, 1.0, at_ns=NOW)
    late = store.apply(Batch.of([(0, 2.0, GOOD, NOW - most_ms * 10**6)], NOW + 5))
    assert (rows(late), store.value(0)) == ([], 1.0)
    assert store.take_late() is not None
    stepped = store.apply(Batch.of([(0, 3.0, GOOD, NOW - most_ms * 10**6 - 1)], NOW + 7))
    assert rows(stepped) == [(0, 3.0, "Good")]
    # Its own time lies before what history holds already.
    assert stepped.source_ns.tolist() == [NOW + 7]
    assert store.take_late() is None
    put(store, 4.0, at_ns=NOW - most_ms * 10**6)
    assert store.value(0) == 4.0


def test_samples_of_one_tag_in_one_batch_all_pass_in_their_order() -> None:
    store, _ = database({"deadband_eu": 1.0}, {"data_type": DataType.STRING})
    batch = store.apply(
        Batch.of(
            [
                (0, 1.0, GOOD, NOW),
                (1, "a", GOOD, NOW),
                (0, 1.5, GOOD, NOW + 1),
                (0, 3.0, GOOD, NOW + 3),
                (0, 9.0, GOOD, NOW + 2),
                (1, "b", GOOD, NOW + 1),
                (0, 1.0, GOOD, NOW + 4),
            ],
            NOW,
        )
    )
    assert rows(batch) == [
        (0, 1.0, "Good"),
        (1, "a", "Good"),
        (0, 3.0, "Good"),
        (1, "b", "Good"),
        (0, 1.0, "Good"),
    ]
    assert (store.value(0), store.value(1)) == (1.0, "b")
    late = store.take_late()
    assert late is not None
    assert rows(late) == [(0, 9.0, "Good")]


def test_a_pulse_within_one_batch_is_not_lost() -> None:
    store, _ = database({"data_type": DataType.BOOL})
    put(store, False)
    assert [value for _, value, _ in rows(put(store, True, False))] == [1.0, 0.0]
    assert store.value(0) is False


def test_after_a_loss_an_older_source_time_is_accepted_and_shown_as_of_now() -> None:
    store, clock = database()
    put(store, 5.0, at_ns=NOW)
    clock.advance(10 * NS_PER_S)
    store.mark(ids(0), LOST, clock.now_ns())
    clock.advance(NS_PER_S)
    # The server comes back and tells that the value has not changed since.
    batch = store.apply(Batch.of([(0, 5.0, GOOD, NOW)], clock.now_ns()))
    assert rows(batch) == [(0, 5.0, "Good")]
    assert batch.source_ns.tolist() == [NOW + 11 * NS_PER_S]
    # A controller whose clock is behind goes on from there.
    batch = store.apply(Batch.of([(0, 6.0, GOOD, NOW + NS_PER_S)], clock.now_ns()))
    assert (store.value(0), batch.source_ns.tolist()) == (6.0, [NOW + 11 * NS_PER_S])


def test_a_mark_never_comes_before_the_value_that_it_ends() -> None:
    store, _ = database()
    put(store, 5.0, at_ns=NOW + 3600 * NS_PER_S)
    assert store.mark(ids(0), LOST, NOW).source_ns.tolist() == [NOW + 3600 * NS_PER_S]


def test_a_step_back_of_the_stations_clock_freezes_nothing() -> None:
    store, clock = database()
    put(store, 1.0, at_ns=NOW)
    clock.set_now_ns(NOW - 3600 * NS_PER_S)
    assert rows(put(store, 2.0, at_ns=clock.now_ns())) == [(0, 2.0, "Good")]
    assert rows(put(store, 3.0, at_ns=clock.now_ns() - 1)) == []


# Marks


def test_a_bad_mark_clears_and_an_uncertain_one_keeps_the_value() -> None:
    store, _ = database({}, {"data_type": DataType.STRING}, {})
    store.apply(Batch.of([(0, 5.0, GOOD, NOW), (1, "a", GOOD, NOW)], NOW))
    uncertain = int(StatusCode.UncertainLastUsableValue)
    assert rows(store.mark(ids(0, 1, 2), uncertain, NOW + 1)) == [
        (0, 5.0, "UncertainLastUsableValue"),
        (1, "a", "UncertainLastUsableValue"),
    ]
    assert (store.value(0), store.value(1), store.value(2)) == (5.0, "a", None)
    batch = store.mark(ids(0, 1, 2), LOST, NOW + 2)
    assert rows(batch) == [(tag_id, None, "BadNoCommunication") for tag_id in range(3)]
    assert np.isnan(store.values).all()
    assert (store.value(0), store.value(1)) == (None, None)
    assert len(store.mark(ids(0, 1, 2), LOST, NOW + 3)) == 0
    assert store.source_ns.tolist() == [NOW + 2] * 3


# Change counter


def test_each_reader_asks_what_changed_since_its_cursor() -> None:
    store, _ = database({}, {}, {})
    store.apply(Batch.of([(0, 1.0, GOOD, NOW), (2, 1.0, GOOD, NOW)], NOW))
    changed, cursor = store.changed_since(0)
    assert changed.tolist() == [0, 2]
    assert changed.dtype == np.int32
    assert store.changed_since(cursor)[0].tolist() == []
    put(store, 1.0, tag_id=2)
    assert store.changed_since(cursor)[0].tolist() == []
    put(store, 2.0, tag_id=2)
    store.mark(ids(1), LOST, NOW)
    changed, newest = store.changed_since(cursor)
    assert changed.tolist() == [1, 2]
    assert store.changed_since(newest)[0].tolist() == []
    assert store.changed_since(0)[0].tolist() == [0, 1, 2]


# Freshness


def aged(
    store: TagDatabase, clock: ManualClock, milliseconds: int, margin_ms: int = 0
) -> tuple[list[int], list[int]]:
    clock.advance(milliseconds * NS_PER_MS)
    uncertain, bad = store.stale(clock.monotonic_ns(), margin_ms * NS_PER_MS)
    now_ns = clock.now_ns()
    store.age(uncertain, AGED, now_ns)
    store.age(bad, LOST, now_ns)
    return uncertain.tolist(), bad.tolist()


def test_a_value_ages_to_uncertain_and_bad_within_two_periods() -> None:
    store, clock = database({"period_ms": 1000})
    put(store, 5.0)
    assert aged(store, clock, 1500) == ([], [])
    assert aged(store, clock, 1) == ([0], [])
    assert (store.value(0), int(store.statuses[0])) == (5.0, AGED)
    assert aged(store, clock, 499) == ([], [])
    assert aged(store, clock, 1) == ([], [0])
    assert (store.value(0), int(store.statuses[0])) == (None, LOST)
    assert aged(store, clock, 10_000) == ([], [])


@pytest.mark.parametrize(
    ("period_ms", "good_ms", "bad_ms"), [(100, 200, 300), (50, 100, 250), (200, 300, 400), (20, 40, 220)]
)
def test_short_periods_get_room_for_jitter_but_nothing_older_than_two_stays_good(
    period_ms, good_ms, bad_ms
) -> None:
    store, clock = database({"period_ms": period_ms})
    put(store, 5.0)
    assert aged(store, clock, good_ms) == ([], [])
    assert aged(store, clock, 1) == ([0], [])
    assert good_ms <= 2 * period_ms
    assert aged(store, clock, bad_ms - good_ms - 1) == ([], [])
    assert aged(store, clock, 1) == ([], [0])


def test_the_margin_judges_before_the_limit_passes_unseen() -> None:
    store, clock = database({"period_ms": 1000})
    put(store, 5.0)
    assert aged(store, clock, 1751, margin_ms=250) == ([], [0])


def test_an_unchanged_sample_keeps_a_value_fresh_and_a_late_one_does_not() -> None:
    store, clock = database({"period_ms": 1000, "deadband_eu": 5.0})
    put(store, 5.0)
    clock.advance(1400 * NS_PER_MS)
    assert len(put(store, 6.0, at_ns=NOW + 1)) == 0
    assert aged(store, clock, 1400) == ([], [])
    put(store, 7.0, at_ns=NOW)
    assert aged(store, clock, 200) == ([0], [])


@pytest.mark.parametrize("value", [5.0, 0.0])
def test_a_keep_alive_revives_what_only_age_had_marked(value: float) -> None:
    store, clock = database(
        {"period_ms": 1000, "eu_low": 1.0, "eu_high": 9.0}, {"period_ms": 1000, "data_type": DataType.STRING}
    )
    put(store, value)
    put(store, "text", tag_id=1)
    status = int(store.statuses[0])
    aged(store, clock, 1600)
    aged(store, clock, 600)
    assert store.statuses.tolist() == [LOST, LOST]
    clock.advance(1)
    batch = store.confirmed(ids(0, 1), clock.monotonic_ns())
    assert rows(batch) == [(0, value, name(status)), (1, "text", "Good")]
    assert batch.source_ns.tolist() == [clock.now_ns()] * 2
    assert (store.value(0), store.value(1)) == (value, "text")
    assert len(store.confirmed(ids(0, 1), clock.monotonic_ns())) == 0
    assert aged(store, clock, 1400) == ([], [])


def test_a_keep_alive_does_not_revive_what_the_connection_or_the_device_marked() -> None:
    store, clock = database({"period_ms": 1000}, {"period_ms": 1000})
    put(store, 5.0)
    put(store, None, tag_id=1, status=int(StatusCode.BadDeviceFailure))
    aged(store, clock, 2500)
    store.mark(ids(0), LOST, clock.now_ns())
    assert len(store.confirmed(ids(0, 1), clock.monotonic_ns())) == 0
    assert store.statuses.tolist() == [LOST, int(StatusCode.BadDeviceFailure)]


def test_a_keep_alive_that_was_held_up_confirms_as_of_its_own_time() -> None:
    store, clock = database({"period_ms": 1000})
    put(store, 5.0)
    clock.advance(1600 * NS_PER_MS)
    assert aged(store, clock, 0) == ([0], [])
    assert len(store.confirmed(ids(0), clock.monotonic_ns(), 2001 * NS_PER_MS)) == 0
    assert rows(store.confirmed(ids(0), clock.monotonic_ns(), 750 * NS_PER_MS)) == [(0, 5.0, "Good")]
    assert aged(store, clock, 999) == ([], [])
    assert aged(store, clock, 2) == ([0], [])


def test_a_sample_ends_the_ageing() -> None:
    store, clock = database({"period_ms": 1000, "data_type": DataType.STRING})
    put(store, "a")
    aged(store, clock, 1600)
    assert rows(put(store, "a", at_ns=clock.now_ns())) == [(0, "a", "Good")]
    put(store, "b", at_ns=clock.now_ns())
    assert len(store.confirmed(ids(0), clock.monotonic_ns())) == 0
    assert store.value(0) == "b"


def test_what_no_device_polls_does_not_age() -> None:
    store, clock = database(
        {"connection": None}, {"connection": None, "expression": "T0"}, {"access": Access.WRITE}
    )
    now_ns = clock.now_ns()
    store.apply_eu(Batch.of([(row, 1.0, GOOD, now_ns) for row in range(3)], now_ns))
    assert aged(store, clock, 3_600_000) == ([], [])


def test_apply_eu_neither_scales_nor_orders_but_checks_range_and_deadband() -> None:
    store, _ = database({"scaling": Scaling(0, 10, 0, 1), "eu_low": 0.0, "eu_high": 5.0, "deadband_eu": 1.0})
    assert rows(store.apply_eu(Batch.of([(0, 4.0, GOOD, NOW)], NOW))) == [(0, 4.0, "Good")]
    assert rows(store.apply_eu(Batch.of([(0, 4.5, GOOD, NOW - 5)], NOW))) == []
    assert rows(store.apply_eu(Batch.of([(0, 6.0, GOOD, NOW - 5)], NOW))) == [
        (0, 6.0, "UncertainEngineeringUnitsExceeded")
    ]
    assert store.take_late() is None


def test_an_empty_batch_is_no_event() -> None:
    store, _ = database()
    assert len(store.apply(Batch.empty(NOW))) == 0
    assert len(store.mark(ids(), LOST, NOW)) == 0
    assert len(store.confirmed(ids(), 0)) == 0
    assert store.changed_since(0)[1] == 0


# Against a model that does one sample after the other, in plain Python

STATUSES = [GOOD, int(StatusCode.UncertainSubNormal), LOST]
DEADBANDS = (0.0, 2.0, 0.0, 0.5)


@dataclass
class Model:
    """What the database promises, without arrays."""

    values: dict[int, Value | None] = field(default_factory=dict)
    statuses: dict[int, int] = field(
        default_factory=lambda: dict.fromkeys(range(4), int(StatusCode.BadWaitingForInitialData))
    )
    order_ns: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def apply(self, samples: list[tuple[int, Value | None, int, int]]) -> list[tuple[int, Value | None, int]]:
        accepted = []
        for tag_id, raw, raw_status, source_ns in samples:
            value, status = raw, raw_status
            if status == LOST:
                value = None
            elif tag_id == 2 and isinstance(raw, (int, float)):
                value = raw / 10
            if tag_id == 1 and status == GOOD and isinstance(value, (int, float)) and not -50 <= value <= 50:
                status = EXCEEDED
            if source_ns < self.order_ns.get(tag_id, -1):
                continue
            self.order_ns[tag_id] = source_ns
            old = self.values.get(tag_id)
            moved = (
                old != value
                if old is None or value is None or isinstance(value, str)
                else abs(value - old) > DEADBANDS[tag_id]
            )
            if moved or status != self.statuses[tag_id]:
                self.values[tag_id], self.statuses[tag_id] = value, status
                self.changed.add(tag_id)
                accepted.append((tag_id, value, status))
        return accepted

    def mark(self, tag_ids: list[int], status: int) -> None:
        for tag_id in tag_ids:
            if status == LOST:
                self.order_ns.pop(tag_id, None)
            if self.statuses[tag_id] == status or quality(self.statuses[tag_id]) > quality(status):
                continue
            self.statuses[tag_id] = status
            self.changed.add(tag_id)
            if status == LOST:
                self.values[tag_id] = None


NUMBERS = st.integers(-100, 100).map(float)
SAMPLES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([0, 1, 2]), NUMBERS, st.sampled_from(STATUSES), st.integers(NOW, NOW + 20)),
        st.tuples(
            st.just(3), st.sampled_from(["a", "b"]), st.sampled_from(STATUSES), st.integers(NOW, NOW + 20)
        ),
    ),
    max_size=12,
)
MARKS = st.tuples(st.lists(st.integers(0, 3), unique=True), st.sampled_from([LOST, AGED]))


@settings(max_examples=300)
@given(st.lists(st.one_of(SAMPLES, MARKS), max_size=8))
def test_the_database_equals_a_model_without_arrays(steps: list) -> None:
    store, _ = database(
        {},
        {"deadband_eu": DEADBANDS[1], "eu_low": -50.0, "eu_high": 50.0},
        {"data_type": DataType.INT16, "scaling": Scaling(0, 100, 0, 10)},
        {"data_type": DataType.STRING, "deadband_eu": DEADBANDS[3]},
    )
    model = Model()
    cursor = 0
    for step in steps:
        model.changed.clear()
        if isinstance(step, tuple):
            tag_ids, status = step
            store.mark(ids(*tag_ids), status, NOW + 30)
            model.mark(tag_ids, status)
        else:
            batch = store.apply(Batch.of(step, NOW + 40))
            expected = model.apply(step)
            assert [
                (int(tag_id), batch.value_at(row), int(batch.statuses[row]))
                for row, tag_id in enumerate(batch.tag_ids)
            ] == expected
        changed, cursor = store.changed_since(cursor)
        assert set(changed.tolist()) == model.changed
        assert store.statuses.tolist() == [model.statuses[tag_id] for tag_id in range(4)]
        assert [store.value(tag_id) for tag_id in range(4)] == [
            model.values.get(tag_id) for tag_id in range(4)
        ]
        assert np.isnan(store.values[qualities(store.statuses) == 2]).all()
