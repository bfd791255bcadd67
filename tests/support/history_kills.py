"""Kill a writing history again and again, and look at what is left each time."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from historian.store import open_history
from historian.writer import UNDECIDED_S
from tags.clock import NS_PER_MS, NS_PER_S, ManualClock
from tests.support.history_child import ROWS, START_NS, TAGS

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests/unit/historian/fixtures"
OLD_FORMATS = (1, 2)


def make_old_format(path: Path, number: int) -> None:
    """Write a history as an earlier version did; the text holds its very blobs."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.executescript((FIXTURES / f"history-format-{number}.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")


def kill_rounds(directory: Path, phase: str, rounds: int, seed: int) -> int:
    """Run rounds of one phase in one history; return the commits acknowledged. Asserts that none was lost."""
    chance = random.Random(seed)
    acknowledged = -1
    for number in range(rounds):
        folder = directory
        if phase == "migration":
            # An old history each time: killed while it is upgraded, or just after.
            folder = directory / f"round{number}"
            folder.mkdir()
            make_old_format(folder / "history.db", OLD_FORMATS[number % len(OLD_FORMATS)])
            acknowledged = -1
        acks = _one_life(folder, phase, acknowledged + 1, chance)
        acknowledged = max(acks, default=acknowledged)
        _assert_whole(folder, acknowledged, phase, acks)
    return acknowledged + 1


def _one_life(folder: Path, phase: str, first: int, chance: random.Random) -> dict[int, float]:
    """Start a writer, kill it at a random moment, and return its acknowledged commits with their moments."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.history_child", str(folder), phase, str(first)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert child.stdout is not None
    said = []
    with child.stdout as lines:
        assert lines.readline().strip() == "opening"
        if phase == "migration":
            time.sleep(chance.uniform(0.0, 0.12))
        else:
            said.append(lines.readline())
            assert said[0].startswith("ack")
            time.sleep(chance.uniform(0.05, 0.5))
        child.kill()
        said += lines.read().splitlines(keepends=True)
    child.wait()
    acks = [line.split() for line in said if line.startswith("ack") and line.endswith("\n")]
    return {int(number): float(moment_s) for _, number, moment_s in acks}


def _assert_whole(folder: Path, acknowledged: int, phase: str, acks: dict[int, float]) -> None:
    with closing(sqlite3.connect(folder / "history.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    history = open_history(TAGS, folder, clock=ManualClock(START_NS + 1))
    reader = history.reader()
    try:
        wanted = START_NS + np.arange((acknowledged + 1) * ROWS) * NS_PER_MS
        for tag in TAGS[:4]:
            series = reader.raw(tag.path, START_NS, 2**62)
            good = series.statuses == 0
            times, values = series.source_ns[good], series.values[good]
            assert len(np.unique(times)) == len(times)
            assert np.isin(wanted, times).all(), f"acknowledged samples of {tag.path} are lost"
            assert (values == tag.id * 1e9 + (times - START_NS) // NS_PER_MS).all()
            if len(times):
                [pixels] = reader.pixels([tag.path], START_NS, START_NS + 3_600 * NS_PER_S, 3)
                shown = reader.raw(tag.path, int(pixels.edges_ns[0]), int(pixels.edges_ns[-1]))
                assert pixels.counts.sum() == len(shown.source_ns)
        if acks and phase != "migration":
            ramp = reader.raw("Tank.Ramp", START_NS, 2**62)
            newest = int(ramp.values[ramp.statuses == 0][-1])
            # By the writer's own moments: how many commits that is depends on the disk.
            lost = [moment_s for number, moment_s in acks.items() if number > newest]
            assert not lost or lost[-1] - lost[0] <= UNDECIDED_S, "the end of a straight line is lost"
        texts = [entry.text for entry in reader.entries(0, 2**62, ["connection"])]
        assert {str(number) for number in range(acknowledged + 1)} <= set(texts)
        if phase == "migration":
            series = reader.raw("Tank.Level", START_NS, START_NS + 800 * NS_PER_S)
            assert (series.statuses == 0).sum() == 800
    finally:
        reader.close()
        history.close()
