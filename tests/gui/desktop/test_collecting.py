"""Cycles of references are looked for when nobody does anything."""

import gc

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from hmi.desktop import collecting
from hmi.desktop.collecting import QuietCollector
from tags.clock import NS_PER_S


class Work:
    """Counts how often everything was looked through, at a time that the test sets."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.done = 0

    def collect(self) -> None:
        self.done += 1

    def clock(self) -> int:
        return self.now_ns


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def collector(qtbot: QtBot, work: Work, monkeypatch):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    found = QuietCollector(window, work.collect, work.clock)
    before = gc.get_threshold()
    found.start()
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, collecting._DUE))
    yield found
    found.stop()
    assert gc.get_threshold() == before
    assert not gc.get_freeze_count()


def test_python_does_not_look_through_everything_by_itself(collector, work: Work) -> None:
    assert gc.get_threshold()[2] > 1e6
    assert work.done == 0, "nor when the window opens"
    assert gc.get_freeze_count()


def test_it_waits_until_nobody_does_anything(qtbot: QtBot, collector, work: Work) -> None:
    work.now_ns = 8 * NS_PER_S
    qtbot.keyClick(collector._window.windowHandle(), Qt.Key.Key_A)
    work.now_ns = 12 * NS_PER_S
    collector._look()
    assert work.done == 0, "somebody typed 4 s ago"
    work.now_ns = 13 * NS_PER_S
    collector._look()
    assert work.done == 1


def test_nothing_is_done_while_there_is_nothing_to_find(collector, work: Work, monkeypatch) -> None:
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, collecting._DUE - 1))
    work.now_ns = 3600 * NS_PER_S
    collector._look()
    assert work.done == 0


def test_it_does_not_wait_for_ever(qtbot: QtBot, collector, work: Work) -> None:
    for work.now_ns in range(0, 601 * NS_PER_S, NS_PER_S):
        collector._touched_ns = work.now_ns
        collector._look()
    assert work.done == 1
