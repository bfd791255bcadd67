"""Large messages about alarms come to a window in parts."""

from hmi.desktop.wording import Told, alarm_parts
from hmi.link import Alarms
from tests.support.fake_station import event, snapshot

ROWS = [snapshot(f"A{number:03}") for number in range(250)]


def test_a_large_change_comes_in_parts_that_keep_its_order():
    events = [event(row, sequence=number) for number, row in enumerate(ROWS[:120])]
    removed = [f"R{number}" for number in range(210)]
    parts = alarm_parts(Alarms(events, ROWS, removed, complete=False))
    assert len(parts) == 3
    assert [row for part in parts for row in part.rows] == ROWS
    assert [one for part in parts for one in part.events] == events
    assert [one for part in parts for one in part.removed] == removed
    assert not any(part.complete for part in parts)


def test_small_changes_and_whole_lists_stay_as_they_are():
    for message in (Alarms([], ROWS[:100], [], complete=False), Alarms([], ROWS, [], complete=True)):
        assert alarm_parts(message) == [message]


def test_the_list_is_told_again_in_parts_of_which_the_first_replaces_the_old_one():
    told = Told()
    told.take_alarms(Alarms([], ROWS, [], complete=True))
    parts = told.alarms()
    assert [part.complete for part in parts] == [True, False, False]
    assert [row for part in parts for row in part.rows] == ROWS
    assert [part.rows for part in Told().alarms()] == [[]]
