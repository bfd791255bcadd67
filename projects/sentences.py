"""Translate sentences that were worded elsewhere: by their pattern, their facts carried over.

A station words what it tells in the language of its sources, with the facts already in it. A pattern such as
``{} is outside the allowed range: {}`` finds those facts again, so that the sentence can be said anew.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from resources.catalogue import plural_form

PLACE: Final = re.compile(r"\{[^{}|]*\}")
"""A placeholder of a pattern: ``{}`` or a named one."""
_CHOICE: Final = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")
"""The words of a translation that agree with the number before them: ``{} {day|days}``."""
_FILLED: Final = re.compile(f"{PLACE.pattern}|{_CHOICE.pattern}")
_COUNT: Final = re.compile(r"[-−]?\d[\d,]*(\.\d+)?")
DEPTH: Final = 4
"""How many sentences may stand inside one another."""
KEPT: Final = 2_048
_LEAST_FIXED: Final = 6
"""Letters that a pattern needs outside its placeholders to be sure of itself. With fewer, such as
``{} to {}``, its facts must be numbers, or it would take any sentence for its own."""
_NUMERIC: Final = re.compile(r"[-−+]?(\d|∞).*|[^\w\s]*", re.DOTALL)
_ENDS: Final = (re.compile(r"(?<=[.;]) "), re.compile(r"(?<=:) "))
"""Where sentences end that stand one behind the other; a colon is mostly within one."""
_NEXT_SENTENCE: Final = re.compile(r"[.!?] [A-ZÀ-Þ]")
"""Where a new sentence begins: no fact reaches beyond it."""


def places(text: str) -> list[str]:
    """Return the placeholders of a pattern in their order."""
    return PLACE.findall(text)


class _Pattern:
    """Hold one source pattern with placeholders and its translation."""

    def __init__(self, source: str, target: str, least_fixed: int, language: str) -> None:
        self._language = language
        self._names = places(source)
        self._fixed = PLACE.split(source)
        self.weight = sum(len(part) for part in self._fixed)
        self._is_loose = sum(letter.isalpha() for letter in "".join(self._fixed)) < least_fixed
        self._expression: re.Pattern[str] | None = None
        self._target = target

    def match(self, text: str) -> list[str] | None:
        """Return the facts of a text, None when it is another sentence."""
        if not (text.startswith(self._fixed[0]) and text.endswith(self._fixed[-1])):
            return None
        if any(part not in text for part in self._fixed):
            return None
        if self._expression is None:
            # Late, for most sentences never come: compiling all of them costs 0.1 s.
            self._expression = re.compile("(.+?)".join(map(re.escape, self._fixed)), re.DOTALL)
        found = self._expression.fullmatch(text)
        if found is None:
            return None
        facts = list(found.groups())
        if any(_NEXT_SENTENCE.search(fact) for fact in facts):
            return None
        return facts if not self._is_loose or all(map(_NUMERIC.fullmatch, facts)) else None

    def say(self, facts: list[str], said: list[str]) -> str:
        """Fill the translation: numbered or named placeholders by name, plain ones in their order.

        ``facts`` are as they came, ``said`` as they are written; the forms of words go by the former.
        """
        by_name: dict[str, list[int]] = {}
        for row, name in enumerate(self._names):
            by_name.setdefault(name, []).append(row)
        numbered = {f"{{{row}}}": row for row in range(len(facts))}
        form = 1

        def fill(found: re.Match[str]) -> str:
            nonlocal form
            if found[0].count("|"):
                return str(found[1 + form])
            left = by_name.get(found[0])
            row = (left.pop(0) if len(left) > 1 else left[0]) if left else numbered.get(found[0])
            if row is None:
                return str(found[0])
            count = _COUNT.match(facts[row])
            if count is not None:
                number = float(count[0].replace(",", "").replace("−", "-"))
                form = plural_form(self._language, abs(number))
            return said[row]

        return _FILLED.sub(fill, self._target)


def _before(sign: str) -> str:
    """Return the space that a translation wants before a sign: it was stripped with the others."""
    return "\u202f" if sign == ";" else ""


class Sentences:
    """Know the sentences of one language; what it does not know it returns as it is.

    ``fact`` is asked for every fact that is no sentence itself, for example to write numbers in the
    reader's way; words that agree with a number take the form that it has in ``language``. ``is_closed``:
    every text that will come is one of these sentences, so that a pattern need not be sure of itself.
    """

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]],
        fact: Callable[[str], str] = lambda text: text,
        *,
        is_closed: bool = False,
        language: str = "fr",
    ) -> None:
        self._fact = fact
        least = 0 if is_closed else _LEAST_FIXED
        self._whole: dict[str, str] = {}
        self._patterns: list[_Pattern] = []
        for source, target in ((one.strip(), other.strip()) for one, other in pairs):
            if source[:1] in (";", ","):
                # What is added to a sentence that is there already.
                self._patterns.append(
                    _Pattern(f"{{}}{source}", f"{{}}{_before(target[0])}{target}", least, language)
                )
            elif places(source):
                self._patterns.append(_Pattern(source, target, least, language))
            else:
                self._whole[source] = target
        # The pattern that says most fits best: "{} is {} of {}" must not take what "{} is {}" was meant for.
        self._patterns.sort(key=lambda one: -one.weight)
        self.say = lru_cache(KEPT)(self._say_first)

    def _say_first(self, text: str) -> str:
        return self._say(text, DEPTH, self._fact) or text

    def say_with(self, text: str, fact: Callable[[str], str]) -> str:
        """Return the translation with words of ``fact`` for the facts in it; kept nowhere."""
        return self._say(text, DEPTH, fact) or text

    def _say(self, text: str, depth: int, fact: Callable[[str], str]) -> str:
        """Return the translation, empty when no pattern fits."""
        bare = text.strip()
        if not bare or depth == 0:
            return ""
        # The same sentence may have got a full stop or a capital where it was put into words.
        for core, end in ((bare, ""), (bare.removesuffix("."), ".")):
            for start in (core, core[:1].lower() + core[1:]):
                found = self._known(start, depth, fact)
                if found:
                    first = found[:1].upper() if start != core else found[:1]
                    return f"{first}{found[1:]}{end}"
            if not bare.endswith("."):
                break
        return self._several(bare, depth, fact)

    def _known(self, text: str, depth: int, fact: Callable[[str], str]) -> str:
        whole = self._whole.get(text)
        if whole is not None:
            return whole
        for pattern in self._patterns:
            facts = pattern.match(text)
            if facts is not None:
                return pattern.say(facts, [self._say(one, depth - 1, fact) or fact(one) for one in facts])
        return ""

    def _several(self, text: str, depth: int, fact: Callable[[str], str]) -> str:
        """Translate sentences that stand one behind the other, each for itself."""
        for end in _ENDS:
            parts = end.split(text)
            said = [self._say(part, depth - 1, fact) for part in parts] if len(parts) > 1 else []
            if any(said):
                return " ".join(new or old for new, old in zip(said, parts, strict=True))
        return ""
