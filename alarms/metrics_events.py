"""Journal events as columns, and the activations that the figures count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alarms.model import AlarmEvent, AlarmState, MessageClass, Priority, Transition
from tags.clock import NS_PER_S, iso_utc

WINDOW_NS: Final = 600 * NS_PER_S
"""Ten minutes: the window of the rates."""
HOUR_NS: Final = 3600 * NS_PER_S
DAY_NS: Final = 24 * HOUR_NS

STATES: Final = tuple(AlarmState)
TRANSITIONS: Final = tuple(Transition)
_STATE_CODES: Final[Mapping[AlarmState, int]] = {state: code for code, state in enumerate(STATES)}
_TRANSITION_CODES: Final[Mapping[Transition, int]] = {item: code for code, item in enumerate(TRANSITIONS)}
_SHOWN_ACTIVE: Final = (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)
_UNACKNOWLEDGED: Final = (
    AlarmState.UNACKNOWLEDGED,
    AlarmState.RETURNED_UNACKNOWLEDGED,
    AlarmState.LATCHED_UNACKNOWLEDGED,
)


@dataclass(frozen=True, slots=True)
class Period:
    """Bound the time that figures are made of: start <= source time < end, UTC nanoseconds.

    ``offset_ns`` is what the site's clock is ahead of UTC: windows, hours and days begin by it.
    """

    start_ns: int
    end_ns: int
    offset_ns: int = 0

    def __post_init__(self) -> None:
        if self.end_ns <= self.start_ns:
            raise ValueError("a period ends after it starts")

    @property
    def length_ns(self) -> int:
        """Return how long the period is."""
        return self.end_ns - self.start_ns

    def local_text(self, at_ns: int) -> str:
        """Return a time by the site's clock, such as ``2026-11-01 08:00:00``."""
        return iso_utc(at_ns + self.offset_ns)[:19].replace("T", " ")

    @property
    def zone_text(self) -> str:
        """Return the offset of the site's clock, such as ``UTC+01:00``."""
        minutes = abs(self.offset_ns) // (60 * NS_PER_S)
        sign = "-" if self.offset_ns < 0 else "+"
        return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"

    def edges_ns(self, width_ns: int) -> NDArray[np.int64]:
        """Return the starts of all wall-clock windows that the period touches, and the last one's end."""
        first = (self.start_ns + self.offset_ns) // width_ns
        last = -((-self.end_ns - self.offset_ns) // width_ns)
        return np.arange(first, last + 1, dtype=np.int64) * width_ns - self.offset_ns


@dataclass(frozen=True, slots=True, eq=False)
class EventColumns:
    """Hold journal events as columns of equal length.

    Rows are ordered by source time, then sequence. ``alarm`` int32 points into ``alarm_ids``;
    ``transition``, ``before`` and ``after`` uint8 point into :data:`TRANSITIONS` and :data:`STATES`;
    ``priority`` uint8 is the priority's number. ``is_alarm`` leaves out alerts, prompts and events (ALM-02);
    ``is_active`` is the condition after the event, whatever hides it; ``by_operator`` tells that a user is
    named.
    """

    alarm_ids: tuple[str, ...]
    sequence: NDArray[np.int64]
    alarm: NDArray[np.int32]
    transition: NDArray[np.uint8]
    source_ns: NDArray[np.int64]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    priority: NDArray[np.uint8]
    is_alarm: NDArray[np.bool_]
    is_active: NDArray[np.bool_]
    by_operator: NDArray[np.bool_]
    is_commented: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.sequence)

    @classmethod
    def of(cls, events: Sequence[AlarmEvent]) -> "EventColumns":
        """Return events in any order as columns."""
        rows = len(events)
        numbers: dict[str, int] = {}
        alarm = np.fromiter(
            (numbers.setdefault(event.alarm_id, len(numbers)) for event in events), np.int32, rows
        )
        columns = cls(
            tuple(numbers),
            np.fromiter((event.sequence for event in events), np.int64, rows),
            alarm,
            np.fromiter((_TRANSITION_CODES[event.transition] for event in events), np.uint8, rows),
            np.fromiter((event.source_ns for event in events), np.int64, rows),
            np.fromiter((_STATE_CODES[event.state_before] for event in events), np.uint8, rows),
            np.fromiter((_STATE_CODES[event.state_after] for event in events), np.uint8, rows),
            np.fromiter((event.priority for event in events), np.uint8, rows),
            np.fromiter((event.message_class is MessageClass.ALARM for event in events), np.bool_, rows),
            np.fromiter((event.flags & 1 for event in events), np.bool_, rows),
            np.fromiter((event.user != "" for event in events), np.bool_, rows),
            np.fromiter((event.comment.strip() != "" for event in events), np.bool_, rows),
        )
        return columns.take(np.lexsort((columns.sequence, columns.source_ns)))

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> "EventColumns":
        """Return the chosen rows (indices or mask) in their order."""
        return EventColumns(
            self.alarm_ids,
            self.sequence[rows],
            self.alarm[rows],
            self.transition[rows],
            self.source_ns[rows],
            self.before[rows],
            self.after[rows],
            self.priority[rows],
            self.is_alarm[rows],
            self.is_active[rows],
            self.by_operator[rows],
            self.is_commented[rows],
        )

    def is_transition(self, *transitions: Transition) -> NDArray[np.bool_]:
        """Tell which rows are one of these transitions."""
        return _one_of(self.transition, [_TRANSITION_CODES[item] for item in transitions], len(TRANSITIONS))

    def was(self, *states: AlarmState) -> NDArray[np.bool_]:
        """Tell which rows left one of these states."""
        return _one_of(self.before, [_STATE_CODES[item] for item in states], len(STATES))

    def became(self, *states: AlarmState) -> NDArray[np.bool_]:
        """Tell which rows reached one of these states."""
        return _one_of(self.after, [_STATE_CODES[item] for item in states], len(STATES))

    def counted(self) -> NDArray[np.bool_]:
        """Tell which rows count as an activation: rows 1, 6, 7 and 8 of ALM-05, not hidden, alarms only.

        Row 15 (a latched alarm becomes true again before anybody acknowledged) also leads to UNACK, but the
        operator has that alarm before him already, so the standard does not count it.
        """
        fresh = self.is_transition(Transition.ACTIVATED) & self.was(AlarmState.NORMAL)
        fresh |= self.is_transition(Transition.RE_ALARMED)
        return fresh & self.became(AlarmState.UNACKNOWLEDGED) & self.is_alarm


def _one_of(codes: NDArray[np.uint8], chosen: Sequence[int], size: int) -> NDArray[np.bool_]:
    table = np.zeros(size, np.bool_)
    table[list(chosen)] = True
    found: NDArray[np.bool_] = table[codes]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Hold what lies between the events of one alarm: each row lasts until the alarm's next event.

    Rows are ordered by alarm, then time. ``row`` is the row in the columns; ``end_ns`` is the period's end
    for the last of an alarm. ``active_since_ns`` is when the condition became true (meaningless while it is
    not), ``unacknowledged_since_ns`` the same for a missing acknowledgement. ``is_shown_active`` tells that
    the alarm stood in the operator's list as true.
    """

    row: NDArray[np.intp]
    alarm: NDArray[np.int32]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    is_active: NDArray[np.bool_]
    is_shown_active: NDArray[np.bool_]
    is_unacknowledged: NDArray[np.bool_]
    active_since_ns: NDArray[np.int64]
    unacknowledged_since_ns: NDArray[np.int64]
    is_last: NDArray[np.bool_]

    @classmethod
    def of(cls, events: EventColumns, end_ns: int) -> "Spells":
        """Return the spells of all events before ``end_ns``; later ones are left out."""
        known = np.flatnonzero(events.source_ns < end_ns)
        order = known[np.argsort(events.alarm[known], kind="stable")]
        alarm, start_ns = events.alarm[order], events.source_ns[order]
        rows = len(order)
        is_first, is_last = np.ones(rows, np.bool_), np.ones(rows, np.bool_)
        is_first[1:] = alarm[1:] != alarm[:-1]
        is_last[:-1] = is_first[1:]
        ends = np.full(rows, end_ns, np.int64)
        ends[:-1] = np.where(is_last[:-1], end_ns, start_ns[1:])
        chosen = events.take(order)
        is_unacknowledged = chosen.became(*_UNACKNOWLEDGED)
        return cls(
            order,
            alarm,
            start_ns,
            ends,
            chosen.is_active,
            chosen.became(*_SHOWN_ACTIVE) & chosen.is_alarm,
            is_unacknowledged,
            _since(chosen.is_active, is_first, start_ns),
            _since(is_unacknowledged, is_first, start_ns),
            is_last,
        )


def _since(
    fact: NDArray[np.bool_], is_first: NDArray[np.bool_], start_ns: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return for each row when its present run of ``fact`` began."""
    if not len(fact):
        return start_ns
    begins = is_first.copy()
    begins[1:] |= fact[1:] != fact[:-1]
    place = np.maximum.accumulate(np.where(begins, np.arange(len(fact)), 0))
    since: NDArray[np.int64] = start_ns[place]
    return since


def priority_shares(events: EventColumns, counted: NDArray[np.bool_]) -> dict[Priority, float]:
    """Return the percentage of each priority among the activations; empty when there are none."""
    total = int(np.count_nonzero(counted))
    if not total:
        return {}
    counts = np.bincount(events.priority[counted], minlength=max(Priority) + 1)
    return {priority: 100.0 * int(counts[priority]) / total for priority in Priority}
