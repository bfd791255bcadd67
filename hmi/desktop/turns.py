"""Work that is done in slices between the window's other events."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from views.slices import Slices

ASKED_NS: Final = 5_000_000
"""How long a turn may take while somebody waits for what is done; a frame comes with it at times."""
IDLE_NS: Final = 3_000_000
"""The same for what nobody waits for."""
_PAUSE_MS: Final = 20
"""The rest between two turns of what nobody waits for."""


class Turns(QObject):
    """Do one work after the other, a few slices of it at a time. GUI thread only.

    With ``is_idle`` nobody waits for the work: its turns are short and far between. ``clock_ns`` tells when a
    turn is over.
    """

    def __init__(
        self,
        parent: QObject,
        *,
        is_idle: bool = False,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        super().__init__(parent)
        self._clock_ns = clock_ns
        self._turn_ns = IDLE_NS if is_idle else ASKED_NS
        self._works: deque[Slices[None]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS if is_idle else 0)
        self._timer.timeout.connect(self._turn)

    @property
    def is_busy(self) -> bool:
        """Tell whether there is anything left to do."""
        return bool(self._works)

    def add(self, work: Slices[None]) -> None:
        """Do this after what is to be done already."""
        self._works.append(work)
        if not self._timer.isActive():
            self._timer.start()

    def finish(self) -> None:
        """Do all that is left at once."""
        while self._works:
            self._step()
        self._timer.stop()

    def give_up(self) -> None:
        """Leave undone what is left."""
        self._timer.stop()
        works, self._works = self._works, deque()
        for work in works:
            work.close()

    def _step(self) -> None:
        """Do a slice of the first work; one that ends or fails is done with."""
        work = self._works.popleft()
        for _ in work:
            self._works.appendleft(work)
            return

    @Slot()
    def _turn(self) -> None:
        end_ns = self._clock_ns() + self._turn_ns
        while self._works and self._clock_ns() < end_ns:
            self._step()
        if not self._works:
            self._timer.stop()
