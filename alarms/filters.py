"""Choose events of the alarm journal: what a query over the link may ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alarms.model import Priority, Transition


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Choose journal events; an empty field chooses all.

    ``text`` is looked for in message, alarm id, tag and comment, in any case. ``areas`` and ``tags`` match a
    path and everything below it.
    """

    priorities: Sequence[Priority] = ()
    transitions: Sequence[Transition] = ()
    alarm_ids: Sequence[str] = ()
    tags: Sequence[str] = ()
    areas: Sequence[str] = ()
    users: Sequence[str] = ()
    text: str = ""


class EventPlace(NamedTuple):
    """Name the place of an event in the journal's order: source time, then sequence. Pages begin there."""

    source_ns: int
    sequence: int
