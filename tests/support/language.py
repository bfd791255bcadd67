"""Another language in a window, waited for."""

from pytestqt.qtbot import QtBot

from hmi.desktop.main_window import MainWindow
from views.language import LANGUAGE


def change_language(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Choose a language and wait until all of the window speaks it."""
    window.set_language(name)
    qtbot.waitUntil(lambda: LANGUAGE.name == name and not window.turns.is_busy)
