"""Signs rendered once, and the fragments that paint thousands of them with one call."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap

from views.elements.base import cached_font


class Glyphs:
    """Hold signs in one font size, rendered for one scale and some colours.

    The picture has a row for each colour. ``left`` and ``width`` are the place of each sign in it,
    ``advance`` how far the next sign is away (device pixels, float64).
    """

    __slots__ = ("advance", "height", "left", "picture", "width")

    def __init__(
        self, signs: str, size_px: float, scale: float, colors: Sequence[QColor], *, bold: bool = True
    ) -> None:
        used = cached_font(size_px, bold)
        metrics = QFontMetricsF(used)
        self.advance = np.array([metrics.horizontalAdvance(sign) for sign in signs]) * scale
        self.width = np.ceil(self.advance) + 2.0
        self.left = np.concatenate(([0.0], np.cumsum(self.width)[:-1]))
        self.height = float(np.ceil(size_px * 1.4 * scale))
        self.picture = QPixmap(int(self.width.sum()), int(self.height) * len(colors))
        self.picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self.picture)
        try:
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.setFont(used)
            base = (size_px * 1.4 - metrics.height()) / 2 + metrics.ascent()
            for row, color in enumerate(colors):
                painter.setPen(color)
                for left, sign in zip(self.left.tolist(), signs, strict=True):
                    painter.resetTransform()
                    painter.translate(left + 1.0, row * self.height)
                    painter.scale(scale, scale)
                    painter.drawText(QPointF(0.0, base), sign)
        finally:
            painter.end()

    def tops(self, middles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the upper edge of signs that are centred at ``middles`` (device pixels)."""
        found: NDArray[np.float64] = np.rint(middles - self.height / 2)
        return found

    def fragments(
        self,
        signs: NDArray[np.int64],
        lefts: NDArray[np.float64],
        tops: NDArray[np.float64],
        muted: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64]:
        """Return rows of x, y (middle), source left, top, width, height, scale x, y, rotation, opacity."""
        found = np.zeros((len(signs), 10))
        width = self.width[signs]
        found[:, 0] = np.rint(lefts) - 1.0 + width / 2
        found[:, 1] = tops + self.height / 2
        found[:, 2] = self.left[signs]
        if muted is not None:
            found[:, 3] = muted * self.height
        found[:, 4] = width
        found[:, 5] = self.height
        found[:, 6:8] = 1.0
        found[:, 9] = 1.0
        return found

    def draw(self, painter: QPainter, fragments: NDArray[np.float64]) -> None:
        """Paint fragments (n, 10) with the painter set to device pixels."""
        if len(fragments):
            # Ten doubles per row are the very layout of QPainter.PixmapFragment.
            first = cast(
                QPainter.PixmapFragment,
                shiboken6.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment),
            )
            painter.drawPixmapFragments(first, len(fragments), self.picture)
