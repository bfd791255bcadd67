"""Alarms of an OPC UA server in a station's list: seen, acknowledged, shelved, doubted and found again."""

import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from alarms.model import AlarmState, Priority, Transition
from hmi import link
from tests.protocol.test_station import running
from tests.protocol.test_station_alarms import Operator, plant_log
from tests.support.conditions import EMPTY, HOT, Plant

HOT_ID, EMPTY_ID = "@plant/ns=2;s=Hot", "@plant/ns=2;s=Empty"
PROJECT = """name = "Oven"
format = 1

[connections.plant]
driver = "opcua"
url = "{url}"
alarms = true
alarm_area = "Oven"
timeout_s = 2.0

[roles]
default = "operator"
viewer = ["otto"]
"""
TAGS = """path,type,connection,address,access,unit
Oven.Temperature,FLOAT64,plant,ns=2;s=Temperature,rw,°C
"""


@pytest.fixture
async def plant() -> AsyncIterator[Plant]:
    plant = Plant()
    await plant.start()
    yield plant
    await plant.stop()


@pytest.fixture
def project(tmp_path: Path, plant: Plant) -> Path:
    folder = tmp_path / "oven"
    folder.mkdir()
    (folder / "project.toml").write_text(PROJECT.format(url=plant.url), encoding="utf-8")
    (folder / "tags.csv").write_text(TAGS, encoding="utf-8")
    return folder


async def test_alarms_of_a_server_are_operated_like_our_own(project: Path, plant: Plant) -> None:
    await plant.conditions.set_active(EMPTY, True)
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await anna.until(lambda: EMPTY_ID in anna.rows)
        await plant.conditions.set_active(HOT, True)
        await anna.until(lambda: HOT_ID in anna.rows)
        hot = anna.rows[HOT_ID]
        assert (hot.tag, hot.area, hot.priority, hot.device) == (
            "Oven.Temperature", "Oven", Priority.URGENT, "plant",
        )  # fmt: skip
        assert anna.last is not None
        assert anna.last.counts is not None
        assert anna.last.counts.unacknowledged[Priority.URGENT] == 1
        assert anna.last.counts.unacknowledged[Priority.LOW] == 1

        await anna.session.acknowledge([hot.event_id], "looking")
        await anna.until(lambda: anna.rows[HOT_ID].acknowledged)
        assert anna.rows[HOT_ID].acknowledged_by == "anna"
        acknowledged = anna.events[-1]
        assert (acknowledged.transition, acknowledged.user, acknowledged.comment) == (
            Transition.ACKNOWLEDGED, "anna", "looking",
        )  # fmt: skip

        assert await anna.do(link.Shelve, [EMPTY_ID], 900, "being filled") == []
        await anna.until(lambda: anna.rows[EMPTY_ID].state is AlarmState.SHELVED)
        assert anna.rows[EMPTY_ID].hidden_by == "anna"
        (refused,) = await anna.do(link.Shelve, [HOT_ID], 900, "noise")
        assert "supervisor" in refused
        assert await anna.do(link.Unshelve, [EMPTY_ID]) == []
        await anna.until(lambda: anna.rows[EMPTY_ID].state is AlarmState.UNACKNOWLEDGED)
        assert await anna.do(link.CommentAlarms, [EMPTY_ID], "ordered") == []

        await plant.conditions.set_active(HOT, False)
        await anna.until(lambda: not anna.rows[HOT_ID].active)
        assert not anna.rows[HOT_ID].confirmed
        assert await anna.do(link.ConfirmAlarms, [HOT_ID], "door closed") == []
        await anna.until(lambda: HOT_ID not in anna.rows)
        (refused,) = await anna.do(link.ConfirmAlarms, ["COMM.plant"])
        assert "the station keeps this alarm itself" in refused
        (refused,) = await anna.do(link.ConfirmAlarms, [HOT_ID])
        assert "retains no such alarm" in refused

        assert await anna.do(link.AcknowledgeArea, "Oven", anna.last.sequence) == []
        await anna.until(lambda: anna.rows[EMPTY_ID].acknowledged)
    log = plant_log(project)
    assert any(subject == HOT_ID and "Refused to anna at desk1: Shelve" in text for subject, text in log)
    assert any(subject == EMPTY_ID and "Shelve carried out" in text for subject, text in log)


async def test_the_journal_has_their_transitions(project: Path, plant: Plant) -> None:
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await plant.conditions.set_active(HOT, True)
        await anna.until(lambda: HOT_ID in anna.rows)
        await plant.conditions.set_active(HOT, False)
        await anna.until(lambda: not anna.rows[HOT_ID].active)
        answer = await anna.ask(link.QueryEvents, 0, 2**62, 100)
        told = [(event.alarm_id, event.transition) for event in answer.events if event.alarm_id == HOT_ID]
        assert told == [(HOT_ID, Transition.ACTIVATED), (HOT_ID, Transition.RETURNED)]
        sequences = [event.sequence for event in answer.events]
        assert sorted(sequences) == list(range(1, len(sequences) + 1)), "own and theirs count together"


async def test_a_viewer_is_refused(project: Path, plant: Plant) -> None:
    await plant.conditions.set_active(EMPTY, True)
    async with running(project) as endpoint:
        otto = Operator(endpoint)
        otto.session.user = "otto"
        async with otto:
            await otto.until(lambda: EMPTY_ID in otto.rows)
            (refused,) = await otto.do(link.Shelve, [EMPTY_ID], 900, "noise")
            assert refused.startswith("As viewer you may not shelve alarms")
            assert "viewer" in (await otto.do(link.AcknowledgeArea, "", 10**9))[0]
        assert not plant.conditions.conditions[EMPTY].acked


async def test_a_lost_server_s_alarms_are_doubtful_and_its_news_are_told_afterwards(
    project: Path, plant: Plant, expected_log: Callable[..., object]
) -> None:
    expected_log(r"plant: ", level=logging.WARNING, logger="tags.connection")
    await plant.conditions.set_active(EMPTY, True)
    await plant.conditions.set_active(HOT, True)
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await anna.until(lambda: {EMPTY_ID, HOT_ID} <= set(anna.rows))
        await plant.stop()
        await anna.until(lambda: anna.rows[HOT_ID].doubtful and anna.rows[EMPTY_ID].doubtful)
        assert anna.rows[HOT_ID].state is AlarmState.UNACKNOWLEDGED
        # The server comes back and knows of one alarm only.
        await plant.start()
        await plant.conditions.set_active(HOT, True)
        await anna.until(lambda: EMPTY_ID not in anna.rows and not anna.rows[HOT_ID].doubtful)
        assert anna.rows[HOT_ID].state is AlarmState.UNACKNOWLEDGED


async def test_a_restarted_station_finds_them_again_in_doubt(
    project: Path, plant: Plant, expected_log: Callable[..., object]
) -> None:
    expected_log(r"plant: ", level=logging.WARNING, logger="tags.connection")
    await plant.conditions.set_active(HOT, True)
    async with running(project) as endpoint, Operator(endpoint) as anna:
        await anna.until(lambda: HOT_ID in anna.rows)
        before = anna.rows[HOT_ID]
    await plant.stop()
    try:
        async with running(project) as endpoint, Operator(endpoint) as anna:
            row = anna.rows[HOT_ID]
            assert (row.doubtful, row.occurrence_id, row.message) == (
                True, before.occurrence_id, "Oven too hot",
            )  # fmt: skip
    finally:
        await plant.start()
