"""What it costs to open a screen as people do: through the page, beside the window's other work."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer, Slot

from hmi.desktop.client import StationClient
from hmi.desktop.collecting import QuietCollector
from hmi.desktop.connector import Identity
from hmi.desktop.live import LiveSource
from hmi.desktop.screens_page import ScreensPage
from hmi.desktop.settings import WindowSettings
from projects.model import ElementModel, Project, Screen, ScreenLevel, StationSettings
from tags.model import TagTable
from views.style import Theme

_BEFORE: Final = Screen(
    "before", "Before", ScreenLevel.OVERVIEW, 800, 450, (ElementModel("e", "rectangle", 0, 0, 100, 100),)
)


@dataclass(frozen=True, slots=True)
class OpeningCost:
    """Hold the time from the choice of a screen to its first picture, and the longest block meanwhile."""

    open_ms: float
    longest_ms: float


class _Watch(QObject):
    """Note the pauses between turns of the event loop until a screen of the page was painted."""

    def __init__(self, page: ScreensPage, loop: QEventLoop) -> None:
        super().__init__()
        self._page = page
        self._loop = loop
        self._is_painted = False
        self.began_ns = self._last_ns = time.perf_counter_ns()
        self.longest_ns = 0
        self.timer = QTimer(self)
        self.timer.timeout.connect(self._turn)
        self.timer.start(0)

    def _turn(self) -> None:
        now_ns = time.perf_counter_ns()
        self.longest_ns = max(self.longest_ns, now_ns - self._last_ns)
        self._last_ns = now_ns
        if self._is_painted:
            self.timer.stop()
            self._loop.quit()

    @Slot()
    def look(self) -> None:
        """Wait for the painting of the screen that is there now, if there is one."""
        if self._page.canvas is not None:
            self._page.canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """See when the screen is painted."""
        self._is_painted |= event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)

    @property
    def spent_ns(self) -> int:
        """Return how long it took."""
        return self._last_ns - self.began_ns


def measure_opening(screen: Screen, tags: TagTable, theme: Theme, size: tuple[int, int]) -> OpeningCost:
    """Open a screen that was not made ahead, from another one; blocks in the GUI thread.

    Needs a QApplication and its fonts. No station is there, and no frame is shown meanwhile. Cycles
    of references are collected as in the program.
    """
    screens = {_BEFORE.id: _BEFORE, screen.id: screen}
    project = Project("bench", "", {}, {}, StationSettings(), tags, (), screens, "")
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        settings = WindowSettings(Path(folder) / "window.ini")
        client = StationClient(lambda: None, lambda _files: project, Identity("bench", "bench", "bench"))
        page = ScreensPage(project, LiveSource(tags), client, settings, theme)
        page.resize(*size)
        page.show()
        page.show_screen(_BEFORE.id)
        page.ahead.forget()
        loop = QEventLoop()
        QTimer.singleShot(0, loop.quit)
        loop.exec()
        collector = QuietCollector(page)
        collector.start()
        watch = _Watch(page, loop)
        page.pages_changed.connect(watch.look)
        page.show_screen(screen.id)
        watch.look()
        loop.exec()
        collector.stop()
        page.ahead.forget()
        page.hide()
        page.deleteLater()
        client.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return OpeningCost(watch.spent_ns / 1e6, watch.longest_ns / 1e6)
