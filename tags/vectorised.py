"""Expressions of one shape evaluated together: the same tree over other tags and constants, as columns.

A screen of a thousand limits ``A > 80``, ``B > 60`` ... costs a few NumPy calls instead of a thousand walks
through closures. Only what comes to the very result of :meth:`tags.expression.BoundExpression.evaluate`, bit
by bit and with the same status, is calculated in columns: whole numbers within 2**53, sums, products,
comparisons, truth, conditions, ``text`` and simple functions of tags whose values a double holds. An
expression that does anything else has no shape here, and a row with an unusual value (an array where a number
was declared, a number beyond 2**53) is left to the closures.
"""

import ast
import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tags.evaluation import value_text
from tags.expression import BoundExpression, Evaluated
from tags.model import MAX_EXACT_INTEGER, DataType, Tag, Value
from tags.source import TagSource
from tags.status import StatusCode, quality

_UNCERTAIN_BITS: Final = np.uint32(0x40000000)
_BAD_BITS: Final = np.uint32(0x80000000)
_OUT_OF_RANGE: Final = np.uint32(StatusCode.BadOutOfRange)
_MAX_TEXT: Final = 1_000
"""Longest constant text that is added in columns, so that no sum of texts can become too long."""

Array = NDArray[Any]
Mask = NDArray[np.bool_]


class Sort(IntEnum):
    """Name what a column holds: bool, int64, float64 or str (as objects)."""

    BOOL = 0
    INT = 1
    FLOAT = 2
    TEXT = 3


@dataclass(frozen=True, slots=True)
class Results:
    """Hold what the expressions of some rows came to.

    ``values`` (n, as :class:`Sort` says) is zero or empty where ``statuses`` (n, uint32) is bad;
    ``source_ns`` (n, int64). ``single`` are the rows, by position, that were evaluated one by one; their
    values need not be of the column's type.
    """

    values: Array
    statuses: NDArray[np.uint32]
    source_ns: NDArray[np.int64]
    single: Mapping[int, Evaluated]

    def evaluated(self, row: int) -> Evaluated:
        """Return the result of one row, just as its expression alone would give it."""
        alone = self.single.get(row)
        if alone is not None:
            return alone
        status = int(self.statuses[row])
        value: Value | None = None if status >= _BAD_BITS else self.values.item(row)
        return Evaluated(value, status, int(self.source_ns[row]))


class VectorExpression:
    """Evaluate expressions of one shape; rows are their positions in ``bound``.

    ``tag_ids`` are the inputs of each (n, number of paths).
    """

    __slots__ = ("_part", "bound", "tag_ids")

    def __init__(self, bound: Sequence[BoundExpression], part: "_Part") -> None:
        self.bound = tuple(bound)
        self.tag_ids = np.array([one.tag_ids for one in self.bound], np.intp).reshape(len(self.bound), -1)
        self._part = part

    def evaluate(self, source: TagSource, rows: NDArray[np.intp]) -> Results:
        """Return the results of ``rows`` for the present values of ``source``; never raises."""
        tick = _Tick(source, rows)
        with np.errstate(all="ignore"):
            values = self._part.run(tick, np.ones(len(rows), np.bool_))
            if self._part.sort is Sort.FLOAT:
                tick.fail(~np.isfinite(values))
        failed = tick.failed != 0
        statuses = np.where(failed, tick.failed, tick.statuses)
        if failed.any():
            values = np.where(failed, "" if self._part.sort is Sort.TEXT else values.dtype.type(0), values)
        times = source.source_ns[self.tag_ids[rows]].max(axis=1)
        single = {}
        for at in np.flatnonzero(tick.odd).tolist():
            single[at] = found = self.bound[rows[at]].evaluate(source)
            statuses[at] = found.status
        return Results(values, statuses, times, single)


def shape_of(bound: BoundExpression) -> Hashable | None:
    """Return what expressions must have in common to be evaluated together; None: it cannot be."""
    if not bound.tags or isinstance(bound.expression.tree, (ast.Name, ast.Attribute)):
        # A lone path passes its tag through, details of a good status included.
        return None
    try:
        key = _Shape(bound).of(bound.expression.tree)
        _Columns([bound]).part([bound.expression.tree])
    except _UnfitError:
        return None
    return key


def vectorise(bound: Sequence[BoundExpression]) -> VectorExpression | None:
    """Return the evaluation of expressions of one shape; None when their constants are too far apart."""
    try:
        return VectorExpression(bound, _Columns(bound).part([one.expression.tree for one in bound]))
    except _UnfitError:
        return None


class _UnfitError(Exception):
    """Leave the building of columns: this would not be equal to the closures, or they do not know it."""


def _sort_of(tag: Tag) -> Sort:
    if not tag.data_type.is_exact:
        raise _UnfitError
    if tag.data_type is DataType.BOOL:
        return Sort.BOOL
    return Sort.INT if tag.data_type.is_integer and tag.scaling is None else Sort.FLOAT


class _Shape:
    """Write a tree down with sorts in place of tags and constants."""

    __slots__ = ("_numbers", "_tags")

    def __init__(self, bound: BoundExpression) -> None:
        self._tags = dict(zip(bound.expression.paths, bound.tags, strict=True))
        self._numbers = {path: number for number, path in enumerate(bound.expression.paths)}

    def of(self, node: ast.AST) -> Hashable:
        match node:
            case ast.Constant(value=value):
                return type(value).__name__
            case ast.Name() | ast.Attribute():
                path = ast.unparse(node)
                return self._numbers[path], _sort_of(self._tags[path])
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return name, *(self.of(one) for one in arguments)
            case _:
                return type(node).__name__, *(self.of(one) for one in ast.iter_child_nodes(node))


class _Tick:
    """Carry one evaluation: per row the status so far, that of a failure (0: none), and what is left alone."""

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
            self.fail(mask & (codes >= _BAD_BITS), codes)
            doubtful = mask & (codes >= _UNCERTAIN_BITS) & (self.statuses == 0)
            self.statuses = np.where(doubtful, codes, self.statuses).astype(np.uint32)
            self.odd |= mask & ~usable & (codes < _BAD_BITS)
        else:
            self.odd |= mask & ~usable
        if not usable.all():
            numbers = np.where(usable, numbers, 0.0)
        if sort is Sort.FLOAT:
            return numbers
        return numbers != 0.0 if sort is Sort.BOOL else numbers.astype(np.int64)


_Run = Callable[[_Tick, Mask], Array]


@dataclass(frozen=True, slots=True)
class _Part:
    """Hold the columns of one node; whole numbers lie within ``low`` and ``high``."""

    sort: Sort
    run: _Run
    low: int = 0
    high: int = 0


def _whole(low: int, high: int, run: _Run) -> _Part:
    """Return a part of whole numbers.

    Raises:
        _UnfitError: they may be too large for a double, in which some of them are calculated.
    """
    if low < -MAX_EXACT_INTEGER or high > MAX_EXACT_INTEGER:
        raise _UnfitError
    return _Part(Sort.INT, run, low, high)


def _number(part: _Part) -> _Part:
    """Return a part that can be calculated with: truth values count as 0 and 1."""
    if part.sort is Sort.TEXT:
        raise _UnfitError
    if part.sort is not Sort.BOOL:
        return part
    run = part.run
    return _Part(Sort.INT, lambda tick, mask: run(tick, mask).astype(np.int64), 0, 1)


def _truth(part: _Part) -> Callable[[_Tick, Mask], Mask]:
    run = part.run
    if part.sort is Sort.BOOL:
        return run
    nothing: Any = "" if part.sort is Sort.TEXT else 0
    return lambda tick, mask: np.asarray(run(tick, mask) != nothing, np.bool_)


def _alike(parts: Sequence[_Part]) -> Sort:
    """Return the sort of parts one of which is the result.

    Raises:
        _UnfitError: they differ, so that the result's type would change from row to row.
    """
    if len({part.sort for part in parts}) != 1:
        raise _UnfitError
    return parts[0].sort


_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Array, Array], Array]]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
        ast.Mod: operator.mod,
    }
)
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Array, Array], Array]]] = MappingProxyType(
    {
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
    }
)


class _Columns:
    """Turn the trees of one shape into columns; ``nodes`` are the same place in each tree."""

    __slots__ = ("_tags",)

    def __init__(self, bound: Sequence[BoundExpression]) -> None:
        self._tags = [dict(zip(one.expression.paths, one.tags, strict=True)) for one in bound]

    def part(self, nodes: Sequence[Any]) -> _Part:
        """Return the columns of a node.

        Raises:
            _UnfitError: columns would not give the very result of the closures.
        """
        match nodes[0]:
            case ast.Constant():
                return self._constant([node.value for node in nodes])
            case ast.Name() | ast.Attribute():
                return self._read(nodes)
            case ast.UnaryOp(op=op):
                return self._unary(op, self.part([node.operand for node in nodes]))
            case ast.BinOp(op=op):
                left, right = (self.part([getattr(node, side) for node in nodes]) for side in ("left", "right"))
                return self._binary(op, left, right)
            case ast.BoolOp(op=op, values=values):
                parts = [self.part([node.values[at] for node in nodes]) for at in range(len(values))]
                return self._logic(isinstance(op, ast.And), parts)
            case ast.Compare(ops=ops):
                first = self.part([node.left for node in nodes])
                rest = [self.part([node.comparators[at] for node in nodes]) for at in range(len(ops))]
                return self._comparison([type(op) for op in ops], first, rest)
            case ast.IfExp():
                test, body, other = (
                    self.part([getattr(node, name) for node in nodes]) for name in ("test", "body", "orelse")
                )
                return self._condition(test, body, other)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                if name in _OF_STATUS:
                    return self._of_status(name, [node.args[0] for node in nodes])
                if name == "text":
                    return self._text([node.args[0] for node in nodes])
                parts = [self.part([node.args[at] for node in nodes]) for at in range(len(arguments))]
                if name not in _FUNCTIONS:
                    raise _UnfitError
                if any(part.sort is Sort.TEXT for part in parts):
                    raise _UnfitError
                return _FUNCTIONS[name](parts)
        raise _UnfitError

    def _constant(self, values: Sequence[Any]) -> _Part:
        if isinstance(values[0], str):
            if max(map(len, values)) > _MAX_TEXT:
                raise _UnfitError
            texts = np.array([*values, ""], object)[:-1]
            return _Part(Sort.TEXT, lambda tick, _: texts[tick.rows])
        column = np.array(values)
        if isinstance(values[0], bool):
            return _Part(Sort.BOOL, lambda tick, _: column[tick.rows])
        if isinstance(values[0], float):
            return _Part(Sort.FLOAT, lambda tick, _: column[tick.rows])
        return _whole(min(values), max(values), lambda tick, _: column[tick.rows].astype(np.int64))

    def _found(self, nodes: Sequence[ast.expr]) -> list[Tag]:
        return [tags[ast.unparse(node)] for tags, node in zip(self._tags, nodes, strict=True)]

    def _read(self, nodes: Sequence[ast.expr]) -> _Part:
        tags = self._found(nodes)
        sort = _sort_of(tags[0])
        ids = np.array([tag.id for tag in tags], np.intp)
        ranges = [tag.data_type.integer_range or (0, 0) for tag in tags]
        low, high = min(one[0] for one in ranges), max(one[1] for one in ranges)
        return _Part(sort, lambda tick, mask: tick.read(ids, sort, low, high, mask), low, high)

    def _text(self, nodes: Sequence[ast.expr]) -> _Part:
        tags, read = self._found(nodes), self._read(nodes).run

        def run(tick: _Tick, mask: Mask) -> Array:
            values = read(tick, mask)
            wanted = np.flatnonzero(mask & (tick.failed == 0) & ~tick.odd)
            texts = np.full(len(mask), "", object)
            texts[wanted] = [
                value_text(tags[row], value)
                for row, value in zip(tick.rows[wanted].tolist(), values[wanted].tolist(), strict=True)
            ]
            return texts

        return _Part(Sort.TEXT, run)

    def _of_status(self, name: str, nodes: Sequence[ast.expr]) -> _Part:
        tags = self._found(nodes)
        _sort_of(tags[0])
        ids, sort, function = np.array([tag.id for tag in tags], np.intp), *_OF_STATUS[name]
        return _Part(sort, lambda tick, _: function(tick.source.statuses[ids[tick.rows]]))

    def _unary(self, op: ast.unaryop, inner: _Part) -> _Part:
        if isinstance(op, ast.Not):
            truth = _truth(inner)
            return _Part(Sort.BOOL, lambda tick, mask: ~truth(tick, mask))
        number = _number(inner)
        if isinstance(op, ast.UAdd):
            return number
        return _Part(number.sort, lambda tick, mask: -number.run(tick, mask), -number.high, -number.low)

    def _binary(self, op: ast.operator, left: _Part, right: _Part) -> _Part:
        function = _ARITHMETIC.get(type(op))
        if function is None:
            raise _UnfitError
        first, second = _number(left), _number(right)
        whole = first.sort is Sort.INT and second.sort is Sort.INT and not isinstance(op, ast.Div)
        divides = isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod))

        def run(tick: _Tick, mask: Mask) -> Array:
            one, other = first.run(tick, mask), second.run(tick, mask)
            if divides:
                tick.fail(mask & (other == 0))
            found = function(one, other)
            if not whole:
                tick.fail(mask & ~np.isfinite(found))
            return found

        if not whole:
            return _Part(Sort.FLOAT, run)
        return _whole(*_bounds(op, first, second), run)

    def _logic(self, is_all: bool, parts: Sequence[_Part]) -> _Part:
        truths = [_truth(part) for part in parts]

        def all_of(tick: _Tick, mask: Mask) -> Mask:
            for truth in truths:
                mask = mask & truth(tick, mask)
            return mask

        def any_of(tick: _Tick, mask: Mask) -> Mask:
            found = np.zeros(len(mask), np.bool_)
            for truth in truths:
                found |= mask & truth(tick, mask)
                mask = mask & ~found
            return found

        return _Part(Sort.BOOL, all_of if is_all else any_of)

    def _comparison(self, ops: Sequence[type[ast.cmpop]], first: _Part, rest: Sequence[_Part]) -> _Part:
        steps = []
        before = first
        for op, part in zip(ops, rest, strict=True):
            if (before.sort is Sort.TEXT) != (part.sort is Sort.TEXT):
                raise _UnfitError
            steps.append((_COMPARISONS[op], part.run))
            before = part

        def run(tick: _Tick, mask: Mask) -> Mask:
            left = first.run(tick, mask)
            for holds, operand in steps:
                right = operand(tick, mask)
                mask = mask & np.asarray(holds(left, right), np.bool_)
                left = right
            return mask

        return _Part(Sort.BOOL, run)

    def _condition(self, test: _Part, body: _Part, other: _Part) -> _Part:
        sort, truth = _alike((body, other)), _truth(test)

        def run(tick: _Tick, mask: Mask) -> Array:
            holds = truth(tick, mask)
            return np.where(holds, body.run(tick, mask & holds), other.run(tick, mask & ~holds))

        return _Part(sort, run, min(body.low, other.low), max(body.high, other.high))


def _bounds(op: ast.operator, left: _Part, right: _Part) -> tuple[int, int]:
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


_OF_STATUS: Final[Mapping[str, tuple[Sort, Callable[[NDArray[np.uint32]], Array]]]] = MappingProxyType(
    {
        "quality": (Sort.TEXT, _qualities),
        "good": (Sort.BOOL, lambda statuses: statuses < _UNCERTAIN_BITS),
        "bad": (Sort.BOOL, lambda statuses: statuses >= _BAD_BITS),
    }
)


def _extreme(is_better: Callable[[Array, Array], Mask]) -> Callable[[Sequence[_Part]], _Part]:
    """Return ``min`` or ``max``: of equal ones the first, which matters for -0.0."""

    def build(parts: Sequence[_Part]) -> _Part:
        def run(tick: _Tick, mask: Mask) -> Array:
            columns = [part.run(tick, mask) for part in parts]
            best = columns[0]
            for column in columns[1:]:
                best = np.where(is_better(column, best), column, best)
            return best

        return _Part(_alike(parts), run, min(part.low for part in parts), max(part.high for part in parts))

    return build


def _clamp(parts: Sequence[_Part]) -> _Part:
    value, low, high = parts

    def run(tick: _Tick, mask: Mask) -> Array:
        number, least, most = (part.run(tick, mask) for part in (value, low, high))
        tick.fail(mask & (least > most))
        raised = np.where(least > number, least, number)
        return np.where(most < raised, most, raised)

    return _Part(_alike(parts), run, min(part.low for part in parts), max(part.high for part in parts))


def _magnitude(parts: Sequence[_Part]) -> _Part:
    part = _number(parts[0])
    largest = max(abs(part.low), abs(part.high))
    return _Part(part.sort, lambda tick, mask: np.abs(part.run(tick, mask)), 0, largest)


def _to_whole(function: Callable[[Array], Array]) -> Callable[[Sequence[_Part]], _Part]:
    """Return a rounding to whole numbers; larger ones than a double counts are left to the closures."""

    def build(parts: Sequence[_Part]) -> _Part:
        if len(parts) > 1:
            # Decimals are rounded by their decimal spelling, which no column operation does.
            raise _UnfitError
        part = _number(parts[0])
        if part.sort is Sort.INT:
            return part

        def run(tick: _Tick, mask: Mask) -> Array:
            found = function(part.run(tick, mask))
            fits = np.abs(found) <= MAX_EXACT_INTEGER
            tick.odd |= mask & ~fits
            return np.where(fits, found, 0.0).astype(np.int64)

        return _whole(-MAX_EXACT_INTEGER, MAX_EXACT_INTEGER, run)

    return build


def _root(parts: Sequence[_Part]) -> _Part:
    (part,) = parts

    def run(tick: _Tick, mask: Mask) -> Array:
        number = part.run(tick, mask).astype(np.float64)
        tick.fail(mask & (number < 0.0))
        return np.sqrt(number)

    return _Part(Sort.FLOAT, run)


_FUNCTIONS: Final[Mapping[str, Callable[[Sequence[_Part]], _Part]]] = MappingProxyType(
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
