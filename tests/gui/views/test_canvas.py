"""The canvas as an operator meets it: values, clicks, keys, entries, questions, tool tips."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QToolTip

from alarms.model import Priority
from projects.model import Screen
from tags.status import StatusCode
from views.canvas import ScreenCanvas
from views.editors import Question, SetPointEditor
from views.elements.base import WriteMark, WriteState, below_each
from views.measure import measure_screen
from views.preview import PreviewSource
from views.style import Theme, load_theme

SECOND_NS = 1_000_000_000
# A tool tip is a window of its own, which the offscreen platform cannot raise.
tool_tip = pytest.mark.qt_log_ignore("This plugin does not support raise")
Show = Callable[[Screen], ScreenCanvas]


@pytest.fixture
def show(qtbot, light: Theme, source: PreviewSource) -> Show:
    def make(screen: Screen) -> ScreenCanvas:
        canvas = ScreenCanvas(screen, source, light)
        qtbot.addWidget(canvas)
        canvas.resize(640, 480)
        with qtbot.waitExposed(canvas):
            canvas.show()
        return canvas

    return make


def press(qtbot, canvas: ScreenCanvas, element_id: str) -> None:
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place(canvas, element_id))


def place(canvas: ScreenCanvas, element_id: str) -> QPoint:
    return canvas._fit.to_widget(canvas.scene.by_id[element_id].rect).center().toPoint()


def popups(canvas: ScreenCanvas, kind: type) -> list:
    return [popup for popup in canvas.findChildren(kind) if popup.isVisible()]


def counted(canvas: ScreenCanvas, element_id: str) -> list[int]:
    """Count how often an element's properties are evaluated from now on."""
    calls = [0]
    properties = canvas.scene.by_id[element_id].properties
    for name, binding in list(properties.bindings.items()):

        class Counting:
            tag, tag_ids = binding.tag, binding.tag_ids

            def evaluate(self, source, binding=binding):
                calls[0] += 1
                return binding.evaluate(source)

        properties.bindings[name] = Counting()
    return calls


def test_values_are_on_the_screen_when_refresh_returns(show: Show, source, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("value", tag="Tank.Level")))
    before = canvas.grab().toImage()
    source.put("Tank.Level", 77.0)
    assert canvas.refresh(SECOND_NS) > 0.0
    assert canvas.grab().toImage() != before


def test_bindings_are_evaluated_only_when_their_input_changed(
    show: Show, source, make_screen, make_element
) -> None:
    canvas = show(
        make_screen(
            make_element("tank", tag="Tank.Level"), make_element("text", "two", text="=text(Line.State)")
        )
    )
    canvas.refresh(SECOND_NS)
    level, state = counted(canvas, "one"), counted(canvas, "two")
    source.put("Tank.Level", 50.0)
    canvas.refresh(SECOND_NS)
    canvas.refresh(SECOND_NS)
    assert (level, state) == ([1], [0])
    source.put("Line.State", 2)
    canvas.refresh(SECOND_NS)
    assert (level, state) == ([1], [1])


def test_hidden_canvas_costs_nothing_and_catches_up(show: Show, source, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("tank", tag="Tank.Level")))
    calls = counted(canvas, "one")
    canvas.hide()
    source.put("Tank.Level", 50.0)
    assert canvas.refresh(SECOND_NS) == 0.0
    assert calls == [0]
    canvas.show()
    assert calls == [1]
    assert canvas.scene.elements[0].properties.number("tag") == 50.0


def test_a_flood_of_alarms_costs_a_hidden_canvas_nothing(
    show: Show, source, make_screen, make_element
) -> None:
    canvas = show(make_screen(make_element("value", tag="Tank.Level")))
    canvas.hide()
    rounds = canvas.scene.look.alarm_round
    for _ in range(50):
        canvas.set_alarm_states({"Tank.Level": (Priority.HIGH, False), "Tank.Valve": (Priority.LOW, True)})
    assert canvas.scene.look.alarm_round == rounds
    canvas.show()
    assert canvas.scene.look.alarm_round == rounds + 1
    assert canvas.scene.look.alarms["Tank.Level"] == (Priority.HIGH, False)


def test_alarms_are_known_below_each_part_of_the_plant() -> None:
    low, high, urgent = (Priority.LOW, True), (Priority.HIGH, False), (Priority.URGENT, False)
    found = below_each({"A.B.C": low, "A.B": high, "A.BC": urgent, "D": low})
    assert found == {
        "A": [urgent, high, low],
        "A.B": [high, low],
        "A.B.C": [low],
        "A.BC": [urgent],
        "D": [low],
    }
    assert below_each({}) == {}


def test_button_writes_its_value(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("button", tag="Pump.Start", label="Start", value=True)))
    with qtbot.waitSignal(canvas.write_requested) as caught:
        press(qtbot, canvas, "one")
    assert caught.args == ["Pump.Start", True, "one", ""]


def test_pulse_is_released(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(
        make_screen(
            make_element("button", tag="Pump.Start", label="Jog", value=True, pulse_ms=30, release=False)
        )
    )
    spy = QSignalSpy(canvas.write_requested)
    press(qtbot, canvas, "one")
    qtbot.waitUntil(lambda: spy.count() == 2)
    assert [spy.at(row)[1] for row in range(2)] == [True, False]


def test_pulse_ends_when_the_screen_is_left(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(
        make_screen(
            make_element("button", tag="Pump.Start", label="Jog", value=True, pulse_ms=60_000, release=False)
        )
    )
    spy = QSignalSpy(canvas.write_requested)
    press(qtbot, canvas, "one")
    canvas.hide()
    assert [spy.at(row)[1] for row in range(spy.count())] == [True, False]


@pytest.mark.parametrize(
    ("properties", "locked", "reason"),
    [
        ({"enabled": "=Line.State == 2", "disabled_reason": "Works in Stopped."}, "", "Works in Stopped."),
        ({"tag": "Pump.Running"}, "", "Pump.Running is read-only."),
        ({}, "Replay shows the past.", "Replay shows the past."),
    ],
)
@tool_tip
def test_blocked_button_says_why_and_writes_nothing(
    qtbot, show: Show, make_screen, make_element, properties: dict, locked: str, reason: str
) -> None:
    canvas = show(
        make_screen(make_element("button", **{"tag": "Pump.Start", "label": "Start", **properties}))
    )
    canvas.set_locked(locked)
    spy = QSignalSpy(canvas.write_requested)
    press(qtbot, canvas, "one")
    assert spy.count() == 0
    assert reason in canvas.tool_tip(canvas.scene.elements[0])
    qtbot.waitUntil(lambda: QToolTip.text() == reason)
    QToolTip.hideText()


def test_unknown_state_blocks_a_command(qtbot, show: Show, source, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("button", tag="Pump.Start", enabled="=Line.State == 6")))
    source.put("Line.State", None, int(StatusCode.BadNotConnected))
    canvas.refresh(SECOND_NS)
    assert canvas.scene.elements[0].blocked(canvas.scene.look) == "The state of the controller is not known."


def test_confirmation_takes_two_actions(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(
        make_screen(make_element("button", tag="Pump.Start", label="Stop", value=False, confirm="Stop?"))
    )
    spy = QSignalSpy(canvas.write_requested)
    press(qtbot, canvas, "one")
    assert spy.count() == 0
    (question,) = popups(canvas, Question)
    qtbot.mouseClick(question.no, Qt.MouseButton.LeftButton)
    assert spy.count() == 0
    assert not popups(canvas, Question)
    press(qtbot, canvas, "one")
    (question,) = popups(canvas, Question)
    qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert spy.count() == 1
    assert spy.at(0) == ["Pump.Start", False, "one", ""]


def test_toggle_shows_the_live_value_and_writes_the_other(
    qtbot, show: Show, source, make_screen, make_element
) -> None:
    canvas = show(make_screen(make_element("toggle", tag="Pump.Start", on_value=True, off_value=False)))
    spy = QSignalSpy(canvas.write_requested)
    press(qtbot, canvas, "one")
    assert spy.at(0)[1] is True
    assert canvas.scene.elements[0].position() is False, "the click alone changes nothing"
    source.put("Pump.Start", True)
    canvas.refresh(SECOND_NS)
    press(qtbot, canvas, "one")
    assert spy.at(1)[1] is False


def test_navigation_names_its_screen(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("navigation", label="Filling", screen="filling")))
    canvas.set_locked("Nobody is logged in.")
    with qtbot.waitSignal(canvas.navigate) as caught:
        press(qtbot, canvas, "one")
    assert caught.args == ["filling"]


def test_click_on_a_value_tells_its_tag(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("value", tag="Tank.Level")))
    with qtbot.waitSignal(canvas.tag_focused) as caught:
        press(qtbot, canvas, "one")
    assert caught.args == ["Tank.Level"]


@pytest.fixture
def entry(qtbot, show: Show, make_screen, make_element) -> tuple[ScreenCanvas, SetPointEditor]:
    canvas = show(
        make_screen(make_element("setpoint", box=(40, 40, 240, 40), tag="Tank.SetPoint", label="Level"))
    )
    press(qtbot, canvas, "one")
    (editor,) = popups(canvas, SetPointEditor)
    return canvas, editor


def test_entry_with_decimal_comma_is_written(qtbot, entry) -> None:
    canvas, editor = entry
    spy = QSignalSpy(canvas.write_requested)
    editor.entry.setText("55,5")
    qtbot.keyClick(editor.entry, Qt.Key.Key_Return)
    assert spy.at(0) == ["Tank.SetPoint", 55.5, "one", ""]
    assert not popups(canvas, SetPointEditor)


def test_entry_out_of_range_is_refused_in_place(qtbot, entry) -> None:
    canvas, editor = entry
    spy = QSignalSpy(canvas.write_requested)
    assert editor.message.text() == "Range 20.0 to 90.0 %"
    editor.entry.setText("95")
    qtbot.keyClick(editor.entry, Qt.Key.Key_Return)
    assert spy.count() == 0
    assert "Allowed: 20.0 to 90.0 %" in editor.message.text()
    assert editor.isVisible()
    qtbot.keyClicks(editor.entry, "9")
    assert editor.message.text() == "Range 20.0 to 90.0 %"


def test_live_value_goes_on_while_an_entry_is_typed(qtbot, entry, source) -> None:
    canvas, editor = entry
    editor.entry.setText("33")
    source.put("Tank.SetPoint", 70.0)
    canvas.refresh(SECOND_NS)
    assert editor.entry.text() == "33"
    assert canvas.scene.elements[0].properties.number("tag") == 70.0


def test_escape_leaves_the_entry(qtbot, entry) -> None:
    canvas, editor = entry
    spy = QSignalSpy(canvas.write_requested)
    qtbot.keyClick(editor.entry, Qt.Key.Key_Escape)
    assert not popups(canvas, SetPointEditor)
    assert spy.count() == 0
    canvas.set_theme(load_theme("dark"))


def test_set_point_may_ask_before_it_goes_out(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(
        make_screen(make_element("setpoint", box=(40, 40, 240, 40), tag="Tank.SetPoint", confirm=True))
    )
    spy = QSignalSpy(canvas.write_requested)
    press(qtbot, canvas, "one")
    (editor,) = popups(canvas, SetPointEditor)
    editor.entry.setText("50")
    editor.accept()
    qtbot.waitUntil(lambda: bool(popups(canvas, Question)))
    assert spy.count() == 0
    (question,) = popups(canvas, Question)
    question.yes.click()
    assert spy.at(0)[:2] == ["Tank.SetPoint", 50.0]


def test_keyboard_alone_reaches_and_presses_everything(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(
        make_screen(
            make_element("button", "lower", (40, 160, 80, 40), tag="Pump.Start", value=False),
            make_element("navigation", "upper", (40, 8, 80, 40), screen="home"),
        )
    )
    canvas.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    spy, ways = QSignalSpy(canvas.write_requested), QSignalSpy(canvas.navigate)
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert ways.at(0) == ["home"]
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    assert canvas.accessibleDescription() == "Pump.Start"
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert spy.at(0)[:2] == ["Pump.Start", False]
    qtbot.keyClick(canvas, Qt.Key.Key_Backtab)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert ways.count() == 2


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_key_that_is_held_presses_once_and_not_at_all_when_it_was_pressed_elsewhere(
    qtbot, show: Show, make_screen, make_element, key
) -> None:
    canvas = show(
        make_screen(make_element("button", "lower", (40, 160, 80, 40), tag="Pump.Start", value=False))
    )
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    writes = QSignalSpy(canvas.write_requested)

    def send(kind: QEvent.Type, *, is_repeat: bool = False) -> None:
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(canvas, QKeyEvent(kind, key, none, "", is_repeat))

    send(QEvent.Type.KeyPress, is_repeat=True)
    send(QEvent.Type.KeyPress, is_repeat=True)
    send(QEvent.Type.KeyRelease)
    assert writes.count() == 0
    for count in (1, 2):
        send(QEvent.Type.KeyPress)
        send(QEvent.Type.KeyPress, is_repeat=True)
        send(QEvent.Type.KeyPress, is_repeat=True)
        send(QEvent.Type.KeyRelease)
        assert writes.count() == count


@tool_tip
def test_tool_tip_tells_all_about_a_value(qtbot, show: Show, source, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("value", tag="Tank.Level", tool_tip="Seen from the side")))
    source.put("Tank.Level", 40.0, int(StatusCode.UncertainSubNormal))
    canvas.refresh(SECOND_NS)
    text = canvas.tool_tip(canvas.scene.elements[0])
    for part in (
        "Seen from the side",
        "Tank level",
        "Tank.Level",
        "40.0 %",
        "UncertainSubNormal",
        "2023-11-1",
    ):
        assert part in text
    at = place(canvas, "one")
    QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, at, canvas.mapToGlobal(at)))
    qtbot.waitUntil(lambda: QToolTip.text() == text)
    QToolTip.hideText()


def test_write_result_is_told_in_the_tool_tip(show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("setpoint", tag="Tank.SetPoint")))
    canvas.set_write_states({"Tank.SetPoint": WriteMark(WriteState.REFUSED, "The PLC refused it.")})
    assert "The PLC refused it." in canvas.tool_tip(canvas.scene.elements[0])


def test_alarm_highlights_its_element(show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("motor", tag="Pump.Running", alarms="Pump")))
    canvas.set_alarm_states({"Pump.Tripped": (Priority.HIGH, False)})
    assert canvas.highlight("Pump.Tripped")
    assert not canvas.highlight("Nothing.Here")


def test_an_alarm_leads_to_what_shows_its_very_tag(show: Show, make_screen, make_element) -> None:
    whole = make_element("vessel", "whole", (0, 0, 200, 200), alarms="Tank")
    hidden = make_element("value", "hidden", (10, 10, 100, 30), tag="Tank.Level", visible=False)
    part = make_element("value", "part", (10, 60, 100, 30), tag="Tank.Level")
    canvas = show(make_screen(whole, hidden, part))
    assert canvas.highlight("Tank.Level")
    assert canvas.focused is not None
    assert canvas.focused.model.id == "part"
    assert canvas.highlight("Tank.Pressure")
    assert canvas.focused.model.id == "whole", "nothing else is about it"


def test_themes_change_at_once(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("value", tag="Tank.Level")))
    dark = load_theme("dark")
    canvas.set_theme(dark)
    assert canvas.grab().toImage().pixelColor(2, 2) == dark.background


def test_screen_keeps_its_shape_in_any_window(qtbot, show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("button", tag="Pump.Start", box=(0, 0, 320, 240))))
    for width, height in ((800, 400), (400, 800), (330, 190)):
        canvas.resize(width, height)
        box = canvas._fit.to_widget(canvas.scene.elements[0].rect)
        assert box.width() / box.height() == pytest.approx(320 / 240)
        assert box.center().x() == pytest.approx(canvas.width() / 2, abs=1)
        assert canvas.element_at(QPointF(canvas.width() / 2, canvas.height() / 2)) is canvas.scene.elements[0]


def test_history_fills_sparklines(show: Show, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("sparkline", tag="Tank.Level", seconds=60)))
    assert canvas.history_wanted() == [("Tank.Level", 60.0)]
    canvas.load_history("Tank.Level", [(1, 10.0), (2, 20.0)])
    assert list(canvas.scene.elements[0].samples)[:2] == [(1, 10.0), (2, 20.0)]


def test_two_thousand_elements_open_and_refresh(show: Show, source, make_screen, make_element) -> None:
    elements = [
        make_element("value", f"v{n}", ((n % 40) * 64, (n // 40) * 24, 56, 24), tag="Tank.Level")
        for n in range(2000)
    ]
    canvas = show(make_screen(*elements, width=2560, height=1200))
    before = canvas.grab().toImage()
    source.put("Tank.Level", 12.5)
    assert canvas.refresh(SECOND_NS) > 0
    assert canvas.grab().toImage() != before
    assert canvas.refresh(SECOND_NS) >= 0


def test_placeholder_takes_part_without_harm(qtbot, show: Show, source, make_screen, make_element) -> None:
    canvas = show(make_screen(make_element("hologram"), make_element("bar", "two", tag="Tank.Level")))
    source.put("Tank.Level", 1.0)
    assert canvas.refresh(SECOND_NS) > 0
    canvas.scene.evaluate(canvas.scene.elements[1])
    assert canvas.scene.elements[1].properties.number("tag") == 1.0
    assert "hologram" in canvas.tool_tip(canvas.scene.elements[0])


def test_cost_of_a_screen_can_be_measured(qapp, light: Theme) -> None:
    cost = measure_screen(40, light, frames=3)
    assert cost.elements == 40
    assert 0 < cost.frame_p50_ms <= cost.frame_p99_ms
    assert cost.open_ms > 0
    assert cost.cpu_share > 0
