"""The OPC UA aggregates over a plain list of samples, written from the standard's words and for no speed."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

GOOD, UNCERTAIN, BAD = 0, 1, 2
SUBNORMAL, NO_DATA, WHOLLY_BAD = 0x40A40000, 0x809B0000, 0x80000000
RAW, CALCULATED, INTERPOLATED, MULTI_VALUE = 0x400, 0x401, 0x402, 0x410


@dataclass(frozen=True)
class Point:
    at: int
    value: float | None
    status: int

    @property
    def kind(self) -> int:
        return BAD if self.value is None else min(self.status >> 30, 2)


Points = list[Point]
Answer = tuple[float, int]
NOTHING = math.nan, NO_DATA | CALCULATED


def inside(points: Points, start: int, end: int) -> Points:
    return [point for point in points if start <= point.at < end]


def usable(points: Points) -> Points:
    return [point for point in points if point.kind != BAD]


def good(points: Points) -> Points:
    return [point for point in points if point.kind == GOOD]


def on_line(first: Point, second: Point, at: int) -> float:
    return first.value + (at - first.at) / (second.at - first.at) * (second.value - first.value)


def by_percent(good_part: float, bad_part: float) -> int:
    """AGG-04 with the default thresholds: wholly bad, wholly good, or subnormal."""
    if not bad_part:
        return 0
    return WHOLLY_BAD if not good_part else SUBNORMAL


def interpolated(points: Points, at: int, stepped: bool) -> tuple[float, int, bool]:
    """AGG-02: value, status, and whether a sample is exactly there."""
    for point in points:
        if point.at == at and point.kind != BAD:
            return point.value, SUBNORMAL if point.kind == UNCERTAIN else 0, True
    before = [point for point in usable(points) if point.at < at]
    after = [point for point in usable(points) if point.at > at]
    if not before:
        return math.nan, NO_DATA, False
    last = before[-1]
    if stepped:
        skipped = [point for point in points if last.at < point.at <= at]
        return last.value, SUBNORMAL if skipped or last.kind == UNCERTAIN else 0, False
    if not after:
        return last.value, SUBNORMAL, False
    skipped = [point for point in points if last.at < point.at < after[0].at]
    doubtful = skipped or last.kind == UNCERTAIN or after[0].kind == UNCERTAIN
    return on_line(last, after[0], at), SUBNORMAL if doubtful else 0, False


def simple(points: Points, at: int, stepped: bool) -> float | None:
    """AGG-03 where uncertain counts as bad: the value, or None when it is not good."""
    for point in points:
        if point.at == at:
            return point.value if point.kind == GOOD else None
    before = [point for point in points if point.at < at]
    after = [point for point in points if point.at > at]
    if not before or before[-1].kind != GOOD:
        return None
    if stepped or not after or after[0].kind == BAD:
        return before[-1].value
    return on_line(before[-1], after[0], at)


def regions(points: Points, start: int, end: int, stepped: bool) -> list[tuple[int, float, float | None]]:
    """Return span, left value and right value (None: not good) of each region that begins good."""
    edges = [(point.at, point.value if point.kind == GOOD else None) for point in inside(points, start, end)]
    if not edges or edges[0][0] != start:
        edges.insert(0, (start, simple(points, start, stepped)))
    edges.append((end, simple(points, end, stepped)))
    return [
        (then - at, value, following)
        for (at, value), (then, following) in itertools.pairwise(edges)
        if value is not None
    ]


def interpolative(points: Points, start: int, end: int, stepped: bool) -> Answer:
    value, status, is_raw = interpolated(points, start, stepped)
    return value, status | (RAW if is_raw else INTERPOLATED)


def counted(points: Points, start: int, end: int) -> int:
    found = inside(points, start, end)
    return by_percent(len(good(found)), len(found) - len(good(found))) | CALCULATED


def average(points: Points, start: int, end: int, stepped: bool) -> Answer:
    values = [point.value for point in good(inside(points, start, end))]
    return (math.fsum(values) / len(values), counted(points, start, end)) if values else NOTHING


def count(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return float(len(good(inside(points, start, end)))), counted(points, start, end)


def time_average(points: Points, start: int, end: int, stepped: bool) -> Answer:
    first, final = interpolated(points, start, False), interpolated(points, end, False)
    found = inside(points, start, end)
    corners = [(point.at, point.value) for point in usable(found)]
    if not first[2] and not math.isnan(first[0]):
        corners.insert(0, (start, first[0]))
    if not corners:
        return NOTHING
    corners.append((end, final[0]))
    area = sum((one[1] + two[1]) / 2 * (two[0] - one[0]) for one, two in itertools.pairwise(corners))
    doubtful = first[1] or final[1] or any(point.kind != GOOD for point in found)
    return area / (end - corners[0][0]), (SUBNORMAL if doubtful else 0) | CALCULATED


def total(points: Points, start: int, end: int, stepped: bool) -> Answer:
    value, status = time_average(points, start, end, stepped)
    return value * (end - start) / 1e9, status


def time_average2(points: Points, start: int, end: int, stepped: bool) -> Answer:
    area = span = 0.0
    for length, left, right in regions(points, start, end, stepped):
        area += length * (left if stepped or right is None else (left + right) / 2)
        span += length
    status = by_percent(span, end - start - span) | CALCULATED
    return (area / span, status) if span else NOTHING


def extreme(points: Points, start: int, end: int, sign: int) -> tuple[float, int, int]:
    found = inside(points, start, end)
    if not good(found):
        return *NOTHING, start
    best = max(good(found), key=lambda point: (sign * point.value, -point.at))
    doubtful = any(
        point.kind == BAD or (point.kind == UNCERTAIN and sign * point.value > sign * best.value)
        for point in found
    )
    return best.value, (SUBNORMAL if doubtful else 0) | CALCULATED, best.at


def minimum(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return extreme(points, start, end, -1)[:2]


def maximum(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return extreme(points, start, end, 1)[:2]


def _actual(points: Points, start: int, end: int, sign: int) -> Answer:
    value, status, _ = extreme(points, start, end, sign)
    several = sum(point.value == value for point in good(inside(points, start, end))) > 1
    return value, status | (MULTI_VALUE if several else 0)


def minimum_actual_time(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return _actual(points, start, end, -1)


def maximum_actual_time(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return _actual(points, start, end, 1)


def value_range(points: Points, start: int, end: int, stepped: bool) -> Answer:
    low, high = minimum(points, start, end, stepped), maximum(points, start, end, stepped)
    return high[0] - low[0], max(low[1], high[1])


def good_ns(points: Points, start: int, end: int) -> int:
    """AGG-18: regions that start with a good sample; the first one's state is that of what held before."""
    before = [point for point in points if point.at < start]
    edges = [(start, bool(before) and before[-1].kind == GOOD)]
    edges += [(point.at, point.kind == GOOD) for point in inside(points, start, end)]
    ends = [at for at, _ in edges[1:]] + [end]
    return sum(until - at for (at, is_good), until in zip(edges, ends, strict=True) if is_good)


def duration_good(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return good_ns(points, start, end) / 1e6, CALCULATED


def percent_good(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return good_ns(points, start, end) / (end - start) * 100, CALCULATED


def _in_state(points: Points, start: int, end: int, zero: bool) -> Answer:
    found = regions(points, start, end, True)
    span = sum(length for length, _, _ in found)
    there = sum(length for length, left, _ in found if (left == 0) == zero)
    return there / 1e6, by_percent(span, end - start - span) | CALCULATED


def duration_in_state_zero(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return _in_state(points, start, end, True)


def duration_in_state_non_zero(points: Points, start: int, end: int, stepped: bool) -> Answer:
    return _in_state(points, start, end, False)


def number_of_transitions(points: Points, start: int, end: int, stepped: bool) -> Answer:
    changes = 0
    held: float | None = None
    for point in usable(points):
        if start <= point.at < end and point.value != held:
            changes += 1
        if point.at < end:
            held = point.value
    return float(changes), counted(points, start, end)


def delta(points: Points, start: int, end: int, stepped: bool) -> Answer:
    found = inside(points, start, end)
    fine = good(found)
    if not fine:
        return NOTHING
    skipped = found[0].kind != GOOD or found[-1].kind != GOOD
    return fine[-1].value - fine[0].value, (SUBNORMAL if skipped else 0) | CALCULATED


PLAIN: dict[str, Callable[[Points, int, int, bool], Answer]] = {
    "interpolative": interpolative,
    "average": average,
    "time_average": time_average,
    "time_average2": time_average2,
    "total": total,
    "minimum": minimum,
    "maximum": maximum,
    "minimum_actual_time": minimum_actual_time,
    "maximum_actual_time": maximum_actual_time,
    "range": value_range,
    "count": count,
    "duration_good": duration_good,
    "percent_good": percent_good,
    "duration_in_state_zero": duration_in_state_zero,
    "duration_in_state_non_zero": duration_in_state_non_zero,
    "number_of_transitions": number_of_transitions,
    "delta": delta,
}
