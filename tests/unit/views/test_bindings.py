from collections.abc import Mapping

import numpy as np
import pytest

from projects.model import ElementModel, PropertyValue
from tags.expression import Evaluated
from tags.model import DataType, Tag, TagTable
from tags.status import StatusCode
from views.bindings import Properties, bind_expression, bind_tag
from views.declarations import BindingError, Property, PropertyKind
from views.dependencies import Dependencies
from views.preview import PreviewSource

TAGS = TagTable(
    [
        Tag(0, "Tank1.Level", DataType.FLOAT64, unit="%", eu_low=0, eu_high=100),
        Tag(1, "Tank1.Pump", DataType.BOOL),
        Tag(2, "Line.State", DataType.INT32, states={2: "Stopped", 6: "Execute"}),
        Tag(3, "Line.Name", DataType.STRING),
    ]
)
DECLARED = (
    Property("tag", PropertyKind.TAG, "", ""),
    Property("label", PropertyKind.TEXT, "", ""),
    Property("high", PropertyKind.NUMBER, None, ""),
    Property("fixed", PropertyKind.NUMBER, 4, "", fixed="laid out once"),
    Property("lit", PropertyKind.BOOLEAN, False, ""),
    Property("shape", PropertyKind.CHOICE, "round", "", choices=("round", "square")),
    Property("value", PropertyKind.VALUE, None, ""),
    Property("states", PropertyKind.STATES, None, ""),
)


def properties(given: Mapping[str, PropertyValue], accepts: frozenset[DataType] | None = None) -> Properties:
    return Properties(DECLARED, ElementModel("e1", "any", 0, 0, 8, 8, given), TAGS, accepts)


@pytest.fixture
def source() -> PreviewSource:
    source = PreviewSource(TAGS)
    source.put("Tank1.Level", 41.5)
    source.put("Tank1.Pump", True)
    source.put("Line.State", 6)
    return source


def test_plain_tag_is_read_from_the_source(source: PreviewSource) -> None:
    binding = bind_tag("Tank1.Level", TAGS)
    assert binding.tag is TAGS[0]
    assert binding.evaluate(source) == Evaluated(41.5, 0, int(source.source_ns[0]))


def test_expression_of_one_tag_is_that_tag() -> None:
    assert bind_expression(" Tank1.Level ", TAGS).tag is TAGS[0]
    assert bind_expression("Tank1.Level * 2", TAGS).tag is None


def test_unknown_tag_offers_near_ones() -> None:
    with pytest.raises(BindingError, match=r"Tank1\.Levell.*Tank1\.Level"):
        bind_tag("Tank1.Levell", TAGS)


@pytest.mark.parametrize("text", ["Tank1.Level +", "Tank9.Level * 2", "Tank1.__class__", "open('x')"])
def test_faulty_expression_is_refused(text: str) -> None:
    with pytest.raises(BindingError):
        bind_expression(text, TAGS)


def test_literals_defaults_and_live_properties(source: PreviewSource) -> None:
    found = properties(
        {"tag": "Tank1.Level", "high": "=Tank1.Level * 2", "lit": "=Line.State == 6", "label": "A"}
    )
    assert found.evaluate(source)
    assert found.number("tag") == 41.5
    assert found.number("high") == 83.0
    assert found.number("fixed") == 4
    assert found.flag("lit")
    assert found.text("label") == "A"
    assert found.text("shape") == "round"
    assert found.tag() is TAGS[0]
    assert found.has("label")
    assert not found.has("value")
    assert found.is_live("high")
    assert not found.is_live("fixed")


def test_bad_input_reads_as_nothing(source: PreviewSource) -> None:
    found = properties({"tag": "Tank1.Level", "lit": "=Tank1.Level > 1", "label": "=text(Tank1.Level)"})
    source.put("Tank1.Level", None, int(StatusCode.BadSensorFailure))
    found.evaluate(source)
    assert found.number("tag", -1) == -1
    assert found.value("tag") is None
    assert not found.flag("lit")
    assert found.status == StatusCode.BadSensorFailure


def test_failing_expression_is_bad_and_says_so(source: PreviewSource) -> None:
    found = properties({"high": "=1 / (Tank1.Level - 41.5)"})
    found.evaluate(source)
    assert np.isnan(found.number("high"))
    assert found.status == StatusCode.BadOutOfRange


def test_evaluate_tells_whether_anything_is_new(source: PreviewSource) -> None:
    found = properties({"lit": "=Tank1.Level > 40"})
    assert found.evaluate(source)
    source.put("Tank1.Level", 42.0)
    assert not found.evaluate(source), "still above 40: nothing to paint"
    source.put("Tank1.Level", 30.0)
    assert found.evaluate(source)
    source.put("Tank1.Level", 30.0, int(StatusCode.UncertainSubNormal))
    assert found.evaluate(source), "the status is new"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"high": "tall"}, "high: expected a number"),
        ({"high": True}, "high: expected a number"),
        ({"lit": 1}, "lit: expected true or false"),
        ({"shape": "oval"}, "shape: expected one of round, square"),
        ({"label": 5}, "label: expected a text"),
        ({"value": [1]}, "value: expected a value"),
        ({"states": {"on": "Open"}}, "states: expected texts by number"),
        ({"states": [1]}, "states: expected texts by number"),
        ({"fixed": "=Tank1.Level"}, "fixed: takes no expression: laid out once"),
        ({"states": "=Tank1.Level"}, "states: expected texts by number"),
        ({"states": {"1": "=Tank1.Levl"}}, "Tank1.Level"),
        ({"tag": 5}, "tag: expected a tag's path"),
        ({"tag": "Nothing"}, "there is no tag 'Nothing'"),
    ],
)
def test_wrong_property_is_refused(given: Mapping[str, PropertyValue], message: str) -> None:
    with pytest.raises(BindingError, match=message.replace("'", ".")):
        properties(given)


def test_tag_of_a_type_that_is_not_accepted_is_refused() -> None:
    with pytest.raises(BindingError, match=r"Line\.Name is STRING"):
        properties({"tag": "Line.Name"}, frozenset({DataType.FLOAT64}))
    assert properties({"tag": "=Tank1.Level * 2"}, frozenset({DataType.BOOL})).tag() is None


def test_a_bad_live_property_reads_as_its_default(source: PreviewSource) -> None:
    given = {
        "shape": "='square' if Tank1.Level > 1 else 'round'",
        "high": "=Tank1.Level",
        "value": "=Tank1.Level",
    }
    found = properties(given)
    found.evaluate(source)
    assert found.text("shape") == "square"
    source.put("Tank1.Level", None, int(StatusCode.BadSensorFailure))
    found.evaluate(source)
    assert found.text("shape") == "round"
    assert np.isnan(found.number("high")), "without a default there is none"
    assert found.value("value") is None
    wrong = properties({"shape": "='oval'"})
    assert wrong.text("shape") == "round", "not even before the first values"
    wrong.evaluate(source)
    assert wrong.status == StatusCode.BadTypeMismatch


def test_each_text_of_a_table_may_follow_tags(source: PreviewSource) -> None:
    found = properties({"states": {"0": "Closed", "6": "='Above' if Tank1.Level > 40 else 'Below'"}})
    found.evaluate(source)
    assert found.states("states") == {0: "Closed", 6: "Above"}
    source.put("Tank1.Level", 30.0)
    assert found.evaluate(source)
    assert found.states("states") == {0: "Closed", 6: "Below"}


def test_states_are_numbers() -> None:
    assert properties({"states": {"0": "Closed", "-1": "Lost"}}).states("states") == {0: "Closed", -1: "Lost"}
    assert properties({}).states("states") == {}


def test_dependencies_find_the_touched_elements_only() -> None:
    found = Dependencies([(0, 1), (), (1, 2, 1), (3,)], 5)
    assert found.rows(np.array([1], np.int32)).tolist() == [0, 2]
    assert found.rows(np.array([2, 1, 0], np.int32)).tolist() == [0, 2]
    assert found.rows(np.array([4], np.int32)).tolist() == []
    assert found.rows(np.array([], np.int32)).tolist() == []
    assert found.rows(np.array([3], np.int32)).tolist() == [3], "an earlier call leaves nothing behind"


def test_screen_without_bindings_has_no_dependencies() -> None:
    assert Dependencies([(), ()], 3).rows(np.array([0], np.int32)).tolist() == []


def test_a_value_set_by_hand_says_so_though_it_is_good(source: PreviewSource) -> None:
    found = properties({"tag": "Tank1.Level", "lit": "=Tank1.Pump"})
    source.put("Tank1.Level", 1.0, int(StatusCode.GoodLocalOverride))
    found.evaluate(source)
    assert found.status == StatusCode.GoodLocalOverride, "a plain good property beside it hides nothing"
    source.put("Tank1.Pump", True, int(StatusCode.UncertainSubNormal))
    found.evaluate(source)
    assert found.status == StatusCode.UncertainSubNormal
