"""Conditions that look at more than the newest sample of one tag: DEV, ROC, BIT, STALE, EXPR, counts."""

import math

import numpy as np
import pytest

from alarms.conditions import Conditions, Edge
from alarms.definitions import problem
from alarms.inputs import inputs
from alarms.model import AlarmDefinition, AlarmType
from tags.clock import NS_PER_S
from tags.model import Batch, DataType, Tag, TagTable
from tags.status import StatusCode
from tests.unit.alarms.cell import (
    FAULT,
    LEVEL,
    NAME,
    PRESSURE,
    RUNNING,
    START_NS,
    TAGS,
    TRIP,
    alarm,
    batch,
    seconds,
)

S = NS_PER_S
BAD = int(StatusCode.BadSensorFailure)
AGED = int(StatusCode.UncertainNoCommunicationLastUsableValue)
LOST = int(StatusCode.BadNoCommunication)
nan = math.nan


def told(found: list[Edge]) -> list[tuple[bool, float]]:
    return [(edge.is_active, (edge.source_ns - START_NS) / S) for edge in found]


def edges(
    conditions: Conditions, *samples: tuple[int, float, float] | tuple[int, float, float, int]
) -> list[tuple[bool, float]]:
    return told(conditions.evaluate(batch(*samples)).edges)


def deviation(**changes: object) -> AlarmDefinition:
    facts = {"deadband_eu": 2.0, "setpoint_tag": "Tank.Pressure", **changes}
    return alarm("D", AlarmType.DEVIATION, 5.0, **facts)


def rate(**changes: object) -> AlarmDefinition:
    return alarm("R", AlarmType.RATE_OF_CHANGE, 2.0, **{"window_ns": 10 * S, **changes})


# Deviation


def test_a_deviation_counts_in_both_directions_and_at_either_tag() -> None:
    conditions = Conditions([deviation()], TAGS)
    assert edges(conditions, (LEVEL, 99, 0)) == []
    assert edges(conditions, (PRESSURE, 94, 1), (LEVEL, 99.5, 2)) == [(True, 2)]
    assert edges(conditions, (PRESSURE, 96.5, 3), (PRESSURE, 97, 4)) == [(False, 4)]
    assert edges(conditions, (LEVEL, 92, 4.5), (LEVEL, 91.5, 5)) == [(True, 5)]
    assert edges(conditions, (LEVEL, 94, 6), (LEVEL, 94.5, 7)) == [(False, 7)]


def test_the_value_of_a_deviation_is_signed() -> None:
    conditions = Conditions([deviation()], TAGS)
    [edge] = conditions.evaluate(batch((PRESSURE, 60, 0), (LEVEL, 50, 1))).edges
    assert edge.value == -10


@pytest.mark.parametrize("status", [BAD, AGED, LOST])
@pytest.mark.parametrize("tag", [LEVEL, PRESSURE])
def test_a_deviation_without_one_of_its_tags_stays_as_it_is(tag: int, status: int) -> None:
    conditions = Conditions([deviation()], TAGS)
    assert edges(conditions, (PRESSURE, 60, 0), (LEVEL, 50, 0)) == [(True, 0)]
    found = conditions.evaluate(batch((tag, nan if status & 0x80000000 else 55.0, 1, status)))
    assert found.edges == []
    assert found.requalified.tolist() == [0]
    assert conditions.status(0) == status
    assert edges(conditions, (LEVEL, 60, 2), (PRESSURE, 60, 2)) == [(False, 2)]


def test_an_uncertain_value_does_not_hide_a_set_point_that_is_only_repeated() -> None:
    conditions = Conditions([deviation()], TAGS)
    unsure = int(StatusCode.UncertainSensorNotAccurate)
    assert edges(conditions, (PRESSURE, 60, 0, AGED), (LEVEL, 50, 1, unsure)) == []
    assert edges(conditions, (PRESSURE, 60, 2)) == [(True, 2)]


def test_several_deviations_share_tags() -> None:
    definitions = [
        alarm(name, AlarmType.DEVIATION, limit, tag=tag, setpoint_tag=target)
        for name, limit, tag, target in (
            ("A", 1.0, "Tank.Level", "Tank.Pressure"),
            ("B", 5.0, "Tank.Pressure", "Tank.Level"),
            ("C", 10.0, "Tank.Level", "Pump.Fault"),
        )
    ]
    conditions = Conditions(definitions, TAGS)
    found = conditions.evaluate(batch((LEVEL, 50, 0), (PRESSURE, 47, 1), (FAULT, 39, 2), (PRESSURE, 57, 3)))
    assert [(edge.alarm, edge.row, edge.value) for edge in found.edges] == [(0, 1, 3), (2, 2, 11), (1, 3, 7)]


# Rate of change


def test_a_rate_is_measured_over_its_window() -> None:
    conditions = Conditions([rate()], TAGS)
    # 2 a second is the limit; 21 within the ten seconds is more, whenever within.
    assert edges(conditions, (LEVEL, 0, 0), (LEVEL, 10, 5), (LEVEL, 20, 9), (LEVEL, 21, 9.5)) == [(True, 9.5)]


def test_a_value_holds_until_the_next_sample_so_a_step_leaves_the_window() -> None:
    conditions = Conditions([rate()], TAGS)
    assert edges(conditions, (LEVEL, 0, 0), (LEVEL, 30, 100)) == [(True, 100)]
    # What left the window before the next sample is told at its own time.
    assert edges(conditions, (LEVEL, 30, 140)) == [(False, 110)]


def test_a_fall_counts_as_a_rise_and_the_value_is_signed() -> None:
    conditions = Conditions([rate()], TAGS)
    [edge] = conditions.evaluate(batch((LEVEL, 90, 0), (LEVEL, 60, 2))).edges
    assert edge.value == -3


def test_a_tick_lets_the_step_of_a_silent_tag_leave_the_window() -> None:
    conditions = Conditions([rate()], TAGS)
    edges(conditions, (LEVEL, 0, 0), (LEVEL, 30, 1))
    assert conditions.next_due_ns() == seconds(12)
    assert conditions.tick(seconds(11.9)) == []
    assert told(conditions.tick(seconds(12))) == [(False, 11)]
    assert conditions.next_due_ns() is None


def test_a_jump_across_a_gap_is_no_rate() -> None:
    conditions = Conditions([rate()], TAGS)
    assert edges(conditions, (LEVEL, 0, 0), (LEVEL, nan, 1, LOST), (LEVEL, 90, 2), (LEVEL, 91, 3)) == []
    assert edges(conditions, (LEVEL, 0, 4), (LEVEL, 0, 3.5)) == [(True, 4), (False, 3.5)]


def test_a_rate_has_deadband_and_delay() -> None:
    conditions = Conditions([rate(deadband_eu=1.0, on_delay_ns=3 * S)], TAGS)
    samples = [(LEVEL, 4.0 * time, float(time)) for time in range(20)]
    # The window fills while the ramp goes on: 2.4 a second at 6 s, for 3 s.
    assert edges(conditions, *samples) == [(True, 9)]
    assert edges(conditions, *[(LEVEL, 76.0, 20.0 + time) for time in range(12)]) == [(False, 27)]


# Bits


@pytest.mark.parametrize(("bit", "on", "off"), [(0, 1, 2), (3, 0b1000, 0b0111), (31, -1, 2**30), (2, -4, -8)])
def test_a_bit_of_a_word(bit: int, on: int, off: int) -> None:
    conditions = Conditions([alarm("B", AlarmType.BIT, 1, tag="Pump.Fault", bit=bit)], TAGS)
    assert edges(conditions, (FAULT, off, 0), (FAULT, on, 1), (FAULT, off, 2)) == [(True, 1), (False, 2)]


def test_a_bit_may_be_the_alarm_at_zero() -> None:
    conditions = Conditions([alarm("B", AlarmType.BIT, 0, tag="Pump.Fault", bit=1)], TAGS)
    assert edges(conditions, (FAULT, 2, 0), (FAULT, 1, 1), (FAULT, nan, 2, BAD)) == [(True, 1)]


# Stale


def stale() -> Conditions:
    conditions = Conditions([alarm("S", AlarmType.STALE, 30.0)], TAGS)
    assert conditions.hold(0, False, seconds(0)) == []
    return conditions


@pytest.mark.parametrize("status", [AGED, LOST, BAD])
def test_a_tag_without_a_good_value_gets_stale(status: int) -> None:
    conditions = stale()
    assert edges(conditions, (LEVEL, 1, 0), (LEVEL, nan, 10, status)) == []
    assert conditions.tick(seconds(40)) == []
    assert told(conditions.tick(seconds(41))) == [(True, 40)]
    assert edges(conditions, (LEVEL, 1, 50)) == [(False, 50)]


def test_a_good_value_in_time_keeps_a_tag_from_getting_stale() -> None:
    conditions = stale()
    assert edges(conditions, (LEVEL, 1, 0), (LEVEL, 1, 10, AGED), (LEVEL, 1, 39)) == []
    assert conditions.tick(seconds(500)) == []


def test_a_tag_that_never_says_a_word_gets_stale() -> None:
    conditions = stale()
    assert conditions.hold(0, False, seconds(20)) == []
    assert told(conditions.tick(seconds(31))) == [(True, 30)]


def test_a_lost_connection_makes_nothing_stale_and_time_begins_with_its_return() -> None:
    conditions = stale()
    edges(conditions, (LEVEL, 1, 0))
    conditions.hold(0, True, seconds(5))
    assert edges(conditions, (LEVEL, nan, 5, LOST)) == []
    assert conditions.tick(seconds(500)) == []
    assert conditions.hold(0, False, seconds(600)) == []
    assert conditions.tick(seconds(630)) == []
    assert told(conditions.tick(seconds(631))) == [(True, 630)]


def test_what_returned_while_its_connection_was_lost_is_told_with_it() -> None:
    conditions = stale()
    conditions.tick(seconds(31))
    conditions.hold(0, True, seconds(40))
    assert edges(conditions, (LEVEL, 1, 41)) == []
    assert told(conditions.hold(0, False, seconds(42))) == [(False, 42)]


# Expressions


def test_an_expression_is_judged_at_every_sample_of_its_inputs() -> None:
    text = "Pump.Running and Tank.Level < 10"
    conditions = Conditions([alarm("E", AlarmType.EXPRESSION, 0, expression=text)], TAGS)
    found = conditions.evaluate(
        batch((LEVEL, 5, 0), (RUNNING, 1, 1), (LEVEL, 15, 2), (TRIP, 1, 3), (LEVEL, 5, 4), (RUNNING, 0, 5))
    )
    assert told(found.edges) == [(True, 1), (False, 2), (True, 4), (False, 5)]
    assert [edge.row for edge in found.edges] == [1, 2, 4, 5]


def test_an_expression_without_a_verdict_stays_as_it_is() -> None:
    text = "Tank.Level / Tank.Pressure > 2"
    conditions = Conditions([alarm("E", AlarmType.EXPRESSION, 0, expression=text)], TAGS)
    assert edges(conditions, (LEVEL, 50, 0), (PRESSURE, 10, 1)) == [(True, 1)]
    assert edges(conditions, (PRESSURE, 0, 2), (LEVEL, nan, 3, BAD), (LEVEL, 50, 4, AGED)) == []
    assert edges(conditions, (PRESSURE, 40, 5), (LEVEL, 50, 6)) == [(False, 6)]


def test_an_expression_may_ask_for_quality_and_text() -> None:
    text = "bad(Tank.Level) or text(Pump.Name) == 'off'"
    conditions = Conditions([alarm("E", AlarmType.EXPRESSION, 0, expression=text)], TAGS)
    words = Batch.of(
        [(NAME, "on", 0, seconds(0)), (LEVEL, 5.0, 0, seconds(1)), (NAME, "off", 0, seconds(2))], seconds(2)
    )
    # Before an input has said anything there is no verdict: it is bad only for want of a first sample.
    assert told(conditions.evaluate(words).edges) == [(True, 2)]
    assert edges(conditions, (LEVEL, nan, 3, LOST)) == []
    assert conditions.is_active(0)


def test_an_expression_has_delays() -> None:
    text = "Pump.Running"
    conditions = Conditions([alarm("E", AlarmType.EXPRESSION, 0, expression=text, on_delay_ns=5 * S)], TAGS)
    edges(conditions, (RUNNING, 1, 0))
    assert told(conditions.tick(seconds(6))) == [(True, 5)]


# Count within the delay (ALM-34)


def counted() -> Conditions:
    return Conditions([alarm("A", on_delay_ns=10 * S, count=3)], TAGS)


def test_short_excursions_raise_when_there_are_enough_within_the_delay() -> None:
    conditions = counted()
    samples = [(LEVEL, 90.0 if time % 2 else 70.0, float(time)) for time in range(6)]
    assert edges(conditions, *samples) == [(True, 5)]


def test_excursions_that_lie_too_far_apart_do_not() -> None:
    conditions = counted()
    samples = [(LEVEL, 90.0 if time % 2 else 70.0, 5.0 * time) for time in range(20)]
    assert edges(conditions, *samples) == []


def test_after_it_was_raised_counting_begins_anew() -> None:
    conditions = counted()
    samples = [(LEVEL, 90.0 if time % 2 else 70.0, float(time)) for time in range(12)]
    assert edges(conditions, *samples) == [(True, 5), (False, 6), (True, 11)]


def test_the_delay_itself_still_raises() -> None:
    conditions = counted()
    assert edges(conditions, (LEVEL, 90, 0), (LEVEL, 90, 10)) == [(True, 10)]


def test_a_step_back_of_the_devices_clock_begins_counting_anew() -> None:
    conditions = counted()
    assert edges(conditions, (LEVEL, 90, 100), (LEVEL, 70, 101), (LEVEL, 90, 102), (LEVEL, 70, 103)) == []
    assert edges(conditions, (LEVEL, 90, 4), (LEVEL, 70, 5)) == []


# Changed settings


def test_a_new_limit_is_judged_with_the_newest_value() -> None:
    conditions = Conditions([alarm("A")], TAGS)
    edges(conditions, (LEVEL, 85, 0))
    conditions.update(0, alarm("A", setpoint=86.0))
    assert told(conditions.judge(0, seconds(5))) == [(False, 5)]
    conditions.update(0, alarm("A", setpoint=80.0, on_delay_ns=3 * S))
    assert conditions.judge(0, seconds(6)) == []
    assert told(conditions.tick(seconds(10))) == [(True, 9)]


def test_a_running_delay_begins_anew_with_a_new_one() -> None:
    conditions = Conditions([alarm("A", on_delay_ns=10 * S)], TAGS)
    edges(conditions, (LEVEL, 85, 0))
    conditions.update(0, alarm("A", on_delay_ns=8 * S))
    assert conditions.judge(0, seconds(5)) == []
    assert edges(conditions, (LEVEL, 85, 12.9)) == []
    assert edges(conditions, (LEVEL, 85, 13)) == [(True, 13)]


def test_a_bad_value_is_not_judged() -> None:
    conditions = Conditions([alarm("A")], TAGS)
    edges(conditions, (LEVEL, 85, 0), (LEVEL, nan, 1, BAD))
    conditions.update(0, alarm("A", setpoint=86.0))
    assert conditions.judge(0, seconds(5)) == []


# All of them: how samples are cut into batches changes nothing (ALM-33)


@pytest.mark.parametrize("seed", range(4))
def test_how_samples_are_cut_into_batches_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tags = TagTable(Tag(row, f"T{row}", DataType.INT32, connection="line") for row in range(6))
    definitions = [
        facts
        for row in range(5)
        for facts in (
            alarm(
                f"D{row}",
                AlarmType.DEVIATION,
                8.0,
                tag=f"T{row}",
                setpoint_tag=f"T{row + 1}",
                deadband_eu=2.0,
            ),
            alarm(
                f"R{row}",
                AlarmType.RATE_OF_CHANGE,
                4.0,
                tag=f"T{row}",
                window_ns=3 * S,
                on_delay_ns=row * S // 4,
            ),
            alarm(f"B{row}", AlarmType.BIT, 1, tag=f"T{row}", bit=row, off_delay_ns=S),
            alarm(f"E{row}", AlarmType.EXPRESSION, 0, tag=f"T{row}", expression=f"T{row} > T{row + 1} + 3"),
            alarm(f"C{row}", AlarmType.HI, 58.0, tag=f"T{row}", on_delay_ns=2 * S, count=2),
            alarm(f"S{row}", AlarmType.STALE, 1.0, tag=f"T{row}"),
        )
    ]
    samples = 1500
    tag_ids = rng.integers(0, 6, samples).astype(np.int32)
    statuses = rng.choice(np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, BAD, AGED], np.uint32), samples)
    values = np.where(statuses & np.uint32(0x80000000), nan, np.round(50 + rng.normal(0, 8, samples)))
    times = START_NS + np.cumsum(rng.integers(0, S // 2, samples))

    def run(cuts: list[int]) -> list[str]:
        conditions = Conditions(definitions, tags)
        found: list[str] = []
        for first, last in zip([0, *cuts], [*cuts, samples], strict=True):
            rows = slice(first, last)
            part = Batch(tag_ids[rows], values[rows], statuses[rows], times[rows], int(times[last - 1]))
            # As text: NaN differs from itself.
            found += [str(edge[1:]) for edge in conditions.evaluate(part).edges]
        return found

    whole = run([])
    assert len({edge.split(",")[0] for edge in whole}) == len(definitions)
    for pieces in (2, 40, 700):
        assert run(sorted(rng.choice(np.arange(1, samples), pieces, replace=False).tolist())) == whole
    assert run(list(range(1, samples))) == whole


# What is refused


WORDS = TagTable(
    [
        Tag(0, "A", DataType.FLOAT64, connection="plc"),
        Tag(1, "B", DataType.STRING, connection="plc"),
        Tag(2, "W", DataType.UINT16, connection="plc"),
        Tag(3, "L", DataType.UINT64, connection="plc"),
        Tag(4, "M", DataType.FLOAT64),
    ]
)


@pytest.mark.parametrize(
    ("definition", "column", "words"),
    [
        (
            alarm("X", AlarmType.DEVIATION, 5, tag="A", setpoint_tag="C"),
            "setpoint_tag",
            "no tag has the path 'C'",
        ),
        (alarm("X", AlarmType.DEVIATION, 5, tag="A", setpoint_tag="A"), "setpoint_tag", "from itself"),
        (alarm("X", AlarmType.DEVIATION, 5, tag="A", setpoint_tag="B"), "setpoint_tag", "B is STRING"),
        (alarm("X", AlarmType.DEVIATION, -5, tag="A", setpoint_tag="W"), "setpoint", "above zero (ALM-23)"),
        (
            alarm("X", AlarmType.DEVIATION, 5, tag="A", setpoint_tag="W", deadband_eu=5.0),
            "deadband",
            "never lets",
        ),
        (alarm("X", AlarmType.RATE_OF_CHANGE, 5, tag="B", window_ns=9 * S), "type", "limits a number"),
        (alarm("X", AlarmType.RATE_OF_CHANGE, 0, tag="A", window_ns=9 * S), "setpoint", "above zero"),
        (alarm("X", AlarmType.RATE_OF_CHANGE, 5, tag="A", window_ns=S // 2), "window_s", "period of 1 s"),
        (alarm("X", AlarmType.BIT, 1, tag="A"), "type", "A is FLOAT64"),
        (alarm("X", AlarmType.BIT, 1, tag="L"), "type", "L is UINT64"),
        (alarm("X", AlarmType.BIT, 1, tag="W", bit=16), "bit", "bits 0 to 15, got 16"),
        (alarm("X", AlarmType.BIT, 2, tag="W", bit=1), "setpoint", "0 or 1"),
        (alarm("X", AlarmType.STALE, 0, tag="A"), "setpoint", "needs the seconds"),
        (alarm("X", AlarmType.STALE, 10, tag="A", on_delay_ns=S), "on_delay_s", "is its delay"),
        (alarm("X", AlarmType.STALE, 10, tag="M"), "tag", "never gets stale"),
        (alarm("X", AlarmType.EXPRESSION, 0, tag="A"), "expression", "needs its expression"),
        (alarm("X", AlarmType.EXPRESSION, 0, tag="A", expression="A >"), "expression", "no expression"),
        (alarm("X", AlarmType.EXPRESSION, 0, tag="A", expression="Z > 1"), "expression", "'Z'"),
        (alarm("X", AlarmType.EXPRESSION, 0, tag="A", expression="1 > 2"), "expression", "reads no tag"),
        (alarm("X", tag="A", count=1, on_delay_ns=S), "count", "2 or more"),
        (alarm("X", tag="A", count=3), "count", "must not be 0"),
        (alarm("X", AlarmType.BIT, 1, tag="W", exclusive=True), "exclusive", "only limits"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(definition: AlarmDefinition, column: str, words: str) -> None:
    found = problem(definition, WORDS)
    assert found is not None
    assert found.column == column
    assert words in found.text


@pytest.mark.parametrize(
    "definition",
    [
        alarm("X", AlarmType.DEVIATION, 5, tag="A", setpoint_tag="M", deadband_eu=4.9),
        alarm("X", AlarmType.RATE_OF_CHANGE, 0.5, tag="W", window_ns=S),
        alarm("X", AlarmType.BIT, 0, tag="W", bit=15),
        alarm("X", AlarmType.STALE, 10, tag="B"),
        alarm("X", AlarmType.EXPRESSION, 0, tag="B", expression="A > 1"),
        alarm("X", tag="A", count=2, on_delay_ns=S),
    ],
)
def test_what_can_be_evaluated_is_not_refused(definition: AlarmDefinition) -> None:
    assert problem(definition, WORDS) is None


def test_all_tags_that_alarms_read_are_known() -> None:
    found = inputs([deviation(), alarm("E", AlarmType.EXPRESSION, expression="Pump.Running and Pump.Trip"),
                    alarm("S", suppression_expression="Pump.Fault == 3")])  # fmt: skip
    assert found - {""} == {"Tank.Level", "Tank.Pressure", "Pump.Running", "Pump.Trip", "Pump.Fault"}
