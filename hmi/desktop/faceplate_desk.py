"""The open faceplates of a window: several at once, each where the operator last put it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from hmi.desktop.settings import WindowSettings
from projects.model import Project
from tags.source import TagSource
from views.faceplates import FaceplateWindow, faceplate_screen
from views.style import Theme

_STEP_PX = 32
_MARGIN_PX = 16


class FaceplateDesk(QObject):
    """Open, place and remember faceplates; ``prepare`` gets each new window. GUI thread only."""

    changed = Signal()
    """One was opened or closed: other tags are to be followed."""

    def __init__(
        self,
        project: Project,
        source: TagSource,
        settings: WindowSettings,
        prepare: Callable[[FaceplateWindow], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._source = source
        self._settings = settings
        self._prepare = prepare
        self._owner = parent
        self._windows: dict[tuple[str, str], FaceplateWindow] = {}

    @property
    def windows(self) -> tuple[FaceplateWindow, ...]:
        """Return the open faceplates in the order of their opening."""
        return tuple(self._windows.values())

    @property
    def opened(self) -> tuple[tuple[str, str], ...]:
        """Return faceplate and instance of the open windows in the order of their opening."""
        return tuple(self._windows)

    def open(
        self, faceplate_id: str, instance: str, theme: Theme, *, takes_keyboard: bool = True
    ) -> FaceplateWindow:
        """Open a faceplate beside the screen; one that is open already comes to the front."""
        key = (faceplate_id, instance)
        window = self._windows.get(key)
        if window is None:
            screen = faceplate_screen(self._project, faceplate_id, instance)
            window = FaceplateWindow(screen, self._source, theme, self._owner.window(), self._project.library)
            self._place(window, key)
            self._windows[key] = window
            window.left.connect(lambda box: self._settings.set_faceplate(_name(key), box))
            window.next_wanted.connect(lambda: self._to_next(key))
            window.all_closed.connect(self.close_all)
            window.destroyed.connect(lambda: self._forget(key))
            self._prepare(window)
            self.changed.emit()
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keyboard)
        window.show()
        window.raise_()
        if takes_keyboard:
            window.activateWindow()
        return window

    def close_all(self) -> None:
        """Close all faceplates."""
        for window in self.windows:
            window.close()

    def _forget(self, key: tuple[str, str]) -> None:
        # A window that is closed takes its faceplates with it, after this object.
        if isValid(self) and self._windows.pop(key, None) is not None:
            self.changed.emit()

    def _to_next(self, key: tuple[str, str]) -> None:
        """Give the keyboard to the next faceplate, behind the last one to the window."""
        keys = list(self._windows)
        following = keys.index(key) + 1
        target = self._windows[keys[following]] if following < len(keys) else self._owner.window()
        target.raise_()
        target.activateWindow()

    def _place(self, window: FaceplateWindow, key: tuple[str, str]) -> None:
        """Put a faceplate where it was last; else at the right of the window, below those that are open."""
        around = self._owner.window()
        # The frame that the desktop gives a window is not known before it is shown; the owner's is like it.
        frame = around.frameGeometry().size() - around.size()
        room = self._owner.screen().availableGeometry()
        kept = self._settings.faceplate(_name(key))
        if kept is not None and room.intersects(kept):
            window.resize(kept.size())
            window.move(_within(kept.topLeft(), kept.size() + frame, room))
            return
        size = window.size().boundedTo(room.size() - frame - QSize(2, 2) * _MARGIN_PX)
        size = (
            window.sizeHint().scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
            if size != window.size()
            else size
        )
        window.resize(size)
        right = self._owner.mapToGlobal(self._owner.rect().topRight())
        step = _STEP_PX * len(self._windows)
        place = right + QPoint(-size.width() - _MARGIN_PX - step, _MARGIN_PX + step)
        window.move(_within(place, size + frame, room))


def _within(place: QPoint, size: QSize, room: QRect) -> QPoint:
    return QPoint(
        max(room.left(), min(place.x(), room.right() - size.width())),
        max(room.top(), min(place.y(), room.bottom() - size.height())),
    )


def _name(key: tuple[str, str]) -> str:
    return f"{key[0]} {key[1]}"
