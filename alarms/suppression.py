"""Suppress alarms by design: expressions over tags, evaluated sample by sample (ALM-16).

The inputs are kept apart from the tag database, because that already holds the newest sample of a batch when
alarms are evaluated: only with its own copy does every sample meet the suppression of its own moment, however
a run of samples is cut into batches.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alarms.messages import typed
from alarms.model import AlarmDefinition, AlarmType
from tags.clock import NS_PER_S
from tags.expression import BoundExpression, compile_expression
from tags.model import Batch, TagTable, Value
from tags.source import TagSource
from tags.status import StatusCode, is_bad

RECOVERY_NS: Final = 5 * NS_PER_S
"""How long bad-quality alarms stay suppressed after their connection is back: fresh samples must arrive."""
_NO_NEWS: Final = frozenset(
    int(code)
    for code in (
        StatusCode.BadNoCommunication,
        StatusCode.BadNotConnected,
        StatusCode.BadConnectionClosed,
        StatusCode.BadWaitingForInitialData,
    )
)
_CODE_MASK: Final = 0xFFFF0000


class InputSource:
    """Offer the inputs of expressions as they were at the sample looked at (a TagSource)."""

    __slots__ = ("_cursor", "_extras", "_source_ns", "_statuses", "_tags", "_values")

    def __init__(self, tags: TagTable) -> None:
        rows = len(tags)
        self._tags = tags
        self._values = np.full(rows, np.nan)
        self._statuses = np.full(rows, int(StatusCode.BadWaitingForInitialData), np.uint32)
        self._source_ns = np.zeros(rows, np.int64)
        self._extras: dict[int, Value] = {}
        self._cursor = 0

    @property
    def tags(self) -> TagTable:
        """Return the definitions."""
        return self._tags

    @property
    def values(self) -> NDArray[np.float64]:
        """Return engineering values; NaN where bad, text or array."""
        return self._values

    @property
    def statuses(self) -> NDArray[np.uint32]:
        """Return OPC UA status codes."""
        return self._statuses

    @property
    def source_ns(self) -> NDArray[np.int64]:
        """Return source times, UTC nanoseconds."""
        return self._source_ns

    def value(self, tag_id: int) -> Value | None:
        """Return the exact value in the tag's own type; None while it is bad."""
        if is_bad(int(self._statuses[tag_id])):
            return None
        extra = self._extras.get(tag_id)
        return extra if extra is not None else typed(self._tags[tag_id], float(self._values[tag_id]))

    def changed_since(self, cursor: int) -> tuple[NDArray[np.int32], int]:
        """Return every tag that has a value if anything changed since ``cursor``."""
        if cursor == self._cursor:
            return np.empty(0, np.int32), cursor
        return np.flatnonzero(self._source_ns).astype(np.int32), self._cursor

    def put(self, tag_id: int, value: Value | None, number: float, status: int, source_ns: int) -> None:
        """Store one sample; ``value`` only when ``number`` does not hold it exactly."""
        self._values[tag_id] = number
        self._statuses[tag_id] = status
        self._source_ns[tag_id] = source_ns
        self._cursor += 1
        if value is None:
            self._extras.pop(tag_id, None)
        else:
            self._extras[tag_id] = value

    def put_row(self, batch: Batch, row: int) -> int:
        """Store one row of a batch and return its tag id."""
        tag_id = int(batch.tag_ids[row])
        value, status = float(batch.values[row]), int(batch.statuses[row])
        self.put(tag_id, batch.extras.get(row), value, status, int(batch.source_ns[row]))
        return tag_id


@dataclass(slots=True, eq=False)
class _Rule:
    bound: BoundExpression
    text: str
    alarms: list[int]
    is_true: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Tell that an expression became true or false for the alarms of these definition indices."""

    alarms: Sequence[int]
    is_suppressed: bool
    text: str
    source_ns: int


class Suppression:
    """Evaluate the suppression expressions of ``definitions``; definitions must have passed ``check``.

    ``source`` gives the inputs at the start, and those of an expression that comes later.

    An expression of bad quality suppresses nothing, because an alarm must not be hidden on a guess; while
    only the connection of an input is lost, the last verdict stands, or every loss would uncover what design
    hides.
    """

    def __init__(self, definitions: Sequence[AlarmDefinition], tags: TagTable, source: TagSource) -> None:
        self._tags = tags
        self._source = source
        self._inputs = InputSource(tags)
        self._rules: dict[str, _Rule] = {}
        self._by_tag: dict[int, list[_Rule]] = {}
        self._is_input = np.zeros(len(tags), np.bool_)
        self._texts = [definition.suppression_expression.strip() for definition in definitions]
        for index, text in enumerate(self._texts):
            if text:
                self._rule(text).alarms.append(index)

    def _rule(self, text: str) -> _Rule:
        rule = self._rules.get(text)
        if rule is None:
            rule = _Rule(compile_expression(text).bind(self._tags), text, [])
            self._rules[text] = rule
            for tag_id in rule.bound.tag_ids:
                self._by_tag.setdefault(tag_id, []).append(rule)
                if not self._is_input[tag_id]:
                    self._is_input[tag_id] = True
                    self._seed_input(tag_id)
        return rule

    def is_true(self, text: str) -> bool:
        """Tell the present verdict of a definition's expression; an empty one suppresses nothing."""
        rule = self._rules.get(text)
        return rule is not None and rule.is_true

    def seed(self, standing: Container[str] = ()) -> None:
        """Take the present inputs from the tag source and judge every expression.

        ``standing`` are expressions that were true when the station stopped: they stand until their inputs
        are known.
        """
        for tag_id in np.flatnonzero(self._is_input).tolist():
            self._seed_input(tag_id)
        for rule in self._rules.values():
            rule.is_true = rule.text in standing
            self._judge(rule)

    def _seed_input(self, tag_id: int) -> None:
        source = self._source
        value = source.value(tag_id)
        number = float(source.values[tag_id])
        is_exact = value is None or (not isinstance(value, str | tuple) and value == number)
        self._inputs.put(
            tag_id,
            None if is_exact else value,
            number,
            int(source.statuses[tag_id]),
            int(source.source_ns[tag_id]),
        )

    def update(self, index: int, definition: AlarmDefinition, at_ns: int) -> list[Verdict]:
        """Take a changed expression; return what it changes at ``at_ns``.

        What the new one suppresses comes first, so that an alarm that both hide is not shown in between.
        """
        text, old = definition.suppression_expression.strip(), self._texts[index]
        if text == old:
            return []
        self._texts[index] = text
        verdicts = []
        if text:
            rule = self._rule(text)
            if not rule.alarms:
                self._judge(rule)
            rule.alarms.append(index)
            if rule.is_true:
                verdicts.append(Verdict([index], True, text, at_ns))
        if old:
            rule = self._rules[old]
            rule.alarms.remove(index)
            if rule.is_true:
                verdicts.append(Verdict([index], False, old, at_ns))
            if not rule.alarms:
                del self._rules[old]
                for tag_id in rule.bound.tag_ids:
                    self._by_tag[tag_id].remove(rule)
        return verdicts

    def rows(self, batch: Batch) -> list[int]:
        """Return the rows of the batch that are inputs of an expression, in order."""
        if not self._rules:
            return []
        return np.flatnonzero(self._is_input[batch.tag_ids]).tolist()

    def apply(self, batch: Batch, row: int) -> list[Verdict]:
        """Take one input sample and return the verdicts that it changes."""
        tag_id = self._inputs.put_row(batch, row)
        return [verdict for rule in self._by_tag[tag_id] for verdict in self._judge(rule)]

    def _judge(self, rule: _Rule) -> list[Verdict]:
        result = rule.bound.evaluate(self._inputs)
        if is_bad(result.status):
            if result.status & _CODE_MASK in _NO_NEWS:
                return []
            is_true = False
        else:
            is_true = bool(result.value)
        if is_true == rule.is_true:
            return []
        rule.is_true = is_true
        return [Verdict(rule.alarms, is_true, rule.text, result.source_ns)]


class ConnectionMask:
    """Know which bad-quality alarms a lost connection explains, so that one cut cable is one alarm (ALM-11).

    A calculated tag hangs on the connections of all its inputs. After a connection is back it explains its
    alarms for ``RECOVERY_NS`` more.
    """

    __slots__ = ("_alarms", "_connections", "_lost", "_release_ns", "_watches")

    def __init__(self, definitions: Sequence[AlarmDefinition], tags: TagTable) -> None:
        self._connections: dict[int, tuple[str, ...]] = {}
        self._alarms: dict[str, list[int]] = {}
        self._watches: dict[str, list[int]] = {}
        self._lost: set[str] = set()
        self._release_ns: dict[str, int] = {}
        for index, definition in enumerate(definitions):
            if definition.type is AlarmType.BAD_QUALITY:
                self._connections[index] = tuple(sorted(connections_of(definition.tag, tags)))
                for name in self._connections[index]:
                    self._alarms.setdefault(name, []).append(index)
            elif definition.type is AlarmType.STALE:
                for name in sorted(connections_of(definition.tag, tags)):
                    self._watches.setdefault(name, []).append(index)

    def alarms(self, connection: str) -> Sequence[int]:
        """Return the definition indices of the bad-quality alarms that hang on this connection."""
        return self._alarms.get(connection, ())

    def watches(self, connection: str) -> Sequence[int]:
        """Return the definition indices of the STALE alarms whose values come over this connection."""
        return self._watches.get(connection, ())

    def is_lost(self, connection: str) -> bool:
        """Tell whether the connection is lost now."""
        return connection in self._lost

    def masking(self, index: int) -> list[str]:
        """Return the connections that explain a bad value of this alarm's input now."""
        return [
            name
            for name in self._connections.get(index, ())
            if name in self._lost or name in self._release_ns
        ]

    def lose(self, connection: str) -> None:
        """Note that the connection is lost."""
        self._lost.add(connection)
        self._release_ns.pop(connection, None)

    def regain(self, connection: str, at_ns: int) -> None:
        """Note that the connection is back."""
        self._lost.discard(connection)
        self._release_ns[connection] = at_ns + RECOVERY_NS

    def due(self, now_ns: int) -> list[tuple[str, int]]:
        """Return and forget the connections that explain nothing any more, and since when."""
        due = [(name, release_ns) for name, release_ns in self._release_ns.items() if release_ns <= now_ns]
        for name, _ in due:
            del self._release_ns[name]
        return due


def connections_of(path: str, tags: TagTable) -> set[str]:
    """Return the connections that the value of a tag comes over: a calculated one has those of its inputs."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [path]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        tag = tags.by_path(name)
        if tag.expression is not None:
            waiting += compile_expression(tag.expression).paths
        elif tag.connection is not None:
            found.add(tag.connection)
    return found
