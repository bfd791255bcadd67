"""Judge an alarm system by its journal: the KPIs of ISA-18.2, IEC 62682 and EEMUA 191 with their targets.

Pure functions over events; nothing here blocks on anything but arithmetic, and everything runs in any thread.
Measured: one million events in about a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alarms.metrics_events import DAY_NS, HOUR_NS, WINDOW_NS, EventColumns, Period
from alarms.metrics_facts import Facts, percent
from alarms.metrics_patterns import Flood, Together, rolling_counts, stale_per_day, together
from alarms.metrics_statistics import AlarmMetrics, AlarmStatistics, counters, statistics
from alarms.model import AlarmEvent, AlarmState, Priority, Transition
from tags.clock import NS_PER_S

ENOUGH_NS: Final = 30 * DAY_NS
"""Figures over less than 30 days are indicative only (KPI-24)."""
_NONE: Final = np.empty(0, np.int64)


class Verdict(StrEnum):
    """Tell how a figure stands to its target."""

    MET = "met"
    ABOVE_TARGET = "above target"
    EXCEEDED = "exceeded"
    TREND = "trend only"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True, eq=False)
class Kpi:
    """Hold one figure with what it is compared to and the rows that it is made of.

    ``value`` is None when there is nothing to compute it from. ``target`` and ``limit`` are the words of the
    standard page; ``verdict`` is by them. ``sequences`` int64 are the journal's sequence numbers of the
    events behind the figure, ``alarm_ids`` the alarms, worst first where there is an order.
    """

    kpi_id: str
    name: str
    value: float | None
    unit: str
    target: str
    limit: str
    verdict: Verdict
    text: str = ""
    sequences: NDArray[np.int64] = field(default_factory=lambda: _NONE)
    alarm_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """Hold all that the maintenance view and the report show of a period.

    ``window_edges_ns`` int64 (n+1) and ``window_counts`` int64 (n) are the wall-clock ten minutes, empty
    ones included. ``statistics`` are ordered by activations, most first.
    """

    period: Period
    is_indicative: bool
    kpis: tuple[Kpi, ...]
    statistics: tuple[AlarmStatistics, ...]
    floods: tuple[Flood, ...]
    together: tuple[Together, ...]
    priority_shares: dict[Priority, float]
    window_edges_ns: NDArray[np.int64]
    window_counts: NDArray[np.int64]
    metrics: AlarmMetrics

    def kpi(self, kpi_id: str) -> Kpi:
        """Return the figure of this id.

        Raises:
            KeyError: there is none.
        """
        for item in self.kpis:
            if item.kpi_id == kpi_id:
                return item
        raise KeyError(kpi_id)


def assess(events: Sequence[AlarmEvent] | EventColumns, period: Period) -> Performance:
    """Return every figure of the period.

    ``events`` should include those before the period: they tell what stood when it began. Later ones are
    ignored, so that a period that is over always gives the same figures.
    """
    columns = events if isinstance(events, EventColumns) else EventColumns.of(events)
    facts = Facts(columns, period)
    kpis = (
        *_rates(facts),
        *_floods(facts),
        *_bad_actors(facts),
        *_priorities(facts),
        *_people(facts),
        *_standing(facts),
    )
    return Performance(
        period,
        period.length_ns < ENOUGH_NS,
        tuple(sorted(kpis, key=lambda item: item.kpi_id)),
        tuple(statistics(facts)),
        tuple(facts.floods),
        tuple(together(columns, facts.rows)),
        facts.shares,
        facts.edges_ns,
        facts.counts,
        counters(facts),
    )


def _at_most(value: float, target: float, limit: float | None = None) -> Verdict:
    if value <= target:
        return Verdict.MET
    return Verdict.ABOVE_TARGET if limit is not None and value <= limit else Verdict.EXCEEDED


def _below(value: float, target: float) -> Verdict:
    return Verdict.MET if value < target else Verdict.EXCEEDED


def _rates(facts: Facts) -> list[Kpi]:
    per_window = facts.total * WINDOW_NS / facts.period.length_ns
    per_hour, per_day = 6 * per_window, 144 * per_window
    everything = facts.sequences(facts.rows)
    rolling = rolling_counts(facts.times_ns, WINDOW_NS)
    most = int(rolling.max()) if len(rolling) else 0
    peak_end = int(rolling.argmax()) if len(rolling) else -1
    busy = facts.counts > 10
    share = percent(int(np.count_nonzero(busy)), len(facts.counts))
    busy_hours = facts.hours > 30
    hour_share = percent(int(np.count_nonzero(busy_hours)), len(facts.hours))
    level = _level(per_window, most, share)
    return [
        Kpi("KPI-01", "Average alarms per 10 min", per_window, "", "1", "2", _at_most(per_window, 1, 2),
            sequences=everything),
        Kpi("KPI-02", "Average alarms per hour", per_hour, "", "6", "12", _at_most(per_hour, 6, 12),
            sequences=everything),
        Kpi("KPI-03", "Average alarms per day", per_day, "", "144", "288", _at_most(per_day, 144, 288),
            sequences=everything),
        Kpi("KPI-04", "Hours with more than 30 alarms", hour_share, "%", "< 1 %", "", _below(hour_share, 1),
            sequences=_in_windows(facts, facts.period.edges_ns(HOUR_NS), busy_hours)),
        Kpi("KPI-05", "10-min windows with more than 10 alarms", share, "%", "< 1 %", "", _below(share, 1),
            sequences=_in_windows(facts, facts.edges_ns, busy)),
        Kpi("KPI-06", "Most alarms within any 10 min", float(most), "", "10", "", _at_most(most, 10),
            sequences=facts.sequences(facts.rows[max(0, peak_end - most + 1) : peak_end + 1])),
        Kpi("KPI-26", "Rate in words (EEMUA 191)", per_window, "per 10 min", "very likely acceptable",
            "manageable", _at_most(per_window, 1, 2), _rate_in_words(per_window)),
        Kpi("KPI-27", "Performance level (EEMUA 191)", None, "", "predictive", "stable",
            Verdict.MET if level == "predictive"
            else Verdict.ABOVE_TARGET if level in {"robust", "stable"} else Verdict.EXCEEDED, level),
    ]  # fmt: skip


def _in_windows(facts: Facts, edges_ns: NDArray[np.int64], chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    window = np.searchsorted(edges_ns, facts.times_ns, side="right") - 1
    return facts.sequences(facts.rows[chosen[window]])


def _rate_in_words(per_window: float) -> str:
    for bound, words in (
        (1.0, "very likely acceptable"),
        (2.0, "manageable"),
        (5.0, "likely over-demanding"),
    ):
        if per_window <= bound:
            return words
    return "very likely unacceptable"


def _level(average: float, most: int, outside_percent: float) -> str:
    for level, average_bound, most_bound, outside_bound in (
        ("predictive", 1.0, 10.0, 1.0),
        ("robust", 1.0, 100.0, 5.0),
        ("stable", 10.0, 1000.0, 25.0),
        ("reactive", 100.0, float("inf"), 50.0),
    ):
        if average < average_bound and most <= most_bound and outside_percent <= outside_bound:
            return level
    return "overloaded"


def _floods(facts: Facts) -> list[Kpi]:
    found = facts.floods
    share = percent(sum(flood.duration_ns for flood in found), facts.period.length_ns)
    sequences = np.array([item for flood in found for item in flood.sequences], np.int64)
    first_outs = tuple(dict.fromkeys(flood.first_out for flood in found))
    worst = max((flood.first_count for flood in found), default=0)
    return [
        Kpi("KPI-07", "Time in flood", share, "%", "< 1 %", "", _below(share, 1), sequences=sequences,
            alarm_ids=first_outs),
        Kpi("KPI-12", "Peak in the first 10 min of an upset", float(worst), "", "10", "",
            _at_most(worst, 10), sequences=sequences, alarm_ids=first_outs),
        Kpi("KPI-20", "Floods", float(len(found)), "", "0", "", Verdict.TREND, sequences=sequences,
            alarm_ids=first_outs),
    ]  # fmt: skip


def _bad_actors(facts: Facts) -> list[Kpi]:
    top = [alarm for alarm in facts.ranking[:20].tolist() if facts.per_alarm[alarm]]
    load = [percent(int(facts.per_alarm[top[:number]].sum()), facts.total) for number in (10, 20)]
    chatter, fleet = facts.rows[facts.chattering], facts.rows[facts.fleeting]
    alarm = facts.events.alarm
    bad = np.unique(alarm[np.union1d(chatter, fleet)])
    days = stale_per_day(facts.stale, facts.period)
    most_stale = int(days.max())
    names = facts.names(np.array(top, np.intp))
    is_top = np.zeros(len(facts.events.alarm_ids), np.bool_)
    is_top[top[:10]] = True
    stale_rows = np.unique(facts.stale.row)
    stale_alarms = facts.names(np.unique(facts.stale.alarm))
    return [
        Kpi("KPI-08", "Load of the ten most frequent alarms", load[0] if facts.total else None, "%", "1-5 %",
            "5 %", _at_most(load[0], 5) if facts.total else Verdict.NO_DATA,
            sequences=facts.sequences(facts.rows[is_top[alarm[facts.rows]]]), alarm_ids=names[:10]),
        Kpi("KPI-09", "Chattering and fleeting alarms", float(len(bad)), "alarms", "0", "any: action plan",
            _at_most(len(bad), 0), sequences=facts.sequences(np.union1d(chatter, fleet)),
            alarm_ids=facts.names(bad)),
        Kpi("KPI-10", "Stale alarms on the worst day", float(most_stale), "alarms", "< 5", "",
            _below(most_stale, 5), sequences=facts.sequences(stale_rows), alarm_ids=stale_alarms),
        Kpi("KPI-21", "Chattering: 3 or more within 60 s", float(len(np.unique(alarm[chatter]))), "alarms",
            "0", "", _at_most(len(chatter), 0), sequences=facts.sequences(chatter),
            alarm_ids=facts.names(np.unique(alarm[chatter]))),
        Kpi("KPI-22", "Fleeting: gone within 10 s by itself", float(len(np.unique(alarm[fleet]))), "alarms",
            "0", "", _at_most(len(fleet), 0), sequences=facts.sequences(fleet),
            alarm_ids=facts.names(np.unique(alarm[fleet]))),
        Kpi("KPI-23", "Stale: true for more than 24 h", float(len(stale_alarms)), "alarms", "< 5", "",
            _below(len(stale_alarms), 5), sequences=facts.sequences(stale_rows), alarm_ids=stale_alarms),
        Kpi("KPI-25", "Load of the twenty most frequent alarms", load[1] if facts.total else None, "%", "",
            "", Verdict.TREND if facts.total else Verdict.NO_DATA, alarm_ids=names),
    ]  # fmt: skip


def _priorities(facts: Facts) -> list[Kpi]:
    shares = facts.shares
    verdict = Verdict.NO_DATA
    text = ""
    if shares:
        text = " / ".join(
            f"{shares[priority]:.1f} % {priority.name.lower()}" for priority in reversed(Priority)
        )
        fits = (
            shares[Priority.URGENT] < 1
            and shares[Priority.HIGH] + shares[Priority.URGENT] <= 5
            and shares[Priority.MEDIUM] <= 15
        )
        verdict = Verdict.MET if fits else Verdict.EXCEEDED
    return [
        Kpi("KPI-11", "Priorities of the activations", shares.get(Priority.LOW), "% low",
            "80 / 15 / 5 % (< 1 % urgent)", "", verdict, text, facts.sequences(facts.rows))
    ]  # fmt: skip


def _people(facts: Facts) -> list[Kpi]:
    events = facts.events
    hidden = events.is_transition(Transition.SHELVED, Transition.REMOVED_FROM_SERVICE) & facts.inside
    unauthorised = np.flatnonzero(hidden & ~(events.by_operator & events.is_commented))
    times_ns = facts.to_acknowledge_ns
    acknowledged = facts.sequences(facts.acknowledged_rows)
    mean_s = p90_s = None
    verdict = Verdict.NO_DATA
    if len(times_ns):
        mean_s, p90_s = float(times_ns.mean()) / NS_PER_S, float(np.percentile(times_ns, 90)) / NS_PER_S
        verdict = Verdict.TREND
    return [
        Kpi("KPI-13", "Alarms hidden without a user or a reason", float(len(unauthorised)), "", "0", "",
            _at_most(len(unauthorised), 0), sequences=facts.sequences(unauthorised),
            alarm_ids=facts.names(np.unique(events.alarm[unauthorised]))),
        Kpi("KPI-14", "Mean time to acknowledge", mean_s, "s", "trend", "", verdict,
            "" if p90_s is None else f"90 % within {p90_s:.0f} s", acknowledged),
    ]  # fmt: skip


def _standing(facts: Facts) -> list[Kpi]:
    spells = facts.spells
    standing = np.flatnonzero(spells.is_last & spells.is_shown_active)
    after = facts.events.take(spells.row)
    shelved = np.flatnonzero(spells.is_last & after.became(AlarmState.SHELVED) & after.is_alarm)
    return [
        Kpi("KPI-15", "Standing alarms at the end", float(len(standing)), "alarms", "< 10", "",
            _below(len(standing), 10), sequences=facts.sequences(spells.row[standing]),
            alarm_ids=facts.names(spells.alarm[standing])),
        Kpi("KPI-16", "Shelved alarms at the end", float(len(shelved)), "alarms", "< 30", "",
            _below(len(shelved), 30), sequences=facts.sequences(spells.row[shelved]),
            alarm_ids=facts.names(spells.alarm[shelved])),
        Kpi("KPI-24", "Length of the period", facts.period.length_ns / DAY_NS, "days", "30", "",
            Verdict.MET if facts.period.length_ns >= ENOUGH_NS else Verdict.ABOVE_TARGET,
            "" if facts.period.length_ns >= ENOUGH_NS else "indicative"),
    ]  # fmt: skip
