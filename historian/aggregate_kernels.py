"""Each OPC UA aggregate of one interval, computed from samples; written for agreement with the standard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from historian.aggregate_status import (
    BAD,
    CALCULATED,
    INTERPOLATED,
    MULTI_VALUE,
    NO_DATA,
    RAW,
    SUBNORMAL,
)
from tags.clock import NS_PER_MS, NS_PER_S

Answer = tuple[float, int, int | None]
"""Value, status, and when it was if that is not the interval's start."""
_NOTHING: Final[Answer] = (float("nan"), NO_DATA | CALCULATED, None)


@dataclass(frozen=True, slots=True)
class Settings:
    """Configure aggregates (Part 13, AggregateConfiguration); the defaults are the standard's.

    ``stepped`` holds a value until the next one instead of drawing a line to it.
    """

    stepped: bool = False
    treat_uncertain_as_bad: bool = True
    percent_data_bad: float = 100.0
    percent_data_good: float = 100.0
    sloped_extrapolation: bool = False


class Points:
    """Hold samples around an interval, with what the aggregates ask of their statuses."""

    __slots__ = ("bad", "good", "times", "uncertain", "usable", "usable_times", "values")

    def __init__(
        self, times: NDArray[np.int64], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> None:
        severity = statuses >> np.uint32(30)
        missing = np.isnan(values)
        self.times, self.values = times, values
        self.good = (severity == 0) & ~missing
        self.uncertain = (severity == 1) & ~missing
        self.bad = ~self.good & ~self.uncertain
        self.usable = np.flatnonzero(~self.bad)
        self.usable_times = times[self.usable]

    def rows(self, start: int, end: int) -> slice:
        """Return the rows of the interval."""
        first, last = np.searchsorted(self.times, (start, end)).tolist()
        return slice(first, last)

    def counted_good(self, settings: Settings) -> NDArray[np.bool_]:
        """Return which samples count as good under the settings."""
        usable: NDArray[np.bool_] = self.good if settings.treat_uncertain_as_bad else ~self.bad
        return usable


def percent_status(good: float, bad: float, settings: Settings) -> int:
    """Return the status by the share of good and bad, counts or times (AGG-04); bad is looked at first."""
    total = good + bad
    if not bad or not total:
        return 0
    if bad / total * 100 >= settings.percent_data_bad:
        return BAD
    return 0 if good / total * 100 >= settings.percent_data_good else SUBNORMAL


def percent_statuses(
    good: NDArray[np.int64], bad: NDArray[np.int64], settings: Settings
) -> NDArray[np.int64]:
    """Return :func:`percent_status` of many at once."""
    total = good + bad
    known = (bad > 0) & (total > 0)
    share = np.where(known, total, 1)
    is_bad = known & (bad / share * 100 >= settings.percent_data_bad)
    is_good = ~known | (good / share * 100 >= settings.percent_data_good)
    return np.where(is_bad, BAD, np.where(is_good, 0, SUBNORMAL)).astype(np.int64)


def interpolated_bound(
    points: Points, at: int, settings: Settings, *, stepped: bool
) -> tuple[float, int, bool]:
    """Return value, status and whether a raw point is exactly there (AGG-02)."""
    row = int(np.searchsorted(points.times, at))
    if row < len(points.times) and points.times[row] == at and not points.bad[row]:
        return float(points.values[row]), SUBNORMAL if points.uncertain[row] else 0, True
    place = int(np.searchsorted(points.usable_times, at))
    if place == 0:
        return float("nan"), NO_DATA, False
    before = int(points.usable[place - 1])
    has_after = place < len(points.usable)
    until = int(points.usable[place]) if has_after and not stepped else row
    doubtful = bool(points.bad[before + 1 : until].any() or points.uncertain[before])
    if until == row and row < len(points.times) and points.times[row] == at:
        doubtful = True  # the sample exactly there is bad
    first = float(points.values[before])
    if stepped:
        return first, SUBNORMAL if doubtful else 0, False
    if not has_after:
        return _extrapolated(points, place, at, settings), SUBNORMAL, False
    after = int(points.usable[place])
    doubtful |= bool(points.uncertain[after])
    value = _on_line(points, before, after, at)
    return value, SUBNORMAL if doubtful else 0, False


def _extrapolated(points: Points, place: int, at: int, settings: Settings) -> float:
    before = int(points.usable[place - 1])
    if settings.sloped_extrapolation and place > 1:
        return _on_line(points, int(points.usable[place - 2]), before, at)
    return float(points.values[before])


def _on_line(points: Points, before: int, after: int, at: int) -> float:
    first, second = float(points.values[before]), float(points.values[after])
    share = (at - int(points.times[before])) / (int(points.times[after]) - int(points.times[before]))
    return first + share * (second - first)


def _simple_value(points: Points, at: int, good: NDArray[np.bool_], *, stepped: bool) -> float | None:
    """Return the value of the simple bound (AGG-03), None where it is not good."""
    row = int(np.searchsorted(points.times, at))
    if row < len(points.times) and points.times[row] == at:
        return float(points.values[row]) if good[row] else None
    if row == 0 or not good[row - 1]:
        return None
    if stepped or row == len(points.times) or points.bad[row]:
        return float(points.values[row - 1])
    return _on_line(points, row - 1, row, at)


@dataclass(frozen=True, slots=True)
class _Regions:
    """Cut an interval at its samples: ``left`` and ``right`` are the values at both ends of each region.

    ``good`` tells which regions begin with a good value; ``right`` is NaN where the region ends in a bad one.
    """

    spans_ns: NDArray[np.int64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    good: NDArray[np.bool_]


def _regions(points: Points, start: int, end: int, settings: Settings) -> _Regions:
    counted = points.counted_good(settings)
    rows = points.rows(start, end)
    times, values, good = points.times[rows], points.values[rows], counted[rows]
    if not len(times) or times[0] != start:
        bound = _simple_value(points, start, counted, stepped=settings.stepped)
        times = np.r_[start, times]
        values = np.r_[np.nan if bound is None else bound, values]
        good = np.r_[bound is not None, good]
    final = _simple_value(points, end, counted, stepped=settings.stepped)
    right = np.where(
        np.r_[good[1:], final is not None], np.r_[values[1:], np.nan if final is None else final], np.nan
    )
    return _Regions(np.diff(np.r_[times, end]), values, right, good)


def _interpolative(points: Points, start: int, end: int, settings: Settings) -> Answer:
    del end
    value, status, is_raw = interpolated_bound(points, start, settings, stepped=settings.stepped)
    return value, status | (RAW if is_raw else INTERPOLATED), None


def _average(points: Points, start: int, end: int, settings: Settings) -> Answer:
    rows = points.rows(start, end)
    good = points.good[rows]
    count = int(good.sum())
    if not count:
        return _NOTHING
    return float(points.values[rows][good].sum()) / count, _counted(points, rows, settings), None


def _counted(points: Points, rows: slice, settings: Settings) -> int:
    good = int(points.counted_good(settings)[rows].sum())
    return percent_status(good, rows.stop - rows.start - good, settings) | CALCULATED


def _time_average(points: Points, start: int, end: int, settings: Settings) -> Answer:
    first = interpolated_bound(points, start, settings, stepped=False)
    final = interpolated_bound(points, end, settings, stepped=False)
    rows = points.rows(start, end)
    usable = ~points.bad[rows]
    times, values = points.times[rows][usable], points.values[rows][usable]
    status = max(first[1], final[1]) & 0xC0000000
    if not first[2] and first[1] != NO_DATA:
        times, values = np.r_[start, times], np.r_[first[0], values]
    if not len(times):
        return _NOTHING
    times, values = np.r_[times, end], np.r_[values, final[0]]
    doubtful = status or points.bad[rows].any() or points.uncertain[rows].any()
    spans = np.diff(times).astype(np.float64)
    area = float(((values[1:] + values[:-1]) / 2 * spans).sum())
    covered = int(times[-1] - times[0])
    return area / covered, (SUBNORMAL if doubtful else 0) | CALCULATED, None


def _time_average2(points: Points, start: int, end: int, settings: Settings) -> Answer:
    regions = _regions(points, start, end, settings)
    good_ns = int(regions.spans_ns[regions.good].sum())
    if not good_ns:
        return _NOTHING
    left = regions.left
    # A region that ends in a bad value keeps the value it began with.
    right = left if settings.stepped else np.where(np.isnan(regions.right), left, regions.right)
    area = float((((left + right) / 2) * regions.spans_ns)[regions.good].sum())
    status = percent_status(good_ns, end - start - good_ns, settings)
    return area / good_ns, status | CALCULATED, None


def _total(points: Points, start: int, end: int, settings: Settings) -> Answer:
    value, status, _ = _time_average(points, start, end, settings)
    return value * ((end - start) / NS_PER_S), status, None


def _extreme(points: Points, start: int, end: int, *, sign: int) -> Answer:
    rows = points.rows(start, end)
    good = np.flatnonzero(points.good[rows])
    if not len(good):
        return _NOTHING
    values = points.values[rows]
    row = int(good[np.argmax(values[good] * sign)])
    doubtful = points.bad[rows].any() or (points.uncertain[rows] & (values * sign > values[row] * sign)).any()
    status = (SUBNORMAL if doubtful else 0) | CALCULATED
    if int((values[good] == values[row]).sum()) > 1:
        status |= MULTI_VALUE
    return float(values[row]), status, int(points.times[rows][row])


def _minimum(points: Points, start: int, end: int, settings: Settings) -> Answer:
    del settings
    value, status, _ = _extreme(points, start, end, sign=-1)
    return value, status & ~0x10, None


def _maximum(points: Points, start: int, end: int, settings: Settings) -> Answer:
    del settings
    value, status, _ = _extreme(points, start, end, sign=1)
    return value, status & ~0x10, None


def _minimum_actual(points: Points, start: int, end: int, settings: Settings) -> Answer:
    del settings
    return _extreme(points, start, end, sign=-1)


def _maximum_actual(points: Points, start: int, end: int, settings: Settings) -> Answer:
    del settings
    return _extreme(points, start, end, sign=1)


def _range(points: Points, start: int, end: int, settings: Settings) -> Answer:
    low = _minimum(points, start, end, settings)
    high = _maximum(points, start, end, settings)
    return high[0] - low[0], max(low[1], high[1]), None


def _count(points: Points, start: int, end: int, settings: Settings) -> Answer:
    rows = points.rows(start, end)
    return float(points.good[rows].sum()), _counted(points, rows, settings), None


def _good_ns(points: Points, start: int, end: int, settings: Settings) -> int:
    good = points.counted_good(settings)
    rows = points.rows(start, end)
    times = np.r_[start, points.times[rows], end]
    before = bool(rows.start and good[rows.start - 1])
    return int(np.diff(times)[np.r_[before, good[rows]]].sum())


def _duration_good(points: Points, start: int, end: int, settings: Settings) -> Answer:
    return _good_ns(points, start, end, settings) / NS_PER_MS, CALCULATED, None


def _percent_good(points: Points, start: int, end: int, settings: Settings) -> Answer:
    return _good_ns(points, start, end, settings) / (end - start) * 100.0, CALCULATED, None


def _in_state(points: Points, start: int, end: int, settings: Settings, *, zero: bool) -> Answer:
    held = Settings(
        True, settings.treat_uncertain_as_bad, settings.percent_data_bad, settings.percent_data_good
    )
    regions = _regions(points, start, end, held)
    good_ns = int(regions.spans_ns[regions.good].sum())
    there = regions.good & ((regions.left == 0) == zero)
    status = percent_status(good_ns, end - start - good_ns, settings)
    return int(regions.spans_ns[there].sum()) / NS_PER_MS, status | CALCULATED, None


def _in_zero(points: Points, start: int, end: int, settings: Settings) -> Answer:
    return _in_state(points, start, end, settings, zero=True)


def _in_non_zero(points: Points, start: int, end: int, settings: Settings) -> Answer:
    return _in_state(points, start, end, settings, zero=False)


def _transitions(points: Points, start: int, end: int, settings: Settings) -> Answer:
    first, last = np.searchsorted(points.usable_times, (start, end)).tolist()
    values = points.values[points.usable[max(0, first - 1) : last]]
    count = int((values[1:] != values[:-1]).sum())
    if first == 0 and last > 0:
        count += 1  # nothing known before: the first value is a change
    return float(count), _counted(points, points.rows(start, end), settings), None


def _delta(points: Points, start: int, end: int, settings: Settings) -> Answer:
    del settings
    rows = points.rows(start, end)
    good = np.flatnonzero(points.good[rows])
    if not len(good):
        return _NOTHING
    values = points.values[rows]
    skipped = good[0] > 0 or good[-1] < len(values) - 1
    return float(values[good[-1]] - values[good[0]]), (SUBNORMAL if skipped else 0) | CALCULATED, None


Kernel = Callable[[Points, int, int, Settings], Answer]

KERNELS: Final[Mapping[str, Kernel]] = {
    "interpolative": _interpolative,
    "average": _average,
    "time_average": _time_average,
    "time_average2": _time_average2,
    "total": _total,
    "minimum": _minimum,
    "maximum": _maximum,
    "minimum_actual_time": _minimum_actual,
    "maximum_actual_time": _maximum_actual,
    "range": _range,
    "count": _count,
    "duration_good": _duration_good,
    "percent_good": _percent_good,
    "duration_in_state_zero": _in_zero,
    "duration_in_state_non_zero": _in_non_zero,
    "number_of_transitions": _transitions,
    "delta": _delta,
}
"""The kernel of each aggregate: called with the points around an interval, its start and its end."""
