"""The alarm manager: from samples and operators' requests to events, the list and the counters."""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np

from alarms import definitions as definition_rules
from alarms.communication import with_communication
from alarms.conditions import NOT_FROM_TAGS, Conditions
from alarms.hiding import Hiding
from alarms.instruments import INSTRUMENT_PREFIX, Blindness, Instruments, with_diagnostics
from alarms.ledger import EventSink, Ledger
from alarms.levels import Levels
from alarms.model import (
    AlarmCounts,
    AlarmDefinition,
    AlarmError,
    AlarmEvent,
    AlarmRefusal,
    AlarmSnapshot,
    AlarmType,
    Role,
)
from alarms.policy import shelve_role
from alarms.record import Alarm, Origin
from alarms.running import RunningSettings, Wanted
from alarms.settings import Setting, SettingChange, SettingDifference
from alarms.table import Trigger
from tags.clock import NS_PER_S, Clock
from tags.model import Batch, Tag, TagTable
from tags.source import TagSource
from tags.status import StatusCode

_log = logging.getLogger(__name__)

MAX_SHELVE_NS: Final = 8 * 3600 * NS_PER_S
"""One shift: the longest an operator may shelve (ALM-12)."""
MAX_SHELVE_SUPERVISOR_NS: Final = 24 * 3600 * NS_PER_S
"""The longest that anybody may shelve (ALM-12)."""
_random_id: Final = partial(secrets.token_hex, 16)


class AlarmManager:
    """Run the alarms of a station.

    ``connections`` are the names of all connections: each has exactly one COMM alarm (ALM-11). ``source``
    gives the inputs of suppression expressions at the start. ``on_events`` is called at the end of each call
    below that changed something; it must not call back.

    All calls come from the station's loop; none blocks or waits. Times are UTC nanoseconds.

    Raises:
        AlarmError: a definition cannot run; the text names all of them.
    """

    def __init__(
        self,
        definitions: Sequence[AlarmDefinition],
        tags: TagTable,
        connections: Sequence[str],
        clock: Clock,
        on_events: EventSink,
        source: TagSource,
        *,
        new_id: Callable[[], str] = _random_id,
        watches_instruments: bool = False,
    ) -> None:
        problems = definition_rules.check(definitions, tags, connections)
        if problems:
            raise AlarmError("\n".join(str(problem) for problem in problems))
        if watches_instruments:
            running = with_diagnostics(definitions, tags, connections)
        else:
            running = with_communication(definitions, connections)
        self._instruments = Instruments(running, tags) if watches_instruments else None
        self._running_settings = RunningSettings(running, tags)
        self._clock = clock
        self._conditions = Conditions(running, tags)
        self._levels = Levels(running)
        self._alarms = [
            Alarm(index, self._levels.of(index), _tag_of(item, tags)) for index, item in enumerate(running)
        ]
        # A request that names the outer one of exclusive limits means the alarm that both make.
        self._by_id = {
            alarm.definition.alarm_id: self._alarms[self._levels.base(alarm.index)] for alarm in self._alarms
        }
        self._communication = {
            alarm.definition.tag: alarm
            for alarm in self._alarms
            if alarm.definition.type is AlarmType.COMMUNICATION
        }
        self._ledger = Ledger(self._alarms, self._status_of, on_events, new_id)
        self._hiding = Hiding(
            running, tags, source, self._alarms, self._levels, self._conditions, self._ledger
        )

    # What the plant does

    def process(self, batch: Batch) -> None:
        """Evaluate a batch of engineering values; called right after the tag database took it.

        A sample that is an input of a suppression expression takes effect before the conditions of the same
        and later samples.
        """
        begin = 0
        for end in self._hiding.stops(batch):
            if begin < end:
                self._evaluate(batch.take(np.arange(begin, end)))
                begin = end
        self._evaluate(batch.take(np.arange(begin, len(batch))) if begin else batch)
        self._ledger.publish()

    def _evaluate(self, batch: Batch) -> None:
        evaluation = self._conditions.evaluate(batch)
        for edge in evaluation.edges:
            self._hiding.take_edge(edge, batch.receive_ns)
        self._ledger.list.touch_listed(evaluation.requalified)

    def tick(self, now_ns: int) -> None:
        """Let time pass: delays of silent tags, shelving, and the settling of connections that came back.

        Call it a few times a second; it costs next to nothing when nothing is due.
        """
        self._hiding.tick(now_ns)
        for edge in self._conditions.tick(now_ns):
            self._hiding.take_edge(edge, now_ns)
        for at_ns, index, trigger in self._ledger.timers.due(now_ns):
            alarm = self._alarms[index]
            level = alarm.levels.index(alarm.level)
            origin = Origin(at_ns, now_ns, alarm.value, self._status_of(alarm), level=level)
            self._hiding.show(alarm, trigger, origin)
        if self._instruments is not None:
            for item in self._instruments.judge(now_ns, self._conditions.unusable):
                self._tell_blindness(item, now_ns)
        self._hiding.settle(now_ns)
        self._ledger.publish()

    def _tell_blindness(self, item: Blindness, now_ns: int) -> None:
        alarm = self._by_id[INSTRUMENT_PREFIX + item.connection]
        status = StatusCode.BadNoData if item.is_blind else StatusCode.Good
        origin = Origin(item.since_ns, now_ns, item.names, int(status))
        self._ledger.fire_condition(alarm, Trigger.CONDITION if item.is_blind else Trigger.RETURN, origin)

    def connection_changed(
        self, name: str, is_lost: bool, at_ns: int, text: str = "", *, is_off: bool = False
    ) -> None:
        """Raise or return the one alarm of a connection (ALM-11).

        Call it with ``is_lost`` before the batch that marks the connection's tags bad is processed: then
        their bad-quality alarms are suppressed from the first. They are released ``RECOVERY_NS`` after the
        connection is back. Reporting the same again changes nothing. Nothing gets stale over a
        connection that is lost, or switched off (``is_off``).
        """
        if self._instruments is not None:
            self._instruments.connection_changed(name, not is_lost and not is_off)
        mask = self._hiding.mask
        for index in mask.watches(name):
            for edge in self._conditions.hold(index, is_lost or is_off, at_ns):
                self._hiding.take_edge(edge, self._clock.now_ns())
        if is_lost == mask.is_lost(name):
            self._ledger.publish()
            return
        status = StatusCode.BadNoCommunication if is_lost else StatusCode.Good
        origin = Origin(at_ns, self._clock.now_ns(), text, int(status))
        trigger = Trigger.CONDITION if is_lost else Trigger.RETURN
        self._ledger.fire_condition(self._communication[name], trigger, origin)
        if is_lost:
            self._hiding.lose(name, origin)
        else:
            mask.regain(name, at_ns)
        self._ledger.publish()

    # What people do

    def acknowledge(
        self, event_ids: Sequence[str], user: str, workstation: str, comment: str, at_ns: int
    ) -> list[AlarmRefusal]:
        """Acknowledge exactly the occurrences that these events showed (ALM-07); return what was refused.

        An alarm that came again since it was seen stays unacknowledged; one acknowledged already is no fault.
        """
        refusals: list[AlarmRefusal] = []
        origin = self._by_operator(at_ns, user, workstation, comment)
        for event_id in event_ids:
            alarm = self._ledger.seen.present(event_id)
            if alarm is not None:
                refusals += self._acknowledge(event_id, alarm, origin)
                continue
            alarm = self._ledger.seen.past(event_id)
            if alarm is None:
                refusals.append(AlarmRefusal(event_id, "no alarm event has this id, or it is long over"))
            elif not alarm.variables.acked:
                refusals.append(_refused(event_id, alarm, "it came again since it was seen"))
        self._ledger.publish()
        return refusals

    def acknowledge_area(
        self, area: str, seen_sequence: int, user: str, workstation: str, comment: str, at_ns: int
    ) -> list[AlarmRefusal]:
        """Acknowledge all alarms of an area and the areas below it (empty: all) that were seen (ALM-07).

        ``seen_sequence`` is the number of the newest event that the operator's list showed. Return what was
        refused; alarms that came later stay as they are, and are among it.
        """
        refusals: list[AlarmRefusal] = []
        origin = self._by_operator(at_ns, user, workstation, comment)
        for alarm in self._ledger.list.present():
            if alarm.variables.acked or alarm.variables.is_hidden:
                continue
            if area and alarm.definition.area != area and not alarm.definition.area.startswith(f"{area}."):
                continue
            if alarm.shown_sequence > seen_sequence:
                refusals.append(_refused(alarm.event_id, alarm, "it came after what was seen"))
            else:
                refusals += self._acknowledge(alarm.event_id, alarm, origin)
        self._ledger.publish()
        return refusals

    def _acknowledge(self, event_id: str, alarm: Alarm, origin: Origin) -> list[AlarmRefusal]:
        if alarm.definition.comment_required and not origin.comment.strip() and not alarm.variables.acked:
            text = f"alarms of class {alarm.definition.alarm_class} are acknowledged with a comment"
            return [_refused(event_id, alarm, text)]
        done = self._ledger.fire(alarm, Trigger.ACKNOWLEDGE, origin)
        return [_refused(event_id, alarm, done.refusal)] if done.refusal else []

    def reset(
        self, alarm_ids: Sequence[str], user: str, workstation: str, comment: str, at_ns: int
    ) -> list[AlarmRefusal]:
        """Clear acknowledged, latched alarms whose cause is gone (ALM-08); return what was refused."""
        return self._request(alarm_ids, Trigger.RESET, self._by_operator(at_ns, user, workstation, comment))

    def shelve(
        self,
        alarm_ids: Sequence[str],
        duration_ns: int | None,
        user: str,
        workstation: str,
        reason: str,
        at_ns: int,
        *,
        limit_ns: int = MAX_SHELVE_NS,
        role: Role | None = None,
    ) -> list[AlarmRefusal]:
        """Hide alarms for a time, or until their next return if None; return what was refused.

        ``limit_ns`` is the longest that this user's role may shelve; it also ends a one-shot shelving (row
        18). Shelving again sets a new time. ``role`` is held against what class and priority of each alarm
        need (ALM-14); None: that was done already.
        """
        limit_ns = min(limit_ns, MAX_SHELVE_SUPERVISOR_NS)
        text = ""
        if not reason.strip():
            text = "shelving needs a reason"
        elif duration_ns is not None and not 0 < duration_ns <= limit_ns:
            text = f"shelving lasts more than 0 and at most {limit_ns / 3600 / NS_PER_S:g} h"
        if text:
            return [AlarmRefusal(alarm_id, text) for alarm_id in alarm_ids]
        trigger = Trigger.SHELVE_ONE_SHOT if duration_ns is None else Trigger.SHELVE_TIMED
        origin = self._by_operator(at_ns, user, workstation, reason.strip())
        until_ns = at_ns + (limit_ns if duration_ns is None else duration_ns)
        refusals = [
            _refused(alarm_id, alarm, f"only a {shelve_role(alarm.definition).value} may shelve it (ALM-14)")
            for alarm_id, alarm in self._found(alarm_ids)
            if role is not None and not role.includes(shelve_role(alarm.definition))
        ]
        refused = {refusal.subject for refusal in refusals}
        allowed = [alarm_id for alarm_id in alarm_ids if alarm_id not in refused]
        return [*refusals, *self._request(allowed, trigger, origin.until(until_ns))]

    def unshelve(
        self, alarm_ids: Sequence[str], user: str, workstation: str, comment: str, at_ns: int
    ) -> list[AlarmRefusal]:
        """Show alarms again; a true condition is annunciated as new (row 19). Return what was refused."""
        return self._request(
            alarm_ids, Trigger.UNSHELVE, self._by_operator(at_ns, user, workstation, comment)
        )

    def out_of_service(
        self,
        alarm_ids: Sequence[str],
        is_out: bool,
        user: str,
        workstation: str,
        reason: str,
        at_ns: int,
    ) -> list[AlarmRefusal]:
        """Take alarms out of service for a reason, or put them back; return what was refused."""
        if is_out and not reason.strip():
            text = "taking an alarm out of service needs a reason and the work order"
            return [AlarmRefusal(alarm_id, text) for alarm_id in alarm_ids]
        refusals = [
            _refused(
                alarm_id, alarm, f"the class {alarm.definition.alarm_class} keeps it in service (ALM-14)"
            )
            for alarm_id, alarm in self._found(alarm_ids)
            if is_out and not alarm.definition.removable
        ]
        refused = {refusal.subject for refusal in refusals}
        alarm_ids = [alarm_id for alarm_id in alarm_ids if alarm_id not in refused]
        trigger = Trigger.REMOVE_FROM_SERVICE if is_out else Trigger.RETURN_TO_SERVICE
        origin = self._by_operator(at_ns, user, workstation, reason.strip())
        return [*refusals, *self._request(alarm_ids, trigger, origin)]

    def _found(self, alarm_ids: Iterable[str]) -> Iterator[tuple[str, Alarm]]:
        for alarm_id in alarm_ids:
            alarm = self._by_id.get(alarm_id)
            if alarm is not None:
                yield alarm_id, alarm

    def _by_operator(self, at_ns: int, user: str, workstation: str, comment: str) -> Origin:
        return Origin(at_ns, self._clock.now_ns(), user=user, workstation=workstation, comment=comment)

    def _request(self, alarm_ids: Sequence[str], trigger: Trigger, origin: Origin) -> list[AlarmRefusal]:
        refusals: list[AlarmRefusal] = []
        for alarm_id in alarm_ids:
            alarm = self._by_id.get(alarm_id)
            if alarm is None:
                refusals.append(AlarmRefusal(alarm_id, "no alarm has this id"))
                continue
            done = self._hiding.show(alarm, trigger, origin)
            if done.refusal:
                refusals.append(_refused(alarm_id, alarm, done.refusal))
        self._ledger.publish()
        return refusals

    # Settings

    def change_settings(
        self,
        wanted: Wanted,
        user: str,
        workstation: str,
        reason: str,
        at_ns: int,
    ) -> tuple[list[SettingChange], list[AlarmRefusal]]:
        """Change settings of alarms while they run (ALM-22); return what changed, or why nothing did.

        All or nothing. The newest values are judged by them at once. The caller records what is returned.
        """
        if not reason.strip():
            text = "a change needs a reason (ALM-22)"
            return [], [AlarmRefusal(alarm_id, f"{alarm_id}: {text}") for alarm_id in wanted]
        plan = self._running_settings.plan(wanted)
        if plan.refusals:
            return [], plan.refusals
        before = self._running_settings.definitions
        made = self._running_settings.take(plan.after, at_ns, user, workstation, reason.strip())
        if made:
            self._redefine(plan.after)
            origin = self._by_operator(at_ns, user, workstation, reason.strip())
            for index, after in plan.after.items():
                if after != before[index]:
                    self._move_by_settings(index, before[index], origin)
            self._ledger.publish()
        return made, []

    def _move_by_settings(self, index: int, before: AlarmDefinition, origin: Origin) -> None:
        """Let an alarm follow its changed settings."""
        after = self.definitions[index]
        base = self._levels.base(index)
        alarm = self._alarms[base]
        self._hiding.redefine(index, after, origin)
        if before.enabled != after.enabled:
            self._enable(index, after.enabled, origin)
        if after.type not in NOT_FROM_TAGS:
            for place in self._levels.places(index):
                for edge in self._conditions.judge(place, origin.source_ns):
                    self._hiding.take_edge(edge, origin.receive_ns)
        self._ledger.list.touch(alarm)

    def enforce_settings(
        self, alarm_ids: Sequence[str] | None, user: str, workstation: str, reason: str, at_ns: int
    ) -> tuple[list[SettingChange], list[AlarmRefusal]]:
        """Let alarms (None: all) run as the master database says; return what changed by that."""
        back = self._running_settings.settings_back(alarm_ids)
        made, refusals = self.change_settings(back, user, workstation, reason, at_ns)
        # Where one does not fit beside what stays, the others go back all the same.
        while refusals:
            refused = {item.subject for item in refusals}
            back = {alarm_id: settings for alarm_id, settings in back.items() if alarm_id not in refused}
            made, more = self.change_settings(back, user, workstation, reason, at_ns)
            if not more:
                break
            refusals += more
        return made, refusals

    def differences(self) -> list[SettingDifference]:
        """Return how what runs differs from the master database, in the order of its rows."""
        return self._running_settings.differences()

    def running_settings(self) -> dict[str, dict[str, Setting]]:
        """Return the settings that run beside the master database, by alarm and column."""
        found: dict[str, dict[str, Setting]] = {}
        for item in self.differences():
            found.setdefault(item.alarm_id, {})[item.setting] = item.running
        return found

    def adopt_settings(self, changes: Sequence[SettingChange]) -> None:
        """Take the changes of earlier runs up; call it once, before :meth:`restore`.

        A change that does not fit the master database any more is left out.
        """
        self._redefine(self._running_settings.adopt(changes))
        self._hiding.adopt(self.definitions, self._clock.now_ns())
        for index, definition in enumerate(self.definitions):
            if definition.type not in NOT_FROM_TAGS:
                self._conditions.enable(index, self.definitions[self._levels.base(index)].enabled)

    def _redefine(self, after: Mapping[int, AlarmDefinition]) -> None:
        self._levels.redefine(self.definitions)
        for index, definition in after.items():
            self._alarms[self._levels.base(index)].redefine(definition)
            if definition.type not in NOT_FROM_TAGS:
                self._conditions.update(index, definition)

    def _enable(self, index: int, is_enabled: bool, origin: Origin) -> None:
        if self.definitions[index].type not in NOT_FROM_TAGS:
            for place in self._levels.places(index):
                self._conditions.enable(place, is_enabled)
        self._levels.forget(index)
        self._ledger.fire(self._alarms[index], Trigger.ENABLE if is_enabled else Trigger.DISABLE, origin)

    # What is shown

    @property
    def definitions(self) -> tuple[AlarmDefinition, ...]:
        """Return all definitions that run, with the COMM alarms that were added."""
        return self._running_settings.definitions

    @property
    def sequence(self) -> int:
        """Return the sequence number of the newest event; 0 before the first."""
        return self._ledger.sequence

    def take_sequence(self) -> int:
        """Return the next sequence number, for an event of an alarm that a device keeps."""
        self._ledger.sequence += 1
        return self._ledger.sequence

    def snapshot(self) -> list[AlarmSnapshot]:
        """Return the rows of the list: every alarm that is not normal, hidden ones with who hides them."""
        return self._ledger.list.rows()

    def counts(self) -> AlarmCounts:
        """Return the counters that the banner always shows (ALM-13)."""
        return self._ledger.list.counts(self._ledger.activations)

    def _status_of(self, alarm: Alarm) -> int:
        return alarm.status if alarm.tag is None else self._conditions.status(alarm.index)

    # After a restart

    def restore(self, events: Sequence[AlarmEvent], last_sequence: int) -> None:
        """Take up the alarms where the journal left them; call it once, before the first batch.

        ``events`` and ``last_sequence`` are those of :meth:`alarms.journal.Journal.open_occurrences` (empty
        and 0 for a new journal). An alarm that is no longer defined is dropped; suppression by design is
        judged anew from the tag source.
        """
        self._ledger.sequence = last_sequence
        dropped = set()
        for event in events:
            alarm = self._by_id.get(event.alarm_id)
            if alarm is None:
                dropped.add(event.alarm_id)
            else:
                self._ledger.note(alarm, event)
        if dropped:
            names = ", ".join(sorted(dropped))
            _log.info("%d open alarms of the journal are no longer defined: %s", len(dropped), names)
        now_ns = self._clock.now_ns()
        origin = Origin(now_ns, now_ns, comment="station started")
        running = list(self._running())
        for alarm in running:
            self._take_up(alarm, origin)
        self._hiding.restore(running, origin)
        for alarm in running:
            if not alarm.rules.is_ack_awaited:
                self._ledger.fire(alarm, Trigger.AUTO_ACKNOWLEDGE, origin)
        self._ledger.publish()

    def _running(self) -> Iterator[Alarm]:
        """Yield the alarms, without those that are only levels of another."""
        return (alarm for alarm in self._alarms if self._levels.base(alarm.index) == alarm.index)

    def _take_up(self, alarm: Alarm, origin: Origin) -> None:
        definition = alarm.definition
        if alarm.variables.enabled != definition.enabled:
            self._ledger.fire(alarm, Trigger.ENABLE if definition.enabled else Trigger.DISABLE, origin)
        if definition.type not in NOT_FROM_TAGS:
            for index in self._levels.restore(alarm.index, alarm.variables.active, alarm.level.alarm_id):
                self._conditions.restore(index, True)
        elif alarm.variables.active and definition.type is AlarmType.COMMUNICATION:
            self._hiding.mask.lose(definition.tag)
        elif alarm.variables.active and self._instruments is not None:
            self._instruments.recall(definition.tag)


def _tag_of(definition: AlarmDefinition, tags: TagTable) -> Tag | None:
    return None if definition.type in NOT_FROM_TAGS else tags.by_path(definition.tag)


def _refused(name: str, alarm: Alarm, text: str) -> AlarmRefusal:
    return AlarmRefusal(name, f"{alarm.definition.alarm_id}: {text}")
