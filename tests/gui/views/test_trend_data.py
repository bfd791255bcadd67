"""What a trend draws: reduction to pixel columns, gaps, held values, history and live samples together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from historian.model import PixelSeries
from tags.clock import NS_PER_S
from tags.status import StatusCode
from tests.support.work import calls
from views.trend_data import NO_DATA, WRITER_LAG_NS, PenData
from views.trend_raster import draw_trace, gap_starts, rounded_range, time_ticks, value_ticks

GOOD, BAD = int(StatusCode.Good), int(StatusCode.BadNoCommunication)
UNCERTAIN = int(StatusCode.UncertainLastUsableValue)
S = NS_PER_S


def pen(*samples: tuple[float, float, int]) -> PenData:
    data = PenData()
    data.listen(0)
    for seconds, value, status in samples:
        data.append(int(seconds * S), value, status)
    return data


def series(start: int, end: int, last: list[float], worst: list[int] | None = None) -> PixelSeries:
    columns = len(last)
    values = np.array(last, float)
    return PixelSeries(
        "p",
        np.linspace(start, end, columns + 1).astype(np.int64),
        values - 1,
        values + 1,
        values,
        values,
        values,
        np.isfinite(values).astype(np.int64),
        np.array(worst or [0] * columns, np.uint32),
    )


def test_holds_the_last_value_and_draws_nothing_before_the_first_or_after_now():
    trace = pen((2, 5.0, GOOD)).trace(0, 10 * S, 10, 7 * S)
    assert np.isnan(trace.last[:2]).all()
    assert trace.last[2:7].tolist() == [5.0] * 5
    assert trace.quality.tolist() == [2, 2, 0, 0, 0, 0, 0, 2, 2, 2]


def test_a_value_from_before_the_period_is_held_into_it():
    trace = pen((2, 5.0, GOOD)).trace(100 * S, 110 * S, 10, 200 * S)
    assert trace.last.tolist() == [5.0] * 10
    assert trace.time_ns.tolist() == [2 * S] * 10


def test_bad_is_a_gap_that_ends_with_the_next_good_sample():
    trace = pen((0, 1.0, GOOD), (3, np.nan, BAD), (6, 2.0, GOOD)).trace(0, 10 * S, 10, 10 * S)
    assert trace.quality.tolist() == [0, 0, 0, 2, 2, 2, 0, 0, 0, 0]
    assert gap_starts(trace).tolist() == [2]
    assert trace.low[6] == trace.high[6] == 2.0  # nothing joins it to the value before the gap


def test_uncertain_is_drawn_and_marked():
    trace = pen((0, 1.0, GOOD), (5, 1.0, UNCERTAIN)).trace(0, 10 * S, 10, 10 * S)
    assert trace.quality.tolist() == [0] * 5 + [1] * 5
    assert trace.status[7] == UNCERTAIN


def test_a_step_joins_the_value_held_before():
    trace = pen((0, 1.0, GOOD), (5, 9.0, GOOD)).trace(0, 10 * S, 10, 10 * S)
    assert (trace.low[5], trace.high[5], trace.last[5]) == (1.0, 9.0, 9.0)
    assert (trace.low[6], trace.high[6]) == (9.0, 9.0)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=300), st.integers(1, 40))
def test_no_extreme_is_lost(values, width):
    data = pen(*((float(second), value, GOOD) for second, value in enumerate(values)))
    trace = data.trace(0, len(values) * S, width, len(values) * S)
    assert np.nanmin(trace.low) == min(values)
    assert np.nanmax(trace.high) == max(values)
    assert trace.last[-1] == values[-1]


def test_live_samples_follow_history_without_a_hole():
    data = PenData()
    data.listen(100 * S)
    for second in range(100, 120):
        data.append(second * S, 50.0, GOOD)
    data.set_history(series(0, 120 * S, [float(n) for n in range(120)]), 120 * S)
    trace = data.trace(0, 120 * S, 120, 120 * S)
    assert (trace.quality == 0).all()
    cut = (120 * S - WRITER_LAG_NS) // S
    assert trace.last[cut - 1] == cut - 1
    assert trace.last[cut] == 50.0


def test_a_constant_tag_without_a_sample_in_the_period_is_a_level_line():
    data = PenData()
    data.listen(1000 * S)
    data.append(10 * S, 7.0, GOOD)
    nothing = [float("nan")] * 60
    data.set_history(series(940 * S, 1000 * S, nothing), 1000 * S)
    trace = data.trace(940 * S, 1000 * S, 60, 1000 * S)
    assert trace.last.tolist() == [7.0] * 60


def test_history_shows_its_gaps_and_doubt():
    last = [1.0, 1.0, float("nan"), float("nan"), 1.0, 1.0]
    data = PenData()
    data.set_history(series(0, 6 * S, last, [0, 0, BAD, BAD, UNCERTAIN, 0]), 600 * S)
    trace = data.trace(0, 6 * S, 6, 600 * S)
    assert trace.quality.tolist() == [0, 0, 2, 2, 1, 0]


def test_a_lost_link_does_not_let_old_samples_pass_for_the_missed_time():
    data = pen((0, 1.0, GOOD), (10, 1.0, UNCERTAIN), (12, np.nan, BAD))
    data.listen(20 * S)
    data.append(20 * S, 3.0, GOOD)
    before = data.trace(0, 30 * S, 30, 30 * S)
    assert (before.quality[12:20] == NO_DATA).all()
    data.set_history(series(0, 30 * S, [2.0] * 30), 30 * S)
    after = data.trace(0, 30 * S, 30, 30 * S)
    assert (after.quality == 0).all()
    assert after.last[15] == 2.0


def test_the_live_tail_is_bounded_and_keeps_its_order():
    data = PenData()
    data.listen(0)
    for number in range(300_000):
        data.append(number * 1_000_000, float(number), GOOD)
    data.append(5, 1.0, GOOD)  # a sample from the past counts from just after the newest
    assert data._tail.count <= 200_000
    assert (np.diff(data._tail.times) > 0).all()


def test_paints_level_lines_steps_and_gaps():
    columns = np.zeros((10, 101), np.uint32)
    image = columns.T
    trace = pen((0, 0.0, GOOD), (4, 100.0, GOOD), (8, np.nan, BAD)).trace(0, 10 * S, 10, 10 * S)
    draw_trace(columns, trace, 0.0, 100.0, 0xFF0000FF, 2, 0)
    assert image[100, 0]
    assert not image[90, 0]
    assert image[50, 4], "the step is drawn from the old to the new value"
    assert image[0, 6]
    assert not image[50, 7]
    assert not image[:, 8:].any()


def test_uncertain_is_dashed():
    image = np.zeros((40, 11), np.uint32)
    trace = pen((0, 5.0, UNCERTAIN)).trace(0, 40 * S, 40, 40 * S)
    draw_trace(image, trace, 0.0, 10.0, 1, 2, 0)
    drawn = image.any(axis=1)
    assert 10 < drawn.sum() < 30


def test_values_outside_the_axis_stay_outside_the_picture():
    image = np.zeros((10, 50), np.uint32)
    trace = pen((0, 1e12, GOOD), (5, -1e12, GOOD)).trace(0, 10 * S, 10, 10 * S)
    draw_trace(image, trace, 0.0, 1.0, 1, 2, 0)
    assert image[5].all(), "the step crosses the whole picture"
    assert image[:5, 10:40].sum() == 0


@pytest.mark.parametrize(("low", "high"), [(0, 100), (-3.2, 7.9), (1e-6, 2e-6), (5, 5), (-1e9, 1e9)])
def test_ranges_and_ticks_are_round(low, high):
    first, last = rounded_range(low, high)
    assert first <= low
    assert last >= high
    ticks = value_ticks(first, last, 8)
    assert 2 <= len(ticks) <= 9


def test_time_ticks_are_round_in_local_time():
    ticks, step_s = time_ticks(1_700_000_000 * S, 1_700_086_400 * S, 10, 3600)
    assert step_s == 10_800
    assert all((tick // S + 3600) % step_s == 0 for tick in ticks)


def test_long_history_is_drawn_by_whole_columns():
    def drawn(samples: int) -> int:
        data = PenData()
        wave = 50 + 20 * np.sin(np.arange(samples) / 100)
        data.set_history(series(0, 3600 * S, list(wave)), 3600 * S)
        data.listen(3595 * S)
        for sample in range(900):
            data.append(3595 * S + sample * 5_000_000, 50.0, GOOD)
        image = np.zeros((1600, 600), np.uint32)
        return calls(
            lambda: draw_trace(image, data.trace(0, 3600 * S, 1600, 3600 * S), 0.0, 100.0, 0xFF00FF00, 2, 0)
        )

    # No Python per sample or pixel: the number of calls does not follow the number of samples.
    assert drawn(9600) < 1.2 * drawn(2400)
