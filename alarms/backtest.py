"""Show at once how stored history would have alarmed with other limits, deadbands, delays or suppression.

The present and the proposed definitions run through the station's own engine over the same samples; see
:mod:`alarms.backtest_scan` for why few of them need feeding. Blocking; runs in any thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from alarms.backtest_facts import AlarmEffect as AlarmEffect
from alarms.backtest_journal import History, replay
from alarms.metrics import Performance, assess
from alarms.metrics_events import EventColumns, Period, Spells
from alarms.metrics_patterns import chattering
from alarms.model import AlarmDefinition, AlarmEvent


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Hold the journal that one set of definitions gives, and its figures."""

    events: tuple[AlarmEvent, ...]
    performance: Performance


@dataclass(frozen=True, slots=True, eq=False)
class BackTest:
    """Hold the two sides and what differs; ``effects`` are in the order of the present definitions.

    ``samples`` were looked at, ``fed`` of them reached an engine.
    """

    before: Side
    after: Side
    effects: tuple[AlarmEffect, ...]
    samples: int
    fed: int


def run(
    history: History,
    present: Sequence[AlarmDefinition],
    proposed: Sequence[AlarmDefinition],
    period: Period,
    on_progress: Callable[[float], None] = lambda _: None,
) -> BackTest:
    """Replay the period with the present and with the proposed definitions.

    Raises:
        AlarmError: a definition cannot run.
    """
    found = replay(history, (present, proposed), period.start_ns, period.end_ns, on_progress)
    before, after = (Side(tuple(events), assess(events, period)) for events in found.journals)
    return BackTest(before, after, tuple(_effects(before, after, period)), found.samples, found.fed)


@dataclass(frozen=True, slots=True)
class Stand:
    """Hold one counted activation of an alarm, and when its condition was over."""

    sequence: int
    start_ns: int
    end_ns: int
    is_chattering: bool


def _effects(before: Side, after: Side, period: Period) -> list[AlarmEffect]:
    present, changed = stands(before.events, period), stands(after.events, period)
    return [
        effect(alarm_id, present.get(alarm_id, []), changed.get(alarm_id, []))
        for alarm_id in dict.fromkeys((*present, *changed))
    ]


def stands(events: Sequence[AlarmEvent], period: Period) -> dict[str, list[Stand]]:
    """Return the counted activations of each alarm in the period, in the order of time."""
    columns = EventColumns.of(events)
    spells = Spells.of(columns, period.end_ns)
    # The end of each run of spells in which the condition stays true.
    over_ns = np.full(len(columns), period.end_ns, np.int64)
    end_ns = np.where(spells.is_active, spells.end_ns, spells.start_ns)
    for place in range(len(end_ns) - 2, -1, -1):
        is_same = spells.active_since_ns[place] == spells.active_since_ns[place + 1]
        is_one = spells.alarm[place] == spells.alarm[place + 1] and is_same
        if is_one and spells.is_active[place] and spells.is_active[place + 1]:
            end_ns[place] = end_ns[place + 1]
    over_ns[spells.row] = end_ns
    rows = np.flatnonzero(columns.counted() & (columns.source_ns >= period.start_ns))
    rows = rows[columns.source_ns[rows] < period.end_ns]
    found: dict[str, list[Stand]] = {}
    for row, is_chattering in zip(rows.tolist(), chattering(columns, rows).tolist(), strict=True):
        stand = Stand(
            int(columns.sequence[row]), int(columns.source_ns[row]), int(over_ns[row]), is_chattering
        )
        found.setdefault(columns.alarm_ids[columns.alarm[row]], []).append(stand)
    return found


def effect(alarm_id: str, present: Sequence[Stand], changed: Sequence[Stand]) -> AlarmEffect:
    """Compare what one alarm did with what it would have done."""
    starts = np.array([stand.start_ns for stand in changed], np.int64)
    missed: list[int] = []
    delays: list[int] = []
    met: set[int] = set()
    for stand in present:
        # The first changed one that stands at some time of the present one.
        place = int(np.searchsorted(starts, stand.start_ns, side="right")) - 1
        if place < 0 or changed[place].end_ns <= stand.start_ns < stand.end_ns:
            place += 1
        if place < len(changed) and (
            changed[place].start_ns < stand.end_ns or changed[place].start_ns == stand.start_ns
        ):
            delays.append(max(0, changed[place].start_ns - stand.start_ns))
            last = int(np.searchsorted(starts, stand.end_ns, side="left"))
            met.update(range(place, max(last, place + 1)))
        else:
            missed.append(stand.sequence)
    return AlarmEffect(
        alarm_id,
        len(present),
        len(changed),
        sum(stand.is_chattering for stand in present),
        sum(stand.is_chattering for stand in changed),
        tuple(missed),
        len(changed) - len(met),
        sum(delays) // len(delays) if delays else 0,
        max(delays, default=0),
    )
