"""Which part of a screen a canvas shows: fitted, or zoomed and moved by wheel, keys, fingers and drag."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from projects.model import Screen
from views.fit import Fit

STEP: Final = 1.25
"""How much one notch of the wheel or one press of a key zooms."""
_NOTCH: Final = 120.0
_PAN_PX: Final = 64.0
_ROOM_PX: Final = 24.0
"""Room left around an element that is brought into sight."""
_FACTORS: Final = {
    Qt.Key.Key_Plus: STEP,
    Qt.Key.Key_Equal: STEP,
    Qt.Key.Key_Minus: 1 / STEP,
}
_WAYS: Final = {
    Qt.Key.Key_Left: QPointF(1, 0),
    Qt.Key.Key_Right: QPointF(-1, 0),
    Qt.Key.Key_Up: QPointF(0, 1),
    Qt.Key.Key_Down: QPointF(0, -1),
}


class Viewport(QObject):
    """Own the fit of a screen into its canvas, and take the events that change it. GUI thread only.

    Ctrl+wheel, a pinch and Ctrl with plus or minus zoom; Ctrl+0 shows the whole screen again. While zoomed,
    the wheel (with Shift sideways), a drag with the middle button or with Space held down, two fingers and
    Ctrl with arrows move it.
    """

    changed = Signal()
    """Another part is in sight; :attr:`fit` says which."""

    def __init__(self, canvas: QWidget, screen: Screen) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._screen = screen
        self._drag: QPointF | None = None
        self._is_space_down = False
        self._has_dragged = False
        self.is_space_spent = False
        """Whether the Space that has just gone up was held to drag."""
        self.fit = self._fitted(1.0, None)
        canvas.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        canvas.grabGesture(Qt.GestureType.PinchGesture)
        canvas.installEventFilter(self)

    @property
    def is_zoomed(self) -> bool:
        """Tell whether only a part of the screen is in sight."""
        return self.fit.zoom > 1.0

    def resized(self) -> None:
        """Fit the screen to the canvas's new size; what was in the middle stays there."""
        self.fit = self._fitted(self.fit.zoom, self.fit.middle if self.is_zoomed else None)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor; what is at a point of the canvas (its middle when None) stays under it."""
        middle = QPointF(self._canvas.width() / 2, self._canvas.height() / 2)
        point = middle if at is None else at
        kept = self.fit.to_screen(point)
        scale = self._fitted(self.fit.zoom * factor, None).scale
        self._show(self.fit.zoom * factor, kept + (middle - point) / scale)

    def pan(self, delta: QPointF) -> None:
        """Move what is in sight by widget pixels."""
        if self.is_zoomed:
            self._show(self.fit.zoom, self.fit.middle - delta / self.fit.scale)

    def show_all(self) -> None:
        """Show the whole screen."""
        self._show(1.0, None)

    def reveal(self, box: QRectF) -> None:
        """Bring a box of the screen into sight, if it is not."""
        shown = QRectF(self._canvas.rect())
        wanted = self.fit.to_widget(box)
        if self.is_zoomed and not shown.contains(wanted):
            wanted.adjust(-_ROOM_PX, -_ROOM_PX, _ROOM_PX, _ROOM_PX)
            dx = max(0.0, shown.left() - wanted.left()) - max(0.0, wanted.right() - shown.right())
            dy = max(0.0, shown.top() - wanted.top()) - max(0.0, wanted.bottom() - shown.bottom())
            self.pan(QPointF(dx, dy))

    def _fitted(self, zoom: float, middle: QPointF | None) -> Fit:
        size = self._canvas.size()
        return Fit(self._screen, max(1, size.width()), max(1, size.height()), zoom, middle)

    def _show(self, zoom: float, middle: QPointF | None) -> None:
        before, self.fit = self.fit, self._fitted(zoom, middle)
        if before.scale != self.fit.scale or before.offset != self.fit.offset:
            self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Take what zooms or moves; everything else goes on to the canvas."""
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            return self._space(event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut:
            self._let_go()
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QNativeGestureEvent):
            return self._native(event)
        if isinstance(event, QGestureEvent):
            return self._pinch(event)
        return super().eventFilter(watched, event)

    def _wheel(self, event: QWheelEvent) -> bool:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(STEP ** (turned.y() / _NOTCH), event.position())
        elif self.is_zoomed:
            # With Shift a wheel turns sideways; some platforms already hand that over as a turn in x.
            sideways = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) and not turned.x()
            way = QPointF(turned.y(), 0) if sideways else QPointF(turned.x(), turned.y())
            self.pan(way / _NOTCH * _PAN_PX)
        else:
            return False
        event.accept()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        key = Qt.Key(event.key())
        if key in _FACTORS:
            self.zoom(_FACTORS[key])
        elif key == Qt.Key.Key_0:
            self.show_all()
        elif key in _WAYS and self.is_zoomed:
            self.pan(_WAYS[key] * _PAN_PX)
        else:
            return False
        return True

    def _space(self, event: QKeyEvent) -> bool:
        """Let Space make a hand of the pointer while zoomed.

        The canvas presses what has the keyboard when Space goes up, as any button does: only then is it known
        whether it was held to drag.
        """
        if event.type() == QEvent.Type.KeyPress:
            if not event.isAutoRepeat() and self.is_zoomed:
                self._is_space_down, self._has_dragged = True, False
                self._canvas.setCursor(Qt.CursorShape.OpenHandCursor)
            return False
        if event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            self.is_space_spent = self._is_space_down and self._has_dragged
            self._let_go()
        return False

    def _let_go(self) -> None:
        """Make the hand a pointer again."""
        if self._is_space_down:
            self._is_space_down, self._drag = False, None
            self._canvas.unsetCursor()

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, button = event.type(), event.button()
        is_hand = button == Qt.MouseButton.MiddleButton or (
            self._is_space_down and button == Qt.MouseButton.LeftButton
        )
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick) and is_hand:
            self._drag = event.position() if self.is_zoomed else None
            self._has_dragged = True
            self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
            return self.is_zoomed
        if kind == QEvent.Type.MouseMove and self._drag is not None:
            before, self._drag = self._drag, event.position()
            self.pan(self._drag - before)
            return True
        if kind == QEvent.Type.MouseMove and self._is_space_down:
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._drag is not None:
            self._drag = None
            if self._is_space_down:
                self._canvas.setCursor(Qt.CursorShape.OpenHandCursor)
            else:
                self._canvas.unsetCursor()
            return True
        return False

    def _native(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.zoom(1.0 + event.value(), event.position())
        return True

    def _pinch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        at = QPointF(self._canvas.mapFromGlobal(pinch.centerPoint().toPoint()))
        self.pan(pinch.centerPoint() - pinch.lastCenterPoint())
        self.zoom(pinch.scaleFactor(), at)
        event.accept(pinch)
        return True
