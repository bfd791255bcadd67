"""What clients ask of alarms, brought to whoever keeps them: the station itself, or devices."""

from collections.abc import Callable
from typing import Final

import msgspec

from alarms.device_alarms import DeviceAlarms
from alarms.model import AlarmRefusal
from hmi.link import AcknowledgeArea, AlarmOperation, DeviceAlarmRequest
from hmi.station.backtests import Reviewed
from hmi.station.device_desk import DeviceDesk, Named
from hmi.station.operations import AlarmDesk
from tags.roles import Actor

_NOT_A_DEVICE_S: Final = "the station keeps this alarm itself: acknowledging it is all that it asks for"


class AlarmRequests:
    """Carry out requests that may name alarms of both kinds: the station's own first, then the devices'."""

    def __init__(self, own: AlarmDesk, theirs: DeviceDesk, alarms: DeviceAlarms) -> None:
        self._own = own
        self._theirs = theirs
        self._alarms = alarms

    async def acknowledge(self, event_ids: list[str], actor: Actor, comment: str) -> list[str]:
        """Acknowledge what was seen; return one sentence for each refusal."""
        theirs = [event_id for event_id in event_ids if self._alarms.knows(event_id)]
        known = set(theirs)
        own = [event_id for event_id in event_ids if event_id not in known]
        refusals = self._own.acknowledge(own, actor, comment) if own or not theirs else []
        if theirs:
            refusals += await self._theirs.acknowledge(theirs, actor, comment)
        return refusals

    async def carry_out(
        self, request: AlarmOperation, actor: Actor, reviewed: Reviewed | None
    ) -> list[AlarmRefusal]:
        """Do what is asked; return what was refused."""
        own, theirs = split(request, self._alarms.owns)
        refusals: list[AlarmRefusal] = []
        if isinstance(own, DeviceAlarmRequest):
            refusals += [AlarmRefusal(alarm_id, _NOT_A_DEVICE_S) for alarm_id in own.alarm_ids]
        elif own is not None:
            refusals += self._own.carry_out(own, actor, reviewed)
        if theirs is not None:
            refusals += await self._theirs.carry_out(theirs, actor)
        return refusals


def split(
    request: AlarmOperation, is_device_s: Callable[[str], bool]
) -> tuple[AlarmOperation | None, AlarmOperation | None]:
    """Return what of a request concerns the station's own alarms, and what those of devices; None: nothing.

    An area may hold both; settings are the station's.
    """
    if isinstance(request, AcknowledgeArea):
        return request, request
    if not isinstance(request, Named):
        return request, None
    theirs = [alarm_id for alarm_id in request.alarm_ids if is_device_s(alarm_id)]
    if not theirs:
        return request, None
    chosen = set(theirs)
    own = [alarm_id for alarm_id in request.alarm_ids if alarm_id not in chosen]
    return (
        msgspec.structs.replace(request, alarm_ids=own) if own else None,
        msgspec.structs.replace(request, alarm_ids=theirs),
    )
