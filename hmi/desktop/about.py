"""The small dialogs of the window's menu."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from hmi.desktop.client import StationClient
from hmi.version import program_version
from views.local_text import local_time
from views.project_names import project_text


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)


def _dialog(parent: QWidget, title: str, rows: Sequence[tuple[str, str]]) -> QDialog:
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    grid = QGridLayout()
    grid.setHorizontalSpacing(28)
    grid.setVerticalSpacing(6)
    for row, (left, right) in enumerate(rows):
        name = QLabel(left, dialog)
        name.setProperty("role", "muted")
        grid.addWidget(name, row, 0)
        grid.addWidget(QLabel(right, dialog), row, 1)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 16, 20, 14)
    layout.setSpacing(16)
    layout.addLayout(grid)
    layout.addWidget(buttons)
    return dialog


def key_text(*keys: str | QKeySequence) -> str:
    """Return keys as they are called on this keyboard in the window's language."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in keys)


def show_about(parent: QWidget, client: StationClient) -> QDialog:
    """Show versions and the station's facts."""
    rows = [
        (_tr("Vigie"), program_version()),
        (_tr("Station"), project_text(client.station) or _tr("none")),
        (_tr("Station's version"), client.station_version),
        (_tr("Runs since"), local_time(client.station_started_ns, milliseconds=False)),
        (_tr("Link"), client.link_text),
    ]
    dialog = _dialog(parent, _tr("About Vigie"), [(left, right) for left, right in rows if right])
    dialog.open()
    return dialog


def show_shortcuts(parent: QWidget, actions: Sequence[QAction]) -> QDialog:
    """Show the keys of all actions."""
    rows = [
        (key_text(action.shortcut()), action.text()) for action in actions if not action.shortcut().isEmpty()
    ]
    rows += [
        (key_text("Space"), _tr("Acknowledge the selected alarms in the list")),
        (key_text("Ctrl+Shift+A"), _tr("Acknowledge what was seen of the selected alarm's area")),
        (key_text("Ctrl+S", "Ctrl+U"), _tr("Shelve or unshelve the selected alarms")),
        (key_text("Ctrl+O", "Ctrl+I"), _tr("Take the selected alarms out of service, or return them")),
        (key_text("Ctrl+R"), _tr("Reset the selected latched alarms")),
        (key_text("Ctrl+Shift+K", "Ctrl+M"), _tr("Confirm or comment the selected alarms of a device")),
        (key_text("Tab", "Return"), _tr("Walk through a screen's elements and press one")),
        (f"← →  + −  {key_text('End')}", _tr("Move and zoom the trend; End returns to live")),
    ]
    dialog = _dialog(parent, _tr("Keyboard shortcuts"), rows)
    dialog.open()
    return dialog
