"""What assistive technology sees of a canvas: each element as an object with name, value, state and action.

A canvas paints everything itself, so Qt knows of one widget only; the objects here are made when somebody
asks.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QObject, QPoint, QPointF, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleObject,
    QColor,
    QWindow,
)
from PySide6.QtWidgets import QWidget

from views.elements.alarm_rows import AlarmRows
from views.elements.base import Element, shown_value, status_lines, unit_of
from views.elements.choice import Selector, Slider
from views.elements.containers import Tab
from views.elements.controls import Button, Navigation, Toggle
from views.elements.equipment import Equipment
from views.elements.image import Image
from views.elements.placeholder import Placeholder
from views.elements.setpoint import SetPoint
from views.elements.shapes import Text
from views.elements.tables import Clock, Table
from views.elements.trend import Trend

if TYPE_CHECKING:
    from views.canvas import ScreenCanvas

_Role = QAccessible.Role
_ROLES: Final[tuple[tuple[type[Element], QAccessible.Role], ...]] = (
    (Button, _Role.Button),
    (Toggle, _Role.CheckBox),
    (Selector, _Role.ComboBox),
    (Slider, _Role.Slider),
    (SetPoint, _Role.SpinBox),
    (Navigation, _Role.Link),
    (Tab, _Role.PageTabList),
    (AlarmRows, _Role.List),
    (Table, _Role.Table),
    (Trend, _Role.Chart),
    (Clock, _Role.Clock),
    (Text, _Role.StaticText),
    (Placeholder, _Role.AlertMessage),
    (Equipment, _Role.Graphic),
    (Image, _Role.Graphic),
)


def role_of(element: Element) -> QAccessible.Role:
    """Return what an element is to assistive technology."""
    found = next((role for kind, role in _ROLES if isinstance(element, kind)), _Role.Indicator)
    return _Role.Button if found in (_Role.Graphic, _Role.Indicator) and element.is_interactive else found


class ElementAction(QAccessibleActionInterface):
    """Press an element for assistive technology."""

    def __init__(self, canvas: "ScreenCanvas", element: Element) -> None:
        super().__init__()
        self._canvas = canvas
        self._element = element

    def actionNames(self) -> list[str]:  # noqa: N802  Qt's name
        """Return that it can be pressed."""
        return [self.pressAction()] if self._element.is_interactive else []

    def doAction(self, name: str) -> None:  # noqa: N802  Qt's name
        """Press it, as a click would."""
        if name in self.actionNames():
            self._canvas.activate(self._element)

    def keyBindingsForAction(self, name: str) -> list[str]:  # noqa: N802, ARG002  Qt's name
        """Return none: Return and Space press whatever has the focus."""
        return []


class ElementInterface(QAccessibleInterface):
    """Show one element."""

    def __init__(self, parent: "CanvasInterface", canvas: "ScreenCanvas", element: Element) -> None:
        super().__init__()
        self._parent = parent
        self._canvas = canvas
        self._element = element
        self._action = ElementAction(canvas, element)

    @property
    def element(self) -> Element:
        """Return the element."""
        return self._element

    def isValid(self) -> bool:  # noqa: N802  Qt's name
        """Tell whether the element is still on the screen."""
        return self._parent.isValid() and self._element in self._parent.elements()

    def object(self) -> QObject | None:  # type: ignore[override]  # the binding forgets that there may be none
        """Return none: no widget stands for one element."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]  # as above
        """Return the window of the canvas."""
        return self._canvas.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        """Return the canvas."""
        return self._parent

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: ARG002
        """Return none."""
        return None

    def childCount(self) -> int:  # noqa: N802  Qt's name
        """Return 0."""
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802, ARG002  Qt's name
        """Return that there is none."""
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802, ARG002
        """Return none."""
        return None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        """Return none."""
        return None

    def backgroundColor(self) -> QColor:  # noqa: N802  Qt's name
        """Return the ground of the theme."""
        return self._canvas.scene.look.theme.background

    def foregroundColor(self) -> QColor:  # noqa: N802  Qt's name
        """Return the text's colour of the theme."""
        return self._canvas.scene.look.theme.text

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802  Qt's name
        """Do nothing: values are entered in the boxes that a press opens."""

    def text(self, kind: QAccessible.Text) -> str:
        """Return name, value with unit and status, or what the tool tip says."""
        element = self._element
        self._canvas.scene.evaluate(element)
        if kind == QAccessible.Text.Name:
            return element.accessible_name()
        if kind == QAccessible.Text.Value and element.properties.is_live("tag"):
            parts = [f"{shown_value(element)} {unit_of(element)}".strip(), *status_lines(element)]
            return ", ".join(parts)
        if kind in (QAccessible.Text.Description, QAccessible.Text.Help):
            return self._canvas.tool_tip(element)
        return ""

    def rect(self) -> QRect:
        """Return where it is on the monitor."""
        box = self._canvas.fit.to_widget(self._element.rect).toAlignedRect()
        return QRect(self._canvas.mapToGlobal(box.topLeft()), box.size())

    def role(self) -> QAccessible.Role:
        """Return what it is."""
        return role_of(self._element)

    def state(self) -> QAccessible.State:
        """Return whether it can be pressed and has the focus."""
        element, state = self._element, QAccessible.State()
        state.focusable = element.is_interactive
        state.focused = self._canvas.focused is element and self._canvas.hasFocus()
        state.disabled = element.is_interactive and bool(element.blocked(self._canvas.scene.look))
        state.readOnly = not element.is_interactive
        state.invisible = not element.is_visible
        shown = QRect(self._canvas.mapToGlobal(QPoint(0, 0)), self._canvas.size())
        state.offscreen = not shown.intersects(self.rect())
        if isinstance(element, Toggle):
            state.checkable = True
            state.checked = element.position() is True
        return state

    def interface_cast(  # type: ignore[override]  # the binding says int for a pointer
        self, kind: QAccessible.InterfaceType
    ) -> QAccessibleActionInterface | None:
        """Return how to press it."""
        return self._action if kind == QAccessible.InterfaceType.ActionInterface else None


class CanvasInterface(QAccessibleObject):
    """Show a canvas with its elements as children, in reading order of their painting."""

    def __init__(self, canvas: "ScreenCanvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._listed: tuple[Element, ...] = ()
        self._elements: list[Element] = []
        self._made: dict[Element, ElementInterface] = {}

    def elements(self) -> list[Element]:
        """Return the elements that say something."""
        scene = self._canvas.scene
        if scene.elements is not self._listed:
            self._listed = scene.elements
            self._elements = [
                one for one in scene.elements if one.is_live or one.problem or isinstance(one, (Text, Image))
            ]
        return self._elements

    def forget(self) -> None:
        """Take the objects away from Qt's own list, before what they stand for is gone."""
        for one in self._made.values():
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(one))
        self._made.clear()

    def of(self, element: Element) -> ElementInterface:
        """Return an element's object, made when it is first asked for."""
        found = self._made.get(element)
        if found is None:
            found = self._made[element] = ElementInterface(self, self._canvas, element)
        return found

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]  # a window has none
        """Return the widget around the canvas."""
        around = self._canvas.parentWidget()
        return None if around is None else QAccessible.queryAccessibleInterface(around)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # beyond the end
        """Return the object of an element by its number."""
        elements = self.elements()
        return self.of(elements[index]) if 0 <= index < len(elements) else None

    def childCount(self) -> int:  # noqa: N802  Qt's name
        """Return how many elements say something."""
        return len(self.elements())

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802  Qt's name
        """Return the number of an element's object."""
        elements = self.elements()
        element = child.element if isinstance(child, ElementInterface) else None
        return elements.index(element) if element in elements else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        """Return the object under a point of the monitor."""
        found = self._canvas.element_at(QPointF(self._canvas.mapFromGlobal(QPoint(x, y))))
        return None if found is None else self.of(found)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        """Return the object of the element that has the focus."""
        focused = self._canvas.focused
        return None if focused is None else self.of(focused)

    def text(self, kind: QAccessible.Text) -> str:
        """Return the screen's title."""
        return self._canvas.accessibleName() if kind == QAccessible.Text.Name else ""

    def rect(self) -> QRect:
        """Return where the canvas is on the monitor."""
        return QRect(self._canvas.mapToGlobal(QPoint(0, 0)), self._canvas.size())

    def role(self) -> QAccessible.Role:
        """Return that it holds others."""
        return _Role.Grouping

    def state(self) -> QAccessible.State:
        """Return whether it has the focus."""
        state = QAccessible.State()
        state.focusable = True
        state.focused = self._canvas.hasFocus()
        return state


def interface_of(canvas: "ScreenCanvas") -> CanvasInterface:
    """Return the object of a canvas, the same at each call."""
    found = canvas.property(_KEPT)
    if not isinstance(found, CanvasInterface):
        made = found = CanvasInterface(canvas)
        canvas.setProperty(_KEPT, made)
        canvas.destroyed.connect(made.forget)
    return found


_KEPT: Final = "vigie_accessible"


@lru_cache(maxsize=1)
def install(kind: type[QWidget]) -> None:
    """Let Qt ask for the objects of a kind of widget; further calls do nothing."""

    def make(_key: str, found: QObject) -> QAccessibleInterface | None:
        return interface_of(cast("ScreenCanvas", found)) if isinstance(found, kind) else None

    QAccessible.installFactory(make)


def tell_focus(canvas: "ScreenCanvas", element: Element) -> None:
    """Say that the keyboard went to an element, when somebody listens."""
    if not QAccessible.isActive():
        return
    told = QAccessibleEvent(canvas, QAccessible.Event.Focus)
    told.setChild(interface_of(canvas).elements().index(element))
    QAccessible.updateAccessibility(told)
