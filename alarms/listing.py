"""The operator's list: which alarms stand in it, what changed in it, and its counters."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from alarms.model import AlarmCounts, AlarmSnapshot, AlarmState, MessageClass, Priority
from alarms.record import Alarm


class AlarmList:
    """Keep the alarms that are not normal; ``status_of`` gives the newest quality of an alarm's input."""

    __slots__ = ("_alarms", "_listed", "_shares", "_status_of", "_tally", "_touched")

    def __init__(self, alarms: Sequence[Alarm], status_of: Callable[[Alarm], int]) -> None:
        self._alarms = alarms
        self._status_of = status_of
        self._listed = np.zeros(len(alarms), np.bool_)
        self._touched: dict[int, Alarm] = {}
        self._shares: dict[int, tuple[_Key, ...]] = {}
        self._tally: Counter[_Key] = Counter()

    def touch(self, alarm: Alarm) -> None:
        """Note that something about this alarm changed."""
        self._touched[alarm.index] = alarm
        self._count(alarm)

    def touch_listed(self, indices: NDArray[np.int64]) -> None:
        """Note that something changed about those of these alarms that stand in the list."""
        if len(indices):
            for index in indices[self._listed[indices]].tolist():
                self._touched[index] = self._alarms[index]

    def take_changes(self) -> tuple[list[AlarmSnapshot], list[str]] | None:
        """Return new rows and the ids of alarms that left the list since the last call; None if nothing."""
        if not self._touched:
            return None
        rows: list[AlarmSnapshot] = []
        removed: list[str] = []
        for index, alarm in self._touched.items():
            if alarm.is_listed:
                rows.append(alarm.snapshot(self._status_of(alarm)))
            elif self._listed[index]:
                removed.append(alarm.definition.alarm_id)
            self._listed[index] = alarm.is_listed
        self._touched = {}
        return rows, removed

    def rows(self) -> list[AlarmSnapshot]:
        """Return all rows."""
        return [alarm.snapshot(self._status_of(alarm)) for alarm in self.present()]

    def counts(self, activations: int) -> AlarmCounts:
        """Return the counters of the banner (ALM-13); only the message class ALARM counts (ALM-02)."""
        return AlarmCounts(
            {priority: self._tally["unacknowledged", priority] for priority in Priority},
            {priority: self._tally["active", priority] for priority in Priority},
            self._tally[AlarmState.SHELVED, None],
            self._tally[AlarmState.SUPPRESSED_BY_DESIGN, None],
            self._tally[AlarmState.OUT_OF_SERVICE, None],
            activations,
        )

    def _count(self, alarm: Alarm) -> None:
        """Bring the counters up to date: they are asked for at every event of a flood."""
        self._tally.subtract(self._shares.pop(alarm.index, ()))
        if alarm.is_listed and alarm.definition.message_class is MessageClass.ALARM:
            share = _share(alarm)
            self._shares[alarm.index] = share
            self._tally.update(share)

    def present(self) -> list[Alarm]:
        """Return the alarms that stand in the list."""
        return [self._alarms[index] for index in np.flatnonzero(self._listed).tolist()]


_Key = tuple[str, Priority | None]


def _share(alarm: Alarm) -> tuple[_Key, ...]:
    """Return what an alarm adds to the counters."""
    variables = alarm.variables
    if variables.is_hidden:
        return ((variables.state, None),)
    counted: tuple[_Key, ...] = ()
    if not variables.acked:
        counted += (("unacknowledged", alarm.level.priority),)
    if variables.active:
        counted += (("active", alarm.level.priority),)
    return counted
