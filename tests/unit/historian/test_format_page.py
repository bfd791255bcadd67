"""A history is read with docs/history-format.md alone: plain sqlite3, MessagePack, pcodec and zlib, no Vigie.

The decoder below follows the page step by step and imports nothing of the historian.
"""

import itertools
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from pcodec import standalone

from alarms.journal import Journal
from historian import rollup_store
from historian.model import LogEntry
from historian.schema import SCHEMA_VERSION, metadata
from historian.store import History, open_history
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
)
from tests.support.repository import ROOT

PAGE = (ROOT / "docs" / "history-format.md").read_text(encoding="utf-8")
CHANGE = LogPolicy(LogMode.CHANGE)
TAGS = TagTable(
    [
        Tag(0, "Tank.Level", DataType.FLOAT64, unit="m", log=CHANGE),
        Tag(1, "Tank.Name", DataType.STRING, log=CHANGE),
        Tag(2, "Tank.Count", DataType.UINT64, log=CHANGE),
        Tag(3, "Tank.Ramp", DataType.FLOAT64, log=LogPolicy(LogMode.SWINGING, deviation_eu=0.5)),
    ]
)
START_NS = 1_700_000_000 * NS_PER_S // (86_400 * NS_PER_S) * (86_400 * NS_PER_S)
Sample = tuple[Value | None, int]
WIDTHS = {0: (300, 288), 1: (3_600, 384), 2: (86_400, 512)}
ROLL_COLUMNS = (
    ("key", "<i8"),
    ("samples", "<i8"),
    ("bad", "<i8"),
    ("uncertain", "<i8"),
    ("low", "<f8"),
    ("high", "<f8"),
    ("total", "<f8"),
    ("first_ns", "<i8"),
    ("first", "<f8"),
    ("first_status", "<u4"),
    ("last_ns", "<i8"),
    ("last", "<f8"),
    ("last_status", "<u4"),
    ("area", "<f8"),
    ("not_valid_ns", "<i8"),
    ("worst", "<u4"),
)


def column(data: bytes, kind: str, rows: int) -> list[Any]:
    """Decode "a column is one letter and the numbers"."""
    letter, rest = data[:1], data[1:]
    if letter == b"p":
        return np.frombuffer(rest, kind).tolist()
    if letter == b"c":
        return np.frombuffer(rest, kind).tolist() * rows
    assert letter == b"z"
    return np.asarray(standalone.simple_decompress(rest)).tolist()


def exact(values: list[float], statuses: list[int], extras: dict[int, Value]) -> Iterator[Sample]:
    for row, (value, status) in enumerate(zip(values, statuses, strict=True)):
        yield (None if status >= 0x80000000 else extras.get(row, value)), status


def block(data: bytes) -> dict[int, Sample]:
    assert data[0] == 2
    rows, times, values, statuses, is_deflated, extras = msgspec.msgpack.decode(data[1:])
    packed = zlib.decompress(extras) if is_deflated else extras
    found = msgspec.msgpack.decode(packed) if packed else {}
    samples = exact(column(values, "<f8", rows), column(statuses, "<u4", rows), found)
    return dict(zip(column(times, "<i8", rows), samples, strict=True))


def journal(data: bytes) -> Iterator[tuple[int, int, Sample]]:
    ids, values, statuses, times, extras = msgspec.msgpack.decode(data)
    samples = exact(np.frombuffer(values, "<f8").tolist(), np.frombuffer(statuses, "<u4").tolist(), extras)
    yield from zip(
        np.frombuffer(ids, "<i4").tolist(), np.frombuffer(times, "<i8").tolist(), samples, strict=True
    )


def samples_of(connection: sqlite3.Connection, tag_id: int) -> dict[int, Sample]:
    """List a tag's samples as the page says."""
    found: dict[int, Sample] = {}
    for (data,) in connection.execute("SELECT data FROM block WHERE tag_id = ? ORDER BY first_ns", (tag_id,)):
        found.update(block(data))
    for table in ("journal", "pending"):
        for (data,) in connection.execute(f"SELECT data FROM {table} ORDER BY id"):  # noqa: S608  # ours
            found.update({at: sample for row_tag, at, sample in journal(data) if row_tag == tag_id})
    return found


def rolls_of(connection: sqlite3.Connection, tag_id: int, level: int) -> dict[int, dict[str, Any]]:
    found = {}
    width_ns = WIDTHS[level][0] * NS_PER_S
    query = "SELECT chunk, data FROM roll WHERE tag_id = ? AND level = ?"
    for chunk, data in connection.execute(query, (tag_id, level)):
        if not data:
            continue
        form, rows, columns = msgspec.msgpack.decode(data)
        assert form == 2
        named = {
            name: column(packed, kind, rows)
            for (name, kind), packed in zip(ROLL_COLUMNS, columns, strict=True)
        }
        for row in range(rows):
            bucket = {name: values[row] for name, values in named.items()}
            bucket["first_ns"] += bucket["key"] * width_ns
            bucket["last_ns"] += bucket["key"] * width_ns
            assert bucket["key"] // WIDTHS[level][1] == chunk
            found[bucket["key"]] = bucket
    return found


@pytest.fixture
def written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, dict[int, dict[int, Sample]]]]:
    """Write a history of everything the page describes; yield its file, still open, and what is in it."""
    monkeypatch.setattr(rollup_store, "SPARSE_SAMPLES", 2)
    history = open_history(TAGS, tmp_path, clock=ManualClock(START_NS))
    history.writer().submit(Journal.create_tables).result(30)
    truth: dict[int, dict[int, Sample]] = {0: {}, 1: {}, 2: {}}
    random = np.random.default_rng(5)

    def send(
        tag_id: int, second: float, value: Value | None, status: int = 0
    ) -> tuple[int, Value | None, int, int]:
        at_ns = START_NS + int(second * NS_PER_S)
        truth[tag_id][at_ns] = value, status
        return tag_id, value, status, at_ns

    first = [
        send(
            0,
            n * 30,
            None if n % 97 == 5 else round(float(random.normal(50, 3)), 2),
            0x808B0000 if n % 97 == 5 else 0,
        )
        for n in range(9_000)
    ]
    first += [send(1, n * 3_600, f"Réservoir {n}") for n in range(40)]
    first += [send(2, n * 3_600, 2**63 + n) for n in range(40)] + [send(2, 5, 7)]
    store(history, first)
    history.seal()
    store(history, [send(0, 45.5, 99.0), send(0, 60, 98.0, 0x40000000)])  # late, one in the place of another
    history.seal()
    store(history, [send(0, 400_000 + n, float(n)) for n in range(10)] + [send(1, 400_000, "in the journal")])
    store(history, [send(0, 400_003, 333.0)])
    for second in range(3):
        history.writer()._undecided_s = 0.0
        store(history, [(3, float(second), 0, START_NS + second * NS_PER_S)])
    history.writer().entry(
        LogEntry("gap", START_NS, START_NS + 1, "plc", "lost", '{"reason": "dropped"}')
    ).result(30)
    history.writer().write_result(
        WriteResult(
            WriteRequest(7, "Tank.Level", 5.5, "marie", reason="trial"), WriteOutcome.CLAMPED, read_back=5.0
        )
    ).result(30)
    yield tmp_path / "history.db", truth
    history.close()


def store(history: History, rows: list[tuple[int, Value | None, int, int]]) -> None:
    history.writer().samples(Batch.of(rows, START_NS))
    history.writer().flush().result(30)


def test_every_sample_is_found_by_the_page_alone(written: tuple[Path, dict[int, dict[int, Sample]]]) -> None:
    path, truth = written
    with closing(sqlite3.connect(path)) as connection:
        ids = {name: number for number, name in connection.execute("SELECT id, path FROM tag")}
        for tag_id, samples in truth.items():
            assert samples_of(connection, ids[TAGS[tag_id].path]) == samples
        # A ramp's end waits in the table of what is not decided.
        ramp = samples_of(connection, ids["Tank.Ramp"])
        assert ramp == {START_NS: (0.0, 0), START_NS + 2 * NS_PER_S: (2.0, 0)}
        assert connection.execute("SELECT count(*) FROM pending").fetchone() == (1,)


def test_the_sums_of_blocks_and_rollups_are_as_the_page_says(
    written: tuple[Path, dict[int, dict[int, Sample]]],
) -> None:
    path, _ = written
    with closing(sqlite3.connect(path)) as connection:
        sums = "samples, bad, uncertain, low, high, total, last_status, worst, has_extras"
        blocks = connection.execute(
            f"SELECT {sums}, first_ns, last_ns, data FROM block WHERE tag_id = 1 ORDER BY first_ns"  # noqa: S608  # ours
        ).fetchall()
        sealed: dict[int, Sample] = {}
        for row in blocks:
            samples = block(row[-1])
            sealed.update(samples)
            values = [value for value, _ in samples.values() if value is not None]
            statuses = [status for _, status in samples.values()]
            assert row[:3] == (
                len(samples),
                sum(one >> 31 for one in statuses),
                sum(one >> 30 == 1 for one in statuses),
            )
            assert row[3:5] == (min(values), max(values))
            assert row[5] == pytest.approx(sum(values))
            assert row[6:9] == (statuses[-1], max(statuses), 0)
            assert row[9:11] == (min(samples), max(samples))
        assert all(before[10] < after[9] for before, after in itertools.pairwise(blocks))
        for level, (width_s, _) in WIDTHS.items():
            expected: dict[int, list[tuple[int, Sample]]] = {}
            for at_ns in sorted(sealed):
                expected.setdefault(at_ns // (width_s * NS_PER_S), []).append((at_ns, sealed[at_ns]))
            newest = max(expected)
            if level:
                del expected[newest]  # "no row for the bucket that holds the newest sealed sample"
            found = rolls_of(connection, 1, level)
            assert set(found) == set(expected)
            for key, inside in expected.items():
                bucket = found[key]
                values = [sample[0] for _, sample in inside if sample[0] is not None]
                held = [
                    (sample[0], then - at)
                    for (at, sample), (then, _) in itertools.pairwise(inside)
                    if sample[0] is not None
                ]
                assert bucket["samples"] == len(inside)
                assert bucket["bad"] == len(inside) - len(values)
                assert (bucket["low"], bucket["high"]) == (min(values), max(values))
                assert bucket["total"] == pytest.approx(sum(values))
                assert bucket["area"] == pytest.approx(sum(value * span for value, span in held))
                valid_ns = bucket["last_ns"] - bucket["first_ns"] - bucket["not_valid_ns"]
                assert valid_ns == sum(span for _, span in held)
                assert (bucket["first_ns"], bucket["last_ns"]) == (inside[0][0], inside[-1][0])
                assert bucket["last_status"] == inside[-1][1][1]


def test_events_are_plain_rows(written: tuple[Path, dict[int, dict[int, Sample]]]) -> None:
    path, _ = written
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(
            "SELECT kind, source_ns, receive_ns, subject, text, detail FROM plant_log"
        ).fetchone()
        assert row[:5] == ("gap", START_NS, START_NS + 1, "plc", "lost")
        assert json.loads(row[5]) == {"reason": "dropped"}
        write = connection.execute('SELECT path, "user", outcome, result FROM write_log').fetchone()
        assert write[:3] == ("Tank.Level", "marie", "clamped")
        told = json.loads(write[3])
        assert (told["request"]["value"], told["read_back"], told["request"]["reason"]) == (5.5, 5.0, "trial")


def test_the_page_names_every_table_and_what_marks_the_file(
    written: tuple[Path, dict[int, dict[int, Sample]]],
) -> None:
    path, _ = written
    with closing(sqlite3.connect(path)) as connection:
        names = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("sqlite_")
        }
        assert names == set(metadata.tables) | {"alarm_event", "alarm_setting"}
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        [mark] = connection.execute("PRAGMA application_id").fetchone()
        assert mark.to_bytes(4, "big") == b"VGHE"
    for name in names:
        assert re.search(rf"^\| `{name}` \|", PAGE, re.MULTILINE), f"the page has no row for the table {name}"
    assert f"`PRAGMA user_version` {SCHEMA_VERSION}" in PAGE
    for level, (width_s, buckets) in WIDTHS.items():
        assert f"| {level} | {width_s:,} s | {buckets} |" in PAGE
