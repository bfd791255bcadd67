"""What a station sends, in the window's words: its sentences and the project's own texts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec
from PySide6.QtCore import QCoreApplication

from alarms.model import AlarmSnapshot
from hmi.desktop.connector import LinkCause, LinkChange, LinkState
from hmi.diagnosis import WhyStep
from hmi.link import (
    Alarms,
    AlarmsDone,
    AlarmSettings,
    EventHistory,
    Probed,
    QueryFailed,
    Timeline,
    Traffic,
    Why,
)
from projects.event_words import EventWords, reason_text
from projects.model import Project
from tags.connection import ConnectionStatus
from tags.model import WriteResult
from views.language import LANGUAGE, frame_text
from views.local_text import value_text
from views.project_names import use_names
from views.words import grouped

_CONNECTED = "Connected: "
_ROWS = 100
"""Alarms that change at once, in a few milliseconds up to the painted list."""
_Any = TypeVar("_Any")


class Wording:
    """Translate messages as they come in, so that every view shows them in one language. GUI thread only.

    In the language of the sources, and for a project without texts of that language, everything stays the
    very object that came.
    """

    def __init__(self) -> None:
        self._sentences = LANGUAGE.sentences
        self._language = LANGUAGE.name
        self._events = EventWords(
            self._sentences,
            grouped,
            value_text,
            QCoreApplication.translate("EventLog", "{state}: {text}"),
            is_short=True,
        )

    def project(self, project: Project, shown: Project | None = None) -> Project:
        """Return the project in the window's language, and word its alarms from now on.

        ``shown`` is the project in that language where it was translated before.
        """
        shown = self._events.project(project, self._language, shown)
        use_names(self._events.names)
        return shown

    def text(self, text: str) -> str:
        """Return one sentence of the station."""
        return self._sentences.say(text)

    def result(self, result: WriteResult) -> WriteResult:
        """Return a write's outcome with its sentence translated."""
        return replace(result, text=self._events.sentence(result.text, result.request.path))

    def statuses(self, statuses: Sequence[ConnectionStatus]) -> list[ConnectionStatus]:
        """Return connections with their sentences translated."""
        say = self._sentences.say
        return [
            replace(one, text=say(one.text), device=say(one.device), plan=say(one.plan)) for one in statuses
        ]

    def message(self, message: _Any) -> _Any:
        """Return a message with its sentences translated."""
        say = self._sentences.say
        match message:
            case Alarms():
                return msgspec.structs.replace(
                    message,
                    events=[self._events.event(event) for event in message.events],
                    rows=[self._events.alarm(row) for row in message.rows],
                )
            case EventHistory():
                return msgspec.structs.replace(
                    message, events=[self._events.event(event) for event in message.events]
                )
            case Timeline():
                return msgspec.structs.replace(
                    message, events=[self._events.happening(event) for event in message.events]
                )
            case AlarmSettings():
                return msgspec.structs.replace(
                    message,
                    differences=[
                        replace(one, reason=reason_text(one.reason, say)) for one in message.differences
                    ],
                    changes=[replace(one, reason=reason_text(one.reason, say)) for one in message.changes],
                )
            case AlarmsDone():
                refusals = [replace(one, text=say(one.text)) for one in message.refusals]
                return msgspec.structs.replace(message, refusals=refusals)
            case Why():
                chains = [[self._step(step) for step in chain] for chain in message.chains]
                return msgspec.structs.replace(message, chains=chains)
            case Probed():
                steps = [
                    replace(one, title=say(one.title), text=self._probe_text(one.text))
                    for one in message.steps
                ]
                return msgspec.structs.replace(message, steps=steps)
            case Traffic():
                return msgspec.structs.replace(
                    message, frames=[replace(frame, text=frame_text(frame.text)) for frame in message.frames]
                )
            case QueryFailed():
                return msgspec.structs.replace(message, text=say(message.text))
        return message

    def _probe_text(self, text: str) -> str:
        """Return what a step of a test found: the device's own name stands behind a word of the station."""
        say = self._sentences.say
        _, head, device = text.partition(_CONNECTED)
        return say(f"{_CONNECTED}{{}}").format(say(device)) if head and text.startswith(head) else say(text)

    def _step(self, step: WhyStep) -> WhyStep:
        """Return a link of an explanation in the language; bytes stay."""
        say = self._sentences.say
        return replace(
            step,
            text=self._events.sentence(step.text, step.subject),
            value=self._events.value(step.value, step.subject),
            advice=say(step.advice),
            dump="\n".join(map(say, step.dump.split("\n"))),
        )


class Told:
    """Keep what a station has told, as it worded it, so that it can be said again in another language."""

    def __init__(self) -> None:
        self.link = LinkChange(LinkState.CONNECTING)
        self.project: Project | None = None
        self.statuses: dict[str, ConnectionStatus] = {}
        self._rows: dict[str, AlarmSnapshot] = {}

    def open(self, project: Project) -> None:
        """Begin with another project."""
        self.project = project
        self.statuses.clear()
        self._rows.clear()

    def take_alarms(self, message: Alarms) -> None:
        """Keep the rows of the list."""
        if message.complete:
            self._rows.clear()
        self._rows.update((row.alarm_id, row) for row in message.rows)
        for alarm_id in message.removed:
            self._rows.pop(alarm_id, None)

    def take_statuses(self, statuses: Sequence[ConnectionStatus]) -> None:
        """Keep the newest status of each connection."""
        self.statuses.update((status.name, status) for status in statuses)

    def alarms(self) -> list[Alarms]:
        """Return the list as a station sends it at first, in parts; it counts when the last is taken."""
        rows = list(self._rows.values())
        parts = alarm_parts(Alarms([], rows[_ROWS:], [], complete=False)) if len(rows) > _ROWS else []
        return [Alarms([], rows[:_ROWS], [], complete=True), *parts]


def alarm_parts(message: Alarms) -> list[Alarms]:
    """Return a message in parts, in its order, none of which holds a window up.

    A whole list stays whole: what comes in its second part must not seem to be gone before.
    """
    longest = max(len(message.rows), len(message.events), len(message.removed))
    if message.complete or longest <= _ROWS:
        return [message]
    return [
        msgspec.structs.replace(
            message,
            events=message.events[start : start + _ROWS],
            rows=message.rows[start : start + _ROWS],
            removed=message.removed[start : start + _ROWS],
        )
        for start in range(0, longest, _ROWS)
    ]


def link_text(change: LinkChange, say: Callable[[str], str]) -> str:
    """Return one sentence about the link for the operator; ``say`` words what the station gave as reason."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("StationClient", text)

    if change.state is LinkState.CONNECTED:
        return tr("Connected to the station.")
    if change.state is LinkState.CONNECTING:
        return tr("Connecting to the station…")
    sentences = {
        LinkCause.NOT_FOUND: tr("No station is running; trying again."),
        LinkCause.NO_ANSWER: tr("The station does not answer; trying again."),
        LinkCause.WENT_AWAY: tr("The connection to the station is lost; trying again."),
        LinkCause.REFUSED: tr("The station refuses this window: {detail}"),
        LinkCause.BAD_PROJECT: tr("The station's project cannot be read: {detail}"),
        LinkCause.BAD_MESSAGE: tr("The station speaks another language: {detail}"),
    }
    return sentences.get(change.cause, tr("Disconnected.")).format(detail=say(change.detail))
