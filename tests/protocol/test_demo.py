"""``vigie demo``: one command runs simulator, station and window, survives a killed window, and stops all."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from hmi import endpoint as endpoints
from hmi.endpoint import Endpoint
from hmi.processes import vigie_command
from projects.examples import example_path
from tests.support.patience import PATIENCE_S, T, wait_until

PROJECT = example_path("packaging_cell")


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["subprocess.Popen[str]"]:
    monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "data"))
    process = subprocess.Popen(
        vigie_command("demo", "--seed", "3"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    yield process
    family = [process.pid]
    if process.poll() is None:
        family += [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    for pid in reversed(family):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()
    process.wait(10)
    assert process.stdout is not None
    process.stdout.close()


def eventually(find: Callable[[], T]) -> T:
    """Wait for three processes to start, each of which imports much."""
    return wait_until(find, most_s=150.0)


def windows(demo: "subprocess.Popen[str]") -> list[psutil.Process]:
    children = psutil.Process(demo.pid).children()
    return [child for child in children if "window" in arguments(child)]


def arguments(process: psutil.Process) -> list[str]:
    """Return a process's command line; a dead one that nobody has waited for has none."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def is_up(window: psutil.Process) -> bool:
    """Tell whether a window's process has joined the station: it holds a connection."""
    try:
        return any(found.status == psutil.CONN_ESTABLISHED for found in window.net_connections("tcp"))
    except psutil.NoSuchProcess:
        return False


@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_window_comes_back_and_closing_it_stops_everything(demo: "subprocess.Popen[str]") -> None:
    first = eventually(lambda: next((window for window in windows(demo) if is_up(window)), None))
    assert isinstance(first, psutil.Process)
    endpoint = endpoints.find(PROJECT)
    assert isinstance(endpoint, Endpoint)
    first.kill()
    second = eventually(
        lambda: next((window for window in windows(demo) if window.pid != first.pid and is_up(window)), None)
    )
    assert isinstance(second, psutil.Process)
    assert endpoints.find(PROJECT) == endpoint, "the station went on"
    others = [child for child in psutil.Process(demo.pid).children() if child.pid != second.pid]
    assert len(others) == 2
    second.send_signal(signal.SIGTERM)
    assert demo.wait(PATIENCE_S) == 0
    assert demo.stdout is not None
    text = demo.stdout.read()
    assert "Traceback" not in text
    assert "ended unexpectedly" in text
    psutil.wait_procs(others, timeout=PATIENCE_S)
    assert not any(child.is_running() for child in others)
    assert endpoints.find(PROJECT) is None


@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_demo_leaves_nothing_behind(demo: "subprocess.Popen[str]") -> None:
    eventually(lambda: any(is_up(window) for window in windows(demo)))
    children = psutil.Process(demo.pid).children()
    assert len(children) == 3, "simulator, station and window"
    demo.kill()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert not alive


@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_terminated_demo_closes_everything_in_good_order(demo: "subprocess.Popen[str]") -> None:
    eventually(lambda: any(is_up(window) for window in windows(demo)))
    children = psutil.Process(demo.pid).children()
    demo.terminate()
    assert demo.wait(PATIENCE_S) == 0
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert not alive
    assert demo.stdout is not None
    assert "Traceback" not in demo.stdout.read()
