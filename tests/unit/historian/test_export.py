"""Data that leaves the history is exact: numbers as numbers, times as times, units and statuses with them."""

import csv
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet
import pytest

from historian import export as export_module
from historian.aggregates import Aggregate
from historian.export import HEADER, aggregate_rows, export, raw_rows
from historian.model import HistoryUnavailableError
from historian.store import History, open_history, open_reader
from tags.clock import NS_PER_S, ManualClock
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable
from tags.status import StatusCode

CHANGE = LogPolicy(LogMode.CHANGE)
TAGS = TagTable(
    [
        Tag(0, "Oven.Temp", DataType.FLOAT64, unit="°C", log=CHANGE),
        Tag(1, "Oven.Name", DataType.STRING, log=CHANGE),
        Tag(2, "Oven.Total", DataType.INT64, unit="kWh", log=CHANGE),
        Tag(3, "Oven.On", DataType.BOOL, log=CHANGE),
    ]
)
START_NS = 1_700_000_000 * NS_PER_S + 123_456_789
END_NS = START_NS + 100 * NS_PER_S
BAD = int(StatusCode.BadDeviceFailure)
LARGE = 2**53 + 1


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(TAGS, tmp_path, clock=ManualClock(END_NS))
    rows = [
        (0, 0.1, 0, START_NS),
        (0, None, BAD, START_NS + 1),
        (0, 1e300, 0, START_NS + NS_PER_S),
        (1, "=1+1;é", 0, START_NS),
        (2, LARGE, 0, START_NS),
        (2, 7, 0, START_NS + 1),
        (3, True, 0, START_NS),
    ]
    opened.writer().samples(Batch.of(rows, START_NS))
    opened.writer().flush().result(30)
    yield opened
    opened.close()


def exported(history: History, target: Path, start_ns: int = START_NS, end_ns: int = END_NS) -> list[float]:
    reader = history.reader()
    seen: list[float] = []
    pieces = [partial(raw_rows, reader, tag, start_ns, end_ns) for tag in TAGS]
    assert export(target, pieces, start_ns, end_ns, seen.append) == 7
    reader.close()
    assert not list(target.parent.glob("*.part"))
    return seen


def test_csv(history: History, tmp_path: Path) -> None:
    seen = exported(history, tmp_path / "out.csv")
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == HEADER
    assert rows[0] == ["2023-11-14T22:13:20.123456789Z", "Oven.Temp", "0.1", "°C", "Good", "0x00000000"]
    assert rows[1][2:] == ["", "°C", "BadDeviceFailure", f"0x{BAD:08X}"]
    assert float(rows[2][2]) == 1e300
    assert [row[2] for row in rows[3:]] == ["=1+1;é", str(LARGE), "7", "true"]


def test_parquet(history: History, tmp_path: Path) -> None:
    exported(history, tmp_path / "out.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]"
    assert table["time"].cast("int64").to_pylist()[:2] == [START_NS, START_NS + 1]
    assert table["value"].to_pylist() == [0.1, None, 1e300, None, float(LARGE), 7.0, 1.0]
    assert table["text"].to_pylist() == [None, None, None, "=1+1;é", str(LARGE), None, None]
    assert table["status_code"].to_pylist()[1] == BAD


def cells(path: Path, sheet: int = 1) -> list[dict[str, tuple[str | None, str]]]:
    """Return each row's cells: type and text, by column letter."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as book:
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314  # our own file
    return [
        {
            str(one.get("r")).rstrip("0123456789"): (one.get("t"), "".join(one.itertext()))
            for one in row.iter(f"{space}c")
        }
        for row in root.iter(f"{space}row")
    ]


def test_excel(history: History, tmp_path: Path) -> None:
    exported(history, tmp_path / "out.xlsx")
    header, *rows = cells(tmp_path / "out.xlsx")
    assert [text for _, text in header.values()] == [
        "Time (UTC)", "Tag", "Value", "Unit", "Quality", "Quality code",
    ]  # fmt: skip
    days = float(rows[0]["A"][1])
    assert rows[0]["A"][0] is None  # a number: Excel's days since 1900
    assert (days - 25569) * 86_400 == pytest.approx(START_NS / NS_PER_S, abs=1e-3)
    assert rows[0]["C"] == (None, "0.1")
    assert "C" not in rows[1]
    assert rows[3]["C"] == ("inlineStr", "=1+1;é")
    assert rows[4]["C"] == ("inlineStr", str(LARGE))
    assert rows[5]["C"] == (None, "7")
    assert rows[6]["C"] == ("b", "1")
    assert rows[0]["E"] == ("inlineStr", "Good")


def test_more_rows_than_a_sheet_holds_go_to_the_next(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "SHEET_ROWS", 5)
    exported(history, tmp_path / "out.xlsx")
    assert len(cells(tmp_path / "out.xlsx", 1)) == 6
    assert len(cells(tmp_path / "out.xlsx", 2)) == 3


def test_aggregates_have_the_unit_of_what_they_tell(history: History) -> None:
    reader = history.reader()
    [rows] = aggregate_rows(reader, TAGS[0], Aggregate.PERCENT_GOOD, START_NS, END_NS, END_NS - START_NS)
    assert [(row.unit, row.time_ns) for row in rows] == [("%", START_NS)]
    [rows] = aggregate_rows(reader, TAGS[0], Aggregate.MAXIMUM, START_NS, END_NS, END_NS - START_NS)
    assert [(row.value, row.unit) for row in rows] == [(1e300, "°C")]
    reader.close()


def test_an_unknown_ending_and_a_folder_that_is_not_there_are_told(history: History, tmp_path: Path) -> None:
    with pytest.raises(HistoryUnavailableError, match=r"ends in \.csv"):
        export(tmp_path / "out.ods", [], START_NS, END_NS)
    for name in ("out.csv", "out.xlsx"):
        with pytest.raises(HistoryUnavailableError, match="cannot be written"):
            export(tmp_path / "none" / name, [], START_NS, END_NS)


def test_figures(history: History, tmp_path: Path) -> None:
    history.seal()
    history.writer().samples(Batch.of([(0, 2.0, 0, START_NS + 2 * NS_PER_S)], START_NS))
    history.writer().flush().result(30)
    reader = open_reader(TAGS, tmp_path)
    found = reader.stats()
    reader.close()
    assert (found.samples, found.unsealed, found.blocks) == (8, 1, 4)
    temp = next(tag for tag in found.tags if tag.path == "Oven.Temp")
    assert (temp.samples, temp.bad, temp.first_ns) == (4, 1, START_NS)
    assert temp.rate_per_s == pytest.approx(1.5)
    assert found.bytes_per_sample > 0
    assert found.gaps["dropped"] == 0


def test_a_history_that_is_not_there_or_not_upgraded_is_told(tmp_path: Path, history: History) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(HistoryUnavailableError, match="no history yet"):
        open_reader(TAGS, tmp_path / "empty")
    history.writer().submit(lambda connection: connection.exec_driver_sql("PRAGMA user_version = 1")).result(
        5
    )
    with pytest.raises(HistoryUnavailableError, match="older format"):
        open_reader(TAGS, tmp_path)
