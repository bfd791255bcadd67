"""A back-test's journal is the live engine's, event by event, although it feeds a fraction of the samples."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alarms.backtest_feed import ConnectionChange, gather
from alarms.backtest_journal import History, differences, replay
from alarms.backtest_replay import Replay
from alarms.conditions import LIMITS
from alarms.definitions import check as definition_problems
from alarms.model import AlarmDefinition, AlarmEvent, AlarmType
from historian.model import Series
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import Batch, DataType, Tag, TagTable, Value
from tags.status import StatusCode
from tests.unit.alarms.cell import START_NS, Station, alarm

TAGS = TagTable(
    [
        Tag(0, "A.Level", DataType.FLOAT64, connection="filling", unit="%", decimals=1, period_ms=1000),
        Tag(1, "B.Running", DataType.BOOL, connection="filling", period_ms=500),
        Tag(2, "C.Fault", DataType.INT32, connection="filling", period_ms=200),
        Tag(3, "D.Name", DataType.STRING, connection="filling", period_ms=1000),
    ]
)
STEP_NS = 100 * NS_PER_MS
GOOD = int(StatusCode.Good)
STATUSES = [
    GOOD,
    GOOD,
    GOOD,
    int(StatusCode.UncertainSensorNotAccurate),
    int(StatusCode.UncertainLastUsableValue),
    int(StatusCode.BadSensorFailure),
    int(StatusCode.BadNoCommunication),
]
Sample = tuple[int, int, Value | None, int]
"""Step, tag, value and status."""


@dataclass
class Story:
    """All that happens to a cell, in steps of 0.1 s."""

    samples: list[Sample] = field(default_factory=list)
    changes: list[ConnectionChange] = field(default_factory=list)
    operations: list[tuple[int, str, str]] = field(default_factory=list)
    steps: int = 0

    def raw(self, path: str, start_ns: int, end_ns: int, *, bounds: bool = False) -> Series:
        tag_id = TAGS.by_path(path).id
        own = [sample for sample in self.samples if sample[1] == tag_id]
        batch = Batch.of([(tag, value, status, at(step)) for step, tag, value, status in own], 0)
        return Series(path, batch.source_ns, batch.values, batch.statuses, dict(batch.extras))


def at(step: int) -> int:
    return START_NS + step * STEP_NS


def live(definitions: Sequence[AlarmDefinition], story: Story) -> list[AlarmEvent]:
    """Run the engine as a station does: every sample, and a clock that ticks ten times a second."""
    station = Station(definitions, ("filling",), TAGS)
    manager = station.manager
    for step in range(story.steps):
        now_ns = at(step)
        station.clock.set_now_ns(now_ns)
        manager.tick(now_ns)
        for change in story.changes:
            if change.at_ns == now_ns:
                manager.connection_changed(change.name, change.is_lost, change.at_ns, change.text)
        rows = [sample for sample in story.samples if sample[0] == step]
        if rows:
            manager.process(
                Batch.of([(tag, value, status, now_ns) for _, tag, value, status in rows], now_ns)
            )
        for when, what, alarm_id in story.operations:
            if when == step:
                _operate(station, what, alarm_id, now_ns)
    return station.events


def _operate(station: Station, what: str, alarm_id: str, now_ns: int) -> None:
    who = ("anna", "desk1", "seen", now_ns)
    manager = station.manager
    if what == "acknowledge":
        row = station.list.get(alarm_id)
        if row is not None:
            manager.acknowledge([row.event_id], *who)
    elif what == "shelve":
        manager.shelve([alarm_id], 2 * NS_PER_S, *who)
    elif what == "one-shot":
        manager.shelve([alarm_id], None, *who, limit_ns=3 * NS_PER_S)
    elif what == "unshelve":
        manager.unshelve([alarm_id], *who)
    elif what == "reset":
        manager.reset([alarm_id], *who)
    else:
        manager.out_of_service([alarm_id], what == "out", *who)


def back_test(
    definitions: Sequence[AlarmDefinition], story: Story, operations: Sequence[AlarmEvent] = ()
) -> tuple[list[AlarmEvent], int]:
    history = History(story, TAGS, ("filling",), story.changes, operations)
    found = replay(history, (definitions,), at(0), at(story.steps))
    return found.journals[0], found.fed


def check(definitions: Sequence[AlarmDefinition], story: Story) -> list[AlarmEvent]:
    events = live(definitions, story)
    found, _ = back_test(definitions, story, events)
    assert differences(found, events) == []
    return events


def a_delay(steps: Sequence[int] = (0, 0, 3, 10, 25)) -> st.SearchStrategy[int]:
    return st.sampled_from([step * STEP_NS for step in steps])


@st.composite
def alarm_sets(draw) -> list[AlarmDefinition]:
    kinds = [
        (AlarmType.HI, "A.Level", 70.0),
        (AlarmType.HIHI, "A.Level", 80.0),
        (AlarmType.LO, "A.Level", 30.0),
        (AlarmType.OFF_NORMAL, "B.Running", 0.0),
        (AlarmType.TRIP, "C.Fault", 2.0),
        (AlarmType.BAD_QUALITY, "A.Level", 0.0),
        (AlarmType.BAD_QUALITY, "C.Fault", 0.0),
        (AlarmType.BIT, "C.Fault", 1.0),
        (AlarmType.EXPRESSION, "A.Level", 0.0),
        (AlarmType.DEVIATION, "A.Level", 50.0),
        (AlarmType.RATE_OF_CHANGE, "A.Level", 12.0),
        (AlarmType.STALE, "B.Running", 2.0),
    ]
    more: dict[AlarmType, dict[str, object]] = {
        AlarmType.BIT: {"bit": 1},
        AlarmType.EXPRESSION: {"expression": "A.Level > 60 and B.Running"},
        AlarmType.DEVIATION: {"setpoint_tag": "C.Fault"},
        AlarmType.RATE_OF_CHANGE: {"window_ns": NS_PER_S},
    }
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5))
    found = []
    for number, (kind, tag, setpoint) in enumerate(chosen):
        on_delay_ns = 0 if kind is AlarmType.STALE else draw(a_delay())
        found.append(
            alarm(
                f"AL{number}",
                kind,
                setpoint,
                tag=tag,
                deadband_eu=draw(st.sampled_from([0.0, 0.0, 5.0])) if kind in LIMITS else 0.0,
                on_delay_ns=on_delay_ns,
                off_delay_ns=0 if kind is AlarmType.STALE else draw(a_delay()),
                count=draw(st.sampled_from([0, 0, 2, 3])) if on_delay_ns else 0,
                latching=draw(st.booleans()),
                ack_required=draw(st.booleans()),
                group=draw(st.sampled_from(["", "", "first-out"])),
                exclusive=kind in (AlarmType.HI, AlarmType.HIHI) and draw(st.booleans()),
                realarm_ns=draw(st.sampled_from([0, 0, 0, 15 * STEP_NS])),
                auto_ack_ns=draw(st.sampled_from([0, 0, 0, 12 * STEP_NS])),
                suppression_expression=draw(
                    st.sampled_from(["", "", "not B.Running", "C.Fault > 1 and B.Running", "D.Name == 'x'"])
                ),
                **more.get(kind, {}),
            )
        )
    assume(not definition_problems(found, TAGS, ("filling",)))
    return found


@st.composite
def stories(draw) -> Story:
    steps = draw(st.integers(20, 150))
    samples: list[Sample] = []
    values = {
        0: st.sampled_from([20.0, 30.0, 33.0, 50.0, 67.0, 70.0, 72.0, 78.0, 85.0]),
        1: st.booleans(),
        2: st.integers(0, 3),
        3: st.sampled_from(["x", "y"]),
    }
    for tag in values:
        gap = draw(st.sampled_from([1, 3, 10, 40]))
        step = draw(st.integers(0, 5))
        statuses = draw(st.sampled_from([[GOOD], [GOOD], STATUSES]))
        while step < steps:
            status = draw(st.sampled_from(statuses))
            is_bad = status & 0x80000000
            samples.append((step, tag, None if is_bad else draw(values[tag]), status))
            step += draw(st.integers(1, gap))
    changes = []
    if draw(st.booleans()):
        lost, back = sorted(draw(st.lists(st.integers(0, steps), min_size=2, max_size=2, unique=True)))
        changes = [
            ConnectionChange("filling", True, at(lost), "gone"),
            ConnectionChange("filling", False, at(back), "back"),
        ]
    operations = draw(
        st.lists(
            st.tuples(
                st.integers(0, steps),
                st.sampled_from(
                    ["acknowledge", "acknowledge", "shelve", "one-shot", "unshelve", "out", "in", "reset"]
                ),
                st.sampled_from(["AL0", "AL1", "AL2"]),
            ),
            max_size=6,
        )
    )
    samples.sort(key=lambda sample: sample[:2])
    return Story(samples, changes, operations, steps)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(alarm_sets(), stories())
def test_a_back_test_gives_the_live_journal(definitions, story):
    check(definitions, story)


@st.composite
def hidden_stories(draw) -> Story:
    """A good, lively level whose alarms are hidden and shown again in the midst of their delays."""
    samples: list[Sample] = []
    step = draw(st.integers(0, 5))
    while step < 300:
        samples.append((step, 0, draw(st.sampled_from([50.0, 67.0, 67.0, 85.0, 86.0])), GOOD))
        step += draw(st.sampled_from([1, 2, 5, 8, 13, 40]))
    step, is_running = draw(st.integers(0, 20)), True
    while step < 300:
        samples.append((step, 1, is_running, GOOD))
        is_running = not is_running
        step += draw(st.integers(5, 60))
    samples.sort(key=lambda sample: sample[:2])
    kinds = st.sampled_from(["shelve", "one-shot", "unshelve", "out", "in"])
    alarm_ids = st.sampled_from(["HI", "LO"])
    operations = draw(st.lists(st.tuples(st.integers(0, 299), kinds, alarm_ids), max_size=6))
    return Story(samples, [], operations, 300)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    hidden_stories(),
    st.sampled_from([0, 5, 20, 40]),
    st.sampled_from([0, 15, 50]),
    st.sampled_from(["", "not B.Running"]),
    st.booleans(),
)
def test_hiding_ends_in_a_back_test_as_live(story, on_delay, off_delay, expression, is_latching):
    facts = {
        "tag": "A.Level",
        "deadband_eu": 5.0,
        "on_delay_ns": on_delay * STEP_NS,
        "off_delay_ns": off_delay * STEP_NS,
        "suppression_expression": expression,
        "latching": is_latching,
    }
    check([alarm("HI", setpoint=70.0, **facts), alarm("LO", AlarmType.LO, 60.0, **facts)], story)


def ramp(*points: tuple[int, float]) -> Story:
    story = Story(steps=points[-1][0] + 200)
    story.samples = [(step, 0, value, GOOD) for step, value in points]
    return story


@pytest.mark.parametrize("gap", [1, 7, 10, 60])
def test_a_delay_ends_at_the_same_moment_on_dense_and_on_silent_tags(gap):
    points = [(step, 85.0 if 50 <= step < 130 else 50.0) for step in range(0, 300, gap)]
    events = check(
        [alarm("HI", tag="A.Level", on_delay_ns=3 * NS_PER_S, off_delay_ns=NS_PER_S)], ramp(*points)
    )
    assert [event.transition.value for event in events] == ["activated", "returned"]


def test_the_silence_of_one_alarm_is_no_sample_for_another():
    # The trip's delay ends at 105 in silence. The deviation's, over at 103, does not count before its tag has
    # been silent for a period, and a bad value comes first.
    story = Story(steps=135)
    story.samples = [(56, 2, 0, GOOD), (78, 0, 67.0, GOOD), (102, 2, 2, GOOD), (111, 0, None, 0x808C0000)]
    definitions = [
        alarm("TRIP", AlarmType.TRIP, 2.0, tag="C.Fault", on_delay_ns=3 * STEP_NS, auto_ack_ns=12 * STEP_NS),
        alarm(
            "DEV",
            AlarmType.DEVIATION,
            50.0,
            tag="A.Level",
            setpoint_tag="C.Fault",
            on_delay_ns=25 * STEP_NS,
        ),
    ]
    assert [event.alarm_id for event in check(definitions, story)] == ["TRIP"]


def test_noise_between_the_limits_is_not_fed():
    random = np.random.default_rng(1)
    points = [(step, float(value)) for step, value in enumerate(random.uniform(40, 79, 2000))]
    definitions = [alarm("HI", setpoint=80, deadband_eu=5.0, tag="A.Level")]
    story = ramp(*points, (2001, 81.0), (2002, 76.0), (2003, 60.0))
    assert len(check(definitions, story)) == 2
    _, fed = back_test(definitions, story)
    assert fed < 50


def test_a_state_before_the_period_is_taken_up():
    story = ramp((0, 85.0), (400, 50.0))
    feed, _ = gather(story, TAGS, [alarm("HI", tag="A.Level")], at(100), at(500))
    events = Replay([alarm("HI", tag="A.Level")], TAGS, (), at(100)).run(feed)
    assert [(event.transition.value, event.source_ns) for event in events] == [
        ("activated", at(0)),
        ("returned", at(400)),
    ]


def test_differences_name_what_differs():
    definitions = [alarm("HI", tag="A.Level")]
    story = ramp((0, 50.0), (10, 85.0), (20, 50.0))
    events = live(definitions, story)
    assert differences(events, events) == []
    assert differences(events, events[:1]) == [(events[1], None)]
    other = live([alarm("HI", tag="A.Level", setpoint=84.0)], story)
    assert len(differences(events, other)) == 2


@pytest.mark.parametrize("last", [95.0, 50.0])
def test_the_value_at_the_end_of_a_delay_is_the_one_that_held(last):
    # The delay ends at step 40, between two samples: 90 held then, whatever came next.
    story = ramp((0, 50.0), (10, 85.0), (20, 87.0), (25, 90.0), (45, last), (46, last))
    events = check([alarm("HI", tag="A.Level", on_delay_ns=3 * NS_PER_S)], story)
    assert (events[0].value, events[0].source_ns) == (90.0, at(40))


def test_an_alarm_that_returned_early_is_raised_again():
    # The shelving ends at 112, in the midst of an off-delay that would have been cancelled at 120.
    story = ramp((0, 85.0), (50, 86.0), (100, 50.0), (120, 77.0), (125, 85.0), (126, 87.0))
    story.operations = [(92, "shelve", "HI")]
    delays = {"on_delay_ns": 5 * STEP_NS, "off_delay_ns": 50 * STEP_NS, "deadband_eu": 5.0}
    events = check([alarm("HI", tag="A.Level", **delays)], story)
    assert [(event.transition.value, event.source_ns) for event in events] == [
        ("activated", at(5)),
        ("shelved", at(92)),
        ("returned", at(112)),
        ("unshelved", at(112)),
        ("activated", at(130)),
    ]
