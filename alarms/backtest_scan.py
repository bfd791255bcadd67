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

SCANNED: Final = frozenset((*LIMITS, *DISCRETE, AlarmType.BAD_QUALITY))
"""Types whose decisive samples are known; of any other type's tag every sample is fed."""
_NO_ROWS: Final = np.empty(0, np.intp)
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
    *,
    is_suppression_input: bool,
) -> Decisive:
    """Return what can matter to these definitions, all on the tag of the samples.

    ``settle_ns`` is the tag's period, which the engine grants a silent tag after a delay; ``end_ns`` is where
    the back-test ends. A suppression expression takes notice of every change.
    """
    rows = len(samples.source_ns)
    if not rows:
        return Decisive(_NO_ROWS, np.empty(0, np.int64), np.empty(0, np.int64))
    values, statuses = samples.values, samples.statuses
    kept = [_NO_ROWS]
    holds: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    status_changes = _changes(statuses) if statuses.any() else _NO_ROWS
    if is_suppression_input:
        kept += [np.zeros(1, np.intp), _changes(values), status_changes]
        if samples.extras:
            kept.append(np.fromiter(samples.extras, np.intp, len(samples.extras)))
    bounds = float(values.min()), float(values.max())
    for definition in definitions:
        if definition.type not in SCANNED:
            kept.append(np.arange(rows))
            continue
        if not len(status_changes) and not statuses[0] and _never_true(definition, *bounds):
            continue
        sides = _sides(definition, values)
        changes = _borders(definition, sides, status_changes)
        kept.append(changes)
        if not definition.on_delay_ns and not definition.off_delay_ns:
            continue
        for side, delay_ns in ((_OVER, definition.on_delay_ns), (_UNDER, definition.off_delay_ns)):
            starts = changes if definition.type is AlarmType.BAD_QUALITY else changes[sides[changes] == side]
            if not delay_ns or not len(starts):
                continue
            ends_ns = samples.source_ns[starts] + delay_ns
            at = np.searchsorted(samples.source_ns, ends_ns, side="left")
            kept += [at[at < rows], at - 1]
            due_ns = ends_ns + settle_ns
            silent = (np.searchsorted(samples.source_ns, due_ns, side="left") == at) & (due_ns < end_ns)
            holds.append((due_ns[silent], ends_ns[silent]))
    return Decisive(
        np.unique(np.concatenate(kept)),
        np.concatenate([due for due, _ in holds]) if holds else np.empty(0, np.int64),
        np.concatenate([source for _, source in holds]) if holds else np.empty(0, np.int64),
    )


def _changes(column: NDArray[np.float64] | NDArray[np.uint32] | NDArray[np.int8]) -> NDArray[np.intp]:
    return np.flatnonzero(column[1:] != column[:-1]) + 1


def _never_true(definition: AlarmDefinition, low: float, high: float) -> bool:
    """Tell whether good values within these bounds never fulfil the condition; NaN bounds tell nothing."""
    if definition.type is AlarmType.BAD_QUALITY:
        return True
    if definition.type in DISCRETE:
        return not low <= definition.setpoint <= high and low <= high
    if definition.type in UPPER_LIMITS:
        return high <= definition.setpoint
    return low >= definition.setpoint


def _sides(definition: AlarmDefinition, values: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return on which side of its limits each value lies (ALM-32); int8."""
    if definition.type is AlarmType.BAD_QUALITY:
        return np.zeros(len(values), np.int8)
    if definition.type in DISCRETE:
        over = values == definition.setpoint
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


def _borders(
    definition: AlarmDefinition, sides: NDArray[np.int8], status_changes: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the first row and each row whose side or status is not that of the one before."""
    first = np.zeros(1, np.intp)
    if len(status_changes) or definition.on_delay_ns or definition.off_delay_ns:
        return np.unique(np.concatenate([first, _changes(sides), status_changes]))
    # Without delays a value between the limits changes nothing, so noise there is skipped.
    outside = np.flatnonzero(sides)
    return np.concatenate([first, outside[:1], outside[_changes(sides[outside])]])
