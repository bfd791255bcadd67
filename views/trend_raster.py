"""Pen traces painted straight into an image's memory: every pixel column once, however many samples."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tags.clock import NS_PER_S
from views.trend_data import NO_DATA, Trace

_LONG_RUN_PX = 40

DASH_PX = 5
"""Length of a dash and of the space after it, for uncertain values."""

_TIME_STEPS_S = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1_800,
    3_600,
    7_200,
    10_800,
    21_600,
    43_200,
    86_400,
    172_800,
    604_800,
)


def draw_trace(
    image: NDArray[np.uint32],
    trace: Trace,
    low_eu: float,
    high_eu: float,
    color: int,
    line_px: int,
    phase_px: int,
) -> None:
    """Paint one pen into ``image`` (columns, rows; ARGB; C-contiguous) between two axis ends.

    Each column is one vertical run from the highest to the lowest value that the pen passed there, at least
    ``line_px`` high: no extreme is lost and a held value is a level line (HIS-27). Uncertain is dashed;
    ``phase_px`` is the number of the first column since 1970, so that the dashes move with the time.
    """
    width, height = image.shape
    columns = np.flatnonzero((trace.quality < NO_DATA) & np.isfinite(trace.low))
    uncertain = trace.quality[columns] == 1
    if uncertain.any():
        dashed = ((columns + phase_px) // DASH_PX) % 2 == 1
        columns = columns[~(uncertain & dashed)]
    if not len(columns):
        return
    per_eu = (height - 1) / (high_eu - low_eu)
    above = np.clip((high_eu - trace.high[columns]) * per_eu, -line_px, height)
    below = np.clip((high_eu - trace.low[columns]) * per_eu, -line_px, height)
    half = line_px // 2
    top = np.rint(above).astype(np.int64) - half
    bottom = np.rint(below).astype(np.int64) - half + line_px
    np.clip(top, 0, height, out=top)
    np.clip(bottom, 0, height, out=bottom)
    _fill(image, columns, top, bottom, color)
    # A steep line is as wide as a level one is high.
    steep = (bottom - top > 2 * line_px) & (columns + 1 < width)
    for shift in range(1, line_px):
        steep &= columns + shift < width
        _fill(image, columns[steep] + shift, top[steep], bottom[steep], color)


def _fill(
    image: NDArray[np.uint32],
    columns: NDArray[np.intp],
    top: NDArray[np.int64],
    bottom: NDArray[np.int64],
    color: int,
) -> None:
    """Fill rows top <= row < bottom of each column."""
    lengths = bottom - top
    total = int(lengths.sum())
    if total > _LONG_RUN_PX * len(columns):
        # Long runs: 0.3 us each as slices, against 8 ns per pixel by index.
        for column, first, last in zip(columns.tolist(), top.tolist(), bottom.tolist(), strict=True):
            image[column, first:last] = color
        return
    begins = np.cumsum(lengths) - lengths
    flat = np.arange(total) + np.repeat(columns * image.shape[1] + top - begins, lengths)
    image.reshape(-1)[flat] = color


def gap_starts(trace: Trace) -> NDArray[np.intp]:
    """Return the columns in which a drawn line ends because there is no usable value after it."""
    drawn = trace.quality < NO_DATA
    known = trace.time_ns > 0
    return np.flatnonzero(drawn[:-1] & ~drawn[1:] & known[1:])


def value_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers from ``low`` to ``high``, at most ``most`` of them, in steps of 1, 2 or 5."""
    span = high - low
    if span <= 0 or most < 1 or not math.isfinite(span):
        return []
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def tick_decimals(ticks: Sequence[float]) -> int:
    """Return how many decimals tell the ticks apart."""
    if len(ticks) < 2:
        return 0
    step = abs(ticks[1] - ticks[0])
    return max(0, -math.floor(math.log10(step) + 1e-9))


def time_ticks(start_ns: int, end_ns: int, most: int, offset_s: int) -> tuple[list[int], int]:
    """Return tick times (UTC ns) that are round in local time, at most ``most``, and their step in seconds.

    ``offset_s`` is local time minus UTC.
    """
    span_s = (end_ns - start_ns) / NS_PER_S
    step_s = next((step for step in _TIME_STEPS_S if span_s / step <= max(1, most)), _TIME_STEPS_S[-1])
    step_ns = step_s * NS_PER_S
    offset_ns = offset_s * NS_PER_S
    first = -((-(start_ns + offset_ns)) // step_ns)
    ticks = []
    tick = first * step_ns - offset_ns
    while tick < end_ns:
        ticks.append(tick)
        tick += step_ns
    return ticks, step_s


def rounded_range(low: float, high: float) -> tuple[float, float]:
    """Return a range with round ends that shows ``low`` to ``high`` with a little room."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    if high - low < 1e-12 * max(1.0, abs(high)):
        room = max(abs(high) * 0.05, 0.5)
        low, high = low - room, high + room
    room = (high - low) * 0.05
    step = value_ticks(low - room, high + room, 8)
    size = step[1] - step[0] if len(step) > 1 else (high - low)
    return math.floor((low - room) / size) * size, math.ceil((high + room) / size) * size
