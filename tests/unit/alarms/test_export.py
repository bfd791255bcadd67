"""Journal events become rows that a spreadsheet reads as what they are."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

from alarms.export import HEADER, event_cells
from alarms.export_files import journal
from alarms.table_files import csv_text
from tests.unit.alarms.cell import LEVEL, START_NS, Station, alarm

PARIS = timezone(timedelta(hours=1))


def recorded(comment: str = "valve closed") -> Station:
    station = Station([alarm("HI", group="stop")])
    station.feed((LEVEL, 87.3456, 0.0015))
    ids = [station.list["HI"].event_id]
    station.manager.acknowledge(ids, "anna", "desk1", comment, START_NS)
    return station


def test_rows_hold_typed_cells() -> None:
    first, second = (
        dict(zip(HEADER, row, strict=True)) for row in (event_cells(one, PARIS) for one in recorded().events)
    )
    assert first["time"] == datetime.fromtimestamp(START_NS // 10**9, UTC) + timedelta(microseconds=1500)
    assert first["time"].utcoffset() == timedelta(hours=1)  # type: ignore[union-attr]
    assert (first["value"], first["limit"], first["unit"], first["quality"]) == (87.3456, 80.0, "%", "Good")
    assert (first["state_before"], first["state_after"], first["first_out"]) == ("NORM", "UNACK", True)
    assert (second["user"], second["workstation"], second["comment"]) == ("anna", "desk1", "valve closed")


def test_a_table_is_read_back_cell_by_cell() -> None:
    station = recorded('the "valve", closed\nby hand')
    rows = list(csv.DictReader(io.StringIO(csv_text(station.events, journal(), PARIS), newline="")))
    assert rows[0]["time"] == "2023-11-14T23:13:20.001+01:00"
    assert rows[0]["value"] == "87.3456"
    assert rows[0]["first_out"] == "true"
    assert rows[1]["comment"] == 'the "valve", closed\nby hand'


def test_what_people_type_is_no_formula() -> None:
    for comment in ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"):
        rows = list(
            csv.DictReader(io.StringIO(csv_text(recorded(comment).events, journal(), PARIS), newline=""))
        )
        assert rows[1]["comment"] == "'" + comment
    station = recorded()
    station.feed((LEVEL, 70, 1), (LEVEL, 90, 2))
    assert "'" not in csv_text(station.events, journal(), PARIS)
