"""The picture of what never changes on a screen."""

from typing import Final

from PySide6.QtGui import QPainter, QPixmap

from views.fit import Fit, prepare
from views.scene import Scene
from views.slices import Slices, finished

_SLICE: Final = 64
"""Elements that are painted at once, in about a millisecond."""


def painting_static(scene: Scene, fit: Fit, width: int, height: int, ratio: float) -> Slices[QPixmap]:
    """Paint what never changes as a picture of ``width`` x ``height`` widget pixels, in slices."""
    layer = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    layer.setDevicePixelRatio(ratio)
    layer.fill(scene.look.theme.background)
    for start in range(0, max(1, len(scene.elements)), _SLICE):
        painter = QPainter(layer)
        try:
            prepare(painter)
            painter.setTransform(fit.transform)
            scene.paint_static(painter, range(start, min(start + _SLICE, len(scene.elements))))
        finally:
            painter.end()
        yield
    return layer


def static_layer(scene: Scene, fit: Fit, width: int, height: int, ratio: float) -> QPixmap:
    """Return what never changes as a picture of ``width`` x ``height`` widget pixels."""
    return finished(painting_static(scene, fit, width, height, ratio))
