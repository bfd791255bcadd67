"""First-out: which alarm of a group came first and so is likely to name the cause (ALM-17)."""

from collections.abc import Sequence

from alarms.model import AlarmEvent
from alarms.record import Alarm


class _Group:
    __slots__ = ("first", "first_ns", "open")

    def __init__(self) -> None:
        self.open: set[int] = set()
        self.first: Alarm | None = None
        self.first_ns = 0


class FirstOut:
    """Follow the groups of alarms: a round begins with the first activation and ends when all are at rest.

    Within a round the earliest source time wins: an alarm of a slower connection, told later, takes the mark
    over. Hidden alarms take no part. All is derived from events, so a restart finds the same.
    """

    __slots__ = ("_groups",)

    def __init__(self, alarms: Sequence[Alarm]) -> None:
        self._groups = {alarm.definition.group: _Group() for alarm in alarms if alarm.definition.group}

    def would_be_first(self, alarm: Alarm, source_ns: int) -> bool:
        """Tell whether an alarm that is annunciated in a new occurrence comes first in its group."""
        group = self._groups.get(alarm.definition.group)
        if group is None:
            return False
        return not group.open or (group.first is not None and source_ns < group.first_ns)

    def note(self, alarm: Alarm, event: AlarmEvent) -> Alarm | None:
        """Take up an event that its alarm has just taken up; return the alarm that lost its mark by it."""
        group = self._groups.get(alarm.definition.group)
        if group is None:
            return None
        loser = None
        if event.first_out and alarm.is_open and group.first is not alarm:
            if group.first is not None:
                loser = group.first
                loser.first_out = False
            group.first, group.first_ns = alarm, event.source_ns
        if alarm.is_open:
            group.open.add(alarm.index)
        else:
            group.open.discard(alarm.index)
            if group.first is alarm:
                group.first = None
        return loser
