"""Alarms and conditions of the simulated OPC UA server: the state machine of OPC 10000-9 without branches.

The library sends event fields and repeats retained events on a refresh; states, methods and who may
acknowledge what are ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from asyncua import Server, ua
from asyncua.common.event_objects import AlarmCondition

MAX_SHELVED_MS: Final = 12 * 3600 * 1000.0
_ids = ua.ObjectIds
_codes = ua.StatusCodes
_SHELVING_STATES: Final = {
    "none": _ids.ShelvedStateMachineType_Unshelved,
    "timed": _ids.ShelvedStateMachineType_TimedShelved,
    "one_shot": _ids.ShelvedStateMachineType_OneShotShelved,
}


@dataclass(slots=True)
class Condition:
    """One condition; `node_id` is its own, `source_id` the node that it is about."""

    node_id: ua.NodeId
    name: str
    source_id: ua.NodeId
    source: str
    message: str
    severity: int
    type_id: int = _ids.OffNormalAlarmType
    must_confirm: bool = True
    limit: float | None = None
    active: bool = False
    acked: bool = True
    confirmed: bool = True
    shelving: str = "none"
    shelved_until: datetime | None = None
    active_time: datetime | None = None
    comment: ua.LocalizedText = field(default_factory=ua.LocalizedText)
    user: str = ""
    events: set[bytes] = field(default_factory=set)
    """Event ids of the present occurrence: only these can be acknowledged."""

    @property
    def retained(self) -> bool:
        """Tell whether clients must show it."""
        return self.active or not self.acked or not self.confirmed or self.shelving != "none"


class ConditionServer:
    """Keeps the conditions of a server and answers the methods that clients call on them.

    Make it before `server.init()`, call `bind` after it.
    """

    def __init__(self, server: Server, *, refresh: bool = True) -> None:
        self._server = server
        self.conditions: dict[ua.NodeId, Condition] = {}
        server.iserver.bind_condition_methods = refresh

    def bind(self) -> None:
        """Answer the methods of the condition types."""
        methods: dict[int, Callable[..., Awaitable[ua.StatusCode]]] = {
            _ids.AcknowledgeableConditionType_Acknowledge: self._acknowledge,
            _ids.AcknowledgeableConditionType_Confirm: self._confirm,
            _ids.ConditionType_AddComment: self._comment,
            _ids.ShelvedStateMachineType_TimedShelve: self._timed_shelve,
            _ids.ShelvedStateMachineType_OneShotShelve: self._one_shot_shelve,
            _ids.ShelvedStateMachineType_Unshelve: self._unshelve,
        }
        for method, answer in methods.items():
            self._server.iserver.isession.add_method_callback(ua.NodeId(method), answer)

    async def add(self, parent: Any, condition: Condition) -> None:
        """Put a condition below a node of the address space; clients name it by its node id."""
        await parent.add_object(condition.node_id, f"{condition.node_id.NamespaceIndex}:{condition.name}")
        self.conditions[condition.node_id] = condition

    async def set_active(self, node_id: ua.NodeId, active: bool, message: str = "") -> None:
        """Let a condition become true or false."""
        condition = self.conditions[node_id]
        if condition.active is active:
            return
        condition.active = active
        if message:
            condition.message = message
        if active:
            condition.active_time = datetime.now(UTC)
            condition.events.clear()
            condition.acked = False
            condition.confirmed = True
            condition.comment, condition.user = ua.LocalizedText(), ""
        elif condition.shelving == "one_shot":
            condition.shelving, condition.shelved_until = "none", None
        await self.report(condition)

    async def tick(self) -> None:
        """End what was shelved for a time."""
        now = datetime.now(UTC)
        for condition in self.conditions.values():
            if condition.shelved_until is not None and now >= condition.shelved_until:
                condition.shelving, condition.shelved_until = "none", None
                await self.report(condition)

    async def report(self, condition: Condition, *, branch: ua.NodeId | None = None) -> bytes:
        """Send the present state to all clients that subscribe to events; return its event id."""
        event = self.event(condition, branch)
        if branch is None:
            condition.events.add(event.EventId)
        await self._server.iserver.subscription_service.trigger_event(event)
        return bytes(event.EventId)

    def event(self, condition: Condition, branch: ua.NodeId | None = None) -> AlarmCondition:
        """Return the event of the present state, with an id of its own."""
        now = datetime.now(UTC)
        event = AlarmCondition(condition.source_id, condition.message, condition.severity)
        event.EventId = uuid4().bytes
        event.EventType = ua.NodeId(condition.type_id)
        event.SourceName = condition.source
        event.Time = event.ReceiveTime = now
        event.ConditionName = condition.name
        event.BranchId = branch
        event.Retain = condition.retained
        event.Comment, event.ClientUserId = condition.comment, condition.user or None
        event.InputNode = condition.source_id
        fields: dict[str, tuple[Any, ua.VariantType]] = {
            "NodeId": (condition.node_id, ua.VariantType.NodeId),
            "Quality": (ua.StatusCode(), ua.VariantType.StatusCode),
            "EnabledState/Id": (True, ua.VariantType.Boolean),
            "ActiveState/Id": (condition.active, ua.VariantType.Boolean),
            "ActiveState/TransitionTime": (condition.active_time, ua.VariantType.DateTime),
            "AckedState/Id": (condition.acked, ua.VariantType.Boolean),
            "ConfirmedState/Id": (condition.confirmed, ua.VariantType.Boolean),
            "ShelvingState/CurrentState/Id": (
                ua.NodeId(_SHELVING_STATES[condition.shelving]),
                ua.VariantType.NodeId,
            ),
            "ShelvingState/UnshelveTime": (_left_ms(condition, now), ua.VariantType.Double),
        }
        if condition.limit is not None:
            high = ua.NodeId(_ids.ExclusiveLimitStateMachineType_High)
            fields["HighLimit"] = (condition.limit, ua.VariantType.Double)
            fields["LimitState/CurrentState/Id"] = (
                high if condition.active else None,
                ua.VariantType.NodeId,
            )
        for name, (value, variant_type) in fields.items():
            event.add_property(name, value, variant_type)
        return event

    # Methods: the object is the condition

    async def _acknowledge(self, target: ua.NodeId, event_id: Any, comment: Any) -> ua.StatusCode:
        condition = self.conditions.get(target)
        if condition is None:
            return ua.StatusCode(_codes.BadNodeIdInvalid)
        if event_id.Value not in condition.events:
            return ua.StatusCode(_codes.BadEventIdUnknown)
        if condition.acked:
            return ua.StatusCode(_codes.BadConditionBranchAlreadyAcked)
        condition.acked = True
        condition.confirmed = not condition.must_confirm
        return await self._commented(condition, comment)

    async def _confirm(self, target: ua.NodeId, event_id: Any, comment: Any) -> ua.StatusCode:
        condition = self.conditions.get(target)
        if condition is None:
            return ua.StatusCode(_codes.BadNodeIdInvalid)
        if event_id.Value not in condition.events:
            return ua.StatusCode(_codes.BadEventIdUnknown)
        if condition.confirmed:
            return ua.StatusCode(_codes.BadConditionBranchAlreadyConfirmed)
        condition.confirmed = True
        return await self._commented(condition, comment)

    async def _comment(self, target: ua.NodeId, event_id: Any, comment: Any) -> ua.StatusCode:
        condition = self.conditions.get(target)
        if condition is None:
            return ua.StatusCode(_codes.BadNodeIdInvalid)
        if event_id.Value not in condition.events:
            return ua.StatusCode(_codes.BadEventIdUnknown)
        return await self._commented(condition, comment)

    async def _commented(self, condition: Condition, comment: Any) -> ua.StatusCode:
        """Keep the comment there is for none at all, clear it for an empty one with a locale (OPA-08)."""
        text = comment.Value
        if isinstance(text, ua.LocalizedText) and (text.Text is not None or text.Locale is not None):
            condition.comment = text
        condition.user = "client"
        await self.report(condition)
        return ua.StatusCode()

    async def _timed_shelve(self, target: ua.NodeId, duration: Any) -> ua.StatusCode:
        if not 0 < duration.Value <= MAX_SHELVED_MS:
            return ua.StatusCode(_codes.BadShelvingTimeOutOfRange)
        return await self._shelve(target, "timed", duration.Value)

    async def _one_shot_shelve(self, target: ua.NodeId) -> ua.StatusCode:
        return await self._shelve(target, "one_shot", MAX_SHELVED_MS)

    async def _shelve(self, target: ua.NodeId, shelving: str, duration_ms: float) -> ua.StatusCode:
        condition = self.conditions.get(target)
        if condition is None:
            return ua.StatusCode(_codes.BadNodeIdInvalid)
        if condition.shelving == shelving == "one_shot":
            return ua.StatusCode(_codes.BadConditionAlreadyShelved)
        condition.shelving = shelving
        condition.shelved_until = datetime.now(UTC) + timedelta(milliseconds=duration_ms)
        await self.report(condition)
        return ua.StatusCode()

    async def _unshelve(self, target: ua.NodeId) -> ua.StatusCode:
        condition = self.conditions.get(target)
        if condition is None:
            return ua.StatusCode(_codes.BadNodeIdInvalid)
        if condition.shelving == "none":
            return ua.StatusCode(_codes.BadConditionNotShelved)
        condition.shelving, condition.shelved_until = "none", None
        await self.report(condition)
        return ua.StatusCode()


def _left_ms(condition: Condition, now: datetime) -> float:
    if condition.shelved_until is None:
        return 0.0
    return max(0.0, (condition.shelved_until - now).total_seconds() * 1000)
