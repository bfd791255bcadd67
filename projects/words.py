"""The words of a project in other languages, as ``texts.csv`` gives them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from projects.sentences import Sentences, places


class Words:
    """Know one language's texts: first those for one place, then those for all, then patterns."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Take ``(place, text, translation)``; an empty place is everywhere."""
        self._exact: dict[tuple[str, str], str] = {}
        patterns: list[tuple[str, str]] = []
        for place, text, target in rows:
            self._exact[place, text] = target
            if places(text):
                patterns.append((text, target))
        self._patterns = Sentences(patterns, self._fact)

    def _fact(self, text: str) -> str:
        return self._exact.get(("", text), text)

    def find(self, place: str, text: str) -> str:
        """Return the translation, empty when there is none."""
        found = self._exact.get((place, text)) or self._exact.get(("", text), "")
        if found or not text:
            return found
        said = self._patterns.say(text)
        return "" if said == text else said

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Return (text, translation) of what holds everywhere."""
        for (place, text), target in self._exact.items():
            if not place:
                yield text, target


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold ``texts.csv``: the words of each language, and the row of every text for messages."""

    words: Mapping[str, Words] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    missing: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Rows that leave a language empty."""
