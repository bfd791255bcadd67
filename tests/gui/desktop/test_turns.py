"""Work in turns: some slices, then the window's other events."""

import pytest
from PySide6.QtCore import QObject

from hmi.desktop.turns import ASKED_NS, Turns


class Clock:
    """Every slice takes three milliseconds."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(qapp, clock: Clock):
    owner = QObject()
    made = Turns(owner, clock_ns=clock)
    yield made
    made.give_up()
    owner.deleteLater()


def slices(clock: Clock, done: list[int], count: int):
    for number in range(count):
        clock.now_ns += 3_000_000
        done.append(number)
        yield


def test_a_turn_ends_with_its_time_and_the_next_one_goes_on(qtbot, turns, clock):
    done: list[int] = []
    turns.add(slices(clock, done, 10))
    assert done == []
    turns._turn()
    assert len(done) == ASKED_NS // 3_000_000 + 1
    assert turns.is_busy
    qtbot.waitUntil(lambda: not turns.is_busy)
    assert done == list(range(10))


def test_works_are_done_in_their_order_and_finished_at_once_when_asked(turns, clock):
    first: list[int] = []
    second: list[int] = []
    turns.add(slices(clock, first, 2))
    turns.add(slices(clock, second, 2))
    turns._turn()
    assert (first, second) == ([0, 1], [])
    turns.finish()
    assert second == [0, 1]
    assert not turns.is_busy


def test_what_is_given_up_cleans_up(turns, clock):
    closed = []

    def work():
        try:
            yield
            yield
        finally:
            closed.append(True)

    turns.add(work())
    turns._turn()
    turns.add(slices(clock, [], 1))
    turns.give_up()
    assert closed == [True]
    assert not turns.is_busy


def test_a_work_that_fails_ends_and_leaves_the_others(turns, clock):
    done: list[int] = []

    def work():
        yield
        raise ValueError("broken")

    turns.add(work())
    turns.add(slices(clock, done, 1))
    with pytest.raises(ValueError, match="broken"):
        turns.finish()
    turns.finish()
    assert done == [0]
