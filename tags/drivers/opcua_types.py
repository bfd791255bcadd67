"""Which OPC UA types correspond to Vigie's, for writing values and for browsing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from asyncua import ua

from tags.address import Address
from tags.addresses.opcua import IdentifierKind, OpcUaAddress
from tags.model import DataType, Scalar, Value

Wanted = tuple[ua.NodeId, ua.AttributeIds]
"""An attribute of a node."""

_BY_NUMBER = {
    1: DataType.BOOL,
    2: DataType.INT8,
    3: DataType.UINT8,
    4: DataType.INT16,
    5: DataType.UINT16,
    6: DataType.INT32,
    7: DataType.UINT32,
    8: DataType.INT64,
    9: DataType.UINT64,
    10: DataType.FLOAT32,
    11: DataType.FLOAT64,
    12: DataType.STRING,
    13: DataType.DATETIME,
    14: DataType.STRING,
    15: DataType.STRING,
    17: DataType.STRING,
    20: DataType.STRING,
    21: DataType.STRING,
    26: DataType.FLOAT64,
    27: DataType.INT64,
    28: DataType.UINT64,
    29: DataType.INT32,
    288: DataType.UINT32,
    289: DataType.UINT32,
    290: DataType.FLOAT64,
    294: DataType.DATETIME,
    295: DataType.STRING,
    852: DataType.INT32,
}
"""Data types of namespace 0: the built-in ones, and those derived from them that hold plain values."""

_INTEGERS = {
    ua.VariantType.SByte: DataType.INT8,
    ua.VariantType.Byte: DataType.UINT8,
    ua.VariantType.Int16: DataType.INT16,
    ua.VariantType.UInt16: DataType.UINT16,
    ua.VariantType.Int32: DataType.INT32,
    ua.VariantType.UInt32: DataType.UINT32,
    ua.VariantType.Int64: DataType.INT64,
    ua.VariantType.UInt64: DataType.UINT64,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def node_id_of(address: Address, namespaces: Sequence[str]) -> ua.NodeId | None:
    """Return the node id by a server's namespaces; None when it lacks one or the address is foreign."""
    if not isinstance(address, OpcUaAddress):
        return None
    namespace = address.namespace
    if address.namespace_uri is not None:
        if address.namespace_uri not in namespaces:
            return None
        namespace = namespaces.index(address.namespace_uri)
    if address.kind is IdentifierKind.GUID:
        return ua.NodeId(UUID(str(address.identifier)), namespace)
    if address.kind is IdentifierKind.OPAQUE:
        return ua.NodeId.from_string(f"ns={namespace};b={address.identifier}")
    if address.kind is IdentifierKind.STRING:
        return ua.NodeId(str(address.identifier), namespace, ua.NodeIdType.String)
    return ua.NodeId(int(address.identifier), namespace, ua.NodeIdType.Numeric)


def read_request(wanted: Sequence[Wanted]) -> ua.ReadRequest:
    """Return the request that reads attributes with all their times."""
    request = ua.ReadRequest()
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
    request.Parameters.NodesToRead = [
        ua.ReadValueId(NodeId=node_id, AttributeId=attribute) for node_id, attribute in wanted
    ]
    return request


def browse_type(node_id: Any) -> DataType | None:
    """Return the data type for a node's DataType attribute; None when it is no plain value."""
    if not isinstance(node_id, ua.NodeId) or node_id.NamespaceIndex != 0:
        return None
    return _BY_NUMBER.get(node_id.Identifier) if isinstance(node_id.Identifier, int) else None


def variant_of(value: Value, variant_type: ua.VariantType, *, is_array: bool) -> ua.Variant:
    """Return ``value`` as the node holds it.

    Raises:
        ValueError, ValueRefusedError: the value does not fit the node's type.
    """
    if is_array != isinstance(value, tuple):
        raise ValueError(f"the node holds {'an array' if is_array else 'one value'}")
    if isinstance(value, tuple):
        members = [_scalar(member, variant_type) for member in value]
        return ua.Variant(members, variant_type, is_array=True)
    return ua.Variant(_scalar(value, variant_type), variant_type)


def _scalar(value: Scalar, variant_type: ua.VariantType) -> Any:
    integer = _INTEGERS.get(variant_type)
    if integer is not None:
        return integer.check(value)
    if variant_type == ua.VariantType.Boolean:
        return DataType.BOOL.check(value)
    if variant_type == ua.VariantType.Float:
        return DataType.FLOAT32.check(value)
    if variant_type == ua.VariantType.Double:
        return DataType.FLOAT64.check(value)
    if variant_type == ua.VariantType.String:
        return DataType.STRING.check(value)
    if variant_type == ua.VariantType.LocalizedText:
        return ua.LocalizedText(str(DataType.STRING.check(value)))
    if variant_type == ua.VariantType.DateTime:
        time_ns = DataType.DATETIME.check(value)
        return _EPOCH + timedelta(microseconds=int(time_ns) // 1000)  # type: ignore[arg-type]
    raise ValueError(f"Vigie writes no {variant_type.name}")
