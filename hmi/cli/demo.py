"""``vigie demo``: the packaging cell on three simulated controllers, with its station and window."""

import argparse
import json
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from hmi import endpoint as endpoints
from hmi.cli.exits import CommandError, Exit
from hmi.cli.stations import (
    STOP_TIMEOUT_S,
    spawn,
    station_arguments,
    vigie_command,
    wait_for_station,
)
from projects.examples import example_path

log = logging.getLogger(__name__)

DEMO_PROJECT = "packaging_cell"
READY_TIMEOUT_S = 30.0
MAX_WINDOW_RESTARTS = 3
CLEAN_WINDOW_EXITS = (0, int(Exit.ENVIRONMENT), int(Exit.USAGE))


class Child:
    """Hold a child process that stops when its standard input closes: also when this process is killed."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name = name
        self.process = spawn([*arguments, "--follow-stdin", "--json"], pipes=True)
        self._first_line: dict[str, Any] | None = None
        self._has_line = threading.Event()
        threading.Thread(target=self._read, name=f"vigie-{name}-output", daemon=True).start()

    def _read(self) -> None:
        if self.process.stdout is None:
            return
        with self.process.stdout as output:
            for line in output:
                if self._first_line is None:
                    try:
                        self._first_line = json.loads(line)
                    except ValueError:
                        continue
                    self._has_line.set()
        self._has_line.set()

    def wait_ready(self) -> dict[str, Any]:
        """Return the JSON object that the child prints when it is ready.

        Raises:
            CommandError: it ended before (its own message is on standard error), or took too long.
        """
        self._has_line.wait(READY_TIMEOUT_S)
        if self._first_line is None:
            code = self.process.poll()
            self.stop()
            raise CommandError(
                f"the {self.name} did not start"
                + (f" (exit code {code})" if code is not None else f" within {READY_TIMEOUT_S:.0f} s"),
                Exit(code) if code in set(Exit) and code else Exit.ENVIRONMENT,
            )
        return self._first_line

    def stop(self) -> None:
        """Ask the child to stop in good order and wait; kill it when it does not."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            log.warning("the %s did not stop within %.0f s and is killed", self.name, STOP_TIMEOUT_S)
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def connection_overrides(ready: Mapping[str, Any]) -> dict[str, str]:
    """Return the project options that lead to the simulator's controllers, from its ready message."""
    places = ready["controllers"]
    return {
        "filling.port": str(places["filling"]["port"]),
        "conveyors.port": str(places["conveyors"]["port"]),
        "line.url": str(places["line"]["url"]),
    }


def start_simulator(stack: ExitStack, arguments: Sequence[str]) -> tuple[Child, dict[str, str]]:
    """Start the simulated controllers, on free ports when the usual ones are taken.

    Returns the child and the project options that lead to its controllers.

    Raises:
        CommandError: it does not start.
    """
    try:
        simulator = stack.enter_context(Child("simulator", ["simulate", *arguments]))
        return simulator, connection_overrides(simulator.wait_ready())
    except CommandError as error:
        if error.code is not Exit.ENVIRONMENT:
            raise
    any_port = [part for name in ("filling", "conveyors", "line") for part in (f"--{name}-port", "0")]
    simulator = stack.enter_context(Child("simulator", ["simulate", *arguments, *any_port]))
    return simulator, connection_overrides(simulator.wait_ready())


def demo(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie demo``: simulator, station and window; all of them stop when the window closes."""
    project = example_path(DEMO_PROJECT)
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
    if arguments.size is not None:
        command += ["--size", "x".join(str(length) for length in arguments.size)]
    window = subprocess.Popen(command)  # noqa: S603  # our own interpreter and module
    try:
        return window.wait()
    except KeyboardInterrupt:
        window.terminate()
        window.wait()
        return int(Exit.OK)
    finally:
        if window.poll() is None:
            window.kill()


def simulate(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie simulate`` in this process."""
    from tags.simulator.app import main  # its servers load three protocol libraries

    if arguments.follow_stdin:
        threading.Thread(target=_interrupt_at_end_of_stdin, name="vigie-stdin", daemon=True).start()
    return Exit(main(arguments.simulator))


def _interrupt_at_end_of_stdin() -> None:
    """Stop as Ctrl+C would when standard input closes: the parent process has ended, however it did."""
    while sys.stdin.buffer.read(1):
        pass
    signal.raise_signal(signal.SIGINT)
