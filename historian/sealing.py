"""Sealing: move samples from the journal, where they lie by commit, into blocks, where they lie by tag.

A pass takes the oldest journal rows and seals them tag by tag in slices. What a slice changes is worked out
beside the writer and then applied in one short transaction; after the last slice the journal rows go, some
at a time. A sample that is still in the journal and already in a block is the same sample twice and read
once, so a crash between two steps does no harm: the pass begins again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, delete, func, insert, select

from historian.blocks import Columns, merge_columns, pack_block, slice_columns, unpack_block, unpack_journal
from historian.partitions import make_partitions
from historian.placing import first_block_ns, horizon, load_blocks
from historian.rollup_store import ChunkStore
from historian.rollups import WIDTHS_NS, runs_of
from historian.schema import block_table, journal_table, roll_table, tag_table
from historian.summary import Summaries, joined, run_starts, summarize, summarize_by
from tags.model import Batch

BLOCK_SAMPLES = 2_048
FILL_SAMPLES = 1_024
"""A tag's last block is filled up while it holds fewer."""
SLICE_SAMPLES = 65_536
SLICE_TAGS = 64
CLEARED_SAMPLES, CLEARED_ROWS = 65_536, 1_024
"""Journal rows deleted at a time: a commit waits 2 to 6 ms for them, 130 ms for two million at once."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Hold journal rows read for a pass: ``samples`` by tag, then time, each instant once.

    The rows go up to each of the ids ``cleared`` in turn, oldest first: of an instant that was stored twice
    the later sample counts, so what is left in the journal is never older than what is in a block.
    """

    cleared: tuple[int, ...]
    rows: int
    samples: Batch


@dataclass(slots=True)
class Changes:
    """Hold what one slice changes in the database."""

    removed: list[int] = field(default_factory=list)
    blocks: list[dict[str, object]] = field(default_factory=list)
    rolls: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Know a block of a tag without its data."""

    id: int
    first_ns: int
    last_ns: int
    samples: int


def load_pending(connection: Connection, max_rows: int) -> Pending | None:
    """Read the oldest journal rows, about ``max_rows`` samples; None when the journal is empty.

    Samples older than what retention has deleted are left out: they would come back without their roll-ups.
    """
    batches: list[Batch] = []
    cleared: list[int] = []
    total = rows = samples = 0
    query = select(journal_table).order_by(journal_table.c.id)
    for row in connection.execute(query.execution_options(yield_per=16)):
        batch = unpack_journal(row.data)
        batches.append(batch)
        total += len(batch)
        if not cleared or samples >= CLEARED_SAMPLES or rows >= CLEARED_ROWS:
            cleared.append(row.id)
            rows = samples = 0
        cleared[-1] = row.id
        rows, samples = rows + 1, samples + len(batch)
        if total >= max_rows:
            break
    if not cleared:
        return None
    joined = Batch.concatenate(batches)
    horizon_ns = horizon(connection, "raw")
    if horizon_ns is not None:
        joined = joined.take(joined.source_ns >= horizon_ns)
    order = _order(joined.tag_ids, joined.source_ns)
    tag_ids, times = joined.tag_ids[order], joined.source_ns[order]
    is_last = np.ones(len(order), np.bool_)
    is_last[:-1] = (tag_ids[1:] != tag_ids[:-1]) | (times[1:] != times[:-1])
    return Pending(tuple(cleared), total, joined.take(order[is_last]))


def _order(tag_ids: NDArray[np.int32], times: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return rows by tag, then time; of equal times in the order of arrival, so that the last one wins."""
    # Numbers of 16 bits are sorted by their digits, ten times as fast, and samples seldom come late.
    keys = tag_ids.astype(np.uint16) if int(tag_ids.max(initial=0)) < 1 << 16 else tag_ids
    order = np.argsort(keys, kind="stable")
    ids, ordered = tag_ids[order], times[order]
    if ((ordered[1:] < ordered[:-1]) & (ids[1:] == ids[:-1])).any():
        return np.lexsort((times, tag_ids))
    return order


def slices(samples: Batch) -> Iterator[Batch]:
    """Yield whole tags, so few that each slice is applied in some milliseconds."""
    ids = samples.tag_ids
    if not len(ids):
        return
    starts = run_starts(ids).tolist()
    ends = [*starts[1:], len(ids)]
    begin = tags = 0
    for end in ends:
        tags += 1
        if end - begin >= SLICE_SAMPLES or tags == SLICE_TAGS or end == len(ids):
            yield samples.take(np.arange(begin, end))
            begin, tags = end, 0


def prepare(connection: Connection, samples: Batch) -> Changes:
    """Work out what a slice changes; only reads."""
    changes = Changes()
    ids = samples.tag_ids
    starts = run_starts(ids).tolist()
    tag_ids: list[int] = ids[starts].tolist()
    tails = _tails(connection, tag_ids)
    data = _data(connection, [tail.id for tail in tails.values() if tail.samples < FILL_SAMPLES])
    store = ChunkStore(connection)
    store.prefetch({tag_id: tails[tag_id].last_ns if tag_id in tails else None for tag_id in tag_ids})
    pieces: list[tuple[int, Columns]] = []
    whole: Columns = samples.source_ns, samples.values, samples.statuses, dict(samples.extras)
    buckets = _buckets(samples, starts)
    for tag_id, start, end, fresh in zip(tag_ids, starts, [*starts[1:], len(ids)], buckets, strict=True):
        part = slice_columns(whole, start, end)
        tail = tails.get(tag_id)
        blocks = [tail] if tail else []
        first_ns = int(part[0][0])
        if tail is None or first_ns > tail.last_ns:
            rolled = store.extended(tag_id, fresh)
        else:
            blocks = _blocks_from(connection, tag_id, first_ns)
            rolled = _recomputed(connection, tag_id, part)
        store.update(tag_id, rolled, tail.last_ns if tail else None, int(part[0][-1]))
        for removed, columns in _place(connection, part, blocks, data):
            changes.removed.extend(removed)
            pieces.extend((tag_id, piece) for piece in _cut(columns))
    changes.blocks = block_rows(pieces)
    changes.rolls = store.changed()
    return changes


def _buckets(samples: Batch, starts: list[int]) -> list[Summaries]:
    """Return the lowest level's buckets of each tag, all worked out at once; a tag begins at each start."""
    numbers = samples.source_ns // WIDTHS_NS[0]
    firsts = np.union1d(starts, run_starts(numbers))
    found = summarize(samples.source_ns, samples.values, samples.statuses, firsts, numbers[firsts])
    edges = [*np.searchsorted(firsts, starts).tolist(), len(firsts)]
    return [found[begin:end] for begin, end in pairwise(edges)]


def _recomputed(connection: Connection, tag_id: int, part: Columns) -> Summaries:
    """Return the lowest level's buckets that late samples touch, from all samples in them."""
    width_ns = WIDTHS_NS[0]
    touched = np.unique(part[0] // width_ns)
    found = []
    for first, last in runs_of(touched):
        begin_ns, end_ns = first * width_ns, (last + 1) * width_ns
        merged = merge_columns([*load_blocks(connection, tag_id, begin_ns, end_ns - 1), part])
        inside = slice_columns(merged, *np.searchsorted(merged[0], (begin_ns, end_ns)).tolist())
        found.append(summarize_by(inside[0], inside[1], inside[2], inside[0] // width_ns))
    return joined(found)


def apply(connection: Connection, changes: Changes) -> None:
    """Write what :func:`prepare` worked out, inside the caller's transaction."""
    for begin in range(0, len(changes.removed), 500):
        some = changes.removed[begin : begin + 500]
        connection.execute(delete(block_table).where(block_table.c.id.in_(some)))
    if changes.blocks:
        make_partitions(connection, (int(str(row["first_ns"])) for row in changes.blocks))
        connection.execute(insert(block_table), changes.blocks)
    if changes.rolls:
        write_rolls(connection, changes.rolls)


def write_rolls(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Put roll-up chunks in the place of those with the same key."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(roll_table).prefix_with("OR REPLACE"), rows)
        return
    for row in rows:
        key = [roll_table.c[name] == row[name] for name in ("tag_id", "level", "chunk")]
        connection.execute(delete(roll_table).where(*key))
    connection.execute(insert(roll_table), rows)


def clear(connection: Connection, last_id: int) -> None:
    """Delete journal rows of a pass up to one of its ``cleared``, after its last slice."""
    connection.execute(delete(journal_table).where(journal_table.c.id <= last_id))


def seal(connection: Connection, max_rows: int) -> int:
    """Seal about ``max_rows`` samples inside the caller's transaction; return how many were moved."""
    pending = load_pending(connection, max_rows)
    if pending is None:
        return 0
    for part in slices(pending.samples):
        apply(connection, prepare(connection, part))
    clear(connection, pending.cleared[-1])
    return pending.rows


def _tails(connection: Connection, tag_ids: list[int]) -> dict[int, _Placed]:
    """Return each tag's newest block."""
    inner = block_table.alias()
    newest = select(func.max(inner.c.first_ns)).where(inner.c.tag_id == tag_table.c.id).scalar_subquery()
    block = block_table.c
    query = (
        select(block.tag_id, block.id, block.first_ns, block.last_ns, block.samples)
        .select_from(tag_table)
        .join(block_table, and_(block.tag_id == tag_table.c.id, block.first_ns == newest))
        .where(tag_table.c.id.in_(tag_ids))
    )
    return {row.tag_id: _Placed(*row[1:]) for row in connection.execute(query)}


def _data(connection: Connection, block_ids: list[int]) -> dict[int, bytes]:
    """Return the bytes of blocks by their id."""
    block = block_table.c
    query = select(block.id, block.data).where(block.id.in_(block_ids))
    return {row.id: row.data for row in connection.execute(query)}


def _blocks_from(connection: Connection, tag_id: int, from_ns: int) -> list[_Placed]:
    """Return a tag's blocks, without data, from the one that holds a time on."""
    block = block_table.c
    query = (
        select(block.id, block.first_ns, block.last_ns, block.samples)
        .where(block.tag_id == tag_id, block.first_ns >= first_block_ns(tag_id, from_ns))
        .order_by(block.first_ns)
    )
    return [_Placed(*row) for row in connection.execute(query)]


def _place(
    connection: Connection, part: Columns, blocks: list[_Placed], data: dict[int, bytes]
) -> Iterator[tuple[list[int], Columns]]:
    """Yield which blocks go and which samples come in their place, so that blocks never overlap.

    Samples in the stretch of a block, or after one that is not full, join it; others make a new one. ``data``
    has the bytes of blocks that were read beforehand, by their id.
    """
    times = part[0]
    begins = np.array([block.first_ns for block in blocks], np.int64)
    owner = np.searchsorted(begins, times, side="right") - 1
    starts = run_starts(owner).tolist()
    for start, end in zip(starts, [*starts[1:], len(times)], strict=True):
        rows = slice_columns(part, start, end)
        number = int(owner[start])
        if number >= 0:
            block = blocks[number]
            if int(times[start]) <= block.last_ns or block.samples < FILL_SAMPLES:
                old = unpack_block(data.get(block.id) or _data(connection, [block.id])[block.id])
                yield [block.id], merge_columns([old, rows])
                continue
        yield [], rows


def _cut(columns: Columns) -> Iterator[Columns]:
    """Cut samples into blocks; the last two share what is left, so that none is tiny."""
    rows = len(columns[0])
    begin = 0
    while rows - begin > BLOCK_SAMPLES:
        left = rows - begin
        size = BLOCK_SAMPLES if left >= BLOCK_SAMPLES + FILL_SAMPLES else left // 2
        yield slice_columns(columns, begin, begin + size)
        begin += size
    yield slice_columns(columns, begin, rows)


def block_rows(pieces: list[tuple[int, Columns]]) -> list[dict[str, object]]:
    """Return the table's rows of blocks, given as history tag id and samples."""
    if not pieces:
        return []
    sizes = [len(columns[0]) for _, columns in pieces]
    starts = np.cumsum([0, *sizes[:-1]])
    sums: Summaries = summarize(
        np.concatenate([columns[0] for _, columns in pieces]),
        np.concatenate([columns[1] for _, columns in pieces]),
        np.concatenate([columns[2] for _, columns in pieces]),
        starts,
        np.arange(len(pieces)),
    )
    return [
        {
            "tag_id": tag_id,
            "first_ns": int(total["first_ns"]),
            "last_ns": int(total["last_ns"]),
            "samples": int(total["samples"]),
            "bad": int(total["bad"]),
            "uncertain": int(total["uncertain"]),
            **{name: _number(total[name]) for name in ("low", "high", "total", "first", "last", "area")},
            "last_status": int(total["last_status"]),
            "valid_ns": int(total["valid_ns"]),
            "worst": int(total["worst"]),
            "has_extras": bool(columns[3]),
            "data": pack_block(*columns),
        }
        for (tag_id, columns), total in zip(pieces, sums, strict=True)
    ]


def _number(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
