"""Everything that shows one project: its values, alarms and pages, fed by the client and the frame loop."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from alarms.filters import EventFilter
from alarms.model import AlarmEvent, AlarmSnapshot
from historian.happening import EventChoice
from historian.model import PixelSeries
from hmi.desktop.ahead import FEW
from hmi.desktop.alarm_definitions import explained
from hmi.desktop.alarm_desk import AlarmDesk
from hmi.desktop.alarm_maintenance import AlarmMaintenance
from hmi.desktop.background import Background
from hmi.desktop.client import QueryFailure, StationClient
from hmi.desktop.connection_details import ConnectionDetails
from hmi.desktop.connections_page import ConnectionsPage
from hmi.desktop.connector import LinkState
from hmi.desktop.documents import open_document
from hmi.desktop.event_export import EventExport, ExportBar, write_journal, write_log
from hmi.desktop.journal_reading import JournalReading
from hmi.desktop.live import LiveSource
from hmi.desktop.moment import MomentWindow
from hmi.desktop.navigation import ScreenHistory, home_screen
from hmi.desktop.screen_tags import ScreenTags, tags_of
from hmi.desktop.screens_page import ScreensPage
from hmi.desktop.settings import WindowSettings
from hmi.desktop.subscription import SubscriptionPlan
from hmi.desktop.why_panel import WhyPanel
from hmi.desktop.why_subject import element_subject, tag_subject
from hmi.desktop.writes import WriteDesk
from hmi.link import Alarms, Timeline
from projects.model import ConnectionConfig, Project
from tags.clock import NS_PER_S
from tags.connection import ANSWERING, ConnectionStatus
from tags.model import LogMode, Value
from views.alarm_book import AlarmBook, StateGroup
from views.alarm_flood import FloodWatch
from views.alarm_journal import Cancel, EventAnswer, Progress
from views.alarm_list import AlarmPage
from views.alarm_text import doubt_text
from views.canvas import ScreenCanvas
from views.elements.base import Element
from views.event_log import EventLogPage, LogAnswer
from views.local_text import local_day
from views.scene import BLINK_NS
from views.style import Theme
from views.trend import HistoryAnswer, TrendPage
from views.trend_chooser import can_trend

FIRST_PENS = 4
TREND_AROUND_NS = 600 * NS_PER_S
FLOOD_LOOKS_BACK_NS = 3600 * NS_PER_S
FLOOD_EVENTS = 5_000
PAGES = ("screens", "alarms", "performance", "trend", "log", "connections")


@dataclass(frozen=True, slots=True)
class Place:
    """Say where an operator is: the page, the screens visited, and the faceplates beside them."""

    page: str
    history: ScreenHistory
    faceplates: tuple[tuple[str, str], ...] = ()


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
        self._settings = settings
        self._theme = theme
        self.live = LiveSource(project.tags)
        self.book = AlarmBook()
        self.history = ScreenHistory()
        self._definitions = {item.alarm_id: item for item in explained(project)}
        self._plan = SubscriptionPlan()
        self._tags = ScreenTags(project, lambda screen, tag_ids: self._plan.set_group(screen.id, tag_ids))
        self._subscribed: list[int] = []
        self._focused_tag = ""
        self._marks_stale = False
        self._blink_on = True
        self._today = local_day(time.time_ns())
        self.background = Background(self)
        self.writes = WriteDesk(client, project, self)
        self.writes.told.connect(self.told)
        self.screens = ScreensPage(project, self.live, client, settings, theme, self, self._query_pixels)
        self.screens.navigate.connect(self.show_screen)
        self.screens.write_requested.connect(self._write)
        self.screens.tag_focused.connect(self._on_focus)
        self.screens.alarm_focused.connect(self._on_alarm_focus)
        self.screens.alarm_requested.connect(self.show_alarm)
        self.screens.acknowledge_requested.connect(self._acknowledge_seen)
        self.screens.faceplates_changed.connect(self._subscribe)
        self.screens.pages_changed.connect(self._subscribe)
        self.screens.why_requested.connect(self._why_element)
        self.alarms = AlarmPage(
            self.book, project.tags, self._definitions, self.screen_of_alarm, self._query_events, theme, self
        )
        self.alarms.acknowledge_requested.connect(self.acknowledge)
        self.alarms.screen_requested.connect(self.show_tag)
        self.alarms.trend_requested.connect(self.show_trend_at)
        for part in (self.alarms, self.screens.guidance):
            part.document_requested.connect(self._open_document)
        client.role_changed.connect(self.alarms.set_role)
        self.alarms.set_role(client.role)
        self.alarm_desk = AlarmDesk(client, self)
        self.alarm_desk.told.connect(self.told)
        self.alarms.action_requested.connect(self.alarm_desk.ask)
        self.alarms.history.trend_requested.connect(self.show_trend_at)
        self.alarms.history.moment_requested.connect(self.show_moment)
        bar = ExportBar(self.alarms.history)
        self.alarms.history.add_footer(bar)
        self.export = EventExport(
            self.background,
            bar,
            write_journal,
            self.tr("Export the alarm journal"),
            self.tr("alarm-journal"),
            self,
        )
        self.export.told.connect(self.told)
        self.alarms.history.export_requested.connect(self.export.ask)
        self._floods = FloodWatch()
        self._is_flood = False
        self.alarms.filters.views.set_text(settings.alarm_views(project.name, client.identity.user))
        self.alarms.filters.views.changed.connect(self._on_views)
        self.connections = ConnectionsPage(
            self.book.worst_of_tag, theme, self, secured=_secured(project.connections)
        )
        self.details = ConnectionDetails(self.live, client, self.background, self.connections)
        self.details.frames.told.connect(self.told)
        self.details.why_requested.connect(self.why_tag)
        self.details.tags_changed.connect(self._subscribe)
        self.connections.set_details(self.details)
        self._trend: TrendPage | None = None
        self._log: EventLogPage | None = None
        self._maintenance: AlarmMaintenance | None = None
        for page in (self.screens, self.alarms, self.connections):
            self.addWidget(page)
        self.why = WhyPanel(client, theme, self)
        client.alarms.connect(self._on_alarms)
        client.connections.connect(self._on_connections)

    def open(self) -> None:
        """Show the home screen, ask for its values, and open the windows that were open last."""
        self.go_home()
        self.screens.desk.restore()

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
        self._client.role_changed.disconnect(self.alarms.set_role)
        self.screens.ahead.forget()
        self.screens.close_faceplates()
        self.screens.desk.close_all()
        self.writes.leave()
        self.alarm_desk.leave()
        if self._maintenance is not None:
            self._maintenance.leave()
        self.background.close()

    # Where we are

    @property
    def place(self) -> Place:
        """Return where the operator is and came from, for a workspace that takes this one's place."""
        return Place(self.page, self.history, self.screens.opened_faceplates)

    def return_to(self, place: Place) -> None:
        """Go where the operator was in the workspace before this one."""
        self.history = place.history
        self._show_current()
        self.show_page(place.page)
        self.screens.reopen_faceplates(place.faceplates)

    def focus_page(self) -> None:
        """Give the keyboard to the page shown."""
        shown = self.currentWidget()
        if shown is not None:
            (self.alarms.table if shown is self.alarms else shown).setFocus()

    @property
    def page(self) -> str:
        """Return the name of the page shown."""
        shown = self.currentWidget()
        if shown is self.alarms:
            return "alarms"
        if shown is self.connections:
            return "connections"
        if self._maintenance is not None and shown is self._maintenance.page:
            return "performance"
        if shown is self._log and shown is not None:
            return "log"
        return "trend" if shown is self._trend and shown is not None else "screens"

    @property
    def trend(self) -> TrendPage:
        """Return the trend page, made when it is wanted for the first time."""
        if self._trend is None:
            self._trend = TrendPage(self.live, self._query_pixels, self._theme, self)
            self._trend.set_pens(self._settings.pens(self.project.name) or self._pens_of_screen())
            self._trend.pens_changed.connect(self._on_pens)
            self.addWidget(self._trend)
        return self._trend

    @property
    def maintenance(self) -> AlarmMaintenance:
        """Return the pages on how well the alarms work, made when they are wanted for the first time."""
        if self._maintenance is None:
            made = AlarmMaintenance(
                self._client,
                self.project,
                self._definitions,
                self._query_events,
                self._query_pixels,
                self.background,
                self._theme,
                self,
            )
            made.told.connect(self.told)
            made.page.trend_requested.connect(self.show_trend_at)
            self._maintenance = made
            self.addWidget(made.page)
        return self._maintenance

    @property
    def log(self) -> EventLogPage:
        """Return the page of all events, made when it is wanted for the first time."""
        if self._log is None:
            self._log = EventLogPage(self._query_timeline, self._theme, self)
            self._log.trend_requested.connect(self.show_trend_at)
            bar = ExportBar(self._log)
            self._log.add_footer(bar)
            self.log_export = EventExport(
                self.background,
                bar,
                write_log,
                self.tr("Export the event log"),
                self.tr("event-log"),
                self,
            )
            self.log_export.told.connect(self.told)
            self._log.export_requested.connect(self.log_export.ask)
            self.addWidget(self._log)
        return self._log

    def _pens_of_screen(self) -> list[str]:
        """Return what the screen shown draws small itself: a first trend is better than an empty one."""
        canvas = self.screens.canvas
        wanted = dict.fromkeys(path for path, _ in canvas.history_wanted()) if canvas is not None else {}
        tags = (self.project.tags.find(path) for path in wanted)
        return [tag.path for tag in tags if tag is not None and tag.log.mode is not LogMode.OFF][:FIRST_PENS]

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
        pages: dict[str, QWidget] = {"alarms": self.alarms, "connections": self.connections}
        if page == "performance":
            pages[page] = self.maintenance.page
        elif page == "log":
            pages[page] = self.log
        self.setCurrentWidget(pages.get(page) or self.trend)
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
        if path in self.connections.statuses:
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
        self.why.raise_()  # a page that comes to the front is put above what lies beside it
        self._subscribe()
        self.place_changed.emit()

    def screen_of_alarm(self, row: AlarmSnapshot) -> str:
        """Return the screen that an alarm belongs to: its display link, else one that shows its tag.

        An alarm of a connection belongs to the page of that name.
        """
        if row.tag in self.connections.statuses:
            return "connections"
        definition = self._definitions.get(row.alarm_id)
        return self.screen_of(definition.display_link if definition is not None else "", row.tag)

    def screen_of(self, display_link: str, path: str) -> str:
        """Return the screen to open for a tag: the one linked, else one that shows it; empty if none does."""
        if display_link in self.project.screens:
            return display_link
        tag = self.project.tags.find(path)
        screen = self._tags.screen_of(tag.id) if tag is not None else None
        return screen.id if screen is not None else ""

    # Values

    def _subscribe(self) -> None:
        visible = self.screens.screen_id if self.page == "screens" else ""
        canvas = self.screens.canvas
        if canvas is not None and visible:
            if len(canvas.scene.elements) <= FEW:
                self._tags.read(visible)
            # What the open pages of its tabs show, and nothing of the others.
            self._plan.set_group(visible, canvas.scene.tag_ids.tolist())
        if self._trend is not None:
            self._plan.set_group("\0trend", self._trend.tag_ids())
        # Pens are drawn on in the background, so that the trend has no hole when it is shown again.
        tag_ids = [tag for window in self.screens.faceplates for tag in window.canvas.scene.tag_ids.tolist()]
        self._plan.set_group("\0faceplates", tag_ids)
        apart = [tag for one in self.screens.desk.windows for tag in one.canvas.scene.tag_ids.tolist()]
        self._plan.set_group("\0windows", apart)
        self._plan.set_group("\0connection", self.details.tag_ids())
        details = "\0connection" if self.page == "connections" else ""
        self._plan.show([name for name in (visible, details, "\0trend", "\0faceplates", "\0windows") if name])
        wanted = self._plan.tag_ids()
        if wanted == self._subscribed:
            return
        left = np.setdiff1d(np.array(self._subscribed, np.int32), np.array(wanted, np.int32))
        if len(left):
            self.live.retire(left, 0)
        self._subscribed = wanted
        self._client.subscribe(wanted)

    @Slot()
    def _on_pens(self) -> None:
        self._settings.set_pens(self.project.name, self.trend.paths())
        self._subscribe()

    def link_changed(self, state: LinkState, text: str, now_ns: int) -> None:
        """Follow the link: without it nothing is live and nothing may be commanded."""
        if state is LinkState.CONNECTED:
            self.live.restore_link(now_ns)
            self.screens.set_locked("")
            self.screens.reload_history()
            if self._trend is not None:
                self._trend.link_restored(now_ns)
        else:
            self.live.lose_link(now_ns)
            self.screens.set_locked(text)

    def refresh(self, now_ns: int) -> None:
        """Show what changed since the last frame on whatever is visible."""
        if not self._tags.is_complete and self._tags.go_on():
            self._subscribe()
        blink_on = (now_ns // BLINK_NS) % 2 == 0
        if blink_on != self._blink_on:
            self._blink_on = blink_on
            self.alarms.set_blink(blink_on)
            self.connections.set_blink(blink_on)
            self._tell_flood(now_ns)
        self.alarms.tick(now_ns)
        today = local_day(now_ns)
        if today != self._today:
            self._today = today
            self.alarms.day_changed(now_ns)
        if self._marks_stale:
            self._marks_stale = False
            self.screens.set_alarm_states(self.book.marks, self.book.rows)
            self.connections.refresh_alarms()
        if self.writes.take_changed(now_ns):
            self.screens.set_write_states(self.writes.marks)
        self.screens.refresh(now_ns)
        self.connections.refresh(now_ns)
        if self._trend is not None:
            self._trend.refresh(now_ns)
        if self._log is not None:
            self._log.refresh_now(now_ns)

    # The trend

    @Slot(str)
    def _on_focus(self, path: str) -> None:
        self._focused_tag = path

    def trend_last_tag(self) -> None:
        """Draw the tag of the element clicked last as a pen of the trend."""
        tag = self.project.tags.find(self._focused_tag)
        if tag is None:
            self.told.emit(self.tr("Click an element of a screen first."), True)
        elif not can_trend(tag):
            self.told.emit(self.tr("{path} is not logged, so it has no trend.").format(path=tag.path), True)
        else:
            self.trend.add_pen(tag)
            self.show_page("trend")

    @Slot(str, object)
    def show_trend_at(self, path: str, at_ns: int) -> None:
        """Draw the trend from ten minutes before a moment to ten minutes after it, with a tag among its pens.

        A path that names no tag, such as that of a connection, leaves the pens as they are.
        """
        tag = self.project.tags.find(path)
        if tag is not None and not can_trend(tag):
            self.told.emit(self.tr("{path} is not logged, so it has no trend.").format(path=path), True)
            return
        if tag is not None and not self.trend.add_pen(tag) and path not in self.trend.paths():
            self.trend.set_pens([*self.trend.paths()[:-1], path])
        self.trend.show_around(at_ns, TREND_AROUND_NS)
        self.show_page("trend")

    @Slot(str, str, object)
    def show_moment(self, alarm_id: str, path: str, at_ns: int) -> None:
        """Open the screen of an alarm with the values that it had at a moment."""
        definition = self._definitions.get(alarm_id)
        link = definition.display_link if definition is not None else ""
        screen = self.project.screens.get(self.screen_of(link, path))
        if screen is None:
            self.told.emit(self.tr("No screen shows {path}.").format(path=path), True)
            return
        _, tag_ids = tags_of(screen, self.project)
        self.moment = MomentWindow(
            screen, self.project.tags, tag_ids, at_ns, self._client, self._theme, self.window()
        )
        self.moment.canvas.highlight(path)
        self.moment.show()

    # Why a value is as it is

    def why_here(self) -> None:
        """Explain the element under the pointer, else the tag of the element clicked last."""
        element = self.screens.element_under_pointer() if self.page == "screens" else None
        if element is not None and element.properties.bindings:
            self._why_element(element)
        elif self._focused_tag:
            self.why_tag(self._focused_tag)
        else:
            self.told.emit(self.tr("Point at an element of a screen first."), True)

    @Slot(str)
    def why_tag(self, path: str) -> None:
        """Explain a tag's value beside what is shown."""
        self.why.explain(tag_subject(path, self.project.tags))

    @Slot(object)
    def _why_element(self, element: Element) -> None:
        subject = element_subject(element, self.live)
        if subject is not None:
            self.why.explain(subject)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Keep the explanation at the right side."""
        super().resizeEvent(event)
        self.why.place()

    # Alarms and connections

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
        self.alarms.apply(change, message.events)
        self._floods.add(message.events)
        if message.complete:
            self._ask_for_flood()
        if change.changed or change.removed:
            self._marks_stale = True
        self.alarms_changed.emit(change)

    def _ask_for_flood(self) -> None:
        """Look in the journal whether a flood was on before this window was there."""

        def answer(events: list[AlarmEvent] | None, _text: str) -> None:
            if events is not None:
                self._floods.begin_with(events)

        now_ns = time.time_ns()
        self._query_events(now_ns - FLOOD_LOOKS_BACK_NS, now_ns + NS_PER_S, FLOOD_EVENTS, answer)

    def _tell_flood(self, now_ns: int) -> None:
        flood = self._floods.now(now_ns)
        self.alarms.show_flood(flood)
        if (flood is not None) is not self._is_flood:
            self._is_flood = flood is not None
            if flood is not None:
                text = self.tr("An alarm flood has begun with: {message}").format(message=flood.message)
                self.told.emit(text, True)
            else:
                self.told.emit(self.tr("The alarm flood is over."), False)

    @Slot(str)
    def _on_views(self, text: str) -> None:
        self._settings.set_alarm_views(self.project.name, self._client.identity.user, text)

    @Slot(object)
    def _on_connections(self, statuses: Sequence[ConnectionStatus]) -> None:
        self.connections.apply(statuses)
        self.connections.refresh_alarms()
        lost = (name for name, one in self.connections.statuses.items() if one.state not in ANSWERING)
        self.screens.set_silent(frozenset(lost))

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

    @Slot(str, object, str, str)
    def _write(self, path: str, value: Value, screen_id: str, reason: str) -> None:
        self.writes.write(path, value, screen_id, reason)

    # History

    def _query_events(
        self,
        start_ns: int,
        end_ns: int,
        most: int,
        answer: EventAnswer,
        chosen: EventFilter | None = None,
        on_progress: Progress | None = None,
    ) -> Cancel:
        reading = JournalReading(self._client, start_ns, end_ns, most, answer, chosen, on_progress)
        return reading.cancel

    def _query_timeline(
        self, start_ns: int, end_ns: int, limit: int, choice: EventChoice, answer: LogAnswer
    ) -> None:
        def take(found: Timeline | QueryFailure) -> None:
            if isinstance(found, QueryFailure):
                answer(None, False, found.text)
            else:
                answer(found.events, found.more, "")

        self._client.query_timeline(start_ns, end_ns, limit, choice, take)

    def _query_pixels(
        self, paths: Sequence[str], start_ns: int, end_ns: int, columns: int, answer: HistoryAnswer
    ) -> None:
        def take(found: list[PixelSeries] | QueryFailure) -> None:
            if isinstance(found, QueryFailure):
                answer(None, found.text)
            else:
                answer(found, "")

        self._client.query_pixels(paths, start_ns, end_ns, columns, take)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.screens.set_theme(theme)
        self.alarms.set_theme(theme)
        self.connections.set_theme(theme)
        self.why.set_theme(theme)
        if self._trend is not None:
            self._trend.set_theme(theme)
        if self._log is not None:
            self._log.set_theme(theme)
        if self._maintenance is not None:
            self._maintenance.set_theme(theme)


def _secured(connections: Mapping[str, ConnectionConfig]) -> dict[str, str]:
    """Return the addresses of the connections whose security goes by certificates."""
    return {
        name: str(config.options["url"])
        for name, config in connections.items()
        if "url" in config.options and config.options.get("security", "none") != "none"
    }
