"""Read roll-up chunks, and gather what a sealing slice changes in them."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
from sqlalchemy import Connection, bindparam, select

from historian.blocks import merge_columns, slice_columns
from historian.placing import horizon, load_blocks
from historian.rollups import (
    BUCKETS_PER_CHUNK,
    LEVELS,
    WIDTHS_NS,
    children,
    chunk_of,
    pack_chunk,
    parents,
    replaced,
    runs_of,
    unpack_chunk,
)
from historian.schema import block_table, roll_table
from historian.summary import SUMMARY, Summaries, join, joined, summarize_by

SPARSE = b""
"""What stands for a chunk that is computed from its samples."""
SPARSE_SAMPLES = 16
"""Fewer samples to a bucket are not worth a row of it: 16 columns of numbers."""

_Key = tuple[int, int, int]
_NONE: Summaries = np.zeros(0, SUMMARY)


class ChunkCache:
    """Keep the chunks decoded last: one whose bytes are the same is not decoded again. Thread-safe."""

    def __init__(self, chunks: int = 4_096) -> None:
        self._lock = threading.Lock()
        self._most = chunks
        self._chunks: OrderedDict[_Key, tuple[bytes, Summaries]] = OrderedDict()

    def unpack(self, key: _Key, data: bytes) -> Summaries:
        """Return the rows of a chunk, never to be written to."""
        with self._lock:
            known = self._chunks.get(key)
            if known is not None and known[0] == data:
                self._chunks.move_to_end(key)
                return known[1]
        rows = unpack_chunk(key[1], data)
        with self._lock:
            self._chunks[key] = data, rows
            if len(self._chunks) > self._most:
                self._chunks.popitem(last=False)
        return rows


_roll = roll_table.c
_STORED = (
    select(_roll.chunk, _roll.data)
    .where(
        _roll.tag_id == bindparam("tag"),
        _roll.level == bindparam("of_level"),
        _roll.chunk.between(bindparam("begin"), bindparam("end")),
    )
    .order_by(_roll.chunk)
)
"""Built once: putting a statement together costs more than running it."""


def stored_rows(
    connection: Connection, cache: ChunkCache, tag_id: int, level: int, first: int, last: int
) -> Summaries:
    """Return the stored buckets ``first`` to ``last`` (included) of a level."""
    wanted = {
        "tag": tag_id,
        "of_level": level,
        "begin": chunk_of(level, first),
        "end": chunk_of(level, last),
    }
    parts: list[Summaries] = []
    sparse: list[int] = []
    for chunk, data in connection.execute(_STORED, wanted):
        if data == SPARSE:
            sparse.append(chunk)
        else:
            parts.append(cache.unpack((tag_id, level, chunk), data))
    for begin, end in runs_of(np.array(sparse, np.int64)):
        parts.append(from_blocks(connection, tag_id, begin, end))
    if not parts:
        return _NONE
    rows = joined(parts)
    if sparse and len(parts) > 1:
        rows = rows[np.argsort(rows["key"], kind="stable")]
    begin, end = np.searchsorted(rows["key"], (first, last + 1)).tolist()
    return rows[begin:end]


def from_blocks(connection: Connection, tag_id: int, first_chunk: int, last_chunk: int) -> Summaries:
    """Return the lowest level's buckets of chunks whose samples are as quick to read."""
    chunk_ns = WIDTHS_NS[0] * BUCKETS_PER_CHUNK[0]
    begin_ns, end_ns = first_chunk * chunk_ns, (last_chunk + 1) * chunk_ns
    merged = merge_columns(load_blocks(connection, tag_id, begin_ns, end_ns - 1))
    times, values, statuses, _ = slice_columns(
        merged, *np.searchsorted(merged[0], (begin_ns, end_ns)).tolist()
    )
    return summarize_by(times, values, statuses, times // WIDTHS_NS[0])


def bucket_rows(
    connection: Connection, cache: ChunkCache, tag_id: int, level: int, first: int, last: int
) -> Summaries:
    """Return the buckets ``first`` to ``last`` (included) of all that is sealed, with the growing one."""
    rows = stored_rows(connection, cache, tag_id, level, first, last)
    if level == 0:
        return rows
    newest_ns = newest_sealed_ns(connection, tag_id)
    if newest_ns is None:
        return rows
    growing = newest_ns // WIDTHS_NS[level]
    if not first <= growing <= last:
        return rows
    ratio = children(level)
    begin = growing * ratio
    below = bucket_rows(connection, cache, tag_id, level - 1, begin, begin + ratio - 1)
    return replaced(rows, parents(level, below)) if len(below) else rows


def held_before(connection: Connection, tag_id: int, level: int, bucket: int) -> tuple[float, int] | None:
    """Return value and status of the last sample before a bucket, as far as its level knows."""
    roll = roll_table.c
    query = (
        select(roll.chunk, roll.data)
        .where(roll.tag_id == tag_id, roll.level == level, roll.chunk <= chunk_of(level, bucket))
        .order_by(roll.chunk.desc())
        .limit(2)
    )
    for chunk, data in connection.execute(query).all():
        is_sparse = data == SPARSE
        rows = from_blocks(connection, tag_id, chunk, chunk) if is_sparse else unpack_chunk(level, data)
        place = int(np.searchsorted(rows["key"], bucket))
        if place:
            return float(rows["last"][place - 1]), int(rows["last_status"][place - 1])
    return None


_NEWEST = (
    select(block_table.c.last_ns)
    .where(block_table.c.tag_id == bindparam("tag"))
    .order_by(block_table.c.first_ns.desc())
    .limit(1)
)


def newest_sealed_ns(connection: Connection, tag_id: int) -> int | None:
    """Return the time of a tag's newest sealed sample; blocks do not overlap, so the last one has it."""
    found = connection.execute(_NEWEST, {"tag": tag_id}).scalar()
    return None if found is None else int(found)


class ChunkStore:
    """Hold the chunks that one sealing slice reads and changes.

    A chunk of the lowest level that has few samples to a bucket is stored as an empty marker: it would be
    larger than the samples, and no quicker to read. Where samples may have been pruned it is always stored.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._chunks: dict[_Key, Summaries] = {}
        self._changed: set[_Key] = set()
        self._new: set[int] = set()
        self._horizon_ns = horizon(connection, "raw")

    def prefetch(self, newest_ns: Mapping[int, int | None]) -> None:
        """Read what tags need when nothing is late: given the time of their newest sample, None if new."""
        self._new = {tag_id for tag_id, at_ns in newest_ns.items() if at_ns is None}
        wanted: dict[tuple[int, int], list[int]] = {}
        for tag_id, at_ns in newest_ns.items():
            if at_ns is not None:
                for level in (0, 1):
                    chunk = chunk_of(level, at_ns // WIDTHS_NS[level])
                    wanted.setdefault((level, chunk), []).append(tag_id)
        roll = roll_table.c
        for (level, chunk), tag_ids in wanted.items():
            self._chunks.update(((tag_id, level, chunk), _NONE) for tag_id in tag_ids)
            query = select(roll.tag_id, roll.data).where(
                roll.tag_id.in_(tag_ids), roll.level == level, roll.chunk == chunk
            )
            for tag_id, data in self._connection.execute(query).all():
                self._chunks[tag_id, level, chunk] = self._unpacked(tag_id, level, chunk, data)

    def extended(self, tag_id: int, fresh: Summaries) -> Summaries:
        """Return the lowest level's buckets of samples, with the sealed ones in them, which are all older."""
        bucket = int(fresh["key"][0])
        old = self._rows(tag_id, 0, bucket, bucket)
        if len(old):
            grown = join(joined([old, fresh[:1]]), np.zeros(1, np.intp), fresh["key"][:1])
            return joined([grown, fresh[1:]])
        return fresh

    def update(self, tag_id: int, fresh: Summaries, newest_before_ns: int | None, last_ns: int) -> None:
        """Put the lowest level's buckets in place and join what is complete on the levels above.

        ``newest_before_ns`` is the time of the newest sealed sample before, ``last_ns`` of the newest now
        added.
        """
        newest_ns = last_ns if newest_before_ns is None else max(last_ns, newest_before_ns)
        self._put(tag_id, 0, fresh)
        touched = fresh["key"]
        for level in range(1, LEVELS):
            ratio = children(level)
            growing = newest_ns // WIDTHS_NS[level]
            buckets = set((touched // ratio).tolist())
            if newest_before_ns is not None:
                buckets.add(newest_before_ns // WIDTHS_NS[level])
            buckets.discard(growing)
            if not buckets:
                return
            touched = np.array(sorted(buckets), np.int64)
            for first, last in runs_of(touched):
                below = self._rows(tag_id, level - 1, first * ratio, last * ratio + ratio - 1)
                self._put(tag_id, level, parents(level, below))

    def changed(self) -> list[dict[str, object]]:
        """Return the table's rows of all changed chunks."""
        return [
            {
                "tag_id": tag_id,
                "level": level,
                "chunk": chunk,
                "data": self._packed(level, chunk, self._chunks[tag_id, level, chunk]),
            }
            for tag_id, level, chunk in sorted(self._changed)
        ]

    def _packed(self, level: int, chunk: int, rows: Summaries) -> bytes:
        begin_ns = chunk * BUCKETS_PER_CHUNK[level] * WIDTHS_NS[level]
        has_samples = self._horizon_ns is None or begin_ns >= self._horizon_ns
        if level == 0 and has_samples and int(rows["samples"].sum()) < SPARSE_SAMPLES * len(rows):
            return SPARSE
        return pack_chunk(level, rows)

    def _unpacked(self, tag_id: int, level: int, chunk: int, data: bytes) -> Summaries:
        if data == SPARSE:
            return from_blocks(self._connection, tag_id, chunk, chunk)
        return unpack_chunk(level, data)

    def _rows(self, tag_id: int, level: int, first: int, last: int) -> Summaries:
        parts = [
            self._chunk((tag_id, level, chunk))
            for chunk in range(chunk_of(level, first), chunk_of(level, last) + 1)
        ]
        rows = joined(parts)
        begin, end = np.searchsorted(rows["key"], (first, last + 1)).tolist()
        return rows[begin:end]

    def _chunk(self, key: _Key) -> Summaries:
        found = self._chunks.get(key)
        if found is None:
            data = None
            if key[0] not in self._new:
                roll = roll_table.c
                query = select(roll.data).where(
                    roll.tag_id == key[0], roll.level == key[1], roll.chunk == key[2]
                )
                data = self._connection.execute(query).scalar_one_or_none()
            found = self._chunks[key] = _NONE if data is None else self._unpacked(*key, data)
        return found

    def _put(self, tag_id: int, level: int, rows: Summaries) -> None:
        if not len(rows):
            return
        chunks = rows["key"] // BUCKETS_PER_CHUNK[level]
        for chunk in np.unique(chunks).tolist():
            key = tag_id, level, chunk
            self._chunks[key] = replaced(self._chunk(key), rows[chunks == chunk])
            self._changed.add(key)
