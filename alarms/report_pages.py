"""Put lines, tables and frames for plots on the pages of a PDF, one below the other."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from alarms.report_plots import TEXT, Frame

_PRINTED: Final = str.maketrans({"\u202f": "\u00a0", "−": "-", "→": ">", "≤": "<=", "≥": ">="})
"""What the PDF's own fonts have instead of signs that they do not know."""
_MARGIN: Final = 42.0
_LINE: Final = 12.5
_MORE: Final = 9.5
"""From one line of a cell to the next."""
_GAP: Final = 6.0
_SIZE: Final = 8.0
_GREY: Final = HexColor("#6b7075")
_RULE: Final = HexColor("#c4c8cc")
_MARKED: Final = HexColor("#e6e8ea")


def plain(text: str) -> str:
    """Return the text as the PDF's own fonts can print it."""
    return text.translate(_PRINTED).encode("cp1252", "replace").decode("cp1252")


class Pages:
    """Put lines and boxes below each other and begin new pages; ``title`` is at the foot of each.

    ``say`` puts every text that is drawn into the reader's language.
    """

    def __init__(
        self,
        canvas: Canvas,
        title: str,
        size: tuple[float, float] = A4,
        say: Callable[[str], str] = str,
    ) -> None:
        self.canvas = canvas
        self.say = say
        self._width, self._height = size
        self._title = plain(title)
        self._number = 0
        self.y = 0.0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self.y = self._height - _MARGIN
        self.canvas.setFont("Helvetica", 7.5)
        self.canvas.setFillColor(_GREY)
        self.canvas.drawString(_MARGIN, 24, self._title)
        self.canvas.drawRightString(self._width - _MARGIN, 24, f"{self._number}")

    def end(self) -> None:
        """End the last page."""
        self.canvas.showPage()

    def need(self, height: float) -> bool:
        """Begin a new page when less than ``height`` is left; tell whether it was so."""
        if self.y - height >= _MARGIN:
            return False
        self.end()
        self._begin()
        return True

    def next_page(self) -> None:
        """Begin a new page, unless this one is empty."""
        if self.y < self._height - _MARGIN:
            self.end()
            self._begin()

    def line(
        self,
        text: str,
        size: float = 9.0,
        *,
        bold: bool = False,
        below: float = _LINE,
        is_said: bool = False,
    ) -> None:
        """Draw a line of text, ``below`` points under what is there; one that ``is_said`` stays as it is."""
        self.need(below)
        self.canvas.setFillColor(TEXT)
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self.y -= below
        self.canvas.drawString(_MARGIN, self.y, plain(text if is_said else self.say(text)))

    def paragraph(self, text: str, size: float = 9.0) -> None:
        """Draw a text in as many lines as it needs, with a dash before the first."""
        width = self._width - 2 * _MARGIN - 12
        for number, part in enumerate(simpleSplit(plain(self.say(text)), "Helvetica", size, width)):
            self.need(_LINE)
            self.y -= _LINE
            self.canvas.setFillColor(TEXT)
            self.canvas.setFont("Helvetica", size)
            if not number:
                self.canvas.drawString(_MARGIN, self.y, "-")
            self.canvas.drawString(_MARGIN + 12, self.y, part)
        self.y -= 2

    def frame(self, height: float) -> Frame:
        """Return a frame of the whole width for a plot."""
        self.need(height)
        self.y -= height
        return Frame(_MARGIN, self.y, self._width - 2 * _MARGIN, height)

    def table(
        self,
        title: str,
        columns: Sequence[tuple[str, float, bool]],
        rows: Iterable[Sequence[str]],
        *,
        is_whole: bool = False,
        is_said: bool = False,
        marked: Sequence[bool] = (),
    ) -> None:
        """Draw a table; a column is its title, its width and whether it is aligned to the right.

        With ``is_whole`` a text that is too long goes on in further lines of its row; else it is cut. Cells
        that are ``is_said`` stay as they are: people may have typed them. Rows that are ``marked`` are
        printed in bold on grey.
        """
        self.need(4 * _LINE)
        if title:
            self.line(title, 11.0, bold=True, below=22.0)
        names = [[plain(self.say(name))] for name, _, _ in columns]
        self._row(names, columns, is_head=True)
        is_empty = True
        for number, row in enumerate(rows):
            is_empty = False
            is_marked = number < len(marked) and marked[number]
            cells = [
                _lines(text, width - _GAP) if is_whole else [_fitting(text, width - _GAP)]
                for text, (_, width, _) in zip(
                    map(plain, row if is_said else map(self.say, row)), columns, strict=True
                )
            ]
            if self.need(_LINE + _MORE * (max(map(len, cells)) - 1)):
                self._row(names, columns, is_head=True)
            self._row(cells, columns, is_marked=is_marked)
        if is_empty:
            self.line("none")

    def _row(
        self,
        cells: Sequence[Sequence[str]],
        columns: Sequence[tuple[str, float, bool]],
        *,
        is_head: bool = False,
        is_marked: bool = False,
    ) -> None:
        self.y -= _LINE
        lines_below = _MORE * (max(map(len, cells)) - 1)
        if is_marked:
            self.canvas.setFillColor(_MARKED)
            height = _LINE + lines_below
            self.canvas.rect(_MARGIN, self.y - lines_below - 3.2, self._width - 2 * _MARGIN, height, 0, 1)
        font = "Helvetica-Bold" if is_head or is_marked else "Helvetica"
        self.canvas.setFont(font, _SIZE)
        self.canvas.setFillColor(_GREY if is_head else TEXT)
        left = _MARGIN
        for lines, (_, width, is_right) in zip(cells, columns, strict=True):
            for number, text in enumerate(lines):
                y = self.y - number * _MORE
                if is_right:
                    self.canvas.drawRightString(left + width - _GAP, y, text)
                else:
                    self.canvas.drawString(left, y, text)
            left += width
        self.y -= lines_below
        self.canvas.setStrokeColor(_RULE)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(_MARGIN, self.y - 3.2, self._width - _MARGIN, self.y - 3.2)


def _lines(text: str, width: float) -> list[str]:
    """Return a text in lines of at most this width, broken inside a word where it is longer than a line."""
    found: list[str] = []
    for line in simpleSplit(text, "Helvetica", _SIZE, width) or [""]:
        rest = line
        while stringWidth(rest, "Helvetica", _SIZE) > width:
            end = len(rest) - 1
            while end > 1 and stringWidth(rest[:end], "Helvetica", _SIZE) > width:
                end -= 1
            found.append(rest[:end])
            rest = rest[end:]
        found.append(rest)
    return found


def _fitting(text: str, width: float) -> str:
    if stringWidth(text, "Helvetica", _SIZE) <= width:
        return text
    while text and stringWidth(text + "...", "Helvetica", _SIZE) > width:
        text = text[:-1]
    return text + "..."
