"""Give an alarm its priority from how bad the consequence is and how much time there is (ALM-41)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from alarms.model import Priority

ALERT: Final = "alert"
"""Stands in a cell that is worth no alarm: an alert, which asks for no response in time."""


@dataclass(frozen=True, slots=True)
class PriorityMatrix:
    """Hold a site's table of consequence by time to respond.

    ``times_s`` are the borders between columns, from the longest; a time equal to a border belongs to the
    column of shorter times. Each row has one cell more than there are borders; None is an alert.
    """

    times_s: tuple[float, ...]
    rows: Mapping[str, tuple[Priority | None, ...]]

    @classmethod
    def of(cls, times_s: Sequence[float], rows: Mapping[str, Sequence[str]]) -> "PriorityMatrix":
        """Return the matrix of cells in words: a priority's name in small letters, or ``alert``."""
        cells = {
            name: tuple(None if word == ALERT else Priority[word.upper()] for word in words)
            for name, words in rows.items()
        }
        return cls(tuple(times_s), MappingProxyType(cells))

    def of_alarm(self, consequence: str, time_s: float) -> Priority | None:
        """Return the priority of a consequence (a row's name) and a time to respond; None: an alert.

        Raises:
            KeyError: the matrix has no such row.
        """
        column = sum(time_s <= border_s for border_s in self.times_s)
        return self.rows[consequence][column]

    @property
    def is_monotonic(self) -> bool:
        """Tell whether less time never gives a lower priority."""
        return all(
            _rank(longer) <= _rank(shorter) for row in self.rows.values() for longer, shorter in pairwise(row)
        )


def _rank(cell: Priority | None) -> int:
    return -len(Priority) - 1 if cell is None else -int(cell)


DEFAULT_MATRIX: Final = PriorityMatrix.of(
    (1800.0, 600.0, 180.0),
    {
        "minor": (ALERT, "low", "low", "medium"),
        "major": ("low", "medium", "medium", "high"),
        "severe": ("medium", "high", "high", "high"),
    },
)
"""Consequence by more than 30, 10 to 30, 3 to 10 and at most 3 min."""
