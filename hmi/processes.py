"""Processes of Vigie's own: start a station, the simulator or a window, wait until it is ready, stop it."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from hmi import endpoint as endpoints
from hmi.endpoint import Endpoint

log = logging.getLogger(__name__)

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
PORT_TAKEN = 3
"""The exit code of a simulator that finds a port taken."""


class ProcessError(Exception):
    """Tell that a process of Vigie did not start; ``code`` is its exit code, None when it was too slow."""

    def __init__(self, text: str, code: int | None) -> None:
        super().__init__(text)
        self.code = code


def vigie_command(*arguments: str) -> list[str]:
    """Return the command that runs ``vigie`` with this very interpreter."""
    return [sys.executable, "-m", "hmi", *arguments]


def spawn(
    arguments: Sequence[str], *, detached: bool = False, pipes: bool = False
) -> "subprocess.Popen[bytes]":
    """Start another ``vigie`` process.

    ``detached`` lets it outlive this process and its terminal; ``pipes`` connects standard input and output.
    """
    flags = 0
    if detached and sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(  # noqa: S603  # our own interpreter and module
        vigie_command(*arguments),
        stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
        stdout=subprocess.PIPE if pipes else subprocess.DEVNULL,
        stderr=None if pipes else subprocess.DEVNULL,
        start_new_session=detached and sys.platform != "win32",
        creationflags=flags,
    )


def station_arguments(project: Path, overrides: Mapping[str, str]) -> list[str]:
    """Return the arguments of ``vigie station`` for a project and its overridden options."""
    options = [part for key, text in overrides.items() for part in ("--set", f"{key}={text}")]
    return ["station", str(project.resolve()), *options]


def join_or_start(project: Path, overrides: Mapping[str, str]) -> tuple[Endpoint, bool]:
    """Return the endpoint of the project's station and whether this call started it; blocks until it listens.

    Raises:
        ProcessError: it did not start; the text says why.
    """
    running = endpoints.find(project)
    if running is not None:
        return running, False
    process = spawn(station_arguments(project, overrides), detached=True)
    return wait_for_station(project, process), True


def wait_for_station(project: Path, process: "subprocess.Popen[bytes]") -> Endpoint:
    """Return the endpoint that a starting station publishes.

    Raises:
        ProcessError: the process ended or nothing came in time.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        found = endpoints.find(project)
        if found is not None:
            return found
        if process.poll() is not None:
            raise ProcessError(
                f"the station of {project} did not start (exit code {process.returncode}); "
                f"'vigie station {project}' in a terminal shows why",
                process.returncode,
            )
        time.sleep(0.05)
    process.terminate()
    raise ProcessError(f"the station of {project} did not listen within {START_TIMEOUT_S:.0f} s", None)


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
            ProcessError: it ended before (its own message is on standard error), or took too long.
        """
        has_ended = self._has_line.wait(START_TIMEOUT_S)
        if self._first_line is None:
            if has_ended:
                # Its output has ended, so it ends: its exit code says why, and comes a moment later.
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(STOP_TIMEOUT_S)
            code = self.process.poll()
            self.stop()
            reason = f"exit code {code}" if code is not None else f"not within {START_TIMEOUT_S:.0f} s"
            raise ProcessError(f"the {self.name} did not start ({reason})", code)
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
        ProcessError: it does not start.
    """
    try:
        simulator = stack.enter_context(Child("simulator", ["simulate", *arguments]))
        return simulator, connection_overrides(simulator.wait_ready())
    except ProcessError as error:
        if error.code != PORT_TAKEN:
            raise
    any_port = [part for name in ("filling", "conveyors", "line") for part in (f"--{name}-port", "0")]
    simulator = stack.enter_context(Child("simulator", ["simulate", *arguments, *any_port]))
    return simulator, connection_overrides(simulator.wait_ready())


def follow_stdin(stop: Callable[[], object]) -> None:
    """Call ``stop`` in a thread when standard input closes: the parent process has ended, however it did."""

    def watch() -> None:
        # Not sys.stdin: its lock, held by a thread that reads, is a fatal error when the interpreter ends.
        while os.read(0, 1):
            pass
        stop()

    threading.Thread(target=watch, name="vigie-stdin", daemon=True).start()
