"""The bytes of stored samples: a journal row holds many tags of one commit, a block one tag's samples."""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig, standalone

from historian.model import HistorianError
from tags.model import Batch, Value

_CHUNK = ChunkConfig(compression_level=4)
_MIN_ROWS_TO_COMPRESS = 16
"""Below this the codec's own header is larger than what it saves."""


class JournalColumns(msgspec.Struct, frozen=True, array_like=True):
    """Carry the samples of one commit; ``tag_ids`` are the history's own."""

    tag_ids: bytes
    values: bytes
    statuses: bytes
    source_ns: bytes
    extras: dict[int, Value]


class BlockColumns(msgspec.Struct, frozen=True, array_like=True):
    """Carry one tag's samples in the order of source time.

    ``times`` and ``values`` are pcodec streams of int64 and float64, or plain little-endian arrays when
    ``is_plain``; ``statuses`` is 4 bytes when all are equal.
    """

    rows: int
    is_plain: bool
    times: bytes
    values: bytes
    statuses: bytes
    extras: dict[int, Value]


_encoder = msgspec.msgpack.Encoder()
_journal = msgspec.msgpack.Decoder(JournalColumns)
_block = msgspec.msgpack.Decoder(BlockColumns)


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
    rows = len(times)
    is_plain = rows < _MIN_ROWS_TO_COMPRESS
    constant = rows > 0 and bool((statuses == statuses[0]).all())
    return _encoder.encode(
        BlockColumns(
            rows,
            is_plain,
            times.astype("<i8").tobytes() if is_plain else bytes(standalone.simple_compress(times, _CHUNK)),
            values.astype("<f8").tobytes() if is_plain else bytes(standalone.simple_compress(values, _CHUNK)),
            (statuses[:1] if constant else statuses).astype("<u4").tobytes(),
            dict(extras),
        )
    )


def unpack_block(
    data: bytes,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint32], dict[int, Value]]:
    """Return a block's times, values, statuses and exact values by row.

    Raises:
        HistorianError: the bytes are damaged.
    """
    try:
        columns = _block.decode(data)
        if columns.is_plain:
            times = np.frombuffer(columns.times, "<i8")
            values = np.frombuffer(columns.values, "<f8")
        else:
            times = np.asarray(standalone.simple_decompress(columns.times))
            values = np.asarray(standalone.simple_decompress(columns.values))
        statuses = np.frombuffer(columns.statuses, "<u4")
    except (msgspec.MsgspecError, ValueError, RuntimeError) as error:
        raise HistorianError(f"a block is damaged: {error}") from error
    if len(statuses) == 1 and columns.rows != 1:
        statuses = np.full(columns.rows, statuses[0], np.uint32)
    if not len(times) == len(values) == len(statuses) == columns.rows:
        raise HistorianError("a block is damaged: its columns differ in length")
    return times, values, statuses, columns.extras
