"""The details of a connection: its tags, its frames, its test; nothing is asked while they are hidden."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from hmi.desktop.connection_tags import ConnectionTagModel
from hmi.desktop.frame_log import KEPT, hex_text, line, whole_text
from hmi.desktop.live import LiveSource
from hmi.diagnosis import ProbeStep
from hmi.link import ProbeConnection, QueryWhy, Subscribe, Traffic, WatchFrames
from tags.connection import ConnectionState
from tags.drivers.frames import Direction, Frame
from tags.model import Access, TagTable
from tags.status import StatusCode
from tests.support.fake_station import connection_status

REQUEST = bytes.fromhex("0001 0000 0006 01 03 0000 0002")
ANSWER = bytes.fromhex("0001 0000 0007 01 03 04 0003 0004")


def frame(number: int, data: bytes = REQUEST, text: str = "unit 1: read 2 holding registers") -> Frame:
    direction = Direction.SENT if number % 2 else Direction.RECEIVED
    return Frame(number, time.time_ns(), direction, len(data), data, text)


@pytest.fixture
def page(qtbot, station, window):
    station.set_connections(
        [
            connection_status("plc", ConnectionState.CONNECTED),
            connection_status("other", ConnectionState.UNAVAILABLE),
        ]
    )
    window.workspace.show_page("connections")
    page = window.workspace.connections
    qtbot.waitUntil(lambda: len(page.cards) == 2)
    return page


def test_the_tags_of_a_connection_are_followed_live_and_filtered_on_bad_ones(qtbot, station, window, page):
    details = window.workspace.pages.details()
    assert details.isHidden()
    qtbot.mouseClick(page.cards["plc"].details, Qt.MouseButton.LeftButton)
    assert details.isVisible()
    model = details.tags.model
    assert [tag.path for tag in model.rows][:2] == ["Tank.Level", "Tank.Temperature"]
    qtbot.waitUntil(lambda: model.data(model.index(0, 1)) == "42.5 %")
    assert model.data(model.index(0, 2)) == "Good"
    station.set({"Tank.Temperature": None}, int(StatusCode.BadSensorFailure))
    details.tags.only_bad.setChecked(True)
    qtbot.waitUntil(lambda: [tag.path for tag in model.rows] == ["Tank.Temperature"])
    qtbot.waitUntil(lambda: model.data(model.index(0, 2)) == "BadSensorFailure")
    qtbot.waitUntil(lambda: details.tags.count.text() == "1 of 6 not good")
    details.tags.search.setText("level")
    assert model.rows == []


def test_a_tag_of_the_list_is_explained(qtbot, station, window, page):
    page.open_details("plc")
    details = window.workspace.pages.details()
    details.tags.table.selectRow(1)
    qtbot.mouseClick(details.tags.why, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(station.of(QueryWhy)) == 1)
    assert station.of(QueryWhy)[0].paths == ["Tank.Temperature"]
    assert window.workspace.inquiry.why.isVisible()


def test_frames_are_asked_for_only_while_the_log_is_visible(qtbot, station, window, page):
    details = window.workspace.pages.details()
    page.open_details("plc")
    assert station.of(WatchFrames) == []
    details.tabs.setCurrentWidget(details.frames)
    qtbot.waitUntil(lambda: [m.connection for m in station.of(WatchFrames)] == ["plc"])
    page.open_details("other")
    qtbot.waitUntil(lambda: [m.connection for m in station.of(WatchFrames)] == ["plc", "other"])
    window.workspace.show_page("alarms")
    qtbot.waitUntil(lambda: [m.connection for m in station.of(WatchFrames)][-1] == "")
    window.workspace.show_page("connections")
    qtbot.waitUntil(lambda: [m.connection for m in station.of(WatchFrames)][-1] == "other")
    station.stop()
    station.start()
    count = len(station.of(WatchFrames))
    qtbot.waitUntil(lambda: len(station.of(WatchFrames)) > count)
    details.close_details()
    qtbot.waitUntil(lambda: [m.connection for m in station.of(WatchFrames)][-1] == "")


def saved_by(qtbot, window, path: Path) -> str:
    """Save the frames shown as an operator does; return what the status line says."""
    log = window.workspace.pages.details().frames
    save = next(one for one in log.findChildren(QPushButton) if one.text() == "Save…")
    save.click()
    assert log.dialog.isVisible()
    with qtbot.waitSignal(log.told) as told:
        log.dialog.fileSelected.emit(str(path))
        log.dialog.reject()
    return told.args[0]


def test_frames_that_come_while_the_file_is_chosen_are_not_written(qtbot, station, window, page, tmp_path):
    log = open_log(qtbot, station, window, page)
    save = next(one for one in log.findChildren(QPushButton) if one.text() == "Save…")
    save.click()
    station.send(Traffic("plc", [frame(2), frame(3)], 0, True))
    qtbot.waitUntil(lambda: log.model.rowCount() == 3)
    with qtbot.waitSignal(log.told):
        log.dialog.fileSelected.emit(str(tmp_path / "log"))
        log.dialog.reject()
    assert len((tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()) == 1


def test_a_log_that_cannot_be_written_is_told(qtbot, station, window, page, tmp_path):
    open_log(qtbot, station, window, page)
    path = tmp_path / "none" / "log.txt"
    assert saved_by(qtbot, window, path).startswith(f"{path} was not written:")


def open_log(qtbot, station, window, page):
    """The frame log of a connection with one frame."""
    details = window.workspace.pages.details()
    page.open_details("plc")
    details.tabs.setCurrentWidget(details.frames)
    station.send(Traffic("plc", [frame(1)], 0, True))
    qtbot.waitUntil(lambda: details.frames.model.rowCount() == 1)
    return details.frames


def test_the_log_shows_filters_pauses_counts_and_saves(qtbot, station, window, page, tmp_path: Path):
    details = window.workspace.pages.details()
    page.open_details("plc")
    details.tabs.setCurrentWidget(details.frames)
    log, model = details.frames, details.frames.model
    station.send(Traffic("plc", [frame(1), frame(2, ANSWER, "unit 1: 4 bytes")], 0, True))
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    assert model.data(model.index(0, 4)) == "00 01 00 00 00 06 01 03 00 00 00 02"
    assert "sent" in model.data(model.index(0, 1))
    assert model.data(model.index(1, 3)) == "unit 1: 4 bytes"
    log.search.setText("03 04 00 03")
    assert [shown.number for shown in model.rows] == [2]
    assert saved_by(qtbot, window, tmp_path / "log.txt") == f"Frames written to {tmp_path / 'log.txt'}: 1"
    saved = (tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()
    assert len(saved) == 1
    assert saved[0].split("\t")[1:] == ["<", "13", hex_text(ANSWER), "unit 1: 4 bytes"]
    log.search.clear()
    log.pause.setChecked(True)
    station.send(Traffic("plc", [frame(3), frame(4)], 0, True))
    qtbot.waitUntil(lambda: "2 left out" in log.state.text())
    assert model.rowCount() == 2
    log.pause.setChecked(False)
    station.send(Traffic("plc", [frame(9)], 4, True))
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    assert "6 left out" in log.state.text()
    station.send(Traffic("other", [frame(10)], 0, True))
    station.send(Traffic("plc", [], 0, False))
    qtbot.waitUntil(lambda: "shows no frames" in log.state.text())
    assert model.rowCount() == 3


def test_the_frame_selected_is_shown_in_full_and_an_empty_log_says_why(qtbot, station, window, page):
    page.open_details("plc")
    details = window.workspace.pages.details()
    details.tabs.setCurrentWidget(details.frames)
    log = details.frames
    assert log._hint.text() == "Waiting for frames…"
    long = bytes(range(40))
    station.send(Traffic("plc", [frame(1), frame(2, long, "unit 1: 40 bytes")], 0, True))
    qtbot.waitUntil(lambda: len(log.model.rows) == 2)
    assert log._hint.isHidden()
    log.table.selectRow(1)
    assert log.whole.toPlainText().splitlines() == [
        "unit 1: 40 bytes",
        "0000  00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F",
        "0010  10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F",
        "0020  20 21 22 23 24 25 26 27",
    ]
    log.search.setText("nothing like it")
    assert log._hint.text() == "No frame matches the filter."
    assert log.whole.toPlainText() == ""
    log.search.clear()
    log.model.clear()
    assert log._hint.text() == "Waiting for frames…"


def test_a_frame_that_was_cut_says_so():
    assert whole_text(replace(frame(1), size=3_000)).endswith("…")


def test_a_tag_that_is_only_written_is_not_counted_as_bad(qtbot, window):
    tags = TagTable(
        replace(tag, access=Access.WRITE) if tag.path == "Tank.SetPoint" else tag
        for tag in window.workspace.project.tags
    )
    model = ConnectionTagModel(LiveSource(tags), window)
    model.set_connection("plc")
    written = next(row for row, tag in enumerate(model.rows) if tag.path == "Tank.SetPoint")
    assert model.data(model.index(written, 2)) == "Only written"
    assert model.not_good() == len(model.rows) - 1 == len(model.read_ids)
    model.set_filter("", only_bad=True)
    assert "Tank.SetPoint" not in [tag.path for tag in model.rows]


def test_an_empty_list_of_tags_says_why(qtbot, station, window, page):
    page.open_details("plc")
    tags = window.workspace.pages.details().tags
    tags.search.setText("nothing like it")
    assert tags._hint.text() == "No tag matches the search."
    tags.search.clear()
    assert tags._hint.isHidden()
    qtbot.waitUntil(lambda: tags.model.not_good() == 0)
    tags.only_bad.setChecked(True)
    assert tags._hint.text() == "Every tag is good."
    page.open_details("other")
    assert tags._hint.text() == "This connection has no tags."


def test_what_a_device_says_is_shown_as_it_is(qtbot, station, window, page):
    status = replace(connection_status("plc", ConnectionState.FAILED), text="<b>up</b> & <why>", requests=0)
    page.apply([status])
    card = page.cards["plc"]
    assert card.sentence.text() == "<b>up</b> & <why>"
    assert card.sentence.textFormat() is Qt.TextFormat.PlainText
    assert card._figures["p50"].text() == "–"


def test_every_counter_says_what_it_counts(page):
    card = page.cards["plc"]
    assert all(value.toolTip() for value in card._figures.values())
    assert "normal" in card._figures["errors"].toolTip()


def test_the_log_keeps_the_newest_frames_only(window):
    model = window.workspace.pages.details().frames.model
    model.append([frame(number) for number in range(1, KEPT + 1)])
    model.append([frame(number) for number in range(KEPT + 1, KEPT + 11)])
    assert model.rowCount() == KEPT
    assert model.rows[0].number == 11
    assert line(model.rows[0]).count("\t") == 4
    model.clear()
    assert model.rowCount() == 0


def test_a_test_says_each_step_in_words(qtbot, station, window, page):
    station.probe_steps = [
        ProbeStep("Connect", "Connected: PLC", True, 3.2),
        ProbeStep("Ping", "No answer within 3 s.", False, 300.4),
    ]
    details = window.workspace.pages.details()
    page.open_details("plc")
    details.tags.table.selectRow(0)
    details.tabs.setCurrentWidget(details.test)
    assert "Tank.Level" in details.test.hint.text()
    qtbot.mouseClick(details.test.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(details.test.labels) == 8)
    assert station.of(ProbeConnection)[0].path == "Tank.Level"
    texts = [label.text() for label in details.test.labels]
    assert texts[4:] == ["failed", "Ping", "300.4 ms", "No answer within 3 s."]
    assert details.test.verdict.text() == "It fails here:"
    assert details.test.button.isEnabled()


def test_what_is_shown_is_subscribed_and_nothing_more_when_closed(qtbot, station, window, page):
    page.open_details("plc")
    ids = [tag.id for tag in station.project.tags if tag.connection == "plc"]
    qtbot.waitUntil(lambda: set(station.of(Subscribe)[-1].tag_ids) >= set(ids))
    details = window.workspace.pages.details()
    assert details.tag_ids() == ids
    details.close_details()
    assert details.tag_ids() == []
    assert not details.tags._timer.isActive()


def test_the_page_fits_the_smallest_window(qtbot, window, page):
    window.resize(1024, 600)
    page.open_details("plc")
    details = window.workspace.pages.details()
    # It is laid out by an event.
    qtbot.waitUntil(lambda: details.height() >= 200 and details.geometry().right() <= page.width())


def test_a_wide_table_shows_paths_and_addresses_in_full(qtbot, window, page):
    page.open_details("plc")
    table = window.workspace.pages.details().tags.table
    narrow = table.columnWidth(0), table.columnWidth(4)
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: table.columnWidth(0) > narrow[0] + 100)
    assert table.columnWidth(4) > narrow[1] + 100
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: (table.columnWidth(0), table.columnWidth(4)) == narrow)


def test_nothing_is_commanded_while_the_controller_does_not_answer(qtbot, station, window):
    """A tag that is only written has no value that could tell."""
    canvas = window.workspace.screens.canvas
    entry = next(one for one in canvas.scene.elements if one.model.type == "setpoint")
    qtbot.waitUntil(lambda: not entry.blocked(canvas.scene.look))
    plc = entry.properties.tag().connection
    station.set_connections([connection_status(plc, ConnectionState.UNAVAILABLE)])
    qtbot.waitUntil(lambda: entry.blocked(canvas.scene.look) == "The controller does not answer.")
    faceplate = window.workspace.screens.open_faceplate("none", "Nothing")
    assert faceplate.canvas.scene.look.silent == {plc}
    station.set_connections([connection_status(plc, ConnectionState.DEGRADED)])
    qtbot.waitUntil(lambda: not entry.blocked(canvas.scene.look))
