"""The historian's interfaces, records and errors; append, query and replay are separate."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tags.model import Batch, Tag, Value, WriteResult
from tags.status import StatusCode

if TYPE_CHECKING:
    # The desktop shares these types and must not pay 0.7 s for importing SQLAlchemy.
    from sqlalchemy import Connection

    from historian.aggregates import Aggregate, AggregateSeries, AggregateSettings
    from historian.happening import EventChoice, Happening
    from historian.patience import Patience
    from historian.stats import Stats

T = TypeVar("T")


class HistorianError(Exception):
    """Head the historian's errors."""


class HistoryUnavailableError(HistorianError):
    """Tell of the environment: disk full, file locked, corrupt or too new; the message says what to do."""


class QueryCancelledError(HistorianError):
    """Tell that the caller gave a query up."""


class QueryTimeoutError(HistorianError):
    """Tell that a query took longer than its caller allowed."""


class GapReason(StrEnum):
    """Say why no samples were kept (HIS-23)."""

    STATION_STOPPED = "station_stopped"
    CONNECTION_LOST = "connection_lost"
    DISABLED = "disabled"
    DROPPED = "dropped"


def gap_reason(status: int) -> GapReason | None:
    """Return why a tag has no value when its sample's status says that nobody recorded any; else None.

    A bad status of a device's own, such as a broken sensor, is no gap: it was recorded.
    """
    return _GAP_REASONS.get(status & 0xFFFF0000)


_GAP_REASONS = {
    int(StatusCode.BadDataUnavailable): GapReason.STATION_STOPPED,
    int(StatusCode.BadNoCommunication): GapReason.CONNECTION_LOST,
    int(StatusCode.BadNotConnected): GapReason.DISABLED,
    int(StatusCode.BadDataLost): GapReason.DROPPED,
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Record one event of the plant log that is no sample: connection change, station start or stop, gap.

    ``kind`` is one of ``connection station gap clock``; ``subject`` names the connection or station;
    ``detail`` is JSON text.
    """

    kind: str
    source_ns: int
    receive_ns: int
    subject: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Hold samples of one tag in the order of source time.

    ``source_ns`` int64, ``values`` float64 (NaN where bad or not a number), ``statuses`` uint32; ``extras``
    maps a row to the exact value that a double cannot hold.
    """

    path: str
    source_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]
    extras: dict[int, Value]


@dataclass(frozen=True, slots=True, eq=False)
class PixelSeries:
    """Hold what a trend draws: one row per pixel column, NaN/0 where it has no good sample.

    ``edges_ns`` int64 (n+1); ``low``, ``high``, ``mean`` (time-weighted), ``first``, ``last`` float64 (n);
    ``counts`` int64 (n); ``worst`` uint32 (n), the worst status met in the column.
    """

    path: str
    edges_ns: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    counts: NDArray[np.int64]
    worst: NDArray[np.uint32]


class Writer(Protocol):
    """Append to history. Callable from the station's loop; nothing here blocks.

    ``samples`` go to a bounded queue; what does not fit is counted, and a gap is recorded when there is room
    again. Everything else is committed in order and reported by its future.
    """

    def samples(self, batch: Batch) -> None:
        """Take engineering values of logged tags; a row of a tag that is not logged is ignored."""
        ...

    def due(self, now_ns: int) -> NDArray[np.int32]:
        """Return the ids of tags of which a sample is due although nothing changed.

        The caller hands their present values to :meth:`samples`.
        """
        ...

    def entry(self, entry: LogEntry) -> Future[None]:
        """Append to the plant log; the future ends when it is on disk."""
        ...

    def write_result(self, result: WriteResult) -> Future[None]:
        """Append an operator write with its outcome; the future ends when it is on disk."""
        ...

    def submit(self, task: "Callable[[Connection], T]") -> Future[T]:
        """Run ``task`` in the writer thread inside a committed transaction, in order (the alarm journal)."""
        ...

    def flush(self) -> Future[None]:
        """End when everything appended before is on disk."""
        ...

    def close(self) -> None:
        """Commit what is queued and stop the thread; blocks until done."""
        ...


class Reader(Protocol):
    """Query history by connections of its own, which never block the writer; blocking, from any thread."""

    def raw(
        self,
        path: str,
        start_ns: int,
        end_ns: int,
        *,
        bounds: bool = False,
        limit: int | None = None,
        patience: "Patience | None" = None,
    ) -> Series:
        """Return samples with start <= source time < end; ``bounds`` adds the ones next outside (AGG-32)."""
        ...

    def pixels(
        self,
        paths: Sequence[str],
        start_ns: int,
        end_ns: int,
        columns: int,
        patience: "Patience | None" = None,
    ) -> list[PixelSeries]:
        """Return at most ``columns`` pixel columns per tag; no extreme is lost (HIS-27)."""
        ...

    def state_at(self, at_ns: int, paths: Sequence[str] | None = None) -> Batch:
        """Return the last sample at or before ``at_ns`` of each tag (None: all logged ones) that has one.

        ``tag_ids`` are those of the table the reader was opened with.
        """
        ...

    def entries(self, start_ns: int, end_ns: int, kinds: Sequence[str] = ()) -> Iterator[LogEntry]:
        """Yield plant log entries in the order of source time."""
        ...

    def writes(self, start_ns: int, end_ns: int, path: str | None = None) -> Iterator[WriteResult]:
        """Yield operator writes in the order of their request."""
        ...

    def raw_pieces(
        self, path: str, start_ns: int, end_ns: int, patience: "Patience | None" = None
    ) -> "Iterator[Series]":
        """Yield samples with start <= source time < end in pieces, until the caller gives up."""
        ...

    def aggregates(
        self,
        path: str,
        aggregate: "Aggregate",
        start_ns: int,
        end_ns: int,
        interval_ns: int,
        settings: "AggregateSettings | None" = None,
        patience: "Patience | None" = None,
    ) -> "Iterator[AggregateSeries]":
        """Yield an OPC UA aggregate (Part 13) of each interval, in pieces."""
        ...

    def percent_good(self, path: str, start_ns: int, end_ns: int) -> float:
        """Return for how much of a period the tag's value was good, 0 to 100 (AGG-19)."""
        ...

    def timeline(
        self,
        start_ns: int,
        end_ns: int,
        choice: "EventChoice | None" = None,
        patience: "Patience | None" = None,
        *,
        newest_first: bool = False,
    ) -> "Iterator[Happening]":
        """Yield plant log, operator writes, alarm events and chosen tags' samples in one order of time."""
        ...

    def next_event(self, after_ns: int, choice: "EventChoice | None" = None) -> "Happening | None":
        """Return the first event later than a time, or None."""
        ...

    def previous_event(self, before_ns: int, choice: "EventChoice | None" = None) -> "Happening | None":
        """Return the last event earlier than a time, or None."""
        ...

    def stats(self) -> "Stats":
        """Return figures about everything stored."""
        ...

    def span_ns(self) -> tuple[int, int] | None:
        """Return the first and last source time stored, or None when history is empty."""
        ...

    def close(self) -> None:
        """Release the connections."""
        ...


class Historian(Protocol):
    """Open a history for a set of tags: one writer, any number of readers."""

    def writer(self) -> Writer:
        """Return the one writer."""
        ...

    def reader(self) -> Reader:
        """Return a new reader."""
        ...

    def logged(self) -> Sequence[Tag]:
        """Return the tags whose samples are kept."""
        ...
