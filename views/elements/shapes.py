"""What does not move: texts, panels, lines and boxes that order a screen."""

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from projects.model import ElementModel
from views.bindings import Properties
from views.declarations import Property, PropertyKind
from views.elements.base import Element, Kind, Look, declared, pen
from views.quality import hidden_text, mark
from views.style import DISPLAY_PX, LABEL_PX, TITLE_PX, VALUE_PX
from views.words import computed_text

SIZES_PX = {"label": LABEL_PX, "value": VALUE_PX, "title": TITLE_PX, "display": DISPLAY_PX}
ALIGNMENTS = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}
_TITLE_H_PX = 32.0


def color(name: str, default: str, help_text: str = "Colour role.") -> Property:
    """Return a property that holds a colour role."""
    return Property(name, PropertyKind.COLOR, default, help_text)


class Shape(Element):
    """Paint what is the same for ever while nothing of it follows tags, else when an input changed."""

    has_static = True

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self._follows = not properties.bindings.keys() <= {"visible", "tool_tip"}

    def ink(self, look: Look, name: str = "color") -> QColor:
        """Return the colour of a property's role; while that is not known, the one of its default."""
        return look.theme.color(self.properties.text(name))

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the shape when it follows nothing."""
        if not self._follows:
            self.paint_shape(painter, look)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the shape when it follows tags."""
        if self._follows:
            self.paint_shape(painter, look)

    def picture_key(self) -> Hashable | None:
        """Return nothing more than is followed."""
        return ()

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the shape."""
        raise NotImplementedError


class Text(Shape):
    """Paint one or several lines of fixed or computed text."""

    kind = Kind(
        "text",
        "Text",
        "Text that explains; an expression makes it follow tags.",
        declared(
            Property("text", PropertyKind.TEXT, "", "What is written; \\n starts a new line."),
            Property("size", PropertyKind.CHOICE, "label", "Text size.", choices=tuple(SIZES_PX)),
            Property("align", PropertyKind.CHOICE, "left", "Alignment.", choices=tuple(ALIGNMENTS)),
            Property("bold", PropertyKind.BOOLEAN, False, "Heavier strokes."),
            color("color", "text"),
        ),
    )

    def accessible_name(self) -> str:
        """Return the text itself."""
        return self.shown_text()

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the lines."""
        self.paint_text(painter, look, self.shown_text())

    def shown_text(self) -> str:
        """Return the text, a computed number as the language writes it, or what stands for a hidden one."""
        found = self.properties.evaluated("text")
        shown = mark(found.status)
        is_hidden = self.properties.is_live("text") and shown.hides_value
        return hidden_text(shown) if is_hidden else computed_text(found.value)

    def paint_text(self, painter: QPainter, look: Look, text: str) -> None:
        """Paint the lines of a text as those of the element."""
        size_px = SIZES_PX[self.properties.text("size")]
        lines = text.split("\n")
        height = self.rect.height() / len(lines) if len(lines) == 1 else size_px * 1.4
        for row, line in enumerate(lines):
            look.text(
                painter,
                QRectF(self.rect.x(), self.rect.y() + row * height, self.rect.width(), height),
                line,
                ALIGNMENTS[self.properties.text("align")],
                size_px=size_px,
                bold=self.properties.flag("bold"),
                color=self.ink(look),
                owner=self.model.id,
            )


class Panel(Shape):
    """Paint the surface that holds a group together, with its title."""

    kind = Kind(
        "panel",
        "Panel",
        "A surface with a title that groups elements.",
        declared(
            Property("title", PropertyKind.TEXT, "", "Written at the top."),
            color("color", "panel", "Surface."),
            Property("border", PropertyKind.BOOLEAN, True, "Whether the edge is drawn."),
        ),
    )

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint surface, edge and title."""
        theme = look.theme
        painter.setPen(pen(theme.border) if self.properties.flag("border") else Qt.PenStyle.NoPen)
        painter.setBrush(self.ink(look))
        painter.drawRoundedRect(self.rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        title = QRectF(self.rect.x() + 16, self.rect.y() + 6, self.rect.width() - 32, _TITLE_H_PX - 4)
        look.text(
            painter, title, self.properties.text("title"), bold=True, color=theme.text, owner=self.model.id
        )

    def accessible_name(self) -> str:
        """Return the title."""
        return self.properties.text("title")


class Rectangle(Shape):
    """Paint a plain box."""

    kind = Kind(
        "rectangle",
        "Rectangle",
        "A plain box.",
        declared(
            color("fill", "panel"),
            color("line", "border"),
            Property("line_width", PropertyKind.NUMBER, 1, "Width of the edge; 0 draws none."),
            Property("radius", PropertyKind.NUMBER, 0, "Radius of the corners."),
        ),
    )

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the box."""
        width = self.properties.number("line_width")
        painter.setPen(pen(self.ink(look, "line"), width) if width else Qt.PenStyle.NoPen)
        painter.setBrush(self.ink(look, "fill"))
        half, radius = width / 2, self.properties.number("radius")
        painter.drawRoundedRect(self.rect.adjusted(half, half, -half, -half), radius, radius)


class Line(Shape):
    """Paint a straight line along the longer side of its box."""

    kind = Kind(
        "line",
        "Line",
        "A straight line: along the middle of a flat box, or across a box from corner to corner.",
        declared(
            color("color", "border"),
            Property("line_width", PropertyKind.NUMBER, 1, "Width."),
            Property("diagonal", PropertyKind.BOOLEAN, False, "From corner to corner."),
        ),
    )

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the line."""
        painter.setPen(pen(self.ink(look), self.properties.number("line_width")))
        box = self.rect
        if self.properties.flag("diagonal"):
            painter.drawLine(box.topLeft(), box.bottomRight())
        elif box.width() >= box.height():
            painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
        else:
            painter.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()))


def points_of(element: Element, name: str = "points") -> list[QPointF]:
    """Return the corners 'x,y x,y' of a property in screen pixels; a pair that does not parse is left out."""
    found = []
    for pair in element.properties.text(name).split():
        x, _, y = pair.partition(",")
        try:
            found.append(QPointF(element.rect.x() + float(x), element.rect.y() + float(y)))
        except ValueError:
            continue
    return found


class Pipe(Shape):
    """Paint a process line through given corners; static, without moving flow (HMI-07)."""

    kind = Kind(
        "pipe",
        "Pipe",
        "A process line through corners, with an arrow at its end when wanted.",
        declared(
            Property(
                "points",
                PropertyKind.TEXT,
                "",
                "Corners as 'x,y x,y', relative to the element; empty: straight along the longer side.",
            ),
            Property("line_width", PropertyKind.NUMBER, 4, "Width."),
            Property("arrow", PropertyKind.BOOLEAN, False, "Arrow at the end."),
            color("color", "pipe"),
            Property(
                "flowing",
                PropertyKind.BOOLEAN,
                None,
                "Whether something flows: a full line, else a hollow one; default: not told.",
            ),
        ),
    )

    def corners(self) -> list[QPointF]:
        """Return the corners in screen pixels."""
        found = points_of(self)
        if len(found) > 1:
            return found
        box, middle = self.rect, self.rect.center()
        if box.width() >= box.height():
            return [QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y())]
        return [QPointF(middle.x(), box.top()), QPointF(middle.x(), box.bottom())]

    def picture_key(self) -> Hashable | None:
        """Return whether it is known that something flows."""
        return self.mark.hides_value

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the line, hollow when nothing flows, and the arrow."""
        color = self.ink(look)
        width = self.properties.number("line_width")
        corners = self.corners()
        painter.setPen(pen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(corners)
        if self.properties.has("flowing") and not self.properties.flag("flowing"):
            painter.setPen(pen(look.theme.background, max(1.0, width - 2.5)))
            painter.drawPolyline(corners)
        if self.properties.flag("arrow"):
            end, before = corners[-1], corners[-2]
            along = end - before
            length = max(1.0, (along.x() ** 2 + along.y() ** 2) ** 0.5)
            step = along / length
            side = QPointF(-step.y(), step.x())
            size = width * 2.0
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPolygon(
                [
                    end + step * size,
                    end - step * size * 0.5 + side * size,
                    end - step * size * 0.5 - side * size,
                ]
            )
