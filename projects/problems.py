"""Collecting what is wrong with a project, all of it at once, with the near misses named."""

from collections.abc import Iterable

from projects.model import Problem
from tags.spelling import Spellings

_MAX_SEARCHES = 40
"""A wrong prefix may spoil every row of a table, and nobody reads more hints than these."""
_MAX_LISTED = 12


class Problems:
    """Gather faults and warnings while a project is read.

    ``is_tolerant`` says that the project is run with what is sound in it, not refused for one fault.
    """

    def __init__(self, *, is_tolerant: bool = False) -> None:
        self.is_tolerant = is_tolerant
        self._found: list[Problem] = []
        self._repeated: dict[Problem, tuple[Problem, int]] = {}

    def fault(self, file: str, row: int, column: str, text: str) -> None:
        """Note what makes the project unusable."""
        self._found.append(Problem(file, row, column, text))

    def warn(self, file: str, row: int, column: str, text: str) -> None:
        """Note what is allowed and probably not meant."""
        self._found.append(Problem(file, row, column, text, is_warning=True))

    def entailed(self, file: str, row: int, column: str, text: str) -> None:
        """Note what cannot run for a fault that is noted elsewhere: of interest only where the rest runs."""
        if self.is_tolerant:
            self.fault(file, row, column, text)

    def extend(self, found: Iterable[Problem]) -> None:
        """Note problems that were gathered apart."""
        self._found.extend(found)

    def inherited(self, source: Problem, instance: Problem) -> None:
        """Note a problem that comes from ``source``, a row of a type: once, with the count of instances."""
        first, count = self._repeated.get(source, (instance, 0))
        self._repeated[source] = (first, count + 1)

    @property
    def has_faults(self) -> bool:
        """Tell whether the project is unusable."""
        return any(not problem.is_warning for problem in (*self._found, *self._repeated))

    def sorted(self) -> list[Problem]:
        """Return all problems by file, row and column, faults before warnings of the same place."""
        found = list(self._found)
        for source, (first, count) in self._repeated.items():
            more = f", and {count - 1} more like it" if count > 1 else ""
            origin = f" (from {source.file} row {source.row}{more})"
            found.append(Problem(first.file, first.row, first.column, first.text + origin, first.is_warning))
        return sorted(found, key=lambda one: (one.file, one.row, one.is_warning, one.column, one.text))


class Names:
    """Know the names of one kind that a project declares, and find what a wrong one was meant to be.

    Searching is bounded: a project in which every row is misspelt by a wrong prefix is still read at once.
    """

    def __init__(self, kind: str, names: Iterable[str]) -> None:
        self._kind = kind
        self._names = tuple(names)
        self._known = frozenset(self._names)
        self._spellings: Spellings | None = None
        self._searches = _MAX_SEARCHES

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def unknown(self, name: str) -> str:
        """Return one sentence for a name that is not known, with near misses or what there is."""
        return f"unknown {self._kind} {shown(name)}{self.hint(name)}"

    def hint(self, name: str) -> str:
        """Return what to add to a sentence about an unknown name; begins with a semicolon, may be empty."""
        if not self._names:
            return f"; the project has no {self._kind}"
        if self._searches > 0:
            self._searches -= 1
            if self._spellings is None:
                self._spellings = Spellings(self._names)
            near = self._spellings.near(name)
            if near:
                return "; did you mean " + " or ".join(near) + "?"
        if len(self._names) <= _MAX_LISTED:
            return "; expected " + listed(self._names)
        return ""


def listed(names: Iterable[str]) -> str:
    """Return names as a list for people: ``a, b or c``."""
    items = list(names)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " or " + items[-1]


def shown(text: str) -> str:
    """Return a user's text quoted and short enough for a message."""
    return repr(text if len(text) <= 80 else text[:77] + "...")
