"""When Python looks for cycles of references: in quiet moments, as it takes up to 100 ms."""

import gc
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QInputEvent
from PySide6.QtWidgets import QWidget

from tags.clock import NS_PER_S

_YOUNG: Final = (2_000, 10)
"""New objects, and rounds of them, that are looked through at once: 2 ms at most."""
_NEVER: Final = 1_000_000_000
_LOOK_MS: Final = 1_000
_DUE: Final = 5
"""Such rounds after which it is worth to look through everything."""
_QUIET_NS: Final = 5 * NS_PER_S
"""How long nobody has touched keyboard or mouse in a quiet moment."""
_LONGEST_NS: Final = 600 * NS_PER_S
"""After this time it is done anyway."""


class QuietCollector(QObject):
    """Keep Python from looking through all objects while somebody works. GUI thread only.

    A screen of 5,000 elements is 200,000 objects, and Python looked through all of them four times while it
    was made, for 100 ms at a time. ``collect`` looks through everything, ``clock_ns`` is monotonic.
    """

    def __init__(
        self,
        window: QWidget,
        collect: Callable[[], object] = gc.collect,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._collect = collect
        self._clock_ns = clock_ns
        self._touched_ns = self._collected_ns = clock_ns()
        self._before = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Take the work over; what is there already stays for good and is not looked at again."""
        gc.freeze()
        gc.set_threshold(*_YOUNG, _NEVER)
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """Give the work back to Python."""
        self._timer.stop()
        gc.set_threshold(*self._before)
        gc.unfreeze()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Note when somebody does something."""
        if isinstance(event, QInputEvent):
            self._touched_ns = self._clock_ns()
        return super().eventFilter(watched, event)

    @Slot()
    def _look(self) -> None:
        if gc.get_count()[2] < _DUE:
            return
        now_ns = self._clock_ns()
        if now_ns - self._touched_ns >= _QUIET_NS or now_ns - self._collected_ns >= _LONGEST_NS:
            self._collect()
            self._collected_ns = now_ns
