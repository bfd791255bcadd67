"""Find, start and join stations from the command line."""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from hmi import endpoint as endpoints
from hmi.cli.exits import CommandError, Exit
from hmi.endpoint import Endpoint
from hmi.session import StationSession
from projects.examples import example_path, examples
from projects.model import Project

MAX_PRINTED = 20


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


def print_faults(project: Project) -> None:
    """Print the faults of a project that is run without what has them, as far as a terminal shows them."""
    faults = project.faults
    for fault in faults[:MAX_PRINTED]:
        print(f"fault: {fault}", file=sys.stderr)
    if faults:
        print(fault_summary(project), file=sys.stderr)


def fault_summary(project: Project) -> str:
    """Return one sentence about the number of faults."""
    count = len(project.faults)
    return f"{count} {'fault' if count == 1 else 'faults'} in the project; 'vigie check' shows all."


def run_station(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie station`` until it is interrupted or a client stops it."""
    from hmi.station.process import StationOptions, run  # drivers and database load only here

    folder = project_folder(arguments.project)

    def ready(endpoint: Endpoint, project: Project) -> None:
        if arguments.json:
            print_json({"ready": True, "port": endpoint.port, "pid": endpoint.pid, "project": project.name})
        else:
            print(f"{project.name}: station ready on {endpoint.host}:{endpoint.port}. Ctrl+C stops it.")
            if project.faults:
                print(fault_summary(project))
        sys.stdout.flush()

    options = StationOptions(
        folder, port=arguments.port, follows_stdin=arguments.follow_stdin, overrides=arguments.set
    )
    try:
        asyncio.run(run(options, ready))
    except OSError as error:
        raise CommandError(f"port {arguments.port} cannot be used: {error.strerror}") from error
    return Exit.OK
