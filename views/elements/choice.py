"""Entries by one press: a selector with a field per state, and a slider along its range."""

import math
from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from views.declarations import Property, PropertyKind
from views.elements.bars import RANGE, Scale
from views.elements.base import (
    DISCRETE,
    LABEL,
    NUMERIC,
    WRITTEN_TAG,
    Action,
    Care,
    EditAction,
    Element,
    Kind,
    Look,
    WriteAction,
    decimals_of,
    declared,
    jump_percent,
    pen,
    range_of,
    shown_value,
    unit_of,
)
from views.elements.controls import CARE, CONFIRM, ENABLED, JUMP, REASON, blocked_by, care_of, paint_face
from views.style import LABEL_PX

_LABEL_PX = 22.0


class Selector(Element):
    """Paint a field per state; the one in force is told by the live value, not by the click."""

    kind = Kind(
        "selector",
        "Selector",
        "A field per state; a press on one asks for it. The bar marks the one in force.",
        declared(
            WRITTEN_TAG,
            LABEL,
            Property("states", PropertyKind.STATES, None, "Texts by number; default: the tag's."),
            CONFIRM,
            CARE,
            ENABLED,
            REASON,
        ),
        DISCRETE,
    )
    is_interactive = True

    def states(self) -> dict[int, str]:
        """Return what can be chosen."""
        tag = self.properties.tag()
        return self.properties.states("states") or (dict(tag.states) if tag is not None else {})

    def fields(self) -> list[tuple[QRectF, int, str]]:
        """Return the box, number and text of every state, side by side."""
        box = QRectF(self.rect)
        if self.properties.has("label"):
            box.setTop(box.top() + _LABEL_PX)
        states = self.states()
        width = box.width() / max(1, len(states))
        return [
            (QRectF(box.x() + place * width, box.y(), width, box.height()), number, text)
            for place, (number, text) in enumerate(states.items())
        ]

    def _write(self, number: int) -> Action | None:
        tag = self.properties.tag()
        if tag is None:
            return None
        return WriteAction(tag.path, number, self.properties.text("confirm"), care=care_of(self))

    def action(self) -> Action | None:
        """Return the write of the state behind the one in force, as the keyboard asks for it."""
        numbers = list(self.states())
        if not numbers:
            return None
        value = self.properties.number("tag")
        at = numbers.index(int(value)) if not math.isnan(value) and int(value) in numbers else -1
        return self._write(numbers[(at + 1) % len(numbers)])

    def action_at(self, point: QPointF) -> Action | None:
        """Return the write of the field under a point."""
        found = [number for box, number, _ in self.fields() if box.contains(point)]
        return self._write(found[0]) if found else None

    def stepped(self, forward: bool) -> QPointF | None:
        """Return the middle of the field beside the one in force, none beyond the ends or while none is."""
        fields, value = self.fields(), self.properties.number("tag")
        numbers = [number for _, number, _ in fields]
        wanted = numbers.index(int(value)) + (1 if forward else -1) if value in numbers else -1
        return fields[wanted][0].center() if 0 <= wanted < len(fields) else None

    def blocked(self, look: Look) -> str:
        """Return why no choice is possible now."""
        return blocked_by(self, look)

    def picture_key(self) -> Hashable | None:
        """Return what is in force."""
        return self.properties.value("tag"), self.mark.hides_value

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint label and fields; the one in force has a bar and heavier strokes."""
        theme, blocked = look.theme, bool(self.blocked(look))
        value = self.properties.number("tag")
        caption = QRectF(self.rect.x(), self.rect.y(), self.rect.width(), _LABEL_PX)
        label = self.properties.text("label")
        look.text(painter, caption, label, color=theme.text_muted, owner=self.model.id)
        for box, number, text in self.fields():
            color = paint_face(painter, self, look, box, blocked)
            chosen = not self.mark.hides_value and value == number
            if chosen:
                painter.fillRect(QRectF(box.x() + 8, box.bottom() - 6, box.width() - 16, 3), theme.accent)
            look.text(
                painter,
                box.adjusted(4, 0, -4, 0),
                text,
                Qt.AlignmentFlag.AlignHCenter,
                bold=chosen,
                color=color,
                owner=self.model.id,
            )


class Slider(Element):
    """Paint a knob on a track; a press on the track asks for the value there, Enter opens the entry."""

    kind = Kind(
        "slider",
        "Slider",
        "A knob at the live value on a track; a press on the track asks for the value there.",
        declared(
            WRITTEN_TAG,
            LABEL,
            *RANGE,
            Property("decimals", PropertyKind.NUMBER, None, "Replaces the tag's decimals."),
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
            CONFIRM,
            CARE,
            JUMP,
            ENABLED,
            REASON,
        ),
        NUMERIC,
    )
    is_interactive = True
    marks_at_left = True

    def scale(self) -> Scale:
        """Return the scale along the lower half."""
        track = QRectF(self.rect.x() + 12, self.rect.bottom() - 19, self.rect.width() - 24, 6)
        return Scale(track, *range_of(self), vertical=False)

    def decimals(self) -> int:
        """Return how finely a press sets the value."""
        wanted = self.properties.number("decimals", -1.0)
        return decimals_of(self.properties.tag()) if wanted < 0 else int(wanted)

    def action(self) -> Action | None:
        """Open the entry, as the keyboard asks for it."""
        tag = self.properties.tag()
        if tag is None:
            return None
        low, high = range_of(self)
        title = self.properties.text("label") or tag.path
        value, jump = self.properties.value("tag"), self.properties.number("jump_percent", 0.0)
        return EditAction(tag, value, low, high, unit_of(self), self.decimals(), care_of(self), title, jump)

    def action_at(self, point: QPointF) -> Action | None:
        """Return the write of the value at a point of the track; beside it, the entry."""
        scale, tag = self.scale(), self.properties.tag()
        if tag is None or abs(point.y() - scale.track.center().y()) > 18:
            return self.action()
        share = min(1.0, max(0.0, (point.x() - scale.track.left()) / scale.track.width()))
        value = round(scale.low + share * (scale.high - scale.low), self.decimals())
        exact = int(value) if tag.data_type.is_integer and tag.scaling is None else value
        most, care = self.properties.number("jump_percent", 0.0), care_of(self)
        jump = jump_percent(self.properties.value("tag"), exact, scale.low, scale.high)
        if care is Care.NONE and 0 < most < jump:
            care = Care.CONFIRM
        return WriteAction(tag.path, exact, self.properties.text("confirm"), care=care)

    def stepped(self, forward: bool) -> QPointF | None:
        """Return the point of the track a hundredth of the range on, at least one of the last digit."""
        scale, value = self.scale(), self.properties.number("tag")
        step = max(10.0 ** -self.decimals(), (scale.high - scale.low) / 100)
        wanted = min(scale.high, max(scale.low, value + (step if forward else -step)))
        if math.isnan(value) or wanted == value:
            return None
        return QPointF(scale.at(wanted), scale.track.center().y())

    def blocked(self, look: Look) -> str:
        """Return why nothing can be set now."""
        return blocked_by(self, look)

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint label, value, track and knob."""
        theme, scale = look.theme, self.scale()
        head = QRectF(self.rect.x(), self.rect.y(), self.rect.width(), LABEL_PX * 1.5)
        look.text(painter, head, self.properties.text("label"), color=theme.text_muted, owner=self.model.id)
        text = f"{shown_value(self, decimals=self.decimals())} {unit_of(self)}".strip()
        color = theme.not_connected if self.mark.hides_value else theme.value
        look.text(painter, head, text, Qt.AlignmentFlag.AlignRight, bold=True, color=color)
        painter.setPen(pen(theme.control_border, 1.5))
        painter.setBrush(theme.track)
        painter.drawRoundedRect(scale.track, 3, 3)
        value = self.properties.number("tag")
        if not math.isnan(value):
            knob = QRectF(0, 0, 16, 26)
            knob.moveCenter(QPointF(scale.at(value), scale.track.center().y()))
            paint_face(painter, self, look, knob, bool(self.blocked(look)))
