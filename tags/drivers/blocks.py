"""Decode polled memory: many small places become few blocks, one answer becomes one batch.

Modbus tables and S7 areas are alike: a run of bits, bytes or registers that one request fetches. A driver
turns each item into a :class:`Span`; :func:`tags.drivers.block_plan.plan` merges the spans of one space into
blocks; a block decodes its answer with one NumPy gather for all values of a kind.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tags.counting import counted
from tags.drivers.base import Item
from tags.model import MAX_EXACT_INTEGER, Batch, DataType, Value, needs_extra, to_float
from tags.status import StatusCode

_WIRE_TYPES: dict[DataType, np.dtype[Any]] = {
    DataType.INT8: np.dtype(">i1"),
    DataType.UINT8: np.dtype(">u1"),
    DataType.INT16: np.dtype(">i2"),
    DataType.UINT16: np.dtype(">u2"),
    DataType.INT32: np.dtype(">i4"),
    DataType.UINT32: np.dtype(">u4"),
    DataType.INT64: np.dtype(">i8"),
    DataType.UINT64: np.dtype(">u8"),
    DataType.FLOAT32: np.dtype(">f4"),
    DataType.FLOAT64: np.dtype(">f8"),
}

REQUESTS_FIRST = 1 << 32
"""An overhead beside which no number of places counts: the fewest requests, then the fewest places."""


@dataclass(frozen=True, slots=True)
class Space:
    """Name a run of places that one request can fetch, such as a Modbus table or a data block.

    ``unit_bits`` is the width of one place: 1 for coils, 8 for bytes, 16 for registers. ``limit`` is the most
    places in one request, ``gap`` the most unused ones between two used ones that may be read. ``overhead``
    is the cost of one more request, counted in places that could be read instead.
    """

    key: Hashable
    unit_bits: int
    limit: int
    gap: int
    overhead: int = REQUESTS_FIRST


@dataclass(frozen=True, slots=True)
class Span:
    """Place one item in a space: ``count`` places from ``start``; in a space of bits several are an array.

    ``positions`` are the bytes of the value relative to the span, most significant first (no meaning in a
    space of bits); ``bit`` is set for one bit of ``positions[0]``. ``decode`` is set for what NumPy cannot
    gather (texts, times): it takes the bytes at ``positions`` and raises ValueError when they make no value.
    """

    item: Item
    start: int
    count: int
    positions: tuple[int, ...] = (0,)
    bit: int | None = None
    decode: Callable[[bytes], Value] | None = None

    @property
    def end(self) -> int:
        """Return the first place behind the span."""
        return self.start + self.count


@dataclass(frozen=True)
class Block:
    """Fetch ``count`` places from ``start`` of a space by one request, for the spans inside."""

    space: Space
    start: int
    count: int
    spans: tuple[Span, ...]

    @cached_property
    def tag_ids(self) -> NDArray[np.int32]:
        """Return the tag id of each span, int32."""
        return np.fromiter((span.item.tag_id for span in self.spans), np.int32, len(self.spans))

    @property
    def byte_count(self) -> int:
        """Return the length of the answer's data."""
        return (self.count * self.space.unit_bits + 7) // 8

    @property
    def used_bytes(self) -> int:
        """Return how many bytes of the answer some span uses."""
        used: set[int] = set()
        for span in self.spans:
            used.update(range(span.start, span.end))
        return (len(used) * self.space.unit_bits + 7) // 8

    def split(self) -> "tuple[Block, Block] | None":
        """Return two halves that each reach over their own spans only, or None when one place is left.

        They part at the widest stretch that no span uses, where a hole is likeliest, of the middle half.
        """
        places = sorted({(span.start, span.end) for span in self.spans})
        if len(places) < 2:
            return None
        quarter = len(places) // 4
        middle = len(places) // 2
        unused = [0] * len(places)
        end = places[0][1]
        for at, place in enumerate(places):
            unused[at] = max(place[0] - end, 0)
            end = max(end, place[1])
        at = max(
            range(max(quarter, 1), max(len(places) - quarter, 2)),
            key=lambda at: (unused[at], -abs(at - middle)),
        )
        return (
            block_of(self.space, [span for span in self.spans if (span.start, span.end) < places[at]]),
            block_of(self.space, [span for span in self.spans if (span.start, span.end) >= places[at]]),
        )

    def decode(self, data: bytes, source_ns: int) -> Batch:
        """Return one row per span with its value in ``data`` (``byte_count`` bytes)."""
        raw = np.frombuffer(data, np.uint8)
        rows = len(self.spans)
        values = np.full(rows, np.nan)
        statuses = np.zeros(rows, np.uint32)
        extras: dict[int, Value] = {}
        for data_type, at, index in self._gathers:
            numbers = raw[index].view(_WIRE_TYPES[data_type])[:, 0]
            values[at] = numbers
            if not data_type.is_exact:
                exact = numbers.tolist()
                extras.update(
                    (row, number)
                    for row, number in zip(at.tolist(), exact, strict=True)
                    if abs(number) > MAX_EXACT_INTEGER
                )
        if len(self._bits[0]):
            at, byte, bit = self._bits
            values[at] = (raw[byte] >> bit) & 1
        for row, offset, count in self._bit_arrays:
            bits = np.unpackbits(raw, bitorder="little")[offset : offset + count]
            extras[row] = tuple(bits.astype(bool).tolist())
        for row, index, decode in self._others:
            try:
                value = decode(raw[index].tobytes())
            except ValueError:
                statuses[row] = StatusCode.BadDecodingError
                continue
            if needs_extra(value):
                extras[row] = value
            values[row] = to_float(value)
        return Batch(self.tag_ids, values, statuses, np.full(rows, source_ns, np.int64), source_ns, extras)

    def bytes_of(self, span: Span) -> tuple[tuple[int, ...], int | None]:
        """Return which bytes of the answer make a span's value, and its bit's number in them if it is one."""
        if self.space.unit_bits > 1:
            base = self._byte_of(span)
            return tuple(base + at for at in span.positions), span.bit
        first, last = span.start - self.start, span.end - 1 - self.start
        return tuple(range(first // 8, last // 8 + 1)), first % 8 if span.count == 1 else None

    def marking(self, status: int, at_ns: int) -> Batch:
        """Return one row per span with this status and no value."""
        return Batch.marking(self.tag_ids, status, at_ns)

    def _byte_of(self, span: Span) -> int:
        return (span.start - self.start) * self.space.unit_bits // 8

    @cached_property
    def _gathers(self) -> list[tuple[DataType, NDArray[np.intp], NDArray[np.intp]]]:
        """Group plain numbers by type: rows n, and the bytes of each value n x width."""
        groups: dict[DataType, list[tuple[int, list[int]]]] = {}
        for row, span in enumerate(self.spans):
            if span.decode is None and span.bit is None and self.space.unit_bits > 1:
                base = self._byte_of(span)
                groups.setdefault(span.item.data_type, []).append((row, [base + at for at in span.positions]))
        return [
            (data_type, np.array([row for row, _ in members]), np.array([index for _, index in members]))
            for data_type, members in groups.items()
        ]

    @cached_property
    def _bits(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]:
        """Return rows, bytes and bit numbers of the single bits."""
        found: list[tuple[int, int, int]] = []
        for row, span in enumerate(self.spans):
            if self.space.unit_bits == 1 and span.count == 1:
                offset = span.start - self.start
                found.append((row, offset // 8, offset % 8))
            elif span.bit is not None:
                found.append((row, self._byte_of(span) + span.positions[0], span.bit))
        table = np.array(found, np.intp).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2].astype(np.uint8)

    @cached_property
    def _bit_arrays(self) -> list[tuple[int, int, int]]:
        """Return row, first bit and number of the arrays in a space of bits."""
        if self.space.unit_bits > 1:
            return []
        return [
            (row, span.start - self.start, span.count)
            for row, span in enumerate(self.spans)
            if span.count > 1
        ]

    @cached_property
    def _others(self) -> list[tuple[int, NDArray[np.intp], Callable[[bytes], Value]]]:
        return [
            (row, np.array([self._byte_of(span) + at for at in span.positions]), span.decode)
            for row, span in enumerate(self.spans)
            if span.decode is not None
        ]


def block_of(space: Space, spans: Sequence[Span]) -> Block:
    """Return the block that reaches over these spans."""
    start = min(span.start for span in spans)
    return Block(space, start, max(span.end for span in spans) - start, tuple(spans))


def array_decoder(data_type: DataType) -> Callable[[bytes], Value]:
    """Return what makes an array of numbers of their bytes, each most significant first."""
    wire_type = _WIRE_TYPES[data_type]

    def decode(data: bytes) -> Value:
        return tuple(np.frombuffer(data, wire_type).tolist())

    return decode


def request_count(blocks: Sequence[Block]) -> int:
    """Return how many requests fetch the blocks of one request; more than one when a block is too wide."""
    return max((-(-block.count // block.space.limit) for block in blocks), default=0)


def plan_text(blocks: Sequence[Block], requests: int | None = None) -> str:
    """Return one line for the connections page: tags, requests and the share of fetched bytes in use."""
    tags = sum(len(block.spans) for block in blocks)
    fetched = sum(block.byte_count for block in blocks)
    used = sum(block.used_bytes for block in blocks)
    share = round(100 * used / fetched) if fetched else 100
    if requests is None:
        requests = sum(request_count([block]) for block in blocks)
    counts = f"{counted(tags, 'tag')} in {counted(requests, 'request')}"
    return f"{counts}, {share} % of bytes used"
