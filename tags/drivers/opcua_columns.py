"""Notifications as columns, and what their client handles stand for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tags.drivers.base import Item
from tags.model import Batch, DataType, Value
from tags.status import StatusCode

BAD: Final = 0x80000000
"""The bit of a status that says that there is no value."""


@dataclass(slots=True)
class Columns:
    """Hold notifications in the order of the message; arrays of one length n.

    ``handles`` uint32 are the client handles; ``source_ns`` is 0 where the server gave neither a source nor a
    server time. ``extras`` maps a row to its exact value where a double cannot hold it; rows of bad status
    have NaN and no extra.
    """

    handles: NDArray[np.uint32]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]
    source_ns: NDArray[np.int64]
    extras: dict[int, Value] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.handles)


def empty_columns(rows: int) -> Columns:
    """Return columns of so many rows without a value."""
    return Columns(
        np.zeros(rows, np.uint32),
        np.full(rows, np.nan),
        np.zeros(rows, np.uint32),
        np.zeros(rows, np.int64),
    )


class ItemTable:
    """Know what the client handles stand for, and turn columns into a batch of the tags' own types.

    The client handle of an item is its position in ``items``.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        rows = len(items)
        self._tag_ids = np.fromiter((item.tag_id for item in items), np.int32, rows)
        self._is_text = np.fromiter((item.data_type is DataType.STRING for item in items), bool, rows)
        limits = [_limits(item.data_type) for item in items]
        self._low = np.fromiter((low for low, _ in limits), np.float64, rows)
        self._high = np.fromiter((high for _, high in limits), np.float64, rows)

    def batch(self, columns: Columns, receive_ns: int) -> Batch:
        """Return one row per notification; a value that is none of the tag's type is BadTypeMismatch.

        Rows whose handle was never given out are left out; a row without time has the receive time.
        """
        if len(columns) and int(columns.handles.max()) >= len(self._tag_ids):
            columns = _known_only(columns, len(self._tag_ids))
        handles = columns.handles
        values, statuses, extras = columns.values, columns.statuses, columns.extras
        is_text = self._is_text[handles]
        # Written so that NaN is no misfit: a float may be NaN, and a whole number on the wire cannot.
        misfit = (values < self._low[handles]) | (values > self._high[handles])
        misfit |= is_text & ~np.isnan(values)
        if extras:
            for row, value in extras.items():
                members = value if isinstance(value, tuple) else (value,)
                if any(isinstance(member, str) != bool(is_text[row]) for member in members):
                    misfit[row] = True
        if misfit.any():
            values = np.where(misfit, np.nan, values)
            statuses = np.where(misfit, np.uint32(StatusCode.BadTypeMismatch), statuses)
            extras = {row: value for row, value in extras.items() if not misfit[row]}
        source_ns = np.where(columns.source_ns == 0, receive_ns, columns.source_ns)
        return Batch(self._tag_ids[handles], values, statuses, source_ns, receive_ns, extras)


def _limits(data_type: DataType) -> tuple[float, float]:
    if data_type is DataType.BOOL:
        return 0.0, 1.0
    low, high = data_type.integer_range or (-math.inf, math.inf)
    return float(low), float(high)


def _known_only(columns: Columns, known: int) -> Columns:
    rows = np.flatnonzero(columns.handles < known)
    extras = {new: columns.extras[old] for new, old in enumerate(rows.tolist()) if old in columns.extras}
    return Columns(
        columns.handles[rows], columns.values[rows], columns.statuses[rows], columns.source_ns[rows], extras
    )
