"""The operator's window: banner, header, navigation and pages around one session with a station."""

import time
from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from hmi.desktop.actions import SHARED, WindowActions
from hmi.desktop.clearing import clearing
from hmi.desktop.client import StationClient
from hmi.desktop.closing import CloseChoice, ask_operator
from hmi.desktop.connector import LinkState
from hmi.desktop.finding import Finder, entries_of
from hmi.desktop.frame import FrameLoop
from hmi.desktop.horn import Horn
from hmi.desktop.navigation import path_to
from hmi.desktop.renewal import Renewal
from hmi.desktop.settings import WindowSettings
from hmi.desktop.sound import Player
from hmi.desktop.turns import Turns
from hmi.desktop.window_body import WindowBody
from hmi.desktop.window_commands import WindowCommands
from hmi.desktop.workspace import Workspace
from projects.model import Project
from tags.roles import Action, Role, refusal
from views.alarm_book import StateGroup
from views.color_vision import ColorVision, seen_theme, vision_text
from views.language import station_text
from views.project_names import project_text
from views.scene import BLINK_NS
from views.slices import Slices, finished
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
        self.keeps_place = False
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
        self.turns = Turns(self)
        self.ahead = Turns(self, is_idle=True)
        application = QApplication.instance()
        self._commands = WindowCommands(self)
        self._renewal = Renewal(self, application)
        self.make_actions()
        self._connect()
        self.bodies = QStackedWidget(self)
        self.take(finished(self.making_body()))
        self.bodies.addWidget(self.body)
        self.setCentralWidget(self.bodies)
        if isinstance(application, QApplication):
            dress(application, self.theme)
        self.apply_icons()

    def take(self, body: WindowBody) -> None:
        """Let these parts be the window's."""
        self.body = body
        self.banner, self.header, self.navigation = body.banner, body.header, body.navigation
        self.link_notice, self.notice = body.link_notice, body.notice
        self.status, self.search = body.status, body.search
        self._connect_parts()

    def _connect(self) -> None:
        client = self.client
        client.welcomed.connect(self._on_welcome)
        client.link_changed.connect(self._on_link)
        client.notice.connect(self._on_notice)
        client.described.connect(self._on_described)
        client.role_changed.connect(self.show_role)
        client.frame.connect(self.frames.offer)
        self.frames.add(self._refresh)
        self.horn.sounding_changed.connect(self.show_sounding)

    def _connect_parts(self) -> None:
        """Connect what is made anew for another language."""
        self.banner.list_requested.connect(lambda: self._show_page("alarms"))
        self.banner.acknowledge_requested.connect(self._acknowledge)
        self.banner.hidden_requested.connect(self._show_hidden)
        self.banner.guidance_requested.connect(self._show_alarm)
        self.banner.silence_requested.connect(self.horn.silence)
        self.search.opened.connect(lambda entry: self._commands.find(Finder.open, entry))
        self.search.trend_requested.connect(lambda entry: self._commands.find(Finder.show_more, entry))
        self.search.why_requested.connect(lambda entry: self._commands.find(Finder.explain, entry))
        self.header.place_chosen.connect(self._show_screen)
        self.navigation.screen_chosen.connect(self._show_screen)
        self.navigation.page_chosen.connect(self._show_page)

    def start(self) -> None:
        """Begin to connect and to tick."""
        self._on_link(self.client.link_state, self.tr("Connecting to the station…"))
        self.frames.start()
        self.client.start()

    def making_body(self) -> Slices[WindowBody]:
        """Make what stands around the pages, in slices."""
        body = WindowBody(self.bodies)
        yield from body.making(self.actions_by_name, self.client.identity, self.theme)
        return body

    def make_actions(self) -> None:
        """Make all actions in the language of the moment."""
        self.actions_made = WindowActions(
            self,
            self._commands.calls(),
            # Later, when the menu that was chosen from has closed: it is made anew.
            lambda code: QTimer.singleShot(0, self, lambda: self.set_language(code)),
            self.set_vision,
        )
        self.actions_by_name = self.actions_made.by_name
        self.actions_by_name["sound"].setChecked(self.settings.sound)
        for name in ("back", "forward", "favourite"):
            self.actions_by_name[name].setEnabled(False)  # until there is a place
        self.actions_by_name[f"vision_{self.theme.vision}"].setChecked(True)

    def settle(self) -> None:
        """Do at once what is being done in turns, such as another language: somebody goes on already."""
        self.turns.finish()

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

    @Slot()
    def show_sounding(self) -> None:
        """Say whether the horn sounds, and let it be silenced."""
        is_sounding = self.horn.sounding is not None
        self.banner.set_sounding(is_sounding)
        self.actions_by_name["silence"].setEnabled(is_sounding)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or be a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
        self.apply_icons()

    def toggle_theme(self) -> None:
        """Change between the light and the dark theme, and remember it."""
        self.set_theme(next(name for name in THEMES if name != self.theme.name))

    def set_theme(self, name: str) -> None:
        """Show a theme and remember it."""
        self.settings.theme = name
        self._restyle(seen_theme(load_theme(name), self.theme.vision))

    def set_vision(self, vision: ColorVision) -> None:
        """Show everything as people see it whose colour vision differs; not remembered: it is for checks."""
        self._restyle(seen_theme(load_theme(self.theme.name), vision))
        if vision is not ColorVision.NORMAL:
            self.status.tell(self.tr("Colours as seen: {}.").format(vision_text(vision)), False)

    def _restyle(self, theme: Theme) -> None:
        self.settle()
        self.theme = theme
        self.turns.add(self._renewal.restyling())

    def apply_icons(self) -> None:
        """Give all actions the icons of their states and of the theme."""
        states = {
            "fullscreen": "exit_fullscreen" if self.isFullScreen() else "fullscreen",
            "sound": "sound" if self.actions_by_name["sound"].isChecked() else "silence",
        }
        self.actions_made.set_icons(self.theme, states)

    def set_language(self, name: str) -> None:
        """Show everything in another language and remember it; the operator stays where he is."""
        self.settle()
        self._renewal.change_language(name)

    @Slot(object)
    def _on_welcome(self, project: Project) -> None:
        if self.workspace is not None and self.workspace.project is project:
            return
        left = self.take_leave()
        if left is not None:
            self.body.take_out(left)
            self.ahead.add(clearing(left, None))
        workspace = Workspace(project, self.client, self.settings, self.theme, self.body)
        workspace.place_changed.connect(self.show_place)
        workspace.alarms_changed.connect(self.banner.refresh)
        workspace.alarms_changed.connect(self.horn.apply)
        workspace.told.connect(self.status.tell)
        self.workspace = workspace
        self.banner.set_book(workspace.book)
        self.navigation.set_screens(project.screens)
        self.turns.add(self._finding(project))
        self.ahead.add(self._preparing(workspace))
        self.frames.set_source(workspace.live)
        self.body.show_pages(workspace)
        # The layout would show it with the next turn of the event loop. A desktop that activates the window
        # before that finds no screen to give the keyboard to and gives it to the first button.
        workspace.show()
        workspace.screens.desk.share([self.actions_by_name[name] for name in SHARED])
        if not self.keeps_place:
            workspace.open()
            workspace.focus_page()
            self.turns.add(workspace.screens.desk.restoring())
        self.setWindowTitle(f"{project_text(project.name)} — Vigie")

    def _finding(self, project: Project) -> Slices[None]:
        self.search.set_entries(entries_of(project, self.actions_by_name))
        yield

    def _preparing(self, workspace: Workspace) -> Slices[None]:
        """Make the other pages while nothing else is to be done."""
        for _ in workspace.pages.making():
            yield
            if self.workspace is not workspace:
                return

    @Slot()
    def _on_described(self) -> None:
        """Show ranges, units and states that devices told; the operator stays where he is."""
        self.settle()
        self.turns.add(self._renewal.describing())

    def take_leave(self, *, is_silent: bool = False) -> Workspace | None:
        """Show no project's news any more; with ``is_silent`` the same one comes again, its horn goes on."""
        left = self.workspace
        if left is not None:
            self.frames.set_source(None)
            if not is_silent:
                self.horn.forget()
            left.leave()
            self.workspace = None
        return left

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
            self.body.waiting.setText(text)
            return
        self.workspace.link_changed(state, text, time.time_ns())
        if state is not LinkState.CONNECTED:
            sentence = self.tr("Values and alarms are not live. {}").format(text)
            self.link_notice.show_text(sentence, "offline", can_hide=False)

    @Slot(object)
    def show_role(self, role: Role) -> None:
        """Say what this user may not do."""
        self.banner.set_refusal(station_text(refusal(role, Action.ACKNOWLEDGE)))

    @Slot(int, str)
    def _on_notice(self, severity: int, text: str) -> None:
        self.notice.show_text(text, "warning" if severity >= 500 else "info", can_hide=True)
        self.status.tell(text, severity >= 500)

    @Slot()
    def show_place(self) -> None:
        """Say where the operator is."""
        workspace = self.workspace
        if workspace is None:
            return
        screens = workspace.project.screens
        screen_id = workspace.screens.screen_id
        if workspace.page == "screens":
            path = path_to(screens, screen_id)
            self.header.set_place(path, path[-1].title if path else project_text(workspace.project.name))
        else:
            self.header.set_place([], self.body.title_of(workspace.page))
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
            self.status.set_connections(self.workspace.pages.connection_book.summary())

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
        self.turns.give_up()
        self.ahead.give_up()
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
