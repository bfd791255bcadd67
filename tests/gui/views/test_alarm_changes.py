"""Management of change: what differs, who changed what, and enforcing the master database."""

import time

import pytest
from PySide6.QtCore import Qt

from alarms.model import Priority
from alarms.settings import SettingChange, SettingDifference
from tests.support.fake_station import alarm_definition
from views.alarm_changes import ChangesPage
from views.style import load_theme

NOW_NS = time.time_ns()
DEFINITIONS = {"LT1_HI": alarm_definition("LT1_HI", "Tank.Level", "Level high", Priority.HIGH, "Filling")}
DIFFERENCES = [
    SettingDifference("LT1_HI", "setpoint", 80.0, 85.5, NOW_NS, "carla", "Sensor drifts"),
    SettingDifference("LT1_HI", "enabled", True, False, NOW_NS, "carla", "Sensor drifts"),
    SettingDifference("GONE", "suppression_expression", "", "Mode == 2"),
]
CHANGES = [
    SettingChange(NOW_NS - 10**9, "LT1_HI", "on_delay_s", 0.0, 5.0, "dan", "desk", "Chatters"),
    SettingChange(NOW_NS, "LT1_HI", "priority", "high", "low", "carla", "desk", "Rationalised"),
]


@pytest.fixture
def asked() -> list[tuple]:
    return []


@pytest.fixture
def page(qtbot, asked) -> ChangesPage:
    page = ChangesPage(lambda *query: asked.append(query), DEFINITIONS, load_theme("light"))
    qtbot.addWidget(page)
    page.resize(1_120, 620)
    with qtbot.waitExposed(page):
        page.show()
    return page


@pytest.fixture
def filled(page, asked) -> ChangesPage:
    page.refresh()
    asked[0][2](DIFFERENCES, CHANGES, "")
    return page


def cells(table, row: int) -> list[str]:
    model = table.model()
    return [model.data(model.index(row, column)) for column in range(model.columnCount())]


def test_nothing_differs_is_a_sentence(page):
    assert page.summary.text() == "Every alarm runs as alarms.csv says"
    assert "Nothing differs" in page.differences._hint.text()
    assert not page.enforce_all.isEnabled()


def test_differences_say_what_the_master_has_and_what_runs_and_who_made_it_so(filled):
    assert filled.summary.text() == "Alarms that run otherwise than alarms.csv says: 2"
    row = cells(filled.differences, 0)
    assert row[:5] == ["LT1_HI", "Level high", "Limit", "80 %", "85.5 %"]
    assert row[6:] == ["carla", "Sensor drifts"]
    assert cells(filled.differences, 1)[2:5] == ["In use", "Yes", "No"]
    assert cells(filled.differences, 2)[2:5] == ["Suppression", "None", "Mode == 2"]


def test_changes_are_listed_newest_first_with_old_new_user_and_reason(filled):
    assert cells(filled.changes, 0)[1:] == [
        "LT1_HI", "Priority", "High", "Low", "carla", "desk", "Rationalised",
    ]  # fmt: skip
    assert cells(filled.changes, 1)[2:5] == ["On-delay", "0 s", "5 s"]
    filled.search.setText("chatt")
    assert filled.changes.model().rowCount() == 1
    filled.search.setText("nobody")
    assert "No change matches" in filled.changes._hint.text()


def test_enforcing_the_selected_alarms_asks_for_a_reason(qtbot, filled):
    asked = []
    filled.enforce_requested.connect(lambda *args: asked.append(args))
    assert not filled.enforce.isEnabled()
    filled.differences.selectRow(0)
    filled.enforce.click()
    assert not filled.dialog.accept_button.isEnabled()
    filled.dialog.accept()
    assert asked == []
    filled.dialog.reason.setText("  back to the rationalised limit ")
    qtbot.keyClick(filled.dialog.reason, Qt.Key.Key_Return)
    assert asked == [(["LT1_HI"], "back to the rationalised limit")]


def test_enforcing_all_names_what_changes(filled):
    asked = []
    filled.enforce_requested.connect(lambda *args: asked.append(args))
    filled.enforce_all.click()
    text = filled.dialog.layout().itemAt(0).widget().text()
    assert "LT1_HI: Limit from 85.5 % back to 80 %" in text
    assert "GONE" in text
    filled.dialog.reason.setText("audit")
    filled.dialog.accept()
    assert asked == [(None, "audit")]


def test_a_role_that_may_not_is_told_why(filled):
    filled.set_refusal("As operator you may not change alarm settings.")
    filled.differences.selectRow(0)
    assert not filled.enforce.isEnabled()
    assert not filled.enforce_all.isEnabled()
    assert "As operator" in filled.enforce.toolTip()


def test_a_change_or_difference_leads_to_the_back_test(qtbot, filled):
    filled.changes.selectRow(1)
    with qtbot.waitSignal(filled.back_test_requested) as asked:
        filled.try_settings.click()
    assert asked.args == ["LT1_HI"]


def test_why_there_is_nothing_is_told(page, asked):
    page.refresh()
    asked[0][2](None, [], "no station")
    assert "no station" in page.state.text()
    page.refresh()
    asked[1][2]([], [], "")
    assert "choose a longer one" in page.changes._hint.text()


def test_an_older_answer_is_left_out(page, asked):
    page.refresh()
    page.refresh()
    asked[1][2](DIFFERENCES, CHANGES, "")
    asked[0][2]([], [], "")
    assert page.differences.model().rowCount() == 3
