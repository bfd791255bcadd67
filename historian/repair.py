"""Save what can be read of a damaged history, and copy a healthy one while it is in use."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from historian.blocks import Columns, merge_columns, unpack_block, unpack_journal
from historian.model import HistorianError, HistoryUnavailableError
from historian.opening import history_url, open_writable
from historian.schema import metadata
from historian.sealing import apply, prepare
from tags.model import Batch

Progress = Callable[[int, int], None]
"""Called with what is done and what there is, in pages."""

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

    Roll-ups are made anew from the samples that are saved.

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
                for (data,) in _rows(damaged, "journal", "data", found):
                    with engine.begin() as connection:
                        _seal_journal(connection, data, found)
            finally:
                engine.dispose()
    except sqlite3.Error as error:
        raise HistoryUnavailableError(f"nothing can be read of {source}: {error}") from error
    return found


def backup(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy a history, as it is at one moment, while a station writes to it.

    Raises:
        HistoryUnavailableError: the source cannot be read or the target cannot be written.
    """
    if target.exists():
        raise HistoryUnavailableError(f"{target} exists: name a file that does not")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(source.absolute().as_uri() + "?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(part)) as copy,
        ):
            # A read transaction holds one state: without it each commit of the station begins the copy anew.
            original.isolation_level = None
            original.execute("BEGIN")
            original.execute("SELECT count(*) FROM meta").fetchone()
            original.backup(
                copy,
                pages=2_048,
                progress=None
                if progress is None
                else lambda _status, remaining, total: progress(total - remaining, total),
            )
            copy.execute("UPDATE meta SET value = '0' WHERE key = 'is_open'")
            copy.commit()
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise HistoryUnavailableError(f"the history cannot be copied to {target}: {error}") from error


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
    for (sql,) in damaged.execute(
        "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ):
        if not any(f"{table}" in sql for table in known):
            fresh.execute(sql)


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


def _seal_journal(connection: Any, data: bytes, found: Repaired) -> None:
    """Put a journal row that can be decoded into the new journal; the station seals it."""
    try:
        batch = unpack_journal(data)
    except HistorianError:
        found.damaged_blocks += 1
        return
    found.samples += len(batch)
    connection.execute(
        text(
            "INSERT INTO journal (first_ns, last_ns, samples, data) VALUES (:first, :last, :samples, :data)"
        ),
        {
            "first": int(batch.source_ns.min()),
            "last": int(batch.source_ns.max()),
            "samples": len(batch),
            "data": data,
        },
    )
