"""Numbers written by pairs of digits read as those written one by one; pictures are cut to their ink."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

import views.digits
from views.digits import Digits
from views.fragments import PREMULTIPLIED, cut, draw_fragments, pixels_of
from views.language import LANGUAGE, SOURCE_LANGUAGE
from views.words import grouped

WHOLE = (0, 1, 9, 10, 45, 99, 100, 101, 999, 1000, 4005, 9999, 10_000, 12_345, 99_999, 100_000, 1_000_001)
NUMBERS = np.array([*WHOLE, *(-one for one in WHOLE), 123_456_789_012_345, -123_456_789_012_345], float)


class WrittenSigns:
    """Stand for glyphs of which each character is one pixel wide, and tell what is put where."""

    def __init__(self, signs, size_px: float, scale: float, color: QColor) -> None:
        self.signs = list(signs)
        self.advance = np.array([len(sign) for sign in signs], float)

    def tops(self, middles: np.ndarray) -> np.ndarray:
        return middles

    def fragments(self, signs: np.ndarray, lefts: np.ndarray, tops: np.ndarray) -> np.ndarray:
        found = np.zeros((len(signs), 10))
        found[:, 0], found[:, 1], found[:, 2] = lefts, tops, signs
        return found


@pytest.fixture(params=["en", "fr"])
def language(request, monkeypatch):
    monkeypatch.setattr(views.digits, "Glyphs", WrittenSigns)
    LANGUAGE.use(request.param)
    yield request.param
    LANGUAGE.use(SOURCE_LANGUAGE)


@pytest.mark.parametrize("decimals", range(6))
def test_numbers_read_as_they_are_written_elsewhere(language: str, decimals: int) -> None:
    digits = Digits(20.0, 1.0, QColor("black"))
    rows = np.arange(len(NUMBERS), dtype=float)
    fragments = digits.fragments(NUMBERS, decimals, np.full(len(NUMBERS), 100.0), rows)
    for row, number in enumerate(NUMBERS.tolist()):
        line = [" "] * 100
        for left, _, sign, *_ in fragments[fragments[:, 1] == row].tolist():
            text = digits._glyphs.signs[int(sign)]
            place = round(left)
            assert line[place : place + len(text)] == [" "] * len(text), "no sign covers another"
            line[place : place + len(text)] = text
        written = f"{abs(int(number)):0{decimals + 1}d}"
        point = len(written) - decimals
        expected = ("-" if number < 0 else "") + written[:point] + ("." + written[point:] if decimals else "")
        assert "".join(line).strip() == grouped(expected).replace("\u202f", " ")


def test_no_number_needs_no_fragment(language: str) -> None:
    none = np.empty(0)
    assert len(Digits(20.0, 1.0, QColor("black")).fragments(none, 1, none, none)) == 0


def test_pictures_are_cut_to_their_ink_and_painted_where_it_was() -> None:
    drawn = QImage(90, 30, PREMULTIPLIED)
    drawn.fill(QColor(0, 0, 0, 0))
    painter = QPainter(drawn)
    painter.fillRect(4, 7, 12, 9, QColor("red"))
    painter.fillRect(37, 0, 3, 30, QColor(0, 0, 255, 90))
    painter.end()
    parts = np.split(pixels_of(drawn), 3, axis=1)
    picture, fragments = cut([part[None] for part in parts])
    assert fragments[:, 4:6].tolist() == [[12, 9], [3, 30], [1, 1]], "one without ink is a pixel"
    fragments[:, 0] += (0, 30, 60)
    found = QImage(90, 30, PREMULTIPLIED)
    found.fill(QColor(0, 0, 0, 0))
    painter = QPainter(found)
    draw_fragments(painter, fragments, picture)
    painter.end()
    assert found == drawn


def test_nothing_is_painted_of_no_fragments() -> None:
    image = QImage(8, 8, PREMULTIPLIED)
    image.fill(QColor("white"))
    painter = QPainter(image)
    draw_fragments(painter, np.empty((0, 10)), QPixmap(1, 1))
    painter.drawPoint(QPointF(1, 1))
    painter.end()
    assert image.pixelColor(4, 4) == QColor("white")
