"""Delete what is older than each kind of data is kept, in slices so small that nobody notices."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from sqlalchemy import Connection, delete, insert, select, update

from historian.blocks import slice_columns, unpack_block
from historian.partitions import drop_empty_partitions, make_partitions
from historian.rollup_store import SPARSE, from_blocks
from historian.rollups import BUCKETS_PER_CHUNK, LEVELS, WIDTHS_NS, pack_chunk
from historian.schema import block_table, log_table, meta_table, roll_table, tag_table, write_table
from historian.sealing import block_rows

DAY_NS = 86_400 * 1_000_000_000
BLOCKS_PER_SLICE = 200
TAGS_PER_SLICE = 20
VACUUM_PAGES = 500
OVERHANG_SHARE = 10
"""A block may hold samples that are too old by a tenth of the time for which samples are kept."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Say for how many days each kind of data is kept (HIS-24); 0 keeps it for ever.

    ``roll_days`` are those of the levels 5 min, 1 h and 1 d. The alarm journal is never touched here.
    """

    raw_days: int = 90
    roll_days: tuple[int, int, int] = (730, 3_650, 3_650)
    log_days: int = 1_826


Slice = Callable[[Connection], int]
"""Deletes a little inside the caller's transaction and returns how much there may be left, 0 at the end."""


def slices(retention: Retention, now_ns: int) -> Iterator[Slice]:
    """Yield the work; the caller repeats each slice until it has nothing left to do."""
    if retention.raw_days:
        cutoff_ns = _on_chunk(now_ns - retention.raw_days * DAY_NS)
        yield partial(_move_raw_horizon, cutoff_ns=cutoff_ns)
        yield partial(_store_sparse, cutoff_ns=cutoff_ns)
        yield _old_blocks(cutoff_ns, retention.raw_days * DAY_NS // OVERHANG_SHARE)
    for level in range(LEVELS):
        # A level is never kept for less than the one below: the coarse picture remains.
        days = max(retention.roll_days[: level + 1])
        if days and all(retention.roll_days[: level + 1]):
            yield _old_rolls(level, now_ns - max(days, retention.raw_days) * DAY_NS)
    if retention.log_days:
        yield _old_events(now_ns - retention.log_days * DAY_NS)


def _on_chunk(at_ns: int) -> int:
    """Return the begin of the roll-up chunk that holds a time.

    Samples end where buckets begin, so that a late sample never has a bucket recomputed from half of what it
    summed up.
    """
    chunk_ns = WIDTHS_NS[0] * BUCKETS_PER_CHUNK[0]
    return at_ns // chunk_ns * chunk_ns


def vacuum(connection: sqlite3.Connection) -> int:
    """Give some free pages back to the disk; return how many there still are."""
    # Each step of the statement frees one page, and only a script steps it to its end.
    connection.executescript(f"PRAGMA incremental_vacuum({VACUUM_PAGES})")
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


def _move_raw_horizon(connection: Connection, cutoff_ns: int) -> int:
    """Note the cut before anything goes: from now on roll-ups there are stored and readers use them."""
    _move_horizon(connection, "raw", cutoff_ns)
    return 0


def _store_sparse(connection: Connection, cutoff_ns: int) -> int:
    """Store roll-ups that were computed from samples, because those samples will go."""
    roll = roll_table.c
    chunk = cutoff_ns // (WIDTHS_NS[0] * BUCKETS_PER_CHUNK[0])
    rows = connection.execute(
        select(roll.tag_id, roll.chunk)
        .where(roll.level == 0, roll.chunk < chunk, roll.data == SPARSE)
        .limit(BLOCKS_PER_SLICE)
    ).all()
    for row in rows:
        here = roll_table.c.tag_id == row.tag_id, roll.level == 0, roll.chunk == row.chunk
        found = from_blocks(connection, row.tag_id, row.chunk, row.chunk)
        if len(found):
            connection.execute(update(roll_table).where(*here).values(data=pack_chunk(0, found)))
        else:
            connection.execute(delete(roll_table).where(*here))
    return len(rows)


def _old_blocks(cutoff_ns: int, overhang_ns: int) -> Slice:
    """Delete tag by tag what is older than the cut, but for the one sample that says what held there.

    The block that holds the cut stays. It is shortened when more than ``overhang_ns`` of it is too old: a
    block of a tag that seldom changes spans years.
    """
    todo: list[int] | None = None

    def work(connection: Connection) -> int:
        nonlocal todo
        if todo is None:
            todo = list(connection.execute(select(tag_table.c.id)).scalars())
        left = BLOCKS_PER_SLICE
        for _ in range(min(len(todo), TAGS_PER_SLICE)):
            gone = _prune_tag(connection, todo[-1], cutoff_ns, overhang_ns, left)
            left -= gone
            if left <= 0:
                break  # there may be more of this tag
            todo.pop()
        if not todo:
            drop_empty_partitions(connection, cutoff_ns)
        return len(todo)

    return work


def _prune_tag(connection: Connection, tag_id: int, cutoff_ns: int, overhang_ns: int, most: int) -> int:
    """Delete at most so many of a tag's blocks, and shorten the one that holds the cut; return how many."""
    block = block_table.c
    held = connection.execute(
        select(block.id, block.first_ns, block.last_ns, block.samples)
        .where(block.tag_id == tag_id, block.first_ns <= cutoff_ns)
        .order_by(block.first_ns.desc())
        .limit(1)
    ).one_or_none()
    if held is None:
        return 0
    older = select(block.id).where(block.tag_id == tag_id, block.first_ns < held.first_ns)
    ids = connection.execute(older.limit(most)).scalars().all()
    if ids:
        connection.execute(delete(block_table).where(block.id.in_(ids)))
    is_old = held.last_ns < cutoff_ns and held.samples > 1
    if is_old or held.first_ns < cutoff_ns - overhang_ns:
        data = connection.execute(
            select(block.data).where(block.id == held.id, block.first_ns == held.first_ns)
        ).scalar_one()
        columns = unpack_block(data)
        first = int(np.searchsorted(columns[0], cutoff_ns, side="right")) - 1
        if first > 0:
            connection.execute(delete(block_table).where(block.id == held.id))
            rows = block_rows([(tag_id, slice_columns(columns, first, len(columns[0])))])
            make_partitions(connection, (int(str(row["first_ns"])) for row in rows))
            connection.execute(insert(block_table), rows)
    return len(ids)


def _old_rolls(level: int, cutoff_ns: int) -> Slice:
    # Whole chunks only: one that holds the cut stays.
    chunk = cutoff_ns // (WIDTHS_NS[level] * BUCKETS_PER_CHUNK[level])
    todo: list[int] | None = None

    def work(connection: Connection) -> int:
        nonlocal todo
        if todo is None:
            todo = list(connection.execute(select(tag_table.c.id)).scalars())
            _move_horizon(connection, str(level), chunk * WIDTHS_NS[level] * BUCKETS_PER_CHUNK[level])
        some, todo = todo[:BLOCKS_PER_SLICE], todo[BLOCKS_PER_SLICE:]
        roll = roll_table.c
        for tag_id in some:
            connection.execute(
                delete(roll_table).where(roll.tag_id == tag_id, roll.level == level, roll.chunk < chunk)
            )
        return len(some)

    return work


def _old_events(cutoff_ns: int) -> Slice:
    def work(connection: Connection) -> int:
        gone = 0
        for table, times in ((log_table, log_table.c.source_ns), (write_table, write_table.c.requested_ns)):
            ids = (
                connection.execute(select(table.c.id).where(times < cutoff_ns).limit(BLOCKS_PER_SLICE))
                .scalars()
                .all()
            )
            if ids:
                connection.execute(delete(table).where(table.c.id.in_(ids)))
            gone += len(ids)
        return gone

    return work


def _move_horizon(connection: Connection, what: str, cutoff_ns: int) -> None:
    """Note up to when data was deleted; it only moves forward."""
    key = f"horizon_{what}"
    found = connection.execute(select(meta_table.c.value).where(meta_table.c.key == key)).scalar()
    if found is None or int(found) < cutoff_ns:
        connection.execute(delete(meta_table).where(meta_table.c.key == key))
        connection.execute(insert(meta_table), {"key": key, "value": str(cutoff_ns)})
