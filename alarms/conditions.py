"""Find which alarm conditions are true, vectorised per batch.

State lives in columns with one slot per condition. A batch touches only the conditions of its tags; Python
looks at a single condition only when a sample may change something about it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alarms.inputs import (
    NOTHING,
    Derived,
    Deriving,
    Deviations,
    Expressions,
    Rates,
    TagIndex,
    is_one_of,
    is_repeated,
    unusable,
)
from alarms.model import AlarmDefinition, AlarmType
from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import Batch, TagTable
from tags.status import StatusCode

UPPER_LIMITS: Final = (AlarmType.HIHI, AlarmType.HI)
LOWER_LIMITS: Final = (AlarmType.LO, AlarmType.LOLO)
LIMITS: Final = (*UPPER_LIMITS, *LOWER_LIMITS)
DISCRETE: Final = (AlarmType.DISCREPANCY, AlarmType.OFF_NORMAL, AlarmType.TRIP)
MAGNITUDES: Final = (AlarmType.DEVIATION, AlarmType.RATE_OF_CHANGE)
"""Types whose limit holds for both directions."""
NOT_FROM_TAGS: Final = (AlarmType.COMMUNICATION, AlarmType.INSTRUMENT)

_BAD = np.uint32(0x80000000)
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


_Classifier = Callable[
    [NDArray[np.intp], NDArray[np.float64], NDArray[np.uint32]],
    tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
]
_Derive = Callable[[int, Sequence[AlarmDefinition], TagTable], Deriving]


class Conditions:
    """Evaluate the conditions of ``definitions`` over the tags of ``tags``.

    Definitions must have passed :func:`alarms.definitions.check`; those of type COMM have no slot. Nothing
    here blocks; all calls come from one thread.

    On-delay and off-delay run on source time (ALM-33). A pending edge is decided by the next usable sample of
    its tag, or by :meth:`tick` when that tag stays silent although its value is still fresh. Both give the
    same edge, at the end of the delay.
    """

    def __init__(self, definitions: Sequence[AlarmDefinition], tags: TagTable) -> None:
        direct: tuple[tuple[tuple[AlarmType, ...], _Classifier], ...] = (
            (LIMITS, self._limits),
            (DISCRETE, self._discrete),
            ((AlarmType.BIT,), self._bits),
            ((AlarmType.BAD_QUALITY,), self._quality),
            ((AlarmType.STALE,), self._staleness),
        )
        derived: tuple[tuple[AlarmType, _Derive, _Classifier], ...] = (
            (AlarmType.DEVIATION, Deviations, self._magnitudes),
            (AlarmType.RATE_OF_CHANGE, Rates, self._magnitudes),
            (AlarmType.EXPRESSION, Expressions, self._truths),
        )
        order: list[int] = []
        settle_ns: list[int] = []
        classifiers: list[_Classifier] = []
        self._groups: list[tuple[TagIndex, _Classifier]] = []
        self._derived: list[tuple[Deriving, _Classifier]] = []
        for types, classify in direct:
            members = _members(definitions, types, tags)
            if members:
                rows = [tags.by_path(definitions[index].tag).id for index in members]
                self._groups.append((TagIndex(len(order), rows, len(tags)), classify))
                settle_ns += [tags[row].period_ms * NS_PER_MS for row in rows]
            order += members
            classifiers += [classify] * len(members)
        for kind, derive, classify in derived:
            members = _members(definitions, (kind,), tags)
            if members:
                source = derive(len(order), [definitions[index] for index in members], tags)
                self._derived.append((source, classify))
                settle_ns += source.settle_ns
            order += members
            classifiers += [classify] * len(members)
        slots = len(order)
        chosen = [definitions[index] for index in order]
        self._index = np.array(order, np.int64)
        self._slot = {index: slot for slot, index in enumerate(order)}
        self._classifiers = classifiers
        self._setpoint = np.array([item.setpoint for item in chosen])
        self._sign = np.array([-1.0 if item.type in LOWER_LIMITS else 1.0 for item in chosen])
        self._raise_at = self._sign * self._setpoint
        self._clear_at = self._raise_at - np.array([item.deadband_eu for item in chosen])
        self._weight = np.array([2.0**item.bit for item in chosen])
        self._on_delay_ns = [_on_delay_ns(item) for item in chosen]
        self._off_delay_ns = [item.off_delay_ns for item in chosen]
        self._settle_ns = settle_ns
        self._counted = {slot: _Excursions(item.count) for slot, item in enumerate(chosen) if item.count > 1}
        self._active = np.zeros(slots, np.bool_)
        self._enabled = np.array([item.enabled for item in chosen], np.bool_)
        self._held = np.zeros(slots, np.bool_)
        self._frozen = np.ones(slots, np.bool_)
        self._pending = np.zeros(slots, np.bool_)
        self._deadline_ns = np.zeros(slots, np.int64)
        self._due_ns = np.zeros(slots, np.int64)
        self._last_value = np.full(slots, np.nan)
        self._last_status = np.full(slots, int(StatusCode.BadWaitingForInitialData), np.uint32)
        self._last_row = np.zeros(len(tags), np.intp)
        self._last_place = np.zeros(slots, np.intp)

    def __len__(self) -> int:
        return len(self._index)

    def is_active(self, index: int) -> bool:
        """Tell whether the condition of this definition is true, delays and deadband included."""
        return bool(self._active[self._slot[index]])

    def status(self, index: int) -> int:
        """Return the newest status of the condition's input."""
        return int(self._last_status[self._slot[index]])

    def unusable(self) -> NDArray[np.int64]:
        """Return the definition indices of enabled conditions whose newest input tells nothing (ALM-10)."""
        return self._index[self._frozen & self._enabled & ~self._held]

    def restore(self, index: int, is_active: bool) -> None:
        """Set the state that the journal remembers; the first usable sample goes on from there."""
        self._active[self._slot[index]] = is_active

    def enable(self, index: int, is_enabled: bool) -> None:
        """Evaluate this condition or stop doing so; it starts again from false (row 24)."""
        slot = self._slot[index]
        self._enabled[slot] = is_enabled
        self._active[slot] = False
        self._pending[slot] = False

    def update(self, index: int, definition: AlarmDefinition) -> None:
        """Take a changed limit, deadband and delays; a running delay begins anew, see :meth:`judge`."""
        slot = self._slot[index]
        self._setpoint[slot] = definition.setpoint
        self._raise_at[slot] = self._sign[slot] * definition.setpoint
        self._clear_at[slot] = self._raise_at[slot] - definition.deadband_eu
        self._on_delay_ns[slot] = _on_delay_ns(definition)
        self._off_delay_ns[slot] = definition.off_delay_ns
        self._pending[slot] = False

    def hold(self, index: int, is_held: bool, at_ns: int) -> list[Edge]:
        """Stop a STALE condition while its connection is lost; after that, or at first, it begins anew.

        Its tag may never say a word, so time counts from ``at_ns``.
        """
        slot = self._slot[index]
        was_held, self._held[slot] = bool(self._held[slot]), is_held
        if is_held:
            self._pending[slot], self._frozen[slot] = False, True
        elif was_held or (self._frozen[slot] and not self._pending[slot]):
            self._frozen[slot] = False
            return self.judge(index, at_ns)
        return []

    def judge(self, index: int, at_ns: int) -> list[Edge]:
        """Return what the newest known input shows at ``at_ns``, after settings changed; rows are -1."""
        slot = self._slot[index]
        if self._frozen[slot]:
            return []
        edges: list[Edge] = []
        one = slice(slot, slot + 1)
        known = Derived(
            np.array([slot]), np.array([-1]), self._last_value[one].copy(), self._last_status[one].copy(),
            np.array([at_ns]),
        )  # fmt: skip
        self._advance(known, at_ns, self._classifiers[slot], edges, [])
        return edges

    def end_return(self, index: int, at_ns: int) -> list[Edge]:
        """End a running off-delay at ``at_ns``: the value is back in normal, and only the delay is not over.

        A condition whose input is unusable stays as it is (ALM-10). Rows are -1.
        """
        slot = self._slot[index]
        if not self._active[slot] or not self._pending[slot] or self._frozen[slot]:
            return []
        self._deadline_ns[slot] = min(int(self._deadline_ns[slot]), at_ns)
        return [self._commit(slot, -1)]

    def evaluate(self, batch: Batch) -> Evaluation:
        """Return what the batch changes; several samples of one tag are seen one after the other."""
        rows = len(batch)
        if not rows or not len(self._index):
            return Evaluation([], NOTHING)
        edges: list[Edge] = []
        requalified: list[NDArray[np.int64]] = []
        if self._groups:
            for chosen in _in_rounds(batch.tag_ids, self._last_row):
                for group, classify in self._groups:
                    slots, taken = group.expand(batch.tag_ids, chosen)
                    if len(slots):
                        columns = (batch.values[taken], batch.statuses[taken], batch.source_ns[taken])
                        samples = Derived(slots, taken, *columns)
                        self._advance(samples, batch.receive_ns, classify, edges, requalified)
        for source, classify in self._derived:
            derived = source.derive(batch)
            if derived is not None:
                self._advance_all(derived, batch.receive_ns, classify, edges, requalified)
        if len(edges) > 1:
            # Stable: a delay that ended before the sample comes before what the sample itself shows.
            edges.sort(key=lambda edge: (edge.row, edge.alarm))
        return Evaluation(edges, np.concatenate(requalified) if requalified else NOTHING)

    def _advance_all(
        self,
        samples: Derived,
        receive_ns: int,
        classify: _Classifier,
        edges: list[Edge],
        requalified: list[NDArray[np.int64]],
    ) -> None:
        for chosen in _in_rounds(samples.slots, self._last_place):
            self._advance(samples.take(chosen), receive_ns, classify, edges, requalified)

    def _advance(
        self,
        samples: Derived,
        receive_ns: int,
        classify: _Classifier,
        edges: list[Edge],
        requalified: list[NDArray[np.int64]],
    ) -> None:
        """Take one sample for each of some slots."""
        slots, rows, values, statuses, source_ns = samples
        over, under, is_unusable = classify(slots, values, statuses)
        pending = self._pending[slots]
        wanted = np.where(self._active[slots], under, over)
        usable = ~is_unusable
        decide = usable & self._enabled[slots]
        decide &= (wanted != pending) | (pending & (self._deadline_ns[slots] <= source_ns))
        was_frozen = self._frozen[slots]
        for place in np.flatnonzero(decide).tolist():
            self._decide(
                int(slots[place]),
                int(rows[place]),
                over=bool(over[place]),
                under=bool(under[place]),
                was_frozen=bool(was_frozen[place]),
                source_ns=int(source_ns[place]),
                receive_ns=receive_ns,
                value=float(values[place]),
                status=int(statuses[place]),
                edges=edges,
            )
        self._frozen[slots] = is_unusable
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
            counted = self._counted.get(slot)
            if counted is not None and not self._active[slot] and counted.enter(source_ns, delay_ns):
                self._deadline_ns[slot] = source_ns
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
        edges: list[Edge] = []
        for source, classify in self._derived:
            derived = source.tick(now_ns)
            if derived is not None:
                self._advance_all(derived, now_ns, classify, edges, [])
        if not self._pending.any() and not edges:
            return edges
        due = np.flatnonzero(self._pending & ~self._frozen & (self._due_ns <= now_ns))
        edges += [self._commit(slot, -1) for slot in due.tolist()]
        return sorted(edges, key=lambda edge: (edge.source_ns, edge.alarm))

    def next_due_ns(self) -> int | None:
        """Return when a tick may next decide something; None when nothing is under way."""
        pending = self._pending & ~self._frozen
        found = [due for due in (source.next_due_ns() for source, _ in self._derived) if due is not None]
        if pending.any():
            found.append(int(self._due_ns[pending].min()))
        return min(found, default=None)

    # The kinds; each returns over, under and unusable, with one row per slot given.

    def _limits(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        signed = values * self._sign[slots]
        # ALM-32: strictly beyond the limit, and strictly back inside limit minus deadband.
        return signed > self._raise_at[slots], signed < self._clear_at[slots], unusable(values, statuses)

    def _discrete(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        over = values == self._setpoint[slots]
        return over, ~over, unusable(values, statuses)

    def _bits(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        # Floor division gives the bits of two's complement for negative words too.
        over = np.floor(values / self._weight[slots]) % 2.0 == self._setpoint[slots]
        return over, ~over, unusable(values, statuses)

    def _magnitudes(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        size = np.abs(values)
        return size > self._raise_at[slots], size < self._clear_at[slots], unusable(values, statuses)

    def _truths(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        del slots
        over = values != 0
        return over, ~over, unusable(values, statuses)

    def _quality(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        del slots, values
        over = (statuses & _BAD) != 0
        return over, ~over, is_one_of(statuses, _NO_NEWS_CODES) | is_repeated(statuses)

    def _staleness(
        self, slots: NDArray[np.intp], values: NDArray[np.float64], statuses: NDArray[np.uint32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        del values
        over = ((statuses & _BAD) != 0) | is_repeated(statuses)
        return over, ~over, self._held[slots]


class _Excursions:
    """Remember when a condition became true lately, however short (ALM-34)."""

    __slots__ = ("_times",)

    def __init__(self, count: int) -> None:
        self._times: deque[int] = deque(maxlen=count)

    def enter(self, source_ns: int, within_ns: int) -> bool:
        """Note that the condition became true; tell whether that was often enough, and then begin anew."""
        times = self._times
        if times and source_ns < times[-1]:
            times.clear()
        times.append(source_ns)
        if len(times) < (times.maxlen or 0) or times[0] <= source_ns - within_ns:
            return False
        times.clear()
        return True


def _members(definitions: Sequence[AlarmDefinition], types: Sequence[AlarmType], tags: TagTable) -> list[int]:
    members = [index for index, definition in enumerate(definitions) if definition.type in types]
    return sorted(members, key=lambda index: tags.by_path(definitions[index].tag).id)


def _on_delay_ns(definition: AlarmDefinition) -> int:
    if definition.type is AlarmType.STALE:
        return round(definition.setpoint * NS_PER_S)
    return definition.on_delay_ns


def _in_rounds(keys: NDArray[np.integer], last: NDArray[np.intp]) -> list[NDArray[np.intp] | None]:
    """Return the places of each round, so that no key occurs twice in one; None is all of them.

    ``last`` is scratch space with a place for every key.
    """
    places = np.arange(len(keys))
    last[keys] = places
    if np.array_equal(last[keys], places):
        return [None]
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    is_first = np.empty(len(order), np.bool_)
    is_first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    first = np.maximum.accumulate(np.where(is_first, places, 0))
    rank = np.empty(len(order), np.intp)
    rank[order] = places - first
    by_rank = np.argsort(rank, kind="stable")
    return list(np.split(by_rank, np.cumsum(np.bincount(rank))[:-1]))
