"""Derive the input of conditions that look at more than the newest sample of one tag.

A deviation has two tags, a rate of change looks back over a window of source time, an expression reads any
tags. Each makes of a batch a series of derived samples per condition, in the order of the batch's rows, so
that how samples are cut into batches changes nothing (ALM-33).
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from alarms.model import AlarmDefinition
from alarms.suppression import InputSource
from tags.clock import NS_PER_MS, NS_PER_S
from tags.expression import BoundExpression, compile_expression
from tags.model import Batch, TagTable, to_float
from tags.status import StatusCode

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
_WAITING: Final = int(StatusCode.BadWaitingForInitialData)
NOTHING: Final = np.empty(0, np.int64)


def is_one_of(statuses: NDArray[np.uint32], codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which statuses have one of ``codes``, whatever their info bits."""
    if not statuses.any():
        return np.zeros(len(statuses), np.bool_)
    sub_codes = statuses & _SUB_CODE
    found: NDArray[np.bool_] = sub_codes == codes[0]
    for code in codes[1:]:
        found |= sub_codes == code
    return found


def is_repeated(statuses: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which values are only repeated because their source is silent."""
    return is_one_of(statuses, _STALE_CODES)


def unusable(values: NDArray[np.float64], statuses: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which samples tell nothing about the plant now (ALM-10)."""
    found: NDArray[np.bool_] = np.isnan(values)
    if statuses.any():
        found |= (statuses & _BAD) != 0
        found |= is_repeated(statuses)
    return found


class TagIndex:
    """Find the conditions of each tag: slots that lie together in the order of tag ids."""

    __slots__ = ("counts", "starts")

    def __init__(self, offset: int, tag_ids: Sequence[int], tags: int) -> None:
        self.counts = np.bincount(np.asarray(tag_ids, np.intp), minlength=tags)
        self.starts = offset + np.cumsum(self.counts) - self.counts

    def expand(
        self, tag_ids: NDArray[np.int32], chosen: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return a slot and a batch row for each pair of a (chosen) sample and a condition on its tag."""
        if chosen is not None:
            tag_ids = tag_ids[chosen]
        counts = self.counts[tag_ids]
        most = int(counts.max())
        if most == 0:
            return NOTHING, NOTHING
        starts = self.starts[tag_ids]
        if most == 1:
            rows = np.flatnonzero(counts)
            slots = starts[rows]
        else:
            rows = np.repeat(np.arange(len(tag_ids)), counts)
            ends = np.cumsum(counts)
            slots = np.arange(int(ends[-1])) + np.repeat(starts - ends + counts, counts)
        return slots, rows if chosen is None else chosen[rows]


class Derived(NamedTuple):
    """Hold derived samples as columns: in the order of rows for each slot, a slot may occur often."""

    slots: NDArray[np.intp]
    rows: NDArray[np.intp]
    values: NDArray[np.float64]
    statuses: NDArray[np.uint32]
    source_ns: NDArray[np.int64]

    @classmethod
    def of(cls, samples: Sequence[tuple[int, int, float, int, int]]) -> "Derived":
        """Return the columns of ``(slot, row, value, status, source_ns)``."""
        slots, rows, values, statuses, source_ns = zip(*samples, strict=True)
        return cls(
            np.array(slots, np.intp),
            np.array(rows, np.intp),
            np.array(values),
            np.array(statuses, np.uint32),
            np.array(source_ns, np.int64),
        )

    def take(self, chosen: NDArray[np.intp] | None) -> "Derived":
        """Return the chosen places; None is all of them."""
        if chosen is None:
            return self
        return Derived(
            self.slots[chosen],
            self.rows[chosen],
            self.values[chosen],
            self.statuses[chosen],
            self.source_ns[chosen],
        )


class Deriving(Protocol):
    """Make the derived samples of a kind of conditions.

    ``settle_ns`` says of each slot how late its inputs may be.
    """

    settle_ns: list[int]

    def derive(self, batch: Batch) -> Derived | None:
        """Return what the batch makes of the slots, None when it has no input of any."""
        ...

    def tick(self, now_ns: int) -> Derived | None:
        """Return what the passing of time makes of them; rows are -1."""
        ...

    def next_due_ns(self) -> int | None:
        """Return when a tick may next make something."""
        ...


class _Side:
    """Hold the newest sample of one of the two tags of each deviation."""

    def __init__(self, slots: int) -> None:
        self.values = np.full(slots, np.nan)
        self.statuses = np.full(slots, _WAITING, np.uint32)
        self.source_ns = np.zeros(slots, np.int64)


class Deviations:
    """Subtract set points from values, at each sample of either, vectorised.

    The status is that of the worse input; the source time that of the newer. ``definitions`` are in the order
    of their slots, which begin at ``offset``, sorted by the id of their tag.
    """

    def __init__(self, offset: int, definitions: Sequence[AlarmDefinition], tags: TagTable) -> None:
        measured = [tags.by_path(item.tag) for item in definitions]
        wanted = [tags.by_path(item.setpoint_tag) for item in definitions]
        self.settle_ns = [
            max(one.period_ms, other.period_ms) * NS_PER_MS
            for one, other in zip(measured, wanted, strict=True)
        ]
        self._offset = offset
        self._measured = TagIndex(0, [tag.id for tag in measured], len(tags))
        # The slots of one set point do not lie together: they are looked up in the order of set-point ids.
        by_wanted = sorted(range(len(wanted)), key=lambda slot: wanted[slot].id)
        self._by_wanted = np.array(by_wanted, np.intp)
        self._wanted = TagIndex(0, [wanted[slot].id for slot in by_wanted], len(tags))
        self._sides = (_Side(len(definitions)), _Side(len(definitions)))

    def derive(self, batch: Batch) -> Derived | None:
        """Return the deviations at each row that is a value or a set point."""
        slots, rows = self._measured.expand(batch.tag_ids)
        others, other_rows = self._wanted.expand(batch.tag_ids)
        if not len(slots) and not len(others):
            return None
        is_measured = np.repeat((True, False), (len(slots), len(others)))
        slots = np.concatenate((slots, self._by_wanted[others]))
        rows = np.concatenate((rows, other_rows))
        order = np.lexsort((rows, slots))
        slots, rows, is_measured = slots[order], rows[order], is_measured[order]
        places = np.arange(len(slots))
        is_first = np.r_[True, slots[1:] != slots[:-1]]
        first = np.maximum.accumulate(np.where(is_first, places, 0))
        filled = []
        for side, is_own in zip(self._sides, (is_measured, ~is_measured), strict=True):
            newest = np.maximum.accumulate(np.where(is_own, places, -1))
            is_known = newest >= first
            taken = rows[newest]
            values = np.where(is_known, batch.values[taken], side.values[slots])
            statuses = np.where(is_known, batch.statuses[taken], side.statuses[slots])
            source_ns = np.where(is_known, batch.source_ns[taken], side.source_ns[slots])
            filled.append((values, statuses, source_ns))
            # The rows of a slot ascend, so that its last one stays.
            side.values[slots], side.statuses[slots], side.source_ns[slots] = values, statuses, source_ns
        (value, status, value_ns), (target, target_status, target_ns) = filled
        is_worse = _rank(target_status) > _rank(status)
        return Derived(
            slots + self._offset,
            rows,
            value - target,
            np.where(is_worse, target_status, status),
            np.maximum(value_ns, target_ns),
        )

    def tick(self, now_ns: int) -> Derived | None:
        """Return nothing: a deviation changes with its inputs only."""
        del now_ns
        return None

    def next_due_ns(self) -> int | None:
        """Return None."""
        return None


def _rank(statuses: NDArray[np.uint32]) -> NDArray[np.uint32]:
    ranks: NDArray[np.uint32] = (statuses >> np.uint32(30)) * np.uint32(2) + is_repeated(statuses)
    return ranks


class _Sample(NamedTuple):
    source_ns: int
    value: float
    due_ns: int


class _Window:
    """Keep the samples of one tag that a rate over ``window_ns`` still needs.

    The first one is the newest that is a window old or older; until there is one, the oldest known. A value
    holds until the next sample, so the rate also changes when a sample leaves the window.
    """

    __slots__ = ("_samples", "_settle_ns", "_window_ns", "status")

    def __init__(self, window_ns: int, settle_ns: int) -> None:
        self._window_ns = window_ns
        self._settle_ns = settle_ns
        self._samples: deque[_Sample] = deque()
        self.status = _WAITING

    def take(self, value: float, source_ns: int, receive_ns: int) -> list[tuple[float, int]]:
        """Take a usable sample; return the rates, per second, and their times up to it."""
        samples = self._samples
        if samples and source_ns < samples[-1].source_ns:
            # The order of the tag began anew, as after a step back of its device's clock.
            samples.clear()
        found = self.leave(source_ns - 1) if samples else []
        while len(samples) > 1 and samples[1].source_ns + self._window_ns <= source_ns:
            samples.popleft()
        if samples and samples[-1].source_ns == source_ns:
            samples.pop()
        samples.append(_Sample(source_ns, value, receive_ns + self._window_ns + self._settle_ns))
        found.append((self._rate(), source_ns))
        return found

    def leave(self, until_ns: int) -> list[tuple[float, int]]:
        """Return the rates at the times, not after ``until_ns``, at which samples leave the window."""
        found = []
        while len(self._samples) > 1 and self._samples[1].source_ns + self._window_ns <= until_ns:
            self._samples.popleft()
            found.append((self._rate(), self._samples[0].source_ns + self._window_ns))
        return found

    def tick(self, now_ns: int) -> list[tuple[float, int]]:
        """Return what left the window while the tag was silent, judged by the station's clock."""
        found = []
        while len(self._samples) > 1 and self._samples[1].due_ns <= now_ns:
            self._samples.popleft()
            found.append((self._rate(), self._samples[0].source_ns + self._window_ns))
        return found

    def next_due_ns(self) -> int | None:
        return self._samples[1].due_ns if len(self._samples) > 1 else None

    def forget(self) -> None:
        """Forget all: what the value did meanwhile is not known."""
        self._samples.clear()

    def _rate(self) -> float:
        return (self._samples[-1].value - self._samples[0].value) * NS_PER_S / self._window_ns


class Rates:
    """Compute rates of change per second over a window of source time.

    After a sample that tells nothing the window begins anew: a jump across a gap is no rate.
    """

    def __init__(self, offset: int, definitions: Sequence[AlarmDefinition], tags: TagTable) -> None:
        measured = [tags.by_path(item.tag) for item in definitions]
        self.settle_ns = [tag.period_ms * NS_PER_MS for tag in measured]
        self._offset = offset
        self._index = TagIndex(0, [tag.id for tag in measured], len(tags))
        self._windows = [
            _Window(item.window_ns, settle_ns)
            for item, settle_ns in zip(definitions, self.settle_ns, strict=True)
        ]

    def derive(self, batch: Batch) -> Derived | None:
        """Return the rates at each sample of their tags, and at what left the window before it."""
        slots, rows = self._index.expand(batch.tag_ids)
        if not len(slots):
            return None
        is_usable = ~unusable(batch.values[rows], batch.statuses[rows])
        found: list[tuple[int, int, float, int, int]] = []
        for slot, row, usable in zip(slots.tolist(), rows.tolist(), is_usable.tolist(), strict=True):
            window, source_ns = self._windows[slot], int(batch.source_ns[row])
            status_before, window.status = window.status, int(batch.statuses[row])
            if not usable:
                window.forget()
                found.append((slot + self._offset, row, np.nan, window.status, source_ns))
                continue
            *left, newest = window.take(float(batch.values[row]), source_ns, batch.receive_ns)
            found += [(slot + self._offset, row, rate, status_before, at_ns) for rate, at_ns in left]
            found.append((slot + self._offset, row, newest[0], window.status, newest[1]))
        return Derived.of(found)

    def tick(self, now_ns: int) -> Derived | None:
        """Return the rates at which samples left the windows of silent tags."""
        found = [
            (slot + self._offset, -1, rate, window.status, at_ns)
            for slot, window in enumerate(self._windows)
            for rate, at_ns in window.tick(now_ns)
        ]
        return Derived.of(found) if found else None

    def next_due_ns(self) -> int | None:
        """Return when a sample leaves a window next."""
        return min(
            (due for due in (window.next_due_ns() for window in self._windows) if due is not None),
            default=None,
        )


class Expressions:
    """Evaluate the boolean expressions of EXPR alarms, at each sample of an input.

    There is no verdict before every input has said something: ``bad(Tank.Level)`` is no alarm at start-up.
    """

    def __init__(self, offset: int, definitions: Sequence[AlarmDefinition], tags: TagTable) -> None:
        self._offset = offset
        self._inputs = InputSource(tags)
        self._is_input = np.zeros(len(tags), np.bool_)
        self._by_tag: dict[int, list[int]] = {}
        self._bound: list[BoundExpression] = []
        self._unheard: list[set[int]] = []
        self.settle_ns: list[int] = []
        for slot, item in enumerate(definitions):
            bound = compile_expression(item.expression).bind(tags)
            self._bound.append(bound)
            self._unheard.append(set(bound.tag_ids))
            for tag_id in bound.tag_ids:
                self._is_input[tag_id] = True
                self._by_tag.setdefault(tag_id, []).append(slot)
            periods = [tags[tag_id].period_ms for tag_id in bound.tag_ids]
            self.settle_ns.append(max(periods, default=0) * NS_PER_MS)

    def derive(self, batch: Batch) -> Derived | None:
        """Return what the expressions are at each row that is an input of theirs."""
        found: list[tuple[int, int, float, int, int]] = []
        for row in np.flatnonzero(self._is_input[batch.tag_ids]).tolist():
            tag_id = self._inputs.put_row(batch, row)
            for slot in self._by_tag[tag_id]:
                if self._unheard[slot]:
                    self._unheard[slot].discard(tag_id)
                    if self._unheard[slot]:
                        continue
                result = self._bound[slot].evaluate(self._inputs)
                # A text is no number, so NaN: it tells nothing.
                value = to_float(result.value)
                found.append((slot + self._offset, row, value, result.status, result.source_ns))
        return Derived.of(found) if found else None

    def tick(self, now_ns: int) -> Derived | None:
        """Return nothing: an expression changes with its inputs only."""
        del now_ns
        return None

    def next_due_ns(self) -> int | None:
        """Return None."""
        return None


def inputs(definitions: Iterable[AlarmDefinition]) -> set[str]:
    """Return the paths of all tags that these alarms read: conditions, set points and expressions."""
    paths: set[str] = set()
    for item in definitions:
        paths |= {item.tag, item.setpoint_tag}
        for text in (item.expression, item.suppression_expression):
            if text.strip():
                paths.update(compile_expression(text).paths)
    return paths
