"""What is wrong with an element's properties, all of it at once: for ``vigie check`` and for editing.

What a project's own check finds is left to it: unknown tags, screens and pictures, and faulty expressions.
"""

import re
from collections.abc import Iterator
from typing import Final

from projects.containers import FOUND, SHOWN
from projects.faceplates import LACKS, NEEDS
from projects.model import ElementModel, Library, PropertyValue
from projects.screen_check import Finding
from projects.stand_ins import PLACEHOLDER
from tags.errors import ExpressionError
from tags.expression import Evaluated, compile_expression
from tags.model import DataType, Tag, TagTable
from tags.spelling import near_misses
from tags.status import is_bad
from views.bindings import NO_TAGS, Properties
from views.declarations import (
    CHECKED,
    TABLES,
    WRITTEN,
    BindingError,
    Property,
    PropertyKind,
    checked,
    contradictions,
    is_expression,
    literal_of,
    members_of,
)
from views.elements.base import Element
from views.elements.catalogue import BY_TYPE

_NOT_PROPERTIES: Final = frozenset({NEEDS, LACKS, FOUND, SHOWN})
"""Keys of elements that faceplates and repeaters use up."""
_PLACE: Final = re.compile(r"\{[A-Za-z_]\w*")
"""What a parameter without an instance leaves behind: nothing can be said about such a text."""


def findings(model: ElementModel, tags: TagTable, library: Library) -> Iterator[Finding]:
    """Yield what is wrong with an element of a screen, as it is laid out; never raises.

    A kind or property that this version does not know is a warning: it is kept, and another version may.
    """
    if model.type == PLACEHOLDER:
        return
    kind = BY_TYPE.get(model.type)
    if kind is None:
        near = near_misses(model.type, BY_TYPE)
        hint = (
            f"; did you mean {' or '.join(near)}?"
            if near
            else ": it is kept, and shown as a box that says so"
        )
        yield Finding("type", f"this version knows no element {model.type!r}{hint}", is_warning=True)
        return
    declared = {item.name: item for item in kind.kind.properties}
    is_sound = True
    for name, given in model.properties.items():
        item = declared.get(name)
        if item is None:
            if name not in _NOT_PROPERTIES:
                near = near_misses(name, declared)
                hint = f"; did you mean {' or '.join(near)}?" if near else ": it is kept, and does nothing"
                yield Finding(name, f"{model.type} has no property {name!r}{hint}", is_warning=True)
            continue
        for found in _of_property(item, given, kind, tags):
            is_sound = is_sound and found.is_warning
            yield found
    for name, text in contradictions(kind.kind.properties, model.properties) if is_sound else ():
        is_sound = False
        yield Finding(name, text)
    if is_sound:
        yield from _of_picture(kind, model, tags, library)


def _of_property(
    item: Property, given: PropertyValue, kind: type[Element], tags: TagTable
) -> Iterator[Finding]:
    """Yield what is wrong with one property."""
    if given is None or (isinstance(given, str) and _PLACE.search(given)):
        return
    if item.kind is PropertyKind.TAG:
        text = _tag_fault(item, given, kind, tags)
        tag = None if text or not isinstance(given, str) else tags.find(given)
        if tag is not None and item.fixed == WRITTEN and not tag.access.is_writable:
            told = f"{tag.path} is read-only: this {kind.kind.type} can never be used"
            yield Finding(item.name, told, is_warning=True)
    elif item.kind in TABLES:
        try:
            members = members_of(item, given)
        except BindingError as error:
            text = _without_name(item, error)
        else:
            for member, value in members:
                yield from _of_property(member, value, kind, tags)
            return
    elif is_expression(given):
        text = (
            f"takes no expression: {item.fixed}" if item.fixed else _expression_fault(item, given[1:], tags)
        )
    else:
        text = _literal_fault(item, given)
    if text:
        yield Finding(item.name, text)


def _literal_fault(item: Property, given: PropertyValue) -> str:
    try:
        literal_of(item, given)
    except BindingError as error:
        return _without_name(item, error)
    return ""


def _tag_fault(item: Property, given: PropertyValue, kind: type[Element], tags: TagTable) -> str:
    if not isinstance(given, str):
        return f"expected a tag's path, got {given!r}"
    tag = tags.find(given[1:].strip() if is_expression(given) else given)
    if tag is None:
        return f"takes no expression: {item.fixed}" if item.fixed and is_expression(given) else ""
    if item.name == "tag" and tag.data_type not in kind.kind.accepts:
        kinds = ", ".join(one.value for one in DataType if one in kind.kind.accepts)
        return f"{tag.path} is {tag.data_type}; a {kind.kind.type} shows {kinds}"
    return ""


def _expression_fault(item: Property, text: str, tags: TagTable) -> str:
    """Return why an expression can never be what its property holds; empty for one that may, or is faulty."""
    if item.kind not in CHECKED:
        return ""
    try:
        bound = compile_expression(text).bind(tags)
    except ExpressionError:
        return ""
    alone: Tag | None = tags.find(text.strip())
    if alone is not None:
        is_text = alone.data_type is DataType.STRING
        found = Evaluated("" if is_text else 0.0, 0, 0)
    elif bound.tag_ids:
        return ""
    else:
        found = bound.evaluate(NO_TAGS)
    if not is_bad(found.status) and is_bad(checked(item, found).status):
        expected = _literal_fault(item, {}).partition(", got")[0]
        return (
            f"{expected}; the expression comes to {'a text' if isinstance(found.value, str) else 'a number'}"
        )
    return ""


def _of_picture(
    kind: type[Element], model: ElementModel, tags: TagTable, library: Library
) -> Iterator[Finding]:
    """Yield what is wrong with a picture or drawing that the project has."""
    if model.properties.get("file") not in library.pictures:
        return
    try:
        element = kind(model, Properties(kind.kind.properties, model, tags, kind.kind.accepts))
        element.equip(library)
    except BindingError as error:
        name, _, text = str(error).partition(": ")
        yield Finding(name, text)


def _without_name(item: Property, error: BindingError) -> str:
    """Return a message without the property's name, which stands in a column of its own."""
    return str(error).removeprefix(f"{item.name}").lstrip(":").strip()
