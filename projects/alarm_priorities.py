"""Read what a row of alarms.csv says about its consequence, and the priority that it deserves (ALM-41)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alarms.model import MessageClass, Priority
from alarms.priorities import ALERT, PriorityMatrix
from projects.problems import Names
from projects.tables import Record

PRIORITIES: Final[Mapping[str, Priority]] = {one.name.lower(): one for one in reversed(Priority)}


@dataclass(frozen=True, slots=True)
class Deserved:
    """Hold a row's consequence level and what the matrix gives for it; both empty when it states none."""

    level: str
    word: str

    def priority(self, record: Record) -> Priority:
        """Return the stated priority, or else the one deserved."""
        return record.choice("priority", PRIORITIES, PRIORITIES.get(self.word, Priority.LOW))

    def message_class(self, record: Record) -> MessageClass:
        """Return what a row with an action for the operator is: an alarm, unless it is worth an alert."""
        is_alert = self.word == ALERT and "priority" not in record
        return MessageClass.ALERT if is_alert else MessageClass.ALARM


def read_deserved(record: Record, matrix: PriorityMatrix, respond_s: float) -> Deserved:
    """Return what a row deserves, with a warning when it states another priority."""
    level = record.text("consequence_level")
    if not level:
        return Deserved("", "")
    if level not in matrix.rows:
        expected = Names("consequence level", matrix.rows).unknown(level)
        record.fault("consequence_level", f"{expected} (rows of [alarms.priority_matrix])")
        return Deserved("", "")
    if not respond_s:
        record.warn(
            "time_to_respond_s", "the priority of a consequence needs the time to respond as well (ALM-41)"
        )
        return Deserved(level, "")
    priority = matrix.of_alarm(level, respond_s)
    word = ALERT if priority is None else priority.name.lower()
    stated = record.text("priority").lower()
    if stated and priority is None:
        record.warn("priority", f"{level} within {respond_s:g} s is worth an alert, not an alarm (ALM-41)")
    elif stated and stated != word:
        record.warn(
            "priority", f"the priority matrix gives {word} to {level} within {respond_s:g} s (ALM-41)"
        )
    return Deserved(level, word)
