"""Pictures as people see them whose colour vision differs: to check a screen, not to work with it.

The matrices are those of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
Color Vision Deficiency", IEEE TVCG 15(6), 2009, at severity 1.0; they hold for linear RGB (LNT-10).
"""

import re
from dataclasses import fields, replace
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from views.style import Theme

_BITS: Final = 6
"""Bits of each channel that choose a colour of the table : 1 MiB, up to 12 of 255 off where dark."""
_SHIFT: Final = 8 - _BITS


class ColorVision(StrEnum):
    """Name what a picture is shown as."""

    NORMAL = "normal"
    PROTAN = "protan"
    """No cones for long waves: red looks dark."""
    DEUTAN = "deutan"
    """No cones for middle waves: the most frequent kind."""
    TRITAN = "tritan"
    """No cones for short waves."""


_MATRICES: Final = {
    ColorVision.NORMAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ColorVision.PROTAN: (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    ColorVision.DEUTAN: (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    ColorVision.TRITAN: (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def vision_text(vision: ColorVision) -> str:
    """Return a kind of colour vision in words."""
    return {
        ColorVision.NORMAL: QCoreApplication.translate("ColorVision", "Normal colour vision"),
        ColorVision.PROTAN: QCoreApplication.translate("ColorVision", "Without red cones (protan)"),
        ColorVision.DEUTAN: QCoreApplication.translate("ColorVision", "Without green cones (deutan)"),
        ColorVision.TRITAN: QCoreApplication.translate("ColorVision", "Without blue cones (tritan)"),
    }[vision]


def seen(colors: NDArray[np.float64], vision: ColorVision) -> NDArray[np.float64]:
    """Return sRGB colours (n x 3, 0 to 1) as they are seen, same shape."""
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    mixed = np.clip(linear @ np.array(_MATRICES[vision]).T, 0.0, 1.0)
    found: NDArray[np.float64] = np.where(
        mixed <= 0.0031308, mixed * 12.92, 1.055 * mixed ** (1 / 2.4) - 0.055
    )
    return found


def seen_color(color: QColor, vision: ColorVision) -> QColor:
    """Return one colour as it is seen."""
    red, green, blue = seen(np.array([[color.redF(), color.greenF(), color.blueF()]]), vision)[0].tolist()
    return QColor.fromRgbF(red, green, blue)


@lru_cache(maxsize=len(ColorVision))
def _table(vision: ColorVision) -> NDArray[np.uint32]:
    """Return the colour seen for each colour of ``_BITS`` bits a channel, as 0xFFRRGGBB."""
    steps = (np.arange(1 << _BITS) + 0.5) / (1 << _BITS)
    steps[0], steps[-1] = 0.0, 1.0
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    levels = np.rint(seen(grid, vision) * 255).astype(np.uint32)
    weights = np.array([1 << 16, 1 << 8, 1], np.uint32)
    found: NDArray[np.uint32] = (levels * weights).sum(axis=1, dtype=np.uint32) | np.uint32(0xFF000000)
    return found


def seen_image(image: QImage, vision: ColorVision) -> QImage:
    """Return a picture as it is seen, 32 bits a pixel; what shines through it stays. 10 ms for 1366 x 768."""
    has_alpha = image.hasAlphaChannel()
    source = image.convertToFormat(QImage.Format.Format_ARGB32 if has_alpha else QImage.Format.Format_RGB32)
    if vision is ColorVision.NORMAL:
        return source
    width, height = source.width(), source.height()
    pixels = np.frombuffer(source.constBits(), np.uint32).reshape(height, source.bytesPerLine() // 4)
    pixels = pixels[:, :width]
    mask = np.uint32((1 << _BITS) - 1)
    places = ((pixels >> np.uint32(16 + _SHIFT)) & mask) << np.uint32(2 * _BITS)
    places |= ((pixels >> np.uint32(8 + _SHIFT)) & mask) << np.uint32(_BITS)
    places |= (pixels >> np.uint32(_SHIFT)) & mask
    table = np.ascontiguousarray(_table(vision)[places])
    if has_alpha:
        table &= pixels | np.uint32(0x00FFFFFF)
    result = QImage(table.tobytes(), width, height, width * 4, source.format()).copy()
    result.setDevicePixelRatio(source.devicePixelRatio())
    return result


def seen_text(color: str, vision: ColorVision) -> str:
    """Return a colour as SVG writes it, as it is seen; what is no plain colour stays as it is."""
    match = _RGB.fullmatch(color)
    found = QColor(*map(int, match.groups())) if match else QColor.fromString(color)
    is_plain = found.isValid() and color not in ("none", "transparent")
    return seen_color(found, vision).name() if is_plain else color


_RGB: Final = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")


def seen_theme(theme: "Theme", vision: ColorVision) -> "Theme":
    """Return a theme in the colours that are seen: a window that takes it costs no more than any other."""
    if vision is ColorVision.NORMAL:
        return theme
    changes: dict[str, Any] = {}
    for item in fields(theme):
        value = getattr(theme, item.name)
        if isinstance(value, QColor):
            changes[item.name] = seen_color(value, vision)
    alarms = {
        priority: replace(
            colors, **{part.name: seen_color(getattr(colors, part.name), vision) for part in fields(colors)}
        )
        for priority, colors in theme.alarms.items()
    }
    pens = tuple(seen_color(color, vision) for color in theme.pens)
    return replace(theme, vision=vision, alarms=MappingProxyType(alarms), pens=pens, **changes)
