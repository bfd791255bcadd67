"""Run a station as a process: claim the project, serve it, stop in good order."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hmi.endpoint import HOST, Endpoint, StationClaim, new_secret
from hmi.processes import follow_stdin
from hmi.station.faults import log_problems
from hmi.station.overrides import apply_overrides
from hmi.station.server import StationServer
from hmi.station.station import Station
from hmi.version import program_version
from projects.files import load_tolerant
from projects.model import Project
from tags.clock import SystemClock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StationOptions:
    """Say how a station runs.

    ``overrides`` maps ``connection.option`` to a text; ``follows_stdin`` stops the station when its standard
    input closes; ``handles_signals`` is for a process of its own: SIGINT and SIGTERM stop it in good order.
    """

    project: Path
    port: int = 0
    follows_stdin: bool = False
    handles_signals: bool = True
    overrides: Mapping[str, str] = field(default_factory=dict)


async def run(options: StationOptions, ready: Callable[[Endpoint, Project], None] | None = None) -> None:
    """Run a station until it is cancelled or a client shuts it down.

    A project with faults runs without what has them; each is logged once.

    Raises:
        ProjectError: nothing of the project can run, or an override is wrong.
        EndpointError: a station of this project already runs.
        HistoryUnavailableError: the history cannot be opened.
    """
    read, files = load_tolerant(options.project)
    project = apply_overrides(read, options.overrides)
    log_problems(project.problems)
    claim = StationClaim(options.project)
    try:
        await _serve(options, project, files, claim, ready)
    finally:
        claim.release()


async def _serve(
    options: StationOptions,
    project: Project,
    files: Mapping[str, bytes],
    claim: StationClaim,
    ready: Callable[[Endpoint, Project], None] | None,
) -> None:
    stopping = asyncio.Event()
    secret = new_secret()
    station = Station(project, claim.directory, clock=SystemClock())
    server = StationServer(station, secret, files, program_version(), stopping.set)
    try:
        await station.start()
        port = await server.start(options.port)
        endpoint = Endpoint(HOST, port, secret, os.getpid(), station.started_ns)
        claim.publish(endpoint)
        if options.handles_signals:
            _stop_on_signals(stopping)
        if options.follows_stdin:
            loop = asyncio.get_running_loop()
            follow_stdin(lambda: loop.is_closed() or loop.call_soon_threadsafe(stopping.set))
        if ready is not None:
            ready(endpoint, project)
        await stopping.wait()
    finally:
        await server.stop()
        await station.stop()


def _stop_on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(stopping.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
