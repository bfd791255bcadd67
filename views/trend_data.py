"""What a trend draws: history and live samples of one pen, reduced to one row per pixel column."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from historian.model import PixelSeries
from tags.clock import NS_PER_S
from tags.status import qualities

NO_DATA = 2
"""Quality of a pixel column in which nothing may be drawn: bad, a gap, or before or after what is known."""

WRITER_LAG_NS = 5 * NS_PER_S
"""The newest part of an answer that may still lack samples: the historian's writer commits in batches."""

LONGEST_TAIL = 200_000
"""Live samples kept per pen until history covers them."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Hold one pen's picture, one row per pixel column.

    ``low`` and ``high`` float64 span what the value passed in the column, joined to the value held before;
    ``last`` float64 is the value at the column's end; ``quality`` uint8 is 0 good, 1 uncertain, 2 nothing to
    draw. ``status`` uint32 and ``time_ns`` int64 are those of the newest sample behind the column.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]
    time_ns: NDArray[np.int64]


class _Tail:
    """Grow columns of live samples: times, values, statuses."""

    def __init__(self) -> None:
        self._capacity = 1024
        self.count = 0
        self._times = np.empty(self._capacity, np.int64)
        self._values = np.empty(self._capacity)
        self._statuses = np.empty(self._capacity, np.uint32)

    @property
    def times(self) -> NDArray[np.int64]:
        return self._times[: self.count]

    @property
    def values(self) -> NDArray[np.float64]:
        return self._values[: self.count]

    @property
    def statuses(self) -> NDArray[np.uint32]:
        return self._statuses[: self.count]

    def append(self, time_ns: int, value: float, status: int) -> None:
        if self.count == self._capacity:
            if self._capacity >= LONGEST_TAIL:
                self.drop_first(self.count // 4)
            else:
                self._capacity = min(2 * self._capacity, LONGEST_TAIL)
                self._times = np.resize(self._times, self._capacity)
                self._values = np.resize(self._values, self._capacity)
                self._statuses = np.resize(self._statuses, self._capacity)
        row = self.count
        self._times[row] = time_ns
        self._values[row] = value
        self._statuses[row] = status
        self.count = row + 1

    def drop_first(self, rows: int) -> None:
        if rows <= 0:
            return
        keep = self.count - rows
        for column in (self._times, self._values, self._statuses):
            column[:keep] = column[rows : self.count].copy()
        self.count = keep


class PenData:
    """Hold one pen's samples: pixel columns from history, then the live ones that came since.

    History covers what was asked up to a few seconds before now; from there on, or from when the pen began to
    listen if that is later, the live samples count.
    """

    def __init__(self) -> None:
        self._tail = _Tail()
        self._live_since_ns: int | None = None
        self._history: PixelSeries | None = None
        self._history_end_ns = 0

    def listen(self, now_ns: int) -> None:
        """Begin to take live samples, or begin anew after some were missed."""
        self._live_since_ns = now_ns

    def append(self, time_ns: int, value: float, status: int) -> None:
        """Take a live sample; one that is not newer than the last counts from just after it."""
        tail = self._tail
        if tail.count:
            newest = int(tail.times[-1])
            if time_ns == newest and status == int(tail.statuses[-1]) and value == tail.values[-1]:
                return
            time_ns = max(time_ns, newest + 1)
        tail.append(time_ns, value, status)

    def set_history(self, series: PixelSeries, asked_until_ns: int) -> None:
        """Replace history; ``asked_until_ns`` is the end of the period or now, whichever is earlier."""
        self._history = series
        self._history_end_ns = asked_until_ns
        cut_ns = self._cut_ns()
        # One sample before the cut stays: the value held across it.
        rows = int(np.searchsorted(self._tail.times, cut_ns, side="right")) - 1
        if self._live_since_ns is not None and asked_until_ns + WRITER_LAG_NS > self._live_since_ns:
            self._tail.drop_first(rows)

    def _cut_ns(self) -> int:
        """Return the time from which live samples count."""
        since_ns = self._live_since_ns if self._live_since_ns is not None else 2**62
        return max(since_ns, self._history_end_ns - WRITER_LAG_NS)

    def trace(self, start_ns: int, end_ns: int, width: int, now_ns: int) -> Trace:
        """Return start <= t < end in ``width`` pixel columns, with nothing after ``now_ns``."""
        times, low, high, last, statuses = self._points(start_ns)
        return _reduce(times, low, high, last, statuses, start_ns, end_ns, width, now_ns)

    def _points(
        self, start_ns: int
    ) -> tuple[
        NDArray[np.int64],
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.uint32],
    ]:
        """Return times, lows, highs, lasts and statuses of what is known, in the order of time."""
        tail = self._tail
        cut_ns = self._cut_ns() if self._history is not None else -(2**62)
        history = self._history
        first_live = int(np.searchsorted(tail.times, cut_ns, side="left"))
        live_times = tail.times[first_live:]
        live_values = tail.values[first_live:]
        live_statuses = tail.statuses[first_live:]
        if history is None or not len(history.counts):
            if first_live:
                live_times = np.concatenate([[max(cut_ns, start_ns)], live_times])
                live_values = tail.values[first_live - 1 :]
                live_statuses = tail.statuses[first_live - 1 :]
            return live_times, live_values, live_values, live_values, live_statuses
        known = ((history.counts > 0) | np.isfinite(history.last) | (history.worst >= 0x40000000)) & (
            history.edges_ns[:-1] < cut_ns
        )
        # In the middle of its column, so that rounding puts each column into a pixel of its own.
        times = ((history.edges_ns[:-1] + history.edges_ns[1:]) // 2)[known]
        if first_live:
            held_ns = cut_ns if len(times) else int(tail.times[first_live - 1])
            live_times = np.concatenate([[held_ns], live_times])
            live_values = tail.values[first_live - 1 :]
            live_statuses = tail.statuses[first_live - 1 :]
        return (
            np.concatenate([times, live_times]),
            np.concatenate([history.low[known], live_values]),
            np.concatenate([history.high[known], live_values]),
            np.concatenate([history.last[known], live_values]),
            np.concatenate([history.worst[known], live_statuses]),
        )


def _reduce(
    times: NDArray[np.int64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    last: NDArray[np.float64],
    statuses: NDArray[np.uint32],
    start_ns: int,
    end_ns: int,
    width: int,
    now_ns: int,
) -> Trace:
    """Group points by pixel column, join each to the value held before, and hold it where nothing happens."""
    out_low = np.full(width, np.nan)
    out_high = np.full(width, np.nan)
    out_last = np.full(width, np.nan)
    quality = np.full(width, NO_DATA, np.uint8)
    out_status = np.zeros(width, np.uint32)
    out_time = np.zeros(width, np.int64)
    trace = Trace(out_low, out_high, out_last, quality, out_status, out_time)
    first = max(int(np.searchsorted(times, start_ns, side="right")) - 1, 0)
    beyond = int(np.searchsorted(times, min(end_ns, now_ns + 1), side="left"))
    if beyond <= first or width <= 0:
        return trace
    chosen = slice(first, beyond)
    times, last, statuses = times[chosen], last[chosen], statuses[chosen]
    point_quality = np.where(np.isfinite(last), qualities(statuses), NO_DATA).astype(np.uint8)
    per_column = (end_ns - start_ns) / width
    columns = np.clip(((times - start_ns) / per_column).astype(np.int64), 0, width - 1)
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    ends = np.append(starts[1:], len(columns)) - 1
    at = columns[starts]
    group_low = np.fmin.reduceat(low[chosen], starts)
    group_high = np.fmax.reduceat(high[chosen], starts)
    group_last, group_end = last[ends], point_quality[ends]
    group_quality = np.maximum.reduceat(point_quality, starts)

    # What was held when the column began joins the span, unless that was bad.
    held = np.concatenate([[np.nan], np.where(group_end[:-1] < NO_DATA, group_last[:-1], np.nan)])
    some = np.isfinite(group_low)
    group_low = np.where(some, np.fmin(group_low, held), np.nan)
    group_high = np.where(some, np.fmax(group_high, held), np.nan)

    # Hold between the occupied columns.
    index = np.full(width, -1)
    index[at] = np.arange(len(at))
    index = np.maximum.accumulate(index)
    until = int(np.clip(np.ceil((now_ns - start_ns) / per_column), 0, width))
    index[until:] = -1
    drawn = index >= 0
    group = index[drawn]
    out_last[drawn] = np.where(group_end[group] < NO_DATA, group_last[group], np.nan)
    out_low[drawn] = out_last[drawn]
    out_high[drawn] = out_last[drawn]
    quality[drawn] = group_end[group]
    out_status[drawn] = statuses[ends][group]
    out_time[drawn] = times[ends][group]
    # An occupied column shows its span even when it ends bad; a mixed one is no better than uncertain.
    inside = at < until
    own = at[inside & some]
    out_low[own] = group_low[inside & some]
    out_high[own] = group_high[inside & some]
    quality[own] = np.minimum(group_quality[inside & some], 1)
    return trace
