"""``vigie bench latency``: from the controller to the pixel, on the demo, through all its processes.

Simulator and station run as processes of their own; this process is the window, painting off-screen. The
latency of a change is the time from its source time to the end of the painting that shows it. For polled
controllers that starts at the poll's answer. For OPC UA the server stamps, so that waiting for the next
publishing counts as well: there the target holds for what comes on top of the tag's publishing period.
"""

import os
import time
from contextlib import ExitStack

import numpy as np
import psutil
from numpy.typing import NDArray

from hmi import endpoint as endpoints
from hmi.benchmarks.demo import DEMO_PROJECT, Demo
from hmi.benchmarks.report import Report, Result, at_most
from projects.examples import example_path
from projects.files import load
from projects.model import Project
from tags.model import Tag

TARGET_P50_MS = 100.0
TARGET_P99_MS = 250.0
TARGET_GUI_MS = 16.0
WARM_UP_S = 4.0
STAMPED_BY_DEVICE = frozenset({"opcua"})
"""Drivers whose source times are the device's own."""


def measure(seconds: float) -> Report:
    """Run the demo for ``seconds`` and report percentiles per controller, GUI time per tick and load.

    Raises:
        ProcessError: simulator or station did not start.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from hmi.desktop.measuring import observe  # the platform is chosen before Qt loads

    with ExitStack() as stack:
        demo = Demo(stack)
        processes = {
            "simulator": psutil.Process(demo.simulator.process.pid),
            "station": psutil.Process(demo.station.process.pid),
            "window": psutil.Process(),
        }
        before = {name: _cpu_s(process) for name, process in processes.items()}
        started = time.monotonic()
        seen = observe(lambda: endpoints.find(demo.project), WARM_UP_S, seconds, demo.folder / "window.ini")
        elapsed_s = time.monotonic() - started
        loads = [
            Result(f"{name}: processor", 100 * (_cpu_s(process) - before[name]) / elapsed_s, "% of a core")
            for name, process in processes.items()
        ]
    project = load(example_path(DEMO_PROJECT))
    return Report(
        "latency",
        (
            Result("tags on the screen", seen.visible, "tags"),
            Result("changes painted", len(seen.tag_ids) / seconds, "changes/s"),
            *_latencies(project, seen.tag_ids, seen.latencies_ms),
            Result("GUI time per tick p50", seen.frames.p50_ms, "ms"),
            Result("GUI time per tick p95", seen.frames.p95_ms, "ms"),
            at_most("GUI time per tick p99", seen.frames.p99_ms, "ms", TARGET_GUI_MS),
            *loads,
        ),
    )


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _latencies(
    project: Project, tag_ids: NDArray[np.int32], latencies_ms: NDArray[np.float64]
) -> list[Result]:
    """Return the percentiles over all changes, as they are and on top of the devices' own periods."""
    names = np.array([tag.connection or "calculated" for tag in project.tags])[tag_ids]
    periods_ms = np.array([_own_period_ms(project, tag) for tag in project.tags])[tag_ids]
    results = []
    for name in ("all", *sorted(project.connections)):
        chosen = np.ones(len(tag_ids), np.bool_) if name == "all" else names == name
        if not chosen.any():
            continue
        p50, p95, p99 = (float(value) for value in np.percentile(latencies_ms[chosen], [50, 95, 99]))
        on_top_ms = np.maximum(latencies_ms[chosen] - periods_ms[chosen], 0.0)
        top50, top99 = (float(value) for value in np.percentile(on_top_ms, [50, 99]))
        results += [
            Result(f"PLC to pixel, {name}: p50", p50, "ms"),
            Result(f"PLC to pixel, {name}: p95", p95, "ms"),
            Result(f"PLC to pixel, {name}: p99", p99, "ms"),
            at_most(f"PLC to pixel, {name}: p50 on top of the own period", top50, "ms", TARGET_P50_MS),
            at_most(f"PLC to pixel, {name}: p99 on top of the own period", top99, "ms", TARGET_P99_MS),
        ]
    return results


def _own_period_ms(project: Project, tag: Tag) -> float:
    """Return the publishing period that the latency of a change includes: 0 where the station stamps."""
    config = project.connections.get(tag.connection or "")
    return float(tag.period_ms) if config is not None and config.driver in STAMPED_BY_DEVICE else 0.0
