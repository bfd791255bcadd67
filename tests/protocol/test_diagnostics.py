"""A station explains values and tests connections for real clients, with a real Modbus device behind it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hmi import link
from hmi.diagnosis import WhyKind, WhyVerdict
from hmi.session import StationSession
from hmi.station.station import Station
from projects.files import load
from tests.protocol.test_station import running, until
from tests.support.patience import eventually
from tests.support.servers import ModbusDevice

CONFIG = """name = "Small"
format = 1

[scan]
quick = {{ period_ms = 50 }}

[connections.plc]
driver = "modbus"
host = "127.0.0.1"
port = {port}
timeout_s = 0.5
"""
TAGS = """path,type,connection,address,scan,access,unit,eu_low,eu_high,raw_low,raw_high
Tank.Level,UINT16,plc,IR3,quick,r,%,0,100,0,30
Tank.Missing,UINT16,plc,HR900,quick,r,,,,,
Tank.Double,FLOAT64,,=Tank.Level * 2,,,%,,,,
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


def settled(message: link.ToClient) -> bool:
    return isinstance(message, link.Frame) and 10.0 in message.columns.unpack().values


async def test_why_and_probe_reach_the_device_and_come_back_in_words(project: Path) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "why") as session:
        await session.subscribe(None)
        await until(session, settled)
        await session.send(link.QueryWhy(7, ["Tank.Double", "Tank.Missing"]))
        why = await until(session, lambda message: isinstance(message, link.Why))
        assert isinstance(why, link.Why)
        good, missing = why.chains
        assert [step.kind for step in good][:2] == [WhyKind.EXPRESSION, WhyKind.TAG]
        assert {step.verdict for step in good} == {WhyVerdict.SOUND}
        raw = next(step for step in good if step.kind is WhyKind.RAW)
        assert raw.value == "3 (0x3)"
        assert raw.text == "IR3 as UINT16, read just now; its bytes are 00 03, the most significant first."
        assert raw.dump == "IR3 [00 03]"
        request = next(step for step in good if step.kind is WhyKind.REQUEST)
        assert "every 50 ms by function 4 for the input registers IR3 to IR3 of unit 1." in request.text
        (cause,) = [step for step in missing if step.verdict is WhyVerdict.BROKEN]
        assert cause.kind is WhyKind.REQUEST
        assert "HR900" in cause.text
        await session.send(link.ProbeConnection(8, "plc", "Tank.Level"))
        probed = await until(session, lambda message: isinstance(message, link.Probed))
        assert isinstance(probed, link.Probed)
        assert [step.passed for step in probed.steps] == [True, True, True]
        assert probed.steps[2].text == "IR3 now holds 3 (0x3)."
        assert 0 < probed.steps[2].duration_ms < 500


async def test_a_device_that_is_switched_off_is_found_by_both(
    project: Path, device: ModbusDevice, expected_log
) -> None:
    expected_log("plc: ")
    await device.stop()
    async with running(project) as endpoint, StationSession(endpoint, "why") as session:
        await until(
            session,
            lambda message: (
                isinstance(message, link.Connections)
                and any(status.state == "unavailable" for status in message.statuses)
            ),
        )
        await session.send(link.QueryWhy(7, ["Tank.Level"]))
        why = await until(session, lambda message: isinstance(message, link.Why))
        assert isinstance(why, link.Why)
        (cause,) = [step for step in why.chains[0] if step.verdict is WhyVerdict.BROKEN]
        assert cause.kind is WhyKind.CONTROLLER
        await session.send(link.ProbeConnection(8, "plc", ""))
        probed = await until(session, lambda message: isinstance(message, link.Probed))
        assert isinstance(probed, link.Probed)
        assert [(step.title, step.passed) for step in probed.steps] == [("Connect", False)]


async def test_the_frame_log_shows_the_very_bytes_of_a_read_and_costs_nothing_when_closed(
    project: Path, device: ModbusDevice
) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "log") as session:
        await session.subscribe(None)
        await until(session, settled)
        await session.send(link.WatchFrames("plc"))
        first = await until(session, lambda message: isinstance(message, link.Traffic))
        assert first == link.Traffic("plc", [], 0, True)
        frames = []
        while len(frames) < 4:
            message = await until(session, lambda message: isinstance(message, link.Traffic))
            assert isinstance(message, link.Traffic)
            frames += message.frames
        read = next(row for row, frame in enumerate(frames) if frame.data[7:8] == b"\x04" and row % 2 == 0)
        sent, received = frames[read : read + 2]
        assert (sent.direction, received.direction) == ("sent", "received")
        # Unit 1 is asked by function 4 for one input register from 3, and answers with the value 3.
        assert sent.data[2:] == bytes.fromhex("0000 0006 01 04 0003 0001")
        assert received.data == sent.data[:2] + bytes.fromhex("0000 0005 01 04 02 0003")
        assert sent.text
        await session.send(link.WatchFrames(""))
        await session.send(link.WatchFrames("nothing"))
        last = await until(
            session, lambda message: isinstance(message, link.Traffic) and message.connection == "nothing"
        )
        assert last == link.Traffic("nothing", [], 0, False)


async def test_the_tap_is_open_only_while_somebody_watches(project: Path) -> None:
    station = Station(load(project), project)
    await station.start()
    try:
        plc = station.acquisition.connections["plc"]
        await eventually(lambda: plc.frames is not None)
        assert not plc.frames.is_on
        sent: list[link.Traffic] = []
        first, second = (asyncio.create_task(station.diagnostics.watch("plc", sent.append)) for _ in range(2))
        await asyncio.sleep(0)
        assert plc.frames.is_on
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert plc.frames.is_on
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert not plc.frames.is_on
        assert plc.frames.since() == []
    finally:
        await station.stop()
