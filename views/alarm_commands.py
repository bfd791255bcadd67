"""The commands of the alarm list as actions: the same ones in buttons, context menu and on keys."""

from collections.abc import Callable, Hashable, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from alarms.model import AlarmDefinition, AlarmSnapshot
from alarms.policy import shelve_role
from tags.roles import Role
from views.alarm_actions import (
    NEEDS_REASON,
    AlarmAction,
    AlarmRequest,
    action_text,
    action_tip,
    refusal,
    role_refusal,
)
from views.alarm_dialogs import ReasonDialog

KEYS: Mapping[AlarmAction, str] = {
    AlarmAction.RESET: "Ctrl+R",
    AlarmAction.SHELVE: "Ctrl+S",
    AlarmAction.UNSHELVE: "Ctrl+U",
    AlarmAction.REMOVE: "Ctrl+O",
    AlarmAction.RETURN: "Ctrl+I",
    AlarmAction.CONFIRM: "Ctrl+Shift+K",
    AlarmAction.COMMENT: "Ctrl+M",
}


class AlarmCommands(QObject):
    """Own one :class:`QAction` per :class:`AlarmAction`, enabled by what the selected rows allow.

    An action concerns those of the selected alarms that allow it. Those that hide alarms, or show them again
    after maintenance, ask for a reason first.
    """

    requested = Signal(object)
    """An :class:`AlarmRequest`."""

    def __init__(
        self,
        selected: Callable[[], Sequence[AlarmSnapshot]],
        definitions: Mapping[str, AlarmDefinition],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._selected = selected
        self._definitions = definitions
        self._window = parent
        self.role = Role.ADMIN
        self.dialog: ReasonDialog | None = None
        self.actions_by_kind = {action: self._make(action) for action in AlarmAction}

    def _make(self, action: AlarmAction) -> QAction:
        made = QAction(action_text(action), self)
        made.setShortcut(QKeySequence(KEYS[action]))
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.triggered.connect(lambda _=False: self.run(action))
        self._window.addAction(made)
        return made

    def refresh(self) -> None:
        """Enable what the selection allows; a disabled action's tool tip says why."""
        rows = self._selected()
        # Thousands may be selected, of a few kinds.
        kinds = list({self._kind(row): row for row in rows}.values())
        for action, made in self.actions_by_kind.items():
            is_allowed = any(not self._refusal(action, row) for row in kinds)
            tip = f"{action_tip(action)} ({KEYS[action]})"
            if not is_allowed:
                tip = self._refusal(action, rows[0]) if rows else self.tr("Select an alarm first.")
            made.setEnabled(is_allowed)
            made.setToolTip(tip)

    def _kind(self, row: AlarmSnapshot) -> Hashable:
        """Return all that a refusal depends on."""
        definition = self._definitions.get(row.alarm_id)
        rules = None
        if definition is not None:
            rules = (definition.shelvable, definition.removable, shelve_role(definition))
        return row.state, bool(row.device), row.confirmed, row.acknowledged, row.doubtful, rules

    def _refusal(self, action: AlarmAction, row: AlarmSnapshot) -> str:
        definition = self._definitions.get(row.alarm_id)
        return role_refusal(action, self.role, definition) or refusal(action, row, definition)

    def run(self, action: AlarmAction) -> None:
        """Ask for an action on the selected alarms that allow it."""
        rows = [row for row in self._selected() if not self._refusal(action, row)]
        if not rows:
            return
        if action not in NEEDS_REASON:
            self.requested.emit(AlarmRequest(action, tuple(row.alarm_id for row in rows)))
            return
        self.dialog = ReasonDialog(action, rows, self._window, self.role)
        self.dialog.chosen.connect(self.requested)
        self.dialog.destroyed.connect(self._forget_dialog)
        self.dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def make_menu(self, before: Sequence[QAction]) -> QMenu:
        """Return a context menu: the actions ``before``, then those that the selection allows."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(before))
        menu.addSeparator()
        menu.addActions([made for made in self.actions_by_kind.values() if made.isEnabled()])
        return menu
