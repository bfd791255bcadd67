"""Every alarm that a station runs has guidance in the window, whether the project defines it or not."""

from dataclasses import replace

import pytest

from alarms.model import AlarmType
from hmi.desktop.alarm_definitions import explained
from projects.examples import example_path
from projects.files import load
from views.language import LANGUAGE


@pytest.fixture
def french(qapp):
    LANGUAGE.use("fr")
    yield
    LANGUAGE.use("en")


def test_alarms_of_connections_are_explained_in_the_language_in_use(french):
    project = load(example_path("packaging_cell"))
    own = tuple(item for item in project.alarms if item.type is not AlarmType.COMMUNICATION)
    found = {item.alarm_id: item for item in explained(replace(project, alarms=own))}
    assert [found[item.alarm_id] for item in own] == list(own)
    added = [found[alarm_id] for alarm_id in found.keys() - {item.alarm_id for item in own}]
    assert {item.type for item in added} == {AlarmType.COMMUNICATION, AlarmType.INSTRUMENT}
    for item in added:
        assert item.operator_action
        assert item.cause
    assert "câble" in found["COMM.filling"].operator_action
