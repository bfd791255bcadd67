"""The maintenance pages in the window: back-test, changes and report over the link."""

import time

import pytest

from alarms.settings import SettingDifference
from hmi.desktop.client import QueryFailure
from hmi.link import ApplyBackTest, BackTested, CancelBackTest, EnforceSettings, QueryBackTest, QuerySettings
from tags.roles import Role
from views.alarm_backtest import BackTestPage
from views.alarm_matrix import MatrixPage


@pytest.fixture
def maintenance(qtbot, window):
    window.workspace.show_page("performance")
    found = window.workspace.maintenance
    found._on_role(Role.ENGINEER)
    return found


def test_a_back_test_runs_on_the_station_and_is_applied_with_a_reason(qtbot, station, window, maintenance):
    maintenance.page.back_test_requested.emit("LT1_HI")
    page = maintenance.back_test
    assert page.isVisible()
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    qtbot.waitUntil(lambda: page.apply.isEnabled())
    asked = station.of(QueryBackTest)[-1]
    assert asked.changes == {"LT1_HI": {"setpoint": 85.0}}
    page.apply.click()
    page.dialog.reason.setText("Too low")
    with qtbot.waitSignal(window.workspace.told) as told:
        page.dialog.accept()
    applied = station.of(ApplyBackTest)[-1]
    assert (applied.backtest_id, applied.reason) == (asked.request_id, "Too low")
    assert not told.args[1]
    qtbot.waitUntil(lambda: page.tried() == {})


def test_a_refused_change_is_told_and_stays_tried(qtbot, station, window, maintenance):
    station.refuse_alarms = {"LT1_HI": "other settings run by now"}
    maintenance.page.back_test_requested.emit("LT1_HI")
    page = maintenance.back_test
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    qtbot.waitUntil(lambda: page.apply.isEnabled())
    page.apply.click()
    page.dialog.reason.setText("Too low")
    with qtbot.waitSignal(window.workspace.told) as told:
        page.dialog.accept()
    assert "other settings run by now" in told.args[0]
    assert told.args[1]
    assert page.tried() == {"LT1_HI": {"setpoint": 85.0}}


def test_cancelling_tells_the_station(qtbot, station, maintenance):
    station.answer_back_test = lambda _: None
    maintenance.page.back_test_requested.emit("LT1_HI")
    page = maintenance.back_test
    page.form.fields["setpoint"].setText("85")
    page.run.click()
    qtbot.waitUntil(lambda: page.progress.value() == 75)
    page.stop.click()
    qtbot.waitUntil(lambda: bool(station.of(CancelBackTest)))
    assert station.of(CancelBackTest)[0].request_id == station.of(QueryBackTest)[0].request_id


def test_progress_renews_the_time_out(qtbot, station, window):
    station.answer_back_test = lambda _: None
    answers, shares = [], []
    client = window.client
    number = client.ask(
        lambda request_id: QueryBackTest(request_id, 0, 1, {}),
        BackTested,
        answers.append,
        timeout_s=100.0,
        on_progress=shares.append,
    )
    first_ns = client._queries[number].deadline_ns
    qtbot.waitUntil(lambda: shares == [0.25, 0.75])
    assert client._queries[number].deadline_ns > first_ns
    client._queries[number].deadline_ns = time.monotonic_ns() - 1
    client._expire()
    assert isinstance(answers[0], QueryFailure)


def test_changes_are_shown_and_enforced(qtbot, station, window, maintenance):
    station.differences = [SettingDifference("LT1_HI", "setpoint", 80.0, 85.0, 0, "carla", "why")]
    maintenance.page.show_tab_of(maintenance.changes)
    page = maintenance.changes
    qtbot.waitUntil(lambda: page.differences.model().rowCount() == 1)
    page.enforce_all.click()
    page.dialog.reason.setText("audit")
    asked = len(station.of(QuerySettings))
    with qtbot.waitSignal(window.workspace.told):
        page.dialog.accept()
    sent = station.of(EnforceSettings)[-1]
    assert (sent.alarm_ids, sent.reason) == (None, "audit")
    qtbot.waitUntil(lambda: len(station.of(QuerySettings)) > asked)


def test_a_page_is_made_with_its_tab_and_knows_role_theme_and_running_settings(
    qtbot, station, window, maintenance
):
    station.differences = [SettingDifference("LT1_HI", "setpoint", 80.0, 85.0, 0, "carla", "why")]
    maintenance._on_role(Role.OPERATOR)
    window.set_theme("dark")
    window.settle()
    assert not maintenance.page.findChildren(MatrixPage)
    maintenance.page.tabs.setCurrentIndex(6)
    assert maintenance.page.findChildren(MatrixPage) == [maintenance.matrix]
    qtbot.waitUntil(lambda: bool(station.of(QuerySettings)) and bool(maintenance._differences))
    assert not maintenance.page.findChildren(BackTestPage)
    page = maintenance.back_test
    page.show_alarm("LT1_HI")
    assert page.form.fields["setpoint"].text() == "85"
    assert page.plot.theme is window.theme
    assert "operator" in page.apply.toolTip()


def test_a_page_made_before_its_tab_is_opened_is_not_seen(window, maintenance):
    pages = [maintenance.matrix, maintenance.back_test, maintenance.changes, maintenance.page.figures]
    window.workspace.show_page("trend")
    window.workspace.show_page("performance")
    assert not any(page.isVisible() for page in pages)
    maintenance.page.show_tab_of(maintenance.changes)
    assert [page.isVisible() for page in pages] == [False, False, True, False]


def test_an_operator_may_look_and_try_but_not_change(qtbot, maintenance):
    maintenance._on_role(Role.OPERATOR)
    assert "operator" in maintenance.changes.enforce.toolTip()
    assert not maintenance.back_test.apply.isEnabled()


def test_the_report_is_written_beside_the_gui_thread(qtbot, window, maintenance, tmp_path):
    page = maintenance.page
    qtbot.waitUntil(lambda: page.shown is not None)
    path = tmp_path / "report.pdf"
    with qtbot.waitSignal(window.workspace.told, check_params_cb=lambda text, _: "Written" in text):
        maintenance._write_report(path, page.shown.found)
    assert path.read_bytes().startswith(b"%PDF")
    missing = tmp_path / "nowhere" / "report.pdf"
    with qtbot.waitSignal(window.workspace.told, check_params_cb=lambda _text, is_failure: is_failure):
        maintenance._write_report(missing, page.shown.found)


def test_the_report_asks_where(qtbot, window, maintenance):
    page = maintenance.page
    qtbot.waitUntil(lambda: page.report.isEnabled())
    page.report.click()
    assert maintenance.dialog.isVisible()
    assert maintenance.dialog.selectedFiles()[0].endswith("alarm-performance.pdf")
    maintenance.dialog.reject()
