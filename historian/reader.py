"""Queries on a history: raw samples, pixel columns, aggregates, state at a time, and the plant log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from sqlalchemy import Connection, Engine, bindparam, func, select

from historian import samples
from historian.aggregates import Aggregate, AggregateSeries, AggregateSettings, compute
from historian.blocks import Columns, merge_columns, slice_columns
from historian.event_reader import EventReader
from historian.events import Place
from historian.model import PixelSeries, Series
from historian.patience import Patience
from historian.pixels import Grid, columns_of, finish
from historian.reading import Reading, finest_level, known, reversed_series
from historian.rollup_store import ChunkCache, bucket_rows, held_before
from historian.rollups import WIDTHS_NS, replaced, runs_of
from historian.samples import BlockCache, Journal, newest_rows, of_tag
from historian.schema import block_table, journal_table, tag_table
from historian.stats import Stats, collect
from historian.summary import Summaries, summarize_by
from tags.model import Batch, TagTable, Value

_PATIENT = Patience()
_block, _inner = block_table.c, block_table.alias()
_begin = (
    select(func.max(_inner.c.first_ns))
    .where(_inner.c.tag_id == tag_table.c.id, _inner.c.first_ns <= bindparam("at"))
    .scalar_subquery()
)
HELD_BLOCKS = (
    select(_block.tag_id, _block.id, _block.last_ns, _block.last, _block.last_status, _block.has_extras)
    .select_from(tag_table)
    # An outer join keeps SQLite from going through all blocks of all time instead of through the tags.
    .outerjoin(block_table, (_block.tag_id == tag_table.c.id) & (_block.first_ns == _begin))
)
"""The block of each tag that holds a time, or the one before it; a row of nothing for a tag without."""
_NEWEST_TAG = select(func.max(tag_table.c.id))


class HistoryReader(EventReader):
    """Query a history from any thread; a call blocks its caller only (:class:`historian.model.Reader`).

    Decoded blocks and the journal are kept for the next query. Each query sees one state of the database.
    """

    def __init__(self, engine: Engine, tags: TagTable) -> None:
        self._engine = engine
        self._tags = tags
        self._journal = Journal()
        self._blocks = BlockCache()
        self._chunks = ChunkCache()
        self._ids: dict[str, int] = {}
        self._newest_tag = 0

    def raw(
        self,
        path: str,
        start_ns: int,
        end_ns: int,
        *,
        bounds: bool = False,
        limit: int | None = None,
        patience: Patience | None = None,
    ) -> Series:
        """Return samples with start <= source time < end, and with ``bounds`` the ones next outside.

        ``limit`` keeps the first so many. With start > end the newest comes first (start included, end not).
        Of several samples at one instant the last to arrive counts.

        Raises:
            HistoryUnavailableError: the database cannot be read.
            QueryCancelledError, QueryTimeoutError: the caller gave up, or its time is over.
        """
        patience = patience or _PATIENT
        patience.check()
        if start_ns > end_ns:
            forward = self.raw(path, end_ns + 1, start_ns + 1, bounds=bounds, patience=patience)
            return reversed_series(forward, limit)
        with self._connect() as connection:
            tag_id = self._tag_id(connection, path)
            if tag_id is None:
                return Series(path, *merge_columns(()))
            parts: list[Columns] = []
            rows = 0
            loose = of_tag(self._segments(connection), tag_id)
            if bounds:
                parts.append(samples.before(connection, self._blocks, loose, tag_id, start_ns))
            for piece in samples.pieces(connection, self._blocks, loose, tag_id, start_ns, end_ns, patience):
                parts.append(piece)
                rows += len(piece[0])
                if limit is not None and rows >= limit:
                    break
            if bounds:
                parts.append(samples.after(connection, self._blocks, loose, tag_id, end_ns))
        found = merge_columns(parts)
        if limit is not None:
            found = slice_columns(found, 0, limit)
        return Series(path, *found)

    def raw_pieces(
        self, path: str, start_ns: int, end_ns: int, patience: Patience | None = None
    ) -> Iterator[Series]:
        """Yield samples with start <= source time < end in pieces of about 65,000.

        Raises:
            HistoryUnavailableError: the database cannot be read.
            QueryCancelledError, QueryTimeoutError: the caller gave up, or its time is over.
        """
        with self._connect() as connection:
            tag_id = self._tag_id(connection, path)
            if tag_id is None:
                return
            loose = of_tag(self._segments(connection), tag_id)
            for piece in samples.pieces(
                connection, self._blocks, loose, tag_id, start_ns, end_ns, patience or _PATIENT
            ):
                if len(piece[0]):
                    yield Series(path, *piece)

    def pixels(
        self,
        paths: Sequence[str],
        start_ns: int,
        end_ns: int,
        columns: int,
        patience: Patience | None = None,
    ) -> list[PixelSeries]:
        """Return at most ``columns`` pixel columns of equal width per tag; no extreme is lost (HIS-27).

        Long periods come from roll-ups, and their columns then are whole buckets: the first begins up to one
        column before ``start_ns`` and the last ends up to one after ``end_ns``. A column without a sample of
        its own shows what held during it: the value before, unless that was bad.
        """
        if columns < 1 or end_ns <= start_ns:
            raise ValueError("expected at least one column and a period that ends after its start")
        patience = patience or _PATIENT
        found = []
        with self._connect() as connection:
            grid = Grid(start_ns, end_ns, columns, finest_level(connection, start_ns))
            segments = self._segments(connection)
            for path in paths:
                patience.check()
                tag_id = self._tag_id(connection, path)
                found.append(self._pixels(connection, path, tag_id, grid, segments, patience))
        return found

    def _pixels(
        self,
        connection: Connection,
        path: str,
        tag_id: int | None,
        grid: Grid,
        segments: Sequence[Batch],
        patience: Patience,
    ) -> PixelSeries:
        if tag_id is None:
            return finish(
                path, grid.edges_ns, summarize_by(*merge_columns(())[:3], np.zeros(0, np.int64)), None
            )
        begin_ns, end_ns = int(grid.edges_ns[0]), int(grid.edges_ns[-1])
        loose = of_tag(segments, tag_id)
        if grid.level is None:
            times, values, statuses, _ = merge_columns(
                list(samples.pieces(connection, self._blocks, loose, tag_id, begin_ns, end_ns, patience))
            )
            keys = np.searchsorted(grid.edges_ns, times, side="right") - 1
            columns = summarize_by(times, values, statuses, keys)
        else:
            rows = self._buckets(connection, tag_id, grid.level, *grid.buckets, loose, patience)
            columns = columns_of(grid, rows)
        before = samples.before(connection, self._blocks, loose, tag_id, begin_ns)
        held = (float(before[1][0]), int(before[2][0])) if len(before[0]) else None
        if held is None and grid.level is not None:
            held = held_before(connection, tag_id, grid.level, grid.buckets[0])
        return finish(path, grid.edges_ns, columns, held)

    def _buckets(
        self,
        connection: Connection,
        tag_id: int,
        level: int,
        first: int,
        last: int,
        loose: Columns,
        patience: Patience,
    ) -> Summaries:
        """Return buckets of everything, sealed or not: those with journal samples are summed up afresh."""
        rows = bucket_rows(connection, self._chunks, tag_id, level, first, last)
        width_ns = WIDTHS_NS[level]
        begin, end = np.searchsorted(loose[0], (first * width_ns, (last + 1) * width_ns)).tolist()
        for low, high in runs_of(np.unique(loose[0][begin:end] // width_ns)):
            times, values, statuses, _ = merge_columns(
                list(
                    samples.pieces(
                        connection,
                        self._blocks,
                        loose,
                        tag_id,
                        low * width_ns,
                        (high + 1) * width_ns,
                        patience,
                    )
                )
            )
            rows = replaced(rows, summarize_by(times, values, statuses, times // width_ns))
        return rows

    def aggregates(
        self,
        path: str,
        aggregate: Aggregate,
        start_ns: int,
        end_ns: int,
        interval_ns: int,
        settings: AggregateSettings | None = None,
        patience: Patience | None = None,
    ) -> Iterator[AggregateSeries]:
        """Yield an OPC UA aggregate (Part 13) of each interval, in pieces, in the order of time.

        Raises:
            HistoryUnavailableError: the database cannot be read.
            QueryCancelledError, QueryTimeoutError: the caller gave up, or its time is over.
        """
        if interval_ns < 1 or end_ns <= start_ns:
            raise ValueError("expected an interval of at least 1 ns and a period that ends after its start")
        tag = self._tags.find(path)
        if settings is None:
            settings = AggregateSettings(stepped=tag is None or not tag.data_type.is_float)
        patience = patience or _PATIENT
        with self._connect() as connection:
            tag_id = self._tag_id(connection, path)
            loose = merge_columns(()) if tag_id is None else of_tag(self._segments(connection), tag_id)

            def buckets(level: int, first: int, last: int) -> Summaries:
                assert tag_id is not None  # noqa: S101  # compute asks only for what was announced
                return self._buckets(connection, tag_id, level, first, last, loose, patience)

            def between(from_ns: int, to_ns: int) -> Columns:
                if tag_id is None:
                    return merge_columns(())
                return merge_columns(
                    [
                        samples.before(connection, self._blocks, loose, tag_id, from_ns),
                        *samples.pieces(connection, self._blocks, loose, tag_id, from_ns, to_ns, patience),
                        samples.after(connection, self._blocks, loose, tag_id, to_ns),
                    ]
                )

            yield from compute(
                path,
                aggregate,
                start_ns,
                end_ns,
                interval_ns,
                settings,
                between,
                None if tag_id is None else buckets,
                patience,
                known(connection),
            )

    def percent_good(self, path: str, start_ns: int, end_ns: int) -> float:
        """Return for how much of a period the tag's value was good, 0 to 100 (AGG-19)."""
        [found] = self.aggregates(path, Aggregate.PERCENT_GOOD, start_ns, end_ns, end_ns - start_ns)
        return float(found.values[0])

    def state_at(self, at_ns: int, paths: Sequence[str] | None = None) -> Batch:
        """Return the last sample at or before ``at_ns`` of each tag that has one."""
        with self._connect() as connection:
            wanted = self._wanted(connection, paths)
            newest: dict[int, tuple[int, Value | None, int]] = {}
            self._sealed_state(connection, at_ns, wanted, newest)
            for batch in self._segments(connection):
                for row in newest_rows(batch, at_ns).tolist():
                    tag_id, source_ns = int(batch.tag_ids[row]), int(batch.source_ns[row])
                    if tag_id in wanted and (tag_id not in newest or source_ns >= newest[tag_id][0]):
                        newest[tag_id] = source_ns, batch.value_at(row), int(batch.statuses[row])
        order = sorted((wanted[tag_id], tag_id) for tag_id in newest)
        return Batch.of(
            [
                (project_id, newest[tag_id][1], newest[tag_id][2], newest[tag_id][0])
                for project_id, tag_id in order
            ],
            at_ns,
        )

    def _sealed_state(
        self,
        connection: Connection,
        at_ns: int,
        wanted: dict[int, int],
        newest: dict[int, tuple[int, Value | None, int]],
    ) -> None:
        """Look a time up in the block that holds it; past a block's end its row says it without decoding."""
        inside: list[tuple[int, int]] = []
        for tag_id, block_id, last_ns, last, status, has_extras in connection.execute(
            HELD_BLOCKS, {"at": at_ns}
        ):
            if tag_id not in wanted:
                continue
            if last_ns <= at_ns and not has_extras:
                value = None if status >= 0x80000000 else (float("nan") if last is None else last)
                newest[tag_id] = last_ns, value, status
            else:
                inside.append((tag_id, block_id))
        columns = self._blocks.load(connection, [block_id for _, block_id in inside])
        for (tag_id, _), (times, values, statuses, extras) in zip(inside, columns, strict=True):
            row = int(times.searchsorted(at_ns, side="right")) - 1
            status = int(statuses[row])
            value = None if status >= 0x80000000 else extras.get(row, float(values[row]))
            newest[tag_id] = int(times[row]), value, status

    def stats(self) -> Stats:
        """Return figures about everything stored."""
        with self._connect() as connection:
            return collect(connection)

    def span_ns(self) -> tuple[int, int] | None:
        """Return the first and last source time stored, or None when history is empty."""
        first: list[int] = []
        last: list[int] = []
        with self._connect() as connection:
            for table in (journal_table, block_table):
                row = connection.execute(select(func.min(table.c.first_ns), func.max(table.c.last_ns))).one()
                if row[0] is not None:
                    first.append(int(row[0]))
                    last.append(int(row[1]))
        return (min(first), max(last)) if first else None

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    def _tag_id(self, connection: Connection, path: str) -> int | None:
        return self._known(connection).get(path)

    def _known(self, connection: Connection) -> dict[str, int]:
        """Return the history's tag ids by path; tags are added now and then, never changed."""
        newest = connection.execute(_NEWEST_TAG).scalar() or 0
        if newest != self._newest_tag:
            rows = connection.execute(select(tag_table.c.path, tag_table.c.id))
            self._ids = {row.path: row.id for row in rows}
            self._newest_tag = newest
        return self._ids

    def _wanted(self, connection: Connection, paths: Sequence[str] | None) -> dict[int, int]:
        """Return the project's tag id by the history's."""
        known = self._known(connection)
        found = {}
        for path in [tag.path for tag in self._tags] if paths is None else paths:
            tag = self._tags.find(path)
            if tag is not None and path in known:
                found[known[path]] = tag.id
        return found

    def _segments(self, connection: Connection) -> Sequence[Batch]:
        """Return what is not sealed yet, in the order of arrival."""
        return [*self._journal.segments(connection), *samples.undecided(connection)]

    def _connect(self) -> Reading:
        return Reading(self._engine)

    @contextmanager
    def _places(self) -> Iterator[Sequence[Place]]:
        """Open the databases that have events."""
        with self._connect() as connection:
            yield (Place(connection),)
