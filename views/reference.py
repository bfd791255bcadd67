"""The reference of all element kinds, written from what they declare."""

from views.bindings import Property, PropertyKind
from views.elements.base import ANY, COMMON, Kind
from views.elements.catalogue import ELEMENTS
from views.symbols import symbol_names

_COLUMNS = "| property | holds | default | what for |\n| --- | --- | --- | --- |\n"


def element_reference() -> str:
    """Return the Markdown of ``docs/screens.md`` that follows its introduction."""
    parts = [_kind(item.kind) for item in ELEMENTS]
    symbols = ", ".join(f"`{name}`" for name in symbol_names())
    parts.append(f"## Symbols\n\n{symbols}.\n")
    return "\n".join(parts)


def _kind(kind: Kind) -> str:
    own = [item for item in kind.properties if item not in COMMON]
    accepts = "" if kind.accepts == ANY else f" Its tag is of type {_types(kind)}."
    head = f"## `{kind.type}`: {kind.title}\n\n{kind.help}{accepts}\n"
    return head + "\n" + _COLUMNS + "".join(_row(item) for item in own) if own else head


def _types(kind: Kind) -> str:
    return ", ".join(sorted(item.value for item in kind.accepts))


def _row(item: Property) -> str:
    holds = item.kind.value if item.kind is not PropertyKind.CHOICE else _choices(item)
    if item.live or item.kind is PropertyKind.TAG:
        holds += ", expression"
    default = "" if item.default in (None, "") else f"`{_default(item)}`"
    return f"| `{item.name}` | {holds} | {default} | {item.help} |\n"


def _choices(item: Property) -> str:
    if item.name in ("color", "fill", "line"):
        return "colour role"
    return "symbol" if item.name == "symbol" else " / ".join(item.choices)


def _default(item: Property) -> str:
    return str(item.default).lower() if isinstance(item.default, bool) else str(item.default)
