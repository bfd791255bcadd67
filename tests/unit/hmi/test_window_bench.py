"""The benchmark of the window reads a walk's steps, and says why there are none."""

from pathlib import Path

import pytest

from hmi.benchmarks import window
from hmi.processes import ProcessError


def test_steps_are_those_that_the_walk_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "print('noise'); print('[[\"screen a opens\", 12.5], [\"page b opens\", 3]]')"
    monkeypatch.setattr(window, "_WALK", told)
    assert window._walked(Path(), Path()) == [("screen a opens", 12.5), ("page b opens", 3.0)]


@pytest.mark.parametrize("program", ["raise SystemExit('no display here')", "pass"])
def test_window_that_was_not_walked_through_is_an_error(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "_WALK", program)
    with pytest.raises(ProcessError, match="before it was walked through"):
        window._walked(Path(), Path())
