"""A history survives ``kill -9`` at any moment; tests/soak has the long form."""

from pathlib import Path

import pytest

from tests.support.history_kills import kill_rounds


@pytest.mark.parametrize(
    ("phase", "rounds"), [("append", 1), ("seal", 2), ("retention", 1), ("migration", 2)]
)
def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path, phase: str, rounds: int) -> None:
    assert kill_rounds(tmp_path, phase, rounds, seed=rounds) >= (0 if phase == "migration" else 1)
