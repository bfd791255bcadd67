"""OPC UA aggregates: the vector AGG-30, the thresholds AGG-04, and the rules for statuses."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from historian.aggregate_kernels import KERNELS, percent_status
from historian.aggregate_names import AGGREGATES
from historian.aggregates import Aggregate, AggregateSeries, AggregateSettings
from historian.model import QueryCancelledError, QueryTimeoutError
from historian.patience import Patience
from historian.store import History, open_history
from tags.clock import NS_PER_S, ManualClock
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable
from tags.status import StatusCode

TAGS = TagTable([Tag(0, "Pump.Power", DataType.FLOAT64, unit="kW", log=LogPolicy(LogMode.CHANGE))])
START_NS = 1_700_000_100 * NS_PER_S
GOOD, BAD, UNCERTAIN = 0, int(StatusCode.BadDeviceFailure), int(StatusCode.Uncertain)
NO_DATA, SUBNORMAL = int(StatusCode.BadNoData), int(StatusCode.UncertainDataSubNormal)
RAW, CALCULATED, INTERPOLATED, PARTIAL, MULTI = 0x400, 0x401, 0x402, 0x404, 0x410
VECTOR = [
    (0, 10.0, GOOD),
    (10, 20.0, GOOD),
    (20, None, BAD),
    (30, 40.0, GOOD),
    (50, 20.0, GOOD),
    (60, 30.0, GOOD),
]
SLOPED, STEPPED = AggregateSettings(), AggregateSettings(stepped=True)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    yield opened
    opened.close()


def store(history: History, samples: list[tuple[int, float | None, int]]) -> None:
    rows = [(0, value, status, START_NS + at * NS_PER_S) for at, value, status in samples]
    history.writer().samples(Batch.of(rows, START_NS))
    history.writer().flush().result(30)


def ask(
    history: History,
    aggregate: Aggregate,
    settings: AggregateSettings = SLOPED,
    start: int = 0,
    end: int = 60,
    interval: int = 60,
    patience: Patience | None = None,
) -> AggregateSeries:
    reader = history.reader()
    try:
        [found] = reader.aggregates(
            "Pump.Power",
            aggregate,
            START_NS + start * NS_PER_S,
            START_NS + end * NS_PER_S,
            interval * NS_PER_S,
            settings,
            patience,
        )
    finally:
        reader.close()
    return found


def one(history: History, aggregate: Aggregate, **options: object) -> tuple[float, int]:
    found = ask(history, aggregate, **options)
    return float(found.values[0]), int(found.statuses[0])


@pytest.mark.parametrize(
    ("aggregate", "settings", "value", "status"),
    [
        (Aggregate.INTERPOLATIVE, SLOPED, 10.0, RAW),
        (Aggregate.AVERAGE, SLOPED, 22.5, SUBNORMAL | CALCULATED),
        (Aggregate.TIME_AVERAGE, SLOPED, 1600 / 60, SUBNORMAL | CALCULATED),
        (Aggregate.TIME_AVERAGE2, SLOPED, 24.0, SUBNORMAL | CALCULATED),
        (Aggregate.TIME_AVERAGE2, STEPPED, 26.0, SUBNORMAL | CALCULATED),
        (Aggregate.TOTAL, SLOPED, 1600.0, SUBNORMAL | CALCULATED),
        (Aggregate.MINIMUM, SLOPED, 10.0, SUBNORMAL | CALCULATED),
        (Aggregate.MAXIMUM, SLOPED, 40.0, SUBNORMAL | CALCULATED),
        (Aggregate.RANGE, SLOPED, 30.0, SUBNORMAL | CALCULATED),
        (Aggregate.COUNT, SLOPED, 4.0, SUBNORMAL | CALCULATED),
        (Aggregate.DURATION_GOOD, SLOPED, 50_000.0, CALCULATED),
        (Aggregate.PERCENT_GOOD, SLOPED, 100 * 50 / 60, CALCULATED),
        (Aggregate.DELTA, SLOPED, 10.0, CALCULATED),
        (Aggregate.NUMBER_OF_TRANSITIONS, SLOPED, 4.0, SUBNORMAL | CALCULATED),
        (Aggregate.DURATION_IN_STATE_NON_ZERO, SLOPED, 50_000.0, SUBNORMAL | CALCULATED),
        (Aggregate.DURATION_IN_STATE_ZERO, SLOPED, 0.0, SUBNORMAL | CALCULATED),
    ],
)
@pytest.mark.parametrize("sealed", [False, True])
def test_the_vector_of_agg_30(
    history: History,
    aggregate: Aggregate,
    settings: AggregateSettings,
    value: float,
    status: int,
    sealed: bool,
) -> None:
    store(history, VECTOR)
    if sealed:
        history.seal()
    found = one(history, aggregate, settings=settings)
    assert found[0] == pytest.approx(value)
    assert hex(found[1]) == hex(status)


def test_interpolation_across_a_bad_sample_is_uncertain(history: History) -> None:
    store(history, VECTOR)
    assert one(history, Aggregate.INTERPOLATIVE, start=25) == (35.0, SUBNORMAL | INTERPOLATED | PARTIAL)
    assert one(history, Aggregate.INTERPOLATIVE, settings=STEPPED, start=25)[0] == 20.0
    value, status = one(history, Aggregate.INTERPOLATIVE, start=-5, end=0, interval=5)
    assert math.isnan(value)
    assert status == NO_DATA | INTERPOLATED
    assert one(history, Aggregate.INTERPOLATIVE, start=70, end=80, interval=10) == (
        30.0,
        SUBNORMAL | INTERPOLATED,
    )


def test_actual_times_name_the_oldest_extreme(history: History) -> None:
    store(history, [(5, 1.0, GOOD), (10, 7.0, GOOD), (20, 7.0, GOOD), (30, 1.5, GOOD)])
    found = ask(history, Aggregate.MAXIMUM_ACTUAL_TIME)
    assert found.time_ns[0] == START_NS + 10 * NS_PER_S
    assert int(found.statuses[0]) == MULTI | CALCULATED
    found = ask(history, Aggregate.MINIMUM_ACTUAL_TIME)
    assert found.time_ns[0] == START_NS + 5 * NS_PER_S
    assert int(found.statuses[0]) == CALCULATED


def test_an_uncertain_value_beyond_the_extreme_makes_it_uncertain(history: History) -> None:
    store(history, [(5, 1.0, GOOD), (10, 7.0, UNCERTAIN), (20, 3.0, GOOD)])
    assert one(history, Aggregate.MAXIMUM) == (3.0, SUBNORMAL | CALCULATED)
    assert one(history, Aggregate.MINIMUM) == (1.0, CALCULATED)


def test_only_bad_samples_give_no_data(history: History) -> None:
    store(history, [(5, None, BAD)])
    for aggregate in (Aggregate.MINIMUM, Aggregate.AVERAGE, Aggregate.DELTA, Aggregate.TIME_AVERAGE2):
        value, status = one(history, aggregate)
        assert math.isnan(value)
        assert status & 0xFFFF0000 == NO_DATA
    assert one(history, Aggregate.COUNT)[0] == 0.0
    assert one(history, Aggregate.PERCENT_GOOD) == (0.0, CALCULATED)


def test_the_last_interval_may_be_shorter_and_says_so(history: History) -> None:
    store(history, [(at, float(at), GOOD) for at in range(0, 100, 10)])
    found = ask(history, Aggregate.PERCENT_GOOD, end=90, interval=60)
    assert found.values.tolist() == [100.0, 100.0]
    assert [int(status) & PARTIAL == PARTIAL for status in found.statuses] == [False, True]


def test_delta_is_uncertain_when_something_was_skipped_at_its_ends(history: History) -> None:
    store(history, [(0, None, BAD), (10, 5.0, GOOD), (20, 3.0, GOOD)])
    assert one(history, Aggregate.DELTA) == (-2.0, SUBNORMAL | CALCULATED)


@pytest.mark.parametrize(
    ("good", "bad", "percent_bad", "percent_good", "expected"),
    [
        (5, 0, 100, 100, GOOD),
        (0, 0, 100, 100, GOOD),
        (3, 1, 100, 100, SUBNORMAL),
        (0, 4, 100, 100, int(StatusCode.Bad)),
        (3, 1, 25, 100, int(StatusCode.Bad)),
        (3, 1, 26, 75, GOOD),
        (3, 1, 26, 76, SUBNORMAL),
        (1, 1, 50, 50, int(StatusCode.Bad)),
    ],
)
def test_thresholds_of_agg_04_look_at_bad_first(
    good: int, bad: int, percent_bad: float, percent_good: float, expected: int
) -> None:
    settings = AggregateSettings(percent_data_bad=percent_bad, percent_data_good=percent_good)
    assert percent_status(good, bad, settings) == expected


def test_uncertain_counts_as_good_when_the_settings_say_so(history: History) -> None:
    store(history, [(0, 1.0, GOOD), (30, 2.0, UNCERTAIN)])
    strict = ask(history, Aggregate.PERCENT_GOOD)
    mild = ask(history, Aggregate.PERCENT_GOOD, AggregateSettings(treat_uncertain_as_bad=False))
    assert (strict.values[0], mild.values[0]) == (50.0, 100.0)


def test_percent_good_of_a_period(history: History) -> None:
    store(history, VECTOR)
    reader = history.reader()
    assert reader.percent_good("Pump.Power", START_NS, START_NS + 60 * NS_PER_S) == pytest.approx(
        83.3333, abs=1e-3
    )
    assert reader.percent_good("No.Such.Tag", START_NS, START_NS + 60 * NS_PER_S) == 0.0
    reader.close()


def test_a_query_ends_when_its_caller_gives_up_or_its_time_is_over(history: History) -> None:
    store(history, VECTOR)
    given_up = Patience()
    given_up.cancel()
    with pytest.raises(QueryCancelledError):
        ask(history, Aggregate.AVERAGE, patience=given_up)
    with pytest.raises(QueryTimeoutError, match="shorter period"):
        ask(history, Aggregate.AVERAGE, patience=Patience(-1.0))


def test_many_intervals_come_in_pieces_in_order(history: History) -> None:
    store(history, [(at, float(at), GOOD) for at in range(2_000)])
    history.seal()
    reader = history.reader()
    pieces = list(
        reader.aggregates("Pump.Power", Aggregate.COUNT, START_NS, START_NS + 2_000 * NS_PER_S, NS_PER_S)
    )
    reader.close()
    assert len(pieces) == 4
    starts = np.concatenate([piece.start_ns for piece in pieces])
    assert starts.tolist() == [START_NS + at * NS_PER_S for at in range(2_000)]
    assert all((piece.values == 1.0).all() for piece in pieces)


def test_the_command_line_knows_every_aggregate() -> None:
    assert tuple(aggregate.value for aggregate in Aggregate) == AGGREGATES
    assert set(KERNELS) == set(AGGREGATES)
