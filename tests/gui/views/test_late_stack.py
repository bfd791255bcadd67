"""A stack whose pages join it when it is seen."""

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from views.late_stack import LateStack


@pytest.fixture
def page(qtbot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.stack = LateStack(page)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page.stack, 1)
    return page


def inner(stack: LateStack) -> tuple[QWidget, QLabel]:
    widget = QWidget(stack)
    label = QLabel("text", widget)
    QVBoxLayout(widget).addWidget(label)
    return widget, label


def test_pages_join_when_it_is_shown_and_have_their_place_at_once(page):
    first, label = inner(page.stack)
    second, _ = inner(page.stack)
    page.stack.put(first)
    page.stack.put(second)
    assert page.stack.count() == 0
    page.show()
    assert page.stack.count() == 1
    assert page.stack.currentWidget() is first
    assert first.size() == page.size()
    assert label.width() > 300


def test_the_page_turned_to_before_is_the_one_that_is_seen(page):
    first, _ = inner(page.stack)
    second, label = inner(page.stack)
    page.stack.put(first)
    page.stack.turn_to(second)
    page.show()
    assert second.isVisible()
    assert not first.isVisible()
    assert label.width() > 300
    page.stack.turn_to(first)
    assert first.isVisible()


def test_a_page_put_later_joins_when_it_is_turned_to(page):
    first, _ = inner(page.stack)
    page.stack.put(first)
    page.show()
    late, _ = inner(page.stack)
    page.stack.put(late)
    assert not late.isVisible()
    page.stack.turn_to(late)
    assert late.isVisible()
    assert not first.isVisible()
