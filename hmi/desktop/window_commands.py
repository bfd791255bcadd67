"""What the operator's actions do in a window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from hmi.desktop.about import show_about, show_shortcuts
from hmi.desktop.finding import Finder
from views.search import Entry

if TYPE_CHECKING:
    from hmi.desktop.main_window import MainWindow
    from hmi.desktop.workspace import Workspace


class WindowCommands:
    """Do what a menu, a button or a key asks for; without a project most of it does nothing.

    GUI thread only. What the window is being changed to, such as another language, is finished first.
    """

    def __init__(self, window: "MainWindow") -> None:
        self._window = window

    def calls(self) -> dict[str, Callable[[], object]]:
        """Return what each action does, by its name."""
        window = self._window
        calls: dict[str, Callable[[], object]] = {
            "back": self._on_workspace(lambda workspace: workspace.go_back()),
            "forward": self._on_workspace(lambda workspace: workspace.go_forward()),
            "home": self._on_workspace(_go_home),
            "search": lambda: window.search.open(),
            "favourite": self._on_workspace(self._toggle_favourite),
            "trend_tag": self._on_workspace(lambda workspace: workspace.inquiry.trend_last(workspace.pages)),
            "why": self._on_workspace(_why_here),
            "acknowledge": lambda: window.banner.acknowledge_shown(),
            "silence": window.horn.silence,
            "sound": self._toggle_sound,
            "navigation": lambda: window.navigation.setVisible(not window.navigation.isVisible()),
            "theme": window.toggle_theme,
            "fullscreen": window.toggle_full_screen,
            "window": self._on_workspace(_open_apart),
            "shortcuts": lambda: show_shortcuts(window, list(window.actions_by_name.values())),
            "about": lambda: show_about(window, window.client),
            "close": window.close,
        }
        for page in ("screens", "alarms", "performance", "trend", "log", "connections"):
            calls[page] = self._on_workspace(_shows(page))
        return {name: self._settled(call) for name, call in calls.items()}

    def _settled(self, call: Callable[[], object]) -> Callable[[], object]:
        def do() -> None:
            self._window.settle()
            call()

        return do

    def _on_workspace(self, do: "Callable[[Workspace], object]") -> Callable[[], object]:
        def call() -> None:
            if self._window.workspace is not None:
                do(self._window.workspace)

        return call

    def find(self, what: Callable[[Finder, Entry], None], entry: Entry) -> None:
        """Do something with what the search has found."""
        window = self._window
        if window.workspace is not None:
            what(Finder(window.workspace, window.actions_by_name), entry)

    def _toggle_favourite(self, workspace: "Workspace") -> None:
        if not workspace.screens.screen_id:
            return
        settings = self._window.settings
        name, screen_id = workspace.project.name, workspace.screens.screen_id
        chosen = [one for one in settings.favourites(name) if one in workspace.project.screens]
        if screen_id in chosen:
            chosen.remove(screen_id)
        else:
            chosen.append(screen_id)
        settings.set_favourites(name, chosen)
        self._window.show_place()

    def _toggle_sound(self) -> None:
        window = self._window
        is_on = window.actions_by_name["sound"].isChecked()
        window.settings.sound = is_on
        window.horn.set_on(is_on)
        window.apply_icons()
        text = (
            QCoreApplication.translate("MainWindow", "Alarm sounds are on.")
            if is_on
            else QCoreApplication.translate("MainWindow", "Alarm sounds of this window are off.")
        )
        window.status.tell(text, False)


def _shows(page: str) -> "Callable[[Workspace], object]":
    return lambda workspace: workspace.show_page(page)


def _go_home(workspace: "Workspace") -> None:
    workspace.go_home()
    workspace.focus_page()


def _why_here(workspace: "Workspace") -> None:
    element = workspace.screens.element_under_pointer() if workspace.page == "screens" else None
    workspace.inquiry.why_here(element)


def _open_apart(workspace: "Workspace") -> None:
    if workspace.screens.screen_id:
        workspace.screens.desk.open(workspace.screens.screen_id)
