"""Why bad values are bad, in a word beside what stands for them, where there is room."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from tags.source import TagSource
from views.elements.base import Element, Look, text_width
from views.quality import short_reason
from views.style import LABEL_PX


class Reasons:
    """Know where the reasons of a screen's values stand; the tool tip says them at length. GUI thread only.

    ``boxes`` (n, 4: left, top, right, bottom) are the elements', in screen pixels; ``is_column`` tells which
    are painted by columns.
    """

    def __init__(
        self, elements: Sequence[Element], boxes: NDArray[np.float64], is_column: NDArray[np.bool_]
    ) -> None:
        self._elements = elements
        self._boxes = boxes
        self._is_column = is_column
        self._places: dict[tuple[int, str], QRectF | None] = {}

    def paint(self, painter: QPainter, look: Look, row: int, source: TagSource) -> None:
        """Say why the value of an element is bad; the painter is set to screen pixels."""
        element = self._elements[row]
        if not self._is_column[row]:
            said = short_reason(element.properties.status)
            place = self._place(row, said)
        else:
            # What a column paints is not evaluated, and has one tag or expression that alone decides.
            bindings = element.properties.bindings.values()
            said = short_reason(max(binding.evaluate(source).status for binding in bindings))
            if (row, said) not in self._places:
                element.properties.evaluate(source)
                self._places[row, said] = self._place(row, said)
            place = self._places[row, said]
        if place is not None:
            look.text(painter, place, said, color=look.theme.text_muted)

    def _place(self, row: int, said: str) -> QRectF | None:
        """Return where a reason stands, None where it does not fit."""
        element = self._elements[row]
        room, width = element.reason_rect(), text_width(said, LABEL_PX, False)
        if not said or room is None or width > room.width():
            return None
        box = QRectF(room.right() - width, room.y(), width, room.height())
        return box if self._is_free(box, element.rect) else None

    def _is_free(self, box: QRectF, of: QRectF) -> bool:
        """Tell whether nothing lies in a box within ``of`` but what is behind the whole of that."""
        left, top, right, bottom = self._boxes.T
        meets = (left < box.right()) & (right > box.left()) & (top < box.bottom()) & (bottom > box.top())
        around = (left <= of.left()) & (right >= of.right()) & (top <= of.top()) & (bottom >= of.bottom())
        return not bool((meets & ~around).any())
