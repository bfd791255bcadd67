"""What stands around the pages in the operator's window, in the language of the moment."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from hmi.desktop.bars import NoticeBar, StatusLine
from hmi.desktop.connector import Identity
from hmi.desktop.header import HeaderBar
from hmi.desktop.navigation import NavigationPanel
from hmi.desktop.palette import SearchPalette
from views.alarm_banner import AlarmBanner
from views.alarm_book import AlarmBook
from views.slices import Slices
from views.style import Theme


class WindowBody(QWidget):
    """Arrange banner, header, notices, navigation, the pages' place, status line and search.

    GUI thread only. It is made in slices by :meth:`making`, as all of it takes longer than a frame.
    """

    banner: AlarmBanner
    header: HeaderBar
    link_notice: NoticeBar
    notice: NoticeBar
    navigation: NavigationPanel
    status: StatusLine
    waiting: QLabel
    search: SearchPalette

    def making(self, actions: dict[str, QAction], identity: Identity, theme: Theme) -> Slices[None]:
        """Make all parts."""
        self.banner = AlarmBanner(AlarmBook(), theme, self)
        yield
        self.header = HeaderBar(actions, theme, self)
        self.header.set_user(identity.user, identity.workstation)
        yield
        self.link_notice = NoticeBar(theme, self)
        self.notice = NoticeBar(theme, self)
        yield
        self.navigation = NavigationPanel(self._pages(), theme, self)
        yield
        self.search = SearchPalette(theme, self)
        yield
        self.status = StatusLine(self)
        self.waiting = QLabel(self)
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.waiting.setProperty("role", "title")
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.navigation)
        self._middle.addWidget(self.waiting, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        for widget in (self.banner, self.header, self.link_notice, self.notice):
            layout.addWidget(widget)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.status)
        yield

    def _pages(self) -> dict[str, tuple[str, str, str]]:
        return {
            "alarms": (self.tr("Alarms"), "alarm", "F3"),
            "performance": (self.tr("Alarm performance"), "history", "Shift+F3"),
            "trend": (self.tr("Trend"), "trend", "F4"),
            "log": (self.tr("Event log"), "clock", "Shift+F4"),
            "connections": (self.tr("Connections"), "connections", "F6"),
        }

    def title_of(self, page: str) -> str:
        """Return the title of a page by its name."""
        return self._pages()[page][0]

    def show_pages(self, pages: QWidget) -> None:
        """Put the pages of a project into their place."""
        self.waiting.hide()
        self._middle.addWidget(pages, 1)

    def take_out(self, pages: QWidget) -> None:
        """Free the place again; the pages are not shown any more."""
        self._middle.removeWidget(pages)
        pages.hide()

    def theming(self) -> list[Callable[[Theme], object]]:
        """Return what changes the colours, part by part."""
        parts = (self.banner, self.header, self.link_notice, self.notice, self.navigation, self.search)
        return [part.set_theme for part in parts]
