"""Faceplates in the window: fed, coloured and closed with the page that opened them."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from views.slices import finished
from views.style import load_theme


def test_a_faceplate_opens_once_follows_the_window_and_goes(qtbot: QtBot, open_window) -> None:
    window = open_window()
    workspace = window.workspace
    screens = workspace.screens
    with qtbot.waitSignal(screens.faceplates_changed):
        faceplate = screens.open_faceplate("missing", "Tank")
    assert screens.open_faceplate("missing", "Tank") is faceplate
    assert screens.faceplates == (faceplate,)
    assert faceplate.canvas.scene.elements[0].problem == "There is no faceplate 'missing'."
    dark = load_theme("dark")
    finished(screens.theming(dark))
    assert faceplate.canvas.scene.look.theme is dark
    screens.set_locked("Nobody is logged in.")
    assert faceplate.canvas.scene.look.locked == "Nobody is logged in."
    with qtbot.waitSignal(screens.faceplates_changed):
        screens.close_faceplates()
    assert screens.faceplates == ()


def test_several_stay_open_and_each_comes_back_where_it_was(qtbot: QtBot, open_window) -> None:
    screens = open_window().workspace.screens
    first, second = screens.open_faceplate("one", "Tank"), screens.open_faceplate("two", "Tank")
    assert len(screens.faceplates) == 2
    assert first.pos() != second.pos(), "one does not hide the other"
    first.move(40, 60)
    first.resize(300, 110)
    with qtbot.waitSignal(screens.faceplates_changed):
        first.close()
    assert screens.faceplates == (second,)
    again = screens.open_faceplate("one", "Tank")
    assert (again.x(), again.y(), again.width()) == (40, 60, 300)
    again.all_closed.emit()
    qtbot.waitUntil(lambda: screens.faceplates == ())


def test_the_keyboard_goes_on_to_the_next_and_then_to_the_window(
    qtbot: QtBot, open_window, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens = open_window().workspace.screens
    first, second = screens.open_faceplate("one", "Tank"), screens.open_faceplate("two", "Tank")
    raised: list[str] = []
    monkeypatch.setattr(QWidget, "activateWindow", lambda self: raised.append(self.windowTitle()))
    first.next_wanted.emit()
    second.next_wanted.emit()
    assert raised == [second.windowTitle(), screens.window().windowTitle()]
    screens.close_faceplates()
    qtbot.waitUntil(lambda: screens.faceplates == ())


def test_an_alarm_is_acknowledged_from_a_screen(qtbot: QtBot, open_window, monkeypatch) -> None:
    workspace = open_window().workspace
    asked: list[tuple[list[str], str]] = []
    monkeypatch.setattr(
        workspace._client, "acknowledge", lambda ids, comment: asked.append((ids, comment)) or True
    )
    workspace.screens.canvas.acknowledge_requested.emit("A1", "E1")
    assert asked == [(["E1"], "")]


def test_an_alarm_that_asks_for_a_comment_is_shown_where_that_is_given(
    qtbot: QtBot, open_window, monkeypatch
) -> None:
    workspace = open_window().workspace
    name = next(iter(workspace._definitions))
    workspace._definitions = {name: replace(workspace._definitions[name], comment_required=True)}
    monkeypatch.setattr(workspace._client, "acknowledge", lambda *_: pytest.fail("sent without a comment"))
    with qtbot.waitSignal(workspace.told) as told:
        workspace.screens.canvas.acknowledge_requested.emit(name, "E1")
    assert "comment" in told.args[0]
    assert workspace.page == "alarms"


def test_the_reason_of_a_command_goes_with_its_write(qtbot: QtBot, open_window) -> None:
    workspace = open_window().workspace
    screens = workspace.screens
    with qtbot.waitSignal(screens.write_requested) as asked:
        screens.canvas.write_requested.emit("Tank.SetPoint", 41.0, "sp", "New product")
    assert asked.args[0] == "Tank.SetPoint"
    assert asked.args[3] == "New product"
    assert workspace.writes._pending["Tank.SetPoint"].reason == "New product"
