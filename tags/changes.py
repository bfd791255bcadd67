"""Which samples of a batch count as a change: deadband, exact values, and several samples of one tag."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tags.model import Value


def moved(
    old: NDArray[np.float64], new: NDArray[np.float64], deadband: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return where ``new`` differs from ``old`` by more than the deadband; NaN equals only NaN."""
    with np.errstate(invalid="ignore", over="ignore"):
        changed: NDArray[np.bool_] = np.abs(new - old) > deadband
    changed |= np.isnan(new) != np.isnan(old)
    return changed


def has_moved(old: Value | None, new: Value, deadband: float) -> bool:
    """Tell whether an exact value differs by more than the deadband; of an array, any element (DQ-11)."""
    if isinstance(new, tuple):
        return (
            not isinstance(old, tuple)
            or len(old) != len(new)
            or any(has_moved(before, after, deadband) for before, after in zip(old, new, strict=True))
        )
    if old is None or isinstance(old, (str, tuple)) or isinstance(new, str):
        return old != new
    if new != new or old != old:
        return (new != new) != (old != old)
    return new != old and abs(new - old) > deadband


def occurrences(ids: NDArray[np.int32], scratch: NDArray[np.intp]) -> list[NDArray[np.intp]] | None:
    """Return None when no id occurs twice, else the rows of all first occurrences, all second ones ...

    ``scratch`` has one element per tag id and is overwritten.
    """
    rows = np.arange(len(ids))
    scratch[ids] = rows
    if (scratch[ids] == rows).all():
        return None
    by_id = np.argsort(ids, kind="stable")
    sorted_ids = ids[by_id]
    is_first = np.ones(len(ids), np.bool_)
    is_first[1:] = sorted_ids[1:] != sorted_ids[:-1]
    starts = np.flatnonzero(is_first)
    occurrence = np.empty(len(ids), np.intp)
    occurrence[by_id] = rows - np.repeat(starts, np.diff(starts, append=len(ids)))
    by_occurrence = np.argsort(occurrence, kind="stable")
    return np.split(by_occurrence, np.flatnonzero(np.diff(occurrence[by_occurrence])) + 1)


def pick_extras(extras: Mapping[int, Value], rows: NDArray[np.intp]) -> Mapping[int, Value]:
    """Return the side list of the chosen ``rows``, renumbered."""
    if not extras:
        return extras
    return {new: extras[row] for new, row in enumerate(rows.tolist()) if row in extras}
