"""Vector symbols of ``resources/symbols``, painted in the theme's colours at any size."""

from functools import lru_cache
from importlib import resources
from string import Template

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer

from views.elements.base import pen
from views.quality import Mark
from views.style import Theme, contrast, font


@lru_cache(maxsize=1)
def symbol_names() -> tuple[str, ...]:
    """Return the names of all symbols."""
    names = (item.name for item in (resources.files("resources") / "symbols").iterdir())
    return tuple(sorted(name.removesuffix(".svg") for name in names if name.endswith(".svg")))


@lru_cache(maxsize=512)
def _renderer(name: str, fill: str, line: str, ground: str, detail: str) -> QSvgRenderer:
    source = (resources.files("resources") / "symbols" / f"{name}.svg").read_text("utf-8")
    text = Template(source).substitute(fill=fill, line=line, ground=ground, detail=detail)
    renderer = QSvgRenderer(QByteArray(text.encode()))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    return renderer


def detail_on(fill: QColor, theme: Theme) -> QColor:
    """Return the colour of lines on a fill: the outline's while it can be seen there, else the clearest."""
    if contrast(theme.outline, fill) >= 3.0:
        return theme.outline
    return max((theme.text, theme.surface, theme.running), key=lambda ink: contrast(ink, fill))


def paint_symbol(
    painter: QPainter,
    rect: QRectF,
    name: str,
    fill: QColor,
    theme: Theme,
    rotation_deg: float = 0.0,
) -> None:
    """Paint a symbol as large as fits into ``rect``, turned clockwise about its middle.

    ``fill`` tells the state; outline, what shows through, and details on the fill follow from the theme.
    ``name`` is one of :func:`symbol_names`.
    """
    renderer = _renderer(
        name, fill.name(), theme.outline.name(), theme.panel.name(), detail_on(fill, theme).name()
    )
    if rotation_deg == 0.0:
        renderer.render(painter, rect)
        return
    painter.save()
    painter.translate(rect.center())
    painter.rotate(rotation_deg)
    turned = QRectF(rect)
    if round(rotation_deg / 90) % 2:
        turned = QRectF(0, 0, rect.height(), rect.width())
    turned.moveCenter(QPointF(0, 0))
    renderer.render(painter, turned)
    painter.restore()


_LETTERS = {Mark.UNCERTAIN: "?", Mark.FORCED: "F", Mark.SIMULATED: "S"}
MARK_PX = 16.0


def beside(plate: QRectF) -> QPointF:
    """Return where a mark stands behind a value between others, whose digits it would hide at a corner."""
    return QPointF(plate.right() + MARK_PX / 2 - 4, plate.center().y())


def paint_mark(painter: QPainter, rect: QRectF, at: QPointF, shown: Mark, theme: Theme) -> None:
    """Paint the decoration of a live element (HMI-16): an outline, and a sign whose middle is ``at``.

    Nothing is painted for a good value, nor while the first one is awaited or where there is none.
    """
    if shown in (Mark.NONE, Mark.WAITING, Mark.NO_VALUE):
        return
    color = {
        Mark.UNCERTAIN: theme.uncertain,
        Mark.STALE: theme.stale,
        Mark.BAD: theme.bad,
        Mark.NOT_CONNECTED: theme.not_connected,
    }.get(shown, theme.text_muted)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if shown in (Mark.UNCERTAIN, Mark.STALE, Mark.BAD, Mark.NOT_CONNECTED):
        solid = shown is Mark.BAD
        painter.setPen(pen(color, 1.5, Qt.PenStyle.SolidLine if solid else Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, 2, 2)
    disc = QRectF(0, 0, MARK_PX, MARK_PX)
    disc.moveCenter(at)
    painter.setPen(pen(color, 1.5))
    painter.setBrush(theme.surface)
    painter.drawEllipse(disc)
    middle = disc.center()
    if shown in _LETTERS:
        painter.setFont(font(12, bold=True))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, _LETTERS[shown])
    elif shown is Mark.STALE:
        painter.drawLine(middle, middle + QPointF(0, -5))
        painter.drawLine(middle, middle + QPointF(3.5, 1.5))
    elif shown is Mark.BAD:
        painter.drawLine(middle + QPointF(-3.5, -3.5), middle + QPointF(3.5, 3.5))
        painter.drawLine(middle + QPointF(-3.5, 3.5), middle + QPointF(3.5, -3.5))
    else:
        painter.drawLine(middle + QPointF(-4, 0), middle + QPointF(4, 0))
