"""KPIs against the vectors of the standards' page and against figures counted the slow way."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarms.metrics import Verdict, assess
from alarms.metrics_events import DAY_NS, EventColumns, Period
from alarms.metrics_patterns import chattering, fleeting, floods, together
from alarms.model import AlarmEvent, AlarmState, MessageClass, Priority, Transition
from alarms.state import Variables
from tags.clock import NS_PER_S
from tests.unit.alarms.cell import LEVEL, START_NS, Station, alarm, seconds

ZERO_NS = START_NS // DAY_NS * DAY_NS
MINUTE = 60


def at(value_s: float) -> int:
    return ZERO_NS + round(value_s * NS_PER_S)


def event(
    sequence: int,
    alarm_id: str,
    at_s: float,
    transition: Transition = Transition.ACTIVATED,
    before: AlarmState = AlarmState.NORMAL,
    after: AlarmState = AlarmState.UNACKNOWLEDGED,
    active: bool = True,
    **changes: object,
) -> AlarmEvent:
    facts: dict[str, object] = {
        "sequence": sequence,
        "event_id": f"{sequence:032x}",
        "occurrence_id": "o",
        "alarm_id": alarm_id,
        "transition": transition,
        "source_ns": at(at_s),
        "receive_ns": at(at_s),
        "state_before": before,
        "state_after": after,
        "value": 1.0,
        "limit": None,
        "unit": "",
        "status": 0,
        "priority": Priority.LOW,
        "severity": 300,
        "message": "",
        "flags": Variables(active=active, acked=False).to_flags(),
    }
    facts.update(changes)
    return AlarmEvent(**facts)  # type: ignore[arg-type]


def activations(*times_s: float, alarm_id: str = "A") -> list[AlarmEvent]:
    return [event(number + 1, alarm_id, time_s) for number, time_s in enumerate(times_s)]


def hours(number: float) -> Period:
    return Period(at(0), at(number * 3600))


# Vector 8: a flood is more than ten alarms in ten minutes


def test_eleven_alarms_in_ten_minutes_are_a_flood_and_ten_are_not():
    ten = activations(*(60.0 + 30 * number for number in range(10)))
    assert assess(ten, hours(1)).floods == ()
    eleven = activations(*(60.0 + 30 * number for number in range(11)))
    (flood,) = assess(eleven, hours(1)).floods
    assert (flood.count, flood.peak, flood.first_count, flood.first_out) == (11, 11, 11, "A")
    assert flood.start_ns == at(60)
    assert flood.end_ns == at(600)  # the first calm wall-clock window starts there
    assert flood.is_over
    assert flood.sequences == tuple(range(1, 12))


def test_a_flood_is_found_across_the_border_of_two_windows():
    times = [500.0 + 20 * number for number in range(11)]
    (flood,) = assess(activations(*times), hours(1)).floods
    assert flood.start_ns == at(500)
    assert flood.end_ns == at(1200)


def test_a_flood_goes_on_until_a_window_has_fewer_than_five():
    times = [10.0 * number for number in range(11)]
    times += [600 + 10.0 * number for number in range(5)]  # five: not calm yet
    times += [1200 + 10.0 * number for number in range(4)]  # four: calm
    (flood,) = assess(activations(*times), hours(1)).floods
    assert (flood.count, flood.end_ns) == (16, at(1200))


def test_a_flood_that_is_not_over_lasts_to_the_period_s_end():
    period = Period(at(0), at(590))
    (flood,) = assess(activations(*(10.0 * number for number in range(20))), period).floods
    assert (flood.is_over, flood.end_ns) == (False, period.end_ns)
    assert assess(activations(*(10.0 * number for number in range(20))), period).kpi(
        "KPI-07"
    ).value == pytest.approx(100.0)


def test_the_first_out_is_the_first_alarm_of_the_flood():
    events = [event(1, "CAUSE", 60.0), *activations(*(61.0 + number for number in range(12)))]
    (flood,) = assess(events, hours(1)).floods
    assert flood.first_out == "CAUSE"


# Vector 9: chattering is three or more within 60 s


@pytest.mark.parametrize(
    ("times_s", "expected"),
    [
        ((0, 20, 59.9), [True, True, True]),
        ((0, 20, 60), [False, False, False]),
        ((0, 30), [False, False]),
        ((0, 50, 100, 105), [False, True, True, True]),
    ],
)
def test_chattering_is_three_within_sixty_seconds(times_s, expected):
    columns = EventColumns.of(activations(*times_s))
    assert chattering(columns, np.arange(len(times_s))).tolist() == expected


def test_different_alarms_do_not_chatter_together():
    events = [event(number + 1, f"A{number}", number) for number in range(5)]
    assert assess(events, hours(1)).kpi("KPI-21").value == 0


# Vector 10: windows include empty ones


def test_empty_windows_count_in_every_average():
    found = assess(activations(30.0), hours(24))
    assert len(found.window_counts) == 144
    assert found.window_counts.sum() == 1
    assert found.kpi("KPI-01").value == pytest.approx(1 / 144)
    assert found.kpi("KPI-02").value == pytest.approx(1 / 24)
    assert found.kpi("KPI-03").value == pytest.approx(1.0)
    assert found.kpi("KPI-01").verdict is Verdict.MET


def test_windows_are_aligned_to_the_wall_clock_not_to_the_period():
    period = Period(at(595), at(1205))
    found = assess(activations(*(599.0,) * 1, *(600.0,) * 2, 1199.0, 1200.0), period)
    assert found.window_counts.tolist() == [1, 3, 1]
    assert [edge % 600 for edge in (found.window_edges_ns // NS_PER_S).tolist()] == [0, 0, 0, 0]


def test_days_begin_at_the_site_s_midnight():
    period = Period(at(0), at(86400), offset_ns=3600 * NS_PER_S)
    assert ((period.edges_ns(DAY_NS) - at(-3600)) // DAY_NS).tolist() == [0, 1, 2]


def test_a_period_without_events_is_judged_too():
    found = assess([], hours(24 * 30))
    assert found.kpi("KPI-01").value == 0
    assert found.kpi("KPI-08").verdict is Verdict.NO_DATA
    assert found.kpi("KPI-11").verdict is Verdict.NO_DATA
    assert found.kpi("KPI-14").value is None
    assert not found.is_indicative
    assert len({item.kpi_id for item in found.kpis}) == len(found.kpis)


def test_less_than_thirty_days_is_indicative():
    assert assess([], hours(24 * 30 - 1)).is_indicative


# What counts


def test_only_rows_1_6_7_and_8_count():
    fresh = event(1, "A", 1)
    again = event(2, "A", 2, Transition.RE_ALARMED, AlarmState.RETURNED_UNACKNOWLEDGED)
    relatched = event(3, "A", 3, Transition.ACTIVATED, AlarmState.LATCHED_UNACKNOWLEDGED)
    uncovered = event(4, "A", 4, Transition.UNSHELVED, AlarmState.SHELVED)
    hidden = event(5, "A", 5, before=AlarmState.SUPPRESSED_BY_DESIGN, after=AlarmState.SUPPRESSED_BY_DESIGN)
    note = event(6, "A", 6, message_class=MessageClass.EVENT)
    columns = EventColumns.of([note, hidden, uncovered, relatched, again, fresh])
    assert columns.sequence[columns.counted()].tolist() == [1, 2]


def test_the_engine_s_own_count_is_ours():
    station = Station([alarm("HI", deadband_eu=5.0), alarm("TRIP", setpoint=90, latching=True)])
    for second, value in enumerate((85, 70, 95, 70, 85, 95, 95, 60, 92)):
        station.feed((LEVEL, value, second))
        if second == 4:
            station.acknowledge("HI", at=second)
    columns = EventColumns.of(station.events)
    assert int(columns.counted().sum()) == station.manager.counts().activations > 3


def test_a_suppressed_alarm_is_not_counted_but_its_time_hidden_is_not_in_alarm():
    station = Station([alarm("HI")])
    station.manager.shelve(["HI"], 3600 * NS_PER_S, "anna", "desk", "test", seconds(0))
    station.feed((LEVEL, 85, 1))
    station.feed((LEVEL, 70, 100))
    found = assess(station.events, Period(seconds(0), seconds(3600)))
    assert found.kpi("KPI-01").value == 0
    assert found.statistics == ()
    assert found.kpi("KPI-16").alarm_ids == ("HI",)


# Fleeting, stale, people


def returned(sequence: int, at_s: float, **changes: object) -> AlarmEvent:
    return event(
        sequence,
        "A",
        at_s,
        Transition.RETURNED,
        AlarmState.UNACKNOWLEDGED,
        AlarmState.RETURNED_UNACKNOWLEDGED,
        active=False,
        **changes,
    )


def acknowledged(sequence: int, at_s: float, alarm_id: str = "A") -> AlarmEvent:
    return event(
        sequence,
        alarm_id,
        at_s,
        Transition.ACKNOWLEDGED,
        AlarmState.UNACKNOWLEDGED,
        AlarmState.ACKNOWLEDGED,
        user="anna",
    )


def test_an_alarm_that_goes_within_ten_seconds_is_fleeting():
    assert assess([event(1, "A", 0), returned(2, 10)], hours(1)).kpi("KPI-22").value == 1
    assert assess([event(1, "A", 0), returned(2, 10.001)], hours(1)).kpi("KPI-22").value == 0


def test_an_alarm_that_an_operator_touched_is_not_fleeting():
    events = [event(1, "A", 0), acknowledged(2, 3), returned(3, 5)]
    assert assess(events, hours(1)).kpi("KPI-22").value == 0


def test_stale_is_measured_to_the_window_s_end():
    events = [event(1, "A", 0)]
    assert assess(events, hours(24)).kpi("KPI-10").value == 0
    found = assess(events, hours(24.01))
    assert found.kpi("KPI-10").value == 1
    assert found.kpi("KPI-23").alarm_ids == ("A",)
    assert found.kpi("KPI-23").sequences.tolist() == [1]
    assert found.statistics[0].is_stale


def test_what_stood_before_the_period_is_stale_in_it():
    found = assess([event(1, "A", -90000)], hours(1))
    assert found.kpi("KPI-10").value == 1
    assert found.kpi("KPI-01").value == 0
    assert found.statistics[0].in_alarm_ns == 3600 * NS_PER_S
    assert found.kpi("KPI-15").alarm_ids == ("A",)


def test_an_acknowledgement_does_not_end_being_stale():
    assert assess([event(1, "A", 0), acknowledged(2, 50)], hours(30)).kpi("KPI-10").value == 1


def test_the_time_to_acknowledge_counts_from_the_first_unanswered_activation():
    again = event(3, "A", 20, Transition.RE_ALARMED, AlarmState.RETURNED_UNACKNOWLEDGED)
    events = [event(1, "A", 0), returned(2, 10), again, acknowledged(4, 30)]
    found = assess(events, hours(1))
    assert found.kpi("KPI-14").value == 30
    assert found.statistics[0].mean_to_acknowledge_ns == 30 * NS_PER_S
    assert found.statistics[0].mean_between_ns == 20 * NS_PER_S
    assert found.metrics.maximum_re_alarm_count == 1
    assert found.metrics.maximum_unacknowledged_ms == 30_000


def test_hiding_without_a_reason_or_a_user_is_counted():
    shelved = [
        event(
            number,
            f"A{number}",
            number,
            Transition.SHELVED,
            AlarmState.NORMAL,
            AlarmState.SHELVED,
            user=user,
            comment=comment,
        )
        for number, (user, comment) in enumerate((("anna", "valve"), ("", "x"), ("anna", " ")), start=1)
    ]
    assert assess(shelved, hours(1)).kpi("KPI-13").sequences.tolist() == [2, 3]


def test_priorities_are_compared_with_80_15_5():
    def mix(low: int, medium: int, high: int) -> list[AlarmEvent]:
        chosen = [Priority.LOW] * low + [Priority.MEDIUM] * medium + [Priority.HIGH] * high
        return [event(row + 1, f"A{row}", row, priority=item) for row, item in enumerate(chosen)]

    good = assess(mix(80, 15, 5), hours(1))
    assert good.kpi("KPI-11").verdict is Verdict.MET
    assert good.priority_shares[Priority.LOW] == 80
    assert assess(mix(50, 30, 20), hours(1)).kpi("KPI-11").verdict is Verdict.EXCEEDED


def test_top_lists_have_cumulative_shares():
    events = [
        event(number, name, number) for number, name in enumerate(["B"] * 6 + ["A"] * 3 + ["C"] * 1, start=1)
    ]
    found = assess(events, hours(1)).statistics
    assert [(item.alarm_id, item.activations, item.cumulative_share) for item in found] == [
        ("B", 6, 60.0),
        ("A", 3, 90.0),
        ("C", 1, 100.0),
    ]


@pytest.mark.parametrize(
    ("per_window", "words"),
    [(1, "very likely acceptable"), (2, "manageable"), (4, "likely over-demanding")],
)
def test_rates_are_put_in_words(per_window, words):
    times = [600.0 * window + number for window in range(6) for number in range(per_window)]
    assert assess(activations(*times), hours(1)).kpi("KPI-26").text == words


# Against figures counted the slow way


@st.composite
def journals(draw) -> list[AlarmEvent]:
    """Activations and returns of a few alarms at whole seconds, bunched so that patterns occur."""
    steps = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 90)), max_size=120))
    events: list[AlarmEvent] = []
    state = dict.fromkeys("ABC", AlarmState.NORMAL)
    now = 0
    for number, (index, step_s) in enumerate(steps):
        now += step_s if draw(st.booleans()) else step_s // 15
        name = "ABC"[index]
        before = state[name]
        if before is AlarmState.UNACKNOWLEDGED:
            state[name] = AlarmState.NORMAL
            item = event(number + 1, name, now, Transition.RETURNED, before, AlarmState.NORMAL, active=False)
        else:
            state[name] = AlarmState.UNACKNOWLEDGED
            item = event(number + 1, name, now)
        events.append(item)
    return events


def counted(events: Sequence[AlarmEvent]) -> list[AlarmEvent]:
    return [item for item in events if item.transition is Transition.ACTIVATED]


def slow_floods(times_s: Sequence[float], end_s: float) -> list[tuple[float, float, int]]:
    """Walk through the activations one by one."""
    found = []
    recent: list[float] = []
    index = 0
    while index < len(times_s):
        now = times_s[index]
        recent = [time for time in recent if time > now - 600] + [now]
        index += 1
        if len(recent) <= 10:
            continue
        window = -(-now // 600) * 600
        while window < end_s and sum(window <= time < window + 600 for time in times_s) >= 5:
            window += 600
        end = min(window, end_s)
        while index < len(times_s) and times_s[index] < end:
            recent.append(times_s[index])
            index += 1
        found.append((recent[0], end, len(recent)))
        recent = []
    return found


@settings(max_examples=150, deadline=None)
@given(journals())
def test_patterns_are_those_of_a_slow_count(events):
    period = hours(3)
    columns = EventColumns.of(events)
    rows = np.flatnonzero(columns.counted())
    starts = counted(events)
    times = [(item.source_ns - ZERO_NS) / NS_PER_S for item in starts]

    assert [
        ((flood.start_ns - ZERO_NS) / NS_PER_S, (flood.end_ns - ZERO_NS) / NS_PER_S, flood.count)
        for flood in floods(columns, rows, period)
    ] == slow_floods(times, 3 * 3600)

    def triple(index: int) -> bool:
        own = [
            time for time, item in zip(times, starts, strict=True) if item.alarm_id == starts[index].alarm_id
        ]
        place = sum(item.alarm_id == starts[index].alarm_id for item in starts[:index])
        return any(
            own[begin + 2] - own[begin] < 60
            for begin in range(max(0, place - 2), place + 1)
            if begin + 2 < len(own)
        )

    by_sequence = {int(sequence): row for row, sequence in enumerate(columns.sequence[rows])}
    found = chattering(columns, rows)
    assert [bool(found[by_sequence[item.sequence]]) for item in starts] == [
        triple(index) for index in range(len(starts))
    ]

    def is_fleeting(item: AlarmEvent) -> bool:
        later = [
            other for other in events if other.alarm_id == item.alarm_id and other.sequence > item.sequence
        ]
        return bool(later) and later[0].source_ns - item.source_ns <= 10 * NS_PER_S

    found = fleeting(columns, rows)
    assert [bool(found[by_sequence[item.sequence]]) for item in starts] == [
        is_fleeting(item) for item in starts
    ]

    # An activation that several of the first alarm's came before is one activation.
    close = {
        (first.alarm_id, then.sequence, then.alarm_id)
        for place, first in enumerate(starts)
        for then in starts[place + 1 : place + 51]
        if first.alarm_id != then.alarm_id and then.source_ns - first.source_ns <= 60 * NS_PER_S
    }
    pairs = Counter((first, then) for first, _, then in close)
    assert {(item.first, item.then): item.count for item in together(columns, rows)} == dict(pairs)


@settings(max_examples=100, deadline=None)
@given(journals())
def test_times_in_alarm_are_those_of_a_slow_count(events):
    period = Period(at(200), at(4000))
    shown: Counter[str] = Counter()
    begun: dict[str, int] = {}
    for item in [*events, *(event(900 + n, name, 4000, Transition.RETURNED) for n, name in enumerate("ABC"))]:
        if item.transition is Transition.ACTIVATED:
            begun[item.alarm_id] = item.source_ns
        elif item.alarm_id in begun:
            start = max(begun.pop(item.alarm_id), period.start_ns)
            shown[item.alarm_id] += max(0, min(item.source_ns, period.end_ns) - start)
    found = {item.alarm_id: item.in_alarm_ns for item in assess(events, period).statistics}
    assert {name: time for name, time in found.items() if time} == {
        name: time for name, time in shown.items() if time
    }
