"""Old formats, damage, a full disk, a wrong clock, pruning and copying."""

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from alarms.journal import Journal
from historian import keeper as keeper_module
from historian.aggregates import Aggregate
from historian.backup import backup
from historian.disk import DiskGuard, DiskLimits, Room
from historian.model import HistoryUnavailableError, LogEntry
from historian.repair import repair
from historian.retention import DAY_NS, Retention
from historian.schema import SCHEMA_VERSION
from historian.store import History, open_history, open_reader
from tags.clock import NS_PER_S, ManualClock
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable
from tags.status import StatusCode
from tests.support.history_kills import OLD_FORMATS, make_old_format
from tests.support.logs import ExpectedLog
from tests.support.patience import wait_until
from tests.support.plain_history import pixel

TAGS = TagTable(
    [
        Tag(0, "Tank.Level", DataType.FLOAT64, unit="m", log=LogPolicy(LogMode.CHANGE)),
        Tag(1, "Tank.Name", DataType.STRING, log=LogPolicy(LogMode.CHANGE)),
        Tag(2, "Tank.Count", DataType.INT64, log=LogPolicy(LogMode.CHANGE)),
    ]
)
START_NS = 1_700_000_000 * NS_PER_S
MIB = 1024 * 1024


def fill(history: History, start_ns: int, count: int, step_s: int = 1) -> None:
    times = start_ns + np.arange(count) * (step_s * NS_PER_S)
    values = np.round(np.sin(np.arange(count) / 50) * 10, 3)
    ids = np.zeros(count, np.int32)
    history.writer().samples(Batch(ids, values, np.zeros(count, np.uint32), times, start_ns))
    history.writer().flush().result(30)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("number", OLD_FORMATS)
def test_an_older_format_is_upgraded_and_reads_the_same(tmp_path: Path, number: int) -> None:
    make_old_format(tmp_path / "history.db", number)
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS + 1000 * NS_PER_S))
    truth = {START_NS + n * NS_PER_S: (n % 50) / 4 for n in range(800)}
    truth[START_NS + 10 * NS_PER_S] = 99.5
    reader = history.reader()
    for _ in range(2):
        series = reader.raw("Tank.Level", START_NS, START_NS + 800 * NS_PER_S)
        good = series.statuses == 0
        assert dict(zip(series.source_ns[good].tolist(), series.values[good].tolist(), strict=True)) == truth
        assert series.source_ns[~good].tolist() == [START_NS + 450 * NS_PER_S + 5]
        names = reader.raw("Tank.Name", START_NS, START_NS + 800 * NS_PER_S)
        assert list(names.extras.values()) == [f"batch {part}" for part in range(4)]
        counts = reader.raw("Tank.Count", START_NS, START_NS + 800 * NS_PER_S)
        assert list(counts.extras.values()) == [2**53 + 1 + part for part in range(4)]
        history.seal()
    assert [entry.text for entry in reader.entries(0, 2**62)] == ["lost"]
    assert [write.request.user for write in reader.writes(0, 2**62)] == ["marie"]
    assert rows(tmp_path / "history.db", "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    reader.close()
    history.close()


def test_what_retention_deletes_stays_visible_in_rollups(tmp_path: Path) -> None:
    clock = ManualClock(START_NS + 40 * DAY_NS)
    history = open_history(TAGS, tmp_path, clock=clock, retention=Retention(10, (20, 30, 30), 20))
    fill(history, START_NS, 40 * 1440, 60)
    old = LogEntry("connection", START_NS, START_NS, "filling", "lost")
    new = LogEntry("connection", clock.now_ns(), clock.now_ns(), "filling", "back")
    history.writer().entry(old)
    history.writer().entry(new).result(30)
    history.seal()
    rows(tmp_path / "history.db", "PRAGMA wal_checkpoint(PASSIVE)")
    before = (tmp_path / "history.db").stat().st_size
    reader = history.reader()
    samples = [
        (at, value, 0)
        for at, value in zip(
            reader.raw("Tank.Level", 0, 2**62).source_ns.tolist(),
            reader.raw("Tank.Level", 0, 2**62).values.tolist(),
            strict=True,
        )
    ]
    history.keeper.prune()
    left = reader.raw("Tank.Level", 0, 2**62)
    assert left.source_ns[0] > START_NS + 28 * DAY_NS
    # Fifteen days ago is older than the samples and younger than the buckets of five minutes.
    start_ns = START_NS + 25 * DAY_NS
    [found] = reader.pixels(["Tank.Level"], start_ns, start_ns + 7_200 * NS_PER_S, 500)
    assert np.diff(found.edges_ns)[0] == 300 * NS_PER_S
    for column in range(len(found.low)):
        expected = pixel(samples, int(found.edges_ns[column]), int(found.edges_ns[column + 1]))
        assert (found.low[column], found.high[column]) == (expected.low, expected.high)
        assert found.counts[column] == expected.count
    assert [entry.text for entry in reader.entries(0, 2**62)] == ["back"]
    # Late samples of a time that was pruned do not come back.
    fill(history, START_NS, 10)
    history.seal()
    assert reader.raw("Tank.Level", 0, 2**62).source_ns[0] == left.source_ns[0]
    history.close()
    reader.close()
    rows(tmp_path / "history.db", "PRAGMA wal_checkpoint(TRUNCATE)")
    assert (tmp_path / "history.db").stat().st_size < before
    assert rows(tmp_path / "history.db", "PRAGMA integrity_check") == [("ok",)]


def test_the_newest_block_of_a_tag_outlives_its_retention(tmp_path: Path) -> None:
    clock = ManualClock(START_NS + 400 * DAY_NS)
    history = open_history(TAGS, tmp_path, clock=clock, retention=Retention(10, (20, 30, 30), 20))
    history.writer().samples(Batch.of([(0, 7.0, 0, START_NS)], START_NS))
    history.writer().flush().result(30)
    history.seal()
    history.keeper.prune()
    reader = history.reader()
    assert reader.state_at(clock.now_ns()).values.tolist() == [7.0]
    reader.close()
    history.close()


def test_old_samples_of_a_tag_that_seldom_changes_go_as_well(tmp_path: Path) -> None:
    clock = ManualClock(START_NS + 400 * DAY_NS)
    history = open_history(TAGS, tmp_path, clock=clock, retention=Retention(30, (500, 600, 700), 600))
    fill(history, START_NS, 400, 86_400)
    history.seal()
    reader = history.reader()
    whole = reader.raw("Tank.Level", 0, 2**62)
    samples = [
        (at, value, 0) for at, value in zip(whole.source_ns.tolist(), whole.values.tolist(), strict=True)
    ]
    history.keeper.prune()
    left = reader.raw("Tank.Level", 0, 2**62)
    cutoff_ns = (START_NS + 370 * DAY_NS) // DAY_NS * DAY_NS
    # The one before the cut says what held there.
    assert left.source_ns[0] <= cutoff_ns < left.source_ns[1]
    kept = [sample for sample in samples if sample[0] >= left.source_ns[0]]
    assert [
        (at, value, 0) for at, value in zip(left.source_ns.tolist(), left.values.tolist(), strict=True)
    ] == kept
    assert reader.state_at(cutoff_ns).values.tolist() == [kept[0][1]]
    # Roll-ups still know all of it, and late samples near the cut do not spoil them.
    late_ns = cutoff_ns + 7 * NS_PER_S
    history.writer().samples(Batch.of([(0, 99.0, 0, late_ns), (0, 77.0, 0, cutoff_ns - NS_PER_S)], late_ns))
    history.writer().flush().result(30)
    history.seal()
    samples = sorted([*samples, (late_ns, 99.0, 0)])
    [found] = reader.pixels(["Tank.Level"], START_NS, START_NS + 400 * DAY_NS, 80)
    assert found.counts.sum() == 401
    for column in range(len(found.low)):
        expected = pixel(samples, int(found.edges_ns[column]), int(found.edges_ns[column + 1]))
        assert (found.low[column], found.high[column]) == (expected.low, expected.high)
        assert found.counts[column] == expected.count
    reader.close()
    history.close()


def test_an_aggregate_of_pruned_samples_comes_from_rollups_or_is_bad(tmp_path: Path) -> None:
    clock = ManualClock(START_NS + 40 * DAY_NS)
    history = open_history(TAGS, tmp_path, clock=clock, retention=Retention(10, (20, 30, 30), 20))
    first_ns = START_NS // DAY_NS * DAY_NS
    fill(history, first_ns, 40 * 1440, 60)
    history.seal()
    history.keeper.prune()
    reader = history.reader()
    hour_ns = 3_600 * NS_PER_S

    def hourly(aggregate: Aggregate, day: int) -> tuple[float, int]:
        [found] = reader.aggregates(
            "Tank.Level", aggregate, first_ns + day * DAY_NS, first_ns + day * DAY_NS + hour_ns, hour_ns
        )
        return float(found.values[0]), int(found.statuses[0])

    assert hourly(Aggregate.COUNT, 35) == (60.0, 0x401)
    assert hourly(Aggregate.COUNT, 25) == (60.0, 0x401)
    # A mean of sloped lines needs samples, which are gone; of the first days nothing is left.
    value, status = hourly(Aggregate.TIME_AVERAGE, 25)
    assert np.isnan(value)
    assert status >> 31
    value, status = hourly(Aggregate.COUNT, 1)
    assert np.isnan(value)
    assert status >> 31
    reader.close()
    history.close()


def test_nothing_is_pruned_for_a_day_after_the_clock_leapt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "TICK_S", 0.01)
    monkeypatch.setattr(keeper_module, "FIRST_RETENTION_S", 0.3)
    clock = ManualClock(START_NS)
    history = open_history(TAGS, tmp_path, clock=clock, retention=Retention(10, (20, 30, 30), 20))
    fill(history, START_NS, 5000)
    history.seal()
    clock.set_now_ns(START_NS + 9000 * DAY_NS)
    reader = history.reader()

    def clock_entries() -> list[LogEntry]:
        return list(reader.entries(0, 2**62, ["clock"]))

    wait_until(lambda: bool(clock_entries()))
    assert "set forward" in clock_entries()[0].text
    time.sleep(0.4)
    assert len(reader.raw("Tank.Level", 0, 2**62).source_ns) == 5000
    clock.set_now_ns(START_NS)
    wait_until(lambda: len(clock_entries()) == 2)
    assert "set back" in " ".join(entry.text for entry in clock_entries())
    reader.close()
    history.close()


def test_samples_of_a_clock_set_back_are_kept_and_the_end_is_marked_after_them(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    history = open_history(TAGS, tmp_path, clock=clock)
    fill(history, START_NS + 100 * NS_PER_S, 5)
    clock.set_now_ns(START_NS - 3_600 * NS_PER_S)
    fill(history, clock.now_ns(), 5)
    history.close()
    history = open_history(TAGS, tmp_path, clock=clock)
    reader = history.reader()
    series = reader.raw("Tank.Level", 0, 2**62)
    assert len(series.source_ns) == 11
    assert series.statuses.tolist() == [0] * 10 + [int(StatusCode.BadDataUnavailable)]
    reader.close()
    history.close()


def test_a_copy_is_made_while_the_station_writes(tmp_path: Path) -> None:
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    fill(history, START_NS, 50_000)
    history.seal()
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            fill(history, START_NS + (50_000 + written) * NS_PER_S, 10)
            written += 10

    thread = threading.Thread(target=write)
    thread.start()
    seen: list[float] = []
    (tmp_path / "copy").mkdir()
    copied = tmp_path / "copy" / "history.db"
    samples = backup(tmp_path / "history.db", copied, seen.append)
    stop.set()
    thread.join()
    history.close()
    assert written
    assert samples >= 50_000
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert rows(copied, "PRAGMA integrity_check") == [("ok",)]
    again = open_history(TAGS, copied.parent, clock=ManualClock(START_NS))
    reader = again.reader()
    assert len(reader.raw("Tank.Level", 0, 2**62).source_ns) >= 50_000
    assert list(reader.entries(0, 2**62)) == []  # a copy is no crash
    reader.close()
    again.close()
    with pytest.raises(HistoryUnavailableError, match="exists"):
        backup(tmp_path / "history.db", copied)


def test_repair_saves_what_a_damaged_file_still_has(
    tmp_path: Path, expected_log: Callable[..., ExpectedLog]
) -> None:
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    for part in range(10):
        fill(history, START_NS + part * 6_000 * NS_PER_S, 6_000)
        history.seal()
    history.writer().entry(LogEntry("connection", START_NS, START_NS, "filling", "lost")).result(30)
    fill(history, START_NS + 60_000 * NS_PER_S, 100)
    history.close()
    path = tmp_path / "history.db"
    rows(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    rows(path, "VACUUM")
    rows(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        size = path.stat().st_size
        file.seek(size * 6 // 10 // 4096 * 4096)
        file.write(os.urandom(4096))
    found = repair(path, tmp_path / "saved.db")
    assert 30_000 < found.samples < 60_200
    assert found.damaged_blocks + found.unreadable > 0
    assert found.rows["plant_log"] == 1
    (tmp_path / "new").mkdir()
    shutil.move(tmp_path / "saved.db", tmp_path / "new" / "history.db")
    again = open_history(TAGS, tmp_path / "new", clock=ManualClock(START_NS))
    reader = again.reader()
    saved = reader.raw("Tank.Level", 0, 2**62)
    whole = {START_NS + n * NS_PER_S: round(float(np.sin((n % 6_000) / 50)) * 10, 3) for n in range(60_000)}
    times = saved.source_ns[saved.statuses == 0]
    values = saved.values[saved.statuses == 0]
    inside = times < START_NS + 60_000 * NS_PER_S
    assert inside.sum() > 30_000
    assert all(
        whole[at] == pytest.approx(value, abs=1e-9)
        for at, value in zip(times[inside].tolist(), values[inside].tolist(), strict=True)
    )
    [pixels] = reader.pixels(["Tank.Level"], START_NS, START_NS + 60_000 * NS_PER_S, 200)
    assert pixels.counts.sum() == (saved.source_ns < pixels.edges_ns[-1]).sum()
    reader.close()
    again.close()


def test_repair_keeps_the_journal_append_only_and_the_rollups_of_pruned_samples(tmp_path: Path) -> None:
    clock = ManualClock(START_NS + 40 * DAY_NS)
    history = open_history(TAGS, tmp_path, clock=clock, retention=Retention(10, (300, 300, 300), 300))
    history.writer().submit(Journal.create_tables).result(30)
    fill(history, START_NS, 40 * 288, 300)
    history.seal()
    history.keeper.prune()
    history.close()
    reader = open_reader(TAGS, tmp_path)
    [before] = reader.pixels(["Tank.Level"], START_NS, START_NS + 40 * DAY_NS, 40)
    reader.close()
    (tmp_path / "new").mkdir()
    repair(tmp_path / "history.db", tmp_path / "new" / "history.db")
    query = "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index') ORDER BY name"
    assert rows(tmp_path / "new" / "history.db", query) == rows(tmp_path / "history.db", query)
    reader = open_reader(TAGS, tmp_path / "new")
    [after] = reader.pixels(["Tank.Level"], START_NS, START_NS + 40 * DAY_NS, 40)
    np.testing.assert_array_equal(after.low, before.low)
    np.testing.assert_array_equal(after.counts, before.counts)
    assert before.counts.sum() > 40 * 280
    reader.close()


def test_repair_never_uses_a_journal_number_again(tmp_path: Path) -> None:
    """A server counts what it has by these numbers."""
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    for part in range(3):
        fill(history, START_NS + part * 100 * NS_PER_S, 100)
    history.seal()
    history.close()
    [(newest,)] = rows(tmp_path / "history.db", "SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
    (tmp_path / "new").mkdir()
    repair(tmp_path / "history.db", tmp_path / "new" / "history.db")
    again = open_history(TAGS, tmp_path / "new", clock=ManualClock(START_NS))
    fill(again, START_NS + 900 * NS_PER_S, 1)
    again.close()
    [(first,)] = rows(tmp_path / "new" / "history.db", "SELECT max(id) FROM journal")
    assert first > newest


def test_a_copy_of_a_damaged_history_is_refused(tmp_path: Path) -> None:
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    fill(history, START_NS, 5_000)
    history.seal()
    history.close()
    with closing(sqlite3.connect(tmp_path / "history.db")) as connection:
        connection.execute("UPDATE block SET data = x'0299' WHERE id = (SELECT max(id) FROM block)")
        connection.commit()
    with pytest.raises(HistoryUnavailableError, match="is damaged, so a copy would be too"):
        backup(tmp_path / "history.db", tmp_path / "copy.db")
    assert [one.name for one in tmp_path.glob("copy*")] == []


def test_damage_found_after_a_crash_sets_the_file_aside(
    tmp_path: Path, expected_log: Callable[..., ExpectedLog]
) -> None:
    announced = expected_log("was damaged", level=logging.ERROR)
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    fill(history, START_NS, 60_000)
    history.seal()
    history.close()
    path = tmp_path / "history.db"
    rows(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'is_open'")
        connection.commit()
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'block_by_tag'"
        ).fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    fresh = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    assert len(fresh.notices()) == 1
    fresh.close()
    assert announced.seen == 1
    assert len(list(tmp_path.glob("history-damaged-*.db"))) == 1


# A disk that fills up


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount 64 MiB of memory as a disk; only where that is allowed."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs Linux and root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"mounting is not allowed here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


LIMITS = DiskLimits(reserve_bytes=12 * MIB, warn_bytes=16 * MIB, stop_bytes=3 * MIB)


def test_a_full_disk_costs_samples_only_and_is_recovered_from(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[..., ExpectedLog]
) -> None:
    expected_log("left: free some space")
    expected_log("is full: history keeps alarms")
    expected_log("were dropped because")
    monkeypatch.setattr(keeper_module, "TICK_S", 0.02)
    clock = ManualClock(START_NS)
    history = open_history(TAGS, small_disk, clock=clock, disk=LIMITS)
    monkeypatch.setattr(history.writer(), "_capacity_rows", 100_000)
    guard = history.keeper._guard
    assert guard is not None
    random = np.random.default_rng(3)
    number = sent = 0

    def send() -> None:
        nonlocal number, sent
        times = START_NS + (number * 20_000 + np.arange(20_000)) * 1_000_000
        ids = np.zeros(20_000, np.int32)
        history.writer().samples(
            Batch(ids, random.normal(size=20_000), np.zeros(20_000, np.uint32), times, 0)
        )
        number += 1
        sent += 20_000

    wait_until(lambda: (small_disk / "history.reserve").exists())
    other = (small_disk / "other.bin").open("wb")
    other.write(bytes(shutil.disk_usage(small_disk).free - 12 * MIB))
    other.flush()
    wait_until(lambda: guard.room is Room.LITTLE)
    while guard.room is not Room.NONE:
        with suppress(OSError):
            other.write(bytes(MIB))
            other.flush()
        send()
        history.writer().flush().result(30)
    assert not (small_disk / "history.reserve").exists()
    # No room for samples any more, but events go on.
    for _ in range(8):
        send()
    entry = LogEntry("connection", START_NS, START_NS, "filling", "lost while full")
    history.writer().entry(entry).result(30)
    reader = history.reader()
    assert entry in list(reader.entries(0, 2**62))
    notices: list[str] = []
    wait_until(lambda: notices.extend(history.notices()) or any("full" in notice for notice in notices))
    other.close()
    (small_disk / "other.bin").unlink()
    wait_until(lambda: guard.room is not Room.NONE)
    wait_until(lambda: (small_disk / "history.reserve").exists())
    history.writer().flush().result(30)
    send()
    history.writer().flush().result(30)
    series = reader.raw("Tank.Level", 0, 2**62)
    lost = [entry for entry in reader.entries(0, 2**62, ["gap"]) if "dropped" in entry.text]
    assert len(lost) == 1
    dropped = int(lost[0].text.split()[0])
    assert int((series.statuses == 0).sum()) == sent - dropped
    assert int(StatusCode.BadDataLost) in series.statuses.tolist()
    notices += history.notices()
    assert sum("is full" in notice for notice in notices) == 1
    reader.close()
    history.close()
    assert rows(small_disk / "history.db", "PRAGMA integrity_check") == [("ok",)]


def test_a_station_closes_cleanly_on_a_full_disk(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[..., ExpectedLog]
) -> None:
    expected_log("left: free some space")
    expected_log("is full: history keeps alarms")
    monkeypatch.setattr(keeper_module, "TICK_S", 0.02)
    history = open_history(TAGS, small_disk, clock=ManualClock(START_NS), disk=LIMITS)
    wait_until(lambda: (small_disk / "history.reserve").exists())
    fill(history, START_NS, 10_000)
    guard = history.keeper._guard
    assert guard is not None
    for room, left in ((Room.LITTLE, 10 * MIB), (Room.NONE, MIB // 4)):
        # History may take some of it first: then no more than that was to be had.
        with (small_disk / "other.bin").open("ab", buffering=0) as other, suppress(OSError):
            other.write(bytes(shutil.disk_usage(small_disk).free - left))
        wait_until(lambda room=room: guard.room is room)
    fill_ns = START_NS + 20_000 * NS_PER_S
    history.writer().samples(Batch.of([(0, 5.0, 0, fill_ns)], fill_ns))
    history.close()
    assert rows(small_disk / "history.db", "SELECT value FROM meta WHERE key = 'is_open'") == [("0",)]
    (small_disk / "other.bin").unlink()
    again = open_history(TAGS, small_disk, clock=ManualClock(START_NS), disk=LIMITS)
    reader = again.reader()
    # The stop is marked as well.
    assert len(reader.raw("Tank.Level", 0, 2**62).source_ns) == 10_002
    reader.close()
    again.close()


def test_the_guard_warns_in_good_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = 100 * MIB

    def usage(_path: object) -> object:
        return type("usage", (), {"free": free})()

    monkeypatch.setattr(shutil, "disk_usage", usage)
    guard = DiskGuard(tmp_path, DiskLimits(reserve_bytes=MIB, warn_bytes=50 * MIB, stop_bytes=MIB))
    assert guard.check() is None
    assert (tmp_path / "history.reserve").stat().st_size == MIB
    free = 20 * MIB
    assert "only 20 MiB left" in str(guard.check())
    assert guard.check() is None
    free = 80 * MIB
    assert "room again" in str(guard.check())


def test_no_reserve_is_made_on_a_disk_that_is_nearly_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: type("usage", (), {"free": 900 * MIB})())
    guard = DiskGuard(tmp_path, DiskLimits(reserve_bytes=MIB, warn_bytes=50 * MIB, stop_bytes=MIB))
    assert guard.check() is None
    assert not (tmp_path / "history.reserve").exists()
