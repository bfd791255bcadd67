"""The operator's window on a station that speaks the real link."""

import threading
import time
from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from alarms.model import AlarmState, Priority
from hmi.desktop.closing import CloseChoice
from hmi.desktop.connector import LinkState
from hmi.link import (
    Acknowledge,
    Notice,
    OutOfService,
    Reset,
    ReturnToService,
    Shelve,
    Shutdown,
    Subscribe,
    Unshelve,
    Write,
    WriteDone,
)
from tags.connection import ConnectionState
from tags.model import WriteOutcome, WriteRequest, WriteResult
from tags.status import StatusCode, is_bad, is_good
from tests.support.fake_station import (
    connection_status,
    event,
    sample_project,
    snapshot,
)
from views.alarm_actions import AlarmAction, AlarmRequest
from views.alarm_book import StateGroup
from views.elements.base import WriteState


def shown(window, path: str):
    live = window.workspace.live
    return live.value(live.tags.by_path(path).id)


def status(window, path: str) -> int:
    live = window.workspace.live
    return int(live.statuses[live.tags.by_path(path).id])


def test_opens_the_home_screen_with_live_values(qtbot, station, window):
    qtbot.waitUntil(lambda: shown(window, "Tank.Level") == 42.5)
    assert window.windowTitle() == "Packaging cell — Vigie"
    assert window.header.title.full_text == "Cell overview"
    assert window.workspace.screens.screen_id == "overview"
    station.set({"Tank.Level": 50.0})
    qtbot.waitUntil(lambda: shown(window, "Tank.Level") == 50.0)


def test_the_first_screen_takes_the_keyboard_however_late_the_desktop_activates_the_window(window):
    project = window.workspace.project
    window.body.take_out(window.take_leave())
    window._on_welcome(project)
    # An activation in the next turn of the event loop gives the keyboard to what is visible only.
    canvas = window.workspace.screens.canvas
    assert (canvas.isVisible(), window.focusWidget()) == (True, canvas)


def test_a_new_value_reaches_the_pixels(qtbot, station, window):
    painted = []
    window.frames.painted.connect(lambda batches, ms: painted.extend(batches))
    station.set({"Tank.Level": 43.5})
    qtbot.waitUntil(lambda: any(43.5 in batch.values for batch in painted))
    canvas = window.workspace.screens.canvas
    before = canvas.grab().toImage()
    station.set({"Tank.Level": 77.7})
    qtbot.waitUntil(lambda: any(77.7 in batch.values for batch in painted))
    assert canvas.grab().toImage() != before


def test_subscribes_what_is_visible_and_what_is_cheap(qtbot, station, window):
    tags = station.project.tags
    first = set(station.wait_for(Subscribe)[0].tag_ids or [])
    qtbot.waitUntil(
        lambda: (
            set(station.of(Subscribe)[-1].tag_ids or [])
            >= {tags.by_path(path).id for path in ("Tank.Level", "Motor.Running", "Tank.Temperature")}
        )
    )
    assert first <= {tag.id for tag in tags}


def test_a_lost_link_is_told_and_no_value_stays_good(qtbot, station, window):
    qtbot.waitUntil(lambda: shown(window, "Tank.Level") == 42.5)
    station.stop()
    qtbot.waitUntil(lambda: window.client.link_state is LinkState.LOST)
    assert not is_good(status(window, "Tank.Level"))
    assert "not live" in window.link_notice.text
    assert window.workspace.screens.canvas.scene.look.locked
    qtbot.waitUntil(lambda: is_bad(status(window, "Tank.Level")))
    station.start()
    qtbot.waitUntil(lambda: shown(window, "Tank.Level") == 42.5)
    assert window.link_notice.isHidden()
    assert not window.workspace.screens.canvas.scene.look.locked


def test_without_a_station_the_window_says_so_and_waits(qtbot, station, open_window):
    station.stop()
    window = open_window(wait=False)
    qtbot.waitUntil(lambda: window.client.link_state is LinkState.LOST)
    assert "does not answer" in window.body.waiting.text()
    station.start()
    qtbot.waitUntil(lambda: window.workspace is not None)


def test_another_project_replaces_everything(qtbot, station, window):
    first = window.workspace
    station.stop()
    station.project = sample_project("d2")
    station.start()
    qtbot.waitUntil(lambda: window.workspace is not None and window.workspace is not first)
    qtbot.waitUntil(lambda: shown(window, "Tank.Level") == 42.5)


def test_alarms_show_in_banner_list_and_screen_and_are_acknowledged(qtbot, station, window):
    row = snapshot("LT1_HI", event_id="e7")
    station.set_alarms([row], events=[event(row)])
    qtbot.waitUntil(lambda: window.banner.message.full_text.startswith("Tank level high"))
    qtbot.waitUntil(lambda: "Tank.Level" in window.workspace.screens.canvas.scene.look.alarms)
    qtbot.mouseClick(window.banner, Qt.MouseButton.LeftButton)
    assert window.workspace.page == "alarms"
    assert window.workspace.alarms.model.rowCount() == 1
    window.workspace.alarms.table.viewport().repaint()
    window.workspace.alarms.select_alarm("LT1_HI")
    qtbot.keyClick(window.workspace.alarms.table, Qt.Key.Key_Space)
    assert station.wait_for(Acknowledge)[0].event_ids == ["e7"]
    qtbot.waitUntil(lambda: window.workspace.book.rows["LT1_HI"].state is AlarmState.ACKNOWLEDGED)
    station.set_alarms([], removed=["LT1_HI"])
    qtbot.waitUntil(lambda: window.banner.message.full_text == "No active alarms")


def test_an_alarm_leads_to_its_screen(qtbot, station, window):
    station.set_alarms([snapshot("TT1_HIHI", tag="Tank.Temperature"), snapshot("X", tag="Motor.Running")])
    qtbot.waitUntil(lambda: len(window.workspace.book) == 2)
    qtbot.waitUntil(lambda: window.workspace.following.tags.is_complete)
    alarms = window.workspace.alarms
    alarms.select_alarm("TT1_HIHI")
    alarms.guidance._show.click()
    assert window.workspace.screens.screen_id == "filling"
    assert window.workspace.screen_of_alarm(window.workspace.book.rows["X"]) == "infeed"


def test_f9_acknowledges_the_alarm_in_the_banner(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI", event_id="e8")])
    qtbot.waitUntil(lambda: window.banner.acknowledge.isEnabled())
    window.actions_by_name["acknowledge"].trigger()
    assert station.wait_for(Acknowledge)[0].event_ids == ["e8"]


def test_acknowledging_without_a_link_is_told(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI")])
    qtbot.waitUntil(lambda: window.banner.acknowledge.isEnabled())
    station.stop()
    qtbot.waitUntil(lambda: window.client.link_state is LinkState.LOST)
    window.banner.acknowledge_shown()
    assert "Not acknowledged" in window.status.message


def test_a_burst_of_5000_alarms_is_listed_whole(qtbot, station, window):
    window.workspace.show_page("alarms")
    base = time.time_ns()
    rows = [
        snapshot(f"a{n:05}", tag=f"T{n}", priority=Priority(n % 4 + 1), active_ns=base + n)
        for n in range(5_000)
    ]
    for start in range(0, 5_000, 50):
        station.set_alarms(
            rows[start : start + 50],
            events=[event(row, sequence=start + n) for n, row in enumerate(rows[start : start + 50])],
        )
    qtbot.waitUntil(lambda: len(window.workspace.book) == 5_000)
    assert len(window.workspace.alarms.model.alarms) == 5_000
    assert window.banner.counts[Priority.URGENT].active == 1_250


def test_a_write_shows_every_step(qtbot, station, window):
    answers: list[Write] = []
    station.answer_write = lambda write: answers.append(write)
    workspace = window.workspace
    workspace.screens.canvas.write_requested.emit("Tank.SetPoint", 55.0, "sp", "")
    assert workspace.writes.marks["Tank.SetPoint"].state is WriteState.PENDING
    assert "55.0 %" in window.status.message
    station.wait_for(Write)
    request = answers[0].request
    assert (request.user, request.workstation, request.screen) == ("operator", "bench", "overview")
    station.send(
        WriteDone(
            WriteResult(request, WriteOutcome.CLAMPED, text="The controller limits it.", read_back=50.0)
        )
    )
    qtbot.waitUntil(lambda: workspace.writes.marks["Tank.SetPoint"].state is WriteState.CLAMPED)
    assert "holds 50.0 %" in window.status.message
    look = workspace.screens.canvas.scene.look
    qtbot.waitUntil(lambda: look.writes.get("Tank.SetPoint") == workspace.writes.marks["Tank.SetPoint"])


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (WriteOutcome.CONFIRMED, WriteState.CONFIRMED),
        (WriteOutcome.REFUSED, WriteState.REFUSED),
        (WriteOutcome.TIMED_OUT, WriteState.TIMED_OUT),
    ],
)
def test_outcomes_are_shown_and_run_out(qtbot, station, window, outcome, state):
    station.answer_write = lambda write: WriteResult(
        write.request, outcome, int(StatusCode.BadUserAccessDenied), "Not allowed here."
    )
    desk = window.workspace.writes
    desk.write("Tank.SetPoint", 1.0, "overview")
    qtbot.waitUntil(lambda: desk.marks["Tank.SetPoint"].state is state)
    assert "Tank.SetPoint" in window.status.message
    assert desk.take_changed(time.time_ns() + 10**11)
    assert not desk.marks


def test_somebody_elses_write_is_told_but_marks_nothing(qtbot, station, window):
    request = WriteRequest(5, "Tank.SetPoint", 12.0, "chief", "office")
    station.send(WriteDone(WriteResult(request, WriteOutcome.CONFIRMED)))
    qtbot.waitUntil(lambda: "chief" in window.status.message)
    assert not window.workspace.writes.marks


def test_navigation_back_forward_home_and_breadcrumb(qtbot, station, window):
    window.navigation.screen_chosen.emit("filling")
    assert window.workspace.screens.screen_id == "filling"
    assert "Cell overview" in window.header._crumbs.text()
    window.actions_by_name["back"].trigger()
    assert window.workspace.screens.screen_id == "overview"
    assert not window.actions_by_name["back"].isEnabled()
    window.actions_by_name["forward"].trigger()
    assert window.workspace.screens.screen_id == "filling"
    window.header.place_chosen.emit("overview")
    assert window.workspace.screens.screen_id == "overview"
    window.workspace.screens.canvas.navigate.emit("infeed")
    assert window.header.title.full_text == "Infeed conveyor"
    window.actions_by_name["home"].trigger()
    assert window.workspace.screens.screen_id == "overview"
    for page in ("alarms", "performance", "trend", "connections", "screens"):
        window.actions_by_name[page].trigger()
        assert window.workspace.page == page


def test_theme_is_switched_at_run_time_and_remembered(qtbot, station, window, open_window):
    window.workspace.show_page("trend")
    light = window.grab().toImage()
    window.actions_by_name["theme"].trigger()
    window.settle()
    assert window.theme.name == "dark"
    assert window.grab().toImage() != light
    window.settings.save()
    assert open_window().theme.name == "dark"


def test_connections_are_told_in_words(qtbot, station, window):
    station.set_connections(
        [
            connection_status("filling", ConnectionState.CONNECTED),
            connection_status("conveyors", ConnectionState.UNAVAILABLE, "No answer from 127.0.0.1:502."),
        ]
    )
    page = window.workspace.connections
    qtbot.waitUntil(lambda: len(page.cards) == 2)
    assert page.cards["conveyors"].sentence.text() == "No answer from 127.0.0.1:502."
    qtbot.waitUntil(lambda: "1 of 2" in window.status._connections.text())
    station.set_connections([connection_status("conveyors", ConnectionState.CONNECTED)])
    qtbot.waitUntil(lambda: "All 2" in window.status._connections.text())
    station.set_alarms([snapshot("COMM", tag="conveyors", priority=Priority.HIGH)])
    qtbot.waitUntil(lambda: page.cards["conveyors"].symbol._priority is Priority.HIGH)
    window.workspace.show_page("connections")
    qtbot.waitUntil(lambda: page.cards["filling"].since.text() == "for 1 h")


def test_a_notice_of_the_station_is_seen(qtbot, station, window):
    station.send(Notice(700, "The history's disk is full."))
    qtbot.waitUntil(lambda: window.notice.text == "The history's disk is full.")
    window.notice._close.click()
    assert window.notice.text == ""


@pytest.mark.parametrize("size", [(1366, 768), (1024, 600), (1920, 1080)])
@pytest.mark.parametrize("page", ["screens", "alarms", "performance", "trend", "log", "connections"])
def test_no_text_is_cut(qtbot, station, open_window, size, page):
    station.set_connections([connection_status("filling", ConnectionState.CONNECTED)])
    window = open_window(size=size)
    station.set_alarms([snapshot("LT1_HI")])
    qtbot.waitUntil(lambda: window.banner.acknowledge.isEnabled())
    window.workspace.show_page(page)
    qtbot.wait(150)
    assert (window.width(), window.height()) == size

    def nothing_is_cut() -> None:
        for label in window.findChildren(QLabel):
            if not label.isVisible() or not label.text() or label.wordWrap() or label.text().startswith("<"):
                continue
            if type(label) is not QLabel:
                continue  # an elided label says the rest in its tool tip
            needed = label.fontMetrics().horizontalAdvance(label.text())
            assert label.width() >= needed - 1, f"{label.text()!r} has {label.width()} of {needed} px"

    # On a busy machine a text that has just come still waits for its place in the layout.
    qtbot.waitUntil(nothing_is_cut)


def close_with(window, choice: CloseChoice) -> bool:
    window._owns_station = True
    window._ask_close = lambda _: choice
    return window.close()


def test_closing_can_be_cancelled(qtbot, station, window):
    assert not close_with(window, CloseChoice.CANCEL)
    assert window.isVisible()
    assert window.client.link_state is LinkState.CONNECTED


def test_closing_can_leave_the_station_running(qtbot, station, window):
    assert close_with(window, CloseChoice.KEEP_RUNNING)
    assert not station.of(Shutdown)
    assert not [thread for thread in threading.enumerate() if thread.name == "vigie-link"]


def test_closing_can_stop_the_station_and_waits_for_it(qtbot, station, window):
    assert not close_with(window, CloseChoice.STOP_STATION)
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert station.of(Shutdown)


def test_a_station_that_does_not_stop_is_told(qtbot, station, window):
    station.mute = True
    window._stopping.setInterval(200)
    assert not close_with(window, CloseChoice.STOP_STATION)
    qtbot.waitUntil(lambda: "has not stopped" in window.status.message)
    assert window.close()


def test_closing_without_owning_the_station_asks_nothing(qtbot, station, window):
    window._ask_close = lambda _: pytest.fail("asked")
    assert window.close()


def test_shortcuts_and_about_open_and_close(qtbot, station, window):
    window.actions_by_name["shortcuts"].trigger()
    window.actions_by_name["about"].trigger()
    dialogs = [
        one for one in QApplication.topLevelWidgets() if one.windowTitle().startswith(("About", "Key"))
    ]
    assert len(dialogs) == 2
    for dialog in dialogs:
        dialog.close()


def test_frames_are_measured_and_the_pause_grows_under_load(qtbot, station, window):
    window.frames.add(lambda now_ns: time.sleep(0.03))
    window.frames.forget()
    numbers = count()

    def has_eased_off() -> bool:
        station.set({"Tank.Level": float(next(numbers))})
        figures = window.frames.figures()
        return figures.frames >= 3 and figures.p50_ms > 25 and figures.pause_ms > 60

    qtbot.waitUntil(has_eased_off)


def test_f8_puts_the_element_clicked_last_into_the_trend(qtbot, station, window):
    window.actions_by_name["trend_tag"].trigger()
    assert "Click an element" in window.status.message
    window.workspace.screens.canvas.tag_focused.emit("Line.Recipe")
    window.actions_by_name["trend_tag"].trigger()
    assert "not logged" in window.status.message
    window.workspace.screens.canvas.tag_focused.emit("Tank.Level")
    window.actions_by_name["trend_tag"].trigger()
    assert window.workspace.page == "trend"
    assert window.workspace.trend.paths() == ["Tank.Level"]


def test_pens_are_remembered_per_project(qtbot, station, window, open_window):
    window.workspace.trend.set_pens(["Tank.Level", "Motor.Running"])
    window.settings.save()
    again = open_window()
    assert again.workspace.trend.paths() == ["Tank.Level", "Motor.Running"]


def test_guidance_comes_with_one_click_from_the_banner(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI")])
    qtbot.waitUntil(lambda: window.banner.guidance.isEnabled())
    window.banner.guidance.click()
    assert window.workspace.page == "alarms"
    assert window.workspace.alarms.guidance.alarm_id == "LT1_HI"


def test_a_connection_s_alarm_leads_to_its_card(qtbot, station, window):
    station.set_connections([connection_status("plc", ConnectionState.UNAVAILABLE)])
    station.set_alarms([snapshot("COMM.plc", tag="plc")])
    workspace = window.workspace
    qtbot.waitUntil(lambda: "COMM.plc" in workspace.book.rows and "plc" in workspace.connections.cards)
    workspace.show_alarm("COMM.plc")
    assert not workspace.alarms.guidance.trend.isEnabled()
    qtbot.mouseClick(workspace.alarms.guidance._show, Qt.MouseButton.LeftButton)
    assert workspace.page == "connections"
    assert not workspace.connections.cards["plc"].visibleRegion().isEmpty()


def test_guidance_comes_with_one_click_from_the_element(qtbot, station, window):
    panel = window.workspace.screens.guidance
    canvas = window.workspace.screens.canvas
    element = next(one for one in canvas.scene.elements if one.path == "Tank.Level" and one.shows_alarms)

    def click() -> None:
        point = canvas._fit.to_widget(element.rect).center().toPoint()
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)

    click()
    assert panel.isHidden()
    station.set_alarms([snapshot("LT1_HI")])
    qtbot.waitUntil(lambda: "LT1_HI" in window.workspace.book.rows)
    click()
    assert panel.isVisible()
    assert panel._texts["operator_action"].text() == "Close the inlet and check the valve"
    assert panel.height() < window.workspace.screens.height() / 2
    panel._list.click()
    assert window.workspace.page == "alarms"
    assert window.workspace.alarms.selected_alarms()[0].alarm_id == "LT1_HI"
    window.workspace.show_screen("filling")
    assert panel.isHidden()


def test_the_counters_of_hidden_alarms_lead_to_their_lists(qtbot, station, window):
    station.set_alarms([snapshot("S", state=AlarmState.SHELVED)])
    qtbot.waitUntil(lambda: window.banner.hidden[StateGroup.SHELVED].accessibleName() == "Shelved 1")
    window.banner.hidden[StateGroup.SHELVED].click()
    assert window.workspace.page == "alarms"
    assert window.workspace.alarms.model.row_at(0).alarm_id == "S"


def test_the_horn_follows_the_list_and_is_silenced_alone(qtbot, station, window):
    assert not window.actions_by_name["silence"].isEnabled()
    station.set_alarms([snapshot("LT1_HI", priority=Priority.URGENT)])
    qtbot.waitUntil(lambda: window.horn.sounding is Priority.URGENT)
    assert window.banner.silence.isEnabled()
    window.actions_by_name["silence"].trigger()
    assert window.horn.sounding is None
    assert not window.banner.silence.isEnabled()
    assert window.workspace.book.rows["LT1_HI"].state is AlarmState.UNACKNOWLEDGED
    assert not station.of(Acknowledge)
    assert window.banner.acknowledge.isEnabled()


def test_sounds_are_switched_off_for_this_window_and_stay_off(qtbot, station, window, open_window):
    window.actions_by_name["sound"].trigger()
    assert not window.horn.is_on
    assert "off" in window.status.message
    window.settings.save()
    again = open_window()
    assert not again.horn.is_on
    again.actions_by_name["sound"].trigger()
    assert again.horn.is_on


def test_shelving_goes_to_the_station_and_the_list_shows_what_came_of_it(qtbot, station, window):
    station.set_alarms([snapshot("LT1_HI"), snapshot("TT1_HIHI")])
    qtbot.waitUntil(lambda: len(window.workspace.book) == 2)
    page = window.workspace.alarms
    request = AlarmRequest(AlarmAction.SHELVE, ("LT1_HI",), "Sensor faulty", 900 * 10**9)
    page.action_requested.emit(request)
    qtbot.waitUntil(lambda: window.workspace.book.count(StateGroup.SHELVED) == 1)
    sent = station.of(Shelve)[0]
    assert (sent.alarm_ids, sent.duration_s, sent.reason) == (["LT1_HI"], 900, "Sensor faulty")
    qtbot.waitUntil(lambda: "shelved: 1" in window.status.message)
    page.show_group(StateGroup.SHELVED)
    page.table.selectAll()
    page.commands.run(AlarmAction.UNSHELVE)
    qtbot.waitUntil(lambda: window.workspace.book.count(StateGroup.SHELVED) == 0)
    assert station.of(Unshelve)[0].alarm_ids == ["LT1_HI"]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (AlarmAction.REMOVE, OutOfService),
        (AlarmAction.RETURN, ReturnToService),
        (AlarmAction.RESET, Reset),
        (AlarmAction.SHELVE, Shelve),
    ],
)
def test_every_action_has_its_message_and_a_refusal_is_told(qtbot, station, window, action, kind):
    station.set_alarms([snapshot("A"), snapshot("B")])
    qtbot.waitUntil(lambda: len(window.workspace.book) == 2)
    station.refuse_alarms["B"] = "B: only a supervisor may do this"
    window.workspace.alarms.action_requested.emit(AlarmRequest(action, ("A", "B"), "WO 4711"))
    qtbot.waitUntil(lambda: "only a supervisor" in window.status.message)
    assert station.of(kind)[0].alarm_ids == ["A", "B"]


def test_an_action_without_a_link_is_told(qtbot, station, window):
    station.stop()
    qtbot.waitUntil(lambda: window.client.link_state is LinkState.LOST)
    window.workspace.alarms.action_requested.emit(AlarmRequest(AlarmAction.RESET, ("A",)))
    qtbot.waitUntil(lambda: "no connection" in window.status.message)
