"""Let a suppression by design end for an alarm when its condition has been measured anew (decision 0058).

What held while an alarm was suppressed often comes from the very thing that the suppression is about: a
transmitter that is broken, a pump that does not run. When the expression becomes false, the newest value may
still be such a one. So the suppression goes on for the alarm's own on-delay, and at least for two periods of
its inputs, within which a fresh value arrives or the old one is marked as no longer fresh.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alarms.conditions import NOT_FROM_TAGS
from alarms.model import AlarmDefinition, AlarmType
from tags.clock import NS_PER_MS
from tags.expression import compile_expression
from tags.model import Batch, TagTable

FRESH_PERIODS: Final = 2
"""After so many periods a value is refreshed, or its status says that it is not (design, section 1)."""
NO_ROW: Final = sys.maxsize
"""The place of a row that no batch has."""
_STRETCH: Final = 1024
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Release:
    """Say when the suppression of an alarm ends: ``at_ns`` by source time.

    ``due_ns`` is when the station's clock ends it although the alarm's inputs stay silent.
    """

    alarm: int
    cause: str
    at_ns: int
    due_ns: int
    tag_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Tell how long an alarm stays suppressed after its expression became false, and what its inputs are.

    Inputs that stay silent may be ``settle_ns`` late.
    """

    wait_ns: int
    settle_ns: int
    tag_ids: tuple[int, ...]

    @classmethod
    def of(cls, levels: Sequence[AlarmDefinition], tags: TagTable) -> "Wait":
        """Return that of an alarm with these definitions; without inputs it waits for nothing.

        Of exclusive limits the shorter on-delay counts, so that none waits longer than its own.
        """
        paths = sorted({path for level in levels for path in condition_inputs(level)})
        inputs = [tags.by_path(path) for path in paths]
        settle_ns = max((tag.period_ms for tag in inputs), default=0) * NS_PER_MS
        on_delay_ns = min(level.on_delay_ns for level in levels)
        wait_ns = max(on_delay_ns, FRESH_PERIODS * settle_ns)
        return cls(wait_ns, settle_ns, tuple(tag.id for tag in inputs))


def condition_inputs(definition: AlarmDefinition) -> set[str]:
    """Return the paths of the tags that the condition of an alarm reads; one of a connection has none."""
    if definition.type in NOT_FROM_TAGS:
        return set()
    if definition.type is AlarmType.EXPRESSION:
        return set(compile_expression(definition.expression).paths)
    return {path for path in (definition.tag, definition.setpoint_tag) if path}


class Releases:
    """Hold the suppressions that are about to end.

    Their time is the source time of the alarm's own inputs: the first sample that is not older ends the
    suppression, before it counts itself. So how samples are cut into batches changes nothing (ALM-33).
    """

    __slots__ = ("_by_tag", "_first_ns", "_pending", "_tags")

    def __init__(self, tags: TagTable) -> None:
        self._tags = tags
        self._pending: dict[tuple[int, str], Release] = {}
        self._by_tag: dict[int, dict[tuple[int, str], Release]] = {}
        self._first_ns: NDArray[np.int64] = np.full(len(tags), _NEVER)

    def begin(self, alarm: int, cause: str, wait: Wait, source_ns: int, receive_ns: int) -> None:
        """Let the suppression by ``cause``, an expression that became false at ``source_ns``, end soon."""
        key = alarm, cause
        self.take(*key)
        due_ns = receive_ns + wait.wait_ns + wait.settle_ns
        release = Release(*key, source_ns + wait.wait_ns, due_ns, wait.tag_ids)
        self._pending[key] = release
        for tag_id in wait.tag_ids:
            self._by_tag.setdefault(tag_id, {})[key] = release
            self._first_ns[tag_id] = min(int(self._first_ns[tag_id]), release.at_ns)

    def take(self, alarm: int, cause: str) -> Release | None:
        """Return and forget what is about to end for the alarm at this place; None if nothing is."""
        key = alarm, cause
        release = self._pending.pop(key, None)
        if release is not None:
            for tag_id in release.tag_ids:
                watching = self._by_tag[tag_id]
                del watching[key]
                self._first_ns[tag_id] = min((item.at_ns for item in watching.values()), default=_NEVER)
        return release

    def next_row(self, batch: Batch, begin: int) -> int:
        """Return the first row, from ``begin`` on, before which something ends; beyond all rows if none."""
        if self._pending:
            # What is looked for is near: a large batch, as of a back-test, is not looked through each time.
            for start in range(begin, len(batch), _STRETCH):
                part = slice(start, start + _STRETCH)
                is_ripe = batch.source_ns[part] >= self._first_ns[batch.tag_ids[part]]
                place = int(is_ripe.argmax())
                if is_ripe[place]:
                    return start + place
        return NO_ROW

    def take_before(self, batch: Batch, row: int) -> list[Release]:
        """Return and forget what ends before this sample, in the order of time."""
        now_ns = int(batch.source_ns[row])
        watching = self._by_tag.get(int(batch.tag_ids[row]), {})
        return self._taken(item for item in watching.values() if item.at_ns <= now_ns)

    def take_due(self, now_ns: int) -> list[Release]:
        """Return and forget what the station's clock ends, in the order of time."""
        return self._taken(item for item in self._pending.values() if item.due_ns <= now_ns)

    def _taken(self, found: Iterable[Release]) -> list[Release]:
        ordered = sorted(found, key=lambda item: (item.at_ns, item.alarm))
        for item in ordered:
            self.take(item.alarm, item.cause)
        return ordered
