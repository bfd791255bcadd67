"""How a history's database is opened: for the one writer, or for any number of readers."""

import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from historian.migrations import migrate
from historian.model import HistoryUnavailableError
from historian.schema import SCHEMA_VERSION, metadata

log = logging.getLogger(__name__)

_APPLICATION_ID = 0x56474845
"""``VGHE`` in the file's header, so that ``file`` and we can tell a history from another database."""
_LARGEST_TO_CHECK_BYTES = 2 * 1024**3


def history_url(directory: Path, url: str) -> URL:
    """Return the database's URL: the project's own, or an SQLite file in the station's folder.

    Raises:
        HistoryUnavailableError: the project's own is no URL of a database.
    """
    if url:
        try:
            return make_url(url)
        except (ArgumentError, ValueError) as error:
            raise HistoryUnavailableError(
                "history_url in project.toml is no URL of a database, such as sqlite:///C:/history.db or "
                "postgresql://user@host/name"
            ) from error
    return URL.create("sqlite", database=str(directory / "history.db"))


def local_url(directory: Path, url: str) -> URL:
    """Return the local file's URL, which has alarms, writes and the plant log whatever keeps the samples."""
    found = history_url(directory, url)
    return found if found.get_backend_name() == "sqlite" else history_url(directory, "")


def open_writable(url: URL) -> tuple[Engine, str | None]:
    """Open the database for the one writer, and make or upgrade its tables.

    A damaged SQLite file is renamed with the date and a new one is made; the second part of the answer then
    tells the operator so.

    Raises:
        HistoryUnavailableError: it cannot be opened, or was written by a newer version.
    """
    try:
        return _open(url), None
    except (ArgumentError, ImportError) as error:
        raise HistoryUnavailableError(
            f"the history cannot be opened: history_url in project.toml asks for {url.drivername!r}, which "
            f"is unknown or not installed ({error})"
        ) from error
    except OperationalError as error:
        raise HistoryUnavailableError(f"the history {url.database} cannot be opened: {error.orig}") from error
    except DatabaseError as error:
        if url.get_backend_name() != "sqlite" or not url.database:
            raise HistoryUnavailableError(f"the history cannot be opened: {error.orig}") from error
        notice = _set_aside(Path(url.database), str(error.orig))
        return _open(url), notice


def open_readable(url: URL) -> Engine:
    """Open the database for queries only; any number of threads and processes may."""
    if url.get_backend_name() == "sqlite" and url.database:
        target = Path(url.database).absolute().as_uri() + "?mode=ro&uri=true"
        engine = create_engine(f"sqlite:///{target}")
        event.listen(engine, "connect", _read_only_sqlite)
        event.listen(engine, "begin", _begin_deferred)
        return engine
    return create_engine(url, execution_options={"postgresql_readonly": True})


def check_readable(url: URL) -> None:
    """Make sure that this version reads the database's format.

    Raises:
        HistoryUnavailableError: it does not, or it is no history.
    """
    engine = open_readable(url)
    try:
        with engine.connect() as connection:
            version = _version(connection)
    except DatabaseError as error:
        raise HistoryUnavailableError(f"the history {url.database} cannot be read: {error.orig}") from error
    finally:
        engine.dispose()
    if version < SCHEMA_VERSION:
        raise HistoryUnavailableError(
            f"the history {url.database} has the older format {version}: start its station once to upgrade it"
        )
    if version > SCHEMA_VERSION:
        raise HistoryUnavailableError(
            f"{url.database} was written by a newer version of Vigie (history format {version}, this one "
            f"knows {SCHEMA_VERSION}): use that version"
        )


def _open(url: URL) -> Engine:
    engine = create_engine(url, pool_size=1, max_overflow=0)
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    try:
        with engine.begin() as connection:
            version = _version(connection)
            if version > SCHEMA_VERSION:
                raise HistoryUnavailableError(
                    f"{url.database} was written by a newer version of Vigie (history format {version}, this "
                    f"one knows {SCHEMA_VERSION}): install that version, or choose another history"
                )
            if is_sqlite and version and _died_open(connection, Path(str(url.database))):
                _check(connection)
            if 0 < version < SCHEMA_VERSION:
                log.info("the history is brought from format %s to %s", version, SCHEMA_VERSION)
                migrate(connection, version)
            metadata.create_all(connection)
            if is_sqlite:
                connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
                connection.execute(text(f"PRAGMA application_id = {_APPLICATION_ID}"))
    except BaseException:
        engine.dispose()
        raise
    return engine


def _version(connection: Connection) -> int:
    """Return the format of the tables that are there; 0 for an empty database."""
    if connection.dialect.name != "sqlite":
        return SCHEMA_VERSION
    return int(connection.execute(text("PRAGMA user_version")).scalar_one())


def _died_open(connection: Connection, path: Path) -> bool:
    """Tell whether the last writer did not close and the file is small enough to be read through."""
    if path.stat().st_size > _LARGEST_TO_CHECK_BYTES:
        return False
    return connection.execute(text("SELECT value FROM meta WHERE key = 'is_open'")).scalar() == "1"


def _check(connection: Connection) -> None:
    """Read the whole file through after a crash.

    Raises:
        DatabaseError: it is damaged.
    """
    found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    if found != "ok":
        raise DatabaseError("PRAGMA quick_check", None, sqlite3.DatabaseError(str(found)))


def _set_aside(path: Path, reason: str) -> str:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    try:
        for suffix in ("", "-wal", "-shm"):
            source = path.with_name(path.name + suffix)
            if source.exists():
                source.replace(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise HistoryUnavailableError(
            f"{path} is damaged ({reason}) and cannot be renamed: {error}; move it away and start again"
        ) from error
    notice = (
        f"The history was damaged ({reason}). It is kept as {aside.name} and a new one was started; "
        f"'vigie history repair {aside}' saves what can be read"
    )
    log.error("history: %s", notice)
    return notice


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """Set what makes a commit survive a power cut; transactions are begun by us, not by the module."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA page_size = 4096")
    cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    # The keeper's own thread moves the write-ahead log into the file, so that no commit waits for it.
    cursor.execute("PRAGMA wal_autocheckpoint = 0")
    cursor.execute("PRAGMA journal_size_limit = 16777216")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()


def _read_only_sqlite(connection: DBAPIConnection, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = 1")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.execute("PRAGMA cache_size = -32768")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    """Let one query see one state of the database, whatever is written meanwhile."""
    connection.exec_driver_sql("BEGIN")
