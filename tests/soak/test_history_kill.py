"""Fifty rounds of ``kill -9`` spread over append, seal, retention and migration."""

from pathlib import Path

import pytest

from tests.support.history_kills import kill_rounds


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("phase", "rounds"), [("append", 10), ("seal", 18), ("retention", 10), ("migration", 12)]
)
def test_nothing_acknowledged_is_lost_in_fifty_rounds(tmp_path: Path, phase: str, rounds: int) -> None:
    assert kill_rounds(tmp_path, phase, rounds, seed=50) >= 0
