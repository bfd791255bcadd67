"""Expressions of a screen's elements, evaluated together by shape, so that only new results cost anything.

Of a thousand elements coloured by ``A > 80``, ``B > 60`` ... few change colour when all values change: the
comparison of all is a few NumPy calls, and only those few are touched.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tags.expression import BoundExpression, Evaluated
from tags.source import TagSource
from tags.vectorised import VectorExpression, shape_of, vectorise
from views.elements.base import Element
from views.slices import Slices

_ALIKE: Final = 8
"""Expressions of one shape from which on columns are faster than closures."""
_SLICE: Final = 256
"""Elements whose expressions are looked at in a slice."""


class _Group:
    """Hold one shape's evaluation and what it came to last; arrays have one entry per expression."""

    __slots__ = ("_is_known", "_statuses", "_values", "_vector", "names", "rows")

    def __init__(self, vector: VectorExpression, members: Sequence[tuple[int, str]]) -> None:
        self._vector = vector
        self.rows = np.array([row for row, _ in members], np.intp)
        self.names = [name for _, name in members]
        self._values = np.empty(len(members), object)
        self._statuses = np.zeros(len(members), np.uint32)
        self._is_known = np.zeros(len(members), np.bool_)
        """Whether the entry is that of the last result; not where it was evaluated alone."""

    def news(self, source: TagSource, at: NDArray[np.intp]) -> Iterable[tuple[int, Evaluated]]:
        """Yield the position and result of each expression at ``at`` that came to something new."""
        found = self._vector.evaluate(source, at)
        if self._values.dtype != found.values.dtype:
            self._values = np.zeros(len(self.rows), found.values.dtype)
        new = np.asarray(found.values != self._values[at], np.bool_)
        new |= (found.statuses != self._statuses[at]) | ~self._is_known[at]
        self._values[at], self._statuses[at], self._is_known[at] = found.values, found.statuses, True
        if found.single:
            alone = list(found.single)
            self._is_known[at[alone]] = False
            new[alone] = True
        for place in np.flatnonzero(new).tolist():
            yield int(at[place]), found.evaluated(place)


class ExpressionGroups:
    """Evaluate the elements all of whose live properties are expressions of which there are many alike.

    ``is_member`` (one entry per element of the screen) tells which those are. GUI thread only.
    """

    __slots__ = ("_elements", "_groups", "_is_touched", "is_member")

    def __init__(
        self, elements: Sequence[Element], groups: Sequence[_Group], is_member: NDArray[np.bool_]
    ) -> None:
        self._elements = elements
        self._groups = groups
        self.is_member = is_member
        self._is_touched = np.zeros(len(elements), np.bool_)

    def changed(self, source: TagSource, rows: NDArray[np.intp]) -> list[int]:
        """Evaluate the members among ``rows``, of which inputs changed; return those with a new result."""
        members = rows[self.is_member[rows]]
        if not len(members):
            return []
        self._is_touched[members] = True
        results: dict[int, dict[str, Evaluated]] = {}
        for group in self._groups:
            at = np.flatnonzero(self._is_touched[group.rows])
            if len(at):
                for place, found in group.news(source, at):
                    results.setdefault(int(group.rows[place]), {})[group.names[place]] = found
        self._is_touched[members] = False
        return [row for row, found in results.items() if self._elements[row].properties.take(found)]


def grouping_expressions(elements: Sequence[Element], rows: Sequence[int]) -> Slices[ExpressionGroups]:
    """Find the expressions of one shape among the elements at ``rows``."""
    by_shape: dict[Hashable, list[tuple[int, str, BoundExpression]]] = {}
    for place, row in enumerate(rows):
        found = [] if elements[row].keeps_history else _shaped(elements[row])
        for shape, name, bound in found:
            by_shape.setdefault(shape, []).append((row, name, bound))
        if place % _SLICE == _SLICE - 1:
            yield
    vectors: dict[Hashable, VectorExpression] = {}
    for shape, alike in by_shape.items():
        vector = vectorise([bound for _, _, bound in alike]) if len(alike) >= _ALIKE else None
        if vector is not None:
            vectors[shape] = vector
            yield
    left = {row for shape, alike in by_shape.items() if shape not in vectors for row, _, _ in alike}
    is_member = np.zeros(len(elements), np.bool_)
    groups = []
    for shape, vector in vectors.items():
        members = [(row, name) for row, name, _ in by_shape[shape]]
        is_member[[row for row, _ in members if row not in left]] = True
        groups.append(_Group(vector, members))
    return ExpressionGroups(elements, groups, is_member)


def _shaped(element: Element) -> list[tuple[Hashable, str, BoundExpression]]:
    """Return shape, name and expression of each live property; none when one of them has no shape."""
    found = []
    for name, binding in element.properties.bindings.items():
        shape = None if binding.bound is None else shape_of(binding.bound)
        if shape is None or binding.bound is None:
            return []
        found.append((shape, name, binding.bound))
    return found
