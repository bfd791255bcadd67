"""What happens to alarms by the passing of time alone: shelving ends, re-alarm, late self-acknowledgement."""

from alarms.model import AlarmState
from alarms.record import Alarm
from alarms.table import Trigger


class Timers:
    """Know when time next does something to each alarm, derived from its facts: a restart finds the same."""

    __slots__ = ("_due",)

    def __init__(self) -> None:
        self._due: dict[int, tuple[int, Trigger]] = {}

    def set(self, alarm: Alarm) -> None:
        """Look at an alarm again after something happened to it."""
        due = _due(alarm)
        if due is None:
            self._due.pop(alarm.index, None)
        else:
            self._due[alarm.index] = due

    def due(self, now_ns: int) -> list[tuple[int, int, Trigger]]:
        """Return time, index and trigger of what is due, in this order."""
        if not self._due:
            return []
        return sorted(
            (at_ns, index, trigger) for index, (at_ns, trigger) in self._due.items() if at_ns <= now_ns
        )


def _due(alarm: Alarm) -> tuple[int, Trigger] | None:
    state, definition = alarm.variables.state, alarm.definition
    if alarm.shelved_until_ns:
        return alarm.shelved_until_ns, Trigger.SHELVING_OVER
    if state is AlarmState.ACKNOWLEDGED and definition.realarm_ns:
        # An alarm that came back acknowledged (row 14) counts from its return to the list.
        return max(alarm.acknowledged_ns, alarm.active_ns) + definition.realarm_ns, Trigger.RE_ALARM_DUE
    waits = alarm.rules.is_ack_awaited and not alarm.rules.is_ack_required
    if state is AlarmState.RETURNED_UNACKNOWLEDGED and waits:
        return alarm.returned_ns + definition.auto_ack_ns, Trigger.AUTO_ACKNOWLEDGE
    return None
