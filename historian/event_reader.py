"""Queries on what happened: plant log, operator writes, alarm events, and samples among them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from historian import events
from historian.events import Place
from historian.happening import SAMPLE_KIND, EventChoice, Happening
from historian.model import LogEntry, Series
from historian.patience import Patience
from tags.model import WriteResult
from tags.status import name as status_name

_PATIENT = Patience()


class EventReader(ABC):
    """Answer the part of :class:`historian.model.Reader` that is about events."""

    @abstractmethod
    def raw_pieces(
        self, path: str, start_ns: int, end_ns: int, patience: Patience | None = None
    ) -> Iterator[Series]:
        """Yield samples with start <= source time < end in pieces."""

    @abstractmethod
    def _places(self) -> AbstractContextManager[Sequence[Place]]:
        """Open the databases that have events."""

    def entries(
        self, start_ns: int, end_ns: int, kinds: Sequence[str] = (), subject: str | None = None
    ) -> Iterator[LogEntry]:
        """Yield plant log entries in the order of source time."""
        with self._places() as places:
            yield from events.entries(places, start_ns, end_ns, kinds, subject)

    def writes(self, start_ns: int, end_ns: int, path: str | None = None) -> Iterator[WriteResult]:
        """Yield operator writes in the order of their request."""
        with self._places() as places:
            yield from events.writes(places, start_ns, end_ns, path)

    def timeline(
        self,
        start_ns: int,
        end_ns: int,
        choice: EventChoice | None = None,
        patience: Patience | None = None,
        *,
        newest_first: bool = False,
    ) -> Iterator[Happening]:
        """Yield plant log, operator writes and alarm events as one list in the order of source time.

        The samples of the tags in ``choice.paths`` are in it as well; with ``newest_first`` the order is
        turned round, and then there are none.

        Raises:
            HistoryUnavailableError: the database cannot be read.
            QueryCancelledError, QueryTimeoutError: the caller gave up, or its time is over.
        """
        choice = choice or EventChoice()
        if newest_first and choice.paths:
            raise ValueError("samples come in the order of time only")
        streams = [self._as_events(path, start_ns, end_ns, patience) for path in choice.paths]
        with self._places() as places:
            yield from events.timeline(
                places,
                start_ns,
                end_ns,
                choice,
                patience or _PATIENT,
                streams,
                newest_first=newest_first,
            )

    def _as_events(
        self, path: str, start_ns: int, end_ns: int, patience: Patience | None
    ) -> Iterator[Happening]:
        for series in self.raw_pieces(path, start_ns, end_ns, patience):
            for row, (at_ns, status) in enumerate(
                zip(series.source_ns.tolist(), series.statuses.tolist(), strict=True)
            ):
                value = series.extras.get(row, float(series.values[row]))
                text = "" if status >= 0x80000000 else str(value)
                yield Happening(SAMPLE_KIND, at_ns, path, text, status_name(status))

    def next_event(self, after_ns: int, choice: EventChoice | None = None) -> Happening | None:
        """Return the first event later than a time, or None."""
        with self._places() as places:
            return events.nearest(places, after_ns, choice or EventChoice(), forward=True)

    def previous_event(self, before_ns: int, choice: EventChoice | None = None) -> Happening | None:
        """Return the last event earlier than a time, or None."""
        with self._places() as places:
            return events.nearest(places, before_ns, choice or EventChoice(), forward=False)
