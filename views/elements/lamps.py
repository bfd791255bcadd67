"""Two-state and multi-state displays: brightness and a word together (HMI-04)."""

from collections.abc import Hashable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from views.declarations import Property, PropertyKind
from views.elements.base import (
    DISCRETE,
    LABEL,
    TAG,
    Element,
    Kind,
    Look,
    declared,
    pen,
    shown_value,
    text_width,
)
from views.quality import hidden_text
from views.style import LABEL_PX

_DISC_PX = 18.0
_GAP_PX = 8.0


class Lamp(Element):
    """Paint a disc, bright when on, with its words."""

    kind = Kind(
        "lamp",
        "Lamp",
        "A disc that is bright when on, with a word.",
        declared(
            TAG,
            LABEL,
            Property("on_text", PropertyKind.TEXT, "On", "Word when on."),
            Property("off_text", PropertyKind.TEXT, "Off", "Word when off."),
            Property("show_text", PropertyKind.BOOLEAN, True, "Whether the word is written."),
        ),
        DISCRETE,
    )
    has_static = True
    static_reads = frozenset({"label"})

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the label, as far as the longer word leaves it room."""
        box = self.rect.adjusted(_DISC_PX + 10, 0, -self._word_px(), 0)
        look.text(painter, box, self.properties.text("label"), color=look.theme.text, owner=self.model.id)

    def _word_px(self) -> float:
        """Return what the words take at the right of a label, with a gap before them."""
        if not (self.properties.flag("show_text") and self.properties.has("label")):
            return 0.0
        both = (self.properties.text("on_text"), self.properties.text("off_text"))
        return max(text_width(word, LABEL_PX, True) for word in both) + _GAP_PX

    def picture_key(self) -> Hashable | None:
        """Return the state."""
        return (self.properties.flag("tag"), self.mark if self.mark.hides_value else None)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint disc and word."""
        theme, lit, hidden = look.theme, self.properties.flag("tag"), self.mark.hides_value
        disc = QRectF(self.rect.x() + 1, self.rect.center().y() - _DISC_PX / 2, _DISC_PX, _DISC_PX)
        painter.setPen(pen(theme.outline, 2))
        painter.setBrush(theme.background if hidden else theme.running if lit else theme.stopped)
        painter.drawEllipse(disc)
        if self.properties.flag("show_text"):
            word = (
                hidden_text(self.mark) if hidden else self.properties.text("on_text" if lit else "off_text")
            )
            align = (
                Qt.AlignmentFlag.AlignRight if self.properties.has("label") else Qt.AlignmentFlag.AlignLeft
            )
            box = self.rect.adjusted(_DISC_PX + 10, 0, 0, 0)
            look.text(painter, box, word, align, bold=True, owner=self.model.id)


_FILLS = ("running", "stopped", "transition", "neutral")


class MultiState(Element):
    """Paint a state's text on a field; brightness follows the groups of states."""

    kind = Kind(
        "multistate",
        "Multi-state display",
        "A field with the state's text; bright for running states, dark for stopped ones.",
        declared(
            TAG,
            LABEL,
            Property("states", PropertyKind.STATES, None, "Texts by number; default: the tag's."),
            Property("running", PropertyKind.TEXT, "", "Numbers of running states, such as '6'."),
            Property("stopped", PropertyKind.TEXT, "", "Numbers of stopped states."),
            Property("transition", PropertyKind.TEXT, "", "Numbers of states on their way."),
        ),
        DISCRETE,
    )

    def text(self) -> str:
        """Return the state's text."""
        value = self.properties.value("tag")
        own = self.properties.states("states")
        if own and isinstance(value, (int, float)) and value in own:
            return own[int(value)]
        return shown_value(self)

    def group(self) -> str:
        """Return the group of the present state."""
        value = self.properties.number("tag")
        if value.is_integer():
            for name in _FILLS[:3]:
                if str(int(value)) in self.properties.text(name).replace(",", " ").split():
                    return name
        return "neutral"

    def picture_key(self) -> Hashable | None:
        """Return state and texts."""
        return self.group(), self.text()

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint label, field and text."""
        theme, box = look.theme, QRectF(self.rect)
        label = self.properties.text("label")
        if label:
            field = box.left() + box.width() * 0.45
            beside = QRectF(box.left(), box.top(), field - box.left() - _GAP_PX, box.height())
            look.text(painter, beside, label, color=theme.text_muted, owner=self.model.id)
            box.setLeft(field)
        group = self.group()
        fills: dict[str, QColor] = {
            "running": theme.running,
            "stopped": theme.stopped,
            "transition": theme.transition,
            "neutral": theme.surface,
        }
        painter.setPen(pen(theme.outline, 1.5))
        painter.setBrush(fills[group])
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        look.text(
            painter,
            box.adjusted(6, 0, -6, 0),
            self.text(),
            Qt.AlignmentFlag.AlignHCenter,
            size_px=LABEL_PX,
            bold=True,
            color=ink_on(fills[group]),
            owner=self.model.id,
        )


def ink_on(fill: QColor) -> QColor:
    """Return black or white, whichever reads on ``fill``."""
    return QColor(Qt.GlobalColor.black) if fill.lightnessF() > 0.45 else QColor(Qt.GlobalColor.white)
