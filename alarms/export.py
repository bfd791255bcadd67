"""Journal events as rows of cells, for tables that people open in a spreadsheet."""

from datetime import tzinfo
from typing import Final

from alarms.model import AlarmEvent
from alarms.table_files import Cell, zoned
from tags import status as status_codes

HEADER: Final = (
    "sequence", "time", "received", "alarm_id", "transition", "state_before", "state_after", "priority",
    "severity",
    "tag",
    "area", "message", "value", "limit", "unit", "quality", "first_out", "level", "user", "workstation",
    "comment", "class", "occurrence_id", "event_id",
)  # fmt: skip


def event_cells(event: AlarmEvent, zone: tzinfo) -> tuple[Cell, ...]:
    """Return an event's cells in the order of :data:`HEADER`; times are in ``zone``."""
    return (
        event.sequence,
        zoned(event.source_ns, zone),
        zoned(event.receive_ns, zone),
        event.alarm_id,
        event.transition.value,
        event.state_before.value,
        event.state_after.value,
        int(event.priority),
        event.severity,
        event.tag,
        event.area,
        event.message,
        str(list(event.value)) if isinstance(event.value, tuple) else event.value,
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
