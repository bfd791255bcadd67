"""The keeper: a thread beside the writer that seals, checkpoints, prunes and watches disk and clock."""

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from historian.disk import DiskGuard, Room
from historian.model import HistorianError, LogEntry
from historian.retention import Retention, vacuum
from historian.retention import slices as retention_slices
from historian.schema import journal_table
from historian.sealing import apply, clear, load_pending, prepare, slices
from tags.clock import NS_PER_S, Clock

log = logging.getLogger(__name__)

TICK_S = 0.5
SEAL_SAMPLES_PER_TAG = 2_000
"""Sealing costs about a millisecond a tag and pass, so a pass waits until it is worth it."""
MIN_SEAL_SAMPLES, MAX_SEAL_SAMPLES = 200_000, 4_000_000
SEAL_AGE_S = 1_800.0
CHECKPOINT_BYTES = 4 * 1024 * 1024
RETENTION_EVERY_S = 3_600.0
FIRST_RETENTION_S = 60.0
DISTRUST_S = 86_400.0
"""Nothing is pruned for so long after the clock leapt ahead: a wrong year must not empty the history."""
CLOCK_STEP_NS = 5 * NS_PER_S
_LEAP_NS = 3_600 * NS_PER_S
_LONG_OFF_NS = 30 * 86_400 * NS_PER_S
PAUSE_S = 0.002
"""Between slices the writer's commits and other threads go first."""


class Committing(Protocol):
    """Apply changes in the one writing thread."""

    def maintain(self, task: Callable[[Connection], Any]) -> "Future[Any]":
        """Run a task in a transaction of its own, after what waits; its errors come by the future."""
        ...


class Keeper:
    """Keep the history in order. One thread; :meth:`close` ends it.

    ``entry`` appends to the plant log what happens to the disk and the clock. None is for tables on a server:
    there the local keeper watches the clock, and the forwarder tells when the server is away.
    """

    def __init__(
        self,
        readable: Engine,
        writer: Committing,
        clock: Clock,
        tags: int,
        path: Path | None,
        retention: Retention,
        guard: DiskGuard | None,
        *,
        entry: "Callable[[LogEntry], Future[None]] | None" = None,
        seals: bool = True,
    ) -> None:
        self._readable = readable
        self._writer = writer
        self._clock = clock
        self._seal_samples = min(max(tags * SEAL_SAMPLES_PER_TAG, MIN_SEAL_SAMPLES), MAX_SEAL_SAMPLES)
        self._path = path
        self._retention = retention
        self._guard = guard
        self._seals = seals
        self._entry = entry
        self._stop = threading.Event()
        self._work = threading.Lock()
        """Held by whoever seals or prunes: two passes over the same journal rows would sum them up twice."""
        self.notices: queue.SimpleQueue[str] = queue.SimpleQueue()
        """Sentences for the operators."""
        now_s = time.monotonic()
        self._sealed_s = now_s
        self._prune_s = now_s + FIRST_RETENTION_S
        self._clock_offset_ns = clock.now_ns() - clock.monotonic_ns()
        self._is_failing = False
        self._thread = threading.Thread(target=self._run, name="vigie-history-keeper", daemon=True)
        self._thread.start()

    def distrust_clock(self) -> None:
        """Put pruning off, because the time may be wrong."""
        self._prune_s = time.monotonic() + DISTRUST_S

    def close(self) -> None:
        """End the thread; blocks for the slice that it is at."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        if self._guard is not None:
            self._watch_disk(self._guard)
        while not self._stop.wait(TICK_S):
            try:
                if self._guard is not None:
                    self._watch_disk(self._guard)
                if self._entry is not None:
                    self._watch_clock()
                self._checkpoint()
                if self._seals:
                    self._seal_when_due()
                if time.monotonic() >= self._prune_s:
                    self._prune_s = time.monotonic() + RETENTION_EVERY_S
                    self.prune()
            except (SQLAlchemyError, sqlite3.Error, HistorianError, OSError) as error:
                is_full = self._guard is not None and self._guard.room is Room.NONE
                if not self._is_failing and not is_full and self._entry is not None:
                    log.warning("the history is not kept in order, this is tried again: %s", error)
                self._is_failing = not is_full
            else:
                if self._is_failing and self._entry is not None:
                    log.info("the history is kept in order again")
                self._is_failing = False

    def _seal_when_due(self) -> None:
        with self._readable.connect() as connection:
            waiting = int(
                connection.execute(select(func.coalesce(func.sum(journal_table.c.samples), 0))).scalar_one()
            )
        is_full = self._guard is not None and self._guard.room is Room.NONE
        age_s = time.monotonic() - self._sealed_s
        # On a full disk the journal is worth shrinking early: sealed samples take a quarter of the room.
        if waiting and (waiting >= self._seal_samples or age_s >= SEAL_AGE_S or is_full):
            self.seal(self._seal_samples // (8 if is_full else 1))
            self._sealed_s = time.monotonic()

    def seal(self, max_samples: int) -> int:
        """Seal one pass, slice by slice; return how many samples it took. In the caller's thread."""
        with self._work:
            return self._seal(max_samples)

    def _seal(self, max_samples: int) -> int:
        with self._readable.connect() as connection:
            pending = load_pending(connection, max_samples)
        if pending is None:
            return 0
        applied: Future[None] | None = None
        for part in slices(pending.samples):
            try:
                # Meanwhile the writer commits the slice before: no tag is in both.
                with self._readable.connect() as connection:
                    changes = prepare(connection, part)
            finally:
                # Also after a failure: the next pass must see what this one has changed.
                if applied is not None:
                    applied.result()
            self._checkpoint()
            if self._stop.wait(PAUSE_S):
                return 0  # the journal still has everything; the next pass begins again
            applied = self._writer.maintain(partial(apply, changes=changes))
        if applied is not None:
            applied.result()
        for last_id in pending.cleared:
            self._writer.maintain(partial(clear, last_id=last_id)).result()
            if self._stop.wait(PAUSE_S):
                break
        return pending.rows

    def prune(self) -> None:
        """Delete what is older than it is kept, and give the room back. In the caller's thread."""
        for work in retention_slices(self._retention, self._clock.now_ns()):
            with self._work:
                while self._writer.maintain(work).result():
                    if self._stop.wait(PAUSE_S):
                        return
        if self._path is not None:
            with closing(sqlite3.connect(self._path, timeout=5.0)) as connection:
                self._vacuum(connection)

    def _vacuum(self, connection: sqlite3.Connection) -> None:
        free = vacuum(connection)
        while free and not self._stop.wait(PAUSE_S):
            left = vacuum(connection)
            if left >= free:
                return
            free = left

    def _checkpoint(self) -> None:
        """Move the write-ahead log into the file beside the commits, which never wait for it."""
        if self._path is None:
            return
        wal = self._path.with_name(self._path.name + "-wal")
        if not wal.exists() or wal.stat().st_size < CHECKPOINT_BYTES:
            return
        with closing(sqlite3.connect(self._path, timeout=1.0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _watch_disk(self, guard: DiskGuard) -> None:
        sentence = guard.check()
        if sentence is None:
            return
        (log.info if guard.room is Room.PLENTY else log.warning)("history: %s", sentence)
        self._tell(sentence)

    def _watch_clock(self) -> None:
        offset_ns = self._clock.now_ns() - self._clock.monotonic_ns()
        step_ns = offset_ns - self._clock_offset_ns
        self._clock_offset_ns = offset_ns
        if abs(step_ns) < CLOCK_STEP_NS:
            return
        if step_ns > _LEAP_NS:
            self.distrust_clock()
        way = "forward" if step_ns > 0 else "back"
        sentence = f"The computer's clock was set {way} by {abs(step_ns) / NS_PER_S:.0f} s"
        log.info("history: %s", sentence)
        self._tell(sentence, "clock")

    def _tell(self, sentence: str, kind: str = "station") -> None:
        self.notices.put(sentence)
        now_ns = self._clock.now_ns()
        if self._entry is not None:
            self._entry(LogEntry(kind, now_ns, now_ns, "history", sentence))
