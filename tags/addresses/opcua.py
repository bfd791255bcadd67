"""OPC UA node ids in the notation of OPC 10000-6 section 5.3.1.10."""

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tags.address import Address
from tags.errors import AddressError
from tags.model import DataType

_NODE_ID = re.compile(
    r"(?:ns=(?P<index>[0-9]{1,5});|nsu=(?P<uri>[^;]+);)?(?P<kind>[isgb])=(?P<identifier>.+)",
    re.ASCII | re.DOTALL,
)
_EXAMPLES = "such as ns=2;s=Line.State, nsu=urn:maker:line;i=5 or i=2258"
MAX_LENGTH = 4096


class IdentifierKind(StrEnum):
    """Name the four kinds of identifier a node id may have."""

    NUMERIC = "i"
    STRING = "s"
    GUID = "g"
    OPAQUE = "b"


@dataclass(frozen=True, slots=True)
class OpcUaAddress(Address):
    """Name a node; ``namespace_uri`` is looked up in the server's namespace array when it is given.

    ``identifier`` is an int for NUMERIC, the canonical text for GUID, base64 text for OPAQUE.
    """

    kind: IdentifierKind
    identifier: int | str
    namespace: int = 0
    namespace_uri: str | None = None


def parse(text: str, data_type: DataType) -> OpcUaAddress:  # noqa: ARG001 - the server knows a node's type
    """Parse a node id.

    Raises:
        AddressError: the text is no node id.
    """
    stripped = text.strip()
    match = _NODE_ID.fullmatch(stripped) if len(stripped) <= MAX_LENGTH else None
    if match is None:
        raise AddressError(f"expected an OPC UA node id, {_EXAMPLES}, got {text!r:.80}")
    namespace = int(match["index"] or 0)
    if namespace > 65535:
        raise AddressError(f"expected a namespace index from 0 to 65535, {_EXAMPLES}, got ns={namespace}")
    kind = IdentifierKind(match["kind"])
    uri = match["uri"]
    if uri is not None:
        uri = uri.replace("%3B", ";").replace("%25", "%")
    return OpcUaAddress(text, kind, _identifier(kind, match["identifier"]), namespace, uri)


def _identifier(kind: IdentifierKind, text: str) -> int | str:
    if kind is IdentifierKind.NUMERIC:
        if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or int(text) > 0xFFFFFFFF:
            raise AddressError(
                f"expected a number from 0 to 4294967295 after i=, such as i=2258, got {text!r:.40}"
            )
        return int(text)
    if kind is IdentifierKind.GUID:
        try:
            return str(UUID(text))
        except ValueError:
            raise AddressError(
                f"expected a GUID after g=, such as g=09087e75-8e5e-499b-954f-f2a9603db28a, got {text!r:.60}"
            ) from None
    if kind is IdentifierKind.OPAQUE and not re.fullmatch(
        r"(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/=]{4}", text, re.ASCII
    ):
        raise AddressError(
            f"expected base64 text after b=, such as b=M/RbKBsRVkePCePcx24oRA==, got {text!r:.60}"
        )
    return text
