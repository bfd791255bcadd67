"""Faceplates in the window: fed, coloured and closed with the page that opened them."""

from pytestqt.qtbot import QtBot

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
    screens.set_theme(dark)
    assert faceplate.canvas.scene.look.theme is dark
    screens.set_locked("Nobody is logged in.")
    assert faceplate.canvas.scene.look.locked == "Nobody is logged in."
    with qtbot.waitSignal(screens.faceplates_changed):
        screens.close_faceplates()
    assert screens.faceplates == ()
