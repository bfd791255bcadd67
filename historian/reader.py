"""Queries on a history: raw samples, pixel columns, state at a time, and the plant log."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from historian.blocks import unpack_block, unpack_journal
from historian.model import HistoryUnavailableError, LogEntry, PixelSeries, Series
from historian.schema import block_table, journal_table, log_table, tag_table, write_table
from tags.model import Batch, TagTable, Value, WriteResult
from tags.status import StatusCode

_Columns = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint32], dict[int, Value]]

_result = msgspec.json.Decoder(WriteResult)


class HistoryReader:
    """Query a history from any thread; a call blocks its caller only (:class:`historian.model.Reader`)."""

    def __init__(self, engine: Engine, tags: TagTable) -> None:
        self._engine = engine
        self._tags = tags

    def raw(
        self, path: str, start_ns: int, end_ns: int, *, bounds: bool = False, limit: int | None = None
    ) -> Series:
        """Return samples with start <= source time < end, and with ``bounds`` the ones next outside.

        ``limit`` keeps the first so many. Of several samples at one instant the last to arrive counts.

        Raises:
            HistoryUnavailableError: the database cannot be read.
        """
        with self._connect() as connection:
            tag_id = _tag_id(connection, path)
            if tag_id is None:
                return _series(path, _empty())
            columns = _samples(connection, tag_id, start_ns, end_ns, with_bounds=bounds)
        times = columns[0]
        first, last = np.searchsorted(times, (start_ns, end_ns)).tolist()
        if bounds:
            first, last = max(0, first - 1), min(len(times), last + 1)
        if limit is not None:
            last = min(last, first + limit)
        return _series(path, _slice(columns, first, last))

    def pixels(self, paths: Sequence[str], start_ns: int, end_ns: int, columns: int) -> list[PixelSeries]:
        """Return ``columns`` pixel columns of equal width per tag; no extreme is lost (HIS-27).

        A column without a sample of its own shows what held during it: the value before, unless that was bad.
        """
        if columns < 1 or end_ns <= start_ns:
            raise ValueError("expected at least one column and a period that ends after its start")
        edges = np.linspace(start_ns, end_ns, columns + 1).astype(np.int64)
        found = []
        for path in paths:
            series = self.raw(path, start_ns, end_ns, bounds=True)
            found.append(_pixels(series, edges))
        return found

    def state_at(self, at_ns: int, paths: Sequence[str] | None = None) -> Batch:
        """Return the last sample at or before ``at_ns`` of each tag that has one."""
        wanted = [tag.path for tag in self._tags] if paths is None else list(paths)
        samples: list[tuple[int, Value | None, int, int]] = []
        with self._connect() as connection:
            ids = {row.path: row.id for row in connection.execute(select(tag_table.c.path, tag_table.c.id))}
            newest = _newest(connection, at_ns, {ids[path] for path in wanted if path in ids})
        for path in wanted:
            tag = self._tags.find(path)
            sample = newest.get(ids.get(path, -1))
            if tag is not None and sample is not None:
                source_ns, value, status = sample
                samples.append((tag.id, value, status, source_ns))
        return Batch.of(samples, at_ns)

    def entries(self, start_ns: int, end_ns: int, kinds: Sequence[str] = ()) -> Iterator[LogEntry]:
        """Yield plant log entries in the order of source time."""
        query = (
            select(log_table)
            .where(log_table.c.source_ns >= start_ns, log_table.c.source_ns < end_ns)
            .order_by(log_table.c.source_ns, log_table.c.id)
        )
        if kinds:
            query = query.where(log_table.c.kind.in_(list(kinds)))
        with self._connect() as connection:
            for row in connection.execute(query):
                yield LogEntry(row.kind, row.source_ns, row.receive_ns, row.subject, row.text, row.detail)

    def writes(self, start_ns: int, end_ns: int, path: str | None = None) -> Iterator[WriteResult]:
        """Yield operator writes in the order of their request."""
        query = (
            select(write_table.c.result)
            .where(write_table.c.requested_ns >= start_ns, write_table.c.requested_ns < end_ns)
            .order_by(write_table.c.requested_ns, write_table.c.id)
        )
        if path is not None:
            query = query.where(write_table.c.path == path)
        with self._connect() as connection:
            for data in connection.execute(query).scalars():
                yield _result.decode(data)

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

    def _connect(self) -> "_Reading":
        return _Reading(self._engine)


class _Reading:
    """Open a connection for one query and turn the database's errors into the historian's."""

    __slots__ = ("_connection", "_engine")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Connection:
        try:
            self._connection = self._engine.connect()
        except SQLAlchemyError as error:
            raise _unavailable(error) from error
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._connection.close()
        if isinstance(error, SQLAlchemyError):
            raise _unavailable(error) from error


def _unavailable(error: SQLAlchemyError) -> HistoryUnavailableError:
    return HistoryUnavailableError(f"the history cannot be read: {getattr(error, 'orig', None) or error}")


def _tag_id(connection: Connection, path: str) -> int | None:
    found = connection.execute(select(tag_table.c.id).where(tag_table.c.path == path)).scalar_one_or_none()
    return None if found is None else int(found)


def _samples(
    connection: Connection, tag_id: int, start_ns: int, end_ns: int, *, with_bounds: bool
) -> _Columns:
    """Return a tag's samples around a period in order of time, each instant once."""
    parts: list[_Columns] = []
    inside = and_(block_table.c.first_ns < end_ns, block_table.c.last_ns >= start_ns)
    query = select(block_table.c.data).where(block_table.c.tag_id == tag_id, inside)
    parts.extend(
        unpack_block(data) for data in connection.execute(query.order_by(block_table.c.id)).scalars()
    )
    if with_bounds:
        mine = block_table.c.tag_id == tag_id
        before = select(block_table.c.data).where(mine, block_table.c.last_ns < start_ns)
        after = select(block_table.c.data).where(mine, block_table.c.first_ns >= end_ns)
        neighbours = (
            before.order_by(block_table.c.last_ns.desc(), block_table.c.id.desc()).limit(1),
            after.order_by(block_table.c.first_ns, block_table.c.id).limit(1),
        )
        for neighbour in neighbours:
            parts.extend(unpack_block(data) for data in connection.execute(neighbour).scalars())
    # The journal is short: what has not been sealed. Bounds may be anywhere in it.
    journal = select(journal_table.c.data).order_by(journal_table.c.id)
    if not with_bounds:
        journal = journal.where(journal_table.c.first_ns < end_ns, journal_table.c.last_ns >= start_ns)
    for data in connection.execute(journal).scalars():
        batch = unpack_journal(data)
        rows = np.flatnonzero(batch.tag_ids == tag_id)
        if len(rows):
            part = batch.take(rows)
            parts.append((part.source_ns, part.values, part.statuses, dict(part.extras)))
    return _merge(parts)


def _merge(parts: Sequence[_Columns]) -> _Columns:
    """Return parts as one, in order of time; of equal times the later part's sample wins."""
    if not parts:
        return _empty()
    times = np.concatenate([part[0] for part in parts])
    values = np.concatenate([part[1] for part in parts])
    statuses = np.concatenate([part[2] for part in parts])
    extras: dict[int, Value] = {}
    offset = 0
    for part in parts:
        for row, value in part[3].items():
            extras[offset + row] = value
        offset += len(part[0])
    order = np.argsort(times, kind="stable")
    times = times[order]
    is_last = np.r_[times[1:] != times[:-1], True] if len(times) else np.zeros(0, dtype=np.bool_)
    order = order[is_last]
    kept = {new: extras[old] for new, old in enumerate(order.tolist()) if old in extras} if extras else {}
    return times[is_last], values[order], statuses[order], kept


def _newest(
    connection: Connection, at_ns: int, tag_ids: set[int]
) -> dict[int, tuple[int, Value | None, int]]:
    """Return ``(source_ns, value, status)`` of each tag's last sample at or before a time."""
    newest: dict[int, tuple[int, Value | None, int]] = {}

    def offer(tag_id: int, columns: _Columns) -> None:
        row = int(np.searchsorted(columns[0], at_ns, side="right")) - 1
        if row < 0:
            return
        source_ns = int(columns[0][row])
        if tag_id not in newest or source_ns >= newest[tag_id][0]:
            status = int(columns[2][row])
            value = columns[3].get(row, float(columns[1][row]))
            newest[tag_id] = source_ns, None if status & 0x80000000 else value, status

    ended = (
        select(block_table.c.tag_id, func.max(block_table.c.last_ns).label("last_ns"))
        .where(block_table.c.last_ns <= at_ns)
        .group_by(block_table.c.tag_id)
        .subquery()
    )
    query = (
        select(block_table.c.tag_id, block_table.c.data)
        .outerjoin(ended, ended.c.tag_id == block_table.c.tag_id)
        .where(
            or_(
                block_table.c.last_ns == ended.c.last_ns,
                and_(block_table.c.first_ns <= at_ns, block_table.c.last_ns > at_ns),
            )
        )
        .order_by(block_table.c.id)
    )
    for row in connection.execute(query):
        if row.tag_id in tag_ids:
            offer(row.tag_id, unpack_block(row.data))
    journal = (
        select(journal_table.c.data).where(journal_table.c.first_ns <= at_ns).order_by(journal_table.c.id)
    )
    for data in connection.execute(journal).scalars():
        batch = unpack_journal(data)
        rows = np.flatnonzero(batch.source_ns <= at_ns)
        rows = rows[np.argsort(batch.source_ns[rows], kind="stable")]
        for index, tag_id in zip(rows.tolist(), batch.tag_ids[rows].tolist(), strict=True):
            source_ns = int(batch.source_ns[index])
            if tag_id in tag_ids and (tag_id not in newest or source_ns >= newest[tag_id][0]):
                newest[tag_id] = source_ns, batch.value_at(index), int(batch.statuses[index])
    return newest


def _pixels(series: Series, edges: NDArray[np.int64]) -> PixelSeries:
    """Reduce samples (with the one before) to pixel columns; a value holds until the next sample."""
    columns = len(edges) - 1
    shape = (5, columns)
    low, high, mean, first, last = np.full(shape, np.nan)
    counts = np.zeros(columns, dtype=np.int64)
    worst = np.full(columns, int(StatusCode.BadNoData), dtype=np.uint32)
    found = PixelSeries(series.path, edges, low, high, mean, first, last, counts, worst)
    if len(series.source_ns):
        # Repeat the held value at every edge, so that each column starts with what held there.
        held = np.searchsorted(series.source_ns, edges[:-1], side="right") - 1
        known = held >= 0
        times = np.concatenate([series.source_ns, edges[:-1][known]])
        rows = np.concatenate([np.arange(len(series.source_ns)), held[known]])
        is_held = np.concatenate(
            [np.zeros(len(series.source_ns), np.bool_), np.ones(int(known.sum()), np.bool_)]
        )
        keep = (times >= edges[0]) & (times < edges[-1])
        order = np.lexsort((~is_held[keep], times[keep]))
        times, rows, is_held = times[keep][order], rows[keep][order], is_held[keep][order]
        _reduce(found, series, times, rows, is_held)
    return found


def _reduce(
    out: PixelSeries,
    series: Series,
    times: NDArray[np.int64],
    rows: NDArray[np.intp],
    is_held: NDArray[np.bool_],
) -> None:
    """Fill pixel columns from samples in the order of time; ``rows`` are those of the series."""
    edges = out.edges_ns
    if not len(times):
        return
    column = np.searchsorted(edges, times, side="right") - 1
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    where = column[starts]
    is_bad = (series.statuses[rows] >> np.uint32(31)).astype(np.bool_)
    values = np.where(is_bad, np.nan, series.values[rows])
    with np.errstate(invalid="ignore"):
        out.low[where] = np.fmin.reduceat(values, starts)
        out.high[where] = np.fmax.reduceat(values, starts)
    out.counts[where] = np.add.reduceat((~is_held).astype(np.int64), starts)
    # Severity is in the top bits, so the largest status code is the worst one.
    out.worst[where] = np.maximum.reduceat(series.statuses[rows], starts)
    ends = np.r_[times[1:], edges[-1]]
    ends = np.minimum(ends, edges[column + 1])
    good_ns = np.where(np.isnan(values), 0, ends - times).astype(np.float64)
    area = np.add.reduceat(np.nan_to_num(values) * good_ns, starts)
    span = np.add.reduceat(good_ns, starts)
    np.divide(area, span, out=area, where=span > 0)
    out.mean[where] = np.where(span > 0, area, np.nan)
    out.first[where] = values[starts]
    out.last[where] = values[np.r_[starts[1:] - 1, len(values) - 1]]


def _empty() -> _Columns:
    return np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint32), {}


def _slice(columns: _Columns, first: int, last: int) -> _Columns:
    extras = {row - first: value for row, value in columns[3].items() if first <= row < last}
    return columns[0][first:last], columns[1][first:last], columns[2][first:last], extras


def _series(path: str, columns: _Columns) -> Series:
    return Series(path, *columns)
