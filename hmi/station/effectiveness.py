"""The station's effectiveness desk: follows PackML units and keeps their figures as tags (OEE-01..05)."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from historian.effectiveness import LOW_SAMPLE, Account, Input, Recorder, Rules
from historian.model import Reader
from projects.model import OeeUnit, Project
from tags.clock import NS_PER_S
from tags.model import Batch, Tag, TagTable, Value
from tags.status import Quality, StatusCode, quality

SHIFT: Final = "Shift"
DAY: Final = "Day"
RUN: Final = "Run"
RANKS: Final = 6
"""Ranks of the pareto that have tags."""
_NS_PER_MIN: Final = 60 * NS_PER_S

_Sample = tuple[int, Value | None, int, int]


class EffectivenessDesk:
    """Compute the effectiveness of a project's units. Station loop only, :meth:`recall` apart.

    ``publish`` takes the results, samples of station tags in engineering units. ``zone`` is where the days
    and shifts are those of; the machine's own when None.
    """

    def __init__(
        self,
        project: Project,
        started_ns: int,
        publish: Callable[[Batch], None],
        zone: tzinfo | None = None,
    ) -> None:
        self._publish = publish
        self._units = [_Unit(unit, project.tags, started_ns, zone) for unit in project.oee_units]
        self._of_tag = {tag_id: (unit, source) for unit in self._units for tag_id, source in unit.sources()}

    def recall(self, reader: Reader) -> None:
        """Take in what history knows of the day and the shift that run; blocking, before the first sample.

        Raises:
            HistoryUnavailableError: the history cannot be read.
        """
        for unit in self._units:
            unit.recall(reader)

    def take(self, batch: Batch) -> None:
        """Take the samples of the units' tags out of a batch of accepted changes."""
        if not self._of_tag:
            return
        for row, tag_id in enumerate(batch.tag_ids.tolist()):
            found = self._of_tag.get(tag_id)
            if found is not None:
                unit, source = found
                status = int(batch.statuses[row])
                unit.take(source, int(batch.source_ns[row]), _number(batch.value_at(row), status))

    def tick(self, now_ns: int) -> None:
        """Bring all figures up to now and publish them."""
        for unit in self._units:
            unit.advance(now_ns)
            self._publish(Batch.of(unit.results(now_ns), now_ns))


class _Unit:
    """Follow one unit: its recorder, and when its day and its shift change."""

    def __init__(self, declared: OeeUnit, tags: TagTable, started_ns: int, zone: tzinfo | None) -> None:
        self._declared = declared
        self._tags = tags
        self._zone = zone
        self._started_ns = started_ns
        self._shift_ns, self._day_ns = period_starts(started_ns, declared.shifts, zone)
        rules = Rules(
            int(declared.micro_stop_s * NS_PER_S),
            declared.planned_reasons,
            declared.operator_reasons | declared.external_reasons,
        )
        self._recorder = Recorder(rules, min(self._shift_ns, self._day_ns))
        self._is_running = False

    def sources(self) -> list[tuple[int, Input]]:
        """Return the tags that are followed, by id."""
        found = [(self._tags.find(f"{self._declared.unit}.{source.value}"), source) for source in Input]
        return [(tag.id, source) for tag, source in found if tag is not None]

    def recall(self, reader: Reader) -> None:
        start_ns = min(self._shift_ns, self._day_ns)
        events: list[tuple[int, Input, float | None]] = []
        for tag_id, source in self.sources():
            series = reader.raw(self._tags[tag_id].path, start_ns, self._started_ns, bounds=True)
            events += [
                (max(time_ns, start_ns), source, _number(value, status))
                for time_ns, value, status in zip(
                    series.source_ns.tolist(), series.values.tolist(), series.statuses.tolist(), strict=True
                )
                if time_ns < self._started_ns
            ]
        openings = sorted({self._shift_ns, self._day_ns})
        for time_ns, source, value in sorted(events, key=lambda event: event[0]):
            self._open_until(openings, time_ns)
            self._recorder.take(source, time_ns, value)
        self._open_until(openings, self._started_ns)
        # What held when the station stopped is not known to hold now.
        for source in Input:
            self._recorder.take(source, self._started_ns, None)
        self._begin()

    def _open_until(self, openings: list[int], time_ns: int) -> None:
        while openings and openings[0] <= time_ns:
            at_ns = openings.pop(0)
            self._recorder.advance(at_ns)
            if at_ns == self._day_ns:
                self._recorder.open(DAY)
            if at_ns == self._shift_ns:
                self._recorder.open(SHIFT)

    def _begin(self) -> None:
        """Open what is not open yet, from the start of the station on."""
        self._is_running = True
        self._recorder.advance(self._started_ns)
        for name in (DAY, SHIFT):
            if name not in self._recorder.accounts:
                self._recorder.open(name)

    def take(self, source: Input, time_ns: int, value: float | None) -> None:
        if not self._is_running:
            self._begin()
        self._recorder.take(source, time_ns, value)
        if RUN not in self._recorder.accounts and self._recorder.knows_all:
            self._recorder.open(RUN)

    def advance(self, now_ns: int) -> None:
        if not self._is_running:
            self._begin()
        shift_ns, day_ns = period_starts(now_ns, self._declared.shifts, self._zone)
        for at_ns in sorted({shift_ns, day_ns} - {self._shift_ns, self._day_ns}):
            self._recorder.advance(at_ns)
            if at_ns == day_ns:
                self._recorder.open(DAY)
            if at_ns == shift_ns:
                self._recorder.open(SHIFT)
        self._shift_ns, self._day_ns = shift_ns, day_ns
        self._recorder.advance(now_ns)

    def results(self, now_ns: int) -> list[_Sample]:
        """Return the samples of every result tag; before the unit was heard of, those of an empty run."""
        samples: list[_Sample] = []
        for name, account in {RUN: Account(now_ns), **self._recorder.accounts}.items():
            doubt = int(StatusCode.UncertainDataSubNormal if account.is_uncertain else StatusCode.Good)
            for member, value in _members(account):
                tag = self._tags.find(f"{self._declared.results}.{name}.{member}")
                if tag is not None:
                    status = doubt if member in _RATIOS else int(StatusCode.Good)
                    samples.append(_sample(tag, value, status, now_ns))
        return samples


_RATIOS: Final = frozenset({"Availability", "Performance", "Quality", "Oee", "Mtbf", "Mttr"})
"""Members that too little knowledge makes doubtful; sums are true of the time that is known (OEE-04)."""


def _members(account: Account) -> list[tuple[str, float]]:
    """Return the figures of an account by the names of the library's type OeePeriod; NaN for none."""
    figures = account.figures()
    lost_ns = sum(loss.time_ns for loss in account.losses.values())
    found: list[tuple[str, float]] = [
        ("Begin", account.start_ns),
        ("Availability", 100.0 * figures.availability),
        ("Performance", 100.0 * figures.performance),
        ("Quality", 100.0 * figures.quality),
        ("Oee", 100.0 * figures.oee),
        ("PercentGood", account.percent_good),
        ("PlannedTime", account.busy_ns / _NS_PER_MIN),
        ("ProducingTime", account.producing_ns / _NS_PER_MIN),
        ("LostTime", lost_ns / _NS_PER_MIN),
        ("PlannedDownTime", account.planned_ns / _NS_PER_MIN),
        ("UnknownTime", account.unknown_ns / _NS_PER_MIN),
        ("Processed", account.processed),
        ("Good", account.processed - account.defective),
        ("Rejected", account.defective),
        ("Stops", account.stops),
        ("MicroStops", account.micro_stops),
        ("MicroStopTime", account.micro_ns / _NS_PER_MIN),
        ("Failures", account.failures),
        ("Mtbf", figures.mtbf_ns / _NS_PER_MIN),
        ("Mttr", figures.mttr_ns / _NS_PER_MIN),
        ("IsLowSample", account.failures < LOW_SAMPLE),
    ]
    pareto = account.pareto()
    cumulative_ns = 0
    for rank in range(1, RANKS + 1):
        reason, time_ns, count = 0, 0, 0
        if rank <= len(pareto):
            reason, loss = pareto[rank - 1]
            time_ns, count = loss.time_ns, loss.count
        cumulative_ns += time_ns
        found += [
            (f"Loss{rank}.Code", reason),
            (f"Loss{rank}.Time", time_ns / _NS_PER_MIN),
            (f"Loss{rank}.Count", count),
            (f"Loss{rank}.Share", 100.0 * time_ns / lost_ns if lost_ns else 0.0),
            (f"Loss{rank}.Cumulative", 100.0 * cumulative_ns / lost_ns if lost_ns else 0.0),
        ]
    return found


def _sample(tag: Tag, value: float, status: int, now_ns: int) -> _Sample:
    if math.isnan(value):
        return tag.id, None, int(StatusCode.BadNoData), now_ns
    return tag.id, value if tag.data_type.is_float else int(value), status, now_ns


def _number(value: Value | None, status: int) -> float | None:
    """Return a sample's number, None for what is not known to be true now."""
    if value is None or isinstance(value, (str, tuple)) or quality(status) is not Quality.GOOD:
        return None
    return float(value)


def period_starts(now_ns: int, shifts: Sequence[int], zone: tzinfo | None = None) -> tuple[int, int]:
    """Return when the running shift and the running day began, UTC nanoseconds.

    ``shifts`` are minutes of the local day, sorted.
    """
    now = datetime.fromtimestamp(now_ns // NS_PER_S, zone).astimezone(zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begun = [
        start
        for days in (1, 0)
        for minutes in shifts
        if (start := _local(midnight - timedelta(days=days), minutes, zone)) <= now
    ]
    return int(begun[-1].timestamp()) * NS_PER_S, int(_local(midnight, 0, zone).timestamp()) * NS_PER_S


def _local(day: datetime, minutes: int, zone: tzinfo | None) -> datetime:
    """Return a local time of a day, in the offset that holds then: clocks may change between."""
    naive = day.replace(tzinfo=None, hour=minutes // 60, minute=minutes % 60)
    return naive.replace(tzinfo=zone) if zone is not None else naive.astimezone()
