"""The station gives each session its role and refuses, itself, what the role may not (SEC-10)."""

from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hmi import link
from hmi.endpoint import Endpoint
from hmi.session import StationSession
from tags.model import WriteOutcome, WriteRequest
from tags.roles import Role
from tags.status import StatusCode
from tests.protocol.test_station import ALARMS, TAGS, running, until

ROLES = """
[roles]
default = "viewer"
operator = ["ben"]
supervisor = ["carla"]
maintenance = ["dan"]
engineer = ["eve"]
"""
GUARDED = "path,type,access,write_role\nGuarded,FLOAT64,rw,supervisor\nOpen,FLOAT64,rw,\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "guarded"
    folder.mkdir()
    (folder / "project.toml").write_text(f'name = "Guarded"\nformat = 1\n{ROLES}', encoding="utf-8")
    (folder / "tags.csv").write_text(TAGS, encoding="utf-8")
    (folder / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    return folder


@asynccontextmanager
async def session_of(endpoint: Endpoint, user: str):
    session = StationSession(endpoint, "test")
    session.user = user
    async with session:
        yield session


def is_kind(kind: type[link.Message]) -> Callable[[link.ToClient], bool]:
    return lambda message: isinstance(message, kind)


async def asked(session: StationSession, request: link.Message) -> list[str]:
    await session.send(request)
    answer = await until(session, is_kind(link.AlarmsDone))
    assert isinstance(answer, link.AlarmsDone)
    return [refusal.text for refusal in answer.refusals]


async def test_the_greeting_tells_the_role(project: Path) -> None:
    wanted = {
        "ben": Role.OPERATOR,
        "carla": Role.SUPERVISOR,
        "dan": Role.MAINTENANCE,
        "eve": Role.ENGINEER,
        "zoe": Role.VIEWER,
    }
    async with running(project) as endpoint:
        for user, role in wanted.items():
            async with session_of(endpoint, user) as session:
                assert session.welcome is not None
                assert session.welcome.role is role


async def test_who_is_not_named_only_looks(project: Path) -> None:
    async with running(project) as endpoint, session_of(endpoint, "zoe") as zoe:
        result = await zoe.write("Tank.Level", 50.0)
        assert (result.outcome, result.status) == (WriteOutcome.REFUSED, int(StatusCode.BadUserAccessDenied))
        assert "As viewer you may not write values" in result.text
        await zoe.acknowledge(["0" * 32])
        notice = await until(zoe, is_kind(link.Notice))
        assert isinstance(notice, link.Notice)
        assert "may not acknowledge alarms" in notice.text
        for request in (
            link.Shelve(1, ["A1"], 900, "noise"),
            link.Unshelve(2, ["A1"]),
            link.OutOfService(3, ["A1"], "WO 1"),
            link.ReturnToService(4, ["A1"]),
            link.Reset(5, ["A1"]),
            link.AcknowledgeArea(6, "", 99),
            link.ChangeSettings(7, "A1", {"setpoint": 80.0}, "tuning"),
            link.EnforceSettings(8, None, "back"),
        ):
            [text] = await asked(zoe, request)
            assert text.startswith("As viewer you may not")


async def test_each_role_may_what_it_is_for(project: Path) -> None:
    async with running(project) as endpoint:
        async with session_of(endpoint, "ben") as ben:
            assert await asked(ben, link.Shelve(1, ["A1"], 28_800, "noise")) == []
            assert await asked(ben, link.Unshelve(2, ["A1"])) == []
            assert "at most 8 h" in (await asked(ben, link.Shelve(3, ["A1"], 86_400, "noise")))[0]
            assert "role maintenance" in (await asked(ben, link.OutOfService(4, ["A1"], "WO 1")))[0]
        async with session_of(endpoint, "carla") as carla:
            assert await asked(carla, link.Shelve(1, ["A1"], 86_400, "noise")) == []
        async with session_of(endpoint, "dan") as dan:
            assert await asked(dan, link.OutOfService(1, ["A1"], "WO 1")) == []
            assert (
                "role engineer" in (await asked(dan, link.ChangeSettings(2, "A1", {"setpoint": 8.0}, "x")))[0]
            )
        async with session_of(endpoint, "eve") as eve:
            assert await asked(eve, link.ChangeSettings(1, "A1", {"setpoint": 80.0}, "tuning")) == []


async def test_a_tag_may_ask_for_more(project: Path) -> None:
    (project / "tags.csv").write_text(GUARDED, encoding="utf-8")
    (project / "alarms.csv").unlink()
    async with running(project) as endpoint:
        async with session_of(endpoint, "ben") as ben:
            assert (await ben.write("Open", 1.0)).outcome is WriteOutcome.CONFIRMED
            refused = await ben.write("Guarded", 1.0)
            assert refused.outcome is WriteOutcome.REFUSED
            assert "takes the role supervisor" in refused.text
        async with session_of(endpoint, "carla") as carla:
            assert (await carla.write("Guarded", 1.0)).outcome is WriteOutcome.CONFIRMED


async def test_a_message_that_claims_to_be_somebody_else_is_not_believed(project: Path) -> None:
    async with running(project) as endpoint, session_of(endpoint, "ben") as ben:
        await ben.subscribe(None)
        await ben.send(link.Write(WriteRequest(5, "Tank.Level", 95.0, "carla", "elsewhere")))
        raised = await until(ben, lambda message: isinstance(message, link.Alarms) and bool(message.events))
        assert isinstance(raised, link.Alarms)
        done = await until(ben, is_kind(link.WriteDone))
        assert isinstance(done, link.WriteDone)
        assert (done.result.request.user, done.result.request.workstation) == ("ben", ben.workstation)
        await ben.send(link.Acknowledge([raised.events[0].event_id], "carla", "elsewhere", "seen"))
        acknowledged = await until(
            ben, lambda message: isinstance(message, link.Alarms) and bool(message.events)
        )
        assert isinstance(acknowledged, link.Alarms)
        assert (acknowledged.events[0].user, acknowledged.events[0].workstation) == ("ben", ben.workstation)


async def test_an_operator_does_not_stop_the_station(project: Path) -> None:
    async with running(project) as endpoint, session_of(endpoint, "ben") as ben:
        await ben.send(link.Shutdown())
        notice = await until(ben, is_kind(link.Notice))
        assert isinstance(notice, link.Notice)
        assert "may not stop the station" in notice.text
        assert (await ben.write("Tank.Level", 10.0)).outcome is WriteOutcome.CONFIRMED
