"""Open a history: one writer and any number of readers on one database."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from historian.reader import HistoryReader
from historian.schema import history_url, open_readable, open_writable
from historian.writer import HistoryWriter
from tags.clock import Clock, SystemClock
from tags.model import LogMode, Tag, TagTable


class History:
    """Hold a project's history open; made by :func:`open_history`."""

    def __init__(self, tags: TagTable, directory: Path, url: str, clock: Clock) -> None:
        self._tags = tags
        self._url = history_url(directory, url)
        self._engine = open_writable(self._url)
        self._writer = HistoryWriter(self._engine, tags, clock)
        self._readable = open_readable(self._url)

    def writer(self) -> HistoryWriter:
        """Return the one writer."""
        return self._writer

    def reader(self) -> HistoryReader:
        """Return a new reader with connections of its own."""
        return HistoryReader(open_readable(self._url), self._tags)

    @property
    def engine(self) -> Engine:
        """Return an engine for queries only; the alarm journal reads through it."""
        return self._readable

    def logged(self) -> Sequence[Tag]:
        """Return the tags whose samples are kept."""
        return [tag for tag in self._tags if tag.log.mode is not LogMode.OFF]

    def close(self) -> None:
        """Commit everything, mark the end of every series and close; blocks until done."""
        self._writer.close()
        self._readable.dispose()
        self._engine.dispose()


def open_history(tags: TagTable, directory: Path, url: str = "", clock: Clock | None = None) -> History:
    """Open the history of a project, making it when there is none.

    ``directory`` holds the SQLite file when ``url`` is empty.

    Raises:
        HistoryUnavailableError: it cannot be opened, is damaged, or was written by a newer version.
    """
    return History(tags, directory, url, clock or SystemClock())
