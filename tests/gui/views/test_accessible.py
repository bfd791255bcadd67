"""What assistive technology sees of a canvas."""

import gc

import pytest
import shiboken6
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible

from projects.model import ElementModel, Screen, ScreenLevel
from tags.status import StatusCode
from views.accessible import CanvasInterface, interface_of, role_of
from views.canvas import ScreenCanvas
from views.elements.catalogue import ELEMENTS, create
from views.preview import PreviewSource
from views.samples import sample_library, sample_model, sample_source
from views.style import Theme

Text, Role = QAccessible.Text, QAccessible.Role


def tabs() -> Screen:
    pages = tuple(
        ElementModel(name, "page", 0, 36, 300, 100, {"title": name}, (
            ElementModel(f"{name}-lamp", "lamp", 10, 10, 100, 30, {"tag": "Pump.Running"}),))
        for name in ("One", "Two")
    )  # fmt: skip
    more = (
        ElementModel("level", "value", 20, 200, 120, 30, {"tag": "Tank.Level", "label": "Level"}),
        ElementModel("start", "button", 160, 200, 100, 40, {"tag": "Pump.Start", "label": "Start"}),
        ElementModel("box", "rectangle", 0, 0, 10, 10, {}),
    )
    tab = ElementModel("tab", "tab", 10, 10, 300, 150, {}, pages)
    return Screen("main", "Filling", ScreenLevel.UNIT, 320, 260, (tab, *more))


@pytest.fixture
def canvas(qtbot, source: PreviewSource, light: Theme) -> ScreenCanvas:
    found = ScreenCanvas(tabs(), source, light)
    qtbot.addWidget(found)
    found.resize(320, 260)
    found.show()
    return found


@pytest.fixture
def seen(canvas: ScreenCanvas) -> CanvasInterface:
    found = QAccessible.queryAccessibleInterface(canvas)
    assert isinstance(found, CanvasInterface)
    return found


def names(seen: CanvasInterface) -> list[str]:
    return [seen.child(number).text(Text.Name) for number in range(seen.childCount())]


def test_a_canvas_lists_what_says_something(seen: CanvasInterface) -> None:
    assert seen.text(Text.Name) == "Filling"
    assert names(seen) == ["One, page 1 of 2", "Pump.Running", "Level", "Start"]
    assert [seen.child(n).role() for n in range(4)] == [
        Role.PageTabList, Role.Indicator, Role.Indicator, Role.Button
    ]  # fmt: skip
    assert seen.child(4) is None
    assert seen.indexOfChild(seen.child(2)) == 2
    assert seen.child(1).parent() is seen


def test_values_are_told_with_unit_and_status(seen: CanvasInterface, source: PreviewSource) -> None:
    assert seen.child(2).text(Text.Value) == "40.0 %"
    source.put("Tank.Level", None, int(StatusCode.BadSensorFailure))
    value = seen.child(2).text(Text.Value)
    assert value.startswith("----")
    assert "BadSensorFailure" in value


def test_a_press_does_what_a_click_does(qtbot, canvas: ScreenCanvas, seen: CanvasInterface) -> None:
    press = seen.child(3).actionInterface()
    assert press.actionNames() == [press.pressAction()]
    with qtbot.waitSignal(canvas.write_requested):
        press.doAction(press.pressAction())
    assert seen.child(2).actionInterface().actionNames() == []


def test_places_and_states_are_those_on_the_monitor(canvas: ScreenCanvas, seen: CanvasInterface) -> None:
    start = seen.child(3)
    at = start.rect().center()
    assert seen.childAt(at.x(), at.y()) is start
    assert seen.childAt(*canvas.mapToGlobal(QPoint(318, 258)).toTuple()) is None
    assert start.state().focusable
    assert not start.state().disabled
    canvas.set_locked("Nobody is logged in.")
    assert start.state().disabled
    assert "Nobody is logged in." in start.text(Text.Description)
    assert seen.child(2).state().readOnly


def test_the_focus_is_where_the_keyboard_is(canvas: ScreenCanvas, seen: CanvasInterface) -> None:
    assert seen.focusChild() is None
    canvas.highlight("Tank.Level")
    assert seen.focusChild() is seen.child(2)
    QAccessible.setActive(True)
    try:
        canvas.focusNextPrevChild(True)
    finally:
        QAccessible.setActive(False)
    assert seen.focusChild() is not None


def test_another_page_has_other_children(canvas: ScreenCanvas, seen: CanvasInterface) -> None:
    lamp = seen.child(1)
    canvas.open_page("tab", 1)
    assert names(seen)[0] == "Two, page 2 of 2"
    assert not lamp.isValid()
    assert seen.indexOfChild(lamp) == -1
    assert seen.child(1).isValid()


def test_objects_go_with_their_canvas(qtbot, source: PreviewSource, light: Theme) -> None:
    canvas = ScreenCanvas(tabs(), source, light)
    found = interface_of(canvas)
    kept = [found.child(number) for number in range(found.childCount())]
    assert len({QAccessible.uniqueId(one) for one in kept}) == 4
    shiboken6.delete(canvas)
    gc.collect()
    assert not any(shiboken6.isValid(one) for one in kept)


@pytest.mark.parametrize("kind", ELEMENTS, ids=lambda kind: kind.kind.type)
def test_every_kind_has_a_role(kind, light: Theme) -> None:
    element = create(sample_model(kind), sample_source().tags, sample_library())
    assert role_of(element) is not Role.NoRole
    if element.is_interactive:
        assert role_of(element) not in (Role.Indicator, Role.Graphic)
