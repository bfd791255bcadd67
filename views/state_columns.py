"""Lamps and equipment of two states painted from columns: one picture per look and state, one call."""

import json
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from tags.model import Tag, TagTable, Value
from tags.source import TagSource
from tags.status import StatusCode
from views.bindings import Properties
from views.elements.base import Element, Look
from views.fit import prepare
from views.fragments import PREMULTIPLIED, cut, draw_fragments, pixels_of
from views.mark_pictures import Doubts
from views.quality import Mark, marks
from views.style import Theme

_MARGIN_PX: Final = 3.0
_STATES: Final = (
    (False, StatusCode.Good),
    (True, StatusCode.Good),
    (None, StatusCode.BadWaitingForInitialData),
    (None, StatusCode.BadNotConnected),
    (None, StatusCode.BadSensorFailure),
    (None, StatusCode.BadNoData),
)
"""Value and status of each picture; from the third on they are those of hidden values."""
_STATE_OF_MARK: Final = np.array(
    [{Mark.WAITING: 2, Mark.NOT_CONNECTED: 3, Mark.BAD: 4, Mark.NO_VALUE: 5}.get(mark, 0) for mark in Mark],
    np.intp,
)
_NOT_PAINTED: Final = ("tag", "label", "alarms", "tool_tip")


def style_of(element: Element) -> Hashable:
    """Return what decides an element's pictures: kind, size, properties and the tag's state texts."""
    tag = element.properties.tag()
    own = {key: value for key, value in element.model.properties.items() if key not in _NOT_PAINTED}
    return (
        element.model.type,
        element.model.w,
        element.model.h,
        element.properties.has("label"),
        json.dumps(own, sort_keys=True),
        () if tag is None else tuple(tag.states.items()),
    )


class _Still:
    """Offer one tag with a value and a status that stay."""

    def __init__(self, tag: Tag, value: bool | None, status: int) -> None:
        self.tags = TagTable((replace(tag, id=0, expression=None, fault=""),))
        self.values = np.array([np.nan if value is None else float(value)])
        self.statuses = np.array([status], np.uint32)
        self.source_ns = np.zeros(1, np.int64)
        self._value = value

    def value(self, tag_id: int) -> Value | None:
        """Return the value."""
        self.tags[tag_id]
        return self._value

    def changed_since(self, cursor: int) -> tuple[NDArray[np.int32], int]:
        """Return no change."""
        return np.empty(0, np.int32), cursor


def paint_state(element: Element, state: int, painter: QPainter, look: Look) -> None:
    """Paint an element of one BOOL tag as it looks in a state of :data:`_STATES`, wherever its tag is."""
    tag = element.properties.tag()
    if tag is None:
        raise ValueError(f"{element.model.id} has no plain tag")
    value, status = _STATES[state]
    source = _Still(tag, value, int(status))
    kind = type(element)
    shown = kind(
        element.model, Properties(kind.kind.properties, element.model, source.tags, kind.kind.accepts)
    )
    shown.properties.evaluate(source)
    shown.paint_live(painter, look)


def _edges(box: QRectF) -> tuple[float, float, float, float]:
    return box.left(), box.top(), box.right(), box.bottom()


class StateColumn:
    """Paint many elements that each follow one BOOL tag; ``rows`` are their positions in the scene."""

    __slots__ = (
        "_atlas",
        "_elements",
        "_shown_marks",
        "_states",
        "_styles",
        "_table",
        "_xy",
        "rows",
        "tag_ids",
    )

    def __init__(self, elements: Mapping[int, Element]) -> None:
        self.rows = np.array(list(elements), np.intp)
        found = list(elements.values())
        self.tag_ids = np.array(
            [tag.id for one in found if (tag := one.properties.tag()) is not None], np.intp
        )
        numbers: dict[Hashable, int] = {}
        self._elements: list[Element] = []
        styles = []
        for element in found:
            style = style_of(element)
            if style not in numbers:
                numbers[style] = len(numbers)
                self._elements.append(element)
            styles.append(numbers[style])
        self._styles = np.array(styles, np.intp)
        self._xy = np.array([(one.rect.x(), one.rect.y()) for one in found]) - _MARGIN_PX
        self._states = np.full(len(found), -1, np.intp)
        self._shown_marks = np.full(len(found), 255, np.uint8)
        self._atlas: QPixmap | None = None
        self._table = np.empty((0, 0, 0))

    def forget_look(self) -> None:
        """Render the pictures anew at the next painting, for another theme or scale."""
        self._atlas = None

    def changed(self, source: TagSource) -> NDArray[np.intp]:
        """Return the rows whose state or mark is another one than at the last call."""
        shown = marks(source.statuses[self.tag_ids])
        values = source.values[self.tag_ids]
        states = np.maximum(_STATE_OF_MARK[shown], (values == values) & (values != 0.0))
        new = (states != self._states) | (shown != self._shown_marks)
        self._states, self._shown_marks = states, shown
        found: NDArray[np.intp] = self.rows[new]
        return found

    def doubts(self) -> Doubts | None:
        """Return what of the statuses is to be shown, None if nothing is."""
        if not self._shown_marks.any():
            return None
        own = np.array([_edges(one.mark_rect().translated(-one.rect.topLeft())) for one in self._elements])
        corners = self._xy + _MARGIN_PX
        return Doubts(self._shown_marks, own[self._styles] + np.hstack((corners, corners)), at_left=False)

    def paint(
        self, painter: QPainter, look: Look, scale: float, offset: QPointF, inside: NDArray[np.bool_] | None
    ) -> None:
        """Paint all elements, or those of the mask ``inside``; the painter is set to device pixels.

        ``scale`` is device pixels per screen pixel, ``offset`` the screen's origin in device pixels.
        """
        if self._atlas is None:
            self._atlas, self._table = self._render(look.theme, scale)
        chosen = np.arange(len(self.rows)) if inside is None else np.flatnonzero(inside)
        fragments = self._table[self._styles[chosen], self._states[chosen]]
        fragments[:, 0:2] += np.rint(self._xy[chosen] * scale + (offset.x(), offset.y()))
        draw_fragments(painter, fragments, self._atlas)

    def _render(self, theme: Theme, scale: float) -> tuple[QPixmap, NDArray[np.float64]]:
        """Return the pictures, and the fragment (looks, states, 10) of each with its corner at (0, 0)."""
        boxes = np.array([(one.rect.width(), one.rect.height()) for one in self._elements])
        sizes = np.ceil((boxes + 2 * _MARGIN_PX) * scale).astype(int)
        tops = np.cumsum(sizes[:, 1]) - sizes[:, 1]
        drawn = QImage(int(sizes[:, 0].max()) * len(_STATES), int(sizes[:, 1].sum()), PREMULTIPLIED)
        drawn.fill(Qt.GlobalColor.transparent)
        places = [
            (state, state * width, top, width, height)
            for (width, height), top in zip(sizes.tolist(), tops.tolist(), strict=True)
            for state in range(len(_STATES))
        ]
        painter, look = QPainter(drawn), Look(theme)
        try:
            prepare(painter)
            for at, (state, left, top, width, height) in enumerate(places):
                element = self._elements[at // len(_STATES)]
                painter.resetTransform()
                painter.setClipRect(QRectF(left, top, width, height))
                painter.translate(left, top)
                painter.scale(scale, scale)
                painter.translate(_MARGIN_PX - element.rect.x(), _MARGIN_PX - element.rect.y())
                paint_state(element, state, painter, look)
        finally:
            painter.end()
        pixels = pixels_of(drawn)
        blocks = [
            np.stack(np.split(pixels[top : top + height, : width * len(_STATES)], len(_STATES), axis=1))
            for (width, height), top in zip(sizes.tolist(), tops.tolist(), strict=True)
        ]
        atlas, fragments = cut(blocks)
        return atlas, fragments.reshape(len(self._elements), len(_STATES), -1)
