"""What clients ask of the alarms: checked by role, carried out, answered and put down in the plant log."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from alarms.manager import AlarmManager
from alarms.model import AlarmRefusal
from alarms.policy import longest_shelving_s, shelve_refusal
from alarms.settings import SettingChange
from hmi.link import (
    AcknowledgeArea,
    AlarmOperation,
    AlarmRequest,
    ApplyBackTest,
    ChangeSettings,
    CommentAlarms,
    ConfirmAlarms,
    EnforceSettings,
    OutOfService,
    Reset,
    ReturnToService,
    Shelve,
    Unshelve,
)
from hmi.station.backtests import Reviewed
from tags.clock import NS_PER_S, Clock
from tags.roles import Action, Actor, refusal

MAX_ALARMS: Final = 10_000
"""The most that one request may name."""
_ACTIONS: Final[Mapping[type[AlarmOperation], Action]] = MappingProxyType(
    {
        ConfirmAlarms: Action.ACKNOWLEDGE,
        CommentAlarms: Action.ACKNOWLEDGE,
        AcknowledgeArea: Action.ACKNOWLEDGE,
        Shelve: Action.SHELVE,
        Unshelve: Action.SHELVE,
        OutOfService: Action.REMOVE_FROM_SERVICE,
        ReturnToService: Action.REMOVE_FROM_SERVICE,
        Reset: Action.RESET,
        ChangeSettings: Action.CHANGE_SETTINGS,
        EnforceSettings: Action.CHANGE_SETTINGS,
        ApplyBackTest: Action.CHANGE_SETTINGS,
    }
)
"""What a role must be allowed for each request (SEC-10)."""


def needed(request: AlarmOperation) -> Action:
    """Return what a role must be allowed for a request (SEC-10)."""
    return _ACTIONS[type(request)]


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

    def acknowledge(self, event_ids: Sequence[str], actor: Actor, comment: str) -> list[str]:
        """Acknowledge what was seen (ALM-07); return one sentence for each refusal."""
        denied = refusal(actor.role, Action.ACKNOWLEDGE)
        if denied:
            self._log("", f"Refused to {actor.user} at {actor.workstation}: Acknowledge: {denied}")
            return [denied]
        now_ns = self._clock.now_ns()
        found = self._alarms.acknowledge(event_ids, actor.user, actor.workstation, comment, now_ns)
        return [item.text for item in found]

    def carry_out(
        self, request: AlarmRequest, actor: Actor, reviewed: Reviewed | None = None
    ) -> list[AlarmRefusal]:
        """Do what is asked and return what of it was refused; both are put down (ALM-15, ALM-22).

        ``reviewed`` is the back-test that the request wants applied.
        """
        asked = list(getattr(request, "alarm_ids", None) or [])
        if len(asked) > MAX_ALARMS:
            return [AlarmRefusal("", f"a request names at most {MAX_ALARMS} alarms")]
        denied = refusal(actor.role, needed(request))
        if denied:
            subjects = asked or [getattr(request, "alarm_id", "")]
            refusals = [AlarmRefusal(subject, denied) for subject in subjects]
        else:
            refusals = self._do(request, actor, reviewed, self._clock.now_ns())
        refused = {item.subject for item in refusals}
        what = _told(request)
        who = f"{actor.user} at {actor.workstation}"
        for alarm_id in asked:
            if what and alarm_id not in refused:
                self._log(alarm_id, f"{what} by {who}")
        for item in refusals:
            self._log(item.subject, f"Refused to {who}: {type(request).__name__}: {item.text}")
        return refusals

    def _do(
        self, request: AlarmRequest, actor: Actor, reviewed: Reviewed | None, at_ns: int
    ) -> list[AlarmRefusal]:
        alarms, user, workstation = self._alarms, actor.user, actor.workstation
        match request:
            case AcknowledgeArea(_, area, seen, comment):
                return alarms.acknowledge_area(area, seen, user, workstation, comment, at_ns)
            case Shelve(_, alarm_ids, duration_s, reason):
                return self._shelve(alarm_ids, duration_s, actor, reason, at_ns)
            case Unshelve(_, alarm_ids, comment):
                return alarms.unshelve(alarm_ids, user, workstation, comment, at_ns)
            case OutOfService(_, alarm_ids, reason):
                return alarms.out_of_service(alarm_ids, True, user, workstation, reason, at_ns)
            case ReturnToService(_, alarm_ids, comment):
                return alarms.out_of_service(alarm_ids, False, user, workstation, comment, at_ns)
            case Reset(_, alarm_ids, comment):
                return alarms.reset(alarm_ids, user, workstation, comment, at_ns)
            case ChangeSettings(_, alarm_id, changes, reason):
                made, refusals = alarms.change_settings({alarm_id: changes}, user, workstation, reason, at_ns)
            case EnforceSettings(_, chosen, reason):
                made, refusals = alarms.enforce_settings(chosen, user, workstation, reason, at_ns)
            case ApplyBackTest(_, _, reason):
                text = self._not_applicable(reviewed, reason)
                if reviewed is None or text:
                    return [AlarmRefusal("", text)]
                result = reviewed.result
                reason = f"{reason.strip()} [{result.sentence}]"
                made, refusals = alarms.change_settings(result.changes, user, workstation, reason, at_ns)
        self._put_down(made)
        return refusals

    def _not_applicable(self, reviewed: Reviewed | None, reason: str) -> str:
        """Return why a back-test cannot be applied; empty when it can."""
        if reviewed is None:
            return "this back-test is not known any more: run it again"
        if not reviewed.result.changes:
            return "this back-test changed nothing"
        if not reason.strip():
            return "a change needs a reason (ALM-22)"
        if reviewed.running != self._alarms.running_settings():
            return "other settings run now than those that were compared: run the back-test again"
        return ""

    def _shelve(
        self,
        alarm_ids: Sequence[str],
        duration_s: int | None,
        actor: Actor,
        reason: str,
        at_ns: int,
    ) -> list[AlarmRefusal]:
        text = shelve_refusal(duration_s, actor.role)
        if text:
            return [AlarmRefusal(alarm_id, text) for alarm_id in alarm_ids]
        duration_ns = None if duration_s is None else duration_s * NS_PER_S
        return self._alarms.shelve(
            alarm_ids,
            duration_ns,
            actor.user,
            actor.workstation,
            reason,
            at_ns,
            limit_ns=longest_shelving_s(actor.role) * NS_PER_S,
            role=actor.role,
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
