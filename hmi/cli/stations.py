"""Find, start and join stations from the command line."""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from hmi import endpoint as endpoints
from hmi.cli.exits import CommandError, Exit
from hmi.endpoint import Endpoint
from hmi.session import StationSession
from projects.examples import example_path, examples
from projects.model import Project

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0


def project_folder(text: str) -> Path:
    """Return the folder that a PROJECT argument means: a path, or the name of a sample project.

    Raises:
        CommandError: it is neither.
    """
    folder = Path(text)
    if (folder / "project.toml").is_file():
        return folder
    if folder.name == "project.toml" and folder.is_file():
        return folder.parent
    if text in examples():
        return example_path(text)
    names = ", ".join(examples())
    raise CommandError(
        f"{text!r} is no project: expected a folder with a project.toml, or a sample project ({names})",
        Exit.USAGE,
    )


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
        CommandError: it did not start; the text says why.
    """
    running = endpoints.find(project)
    if running is not None:
        return running, False
    process = spawn(station_arguments(project, overrides), detached=True)
    return wait_for_station(project, process), True


def wait_for_station(project: Path, process: "subprocess.Popen[bytes]") -> Endpoint:
    """Return the endpoint that a starting station publishes.

    Raises:
        CommandError: the process ended or nothing came in time.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        found = endpoints.find(project)
        if found is not None:
            return found
        if process.poll() is not None:
            raise CommandError(
                f"the station of {project} did not start (exit code {process.returncode}); "
                f"'vigie station {project}' in a terminal shows why"
            )
        time.sleep(0.05)
    process.terminate()
    raise CommandError(
        f"the station of {project} did not listen within {START_TIMEOUT_S:.0f} s", Exit.TIMEOUT
    )


@asynccontextmanager
async def session(project: Path, overrides: Mapping[str, str], client: str) -> AsyncIterator[StationSession]:
    """Open a session with the project's station, or with one that runs only as long as this command."""
    running = endpoints.find(project)
    if running is not None:
        async with StationSession(running, client) as opened:
            yield opened
        return
    from hmi.station.process import StationOptions, run  # only when no station runs

    started: asyncio.Future[Endpoint] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        run(
            StationOptions(project, overrides=overrides, handles_signals=False),
            lambda endpoint, _: started.set_result(endpoint),
        )
    )
    try:
        await asyncio.wait((task, started), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        async with StationSession(started.result(), client) as opened:
            yield opened
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def print_json(value: object) -> None:
    """Print one JSON document on one line."""
    print(json.dumps(value, ensure_ascii=False, default=str))


def run_station(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie station`` until it is interrupted or a client stops it."""
    from hmi.station.process import StationOptions, run  # drivers and database load only here

    folder = project_folder(arguments.project)

    def ready(endpoint: Endpoint, project: Project) -> None:
        if arguments.json:
            print_json({"ready": True, "port": endpoint.port, "pid": endpoint.pid, "project": project.name})
        else:
            print(f"{project.name}: station ready on {endpoint.host}:{endpoint.port}. Ctrl+C stops it.")
        sys.stdout.flush()

    options = StationOptions(
        folder, port=arguments.port, follows_stdin=arguments.follow_stdin, overrides=arguments.set
    )
    try:
        asyncio.run(run(options, ready))
    except OSError as error:
        raise CommandError(f"port {arguments.port} cannot be used: {error.strerror}") from error
    return Exit.OK
