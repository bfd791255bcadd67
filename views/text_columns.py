"""Computed texts painted from columns: their expressions evaluated together, their signs with one call.

Measured against one drawText per text: 5 us instead of 30 us, evaluation included.
"""

from collections.abc import Hashable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPixmap

from tags.source import TagSource
from tags.vectorised import shape_of, vectorise
from views.dependencies import Dependencies
from views.elements.base import Look
from views.elements.shapes import SIZES_PX, Text
from views.fit import prepare
from views.glyphs import Glyphs
from views.mark_pictures import Doubts, edges_of
from views.quality import Mark, hidden_text, mark, marks
from views.words import computed_text

_SIGNS: Final = "0123456789.,-−\u202f…"
"""Signs of numbers, which stand beside each other without kerning; other texts are kept as a whole."""
_DOTS: Final = len(_SIGNS) - 1
_KEPT: Final = 256
"""Pictures of texts kept per column."""
_MARGIN_PX: Final = 2.0
_CODES: Final = np.full(max(map(ord, _SIGNS)) + 2, -1, np.int64)
_CODES[[ord(sign) for sign in _SIGNS]] = np.arange(len(_SIGNS))
_HIDES: Final = np.array([shown.hides_value for shown in Mark])
_SHARE: Final = {"left": 0.0, "center": 0.5, "right": 1.0}


def style_of(element: Text) -> Hashable | None:
    """Return what texts must have in common to be painted by one column; None: a column cannot paint it."""
    live = element.properties.bindings
    if element.is_interactive or live.keys() != {"text"}:
        return None
    bound = live["text"].bound
    shape = None if bound is None else shape_of(bound)
    if shape is None:
        return None
    properties = element.properties
    return shape, properties.text("size"), properties.flag("bold"), properties.text("color")


class TextColumn:
    """Paint many :class:`Text` elements of one style; arrays have one entry per element of ``rows``."""

    __slots__ = (
        "_boxes",
        "_cursor",
        "_dependencies",
        "_elements",
        "_glyphs",
        "_group",
        "_pictures",
        "_shares",
        "_shown_marks",
        "_size_px",
        "_texts",
        "rows",
    )

    def __init__(self, elements: Mapping[int, Text], tag_count: int) -> None:
        self._elements = tuple(elements.values())
        self.rows = np.array(list(elements), np.intp)
        bound = [one.properties.bindings["text"].bound for one in self._elements]
        group = vectorise([one for one in bound if one is not None])
        if group is None:
            raise ValueError("these texts cannot be evaluated together")
        self._group = group
        self._dependencies = Dependencies(group.tag_ids.tolist(), tag_count)
        self._size_px = SIZES_PX[self._elements[0].properties.text("size")]
        self._boxes = np.array([one.rect.getRect() for one in self._elements], float)
        self._shares = np.array([_SHARE[one.properties.text("align")] for one in self._elements])
        self._texts = np.full(len(self.rows), "", object)
        self._shown_marks = np.full(len(self.rows), Mark.WAITING, np.uint8)
        self._cursor = 0
        self._glyphs: Glyphs | None = None
        self._pictures: dict[tuple[str, float, float, float], QPixmap] = {}

    def forget_look(self) -> None:
        """Render signs and pictures anew at the next painting, for another theme or scale."""
        self._glyphs = None
        self._pictures.clear()

    def changed(self, source: TagSource) -> NDArray[np.intp]:
        """Return the rows whose text or mark is another one than at the last call."""
        tag_ids, self._cursor = source.changed_since(self._cursor)
        at = self._dependencies.rows(tag_ids)
        if not len(at):
            return at
        found = self._group.evaluate(source, at)
        texts = np.empty(len(at), object)
        texts[:] = [computed_text(value) for value in found.values.tolist()]
        shown = marks(found.statuses)
        for row in np.flatnonzero(found.statuses >> 31 != 0).tolist():
            texts[row] = hidden_text(Mark(shown[row]))
        for row, alone in found.single.items():
            is_hidden = mark(alone.status).hides_value
            texts[row] = hidden_text(mark(alone.status)) if is_hidden else computed_text(alone.value)
        new = (texts != self._texts[at]).astype(np.bool_) | (shown != self._shown_marks[at])
        self._texts[at], self._shown_marks[at] = texts, shown
        rows: NDArray[np.intp] = self.rows[at[new]]
        return rows

    def doubts(self) -> Doubts | None:
        """Return what of the statuses is to be shown, None if nothing is."""
        if not self._shown_marks.any():
            return None
        return Doubts(self._shown_marks, edges_of(self._boxes), at_left=False)

    def paint(
        self, painter: QPainter, look: Look, scale: float, offset: QPointF, inside: NDArray[np.bool_] | None
    ) -> None:
        """Paint all texts, or those of the mask ``inside``; the painter is set to device pixels.

        ``scale`` is device pixels per screen pixel, ``offset`` the screen's origin in device pixels.
        """
        chosen = self._texts != ""
        if inside is not None:
            chosen &= inside
        at = np.flatnonzero(chosen)
        if not len(at):
            return
        texts = self._texts[at].astype(np.str_)
        codes = texts.view(np.uint32).reshape(len(at), -1)
        signs = _CODES[np.minimum(codes, len(_CODES) - 1)]
        is_sign = codes != 0
        plain = ((signs >= 0) | ~is_sign).all(axis=1) & ~_HIDES[self._shown_marks[at]]
        self._paint_signs(painter, look, scale, offset, at[plain], np.where(is_sign, signs, -1)[plain])
        for row in at[~plain].tolist():
            self._paint_whole(painter, look, scale, offset, row)

    def _paint_signs(
        self,
        painter: QPainter,
        look: Look,
        scale: float,
        offset: QPointF,
        at: NDArray[np.intp],
        signs: NDArray[np.int64],
    ) -> None:
        """Paint texts whose signs (n, longest; -1: none) are all known, cut with … where they do not fit."""
        if not len(at):
            return
        glyphs = self._glyphs
        if glyphs is None:
            first = self._elements[0]
            bold = first.properties.flag("bold")
            glyphs = self._glyphs = Glyphs(_SIGNS, self._size_px, scale, first.ink(look), bold=bold)
        advance = np.append(glyphs.advance, 0.0)
        x, y, w, h = self._boxes[at].T * scale
        ends = advance[signs].cumsum(axis=1)
        over = np.flatnonzero(ends[:, -1] > w + 0.5 * scale)
        if len(over):
            if look.overflows is not None:
                look.overflows.update(
                    (self._elements[row].model.id, self._texts[row]) for row in at[over].tolist()
                )
            kept = (ends[over] + glyphs.advance[_DOTS] < w[over, None]).sum(axis=1)
            place = np.arange(signs.shape[1])
            cut = np.where(place < kept[:, None], signs[over], -1)
            signs = signs.copy()
            signs[over] = np.where(place == kept[:, None], _DOTS, cut)
            ends = advance[signs].cumsum(axis=1)
        lefts = x + offset.x() + (w - ends[:, -1]) * self._shares[at]
        shown = signs >= 0
        tops = glyphs.tops(y + h / 2 + offset.y())
        starts = lefts[:, None] + ends - advance[signs]
        rows = np.nonzero(shown)[0]
        glyphs.draw(painter, glyphs.fragments(signs[shown], starts[shown], tops[rows]))

    def _paint_whole(self, painter: QPainter, look: Look, scale: float, offset: QPointF, row: int) -> None:
        """Paint one text as a whole, from the picture that is kept of it.

        A text with digits follows a number and will hardly come again, so that no picture is made of it, nor
        of what stands for a text that must not be shown.
        """
        element, text = self._elements[row], self._texts[row]
        is_hidden = _HIDES[self._shown_marks[row]]
        if look.overflows is not None or is_hidden or any(map(str.isdecimal, text)):
            painter.save()
            painter.translate(offset)
            painter.scale(scale, scale)
            element.paint_text(painter, look, text)
            painter.restore()
            return
        x, y, w, h = self._boxes[row].tolist()
        key = (text, w, h, float(self._shares[row]))
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= _KEPT:
                del self._pictures[next(iter(self._pictures))]
            picture = self._pictures[key] = self._render(look, scale, row)
        left = round((x - _MARGIN_PX) * scale + offset.x())
        top = round((y - _MARGIN_PX) * scale + offset.y())
        painter.drawPixmap(QPointF(left, top), picture)

    def _render(self, look: Look, scale: float, row: int) -> QPixmap:
        element = self._elements[row]
        box = element.rect.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        picture = QPixmap(int(np.ceil(box.width() * scale)), int(np.ceil(box.height() * scale)))
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        try:
            prepare(painter)
            painter.scale(scale, scale)
            painter.translate(-box.topLeft())
            element.paint_text(painter, look, self._texts[row])
        finally:
            painter.end()
        return picture
