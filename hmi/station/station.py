"""The station: composes tags, alarms and history of one project and keeps them running."""

import asyncio
import json
import logging
import secrets
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from alarms.device_alarms import DeviceAlarms
from alarms.inputs import inputs
from alarms.journal import JOURNAL_TABLES, Journal
from alarms.manager import AlarmManager
from alarms.model import AlarmEvent, AlarmRefusal, AlarmSnapshot
from alarms.settings import SettingChange
from historian.model import GapReason, LogEntry, Reader
from historian.retention import Retention
from historian.server import ForwardedTable
from historian.spool import SpoolLimits
from historian.store import open_history
from hmi.link import (
    AlarmOperation,
    Alarms,
    Connections,
    Message,
    Notice,
    TagFacts,
    WriteDone,
)
from hmi.station.alarm_requests import AlarmRequests
from hmi.station.backtests import Reviewed
from hmi.station.device_desk import DeviceDesk
from hmi.station.diagnostics import Diagnostics
from hmi.station.effectiveness import EffectivenessDesk
from hmi.station.faults import connection_faults, fault_notice
from hmi.station.operations import AlarmDesk
from hmi.station.sessions import Outbox, current
from hmi.station.trust_desk import TrustDesk
from projects.model import Project
from tags.acquisition import Acquisition
from tags.clock import Clock, SystemClock
from tags.conditions import ConditionRequest
from tags.connection import ConnectionState, ConnectionStatus
from tags.database import TagDatabase
from tags.drivers.base import ItemFacts
from tags.drivers.catalogue import drivers, preload
from tags.drivers.certificates import CertificateFacts, TrustDecision
from tags.expression import compile_expression
from tags.facts import described
from tags.model import Batch, LogMode, WriteRequest, WriteResult
from tags.roles import Actor, Role, write_refusal
from tags.status import StatusCode
from tags.writing import refused

log = logging.getLogger(__name__)

ALARM_TICK_S = 0.1
CONFIRM_S = 1.0
EFFECTIVENESS_TICK_S = 1.0
NOTICE_SEVERITY = 500
LOST_STATES = frozenset({ConnectionState.UNAVAILABLE, ConnectionState.FAILED})
_GAPS: Final = {
    **dict.fromkeys(LOST_STATES, GapReason.CONNECTION_LOST),
    ConnectionState.DISABLED: GapReason.DISABLED,
}
"""Why a connection's tags have no samples in a state (HIS-23)."""


class Station:
    """Run one project without a window. Everything runs on one event loop except disk and S7 threads.

    Sessions read :attr:`database` and are told what changed through their outboxes.
    """

    def __init__(
        self,
        project: Project,
        directory: Path,
        *,
        clock: Clock | None = None,
        name: str = "",
    ) -> None:
        self.project = project
        self.directory = directory
        self.backtest_slots = asyncio.Semaphore(1)
        self.name = name or project.name
        self.clock: Clock = clock or SystemClock()
        self.started_ns = self.clock.now_ns()
        self.database = TagDatabase(project.tags, self.clock)
        self.statuses: dict[str, ConnectionStatus] = {}
        self.facts: dict[int, ItemFacts] = {}
        """What devices say about tags of which the project leaves something open."""
        self._outboxes: list[Outbox] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._journal_failed = False
        self._is_stopping = False
        kept = project.station
        retention = Retention(
            kept.raw_days, (kept.five_minute_days, kept.hour_days, kept.day_days), kept.log_days
        )
        self._history = open_history(
            project.tags,
            directory,
            kept.history_url,
            self.clock,
            retention=retention,
            spool=SpoolLimits(kept.spool_mb * 1_000_000, kept.spool_days),
            forwarded=[ForwardedTable(table, key, Journal.create_tables) for table, key in JOURNAL_TABLES],
        )
        self._writer = self._history.writer()
        self.journal = Journal(self._writer.submit, self._history.engine)
        self.alarms = AlarmManager(
            project.alarms,
            project.tags,
            tuple(project.connections),
            self.clock,
            self._alarm_events,
            self.database,
            watches_instruments=True,
        )
        desk = AlarmDesk(self.alarms, self.clock, self._alarm_entry, self._settings_changed)
        self.device_alarms = DeviceAlarms(
            [name for name, config in project.connections.items() if config.options.get("alarms") is True],
            self.clock,
            self._alarm_events,
            self._device_notice,
            self._ask_device,
            self.alarms.take_sequence,
            lambda: secrets.token_hex(16),
            lambda tag_id: project.tags[tag_id].path,
        )
        theirs = DeviceDesk(self.device_alarms, self._alarm_entry)
        self._requests = AlarmRequests(desk, theirs, self.device_alarms)
        self.acquisition = Acquisition(
            project.tags,
            project.connections,
            self.database,
            self.clock,
            self._batch,
            self._connection,
            on_late=self._writer.samples,
            keep_all=_watched(project),
            connection_faults=connection_faults(project),
            conditions=self.device_alarms.sink,
            on_facts=self._take_facts,
        )
        self._effectiveness = EffectivenessDesk(project, self.started_ns, self.acquisition.publish)
        self.trust = TrustDesk(self.clock, self._trust_entry, self._trust_decided)
        self.diagnostics = Diagnostics(project, self.database, self.acquisition.connections)

    async def start(self) -> None:
        """Restore the alarms from the journal and start the connections.

        Raises:
            HistoryUnavailableError: the history cannot be opened.
        """
        self._writer.submit(self.journal.create_tables).result(timeout=30)
        occurrences = await asyncio.to_thread(self.journal.open_occurrences)
        self.alarms.adopt_settings(await asyncio.to_thread(self.journal.setting_changes))
        theirs = [event for event in occurrences.events if self.device_alarms.owns(event.alarm_id)]
        own = [event for event in occurrences.events if not self.device_alarms.owns(event.alarm_id)]
        self.alarms.restore(own, occurrences.last_sequence)
        self.device_alarms.restore(theirs)
        self._forget_losses()
        self._entry("station", self.name, "Station started")
        await asyncio.to_thread(self._preload_drivers)
        await asyncio.to_thread(self._recall_effectiveness)
        self.acquisition.start()
        self._spawn(self._tick_alarms())
        self._spawn(self._tick_effectiveness())
        self._spawn(self._confirm_samples())

    async def stop(self) -> None:
        """Stop the connections, commit everything and close the history."""
        self._is_stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.acquisition.stop()
        self._entry("station", self.name, "Station stopped")
        await asyncio.to_thread(self._history.close)

    def reader(self) -> Reader:
        """Return a reader of the history for one query thread; the caller closes it."""
        return self._history.reader()

    def attach(self, outbox: Outbox) -> None:
        """Let a session get everything from now on, starting with all alarms and connections."""
        outbox.post(Connections(list(self.statuses.values())))
        rows = [*self.alarms.snapshot(), *self.device_alarms.snapshot()]
        outbox.post(self._alarms_now([], rows, [], complete=True))
        notice = fault_notice(self.project.faults)
        if notice:
            outbox.post(Notice(NOTICE_SEVERITY, notice))
        self._outboxes.append(outbox)

    def detach(self, outbox: Outbox) -> None:
        """Forget a session."""
        self._outboxes.remove(outbox)

    def role_of(self, user: str) -> Role:
        """Return the role that the project gives to a user."""
        return self.project.roles.of(user)

    async def write(self, request: WriteRequest, actor: Actor) -> WriteResult:
        """Carry out a write if the actor's role may, log it with its outcome and tell every session.

        Who asks is what the session says, whatever the request does.
        """
        request = replace(request, user=actor.user, workstation=actor.workstation)
        tag = self.project.tags.find(request.path)
        text = "" if tag is None else write_refusal(actor.role, tag)
        if tag is not None and text:
            status = int(StatusCode.BadUserAccessDenied)
            result = refused(request, status, text, self.database.value(tag.id), self.clock.now_ns())
        else:
            result = await self.acquisition.write(request)
        self._writer.write_result(result)
        self._broadcast(WriteDone(result))
        return result

    async def acknowledge(self, event_ids: list[str], actor: Actor, comment: str) -> list[str]:
        """Acknowledge what was seen (ALM-07); return one sentence for each refusal."""
        return await self._requests.acknowledge(event_ids, actor, comment)

    async def operate(
        self, request: AlarmOperation, actor: Actor, reviewed: Reviewed | None = None
    ) -> list[AlarmRefusal]:
        """Carry out what a client asks of the alarms; return what was refused."""
        return await self._requests.carry_out(request, actor, reviewed)

    async def _ask_device(self, connection: str, request: ConditionRequest) -> tuple[str, int]:
        return await self.acquisition.connections[connection].operate_condition(request)

    def _forget_losses(self) -> None:
        """Return the alarms of connections that are switched off now: nothing of them can be lost."""
        now_ns = self.clock.now_ns()
        for config in self.project.connections.values():
            if not config.enabled:
                text = "switched off in the project"
                self.alarms.connection_changed(config.name, False, now_ns, text, is_off=True)

    def _preload_drivers(self) -> None:
        """Import what the connections need before polling starts: an import holds up everything else."""
        catalogue = drivers()
        for config in self.project.connections.values():
            if config.enabled and not config.fault and config.driver in catalogue:
                preload(catalogue[config.driver])

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tick_alarms(self) -> None:
        while True:
            await asyncio.sleep(ALARM_TICK_S)
            self.alarms.tick(self.clock.now_ns())

    def _recall_effectiveness(self) -> None:
        reader = self.reader()
        try:
            self._effectiveness.recall(reader)
        finally:
            reader.close()

    async def _tick_effectiveness(self) -> None:
        while True:
            await asyncio.sleep(EFFECTIVENESS_TICK_S)
            self._effectiveness.tick(self.clock.now_ns())

    async def _confirm_samples(self) -> None:
        """Store again what has not changed for long, so that history says that it still held.

        What history has to say to the operators, such as a disk that fills up, is passed on as well.
        """
        while True:
            await asyncio.sleep(CONFIRM_S)
            for notice in self._history.notices():
                self._broadcast(Notice(NOTICE_SEVERITY, notice))
            now_ns = self.clock.now_ns()
            due = self._writer.due(now_ns)
            if len(due):
                held = current(self.database, due, now_ns)
                self._writer.samples(replace(held, source_ns=np.full(len(due), now_ns)))

    def _batch(self, batch: Batch) -> None:
        self.alarms.process(batch)
        self._effectiveness.take(batch)
        self._writer.samples(batch)
        for outbox in self._outboxes:
            outbox.values_changed()

    def _report_loss(self, appended: "Future[None]") -> None:
        """Tell once that the journal cannot be written; called in the writer's thread."""
        error = appended.exception()
        if error is not None and not self._journal_failed:
            self._journal_failed = True
            log.error("alarm events cannot be written to the journal: %s", error)

    def _alarm_events(self, events: list[AlarmEvent], rows: list[AlarmSnapshot], removed: list[str]) -> None:
        if events:
            self.journal.append(events).add_done_callback(self._report_loss)
        self._broadcast(self._alarms_now(events, rows, removed, complete=False))

    def _alarms_now(
        self, events: list[AlarmEvent], rows: list[AlarmSnapshot], removed: list[str], *, complete: bool
    ) -> Alarms:
        counts = self.alarms.counts() + self.device_alarms.counts()
        return Alarms(events, rows, removed, complete, counts, self.alarms.sequence)

    def _device_notice(self, connection: str, text: str) -> None:
        """Tell once what a device cannot do for its alarms."""
        sentence = f"{connection}: {text}."
        self._entry("connection", connection, sentence)
        self._broadcast(Notice(NOTICE_SEVERITY, sentence))

    def _alarm_entry(self, alarm_id: str, text: str) -> None:
        self._entry("alarm", alarm_id, text)

    def _take_facts(self, facts: Mapping[int, ItemFacts]) -> None:
        """Tell every window what a device says, once unless it says something else later."""
        tags = self.project.tags
        used = {tag_id: one for tag_id, one in facts.items() if described(tags[tag_id], one) != tags[tag_id]}
        if any(self.facts.get(tag_id) != one for tag_id, one in used.items()):
            self.facts.update(used)
            self._broadcast(TagFacts(dict(self.facts)))

    def _trust_entry(self, thumbprint: str, text: str) -> None:
        self._entry("trust", thumbprint, text)

    def _trust_decided(self, decision: TrustDecision, facts: CertificateFacts) -> None:
        """Let the connections that wait try again; end the sessions with what is trusted no more."""
        for name, connection in self.acquisition.connections.items():
            url = self.project.connections[name].options.get("url")
            if decision is not TrustDecision.ACCEPT and url in facts.seen:
                connection.reconnect("the device's certificate is no longer trusted")
            connection.retry_now()

    def _settings_changed(self, changes: list[SettingChange]) -> None:
        self.journal.append_changes(changes).add_done_callback(self._report_loss)

    def _connection(self, status: ConnectionStatus) -> None:
        before = self.statuses.get(status.name)
        self.statuses[status.name] = status
        self._broadcast(Connections([status]))
        if before is not None and before.state == status.state:
            return
        now_ns = self.clock.now_ns()
        # Stopping and a first attempt tell nothing: the alarm of a loss stands until the device answers.
        if status.state is not ConnectionState.CONNECTING and not self._is_stopping:
            self.alarms.connection_changed(
                status.name,
                status.state in LOST_STATES,
                now_ns,
                status.text,
                is_off=status.state is ConnectionState.DISABLED,
            )
            if status.state in LOST_STATES:
                self.device_alarms.connection_lost(status.name)
        self._entry("connection", status.name, f"{status.state.value}: {status.text}")
        gap = _GAPS.get(status.state)
        was_gap = before is not None and before.state in _GAPS
        if gap is not None and not was_gap and not self._is_stopping:
            self._entry("gap", status.name, f"No samples from here on: {status.text}", {"reason": gap.value})

    def _entry(self, kind: str, subject: str, text: str, detail: Mapping[str, str] | None = None) -> None:
        now_ns = self.clock.now_ns()
        told = "" if detail is None else json.dumps(detail)
        self._writer.entry(LogEntry(kind, now_ns, now_ns, subject, text, told))

    def _broadcast(self, message: Message) -> None:
        for outbox in self._outboxes:
            outbox.post(message)


def _watched(project: Project) -> frozenset[int]:
    """Return the tags of which every change counts, not only the newest: the logged and the alarmed ones.

    Of a calculated one every change of its inputs counts.
    """
    alarmed = inputs(project.alarms)
    waiting = [tag for tag in project.tags if tag.path in alarmed]
    while waiting:
        expression = waiting.pop().expression
        for path in compile_expression(expression).paths if expression is not None else ():
            tag = project.tags.find(path)
            if tag is not None and path not in alarmed:
                alarmed.add(path)
                waiting.append(tag)
    return frozenset(tag.id for tag in project.tags if tag.log.mode is not LogMode.OFF or tag.path in alarmed)
