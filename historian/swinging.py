"""Swinging door compression: of one tag's samples keep those that straight lines cannot do without."""

import math

Point = tuple[int, float, int]
"""Source time in ns, value, status."""


class SwingingDoor:
    """Choose the samples of one tag to keep (HIS-02, HIS-06).

    The lines between kept samples are never further than the deviation from any sample. From the last kept
    one, a cone of slopes is narrowed by each sample; the first that lies outside makes the one before it be
    kept. A change of status keeps the sample on either side of it (HIS-07).
    """

    __slots__ = ("_deviation", "_high", "_kept", "_low", "_max_ns", "snapshot")

    def __init__(self, deviation_eu: float, max_ns: int) -> None:
        self._deviation = deviation_eu
        self._max_ns = max_ns
        self._kept: Point | None = None
        self.snapshot: Point | None = None
        """The newest sample, while it is not kept."""
        self._low, self._high = -math.inf, math.inf

    def offer(self, point: Point) -> list[Point]:
        """Take a sample; return what is to be kept now, in order: nothing, the one before, or both."""
        at_ns, value, status = point
        kept, snapshot = self._kept, self.snapshot
        if kept is None:
            return self._keep(point)
        newest = snapshot or kept
        if at_ns <= newest[0]:
            return [point]  # late: it says nothing about the line that is being drawn
        found = [] if snapshot is None else [snapshot]
        if status != newest[2] or math.isnan(value) or math.isnan(newest[1]):
            return found + self._keep(point)
        if self._max_ns and at_ns - kept[0] >= self._max_ns:
            return found + self._keep(point)
        slope = (value - kept[1]) / (at_ns - kept[0])
        if snapshot is not None and not self._low <= slope <= self._high:
            self._keep(snapshot)
            kept = snapshot
        else:
            found = []
        span_ns = at_ns - kept[0]
        self._low = max(self._low, (value - self._deviation - kept[1]) / span_ns)
        self._high = min(self._high, (value + self._deviation - kept[1]) / span_ns)
        self.snapshot = point
        return found

    def pending(self) -> Point | None:
        """Take the newest sample if it has not been kept: without it the last line would have no end."""
        snapshot, self.snapshot = self.snapshot, None
        return snapshot

    def _keep(self, point: Point) -> list[Point]:
        self._kept, self.snapshot = point, None
        self._low, self._high = -math.inf, math.inf
        return [point]
