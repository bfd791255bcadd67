"""Tell of an alarm flood: when it begins, how it goes on, and that it is over."""

import time

from PySide6.QtCore import QObject, Signal

from alarms.model import AlarmEvent
from tags.clock import NS_PER_S
from views.alarm_flood import FloodWatch, LiveFlood
from views.alarm_journal import EventQuery

_LOOKS_BACK_NS = 3600 * NS_PER_S
_EVENTS = 5_000


class FloodTeller(QObject):
    """Follow the events of a station; ``flood`` is what is on now, None while nothing is. GUI thread only."""

    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""

    def __init__(self, query: EventQuery, parent: QObject) -> None:
        super().__init__(parent)
        self._query = query
        self._watch = FloodWatch()
        self.flood: LiveFlood | None = None

    def add(self, events: list[AlarmEvent]) -> None:
        """Take events, oldest first."""
        self._watch.add(events)

    def look_back(self) -> None:
        """Look in the journal whether a flood was on before this window was there."""

        def answer(events: list[AlarmEvent] | None, _text: str) -> None:
            if events is not None:
                self._watch.begin_with(events)

        now_ns = time.time_ns()
        self._query(now_ns - _LOOKS_BACK_NS, now_ns + NS_PER_S, _EVENTS, answer, None, None)

    def tell(self, now_ns: int) -> LiveFlood | None:
        """Say when a flood begins or ends, and return the one that is on."""
        before, self.flood = self.flood, self._watch.now(now_ns)
        if before is None and self.flood is not None:
            text = self.tr("An alarm flood has begun with: {message}")
            self.told.emit(text.format(message=self.flood.message), True)
        elif before is not None and self.flood is None:
            self.told.emit(self.tr("The alarm flood is over."), False)
        return self.flood
