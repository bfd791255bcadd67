"""SVG drawings of a project, read as data: a safe subset whose parts elements may show, fill and level.

A drawing comes from whoever drew it. Nothing in it may run, load or grow: no entities, scripts, styles,
references or embedded pictures; what is not understood is left out and named.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAX_BYTES: Final = 1024 * 1024
MAX_NODES: Final = 10_000
MAX_DEPTH: Final = 48
_SVG: Final = "http://www.w3.org/2000/svg"
_SEPARATOR: Final = " "
_GRADIENTS: Final = frozenset({"linearGradient", "radialGradient"})
_ELEMENTS: Final = _GRADIENTS | {
    *("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
    *("defs", "stop", "title", "desc"),
}
_COLORS: Final = frozenset({"fill", "stroke", "stop-color", "color"})
_WITHOUT_PICTURE: Final = frozenset({"title", "desc"})
_PRESENTATION: Final = frozenset(
    {
        *("fill", "fill-opacity", "fill-rule", "opacity", "color", "display", "visibility"),
        *("stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
        *("stroke-dasharray", "stroke-dashoffset", "stroke-opacity", "stop-color", "stop-opacity"),
        *("font-family", "font-size", "font-weight", "font-style", "text-anchor"),
    }
)
_ATTRIBUTES: Final = _PRESENTATION | {
    *("id", "d", "points", "transform", "viewBox", "preserveAspectRatio", "width", "height", "offset"),
    *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy"),
    *("gradientUnits", "gradientTransform", "spreadMethod"),
}


class DrawingError(Exception):
    """Tell why an SVG file cannot be shown, in one sentence."""


@dataclass(frozen=True, slots=True)
class Node:
    """Hold one SVG element of the safe subset."""

    tag: str
    attributes: Mapping[str, str]
    children: tuple["Node", ...] = ()
    text: str = ""

    @property
    def id(self) -> str:
        """Return the element's id, empty for none."""
        return self.attributes.get("id", "")

    def ids(self) -> Iterable[str]:
        """Yield the ids of the element and of all in it."""
        if self.id:
            yield self.id
        for child in self.children:
            yield from child.ids()


@dataclass(frozen=True, slots=True)
class Layer:
    """Hold what is painted at once: all of one part, or what lies between two of them (``part`` empty)."""

    part: str
    root: Node


@dataclass(frozen=True, slots=True)
class Drawing:
    """Hold a drawing: its safe tree, its size in units of its own, and names of what was left out."""

    root: Node
    width: float
    height: float
    left_out: tuple[str, ...] = ()

    def ids(self) -> frozenset[str]:
        """Return the ids that parts may name."""
        return frozenset(self.root.ids())

    def layers(self, parts: Collection[str]) -> tuple[Layer, ...]:
        """Return the drawing cut at its parts, in painting order.

        Raises:
            DrawingError: a part does not exist, or lies in another one.
        """
        known = self.ids()
        for part in parts:
            if part not in known:
                raise DrawingError(f"the drawing has no part {part!r}")
        gradients = tuple(_gradients(self.root))
        found: list[Layer] = []
        for part, node in _split(self.root, frozenset(parts)):
            held = node.children if node.tag == "svg" else (node,)
            found.append(Layer(part, replace(self.root, children=(*gradients, *held))))
        return tuple(found)


def read_drawing(data: bytes) -> Drawing:
    """Return the drawing of an SVG file.

    Raises:
        DrawingError: it is no SVG, is too large, or declares entities.
    """
    if len(data) > MAX_BYTES:
        raise DrawingError(f"is larger than {MAX_BYTES >> 10} KiB")
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DrawingError(f"is no XML: {error}") from None
    root = reader.root()
    width, height = _size(root)
    attributes = {**root.attributes, "viewBox": root.attributes.get("viewBox") or f"0 0 {width:g} {height:g}"}
    attributes.pop("width", None)
    attributes.pop("height", None)
    attributes.pop("preserveAspectRatio", None)
    return Drawing(replace(root, attributes=attributes), width, height, tuple(sorted(reader.left_out)))


def svg(root: Node, fill: str = "", line: str = "") -> bytes:
    """Return a tree as an SVG file; ``fill`` and ``line`` (``#rrggbb``) replace what is painted in it."""
    parts = ['<svg xmlns="http://www.w3.org/2000/svg"']
    parts += [f" {name}={quoteattr(value)}" for name, value in root.attributes.items()]
    parts.append(">")
    for child in root.children:
        _write(child, parts, fill, line)
    parts.append("</svg>")
    return "".join(parts).encode()


def recolored(node: Node, change: Callable[[str], str]) -> Node:
    """Return a tree in other colours: ``change`` gets each colour as it is written, and returns another."""
    attributes = {
        name: change(value) if name in _COLORS else value for name, value in node.attributes.items()
    }
    children = tuple(recolored(child, change) for child in node.children)
    return replace(node, attributes=attributes, children=children)


def _write(node: Node, parts: list[str], fill: str, line: str) -> None:
    attributes = dict(node.attributes)
    # A shape without a fill is painted black; a group hands down only the one that it has.
    unfilled = "none" if node.tag in ("g", "stop", "defs", *_GRADIENTS) else ""
    if fill and attributes.get("fill", unfilled) != "none":
        attributes["fill"] = fill
    if line and attributes.get("stroke", "none") != "none":
        attributes["stroke"] = line
    parts.append(f"<{node.tag}")
    parts += [f" {name}={quoteattr(value)}" for name, value in attributes.items()]
    parts.append(f">{escape(node.text)}")
    for child in node.children:
        _write(child, parts, fill, line)
    parts.append(f"</{node.tag}>")


def _gradients(node: Node) -> Iterable[Node]:
    for child in node.children:
        if child.tag in _GRADIENTS:
            yield child
        else:
            yield from _gradients(child)


def _split(node: Node, parts: frozenset[str]) -> list[tuple[str, Node]]:
    """Return a node in pieces, each a part or what lies between parts, with the nodes around it kept."""
    if node.id in parts and node.tag != "svg":
        inner = next((one for child in node.children for one in child.ids() if one in parts), "")
        if inner:
            raise DrawingError(f"the part {inner!r} lies in the part {node.id!r}; bind one of them")
        return [(node.id, node)]
    pieces: list[tuple[str, list[Node]]] = []
    for child in node.children:
        if child.tag in _GRADIENTS or child.tag == "defs":
            continue
        for part, piece in _split(child, parts):
            if not part and pieces and not pieces[-1][0]:
                pieces[-1][1].append(piece)
            else:
                pieces.append((part, [piece]))
    if not node.children:
        return [("", node)]
    return [(part, replace(node, children=tuple(held))) for part, held in pieces]


def _size(root: Node) -> tuple[float, float]:
    box = root.attributes.get("viewBox", "").replace(",", " ").split()
    given = box[2:] if len(box) == 4 else [root.attributes.get(name, "") for name in ("width", "height")]
    try:
        width, height = (float(text.strip().removesuffix("px").removesuffix("mm")) for text in given)
    except ValueError:
        width = height = 0.0
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise DrawingError("tells no size: expected a viewBox, or width and height")
    return width, height


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""


class _Reader:
    """Build the safe tree while expat reads; what does not belong to it is skipped with all that it holds."""

    def __init__(self) -> None:
        self.left_out: set[str] = set()
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._open: list[_Open] = []
        self._skipped = 0
        self._count = 0
        self._root: Node | None = None

    def root(self) -> Node:
        if self._root is None:
            raise DrawingError("is no SVG: its root is no svg element of the SVG name space")
        return self._root

    def _refuse_doctype(self, *_: object) -> None:
        raise DrawingError("declares a document type; remove the DOCTYPE line, entities are not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise DrawingError(f"has more than {MAX_NODES} elements")
        space, _, tag = name.rpartition(_SEPARATOR)
        if self._skipped or space != _SVG or tag not in _ELEMENTS or (tag == "svg" and self._open):
            if not self._skipped and space == _SVG:
                self.left_out.add(tag)
            self._skipped += 1
            return
        if len(self._open) >= MAX_DEPTH:
            raise DrawingError(f"nests elements more than {MAX_DEPTH} deep")
        if not self._open and tag != "svg":
            self._skipped += 1
            return
        self._open.append(_Open(tag, self._clean(attributes)))

    def _end(self, _name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        done = self._open.pop()
        node = Node(done.tag, done.attributes, tuple(done.children), done.text.strip())
        if not self._open:
            self._root = node
        elif node.tag not in _WITHOUT_PICTURE:
            self._open[-1].children.append(node)

    def _text(self, text: str) -> None:
        if not self._skipped and self._open and self._open[-1].tag in ("text", "tspan"):
            self._open[-1].text += text

    def _clean(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return the attributes that the subset has; a style becomes the attributes that it stands for."""
        found = {name: value for name, value in given.items() if name in _ATTRIBUTES}
        for declaration in given.get("style", "").split(";"):
            name, _, value = declaration.partition(":")
            if name.strip() in _PRESENTATION:
                found[name.strip()] = value.strip()
        for name, value in list(found.items()):
            flat = value.replace(" ", "").casefold()
            if "url(" in flat and not flat.startswith("url(#"):
                self.left_out.add(f"{name}={value[:40]}")
                del found[name]
        self.left_out.update(name for name in given if name.casefold().startswith("on"))
        return found
