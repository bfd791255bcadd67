"""History on a real PostgreSQL gives the same answers, and survives the server's outages."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from alarms.journal import JOURNAL_TABLES, Journal
from historian import forwarding as forwarding_module
from historian.aggregates import Aggregate
from historian.model import HistoryUnavailableError, LogEntry
from historian.retention import DAY_NS, Retention
from historian.server import ForwardedTable, server_engine
from historian.spool import SpoolLimits
from historian.store import History, history_url, open_history, open_reader
from tags.clock import NS_PER_S, ManualClock
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
)
from tests.support.logs import ExpectedLog
from tests.support.patience import wait_until
from tests.support.postgresql import Server

CHANGE = LogPolicy(LogMode.CHANGE)
TAGS = TagTable(
    [
        Tag(0, "Tank.Level", DataType.FLOAT64, unit="m", log=CHANGE),
        Tag(1, "Tank.Name", DataType.STRING, log=CHANGE),
        Tag(2, "Tank.Count", DataType.INT64, log=CHANGE),
    ]
)
START_NS = 1_700_000_000 * NS_PER_S
BAD = 0x808B0000
LOST = 0x809D0000
JOURNAL = [ForwardedTable(table, key, Journal.create_tables) for table, key in JOURNAL_TABLES]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="vigie-pg-", ignore_cleanup_errors=True) as folder:
        found = Server(Path(folder))
        found.start()
        yield found
        found.stop()


@pytest.fixture
def url(server: Server) -> str:
    engine = server_engine(history_url(Path(), server.url))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return server.url


def forwarded(history: History, folder: Path) -> bool:
    history.writer().flush().result(30)
    with history.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one() == 0


def samples(seed: int, rows: int) -> Batch:
    random = np.random.default_rng(seed)
    found = []
    for number in range(rows):
        at_ns = START_NS + int(random.integers(0, 200_000)) * NS_PER_S
        match number % 5:
            case 0:
                found.append((1, f"Réservoir {number}", 0, at_ns))
            case 1:
                found.append((2, 2**60 + number, 0, at_ns))
            case 2:
                found.append((0, None, BAD, at_ns))
            case _:
                found.append((0, float(random.normal()), 0, at_ns))
    return Batch.of(found, START_NS)


def assert_same(one: History, other: History) -> None:
    """Ask both the same and compare everything."""
    first, second = one.reader(), other.reader()
    end_ns = START_NS + 200_000 * NS_PER_S
    for tag in TAGS:
        for bounds in (False, True):
            mine = first.raw(tag.path, START_NS + 50_000 * NS_PER_S, end_ns, bounds=bounds)
            yours = second.raw(tag.path, START_NS + 50_000 * NS_PER_S, end_ns, bounds=bounds)
            assert mine.source_ns.tolist() == yours.source_ns.tolist()
            np.testing.assert_array_equal(mine.values, yours.values)
            assert mine.statuses.tolist() == yours.statuses.tolist()
            assert mine.extras == yours.extras
    for columns in (7, 3_000):
        [mine_px] = first.pixels(["Tank.Level"], START_NS, end_ns, columns)
        [yours_px] = second.pixels(["Tank.Level"], START_NS, end_ns, columns)
        for name in ("edges_ns", "low", "high", "first", "last", "counts", "worst"):
            np.testing.assert_array_equal(getattr(mine_px, name), getattr(yours_px, name))
        np.testing.assert_allclose(mine_px.mean, yours_px.mean, rtol=1e-9)
    for at_s in (-1, 1_000, 150_000, 300_000):
        mine_state, yours_state = (
            first.state_at(START_NS + at_s * NS_PER_S),
            second.state_at(START_NS + at_s * NS_PER_S),
        )
        assert mine_state.source_ns.tolist() == yours_state.source_ns.tolist()
        rows = range(len(mine_state))
        assert [mine_state.value_at(row) for row in rows] == [yours_state.value_at(row) for row in rows]
    for aggregate in Aggregate:
        start_ns = START_NS // (3_600 * NS_PER_S) * 3_600 * NS_PER_S
        asked = ("Tank.Level", aggregate, start_ns, start_ns + 48 * 3_600 * NS_PER_S, 3_600 * NS_PER_S)
        for ours, theirs in zip(first.aggregates(*asked), second.aggregates(*asked), strict=True):
            assert ours.statuses.tolist() == theirs.statuses.tolist()
            np.testing.assert_allclose(ours.values, theirs.values, rtol=1e-9)
    assert list(first.timeline(0, 2**62)) == list(second.timeline(0, 2**62))
    assert first.span_ns() == second.span_ns()
    first.close()
    second.close()


def feed(history: History, seed: int) -> None:
    history.writer().samples(samples(seed, 2_000))
    entry = LogEntry("connection", START_NS + seed, START_NS + seed, "filling", f"lost {seed}")
    history.writer().entry(entry).result(30)
    result = WriteResult(WriteRequest(seed, "Tank.Level", 1.0, "marie"), WriteOutcome.CONFIRMED)
    history.writer().write_result(result).result(30)


def test_the_same_answers_as_from_a_file(tmp_path: Path, url: str) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    clock = ManualClock(START_NS + 300_000 * NS_PER_S)
    file = open_history(TAGS, tmp_path / "here", clock=clock)
    server = open_history(TAGS, tmp_path / "there", url, clock)
    for seed in range(2):
        for history in (file, server):
            feed(history, seed)
        # Handed over or not, sealed or not: always the same.
        assert_same(file, server)
        wait_until(lambda: forwarded(server, tmp_path / "there"))
        assert_same(file, server)
        if seed % 2:
            assert server.seal() > 0
            file.seal()
            assert_same(file, server)
    server.close()
    file.close()
    server = open_history(TAGS, tmp_path / "there", url, clock)
    file = open_history(TAGS, tmp_path / "here", clock=clock)
    assert_same(file, server)
    server.close()
    file.close()


def test_an_outage_loses_nothing_and_nothing_comes_twice(
    tmp_path: Path, server: Server, url: str, expected_log: Callable[..., ExpectedLog]
) -> None:
    announced = expected_log("server cannot be reached; everything is kept here")
    history = open_history(TAGS, tmp_path, url, ManualClock(START_NS))
    rows = 0

    def send(count: int) -> None:
        nonlocal rows
        for _ in range(count):
            times = START_NS + (rows + np.arange(100)) * NS_PER_S
            values = rows + np.arange(100.0)
            history.writer().samples(
                Batch(np.zeros(100, np.int32), values, np.zeros(100, np.uint32), times, 0)
            )
            history.writer().flush().result(30)
            rows += 100

    send(5)
    wait_until(lambda: forwarded(history, tmp_path))
    server.stop()
    try:
        send(5)
        entry = LogEntry("connection", START_NS, START_NS, "filling", "lost while the server is away")
        history.writer().entry(entry).result(30)
        wait_until(lambda: announced.seen == 1)
        reader = history.reader()
        with pytest.raises(HistoryUnavailableError, match="cannot be read"):
            reader.raw("Tank.Level", 0, 2**62)
        assert list(reader.entries(0, 2**62)) == [entry]
        reader.close()
    finally:
        server.start()
    wait_until(lambda: forwarded(history, tmp_path))
    send(2)
    wait_until(lambda: forwarded(history, tmp_path))
    assert any("is back" in notice for notice in history.notices())
    engine = server_engine(history_url(tmp_path, url))
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT sum(samples) FROM journal")).scalar_one()
        assert stored == rows
        assert connection.execute(text("SELECT text FROM plant_log")).scalars().all() == [entry.text]
    # As after a crash between the server's commit and the deletion here: the same rows once more.
    with engine.begin() as connection:
        before = connection.execute(text("SELECT journal_id FROM forwarded")).scalar_one()
    history.close()
    again = open_history(TAGS, tmp_path, url, ManualClock(START_NS))
    wait_until(lambda: forwarded(again, tmp_path))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT journal_id FROM forwarded")).scalar_one() > before
        stored = connection.execute(text("SELECT sum(samples) FROM journal")).scalar_one()
        assert stored == rows + len(TAGS)  # the end of every series was marked
    again.seal()
    reader = again.reader()
    series = reader.raw("Tank.Level", 0, 2**62)
    assert series.values[series.statuses == 0].tolist() == [float(row) for row in range(rows)]
    reader.close()
    again.close()
    engine.dispose()


def test_blocks_lie_in_partitions_and_are_pruned(tmp_path: Path, url: str) -> None:
    clock = ManualClock(START_NS + 100 * DAY_NS)
    history = open_history(TAGS, tmp_path, url, clock, retention=Retention(20, (300, 300, 300), 300))
    times = START_NS + np.arange(0, 100 * DAY_NS, DAY_NS // 48)
    count = len(times)
    history.writer().samples(
        Batch(np.zeros(count, np.int32), np.arange(float(count)), np.zeros(count, np.uint32), times, 0)
    )
    wait_until(lambda: forwarded(history, tmp_path))
    assert history.seal() == count
    engine = server_engine(history_url(tmp_path, url))
    with engine.connect() as connection:
        query = text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'block'::regclass")
        assert connection.execute(query).scalar_one() >= 2
    assert history._server_keeper is not None
    history._server_keeper.prune()
    reader = history.reader()
    left = reader.raw("Tank.Level", 0, 2**62)
    assert START_NS + 30 * DAY_NS < left.source_ns[0] < START_NS + 81 * DAY_NS
    [found] = reader.pixels(["Tank.Level"], START_NS, START_NS + 100 * DAY_NS, 100)
    assert found.counts.sum() == count
    reader.close()
    engine.dispose()
    history.close()


def add_alarm(history: History, sequence: int, event_id: str) -> None:
    """Append an alarm event as the journal does."""
    columns = {
        **dict.fromkeys(("unit", "area", "user", "workstation", "comment"), ""),
        "sequence": sequence,
        "event_id": event_id,
        "occurrence_id": event_id,
        "alarm_id": "A1",
        "transition": "activated",
        "source_ns": START_NS + sequence,
        "receive_ns": START_NS + sequence,
        "state_before": "A",
        "state_after": "B",
        "value": "81.5",
        "limit": 80.0,
        "status": 0,
        "priority": 1,
        "severity": 500,
        "message": f"Level high {event_id}",
        "tag": "Tank.Level",
        "flags": 0,
        "shelved_until_ns": 0,
        "message_class": "alarm",
    }
    table = JOURNAL_TABLES[0][0]
    history.writer().submit(lambda connection: connection.execute(table.insert(), columns)).result(30)


def test_the_server_alone_answers_everything(tmp_path: Path, url: str) -> None:
    clock = ManualClock(START_NS)
    (tmp_path / "station").mkdir()
    history = open_history(TAGS, tmp_path / "station", url, clock, forwarded=JOURNAL)
    feed(history, 1)
    add_alarm(history, 1, "e1")
    reader = history.reader()
    here = list(reader.timeline(0, 2**62))
    samples_here = reader.raw("Tank.Count", 0, 2**62)
    assert sorted(event.kind for event in here) == ["alarm", "connection", "write"]
    reader.close()
    history.close()
    there = open_reader(TAGS, tmp_path / "another computer", url)
    assert list(there.timeline(0, 2**62)) == here
    assert [entry.text for entry in there.entries(0, 2**62)] == ["lost 1"]
    assert [result.request.user for result in there.writes(0, 2**62)] == ["marie"]
    [alarm] = [event for event in here if event.kind == "alarm"]
    assert (alarm.change, alarm.text) == ("81.5 / 80", "A1: Level high e1")
    found = there.raw("Tank.Count", 0, 2**62)
    assert found.source_ns.tolist()[: len(samples_here.source_ns)] == samples_here.source_ns.tolist()
    assert len(found.source_ns) == len(samples_here.source_ns) + 1  # the end of the series
    there.close()


def test_another_local_file_takes_nothing_away_from_the_server(tmp_path: Path, url: str) -> None:
    clock = ManualClock(START_NS)
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        history = open_history(TAGS, folder, url, clock, forwarded=JOURNAL)
        # A new file counts from 1 again.
        for sequence in (1, 2):
            add_alarm(history, sequence, f"{number}/{sequence}")
        entry = LogEntry("connection", START_NS, START_NS, "filling", f"lost {number}")
        history.writer().entry(entry).result(30)
        reader = history.reader()
        wait_until(
            lambda reader=reader, number=number: len(list(reader.timeline(0, 2**62))) == 3 * number + 3
        )
        reader.close()
        history.close()
    there = open_reader(TAGS, tmp_path / "elsewhere", url)
    found = list(there.timeline(0, 2**62))
    texts = {event.text for event in found}
    assert texts == {f"A1: Level high {n}/{m}" for n in (0, 1) for m in (1, 2)} | {"lost 0", "lost 1"}
    assert len(found) == 6
    there.close()


def test_a_row_that_the_server_refuses_goes_to_quarantine_and_holds_up_nothing(
    tmp_path: Path, url: str, expected_log: Callable[..., ExpectedLog]
) -> None:
    expected_log("refused row 2 of plant_log", level=logging.ERROR)
    expected_log("samples cannot be handed over", level=logging.ERROR)
    history = open_history(TAGS, tmp_path, url, ManualClock(START_NS))
    for text_of in ("first", "with a \0 that PostgreSQL does not take", "third"):
        history.writer().entry(LogEntry("connection", START_NS, START_NS, "filling", text_of)).result(30)
    spoilt = {"id": None, "first": START_NS, "last": START_NS, "samples": 1, "data": b"no samples"}
    history.writer().submit(
        lambda connection: connection.execute(
            text("INSERT INTO journal VALUES (:id, :first, :last, :samples, :data)"), spoilt
        )
    ).result(30)
    history.writer().samples(Batch.of([(0, 5.0, 0, START_NS)], START_NS))
    wait_until(lambda: forwarded(history, tmp_path))
    wait_until(lambda: sum("in quarantine" in notice for notice in history.notices()) > 0)
    engine = server_engine(history_url(tmp_path, url))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT text FROM plant_log")).scalars().all() == ["first", "third"]
        assert connection.execute(text("SELECT sum(samples) FROM journal")).scalar_one() == 1
    reader = history.reader()
    assert reader.stats().quarantined == 2
    reader.close()
    with history.engine.connect() as connection:
        kept = connection.execute(text("SELECT source, source_id FROM quarantine ORDER BY source")).all()
        assert [tuple(row) for row in kept] == [("journal", 1), ("plant_log", 2)]
    engine.dispose()
    history.close()


def test_what_is_kept_for_a_server_that_is_away_has_limits_and_a_loss_is_marked(
    tmp_path: Path,
    server: Server,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    expected_log: Callable[..., ExpectedLog],
) -> None:
    monkeypatch.setattr(forwarding_module, "RETRY_S", 0.05)
    expected_log("server cannot be reached; everything is kept here")
    lost = expected_log("were dropped because the history's server was away")
    history = open_history(TAGS, tmp_path, url, ManualClock(START_NS), spool=SpoolLimits(40_000, 0))
    wait_until(lambda: forwarded(history, tmp_path))
    server.stop()
    sent = 0
    try:
        for number in range(60):
            times = START_NS + (number * 100 + np.arange(100)) * NS_PER_S
            history.writer().samples(
                Batch(np.zeros(100, np.int32), np.arange(100.0), np.zeros(100, np.uint32), times, 0)
            )
            history.writer().flush().result(30)
            sent += 100
        wait_until(lambda: lost.seen >= 1)
        size = text("SELECT sum(length(data)) FROM journal")

        def is_short() -> bool:
            with history.engine.connect() as connection:
                return connection.execute(size).scalar_one() <= 41_000

        wait_until(is_short)
    finally:
        server.start()
    wait_until(lambda: forwarded(history, tmp_path))
    reader = history.reader()
    series = reader.raw("Tank.Level", 0, 2**62)
    good = series.statuses == 0
    entries = [entry for entry in reader.entries(0, 2**62, ["gap"]) if "dropped" in entry.text]
    assert sum(int(entry.text.split()[0]) for entry in entries) == sent - int(good.sum())
    # Where the loss begins a mark breaks the line; after it the newest samples are all there.
    assert series.statuses[0] == LOST
    assert series.source_ns[0] == START_NS
    assert series.source_ns[good].tolist() == [
        START_NS + row * NS_PER_S for row in range(sent - int(good.sum()), sent)
    ]
    [found] = [tag for tag in reader.stats().tags if tag.path == "Tank.Level"]
    assert [gap.reason.value for gap in found.gaps] == ["dropped"]
    reader.close()
    history.close()


def test_another_kind_of_server_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnavailableError, match="expected sqlite or postgresql"):
        open_history(TAGS, tmp_path, "mysql://somewhere/db")
