"""Read a history on a server together with what the local file has not handed over yet."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection, Engine, func, inspect, select

from historian.events import Place
from historian.model import HistoryUnavailableError
from historian.reader import HistoryReader
from historian.reading import Reading
from historian.samples import Journal, undecided
from historian.schema import journal_table, quarantine_table, tag_table
from historian.server import forwarded_more_table, forwarded_table
from historian.stats import Stats
from tags.model import Batch, TagTable


class ServerReader(HistoryReader):
    """Query a server's history, and with it what ``local`` still holds; without it the server alone answers.

    Events are read from the local file, which keeps its own, while the server is away.
    """

    def __init__(self, engine: Engine, local: Engine | None, spool: str, tags: TagTable) -> None:
        super().__init__(engine, tags)
        self._local = local
        self._spool = spool
        self._local_journal = Journal()

    def span_ns(self) -> tuple[int, int] | None:
        """Return the first and last source time stored, or None when history is empty."""
        found = [super().span_ns()]
        journal = journal_table.c
        if self._local is not None:
            with Reading(self._local) as local:
                row = local.execute(select(func.min(journal.first_ns), func.max(journal.last_ns))).one()
            if row[0] is not None:
                found.append((int(row[0]), int(row[1])))
        spans = [span for span in found if span is not None]
        return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None

    def stats(self) -> Stats:
        """Return figures about everything on the server, and what it refused."""
        found = super().stats()
        if self._local is None:
            return found
        with Reading(self._local) as local:
            count = local.execute(select(func.count()).select_from(quarantine_table)).scalar_one()
        return replace(found, quarantined=int(count))

    def _segments(self, connection: Connection) -> Sequence[Batch]:
        if self._local is None:
            return self._journal.segments(connection)
        # The local part first: what is handed over in between is seen twice, which reads as once.
        with Reading(self._local) as local:
            waiting = [*self._local_journal.segments(local), *undecided(local)]
            paths = {row.id: row.path for row in local.execute(select(tag_table.c.id, tag_table.c.path))}
        known = self._known(connection)
        here = np.array([known.get(paths.get(tag_id, ""), 0) for tag_id in range(max(paths, default=0) + 1)])
        moved = [
            Batch(
                here[batch.tag_ids].astype(np.int32),
                batch.values,
                batch.statuses,
                batch.source_ns,
                batch.receive_ns,
                batch.extras,
            )
            for batch in waiting
        ]
        return [*self._journal.segments(connection), *moved]

    def _known(self, connection: Connection) -> dict[str, int]:
        known = dict(super()._known(connection))
        if self._local is None:
            return known
        free = max(known.values(), default=0) + 1
        with Reading(self._local) as local:
            for row in local.execute(select(tag_table.c.path)):
                if row.path not in known:
                    # Not handed over yet: a number that the server does not know.
                    known[row.path] = free
                    free += 1
        return known

    @contextmanager
    def _places(self) -> Iterator[Sequence[Place]]:
        """Open the server, and the local file from where the server's part of it ends."""
        if self._local is None:
            with self._connect() as server:
                yield (Place(server),)
            return
        with contextlib.ExitStack() as stack:
            # Its state first: what is handed over in between is seen from the server, and not twice.
            local = stack.enter_context(Reading(self._local))
            local.execute(select(func.count()).select_from(tag_table)).scalar_one()
            try:
                server = stack.enter_context(self._connect())
                done = _handed_over(server, self._spool)
            except HistoryUnavailableError:
                done = None
            yield (Place(local),) if done is None else (Place(server), Place(local, *done))

    def close(self) -> None:
        """Release the connections."""
        super().close()
        if self._local is not None:
            self._local.dispose()


def _handed_over(server: Connection, spool: str) -> tuple[int, int, int] | None:
    """Return up to which row of plant log, writes and alarm journal the server has everything.

    None when it has no tables yet.
    """
    tables = inspect(server)
    if not tables.has_table(forwarded_table.name):
        return None
    mine = select(forwarded_table).where(forwarded_table.c.spool == spool)
    row = server.execute(mine).one_or_none()
    alarms = None
    if tables.has_table(forwarded_more_table.name):
        more = forwarded_more_table.c
        alarms = server.execute(
            select(more.last_key).where(more.spool == spool, more.source == "alarm_event")
        ).scalar_one_or_none()
    return (0, 0, alarms or 0) if row is None else (row.log_id, row.write_id, alarms or 0)
