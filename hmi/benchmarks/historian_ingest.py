"""How fast samples are stored: Vigie's history and its peers in turns, from columns and from tuples."""

import time
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final

import numpy as np

from historian.retention import Retention
from historian.store import History, open_history
from hmi.benchmarks.historian_peers import Columns, Peer, parts_of
from hmi.benchmarks.report import Result
from tags.model import Batch, TagTable

COMMIT_ROWS: Final = 10_000
ROUNDS: Final = 3
INGEST_TARGET: Final = 4.0
FOR_EVER: Final = Retention(0, (0, 0, 0), 0)


def from_columns(data: Columns) -> Batch:
    """Make a batch of columns, as drivers do."""
    return Batch(data.ids, data.values, np.zeros(len(data.ids), np.uint32), data.times, int(data.times[-1]))


def _from_tuples(rows: list[tuple[int, int, float]]) -> Batch:
    """Make a batch of tuples, the form that rows of a table need."""
    ids, times, values = (
        np.fromiter(map(itemgetter(number), rows), kind, len(rows))
        for number, kind in enumerate((np.int32, np.int64, np.float64))
    )
    return from_columns(Columns(ids, times, values))


def ingest(history: History, data: Columns, commit_rows: int) -> float:
    """Return samples per second until everything is on disk and sealed."""
    writer = history.writer()
    started = time.perf_counter()
    for part in parts_of(data, commit_rows):
        writer.samples(from_columns(part))
        writer.flush().result()
    history.seal()
    return len(data.times) / (time.perf_counter() - started)


def _tuple_rate(history: History, data: Columns) -> float:
    """Return samples per second from commits that are lists of tuples; making those lists is not counted."""
    writer = history.writer()
    spent_s = 0.0
    for part in parts_of(data, COMMIT_ROWS):
        rows = list(zip(part.ids.tolist(), part.times.tolist(), part.values.tolist(), strict=True))
        started = time.perf_counter()
        writer.samples(_from_tuples(rows))
        writer.flush().result()
        spent_s += time.perf_counter() - started
    started = time.perf_counter()
    history.seal()
    return len(data.times) / (spent_s + time.perf_counter() - started)


def ingest_in_turns(
    root: Path, tags: TagTable, history: History, others: Sequence[Peer], data: Columns
) -> list[Result]:
    """Let everybody store the first third, then the second and the third, so that other load slows all alike.

    A rate is the median of the rounds, a ratio the median of the rounds' ratios.
    """
    (root / "tuples").mkdir()
    of_tuples = open_history(tags, root / "tuples", retention=FOR_EVER)
    rows = -(-len(data.times) // ROUNDS)
    rates: dict[str, list[float]] = {name: [] for name in ("columns", "tuples", *(p.name for p in others))}
    for part in parts_of(data, rows):
        rates["columns"].append(ingest(history, part, COMMIT_ROWS))
        for peer in others:
            rates[peer.name].append(peer.ingest(part, COMMIT_ROWS))
        rates["tuples"].append(_tuple_rate(of_tuples, part))
    of_tuples.close()
    return [
        _rate(f"ingest of {form}, everything sealed", rates[form], peer.name, rates[peer.name])
        for form in ("columns", "tuples")
        for peer in others
    ]


def _rate(name: str, own: Sequence[float], peer: str, others: Sequence[float]) -> Result:
    ratio = float(np.median(np.divide(own, others)))
    target = INGEST_TARGET if peer.startswith("naive") else None
    holds = None if target is None else ratio >= target
    return Result(name, float(np.median(own)), "samples/s", peer, ratio, target, holds)
