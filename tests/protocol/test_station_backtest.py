"""A session tries other settings on stored history, and applies what it has seen."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from alarms.model import Transition
from alarms.settings import Setting
from hmi import link
from hmi.endpoint import Endpoint
from hmi.session import StationSession
from tags.clock import NS_PER_S
from tests.protocol.test_station import ALARMS, TAGS, running
from tests.support.patience import PATIENCE_S, eventually_asked

ROLES = '\n[roles]\ndefault = "operator"\nengineer = ["eve"]\n'
WAVE = (95.0, 50.0) * 4


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "wavy"
    folder.mkdir()
    (folder / "project.toml").write_text(f'name = "Wavy"\nformat = 1\n{ROLES}', encoding="utf-8")
    (folder / "tags.csv").write_text(TAGS, encoding="utf-8")
    (folder / "alarms.csv").write_text(ALARMS, encoding="utf-8")
    return folder


@asynccontextmanager
async def wavy(endpoint: Endpoint):
    """A session of an engineer after the level passed its limit four times."""
    session = StationSession(endpoint, "test")
    session.user = "eve"
    async with session:
        for value in WAVE:
            await session.write("Tank.Level", value)
        await eventually_asked(lambda: is_stored(session))
        yield session


async def is_stored(session: StationSession) -> bool:
    """Tell whether the writer has committed the wave and the alarms that it raised."""
    await session.send(link.QueryRaw(901, "Tank.Level", 0, 2**62, False, None))
    raw = await until(session, lambda message: isinstance(message, link.RawHistory))
    await session.send(link.QueryEvents(902, 0, 2**62, 1000))
    journal = await until(session, lambda message: isinstance(message, link.EventHistory))
    assert isinstance(raw, link.RawHistory)
    assert isinstance(journal, link.EventHistory)
    returned = [event for event in journal.events if event.transition is Transition.RETURNED]
    return raw.columns.unpack().values.tolist()[-len(WAVE) :] == list(WAVE) and len(returned) == 4


async def until(session: StationSession, done: Callable[[link.ToClient], bool]) -> link.ToClient:
    async with asyncio.timeout(PATIENCE_S):
        async for message in session.messages():
            if done(message):
                return message
    raise AssertionError("the station closed the session")


def is_answer(message: link.ToClient) -> bool:
    return isinstance(message, link.BackTested | link.QueryFailed)


async def tried(
    session: StationSession,
    request_id: int,
    changes: Mapping[str, Mapping[str, Setting]],
    propose: bool = False,
) -> link.ToClient:
    now_ns = time.time_ns()
    settings = {alarm_id: dict(items) for alarm_id, items in changes.items()}
    start_ns = now_ns - 600 * NS_PER_S
    await session.send(link.QueryBackTest(request_id, start_ns, now_ns, settings, propose))
    return await until(session, is_answer)


async def refusals(session: StationSession, request: link.AlarmRequest) -> list[str]:
    await session.send(request)
    answer = await until(session, lambda message: isinstance(message, link.AlarmsDone))
    assert isinstance(answer, link.AlarmsDone)
    return [item.text for item in answer.refusals]


async def settings(session: StationSession) -> link.AlarmSettings:
    await session.send(link.QuerySettings(99))
    answer = await until(session, lambda message: isinstance(message, link.AlarmSettings))
    assert isinstance(answer, link.AlarmSettings)
    return answer


async def test_a_tried_change_is_applied_as_it_was_reviewed(project: Path) -> None:
    async with running(project) as endpoint, wavy(endpoint) as session:
        answer = await tried(session, 1, {"A1": {"deadband": 60.0}}, propose=True)
        assert isinstance(answer, link.BackTested)
        result = answer.result
        [effect] = result.effects
        assert (effect.alarm_id, effect.activations_before, effect.activations_after) == ("A1", 4, 1)
        assert (result.before.activations, result.after.activations) == (4, 1)
        assert sum(result.before.per_10_min) == 4
        assert {item.kpi_id for item in result.before.kpis} >= {"KPI-01", "KPI-21"}
        assert result.is_indicative
        assert result.missed == ()
        assert await refusals(session, link.ApplyBackTest(2, 1, " ")) == ["a change needs a reason (ALM-22)"]
        assert await refusals(session, link.ApplyBackTest(3, 1, "chatters")) == []
        now = await settings(session)
        assert [(item.setting, item.master, item.running) for item in now.differences] == [
            ("deadband", 2.0, 60.0)
        ]
        [change] = now.changes
        assert change.reason.startswith("chatters [back-test ")
        assert "4 activations become 1, 0 missed" in change.reason
        [text] = await refusals(session, link.ApplyBackTest(4, 1, "again"))
        assert "other settings run now" in text


async def test_missed_alarms_are_listed_and_rules_told(project: Path) -> None:
    async with running(project) as endpoint, wavy(endpoint) as session:
        answer = await tried(session, 1, {"A1": {"setpoint": 99.0, "on_delay_s": 300.0}})
        assert isinstance(answer, link.BackTested)
        [effect] = answer.result.effects
        assert (effect.activations_after, len(effect.missed)) == (0, 4)
        assert [item.alarm_id for item in answer.result.missed] == ["A1"] * 4
        assert "Tank level high" in answer.result.missed[0].message
        assert any("(ALM-31)" in text for text in answer.result.warnings)


async def test_a_chattering_alarm_gets_a_proposal_that_can_be_tried_and_applied(project: Path) -> None:
    async with running(project) as endpoint, wavy(endpoint) as session:
        answer = await tried(session, 1, {}, propose=True)
        assert isinstance(answer, link.BackTested)
        [proposal] = answer.result.proposals
        assert proposal.alarm_id == "A1"
        assert proposal.effect.chattering_after < proposal.effect.chattering_before
        assert await refusals(session, link.ApplyBackTest(2, 1, "x")) == ["this back-test changed nothing"]
        again = await tried(session, 3, {proposal.alarm_id: proposal.changes})
        assert isinstance(again, link.BackTested)
        assert again.result.effects[0].activations_after == proposal.effect.activations_after
        assert await refusals(session, link.ApplyBackTest(4, 3, "proposed")) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"A9": {"setpoint": 1.0}}, "A9: no alarm has this id"),
        ({"A1": {"colour": 1.0}}, "no setting is called 'colour'"),
        ({"A1": {"deadband": -1.0}}, "A1: deadband: expected a number not below 0"),
        ({"A1": {"suppression_expression": "Tank.Level > 50"}}, "suppressed by its own condition"),
        ({"A1": {"suppression_expression": "Tank."}}, "A1: suppression_expression"),
    ],
)
async def test_what_a_station_would_refuse_is_not_tried(
    project: Path, changes: dict[str, dict[str, Setting]], words: str
) -> None:
    async with running(project) as endpoint:
        session = StationSession(endpoint, "test")
        async with session:
            answer = await tried(session, 1, changes)
            assert isinstance(answer, link.QueryFailed)
            assert words in answer.text


async def test_a_period_must_not_be_empty(project: Path) -> None:
    async with running(project) as endpoint, StationSession(endpoint, "test") as session:
        await session.send(link.QueryBackTest(1, 5, 5, {}))
        answer = await until(session, is_answer)
        assert isinstance(answer, link.QueryFailed)


async def test_a_cancelled_back_test_does_not_answer_and_the_next_one_runs(project: Path) -> None:
    async with running(project) as endpoint, wavy(endpoint) as session:
        now_ns = time.time_ns()
        await session.send(link.QueryBackTest(1, now_ns - 600 * NS_PER_S, now_ns, {}))
        await session.send(link.CancelBackTest(1))
        answer = await tried(session, 2, {})
        assert isinstance(answer, link.BackTested)
        assert answer.request_id == 2


async def test_an_operator_tries_but_does_not_apply(project: Path) -> None:
    async with running(project) as endpoint, wavy(endpoint), StationSession(endpoint, "test") as ben:
        answer = await tried(ben, 1, {"A1": {"deadband": 60.0}})
        assert isinstance(answer, link.BackTested)
        [text] = await refusals(ben, link.ApplyBackTest(2, 1, "chatters"))
        assert "As operator you may not change alarm settings" in text


async def test_a_back_test_of_another_session_is_not_applied(project: Path) -> None:
    async with running(project) as endpoint, wavy(endpoint) as first:
        assert isinstance(await tried(first, 1, {"A1": {"deadband": 60.0}}), link.BackTested)
        second = StationSession(endpoint, "test")
        second.user = "eve"
        async with second:
            [text] = await refusals(second, link.ApplyBackTest(2, 1, "chatters"))
            assert "not known any more" in text
