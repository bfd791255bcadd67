"""What an operator presses: command buttons, toggles and links to other screens."""

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from projects.model import ElementModel, Library
from tags.model import Value as TagValue
from tags.roles import write_refusal
from tags.status import is_bad
from views.bindings import Properties
from views.declarations import FOLLOWED, Property, PropertyKind
from views.elements.base import (
    LABEL,
    WRITTEN_TAG,
    Action,
    Care,
    Element,
    Kind,
    Look,
    NavigateAction,
    WriteAction,
    WriteMark,
    declared,
    pen,
    text_width,
)
from views.language import station_text
from views.quality import Mark, mark
from views.style import LABEL_PX
from views.words import word

ENABLED = Property("enabled", PropertyKind.BOOLEAN, True, "Whether it may be pressed.")
REASON = Property("disabled_reason", PropertyKind.TEXT, "Not possible now.", "Why it may not be pressed.")
CONFIRM = Property(
    "confirm", PropertyKind.TEXT, "", "The question that is asked before the command goes out (HMI-21)."
)
CARE = Property(
    "care",
    PropertyKind.CHOICE,
    "none",
    "What comes before the command: a confirmation, one with a reason, or its selection for 30 s.",
    choices=tuple(Care),
)
JUMP = Property(
    "jump_percent", PropertyKind.NUMBER, 0, "A larger change, in per cent of the range, is asked about."
)


def care_of(element: Element) -> Care:
    """Return the care that an element asks for; a question alone asks for a confirmation."""
    care = Care(element.properties.text("care"))
    asks = element.properties.has("confirm") and element.properties.flag("confirm")
    return Care.CONFIRM if care is Care.NONE and asks else care


def blocked_by(element: Element, look: Look, *, writes: bool = True) -> str:
    """Return why a control is blocked: locked canvas, its tag, the role, the connection or its condition."""
    if writes and look.locked:
        return look.locked
    tag = element.properties.tag()
    if writes and tag is not None:
        if not tag.access.is_writable:
            return word("{} is read-only.").format(tag.path)
        if look.role is not None and (refused := write_refusal(look.role, tag)):
            return station_text(refused)
        is_lost = mark(element.properties.evaluated("tag").status) is Mark.NOT_CONNECTED
        if is_lost or tag.connection in look.silent:
            return word("The controller does not answer.")
        if any(is_bad(element.properties.evaluated(name).status) for name in element.decided_by):
            return word("What would be written is not known now.")
    if is_bad(element.properties.evaluated("enabled").status):
        return word("The state of the controller is not known.")
    if not element.properties.flag("enabled"):
        return element.properties.text("disabled_reason") or word("Not possible now.")
    return ""


def paint_face(painter: QPainter, element: Element, look: Look, rect: QRectF, blocked: bool) -> QColor:
    """Paint the face of a control and return the colour of what is written on it."""
    theme, this = look.theme, element.model.id
    if blocked:
        painter.setPen(pen(theme.border, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        hovered, pressed = look.hovered == this, look.pressed == this
        painter.setPen(pen(theme.accent if hovered else theme.control_border, 1.5))
        painter.setBrush(
            theme.control_pressed if pressed else theme.control_hover if hovered else theme.control
        )
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)
    return theme.text_disabled if blocked else theme.text


class Button(Element):
    """Paint a command; pressing it writes one value."""

    kind = Kind(
        "button",
        "Command button",
        "Writes a value when pressed; its label is a verb.",
        declared(
            WRITTEN_TAG,
            LABEL,
            Property("value", PropertyKind.VALUE, 1, "What is written."),
            Property("pulse_ms", PropertyKind.NUMBER, 0, "Writes 'release' after this time; 0: never."),
            Property("release", PropertyKind.VALUE, 0, "What is written at the end of the pulse."),
            CONFIRM,
            CARE,
            ENABLED,
            REASON,
            Property("active", PropertyKind.BOOLEAN, False, "Whether it is shown as in force."),
        ),
    )
    is_interactive = True
    shows_quality = False

    def action(self) -> Action | None:
        """Return the write."""
        tag, value = self.properties.tag(), self.properties.value("value")
        if tag is None or value is None:
            return None
        release = self.properties.value("release")
        return WriteAction(
            tag.path,
            value,
            self.properties.text("confirm"),
            int(self.properties.number("pulse_ms", 0.0)),
            0 if release is None else release,
            care_of(self),
        )

    def is_meant(self, write: WriteMark) -> bool:
        """Tell whether the write is of this button's value: several buttons may command one tag."""
        return write.value in (None, self.properties.value("value"), self.properties.value("release"))

    def blocked(self, look: Look) -> str:
        """Return why the command is not possible now."""
        return blocked_by(self, look)

    def picture_key(self) -> Hashable | None:
        """Return nothing more than is followed."""
        return ()

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint face and verb; a blocked button is flat."""
        color = paint_face(painter, self, look, self.rect, bool(self.blocked(look)))
        if self.properties.flag("active"):
            bar = QRectF(self.rect.x() + 8, self.rect.bottom() - 6, self.rect.width() - 16, 3)
            painter.fillRect(bar, look.theme.accent)
        look.text(
            painter,
            self.rect.adjusted(8, 0, -8, 0),
            self.properties.text("label"),
            Qt.AlignmentFlag.AlignHCenter,
            bold=True,
            color=color,
            owner=self.model.id,
        )


class Toggle(Element):
    """Paint a switch between two named positions; the position shown is the live value."""

    kind = Kind(
        "toggle",
        "Toggle",
        "Switches between two values; the position is the live value, not the click.",
        declared(
            WRITTEN_TAG,
            LABEL,
            Property("on_value", PropertyKind.VALUE, 1, "Written for the right position."),
            Property("off_value", PropertyKind.VALUE, 0, "Written for the left position."),
            Property("on_text", PropertyKind.TEXT, "On", "Word of the right position."),
            Property("off_text", PropertyKind.TEXT, "Off", "Word of the left position."),
            CONFIRM,
            CARE,
            ENABLED,
            REASON,
        ),
    )
    is_interactive = True

    def position(self) -> bool | None:
        """Return whether the live value is the right position; None for neither or unknown."""
        value = self.properties.value("tag")
        if value is None:
            return None
        if value == self.properties.value("on_value"):
            return True
        return False if value == self.properties.value("off_value") else None

    def action(self) -> Action | None:
        """Return the write of the other position."""
        tag = self.properties.tag()
        if tag is None:
            return None
        wanted: TagValue | None = self.properties.value("off_value" if self.position() else "on_value")
        if wanted is None:
            return None
        return WriteAction(tag.path, wanted, self.properties.text("confirm"), care=care_of(self))

    def blocked(self, look: Look) -> str:
        """Return why it cannot be switched now."""
        return blocked_by(self, look)

    def picture_key(self) -> Hashable | None:
        """Return the position."""
        return self.position()

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the two positions, the present one filled."""
        theme, box = look.theme, QRectF(self.rect)
        label = self.properties.text("label")
        if label:
            look.text(painter, box, label, color=theme.text_muted, owner=self.model.id)
            box.setLeft(box.left() + text_width(label, LABEL_PX, False) + 10)
        color = paint_face(painter, self, look, box, bool(self.blocked(look)))
        present = self.position()
        inner = box.adjusted(4, 4, -4, -4)
        half = inner.width() / 2
        for right, name in ((False, "off_text"), (True, "on_text")):
            part = QRectF(inner.x() + (half if right else 0), inner.y(), half, inner.height())
            chosen = present is right
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.text_muted)
                painter.drawRoundedRect(part, 3, 3)
            text = self.properties.text(name)
            ink = theme.surface if chosen else color
            look.text(
                painter,
                part,
                text,
                Qt.AlignmentFlag.AlignHCenter,
                bold=chosen,
                color=ink,
                owner=self.model.id,
            )


class Navigation(Element):
    """Paint a link to another screen."""

    kind = Kind(
        "navigation",
        "Navigation button",
        "Shows another screen.",
        declared(
            LABEL,
            Property("screen", PropertyKind.SCREEN, "", "The screen's id.", fixed=FOLLOWED),
            Property("align", PropertyKind.CHOICE, "right", "Place of the label.", choices=("left", "right")),
            ENABLED,
            REASON,
        ),
    )
    is_interactive = True
    shows_quality = False

    def __init__(self, model: ElementModel, properties: Properties) -> None:
        super().__init__(model, properties)
        self._missing = ""

    def action(self) -> Action | None:
        """Return the way to the screen."""
        screen = self.properties.text("screen")
        return NavigateAction(screen) if screen else None

    def equip(self, library: Library) -> None:
        """Learn whether the screen exists: it may have been deleted, or its file cannot be read."""
        screen = self.properties.text("screen")
        if library.screens and screen and screen not in library.screens:
            self._missing = word("There is no screen {}.").format(repr(screen))

    def blocked(self, look: Look) -> str:
        """Return why the screen cannot be shown; a lock of commands is no reason."""
        return self._missing or blocked_by(self, look, writes=False)

    def picture_key(self) -> Hashable | None:
        """Return nothing more than is followed."""
        return ()

    def paint_live(self, painter: QPainter, look: Look) -> None:
        """Paint the label with an arrow, underlined by the pointer."""
        theme = look.theme
        ink = theme.text_disabled if self.blocked(look) else theme.accent
        hovered = look.hovered == self.model.id
        if hovered or look.pressed == self.model.id:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.selection)
            painter.drawRoundedRect(self.rect, 4, 4)
        label = self.properties.text("label") or self.properties.text("screen")
        width = text_width(label, LABEL_PX, True)
        start = self.rect.left() + 8
        if self.properties.text("align") == "right":
            start = max(start, self.rect.right() - 24 - width)
        box = QRectF(start, self.rect.y(), self.rect.right() - 20 - start, self.rect.height())
        look.text(painter, box, label, color=ink, bold=True, owner=self.model.id)
        tip = QPointF(min(start + width + 14, self.rect.right() - 8), self.rect.center().y())
        painter.setPen(pen(ink, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline([tip + QPointF(-6, -5), tip, tip + QPointF(-6, 5)])
