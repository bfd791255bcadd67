"""A live value as number, text or state."""

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from views.declarations import Property, PropertyKind
from views.elements.base import (
    LABEL,
    TAG,
    Element,
    Kind,
    Look,
    declared,
    shown_value,
    text_width,
    unit_of,
)
from views.elements.shapes import ALIGNMENTS, SIZES_PX
from views.style import LABEL_PX

_GAP_PX = 6.0
_STACK_LABEL_PX = 22.0
_MARK_PX = 14.0
"""Room that the sign of a bad value takes at the left of its frame."""


class Value(Element):
    """Paint label, value and unit; the value stands out, the rest steps back."""

    kind = Kind(
        "value",
        "Value",
        "A number, text or state with its label and unit.",
        declared(
            TAG,
            LABEL,
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
            Property("show_unit", PropertyKind.BOOLEAN, True, "Whether the unit is written."),
            Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
            Property("size", PropertyKind.CHOICE, "value", "Size of the value.", choices=tuple(SIZES_PX)),
            Property("align", PropertyKind.CHOICE, "right", "Place of the value.", choices=tuple(ALIGNMENTS)),
            Property("stack", PropertyKind.BOOLEAN, False, "Label above the value rather than left of it."),
            Property("unit_width", PropertyKind.NUMBER, 0, "Width kept for the unit; 0: as needed."),
            Property("label_width", PropertyKind.NUMBER, 0, "Width kept for the label; 0: as needed."),
        ),
    )
    has_static = True
    static_reads = frozenset(
        {"label", "unit", "show_unit", "size", "align", "stack", "unit_width", "label_width"}
    )
    shows_alarms = True
    marks_at_left = True

    def mark_rect(self) -> QRectF:
        """Return the box of the number as it is written."""
        box = self.value_rect()
        width = text_width(self.text(), SIZES_PX[self.properties.text("size")], True)
        align = self.properties.text("align")
        if align == "right":
            box.setLeft(max(box.left(), box.right() - width - 6))
        elif align == "left":
            box.setWidth(min(box.width(), width + 4))
        return box.adjusted(-2, 2, 4, -2)

    def reason_rect(self) -> QRectF | None:
        """Return the room between label and value, where a bad one's reason stands."""
        if self.properties.flag("stack") or self.properties.text("align") != "right":
            return None
        box = self.value_rect()
        return box.adjusted(_GAP_PX, 0, self.mark_rect().left() - box.right() - _MARK_PX, 0)

    def text(self) -> str:
        """Return the value as it is written."""
        return shown_value(self, decimals=self.decimals())

    def alarm_anchor(self) -> QPointF:
        """Return the middle of the alarm symbol: left of the label."""
        return QPointF(self.rect.left() - 13, self.rect.center().y())

    def decimals(self) -> int | None:
        """Return the decimals asked for, None for the tag's own."""
        wanted = self.properties.number("decimals", -1.0)
        return None if wanted < 0 else int(wanted)

    def unit(self) -> str:
        """Return the unit to write, empty for none."""
        return unit_of(self) if self.properties.flag("show_unit") else ""

    def value_rect(self) -> QRectF:
        """Return the box of the number itself: left of the unit, right of or below the label."""
        box = QRectF(self.rect)
        label = self.properties.text("label")
        if self.properties.flag("stack"):
            box.setTop(box.top() + _STACK_LABEL_PX)
        elif label:
            kept = self.properties.number("label_width")
            box.setLeft(box.left() + max(kept, text_width(label, LABEL_PX, False) + _GAP_PX))
        unit, kept = self.unit(), self.properties.number("unit_width")
        if (unit or kept) and self.properties.text("align") == "right":
            box.setRight(box.right() - max(text_width(unit, LABEL_PX, False), kept) - _GAP_PX)
        return box

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint label and unit."""
        self._paint_label(painter, look)
        unit, align = self.unit(), self.properties.text("align")
        if unit and align == "right":
            look.text(
                painter,
                self._baseline_rect(self.value_rect()).adjusted(0, 0, 400, 0),
                unit,
                color=look.theme.text_muted,
                owner=self.model.id,
            )

    def picture_key(self) -> Hashable | None:
        """Return the text of a state; a number seldom comes back."""
        tag = self.properties.tag()
        if tag is None or (tag.data_type.is_numeric and not tag.states):
            return None
        return self.text(), self.mark.hides_value

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the value, and the unit when it stands behind a left-aligned one."""
        size_px = SIZES_PX[self.properties.text("size")]
        align = self.properties.text("align")
        text = self.text()
        box = self.value_rect()
        color = look.theme.not_connected if self.mark.is_muted else look.theme.value
        unit = self.unit() if align != "right" else ""
        if align == "center" and unit:
            box.setRight(box.right() - text_width(unit, LABEL_PX, False) - _GAP_PX)
        look.text(
            painter,
            box,
            text,
            ALIGNMENTS[align],
            size_px=size_px,
            bold=True,
            color=color,
            owner=self.model.id,
        )
        if unit:
            width = text_width(text, size_px, True)
            start = box.left() + (width if align == "left" else (box.width() + width) / 2)
            place = self._baseline_rect(QRectF(start, box.y(), 0, box.height()))
            look.text(painter, place.adjusted(0, 0, 400, 0), unit, color=look.theme.text_muted)

    def _baseline_rect(self, box: QRectF) -> QRectF:
        """Return where the unit goes so that it stands on the value's base line."""
        drop = (SIZES_PX[self.properties.text("size")] - LABEL_PX) * 0.36
        return QRectF(box.right() + _GAP_PX, box.y() + drop, 0.0, box.height())

    def _paint_label(self, painter: QPainter, look: Look) -> None:
        if not self.properties.has("label"):
            return
        box = QRectF(self.rect)
        if self.properties.flag("stack"):
            box.setHeight(_STACK_LABEL_PX)
        align = Qt.AlignmentFlag.AlignLeft
        if self.properties.flag("stack"):
            align = ALIGNMENTS[self.properties.text("align")]
        look.text(
            painter,
            box,
            self.properties.text("label"),
            align,
            color=look.theme.text_muted,
            owner=self.model.id,
        )
