"""Save what can be read of a damaged history."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from historian.blocks import Columns, merge_columns, unpack_block, unpack_journal
from historian.model import HistorianError, HistoryUnavailableError
from historian.opening import history_url, open_writable
from historian.placing import horizon
from historian.rollup_store import SPARSE
from historian.rollups import BUCKETS_PER_CHUNK, WIDTHS_NS, pack_chunk, replaced, unpack_chunk
from historian.schema import journal_table, metadata, roll_table
from historian.sealing import apply, prepare, write_rolls
from tags.model import Batch

_MAX_ID = 2**62
_OURS = frozenset({"journal", "block", "roll", "meta", "tag"})


@dataclass(slots=True)
class Repaired:
    """Count what was saved and what was lost."""

    samples: int = 0
    damaged_blocks: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    """Rows saved of each other table."""
    unreadable: int = 0
    """Rows, or stretches of rows, that cannot be read."""


def repair(source: Path, target: Path) -> Repaired:
    """Write what can be read of ``source`` into a new history ``target``; ``source`` is not changed.

    Roll-ups are made anew from the samples that are saved; those of samples that retention has deleted are
    copied. What a server has already, it does not get again.

    Raises:
        HistoryUnavailableError: nothing can be read, or the target exists.
    """
    if target.exists():
        raise HistoryUnavailableError(f"{target} exists: name a file that does not")
    found = Repaired()
    uri = source.absolute().as_uri() + "?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as damaged:
            tables = _tables(damaged)
            if "tag" not in tables:
                raise HistoryUnavailableError(f"{source} has no table of tags: nothing can be saved")
            engine, _ = open_writable(history_url(target.parent, f"sqlite:///{target.absolute()}"))
            try:
                with engine.begin() as connection:
                    _copy(damaged, connection.connection.driver_connection, tables, found)
                tags = [row[0] for row in _rows(damaged, "tag", "id", found)]
                for tag_id in tags:
                    with engine.begin() as connection:
                        for part in _blocks(damaged, tag_id, found):
                            _seal(connection, part, tag_id)
                    with engine.begin() as connection:
                        _old_rolls(damaged, connection, tag_id, found)
                for number, data in _rows(damaged, "journal", "id, data", found):
                    with engine.begin() as connection:
                        _copy_journal(connection, number, data, found)
            finally:
                engine.dispose()
    except sqlite3.Error as error:
        raise HistoryUnavailableError(f"nothing can be read of {source}: {error}") from error
    return found


def _tables(damaged: sqlite3.Connection) -> dict[str, str]:
    """Return the tables' definitions by name."""
    rows = damaged.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
    return {name: sql for name, sql in rows if not name.startswith("sqlite_")}


def _copy(damaged: sqlite3.Connection, fresh: Any, tables: dict[str, str], found: Repaired) -> None:
    """Copy the rows of every table but those of samples, the alarm journal's too."""
    known = set(metadata.tables)
    for name, sql in tables.items():
        if name in _OURS and name != "tag":
            continue
        if name not in known:
            fresh.execute(sql)
        marks = None
        count = 0
        for row in _rows(damaged, name, "*", found):
            marks = marks or ",".join("?" * len(row))
            fresh.execute(f'INSERT OR IGNORE INTO "{name}" VALUES ({marks})', row)  # noqa: S608  # our schema
            count += 1
        found.rows[name] = count
    for name, sql in damaged.execute(
        "SELECT tbl_name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ):
        if name not in known:
            fresh.execute(sql)
    _copy_meta(damaged, fresh)


def _copy_meta(damaged: sqlite3.Connection, fresh: Any) -> None:
    """Copy what retention has deleted, and how far the history went to a server."""
    try:
        meta = dict(damaged.execute("SELECT key, value FROM meta"))
        newest = damaged.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
    except sqlite3.Error:
        return  # the server then gets plant log and writes again: better than not at all
    kept = {
        key: value for key, value in meta.items() if key.startswith(("horizon_", "spool", "forwarded_ns"))
    }
    fresh.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", kept.items())
    if newest is not None:
        # A number that was used before would count as handed over.
        fresh.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('journal', ?)", newest)


def _old_rolls(damaged: sqlite3.Connection, connection: Any, tag_id: int, found: Repaired) -> None:
    """Copy the roll-ups of samples that are gone."""
    horizon_ns = horizon(connection, "raw")
    if horizon_ns is None:
        return
    try:
        rows = damaged.execute("SELECT level, chunk, data FROM roll WHERE tag_id = ?", (tag_id,)).fetchall()
    except sqlite3.Error:
        found.unreadable += 1
        return
    for level, chunk, data in rows:
        if data == SPARSE or chunk * BUCKETS_PER_CHUNK[level] * WIDTHS_NS[level] >= horizon_ns:
            continue
        try:
            old = unpack_chunk(level, data)
        except HistorianError:
            found.damaged_blocks += 1
            continue
        old = old[old["key"] * WIDTHS_NS[level] < horizon_ns]
        here = {"tag_id": tag_id, "level": level, "chunk": chunk}
        roll = roll_table.c
        fresh = connection.execute(
            select(roll.data).where(roll.tag_id == tag_id, roll.level == level, roll.chunk == chunk)
        ).scalar_one_or_none()
        if fresh is not None and fresh != SPARSE:
            whole = unpack_chunk(level, fresh)
            old = replaced(old, whole[whole["key"] * WIDTHS_NS[level] >= horizon_ns])
        write_rolls(connection, [{**here, "data": pack_chunk(level, old)}])


def _rows(
    damaged: sqlite3.Connection, table: str, columns: str, found: Repaired, where: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Yield a table's rows by id, stepping over stretches that cannot be read."""
    try:
        first, last = damaged.execute(f'SELECT min(rowid), max(rowid) FROM "{table}"').fetchone()  # noqa: S608
    except sqlite3.Error:
        first, last = 1, _MAX_ID
        found.unreadable += 1
    if first is None:
        return
    todo = [(first, last)]
    while todo:
        begin, end = todo.pop()
        query = f'SELECT {columns}, rowid FROM "{table}" WHERE rowid BETWEEN ? AND ? {where} ORDER BY rowid'  # noqa: S608
        at = begin
        try:
            for row in damaged.execute(query, (begin, end)):
                at = row[-1] + 1
                yield row[:-1]
        except sqlite3.Error:
            # What follows may be readable again: look in halves, the nearer one first.
            if at >= end:
                found.unreadable += 1
                continue
            middle = (at + end) // 2
            if end - at > 1_000_000_000:
                middle = at + 1_000_000
            todo.append((middle + 1, end))
            todo.append((at, middle))


def _blocks(damaged: sqlite3.Connection, tag_id: int, found: Repaired) -> Iterator[Columns]:
    for (data,) in _rows(damaged, "block", "data", found, f"AND tag_id = {int(tag_id)}"):
        try:
            columns = unpack_block(data)
        except HistorianError:
            found.damaged_blocks += 1
            continue
        found.samples += len(columns[0])
        yield columns


def _seal(connection: Any, part: Columns, tag_id: int) -> None:
    times, values, statuses, extras = merge_columns([part])
    ids = np.full(len(times), tag_id, np.int32)
    apply(connection, prepare(connection, Batch(ids, values, statuses, times, 0, extras)))


def _copy_journal(connection: Any, number: int, data: bytes, found: Repaired) -> None:
    """Put a journal row that can be decoded into the new journal; the station seals it."""
    try:
        batch = unpack_journal(data)
    except HistorianError:
        found.damaged_blocks += 1
        return
    found.samples += len(batch)
    connection.execute(
        insert(journal_table),
        {
            "id": number,
            "first_ns": int(batch.source_ns.min()),
            "last_ns": int(batch.source_ns.max()),
            "samples": len(batch),
            "data": data,
        },
    )
