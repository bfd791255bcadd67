"""A station serves values, alarms, writes and history to real clients on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from alarms.model import AlarmState
from historian.happening import EventChoice, Happening
from hmi import endpoint as endpoints
from hmi import link
from hmi.endpoint import Endpoint
from hmi.session import StationSession
from hmi.station.process import StationOptions, run
from projects.model import ProjectError
from tags.model import WriteOutcome
from tests.support.patience import PATIENCE_S, eventually

TAGS = """path,type,address,access,unit,eu_low,eu_high,states,log,description
Tank.Level,FLOAT64,,rw,%,0,100,,change,Level
Tank.Double,FLOAT64,=Tank.Level * 2,,%,,,,,Twice the level
Tank.Name,STRING,,rw,,,,,change,Name
Tank.Total,INT64,,rw,,,,,change,Total
Tank.Fixed,FLOAT64,,r,,,,,,Not to be written
"""
ALARMS = """alarm_id,tag,name,description,type,setpoint,unit,deadband,on_delay_s,priority,operator_action,time_to_respond_s
A1,Tank.Level,high,Tank level high,HI,90,%,2,0,high,Close the inlet valve,600
"""  # noqa: E501  # one row of a table


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "project.toml").write_text('name = "Small"\nformat = 1\n', encoding="utf-8")
    (folder / "tags.csv").write_text(TAGS, encoding="utf-8")
    (folder / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    return folder


@asynccontextmanager
async def running(project: Path) -> AsyncIterator[Endpoint]:
    started: asyncio.Future[Endpoint] = asyncio.get_running_loop().create_future()
    options = StationOptions(project, handles_signals=False)
    task = asyncio.create_task(run(options, lambda endpoint, _: started.set_result(endpoint)))
    await asyncio.wait((task, started), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    try:
        yield started.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(session: StationSession, done: Callable[[link.ToClient], bool]) -> link.ToClient:
    async with asyncio.timeout(PATIENCE_S):
        async for message in session.messages():
            if done(message):
                return message
    raise AssertionError("the station closed the session")


def holds(tag_id: int, value: object) -> Callable[[link.ToClient], bool]:
    """Tell whether a message is a frame in which the tag has this value."""

    def test(message: link.ToClient) -> bool:
        if not isinstance(message, link.Frame):
            return False
        batch = message.columns.unpack()
        return any(batch.value_at(row) == value for row in np.flatnonzero(batch.tag_ids == tag_id).tolist())

    return test


async def test_a_write_is_confirmed_calculated_stored_and_seen_by_everybody(project: Path) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "other") as other:
        await other.subscribe([1])
        async with StationSession(endpoint, "writer") as writer:
            result = await writer.write("Tank.Level", 40.0, "test")
        assert result.outcome is WriteOutcome.CONFIRMED
        assert result.request.reason == "test"
        await until(other, holds(1, 80.0))
        await other.send(link.QueryRaw(5, "Tank.Level", 0, 2**62, False, None))
        answer = await until(other, lambda message: isinstance(message, link.RawHistory))
        assert isinstance(answer, link.RawHistory)
        assert answer.columns.unpack().values[-1] == 40.0


@pytest.mark.parametrize(
    ("path", "value", "part"),
    [
        ("Tank.Level", 140.0, "100"),
        ("Tank.Fixed", 1.0, "read"),
        ("Tank.Total", "many", "INT64"),
        ("Tank.Nothing", 1.0, "Tank.Nothing"),
        ("Tank.Level", float("nan"), ""),
    ],
)
async def test_a_write_that_does_not_fit_is_refused_with_the_reason(
    project: Path, path: str, value: float | str, part: str
) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "writer") as session:
        result = await session.write(path, value)
    assert result.outcome is WriteOutcome.REFUSED
    assert part in result.text


async def test_values_that_a_double_cannot_hold_arrive_exactly(project: Path) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "writer") as session:
        await session.write("Tank.Name", "Réservoir n° 1")
        await session.write("Tank.Total", 2**63 - 1)
        await session.subscribe(None)
        frame = await until(session, holds(2, "Réservoir n° 1"))
        assert holds(3, 2**63 - 1)(frame)


async def test_an_alarm_is_announced_acknowledged_and_survives_a_restart(project: Path) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "operator") as session:
        await session.write("Tank.Level", 95.0)
        async with StationSession(endpoint, "late") as late:
            first = await until(late, lambda message: isinstance(message, link.Alarms))
        assert isinstance(first, link.Alarms)
        assert first.complete
        [row] = first.rows
        assert (row.alarm_id, row.state) == ("A1", AlarmState.UNACKNOWLEDGED)
    async with running(project) as endpoint, StationSession(endpoint, "operator") as session:
        again = await until(session, lambda message: isinstance(message, link.Alarms))
        assert isinstance(again, link.Alarms)
        assert [found.alarm_id for found in again.rows] == ["A1"]
        assert again.rows[0].occurrence_id == row.occurrence_id
        await session.acknowledge([again.rows[0].event_id], "seen")
        acknowledged = await until(
            session,
            lambda message: isinstance(message, link.Alarms) and bool(message.events),
        )
        assert isinstance(acknowledged, link.Alarms)
        assert acknowledged.events[0].comment == "seen"
        await session.send(link.QueryEvents(9, 0, 2**62, 10))
        history = await until(session, lambda message: isinstance(message, link.EventHistory))
        assert isinstance(history, link.EventHistory)
        assert [event.sequence for event in history.events] == sorted(
            event.sequence for event in history.events
        )


async def test_the_secret_and_the_version_are_checked(project: Path) -> None:
    async with running(project) as endpoint:
        stranger = Endpoint(endpoint.host, endpoint.port, "guess")
        with pytest.raises(link.LinkError, match="secret"):
            await StationSession(stranger, "stranger").__aenter__()
        async with connect(f"ws://{endpoint.host}:{endpoint.port}/", proxy=None) as socket:
            await socket.send(link.encode(link.Hello(endpoint.secret, 99, "new", "u", "w")))
            refusal = link.decode_to_client(bytes(await socket.recv()))
        assert isinstance(refusal, link.Refused)
        assert "same version" in refusal.text


@pytest.mark.parametrize("frame", [b"garbage", "text", link.encode(link.Shutdown())])
async def test_a_client_that_does_not_say_hello_is_cut_off(project: Path, frame: bytes | str) -> None:
    async with running(project) as endpoint:
        async with connect(f"ws://{endpoint.host}:{endpoint.port}/", proxy=None) as socket:
            await socket.send(frame)
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    try:
                        await socket.recv()
                    except ConnectionClosed:
                        break
        async with StationSession(endpoint, "good") as session:
            assert session.welcome is not None


async def test_garbage_in_a_session_costs_that_client_only(project: Path) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "good") as good:
        async with StationSession(endpoint, "bad") as bad:
            await bad._connected().send(b"\xc1\xc1")
            async with asyncio.timeout(PATIENCE_S):
                await bad._connected().wait_closed()
        assert (await good.write("Tank.Level", 3.0)).outcome is WriteOutcome.CONFIRMED


async def test_a_client_may_shut_the_station_down(project: Path) -> None:
    async with running(project) as endpoint:
        async with StationSession(endpoint, "operator") as session:
            await session.send(link.Shutdown())
            async with asyncio.timeout(PATIENCE_S):
                async for _ in session.messages():
                    pass
        await eventually(lambda: endpoints.find(project) is None)


async def test_a_project_without_a_usable_tag_table_is_refused_with_all_its_faults(project: Path) -> None:
    (project / "tags.csv").write_text("path,tpye,adress\nA,FLOAT99,\nA,BOOL,\n", encoding="utf-8")
    with pytest.raises(ProjectError) as refused:
        async with running(project):
            pass
    assert len(refused.value.problems) >= 2


async def test_the_log_of_all_events_comes_newest_first_in_pages_that_part_no_instant(project: Path) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "log") as session:
        for value in (5.0, 95.0, 10.0):
            await session.write("Tank.Level", value, reason="trial")
        everything = EventChoice()

        async def ask(request_id: int, limit: int, choice: EventChoice, end_ns: int = 2**62) -> link.Timeline:
            await session.send(link.QueryTimeline(request_id, 0, end_ns, limit, choice))
            found = await until(session, lambda message: isinstance(message, link.Timeline))
            assert isinstance(found, link.Timeline)
            return found

        whole = await ask(1, 1000, everything)
        assert not whole.more
        assert {event.kind for event in whole.events} >= {"write", "alarm", "station"}
        times = [event.source_ns for event in whole.events]
        assert times == sorted(times, reverse=True)
        pages: list[Happening] = []
        end_ns = 2**62
        for request_id in range(2, 30):
            page = await ask(request_id, 1, everything, end_ns)
            pages += page.events
            if not page.more:
                break
            end_ns = page.events[-1].source_ns
        assert pages == whole.events
        mine = await ask(40, 1000, EventChoice(["write"], users=[session.user]))
        assert [event.change for event in mine.events] == ["95 → 10", "5 → 95", "0 → 5"]
        assert (await ask(41, 1000, EventChoice(users=["nobody"]))).events == []
