"""The small boxes that open on a screen: entry of a set point, and the question before a command."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tags.errors import ValueRefusedError
from tags.model import Tag, Value
from views.elements.base import EditAction, decimals_of, format_value
from views.language import station_text
from views.words import word


def parse_number(text: str) -> float:
    """Return a number as an operator types it: decimal point or comma, spaces between thousands (HMI-22).

    Raises:
        ValueError: it is no number, or not a finite one.
    """
    plain = "".join(text.split()).replace("−", "-").replace(",", ".")
    if plain.count(".") > 1 or "_" in plain:
        raise ValueError(f"{text!r} is no number")
    number = float(plain)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"{text!r} is no number")
    return number


def check_entry(
    text: str, tag: Tag, low: float | None, high: float | None, unit: str, decimals: int | None = None
) -> Value:
    """Return the value to write for what was typed; it may have ``decimals``, by default the tag's.

    Raises:
        ValueRefusedError: it is no number, out of range, finer than what is shown or does not fit the tag;
            the text says what does.
    """
    places = decimals_of(tag) if decimals is None else decimals
    try:
        number = parse_number(text)
    except ValueError as error:
        raise ValueRefusedError(word("Enter a number.")) from error
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueRefusedError(word("Allowed: {}.").format(range_text(tag, low, high, unit, places)))
    if tag.data_type.is_integer and tag.scaling is None:
        if not number.is_integer():
            raise ValueRefusedError(word("Enter a whole number."))
        return tag.data_type.check(int(number))
    if round(number, places) != number:
        # It would be shown as another number than the one that was sent.
        raise ValueRefusedError(
            word("Decimals: at most {}.").format(places) if places else word("Enter a whole number.")
        )
    return number if tag.data_type.is_integer else tag.data_type.check(number)


def range_text(tag: Tag, low: float | None, high: float | None, unit: str, places: int) -> str:
    """Return the allowed range in words."""
    ends = [None if end is None else format_value(end, tag, places) for end in (low, high)]
    if ends[0] is None and ends[1] is None:
        return word("any number")
    if ends[0] is None or ends[1] is None:
        text = word("at most {}").format(ends[1]) if ends[0] is None else word("at least {}").format(ends[0])
    else:
        text = word("{} to {}").format(*ends)
    return f"{text} {unit}".rstrip()


def _is_escape(event: QKeyEvent) -> bool:
    return event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape


_ROW_PX: Final = 24
"""Controls whose upper edges are nearer to each other stand in one row."""


class Popup(QFrame):
    """Hold an opened box above the canvas; Escape and a click elsewhere close it.

    Tab stays within it: the next control of the window behind it may be the one that acknowledges alarms.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "popup")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Close on Escape; keep all other keys from what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Let Enter press the button that has the keyboard, as Space does."""
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(True)
        super().showEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802  Qt's name
        """Go to the next control of the box as it is seen, from the last one to the first."""
        stops = [
            one
            for one in self.findChildren(QWidget)
            if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        stops.sort(key=lambda one: (one.mapTo(self, QPoint()).y() // _ROW_PX, one.mapTo(self, QPoint()).x()))
        if stops:
            here = self.focusWidget()
            place = stops.index(here) if here in stops else -1
            step = 1 if forward else -1
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            stops[(place + step) % len(stops)].setFocus(reason)
        return True

    def open(self) -> None:
        """Show the box."""
        self.adjustSize()
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        """Close without doing anything."""
        self.hide()
        self.closed.emit()
        self.deleteLater()


def _typed(action: EditAction) -> str:
    """Return a value as an operator would type it: numbers in plain digits, a text as the device has it."""
    if action.value is None or isinstance(action.value, str):
        return action.value or ""
    text = format_value(action.value, action.tag, action.decimals)
    return "".join(text.split()).replace("−", "-")


class SetPointEditor(Popup):
    """Take a set point: nothing is sent before Enter, and a wrong entry is refused in place (HMI-21)."""

    entered = Signal(object)

    def __init__(self, action: EditAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.edited = action
        places = action.decimals
        self.entry = QLineEdit(_typed(action), self)
        self.entry.setAccessibleName(self.tr("New value of {}").format(action.title))
        self.entry.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.entry.selectAll()
        self.entry.returnPressed.connect(self.accept)
        self.entry.textEdited.connect(self._forget_refusal)
        self.entry.installEventFilter(self)
        title = QLabel(action.title, self)
        unit = QLabel(action.unit, self)
        unit.setProperty("role", "muted")
        self.allowed = self.tr("Range {}").format(
            range_text(action.tag, action.low, action.high, action.unit, places)
        )
        self.message = QLabel(self.allowed, self)
        self.message.setProperty("role", "muted")
        accept = QPushButton(self.tr("Set"), self)
        accept.setProperty("kind", "primary")
        accept.clicked.connect(self.accept)
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.clicked.connect(self.dismiss)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 10, 12, 12)
        grid.addWidget(title, 0, 0, 1, 2)
        grid.addWidget(self.entry, 1, 0)
        grid.addWidget(unit, 1, 1)
        grid.addWidget(self.message, 2, 0, 1, 2)
        row = QHBoxLayout()
        row.addWidget(cancel)
        row.addWidget(accept)
        grid.addLayout(row, 3, 0, 1, 2)

    def open(self) -> None:
        """Show the box and take the keyboard."""
        self.adjustSize()
        self.show()
        self.raise_()
        self.entry.setFocus(Qt.FocusReason.PopupFocusReason)

    def accept(self) -> None:
        """Send what was typed if it is allowed; else say what is."""
        action = self.edited
        try:
            value = check_entry(
                self.entry.text(), action.tag, action.low, action.high, action.unit, action.decimals
            )
        except ValueRefusedError as error:
            self._tell(station_text(str(error)), refused=True)
            self.entry.selectAll()
            return
        self.entered.emit(value)
        self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Let Escape close the box from within the entry."""
        if isinstance(event, QKeyEvent) and _is_escape(event):
            self.dismiss()
            return True
        return super().eventFilter(watched, event)

    def _forget_refusal(self) -> None:
        self._tell(self.allowed, refused=False)

    def _tell(self, text: str, *, refused: bool) -> None:
        self.message.setText(("✗ " if refused else "") + text)
        self.message.setProperty("role", "" if refused else "muted")
        self.entry.setProperty("invalid", "true" if refused else "false")
        for widget in (self.message, self.entry):
            widget.style().unpolish(widget)
            widget.style().polish(widget)


class Question(Popup):
    """Ask before a command goes out: the second of two distinct actions (HMI-21)."""

    confirmed = Signal()

    def __init__(self, text: str, yes: str, parent: QWidget) -> None:
        super().__init__(parent)
        label = QLabel(text, self)
        label.setWordWrap(False)
        self.yes = QPushButton(yes, self)
        self.yes.setProperty("kind", "primary")
        self.yes.clicked.connect(self._confirm)
        self.no = QPushButton(self.tr("Cancel"), self)
        self.no.clicked.connect(self.dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(label)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        layout.addLayout(row)

    def open(self) -> None:
        """Show the box; the harmless answer has the keyboard."""
        self.adjustSize()
        self.show()
        self.raise_()
        self.no.setFocus(Qt.FocusReason.PopupFocusReason)

    def _confirm(self) -> None:
        self.confirmed.emit()
        self.dismiss()
