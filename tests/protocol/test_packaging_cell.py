"""The demo's three controllers, its station and its clients, each in a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alarms.model import AlarmSnapshot, AlarmState
from hmi import endpoint as endpoints
from hmi.link import Alarms, Connections, Frame, QueryRaw, RawHistory, ToClient
from hmi.processes import connection_overrides, station_arguments, vigie_command
from hmi.session import StationSession
from projects.examples import example_path
from projects.files import load
from tags.connection import ConnectionState
from tags.model import Batch
from tags.simulator.control import ask
from tests.support.patience import PATIENCE_S

MOVING = (
    "Filling.Dose.Weight",
    "Filling.Tank.Inflow",
    "Capping.Count",
    "Energy.Voltage",
    "Energy.CurrentL1",
    "Air.Pressure.Value",
    "Air.Flow.Value",
)
"""Logged tags of a producing cell: each has its deadband, but together they never stand still."""
PROJECT = load(example_path("packaging_cell"))
FREE_PORTS = [part for name in ("filling", "conveyors", "line") for part in (f"--{name}-port", "0")]


@contextmanager
def child(*arguments: str) -> Iterator[tuple["subprocess.Popen[bytes]", dict[str, Any]]]:
    """Run a vigie process until the block ends; yield it with the JSON that it prints when ready."""
    process = subprocess.Popen(
        vigie_command(*arguments, "--json", "--follow-stdin"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"VIGIE_DATA_DIR": os.environ["VIGIE_DATA_DIR"]},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0 or process.returncode < 0
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the demo project, so that its station and history are this test's own."""
    target = tmp_path / "cell"
    for file in example_path("packaging_cell").rglob("*"):
        if file.is_file():
            copy = target / file.relative_to(example_path("packaging_cell"))
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    return target


@contextmanager
def cell(project: Path, *simulator: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """Run simulator and station; yield the simulator's control port and the station's process."""
    quiet = ("--no-random-faults", "--seed", "7")
    with child("simulate", *FREE_PORTS, *quiet, *simulator) as (_, places):
        overrides = connection_overrides(places)
        with child(*station_arguments(project, overrides)) as (station, _):
            yield int(places["control"]["port"]), station


class Watcher:
    """Follow a station's messages and remember what holds now."""

    def __init__(self, session: StationSession) -> None:
        self._messages = session.messages()
        self.session = session
        self.statuses: dict[int, int] = {}
        self.alarms: dict[str, AlarmSnapshot] = {}
        self.connections: dict[str, ConnectionState] = {}
        self.last: ToClient | None = None

    async def step(self) -> None:
        message = await anext(self._messages)
        self.last = message
        if isinstance(message, Frame):
            batch = message.columns.unpack()
            self.statuses.update(zip(batch.tag_ids.tolist(), batch.statuses.tolist(), strict=True))
        elif isinstance(message, Alarms):
            self.alarms.update({row.alarm_id: row for row in message.rows})
            for alarm_id in message.removed:
                self.alarms.pop(alarm_id, None)
        elif isinstance(message, Connections):
            self.connections.update({status.name: status.state for status in message.statuses})

    async def history(self, path: str) -> Batch:
        """Return all stored samples of a tag."""
        await self.session.send(QueryRaw(1, path, 0, 2**62, False, None))
        while not isinstance(self.last, RawHistory):
            await self.step()
        samples, self.last = self.last.columns.unpack(), None
        return samples

    async def until(self, condition: "Condition") -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition(self):
                await self.step()


Condition = Any  # Callable[[Watcher], bool]


@asynccontextmanager
async def watching(project: Path) -> AsyncIterator[Watcher]:
    endpoint = endpoints.find(project)
    assert endpoint is not None
    async with StationSession(endpoint, "test") as session:
        await session.subscribe(None)
        yield Watcher(session)


def tags_of(connection: str) -> list[int]:
    return [tag.id for tag in PROJECT.tags if tag.connection == connection and tag.access.is_readable]


def all_good(*connections: str) -> Condition:
    ids = [tag_id for name in connections for tag_id in tags_of(name)]
    return lambda watcher: all(watcher.statuses.get(tag_id, 1 << 31) < 1 << 30 for tag_id in ids)


def all_bad(connection: str) -> Condition:
    ids = tags_of(connection)
    return lambda watcher: all(watcher.statuses.get(tag_id, 0) >= 1 << 31 for tag_id in ids)


def has_alarm(text: str) -> Condition:
    return lambda watcher: any(text in row.message.lower() for row in watcher.alarms.values())


@pytest.mark.timeout(120)
async def test_a_lost_controller_is_seen_alarmed_once_and_recovers(project: Path) -> None:
    with cell(project) as (control, _):
        async with watching(project) as watcher:
            await watcher.until(all_good("filling", "conveyors", "line"))
            for name in ("filling", "conveyors", "line"):
                await ask(control, "stop", controller=name)
                await watcher.until(all_bad(name))
                await watcher.until(lambda seen, name=name: f"COMM.{name}" in seen.alarms)
                raised = [alarm for alarm in watcher.alarms.values() if alarm.alarm_id.startswith("COMM.")]
                assert [alarm.alarm_id for alarm in raised if alarm.active] == [f"COMM.{name}"]
                assert watcher.connections[name] is not ConnectionState.CONNECTED
                await ask(control, "start", controller=name)
                await watcher.until(all_good(name))
                await watcher.until(lambda seen, name=name: not seen.alarms[f"COMM.{name}"].active)
                assert watcher.alarms[f"COMM.{name}"].state is AlarmState.RETURNED_UNACKNOWLEDGED
                await watcher.session.acknowledge([watcher.alarms[f"COMM.{name}"].event_id])
                await watcher.until(lambda seen, name=name: f"COMM.{name}" not in seen.alarms)


@pytest.mark.timeout(120)
async def test_killing_a_client_leaves_no_hole_in_the_history(project: Path) -> None:
    with cell(project) as (control, _):
        async with watching(project) as watcher:
            await watcher.until(all_good("filling", "conveyors", "line"))  # where the moving tags are
        started_ns = time.time_ns()
        client = await asyncio.create_subprocess_exec(
            *vigie_command("read", str(project), "--watch"), stdout=subprocess.DEVNULL
        )
        await asyncio.sleep(3)
        killed_ns = time.time_ns()
        client.kill()
        await client.wait()
        async with watching(project) as watcher:
            inside = np.zeros(0)
            while not (inside > killed_ns + 1_000_000_000).any():
                await asyncio.sleep(1)
                stored = [await watcher.history(path) for path in MOVING]
                times = np.sort(np.concatenate([series.source_ns for series in stored]))
                inside = times[times > started_ns]
            assert all((series.statuses[series.source_ns > started_ns] == 0).all() for series in stored)
            assert np.diff(inside).max() < 3_000_000_000
            await ask(control, "inject", fault="emergency_stop")
            await watcher.until(has_alarm("emergency"))


@pytest.mark.timeout(120)
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_a_killed_station_loses_no_alarm_and_marks_the_gap(project: Path) -> None:
    with child("simulate", *FREE_PORTS, "--no-random-faults") as (_, places):
        overrides = connection_overrides(places)
        control = int(places["control"]["port"])
        with child(*station_arguments(project, overrides)) as (station, _):
            async with watching(project) as watcher:
                await watcher.until(all_good("filling"))
                await ask(control, "inject", fault="emergency_stop")
                await watcher.until(has_alarm("emergency"))
                before = {row.alarm_id: row.occurrence_id for row in watcher.alarms.values()}
                await asyncio.sleep(1)
            station.kill()
            station.wait()
        with child(*station_arguments(project, overrides)) as (_, _):
            async with watching(project) as watcher:
                for name in ("filling", "conveyors", "line"):  # each suppresses alarms by its own values
                    await watcher.until(all_good(name))
                after = {row.alarm_id: row.occurrence_id for row in watcher.alarms.values()}
                assert before.items() <= after.items()
                statuses = (await watcher.history("Filling.Tank.Level")).statuses
                assert (statuses >= 1 << 31).sum() >= 1


def vigie(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        vigie_command(*arguments), capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )


@pytest.mark.timeout(120)
def test_read_and_write_from_the_command_line(project: Path) -> None:
    with cell(project):
        set_point = "Filling.Tank.LevelControl.SetPoint"
        written = vigie("write", str(project), set_point, "66", "--json")
        assert written.returncode == 0, written.stderr
        assert json.loads(written.stdout)["read_back"] == pytest.approx(66)
        refused = vigie("write", str(project), set_point, "660")
        assert refused.returncode == 1
        assert "90" in refused.stdout
        [sample] = json.loads(vigie("read", str(project), set_point, "--json").stdout)
        assert sample["value"] == pytest.approx(66)
        assert sample["status"] == "Good"
        assert sample["source_time"].endswith("Z")
        unknown = vigie("read", str(project), "Filling.Nothing")
        assert unknown.returncode == 2
        assert "Traceback" not in unknown.stderr
        second = vigie("station", str(project))
        assert second.returncode == 3
        assert "already runs" in second.stderr


def test_a_taken_port_is_named_without_a_traceback() -> None:
    with child("simulate", *FREE_PORTS) as (_, places):
        taken = str(places["controllers"]["conveyors"]["port"])
        second = vigie("simulate", *FREE_PORTS, "--conveyors-port", taken)
        assert second.returncode == 3
        assert taken in second.stderr
        assert "Traceback" not in second.stderr


@pytest.mark.timeout(120)
def test_absent_controllers_leave_the_rest_running(project: Path) -> None:
    overrides = [
        "--set",
        "filling.port=1",
        "--set",
        "conveyors.port=1",
        "--set",
        "line.url=opc.tcp://127.0.0.1:1/",
    ]
    done = vigie("read", str(project), "Filling.Tank.Level", "--json", "--timeout", "5", *overrides)
    [sample] = json.loads(done.stdout)
    assert done.returncode in (1, 4)
    assert sample["status"].startswith("Bad")
    assert "Traceback" not in done.stderr
