"""The bytes of stored samples: a journal row holds many tags of one commit, a block one tag's samples.

docs/history-format.md describes them byte by byte.
"""

import zlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from pcodec import standalone

from historian.columns import pack_column, unpack_column
from historian.model import HistorianError
from tags.model import Batch, Value

Columns = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint32], dict[int, Value]]
"""Times, values, statuses of one tag in order of time, and exact values by row."""

FORMAT = b"\x02"
"""The first byte of a block; one of format 1 begins with that of a msgpack array."""
_MIN_BYTES_TO_DEFLATE = 128


class JournalColumns(msgspec.Struct, frozen=True, array_like=True):
    """Carry the samples of one commit; ``tag_ids`` are the history's own."""

    tag_ids: bytes
    values: bytes
    statuses: bytes
    source_ns: bytes
    extras: dict[int, Value]


class OldBlockColumns(msgspec.Struct, frozen=True, array_like=True):
    """Carry a block of format 1, which is read but no longer written."""

    rows: int
    is_plain: bool
    times: bytes
    values: bytes
    statuses: bytes
    extras: dict[int, Value]


class BlockColumns(msgspec.Struct, frozen=True, array_like=True):
    """Carry one tag's samples in the order of source time, each instant once.

    ``times``, ``values`` and ``statuses`` are columns (see :mod:`historian.columns`); ``extras`` is a msgpack
    map from row to exact value, deflated when ``is_deflated``.
    """

    rows: int
    times: bytes
    values: bytes
    statuses: bytes
    is_deflated: bool
    extras: bytes


_encoder = msgspec.msgpack.Encoder()
_journal = msgspec.msgpack.Decoder(JournalColumns)
_block = msgspec.msgpack.Decoder(BlockColumns)
_old_block = msgspec.msgpack.Decoder(OldBlockColumns)
_extras = msgspec.msgpack.Decoder(dict[int, Value])


def pack_journal(batch: Batch) -> bytes:
    """Return a journal row's bytes."""
    return _encoder.encode(
        JournalColumns(
            batch.tag_ids.astype("<i4", copy=False).tobytes(),
            batch.values.astype("<f8", copy=False).tobytes(),
            batch.statuses.astype("<u4", copy=False).tobytes(),
            batch.source_ns.astype("<i8", copy=False).tobytes(),
            dict(batch.extras),
        )
    )


def unpack_journal(data: bytes) -> Batch:
    """Return a journal row's samples.

    Raises:
        HistorianError: the bytes are damaged.
    """
    try:
        columns = _journal.decode(data)
        return Batch(
            np.frombuffer(columns.tag_ids, "<i4"),
            np.frombuffer(columns.values, "<f8"),
            np.frombuffer(columns.statuses, "<u4"),
            np.frombuffer(columns.source_ns, "<i8"),
            0,
            columns.extras,
        )
    except (msgspec.MsgspecError, ValueError) as error:
        raise HistorianError(f"a journal row is damaged: {error}") from error


def pack_block(
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    statuses: NDArray[np.uint32],
    extras: Mapping[int, Value],
) -> bytes:
    """Return a block's bytes; all columns have the same length, times are in order."""
    packed = _encoder.encode(dict(extras)) if extras else b""
    is_deflated = len(packed) >= _MIN_BYTES_TO_DEFLATE
    return FORMAT + _encoder.encode(
        BlockColumns(
            len(times),
            pack_column(times),
            pack_column(values),
            pack_column(statuses),
            is_deflated,
            zlib.compress(packed) if is_deflated else packed,
        )
    )


def unpack_block(data: bytes) -> Columns:
    """Return a block's times, values, statuses and exact values by row.

    Raises:
        HistorianError: the bytes are damaged.
    """
    try:
        if data[:1] != FORMAT:
            return _unpack_old_block(data)
        columns = _block.decode(memoryview(data)[1:])
        extras = columns.extras
        if columns.is_deflated:
            extras = zlib.decompress(extras)
        return (
            unpack_column(columns.times, np.int64, columns.rows).astype(np.int64, copy=False),
            unpack_column(columns.values, np.float64, columns.rows).astype(np.float64, copy=False),
            unpack_column(columns.statuses, np.uint32, columns.rows).astype(np.uint32, copy=False),
            _extras.decode(extras) if extras else {},
        )
    except (msgspec.MsgspecError, zlib.error) as error:
        raise HistorianError(f"a block is damaged: {error}") from error


def _unpack_old_block(data: bytes) -> Columns:
    columns = _old_block.decode(data)
    try:
        if columns.is_plain:
            times = np.frombuffer(columns.times, "<i8")
            values = np.frombuffer(columns.values, "<f8")
        else:
            times = np.asarray(standalone.simple_decompress(columns.times))
            values = np.asarray(standalone.simple_decompress(columns.values))
        statuses = np.frombuffer(columns.statuses, "<u4")
    except (ValueError, RuntimeError) as error:
        raise HistorianError(f"a block is damaged: {error}") from error
    if len(statuses) == 1 and columns.rows != 1:
        statuses = np.full(columns.rows, statuses[0], np.uint32)
    if not len(times) == len(values) == len(statuses) == columns.rows:
        raise HistorianError("a block is damaged: its columns differ in length")
    return times, values, statuses, columns.extras


def empty_columns() -> Columns:
    """Return columns without rows."""
    return np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint32), {}


def slice_columns(columns: Columns, first: int, last: int) -> Columns:
    """Return rows ``first`` to ``last`` (excluded)."""
    extras = columns[3]
    if extras:
        extras = {row - first: value for row, value in extras.items() if first <= row < last}
    return columns[0][first:last], columns[1][first:last], columns[2][first:last], extras


def merge_columns(parts: Sequence[Columns]) -> Columns:
    """Return parts as one, in order of time; of equal times the later part's sample wins."""
    parts = [part for part in parts if len(part[0])]
    if not parts:
        return empty_columns()
    times = np.concatenate([part[0] for part in parts])
    values = np.concatenate([part[1] for part in parts])
    statuses = np.concatenate([part[2] for part in parts])
    extras: dict[int, Value] = {}
    offset = 0
    for part in parts:
        for row, value in part[3].items():
            extras[offset + row] = value
        offset += len(part[0])
    if (times[1:] > times[:-1]).all():
        return times, values, statuses, extras
    order = np.argsort(times, kind="stable")
    times = times[order]
    is_last = np.r_[times[1:] != times[:-1], True]
    order = order[is_last]
    kept = {new: extras[old] for new, old in enumerate(order.tolist()) if old in extras} if extras else {}
    return times[is_last], values[order], statuses[order], kept
