"""Faceplates: opened from an element, about one instance, modeless; a wrong instance says why."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QWidget

from projects.files import load
from projects.model import Project
from views.canvas import ScreenCanvas
from views.elements.alarm_rows import AlarmRows
from views.elements.base import FaceplateAction
from views.elements.placeholder import Placeholder
from views.faceplates import FaceplateWindow, faceplate_screen
from views.preview import START_NS, PreviewSource, paint
from views.scene import Scene
from views.style import Theme

CELL = Path(__file__).parents[3] / "projects" / "examples" / "packaging_cell"


@pytest.fixture(scope="module")
def cell() -> Project:
    return load(CELL)


SHIPPED = [
    ("motor", "Infeed.Motor"),
    ("motor", "Filling.Agitator"),
    ("valve", "Filling.RefillValve"),
    ("analog", "Air.Pressure"),
    ("analog", "Air.DewPoint"),
    ("pid", "Filling.Tank.LevelControl"),
    ("packml_unit", "Line"),
]


@pytest.mark.parametrize(("name", "instance"), SHIPPED)
def test_shipped_faceplates_show_their_instance(
    name: str, instance: str, cell: Project, theme: Theme
) -> None:
    screen = faceplate_screen(cell, name, instance)
    scene = Scene(screen, PreviewSource(cell.tags), theme)
    scene.look.overflows = {}
    assert not [element.problem for element in scene.elements if element.problem]
    paint(scene, QSize(screen.width, screen.height))
    assert not scene.look.overflows, "a text is cut"
    paths = [cell.tags[tag_id].path for tag_id in scene.tag_ids.tolist()]
    assert paths
    assert all(path.startswith(instance + ".") for path in paths)
    (listed,) = [element for element in scene.elements if isinstance(element, AlarmRows)]
    assert listed.properties.text("path") == instance
    assert listed.properties.flag("acknowledge")


def test_every_instance_of_the_cell_that_has_a_faceplate_can_be_opened(cell: Project, light: Theme) -> None:
    source, opened = PreviewSource(cell.tags), 0
    for screen in cell.screens.values():
        for element in Scene(screen, source, light).elements:
            action = element.action()
            if isinstance(action, FaceplateAction):
                shown = faceplate_screen(cell, action.faceplate_id, action.instance)
                assert shown.id == action.faceplate_id, (screen.id, element.model.id)
                opened += 1
    assert opened >= 10


@pytest.mark.parametrize(
    ("name", "instance", "why"),
    [
        ("motor", "Line", "Line is of type PackagingLine; Motor takes a Motor for 'motor'."),
        ("motor", "Energy", "Energy is no instance of a type; Motor takes a Motor for 'motor'."),
        ("motor", "", "Motor needs an instance for 'motor' of type Motor."),
        ("motor", "valve=Filling.FillValve", "Motor takes no 'valve'; it takes motor."),
        ("unicorn", "Line", "There is no faceplate 'unicorn'."),
    ],
)
def test_a_wrong_instance_says_why(name: str, instance: str, why: str, cell: Project, light: Theme) -> None:
    scene = Scene(faceplate_screen(cell, name, instance), PreviewSource(cell.tags), light)
    assert [element.problem for element in scene.elements] == [why]
    assert isinstance(scene.elements[0], Placeholder)


def test_a_press_asks_for_the_faceplate(qtbot, light: Theme, source, make_screen, make_element) -> None:
    model = make_element("motor", tag="Pump.Running", faceplate="motor", instance="Pump")
    plain = make_element("motor", "two", (250, 40, 60, 80), tag="Pump.Running")
    canvas = ScreenCanvas(make_screen(model, plain), source, light)
    qtbot.addWidget(canvas)
    canvas.resize(320, 240)
    canvas.show()
    assert canvas.scene.interactive == [canvas.scene.elements[0]]
    canvas.set_locked("Nobody may command.")
    with qtbot.waitSignal(canvas.faceplate_requested) as asked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(140, 120))
    assert asked.args == ["motor", "Pump"], "looking is allowed without rights"
    with qtbot.assertNotEmitted(canvas.faceplate_requested):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(280, 80))


def test_the_window_is_modeless_live_and_closed_by_escape(qtbot, cell: Project, light: Theme) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    source = PreviewSource(cell.tags)
    window = FaceplateWindow(faceplate_screen(cell, "valve", "Filling.FillValve"), source, light, owner)
    window.show()
    assert not window.isModal()
    assert window.windowTitle() == "Valve: Filling.FillValve"
    source.put("Filling.FillValve.Position", 12.0)
    window.canvas.refresh(START_NS)
    position = window.canvas.scene.by_id["position"]
    window.canvas.scene.evaluate(position)
    assert position.properties.number("tag") == 12.0
    with qtbot.waitSignal(window.destroyed):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
