"""What the I/O thread got from the station, until the GUI takes it: the only place where both meet."""

import threading
from collections.abc import Callable

import numpy as np

from tags.model import Batch, Value


class Inbox:
    """Merge values to the newest per tag and keep everything else complete and in order. Thread-safe.

    ``wake`` is called in the putting thread when something waits and the taker does not know yet, so at most
    one wake-up is outstanding however much comes in. For values, memory is bounded by the number of tags;
    other items are never merged or dropped. What is put with ``after_values`` is handed out behind the values
    that came before it, so that no value from before a lost link is applied after the loss.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._items: list[object] = []
        self._woken = False
        self._any_values = False
        self._receive_ns = 0
        self._extras: dict[int, Value] = {}
        self._resize(0)

    def _resize(self, tags: int) -> None:
        self._waiting = np.zeros(tags, np.bool_)
        self._values = np.empty(tags)
        self._statuses = np.empty(tags, np.uint32)
        self._source_ns = np.empty(tags, np.int64)
        self._extras = {}
        self._any_values = False

    def open(self, tags: int, item: object) -> None:
        """Start over for a project of ``tags`` tags, and put ``item`` that says so."""
        with self._lock:
            self._flush_values()
            self._resize(tags)
            self._items.append(item)
        self._notify()

    def put(self, item: object, *, after_values: bool = False) -> None:
        """Put what must reach the taker as it is."""
        with self._lock:
            if after_values:
                self._flush_values()
            self._items.append(item)
        self._notify()

    def put_values(self, batch: Batch) -> None:
        """Put newest values; a row whose tag the project does not have is left out."""
        with self._lock:
            ids = batch.tag_ids
            known = (ids >= 0) & (ids < len(self._waiting))
            if not known.all():
                batch = batch.take(known)
                ids = batch.tag_ids
            if not len(ids):
                return
            self._waiting[ids] = True
            self._values[ids] = batch.values
            self._statuses[ids] = batch.statuses
            self._source_ns[ids] = batch.source_ns
            self._receive_ns = batch.receive_ns
            if self._extras:
                for tag_id in ids.tolist():
                    self._extras.pop(tag_id, None)
            for row, value in batch.extras.items():
                self._extras[int(ids[row])] = value
            self._any_values = True
        self._notify()

    def take(self) -> list[object]:
        """Return everything that waits, in order; values as :class:`Batch`. The next put wakes again."""
        with self._lock:
            self._flush_values()
            items, self._items = self._items, []
            self._woken = False
        return items

    def _flush_values(self) -> None:
        if not self._any_values:
            return
        ids = np.flatnonzero(self._waiting).astype(np.int32)
        extras: dict[int, Value] = {}
        if self._extras:
            extras = {row: self._extras[i] for row, i in enumerate(ids.tolist()) if i in self._extras}
        self._items.append(
            Batch(
                ids,
                self._values[ids],
                self._statuses[ids],
                self._source_ns[ids],
                self._receive_ns,
                extras,
            )
        )
        self._waiting[:] = False
        self._extras = {}
        self._any_values = False

    def _notify(self) -> None:
        with self._lock:
            if self._woken or not (self._items or self._any_values):
                return
            self._woken = True
        self._wake()
