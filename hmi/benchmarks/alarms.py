"""``vigie bench alarms``: conditions evaluated, a burst on its way to the painted list, and back-tests.

The back-test reads its samples from memory, so that the figure is the back-test's own; what reading history
costs is in ``vigie bench historian``.
"""

import asyncio
import math
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alarms.backtest import run
from alarms.backtest_journal import History, differences
from alarms.journal import Journal
from alarms.manager import AlarmManager
from alarms.metrics_events import DAY_NS, Period
from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, AlarmType, Priority
from alarms.suppression import InputSource
from historian.model import Series
from historian.store import open_history
from hmi.benchmarks.report import Report, Result, at_least, at_most
from hmi.link import Alarms, decode_to_client, encode
from hmi.station.sessions import Outbox
from tags.clock import NS_PER_S, ManualClock, SystemClock
from tags.database import TagDatabase
from tags.model import Batch, DataType, Tag, TagTable

CONDITIONS = 10_000
BATCH_ROWS = 1_000
TARGET_EVALUATIONS_PER_S = 1_000_000
BURST_PER_S = 500
BURST_S = 10
BURST_STEPS_PER_S = 50
TARGET_LIST_MS = 200.0
TAGS_TESTED = 50
ALARMS_PER_TAG = 4
DAYS = 30
SHAPES = 5
"""Different histories that the tags share, so that 30 days of 50 tags fit into memory."""
IDENTITY_S = 6 * 3600
TARGET_BACKTEST_S = 5.0
_START_NS = 1_790_000_000 * NS_PER_S
_LIMITS = ((AlarmType.HIHI, 95.0), (AlarmType.HI, 85.0), (AlarmType.LO, 15.0), (AlarmType.LOLO, 5.0))


def measure(seconds: float) -> Report:
    """Measure all three; ``seconds`` bounds the evaluations, the burst takes ten of its own."""
    return Report(
        "alarms",
        (*_evaluations(min(seconds, 5.0)), *asyncio.run(_burst()), *_list(), *_back_tests()),
    )


def _table(number: int) -> TagTable:
    return TagTable(
        Tag(row, f"Area{row // 100}.Value{row % 100}", DataType.FLOAT64, connection="plc", unit="%",
            eu_low=0.0, eu_high=100.0)
        for row in range(number)
    )  # fmt: skip


def _alarm(number: int, tag: Tag, kind: AlarmType, setpoint: float) -> AlarmDefinition:
    return AlarmDefinition(
        f"A{number:05d}",
        tag.path,
        "limit",
        "Value beyond its limit",
        kind,
        setpoint,
        unit="%",
        deadband_eu=2.0,
        priority=Priority.LOW,
        operator_action="Reduce the flow",
    )


# Evaluations


def _evaluations(seconds: float) -> list[Result]:
    tags = _table(CONDITIONS)
    definitions = [_alarm(row, tag, AlarmType.HI, 95.0) for row, tag in enumerate(tags)]
    source = InputSource(tags)
    manager = AlarmManager(definitions, tags, ("plc",), SystemClock(), lambda *_: None, source)
    random = np.random.default_rng(1)
    ids = np.arange(BATCH_ROWS, dtype=np.int32)
    columns = [random.uniform(5.0, 95.0, BATCH_ROWS) for _ in range(50)]
    statuses = np.zeros(BATCH_ROWS, np.uint32)
    times = np.full(BATCH_ROWS, _START_NS)
    done = {"plain": 0, "engine": 0}
    spent = {"plain": 0.0, "engine": 0.0}
    limits = np.full(CONDITIONS, 95.0)
    wall_end = time.perf_counter() + seconds
    while time.perf_counter() < wall_end:
        # In turns, so that both meet the same machine.
        for name in ("plain", "engine"):
            begun = time.process_time()
            for place, values in enumerate(columns):
                chosen = ids + (place % (CONDITIONS // BATCH_ROWS)) * BATCH_ROWS
                if name == "plain":
                    np.flatnonzero(values > limits[chosen])
                else:
                    manager.process(Batch(chosen, values, statuses, times, _START_NS))
            spent[name] += time.process_time() - begun
            done[name] += len(columns) * BATCH_ROWS
    plain, engine = (done[name] / spent[name] for name in ("plain", "engine"))
    ceiling = "plain comparison with the limits"
    return [
        Result(ceiling, plain, "conditions/s"),
        Result(
            f"{CONDITIONS:,} conditions, batches of {BATCH_ROWS:,}",
            engine,
            "conditions/s",
            ceiling,
            engine / plain,
            TARGET_EVALUATIONS_PER_S,
            engine >= TARGET_EVALUATIONS_PER_S,
        ),
    ]


# A burst, from the sample to the client's list


@dataclass(slots=True)
class _Client:
    """Keep the list as a window does, and when each alarm reached it."""

    rows: dict[str, AlarmSnapshot]
    events: int
    latencies_ms: list[float]

    def take(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            message = decode_to_client(frame)
            if isinstance(message, Alarms):
                now_ns = time.time_ns()
                self.events += len(message.events)
                self.rows.update((row.alarm_id, row) for row in message.rows)
                self.latencies_ms += [(now_ns - event.receive_ns) / 1e6 for event in message.events]


async def _burst() -> list[Result]:
    tags = _table(CONDITIONS)
    definitions = [_alarm(row, tag, AlarmType.HI, 85.0) for row, tag in enumerate(tags)]
    clock = SystemClock()
    database = TagDatabase(tags, clock)
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        history = open_history(tags, Path(folder))
        writer = history.writer()
        writer.submit(Journal.create_tables).result()
        journal = Journal(writer.submit, history.engine)
        outbox = Outbox(database, clock)
        pending = []

        def publish(events: list[AlarmEvent], rows: list[AlarmSnapshot], removed: list[str]) -> None:
            pending.append(journal.append(events))
            outbox.post(Alarms(events, rows, removed, complete=False))

        manager = AlarmManager(definitions, tags, ("plc",), clock, publish, database)
        manager.restore([], 0)
        client = _Client({}, 0, [])
        receiver = asyncio.create_task(_receive(outbox, client))
        expected = BURST_PER_S * BURST_S
        begun = time.monotonic()
        per_step = BURST_PER_S // BURST_STEPS_PER_S
        for step in range(BURST_S * BURST_STEPS_PER_S):
            await asyncio.sleep(max(0.0, begun + step / BURST_STEPS_PER_S - time.monotonic()))
            ids = np.arange(step * per_step, (step + 1) * per_step, dtype=np.int32)
            now_ns = clock.now_ns()
            batch = Batch(
                ids,
                np.full(per_step, 90.0),
                np.zeros(per_step, np.uint32),
                np.full(per_step, now_ns),
                now_ns,
            )
            manager.process(database.apply(batch))
        elapsed_s = time.monotonic() - begun
        await asyncio.sleep(0.5)
        receiver.cancel()
        for appended in pending:
            appended.result()
        stored = len(journal.events(0, 2**62))
        history.close()
    p50, p99 = (float(value) for value in np.percentile(client.latencies_ms, [50, 99]))
    return [
        Result(f"burst of {BURST_S} s: activations", expected / elapsed_s, "alarms/s"),
        at_most("burst: lost on the way to the client's list", expected - len(client.rows), "alarms", 0),
        at_most("burst: events lost on the way", expected - client.events, "events", 0),
        at_most("burst: lost on the way to the journal", expected - stored, "events", 0),
        Result("burst: sample to the client's list, p50", p50, "ms"),
        at_most("burst: sample to the client's list, p99", p99, "ms", TARGET_LIST_MS),
    ]


async def _receive(outbox: Outbox, client: _Client) -> None:
    while True:
        await outbox.wait()
        client.take([encode(message) for message in outbox.take()])


# The list of the window


def _list() -> list[Result]:
    """Measure the burst once more where the operator sees it: painted, flat and folded."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication  # the platform has to be chosen first

    from views.alarm_fold import Grouping
    from views.measure_alarms import measure_list
    from views.style import load_fonts, load_theme

    application = QApplication.instance() or QApplication([])
    load_fonts()
    tags = _table(CONDITIONS)
    definitions = [_alarm(row, tag, AlarmType.HI, 85.0) for row, tag in enumerate(tags)]
    results: list[Result] = []
    for name, grouping in (("flat", Grouping.NONE), ("folded by area", Grouping.AREA)):
        found = measure_list(definitions, tags, BURST_PER_S, BURST_S, grouping, load_theme("light"))
        results += [
            Result(f"list painted, {name}: GUI time of a message, p50", found.p50_ms, "ms"),
            at_most(f"list painted, {name}: GUI time of a message, p99", found.p99_ms, "ms", TARGET_LIST_MS),
            at_most(f"list painted, {name}: lost", BURST_PER_S * BURST_S - found.shown, "alarms", 0),
        ]
    application.processEvents()
    return results


# Back-tests


class _Memory:
    """Offer made-up history: levels that wander, with noise, and now and then beyond a limit."""

    def __init__(self, tags: TagTable, times: NDArray[np.int64]) -> None:
        self._tags = tags
        self._times = times
        self._statuses = np.zeros(len(times), np.uint32)
        random = np.random.default_rng(5)
        hours = (times - times[0]) / (3600 * NS_PER_S)
        self._shapes = []
        for number in range(SHAPES):
            wander = 50 + 33 * np.sin(hours / (3.1 + number)) * np.sin(hours / (17.3 + number))
            upsets = np.zeros(len(times))
            for place in random.integers(0, len(times) - 2000, 8 * DAYS).tolist():
                length = int(random.integers(20, 1500))
                upsets[place : place + length] += float(random.uniform(-20, 20))
            self._shapes.append(wander + upsets + random.normal(0, 0.3, len(times)))

    def raw(self, path: str, start_ns: int, end_ns: int, *, bounds: bool = False) -> Series:
        """Return the samples of the period; there are none outside, whatever ``bounds`` says."""
        del bounds
        first, last = (int(np.searchsorted(self._times, at_ns)) for at_ns in (start_ns, end_ns))
        shape = self._shapes[self._tags.by_path(path).id % SHAPES]
        return Series(path, self._times[first:last], shape[first:last], self._statuses[first:last], {})


def _back_tests() -> list[Result]:
    tags = _table(TAGS_TESTED)
    definitions = [
        replace(
            _alarm(tag.id * ALARMS_PER_TAG + number, tag, kind, setpoint),
            on_delay_ns=(tag.id % 3) * 5 * NS_PER_S,
            off_delay_ns=(tag.id % 2) * 10 * NS_PER_S,
        )
        for tag in tags
        for number, (kind, setpoint) in enumerate(_LIMITS)
    ]
    wider = [replace(item, deadband_eu=4.0) if item.type is AlarmType.HI else item for item in definitions]
    every_second = np.arange(DAYS * 86_400, dtype=np.int64) * NS_PER_S + _START_NS
    on_change = every_second[
        np.sort(np.random.default_rng(2).choice(len(every_second), 90_000, replace=False))
    ]
    period = Period(_START_NS, _START_NS + DAYS * DAY_NS)
    results: list[Result] = []
    for name, times in (("1 s data", every_second), ("on change", on_change)):
        history = History(_Memory(tags, times), tags, ("plc",))
        # Processor time of this one thread, so that a busy machine does not count.
        begun = time.process_time()
        found = run(history, definitions, wider, period)
        elapsed_s = time.process_time() - begun
        results += [
            at_most(
                f"back-test of {DAYS} days x {len(definitions)} alarms, {name}",
                elapsed_s,
                "s",
                TARGET_BACKTEST_S,
            ),
            Result(f"back-test, {name}: samples looked at", found.samples / 1e6, "million"),
            Result(f"back-test, {name}: samples fed", float(found.fed), ""),
            Result(f"back-test, {name}: events before and after the change",
                   float(len(found.before.events) + len(found.after.events)), "events"),
        ]  # fmt: skip
        first_ns = found.before.events[0].source_ns - 600 * NS_PER_S
        part = Period(first_ns, first_ns + IDENTITY_S * NS_PER_S)
        short = run(history, definitions, definitions, part)
        live = _live(history, definitions, part)
        unlike = differences(short.before.events, live)
        results.append(
            at_most(f"back-test, {name}: events unlike the live engine's", len(unlike), "events", 0)
        )
        results.append(at_least(f"back-test, {name}: events compared", len(live), "events", 1))
    return results


def _live(history: History, definitions: Sequence[AlarmDefinition], period: Period) -> list[AlarmEvent]:
    """Run the engine as a station does: each sample in its turn, and a clock that ticks every second."""
    tags = history.tags
    events: list[AlarmEvent] = []
    clock = ManualClock(period.start_ns)
    manager = AlarmManager(
        definitions, tags, history.connections, clock, lambda new, *_: events.extend(new), InputSource(tags)
    )
    manager.restore([], 0)
    series = [history.reader.raw(tag.path, period.start_ns, period.end_ns) for tag in tags]
    ids = np.arange(len(tags), dtype=np.int32)
    for row, at_ns in enumerate(series[0].source_ns.tolist()):
        for second in range(max(0, math.ceil((at_ns - clock.now_ns()) / NS_PER_S))):
            manager.tick(min(clock.now_ns() + (second + 1) * NS_PER_S, at_ns))
        clock.set_now_ns(at_ns)
        values = np.array([item.values[row] for item in series])
        manager.process(Batch(ids, values, np.zeros(len(ids), np.uint32), np.full(len(ids), at_ns), at_ns))
    return events
