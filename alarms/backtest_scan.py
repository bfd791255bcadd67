"""Find the few stored samples that can matter to an alarm engine, so that a back-test need not feed the rest.

What the engine makes of a sample depends on its side of the limits, its status, and the value that held when
a delay ended. Between two samples that differ in none of these, nothing can happen. Only borders are kept,
and the neighbours of every moment at which a delay could end. Which codes make a value unusable is left to
the engine: a run of samples of one status and one side is usable or unusable as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from alarms.conditions import DISCRETE, LIMITS, UPPER_LIMITS
from alarms.model import AlarmDefinition, AlarmType
from tags.model import Value

SCANNED: Final = frozenset((*LIMITS, *DISCRETE, AlarmType.BIT, AlarmType.BAD_QUALITY))
"""Types whose decisive samples are known; of any other type's tag every sample is fed."""
_NO_ROWS: Final = np.empty(0, np.intp)
_FOR_EVER: Final = np.iinfo(np.int64).max
_BETWEEN, _OVER, _UNDER, _NO_NUMBER = range(4)


class Samples(Protocol):
    """Offer the samples of one tag in the order of source time, as :class:`historian.model.Series` does."""

    @property
    def source_ns(self) -> NDArray[np.int64]:
        """Return source times, UTC nanoseconds."""
        ...

    @property
    def values(self) -> NDArray[np.float64]:
        """Return engineering values; NaN where bad or not a number."""
        ...

    @property
    def statuses(self) -> NDArray[np.uint32]:
        """Return OPC UA status codes."""
        ...

    @property
    def extras(self) -> Mapping[int, Value]:
        """Return exact values by row that a double cannot hold."""
        ...


class SampleReader(Protocol):
    """Read stored samples, as :class:`historian.model.Reader` does; may block."""

    def raw(self, path: str, start_ns: int, end_ns: int, *, bounds: bool = False) -> Samples:
        """Return samples with start <= source time < end, with ``bounds`` also those next outside."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Decisive:
    """Hold what of one tag is fed to the engine.

    ``rows`` are the places of samples. ``hold_due_ns`` and ``hold_source_ns`` are moments at which the engine
    would decide a delay although its tag stays silent, with the time that the delay ends: the value before is
    then fed once more, with that time, which makes the same edge (measured against the engine's own clock in
    the tests).
    """

    rows: NDArray[np.intp]
    hold_due_ns: NDArray[np.int64]
    hold_source_ns: NDArray[np.int64]


def decisive(
    samples: Samples,
    definitions: Sequence[AlarmDefinition],
    settle_ns: int,
    end_ns: int,
    moments_ns: NDArray[np.int64],
    *,
    is_every_change_read: bool,
) -> Decisive:
    """Return what can matter to these definitions, all on the tag of the samples.

    ``settle_ns`` is the tag's period, which the engine grants a silent tag after a delay; ``end_ns`` is where
    the back-test ends. At ``moments_ns``, in order, the hiding of an alarm may end. Expressions take notice
    of every change, whatever the definitions say.
    """
    rows = len(samples.source_ns)
    if not rows:
        return Decisive(_NO_ROWS, np.empty(0, np.int64), np.empty(0, np.int64))
    values, statuses = samples.values, samples.statuses
    kept = [_NO_ROWS, _around(moments_ns, samples.source_ns)]
    holds: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    status_changes = _changes(statuses) if statuses.any() else _NO_ROWS
    if is_every_change_read:
        kept += [np.zeros(1, np.intp), _changes(values), status_changes]
        if samples.extras:
            kept.append(np.fromiter(samples.extras, np.intp, len(samples.extras)))
    bounds = float(values.min()), float(values.max())
    is_clean = not len(status_changes) and not statuses[0] and bounds[0] == bounds[0]
    delayed: list[_Runs] = []
    for definition in definitions:
        if definition.type not in SCANNED:
            kept.append(np.arange(rows))
            continue
        if is_clean and _never_true(definition, *bounds):
            continue
        sides = _sides(definition, values)
        if not definition.on_delay_ns and not definition.off_delay_ns:
            kept.append(_borders(sides, status_changes))
            continue
        runs = _Runs.of(definition, sides, samples.source_ns, status_changes, moments_ns, is_clean=is_clean)
        delayed.append(runs)
        kept.append(runs.starts[runs.is_kept])
        for side, delay_ns in ((_OVER, definition.on_delay_ns), (_UNDER, definition.off_delay_ns)):
            starts = runs.starts[runs.is_kept & (runs.is_any_side | (runs.sides == side))]
            if not delay_ns or not len(starts):
                continue
            ends_ns = samples.source_ns[starts] + delay_ns
            at = np.searchsorted(samples.source_ns, ends_ns, side="left")
            kept += [at[at < rows], at - 1]
            due_ns = ends_ns + settle_ns
            silent = (np.searchsorted(samples.source_ns, due_ns, side="left") == at) & (due_ns < end_ns)
            holds.append((due_ns[silent], ends_ns[silent]))
    return Decisive(
        _closed(np.unique(np.concatenate(kept)), delayed),
        np.concatenate([due for due, _ in holds]) if holds else np.empty(0, np.int64),
        np.concatenate([source for _, source in holds]) if holds else np.empty(0, np.int64),
    )


def _around(moments_ns: NDArray[np.int64], source_ns: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the rows that hold at each moment, whether it comes before or after a sample of its own time."""
    before = np.searchsorted(source_ns, moments_ns, side="left")
    after = np.searchsorted(source_ns, moments_ns, side="right")
    rows = np.concatenate([before - 1, before, after - 1])
    return rows[(rows >= 0) & (rows < len(source_ns))]


def _changes(column: NDArray[np.float64] | NDArray[np.uint32] | NDArray[np.int8]) -> NDArray[np.intp]:
    return np.flatnonzero(column[1:] != column[:-1]) + 1


def _never_true(definition: AlarmDefinition, low: float, high: float) -> bool:
    """Tell whether good values within these bounds never fulfil the condition; NaN bounds tell nothing."""
    if definition.type is AlarmType.BAD_QUALITY:
        return True
    if definition.type is AlarmType.BIT:
        return False
    if definition.type in DISCRETE:
        return not low <= definition.setpoint <= high and low <= high
    if definition.type in UPPER_LIMITS:
        return high <= definition.setpoint
    return low >= definition.setpoint


def _sides(definition: AlarmDefinition, values: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return on which side of its limits each value lies (ALM-32); int8."""
    if definition.type is AlarmType.BAD_QUALITY:
        return np.zeros(len(values), np.int8)
    if definition.type in DISCRETE or definition.type is AlarmType.BIT:
        over = values == definition.setpoint
        if definition.type is AlarmType.BIT:
            over = np.floor(values / 2.0**definition.bit) % 2.0 == definition.setpoint
        under = ~over
    elif definition.type in UPPER_LIMITS:
        over = values > definition.setpoint
        under = values < definition.setpoint - definition.deadband_eu
    else:
        over = values < definition.setpoint
        under = values > definition.setpoint + definition.deadband_eu
    sides: NDArray[np.int8] = over.view(np.int8) * np.int8(_OVER)
    sides += under.view(np.int8) * np.int8(_UNDER)
    if np.isnan(values.max()):
        sides[np.isnan(values)] = _NO_NUMBER
    return sides


def _borders(sides: NDArray[np.int8], status_changes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows at which a condition without delays can change, and the first.

    A value between the limits changes nothing then, so noise there is skipped.
    """
    first = np.zeros(1, np.intp)
    if len(status_changes):
        return np.unique(np.concatenate([first, _changes(sides), status_changes]))
    outside = np.flatnonzero(sides)
    return np.concatenate([first, outside[:1], outside[_changes(sides[outside])]])


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Hold the runs of samples of one side and status, for a condition with delays.

    ``ends`` is the row after each run. ``is_kept`` marks those that the engine must see begin;
    ``is_passing`` those too short for their delay, which nobody need see unless one of their samples is fed
    for another alarm: then the sample that ends the run must be fed too, or the delay would seem to go on.
    """

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    sides: NDArray[np.int8]
    is_kept: NDArray[np.bool_]
    is_passing: NDArray[np.bool_]
    is_any_side: bool

    @classmethod
    def of(
        cls,
        definition: AlarmDefinition,
        sides: NDArray[np.int8],
        source_ns: NDArray[np.int64],
        status_changes: NDArray[np.intp],
        moments_ns: NDArray[np.int64],
        *,
        is_clean: bool,
    ) -> "_Runs":
        first = np.zeros(1, np.intp)
        borders = [first, _changes(sides)]
        starts = (
            np.concatenate(borders) if is_clean else np.unique(np.concatenate([*borders, status_changes]))
        )
        ends = np.append(starts[1:], len(sides))
        run_sides = sides[starts]
        everything = np.ones(len(starts), np.bool_)
        is_quality = definition.type is AlarmType.BAD_QUALITY
        # Short excursions are counted, and status changes may freeze a delay: then every run is fed.
        if not is_clean or is_quality or definition.count > 1:
            return cls(starts, ends, run_sides, everything, ~everything, is_quality)
        lasts_ns = np.append(source_ns[starts[1:]] - source_ns[starts[:-1]], _FOR_EVER)
        delays_ns = np.array([0, definition.on_delay_ns, definition.off_delay_ns, 0])[run_sides]
        # A run that is over when its delay ends, or before, cancels it; a tie cancels too (ALM-33).
        is_long = (run_sides != _BETWEEN) & ((delays_ns == 0) | (lasts_ns > delays_ns))
        is_kept = np.zeros(len(starts), np.bool_)
        long = np.flatnonzero(is_long)
        # Of long runs of one side only the first changes anything.
        is_kept[long[:1]] = True
        is_kept[long[_changes(run_sides[long])]] = True
        # At a moment the alarm may return early: what comes next counts, whatever side it is on.
        following = np.searchsorted(source_ns[starts[long]], moments_ns, side="left")
        is_kept[long[following[following < len(long)]]] = True
        return cls(starts, ends, run_sides, is_kept, ~is_long & (delays_ns > 0), is_any_side=False)


def _closed(rows: NDArray[np.intp], delayed: Sequence[_Runs]) -> NDArray[np.intp]:
    """Return the rows with the ends of all passing runs that they touch."""
    fresh = rows
    while len(fresh):
        added = [_NO_ROWS]
        for runs in delayed:
            place = np.searchsorted(runs.starts, fresh, side="right") - 1
            ends = runs.ends[place[runs.is_passing[place]]]
            added.append(ends[ends < runs.ends[-1]])
        fresh = np.setdiff1d(np.concatenate(added), rows)
        rows = np.union1d(rows, fresh)
    return rows
