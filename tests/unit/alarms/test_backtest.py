"""What a change of limits, deadbands and delays does to stored history; proposals for chattering alarms."""

from dataclasses import replace

import numpy as np
import pytest

from alarms.backtest import run
from alarms.backtest_journal import History
from alarms.metrics_events import Period
from alarms.model import AlarmType
from alarms.proposals import candidates, propose
from tags.clock import NS_PER_S
from tags.model import Tag
from tests.unit.alarms.cell import alarm
from tests.unit.alarms.test_backtest_replay import GOOD, TAGS, Story, at


def story(*points: tuple[float, float]) -> Story:
    """Values of the level at times in seconds; ten minutes in all."""
    found = Story(steps=6000)
    found.samples = [(round(10 * time_s), 0, value, GOOD) for time_s, value in points]
    return found


def history(points: Story) -> History:
    return History(points, TAGS, ("filling",))


TEN_MINUTES = Period(at(0), at(6000))
HI = alarm("HI", tag="A.Level", deadband_eu=2.0, unit="%")
SHORT_AND_LONG = story((0, 50), (10, 85), (13, 50), (100, 85), (130, 79), (131, 85), (160, 50))


def test_nothing_changes_when_nothing_is_changed():
    found = run(history(SHORT_AND_LONG), [HI], [HI], TEN_MINUTES)
    assert [item.is_changed for item in found.effects] == [False]
    assert found.before.events == found.after.events


def test_an_on_delay_misses_what_is_shorter_and_makes_the_rest_late():
    slow = replace(HI, on_delay_ns=5 * NS_PER_S)
    (effect,) = run(history(SHORT_AND_LONG), [HI], [slow], TEN_MINUTES).effects
    assert (effect.activations_before, effect.activations_after) == (2, 1)
    assert len(effect.missed) == 1
    assert effect.mean_added_delay_ns == effect.longest_added_delay_ns == 5 * NS_PER_S
    assert effect.added == 0


def test_a_lower_limit_adds_alarms_and_misses_none():
    low = replace(HI, setpoint=40.0)
    (effect,) = run(history(SHORT_AND_LONG), [HI], [low], TEN_MINUTES).effects
    assert effect.missed == ()
    assert (effect.activations_before, effect.activations_after) == (2, 1)


def test_a_higher_limit_misses_what_stays_below_it():
    high = replace(HI, setpoint=90.0)
    (effect,) = run(history(SHORT_AND_LONG), [HI], [high], TEN_MINUTES).effects
    assert (effect.activations_after, len(effect.missed)) == (0, 2)


def test_a_smaller_deadband_splits_one_alarm_and_nothing_is_added_outside_it():
    fine = replace(HI, deadband_eu=0.5)
    (effect,) = run(history(SHORT_AND_LONG), [HI], [fine], TEN_MINUTES).effects
    assert (effect.activations_before, effect.activations_after) == (2, 3)
    assert (effect.missed, effect.added, effect.longest_added_delay_ns) == ((), 0, 0)


def test_alarms_at_other_times_are_added():
    low = replace(HI, setpoint=60.0)
    points = story((0, 50), (10, 70), (20, 50), (100, 85), (130, 50))
    (effect,) = run(history(points), [HI], [low], TEN_MINUTES).effects
    assert (effect.activations_after, effect.added, effect.missed) == (2, 1, ())


def test_alarms_added_and_removed_are_compared_too():
    lo = alarm("LO", AlarmType.LO, 60.0, tag="A.Level")
    found = {item.alarm_id: item for item in run(history(SHORT_AND_LONG), [HI], [lo], TEN_MINUTES).effects}
    assert (found["HI"].activations_after, len(found["HI"].missed)) == (0, 2)
    assert (found["LO"].activations_before, found["LO"].added) == (0, found["LO"].activations_after)


def test_suppression_takes_floods_away():
    points = story(
        *((float(10 * n + shift + 1), value) for n in range(30) for shift, value in ((0, 85), (5, 50)))
    )
    points.samples.append((0, 1, False, GOOD))
    points.samples.sort(key=lambda sample: sample[:2])
    found = run(history(points), [HI], [replace(HI, suppression_expression="not B.Running")], TEN_MINUTES)
    assert len(found.before.performance.floods) == 1
    assert found.after.performance.floods == ()
    assert found.effects[0].activations_after == 0


def test_work_is_reported_as_it_goes_on():
    told: list[float] = []
    run(history(SHORT_AND_LONG), [HI], [HI], TEN_MINUTES, told.append)
    assert told[-1] == 1.0


# Proposals


def chattering_level() -> Story:
    random = np.random.default_rng(7)
    values = 80 + random.uniform(-1.5, 1.5, 300)
    calm = [(float(second), 50.0) for second in range(0, 60, 10)]
    noisy = [(100.0 + second, float(value)) for second, value in enumerate(values)]
    return story(*calm, *noisy, (450, 50.0))


def test_a_chattering_alarm_gets_the_mildest_settings_that_end_it():
    definition = replace(HI, deadband_eu=0.0, time_to_respond_s=300)
    (proposal,) = propose(history(chattering_level()), [definition], ["HI"], TEN_MINUTES)
    effect = proposal.effect
    assert effect.chattering_before > 20
    assert (effect.chattering_after, effect.missed) == (0, ())
    assert effect.activations_after < 3
    assert proposal.proposed.on_delay_ns == 0
    assert proposal.text.startswith("HI: deadband ")
    (checked,) = run(history(chattering_level()), [definition], [proposal.proposed], TEN_MINUTES).effects
    assert checked == effect


def test_a_loose_contact_is_held_together_and_not_hidden():
    """Bursts of 6 s with 11 s between them: an on-delay as long would miss every one."""
    contact = alarm("EYE", AlarmType.OFF_NORMAL, 1.0, tag="B.Running", time_to_respond_s=300)
    bursts = Story(steps=6000)
    bursts.samples = [
        (round(10 * (60 + 17 * number + shift)), 1, on, GOOD)
        for number in range(8)
        for shift, on in ((0, True), (6, False))
    ]
    bursts.samples.insert(0, (0, 1, False, GOOD))
    (proposal,) = propose(history(bursts), [contact], ["EYE"], TEN_MINUTES)
    effect = proposal.effect
    assert effect.chattering_before == 8
    assert (effect.chattering_after, effect.missed, effect.longest_added_delay_ns) == (0, (), 0)
    assert effect.activations_after == 1
    assert (proposal.proposed.on_delay_ns, proposal.proposed.off_delay_ns) == (0, 15 * NS_PER_S)


def test_calm_alarms_and_trips_get_no_proposal():
    trip = alarm("TRIP", AlarmType.TRIP, 1.0, tag="B.Running")
    assert propose(history(SHORT_AND_LONG), [HI, trip], ["HI", "TRIP", "NONE"], TEN_MINUTES) == []


def test_a_proposed_on_delay_leaves_time_to_respond():
    tag = Tag(0, "A.Level", TAGS[0].data_type, eu_low=0, eu_high=200)
    found = candidates(replace(HI, time_to_respond_s=30), tag)
    assert max(item.on_delay_ns for item in found) == 5 * NS_PER_S
    assert {item.deadband_eu for item in found} == {2.0, 4.0, 10.0, 20.0}
    assert all(item != HI for item in found)


@pytest.mark.parametrize("kind", [AlarmType.OFF_NORMAL, AlarmType.BAD_QUALITY])
def test_only_limits_get_a_deadband(kind):
    definition = alarm("X", kind, 1.0, tag="B.Running")
    assert {item.deadband_eu for item in candidates(definition, TAGS[1])} == {0.0}
