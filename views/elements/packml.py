"""The PackML state: a tile with the present one, and the whole model as a diagram (PML-01..05)."""

from collections.abc import Hashable
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from views.declarations import Property, PropertyKind
from views.elements.base import DISCRETE, TAG, Element, Kind, Look, declared, pen, text_width
from views.elements.lamps import ink_on
from views.quality import hidden_text
from views.style import DISPLAY_PX, LABEL_PX, TITLE_PX
from views.words import word

STATES: Final = MappingProxyType(
    {
        0: QT_TRANSLATE_NOOP("PackML", "Undefined"),
        1: QT_TRANSLATE_NOOP("PackML", "Clearing"),
        2: QT_TRANSLATE_NOOP("PackML", "Stopped"),
        3: QT_TRANSLATE_NOOP("PackML", "Starting"),
        4: QT_TRANSLATE_NOOP("PackML", "Idle"),
        5: QT_TRANSLATE_NOOP("PackML", "Suspended"),
        6: QT_TRANSLATE_NOOP("PackML", "Execute"),
        7: QT_TRANSLATE_NOOP("PackML", "Stopping"),
        8: QT_TRANSLATE_NOOP("PackML", "Aborting"),
        9: QT_TRANSLATE_NOOP("PackML", "Aborted"),
        10: QT_TRANSLATE_NOOP("PackML", "Holding"),
        11: QT_TRANSLATE_NOOP("PackML", "Held"),
        12: QT_TRANSLATE_NOOP("PackML", "Unholding"),
        13: QT_TRANSLATE_NOOP("PackML", "Suspending"),
        14: QT_TRANSLATE_NOOP("PackML", "Unsuspending"),
        15: QT_TRANSLATE_NOOP("PackML", "Resetting"),
        16: QT_TRANSLATE_NOOP("PackML", "Completing"),
        17: QT_TRANSLATE_NOOP("PackML", "Complete"),
    }
)


def state_text(state: int) -> str:
    """Return a state's name."""
    return QCoreApplication.translate("PackML", str(STATES[state]))


WAITING: Final = frozenset({2, 4, 5, 9, 11, 17})
"""States that last until a command comes (PML-04); 6 is dual, all others end by themselves."""

EXECUTE: Final = 6

_PLACES: Final = MappingProxyType(
    {
        12: (1, 0),
        11: (2, 0),
        10: (3, 0),
        4: (0, 1),
        3: (1, 1),
        6: (2, 1),
        16: (3, 1),
        17: (4, 1),
        15: (0, 2),
        14: (1, 2),
        5: (2, 2),
        13: (3, 2),
        2: (0, 3),
        1: (1, 3),
        9: (2, 3),
        8: (3, 3),
        7: (4, 3),
    }
)
"""Column and row of each state in the diagram."""
_WAYS: Final = (
    (15, 4),
    (4, 3),
    (3, 6),
    (6, 16),
    (16, 17),
    (6, 10),
    (10, 11),
    (11, 12),
    (12, 6),
    (6, 13),
    (13, 5),
    (5, 14),
    (14, 6),
    (2, 15),
    (1, 2),
    (9, 1),
    (8, 9),
)
"""Transitions between neighbours in the diagram (PML-05); Stop and Abort lead from nearly everywhere."""
_WAY_BELOW: Final = (7, 2)
"""The one transition whose states are at the two ends of the last row: it is led below that."""

_TALL_PX: Final = DISPLAY_PX * 1.4 + 52
"""Height from which the state in large letters leaves room for the lines above and below it."""


class PackmlState(Element):
    """Paint the present state, large, with what kind of state it is."""

    kind = Kind(
        "packml_state",
        "PackML state",
        "The state of a PackML unit, in words and brightness.",
        declared(
            TAG,
            Property("title", PropertyKind.TEXT, "", "Replaces the line above."),
            Property("note", PropertyKind.TEXT, "", "A line below, such as the stop reason."),
        ),
        DISCRETE,
    )

    def state(self) -> int:
        """Return the state's number, 0 while it is unknown."""
        value = self.properties.number("tag", 0.0)
        return int(value) if value.is_integer() and int(value) in STATES else 0

    def text(self) -> str:
        """Return the state in words."""
        return hidden_text(self.mark) if self.mark.hides_value else state_text(self.state())

    def accessible_name(self) -> str:
        """Return the state."""
        return word("PackML state {}").format(self.text())

    def picture_key(self) -> Hashable | None:
        """Return the state."""
        return self.text()

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the field."""
        theme, box, state = look.theme, self.rect, self.state()
        painter.setPen(pen(theme.border))
        painter.setBrush(theme.surface)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        strip = QRectF(box.x() + 8, box.y() + 8, 16, box.height() - 16)
        painter.setPen(pen(theme.outline, 2))
        painter.setBrush(self.fill(look))
        painter.drawRoundedRect(strip.adjusted(1, 1, -1, -1), 3, 3)
        inner = box.adjusted(40, 0, -12, 0)
        title = self.properties.text("title") or (
            word("Waits for a command") if state in WAITING else word("PackML state")
        )
        # States have longer names in some languages: one that does not fit is written smaller, not cut.
        fits = text_width(self.text(), DISPLAY_PX, True) <= inner.width()
        size_px = DISPLAY_PX if box.height() >= _TALL_PX and fits else TITLE_PX
        middle = QRectF(inner.x(), box.center().y() - size_px * 0.7, inner.width(), size_px * 1.4)
        if box.height() >= 88:
            above = QRectF(inner.x(), middle.top() - 22, inner.width(), 20)
            look.text(painter, above, title, color=theme.text_muted, owner=self.model.id)
            below = QRectF(inner.x(), middle.bottom() + 2, inner.width(), 20)
            look.text(
                painter, below, self.properties.text("note"), color=theme.text_muted, owner=self.model.id
            )
        look.text(
            painter, middle, self.text(), size_px=size_px, bold=True, color=theme.value, owner=self.model.id
        )

    def fill(self, look: Look) -> QColor:
        """Return the brightness of the state's group; an unknown state shows the ground."""
        state = self.state()
        if self.mark.hides_value or state == 0:
            return look.theme.background
        if state == EXECUTE:
            return look.theme.running
        return look.theme.stopped if state in WAITING else look.theme.transition


class PackmlDiagram(PackmlState):
    """Paint the whole state model with the present state filled."""

    kind = Kind(
        "packml_diagram",
        "PackML diagram",
        "All states of a PackML unit with the present one marked.",
        declared(TAG),
        DISCRETE,
    )
    has_static = True
    _COLUMNS, _ROWS = 5, 4

    def cell(self, state: int) -> QRectF:
        """Return the box of a state."""
        column, row = _PLACES[state]
        width, height = self.rect.width() / self._COLUMNS, self.rect.height() / self._ROWS
        cell = QRectF(self.rect.x() + column * width, self.rect.y() + row * height, width, height)
        return cell.adjusted(width * 0.08, height * 0.18, -width * 0.08, -height * 0.18)

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint all ways and states."""
        for start, end in _WAYS:
            self._paint_way(painter, look, self.cell(start), self.cell(end))
        self._paint_way_below(painter, look, *map(self.cell, _WAY_BELOW))
        for state in _PLACES:
            self._paint_state(painter, look, state, present=False)

    def picture_key(self) -> Hashable | None:
        """Return nothing: the picture is too large to be kept for each state."""
        return None

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the present state."""
        if self.state() in _PLACES and not self.mark.hides_value:
            self._paint_state(painter, look, self.state(), present=True)

    def _paint_state(self, painter: QPainter, look: Look, state: int, *, present: bool) -> None:
        theme, box = look.theme, self.cell(state)
        painter.setPen(pen(theme.text if present else theme.border, 3 if present else 1.5))
        painter.setBrush(theme.running if present else theme.surface if state in WAITING else theme.panel)
        radius = 4 if state in WAITING else box.height() / 2
        painter.drawRoundedRect(box, radius, radius)
        color = ink_on(theme.running) if present else theme.text_muted
        look.text(
            painter,
            box.adjusted(4, 0, -4, 0),
            state_text(state),
            Qt.AlignmentFlag.AlignHCenter,
            size_px=LABEL_PX,
            bold=present,
            color=color,
            owner=self.model.id,
        )

    def _paint_way(self, painter: QPainter, look: Look, start: QRectF, end: QRectF) -> None:
        """Paint an arrow from one box to another: straight across, straight up, or from corner to corner."""
        over, down = end.center().x() - start.center().x(), end.center().y() - start.center().y()
        tail, tip = QPointF(start.center()), QPointF(end.center())
        if abs(over) > 1:
            tail.setX(start.right() if over > 0 else start.left())
            tip.setX(end.left() if over > 0 else end.right())
        if abs(down) > 1:
            tail.setY(start.bottom() if down > 0 else start.top())
            tip.setY(end.top() if down > 0 else end.bottom())
        self._paint_arrow(painter, look, [tail], tip)

    def _paint_way_below(self, painter: QPainter, look: Look, start: QRectF, end: QRectF) -> None:
        """Paint an arrow from one box to another of the same row, below those between them."""
        below = (start.bottom() + self.rect.bottom()) / 2
        tail, tip = (QPointF(box.center().x(), box.bottom()) for box in (start, end))
        self._paint_arrow(painter, look, [tail, QPointF(tail.x(), below), QPointF(tip.x(), below)], tip)

    def _paint_arrow(self, painter: QPainter, look: Look, way: list[QPointF], tip: QPointF) -> None:
        tail = way[-1]
        length = max(1.0, ((tip.x() - tail.x()) ** 2 + (tip.y() - tail.y()) ** 2) ** 0.5)
        along = (tip - tail) / length
        side = QPointF(-along.y(), along.x())
        painter.setPen(pen(look.theme.pipe, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        head = min(11.0, length)
        painter.drawPolyline([*way, tip - along * head * 0.75])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.theme.pipe)
        painter.drawPolygon([tip, tip - along * head + side * 5, tip - along * head - side * 5])
