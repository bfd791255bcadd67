"""Pixel columns: what a trend draws of a period, the same whether it comes from samples or from roll-ups."""

import numpy as np
from numpy.typing import NDArray

from historian.model import PixelSeries
from historian.rollups import WIDTHS_NS
from historian.summary import SUMMARY, Summaries, is_valid, join_by
from tags.status import StatusCode

_WIDEST = 4 / 3
"""Of the levels that widen a pixel by no more than this, the highest is used: it has the fewest rows."""

NO_DATA = int(StatusCode.BadNoData)


class Grid:
    """Choose the pixel columns of a period: equal ones, or whole roll-up buckets when the period is long.

    ``level`` is None for columns read from samples. A column of buckets begins on a whole multiple of its own
    width, so that a moving window draws the same columns again. ``buckets`` are the first and last one.
    """

    __slots__ = ("buckets", "edges_ns", "level", "per_column")

    def __init__(self, start_ns: int, end_ns: int, columns: int, finest: int | None = None) -> None:
        """Choose; ``finest`` is the finest level that may be used in place of samples (None: samples)."""
        pixel_ns = (end_ns - start_ns) / columns
        self.level = finest
        for level, width_ns in enumerate(WIDTHS_NS):
            is_near = -(-pixel_ns // width_ns) * width_ns <= pixel_ns * _WIDEST
            # The lowest level serves as soon as a pixel is as wide as its buckets: samples are many.
            if pixel_ns >= width_ns and (is_near or not level) and (self.level is None or level > self.level):
                self.level = level
        self.per_column = 1
        if self.level is None:
            step_ns, rest = divmod(end_ns - start_ns, columns)
            numbers = np.arange(columns + 1)
            self.edges_ns: NDArray[np.int64] = start_ns + numbers * step_ns + numbers * rest // columns
            self.buckets = (0, -1)
            return
        width_ns = WIDTHS_NS[self.level]
        while True:
            column_ns = width_ns * self.per_column
            first, last = start_ns // column_ns, -(-end_ns // column_ns)
            if last - first <= max(columns, 2):
                break
            self.per_column = max(
                self.per_column + 1, int((last - first) * self.per_column / max(columns, 2))
            )
        self.edges_ns = np.arange(first, last + 1, dtype=np.int64) * column_ns
        self.buckets = (first * self.per_column, last * self.per_column - 1)


def columns_of(grid: Grid, rows: Summaries) -> Summaries:
    """Join buckets to the grid's columns; keys of the answer are column numbers."""
    first, _ = grid.buckets
    return join_by(rows, (rows["key"] - first) // grid.per_column)


def finish(
    path: str,
    edges_ns: NDArray[np.int64],
    columns: Summaries,
    held: tuple[float, int] | None,
) -> PixelSeries:
    """Complete summaries of columns to what is drawn: each column begins with the value held before.

    ``held`` is value and status of the last sample before the first column. A column without samples shows
    what held during it, unless that was bad.
    """
    count = len(edges_ns) - 1
    rows = np.full(count, -1, np.intp)
    rows[columns["key"]] = np.arange(len(columns))
    has = rows >= 0
    # The column whose last sample holds at each column's begin, or -1 for what was before all.
    source = np.maximum.accumulate(np.where(has, np.arange(count), -1))
    before = np.r_[-1, source[:-1]]
    value = np.full(count, np.nan if held is None else held[0])
    status = np.full(count, NO_DATA if held is None else held[1], np.uint32)
    known = before >= 0
    value[known] = columns["last"][rows[before[known]]]
    status[known] = columns["last_status"][rows[before[known]]]
    is_known = known | (held is not None)
    begin, end = edges_ns[:-1], edges_ns[1:]
    full = np.zeros(count, SUMMARY)
    full["low"] = full["high"] = full["first"] = full["last"] = np.nan
    full[has] = columns[rows[has]]
    lead_ns = np.where(has, full["first_ns"] - begin, end - begin)
    shows_held = is_known & (lead_ns > 0)
    held_valid = shows_held & is_valid(value, status)
    shown = np.where(held_valid, value, np.nan)
    last_valid = has & is_valid(full["last"], full["last_status"])
    tail_ns = np.where(last_valid, end - full["last_ns"], 0)
    lead_ns = np.where(held_valid, lead_ns, 0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        area = full["area"] + np.where(held_valid, value, 0.0) * lead_ns
        area = area + np.where(last_valid, full["last"], 0.0) * tail_ns
        valid_ns = full["valid_ns"] + lead_ns + tail_ns
        mean = np.where(valid_ns > 0, area / valid_ns, np.nan)
    first_valid = has & is_valid(full["first"], full["first_status"])
    own_first = np.where(first_valid, full["first"], np.nan)
    worst = np.where(has, full["worst"], np.uint32(0))
    worst = np.maximum(worst, np.where(shows_held, status, np.uint32(0)))
    worst = np.where(has | shows_held, worst, np.uint32(NO_DATA)).astype(np.uint32)
    return PixelSeries(
        path,
        edges_ns,
        np.fmin(full["low"], shown),
        np.fmax(full["high"], shown),
        mean,
        np.where(shows_held, shown, own_first),
        np.where(has, np.where(last_valid, full["last"], np.nan), shown),
        full["samples"],
        worst,
    )
