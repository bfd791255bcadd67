"""``vigie bench window``: the longest block of the window at everything that an operator does.

Simulator and station run as processes of their own, with the drivers of the demo. Each round starts one
process that opens the window off-screen and walks through all of it: what is opened for the first time in a
round is opened for the first time by that process.
"""

import json
import os
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from hmi.benchmarks.demo import Demo, told_by
from hmi.benchmarks.report import Report, Result, at_most

TARGET_BLOCK_MS: Final = 16.0
_PATIENCE_S: Final = 600.0
_WALK: Final = """
import json
import sys
from dataclasses import astuple
from pathlib import Path
import hmi.cli.main
from hmi import endpoint
from hmi.desktop.measure_window import longest_blocks
folder, settings = map(Path, sys.argv[1:])
print(json.dumps([astuple(block) for block in longest_blocks(lambda: endpoint.find(folder), settings)]))
"""


def measure(seconds: float) -> Report:
    """Walk through windows, one after the other, for ``seconds``; at least one, of about two minutes.

    Figures are the medians of the rounds.

    Raises:
        ProcessError: simulator, station or a window did not start, or a window ended before its walk.
    """
    found: dict[str, list[float]] = {}
    rounds = 0
    with ExitStack() as stack:
        demo = Demo(stack)
        end = time.monotonic() + seconds
        while not rounds or time.monotonic() < end:
            for step, longest_ms in _walked(demo.project, demo.folder / f"window{rounds}.ini"):
                found.setdefault(step, []).append(longest_ms)
            rounds += 1
    blocks = {step: median(times) for step, times in found.items()}
    return Report(
        "window",
        (
            *(at_most(step, longest_ms, "ms", TARGET_BLOCK_MS) for step, longest_ms in blocks.items()),
            at_most("the longest block of all", max(blocks.values()), "ms", TARGET_BLOCK_MS),
            Result("rounds", rounds, "walks"),
        ),
    )


def _walked(project: Path, settings: Path) -> list[tuple[str, float]]:
    """Return the steps of one walk and their longest blocks in milliseconds."""
    told = told_by(_WALK, [str(project), str(settings)], os.environ, _PATIENCE_S, "walked through")
    return [(str(step), float(longest_ms)) for step, longest_ms in json.loads(told)]
