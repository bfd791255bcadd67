"""One frame timer for everything live: what changed is shown once per frame, and the cost is measured."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from hmi.desktop.live import LiveSource
from tags.model import Batch

FRAME_MS = 33
IDLE_MS = 100
"""Without new values frames come this often: for ageing, clock and flashing symbols."""
LONGEST_MS = 250
BUDGET_MS = 8.0
"""GUI time per frame above which the pause grows (models.md, idea 2)."""
REMEMBERED = 3_000

_AFTER_PAINT = QEvent.Type(QEvent.registerEventType())
_BELOW_PAINT = int(Qt.EventPriority.LowEventPriority.value) - 1


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """Sum up the frames that showed new values: GUI time from the first apply to the end of painting."""

    frames: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float
    pause_ms: float


class FrameLoop(QObject):
    """Apply what came, refresh what is visible, wait until it is painted, then pause. GUI thread only.

    A value that comes while the loop pauses is shown when the pause ends; otherwise at once. The pause is
    one frame, and longer as the measured GUI time passes its budget, so that input is never starved.
    """

    painted = Signal(object, float)
    """The batches whose values are now on the screen, and the GUI time of the tick in milliseconds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live: LiveSource | None = None
        self._refreshers: list[Callable[[int], object]] = []
        self._waiting: list[Batch] = []
        self._shown: list[Batch] = []
        self._began_ns = 0
        self._ended_ns = 0
        self._pause_ms = float(FRAME_MS)
        self._average_ms = 0.0
        self._times_ms: deque[float] = deque(maxlen=REMEMBERED)
        self._in_frame = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to tick."""
        self._timer.start(0)

    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()
        self._waiting.clear()
        self._refreshers.clear()
        self._in_frame = False

    def add(self, refresh: Callable[[int], object]) -> None:
        """Call ``refresh(now_ns)`` on every tick, in the order added."""
        self._refreshers.append(refresh)

    def set_source(self, live: LiveSource | None) -> None:
        """Apply what comes to this source; what waits belongs to the old one and is dropped."""
        self._live = live
        self._waiting.clear()

    @Slot(object)
    def offer(self, batch: Batch) -> None:
        """Take values to be shown in the next frame."""
        self._waiting.append(batch)
        if self._in_frame:
            return
        since_ms = (time.monotonic_ns() - self._ended_ns) / 1e6
        due_ms = max(0, round(self._pause_ms - since_ms))
        if not self._timer.isActive() or self._timer.remainingTime() > due_ms:
            self._timer.start(due_ms)

    def drop_waiting(self) -> None:
        """Forget values that have not been applied: they are from before the link was lost."""
        self._waiting.clear()

    def figures(self) -> FrameFigures:
        """Return the measured times of the last frames."""
        times = np.array(self._times_ms) if self._times_ms else np.zeros(1)
        p50, p95, p99 = (float(value) for value in np.percentile(times, [50, 95, 99]))
        return FrameFigures(len(self._times_ms), p50, p95, p99, float(times.max()), self._pause_ms)

    def forget(self) -> None:
        """Begin to measure anew."""
        self._times_ms.clear()

    @Slot()
    def _tick(self) -> None:
        self._in_frame = True
        self._began_ns = time.perf_counter_ns()
        now_ns = time.time_ns()
        self._shown, self._waiting = self._waiting, []
        if self._live is not None:
            for batch in self._shown:
                self._live.apply(batch)
            self._live.age(now_ns)
        for refresh in list(self._refreshers):
            refresh(now_ns)
        # Painting is posted with low priority; an event below it comes when the frame is on the screen.
        QCoreApplication.postEvent(self, QEvent(_AFTER_PAINT), _BELOW_PAINT)

    def customEvent(self, event: QEvent) -> None:  # noqa: N802
        """End the frame: measure it and pause."""
        if event.type() != _AFTER_PAINT or not self._in_frame:
            return
        self._in_frame = False
        spent_ms = (time.perf_counter_ns() - self._began_ns) / 1e6
        self._ended_ns = time.monotonic_ns()
        if self._shown:
            self._times_ms.append(spent_ms)
        self._average_ms += (spent_ms - self._average_ms) / 8
        over = max(0.0, self._average_ms - BUDGET_MS)
        self._pause_ms = min(LONGEST_MS, FRAME_MS + 4 * over)
        shown, self._shown = self._shown, []
        self._timer.start(round(self._pause_ms) if self._waiting else max(IDLE_MS, round(self._pause_ms)))
        self.painted.emit(shown, spent_ms)
