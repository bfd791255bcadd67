"""Samples of a tag from where they lie: sealed in blocks, or still in the journal."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, func, select

from historian.blocks import (
    Columns,
    empty_columns,
    merge_columns,
    slice_columns,
    unpack_block,
    unpack_journal,
)
from historian.patience import Patience
from historian.placing import first_block_ns
from historian.schema import block_table, journal_table, pending_table
from tags.model import Batch

_CACHED_SAMPLES = 4_000_000
"""Decoded samples that one reader keeps: 80 MB, three hours of 1,000 tags at one a second."""
_PIECE_SAMPLES = 65_536
_IDS_PER_QUERY = 500


_ENDS = select(func.min(journal_table.c.id), func.max(journal_table.c.id))
_NEWER = (
    select(journal_table.c.data).where(journal_table.c.id > bindparam("last")).order_by(journal_table.c.id)
)
_UNDECIDED = select(pending_table.c.data)


class Journal:
    """Keep the journal decoded: what was appended is read once, what was sealed is forgotten.

    Thread-safe; each query brings its own snapshot of the database.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first_id = self._last_id = -1
        self._segments: list[Batch] = []

    def segments(self, connection: Connection) -> Sequence[Batch]:
        """Return everything in the journal in the order of arrival, as a few batches."""
        ends = connection.execute(_ENDS).one()
        with self._lock:
            if ends[0] is None:
                self._segments, self._first_id, self._last_id = [], -1, -1
                return ()
            if ends[0] != self._first_id or ends[1] < self._last_id:
                self._segments, self._first_id, self._last_id = [], int(ends[0]), -1
            if ends[1] > self._last_id:
                for data in connection.execute(_NEWER, {"last": self._last_id}).scalars():
                    self._add(unpack_journal(data))
                self._last_id = int(ends[1])
            return tuple(self._segments)

    def _add(self, batch: Batch) -> None:
        """Append, and join segments of like size, so that there are few and each is copied seldom."""
        self._segments.append(batch)
        while len(self._segments) > 1 and len(self._segments[-1]) * 2 > len(self._segments[-2]):
            last = self._segments.pop()
            self._segments[-1] = Batch.concatenate([self._segments[-1], last])


def undecided(connection: Connection) -> Sequence[Batch]:
    """Return what a swinging door has not decided about: history ends with it until it has."""
    data = connection.execute(_UNDECIDED).scalar_one_or_none()
    return () if data is None else (unpack_journal(data),)


class BlockCache:
    """Keep the blocks decoded last, by their id, which is never used twice. Thread-safe."""

    def __init__(self, samples: int = _CACHED_SAMPLES) -> None:
        self._lock = threading.Lock()
        self._left = samples
        self._blocks: OrderedDict[int, Columns] = OrderedDict()

    def load(self, connection: Connection, ids: Sequence[int]) -> list[Columns]:
        """Return blocks in the order asked, decoding those that are not there yet."""
        found: dict[int, Columns] = {}
        with self._lock:
            for block_id in ids:
                columns = self._blocks.get(block_id)
                if columns is not None:
                    self._blocks.move_to_end(block_id)
                    found[block_id] = columns
        missing = [block_id for block_id in ids if block_id not in found]
        block = block_table.c
        for begin in range(0, len(missing), _IDS_PER_QUERY):
            some = missing[begin : begin + _IDS_PER_QUERY]
            query = select(block.id, block.data).where(block.id.in_(some))
            for row in connection.execute(query):
                found[row.id] = unpack_block(row.data)
        with self._lock:
            for block_id in missing:
                if block_id not in self._blocks:
                    self._blocks[block_id] = found[block_id]
                    self._left -= len(found[block_id][0])
            while self._left < 0:
                _, columns = self._blocks.popitem(last=False)
                self._left += len(columns[0])
        return [found[block_id] for block_id in ids]


def of_tag(segments: Iterable[Batch], tag_id: int) -> Columns:
    """Return a tag's samples of journal segments, in order of time."""
    parts: list[Columns] = []
    for batch in segments:
        rows = np.flatnonzero(batch.tag_ids == tag_id)
        if len(rows):
            part = batch.take(rows)
            parts.append((part.source_ns, part.values, part.statuses, dict(part.extras)))
    if len(parts) == 1 and not (np.diff(parts[0][0]) > 0).all():
        parts.append(empty_columns())
    return merge_columns(parts)


_block = block_table.c
_INSIDE = (
    select(_block.id, _block.first_ns, _block.samples)
    .where(
        _block.tag_id == bindparam("tag"),
        _block.first_ns < bindparam("end"),
        _block.first_ns >= first_block_ns(bindparam("tag"), bindparam("start")),
        _block.last_ns >= bindparam("start"),
    )
    .order_by(_block.first_ns)
)
_BEFORE = (
    select(_block.id)
    .where(_block.tag_id == bindparam("tag"), _block.first_ns < bindparam("at"))
    .order_by(_block.first_ns.desc())
    .limit(1)
)
_AFTER = (
    select(_block.id)
    .where(
        _block.tag_id == bindparam("tag"),
        _block.last_ns >= bindparam("at"),
        _block.first_ns >= first_block_ns(bindparam("tag"), bindparam("at")),
    )
    .order_by(_block.first_ns)
    .limit(1)
)
"""Built once: putting a statement together costs more than running it."""


def pieces(
    connection: Connection,
    cache: BlockCache,
    loose: Columns,
    tag_id: int,
    start_ns: int,
    end_ns: int,
    patience: Patience,
) -> Iterator[Columns]:
    """Yield a tag's samples with start <= time < end, in order, in pieces of about 65,000.

    ``loose`` are those of the journal; of two samples at one instant theirs wins.
    """
    group: list[int] = []
    samples = 0
    begin_ns = start_ns
    wanted = {"tag": tag_id, "start": start_ns, "end": end_ns}
    for row in connection.execute(_INSIDE, wanted).all():
        if samples >= _PIECE_SAMPLES:
            yield _piece(connection, cache, loose, group, begin_ns, row.first_ns)
            patience.check()
            group, samples, begin_ns = [], 0, row.first_ns
        group.append(row.id)
        samples += row.samples
    yield _piece(connection, cache, loose, group, begin_ns, end_ns)


def _piece(
    connection: Connection,
    cache: BlockCache,
    loose: Columns,
    ids: Sequence[int],
    begin_ns: int,
    end_ns: int,
) -> Columns:
    first, last = np.searchsorted(loose[0], (begin_ns, end_ns)).tolist()
    merged = merge_columns([*cache.load(connection, ids), slice_columns(loose, first, last)])
    first, last = np.searchsorted(merged[0], (begin_ns, end_ns)).tolist()
    return slice_columns(merged, first, last)


def before(connection: Connection, cache: BlockCache, loose: Columns, tag_id: int, at_ns: int) -> Columns:
    """Return the newest sample older than a time, or no row."""
    ids = connection.execute(_BEFORE, {"tag": tag_id, "at": at_ns}).scalars().all()
    merged = merge_columns([*cache.load(connection, ids), _near(loose, at_ns)])
    row = int(np.searchsorted(merged[0], at_ns))
    return slice_columns(merged, max(0, row - 1), row)


def after(connection: Connection, cache: BlockCache, loose: Columns, tag_id: int, at_ns: int) -> Columns:
    """Return the oldest sample at or after a time, or no row."""
    ids = connection.execute(_AFTER, {"tag": tag_id, "at": at_ns}).scalars().all()
    merged = merge_columns([*cache.load(connection, ids), _near(loose, at_ns)])
    row = int(np.searchsorted(merged[0], at_ns))
    return slice_columns(merged, row, row + 1)


def _near(loose: Columns, at_ns: int) -> Columns:
    """Return the loose samples next to a time, before and from it on."""
    row = int(np.searchsorted(loose[0], at_ns))
    return slice_columns(loose, max(0, row - 1), row + 1)


def newest_rows(batch: Batch, at_ns: int) -> NDArray[np.intp]:
    """Return the row of each tag's newest sample at or before a time; of equal times the later row."""
    rows = np.flatnonzero(batch.source_ns <= at_ns)
    if not len(rows):
        return rows
    times = batch.source_ns[rows]
    if not (times[1:] >= times[:-1]).all():
        rows = rows[np.argsort(times, kind="stable")]
    # The last assignment to a repeated index counts.
    newest = np.full(int(batch.tag_ids.max()) + 1, -1, np.intp)
    newest[batch.tag_ids[rows]] = rows
    return newest[newest >= 0]
