import builtins
import math
import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tags.clock import ManualClock
from tags.database import TagDatabase
from tags.errors import ExpressionError
from tags.expression import Evaluated, compile_expression, is_tag_path
from tags.model import Batch, DataType, Tag, TagTable, Value
from tags.spelling import near_misses
from tags.status import StatusCode, name

NOW = 1_700_000_000_000_000_000
GOOD = int(StatusCode.Good)
TAGS = TagTable(
    [
        Tag(0, "Tank1.Level", DataType.FLOAT64, connection="plc", decimals=1, unit="%"),
        Tag(1, "Mode", DataType.INT16, connection="plc", states={0: "Off", 2: "Auto"}),
        Tag(2, "EStop", DataType.BOOL, connection="plc"),
        Tag(3, "Recipe", DataType.STRING, connection="plc"),
        Tag(4, "Count", DataType.UINT64, connection="plc"),
        Tag(5, "Curve", DataType.FLOAT64, connection="plc"),
        Tag(6, "Vanne.État", DataType.BOOL, connection="plc", states={1: "Ouverte"}),
        Tag(7, "Never", DataType.FLOAT64, connection="plc"),
    ]
)
VALUES: dict[str, Value] = {
    "Tank1.Level": 42.5,
    "Mode": 2,
    "EStop": False,
    "Recipe": "Lemon",
    "Count": 2**60 + 1,
    "Curve": (1.0, 2.0),
    "Vanne.État": True,
}


def source(**statuses: int) -> TagDatabase:
    """A database in which every tag but Never is good; statuses by path, dots as two underscores."""
    database = TagDatabase(TAGS, ManualClock(NOW))
    given_statuses = {path.replace("__", "."): status for path, status in statuses.items()}
    rows = []
    for row, (path, value) in enumerate(VALUES.items()):
        rows.append((TAGS.by_path(path).id, value, given_statuses.get(path, GOOD), NOW + row))
    database.apply(Batch.of(rows, NOW))
    return database


def evaluate(text: str, database: TagDatabase | None = None) -> Evaluated:
    return compile_expression(text).bind(TAGS).evaluate(database or source())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Tank1.Level * 100", 4250.0),
        ("  Tank1.Level", 42.5),
        ("Mode == 2 and not EStop", True),
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("7 // 2 + 7 % 4", 6),
        ("2 ** 10", 1024),
        ("2 ** -1", 0.5),
        ("-Mode", -2),
        ("+Mode", 2),
        ("0 < Mode <= 2 < 3", True),
        ("0 < Mode < 2 < 1 / 0.0001", False),
        ("'big' if Tank1.Level > 40 else 'small'", "big"),
        ("Recipe == 'Lemon'", True),
        ("Recipe + '!'", "Lemon!"),
        ("Recipe < 'Melon'", True),
        ("Recipe == 1", False),
        ("Mode or EStop", True),
        ("Count", 2**60 + 1),
        ("Count + 1", 2**60 + 2),
        ("Curve", (1.0, 2.0)),
        ("abs(-3) + min(4, 2) + max(1, 5, 2)", 10),
        ("round(2.567, 1) + round(2.4)", 4.6),
        ("sqrt(16) + floor(1.9) + ceil(1.1)", 7.0),
        ("clamp(Tank1.Level, 0, 40)", 40),
        ("clamp(-1, 0, 40) + clamp(7, 0, 40)", 7),
        ("True", True),
        ("EStop + 1", 1),
        ("quality(Tank1.Level)", "good"),
        ("quality(Never)", "bad"),
        ("good(Never)", False),
        ("bad(Never)", True),
        ("text(Mode)", "Auto"),
        ("text(Tank1.Level)", "42.5"),
        ("text(EStop)", "false"),
        ("text(Vanne.État)", "Ouverte"),
        ("text(Recipe) + ' ' + text(Count)", "Lemon 1152921504606846977"),
    ],
)
def test_values(text: str, value: Value) -> None:
    result = evaluate(text)
    assert result.value == pytest.approx(value)
    assert type(result.value) is type(value)
    assert result.status == GOOD


def test_paths_come_in_the_order_of_first_use_and_once() -> None:
    expression = compile_expression("B.C + (A if D else B.C) + max(E, 1)")
    assert expression.paths == ("B.C", "D", "A", "E")
    assert expression.text == "B.C + (A if D else B.C) + max(E, 1)"
    assert compile_expression("A if B else C").paths == ("B", "A", "C")


# Status and time


def test_the_worst_input_status_wins_and_the_newest_time() -> None:
    uncertain = int(StatusCode.UncertainSubNormal)
    database = source(Tank1__Level=uncertain)
    result = evaluate("Mode + Tank1.Level", database)
    assert (result.value, result.status, result.source_ns) == (44.5, uncertain, NOW + 1)
    database = source(Tank1__Level=uncertain, Mode=int(StatusCode.BadDeviceFailure))
    result = evaluate("Tank1.Level + Mode", database)
    assert (result.value, name(result.status)) == (None, "BadDeviceFailure")
    assert evaluate("1 + 1").source_ns == 0


def test_a_lone_path_passes_its_tag_through() -> None:
    clamped = int(StatusCode.GoodClamped) | 0x0600
    assert evaluate("Tank1.Level", source(Tank1__Level=clamped)).status == clamped
    assert evaluate("Tank1.Level + 0", source(Tank1__Level=clamped)).status == GOOD
    assert evaluate("(Never)") == Evaluated(None, int(StatusCode.BadWaitingForInitialData), 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("EStop and Never", False),
        ("Mode == 2 or Never > 1", True),
        ("Tank1.Level if Mode == 2 else Never", 42.5),
        ("Never if good(Never) else -1", -1),
        ("0 > Mode > Never", False),
    ],
)
def test_a_bad_input_that_is_not_looked_at_does_not_count(text: str, value: Value) -> None:
    assert (evaluate(text).value, evaluate(text).status) == (value, GOOD)


@pytest.mark.parametrize(
    "text", ["Never and EStop", "not Never", "max(1, Never)", "text(Never)", "Never == Never"]
)
def test_a_bad_input_that_counts_makes_the_result_bad(text: str) -> None:
    assert evaluate(text).value is None
    assert name(evaluate(text).status) == "BadWaitingForInitialData"


@pytest.mark.parametrize(
    "text",
    [
        "1 / (Mode - 2)",
        "1 // (Mode - 2)",
        "1 % EStop",
        "sqrt(0 - Mode)",
        "(0 - Mode) ** 0.5",
        "(Mode - 2) ** -1",
        "Mode ** (Mode * 100)",
        "(Mode * 1e300) * 1e300",
        "((Count * 16) * 16) * 16",
        "clamp(1, Mode, 0)",
        "round(1.5, Mode * 100)",
        "((Mode * 1.0) ** 60) ** 60",
    ],
)
def test_what_has_no_value_is_out_of_range(text: str) -> None:
    assert (evaluate(text).value, name(evaluate(text).status)) == (None, "BadOutOfRange")


@pytest.mark.parametrize(
    "text",
    [
        "Recipe * 2",
        "Recipe + 1",
        "Recipe % 3",
        "-Recipe",
        "Recipe < 1",
        "abs(Recipe)",
        "Curve + 1",
        "max(Recipe, 1)",
    ],
)
def test_a_text_is_no_number_and_an_array_no_operand(text: str) -> None:
    assert (evaluate(text).value, name(evaluate(text).status)) == (None, "BadTypeMismatch")


def test_nan_does_not_slip_through_a_comparison() -> None:
    database = source()
    database.apply(Batch.of([(0, math.nan, GOOD, NOW + 9)], NOW))
    assert evaluate("Tank1.Level > 90", database).value is None
    assert name(evaluate("Tank1.Level > 90", database).status) == "BadOutOfRange"


def test_texts_do_not_grow_without_bound() -> None:
    doubled = "Recipe"
    for _ in range(4):
        doubled = f"({doubled} + {doubled})"
    assert evaluate(doubled).value == "Lemon" * 16
    grown = compile_expression("Recipe + Recipe").bind(TAGS)
    database = source()
    database.apply(Batch.of([(3, "x" * 1500, GOOD, NOW + 9)], NOW))
    assert name(grown.evaluate(database).status) == "BadOutOfRange"


# What is refused

MALICIOUS = [
    "().__class__.__bases__[0].__subclasses__()",
    "Tank1.__class__",
    "Tank1.Level.__init__.__globals__",
    "'a'.join(Recipe)",
    "(1).real",
    "''.__class__",
    "__import__('os').system('true')",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('1')",
    "getattr(Mode, 'x')",
    "globals()",
    "print(1)",
    "breakpoint()",
    "Tank1.Level()",
    "abs.__call__(1)",
    "(abs)(1)(2)",
    "lambda: 1",
    "(lambda: 1)()",
    "[x for x in Recipe]",
    "{x for x in Recipe}",
    "{x: x for x in Recipe}",
    "(x for x in Recipe)",
    "max(x for x in Recipe)",
    "f'{Mode}'",
    "f'{Mode.__class__}'",
    "(x := 1)",
    "Curve[0]",
    "Curve[0:1]",
    "[1, 2]",
    "(1, 2)",
    "{1, 2}",
    "{1: 2}",
    "*Curve",
    "max(*Curve)",
    "max(**Curve)",
    "round(1.5, ndigits=1)",
    "await Mode",
    "yield",
    "None",
    "...",
    "1j",
    "b'a'",
    "9 ** 9 ** 9",
    "2 ** 1000",
    "2 ** -1000",
    "2 ** 65.0",
    "(9 ** 64) ** 64",
    "'a' * 10 ** 9",
    "10 ** 9 * 'a'",
    "'%999999999d' % 1",
    "1 << 99999",
    "1 | 2",
    "~1",
    "1 @ 2",
    "'a' in Recipe",
    "Mode is 1",
    "Mode not in Recipe",
    "1e999",
    "9" * 1999,
    "9" * 5000,
    "(" * 900 + "1" + ")" * 900,
    "-" * 900 + "1",
    "not " * 400 + "Mode",
    "1 if 1 else " * 150 + "1",
    "+".join(["Mode"] * 600),
    "max(" * 150 + "1,1" + ")" * 150,
    "Mode; Mode",
    "Mode = 1",
    "Mode\n+ 1",
    "Mode\t+ 1",
    "import os",
    "del Mode",
    "Mode\x00",
    "'\\x41'",
    "'\\N{BULLET}'",
    "ｅval('1')",
    "Ｍode + 1",
    "Tank1.ﬁeld",
    "𝐌ode",
    "Mo\u200bde",
    "\u202eMode",
    "_private",
    "Tank1._hidden",
    "Tank1.Level_ .__x__",
    "Tank1..Level",
    "Tank1.1",
    "1.Level",
    "'unfinished",
    "(Mode",
    "Mode)",
    "1if Mode else 2",
    "0777",
    "if",
    "Mode if",
    "",
    "   ",
    "# only a comment",
    "print",
]  # fmt: skip


@pytest.mark.parametrize("text", MALICIOUS, ids=lambda text: ascii(text)[:30])
def test_nothing_outside_the_whitelist_compiles(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def caught(*arguments: object, **options: object) -> None:
        pytest.fail(f"an expression reached {arguments} {options}")

    for module, attribute in ((builtins, "eval"), (builtins, "exec"), (os, "system"), (subprocess, "Popen")):
        monkeypatch.setattr(module, attribute, caught)
    if text == "print":
        with pytest.raises(ExpressionError, match="no tag has the path 'print'"):
            compile_expression(text).bind(TAGS)
    else:
        with pytest.raises(ExpressionError):
            compile_expression(text)


@given(st.text(max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    try:
        paths = compile_expression(text).paths
    except ExpressionError:
        return
    assert all(is_tag_path(path) for path in paths)


OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "<", "==", "and", "or"]


@given(
    st.recursive(
        st.sampled_from([*VALUES, "Never", "0", "2", "0.5", "'a'", "True"]),
        lambda part: st.one_of(
            st.tuples(part, st.sampled_from(OPERATORS), part).map(
                lambda parts: f"({' '.join(parts)})"
            ),
            part.map(lambda one: f"(-{one})"),
            part.map(lambda one: f"(not {one})"),
            part.map(lambda one: f"sqrt({one})"),
            part.map(lambda one: f"round({one}, 2)"),
            st.tuples(part, part, part).map(lambda parts: f"clamp({', '.join(parts)})"),
            st.tuples(part, part, part).map(lambda parts: "({} if {} else {})".format(*parts)),
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_evaluation_never_raises_and_bad_has_no_value(text: str) -> None:
    try:
        bound = compile_expression(text).bind(TAGS)
    except ExpressionError:
        # A part without tags that never has a value.
        return
    result = bound.evaluate(source())
    assert (result.value is None) == (result.status >= 0x80000000)
    if isinstance(result.value, float):
        assert math.isfinite(result.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Mode + open(1)", r"column 8: there is no function 'open'; functions are abs, min, max"),
        ("sqr(Mode)", r"column 1: there is no function 'sqr'; did you mean sqrt\?"),
        ("Été + [1]", r"column 7: a list is not allowed; allowed are tag paths, numbers"),
        ("  Mode + _x", r"column 10: '_x' is no name"),
        ("Mode +", r"column 7: this is no expression"),
        ("max(Mode)", r"column 1: max\(\) takes 2 or more arguments"),
        ("clamp(Mode)", r"column 1: clamp\(\) takes 3 arguments"),
        ("round(1, 2, 3)", r"column 1: round\(\) takes 1 to 2 arguments"),
        ("good(Mode + 1)", r"column 1: good\(\) takes one tag path"),
        ("1 + 1 / 0", r"column 5: this part never has a value \(BadOutOfRange\)"),
        ("'a' in Recipe", r"'in' and 'is' are not allowed"),
        ("2 ** 65", r"exponents go from -64 to 64"),
        ("18446744073709551617", r"up to 2\*\*64"),
        ("x" * 2001, r"2001 characters, at most 2000"),
        ("+".join(["Mode"] * 110), r"nested more than 100 deep|more than 200 parts"),
        ("max(" + ",".join(["1"] * 220) + ")", r"more than 200 parts"),
        ("A" * 201, r"at most 200 characters"),
    ],
)
def test_messages_say_where_and_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Tank1.Levle", r"'Tank1.Levle'; did you mean Tank1.Level\?"),
        ("tank1.level", r"did you mean Tank1.Level\?"),
        ("true", r"write True for the truth value"),
        ("Zzz", r"no tag has the path 'Zzz'$"),
    ],
)
def test_an_unknown_tag_is_named_with_near_misses(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        compile_expression(text).bind(TAGS)


def test_near_misses_are_found_in_a_large_project() -> None:
    paths = [f"Area{row // 100}.Motor{row % 100}.Speed" for row in range(20_000)]
    assert near_misses("Area7.Motor33.Sped", paths)[0] == "Area7.Motor33.Speed"
    assert near_misses("area7.motor33.speed", paths)[0] == "Area7.Motor33.Speed"
    assert near_misses("x" * 300, ["x" * 299]) == []


def test_the_largest_expressions_allowed_evaluate() -> None:
    assert evaluate("+".join(["Mode"] * 90)).value == 180
    assert evaluate("-" * 98 + "Mode").value == 2
    assert evaluate("(" * 100 + "Mode" + ")" * 100).value == 2


@pytest.mark.parametrize("path", ["A", "Tank1.Level", "État_2.B", "match.case", "max.min", "A" * 200])
def test_tag_paths(path: str) -> None:
    assert is_tag_path(path)
    assert compile_expression(path).paths == (path,)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "A.",
        ".A",
        "A..B",
        "1A",
        "A.1",
        "_A",
        "A._B",
        "A B",
        "A-B",
        "if",
        "A.and",
        "True",
        "ﬁ",
        "Ａ",
        "A" * 201,
    ],
)
def test_texts_that_are_no_tag_path(path: str) -> None:
    assert not is_tag_path(path)
