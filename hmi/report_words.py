"""Files for people in their language, made where there is no window: reports and tables. Free of Qt."""

import re
from collections.abc import Callable
from typing import Final

from alarms import words as alarm_words
from historian import words as history_words
from projects.event_words import EventWords
from projects.sentences import Sentences
from resources.catalogue import SOURCE_LANGUAGE, Catalogue, read
from tags.model import Tag, Value

_STATION: Final = "Station"
"""The context of the sentences that packages without Qt word."""
_NARROW_SPACE: Final = "\u202f"
"""The fonts of every PDF reader do not have it."""
_SPACE: Final = "\u00a0"
_DECIMAL: Final = re.compile(r"(-?\d+)\.(\d+)( [^\d\s]+)?")
"""A number with its unit: what stands between a sentence's words, or alone in a cell."""
_COUNT: Final = re.compile(r"\d{1,3}(,\d{3})+")
"""A count with its thousands apart; bare digits may be an alarm's name."""
_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?)?")
_GROUP: Final = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


def speaker(language: str, *contexts: str) -> Callable[[str], str]:
    """Return what puts a text of a report into a language; numbers and dates get its form.

    ``contexts`` are others whose translations it knows as well, after those of reports.

    Raises:
        CatalogueError: there is no such language.
    """
    catalogue = read(language)
    if language == SOURCE_LANGUAGE:
        return str
    pairs = dict(
        pair
        for context in (*contexts, _STATION, history_words.CONTEXT, alarm_words.CONTEXT)
        for pair in catalogue.of_context(context)
    )
    sentences = Sentences(pairs.items(), _fact)

    def say(text: str) -> str:
        said = sentences.say(text).replace(_NARROW_SPACE, _SPACE)
        return said if said != text else _fact(text)

    return say


def event_words(language: str) -> EventWords:
    """Return what words a project's alarms and events in a language, as its window does.

    Raises:
        CatalogueError: there is no such language.
    """
    catalogue = read(language)
    is_source = language == SOURCE_LANGUAGE
    sentences = Sentences(() if is_source else catalogue.of_context(_STATION), _fact)
    return EventWords(
        sentences,
        str if is_source else lambda number: number.replace(".", ","),
        lambda value, tag: _value_text(value, tag, catalogue),
        catalogue.find("EventLog", "{state}: {text}") or "{state}: {text}",
    )


def _value_text(value: Value, tag: Tag | None, catalogue: Catalogue) -> str:
    if tag is not None and isinstance(value, int) and int(value) in tag.states:
        return tag.states[int(value)]
    word = "On" if value else "Off"
    return catalogue.find("LocalText", word) or word


def _fact(text: str) -> str:
    """Write a number or a date as French and most of Europe do; everything else stays."""
    if _COUNT.fullmatch(text):
        return text.replace(",", _SPACE)
    found = _DECIMAL.fullmatch(text)
    if found is not None:
        return f"{_GROUP.sub(_SPACE, found[1])},{found[2]}{found[3] or ''}"
    date = _DATE.fullmatch(text)
    if date is None:
        return text
    year, month, day, clock, rest = date.groups()
    return f"{day}/{month}/{year}{f' {clock}' if clock else ''}{f',{rest}' if rest else ''}"
