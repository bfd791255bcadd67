"""A history on a PostgreSQL server: its address, its tables, and how its keeper works on them."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    select,
    update,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from historian.model import HistoryUnavailableError
from historian.partitions import create_block_table
from historian.schema import SCHEMA_VERSION, block_table, meta_table, metadata

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

forwarded_more_table = Table(
    "forwarded_more",
    _server_metadata,
    Column("spool", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("last_key", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
)
"""The same of the tables that other packages own. ``offset`` is added to the local key, because another local
file begins to count anew."""


@dataclass(frozen=True, slots=True)
class ForwardedTable:
    """Name an append-only table of another package that the server gets as well.

    ``key`` is its whole-number primary key, which grows; ``prepare`` makes it where it is not there yet.
    """

    table: Table
    key: str
    prepare: Callable[[Connection], None]


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


def prepare_server(connection: Connection, more: Sequence[ForwardedTable] = ()) -> None:
    """Make the tables where they are not there yet, those of other packages too.

    Raises:
        HistoryUnavailableError: a newer version made them.
    """
    create_block_table(connection)
    tables = [table for table in metadata.sorted_tables if table is not block_table]
    metadata.create_all(connection, tables=tables)
    _server_metadata.create_all(connection)
    for one in more:
        one.prepare(connection)
    key = meta_table.c.key
    found = connection.execute(select(meta_table.c.value).where(key == "format")).scalar()
    if found is None:
        connection.execute(insert(meta_table), {"key": "format", "value": str(SCHEMA_VERSION)})
    elif int(found) < SCHEMA_VERSION:
        connection.execute(update(meta_table).where(key == "format").values(value=str(SCHEMA_VERSION)))
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
