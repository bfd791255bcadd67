"""Summaries of runs of samples: what blocks and roll-ups keep, and how runs join to longer ones.

A summary knows its samples only: the time from the first to the last one. What held before the first and
after the last is added when somebody asks for a period. So summaries of neighbouring runs join exactly, and
a late sample changes no other run.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SUMMARY = np.dtype(
    [
        ("key", np.int64),
        ("samples", np.int64),
        ("bad", np.int64),
        ("uncertain", np.int64),
        ("low", np.float64),
        ("high", np.float64),
        ("total", np.float64),
        ("first_ns", np.int64),
        ("first", np.float64),
        ("first_status", np.uint32),
        ("last_ns", np.int64),
        ("last", np.float64),
        ("last_status", np.uint32),
        ("area", np.float64),
        ("valid_ns", np.int64),
        ("worst", np.uint32),
    ]
)
"""One run of samples of one tag.

``key`` is what the run is called (a bucket's number, a column's index); ``bad`` and ``uncertain`` count
samples; ``low high total`` are of valid values (not bad, not NaN; low and high NaN without any); ``area`` is
the sum of valid values times the nanoseconds that each held, up to the last sample, and ``valid_ns`` their
sum; ``worst`` is the largest status code.
"""

Summaries = NDArray[np.void]


def joined(parts: Sequence[Summaries]) -> Summaries:
    """Return several arrays of summaries as one.

    numpy's own concatenate works the common type of sixteen fields out anew for each part.
    """
    if len(parts) == 1:
        return parts[0]
    found = np.empty(sum(len(part) for part in parts), SUMMARY)
    begin = 0
    for part in parts:
        found[begin : begin + len(part)] = part
        begin += len(part)
    return found


def run_starts(keys: NDArray[Any]) -> NDArray[np.intp]:
    """Return where each run of equal keys begins; empty without keys."""
    is_start = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_start[1:])
    return is_start.nonzero()[0]


def _run_ends(starts: NDArray[np.intp], rows: int) -> NDArray[np.intp]:
    """Return the last row of each run."""
    ends = np.empty_like(starts)
    ends[:-1] = starts[1:]
    ends[-1] = rows
    return ends - 1


def is_valid(values: NDArray[np.float64], statuses: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell which samples have a usable number: not bad and not NaN."""
    return (statuses < np.uint32(0x80000000)) & ~np.isnan(values)


def summarize(
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    statuses: NDArray[np.uint32],
    starts: NDArray[np.intp],
    keys: NDArray[np.int64],
) -> Summaries:
    """Return one summary per run; run i are the rows from ``starts[i]`` up to the next start, never none.

    Rows may belong to several tags as long as a run belongs to one; within a run times are in order.
    """
    rows = len(times)
    found = np.zeros(len(starts), SUMMARY)
    if not len(starts):
        return found
    ends = _run_ends(starts, rows)
    held_ns = np.zeros(rows, np.int64)
    held_ns[:-1] = times[1:] - times[:-1]
    held_ns[ends] = 0  # what holds after a run's last sample is not the run's
    found["key"] = keys
    found["samples"] = ends - starts + 1
    shown = solid = values
    if statuses.any() or np.isnan(values).any():
        # Seldom: most stretches are good throughout, and this costs as much as all the rest.
        valid = is_valid(values, statuses)
        shown, solid = np.where(valid, values, np.nan), np.where(valid, values, 0.0)
        held_ns[~valid] = 0
        severity = statuses >> np.uint32(30)
        found["bad"] = np.add.reduceat((severity >= 2).astype(np.int64), starts)
        found["uncertain"] = np.add.reduceat((severity == 1).astype(np.int64), starts)
        found["worst"] = np.maximum.reduceat(statuses, starts)
    found["low"] = np.fmin.reduceat(shown, starts)
    found["high"] = np.fmax.reduceat(shown, starts)
    with np.errstate(invalid="ignore", over="ignore"):
        found["total"] = np.add.reduceat(solid, starts)
        found["area"] = np.add.reduceat(solid * held_ns, starts)
    found["valid_ns"] = np.add.reduceat(held_ns, starts)
    found["first_ns"], found["last_ns"] = times[starts], times[ends]
    found["first"], found["last"] = values[starts], values[ends]
    found["first_status"], found["last_status"] = statuses[starts], statuses[ends]
    return found


def join(runs: Summaries, starts: NDArray[np.intp], keys: NDArray[np.int64]) -> Summaries:
    """Join neighbouring runs, in order of time, to longer ones; ``starts`` as in :func:`summarize`."""
    found = np.zeros(len(starts), SUMMARY)
    if not len(starts):
        return found
    ends = _run_ends(starts, len(runs))
    gap_ns = np.zeros(len(runs), np.int64)
    gap_ns[:-1] = runs["first_ns"][1:] - runs["last_ns"][:-1]
    gap_ns[ends] = 0
    valid = is_valid(runs["last"], runs["last_status"])
    gap_ns[~valid] = 0
    found["key"] = keys
    for name in ("samples", "bad", "uncertain"):
        found[name] = np.add.reduceat(runs[name], starts)
    found["low"] = np.fmin.reduceat(runs["low"], starts)
    found["high"] = np.fmax.reduceat(runs["high"], starts)
    with np.errstate(invalid="ignore", over="ignore"):
        found["total"] = np.add.reduceat(runs["total"], starts)
        held = np.where(valid, runs["last"], 0.0) * gap_ns
        found["area"] = np.add.reduceat(runs["area"] + held, starts)
    found["valid_ns"] = np.add.reduceat(runs["valid_ns"] + gap_ns, starts)
    found["worst"] = np.maximum.reduceat(runs["worst"], starts)
    for name in ("first_ns", "first", "first_status"):
        found[name] = runs[name][starts]
    for name in ("last_ns", "last", "last_status"):
        found[name] = runs[name][ends]
    return found


def join_by(runs: Summaries, keys: NDArray[np.int64]) -> Summaries:
    """Join neighbouring runs of the same key; ``keys`` (one per run) never fall."""
    if not len(runs):
        return runs
    starts = run_starts(keys)
    return join(runs, starts, keys[starts])


def summarize_by(
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    statuses: NDArray[np.uint32],
    keys: NDArray[np.int64],
) -> Summaries:
    """Return one summary per key of one tag's samples; ``keys`` (one per sample) never fall."""
    if not len(times):
        return np.zeros(0, SUMMARY)
    starts = run_starts(keys)
    return summarize(times, values, statuses, starts, keys[starts])
