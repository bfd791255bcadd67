"""What stands in for an element that cannot be shown, and says why."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QTextLayout, QTextOption

from projects.model import ElementModel
from projects.stand_ins import TEXT_SCALE
from tags.model import TagTable
from views.bindings import Properties
from views.elements.base import Element, Kind, Look, cached_font, declared, pen, text_width
from views.style import LABEL_PX


class Placeholder(Element):
    """Paint a dashed box with the reason; the model is kept as it was read."""

    kind = Kind("placeholder", "Placeholder", "Stands for what cannot be shown.", declared())
    has_static = True

    def __init__(self, model: ElementModel, problem: str) -> None:
        plain = ElementModel(model.id, model.type, model.x, model.y, model.w, model.h)
        super().__init__(plain, Properties(self.kind.properties, plain, TagTable(())))
        self.problem = problem
        scale = model.properties.get(TEXT_SCALE, 1.0)
        self._text_px = LABEL_PX * (float(scale) if isinstance(scale, int | float) else 1.0)

    def accessible_name(self) -> str:
        """Return what is wrong."""
        return f"{self.model.id}: {self.problem}"

    def tool_tip(self) -> list[str]:
        """Return what is wrong, in full."""
        return [f"{self.model.type} {self.model.id!r}", self.problem]

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the box with as much of the reason as fits."""
        theme = look.theme
        painter.setPen(pen(theme.outline, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(theme.panel)
        painter.drawRect(self.rect.adjusted(1, 1, -1, -1))
        box, text = self.rect.adjusted(6, 2, -6, -2), f"⚠ {self.problem}"
        size_px = self._text_px
        if box.height() < 2 * size_px * 1.4 or text_width(text, size_px, False) <= box.width():
            look.text(painter, box, text, size_px=size_px, color=theme.text)
            return
        lines = lines_of(text, box.width(), size_px)
        step = QFontMetricsF(cached_font(size_px, False)).lineSpacing()
        shown = max(1, int(box.height() // step))
        # One that is too long is cut at its end only: the beginning says what is wrong.
        if len(lines) > shown:
            lines = [*lines[: shown - 1], " ".join(lines[shown - 1 :])]
        top = box.center().y() - len(lines) * step / 2
        for row, line in enumerate(lines):
            place = QRectF(box.x(), top + row * step, box.width(), step)
            look.text(painter, place, line, size_px=size_px, color=theme.text)


def lines_of(text: str, width: float, size_px: float) -> list[str]:
    """Break a text into lines at its blanks; only a word that is longer than a line is broken itself."""
    layout = QTextLayout(text, cached_font(size_px, False))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    found = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        found.append(text[line.textStart() : line.textStart() + line.textLength()].rstrip())
    layout.endLayout()
    return found
