"""The words of a project in other languages, as ``texts.csv`` gives them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from projects.sentences import Sentences, places

ITEM: Final = "#"
"""Stands between a file and what is meant in it: an element's id, a tag's path or an alarm's id."""
ANY: Final = "*."
"""Begins an item that is meant wherever its path ends so: a member of a type in all instances."""


def places_of(place: str, endings: Iterable[str]) -> Iterator[str]:
    """Return the places of which one may have a row for a place, the narrowest first.

    ``endings`` are those of items that begin with :data:`ANY`, the star left out.
    """
    file, sign, item = place.partition(ITEM)
    yield place
    if sign:
        yield from (f"{file}{ITEM}*{ending}" for ending in endings if item.endswith(ending))
        yield file
    yield ""


def endings_of(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return by text the endings of the items that rows ``(place, text)`` mean wherever they end so."""
    found: dict[str, list[str]] = {}
    for place, text in rows:
        item = place.partition(ITEM)[2]
        if item.startswith(ANY):
            found.setdefault(text, []).append(item.removeprefix("*"))
    for endings in found.values():
        endings.sort(key=len, reverse=True)
    return found


class Words:
    """Know one language's texts: first those for one place, then those for all, then patterns.

    What it does not know is looked up in ``fallback``: the texts of the library.
    """

    def __init__(
        self,
        rows: Iterable[tuple[str, str, str]],
        fallback: "Words | None" = None,
        language: str = "fr",
    ) -> None:
        """Take ``(place, text, translation)``; a place is a file, or ``FILE#ITEM``, or empty: everywhere."""
        self._rows = tuple(rows)
        self._fallback = fallback
        self._language = language
        self._exact: dict[tuple[str, str], str] = {}
        patterns: list[tuple[str, str]] = []
        by_place: dict[str, list[tuple[str, str]]] = {}
        for place, text, target in self._rows:
            self._exact[place, text] = target
            if places(text):
                patterns.append((text, target))
                by_place.setdefault(place, []).append((text, target))
        self._endings = endings_of((place, text) for place, text, _ in self._rows)
        self._patterns = Sentences(patterns, self._fact, language=language)
        self._patterns_at = {
            place: Sentences(found, self._fact, language=language) for place, found in by_place.items()
        }

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
        for one in places_of(place, self._endings.get(text, ())):
            found = self._exact.get((one, text))
            if found:
                return found
        if not text:
            return ""
        said = self._patterns.say(text)
        if said == text:
            return self._fallback.find(place, text) if self._fallback is not None else ""
        return said

    def of_place(self, place: str, text: str) -> str:
        """Return what a row for exactly this text says, of this place or of all, or a pattern of this place.

        Empty when there is none. A text that comes from elsewhere is never taken for a pattern of the
        project's own.
        """
        found = self._exact.get((place, text)) or self._exact.get(("", text))
        if found:
            return found
        patterns = self._patterns_at.get(place)
        said = patterns.say(text) if patterns is not None and text else text
        if said != text:
            return said
        return self._fallback.of_place(place, text) if self._fallback is not None else ""

    def before(self, fallback: "Words") -> "Words":
        """Return these words with others to look in where they know nothing."""
        return Words(self._rows, fallback, self._language)


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold ``texts.csv``: the words of each language, and the row of every text for messages."""

    words: Mapping[str, Words] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    missing: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Rows that leave a language empty."""
    is_complete: bool = True
    """Whether all rows of the file were read: else nobody can tell what it lacks."""

    def before(self, others: "Texts") -> "Texts":
        """Return these texts with those of ``others`` where they have none, in every language of both."""
        words = {
            language: self.words[language].before(found) if language in self.words else found
            for language, found in others.words.items()
        }
        return replace(self, words={**self.words, **words})
