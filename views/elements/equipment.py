"""Equipment: its state is told by brightness and a word, never by red and green (HMI-05)."""

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from views.declarations import Property, PropertyKind
from views.elements.base import (
    DISCRETE,
    LABEL,
    TAG,
    Element,
    Kind,
    Look,
    declared,
    format_value,
    pen,
)
from views.quality import hidden_text
from views.symbols import detail_on, paint_symbol, symbol_names
from views.words import word

_WORD_PX = 20.0
STATE = (
    LABEL,
    Property("running", PropertyKind.BOOLEAN, None, "Whether it runs; default: the tag is not 0."),
    Property("transition", PropertyKind.BOOLEAN, False, "Whether it is on its way."),
    Property("on_text", PropertyKind.TEXT, "", "Word for running; default: the tag's state text."),
    Property("off_text", PropertyKind.TEXT, "", "Word for stopped; default: the tag's state text."),
    Property("transition_text", PropertyKind.TEXT, "", "Word for on its way."),
    Property("state_text", PropertyKind.TEXT, "", "Replaces the word."),
    Property("show_text", PropertyKind.BOOLEAN, True, "Whether the word is written below."),
)


class Equipment(Element):
    """Paint a symbol with its state word; kinds name the symbol and the words."""

    symbol = ""
    words = ("Running", "Stopped", "Starting")
    has_static = True
    static_reads = frozenset({"label"})
    shows_alarms = True

    def mark_rect(self) -> QRectF:
        """Return the box of the symbol."""
        return self.body()

    def alarm_anchor(self) -> QPointF:
        """Return the middle of the alarm symbol: at the symbol's upper left corner."""
        return self.body().topLeft() + QPointF(2, 2)

    def body(self) -> QRectF:
        """Return the box of the symbol: below the label, above the word."""
        box = QRectF(self.rect)
        if self.properties.has("label"):
            box.setTop(box.top() + _WORD_PX)
        if self.properties.flag("show_text"):
            box.setBottom(box.bottom() - _WORD_PX)
        return box

    def is_running(self) -> bool:
        """Tell whether it runs (open, present); no while that is not known."""
        if self.properties.has("running"):
            return self.properties.flag("running")
        return self.properties.flag("tag")

    def word(self) -> str:
        """Return the state's word, or what stands for an unknown one."""
        if self.mark.hides_value:
            return hidden_text(self.mark)
        if given := self.properties.text("state_text"):
            return given
        on, off, moving = (word(text) for text in self.words)
        if self.properties.flag("transition"):
            return self.properties.text("transition_text") or moving
        tag, value = self.properties.tag(), self.properties.value("tag")
        if tag is not None and tag.states and value is not None:
            on = off = format_value(value, tag)
        if self.is_running():
            return self.properties.text("on_text") or on
        return self.properties.text("off_text") or off

    def fill(self, look: Look) -> QColor:
        """Return the brightness of the state; an unknown state shows the ground."""
        if self.mark.hides_value:
            return look.theme.background
        if self.properties.flag("transition"):
            return look.theme.transition
        return look.theme.running if self.is_running() else look.theme.stopped

    def paint_static(self, painter: QPainter, look: Look) -> None:
        """Paint the label."""
        if self.properties.has("label"):
            box = QRectF(self.rect.x(), self.rect.y(), self.rect.width(), _WORD_PX)
            look.text(
                painter,
                box,
                self.properties.text("label"),
                Qt.AlignmentFlag.AlignHCenter,
                color=look.theme.text_muted,
                owner=self.model.id,
            )

    def picture_key(self) -> Hashable | None:
        """Return all that the picture follows."""
        state = (self.mark.hides_value, self.properties.flag("transition"), self.is_running())
        return state, self.word()

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the symbol in the state's brightness, and the word."""
        self.paint_body(painter, look, self.body())
        if self.properties.flag("show_text"):
            box = QRectF(self.rect.x(), self.rect.bottom() - _WORD_PX, self.rect.width(), _WORD_PX)
            look.text(
                painter, box, self.word(), Qt.AlignmentFlag.AlignHCenter, bold=True, owner=self.model.id
            )

    def paint_body(self, painter: QPainter, look: Look, box: QRectF) -> None:
        """Paint the symbol."""
        turn = self.properties.number("rotation", 0.0)
        name = self.symbol or self.properties.text("symbol")
        paint_symbol(painter, box, name, self.fill(look), look.theme, turn)

    def accessible_name(self) -> str:
        """Return label or path, and the state."""
        return f"{super().accessible_name()}, {self.word()}"


ROTATION = Property("rotation", PropertyKind.NUMBER, 0, "Turned clockwise, in degrees.")


class Valve(Equipment):
    """Paint a valve, open bright and closed dark."""

    kind = Kind(
        "valve",
        "Valve",
        "A valve; open is bright, closed is dark.",
        declared(
            TAG,
            *STATE,
            ROTATION,
            Property(
                "variant",
                PropertyKind.CHOICE,
                "valve",
                "Drawing.",
                choices=("valve", "valve_control", "valve_solenoid"),
            ),
        ),
    )
    words = ("Open", "Closed", "Moving")

    def paint_body(self, painter: QPainter, look: Look, box: QRectF) -> None:
        """Paint the variant's symbol."""
        self.symbol = self.properties.text("variant")
        super().paint_body(painter, look, box)


class Motor(Equipment):
    """Paint a motor."""

    kind = Kind("motor", "Motor", "A motor.", declared(TAG, *STATE, ROTATION), DISCRETE)
    symbol = "motor"


class Pump(Equipment):
    """Paint a pump, its outlet to the right."""

    kind = Kind(
        "pump", "Pump", "A pump; its outlet is at the right.", declared(TAG, *STATE, ROTATION), DISCRETE
    )
    symbol = "pump"


class Symbol(Equipment):
    """Paint any symbol of the library."""

    kind = Kind(
        "symbol",
        "Symbol",
        "Any symbol of the library with its state.",
        declared(
            TAG,
            *STATE,
            ROTATION,
            Property("symbol", PropertyKind.CHOICE, "motor", "Which symbol.", choices=symbol_names()),
        ),
    )


class Sensor(Equipment):
    """Paint a bottle sensor: bright while its beam is broken."""

    kind = Kind(
        "sensor", "Photo eye", "A light barrier; bright while something is there.", declared(TAG, *STATE)
    )
    symbol = "photo_eye"
    words = ("Present", "Clear", "")


class Conveyor(Equipment):
    """Paint a conveyor of any length; its belt does not move (HMI-07), its brightness tells the state."""

    kind = Kind(
        "conveyor",
        "Conveyor",
        "A conveyor belt; an arrow tells the direction.",
        declared(
            TAG,
            *STATE,
            Property(
                "direction", PropertyKind.CHOICE, "right", "Way of the goods.", choices=("right", "left")
            ),
        ),
        DISCRETE,
    )

    def paint_body(self, painter: QPainter, look: Look, box: QRectF) -> None:
        """Paint belt, rollers and arrow."""
        theme = look.theme
        radius = min(box.height(), 24.0) / 2
        belt = QRectF(box.x(), box.center().y() - radius, box.width(), 2 * radius).adjusted(
            1.5, 1.5, -1.5, -1.5
        )
        painter.setPen(pen(theme.outline, 2))
        painter.setBrush(self.fill(look))
        painter.drawRoundedRect(belt, radius, radius)
        painter.setBrush(theme.panel)
        roller = radius * 0.45
        for x in (belt.left() + radius, belt.right() - radius):
            painter.drawEllipse(QPointF(x, belt.center().y()), roller, roller)
        way = 1 if self.properties.text("direction") == "right" else -1
        tip = belt.center() + QPointF(7 * way, 0)
        painter.setPen(pen(detail_on(self.fill(look), theme), 2))
        painter.drawPolyline([tip + QPointF(-7 * way, -5), tip, tip + QPointF(-7 * way, 5)])
