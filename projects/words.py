"""The words of a project in other languages, as ``texts.csv`` gives them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from projects.sentences import Sentences, places

ITEM: Final = "#"
"""Stands between a file and what is meant in it: an element's id, a tag's path or an alarm's id."""


class Words:
    """Know one language's texts: first those for one place, then those for all, then patterns.

    What it does not know is looked up in ``fallback``: the texts of the library.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str]], fallback: "Words | None" = None) -> None:
        """Take ``(place, text, translation)``; a place is a file, or ``FILE#ITEM``, or empty: everywhere."""
        self._rows = tuple(rows)
        self._fallback = fallback
        self._exact: dict[tuple[str, str], str] = {}
        patterns: list[tuple[str, str]] = []
        for place, text, target in self._rows:
            self._exact[place, text] = target
            if places(text):
                patterns.append((text, target))
        self._patterns = Sentences(patterns, self._fact)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Words):
            return NotImplemented
        return (self._rows, self._fallback) == (other._rows, other._fallback)

    def __hash__(self) -> int:
        return hash((self._rows, self._fallback))

    def _fact(self, text: str) -> str:
        return self._exact.get(("", text), text)

    def find(self, place: str, text: str) -> str:
        """Return the translation, empty when there is none.

        ``place`` may name an item of a file, ``FILE#ITEM``: its own row comes before that of the file, and
        that of the file before that of all places.
        """
        file = place.partition(ITEM)[0]
        exact = self._exact
        found = exact.get((place, text)) or exact.get((file, text)) or exact.get(("", text), "")
        if found or not text:
            return found
        said = self._patterns.say(text)
        if said == text:
            return self._fallback.find(place, text) if self._fallback is not None else ""
        return said

    def before(self, fallback: "Words") -> "Words":
        """Return these words with others to look in where they know nothing."""
        return Words(self._rows, fallback)


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold ``texts.csv``: the words of each language, and the row of every text for messages."""

    words: Mapping[str, Words] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    missing: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Rows that leave a language empty."""

    def before(self, others: "Texts") -> "Texts":
        """Return these texts with those of ``others`` where they have none, in every language of both."""
        words = {
            language: self.words[language].before(found) if language in self.words else found
            for language, found in others.words.items()
        }
        return replace(self, words={**self.words, **words})
