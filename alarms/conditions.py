"""Find which alarm conditions are true: limits, discrete values and bad quality, vectorised per batch.

State lives in columns with one slot per condition. A batch touches only the conditions of its tags; Python
looks at a single condition only when a sample may change something about it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alarms.model import AlarmDefinition, AlarmType
from tags.clock import NS_PER_MS
from tags.model import Batch, TagTable
from tags.status import StatusCode

UPPER_LIMITS: Final = (AlarmType.HIHI, AlarmType.HI)
LOWER_LIMITS: Final = (AlarmType.LO, AlarmType.LOLO)
LIMITS: Final = (*UPPER_LIMITS, *LOWER_LIMITS)
DISCRETE: Final = (AlarmType.DISCREPANCY, AlarmType.OFF_NORMAL, AlarmType.TRIP)
NOT_FROM_TAGS: Final = (AlarmType.COMMUNICATION,)

_SUB_CODE = np.uint32(0xFFFF0000)
_BAD = np.uint32(0x80000000)
_STALE_CODES = np.array(
    [
        StatusCode.UncertainNoCommunicationLastUsableValue,
        StatusCode.UncertainLastUsableValue,
        StatusCode.UncertainInitialValue,
    ],
    np.uint32,
)
"""The value is only repeated: it tells nothing about now, so conditions stay as they are (ALM-10)."""
_NO_NEWS_CODES = np.array(
    [
        StatusCode.BadNoCommunication,
        StatusCode.BadNotConnected,
        StatusCode.BadConnectionClosed,
        StatusCode.BadWaitingForInitialData,
    ],
    np.uint32,
)
"""The way to the instrument is cut: COMM says so, and nothing is known of the instrument (ALM-11)."""


class Edge(NamedTuple):
    """Tell that one condition became true or false, delays and deadband included.

    ``alarm`` is the place of the definition; ``row`` the batch row that showed it (-1: a tick). ``source_ns``
    is when it happened by source time: the sample's, or the end of the delay. ``value`` and ``status`` are
    the input at that moment.
    """

    row: int
    alarm: int
    is_active: bool
    source_ns: int
    value: float
    status: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Hold what a batch changed: edges in the order of rows, then of definitions.

    ``requalified`` are the definition indices (int64) whose input has another status than before (ALM-10).
    """

    edges: list[Edge]
    requalified: NDArray[np.int64]


_NOTHING = np.empty(0, np.int64)
_Classifier = Callable[
    [NDArray[np.intp], NDArray[np.float64], NDArray[np.uint32]],
    tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
]


class Conditions:
    """Evaluate the conditions of ``definitions`` over the tags of ``tags``.

    Definitions must have passed :func:`alarms.definitions.check`; those of type COMM have no slot. Nothing
    here blocks; all calls come from one thread.

    On-delay and off-delay run on source time (ALM-33). A pending edge is decided by the next usable sample of
    its tag, or by :meth:`tick` when that tag stays silent although its value is still fresh. Both give the
    same edge, at the end of the delay.
    """

    def __init__(self, definitions: Sequence[AlarmDefinition], tags: TagTable) -> None:
        kinds = (
            (LIMITS, self._limits),
            (DISCRETE, self._discrete),
            ((AlarmType.BAD_QUALITY,), self._quality),
        )
        order: list[int] = []
        self._groups: list[_Group] = []
        for types, classify in kinds:
            members = [index for index, definition in enumerate(definitions) if definition.type in types]
            members.sort(key=lambda index: tags.by_path(definitions[index].tag).id)
            if members:
                rows = [tags.by_path(definitions[index].tag).id for index in members]
                self._groups.append(_Group(len(order), rows, len(tags), classify))
            order += members
        slots = len(order)
        chosen = [definitions[index] for index in order]
        self._index = np.array(order, np.int64)
        self._slot = {index: slot for slot, index in enumerate(order)}
        self._tag_ids = np.array([tags.by_path(item.tag).id for item in chosen], np.int32)
        self._setpoint = np.array([item.setpoint for item in chosen])
        self._sign = np.array([-1.0 if item.type in LOWER_LIMITS else 1.0 for item in chosen])
        self._raise_at = self._sign * self._setpoint
        self._clear_at = self._raise_at - np.array([item.deadband_eu for item in chosen])
        self._on_delay_ns = [item.on_delay_ns for item in chosen]
        self._off_delay_ns = [item.off_delay_ns for item in chosen]
        self._settle_ns = [tags.by_path(item.tag).period_ms * NS_PER_MS for item in chosen]
        self._active = np.zeros(slots, np.bool_)
        self._enabled = np.array([item.enabled for item in chosen], np.bool_)
        self._frozen = np.ones(slots, np.bool_)
        self._pending = np.zeros(slots, np.bool_)
        self._deadline_ns = np.zeros(slots, np.int64)
        self._due_ns = np.zeros(slots, np.int64)
        self._last_value = np.full(slots, np.nan)
        self._last_status = np.full(slots, int(StatusCode.BadWaitingForInitialData), np.uint32)
        self._last_row = np.zeros(len(tags), np.intp)

    def __len__(self) -> int:
        return len(self._index)

    def is_active(self, index: int) -> bool:
        """Tell whether the condition of this definition is true, delays and deadband included."""
        return bool(self._active[self._slot[index]])

    def status(self, index: int) -> int:
        """Return the newest status of the condition's input."""
        return int(self._last_status[self._slot[index]])

    def restore(self, index: int, is_active: bool) -> None:
        """Set the state that the journal remembers; the first usable sample goes on from there."""
        self._active[self._slot[index]] = is_active

    def enable(self, index: int, is_enabled: bool) -> None:
        """Evaluate this condition or stop doing so; it starts again from false (row 24)."""
        slot = self._slot[index]
        self._enabled[slot] = is_enabled
        self._active[slot] = False
        self._pending[slot] = False

    def evaluate(self, batch: Batch) -> Evaluation:
        """Return what the batch changes; several samples of one tag are seen one after the other."""
        rows = len(batch)
        if not rows or not self._groups:
            return Evaluation([], _NOTHING)
        edges: list[Edge] = []
        requalified: list[NDArray[np.int64]] = []
        for chosen in self._rounds(batch.tag_ids):
            for group in self._groups:
                self._evaluate_group(group, batch, chosen, edges, requalified)
        if len(edges) > 1:
            # Stable: a delay that ended before the sample comes before what the sample itself shows.
            edges.sort(key=lambda edge: (edge.row, edge.alarm))
        return Evaluation(edges, np.concatenate(requalified) if requalified else _NOTHING)

    def _rounds(self, tag_ids: NDArray[np.int32]) -> list[NDArray[np.intp] | None]:
        """Return the rows of each round, so that no tag occurs twice in one; None is all of them."""
        places = np.arange(len(tag_ids))
        self._last_row[tag_ids] = places
        if np.array_equal(self._last_row[tag_ids], places):
            return [None]
        order = np.argsort(tag_ids, kind="stable")
        ordered = tag_ids[order]
        is_first = np.empty(len(order), np.bool_)
        is_first[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
        first = np.maximum.accumulate(np.where(is_first, places, 0))
        rank = np.empty(len(order), np.intp)
        rank[order] = places - first
        by_rank = np.argsort(rank, kind="stable")
        return list(np.split(by_rank, np.cumsum(np.bincount(rank))[:-1]))

    def _evaluate_group(
        self,
        group: "_Group",
        batch: Batch,
        chosen: NDArray[np.intp] | None,
        edges: list[Edge],
        requalified: list[NDArray[np.int64]],
    ) -> None:
        slots, rows = group.expand(batch.tag_ids, chosen)
        if not len(slots):
            return
        values, statuses, source_ns = batch.values[rows], batch.statuses[rows], batch.source_ns[rows]
        over, under, unusable = group.classify(slots, values, statuses)
        pending = self._pending[slots]
        wanted = np.where(self._active[slots], under, over)
        usable = ~unusable
        usable &= self._enabled[slots]
        decide = usable & ((wanted != pending) | (pending & (self._deadline_ns[slots] <= source_ns)))
        was_frozen = self._frozen[slots]
        for place in np.flatnonzero(decide).tolist():
            self._decide(
                int(slots[place]),
                int(rows[place]),
                over=bool(over[place]),
                under=bool(under[place]),
                was_frozen=bool(was_frozen[place]),
                source_ns=int(source_ns[place]),
                receive_ns=batch.receive_ns,
                value=float(values[place]),
                status=int(statuses[place]),
                edges=edges,
            )
        self._frozen[slots] = unusable
        changed = self._last_status[slots] != statuses
        if changed.any():
            self._last_status[slots] = statuses
            requalified.append(self._index[slots[changed]])
        if usable.all():
            self._last_value[slots] = values
        else:
            self._last_value[slots[usable]] = values[usable]

    def _decide(
        self,
        slot: int,
        row: int,
        *,
        over: bool,
        under: bool,
        was_frozen: bool,
        source_ns: int,
        receive_ns: int,
        value: float,
        status: int,
        edges: list[Edge],
    ) -> None:
        if self._pending[slot] and self._deadline_ns[slot] < source_ns and not was_frozen:
            # The value held until this sample: the delay ended before it, whatever the sample says now.
            edges.append(self._commit(slot, row))
        wanted = under if self._active[slot] else over
        if not wanted:
            self._pending[slot] = False
            return
        if not self._pending[slot]:
            delay_ns = self._off_delay_ns[slot] if self._active[slot] else self._on_delay_ns[slot]
            self._pending[slot] = True
            self._deadline_ns[slot] = source_ns + delay_ns
            self._due_ns[slot] = receive_ns + delay_ns + self._settle_ns[slot]
        if self._deadline_ns[slot] <= source_ns:
            self._pending[slot] = False
            self._active[slot] = not self._active[slot]
            edges.append(
                Edge(row, int(self._index[slot]), bool(self._active[slot]), source_ns, value, status)
            )

    def _commit(self, slot: int, row: int) -> Edge:
        self._pending[slot] = False
        self._active[slot] = not self._active[slot]
        return Edge(
            row,
            int(self._index[slot]),
            bool(self._active[slot]),
            int(self._deadline_ns[slot]),
            float(self._last_value[slot]),
            int(self._last_status[slot]),
        )

    def tick(self, now_ns: int) -> list[Edge]:
        """Return edges whose delay is over although their tags said nothing more.

        A silent tag is waited for one of its periods longer, because the sample that cancels may be under
        way; the wait is measured on the station's clock from the arrival of the sample that began the delay,
        so a device whose clock is wrong does no harm. Tags that are no longer fresh wait for their next
        sample.
        """
        if not self._pending.any():
            return []
        due = np.flatnonzero(self._pending & ~self._frozen & (self._due_ns <= now_ns))
        due = due[np.lexsort((self._index[due], self._deadline_ns[due]))]
        return [self._commit(slot, -1) for slot in due.tolist()]

    def next_due_ns(self) -> int | None:
        """Return when a pending delay may next be decided by a tick; None when none is pending."""
        pending = self._pending & ~self._frozen
        return int(self._due_ns[pending].min()) if pending.any() else None

    # The three kinds; each returns over, under and unusable, with one row per slot given.

    def _limits(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        signed = values * self._sign[slots]
        # ALM-32: strictly beyond the limit, and strictly back inside limit minus deadband.
        return signed > self._raise_at[slots], signed < self._clear_at[slots], _unusable(values, statuses)

    def _discrete(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        over = values == self._setpoint[slots]
        return over, ~over, _unusable(values, statuses)

    def _quality(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        del slots, values
        over = (statuses & _BAD) != 0
        return over, ~over, _is_one_of(statuses, _NO_NEWS_CODES) | _is_one_of(statuses, _STALE_CODES)


def _unusable(values: NDArray[np.float64], statuses: NDArray[np.uint32]) -> NDArray[np.bool_]:
    unusable: NDArray[np.bool_] = np.isnan(values)
    if statuses.any():
        unusable |= (statuses & _BAD) != 0
        unusable |= _is_one_of(statuses, _STALE_CODES)
    return unusable


def _is_one_of(statuses: NDArray[np.uint32], codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    if not statuses.any():
        return np.zeros(len(statuses), np.bool_)
    sub_codes = statuses & _SUB_CODE
    found: NDArray[np.bool_] = sub_codes == codes[0]
    for code in codes[1:]:
        found |= sub_codes == code
    return found


class _Group:
    """Hold the conditions of one kind: slots in the order of tag ids, found by tag id."""

    __slots__ = ("classify", "counts", "starts")

    def __init__(self, offset: int, tag_ids: Sequence[int], tags: int, classify: _Classifier) -> None:
        self.classify = classify
        self.counts = np.bincount(np.asarray(tag_ids, np.intp), minlength=tags)
        self.starts = offset + np.cumsum(self.counts) - self.counts

    def expand(
        self, tag_ids: NDArray[np.int32], chosen: NDArray[np.intp] | None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return a slot and a batch row for each pair of a sample and a condition on its tag."""
        if chosen is not None:
            tag_ids = tag_ids[chosen]
        counts = self.counts[tag_ids]
        most = int(counts.max())
        if most == 0:
            return _NOTHING, _NOTHING
        starts = self.starts[tag_ids]
        if most == 1:
            rows = np.flatnonzero(counts)
            slots = starts[rows]
        else:
            rows = np.repeat(np.arange(len(tag_ids)), counts)
            ends = np.cumsum(counts)
            slots = np.arange(int(ends[-1])) + np.repeat(starts - ends + counts, counts)
        return slots, rows if chosen is None else chosen[rows]
