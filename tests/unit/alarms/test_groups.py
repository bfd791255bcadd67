"""Several limits as one alarm, alarms that come again by time, classes that acknowledge, first-out."""

from dataclasses import replace

import pytest

from alarms.model import AlarmDefinition, AlarmSnapshot, AlarmType, Priority
from alarms.policy import AlarmClass, classed
from tags.clock import NS_PER_S
from tests.unit.alarms.cell import FAULT, LEVEL, RUNNING, TRIP, Station, alarm, batch, seconds

S = NS_PER_S


def restarted(before: Station, definitions: list[AlarmDefinition]) -> Station:
    after = Station(definitions, start=False)
    after.clock.advance(before.clock.now_ns() - after.clock.now_ns())
    after.manager.restore(before.events, before.events[-1].sequence)
    return after


def same(row: AlarmSnapshot, other: AlarmSnapshot) -> bool:
    """Tell whether two rows show the same; the input's quality is only known from the next sample on."""
    return replace(row, status=0) == replace(other, status=0)


# Exclusive limits: HI and HIHI as one alarm (row 7)

HIGH = alarm("HI", AlarmType.HI, 80, deadband_eu=2.0, exclusive=True, description="level high")
HIGHEST = alarm(
    "HIHI", AlarmType.HIHI, 90, deadband_eu=2.0, exclusive=True, description="level very high",
    priority=Priority.URGENT,
)  # fmt: skip
TANK = [HIGH, HIGHEST]


def shown(station: Station) -> tuple[str, str, float | None, int, int]:
    [row] = station.list.values()
    return row.state.value, row.level, row.limit, row.priority, row.count


def test_a_rise_from_hi_to_hihi_is_to_be_acknowledged_again() -> None:
    station = Station(TANK)
    station.feed((LEVEL, 85, 0))
    assert shown(station) == ("UNACK", "HI", 80, Priority.MEDIUM, 1)
    station.acknowledge("HI", at=1)
    station.feed((LEVEL, 95, 2))
    assert shown(station) == ("UNACK", "HIHI", 90, Priority.URGENT, 2)
    assert station.list["HI"].message == "level very high (95.0 % > 90 %)"
    assert station.manager.counts().activations == 2
    assert station.manager.counts().active == {**dict.fromkeys(Priority, 0), Priority.URGENT: 1}
    station.acknowledge("HI", at=3)
    station.feed((LEVEL, 85, 4))
    assert shown(station) == ("ACKED", "HI", 80, Priority.MEDIUM, 2)
    station.feed((LEVEL, 70, 5))
    assert station.list == {}
    assert len({event.occurrence_id for event in station.events}) == 1
    assert station.told() == [
        ("HI", "activated", 0), ("HI", "acknowledged", 1), ("HI", "re_alarmed", 2), ("HI", "acknowledged", 3),
        ("HI", "severity_changed", 4), ("HI", "returned", 5),
    ]  # fmt: skip


def test_who_saw_only_hi_has_not_seen_hihi() -> None:
    station = Station(TANK)
    station.feed((LEVEL, 85, 0))
    seen = station.list["HI"].event_id
    station.feed((LEVEL, 95, 1))
    [refused] = station.manager.acknowledge([seen], "anna", "desk1", "", seconds(2))
    assert "came again since it was seen" in refused.text
    assert station.manager.counts().activations == 1


def test_who_saw_hihi_may_acknowledge_after_it_fell() -> None:
    station = Station(TANK)
    station.feed((LEVEL, 95, 0))
    seen = station.list["HI"].event_id
    assert shown(station)[:2] == ("UNACK", "HIHI")
    station.feed((LEVEL, 85, 1))
    assert station.manager.acknowledge([seen], "anna", "desk1", "", seconds(2)) == []
    assert shown(station)[:2] == ("ACKED", "HI")


def test_the_outer_limit_alone_makes_the_alarm_and_names_it() -> None:
    station = Station([replace(HIGH, on_delay_ns=10 * S), HIGHEST])
    station.feed((LEVEL, 95, 0), (LEVEL, 95, 10))
    assert station.told() == [("HI", "activated", 0)]
    station.feed((LEVEL, 70, 11))
    assert station.told()[1:] == [("HI", "returned", 11)]
    assert station.states() == {"HI": "RTNUN"}


def test_a_request_by_the_outer_id_means_the_alarm() -> None:
    station = Station(TANK)
    station.feed((LEVEL, 85, 0))
    assert station.manager.shelve(["HIHI"], 900 * S, "anna", "desk1", "test", seconds(1)) == []
    station.feed((LEVEL, 95, 2), (LEVEL, 85, 3), (LEVEL, 95, 4))
    assert station.states() == {"HI": "SHLVD"}
    station.manager.unshelve(["HI"], "anna", "desk1", "", seconds(5))
    assert shown(station)[:2] == ("UNACK", "HIHI")


@pytest.mark.parametrize("value", [85, 95])
def test_a_restart_finds_the_level_again(value: float) -> None:
    station = Station(TANK)
    station.feed((LEVEL, 85, 0), (LEVEL, value, 1))
    station.acknowledge("HI", at=2)
    again = restarted(station, TANK)
    assert same(again.list["HI"], station.list["HI"])
    again.feed((LEVEL, value, 3))
    assert again.events == []
    again.feed((LEVEL, 99, 4))
    assert shown(again)[:2] == (("UNACK", "HIHI") if value == 85 else ("ACKED", "HIHI"))
    again.feed((LEVEL, 70, 5))
    assert "ACKED" not in again.states().values()


# Re-alarm time (row 8)


def test_an_acknowledged_alarm_comes_again_after_its_time() -> None:
    definitions = [alarm("HI", realarm_ns=600 * S)]
    station = Station(definitions)
    station.feed((LEVEL, 90, 0))
    station.manager.tick(seconds(1000))
    station.acknowledge("HI", at=1000)
    station.manager.tick(seconds(1599))
    assert station.states() == {"HI": "ACKED"}
    again = restarted(station, definitions)
    for one in (station, again):
        one.manager.tick(seconds(1600.1))
        assert one.states() == {"HI": "UNACK"}
        assert one.told()[-1] == ("HI", "re_alarmed", 1600)
        assert one.events[-1].value == 90
        assert one.list["HI"].count == 2


def test_a_returned_or_hidden_alarm_does_not_come_again_by_time() -> None:
    station = Station([alarm("HI", realarm_ns=600 * S), alarm("LO", AlarmType.LO, 95, realarm_ns=600 * S)])
    station.feed((LEVEL, 90, 0))
    station.acknowledge("HI", "LO", at=1)
    station.manager.shelve(["LO"], 7200 * S, "anna", "desk1", "test", seconds(2))
    station.feed((LEVEL, 70, 3))
    told = len(station.events)
    station.manager.tick(seconds(3600))
    assert len(station.events) == told


# Classes


def test_an_alarm_of_a_class_acknowledges_itself_some_time_after_its_return() -> None:
    definitions = [classed(alarm("HI"), AlarmClass(auto_ack=True, auto_ack_after_s=60))]
    station = Station(definitions)
    station.feed((LEVEL, 90, 0), (LEVEL, 70, 10))
    assert station.states() == {"HI": "RTNUN"}
    station.manager.tick(seconds(69))
    again = restarted(station, definitions)
    assert again.states() == {"HI": "RTNUN"}
    for one in (station, again):
        one.manager.tick(seconds(70.5))
        assert one.list == {}
        assert one.told()[-1] == ("HI", "acknowledged", 70)
        assert one.events[-1].user == ""


def test_an_alarm_of_a_class_may_leave_with_its_return() -> None:
    station = Station([classed(alarm("HI"), AlarmClass(auto_ack=True))])
    station.feed((LEVEL, 90, 0), (LEVEL, 70, 10))
    assert station.list == {}


# ALM-17: the first alarm of a group

CELL = [
    alarm("LEVEL", group="stop"),
    alarm("TRIP", AlarmType.TRIP, 1, tag="Pump.Trip", group="stop"),
    alarm("CODE", AlarmType.OFF_NORMAL, 7, tag="Pump.Fault", group="stop"),
    alarm("OTHER", AlarmType.OFF_NORMAL, 1, tag="Pump.Running", group="other"),
]


def firsts(station: Station) -> set[str]:
    return {row.alarm_id for row in station.list.values() if row.first_out}


def test_the_first_of_a_group_is_marked_until_all_are_at_rest() -> None:
    station = Station(CELL)
    station.feed((TRIP, 1, 0), (LEVEL, 90, 1), (RUNNING, 1, 1))
    assert firsts(station) == {"TRIP", "OTHER"}
    assert [event.alarm_id for event in station.events if event.first_out] == ["TRIP", "OTHER"]
    station.acknowledge("TRIP", at=2)
    assert station.events[-1].first_out
    station.feed((TRIP, 0, 3), (FAULT, 7, 4), (TRIP, 1, 5))
    # The first one has gone, the stop has not: nothing that comes now was its cause.
    assert firsts(station) == {"OTHER"}
    station.acknowledge("LEVEL", "CODE", "TRIP", at=6)
    station.feed((LEVEL, 70, 7), (FAULT, 0, 7), (TRIP, 0, 7), (FAULT, 7, 8), (TRIP, 1, 9))
    assert firsts(station) == {"OTHER", "CODE"}


def test_an_earlier_alarm_of_a_slower_connection_takes_the_mark_over() -> None:
    station = Station(CELL)
    station.feed((TRIP, 1, 5))
    station.feed((LEVEL, 90, 3))
    assert firsts(station) == {"LEVEL"}
    station.feed((FAULT, 7, 4))
    assert firsts(station) == {"LEVEL"}
    assert firsts(restarted(station, CELL)) == {"LEVEL"}


def test_what_is_hidden_is_not_first() -> None:
    station = Station(CELL)
    station.manager.shelve(["TRIP"], 900 * S, "anna", "desk1", "test", seconds(0))
    station.feed((TRIP, 1, 1), (LEVEL, 90, 2))
    assert firsts(station) == {"LEVEL"}


def test_hiding_the_first_takes_its_mark_away() -> None:
    station = Station(CELL)
    station.feed((TRIP, 1, 1))
    assert firsts(station) == {"TRIP"}
    station.manager.shelve(["TRIP"], 900 * S, "anna", "desk1", "test", seconds(2))
    station.feed((LEVEL, 90, 3))
    assert firsts(station) == {"LEVEL"}
    station.manager.unshelve(["TRIP"], "anna", "desk1", "", seconds(4))
    assert firsts(station) == {"LEVEL"}
    assert firsts(restarted(station, CELL)) == {"LEVEL"}


def test_first_out_does_not_hang_on_how_samples_are_cut_into_batches() -> None:
    samples = [
        (TRIP, 1, 0.0), (LEVEL, 90, 0.0), (FAULT, 7, 1.0), (TRIP, 0, 2.0), (LEVEL, 70, 3.0),
        (RUNNING, 1, 3.0),        (FAULT, 0, 4.0), (LEVEL, 95, 5.0),
    ]  # fmt: skip
    whole, pieces = Station(CELL), Station(CELL)
    whole.feed(*samples)
    for sample in samples:
        pieces.manager.process(replace(batch(sample), receive_ns=batch(*samples).receive_ns))
    assert pieces.events == whole.events


def test_a_restart_finds_the_first_again() -> None:
    station = Station(CELL)
    station.feed((TRIP, 1, 0), (LEVEL, 90, 1))
    again = restarted(station, CELL)
    assert firsts(again) == {"TRIP"}
    again.feed((FAULT, 7, 2))
    assert firsts(again) == {"TRIP"}
