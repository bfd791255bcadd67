"""Words for what happened in a plant: an event's kind and outcome, and its sentence as the project says it.

A station words events in the language of its sources. Windows and the command line say them anew.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from alarms import words as alarm_words
from alarms.device_record import parts_of
from alarms.instruments import with_diagnostics
from alarms.messages import subject
from alarms.model import AlarmEvent, AlarmSnapshot, Transition
from historian import words as history_words
from historian.happening import ALARM_KIND, CONNECTION_KIND, STATION_KIND, WRITE_KIND, Happening
from historian.model import GapReason
from projects.model import Project
from projects.sentences import Sentences
from projects.texts import SaidNames, said_names, translated
from tags.connection import ConnectionState
from tags.model import Tag, TagTable, Value, WriteOutcome

_DECIMAL: Final = re.compile(r"(?<![\d.])\d+\.\d+(?!\d|\.\d)")
_ALONE: Final = re.compile(r"(?<!\S)-?\d+(\.\d+)?(?!\S)")
"""A number between blanks, so that no unit such as 1/min is one."""
_BACK_TEST: Final = " [back-test "
_WHOLE: Final = re.compile(r"-?\d+")
_STATES: Final = frozenset(state.value for state in ConnectionState)
_Row = TypeVar("_Row", AlarmEvent, AlarmSnapshot)


def detail_word(event: Happening) -> tuple[str, str]:
    """Return how an event ended, as context and source of its translation.

    How a write ended, what an alarm did, why samples are missing, or two empty texts. What a newer station
    wrote down comes as it is, without a context.
    """
    try:
        if event.kind == ALARM_KIND:
            return alarm_words.CONTEXT, alarm_words.TRANSITION_WORDS[Transition(event.detail)]
        if event.kind == WRITE_KIND:
            return history_words.CONTEXT, history_words.OUTCOME_WORDS[WriteOutcome(event.detail)]
        if event.kind == "gap" and event.detail:
            reason = GapReason(json.loads(event.detail)["reason"])
            return history_words.CONTEXT, history_words.GAP_WORDS[reason]
    except (ValueError, KeyError, TypeError):
        return "", event.detail
    return "", ""


def reason_text(text: str, say: Callable[[str], str]) -> str:
    """Return why somebody changed a setting: as it was typed, and the back-test behind it in words."""
    typed, test, effect = text.partition(_BACK_TEST)
    return f"{typed} [{say(f'{test[2:]}{effect[:-1]}')}]" if test else text


class EventWords:
    """Say a project's alarms and events in another language.

    ``sentences`` are the station's, ``localise`` writes a number's decimal sign, ``value_text`` a value of a
    tag, ``after_state`` joins a connection's ``{state}`` and its ``{text}``. With ``is_short`` an alarm's
    value has the decimals of its tag; a written value always has all its digits. In the language of the
    sources, and for a project without texts of that language, everything stays the very object that came.
    """

    def __init__(
        self,
        sentences: Sentences,
        localise: Callable[[str], str],
        value_text: Callable[[Value, Tag | None], str],
        after_state: str,
        *,
        is_short: bool = False,
    ) -> None:
        self._is_short = is_short
        self._sentences = sentences
        self._say = sentences.say
        self._localise = localise
        self._value_text = value_text
        self._after_state = after_state
        self._subjects: dict[str, tuple[str, str]] = {}
        self._tags = self._theirs = TagTable(())
        self.names = SaidNames()

    def project(self, project: Project, language: str, shown: Project | None = None) -> Project:
        """Return the project in a language, and word its alarms from now on.

        ``shown`` is the project in that language where it was translated before.
        """
        shown = shown or translated(project, language)
        self.names = said_names(project, language)
        self._tags, self._theirs = shown.tags, project.tags
        both = (with_diagnostics(one.alarms, one.tags, one.connections) for one in (project, shown))
        self._subjects = {
            ours.alarm_id: (subject(theirs), self._subject(subject(theirs), subject(ours)))
            for theirs, ours in zip(*both, strict=True)
        }
        return shown

    def _subject(self, original: str, shown: str) -> str:
        return self._say(original) if original == shown else shown

    def alarm(self, row: _Row) -> _Row:
        """Return what is the same of an alarm's event and its row: message and value, in the language."""
        text = self.message(row.alarm_id, row.message)
        # A connection's value is the station's sentence about it.
        value = self._say(row.value) if isinstance(row.value, str) else row.value
        if (text, value) != (row.message, row.value):
            row = replace(row, message=text, value=value)
        return row

    def event(self, event: AlarmEvent) -> AlarmEvent:
        """Return an alarm's event in the language, with the comment that the station itself made."""
        shown = self.alarm(event)
        if event.user or not event.comment:
            return shown
        comment = self._say(event.comment)
        return shown if comment == event.comment else replace(shown, comment=comment)

    def happening(self, event: Happening) -> Happening:
        """Return an event with its sentence and its values in the language."""
        text = event.text
        first, colon, rest = text.partition(": ")
        if event.kind == ALARM_KIND and colon:
            text = self._after_state.format(state=first, text=self.message(first, rest))
        elif event.kind == CONNECTION_KIND and first in _STATES:
            text = self._after_state.format(state=self._say(first), text=self._say(rest))
        else:
            text = self.sentence(text, event.subject)
        tag = self._tags.find(event.subject)
        places = tag.decimals if tag is not None and self._is_short and event.kind == ALARM_KIND else None
        change = " → ".join(self._value(part, tag, places) for part in event.change.split(" → "))
        about = self.names.title(event.subject) if event.kind == STATION_KIND else event.subject
        if (text, change, about) == (event.text, event.change, event.subject):
            return event
        return replace(event, text=text, change=change, subject=about)

    def sentence(self, text: str, path: str) -> str:
        """Return a sentence about a tag: what it is called and its states in the project's words."""
        theirs, ours = self._theirs.find(path), self._tags.find(path)
        if theirs is None or ours is None:
            return self._say(text)
        if text and text == theirs.description:
            return ours.description
        words = dict(zip(theirs.states.values(), ours.states.values(), strict=True))
        return self._sentences.say_with(text, lambda fact: words.get(fact) or self._numbers(fact))

    def value(self, text: str, path: str) -> str:
        """Return a value that the station wrote with its unit, as the tag's screens show it."""
        theirs, ours = self._theirs.find(path), self._tags.find(path)
        if theirs is not None and ours is not None:
            for number, word in theirs.states.items():
                if text == word:
                    return ours.states[number]
        said = self._say(text)
        return said if said != text else self._value(text, None)

    def message(self, alarm_id: str, text: str) -> str:
        """Return an alarm's message: its subject in the project's words, the facts in the station's."""
        if parts_of(alarm_id) is not None:
            return self.names.device(text)
        theirs, ours = self._subjects.get(alarm_id, ("", ""))
        if not theirs or not text.startswith(theirs):
            return self._say(text)
        rest = text[len(theirs) :]
        if rest.startswith(" (") and rest.endswith(")"):
            return f"{ours} ({self._facts(rest[2:-1])})"
        return f"{ours}{rest}"

    def _facts(self, text: str) -> str:
        """Return the facts of a message: a sentence, or values with their units."""
        said = self._say(text)
        return said if said != text else self._numbers(text)

    def _value(self, text: str, tag: Tag | None, places: int | None = None) -> str:
        """Return a value that the station wrote down, as the tag's screens show it."""
        if text in ("True", "False"):
            return self._value_text(text == "True", tag)
        if tag is not None and tag.states and _WHOLE.fullmatch(text):
            return self._value_text(int(text), tag)
        return self._numbers(text, places)

    def _numbers(self, text: str, places: int | None = None) -> str:
        if places is not None:
            return _ALONE.sub(lambda found: self._localise(f"{float(found.group()):.{places}f}"), text)
        return _DECIMAL.sub(lambda found: self._localise(found.group()), text)
