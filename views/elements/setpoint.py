"""Set-point entry: the live value stays visible, what is typed is separate until the device confirms it."""

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from views.declarations import Property, PropertyKind
from views.elements.base import (
    LABEL,
    NUMERIC,
    WRITTEN_TAG,
    Action,
    EditAction,
    Element,
    Kind,
    Look,
    decimals_of,
    declared,
    format_value,
    shown_value,
    text_width,
    unit_of,
)
from views.elements.controls import CARE, ENABLED, JUMP, REASON, blocked_by, care_of, paint_face
from views.style import LABEL_PX, VALUE_PX
from views.words import word


class SetPoint(Element):
    """Paint label, live value in an entry box, and unit; a click opens the editor."""

    kind = Kind(
        "setpoint",
        "Set-point entry",
        "Shows a value that may be set; a click opens an entry with its range.",
        declared(
            WRITTEN_TAG,
            LABEL,
            Property("low", PropertyKind.NUMBER, None, "Least value; default: the tag's range."),
            Property("high", PropertyKind.NUMBER, None, "Largest value; default: the tag's range."),
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
            Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
            Property("box_width", PropertyKind.NUMBER, 112, "Width of the entry box."),
            Property("unit_width", PropertyKind.NUMBER, 0, "Width kept for the unit; 0: as needed."),
            Property("confirm", PropertyKind.BOOLEAN, False, "Ask before the value goes out."),
            CARE,
            JUMP,
            ENABLED,
            REASON,
        ),
        NUMERIC,
    )
    is_interactive = True
    has_static = True
    static_reads = frozenset({"label", "unit", "unit_width", "box_width"})
    shows_alarms = True
    marks_at_left = True

    def mark_rect(self) -> QRectF:
        """Return the entry box."""
        return self.entry_rect()

    def alarm_anchor(self) -> QPointF:
        """Return the middle of the alarm symbol: left of the label."""
        return QPointF(self.rect.left() - 13, self.rect.center().y())

    def places(self) -> int:
        """Return the decimals of entry and value."""
        wanted = self.properties.number("decimals", -1.0)
        return decimals_of(self.properties.tag()) if wanted < 0 else int(wanted)

    def limits(self) -> tuple[float | None, float | None]:
        """Return the least and the largest value that may be entered, None for no bound."""
        tag = self.properties.tag()
        found: list[float | None] = []
        for name, own in (("low", tag.eu_low if tag else None), ("high", tag.eu_high if tag else None)):
            value = self.properties.number(name)
            found.append(own if value != value else value)
        return found[0], found[1]

    def entry_rect(self) -> QRectF:
        """Return the entry box, between label and unit."""
        unit = unit_of(self)
        kept = self.properties.number("unit_width", 0.0)
        behind = max(kept, text_width(unit, LABEL_PX, False)) + 8 if unit or kept else 0.0
        width = self.properties.number("box_width")
        return QRectF(self.rect.right() - behind - width, self.rect.y(), width, self.rect.height())

    def action(self) -> Action | None:
        """Return the editor to open."""
        tag = self.properties.tag()
        if tag is None:
            return None
        low, high = self.limits()
        jump = self.properties.number("jump_percent", 0.0)
        value = self.properties.value("tag")
        title = self.properties.text("label") or tag.description or tag.path
        return EditAction(tag, value, low, high, unit_of(self), self.places(), care_of(self), title, jump)

    def blocked(self, look: Look) -> str:
        """Return why nothing can be entered now."""
        return blocked_by(self, look)

    def tool_tip(self) -> list[str]:
        """Return the range."""
        low, high = self.limits()
        if low is None or high is None:
            return []
        tag, places = self.properties.tag(), self.places()
        ends = format_value(low, tag, places), format_value(high, tag, places)
        return [word("Range {} to {} {}").format(*ends, unit_of(self)).rstrip()]

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint label and unit."""
        theme, entry = look.theme, self.entry_rect()
        place = QRectF(self.rect.x(), self.rect.y(), entry.x() - self.rect.x() - 8, self.rect.height())
        look.text(painter, place, self.properties.text("label"), color=theme.text_muted, owner=self.model.id)
        behind = QRectF(entry.right() + 8, entry.y(), self.rect.right() - entry.right() - 8, entry.height())
        look.text(painter, behind, unit_of(self), color=theme.text_muted, owner=self.model.id)

    def picture_key(self) -> Hashable | None:
        """Return the value."""
        return shown_value(self, decimals=self.places())

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the entry box with the live value and a pencil."""
        entry, blocked = self.entry_rect(), bool(self.blocked(look))
        paint_face(painter, self, look, entry, blocked)
        text = shown_value(self, decimals=self.places())
        inner = entry.adjusted(28, 0, -10, 0)
        look.text(
            painter,
            inner,
            text,
            Qt.AlignmentFlag.AlignRight,
            size_px=VALUE_PX,
            bold=True,
            color=look.theme.not_connected if self.mark.is_muted else look.theme.value,
            owner=self.model.id,
        )
        if not blocked:
            self._paint_pencil(painter, look, QPointF(entry.left() + 16, entry.center().y()))

    def _paint_pencil(self, painter: QPainter, look: Look, at: QPointF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.theme.accent)
        painter.drawPolygon(
            [
                at + QPointF(-6, 6),
                at + QPointF(-5, 2),
                at + QPointF(3, -6),
                at + QPointF(6, -3),
                at + QPointF(-2, 5),
            ]
        )
