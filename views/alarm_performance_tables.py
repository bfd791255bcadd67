"""What the maintenance view shows of a period, worked out beside the GUI thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QCoreApplication

from alarms.metrics import Performance, assess
from alarms.metrics_events import Period
from alarms.metrics_patterns import TOGETHER_NS
from alarms.model import AlarmDefinition, AlarmEvent
from tags.clock import NS_PER_S
from views.alarm_fact_table import Cells
from views.alarm_figures import kpi_value, verdict_word
from views.alarm_journal import Cancel
from views.language import station_text
from views.local_text import duration, local_time, number

MOST_PAIRS: Final = 500
"""Pairs that the list of alarms that come together shows, most frequent first."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Hold the rows of a table, what each cell is sorted by, and the journal's events behind each row."""

    rows: Sequence[Cells]
    keys: Sequence[tuple[Any, ...]]
    behind: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """Hold a period's figures with the tables made of them; ``counted`` are its activations by time."""

    found: Performance
    by_sequence: Mapping[int, AlarmEvent]
    counted: Sequence[AlarmEvent]
    figures: Table
    alarms: Table
    together: Table
    floods: Table


AssessmentDone = Callable[[Assessment | Exception], None]
RunBeside = Callable[[Callable[[], Assessment], AssessmentDone], Cancel]
"""Runs work that takes longer than a frame, and hands over what it found; returns what gives it up."""


def assessment(
    events: Sequence[AlarmEvent], period: Period, definitions: Mapping[str, AlarmDefinition]
) -> Assessment:
    """Judge a period by its events and those before it. Runs in any thread; touches no widget."""
    found = assess(events, period)
    by_sequence = {event.sequence: event for event in events}
    counted = [by_sequence[int(sequence)] for sequence in found.kpi("KPI-01").sequences]
    of_alarm: dict[str, list[int]] = {}
    for event in counted:
        of_alarm.setdefault(event.alarm_id, []).append(event.sequence)
    return Assessment(
        found,
        by_sequence,
        counted,
        _figures(found),
        _alarms(found, of_alarm, definitions),
        _together(found, counted, definitions),
        _floods(found, by_sequence),
    )


def describe(alarm_id: str, definitions: Mapping[str, AlarmDefinition]) -> str:
    """Return what an alarm says; its id when the project does not define it."""
    definition = definitions.get(alarm_id)
    return (definition.description or definition.name) if definition is not None else alarm_id


def _figures(found: Performance) -> Table:
    rows: list[Cells] = []
    behind: list[Sequence[int]] = []
    for item in found.kpis:
        value = kpi_value(item) if item.value is not None else ""
        words = station_text(item.text)
        # The words of KPI-11 begin with its value.
        is_told = item.value is not None and item.text.startswith((value, f"{item.value:.1f} {item.unit}"))
        parts = (words,) if is_told else (value, words)
        text = "  ".join(part for part in parts if part) or "–"
        rows.append(
            (
                item.kpi_id,
                station_text(item.name),
                text,
                station_text(item.target),
                station_text(item.limit),
                verdict_word(item.verdict),
            )
        )
        behind.append(np.asarray(item.sequences).tolist())
    metrics = found.metrics
    for name, figure in (
        ("AlarmCount", number(metrics.alarm_count)),
        ("MaximumActiveState", duration(metrics.maximum_active_ms / 1000)),
        ("MaximumUnAck", duration(metrics.maximum_unacknowledged_ms / 1000)),
        ("CurrentAlarmRate", number(metrics.current_alarm_rate)),
        ("MaximumAlarmRate", number(metrics.maximum_alarm_rate)),
        ("AverageAlarmRate", number(round(metrics.average_alarm_rate, 2))),
        ("MaximumReAlarmCount", number(metrics.maximum_re_alarm_count)),
    ):
        rows.append(("KPI-28", f"{name} (OPC UA)", figure, "", "", ""))
        behind.append(())
    return Table(rows, [tuple(row) for row in rows], behind)


def _alarms(
    found: Performance, of_alarm: Mapping[str, Sequence[int]], definitions: Mapping[str, AlarmDefinition]
) -> Table:
    yes = QCoreApplication.translate("AlarmFigures", "stale")
    rows: list[Cells] = []
    keys: list[tuple[Any, ...]] = []
    for item in found.statistics:
        rows.append(
            (
                item.alarm_id,
                describe(item.alarm_id, definitions),
                number(item.activations),
                f"{number(item.share, 1)} %",
                f"{number(item.cumulative_share, 1)} %",
                number(item.chattering),
                number(item.fleeting),
                yes if item.is_stale else "",
                _span(item.in_alarm_ns),
                _span(item.longest_ns),
                _span(item.mean_between_ns),
                _span(item.mean_to_acknowledge_ns),
            )
        )
        keys.append(
            (
                item.alarm_id,
                rows[-1][1].casefold(),
                item.activations,
                item.share,
                item.cumulative_share,
                item.chattering,
                item.fleeting,
                item.is_stale,
                item.in_alarm_ns,
                item.longest_ns,
                -1 if item.mean_between_ns is None else item.mean_between_ns,
                -1 if item.mean_to_acknowledge_ns is None else item.mean_to_acknowledge_ns,
            )
        )
    return Table(rows, keys, [of_alarm.get(item.alarm_id, ()) for item in found.statistics])


def _span(time_ns: int | None) -> str:
    if time_ns is None:
        return ""
    seconds = time_ns / NS_PER_S
    return duration(seconds) if seconds >= 1 or not seconds else f"{number(round(seconds, 2))} s"


def _together(
    found: Performance, counted: Sequence[AlarmEvent], definitions: Mapping[str, AlarmDefinition]
) -> Table:
    times: dict[str, list[int]] = {}
    sequences: dict[str, list[int]] = {}
    for event in counted:
        times.setdefault(event.alarm_id, []).append(event.source_ns)
        sequences.setdefault(event.alarm_id, []).append(event.sequence)
    rows: list[Cells] = []
    keys: list[tuple[Any, ...]] = []
    behind: list[Sequence[int]] = []
    for pair in found.together[:MOST_PAIRS]:
        rows.append(
            (
                describe(pair.first, definitions),
                describe(pair.then, definitions),
                number(pair.count),
                pair.first,
                pair.then,
            )
        )
        keys.append((rows[-1][0].casefold(), rows[-1][1].casefold(), pair.count, pair.first, pair.then))
        first = np.array(times[pair.first], np.int64)
        then = np.array(times[pair.then], np.int64)
        # Those of the second that have one of the first within the minute before them.
        place = np.searchsorted(first, then, side="right") - 1
        close = (place >= 0) & (then - first[np.maximum(place, 0)] <= TOGETHER_NS)
        behind.append(np.array(sequences[pair.then], np.int64)[close].tolist())
    return Table(rows, keys, behind)


def _floods(found: Performance, by_sequence: Mapping[int, AlarmEvent]) -> Table:
    rows: list[Cells] = []
    keys: list[tuple[Any, ...]] = []
    still = QCoreApplication.translate("AlarmFigures", "goes on")
    for flood in found.floods:
        first = by_sequence[flood.sequences[0]]
        rows.append(
            (
                local_time(flood.start_ns, milliseconds=False),
                duration(flood.duration_ns / NS_PER_S) if flood.is_over else still,
                number(flood.count),
                number(flood.peak),
                number(flood.first_count),
                flood.first_out,
                first.message,
            )
        )
        keys.append(
            (flood.start_ns, flood.duration_ns, flood.count, flood.peak, flood.first_count, *rows[-1][5:])
        )
    return Table(rows, keys, [flood.sequences for flood in found.floods])
