"""An event loop whose clock stands while anything can run, and leaps to the next timer when nothing can.

What happens after 0.5 s happens then to the nanosecond, on a busy machine too, and takes no time. Only for
code that waits for timers and for itself: sockets, threads and processes keep to the wall clock.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Leaping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        assert ready or timeout is not None, "it waits for something that never comes"
        if not ready:
            self.now_s += timeout or 0.0
        return ready


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now_s


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end in virtual time."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(work)
