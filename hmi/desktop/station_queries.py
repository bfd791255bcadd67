"""The questions that pages have about the past, put to the station in the form that the pages ask in."""

from collections.abc import Sequence

from alarms.filters import EventFilter
from historian.happening import EventChoice
from historian.model import PixelSeries
from hmi.desktop.client import PixelCallback, QueryFailure, StationClient
from hmi.desktop.journal_reading import JournalReading
from hmi.link import Timeline
from views.alarm_journal import Cancel, EventAnswer, Progress
from views.event_log import LogAnswer
from views.trend import HistoryAnswer


class StationQueries:
    """Ask through a client and hand over what came or why nothing did. GUI thread only."""

    def __init__(self, client: StationClient) -> None:
        self._client = client

    def events(
        self,
        start_ns: int,
        end_ns: int,
        most: int,
        answer: EventAnswer,
        chosen: EventFilter | None = None,
        on_progress: Progress | None = None,
    ) -> Cancel:
        """Ask for events of the alarm journal; return what gives the question up."""
        reading = JournalReading(self._client, start_ns, end_ns, most, answer, chosen, on_progress)
        return reading.cancel

    def timeline(
        self, start_ns: int, end_ns: int, limit: int, choice: EventChoice, answer: LogAnswer
    ) -> None:
        """Ask for events of all kinds."""

        def take(found: Timeline | QueryFailure) -> None:
            if isinstance(found, QueryFailure):
                answer(None, False, found.text)
            else:
                answer(found.events, found.more, "")

        self._client.query_timeline(start_ns, end_ns, limit, choice, take)

    def pixels(
        self, paths: Sequence[str], start_ns: int, end_ns: int, columns: int, answer: HistoryAnswer
    ) -> None:
        """Ask for what curves of so many columns show."""
        self._client.query_pixels(paths, start_ns, end_ns, columns, curves_for(answer))


def curves_for(answer: HistoryAnswer) -> PixelCallback:
    """Return what hands over the curves that came, or why none did."""

    def take(found: list[PixelSeries] | QueryFailure) -> None:
        if isinstance(found, QueryFailure):
            answer(None, found.text)
        else:
            answer(found, "")

    return take
