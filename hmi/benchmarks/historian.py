"""``vigie bench historian``: ingest, size and queries of the history against its peers, on the same data."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from historian.aggregates import Aggregate
from historian.model import PixelSeries
from historian.reader import HistoryReader
from historian.store import History, open_history
from historian.writer import COMMIT_INTERVAL_S
from hmi.benchmarks.historian_ingest import FOR_EVER, ingest, ingest_in_turns
from hmi.benchmarks.historian_peers import BULK_ROWS, Columns, Peer, peers
from hmi.benchmarks.report import Report, Result, at_most
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable

DAY_NS = 86_400 * NS_PER_S
END_NS = 1_767_225_600 * NS_PER_S
"""2026-01-01: a whole hour, so that hourly aggregates have whole hours."""
LIVE_TAGS, MONTH_TAGS = 1_000, 20
FIRST_MONTH_TAG, YEAR_TAG = LIVE_TAGS, LIVE_TAGS + MONTH_TAGS
FULL_SECONDS = 20.0
"""With so many seconds asked the year has one sample a second; with fewer it has as many fewer."""
YEAR_STEP_NS, MONTH_STEP_NS = NS_PER_S, 10 * NS_PER_S
PIXELS = 2_000
LONGEST_MS = 10_000.0
"""A query is repeated until it took so long altogether."""
REPEATS = 7
SAMPLES_PER_SECOND_ASKED = 100_000
LIVE_RATE = 50_000
LIVE_COMMIT_S = 0.1


@dataclass(frozen=True, slots=True)
class _Asked:
    """Name one query: how Vigie answers it, how a peer does, and the bound on the time or ratio."""

    name: str
    vigie: Callable[[HistoryReader], object]
    peer: Callable[[Peer], object]


def measure(seconds: float) -> Report:
    """Store the same generated samples in each database, and query them.

    Ingest is measured with about 100,000 samples for each second asked, of 1,000 tags at once as in a plant.
    Queries run on that, on a year of one tag (31.5 million samples, with the usual 20 s) and a month of 20.
    """
    tags = _tags()
    random = np.random.default_rng(4)
    mix = _mix(random, int(seconds * SAMPLES_PER_SECOND_ASKED))
    stored = _stored(random, min(1.0, seconds / FULL_SECONDS))
    samples = len(mix.times) + len(stored.times)
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        root = Path(folder)
        (root / "vigie").mkdir()
        history = open_history(tags, root / "vigie", retention=FOR_EVER)
        others = peers(root)
        try:
            results += ingest_in_turns(root, tags, history, others, mix)
            loaded = ingest(history, stored, BULK_ROWS)
            results.append(Result("bulk load of one year and 20 months", loaded, "samples/s"))
            for peer in others:
                peer.load(stored)
            _settle(root / "vigie" / "history.db")
            size = (root / "vigie" / "history.db").stat().st_size / samples
            results += _sizes(size, {peer.name: peer.bytes() / samples for peer in others})
            results += _queries(history, others, stored)
        finally:
            history.close()
            for peer in others:
                peer.close()
        results.append(_live(root, tags, max(4.0, seconds / 2)))
    return Report("historian", tuple(results))


def _tags() -> TagTable:
    policy = LogPolicy(LogMode.CHANGE)
    names = [f"Cell{row // 50}.Value{row % 50}" for row in range(LIVE_TAGS)]
    names += [f"Month.Value{row}" for row in range(MONTH_TAGS)]
    return TagTable(
        Tag(row, name, DataType.FLOAT64, log=policy) for row, name in enumerate([*names, "Year.Value"])
    )


def _mix(random: np.random.Generator, samples: int) -> Columns:
    """Return the last minutes of 1,000 tags, in the order of time."""
    each = max(1, samples // LIVE_TAGS)
    parts = [_series(random, tag_id, each, NS_PER_S) for tag_id in range(LIVE_TAGS)]
    return _sorted(parts)


def _stored(random: np.random.Generator, share: float) -> Columns:
    """Return a month of 20 tags at one sample in 10 s and a year of one at one a second, in that order."""
    month = int(30 * DAY_NS / MONTH_STEP_NS * share)
    year = int(365 * DAY_NS / YEAR_STEP_NS * share)
    parts = [
        _series(random, tag_id, month, 30 * DAY_NS // month)
        for tag_id in range(FIRST_MONTH_TAG, FIRST_MONTH_TAG + MONTH_TAGS)
    ]
    parts.append(_series(random, YEAR_TAG, year, 365 * DAY_NS // year))
    return Columns(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("ids", "times", "values"))
    )


def _series(random: np.random.Generator, tag_id: int, count: int, step_ns: int) -> Columns:
    """Return samples up to the end, a step apart and some milliseconds late, as a scan is."""
    late_ns = random.integers(0, max(1, min(step_ns // 4, 50 * NS_PER_MS)), count)
    times = (END_NS - (count - np.arange(count)) * step_ns + late_ns) // NS_PER_MS * NS_PER_MS
    return Columns(np.full(count, tag_id, np.int32), times, _signal(random, tag_id, count))


def _sorted(parts: Sequence[Columns]) -> Columns:
    order = np.argsort(np.concatenate([part.times for part in parts]), kind="stable")
    ids, times, values = (
        np.concatenate([getattr(part, name) for part in parts])[order] for name in ("ids", "times", "values")
    )
    return Columns(ids, times, values)


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


def _settle(path: Path) -> None:
    """Give the pages of the sealed journal back, as the keeper does every hour, to see the real size."""
    import sqlite3  # only here: the application itself never touches the file

    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA incremental_vacuum")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def _sizes(size: float, sizes: dict[str, float]) -> list[Result]:
    found = []
    for name, other in sizes.items():
        target = 0.75 if name.startswith("DuckDB") else None
        ratio = size / other
        holds = None if target is None else ratio <= target
        found.append(Result("size", size, "bytes/sample", name, ratio, target, holds))
    return found


def _queries(history: History, others: list[Peer], data: Columns) -> list[Result]:
    at_ns = END_NS - 300 * NS_PER_S
    hour_ns, year_ns, month_ns = END_NS - 3_600 * NS_PER_S, END_NS - 365 * DAY_NS, END_NS - 30 * DAY_NS
    names = [tag.path for tag in history.logged()]
    months = range(FIRST_MONTH_TAG, FIRST_MONTH_TAG + MONTH_TAGS)
    eight, hours = names[months[0] : months[8]], np.arange(month_ns, END_NS + 1, 3_600 * NS_PER_S)
    reader = history.reader()
    [year] = reader.pixels(names[YEAR_TAG:], year_ns, END_NS, PIXELS)
    month = reader.pixels(eight, month_ns, END_NS, PIXELS)
    asked = [
        _Asked(
            "one tag, one hour raw",
            lambda one: one.raw(names[YEAR_TAG], hour_ns, END_NS),
            lambda peer: peer.raw(YEAR_TAG, hour_ns, END_NS),
        ),
        _Asked(
            "one tag, one year at 2,000 px",
            lambda one: one.pixels(names[YEAR_TAG:], year_ns, END_NS, PIXELS),
            lambda peer: peer.pixels([YEAR_TAG], year.edges_ns),
        ),
        _Asked(
            "8 tags, 30 days at 2,000 px",
            lambda one: one.pixels(eight, month_ns, END_NS, PIXELS),
            lambda peer: peer.pixels(months[:8], month[0].edges_ns),
        ),
        _Asked(
            "state of 1,000 tags at T",
            lambda one: one.state_at(at_ns),
            lambda peer: peer.state_at(at_ns),
        ),
        _Asked(
            "hourly min, max and mean of 20 tags, 30 days",
            lambda one: one.pixels(names[months[0] : YEAR_TAG], month_ns, END_NS, 720),
            lambda peer: peer.pixels(months, hours),
        ),
        _Asked(
            "the same as OPC UA aggregates, with statuses",
            lambda one: _hourly(one, names[months[0] : YEAR_TAG], month_ns),
            lambda peer: peer.pixels(months, hours),
        ),
    ]
    results = [_equal(year, data, YEAR_TAG), _equal(month[3], data, months[3])]
    results += _asked_of_all(history, reader, others, asked)
    reader.close()
    return results


def _hourly(reader: HistoryReader, paths: Sequence[str], start_ns: int) -> None:
    """Ask for the OPC UA aggregates of each hour."""
    for path in paths:
        for aggregate in (Aggregate.MINIMUM, Aggregate.MAXIMUM, Aggregate.AVERAGE):
            for _ in reader.aggregates(path, aggregate, start_ns, END_NS, 3_600 * NS_PER_S):
                pass


def _asked_of_all(
    history: History, reader: HistoryReader, others: list[Peer], asked: list[_Asked]
) -> list[Result]:
    results: list[Result] = []
    for one in asked:
        cold_ms = _milliseconds([partial(_cold, history, one)], 2)[0]
        results.append(Result(f"{one.name}, new reader", cold_ms, "ms"))
        work = [partial(one.vigie, reader), *(partial(one.peer, peer) for peer in others)]
        warm_ms, *others_ms = _milliseconds(work, REPEATS)
        if one.name.startswith("state"):
            results.append(at_most(one.name, warm_ms, "ms", 20.0))
        for peer, other_ms in zip(others, others_ms, strict=True):
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
    return results


def _cold(history: History, asked: _Asked) -> None:
    reader = history.reader()
    asked.vigie(reader)
    reader.close()


def _milliseconds(work: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Return of each the median of some runs after the first, or of the first when it is very slow.

    All take turns, so that whatever else the machine does meanwhile slows each of them alike.
    """
    times: list[list[float]] = [[] for _ in work]
    for _ in range(repeats + 1):
        for one, taken in zip(work, times, strict=True):
            if sum(taken) < LONGEST_MS:
                started = time.perf_counter()
                one()
                taken.append((time.perf_counter() - started) * 1e3)
    return [float(np.median(taken[1:] or taken)) for taken in times]


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
    history = open_history(tags, root / "live", retention=FOR_EVER)
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

    # Just before a pass is due, so that sealing is measured as well; by commits as a station makes them.
    for number in range(390):
        writer.samples(batch())
        if number % int(COMMIT_INTERVAL_S / LIVE_COMMIT_S) == 0:
            writer.flush().result()
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
