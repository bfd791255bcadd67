"""What hides alarms and shows them again: suppression by design, and the end of any hiding.

An alarm whose process is normal when its hiding ends is not told, even if its off-delay still runs (decision
0058).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from alarms import messages
from alarms.conditions import NOT_FROM_TAGS, Conditions, Edge
from alarms.ledger import Ledger
from alarms.levels import Levels
from alarms.model import AlarmDefinition, AlarmState
from alarms.record import Alarm, Origin
from alarms.releases import NO_ROW, Release, Releases, Wait
from alarms.state import Step, step
from alarms.suppression import ConnectionMask, Suppression, Verdict
from alarms.table import Trigger
from tags.model import Batch, TagTable
from tags.source import TagSource


class Hiding:
    """Let conditions, suppression expressions and lost connections move alarms through a ledger.

    ``alarms`` are in the order of ``definitions``; ``source`` gives the inputs of expressions at the start.
    Nothing here blocks; all calls come from one thread. Times are UTC nanoseconds.
    """

    def __init__(
        self,
        definitions: Sequence[AlarmDefinition],
        tags: TagTable,
        source: TagSource,
        alarms: Sequence[Alarm],
        levels: Levels,
        conditions: Conditions,
        ledger: Ledger,
    ) -> None:
        self._tags = tags
        self._alarms = alarms
        self._levels = levels
        self._conditions = conditions
        self._ledger = ledger
        self._suppression = Suppression(definitions, tags, source)
        self._releases = Releases(tags)
        self.mask = ConnectionMask(definitions, tags)

    # Conditions

    def take_edge(self, edge: Edge, receive_ns: int) -> None:
        """Let an edge move its alarm; what a lost connection explains is suppressed before it shows."""
        if edge.is_active:
            for connection in self.mask.masking(edge.alarm):
                alarm = self._alarms[self._levels.base(edge.alarm)]
                self._suppress(alarm, _by_connection(connection), Origin(edge.source_ns, receive_ns))
        self._move(edge, receive_ns, self._ledger.fire_condition)

    def _move(self, edge: Edge, receive_ns: int, fire: Callable[[Alarm, Trigger, Origin], object]) -> None:
        move = self._levels.take(edge)
        if move.trigger is not None:
            alarm = self._alarms[move.base]
            value = None
            if alarm.tag is not None:
                value = messages.typed_input(alarm.definition, alarm.tag, edge.value)
            origin = Origin(edge.source_ns, receive_ns, value, edge.status, level=move.level)
            fire(alarm, move.trigger, origin)

    # Suppression by design

    def stops(self, batch: Batch) -> Iterator[int]:
        """Yield the rows before which a suppression begins or ends.

        It does so when the next one is asked for: conditions of the rows before must be evaluated by then.
        """
        stop = self._releases.next_row(batch, 0)
        for row in self._suppression.rows(batch):
            while stop <= row:
                yield stop
                stop = self._release_before(batch, stop)
            verdicts = self._suppression.apply(batch, row)
            if verdicts:
                yield row
                self._follow(verdicts, batch.receive_ns)
                stop = self._releases.next_row(batch, row)
        while stop < NO_ROW:
            yield stop
            stop = self._release_before(batch, stop)

    def _release_before(self, batch: Batch, row: int) -> int:
        self._release(self._releases.take_before(batch, row), batch.receive_ns)
        return self._releases.next_row(batch, row)

    def tick(self, now_ns: int) -> None:
        """End the suppressions of alarms whose inputs stay silent."""
        self._release(self._releases.take_due(now_ns), now_ns)

    def settle(self, now_ns: int) -> None:
        """End the suppressions by connections that came back long enough ago."""
        for name, release_ns in self.mask.due(now_ns):
            for index in self.mask.alarms(name):
                self._unsuppress(self._alarms[index], _by_connection(name), Origin(release_ns, now_ns))

    def lose(self, connection: str, origin: Origin) -> None:
        """Suppress what the loss of a connection explains (ALM-11)."""
        self.mask.lose(connection)
        for index in self.mask.alarms(connection):
            if self._alarms[index].variables.active:
                self._suppress(self._alarms[index], _by_connection(connection), origin)

    def redefine(self, index: int, definition: AlarmDefinition, origin: Origin) -> None:
        """Let an alarm follow its changed suppression expression."""
        self._follow(self._suppression.update(index, definition, origin.source_ns), origin.receive_ns)

    def adopt(self, definitions: Sequence[AlarmDefinition], at_ns: int) -> None:
        """Take the expressions of earlier runs up; :meth:`restore` judges them."""
        for index, definition in enumerate(definitions):
            self._suppression.update(index, definition, at_ns)

    def _follow(self, verdicts: Iterable[Verdict], receive_ns: int) -> None:
        for verdict in verdicts:
            origin = Origin(verdict.source_ns, receive_ns)
            for index in verdict.alarms:
                alarm = self._alarms[self._levels.base(index)]
                if verdict.is_suppressed:
                    self._suppress(alarm, verdict.text, origin)
                else:
                    self._end(alarm, verdict.text, origin)

    def _suppress(self, alarm: Alarm, cause: str, origin: Origin) -> None:
        if not alarm.variables.enabled:
            return
        ending = self._releases.take(alarm.index, cause)
        if ending is not None and ending.at_ns <= origin.source_ns:
            self._release([ending], origin.receive_ns)
        alarm.suppressed_by.add(cause)
        self._ledger.fire(alarm, Trigger.SUPPRESS, origin.with_comment(cause))

    def _end(self, alarm: Alarm, cause: str, origin: Origin) -> None:
        """Begin the end of a suppression by an expression: its condition must be measured anew first."""
        if cause not in alarm.suppressed_by:
            return
        wait = Wait.of(alarm.levels, self._tags)
        if wait.tag_ids:
            self._releases.begin(alarm.index, cause, wait, origin.source_ns, origin.receive_ns)
        else:
            self._unsuppress(alarm, cause, origin)

    def _release(self, ending: Iterable[Release], receive_ns: int) -> None:
        for item in ending:
            self._unsuppress(self._alarms[item.alarm], item.cause, Origin(item.at_ns, receive_ns))

    def _unsuppress(self, alarm: Alarm, cause: str, origin: Origin) -> None:
        if cause in alarm.suppressed_by:
            alarm.suppressed_by.remove(cause)
            if not alarm.suppressed_by:
                self.show(alarm, Trigger.UNSUPPRESS, origin.with_comment(cause))

    # The end of any hiding

    def show(self, alarm: Alarm, trigger: Trigger, origin: Origin) -> Step:
        """Fire a trigger that may end the hiding of an alarm.

        If it does, an alarm whose value is back in normal returns first, whatever is left of its off-delay.
        """
        after = step(alarm.variables, trigger, alarm.rules).variables
        if alarm.variables.is_hidden and not after.is_hidden and alarm.definition.type not in NOT_FROM_TAGS:
            for place in self._levels.places(alarm.index):
                for edge in self._conditions.end_return(place, origin.source_ns):
                    # A one-shot shelving ends by this trigger, with the name of who asked for it.
                    self._move(edge, origin.receive_ns, self._ledger.fire)
        return self._ledger.fire(alarm, trigger, origin)

    # After a restart

    def restore(self, running: Sequence[Alarm], origin: Origin) -> None:
        """Judge the suppression of the alarms that the journal brought back.

        An expression whose inputs are not known yet stands as the station left it.
        """
        self._suppression.seed({_reason(alarm) for alarm in running if alarm.variables.suppressed})
        for alarm in running:
            self._judge(alarm, origin)

    def _judge(self, alarm: Alarm, origin: Origin) -> None:
        if alarm.variables.suppressed:
            alarm.suppressed_by.update(map(_by_connection, self.mask.masking(alarm.index)))
        cause = alarm.definition.suppression_expression.strip()
        if self._suppression.is_true(cause):
            self._suppress(alarm, cause, origin)
        elif alarm.variables.suppressed and not alarm.suppressed_by:
            alarm.suppressed_by.add(_reason(alarm))
            self._end(alarm, _reason(alarm), origin)


def _reason(alarm: Alarm) -> str:
    return alarm.hidden_by.get(AlarmState.SUPPRESSED_BY_DESIGN, ("", "", 0))[1]


def _by_connection(connection: str) -> str:
    return f"connection {connection} is lost"
