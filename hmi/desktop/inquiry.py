"""What an operator wants to know of one tag: its trend, the screen at a moment, why its value is as it is."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from alarms.model import AlarmDefinition
from hmi.desktop.client import StationClient
from hmi.desktop.live import LiveSource
from hmi.desktop.moment import MomentWindow
from hmi.desktop.pages import WorkspacePages
from hmi.desktop.screen_tags import tags_of
from hmi.desktop.screens_page import ScreensPage
from hmi.desktop.why_panel import WhyPanel
from hmi.desktop.why_subject import element_subject, tag_subject
from projects.model import Project
from tags.clock import NS_PER_S
from tags.model import LogMode
from views.elements.base import Element
from views.style import Theme
from views.trend_chooser import can_trend

FIRST_PENS = 4
TREND_AROUND_NS = 600 * NS_PER_S


class Inquiry(QObject):
    """Open the trend, a moment or an explanation. GUI thread only.

    ``screen_of`` returns the screen to open for a display link and a tag path.
    """

    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""
    trend_wanted = Signal()
    """The trend page is to be shown."""

    def __init__(
        self,
        project: Project,
        client: StationClient,
        live: LiveSource,
        definitions: Mapping[str, AlarmDefinition],
        screen_of: Callable[[str, str], str],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._client = client
        self._live = live
        self._definitions = definitions
        self._screen_of = screen_of
        self._theme = theme
        self._parent = parent
        self._focused_tag = ""
        self.moment: MomentWindow | None = None
        self.why = WhyPanel(client, theme, parent)

    @Slot(str)
    def focus(self, path: str) -> None:
        """Note the tag of the element clicked last."""
        self._focused_tag = path

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.why.set_theme(theme)

    # The trend

    def first_pens(self, screens: ScreensPage) -> list[str]:
        """Return what the screen shown draws small itself: a first trend is better than an empty one."""
        canvas = screens.canvas
        wanted = dict.fromkeys(path for path, _ in canvas.history_wanted()) if canvas is not None else {}
        tags = (self._project.tags.find(path) for path in wanted)
        return [tag.path for tag in tags if tag is not None and tag.log.mode is not LogMode.OFF][:FIRST_PENS]

    def trend_last(self, pages: WorkspacePages) -> None:
        """Draw the tag of the element clicked last as a pen of the trend."""
        tag = self._project.tags.find(self._focused_tag)
        if tag is None:
            self.told.emit(self.tr("Click an element of a screen first."), True)
        elif not can_trend(tag):
            self._tell_without_trend(tag.path)
        else:
            pages.trend().add_pen(tag)
            self.trend_wanted.emit()

    def trend_at(self, pages: WorkspacePages, path: str, at_ns: int) -> None:
        """Draw the trend from ten minutes before a moment to ten minutes after it, with a tag among its pens.

        A path that names no tag, such as that of a connection, leaves the pens as they are.
        """
        tag = self._project.tags.find(path)
        if tag is not None and not can_trend(tag):
            self._tell_without_trend(path)
            return
        trend = pages.trend()
        if tag is not None and not trend.add_pen(tag) and path not in trend.paths():
            trend.set_pens([*trend.paths()[:-1], path])
        trend.show_around(at_ns, TREND_AROUND_NS)
        self.trend_wanted.emit()

    def _tell_without_trend(self, path: str) -> None:
        self.told.emit(self.tr("{path} is not logged, so it has no trend.").format(path=path), True)

    # A moment

    @Slot(str, str, object)
    def show_moment(self, alarm_id: str, path: str, at_ns: int) -> None:
        """Open the screen of an alarm with the values that it had at a moment."""
        definition = self._definitions.get(alarm_id)
        link = definition.display_link if definition is not None else ""
        screen = self._project.screens.get(self._screen_of(link, path))
        if screen is None:
            self.told.emit(self.tr("No screen shows {path}.").format(path=path), True)
            return
        _, tag_ids = tags_of(screen, self._project)
        self.moment = MomentWindow(
            screen, self._project.tags, tag_ids, at_ns, self._client, self._theme, self._parent.window()
        )
        self.moment.canvas.highlight(path)
        self.moment.show()

    # Why a value is as it is

    def why_here(self, element: Element | None) -> None:
        """Explain the element under the pointer, else the tag of the element clicked last."""
        if element is not None and element.properties.bindings:
            self.why_element(element)
        elif self._focused_tag:
            self.why_tag(self._focused_tag)
        else:
            self.told.emit(self.tr("Point at an element of a screen first."), True)

    @Slot(str)
    def why_tag(self, path: str) -> None:
        """Explain a tag's value beside what is shown."""
        self.why.explain(tag_subject(path, self._project.tags))

    @Slot(object)
    def why_element(self, element: Element) -> None:
        """Explain what an element shows."""
        subject = element_subject(element, self._live)
        if subject is not None:
            self.why.explain(subject)
