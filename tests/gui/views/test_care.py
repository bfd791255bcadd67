"""Commands with care (HMI-21): asked for, reasoned, selected first, and refused with the reason shown."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton

from tags.model import Access, DataType, Tag, TagTable
from tags.roles import Role
from tags.status import StatusCode
from views.canvas import ScreenCanvas
from views.commanding import SELECT_S, ReasonQuestion, Selection
from views.editors import Popup, Question, SetPointEditor
from views.elements.base import Look, WriteMark, WriteState, jump_percent
from views.preview import PreviewSource
from views.scene import Scene
from views.style import Theme

Show = Callable[..., ScreenCanvas]


@pytest.fixture
def show(qtbot, light: Theme, source: PreviewSource, make_screen, make_element) -> Show:
    def make(kind: str, **properties: object) -> ScreenCanvas:
        canvas = ScreenCanvas(
            make_screen(make_element(kind, box=(40, 40, 200, 40), **properties)), source, light
        )
        qtbot.addWidget(canvas)
        canvas.resize(640, 480)
        canvas.show()
        canvas.activate(canvas.scene.elements[0])
        return canvas

    return make


def popup(canvas: ScreenCanvas) -> Popup:
    (found,) = [one for one in canvas.findChildren(Popup) if one.isVisible()]
    return found


def test_a_confirmation_is_the_second_of_two_actions(show: Show) -> None:
    canvas = show("button", tag="Pump.Start", label="Start", value=True, care="confirm")
    spy = QSignalSpy(canvas.write_requested)
    box = popup(canvas)
    assert isinstance(box, Question)
    assert spy.count() == 0
    box.yes.click()
    assert spy.at(0) == ["Pump.Start", True, "one", ""]


def test_a_reason_is_asked_for_and_goes_with_the_command(qtbot, show: Show) -> None:
    canvas = show("button", tag="Pump.Start", label="Start", value=True, care="reason", confirm="Start now?")
    spy = QSignalSpy(canvas.write_requested)
    box = popup(canvas)
    assert isinstance(box, ReasonQuestion)
    assert not box.yes.isEnabled(), "no reason, no command"
    qtbot.keyClick(box.reason, Qt.Key.Key_Return)
    qtbot.keyClicks(box.reason, "  ")
    assert not box.yes.isEnabled()
    qtbot.keyClicks(box.reason, "Trial run after repair ")
    assert spy.count() == 0
    qtbot.keyClick(box.reason, Qt.Key.Key_Return)
    assert spy.at(0) == ["Pump.Start", True, "one", "Trial run after repair"]


def test_a_command_is_selected_first_and_then_operated(show: Show) -> None:
    canvas = show("button", tag="Pump.Start", label="Abort", value=True, care="select", pulse_ms=0)
    spy = QSignalSpy(canvas.write_requested)
    box = popup(canvas)
    assert isinstance(box, Selection)
    assert canvas._commander.selected == "one"
    assert box.give_up.hasFocus() or not canvas.isActiveWindow(), "the harmless answer has the keyboard"
    box.operate.click()
    assert spy.at(0) == ["Pump.Start", True, "one", ""]
    assert canvas._commander.selected == ""


def test_a_selection_is_gone_after_its_time(show: Show) -> None:
    canvas = show("button", tag="Pump.Start", label="Abort", value=True, care="select")
    spy = QSignalSpy(canvas.write_requested)
    box = popup(canvas)
    assert isinstance(box, Selection)
    for _ in range(SELECT_S - 1):
        box.pass_second()
    assert "1 s" in box.time.text()
    box.pass_second()
    assert canvas._commander.selected == ""
    assert not box.isVisible()
    assert spy.count() == 0


def test_a_selection_ends_when_something_else_is_pressed(qtbot, show: Show) -> None:
    canvas = show("button", tag="Pump.Start", label="Abort", value=True, care="select")
    spy = QSignalSpy(canvas.write_requested)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().bottomRight() / 1.01)
    assert canvas._commander.selected == ""
    assert spy.count() == 0


@pytest.mark.parametrize(("entry", "asks"), [("65", False), ("66.9", False), ("75", True), ("30", True)])
def test_a_large_jump_of_a_set_point_is_asked_about(qtbot, show: Show, entry: str, asks: bool) -> None:
    canvas = show("setpoint", tag="Tank.SetPoint", label="Level", jump_percent=10)
    spy = QSignalSpy(canvas.write_requested)
    editor = popup(canvas)
    assert isinstance(editor, SetPointEditor)
    editor.entry.setText(entry)
    editor.accept()
    if not asks:
        assert spy.at(0)[:2] == ["Tank.SetPoint", float(entry)]
        return
    assert spy.count() == 0
    qtbot.waitUntil(lambda: any(isinstance(one, Question) for one in canvas.findChildren(Question)))
    question = popup(canvas)
    assert isinstance(question, Question)
    question.yes.click()
    assert spy.at(0)[:2] == ["Tank.SetPoint", float(entry)]


def test_a_jump_is_measured_by_the_range() -> None:
    assert jump_percent(20.0, 55.0, 20.0, 90.0) == 50.0
    assert jump_percent(None, 55.0, 20.0, 90.0) == 0.0
    assert jump_percent(20.0, 55.0, None, 90.0) == 0.0
    assert jump_percent("a", "b", 0.0, 1.0) == 0.0


def test_set_points_take_a_reason_too(qtbot, show: Show) -> None:
    canvas = show("setpoint", tag="Tank.SetPoint", label="Level", care="reason")
    spy = QSignalSpy(canvas.write_requested)
    editor = popup(canvas)
    assert isinstance(editor, SetPointEditor)
    editor.entry.setText("61")
    editor.accept()
    qtbot.waitUntil(lambda: bool(canvas.findChildren(ReasonQuestion)))
    box = popup(canvas)
    assert isinstance(box, ReasonQuestion)
    box.reason.setText("New product")
    box.yes.click()
    assert spy.at(0) == ["Tank.SetPoint", 61.0, "one", "New product"]


def test_a_role_forbids_with_its_reason(show: Show) -> None:
    canvas = show("setpoint", tag="Tank.SetPoint", label="Level")
    element, look = canvas.scene.elements[0], canvas.scene.look
    assert element.blocked(look) == ""
    canvas.set_role(Role.VIEWER)
    assert "As viewer you may not write values" in element.blocked(look)
    assert not [one for one in canvas.findChildren(Popup) if one.isVisible()], "what was open is closed"
    assert "As viewer" in canvas.tool_tip(element)
    canvas.set_role(Role.OPERATOR)
    assert element.blocked(look) == ""


def test_a_tag_that_takes_a_higher_role_says_so(light: Theme, make_screen, make_element) -> None:
    tag = Tag(0, "Gain", DataType.FLOAT64, access=Access.READ_WRITE, write_role=Role.ENGINEER)
    source = PreviewSource(TagTable([tag]))
    scene = Scene(make_screen(make_element("setpoint", tag="Gain")), source, light)
    look = Look(light, role=Role.OPERATOR)
    assert "it takes the role engineer" in scene.elements[0].blocked(look)
    assert scene.elements[0].blocked(Look(light, role=Role.ENGINEER)) == ""


def test_a_lost_connection_forbids_with_its_reason(show: Show, source: PreviewSource) -> None:
    canvas = show("setpoint", tag="Tank.SetPoint", label="Level")
    source.put("Tank.SetPoint", None, int(StatusCode.BadNoCommunication))
    canvas.refresh(1)
    assert canvas.scene.elements[0].blocked(canvas.scene.look) == "The controller does not answer."


def test_only_the_button_that_was_pressed_shows_how_far_its_command_has_come(
    light: Theme, source: PreviewSource, make_screen, make_element
) -> None:
    start = make_element("button", tag="Line.State", label="Start", value=2)
    stop = make_element("button", "two", tag="Line.State", label="Stop", value=3)
    scene = Scene(make_screen(start, stop), source, light)
    mark = WriteMark(WriteState.PENDING, "on its way", 3)
    assert [element.is_meant(mark) for element in scene.elements] == [False, True]


def test_tab_stays_in_the_question_and_enter_answers_it(qtbot, show: Show) -> None:
    canvas = show("button", tag="Pump.Start", label="Start", value=True, care="confirm")
    spy = QSignalSpy(canvas.write_requested)
    behind = QPushButton("Acknowledge", canvas)
    behind.show()
    box = popup(canvas)
    canvas.activateWindow()
    qtbot.waitUntil(box.no.hasFocus)
    qtbot.keyClick(box.no, Qt.Key.Key_Tab)
    assert box.yes.hasFocus()
    qtbot.keyClick(box.yes, Qt.Key.Key_Tab)
    assert box.no.hasFocus(), "not a control behind the box"
    qtbot.keyClick(box.no, Qt.Key.Key_Backtab)
    assert box.yes.hasFocus()
    qtbot.keyClick(box.yes, Qt.Key.Key_Return)
    assert spy.at(0) == ["Pump.Start", True, "one", ""]


def test_tab_goes_through_a_reason_as_it_is_seen(qtbot, show: Show) -> None:
    canvas = show("button", tag="Pump.Start", label="Start", value=True, care="reason", confirm="Start now?")
    box = popup(canvas)
    canvas.activateWindow()
    qtbot.waitUntil(box.reason.hasFocus)
    qtbot.keyClicks(box.reason, "Line is clear")
    qtbot.keyClick(box.reason, Qt.Key.Key_Tab)
    assert canvas.focusWidget().text() == "Cancel"
    qtbot.keyClick(canvas.focusWidget(), Qt.Key.Key_Tab)
    assert box.yes.hasFocus()
