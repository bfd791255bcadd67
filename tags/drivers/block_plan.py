"""Put many small places into the requests that cost least, around what a device is known to refuse."""

from bisect import bisect_left
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import inf

from tags.drivers.blocks import Block, Space, Span, block_of


class Holes:
    """Remember what no request may cover: stretches that a device refuses, and how wide a request may be.

    A stretch is known when a block was refused, and both of its halves, with nothing but the stretch between
    them, were answered. Where nothing lies between them the width must have been the reason.
    """

    def __init__(self) -> None:
        self._stretches: dict[Hashable, set[tuple[int, int]]] = {}
        self._limits: dict[Hashable, int] = {}

    def learn(self, left: Block, right: Block) -> None:
        """Note that both halves of a block that was refused were answered."""
        key = left.space.key
        start, end = left.start + left.count, right.start
        if start < end:
            self.keep_apart(left.space, start, end)
            return
        widest = max(left.count, right.count)
        if widest < max(start, right.start + right.count) - left.start:
            self._limits[key] = min(widest, self.limit(left.space))

    def refuse(self, place: Block) -> None:
        """Note that the device refuses a place, which therefore no other block may cover."""
        self.keep_apart(place.space, place.start, place.start + place.count)

    def keep_apart(self, space: Space, start: int, end: int) -> None:
        """Have no block cover the places from ``start`` to before ``end``."""
        self._stretches.setdefault(space.key, set()).add((start, end))

    def accept(self, place: Block) -> None:
        """Note that a place which was refused is answered now."""
        self._stretches.get(place.space.key, set()).discard((place.start, place.start + place.count))

    def limit(self, space: Space) -> int:
        """Return the most places that one request can fetch from a space."""
        return min(space.limit, self._limits.get(space.key, space.limit))

    def bounds(self, space: Space) -> tuple[list[int], list[float]]:
        """Return places in ascending order, and for each the end that a block from there must not reach."""
        ordered = sorted(self._stretches.get(space.key, ()))
        ends: list[float] = [end for _, end in ordered]
        for at in range(len(ends) - 2, -1, -1):
            ends[at] = min(ends[at], ends[at + 1])
        return [start for start, _ in ordered], [*ends, inf]


def plan(spans: Iterable[tuple[Space, Span]], holes: Holes | None = None) -> list[Block]:
    """Merge spans into the blocks that cost least within limit and gap of each space, in order of place.

    A block costs its places and the ``overhead`` of its space; where that is far above the limit, the plan
    has the fewest requests possible, and the fewest places of all such plans. No block covers one of
    ``holes``. A span wider than the limit gets a block of its own, which the driver must fetch in parts.
    Takes a time proportional to n log n.
    """
    by_space: dict[Hashable, tuple[Space, list[Span]]] = {}
    for space, span in spans:
        by_space.setdefault(space.key, (space, []))[1].append(span)
    return [
        block
        for space, members in by_space.values()
        for block in _plan_space(space, members, holes or Holes())
    ]


@dataclass(frozen=True, slots=True)
class Gap:
    """Name places between two spans that no span uses, up to the gap of their space."""

    space: Space
    start: int
    end: int

    @property
    def byte_count(self) -> int:
        """Return how many bytes it costs to read the gap."""
        return ((self.end - self.start) * self.space.unit_bits + 7) // 8


def gaps(spans: Iterable[tuple[Space, Span]]) -> list[Gap]:
    """Return the gaps that a plan may read, in no particular order."""
    found: list[Gap] = []
    end_of: dict[Hashable, int] = {}
    for space, span in sorted(spans, key=lambda placed: placed[1].start):
        end = end_of.get(space.key)
        if end is not None and 0 < span.start - end <= space.gap:
            found.append(Gap(space, end, span.start))
        end_of[space.key] = span.end if end is None else max(end, span.end)
    return found


def replan(blocks: Sequence[Block], holes: Holes) -> list[Block]:
    """Plan the spans of blocks anew."""
    return plan(((block.space, span) for block in blocks for span in block.spans), holes)


def _plan_space(space: Space, spans: list[Span], holes: Holes) -> list[Block]:
    spans.sort(key=lambda span: (span.start, -span.end))
    # A span inside of another one comes with it: what is left rises in both start and end.
    starts: list[int] = []
    ends: list[int] = []
    outer_of: list[int] = []
    for span in spans:
        if not ends or span.end > ends[-1]:
            starts.append(span.start)
            ends.append(span.end)
        outer_of.append(len(ends) - 1)
    first_of = _cheapest(space, starts, ends, holes)
    runs: dict[int, list[Span]] = {}
    for span, outer in zip(spans, outer_of, strict=True):
        runs.setdefault(first_of[outer], []).append(span)
    return [block_of(space, run) for run in runs.values()]


def _cheapest(space: Space, starts: list[int], ends: list[int], holes: Holes) -> list[int]:
    """Return for each place the first one of its block.

    What can be said of a block holds for each part of it, so that the first place from which a block may
    reach a given one never moves back, and the cheapest of them is the minimum of a sliding window.
    """
    limit = holes.limit(space)
    places, bounds = holes.bounds(space)
    bound_of = [bounds[bisect_left(places, start)] for start in starts]
    cost = [0]
    first: list[int] = []
    window: deque[int] = deque()
    low = 0
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if at and start - ends[at - 1] > space.gap:
            low = at
        while window and cost[window[-1]] - starts[window[-1]] >= cost[at] - start:
            window.pop()
        window.append(at)
        while low < at and (end - starts[low] > limit or end >= bound_of[low]):
            low += 1
        while window[0] < low:
            window.popleft()
        best = window[0]
        first.append(best)
        cost.append(cost[best] - starts[best] + end + space.overhead)
    at = len(starts) - 1
    while at >= 0:
        best = first[at]
        first[best : at + 1] = [best] * (at + 1 - best)
        at = best - 1
    return first
