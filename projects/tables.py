"""CSV tables as people write and spreadsheets save them: read to rows of text cells, and written back."""

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from projects.problems import Names, Problems, listed, shown
from tags.spelling import near_misses

T = TypeVar("T")

BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_FLAGS = {
    "true": True, "1": True, "yes": True, "vrai": True, "oui": True,
    "false": False, "0": False, "no": False, "faux": False, "non": False,
}  # fmt: skip
_REJECTED = "?"
"""Stands in the header for a column that was reported already; its cells are not looked at."""
_SPREADSHEET_ERRORS = ("#NAME?", "#NOM?", "#REF!", "#VALUE!", "#VALEUR!", "#N/A", "#DIV/0!")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Say how a table's file is written, so that saving keeps it as its owner's spreadsheet likes it."""

    delimiter: str = ","
    bom: bool = False
    newline: str = "\n"

    @property
    def decimal_comma(self) -> bool:
        """Tell whether ``1,5`` is a number: where a comma cannot be the delimiter."""
        return self.delimiter != ","


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row: the line on which it begins (from 1) and its stripped cells, empty ones left out.

    ``fault`` is what is wrong with the row itself, so that its cells may not be what was meant.
    """

    line: int
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a table of text cells; what they mean is their reader's business.

    ``is_complete`` is false when rows could not be read: then what is missing in it may well be in the file.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    dialect: Dialect = Dialect()
    is_complete: bool = True


def read_table(
    file: str, data: bytes, columns: Sequence[str], required: Sequence[str], problems: Problems
) -> Table:
    """Return the rows of a CSV file; whatever is wrong goes to ``problems`` and the rest is still read.

    UTF-8 with or without byte order mark; comma, semicolon or tab; LF or CRLF; quoted cells may hold line
    breaks. A file that is no UTF-8 is read as Windows-1252, which French and English spreadsheets write, with
    a warning.
    """
    text, bom = _decode(file, data, problems)
    if text is None:
        return Table(file, (), (), is_complete=False)
    newline = "\r\n" if "\r\n" in text else "\n"
    first_line = 1
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if declared:
        text = text[declared.end() :]
        first_line = 2
    delimiter = _delimiter(text, columns)
    dialect = Dialect(delimiter, bom, newline)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    rows: list[Row] = []
    is_complete = True
    line = first_line
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            problems.fault(
                file,
                line,
                "",
                f"is no CSV row ({error}): a cell that holds a quotation mark, the delimiter or a line break "
                "is put in quotation marks, its own ones are doubled; the rows below were not read",
            )
            is_complete = False
            break
        if header is None:
            if any(cell.strip() for cell in cells):
                header = _header(file, line, cells, columns, required, problems)
        elif any(cells):
            _keep(file, line, cells, header, rows, problems)
        line = reader.line_num + first_line
    if header is None:
        problems.fault(file, 1, "", "the header row is missing; it names the columns " + ", ".join(columns))
    names = tuple(name for name in header or () if name and name != _REJECTED)
    if not set(required) <= set(names):
        return Table(file, names, (), dialect, is_complete=False)
    return Table(file, names, tuple(rows), dialect, is_complete)


def dump_table(table: Table) -> bytes:
    """Return the file of a table in its own dialect; what :func:`read_table` read comes back cell by cell."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=table.dialect.delimiter, lineterminator=table.dialect.newline)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([row.cells.get(column, "") for column in table.columns])
    return (BOM if table.dialect.bom else b"") + stream.getvalue().encode()


class Record:
    """Read one row's cells as what they mean; one that does not fit is reported and reads as its default."""

    __slots__ = ("_cells", "_decimal_comma", "_report")

    def __init__(
        self, cells: Mapping[str, str], report: Callable[[str, str, bool], None], decimal_comma: bool
    ) -> None:
        self._cells = cells
        self._report = report
        self._decimal_comma = decimal_comma

    def __contains__(self, column: str) -> bool:
        return column in self._cells

    def fault(self, column: str, text: str) -> None:
        """Report a cell that makes the project unusable."""
        self._report(column, text, False)

    def warn(self, column: str, text: str) -> None:
        """Report a cell that is probably not meant so."""
        self._report(column, text, True)

    def text(self, column: str, default: str = "") -> str:
        """Return the cell's text."""
        return self._cells.get(column, default)

    def number(self, column: str, low: float | None = None) -> float | None:
        """Return a number, or None when the cell is empty or wrong; ``low`` is the smallest allowed."""
        text = self._cells.get(column)
        if text is None:
            return None
        value = parse_number(text, self._decimal_comma)
        if value is None:
            hint = ""
            if "," in text and not self._decimal_comma:
                hint = "; in a table delimited by commas the decimal sign is a point"
            self.fault(column, f"expected a number, got {shown(text)}{hint}")
        elif low is not None and value < low:
            self.fault(column, f"expected a number not below {low:g}, got {text}")
        else:
            return value
        return None

    def flag(self, column: str, default: bool) -> bool:
        """Return true or false."""
        text = self._cells.get(column)
        if text is None:
            return default
        value = _FLAGS.get(text.lower())
        if value is None:
            self.fault(column, f"expected true or false, got {shown(text)}")
            return default
        return value

    def choice(self, column: str, choices: Mapping[str, T], default: T) -> T:
        """Return what the cell's word stands for."""
        text = self._cells.get(column)
        if text is None:
            return default
        if text not in choices:
            near = near_misses(text, choices)
            hint = f"; did you mean {near[0]}?" if near else f"; expected {listed(choices)}"
            self.fault(column, f"unknown {column} {shown(text)}{hint}")
            return default
        return choices[text]


def parse_number(text: str, decimal_comma: bool) -> float | None:
    """Return a finite number, or None; neither ``nan`` nor digit grouping is one."""
    if decimal_comma:
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _decode(file: str, data: bytes, problems: Problems) -> tuple[str | None, bool]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        problems.fault(
            file, 0, "", "is no UTF-8 text (UTF-16 or binary); in the spreadsheet save it as 'CSV UTF-8'"
        )
        return None, True
    bom = data.startswith(BOM)
    try:
        return data.removeprefix(BOM).decode("utf-8"), bom
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.warn(
            file,
            line,
            "",
            "is no UTF-8 text; read as Windows-1252: check the accents, and save it as 'CSV UTF-8'",
        )
        return data.removeprefix(BOM).decode("cp1252", errors="replace"), True


def _delimiter(text: str, columns: Sequence[str]) -> str:
    header = next((line for line in text.splitlines() if line.strip(' ,;\t"')), "")
    known = set(columns)

    def recognised(delimiter: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"') for cell in header.split(delimiter)]
        return sum(cell in known for cell in cells), len(cells)

    return max(_DELIMITERS, key=recognised)


def _header(
    file: str,
    line: int,
    cells: Sequence[str],
    columns: Sequence[str],
    required: Sequence[str],
    problems: Problems,
) -> list[str]:
    names = Names("column", columns)
    header: list[str] = []
    for cell in cells:
        name = cell.strip()
        if name and name not in names:
            problems.fault(file, line, name[:80], names.unknown(name))
            name = _REJECTED
        elif name and name in header:
            problems.fault(file, line, name, "the column occurs twice")
            name = _REJECTED
        header.append(name)
    for name in required:
        if name not in header:
            problems.fault(file, line, name, f"the required column {name!r} is missing")
    return header


def _keep(
    file: str,
    line: int,
    cells: Sequence[str],
    header: Sequence[str],
    rows: list[Row],
    problems: Problems,
) -> None:
    kept: dict[str, str] = {}
    faults: list[str] = []

    def fault(column: str, text: str) -> None:
        problems.fault(file, line, column, text)
        faults.append(text)

    extra = [cell.strip() for cell in cells[len(header) :] if cell.strip()]
    for column, cell in zip(header, cells, strict=False):
        text = cell.strip()
        if not text or column == _REJECTED:
            continue
        if not column:
            extra.append(text)
            continue
        if text.startswith("'="):
            text = text[1:]
        elif text in _SPREADSHEET_ERRORS:
            fault(
                column,
                f"a spreadsheet has put {text} in the place of an expression; write it with an apostrophe "
                "before its equals sign: '=",
            )
            continue
        kept[column] = text
    if extra:
        fault(
            "",
            f"{shown(extra[0])} stands under no column name; the row has {len(cells)} cells, the header "
            f"{len(header)}: put a cell that holds the delimiter in quotation marks",
        )
    if kept or extra:
        rows.append(Row(line, kept, "; ".join(faults)))
