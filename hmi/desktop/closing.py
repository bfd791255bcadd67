"""What happens to the station when its window is closed."""

from enum import StrEnum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


class CloseChoice(StrEnum):
    """Name the operator's answer."""

    KEEP_RUNNING = "keep_running"
    STOP_STATION = "stop_station"
    CANCEL = "cancel"


def ask_operator(parent: QWidget) -> CloseChoice:
    """Ask whether the station that was started with this window goes on; modal."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Closing", text)

    box = QMessageBox(parent)
    box.setWindowTitle(tr("Close the window"))
    box.setText(tr("The station was started together with this window. Shall it go on?"))
    box.setInformativeText(
        tr("While it runs it records history and alarms, though no window is open. Stopped, it does neither.")
    )
    keep = box.addButton(tr("Station goes on"), QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton(tr("Stop the station too"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    if clicked is keep:
        return CloseChoice.KEEP_RUNNING
    return CloseChoice.STOP_STATION if clicked is stop else CloseChoice.CANCEL
