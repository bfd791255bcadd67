"""The one writer of a history: a thread that appends what the station hands over."""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from historian.beginning import entry_row, history_ids, journal_rows, mark_crash, set_open, set_pending
from historian.disk import DiskGuard, Room
from historian.model import GapReason, HistoryUnavailableError, LogEntry
from historian.policy import LogFilter
from historian.schema import journal_table, log_table, write_table
from tags.clock import Clock
from tags.model import Batch, TagTable, WriteResult
from tags.status import StatusCode

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMIT_INTERVAL_S = 0.5
UNDECIDED_S = 0.05
"""What swinging doors have not decided about is noted so often; a crash may cost this and a commit."""
RETRY_S = 1.0
CAPACITY_ROWS = 2_000_000
"""Samples that wait while the disk does not take them; about 50 MB, a minute at 30,000/s."""


@dataclass(frozen=True, slots=True)
class _Task:
    """Hold work for the writer thread and the future that reports it."""

    run: Callable[[Connection], Any]
    future: "Future[Any]"
    is_apart: bool = False
    """In a transaction of its own, and not tried again."""


@dataclass(frozen=True, slots=True)
class _Undecided:
    """Carry what swinging doors have not decided about, in its place among the samples that they kept."""

    batch: Batch


class HistoryWriter:
    """Append to history and never block the station's loop (see :class:`historian.model.Writer`).

    One thread commits at least every 0.5 s, at once when a task waits; many tasks share one commit. While the
    disk refuses, everything waits and is tried again; samples beyond the capacity are counted, and the gap is
    recorded with its reason when there is room again (HIS-22).
    """

    def __init__(
        self,
        engine: Engine,
        tags: TagTable,
        clock: Clock,
        capacity_rows: int = CAPACITY_ROWS,
        guard: DiskGuard | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._capacity_rows = capacity_rows
        self._guard = guard
        self._filter = LogFilter(tags)
        self._queue: queue.SimpleQueue[Batch | _Task | _Undecided | None] = queue.SimpleQueue()
        self._waiting_rows = 0
        self._lock = threading.Lock()
        self._dropped = 0
        self._dropped_ids: set[int] = set()
        self._first_dropped_ns = 0
        self._undecided: Batch | None = None
        self._undecided_s = 0.0
        self._closed = False
        with engine.begin() as connection:
            self._ids = history_ids(connection, tags, self._filter.logged)
            mark_crash(connection, clock)
        self._thread = threading.Thread(target=self._run, name="vigie-historian", daemon=True)
        self._thread.start()

    # Called on the station's loop

    def samples(self, batch: Batch) -> None:
        """Take engineering values of logged tags; a row of a tag that is not logged is ignored."""
        self._append(self._filter.keep(batch))
        if self._filter.has_doors:
            self._note_undecided()

    def _append(self, kept: Batch) -> None:
        """Queue samples to be stored, if there is room."""
        if not len(kept):
            return
        with self._lock:
            if self._waiting_rows + len(kept) > self._capacity_rows:
                if not self._dropped:
                    self._first_dropped_ns = int(kept.source_ns.min())
                self._dropped += len(kept)
                self._dropped_ids.update(kept.tag_ids.tolist())
                return
            self._waiting_rows += len(kept)
            if self._dropped:
                self._queue.put(self._loss_marker())
        self._queue.put(kept)

    def due(self, now_ns: int) -> NDArray[np.int32]:
        """Return the ids of tags of which a sample is due although nothing changed."""
        self._append(self._filter.held(now_ns))
        return self._filter.due(now_ns)

    def _note_undecided(self) -> None:
        """Let the next commit know what swinging doors have not decided about."""
        now_s = time.monotonic()
        if now_s - self._undecided_s >= UNDECIDED_S:
            self._undecided_s = now_s
            self._queue.put(_Undecided(self._filter.snapshots(self._clock.now_ns())))

    def entry(self, entry: LogEntry) -> "Future[None]":
        """Append to the plant log; the future ends when it is on disk."""

        def run(connection: Connection) -> None:
            connection.execute(insert(log_table), entry_row(entry))

        return self.submit(run)

    def write_result(self, result: WriteResult) -> "Future[None]":
        """Append an operator write with its outcome; the future ends when it is on disk."""

        def run(connection: Connection) -> None:
            requested_ns = result.steps[0][1] if result.steps else self._clock.now_ns()
            connection.execute(
                insert(write_table),
                {
                    "requested_ns": requested_ns,
                    "path": result.request.path,
                    "user": result.request.user,
                    "outcome": result.outcome.value,
                    "result": msgspec.json.encode(result),
                },
            )

        return self.submit(run)

    def submit(self, task: Callable[[Connection], T]) -> "Future[T]":
        """Run ``task`` in the writer thread inside a committed transaction, in order."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(HistoryUnavailableError("the history is closed"))
        else:
            self._queue.put(_Task(task, future))
        return future

    def maintain(self, task: Callable[[Connection], T]) -> "Future[T]":
        """Run ``task`` in a transaction of its own, after what waits; any error comes by the future."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(HistoryUnavailableError("the history is closed"))
        else:
            self._queue.put(_Task(task, future, is_apart=True))
        return future

    def flush(self) -> "Future[None]":
        """End when everything appended before is on disk."""
        return self.submit(lambda _connection: None)

    def close(self) -> None:
        """Commit what is queued, mark the end of every series (HIS-23) and stop the thread; blocks."""
        if self._closed:
            return
        pending = self._filter.pending(self._clock.now_ns())
        if len(pending):
            self._queue.put(pending)
        ids, times = self._filter.ends(self._clock.now_ns())
        marker = Batch.marking(ids, int(StatusCode.BadDataUnavailable), self._clock.now_ns())
        self._queue.put(replace(marker, source_ns=times))
        self._queue.put(_Undecided(Batch.empty(self._clock.now_ns())))

        self.submit(lambda connection: set_open(connection, is_open=False))
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _loss_marker(self) -> Batch:
        """Return what marks the begin of a gap of dropped samples, and log it. Needs the lock held."""
        at_ns = self._first_dropped_ns
        ids = np.array(sorted(self._dropped_ids), dtype=np.int32)
        detail = json.dumps({"reason": GapReason.DROPPED.value, "samples": self._dropped, "tags": len(ids)})
        text = f"{self._dropped} samples were dropped because the disk did not take them"
        self._dropped = 0
        self._dropped_ids.clear()
        self._waiting_rows += len(ids)
        entry = LogEntry("gap", at_ns, self._clock.now_ns(), "history", text, detail)
        log.warning("history: %s", text)
        self.entry(entry)
        return Batch.marking(ids, int(StatusCode.BadDataLost), at_ns)

    # In the writer thread

    def _run(self) -> None:
        batches: list[Batch] = []
        tasks: list[_Task] = []
        is_failing = False
        is_open = True
        while is_open or batches or tasks:
            if is_open:
                is_open = self._collect(batches, tasks, RETRY_S if is_failing else COMMIT_INTERVAL_S)
            chores = [task for task in tasks if task.is_apart]
            tasks[:] = [task for task in tasks if not task.is_apart]
            try:
                if self._is_starved() and is_open:
                    self._commit([], tasks)
                else:
                    self._commit(batches, tasks)
                    batches.clear()
                tasks.clear()
            except SQLAlchemyError as error:
                is_starved = self._give_up_reserve(error)
                if not is_failing and not is_starved:
                    log.warning("the history cannot be written, everything waits: %s", _reason(error))
                    is_failing = True
                self._fail(chores, error)
                if not is_open and not self._last_words(tasks, error):
                    return
                time.sleep(RETRY_S / 10 if is_starved else RETRY_S)
                continue
            if is_failing:
                log.info("the history can be written again")
                is_failing = False
            for chore in chores:
                self._run_chore(chore)

    def _is_starved(self) -> bool:
        """Tell whether samples must wait, so that what room is left goes to events, alarms and writes."""
        return self._guard is not None and self._guard.room is Room.NONE

    def _give_up_reserve(self, error: SQLAlchemyError) -> bool:
        """Free the reserve when the disk is full; return whether it was. The keeper tells the operators."""
        if self._guard is None or not _is_full(error):
            return False
        self._guard.give_up()
        return True

    def _last_words(self, tasks: list[_Task], error: SQLAlchemyError) -> bool:
        """Commit at the end without samples what must not be lost; return whether that can be tried."""
        with self._lock:
            lost = self._waiting_rows
        try:
            self._commit([], tasks)
        except SQLAlchemyError:
            self._fail(tasks, error)
        if lost:
            log.warning("history: %s samples are lost, the disk did not take them", lost)
        return False

    @staticmethod
    def _fail(tasks: list[_Task], error: SQLAlchemyError) -> None:
        for task in tasks:
            task.future.set_exception(HistoryUnavailableError(_reason(error)))

    def _run_chore(self, chore: _Task) -> None:
        try:
            with self._engine.begin() as connection:
                result = chore.run(connection)
        except SQLAlchemyError as error:
            self._give_up_reserve(error)
            chore.future.set_exception(error)
        except Exception as error:  # noqa: BLE001  # reported by the chore's own future
            chore.future.set_exception(error)
        else:
            chore.future.set_result(result)

    def _collect(self, batches: list[Batch], tasks: list[_Task], wait_s: float) -> bool:
        """Gather what comes within the commit interval, or up to a task; return False at the end."""
        deadline_s = time.monotonic() + wait_s
        while True:
            # Once a task is there, only what already waits joins its commit.
            left_s = 0.0 if tasks else max(0.0, deadline_s - time.monotonic())
            try:
                item = self._queue.get(timeout=left_s) if left_s else self._queue.get_nowait()
            except queue.Empty:
                return True
            if item is None:
                return False
            if isinstance(item, Batch):
                batches.append(item)
            elif isinstance(item, _Undecided):
                self._undecided = item.batch
            else:
                tasks.append(item)

    def _commit(self, batches: list[Batch], tasks: list[_Task]) -> None:
        if not batches and not tasks and self._undecided is None:
            return
        joined = _joined(batches)
        # What room is left on a full disk goes to events, alarms and writes.
        undecided = None if self._is_starved() else self._undecided
        with self._engine.begin() as connection:
            if joined is not None:
                connection.execute(insert(journal_table), journal_rows(self._stored(joined)))
            if undecided is not None:
                set_pending(connection, self._stored(undecided))
            results = [_run_apart(connection, task) for task in tasks]
        if joined is not None:
            with self._lock:
                self._waiting_rows = max(0, self._waiting_rows - len(joined))
        self._undecided = None
        for task, value, error in results:
            if error is not None:
                task.future.set_exception(error)
            else:
                task.future.set_result(value)

    def _stored(self, batch: Batch) -> Batch:
        """Return samples under the history's own tag ids."""
        return Batch(
            self._ids[batch.tag_ids],
            batch.values,
            batch.statuses,
            batch.source_ns,
            batch.receive_ns,
            batch.extras,
        )


def _joined(batches: list[Batch]) -> Batch | None:
    joined = Batch.concatenate(batches) if batches else None
    return joined if joined is not None and len(joined) else None


def _run_apart(connection: Connection, task: _Task) -> tuple[_Task, Any, BaseException | None]:
    """Run a task in a savepoint of its own, so that its failure spoils nothing but itself."""
    try:
        with connection.begin_nested():
            return task, task.run(connection), None
    except OperationalError:
        raise  # the disk or the server: everything is tried again
    except Exception as error:  # noqa: BLE001  # reported by the task's own future
        return task, None, error


def _is_full(error: SQLAlchemyError) -> bool:
    """Tell whether the disk has no room left; SQLite says the same of a log that it cannot lengthen."""
    text = _reason(error)
    return "full" in text or "disk I/O error" in text


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error)
