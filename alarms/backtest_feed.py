"""Gather the stored samples that a back-test feeds to its engine, in the order of time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from alarms.backtest_ends import NO_MOMENTS, SuppressionEnd, find_ends
from alarms.backtest_scan import SCANNED, SampleReader, Samples, decisive
from alarms.conditions import NOT_FROM_TAGS
from alarms.model import AlarmDefinition, AlarmEvent, AlarmType
from tags.clock import NS_PER_MS
from tags.expression import compile_expression
from tags.model import Batch, Tag, TagTable, Value

_SIDES: Final[tuple[Literal["left"], Literal["right"]]] = ("left", "right")


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """Tell that a connection was lost or came back, as the station told its engine."""

    name: str
    is_lost: bool
    at_ns: int
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """Hold samples to feed as columns of equal length, in the order of ``order_ns`` (UTC nanoseconds).

    ``is_hold`` marks values fed once more at the end of a delay; they come before samples of the same moment.
    ``silent`` are ends of suppressions that no sample may show, so that the clock must.
    """

    order_ns: NDArray[np.int64]
    tag_ids: NDArray[np.int32]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]
    source_ns: NDArray[np.int64]
    is_hold: NDArray[np.bool_]
    extras: Mapping[int, Value]
    silent: frozenset[SuppressionEnd] = frozenset()

    def __len__(self) -> int:
        return len(self.order_ns)

    def place(self, at_ns: int, *, is_after_samples: bool) -> int:
        """Return how many rows come before something that happens at ``at_ns``: holds do, samples may."""
        start, end = (int(np.searchsorted(self.order_ns, at_ns, side=side)) for side in _SIDES)
        return end if is_after_samples else start + int(np.count_nonzero(self.is_hold[start:end]))

    def batch(self, start: int, end: int) -> Batch:
        """Return some rows as the batch that the engine takes."""
        extras = {row - start: value for row, value in self.extras.items() if start <= row < end}
        return Batch(
            self.tag_ids[start:end],
            self.values[start:end],
            self.statuses[start:end],
            self.source_ns[start:end],
            int(self.order_ns[end - 1]) if end > start else 0,
            extras,
        )


@dataclass(frozen=True, slots=True)
class Watched:
    """Tell what a set of definitions wants of one tag.

    ``is_clocked``: another alarm's delay runs on its samples. The ticking clock then ends all its delays,
    and what stands for the silence of a scanned alarm would be a sample that the other one never had.
    """

    definitions: tuple[AlarmDefinition, ...]
    is_every_change_read: bool
    is_every_sample_read: bool
    is_clocked: bool


def is_stepwise(definition: AlarmDefinition) -> bool:
    """Tell whether the passing of time itself moves the alarm, so that the clock must tick between samples.

    The delays of conditions on one tag do not count: they are known from the samples.
    """
    if definition.realarm_ns or definition.auto_ack_ns:
        return True
    if definition.type in (AlarmType.RATE_OF_CHANGE, AlarmType.STALE):
        return True
    return definition.type not in (*SCANNED, *NOT_FROM_TAGS) and _has_delay(definition)


def _has_delay(definition: AlarmDefinition) -> bool:
    return bool(definition.on_delay_ns or definition.off_delay_ns or definition.count > 1)


def watched_tags(definitions: Iterable[AlarmDefinition]) -> dict[str, Watched]:
    """Return the paths of all tags that the definitions look at, and what for."""
    own: dict[str, list[AlarmDefinition]] = {}
    changes: set[str] = set()
    verdicts: set[str] = set()
    samples: set[str] = set()
    clocked: set[str] = set()
    for definition in definitions:
        text = definition.suppression_expression.strip()
        inputs = compile_expression(text).paths if text else ()
        # Of the only input just the samples that change the verdict count; they are known beforehand.
        if len(inputs) > 1:
            changes.update(inputs)
        verdicts.update(inputs)
        if definition.type in SCANNED:
            own.setdefault(definition.tag, []).append(definition)
        elif definition.type is AlarmType.EXPRESSION:
            paths = compile_expression(definition.expression).paths
            (samples if _has_delay(definition) else changes).update(paths)
            if is_stepwise(definition):
                clocked.update(paths)
        elif definition.type not in NOT_FROM_TAGS:
            paths = tuple(filter(None, (definition.tag, definition.setpoint_tag)))
            samples.update(paths)
            if is_stepwise(definition):
                clocked.update(paths)
    return {
        path: Watched(tuple(own.get(path, ())), path in changes, path in samples, path in clocked)
        for path in sorted(own.keys() | changes | samples | verdicts)
    }


def gather(
    reader: SampleReader,
    tags: TagTable,
    definitions: Sequence[AlarmDefinition],
    start_ns: int,
    end_ns: int,
    on_progress: Callable[[float], None] = lambda _: None,
    *,
    changes: Sequence[ConnectionChange] = (),
    operations: Sequence[AlarmEvent] = (),
) -> tuple[Feed, int]:
    """Return the decisive samples of all tags, and how many samples were looked at.

    Tags are read one after the other, so that only one tag's history is in memory; inputs of suppression
    expressions are read before, to know when suppressions end. The last sample before the period is the state
    to begin with. ``changes`` and ``operations`` are those that will be done again.
    """
    watched = watched_tags(definitions)
    inputs = _merge(_suppression_inputs(reader, tags, definitions, start_ns, end_ns))
    recoveries_ns = [change.at_ns for change in changes if not change.is_lost]
    ends = find_ends(definitions, tags, inputs.batch(0, len(inputs)), recoveries_ns, operations)
    parts: list[Feed] = []
    silent: set[SuppressionEnd] = set()
    looked_at = 0
    for place, (path, wants) in enumerate(watched.items()):
        samples = reader.raw(path, start_ns, end_ns, bounds=True)
        tag = tags.by_path(path)
        part, seen = _part(samples, tag, wants, end_ns, ends.moments(path))
        silent |= ends.silent(path, samples.source_ns)
        looked_at += seen
        parts.append(part)
        on_progress((place + 1) / len(watched))
    return replace(_merge(parts), silent=frozenset(silent)), looked_at


def _suppression_inputs(
    reader: SampleReader, tags: TagTable, definitions: Sequence[AlarmDefinition], start_ns: int, end_ns: int
) -> list[Feed]:
    texts = {item.suppression_expression.strip() for item in definitions} - {""}
    paths = {path for text in texts for path in compile_expression(text).paths}
    wants = Watched((), is_every_change_read=True, is_every_sample_read=False, is_clocked=False)
    parts = []
    for path in sorted(paths):
        samples = reader.raw(path, start_ns, end_ns, bounds=True)
        parts.append(_part(samples, tags.by_path(path), wants, end_ns, NO_MOMENTS)[0])
    return parts


def _part(
    samples: Samples, tag: Tag, wants: Watched, end_ns: int, moments_ns: NDArray[np.int64]
) -> tuple[Feed, int]:
    found = decisive(
        samples,
        wants.definitions,
        tag.period_ms * NS_PER_MS,
        end_ns,
        moments_ns,
        is_every_change_read=wants.is_every_change_read,
    )
    if wants.is_every_sample_read:
        found = replace(found, rows=np.arange(len(samples.source_ns)))
    if wants.is_clocked:
        found = replace(found, hold_due_ns=found.hold_due_ns[:0], hold_source_ns=found.hold_source_ns[:0])
    inside = int(np.searchsorted(samples.source_ns, end_ns, side="left"))
    rows = found.rows[found.rows < inside]
    held = np.searchsorted(samples.source_ns, found.hold_due_ns, side="left") - 1
    order_ns = np.concatenate([found.hold_due_ns, samples.source_ns[rows]])
    is_hold = np.arange(len(order_ns)) < len(held)
    chosen = np.concatenate([held, rows])
    source_ns = np.concatenate([found.hold_source_ns, samples.source_ns[rows]])
    order = np.argsort(order_ns, kind="stable")
    chosen = chosen[order]
    extras = {}
    if samples.extras:
        extras = {
            place: samples.extras[row] for place, row in enumerate(chosen.tolist()) if row in samples.extras
        }
    return (
        Feed(
            order_ns[order],
            np.full(len(chosen), tag.id, np.int32),
            samples.values[chosen],
            samples.statuses[chosen],
            source_ns[order],
            is_hold[order],
            extras,
        ),
        inside,
    )


def _merge(parts: Sequence[Feed]) -> Feed:
    if not parts:
        return Feed(
            np.empty(0, np.int64),
            np.empty(0, np.int32),
            np.empty(0),
            np.empty(0, np.uint32),
            np.empty(0, np.int64),
            np.empty(0, np.bool_),
            {},
        )
    order_ns = np.concatenate([part.order_ns for part in parts])
    is_hold = np.concatenate([part.is_hold for part in parts])
    order = np.lexsort((~is_hold, order_ns))
    extras: dict[int, Value] = {}
    if any(part.extras for part in parts):
        place = np.empty(len(order), np.intp)
        place[order] = np.arange(len(order))
        offset = 0
        for part in parts:
            extras.update((int(place[offset + row]), value) for row, value in part.extras.items())
            offset += len(part)
    return Feed(
        order_ns[order],
        np.concatenate([part.tag_ids for part in parts])[order],
        np.concatenate([part.values for part in parts])[order],
        np.concatenate([part.statuses for part in parts])[order],
        np.concatenate([part.source_ns for part in parts])[order],
        is_hold[order],
        extras,
    )
