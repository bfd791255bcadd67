"""Many small facts in one element: bits of a word, rows of values, and the time."""

from collections.abc import Hashable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from projects.model import ElementModel
from tags.clock import NS_PER_S
from tags.model import DataType
from views.bindings import Properties
from views.declarations import Property, PropertyKind
from views.elements.base import (
    LABEL,
    TAG,
    Element,
    Kind,
    Look,
    declared,
    pen,
    shown_value,
    text_width,
    unit_of,
)
from views.elements.shapes import ALIGNMENTS, SIZES_PX
from views.local_text import local_date
from views.quality import WAITING_TEXT, hidden_text, mark
from views.style import LABEL_PX
from views.symbols import paint_mark

_ROWS: Final = 12
_DISC_PX: Final = 14.0


class BitField(Element):
    """Paint a disc and a word for every named bit of a whole number."""

    kind = Kind(
        "bit_field",
        "Bit field",
        "The named bits of a word, one a line; set ones are bright and say so.",
        declared(
            TAG,
            Property("bits", PropertyKind.STATES, {"0": "Bit 0"}, "Names by bit number, from 0."),
            Property("on_text", PropertyKind.TEXT, "On", "Word of a set bit."),
            Property("off_text", PropertyKind.TEXT, "Off", "Word of a bit that is not set."),
        ),
        frozenset(kind for kind in DataType if kind.is_integer),
    )

    def picture_key(self) -> Hashable | None:
        """Return the word."""
        return self.properties.value("tag"), self.mark.hides_value

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint a line per bit."""
        theme, hidden = look.theme, self.mark.hides_value
        bits = self.properties.states("bits")
        height = self.rect.height() / max(1, len(bits))
        value = self.properties.value("tag")
        word = value if isinstance(value, int) else 0
        for place, (bit, name) in enumerate(bits.items()):
            line = QRectF(self.rect.x(), self.rect.y() + place * height, self.rect.width(), height)
            lit = not hidden and bool(word >> bit & 1)
            disc = QRectF(line.x() + 1, line.center().y() - _DISC_PX / 2, _DISC_PX, _DISC_PX)
            painter.setPen(pen(theme.outline, 2))
            painter.setBrush(theme.background if hidden else theme.running if lit else theme.stopped)
            painter.drawEllipse(disc)
            text = (
                hidden_text(self.mark) if hidden else self.properties.text("on_text" if lit else "off_text")
            )
            room = text_width(text, LABEL_PX, True) + 8
            name_box = line.adjusted(_DISC_PX + 10, 0, -room, 0)
            look.text(painter, name_box, name, owner=self.model.id)
            look.text(painter, line, text, Qt.AlignmentFlag.AlignRight, bold=True)


class Table(Element):
    """Paint rows of name, value and unit; every row has the status of its own tag."""

    kind = Kind(
        "table",
        "Table",
        f"Up to {_ROWS} tags as rows of name, value and unit.",
        declared(
            LABEL,
            *(Property(f"row{n}_tag", PropertyKind.TAG, "", f"Tag of row {n}.") for n in range(1, _ROWS + 1)),
            *(
                Property(f"row{n}_label", PropertyKind.TEXT, "", "Its name; default: the tag's description.")
                for n in range(1, _ROWS + 1)
            ),
        ),
    )
    has_static = True
    static_reads = frozenset({"label", *(f"row{n}_label" for n in range(1, _ROWS + 1))})
    shows_quality = False
    _LINE_PX = 28.0

    def rows(self) -> list[tuple[int, QRectF]]:
        """Return number and box of the rows that have a tag, below the label."""
        used = [n for n in range(1, _ROWS + 1) if self.properties.has(f"row{n}_tag")]
        top = self.rect.y() + (self._LINE_PX if self.properties.has("label") else 0.0)
        height = min(self._LINE_PX, (self.rect.bottom() - top) / max(1, len(used)))
        return [
            (n, QRectF(self.rect.x(), top + place * height, self.rect.width(), height))
            for place, n in enumerate(used)
        ]

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint label, names, units and lines between the rows."""
        theme = look.theme
        head = QRectF(self.rect.x(), self.rect.y(), self.rect.width(), self._LINE_PX)
        look.text(painter, head, self.properties.text("label"), bold=True, owner=self.model.id)
        for n, box in self.rows():
            painter.setPen(pen(theme.grid))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
            tag = self.properties.tag(f"row{n}_tag")
            name = self.properties.text(f"row{n}_label") or (tag.description or tag.path if tag else "")
            name_box = box.adjusted(4, 0, -box.width() * 0.45, 0)
            look.text(painter, name_box, name, color=theme.text_muted, owner=self.model.id)
            unit_box = box.adjusted(box.width() - self._unit_width() + 6, 0, 0, 0)
            unit = unit_of(self, f"row{n}_tag")
            look.text(painter, unit_box, unit, color=theme.text_muted, owner=self.model.id)

    def _unit_width(self) -> float:
        """Return the room at the right that the units need."""
        units = [unit_of(self, f"row{n}_tag") for n, _ in self.rows()]
        return max((text_width(unit, LABEL_PX, False) + 10 for unit in units if unit), default=4.0)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the values, each with the mark of its own status."""
        room = self._unit_width()
        for n, box in self.rows():
            text = shown_value(self, f"row{n}_tag")
            place = box.adjusted(box.width() * 0.55, 0, -room, 0)
            right = Qt.AlignmentFlag.AlignRight
            look.text(painter, place, text, right, bold=True, color=look.theme.value, owner=self.model.id)
            shown = mark(self.properties.evaluated(f"row{n}_tag").status)
            width = text_width(text, LABEL_PX, True)
            frame = QRectF(place.right() - width - 4, box.y() + 3, width + 8, box.height() - 6)
            paint_mark(painter, frame, frame.topLeft(), shown, look.theme)


class Clock(Element):
    """Paint the local time of this computer."""

    kind = Kind(
        "clock",
        "Clock",
        "The time of this computer.",
        declared(
            Property("date", PropertyKind.BOOLEAN, True, "Whether the date stands before the time."),
            Property("seconds", PropertyKind.BOOLEAN, True, "Whether seconds are shown."),
            Property("size", PropertyKind.CHOICE, "value", "Text size.", choices=tuple(SIZES_PX)),
            Property("align", PropertyKind.CHOICE, "left", "Alignment.", choices=tuple(ALIGNMENTS)),
        ),
    )
    keeps_history = True
    shows_quality = False

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self._text = ""

    @property
    def is_live(self) -> bool:
        """Tell that it follows the time."""
        return True

    def observe(self, now_ns: int) -> bool:
        """Take the time; tell whether it reads otherwise."""
        now = datetime.fromtimestamp(now_ns / NS_PER_S).astimezone()
        text = f"{now:%H:%M:%S}" if self.properties.flag("seconds") else f"{now:%H:%M}"
        text = f"{local_date(now_ns)} {text}" if self.properties.flag("date") else text
        changed, self._text = text != self._text, text
        return changed

    def accessible_name(self) -> str:
        """Return the time."""
        return self._text

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the time as last observed."""
        size_px, align = SIZES_PX[self.properties.text("size")], ALIGNMENTS[self.properties.text("align")]
        text = self._text or WAITING_TEXT
        look.text(painter, self.rect, text, align, size_px=size_px, bold=True, owner=self.model.id)
