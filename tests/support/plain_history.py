"""A history as a plain list, to compare the real one with."""

import math
from dataclasses import dataclass

BAD = 0x808B0000
UNCERTAIN = 0x40000000


@dataclass(frozen=True)
class Pixel:
    low: float
    high: float
    mean: float
    first: float
    last: float
    count: int
    worst: int


def usable(sample: tuple[int, float | None, int]) -> bool:
    return sample[1] is not None and not sample[2] >> 31


def pixel(samples: list[tuple[int, float | None, int]], start: int, end: int) -> Pixel:
    """Reduce samples (time, value, status), in order, each instant once, to one pixel column."""
    inside = [sample for sample in samples if start <= sample[0] < end]
    before = [sample for sample in samples if sample[0] < start]
    shown = list(inside)
    if before and not (inside and inside[0][0] == start):
        shown.insert(0, (start, *before[-1][1:]))
    values = [sample[1] for sample in shown if usable(sample)]
    area = span = 0.0
    for number, sample in enumerate(shown):
        until = shown[number + 1][0] if number + 1 < len(shown) else end
        if usable(sample):
            area += sample[1] * (until - sample[0])
            span += until - sample[0]
    return Pixel(
        min(values, default=math.nan),
        max(values, default=math.nan),
        area / span if span else math.nan,
        shown[0][1] if shown and usable(shown[0]) else math.nan,
        shown[-1][1] if shown and usable(shown[-1]) else math.nan,
        len(inside),
        max((sample[2] for sample in shown), default=0x809B0000),
    )
