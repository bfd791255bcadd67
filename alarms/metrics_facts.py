"""What several figures of a period share: its activations, patterns and spells, computed once."""

import numpy as np
from numpy.typing import NDArray

from alarms.metrics_events import HOUR_NS, WINDOW_NS, EventColumns, Period, Spells, priority_shares
from alarms.metrics_patterns import chattering, fleeting, floods, stale, window_counts
from alarms.model import Transition


class Facts:
    """Compute once what several figures of a period share."""

    def __init__(self, columns: EventColumns, period: Period) -> None:
        self.events = columns
        self.period = period
        inside = (columns.source_ns >= period.start_ns) & (columns.source_ns < period.end_ns)
        self.inside = inside
        counted = columns.counted() & inside
        self.rows = np.flatnonzero(counted)
        self.shares = priority_shares(columns, counted)
        self.times_ns = columns.source_ns[self.rows]
        self.edges_ns = period.edges_ns(WINDOW_NS)
        self.counts = window_counts(self.times_ns, self.edges_ns)
        self.hours = window_counts(self.times_ns, period.edges_ns(HOUR_NS))
        self.floods = floods(columns, self.rows, period)
        self.chattering = chattering(columns, self.rows)
        self.fleeting = fleeting(columns, self.rows)
        self.spells = Spells.of(columns, period.end_ns)
        self.stale = stale(self.spells, period)
        self.per_alarm = np.bincount(columns.alarm[self.rows], minlength=len(columns.alarm_ids))
        # Most activations first; equals by id, so that a report is the same each time.
        names = np.array(columns.alarm_ids, np.str_) if columns.alarm_ids else np.empty(0, np.str_)
        self.ranking = np.lexsort((names, -self.per_alarm))
        self.acknowledged_rows, self.to_acknowledge_ns = _times_to_acknowledge(columns, self.spells, inside)

    @property
    def total(self) -> int:
        """Return the number of activations in the period."""
        return len(self.rows)

    def sequences(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the sequence numbers of these rows."""
        return self.events.sequence[rows]

    def names(self, alarms: NDArray[np.intp] | NDArray[np.int32]) -> tuple[str, ...]:
        """Return the ids of these alarms."""
        return tuple(self.events.alarm_ids[alarm] for alarm in alarms.tolist())


def _times_to_acknowledge(
    events: EventColumns, spells: Spells, inside: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the rows of acknowledgements by people and how long the alarm had waited for each.

    The time counts from when the alarm became unacknowledged: one that clears and comes again has waited all
    the while.
    """
    is_by_people = (
        events.is_transition(Transition.ACKNOWLEDGED) & events.by_operator & events.is_alarm & inside
    )
    place = np.flatnonzero(is_by_people[spells.row])
    place = place[(place > 0) & spells.is_unacknowledged[place - 1]]
    place = place[spells.alarm[place] == spells.alarm[place - 1]]
    return spells.row[place], spells.start_ns[place] - spells.unacknowledged_since_ns[place - 1]


def percent(part: float, whole: float) -> float:
    """Return the percentage; 0 of nothing."""
    return 100.0 * part / whole if whole else 0.0
