"""The counters of the alarms that devices keep (ALM-13)."""

from collections import Counter

from alarms.device_record import DeviceAlarm
from alarms.model import AlarmCounts, AlarmState, MessageClass, Priority


class DeviceTally:
    """Count alarms as they change: the counters are asked for at every event of a flood."""

    __slots__ = ("_activations", "_shares", "_tally")

    def __init__(self) -> None:
        self._shares: dict[str, tuple[_Key, ...]] = {}
        self._tally: Counter[_Key] = Counter()
        self._activations = 0

    def count(self, row: DeviceAlarm) -> None:
        """Take an alarm that is new or changed; only the message class ALARM counts (ALM-02)."""
        self.forget(row)
        if row.message_class is MessageClass.ALARM:
            self._shares[row.alarm_id] = share = _share(row)
            self._tally.update(share)

    def forget(self, row: DeviceAlarm) -> None:
        """Take out an alarm that left the list."""
        self._tally.subtract(self._shares.pop(row.alarm_id, ()))

    def activated(self, row: DeviceAlarm) -> None:
        """Count an annunciation."""
        self._activations += row.message_class is MessageClass.ALARM

    def counts(self) -> AlarmCounts:
        """Return the counters."""
        return AlarmCounts(
            {priority: self._tally["unacknowledged", priority] for priority in Priority},
            {priority: self._tally["active", priority] for priority in Priority},
            self._tally[AlarmState.SHELVED, None],
            self._tally[AlarmState.SUPPRESSED_BY_DESIGN, None],
            self._tally[AlarmState.OUT_OF_SERVICE, None],
            self._activations,
        )


_Key = tuple[str, Priority | None]


def _share(row: DeviceAlarm) -> tuple[_Key, ...]:
    """Return what an alarm adds to the counters."""
    variables = row.variables
    if variables.is_hidden:
        return ((variables.state, None),)
    counted: tuple[_Key, ...] = ()
    if not variables.acked:
        counted += (("unacknowledged", row.priority),)
    if variables.active:
        counted += (("active", row.priority),)
    return counted
