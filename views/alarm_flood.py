"""Notice an alarm flood while it happens: since when, how many in ten minutes, and what came first."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from alarms.metrics_events import WINDOW_NS
from alarms.metrics_patterns import FLOOD_ENDS_BELOW, FLOOD_MORE_THAN
from alarms.model import AlarmEvent, AlarmState, MessageClass, Transition


@dataclass(frozen=True, slots=True)
class LiveFlood:
    """Describe the flood that is on: ``count`` activations within the last ten minutes.

    ``first_out`` is the id of the alarm with which it began, ``message`` what that alarm says.
    """

    since_ns: int
    count: int
    first_out: str
    message: str


def is_activation(event: AlarmEvent) -> bool:
    """Tell whether an event counts: rows 1, 6, 7 and 8 of ALM-05, not hidden, alarms only."""
    if event.message_class is not MessageClass.ALARM or event.state_after is not AlarmState.UNACKNOWLEDGED:
        return False
    fresh = event.transition is Transition.ACTIVATED and event.state_before is AlarmState.NORMAL
    return fresh or event.transition is Transition.RE_ALARMED


class FloodWatch:
    """Count activations as they come; a flood begins as in the figures (KPI-20): over ten in ten minutes.

    It is over once the last ten minutes held fewer than five: the wall-clock windows of the figures are known
    only when they have passed, and the operator is not to wait for that. No Qt, no clock of its own.
    """

    def __init__(self) -> None:
        self._recent: deque[AlarmEvent] = deque()
        self._newest_sequence = -1
        self._began: AlarmEvent | None = None

    def add(self, events: Iterable[AlarmEvent]) -> None:
        """Take events, oldest first; those seen before are left out."""
        for event in events:
            if event.sequence <= self._newest_sequence:
                continue
            self._newest_sequence = event.sequence
            if not is_activation(event):
                continue
            self._drop(event.source_ns)
            self._recent.append(event)
            if self._began is None and len(self._recent) > FLOOD_MORE_THAN:
                self._began = min(self._recent, key=lambda one: (one.source_ns, one.sequence))

    def begin_with(self, history: Iterable[AlarmEvent]) -> None:
        """Begin anew with what the journal knows of the time before, and what came since."""
        since = list(self._recent)
        self._recent.clear()
        self._began, self._newest_sequence = None, -1
        self.add(history)
        self.add(since)

    def now(self, now_ns: int) -> LiveFlood | None:
        """Return the flood that is on at this time, None when there is none."""
        self._drop(now_ns)
        if self._began is None:
            return None
        return LiveFlood(self._began.source_ns, len(self._recent), self._began.alarm_id, self._began.message)

    def _drop(self, now_ns: int) -> None:
        while self._recent and self._recent[0].source_ns <= now_ns - WINDOW_NS:
            self._recent.popleft()
        if len(self._recent) < FLOOD_ENDS_BELOW:
            self._began = None
