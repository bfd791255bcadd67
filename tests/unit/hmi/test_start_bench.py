"""The start benchmark tells how long a window took, and why one did not come."""

import os

import pytest

from hmi.benchmarks import start
from hmi.processes import ProcessError


def test_time_is_that_from_the_start_of_the_process_to_what_it_tells() -> None:
    told = "import time; print(time.time_ns() + 5_000_000_000)"
    assert start._started_ms(told, [], dict(os.environ)) > 5_000.0


@pytest.mark.parametrize("program", ["raise SystemExit('no display here')", "print(0)", "pass"])
def test_window_that_was_never_live_is_an_error(program: str) -> None:
    with pytest.raises(ProcessError, match="before it was live"):
        start._started_ms(program, [], dict(os.environ))


def test_reason_of_the_window_is_told() -> None:
    with pytest.raises(ProcessError, match="no display here"):
        start._started_ms("raise SystemExit('no display here')", [], dict(os.environ))


def test_bare_window_tells_its_first_picture() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    assert start._started_ms(start._BARE, [], environment) > 0.0
