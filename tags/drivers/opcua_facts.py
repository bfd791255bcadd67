"""What an OPC UA server says about its variables: ranges, units, and the texts of states."""

import math
from collections.abc import Sequence
from typing import Any

from asyncua import ua

from tags.drivers.base import Item, ItemFacts
from tags.drivers.opcua_session import Session
from tags.drivers.opcua_types import Wanted

_WANTED = frozenset(
    ("EURange", "InstrumentRange", "EngineeringUnits", "EnumStrings", "EnumValues", "TrueState", "FalseState")
)
_ENUMERATION = ("EnumStrings", "EnumValues")
_LAST_BUILT_IN = 25
"""Data types up to this number of namespace 0 are built in and have no properties."""
Properties = dict[str, Any]
"""The values of a node's properties by browse name."""


async def describe(session: Session, items: Sequence[Item]) -> list[ItemFacts]:
    """Return the facts of each item (DQ-10, DQ-13), by a few requests for all of them.

    Raises:
        DriverError: a request failed.
    """
    node_ids = [session.node_id(item.address) for item in items]
    known = list(dict.fromkeys(node_id for node_id in node_ids if node_id is not None))
    found = await _properties(session, known)
    types = await _enumerations(session, [node_id for node_id in known if not _states(found[node_id])])
    type_properties = await _properties(session, list(dict.fromkeys(types.values())))
    for node_id, type_id in types.items():
        for name in _ENUMERATION:
            if name in type_properties[type_id]:
                found[node_id][name] = type_properties[type_id][name]
    return [_facts({} if node_id is None else found[node_id]) for node_id in node_ids]


async def _enumerations(session: Session, node_ids: Sequence[ua.NodeId]) -> dict[ua.NodeId, ua.NodeId]:
    """Return the data type of those nodes whose type may be an enumeration of the server's own."""
    wanted: list[Wanted] = [(node_id, ua.AttributeIds.DataType) for node_id in node_ids]
    types: dict[ua.NodeId, ua.NodeId] = {}
    for node_id, result in zip(node_ids, await session.read(wanted), strict=True):
        data_type = result.Value.Value if result.Value is not None else None
        if isinstance(data_type, ua.NodeId) and not _is_built_in(data_type):
            types[node_id] = data_type
    return types


def _is_built_in(data_type: ua.NodeId) -> bool:
    number = data_type.Identifier
    return data_type.NamespaceIndex == 0 and isinstance(number, int) and number <= _LAST_BUILT_IN


async def _properties(session: Session, node_ids: Sequence[ua.NodeId]) -> dict[ua.NodeId, Properties]:
    """Read the wanted properties of nodes."""
    places: list[tuple[ua.NodeId, str, ua.NodeId]] = []
    for at in range(0, len(node_ids), session.limits.read):
        some = node_ids[at : at + session.limits.read]
        for node_id, references in zip(some, await _browse(session, some), strict=True):
            places += [
                (node_id, reference.BrowseName.Name, reference.NodeId)
                for reference in references
                if reference.BrowseName.Name in _WANTED
            ]
    values = await session.read([(place, ua.AttributeIds.Value) for _, _, place in places])
    found: dict[ua.NodeId, Properties] = {node_id: {} for node_id in node_ids}
    for (node_id, name, _), result in zip(places, values, strict=True):
        if result.Value is not None and (result.StatusCode is None or result.StatusCode.is_good()):
            found[node_id][name] = result.Value.Value
    return found


async def _browse(session: Session, node_ids: Sequence[ua.NodeId]) -> list[list[ua.ReferenceDescription]]:
    """Return the properties of each node; of a node that the server refuses there are none."""
    parameters = ua.BrowseParameters()
    parameters.NodesToBrowse = [
        ua.BrowseDescription(
            NodeId=node_id,
            BrowseDirection=ua.BrowseDirection.Forward,
            ReferenceTypeId=ua.NodeId(ua.ObjectIds.HasProperty),
            IncludeSubtypes=True,
            NodeClassMask=ua.NodeClass.Variable,
            ResultMask=ua.BrowseResultMask.BrowseName,
        )
        for node_id in node_ids
    ]
    parameters.RequestedMaxReferencesPerNode = 0
    if not node_ids:
        return []
    results = await session.request_all("browsing", session.services.browse, parameters, len(node_ids))
    found = [list(result.References or ()) for result in results]
    waiting = {
        row: result.ContinuationPoint for row, result in enumerate(results) if result.ContinuationPoint
    }
    while waiting:
        following = ua.BrowseNextParameters(
            ReleaseContinuationPoints=False, ContinuationPoints=list(waiting.values())
        )
        more = await session.request_all("browsing", session.services.browse_next, following, len(waiting))
        rows = list(waiting)
        waiting = {}
        for row, result in zip(rows, more, strict=True):
            found[row].extend(result.References or ())
            if result.ContinuationPoint:
                waiting[row] = result.ContinuationPoint
    return found


def _facts(properties: Properties) -> ItemFacts:
    unit = properties.get("EngineeringUnits")
    name = getattr(getattr(unit, "DisplayName", None), "Text", None)
    return ItemFacts(
        eu_range=_range(properties.get("EURange")),
        instrument_range=_range(properties.get("InstrumentRange")),
        unit=name or "",
        states=_states(properties),
    )


def _range(value: Any) -> tuple[float, float] | None:
    """Return low and high; None for what is no range, as some servers send 0 to 0."""
    if not isinstance(value, ua.Range):
        return None
    low, high = float(value.Low), float(value.High)
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low < high else None


def _states(properties: Properties) -> tuple[tuple[int, str], ...]:
    values = properties.get("EnumValues")
    if isinstance(values, (list, tuple)) and values:
        return tuple(
            (int(entry.Value), entry.DisplayName.Text or "")
            for entry in values
            if isinstance(entry, ua.EnumValueType)
        )
    texts = properties.get("EnumStrings")
    if isinstance(texts, (list, tuple)) and texts:
        return tuple((number, text.Text or "") for number, text in enumerate(texts) if text.Text)
    two = [(number, properties.get(name)) for number, name in ((0, "FalseState"), (1, "TrueState"))]
    return tuple((number, text.Text) for number, text in two if text is not None and text.Text)
