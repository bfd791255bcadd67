"""Know which events an acknowledgement may name (ALM-07)."""

from collections import OrderedDict, deque
from typing import Final

from alarms.model import AlarmEvent
from alarms.record import Alarm, is_annunciation

REMEMBERED: Final = 10_000
"""So many events that can no longer be acknowledged are kept, to answer why."""
REMEMBERED_PER_ALARM: Final = 100
"""A hidden alarm that chatters for weeks is not annunciated: only its newest events are kept."""


class SeenEvents:
    """Find the alarm of an event id, and whether the event belongs to its present annunciation.

    An event can be acknowledged until its alarm is annunciated as new, or its occurrence is over.
    """

    __slots__ = ("_ids", "_past", "_present")

    def __init__(self) -> None:
        self._present: dict[str, Alarm] = {}
        self._ids: dict[int, deque[str]] = {}
        self._past: OrderedDict[str, Alarm] = OrderedDict()

    def present(self, event_id: str) -> Alarm | None:
        """Return the alarm that this event still stands for."""
        return self._present.get(event_id)

    def past(self, event_id: str) -> Alarm | None:
        """Return the alarm of an event that was overtaken; None when it is unknown or long over."""
        return self._past.get(event_id)

    def note(self, alarm: Alarm, event: AlarmEvent) -> None:
        """Take up an event that its alarm has just taken up."""
        if is_annunciation(event):
            self._retire(alarm)
        ids = self._ids.setdefault(alarm.index, deque())
        ids.append(event.event_id)
        self._present[event.event_id] = alarm
        if len(ids) > REMEMBERED_PER_ALARM:
            self._forget(alarm, ids.popleft())
        if not alarm.occurrence_id:
            self._retire(alarm)

    def _retire(self, alarm: Alarm) -> None:
        for event_id in self._ids.pop(alarm.index, ()):
            self._forget(alarm, event_id)

    def _forget(self, alarm: Alarm, event_id: str) -> None:
        del self._present[event_id]
        self._past[event_id] = alarm
        if len(self._past) > REMEMBERED:
            self._past.popitem(last=False)
