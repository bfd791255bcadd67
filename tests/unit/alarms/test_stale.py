"""A value that is no longer refreshed while its connection is there; a lost connection stays one alarm."""

import math

import pytest

from alarms.model import AlarmType
from tags.status import StatusCode
from tests.unit.alarms.cell import LEVEL, Station, alarm, seconds

LOST = int(StatusCode.BadNoCommunication)


@pytest.fixture
def station() -> Station:
    station = Station([alarm("S", AlarmType.STALE, 30.0, description="level not refreshed")])
    station.manager.connection_changed("filling", False, seconds(0))
    station.feed((LEVEL, 50, 0))
    return station


def test_a_value_that_is_no_longer_refreshed_is_an_alarm(station: Station) -> None:
    station.feed((LEVEL, 50, 10, int(StatusCode.UncertainNoCommunicationLastUsableValue)))
    station.manager.tick(seconds(41))
    row = station.list["S"]
    assert (row.state.value, row.active_ns, row.limit, row.unit) == ("UNACK", seconds(40), 30, "s")
    assert row.message.startswith("level not refreshed (no good value for 30 s, ")
    station.feed((LEVEL, 50, 45))
    assert station.states() == {"S": "RTNUN"}


@pytest.mark.parametrize("is_off", [False, True])
def test_a_connection_that_is_lost_or_off_is_not_told_twice(station: Station, is_off: bool) -> None:
    station.manager.connection_changed("filling", not is_off, seconds(10), is_off=is_off)
    station.feed((LEVEL, math.nan, 10, LOST))
    station.manager.tick(seconds(500))
    assert station.states() == ({} if is_off else {"COMM.filling": "UNACK"})
    station.manager.connection_changed("filling", False, seconds(600))
    station.manager.tick(seconds(629))
    assert "S" not in station.states()
    station.manager.tick(seconds(631))
    assert station.states()["S"] == "UNACK"


def test_a_return_that_nobody_saw_is_told_when_the_connection_is_back(station: Station) -> None:
    station.feed((LEVEL, math.nan, 10, LOST))
    station.manager.tick(seconds(41))
    station.manager.connection_changed("filling", True, seconds(50))
    station.feed((LEVEL, 50, 51))
    assert station.states()["S"] == "UNACK"
    station.manager.connection_changed("filling", False, seconds(52))
    assert station.states()["S"] == "RTNUN"


def test_the_alarm_of_a_connection_that_was_switched_off_since_returns_at_the_start() -> None:
    before = Station([])
    before.manager.connection_changed("filling", True, seconds(1))
    after = Station([], start=False)
    after.manager.restore(before.events, before.manager.sequence)
    assert after.states() == {"COMM.filling": "UNACK"}
    after.manager.connection_changed("filling", False, seconds(2), "switched off in the project", is_off=True)
    assert after.states() == {"COMM.filling": "RTNUN"}
