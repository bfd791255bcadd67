"""Screens made in slices: the one asked for between other events, those that it leads to in idle time."""

import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from projects.model import Screen
from views.canvas import ScreenCanvas
from views.elements.base import NavigateAction
from views.slices import Slices

MOST: Final = 4
"""Screens made ahead at a time; each takes about 5 MB."""
FEW: Final = 20
"""Elements of a screen that is made at once when it is asked for, in less than a frame."""
_DELAY_MS: Final = 400
"""How long a screen is shown before others are made."""
_PAUSE_MS: Final = 20
_SLICE_NS: Final = 4_000_000
"""How long a part of the work may take: a frame has 16 ms, and the values come first."""
_ASKED_SLICE_NS: Final = 6_000_000
"""The same while somebody waits for the screen."""

Making = Iterator[ScreenCanvas | int]
"""The work on one canvas: yields after each slice how many elements there are, 0 while that is not known, and
the finished canvas at last."""


class ScreensAhead(QObject):
    """Make canvases bit by bit. GUI thread only.

    ``start`` begins the work on a screen. A small one that is asked for is finished at once, a large one in
    turns with the window's other events; others are made while nothing else is to be done. ``clock_ns`` tells
    when a turn is over.
    """

    ready = Signal(str)
    """The screen that was asked for is finished: it is there to be opened."""

    def __init__(
        self,
        start: Callable[[str], Making],
        parent: QObject,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        super().__init__(parent)
        self._start = start
        self._clock_ns = clock_ns
        self._ready: dict[str, ScreenCanvas] = {}
        self._waiting: list[str] = []
        self._making: tuple[str, Making] | None = None
        self._asked = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)

    @property
    def canvases(self) -> tuple[ScreenCanvas, ...]:
        """Return the canvases that are ready and not yet taken."""
        return tuple(self._ready.values())

    def want(self, screen_ids: Iterable[str]) -> None:
        """Make these screens, the first of them first; what else was made, begun or asked for is given up."""
        wanted = list(dict.fromkeys(screen_ids))[:MOST]
        self._asked = ""
        for name in [name for name in self._ready if name not in wanted]:
            self._ready.pop(name).deleteLater()
        if self._making is not None and self._making[0] not in wanted:
            self._making = None
        begun = "" if self._making is None else self._making[0]
        self._waiting = [name for name in wanted if name not in self._ready and name != begun]
        if self._waiting or self._making is not None:
            self._timer.start(_DELAY_MS)
        else:
            self._timer.stop()

    def open(self, screen_id: str) -> ScreenCanvas | None:
        """Hand over the canvas of a screen; None for a large one, which :attr:`ready` tells of later.

        What else was begun or asked for is given up.
        """
        self._asked = ""
        if screen_id not in self._ready:
            if self._making is None or self._making[0] != screen_id:
                self._begin(screen_id)
            elements = 0
            while self._making is not None and not elements:
                elements = self._step()
            if elements > FEW:
                self._asked = screen_id
                self._timer.start(0)
                return None
            while self._making is not None:
                self._step()
        return self._ready.pop(screen_id)

    def finishing(self) -> Slices[None]:
        """Make the screen that was asked for and tell :attr:`ready`, in slices of somebody else's turns."""
        while self._asked and self._making is not None:
            self._step()
            yield
        if self._asked in self._ready:
            self._timer.stop()
            self.ready.emit(self._asked)

    def forget(self) -> None:
        """Give up all that is ready, begun or asked for: it looks otherwise now, or nobody will see it."""
        self._timer.stop()
        self._asked = ""
        self._making = None
        self._waiting.clear()
        for canvas in self._ready.values():
            canvas.deleteLater()
        self._ready.clear()

    def _begin(self, screen_id: str) -> None:
        if screen_id in self._waiting:
            self._waiting.remove(screen_id)
        self._making = (screen_id, self._start(screen_id))

    def _step(self) -> int:
        """Do a slice of the present work; return how many elements it is about, 0 while nobody knows."""
        if self._making is None:
            return 0
        name, making = self._making
        found = next(making)
        if isinstance(found, int):
            return found
        self._making = None
        self._ready[name] = found
        return 0

    @Slot()
    def _work(self) -> None:
        """Do slices until the time is up, then let the window do its own."""
        asked = self._asked
        end_ns = self._clock_ns() + (_ASKED_SLICE_NS if asked else _SLICE_NS)
        while self._clock_ns() < end_ns:
            if self._making is None:
                if not self._waiting:
                    return
                self._begin(self._waiting[0])
            self._step()
            if asked and asked in self._ready:
                self.ready.emit(asked)
                return
        self._timer.start(0 if asked else _PAUSE_MS)


def next_screens(canvas: ScreenCanvas, screens: Mapping[str, Screen], there: Container[str]) -> list[str]:
    """Return the screens that a screen leads to and that are not there yet, those it links to first."""
    shown = canvas.screen_model
    links = [element.action() for element in canvas.scene.elements if element.is_interactive]
    near = [link.screen_id for link in links if isinstance(link, NavigateAction)]
    near += [shown.parent, *(screen.id for screen in screens.values() if screen.parent == shown.id)]
    return [name for name in near if name in screens and name not in there]
