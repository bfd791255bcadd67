"""The station keeps a unit's effectiveness as tags: from history at its start, live after that."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from historian.model import Series
from hmi.station.effectiveness import EffectivenessDesk, period_starts
from projects.examples import example_path
from projects.files import load, parse, parse_tolerant
from projects.library import with_library
from projects.model import Project
from tags.clock import NS_PER_S
from tags.model import Batch, Value
from tags.status import StatusCode
from tests.unit.projects.sample import sample

PARIS = ZoneInfo("Europe/Paris")
MINUTE = 60 * NS_PER_S
STATE, MODE, REASON = "Line.Status.StateCurrent", "Line.Status.UnitModeCurrent", "Line.Admin.StopReason.ID"
PROCESSED, DEFECTIVE = "Line.Admin.ProdProcessedCount", "Line.Admin.ProdDefectiveCount"
SPEED = "Line.Admin.MachDesignSpeed"
PATHS = {"state": STATE, "mode": MODE, "reason": REASON, "made": PROCESSED, "bad": DEFECTIVE, "speed": SPEED}
GOOD, GAP = int(StatusCode.Good), int(StatusCode.BadDataUnavailable)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()) * NS_PER_S


NINE = at("2026-03-02T09:00")


@dataclass
class Remembered:
    """A history of a few samples."""

    samples: dict[str, list[tuple[int, float, int]]] = field(default_factory=dict)

    def raw(self, path: str, start_ns: int, end_ns: int, *, bounds: bool = False) -> Series:
        rows = self.samples.get(path, [])
        inside = [row for row in rows if start_ns <= row[0] < end_ns]
        before = [row for row in rows if row[0] < start_ns][-1:] if bounds else []
        kept = before + inside
        return Series(
            path,
            np.array([row[0] for row in kept], np.int64),
            np.array([row[1] for row in kept], np.float64),
            np.array([row[2] for row in kept], np.uint32),
            {},
        )


@pytest.fixture(scope="module")
def cell() -> Project:
    return load(example_path("packaging_cell"))


class Bench:
    """A desk with what it published last."""

    def __init__(self, project: Project, started_ns: int = NINE) -> None:
        self.project = project
        self.shown: dict[str, tuple[Value | None, int]] = {}
        self.desk = EffectivenessDesk(project, started_ns, self._take, PARIS)

    def _take(self, batch: Batch) -> None:
        for row, tag_id in enumerate(batch.tag_ids.tolist()):
            self.shown[self.project.tags[tag_id].path] = batch.value_at(row), int(batch.statuses[row])

    def give(self, time_ns: int, **values: float | None) -> None:
        samples = []
        for name, value in values.items():
            tag = self.project.tags.find(PATHS[name])
            assert tag is not None
            status = GOOD if value is not None else int(StatusCode.BadNoCommunication)
            samples.append((tag.id, value, status, time_ns))
        self.desk.take(Batch.of(samples, time_ns))

    def number(self, name: str) -> float:
        value = self.shown[f"Line.Oee.{name}"][0]
        assert isinstance(value, (int, float))
        return float(value)


def test_live_figures_losses_and_their_status(cell: Project) -> None:
    bench = Bench(cell)
    bench.give(NINE, state=6, mode=1, reason=0, made=0, bad=0, speed=60)
    bench.give(NINE + 30 * MINUTE, state=11, reason=20)
    bench.give(NINE + 40 * MINUTE, state=6, made=1200, bad=60)
    bench.desk.tick(NINE + 40 * MINUTE)
    assert bench.number("Run.Availability") == pytest.approx(75)
    assert bench.number("Run.Performance") == pytest.approx(100 * 1200 / 1800)
    assert bench.number("Run.Quality") == pytest.approx(95)
    assert bench.number("Run.Oee") == pytest.approx(75 * (2 / 3) * 0.95)
    assert (bench.number("Run.Loss1.Code"), bench.number("Run.Loss1.Time")) == (20, 10)
    assert (bench.number("Run.Loss1.Share"), bench.number("Run.Loss2.Time")) == (100, 0)
    assert bench.shown["Line.Oee.Run.Oee"][1] == GOOD
    assert (bench.number("Run.Failures"), bench.number("Run.Mttr"), bench.number("Run.IsLowSample")) == (
        1,
        10,
        1,
    )


def test_nothing_known_is_no_figure(cell: Project) -> None:
    bench = Bench(cell)
    bench.desk.tick(NINE + MINUTE)
    for member in ("Availability", "Performance", "Quality", "Oee", "Mtbf"):
        assert bench.shown[f"Line.Oee.Run.{member}"] == (None, int(StatusCode.BadNoData))
    bench.give(NINE + MINUTE, state=6, mode=1, reason=0, made=0, bad=0, speed=60)
    bench.give(NINE + 3 * MINUTE, made=90)
    bench.desk.tick(NINE + 3 * MINUTE)
    assert bench.shown["Line.Oee.Run.Availability"] == (100, GOOD), "a run begins when the unit is heard of"
    assert bench.number("Run.Performance") == 75
    doubt = int(StatusCode.UncertainDataSubNormal)
    assert bench.shown["Line.Oee.Shift.Availability"] == (100, doubt), "a minute of three is not known"
    assert bench.shown["Line.Oee.Shift.Processed"] == (90, GOOD)


def test_causes_outside_are_losses_but_no_failures(cell: Project) -> None:
    bench = Bench(cell)
    bench.give(NINE, state=6, mode=1, reason=0, made=0, bad=0, speed=60)
    bench.give(NINE + 10 * MINUTE, state=5, reason=10)
    bench.give(NINE + 20 * MINUTE, state=6)
    bench.desk.tick(NINE + 20 * MINUTE)
    assert (bench.number("Run.Loss1.Code"), bench.number("Run.Failures")) == (10, 0)
    assert bench.shown["Line.Oee.Run.Mtbf"][0] is None


def test_the_day_and_the_shift_are_recalled_from_history(cell: Project) -> None:
    six, five = at("2026-03-02T06:00"), at("2026-03-02T05:00")
    history = Remembered(
        {
            STATE: [(five, 6, GOOD), (six + 60 * MINUTE, 9, GOOD), (six + 90 * MINUTE, 6, GOOD)],
            MODE: [(five, 1, GOOD)],
            REASON: [(five, 0, GOOD), (six + 60 * MINUTE, 30, GOOD)],
            PROCESSED: [(five, 100, GOOD), (six - MINUTE, 1000, GOOD), (six + 170 * MINUTE, 5000, GOOD)],
            DEFECTIVE: [(five, 0, GOOD), (six + 170 * MINUTE, 40, GOOD)],
            SPEED: [(five, 60, GOOD)],
        }
    )
    gap_ns = six + 175 * MINUTE
    for rows in history.samples.values():
        rows.append((gap_ns, math.nan, GAP))
    bench = Bench(cell)
    bench.desk.recall(history)  # type: ignore[arg-type]
    bench.desk.tick(NINE)
    assert bench.number("Shift.Processed") == 4000
    assert bench.number("Day.Processed") == 4900
    assert bench.number("Shift.ProducingTime") == pytest.approx(145)
    assert bench.number("Shift.UnknownTime") == pytest.approx(5), "the station was off"
    assert bench.number("Shift.Availability") == pytest.approx(100 * 145 / 175)
    assert (bench.number("Shift.Loss1.Code"), bench.number("Shift.Loss1.Time")) == (30, 30)
    assert bench.number("Day.UnknownTime") == pytest.approx(5 * 60 + 5), "nothing is known before five"
    assert bench.number("Run.PlannedTime") == 0


def test_shift_and_day_change_at_their_hour(cell: Project) -> None:
    bench = Bench(cell, at("2026-03-02T13:50"))
    start = at("2026-03-02T13:50")
    bench.give(start, state=6, mode=1, reason=0, made=0, bad=0, speed=60)
    bench.give(start + 5 * MINUTE, made=300)
    bench.desk.tick(start + 20 * MINUTE)
    assert bench.number("Shift.PlannedTime") == pytest.approx(10)
    assert bench.number("Shift.Processed") == 0
    assert bench.number("Day.PlannedTime") == pytest.approx(20)
    assert bench.shown["Line.Oee.Shift.Begin"][0] == at("2026-03-02T14:00")


@pytest.mark.parametrize(
    ("now", "shift", "day"),
    [
        ("2026-03-02T05:59", "2026-03-01T22:00", "2026-03-02T00:00"),
        ("2026-03-02T06:00", "2026-03-02T06:00", "2026-03-02T00:00"),
        ("2026-03-02T23:10", "2026-03-02T22:00", "2026-03-02T00:00"),
        ("2026-03-29T05:00", "2026-03-28T22:00", "2026-03-29T00:00"),
        ("2026-10-25T07:00", "2026-10-25T06:00", "2026-10-25T00:00"),
    ],
)
def test_shifts_begin_at_local_times_also_when_clocks_change(now: str, shift: str, day: str) -> None:
    assert period_starts(at(now), (360, 840, 1320), PARIS) == (at(shift), at(day))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('unit = "Lime"\nresults = "O"', "unknown tag 'Lime.Status.StateCurrent'"),
        ('unit = "Line"\nresults = "Tank"', "Tank is no instance of the type Oee"),
        ('unit = "Line"\nresults = "O"\nshifts = ["6:00"]', "expected a time of day"),
        ('unit = "Line"\nresults = "O"\nmicro_stop_s = 0', "greater than 0"),
    ],
)
def test_what_is_wrong_with_the_settings_is_told_at_its_line(lines: str, told: str) -> None:
    files = with_library(sample())
    files["tags.csv"] += b'Line,PackMLUnit,,,,,,,,,,,,,,,,\nO,Oee,,,,,,,,,,,,,,,,"reasons=""0=None"""\n'
    files["project.toml"] += f"\n[oee.line]\n{lines}\n".encode()
    found = [one for one in parse_tolerant(files).faults if told in one.text]
    assert found
    assert found[0].file == "project.toml"
    assert found[0].row > 0
    sound = {**files, "project.toml": files["project.toml"].split(b"\n[oee.line]")[0]}
    sound["project.toml"] += b'\n[oee.line]\nunit = "Line"\nresults = "O"\n'
    assert [unit.name for unit in parse(sound).oee_units] == ["line"]
