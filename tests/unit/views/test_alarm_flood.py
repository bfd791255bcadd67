"""A flood as it happens: when it begins, what came first, when it is over."""

from dataclasses import replace

from alarms.metrics import assess
from alarms.metrics_events import Period
from alarms.model import AlarmState, MessageClass, Transition
from tags.clock import NS_PER_S
from tests.support.fake_station import event, snapshot
from views.alarm_flood import FloodWatch, is_activation

START_NS = 1_790_000_000 * NS_PER_S


def activations(number: int, step_s: float = 10.0, first: int = 0):
    return [
        replace(
            event(snapshot(f"A{row}", message=f"alarm {row}"), sequence=row + 1),
            source_ns=START_NS + round(row * step_s * NS_PER_S),
        )
        for row in range(first, first + number)
    ]


def test_the_eleventh_within_ten_minutes_begins_a_flood_that_is_called_after_the_first():
    watch = FloodWatch()
    events = activations(11)
    watch.add(events[:10])
    assert watch.now(events[9].source_ns) is None
    watch.add(events[10:])
    flood = watch.now(events[10].source_ns)
    assert flood is not None
    assert (flood.since_ns, flood.count, flood.first_out, flood.message) == (START_NS, 11, "A0", "alarm 0")


def test_it_begins_with_the_alarm_that_the_figures_name():
    events = activations(40, step_s=25.0)
    watch = FloodWatch()
    watch.add(events)
    flood = watch.now(events[-1].source_ns)
    found = assess(events, Period(START_NS - NS_PER_S, events[-1].source_ns + 1)).floods
    assert flood is not None
    assert [(one.start_ns, one.first_out) for one in found] == [(flood.since_ns, flood.first_out)]


def test_spread_out_activations_are_no_flood():
    watch = FloodWatch()
    watch.add(activations(50, step_s=70.0))
    assert watch.now(START_NS + 50 * 70 * NS_PER_S) is None


def test_it_is_over_when_the_last_ten_minutes_held_fewer_than_five():
    watch = FloodWatch()
    watch.add(activations(12))
    last_ns = START_NS + 110 * NS_PER_S
    at_ns = last_ns + 555 * NS_PER_S
    assert watch.now(at_ns).count == 5
    assert watch.now(at_ns + 10 * NS_PER_S) is None
    watch.add(activations(1, first=70))
    assert watch.now(START_NS + 700 * NS_PER_S) is None


def test_what_does_not_ask_for_a_response_does_not_count():
    activated = event(snapshot("A"))
    assert is_activation(activated)
    assert not is_activation(replace(activated, transition=Transition.RETURNED))
    assert not is_activation(replace(activated, state_before=AlarmState.LATCHED_UNACKNOWLEDGED))
    assert not is_activation(replace(activated, state_after=AlarmState.SHELVED))
    assert not is_activation(replace(activated, message_class=MessageClass.ALERT))
    assert is_activation(
        replace(activated, transition=Transition.RE_ALARMED, state_before=AlarmState.ACKNOWLEDGED)
    )


def test_a_window_that_opens_in_a_flood_knows_of_it_and_counts_nothing_twice():
    watch = FloodWatch()
    events = activations(14)
    watch.add(events[12:])
    watch.begin_with(events[:13])
    flood = watch.now(events[-1].source_ns)
    assert (flood.count, flood.first_out) == (14, "A0")
