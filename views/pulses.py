"""Commands that are taken back after a moment, as those of a push button."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimerEvent

from views.elements.base import WriteAction


class Pulses(QObject):
    """Take commands back when their time is over. GUI thread only.

    ``take_back`` gets the command and the id of the element that gave it.
    """

    def __init__(self, take_back: Callable[[WriteAction, str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._take_back = take_back
        self._running: dict[int, tuple[WriteAction, str]] = {}

    def begin(self, action: WriteAction, element_id: str) -> None:
        """Note that a command was given; one without a time stays."""
        if action.pulse_ms > 0:
            self._running[self.startTimer(action.pulse_ms)] = (action, element_id)

    def end_all(self) -> None:
        """Take all back now: a command must not stay on because a screen was left."""
        for timer_id in list(self._running):
            self._end(timer_id)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802  Qt's name
        """Take the command back whose time is over."""
        self._end(event.timerId())

    def _end(self, timer_id: int) -> None:
        self.killTimer(timer_id)
        self._take_back(*self._running.pop(timer_id))
