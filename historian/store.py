"""Open a history: one writer, its keeper, and any number of readers on one database."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from historian.disk import DiskGuard, DiskLimits
from historian.forwarding import Forwarder, spool_name
from historian.keeper import Keeper
from historian.model import HistoryUnavailableError
from historian.opening import check_readable, history_url, local_url, open_readable, open_writable
from historian.reader import HistoryReader
from historian.reading import Reading
from historian.retention import Retention
from historian.schema import meta_table
from historian.server import ForwardedTable, ServerTransactions, prepare_server, server_engine
from historian.server_reader import ServerReader
from historian.spool import SpoolLimits
from historian.writer import HistoryWriter
from tags.clock import Clock, SystemClock
from tags.model import LogMode, Tag, TagTable


class History:
    """Hold a project's history open; made by :func:`open_history`."""

    def __init__(
        self,
        tags: TagTable,
        directory: Path,
        url: str,
        clock: Clock,
        retention: Retention,
        disk: DiskLimits,
        spool: SpoolLimits,
        forwarded: Sequence[ForwardedTable],
    ) -> None:
        self._tags = tags
        asked = history_url(directory, url)
        self._server_url = None if asked.get_backend_name() == "sqlite" else asked
        # What a server keeps goes through a file here, which holds what the server has not committed.
        self._url = local_url(directory, url)
        server = None if self._server_url is None else server_engine(self._server_url)
        is_file = bool(self._url.database)
        path = Path(str(self._url.database)) if is_file else None
        guard = DiskGuard(path.parent, disk) if path is not None else None
        self._engine, notice = open_writable(self._url)
        self._writer = HistoryWriter(self._engine, tags, clock, guard=guard)
        self._readable = open_readable(self._url)
        self.keeper = Keeper(
            open_readable(self._url),
            self._writer,
            clock,
            len(self.logged()),
            path,
            retention,
            guard,
            entry=self._writer.entry,
            seals=server is None,
        )
        self._forwarder: Forwarder | None = None
        self._server_keeper: Keeper | None = None
        if server is not None:
            self._follow(server, clock, retention, spool, forwarded)
        if notice is not None:
            self.keeper.notices.put(notice)

    def _follow(
        self,
        server: Engine,
        clock: Clock,
        retention: Retention,
        limits: SpoolLimits,
        more: Sequence[ForwardedTable],
    ) -> None:
        """Start to hand everything over to a server, and to keep it in order there."""
        self._spool = self._writer.submit(spool_name).result()
        for one in more:
            self._writer.submit(one.prepare).result()
        with contextlib.suppress(OperationalError), server.begin() as connection:
            prepare_server(connection, more)  # when it cannot be reached now, the forwarder does it later
        self._server = server
        self._forwarder = Forwarder(
            open_readable(self._url), server, self._writer, self._spool, clock, limits, more
        )
        self._server_keeper = Keeper(
            server,
            ServerTransactions(server),
            clock,
            len(self.logged()),
            None,
            retention,
            None,
        )

    def writer(self) -> HistoryWriter:
        """Return the one writer."""
        return self._writer

    def reader(self) -> HistoryReader:
        """Return a new reader with connections of its own."""
        if self._server_url is not None:
            server = server_engine(self._server_url, read_only=True)
            return ServerReader(server, open_readable(self._url), self._spool, self._tags)
        return HistoryReader(open_readable(self._url), self._tags)

    @property
    def engine(self) -> Engine:
        """Return an engine for queries only; the alarm journal reads through it."""
        return self._readable

    def logged(self) -> Sequence[Tag]:
        """Return the tags whose samples are kept."""
        return [tag for tag in self._tags if tag.log.mode is not LogMode.OFF]

    def notices(self) -> list[str]:
        """Take the sentences that operators should read, such as a disk that fills up; never blocks."""
        found = []
        for source in (self.keeper, self._forwarder):
            while source is not None and not source.notices.empty():
                found.append(source.notices.get())
        return found

    def seal(self) -> int:
        """Seal all that is in the journal now; return how many samples that were. Blocks."""
        total = 0
        keeper = self._server_keeper or self.keeper
        while sealed := keeper.seal(2_000_000):
            total += sealed
        return total

    def close(self) -> None:
        """Commit everything, mark the end of every series and close; blocks until done."""
        if self._server_keeper is not None:
            self._server_keeper.close()
        self.keeper.close()
        if self._forwarder is not None:
            self._forwarder.detach()
        self._writer.close()
        if self._forwarder is not None:
            self._forwarder.close()
            self._server.dispose()
        self._readable.dispose()
        self._engine.dispose()


def history_path(directory: Path, url: str = "") -> Path | None:
    """Return the history's file, or None when it is no file."""
    found = history_url(directory, url)
    return Path(str(found.database)) if found.get_backend_name() == "sqlite" and found.database else None


def open_reader(tags: TagTable, directory: Path, url: str = "") -> HistoryReader:
    """Open a history for queries only, beside the station that writes it or without one.

    Raises:
        HistoryUnavailableError: there is none yet, or its format is another one.
    """
    path = history_path(directory, url)
    if path is not None and not path.is_file():
        raise HistoryUnavailableError(f"there is no history yet: {path} does not exist")
    if path is None:
        server = server_engine(history_url(directory, url), read_only=True)
        local = local_url(directory, url)
        if not Path(str(local.database)).is_file():
            return ServerReader(server, None, "", tags)  # another computer than the station's
        check_readable(local)
        engine = open_readable(local)
        with Reading(engine) as connection:
            spool = connection.execute(
                select(meta_table.c.value).where(meta_table.c.key == "spool")
            ).scalar_one_or_none()
        return ServerReader(server, engine, str(spool), tags)
    check_readable(history_url(directory, url))
    return HistoryReader(open_readable(history_url(directory, url)), tags)


def open_history(
    tags: TagTable,
    directory: Path,
    url: str = "",
    clock: Clock | None = None,
    *,
    retention: Retention | None = None,
    disk: DiskLimits | None = None,
    spool: SpoolLimits | None = None,
    forwarded: Sequence[ForwardedTable] = (),
) -> History:
    """Open the history of a project, making it when there is none.

    ``directory`` holds the SQLite file when ``url`` is empty. With a server ``spool`` bounds what is kept
    here while it is away, and ``forwarded`` names tables of other packages that it gets as well.

    Raises:
        HistoryUnavailableError: it cannot be opened, or was written by a newer version.
    """
    return History(
        tags,
        directory,
        url,
        clock or SystemClock(),
        retention or Retention(),
        disk or DiskLimits(),
        spool or SpoolLimits(),
        forwarded,
    )
