"""The pages of a workspace beside its screens: each made when it is wanted, from what is known by then."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot
from historian.happening import Happening
from hmi.desktop.alarm_maintenance import AlarmMaintenance
from hmi.desktop.background import Background
from hmi.desktop.client import StationClient
from hmi.desktop.connection_book import ConnectionBook
from hmi.desktop.connection_details import ConnectionDetails
from hmi.desktop.connections_page import ConnectionsPage
from hmi.desktop.event_export import EventExport, ExportBar, write_journal, write_log
from hmi.desktop.live import LiveSource
from hmi.desktop.settings import WindowSettings
from hmi.desktop.station_queries import StationQueries
from projects.model import ConnectionConfig, Project
from tags.connection import ConnectionStatus
from tags.roles import Role
from views.alarm_book import AlarmBook, AlarmChange
from views.alarm_flood import LiveFlood
from views.alarm_history import AlarmHistoryView
from views.alarm_list import AlarmPage
from views.dressing import polishing
from views.event_log import EventLogPage
from views.late import Late
from views.slices import Slices, finished
from views.style import Theme, icon, icon_names
from views.trend import TrendPage

ScreenOfAlarm = Callable[[AlarmSnapshot], str]


class WorkspacePages(QObject):
    """Make, keep and feed the pages of one project. GUI thread only.

    A page that nobody has wanted does not exist: what it would have been told is kept in ``book`` and
    ``connection_book``, and read when it is made. ``pens`` names what a first trend shows.
    """

    made = Signal(QWidget)
    """A page that has just been made."""
    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""
    acknowledge_requested = Signal(list, str)
    action_requested = Signal(object)
    screen_requested = Signal(str, str)
    document_requested = Signal(str)
    trend_requested = Signal(str, object)
    moment_requested = Signal(str, str, object)
    why_requested = Signal(str)
    tags_changed = Signal()
    """A page follows other tags than before."""

    def __init__(
        self,
        project: Project,
        client: StationClient,
        settings: WindowSettings,
        live: LiveSource,
        book: AlarmBook,
        definitions: Mapping[str, AlarmDefinition],
        queries: StationQueries,
        background: Background,
        theme: Theme,
        parent: QWidget,
        *,
        screen_of: ScreenOfAlarm,
        pens: Callable[[], list[str]],
    ) -> None:
        super().__init__(parent)
        self._parent = parent
        self._project = project
        self._client = client
        self._settings = settings
        self._live = live
        self._book = book
        self._definitions = definitions
        self._queries = queries
        self._background = background
        self._theme = theme
        self._screen_of = screen_of
        self._pens = pens
        self._blink_on = True
        self._plain: list[QWidget] = []
        """Pages that have the colours of another theme yet."""
        self.flood: LiveFlood | None = None
        self.connection_book = ConnectionBook(self)
        self.alarms = Late(self._make_alarms)
        self.journal_export = Late(self._make_journal_export)
        self.connections = Late(self._make_connections)
        self.details = Late(self._make_details)
        self.trend = Late(self._make_trend)
        self.log = Late(self._make_log)
        self.log_export = Late(self._make_log_export)
        self.maintenance = Late(self._make_maintenance)
        client.role_changed.connect(self._on_role)

    def leave(self) -> None:
        """Take nothing more from the client: another project is shown from now on."""
        self._client.role_changed.disconnect(self._on_role)
        if self.maintenance.made is not None:
            self.maintenance.made.leave()

    def find(self, name: str) -> QWidget:
        """Return the page of a name, made when it is not there yet.

        Raises:
            KeyError: there is no such page.
        """
        page = self._makers()[name]()
        if page in self._plain:
            self._plain.remove(page)
            finished(self._page_theming(page))
        return page

    def name_of(self, page: QWidget | None) -> str:
        """Return the name of a page; empty for what is none of them."""
        maintenance = self.maintenance.made
        there: dict[str, QWidget | None] = {
            "alarms": self.alarms.made,
            "connections": self.connections.made,
            "performance": None if maintenance is None else maintenance.page,
            "trend": self.trend.made,
            "log": self.log.made,
        }
        return next((name for name, one in there.items() if one is not None and one is page), "")

    def _makers(self) -> dict[str, Callable[[], QWidget]]:
        return {
            "alarms": self.alarms,
            "connections": self.connections,
            "performance": lambda: self.maintenance().page,
            "trend": self.trend,
            "log": self.log,
        }

    def making(self) -> Slices[None]:
        """Make all pages and let them have their look, in slices; they then open in a frame."""
        for name in icon_names():
            icon(name, self._theme)
            yield
        tabs: list[Callable[[], QWidget]] = [
            lambda: self.alarms().history,
            lambda: self.maintenance().matrix,
            lambda: self.maintenance().back_test,
            lambda: self.maintenance().changes,
        ]
        for make in (*self._makers().values(), *tabs):
            page = make()
            yield
            yield from polishing(page)

    # Making them

    def _make_alarms(self) -> AlarmPage:
        page = AlarmPage(
            self._book,
            self._project.tags,
            self._definitions,
            self._screen_of,
            self._queries.events,
            self._theme,
            self._parent,
        )
        page.acknowledge_requested.connect(self.acknowledge_requested)
        page.screen_requested.connect(self.screen_requested)
        page.trend_requested.connect(self.trend_requested)
        page.document_requested.connect(self.document_requested)
        page.action_requested.connect(self.action_requested)
        page.history_made.connect(self._connect_history)
        page.set_role(self._client.role)
        user = self._client.identity.user
        page.filters.views.set_text(self._settings.alarm_views(self._project.name, user))
        page.filters.views.changed.connect(self._on_views)
        page.filters.offer_areas(sorted({row.area for row in self._book.rows.values() if row.area}))
        page.set_blink(self._blink_on)
        page.show_flood(self.flood)
        self.made.emit(page)
        return page

    @Slot(object)
    def _connect_history(self, history: AlarmHistoryView) -> None:
        history.trend_requested.connect(self.trend_requested)
        history.moment_requested.connect(self.moment_requested)
        history.export_requested.connect(lambda *what: self.journal_export().ask(*what))

    def _make_journal_export(self) -> "EventExport[AlarmEvent]":
        history = self.alarms().history
        bar = ExportBar(history)
        history.add_footer(bar)
        question, file_name = self.tr("Export the alarm journal"), self.tr("alarm-journal")
        result = EventExport(self._background, bar, write_journal, question, file_name, self._parent)
        result.told.connect(self.told)
        return result

    def _make_connections(self) -> ConnectionsPage:
        page = ConnectionsPage(
            self._book.worst_of_tag, self._theme, self._parent, secured=_secured(self._project.connections)
        )
        page.set_details(self.details)
        page.apply(list(self.connection_book.statuses.values()))
        page.refresh_alarms()
        page.set_blink(self._blink_on)
        self.made.emit(page)
        return page

    def _make_details(self) -> ConnectionDetails:
        page = self.connections()
        details = ConnectionDetails(self._live, self._client, self._background, page)
        details.frames.told.connect(self.told)
        page.put_details(details)
        details.why_requested.connect(self.why_requested)
        details.tags_changed.connect(self.tags_changed)
        return details

    def _make_trend(self) -> TrendPage:
        page = TrendPage(self._live, self._queries.pixels, self._theme, self._parent)
        page.set_pens(self._settings.pens(self._project.name) or self._pens())
        page.pens_changed.connect(self._on_pens)
        self.made.emit(page)
        return page

    def _make_log(self) -> EventLogPage:
        page = EventLogPage(self._queries.timeline, self._theme, self._parent)
        page.trend_requested.connect(self.trend_requested)
        page.export_requested.connect(lambda *what: self.log_export().ask(*what))
        self.made.emit(page)
        return page

    def _make_log_export(self) -> "EventExport[Happening]":
        page = self.log()
        bar = ExportBar(page)
        page.add_footer(bar)
        question, file_name = self.tr("Export the event log"), self.tr("event-log")
        result = EventExport(self._background, bar, write_log, question, file_name, self._parent)
        result.told.connect(self.told)
        return result

    def _make_maintenance(self) -> AlarmMaintenance:
        made = AlarmMaintenance(
            self._client,
            self._project,
            self._definitions,
            self._queries.events,
            self._queries.pixels,
            self._background,
            self._theme,
            self._parent,
        )
        made.told.connect(self.told)
        made.page.trend_requested.connect(self.trend_requested)
        self.made.emit(made.page)
        return made

    # Feeding them

    def apply_alarms(self, change: AlarmChange, events: list[AlarmEvent]) -> None:
        """Follow a change that the book has taken."""
        if self.alarms.made is not None:
            self.alarms.made.apply(change, events)

    def refresh_alarms(self) -> None:
        """Show each connection's alarm."""
        if self.connections.made is not None:
            self.connections.made.refresh_alarms()

    @Slot(object)
    def apply_connections(self, statuses: Sequence[ConnectionStatus]) -> None:
        """Take states and counters that changed."""
        self.connection_book.apply(statuses)
        if self.connections.made is not None:
            self.connections.made.apply(statuses)
            self.connections.made.refresh_alarms()

    def show_flood(self, flood: LiveFlood | None) -> None:
        """Say that a flood is on; None when it is over."""
        self.flood = flood
        if self.alarms.made is not None:
            self.alarms.made.show_flood(flood)

    def set_blink(self, on: bool) -> None:
        """Set the phase of unacknowledged symbols."""
        self._blink_on = on
        for page in (self.alarms.made, self.connections.made):
            if page is not None:
                page.set_blink(on)

    def day_changed(self, now_ns: int) -> None:
        """Give yesterday's times their date."""
        if self.alarms.made is not None:
            self.alarms.made.day_changed(now_ns)

    def refresh(self, now_ns: int) -> None:
        """Show what changed since the last frame."""
        if self.alarms.made is not None:
            self.alarms.made.tick(now_ns)
        if self.connections.made is not None:
            self.connections.made.refresh(now_ns)
        if self.trend.made is not None:
            self.trend.made.refresh(now_ns)
        if self.log.made is not None:
            self.log.made.refresh_now(now_ns)

    def link_restored(self, now_ns: int) -> None:
        """Ask again for what a lost link has left out."""
        if self.trend.made is not None:
            self.trend.made.link_restored(now_ns)

    def theming(self, theme: Theme, shown: QWidget | None) -> Slices[None]:
        """Change the colours of the page shown, in slices; the others get theirs later, or when shown."""
        self._theme = theme
        self._plain = [page for page in self.made_pages() if page is not shown]
        yield from self._page_theming(shown)

    def theming_hidden(self) -> Slices[None]:
        """Change the colours of the pages that :meth:`theming` has left out."""
        while self._plain:
            yield from self._page_theming(self._plain.pop())

    def _page_theming(self, page: QWidget | None) -> Slices[None]:
        maintenance = self.maintenance.made
        if maintenance is not None and page is maintenance.page:
            yield from maintenance.theming(self._theme)
        elif isinstance(page, AlarmPage | ConnectionsPage | TrendPage | EventLogPage):
            page.set_theme(self._theme)
            yield

    def made_pages(self) -> list[QWidget]:
        """Return the pages that are there."""
        maintenance = self.maintenance.made
        made = (self.alarms.made, self.connections.made, self.trend.made, self.log.made)
        pages: list[QWidget] = [page for page in made if page is not None]
        return pages if maintenance is None else [*pages, maintenance.page]

    @Slot(object)
    def _on_role(self, role: Role) -> None:
        if self.alarms.made is not None:
            self.alarms.made.set_role(role)

    @Slot()
    def _on_pens(self) -> None:
        self._settings.set_pens(self._project.name, self.trend().paths())
        self.tags_changed.emit()

    @Slot(str)
    def _on_views(self, text: str) -> None:
        self._settings.set_alarm_views(self._project.name, self._client.identity.user, text)


def _secured(connections: Mapping[str, ConnectionConfig]) -> dict[str, str]:
    """Return the addresses of the connections whose security goes by certificates."""
    return {
        name: str(config.options["url"])
        for name, config in connections.items()
        if "url" in config.options and config.options.get("security", "none") != "none"
    }
