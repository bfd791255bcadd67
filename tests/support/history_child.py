"""A station's history in a process of its own, made to be killed: ``python -m tests.support.history_child``.

Prints ``opening``, then ``ack N S`` when commit N and all before it are on disk; its straight line was
handed over at second S of the monotonic clock. Commit N holds, for each of four tags, samples at 50
consecutive milliseconds; a sample's value tells its tag and time.
"""

import sys
import time
from pathlib import Path

import numpy as np

from historian import keeper
from historian.model import LogEntry
from historian.retention import DAY_NS, Retention
from historian.store import open_history
from tags.clock import NS_PER_MS, NS_PER_S, ManualClock
from tags.model import Batch, DataType, LogMode, LogPolicy, Tag, TagTable

START_NS = 1_700_000_000 * NS_PER_S
ROWS = 50
TAGS = TagTable(
    [Tag(row, f"Tag{row}", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE)) for row in range(4)]
    + [
        Tag(4, "Tank.Level", DataType.FLOAT64, log=LogPolicy(LogMode.CHANGE)),
        Tag(5, "Tank.Name", DataType.STRING, log=LogPolicy(LogMode.CHANGE)),
        Tag(6, "Tank.Count", DataType.INT64, log=LogPolicy(LogMode.CHANGE)),
        Tag(7, "Tank.Ramp", DataType.FLOAT64, log=LogPolicy(LogMode.SWINGING, deviation_eu=0.1)),
    ]
)


def commit(number: int) -> Batch:
    """Return the samples of a commit."""
    steps = np.arange(number * ROWS, (number + 1) * ROWS)
    times = np.tile(START_NS + steps * NS_PER_MS, 4)
    ids = np.repeat(np.arange(4, dtype=np.int32), ROWS)
    values = ids * 1e9 + np.tile(steps, 4)
    return Batch(ids, values.astype(np.float64), np.zeros(len(ids), np.uint32), times, START_NS)


def say(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(directory: Path, phase: str, first: int) -> None:
    """Append for ever."""
    keeper.TICK_S = 0.01
    keeper.PAUSE_S = 0.001
    if phase in ("seal", "retention"):
        keeper.MIN_SEAL_SAMPLES = 2_000
        keeper.SEAL_SAMPLES_PER_TAG = 1
    if phase == "retention":
        keeper.FIRST_RETENTION_S = keeper.RETENTION_EVERY_S = 0.02
    say("opening")
    history = open_history(TAGS, directory, clock=ManualClock(START_NS), retention=Retention(1, (2, 3, 3), 1))
    writer = history.writer()
    number = first
    while True:
        writer.samples(commit(number))
        if phase == "retention":
            # Old enough to go at once, in blocks of their own.
            old = commit(number)
            writer.samples(
                Batch(old.tag_ids, old.values, old.statuses, old.source_ns - 400 * DAY_NS, START_NS)
            )
        at_ns = START_NS + number * NS_PER_MS
        # A straight line: nothing of it is stored but its begin, until it ends.
        handed_over_s = time.monotonic()
        writer.samples(Batch.of([(7, float(number), 0, at_ns)], START_NS))
        writer.entry(LogEntry("connection", at_ns, at_ns, "line", str(number)))
        writer.flush().result(30)
        say(f"ack {number} {handed_over_s!r}")
        number += 1


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
