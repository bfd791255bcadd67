"""The level transmitter of the packaging cell breaks and is repaired, by a held clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alarms.model import Transition
from alarms.record import is_annunciation
from projects.examples import example_path
from projects.files import load
from tags.clock import NS_PER_MS
from tags.model import Batch
from tags.simulator.cell import PackagingCell
from tests.support.cell_day import START_NS, STEP_MS, Cell, Station, alike, logged

BROKEN_FROM, BROKEN_TO, STEPS = 300, 900, 1500
"""In steps of 0.2 s: broken for two minutes, longer than any on-delay of the level's alarms."""
LEVEL = "Filling.Tank.Level"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = Station(logged(load(example_path("packaging_cell")).tags), tmp_path)
    yield station
    station.history.close()


def run(station: Station, *, is_level_late: bool = False, is_overfilled: bool = False) -> None:
    """Break and repair the transmitter; a late level comes one step after the bit that says it is good."""
    cell = Cell(station.database.tags, PackagingCell(7, auto_start=True))
    level_id = station.database.tags.by_path(LEVEL).id
    late = Batch.empty(START_NS)
    for step in range(STEPS):
        now_ns = START_NS + step * STEP_MS * NS_PER_MS
        cell.model.step(STEP_MS / 1000)
        if step == BROKEN_FROM:
            cell.model.inject("level_sensor_failed")
            if is_overfilled:
                cell.model.tank.volume_l = 99.0
        if step == BROKEN_TO:
            cell.model.clear("level_sensor_failed")
        station.clock.set_now_ns(now_ns)
        station.manager.tick(now_ns)
        scanned = cell.scan(now_ns, set())
        is_late = scanned.tag_ids == level_id
        if is_level_late:
            now, late = Batch.concatenate([late, scanned.take(~is_late)]), scanned.take(is_late)
        else:
            now = scanned
        changed = station.database.apply(now)
        results = station.database.apply_eu(cell.calculate(station.database, now_ns))
        station.take(Batch.concatenate([changed, results]))
    station.writer.flush().result()


@pytest.mark.parametrize("is_level_late", [False, True])
def test_a_repaired_transmitter_announces_nothing_of_the_time_when_it_was_broken(
    station: Station, is_level_late: bool
) -> None:
    run(station, is_level_late=is_level_late)
    high = [event for event in station.events if event.alarm_id == "FIL-004"]
    assert [event.transition for event in high] == [
        Transition.SUPPRESSED,
        Transition.ACTIVATED,
        Transition.RETURNED,
        Transition.UNSUPPRESSED,
    ]
    told = {event.alarm_id for event in station.events if event.tag == LEVEL and is_annunciation(event)}
    assert told == set()
    assert not [row for row in station.rows.values() if row.tag == LEVEL]


def test_a_tank_that_is_too_full_is_told_after_the_repair(station: Station) -> None:
    run(station, is_overfilled=True)
    [repaired] = [event for event in station.events if event.alarm_id == "FIL-005" and not event.flags & 1]
    told = [event for event in station.events if event.alarm_id == "FIL-004" and is_annunciation(event)]
    # The failure's off-delay and the on-delay of the level's alarm are five seconds both.
    assert [(event.transition, event.source_ns) for event in told] == [
        (Transition.UNSUPPRESSED, repaired.source_ns)
    ]


def test_history_tells_the_same_of_the_repair(station: Station) -> None:
    run(station)
    alike(station, station.database.tags, STEPS)
