"""Which samples are kept: deadband, distances and periods, and never a lost change of status."""

from historian.policy import LogFilter
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
    assert log.keep(batch).values.tolist() == [0.0, 1.5]


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
