"""What the element at a place of a screen offers."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from views.canvas import ScreenCanvas
from views.elements.base import Element


def element_menu(canvas: ScreenCanvas, place: QPoint, explain: Callable[[Element], object]) -> QMenu | None:
    """Return the menu of an element, None when there is nothing to offer; closing deletes it."""
    element = canvas.element_at(QPointF(place))
    if element is None or not element.properties.bindings:
        return None
    menu = QMenu(canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    why = menu.addAction(QCoreApplication.translate("ScreensPage", "Why this value?"))
    why.triggered.connect(lambda: explain(element))
    return menu


def pop_up(canvas: ScreenCanvas, place: QPoint, explain: Callable[[Element], object]) -> None:
    """Show what there is at a place."""
    menu = element_menu(canvas, place, explain)
    if menu is not None:
        menu.popup(canvas.mapToGlobal(place))
