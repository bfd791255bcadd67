"""Read roll-up chunks, and gather what a sealing slice changes in them."""

from collections.abc import Mapping

import numpy as np
from sqlalchemy import Connection, select

from historian.blocks import Columns
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
from historian.summary import SUMMARY, Summaries, join, summarize_by

_Key = tuple[int, int, int]
_NONE: Summaries = np.zeros(0, SUMMARY)


def stored_rows(connection: Connection, tag_id: int, level: int, first: int, last: int) -> Summaries:
    """Return the stored buckets ``first`` to ``last`` (included) of a level."""
    roll = roll_table.c
    query = (
        select(roll.data)
        .where(
            roll.tag_id == tag_id,
            roll.level == level,
            roll.chunk.between(chunk_of(level, first), chunk_of(level, last)),
        )
        .order_by(roll.chunk)
    )
    parts = [unpack_chunk(level, data) for data in connection.execute(query).scalars()]
    if not parts:
        return _NONE
    rows = np.concatenate(parts) if len(parts) > 1 else parts[0]
    begin, end = np.searchsorted(rows["key"], (first, last + 1)).tolist()
    return rows[begin:end]


def bucket_rows(connection: Connection, tag_id: int, level: int, first: int, last: int) -> Summaries:
    """Return the buckets ``first`` to ``last`` (included) of all that is sealed, with the growing one."""
    rows = stored_rows(connection, tag_id, level, first, last)
    if level == 0:
        return rows
    newest_ns = newest_sealed_ns(connection, tag_id)
    if newest_ns is None:
        return rows
    growing = newest_ns // WIDTHS_NS[level]
    if not first <= growing <= last:
        return rows
    ratio = children(level)
    below = bucket_rows(connection, tag_id, level - 1, growing * ratio, growing * ratio + ratio - 1)
    return replaced(rows, parents(level, below)) if len(below) else rows


def held_before(connection: Connection, tag_id: int, level: int, bucket: int) -> tuple[float, int] | None:
    """Return value and status of the last sample before a bucket, as far as its level knows."""
    roll = roll_table.c
    query = (
        select(roll.data)
        .where(roll.tag_id == tag_id, roll.level == level, roll.chunk <= chunk_of(level, bucket))
        .order_by(roll.chunk.desc())
        .limit(2)
    )
    for data in connection.execute(query).scalars():
        rows = unpack_chunk(level, data)
        place = int(np.searchsorted(rows["key"], bucket))
        if place:
            return float(rows["last"][place - 1]), int(rows["last_status"][place - 1])
    return None


def newest_sealed_ns(connection: Connection, tag_id: int) -> int | None:
    """Return the time of a tag's newest sealed sample; blocks do not overlap, so the last one has it."""
    block = block_table.c
    query = select(block.last_ns).where(block.tag_id == tag_id).order_by(block.first_ns.desc()).limit(1)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


class ChunkStore:
    """Hold the chunks that one sealing slice reads and changes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._chunks: dict[_Key, Summaries] = {}
        self._changed: set[_Key] = set()

    def prefetch(self, newest_ns: Mapping[int, int]) -> None:
        """Read the newest chunk of the lowest level of tags (with the time of their newest sample)."""
        wanted: dict[int, list[int]] = {}
        for tag_id, at_ns in newest_ns.items():
            wanted.setdefault(chunk_of(0, at_ns // WIDTHS_NS[0]), []).append(tag_id)
        roll = roll_table.c
        for chunk, tag_ids in wanted.items():
            self._chunks.update(((tag_id, 0, chunk), _NONE) for tag_id in tag_ids)
            query = select(roll.tag_id, roll.data).where(
                roll.tag_id.in_(tag_ids), roll.level == 0, roll.chunk == chunk
            )
            for row in self._connection.execute(query):
                self._chunks[row.tag_id, 0, chunk] = unpack_chunk(0, row.data)

    def extended(self, tag_id: int, part: Columns) -> Summaries:
        """Return the lowest level's buckets of samples that are all newer than the tag's sealed ones."""
        fresh = summarize_by(part[0], part[1], part[2], part[0] // WIDTHS_NS[0])
        bucket = int(fresh["key"][0])
        old = self._rows(tag_id, 0, bucket, bucket)
        if len(old):
            both = np.concatenate([old, fresh[:1]])
            fresh[:1] = join(both, np.zeros(1, np.intp), fresh["key"][:1])
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
                "tag_id": key[0],
                "level": key[1],
                "chunk": key[2],
                "data": pack_chunk(key[1], self._chunks[key]),
            }
            for key in sorted(self._changed)
        ]

    def _rows(self, tag_id: int, level: int, first: int, last: int) -> Summaries:
        parts = [
            self._chunk((tag_id, level, chunk))
            for chunk in range(chunk_of(level, first), chunk_of(level, last) + 1)
        ]
        rows = np.concatenate(parts) if len(parts) > 1 else parts[0]
        begin, end = np.searchsorted(rows["key"], (first, last + 1)).tolist()
        return rows[begin:end]

    def _chunk(self, key: _Key) -> Summaries:
        found = self._chunks.get(key)
        if found is None:
            roll = roll_table.c
            query = select(roll.data).where(roll.tag_id == key[0], roll.level == key[1], roll.chunk == key[2])
            data = self._connection.execute(query).scalar_one_or_none()
            found = self._chunks[key] = _NONE if data is None else unpack_chunk(key[1], data)
        return found

    def _put(self, tag_id: int, level: int, rows: Summaries) -> None:
        if not len(rows):
            return
        chunks = rows["key"] // BUCKETS_PER_CHUNK[level]
        for chunk in np.unique(chunks).tolist():
            key = tag_id, level, chunk
            self._chunks[key] = replaced(self._chunk(key), rows[chunks == chunk])
            self._changed.add(key)
