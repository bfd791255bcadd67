"""``vigie bench start``: from the start of the window's process to its first live picture.

Simulator and station run already, with the drivers of the demo. Each round starts one process that imports
what ``vigie window`` does and opens the window off-screen, and one that opens a bare Qt window; the
first of each only warms the caches.
"""

import os
import time
from contextlib import ExitStack
from statistics import median
from typing import Final

from hmi.benchmarks.demo import Demo, told_by
from hmi.benchmarks.report import Report, Result
from hmi.processes import ProcessError

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
        demo = Demo(stack)
        arguments = [str(demo.project), str(demo.folder / "window.ini")]
        # Warm means that Python's bytecode is there, as in an installation, even where none is written.
        environment = {
            **os.environ,
            "PYTHONPYCACHEPREFIX": str(demo.folder / "bytecode"),
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
    told = told_by(program, arguments, environment, _PATIENCE_S, "live")
    if not int(told):
        raise ProcessError("the window was closed before it was live", None)
    return (int(told) - started_ns) / 1e6
