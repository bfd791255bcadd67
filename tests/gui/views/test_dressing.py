"""The look of the application changes in slices: what is seen at once, the rest afterwards."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import delete

from views.dressing import Dresser
from views.slices import finished
from views.style import dress, load_fonts, load_theme


@pytest.fixture
def plain(qapp):
    load_fonts()
    dress(qapp, load_theme("light"))
    yield qapp
    dress(qapp, load_theme("light"))


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.pages = QStackedWidget(self)
        self.shown, self.hidden = QPushButton("shown"), QPushButton("hidden")
        self.own = QLabel("own", self)
        self.own.setStyleSheet("padding: 2px")
        self.pages.addWidget(self.shown)
        self.pages.addWidget(self.hidden)
        layout = QVBoxLayout(self)
        layout.addWidget(self.pages)
        layout.addWidget(self.own)


@pytest.fixture
def window(qtbot, plain) -> Window:
    window = Window()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.pages.setCurrentIndex(1)
    window.pages.setCurrentIndex(0)
    return window


def text_color(widget: QWidget) -> str:
    return widget.palette().color(QPalette.ColorRole.ButtonText).name()


def test_it_looks_as_when_all_of_it_is_changed_at_once(plain, window):
    dark = load_theme("dark")
    dresser = Dresser(plain)
    finished(dresser.dressing(dark))
    finished(dresser.finishing())
    window.pages.setCurrentIndex(1)
    found = [window.grab().toImage(), text_color(window.shown), text_color(window.hidden)]
    dress(plain, load_theme("light"))
    dress(plain, dark)
    assert found == [window.grab().toImage(), text_color(window.shown), text_color(window.hidden)]
    assert found[1] == dark.text.name()


def test_nothing_is_painted_before_all_that_is_seen_has_changed(plain, window):
    dark, seen = load_theme("dark"), []

    def part():
        seen.append((window.updatesEnabled(), text_color(window.shown)))
        yield

    work = Dresser(plain).dressing(dark, [part()])
    assert sum(1 for _ in work) > 3
    assert seen == [(False, dark.text.name())]
    assert window.updatesEnabled()


def test_a_change_that_is_given_up_is_made_good_by_the_next_one(plain, window):
    dark, light = load_theme("dark"), load_theme("light")
    dresser = Dresser(plain)
    work = dresser.dressing(dark)
    before = plain.styleSheet()
    while plain.styleSheet() == before:
        next(work)
    work.close()
    assert window.updatesEnabled()
    finished(dresser.dressing(light))
    finished(dresser.finishing())
    assert {text_color(window.shown), text_color(window.hidden)} == {light.text.name()}


def test_what_goes_away_meanwhile_is_left_alone(plain, window):
    dresser = Dresser(plain)
    finished(dresser.dressing(load_theme("dark")))
    delete(window.hidden)
    finished(dresser.finishing())
    assert text_color(window.shown) == load_theme("dark").text.name()


def test_nothing_is_done_twice(plain, window):
    dresser = Dresser(plain)
    finished(dresser.dressing(load_theme("dark")))
    finished(dresser.finishing())
    assert sum(1 for _ in dresser.dressing(load_theme("dark"))) == 0
