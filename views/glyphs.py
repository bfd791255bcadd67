"""Signs rendered once, and the fragments that paint thousands of them with one call.

A sign is a short text: a digit, or several that often stand together. Measured with 8,000 digits: a fragment
costs 0.07 us and each of its pixels 0.5 to 1 ns, so that signs are cut to their ink and come in pairs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPixmap

from views.elements.base import cached_font

_MARGIN: Final = 2
"""Device pixels around a character in which its ink may lie."""
_ALPHA: Final = 3
"""Place of the opacity in the bytes of a premultiplied pixel."""
_PREMULTIPLIED: Final = QImage.Format.Format_ARGB32_Premultiplied


class Glyphs:
    """Hold signs in one font size, rendered for one scale and colour.

    ``advance`` is how far what follows each sign is away (n, device pixels, float64). Digits are equally wide,
    and are not kerned.
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
        self._picture, self._table = _cut([_joined(sign, drawn, advance) for sign in signs])

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


def draw_fragments(painter: QPainter, fragments: NDArray[np.float64], picture: QPixmap) -> None:
    """Paint parts of a picture (n, 10: as :meth:`Glyphs.fragments` returns them, C-contiguous) at once."""
    if len(fragments):
        # Ten doubles per row are the very layout of QPainter.PixmapFragment.
        first = cast(
            QPainter.PixmapFragment, shiboken6.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment)
        )
        painter.drawPixmapFragments(first, len(fragments), picture)


def _draw(
    advance: Mapping[str, float], size_px: float, scale: float, color: QColor, *, bold: bool
) -> dict[str, NDArray[np.uint8]]:
    """Return the pixels (height, width, 4) of each character, with the margin at its left."""
    used = cached_font(size_px, bold)
    metrics = QFontMetricsF(used)
    widths = [int(np.ceil(wide)) + 2 * _MARGIN for wide in advance.values()]
    image = QImage(max(1, sum(widths)), int(np.ceil(size_px * 1.4 * scale)), _PREMULTIPLIED)
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
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    parts = np.split(pixels.copy(), np.cumsum(widths), axis=1)
    return dict(zip(advance, parts, strict=False))


def _joined(
    sign: str, drawn: Mapping[str, NDArray[np.uint8]], advance: Mapping[str, float]
) -> NDArray[np.uint8]:
    """Return the pixels of a sign's characters beside each other."""
    if len(sign) == 1:
        return drawn[sign]
    lefts = np.rint(np.cumsum([0.0, *(advance[one] for one in sign[:-1])])).astype(int).tolist()
    height = len(drawn[sign[0]])
    found = np.zeros((height, lefts[-1] + drawn[sign[-1]].shape[1], 4), np.uint8)
    for left, one in zip(lefts, sign, strict=True):
        part = found[:, left : left + drawn[one].shape[1]]
        np.maximum(part, drawn[one][:, : part.shape[1]], out=part)
    return found


def _cut(pictures: Iterable[NDArray[np.uint8]]) -> tuple[QPixmap, NDArray[np.float64]]:
    """Return one picture of what has ink, and a fragment for each as it lies with its origin at (0, 0)."""
    parts, table, top = [], [], 0
    for pixels in pictures:
        left, above, right, below = ink_box(pixels[..., _ALPHA])
        width, height = right - left, below - above
        table.append(
            (left - _MARGIN + width / 2, above + height / 2, 0, top, width, height, 1.0, 1.0, 0.0, 1.0)
        )
        parts.append(pixels[above:below, left:right])
        top += height
    # One below the other, so that the pixels of a sign lie together in memory.
    whole = np.zeros((top, max(part.shape[1] for part in parts), 4), np.uint8)
    for part, row in zip(parts, table, strict=True):
        whole[int(row[3]) : int(row[3]) + len(part), : part.shape[1]] = part
    image = QImage(whole.data, whole.shape[1], top, whole.strides[0], _PREMULTIPLIED)
    return QPixmap.fromImage(image.copy()), np.array(table)


def ink_box(alpha: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom of what is not transparent (h, w); a pixel if nothing is."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
