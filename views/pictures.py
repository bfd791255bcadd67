"""Kept pictures of elements with few states."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from views.elements.base import Element, Look
from views.fit import Fit, prepare
from views.grouping import Column
from views.style import Theme

_KEPT: Final = 6
"""Pictures kept per element."""
_PATIENCE: Final = 6
"""Pictures made in vain after which an element is known to have too many states."""
_LARGEST_PX: Final = 128 * 1024
"""Device pixels above which a picture is not worth its memory (512 kB)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold a picture and its place, in device pixels."""

    pixmap: QPixmap
    at: QPoint


class Pictures:
    """Keep what elements with few states look like: 1-2 us to show one again instead of 10-40 us to paint it.

    GUI thread only. All pictures go when scale, place or theme change (:meth:`suit`).
    """

    def __init__(self) -> None:
        self._kept: dict[int, dict[Hashable, Picture]] = {}
        self._forgotten: Counter[int] = Counter()
        self._suits: tuple[object, ...] = ()
        self._fit: Fit | None = None
        self._ratio = 1.0

    def suit(self, fit: Fit, ratio: float, theme: Theme, columns: Sequence[Column]) -> None:
        """Forget what was made for another scale, place or theme."""
        suits = (fit.scale, fit.offset.x(), fit.offset.y(), ratio, theme.name, theme.vision)
        if suits == self._suits:
            return
        self._suits, self._fit, self._ratio = suits, fit, ratio
        self._kept.clear()
        self._forgotten.clear()
        for column in columns:
            column.forget_look()

    def get(self, row: int, element: Element, look: Look, *, with_static: bool) -> Picture | None:
        """Return the element's present live picture, made when it is new; None when it is not to be kept.

        ``with_static`` puts in what is else painted once.
        """
        if self._fit is None or self._forgotten[row] >= _PATIENCE:
            return None
        key = element.picture_key()
        if key is None:
            return None
        key = (key, element.followed())
        if element.is_interactive:
            this = element.model.id
            key = (key, look.hovered == this, look.pressed == this, bool(element.blocked(look)))
        kept = self._kept.setdefault(row, {})
        found = kept.get(key)
        if found is None:
            found = self._make(element, look, self._fit, with_static=with_static)
            if found is None:
                return None
            if len(kept) >= _KEPT:
                del kept[next(iter(kept))]
                self._forgotten[row] += 1
            kept[key] = found
        return found

    def _make(self, element: Element, look: Look, fit: Fit, *, with_static: bool) -> Picture | None:
        box = fit.to_widget(element.rect.adjusted(-3, -3, 3, 3))
        ratio = self._ratio
        scaled = QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)
        place = scaled.toAlignedRect()
        if place.width() * place.height() > _LARGEST_PX or place.isEmpty():
            return None
        pixmap = QPixmap(place.size())
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        try:
            prepare(painter)
            to_picture = QTransform.fromTranslate(-place.x(), -place.y())
            painter.setTransform(fit.transform * QTransform.fromScale(ratio, ratio) * to_picture)
            if with_static:
                element.paint_static(painter, look)
            element.paint_live(painter, look)
        finally:
            painter.end()
        return Picture(pixmap, place.topLeft())


@dataclass(frozen=True, slots=True)
class PaintingOrder:
    """Say what may leave the order of the file without changing the picture.

    ``last``: elements of a group with nothing live above them, which columns paint after all others.
    ``late``: elements whose fixed part lies above a live one, so that it cannot be in the static layer.
    """

    last: tuple[int, ...]
    late: frozenset[int]
