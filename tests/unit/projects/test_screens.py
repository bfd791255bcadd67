"""Screens keep what they hold through load and save, also what this version does not know."""

import json

from hypothesis import given
from hypothesis import strategies as st

from projects.files import analyse
from projects.model import ElementModel, Screen, ScreenLevel
from projects.problems import Problems
from projects.screens import dump_screen, property_values, read_screen
from projects.stand_ins import PLACEHOLDER, REASON
from tags.drivers.catalogue import drivers
from tests.unit.projects.sample import SCREEN, problems, project, sample


def read(data: bytes, name: str = "overview") -> Screen:
    wrong = Problems()
    found = read_screen(f"screens/{name}.json", data, wrong)
    assert found is not None
    assert wrong.sorted() == []
    return found.screen


def test_the_sample():
    screen = project().screens["overview"]
    assert (screen.id, screen.title, screen.level, screen.width, screen.height) == (
        "overview", "Overview", ScreenLevel.OVERVIEW, 800, 480,
    )  # fmt: skip
    assert screen.elements[1] == ElementModel("lamp", "lamp", 8, 40, 24, 24, {"on": "=Pump.Running"})


def test_saving_is_byte_stable_with_one_element_in_each_line():
    data = dump_screen(read(SCREEN.encode()))
    assert data == SCREEN.encode()
    assert dump_screen(read(data)) == data


def test_any_layout_of_the_file_gives_the_same_bytes():
    squeezed = json.dumps(json.loads(SCREEN))
    assert dump_screen(read(b"\xef\xbb\xbf" + squeezed.encode())) == SCREEN.encode()


def test_unknown_keys_and_elements_survive():
    text = """\
{
  "format": 1,
  "title": "Später",
  "level": "L3",
  "size": [640, 400],
  "parent": "hall",
  "revision": "C",
  "grid": {"step": 8, "shown": true},
  "elements": [
    {"id": "x", "type": "hologram", "x": 0.5, "y": 0, "w": 10, "h": 10, "rays": [3.0, null, {"é": "ü"}]}
  ]
}
"""
    assert dump_screen(read(text.encode())).decode() == text


def test_a_screen_without_elements():
    screen = Screen("empty", "Empty", ScreenLevel.SUPPORT, 10, 10, ())
    assert read(dump_screen(screen), "empty") == screen


def test_an_element_outside_the_screen_is_a_warning():
    found = problems({"screens/overview.json": SCREEN.replace('"x": 8, "y": 40', '"x": 790, "y": 40')})
    assert [(one.row, one.column, one.is_warning) for one in found] == [(8, "lamp", True)]


def test_properties_are_found_in_lists_and_tables():
    found = list(
        property_values({"tag": "A", "pens": [{"tag": "B"}, {"tag": "C", "k": [1]}], "a_tag": ["D", "E"]})
    )
    assert found == [
        ("tag", "tag", "A"),
        ("pens[0].tag", "tag", "B"),
        ("pens[1].tag", "tag", "C"),
        ("pens[1].k[0]", "k", 1),
        ("a_tag[0]", "a_tag", "D"),
        ("a_tag[1]", "a_tag", "E"),
    ]


TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
NUMBER = st.integers(0, 32_767) | st.floats(0, 32_767, allow_nan=False)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
ELEMENT = st.builds(
    ElementModel,
    st.from_regex(r"[A-Za-z0-9_][\w.:-]{0,8}", fullmatch=True),
    TEXT.filter(bool),
    NUMBER,
    NUMBER,
    st.floats(0.5, 1000),
    st.integers(1, 1000),
    st.dictionaries(
        TEXT.filter(lambda key: key not in ("id", "type", "x", "y", "w", "h")), VALUE, max_size=3
    ),
)


@given(
    title=TEXT.filter(bool),
    elements=st.lists(ELEMENT, max_size=4, unique_by=lambda one: one.id),
    extra=st.dictionaries(TEXT.map("my".__add__), VALUE, max_size=2),
)
def test_every_screen_comes_back(title, elements, extra):
    screen = Screen("s", title, ScreenLevel.UNIT, 32_767, 32_767, tuple(elements), "p", "1", extra)
    wrong = Problems()
    found = read_screen("screens/s.json", dump_screen(screen), wrong)
    assert found is not None
    assert found.screen == screen
    assert not wrong.has_faults
    assert dump_screen(found.screen) == dump_screen(screen)


DAMAGED = """{
  "format": 1,
  "title": "S",
  "level": "L2",
  "size": [640, 480],
  "elements": [
    {"id": "a", "type": "lamp", "x": 8, "y": 8, "w": 40, "h": 40},
    {"id": "a", "type": "lamp", "x": 80, "y": 16, "w": 64, "h": 32, "tag": "X.Y"},
    {"id": "flat", "type": "lamp", "x": 8, "y": 80, "w": 64, "h": 0},
    {"id": "typeless", "x": 8, "y": 160, "w": 64, "h": 32},
    {"id": "-", "type": "lamp", "x": 8, "y": 240, "w": 64, "h": 32},
    "lamp",
    {"id": "b", "type": "lamp", "x": 8, "y": 320, "w": 40, "h": 40}
  ]
}
"""


def test_what_cannot_be_read_stands_where_it_was_and_is_saved_as_it_was():
    wrong = Problems()
    found = read_screen("screens/s.json", DAMAGED.encode(), wrong)
    assert len(wrong.sorted()) == 5
    stand_ins = {one.id: one for one in found.screen.elements if one.type == PLACEHOLDER}
    assert len(stand_ins) == 5
    double = stand_ins["~elements[1]"]
    assert (double.x, double.y, double.w, double.h) == (80, 16, 64, 32)
    assert double.properties[REASON] == "Another element of this screen has the id 'a' already."
    assert stand_ins["~elements[2]"].h > 0
    assert dump_screen(found.screen).decode() == DAMAGED


def test_nothing_else_is_said_of_what_cannot_be_read():
    _, problems = analyse({**sample(), "screens/s.json": DAMAGED.encode()}, drivers())
    told = [str(one) for one in problems if one.file == "screens/s.json" and "X.Y" in str(one)]
    assert not told
