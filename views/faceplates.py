"""Faceplates beside the screen: modeless windows about one instance."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from projects.faceplates import FaceplateError, arguments_of, filled
from projects.model import ElementModel, Project, Screen, ScreenLevel
from tags.source import TagSource
from views.canvas import ScreenCanvas
from views.elements.placeholder import Placeholder
from views.language import station_text
from views.style import Theme
from views.words import word

_WIDTH, _HEIGHT = 480, 120


def faceplate_screen(project: Project, faceplate_id: str, instance: str) -> Screen:
    """Return the screen of a faceplate for an instance; one that cannot be shown says why instead."""
    faceplate = project.faceplates.get(faceplate_id)
    if faceplate is None:
        return _problem(faceplate_id, word("There is no faceplate {}.").format(repr(faceplate_id)))
    try:
        arguments = arguments_of(faceplate, instance, project.instances)
    except FaceplateError as error:
        return _problem(faceplate.screen.title, station_text(str(error)))
    screen = faceplate.screen
    paths = ", ".join(arguments.values())
    return replace(screen, title=f"{screen.title}: {paths}", elements=filled(screen.elements, arguments))


def _problem(title: str, text: str) -> Screen:
    box = (8.0, 8.0, _WIDTH - 16.0, _HEIGHT - 16.0)
    model = ElementModel("problem", Placeholder.kind.type, *box, {"reason": text})
    return Screen("problem", title, ScreenLevel.DETAIL, _WIDTH, _HEIGHT, (model,))


class FaceplateWindow(QWidget):
    """Show a faceplate above its window without blocking it; Escape closes it. GUI thread only."""

    def __init__(self, screen: Screen, source: TagSource, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(screen.title)
        self.canvas = ScreenCanvas(screen, source, theme, self)
        self.canvas.setMinimumSize(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.setMinimumSize(screen.width // 2, screen.height // 2)
        self.resize(screen.width, screen.height)
        self.setFocusProxy(self.canvas)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """End pulses as a screen does that is left."""
        self.canvas.hide()
        super().closeEvent(event)
