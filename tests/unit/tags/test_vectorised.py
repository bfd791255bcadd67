"""Expressions evaluated together come to the very result of each alone."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tags.clock import ManualClock
from tags.database import TagDatabase
from tags.errors import ExpressionError
from tags.expression import BoundExpression, Evaluated, compile_expression
from tags.model import Batch, DataType, Scaling, Tag, TagTable, Value
from tags.status import StatusCode
from tags.vectorised import shape_of, vectorise

NOW = 1_700_000_000_000_000_000
ROWS = 6
KINDS = {
    "Level": DataType.FLOAT64,
    "Small": DataType.FLOAT32,
    "Mode": DataType.INT16,
    "Wide": DataType.INT32,
    "Flow": DataType.UINT16,
    "On": DataType.BOOL,
}
TAGS = TagTable(
    [
        Tag(
            place * ROWS + row,
            f"{name}{row}",
            kind,
            connection="plc",
            decimals=row % 3 if kind is DataType.FLOAT64 else None,
            states={0: "Off", 2: "Auto"} if name == "Mode" else {},
            scaling=Scaling(0, 100, 0, 1) if name == "Flow" else None,
        )
        for place, (name, kind) in enumerate(KINDS.items())
        for row in range(ROWS)
    ]
)
STATUSES = [
    *[int(StatusCode.Good)] * 6,
    int(StatusCode.GoodLocalOverride),
    int(StatusCode.UncertainLastUsableValue),
    int(StatusCode.UncertainSimulatedValue),
    int(StatusCode.BadNotConnected),
    int(StatusCode.BadSensorFailure),
]
FLOATS = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.5, 1e308, -1e308, 5e-324, 2.0**53, 2.0**53 + 2, 1e16]),
    st.sampled_from([math.nan, math.inf, -math.inf]),
    st.floats(-1e6, 1e6),
)
DRAWN = {
    DataType.FLOAT64: st.one_of(FLOATS, FLOATS, FLOATS, st.just((1.0, 2.0)), st.just("text")),
    DataType.FLOAT32: st.floats(width=32),
    DataType.INT16: st.integers(-(2**15), 2**15 - 1) | st.sampled_from([0, 1, 2]),
    DataType.INT32: st.integers(-(2**31), 2**31 - 1) | st.sampled_from([0, -1, 3]),
    DataType.UINT16: st.floats(-2, 2),
    DataType.BOOL: st.booleans(),
}
OPERATORS = ["+", "-", "*", "/", "//", "%", "<", "<=", "==", "!=", ">", "and", "or"]
CONSTANTS = ["0", "2", "7", "0.5", "-1.5", "'a'", "''", "True", "9007199254740992"]


def parts(leaf: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of expressions; tags are written as NAME#, which a row's number takes the place of."""

    def grown(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two, three = st.tuples(part, part), st.tuples(part, part, part)
        return st.one_of(
            st.tuples(part, st.sampled_from(OPERATORS), part).map(lambda one: f"({' '.join(one)})"),
            st.tuples(st.sampled_from(["-", "+", "not "]), part).map(lambda one: f"({one[0]}{one[1]})"),
            st.tuples(st.sampled_from(["abs", "round", "floor", "ceil", "sqrt"]), part).map(
                lambda one: f"{one[0]}({one[1]})"
            ),
            st.tuples(st.sampled_from(["min", "max"]), two).map(lambda one: f"{one[0]}({', '.join(one[1])})"),
            three.map(lambda one: f"clamp({', '.join(one)})"),
            three.map(lambda one: f"({one[1]} if {one[0]} else {one[2]})"),
            three.map(lambda one: f"({one[0]} < {one[1]} <= {one[2]})"),
        )

    return st.recursive(leaf, grown, max_leaves=8)


PATHS = [f"{name}#" for name in KINDS]
SHAPES = parts(
    st.one_of(
        st.sampled_from(PATHS),
        st.sampled_from(PATHS),
        st.sampled_from(CONSTANTS),
        st.tuples(st.sampled_from(["text", "good", "bad", "quality"]), st.sampled_from(PATHS)).map(
            lambda one: f"{one[0]}({one[1]})"
        ),
    )
)


def database(rows: list[tuple[Value, int]]) -> TagDatabase:
    made = TagDatabase(TAGS, ManualClock(NOW))
    filled = [
        (tag.id, value, status, NOW + tag.id)
        for tag, (value, status) in zip(TAGS, rows, strict=True)
    ]  # fmt: skip
    made.apply(Batch.of(filled, NOW))
    return made


def exact(found: Evaluated) -> tuple[object, ...]:
    """Return a result so that -0.0 is not 0.0 and True is not 1."""
    value = found.value
    told = struct.pack("d", value) if isinstance(value, float) else value
    return type(value), told, found.status, found.source_ns


def bound_rows(shape: str) -> list[BoundExpression]:
    return [compile_expression(shape.replace("#", str(row))).bind(TAGS) for row in range(ROWS)]


def check(shape: str, source: TagDatabase) -> bool:
    try:
        bound = bound_rows(shape)
    except ExpressionError:
        # A part without tags that never has a value.
        return False
    keys = {shape_of(one) for one in bound}
    assert len(keys) == 1
    if keys == {None}:
        return False
    group = vectorise(bound)
    if group is None:
        return False
    chosen = np.array([row for row in range(ROWS) if row != 2], np.intp)
    found = group.evaluate(source, chosen)
    for at, row in enumerate(chosen.tolist()):
        assert exact(found.evaluated(at)) == exact(bound[row].evaluate(source)), (shape, row)
    return True


ALL_ROWS = st.tuples(*[st.tuples(DRAWN[tag.data_type], st.sampled_from(STATUSES)) for tag in TAGS]).map(list)


@settings(max_examples=250, deadline=None)
@given(SHAPES, ALL_ROWS)
def test_columns_come_to_what_closures_come_to(shape: str, rows: list[tuple[Value, int]]) -> None:
    check(shape, database(rows))


@pytest.mark.parametrize(
    "shape",
    [
        "Level# > 80",
        "'limit_zone' if Level# > 80 else 'panel'",
        "text(Level#)",
        "text(Mode#) if good(Mode#) else 'not known'",
        "'fast' if On# and Level# > 0.5 else 'slow' if On# else 'off'",
        "Level# / Small#",
        "Wide# // Mode# + Wide# % Mode#",
        "min(Level#, Small#) * max(Flow#, 0.0)",
        "round(Level# * 10) / 10",
        "clamp(Level#, 0.0, 100.0)",
        "bad(Level#) or Level# < 1",
        "text(Mode#) + ': ' + text(Level#) + ' kg'",
        "0 < Level# <= 50",
        "-Mode# * 2 + abs(Wide#)",
    ],
)
@settings(max_examples=12, deadline=None)
@given(rows=ALL_ROWS)
def test_what_screens_ask_is_evaluated_in_columns(shape: str, rows: list[tuple[Value, int]]) -> None:
    assert check(shape, database(rows))


@pytest.mark.parametrize(
    "shape",
    [
        "Level#",
        "1 + 1",
        "Level# ** 2",
        "round(Level#, 2)",
        "1 if On# else 0.5",
        "min(Mode#, Level#)",
        "Wide# * Wide# * Wide#",
        "text(Level#) + Level#",
        f"'{'a' * 1_500}'" + " + text(Level#)" * 17,
    ],
)
def test_what_columns_would_tell_differently_is_left_to_closures(shape: str) -> None:
    bound = bound_rows(shape)
    assert {shape_of(one) for one in bound} == {None} or vectorise(bound) is None


def test_shape_is_that_of_the_tree_and_of_what_tags_hold() -> None:
    def key(text: str) -> object:
        return shape_of(compile_expression(text).bind(TAGS))

    assert key("Level0 > 3.0") == key("Level1 > 4.5") == key("(Small1 > 1.0)")
    assert key("Level0 > 3.0") != key("Level0 > 3")
    assert key("Level0 > Level1") != key("Level0 > Level0")
    assert key("Level0 > 3.0") != key("Level0 < 3.0")
    assert key("Mode0 > 3") != key("Level0 > 3")
    assert key("Flow0 > 3") == key("Level0 > 3")


def test_constants_too_large_for_a_group_are_left_to_closures() -> None:
    bound = [compile_expression(f"Mode0 + {constant}").bind(TAGS) for constant in (1, 2**53)]
    assert vectorise(bound[:1]) is not None
    assert vectorise(bound) is None
