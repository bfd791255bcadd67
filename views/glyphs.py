"""Signs rendered once, from which thousands are painted with one call.

A sign is a short text: a digit, or several that often stand together.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from views.elements.base import cached_font
from views.fragments import PREMULTIPLIED, cut, draw_fragments, pixels_of

_MARGIN: Final = 2
"""Device pixels around a character in which its ink may lie."""


class Glyphs:
    """Hold signs in one font size, rendered for one scale and colour.

    ``advance`` is how far what follows each sign is away (n, device pixels, float64). Characters are not
    kerned.
    """

    __slots__ = ("_height", "_picture", "_table", "advance")

    def __init__(
        self, signs: Sequence[str], size_px: float, scale: float, color: QColor, *, bold: bool = True
    ) -> None:
        metrics = QFontMetricsF(cached_font(size_px, bold))
        characters = dict.fromkeys("".join(signs))
        advance = {sign: metrics.horizontalAdvance(sign) * scale for sign in characters}
        self.advance = np.array([sum(advance[one] for one in sign) for sign in signs])
        self._height = float(np.ceil(size_px * 1.4 * scale))
        drawn = _draw(advance, size_px, scale, color, bold=bold)
        alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for number, sign in enumerate(signs):
            lefts = accumulate((advance[one] for one in sign[:-1]), initial=0.0)
            places = ((round(left), drawn[one].shape[1]) for left, one in zip(lefts, sign, strict=True))
            alike.setdefault(tuple(places), []).append(number)
        blocks = [_joined([signs[n] for n in numbers], places, drawn) for places, numbers in alike.items()]
        self._picture, fragments = cut(blocks)
        fragments[:, 0] -= _MARGIN
        self._table = np.empty_like(fragments)
        self._table[[number for numbers in alike.values() for number in numbers]] = fragments

    def tops(self, middles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the upper edge of signs that are centred at ``middles`` (device pixels)."""
        found: NDArray[np.float64] = np.rint(middles - self._height / 2)
        return found

    def fragments(
        self, signs: NDArray[np.int64], lefts: NDArray[np.float64], tops: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return rows of x, y (middle), source left, top, width, height, scale x, y, rotation, opacity."""
        found: NDArray[np.float64] = self._table.take(signs, axis=0)
        found[:, 0] += np.rint(lefts)
        found[:, 1] += tops
        return found

    def draw(self, painter: QPainter, fragments: NDArray[np.float64]) -> None:
        """Paint fragments (n, 10) with the painter set to device pixels."""
        draw_fragments(painter, fragments, self._picture)


def _draw(
    advance: Mapping[str, float], size_px: float, scale: float, color: QColor, *, bold: bool
) -> dict[str, NDArray[np.uint8]]:
    """Return the pixels (height, width, 4) of each character, with the margin at its left."""
    used = cached_font(size_px, bold)
    metrics = QFontMetricsF(used)
    widths = [int(np.ceil(wide)) + 2 * _MARGIN for wide in advance.values()]
    image = QImage(max(1, sum(widths)), int(np.ceil(size_px * 1.4 * scale)), PREMULTIPLIED)
    image.fill(Qt.GlobalColor.transparent)
    base = (size_px * 1.4 - metrics.height()) / 2 + metrics.ascent()
    painter, left = QPainter(image), 0
    try:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(used)
        painter.setPen(color)
        for sign, width in zip(advance, widths, strict=True):
            painter.resetTransform()
            painter.translate(left + _MARGIN, 0)
            painter.scale(scale, scale)
            painter.drawText(QPointF(0.0, base), sign)
            left += width
    finally:
        painter.end()
    parts = np.split(pixels_of(image), np.cumsum(widths), axis=1)
    return dict(zip(advance, parts, strict=False))


def _joined(
    signs: Sequence[str], places: Sequence[tuple[int, int]], drawn: Mapping[str, NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    """Return the pixels (n, height, width, 4) of signs whose characters have these lefts and widths."""
    height = len(drawn[signs[0][0]])
    found = np.zeros((len(signs), height, max(left + width for left, width in places), 4), np.uint8)
    for place, (left, width) in enumerate(places):
        part = found[:, :, left : left + width]
        np.maximum(part, [drawn[sign[place]] for sign in signs], out=part)
    return found
