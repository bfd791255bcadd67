"""The operator's window: banner, header, navigation and pages around one session with a station."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget
from shiboken6 import isValid

from hmi.desktop.about import show_about, show_shortcuts
from hmi.desktop.actions import SHARED, WindowActions
from hmi.desktop.bars import NoticeBar, StatusLine
from hmi.desktop.client import StationClient
from hmi.desktop.closing import CloseChoice, ask_operator
from hmi.desktop.connector import LinkState
from hmi.desktop.finding import Finder, entries_of
from hmi.desktop.frame import FrameLoop
from hmi.desktop.header import HeaderBar
from hmi.desktop.horn import Horn
from hmi.desktop.navigation import NavigationPanel, path_to
from hmi.desktop.palette import SearchPalette
from hmi.desktop.settings import WindowSettings
from hmi.desktop.sound import Player
from hmi.desktop.workspace import Workspace
from projects.model import Project
from tags.roles import Action, Role, refusal
from views.alarm_banner import AlarmBanner
from views.alarm_book import AlarmBook, StateGroup
from views.color_vision import ColorVision, seen_theme, vision_text
from views.language import LANGUAGE, station_text
from views.project_names import project_text
from views.scene import BLINK_NS
from views.search import Entry
from views.style import THEMES, Theme, dress, load_theme

SMALLEST = QSize(1024, 600)
STOP_TIMEOUT_MS = 10_000

AskClose = Callable[[QWidget], CloseChoice]


class MainWindow(QMainWindow):
    """Arrange the panels, own the actions, and follow the client. GUI thread only.

    ``ask_close`` is asked when the window started the station itself (``owns_station``). Without a ``player``
    no alarm is heard.
    """

    closed = Signal()
    """The window has closed and ended its session."""

    def __init__(
        self,
        client: StationClient,
        settings: WindowSettings,
        *,
        theme: str | None = None,
        owns_station: bool = False,
        ask_close: AskClose = ask_operator,
        player: Player | None = None,
    ) -> None:
        super().__init__()
        self.client = client
        self.settings = settings
        self.theme: Theme = load_theme(theme or settings.theme)
        self.workspace: Workspace | None = None
        self._keeps_place = False
        """While a workspace is made anew, whoever has the keyboard keeps it, such as the search."""
        self._owns_station = owns_station
        self._ask_close = ask_close
        self._may_close = False
        self._blink_on = True
        self.setWindowTitle("Vigie")
        self.setMinimumSize(SMALLEST)
        self.frames = FrameLoop(self)
        self.horn = Horn(player, self)
        self.horn.set_on(settings.sound)
        self._stopping = QTimer(self)
        self._stopping.setSingleShot(True)
        self._stopping.setInterval(STOP_TIMEOUT_MS)
        self._stopping.timeout.connect(self._give_up_stopping)
        self._make_actions()
        self._build()
        self._apply_theme()
        self._connect()

    def _build(self) -> None:
        body = QWidget(self)
        self.banner = AlarmBanner(AlarmBook(), self.theme, body)
        self.header = HeaderBar(self.actions_by_name, self.theme, body)
        self.header.set_user(self.client.identity.user, self.client.identity.workstation)
        self.link_notice = NoticeBar(self.theme, body)
        self.notice = NoticeBar(self.theme, body)
        pages = {
            "alarms": (self.tr("Alarms"), "alarm", "F3"),
            "performance": (self.tr("Alarm performance"), "history", "Shift+F3"),
            "trend": (self.tr("Trend"), "trend", "F4"),
            "log": (self.tr("Event log"), "clock", "Shift+F4"),
            "connections": (self.tr("Connections"), "connections", "F6"),
        }
        self.navigation = NavigationPanel(pages, self.theme, body)
        self.status = StatusLine(body)
        self._waiting = QLabel(body)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setProperty("role", "title")
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.navigation)
        self._middle.addWidget(self._waiting, 1)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        for widget in (self.banner, self.header, self.link_notice, self.notice):
            layout.addWidget(widget)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(body)
        self.search = SearchPalette(self.theme, body)

    def _connect(self) -> None:
        client = self.client
        client.welcomed.connect(self._on_welcome)
        client.link_changed.connect(self._on_link)
        client.notice.connect(self._on_notice)
        client.described.connect(self._on_described)
        client.role_changed.connect(self._on_role)
        client.frame.connect(self.frames.offer)
        self.frames.add(self._refresh)
        self.horn.sounding_changed.connect(self._on_sounding)
        self._connect_parts()

    def _connect_parts(self) -> None:
        """Connect what is made anew for another language."""
        self.banner.list_requested.connect(lambda: self._show_page("alarms"))
        self.banner.acknowledge_requested.connect(self._acknowledge)
        self.banner.hidden_requested.connect(self._show_hidden)
        self.banner.guidance_requested.connect(self._show_alarm)
        self.banner.silence_requested.connect(self.horn.silence)
        self.search.opened.connect(lambda entry: self._find(Finder.open, entry))
        self.search.trend_requested.connect(lambda entry: self._find(Finder.show_more, entry))
        self.search.why_requested.connect(lambda entry: self._find(Finder.explain, entry))
        self.header.place_chosen.connect(self._show_screen)
        self.navigation.screen_chosen.connect(self._show_screen)
        self.navigation.page_chosen.connect(self._show_page)

    def start(self) -> None:
        """Begin to connect and to tick."""
        self._on_link(self.client.link_state, self.tr("Connecting to the station…"))
        self.frames.start()
        self.client.start()

    # Actions

    def _make_actions(self) -> None:
        self._actions = WindowActions(
            self,
            {
                "back": self._go_back,
                "forward": self._go_forward,
                "home": self._go_home,
                "search": lambda: self.search.open(),
                "favourite": self._toggle_favourite,
                "screens": lambda: self._show_page("screens"),
                "alarms": lambda: self._show_page("alarms"),
                "performance": lambda: self._show_page("performance"),
                "trend": lambda: self._show_page("trend"),
                "log": lambda: self._show_page("log"),
                "connections": lambda: self._show_page("connections"),
                "trend_tag": self._trend_last_tag,
                "why": self._why_here,
                "acknowledge": lambda: self.banner.acknowledge_shown(),
                "silence": self.horn.silence,
                "sound": self._toggle_sound,
                "navigation": self._toggle_navigation,
                "theme": self.toggle_theme,
                "fullscreen": self.toggle_full_screen,
                "window": self._open_apart,
                "shortcuts": self._show_shortcuts,
                "about": lambda: show_about(self, self.client),
                "close": self.close,
            },
            # Later, when the menu that was chosen from has closed: it is made anew.
            lambda code: QTimer.singleShot(0, self, lambda: self.set_language(code)),
            self.set_vision,
        )
        self.actions_by_name = self._actions.by_name
        self.actions_by_name["sound"].setChecked(self.settings.sound)
        for name in ("back", "forward", "favourite"):
            self.actions_by_name[name].setEnabled(False)  # until there is a place
        self.actions_by_name[f"vision_{self.theme.vision}"].setChecked(True)

    def _find(self, what: Callable[[Finder, Entry], None], entry: Entry) -> None:
        if self.workspace is not None:
            what(Finder(self.workspace, self.actions_by_name), entry)

    def _open_apart(self) -> None:
        if self.workspace is not None and self.workspace.screens.screen_id:
            self.workspace.screens.desk.open(self.workspace.screens.screen_id)

    def _toggle_favourite(self) -> None:
        workspace = self.workspace
        if workspace is None or not workspace.screens.screen_id:
            return
        name, screen_id = workspace.project.name, workspace.screens.screen_id
        chosen = [one for one in self.settings.favourites(name) if one in workspace.project.screens]
        if screen_id in chosen:
            chosen.remove(screen_id)
        else:
            chosen.append(screen_id)
        self.settings.set_favourites(name, chosen)
        self._show_place()

    def _go_back(self) -> None:
        if self.workspace is not None:
            self.workspace.go_back()

    def _go_forward(self) -> None:
        if self.workspace is not None:
            self.workspace.go_forward()

    def _go_home(self) -> None:
        if self.workspace is not None:
            self.workspace.go_home()
            self.workspace.focus_page()

    @Slot(str)
    def _show_screen(self, screen_id: str) -> None:
        if self.workspace is not None:
            self.workspace.show_screen(screen_id)

    @Slot(str)
    def _show_page(self, page: str) -> None:
        if self.workspace is not None:
            self.workspace.show_page(page)

    @Slot(list, str)
    def _acknowledge(self, event_ids: list[str], comment: str) -> None:
        if self.workspace is not None:
            self.workspace.acknowledge(event_ids, comment)

    @Slot(str)
    def _show_alarm(self, alarm_id: str) -> None:
        if self.workspace is not None:
            self.workspace.show_alarm(alarm_id)

    @Slot(object)
    def _show_hidden(self, group: StateGroup) -> None:
        if self.workspace is not None:
            self.workspace.show_hidden(group)

    @Slot(bool)
    def _on_sounding(self, is_sounding: bool) -> None:
        self.banner.set_sounding(is_sounding)
        self.actions_by_name["silence"].setEnabled(is_sounding)

    def _toggle_sound(self) -> None:
        is_on = self.actions_by_name["sound"].isChecked()
        self.settings.sound = is_on
        self.horn.set_on(is_on)
        self._apply_icons()
        text = self.tr("Alarm sounds are on.") if is_on else self.tr("Alarm sounds of this window are off.")
        self.status.tell(text, False)

    def _trend_last_tag(self) -> None:
        if self.workspace is not None:
            self.workspace.trend_last_tag()

    def _why_here(self) -> None:
        if self.workspace is not None:
            self.workspace.why_here()

    def _toggle_navigation(self) -> None:
        self.navigation.setVisible(not self.navigation.isVisible())

    def _show_shortcuts(self) -> None:
        show_shortcuts(self, list(self.actions_by_name.values()))

    def toggle_full_screen(self) -> None:
        """Fill the screen, or be a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
        self._apply_icons()

    def toggle_theme(self) -> None:
        """Change between the light and the dark theme, and remember it."""
        self.set_theme(next(name for name in THEMES if name != self.theme.name))

    def set_theme(self, name: str) -> None:
        """Show a theme and remember it."""
        self.theme = seen_theme(load_theme(name), self.theme.vision)
        self.settings.theme = name
        self._apply_theme()

    def _apply_theme(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            dress(application, self.theme)
        for part in (
            self.banner,
            self.header,
            self.link_notice,
            self.notice,
            self.navigation,
            self.search,
        ):
            part.set_theme(self.theme)
        if self.workspace is not None:
            self.workspace.set_theme(self.theme)
            self._show_place()
        self._apply_icons()

    def set_vision(self, vision: ColorVision) -> None:
        """Show everything as people see it whose colour vision differs; not remembered: it is for checks."""
        self.theme = seen_theme(load_theme(self.theme.name), vision)
        self._apply_theme()
        if vision is not ColorVision.NORMAL:
            self.status.tell(self.tr("Colours as seen: {}.").format(vision_text(vision)), False)

    def _apply_icons(self) -> None:
        states = {
            "fullscreen": "exit_fullscreen" if self.isFullScreen() else "fullscreen",
            "sound": "sound" if self.actions_by_name["sound"].isChecked() else "silence",
        }
        self._actions.set_icons(self.theme, states)

    def set_language(self, name: str) -> None:
        """Show everything in another language and remember it; the operator stays where he is."""
        if name == LANGUAGE.name:
            return
        if self.workspace is not None:
            # What it does beside this thread may ask for texts, and the translators change under a lock.
            self.workspace.background.close()
        LANGUAGE.use(name)
        self.settings.language = name
        is_navigation_shown = not self.navigation.isHidden()
        with self._place_kept():
            self._actions.dismiss()
            self._make_actions()
            self._build()
            self._connect_parts()
            self._apply_theme()
            self.navigation.setVisible(is_navigation_shown)
            self._on_sounding(self.horn.sounding is not None)
            self.client.reword()

    # The station

    @Slot(object)
    def _on_welcome(self, project: Project) -> None:
        if self.workspace is not None and self.workspace.project is project:
            return
        self._leave_workspace()
        workspace = Workspace(project, self.client, self.settings, self.theme, self)
        workspace.place_changed.connect(self._show_place)
        workspace.alarms_changed.connect(self.banner.refresh)
        workspace.alarms_changed.connect(self.horn.apply)
        workspace.told.connect(self.status.tell)
        self.workspace = workspace
        self.banner.set_book(workspace.book)
        self.navigation.set_screens(project.screens)
        self.search.set_entries(entries_of(project, self.actions_by_name))
        self.frames.set_source(workspace.live)
        self._waiting.hide()
        self._middle.addWidget(workspace, 1)
        # The layout would show it with the next turn of the event loop. A desktop that activates the window
        # before that finds no screen to give the keyboard to and gives it to the first button.
        workspace.show()
        workspace.screens.desk.share([self.actions_by_name[name] for name in SHARED])
        workspace.open()
        if not self._keeps_place:
            workspace.focus_page()
        self.setWindowTitle(f"{project_text(project.name)} — Vigie")

    @Slot()
    def _on_described(self) -> None:
        """Show ranges, units and states that devices told; the operator stays where he is."""
        with self._place_kept():
            self.client.reword()

    @contextmanager
    def _place_kept(self) -> Iterator[None]:
        """Leave the workspace; the one made meanwhile shows the same place, the keyboard where it was."""
        before = self.workspace
        place = before.place if before is not None else None
        focus = self.focusWidget()
        is_on_page = before is not None and before.isAncestorOf(focus)
        self._leave_workspace(is_silent=True)
        self._keeps_place = True
        try:
            yield
        finally:
            self._keeps_place = False
        if self.workspace is not None and place is not None:
            self.workspace.return_to(place)
            is_elsewhere = isValid(focus) and self.isAncestorOf(focus) and focus.isVisible()
            if is_on_page or not is_elsewhere:
                self.workspace.focus_page()

    def _leave_workspace(self, *, is_silent: bool = False) -> None:
        """Show no project; with ``is_silent`` the same one comes again and its alarms are not called anew."""
        if self.workspace is not None:
            self.frames.set_source(None)
            if not is_silent:
                self.horn.forget()
            self.workspace.leave()
            self._middle.removeWidget(self.workspace)
            self.workspace.deleteLater()
            self.workspace = None

    @Slot(object, str)
    def _on_link(self, state: LinkState, text: str) -> None:
        self.header.set_link(state, project_text(self.client.station), text)
        if state is LinkState.CONNECTED:
            self.link_notice.hide()
        else:
            self.frames.drop_waiting()
            if self._stopping.isActive():
                self._stopping.stop()
                self._may_close = True
                self.close()
                return
        if self.workspace is None:
            self._waiting.setText(text)
            return
        self.workspace.link_changed(state, text, time.time_ns())
        if state is not LinkState.CONNECTED:
            sentence = self.tr("Values and alarms are not live. {}").format(text)
            self.link_notice.show_text(sentence, "offline", can_hide=False)

    @Slot(object)
    def _on_role(self, role: Role) -> None:
        self.banner.set_refusal(station_text(refusal(role, Action.ACKNOWLEDGE)))

    @Slot(int, str)
    def _on_notice(self, severity: int, text: str) -> None:
        self.notice.show_text(text, "warning" if severity >= 500 else "info", can_hide=True)
        self.status.tell(text, severity >= 500)

    @Slot()
    def _show_place(self) -> None:
        workspace = self.workspace
        if workspace is None:
            return
        screens = workspace.project.screens
        screen_id = workspace.screens.screen_id
        titles = {
            "alarms": self.tr("Alarms"),
            "performance": self.tr("Alarm performance"),
            "trend": self.tr("Trend"),
            "log": self.tr("Event log"),
            "connections": self.tr("Connections"),
        }
        if workspace.page == "screens":
            path = path_to(screens, screen_id)
            self.header.set_place(path, path[-1].title if path else project_text(workspace.project.name))
        else:
            self.header.set_place([], titles[workspace.page])
        favourites = self.settings.favourites(workspace.project.name)
        self.navigation.set_favourites(screens, favourites)
        self.actions_by_name["favourite"].setChecked(screen_id in favourites)
        self.actions_by_name["favourite"].setEnabled(workspace.page == "screens" and bool(screen_id))
        self.navigation.show_place(workspace.page, screen_id)
        on_page = workspace.page != "screens"
        self.actions_by_name["back"].setEnabled(on_page or workspace.history.can_go_back)
        self.actions_by_name["forward"].setEnabled(workspace.history.can_go_forward)

    def _refresh(self, now_ns: int) -> None:
        """Show what changed since the last frame."""
        blink_on = (now_ns // BLINK_NS) % 2 == 0
        if blink_on != self._blink_on:
            self._blink_on = blink_on
            self.banner.set_blink(blink_on)
        self.header.set_time(now_ns)
        self.status.refresh(now_ns)
        if self.workspace is not None:
            self.workspace.refresh(now_ns)
            self.status.set_connections(self.workspace.connections.summary())

    # The end

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the search in the middle."""
        super().resizeEvent(event)
        self.search.place()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask about the station if this window started it; then end the session and its thread."""
        if self._stopping.isActive():
            event.ignore()
            return
        if not self._may_close and self._owns_station and self.client.link_state is LinkState.CONNECTED:
            choice = self._ask_close(self)
            if choice is CloseChoice.CANCEL:
                event.ignore()
                return
            if choice is CloseChoice.STOP_STATION and self.client.shutdown_station():
                self.status.tell(self.tr("The station is stopping…"), False)
                self._stopping.start()
                event.ignore()
                return
        self.end()
        event.accept()
        self.closed.emit()

    @Slot()
    def _give_up_stopping(self) -> None:
        self.status.tell(self.tr("The station has not stopped; close again to leave it running."), True)
        self._may_close = True

    def end(self) -> None:
        """Stop ticking, end the session, join its thread; safe to call twice."""
        self._stopping.stop()
        self.frames.stop()
        self.horn.close()
        self.client.close()
        if self.workspace is not None:
            self.workspace.screens.ahead.forget()
            self.workspace.screens.desk.close_all()
            self.workspace.background.close()
        if not self.isFullScreen():
            self.settings.geometry = self.saveGeometry()
        self.settings.save()
