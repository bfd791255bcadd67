"""Roll-ups: summaries of every tag by buckets of fixed width, on three levels.

Buckets lie on whole multiples of their width since 1970, so that each level's buckets fill the next one's.
Level 0 has a row for every bucket with samples. A higher level has a row for every bucket with samples but
the newest, which is still growing: it is joined from the level below when somebody asks.
"""

from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from historian.columns import pack_column, unpack_column
from historian.model import HistorianError
from historian.summary import SUMMARY, Summaries, join_by, joined
from tags.clock import NS_PER_S

WIDTHS_NS = (300 * NS_PER_S, 3_600 * NS_PER_S, 86_400 * NS_PER_S)
"""Five minutes, an hour, a day. A level of 10 s would hold more bytes than the samples of a 1 s tag."""
BUCKETS_PER_CHUNK = (288, 384, 512)
"""Rows of the table hold so many buckets: a day, 16 days, 512 days."""
LEVELS = len(WIDTHS_NS)

_FORMAT = 2
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[int, int, list[bytes]])


def bucket_of(level: int, time_ns: int) -> int:
    """Return the number of the bucket that holds a time."""
    return time_ns // WIDTHS_NS[level]


def chunk_of(level: int, bucket: int) -> int:
    """Return the number of the chunk that holds a bucket."""
    return bucket // BUCKETS_PER_CHUNK[level]


def children(level: int) -> int:
    """Return how many buckets of the level below make one of this level (1 and above)."""
    return WIDTHS_NS[level] // WIDTHS_NS[level - 1]


def pack_chunk(level: int, rows: Summaries) -> bytes:
    """Return a chunk's bytes; rows are in the order of their key."""
    begin_ns = rows["key"] * WIDTHS_NS[level]
    columns: list[NDArray[np.generic]] = []
    for name in SUMMARY.names or ():
        column = np.ascontiguousarray(rows[name])
        # Stored as what is left over: nearly always constant, so next to nothing.
        if name in ("first_ns", "last_ns"):
            column = column - begin_ns
        elif name == "valid_ns":
            column = rows["last_ns"] - rows["first_ns"] - column
        columns.append(column)
    return _encoder.encode((_FORMAT, len(rows), [pack_column(column) for column in columns]))


def unpack_chunk(level: int, data: bytes) -> Summaries:
    """Return a chunk's rows.

    Raises:
        HistorianError: the bytes are damaged.
    """
    try:
        form, rows, columns = _decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise HistorianError(f"a roll-up is damaged: {error}") from error
    names = SUMMARY.names or ()
    if form != _FORMAT or len(columns) != len(names):
        raise HistorianError(f"a roll-up is damaged: unknown form {form}")
    found = np.empty(rows, SUMMARY)
    for name, column in zip(names, columns, strict=True):
        found[name] = unpack_column(column, SUMMARY[name], rows)
    begin_ns = found["key"] * WIDTHS_NS[level]
    found["first_ns"] += begin_ns
    found["last_ns"] += begin_ns
    found["valid_ns"] = found["last_ns"] - found["first_ns"] - found["valid_ns"]
    return found


def replaced(rows: Summaries, fresh: Summaries) -> Summaries:
    """Return ``rows`` with those of ``fresh`` added or put in the place of the same key, in order."""
    if not len(rows):
        return fresh
    if not len(fresh):
        return rows
    first, last = fresh["key"][0], rows["key"][-1]
    if first > last:
        return joined([rows, fresh])
    if first == last:  # the growing bucket, and what comes after it
        return joined([rows[:-1], fresh])
    kept = rows[~np.isin(rows["key"], fresh["key"])]
    merged = joined([kept, fresh])
    return merged[np.argsort(merged["key"], kind="stable")]


def parents(level: int, rows: Summaries) -> Summaries:
    """Join whole sets of rows of the level below to rows of this level."""
    return join_by(rows, rows["key"] // children(level))


def runs_of(buckets: NDArray[np.int64]) -> Iterable[tuple[int, int]]:
    """Yield first and last of each stretch of neighbouring buckets; they are in order, each once."""
    if not len(buckets):
        return
    breaks = np.flatnonzero(np.diff(buckets) > 1)
    firsts = np.r_[0, breaks + 1]
    lasts = np.r_[breaks, len(buckets) - 1]
    yield from zip(buckets[firsts].tolist(), buckets[lasts].tolist(), strict=True)
