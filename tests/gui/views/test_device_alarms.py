"""Alarms that a device keeps, as the list shows and operates them."""

import pytest
from pytestqt.qtbot import QtBot

from alarms.model import AlarmState, Transition
from projects.model import Project
from tests.support.fake_station import sample_project, snapshot
from views.alarm_actions import AlarmAction, AlarmRequest, refusal
from views.alarm_book import AlarmBook
from views.alarm_history import transition_text
from views.alarm_list import AlarmPage
from views.alarm_rows import Column
from views.style import load_theme

DEVICE = {"device": "line", "tag": "line/Capper"}


@pytest.fixture
def page(qtbot: QtBot) -> AlarmPage:
    project: Project = sample_project()
    page = AlarmPage(
        AlarmBook(), project.tags, {}, lambda _row: "", lambda *_query: None, load_theme("light")
    )
    qtbot.addWidget(page)
    page.resize(1150, 620)
    with qtbot.waitExposed(page):
        page.show()
    return page


def tell(page: AlarmPage, *rows) -> None:
    page.apply(page._book.apply(rows, (), complete=False), [])


def cell(page: AlarmPage, column: Column) -> str:
    return str(page.model.index(0, column).data())


def test_an_alarm_to_be_confirmed_says_so_and_offers_it(qtbot: QtBot, page: AlarmPage) -> None:
    tell(page, snapshot("@line/a", state=AlarmState.NORMAL, confirmed=False, acknowledged=True, **DEVICE))
    assert cell(page, Column.STATE) == "To confirm"
    confirm = page._buttons[AlarmAction.CONFIRM]
    assert not confirm.isVisible()
    page.table.selectRow(0)
    assert confirm.isVisible()
    with qtbot.waitSignal(page.commands.requested) as asked:
        confirm.click()
    assert asked.args == [AlarmRequest(AlarmAction.CONFIRM, ("@line/a",))]


def test_a_comment_is_asked_for_in_a_dialog(qtbot: QtBot, page: AlarmPage) -> None:
    tell(page, snapshot("@line/a", **DEVICE))
    page.table.selectRow(0)
    page.commands.run(AlarmAction.COMMENT)
    dialog = page.commands.dialog
    assert dialog is not None
    dialog.reason.setText("ordered a new one")
    with qtbot.waitSignal(page.commands.requested) as asked:
        dialog.accept()
    assert asked.args == [AlarmRequest(AlarmAction.COMMENT, ("@line/a",), "ordered a new one")]


def test_a_doubtful_state_is_marked_and_explained(page: AlarmPage) -> None:
    tell(page, snapshot("@line/a", doubtful=True, **DEVICE))
    assert cell(page, Column.STATE).endswith("?")
    page.table.selectRow(0)
    assert "out of reach" in refusal(AlarmAction.COMMENT, page.model.row_at(0), None)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({}, "The station keeps this alarm itself"),
        ({**DEVICE, "confirmed": True}, "asks for no confirmation"),
        ({**DEVICE, "confirmed": False, "acknowledged": False}, "Acknowledge the alarm before"),
        ({**DEVICE, "confirmed": False, "acknowledged": True, "doubtful": True}, "out of reach"),
    ],
)
def test_why_an_alarm_cannot_be_confirmed(facts: dict, text: str) -> None:
    assert text in refusal(AlarmAction.CONFIRM, snapshot("A", **facts), None)


def test_every_transition_has_words() -> None:
    assert all(transition_text(transition) for transition in Transition)
