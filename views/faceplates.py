"""Faceplates beside the screen: modeless windows about one instance."""

from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from projects.faceplates import FaceplateError, arguments_of, filled
from projects.model import ElementModel, Library, Project, Screen, ScreenLevel
from tags.source import TagSource
from views.canvas import ScreenCanvas
from views.elements.catalogue import NO_LIBRARY
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
        arguments = arguments_of(faceplate, instance, project.instances, project.extends)
    except FaceplateError as error:
        return _problem(faceplate.screen.title, station_text(str(error)))

    def describe(path: str) -> str:
        tag = project.tags.find(path)
        return project.descriptions.get(path) or (tag.description if tag is not None else "") or path

    def exists(path: str) -> bool:
        return project.tags.find(path) is not None

    paths = ", ".join(arguments.values())
    shown = filled(faceplate.screen, arguments, exists, describe)
    return replace(shown, title=word("{}: {}").format(shown.title, paths))


def _problem(title: str, text: str) -> Screen:
    box = (8.0, 8.0, _WIDTH - 16.0, _HEIGHT - 16.0)
    model = ElementModel("problem", Placeholder.kind.type, *box, {"reason": text})
    return Screen("problem", title, ScreenLevel.DETAIL, _WIDTH, _HEIGHT, (model,))


class FaceplateWindow(QWidget):
    """Show a faceplate above its window without blocking it. GUI thread only.

    Escape and Ctrl+W close it, Ctrl+Shift+W closes all, Ctrl+Tab goes on to the next.
    """

    left = Signal(QRect)
    """It closes: the place of its frame, and its size without that, as they are set again."""
    next_wanted = Signal()
    all_closed = Signal()

    def __init__(
        self,
        screen: Screen,
        source: TagSource,
        theme: Theme,
        parent: QWidget,
        library: Library = NO_LIBRARY,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(screen.title)
        self.canvas = ScreenCanvas(screen, source, theme, self, library)
        self.canvas.setMinimumSize(1, 1)
        self._size = QSize(screen.width, screen.height)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.setMinimumSize(screen.width // 2, screen.height // 2)
        self.resize(self._size)
        self.setFocusProxy(self.canvas)
        shortcuts = (
            (QKeySequence("Ctrl+W"), self.close),
            (QKeySequence("Ctrl+Shift+W"), self.all_closed.emit),
            (QKeySequence("Ctrl+Tab"), self.next_wanted.emit),
        )
        for keys, action in shortcuts:
            QShortcut(keys, self).activated.connect(action)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return the size that the faceplate was drawn for."""
        return self._size

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """End pulses as a screen does that is left."""
        self.canvas.hide()
        self.left.emit(QRect(self.pos(), self.size()))
        super().closeEvent(event)
