"""Write rows about what happened into files that people open: CSV, Excel and PDF, by the suffix.

Excel and PDF are for people: their titles, words, dates and numbers are in the reader's language. A CSV table
is for programs as well: its column names, codes, numbers and times are the same in every language.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from alarms.model import AlarmError
from tags.clock import NS_PER_S

MOST_SHEET_ROWS: Final = 1_048_575
"""What a sheet of Excel holds beside its header."""
_NARROW: Final = 12.0
_TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss.000"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | bool | datetime | None
"""What a spreadsheet knows; times carry their zone."""
Say = Callable[[str], str]
"""Puts a text, a date or a number of the program into the reader's language; the sources' is English."""
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Listing(Generic[_Item]):
    """Say how items become rows of each kind of file.

    ``cells`` are an item's codes and numbers in the order of ``names``, for programs; ``shown`` are the same
    cells as people read them; ``printed`` those of a page, by ``columns``: title, width, aligned right.
    """

    sheet: str
    names: tuple[str, ...]
    titles: Mapping[str, str]
    widths: Mapping[str, float]
    time_ns: Callable[[_Item], int]
    cells: Callable[[_Item, tzinfo], tuple[Cell, ...]]
    shown: Callable[[_Item, tuple[Cell, ...], Say], tuple[Cell, ...]]
    columns: Sequence[tuple[str, float, bool]]
    printed: Callable[[_Item, Mapping[str, Cell], Say], tuple[str, ...]]


def write_listing(
    path: Path, items: Sequence[_Item], listing: Listing[_Item], zone: tzinfo, title: str, say: Say = str
) -> None:
    """Write items into a file; times are in ``zone``. Blocking; runs in any thread.

    ``title`` and what items say are in the reader's language already.

    Raises:
        AlarmError: the suffix is none of :data:`EXPORT_SUFFIXES`, or a sheet cannot hold so many rows.
        OSError: the file cannot be written.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise AlarmError(f"{path.name}: expected a file name that ends with {', '.join(EXPORT_SUFFIXES)}")
    write(path, items, listing, zone, title, say)


def csv_text(items: Sequence[_Item], listing: Listing[_Item], zone: tzinfo) -> str:
    """Return items as CSV with a header; times as ISO 8601 with milliseconds and their zone.

    A text that a spreadsheet would take for a formula is written with an apostrophe before it: comments are
    typed by people.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(listing.names)
    for item in items:
        writer.writerow([_csv_cell(cell) for cell in listing.cells(item, zone)])
    return stream.getvalue()


def zoned(at_ns: int, zone: tzinfo) -> datetime:
    """Return a time in a zone, to the microsecond."""
    seconds, rest_ns = divmod(at_ns, NS_PER_S)
    return datetime.fromtimestamp(seconds, zone).replace(microsecond=rest_ns // 1000)


def time_text(cell: Cell, say: Say) -> str:
    """Return a time as a page prints it, to the millisecond."""
    return say(cell.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]) if isinstance(cell, datetime) else ""


def _csv_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="milliseconds")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell


def _write_csv(
    path: Path, items: Sequence[_Item], listing: Listing[_Item], zone: tzinfo, title: str, say: Say
) -> None:
    del title, say
    # With the mark Excel reads accents and degree signs right.
    path.write_text(csv_text(items, listing, zone), encoding="utf-8-sig", newline="")


def _write_excel(
    path: Path, items: Sequence[_Item], listing: Listing[_Item], zone: tzinfo, title: str, say: Say
) -> None:
    """Write a sheet in which numbers are numbers and times are times, sortable and filterable."""
    import xlsxwriter  # only when a sheet is written
    from xlsxwriter.exceptions import FileCreateError

    if len(items) > MOST_SHEET_ROWS:
        raise AlarmError(
            f"{len(items):,} events do not fit into a sheet of {MOST_SHEET_ROWS:,} rows: choose a shorter "
            "period, or write .csv"
        )
    book = xlsxwriter.Workbook(
        str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True},
    )
    zone_name = zone_text([listing.time_ns(item) for item in (*items[:1], *items[-1:])], zone)
    book.set_properties({"title": title, "comments": say(f"Times are in {zone_name}.")})
    sheet = book.add_worksheet(listing.sheet)
    head = book.add_format({"bold": True, "bottom": 1})
    time_format = book.add_format({"num_format": say(_TIME_FORMAT)})
    for place, name in enumerate(listing.names):
        sheet.set_column(place, place, listing.widths.get(name, _NARROW))
        shown = say(listing.titles[name])
        sheet.write_string(0, place, f"{shown} ({zone_name})" if name in _TIMES else shown, head)
    for number, item in enumerate(items, start=1):
        for place, cell in enumerate(listing.shown(item, listing.cells(item, zone), say)):
            _write_cell(sheet, number, place, cell, time_format)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(items)), len(listing.names) - 1)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(f"{path}: {error}") from error


_TIMES: Final = ("time", "received")
"""The columns of times, whose titles name the zone."""


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, time_format: Any) -> None:
    if isinstance(cell, datetime):
        # A sheet knows no zones: the header names the one in which its times are.
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), time_format)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif cell is not None:
        sheet.write_string(row, column, cell)


def _write_pdf(
    path: Path, items: Sequence[_Item], listing: Listing[_Item], zone: tzinfo, title: str, say: Say
) -> None:
    """Write A4 pages in landscape with what a person reads; the other columns are in the other formats."""
    from reportlab.lib.pagesizes import A4, landscape  # only when a PDF is written
    from reportlab.pdfgen.canvas import Canvas

    from alarms.report_pages import Pages, plain

    size = landscape(A4)
    canvas = Canvas(str(path), pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(plain(title))
    canvas.setCreator("Vigie")
    pages = Pages(canvas, title, size, say)
    pages.line(title, 14.0, bold=True, below=18.0, is_said=True)
    zone_name = zone_text([listing.time_ns(item) for item in (*items[:1], *items[-1:])], zone)
    many = f"{len(items):,} events, times in {zone_name}"
    pages.line(f"1 event, times in {zone_name}" if len(items) == 1 else many, 9.0, below=14.0)
    rows = []
    for item in items:
        cells = listing.shown(item, listing.cells(item, zone), say)
        rows.append(listing.printed(item, dict(zip(listing.names, cells, strict=True)), say))
    pages.table("", listing.columns, rows, is_whole=True, is_said=True)
    pages.end()
    canvas.save()


def zone_text(times_ns: Sequence[int], zone: tzinfo) -> str:
    """Return the zone of the times, as an offset when it has only one in the period of the first and last."""
    offsets = {_offset(at_ns, zone) for at_ns in (*times_ns[:1], *times_ns[-1:])}
    if len(offsets) != 1:
        return str(zone)
    minutes = round(offsets.pop().total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def _offset(at_ns: int, zone: tzinfo) -> timedelta:
    return datetime.fromtimestamp(at_ns / 1e9, zone).utcoffset() or timedelta()


_Writer = Callable[[Path, Sequence[Any], Listing[Any], tzinfo, str, Say], None]
_WRITERS: Final[Mapping[str, _Writer]] = MappingProxyType(
    {".csv": _write_csv, ".xlsx": _write_excel, ".pdf": _write_pdf}
)
EXPORT_SUFFIXES: Final = tuple(_WRITERS)
"""The formats of :func:`write_listing`, by the suffix of the file."""
