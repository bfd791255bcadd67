"""The operator's list: which alarms stand in it, what changed in it, and its counters."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from alarms.model import AlarmCounts, AlarmSnapshot, AlarmState, MessageClass, Priority
from alarms.record import Alarm


class AlarmList:
    """Keep the alarms that are not normal; ``status_of`` gives the newest quality of an alarm's input."""

    __slots__ = ("_alarms", "_listed", "_status_of", "_touched")

    def __init__(self, alarms: Sequence[Alarm], status_of: Callable[[Alarm], int]) -> None:
        self._alarms = alarms
        self._status_of = status_of
        self._listed = np.zeros(len(alarms), np.bool_)
        self._touched: dict[int, Alarm] = {}

    def touch(self, alarm: Alarm) -> None:
        """Note that something about this alarm changed."""
        self._touched[alarm.index] = alarm

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
        return [alarm.snapshot(self._status_of(alarm)) for alarm in self._present()]

    def counts(self, activations: int) -> AlarmCounts:
        """Return the counters of the banner (ALM-13); only the message class ALARM counts (ALM-02)."""
        unacknowledged = dict.fromkeys(Priority, 0)
        active = dict.fromkeys(Priority, 0)
        hidden = {AlarmState.SHELVED: 0, AlarmState.SUPPRESSED_BY_DESIGN: 0, AlarmState.OUT_OF_SERVICE: 0}
        for alarm in self._present():
            state, priority = alarm.variables.state, alarm.definition.priority
            if alarm.definition.message_class is not MessageClass.ALARM:
                continue
            if state in hidden:
                hidden[state] += 1
                continue
            unacknowledged[priority] += not alarm.variables.acked
            active[priority] += alarm.variables.active
        return AlarmCounts(
            unacknowledged,
            active,
            hidden[AlarmState.SHELVED],
            hidden[AlarmState.SUPPRESSED_BY_DESIGN],
            hidden[AlarmState.OUT_OF_SERVICE],
            activations,
        )

    def _present(self) -> list[Alarm]:
        return [self._alarms[index] for index in np.flatnonzero(self._listed).tolist()]
