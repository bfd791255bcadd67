"""Which samples of a tag are kept: on change with deadband, periodic, with shortest and longest distance."""

import numpy as np
from numpy.typing import NDArray

from tags.clock import NS_PER_MS
from tags.model import Batch, LogMode, TagTable

_NEVER_NS = np.iinfo(np.int64).min // 2


class LogFilter:
    """Choose the samples of logged tags that go to history. Not thread-safe: one caller.

    A change of status is always kept (HIS-07). A change of value is kept when it is larger than the deadband
    and not sooner than the shortest distance; of periodic tags at most one per period. :meth:`due` names the
    tags whose unchanged value must be confirmed, because their period or longest distance has passed.
    """

    def __init__(self, tags: TagTable) -> None:
        rows = len(tags)
        self.logged: NDArray[np.bool_] = np.zeros(rows, dtype=np.bool_)
        self._deadband_eu = np.zeros(rows)
        self._min_ns = np.zeros(rows, dtype=np.int64)
        self._max_ns = np.full(rows, np.iinfo(np.int64).max)
        self._has_rule: NDArray[np.bool_] = np.zeros(rows, dtype=np.bool_)
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
            self._has_rule[tag.id] = bool(self._min_ns[tag.id] or policy.deadband_eu)
        self._kept_values = np.full(rows, np.nan)
        self._kept_statuses = np.zeros(rows, dtype=np.uint32)
        self._kept_ns = np.full(rows, _NEVER_NS)

    def keep(self, batch: Batch) -> Batch:
        """Return the rows to store; an empty batch when there are none."""
        mask = self.logged[batch.tag_ids]
        for row in np.flatnonzero(mask & self._has_rule[batch.tag_ids]).tolist():
            mask[row] = self._follows_rule(batch, row)
            if mask[row]:
                self._note(batch, row)
        kept = batch.take(mask)
        self._kept_values[kept.tag_ids] = kept.values
        self._kept_statuses[kept.tag_ids] = kept.statuses
        self._kept_ns[kept.tag_ids] = kept.source_ns
        return kept

    def due(self, now_ns: int) -> NDArray[np.int32]:
        """Return the ids of tags whose value must be stored again although it did not change."""
        known = self.logged & (self._kept_ns != _NEVER_NS)
        waiting = known & (self._max_ns != np.iinfo(np.int64).max)
        ids = np.flatnonzero(waiting)
        return ids[now_ns - self._kept_ns[ids] >= self._max_ns[ids]].astype(np.int32)

    def _note(self, batch: Batch, row: int) -> None:
        """Remember a kept row at once, so that later rows of the same batch are measured against it."""
        tag_id = int(batch.tag_ids[row])
        self._kept_values[tag_id] = batch.values[row]
        self._kept_statuses[tag_id] = batch.statuses[row]
        self._kept_ns[tag_id] = batch.source_ns[row]

    def _follows_rule(self, batch: Batch, row: int) -> bool:
        tag_id = int(batch.tag_ids[row])
        if int(batch.statuses[row]) != int(self._kept_statuses[tag_id]):
            return True
        if int(batch.source_ns[row]) - int(self._kept_ns[tag_id]) < int(self._min_ns[tag_id]):
            return False
        deadband_eu = float(self._deadband_eu[tag_id])
        if not deadband_eu or row in batch.extras:
            return True
        # Not "<=": the first value and a change to or from NaN are kept.
        return not abs(float(batch.values[row]) - float(self._kept_values[tag_id])) <= deadband_eu
