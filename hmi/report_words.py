"""Files for people in their language, made where there is no window: reports on alarms. Free of Qt."""

import re
from collections.abc import Callable
from typing import Final

from projects.sentences import Sentences
from resources.catalogue import SOURCE_LANGUAGE, read

_STATION: Final = "Station"
"""The context of the sentences that packages without Qt word."""
_NARROW_SPACE: Final = "\u202f"
"""The fonts of every PDF reader do not have it."""
_DECIMAL: Final = re.compile(r"(-?\d+)\.(\d+)( [^\d\s]+)?")
"""A number with its unit: what stands between a sentence's words, or alone in a cell."""


def speaker(language: str) -> Callable[[str], str]:
    """Return what puts a text of a report into a language; numbers get its decimal sign.

    Raises:
        CatalogueError: there is no such language.
    """
    catalogue = read(language)
    if language == SOURCE_LANGUAGE:
        return str
    sentences = Sentences(catalogue.of_context(_STATION), _number)

    def say(text: str) -> str:
        said = sentences.say(text).replace(_NARROW_SPACE, "\u00a0")
        return said if said != text else _number(text)

    return say


def _number(text: str) -> str:
    """Write a number as French and most of Europe do; everything else stays."""
    found = _DECIMAL.fullmatch(text)
    return text if found is None else f"{found[1]},{found[2]}{found[3] or ''}"
