"""What people ask of a server's conditions: the methods of OPC UA Part 9, and their refusals in words."""

from typing import Final

from asyncua import ua

from tags.conditions import ConditionOperation, ConditionRequest
from tags.drivers.base import DriverError, DriverFault
from tags.drivers.opcua_failures import code_name
from tags.drivers.opcua_session import Session

_ids = ua.ObjectIds
_O = ConditionOperation
_METHODS: Final = {
    _O.ACKNOWLEDGE: (_ids.AcknowledgeableConditionType_Acknowledge, "Acknowledge"),
    _O.CONFIRM: (_ids.AcknowledgeableConditionType_Confirm, "Confirm"),
    _O.COMMENT: (_ids.ConditionType_AddComment, "AddComment"),
    _O.RESET: (_ids.AlarmConditionType_Reset, "Reset"),
    _O.REMOVE_FROM_SERVICE: (_ids.AlarmConditionType_RemoveFromService, "RemoveFromService"),
    _O.RETURN_TO_SERVICE: (_ids.AlarmConditionType_PlaceInService, "PlaceInService"),
    _O.SHELVE_TIMED: (_ids.ShelvedStateMachineType_TimedShelve, "TimedShelve"),
    _O.SHELVE_ONE_SHOT: (_ids.ShelvedStateMachineType_OneShotShelve, "OneShotShelve"),
    _O.UNSHELVE: (_ids.ShelvedStateMachineType_Unshelve, "Unshelve"),
}
"""The method of the type and its name (OPA-02)."""
_WITH_EVENT: Final = frozenset({_O.ACKNOWLEDGE, _O.CONFIRM, _O.COMMENT})
_SHELVING: Final = frozenset({_O.SHELVE_TIMED, _O.SHELVE_ONE_SHOT, _O.UNSHELVE})
_NO_METHOD: Final = frozenset(
    {
        ua.StatusCodes.BadMethodInvalid,
        ua.StatusCodes.BadNodeIdInvalid,
        ua.StatusCodes.BadNodeIdUnknown,
        ua.StatusCodes.BadNotSupported,
        ua.StatusCodes.BadNotImplemented,
        ua.StatusCodes.BadNotExecutable,
        ua.StatusCodes.BadNothingToDo,
    }
)
_WORDS: Final = {
    ua.StatusCodes.BadConditionBranchAlreadyAcked: "the server has it as acknowledged already",
    ua.StatusCodes.BadConditionBranchAlreadyConfirmed: "the server has it as confirmed already",
    ua.StatusCodes.BadEventIdUnknown: "it came again or is over since it was seen",
    ua.StatusCodes.BadConditionAlreadyShelved: "the server has it as shelved already",
    ua.StatusCodes.BadConditionNotShelved: "the server does not have it as shelved",
    ua.StatusCodes.BadShelvingTimeOutOfRange: "the server does not allow shelving for so long",
    ua.StatusCodes.BadConditionDisabled: "it is disabled at the server",
    ua.StatusCodes.BadConditionAlreadyDisabled: "it is disabled at the server",
    ua.StatusCodes.BadInvalidState: "its state at the server does not allow it now",
    ua.StatusCodes.BadUserAccessDenied: "the server does not allow it to the user of this connection",
}
"""OPA-07."""
_LANGUAGE: Final = "en"
"""A locale must be given to clear a comment (OPA-08); which one does not matter for no text."""


class ConditionMethods:
    """Call the methods of conditions on one session; each call is sent once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shelving: dict[str, ua.NodeId] = {}

    async def carry_out(self, request: ConditionRequest) -> None:
        """Have the server do what is asked.

        The reason of a shelving is added as a comment afterwards: the method itself takes none.

        Raises:
            DriverError: REFUSED or UNSUPPORTED with the reason in words, or the connection failed.
        """
        operation = request.operation
        try:
            condition_id = ua.NodeId.from_string(request.condition)
        except ua.UaError:
            raise DriverError(DriverFault.REFUSED, f"{request.condition!r} is no condition") from None
        number, name = _METHODS[operation]
        target, method = condition_id, ua.NodeId(number)
        if operation in _SHELVING:
            target = await self._shelving_state(request.condition, condition_id)
            # Where the state machine is shown, its own methods are called, else those of the type.
            method = (await self._find(target, name) or method) if target != condition_id else method
        status = await self._call(target, method, _arguments(request))
        if status in _NO_METHOD:
            # Some servers know only the methods of the instance. Nothing was carried out so far.
            own = await self._find(target, name)
            if own is not None and own != method:
                status = await self._call(target, own, _arguments(request))
        if ua.StatusCode(status).is_good():
            if operation in _SHELVING and request.comment:
                await self._comment(condition_id, request)
            return
        if status in _NO_METHOD:
            raise DriverError(
                DriverFault.UNSUPPORTED, f"the server does not offer to {operation.value} it", status
            )
        text = _WORDS.get(status, f"the server answered {code_name(status)}")
        raise DriverError(DriverFault.REFUSED, text, status)

    async def _comment(self, condition_id: ua.NodeId, request: ConditionRequest) -> None:
        """Tell the reason; a server that takes none has shelved the condition nevertheless."""
        number, _ = _METHODS[_O.COMMENT]
        arguments = _with_event(request.event, request.comment)
        await self._call(condition_id, ua.NodeId(number), arguments)

    async def _shelving_state(self, name: str, condition_id: ua.NodeId) -> ua.NodeId:
        """Return the object whose methods shelve; a condition outside the address space is it itself."""
        if name not in self._shelving:
            self._shelving[name] = await self._find(condition_id, "ShelvingState") or condition_id
        return self._shelving[name]

    async def _find(self, start: ua.NodeId, name: str) -> ua.NodeId | None:
        path = ua.BrowsePath(
            StartingNode=start,
            RelativePath=ua.RelativePath(
                Elements=[
                    ua.RelativePathElement(
                        ReferenceTypeId=ua.NodeId(_ids.HierarchicalReferences),
                        IsInverse=False,
                        IncludeSubtypes=True,
                        TargetName=ua.QualifiedName(name, 0),
                    )
                ]
            ),
        )
        (result,) = await self._session.request_all(
            "looking for a method", self._session.services.translate_browsepaths_to_nodeids, [path], 1
        )
        if not result.StatusCode.is_good() or not result.Targets:
            return None
        target = result.Targets[0].TargetId
        return ua.NodeId(target.Identifier, target.NamespaceIndex)

    async def _call(self, target: ua.NodeId, method: ua.NodeId, arguments: list[ua.Variant]) -> int:
        request = ua.CallMethodRequest(ObjectId=target, MethodId=method, InputArguments=arguments)
        (result,) = await self._session.request_all(
            "asking for an alarm", self._session.services.call, [request], 1
        )
        return int(result.StatusCode.value)


def _arguments(request: ConditionRequest) -> list[ua.Variant]:
    if request.operation in _WITH_EVENT:
        return _with_event(request.event, request.comment)
    if request.operation is _O.SHELVE_TIMED:
        return [ua.Variant(request.duration_ns / 1e6, ua.VariantType.Double)]
    return []


def _with_event(event: str, comment: str | None) -> list[ua.Variant]:
    """Return the report that was seen and the comment; none at all leaves the server's (OPA-08)."""
    text = ua.LocalizedText(comment, _LANGUAGE if comment == "" else None)
    return [
        ua.Variant(bytes.fromhex(event), ua.VariantType.ByteString),
        ua.Variant(text, ua.VariantType.LocalizedText),
    ]
