"""Figures to draw with: ellipse, polygon, polyline and arc; each colour may follow tags."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from views.declarations import Property, PropertyKind
from views.elements.base import Kind, Look, declared, pen
from views.elements.shapes import Shape, color, points_of

_EDGE = Property("line_width", PropertyKind.NUMBER, 2, "Width of the edge; 0 draws none.")
_POINTS = Property("points", PropertyKind.TEXT, "", "Corners as 'x,y x,y', relative to the element.")
_DEGREES = 16
"""Qt counts angles in sixteenths of a degree."""


class Figure(Shape):
    """Paint a figure with an edge."""

    def edge(self, look: Look) -> QPen | Qt.PenStyle:
        """Return the pen of the edge, none for a width of 0."""
        width = self.properties.number("line_width")
        if not width > 0:
            return Qt.PenStyle.NoPen
        found = pen(self.ink(look, "line"), width)
        found.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return found

    def inner(self) -> QRectF:
        """Return the box in which the edge lies wholly."""
        half = max(0.0, self.properties.number("line_width")) / 2
        return self.rect.adjusted(half, half, -half, -half)


class Ellipse(Figure):
    """Paint an ellipse."""

    kind = Kind(
        "ellipse",
        "Ellipse",
        "An ellipse or a disc.",
        declared(color("fill", "panel"), color("line", "outline"), _EDGE),
    )

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the ellipse."""
        painter.setPen(self.edge(look))
        painter.setBrush(self.ink(look, "fill"))
        painter.drawEllipse(self.inner())


class Polygon(Figure):
    """Paint a filled figure through given corners."""

    kind = Kind(
        "polygon",
        "Polygon",
        "A filled figure through corners.",
        declared(_POINTS, color("fill", "panel"), color("line", "outline"), _EDGE),
    )

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the figure; without three corners, a diamond that fills the box."""
        corners = points_of(self)
        if len(corners) < 3:
            box = self.inner()
            corners = [
                (box.topLeft() + box.topRight()) / 2,
                (box.topRight() + box.bottomRight()) / 2,
                (box.bottomRight() + box.bottomLeft()) / 2,
                (box.bottomLeft() + box.topLeft()) / 2,
            ]
        painter.setPen(self.edge(look))
        painter.setBrush(self.ink(look, "fill"))
        painter.drawPolygon(corners)


class Polyline(Figure):
    """Paint an open line through given corners."""

    kind = Kind(
        "polyline",
        "Polyline",
        "An open line through corners.",
        declared(_POINTS, color("line", "outline"), _EDGE),
    )

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the line; without two corners, from corner to corner of the box."""
        corners = points_of(self)
        if len(corners) < 2:
            corners = [self.rect.topLeft(), self.rect.bottomRight()]
        painter.setPen(self.edge(look))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(corners)


class Arc(Figure):
    """Paint a part of an ellipse's edge."""

    kind = Kind(
        "arc",
        "Arc",
        "A part of an ellipse's edge; with an expression for 'span', a ring that fills.",
        declared(
            Property("start", PropertyKind.NUMBER, 0, "Degrees clockwise from 12 o'clock."),
            Property("span", PropertyKind.NUMBER, 270, "Degrees clockwise from the start."),
            color("line", "outline"),
            Property("line_width", PropertyKind.NUMBER, 8, "Width of the line."),
        ),
    )

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the arc; nothing while its span is not known."""
        if self.properties.value("span") is None or self.properties.value("start") is None:
            return
        span = max(-360.0, min(360.0, self.properties.number("span", 0.0)))
        start = self.properties.number("start", 0.0) % 360
        painter.setPen(self.edge(look))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Qt turns counter-clockwise from 3 o'clock.
        painter.drawArc(self.inner(), round((90 - start) * _DEGREES), round(-span * _DEGREES))
