"""The dialogs that ask for a reason before an alarm is hidden or shown again (ALM-12)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmSnapshot
from alarms.policy import shelve_durations_s
from tags.clock import NS_PER_S
from tags.roles import Role
from views.alarm_actions import AlarmAction, AlarmRequest, duration_text, names_text

REASON_CHARACTERS = 200


def make_primary(button: QPushButton) -> None:
    """Show a button as the one that does it; also one that has its style already."""
    button.setProperty("kind", "primary")
    button.style().unpolish(button)
    button.style().polish(button)


class ReasonDialog(QDialog):
    """Ask why, and for shelving how long; can be accepted only with a reason. Deletes itself when closed."""

    chosen = Signal(object)
    """The :class:`AlarmRequest`."""

    def __init__(
        self,
        action: AlarmAction,
        rows: Sequence[AlarmSnapshot],
        parent: QWidget,
        role: Role = Role.OPERATOR,
    ) -> None:
        super().__init__(parent)
        self._role = role
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._action = action
        self._ids = tuple(row.alarm_id for row in rows)
        titles = {
            AlarmAction.SHELVE: self.tr("Shelve"),
            AlarmAction.REMOVE: self.tr("Take out of service"),
            AlarmAction.RETURN: self.tr("Return to service"),
            AlarmAction.COMMENT: self.tr("Comment", "what a button does"),
        }
        sentences = {
            AlarmAction.SHELVE: self.tr("It is not shown or heard for this time, then comes back by itself."),
            AlarmAction.REMOVE: self.tr("It is not shown or heard until somebody returns it to service."),
            AlarmAction.RETURN: self.tr("If its condition is present, it is annunciated as new."),
            AlarmAction.COMMENT: self.tr("The device keeps it with the alarm; the journal has it too."),
        }
        self.setWindowTitle(titles[action])
        names = QLabel(names_text(list(rows)), self)
        names.setProperty("role", "title")
        names.setTextFormat(Qt.TextFormat.PlainText)
        sentence = QLabel(sentences[action], self)
        sentence.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(names)
        layout.addWidget(sentence)
        self.durations = QButtonGroup(self)
        self._duration_s: list[int | None] = []
        if action is AlarmAction.SHELVE:
            layout.addLayout(self._duration_grid())
        asked = {
            AlarmAction.REMOVE: self.tr("Reason and work order"),
            AlarmAction.COMMENT: self.tr("Comment"),
        }
        title = QLabel(asked.get(action, self.tr("Reason")), self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(REASON_CHARACTERS)
        self.reason.setMinimumWidth(420)
        self.reason.setPlaceholderText(self.tr("Required; goes into the journal"))
        title.setBuddy(self.reason)
        layout.addWidget(title)
        layout.addWidget(self.reason)
        buttons = QDialogButtonBox(self)
        self.accept_button = buttons.addButton(titles[action], QDialogButtonBox.ButtonRole.AcceptRole)
        make_primary(self.accept_button)
        self.accept_button.setEnabled(False)
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.reason.textChanged.connect(self._on_reason)
        self.reason.setFocus()

    def _duration_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        self._duration_s = [*shelve_durations_s(self._role), None]
        for number, seconds in enumerate(self._duration_s):
            button = QRadioButton(duration_text(seconds), self)
            self.durations.addButton(button, number)
            if seconds is None:
                grid.addWidget(button, len(self._duration_s) // 3 + 1, 0, 1, 3)
            else:
                grid.addWidget(button, number // 3, number % 3)
        # The shortest, so that nothing is hidden longer than somebody asked for.
        self.durations.button(0).setChecked(True)
        return grid

    @Slot()
    def _on_reason(self) -> None:
        self.accept_button.setEnabled(bool(self.reason.text().strip()))

    def request(self) -> AlarmRequest:
        """Return what is asked for as the dialog stands."""
        seconds = self._duration_s[self.durations.checkedId()] if self._duration_s else None
        duration_ns = None if seconds is None else seconds * NS_PER_S
        return AlarmRequest(self._action, self._ids, self.reason.text().strip(), duration_ns)

    def accept(self) -> None:
        """Hand on the request; Enter without a reason does nothing."""
        if not self.reason.text().strip():
            self.reason.setFocus()
            return
        self.chosen.emit(self.request())
        super().accept()


class SentenceDialog(QDialog):
    """Tell what is about to be done and ask for the reason; deletes itself when closed."""

    accepted_with = Signal(str)
    """The reason given."""

    def __init__(
        self, title: str, lines: Sequence[str], sentence: str, button: str, parent: QWidget, most: int = 8
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        shown = list(lines[:most])
        if len(lines) > most:
            shown.append(self.tr("and %n more", "", len(lines) - most))
        what = QLabel("\n".join(shown), self)
        what.setTextFormat(Qt.TextFormat.PlainText)
        what.setWordWrap(True)
        muted = QLabel(sentence, self)
        muted.setWordWrap(True)
        muted.setProperty("role", "muted")
        name = QLabel(self.tr("Reason"), self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(REASON_CHARACTERS)
        self.reason.setMinimumWidth(460)
        self.reason.setPlaceholderText(self.tr("Required; goes into the record of changes"))
        name.setBuddy(self.reason)
        buttons = QDialogButtonBox(self)
        self.accept_button = buttons.addButton(button, QDialogButtonBox.ButtonRole.AcceptRole)
        make_primary(self.accept_button)
        self.accept_button.setEnabled(False)
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(12)
        for widget in (what, muted, name, self.reason, buttons):
            layout.addWidget(widget)
        self.reason.textChanged.connect(self._on_reason)
        self.reason.setFocus()

    @Slot()
    def _on_reason(self) -> None:
        self.accept_button.setEnabled(bool(self.reason.text().strip()))

    def accept(self) -> None:
        """Hand on the reason; Enter without one does nothing."""
        reason = self.reason.text().strip()
        if not reason:
            self.reason.setFocus()
            return
        self.accepted_with.emit(reason)
        super().accept()
