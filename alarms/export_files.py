"""Write journal events into files that people open: CSV, Excel and PDF, chosen by the file's suffix."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Final

from alarms.export import HEADER, event_cells
from alarms.model import AlarmEvent
from alarms.table_files import Cell, Listing, Say, time_text, write_listing
from alarms.words import CLASS_WORDS, STATE_WORDS, TITLES, TRANSITION_WORDS

_WIDTHS: Final[Mapping[str, float]] = MappingProxyType(
    {"time": 23, "received": 23, "message": 48, "comment": 32, "tag": 26, "area": 18, "alarm_id": 16}
)
_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "transition": {code.value: word for code, word in TRANSITION_WORDS.items()},
        "state_before": {code.value: word for code, word in STATE_WORDS.items()},
        "state_after": {code.value: word for code, word in STATE_WORDS.items()},
        "class": {code.value: word for code, word in CLASS_WORDS.items()},
    }
)
"""What people read instead of the codes of some columns, by column and code."""


_COLUMNS: Final = (
    ("Time", 100.0, False), ("P", 16.0, True), ("Alarm", 84.0, False), ("Event", 84.0, False),
    ("State", 118.0, False), ("Message", 190.0, False), ("By", 62.0, False), ("Comment", 102.0, False),
)  # fmt: skip


def _printed(event: AlarmEvent, cells: Mapping[str, Cell], say: Say) -> tuple[str, ...]:
    what = str(cells["transition"])
    return (
        time_text(cells["time"], say),
        str(int(event.priority)),
        event.alarm_id,
        f"{what} ({say(TITLES['first_out']).lower()})" if event.first_out else what,
        f"{cells['state_before']} > {cells['state_after']}",
        event.message,
        event.user,
        event.comment,
    )


def write_events(
    path: Path, events: Sequence[AlarmEvent], zone: tzinfo, title: str, say: Say = str, area: Say = str
) -> None:
    """Write events into a file; times are in ``zone``. Blocking; runs in any thread.

    ``title`` and the events' messages are in the reader's language already; ``area`` says what an area is
    called in it.

    Raises:
        AlarmError: the suffix is unknown, or a sheet cannot hold so many events.
        OSError: the file cannot be written.
    """
    write_listing(path, events, journal(area), zone, title, say)


def journal(area: Say = str) -> Listing[AlarmEvent]:
    """Return how events of the journal become rows; ``area`` says what an area is called."""

    def shown(_event: AlarmEvent, cells: tuple[Cell, ...], say: Say) -> tuple[Cell, ...]:
        return tuple(
            say(_WORDS[name][str(cell)]) if name in _WORDS else area(str(cell)) if name == "area" else cell
            for name, cell in zip(HEADER, cells, strict=True)
        )

    return Listing(
        "Journal",
        HEADER,
        TITLES,
        _WIDTHS,
        lambda event: event.source_ns,
        event_cells,
        shown,
        _COLUMNS,
        _printed,
    )
