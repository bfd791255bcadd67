"""What ``vigie bench historian`` measures beside Vigie: plain SQLite rows, DuckDB, PostgreSQL."""

import importlib.util
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

BULK_ROWS = 200_000
POSTGRESQL_VARIABLE = "VIGIE_BENCH_POSTGRESQL"
"""A connection string of a database that may be filled and dropped; without it PostgreSQL is left out."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Hold samples in the order of time: ``ids`` int32, ``times`` int64 (ns), ``values`` float64."""

    ids: NDArray[np.int32]
    times: NDArray[np.int64]
    values: NDArray[np.float64]


def parts_of(data: Columns, rows: int) -> Iterator[Columns]:
    """Yield so many rows at a time."""
    for begin in range(0, len(data.times), rows):
        part = slice(begin, begin + rows)
        yield Columns(data.ids[part], data.times[part], data.values[part])


class Peer(Protocol):
    """Store and query the same samples as Vigie."""

    name: str

    def ingest(self, data: Columns, commit_rows: int) -> float:
        """Store everything; return samples per second."""
        ...

    def load(self, data: Columns) -> None:
        """Add samples as fast as it goes, tag by tag, and put everything in order for queries."""
        ...

    def bytes(self) -> int:
        """Return the size on disk."""
        ...

    def raw(self, tag_id: int, start_ns: int, end_ns: int) -> object:
        """Return one tag's samples."""
        ...

    def pixels(self, tag_ids: Sequence[int], edges_ns: NDArray[np.int64]) -> object:
        """Return minimum, maximum, mean and count of equal columns."""
        ...

    def state_at(self, at_ns: int) -> object:
        """Return the last sample of every tag."""
        ...

    def close(self) -> None:
        """Release everything."""
        ...


def peers(root: Path) -> list[Peer]:
    """Return the peers that this machine has."""
    found: list[Peer] = [SqliteRows(root / "naive.db")]
    if importlib.util.find_spec("duckdb") and importlib.util.find_spec("pyarrow"):
        found.append(DuckDb(root / "peer.duckdb"))
    if importlib.util.find_spec("psycopg") and os.environ.get(POSTGRESQL_VARIABLE):
        found.append(PostgreSql(os.environ[POSTGRESQL_VARIABLE]))
    return found


_PIXELS = (
    "SELECT tag, (ts - {begin}) / {width} AS px, min(value), max(value), avg(value), count(*) FROM sample"
    " WHERE tag IN ({tags}) AND ts >= {begin} AND ts < {end} GROUP BY tag, px"
)
_STATE = (
    "SELECT t.tag, s.ts, s.value FROM tag t JOIN sample s ON s.tag = t.tag AND s.ts ="
    " (SELECT ts FROM sample WHERE tag = t.tag AND ts <= {at} ORDER BY ts DESC LIMIT 1)"
)


def _pixel_query(tag_ids: Sequence[int], edges_ns: NDArray[np.int64], divide: str = "/") -> str:
    begin, width = int(edges_ns[0]), int(edges_ns[1] - edges_ns[0])
    tags = ",".join(map(str, tag_ids))
    query = _PIXELS.replace(") / {width}", f") {divide} {{width}}")
    return query.format(begin=begin, width=width, end=int(edges_ns[-1]), tags=tags)


class SqliteRows:
    """One row per sample, as most people would begin."""

    name = "naive SQLite rows"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE sample (tag INTEGER, ts INTEGER, value REAL, status INTEGER, PRIMARY KEY (tag, ts))"
            " WITHOUT ROWID"
        )
        self._connection.execute("CREATE TABLE tag (tag INTEGER PRIMARY KEY)")

    def ingest(self, data: Columns, commit_rows: int) -> float:
        """Store everything; return samples per second."""
        insert = "INSERT OR REPLACE INTO sample VALUES (?, ?, ?, 0)"
        started = time.perf_counter()
        for part in parts_of(data, commit_rows):
            self._connection.execute("BEGIN")
            rows = zip(part.ids.tolist(), part.times.tolist(), part.values.tolist(), strict=True)
            self._connection.executemany(insert, rows)
            self._connection.execute("COMMIT")
        rate = len(data.times) / (time.perf_counter() - started)
        self._connection.executemany(
            "INSERT OR IGNORE INTO tag VALUES (?)", [(int(tag),) for tag in np.unique(data.ids)]
        )
        return rate

    def load(self, data: Columns) -> None:
        """Add samples as fast as it goes, tag by tag, and put everything in order for queries."""
        self.ingest(data, BULK_ROWS)
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def bytes(self) -> int:
        """Return the size on disk."""
        return self._path.stat().st_size

    def raw(self, tag_id: int, start_ns: int, end_ns: int) -> object:
        """Return one tag's samples."""
        query = "SELECT ts, value, status FROM sample WHERE tag = ? AND ts >= ? AND ts < ?"
        return self._connection.execute(query, (tag_id, start_ns, end_ns)).fetchall()

    def pixels(self, tag_ids: Sequence[int], edges_ns: NDArray[np.int64]) -> object:
        """Return minimum, maximum, mean and count of equal columns."""
        return self._connection.execute(_pixel_query(tag_ids, edges_ns)).fetchall()

    def state_at(self, at_ns: int) -> object:
        """Return the last sample of every tag."""
        return self._connection.execute(_STATE.format(at=at_ns)).fetchall()

    def close(self) -> None:
        """Release everything."""
        self._connection.close()


class DuckDb:
    """A columnar database, sorted by tag and time after loading: its best case for queries and size."""

    name = "DuckDB, sorted afterwards"

    def __init__(self, path: Path) -> None:
        import duckdb  # optional: measured when it is installed

        self._path = path
        self._connection: Any = duckdb.connect(str(path))
        self._connection.execute(
            "CREATE TABLE loaded (tag INTEGER, ts BIGINT, value DOUBLE, status UINTEGER)"
        )

    def ingest(self, data: Columns, commit_rows: int) -> float:
        """Store everything; return samples per second, without the sorting afterwards."""
        import pyarrow

        started = time.perf_counter()
        for part in parts_of(data, commit_rows):
            batch = pyarrow.table({"tag": part.ids, "ts": part.times, "value": part.values})
            self._connection.register("batch", batch)
            self._connection.execute("INSERT INTO loaded SELECT tag, ts, value, 0 FROM batch")
        return len(data.times) / (time.perf_counter() - started)

    def load(self, data: Columns) -> None:
        """Add samples as fast as it goes, and sort all of them by tag and time."""
        self.ingest(data, BULK_ROWS)
        self._connection.execute("CREATE TABLE sample AS SELECT * FROM loaded ORDER BY tag, ts")
        self._connection.execute("DROP TABLE loaded")
        self._connection.execute("CHECKPOINT")

    def bytes(self) -> int:
        """Return the blocks in use: the file keeps those of the unsorted table."""
        query = "SELECT used_blocks * block_size FROM pragma_database_size()"
        return int(self._connection.execute(query).fetchone()[0])

    def raw(self, tag_id: int, start_ns: int, end_ns: int) -> object:
        """Return one tag's samples."""
        query = "SELECT ts, value, status FROM sample WHERE tag = ? AND ts >= ? AND ts < ?"
        return self._connection.execute(query, (tag_id, start_ns, end_ns)).fetchnumpy()

    def pixels(self, tag_ids: Sequence[int], edges_ns: NDArray[np.int64]) -> object:
        """Return minimum, maximum, mean and count of equal columns."""
        return self._connection.execute(_pixel_query(tag_ids, edges_ns, "//")).fetchnumpy()

    def state_at(self, at_ns: int) -> object:
        """Return the last sample of every tag."""
        query = "SELECT tag, max(ts), arg_max(value, ts) FROM sample WHERE ts <= ? GROUP BY tag"
        return self._connection.execute(query, (at_ns,)).fetchnumpy()

    def close(self) -> None:
        """Release everything."""
        self._connection.close()


_COPY_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("tag_bytes", ">i4"),
        ("tag", ">i4"),
        ("ts_bytes", ">i4"),
        ("ts", ">i8"),
        ("value_bytes", ">i4"),
        ("value", ">f8"),
        ("status_bytes", ">i4"),
        ("status", ">i8"),
    ]
)
"""A row of PostgreSQL's binary COPY: every field after its length, big-endian."""


def _binary(data: Columns) -> bytes:
    """Return rows in the form of PostgreSQL's binary COPY, its fastest."""
    rows = np.zeros(len(data.times), _COPY_ROW)
    rows["fields"], rows["tag_bytes"] = 4, 4
    rows["ts_bytes"] = rows["value_bytes"] = rows["status_bytes"] = 8
    rows["tag"], rows["ts"], rows["value"] = data.ids, data.times, data.values
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


class PostgreSql:
    """One row per sample in PostgreSQL, loaded by COPY."""

    name = "PostgreSQL rows, COPY"

    def __init__(self, url: str) -> None:
        import psycopg  # optional: measured when it is installed and a server is named

        self._connection: Any = psycopg.connect(url, autocommit=True)
        self._connection.execute("DROP TABLE IF EXISTS sample, tag")
        self._connection.execute(
            "CREATE TABLE sample (tag int, ts bigint, value float8, status bigint, PRIMARY KEY (tag, ts))"
        )
        self._connection.execute("CREATE TABLE tag (tag int PRIMARY KEY)")

    def ingest(self, data: Columns, commit_rows: int) -> float:
        """Store everything; return samples per second."""
        started = time.perf_counter()
        for part in parts_of(data, commit_rows):
            with self._connection.cursor().copy(
                "COPY sample (tag, ts, value, status) FROM STDIN (FORMAT BINARY)"
            ) as copy:
                copy.write(_binary(part))
        return len(data.times) / (time.perf_counter() - started)

    def load(self, data: Columns) -> None:
        """Add samples as fast as it goes, tag by tag, and put everything in order for queries."""
        self.ingest(data, BULK_ROWS)
        self._connection.execute("INSERT INTO tag SELECT DISTINCT tag FROM sample")
        self._connection.execute("VACUUM ANALYZE sample")

    def bytes(self) -> int:
        """Return the size on disk."""
        return int(self._connection.execute("SELECT pg_total_relation_size('sample')").fetchone()[0])

    def raw(self, tag_id: int, start_ns: int, end_ns: int) -> object:
        """Return one tag's samples."""
        query = "SELECT ts, value, status FROM sample WHERE tag = %s AND ts >= %s AND ts < %s"
        return self._connection.execute(query, (tag_id, start_ns, end_ns)).fetchall()

    def pixels(self, tag_ids: Sequence[int], edges_ns: NDArray[np.int64]) -> object:
        """Return minimum, maximum, mean and count of equal columns."""
        return self._connection.execute(_pixel_query(tag_ids, edges_ns)).fetchall()

    def state_at(self, at_ns: int) -> object:
        """Return the last sample of every tag."""
        return self._connection.execute(_STATE.format(at=at_ns)).fetchall()

    def close(self) -> None:
        """Drop the tables and release everything."""
        self._connection.execute("DROP TABLE IF EXISTS sample, tag")
        self._connection.close()
