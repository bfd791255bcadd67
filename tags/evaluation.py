"""What a vetted expression does: operators, functions, and the closures that evaluate a tree over tags.

Only trees that :mod:`tags.expression` has vetted come here. All arithmetic is bounded: whole numbers stay
within 2**64, texts within 2,000 characters, exponents within 64, so that no expression is slow or large.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tags.model import DataType, Scalar, Tag, Value
from tags.source import TagSource
from tags.status import StatusCode, quality

MAX_EXPONENT: Final = 64
MAX_INTEGER: Final = 2**64
MAX_RESULT_TEXT: Final = 2_000
_MANY: Final = 2**31
"""Arguments without a bound of their own; the vetting bounds the whole expression."""
_UNCERTAIN_BITS: Final = 0x40000000
_BAD_BITS: Final = 0x80000000
_NO_STATUSES: Final = np.empty(0, np.uint32)


class UnusableError(Exception):
    """Leave an evaluation whose result is bad, with the status of the result."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Run:
    """Carry one evaluation: where values come from (None: constants only) and the worst status so far."""

    __slots__ = ("source", "status", "statuses")

    def __init__(self, source: TagSource | None) -> None:
        self.source = source
        self.statuses: NDArray[np.uint32] = _NO_STATUSES if source is None else source.statuses
        self.status = 0

    def read(self, tag_id: int) -> Scalar:
        """Return the value of a tag and let its status count.

        Raises:
            UnusableError: it has none that can be calculated with.
        """
        status = int(self.statuses[tag_id])
        if status >= _UNCERTAIN_BITS:
            if status >= _BAD_BITS:
                raise UnusableError(status)
            if not self.status:
                self.status = status
        value = None if self.source is None else self.source.value(tag_id)
        if value is None:
            raise UnusableError(int(StatusCode.BadNoData))
        if isinstance(value, tuple):
            raise UnusableError(int(StatusCode.BadTypeMismatch))
        if isinstance(value, float) and not math.isfinite(value):
            raise UnusableError(int(StatusCode.BadOutOfRange))
        return value


Node = Callable[[Run], Scalar]
_Number = bool | int | float


def _number(value: Scalar) -> _Number:
    if isinstance(value, str):
        raise UnusableError(int(StatusCode.BadTypeMismatch))
    return value


def _bounded(value: _Number) -> _Number:
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise UnusableError(int(StatusCode.BadOutOfRange))
    elif not math.isfinite(value):
        raise UnusableError(int(StatusCode.BadOutOfRange))
    return value


def _add(left: Scalar, right: Scalar) -> Scalar:
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_RESULT_TEXT:
            raise UnusableError(int(StatusCode.BadOutOfRange))
        return left + right
    return _bounded(_number(left) + _number(right))


def _arithmetic(function: Callable[[_Number, _Number], _Number]) -> Callable[[Scalar, Scalar], Scalar]:
    def calculate(left: Scalar, right: Scalar) -> Scalar:
        return _bounded(function(_number(left), _number(right)))

    return calculate


def _power(base: _Number, exponent: _Number) -> _Number:
    if not -MAX_EXPONENT <= exponent <= MAX_EXPONENT:
        raise UnusableError(int(StatusCode.BadOutOfRange))
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        return int(base**exponent)
    return math.pow(base, exponent)


def _ordered(function: Callable[[Any, Any], bool]) -> Callable[[Scalar, Scalar], bool]:
    def compare(left: Scalar, right: Scalar) -> bool:
        if isinstance(left, str) != isinstance(right, str):
            raise UnusableError(int(StatusCode.BadTypeMismatch))
        return bool(function(left, right))

    return compare


BINARY: Final[Mapping[type[ast.operator], Callable[[Scalar, Scalar], Scalar]]] = MappingProxyType(
    {
        ast.Add: _add,
        ast.Sub: _arithmetic(operator.sub),
        ast.Mult: _arithmetic(operator.mul),
        ast.Div: _arithmetic(operator.truediv),
        ast.FloorDiv: _arithmetic(operator.floordiv),
        ast.Mod: _arithmetic(operator.mod),
        ast.Pow: _arithmetic(_power),
    }
)
UNARY: Final[Mapping[type[ast.unaryop], Callable[[Scalar], Scalar]]] = MappingProxyType(
    {
        ast.UAdd: lambda value: +_number(value),
        ast.USub: lambda value: -_number(value),
        ast.Not: lambda value: not value,
    }
)
COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Scalar, Scalar], bool]]] = MappingProxyType(
    {
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: _ordered(operator.lt),
        ast.LtE: _ordered(operator.le),
        ast.Gt: _ordered(operator.gt),
        ast.GtE: _ordered(operator.ge),
    }
)


def _round(value: Scalar, digits: Scalar = 0) -> Scalar:
    if not isinstance(digits, int) or not -15 <= digits <= 15:
        raise UnusableError(int(StatusCode.BadOutOfRange))
    return round(_number(value), digits) if digits else round(_number(value))


def _clamp(value: Scalar, low: Scalar, high: Scalar) -> Scalar:
    if _number(low) > _number(high):
        raise UnusableError(int(StatusCode.BadOutOfRange))
    return min(max(_number(value), _number(low)), _number(high))


FUNCTIONS: Final[Mapping[str, tuple[int, int, Callable[..., Scalar]]]] = MappingProxyType(
    {
        "abs": (1, 1, lambda value: abs(_number(value))),
        "min": (2, _MANY, lambda *values: min(map(_number, values))),
        "max": (2, _MANY, lambda *values: max(map(_number, values))),
        "round": (1, 2, _round),
        "sqrt": (1, 1, lambda value: math.sqrt(_number(value))),
        "clamp": (3, 3, _clamp),
        "floor": (1, 1, lambda value: math.floor(_number(value))),
        "ceil": (1, 1, lambda value: math.ceil(_number(value))),
    }
)
PATH_FUNCTIONS: Final = ("quality", "good", "bad", "text")


def value_text(tag: Tag, value: Value) -> str:
    """Return ``value`` as people read it: its state text, or the number with the tag's decimals; no unit."""
    if isinstance(value, tuple):
        return ", ".join(value_text(tag, item) for item in value)
    if isinstance(value, str):
        return value
    if tag.states and math.isfinite(value) and value == int(value):
        state = tag.states.get(int(value))
        if state is not None:
            return state
    if tag.data_type is DataType.BOOL:
        return "true" if value else "false"
    if tag.decimals is not None:
        return f"{value:.{tag.decimals}f}"
    return str(int(value)) if isinstance(value, int) else f"{value:g}"


def path_of(node: ast.AST) -> str:
    """Return the tag path that a vetted chain of names spells; some ten times as fast as ``ast.unparse``."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise AssertionError(f"{ast.dump(node)} passed the vetting")
    return ".".join([node.id, *reversed(names)])


class Builder:
    """Turn a vetted tree into closures over the ids of the bound tags."""

    __slots__ = ("_tags",)

    def __init__(self, tags: Mapping[str, Tag]) -> None:
        self._tags = tags

    def build(self, node: ast.expr) -> Node:
        """Return the closure of ``node``, which the vetting has passed."""
        match node:
            case ast.Constant(value=value):
                constant: Scalar = value  # type: ignore[assignment]
                return lambda _: constant
            case ast.Name() | ast.Attribute():
                tag_id = self._tag(node).id
                return lambda run: run.read(tag_id)
            case ast.UnaryOp(op=op, operand=operand):
                apply, inner = UNARY[type(op)], self.build(operand)
                return lambda run: apply(inner(run))
            case ast.BinOp(left=left, op=op, right=right):
                combine, first, second = BINARY[type(op)], self.build(left), self.build(right)
                return lambda run: combine(first(run), second(run))
            case ast.BoolOp(op=op, values=values):
                operands = tuple(self.build(operand) for operand in values)
                if isinstance(op, ast.And):
                    return lambda run: all(operand(run) for operand in operands)
                return lambda run: any(operand(run) for operand in operands)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                condition, then, otherwise = self.build(test), self.build(body), self.build(orelse)
                return lambda run: then(run) if condition(run) else otherwise(run)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                if name in PATH_FUNCTIONS:
                    return _path_function(name, self._tag(arguments[0]))
                function, inputs = FUNCTIONS[name][2], tuple(self.build(argument) for argument in arguments)
                return lambda run: function(*[argument(run) for argument in inputs])
        raise AssertionError(f"{ast.dump(node)} passed the vetting")

    def _comparison(self, node: ast.Compare) -> Node:
        first = self.build(node.left)
        rest = tuple(
            (COMPARISONS[type(op)], self.build(operand))
            for op, operand in zip(node.ops, node.comparators, strict=True)
        )

        def compare(run: Run) -> bool:
            left = first(run)
            for holds, operand in rest:
                right = operand(run)
                if not holds(left, right):
                    return False
                left = right
            return True

        return compare

    def _tag(self, node: ast.expr) -> Tag:
        return self._tags[path_of(node)]


def _path_function(name: str, tag: Tag) -> Node:
    tag_id = tag.id
    if name == "quality":
        return lambda run: quality(int(run.statuses[tag_id])).name.lower()
    if name == "good":
        return lambda run: int(run.statuses[tag_id]) < _UNCERTAIN_BITS
    if name == "bad":
        return lambda run: int(run.statuses[tag_id]) >= _BAD_BITS
    return lambda run: value_text(tag, run.read(tag_id))


def constant_status(node: ast.expr) -> int:
    """Return Good, or the bad status that the vetted ``node``, which holds no tag, always comes to."""
    try:
        Builder({}).build(node)(Run(None))
    except UnusableError as unusable:
        return unusable.status
    except (ArithmeticError, ValueError):
        return int(StatusCode.BadOutOfRange)
    return int(StatusCode.Good)
