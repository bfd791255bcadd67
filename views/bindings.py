"""Properties of elements over tags: a literal, a tag, or an expression that runs when an input changed."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from projects.model import ElementModel, PropertyValue
from tags.errors import ExpressionError
from tags.expression import BoundExpression, Evaluated, compile_expression
from tags.model import DataType, Tag, TagTable, Value
from tags.source import TagSource
from tags.spelling import near_misses
from tags.status import StatusCode
from views.style import COLOR_ROLES
from views.words import word


class BindingError(Exception):
    """Tell why a property cannot be shown: unknown tag, wrong type, faulty expression."""


class PropertyKind(StrEnum):
    """Name what a property holds."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TAG = "tag"
    """A tag's path."""
    COLOR = "color"
    """A colour role of the theme."""
    SCREEN = "screen"
    """A screen's id."""
    VALUE = "value"
    """Any number, text or truth value."""
    STATES = "states"
    """Texts by raw number."""
    FILE = "file"
    """A picture of the project, by its path in it."""
    PARTS = "parts"
    """What the parts of a drawing follow, by the part's id."""


PART_PROPERTIES: Final[Mapping[str, PropertyKind]] = MappingProxyType(
    {
        "visible": PropertyKind.BOOLEAN,
        "fill": PropertyKind.COLOR,
        "line": PropertyKind.COLOR,
        "level": PropertyKind.NUMBER,
    }
)
"""What each part of a drawing may follow, each a literal or an expression."""


@dataclass(frozen=True, slots=True)
class Property:
    """Declare one property: its kind, default and help; only a ``live`` one takes an expression."""

    name: str
    kind: PropertyKind
    default: PropertyValue
    help: str
    live: bool = False
    choices: tuple[str, ...] = ()


class Binding:
    """Hold one live property, resolved once; ``tag`` is set when it is a plain tag."""

    __slots__ = ("_bound", "tag", "tag_ids")

    def __init__(self, tag: Tag | None, bound: BoundExpression | None) -> None:
        self.tag = tag
        self._bound = bound
        if tag is not None:
            self.tag_ids: tuple[int, ...] = (tag.id,)
        else:
            self.tag_ids = bound.tag_ids if bound is not None else ()

    def evaluate(self, source: TagSource) -> Evaluated:
        """Return the present value, status and newest source time; never raises."""
        if self.tag is not None:
            tag_id = self.tag.id
            return Evaluated(
                source.value(tag_id), int(source.statuses[tag_id]), int(source.source_ns[tag_id])
            )
        if self._bound is None:
            return NOT_BOUND
        return self._bound.evaluate(source)


NOT_BOUND: Final = Evaluated(None, int(StatusCode.BadNoData), 0)
_WAITING: Final = Evaluated(None, int(StatusCode.BadWaitingForInitialData), 0)


def bind_tag(path: str, tags: TagTable) -> Binding:
    """Return the binding of a tag path.

    Raises:
        BindingError: no tag has this path; the message offers near ones.
    """
    tag = tags.find(path)
    if tag is None:
        near = near_misses(path, [known.path for known in tags])
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise BindingError(f"there is no tag {path!r}{hint}")
    return Binding(tag, None)


def bind_expression(text: str, tags: TagTable) -> Binding:
    """Return the binding of an expression, without its ``=``.

    Raises:
        BindingError: it does not compile or names no tag.
    """
    try:
        bound = compile_expression(text).bind(tags)
    except ExpressionError as error:
        raise BindingError(f"{text!r}: {error}") from error
    if len(bound.tag_ids) == 1 and bound.expression.text.strip() == tags[bound.tag_ids[0]].path:
        return Binding(tags[bound.tag_ids[0]], None)
    return Binding(None, bound)


class Properties:
    """Hold an element's properties: literals checked once, live ones as of the last evaluation.

    A bad live property reads as its type's empty value (NaN, no, no text); :attr:`status` tells the worst.
    One whose expression comes to something else than the property holds is bad as well.

    Raises:
        BindingError: a property is of the wrong type, a tag is unknown or of a type that is not accepted, or
            an expression is faulty. Properties that no kind declares are left alone.
    """

    __slots__ = ("_current", "_holds", "_literals", "bindings", "source_ns", "status")

    def __init__(
        self,
        declared: Iterable[Property],
        model: ElementModel,
        tags: TagTable,
        accepts: frozenset[DataType] | None = None,
    ) -> None:
        prepared = _prepared(declared)
        self._literals = dict(prepared.literals)
        for item in prepared.words:
            self._literals[item.name] = _default(item)
        self.bindings: dict[str, Binding] = {}
        self._current: dict[str, Evaluated] = {}
        self._holds: dict[str, Property] = {}
        """The declaration of each live property whose value has to be checked."""
        self.status = int(StatusCode.Good)
        self.source_ns = 0
        properties = model.properties
        for item in prepared.declared:
            given = properties.get(item.name)
            if given is None:
                continue
            if item.kind is PropertyKind.TAG:
                self._bind_tag(item, given, tags, accepts)
            elif item.kind is PropertyKind.PARTS:
                self._literals[item.name] = given
                for part in _parts(item, given):
                    self._take(part, _part_value(given, part.name), tags)
            else:
                self._take(item, given, tags)
        for name, binding in self.bindings.items():
            self._current[name] = _WAITING if binding.tag_ids else binding.evaluate(_NO_TAGS)

    def _take(self, item: Property, given: PropertyValue, tags: TagTable) -> None:
        if not (isinstance(given, str) and given.startswith("=")):
            self._literals[item.name] = _literal(item, given)
            return
        if not item.live:
            raise BindingError(f"{item.name}: takes no expression")
        self._literals.pop(item.name, None)
        self.bindings[item.name] = bind_expression(given[1:], tags)
        if item.kind in _CHECKED:
            self._holds[item.name] = item

    def _bind_tag(
        self, item: Property, given: PropertyValue, tags: TagTable, accepts: frozenset[DataType] | None
    ) -> None:
        if not isinstance(given, str):
            raise BindingError(f"{item.name}: expected a tag's path, got {given!r}")
        if not given:
            return
        binding = bind_expression(given[1:], tags) if given.startswith("=") else bind_tag(given, tags)
        data_type = binding.tag.data_type if binding.tag is not None else None
        if item.name == "tag" and accepts is not None and data_type not in (None, *accepts):
            kinds = ", ".join(kind.value for kind in DataType if kind in accepts)
            raise BindingError(f"{given} is {data_type}; this element shows {kinds}")
        self.bindings[item.name] = binding

    def evaluate(self, source: TagSource) -> bool:
        """Evaluate every live property; tell whether value or status of any is new."""
        changed = False
        status, newest = int(StatusCode.Good), 0
        for name, binding in self.bindings.items():
            found = binding.evaluate(source)
            before = self._current[name]
            if name in self._holds and found.value is not None:
                found = _checked(self._holds[name], found)
            if found.value != before.value or found.status != before.status:
                changed = True
            self._current[name] = found
            # As tags.status.worst, without making an enum member for every property of every element.
            # A good value that is not plain (set by hand) says more than a plain one.
            if (found.status >> 30) > (status >> 30) or status == 0:
                status = found.status
            if found.source_ns > newest:
                newest = found.source_ns
        self.status, self.source_ns = status, newest
        return changed

    def has(self, name: str) -> bool:
        """Tell whether a property is bound or holds something."""
        return name in self.bindings or self._literals.get(name) not in (None, "")

    def is_live(self, name: str) -> bool:
        """Tell whether a property follows tags."""
        return name in self.bindings

    def tag(self, name: str = "tag") -> Tag | None:
        """Return the tag that a property names, None when it is an expression or not given."""
        binding = self.bindings.get(name)
        return None if binding is None else binding.tag

    def evaluated(self, name: str = "tag") -> Evaluated:
        """Return a live property as it is now; a literal comes as a good value."""
        current = self._current.get(name)
        if current is not None:
            return current
        literal = self._literals.get(name)
        if isinstance(literal, (bool, int, float, str)) and literal != "":
            return Evaluated(literal, int(StatusCode.Good), 0)
        return NOT_BOUND

    def value(self, name: str) -> Value | None:
        """Return a property's value, None while it is bad or not given."""
        return self.evaluated(name).value

    def number(self, name: str, default: float = float("nan")) -> float:
        """Return a property as a finite number, ``default`` while it has none."""
        value = self.evaluated(name).value
        if value is None or isinstance(value, (str, tuple)):
            return default
        number = float(value)
        return number if math.isfinite(number) else default

    def flag(self, name: str) -> bool:
        """Return a property as a truth value; no while it is bad."""
        value = self.evaluated(name).value
        return bool(value) and not isinstance(value, tuple)

    def choice(self, name: str, default: str) -> str:
        """Return a property that is one of several words, ``default`` while it is none of them."""
        value = self.evaluated(name).value
        return value if isinstance(value, str) and value else default

    def text(self, name: str) -> str:
        """Return a property as text."""
        value = self.evaluated(name).value
        if isinstance(value, str):
            return value
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

    def states(self, name: str) -> dict[int, str]:
        """Return texts by raw number."""
        given = self._literals.get(name)
        return {int(key): str(text) for key, text in given.items()} if isinstance(given, dict) else {}


class _NoTags:
    """Stand in for a source while constant expressions are evaluated."""

    tags = TagTable(())
    values: NDArray[np.float64] = np.empty(0)
    statuses: NDArray[np.uint32] = np.empty(0, np.uint32)
    source_ns: NDArray[np.int64] = np.empty(0, np.int64)

    def value(self, tag_id: int) -> Value | None:
        """Return nothing: there is no tag."""
        raise LookupError(f"no tag has the id {tag_id}")

    def changed_since(self, cursor: int) -> tuple[NDArray[np.int32], int]:
        """Return no change."""
        return np.empty(0, np.int32), cursor


_NO_TAGS: Final = _NoTags()


def _default(item: Property) -> PropertyValue:
    """Return a property's default, words in the window's language."""
    if item.kind is PropertyKind.TEXT and isinstance(item.default, str):
        return word(item.default)
    if item.kind is PropertyKind.STATES and isinstance(item.default, dict):
        return {key: word(str(text)) for key, text in item.default.items()}
    return item.default


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Hold what all elements of a kind have in common before their own properties are read.

    ``words`` are the properties whose defaults are in the window's language, asked for each time.
    """

    declared: tuple[Property, ...]
    literals: Mapping[str, PropertyValue]
    words: tuple[Property, ...]


_KEPT: Final[dict[int, _Prepared]] = {}
"""By the identity of a kind's declarations, which live as long as the program; saves 30 checks an element."""


def _prepared(declared: Iterable[Property]) -> _Prepared:
    found = _KEPT.get(id(declared))
    if found is not None and found.declared is declared:
        return found
    items = tuple(declared)
    plain = [item for item in items if item.kind is not PropertyKind.TAG]
    words = tuple(
        item for item in plain if item.default and item.kind in (PropertyKind.TEXT, PropertyKind.STATES)
    )
    literals = {
        item.name: None if item.kind is PropertyKind.PARTS else _literal(item, item.default)
        for item in plain
        if item not in words
    }
    made = _Prepared(items, literals, words)
    if items is declared:
        _KEPT[id(declared)] = made
    return made


_CHECKED: Final = frozenset(
    {PropertyKind.NUMBER, PropertyKind.BOOLEAN, PropertyKind.CHOICE, PropertyKind.COLOR}
)


def _checked(item: Property, found: Evaluated) -> Evaluated:
    """Return what an expression came to, bad when the property cannot hold it."""
    match item.kind:
        case PropertyKind.CHOICE:
            fits = found.value in item.choices
        case PropertyKind.COLOR:
            fits = found.value in COLOR_ROLES
        case _:
            fits = not isinstance(found.value, (str, tuple))
    return found if fits else Evaluated(None, int(StatusCode.BadTypeMismatch), found.source_ns)


def _parts(item: Property, given: PropertyValue) -> list[Property]:
    """Return a live property per thing that a part follows, named ``parts.ID.visible``.

    Raises:
        BindingError: it is no table of parts; the message says what was expected.
    """
    if given is None:
        return []
    expected = f'parts such as {{"rotor": {{"fill": "running"}}}} with {", ".join(PART_PROPERTIES)}'
    if not isinstance(given, dict):
        raise BindingError(f"{item.name}: expected {expected}, got {given!r}")
    found = []
    for part, follows in given.items():
        if not isinstance(follows, dict) or not follows or not follows.keys() <= PART_PROPERTIES.keys():
            raise BindingError(f"{item.name}.{part}: expected {expected}, got {follows!r}")
        found += [
            Property(f"{item.name}.{part}.{name}", PART_PROPERTIES[name], None, "", live=True)
            for name in follows
        ]
    return found


def _part_value(given: PropertyValue, name: str) -> PropertyValue:
    """Return what a part's property named ``parts.ID.visible`` holds; an id may have dots."""
    part, _, follows = name.partition(".")[2].rpartition(".")
    held = given.get(part) if isinstance(given, dict) else None
    return held.get(follows) if isinstance(held, dict) else None


def _literal(item: Property, given: PropertyValue) -> PropertyValue:
    """Return a literal that fits its property.

    Raises:
        BindingError: it does not; the message says what was expected.
    """
    match item.kind:
        case PropertyKind.NUMBER:
            fits = given is None or (isinstance(given, (int, float)) and not isinstance(given, bool))
            expected = "a number"
        case PropertyKind.BOOLEAN:
            fits, expected = isinstance(given, (bool, type(item.default))), "true or false"
        case PropertyKind.COLOR:
            fits, expected = given in COLOR_ROLES, f"one of {', '.join(COLOR_ROLES)}"
        case PropertyKind.CHOICE:
            fits, expected = given in item.choices, f"one of {', '.join(item.choices)}"
        case PropertyKind.VALUE:
            fits, expected = given is None or isinstance(given, (bool, int, float, str)), "a value"
        case PropertyKind.STATES:
            fits, expected = _are_states(given), 'texts by number such as {"0": "Closed", "1": "Open"}'
        case _:
            fits, expected = isinstance(given, str), "a text"
    if not fits:
        raise BindingError(f"{item.name}: expected {expected}, got {given!r}")
    return given


def _are_states(given: PropertyValue) -> bool:
    if given is None:
        return True
    if not isinstance(given, dict):
        return False
    return all(key.lstrip("-").isdecimal() and isinstance(text, str) for key, text in given.items())
