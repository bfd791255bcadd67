"""How a command goes out with the care its element asks for: at once, confirmed, reasoned or selected."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tags.model import Value
from views.editors import Popup, Question, SetPointEditor
from views.elements.base import Care, EditAction, Element, WriteAction, format_value, jump_percent

SELECT_S: Final = 30
"""How long a selected command waits for its second step (HMI-21)."""
LEAST_REASON: Final = 3
"""Characters of the shortest reason."""


class ReasonQuestion(Popup):
    """Ask before a command goes out, and why it is given; without a reason nothing goes out."""

    confirmed = Signal(str)

    def __init__(self, text: str, yes: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.reason = QLineEdit(self)
        self.reason.setPlaceholderText(self.tr("Why? The answer is kept with the command."))
        self.reason.setMaxLength(500)
        self.reason.setMinimumWidth(340)
        self.reason.setAccessibleName(self.tr("Reason"))
        self.yes = QPushButton(yes, self)
        self.yes.setProperty("kind", "primary")
        self.yes.setEnabled(False)
        self.yes.clicked.connect(self._confirm)
        self.reason.textChanged.connect(lambda: self.yes.setEnabled(self._is_given()))
        self.reason.returnPressed.connect(self._confirm)
        no = QPushButton(self.tr("Cancel"), self)
        no.clicked.connect(self.dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(QLabel(text, self))
        layout.addWidget(self.reason)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(no)
        row.addWidget(self.yes)
        layout.addLayout(row)

    def open(self) -> None:
        """Show the box; the reason has the keyboard."""
        self.adjustSize()
        self.show()
        self.raise_()
        self.reason.setFocus()

    def _is_given(self) -> bool:
        return len(self.reason.text().strip()) >= LEAST_REASON

    def _confirm(self) -> None:
        if self._is_given():
            self.confirmed.emit(self.reason.text().strip())
            self.dismiss()


class Selection(Popup):
    """Hold a selected command until it is operated, given up, or its time is over (HMI-21)."""

    confirmed = Signal()

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._left_s = SELECT_S
        self.time = QLabel(self)
        self.time.setProperty("role", "muted")
        self.operate = QPushButton(self.tr("Operate"), self)
        self.operate.setProperty("kind", "primary")
        self.operate.clicked.connect(self._confirm)
        self.give_up = QPushButton(self.tr("Deselect"), self)
        self.give_up.clicked.connect(self.dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(QLabel(text, self))
        layout.addWidget(self.time)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.give_up)
        row.addWidget(self.operate)
        layout.addLayout(row)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self.pass_second)
        self._tell()

    def open(self) -> None:
        """Show the box; the harmless answer has the keyboard."""
        self._clock.start()
        self.adjustSize()
        self.show()
        self.raise_()
        self.give_up.setFocus()

    def pass_second(self) -> None:
        """Count down; at the end nothing has happened."""
        self._left_s -= 1
        if self._left_s <= 0:
            self.dismiss()
        else:
            self._tell()

    def dismiss(self) -> None:
        """Close; the selection is gone."""
        self._clock.stop()
        super().dismiss()

    def _tell(self) -> None:
        self.time.setText(
            self.tr("Selected. Nothing happens before Operate; {seconds} s left.").format(
                seconds=self._left_s
            )
        )

    def _confirm(self) -> None:
        self.confirmed.emit()
        self.dismiss()


class Commander(QObject):
    """Take what elements ask for to the write that goes out. GUI thread only.

    ``open_popup`` shows a box at an element; ``send`` gets element, write and reason. :attr:`selected` is the
    id of the element whose command is selected, empty for none.
    """

    def __init__(
        self,
        open_popup: Callable[[Popup, Element], None],
        send: Callable[[Element, WriteAction, str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._open = open_popup
        self._send = send
        self._widget = parent
        self.selected = ""

    def command(self, element: Element, write: WriteAction) -> None:
        """Send a write, after what its care asks for."""
        title = element.properties.text("label")
        match write.care:
            case Care.NONE:
                self._send(element, write, "")
            case Care.CONFIRM:
                question = Question(self._question(element, write), title or self.tr("Yes"), self._widget)
                question.confirmed.connect(lambda: self._send(element, write, ""))
                self._open(question, element)
            case Care.REASON:
                asked = ReasonQuestion(self._question(element, write), title or self.tr("Send"), self._widget)
                asked.confirmed.connect(lambda reason: self._send(element, write, reason))
                self._open(asked, element)
            case Care.SELECT:
                self._select(element, write)

    def _select(self, element: Element, write: WriteAction) -> None:
        box = Selection(self._question(element, write), self._widget)
        box.confirmed.connect(lambda: self._send(element, write, ""))
        box.closed.connect(self._deselect)
        self.selected = element.model.id
        self._open(box, element)

    def _deselect(self) -> None:
        self.selected = ""

    def edit(self, element: Element, action: EditAction) -> None:
        """Open the entry of a set point; what was entered goes out as :meth:`command` does."""
        editor = SetPointEditor(action, self._widget)

        def entered(value: Value) -> None:
            write = self._entry(action, value)
            if write.care is Care.NONE:
                self._send(element, write, "")
            else:
                # The entry closes itself after this; a box opened at once would be closed with it.
                QTimer.singleShot(0, self, lambda: self.command(element, write))

        editor.entered.connect(entered)
        self._open(editor, element)

    def _entry(self, action: EditAction, value: Value) -> WriteAction:
        shown = format_value(value, action.tag, action.decimals)
        text = self.tr("{title}: set to {value}?").format(
            title=action.title, value=f"{shown} {action.unit}".rstrip()
        )
        write = WriteAction(action.tag.path, value, text, care=action.care)
        jump = jump_percent(action.value, value, action.low, action.high)
        if action.jump_percent <= 0 or jump <= action.jump_percent:
            return write
        warning = self.tr("That is a jump of {percent} % of the range.").format(percent=round(jump))
        care = Care.CONFIRM if write.care is Care.NONE else write.care
        return replace(write, care=care, confirm=f"{text}\n{warning}")

    def _question(self, element: Element, write: WriteAction) -> str:
        if write.confirm:
            return write.confirm
        name = element.properties.text("label") or element.accessible_name()
        return self.tr("{command}: {path}?").format(command=name, path=write.path)
