"""The columns that expressions are made of: tags, statuses and failures per row, and the functions."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tags.model import MAX_EXACT_INTEGER
from tags.source import TagSource
from tags.status import StatusCode, quality

_UNCERTAIN_BITS: Final = np.uint32(0x40000000)
BAD_BITS: Final = np.uint32(0x80000000)
_OUT_OF_RANGE: Final = np.uint32(StatusCode.BadOutOfRange)

Array = NDArray[Any]
Mask = NDArray[np.bool_]


class Sort(IntEnum):
    """Name what a column holds: bool, int64, float64 or str (as objects)."""

    BOOL = 0
    INT = 1
    FLOAT = 2
    TEXT = 3


class UnfitError(Exception):
    """Leave the building of columns: this would not be equal to the closures, or they do not know it."""


class Tick:
    """Carry one evaluation: per row the status so far, that of a failure (0: none), what is left alone."""

    __slots__ = ("failed", "odd", "rows", "source", "statuses")

    def __init__(self, source: TagSource, rows: NDArray[np.intp]) -> None:
        self.source = source
        self.rows = rows
        self.statuses = np.zeros(len(rows), np.uint32)
        self.failed = np.zeros(len(rows), np.uint32)
        self.odd = np.zeros(len(rows), np.bool_)

    def fail(self, where: Mask, status: Any = _OUT_OF_RANGE) -> None:
        """Make rows bad that are not yet; the first failure of a row is the one that counts."""
        if where.any():
            self.failed = np.where(where & (self.failed == 0), status, self.failed).astype(np.uint32)

    def read(self, tag_ids: NDArray[np.intp], sort: Sort, low: int, high: int, mask: Mask) -> Array:
        """Return the values of tags and let the statuses of the rows in ``mask`` count."""
        ids = tag_ids[self.rows]
        codes, numbers = self.source.statuses[ids], self.source.values[ids]
        usable = np.abs(numbers) <= MAX_EXACT_INTEGER
        if sort is Sort.INT:
            usable &= (numbers >= low) & (numbers <= high) & (numbers == np.floor(numbers))
        if codes.any():
            self.fail(mask & (codes >= BAD_BITS), codes)
            doubtful = mask & (codes >= _UNCERTAIN_BITS) & (self.statuses == 0)
            self.statuses = np.where(doubtful, codes, self.statuses).astype(np.uint32)
            self.odd |= mask & ~usable & (codes < BAD_BITS)
        else:
            self.odd |= mask & ~usable
        if not usable.all():
            numbers = np.where(usable, numbers, 0.0)
        if sort is Sort.FLOAT:
            return numbers
        return numbers != 0.0 if sort is Sort.BOOL else numbers.astype(np.int64)


Run = Callable[[Tick, Mask], Array]


@dataclass(frozen=True, slots=True)
class Part:
    """Hold the columns of one node; whole numbers lie in ``low`` to ``high``, texts have ``high`` signs."""

    sort: Sort
    run: Run
    low: int = 0
    high: int = 0


def whole(low: int, high: int, run: Run) -> Part:
    """Return a part of whole numbers.

    Raises:
        UnfitError: they may be too large for a double, in which some of them are calculated.
    """
    if low < -MAX_EXACT_INTEGER or high > MAX_EXACT_INTEGER:
        raise UnfitError
    return Part(Sort.INT, run, low, high)


def number(part: Part) -> Part:
    """Return a part that can be calculated with: truth values count as 0 and 1."""
    if part.sort is Sort.TEXT:
        raise UnfitError
    if part.sort is not Sort.BOOL:
        return part
    run = part.run
    return Part(Sort.INT, lambda tick, mask: run(tick, mask).astype(np.int64), 0, 1)


def truth(part: Part) -> Callable[[Tick, Mask], Mask]:
    """Return whether a part holds: neither zero nor an empty text."""
    run = part.run
    if part.sort is Sort.BOOL:
        return run
    nothing: Any = "" if part.sort is Sort.TEXT else 0
    return lambda tick, mask: np.asarray(run(tick, mask) != nothing, np.bool_)


def alike(parts: Sequence[Part]) -> Sort:
    """Return the sort of parts one of which is the result.

    Raises:
        UnfitError: they differ, so that the result's type would change from row to row.
    """
    if len({part.sort for part in parts}) != 1:
        raise UnfitError
    return parts[0].sort


ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Array, Array], Array]]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
        ast.Mod: operator.mod,
    }
)
COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Array, Array], Array]]] = MappingProxyType(
    {
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
    }
)


def bounds(op: ast.operator, left: Part, right: Part) -> tuple[int, int]:
    """Return between which whole numbers the result of whole numbers lies."""
    match op:
        case ast.Add():
            return left.low + right.low, left.high + right.high
        case ast.Sub():
            return left.low - right.high, left.high - right.low
        case ast.Mult():
            corners = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
            return min(corners), max(corners)
        case ast.FloorDiv():
            largest = max(abs(left.low), abs(left.high))
            return -largest, largest
    largest = max(abs(right.low), abs(right.high))
    return -largest, largest


def _qualities(statuses: NDArray[np.uint32]) -> Array:
    return np.array([*(quality(code).name.lower() for code in statuses.tolist()), ""], object)[:-1]


OF_STATUS: Final[Mapping[str, tuple[Sort, Callable[[NDArray[np.uint32]], Array]]]] = MappingProxyType(
    {
        "quality": (Sort.TEXT, _qualities),
        "good": (Sort.BOOL, lambda statuses: statuses < _UNCERTAIN_BITS),
        "bad": (Sort.BOOL, lambda statuses: statuses >= BAD_BITS),
    }
)


def _extreme(is_better: Callable[[Array, Array], Mask]) -> Callable[[Sequence[Part]], Part]:
    """Return ``min`` or ``max``: of equal ones the first, which matters for -0.0."""

    def build(parts: Sequence[Part]) -> Part:
        def run(tick: Tick, mask: Mask) -> Array:
            columns = [part.run(tick, mask) for part in parts]
            best = columns[0]
            for column in columns[1:]:
                best = np.where(is_better(column, best), column, best)
            return best

        return Part(alike(parts), run, min(part.low for part in parts), max(part.high for part in parts))

    return build


def _clamp(parts: Sequence[Part]) -> Part:
    value, low, high = parts

    def run(tick: Tick, mask: Mask) -> Array:
        given, least, most = (part.run(tick, mask) for part in (value, low, high))
        tick.fail(mask & (least > most))
        raised = np.where(least > given, least, given)
        return np.where(most < raised, most, raised)

    return Part(alike(parts), run, min(part.low for part in parts), max(part.high for part in parts))


def _magnitude(parts: Sequence[Part]) -> Part:
    part = number(parts[0])
    largest = max(abs(part.low), abs(part.high))
    return Part(part.sort, lambda tick, mask: np.abs(part.run(tick, mask)), 0, largest)


def _to_whole(function: Callable[[Array], Array]) -> Callable[[Sequence[Part]], Part]:
    """Return a rounding to whole numbers; larger ones than a double counts are left to the closures."""

    def build(parts: Sequence[Part]) -> Part:
        if len(parts) > 1:
            # Decimals are rounded by their decimal spelling, which no column operation does.
            raise UnfitError
        part = number(parts[0])
        if part.sort is Sort.INT:
            return part

        def run(tick: Tick, mask: Mask) -> Array:
            found = function(part.run(tick, mask))
            fits = np.abs(found) <= MAX_EXACT_INTEGER
            tick.odd |= mask & ~fits
            return np.where(fits, found, 0.0).astype(np.int64)

        return whole(-MAX_EXACT_INTEGER, MAX_EXACT_INTEGER, run)

    return build


def _root(parts: Sequence[Part]) -> Part:
    (part,) = parts

    def run(tick: Tick, mask: Mask) -> Array:
        given = part.run(tick, mask).astype(np.float64)
        tick.fail(mask & (given < 0.0))
        return np.sqrt(given)

    return Part(Sort.FLOAT, run)


FUNCTIONS: Final[Mapping[str, Callable[[Sequence[Part]], Part]]] = MappingProxyType(
    {
        "abs": _magnitude,
        "min": _extreme(operator.lt),
        "max": _extreme(operator.gt),
        "round": _to_whole(np.rint),
        "sqrt": _root,
        "clamp": _clamp,
        "floor": _to_whole(np.floor),
        "ceil": _to_whole(np.ceil),
    }
)
