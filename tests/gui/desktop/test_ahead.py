"""Screens made ahead: in slices, those that the shown one leads to, and the very ones that are then shown."""

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from alarms.model import Priority
from hmi.desktop.ahead import FEW, MOST, ScreensAhead
from views.canvas import ScreenCanvas


class Maker:
    """Makes canvases of ten slices, and knows how far each has come."""

    def __init__(self) -> None:
        self.parent = QWidget()
        self.elements = FEW
        """How many each canvas has, known after the second slice."""
        self.slices: dict[str, int] = {}
        self.given_up: list[str] = []

    def start(self, screen_id: str):
        try:
            for number in range(10):
                self.slices[screen_id] = number + 1
                yield self.elements if number else 0
        except GeneratorExit:
            self.given_up.append(screen_id)
            raise
        yield QWidget(self.parent)


@pytest.fixture
def maker(qtbot: QtBot) -> Maker:
    found = Maker()
    qtbot.addWidget(found.parent)
    return found


@pytest.fixture
def ahead(qtbot: QtBot, maker: Maker):
    owner = QObject()
    found = ScreensAhead(maker.start, owner)
    yield found
    found.forget()


def test_what_is_wanted_is_made_in_turn_and_handed_over_once(qtbot: QtBot, maker: Maker, ahead) -> None:
    ahead.want(["b", "a", "b"])
    assert maker.slices == {}, "the shown screen comes first"
    qtbot.waitUntil(lambda: len(ahead.canvases) == 2)
    assert list(maker.slices) == ["b", "a"]
    made = ahead.open("b")
    assert made is not None
    assert len(ahead.canvases) == 1
    assert ahead.open("b") is not made, "it was handed over"


def test_a_small_one_is_finished_at_once(maker: Maker, ahead) -> None:
    assert ahead.open("a") is not None
    assert maker.slices["a"] == 10
    ahead._making = ("b", maker.start("b"))
    next(ahead._making[1])
    assert ahead.open("b") is not None, "begun before"
    assert maker.slices["b"] == 10


class Clock:
    """Goes on by three milliseconds whenever it is read."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        self.now_ns += 3_000_000
        return self.now_ns


@pytest.fixture
def slowly(maker: Maker):
    """Makes large screens; a turn is over after three slices, before that after one."""
    maker.elements = FEW + 1
    owner = QObject()
    found = ScreensAhead(maker.start, owner, Clock())
    yield found
    found.forget()


def test_a_large_one_is_made_in_turns_with_other_events(qtbot: QtBot, maker: Maker, slowly) -> None:
    assert slowly.open("a") is None
    assert maker.slices["a"] == 2, "until its size is known"
    ready = []
    slowly.ready.connect(ready.append)
    turns = []
    while not ready:
        QCoreApplication.processEvents()
        turns.append(maker.slices["a"])
    assert [turn for turn in dict.fromkeys(turns) if turn < 10] == [3, 4, 5, 6, 7, 8, 9], (
        "one slice fits into 6 ms"
    )
    assert ready == ["a"]
    assert slowly.open("a") is not None


def test_what_was_asked_for_is_given_up_for_another(qtbot: QtBot, maker: Maker, slowly) -> None:
    ready = []
    slowly.ready.connect(ready.append)
    assert slowly.open("a") is None
    assert slowly.open("b") is None
    assert maker.given_up == ["a"]
    qtbot.waitUntil(lambda: ready == ["b"])
    assert slowly.open("c") is None
    slowly.want(["c"])
    assert maker.given_up == ["a"], "it goes on ahead, as the screen that is shown leads to it"
    qtbot.waitUntil(lambda: len(slowly.canvases) == 1)
    assert ready == ["b"], "nobody waits for it any more"
    assert slowly.open("d") is None
    slowly.forget()
    assert maker.given_up == ["a", "d"]
    assert not slowly._timer.isActive()


def test_what_is_wanted_no_more_is_given_up(qtbot: QtBot, maker: Maker, ahead) -> None:
    ahead.want(["a"])
    qtbot.waitUntil(lambda: len(ahead.canvases) == 1)
    (first,) = ahead.canvases
    ahead._making = ("b", maker.start("b"))
    next(ahead._making[1])
    with qtbot.waitSignal(first.destroyed):
        ahead.want(["c"])
    assert maker.given_up == ["b"]
    qtbot.waitUntil(lambda: len(ahead.canvases) == 1)
    ahead.want(str(number) for number in range(9))
    qtbot.waitUntil(lambda: len(ahead.canvases) == MOST)
    ahead.forget()
    assert ahead.canvases == ()


def test_the_window_shows_what_was_made_ahead_as_it_is_now(qtbot: QtBot, station, window) -> None:
    screens = window.workspace.screens
    shown = screens.canvas
    qtbot.waitUntil(lambda: screens.ahead.canvases != ())
    made = {canvas.screen_model.id: canvas for canvas in screens.ahead.canvases}
    name, canvas = next(iter(made.items()))
    assert isinstance(canvas, ScreenCanvas)
    assert canvas is not shown
    assert not canvas.isVisible()
    assert canvas.size() == shown.size()
    screens.set_locked("Nobody may command.")
    screens.set_alarm_states({"Tank.Level": (Priority.HIGH, False)})
    layer = canvas._static
    assert layer is not None
    window.workspace.show_screen(name)
    assert screens.canvas is canvas
    qtbot.waitUntil(canvas.isVisible)
    assert canvas._static is layer, "what was painted beforehand is what is shown"
    assert canvas.scene.look.locked == "Nobody may command."
    assert canvas.scene.look.alarms == {"Tank.Level": (Priority.HIGH, False)}
    with qtbot.waitSignal(screens.navigate) as asked:
        canvas.navigate.emit("overview")
    assert asked.args == ["overview"]


def test_another_theme_makes_them_anew(qtbot: QtBot, station, window) -> None:
    screens = window.workspace.screens
    qtbot.waitUntil(lambda: screens.ahead.canvases != ())
    window.toggle_theme()
    window.settle()
    assert screens.ahead.canvases == ()
