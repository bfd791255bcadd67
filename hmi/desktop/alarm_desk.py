"""What the operator does to alarms, on its way to the station and back in words."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from alarms.model import AlarmRefusal
from hmi.desktop.client import QueryFailure, StationClient
from hmi.link import (
    AlarmOperation,
    AlarmsDone,
    CommentAlarms,
    ConfirmAlarms,
    OutOfService,
    Reset,
    ReturnToService,
    Shelve,
    Unshelve,
)
from tags.clock import NS_PER_S
from views.alarm_actions import AlarmAction, AlarmRequest


class AlarmDesk(QObject):
    """Send requests through the client and say what came of them. GUI thread only.

    The list changes when the station tells the changed rows; nothing is kept to be sent later.
    """

    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""

    def __init__(self, client: StationClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self._is_over = False

    def leave(self) -> None:
        """Tell no more answers: another project is shown from now on."""
        self._is_over = True

    @Slot(object)
    def ask(self, request: AlarmRequest) -> None:
        """Send a request; its outcome is told when the station has answered."""

        def answer(found: AlarmsDone | QueryFailure) -> None:
            if not self._is_over:
                outcome = found if isinstance(found, QueryFailure) else found.refusals
                self.told.emit(*self._outcome(request, outcome))

        self._client.ask(_message(request), AlarmsDone, answer)

    def _outcome(self, request: AlarmRequest, found: list[AlarmRefusal] | QueryFailure) -> tuple[str, bool]:
        if isinstance(found, QueryFailure):
            return self.tr("Alarms: {text}").format(text=found.text), True
        if found:
            rest = self.tr(" (and %n more refusal(s))", "", len(found) - 1) if len(found) > 1 else ""
            return self.tr("Refused: {text}{rest}").format(text=found[0].text, rest=rest), True
        words = {
            AlarmAction.RESET: self.tr("Alarms reset: {n}"),
            AlarmAction.SHELVE: self.tr("Alarms shelved: {n}"),
            AlarmAction.UNSHELVE: self.tr("Alarms shown again: {n}"),
            AlarmAction.REMOVE: self.tr("Alarms taken out of service: {n}"),
            AlarmAction.RETURN: self.tr("Alarms returned to service: {n}"),
            AlarmAction.CONFIRM: self.tr("Alarms confirmed: {n}"),
            AlarmAction.COMMENT: self.tr("Alarms commented: {n}"),
        }
        return words[request.action].format(n=len(request.alarm_ids)), False


def _message(request: AlarmRequest) -> Callable[[int], AlarmOperation]:
    """Return what makes the link's message of a request id."""
    alarm_ids, reason = list(request.alarm_ids), request.reason
    match request.action:
        case AlarmAction.SHELVE:
            duration_ns = request.duration_ns
            duration_s = None if duration_ns is None else duration_ns // NS_PER_S
            return lambda request_id: Shelve(request_id, alarm_ids, duration_s, reason)
        case AlarmAction.UNSHELVE:
            return lambda request_id: Unshelve(request_id, alarm_ids, reason)
        case AlarmAction.REMOVE:
            return lambda request_id: OutOfService(request_id, alarm_ids, reason)
        case AlarmAction.RETURN:
            return lambda request_id: ReturnToService(request_id, alarm_ids, reason)
        case AlarmAction.RESET:
            return lambda request_id: Reset(request_id, alarm_ids, reason)
        case AlarmAction.CONFIRM:
            return lambda request_id: ConfirmAlarms(request_id, alarm_ids, reason)
        case AlarmAction.COMMENT:
            return lambda request_id: CommentAlarms(request_id, alarm_ids, reason)
