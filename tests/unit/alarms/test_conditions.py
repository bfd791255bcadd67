import math

import numpy as np
import pytest

from alarms.conditions import Conditions, Edge
from alarms.definitions import problem
from alarms.model import AlarmDefinition, AlarmType
from tags.clock import NS_PER_S
from tags.model import Batch
from tags.status import StatusCode
from tests.unit.alarms.cell import (
    FAULT,
    LEVEL,
    START_NS,
    TAGS,
    TRIP,
    alarm,
    batch,
    columns,
    float_tags,
    seconds,
)

S = NS_PER_S
BAD_SENSOR = int(StatusCode.BadSensorFailure)


def edges(conditions: Conditions, *samples: tuple[int, float, float]) -> list[tuple[bool, float]]:
    return told(conditions.evaluate(batch(*samples)).edges)


def told(found: list[Edge]) -> list[tuple[bool, float]]:
    return [(edge.is_active, (edge.source_ns - START_NS) / S) for edge in found]


@pytest.mark.parametrize(
    ("kind", "limit", "values", "expected"),
    [
        # ALM-32: HI 80, deadband 2. Active above 80, not at it; back below 78, not at it.
        (AlarmType.HI, 80, [79.9, 80.0, 80.1, 79.0, 78.0, 77.9, 79.0, 80.0, 81.0], [2, 5, 8]),
        (AlarmType.HIHI, 80, [80.0, math.nextafter(80, 81), 78.0, math.nextafter(78, 77)], [1, 3]),
        (AlarmType.LO, 20, [20.1, 20.0, 19.9, 21.0, 22.0, 22.1, 20.0, 19.0], [2, 5, 7]),
        (AlarmType.LOLO, 20, [20.0, math.nextafter(20, 19), 22.0, math.nextafter(22, 23)], [1, 3]),
        (AlarmType.LO, -5, [-5.0, -5.1, -3.0, -2.9], [1, 3]),
        (AlarmType.HI, 0, [0.0, -0.0, 5e-324, -2.0, -2.1], [2, 4]),
    ],
)
def test_limits_and_deadband(kind: AlarmType, limit: float, values: list[float], expected: list[int]) -> None:
    conditions = Conditions([alarm("A", kind, limit, deadband_eu=2.0)], TAGS)
    found = [time for time, value in enumerate(values) if edges(conditions, (LEVEL, value, float(time)))]
    assert found == expected


def test_without_deadband_a_limit_returns_strictly_inside() -> None:
    conditions = Conditions([alarm("A", AlarmType.HI, 80)], TAGS)
    assert edges(conditions, (LEVEL, 81, 0), (LEVEL, 80, 1), (LEVEL, 79.99, 2)) == [(True, 0), (False, 2)]


@pytest.mark.parametrize("kind", [AlarmType.OFF_NORMAL, AlarmType.TRIP, AlarmType.DISCREPANCY])
def test_discrete_conditions_are_true_at_their_value(kind: AlarmType) -> None:
    conditions = Conditions([alarm("A", kind, 3, tag="Pump.Fault")], TAGS)
    found = edges(conditions, (FAULT, 0, 0), (FAULT, 3, 1), (FAULT, 3, 2), (FAULT, 4, 3), (FAULT, 3, 4))
    assert found == [(True, 1), (False, 3), (True, 4)]


def test_a_bool_may_trip_at_zero() -> None:
    conditions = Conditions([alarm("A", AlarmType.TRIP, 0, tag="Pump.Trip")], TAGS)
    assert edges(conditions, (TRIP, 1, 0), (TRIP, 0, 1)) == [(True, 1)]


def test_a_short_excursion_and_its_return_inside_one_batch_are_both_seen() -> None:
    conditions = Conditions([alarm("A")], TAGS)
    assert edges(conditions, (LEVEL, 70, 0), (LEVEL, 90, 1), (LEVEL, 70, 2)) == [(True, 1), (False, 2)]


def test_edges_come_in_the_order_of_rows_and_then_of_definitions() -> None:
    conditions = Conditions(
        [
            alarm("B", AlarmType.HIHI, 95),
            alarm("A", AlarmType.HI, 80),
            alarm("C", AlarmType.TRIP, 1, tag="Pump.Trip"),
        ],
        TAGS,
    )
    found = conditions.evaluate(batch((LEVEL, 99, 0), (TRIP, 1, 1), (LEVEL, 1, 2))).edges
    assert [(edge.row, edge.alarm, edge.is_active) for edge in found] == [
        (0, 0, True), (0, 1, True), (1, 2, True), (2, 0, False), (2, 1, False),
    ]  # fmt: skip


# ALM-33: delays on source time. HI 80, deadband 0, on-delay 5 s, off-delay 3 s.


def delayed() -> Conditions:
    return Conditions([alarm("A", on_delay_ns=5 * S, off_delay_ns=3 * S)], TAGS)


def test_a_delay_ends_at_its_end_whatever_sample_shows_it() -> None:
    for later in (5.0, 5.1, 60.0):
        conditions = delayed()
        assert edges(conditions, (LEVEL, 90, 0)) == []
        assert edges(conditions, (LEVEL, 90, later)) == [(True, 5.0)]


def test_a_sample_back_inside_cancels_the_delay() -> None:
    conditions = delayed()
    assert edges(conditions, (LEVEL, 90, 0), (LEVEL, 80, 4.9), (LEVEL, 90, 5), (LEVEL, 90, 9.9)) == []
    assert edges(conditions, (LEVEL, 90, 10)) == [(True, 10)]


def test_a_sample_back_inside_at_the_very_end_cancels() -> None:
    conditions = delayed()
    assert edges(conditions, (LEVEL, 90, 0), (LEVEL, 70, 5)) == []
    assert conditions.tick(seconds(60)) == []


def test_a_value_that_held_until_a_later_return_has_alarmed() -> None:
    conditions = delayed()
    assert edges(conditions, (LEVEL, 90, 0), (LEVEL, 70, 6)) == [(True, 5)]
    assert edges(conditions, (LEVEL, 70, 9)) == [(False, 9)]


def test_the_off_delay_is_cancelled_inside_the_deadband() -> None:
    conditions = Conditions([alarm("A", deadband_eu=5.0, off_delay_ns=3 * S)], TAGS)
    samples = [(90, 0), (70, 1), (76, 3), (70, 4), (75, 6), (70, 7), (70, 10)]
    assert edges(conditions, *[(LEVEL, float(value), float(time)) for value, time in samples]) == [
        (True, 0),
        (False, 10),
    ]


def test_a_tick_decides_for_a_silent_tag_after_one_more_period() -> None:
    conditions = delayed()
    assert edges(conditions, (LEVEL, 90, 0)) == []
    assert conditions.next_due_ns() == seconds(6)
    assert conditions.tick(seconds(5.99)) == []
    assert told(conditions.tick(seconds(6))) == [(True, 5)]
    assert conditions.tick(seconds(60)) == []
    assert conditions.next_due_ns() is None


def test_a_device_with_a_wrong_clock_gets_its_whole_delay() -> None:
    for wrong_by_s in (-3600, 3600):
        conditions = delayed()
        sample = Batch.of([(LEVEL, 90.0, 0, seconds(wrong_by_s))], receive_ns=seconds(0))
        assert conditions.evaluate(sample).edges == []
        assert conditions.tick(seconds(5.9)) == []
        assert told(conditions.tick(seconds(6))) == [(True, wrong_by_s + 5)]


def test_a_late_sample_back_inside_beats_the_delay_that_a_tick_has_not_decided() -> None:
    conditions = delayed()
    edges(conditions, (LEVEL, 90, 0))
    late = Batch.of([(LEVEL, 70.0, 0, seconds(4))], receive_ns=seconds(5.5))
    assert conditions.tick(seconds(5.4)) == []
    assert conditions.evaluate(late).edges == []
    assert conditions.tick(seconds(60)) == []


# ALM-10: a bad input freezes the condition.


@pytest.mark.parametrize(
    "status",
    [
        BAD_SENSOR,
        int(StatusCode.BadNoCommunication),
        int(StatusCode.UncertainNoCommunicationLastUsableValue),
        int(StatusCode.UncertainLastUsableValue),
    ],
)
def test_an_unusable_input_neither_returns_nor_raises(status: int) -> None:
    conditions = Conditions([alarm("A"), alarm("L", AlarmType.LO, 20)], TAGS)
    assert edges(conditions, (LEVEL, 90, 0)) == [(True, 0)]
    value = math.nan if status & 0x80000000 else 10.0
    found = conditions.evaluate(batch((LEVEL, value, 1, status)))
    assert found.edges == []
    assert sorted(found.requalified.tolist()) == [0, 1]
    assert conditions.is_active(0)
    assert conditions.status(0) == status
    back = conditions.evaluate(batch((LEVEL, 50, 2)))
    assert told(back.edges) == [(False, 2)]
    assert sorted(back.requalified.tolist()) == [0, 1]
    assert conditions.evaluate(batch((LEVEL, 50, 3))).requalified.tolist() == []


def test_uncertain_values_that_are_measured_now_count() -> None:
    conditions = Conditions([alarm("A")], TAGS)
    status = int(StatusCode.UncertainEngineeringUnitsExceeded)
    assert told(conditions.evaluate(batch((LEVEL, 140, 0, status))).edges) == [(True, 0)]


def test_a_bad_input_stops_the_tick_but_not_the_delay() -> None:
    conditions = delayed()
    conditions.evaluate(batch((LEVEL, 90, 0), (LEVEL, math.nan, 2, BAD_SENSOR)))
    assert conditions.tick(seconds(60)) == []
    # What was in between is not known: the alarm is true from the sample that shows it.
    assert edges(conditions, (LEVEL, 91, 61)) == [(True, 61)]


def test_a_return_after_a_bad_input_cancels_the_delay() -> None:
    conditions = delayed()
    conditions.evaluate(batch((LEVEL, 90, 0), (LEVEL, math.nan, 2, BAD_SENSOR)))
    assert edges(conditions, (LEVEL, 70, 61)) == []
    assert conditions.tick(seconds(120)) == []


def test_bad_quality_conditions_tell_of_the_instrument_not_of_the_connection() -> None:
    conditions = Conditions([alarm("Q", AlarmType.BAD_QUALITY, math.nan)], TAGS)
    samples = [
        (math.nan, int(StatusCode.BadWaitingForInitialData)),
        (50.0, 0),
        (math.nan, int(StatusCode.BadNoCommunication)),
        (math.nan, BAD_SENSOR),
        (math.nan, int(StatusCode.BadNotConnected)),
        (50.0, int(StatusCode.UncertainSensorNotAccurate)),
    ]
    rows = [(LEVEL, value, float(time), status) for time, (value, status) in enumerate(samples)]
    assert told(conditions.evaluate(batch(*rows)).edges) == [(True, 3), (False, 5)]


def test_an_unknown_bad_code_with_info_bits_is_bad() -> None:
    conditions = Conditions([alarm("Q", AlarmType.BAD_QUALITY)], TAGS)
    assert told(conditions.evaluate(batch((LEVEL, math.nan, 0, 0x8FFF0480))).edges) == [(True, 0)]
    assert told(conditions.evaluate(batch((LEVEL, 1, 1, 0x00000480))).edges) == [(False, 1)]


def test_a_disabled_condition_is_not_evaluated_and_starts_from_false() -> None:
    conditions = Conditions([alarm("A")], TAGS)
    edges(conditions, (LEVEL, 90, 0))
    conditions.enable(0, False)
    assert edges(conditions, (LEVEL, 91, 1)) == []
    assert not conditions.is_active(0)
    conditions.enable(0, True)
    assert edges(conditions, (LEVEL, 92, 2)) == [(True, 2)]


def test_how_samples_are_cut_into_batches_changes_nothing() -> None:
    """ALM-33, and several samples of one tag in one batch are several samples."""
    rng = np.random.default_rng(7)
    tags = float_tags(12)
    definitions = [
        alarm(
            f"{kind.value}{row}",
            kind,
            limit,
            tag=f"T{row}",
            deadband_eu=2.0,
            on_delay_ns=int(rng.integers(0, 3)) * S,
            off_delay_ns=int(rng.integers(0, 3)) * S,
        )
        for row in range(12)
        for kind, limit in ((AlarmType.HI, 60.0), (AlarmType.HIHI, 70.0), (AlarmType.LO, 40.0))
    ]
    samples = 3000
    tag_ids = rng.integers(0, 12, samples).astype(np.int32)
    values = 50 + rng.normal(0, 12, samples)
    statuses = np.where(rng.random(samples) < 0.03, BAD_SENSOR, 0).astype(np.uint32)
    values[statuses > 0] = np.nan
    source_ns = START_NS + np.sort(rng.integers(0, 300 * S, samples))

    def run(cuts: list[int]) -> list[tuple[int, bool, int, float]]:
        conditions, found = Conditions(definitions, tags), []
        for first, last in zip([0, *cuts], [*cuts, samples], strict=True):
            part = slice(first, last)
            found += conditions.evaluate(
                Batch(tag_ids[part], values[part], statuses[part], source_ns[part], int(source_ns[last - 1]))
            ).edges
        return [(edge.alarm, edge.is_active, edge.source_ns, edge.value) for edge in found]

    whole = run([])
    assert len(whole) > 200
    assert run(list(range(1, samples))) == whole
    for _ in range(5):
        assert run(sorted(rng.choice(np.arange(1, samples), 40, replace=False).tolist())) == whole


def test_only_the_conditions_of_the_tags_in_the_batch_are_looked_at() -> None:
    tags = float_tags(1000)
    conditions = Conditions([alarm(f"A{row}", tag=f"T{row}") for row in range(1000)], tags)
    everything = conditions.evaluate(columns(range(1000), [90.0] * 1000, 0))
    assert [edge.alarm for edge in everything.edges] == list(range(1000))
    some = conditions.evaluate(columns([5, 900], [10.0, 10.0], 1))
    assert [(edge.alarm, edge.is_active) for edge in some.edges] == [(5, False), (900, False)]


def test_no_conditions_and_empty_batches_are_nothing() -> None:
    assert Conditions([], TAGS).evaluate(batch((LEVEL, 90, 0))).edges == []
    conditions = Conditions([alarm("A")], TAGS)
    assert conditions.evaluate(Batch.empty(START_NS)).edges == []
    assert len(conditions) == 1
    assert conditions.evaluate(batch((TRIP, 1, 0))).edges == []


@pytest.mark.parametrize(
    ("definition", "column", "words"),
    [
        (alarm("A", tag="Tank.Leval"), "tag", "no tag has the path 'Tank.Leval'"),
        (alarm("A", AlarmType.DEVIATION), "setpoint_tag", "DEV needs the tag"),
        (alarm("A", AlarmType.RATE_OF_CHANGE), "window_s", "not below the tag's period of 1 s"),
        (alarm("A", setpoint=math.nan), "setpoint", "HI needs a number in %"),
        (alarm("A", setpoint=math.inf), "setpoint", "HI needs a number"),
        (alarm("A", deadband_eu=-1.0), "deadband", "zero or larger"),
        (alarm("A", deadband_eu=math.nan), "deadband", "zero or larger"),
        (alarm("A", on_delay_ns=-1), "on_delay_s", "zero or longer"),
        (alarm("A", off_delay_ns=-1), "off_delay_s", "zero or longer"),
        (alarm("A", tag="Pump.Trip"), "type", "HI limits a number, but Pump.Trip is BOOL"),
        (alarm("A", AlarmType.TRIP, 1, tag="Pump.Name"), "type", "Pump.Name is STRING"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(definition: AlarmDefinition, column: str, words: str) -> None:
    found = problem(definition, TAGS)
    assert found is not None
    assert found.column == column
    assert words in found.text


@pytest.mark.parametrize(
    "definition",
    [
        alarm("A"),
        alarm("A", AlarmType.TRIP, 1, tag="Pump.Trip"),
        alarm("A", AlarmType.OFF_NORMAL, 7, tag="Pump.Fault"),
        alarm("A", AlarmType.BAD_QUALITY, math.nan, tag="Pump.Name"),
        alarm("A", AlarmType.COMMUNICATION, 1, tag="filling"),
    ],
)
def test_what_can_be_evaluated_is_not_refused(definition: AlarmDefinition) -> None:
    assert problem(definition, TAGS) is None
