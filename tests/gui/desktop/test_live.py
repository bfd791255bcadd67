"""The GUI's columns: nothing is shown good that is not."""

import math

import numpy as np

from hmi.desktop.live import LAST_USABLE_NS, LiveSource
from tags.model import Batch
from tags.status import StatusCode, is_bad, is_good
from tests.support.fake_station import sample_project

GOOD = int(StatusCode.Good)
TABLE = sample_project().tags
LEVEL, SET_POINT, MOTOR, RECIPE, COUNT = (
    TABLE.by_path(path).id
    for path in ("Tank.Level", "Tank.SetPoint", "Motor.Running", "Line.Recipe", "Line.Count")
)


def live(*samples: tuple) -> LiveSource:
    source = LiveSource(TABLE)
    source.apply(Batch.of([(tag, value, GOOD, 100) for tag, value in samples], 200))
    return source


def test_before_the_first_value_everything_waits():
    source = LiveSource(TABLE)
    assert (source.statuses == int(StatusCode.BadWaitingForInitialData)).all()
    assert source.value(LEVEL) is None
    assert source.changed_since(0)[0].tolist() == []


def test_values_have_the_tags_own_type():
    source = live((LEVEL, 4), (MOTOR, 1.0), (RECIPE, "Orange"), (COUNT, 2**60 + 1))
    assert source.value(LEVEL) == 4.0
    assert source.value(MOTOR) is True
    assert source.value(RECIPE) == "Orange"
    assert source.value(COUNT) == 2**60 + 1
    source.apply(Batch.of([(COUNT, 5, GOOD, 101)], 201))
    assert source.value(COUNT) == 5


def test_a_reader_gets_what_changed_since_its_cursor():
    source = live((LEVEL, 1.0))
    changed, cursor = source.changed_since(0)
    assert changed.tolist() == [LEVEL]
    assert source.changed_since(cursor)[0].tolist() == []
    source.apply(Batch.of([(SET_POINT, 2.0, GOOD, 1), (SET_POINT, 3.0, GOOD, 2)], 3))
    assert source.changed_since(cursor)[0].tolist() == [SET_POINT]
    assert source.values[SET_POINT] == 3.0


def test_a_lost_link_makes_everything_uncertain_at_once_and_bad_within_two_seconds():
    source = live((LEVEL, 1.0), (MOTOR, 1.0))
    source.lose_link(1_000)
    assert not any(is_good(int(status)) for status in source.statuses)
    assert source.statuses[LEVEL] == StatusCode.UncertainNoCommunicationLastUsableValue
    assert source.value(LEVEL) == 1.0
    source.age(1_000 + LAST_USABLE_NS - 1)
    assert source.value(LEVEL) == 1.0
    source.age(1_000 + LAST_USABLE_NS)
    assert all(is_bad(int(status)) for status in source.statuses)
    assert source.value(LEVEL) is None
    assert math.isnan(source.values[LEVEL])
    counter = source.counter
    source.age(10 * LAST_USABLE_NS)
    assert source.counter == counter, "nothing changes any more"


def test_values_that_come_late_do_not_bring_a_lost_link_back():
    source = live((LEVEL, 1.0))
    source.lose_link(1_000)
    source.apply(Batch.of([(LEVEL, 9.0, GOOD, 2_000)], 2_001))
    assert not is_good(int(source.statuses[LEVEL]))


def test_after_a_reconnect_only_fresh_values_are_good():
    source = live((LEVEL, 1.0), (MOTOR, 1.0))
    source.lose_link(1_000)
    source.age(1_000 + LAST_USABLE_NS)
    source.restore_link(5 * LAST_USABLE_NS)
    source.apply(Batch.of([(LEVEL, 2.0, GOOD, 6 * LAST_USABLE_NS)], 6 * LAST_USABLE_NS))
    assert source.value(LEVEL) == 2.0
    assert source.statuses[MOTOR] == StatusCode.BadWaitingForInitialData


def test_what_is_no_longer_subscribed_waits_again():
    source = live((LEVEL, 1.0), (RECIPE, "x"))
    source.retire(np.array([LEVEL, RECIPE], np.int32), 5)
    assert source.value(LEVEL) is None
    assert source.value(RECIPE) is None
    assert source.statuses[LEVEL] == StatusCode.BadWaitingForInitialData


def test_columns_cannot_be_written_by_readers():
    source = live((LEVEL, 1.0))
    assert not any(column.flags.writeable for column in (source.values, source.statuses, source.source_ns))
