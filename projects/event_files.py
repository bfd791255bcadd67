"""Write the event log into files that people open, by the writers of the alarm journal."""

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Final

from alarms.table_files import Cell, Listing, Say, time_text, write_listing, zoned
from historian.happening import Happening
from historian.words import KIND_WORDS, LOG_TITLES
from projects.event_words import detail_word

COLUMNS: Final = tuple(LOG_TITLES)
"""The names of the columns in CSV and JSON."""
_WIDTHS: Final[Mapping[str, float]] = MappingProxyType(
    {"time": 23, "subject": 30, "text": 60, "change": 24, "detail": 16, "user": 16}
)
_GROUP: Final = re.compile(r"(?<=\d)[\u202f\u00a0](?=\d{3})")
_COMMA: Final = re.compile(r"(?<=\d),(?=\d)")
_MINUS: Final = re.compile(r"\u2212(?=\d)")


def plain_numbers(text: str) -> str:
    """Return a text with its numbers as programs write them: a point, a hyphen, digits together."""
    return _MINUS.sub("-", _COMMA.sub(".", _GROUP.sub("", text)))


def write_happenings(
    path: Path, events: Sequence[Happening], zone: tzinfo, title: str, say: Say = str
) -> None:
    """Write events into a file; times are in ``zone``. Blocking; runs in any thread.

    ``title`` and what events say are in the reader's language already.

    Raises:
        AlarmError: the suffix is unknown, or a sheet cannot hold so many events.
        OSError: the file cannot be written.
    """
    write_listing(path, events, _LOG, zone, title, say)


def _cells(event: Happening, zone: tzinfo) -> tuple[Cell, ...]:
    return (
        zoned(event.source_ns, zone),
        event.kind,
        event.subject,
        event.text,
        plain_numbers(event.change),
        event.detail,
        event.user,
    )


def _shown(event: Happening, cells: tuple[Cell, ...], say: Say) -> tuple[Cell, ...]:
    _, outcome = detail_word(event)
    return (
        cells[0],
        say(KIND_WORDS.get(event.kind, event.kind)),
        event.subject,
        event.text,
        event.change,
        say(outcome),
        event.user,
    )


def _printed(event: Happening, cells: Mapping[str, Cell], say: Say) -> tuple[str, ...]:
    return (
        time_text(cells["time"], say),
        str(cells["kind"]),
        event.subject,
        event.text,
        event.change,
        str(cells["detail"]),
        event.user,
    )


_LOG: Final = Listing(
    "Log",
    COLUMNS,
    LOG_TITLES,
    _WIDTHS,
    lambda event: event.source_ns,
    _cells,
    _shown,
    (
        (LOG_TITLES["time"], 100.0, False),
        (LOG_TITLES["kind"], 58.0, False),
        (LOG_TITLES["subject"], 130.0, False),
        (LOG_TITLES["text"], 260.0, False),
        (LOG_TITLES["change"], 90.0, False),
        (LOG_TITLES["detail"], 66.0, False),
        (LOG_TITLES["user"], 52.0, False),
    ),
    _printed,
)
