"""Where to begin with an alarm: limits from the consequence (ALM-24), deadband and delays (ALM-30)."""

from dataclasses import replace

import pytest

from alarms.model import AlarmError, AlarmType
from alarms.starting_values import STARTING_VALUES, Signal, limit_before, signal_of, suggestions
from tags.clock import NS_PER_S
from tags.model import DataType, Tag
from tests.unit.alarms.cell import alarm

MIN = 60.0


def test_the_worked_vector_of_the_standard() -> None:
    assert limit_before(9.5, 0.05 / MIN, 10 * MIN, 2 * MIN, is_upper=True) == pytest.approx(8.6)
    assert limit_before(0.5, 0.05 / MIN, 10 * MIN, 2 * MIN, is_upper=False) == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("rate", "respond_s", "act_s"),
    [(0.0, 60, 60), (-1.0, 60, 60), (float("nan"), 60, 60), (1, -1, 5), (1, 0, 0)],
)
def test_what_cannot_be_is_refused(rate: float, respond_s: float, act_s: float) -> None:
    with pytest.raises(AlarmError):
        limit_before(9.5, rate, respond_s, act_s, is_upper=True)


def test_the_table_of_the_standard() -> None:
    found = {
        signal.name: (values.deadband_percent, values.on_delay_s, values.off_delay_s)
        for signal, values in STARTING_VALUES.items()
    }
    assert found == {
        "FLOW": (5, 15, 15),
        "LEVEL": (5, 60, 60),
        "PRESSURE": (2, 15, 15),
        "TEMPERATURE": (1, 60, 60),
        "POWER": (2, 5, 10),
        "CONTACT": (0, 1, 5),
        "TRIP": (0, 0, 0),
    }


def tag(unit: str, path: str = "Cell.Value", kind: DataType = DataType.FLOAT64) -> Tag:
    return Tag(0, path, kind, unit=unit, eu_low=0.0, eu_high=200.0)


@pytest.mark.parametrize(
    ("unit", "signal"),
    [
        ("m³/h", Signal.FLOW), ("l/min", Signal.FLOW), ("bar", Signal.PRESSURE), ("mbar", Signal.PRESSURE),
        ("kPa", Signal.PRESSURE), ("°C", Signal.TEMPERATURE), ("K", Signal.TEMPERATURE),
        ("rpm", Signal.POWER), ("A", Signal.POWER), ("kW", Signal.POWER), ("pH", None), ("", None),
    ],
)  # fmt: skip
def test_the_unit_tells_the_signal(unit: str, signal: Signal | None) -> None:
    plain = replace(alarm("A"), description="x")
    assert signal_of(plain, tag(unit)) is signal


def test_a_name_tells_a_level_and_a_type_a_contact_or_trip() -> None:
    assert signal_of(alarm("A"), tag("%", "Tank.Level")) is Signal.LEVEL
    assert signal_of(alarm("A", AlarmType.TRIP, 1), tag("", kind=DataType.BOOL)) is Signal.TRIP
    assert signal_of(alarm("A", AlarmType.OFF_NORMAL, 1), tag("", kind=DataType.BOOL)) is Signal.CONTACT
    assert signal_of(alarm("A", AlarmType.RATE_OF_CHANGE, 1), tag("bar")) is None


def test_only_what_is_missing_is_proposed() -> None:
    found = {item.setting: item.suggested for item in suggestions(alarm("A", setpoint=150), tag("bar"))}
    assert found == {"deadband": 4.0, "on_delay_s": 15.0, "off_delay_s": 15.0}
    whole = alarm("A", deadband_eu=1.0, on_delay_ns=NS_PER_S, off_delay_ns=NS_PER_S)
    assert suggestions(whole, tag("bar")) == []


def test_an_on_delay_stays_below_a_quarter_of_the_time_to_respond() -> None:
    rushed = alarm("A", setpoint=150, time_to_respond_s=40.0)
    found = {item.setting: item for item in suggestions(rushed, tag("bar"))}
    assert found["on_delay_s"].suggested == 9.0
    assert "(ALM-31)" in found["on_delay_s"].reason
    assert "on_delay_s" not in {
        item.setting for item in suggestions(replace(rushed, time_to_respond_s=4.0), tag("bar"))
    }


def test_a_deadband_leaves_room_in_the_range() -> None:
    low = alarm("A", AlarmType.LOLO, 199.0)
    assert "deadband" not in {item.setting for item in suggestions(low, tag("bar"))}


def test_a_trip_is_not_late_and_stays() -> None:
    slow = alarm("A", AlarmType.TRIP, 1, on_delay_ns=2 * NS_PER_S)
    found = {item.setting: item.suggested for item in suggestions(slow, tag("", kind=DataType.BOOL))}
    assert found == {"on_delay_s": 0.0, "latching": 1.0}
