"""What stands in for an element that cannot be shown, and says why."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from projects.model import ElementModel
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
        if box.height() < 2 * LABEL_PX * 1.4 or text_width(text, LABEL_PX, False) <= box.width():
            look.text(painter, box, text, color=theme.text)
            return
        painter.save()
        painter.setFont(cached_font(LABEL_PX, False))
        painter.setPen(theme.text)
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        wrapped = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        # One that is too long is cut at its end only: the beginning says what is wrong.
        fits = painter.boundingRect(box, wrapped, text).height() <= box.height()
        painter.drawText(
            box, wrapped | (Qt.AlignmentFlag.AlignVCenter if fits else Qt.AlignmentFlag.AlignTop), text
        )
        painter.restore()
