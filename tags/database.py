"""The tag database: current values of all tags as columns, and what became of each batch that came in."""

from collections.abc import Mapping
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from tags.changes import has_moved, moved, occurrences, pick_extras
from tags.clock import NS_PER_MS, Clock
from tags.freshness import bad_after_ns, behind_ns, follows, uncertain_after_ns
from tags.model import Batch, DataType, TagTable, Value, needs_extra
from tags.scaling import ScalingColumns, eu_limits, is_scaled, to_eu
from tags.status import StatusCode, is_bad, qualities, quality

_UNCERTAIN: Final = np.uint32(0x40000000)
_BAD: Final = np.uint32(0x80000000)
_LAST_USABLE: Final = np.uint32(StatusCode.UncertainNoCommunicationLastUsableValue)
_EXCEEDED: Final = np.uint32(StatusCode.UncertainEngineeringUnitsExceeded)
_LONG_AGO: Final = np.iinfo(np.int64).min
_CLOCK_STEP_NS: Final = 100 * NS_PER_MS
_T = TypeVar("_T", bound=np.generic)


class TagDatabase:
    """Hold the current value, status and source time of every tag; implements :class:`tags.source.TagSource`.

    Lives on one thread, the station's loop, and keeps nothing but columns (one row per tag id) and a side
    dict for exact values. A tag starts as BadWaitingForInitialData; as BadNotConnected when nothing feeds it,
    as BadNotReadable when it is write-only and as BadConfigurationError when its definition has a fault.

    Source times order everything, with exceptions that keep a stepped clock from freezing a tag: a bad
    :meth:`mark` and a step back of the station's or the device's own clock let its order start anew.
    """

    def __init__(self, tags: TagTable, clock: Clock) -> None:
        rows = len(tags)
        self._tags = tags
        self._clock = clock
        self._values = np.full(rows, np.nan)
        self._statuses = np.empty(rows, np.uint32)
        self._source_ns = np.zeros(rows, np.int64)
        self._exact: dict[int, Value] = {}
        self._has_exact: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self._versions = np.zeros(rows, np.int64)
        self._counter = 0

        self._scaling = ScalingColumns(tags)
        self._deadband = np.array([max(tag.deadband_eu, 0.0) for tag in tags])
        self._low = np.full(rows, -np.inf)
        self._high = np.full(rows, np.inf)
        self._is_checked: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self._kinds: list[type[bool] | type[int] | type[float]] = []
        self._fill_definitions()

        self._order_ns = np.full(rows, _LONG_AGO, np.int64)
        self._clock_offset_ns = clock.now_ns() - clock.monotonic_ns()
        self._late: list[Batch] = []
        self._row_of = np.zeros(rows, np.intp)

        self._is_polled: NDArray[np.bool_] = np.array(
            [tag.connection is not None and tag.access.is_readable for tag in tags], np.bool_
        )
        self._period_ns = np.array([tag.period_ms * NS_PER_MS for tag in tags], np.int64)
        self._confirmed_ns = np.full(rows, clock.monotonic_ns(), np.int64)
        self._is_aged: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self._held_values = np.full(rows, np.nan)
        self._held_statuses = np.zeros(rows, np.uint32)
        self._held_exact: dict[int, Value] = {}

        self._values_view = _read_only(self._values)
        self._statuses_view = _read_only(self._statuses)
        self._source_ns_view = _read_only(self._source_ns)

    def _fill_definitions(self) -> None:
        for row, tag in enumerate(self._tags):
            if tag.fault:
                self._statuses[row] = StatusCode.BadConfigurationError
            elif tag.connection is None and tag.expression is None:
                self._statuses[row] = StatusCode.BadNotConnected
            elif tag.connection is not None and not tag.access.is_readable:
                self._statuses[row] = StatusCode.BadNotReadable
            else:
                self._statuses[row] = StatusCode.BadWaitingForInitialData
            limits = eu_limits(tag)
            if limits is not None:
                self._low[row], self._high[row] = limits
                self._is_checked[row] = True
            is_float = tag.data_type.is_float or is_scaled(tag)
            self._kinds.append(bool if tag.data_type is DataType.BOOL else float if is_float else int)

    # What readers see

    @property
    def tags(self) -> TagTable:
        """Return the definitions; row numbers of all columns are tag ids."""
        return self._tags

    @property
    def values(self) -> NDArray[np.float64]:
        """Return engineering values, shape (tags,); NaN where bad, text or array. Read-only, always new."""
        return self._values_view

    @property
    def statuses(self) -> NDArray[np.uint32]:
        """Return OPC UA status codes, shape (tags,). Read-only, always new."""
        return self._statuses_view

    @property
    def source_ns(self) -> NDArray[np.int64]:
        """Return when value or status last changed, by its source (DQ-05), UTC nanoseconds; 0 before."""
        return self._source_ns_view

    def value(self, tag_id: int) -> Value | None:
        """Return the exact value in the tag's own type (a float when it is scaled); None while it is bad."""
        if self._statuses[tag_id] >= _BAD:
            return None
        if self._has_exact[tag_id]:
            return self._exact[tag_id]
        number = float(self._values[tag_id])
        kind = self._kinds[tag_id]
        if number != number and kind is not float:
            return None
        return kind(number)

    def changed_since(self, cursor: int) -> tuple[NDArray[np.int32], int]:
        """Return the ids of tags that changed after ``cursor``, and the cursor for the next call.

        Cursor 0 returns every tag that ever had a value or was marked.
        """
        if cursor >= self._counter:
            return np.empty(0, np.int32), self._counter
        return np.flatnonzero(self._versions > cursor).astype(np.int32), self._counter

    # What comes in

    def apply(self, raw: Batch, age_ns: int = 0) -> Batch:
        """Take raw samples of devices and return the accepted changes in engineering units.

        Scales, clamps, and makes a good value outside its engineering range
        UncertainEngineeringUnitsExceeded; so also NaN and infinity of a float, because no limit check can see
        them. A change of value counts when it is larger than the tag's deadband (engineering units), measured
        from the last accepted value, so that a slow drift cannot hide; a change of status always counts
        (DQ-11). Several samples of one tag are all looked at, in their order, and each accepted one is
        returned.

        A sample older than the newest one of its tag changes nothing and is not returned: alarms would take
        it for the present. :meth:`take_late` hands it to history. Samples in order confirm the tag's
        freshness, changed or not. A sample that ends a mark but is older than it (a server that comes back
        tells when the value changed last) takes the time of receipt: that is when it became good.

        ``age_ns`` is how old the samples may be already, because their answer took so long: a good one that
        is older than two periods is UncertainNoCommunicationLastUsableValue, and all become stale earlier.
        """
        self._watch_clock()
        values, statuses = self._scaling.to_eu(raw.tag_ids, raw.values, raw.statuses)
        if age_ns:
            old = (statuses < _UNCERTAIN) & (age_ns > bad_after_ns(self._period_ns[raw.tag_ids]))
            statuses = np.where(old, _LAST_USABLE, statuses)
        extras: dict[int, Value] = {}
        for row, value in raw.extras.items():
            value_eu = to_eu(self._tags[int(raw.tag_ids[row])], value)
            if needs_extra(value_eu):
                extras[row] = value_eu
        changed = self._accept(raw, values, statuses, extras, is_ordered=True)
        if age_ns:
            ids = raw.tag_ids
            at_ns = self._clock.monotonic_ns() - behind_ns(self._period_ns[ids], age_ns)
            self._confirmed_ns[ids] = np.minimum(self._confirmed_ns[ids], at_ns)
        return changed

    def apply_eu(self, batch: Batch) -> Batch:
        """Take values that are in engineering units already, as calculated and memory tags have them.

        As :meth:`apply`, without scaling and order check: the station made them, one after the other.
        """
        return self._accept(batch, batch.values, batch.statuses, batch.extras, is_ordered=False)

    def take_late(self) -> Batch | None:
        """Return the samples that came out of order since the last call, in engineering units, or None."""
        if not self._late:
            return None
        late, self._late = Batch.concatenate(self._late), []
        return late

    def mark(self, tag_ids: NDArray[np.int32], status: int, at_ns: int) -> Batch:
        """Stamp tags with a status in one step and return those that changed by it.

        A bad status clears the value, an uncertain one keeps it and spares tags that are bad. ``tag_ids`` are
        unique; ``at_ns`` is UTC. After a bad mark any source time is accepted again: the device may come back
        with another clock.
        """
        self._forget_held(tag_ids)
        if is_bad(status):
            self._order_ns[tag_ids] = _LONG_AGO
        return self._stamp(tag_ids, status, at_ns)

    # How fresh it is

    def confirmed(self, tag_ids: NDArray[np.int32], monotonic_ns: int, age_ns: int = 0) -> Batch:
        """Note that the device has confirmed tags at ``monotonic_ns``, and return those that this revives.

        What only age had marked is back, if that was no longer ago (``age_ns``) than two periods. Unique ids.
        """
        period_ns = self._period_ns[tag_ids]
        np.maximum.at(self._confirmed_ns, tag_ids, monotonic_ns - behind_ns(period_ns, age_ns))
        ids = tag_ids[self._is_aged[tag_ids] & (age_ns <= bad_after_ns(period_ns))]
        if not len(ids):
            return Batch.empty(self._clock.now_ns())
        self._is_aged[ids] = False
        now_ns = self._clock.now_ns()
        exact = {
            row: self._held_exact.pop(tag_id)
            for row, tag_id in enumerate(ids.tolist())
            if tag_id in self._held_exact
        }
        revived = Batch(
            ids,
            self._held_values[ids],
            self._held_statuses[ids],
            np.full(len(ids), now_ns, np.int64),
            now_ns,
            exact,
        )
        self._store(ids, revived.values, revived.statuses, revived.source_ns, exact)
        return revived

    def stale(self, monotonic_ns: int, margin_ns: int = 0) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the ids of device tags that age makes uncertain and bad, to be given to :meth:`age`.

        With period p, a value is uncertain when not confirmed for 1.5 p (at least p + 100 ms, for jitter, but
        never more than 2 p) and bad after 2 p (at least p + 200 ms). ``margin_ns`` is the time until the next
        look, so that no value is found good when older than 2 p.
        """
        age_ns = monotonic_ns - self._confirmed_ns
        period_ns = self._period_ns
        usable = self._is_polled & (self._statuses < _BAD)
        bad = usable & (age_ns > bad_after_ns(period_ns) - margin_ns)
        uncertain = usable & ~bad & ~self._is_aged & (age_ns > uncertain_after_ns(period_ns, margin_ns))
        return np.flatnonzero(uncertain).astype(np.int32), np.flatnonzero(bad).astype(np.int32)

    def age(self, tag_ids: NDArray[np.int32], status: int, at_ns: int) -> Batch:
        """Stamp tags as :meth:`mark` does, but so that :meth:`confirmed` can bring back what was there."""
        ids = tag_ids[~self._is_aged[tag_ids]]
        self._held_values[ids] = self._values[ids]
        self._held_statuses[ids] = self._statuses[ids]
        for tag_id in ids[self._has_exact[ids]].tolist():
            self._held_exact[tag_id] = self._exact[tag_id]
        self._is_aged[ids] = True
        if is_bad(status):
            self._order_ns[tag_ids] = _LONG_AGO
        return self._stamp(tag_ids, status, at_ns)

    # How it works

    def _watch_clock(self) -> None:
        """Let all orders start anew when the station's clock was set back: polls carry its time."""
        offset_ns = self._clock.now_ns() - self._clock.monotonic_ns()
        if offset_ns < self._clock_offset_ns - _CLOCK_STEP_NS:
            self._order_ns[:] = _LONG_AGO
        self._clock_offset_ns = offset_ns

    def _accept(
        self,
        batch: Batch,
        values: NDArray[np.float64],
        statuses: NDArray[np.uint32],
        extras: Mapping[int, Value],
        *,
        is_ordered: bool,
    ) -> Batch:
        ids = batch.tag_ids
        bad = statuses >= _BAD
        if bad.any():
            values = np.where(bad, np.nan, values)
            extras = {row: value for row, value in extras.items() if not bad[row]}
        outside = self._is_checked[ids]
        outside &= ~((values >= self._low[ids]) & (values <= self._high[ids]))
        outside &= statuses < _UNCERTAIN
        if outside.any():
            for row, value in extras.items():
                outside[row] &= not isinstance(value, (tuple, str))
            statuses = np.where(outside, _EXCEEDED, statuses)
        source_ns = batch.source_ns
        groups = occurrences(ids, self._row_of)
        if groups is None:
            in_order, source_ns = self._order(ids, source_ns, batch.receive_ns, is_ordered=is_ordered)
            accepted = self._accept_unique(ids, values, statuses, source_ns, extras, in_order)
        else:
            accepted, in_order = np.empty(len(ids), np.bool_), np.empty(len(ids), np.bool_)
            source_ns = source_ns.copy()
            for rows in groups:
                some = pick_extras(extras, rows)
                in_order[rows], source_ns[rows] = self._order(
                    ids[rows], source_ns[rows], batch.receive_ns, is_ordered=is_ordered
                )
                accepted[rows] = self._accept_unique(
                    ids[rows], values[rows], statuses[rows], source_ns[rows], some, in_order[rows]
                )
        result = Batch(ids, values, statuses, source_ns, batch.receive_ns, extras)
        if not in_order.all():
            self._late.append(result.take(~in_order))
        return result if accepted.all() else result.take(accepted)

    def _order(
        self, ids: NDArray[np.int32], source_ns: NDArray[np.int64], receive_ns: int, *, is_ordered: bool
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return which rows are in order, and their times as they will be shown; ``ids`` are unique."""
        if not is_ordered:
            return np.ones(len(ids), np.bool_), source_ns
        in_order = follows(source_ns, self._order_ns[ids], self._period_ns[ids])
        if in_order.all():
            self._order_ns[ids] = source_ns
        else:
            self._order_ns[ids[in_order]] = source_ns[in_order]
        ends_mark = source_ns < self._source_ns[ids]
        ends_mark &= in_order
        if ends_mark.any():
            source_ns = np.where(ends_mark, np.maximum(source_ns, receive_ns), source_ns)
        return in_order, source_ns

    def _accept_unique(
        self,
        ids: NDArray[np.int32],
        values: NDArray[np.float64],
        statuses: NDArray[np.uint32],
        source_ns: NDArray[np.int64],
        extras: Mapping[int, Value],
        in_order: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Store what changed in a batch of unique ids; return the mask of accepted rows."""
        accepted = moved(self._values[ids], values, self._deadband[ids])
        for row, value in extras.items():
            tag_id = int(ids[row])
            accepted[row] = has_moved(self.value(tag_id), value, float(self._deadband[tag_id]))
        accepted |= statuses != self._statuses[ids]
        accepted &= in_order
        current = ids if in_order.all() else ids[in_order]
        self._confirmed_ns[current] = self._clock.monotonic_ns()
        self._forget_held(current)
        if accepted.all():
            self._store(ids, values, statuses, source_ns, extras)
        elif accepted.any():
            rows = np.flatnonzero(accepted)
            some = pick_extras(extras, rows)
            self._store(ids[rows], values[rows], statuses[rows], source_ns[rows], some)
        return accepted

    def _stamp(self, tag_ids: NDArray[np.int32], status: int, at_ns: int) -> Batch:
        old = self._statuses[tag_ids]
        ids = tag_ids[(old != status) & (qualities(old) <= quality(status))]
        exact: dict[int, Value] = {}
        values = np.full(len(ids), np.nan)
        if not is_bad(status):
            values = self._values[ids]
            exact = {
                row: self._exact[tag_id] for row, tag_id in enumerate(ids.tolist()) if self._has_exact[tag_id]
            }
        # A device's clock may be ahead; the mark must not come before the value that it ends.
        source_ns = np.maximum(self._source_ns[ids], at_ns)
        stamped = Batch(ids, values, np.full(len(ids), status, np.uint32), source_ns, at_ns, exact)
        self._store(ids, stamped.values, stamped.statuses, stamped.source_ns, stamped.extras)
        return stamped

    def _store(
        self,
        ids: NDArray[np.int32],
        values: NDArray[np.float64],
        statuses: NDArray[np.uint32],
        source_ns: NDArray[np.int64],
        extras: Mapping[int, Value],
    ) -> None:
        if not len(ids):
            return
        self._values[ids] = values
        self._statuses[ids] = statuses
        self._source_ns[ids] = source_ns
        self._counter += 1
        self._versions[ids] = self._counter
        if self._exact:
            for tag_id in ids[self._has_exact[ids]].tolist():
                del self._exact[tag_id]
            self._has_exact[ids] = False
        for row, value in extras.items():
            tag_id = int(ids[row])
            self._exact[tag_id] = value
            self._has_exact[tag_id] = True

    def _forget_held(self, ids: NDArray[np.int32]) -> None:
        aged = ids[self._is_aged[ids]]
        if len(aged):
            self._is_aged[aged] = False
            for tag_id in aged.tolist():
                self._held_exact.pop(tag_id, None)


def _read_only(column: NDArray[_T]) -> NDArray[_T]:
    view = column.view()
    view.flags.writeable = False
    return view
