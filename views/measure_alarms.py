"""What the alarm list costs in a burst: from a message of the station to the painted rows."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from alarms.model import (
    AlarmDefinition,
    AlarmEvent,
    AlarmSnapshot,
    AlarmState,
    Priority,
    Transition,
)
from tags.model import TagTable
from views.alarm_book import AlarmBook
from views.alarm_fold import Grouping
from views.alarm_list import AlarmPage
from views.style import Theme

WIDTH, HEIGHT = 1366, 768
MESSAGES_PER_S = 30
"""How often a station sends at most."""


@dataclass(frozen=True, slots=True)
class ListCost:
    """Hold the processor time of a message up to its painted rows, and how many alarms the list has."""

    p50_ms: float
    p99_ms: float
    shown: int


def measure_list(
    definitions: Sequence[AlarmDefinition],
    tags: TagTable,
    per_s: int,
    seconds: int,
    grouping: Grouping,
    theme: Theme,
) -> ListCost:
    """Let a burst come into the list and return what each message cost. Blocks in the GUI thread."""
    book = AlarmBook()
    page = AlarmPage(
        book,
        tags,
        {item.alarm_id: item for item in definitions},
        lambda _row: "",
        lambda *_question: lambda: None,
        theme,
    )
    page.resize(WIDTH, HEIGHT)
    page.model.set_grouping(grouping, {item.alarm_id: item for item in definitions})
    page.show()
    QCoreApplication.processEvents()
    base_ns = time.time_ns()
    rows = [_row(definitions[place], base_ns + place) for place in range(per_s * seconds)]
    per_message = max(1, per_s // MESSAGES_PER_S)
    spent_ms = []
    for start in range(0, len(rows), per_message):
        message = rows[start : start + per_message]
        events = [_event(row, start + place) for place, row in enumerate(message)]
        begun = time.thread_time()
        page.apply(book.apply(message, (), complete=False), events)
        QCoreApplication.processEvents()
        page.table.viewport().repaint()
        spent_ms.append((time.thread_time() - begun) * 1e3)
    shown = len(page.model.alarms)
    page.close()
    page.deleteLater()
    QCoreApplication.processEvents()
    p50, p99 = (float(value) for value in np.percentile(spent_ms, [50, 99]))
    return ListCost(p50, p99, shown)


def _row(definition: AlarmDefinition, at_ns: int) -> AlarmSnapshot:
    priority = list(Priority)[at_ns % len(Priority)]
    return AlarmSnapshot(
        definition.alarm_id, f"e{at_ns}", f"o{at_ns}", AlarmState.UNACKNOWLEDGED, True, False, priority,
        priority.severity, definition.tag, definition.tag.partition(".")[0], definition.description, 90.0,
        definition.setpoint, definition.unit, at_ns, 0, 0, count=1,
    )  # fmt: skip


def _event(row: AlarmSnapshot, sequence: int) -> AlarmEvent:
    return AlarmEvent(
        sequence, row.event_id, row.occurrence_id, row.alarm_id, Transition.ACTIVATED, row.active_ns,
        row.active_ns, AlarmState.NORMAL, row.state, row.value, row.limit, row.unit, row.status, row.priority,
        row.severity, row.message, row.area,
    )  # fmt: skip
