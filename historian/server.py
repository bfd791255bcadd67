"""A history on a PostgreSQL server: its tables, and a reader that also knows what is still on its way."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from historian.model import HistoryUnavailableError, LogEntry
from historian.partitions import create_block_table
from historian.reader import HistoryReader
from historian.reading import Reading
from historian.samples import Journal
from historian.schema import SCHEMA_VERSION, block_table, journal_table, meta_table, metadata, tag_table
from tags.model import Batch, TagTable

T = TypeVar("T")

CONNECT_TIMEOUT_S = 5

_server_metadata = MetaData()
forwarded_table = Table(
    "forwarded",
    _server_metadata,
    Column("spool", String, primary_key=True),
    Column("journal_id", BigInteger, nullable=False),
    Column("log_id", BigInteger, nullable=False),
    Column("write_id", BigInteger, nullable=False),
)
"""Up to which local row each station's data is in this database; changed in the transaction that adds it."""


def server_engine(url: URL, *, read_only: bool = False) -> Engine:
    """Return an engine for a server, which need not be reachable now.

    Raises:
        HistoryUnavailableError: the address is no PostgreSQL, or its library is not installed.
    """
    if url.get_backend_name() != "postgresql":
        raise HistoryUnavailableError(
            f"{url.render_as_string()}: expected sqlite or postgresql as the history's database"
        )
    try:
        options: dict[str, Any] = {
            "connect_args": {"connect_timeout": CONNECT_TIMEOUT_S},
            "pool_pre_ping": True,
        }
        if read_only:
            options["isolation_level"] = "REPEATABLE READ"
        return create_engine(url.set(drivername="postgresql+psycopg"), **options)
    except (ImportError, NoSuchModuleError) as error:
        raise HistoryUnavailableError(
            "a history on PostgreSQL needs the library psycopg: pip install 'vigie[postgresql]'"
        ) from error


def prepare_server(connection: Connection) -> None:
    """Make the tables where they are not there yet.

    Raises:
        HistoryUnavailableError: a newer version made them.
    """
    create_block_table(connection)
    tables = [table for table in metadata.sorted_tables if table is not block_table]
    metadata.create_all(connection, tables=tables)
    _server_metadata.create_all(connection)
    key = meta_table.c.key
    found = connection.execute(select(meta_table.c.value).where(key == "format")).scalar()
    if found is None:
        connection.execute(insert(meta_table), {"key": "format", "value": str(SCHEMA_VERSION)})
    elif int(found) > SCHEMA_VERSION:
        raise HistoryUnavailableError(
            f"the history on the server was made by a newer version of Vigie (format {found}, this one knows "
            f"{SCHEMA_VERSION})"
        )


class ServerTransactions:
    """Apply the keeper's work on the server, each task in a transaction in the caller's thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def maintain(self, task: Callable[[Connection], T]) -> "Future[T]":
        """Run a task now; its error is raised when the result is asked for."""
        future: Future[T] = Future()
        try:
            with self._engine.begin() as connection:
                result = task(connection)
        except SQLAlchemyError as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        return future

    def entry(self, entry: LogEntry) -> "Future[None]":
        """Refuse: the plant log is written by the local writer."""
        raise NotImplementedError(entry.text)


class ServerReader(HistoryReader):
    """Query a server's history together with what the local journal has not handed over yet.

    Events come from the local file, which keeps them as well.
    """

    def __init__(self, engine: Engine, local: Engine, tags: TagTable) -> None:
        super().__init__(engine, tags)
        self._local = local
        self._local_journal = Journal()

    def span_ns(self) -> tuple[int, int] | None:
        """Return the first and last source time stored, or None when history is empty."""
        found = [super().span_ns()]
        journal = journal_table.c
        with Reading(self._local) as local:
            row = local.execute(select(func.min(journal.first_ns), func.max(journal.last_ns))).one()
        if row[0] is not None:
            found.append((int(row[0]), int(row[1])))
        spans = [span for span in found if span is not None]
        return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None

    def _segments(self, connection: Connection) -> Sequence[Batch]:
        # The local part first: what is handed over in between is seen twice, which reads as once.
        with Reading(self._local) as local:
            waiting = self._local_journal.segments(local)
            paths = {row.id: row.path for row in local.execute(select(tag_table.c.id, tag_table.c.path))}
        known = self._known(connection)
        here = np.array([known.get(paths.get(tag_id, ""), 0) for tag_id in range(max(paths, default=0) + 1)])
        moved = [
            Batch(
                here[batch.tag_ids].astype(np.int32),
                batch.values,
                batch.statuses,
                batch.source_ns,
                batch.receive_ns,
                batch.extras,
            )
            for batch in waiting
        ]
        return [*self._journal.segments(connection), *moved]

    def _known(self, connection: Connection) -> dict[str, int]:
        known = dict(super()._known(connection))
        free = max(known.values(), default=0) + 1
        with Reading(self._local) as local:
            for row in local.execute(select(tag_table.c.path)):
                if row.path not in known:
                    # Not handed over yet: a number that the server does not know.
                    known[row.path] = free
                    free += 1
        return known

    def _connect_events(self) -> Reading:
        return Reading(self._local)

    def close(self) -> None:
        """Release the connections."""
        super().close()
        self._local.dispose()
