"""A large screen that was not made before: the page changes at once, and the screen comes when it is made."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QInputEvent

from alarms.model import Priority
from hmi.desktop.ahead import FEW
from hmi.desktop.screen_tags import ScreenTags, tags_of
from hmi.link import Subscribe
from projects.model import ElementModel, Screen, ScreenLevel
from tests.support.fake_station import sample_project
from views.canvas import ScreenCanvas

COUNT = FEW + 200


def readouts(screen_id: str, path: str) -> Screen:
    """A screen of too many numbers to be made at once; the last one is of a tag of its own."""
    elements = [
        ElementModel(
            f"e{row}",
            "value",
            row % 30 * 60,
            row // 30 * 40,
            56,
            36,
            {"tag": "Tank.Level" if row < COUNT - 1 else path},
        )
        for row in range(COUNT)
    ]
    return Screen(screen_id, screen_id.title(), ScreenLevel.DETAIL, 1920, 1080, tuple(elements), "overview")


@pytest.fixture
def window(station, open_window):
    """Shows the home screen; nothing is made ahead before a test asks for it."""
    project = sample_project()
    large = {one.id: one for one in (readouts("large", "Motor.Running"), readouts("other", "Line.Count"))}
    station.project = replace(project, screens={**project.screens, **large})
    opened = open_window()
    opened.workspace.screens.ahead.forget()
    return opened


class Ears(QObject):
    """Hear what a widget is told of mouse and keyboard."""

    def __init__(self, heard: list) -> None:
        super().__init__()
        self.heard = heard

    def eventFilter(self, watched, event) -> bool:  # noqa: N802
        if isinstance(event, QInputEvent) and event.type() != QEvent.Type.ShortcutOverride:
            self.heard.append(event.type())
        return False


def canvases(window) -> list[ScreenCanvas]:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return window.findChildren(ScreenCanvas)


def test_the_page_changes_at_once_and_the_screen_comes_when_it_is_made(qtbot, station, window) -> None:
    screens = window.workspace.screens
    window.workspace.show_screen("large")
    assert screens.screen_id == "large"
    assert window.header.title.full_text == "Large"
    assert screens.canvas is None, "nothing of it can be pressed, and no value of it is shown"
    screens.set_locked("Nobody may command.")
    screens.set_alarm_states({"Tank.Level": (Priority.HIGH, False)})
    qtbot.waitUntil(lambda: screens.canvas is not None)
    assert screens.canvas.isVisible()
    assert len(screens.canvas.scene.elements) == COUNT
    assert screens.canvas.scene.look.locked == "Nobody may command."
    assert screens.canvas.scene.look.alarms == {"Tank.Level": (Priority.HIGH, False)}
    assert screens.canvas._static is not None, "it was painted before it was shown"
    assert screens.canvas._static.deviceIndependentSize().toSize() == screens.canvas.size()


def test_the_screen_before_is_seen_a_moment_longer_but_cannot_be_pressed(qtbot, station, window) -> None:
    screens = window.workspace.screens
    before = screens.canvas
    window.workspace.show_screen("large")
    assert before.isVisible()
    heard = []
    before.installEventFilter(heard_by := Ears(heard))
    screens._hold.begin(before)  # last come, first asked
    qtbot.mouseClick(before, Qt.MouseButton.LeftButton)
    qtbot.keyClick(before, Qt.Key.Key_Return)
    assert heard == []
    screens._hold.over.emit()
    assert not before.isVisible()
    assert screens._notice.isVisible()
    qtbot.mouseClick(before, Qt.MouseButton.LeftButton)
    assert heard != []
    before.removeEventFilter(heard_by)
    qtbot.waitUntil(lambda: screens.canvas is not None)
    assert screens.canvas.screen_model.id == "large"


def test_its_tags_are_followed_when_it_is_there(qtbot, station, window) -> None:
    tag = station.project.tags.by_path("Motor.Running").id
    window.workspace.following.plan._budget = 0
    window.workspace.show_screen("filling")
    qtbot.waitUntil(lambda: tag not in station.wait_for(Subscribe)[-1].tag_ids)
    window.workspace.show_screen("large")
    qtbot.waitUntil(lambda: window.workspace.screens.canvas is not None)
    qtbot.waitUntil(lambda: tag in station.wait_for(Subscribe)[-1].tag_ids)


def test_a_small_screen_is_there_at_once(station, window) -> None:
    assert window.workspace.screens.show_screen("filling") is window.workspace.screens.canvas
    assert window.workspace.screens.canvas.screen_model.id == "filling"


def test_what_is_to_be_shown_on_it_waits_for_it(qtbot, station, window) -> None:
    window.workspace.show_tag("large", "Motor.Running")
    assert window.workspace.screens.canvas is None
    qtbot.waitUntil(lambda: window.workspace.screens.canvas is not None)
    canvas = window.workspace.screens.canvas
    assert canvas.focused is canvas.scene.by_id[f"e{COUNT - 1}"]
    assert canvas.hasFocus()


def test_the_keyboard_stays_with_the_page(qtbot, station, window) -> None:
    screens = window.workspace.screens
    screens.setFocus()
    window.workspace.show_screen("large")
    assert screens.isAncestorOf(window.focusWidget())
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screens.canvas is not None)
    assert screens.canvas.hasFocus()
    assert screens.canvas.focused is None


def test_going_elsewhere_gives_it_up_with_all_that_was_waiting(qtbot, station, window) -> None:
    screens = window.workspace.screens
    before = len(canvases(window))
    window.workspace.show_tag("large", "Motor.Running")
    window.workspace.show_tag("other", "Line.Count")
    qtbot.waitUntil(lambda: screens.canvas is not None)
    assert screens.canvas.screen_model.id == "other"
    assert screens.canvas.focused is screens.canvas.scene.by_id[f"e{COUNT - 1}"]
    assert len(canvases(window)) == before + 1, "nothing is left of the other one"
    window.workspace.go_back()
    assert (screens.screen_id, screens.canvas) == ("large", None)
    window.workspace.show_screen("infeed")
    assert screens.canvas.screen_model.id == "infeed"
    assert screens._notice.due == []


def test_it_goes_on_behind_another_page_and_is_there_on_return(qtbot, station, window) -> None:
    window.workspace.show_screen("large")
    window.workspace.show_page("alarms")
    qtbot.waitUntil(lambda: window.workspace.screens.canvas is not None)
    assert window.workspace.page == "alarms"
    window.workspace.show_page("screens")
    assert window.workspace.screens.canvas.isVisible()


def test_another_theme_begins_it_anew(qtbot, station, window) -> None:
    window.workspace.show_screen("large")
    window.toggle_theme()
    window.settle()
    qtbot.waitUntil(lambda: window.workspace.screens.canvas is not None)
    assert window.workspace.screens.canvas.scene.look.theme.name == window.theme.name


def test_the_project_can_be_left_meanwhile(qtbot, station, window) -> None:
    workspace = window.workspace
    window.workspace.show_screen("large")
    window.take_leave()
    assert not workspace.screens.ahead._timer.isActive()


def test_the_tags_of_large_screens_are_read_in_turns(qapp) -> None:
    project = sample_project()
    project = replace(project, screens={**project.screens, "large": readouts("large", "Line.Count")})
    read = {}
    tags = ScreenTags(project, lambda screen, tag_ids: read.update({screen.id: tag_ids}))
    turns = 1
    while not tags.go_on():
        turns += 1
    assert turns > 2
    assert read == {name: tags_of(screen, project)[0] for name, screen in project.screens.items()}
    found = tags.screen_of(project.tags.by_path("Line.Count").id)
    assert found.id == "large", "it is more detailed than the overview"
    tags = ScreenTags(project, lambda screen, _ids: read.pop(screen.id))
    tags.go_on()
    tags.read("large")
    assert "large" not in read, "read now, as it is shown"
    while not tags.go_on():
        pass
    assert read == {}, "each once"
