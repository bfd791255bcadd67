"""Screens in windows of their own, for further monitors: each with its own way from screen to screen."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.desktop.settings import WindowSettings
from projects.model import Project
from views.canvas import ScreenCanvas
from views.slices import Slices

DEFAULT_SIZE = (1280, 720)


class ScreenWindow(QWidget):
    """Show one screen at a time; a link on it goes on within the window. GUI thread only.

    F11 fills the monitor, Escape leaves that again, Ctrl+W closes, Alt+Left goes back.
    """

    left = Signal()
    """It closes."""
    moved_on = Signal()
    """Another screen is shown: other tags are to be followed."""

    def __init__(self, make: Callable[[str], ScreenCanvas], screen_id: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(*DEFAULT_SIZE).boundedTo(self.screen().availableSize()))
        self._make = make
        self._way = [screen_id]
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.canvas = self._put(screen_id)
        for keys, action in (
            ("Ctrl+W", self.close),
            ("F11", self.toggle_full_screen),
            ("Alt+Left", self.go_back),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    @property
    def screen_id(self) -> str:
        """Return the screen shown."""
        return self._way[-1]

    def show_screen(self, screen_id: str) -> None:
        """Show another screen and remember the way."""
        if screen_id != self.screen_id:
            self._way.append(screen_id)
            self._replace(screen_id)

    def _replace(self, screen_id: str) -> None:
        before = self.canvas
        self.canvas = self._put(screen_id)
        self._layout.removeWidget(before)
        before.hide()
        before.deleteLater()
        self.canvas.setFocus()
        self.moved_on.emit()

    def go_back(self) -> None:
        """Show the screen before this one."""
        if len(self._way) > 1:
            self._way.pop()
            self._replace(self.screen_id)

    def toggle_full_screen(self) -> None:
        """Fill the monitor, or leave it again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _put(self, screen_id: str) -> ScreenCanvas:
        canvas = self._make(screen_id)
        canvas.setParent(self)
        canvas.navigate.connect(self.show_screen)
        self._layout.addWidget(canvas)
        self.setWindowTitle(canvas.screen_model.title)
        self.setFocusProxy(canvas)
        return canvas

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Leave the full monitor on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.showNormal()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """End pulses as a screen does that is left."""
        self.canvas.hide()
        self.left.emit()
        super().closeEvent(event)


class ScreenDesk(QObject):
    """Open, place and remember the windows; those open when the program ends come back with it."""

    changed = Signal()
    """A window was opened, closed, or shows another screen: other tags are to be followed."""

    def __init__(
        self,
        project: Project,
        make: Callable[[str], ScreenCanvas],
        settings: WindowSettings,
        owner: QWidget,
    ) -> None:
        super().__init__(owner)
        self._project = project
        self._make = make
        self._settings = settings
        self._owner = owner
        self._is_leaving = False
        self._windows: list[ScreenWindow] = []
        self._coming = [name for name in settings.screen_windows(project.name) if name in project.screens]
        """The screens whose windows were open last and are not yet open again."""
        self._shared: Sequence[QAction] = ()

    def share(self, actions: Sequence[QAction]) -> None:
        """Let the keys of the main window's actions work in every window opened from now on."""
        self._shared = actions

    @property
    def windows(self) -> tuple[ScreenWindow, ...]:
        """Return the open windows in the order of their opening."""
        return tuple(self._windows)

    def open(self, screen_id: str) -> ScreenWindow:
        """Open a window on a screen, where it was last, else on a monitor without a window of ours."""
        window = ScreenWindow(self._make, screen_id)
        window.addActions(self._shared)
        place = self._settings.screen_window(self._project.name, screen_id)
        if place is None or not window.restoreGeometry(place):
            monitor = free_monitor(QGuiApplication.screens(), self._taken())
            if monitor is not None:
                window.setGeometry(monitor.availableGeometry().adjusted(40, 40, -40, -40))
        self._windows.append(window)
        if screen_id in self._coming:
            self._coming.remove(screen_id)
        window.left.connect(lambda: self._leave(window))
        window.moved_on.connect(self._moved_on)
        window.show()
        self._moved_on()
        return window

    def restoring(self) -> Slices[None]:
        """Open the windows that were open last, one for each slice, but for those that were opened since."""
        while self._coming:
            self.open(self._coming[0])
            yield

    def close_all(self) -> None:
        """Close all windows, which come back with the project."""
        self._is_leaving = True
        for window in self.windows:
            window.close()
        self._is_leaving = False

    def _taken(self) -> set[QScreen]:
        return {one.screen() for one in (self._owner.window(), *self._windows)}

    def _moved_on(self) -> None:
        self._remember()
        self.changed.emit()

    def _remember(self) -> None:
        if not self._is_leaving:
            # What has yet to come is not forgotten when the program ends before.
            open_screens = [*(window.screen_id for window in self._windows), *self._coming]
            self._settings.set_screen_windows(self._project.name, open_screens)

    def _leave(self, window: ScreenWindow) -> None:
        self._settings.set_screen_window(self._project.name, window.screen_id, window.saveGeometry())
        self._windows.remove(window)
        self._remember()
        self.changed.emit()


def free_monitor(monitors: Iterable[QScreen], taken: set[QScreen]) -> QScreen | None:
    """Return the first monitor that is not taken; None when all are."""
    return next((one for one in monitors if one not in taken), None)
