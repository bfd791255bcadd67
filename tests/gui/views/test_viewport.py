"""Zoom, pan and fit of a canvas: by wheel, keys, drag and fingers, crisp and with the values of now."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication

from projects.model import ElementModel, Screen, ScreenLevel
from views.canvas import ScreenCanvas
from views.fit import MOST_ZOOM, Fit
from views.preview import PreviewSource
from views.style import Theme
from views.viewport import STEP

SCREEN = Screen(
    "zoom", "Zoom", ScreenLevel.UNIT, 800, 400,
    (
        ElementModel("left", "button", 20, 180, 100, 40, {"tag": "Pump.Start", "label": "Start"}),
        ElementModel("level", "value", 350, 180, 100, 40, {"tag": "Tank.Level"}),
        ElementModel("right", "button", 680, 340, 100, 40, {"tag": "Pump.Start", "label": "Stop"}),
    ),
)  # fmt: skip


@pytest.fixture
def canvas(qtbot, source: PreviewSource, light: Theme) -> ScreenCanvas:
    found = ScreenCanvas(SCREEN, source, light)
    qtbot.addWidget(found)
    found.resize(800, 400)
    found.show()
    return found


def turn(
    canvas: ScreenCanvas, at: QPointF, x: int = 0, y: int = 120, keys=Qt.KeyboardModifier.ControlModifier
):
    event = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(x, y), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_a_part_shows_nothing_beyond_the_screen_that_need_not_be() -> None:
    whole = Fit(SCREEN, 800, 500)
    assert (whole.scale, whole.offset) == (1.0, QPointF(0, 50))
    corner = Fit(SCREEN, 800, 500, 2.0, QPointF(0, 0))
    assert corner.offset == QPointF(0, 0)
    assert corner.to_screen(QPointF(800, 500)) == QPointF(400, 250)
    opposite = Fit(SCREEN, 800, 500, 2.0, QPointF(9999, 9999))
    assert opposite.to_screen(QPointF(800, 500)) == QPointF(800, 400)
    assert Fit(SCREEN, 800, 500, 99.0).scale == MOST_ZOOM
    assert Fit(SCREEN, 800, 500, 0.1).scale == 1.0
    assert Fit(SCREEN, 800, 1000, 1.5).offset.y() == 200


def test_the_wheel_zooms_about_the_pointer(canvas: ScreenCanvas) -> None:
    at = QPointF(300, 150)
    kept = canvas.fit.to_screen(at)
    for _ in range(3):
        turn(canvas, at)
    assert canvas.fit.scale == pytest.approx(STEP**3)
    assert (canvas.fit.to_screen(at) - kept).manhattanLength() < 1e-6
    for _ in range(9):
        turn(canvas, at, y=-120)
    assert canvas.fit.scale == 1.0


def test_without_zoom_the_wheel_is_left_to_others(canvas: ScreenCanvas) -> None:
    turn(canvas, QPointF(10, 10), keys=Qt.KeyboardModifier.NoModifier)
    assert canvas.fit.offset == QPointF(0, 0)


def test_the_wheel_moves_what_is_zoomed(canvas: ScreenCanvas) -> None:
    canvas.viewport.zoom(2.0)
    before = canvas.fit.offset
    turn(canvas, QPointF(10, 10), keys=Qt.KeyboardModifier.NoModifier)
    assert canvas.fit.offset.y() > before.y()
    turn(canvas, QPointF(10, 10), keys=Qt.KeyboardModifier.ShiftModifier)
    assert canvas.fit.offset.x() > before.x()


def test_keys_zoom_move_and_show_the_whole_again(qtbot, canvas: ScreenCanvas) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(canvas, Qt.Key.Key_Plus, ctrl)
    assert canvas.fit.scale == pytest.approx(STEP)
    before = canvas.fit.offset.x()
    qtbot.keyClick(canvas, Qt.Key.Key_Right, ctrl)
    assert canvas.fit.offset.x() < before
    qtbot.keyClick(canvas, Qt.Key.Key_Minus, ctrl)
    assert canvas.fit.scale == pytest.approx(1.0)
    qtbot.keyClick(canvas, Qt.Key.Key_Plus, ctrl)
    qtbot.keyClick(canvas, Qt.Key.Key_0, ctrl)
    assert (canvas.fit.scale, canvas.fit.offset) == (1.0, QPointF(0, 0))


def test_the_middle_button_drags_and_presses_nothing(qtbot, canvas: ScreenCanvas) -> None:
    canvas.viewport.zoom(2.0)
    before = canvas.fit.offset
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(400, 200))
    qtbot.mouseMove(canvas, QPoint(430, 210))
    qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(430, 210))
    assert canvas.fit.offset - before == QPointF(30, 10)
    qtbot.mouseMove(canvas, QPoint(500, 250))
    assert canvas.fit.offset - before == QPointF(30, 10)


def test_space_makes_a_hand_that_drags_and_presses_nothing(qtbot, canvas: ScreenCanvas) -> None:
    canvas.viewport.zoom(2.0)
    canvas.setFocus()
    canvas.focusNextPrevChild(True)
    focused, before = canvas.focused, canvas.fit.offset
    assert focused is not None
    with qtbot.assertNotEmitted(canvas.write_requested):
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
        assert canvas.cursor().shape() is Qt.CursorShape.OpenHandCursor
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 200))
        qtbot.mouseMove(canvas, QPoint(370, 190))
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(370, 190))
        qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.fit.offset - before == QPointF(-30, -10)
    assert canvas.cursor().shape() is Qt.CursorShape.ArrowCursor
    assert canvas.scene.look.pressed == ""
    assert canvas.focused is focused
    with qtbot.waitSignal(canvas.write_requested):
        qtbot.keyClick(canvas, Qt.Key.Key_Space)


def test_space_is_no_hand_where_nothing_can_be_moved(qtbot, canvas: ScreenCanvas) -> None:
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    assert canvas.cursor().shape() is Qt.CursorShape.ArrowCursor
    with qtbot.waitSignal(canvas.write_requested):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(70, 200))
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)


def test_a_space_that_goes_up_elsewhere_presses_nothing(qtbot, canvas: ScreenCanvas) -> None:
    canvas.setFocus()
    canvas.focusNextPrevChild(True)
    with qtbot.assertNotEmitted(canvas.write_requested):
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
        assert canvas.scene.look.pressed == "left"
        canvas.clearFocus()
        assert canvas.scene.look.pressed == ""
        canvas.setFocus()
        qtbot.keyRelease(canvas, Qt.Key.Key_Space)


def test_a_touch_pad_zooms(canvas: ScreenCanvas) -> None:
    at = QPointF(400, 200)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2, at, at,
        canvas.mapToGlobal(at), 0.5, QPointF(),
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert canvas.fit.scale == pytest.approx(1.5)


def test_while_it_moves_the_picture_that_is_there_is_shown_and_then_a_crisp_one(
    qtbot, canvas: ScreenCanvas, source: PreviewSource, light: Theme
) -> None:
    canvas.viewport.zoom(2.0)
    moving = canvas.grab().toImage()
    fresh = ScreenCanvas(SCREEN, source, light)
    qtbot.addWidget(fresh)
    fresh.resize(800, 400)
    fresh.show()
    fresh.viewport.zoom(2.0)
    fresh._settled()
    crisp = fresh.grab().toImage()
    assert moving != crisp
    qtbot.waitUntil(lambda: canvas.grab().toImage() == crisp)


def test_a_press_meets_what_is_under_the_pointer(qtbot, canvas: ScreenCanvas) -> None:
    canvas.viewport.zoom(3.0, QPointF(70, 200))
    place = canvas.fit.to_widget(QRectF(20, 180, 100, 40)).center().toPoint()
    with qtbot.waitSignal(canvas.write_requested):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)


def test_the_keyboard_brings_what_it_goes_to_into_sight(qtbot, canvas: ScreenCanvas) -> None:
    canvas.viewport.zoom(4.0, QPointF(0, 0))
    for _ in range(2):
        canvas.focusNextPrevChild(True)
    assert canvas.focused is canvas.scene.by_id["right"]
    shown = QRectF(canvas.rect())
    assert shown.contains(canvas.fit.to_widget(canvas.focused.rect))


def test_the_part_in_sight_stays_when_the_window_changes(canvas: ScreenCanvas) -> None:
    canvas.viewport.zoom(2.0, QPointF(800, 400))
    middle = canvas.fit.middle
    canvas.resize(900, 450)
    assert canvas.fit.zoom == 2.0
    assert (canvas.fit.middle - middle).manhattanLength() < 1e-6
    assert canvas.size() == QSize(900, 450)


def test_it_says_that_only_a_part_is_shown(canvas: ScreenCanvas) -> None:
    plain = canvas.grab().toImage()
    canvas.viewport.zoom(1.25)
    canvas.viewport.show_all()
    canvas.resize(801, 400)
    canvas.resize(800, 400)
    assert canvas.grab().toImage() == plain
    canvas.viewport.zoom(1.25)
    canvas._settled()
    assert canvas.viewport.is_zoomed
    assert canvas.grab(QRect(500, 360, 300, 40)).toImage() != fitted(plain)


def fitted(picture: QImage) -> QImage:
    """The same corner of the whole screen's picture: the plate lies there when a part is shown."""
    return picture.copy(500, 360, 300, 40)
