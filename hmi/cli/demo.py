"""``vigie demo``: the packaging cell on three simulated controllers, with its station and window."""

import argparse
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from hmi import endpoint as endpoints
from hmi.cli.exits import CommandError, Exit
from hmi.processes import (
    Child,
    follow_stdin,
    start_simulator,
    station_arguments,
    vigie_command,
    wait_for_station,
)
from projects.examples import example_path

DEMO_PROJECT = "packaging_cell"
MAX_WINDOW_RESTARTS = 3
CLEAN_WINDOW_EXITS = (0, int(Exit.ENVIRONMENT), int(Exit.USAGE))


def demo(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie demo``: simulator, station and window; all of them stop when the window closes."""
    project = example_path(DEMO_PROJECT)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if endpoints.find(project) is not None:
        print("The demo's station already runs: opening one more window on it.")
        return Exit(_window(project, arguments))
    with ExitStack() as stack:
        seed = [] if arguments.seed is None else ["--seed", str(arguments.seed)]
        simulator, overrides = start_simulator(stack, seed)
        print("Three simulated controllers run: filling (S7), conveyors (Modbus TCP), line (OPC UA).")
        station = stack.enter_context(Child("station", station_arguments(project, overrides)))
        station.wait_ready()
        wait_for_station(project, station.process)
        print("The station runs. Closing the window stops all of it.", flush=True)
        return _supervise_window(project, arguments, (simulator, station))


def _supervise_window(project: Path, arguments: argparse.Namespace, children: tuple[Child, ...]) -> Exit:
    restarts = 0
    while True:
        code = _window(project, arguments)
        if code in CLEAN_WINDOW_EXITS:
            return Exit(code)
        dead = [child.name for child in children if child.process.poll() is not None]
        if dead:
            raise CommandError(f"the {' and the '.join(dead)} ended unexpectedly", Exit.FAILED)
        restarts += 1
        if restarts > MAX_WINDOW_RESTARTS:
            raise CommandError("the window ended unexpectedly several times; the log says why", Exit.FAILED)
        print(f"The window ended unexpectedly (code {code}); the station went on. Opening it again.")
        time.sleep(0.5)


def _window(project: Path, arguments: argparse.Namespace) -> int:
    command = vigie_command("window", str(project))
    if arguments.theme is not None:
        command += ["--theme", arguments.theme]
    if arguments.language is not None:
        command += ["--language", arguments.language]
    if arguments.size is not None:
        command += ["--size", "x".join(str(length) for length in arguments.size)]
    command.append("--follow-stdin")
    # The window closes with its standard input: also when this process is killed.
    with subprocess.Popen(command, stdin=subprocess.PIPE) as window:  # noqa: S603  # our own module
        try:
            return window.wait()
        except KeyboardInterrupt:
            return int(Exit.OK)


def simulate(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie simulate`` in this process."""
    from tags.simulator.app import main  # its servers load three protocol libraries

    if arguments.follow_stdin:
        follow_stdin(lambda: signal.raise_signal(signal.SIGINT))
    return Exit(main(arguments.simulator))
