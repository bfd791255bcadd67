"""Alarms taken together: limits in order, deadbands with room, no suppression in circles, sound levels."""

import pytest

from alarms.definitions import check, levels, review
from alarms.model import AlarmDefinition, AlarmType, MessageClass
from alarms.policy import AlarmClass, classed
from tests.unit.alarms.cell import TAGS, alarm


def trip(alarm_id: str, tag: str, expression: str = "", setpoint: float = 1) -> AlarmDefinition:
    return alarm(alarm_id, AlarmType.TRIP, setpoint, tag=tag, suppression_expression=expression)


def found(*definitions: AlarmDefinition) -> list[tuple[str, str, bool]]:
    return [(one.alarm_id, one.column, one.is_warning) for one in review(definitions, TAGS)]


LOOP = "suppression_expression"


def test_limits_are_in_order() -> None:
    high, low = alarm("H", AlarmType.HI, 20), alarm("L", AlarmType.LO, 20)
    assert found(high, low) == [("L", "setpoint", False)]
    assert found(low, high) == [("H", "setpoint", False)]
    [one] = review([low, high], TAGS)
    assert one.other == "L"
    assert "expected LO below HI, got 20 and 20" in one.text
    assert found(alarm("H", AlarmType.HI, 21), low) == []


@pytest.mark.parametrize("deadband", [10, 9.9])
def test_a_deadband_leaves_room_between_the_limits(deadband: float) -> None:
    high = alarm("H", AlarmType.HI, 40, deadband_eu=deadband)
    low = alarm("L", AlarmType.LO, 20)
    assert found(high, low) == ([("H", "deadband", True)] if deadband == 10 else [])


def test_two_alarms_that_hide_each_other_are_refused() -> None:
    [one] = review([trip("A", "Pump.Trip", "Pump.Running"), trip("B", "Pump.Running", "Pump.Trip")], TAGS)
    assert (one.alarm_id, one.column, one.is_warning) == ("A", LOOP, False)
    assert "A and B" in one.text
    assert "(ALM-16)" in one.text


def test_three_in_a_circle_are_refused_once() -> None:
    definitions = [
        trip("A", "Pump.Trip", "Pump.Running"),
        trip("B", "Pump.Running", "Pump.Fault > 5"),
        alarm("C", AlarmType.HI, 7, tag="Pump.Fault", suppression_expression="Pump.Trip"),
    ]
    assert found(*definitions) == [("A", LOOP, False)]


def test_an_alarm_that_hides_itself_is_refused() -> None:
    assert found(alarm("A", AlarmType.HI, 80, suppression_expression="Tank.Level > 70")) == [
        ("A", LOOP, False)
    ]
    assert found(alarm("A", AlarmType.HI, 80, suppression_expression="Tank.Level < 1")) == []


def test_a_loop_that_may_be_meant_so_is_a_warning() -> None:
    high = alarm("A", AlarmType.HI, 80, suppression_expression="Pump.Fault == 0")
    code = trip("B", "Pump.Fault", "Tank.Level < 5", setpoint=3)
    assert found(high, code) == [("A", LOOP, True)]


def test_a_loop_that_hangs_on_something_unknown_is_a_warning() -> None:
    definitions = [
        trip("A", "Pump.Trip", "Pump.Running and Tank.Level > 5"),
        trip("B", "Pump.Running", "Pump.Trip"),
    ]
    assert found(*definitions) == [("A", LOOP, True)]
    definitions[0] = trip("A", "Pump.Trip", "Tank.Level > 5 or Pump.Running")
    assert found(*definitions) == [("A", LOOP, True)]
    definitions[0] = trip("A", "Pump.Trip", "Pump.Running or Tank.Level > 5")
    assert found(*definitions) == [("A", LOOP, False)]


def test_a_cause_that_nothing_hides_is_no_loop() -> None:
    assert found(trip("A", "Pump.Trip", "Pump.Running"), trip("B", "Pump.Running")) == []


def test_exclusive_limits_are_levels_of_one_alarm() -> None:
    low = alarm("L", AlarmType.LO, 20, exclusive=True)
    lowest = alarm("LL", AlarmType.LOLO, 10, exclusive=True)
    high = alarm("H", AlarmType.HI, 80)
    assert levels([lowest, high, low]) == {0: 2}
    assert check([lowest, high, low], TAGS, ()) == []
    [one] = check([low, high], TAGS, ())
    assert (one.alarm_id, one.column) == ("L", "exclusive")
    assert "one LO and one LOLO; there are 1" in one.text


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"latching": True}, "latching"),
        ({"ack_required": False}, "ack_required"),
        ({"group": "x"}, "group"),
        ({"message_class": MessageClass.EVENT}, "class"),
    ],
)
def test_levels_of_one_alarm_are_handled_alike(changes: dict[str, object], column: str) -> None:
    definitions = [
        alarm("H", AlarmType.HI, 80, exclusive=True),
        alarm("HH", AlarmType.HIHI, 90, exclusive=True, **changes),
    ]
    assert [(one.alarm_id, one.column) for one in check(definitions, TAGS, ())] == [("HH", column)]


def test_a_class_may_forbid_suppression() -> None:
    rules = AlarmClass(may_suppress=False)
    definition = classed(trip("A", "Pump.Trip", "Pump.Running"), rules)
    [one] = check([definition], TAGS, ())
    assert one.column == LOOP
    assert "forbids to suppress" in one.text
    assert check([classed(trip("A", "Pump.Trip"), rules)], TAGS, ()) == []
