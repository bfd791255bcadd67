"""Screens made before they are asked for, those that the shown one leads to, in slices of the idle time."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer

from views.canvas import ScreenCanvas

MOST: Final = 4
"""Screens made ahead at a time; each takes about 5 MB."""
_DELAY_MS: Final = 400
"""How long a screen is shown before others are made."""
_PAUSE_MS: Final = 20
_SLICE_NS: Final = 4_000_000
"""How long a part of the work may take: a frame has 16 ms, and the values come first."""

Making = Iterator[ScreenCanvas | None]
"""The work on one canvas: yields None after each slice, and the finished canvas at last."""


class ScreensAhead(QObject):
    """Make canvases bit by bit; one that is asked for too soon is finished at once. GUI thread only.

    ``start`` begins the work on a screen.
    """

    def __init__(self, start: Callable[[str], Making], parent: QObject) -> None:
        super().__init__(parent)
        self._start = start
        self._ready: dict[str, ScreenCanvas] = {}
        self._waiting: list[str] = []
        self._making: tuple[str, Making] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)

    @property
    def canvases(self) -> tuple[ScreenCanvas, ...]:
        """Return the canvases that are ready and not yet taken."""
        return tuple(self._ready.values())

    def want(self, screen_ids: Iterable[str]) -> None:
        """Make these screens, the first of them first; what else was made or begun is given up."""
        wanted = list(dict.fromkeys(screen_ids))[:MOST]
        for name in [name for name in self._ready if name not in wanted]:
            self._ready.pop(name).deleteLater()
        if self._making is not None and self._making[0] not in wanted:
            self._making = None
        begun = "" if self._making is None else self._making[0]
        self._waiting = [name for name in wanted if name not in self._ready and name != begun]
        if self._waiting or self._making is not None:
            self._timer.start(_DELAY_MS)

    def take(self, screen_id: str) -> ScreenCanvas | None:
        """Hand over the canvas of a screen, None when its making has not begun."""
        if self._making is not None and self._making[0] == screen_id:
            self._finish(*self._making)
        return self._ready.pop(screen_id, None)

    def forget(self) -> None:
        """Give up all that is ready or begun: it looks otherwise now, or nobody will see it."""
        self._timer.stop()
        self._making = None
        self._waiting.clear()
        for canvas in self._ready.values():
            canvas.deleteLater()
        self._ready.clear()

    def _finish(self, screen_id: str, making: Making) -> None:
        self._making = None
        found = next((canvas for canvas in making if canvas is not None), None)
        if found is not None:
            self._ready[screen_id] = found

    def _work(self) -> None:
        """Do slices until the time is up, then let the window do its own."""
        end_ns = time.perf_counter_ns() + _SLICE_NS
        while time.perf_counter_ns() < end_ns:
            if self._making is None:
                if not self._waiting:
                    return
                name = self._waiting.pop(0)
                self._making = (name, self._start(name))
            name, making = self._making
            canvas = next(making, None)
            if canvas is not None:
                self._ready[name] = canvas
                self._making = None
        self._timer.start(_PAUSE_MS)
