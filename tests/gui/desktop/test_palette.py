"""Search, favourites, the way to every screen, and the window as others see it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from hmi.desktop.navigation import clicks_from, home_screen
from projects.examples import example_path
from projects.files import load
from views.color_vision import ColorVision, seen_image
from views.search import FoundKind

MOST_CLICKS = 3


def type_and_enter(qtbot, window, text: str, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    window.actions_by_name["search"].trigger()
    qtbot.keyClicks(window.search.entry, text)
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Return, modifier)


def test_a_screen_is_opened_by_a_few_letters(qtbot, station, window):
    window.actions_by_name["search"].trigger()
    assert window.search.isVisible()
    assert window.search.entry.hasFocus()
    qtbot.keyClicks(window.search.entry, "infeed conv")
    assert window.search.chosen().key == "infeed"
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Return)
    assert window.workspace.screens.screen_id == "infeed"
    assert window.search.isHidden()
    assert window.workspace.screens.canvas.hasFocus()


def test_a_tag_is_shown_where_it_is_with_the_ring_around_its_element(qtbot, station, window):
    qtbot.waitUntil(lambda: window.workspace.screen_of("", "Tank.Temperature") == "filling")
    type_and_enter(qtbot, window, "temperature")
    canvas = window.workspace.screens.canvas
    assert window.workspace.screens.screen_id == "filling"
    assert canvas.accessibleDescription() == "Tank.Temperature"
    assert canvas.hasFocus()


def test_a_tag_s_trend_and_its_explanation_are_one_key_away(qtbot, station, window):
    type_and_enter(qtbot, window, "Tank.Level", Qt.KeyboardModifier.ControlModifier)
    assert window.workspace.page == "trend"
    assert "Tank.Level" in window.workspace.trend.paths()
    type_and_enter(qtbot, window, "Tank.Level", Qt.KeyboardModifier.ShiftModifier)
    assert window.workspace.inquiry.why.isVisible()


def test_an_alarm_leads_to_its_screen_or_to_the_list(qtbot, station, window):
    type_and_enter(qtbot, window, "Product too hot")
    assert (window.workspace.page, window.workspace.screens.screen_id) == ("screens", "filling")
    type_and_enter(qtbot, window, "Product too hot", Qt.KeyboardModifier.ControlModifier)
    assert window.workspace.page == "alarms"


def test_commands_are_found_and_done(qtbot, station, window):
    before = window.theme.name
    type_and_enter(qtbot, window, "dark theme")
    assert window.theme.name != before


def test_arrows_move_escape_closes_and_gives_the_keyboard_back(qtbot, station, window):
    window.workspace.screens.setFocus()
    window.actions_by_name["search"].trigger()
    first = window.search.chosen()
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Down)
    assert window.search.chosen() != first
    assert window.search.chosen().kind is FoundKind.SCREEN
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Up)
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Up)
    assert window.search.model.found[-1] == window.search.chosen(), "it goes round"
    assert window.search.chosen().title in window.search.entry.accessibleDescription()
    qtbot.keyClicks(window.search.entry, "no such thing at all")
    assert window.search.nothing.isVisible()
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Return)
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Escape)
    assert window.search.isHidden()
    assert window.workspace.screens.canvas.hasFocus()


def test_favourites_are_kept_for_the_user_and_the_project(qtbot, station, window, open_window):
    window.workspace.show_screen("filling")
    window.actions_by_name["favourite"].trigger()
    assert window.navigation.favourites.count() == 1
    window.workspace.show_screen("overview")
    assert not window.actions_by_name["favourite"].isChecked()
    window.navigation.favourites.itemClicked.emit(window.navigation.favourites.item(0))
    assert window.workspace.screens.screen_id == "filling"
    assert window.actions_by_name["favourite"].isChecked()
    window.settings.save()
    other = open_window()
    assert other.navigation.favourites.item(0).text() == "Filling station"
    window.actions_by_name["favourite"].trigger()
    assert window.navigation.favourites.isHidden()


@pytest.mark.parametrize("example", ["first_steps", "packaging_cell"])
def test_every_screen_is_within_three_clicks_of_every_other(example: str):
    project = load(example_path(example))
    far = {}
    for start in project.screens:
        clicks = clicks_from(project, start)
        far.update(
            {
                f"{start} -> {name}": clicks.get(name)
                for name in project.screens
                if clicks.get(name, MOST_CLICKS + 1) > MOST_CLICKS
            }
        )
    assert far == {}
    assert set(clicks_from(project, home_screen(project))) == set(project.screens)


def test_the_window_is_shown_as_others_see_it_and_back(qtbot, station, window):
    def picture(widget: QWidget) -> QImage:
        QApplication.processEvents()
        return widget.grab().toImage()

    apart = window.workspace.screens.desk.open(window.workspace.screens.screen_id)
    qtbot.addWidget(apart)
    dialog = QDialog(window)
    qtbot.addWidget(dialog)
    QPushButton("OK", dialog).setProperty("kind", "primary")
    dialog.show()
    widgets = (window, apart, dialog)
    before = [picture(widget) for widget in widgets]
    window.actions_by_name["vision_protan"].trigger()
    window.settle()
    assert window.workspace.screens.canvas.scene.look.theme.vision == "protan"
    for widget, normal in zip(widgets, before, strict=True):
        seen = picture(widget)
        assert seen.size() == normal.size()
        assert seen != normal
        # No colour is left that those eyes do not see: what is shown stays the same when it is seen again.
        assert differing(seen, seen_image(seen, ColorVision.PROTAN)) < 0.002
    window.toggle_theme()
    window.settle()
    assert window.theme.vision == "protan"
    window.toggle_theme()
    window.settle()
    window.actions_by_name["vision_normal"].trigger()
    window.settle()
    assert window.theme.vision == "normal"
    apart.close()


def differing(first: QImage, second: QImage) -> float:
    """Return the share of pixels that differ clearly."""
    pixels = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8).astype(int)
        for image in (first, second)
    ]
    return float((np.abs(pixels[0] - pixels[1]).reshape(-1, 4).max(axis=1) > 40).mean())


@pytest.fixture
def beside(qtbot, station, window):
    """A window of a screen beside the main one, with the keyboard."""
    apart = window.workspace.screens.desk.open("infeed")
    apart.activateWindow()
    qtbot.waitUntil(lambda: apart.isActiveWindow() and QApplication.focusWidget() is apart.canvas)
    return apart


def test_the_search_takes_the_keyboard_from_another_window_and_gives_it_back(qtbot, window, beside):
    qtbot.keyClick(beside.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.search.entry)
    assert window.isActiveWindow()
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: beside.isActiveWindow() and QApplication.focusWidget() is beside.canvas)


def test_what_was_found_keeps_the_keyboard_in_the_main_window(qtbot, window, beside):
    qtbot.keyClick(beside.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.search.entry)
    qtbot.keyClicks(window.search.entry, "filling")
    qtbot.keyClick(window.search.entry, Qt.Key.Key_Return)
    assert window.isActiveWindow()
    assert QApplication.focusWidget() is window.workspace.screens.canvas


def test_the_keys_of_the_pages_work_in_a_screen_s_own_window(qtbot, window, beside):
    qtbot.keyClick(beside.canvas, Qt.Key.Key_F3)
    assert window.workspace.page == "alarms"
    qtbot.waitUntil(window.isActiveWindow)


def test_a_screen_s_own_window_keeps_its_own_way_back(qtbot, window, beside):
    window.workspace.show_screen("filling")
    beside.canvas.navigate.emit("filling")
    qtbot.keyClick(beside.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert beside.screen_id == "infeed"
    assert window.workspace.screens.screen_id == "filling"


def test_the_search_takes_the_keyboard_from_a_faceplate(qtbot, station, window):
    faceplate = window.workspace.screens.open_faceplate("none", "Nothing")
    qtbot.waitUntil(faceplate.isActiveWindow)
    window.actions_by_name["search"].trigger()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.search.entry)
