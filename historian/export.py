"""Write samples or aggregates to CSV, Parquet or Excel: numbers as numbers, times as times."""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from historian.aggregates import Aggregate
from historian.model import HistoryUnavailableError, Series
from historian.patience import Patience
from historian.reader import HistoryReader
from historian.words import TITLES
from tags import status as status_codes
from tags.clock import NS_PER_S
from tags.model import MAX_EXACT_INTEGER, DataType, Tag, Value

HEADER = ("time", "tag", "value", "unit", "status", "status_code")
SHEET_ROWS = 1_048_575
"""Rows of an Excel sheet below its header; more go to further sheets."""

Progress = Callable[[float], None]
"""Called with the share that is done, 0 to 1."""
Say = Callable[[str], str]
"""Puts a text of the program into the reader's language."""


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of an export; ``value`` is None where the status is bad."""

    time_ns: int
    path: str
    value: Value | None
    unit: str
    status: int


class _Sheet(Protocol):
    def write(self, rows: Iterable[Row]) -> None: ...


def raw_rows(
    reader: HistoryReader, tag: Tag, start_ns: int, end_ns: int, patience: Patience | None = None
) -> Iterator[list[Row]]:
    """Yield a tag's samples in pieces, with values of the tag's own type."""
    for series in reader.raw_pieces(tag.path, start_ns, end_ns, patience):
        yield [
            Row(at_ns, tag.path, value, tag.unit, status)
            for at_ns, value, status in zip(
                series.source_ns.tolist(), typed_values(series, tag), series.statuses.tolist(), strict=True
            )
        ]


def aggregate_rows(
    reader: HistoryReader,
    tag: Tag,
    aggregate: Aggregate,
    start_ns: int,
    end_ns: int,
    interval_ns: int,
    patience: Patience | None = None,
) -> Iterator[list[Row]]:
    """Yield an aggregate of a tag, one row per interval."""
    unit = _UNITS.get(aggregate, tag.unit)
    for series in reader.aggregates(tag.path, aggregate, start_ns, end_ns, interval_ns, None, patience):
        yield [
            Row(at_ns, tag.path, None if math.isnan(value) else value, unit, status)
            for at_ns, value, status in zip(
                series.time_ns.tolist(), series.values.tolist(), series.statuses.tolist(), strict=True
            )
        ]


_UNITS = {
    Aggregate.COUNT: "",
    Aggregate.NUMBER_OF_TRANSITIONS: "",
    Aggregate.PERCENT_GOOD: "%",
    Aggregate.DURATION_GOOD: "ms",
    Aggregate.DURATION_IN_STATE_ZERO: "ms",
    Aggregate.DURATION_IN_STATE_NON_ZERO: "ms",
}


def typed_values(series: Series, tag: Tag) -> list[Value | None]:
    """Return the values of samples in the tag's own type, None where the status is bad."""
    found: list[Value | None] = []
    is_whole = tag.data_type.is_integer or tag.data_type is DataType.DATETIME
    for row, (value, status) in enumerate(zip(series.values.tolist(), series.statuses.tolist(), strict=True)):
        if row in series.extras:
            found.append(series.extras[row])
        elif status >= 0x80000000 or math.isnan(value):
            found.append(None)
        elif tag.data_type is DataType.BOOL:
            found.append(bool(value))
        else:
            found.append(int(value) if is_whole and value.is_integer() else value)
    return found


def export(
    target: Path,
    pieces: Sequence[Callable[[], Iterator[list[Row]]]],
    start_ns: int,
    end_ns: int,
    progress: Progress | None = None,
    say: Say = str,
) -> int:
    """Write the rows of each tag to a file whose name ends in .csv, .parquet or .xlsx; return their number.

    The file appears when it is complete. ``say`` puts the titles and the form of dates of an Excel sheet,
    which is for people, into their language; the other formats are the same in every language.

    Raises:
        HistoryUnavailableError: the ending is unknown, the file cannot be written, or a library is missing.
    """
    formats = {".csv": _csv, ".parquet": _parquet, ".xlsx": _xlsx}
    make = formats.get(target.suffix.lower())
    if make is None:
        raise HistoryUnavailableError(f"{target.name}: expected a name that ends in {', '.join(formats)}")
    part = target.with_name(target.name + ".part")
    total = 0
    try:
        with make(part, say) as sheet:
            for number, piece in enumerate(pieces):
                for rows in piece():
                    sheet.write(rows)
                    total += len(rows)
                    if progress is not None and rows:
                        done = (rows[-1].time_ns - start_ns) / (end_ns - start_ns)
                        progress((number + min(max(done, 0.0), 1.0)) / len(pieces))
        part.replace(target)
    except OSError as error:
        raise HistoryUnavailableError(f"{target} cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    if progress is not None:
        progress(1.0)
    return total


def iso_ns(time_ns: int) -> str:
    """Return ISO 8601 UTC with all nine decimals, so that no two samples get the same text."""
    seconds, rest_ns = divmod(time_ns, NS_PER_S)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest_ns:09d}Z"


def cell(value: Value | None) -> str:
    """Return a value as text that reads back exactly."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


class _CsvSheet:
    def __init__(self, writer: Any) -> None:
        self._writer = writer
        writer.writerow(HEADER)

    def write(self, rows: Iterable[Row]) -> None:
        self._writer.writerows(
            (
                iso_ns(row.time_ns),
                row.path,
                cell(row.value),
                row.unit,
                status_codes.name(row.status),
                f"0x{row.status:08X}",
            )
            for row in rows
        )


@contextmanager
def _csv(path: Path, say: Say) -> Iterator[_Sheet]:
    del say
    # With the mark Excel reads accents and degree signs right.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield _CsvSheet(csv.writer(file))


class _ParquetSheet:
    def __init__(self, arrow: Any, schema: Any, writer: Any) -> None:
        self._arrow, self._schema, self._writer = arrow, schema, writer

    def write(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        columns = {
            "time": [row.time_ns for row in rows],
            "tag": [row.path for row in rows],
            "value": [_number(row.value) for row in rows],
            "text": [_text(row.value) for row in rows],
            "unit": [row.unit for row in rows],
            "status": [status_codes.name(row.status) for row in rows],
            "status_code": [row.status for row in rows],
        }
        self._writer.write_table(self._arrow.table(columns, schema=self._schema))


@contextmanager
def _parquet(path: Path, say: Say) -> Iterator[_Sheet]:
    del say
    try:
        import pyarrow  # large, and needed by this one format only
        import pyarrow.parquet
    except ImportError as error:
        raise HistoryUnavailableError(
            "Parquet files need the library pyarrow: pip install 'vigie[parquet]'"
        ) from error
    schema = pyarrow.schema(
        [
            ("time", pyarrow.timestamp("ns", "UTC")),
            ("tag", pyarrow.string()),
            ("value", pyarrow.float64()),
            ("text", pyarrow.string()),
            ("unit", pyarrow.string()),
            ("status", pyarrow.string()),
            ("status_code", pyarrow.uint32()),
        ]
    )
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield _ParquetSheet(pyarrow, schema, writer)


def _number(value: Value | None) -> float | None:
    return None if value is None or isinstance(value, (str, tuple)) else float(value)


def _text(value: Value | None) -> str | None:
    """Return what a double cannot hold."""
    if isinstance(value, (str, tuple)):
        return str(value)
    is_large = isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_EXACT_INTEGER
    return str(value) if is_large else None


class _ExcelSheet:
    def __init__(self, book: Any, say: Say) -> None:
        self._book = book
        self._titles = [say(TITLES[name]) for name in HEADER]
        self._time = book.add_format({"num_format": say("yyyy-mm-dd hh:mm:ss.000")})
        self._bold = book.add_format({"bold": True})
        self._sheet: Any = None
        self._row = SHEET_ROWS

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._row >= SHEET_ROWS:
                self._begin()
            self._row += 1
            at = self._row
            seconds, rest_ns = divmod(row.time_ns, NS_PER_S)
            time = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest_ns // 1000, tzinfo=None)
            self._sheet.write_datetime(at, 0, time, self._time)
            self._sheet.write_string(at, 1, row.path)
            self._value(at, row.value)
            self._sheet.write_string(at, 3, row.unit)
            self._sheet.write_string(at, 4, status_codes.name(row.status))
            self._sheet.write_string(at, 5, f"0x{row.status:08X}")

    def _value(self, at: int, value: Value | None) -> None:
        text = _text(value)
        if isinstance(value, bool):
            self._sheet.write_boolean(at, 2, value)
        elif text is not None:
            self._sheet.write_string(at, 2, text)  # never a formula, whatever it begins with
        elif value is not None and math.isfinite(float(value)):  # type: ignore[arg-type]  # text and tuple are gone
            self._sheet.write_number(at, 2, value)
        elif value is not None:
            self._sheet.write_string(at, 2, str(value))

    def _begin(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, 0, 24)
        self._sheet.set_column(1, 1, 36)
        for column, title in enumerate(self._titles):
            self._sheet.write_string(0, column, title, self._bold)
        self._row = 0


@contextmanager
def _xlsx(path: Path, say: Say) -> Iterator[_Sheet]:
    import xlsxwriter  # 0.1 s that only this format needs to pay
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = _ExcelSheet(book, say)
    sheet.write(())
    try:
        yield sheet
    finally:
        try:
            book.close()
        except FileCreateError as error:
            raise HistoryUnavailableError(f"{path} cannot be written: {error}") from error
