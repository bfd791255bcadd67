"""What a station sends, in the window's words: its sentences and the project's own texts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec
from PySide6.QtCore import QCoreApplication

from alarms.messages import subject
from alarms.model import AlarmEvent, AlarmSnapshot
from historian.happening import ALARM_KIND, CONNECTION_KIND, Happening
from hmi.desktop.connector import LinkCause, LinkChange, LinkState
from hmi.link import (
    Alarms,
    AlarmsDone,
    EventHistory,
    Probed,
    QueryFailed,
    Timeline,
    Why,
)
from projects.model import Project
from projects.texts import translated
from tags.connection import ConnectionState, ConnectionStatus
from tags.model import Tag, TagTable, WriteResult
from views.language import LANGUAGE
from views.local_text import value_text
from views.words import localised

_DECIMAL = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])")
_STATES = frozenset(state.value for state in ConnectionState)
_Any = TypeVar("_Any")
_Row = TypeVar("_Row", AlarmEvent, AlarmSnapshot)


class Wording:
    """Translate messages as they come in, so that every view shows them in one language. GUI thread only.

    In the language of the sources, and for a project without texts of that language, everything stays the
    very object that came.
    """

    def __init__(self) -> None:
        self._sentences = LANGUAGE.sentences
        self._language = LANGUAGE.name
        self._subjects: dict[str, tuple[str, str]] = {}
        self._tags = TagTable(())

    def project(self, project: Project) -> Project:
        """Return the project in the window's language, and word its alarms from now on."""
        shown = translated(project, self._language)
        self._tags = shown.tags
        self._subjects = {
            ours.alarm_id: (subject(theirs), self._subject(subject(theirs), subject(ours)))
            for theirs, ours in zip(project.alarms, shown.alarms, strict=True)
        }
        return shown

    def _subject(self, original: str, shown: str) -> str:
        return self._sentences.say(original) if original == shown else shown

    def text(self, text: str) -> str:
        """Return one sentence of the station."""
        return self._sentences.say(text)

    def result(self, result: WriteResult) -> WriteResult:
        """Return a write's outcome with its sentence translated."""
        return replace(result, text=self._sentences.say(result.text))

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
                    events=[self._alarm(event) for event in message.events],
                    rows=[self._alarm(row) for row in message.rows],
                )
            case EventHistory():
                return msgspec.structs.replace(
                    message, events=[self._alarm(event) for event in message.events]
                )
            case Timeline():
                return msgspec.structs.replace(
                    message, events=[self._happening(event) for event in message.events]
                )
            case AlarmsDone():
                refusals = [replace(one, text=say(one.text)) for one in message.refusals]
                return msgspec.structs.replace(message, refusals=refusals)
            case Why():
                chains = [
                    [
                        replace(step, text=say(step.text), value=say(step.value), advice=say(step.advice))
                        for step in chain
                    ]
                    for chain in message.chains
                ]
                return msgspec.structs.replace(message, chains=chains)
            case Probed():
                steps = [replace(one, title=say(one.title), text=say(one.text)) for one in message.steps]
                return msgspec.structs.replace(message, steps=steps)
            case QueryFailed():
                return msgspec.structs.replace(message, text=say(message.text))
        return message

    def _alarm(self, row: _Row) -> _Row:
        text = self._alarm_text(row.alarm_id, row.message)
        return row if text == row.message else replace(row, message=text)

    def _happening(self, event: Happening) -> Happening:
        text = event.text
        first, colon, rest = text.partition(": ")
        if event.kind == ALARM_KIND and colon:
            text = f"{first}: {self._alarm_text(first, rest)}"
        elif event.kind == CONNECTION_KIND and first in _STATES:
            pattern = QCoreApplication.translate("EventLog", "{state}: {text}")
            text = pattern.format(state=self._sentences.say(first), text=self._sentences.say(rest))
        else:
            text = self._sentences.say(text)
        tag = self._tags.find(event.subject)
        change = " → ".join(_value(part, tag) for part in event.change.split(" → "))
        return (
            event
            if (text, change) == (event.text, event.change)
            else replace(event, text=text, change=change)
        )

    def _facts(self, text: str) -> str:
        """Return the facts of a message: a sentence, or values with their units."""
        said = self._sentences.say(text)
        return said if said != text else _DECIMAL.sub(lambda found: localised(found.group()), text)

    def _alarm_text(self, alarm_id: str, text: str) -> str:
        """Return an alarm's message: its subject from the project, the facts behind it from the station."""
        theirs, ours = self._subjects.get(alarm_id, ("", ""))
        if not theirs or not text.startswith(theirs):
            return self._sentences.say(text)
        rest = text[len(theirs) :]
        if rest.startswith(" (") and rest.endswith(")"):
            return f"{ours} ({self._facts(rest[2:-1])})"
        return f"{ours}{rest}"


def _value(text: str, tag: Tag | None) -> str:
    """Return a value that the station wrote down, as the tag's screens show it."""
    if text in ("True", "False"):
        return value_text(text == "True", tag)
    if tag is not None and tag.states and re.fullmatch(r"-?\d+", text):
        return value_text(int(text), tag)
    return _DECIMAL.sub(lambda found: localised(found.group()), text)


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

    def alarms(self) -> Alarms:
        """Return the whole list as a station sends it at first."""
        return Alarms([], list(self._rows.values()), [], complete=True)


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
