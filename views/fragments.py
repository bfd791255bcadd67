"""Parts of one picture painted by the thousand with one call.

Measured with 8,000 digits: a fragment costs 0.07 us and each of its pixels 0.5 to 1 ns, transparent ones too,
so that what is painted from a picture is cut to its ink.
"""

from collections.abc import Iterable
from typing import Final, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QPixmap

PREMULTIPLIED: Final = QImage.Format.Format_ARGB32_Premultiplied
"""What pixels are kept in: Qt paints it without converting it."""
_ALPHA: Final = 3
"""Place of the opacity in the bytes of a pixel."""


def draw_fragments(painter: QPainter, fragments: NDArray[np.float64], picture: QPixmap) -> None:
    """Paint parts of a picture at once; the painter is set to device pixels.

    Each row of ``fragments`` (n, 10; C-contiguous) holds x, y (middle), source left, top, width, height,
    scale x, y, rotation, opacity.
    """
    if len(fragments):
        # Ten doubles per row are the very layout of QPainter.PixmapFragment.
        first = cast(
            QPainter.PixmapFragment, shiboken6.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment)
        )
        painter.drawPixmapFragments(first, len(fragments), picture)


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Return a copy of the pixels (height, width, 4) of a premultiplied image."""
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4).copy()


def cut(pictures: Iterable[NDArray[np.uint8]]) -> tuple[QPixmap, NDArray[np.float64]]:
    """Return one picture of what has ink in each, and the fragment of each with its corner at (0, 0).

    ``pictures`` are pixels (height, width, 4), premultiplied; one without ink becomes a transparent pixel.
    """
    parts, fragments, top = [], [], 0
    for pixels in pictures:
        left, above, right, below = _ink_box(pixels[..., _ALPHA])
        width, height = right - left, below - above
        fragments.append((left + width / 2, above + height / 2, 0, top, width, height, 1.0, 1.0, 0.0, 1.0))
        parts.append(pixels[above:below, left:right])
        top += height
    # One below the other, so that the pixels of each lie together in memory.
    whole = np.zeros((top, max(part.shape[1] for part in parts), 4), np.uint8)
    for part, fragment in zip(parts, fragments, strict=True):
        whole[int(fragment[3]) : int(fragment[3]) + len(part), : part.shape[1]] = part
    image = QImage(whole.data, whole.shape[1], top, whole.strides[0], PREMULTIPLIED)
    return QPixmap.fromImage(image.copy()), np.array(fragments)


def _ink_box(alpha: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom of what is not transparent; a pixel if nothing is."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
