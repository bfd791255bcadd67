"""Expressions of one shape evaluated together: the same tree over other tags and constants, as columns.

A screen of a thousand limits ``A > 80``, ``B > 60`` ... costs a few NumPy calls instead of a thousand walks
through closures. Only what comes to the very result of :meth:`tags.expression.BoundExpression.evaluate`, bit
by bit and with the same status, is calculated in columns: whole numbers within 2**53, sums, products,
comparisons, truth, conditions, ``text`` and simple functions of tags whose values a double holds. An
expression that does anything else has no shape here, and a row with an unusual value (an array where a number
was declared, a number beyond 2**53) is left to the closures.
"""

import ast
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tags.evaluation import MAX_RESULT_TEXT, path_of, value_text
from tags.expression import BoundExpression, Evaluated
from tags.model import DataType, Tag, Value
from tags.source import TagSource
from tags.vector_parts import (
    ARITHMETIC,
    BAD_BITS,
    COMPARISONS,
    FUNCTIONS,
    OF_STATUS,
    Array,
    Mask,
    Part,
    Sort,
    Tick,
    UnfitError,
    alike,
    bounds,
    number,
    truth,
    whole,
)

_LONGEST_NUMBER: Final = 32
"""Characters that a number within 2**53 takes at most without its decimals; no quality's name is longer."""


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
        value: Value | None = None if status >= BAD_BITS else self.values.item(row)
        return Evaluated(value, status, int(self.source_ns[row]))


class VectorExpression:
    """Evaluate expressions of one shape; rows are their positions in ``bound``.

    ``tag_ids`` are the inputs of each (n, number of paths).
    """

    __slots__ = ("_part", "bound", "tag_ids")

    def __init__(self, bound: Sequence[BoundExpression], part: "Part") -> None:
        self.bound = tuple(bound)
        self.tag_ids = np.array([one.tag_ids for one in self.bound], np.intp).reshape(len(self.bound), -1)
        self._part = part

    def evaluate(self, source: TagSource, rows: NDArray[np.intp]) -> Results:
        """Return the results of ``rows`` for the present values of ``source``; never raises."""
        tick = Tick(source, rows)
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
    """Return what expressions must have in common to be evaluated together; None: this one cannot be."""
    if not bound.tags or isinstance(bound.expression.tree, (ast.Name, ast.Attribute)):
        # A lone path passes its tag through, details of a good status included.
        return None
    try:
        return _Shape(bound).of(bound.expression.tree)
    except UnfitError:
        return None


def vectorise(bound: Sequence[BoundExpression]) -> VectorExpression | None:
    """Return the evaluation of expressions of one shape; None when columns would not tell the very same."""
    try:
        return VectorExpression(bound, _Columns(bound).part([one.expression.tree for one in bound]))
    except UnfitError:
        return None


def _sort_of(tag: Tag) -> Sort:
    if not tag.data_type.is_exact:
        raise UnfitError
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
                path = path_of(node)
                return self._numbers[path], _sort_of(self._tags[path])
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return name, *(self.of(one) for one in arguments)
            case _:
                return type(node).__name__, *(self.of(one) for one in ast.iter_child_nodes(node))


class _Columns:
    """Turn the trees of one shape into columns; ``nodes`` are the same place in each tree."""

    __slots__ = ("_tags",)

    def __init__(self, bound: Sequence[BoundExpression]) -> None:
        self._tags = [dict(zip(one.expression.paths, one.tags, strict=True)) for one in bound]

    def part(self, nodes: Sequence[Any]) -> Part:
        """Return the columns of a node.

        Raises:
            UnfitError: columns would not give the very result of the closures.
        """
        match nodes[0]:
            case ast.Constant():
                return self._constant([node.value for node in nodes])
            case ast.Name() | ast.Attribute():
                return self._read(nodes)
            case ast.UnaryOp(op=op):
                return self._unary(op, self.part([node.operand for node in nodes]))
            case ast.BinOp(op=op):
                left, right = (
                    self.part([getattr(node, side) for node in nodes]) for side in ("left", "right")
                )
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
                if name in OF_STATUS:
                    return self._of_status(name, [node.args[0] for node in nodes])
                if name == "text":
                    return self._text([node.args[0] for node in nodes])
                parts = [self.part([node.args[at] for node in nodes]) for at in range(len(arguments))]
                if name not in FUNCTIONS:
                    raise UnfitError
                if any(part.sort is Sort.TEXT for part in parts):
                    raise UnfitError
                return FUNCTIONS[name](parts)
        raise UnfitError

    def _constant(self, values: Sequence[Any]) -> Part:
        if isinstance(values[0], str):
            texts = np.array([*values, ""], object)[:-1]
            return Part(Sort.TEXT, lambda tick, _: texts[tick.rows], 0, max(map(len, values)))
        column = np.array(values)
        if isinstance(values[0], bool):
            return Part(Sort.BOOL, lambda tick, _: column[tick.rows])
        if isinstance(values[0], float):
            return Part(Sort.FLOAT, lambda tick, _: column[tick.rows])
        return whole(min(values), max(values), lambda tick, _: column[tick.rows].astype(np.int64))

    def _found(self, nodes: Sequence[ast.expr]) -> list[Tag]:
        return [tags[path_of(node)] for tags, node in zip(self._tags, nodes, strict=True)]

    def _read(self, nodes: Sequence[ast.expr]) -> Part:
        tags = self._found(nodes)
        sort = _sort_of(tags[0])
        ids = np.array([tag.id for tag in tags], np.intp)
        ranges = [tag.data_type.integer_range or (0, 0) for tag in tags]
        low, high = min(one[0] for one in ranges), max(one[1] for one in ranges)
        return Part(sort, lambda tick, mask: tick.read(ids, sort, low, high, mask), low, high)

    def _text(self, nodes: Sequence[ast.expr]) -> Part:
        tags, read = self._found(nodes), self._read(nodes).run

        def run(tick: Tick, mask: Mask) -> Array:
            values = read(tick, mask)
            wanted = np.flatnonzero(mask & (tick.failed == 0) & ~tick.odd)
            texts = np.full(len(mask), "", object)
            texts[wanted] = [
                value_text(tags[row], value)
                for row, value in zip(tick.rows[wanted].tolist(), values[wanted].tolist(), strict=True)
            ]
            return texts

        longest = max(
            max(_LONGEST_NUMBER + (tag.decimals or 0), *map(len, tag.states.values()), 0) for tag in tags
        )
        return Part(Sort.TEXT, run, 0, longest)

    def _of_status(self, name: str, nodes: Sequence[ast.expr]) -> Part:
        tags = self._found(nodes)
        _sort_of(tags[0])
        ids, sort, function = np.array([tag.id for tag in tags], np.intp), *OF_STATUS[name]
        longest = _LONGEST_NUMBER
        return Part(sort, lambda tick, _: function(tick.source.statuses[ids[tick.rows]]), 0, longest)

    def _unary(self, op: ast.unaryop, inner: Part) -> Part:
        if isinstance(op, ast.Not):
            holds = truth(inner)
            return Part(Sort.BOOL, lambda tick, mask: ~holds(tick, mask))
        inner = number(inner)
        if isinstance(op, ast.UAdd):
            return inner
        return Part(inner.sort, lambda tick, mask: -inner.run(tick, mask), -inner.high, -inner.low)

    def _binary(self, op: ast.operator, left: Part, right: Part) -> Part:
        if isinstance(op, ast.Add) and left.sort is Sort.TEXT and right.sort is Sort.TEXT:
            longest = left.high + right.high
            if longest > MAX_RESULT_TEXT:
                raise UnfitError
            return Part(
                Sort.TEXT, lambda tick, mask: left.run(tick, mask) + right.run(tick, mask), 0, longest
            )
        function = ARITHMETIC.get(type(op))
        if function is None:
            raise UnfitError
        first, second = number(left), number(right)
        is_whole = first.sort is Sort.INT and second.sort is Sort.INT and not isinstance(op, ast.Div)
        divides = isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod))

        def run(tick: Tick, mask: Mask) -> Array:
            one, other = first.run(tick, mask), second.run(tick, mask)
            if divides:
                tick.fail(mask & (other == 0))
            found = function(one, other)
            if not is_whole:
                tick.fail(mask & ~np.isfinite(found))
            return found

        if not is_whole:
            return Part(Sort.FLOAT, run)
        return whole(*bounds(op, first, second), run)

    def _logic(self, is_all: bool, parts: Sequence[Part]) -> Part:
        truths = [truth(part) for part in parts]

        def all_of(tick: Tick, mask: Mask) -> Mask:
            for holds in truths:
                mask = mask & holds(tick, mask)
            return mask

        def any_of(tick: Tick, mask: Mask) -> Mask:
            found = np.zeros(len(mask), np.bool_)
            for holds in truths:
                found |= mask & holds(tick, mask)
                mask = mask & ~found
            return found

        return Part(Sort.BOOL, all_of if is_all else any_of)

    def _comparison(self, ops: Sequence[type[ast.cmpop]], first: Part, rest: Sequence[Part]) -> Part:
        steps = []
        before = first
        for op, part in zip(ops, rest, strict=True):
            if (before.sort is Sort.TEXT) != (part.sort is Sort.TEXT):
                raise UnfitError
            steps.append((COMPARISONS[op], part.run))
            before = part

        def run(tick: Tick, mask: Mask) -> Mask:
            left = first.run(tick, mask)
            for holds, operand in steps:
                right = operand(tick, mask)
                mask = mask & np.asarray(holds(left, right), np.bool_)
                left = right
            return mask

        return Part(Sort.BOOL, run)

    def _condition(self, test: Part, body: Part, other: Part) -> Part:
        sort, condition = alike((body, other)), truth(test)

        def run(tick: Tick, mask: Mask) -> Array:
            holds = condition(tick, mask)
            return np.where(holds, body.run(tick, mask & holds), other.run(tick, mask & ~holds))

        return Part(sort, run, min(body.low, other.low), max(body.high, other.high))
