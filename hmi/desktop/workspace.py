"""Everything that shows one project: its values, alarms and pages, fed by the client and the frame loop."""

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from alarms.model import AlarmSnapshot
from hmi.desktop.alarm_definitions import explained
from hmi.desktop.alarm_desk import AlarmDesk
from hmi.desktop.alarm_maintenance import AlarmMaintenance
from hmi.desktop.background import Background
from hmi.desktop.client import StationClient
from hmi.desktop.connections_page import ConnectionsPage
from hmi.desktop.connector import LinkState
from hmi.desktop.documents import open_document
from hmi.desktop.flood_teller import FloodTeller
from hmi.desktop.following import Following
from hmi.desktop.inquiry import Inquiry
from hmi.desktop.live import LiveSource
from hmi.desktop.navigation import Place, ScreenHistory, home_screen
from hmi.desktop.pages import WorkspacePages
from hmi.desktop.screens_page import ScreensPage
from hmi.desktop.settings import WindowSettings
from hmi.desktop.station_queries import StationQueries
from hmi.desktop.writes import WriteDesk
from hmi.link import Alarms
from projects.model import Project
from tags.connection import ConnectionStatus
from views.alarm_book import AlarmBook, StateGroup
from views.alarm_list import AlarmPage
from views.alarm_text import doubt_text
from views.canvas import ScreenCanvas
from views.event_log import EventLogPage
from views.local_text import local_day
from views.scene import BLINK_NS
from views.slices import Slices
from views.style import Theme
from views.trend import TrendPage


class Workspace(QStackedWidget):
    """Own the live columns, the alarm book and the pages of one project. GUI thread only."""

    place_changed = Signal()
    """Another page or screen is shown."""
    alarms_changed = Signal(object)
    """An :class:`views.alarm_book.AlarmChange` that the book has taken."""
    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""

    def __init__(
        self,
        project: Project,
        client: StationClient,
        settings: WindowSettings,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.project = project
        self._client = client
        self.live = LiveSource(project.tags)
        self.book = AlarmBook()
        self.history = ScreenHistory()
        self._definitions = {item.alarm_id: item for item in explained(project)}
        self._marks_stale = False
        self._blink_on = True
        self._today = local_day(time.time_ns())
        self.background = Background(self)
        self.writes = WriteDesk(client, project, self)
        self.writes.told.connect(self.told)
        self.inquiry = Inquiry(project, client, self.live, self._definitions, self.screen_of, theme, self)
        self.inquiry.told.connect(self.told)
        self.inquiry.trend_wanted.connect(lambda: self.show_page("trend"))
        queries = StationQueries(client)
        self.screens = ScreensPage(project, self.live, client, settings, theme, self, queries.pixels)
        self.screens.navigate.connect(self.show_screen)
        self.screens.write_requested.connect(self.writes.write)
        self.screens.tag_focused.connect(self.inquiry.focus)
        self.screens.alarm_focused.connect(self._on_alarm_focus)
        self.screens.alarm_requested.connect(self.show_alarm)
        self.screens.acknowledge_requested.connect(self._acknowledge_seen)
        self.screens.faceplates_changed.connect(self._subscribe)
        self.screens.pages_changed.connect(self._subscribe)
        self.screens.why_requested.connect(self.inquiry.why_element)
        self.screens.guidance.document_requested.connect(self._open_document)
        self.alarm_desk = AlarmDesk(client, self)
        self.alarm_desk.told.connect(self.told)
        self._floods = FloodTeller(queries.events, self)
        self._floods.told.connect(self.told)
        self.pages = WorkspacePages(
            project,
            client,
            settings,
            self.live,
            self.book,
            self._definitions,
            queries,
            self.background,
            theme,
            self,
            screen_of=self.screen_of_alarm,
            pens=lambda: self.inquiry.first_pens(self.screens),
        )
        self.following = Following(project, client, self.live, self.screens, self.pages)
        self._connect_pages()
        self.addWidget(self.screens)
        client.alarms.connect(self._on_alarms)
        client.connections.connect(self._on_connections)

    def _connect_pages(self) -> None:
        pages = self.pages
        pages.made.connect(self.addWidget)
        pages.told.connect(self.told)
        pages.acknowledge_requested.connect(self.acknowledge)
        pages.action_requested.connect(self.alarm_desk.ask)
        pages.screen_requested.connect(self.show_tag)
        pages.document_requested.connect(self._open_document)
        pages.trend_requested.connect(lambda path, at_ns: self.inquiry.trend_at(pages, path, at_ns))
        pages.moment_requested.connect(self.inquiry.show_moment)
        pages.why_requested.connect(self.inquiry.why_tag)
        pages.tags_changed.connect(self._subscribe)

    def open(self) -> None:
        """Show the home screen and ask for its values."""
        self.go_home()

    def go_home(self) -> None:
        """Show the home screen."""
        home = home_screen(self.project)
        if home:
            self.show_screen(home)
        else:
            self.show_page("screens")

    def leave(self) -> None:
        """Take nothing more from the client: another project is shown from now on."""
        self._client.alarms.disconnect(self._on_alarms)
        self._client.connections.disconnect(self._on_connections)
        self.pages.leave()
        self.screens.ahead.forget()
        self.screens.close_faceplates()
        self.screens.desk.close_all()
        self.writes.leave()
        self.alarm_desk.leave()
        self.background.close()

    # Where we are

    @property
    def place(self) -> Place:
        """Return where the operator is and came from, for a workspace that takes this one's place."""
        return Place(self.page, self.history, self.screens.opened_faceplates)

    def returning(self, place: Place) -> Slices[None]:
        """Go where the operator was in the workspace before this one, in slices."""
        self.history = place.history
        if place.page != "screens":
            self.pages.find(place.page)
            yield
        if self.history.current:
            self.screens.show_screen(self.history.current)
            yield
            yield from self.screens.ahead.finishing()
        self.show_page(place.page)
        yield
        self.screens.reopen_faceplates(place.faceplates)
        yield
        yield from self.screens.desk.restoring()

    def focus_page(self) -> None:
        """Give the keyboard to the page shown."""
        shown = self.currentWidget()
        if shown is not None:
            (self.alarms.table if self.page == "alarms" else shown).setFocus()

    @property
    def page(self) -> str:
        """Return the name of the page shown."""
        return self.pages.name_of(self.currentWidget()) or "screens"

    @property
    def alarms(self) -> AlarmPage:
        """Return the alarm page, made when it is wanted for the first time."""
        return self.pages.alarms()

    @property
    def connections(self) -> ConnectionsPage:
        """Return the page of connections, made when it is wanted for the first time."""
        return self.pages.connections()

    @property
    def trend(self) -> TrendPage:
        """Return the trend page, made when it is wanted for the first time."""
        return self.pages.trend()

    @property
    def maintenance(self) -> AlarmMaintenance:
        """Return the pages on how well the alarms work, made when they are wanted for the first time."""
        return self.pages.maintenance()

    @property
    def log(self) -> EventLogPage:
        """Return the page of all events, made when it is wanted for the first time."""
        return self.pages.log()

    @Slot(str)
    def show_screen(self, screen_id: str) -> None:
        """Show a screen and remember the way."""
        if screen_id in self.project.screens:
            self.history.visit(screen_id)
            self._show_current()

    def go_back(self) -> None:
        """Show the screen before this one; from another page, the screen last shown."""
        if self.page == "screens" and self.history.can_go_back:
            self.history.back()
        self._show_current()

    def go_forward(self) -> None:
        """Undo one step back."""
        if self.history.can_go_forward:
            self.history.forward()
            self._show_current()

    def _show_current(self) -> None:
        if self.history.current:
            self.screens.show_screen(self.history.current)
        self.setCurrentWidget(self.screens)
        self._after_move()

    @Slot(str)
    def show_page(self, page: str) -> None:
        """Show a page by its name."""
        if page == "screens":
            self._show_current()
            return
        self.setCurrentWidget(self.pages.find(page))
        if page == "alarms":
            self.alarms.table.setFocus()
        elif page == "performance":
            self.maintenance.page.open()
        elif page == "log":
            self.log.open()
        self._after_move()

    @Slot(str, str)
    def show_tag(self, screen_id: str, path: str) -> None:
        """Show a screen with the focus on a tag; of a connection, its card."""
        if path in self.pages.connection_book.statuses:
            self.show_page("connections")
            self.connections.show_card(path)
            return
        self.show_screen(screen_id)

        def find(canvas: ScreenCanvas) -> None:
            if canvas.highlight(path):
                canvas.setFocus(Qt.FocusReason.OtherFocusReason)  # the ring is shown where the keyboard is

        if path:
            self.screens.when_open(find)

    @Slot(str)
    def show_alarm(self, alarm_id: str) -> None:
        """Show an alarm in the list with what to do about it."""
        self.show_page("alarms")
        self.alarms.select_alarm(alarm_id)

    @Slot(object)
    def show_hidden(self, group: StateGroup) -> None:
        """Show the list of a group of hidden alarms."""
        self.show_page("alarms")
        self.alarms.show_group(group)

    def _after_move(self) -> None:
        self.inquiry.why.raise_()  # a page that comes to the front is put above what lies beside it
        self._subscribe()
        self.place_changed.emit()

    def screen_of_alarm(self, row: AlarmSnapshot) -> str:
        """Return the screen that an alarm belongs to: its display link, else one that shows its tag.

        An alarm of a connection belongs to the page of that name.
        """
        if row.tag in self.pages.connection_book.statuses:
            return "connections"
        definition = self._definitions.get(row.alarm_id)
        return self.screen_of(definition.display_link if definition is not None else "", row.tag)

    def screen_of(self, display_link: str, path: str) -> str:
        """Return the screen to open for a tag: the one linked, else one that shows it; empty if none does."""
        if display_link in self.project.screens:
            return display_link
        tag = self.project.tags.find(path)
        screen = self.following.screen_of(tag.id) if tag is not None else None
        return screen.id if screen is not None else ""

    @Slot()
    def _subscribe(self) -> None:
        self.following.update(self.page)

    def link_changed(self, state: LinkState, text: str, now_ns: int) -> None:
        """Follow the link: without it nothing is live and nothing may be commanded."""
        if state is LinkState.CONNECTED:
            self.live.restore_link(now_ns)
            self.screens.set_locked("")
            self.screens.reload_history()
            self.pages.link_restored(now_ns)
        else:
            self.live.lose_link(now_ns)
            self.screens.set_locked(text)

    def refresh(self, now_ns: int) -> None:
        """Show what changed since the last frame on whatever is visible."""
        self.following.go_on(self.page)
        blink_on = (now_ns // BLINK_NS) % 2 == 0
        if blink_on != self._blink_on:
            self._blink_on = blink_on
            self.pages.set_blink(blink_on)
            self.pages.show_flood(self._floods.tell(now_ns))
        today = local_day(now_ns)
        if today != self._today:
            self._today = today
            self.pages.day_changed(now_ns)
        if self._marks_stale:
            self._marks_stale = False
            self.screens.set_alarm_states(self.book.marks, self.book.rows)
            self.pages.refresh_alarms()
        if self.writes.take_changed(now_ns):
            self.screens.set_write_states(self.writes.marks)
        self.screens.refresh(now_ns)
        self.pages.refresh(now_ns)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Keep the explanation at the right side."""
        super().resizeEvent(event)
        self.inquiry.why.place()

    @Slot(str)
    def _open_document(self, address: str) -> None:
        fault = open_document(address)
        if fault:
            self.told.emit(fault, True)

    @Slot(str)
    def _on_alarm_focus(self, path: str) -> None:
        row = self.book.worst_below(path)
        if row is None:
            self.screens.guidance.hide()
        else:
            doubt = doubt_text(row, self.project.tags)
            self.screens.show_guidance(row, self._definitions.get(row.alarm_id), doubt)

    @Slot(object)
    def _on_alarms(self, message: Alarms) -> None:
        change = self.book.apply(message.rows, message.removed, complete=message.complete)
        self.pages.apply_alarms(change, message.events)
        self._floods.add(message.events)
        if message.complete:
            self._floods.look_back()
        if change.changed or change.removed:
            self._marks_stale = True
        self.alarms_changed.emit(change)

    @Slot(object)
    def _on_connections(self, statuses: Sequence[ConnectionStatus]) -> None:
        self.pages.apply_connections(statuses)
        self.screens.set_silent(self.pages.connection_book.silent())

    @Slot(list, str)
    def acknowledge(self, event_ids: list[str], comment: str) -> None:
        """Acknowledge the events that the operator has seen."""
        if not self._client.acknowledge(event_ids, comment):
            self.told.emit(self.tr("Not acknowledged: there is no connection to the station."), True)

    @Slot(str, str)
    def _acknowledge_seen(self, alarm_id: str, event_id: str) -> None:
        """Acknowledge an alarm from a screen; one that asks for a comment is shown where that is given."""
        definition = self._definitions.get(alarm_id)
        if definition is not None and definition.comment_required:
            self.show_alarm(alarm_id)
            self.told.emit(self.tr("This alarm is acknowledged with a comment only."), True)
            return
        self.acknowledge([event_id], "")

    def theming(self, theme: Theme) -> Slices[None]:
        """Change the colours of what is shown, in slices; what is made from now on has them as well."""
        yield from self.screens.theming(theme)
        self.inquiry.set_theme(theme)
        yield
        yield from self.pages.theming(theme, self.currentWidget())

    def theming_hidden(self) -> Slices[None]:
        """Change the colours of what is hidden: pages, and the pictures of screens."""
        yield from self.pages.theming_hidden()
        yield from self.screens.painting_hidden()
