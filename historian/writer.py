"""The one writer of a history: a thread that appends what the station hands over and seals it into blocks."""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from historian.blocks import pack_journal
from historian.model import GapReason, HistoryUnavailableError, LogEntry
from historian.policy import LogFilter
from historian.schema import block_table, journal_table, log_table, meta_table, tag_table, write_table
from historian.sealing import seal
from tags.clock import Clock
from tags.model import Batch, TagTable, WriteResult
from tags.status import StatusCode

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMIT_INTERVAL_S = 0.5
RETRY_S = 1.0
CAPACITY_ROWS = 2_000_000
"""Samples that wait while the disk does not take them; about 50 MB, a minute at 30,000/s."""
SEAL_ROWS = 40_000
"""Samples of one sealing pass: long enough for good blocks, short enough not to hold up a commit."""
SEAL_AGE_S = 600.0


@dataclass(frozen=True, slots=True)
class _Task:
    """Hold work for the writer thread and the future that reports it."""

    run: Callable[[Connection], Any]
    future: "Future[Any]"


class HistoryWriter:
    """Append to history and never block the station's loop (see :class:`historian.model.Writer`).

    One thread commits at least every 0.5 s, at once when a task waits; many tasks share one commit. While the
    disk refuses, everything waits and is tried again; samples beyond the capacity are counted, and the gap is
    recorded with its reason when there is room again (HIS-22).
    """

    def __init__(
        self, engine: Engine, tags: TagTable, clock: Clock, capacity_rows: int = CAPACITY_ROWS
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._capacity_rows = capacity_rows
        self._filter = LogFilter(tags)
        self._queue: queue.SimpleQueue[Batch | _Task | None] = queue.SimpleQueue()
        self._waiting_rows = 0
        self._lock = threading.Lock()
        self._dropped = 0
        self._dropped_ids: set[int] = set()
        self._first_dropped_ns = 0
        self._closed = False
        self._oldest_journal_s = time.monotonic()
        with engine.begin() as connection:
            self._ids = _history_ids(connection, tags, self._filter.logged)
            self._mark_crash(connection)
            self._journal_rows = int(
                connection.execute(select(func.coalesce(func.sum(journal_table.c.samples), 0))).scalar_one()
            )
        self._thread = threading.Thread(target=self._run, name="vigie-historian", daemon=True)
        self._thread.start()

    # Called on the station's loop

    def samples(self, batch: Batch) -> None:
        """Take engineering values of logged tags; a row of a tag that is not logged is ignored."""
        kept = self._filter.keep(batch)
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
        return self._filter.due(now_ns)

    def entry(self, entry: LogEntry) -> "Future[None]":
        """Append to the plant log; the future ends when it is on disk."""

        def run(connection: Connection) -> None:
            connection.execute(insert(log_table), _entry_row(entry))

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

    def flush(self) -> "Future[None]":
        """End when everything appended before is on disk."""
        return self.submit(lambda _connection: None)

    def close(self) -> None:
        """Commit what is queued, mark the end of every series (HIS-23) and stop the thread; blocks."""
        if self._closed:
            return
        now_ns = self._clock.now_ns()
        self._queue.put(
            Batch.marking(
                np.flatnonzero(self._filter.logged).astype(np.int32),
                int(StatusCode.BadDataUnavailable),
                now_ns,
            )
        )
        self.submit(lambda connection: _set_open(connection, is_open=False))
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
            try:
                self._commit(batches, tasks)
            except SQLAlchemyError as error:
                if not is_failing:
                    log.warning("the history cannot be written, everything waits: %s", _reason(error))
                is_failing = True
                if not is_open:
                    for task in tasks:
                        task.future.set_exception(HistoryUnavailableError(_reason(error)))
                    return
                time.sleep(RETRY_S)
                continue
            if is_failing:
                log.info("the history can be written again")
                is_failing = False
            batches.clear()
            tasks.clear()
            self._seal_when_due(is_open=is_open)

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
            else:
                tasks.append(item)

    def _commit(self, batches: list[Batch], tasks: list[_Task]) -> None:
        if not batches and not tasks:
            return
        joined = _joined(batches)
        with self._engine.begin() as connection:
            if joined is not None:
                self._append(connection, joined)
            results = [_run_apart(connection, task) for task in tasks]
        if joined is not None:
            self._journal_rows += len(joined)
            with self._lock:
                self._waiting_rows = max(0, self._waiting_rows - len(joined))
        for task, value, error in results:
            if error is not None:
                task.future.set_exception(error)
            else:
                task.future.set_result(value)

    def _append(self, connection: Connection, batch: Batch) -> None:
        stored = Batch(
            self._ids[batch.tag_ids],
            batch.values,
            batch.statuses,
            batch.source_ns,
            batch.receive_ns,
            batch.extras,
        )
        connection.execute(
            insert(journal_table),
            {
                "first_ns": int(batch.source_ns.min()),
                "last_ns": int(batch.source_ns.max()),
                "samples": len(batch),
                "data": pack_journal(stored),
            },
        )

    def _seal_when_due(self, *, is_open: bool) -> None:
        age_s = time.monotonic() - self._oldest_journal_s
        if self._journal_rows >= SEAL_ROWS or (is_open and self._journal_rows and age_s >= SEAL_AGE_S):
            try:
                with self._engine.begin() as connection:
                    self._journal_rows -= seal(connection, SEAL_ROWS)
            except SQLAlchemyError as error:
                log.warning("samples stay in the journal, sealing is tried again later: %s", _reason(error))
            self._oldest_journal_s = time.monotonic()

    def _mark_crash(self, connection: Connection) -> None:
        """Mark the end of every series that the last run could not mark itself (HIS-23)."""
        last_ns = connection.execute(select(func.max(journal_table.c.last_ns))).scalar_one_or_none()
        sealed_ns = connection.execute(select(func.max(block_table.c.last_ns))).scalar_one_or_none()
        newest_ns = max(last_ns or 0, sealed_ns or 0)
        was_open = connection.execute(
            select(meta_table.c.value).where(meta_table.c.key == "is_open")
        ).scalar_one_or_none()
        _set_open(connection, is_open=True)
        if was_open != "1" or not newest_ns:
            return
        at_ns = newest_ns + 1
        ids = connection.execute(select(tag_table.c.id)).scalars().all()
        marker = Batch.marking(np.array(ids, dtype=np.int32), int(StatusCode.BadDataUnavailable), at_ns)
        connection.execute(
            insert(journal_table),
            {"first_ns": at_ns, "last_ns": at_ns, "samples": len(marker), "data": pack_journal(marker)},
        )
        detail = json.dumps({"reason": GapReason.STATION_STOPPED.value})
        text = "The station ended without stopping; samples are missing from here on"
        now_ns = self._clock.now_ns()
        connection.execute(
            insert(log_table), _entry_row(LogEntry("gap", at_ns, now_ns, "station", text, detail))
        )


def _set_open(connection: Connection, *, is_open: bool) -> None:
    connection.execute(delete(meta_table).where(meta_table.c.key == "is_open"))
    connection.execute(insert(meta_table), {"key": "is_open", "value": str(int(is_open))})


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


def _is_environment(error: SQLAlchemyError) -> bool:

    return isinstance(error, OperationalError)


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error)


def _entry_row(entry: LogEntry) -> dict[str, object]:
    return {
        "kind": entry.kind,
        "source_ns": entry.source_ns,
        "receive_ns": entry.receive_ns,
        "subject": entry.subject,
        "text": entry.text,
        "detail": entry.detail,
    }


def _history_ids(connection: Connection, tags: TagTable, logged: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the history's id of each project tag (-1 when it is not logged), adding new tags."""
    known = {row.path: row.id for row in connection.execute(select(tag_table.c.path, tag_table.c.id))}
    fresh = [
        {"path": tag.path, "data_type": tag.data_type.value, "unit": tag.unit}
        for tag in tags
        if logged[tag.id] and tag.path not in known
    ]
    if fresh:
        connection.execute(insert(tag_table), fresh)
        known = {row.path: row.id for row in connection.execute(select(tag_table.c.path, tag_table.c.id))}
    return np.array([known.get(tag.path, -1) if logged[tag.id] else -1 for tag in tags], dtype=np.int32)
