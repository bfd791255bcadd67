"""What clients ask of the alarms that devices keep: held against the same rules as for the station's own."""

from collections.abc import Callable, Sequence

from alarms.device_alarms import DeviceAlarms
from alarms.model import AlarmRefusal
from alarms.policy import SHELVE_ROLES, shelve_refusal
from hmi.link import (
    AcknowledgeArea,
    AlarmOperation,
    CommentAlarms,
    ConfirmAlarms,
    OutOfService,
    Reset,
    ReturnToService,
    Shelve,
    Unshelve,
)
from hmi.station.operations import MAX_ALARMS, needed
from tags.clock import NS_PER_S
from tags.conditions import ConditionOperation
from tags.roles import Action, Actor, Role, refusal

_O = ConditionOperation
Named = Shelve | Unshelve | OutOfService | ReturnToService | Reset | ConfirmAlarms | CommentAlarms


class DeviceDesk:
    """Carry out requests for alarms of devices; ``log`` takes subject and text of a plant log entry."""

    def __init__(self, alarms: DeviceAlarms, log: Callable[[str, str], None]) -> None:
        self._alarms = alarms
        self._log = log

    async def acknowledge(self, event_ids: Sequence[str], actor: Actor, comment: str) -> list[str]:
        """Have the devices acknowledge what was seen; return one sentence for each refusal."""
        denied = refusal(actor.role, Action.ACKNOWLEDGE)
        if denied:
            self._log("", f"Refused to {actor.user} at {actor.workstation}: Acknowledge: {denied}")
            return [denied]
        found = await self._alarms.acknowledge(event_ids, actor.user, actor.workstation, comment)
        return [item.text for item in found]

    async def carry_out(self, request: AlarmOperation, actor: Actor) -> list[AlarmRefusal]:
        """Ask the devices and return what was refused; both are put down (ALM-15)."""
        if not isinstance(request, AcknowledgeArea | Named):
            return []
        denied = refusal(actor.role, needed(request))
        if isinstance(request, AcknowledgeArea):
            # The station's own desk tells a denial of the whole area.
            return (
                []
                if denied
                else await self._alarms.acknowledge_area(
                    request.area, request.seen_sequence, actor.user, actor.workstation, request.comment
                )
            )
        asked = request.alarm_ids
        if len(asked) > MAX_ALARMS:
            return [AlarmRefusal("", f"a request names at most {MAX_ALARMS} alarms")]
        refusals = self._held_back(request, denied, actor.role)
        refused = {item.subject for item in refusals}
        allowed = [alarm_id for alarm_id in asked if alarm_id not in refused]
        refusals += await self._ask(request, allowed, actor)
        refused = {item.subject for item in refusals}
        who = f"{actor.user} at {actor.workstation}"
        for alarm_id in asked:
            if alarm_id not in refused:
                self._log(alarm_id, f"{type(request).__name__} carried out by the device for {who}")
        for item in refusals:
            self._log(item.subject, f"Refused to {who}: {type(request).__name__}: {item.text}")
        return refusals

    def _held_back(self, request: Named, denied: str, role: Role) -> list[AlarmRefusal]:
        """Return what is not even sent: by role, for want of a reason, for too long (ALM-12, ALM-14)."""
        text = denied or _missing(request)
        if isinstance(request, Shelve):
            text = text or shelve_refusal(request.duration_s, role)
        if text:
            return [AlarmRefusal(alarm_id, text) for alarm_id in request.alarm_ids]
        if not isinstance(request, Shelve):
            return []
        wanted = set(request.alarm_ids)
        return [
            AlarmRefusal(row.alarm_id, f"{row.message}: only a {least.value} may shelve it (ALM-14)")
            for row in self._alarms.snapshot()
            if row.alarm_id in wanted
            and not role.includes(least := SHELVE_ROLES.get(row.priority, Role.OPERATOR))
        ]

    async def _ask(self, request: Named, asked: Sequence[str], actor: Actor) -> list[AlarmRefusal]:
        duration_ns = 0
        match request:
            case Shelve(_, _, duration_s, comment):
                operation = _O.SHELVE_ONE_SHOT if duration_s is None else _O.SHELVE_TIMED
                duration_ns = (duration_s or 0) * NS_PER_S
            case Unshelve(_, _, comment):
                operation = _O.UNSHELVE
            case OutOfService(_, _, comment):
                operation = _O.REMOVE_FROM_SERVICE
            case ReturnToService(_, _, comment):
                operation = _O.RETURN_TO_SERVICE
            case Reset(_, _, comment):
                operation = _O.RESET
            case ConfirmAlarms(_, _, comment):
                operation = _O.CONFIRM
            case CommentAlarms(_, _, comment):
                operation = _O.COMMENT
        return await self._alarms.operate(
            operation, asked, actor.user, actor.workstation, comment, duration_ns
        )


def _missing(request: Named) -> str:
    """Return which reason a request lacks; empty when it lacks none."""
    if isinstance(request, Shelve) and not request.reason.strip():
        return "shelving needs a reason"
    if isinstance(request, OutOfService) and not request.reason.strip():
        return "taking an alarm out of service needs a reason and the work order"
    return ""
