"""``vigie bench historian``: ingest, size and queries of the history against its peers, on the same data."""

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from historian.model import PixelSeries
from historian.reader import HistoryReader
from historian.retention import Retention
from historian.store import History, open_history
from hmi.benchmarks.historian_peers import Columns, Peer, peers
from hmi.benchmarks.report import Report, Result, at_most
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable

DAY_NS = 86_400 * NS_PER_S
END_NS = 1_767_225_600 * NS_PER_S
"""2026-01-01: a whole hour, so that hourly aggregates have whole hours."""
YEAR_TAG, MONTH_TAGS, LIVE_TAGS = 0, 20, 1_000
YEAR_SHARE, MONTH_SHARE, LIVE_SHARE = 10, 25, 65
"""Per cent of all samples: most come from all tags at once, as in a plant."""
COMMIT_ROWS = 10_000
PIXELS = 2_000
REPEATS = 5
SAMPLES_PER_SECOND_ASKED = 100_000
LIVE_RATE = 50_000
LIVE_COMMIT_S = 0.1

_FOR_EVER = Retention(0, (0, 0, 0), 0)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Name one query: how Vigie answers it, how a peer does, and the bound on the time or ratio."""

    name: str
    vigie: Callable[[HistoryReader], object]
    peer: Callable[[Peer], object]


def measure(seconds: float) -> Report:
    """Generate about 100,000 samples for each second asked, store them in each database, and query."""
    tags = _tags()
    data = _generate(int(seconds * SAMPLES_PER_SECOND_ASKED))
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        root = Path(folder)
        (root / "vigie").mkdir()
        history = open_history(tags, root / "vigie", retention=_FOR_EVER)
        others = peers(root)
        try:
            rate = _ingest(history, data)
            _settle(root / "vigie" / "history.db")
            size = (root / "vigie" / "history.db").stat().st_size / len(data.times)
            rates = {peer.name: peer.ingest(data, COMMIT_ROWS) for peer in others}
            results += _rates(rate, rates)
            results += _sizes(size, {peer.name: peer.bytes() / len(data.times) for peer in others})
            results += _queries(history, others, data)
        finally:
            history.close()
            for peer in others:
                peer.close()
        results.append(_live(root, tags, max(4.0, seconds / 4)))
    return Report("historian", tuple(results))


def _tags() -> TagTable:
    policy = LogPolicy(LogMode.CHANGE)
    return TagTable(
        Tag(row, f"Cell{row // 50}.Value{row % 50}", DataType.FLOAT64, log=policy) for row in range(LIVE_TAGS)
    )


def _generate(samples: int) -> Columns:
    """Return a year of one tag, a month of 20, and the last minutes of 1,000, in the order of time."""
    random = np.random.default_rng(4)
    parts: list[tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]] = []

    def add(tag_id: int, start_ns: int, end_ns: int, count: int) -> None:
        step_ns = (end_ns - start_ns) // count
        times = (
            start_ns
            + np.arange(count) * step_ns
            + random.integers(0, min(step_ns // 4, 50 * NS_PER_MS), count)
        )
        parts.append(
            (np.full(count, tag_id, np.int32), times // NS_PER_MS * NS_PER_MS, _signal(random, tag_id, count))
        )

    live_ns = END_NS - (samples * LIVE_SHARE // 100 // LIVE_TAGS) * NS_PER_S
    month_ns = END_NS - 30 * DAY_NS
    add(YEAR_TAG, END_NS - 365 * DAY_NS, live_ns, samples * YEAR_SHARE // 100)
    for tag_id in range(1, MONTH_TAGS + 1):
        add(tag_id, month_ns, live_ns, samples * MONTH_SHARE // 100 // MONTH_TAGS)
    for tag_id in range(LIVE_TAGS):
        add(tag_id, live_ns, END_NS, samples * LIVE_SHARE // 100 // LIVE_TAGS)
    times = np.concatenate([part[1] for part in parts])
    order = np.argsort(times, kind="stable")
    ids = np.concatenate([part[0] for part in parts])[order]
    values = np.concatenate([part[2] for part in parts])[order]
    return Columns(ids, times[order], values)


def _signal(random: np.random.Generator, tag_id: int, count: int) -> NDArray[np.float64]:
    """Return what an analogue, a noisy, a counting or a switching tag gives."""
    match tag_id % 4:
        case 0:
            return np.round(50 + np.cumsum(random.normal(0, 0.05, count)), 2)
        case 1:
            return 20 + 5 * np.sin(np.arange(count) / 500) + random.normal(0, 0.1, count)
        case 2:
            return np.cumsum(random.integers(0, 3, count)).astype(np.float64)
        case _:
            return (random.random(count) < 0.5).astype(np.float64)


def _ingest(history: History, data: Columns) -> float:
    """Return samples per second until everything is on disk and sealed."""
    writer = history.writer()
    statuses = np.zeros(COMMIT_ROWS, np.uint32)
    started = time.perf_counter()
    for begin in range(0, len(data.times), COMMIT_ROWS):
        part = slice(begin, begin + COMMIT_ROWS)
        times = data.times[part]
        writer.samples(
            Batch(data.ids[part], data.values[part], statuses[: len(times)], times, int(times[-1]))
        )
        writer.flush().result()
    history.seal()
    return len(data.times) / (time.perf_counter() - started)


def _settle(path: Path) -> None:
    """Give the pages of the sealed journal back, as the keeper does every hour, to see the real size."""
    import sqlite3  # only here: the application itself never touches the file

    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA incremental_vacuum")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def _rates(rate: float, rates: dict[str, float]) -> list[Result]:
    found = []
    for name, other in rates.items():
        target = 4.0 if name.startswith("naive") else None
        ratio = rate / other
        holds = None if target is None else ratio >= target
        found.append(Result("ingest, everything sealed", rate, "samples/s", name, ratio, target, holds))
    return found


def _sizes(size: float, sizes: dict[str, float]) -> list[Result]:
    found = []
    for name, other in sizes.items():
        target = 0.75 if name.startswith("DuckDB") else None
        ratio = size / other
        holds = None if target is None else ratio <= target
        found.append(Result("size", size, "bytes/sample", name, ratio, target, holds))
    return found


def _queries(history: History, others: list[Peer], data: Columns) -> list[Result]:
    live_ns = int(data.times[-1]) - 600 * NS_PER_S
    year_ns, month_ns = END_NS - 365 * DAY_NS, END_NS - 30 * DAY_NS
    names = [tag.path for tag in history.logged()]
    reader = history.reader()
    [year] = reader.pixels(names[:1], year_ns, END_NS, PIXELS)
    months = reader.pixels(names[1:9], month_ns, END_NS, PIXELS)
    asked = [
        _Asked(
            "one tag, 10 minutes raw",
            lambda one: one.raw(names[5], live_ns, END_NS),
            lambda peer: peer.raw(5, live_ns, END_NS),
        ),
        _Asked(
            "one tag, one year at 2,000 px",
            lambda one: one.pixels(names[:1], year_ns, END_NS, PIXELS),
            lambda peer: peer.pixels([0], year.edges_ns),
        ),
        _Asked(
            "8 tags, 30 days at 2,000 px",
            lambda one: one.pixels(names[1:9], month_ns, END_NS, PIXELS),
            lambda peer: peer.pixels(list(range(1, 9)), months[0].edges_ns),
        ),
        _Asked(
            "state of 1,000 tags at T",
            lambda one: one.state_at(live_ns),
            lambda peer: peer.state_at(live_ns),
        ),
        _Asked(
            "hourly min, max and mean of 20 tags, 30 days",
            lambda one: one.pixels(names[1:21], month_ns, END_NS, 720),
            lambda peer: peer.pixels(list(range(1, 21)), np.arange(month_ns, END_NS + 1, 3_600 * NS_PER_S)),
        ),
    ]
    results = [_equal(year, data, 0), _equal(months[3], data, 4)]
    for one in asked:
        cold_ms = _milliseconds(partial(_cold, history, one), 2)
        warm_ms = _milliseconds(partial(one.vigie, reader), REPEATS)
        results.append(Result(f"{one.name}, new reader", cold_ms, "ms"))
        is_state = one.name.startswith("state")
        results.append(
            at_most(one.name, warm_ms, "ms", 20.0) if is_state else Result(one.name, warm_ms, "ms")
        )
        for peer in others:
            other_ms = _milliseconds(partial(one.peer, peer), REPEATS)
            ratio = warm_ms / other_ms
            is_target = "year" in one.name and peer.name.startswith("DuckDB")
            results.append(
                Result(
                    one.name,
                    warm_ms,
                    "ms",
                    peer.name,
                    ratio,
                    0.15 if is_target else None,
                    ratio <= 0.15 if is_target else None,
                )
            )
    reader.close()
    return results


def _cold(history: History, asked: _Asked) -> None:
    reader = history.reader()
    asked.vigie(reader)
    reader.close()


def _milliseconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1e3)
    return float(np.median(times[1:]))


def _equal(series: PixelSeries, data: Columns, tag_id: int) -> Result:
    """Compare every pixel with brute force over the samples themselves."""
    rows = data.ids == tag_id
    times, values = data.times[rows], data.values[rows]
    wrong = 0
    for column in range(len(series.low)):
        first, last = np.searchsorted(times, series.edges_ns[column : column + 2]).tolist()
        # A column begins with the value held before it.
        begin = first - 1 if first and (first == last or times[first] > series.edges_ns[column]) else first
        shown = values[begin:last]
        if len(shown):
            right = series.low[column] == shown.min() and series.high[column] == shown.max()
        else:
            right = bool(np.isnan(series.low[column]))
        wrong += not (right and series.counts[column] == last - first)
    return at_most(f"wrong pixels of {len(series.low):,} (tag {tag_id})", float(wrong), "pixels", 0.0)


def _live(root: Path, tags: TagTable, seconds: float) -> Result:
    """Return the 99th percentile of commits at 50,000 samples/s while sealing goes on and a reader reads."""
    (root / "live").mkdir()
    history = open_history(tags, root / "live", retention=_FOR_EVER)
    writer = history.writer()
    rows = int(LIVE_RATE * LIVE_COMMIT_S)
    random = np.random.default_rng(8)
    ids = np.tile(np.arange(LIVE_TAGS, dtype=np.int32), rows // LIVE_TAGS)
    statuses = np.zeros(rows, np.uint32)
    at_ns = END_NS

    def batch() -> Batch:
        nonlocal at_ns
        times = at_ns + np.repeat(np.arange(rows // LIVE_TAGS) * (20 * NS_PER_MS), LIVE_TAGS)
        at_ns += int(LIVE_COMMIT_S * NS_PER_S)
        return Batch(ids, random.normal(50, 1, rows), statuses, times, at_ns)

    stop = threading.Event()

    def read() -> None:
        reader = history.reader()
        while not stop.wait(0.2):
            reader.raw(tags[3].path, at_ns - 60 * NS_PER_S, at_ns)
            reader.pixels([tags[4].path], END_NS - DAY_NS, at_ns, PIXELS)
        reader.close()

    # Just before a pass is due, so that sealing is part of what is measured.
    for _ in range(390):
        writer.samples(batch())
    writer.flush().result()
    thread = threading.Thread(target=read)
    thread.start()
    waits_ms = []
    begun = time.perf_counter()
    number = 0
    while time.perf_counter() - begun < seconds:
        number += 1
        writer.samples(batch())
        started = time.perf_counter()
        writer.flush().result()
        waits_ms.append((time.perf_counter() - started) * 1e3)
        time.sleep(max(0.0, begun + number * LIVE_COMMIT_S - time.perf_counter()))
    stop.set()
    thread.join()
    history.close()
    return at_most(
        f"commit p99 at {number * rows / (time.perf_counter() - begun):,.0f} samples/s, sealing and a reader",
        float(np.percentile(waits_ms, 99)),
        "ms",
        100.0,
    )
