"""Run one back-test in a process of its own, at low priority: the station's drivers do not wait for it.

The job comes on standard input as MessagePack; the answers go to standard output as link messages, each after
its length in four bytes.
"""

import os
import struct
import sys
from pathlib import Path
from typing import BinaryIO, Never

import msgspec

from alarms.backtest_journal import History, connection_changes
from alarms.backtest_summary import try_settings, with_settings
from alarms.instruments import with_diagnostics
from alarms.journal import Journal
from alarms.metrics_events import Period
from alarms.model import AlarmError
from alarms.settings import Setting
from historian.model import HistorianError
from historian.opening import local_url, open_readable
from historian.store import open_reader
from hmi.link import BackTested, BackTestProgress, Message, QueryFailed, encode
from projects.files import parse_tolerant
from tags.drivers.catalogue import drivers

LENGTH = struct.Struct(">I")
_WORST_NICE = 10


class BackTestJob(msgspec.Struct, frozen=True):
    """Say what to test: the project's files, where its history is, and both sets of settings.

    ``running`` and ``changes`` are settings by alarm and column of ``alarms.csv``: those that run beside the
    master database, and those to try.
    """

    request_id: int
    project_files: dict[str, bytes]
    directory: str
    start_ns: int
    end_ns: int
    offset_ns: int
    running: dict[str, dict[str, Setting]]
    changes: dict[str, dict[str, Setting]]
    has_proposals: bool


def encode_job(job: BackTestJob) -> bytes:
    """Return the bytes of a job for standard input."""
    return msgspec.msgpack.encode(job)


def main() -> int:
    """Carry out the job that standard input holds; every failure is an answer too."""
    _step_back()
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=BackTestJob)
    output = sys.stdout.buffer
    try:
        _write(output, _result(job, output))
    except (AlarmError, HistorianError) as error:
        _write(output, QueryFailed(job.request_id, str(error)))
    return 0


def _step_back() -> None:
    if sys.platform == "win32":
        import psutil  # only where the operating system has no nice value

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_WORST_NICE)


def _result(job: BackTestJob, output: BinaryIO) -> Message:
    project = parse_tolerant(job.project_files, drivers())
    directory = Path(job.directory)
    definitions = with_diagnostics(project.alarms, project.tags, project.connections)
    present = with_settings(definitions, job.running)
    engine = open_readable(local_url(directory, project.station.history_url))
    reader = open_reader(project.tags, directory, project.station.history_url)
    told = -1

    def progress(share: float) -> None:
        nonlocal told
        percent = int(share * 100)
        if percent != told:
            told = percent
            _write(output, BackTestProgress(job.request_id, share))

    try:
        live = Journal(_refuse, engine).events(job.start_ns, job.end_ns)
        history = History(
            reader, project.tags, tuple(project.connections), connection_changes(live, definitions), live
        )
        result = try_settings(
            history,
            present,
            job.changes,
            Period(job.start_ns, job.end_ns, job.offset_ns),
            has_proposals=job.has_proposals,
            on_progress=progress,
        )
    finally:
        reader.close()
        engine.dispose()
    return BackTested(job.request_id, result)


def _refuse(task: object) -> Never:
    raise AssertionError(f"a back-test only reads the journal, but was asked to run {task!r}")


def _write(output: BinaryIO, message: Message) -> None:
    frame = encode(message)
    output.write(LENGTH.pack(len(frame)) + frame)
    output.flush()
