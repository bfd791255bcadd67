"""Containers laid out flat: places, ids, pages, instances, embedded screens, and what cannot be laid out."""

import json

import pytest

from projects.containers import MOST_ELEMENTS, place
from projects.files import analyse, parse
from projects.model import ElementModel, Faceplate, Library, PropertyValue, Screen, ScreenLevel
from projects.problems import Problems
from projects.screens import dump_screen, read_screen
from tags.drivers.catalogue import drivers
from tags.model import DataType, Tag, TagTable
from tests.unit.projects.sample import sample

TAGS = TagTable(
    Tag(row, path, DataType.BOOL)
    for row, path in enumerate(("Filling.P1.Run", "Filling.P2.Run", "Filling.P10.Run", "Capping.P1.Run"))
)
INSTANCES = {"Filling.P1": "Pump", "Filling.P2": "Pump", "Capping.P1": "Pump", "Filling.Loop": "Loop"}


def element(kind: str, own: str, *children: ElementModel, box=(0, 0, 40, 20), **more: PropertyValue):
    return ElementModel(own, kind, *box, more, children)


def screen(*elements: ElementModel, name: str = "main") -> Screen:
    return Screen(name, name.title(), ScreenLevel.UNIT, 640, 480, elements)


def laid(*elements: ElementModel, library: Library | None = None, **more):
    return place(screen(*elements), library or Library(instances=INSTANCES), TAGS, **more)


def places(found) -> dict[str, tuple[float, float]]:
    return {one.model.id: (one.model.x, one.model.y) for one in found}


def test_what_a_group_holds_is_relative_to_it_and_stands_behind_it():
    inner = element("group", "inner", element("lamp", "c", box=(1, 2, 8, 8)), box=(10, 20, 50, 50))
    found = laid(
        element("lamp", "a"), element("group", "g", inner, box=(100, 200, 90, 90)), element("lamp", "b")
    )
    assert places(found) == {"a": (0, 0), "g": (100, 200), "inner": (110, 220), "c": (111, 222), "b": (0, 0)}
    assert [one.inside for one in found] == [-1, -1, 1, 2, -1]


def test_a_group_that_is_never_shown_holds_nothing():
    assert [one.model.id for one in laid(element("group", "g", element("lamp", "a"), visible=False))] == ["g"]


TAB = element(
    "tab",
    "tab",
    element("page", "one", element("lamp", "a", box=(5, 5, 8, 8)), box=(0, 36, 100, 64), title="One"),
    element("page", "two", element("lamp", "b", box=(6, 6, 8, 8)), box=(0, 36, 100, 64), title="Two"),
    box=(10, 10, 100, 100),
)


def test_of_a_tab_only_the_page_that_is_shown_exists():
    assert places(laid(TAB, open_pages={})) == {"tab": (10, 10), "one": (10, 46), "a": (15, 51)}
    found = laid(TAB, open_pages={"tab": 1})
    assert places(found) == {"tab": (10, 10), "two": (10, 46), "b": (16, 52)}
    assert found[-1].pages == (("tab", 1),)
    assert [page.properties["title"] for page in found[0].model.children] == ["One", "Two"]


def test_a_tab_may_name_the_page_that_it_opens_with():
    tab = ElementModel("tab", "tab", 0, 0, 100, 100, {"page": 2}, TAB.children)
    assert "b" in places(laid(tab, open_pages={}))
    beyond = ElementModel("tab", "tab", 0, 0, 100, 100, {"page": 9}, TAB.children)
    assert "b" in places(laid(beyond, open_pages={}))


def test_all_pages_are_found_when_an_element_is_searched():
    assert {"a", "b"} <= set(places(laid(TAB)))


def test_pages_and_tabs_belong_together():
    stray = laid(element("page", "p", element("lamp", "a")))
    assert [one.model.type for one in stray] == ["placeholder"]
    wrong = laid(element("tab", "t", element("lamp", "a")), open_pages={})
    assert wrong[1].model.type == "placeholder"
    assert "'a' is a lamp" in str(wrong[1].model.properties["reason"])


CELL = element("lamp", "run", box=(0, 0, 30, 10), tag="{item}.Run", label="{item_name} {item_number}")


def test_a_repeater_has_a_cell_per_instance():
    found = laid(element("repeater", "r", CELL, box=(100, 0, 70, 40), of="Pump", spacing=10))
    assert places(found) == {"r": (100, 0), "r/1/run": (100, 0), "r/2/run": (140, 0), "r/3/run": (100, 20)}
    assert [one.model.properties.get("tag") for one in found[1:]] == [
        "Filling.P1.Run",
        "Filling.P2.Run",
        "Capping.P1.Run",
    ]
    assert found[2].model.properties["label"] == "P2 2"
    assert {one.own_id for one in found[1:]} == {"run"}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"of": "Pump", "paths": "Filling.*"}, ["Filling.P1", "Filling.P2"]),
        ({"paths": "*.P1"}, ["Filling.P1", "Capping.P1"]),
        ({"paths": "Filling.P1*"}, ["Filling.P1", "Filling.P10"]),
        ({"paths": "Filling.*.Run"}, ["Filling.P1.Run", "Filling.P2.Run", "Filling.P10.Run"]),
        ({"paths": "*"}, ["Filling", "Capping"]),
        ({"paths": "Nothing.*"}, []),
        ({"of": "Valve"}, []),
    ],
)
def test_a_pattern_stays_within_the_parts_of_a_path(properties, expected):
    text = element("text", "t", box=(0, 0, 10, 10), text="{item}")
    found = laid(element("repeater", "r", text, box=(0, 0, 600, 600), **properties))
    assert [one.model.properties["text"] for one in found[1:]] == expected
    assert found[0].model.properties["found"] == len(expected)


def test_columns_spacing_and_cell_size_are_given_or_as_needed():
    given = element(
        "repeater", "r", CELL, box=(0, 0, 400, 100), of="Pump", columns=1, spacing=2, cell_w=50, cell_h=20
    )
    assert list(places(laid(given)).values())[1:] == [(0, 0), (0, 22), (0, 44)]


def test_what_does_not_fit_into_a_repeater_is_counted():
    found = laid(element("repeater", "r", CELL, box=(0, 0, 30, 20), of="Pump", spacing=0))
    assert (found[0].model.properties["found"], found[0].model.properties["shown"]) == (3, 2)


@pytest.mark.parametrize("wrong", [{"columns": "2"}, {"spacing": -1}, {"of": 3}, {}])
def test_a_repeater_with_faulty_properties_holds_nothing(wrong):
    more = {"of": "Pump"} if wrong and "of" not in wrong else {}
    assert len(laid(element("repeater", "r", CELL, **more, **wrong))) == 1


def test_another_name_for_the_parameter():
    cell = element("lamp", "run", tag="{pump}.Run")
    found = laid(element("repeater", "r", cell, of="Pump", parameter="pump", box=(0, 0, 600, 20)))
    assert found[3].model.properties["tag"] == "Capping.P1.Run"


def embedded(source: str, own: str = "e", **more: PropertyValue) -> ElementModel:
    return element("embedded", own, box=(50, 60, 100, 100), source=source, **more)


def test_an_embedded_screen_lies_where_it_is_put():
    other = screen(element("lamp", "a", box=(3, 4, 5, 5)), name="other")
    found = laid(embedded("screens/other"), library=Library({"other": other}))
    assert places(found) == {"e": (50, 60), "e/a": (53, 64)}


def test_an_embedded_faceplate_takes_its_parameters():
    lamp = element("lamp", "a", tag="{pump}.Run")
    face = Faceplate(screen(lamp, name="pump"), {"pump": "Pump"})
    library = Library(faceplates={"pump": face}, instances=INSTANCES)
    found = laid(embedded("faceplates/pump", parameters="Filling.P2"), library=library)
    assert found[1].model.properties["tag"] == "Filling.P2.Run"
    wrong = laid(embedded("faceplates/pump", parameters="Filling.Loop"), library=library)
    assert [one.model.type for one in wrong] == ["placeholder"]
    assert "is of type Loop" in str(wrong[0].model.properties["reason"])


def test_screens_that_embed_each_other_say_so():
    first = screen(embedded("screens/second", "to_second"), element("lamp", "a"), name="first")
    second = screen(embedded("screens/first", "to_first"), element("lamp", "b"), name="second")
    found = place(first, Library({"first": first, "second": second}), TAGS)
    reasons = [str(one.model.properties["reason"]) for one in found if one.model.type == "placeholder"]
    assert reasons == ["screens/first embeds itself: screens/first → screens/second → screens/first."]
    assert {"a", "to_second/b"} <= set(places(found))


def test_an_unknown_source_names_what_is_near():
    found = laid(embedded("screens/othr"), library=Library({"other": screen(name="other")}))
    assert "did you mean screens/other?" in str(found[0].model.properties["reason"])


def test_a_screen_that_embeds_more_and_more_ends():
    library = Library(
        {
            f"s{n}": screen(*(embedded(f"screens/s{n + 1}", f"e{k}") for k in range(20)), name=f"s{n}")
            for n in range(8)
        }
        | {"s8": screen(*(element("lamp", f"l{k}") for k in range(20)), name="s8")}
    )
    found = place(library.screens["s0"], library, TAGS)
    assert len(found) == MOST_ELEMENTS + 1
    assert "more than 10000 elements" in str(found[-1].model.properties["reason"])


def test_what_is_beyond_the_limit_is_told_and_kept():
    many = screen(*(element("lamp", f"l{number}") for number in range(20_000)))
    found = place(many, Library(), TAGS)
    assert len(found) == MOST_ELEMENTS + 1
    assert found[-1].model.type == "placeholder"
    assert dump_screen(many).count(b'"type": "lamp"') == 20_000


NESTED = """\
{
  "format": 1,
  "title": "Nested",
  "level": "L2",
  "size": [640, 480],
  "elements": [
    {"id": "tab", "type": "tab", "x": 0, "y": 0, "w": 320, "h": 240, "elements": [
      {"id": "one", "type": "page", "x": 0, "y": 36, "w": 320, "h": 204, "title": "One", "elements": [
        {"id": "new", "type": "hologram", "x": 8, "y": 8, "w": 40, "h": 40, "elements": [{"beam": 1}]}
      ]},
      {"id": "two", "type": "page", "x": 0, "y": 36, "w": 320, "h": 204, "title": "Two"}
    ]},
    {"id": "plain", "type": "lamp", "x": 400, "y": 0, "w": 40, "h": 40}
  ]
}
"""


def test_containers_are_saved_as_they_were_with_one_element_in_each_line():
    problems = Problems()
    found = read_screen("screens/nested.json", NESTED.encode(), problems)
    assert found is not None
    assert problems.sorted() == []
    assert dump_screen(found.screen).decode() == NESTED
    assert found.lines["new"] == 9


def test_faults_in_containers_are_told_with_their_line():
    text = NESTED.replace('"x": 8', '"x": "8"').replace('"id": "two"', '"id": "plain"')
    problems = Problems()
    read_screen("screens/nested.json", text.encode(), problems)
    assert [str(one) for one in problems.sorted()] == [
        "screens/nested.json:9 [new.x]: expected a number of pixels",
        "screens/nested.json:11 [plain]: two elements have the id 'plain'",
    ]


def test_a_container_whose_elements_are_no_list():
    problems = Problems()
    text = NESTED.replace('"title": "Two"}', '"title": "Two", "elements": {}}')
    read_screen("screens/nested.json", text.encode(), problems)
    assert [one.text for one in problems.sorted()] == ["expected a list of elements"]


def checked(*elements: dict[str, object], **files: bytes) -> list[str]:
    document = {"format": 1, "title": "T", "level": "L2", "size": [640, 480], "elements": list(elements)}
    more = {key.replace("__", "/", 1).replace("_", "."): data for key, data in files.items()}
    project = {**sample(), "screens/more.json": json.dumps(document).encode(), **more}
    return [str(one) for one in analyse(project, drivers())[1] if one.file != "tags.csv"]


BOX = {"x": 0, "y": 0, "w": 100, "h": 100}


def test_check_looks_into_containers():
    lamp = {"id": "l", "type": "lamp", **BOX, "tag": "Nowhere.Run"}
    found = checked({"id": "g", "type": "group", **BOX, "elements": [lamp]})
    assert found[0].startswith("screens/more.json:1 [l.tag]: unknown tag 'Nowhere.Run'")


def test_check_tells_what_a_container_needs():
    found = checked(
        {"id": "a", "type": "repeater", **BOX, "elements": []},
        {"id": "b", "type": "repeater", **BOX, "of": "Pmup"},
        {"id": "c", "type": "embedded", **BOX, "source": "screens/more"},
        {"id": "d", "type": "embedded", **BOX, "source": "screens/overview"},
        {"id": "e", "type": "image", **BOX, "file": "images/logo.png"},
    )
    assert [line.split("[")[1] for line in found] == [
        "a]: expected of, a type of this project, or paths, a pattern such as Filling.*",
        "b.of]: unknown type 'Pmup'; the project has no type",
        "c]: screens/more embeds itself: screens/more → screens/more",
        "e.file]: unknown picture 'images/logo.png'; the project has no picture",
        "d]: screens/overview is 800 x 480 and is not scaled; it does not fit into 100 x 100",
    ]


def test_check_tells_of_pictures_that_are_none():
    found = checked(images__logo_png=b"GIF89a", symbols__a_svg=b"<svg/>")
    assert found == [
        "images/logo.png: is no PNG or JPEG picture",
        "symbols/a.svg: is no SVG: its root is no svg element of the SVG name space",
    ]


def test_pictures_belong_to_the_project():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0"/></svg>'
    project = parse({**sample(), "symbols/a.svg": svg})
    assert project.library.pictures == {"symbols/a.svg": svg}
