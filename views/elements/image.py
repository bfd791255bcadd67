"""Pictures of the project: logos, photographs and plans, scaled once for the screen's pixels."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QTransform
from PySide6.QtSvg import QSvgRenderer

from projects.drawings import DrawingError, Node, read_drawing, recolored, svg
from projects.model import Library
from tags.spelling import near_misses
from views.color_vision import ColorVision, seen_image, seen_text
from views.declarations import READ_ONCE, BindingError, Property, PropertyKind
from views.elements.base import Kind, Look, declared
from views.elements.shapes import Shape
from views.words import word

MOST_PX: Final = 8_192
"""Most pixels along a side; a larger picture takes more than 256 MB."""
FILE: Final = Property(
    "file", PropertyKind.FILE, "", "The picture, by its path in the project.", fixed=READ_ONCE
)


def picture_data(library: Library, file: str) -> bytes:
    """Return the content of a picture of the project.

    Raises:
        BindingError: there is none of this name.
    """
    if not file:
        raise BindingError("file: expected a picture of the project, such as images/logo.png")
    data = library.pictures.get(file)
    if data is None:
        near = near_misses(file, library.pictures)
        if near:
            text = word("The project has no picture {}; did you mean {}?")
            raise BindingError(text.format(repr(file), ", ".join(near)))
        raise BindingError(word("The project has no picture {}.").format(repr(file)))
    return data


@lru_cache(maxsize=32)
def decoded(data: bytes) -> QImage:
    """Return the pixels of a PNG or JPEG file; kept, as one picture often stands on many screens.

    Raises:
        BindingError: it is no such picture, or too large.
    """
    kept = QByteArray(data)
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.width() > MOST_PX or size.height() > MOST_PX:
        raise BindingError(f"file: is {size.width()} x {size.height()} pixels; at most {MOST_PX} x {MOST_PX}")
    image = reader.read()
    if image.isNull():
        raise BindingError(f"file: is no {kind.upper()} picture: {reader.errorString()}")
    return image


@lru_cache(maxsize=512)
def svg_renderer(source: bytes) -> QSvgRenderer:
    """Return what paints an SVG file; not to be changed."""
    return QSvgRenderer(QByteArray(source))


def seen_node(node: Node, vision: ColorVision) -> Node:
    """Return a drawing's tree in the colours that are seen."""
    return node if vision is ColorVision.NORMAL else recolored(node, lambda color: seen_text(color, vision))


class Image(Shape):
    """Paint a picture of the project; it is scaled for the very pixels of the screen, once."""

    kind = Kind(
        "image",
        "Image",
        "A picture of the project's folder 'images': PNG, JPEG or SVG.",
        declared(
            FILE,
            Property(
                "fit",
                PropertyKind.CHOICE,
                "contain",
                "How it fills its box.",
                choices=("contain", "stretch", "actual"),
            ),
            Property("text", PropertyKind.TEXT, "", "What it shows, for those who cannot see it."),
        ),
    )
    _image: QImage | None = None
    _root: Node | None = None

    def equip(self, library: Library) -> None:
        """Read the picture.

        Raises:
            BindingError: it is missing or cannot be read.
        """
        file = self.properties.text("file")
        data = picture_data(library, file)
        if not file.endswith(".svg"):
            self._image = decoded(data)
            return
        try:
            self._root = read_drawing(data).root
        except DrawingError as error:
            raise BindingError(f"file: {file} {error}") from None

    def accessible_name(self) -> str:
        """Return what the picture shows."""
        return self.properties.text("text") or super().accessible_name()

    def place(self) -> QRectF:
        """Return where the picture is painted, in screen pixels."""
        if self._image is not None:
            size = QSizeF(self._image.size())
        else:
            size = QSizeF() if self._root is None else svg_renderer(svg(self._root)).viewBoxF().size()
        fit = self.properties.text("fit")
        if fit == "contain":
            size.scale(self.rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        elif fit == "stretch":
            size = self.rect.size()
        found = QRectF(self.rect.topLeft(), size)
        found.moveCenter(self.rect.center())
        return found

    def paint_shape(self, painter: QPainter, look: Look) -> None:
        """Paint the picture; what does not fit in its actual size is cut at the box."""
        vision = look.theme.vision
        painter.save()
        painter.setClipRect(self.rect, Qt.ClipOperation.IntersectClip)
        if self._root is not None:
            svg_renderer(svg(seen_node(self._root, vision))).render(painter, self.place())
        elif self._image is not None:
            # Qt blurs what it scales while it paints; scaled to device pixels beforehand it stays crisp.
            ratio = painter.device().devicePixelRatio()
            to_device = painter.transform() * QTransform.fromScale(ratio, ratio)
            box = to_device.mapRect(self.place())
            size = box.size().toSize()
            painter.setTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
            whole = Qt.AspectRatioMode.IgnoreAspectRatio
            scaled = self._image.scaled(size, whole, Qt.TransformationMode.SmoothTransformation)
            scaled = scaled if vision is ColorVision.NORMAL else seen_image(scaled, vision)
            painter.drawImage(box.topLeft().toPoint(), scaled)
        painter.restore()
