"""Which elements of a screen are painted together from columns, by the kind of picture they have."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import islice
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from tags.model import DataType
from tags.source import TagSource
from tags.vectorised import vectorise
from views import bar_columns, columns, state_columns, text_columns
from views.elements.bars import Bar
from views.elements.base import Element, Look
from views.elements.shapes import Text
from views.mark_pictures import Doubts
from views.slices import Slices, finished

_Kind = TypeVar("_Kind", bound=Element)
_ALIKE: Final = 8
"""Elements of two states that must look the same before they are painted from one picture of each state.

As many texts must have expressions of one shape before they are evaluated and painted together."""


_SLICE: Final = 256
"""Elements that are looked at in a slice."""
_LONGEST: Final = 1024
"""Numbers in one column: it is made in 5 ms, and a further one costs 0.2 ms a frame."""
_LONGEST_OTHER: Final = 512
"""Elements of another kind in one column, which takes as long."""


class Group(IntEnum):
    """Name the kinds of columns, in the order in which they are painted."""

    BAR = 0
    STATE = 1
    NUMBER = 2
    TEXT = 3


class Column(Protocol):
    """Paint many elements of a kind with a few calls; arrays have one entry per element of ``rows``."""

    rows: NDArray[np.intp]

    def forget_look(self) -> None:
        """Render anew what depends on theme and scale."""

    def changed(self, source: TagSource) -> NDArray[np.intp]:
        """Return the rows whose picture is another one than at the last call."""

    def doubts(self) -> Doubts | None:
        """Return what of the statuses is to be shown, None if nothing is."""

    def paint(
        self, painter: QPainter, look: Look, scale: float, offset: QPointF, inside: NDArray[np.bool_] | None
    ) -> None:
        """Paint all, or those of the mask ``inside``; the painter is set to device pixels."""


def grouping(elements: Sequence[Element]) -> Slices[dict[int, Group]]:
    """Find the group of each element (by position) that a column can paint."""
    found: dict[int, Group] = {}
    styles: dict[int, Hashable] = {}
    texts: dict[int, Hashable] = {}
    for row, element in enumerate(elements):
        if columns.fits(element):
            found[row] = Group.NUMBER
        elif isinstance(element, Bar):
            if bar_columns.fits(element):
                found[row] = Group.BAR
        elif isinstance(element, Text):
            text_style = text_columns.style_of(element)
            if text_style is not None:
                texts[row] = text_style
        elif _has_two_states(element):
            styles[row] = state_columns.style_of(element)
        if row % _SLICE == _SLICE - 1:
            yield
    counts = Counter(styles.values())
    found.update((row, Group.STATE) for row, style in styles.items() if counts[style] >= _ALIKE)
    yield
    for rows in _alike(texts):
        bound = [elements[row].properties.bindings["text"].bound for row in rows]
        if vectorise([one for one in bound if one is not None]) is not None:
            found.update((row, Group.TEXT) for row in rows)
        yield
    return found


def groups_of(elements: Sequence[Element]) -> dict[int, Group]:
    """Return the group of each element (by position) that a column can paint."""
    return finished(grouping(elements))


def _alike(styles: Mapping[int, Hashable]) -> list[list[int]]:
    """Return the rows of each style that enough elements have."""
    by_style: dict[Hashable, list[int]] = {}
    for row, style in styles.items():
        by_style.setdefault(style, []).append(row)
    return [rows for rows in by_style.values() if len(rows) >= _ALIKE]


def _has_two_states(element: Element) -> bool:
    if element.is_interactive or element.follows_alarms or element.keeps_history:
        return False
    live, tag = element.properties.bindings, element.properties.tag()
    if tag is None or len(live) != 1 or tag.data_type is not DataType.BOOL:
        return False
    return element.picture_key() is not None


def columns_of(
    elements: Sequence[Element], rows: Iterable[int], groups: Mapping[int, Group], tag_count: int
) -> Iterator[Column]:
    """Yield the columns of the elements at ``rows``, all of which have a group, in painting order.

    Many of a kind are divided among several columns, so that each is made in a few milliseconds.
    """
    chosen = list(rows)
    bars = {row: element for row in chosen if isinstance(element := elements[row], Bar)}
    states = {row: elements[row] for row in chosen if groups[row] is Group.STATE}
    numbers = [row for row in chosen if groups[row] is Group.NUMBER]
    yield from map(bar_columns.BarColumn, _parts(bars))
    yield from map(state_columns.StateColumn, _parts(states))
    for start in range(0, len(numbers), _LONGEST):
        yield from columns.number_columns(elements, numbers[start : start + _LONGEST])
    texts: dict[Hashable, dict[int, Text]] = {}
    for row in chosen:
        element = elements[row]
        if groups[row] is Group.TEXT and isinstance(element, Text):
            texts.setdefault(text_columns.style_of(element), {})[row] = element
    for alike in texts.values():
        for part in _parts(alike):
            yield text_columns.TextColumn(part, tag_count)


def _parts(found: Mapping[int, _Kind]) -> Iterator[dict[int, _Kind]]:
    """Yield the elements by their rows, so many at a time as one column takes."""
    rows = iter(found.items())
    while part := dict(islice(rows, _LONGEST_OTHER)):
        yield part
