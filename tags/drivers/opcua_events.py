"""Event fields of OPC UA conditions: which ones are asked for, and what they say (OPC 10000-9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from asyncua import ua

from tags.conditions import DeviceCondition, DeviceShelving
from tags.drivers.opcua_times import time_ns
from tags.status import StatusCode

_ids = ua.ObjectIds
REFRESH_START: Final = ua.NodeId(_ids.RefreshStartEventType)
REFRESH_END: Final = ua.NodeId(_ids.RefreshEndEventType)
REFRESH_REQUIRED: Final = frozenset(
    {ua.NodeId(_ids.RefreshRequiredEventType), ua.NodeId(_ids.EventQueueOverflowEventType)}
)
"""After these what is known may be incomplete; a server's full queue is as bad as its word."""

_CONDITION_ID: Final = "ConditionId"
_BASIC: Final = (
    *(
        (_ids.BaseEventType, name)
        for name in ("EventId", "EventType", "SourceNode", "SourceName", "Time", "Message", "Severity")
    ),
    *(
        (_ids.ConditionType, name)
        for name in (
            "ConditionName", "BranchId", "Retain", "EnabledState/Id", "Quality", "Comment", "ClientUserId",
        )
    ),
    (_ids.AcknowledgeableConditionType, "AckedState/Id"),
    (_ids.AcknowledgeableConditionType, "ConfirmedState/Id"),
    (_ids.AlarmConditionType, "ActiveState/Id"),
)  # fmt: skip
_FURTHER: Final = (
    *(
        (_ids.AlarmConditionType, name)
        for name in (
            "ActiveState/TransitionTime", "InputNode", "SuppressedState/Id", "OutOfServiceState/Id",
            "LatchedState/Id", "ShelvingState/CurrentState/Id", "ShelvingState/UnshelveTime",
        )
    ),
    (_ids.ExclusiveLimitAlarmType, "LimitState/CurrentState/Id"),
    *((_ids.LimitAlarmType, name) for name in ("HighHighLimit", "HighLimit", "LowLimit", "LowLowLimit")),
)  # fmt: skip
SELECTIONS: Final = ((*_BASIC, *_FURTHER), _BASIC)
"""Type and browse path of the fields asked for (OPA-03): all, and for servers that refuse those the least."""

_LIMIT_STATES: Final = {
    _ids.ExclusiveLimitStateMachineType_HighHigh: "HighHighLimit",
    _ids.ExclusiveLimitStateMachineType_High: "HighLimit",
    _ids.ExclusiveLimitStateMachineType_Low: "LowLimit",
    _ids.ExclusiveLimitStateMachineType_LowLow: "LowLowLimit",
}
_SHELVING: Final = {
    _ids.ShelvedStateMachineType_TimedShelved: DeviceShelving.TIMED,
    _ids.ShelvedStateMachineType_OneShotShelved: DeviceShelving.ONE_SHOT,
}
Fields = Mapping[str, Any]
"""The values of an event's fields by browse path; those that the event does not have are None."""


def select_clauses(selection: Sequence[tuple[int, str]]) -> list[ua.SimpleAttributeOperand]:
    """Return the select clauses of a selection; the condition's own node id comes last."""
    clauses = [
        ua.SimpleAttributeOperand(
            TypeDefinitionId=ua.NodeId(type_id),
            BrowsePath=[ua.QualifiedName(name, 0) for name in path.split("/")],
            AttributeId=ua.AttributeIds.Value,
        )
        for type_id, path in selection
    ]
    condition_id = ua.SimpleAttributeOperand(
        TypeDefinitionId=ua.NodeId(_ids.ConditionType), AttributeId=ua.AttributeIds.NodeId
    )
    return [*clauses, condition_id]


def fields_of(selection: Sequence[tuple[int, str]], values: Sequence[ua.Variant]) -> Fields:
    """Return the fields of an event by browse path; a server that returns fewer leaves the rest out."""
    names = [*(path for _, path in selection), _CONDITION_ID]
    fields = dict.fromkeys(names)
    fields.update((name, variant.Value) for name, variant in zip(names, values, strict=False))
    return fields


def condition_of(
    fields: Fields, tag_ids: Mapping[ua.NodeId, int], receive_ns: int, area: str = ""
) -> DeviceCondition | None:
    """Return the condition that an event reports; None when it reports none.

    ``tag_ids`` are the tags of this connection by node: the condition's input or source may be one of them.
    """
    condition_id, event_id = fields[_CONDITION_ID], fields["EventId"]
    if not isinstance(condition_id, ua.NodeId) or condition_id.is_null() or not isinstance(event_id, bytes):
        return None
    branch_id = fields["BranchId"]
    is_retained = bool(fields["Retain"])
    source_ns = _moment_ns(fields["Time"]) or receive_ns
    status = fields["Quality"]
    severity = fields["Severity"]
    shelving = _SHELVING.get(_number(fields.get("ShelvingState/CurrentState/Id")), DeviceShelving.NONE)
    return DeviceCondition(
        condition=condition_id.to_string(),
        branch="" if not _is_node(branch_id) else branch_id.to_string(),
        event=event_id.hex(),
        name=str(fields["ConditionName"] or ""),
        source=str(fields["SourceName"] or ""),
        message=_text(fields["Message"]) or str(fields["ConditionName"] or condition_id.to_string()),
        severity=min(max(severity if isinstance(severity, int) else 1, 1), 1000),
        source_ns=source_ns,
        is_retained=is_retained,
        # A condition without such a state is there as long as it is retained.
        active=_flag(fields["ActiveState/Id"], otherwise=is_retained),
        acked=_flag(fields["AckedState/Id"], otherwise=True),
        confirmed=_flag(fields["ConfirmedState/Id"], otherwise=True),
        enabled=_flag(fields["EnabledState/Id"], otherwise=True),
        latched=_flag(fields.get("LatchedState/Id"), otherwise=False),
        suppressed=_flag(fields.get("SuppressedState/Id"), otherwise=False),
        out_of_service=_flag(fields.get("OutOfServiceState/Id"), otherwise=False),
        shelving=shelving,
        shelved_until_ns=_shelved_until_ns(shelving, fields, receive_ns),
        active_ns=_moment_ns(fields.get("ActiveState/TransitionTime")),
        status=int(status.value) if isinstance(status, ua.StatusCode) else int(StatusCode.Good),
        limit=_limit(fields),
        user=str(fields["ClientUserId"] or ""),
        comment=_text(fields["Comment"]),
        area=area,
        tag_id=next(
            (
                tag_ids[node]
                for node in (fields.get("InputNode"), fields["SourceNode"])
                if isinstance(node, ua.NodeId) and node in tag_ids
            ),
            None,
        ),
    )


def _is_node(value: Any) -> bool:
    return isinstance(value, ua.NodeId) and not value.is_null()


def _flag(value: Any, *, otherwise: bool) -> bool:
    return value if isinstance(value, bool) else otherwise


def _text(value: Any) -> str:
    return (value.Text or "") if isinstance(value, ua.LocalizedText) else ""


def _number(node: Any) -> int:
    """Return the number of a node of namespace 0; 0 for any other."""
    is_standard = isinstance(node, ua.NodeId) and node.NamespaceIndex == 0
    return node.Identifier if is_standard and isinstance(node.Identifier, int) else 0


def _moment_ns(value: Any) -> int:
    return time_ns(value) if isinstance(value, datetime) else 0


def _limit(fields: Fields) -> float | None:
    limit = fields.get(_LIMIT_STATES.get(_number(fields.get("LimitState/CurrentState/Id")), ""))
    return float(limit) if isinstance(limit, int | float) else None


def _shelved_until_ns(shelving: DeviceShelving, fields: Fields, receive_ns: int) -> int:
    """Return when a shelving ends; servers tell how long it lasts yet, in milliseconds."""
    left_ms = fields.get("ShelvingState/UnshelveTime")
    if shelving is DeviceShelving.NONE or not isinstance(left_ms, int | float) or not 0 < left_ms < 1e10:
        return 0
    return receive_ns + round(left_ms * 1_000_000)
