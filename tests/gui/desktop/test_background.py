"""Long work beside the GUI thread."""

import threading
import time

import pytest
from PySide6.QtCore import QCoreApplication

from hmi.desktop.background import Background
from tests.support.language import change_language


@pytest.fixture
def background(qapp):
    background = Background()
    yield background
    background.close()
    background.deleteLater()


def test_the_answer_comes_in_the_gui_thread_and_the_work_is_done_in_another(qtbot, background):
    answers = []
    background.run(
        lambda: threading.current_thread().name,
        lambda found: answers.append((found, threading.current_thread() is threading.main_thread())),
    )
    qtbot.waitUntil(lambda: bool(answers))
    assert answers[0][0].startswith("vigie-work")
    assert answers[0][1]


def test_what_goes_wrong_is_handed_over(qtbot, background):
    answers = []

    def fail():
        raise OSError("the disk is full")

    background.run(fail, answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert isinstance(answers[0], OSError)


def test_work_given_up_is_not_answered(qtbot, background):
    gate = threading.Event()
    answers = []
    give_up = background.run(lambda: gate.wait(5), answers.append)
    background.run(lambda: "second", answers.append)
    give_up()
    gate.set()
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == ["second"]


def test_closing_joins_the_thread_and_answers_nothing(qtbot, background):
    answers = []
    background.run(lambda: 1, answers.append)
    background.close()
    background.close()
    qtbot.wait(20)
    assert answers == []


def test_another_language_waits_for_work_that_may_ask_for_texts(qtbot, open_window):
    window = open_window()
    ended = threading.Event()

    def work() -> None:
        time.sleep(0.05)
        QCoreApplication.translate("Alarm", "Returned")
        ended.set()

    window.workspace.background.run(work, lambda _: None)
    try:
        change_language(qtbot, window, "fr")
        assert ended.is_set()
        assert window.workspace.background.run(lambda: 1, lambda _: None)
    finally:
        change_language(qtbot, window, "en")
