"""At the end of a suppression, of shelving or of being out of service only what is abnormal then is told."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.model import AlarmDefinition, AlarmType
from alarms.record import is_annunciation
from tags.clock import NS_PER_S
from tags.status import StatusCode
from tests.unit.alarms.cell import GOOD, LEVEL, RUNNING, START_NS, Station, alarm, batch, seconds

S = NS_PER_S
BAD_SENSOR = int(StatusCode.BadSensorFailure)
NO_COMMUNICATION = int(StatusCode.BadNoCommunication)
WHO = ("anna", "desk1", "test")
"""The pump's contact stands for a transmitter that says whether its signal is valid."""
HIGH = alarm(
    "HI",
    setpoint=80,
    deadband_eu=5.0,
    on_delay_ns=5 * S,
    off_delay_ns=60 * S,
    suppression_expression="not Pump.Running",
)
BROKEN = ((LEVEL, 50, 0), (RUNNING, 0, 10), (LEVEL, 118.5, 10), (LEVEL, 118.5, 20))


def plain(station: Station) -> list[tuple[str, float]]:
    return [(kind, at) for _, kind, at in station.told()]


def annunciations(station: Station) -> list[float]:
    return [(event.source_ns - START_NS) / S for event in station.events if is_annunciation(event)]


def broken(*definitions: AlarmDefinition) -> Station:
    station = Station(definitions or [HIGH])
    for sample in BROKEN:
        station.feed(sample)
    assert station.states()["HI"] == "DSUPR"
    return station


@pytest.mark.parametrize(
    "repair",
    [
        pytest.param([[(RUNNING, 1, 100), (LEVEL, 60, 100)]], id="bit first in one batch"),
        pytest.param([[(LEVEL, 60, 100), (RUNNING, 1, 100)]], id="value first in one batch"),
        pytest.param([[(RUNNING, 1, 100)], [(LEVEL, 60, 101)]], id="value a batch later"),
        pytest.param([[(LEVEL, 60, 99)], [(RUNNING, 1, 100)]], id="value a batch before"),
        pytest.param([[(LEVEL, 118.5, 100), (RUNNING, 1, 100)], [(LEVEL, 60, 104)]], id="old value repeated"),
    ],
)
@pytest.mark.parametrize("is_silent", [False, True])
def test_a_value_that_is_normal_again_is_not_told(
    repair: list[list[tuple[int, float, float]]], is_silent: bool
) -> None:
    station = broken()
    for samples in repair:
        station.feed(*samples)
    assert annunciations(station) == []
    if is_silent:
        station.manager.tick(seconds(107))
    else:
        station.feed((LEVEL, 60, 106))
    assert plain(station) == [("suppressed", 10), ("activated", 15), ("returned", 105), ("unsuppressed", 105)]
    assert station.list == {}
    assert station.manager.counts().activations == 0


def test_what_is_abnormal_is_told_after_its_own_on_delay() -> None:
    station = broken()
    station.feed((RUNNING, 1, 100))
    station.feed((LEVEL, 97, 101))
    station.feed((LEVEL, 97, 104.9))
    assert station.states() == {"HI": "DSUPR"}
    station.feed((LEVEL, 97, 106))
    assert plain(station)[-1] == ("unsuppressed", 105)
    assert station.states() == {"HI": "UNACK"}


def test_a_value_that_says_nothing_more_is_judged_by_the_clock() -> None:
    station = broken()
    station.feed((RUNNING, 1, 100))
    station.manager.tick(seconds(105.9))
    assert station.states() == {"HI": "DSUPR"}
    # One period longer: the sample that tells of a normal value could be under way.
    station.manager.tick(seconds(106))
    assert plain(station)[-1] == ("unsuppressed", 105)
    assert station.states() == {"HI": "UNACK"}


def test_an_alarm_without_delay_waits_for_two_periods_of_its_tag() -> None:
    quick = alarm("HI", deadband_eu=5.0, off_delay_ns=60 * S, suppression_expression="not Pump.Running")
    station = broken(quick)
    station.feed((RUNNING, 1, 100), (LEVEL, 97, 101), (LEVEL, 97, 102))
    assert plain(station)[-1] == ("unsuppressed", 102)
    assert annunciations(station) == [102]


def test_a_value_within_the_deadband_is_still_abnormal() -> None:
    station = broken()
    station.feed((RUNNING, 1, 100), (LEVEL, 77, 101), (LEVEL, 77, 106))
    assert station.states() == {"HI": "UNACK"}


def test_an_input_that_is_bad_at_the_end_hides_nothing() -> None:
    station = broken()
    station.feed((LEVEL, 60, 99), (LEVEL, math.nan, 99.5, BAD_SENSOR), (RUNNING, 1, 100))
    station.manager.tick(seconds(106))
    row = station.list["HI"]
    assert (row.state.value, row.active, row.status) == ("UNACK", True, BAD_SENSOR)


def test_a_condition_that_comes_true_meanwhile_is_told_at_the_end() -> None:
    station = Station([HIGH])
    station.feed((LEVEL, 50, 0), (RUNNING, 0, 10), (RUNNING, 1, 100), (LEVEL, 90, 100))
    station.feed((LEVEL, 90, 105), (LEVEL, 90, 106))
    assert plain(station)[-2:] == [("unsuppressed", 105), ("activated", 105)]
    assert annunciations(station) == [105]


def test_a_latch_that_was_set_while_suppressed_stays() -> None:
    station = broken(replace(HIGH, latching=True))
    station.feed((RUNNING, 1, 100), (LEVEL, 60, 101), (LEVEL, 60, 106))
    assert station.states() == {"HI": "LATUN"}


def test_a_suppression_that_begins_again_meanwhile_never_ended() -> None:
    station = broken()
    station.feed((RUNNING, 1, 100), (RUNNING, 0, 104), (LEVEL, 118.5, 106))
    station.manager.tick(seconds(200))
    assert plain(station) == [("suppressed", 10), ("activated", 15)]


def test_a_suppression_that_begins_again_later_ended_before() -> None:
    station = broken()
    station.feed((RUNNING, 1, 100), (LEVEL, 60, 101), (RUNNING, 0, 105))
    assert plain(station)[-3:] == [("returned", 105), ("unsuppressed", 105), ("suppressed", 105)]


def test_the_device_s_clock_does_not_keep_an_alarm_hidden() -> None:
    station = broken()
    an_hour_ahead = replace(batch((RUNNING, 1, 3700)), receive_ns=seconds(100))
    station.manager.process(an_hour_ahead)
    station.manager.tick(seconds(106))
    assert station.states() == {"HI": "UNACK"}


def test_exclusive_limits_return_together() -> None:
    facts = {"exclusive": True, "off_delay_ns": 60 * S, "suppression_expression": "not Pump.Running"}
    station = broken(alarm("HI", **facts), alarm("HH", AlarmType.HIHI, 90, on_delay_ns=5 * S, **facts))
    assert station.list["HI"].level == "HH"
    station.feed((RUNNING, 1, 100), (LEVEL, 85, 101), (LEVEL, 85, 102))
    assert (station.states(), station.list["HI"].level) == ({"HI": "UNACK"}, "HI")
    station.feed((RUNNING, 0, 110), (RUNNING, 1, 120), (LEVEL, 60, 121), (LEVEL, 60, 122))
    assert station.list == {}
    assert annunciations(station) == [102]


def test_other_causes_go_on() -> None:
    station = broken()
    station.manager.shelve(["HI"], 600 * S, *WHO, seconds(50))
    station.feed((RUNNING, 1, 100), (LEVEL, 60, 101), (LEVEL, 60, 106))
    assert station.states() == {"HI": "SHLVD"}
    assert station.list["HI"].active
    station.manager.tick(seconds(167))
    assert not station.list["HI"].active


# Shelving and out of service: a value of now is as good as it will be


def shelved(**changes: object) -> Station:
    station = Station([alarm("HI", deadband_eu=5.0, off_delay_ns=60 * S, **changes)])
    station.feed((LEVEL, 90, 0))
    return station


@pytest.mark.parametrize("value", [60, 77, 90])
def test_the_end_of_shelving_is_judged_by_the_value_of_now(value: float) -> None:
    station = shelved()
    station.manager.shelve(["HI"], 100 * S, *WHO, seconds(1))
    station.feed((LEVEL, value, 90))
    station.manager.tick(seconds(101))
    assert plain(station)[2:] == ([("returned", 101)] if value == 60 else []) + [("unshelved", 101)]
    assert station.states() == ({} if value == 60 else {"HI": "UNACK"})


@pytest.mark.parametrize("is_one_shot", [False, True])
def test_who_takes_an_alarm_back_stands_in_the_journal(is_one_shot: bool) -> None:
    station = shelved()
    station.manager.shelve(["HI"], None if is_one_shot else 100 * S, *WHO, seconds(1))
    station.feed((LEVEL, 60, 50))
    assert station.manager.unshelve(["HI"], *WHO, seconds(60)) == []
    assert plain(station)[2:] == [("returned", 60), ("unshelved", 60)]
    assert station.events[-1].user == "anna"
    assert station.list == {}


def test_a_return_to_service_is_judged_by_the_value_of_now() -> None:
    station = shelved()
    station.manager.out_of_service(["HI"], True, *WHO, seconds(1))
    station.feed((LEVEL, 60, 50))
    assert station.manager.out_of_service(["HI"], False, *WHO, seconds(60)) == []
    assert plain(station)[2:] == [("returned", 60), ("returned_to_service", 60)]
    assert station.list == {}


def test_a_lost_connection_uncovers_no_quality_alarm_whose_value_is_good() -> None:
    station = Station([alarm("Q", AlarmType.BAD_QUALITY, 0, off_delay_ns=60 * S)])
    station.manager.connection_changed("filling", True, seconds(1), "gone")
    station.feed((LEVEL, math.nan, 1, NO_COMMUNICATION))
    station.manager.connection_changed("filling", False, seconds(10), "back")
    station.feed((LEVEL, math.nan, 11, BAD_SENSOR))
    station.feed((LEVEL, 60, 12))
    station.manager.tick(seconds(15))
    own = [(kind, at) for alarm_id, kind, at in station.told() if alarm_id == "Q"]
    assert own == [("suppressed", 11), ("activated", 11), ("returned", 15), ("unsuppressed", 15)]


# After a restart


def restarted(before: Station, at: float, *known: tuple[int, float]) -> Station:
    after = Station([HIGH], start=False, first_id=1000)
    after.clock.set_now_ns(seconds(at))
    for tag_id, value in known:
        after.source.put(tag_id, None, value, GOOD, seconds(at))
    after.manager.restore(before.events, before.manager.sequence)
    return after


def test_a_suppression_that_was_about_to_end_does_so_after_a_restart() -> None:
    station = broken()
    station.feed((RUNNING, 1, 100))
    after = restarted(station, 103, (RUNNING, 1))
    assert after.states() == {"HI": "DSUPR"}
    after.feed((LEVEL, 60, 104), (LEVEL, 60, 108))
    assert plain(after) == [("returned", 108), ("unsuppressed", 108)]
    assert annunciations(after) == []


def test_what_is_abnormal_after_a_restart_is_told() -> None:
    after = restarted(broken(), 103, (RUNNING, 1))
    after.feed((LEVEL, 97, 104), (LEVEL, 97, 108))
    assert annunciations(after) == [108]
    silent = restarted(broken(), 103, (RUNNING, 1))
    silent.manager.tick(seconds(109))
    assert annunciations(silent) == [108]


def test_a_suppression_stands_after_a_restart_until_its_inputs_are_known() -> None:
    after = restarted(broken(), 103)
    after.manager.tick(seconds(1000))
    assert after.states() == {"HI": "DSUPR"}
    after.feed((RUNNING, 1, 1001), (LEVEL, 60, 1001))
    after.manager.tick(seconds(1007))
    assert after.list == {}
    assert annunciations(after) == []


# Whatever happens


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([LEVEL, LEVEL, LEVEL, RUNNING]),
            st.sampled_from([50.0, 60.0, 77.0, 90.0]),
            st.sampled_from([1, 1, 3, 8, 30]),
        ),
        max_size=40,
    ),
    st.booleans(),
)
def test_never_told_when_normal_and_never_lost_when_not(
    story: list[tuple[int, float, int]], is_latching: bool
) -> None:
    """By plain arithmetic over the level alone: what is it when the alarm is told?"""
    station = Station([alarm(
        "HI", deadband_eu=5.0, on_delay_ns=3 * S, off_delay_ns=20 * S, latching=is_latching,
        suppression_expression="not Pump.Running",
    )])  # fmt: skip
    now, level, abnormal_since, running_since = 0, 50.0, math.inf, 0.0
    for tag, value, later in story:
        for _ in range(later):
            now += 1
            told = len(station.events)
            station.clock.set_now_ns(seconds(now))
            station.manager.tick(seconds(now))
            for event in station.events[told:]:
                if is_annunciation(event) and not event.flags & 4:
                    assert level >= 75, "told although the value was back in normal"
            is_due = now - max(abnormal_since, running_since) > 3 + 1
            if is_due:
                assert station.states() == {"HI": "UNACK"}, "abnormal for long and not told"
        told = len(station.events)
        station.feed((tag, value if tag == LEVEL else float(value > 55), now))
        for event in station.events[told:]:
            if is_annunciation(event) and not event.flags & 4:
                assert level >= 75, "told although the value was back in normal"
        if tag == LEVEL:
            level = value
            abnormal_since = min(abnormal_since, now) if value > 80 else math.inf
        else:
            running_since = min(running_since, now) if value > 55 else math.inf
