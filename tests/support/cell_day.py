"""A day of the packaging cell by a held clock: what its operators saw, and what history says happened.

The simulated cell runs with its own faults, injected ones, lost connections, and operators who acknowledge
and shelve. Samples go through the tag database, the alarm engine and the history as on a station. The journal
that a back-test makes from the stored samples must be the live one, event by event.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import numpy as np

from alarms.backtest import run
from alarms.backtest_journal import History, connection_changes, differences, replay
from alarms.communication import with_communication
from alarms.journal import Journal
from alarms.manager import AlarmManager
from alarms.metrics_events import Period
from alarms.model import AlarmEvent, AlarmSnapshot
from historian.store import open_history
from projects.examples import example_path
from projects.files import load
from tags.clock import NS_PER_MS, NS_PER_S, ManualClock
from tags.database import TagDatabase
from tags.expression import BoundExpression, compile_expression
from tags.model import Batch, LogMode, LogPolicy, Tag, TagTable
from tags.simulator.cell import PackagingCell
from tags.simulator.faults import FAULTS
from tags.simulator.maps import POINTS
from tags.simulator.points import Point
from tags.status import StatusCode

START_NS = 1_790_000_000 * NS_PER_S
STEP_MS = 200
STEPS_PER_SCAN = 5
DAY_STEPS = 24 * 3600 * 1000 // STEP_MS


def logged(tags: TagTable) -> TagTable:
    """All tags with every change kept, so that history holds what the engine saw."""
    return TagTable(replace(tag, log=LogPolicy(LogMode.CHANGE)) for tag in tags)


@dataclass
class Cell:
    """The simulated cell as its controllers show it: raw values of all readable tags."""

    tags: TagTable
    model: PackagingCell
    points: list[tuple[Tag, Point]] = field(default_factory=list)
    calculated: list[tuple[Tag, BoundExpression]] = field(default_factory=list)

    def __post_init__(self) -> None:
        places = {name: {point.address: point for point in points} for name, points in POINTS.items()}
        for tag in self.tags:
            if tag.expression is not None:
                self.calculated.append((tag, compile_expression(tag.expression).bind(self.tags)))
            elif tag.connection is not None and tag.address is not None and tag.access.is_readable:
                self.points.append((tag, places[tag.connection][tag.address.text]))

    def scan(self, now_ns: int, lost: set[str]) -> Batch:
        rows = [
            (tag.id, point.encode(point.reader()(self.model)), int(StatusCode.Good), now_ns)
            for tag, point in self.points
            if tag.connection not in lost
        ]
        return Batch.of(rows, now_ns)

    def calculate(self, database: TagDatabase, now_ns: int) -> Batch:
        rows = []
        for tag, bound in self.calculated:
            result = bound.evaluate(database)
            rows.append((tag.id, result.value, result.status, now_ns))
        return Batch.of(rows, now_ns)


class Station:
    """Database, alarms, journal and history, wired as a station wires them."""

    def __init__(self, tags: TagTable, folder: Path) -> None:
        project = load(example_path("packaging_cell"))
        self.clock = ManualClock(START_NS)
        self.connections = tuple(project.connections)
        self.definitions = with_communication(project.alarms, self.connections)
        self.database = TagDatabase(tags, self.clock)
        self.history = open_history(tags, folder, clock=self.clock)
        self.writer = self.history.writer()
        self.writer.submit(Journal.create_tables).result()
        self.journal = Journal(self.writer.submit, self.history.engine)
        self.events: list[AlarmEvent] = []
        self.rows: dict[str, AlarmSnapshot] = {}
        self.manager = AlarmManager(
            self.definitions, tags, self.connections, self.clock, self._take, self.database
        )
        self.manager.restore([], 0)

    def _take(self, events: list[AlarmEvent], rows: list[AlarmSnapshot], removed: list[str]) -> None:
        self.events += events
        self.journal.append(events)
        self.rows.update((row.alarm_id, row) for row in rows)
        for alarm_id in removed:
            self.rows.pop(alarm_id, None)

    def take(self, batch: Batch) -> None:
        if len(batch):
            self.manager.process(batch)
            self.writer.samples(batch)


def live_day(tags: TagTable, folder: Path, steps: int, seed: int) -> Station:
    random = Random(seed)
    cell = Cell(tags, PackagingCell(seed, auto_start=True, random_faults=True, attendant=True))
    station = Station(tags, folder)
    names = sorted(FAULTS)
    repairs: dict[int, str] = {}
    returns: dict[int, str] = {}
    lost: set[str] = set()
    for step in range(steps):
        now_ns = START_NS + step * STEP_MS * NS_PER_MS
        cell.model.step(STEP_MS / 1000)
        station.clock.set_now_ns(now_ns)
        station.manager.tick(now_ns)
        if random.random() < 1 / (20 * 60 * 5):
            name = random.choice(names)
            cell.model.inject(name)
            repairs[step + random.randrange(50, 3000)] = name
        if step in repairs:
            cell.model.clear(repairs.pop(step))
        if step and random.random() < 1 / (90 * 60 * 5) and not lost:
            name = random.choice(station.connections)
            lost.add(name)
            station.manager.connection_changed(name, True, now_ns, "no answer")
            ids = np.array([tag.id for tag in tags if tag.connection == name], np.int32)
            station.take(station.database.mark(ids, int(StatusCode.BadNoCommunication), now_ns))
            returns[step + random.randrange(20, 600)] = name
        if step in returns:
            name = returns.pop(step)
            lost.discard(name)
            station.manager.connection_changed(name, False, now_ns, "connected")
        if step % STEPS_PER_SCAN == 0:
            changed = station.database.apply(cell.scan(now_ns, lost))
            results = station.database.apply_eu(cell.calculate(station.database, now_ns))
            station.take(Batch.concatenate([changed, results]))
        if random.random() < 1 / (3 * 60 * 5):
            operate(station, random, now_ns)
    station.writer.flush().result()
    return station


def operate(station: Station, random: Random, now_ns: int) -> None:
    """Let an operator acknowledge what stands, and now and then hide an alarm or take it back."""
    who = ("anna", "desk1", "looked at", now_ns)
    ids = sorted(station.rows)
    station.manager.acknowledge([station.rows[name].event_id for name in ids], *who)
    station.manager.reset(ids, *who)
    if ids and random.random() < 0.1:
        station.manager.shelve([random.choice(ids)], random.choice([None, 900 * NS_PER_S]), *who)
    elif ids and random.random() < 0.05:
        station.manager.out_of_service([random.choice(ids)], random.random() < 0.5, *who)


def alike(station: Station, tags: TagTable, steps: int) -> tuple[Sequence[AlarmEvent], int]:
    """Check the stored journal and the one made from stored samples against the live one."""
    end_ns = START_NS + steps * STEP_MS * NS_PER_MS
    stored = station.journal.events(0, 2**62)
    assert sorted(stored, key=lambda event: event.sequence) == station.events
    reader = station.history.reader()
    changes = connection_changes(stored, station.definitions)
    history = History(reader, tags, station.connections, changes, stored)
    found = replay(history, (station.definitions,), START_NS, end_ns)
    assert differences(found.journals[0], station.events) == []
    again = run(history, station.definitions, station.definitions, Period(START_NS, end_ns))
    reader.close()
    assert not [item for item in again.effects if item.is_changed]
    return station.events, found.samples
