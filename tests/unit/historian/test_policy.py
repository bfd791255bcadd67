"""Which samples are kept: deadband, distances and periods, and never a lost change of status."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from historian.policy import LogFilter
from historian.swinging import Point, SwingingDoor
from tags.clock import NS_PER_S
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable
from tags.status import StatusCode

START_NS = 1_700_000_000 * NS_PER_S
BAD = int(StatusCode.BadTimeout)


def kept(policy: LogPolicy, *samples: tuple[float | None, int, float]) -> list[float]:
    """Return the seconds of the samples ``(value, status, second)`` that the policy keeps, one batch each."""
    log = LogFilter(TagTable([Tag(0, "A", DataType.FLOAT64, log=policy)]))
    seconds = []
    for value, status, second in samples:
        at_ns = START_NS + int(second * NS_PER_S)
        if len(log.keep(Batch.of([(0, value, status, at_ns)], at_ns))):
            seconds.append(second)
    return seconds


def test_every_change_is_kept_without_a_deadband() -> None:
    assert kept(LogPolicy(LogMode.CHANGE), (1.0, 0, 0), (1.1, 0, 1), (1.1, 0, 2)) == [0, 1, 2]


def test_nothing_is_kept_when_logging_is_off() -> None:
    assert kept(LogPolicy(), (1.0, 0, 0)) == []


def test_the_deadband_measures_from_the_kept_value() -> None:
    policy = LogPolicy(LogMode.CHANGE, deadband_eu=1.0)
    assert kept(policy, (0.0, 0, 0), (0.6, 0, 1), (1.0, 0, 2), (1.2, 0, 3), (1.9, 0, 4), (2.3, 0, 5)) == [
        0,
        3,
        5,
    ]


def test_a_change_of_status_passes_deadband_and_distance() -> None:
    policy = LogPolicy(LogMode.CHANGE, deadband_eu=5.0, min_ms=10_000)
    assert kept(policy, (0.0, 0, 0), (None, BAD, 1), (0.0, 0, 2), (0.1, 0, 3)) == [0, 1, 2]


def test_the_shortest_distance_holds() -> None:
    policy = LogPolicy(LogMode.CHANGE, min_ms=1000)
    assert kept(policy, (0.0, 0, 0), (1.0, 0, 0.5), (2.0, 0, 1.0), (3.0, 0, 1.9)) == [0, 1.0]


def test_rows_of_one_batch_are_measured_against_each_other() -> None:
    log = LogFilter(TagTable([Tag(0, "A", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE, deadband_eu=1.0))]))
    batch = Batch.of(
        [(0, value, 0, START_NS + row) for row, value in enumerate((0.0, 0.5, 1.5, 2.0))], START_NS
    )
    assert sorted(log.keep(batch).values.tolist()) == [0.0, 0.5, 1.5]


def test_an_unchanged_value_is_due_after_its_longest_distance() -> None:
    log = LogFilter(
        TagTable(
            [
                Tag(0, "A", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE, max_ms=60_000)),
                Tag(1, "B", DataType.BOOL),
            ]
        )
    )
    assert log.due(START_NS).tolist() == []
    log.keep(Batch.of([(0, 1.0, 0, START_NS)], START_NS))
    assert log.due(START_NS + 59 * NS_PER_S).tolist() == []
    assert log.due(START_NS + 60 * NS_PER_S).tolist() == [0]


def test_a_periodic_tag_is_kept_once_per_period_and_due_when_silent() -> None:
    policy = LogPolicy(LogMode.PERIODIC, period_ms=10_000)
    assert kept(policy, (0.0, 0, 0), (1.0, 0, 4), (2.0, 0, 10), (3.0, 0, 19)) == [0, 10]
    log = LogFilter(TagTable([Tag(0, "A", DataType.FLOAT64, log=policy)]))
    log.keep(Batch.of([(0, 1.0, 0, START_NS)], START_NS))
    assert log.due(START_NS + 10 * NS_PER_S).tolist() == [0]


def samples_kept(policy: LogPolicy, *samples: tuple[float | None, int, float]) -> list[tuple[float, float]]:
    """Return second and value of everything kept."""
    log = LogFilter(TagTable([Tag(0, "A", DataType.FLOAT64, log=policy)]))
    found = []
    for value, status, second in samples:
        at_ns = START_NS + int(second * NS_PER_S)
        batch = log.keep(Batch.of([(0, value, status, at_ns)], at_ns))
        times = ((batch.source_ns - START_NS) / NS_PER_S).tolist()
        found += list(zip(times, batch.values.tolist(), strict=True))
    return found


def test_the_sample_before_a_change_is_kept_with_its_own_time() -> None:
    policy = LogPolicy(LogMode.CHANGE, deadband_eu=1.0)
    found = samples_kept(policy, (0.0, 0, 0), (0.1, 0, 1), (0.2, 0, 50), (9.0, 0, 51))
    assert found == [(0, 0.0), (50, 0.2), (51, 9.0)]


def test_a_clock_set_back_neither_stops_nor_delays_what_is_kept() -> None:
    policy = LogPolicy(LogMode.CHANGE, min_ms=1000, max_ms=60_000)
    log = LogFilter(TagTable([Tag(0, "A", DataType.FLOAT64, log=policy)]))
    log.keep(Batch.of([(0, 1.0, 0, START_NS)], START_NS))
    hour_ago = START_NS - 3_600 * NS_PER_S
    assert log.due(hour_ago).tolist() == [0]
    assert len(log.keep(Batch.of([(0, 2.0, 0, hour_ago)], hour_ago))) == 1
    assert log.due(hour_ago + NS_PER_S).tolist() == []


def swung(points: list[Point], deviation: float, max_ns: int = 0) -> list[Point]:
    door = SwingingDoor(deviation, max_ns)
    found = [kept for point in points for kept in door.offer(point)]
    last = door.pending()
    return found if last is None else [*found, last]


@settings(max_examples=300, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(1, 10**9), st.floats(-10, 10)), min_size=1, max_size=300),
    deviation=st.floats(0.01, 20),
)
def test_lines_between_kept_samples_stay_within_the_deviation(
    steps: list[tuple[int, float]], deviation: float
) -> None:
    times = START_NS + np.cumsum([step[0] for step in steps])
    values = np.cumsum([step[1] for step in steps])
    points = [(int(at), float(value), 0) for at, value in zip(times, values, strict=True)]
    found = swung(points, deviation)
    assert found[0] == points[0]
    assert found[-1] == points[-1]
    assert set(found) <= set(points)
    drawn = np.interp(
        (times - START_NS).astype(float),
        [point[0] - START_NS for point in found],
        [point[1] for point in found],
    )
    assert np.abs(drawn - values).max() <= deviation * (1 + 1e-6) + 1e-9


def test_a_straight_line_needs_its_two_ends() -> None:
    points = [(START_NS + second, second * 2.0, 0) for second in range(1000)]
    assert swung(points, 0.1) == [points[0], points[-1]]


def test_a_door_never_closes_across_a_change_of_status() -> None:
    points = [(1, 0.0, 0), (2, 0.0, 0), (3, float("nan"), BAD), (4, 0.0, 0), (5, 0.0, 0)]
    assert [point[0] for point in swung(points, 1.0)] == [1, 2, 3, 4, 5]


def test_a_door_keeps_late_samples_and_one_per_longest_distance() -> None:
    points = [(at, 0.0, 0) for at in (100, 110, 105, 120, 200, 210)]
    assert [point[0] for point in swung(points, 1.0, 100)] == [100, 105, 120, 200, 210]


def test_a_swinging_tag_is_filtered_and_ends_with_its_newest_sample() -> None:
    policy = LogPolicy(LogMode.SWINGING, deviation_eu=0.5, max_ms=60_000)
    log = LogFilter(TagTable([Tag(0, "A", DataType.FLOAT64, log=policy)]))
    for second, value in enumerate((0.0, 1.0, 2.0, 3.0, 0.0, 0.0)):
        at_ns = START_NS + second * NS_PER_S
        kept_now = log.keep(Batch.of([(0, value, 0, at_ns)], at_ns))
        assert kept_now.values.tolist() == {0: [0.0], 4: [3.0], 5: [0.0]}.get(second, [])
    assert log.pending(START_NS).values.tolist() == [0.0]
    assert len(log.pending(START_NS)) == 0
    assert log.due(START_NS + 70 * NS_PER_S).tolist() == [0]


def test_the_last_sample_before_a_change_of_status_is_kept_by_every_policy() -> None:
    """HIS-07: whatever was left out, what held when the status changed was not."""
    for policy in (
        LogPolicy(LogMode.CHANGE, deadband_eu=5.0),
        LogPolicy(LogMode.CHANGE, min_ms=60_000),
        LogPolicy(LogMode.PERIODIC, period_ms=60_000),
        LogPolicy(LogMode.SWINGING, deviation_eu=5.0),
    ):
        found = samples_kept(policy, (0.0, 0, 0), (1.0, 0, 1), (2.0, 0, 2), (None, BAD, 3), (2.5, 0, 4))
        assert [second for second, _ in found] == [0, 2, 3, 4], policy
        assert found[1] == (2, 2.0)


def test_an_integer_keeps_the_sample_before_a_change_of_status_but_not_before_a_change_of_value() -> None:
    log = LogFilter(TagTable([Tag(0, "A", DataType.INT16, log=LogPolicy(LogMode.CHANGE, deadband_eu=5.0))]))
    found: list[float] = []
    for second, (value, status) in enumerate(((0, 0), (3, 0), (9, 0), (10, 0), (None, BAD))):
        batch = log.keep(Batch.of([(0, value, status, START_NS + second)], START_NS))
        found += batch.values[batch.statuses == 0].tolist()
    assert found == [0.0, 9.0, 10.0]


def test_a_value_that_came_too_soon_and_stays_is_kept_when_its_time_has_come() -> None:
    log = LogFilter(TagTable([Tag(0, "A", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE, min_ms=1000))]))
    for value, millisecond in ((1.0, 0), (2.0, 500), (3.0, 700)):
        log.keep(Batch.of([(0, value, 0, START_NS + millisecond * 1_000_000)], START_NS))
    assert len(log.held(START_NS + 900_000_000)) == 0
    found = log.held(START_NS + NS_PER_S)
    assert (found.values.tolist(), found.source_ns.tolist()) == ([3.0], [START_NS + NS_PER_S])
    assert len(log.held(START_NS + 2 * NS_PER_S)) == 0
    # One that went back to what is stored already is not worth a sample.
    log.keep(Batch.of([(0, 4.0, 0, START_NS + 1_200_000_000)], START_NS))
    log.keep(Batch.of([(0, 3.0, 0, START_NS + 1_300_000_000)], START_NS))
    assert len(log.held(START_NS + 9 * NS_PER_S)) == 0


def test_a_text_that_came_too_soon_is_kept_exactly() -> None:
    log = LogFilter(TagTable([Tag(0, "A", DataType.STRING, log=LogPolicy(LogMode.CHANGE, min_ms=1000))]))
    for text, millisecond in (("one", 0), ("two", 500)):
        log.keep(Batch.of([(0, text, 0, START_NS + millisecond * 1_000_000)], START_NS))
    assert log.held(START_NS + NS_PER_S).value_at(0) == "two"
    log.keep(Batch.of([(0, "three", 0, START_NS + 1_500_000_000)], START_NS))
    assert log.pending(START_NS).value_at(0) == "three"
