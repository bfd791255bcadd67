"""A whole station's history: gaps with their reason, one ordered log, and the project's own retention."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from historian import keeper as keeper_module
from historian.happening import EventChoice
from historian.model import GapReason
from historian.retention import DAY_NS
from historian.store import open_history, open_reader
from hmi.station.station import Station
from projects.files import load
from tags.clock import NS_PER_S
from tags.model import Batch, WriteOutcome, WriteRequest
from tags.roles import Actor, Role
from tests.support.logs import ExpectedLog
from tests.support.patience import eventually
from tests.support.servers import ModbusDevice

CONFIG = """name = "Small"
format = 1

[scan]
quick = {{ period_ms = 50 }}

[history]
raw_days = 30
five_minute_days = 60
hour_days = 400
day_days = 400
log_days = 50

[connections.plc]
driver = "modbus"
host = "127.0.0.1"
port = {port}
timeout_s = 0.5

[connections.off]
driver = "modbus"
host = "127.0.0.1"
enabled = false
"""
TAGS = """path,type,connection,address,scan,access,log
Tank.Level,UINT16,plc,IR3,quick,r,change
Tank.Away,UINT16,off,IR3,quick,r,change
Tank.Target,FLOAT64,,,,rw,change
"""


@pytest_asyncio.fixture
async def device() -> AsyncIterator[ModbusDevice]:
    device = ModbusDevice()
    await device.start()
    yield device
    await device.stop()


@pytest.fixture
def project(tmp_path: Path, device: ModbusDevice) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "project.toml").write_text(CONFIG.format(port=device.port), encoding="utf-8")
    (folder / "tags.csv").write_text(TAGS, encoding="utf-8")
    return folder


async def test_everything_that_happened_is_one_list_and_every_gap_has_its_reason(
    project: Path, device: ModbusDevice, expected_log: Callable[..., ExpectedLog]
) -> None:
    expected_log("plc: ")
    station = Station(load(project), project)
    await station.start()
    level = station.project.tags.by_path("Tank.Level").id
    try:
        await eventually(lambda: station.database.values[level] == 3.0)
        written = await station.write(
            WriteRequest(1, "Tank.Target", 5.5, reason="test"), Actor("marie", "here", Role.ENGINEER)
        )
        assert written.outcome is WriteOutcome.CONFIRMED
        await device.stop()
        await eventually(lambda: station.statuses["plc"].state.value == "unavailable")
        await eventually(lambda: station.database.statuses[level] >> 31 == 1)
        await asyncio.sleep(0.2)
    finally:
        await station.stop()
    reader = open_reader(station.project.tags, project)
    found = list(reader.timeline(0, 2**62, EventChoice(paths=["Tank.Target"])))
    assert [event.source_ns for event in found] == sorted(event.source_ns for event in found)
    assert {event.kind for event in found} == {"station", "connection", "gap", "write", "alarm", "sample"}
    gaps = [(event.subject, event.detail) for event in found if event.kind == "gap"]
    assert sorted(gaps) == [("off", '{"reason": "disabled"}'), ("plc", '{"reason": "connection_lost"}')]
    [write] = [event for event in found if event.kind == "write"]
    assert (write.user, write.subject, write.detail) == ("marie", "Tank.Target", "confirmed")
    assert write.change == "0 → 5.5"
    by_path = {tag.path: tag for tag in reader.stats().tags}
    assert [gap.reason for gap in by_path["Tank.Level"].gaps] == [
        GapReason.CONNECTION_LOST,
        GapReason.STATION_STOPPED,
    ]
    assert [gap.reason for gap in by_path["Tank.Away"].gaps][:1] == [GapReason.DISABLED]
    assert reader.stats().gaps["connection_lost"] == 1
    reader.close()


async def test_the_projects_own_retention_is_carried_out_while_the_station_runs(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "FIRST_RETENTION_S", 0.2)
    monkeypatch.setattr(keeper_module, "TICK_S", 0.05)
    tags = load(project).tags
    target = tags.by_path("Tank.Target").id
    now_ns = time.time_ns()
    first_ns = now_ns - 300 * DAY_NS
    before = open_history(tags, project)
    times = np.arange(first_ns, now_ns - DAY_NS, 2 * 3_600 * NS_PER_S)
    count = len(times)
    before.writer().samples(
        Batch(np.full(count, target, np.int32), np.arange(float(count)), np.zeros(count, np.uint32), times, 0)
    )
    before.writer().flush().result(30)
    assert before.seal() == count
    before.keeper.distrust_clock()  # it is the station that must prune
    before.close()
    station = Station(load(project), project)
    await station.start()
    reader = station.reader()
    try:
        oldest = station.clock.now_ns() - 33 * DAY_NS
        await eventually(lambda: reader.raw("Tank.Target", 0, now_ns - DAY_NS).source_ns[0] > oldest)
        kept = reader.raw("Tank.Target", 0, now_ns - DAY_NS)
        assert len(kept.source_ns) < 34 * 12
        # Hours are kept for longer: every pixel of the whole time is still there.
        [pixels] = reader.pixels(["Tank.Target"], first_ns, now_ns - DAY_NS, 300)
        assert pixels.counts.sum() >= count
        assert np.nanmin(pixels.low) == 0.0
    finally:
        reader.close()
        await station.stop()
