"""Make the journal of stored history for sets of definitions, and compare journals."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge

from alarms.backtest_feed import ConnectionChange, gather, is_stepwise
from alarms.backtest_replay import Replay
from alarms.backtest_scan import SampleReader
from alarms.conditions import NOT_FROM_TAGS
from alarms.model import AlarmDefinition, AlarmEvent, AlarmType, Transition
from tags.model import TagTable


@dataclass(frozen=True, slots=True)
class History:
    """Hold what a back-test replays.

    ``changes`` are the losses and returns of connections in the period; ``operations`` are events of the live
    journal, of which those of people are done again.
    """

    reader: SampleReader
    tags: TagTable
    connections: Sequence[str]
    changes: Sequence[ConnectionChange] = ()
    operations: Sequence[AlarmEvent] = ()


@dataclass(frozen=True, slots=True)
class Journals:
    """Hold one journal per set of definitions; of ``samples`` looked at, ``fed`` reached an engine."""

    journals: tuple[list[AlarmEvent], ...]
    samples: int
    fed: int


def replay(
    history: History,
    sets: Sequence[Sequence[AlarmDefinition]],
    start_ns: int,
    end_ns: int,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Journals:
    """Return the journals that a station with these definitions would have written.

    Alarms that the passing of time moves run in an engine of their own, moment by moment; the many others
    need few samples. Samples are read once for all sets. Blocking; runs in any thread.

    Raises:
        AlarmError: a definition cannot run.
    """
    found: list[list[list[AlarmEvent]]] = [[] for _ in sets]
    samples = fed = 0
    for has_ticks in (False, True):
        parts = [_part(definitions, has_ticks=has_ticks) for definitions in sets]
        if has_ticks and not any(parts):
            continue
        union = tuple(dict.fromkeys(item for part in parts for item in part))
        feed, seen = gather(
            history.reader,
            history.tags,
            union,
            start_ns,
            end_ns,
            on_progress,
            changes=history.changes,
            operations=history.operations,
        )
        samples += seen
        fed += len(feed)
        for place, part in enumerate(parts):
            if has_ticks and not part:
                continue
            engine = Replay(part, history.tags, history.connections, start_ns, has_ticks=has_ticks)
            events = engine.run(feed, history.changes, history.operations, end_ns)
            if has_ticks:
                # Each engine has the alarms of the connections; one of them tells.
                own = {item.alarm_id for item in part}
                events = [event for event in events if event.alarm_id in own]
            found[place].append(events)
    return Journals(tuple(_joined(parts) for parts in found), samples, fed)


def _part(definitions: Sequence[AlarmDefinition], *, has_ticks: bool) -> list[AlarmDefinition]:
    """Return the alarms that run with or without ticks; what belongs together stays together."""
    stepwise = [item for item in definitions if is_stepwise(item)]
    groups = {item.group for item in stepwise if item.group}
    tags = {item.tag for item in stepwise if item.exclusive}
    return [
        item
        for item in definitions
        if (
            item.type not in NOT_FROM_TAGS
            and (is_stepwise(item) or item.group in groups or (item.exclusive and item.tag in tags))
        )
        is has_ticks
    ]


def _joined(parts: Sequence[list[AlarmEvent]]) -> list[AlarmEvent]:
    if len(parts) == 1:
        return parts[0]
    ordered: Iterator[AlarmEvent] = merge(*parts, key=lambda event: event.receive_ns)
    return [
        replace(event, sequence=number, event_id=f"{number:032x}")
        for number, event in enumerate(ordered, start=1)
    ]


def facts(event: AlarmEvent) -> tuple[object, ...]:
    """Return what two journals of the same samples have in common, first what orders them.

    Left out are random ids, sequence numbers (alarms that change in the same moment have no order) and the
    time of receipt, which history does not keep.
    """
    return (
        event.source_ns,
        event.alarm_id,
        event.transition,
        event.state_before,
        event.state_after,
        event.value,
        event.limit,
        event.unit,
        event.status,
        event.priority,
        event.message,
        event.area,
        event.user,
        event.workstation,
        event.comment,
        event.tag,
        event.flags,
        event.shelved_until_ns,
        event.message_class,
        event.first_out,
        event.level,
    )


def differences(
    first: Iterable[AlarmEvent], second: Iterable[AlarmEvent]
) -> list[tuple[AlarmEvent | None, AlarmEvent | None]]:
    """Return where two journals differ, alarm by alarm and event by event; empty when they are identical."""
    by_alarm: dict[str, tuple[list[AlarmEvent], list[AlarmEvent]]] = {}
    for side, events in enumerate((first, second)):
        for event in events:
            by_alarm.setdefault(event.alarm_id, ([], []))[side].append(event)
    found: list[tuple[AlarmEvent | None, AlarmEvent | None]] = []
    for ours, theirs in by_alarm.values():
        for place in range(max(len(ours), len(theirs))):
            left = ours[place] if place < len(ours) else None
            right = theirs[place] if place < len(theirs) else None
            if left is None or right is None or facts(left) != facts(right):
                found.append((left, right))
    return found


def connection_changes(
    events: Iterable[AlarmEvent], definitions: Iterable[AlarmDefinition]
) -> list[ConnectionChange]:
    """Return the losses and returns of connections that a live journal tells of."""
    names = {item.alarm_id: item.tag for item in definitions if item.type is AlarmType.COMMUNICATION}
    lost = frozenset((Transition.ACTIVATED, Transition.RE_ALARMED))
    return [
        ConnectionChange(
            names[event.alarm_id], event.transition in lost, event.source_ns, str(event.value or "")
        )
        for event in events
        if event.alarm_id in names and event.transition in lost | {Transition.RETURNED}
    ]
