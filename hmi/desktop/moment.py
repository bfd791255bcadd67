"""A screen as it was at a moment of the past: the stored values of its tags, and no way to command."""

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from hmi.desktop.client import QueryFailure, StationClient
from hmi.desktop.live import LiveSource
from hmi.desktop.sample_pairs import samples
from hmi.desktop.station_queries import curves_for
from projects.model import Screen
from tags.clock import NS_PER_S
from tags.model import Batch, LogMode, TagTable
from views.canvas import ScreenCanvas
from views.local_text import local_time, number
from views.style import Theme, font
from views.trend import HistoryAnswer

_SIZE = (1024, 640)


class MomentWindow(QWidget):
    """Show a screen with the values that its tags had, beside the live window. GUI thread only.

    The values are those of history, and small trends end at the moment: a tag that is not logged stays
    waiting. Its source has no writer, and the canvas is locked. Deletes itself when closed; Escape closes it.
    """

    def __init__(
        self,
        screen: Screen,
        tags: TagTable,
        tag_ids: Sequence[int],
        at_ns: int,
        client: StationClient,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        when = local_time(at_ns)
        self.setWindowTitle(self.tr("{title} at {time}").format(title=screen.title, time=when))
        self._client = client
        self._at_ns = at_ns
        self.source = LiveSource(tags)
        self.canvas = ScreenCanvas(screen, self.source, theme, self)
        self.canvas.set_locked(self.tr("This is the past: nothing can be commanded."))
        logged = [tags[tag_id] for tag_id in tag_ids if tags[tag_id].log.mode is not LogMode.OFF]
        self._left = len(logged)
        self._unlogged = len(tag_ids) - len(logged)
        self._failure = ""
        self._asked: list[int] = []
        strip = QFrame(self)
        strip.setProperty("surface", "panel")
        title = QLabel(self.tr("As it was at {time}. Not live.").format(time=when), strip)
        title.setFont(font(15, bold=True))
        self.state = QLabel(strip)
        self.state.setProperty("role", "muted")
        self.progress = QProgressBar(strip)
        self.progress.setRange(0, max(1, self._left))
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(120)
        close = QPushButton(self.tr("Close"), strip)
        close.clicked.connect(self.close)
        row = QHBoxLayout(strip)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(title)
        row.addSpacing(12)
        row.addWidget(self.state, 1)
        row.addWidget(self.progress)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(strip)
        layout.addWidget(self.canvas, 1)
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize()))
        self.destroyed.connect(_cancel_all(client, self._asked))
        self.canvas.set_history(self._query_pixels)
        for tag in logged:
            self._ask(tag.id, tag.path)
        for path, seconds in self.canvas.history_wanted():
            self._ask_past(path, round(seconds * NS_PER_S))
        self._tell()

    def _ask(self, tag_id: int, path: str) -> None:
        def answer(found: Batch | QueryFailure) -> None:
            self._left -= 1
            if isinstance(found, QueryFailure):
                self._failure = found.text
            else:
                self._take(tag_id, found)
            self._tell()

        # The bounds hold the sample that was the newest at that moment.
        asked = self._client.query_raw(path, self._at_ns, self._at_ns + 1, answer, bounds=True)
        self._asked.append(asked)

    def _ask_past(self, path: str, span_ns: int) -> None:
        def answer(found: Batch | QueryFailure) -> None:
            if not isinstance(found, QueryFailure):
                past = [sample for sample in samples(found) if sample[0] <= self._at_ns]
                self.canvas.load_history(path, past)

        start_ns = self._at_ns - span_ns
        self._asked.append(self._client.query_raw(path, start_ns, self._at_ns, answer, bounds=True))

    def _query_pixels(
        self, paths: Sequence[str], start_ns: int, end_ns: int, columns: int, answer: HistoryAnswer
    ) -> None:
        asked = self._client.query_pixels(paths, start_ns, end_ns, columns, curves_for(answer))
        self._asked.append(asked)

    def _take(self, tag_id: int, found: Batch) -> None:
        rows = np.flatnonzero(found.source_ns <= self._at_ns)
        if not len(rows):
            return
        newest = found.take(rows[-1:])
        ids = np.array([tag_id], np.int32)
        self.source.apply(
            Batch(ids, newest.values, newest.statuses, newest.source_ns, newest.receive_ns, newest.extras)
        )
        self.canvas.refresh(self._at_ns)

    @Slot()
    def _tell(self) -> None:
        self.progress.setVisible(self._left > 0)
        self.progress.setValue(self.progress.maximum() - self._left)
        if self._left:
            self.state.setText(self.tr("Reading history…"))
        elif self._failure:
            self.state.setText(self.tr("Not complete: {}").format(self._failure))
        elif self._unlogged:
            text = self.tr("Tags without history, shown as waiting: {n}")
            self.state.setText(text.format(n=number(self._unlogged)))
        else:
            self.state.setText("")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Close with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)


def _cancel_all(client: StationClient, asked: list[int]) -> Callable[[], None]:
    """Return what forgets all questions; holds no window."""

    def cancel() -> None:
        for request_id in asked:
            client.cancel(request_id)

    return cancel
