"""One event on the common time axis, and which of them somebody asks for; free of the database's library."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SAMPLE_KIND: Final = "sample"
WRITE_KIND: Final = "write"
ALARM_KIND: Final = "alarm"
CONNECTION_KIND: Final = "connection"
STATION_KIND: Final = "station"
LOG_KINDS: Final = (CONNECTION_KIND, STATION_KIND, "gap", "clock", "trust")
KINDS: Final = (ALARM_KIND, WRITE_KIND, *LOG_KINDS)
"""Every kind but samples, which are asked for by tag."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Tell of one event on the common time axis.

    ``kind`` is one of :data:`KINDS` or ``sample``; ``subject`` the connection, station, alarm or tag;
    ``detail`` the outcome of a write, the transition of an alarm, the status of a sample, or a log entry's
    own JSON; ``change`` what a value was and became; ``user`` who did it, empty when nobody did.
    """

    kind: str
    source_ns: int
    subject: str
    text: str
    detail: str
    change: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class EventChoice:
    """Choose events; what is empty chooses all.

    A subject also chooses what lies below it (``Filler1`` has ``Filler1.Tank.Level``); ``text`` is looked for
    in subject, text, user and detail, whatever its case. ``paths`` are tags whose samples are wanted as well.
    """

    kinds: Sequence[str] = ()
    subjects: Sequence[str] = ()
    users: Sequence[str] = ()
    text: str = ""
    paths: Sequence[str] = ()

    def has_kind(self, kind: str) -> bool:
        """Tell whether a kind is wanted."""
        return not self.kinds or kind in self.kinds

    def suits(self, event: Happening) -> bool:
        """Tell whether an event of a wanted kind, subject and user has the text."""
        wanted = self.text.casefold()
        return not wanted or any(
            wanted in part.casefold() for part in (event.subject, event.text, event.user, event.detail)
        )
