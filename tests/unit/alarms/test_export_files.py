"""Journal events are written into files that people open, with nothing lost and everything typed."""

import csv
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from xml.etree import ElementTree

import pytest

from alarms import table_files
from alarms.export import HEADER
from alarms.export_files import write_events
from alarms.model import AlarmError, AlarmEvent
from alarms.table_files import EXPORT_SUFFIXES, zone_text
from tests.unit.alarms.cell import LEVEL, START_NS, Station, alarm

PARIS = timezone(timedelta(hours=1), "Paris")
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def recorded(comment: str = "valve closed") -> list[AlarmEvent]:
    station = Station([alarm("HI", group="stop")])
    station.feed((LEVEL, 87.3456, 0.0015))
    station.manager.acknowledge([station.list["HI"].event_id], "anna", "desk1", comment, START_NS)
    return station.events


def sheet_cells(path: Path) -> list[list[tuple[str, str]]]:
    """Kind (n number, s text, b truth value) and text of each cell, as the sheet's own XML has them."""
    with zipfile.ZipFile(path) as book:
        shared = [
            "".join(text.text or "" for text in item.iter(f"{_NS}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314  # our own
        ]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own
    rows = []
    for row in sheet.iter(f"{_NS}row"):
        cells = {}
        for cell in row:
            assert cell.find(f"{_NS}f") is None, "a formula"
            value = cell.find(f"{_NS}v")
            kind = cell.get("t", "n")
            text = "" if value is None or value.text is None else value.text
            cells[re.sub(r"\d", "", cell.get("r", ""))] = (kind, shared[int(text)] if kind == "s" else text)
        rows.append([cells.get(chr(65 + place), ("", "")) for place in range(len(HEADER))])
    return rows


def test_excel_holds_numbers_as_numbers_and_times_as_times(tmp_path: Path) -> None:
    path = tmp_path / "journal.xlsx"
    write_events(path, recorded(), PARIS, "Cell")
    head, first, second = sheet_cells(path)
    assert [text for _, text in head][:3] == ["Number", "Time (UTC+01:00)", "Received (UTC+01:00)"]
    cells = dict(zip(HEADER, first, strict=True))
    assert cells["sequence"] == ("n", "1")
    assert cells["value"] == ("n", "87.3456")
    assert cells["limit"] == ("n", "80")
    assert cells["first_out"] == ("b", "1")
    assert cells["severity"] == ("n", "500")
    assert (cells["transition"], cells["state_after"], cells["class"]) == (
        ("s", "Alarm"),
        ("s", "Active"),
        ("s", "Alarm"),
    )
    kind, days = cells["time"]
    wanted = datetime.fromtimestamp(START_NS / 1e9, UTC) + timedelta(hours=1, microseconds=1500)
    assert kind == "n"
    assert abs(datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=float(days)) - wanted) < timedelta(
        milliseconds=2
    )
    assert dict(zip(HEADER, second, strict=True))["comment"] == ("s", "valve closed")


@pytest.mark.parametrize("comment", ["=HYPERLINK(1)", "http://127.0.0.1/", "+1", "@SUM(A1)"])
def test_what_people_type_is_a_text_in_excel(tmp_path: Path, comment: str) -> None:
    path = tmp_path / "journal.xlsx"
    write_events(path, recorded(comment), PARIS, "Cell")
    assert dict(zip(HEADER, sheet_cells(path)[2], strict=True))["comment"] == ("s", comment)


def test_csv_opens_with_accents_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "journal.CSV"
    write_events(path, recorded("vanne fermée"), PARIS, "Cell")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["comment"] for row in rows] == ["", "vanne fermée"]
    assert [row["severity"] for row in rows] == ["500", "500"]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the page with poppler")
def test_a_pdf_holds_every_event_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.pdf"
    comment = (
        "The inlet valve did not close; " + "closed by hand and reported to the workshop. " * 4 + "Last."
    )
    events = recorded(comment) * 60
    write_events(path, events, PARIS, "Cell: alarm journal")
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert len(re.findall(r"Acknowledged +Active > Acknowledged", text)) == 60
    assert len(re.findall(r"Alarm \(first-out\) +Normal > Active", text)) == 60
    assert text.count("Last.") == 60
    assert "120 events, times in UTC+01:00" in text
    assert "2023-11-14 23:13:20.001" in text
    assert text.count("Cell: alarm journal") > 2


def test_the_same_events_give_the_same_pdf(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        write_events(tmp_path / name, recorded(), PARIS, "Cell")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_an_empty_journal_is_written_too(tmp_path: Path) -> None:
    for suffix in EXPORT_SUFFIXES:
        write_events(tmp_path / f"empty{suffix}", [], PARIS, "Cell")
        assert (tmp_path / f"empty{suffix}").stat().st_size > 0


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AlarmError, match=r"ends with \.csv, \.xlsx, \.pdf"):
        write_events(tmp_path / "journal.doc", recorded(), PARIS, "Cell")
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_would_lose_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "MOST_SHEET_ROWS", 1)
    with pytest.raises(AlarmError, match="choose a shorter period, or write"):
        write_events(tmp_path / "journal.xlsx", recorded(), PARIS, "Cell")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", EXPORT_SUFFIXES)
def test_a_folder_that_is_not_there_is_an_environment_problem(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_events(tmp_path / "nowhere" / f"journal{suffix}", recorded(), PARIS, "Cell")


class Changing(tzinfo):
    """A zone that goes from one to two hours ahead half a year after the start."""

    def utcoffset(self, at: datetime | None) -> timedelta:
        is_late = at is not None and at.replace(tzinfo=UTC).timestamp() > START_NS / 1e9 + 100 * 86_400
        return timedelta(hours=2 if is_late else 1)

    def fromutc(self, at: datetime) -> datetime:
        return at + self.utcoffset(at)

    def tzname(self, at: datetime | None) -> str:
        del at
        return "Changing"

    def __str__(self) -> str:
        return "Changing"


def test_the_zone_is_named_when_its_offset_changes_within_the_period() -> None:
    one, _ = recorded()
    later = replace(one, source_ns=one.source_ns + 182 * 86_400 * 10**9)
    assert zone_text([one.source_ns], Changing()) == "UTC+01:00"
    assert zone_text([one.source_ns, later.source_ns], Changing()) == "Changing"
    assert zone_text([one.source_ns], UTC) == "UTC"
    assert zone_text([one.source_ns], timezone(-timedelta(hours=3, minutes=30))) == "UTC-03:30"
