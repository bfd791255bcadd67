"""Reading: one time axis of events, either direction, in pieces, and beside a writer that never waits."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alarms.journal import Journal
from historian import samples as samples_module
from historian.happening import EventChoice
from historian.model import LogEntry, QueryCancelledError, QueryTimeoutError
from historian.patience import Patience
from historian.reader import HELD_BLOCKS
from historian.store import History, open_history, open_reader
from tags.clock import NS_PER_MS, NS_PER_S, ManualClock
from tags.model import (
    Batch,
    DataType,
    LogMode,
    LogPolicy,
    Tag,
    TagTable,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)

TAGS = TagTable([Tag(row, f"Tag{row}", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE)) for row in range(3)])
START_NS = 1_700_000_000 * NS_PER_S


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    yield opened
    opened.close()


def store(history: History, first: int, count: int, tag_id: int = 0) -> None:
    times = START_NS + np.arange(first, first + count) * NS_PER_MS
    values = np.arange(first, first + count, dtype=np.float64)
    ids = np.full(count, tag_id, np.int32)
    history.writer().samples(Batch(ids, values, np.zeros(count, np.uint32), times, START_NS))
    history.writer().flush().result(30)


def test_log_writes_and_alarms_are_one_ordered_list(history: History) -> None:
    writer = history.writer()
    result = WriteResult(
        WriteRequest(1, "Tag1", 5.0, "marie"),
        WriteOutcome.REFUSED,
        text="Too high",
        steps=((WriteStep.REQUESTED, START_NS + 20),),
    )
    writer.entry(LogEntry("connection", START_NS + 30, START_NS + 30, "filling", "lost")).result(30)
    writer.write_result(result).result(30)
    writer.entry(LogEntry("station", START_NS + 10, START_NS + 10, "cell", "Station started")).result(30)
    reader = history.reader()
    found = list(reader.timeline(0, 2**62))
    assert [(one.kind, one.source_ns - START_NS) for one in found] == [
        ("station", 10),
        ("write", 20),
        ("connection", 30),
    ]
    assert (found[1].subject, found[1].text, found[1].detail) == ("Tag1", "Too high", "refused")
    assert [one.kind for one in reader.timeline(0, 2**62, EventChoice(["write", "station"]))] == [
        "station",
        "write",
    ]
    assert [one.kind for one in reader.timeline(0, 2**62, EventChoice(subjects=["filling"]))] == [
        "connection"
    ]
    assert [one.kind for one in reader.timeline(START_NS + 20, START_NS + 30)] == ["write"]
    backward = reader.timeline(0, 2**62, newest_first=True)
    assert [one.kind for one in backward] == ["connection", "write", "station"]
    assert (found[1].user, found[1].change) == ("marie", "? → 5")
    assert [one.kind for one in reader.timeline(0, 2**62, EventChoice(users=["marie"]))] == ["write"]
    assert list(reader.timeline(0, 2**62, EventChoice(users=["paul"]))) == []
    assert [one.kind for one in reader.timeline(0, 2**62, EventChoice(text="STARTED"))] == ["station"]
    with pytest.raises(QueryTimeoutError):
        list(reader.timeline(0, 2**62, patience=Patience(-1.0)))
    reader.close()


def test_samples_lie_on_the_same_axis_as_events(history: History) -> None:
    store(history, 0, 2)
    writer = history.writer()
    writer.samples(Batch.of([(1, None, 0x808B0000, START_NS + 3 * NS_PER_MS)], START_NS))
    at_ns = START_NS + NS_PER_MS // 2
    writer.entry(LogEntry("connection", at_ns, at_ns, "filling", "lost")).result(30)
    reader = history.reader()
    found = list(reader.timeline(0, 2**62, EventChoice(paths=["Tag0", "Tag1"])))
    assert [(one.kind, one.subject, one.text, one.detail) for one in found] == [
        ("sample", "Tag0", "0.0", "Good"),
        ("connection", "filling", "lost", ""),
        ("sample", "Tag0", "1.0", "Good"),
        ("sample", "Tag1", "", "BadDeviceFailure"),
    ]
    reader.close()


def test_a_subject_has_what_lies_below_it(history: History) -> None:
    for subject in ("Filler1", "Filler1.Tank", "Filler10", "filler1.Tank"):
        history.writer().entry(LogEntry("gap", START_NS, START_NS, subject, "x")).result(30)
    reader = history.reader()
    found = reader.timeline(0, 2**62, EventChoice(subjects=["Filler1"]))
    assert sorted(one.subject for one in found) == ["Filler1", "Filler1.Tank"]
    reader.close()


def test_alarm_events_join_the_time_axis(history: History) -> None:
    journal = Journal(history.writer().submit, history.engine)
    history.writer().submit(journal.create_tables).result(30)
    columns = {
        "sequence": 1,
        "event_id": "e1",
        "occurrence_id": "o1",
        "alarm_id": "A1",
        "transition": "active",
        "source_ns": START_NS + 5,
        "receive_ns": START_NS + 5,
        "state_before": "A",
        "state_after": "B",
        "unit": "",
        "status": 0,
        "priority": 1,
        "severity": 500,
        "message": "Level high",
        "area": "",
        "user": "",
        "workstation": "",
        "comment": "",
        "tag": "Tag0",
        "flags": 0,
        "shelved_until_ns": 0,
        "message_class": "alarm",
    }
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))

    def insert(connection: object) -> None:
        connection.exec_driver_sql(  # type: ignore[attr-defined]
            f"INSERT INTO alarm_event ({names}) VALUES ({marks})",  # noqa: S608  # names of our own
            tuple(columns.values()),
        )

    history.writer().submit(insert).result(30)
    reader = history.reader()
    [found] = reader.timeline(0, 2**62, EventChoice(["alarm"]))
    assert (found.subject, found.text, found.detail) == ("Tag0", "A1: Level high", "active")
    reader.close()


def test_the_next_and_the_previous_event_of_a_kind(history: History) -> None:
    for at, kind in ((10, "station"), (20, "connection"), (30, "gap"), (40, "connection")):
        entry = LogEntry(kind, START_NS + at, START_NS + at, "filling", str(at))
        history.writer().entry(entry).result(30)
    reader = history.reader()

    def text(found: object) -> str | None:
        return getattr(found, "text", None)

    assert text(reader.next_event(START_NS + 10)) == "20"
    assert text(reader.next_event(START_NS + 20, EventChoice(["connection"]))) == "40"
    assert text(reader.next_event(START_NS + 40)) is None
    assert text(reader.previous_event(START_NS + 40)) == "30"
    assert text(reader.previous_event(START_NS + 40, EventChoice(["connection"]))) == "20"
    assert text(reader.previous_event(START_NS + 40, EventChoice(subjects=["other"]))) is None
    reader.close()


def test_backward_reading_gives_the_newest_first(history: History) -> None:
    store(history, 0, 100)
    reader = history.reader()
    found = reader.raw("Tag0", START_NS + 50 * NS_PER_MS, START_NS + 40 * NS_PER_MS)
    assert found.values.tolist() == [50.0, 49.0, 48.0, 47.0, 46.0, 45.0, 44.0, 43.0, 42.0, 41.0]
    found = reader.raw("Tag0", START_NS + 50 * NS_PER_MS, START_NS, limit=2)
    assert found.values.tolist() == [50.0, 49.0]
    reader.close()


def test_a_limit_reads_no_more_than_it_needs(history: History) -> None:
    store(history, 0, 1_000)
    reader = history.reader()
    assert reader.raw("Tag0", START_NS, 2**62, limit=3).values.tolist() == [0.0, 1.0, 2.0]
    bounded = reader.raw("Tag0", START_NS + 10 * NS_PER_MS, 2**62, bounds=True, limit=3)
    assert bounded.values.tolist() == [9.0, 10.0, 11.0]
    reader.close()


def test_the_state_at_a_time_goes_through_the_tags_and_not_through_all_blocks(history: History) -> None:
    """It once read every block of all time: 65 ms with 20,000 of them, and more each day."""
    with history.engine.connect() as connection:
        query = str(HELD_BLOCKS.compile(connection))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (START_NS,)).all()
    steps = [row[-1] for row in plan]
    assert any(step.startswith("SEARCH block USING") for step in steps)
    assert [step for step in steps if step.startswith("SCAN block")] == []


def test_pieces_come_in_order_until_the_caller_gives_up(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples_module, "_PIECE_SAMPLES", 2_000)
    store(history, 0, 20_000)
    history.seal()
    store(history, 20_000, 100)
    reader = history.reader()
    values = [piece.values for piece in reader.raw_pieces("Tag0", START_NS, 2**62)]
    assert len(values) > 5
    assert np.concatenate(values).tolist() == list(range(20_100))
    patience = Patience()
    begun = reader.raw_pieces("Tag0", START_NS, 2**62, patience)
    next(begun)
    patience.cancel()
    with pytest.raises(QueryCancelledError):
        next(begun)
    with pytest.raises(QueryTimeoutError):
        list(reader.raw_pieces("Tag0", START_NS, 2**62, Patience(-1.0)))
    with pytest.raises(QueryTimeoutError):
        reader.pixels(["Tag0"], START_NS, START_NS + NS_PER_S, 10, Patience(-1.0))
    reader.close()


@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=8))
def test_one_reader_sees_every_append_and_seal(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]]
) -> None:
    history = open_history(TAGS, tmp_path_factory.mktemp("h"), clock=ManualClock(START_NS))
    reader = history.reader()
    counts = [0, 0, 0]
    try:
        for tag_id, is_sealed in steps:
            store(history, counts[tag_id], 10, tag_id)
            counts[tag_id] += 10
            if is_sealed:
                history.seal()
            for tag in TAGS:
                found = reader.raw(tag.path, 0, 2**62)
                assert found.values.tolist() == [float(row) for row in range(counts[tag.id])]
            state = reader.state_at(2**62)
            assert state.tag_ids.tolist() == [row for row in range(3) if counts[row]]
            assert state.values.tolist() == [float(count - 1) for count in counts if count]
    finally:
        reader.close()
        history.close()


def test_readers_beside_a_writer_see_whole_states_only(history: History, tmp_path: Path) -> None:
    failures: list[str] = []
    stop = threading.Event()

    def read() -> None:
        reader = open_reader(TAGS, tmp_path)
        newest = -1
        while not stop.is_set():
            found = reader.raw("Tag0", 0, 2**62).values
            if found.tolist() != list(range(len(found))) or len(found) < newest:
                failures.append(f"{len(found)} samples after {newest}")
            newest = len(found)
            [pixels] = reader.pixels(["Tag0"], START_NS, START_NS + 3_600 * NS_PER_S, 3)
            if pixels.counts.sum() < newest:
                failures.append(f"{pixels.counts.sum()} in pixels after {newest}")
        reader.close()

    store(history, 0, 100)
    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 30):
        store(history, number * 100, 100)
        if number % 7 == 0:
            history.seal()
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
