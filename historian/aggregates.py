"""OPC UA aggregates (Part 13) over intervals: their values and, as much, their statuses.

An interval contains its start and not its end (AGG-01). Where an interval is made of whole roll-up buckets
and nothing in it is uncertain, aggregates that roll-ups answer exactly come from them; everything else comes
from samples.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from historian.aggregate_kernels import KERNELS, Points, Settings, percent_statuses
from historian.aggregate_status import CALCULATED, PARTIAL, SUBNORMAL
from historian.blocks import Columns
from historian.patience import Patience
from historian.rollups import LEVELS, WIDTHS_NS
from historian.summary import Summaries, is_valid, join_by
from tags.clock import NS_PER_MS
from tags.status import StatusCode

AggregateSettings = Settings

_NO_DATA = int(StatusCode.BadNoData)
_PIECE_INTERVALS = 512
_PIECE_ROLLED = 8_192
"""Intervals that roll-ups answer are worked out together."""
_PIECE_NS = 2 * 86_400_000_000_000
"""Samples of so much time are read at once."""


class Aggregate(StrEnum):
    """Name the aggregates; :attr:`node_id` is the OPC UA number of each."""

    INTERPOLATIVE = "interpolative"
    AVERAGE = "average"
    TIME_AVERAGE = "time_average"
    TIME_AVERAGE2 = "time_average2"
    TOTAL = "total"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    MINIMUM_ACTUAL_TIME = "minimum_actual_time"
    MAXIMUM_ACTUAL_TIME = "maximum_actual_time"
    RANGE = "range"
    COUNT = "count"
    DURATION_GOOD = "duration_good"
    PERCENT_GOOD = "percent_good"
    DURATION_IN_STATE_ZERO = "duration_in_state_zero"
    DURATION_IN_STATE_NON_ZERO = "duration_in_state_non_zero"
    NUMBER_OF_TRANSITIONS = "number_of_transitions"
    DELTA = "delta"

    @property
    def node_id(self) -> int:
        """Return the numeric node id in namespace 0."""
        return _NODE_IDS[self]


_NODE_IDS: Final = {
    Aggregate.INTERPOLATIVE: 2341,
    Aggregate.AVERAGE: 2342,
    Aggregate.TIME_AVERAGE: 2343,
    Aggregate.TIME_AVERAGE2: 11285,
    Aggregate.TOTAL: 2344,
    Aggregate.MINIMUM: 2346,
    Aggregate.MAXIMUM: 2347,
    Aggregate.MINIMUM_ACTUAL_TIME: 2348,
    Aggregate.MAXIMUM_ACTUAL_TIME: 2349,
    Aggregate.RANGE: 2350,
    Aggregate.COUNT: 2352,
    Aggregate.DURATION_GOOD: 2360,
    Aggregate.PERCENT_GOOD: 2362,
    Aggregate.DURATION_IN_STATE_ZERO: 11307,
    Aggregate.DURATION_IN_STATE_NON_ZERO: 11308,
    Aggregate.NUMBER_OF_TRANSITIONS: 2355,
    Aggregate.DELTA: 2359,
}


@dataclass(frozen=True, slots=True, eq=False)
class AggregateSeries:
    """Hold an aggregate of some intervals: row i is that of the interval that begins at ``start_ns[i]``.

    ``values`` float64 (NaN where bad), ``statuses`` uint32 with the historian's bits (calculated,
    interpolated, partial, multi-value); ``time_ns`` int64 is the start, or when the extreme was for the
    actual-time ones.
    """

    path: str
    aggregate: Aggregate
    start_ns: NDArray[np.int64]
    time_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Known:
    """Say from which time on retention has left samples, and roll-ups of each level."""

    samples_ns: int = -(2**63)
    rollups_ns: tuple[int, ...] = (-(2**63),) * LEVELS


Between = Callable[[int, int], Columns]
"""Returns samples with start <= time < end, with the one before and the one after."""
Buckets = Callable[[int, int, int], Summaries]
"""Returns roll-ups of a level, from first to last bucket."""


def compute(
    path: str,
    aggregate: Aggregate,
    start_ns: int,
    end_ns: int,
    interval_ns: int,
    settings: Settings,
    between: Between,
    buckets: Buckets | None,
    patience: Patience,
    known: "Known | None" = None,
) -> Iterator[AggregateSeries]:
    """Yield the aggregate of each interval in pieces; the last interval may be shorter (partial).

    An interval that began before what retention has left is BadNoData, unless roll-ups still know it.
    """
    known = known or Known()
    count = -(-(end_ns - start_ns) // interval_ns)
    level = _level(aggregate, start_ns, end_ns, interval_ns, settings) if buckets else None
    per_piece = (
        _PIECE_ROLLED if level is not None else max(1, min(_PIECE_INTERVALS, _PIECE_NS // interval_ns))
    )
    for first in range(0, count, per_piece):
        patience.check()
        rows = min(per_piece, count - first)
        starts = start_ns + np.arange(first, first + rows, dtype=np.int64) * interval_ns
        ends = np.minimum(starts + interval_ns, end_ns)
        found = AggregateSeries(
            path,
            aggregate,
            starts,
            starts.copy(),
            np.full(rows, np.nan),
            np.full(rows, _NO_DATA, np.uint32),
        )
        todo = np.arange(rows)
        if level is not None and buckets is not None:
            todo = _from_rollups(found, ends, interval_ns, level, buckets, between, settings, known)
        todo = todo[starts[todo] >= known.samples_ns]
        _from_samples(found, ends, interval_ns, todo, between, settings)
        yield found


def _from_samples(
    found: AggregateSeries,
    ends: NDArray[np.int64],
    interval_ns: int,
    todo: NDArray[np.intp],
    between: Between,
    settings: Settings,
) -> None:
    if not len(todo):
        return
    kernel = KERNELS[found.aggregate.value]
    # Runs of neighbouring intervals share one read; a bound is searched one interval around (AGG-02).
    breaks = np.flatnonzero(np.diff(todo) > 1)
    for run in np.split(todo, breaks + 1):
        begin_ns, end_ns = int(found.start_ns[run[0]]), int(ends[run[-1]])
        columns = between(begin_ns - interval_ns, end_ns + interval_ns)
        points = Points(columns[0], columns[1], columns[2])
        for row in run.tolist():
            start, end = int(found.start_ns[row]), int(ends[row])
            value, status, at_ns = kernel(points, start, end, settings)
            if end - start < interval_ns:
                status |= PARTIAL
            found.values[row], found.statuses[row] = value, status
            found.time_ns[row] = start if at_ns is None else at_ns


_FROM_ROLLUPS = frozenset(
    {
        Aggregate.AVERAGE,
        Aggregate.MINIMUM,
        Aggregate.MAXIMUM,
        Aggregate.RANGE,
        Aggregate.COUNT,
        Aggregate.DURATION_GOOD,
        Aggregate.PERCENT_GOOD,
        Aggregate.DELTA,
    }
)


def _level(
    aggregate: Aggregate, start_ns: int, end_ns: int, interval_ns: int, settings: Settings
) -> int | None:
    """Return the widest level whose buckets divide every interval, for what roll-ups answer exactly."""
    if aggregate not in _FROM_ROLLUPS and not (aggregate is Aggregate.TIME_AVERAGE2 and settings.stepped):
        return None
    for level in reversed(range(LEVELS)):
        width_ns = WIDTHS_NS[level]
        if not (start_ns % width_ns or end_ns % width_ns or interval_ns % width_ns):
            return level
    return None


def _from_rollups(
    found: AggregateSeries,
    ends: NDArray[np.int64],
    interval_ns: int,
    level: int,
    buckets: Buckets,
    between: Between,
    settings: Settings,
    known: Known,
) -> NDArray[np.intp]:
    """Fill what roll-ups answer exactly; return the intervals that they do not.

    Where the samples are gone, what roll-ups answer nearly is better than nothing, and is uncertain.
    """
    width_ns = WIDTHS_NS[level]
    starts = found.start_ns
    rows = buckets(level, int(starts[0]) // width_ns, int(ends[-1]) // width_ns - 1)
    sums = join_by(rows, (rows["key"] * width_ns - int(starts[0])) // interval_ns)
    count = len(starts)
    where = sums["key"]
    has = np.zeros(count, np.bool_)
    has[where] = True
    full = np.zeros(count, sums.dtype)
    full[where] = sums
    held = between(int(starts[0]), int(starts[0]))
    earlier = int(np.searchsorted(held[0], starts[0])) - 1
    last = np.where(has, full["last"], np.nan)
    last_status = np.where(has, full["last_status"], np.uint32(_NO_DATA))
    value, status = _held_before(
        has, last, last_status, (held[1][earlier], held[2][earlier]) if earlier >= 0 else (np.nan, _NO_DATA)
    )
    severity = status >> np.uint32(30)
    lead_ns = np.where(has, full["first_ns"] - starts, ends - starts)
    # Uncertain values need the settings' own rules, sample by sample.
    is_exact = (full["uncertain"] == 0) & ((severity != 1) | (lead_ns == 0))
    if found.aggregate is Aggregate.DELTA:
        is_exact &= ~has | ((full["first_status"] >> 31 == 0) & (full["last_status"] >> 31 == 0))
    is_gone = starts < known.samples_ns
    is_lost = is_gone & (starts < known.rollups_ns[level])
    held_valid = is_valid(value, status)
    tail_ns = np.where(has & is_valid(full["last"], full["last_status"]), ends - full["last_ns"], 0)
    lead_ns = np.where(held_valid, lead_ns, 0)
    good_ns = full["valid_ns"] + lead_ns + tail_ns
    answered = (is_exact | is_gone) & ~is_lost
    with np.errstate(invalid="ignore", over="ignore"):
        area = full["area"] + np.where(lead_ns > 0, value, 0.0) * lead_ns
        area = area + np.where(tail_ns > 0, full["last"], 0.0) * tail_ns
    spans = ends - starts
    values, statuses = _summed(found.aggregate, full, good_ns, area, spans, settings)
    statuses = np.where(spans < interval_ns, statuses | PARTIAL, statuses)
    statuses = np.where(~is_exact & (statuses >> 30 == 0), statuses | SUBNORMAL, statuses)
    found.values[answered], found.statuses[answered] = values[answered], statuses[answered]
    return np.flatnonzero(~is_exact & ~is_gone)


def _held_before(
    has: NDArray[np.bool_],
    last: NDArray[np.float64],
    last_status: NDArray[np.uint32],
    before: tuple[float, int],
) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    """Return value and status that hold at each interval's begin."""
    source = np.maximum.accumulate(np.where(has, np.arange(len(has)), -1))
    source = np.r_[-1, source[:-1]]
    value = np.where(source >= 0, last[source], before[0])
    status = np.where(source >= 0, last_status[source], np.uint32(before[1])).astype(np.uint32)
    return value, status


def _summed(
    aggregate: Aggregate,
    sums: Summaries,
    good_ns: NDArray[np.int64],
    area: NDArray[np.float64],
    spans_ns: NDArray[np.int64],
    settings: Settings,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return values and statuses of intervals from the sums of their samples."""
    bad = sums["bad"]
    good = sums["samples"] - bad
    calm = np.full(len(sums), CALCULATED)
    with np.errstate(invalid="ignore", divide="ignore"):
        match aggregate:
            case Aggregate.DURATION_GOOD:
                return good_ns / NS_PER_MS, calm
            case Aggregate.PERCENT_GOOD:
                return good_ns / spans_ns * 100.0, calm
            case Aggregate.COUNT:
                return good.astype(np.float64), percent_statuses(good, bad, settings) | CALCULATED
            case Aggregate.TIME_AVERAGE2:
                values, has = area / good_ns, good_ns > 0
                statuses = percent_statuses(good_ns, spans_ns - good_ns, settings) | CALCULATED
            case Aggregate.AVERAGE:
                values, has = sums["total"] / good, good > 0
                statuses = percent_statuses(good, bad, settings) | CALCULATED
            case Aggregate.DELTA:
                values, has, statuses = sums["last"] - sums["first"], good > 0, calm
            case _:
                low, high, has = sums["low"], sums["high"], good > 0
                statuses = np.where(bad > 0, SUBNORMAL | CALCULATED, CALCULATED)
                values = {Aggregate.MINIMUM: low, Aggregate.MAXIMUM: high}.get(aggregate, high - low)
    return np.where(has, values, np.nan), np.where(has, statuses, _NO_DATA | CALCULATED)
