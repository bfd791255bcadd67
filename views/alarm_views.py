"""Views of the alarm list that an operator saved under a name: filter, grouping and order."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from alarms.model import Priority
from views.alarm_book import StateGroup
from views.alarm_dialogs import make_primary
from views.alarm_fold import Grouping
from views.alarm_rows import AlarmFilter, Column

NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class SavedView:
    """Hold what the list shows and in which order; ``column`` None is the operator's order."""

    name: str
    chosen: AlarmFilter
    grouping: Grouping = Grouping.NONE
    column: Column | None = None
    is_descending: bool = False


def to_json(views: Iterable[SavedView]) -> str:
    """Return views as text, for the window's settings file."""
    return json.dumps(
        [
            {
                "name": view.name,
                "priorities": sorted(int(priority) for priority in view.chosen.priorities),
                "groups": sorted(view.chosen.groups),
                "area": view.chosen.area,
                "text": view.chosen.text,
                "alerts": view.chosen.alerts,
                "grouping": view.grouping,
                "column": None if view.column is None else view.column.name,
                "descending": view.is_descending,
            }
            for view in views
        ],
        ensure_ascii=False,
    )


def from_json(text: str) -> list[SavedView]:
    """Return the views of a text; entries that cannot be read are left out."""
    try:
        entries = json.loads(text or "[]")
    except ValueError:
        return []
    if not isinstance(entries, list):
        return []
    found = [_view(entry) for entry in entries if isinstance(entry, dict)]
    return [view for view in found if view is not None]


def _view(entry: Mapping[str, Any]) -> SavedView | None:
    try:
        chosen = AlarmFilter(
            frozenset(Priority(int(value)) for value in entry["priorities"]),
            frozenset(StateGroup(value) for value in entry["groups"]),
            str(entry["area"]),
            str(entry["text"]),
            bool(entry["alerts"]),
        )
        column = entry["column"]
        return SavedView(
            str(entry["name"]),
            chosen,
            Grouping(entry["grouping"]),
            None if column is None else Column[str(column)],
            bool(entry["descending"]),
        )
    except (KeyError, ValueError, TypeError):
        return None


class NameDialog(QDialog):
    """Ask for the name of a view; deletes itself when closed."""

    named = Signal(str)

    def __init__(self, names: Iterable[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save this view"))
        self._names = {name.casefold() for name in names}
        self.name = QLineEdit(self)
        self.name.setMaxLength(NAME_CHARACTERS)
        self.name.setMinimumWidth(320)
        self.name.setPlaceholderText(self.tr("Name, such as: Filling, urgent and high"))
        self.hint = QLabel(self)
        self.hint.setProperty("role", "muted")
        buttons = QDialogButtonBox(self)
        self.accept_button = buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        make_primary(self.accept_button)
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(QLabel(self.tr("Filter, grouping and order are kept under this name."), self))
        layout.addWidget(self.name)
        layout.addWidget(self.hint)
        layout.addWidget(buttons)
        self.name.textChanged.connect(self._on_name)
        self._on_name()

    @Slot()
    def _on_name(self) -> None:
        name = self.name.text().strip()
        self.accept_button.setEnabled(bool(name))
        is_known = name.casefold() in self._names
        self.hint.setText(self.tr("Replaces the view of this name.") if is_known else "")

    def accept(self) -> None:
        """Hand on the name; Enter without one does nothing."""
        name = self.name.text().strip()
        if name:
            self.named.emit(name)
            super().accept()


class ViewsButton(QToolButton):
    """Offer the saved views, and to save or delete one. GUI thread only."""

    view_chosen = Signal(object)
    """A :class:`SavedView`."""
    save_requested = Signal(str)
    """The name under which to keep what the list shows; answered by :meth:`keep`."""
    changed = Signal(str)
    """All views as text, to be remembered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.views: list[SavedView] = []
        self.dialog: NameDialog | None = None
        self.setText(self.tr("Views"))
        self.setToolTip(self.tr("Saved views: filter, grouping and order of the list"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(self.toolButtonStyle().ToolButtonTextBesideIcon)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def set_text(self, text: str) -> None:
        """Take the views that were remembered."""
        self.views = from_json(text)

    def keep(self, view: SavedView) -> None:
        """Keep a view, in the place of one with its name."""
        self.views = [one for one in self.views if one.name.casefold() != view.name.casefold()]
        self.views.append(view)
        self.views.sort(key=lambda one: one.name.casefold())
        self.changed.emit(to_json(self.views))

    def delete(self, name: str) -> None:
        """Forget a view."""
        self.views = [one for one in self.views if one.name != name]
        self.changed.emit(to_json(self.views))

    def ask_name(self) -> None:
        """Ask for the name of what the list shows now."""
        self.dialog = NameDialog([view.name for view in self.views], self.window())
        self.dialog.named.connect(self.save_requested)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    @Slot()
    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for view in self.views:
            menu.addAction(view.name, partial(self.view_chosen.emit, view))
        if not self.views:
            empty = QAction(self.tr("No view is saved yet"), menu)
            empty.setEnabled(False)
            menu.addAction(empty)
        menu.addSeparator()
        menu.addAction(self.tr("Save this view…"), self.ask_name)
        if self.views:
            deleting = menu.addMenu(self.tr("Delete"))
            for view in self.views:
                deleting.addAction(view.name, partial(self.delete, view.name))
