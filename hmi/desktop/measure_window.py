"""Walk through a window as an operator does, and note the longest block of its thread at every step."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QTabBar

from hmi.desktop.app import run
from hmi.desktop.connector import EndpointProvider
from hmi.desktop.main_window import MainWindow
from hmi.desktop.navigation import home_screen
from hmi.desktop.workspace import Workspace
from views.elements.base import FaceplateAction

SIZE: Final = (1920, 1080)
_LEAST_MS: Final = 900
"""How long a step is watched: what it sets off later belongs to it, such as screens made ahead."""
_PAGES: Final = ("alarms", "performance", "trend", "log", "connections")


@dataclass(frozen=True, slots=True)
class Block:
    """Hold the longest time between two turns of the event loop in one step of a walk."""

    step: str
    longest_ms: float


class _Watch(QObject):
    """Go on with a walk whenever a step has been watched long enough; ``end`` gets what was found.

    A turn of the event loop is what holds keyboard, mouse and values up: everything between two firings of a
    timer that is always due.
    """

    def __init__(self, window: MainWindow, walk: Iterator[str], end: Callable[[list[Block]], object]) -> None:
        super().__init__(window)
        self._walk = walk
        self._end = end
        self._found: dict[str, float] = {}
        self._step = next(walk)
        self._last_ns = self._begun_ns = time.perf_counter_ns()
        self._longest_ns = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        self._timer.start(0)

    def _turn(self) -> None:
        now_ns = time.perf_counter_ns()
        self._longest_ns = max(self._longest_ns, now_ns - self._last_ns)
        self._last_ns = now_ns
        if now_ns - self._begun_ns < _LEAST_MS * 1_000_000:
            return
        self._found[self._step] = max(self._longest_ns / 1e6, self._found.get(self._step, 0.0))
        self._begun_ns = self._last_ns = time.perf_counter_ns()
        self._longest_ns = 0
        try:
            self._step = next(self._walk)
        except StopIteration:
            self._timer.stop()
            self._end([Block(step, longest_ms) for step, longest_ms in self._found.items()])


def longest_blocks(provider: EndpointProvider, settings: Path) -> list[Block]:
    """Open the window and walk through all of it once; return the steps in their order.

    Blocks in the GUI thread until the walk is over. Needs a project with screens; ``settings`` is a file that
    nothing was remembered in, so that everything opens for the first time.
    """
    found: list[Block] = []

    def opened(window: MainWindow) -> None:
        def end(blocks: list[Block]) -> None:
            found.extend(blocks)
            window.close()

        _Watch(window, _walk(window), end)

    run(
        provider,
        theme="light",
        language="en",
        size=SIZE,
        settings_path=settings,
        opened=opened,
        is_audible=False,
    )
    return found


def _walk(window: MainWindow) -> Iterator[str]:
    """Do one thing after the other; each is told when it has been begun."""
    while window.workspace is None:
        yield "the project comes"
    yield "the first screen is there"
    yield from _screens(window)
    yield from _beside(window)
    yield from _pages(window, "")
    for name, choose in (
        ("theme", window.toggle_theme),
        ("language", lambda: window.actions_by_name["language_fr"].trigger()),
    ):
        window.actions_by_name["home"].trigger()
        yield f"back to a screen before the {name} changes"
        choose()
        yield f"the {name} changes on a screen"
        yield from _pages(window, f" after the {name} changed")
    for page in _PAGES:
        window.actions_by_name[page].trigger()
        yield f"page {page} comes back"
        window.toggle_theme()
        yield f"the theme changes on page {page}"
        other = "en" if window.settings.language == "fr" else "fr"
        window.actions_by_name[f"language_{other}"].trigger()
        yield f"the language changes on page {page}"


def _place(window: MainWindow) -> Workspace:
    if window.workspace is None:
        raise RuntimeError("the station has left while its window was measured")
    return window.workspace


def _screens(window: MainWindow) -> Iterator[str]:
    for screen_id in _place(window).project.screens:
        _place(window).show_screen(screen_id)
        yield f"screen {screen_id} opens"
    _place(window).show_screen(home_screen(_place(window).project))
    yield "back to the first screen"


def _beside(window: MainWindow) -> Iterator[str]:
    """Open what stands beside a screen: faceplates, a window of its own, the search, an explanation."""
    workspace = _place(window)
    chosen: dict[str, FaceplateAction] = {}
    for name in workspace.project.screens:
        workspace.show_screen(name)
        canvas = workspace.screens.canvas
        if canvas is not None:
            actions = [element.action() for element in canvas.scene.elements if element.is_interactive]
            for action in actions:
                if isinstance(action, FaceplateAction):
                    chosen.setdefault(action.faceplate_id, action)
        yield f"screen {name} comes back"
    for name, action in chosen.items():
        workspace.screens.open_faceplate(action.faceplate_id, action.instance)
        yield f"faceplate {name} opens"
        workspace.screens.close_faceplates()
        yield f"faceplate {name} closes"
    window.actions_by_name["window"].trigger()
    yield "a window of its own opens"
    workspace.screens.desk.close_all()
    window.search.open()
    yield "the search opens"
    window.search.hide()
    workspace.inquiry.why_tag(next(iter(workspace.project.tags)).path)
    yield "an explanation opens"
    workspace.inquiry.why.hide()
    yield "an explanation closes"


def _pages(window: MainWindow, when: str) -> Iterator[str]:
    for name in _PAGES:
        window.actions_by_name[name].trigger()
        yield f"page {name} opens{when}"
        shown = _place(window).currentWidget()
        bars = [bar for bar in shown.findChildren(QTabBar) if bar.isVisible()] if shown is not None else []
        for bar in bars[:1]:
            for tab in range(1, bar.count()):
                bar.setCurrentIndex(tab)
                yield f"page {name}, tab {tab + 1} opens{when}"
            bar.setCurrentIndex(0)
