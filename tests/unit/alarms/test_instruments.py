"""Alarms without a usable input are told of, once per connection (ALM-10)."""

from collections.abc import Sequence

import pytest

from alarms.instruments import instrument_alarms
from alarms.model import AlarmDefinition, AlarmType
from tags.status import StatusCode
from tests.unit.alarms.cell import FAULT, LEVEL, PRESSURE, TAGS, TRIP, Station, alarm, seconds

BAD = int(StatusCode.BadSensorFailure)
DEFINITIONS = [
    alarm("LEVEL"),
    alarm("PRESSURE", tag="Tank.Pressure", setpoint=5),
    alarm("TRIP", AlarmType.TRIP, 1, tag="Pump.Trip"),
]


def started(definitions: Sequence[AlarmDefinition] = DEFINITIONS, *, up: bool = True) -> Station:
    """A station whose connections stand and whose inputs are all good at second 1."""
    station = Station(definitions, watches_instruments=True)
    for name in ("filling", "conveyors") if up else ():
        station.manager.connection_changed(name, False, seconds(0), "connected")
    station.feed((LEVEL, 50, 1), (PRESSURE, 1, 1), (TRIP, 0, 1), (FAULT, 0, 1))
    return station


def wait(station: Station, start_s: int, end_s: int) -> None:
    for second in range(start_s, end_s + 1):
        station.clock.set_now_ns(seconds(second))
        station.manager.tick(seconds(second))


def test_each_connection_with_alarms_has_one() -> None:
    found = instrument_alarms(DEFINITIONS, TAGS)
    assert [item.alarm_id for item in found] == ["INSTRUMENT.conveyors", "INSTRUMENT.filling"]
    assert all(item.operator_action and item.cause and item.consequence for item in found)
    assert instrument_alarms([alarm("COMM", AlarmType.COMMUNICATION, 1, tag="filling")], TAGS) == []


def test_two_failed_sensors_of_a_connection_are_one_alarm() -> None:
    station = started()
    wait(station, 1, 5)
    station.feed((LEVEL, 0, 5, BAD))
    wait(station, 6, 8)
    station.feed((PRESSURE, 0, 8, BAD))
    wait(station, 9, 15)
    assert station.events == []
    wait(station, 16, 30)
    assert station.told() == [("INSTRUMENT.filling", "activated", 6)]
    assert station.list["INSTRUMENT.filling"].message == (
        "filling: alarms without a usable input (LEVEL, PRESSURE)"
    )
    station.feed((LEVEL, 50, 31))
    wait(station, 32, 60)
    assert station.states() == {"INSTRUMENT.filling": "UNACK"}
    station.feed((PRESSURE, 1, 61))
    wait(station, 62, 80)
    assert station.states() == {"INSTRUMENT.filling": "RTNUN"}
    assert station.acknowledge("INSTRUMENT.filling", at=81) == []
    assert station.states() == {}


def test_what_recovers_soon_is_not_told() -> None:
    station = started()
    for second in range(5, 50, 8):
        station.feed((LEVEL, 0, second, BAD))
        wait(station, second, second + 3)
        station.feed((LEVEL, 50, second + 4))
        wait(station, second + 4, second + 7)
    assert station.events == []


def test_a_lost_connection_explains_its_bad_values_by_itself() -> None:
    station = started()
    station.manager.connection_changed("filling", True, seconds(5), "no answer")
    station.feed((LEVEL, 0, 5, int(StatusCode.BadNoCommunication)))
    wait(station, 5, 60)
    assert [alarm_id for alarm_id, _, _ in station.told()] == ["COMM.filling"]
    station.manager.connection_changed("filling", False, seconds(61), "connected")
    wait(station, 61, 65)
    station.feed((LEVEL, 50, 66))
    wait(station, 66, 90)
    assert {alarm_id for alarm_id, _, _ in station.told()} == {"COMM.filling"}


def test_a_value_that_never_comes_over_a_standing_connection_is_told() -> None:
    station = Station(DEFINITIONS, watches_instruments=True)
    station.manager.connection_changed("filling", False, seconds(0), "connected")
    station.feed((LEVEL, 50, 1))
    wait(station, 1, 30)
    assert station.told() == [("INSTRUMENT.filling", "activated", 1)]
    assert "(PRESSURE)" in station.list["INSTRUMENT.filling"].message


def test_nothing_is_told_before_a_connection_stood_or_when_it_is_off() -> None:
    station = started(up=False)
    station.feed((LEVEL, 0, 2, BAD))
    wait(station, 2, 60)
    assert station.events == []
    station.manager.connection_changed("filling", False, seconds(61), "off", is_off=True)
    wait(station, 61, 120)
    assert station.events == []


@pytest.mark.parametrize(
    "definition",
    [
        alarm("BAD", AlarmType.BAD_QUALITY, 0),
        alarm("STALE", AlarmType.STALE, 30.0),
        alarm("OFF", enabled=False),
    ],
)
def test_alarms_that_tell_of_it_themselves_or_are_off_do_not_count(definition: AlarmDefinition) -> None:
    station = started([definition, DEFINITIONS[2]])
    station.feed((LEVEL, 0, 5, BAD))
    wait(station, 5, 25)
    assert "INSTRUMENT.filling" not in station.list


def test_a_tag_with_a_bad_quality_alarm_of_its_own_is_told_by_that() -> None:
    station = started([*DEFINITIONS, alarm("BAD", AlarmType.BAD_QUALITY, 0)])
    station.feed((LEVEL, 0, 5, BAD))
    wait(station, 5, 60)
    assert [alarm_id for alarm_id, _, _ in station.told()] == ["BAD"]


def test_a_restart_goes_on_where_it_was() -> None:
    station = started()
    station.feed((LEVEL, 0, 5, BAD))
    wait(station, 5, 30)
    again = Station(DEFINITIONS, start=False, first_id=1_000_000, watches_instruments=True)
    again.clock.set_now_ns(seconds(40))
    again.manager.restore(station.events, station.manager.sequence)
    again.manager.connection_changed("filling", False, seconds(41), "connected")
    again.feed((LEVEL, 0, 41, BAD), (PRESSURE, 1, 41))
    wait(again, 41, 60)
    assert again.events == []
    again.feed((LEVEL, 50, 61))
    wait(again, 61, 80)
    assert again.told() == [("INSTRUMENT.filling", "returned", 61)]


def test_it_is_shelved_and_changed_like_any_other() -> None:
    station = started()
    made, refusals = station.manager.change_settings(
        {"INSTRUMENT.filling": {"priority": "high"}}, "anna", "desk1", "test", seconds(2)
    )
    assert (len(made), refusals) == (1, [])
    _, [refused] = station.manager.change_settings(
        {"INSTRUMENT.filling": {"setpoint": 2.0}}, "anna", "desk1", "test", seconds(3)
    )
    assert "INSTRUMENT alarms have no setpoint: the connection decides" in refused.text
    shelved = station.manager.shelve(["INSTRUMENT.filling"], 900 * 10**9, "anna", "desk1", "test", seconds(4))
    assert shelved == []
    station.feed((LEVEL, 0, 5, BAD))
    wait(station, 5, 30)
    assert station.states() == {"INSTRUMENT.filling": "SHLVD"}


def test_without_being_asked_to_the_engine_watches_none() -> None:
    station = Station(DEFINITIONS)
    assert [item.alarm_id for item in station.manager.definitions[3:]] == ["COMM.filling", "COMM.conveyors"]
