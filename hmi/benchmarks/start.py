"""``vigie bench start``: from the start of the window's process to its first live picture.

Simulator and station run already, with the drivers of the demo. Each round starts one process that imports
what ``vigie window`` does and opens the window off-screen, and one that opens a bare Qt window; the
first of each only warms the caches.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from hmi import endpoint as endpoints
from hmi.benchmarks.report import Report, Result
from hmi.processes import Child, ProcessError, start_simulator, station_arguments, wait_for_station
from projects.examples import example_path

DEMO_PROJECT: Final = "packaging_cell"
TARGET_MS: Final = 2_000.0
BARE: Final = "a bare Qt window"
_LEAST_ROUNDS: Final = 3
_PATIENCE_S: Final = 60.0
_OWN: Final = """
import sys
from pathlib import Path
import hmi.cli.main
from hmi import endpoint
from hmi.desktop.measuring import first_live_frame
folder, settings = map(Path, sys.argv[1:])
print(first_live_frame(lambda: endpoint.find(folder), settings))
"""
_BARE: Final = """
import time
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        print(time.time_ns())
        application.quit()
application = QApplication([])
window = Window()
window.resize(1920, 1080)
window.show()
application.exec()
"""


def measure(seconds: float) -> Report:
    """Start windows in turns for ``seconds``, after one of each that warms the file cache.

    Raises:
        ProcessError: simulator, station or a window did not start.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigie-bench-")))
        # A copy has a station and a history of its own, whatever else runs on this machine.
        project_folder = folder / DEMO_PROJECT
        shutil.copytree(example_path(DEMO_PROJECT), project_folder)
        stack.callback(shutil.rmtree, endpoints.station_dir(project_folder), ignore_errors=True)
        any_port = [part for name in ("filling", "conveyors", "line") for part in (f"--{name}-port", "0")]
        _, overrides = start_simulator(stack, [*any_port, "--seed", "1", "--no-random-faults"])
        station = stack.enter_context(Child("station", station_arguments(project_folder, overrides)))
        station.wait_ready()
        wait_for_station(project_folder, station.process)
        arguments = [str(project_folder), str(folder / "window.ini")]
        # Warm means that Python's bytecode is there, as in an installation, even where none is written.
        environment = {
            "QT_QPA_PLATFORM": "offscreen",
            **os.environ,
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        _started_ms(_OWN, arguments, environment)
        _started_ms(_BARE, [], environment)
        own: list[float] = []
        bare: list[float] = []
        end = time.monotonic() + seconds
        while len(own) < _LEAST_ROUNDS or time.monotonic() < end:
            own.append(_started_ms(_OWN, arguments, environment))
            bare.append(_started_ms(_BARE, [], environment))
    ms, bare_ms = median(own), median(bare)
    return Report(
        "start",
        (
            Result(
                "start of the process to first live picture, p50",
                ms,
                "ms",
                BARE,
                ms / bare_ms,
                TARGET_MS,
                ms <= TARGET_MS,
            ),
            Result("start of the process to first live picture, slowest", max(own), "ms"),
            Result(f"{BARE}: start of the process to first picture, p50", bare_ms, "ms"),
            Result("rounds", len(own), "starts"),
        ),
    )


def _started_ms(program: str, arguments: list[str], environment: dict[str, str]) -> float:
    """Return the milliseconds from starting a process to the time that it prints."""
    started_ns = time.time_ns()
    try:
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise ProcessError(f"the window was not live within {_PATIENCE_S:.0f} s", None) from late
    told = done.stdout.split()
    if done.returncode or not told or not int(told[-1]):
        raise ProcessError(f"the window ended before it was live: {done.stderr.strip()}", done.returncode)
    return (int(told[-1]) - started_ns) / 1e6
