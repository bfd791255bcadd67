"""Write events of the alarm journal or the event log into a file that people open, beside the GUI thread."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Generic, TypeVar, overload

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from alarms.model import AlarmEvent
from historian.happening import Happening
from hmi.desktop.background import Background
from hmi.desktop.saving import ask_file
from hmi.report_words import speaker
from views.language import LANGUAGE, station_text
from views.local_text import number
from views.project_names import area_text

_Event = TypeVar("_Event")
Write = Callable[[Path, Sequence[_Event], tzinfo, str, Callable[[str], str]], None]
"""Writes events into a file, with a title and what says the program's words; in any thread."""
STEP = 250
"""Events between two signs of progress."""


class ExportCancelledError(Exception):
    """Tell the writer that nobody wants its file any more."""


class CountedEvents(Sequence[_Event]):
    """Hand out events to a writer, tell how far it is, and stop it when it is to stop.

    ``on_progress`` is called in the writer's thread with the number of events handed out.
    """

    def __init__(self, events: Sequence[_Event], on_progress: Callable[[int], None]) -> None:
        self._events = events
        self._on_progress = on_progress
        self.is_cancelled = False

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, place: int) -> _Event: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[_Event]: ...
    def __getitem__(self, place: int | slice) -> _Event | Sequence[_Event]:
        return self._events[place]

    def __iter__(self) -> Iterator[_Event]:
        for count, event in enumerate(self._events):
            if count % STEP == 0:
                if self.is_cancelled:
                    raise ExportCancelledError
                self._on_progress(count)
            yield event


class ExportBar(QWidget):
    """Show how far an export is, and let it be cancelled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = QLabel(self)
        self.progress = QProgressBar(self)
        self.progress.setFixedWidth(160)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.cancel)
        self.hide()


class EventExport(QObject, Generic[_Event]):
    """Ask where to write events and write them. GUI thread only; one export at a time."""

    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""
    _counted = Signal(int)

    def __init__(
        self,
        background: Background,
        bar: ExportBar,
        write: Write[_Event],
        question: str,
        file_name: str,
        parent: QWidget,
    ) -> None:
        """Take what writes the events, the title of the dialog and the name that it offers."""
        super().__init__(parent)
        self._write, self._question, self._file_name = write, question, file_name
        self._background = background
        self._window = parent
        self._bar = bar
        self._running: CountedEvents[_Event] | None = None
        self.dialog: QFileDialog | None = None
        self._counted.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        bar.cancel.clicked.connect(self.cancel)

    @Slot(object, str)
    def ask(self, events: Sequence[_Event], title: str) -> None:
        """Ask for the file, then write the events into it."""
        if self._running is not None:
            self.told.emit(self.tr("An export runs already: wait for its end or cancel it."), True)
            return
        kinds = {
            ".csv": self.tr("CSV table"),
            ".xlsx": self.tr("Excel workbook"),
            ".pdf": self.tr("PDF document"),
        }
        self.dialog = ask_file(
            self._window,
            self._question,
            self._file_name,
            kinds,
            lambda path: self.write(path, events, title),
        )

    def write(self, path: Path, events: Sequence[_Event], title: str) -> None:
        """Write the events; a file that is there is replaced only when all of it is written."""
        counted = CountedEvents(list(events), self._counted.emit)
        self._running = counted
        self._bar.text.setText(self.tr("Writing {name}…").format(name=path.name))
        self._bar.progress.setRange(0, len(counted))
        self._bar.progress.setValue(0)
        self._bar.show()
        say = speaker(LANGUAGE.name)
        unfinished = path.with_name(f".{path.stem}.unfinished{path.suffix}")

        def work() -> None:
            try:
                zone = datetime.now().astimezone().tzinfo or UTC
                self._write(unfinished, counted, zone, title, say)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)

        def done(outcome: Exception | None) -> None:
            self._running = None
            self._bar.hide()
            if isinstance(outcome, ExportCancelledError):
                self.told.emit(self.tr("The export was cancelled; no file was written."), False)
            elif isinstance(outcome, Exception):
                text = self.tr("{path} was not written: {error}")
                text = text.format(path=path, error=station_text(str(outcome)))
                self.told.emit(text, True)
            else:
                text = self.tr("Events written to {path}: {count}")
                self.told.emit(text.format(path=path, count=number(len(counted))), False)

        self._background.run(work, done)

    @Slot()
    def cancel(self) -> None:
        """Stop writing at the next event."""
        if self._running is not None:
            self._running.is_cancelled = True

    @Slot(int)
    def _show_progress(self, count: int) -> None:
        if self._running is not None:
            self._bar.progress.setValue(count)


def write_journal(
    path: Path, events: Sequence[AlarmEvent], zone: tzinfo, title: str, say: Callable[[str], str]
) -> None:
    """Write alarm events."""
    from alarms.export_files import write_events  # its libraries load only for an export

    write_events(path, events, zone, title, say, area_text)


def write_log(
    path: Path, events: Sequence[Happening], zone: tzinfo, title: str, say: Callable[[str], str]
) -> None:
    """Write events of the event log."""
    from projects.event_files import write_happenings  # as above

    write_happenings(path, events, zone, title, say)
