"""Figures of each single alarm (MNT-05), and the counters with OPC UA names (KPI-28)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alarms.metrics_events import WINDOW_NS
from alarms.metrics_facts import Facts, percent
from alarms.metrics_patterns import rolling_counts
from alarms.model import Transition
from tags.clock import NS_PER_MS


@dataclass(frozen=True, slots=True)
class AlarmStatistics:
    """Hold the figures of one alarm over the period (MNT-05).

    ``share`` and ``cumulative_share`` are percentages of all activations, in the order of the list. Times in
    alarm count what the operator saw as true, within the period. ``mean_between_ns`` is the mean time from
    activation to activation, None with fewer than two; the times to acknowledge are None when nobody did.
    """

    alarm_id: str
    activations: int
    share: float
    cumulative_share: float
    in_alarm_ns: int
    mean_in_alarm_ns: int
    longest_ns: int
    chattering: int
    fleeting: int
    is_stale: bool
    mean_between_ns: int | None
    mean_to_acknowledge_ns: int | None
    p90_to_acknowledge_ns: int | None
    first_sequence: int
    last_sequence: int


@dataclass(frozen=True, slots=True)
class AlarmMetrics:
    """Hold the runtime counters under their OPC UA names (KPI-28, AlarmMetricsType).

    ``maximum_active_ms`` and ``maximum_unacknowledged_ms`` are MaximumActiveState and MaximumUnAck; rates are
    activations per ten minutes.
    """

    alarm_count: int
    start_ns: int
    maximum_active_ms: int
    maximum_unacknowledged_ms: int
    current_alarm_rate: int
    maximum_alarm_rate: int
    average_alarm_rate: float
    maximum_re_alarm_count: int


def _shown_times(facts: Facts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return per alarm how long it was shown as true in the period, and its longest time without a break."""
    spells, period = facts.spells, facts.period
    number = len(facts.events.alarm_ids)
    start_ns = np.maximum(spells.start_ns, period.start_ns)
    shown_ns = np.where(spells.is_shown_active, np.maximum(spells.end_ns - start_ns, 0), 0)
    total_ns, longest_ns = np.zeros(number, np.int64), np.zeros(number, np.int64)
    np.add.at(total_ns, spells.alarm, shown_ns)
    if len(shown_ns):
        # Spells next to each other that are all shown are one stay in the list.
        begins = np.ones(len(shown_ns), np.bool_)
        begins[1:] = (
            (spells.alarm[1:] != spells.alarm[:-1])
            | (spells.is_shown_active[1:] != spells.is_shown_active[:-1])
            | (spells.active_since_ns[1:] != spells.active_since_ns[:-1])
        )
        starts = np.flatnonzero(begins)
        np.maximum.at(longest_ns, spells.alarm[starts], np.add.reduceat(shown_ns, starts))
    return total_ns, longest_ns


def statistics(facts: Facts) -> list[AlarmStatistics]:
    """Return the figures of each alarm that was activated or stood in the period, most frequent first."""
    events, rows = facts.events, facts.rows
    number = len(events.alarm_ids)
    alarm = events.alarm[rows]
    total_ns, longest_ns = _shown_times(facts)
    chatter = np.bincount(alarm[facts.chattering], minlength=number)
    fleet = np.bincount(alarm[facts.fleeting], minlength=number)
    order = np.argsort(alarm, kind="stable")
    starts = np.searchsorted(alarm[order], np.arange(number + 1))
    stale_alarms = set(facts.stale.alarm.tolist())
    waits = _by_alarm(events.alarm[facts.acknowledged_rows], facts.to_acknowledge_ns, number)
    found: list[AlarmStatistics] = []
    cumulated = 0
    for index in facts.ranking.tolist():
        count = int(facts.per_alarm[index])
        cumulated += count
        if not count and not total_ns[index]:
            continue
        own = rows[order[starts[index] : starts[index + 1]]]
        between_ns = None
        if count > 1:
            between_ns = int(events.source_ns[own[-1]] - events.source_ns[own[0]]) // (count - 1)
        wait_ns = waits[index]
        found.append(
            AlarmStatistics(
                events.alarm_ids[index],
                count,
                percent(count, facts.total),
                percent(cumulated, facts.total),
                int(total_ns[index]),
                int(total_ns[index]) // max(count, 1),
                int(longest_ns[index]),
                int(chatter[index]),
                int(fleet[index]),
                index in stale_alarms,
                between_ns,
                int(wait_ns.mean()) if len(wait_ns) else None,
                int(np.percentile(wait_ns, 90)) if len(wait_ns) else None,
                int(events.sequence[own[0]]) if count else 0,
                int(events.sequence[own[-1]]) if count else 0,
            )
        )
    return found


def _by_alarm(alarm: NDArray[np.int32], values: NDArray[np.int64], number: int) -> list[NDArray[np.int64]]:
    order = np.argsort(alarm, kind="stable")
    return np.split(values[order], np.searchsorted(alarm[order], np.arange(1, number)))


def counters(facts: Facts) -> AlarmMetrics:
    """Return the runtime counters of the period (KPI-28)."""
    spells, period = facts.spells, facts.period
    ends = np.minimum(spells.end_ns, period.end_ns)
    in_period = ends > period.start_ns
    active = spells.is_active & in_period
    waiting = spells.is_unacknowledged & in_period
    active_ns = int((ends - spells.active_since_ns)[active].max(initial=0))
    waiting_ns = int((ends - spells.unacknowledged_since_ns)[waiting].max(initial=0))
    repeats = facts.events.is_transition(Transition.RE_ALARMED) & facts.events.is_alarm & facts.inside
    again = np.bincount(facts.events.alarm[repeats], minlength=1)
    rolling = rolling_counts(facts.times_ns, WINDOW_NS)
    current = len(facts.times_ns) - int(
        np.searchsorted(facts.times_ns, period.end_ns - WINDOW_NS, side="left")
    )
    return AlarmMetrics(
        facts.total,
        period.start_ns,
        active_ns // NS_PER_MS,
        waiting_ns // NS_PER_MS,
        current,
        int(rolling.max(initial=0)),
        facts.total * WINDOW_NS / period.length_ns,
        int(again.max()),
    )
