"""An answer that took longer than two periods shows what was true before the last two polls."""

import numpy as np
import pytest

from tags.clock import NS_PER_MS, ManualClock
from tags.database import TagDatabase
from tags.model import Batch, DataType, Tag, TagTable
from tags.status import StatusCode
from tags.supervision import Counters, Session

OLD = StatusCode.UncertainNoCommunicationLastUsableValue
PERIOD_MS = 200


def database() -> tuple[TagDatabase, ManualClock]:
    clock = ManualClock()
    tags = TagTable(
        [
            Tag(0, "Fast", DataType.UINT16, connection="plc", period_ms=PERIOD_MS),
            Tag(1, "Slow", DataType.UINT16, connection="plc", period_ms=5000),
        ]
    )
    return TagDatabase(tags, clock), clock


def sample(clock: ManualClock, *statuses: int) -> Batch:
    now_ns = clock.now_ns()
    return Batch.of([(row, 7, status, now_ns) for row, status in enumerate(statuses)], now_ns)


@pytest.mark.parametrize(("answer_ms", "status"), [(0, 0), (100, 0), (400, 0), (401, OLD), (3000, OLD)])
def test_each_tags_own_period_decides(answer_ms: int, status: int) -> None:
    store, clock = database()
    changed = store.apply(sample(clock, 0, 0), answer_ms * NS_PER_MS)
    assert changed.statuses.tolist() == [status, 0]
    assert store.value(0) == 7


def test_a_status_of_the_device_is_kept() -> None:
    store, clock = database()
    store.apply(sample(clock, int(StatusCode.UncertainSensorNotAccurate), 0), 11 * 10**9)
    assert store.statuses.tolist() == [StatusCode.UncertainSensorNotAccurate, OLD]


def test_an_answer_in_time_makes_it_good_again() -> None:
    store, clock = database()
    store.apply(sample(clock, 0, 0), 900 * NS_PER_MS)
    clock.advance(PERIOD_MS * NS_PER_MS)
    changed = store.apply(sample(clock, 0, 0), 10 * NS_PER_MS)
    assert changed.tag_ids.tolist() == [0]
    assert store.statuses.tolist() == [0, 0]


@pytest.mark.parametrize("answer_ms", [0, 50, 100, 150, 200, 300, 399])
def test_no_value_is_good_when_older_than_two_periods(answer_ms: int) -> None:
    store, clock = database()
    store.apply(sample(clock, 0, 0), answer_ms * NS_PER_MS)
    for step_ms in range(answer_ms, 3 * PERIOD_MS):
        uncertain, bad = store.stale(clock.monotonic_ns(), NS_PER_MS)
        if 0 in uncertain.tolist() + bad.tolist():
            break
        assert step_ms <= 2 * PERIOD_MS
        clock.advance(NS_PER_MS)
    else:
        pytest.fail("never stale")


@pytest.mark.parametrize("answer_ms", [0, 50, 100, 150])
def test_a_device_that_answers_within_its_period_does_not_flicker(answer_ms: int) -> None:
    store, clock = database()
    for _ in range(5):
        store.apply(sample(clock, 0, 0), answer_ms * NS_PER_MS)
        for _ in range(PERIOD_MS):
            clock.advance(NS_PER_MS)
            assert 0 not in np.concatenate(store.stale(clock.monotonic_ns(), NS_PER_MS)).tolist()


def test_a_session_knows_how_long_the_answer_took_that_brought_the_last_samples() -> None:
    clock = ManualClock()
    session = Session(lambda *_: None, Counters(clock), 1.0, clock)
    assert session.answer_ns == 0
    session.exchanged(30, 1, 1, False)
    session.exchanged(20, 1, 1, False)
    session.exchanged(900, 1, 0, True)
    for _ in range(2):
        session.deliver(Batch.empty(0))
        assert session.answer_ns == 30
    session.exchanged(10, 1, 1, False)
    assert session.answer_ns == 10
