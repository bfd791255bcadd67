"""``vigie bench store``: how many updates a second the tag database and the alarm engine take."""

import time
from collections.abc import Callable

import numpy as np

from alarms.manager import AlarmManager
from alarms.model import AlarmDefinition, AlarmType, Priority
from hmi.benchmarks.report import Report, Result
from tags.clock import SystemClock
from tags.database import TagDatabase
from tags.model import Batch, DataType, Tag, TagTable

TAGS = 10_000
BATCH_ROWS = 1_000
ROUNDS = 3
TARGET_UPDATES_PER_S = 1_000_000


def measure(seconds: float) -> Report:
    """Measure in turns, so that each round meets the same machine: plain columns, database, with alarms."""
    tags = TagTable(
        Tag(row, _path(row), DataType.FLOAT64, connection="plc", eu_low=0, eu_high=100) for row in range(TAGS)
    )
    clock = SystemClock()
    batches = _batches(clock.now_ns())
    share_s = seconds / (ROUNDS * 3)
    rates: dict[str, list[float]] = {"columns": [], "database": [], "alarms": []}
    for _ in range(ROUNDS):
        rates["columns"].append(_rate(_plain_columns(), batches, share_s))
        database = TagDatabase(tags, clock)
        rates["database"].append(_rate(database.apply, batches, share_s))
        watched = TagDatabase(tags, clock)
        manager = AlarmManager(_definitions(), tags, ("plc",), clock, lambda *_: None, source=watched)

        def apply_and_watch(
            batch: Batch, database: TagDatabase = watched, manager: AlarmManager = manager
        ) -> None:
            manager.process(database.apply(batch))

        rates["alarms"].append(_rate(apply_and_watch, batches, share_s))
    ceiling, alone, with_alarms = (float(np.median(rates[name])) for name in rates)
    ceiling_name = "plain column store"
    return Report(
        "store",
        (
            Result(f"{ceiling_name}: ids, values, statuses, times", ceiling, "updates/s"),
            Result(
                "tag database: range, deadband, order, change counter",
                alone,
                "updates/s",
                ceiling_name,
                alone / ceiling,
                TARGET_UPDATES_PER_S,
                alone >= TARGET_UPDATES_PER_S,
            ),
            Result(
                f"tag database and {TAGS:,} alarms, batches of {BATCH_ROWS:,}",
                with_alarms,
                "updates/s",
                ceiling_name,
                with_alarms / ceiling,
                TARGET_UPDATES_PER_S,
                with_alarms >= TARGET_UPDATES_PER_S,
            ),
        ),
    )


def _path(row: int) -> str:
    return f"Area{row // 100}.Value{row % 100}"


def _definitions() -> list[AlarmDefinition]:
    return [
        AlarmDefinition(
            f"A{row}",
            _path(row),
            "high",
            "Value high",
            AlarmType.HI,
            95.0,
            deadband_eu=1.0,
            priority=Priority.LOW,
            operator_action="Reduce the flow",
        )
        for row in range(TAGS)
    ]


def _batches(start_ns: int) -> list[Batch]:
    """Return batches of distinct tags; every value changes, few cross their limit."""
    random = np.random.default_rng(1)
    batches = []
    for number in range(100):
        ids = random.permutation(TAGS)[:BATCH_ROWS].astype(np.int32)
        batches.append(
            Batch(
                ids,
                random.uniform(5.0, 95.0, BATCH_ROWS),
                np.zeros(BATCH_ROWS, np.uint32),
                np.full(BATCH_ROWS, start_ns + number * 1_000_000),
                start_ns + number * 1_000_000,
            )
        )
    return batches


def _plain_columns() -> Callable[[Batch], None]:
    values, statuses, times = np.empty(TAGS), np.empty(TAGS, np.uint32), np.empty(TAGS, np.int64)

    def store(batch: Batch) -> None:
        values[batch.tag_ids] = batch.values
        statuses[batch.tag_ids] = batch.statuses
        times[batch.tag_ids] = batch.source_ns

    return store


def _rate(apply: Callable[[Batch], object], batches: list[Batch], seconds: float) -> float:
    """Return updates per second of processor time, so that a busy machine does not count."""
    done = 0
    shift_ns = 0
    started = time.process_time()
    wall_end = time.perf_counter() + seconds
    while time.perf_counter() < wall_end:
        for batch in batches:
            # Each pass is later than the one before: samples out of order would be cheaper.
            apply(
                Batch(
                    batch.tag_ids,
                    batch.values + (shift_ns % 7) * 1e-3,
                    batch.statuses,
                    batch.source_ns + shift_ns,
                    batch.receive_ns + shift_ns,
                )
            )
        shift_ns += len(batches) * 1_000_000
        done += len(batches) * BATCH_ROWS
    return done / (time.process_time() - started)
