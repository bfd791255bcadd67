"""Equipment effectiveness is computed from states and counters, never from a number that somebody reports."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from historian.effectiveness import NO_REASON, SETTLE_NS, Input, Recorder, Rules
from tags.clock import NS_PER_S

MINUTE = 60 * NS_PER_S
EXECUTE, HELD, SUSPENDED, STOPPED = 6, 11, 5, 2
CAPS, AIR, OPERATOR, BATCH_END = 20, 21, 1, 5
RULES = Rules(planned=frozenset({BATCH_END}), excused=frozenset({OPERATOR}))


def running(speed: float = 60.0, rules: Rules = RULES) -> Recorder:
    recorder = Recorder(rules, 0)
    recorder.open("shift")
    recorder.take(Input.MODE, 0, 1)
    recorder.take(Input.REASON, 0, 0)
    recorder.take(Input.DESIGN_SPEED, 0, speed)
    recorder.take(Input.PROCESSED, 0, 0)
    recorder.take(Input.DEFECTIVE, 0, 0)
    recorder.take(Input.STATE, 0, EXECUTE)
    return recorder


def stop(recorder: Recorder, at_min: float, until_min: float, state: int, reason: int) -> None:
    recorder.take(Input.STATE, int(at_min * MINUTE), state)
    recorder.take(Input.REASON, int(at_min * MINUTE) + NS_PER_S // 2, reason)
    recorder.take(Input.STATE, int(until_min * MINUTE), EXECUTE)


def test_the_vector_of_iso_22400() -> None:
    """OEE-02: PBT 480 min, APT 400, PRU 0.5 min, PQ 760, GQ 740."""
    recorder = running(speed=2.0)
    stop(recorder, 100, 180, HELD, CAPS)
    recorder.take(Input.PROCESSED, 480 * MINUTE, 760)
    recorder.take(Input.DEFECTIVE, 480 * MINUTE, 20)
    account = recorder.accounts["shift"]
    figures = account.figures()
    assert account.busy_ns == 480 * MINUTE
    assert account.producing_ns == 400 * MINUTE
    assert figures.availability == pytest.approx(0.8333, abs=5e-5)
    assert figures.performance == pytest.approx(0.9500, abs=5e-5)
    assert figures.quality == pytest.approx(0.9737, abs=5e-5)
    assert figures.oee == pytest.approx(0.7708, abs=5e-5)
    assert not account.is_uncertain


def test_nothing_to_divide_by_is_no_figure() -> None:
    figures = Recorder(RULES, 0).open("shift").figures()
    for value in (figures.availability, figures.performance, figures.quality, figures.oee, figures.mtbf_ns):
        assert math.isnan(value)
    standing = running()
    standing.take(Input.STATE, 0, STOPPED)
    standing.advance(60 * MINUTE)
    assert standing.accounts["shift"].figures().availability == 0.0
    assert math.isnan(standing.accounts["shift"].figures().performance)
    assert math.isnan(standing.accounts["shift"].figures().oee)


def test_planned_downtime_is_no_loss() -> None:
    recorder = running()
    stop(recorder, 60, 120, 17, BATCH_END)
    recorder.take(Input.STATE, 120 * MINUTE, STOPPED)
    recorder.take(Input.MODE, 120 * MINUTE, 2)
    recorder.take(Input.MODE, 150 * MINUTE, 1)
    recorder.take(Input.STATE, 150 * MINUTE, EXECUTE)
    recorder.advance(180 * MINUTE)
    account = recorder.accounts["shift"]
    assert account.planned_ns == 90 * MINUTE
    assert account.busy_ns == account.producing_ns == 90 * MINUTE
    assert account.figures().availability == 1.0
    assert account.pareto() == []
    assert account.stops == 0


def test_losses_are_ranked_by_reason_and_micro_stops_are_told_apart() -> None:
    recorder = running()
    stop(recorder, 10, 12, SUSPENDED, 10)
    stop(recorder, 20, 30, HELD, AIR)
    stop(recorder, 40, 41, SUSPENDED, 10)
    stop(recorder, 50, 60, HELD, OPERATOR)
    account = recorder.accounts["shift"]
    assert [(reason, loss.time_ns / MINUTE, loss.count) for reason, loss in account.pareto()] == [
        (OPERATOR, 10, 1),
        (AIR, 10, 1),
        (10, 3, 2),
    ]
    assert (account.stops, account.micro_stops, account.micro_ns) == (4, 2, 3 * MINUTE)


def test_a_reason_that_comes_late_gets_the_whole_stop() -> None:
    recorder = running()
    recorder.take(Input.STATE, 10 * MINUTE, HELD)
    recorder.advance(10 * MINUTE + NS_PER_S)
    assert recorder.accounts["shift"].pareto()[0][0] == NO_REASON
    recorder.take(Input.REASON, 10 * MINUTE + 3 * NS_PER_S, CAPS)
    recorder.advance(11 * MINUTE)
    ((reason, loss),) = recorder.accounts["shift"].pareto()
    assert (reason, loss.time_ns, loss.count) == (CAPS, MINUTE, 1)


def test_a_reason_that_comes_first_counts_and_an_old_one_holds_when_none_comes() -> None:
    recorder = running()
    recorder.take(Input.REASON, 10 * MINUTE, CAPS)
    recorder.take(Input.STATE, 10 * MINUTE, HELD)
    recorder.take(Input.STATE, 11 * MINUTE, EXECUTE)
    # The same again: the unit does not write a reason that it already shows.
    recorder.take(Input.STATE, 20 * MINUTE, HELD)
    recorder.advance(20 * MINUTE + 2 * SETTLE_NS)
    recorder.take(Input.STATE, 22 * MINUTE, EXECUTE)
    # A stop of less than a scan has the reason that is held too.
    recorder.take(Input.STATE, 30 * MINUTE, HELD)
    recorder.take(Input.STATE, 30 * MINUTE + NS_PER_S, EXECUTE)
    ((reason, loss),) = recorder.accounts["shift"].pareto()
    assert (reason, loss.time_ns, loss.count) == (CAPS, 3 * MINUTE + NS_PER_S, 3)


def test_counters_that_are_reset_or_roll_over_lose_nothing() -> None:
    recorder = running()
    for time_min, count in ((1, 100), (2, 150), (3, 10), (4, 2**32 - 5), (5, 7)):
        recorder.take(Input.PROCESSED, time_min * MINUTE, count)
    expected = 100 + 50 + 10 + (2**32 - 5 - 10) + 12
    assert recorder.accounts["shift"].processed == expected


def test_what_is_not_known_makes_a_figure_uncertain_and_is_in_no_sum() -> None:
    recorder = running()
    recorder.advance(94 * MINUTE)
    recorder.take(Input.STATE, 94 * MINUTE, None)
    recorder.advance(100 * MINUTE)
    account = recorder.accounts["shift"]
    assert account.percent_good == 94.0
    assert account.is_uncertain
    assert account.unknown_ns == 6 * MINUTE
    assert account.busy_ns == account.producing_ns == 94 * MINUTE


def test_products_made_at_an_unknown_speed_are_not_compared_with_it() -> None:
    recorder = Recorder(RULES, 0)
    recorder.open("shift")
    known = {Input.MODE: 1, Input.PROCESSED: 0, Input.DEFECTIVE: 0, Input.STATE: EXECUTE}
    for source, value in known.items():
        recorder.take(source, 0, value)
    recorder.take(Input.PROCESSED, 30 * MINUTE, 5000)
    recorder.take(Input.DESIGN_SPEED, 30 * MINUTE, 60)
    recorder.take(Input.PROCESSED, 40 * MINUTE, 5450)
    account = recorder.accounts["shift"]
    assert account.figures().performance == 0.75
    assert account.processed == 5450
    assert account.is_uncertain


def test_periods_are_recomputed_not_averaged() -> None:
    """OEE-04: the day's figure comes from summed times and counts."""
    recorder = running()
    recorder.open("day")
    recorder.take(Input.PROCESSED, 10 * MINUTE, 600)
    first = recorder.accounts["shift"].figures()
    stop(recorder, 10, 60, HELD, AIR)
    recorder.open("shift")
    recorder.take(Input.PROCESSED, 70 * MINUTE, 900)
    second, day = recorder.accounts["shift"].figures(), recorder.accounts["day"].figures()
    assert day.availability == pytest.approx(20 / 70)
    assert day.performance == pytest.approx(900 / 1200)
    assert day.oee != pytest.approx((first.oee + second.oee) / 2)


def test_a_stop_over_the_change_of_shift_counts_once_and_its_time_in_both() -> None:
    recorder = running()
    recorder.take(Input.STATE, 10 * MINUTE, HELD)
    recorder.take(Input.REASON, 10 * MINUTE, AIR)
    recorder.advance(20 * MINUTE)
    before = recorder.accounts["shift"]
    recorder.open("shift")
    recorder.take(Input.STATE, 25 * MINUTE, EXECUTE)
    after = recorder.accounts["shift"]
    assert (before.stops, before.losses[AIR].time_ns) == (1, 10 * MINUTE)
    assert (after.stops, after.losses[AIR].time_ns, after.losses[AIR].count) == (0, 5 * MINUTE, 0)


def test_mean_times_between_and_to_repair() -> None:
    """MNT-01, MNT-02: an operator's stop is no failure."""
    recorder = running()
    stop(recorder, 60, 70, HELD, AIR)
    stop(recorder, 100, 110, HELD, OPERATOR)
    stop(recorder, 130, 150, 9, 30)
    account = recorder.accounts["shift"]
    assert account.failures == 2
    assert account.figures().mtbf_ns == 110 * MINUTE / 2
    assert account.figures().mttr_ns == 30 * MINUTE / 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Input)), st.integers(0, 400), st.sampled_from([None, 0, 1, 2, 5, 6, 11, 20])
        ),
        max_size=40,
    )
)
def test_every_nanosecond_is_in_exactly_one_sum(steps: list[tuple[Input, int, int | None]]) -> None:
    recorder = Recorder(RULES, 0)
    account = recorder.open("shift")
    now_ns = 0
    for source, seconds, value in steps:
        now_ns += seconds * NS_PER_S
        recorder.take(source, now_ns, value)
    lost_ns = sum(loss.time_ns for loss in account.losses.values())
    assert (
        account.unknown_ns + account.planned_ns + account.producing_ns + lost_ns == account.total_ns == now_ns
    )
    assert all(loss.time_ns >= 0 and loss.count >= 0 for loss in account.losses.values())
