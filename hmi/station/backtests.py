"""The back-tests of one session: run in a process of their own, remembered so that they can be applied."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from alarms.backtest_facts import BackTestResult
from alarms.settings import Setting
from hmi.link import (
    BackTested,
    BackTestProgress,
    LinkError,
    Message,
    QueryBackTest,
    QueryFailed,
    decode_to_client,
)
from hmi.processes import vigie_command
from hmi.station.backtest_worker import LENGTH, BackTestJob, encode_job
from tags.clock import NS_PER_S

log = logging.getLogger(__name__)

MOST_REMEMBERED: Final = 8
"""How many results of a session can still be applied."""

Settings = Mapping[str, Mapping[str, Setting]]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Hold a back-test that a client has seen: the result, and the settings that ran then."""

    result: BackTestResult
    running: Settings


def make_job(
    request: QueryBackTest, files: Mapping[str, bytes], directory: Path, running: Settings
) -> BackTestJob:
    """Return the job that compares with the settings ``running``; ``files`` are those of the project."""
    at = datetime.fromtimestamp(request.start_ns / NS_PER_S).astimezone()
    offset_s = (at.utcoffset() or timedelta()).total_seconds()
    return BackTestJob(
        request.request_id,
        dict(files),
        str(directory),
        request.start_ns,
        request.end_ns,
        round(offset_s) * NS_PER_S,
        {alarm_id: dict(settings) for alarm_id, settings in running.items()},
        request.changes,
        request.has_proposals,
    )


class BackTests:
    """Run and remember the back-tests of one session; lives on the station's loop.

    ``make_job`` completes a request to a job, ``slots`` bounds how many run on this station at once, and
    ``post`` sends to the client.
    """

    def __init__(
        self,
        make_job: Callable[[QueryBackTest], BackTestJob],
        slots: asyncio.Semaphore,
        post: Callable[[Message], None],
    ) -> None:
        self._make_job = make_job
        self._slots = slots
        self._post = post
        self._running: dict[int, asyncio.Task[None]] = {}
        self._reviewed: dict[int, Reviewed] = {}

    def start(self, request: QueryBackTest) -> asyncio.Task[None]:
        """Begin a back-test; the answers come to the client by and by."""
        task = asyncio.create_task(self._run(request))
        self._running[request.request_id] = task
        task.add_done_callback(lambda _: self._running.pop(request.request_id, None))
        return task

    def cancel(self, request_id: int) -> None:
        """End a back-test that still runs; no answer follows."""
        task = self._running.get(request_id)
        if task is not None:
            task.cancel()

    def reviewed(self, request_id: int) -> Reviewed | None:
        """Return a finished back-test of this session; None when there is none of this number."""
        return self._reviewed.get(request_id)

    async def _run(self, request: QueryBackTest) -> None:
        if request.start_ns >= request.end_ns:
            self._post(QueryFailed(request.request_id, "the period ends before it begins"))
            return
        async with self._slots:
            job = self._make_job(request)
            process = await asyncio.create_subprocess_exec(
                *vigie_command("alarms", "job"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            try:
                await self._follow(process, job)
            finally:
                await _ended(process)

    async def _follow(self, process: asyncio.subprocess.Process, job: BackTestJob) -> None:
        if process.stdin is None or process.stdout is None:
            raise LinkError("the back-test's process has no pipes")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(encode_job(job))
            await process.stdin.drain()
            process.stdin.close()
        while True:
            try:
                (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
                message = decode_to_client(await process.stdout.readexactly(size))
            except asyncio.IncompleteReadError:
                log.error("a back-test ended without an answer, exit code %s", await process.wait())
                text = "the back-test failed by a fault of Vigie; see the station's log"
                self._post(QueryFailed(job.request_id, text))
                return
            self._post(message)
            if isinstance(message, BackTested):
                self._remember(job, message.result)
            if not isinstance(message, BackTestProgress):
                return

    def _remember(self, job: BackTestJob, result: BackTestResult) -> None:
        self._reviewed[job.request_id] = Reviewed(result, job.running)
        while len(self._reviewed) > MOST_REMEMBERED:
            del self._reviewed[next(iter(self._reviewed))]


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a process and wait for it, also when this task is cancelled meanwhile: nobody else reaps it."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    ending = asyncio.ensure_future(process.wait())
    while not ending.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(ending)
