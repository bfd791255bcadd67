"""The demo for a benchmark: simulator and station as processes of their own, and programs beside them."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from hmi import endpoint as endpoints
from hmi.processes import Child, ProcessError, start_simulator, station_arguments, wait_for_station
from projects.examples import example_path

DEMO_PROJECT: Final = "packaging_cell"


class Demo:
    """Run the demo until ``stack`` ends; its data and ``folder`` go with it.

    Raises:
        ProcessError: simulator or station did not start.
    """

    def __init__(self, stack: ExitStack) -> None:
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigie-bench-")))
        # A copy has a station and a history of its own, whatever else runs on this machine.
        self.project = self.folder / DEMO_PROJECT
        shutil.copytree(example_path(DEMO_PROJECT), self.project)
        stack.callback(shutil.rmtree, endpoints.station_dir(self.project), ignore_errors=True)
        any_port = [part for name in ("filling", "conveyors", "line") for part in (f"--{name}-port", "0")]
        self.simulator, overrides = start_simulator(stack, [*any_port, "--seed", "1", "--no-random-faults"])
        self.station = stack.enter_context(Child("station", station_arguments(self.project, overrides)))
        self.station.wait_ready()
        wait_for_station(self.project, self.station.process)


def told_by(
    program: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    patience_s: float,
    awaited: str,
) -> str:
    """Run a Python program to its end and return the last line that it prints.

    Raises:
        ProcessError: it failed, printed nothing or was not ``awaited`` within ``patience_s``.
    """
    try:
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            timeout=patience_s,
            env={"QT_QPA_PLATFORM": "offscreen", **environment},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise ProcessError(f"the window was not {awaited} within {patience_s:.0f} s", None) from late
    told = done.stdout.strip().splitlines()
    if done.returncode or not told:
        raise ProcessError(
            f"the window ended before it was {awaited}: {done.stderr.strip()}", done.returncode
        )
    return told[-1]
