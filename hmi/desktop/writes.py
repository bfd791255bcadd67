"""The operator's writes: each is shown from the press to its outcome, on its element and in words."""

import time
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot

from hmi.desktop.client import StationClient
from projects.model import Project
from tags.clock import NS_PER_S
from tags.model import Value, WriteOutcome, WriteRequest, WriteResult
from views.elements.base import WriteMark, WriteState
from views.local_text import value_text

SHOWN_NS = {
    WriteState.CONFIRMED: 3 * NS_PER_S,
    WriteState.CLAMPED: 8 * NS_PER_S,
    WriteState.REFUSED: 8 * NS_PER_S,
    WriteState.TIMED_OUT: 8 * NS_PER_S,
}
"""How long an outcome stays on the element; a pending write stays until it has one."""

_STATES = {
    WriteOutcome.CONFIRMED: WriteState.CONFIRMED,
    WriteOutcome.CLAMPED: WriteState.CLAMPED,
    WriteOutcome.REFUSED: WriteState.REFUSED,
    WriteOutcome.TIMED_OUT: WriteState.TIMED_OUT,
}


class WriteDesk(QObject):
    """Send writes through the client and keep what the screens show of them. GUI thread only."""

    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""

    def __init__(self, client: StationClient, project: Project, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self._project = project
        self._marks: dict[str, WriteMark] = {}
        self._until_ns: dict[str, int] = {}
        self._pending: dict[str, WriteRequest] = {}
        self._changed = False
        client.write_done.connect(self._on_done)

    def leave(self) -> None:
        """Take no more results: another project is shown from now on."""
        self._client.write_done.disconnect(self._on_done)

    @property
    def marks(self) -> Mapping[str, WriteMark]:
        """Return what to show, by tag path."""
        return self._marks

    def write(self, path: str, value: Value, screen: str, reason: str = "") -> WriteRequest:
        """Ask for a write from a screen; the reason is kept with it."""
        request = self._client.write(path, value, screen, reason)
        text = self.tr("Writing {value} to {path}…").format(value=self._text(path, value), path=path)
        self._pending[path] = request
        self._until_ns.pop(path, None)
        self._mark(path, WriteMark(WriteState.PENDING, text, value))
        self.told.emit(text, False)
        return request

    def take_changed(self, now_ns: int) -> bool:
        """Let shown outcomes run out; tell whether the marks have changed since the last call."""
        for path, until_ns in list(self._until_ns.items()):
            if now_ns >= until_ns:
                del self._until_ns[path]
                self._marks.pop(path, None)
                self._changed = True
        changed, self._changed = self._changed, False
        return changed

    @Slot(object)
    def _on_done(self, result: WriteResult) -> None:
        request = result.request
        if not self._client.is_mine(request):
            self.told.emit(
                self.tr("{user}: {sentence}").format(user=request.user, sentence=self.sentence(result)), False
            )
            return
        is_failure = result.outcome is not WriteOutcome.CONFIRMED
        self.told.emit(self.sentence(result), is_failure)
        if self._pending.get(request.path) not in (None, request):
            return  # a newer write of the same tag is on its way and is shown instead
        self._pending.pop(request.path, None)
        state = _STATES[result.outcome]
        self._mark(request.path, WriteMark(state, self.sentence(result), request.value))
        self._until_ns[request.path] = time.time_ns() + SHOWN_NS[state]

    def sentence(self, result: WriteResult) -> str:
        """Return an outcome in words."""
        path, wanted = result.request.path, self._text(result.request.path, result.request.value)
        if result.outcome is WriteOutcome.CONFIRMED:
            return self.tr("{path} is now {value}.").format(path=path, value=wanted)
        if result.outcome is WriteOutcome.CLAMPED:
            held = self._text(path, result.read_back)
            return self.tr("{path}: {wanted} was asked for, the controller holds {held}. {text}").format(
                path=path, wanted=wanted, held=held, text=result.text
            )
        if result.outcome is WriteOutcome.REFUSED:
            return self.tr("{path} was not written: {text}").format(path=path, text=result.text)
        return self.tr("{path}: no confirmation. {text}").format(path=path, text=result.text)

    def _mark(self, path: str, mark: WriteMark) -> None:
        self._marks[path] = mark
        self._changed = True

    def _text(self, path: str, value: Value | None) -> str:
        tag = self._project.tags.find(path)
        return value_text(value, tag, tag.unit if tag is not None else "")
