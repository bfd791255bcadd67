"""Which samples of a tag are kept: on change with deadband, periodic, swinging door, with bounds of time."""

import numpy as np
from numpy.typing import NDArray

from historian.swinging import Point, SwingingDoor
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import Batch, LogMode, TagTable, Value, to_float

_NEVER_NS = np.iinfo(np.int64).min // 2
_Sample = tuple[int, Value | None, int, int]
"""Tag id, value, status, source time."""
_Held = tuple[int, Value, int]
"""Source time, exact value, status."""


class LogFilter:
    """Choose the samples of logged tags that go to history. Not thread-safe: one caller.

    A change of status is always kept, and the last sample before it (HIS-07). A change of value is kept when
    it is larger than the deadband and not sooner than the shortest distance; of floating-point tags the
    sample just before is then kept too, so that a line drawn to the change begins when it did (HIS-01). Of
    periodic tags at most one per period is kept, of swinging-door tags what straight lines need. A value that
    came too soon after the last and then stays is kept when its time has come (:meth:`held`). :meth:`due`
    names the tags whose unchanged value must be confirmed, because their period or longest distance has
    passed.
    """

    def __init__(self, tags: TagTable) -> None:
        rows = len(tags)
        self.logged: NDArray[np.bool_] = np.zeros(rows, dtype=np.bool_)
        self._deadband_eu = np.zeros(rows)
        self._min_ns = np.zeros(rows, dtype=np.int64)
        self._max_ns = np.full(rows, np.iinfo(np.int64).max)
        self._has_rule: NDArray[np.bool_] = np.zeros(rows, dtype=np.bool_)
        self._doors: dict[int, SwingingDoor] = {}
        self._skipped: dict[int, _Held] = {}
        """The newest sample that was not kept of each tag, if it is newer than the last kept one."""
        self._keeps_before: set[int] = set()
        for tag in tags:
            policy = tag.log
            if policy.mode is LogMode.OFF:
                continue
            self.logged[tag.id] = True
            self._deadband_eu[tag.id] = policy.deadband_eu
            self._min_ns[tag.id] = policy.min_ms * NS_PER_MS
            if policy.max_ms:
                self._max_ns[tag.id] = policy.max_ms * NS_PER_MS
            if policy.mode is LogMode.PERIODIC:
                self._min_ns[tag.id] = self._max_ns[tag.id] = policy.period_ms * NS_PER_MS
            elif policy.mode is LogMode.SWINGING:
                self._doors[tag.id] = SwingingDoor(policy.deviation_eu, policy.max_ms * NS_PER_MS)
            elif policy.deadband_eu and tag.data_type.is_float:
                self._keeps_before.add(tag.id)
            self._has_rule[tag.id] = bool(self._min_ns[tag.id] or policy.deadband_eu or tag.id in self._doors)
        self._kept_values = np.full(rows, np.nan)
        self._kept_statuses = np.zeros(rows, dtype=np.uint32)
        self._kept_ns = np.full(rows, _NEVER_NS)
        self._newest_ns = np.full(rows, _NEVER_NS)

    def keep(self, batch: Batch) -> Batch:
        """Return the samples to store, earlier ones that were held back first; maybe none."""
        mask = self.logged[batch.tag_ids]
        before: list[_Sample] = []
        for row in np.flatnonzero(mask & self._has_rule[batch.tag_ids]).tolist():
            tag_id = int(batch.tag_ids[row])
            door = self._doors.get(tag_id)
            point = int(batch.source_ns[row]), float(batch.values[row]), int(batch.statuses[row])
            if door is not None and row not in batch.extras:
                found = door.offer(point)
                mask[row] = bool(found) and found[-1] is point
                before.extend((tag_id, kept[1], kept[2], kept[0]) for kept in found if kept is not point)
                if found:
                    self._note(tag_id, found[-1])
                continue
            mask[row] = self._follows_rule(tag_id, batch, row)
            skipped = self._skipped.pop(tag_id, None)
            if not mask[row]:
                self._skipped[tag_id] = point[0], batch.extras.get(row, point[1]), point[2]
                continue
            is_wanted = tag_id in self._keeps_before or point[2] != int(self._kept_statuses[tag_id])
            if skipped is not None and is_wanted and int(self._kept_ns[tag_id]) < skipped[0] < point[0]:
                before.append((tag_id, skipped[1], skipped[2], skipped[0]))
            self._note(tag_id, point)
        kept = batch.take(mask)
        self._kept_values[kept.tag_ids] = kept.values
        self._kept_statuses[kept.tag_ids] = kept.statuses
        self._kept_ns[kept.tag_ids] = kept.source_ns
        np.maximum.at(self._newest_ns, kept.tag_ids, kept.source_ns)
        if before:
            kept = Batch.concatenate([Batch.of(before, batch.receive_ns), kept])
        return kept

    def held(self, now_ns: int) -> Batch:
        """Return the values that came too soon after the last kept one, whose time has come since.

        Each is stamped with the first time that it may have: it held then.
        """
        found: list[_Sample] = []
        for tag_id, (source_ns, value, status) in list(self._skipped.items()):
            from_ns = int(self._kept_ns[tag_id]) + int(self._min_ns[tag_id])
            if now_ns >= from_ns and self._differs(tag_id, value):
                del self._skipped[tag_id]
                at_ns = max(source_ns, from_ns)
                found.append((tag_id, value, status, at_ns))
                self._note(tag_id, (at_ns, to_float(value), status))
                self._newest_ns[tag_id] = max(int(self._newest_ns[tag_id]), at_ns)
        return Batch.of(found, now_ns)

    def snapshots(self, now_ns: int) -> Batch:
        """Return the newest samples of swinging-door tags that are not stored yet, and leave them there."""
        found = [(tag_id, door.snapshot) for tag_id, door in self._doors.items()]
        return Batch.of(
            [(tag_id, point[1], point[2], point[0]) for tag_id, point in found if point is not None], now_ns
        )

    @property
    def has_doors(self) -> bool:
        """Tell whether any tag is compressed by swinging door."""
        return bool(self._doors)

    def pending(self, now_ns: int) -> Batch:
        """Take the newest samples that are not stored yet: history ends with them."""
        found = [(tag_id, door.pending()) for tag_id, door in self._doors.items()]
        samples: list[_Sample] = [
            (tag_id, point[1], point[2], point[0]) for tag_id, point in found if point is not None
        ]
        for tag_id, (source_ns, value, status) in self._skipped.items():
            if self._differs(tag_id, value):
                samples.append((tag_id, value, status, source_ns))
        self._skipped.clear()
        for tag_id, _, _, source_ns in samples:
            self._newest_ns[tag_id] = max(int(self._newest_ns[tag_id]), source_ns)
        return Batch.of(samples, now_ns)

    def due(self, now_ns: int) -> NDArray[np.int32]:
        """Return the ids of tags whose value must be stored again although it did not change."""
        known = self.logged & (self._kept_ns != _NEVER_NS)
        waiting = known & (self._max_ns != np.iinfo(np.int64).max)
        ids = np.flatnonzero(waiting)
        age_ns = now_ns - self._kept_ns[ids]
        # A time ahead of now comes from a clock that was set back since.
        is_due = (age_ns >= self._max_ns[ids]) | (age_ns < -NS_PER_S)
        return ids[is_due].astype(np.int32)

    def ends(self, now_ns: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the logged tags and for each a time later than what was kept, and not before now."""
        ids = np.flatnonzero(self.logged).astype(np.int32)
        return ids, np.maximum(self._newest_ns[ids] + 1, now_ns)

    def _note(self, tag_id: int, point: Point) -> None:
        """Remember a kept sample at once, so that later rows of the same batch are measured against it."""
        self._kept_ns[tag_id], self._kept_values[tag_id], self._kept_statuses[tag_id] = point

    def _follows_rule(self, tag_id: int, batch: Batch, row: int) -> bool:
        if int(batch.statuses[row]) != int(self._kept_statuses[tag_id]):
            return True
        # What is older than the last kept sample is late, or the clock was set back: it is kept (HIS-02).
        if 0 <= int(batch.source_ns[row]) - int(self._kept_ns[tag_id]) < int(self._min_ns[tag_id]):
            return False
        deadband_eu = float(self._deadband_eu[tag_id])
        if not deadband_eu or row in batch.extras:
            return True
        if int(batch.source_ns[row]) - int(self._kept_ns[tag_id]) >= int(self._max_ns[tag_id]):
            return True
        # Not "<=": the first value and a change to or from NaN are kept.
        return not abs(float(batch.values[row]) - float(self._kept_values[tag_id])) <= deadband_eu

    def _differs(self, tag_id: int, value: Value) -> bool:
        """Tell whether a value that was not kept is further from the kept one than the deadband."""
        kept = float(self._kept_values[tag_id])
        if isinstance(value, (str, tuple)):
            return True  # of texts the kept one is not known; to store one twice does no harm
        deadband_eu = float(self._deadband_eu[tag_id])
        return not abs(float(value) - kept) <= deadband_eu
