import math

import pytest

from alarms.messages import message, subject, typed, value_text
from alarms.model import AlarmDefinition, AlarmType, Transition
from tags.model import Tag, Value
from tags.status import StatusCode
from tests.unit.alarms.cell import FAULT, LEVEL, PRESSURE, TAGS, TRIP, alarm

ACTIVATED, RETURNED = Transition.ACTIVATED, Transition.RETURNED


@pytest.mark.parametrize(
    ("definition", "tag", "transition", "value", "expected"),
    [
        (alarm("A"), TAGS[LEVEL], ACTIVATED, 87.3456, "level high (87.3 % > 80.0 %)"),
        (alarm("A"), TAGS[LEVEL], ACTIVATED, 80.01, "level high (80.01 % > 80.0 %)"),
        (alarm("A"), TAGS[LEVEL], RETURNED, 77.0, "level high (77.0 %)"),
        (
            alarm("A", AlarmType.LOLO, 0.5, tag="Tank.Pressure", description="pressure gone"),
            TAGS[PRESSURE],
            ACTIVATED,
            0.25,
            "pressure gone (0.25 bar < 0.5 bar)",
        ),
        (alarm("A", unit="m"), TAGS[LEVEL], ACTIVATED, 90.0, "level high (90.0 m > 80.0 m)"),
        (
            alarm("A", AlarmType.TRIP, 1, tag="Pump.Trip", description="motor"),
            TAGS[TRIP],
            ACTIVATED,
            True,
            "motor",
        ),
        (
            alarm("A", AlarmType.OFF_NORMAL, 3, tag="Pump.Fault", name="", description=""),
            TAGS[FAULT],
            ACTIVATED,
            3,
            "Pump: Fault off normal (3)",
        ),
        (
            alarm("A", AlarmType.COMMUNICATION, 1, tag="filling", description="no contact"),
            None,
            RETURNED,
            "",
            "filling: no contact",
        ),
    ],
)
def test_messages_name_equipment_condition_value_and_limit(
    definition: AlarmDefinition, tag: Tag | None, transition: Transition, value: Value, expected: str
) -> None:
    assert message(definition, tag, transition, value, 0) == expected


def test_a_bad_value_is_told_by_its_status() -> None:
    definition = alarm("A", AlarmType.BAD_QUALITY, description="no valid level")
    text = message(definition, TAGS[LEVEL], ACTIVATED, None, int(StatusCode.BadSensorFailure))
    assert text == "no valid level (BadSensorFailure)"


def test_a_tag_without_parent_is_its_own_equipment() -> None:
    assert subject(alarm("A", tag="Level", name="", description="")) == "Level: Level high"


def test_values_in_words() -> None:
    assert value_text(None, None) == "no value"
    assert value_text(None, 1234567.0) == "1.23457e+06"
    assert value_text(TAGS[TRIP], False) == "OK"
    assert value_text(None, True) == "1"
    assert value_text(None, "Störung") == "Störung"
    assert value_text(TAGS[LEVEL], 1.0, is_exact=True) == "1.0 %"


def test_samples_in_their_tag_s_type() -> None:
    assert typed(TAGS[TRIP], 1.0) is True
    assert typed(TAGS[FAULT], 3.0) == 3
    assert isinstance(typed(TAGS[FAULT], 3.0), int)
    assert typed(TAGS[FAULT], 3.5) == 3.5
    assert typed(TAGS[LEVEL], math.nan) is None
