"""Journal events as rows of cells, for tables that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Final

from alarms.model import AlarmEvent
from tags import status as status_codes
from tags.clock import NS_PER_S

Cell = str | int | float | bool | datetime | None
"""What a spreadsheet knows; times carry their zone."""

HEADER: Final = (
    "sequence", "time", "received", "alarm_id", "transition", "state_before", "state_after", "priority",
    "severity",
    "tag",
    "area", "message", "value", "limit", "unit", "quality", "first_out", "level", "user", "workstation",
    "comment", "class", "occurrence_id", "event_id",
)  # fmt: skip
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def event_rows(events: Iterable[AlarmEvent], zone: tzinfo) -> Iterator[tuple[Cell, ...]]:
    """Yield one row of cells per event, in the order of :data:`HEADER`; times are in ``zone``."""
    for event in events:
        value = list(event.value) if isinstance(event.value, tuple) else event.value
        yield (
            event.sequence,
            _time(event.source_ns, zone),
            _time(event.receive_ns, zone),
            event.alarm_id,
            event.transition.value,
            event.state_before.value,
            event.state_after.value,
            int(event.priority),
            event.severity,
            event.tag,
            event.area,
            event.message,
            str(value) if isinstance(value, list) else value,
            event.limit,
            event.unit,
            status_codes.name(event.status),
            event.first_out,
            event.level,
            event.user,
            event.workstation,
            event.comment,
            event.message_class.value,
            event.occurrence_id,
            event.event_id,
        )


def csv_text(events: Iterable[AlarmEvent], zone: tzinfo) -> str:
    """Return the events as CSV with a header; times as ISO 8601 with milliseconds and their zone.

    A text that a spreadsheet would take for a formula is written with an apostrophe before it: comments are
    typed by people.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in event_rows(events, zone):
        writer.writerow([_csv_cell(cell) for cell in row])
    return stream.getvalue()


def _time(at_ns: int, zone: tzinfo) -> datetime:
    seconds, rest_ns = divmod(at_ns, NS_PER_S)
    return datetime.fromtimestamp(seconds, zone).replace(microsecond=rest_ns // 1000)


def _csv_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="milliseconds")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
