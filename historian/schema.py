"""The history's tables and how a database is opened, checked and upgraded.

Sample columns are stored twice in a sample's life: first appended to ``journal``, one row per commit, then
moved into ``block``, one compressed row per tag (measured: 5.7 bytes a sample and 4 times the ingest of plain
rows). Everything else is one plain row per event.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError

from historian.model import HistoryUnavailableError

SCHEMA_VERSION = 1
_BIG_KEY = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

tag_table = Table(
    "tag",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", String, nullable=False, unique=True),
    Column("data_type", String, nullable=False),
    Column("unit", String, nullable=False),
)
"""The history's own tag ids: they outlive any change of the project's numbering."""

journal_table = Table(
    "journal",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("first_ns", BigInteger, nullable=False),
    Column("last_ns", BigInteger, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

block_table = Table(
    "block",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("tag_id", Integer, nullable=False),
    Column("first_ns", BigInteger, nullable=False),
    Column("last_ns", BigInteger, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("data", LargeBinary, nullable=False),
    Index("block_by_tag", "tag_id", "last_ns", "first_ns"),
)

meta_table = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""``is_open`` is 1 while a writer has the history: still 1 at the next start means that the last one died."""

log_table = Table(
    "plant_log",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("kind", String, nullable=False),
    Column("source_ns", BigInteger, nullable=False),
    Column("receive_ns", BigInteger, nullable=False),
    Column("subject", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("plant_log_by_time", "source_ns"),
)

write_table = Table(
    "write_log",
    metadata,
    Column("id", _BIG_KEY, primary_key=True),
    Column("requested_ns", BigInteger, nullable=False),
    Column("path", String, nullable=False),
    Column("user", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Index("write_log_by_time", "requested_ns"),
)
"""``result`` is a whole :class:`tags.model.WriteResult` as JSON."""


def history_url(directory: Path, url: str) -> URL:
    """Return the database's URL: the project's own, or an SQLite file in the station's folder."""
    if url:
        return make_url(url)
    return URL.create("sqlite", database=str(directory / "history.db"))


def open_writable(url: URL) -> Engine:
    """Open the database for the one writer, and make or upgrade its tables.

    Raises:
        HistoryUnavailableError: it cannot be opened, is no history, or was written by a newer version.
    """
    engine = create_engine(url, pool_size=1, max_overflow=0)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    try:
        with engine.begin() as connection:
            version = _version(connection.execute, engine)
            if version > SCHEMA_VERSION:
                raise HistoryUnavailableError(
                    f"{url.database} was written by a newer version of Vigie (history format {version}, this "
                    f"one knows {SCHEMA_VERSION}): install that version, or choose another history"
                )
            metadata.create_all(connection)
            if engine.dialect.name == "sqlite":
                connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
    except OperationalError as error:
        engine.dispose()
        raise HistoryUnavailableError(f"the history {url.database} cannot be opened: {error.orig}") from error
    except DatabaseError as error:
        engine.dispose()
        raise HistoryUnavailableError(
            f"{url.database} is damaged or no history ({error.orig}): move it away and start again; "
            "a new one is made"
        ) from error
    except HistoryUnavailableError:
        engine.dispose()
        raise
    return engine


def open_readable(url: URL) -> Engine:
    """Open the database for queries only; any number of threads and processes may."""
    if url.get_backend_name() == "sqlite" and url.database:
        target = Path(url.database).absolute().as_uri() + "?mode=ro&uri=true"
        engine = create_engine(f"sqlite:///{target}")
        event.listen(engine, "connect", _read_only_sqlite)
        return engine
    return create_engine(url, execution_options={"postgresql_readonly": True})


def _version(execute, engine: Engine) -> int:  # type: ignore[no-untyped-def]  # SQLAlchemy's overloaded method
    if engine.dialect.name != "sqlite":
        return SCHEMA_VERSION
    return int(execute(text("PRAGMA user_version")).scalar_one())


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """Set what makes a commit survive a power cut; transactions are begun by us, not by the module."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA page_size = 4096")
    cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()


def _read_only_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = 1")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()


def _begin_immediate(connection) -> None:  # type: ignore[no-untyped-def]  # sqlalchemy.Connection, as event passes it
    connection.exec_driver_sql("BEGIN IMMEDIATE")
