"""The operator's work by the keyboard alone: everything can be reached, seen and heard."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QFocusEvent, QImage
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from alarms.model import AlarmState
from hmi.desktop.actions import KEYS as WINDOW_KEYS
from hmi.link import Acknowledge, Shelve, Write
from tests.gui.desktop.test_tour import tour  # noqa: F401  a fixture
from views.alarm_actions import AlarmAction
from views.alarm_commands import KEYS as ALARM_KEYS
from views.canvas import ScreenCanvas
from views.elements.base import EditAction, Element, FaceplateAction, NavigateAction

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LONGEST_WAY = 60


def is_plain(action: EditAction) -> bool:
    """Whether a set point is entered without being selected before or a reason after."""
    return str(action.care) in ("none", "confirm") and action.value is not None and action.high is not None


def entries_on(walk: "Walk", screen_id: str) -> set[str]:
    """The elements of a screen that take a set point now, without being selected before."""
    walk.window.workspace.show_screen(screen_id)
    walk.qtbot.waitUntil(lambda: walk.window.workspace.screens.canvas is not None)
    walk.qtbot.wait(120)
    scene = walk.window.workspace.screens.canvas.scene
    return {
        one.model.id
        for one in scene.elements
        if isinstance(one.action(), EditAction) and not one.blocked(scene.look) and is_plain(one.action())
    }


class Walk:
    """Press keys where the keyboard is, and check that everybody can tell where that is."""

    def __init__(self, qtbot, window) -> None:
        self.qtbot = qtbot
        self.window = window

    @property
    def place(self) -> QWidget:
        found = QApplication.focusWidget() or self.window.focusWidget()
        assert found is not None, "the keyboard is nowhere"
        return found

    def press(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.place, key, modifiers)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.place, text)

    def until(self, is_there: Callable[[], bool], key: Qt.Key = Qt.Key.Key_Tab) -> None:
        """Press a key until something is reached."""
        for _ in range(LONGEST_WAY):
            if is_there():
                return
            self.press(key)
        raise AssertionError(f"not reached with {key}; the keyboard is at {self.place}")

    def element(self, wanted: Callable[[Element], bool]) -> Element:
        """Tab to an element of the canvas shown."""
        self.qtbot.waitUntil(lambda: isinstance(self.place, ScreenCanvas))
        canvas = self.place
        assert isinstance(canvas, ScreenCanvas)
        self.until(lambda: canvas._focused is not None and wanted(canvas._focused))
        assert canvas._focused is not None
        return canvas._focused

    def check(self) -> None:
        """The place of the keyboard is visible on the screen and has a name for a screen reader."""
        place = self.place
        assert place.isVisible()
        assert name_of(place), f"{place} has no name"
        assert shows_focus(place), f"{name_of(place)}: its focus cannot be seen"


def name_of(widget: QWidget) -> str:
    """What a screen reader says first."""
    if isinstance(widget, ScreenCanvas):
        return widget.accessibleDescription() or widget.accessibleName()
    found = QAccessible.queryAccessibleInterface(widget)
    texts = (found.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description))
    spoken = next((text for text in texts if text), "")
    return spoken or (widget.placeholderText() if isinstance(widget, QLineEdit) else "")


def shows_focus(widget: QWidget) -> bool:
    """Whether the widget looks otherwise without the keyboard."""
    with_focus = picture(widget)
    QApplication.sendEvent(widget, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.OtherFocusReason))
    focus = widget.hasFocus()
    widget.clearFocus()
    without = picture(widget)
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    assert widget.hasFocus() or not focus
    return with_focus != without


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.fixture
def walk(qtbot, tour) -> Walk:  # noqa: F811
    window = tour("en", "packaging_cell")
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() and window.workspace.screens.canvas is not None)
    return Walk(qtbot, window)


def test_screens_are_opened_and_commands_reached_by_tab_and_enter(walk):
    workspace = walk.window.workspace
    start = workspace.screens.screen_id
    button = walk.element(lambda element: isinstance(element.action(), NavigateAction))
    walk.check()
    target = button.action().screen_id
    walk.press(Qt.Key.Key_Return)
    assert workspace.screens.screen_id == target
    walk.press(Qt.Key.Key_Left, ALT)
    assert workspace.screens.screen_id == start
    walk.press(Qt.Key.Key_Right, ALT)
    assert workspace.screens.screen_id == target
    walk.press(Qt.Key.Key_Home, ALT)
    assert workspace.screens.screen_id == start


def test_a_faceplate_is_opened_walked_through_and_closed(walk):
    workspace = walk.window.workspace
    before = walk.place
    element = walk.element(lambda one: isinstance(one.action(), FaceplateAction))
    assert walk.place is before
    walk.press(Qt.Key.Key_Return)
    walk.qtbot.waitUntil(lambda: len(workspace.screens.faceplates) == 1)
    faceplate = workspace.screens.faceplates[0]
    faceplate.activateWindow()
    walk.qtbot.waitUntil(lambda: faceplate.isActiveWindow() and walk.place is faceplate.canvas)
    assert faceplate.windowTitle()
    walk.until(lambda: faceplate.canvas._focused is not None)
    assert name_of(faceplate.canvas)
    walk.press(Qt.Key.Key_Escape)
    walk.qtbot.waitUntil(lambda: not workspace.screens.faceplates)
    assert element.accessible_name()


def test_a_set_point_is_entered_with_a_comma(walk):
    workspace = walk.window.workspace
    start = workspace.screens.screen_id
    station_screen = next(name for name in workspace.project.screens if entries_on(walk, name))
    workspace.show_screen(start)
    walk.press(Qt.Key.Key_K, CONTROL)
    walk.type(workspace.project.screens[station_screen].title)
    walk.press(Qt.Key.Key_Return)
    assert workspace.screens.screen_id == station_screen
    wanted = entries_on(walk, station_screen)
    element = walk.element(lambda one: one.model.id in wanted)
    walk.check()
    action = element.action()
    walk.press(Qt.Key.Key_Return)
    assert isinstance(walk.place, QLineEdit)
    walk.check()
    walk.press(Qt.Key.Key_A, CONTROL)
    walk.type("1e9")
    walk.press(Qt.Key.Key_Return)
    assert isinstance(walk.place, QLineEdit), "refused in place"
    step = 10.0**-action.decimals
    target = round(action.value + (step if action.value + step <= action.high else -step), action.decimals)
    walk.press(Qt.Key.Key_A, CONTROL)
    walk.type(f"{target:.{action.decimals}f}".replace(".", ","))
    walk.press(Qt.Key.Key_Return)
    walk.qtbot.wait(50)
    if not isinstance(walk.place, ScreenCanvas):  # the question behind it, with the harmless answer first
        walk.check()
        walk.press(Qt.Key.Key_Tab)
        walk.press(Qt.Key.Key_Space)
    station = walk.window.station
    walk.qtbot.waitUntil(lambda: len(station.of(Write)) == 1)
    request = station.of(Write)[0].request
    assert (request.path, request.value) == (action.tag.path, pytest.approx(target))


def test_alarms_are_acknowledged_and_shelved(walk):
    window, station = walk.window, walk.window.station
    page = window.workspace.alarms
    walk.press(Qt.Key.Key_F3)
    assert walk.place is page.table
    walk.until(
        lambda: any(row.state is AlarmState.UNACKNOWLEDGED for row in page.selected_alarms()),
        Qt.Key.Key_Down,
    )
    walk.check()
    walk.press(Qt.Key.Key_Space)
    walk.qtbot.waitUntil(lambda: len(station.of(Acknowledge)) == 1)
    walk.until(page.commands.actions_by_kind[AlarmAction.SHELVE].isEnabled, Qt.Key.Key_Down)
    walk.press(Qt.Key.Key_S, CONTROL)
    dialog = page.commands.dialog
    assert isinstance(dialog, QDialog)
    walk.qtbot.waitUntil(lambda: walk.place is dialog.reason)
    walk.check()
    walk.press(Qt.Key.Key_Return)
    assert dialog.isVisible(), "no reason, no shelving"
    walk.type("pump exchanged")
    walk.press(Qt.Key.Key_Return)
    walk.qtbot.waitUntil(lambda: len(station.of(Shelve)) == 1)
    assert station.of(Shelve)[0].reason == "pump exchanged"


def test_trend_connections_search_and_help_have_keys(walk):
    window = walk.window
    walk.press(Qt.Key.Key_F4)
    assert window.workspace.page == "trend"
    window.workspace.trend.setFocus()
    walk.press(Qt.Key.Key_F6)
    assert window.workspace.page == "connections"
    walk.until(lambda: name_of(walk.place) != "" and window.workspace.connections.isAncestorOf(walk.place))
    walk.check()
    walk.press(Qt.Key.Key_K, CONTROL)
    assert walk.place is window.search.entry
    walk.check()
    walk.press(Qt.Key.Key_Escape)
    walk.press(Qt.Key.Key_F1)
    dialogs = [one for one in window.findChildren(QDialog) if one.isVisible()]
    assert len(dialogs) == 1
    walk.qtbot.keyClick(dialogs[0], Qt.Key.Key_Escape)
    walk.qtbot.waitUntil(lambda: not [one for one in window.findChildren(QDialog) if one.isVisible()])


def test_every_control_of_the_frame_can_be_reached_seen_and_heard(walk):
    window = walk.window
    window.navigation.buttons["alarms"].setFocus()
    seen: list[QWidget] = []
    for _ in range(LONGEST_WAY):
        place = walk.place
        if place in seen:
            break
        seen.append(place)
        if not isinstance(place, ScreenCanvas):
            walk.check()
        window.focusNextChild()
    names = {name_of(widget) for widget in seen}
    assert {"Menu", "Home screen", "Search"} <= {name.partition(" (")[0] for name in names}, names
    assert window.navigation.tree in seen


def test_no_key_means_two_things():
    keys = [*WINDOW_KEYS.values(), *ALARM_KEYS.values()]
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []
