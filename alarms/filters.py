"""Choose events of the alarm journal: what a query over the link may ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alarms.model import AlarmEvent, Priority, Transition


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Choose journal events; an empty field chooses all.

    ``text`` is looked for in message, alarm id, tag and comment, in any case. ``areas`` and ``tags`` match a
    path and everything below it.
    """

    priorities: Sequence[Priority] = ()
    transitions: Sequence[Transition] = ()
    alarm_ids: Sequence[str] = ()
    tags: Sequence[str] = ()
    areas: Sequence[str] = ()
    users: Sequence[str] = ()
    text: str = ""

    def accepts(self, event: AlarmEvent) -> bool:
        """Tell whether it chooses an event, as the journal's query does."""
        if (
            (self.priorities and event.priority not in self.priorities)
            or (self.transitions and event.transition not in self.transitions)
            or (self.alarm_ids and event.alarm_id not in self.alarm_ids)
            or (self.users and event.user not in self.users)
            or (self.tags and not _is_below(event.tag, self.tags))
            or (self.areas and not _is_below(event.area, self.areas))
        ):
            return False
        wanted = self.text.casefold()
        parts = (event.message, event.alarm_id, event.tag, event.comment)
        return not wanted or any(wanted in part.casefold() for part in parts)


def _is_below(path: str, parts: Sequence[str]) -> bool:
    return any(path == part or path.startswith(f"{part}.") for part in parts)


class EventPlace(NamedTuple):
    """Name the place of an event in the journal's order: source time, then sequence. Pages begin there."""

    source_ns: int
    sequence: int
