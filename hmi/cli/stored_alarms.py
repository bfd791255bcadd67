"""What is stored of a project's alarms: journal, samples and definitions, whether a station runs or not."""

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hmi.cli.exits import CommandError, Exit
from hmi.cli.times import local_offset_ns, time_ns
from hmi.endpoint import station_dir
from projects.files import load
from projects.model import Project
from tags.clock import NS_PER_S

if TYPE_CHECKING:
    from alarms.journal import Journal
    from alarms.metrics_events import Period
    from alarms.model import AlarmDefinition
    from alarms.running import RunningSettings
    from historian.reader import HistoryReader

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class StoredAlarms:
    """Hold a project with its stored alarms and samples."""

    project: Project
    reader: "HistoryReader"
    journal: "Journal"

    @property
    def definitions(self) -> "tuple[AlarmDefinition, ...]":
        """Return all alarms that a station of the project runs."""
        from alarms.instruments import with_diagnostics

        return with_diagnostics(self.project.alarms, self.project.tags, self.project.connections)

    def running(self) -> "RunningSettings":
        """Return the settings that a station of the project runs with: the master's and what was changed."""
        from alarms.running import RunningSettings

        running = RunningSettings(self.definitions, self.project.tags)
        running.adopt(self.journal.setting_changes())
        return running


@contextmanager
def stored_alarms(folder: Path) -> Iterator[StoredAlarms]:
    """Open what is stored of a project's alarms, for reading only.

    Raises:
        CommandError: there is no history yet.
        ProjectError: the project has faults.
    """
    from alarms.journal import Journal  # the database loads only here
    from historian.opening import local_url, open_readable
    from historian.store import open_reader

    project = load(folder)
    # Alarms are kept in the station's own file even when samples go to a server.
    url = local_url(station_dir(folder), project.station.history_url)
    if not Path(str(url.database)).is_file():
        raise CommandError(
            f"{project.name} has no history yet: it is made when its station runs ('vigie station {folder}')"
        )
    engine = open_readable(url)
    reader = open_reader(project.tags, station_dir(folder), project.station.history_url)
    try:
        yield StoredAlarms(project, reader, Journal(_refuse, engine))
    finally:
        reader.close()
        engine.dispose()


def _refuse(task: Callable[[Any], Any]) -> "Future[Any]":
    raise AssertionError(f"the command line only reads the journal, but was asked to run {task!r}")


def period(arguments: argparse.Namespace) -> "Period":
    """Return the period of --from and --to: without them, the last 30 days.

    Raises:
        CommandError: a time cannot be read, or the period ends before it starts.
    """
    from alarms.metrics_events import Period

    end_ns = time.time_ns() if arguments.end is None else time_ns(arguments.end)
    if arguments.start is None:
        start_ns = end_ns - DEFAULT_DAYS * 86_400 * NS_PER_S
    else:
        start_ns = time_ns(arguments.start)
    if start_ns >= end_ns:
        raise CommandError("--from must be earlier than --to", Exit.USAGE)
    return Period(start_ns, end_ns, local_offset_ns(start_ns))
