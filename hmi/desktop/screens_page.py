"""The page that shows the project's screens: canvases made when first visited, kept while they are few."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from alarms.model import AlarmDefinition, AlarmSnapshot, Priority
from hmi.desktop.ahead import Making, ScreensAhead, next_screens
from hmi.desktop.client import StationClient
from hmi.desktop.detached import ScreenDesk
from hmi.desktop.element_menu import pop_up
from hmi.desktop.faceplate_desk import FaceplateDesk
from hmi.desktop.live import LiveSource
from hmi.desktop.opening import Hold, OpeningNotice
from hmi.desktop.settings import WindowSettings
from hmi.desktop.sparklines import Sparklines
from projects.model import Project
from tags.roles import Role
from views.alarm_guidance import GuidancePanel
from views.canvas import ScreenCanvas
from views.elements.base import Element, WriteMark
from views.faceplates import FaceplateWindow
from views.scene import Scene
from views.slices import Slices
from views.style import Theme
from views.trend import HistoryQuery

KEPT = 6
"""Canvases kept beside the visible one, so that going back costs nothing."""
_MARGIN_PX = 12


class ScreensPage(QWidget):
    """Show one screen of the project at a time.

    One that was not made before is made while the window goes on; until it is there :attr:`canvas` is None.
    """

    write_requested = Signal(str, object, str, str)
    """Path, value, screen id, reason."""
    navigate = Signal(str)
    tag_focused = Signal(str)
    alarm_focused = Signal(str)
    """Path of an element with alarms that was clicked."""
    alarm_requested = Signal(str)
    """The id of an alarm to be shown in the list."""
    acknowledge_requested = Signal(str, str)
    """The id of an alarm to be acknowledged, and of the event as which it was seen."""
    why_requested = Signal(object)
    """An :class:`Element` whose value somebody wants explained."""
    faceplates_changed = Signal()
    """A faceplate was opened or closed: other tags are to be followed."""
    pages_changed = Signal()
    """Another page of a tab is shown, or a screen that was made meanwhile: other tags are to be followed."""

    def __init__(
        self,
        project: Project,
        live: LiveSource,
        client: StationClient,
        settings: WindowSettings,
        theme: Theme,
        parent: QWidget | None = None,
        history: HistoryQuery | None = None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._library = project.library
        self._history = history
        self._live = live
        self._client = client
        self._sparklines = Sparklines(client, lambda canvas: canvas in self._all())
        self._theme = theme
        self._locked = ""
        self._silent: frozenset[str] = frozenset()
        self._guidance_on_top = False
        self._alarms: Mapping[str, tuple[Priority, bool]] = {}
        self._alarm_rows: Mapping[str, AlarmSnapshot] = {}
        self._writes: Mapping[str, WriteMark] = {}
        self._canvases: OrderedDict[str, ScreenCanvas] = OrderedDict()
        self.ahead = ScreensAhead(self._making, self)
        self.ahead.ready.connect(self._on_ready)
        self._desk = FaceplateDesk(project, live, settings, self._prepare_faceplate, self)
        self._desk.changed.connect(self.faceplates_changed)
        self.desk = ScreenDesk(project, self._make_apart, settings, self)
        self.desk.changed.connect(self.pages_changed)
        self._stack = QStackedWidget(self)
        self._empty = QLabel(self.tr("This project has no screens."), self)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._empty)
        self._notice = OpeningNotice(theme, self)
        self._stack.addWidget(self._notice)
        self._hold = Hold(self)
        self._hold.over.connect(self._show_notice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        client.role_changed.connect(self._set_role)
        self.guidance = GuidancePanel(self, is_on_screen=True)
        self.guidance.list_requested.connect(self.alarm_requested)
        self.guidance.hide()

    @property
    def canvas(self) -> ScreenCanvas | None:
        """Return the canvas shown, if there is one and no other is being made."""
        if self._notice.screen_id:
            return None
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, ScreenCanvas) else None

    @property
    def canvases(self) -> tuple[ScreenCanvas, ...]:
        """Return the canvases shown and kept."""
        return tuple(self._canvases.values())

    @property
    def screen_id(self) -> str:
        """Return the screen shown or being opened, empty when none."""
        return self._notice.screen_id or (self.canvas.screen_model.id if self.canvas is not None else "")

    def show_screen(self, screen_id: str) -> ScreenCanvas | None:
        """Show a screen of the project; None when it is large and has yet to be made."""
        if screen_id == self._notice.screen_id:
            return None
        self._notice.end()
        canvas = self._canvases.get(screen_id)
        if canvas is None:
            made = self.ahead.open(screen_id)
            if made is None:
                self._wait_for(screen_id)
                return None
            canvas = self._keep(screen_id, made)
        self._show(screen_id, canvas)
        return canvas

    def _wait_for(self, screen_id: str) -> None:
        """Let the page stand for a screen that is being made; the one before is seen for a moment longer."""
        self.guidance.hide()
        self._notice.wait_for(self._project.screens[screen_id])
        before = self._stack.currentWidget()
        if isinstance(before, ScreenCanvas):
            self._hold.begin(before)
        else:
            self._show_notice()

    @Slot()
    def _show_notice(self) -> None:
        """Show the ground of the screen that is being made."""
        has_focus = self._has_focus()
        self._hold.end()
        self._stack.setCurrentWidget(self._notice)
        self.setFocusProxy(self._notice)
        if has_focus:
            self._notice.setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_focus(self) -> bool:
        shown = self._stack.currentWidget()
        return shown is not None and shown.hasFocus()

    @Slot(str)
    def _on_ready(self, screen_id: str) -> None:
        """Show the screen that was waited for, and do what was to be done with it."""
        made = self.ahead.open(screen_id)
        if made is None:
            return
        canvas, due = self._keep(screen_id, made), self._notice.due.copy()
        has_focus = self._has_focus()
        self._show(screen_id, canvas)
        if has_focus:
            canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.pages_changed.emit()
        for do in due:
            do(canvas)

    def when_open(self, do: Callable[[ScreenCanvas], object]) -> None:
        """Do something with the screen shown, as soon as it is there; not when another is shown before."""
        if self._notice.screen_id:
            self._notice.due.append(do)
        elif self.canvas is not None:
            do(self.canvas)

    def _show(self, screen_id: str, canvas: ScreenCanvas) -> None:
        self._notice.end()
        self._hold.end()
        self._canvases.move_to_end(screen_id)
        if self._stack.currentWidget() is not canvas:
            self.guidance.hide()
        self._stack.setCurrentWidget(canvas)
        self.setFocusProxy(canvas)
        while len(self._canvases) > KEPT + 1:
            _, oldest = self._canvases.popitem(last=False)
            self._stack.removeWidget(oldest)
            oldest.deleteLater()
        self.ahead.want(next_screens(canvas, self._project.screens, self._canvases))

    @property
    def faceplates(self) -> tuple[FaceplateWindow, ...]:
        """Return the open faceplates."""
        return self._desk.windows

    def open_faceplate(self, faceplate_id: str, instance: str) -> FaceplateWindow:
        """Open a faceplate beside the screen; one that is open already comes to the front."""
        return self._desk.open(faceplate_id, instance, self._theme)

    @property
    def opened_faceplates(self) -> tuple[tuple[str, str], ...]:
        """Return faceplate and instance of the open ones in the order of their opening."""
        return self._desk.opened

    def reopen_faceplates(self, opened: Iterable[tuple[str, str]]) -> None:
        """Open faceplates where they were; the keyboard stays where it is."""
        for one in opened:
            self._desk.open(*one, self._theme, takes_keyboard=False)

    def _prepare_faceplate(self, window: FaceplateWindow) -> None:
        self._connect(window.canvas, window.canvas.screen_model.id)
        window.canvas.navigate.connect(self.navigate)
        self._sparklines.fill(window.canvas)

    def close_faceplates(self) -> None:
        """Close all faceplates."""
        self._desk.close_all()

    def _all(self) -> list[ScreenCanvas]:
        return [*self._canvases.values(), *self.ahead.canvases, *self._apart()]

    def _apart(self) -> list[ScreenCanvas]:
        """Return the canvases in windows beside this one."""
        faceplates = [window.canvas for window in self.faceplates]
        return [*faceplates, *(window.canvas for window in self.desk.windows)]

    def _make_apart(self, screen_id: str) -> ScreenCanvas:
        """Return a canvas for a window of its own; its links go on within that window."""
        screen = self._project.screens[screen_id]
        canvas = ScreenCanvas(screen, self._live, self._theme, self, self._library)
        self._connect(canvas, screen_id)
        self._sparklines.fill(canvas)
        return canvas

    def _making(self, screen_id: str) -> Making:
        """Make a canvas and paint what never changes on it, in slices."""
        scene = Scene(self._project.screens[screen_id], self._live, self._theme, self._library, at_once=False)
        while not scene.step():
            yield scene.size or 0
        canvas = ScreenCanvas(scene.screen, self._live, self._theme, self, self._library, scene)
        canvas.hide()
        self._connect(canvas, screen_id)
        try:
            # Before the window is laid out nobody knows the size; it is then painted when it is seen.
            if self.window().isVisible():
                for _ in canvas.preparing(self._stack.size(), self.devicePixelRatioF()):
                    yield len(scene.elements)
        except GeneratorExit:
            if isValid(canvas):
                canvas.deleteLater()
            raise
        yield canvas

    def _keep(self, screen_id: str, canvas: ScreenCanvas) -> ScreenCanvas:
        """Take a canvas in, and tell it what has changed since it was made."""
        self._inform(canvas)
        canvas.navigate.connect(self.navigate)
        self._canvases[screen_id] = canvas
        self._stack.addWidget(canvas)
        self._sparklines.fill(canvas)
        return canvas

    def _connect(self, canvas: ScreenCanvas, screen_id: str) -> None:
        canvas.write_requested.connect(
            lambda path, value, _element, reason: self.write_requested.emit(path, value, screen_id, reason)
        )
        canvas.tag_focused.connect(self.tag_focused)
        canvas.alarm_focused.connect(self.alarm_focused)
        canvas.faceplate_requested.connect(self.open_faceplate)
        canvas.alarm_requested.connect(self.alarm_requested)
        canvas.acknowledge_requested.connect(self.acknowledge_requested)
        canvas.tags_changed.connect(lambda: self._sparklines.fill(canvas))
        canvas.tags_changed.connect(self.pages_changed)
        if self._history is not None:
            canvas.set_history(self._history)
        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.customContextMenuRequested.connect(
            lambda place: pop_up(canvas, place, self.why_requested.emit)
        )
        self._inform(canvas)

    def _inform(self, canvas: ScreenCanvas) -> None:
        """Tell a canvas what all of them show."""
        canvas.set_locked(self._locked)
        canvas.scene.look.silent = self._silent
        canvas.set_role(self._client.role)
        canvas.set_alarm_rows(self._alarm_rows)
        canvas.set_alarm_states(self._alarms)
        canvas.set_write_states(self._writes)

    def element_under_pointer(self) -> Element | None:
        """Return the element of a visible screen or faceplate that the pointer is on."""
        shown = [*self._apart(), *([] if self.canvas is None else [self.canvas])]
        canvas = next((one for one in shown if one.underMouse()), None)
        return None if canvas is None else canvas.element_at(QPointF(canvas.mapFromGlobal(QCursor.pos())))

    def reload_history(self) -> None:
        """Fill all sparklines anew, as after a lost link."""
        for canvas in self._all():
            self._sparklines.fill_again(canvas)

    def refresh(self, now_ns: int) -> None:
        """Show what changed on the visible screen."""
        canvas = self.canvas
        if canvas is not None:
            canvas.refresh(now_ns)
        for apart in self._apart():
            apart.refresh(now_ns)

    def set_alarm_states(
        self, alarms: Mapping[str, tuple[Priority, bool]], rows: Mapping[str, AlarmSnapshot] | None = None
    ) -> None:
        """Show alarms at the elements of their tags, and ``rows`` by alarm id in the screens' lists."""
        self._alarms = alarms
        self._alarm_rows = self._alarm_rows if rows is None else rows
        for canvas in self._all():
            canvas.set_alarm_rows(self._alarm_rows)
            canvas.set_alarm_states(alarms)

    def set_write_states(self, writes: Mapping[str, WriteMark]) -> None:
        """Show how far writes have come."""
        self._writes = writes
        for canvas in self._all():
            canvas.set_write_states(writes)

    def set_locked(self, reason: str) -> None:
        """Block commands, saying why; empty lifts the block."""
        self._locked = reason
        for canvas in self._all():
            canvas.set_locked(reason)

    def set_silent(self, connections: frozenset[str]) -> None:
        """Block commands to devices that do not answer."""
        if connections != self._silent:
            self._silent = connections
            for canvas in self._all():
                canvas.scene.look.silent = connections
                canvas.update()

    @Slot(object)
    def _set_role(self, role: Role) -> None:
        for canvas in self._all():
            canvas.set_role(role)

    def show_guidance(self, row: AlarmSnapshot, definition: AlarmDefinition | None, doubt: str) -> None:
        """Say what to do about an alarm, over the half of the screen where the pointer is not."""
        self.guidance.show_alarm(row, definition, self.screen_id, doubt)
        self._guidance_on_top = self.mapFromGlobal(QCursor.pos()).y() > self.height() / 2
        self._place_guidance()
        self.guidance.show()
        self.guidance.raise_()

    def _place_guidance(self) -> None:
        width = self.width() - 2 * _MARGIN_PX
        height = max(self.guidance.minimumHeight(), self.guidance.heightForWidth(width))
        top = _MARGIN_PX if self._guidance_on_top else self.height() - height - _MARGIN_PX
        self.guidance.setGeometry(_MARGIN_PX, top, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the guidance at its edge."""
        super().resizeEvent(event)
        self._place_guidance()

    def theming(self, theme: Theme) -> Slices[None]:
        """Change the colours in slices, and paint anew what never changes on the screens that are seen."""
        self._theme = theme
        self._notice.set_theme(theme)
        self.ahead.forget()
        if self._notice.screen_id:
            self.ahead.open(self._notice.screen_id)
        for canvas in self._all():
            canvas.set_theme(theme)
        yield
        for canvas in self._all():
            if canvas.isVisible():
                yield from self._painting(canvas, canvas.size())
        if self.canvas is not None:
            self.ahead.want(next_screens(self.canvas, self._project.screens, self._canvases))

    def painting_hidden(self) -> Slices[None]:
        """Paint anew what never changes on the screens that are kept for going back."""
        for canvas in list(self._canvases.values()):
            if isValid(canvas) and not canvas.isVisible():
                yield from self._painting(canvas, self._stack.size())

    def _painting(self, canvas: ScreenCanvas, size: QSize) -> Slices[None]:
        for _ in canvas.preparing(size, self.devicePixelRatioF()):
            yield
            if not isValid(canvas):
                return
