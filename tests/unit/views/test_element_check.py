"""``vigie check`` looks at elements as what draws them does, and says all that is wrong at once."""

from pathlib import Path

import pytest

from projects.examples import example_path
from projects.model import ElementModel, Library, PropertyValue
from projects.validate import check
from tags.model import Access, DataType, Tag, TagTable
from views.element_check import findings

TAGS = TagTable(
    [
        Tag(0, "Tank.Level", DataType.FLOAT64),
        Tag(1, "Line.Name", DataType.STRING),
        Tag(2, "Tank.SetPoint", DataType.FLOAT64, access=Access.READ_WRITE),
    ]
)


def found(kind: str, **properties: PropertyValue) -> list[tuple[str, str, bool]]:
    model = ElementModel("one", kind, 0, 0, 100, 40, properties)
    return [(one.name, one.text, one.is_warning) for one in findings(model, TAGS, Library())]


def test_a_sound_element_has_no_findings() -> None:
    assert found("value", tag="Tank.Level", label="=Line.Name", decimals="=1 if Tank.Level < 5 else 0") == []
    assert found("setpoint", tag="=Tank.SetPoint", high="=Tank.Level") == []
    assert found("multistate", tag="Tank.Level", states={"1": "=Line.Name"})[0][0] == "tag"


def test_all_of_one_element_is_told_at_once() -> None:
    told = found("indicator", tag="Line.Name", low="deep", vertical=1, lable="Level")
    assert [(name, warning) for name, _, warning in told] == [
        ("tag", False), ("low", False), ("vertical", False), ("lable", True),
    ]  # fmt: skip
    texts = {name: text for name, text, _ in told}
    assert "STRING" in texts["tag"]
    assert texts["low"] == "expected a number, got 'deep'"
    assert "did you mean label" in texts["lable"]


@pytest.mark.parametrize(
    ("kind", "name", "given", "why"),
    [
        ("value", "faceplate", "=Line.Name", "ways between screens"),
        ("navigation", "screen", "=Line.Name", "ways between screens"),
        ("repeater", "columns", "=Tank.Level", "laid out once"),
        ("alarm_list", "path", "=Line.Name", "without values"),
        ("setpoint", "tag", "=Tank.SetPoint * 2", "only a tag can be"),
        ("trend", "pen1_tag", "=Tank.Level * 2", "history is kept by tag"),
    ],
)
def test_what_takes_no_expression_says_why(kind: str, name: str, given: str, why: str) -> None:
    ((told, text, is_warning),) = found(kind, **{name: given})
    assert (told, is_warning) == (name, False)
    assert text.startswith("takes no expression: ")
    assert why in text


def test_an_expression_that_can_never_fit_is_told() -> None:
    ((name, text, _),) = found("text", text="A", bold="='yes'")
    assert (name, text) == ("bold", "expected true or false; the expression comes to a text")
    ((name, text, _),) = found("value", tag="Tank.Level", decimals="=Line.Name")
    assert text == "expected a number; the expression comes to a text"
    assert found("text", text="A", bold="=Tank.Level > 1", color="='runing'")[0][0] == "color"


def test_of_many_choices_those_like_it_are_offered() -> None:
    ((_, text, _),) = found("symbol", symbol="valv")
    assert text.startswith("expected one of ")
    assert "such as valve" in text
    ((_, text, _),) = found("symbol", symbol="flux_capacitor")
    assert len(text) < 250
    ((_, text, _),) = found("text", text="A", align="middle")
    assert text == "expected one of left, center, right, got 'middle'"


def test_an_element_of_the_future_is_kept_and_told() -> None:
    ((name, text, is_warning),) = found("hologram", depth=3)
    assert (name, is_warning) == ("type", True)
    assert "hologram" in text
    assert "did you mean value" in found("valuee")[0][1]


def test_what_a_faceplate_leaves_open_is_not_judged() -> None:
    assert found("value", tag="{motor}.Speed", decimals="={motor}.Digits", label="{motor:description}") == []


@pytest.mark.parametrize("example", ["first_steps", "packaging_cell"])
def test_the_examples_are_sound(example: str) -> None:
    assert [str(one) for one in check(example_path(example), findings)] == []


def test_findings_have_file_line_and_place(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text('format = 1\nname = "Small"\n')
    (tmp_path / "tags.csv").write_text("path,type\nLevel,FLOAT64\n")
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "overview.json").write_text(
        '{"format": 1, "title": "A", "level": "L1", "size": [400, 300], "elements": [\n'
        '  {"id": "box", "type": "group", "x": 0, "y": 0, "w": 300, "h": 200, "elements": [\n'
        '    {"id": "level", "type": "value", "x": 8, "y": 8, "w": 200, "h": 32,'
        ' "tag": "Level", "decimals": "2"}\n'
        "  ]}\n]}\n"
    )
    assert not any(one.column == "level.decimals" for one in check(tmp_path))
    (fault,) = [one for one in check(tmp_path, findings) if one.column == "level.decimals"]
    assert (fault.file, fault.row, fault.is_warning) == ("screens/overview.json", 3, False)
    assert fault.text == "expected a number, got '2'"


def test_a_faceplate_of_another_type_is_told(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text('format = 1\nname = "Small"\n')
    (tmp_path / "tags.csv").write_text("path,type\nLevel,FLOAT64\n")
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "overview.json").write_text(
        '{"format": 1, "title": "A", "level": "L1", "size": [400, 300], "elements": [\n'
        '  {"id": "box", "type": "rectangle", "x": 0, "y": 0, "w": 80, "h": 40,'
        ' "faceplate": "motor", "instance": "Level"}\n]}\n'
    )
    (fault,) = [one for one in check(tmp_path, findings) if one.column == "box.instance"]
    assert fault.text == "Level is no instance of a type; Motor takes a Motor for 'motor'"
    assert fault.row == 2


def test_what_fits_and_contradicts_itself_is_told() -> None:
    assert found("bar", tag="Tank.Level", low=10, high=0) == [
        ("high", "The scale ends at 0, which is not above its start, 10.", False)
    ]
    assert found("setpoint", tag="Tank.SetPoint", low="=Tank.Level", high=0) == []
    assert found("sparkline", tag="Tank.Level", seconds=0)[0][0] == "seconds"
    assert found("polygon", points="0,0 40,b")[0][0] == "points"


def test_a_control_of_a_tag_that_is_only_read_is_a_warning() -> None:
    told = found("setpoint", tag="Tank.Level")
    assert told == [("tag", "Tank.Level is read-only: this setpoint can never be used", True)]
    assert found("value", tag="Tank.Level") == []
