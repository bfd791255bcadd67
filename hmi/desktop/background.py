"""Work that takes longer than a frame: done in one thread, answered in the GUI thread."""

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Background(QObject):
    """Run functions one after the other in a thread of its own. Everything else here is GUI thread only."""

    _finished = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vigie-work")
        self._is_closed = False
        self._numbers = itertools.count()
        self._running: dict[int, tuple[Future[object], Callable[[Future[object]], None]]] = {}
        self._finished.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> Callable[[], None]:
        """Run ``work``, which touches no widget; ``done`` gets what it returned or raised, once.

        Returns what gives it up: ``done`` is not called any more, work that runs already goes on unheard.
        After :meth:`close` nothing is done.
        """
        if self._is_closed:
            return lambda: None
        number = next(self._numbers)

        def hand_over(future: "Future[object]") -> None:
            error = future.exception()
            if error is None:
                done(future.result())  # type: ignore[arg-type]
            elif isinstance(error, Exception):
                done(error)

        future: Future[object] = self._pool.submit(work)
        self._running[number] = (future, hand_over)
        future.add_done_callback(lambda _: self._tell(number))

        def give_up() -> None:
            self._running.pop(number, None)
            future.cancel()

        return give_up

    def _tell(self, number: int) -> None:
        """Pass on from the worker's thread."""
        try:
            self._finished.emit(number)
        except RuntimeError:  # the window is gone
            logger.debug("background work %d ended after its window", number)

    @Slot(int)
    def _hand_over(self, number: int) -> None:
        waiting = self._running.pop(number, None)
        if waiting is None:
            return
        future, hand_over = waiting
        try:
            hand_over(future)
        except CancelledError:
            return

    def close(self) -> None:
        """Forget what waits and join the thread; safe to call twice."""
        self._is_closed = True
        self._running.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)
