"""Containers on a canvas: pages that cost nothing while hidden, conditions for many, and notes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt

from alarms.model import Priority
from projects.model import ElementModel, Library, PropertyValue, Screen, ScreenLevel
from tags.model import DataType, Tag, TagTable
from views.canvas import ScreenCanvas
from views.elements.containers import Tab
from views.preview import PreviewSource, paint, render
from views.scene import Scene
from views.style import Theme

SIZE = QSize(400, 300)


def element(kind: str, own: str, *children: ElementModel, box=(0, 0, 80, 40), **more: PropertyValue):
    return ElementModel(own, kind, *box, more, children)


def screen(*elements: ElementModel) -> Screen:
    return Screen("main", "Main", ScreenLevel.UNIT, SIZE.width(), SIZE.height(), elements)


@pytest.fixture
def plant() -> PreviewSource:
    tags = TagTable(
        [
            *(Tag(row, f"P{row}.Level", DataType.FLOAT64, eu_low=0, eu_high=100) for row in range(4)),
            Tag(4, "Show", DataType.BOOL),
        ]
    )
    found = PreviewSource(tags)
    for row in range(4):
        found.put(f"P{row}.Level", 40.0 + row)
    found.put("Show", True)
    return found


def page(own: str, *children: ElementModel, **more: PropertyValue) -> ElementModel:
    return element("page", own, *children, box=(0, 36, 380, 200), title=own.title(), **more)


def tabs(**more: PropertyValue) -> Screen:
    first = page("one", element("value", "a", box=(10, 10, 100, 30), tag="P0.Level"), alarms="P0")
    second = page("two", element("value", "b", box=(10, 10, 100, 30), tag="P1.Level"), alarms="P1")
    return screen(element("tab", "tab", first, second, box=(10, 10, 380, 240), **more))


def ids(scene: Scene) -> list[str]:
    return [one.model.id for one in scene.elements]


def test_a_page_that_is_not_shown_is_not_there(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(tabs(), plant, light)
    assert ids(scene) == ["tab", "one", "a"]
    assert scene.tag_ids.tolist() == [0]
    assert scene.open_page("tab", 1)
    assert ids(scene) == ["tab", "two", "b"]
    assert scene.tag_ids.tolist() == [1]
    assert not scene.open_page("tab", 1)
    assert not scene.open_page("tab", 7)
    assert not scene.open_page("b", 0)


def test_a_page_that_comes_back_shows_the_present_values(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(tabs(), plant, light)
    scene.open_page("tab", 1)
    plant.put("P0.Level", 77.0)
    scene.refresh(1)
    scene.open_page("tab", 0)
    plant.put("P1.Level", 3.0)
    fresh = Scene(tabs(), plant, light)
    assert paint(scene, SIZE) == paint(fresh, SIZE)


def test_what_is_on_pages_is_painted_from_columns(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(tabs(), plant, light)
    assert [column.rows.tolist() for column in scene.columns] == [[2]]
    scene.open_page("tab", 1)
    assert [column.rows.tolist() for column in scene.columns] == [[2]]


def test_a_press_on_a_title_shows_its_page_and_asks_for_its_tags(qtbot, plant, light: Theme) -> None:
    canvas = ScreenCanvas(tabs(), plant, light)
    qtbot.addWidget(canvas)
    canvas.resize(SIZE)
    canvas.show()
    tab = canvas.scene.by_id["tab"]
    assert isinstance(tab, Tab)
    place = canvas._fit.to_widget(tab.fields()[1]).center().toPoint()
    with qtbot.waitSignal(canvas.tags_changed):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert "b" in canvas.scene.by_id
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(399, 299))
    assert "b" in canvas.scene.by_id


def test_arrows_and_return_change_the_page(qtbot, plant, light: Theme) -> None:
    canvas = ScreenCanvas(tabs(), plant, light)
    qtbot.addWidget(canvas)
    canvas.resize(SIZE)
    canvas.show()
    canvas.focusNextPrevChild(True)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert "b" in canvas.scene.by_id
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert "b" in canvas.scene.by_id
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert "a" in canvas.scene.by_id
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert "b" in canvas.scene.by_id


def test_an_alarm_opens_the_page_that_it_is_on(qtbot, plant, light: Theme) -> None:
    canvas = ScreenCanvas(tabs(), plant, light)
    qtbot.addWidget(canvas)
    assert canvas.highlight("P1.Level")
    assert "b" in canvas.scene.by_id
    assert not canvas.highlight("P3.Level")


def test_the_header_tells_of_alarms_on_hidden_pages_and_flashes(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(tabs(), plant, light)
    plain = paint(scene, SIZE)
    scene.refresh(0)
    assert 0 in scene.set_alarms({"P1.Level": (Priority.URGENT, False)})
    assert paint(scene, SIZE) != plain
    assert 0 in scene.refresh(500_000_000)
    scene.set_alarms({"P3.Level": (Priority.URGENT, False)})
    assert paint(scene, SIZE) == plain


def test_an_acknowledged_alarm_above_does_not_stop_the_flashing(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(tabs(), plant, light)
    scene.refresh(0)
    scene.set_alarms({"P0.Level": (Priority.URGENT, True), "P1.Level": (Priority.LOW, False)})
    assert 0 in scene.refresh(500_000_000)


def group(**more: PropertyValue) -> Screen:
    kept = (
        element("value", "number", box=(20, 20, 100, 30), tag="P0.Level"),
        element("text", "fixed", box=(20, 60, 100, 30), text="Fixed"),
        element("text", "live", box=(20, 90, 100, 30), text="=text(P1.Level)"),
    )
    return screen(element("group", "g", *kept, box=(0, 0, 200, 200), **more))


def test_one_condition_hides_all_that_a_group_holds(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(group(visible="=Show"), plant, light)
    shown, empty = paint(scene, SIZE), render(screen(), plant, light, SIZE)
    assert shown == render(group(), plant, light, SIZE)
    plant.put("Show", False)
    assert set(scene.refresh(1)) == {0, 1, 2, 3}
    assert paint(scene, SIZE) == empty
    assert scene.at(scene.elements[1].rect.center()) is None
    plant.put("Show", True)
    assert set(scene.refresh(2)) == {0, 1, 2, 3}
    assert paint(scene, SIZE) == shown


def test_groups_in_a_hidden_group_are_hidden(plant: PreviewSource, light: Theme) -> None:
    inner = element("group", "inner", element("value", "a", tag="P0.Level"), visible="=P1.Level > 0")
    scene = Scene(screen(element("group", "outer", inner, visible="=Show")), plant, light)
    assert scene.by_id["a"].is_visible
    plant.put("Show", False)
    assert 2 in scene.refresh(1)
    assert not scene.by_id["a"].is_visible


def test_a_condition_that_cannot_be_told_hides_nothing(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(group(visible="=1 / (P3.Level - P3.Level) > 0"), plant, light)
    assert all(one.is_visible for one in scene.elements)
    assert paint(scene, SIZE) != render(group(), plant, light, SIZE)


def test_what_a_faulty_container_holds_is_not_shown(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(group(visible="=Nowhere"), plant, light)
    assert ids(scene) == ["g"]
    assert "there is no tag" in scene.elements[0].problem or "Nowhere" in scene.elements[0].problem


CELL = element("value", "v", box=(0, 0, 100, 20), tag="{item}.Level", label="{item_name}")


def repeater(own: str = "r", box=(0, 0, 400, 20), **more: PropertyValue) -> ElementModel:
    return element("repeater", own, CELL, box=box, **more)


def test_a_repeater_is_painted_as_if_each_cell_were_written_out(plant: PreviewSource, light: Theme) -> None:
    written = [
        element("value", f"v{n}", box=(n * 108, 0, 100, 20), tag=f"P{n}.Level", label=f"P{n}")
        for n in range(3)
    ]
    instances = {f"P{n}": "Pump" for n in range(3)}
    found = render(screen(repeater(of="Pump")), plant, light, SIZE, library=Library(instances=instances))
    assert found == render(screen(*written), plant, light, SIZE)


def test_a_repeater_says_when_there_is_nothing_or_too_much(plant: PreviewSource, light: Theme) -> None:
    scene = Scene(screen(repeater(of="Valve")), plant, light)
    assert scene.elements[0].accessible_name() == "There is no Valve."
    scene = Scene(screen(repeater(paths="P*", box=(0, 0, 210, 50))), plant, light)
    assert len(scene.elements) == 5
    scene = Scene(screen(repeater(paths="P*", box=(0, 0, 210, 20))), plant, light)
    assert scene.elements[0].accessible_name() == "2 more do not fit here."
    assert paint(scene, SIZE) != render(screen(), plant, light, SIZE)


def test_containers_without_anything_in_them_say_so(plant: PreviewSource, light: Theme) -> None:
    empty = repeater(of="Pump")
    scene = Scene(screen(replace(empty, children=()), element("tab", "t")), plant, light)
    assert [one.problem for one in scene.elements] == [
        "This repeater holds no elements yet that could be repeated.",
        "This tab has no pages yet.",
    ]


def test_a_screen_that_is_embedded_costs_what_its_elements_cost(plant: PreviewSource, light: Theme) -> None:
    inner = Screen("inner", "Inner", ScreenLevel.UNIT, 200, 100, (element("value", "v", tag="P2.Level"),))
    outer = screen(element("embedded", "e", box=(100, 50, 200, 100), source="screens/inner"))
    scene = Scene(outer, plant, light, Library({"inner": inner}))
    assert scene.tag_ids.tolist() == [2]
    assert len(scene.columns) == 1
    moved = screen(element("value", "v", box=(100, 50, 80, 40), tag="P2.Level"))
    assert paint(scene, SIZE) == render(moved, plant, light, SIZE)


def test_a_screen_of_twenty_thousand_elements_shows_what_it_can_and_says_so(light: Theme) -> None:
    tags = TagTable(Tag(row, f"T{row}", DataType.FLOAT64) for row in range(20_000))
    many = screen(*(element("value", f"v{row}", tag=f"T{row}", box=(0, 60, 60, 20)) for row in range(20_000)))
    scene = Scene(many, PreviewSource(tags), light)
    assert len(scene.elements) == 10_001
    said = scene.elements[-1]
    assert "more than 10000 elements" in said.problem
    wide = Scene(replace(many, width=many.width * 10), PreviewSource(tags), light).elements[-1]
    assert wide.rect.height() > said.rect.height() * 3, "it can be read where the screen is shown smaller"
    image = paint(scene, SIZE)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    assert len(np.unique(pixels[10:46, 10:390])) > 2
