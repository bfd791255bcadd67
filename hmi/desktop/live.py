"""The live tag source of the window: the GUI's own columns of current values."""

import numpy as np
from numpy.typing import NDArray

from tags.clock import NS_PER_S
from tags.model import Batch, DataType, TagTable, Value
from tags.status import StatusCode, is_bad

LAST_USABLE_NS = 2 * NS_PER_S
"""How long the last usable value is still shown, marked uncertain, after the link to the station is lost."""

_UNCERTAIN = int(StatusCode.UncertainNoCommunicationLastUsableValue)
_NO_COMMUNICATION = int(StatusCode.BadNoCommunication)
_WAITING = int(StatusCode.BadWaitingForInitialData)


class LiveSource:
    """Hold the newest value of every tag that came over the link (a :class:`tags.source.TagSource`).

    GUI thread only. One row per tag id: values float64, statuses uint32, source times int64. When the link is
    lost every value becomes uncertain at once and bad within two seconds: nothing is shown good that is not.
    """

    def __init__(self, tags: TagTable) -> None:
        rows = len(tags)
        self._tags = tags
        self._values = np.full(rows, np.nan)
        self._statuses = np.full(rows, _WAITING, np.uint32)
        self._source_ns = np.zeros(rows, np.int64)
        self._changed = np.zeros(rows, np.int64)
        self._extras: dict[int, Value] = {}
        self._counter = 0
        self._lost_ns: int | None = None
        self._views = tuple(_read_only(column) for column in (self._values, self._statuses, self._source_ns))

    @property
    def tags(self) -> TagTable:
        """Return the definitions; row numbers of all columns are tag ids."""
        return self._tags

    @property
    def values(self) -> NDArray[np.float64]:
        """Return engineering values; NaN where bad, text or array."""
        return self._views[0]

    @property
    def statuses(self) -> NDArray[np.uint32]:
        """Return OPC UA status codes."""
        return self._views[1]

    @property
    def source_ns(self) -> NDArray[np.int64]:
        """Return source times, UTC nanoseconds."""
        return self._views[2]

    @property
    def counter(self) -> int:
        """Return the cursor of the newest change."""
        return self._counter

    def value(self, tag_id: int) -> Value | None:
        """Return the exact value in the tag's own type; None while it is bad."""
        if is_bad(int(self._statuses[tag_id])):
            return None
        extra = self._extras.get(tag_id)
        if extra is not None:
            return extra
        number = float(self._values[tag_id])
        if number != number:
            return None
        tag = self._tags[tag_id]
        if tag.data_type is DataType.BOOL:
            return bool(number)
        is_whole = tag.data_type is DataType.DATETIME or (tag.data_type.is_integer and tag.scaling is None)
        return int(number) if is_whole and number.is_integer() else number

    def changed_since(self, cursor: int) -> tuple[NDArray[np.int32], int]:
        """Return the ids of tags that changed after ``cursor``, and the cursor for the next call."""
        if cursor >= self._counter:
            return np.empty(0, np.int32), self._counter
        return np.flatnonzero(self._changed > cursor).astype(np.int32), self._counter

    def apply(self, batch: Batch) -> None:
        """Take the newest values; ignored while the link is lost."""
        if self._lost_ns is not None or not len(batch):
            return
        ids = batch.tag_ids
        self._counter += 1
        self._values[ids] = batch.values
        self._statuses[ids] = batch.statuses
        self._source_ns[ids] = batch.source_ns
        self._changed[ids] = self._counter
        if self._extras:
            for tag_id in ids.tolist():
                self._extras.pop(tag_id, None)
        for row, value in batch.extras.items():
            self._extras[int(ids[row])] = value

    def lose_link(self, now_ns: int) -> None:
        """Mark every value as the last usable one; bad ones stay what they are."""
        if self._lost_ns is not None:
            return
        self._lost_ns = now_ns
        ids = np.flatnonzero(self._statuses < 0x80000000)
        self._mark(ids, _UNCERTAIN, now_ns)

    def restore_link(self, now_ns: int) -> None:
        """Wait for the station's values again; what it does not send anew stays uncertain or bad."""
        if self._lost_ns is None:
            return
        self._lost_ns = None
        ids = np.flatnonzero(self._statuses == _NO_COMMUNICATION)
        self._mark(ids, _WAITING, now_ns)

    def retire(self, tag_ids: NDArray[np.int32], now_ns: int) -> None:
        """Forget values that are no longer subscribed, so that none is taken for live later."""
        self._values[tag_ids] = np.nan
        for tag_id in tag_ids.tolist():
            self._extras.pop(tag_id, None)
        self._mark(tag_ids, _WAITING, now_ns)

    def age(self, now_ns: int) -> None:
        """Let time pass: after two seconds without a link every value is bad. Call it on every tick."""
        if self._lost_ns is None or now_ns - self._lost_ns < LAST_USABLE_NS:
            return
        ids = np.flatnonzero(self._statuses != _NO_COMMUNICATION)
        if len(ids):
            self._values[ids] = np.nan
            self._extras.clear()
            self._mark(ids, _NO_COMMUNICATION, now_ns)

    def _mark(self, ids: NDArray[np.intp] | NDArray[np.int32], status: int, now_ns: int) -> None:
        if not len(ids):
            return
        self._counter += 1
        self._statuses[ids] = status
        self._source_ns[ids] = now_ns
        self._changed[ids] = self._counter


def _read_only(column: NDArray) -> NDArray:  # type: ignore[type-arg]
    view = column.view()
    view.flags.writeable = False
    return view
