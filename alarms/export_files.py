"""Write journal events into files that people open: CSV, Excel and PDF, chosen by the file's suffix.

Excel and PDF are for people: their titles, words, dates and numbers are in the reader's language. A CSV table
is for programs as well: its column names, codes, numbers and times are the same in every language.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from alarms.export import HEADER, Cell, csv_text, event_rows
from alarms.model import AlarmError, AlarmEvent
from alarms.words import CLASS_WORDS, STATE_WORDS, TITLES, TRANSITION_WORDS

MOST_SHEET_ROWS: Final = 1_048_575
"""What a sheet of Excel holds beside its header."""
_WIDTHS: Final[Mapping[str, float]] = MappingProxyType(
    {"time": 23, "received": 23, "message": 48, "comment": 32, "tag": 26, "area": 18, "alarm_id": 16}
)
_NARROW: Final = 12.0
_TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss.000"

Say = Callable[[str], str]
"""Puts a text, a date or a number of the program into the reader's language; the sources' is English."""


def write_events(
    path: Path, events: Sequence[AlarmEvent], zone: tzinfo, title: str, say: Say = str, area: Say = str
) -> None:
    """Write events into a file; times are in ``zone``. Blocking; runs in any thread.

    ``title`` and the events' messages are in the reader's language already; ``area`` says what an area is
    called in it.

    Raises:
        AlarmError: the suffix is none of :data:`EXPORT_SUFFIXES`, or a sheet cannot hold so many events.
        OSError: the file cannot be written.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise AlarmError(f"{path.name}: expected a file name that ends with {', '.join(EXPORT_SUFFIXES)}")
    write(path, events, zone, title, say, area)


def _write_csv(
    path: Path, events: Sequence[AlarmEvent], zone: tzinfo, title: str, say: Say, area: Say
) -> None:
    del title, say, area
    # With the mark Excel reads accents and degree signs right.
    path.write_text(csv_text(events, zone), encoding="utf-8-sig", newline="")


def _write_excel(
    path: Path, events: Sequence[AlarmEvent], zone: tzinfo, title: str, say: Say, area: Say
) -> None:
    """Write a sheet in which numbers are numbers and times are times, sortable and filterable."""
    import xlsxwriter  # only when a sheet is written
    from xlsxwriter.exceptions import FileCreateError

    if len(events) > MOST_SHEET_ROWS:
        raise AlarmError(
            f"{len(events):,} events do not fit into a sheet of {MOST_SHEET_ROWS:,} rows: choose a shorter "
            "period, or write .csv"
        )
    book = xlsxwriter.Workbook(
        str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True},
    )
    zone_name = zone_text(events, zone)
    book.set_properties({"title": title, "comments": say(f"Times are in {zone_name}.")})
    sheet = book.add_worksheet("Journal")
    head = book.add_format({"bold": True, "bottom": 1})
    time_format = book.add_format({"num_format": say(_TIME_FORMAT)})
    for place, name in enumerate(HEADER):
        sheet.set_column(place, place, _WIDTHS.get(name, _NARROW))
        shown = f"{say(TITLES[name])} ({zone_name})" if name in ("time", "received") else say(TITLES[name])
        sheet.write_string(0, place, shown, head)
    worded = _words_of_columns(say)
    for number, row in enumerate(event_rows(events, zone), start=1):
        for place, cell in enumerate(row):
            words = worded.get(HEADER[place])
            if words is not None:
                cell = words[str(cell)]
            elif HEADER[place] == "area":
                cell = area(str(cell))
            _write_cell(sheet, number, place, cell, time_format)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(events)), len(HEADER) - 1)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(f"{path}: {error}") from error


def _words_of_columns(say: Say) -> Mapping[str, Mapping[str, str]]:
    """Return what people read instead of the codes of some columns, by column and code."""
    states = {code.value: say(word) for code, word in STATE_WORDS.items()}
    return {
        "transition": {code.value: say(word) for code, word in TRANSITION_WORDS.items()},
        "state_before": states,
        "state_after": states,
        "class": {code.value: say(word) for code, word in CLASS_WORDS.items()},
    }


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
    path: Path, events: Sequence[AlarmEvent], zone: tzinfo, title: str, say: Say, area: Say
) -> None:
    """Write A4 pages in landscape with what a person reads; the other columns are in the other formats."""
    from reportlab.lib.pagesizes import A4, landscape  # only when a PDF is written
    from reportlab.pdfgen.canvas import Canvas

    from alarms.report_pages import Pages, plain

    del area  # of the columns that a page has no room for
    size = landscape(A4)
    canvas = Canvas(str(path), pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(plain(title))
    canvas.setCreator("Vigie")
    pages = Pages(canvas, title, size, say)
    pages.line(title, 14.0, bold=True, below=18.0, is_said=True)
    zone_name = zone_text(events, zone)
    many = f"{len(events):,} events, times in {zone_name}"
    pages.line(f"1 event, times in {zone_name}" if len(events) == 1 else many, 9.0, below=14.0)
    worded = _words_of_columns(say)
    rows = [
        _printed(event, row, worded, say) for event, row in zip(events, event_rows(events, zone), strict=True)
    ]
    pages.table("", _COLUMNS, rows, is_whole=True, is_said=True)
    pages.end()
    canvas.save()


_COLUMNS: Final = (
    ("Time", 100.0, False), ("P", 16.0, True), ("Alarm", 84.0, False), ("Event", 84.0, False),
    ("State", 118.0, False), ("Message", 190.0, False), ("By", 62.0, False), ("Comment", 102.0, False),
)  # fmt: skip


def _printed(
    event: AlarmEvent, row: Sequence[Cell], worded: Mapping[str, Mapping[str, str]], say: Say
) -> tuple[str, ...]:
    time = row[HEADER.index("time")]
    what = worded["transition"][event.transition.value]
    states = (worded["state_before"][state.value] for state in (event.state_before, event.state_after))
    return (
        say(time.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]) if isinstance(time, datetime) else "",
        str(int(event.priority)),
        event.alarm_id,
        f"{what} ({say(TITLES['first_out']).lower()})" if event.first_out else what,
        " > ".join(states),
        event.message,
        event.user,
        event.comment,
    )


def zone_text(events: Sequence[AlarmEvent], zone: tzinfo) -> str:
    """Return the zone of the times, as an offset when it has only one in the period of the events."""
    offsets = {_offset(event.source_ns, zone) for event in (*events[:1], *events[-1:])}
    if len(offsets) != 1:
        return str(zone)
    minutes = round(offsets.pop().total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def _offset(at_ns: int, zone: tzinfo) -> timedelta:
    return datetime.fromtimestamp(at_ns / 1e9, zone).utcoffset() or timedelta()


_Writer = Callable[[Path, Sequence[AlarmEvent], tzinfo, str, Say, Say], None]
_WRITERS: Final[Mapping[str, _Writer]] = MappingProxyType(
    {".csv": _write_csv, ".xlsx": _write_excel, ".pdf": _write_pdf}
)
EXPORT_SUFFIXES: Final = tuple(_WRITERS)
"""The formats of :func:`write_events`, by the suffix of the file."""
