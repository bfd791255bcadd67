"""What is decided once about the elements of a screen: what each needs, and who paints it. Done in slices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from projects.containers import Placed
from projects.model import Library
from tags.model import TagTable
from views.dependencies import Dependencies
from views.elements.base import Element
from views.elements.catalogue import elements_of
from views.elements.trend import Trend
from views.expression_groups import ExpressionGroups, grouping_expressions
from views.grouping import Column, columns_of, grouping
from views.painting_order import ordering
from views.slices import Slices

MARGIN_PX: Final = 26.0
"""How far marks, alarm symbols and write results may stick out of an element."""
_MADE: Final = 64
"""Elements that are made at once, in about a millisecond."""
_READ: Final = 256
"""Elements that are asked a few things at once, in about a millisecond."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Hold what a scene knows of its elements besides their values; rows are positions in ``elements``.

    ``tag_ids`` are the tags that any element uses, each once; ``dependencies`` know those of elements
    that no column paints. ``interactive`` is in reading order. ``bounds`` (n, 4: left, top, right, bottom
    in screen pixels) are what elements and their marks may paint. ``alarm_paths`` holds the part of the
    plant whose alarms each element marks, of those that do; ``followers`` find theirs by themselves,
    ``observers`` keep a short history. ``gated`` are in a container that may hide them. ``single_rows``
    are painted live one by one, and the static part of those in ``has_late_static`` with them.
    """

    elements: tuple[Element, ...]
    by_id: Mapping[str, Element]
    interactive: Sequence[Element]
    trends: Sequence[Trend]
    tag_ids: NDArray[np.intp]
    dependencies: Dependencies
    bounds: NDArray[np.float64]
    followers: Sequence[int]
    alarm_paths: Sequence[tuple[int, str]]
    observers: Sequence[int]
    gated: NDArray[np.intp]
    columns: Sequence[Column]
    is_column: NDArray[np.bool_]
    expressions: ExpressionGroups
    live_rows: NDArray[np.intp]
    single_rows: NDArray[np.intp]
    has_late_static: NDArray[np.bool_]


def arranging(
    placed: Iterable[Placed], tags: TagTable, library: Library, made: dict[str, Element]
) -> Slices[Arrangement]:
    """Make the elements that are laid out and find out all about them.

    ``made`` are those that were there before, by their placed ids, and takes the new ones.
    """
    shown: list[Element] = []
    for element in elements_of(placed, tags, library, made):
        shown.append(element)
        if len(shown) % _MADE == 0:
            yield
    elements = tuple(shown)
    read = _Read(len(elements))
    for row, element in enumerate(elements):
        read.take(row, element)
        if row % _READ == _READ - 1:
            yield
    read.interactive.sort(key=lambda element: (element.rect.y() // 48, element.rect.x()))
    yield
    groups = yield from grouping(elements)
    order = yield from ordering(elements, groups)
    yield
    columns: list[Column] = []
    is_column = np.zeros(len(elements), bool)
    for column in columns_of(elements, order.last, groups, len(tags)):
        columns.append(column)
        is_column[column.rows] = True
        yield
    alone = [
        () if by_column else ids for by_column, ids in zip(is_column.tolist(), read.tag_ids, strict=True)
    ]
    dependencies = Dependencies(alone, len(tags))
    yield
    expressions = yield from grouping_expressions(elements, np.flatnonzero(~is_column).tolist())
    late = list(order.late)
    live = read.is_live
    live[late] = True
    live[read.gated] |= read.has_static[read.gated]
    has_late_static = read.moves_static
    has_late_static[late] = True
    has_late_static[read.gated] = True
    return Arrangement(
        elements,
        read.by_id,
        read.interactive,
        read.trends,
        np.unique(np.fromiter(chain.from_iterable(read.tag_ids), np.intp)),
        dependencies,
        read.bounds,
        read.followers,
        read.alarm_paths,
        read.observers,
        np.array(read.gated, np.intp),
        tuple(columns),
        is_column,
        expressions,
        np.flatnonzero(live),
        np.flatnonzero(live & ~is_column),
        has_late_static & read.has_static,
    )


class _Read:
    """Gather what each element says of itself, row by row."""

    def __init__(self, count: int) -> None:
        self.by_id: dict[str, Element] = {}
        self.interactive: list[Element] = []
        self.trends: list[Trend] = []
        self.tag_ids: list[list[int]] = []
        self.bounds = np.empty((count, 4))
        self.followers: list[int] = []
        self.alarm_paths: list[tuple[int, str]] = []
        self.observers: list[int] = []
        self.gated: list[int] = []
        self.is_live = np.zeros(count, bool)
        self.has_static = np.zeros(count, bool)
        self.moves_static = np.zeros(count, bool)

    def take(self, row: int, element: Element) -> None:
        """Take the next element."""
        self.by_id[element.model.id] = element
        if element.is_interactive:
            self.interactive.append(element)
        if isinstance(element, Trend):
            self.trends.append(element)
        bindings = element.properties.bindings
        self.tag_ids.append([tag_id for binding in bindings.values() for tag_id in binding.tag_ids])
        box = element.rect
        self.bounds[row] = (
            box.left() - MARGIN_PX,
            box.top() - MARGIN_PX,
            box.right() + MARGIN_PX,
            box.bottom() + MARGIN_PX,
        )
        if element.follows_alarms:
            self.followers.append(row)
        elif element.alarm_path:
            self.alarm_paths.append((row, element.alarm_path))
        if element.keeps_history:
            self.observers.append(row)
        if element.gate is not None:
            self.gated.append(row)
        self.is_live[row] = element.is_live
        self.has_static[row] = element.has_static
        self.moves_static[row] = element.is_static_live or element.properties.is_live("visible")
