"""Expressions over tags: a whitelisted subset of Python's syntax, vetted once, then evaluated as closures.

Text is parsed to a syntax tree and every node is checked against a list of what is allowed; the tree then
becomes closures that only know numbers, texts, truth values and tags (:mod:`tags.evaluation`). No text is
ever handed to ``eval`` or ``compile``, so a project file cannot carry code (SEC-13); node count and depth are
bounded (LNT-50), and so are all results, so no expression takes long or fills the memory.
"""

import ast
import keyword
import math
import re
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NoReturn

from tags.errors import ExpressionError
from tags.evaluation import (
    BINARY,
    COMPARISONS,
    FUNCTIONS,
    MAX_EXPONENT,
    MAX_INTEGER,
    PATH_FUNCTIONS,
    UNARY,
    Builder,
    Node,
    Run,
    UnusableError,
    constant_status,
)
from tags.model import Tag, TagTable, Value
from tags.source import TagSource
from tags.spelling import near_misses
from tags.status import StatusCode
from tags.status import name as status_name

MAX_TEXT: Final = 2_000
"""Longest expression, in characters."""
MAX_NODES: Final = 200
"""Most operations, constants and tags in one expression (LNT-50)."""
MAX_DEPTH: Final = 100
"""Deepest nesting; a sum of many terms nests one level per term."""
MAX_PATH: Final = 200
"""Longest tag path, in characters."""

_SEGMENT = re.compile(
    r"[A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F][0-9A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F]*"
)
_ALLOWED_TEXT: Final = (
    "allowed are tag paths, numbers, texts, True, False, + - * / // % **, comparisons, and or not, "
    "'a if condition else b'"
)
_FUNCTION_TEXT: Final = f"functions are {', '.join([*FUNCTIONS, *PATH_FUNCTIONS])}"


def is_tag_path(text: str) -> bool:
    """Tell whether ``text`` is a tag path: dotted names that an expression can hold.

    A name starts with a Latin letter (accents allowed), goes on with letters, digits and underscores, and is
    no word of the expression language (``and``, ``if``, ``True`` ...). A path has at most 200 characters.
    """
    return 0 < len(text) <= MAX_PATH and all(_is_segment(segment) for segment in text.split("."))


def _is_segment(segment: str) -> bool:
    return (
        _SEGMENT.fullmatch(segment) is not None
        and not keyword.iskeyword(segment)
        and unicodedata.normalize("NFKC", segment) == segment
    )


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Hold what an expression came to.

    ``value`` is None when the status is bad. ``status`` is the worst among the inputs that counted;
    ``source_ns`` the newest source time among all inputs, 0 for an expression without tags.
    """

    value: Value | None
    status: int
    source_ns: int


@dataclass(frozen=True, slots=True)
class Expression:
    """Hold one vetted expression; ``paths`` are its tag paths in order of first use; ``tree`` is vetted."""

    text: str
    paths: tuple[str, ...]
    tree: ast.expr = field(repr=False, compare=False)

    def bind(self, tags: TagTable) -> "BoundExpression":
        """Find the tags of this expression in ``tags``.

        Raises:
            ExpressionError: a path names no tag; the message offers those that are spelled nearly so.
        """
        found: dict[str, Tag] = {}
        for path in self.paths:
            tag = tags.find(path)
            if tag is None:
                raise ExpressionError(_unknown_tag(path, tags))
            found[path] = tag
        inputs = tuple(found.values())
        ids = tuple(tag.id for tag in inputs)
        if isinstance(self.tree, (ast.Name, ast.Attribute)):
            return BoundExpression(ids, self, inputs, None)
        return BoundExpression(ids, self, inputs, Builder(found).build(self.tree))


@dataclass(frozen=True, slots=True)
class BoundExpression:
    """Evaluate one expression over the tags of one table.

    ``tag_ids`` and ``tags`` are the inputs in the order of ``expression.paths``.
    """

    tag_ids: tuple[int, ...]
    expression: Expression
    tags: tuple[Tag, ...] = field(repr=False, compare=False)
    _node: Node | None = field(repr=False, compare=False)

    def evaluate(self, source: TagSource) -> Evaluated:
        """Return value, status and source time for the present values of ``source``; never raises.

        A bad input makes the result bad with the input's status, except inside ``quality``, ``good`` and
        ``bad`` and in a branch of ``and``, ``or`` and ``if`` that is not taken; an uncertain one makes it
        uncertain. Division by zero, a result beyond the numbers' range and an input that is not a number give
        BadOutOfRange, a text where a number is needed BadTypeMismatch. A lone tag path passes its tag through
        unchanged, arrays and status details included.
        """
        times = source.source_ns
        node = self._node
        if node is None:
            tag_id = self.tag_ids[0]
            return Evaluated(source.value(tag_id), int(source.statuses[tag_id]), int(times[tag_id]))
        newest = max([int(times[tag_id]) for tag_id in self.tag_ids], default=0)
        run = Run(source)
        try:
            value = node(run)
        except UnusableError as unusable:
            return Evaluated(None, unusable.status, newest)
        except (ArithmeticError, ValueError):
            return Evaluated(None, int(StatusCode.BadOutOfRange), newest)
        if isinstance(value, float) and not math.isfinite(value):
            return Evaluated(None, int(StatusCode.BadOutOfRange), newest)
        return Evaluated(value, run.status, newest)


def compile_expression(text: str) -> Expression:
    """Parse and vet an expression, given without its leading ``=``.

    Raises:
        ExpressionError: it is no expression or uses something outside the whitelist; the message says at
            which column (from 1) and what is allowed.
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"the expression has {len(text)} characters, at most {MAX_TEXT} are allowed")
    for column, character in enumerate(text, 1):
        if character == "\\" or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise ExpressionError(
                f"column {column}: the character {character!r} is not allowed; write one plain line"
            )
    if not text.strip():
        raise ExpressionError("the expression is empty; write for example Tank1.Level * 100")
    stripped = text.lstrip()
    indent = len(text) - len(stripped)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(stripped, mode="eval").body
    except SyntaxError as error:
        column = indent + (error.offset or len(stripped.rstrip()) + 1)
        raise ExpressionError(
            f"column {column}: this is no expression ({error.msg}); {_ALLOWED_TEXT}"
        ) from None
    except (Warning, ValueError) as error:
        raise ExpressionError(f"this is no expression ({error}); {_ALLOWED_TEXT}") from None
    except (MemoryError, RecursionError):
        raise ExpressionError("the expression is nested too deeply") from None
    paths = _Vetting(stripped, indent).vet(tree)
    return Expression(text, paths, tree)


def _unknown_tag(path: str, tags: TagTable) -> str:
    if path.lower() in ("true", "false"):
        return f"no tag has the path {path!r}; write {path.capitalize()} for the truth value"
    near = near_misses(path, [tag.path for tag in tags])
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"no tag has the path {path!r}{hint}"


# Vetting


class _Vetting:
    """Check one syntax tree against the whitelist and collect its tag paths."""

    __slots__ = ("_indent", "_nodes", "_paths", "_source")

    def __init__(self, source: str, indent: int) -> None:
        self._source = source.encode()
        self._indent = indent
        self._nodes = 0
        self._paths: dict[str, None] = {}

    def vet(self, tree: ast.expr) -> tuple[str, ...]:
        self._vet(tree, 1)
        return tuple(self._paths)

    def _vet(self, node: ast.expr, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ExpressionError(
                f"the expression has more than {MAX_NODES} parts; split it into several tags"
            )
        if depth > MAX_DEPTH:
            self._refuse(node, f"the expression is nested more than {MAX_DEPTH} deep", "")
        match node:
            case ast.Constant(value=value):
                self._vet_constant(node, value)
            case ast.Name() | ast.Attribute():
                self._paths[self._path(node)] = None
            case ast.UnaryOp(op=op, operand=operand):
                if type(op) not in UNARY:
                    self._refuse(node, "this operator is not allowed")
                self._vet(operand, depth + 1)
            case ast.BinOp(left=left, op=op, right=right):
                if type(op) not in BINARY:
                    self._refuse(node, "this operator is not allowed")
                if isinstance(op, ast.Pow):
                    self._vet_exponent(right)
                self._vet(left, depth + 1)
                self._vet(right, depth + 1)
                self._vet_constant_part(node)
            case ast.BoolOp(values=values):
                for operand in values:
                    self._vet(operand, depth + 1)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                if any(type(op) not in COMPARISONS for op in ops):
                    self._refuse(node, "'in' and 'is' are not allowed; compare with == != < <= > >=")
                self._vet(left, depth + 1)
                for operand in comparators:
                    self._vet(operand, depth + 1)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                for operand in (test, body, orelse):
                    self._vet(operand, depth + 1)
            case ast.Call():
                self._vet_call(node, depth)
            case _:
                self._refuse(node, f"{_describe(node)} is not allowed")

    def _vet_constant(self, node: ast.expr, value: object) -> None:
        if isinstance(value, bool):
            return
        if isinstance(value, int):
            if value > MAX_INTEGER:
                self._refuse(node, "whole numbers go up to 2**64", "")
        elif isinstance(value, float):
            if not math.isfinite(value):
                self._refuse(node, "the number is too large", "")
        elif not isinstance(value, str):
            self._refuse(node, f"{_describe(node)} is not allowed")

    def _vet_exponent(self, node: ast.expr) -> None:
        while isinstance(node, ast.UnaryOp):
            node = node.operand
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, (int, float))
            and node.value > MAX_EXPONENT
        ):
            self._refuse(node, f"exponents go from -{MAX_EXPONENT} to {MAX_EXPONENT}", "")

    def _vet_call(self, node: ast.Call, depth: int) -> None:
        if not isinstance(node.func, ast.Name):
            self._refuse(node, "only the functions themselves can be called", _FUNCTION_TEXT)
        name = node.func.id
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            self._refuse(node, "arguments are given by position only", _FUNCTION_TEXT)
        if name in PATH_FUNCTIONS:
            if len(node.args) != 1 or not isinstance(node.args[0], (ast.Name, ast.Attribute)):
                self._refuse(node, f"{name}() takes one tag path", "")
        elif name in FUNCTIONS:
            least, most, _ = FUNCTIONS[name]
            if not least <= len(node.args) <= most:
                count = (
                    str(least)
                    if least == most
                    else f"{least} to {most}"
                    if most < MAX_NODES
                    else f"{least} or more"
                )
                self._refuse(node, f"{name}() takes {count} argument{'' if count == '1' else 's'}", "")
        else:
            near = near_misses(name, [*FUNCTIONS, *PATH_FUNCTIONS])
            hint = f"; did you mean {near[0]}?" if near else ""
            self._refuse(node, f"there is no function {name!r}{hint}", _FUNCTION_TEXT)
        for argument in node.args:
            self._vet(argument, depth + 1)

    def _path(self, node: ast.expr) -> str:
        """Return the dotted path of a chain of names, each spelled in the source just as it is read."""
        segments: list[str] = []
        link = node
        while isinstance(link, ast.Attribute):
            self._vet_segment(link, link.attr, (link.end_col_offset or 0) - len(link.attr.encode()))
            segments.append(link.attr)
            link = link.value
        if not isinstance(link, ast.Name):
            self._refuse(node, "a dot is only allowed inside a tag path")
        self._vet_segment(link, link.id, link.col_offset)
        segments.append(link.id)
        path = ".".join(reversed(segments))
        if len(path) > MAX_PATH:
            self._refuse(node, f"tag paths have at most {MAX_PATH} characters", "")
        return path

    def _vet_segment(self, node: ast.expr, segment: str, start: int) -> None:
        # Python reads look-alike letters (full-width, mathematical) as plain ones; a tag path must not.
        spelled = segment.encode()
        if self._source[start : start + len(spelled)] != spelled or not _is_segment(segment):
            self._refuse(node, f"{segment!r} is no name: a letter, then letters, digits and underscores", "")

    def _vet_constant_part(self, node: ast.expr) -> None:
        """Refuse a part without tags that can never have a value, such as ``1 / 0`` or ``9 ** 9 ** 9``."""
        if any(isinstance(inner, ast.Name) for inner in ast.walk(node)):
            return
        status = constant_status(node)
        if status != StatusCode.Good:
            self._refuse(node, f"this part never has a value ({status_name(status)})", "")

    def _refuse(self, node: ast.expr, text: str, allowed: str = _ALLOWED_TEXT) -> NoReturn:
        column = self._indent + len(self._source[: node.col_offset].decode(errors="ignore")) + 1
        raise ExpressionError(f"column {column}: {text}" + (f"; {allowed}" if allowed else ""))


def _describe(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return {type(None): "None", bytes: "a byte text", complex: "an imaginary number"}.get(
            type(node.value), "..."
        )
    return _DESCRIPTIONS.get(type(node), type(node).__name__)


_DESCRIPTIONS: Final[Mapping[type[ast.expr], str]] = MappingProxyType(
    {
        ast.Lambda: "a lambda",
        ast.Subscript: "an index in brackets",
        ast.Slice: "a slice",
        ast.JoinedStr: "an f-text",
        ast.NamedExpr: "an assignment",
        ast.ListComp: "a comprehension",
        ast.SetComp: "a comprehension",
        ast.DictComp: "a comprehension",
        ast.GeneratorExp: "a comprehension",
        ast.List: "a list",
        ast.Tuple: "a tuple",
        ast.Set: "a set",
        ast.Dict: "a dictionary",
        ast.Await: "await",
        ast.Yield: "yield",
        ast.YieldFrom: "yield",
        ast.Starred: "a star",
    }
)
