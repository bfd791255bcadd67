"""What the operator can ask of the window, by menu, button and key."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from hmi.desktop.about import key_text
from resources.catalogue import LANGUAGES
from views.color_vision import ColorVision, vision_text
from views.language import LANGUAGE
from views.style import Theme, icon

KEYS: Final[Mapping[str, str]] = {
    "back": "Alt+Left",
    "forward": "Alt+Right",
    "home": "Alt+Home",
    "search": "Ctrl+K",
    "favourite": "Ctrl+D",
    "screens": "F2",
    "alarms": "F3",
    "performance": "Shift+F3",
    "trend": "F4",
    "log": "Shift+F4",
    "connections": "F6",
    "trend_tag": "F8",
    "why": "Shift+F1",
    "acknowledge": "F9",
    "silence": "F10",
    "navigation": "F7",
    "theme": "Ctrl+T",
    "fullscreen": "F11",
    "window": "Ctrl+Shift+N",
    "shortcuts": "F1",
    "close": "Ctrl+Q",
}
"""The keys of the actions; every one works wherever the focus is in the main window and its faceplates."""
COMING_FORWARD: Final = frozenset(
    {
        *("search", "home", "screens", "alarms", "performance", "trend", "log", "connections"),
        *("trend_tag", "why", "shortcuts", "about"),
    }
)
"""Actions that show something in the main window: asked for in another window, they bring it to the front."""
SHARED: Final = (
    *("search", "screens", "alarms", "performance", "trend", "log", "connections"),
    *("trend_tag", "why", "acknowledge", "silence", "theme", "shortcuts"),
)
"""Actions whose keys also work in screens' own windows, which go back and fill a monitor themselves."""
_ICONS: Final[Mapping[str, str]] = {
    "alarms": "alarm",
    "performance": "history",
    "log": "clock",
    "trend_tag": "add",
    "why": "info",
    "navigation": "list",
    "window": "screens",
    "shortcuts": "help",
    "about": "info",
}
"""The icons that are not called as their action."""
_GROUPS: Final = (
    ("search", "back", "forward", "home", "favourite"),
    ("screens", "alarms", "performance", "trend", "log", "connections"),
    ("acknowledge", "trend_tag", "why"),
    ("navigation", "theme", "fullscreen", "window", "language", "vision"),
    ("shortcuts", "about"),
    ("close",),
)


class WindowActions(QObject):
    """Make the window's actions and its menu in the language of the moment; delete it to make them anew.

    ``calls`` says what each action does; ``choose_language`` takes the code of a language,
    ``choose_vision`` what the window is shown as.
    """

    def __init__(
        self,
        window: QWidget,
        calls: Mapping[str, Callable[[], object]],
        choose_language: Callable[[str], object],
        choose_vision: Callable[[ColorVision], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._icons: dict[str, str] = {}
        self.by_name: dict[str, QAction] = {}
        for name, text in self._texts().items():
            self._add(name, text, calls[name])
        self.by_name["silence"].setEnabled(False)
        for name in ("sound", "favourite"):
            self.by_name[name].setCheckable(True)
        self._menu = QMenu(window)
        self._add_languages(choose_language)
        self._add_visions(choose_vision)
        for names in _GROUPS:
            self._menu.addActions([self.by_name[name] for name in names])
            self._menu.addSeparator()
        menu = QAction(self.tr("Menu"), self)
        menu.setMenu(self._menu)
        self.by_name["menu"] = menu
        self._icons["menu"] = "menu"

    def _texts(self) -> dict[str, str]:
        return {
            "back": self.tr("Back"),
            "forward": self.tr("Forward"),
            "home": self.tr("Home screen"),
            "search": self.tr("Search"),
            "favourite": self.tr("Mark this screen as a favourite"),
            "screens": self.tr("Screens"),
            "alarms": self.tr("Alarms"),
            "performance": self.tr("Alarm performance"),
            "trend": self.tr("Trend"),
            "log": self.tr("Event log"),
            "connections": self.tr("Connections"),
            "trend_tag": self.tr("Add the element clicked last to the trend"),
            "why": self.tr("Why this value?"),
            "acknowledge": self.tr("Acknowledge the alarm in the banner"),
            "silence": self.tr("Silence this window's horn, acknowledge nothing"),
            "sound": self.tr("Alarm sounds of this window"),
            "navigation": self.tr("Show or hide the navigation"),
            "theme": self.tr("Light or dark theme"),
            "fullscreen": self.tr("Full screen"),
            "window": self.tr("Open this screen in a window of its own"),
            "shortcuts": self.tr("Keyboard shortcuts"),
            "about": self.tr("About Vigie"),
            "close": self.tr("Close the window"),
        }

    def _add(self, name: str, text: str, call: Callable[[], object]) -> None:
        action = QAction(text, self)
        key = KEYS.get(name, "")
        if key:
            action.setShortcut(QKeySequence(key))
            action.setToolTip(self.tr("{text} ({key})").format(text=text, key=key_text(key)))
        comes_forward = name in COMING_FORWARD

        def do() -> None:
            # A faceplate's keys are the window's, and one that has the keyboard would go on taking what is
            # typed into the search.
            if comes_forward and not self._window.isActiveWindow():
                self._window.raise_()
                self._window.activateWindow()
            call()

        action.triggered.connect(do)
        self._window.addAction(action)
        self.by_name[name] = action
        self._icons[name] = _ICONS.get(name, name)

    def _add_languages(self, choose: Callable[[str], object]) -> None:
        menu = QMenu(self.tr("Language"), self._menu)
        group = QActionGroup(menu)
        for code, name in LANGUAGES.items():
            action = QAction(name, menu)
            action.setCheckable(True)
            action.setChecked(code == LANGUAGE.name)
            action.triggered.connect(lambda _=False, code=code: choose(code))
            group.addAction(action)
            menu.addAction(action)
            self.by_name[f"language_{code}"] = action
        self.by_name["language"] = menu.menuAction()

    def _add_visions(self, choose: Callable[[ColorVision], object]) -> None:
        menu = QMenu(self.tr("Colour vision"), self._menu)
        group = QActionGroup(menu)
        for vision in ColorVision:
            action = QAction(vision_text(vision), menu)
            action.setCheckable(True)
            action.setChecked(vision is ColorVision.NORMAL)
            action.triggered.connect(lambda _=False, vision=vision: choose(vision))
            group.addAction(action)
            menu.addAction(action)
            self.by_name[f"vision_{vision}"] = action
        self.by_name["vision"] = menu.menuAction()

    def withdraw(self) -> None:
        """Take all actions off the window: their keys do nothing any more; buttons that show them stay."""
        for action in self.by_name.values():
            self._window.removeAction(action)

    def dismiss(self) -> None:
        """Delete all actions."""
        self._menu.deleteLater()
        self.deleteLater()

    def set_icons(self, theme: Theme, changed: Mapping[str, str]) -> None:
        """Give every action its icon in the theme's colours; ``changed`` are those that tell a state."""
        self._icons.update(changed)
        for name, icon_name in self._icons.items():
            self.by_name[name].setIcon(icon(icon_name, theme))
