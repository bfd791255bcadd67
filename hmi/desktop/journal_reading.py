"""Read the alarm journal of a station page by page, with progress and a way to stop."""

from collections.abc import Callable

from alarms.filters import EventFilter, EventPlace
from alarms.model import AlarmEvent
from hmi.desktop.client import QueryFailure, StationClient
from hmi.link import EventHistory, QueryEvents
from views.alarm_journal import EventAnswer, Progress

PAGE = 5_000
"""Events per message: small enough that taking one in does not hold up a frame."""


class JournalReading:
    """Ask for the newest ``most`` events of a period that ``chosen`` accepts. GUI thread only.

    ``answer`` is called once with the events, oldest first, or None and why there are none; never after
    :meth:`cancel`. ``on_progress`` is called with the number of events read so far.
    """

    def __init__(
        self,
        client: StationClient,
        start_ns: int,
        end_ns: int,
        most: int,
        answer: EventAnswer,
        chosen: EventFilter | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self._client = client
        self._period = (start_ns, end_ns)
        self._most = most
        self._answer: EventAnswer | None = answer
        self._chosen = chosen
        self._on_progress = on_progress
        self._pages: list[list[AlarmEvent]] = []
        self._read = 0
        self._ask(None)

    def cancel(self) -> None:
        """Forget the question; nothing is answered any more."""
        self._answer = None

    def _ask(self, before: EventPlace | None) -> None:
        limit = min(PAGE, self._most - self._read)
        start_ns, end_ns = self._period
        make: Callable[[int], QueryEvents] = lambda request_id: QueryEvents(  # noqa: E731
            request_id, start_ns, end_ns, limit, self._chosen, before
        )
        self._client.ask(make, EventHistory, self._take)

    def _take(self, found: EventHistory | QueryFailure) -> None:
        if self._answer is None:
            return
        if isinstance(found, QueryFailure):
            self._answer(None, found.text)
            return
        self._pages.append(found.events)
        self._read += len(found.events)
        if self._on_progress is not None:
            self._on_progress(self._read)
        if found.more and self._read < self._most and found.events:
            oldest = found.events[0]
            self._ask(EventPlace(oldest.source_ns, oldest.sequence))
            return
        self._answer([event for page in reversed(self._pages) for event in page], "")
