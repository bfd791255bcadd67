"""What a property of an element may hold: its kind and default, and what does not fit it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeGuard

from projects.model import PropertyValue
from tags.expression import Evaluated
from tags.model import Value
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


LAID_OUT: Final = "a screen is laid out once, when it opens"
FOLLOWED: Final = "ways between screens are checked and followed without values"
ALARMED: Final = "an alarm is looked for without values"
WRITTEN: Final = "it is written to, and only a tag can be"
LOGGED: Final = "history is kept by tag"
READ_ONCE: Final = "it is read once, when the screen opens"


@dataclass(frozen=True, slots=True)
class Property:
    """Declare one property: its kind, default and help.

    Each takes an expression in place of a literal but those that are ``fixed``, which say why. In a table of
    texts or parts each of them takes one.
    """

    name: str
    kind: PropertyKind
    default: PropertyValue
    help: str
    choices: tuple[str, ...] = ()
    fixed: str = ""

    @property
    def live(self) -> bool:
        """Tell whether it takes an expression."""
        return not self.fixed


def default_of(item: Property) -> PropertyValue:
    """Return a property's default, words in the window's language."""
    if item.kind is PropertyKind.TEXT and isinstance(item.default, str):
        return word(item.default)
    if item.kind is PropertyKind.STATES and isinstance(item.default, dict):
        return {key: word(str(text)) for key, text in item.default.items()}
    return item.default


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold what all elements of a kind have in common before their own properties are read.

    ``words`` are the properties whose defaults are in the window's language, asked for each time.
    """

    declared: tuple[Property, ...]
    by_name: Mapping[str, Property]
    literals: Mapping[str, Value | None]
    words: tuple[Property, ...]


_KEPT: Final[dict[int, Prepared]] = {}
"""By the identity of a kind's declarations, which live as long as the program; saves 30 checks an element."""


def prepared(declared: Iterable[Property]) -> Prepared:
    """Return what the elements of a kind have in common, found once for each kind."""
    found = _KEPT.get(id(declared))
    if found is not None and found.declared is declared:
        return found
    items = tuple(declared)
    plain = [item for item in items if item.kind is not PropertyKind.TAG]
    words = tuple(
        item for item in plain if item.default and item.kind in (PropertyKind.TEXT, PropertyKind.STATES)
    )
    single = [item for item in plain if item.kind not in TABLES and item not in words]
    literals = {item.name: value for item in single if is_single(value := literal_of(item, item.default))}
    made = Prepared(items, {item.name: item for item in items}, literals, words)
    if items is declared:
        _KEPT[id(declared)] = made
    return made


CHECKED: Final = frozenset(
    {PropertyKind.NUMBER, PropertyKind.BOOLEAN, PropertyKind.CHOICE, PropertyKind.COLOR}
)
TABLES: Final = frozenset({PropertyKind.PARTS, PropertyKind.STATES})
"""Kinds that hold several texts or values, each a literal or an expression."""


def checked(item: Property, found: Evaluated) -> Evaluated:
    """Return what an expression came to, bad when the property cannot hold it."""
    match item.kind:
        case PropertyKind.CHOICE:
            fits = found.value in item.choices
        case PropertyKind.COLOR:
            fits = found.value in COLOR_ROLES
        case _:
            fits = not isinstance(found.value, (str, tuple))
    return found if fits else Evaluated(None, int(StatusCode.BadTypeMismatch), found.source_ns)


def members_of(item: Property, given: PropertyValue) -> list[tuple[Property, PropertyValue]]:
    """Return what a table of texts or parts holds as properties of their own, each with its value.

    Those of parts are named ``parts.ID.visible``. Of texts (``states.6``) only those are told that are
    expressions.

    Raises:
        BindingError: it is no such table; the message says what was expected.
    """
    if item.kind is PropertyKind.PARTS:
        return _parts_of(item, given)
    if item.kind is not PropertyKind.STATES or not isinstance(literal_of(item, given), dict):
        return []
    texts = given.items() if isinstance(given, dict) else ()
    return [
        (Property(f"{item.name}.{int(key)}", PropertyKind.TEXT, "", ""), text)
        for key, text in texts
        if is_expression(text)
    ]


def is_expression(given: PropertyValue) -> TypeGuard[str]:
    """Tell whether a property is given as an expression."""
    return isinstance(given, str) and given.startswith("=")


def is_single(literal: PropertyValue) -> TypeGuard[bool | int | float | str | None]:
    """Tell whether a literal is one value, or none, and no table."""
    return literal is None or isinstance(literal, (bool, int, float, str))


def _parts_of(item: Property, given: PropertyValue) -> list[tuple[Property, PropertyValue]]:
    if given is None:
        return []
    expected = f'parts such as {{"rotor": {{"fill": "running"}}}} with {", ".join(PART_PROPERTIES)}'
    if not isinstance(given, dict):
        raise BindingError(f"{item.name}: expected {expected}, got {given!r}")
    found: list[tuple[Property, PropertyValue]] = []
    for part, follows in given.items():
        if not isinstance(follows, dict) or not follows or not follows.keys() <= PART_PROPERTIES.keys():
            raise BindingError(f"{item.name}.{part}: expected {expected}, got {follows!r}")
        found += [
            (Property(f"{item.name}.{part}.{name}", PART_PROPERTIES[name], None, ""), value)
            for name, value in follows.items()
        ]
    return found


def literal_of(item: Property, given: PropertyValue) -> PropertyValue:
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
            fits, expected = given in COLOR_ROLES, one_of(given, COLOR_ROLES)
        case PropertyKind.CHOICE:
            fits, expected = given in item.choices, one_of(given, item.choices)
        case PropertyKind.VALUE:
            fits, expected = given is None or isinstance(given, (bool, int, float, str)), "a value"
        case PropertyKind.STATES:
            fits, expected = _are_states(given), 'texts by number such as {"0": "Closed", "1": "Open"}'
        case _:
            fits, expected = isinstance(given, str), "a text"
    if not fits:
        raise BindingError(f"{item.name}: expected {expected}, got {given!r}")
    return given


def contradictions(
    declared: Iterable[Property], given: Mapping[str, PropertyValue]
) -> Iterator[tuple[str, str]]:
    """Yield name and fault of literals that fit their properties each and still can never be shown.

    Those are a scale that ends before it begins, a time axis without length, and corners that are none.
    """
    names = {item.name for item in declared}
    low, high = (_number(given.get(name)) for name in ("low", "high"))
    if {"low", "high"} <= names and low is not None and high is not None and high <= low:
        yield "high", f"The scale ends at {high:g}, which is not above its start, {low:g}."
    seconds = _number(given.get("seconds"))
    if "seconds" in names and seconds is not None and seconds <= 0:
        yield "seconds", f"A time axis of {seconds:g} s has no length."
    points = given.get("points")
    if "points" in names and isinstance(points, str) and not is_expression(points):
        wrong = next((pair for pair in points.split() if not _CORNER.fullmatch(pair)), "")
        if wrong:
            yield "points", f"{wrong!r} is no corner such as 40,20."


_CORNER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+),[+-]?(\d+\.?\d*|\.\d+)")


def _number(given: PropertyValue) -> float | None:
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None


def one_of(given: PropertyValue, choices: tuple[str, ...]) -> str:
    """Return what may be given, as the rest of a sentence: all when they are few, else those like it."""
    if len(choices) <= _MOST_LISTED:
        return f"one of {', '.join(choices)}"
    near = near_misses(given, choices) if isinstance(given, str) else []
    some = ", ".join(near or choices[:_MOST_LISTED])
    return f"one of {len(choices)}, such as {some}"


_MOST_LISTED: Final = 12


def _are_states(given: PropertyValue) -> bool:
    if given is None:
        return True
    if not isinstance(given, dict):
        return False
    return all(key.lstrip("-").isdecimal() and isinstance(text, str) for key, text in given.items())
