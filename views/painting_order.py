"""What a screen paints in another order than that of its file, without changing the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from views.elements.base import Element
from views.grouping import Group
from views.slices import Slices, finished

_CELL_PX: Final = 64
_SLICE: Final = 64
"""Overlapping elements that are compared with others in a slice."""
_READ: Final = 1024
"""Elements of which only the box is read in a slice."""
_MOST_COMPARED: Final = 16
"""Boxes of one cell that are compared with each other; thousands in one place would take seconds."""


@dataclass(frozen=True, slots=True)
class PaintingOrder:
    """Say what may leave the order of the file without changing the picture.

    ``last``: elements of a group with nothing live above them, which columns paint after all others.
    ``late``: elements whose fixed part lies above a live one, so that it cannot be in the static layer.
    """

    last: tuple[int, ...]
    late: frozenset[int]


def overlapping(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of the boxes (n, 4: left, top, right, bottom) may overlap another one; the rest do not.

    Touching edges do not count, nor boxes without an area. Only boxes that share a cell of a grid are
    compared; where a cell has many, all of them count. 2 ms for 2,000 boxes of a screen.
    """
    found = np.zeros(len(boxes), np.bool_)
    rows = np.flatnonzero((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
    if len(rows) < 2:
        return found
    cells = np.floor(boxes[rows] / _CELL_PX).astype(np.int64)
    across, down = cells[:, 2] - cells[:, 0] + 1, cells[:, 3] - cells[:, 1] + 1
    counts = across * down
    member = np.repeat(np.arange(len(rows)), counts)
    place = np.arange(len(member)) - np.repeat(np.cumsum(counts) - counts, counts)
    x = cells[member, 0] + place % across[member]
    y = cells[member, 1] + place // across[member]
    key = (y - y.min()) * (int(x.max() - x.min()) + 1) + (x - x.min())
    order = np.argsort(key, kind="stable")
    key, member = key[order], rows[member[order]]
    for distance in range(1, _MOST_COMPARED + 1):
        at = np.flatnonzero(key[distance:] == key[:-distance])
        first, second = member[at], member[at + distance]
        if distance < _MOST_COMPARED:
            one, other = boxes[first], boxes[second]
            meets = (
                (one[:, 0] < other[:, 2])
                & (other[:, 0] < one[:, 2])
                & (one[:, 1] < other[:, 3])
                & (other[:, 1] < one[:, 3])
            )
            first, second = first[meets], second[meets]
        found[first] = found[second] = True
    return found


_Cell = tuple[int, int]


class _Grid:
    """Find out whether a box overlaps any of those put in, by the cells it lies in, each with its boxes."""

    __slots__ = ("_cells",)

    def __init__(self) -> None:
        self._cells: dict[_Cell, list[QRectF]] = {}

    def add(self, box: QRectF, cells: Sequence[_Cell]) -> None:
        """Put a box in."""
        for cell in cells:
            self._cells.setdefault(cell, []).append(box)

    def meets(self, box: QRectF, cells: Sequence[_Cell]) -> bool:
        """Tell whether a box overlaps one that was put in; touching edges do not count."""
        return any(box.intersects(other) for cell in cells for other in self._cells.get(cell, ()))


def _cells(box: QRectF) -> list[_Cell]:
    left, right = int(box.left() // _CELL_PX), int(box.right() // _CELL_PX)
    top, bottom = int(box.top() // _CELL_PX), int(box.bottom() // _CELL_PX)
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def painting_order(elements: Sequence[Element], groups: Mapping[int, Group]) -> PaintingOrder:
    """Do all of :func:`ordering` at once."""
    return finished(ordering(elements, groups))


def ordering(elements: Sequence[Element], groups: Mapping[int, Group]) -> Slices[PaintingOrder]:
    """Find both; only elements that overlap others cost more than a look.

    ``groups`` are the elements that a column can paint. One that lies below an element of a group that is
    painted sooner is left to itself.
    """
    boxes = [element.rect for element in elements]
    edges = np.empty((len(boxes), 4))
    for start in range(0, len(boxes), _READ):
        part = boxes[start : start + _READ]
        edges[start : start + _READ] = [(box.left(), box.top(), box.right(), box.bottom()) for box in part]
        yield
    is_involved = overlapping(edges)
    yield
    involved = np.flatnonzero(is_involved).tolist()
    # Found once: each element asks several grids.
    cells: dict[int, list[_Cell]] = {}
    for start in range(0, len(involved), _READ):
        cells.update((row, _cells(boxes[row])) for row in involved[start : start + _READ])
        yield
    below, late = _Grid(), set()
    for place, row in enumerate(involved):
        element = elements[row]
        if element.has_static and below.meets(boxes[row], cells[row]):
            late.add(row)
        if element.is_live or row in late:
            below.add(boxes[row], cells[row])
        if place % _SLICE == _SLICE - 1:
            yield
    above = _Grid()
    last = [row for row in groups if not is_involved[row] and not elements[row].is_never_visible]
    sooner = {group: _Grid() for group in Group}
    used = set(groups.values())
    yield
    for place, row in enumerate(reversed(involved)):
        element, group = elements[row], groups.get(row)
        if (
            group is not None
            and row not in late
            and not element.is_never_visible
            and not above.meets(boxes[row], cells[row])
            and not any(sooner[other].meets(boxes[row], cells[row]) for other in used if other < group)
        ):
            last.append(row)
            if len(used) > 1:
                sooner[group].add(boxes[row], cells[row])
        elif element.is_live or row in late:
            above.add(boxes[row], cells[row])
        if place % _SLICE == _SLICE - 1:
            yield
    return PaintingOrder(tuple(sorted(last)), frozenset(late))
