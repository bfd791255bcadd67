"""Store and forward: hand the local journal over to a server, in order, nothing lost and nothing twice."""

import logging
import queue
import threading
import uuid

import numpy as np
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from historian.blocks import pack_journal, unpack_journal
from historian.keeper import Committing
from historian.model import HistorianError
from historian.schema import journal_table, log_table, meta_table, tag_table, write_table
from historian.server import forwarded_table, prepare_server
from tags.model import Batch

log = logging.getLogger(__name__)

IDLE_S = 0.5
RETRY_S = 2.0
ROWS_PER_STEP = 50


class Forwarder:
    """Move journal rows, plant log and writes to the server (HIS-21). One thread.

    A local row goes only after the server has committed it. The server notes, in the same transaction, up to
    which row it has everything: after a crash between the two the row is not added again.
    """

    def __init__(self, local: Engine, server: Engine, writer: Committing, spool: str) -> None:
        self._local = local
        self._server = server
        self._writer = writer
        self._spool = spool
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
            return RETRY_S
        if not self._is_online:
            self._is_online = True
            log.info("the history's server is back; what was kept is handed over")
            self.notices.put("The history's server is back; what was kept is handed over")
        return 0.0 if moved else IDLE_S

    def _step(self) -> bool:
        with self._server.begin() as server:
            if not self._is_ready:
                prepare_server(server)
            done = self._done(server)
            with self._local.connect() as local:
                rows = _after(local, journal_table, done.journal_id)
                entries = _after(local, log_table, done.log_id)
                writes = _after(local, write_table, done.write_id)
                tags = local.execute(select(tag_table)).all()
            if rows or entries or writes:
                _add(server, rows, entries, writes, _tag_ids(server, tags))
                server.execute(
                    update(forwarded_table)
                    .where(forwarded_table.c.spool == self._spool)
                    .values(
                        journal_id=rows[-1].id if rows else done.journal_id,
                        log_id=entries[-1].id if entries else done.log_id,
                        write_id=writes[-1].id if writes else done.write_id,
                    )
                )
        self._is_ready = True
        last_id = rows[-1].id if rows else done.journal_id
        newest_ns = max((row.last_ns for row in rows), default=0)
        if last_id > self._forgotten_id and not self._is_detached:
            self._writer.maintain(lambda connection: _forget(connection, last_id, newest_ns)).result()
            self._forgotten_id = last_id
        return bool(rows or entries or writes)

    def _done(self, server: Connection) -> "Row[tuple[str, int, int, int]]":
        query = select(forwarded_table).where(forwarded_table.c.spool == self._spool).with_for_update()
        found = server.execute(query).one_or_none()
        if found is None:
            first = {"spool": self._spool, "journal_id": 0, "log_id": 0, "write_id": 0}
            server.execute(insert(forwarded_table), first)
            found = server.execute(query).one()
        return found


def spool_name(connection: Connection) -> str:
    """Return the name of this local file, made once: another file begins its row numbers anew."""
    key = meta_table.c.key
    found = connection.execute(select(meta_table.c.value).where(key == "spool")).scalar()
    if found is None:
        found = uuid.uuid4().hex
        connection.execute(insert(meta_table), {"key": "spool", "value": found})
    return str(found)


def _after(local: Connection, table, done_id: int):  # type: ignore[no-untyped-def]  # any of three tables in, their rows out
    return local.execute(
        select(table).where(table.c.id > done_id).order_by(table.c.id).limit(ROWS_PER_STEP)
    ).all()


def _tag_ids(server: Connection, tags) -> dict[int, int]:  # type: ignore[no-untyped-def]  # rows of the local tag table
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


def _add(server: Connection, rows, entries, writes, tag_ids: dict[int, int]) -> None:  # type: ignore[no-untyped-def]  # rows of three tables
    there = np.zeros(max(tag_ids, default=0) + 1, np.int32)
    there[list(tag_ids)] = list(tag_ids.values())
    added = []
    for row in rows:
        try:
            batch = unpack_journal(row.data)
        except HistorianError as error:
            # It would hold up everything behind it for ever.
            log.error("history: %s samples are lost, they cannot be handed over: %s", row.samples, error)
            continue
        moved = Batch(there[batch.tag_ids], batch.values, batch.statuses, batch.source_ns, 0, batch.extras)
        added.append(
            {
                "first_ns": row.first_ns,
                "last_ns": row.last_ns,
                "samples": row.samples,
                "data": pack_journal(moved),
            }
        )
    for table, found in ((journal_table, added), (log_table, _plain(entries)), (write_table, _plain(writes))):
        if found:
            server.execute(insert(table), found)


def _plain(rows) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]  # rows of any table
    return [{name: value for name, value in row._mapping.items() if name != "id"} for row in rows]  # noqa: SLF001  # SQLAlchemy's public name


def _forget(connection: Connection, last_id: int, newest_ns: int) -> None:
    """Delete local journal rows that the server has, and note how far the samples went."""
    connection.execute(delete(journal_table).where(journal_table.c.id <= last_id))
    if newest_ns:
        connection.execute(delete(meta_table).where(meta_table.c.key == "forwarded_ns"))
        connection.execute(insert(meta_table), {"key": "forwarded_ns", "value": str(newest_ns)})
