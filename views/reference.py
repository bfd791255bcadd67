"""The reference of all element kinds, written from what they declare."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from views.declarations import Property, PropertyKind
from views.elements.base import ANY, COMMON, Kind
from views.elements.catalogue import ELEMENTS
from views.style import Theme, font
from views.symbols import paint_symbol, symbol_names

_COLUMNS = "| property | holds | default | what for |\n| --- | --- | --- | --- |\n"

_SHEET: Final = "![Every symbol, running and stopped](images/symbols.png)"
_CELL: Final = QSize(150, 104)
_ACROSS: Final = 8


def symbol_sheet(theme: Theme) -> QImage:
    """Return a picture of all symbols, running and stopped, with their names; needs a QGuiApplication."""
    names = symbol_names()
    lines = -(-len(names) // _ACROSS)
    image = QImage(_CELL.width() * _ACROSS, _CELL.height() * lines, QImage.Format.Format_RGB32)
    image.fill(theme.background)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(13))
        painter.setPen(theme.text)
        for place, name in enumerate(names):
            x, y = place % _ACROSS * _CELL.width(), place // _ACROSS * _CELL.height()
            paint_symbol(painter, QRectF(x + 6, y + 8, 66, 66), name, theme.running, theme)
            paint_symbol(painter, QRectF(x + 78, y + 8, 66, 66), name, theme.stopped, theme)
            painter.drawText(QRectF(x, y + 78, _CELL.width(), 20), Qt.AlignmentFlag.AlignCenter, name)
    finally:
        painter.end()
    return image


def element_reference() -> str:
    """Return the Markdown of ``docs/screens.md`` that follows its introduction."""
    parts = [_kind(item.kind) for item in ELEMENTS]
    symbols = ", ".join(f"`{name}`" for name in symbol_names())
    parts.append(f"## Symbols\n\n{symbols}.\n\n{_SHEET}\n")
    return "\n".join(parts)


def _kind(kind: Kind) -> str:
    own = [item for item in kind.properties if item not in COMMON]
    accepts = "" if kind.accepts == ANY else f" Its tag is of type {_types(kind)}."
    picture = f"![{kind.title}](images/elements/{kind.type}.png)"
    head = f"## `{kind.type}`: {kind.title}\n\n{kind.help}{accepts}\n\n{picture}\n"
    return head + "\n" + _COLUMNS + "".join(_row(item) for item in own) if own else head


def _types(kind: Kind) -> str:
    return ", ".join(sorted(item.value for item in kind.accepts))


def _row(item: Property) -> str:
    holds = _choices(item) if item.kind is PropertyKind.CHOICE else _WORDS.get(item.kind, item.kind.value)
    if item.fixed:
        holds += ", literal only"
    default = "" if item.default in (None, "") else f"`{_default(item)}`"
    return f"| `{item.name}` | {holds} | {default} | {item.help} |\n"


_WORDS: Final = {PropertyKind.COLOR: "colour role", PropertyKind.FILE: "picture of the project"}


def _choices(item: Property) -> str:
    return "symbol" if item.name == "symbol" else " / ".join(item.choices)


def _default(item: Property) -> str:
    return str(item.default).lower() if isinstance(item.default, bool) else str(item.default)
