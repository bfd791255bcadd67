"""Screens in windows of their own: live, on their own way, remembered, and gone with the program."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from hmi.desktop.detached import ScreenDesk, ScreenWindow, free_monitor
from hmi.desktop.settings import WindowSettings
from projects.model import ElementModel, Screen, ScreenLevel
from tests.support.fake_station import sample_project
from views.canvas import ScreenCanvas
from views.preview import PreviewSource
from views.slices import finished
from views.style import load_theme


@pytest.fixture
def plant(station):
    """A second screen with a way back, and a tag that no other screen shows."""
    project = sample_project()
    back = ElementModel("back", "navigation", 20, 20, 160, 40, {"screen": "overview", "label": "Overview"})
    value = ElementModel("recipe", "value", 20, 80, 200, 32, {"tag": "Line.Recipe"})
    apart = Screen("apart", "Apart", ScreenLevel.UNIT, 640, 480, (back, value))
    station.project = replace(project, screens={**project.screens, "apart": apart})
    return station


def desk(window):
    return window.workspace.screens.desk


def own_windows() -> list[ScreenWindow]:
    return [
        one for one in QApplication.topLevelWidgets() if isinstance(one, ScreenWindow) and one.isVisible()
    ]


def test_a_window_of_its_own_is_live(qtbot, plant, open_window):
    window = open_window()
    apart = desk(window).open("apart")
    assert apart.windowTitle() == "Apart"
    element = apart.canvas.scene.by_id["recipe"]
    qtbot.waitUntil(lambda: element.properties.value("tag") == "Orange 0.5 l")
    plant.set({"Line.Recipe": "Lemon 1 l"})
    qtbot.waitUntil(lambda: element.properties.value("tag") == "Lemon 1 l")


def test_links_go_on_within_the_window(qtbot, plant, open_window):
    window = open_window()
    apart = desk(window).open("apart")
    apart.canvas.navigate.emit("overview")
    assert apart.screen_id == "overview"
    assert window.workspace.screens.screen_id == "overview"
    assert apart.canvas is not window.workspace.screens.canvas
    apart.go_back()
    assert apart.screen_id == "apart"
    apart.go_back()
    assert apart.screen_id == "apart"


def test_a_minimised_window_costs_nothing_and_catches_up(qtbot, plant, open_window):
    window = open_window()
    apart = desk(window).open("apart")
    apart.showMinimized()
    assert apart.canvas.refresh(1) == 0.0
    apart.showNormal()
    qtbot.waitUntil(lambda: apart.canvas.scene.by_id["recipe"].properties.value("tag") == "Orange 0.5 l")


def test_the_lock_alarms_and_theme_reach_the_window(qtbot, plant, open_window):
    window = open_window()
    apart = desk(window).open("apart")
    window.workspace.screens.set_locked("Nobody is logged in.")
    assert apart.canvas.scene.look.locked == "Nobody is logged in."
    before = apart.canvas.scene.look.theme.name
    window.toggle_theme()
    window.settle()
    assert apart.canvas.scene.look.theme.name != before


def test_the_action_opens_one_on_the_screen_shown(qtbot, plant, open_window):
    window = open_window()
    window.workspace.show_screen("apart")
    window.actions_by_name["window"].trigger()
    assert [one.screen_id for one in desk(window).windows] == ["apart"]


def test_open_windows_come_back_where_they_were(qtbot, plant, open_window):
    window = open_window()
    apart = desk(window).open("apart")
    apart.resize(500, 333)
    window.close()
    qtbot.waitUntil(lambda: not own_windows())
    again = open_window()
    again.settle()
    assert [one.screen_id for one in desk(again).windows] == ["apart"]
    assert desk(again).windows[0].size().toTuple() == (500, 333)
    desk(again).windows[0].close()
    again.close()
    third = open_window()
    third.settle()
    assert desk(third).windows == ()


def test_a_window_that_is_opened_before_it_comes_back_comes_once(qtbot, plant, tmp_path):
    project, settings, owner = plant.project, WindowSettings(tmp_path / "window.ini"), QWidget()
    qtbot.addWidget(owner)
    live = PreviewSource(project.tags)

    def make(screen_id: str) -> ScreenCanvas:
        return ScreenCanvas(project.screens[screen_id], live, load_theme("light"), owner)

    first = ScreenDesk(project, make, settings, owner)
    first.open("apart")
    first.open("overview")
    first.close_all()
    desk = ScreenDesk(project, make, settings, owner)
    coming = desk.restoring()
    desk.open("overview")
    assert sorted(settings.screen_windows(project.name)) == ["apart", "overview"], "none is forgotten"
    finished(coming)
    assert [one.screen_id for one in desk.windows] == ["overview", "apart"]
    desk.close_all()


def test_going_home_opens_no_window_again(qtbot, plant, open_window):
    window = open_window()
    desk(window).open("apart")
    window.actions_by_name["home"].trigger()
    assert [one.screen_id for one in desk(window).windows] == ["apart"]
    assert window.workspace.screens.screen_id == "overview"


def test_keys_of_the_window(qtbot, plant, open_window):
    window = open_window()
    apart = desk(window).open("apart")
    apart.toggle_full_screen()
    assert apart.isFullScreen()
    qtbot.keyClick(apart, Qt.Key.Key_Escape)
    assert not apart.isFullScreen()
    apart.close()
    assert desk(window).windows == ()


def test_a_monitor_without_a_window_is_taken_first():
    first, second = object(), object()
    assert free_monitor([first, second], {first}) is second
    assert free_monitor([first], {first}) is None
