"""Drawings of the project whose parts follow tags: shown or not, filled by a role, filled up to a level."""

import math

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from projects.drawings import DrawingError, Layer, read_drawing, svg
from projects.model import Library
from views.declarations import BindingError, Property, PropertyKind
from views.elements.base import LABEL, TAG, Kind, Look, declared
from views.elements.image import FILE, picture_data, seen_node, svg_renderer
from views.elements.shapes import Shape
from views.quality import mark

_LABEL_PX = 20.0


class Drawing(Shape):
    """Paint an SVG drawing part by part; nothing in it turns or moves (HMI-07)."""

    kind = Kind(
        "drawing",
        "Drawing",
        "An SVG drawing of the project's folder 'symbols'; its parts, by their id, follow tags.",
        declared(
            FILE,
            TAG,
            LABEL,
            Property(
                "parts",
                PropertyKind.PARTS,
                None,
                "What parts follow: 'visible', 'fill' and 'line' (colour roles), 'level' from 0 to 1.",
            ),
        ),
    )
    shows_alarms = True
    _layers: tuple[Layer, ...] = ()
    _size = QSizeF(1.0, 1.0)

    def equip(self, library: Library) -> None:
        """Read the drawing and cut it at its parts.

        Raises:
            BindingError: it is missing, cannot be read, or has no such part.
        """
        file = self.properties.text("file")
        data = picture_data(library, file)
        parts = self.model.properties.get("parts")
        try:
            drawing = read_drawing(data)
            self._layers = drawing.layers(list(parts) if isinstance(parts, dict) else [])
        except DrawingError as error:
            raise BindingError(f"file: {file}: {error}") from None
        self._size = QSizeF(drawing.width, drawing.height)

    def body(self) -> QRectF:
        """Return where the drawing is painted: as large as fits below the label."""
        box = QRectF(self.rect)
        if self.properties.has("label"):
            box.setTop(box.top() + _LABEL_PX)
        found = QRectF(box.topLeft(), self._size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio))
        found.moveCenter(box.center())
        return found

    def mark_rect(self) -> QRectF:
        """Return the box of the drawing."""
        return self.body()

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the label and one part after the other."""
        head = QRectF(self.rect.x(), self.rect.y(), self.rect.width(), _LABEL_PX)
        middle = Qt.AlignmentFlag.AlignHCenter
        label = self.properties.text("label")
        look.text(painter, head, label, middle, color=look.theme.text_muted, owner=self.model.id)
        body = self.body()
        for layer in self._layers:
            self._paint_layer(painter, look, layer, body)

    def _paint_layer(self, painter: QPainter, look: Look, layer: Layer, body: QRectF) -> None:
        if not layer.part:
            svg_renderer(svg(seen_node(layer.root, look.theme.vision))).render(painter, body)
            return
        name = f"parts.{layer.part}"
        if self.properties.evaluated(f"{name}.visible").value is False:
            return
        fill = self._role(look, f"{name}.fill")
        root = seen_node(layer.root, look.theme.vision)
        renderer = svg_renderer(svg(root, fill, self._role(look, f"{name}.line")))
        if not self._follows_level(name):
            renderer.render(painter, body)
            return
        level = self.properties.number(f"{name}.level")
        if math.isnan(level):
            return
        part = renderer.transformForElement(layer.part).mapRect(renderer.boundsOnElement(layer.part))
        box = renderer.viewBoxF()
        scale = body.width() / box.width()
        height = part.height() * min(1.0, max(0.0, level))
        painter.save()
        shown = QRectF(
            body.x() + (part.x() - box.x()) * scale - 1,
            body.y() + (part.bottom() - height - box.y()) * scale,
            part.width() * scale + 2,
            height * scale + 1,
        )
        painter.setClipRect(shown, Qt.ClipOperation.IntersectClip)
        renderer.render(painter, body)
        painter.restore()

    def _follows_level(self, name: str) -> bool:
        return self.properties.has(f"{name}.level")

    def _role(self, look: Look, name: str) -> str:
        """Return the colour of a part's role; the ground while it is not known, nothing if none is given."""
        if not self.properties.has(name):
            return ""
        if self.properties.is_live(name) and mark(self.properties.evaluated(name).status).hides_value:
            return look.theme.background.name()
        return look.theme.color(self.properties.text(name) or "background").name()
