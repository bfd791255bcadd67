"""The priority matrix: consequence by time to respond (ALM-41)."""

import pytest

from alarms.model import Priority
from alarms.priorities import DEFAULT_MATRIX, PriorityMatrix

MIN = 60.0
CELLS = {
    "minor": (None, Priority.LOW, Priority.LOW, Priority.MEDIUM),
    "major": (Priority.LOW, Priority.MEDIUM, Priority.MEDIUM, Priority.HIGH),
    "severe": (Priority.MEDIUM, Priority.HIGH, Priority.HIGH, Priority.HIGH),
}


@pytest.mark.parametrize("level", CELLS)
@pytest.mark.parametrize(
    ("time_s", "column"),
    [(31 * MIN, 0), (30 * MIN, 1), (11 * MIN, 1), (10 * MIN, 2), (4 * MIN, 2), (3 * MIN, 3), (1.0, 3)],
)
def test_every_cell_and_border_of_the_default_matrix(level: str, time_s: float, column: int) -> None:
    assert DEFAULT_MATRIX.of_alarm(level, time_s) is CELLS[level][column]


def test_less_time_never_asks_for_less() -> None:
    assert DEFAULT_MATRIX.is_monotonic
    assert not PriorityMatrix.of((600,), {"minor": ("high", "low")}).is_monotonic
    assert not PriorityMatrix.of((600,), {"minor": ("low", "alert")}).is_monotonic


def test_a_site_has_its_own_matrix() -> None:
    matrix = PriorityMatrix.of((600,), {"small": ("alert", "low"), "large": ("high", "urgent")})
    assert matrix.of_alarm("large", 600) is Priority.URGENT
    assert matrix.of_alarm("small", 601) is None
    with pytest.raises(KeyError):
        matrix.of_alarm("minor", 600)
