"""What does not move: texts, panels, lines and boxes that order a screen."""

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from views.bindings import Property, PropertyKind
from views.elements.base import Element, Kind, Look, declared, pen
from views.style import COLOR_ROLES, DISPLAY_PX, LABEL_PX, TITLE_PX, VALUE_PX

SIZES_PX = {"label": LABEL_PX, "value": VALUE_PX, "title": TITLE_PX, "display": DISPLAY_PX}
ALIGNMENTS = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}
_TITLE_H_PX = 32.0


class Text(Element):
    """Paint one or several lines of fixed or computed text."""

    kind = Kind(
        "text",
        "Text",
        "Text that explains; an expression makes it follow tags.",
        declared(
            Property("text", PropertyKind.TEXT, "", "What is written; \\n starts a new line.", live=True),
            Property("size", PropertyKind.CHOICE, "label", "Text size.", choices=tuple(SIZES_PX)),
            Property("align", PropertyKind.CHOICE, "left", "Alignment.", choices=tuple(ALIGNMENTS)),
            Property("bold", PropertyKind.BOOLEAN, False, "Heavier strokes."),
            Property("color", PropertyKind.CHOICE, "text", "Colour role.", choices=COLOR_ROLES),
        ),
    )
    has_static = True

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the text when it is fixed."""
        if not self.properties.is_live("text"):
            self._paint(painter, look)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the text when it follows tags."""
        if self.properties.is_live("text"):
            self._paint(painter, look)

    def picture_key(self) -> Hashable | None:
        """Return the text."""
        return self.properties.text("text")

    def accessible_name(self) -> str:
        """Return the text itself."""
        return self.properties.text("text")

    def _paint(self, painter: QPainter, look: Look) -> None:
        size_px = SIZES_PX[self.properties.text("size")]
        lines = self.properties.text("text").split("\n")
        height = self.rect.height() / len(lines) if len(lines) == 1 else size_px * 1.4
        for row, line in enumerate(lines):
            look.text(
                painter,
                QRectF(self.rect.x(), self.rect.y() + row * height, self.rect.width(), height),
                line,
                ALIGNMENTS[self.properties.text("align")],
                size_px=size_px,
                bold=self.properties.flag("bold"),
                color=look.theme.color(self.properties.text("color")),
                owner=self.model.id,
            )


class Panel(Element):
    """Paint the surface that holds a group together, with its title."""

    kind = Kind(
        "panel",
        "Panel",
        "A surface with a title that groups elements.",
        declared(
            Property("title", PropertyKind.TEXT, "", "Written at the top."),
            Property("color", PropertyKind.CHOICE, "panel", "Surface.", choices=COLOR_ROLES),
            Property("border", PropertyKind.BOOLEAN, True, "Whether the edge is drawn."),
        ),
    )
    has_static = True

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint surface, edge and title."""
        theme = look.theme
        painter.setPen(pen(theme.border) if self.properties.flag("border") else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(self.properties.text("color")))
        painter.drawRoundedRect(self.rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        title = QRectF(self.rect.x() + 16, self.rect.y() + 6, self.rect.width() - 32, _TITLE_H_PX - 4)
        look.text(
            painter, title, self.properties.text("title"), bold=True, color=theme.text, owner=self.model.id
        )

    def accessible_name(self) -> str:
        """Return the title."""
        return self.properties.text("title")


class Rectangle(Element):
    """Paint a plain box."""

    kind = Kind(
        "rectangle",
        "Rectangle",
        "A plain box.",
        declared(
            Property("fill", PropertyKind.CHOICE, "panel", "Colour role.", choices=COLOR_ROLES),
            Property("line", PropertyKind.CHOICE, "border", "Colour role.", choices=COLOR_ROLES),
            Property("line_width", PropertyKind.NUMBER, 1, "Width of the edge; 0 draws none."),
            Property("radius", PropertyKind.NUMBER, 0, "Radius of the corners."),
        ),
    )
    has_static = True

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the box."""
        width = self.properties.number("line_width")
        painter.setPen(
            pen(look.theme.color(self.properties.text("line")), width) if width else Qt.PenStyle.NoPen
        )
        painter.setBrush(look.theme.color(self.properties.text("fill")))
        half, radius = width / 2, self.properties.number("radius")
        painter.drawRoundedRect(self.rect.adjusted(half, half, -half, -half), radius, radius)


class Line(Element):
    """Paint a straight line along the longer side of its box."""

    kind = Kind(
        "line",
        "Line",
        "A straight line: along the middle of a flat box, or across a box from corner to corner.",
        declared(
            Property("color", PropertyKind.CHOICE, "border", "Colour role.", choices=COLOR_ROLES),
            Property("line_width", PropertyKind.NUMBER, 1, "Width."),
            Property("diagonal", PropertyKind.BOOLEAN, False, "From corner to corner."),
        ),
    )
    has_static = True

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the line."""
        painter.setPen(
            pen(look.theme.color(self.properties.text("color")), self.properties.number("line_width"))
        )
        box = self.rect
        if self.properties.flag("diagonal"):
            painter.drawLine(box.topLeft(), box.bottomRight())
        elif box.width() >= box.height():
            painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
        else:
            painter.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()))


class Pipe(Element):
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
            Property("color", PropertyKind.CHOICE, "pipe", "Colour role.", choices=COLOR_ROLES),
            Property(
                "flowing",
                PropertyKind.BOOLEAN,
                None,
                "Whether something flows: a full line, else a hollow one; default: not told.",
                live=True,
            ),
        ),
    )
    has_static = True

    def corners(self) -> list[QPointF]:
        """Return the corners in screen pixels; a pair that does not parse is left out."""
        found = []
        for pair in self.properties.text("points").split():
            x, _, y = pair.partition(",")
            try:
                found.append(QPointF(self.rect.x() + float(x), self.rect.y() + float(y)))
            except ValueError:
                continue
        if len(found) > 1:
            return found
        box, middle = self.rect, self.rect.center()
        if box.width() >= box.height():
            return [QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y())]
        return [QPointF(middle.x(), box.top()), QPointF(middle.x(), box.bottom())]

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the line when it follows nothing."""
        if not self.properties.is_live("flowing"):
            self._paint(painter, look)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the line when it tells whether something flows."""
        if self.properties.is_live("flowing"):
            self._paint(painter, look)

    def picture_key(self) -> Hashable | None:
        """Return whether something flows."""
        return self.properties.flag("flowing"), self.mark.hides_value

    def _paint(self, painter: QPainter, look: Look) -> None:
        color = look.theme.color(self.properties.text("color"))
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
