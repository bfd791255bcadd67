"""The history equals a plain list of samples, whatever was sealed, merged or restarted in between."""

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from historian import writer as writer_module
from historian.beginning import ROW_SAMPLES
from historian.model import HistoryUnavailableError, LogEntry
from historian.store import History, open_history
from historian.writer import HistoryWriter
from tags.clock import NS_PER_S, ManualClock
from tags.model import (
    Batch,
    DataType,
    LogMode,
    LogPolicy,
    Tag,
    TagTable,
    Value,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)
from tags.status import StatusCode
from tests.support.logs import ExpectedLog

CHANGE = LogPolicy(LogMode.CHANGE)
TAGS = TagTable(
    [
        Tag(0, "Tank.Level", DataType.FLOAT64, log=CHANGE),
        Tag(1, "Tank.Name", DataType.STRING, log=CHANGE),
        Tag(2, "Tank.Count", DataType.INT64, log=CHANGE),
        Tag(3, "Tank.Hidden", DataType.FLOAT64),
    ]
)
START_NS = 1_700_000_000 * NS_PER_S
BAD = int(StatusCode.BadDeviceFailure)


def opened(directory: Path, tags: TagTable = TAGS) -> History:
    return open_history(tags, directory, clock=ManualClock(START_NS))


def store(history: History, *samples: tuple[int, Value | None, int, int]) -> None:
    writer = history.writer()
    writer.samples(Batch.of(samples, START_NS))
    writer.flush().result(30)


def values_of(history: History, path: str, start_ns: int = 0, end_ns: int = 2**62) -> list[Value | None]:
    reader = history.reader()
    series = reader.raw(path, start_ns, end_ns)
    reader.close()
    return [series.extras.get(row, float(value)) for row, value in enumerate(series.values)]


def test_samples_of_every_kind_are_read_back_exactly(tmp_path: Path) -> None:
    history = opened(tmp_path)
    store(
        history,
        (0, 1.5, 0, START_NS),
        (1, "Réservoir", 0, START_NS + 1),
        (2, 2**63 - 1, 0, START_NS + 2),
        (3, 9.0, 0, START_NS + 3),
    )
    assert values_of(history, "Tank.Level") == [1.5]
    assert values_of(history, "Tank.Name") == ["Réservoir"]
    assert values_of(history, "Tank.Count") == [2**63 - 1]
    assert values_of(history, "Tank.Hidden") == []
    history.close()


def test_what_piled_up_is_one_commit_of_rows_that_a_reader_can_take(tmp_path: Path) -> None:
    """A row of millions of samples would hold up every thread of a reader that takes it."""
    history = opened(tmp_path)
    rows = np.arange(3 * ROW_SAMPLES + 1)
    extras = {row: f"batch {row}" for row in (0, ROW_SAMPLES, 3 * ROW_SAMPLES)}
    ids = np.isin(rows, list(extras)).astype(np.int32)
    values = np.where(ids, np.nan, rows % 2)
    batch = Batch(ids, values, np.zeros(len(rows), np.uint32), START_NS + rows, START_NS, extras)
    history.writer().samples(batch)
    history.writer().flush().result(30)
    with history.engine.connect() as connection:
        stored = connection.execute(text("SELECT samples FROM journal ORDER BY id")).scalars().all()
    assert stored == [ROW_SAMPLES] * 3 + [1]
    assert values_of(history, "Tank.Name") == ["batch 0", f"batch {ROW_SAMPLES}", f"batch {3 * ROW_SAMPLES}"]
    assert len(values_of(history, "Tank.Level")) == len(rows) - 3
    history.close()


def test_a_bad_sample_has_a_status_and_no_value(tmp_path: Path) -> None:
    history = opened(tmp_path)
    store(history, (0, 1.0, 0, START_NS), (0, None, BAD, START_NS + 5))
    reader = history.reader()
    series = reader.raw("Tank.Level", START_NS, START_NS + 10)
    assert np.isnan(series.values[1])
    assert series.statuses.tolist() == [0, BAD]
    reader.close()
    history.close()


def test_a_stop_marks_the_end_of_every_series_and_a_start_goes_on(tmp_path: Path) -> None:
    history = opened(tmp_path)
    store(history, (0, 1.0, 0, START_NS - 5))
    history.close()
    history = opened(tmp_path)
    reader = history.reader()
    series = reader.raw("Tank.Level", 0, 2**62)
    assert series.statuses.tolist() == [0, int(StatusCode.BadDataUnavailable)]
    assert list(reader.entries(0, 2**62)) == []
    reader.close()
    history.close()


def test_a_crash_is_marked_where_the_samples_end(tmp_path: Path) -> None:
    crashed = opened(tmp_path)
    store(crashed, (0, 1.0, 0, START_NS - 5))
    crashed.engine.dispose()
    with crashed._engine.begin() as connection:
        assert connection.execute(text("SELECT value FROM meta WHERE key = 'is_open'")).scalar_one() == "1"
    survivor = HistoryWriter(crashed._engine, TAGS, ManualClock(START_NS))
    reader = crashed.reader()
    series = reader.raw("Tank.Level", 0, 2**62)
    assert series.statuses.tolist() == [0, int(StatusCode.BadDataUnavailable)]
    assert series.source_ns[-1] == START_NS - 4
    entry = next(reader.entries(0, 2**62))
    assert entry.kind == "gap"
    assert "station_stopped" in entry.detail
    reader.close()
    survivor.close()
    crashed.close()


def test_the_newest_arrival_wins_at_one_instant_before_and_after_sealing(tmp_path: Path) -> None:
    history = opened(tmp_path)
    store(history, (0, 1.0, 0, START_NS), (0, 2.0, 0, START_NS))
    assert values_of(history, "Tank.Level") == [2.0]
    history.seal()
    assert values_of(history, "Tank.Level") == [2.0]
    store(history, (0, 3.0, 0, START_NS))
    assert values_of(history, "Tank.Level") == [3.0]
    history.close()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    commits=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from([0, 2]),
                st.integers(-(2**63), 2**63 - 1),
                st.sampled_from([0, int(StatusCode.Uncertain)]),
                st.integers(0, 60),
            ),
            min_size=1,
            max_size=20,
        ),
        min_size=1,
        max_size=6,
    ),
    sealed=st.sets(st.integers(0, 5)),
    window=st.tuples(st.integers(-5, 65), st.integers(1, 70)),
)
def test_every_query_equals_a_plain_list(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[list[tuple[int, int, int, int]]],
    sealed: set[int],
    window: tuple[int, int],
) -> None:
    history = opened(tmp_path_factory.mktemp("history"))
    truth: dict[int, dict[int, tuple[Value, int]]] = {0: {}, 2: {}}
    for number, commit in enumerate(commits):
        samples = []
        for tag_id, whole, status, second in commit:
            value: Value = float(whole) if tag_id == 0 else whole
            at_ns = START_NS + second * NS_PER_S
            samples.append((tag_id, value, status, at_ns))
            truth[tag_id][at_ns] = value, status
        store(history, *samples)
        if number in sealed:
            history.seal()
    start_ns = START_NS + window[0] * NS_PER_S
    end_ns = start_ns + window[1] * NS_PER_S
    reader = history.reader()
    for tag_id, samples_by_time in truth.items():
        times = sorted(samples_by_time)
        inside = [at for at in times if start_ns <= at < end_ns]
        series = reader.raw(TAGS[tag_id].path, start_ns, end_ns)
        assert series.source_ns.tolist() == inside
        found = [series.extras.get(row, float(value)) for row, value in enumerate(series.values)]
        assert found == [samples_by_time[at][0] for at in inside]
        assert series.statuses.tolist() == [samples_by_time[at][1] for at in inside]
        before, after = [at for at in times if at < start_ns], [at for at in times if at >= end_ns]
        bounded = reader.raw(TAGS[tag_id].path, start_ns, end_ns, bounds=True)
        assert bounded.source_ns.tolist() == before[-1:] + inside + after[:1]
        state = reader.state_at(end_ns, [TAGS[tag_id].path])
        upto = [at for at in times if at <= end_ns]
        assert state.source_ns.tolist() == upto[-1:]
        if upto:
            assert state.value_at(0) == samples_by_time[upto[-1]][0]
    reader.close()
    history.close()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    points=st.dictionaries(st.integers(-10, 99), st.floats(-1e6, 1e6) | st.none(), max_size=30),
    columns=st.sampled_from([1, 4, 10, 25]),
)
def test_pixel_columns_equal_brute_force(
    tmp_path_factory: pytest.TempPathFactory, points: dict[int, float | None], columns: int
) -> None:
    history = opened(tmp_path_factory.mktemp("history"))
    ordered = sorted(points.items())
    store(
        history,
        *((0, value, 0 if value is not None else BAD, START_NS + at * NS_PER_S) for at, value in ordered),
    )
    reader = history.reader()
    [found] = reader.pixels(["Tank.Level"], START_NS, START_NS + 100 * NS_PER_S, columns)
    width = 100 // columns
    for column in range(columns):
        start, end = column * width, (column + 1) * width
        before = [item for item in ordered if item[0] <= start][-1:]
        pieces = [(start, value) for _, value in before] + [item for item in ordered if start < item[0] < end]
        shown = [value for _, value in pieces if value is not None]
        assert found.counts[column] == sum(start <= at < end for at, _ in ordered)
        if not shown:
            assert np.isnan(found.low[column])
            assert np.isnan(found.mean[column])
            continue
        assert found.low[column] == min(shown)
        assert found.high[column] == max(shown)
        ends = [at for at, _ in pieces[1:]] + [end]
        spans = [
            (value, until - at) for (at, value), until in zip(pieces, ends, strict=True) if value is not None
        ]
        mean = sum(value * span for value, span in spans) / sum(span for _, span in spans)
        assert found.mean[column] == pytest.approx(mean, abs=1e-6)
    reader.close()
    history.close()


def test_the_log_and_the_writes_come_back_in_order(tmp_path: Path) -> None:
    history = opened(tmp_path)
    writer = history.writer()
    late = LogEntry("connection", START_NS + 9, START_NS + 9, "filling", "lost")
    early = LogEntry("station", START_NS + 1, START_NS + 2, "cell", "Station started")
    result = WriteResult(
        WriteRequest(7, "Tank.Level", 5.5, "marie", reason="test"),
        WriteOutcome.CLAMPED,
        old_value=1.0,
        read_back=5.0,
        steps=((WriteStep.REQUESTED, START_NS + 3),),
    )
    for future in (writer.entry(late), writer.entry(early), writer.write_result(result)):
        future.result(30)
    reader = history.reader()
    assert list(reader.entries(START_NS, START_NS + 100)) == [early, late]
    assert list(reader.entries(START_NS, START_NS + 100, ["station"])) == [early]
    assert list(reader.writes(START_NS, START_NS + 100, "Tank.Level")) == [result]
    assert list(reader.writes(START_NS, START_NS + 100, "Other")) == []
    reader.close()
    history.close()


def test_a_task_that_fails_spoils_nothing_but_itself(tmp_path: Path) -> None:
    history = opened(tmp_path)
    writer = history.writer()
    failing = writer.submit(lambda connection: connection.execute(text("SELECT 1")).scalar_one() / 0)
    store(history, (0, 1.0, 0, START_NS))
    assert isinstance(failing.exception(5), ZeroDivisionError)
    assert values_of(history, "Tank.Level") == [1.0]
    history.close()


def test_after_close_a_task_is_refused(tmp_path: Path) -> None:
    history = opened(tmp_path)
    writer = history.writer()
    history.close()
    with pytest.raises(HistoryUnavailableError, match="closed"):
        writer.flush().result(30)


def test_a_newer_history_is_refused_with_advice(tmp_path: Path) -> None:
    history = opened(tmp_path)
    history.writer().submit(lambda connection: connection.execute(text("PRAGMA user_version = 99"))).result(
        30
    )
    history.close()
    with pytest.raises(HistoryUnavailableError, match="newer version"):
        opened(tmp_path)


def test_a_damaged_file_is_set_aside_and_a_new_one_started(
    tmp_path: Path, expected_log: Callable[..., ExpectedLog]
) -> None:
    announced = expected_log("was damaged .*vigie history repair", level=logging.ERROR)
    (tmp_path / "history.db").write_bytes(b"this is no database" * 1000)
    history = opened(tmp_path)
    store(history, (0, 1.0, 0, START_NS))
    assert values_of(history, "Tank.Level") == [1.0]
    [notice] = history.notices()
    history.close()
    [aside] = tmp_path.glob("history-damaged-*.db")
    assert aside.name in notice
    assert aside.read_bytes().startswith(b"this is no database")
    assert announced.seen == 1


def test_what_the_disk_does_not_take_is_counted_and_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    history = opened(tmp_path)
    crowded = HistoryWriter(history._engine, TAGS, ManualClock(START_NS), capacity_rows=2)
    monkeypatch.setattr(writer_module, "COMMIT_INTERVAL_S", 0.2)
    with caplog.at_level("WARNING"):
        for number in range(5):
            crowded.samples(Batch.of([(0, float(number), 0, START_NS + number)], START_NS + number))
        crowded.flush().result(30)
        crowded.samples(Batch.of([(0, 9.0, 0, START_NS + 50)], START_NS + 50))
        crowded.flush().result(30)
    reader = history.reader()
    series = reader.raw("Tank.Level", START_NS, START_NS + 1000)
    statuses = dict(zip(series.source_ns.tolist(), series.statuses.tolist(), strict=True))
    assert int(StatusCode.BadDataLost) in statuses.values()
    [entry] = reader.entries(START_NS, 2**62, ["gap"])
    assert "dropped" in entry.text
    assert any("dropped" in record.message for record in caplog.records)
    reader.close()
    crowded.close()
    history.close()
