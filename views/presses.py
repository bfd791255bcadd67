"""What pointer and keyboard do to the elements of a screen: light them up, press them, step through them."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from views.elements.base import Element

if TYPE_CHECKING:
    from views.canvas import ScreenCanvas

_ARROWS: Final = {
    Qt.Key.Key_Left: False,
    Qt.Key.Key_Down: False,
    Qt.Key.Key_Right: True,
    Qt.Key.Key_Up: True,
}
"""Whether an arrow goes one step on; held down it goes one step only, as each one may be a command."""
_ONWARDS: Final = (Qt.Key.Key_Right, Qt.Key.Key_Down)
"""Arrows that go on in what is read from the top left."""


class Presses:
    """Know which element of a canvas is lit up and which is held down. GUI thread only.

    An element is pressed when the button or Space goes up where it went down, or when Enter goes down.
    """

    __slots__ = ("_canvas",)

    def __init__(self, canvas: "ScreenCanvas") -> None:
        self._canvas = canvas

    def move(self, position: QPointF) -> None:
        """Light up what can be pressed at a point of the canvas."""
        canvas, look = self._canvas, self._canvas.scene.look
        element = canvas.element_at(position)
        can = element is not None and element.is_interactive and not element.blocked(look)
        name = element.model.id if can and element is not None else ""
        if name != look.hovered:
            self._light(name)
            canvas.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)

    def leave(self) -> None:
        """Darken what was lit."""
        self._light("")

    def _light(self, element_id: str) -> None:
        look, by_id = self._canvas.scene.look, self._canvas.scene.by_id
        before, look.hovered = look.hovered, element_id
        self._canvas.update_element(by_id.get(before))
        self._canvas.update_element(by_id.get(element_id))

    def button_down(self, event: QMouseEvent) -> None:
        """Hold down what lies under the pointer, and bring the keyboard there."""
        element = self._canvas.element_at(event.position())
        if element is not None and element.is_interactive:
            self._canvas.scene.look.pressed = element.model.id
            self._canvas.focus(element)

    def button_up(self, event: QMouseEvent) -> None:
        """Press what was held down when the pointer is still on it."""
        canvas = self._canvas
        before = self.let_go()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        element = canvas.element_at(event.position())
        if element is None:
            return
        if element.path:
            canvas.tag_focused.emit(element.path)
        if element.explained_path is not None:
            canvas.alarm_focused.emit(element.explained_path)
        if element is before:
            canvas.activate(element, canvas.fit.to_screen(event.position()))

    def let_go(self) -> Element | None:
        """Return what was held down, which no longer is."""
        look = self._canvas.scene.look
        before, look.pressed = self._canvas.scene.by_id.get(look.pressed), ""
        self._canvas.update_element(before)
        return before

    def key_down(self, event: QKeyEvent) -> bool:
        """Press the element that has the keyboard, hold it down, or step on; tell whether the key did any."""
        element, key = self._canvas.focused, Qt.Key(event.key())
        if element is None:
            return False
        if element.is_interactive and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # A key that is held presses once: it may have been pressed before the screen was there.
            if not event.isAutoRepeat():
                self._canvas.activate(element)
            return True
        if element.is_interactive and key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._canvas.scene.look.pressed = element.model.id
                self._canvas.update_element(element)
            return True
        if key not in _ARROWS:
            return False
        if element.step(key in _ONWARDS):
            self._canvas.focus(element)
            return True
        point = None if event.isAutoRepeat() else element.stepped(_ARROWS[key])
        if point is not None:
            self._canvas.activate(element, point)
        return point is not None

    def space_up(self) -> None:
        """Press what Space went down on, if the keyboard is still there."""
        before = self.let_go()
        if before is not None and before is self._canvas.focused and not self._canvas.viewport.is_space_spent:
            self._canvas.activate(before)
