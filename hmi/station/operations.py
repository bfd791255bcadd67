"""What clients ask of the alarms: checked by role, carried out, answered and put down in the plant log."""

from collections.abc import Callable, Sequence
from typing import Final

from alarms.manager import AlarmManager
from alarms.model import AlarmRefusal, Role
from alarms.policy import SHELVE_LONGEST_S, shelve_refusal
from alarms.settings import SettingChange
from hmi.link import (
    AcknowledgeArea,
    AlarmRequest,
    ChangeSettings,
    EnforceSettings,
    OutOfService,
    Reset,
    ReturnToService,
    Shelve,
    Unshelve,
)
from tags.clock import NS_PER_S, Clock

ROLE: Final = Role.OPERATOR
"""Sessions do not carry a role yet, so everybody is an operator: the least."""
MAX_ALARMS: Final = 10_000
"""The most that one request may name."""


class AlarmDesk:
    """Carry out alarm requests on the station's loop; nothing blocks.

    ``log`` takes subject and text of a plant log entry, ``record`` the settings that changed.
    """

    def __init__(
        self,
        alarms: AlarmManager,
        clock: Clock,
        log: Callable[[str, str], None],
        record: Callable[[list[SettingChange]], None],
    ) -> None:
        self._alarms = alarms
        self._clock = clock
        self._log = log
        self._record = record

    def carry_out(self, request: AlarmRequest, user: str, workstation: str) -> list[AlarmRefusal]:
        """Do what is asked and return what of it was refused; both are put down (ALM-15, ALM-22)."""
        asked = list(getattr(request, "alarm_ids", None) or [])
        if len(asked) > MAX_ALARMS:
            return [AlarmRefusal("", f"a request names at most {MAX_ALARMS} alarms")]
        refusals = self._do(request, user, workstation, self._clock.now_ns())
        refused = {refusal.subject for refusal in refusals}
        what = _told(request)
        who = f"{user} at {workstation}"
        for alarm_id in asked:
            if what and alarm_id not in refused:
                self._log(alarm_id, f"{what} by {who}")
        for refusal in refusals:
            self._log(refusal.subject, f"Refused to {who}: {type(request).__name__}: {refusal.text}")
        return refusals

    def _do(self, request: AlarmRequest, user: str, workstation: str, at_ns: int) -> list[AlarmRefusal]:
        alarms = self._alarms
        match request:
            case AcknowledgeArea(_, area, seen, comment):
                return alarms.acknowledge_area(area, seen, user, workstation, comment, at_ns)
            case Shelve(_, alarm_ids, duration_s, reason):
                return self._shelve(alarm_ids, duration_s, user, workstation, reason, at_ns)
            case Unshelve(_, alarm_ids, comment):
                return alarms.unshelve(alarm_ids, user, workstation, comment, at_ns)
            case OutOfService(_, alarm_ids, reason):
                return alarms.out_of_service(alarm_ids, True, user, workstation, reason, at_ns)
            case ReturnToService(_, alarm_ids, comment):
                return alarms.out_of_service(alarm_ids, False, user, workstation, comment, at_ns)
            case Reset(_, alarm_ids, comment):
                return alarms.reset(alarm_ids, user, workstation, comment, at_ns)
            case ChangeSettings(_, alarm_id, changes, reason):
                made, refusals = alarms.change_settings(alarm_id, changes, user, workstation, reason, at_ns)
            case EnforceSettings(_, chosen, reason):
                made, refusals = alarms.enforce_settings(chosen, user, workstation, reason, at_ns)
        self._put_down(made)
        return refusals

    def _shelve(
        self,
        alarm_ids: Sequence[str],
        duration_s: int | None,
        user: str,
        workstation: str,
        reason: str,
        at_ns: int,
    ) -> list[AlarmRefusal]:
        text = shelve_refusal(duration_s, ROLE)
        if text:
            return [AlarmRefusal(alarm_id, text) for alarm_id in alarm_ids]
        duration_ns = None if duration_s is None else duration_s * NS_PER_S
        limit_ns = SHELVE_LONGEST_S[ROLE] * NS_PER_S
        return self._alarms.shelve(
            alarm_ids, duration_ns, user, workstation, reason, at_ns, limit_ns=limit_ns, role=ROLE
        )

    def _put_down(self, made: list[SettingChange]) -> None:
        if made:
            self._record(made)
        for item in made:
            who = f"{item.user} at {item.workstation}: {item.reason}"
            self._log(item.alarm_id, f"{item.setting} changed from {item.old} to {item.new} by {who}")


def _told(request: AlarmRequest) -> str:
    """Return what a request that names alarms does to each, in words."""
    match request:
        case Shelve(_, _, None, reason):
            return f"Shelved until its next return ({reason})"
        case Shelve(_, _, duration_s, reason):
            return f"Shelved for {(duration_s or 0) // 60} min ({reason})"
        case Unshelve():
            return "Unshelved"
        case OutOfService(_, _, reason):
            return f"Taken out of service ({reason})"
        case ReturnToService():
            return "Returned to service"
        case Reset():
            return "Reset"
        case _:
            return ""
