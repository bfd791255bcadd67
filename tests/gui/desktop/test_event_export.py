"""The journal written to files from the window: dialog, progress, cancel, and what went wrong."""

import csv
import threading

import pytest

from historian.happening import Happening
from hmi.desktop.event_export import STEP, CountedEvents, ExportCancelledError
from tests.support.fake_station import event, snapshot
from tests.support.language import change_language
from tests.unit.alarms.test_export_files import sheet_cells


def events(number: int = 3):
    return [event(snapshot("LT1_HI"), sequence=row) for row in range(number)]


@pytest.mark.parametrize(
    ("suffix", "start"), [(".csv", b"\xef\xbb\xbf"), (".xlsx", b"PK"), (".pdf", b"%PDF")]
)
def test_writes_every_format_beside_the_gui_thread(qtbot, window, tmp_path, suffix, start):
    path = tmp_path / f"journal{suffix}"
    workspace = window.workspace
    with qtbot.waitSignal(workspace.told, check_params_cb=lambda text, _: str(path) in text) as told:
        workspace.pages.journal_export().write(path, events(), "Alarm journal")
        assert not workspace.pages.journal_export()._bar.isHidden()
    assert told.args[0].endswith("3")
    assert path.read_bytes().startswith(start)
    assert workspace.pages.journal_export()._bar.isHidden()
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_the_rows_are_those_of_the_journal(qtbot, window, tmp_path):
    path = tmp_path / "journal.csv"
    with qtbot.waitSignal(window.workspace.told, check_params_cb=lambda text, _: str(path) in text):
        window.workspace.pages.journal_export().write(path, events(5), "x")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["sequence"] for row in rows] == ["0", "1", "2", "3", "4"]
    assert {row["alarm_id"] for row in rows} == {"LT1_HI"}


def test_what_cannot_be_written_is_told_and_an_old_file_stays(qtbot, window, tmp_path):
    with qtbot.waitSignal(
        window.workspace.told, check_params_cb=lambda _text, is_failure: is_failure
    ) as told:
        window.workspace.pages.journal_export().write(tmp_path / "nowhere" / "x.csv", events(), "x")
    assert "was not written" in told.args[0]
    old = tmp_path / "old.txt"
    old.write_text("old")
    with qtbot.waitSignal(window.workspace.told, check_params_cb=lambda _text, is_failure: is_failure):
        window.workspace.pages.journal_export().write(old, events(), "x")
    assert old.read_text() == "old"


def test_files_for_people_are_in_the_windows_language(qtbot, window, tmp_path):
    change_language(qtbot, window, "fr")
    try:
        path = tmp_path / "journal.xlsx"
        with qtbot.waitSignal(window.workspace.told, check_params_cb=lambda text, _: str(path) in text):
            window.workspace.pages.journal_export().write(path, events(2), "x")
    finally:
        change_language(qtbot, window, "en")
    head, first, _ = sheet_cells(path)
    assert head[4][1] == "Événement"
    assert first[4][1] == "Alarme"


def test_progress_is_counted_and_a_cancelled_writer_stops():
    counts = []
    counted = CountedEvents(events(STEP * 2 + 1), counts.append)
    assert len(list(counted)) == STEP * 2 + 1
    assert counts == [0, STEP, 2 * STEP]
    counted.is_cancelled = True
    with pytest.raises(ExportCancelledError):
        list(counted)


def test_a_cancelled_export_leaves_no_file(qtbot, window, tmp_path):
    export = window.workspace.pages.journal_export()
    gate = threading.Event()
    window.workspace.background.run(lambda: gate.wait(5), lambda _: None)
    with qtbot.waitSignal(window.workspace.told, check_params_cb=lambda text, _: "cancelled" in text):
        export.write(tmp_path / "journal.csv", events(), "x")
        export._bar.cancel.click()
        gate.set()
    assert list(tmp_path.iterdir()) == []


def test_the_dialog_offers_the_formats_and_keeps_their_suffix(qtbot, window):
    history = window.workspace.alarms.history
    window.workspace.show_page("alarms")
    history.model.replace(events())
    history._set_busy(is_busy=False)
    history.export.click()
    dialog = window.workspace.pages.journal_export().dialog
    assert dialog.isVisible()
    assert len(dialog.nameFilters()) == 3
    dialog.filterSelected.emit(dialog.nameFilters()[2])
    assert dialog.defaultSuffix() == "pdf"
    dialog.reject()


def test_the_event_log_is_exported_by_the_same_code(qtbot, window, tmp_path):
    workspace = window.workspace
    workspace.show_page("log")
    path = tmp_path / "log.xlsx"
    logged = [Happening("connection", 1_700_000_000_000_000_000, "line", "connected: fine", "")]
    with qtbot.waitSignal(workspace.told, check_params_cb=lambda text, _: str(path) in text):
        workspace.pages.log_export().write(path, logged, "x")
    head, first = sheet_cells(path)
    assert [text for _, text in head[1:4]] == ["Kind", "About", "What happened"]
    assert first[2][1] == "line"
