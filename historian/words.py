"""The words of kinds of events, outcomes of writes and reasons of gaps: one source for window and files."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from historian.happening import ALARM_KIND, CONNECTION_KIND, SAMPLE_KIND, WRITE_KIND
from historian.model import GapReason
from tags.model import WriteOutcome

CONTEXT: Final = "EventLog"
"""Where the translations of these words are."""
KIND_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ALARM_KIND: "Alarm",
        WRITE_KIND: "Write",
        CONNECTION_KIND: "Connection",
        SAMPLE_KIND: "Sample",
        "station": "Station",
        "gap": "Gap",
        "clock": "Clock",
        "trust": "Trust",
    }
)
GAP_WORDS: Final[Mapping[GapReason, str]] = MappingProxyType(
    {
        GapReason.STATION_STOPPED: "Station off",
        GapReason.CONNECTION_LOST: "Link lost",
        GapReason.DISABLED: "Switched off",
        GapReason.DROPPED: "Dropped",
    }
)
"""Why nobody recorded samples, in two words."""
OUTCOME_WORDS: Final[Mapping[WriteOutcome, str]] = MappingProxyType(
    {
        WriteOutcome.CONFIRMED: "Confirmed",
        WriteOutcome.CLAMPED: "Clamped",
        WriteOutcome.REFUSED: "Refused",
        WriteOutcome.TIMED_OUT: "Timed out",
    }
)
LOG_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "time": "Time",
        "kind": "Kind",
        "subject": "About",
        "text": "What happened",
        "change": "Value",
        "detail": "Outcome",
        "user": "Person",
    }
)
"""The columns of the event log as people read them, by their names in CSV."""
TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "time": "Time (UTC)",
        "tag": "Tag",
        "value": "Value",
        "unit": "Unit",
        "status": "Quality",
        "status_code": "Quality code",
    }
)
"""The columns of samples as people read them, by their names in CSV."""
