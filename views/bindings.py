"""Properties of elements over tags: a literal, a tag, or an expression that runs when an input changed."""

import math
from collections.abc import Iterable, Mapping
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
from views.declarations import (
    CHECKED,
    TABLES,
    BindingError,
    Property,
    PropertyKind,
    checked,
    default_of,
    is_expression,
    is_single,
    literal_of,
    members_of,
    prepared,
)
from views.project_names import device_text


class Binding:
    """Hold one live property, resolved once: a plain ``tag`` or an expression that is ``bound`` to tags."""

    __slots__ = ("bound", "tag", "tag_ids")

    def __init__(self, tag: Tag | None, bound: BoundExpression | None) -> None:
        self.tag = tag
        self.bound = bound
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
        if self.bound is None:
            return NOT_BOUND
        return self.bound.evaluate(source)


_BOOLEAN: Final = PropertyKind.BOOLEAN
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

    A bad live property reads as its default where that is a number, a truth value, a word of several or a
    colour, else as nothing (NaN, no text); :attr:`status` tells the worst. One whose expression comes to
    something else than the property holds is bad as well. ``more`` are properties of this very element.

    Raises:
        BindingError: a property is of the wrong type, a tag is unknown or of a type that is not accepted, or
            an expression is faulty. Properties that no kind declares are left alone.
    """

    __slots__ = (
        "_current",
        "_defaults",
        "_holds",
        "_literals",
        "_sent",
        "_tables",
        "bindings",
        "source_ns",
        "status",
    )

    def __init__(
        self,
        declared: Iterable[Property],
        model: ElementModel,
        tags: TagTable,
        accepts: frozenset[DataType] | None = None,
        more: Iterable[tuple[Property, PropertyValue]] = (),
    ) -> None:
        common = prepared(declared)
        self._literals: dict[str, Value | None] = dict(common.literals)
        self._tables: dict[str, PropertyValue] = {}
        """Texts by number, and what parts follow."""
        for spoken in common.words:
            self._keep(spoken, default_of(spoken))
        self.bindings: dict[str, Binding] = {}
        self._current: dict[str, Evaluated] = {}
        self._defaults: dict[str, Value] = {}
        """What a live property reads as while it is bad."""
        self._holds: dict[str, Property] = {}
        """The declaration of each live property whose value has to be checked."""
        self._sent: set[str] = set()
        """The live properties whose texts people read."""
        self.status = int(StatusCode.Good)
        self.source_ns = 0
        for name, given in model.properties.items():
            item = common.by_name.get(name)
            if item is None or given is None:
                continue
            if item.kind is PropertyKind.TAG:
                self._bind_tag(item, given, tags, accepts)
            elif item.kind in TABLES:
                self._tables[item.name] = given
                for member, value in members_of(item, given):
                    self._take(member, value, tags)
            else:
                self._take(item, given, tags)
        for own, given in more:
            self._take(own, given, tags)
        for name, binding in self.bindings.items():
            found = _WAITING if binding.tag_ids else binding.evaluate(NO_TAGS)
            self._current[name] = self._fitting(name, found)

    def _take(self, item: Property, given: PropertyValue, tags: TagTable) -> None:
        if not is_expression(given):
            self._keep(item, literal_of(item, given))
            return
        if item.fixed:
            raise BindingError(f"{item.name}: takes no expression: {item.fixed}")
        default = self._literals.pop(item.name, None)
        if item.kind in CHECKED and isinstance(default, (bool, int, float, str)):
            self._defaults[item.name] = default
        self.bindings[item.name] = bind_expression(given[1:], tags)
        if item.kind in CHECKED:
            self._holds[item.name] = item
        if item.kind is PropertyKind.TEXT:
            self._sent.add(item.name)

    def _keep(self, item: Property, literal: PropertyValue) -> None:
        if is_single(literal):
            self._literals[item.name] = literal
        else:
            self._tables[item.name] = literal

    def _bind_tag(
        self, item: Property, given: PropertyValue, tags: TagTable, accepts: frozenset[DataType] | None
    ) -> None:
        if not isinstance(given, str):
            raise BindingError(f"{item.name}: expected a tag's path, got {given!r}")
        if not given:
            return
        binding = bind_expression(given[1:], tags) if given.startswith("=") else bind_tag(given, tags)
        data_type = binding.tag.data_type if binding.tag is not None else None
        if item.fixed and binding.tag is None:
            raise BindingError(f"{item.name}: takes no expression: {item.fixed}")
        if item.name == "tag" and accepts is not None and data_type not in (None, *accepts):
            kinds = ", ".join(kind.value for kind in DataType if kind in accepts)
            raise BindingError(f"{given} is {data_type}; this element shows {kinds}")
        self.bindings[item.name] = binding

    def _fitting(self, name: str, found: Evaluated) -> Evaluated:
        """Return what a live property came to, bad when it cannot hold that."""
        held = self._holds.get(name)
        return found if held is None or found.value is None else checked(held, found)

    def evaluate(self, source: TagSource) -> bool:
        """Evaluate every live property; tell whether value or status of any is new."""
        return self.take({name: binding.evaluate(source) for name, binding in self.bindings.items()})

    def take(self, results: Mapping[str, Evaluated]) -> bool:
        """Take what live properties came to, others stay; tell whether value or status of any is new."""
        changed = False
        current = self._current
        for name, found in results.items():
            found = self._fitting(name, found)
            before = current[name]
            if found.value != before.value or found.status != before.status:
                changed = True
            current[name] = found
        status, newest = int(StatusCode.Good), 0
        for found in current.values():
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
        return (
            name in self.bindings
            or self._literals.get(name) not in (None, "")
            or self._tables.get(name) is not None
        )

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
        if literal is not None and literal != "":
            return Evaluated(literal, int(StatusCode.Good), 0)
        return NOT_BOUND

    def value(self, name: str) -> Value | None:
        """Return a property's value, None while it is bad or not given."""
        return self.evaluated(name).value

    def number(self, name: str, default: float = float("nan")) -> float:
        """Return a property as a finite number; while it has none, what it declares, else ``default``."""
        value = self._value_or_default(name)
        if not isinstance(value, (int, float)):
            return default
        number = float(value)
        return number if math.isfinite(number) else default

    def flag(self, name: str) -> bool:
        """Return a property as a truth value; while it is bad, what it declares, else no."""
        value = self._value_or_default(name)
        return bool(value) and not isinstance(value, tuple)

    def text(self, name: str) -> str:
        """Return a property as text; one that follows a tag as people read what the device sent."""
        text = as_text(self._value_or_default(name))
        return device_text(text) if name in self._sent else text

    def _value_or_default(self, name: str) -> Value | None:
        """Return a property's value; while a live one is bad, what it declares where that is kept.

        As :meth:`evaluated`, without an object for each literal: a screen asks for tens of thousands.
        """
        current = self._current.get(name)
        if current is None:
            return self._literals.get(name)
        return self._defaults.get(name) if current.value is None else current.value

    def followed(self, name: str) -> Value | None:
        """Return what a picture follows of a live property: of a truth value only whether it is so."""
        value = self._current[name].value
        held = self._holds.get(name)
        return bool(value) if value is not None and held is not None and held.kind is _BOOLEAN else value

    def states(self, name: str) -> dict[int, str]:
        """Return texts by raw number."""
        given = self._tables.get(name)
        if not isinstance(given, dict):
            return {}
        return {
            int(key): self.text(f"{name}.{int(key)}") if is_expression(text) else str(text)
            for key, text in given.items()
        }


def as_text(value: Value | None) -> str:
    """Return a value as a property of text holds it, empty for none."""
    if isinstance(value, str):
        return value
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


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


NO_TAGS: Final = _NoTags()
