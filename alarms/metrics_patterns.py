"""Find the patterns that alarm systems are judged by: floods, chattering, fleeting, stale, going together."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alarms.metrics_events import DAY_NS, WINDOW_NS, EventColumns, Period, Spells
from alarms.model import Transition
from tags.clock import NS_PER_S

FLOOD_MORE_THAN: Final = 10
"""More activations than this within any ten minutes start a flood (KPI-20)."""
FLOOD_ENDS_BELOW: Final = 5
"""The first wall-clock ten minutes with fewer activations end a flood (KPI-20)."""
CHATTER_COUNT: Final = 3
CHATTER_NS: Final = 60 * NS_PER_S
FLEETING_NS: Final = 10 * NS_PER_S
STALE_NS: Final = DAY_NS
TOGETHER_NS: Final = 60 * NS_PER_S
MOST_FOLLOWERS: Final = 50
"""How many activations after one are looked at for co-occurrence: bounds the work in a burst."""


@dataclass(frozen=True, slots=True)
class Flood:
    """Describe a flood (KPI-20).

    It starts with the first of the more than ten activations that lie within ten minutes (that alarm is the
    first-out) and ends where the first calm wall-clock window starts, or with the period (``is_over`` is
    then false). ``peak`` is the largest number within any ten minutes, ``first_count`` the number in its
    first ten (KPI-12). ``sequences`` are the events in it.
    """

    start_ns: int
    end_ns: int
    count: int
    peak: int
    first_count: int
    first_out: str
    is_over: bool
    sequences: tuple[int, ...]

    @property
    def duration_ns(self) -> int:
        """Return how long the flood lasted."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Together:
    """Tell how many activations of ``then`` came within 60 s after one of ``first`` (MNT-05)."""

    first: str
    then: str
    count: int


def rolling_counts(times_ns: NDArray[np.int64], width_ns: int) -> NDArray[np.int64]:
    """Return for each of the sorted times how many lie in the ``width_ns`` up to and including it."""
    oldest = np.searchsorted(times_ns, times_ns - width_ns, side="right")
    return np.arange(1, len(times_ns) + 1) - oldest


def window_counts(times_ns: NDArray[np.int64], edges_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of the sorted times lie in each window, empty ones included."""
    return np.diff(np.searchsorted(times_ns, edges_ns, side="left"))


def floods(events: EventColumns, rows: NDArray[np.intp], period: Period) -> list[Flood]:
    """Return the floods of the activations at ``rows`` (in time order, all within the period)."""
    times_ns = events.source_ns[rows]
    full = times_ns[FLOOD_MORE_THAN:] - times_ns[:-FLOOD_MORE_THAN] < WINDOW_NS
    crossings = np.flatnonzero(full) + FLOOD_MORE_THAN
    edges_ns = period.edges_ns(WINDOW_NS)
    calm_ns = edges_ns[:-1][window_counts(times_ns, edges_ns) < FLOOD_ENDS_BELOW]
    found: list[Flood] = []
    after = 0
    while True:
        # A flood is made of activations after the one before it.
        place = int(np.searchsorted(crossings, after + FLOOD_MORE_THAN))
        if place == len(crossings):
            return found
        detected = int(crossings[place])
        begin = max(after, int(np.searchsorted(times_ns, times_ns[detected] - WINDOW_NS, side="right")))
        calm = int(np.searchsorted(calm_ns, times_ns[detected]))
        is_over = calm < len(calm_ns)
        end_ns = int(calm_ns[calm]) if is_over else period.end_ns
        # The activation that completed a flood belongs to it, even at the very start of a calm window.
        after = max(int(np.searchsorted(times_ns, end_ns)), detected + 1)
        inside = times_ns[begin:after]
        found.append(
            Flood(
                int(inside[0]),
                end_ns,
                after - begin,
                int(rolling_counts(inside, WINDOW_NS).max()),
                int(np.searchsorted(inside, inside[0] + WINDOW_NS)),
                events.alarm_ids[events.alarm[rows[begin]]],
                is_over,
                tuple(events.sequence[rows[begin:after]].tolist()),
            )
        )


def chattering(events: EventColumns, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which activations belong to three or more of the same alarm within 60 s (KPI-21)."""
    order = np.argsort(events.alarm[rows], kind="stable")
    alarm, times_ns = events.alarm[rows][order], events.source_ns[rows][order]
    reach = CHATTER_COUNT - 1
    starts = np.flatnonzero(
        (alarm[reach:] == alarm[:-reach]) & (times_ns[reach:] - times_ns[:-reach] < CHATTER_NS)
    )
    ordered = np.zeros(len(rows), np.bool_)
    for place in range(CHATTER_COUNT):
        ordered[starts + place] = True
    found = np.empty(len(rows), np.bool_)
    found[order] = ordered
    return found


def fleeting(events: EventColumns, rows: NDArray[np.intp], limit_ns: int = FLEETING_NS) -> NDArray[np.bool_]:
    """Tell which activations cleared within ``limit_ns`` before any operator did anything (KPI-22)."""
    order = np.argsort(events.alarm, kind="stable")
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    # The next return or operator's action of the same alarm, seen from each event.
    is_return = events.is_transition(Transition.RETURNED)[order]
    stops = np.flatnonzero(is_return | events.by_operator[order])
    here = place[rows]
    index = np.searchsorted(stops, here, side="right")
    found = np.zeros(len(rows), np.bool_)
    has_next = index < len(stops)
    following = stops[index[has_next]]
    source_ns = events.source_ns[order]
    alarm = events.alarm[order]
    origin = here[has_next]
    found[has_next] = (
        is_return[following]
        & ~events.by_operator[order][following]
        & (alarm[following] == alarm[origin])
        & (source_ns[following] - source_ns[origin] <= limit_ns)
    )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class StaleSpans:
    """Hold when alarms stood for more than 24 h and were shown: index of the alarm, start, end, event row."""

    alarm: NDArray[np.int32]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    row: NDArray[np.intp]


def stale(spells: Spells, period: Period, limit_ns: int = STALE_NS) -> StaleSpans:
    """Return when alarms were stale (KPI-23): true for longer than the limit, and not hidden at that time."""
    start_ns = np.maximum(np.maximum(spells.start_ns, spells.active_since_ns + limit_ns), period.start_ns)
    end_ns = np.minimum(spells.end_ns, period.end_ns)
    chosen = np.flatnonzero(spells.is_shown_active & spells.is_active & (start_ns < end_ns))
    return StaleSpans(spells.alarm[chosen], start_ns[chosen], end_ns[chosen], spells.row[chosen])


def stale_per_day(spans: StaleSpans, period: Period) -> NDArray[np.int64]:
    """Return the number of different alarms that were stale at some time of each day."""
    edges_ns = period.edges_ns(DAY_NS)
    first = np.searchsorted(edges_ns, spans.start_ns, side="right") - 1
    last = np.searchsorted(edges_ns, spans.end_ns, side="left") - 1
    counts = np.zeros(len(edges_ns) - 1, np.int64)
    days_of: dict[int, set[int]] = {}
    for alarm, begin, end in zip(spans.alarm.tolist(), first.tolist(), last.tolist(), strict=True):
        days_of.setdefault(alarm, set()).update(range(begin, end + 1))
    for days in days_of.values():
        counts[list(days)] += 1
    return counts


def together(events: EventColumns, rows: NDArray[np.intp]) -> list[Together]:
    """Return which alarms come within 60 s of another, most frequent first.

    Of each activation the next ``MOST_FOLLOWERS`` are looked at.
    """
    times_ns, alarm = events.source_ns[rows], events.alarm[rows].astype(np.int64)
    number = len(events.alarm_ids)
    here = np.arange(len(rows))
    keys: list[NDArray[np.int64]] = []
    for step in range(1, MOST_FOLLOWERS + 1):
        here = here[here + step < len(rows)]
        here = here[times_ns[here + step] - times_ns[here] <= TOGETHER_NS]
        if not len(here):
            break
        pairs = alarm[here] * len(rows) + here + step
        keys.append(pairs[alarm[here] != alarm[here + step]])
    if not keys:
        return []
    # Each later activation once, however often the first alarm came before it.
    first, then = np.divmod(np.unique(np.concatenate(keys)), len(rows))
    found, counts = np.unique(first * number + alarm[then], return_counts=True)
    order = np.lexsort((found, -counts))
    return [
        Together(events.alarm_ids[key // number], events.alarm_ids[key % number], count)
        for key, count in zip(found[order].tolist(), counts[order].tolist(), strict=True)
    ]
