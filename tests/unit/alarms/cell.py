"""A small cell for the alarm tests: a few tags, a source to write to, and a manager that keeps its output."""

from collections.abc import Sequence
from itertools import count

import numpy as np

from alarms.manager import AlarmManager
from alarms.model import AlarmDefinition, AlarmEvent, AlarmSnapshot, AlarmType, Priority
from alarms.suppression import InputSource
from tags.clock import NS_PER_S, ManualClock
from tags.model import Batch, DataType, Tag, TagTable
from tags.status import StatusCode

GOOD = int(StatusCode.Good)
START_NS = 1_700_000_000 * NS_PER_S

TAGS = TagTable(
    [
        Tag(0, "Tank.Level", DataType.FLOAT64, connection="filling", unit="%", decimals=1),
        Tag(1, "Tank.Pressure", DataType.FLOAT32, connection="filling", unit="bar"),
        Tag(2, "Pump.Trip", DataType.BOOL, connection="conveyors", states={0: "OK", 1: "Tripped"}),
        Tag(3, "Pump.Running", DataType.BOOL, connection="conveyors"),
        Tag(4, "Pump.Fault", DataType.INT32, connection="conveyors"),
        Tag(5, "Pump.Name", DataType.STRING, connection="conveyors"),
    ]
)
LEVEL, PRESSURE, TRIP, RUNNING, FAULT, NAME = range(6)


def seconds(value: float) -> int:
    """Nanoseconds since the start of the test's world."""
    return START_NS + round(value * NS_PER_S)


def alarm(
    alarm_id: str, kind: AlarmType = AlarmType.HI, setpoint: float = 80.0, **changes: object
) -> AlarmDefinition:
    """A definition on the tank's level, or on the tag that is named."""
    facts: dict[str, object] = {
        "tag": "Tank.Level",
        "name": alarm_id,
        "description": "level high",
        "priority": Priority.MEDIUM,
        "area": "Filling",
    }
    facts.update(changes)
    return AlarmDefinition(alarm_id=alarm_id, type=kind, setpoint=setpoint, **facts)  # type: ignore[arg-type]


def batch(*samples: tuple[int, float, float] | tuple[int, float, float, int]) -> Batch:
    """A batch of ``(tag id, value, seconds[, status])``, received with its last sample."""
    rows = [
        (sample[0], sample[1], sample[3] if len(sample) > 3 else GOOD, seconds(sample[2]))
        for sample in samples
    ]
    return Batch.of(rows, max(row[3] for row in rows))


class Station:
    """A manager with all that it told; ids count up so that journals can be compared."""

    def __init__(
        self,
        definitions: Sequence[AlarmDefinition],
        connections: Sequence[str] = ("filling", "conveyors"),
        tags: TagTable = TAGS,
        start: bool = True,
        first_id: int = 1,
        watches_instruments: bool = False,
        source: InputSource | None = None,
    ) -> None:
        numbers = count(first_id)
        self.clock = ManualClock(START_NS)
        self.source = source or InputSource(tags)
        self.events: list[AlarmEvent] = []
        self.list: dict[str, AlarmSnapshot] = {}
        self.removed: list[str] = []
        self.manager = AlarmManager(
            definitions,
            tags,
            connections,
            self.clock,
            self._take,
            self.source,
            new_id=lambda: f"{next(numbers):032x}",
            watches_instruments=watches_instruments,
        )
        if start:
            self.manager.restore([], 0)

    def _take(self, events: list[AlarmEvent], rows: list[AlarmSnapshot], removed: list[str]) -> None:
        self.events += events
        self.list.update({row.alarm_id: row for row in rows})
        self.removed += removed
        for alarm_id in removed:
            del self.list[alarm_id]

    def feed(self, *samples: tuple[int, float, float] | tuple[int, float, float, int]) -> None:
        self.manager.process(batch(*samples))

    def states(self) -> dict[str, str]:
        return {alarm_id: row.state.value for alarm_id, row in self.list.items()}

    def told(self) -> list[tuple[str, str, float]]:
        """Alarm id, transition and source time in seconds of every event."""
        return [
            (event.alarm_id, event.transition.value, (event.source_ns - START_NS) / NS_PER_S)
            for event in self.events
        ]

    def acknowledge(self, *alarm_ids: str, at: float = 0.0) -> list[str]:
        ids = [self.list[alarm_id].event_id for alarm_id in alarm_ids]
        return [item.text for item in self.manager.acknowledge(ids, "anna", "desk1", "seen", seconds(at))]


def float_tags(number: int) -> TagTable:
    """Tags T0..Tn-1 of type FLOAT64 on connection ``line``."""
    return TagTable(Tag(row, f"T{row}", DataType.FLOAT64, connection="line") for row in range(number))


def columns(tag_ids: Sequence[int], values: Sequence[float], at_s: float) -> Batch:
    rows = len(tag_ids)
    return Batch(
        np.asarray(tag_ids, np.int32),
        np.asarray(values, np.float64),
        np.zeros(rows, np.uint32),
        np.full(rows, seconds(at_s), np.int64),
        seconds(at_s),
    )
