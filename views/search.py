"""Find screens, tags, alarms and commands by what an operator remembers of their names. No Qt."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rapidfuzz import fuzz, process

MOST: Final = 12
"""Results shown at once: as many as are read at a glance."""
_ENOUGH: Final = 4
"""With fewer exact results, names that only resemble what was typed are offered as well."""
_LEAST_ALIKE_PERCENT: Final = 60.0
_LONGEST_QUERY: Final = 100
_MOST_RANKED: Final = 500
"""Of more hits only the first are ranked: one letter finds half a project, and nobody reads that far."""


class FoundKind(IntEnum):
    """Name what can be found, in the order in which equally good results are offered."""

    SCREEN = 0
    COMMAND = 1
    ALARM = 2
    TAG = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """Describe one thing that can be found: ``key`` names it, ``title`` and ``detail`` are searched."""

    kind: FoundKind
    key: str
    title: str
    detail: str = ""


def folded(text: str) -> str:
    """Return a text without case and accents, so that ``etat`` finds ``État``."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _spoken(text: str) -> str:
    """Return a name as people type it: a path's parts are words."""
    return " ".join(folded(text).replace(".", " ").replace("_", " ").split())


class SearchIndex:
    """Hold the entries of a project, folded once; a search among 20,000 entries takes a few milliseconds."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: Sequence[Entry] = tuple(entries)
        self._titles = [_spoken(entry.title) for entry in self.entries]
        pairs = zip(self._titles, self.entries, strict=True)
        self._texts = [f"{title} {_spoken(entry.detail)}" for title, entry in pairs]

    def find(self, query: str, most: int = MOST) -> list[Entry]:
        """Return the best entries, the best first; an empty query finds the screens."""
        words = _spoken(query[:_LONGEST_QUERY]).split()
        if not words:
            return [entry for entry in self.entries if entry.kind is FoundKind.SCREEN][:most]
        hits = [row for row, text in enumerate(self._texts) if words[0] in text]
        for word in words[1:]:
            hits = [row for row in hits if word in self._texts[row]]
        hits = hits[:_MOST_RANKED]
        ranked = sorted(hits, key=lambda row: self._rank(row, words))
        if len(ranked) < _ENOUGH:
            ranked += self._alike(" ".join(words), set(ranked), most - len(ranked))
        return [self.entries[row] for row in ranked[:most]]

    def _rank(self, row: int, words: list[str]) -> tuple[int, int, int, str]:
        """Return what orders results: how well the title fits, the kind, the shorter title, the title."""
        title = self._titles[row]
        parts = title.split()
        if title == " ".join(words):
            fit = 0
        elif title.startswith(" ".join(words)):
            fit = 1
        elif all(any(part.startswith(word) for part in parts) for word in words):
            fit = 2
        elif all(word in title for word in words):
            fit = 3
        else:
            fit = 4
        return fit, int(self.entries[row].kind), len(title), title

    def _alike(self, query: str, known: set[int], most: int) -> list[int]:
        found = process.extract(
            query,
            self._titles,
            scorer=fuzz.token_set_ratio,
            score_cutoff=_LEAST_ALIKE_PERCENT,
            limit=most + len(known),
        )
        return [row for _, _, row in found if row not in known][:most]
