"""How numbers of a fixed count of decimals are written with signs that are painted all at once."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter

from views.glyphs import Glyphs
from views.words import decimal_point, least_grouped

_DIGIT: Final = 100
"""The first of the digits that stand alone, behind the pairs."""
_TENTH: Final = 110
"""The first of the digits that come with the decimal sign before them."""
_POINT, _MINUS, _SPACE = 120, 121, 122
_BY_TWOS: Final = (2,)
_BY_THOUSANDS: Final = (2, 1)
"""How many digits stand together, from the right."""


class Digits:
    """Write numbers of one font size for one scale, colour and language. GUI thread only."""

    __slots__ = ("_glyphs", "_grouped_from")

    def __init__(self, size_px: float, scale: float, color: QColor) -> None:
        digits, point = "0123456789", decimal_point()
        pairs = [tens + ones for tens in digits for ones in digits]
        signs = [*pairs, *digits, *(point + digit for digit in digits), point, "−", "\u202f"]
        self._glyphs = Glyphs(signs, size_px, scale, color)
        self._grouped_from = 10 ** (least_grouped() - 1)

    def fragments(
        self,
        numbers: NDArray[np.float64],
        decimals: int,
        rights: NDArray[np.float64],
        middles: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the fragments of whole ``numbers``, the last ``decimals`` digits of which follow the point.

        They end at ``rights`` and are centred at ``middles`` (device pixels); all arrays are (n,). Numbers
        have no more digits than a double holds exactly.
        """
        line = _Line(self._glyphs, rights, middles)
        left = np.abs(numbers).astype(np.int64)
        for _ in range(decimals // 2):
            left, pair = _divided(left, 100)
            line.put(pair)
        if decimals % 2:
            left, tenth = _divided(left, 10)
            line.put(_TENTH + tenth)
        elif decimals:
            line.put(np.full(len(left), _POINT))
        is_grouped = left >= self._grouped_from
        if is_grouped.any():
            for chosen, steps in ((is_grouped, _BY_THOUSANDS), (~is_grouped, _BY_TWOS)):
                _write_whole(line, left[chosen], np.flatnonzero(chosen), steps)
        else:
            _write_whole(line, left, None, _BY_TWOS)
        negative = np.flatnonzero(numbers < 0)
        line.put(np.full(len(negative), _MINUS), negative)
        return line.fragments()

    def draw(self, painter: QPainter, fragments: NDArray[np.float64]) -> None:
        """Paint fragments with the painter set to device pixels."""
        self._glyphs.draw(painter, fragments)


class _Line:
    """Put signs before each other, for many numbers at once."""

    def __init__(self, glyphs: Glyphs, rights: NDArray[np.float64], middles: NDArray[np.float64]) -> None:
        self._glyphs = glyphs
        self._at = rights.copy()
        self._tops = glyphs.tops(middles)
        self._parts: list[NDArray[np.float64]] = []

    def put(self, signs: NDArray[np.int64], rows: NDArray[np.intp] | None = None) -> None:
        """Put a sign before each number, or before those at ``rows``."""
        if rows is None:
            self._at -= self._glyphs.advance[signs]
            self._parts.append(self._glyphs.fragments(signs, self._at, self._tops))
        elif len(rows):
            self._at[rows] -= self._glyphs.advance[signs]
            self._parts.append(self._glyphs.fragments(signs, self._at[rows], self._tops[rows]))

    def skip(self, sign: int, rows: NDArray[np.intp]) -> None:
        """Leave the place of a sign."""
        self._at[rows] -= self._glyphs.advance[sign]

    def fragments(self) -> NDArray[np.float64]:
        """Return all that was put."""
        return np.concatenate(self._parts)


def _write_whole(
    line: _Line, numbers: NDArray[np.int64], rows: NDArray[np.intp] | None, steps: tuple[int, ...]
) -> None:
    """Put the digits of whole numbers, at least one, so many at a time as ``steps`` say in turns."""
    written = 0
    while len(numbers):
        step = steps[written % len(steps)]
        left, digits = _divided(numbers, 10**step)
        signs = _DIGIT + digits if step == 1 else np.where(numbers < 10, _DIGIT + digits, digits)
        line.put(signs, rows)
        more = left > 0
        if not more.all():
            rows = np.flatnonzero(more) if rows is None else rows[more]
            left = left[more]
        numbers, written = left, written + 1
        if rows is not None and steps is _BY_THOUSANDS and written % len(steps) == 0:
            line.skip(_SPACE, rows)


def _divided(numbers: NDArray[np.int64], by: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return quotient and rest of numbers that are not negative; half the time that ``divmod`` takes."""
    quotient = numbers // by
    return quotient, numbers - quotient * by
