"""Store and forward: hand the local file over to a server, in order, nothing lost and nothing twice."""

import json
import logging
import queue
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, Table, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from historian.blocks import pack_journal, unpack_journal
from historian.keeper import Committing
from historian.model import HistorianError
from historian.schema import journal_table, log_table, meta_table, tag_table, write_table
from historian.server import ForwardedTable, forwarded_more_table, forwarded_table, prepare_server
from historian.spool import Refused, SpoolLimits, forget, quarantine, shorten
from tags.clock import Clock
from tags.model import Batch

log = logging.getLogger(__name__)

IDLE_S = 0.5
RETRY_S = 2.0
ROWS_PER_STEP = 50
MORE_ROWS_PER_STEP = 2_000
"""Of tables with small rows."""


@dataclass(slots=True)
class _Step:
    """Gather what one transaction hands over."""

    journal_id: int
    log_id: int
    write_id: int
    rows: int = 0
    newest_ns: int = 0
    refused: list[Refused] = field(default_factory=list)


class Forwarder:
    """Move samples, plant log, writes and what ``more`` names to the server (HIS-21). One thread.

    A local journal row goes only after the server has committed it. The server notes, in the same
    transaction, up to which row it has everything: after a crash between the two the row is not added again.
    A row that the server refuses for what it holds is put into quarantine, so that it holds up no other.
    While the server is away the local journal is kept within ``limits``.
    """

    def __init__(
        self,
        local: Engine,
        server: Engine,
        writer: Committing,
        spool: str,
        clock: Clock,
        limits: SpoolLimits,
        more: Sequence[ForwardedTable] = (),
    ) -> None:
        self._local = local
        self._server = server
        self._writer = writer
        self._spool = spool
        self._clock = clock
        self._limits = limits
        self._more = more
        self._stop = threading.Event()
        self._is_detached = False
        self._forgotten_id = 0
        self._is_ready = False
        self._is_online = True
        self.notices: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="vigie-history-forwarder", daemon=True)
        self._thread.start()

    def detach(self) -> None:
        """Leave the local journal alone from now on, because its writer closes; the next start clears it."""
        self._is_detached = True

    def close(self) -> None:
        """End the thread, after handing over what is there when the server can be reached; blocks."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        wait_s = 0.0
        while not self._stop.wait(wait_s):
            wait_s = self._step_safely()
        # What was committed while the station stopped.
        while self._is_online and self._step_safely() == 0.0:
            continue

    def _step_safely(self) -> float:
        """Hand a part over; return how long to wait before the next."""
        try:
            moved = self._step()
        except (SQLAlchemyError, HistorianError) as error:
            if self._is_online:
                text = "the history's server cannot be reached; everything is kept here until it can"
                log.warning("history: %s: %s", text, getattr(error, "orig", None) or error)
                self.notices.put(text[0].upper() + text[1:])
            self._is_online = False
            self._shorten()
            return RETRY_S
        if not self._is_online:
            self._is_online = True
            log.info("the history's server is back; what was kept is handed over")
            self.notices.put("The history's server is back; what was kept is handed over")
        return 0.0 if moved else IDLE_S

    def _shorten(self) -> None:
        """Keep the local journal within its limits while nothing can be handed over (HIS-22)."""
        if self._is_detached:
            return
        now_ns = self._clock.now_ns()
        try:
            text = self._writer.maintain(partial(shorten, limits=self._limits, now_ns=now_ns)).result()
        except (SQLAlchemyError, HistorianError) as error:
            log.info("history: the local journal cannot be shortened now: %s", error)
            return
        if text:
            log.warning("history: %s", text)
            self.notices.put(text)

    def _step(self) -> bool:
        with self._server.begin() as server:
            if not self._is_ready:
                prepare_server(server, self._more)
            done = self._done(server)
            step = _Step(done.journal_id, done.log_id, done.write_id)
            with self._local.connect() as local:
                rows = _after(local, journal_table, "id", done.journal_id, ROWS_PER_STEP)
                entries = _after(local, log_table, "id", done.log_id, MORE_ROWS_PER_STEP)
                writes = _after(local, write_table, "id", done.write_id, MORE_ROWS_PER_STEP)
                tags = local.execute(select(tag_table)).all()
                more = [(one, *self._more_rows(server, local, one)) for one in self._more]
            if rows or entries or writes:
                self._add_samples(server, rows, _tag_ids(server, tags), step)
                self._add(server, log_table, entries, step)
                self._add(server, write_table, writes, step)
                server.execute(
                    update(forwarded_table)
                    .where(forwarded_table.c.spool == self._spool)
                    .values(
                        journal_id=rows[-1].id if rows else done.journal_id,
                        log_id=entries[-1].id if entries else done.log_id,
                        write_id=writes[-1].id if writes else done.write_id,
                    )
                )
            for one, found, offset in more:
                if found:
                    self._add_more(server, one, found, offset, step)
            if step.refused:
                # Before the server commits that it is past them: a crash must not lose them.
                now_ns = self._clock.now_ns()
                self._writer.maintain(partial(quarantine, refused=step.refused, now_ns=now_ns)).result()
                self.notices.put(
                    f"The history's server refused {len(step.refused)} rows; they are kept in quarantine here"
                )
        self._is_ready = True
        last_id = rows[-1].id if rows else done.journal_id
        newest_ns = max((row.last_ns for row in rows), default=0)
        if last_id > self._forgotten_id and not self._is_detached:
            self._writer.maintain(lambda connection: forget(connection, last_id, newest_ns)).result()
            self._forgotten_id = last_id
        return bool(rows or entries or writes or any(found for _, found, _ in more))

    def _done(self, server: Connection) -> "Row[Any]":
        query = select(forwarded_table).where(forwarded_table.c.spool == self._spool).with_for_update()
        found = server.execute(query).one_or_none()
        if found is None:
            first = {"spool": self._spool, "journal_id": 0, "log_id": 0, "write_id": 0}
            server.execute(insert(forwarded_table), first)
            found = server.execute(query).one()
        return found

    def _more_rows(
        self, server: Connection, local: Connection, one: ForwardedTable
    ) -> "tuple[Sequence[Row[Any]], int]":
        """Return what the server lacks of another package's table, and what is added to its keys there."""
        more = forwarded_more_table.c
        query = select(more.last_key, more.offset).where(
            more.spool == self._spool, more.source == one.table.name
        )
        found = server.execute(query).one_or_none()
        if found is None:
            highest = server.execute(select(func.max(one.table.c[one.key]))).scalar() or 0
            first = {"spool": self._spool, "source": one.table.name, "last_key": 0, "offset": highest}
            server.execute(insert(forwarded_more_table), first)
            found = server.execute(query).one()
        return _after(local, one.table, one.key, found.last_key, MORE_ROWS_PER_STEP), int(found.offset)

    def _add_more(
        self,
        server: Connection,
        one: ForwardedTable,
        rows: "Sequence[Row[Any]]",
        offset: int,
        step: _Step,
    ) -> None:
        last_key = int(rows[-1]._mapping[one.key])  # noqa: SLF001  # SQLAlchemy's public name
        self._add(server, one.table, rows, step, one.key, offset)
        more = forwarded_more_table.c
        server.execute(
            update(forwarded_more_table)
            .where(more.spool == self._spool, more.source == one.table.name)
            .values(last_key=last_key)
        )

    def _add_samples(
        self, server: Connection, rows: "Sequence[Row[Any]]", tag_ids: dict[int, int], step: _Step
    ) -> None:
        there = np.zeros(max(tag_ids, default=0) + 1, np.int32)
        there[list(tag_ids)] = list(tag_ids.values())
        added = []
        for row in rows:
            try:
                batch = unpack_journal(row.data)
                moved = Batch(
                    there[batch.tag_ids], batch.values, batch.statuses, batch.source_ns, 0, batch.extras
                )
            except (HistorianError, IndexError) as error:
                # It would hold up everything behind it for ever.
                log.error("history: %s samples cannot be handed over: %s", row.samples, error)
                step.refused.append(Refused(journal_table.name, row.id, str(error), row.data))
                continue
            added.append(
                {
                    "first_ns": row.first_ns,
                    "last_ns": row.last_ns,
                    "samples": row.samples,
                    "data": pack_journal(moved),
                }
            )
        if added:
            server.execute(insert(journal_table), added)

    def _add(
        self,
        server: Connection,
        table: Table,
        rows: "Sequence[Row[Any]]",
        step: _Step,
        key: str = "id",
        offset: int | None = None,
    ) -> None:
        """Add rows as one; when the server refuses what one of them holds, one by one.

        Without ``offset`` the server gives them keys of its own.
        """
        if not rows:
            return
        found = [_values(row, key, offset) for row in rows]
        statement = insert_or_ignore(table).on_conflict_do_nothing() if offset is not None else insert(table)
        try:
            with server.begin_nested():
                server.execute(statement, found)
        except (OperationalError, InterfaceError):
            raise  # the server is away
        except SQLAlchemyError:
            for row, values in zip(rows, found, strict=True):
                self._add_one(server, partial(server.execute, statement, values), table, row, key, step)

    def _add_one(
        self,
        server: Connection,
        add: Callable[[], object],
        table: Table,
        row: "Row[Any]",
        key: str,
        step: _Step,
    ) -> None:
        try:
            with server.begin_nested():
                add()
        except (OperationalError, InterfaceError):
            raise
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error)
            number = int(row._mapping[key])  # noqa: SLF001  # SQLAlchemy's public name
            log.error("history: the server refused row %s of %s: %s", number, table.name, reason)
            data = json.dumps(dict(row._mapping), default=_as_text).encode()  # noqa: SLF001
            step.refused.append(Refused(table.name, number, reason, data))


def spool_name(connection: Connection) -> str:
    """Return the name of this local file, made once: another file begins its row numbers anew."""
    key = meta_table.c.key
    found = connection.execute(select(meta_table.c.value).where(key == "spool")).scalar()
    if found is None:
        found = uuid.uuid4().hex
        connection.execute(insert(meta_table), {"key": "spool", "value": found})
    return str(found)


def _after(local: Connection, table: Table, key: str, done: int, most: int) -> "Sequence[Row[Any]]":
    return local.execute(select(table).where(table.c[key] > done).order_by(table.c[key]).limit(most)).all()


def _tag_ids(server: Connection, tags: "Sequence[Row[Any]]") -> dict[int, int]:
    """Return the server's tag ids by the local ones, adding new tags."""
    known = {row.path: row.id for row in server.execute(select(tag_table.c.path, tag_table.c.id))}
    fresh = [
        {"path": tag.path, "data_type": tag.data_type, "unit": tag.unit}
        for tag in tags
        if tag.path not in known
    ]
    if fresh:
        server.execute(insert(tag_table), fresh)
        known = {row.path: row.id for row in server.execute(select(tag_table.c.path, tag_table.c.id))}
    return {tag.id: known[tag.path] for tag in tags}


def _values(row: "Row[Any]", key: str, offset: int | None) -> dict[str, object]:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name
    number = values.pop(key)
    return values if offset is None else {**values, key: number + offset}


def _as_text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
