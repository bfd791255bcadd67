"""Roll-ups equal the samples that they sum up, however those arrived."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from historian import keeper, rollup_store, sealing
from historian.aggregates import Aggregate, AggregateSettings, compute
from historian.blocks import Columns
from historian.model import HistorianError
from historian.patience import Patience
from historian.pixels import Grid
from historian.rollups import BUCKETS_PER_CHUNK, LEVELS, WIDTHS_NS, children, pack_chunk, unpack_chunk
from historian.store import History, open_history
from historian.summary import summarize_by
from tags.clock import NS_PER_S, ManualClock
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable
from tests.support.plain_history import BAD, UNCERTAIN, pixel

TAGS = TagTable(
    [Tag(row, f"Tank{row}.Level", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE)) for row in range(2)]
)
START_NS = 1_700_000_000 * NS_PER_S // WIDTHS_NS[2] * WIDTHS_NS[2]
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A smaller example costs a history on disk for each try; minutes."""
Sample = tuple[int, int, float | None, int]


@contextmanager
def filled(
    directory: Path, commits: list[list[Sample]], sealed: set[int], sparse: int = rollup_store.SPARSE_SAMPLES
) -> Iterator[History]:
    history = open_history(TAGS, directory, clock=ManualClock(START_NS))
    patched = patch.object(rollup_store, "SPARSE_SAMPLES", sparse)
    patched.start()
    for number, commit in enumerate(commits):
        history.writer().samples(
            Batch.of(
                [(tag, value, status, START_NS + second * NS_PER_S) for tag, second, value, status in commit],
                START_NS,
            )
        )
        history.writer().flush().result(30)
        if number in sealed:
            history.seal()
    try:
        yield history
    finally:
        patched.stop()
        history.close()


def truth(commits: list[list[Sample]], tag_id: int) -> list[tuple[int, float | None, int]]:
    found: dict[int, tuple[float | None, int]] = {}
    for commit in commits:
        for tag, second, value, status in commit:
            if tag == tag_id:
                found[START_NS + second * NS_PER_S] = value, status
    return [(at, *found[at]) for at in sorted(found)]


def sample_lists(days: int, size: int) -> st.SearchStrategy[list[list[Sample]]]:
    value = st.floats(-1e6, 1e6, allow_subnormal=False)
    state = st.one_of(
        st.tuples(value, st.sampled_from([0, 0, 0, UNCERTAIN])), st.tuples(st.none(), st.just(BAD))
    )
    one = st.tuples(st.integers(0, 1), st.integers(-3_600, days * 86_400), state).map(
        lambda parts: (parts[0], parts[1], *parts[2])
    )
    return st.lists(st.lists(one, min_size=1, max_size=size), min_size=1, max_size=5)


def assert_pixels_equal_brute_force(
    history: History, commits: list[list[Sample]], start_ns: int, end_ns: int, columns: int
) -> None:
    reader = history.reader()
    for tag in TAGS:
        samples = truth(commits, tag.id)
        [found] = reader.pixels([tag.path], start_ns, end_ns, columns)
        assert 1 <= len(found.low) <= max(columns, 2)
        assert found.edges_ns[0] <= start_ns
        assert found.edges_ns[-1] >= end_ns
        for column in range(len(found.low)):
            expected = pixel(samples, int(found.edges_ns[column]), int(found.edges_ns[column + 1]))
            assert found.counts[column] == expected.count
            assert found.worst[column] == expected.worst
            for name in ("low", "high", "first", "last"):
                got = float(getattr(found, name)[column])
                assert got == getattr(expected, name) or (np.isnan(got) and np.isnan(getattr(expected, name)))
            assert float(found.mean[column]) == pytest.approx(expected.mean, abs=1e-6, nan_ok=True)
    reader.close()


@settings(max_examples=60, deadline=None, phases=NO_SHRINKING)
@given(
    commits=sample_lists(days=4, size=40),
    sealed=st.sets(st.integers(0, 4)),
    sparse=st.sampled_from([0, 2, 16]),
    window=st.tuples(st.integers(-100_000, 200_000), st.integers(3_600, 400_000)),
    columns=st.integers(1, 40),
)
def test_pixels_from_rollups_equal_brute_force(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[list[Sample]],
    sealed: set[int],
    sparse: int,
    window: tuple[int, int],
    columns: int,
) -> None:
    with filled(tmp_path_factory.mktemp("history"), commits, sealed, sparse) as history:
        start_ns = START_NS + window[0] * NS_PER_S
        assert_pixels_equal_brute_force(history, commits, start_ns, start_ns + window[1] * NS_PER_S, columns)


@settings(max_examples=30, deadline=None, phases=NO_SHRINKING)
@given(
    commits=sample_lists(days=900, size=25),
    sealed=st.sets(st.integers(0, 4)),
    sparse=st.sampled_from([0, 16]),
)
def test_years_come_from_days_and_equal_brute_force(
    tmp_path_factory: pytest.TempPathFactory, commits: list[list[Sample]], sealed: set[int], sparse: int
) -> None:
    with filled(tmp_path_factory.mktemp("history"), commits, sealed, sparse) as history:
        end_ns = START_NS + 900 * 86_400 * NS_PER_S
        assert Grid(START_NS, end_ns, 90).level == LEVELS - 1
        assert_pixels_equal_brute_force(history, commits, START_NS, end_ns, 90)


@settings(max_examples=25, deadline=None, phases=NO_SHRINKING)
@given(
    commits=sample_lists(days=2, size=60),
    sealed=st.sets(st.integers(0, 4)),
    sparse=st.sampled_from([0, 16]),
    hours=st.sampled_from([1, 2, 3, 24]),
)
def test_aggregates_from_rollups_equal_those_from_samples(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[list[Sample]],
    sealed: set[int],
    sparse: int,
    hours: int,
) -> None:
    with filled(tmp_path_factory.mktemp("history"), commits, sealed, sparse) as history:
        reader = history.reader()
        end_ns = START_NS + 2 * WIDTHS_NS[2]
        for aggregate in Aggregate:
            setup = AggregateSettings(stepped=True)
            [found] = reader.aggregates(
                TAGS[0].path, aggregate, START_NS, end_ns, hours * WIDTHS_NS[1], setup
            )
            whole = reader.raw(TAGS[0].path, 0, 2**62)
            columns: Columns = whole.source_ns, whole.values, whole.statuses, {}
            [expected] = compute(
                TAGS[0].path,
                aggregate,
                START_NS,
                end_ns,
                hours * WIDTHS_NS[1],
                setup,
                lambda *_, columns=columns: columns,
                None,
                Patience(),
            )
            assert found.statuses.tolist() == expected.statuses.tolist(), aggregate
            np.testing.assert_allclose(found.values, expected.values, rtol=1e-9, atol=1e-6, err_msg=aggregate)
        reader.close()


def test_blocks_never_overlap_and_are_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BLOCK_SAMPLES", 64)
    monkeypatch.setattr(sealing, "FILL_SAMPLES", 32)
    random = np.random.default_rng(7)
    commits = [
        [(0, int(second), float(second), 0) for second in random.integers(0, 5_000, 50)] for _ in range(20)
    ]
    with filled(tmp_path, commits, set(range(20))) as history:
        with history.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT first_ns, last_ns, samples FROM block WHERE tag_id = 1 ORDER BY first_ns"
            ).all()
        assert all(before[1] < after[0] for before, after in pairwise(rows))
        assert all(row[2] <= 64 for row in rows)
        assert sum(row[2] for row in rows) == len(truth(commits, 0))
        assert sum(row[2] for row in rows) / len(rows) > 24


def test_a_chunk_survives_packing() -> None:
    times = START_NS + np.arange(0, 86_400, 7) * NS_PER_S
    values = np.sin(times / 1e13)
    statuses = np.where(np.arange(len(times)) % 50, 0, BAD).astype(np.uint32)
    rows = summarize_by(times, values, statuses, times // WIDTHS_NS[0])
    assert (unpack_chunk(0, pack_chunk(0, rows)) == rows).all()


def test_levels_nest() -> None:
    for level in range(1, LEVELS):
        assert WIDTHS_NS[level] % WIDTHS_NS[level - 1] == 0
        assert BUCKETS_PER_CHUNK[level - 1] % children(level) == 0


def test_two_that_seal_at_once_sum_nothing_up_twice(tmp_path: Path) -> None:
    """The keeper's pass and one that was asked for once met: roll-ups then counted samples twice."""
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    reader = history.reader()
    count = 0
    for _ in range(4):
        for _ in range(30):
            seconds = np.arange(count, count + 1_000)
            ids, good = np.zeros(1_000, np.int32), np.zeros(1_000, np.uint32)
            batch = Batch(ids, seconds.astype(float), good, START_NS + seconds * NS_PER_S, 0)
            history.writer().samples(batch)
            history.writer().flush().result(30)
            count += 1_000

        def seal(samples: int) -> None:
            while history.keeper.seal(samples):
                continue

        threads = [threading.Thread(target=seal, args=(samples,)) for samples in (2_000, 5_000, 9_000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    [found] = reader.pixels([TAGS[0].path], START_NS, START_NS + 34 * 3_600 * NS_PER_S, 34)
    assert np.diff(found.edges_ns)[0] == 3_600 * NS_PER_S
    assert found.counts.sum() == count
    assert found.counts.max() == 3_600
    reader.close()
    history.close()


def test_a_pass_that_fails_leaves_no_slice_behind_for_the_next_one(tmp_path: Path) -> None:
    """The next pass would work out from what the database held before that slice, and store it twice."""
    tags = TagTable(
        [Tag(row, f"Tag{row}", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE)) for row in range(100)]
    )
    history = open_history(tags, tmp_path, clock=ManualClock(START_NS))
    history.writer().samples(Batch.of([(row, float(row), 0, START_NS) for row in range(100)], START_NS))
    history.writer().flush().result(30)
    gate, applied = threading.Event(), threading.Event()

    def apply_slowly(connection: Connection, changes: sealing.Changes) -> None:
        gate.wait(5)
        sealing.apply(connection, changes)
        applied.set()

    def fail_after_one(connection: Connection, samples: Batch) -> sealing.Changes:
        if samples.tag_ids[0] != 1:
            threading.Timer(0.05, gate.set).start()
            raise HistorianError("the second slice fails")
        return sealing.prepare(connection, samples)

    with patch.object(keeper, "apply", apply_slowly), patch.object(keeper, "prepare", fail_after_one):
        with pytest.raises(HistorianError, match="second slice"):
            history.seal()
        assert applied.is_set()
    assert history.seal() == 100
    found = history.reader().raw("Tag7", START_NS, START_NS + 1)
    assert found.values.tolist() == [7.0]
    history.close()


def test_the_journal_is_cleared_in_steps_and_a_stop_between_them_stores_nothing_twice(tmp_path: Path) -> None:
    """Of an instant that came twice the later value counts, whichever of the two is still in the journal."""
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    writer = history.writer()
    rows = np.arange(sealing.CLEARED_SAMPLES)
    for value in (10.0, 20.0, 30.0):
        ids, statuses = np.zeros(len(rows), np.int32), np.zeros(len(rows), np.uint32)
        writer.samples(Batch(ids, value + rows % 2, statuses, START_NS + rows * 1_000_000, START_NS))
        writer.flush().result(30)
    steps: list[int] = []

    def clear(connection: Connection, last_id: int) -> None:
        if len(steps) == 2:
            raise HistorianError("the disk is gone")
        steps.append(last_id)
        sealing.clear(connection, last_id)

    with patch.object(keeper, "clear", clear), pytest.raises(HistorianError, match="gone"):
        history.seal()
    assert len(set(steps)) == 2
    for _ in range(2):
        found = history.reader().raw("Tank0.Level", START_NS, 2**62)
        assert np.array_equal(found.values, 30.0 + rows % 2)
        assert history.seal() in (len(rows), 0)
    [pixels] = history.reader().pixels(["Tank0.Level"], START_NS, START_NS + 60 * NS_PER_S, 60)
    assert pixels.counts.tolist() == [1_000] * 60
    history.close()
