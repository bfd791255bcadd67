"""The flat alarm list's rows: they follow each message row by row, and the views are told what moved."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, TypeVar

from alarms.model import AlarmSnapshot
from views.alarm_fold import Key

MOST_MOVES: Final = 64
"""More rows than this that change place in one message are told of together, instead of one by one."""


class Views:
    """Tell nobody what happens to the rows of a list; others tell the views of a model.

    Each method does the work; whoever is told learns of it before and after.
    """

    def insert(self, first: int, count: int, work: Callable[[], object]) -> None:  # noqa: ARG002
        """Say that rows come."""
        work()

    def remove(self, first: int, count: int, work: Callable[[], object]) -> None:  # noqa: ARG002
        """Say that rows go."""
        work()

    def move(self, first: int, count: int, target: int, work: Callable[[], object]) -> None:  # noqa: ARG002
        """Say that rows move; ``target`` is their first row afterwards."""
        work()

    def relay(self, work: Callable[[], object]) -> None:
        """Say that all rows may have moved."""
        work()

    def tell_changed(self, rows: Collection[int]) -> None:
        """Say that rows show something else."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """Say what a message does to the rows of a list, by their keys.

    ``moving`` are key and row before and after; a row that stays where it is has the same key twice.
    """

    leaving: Sequence[tuple[Key, AlarmSnapshot]]
    entering: Sequence[tuple[Key, AlarmSnapshot]]
    moving: Sequence[tuple[Key, AlarmSnapshot, Key, AlarmSnapshot]]


class FlatLines:
    """Hold the rows in the order of their keys."""

    def __init__(self, views: Views, keys: list[Key], rows: list[AlarmSnapshot]) -> None:
        self._views = views
        self.keys = keys
        self.rows = rows

    def apply(self, change: ListChange) -> None:
        """Follow a message."""
        leaving, entering = [key for key, _ in change.leaving], list(change.entering)
        moving = [(old_key, key, row) for old_key, _, key, row in change.moving if old_key != key]
        same = []
        for old_key, _, key, row in change.moving:
            if old_key == key:
                same.append(bisect_left(self.keys, key))
                self.rows[same[-1]] = row
        self._views.tell_changed(same)
        if len(moving) > MOST_MOVES:
            self._views.relay(lambda: self._move_all(moving))
        else:
            for old_key, key, row in moving:
                self._move(old_key, key, row)
        self._take_out(leaving)
        self._put_in(entering)

    def _take_out(self, leaving: Iterable[Key]) -> None:
        for first, last in reversed(runs(sorted(bisect_left(self.keys, key) for key in leaving))):
            self._splice(first, last + 1, ())

    def _put_in(self, entering: list[tuple[Key, AlarmSnapshot]]) -> None:
        entering.sort(key=_first)
        for at, block in blocks(self.keys, entering):
            self._splice(at, at, block)

    def _splice(self, first: int, end: int, entering: Sequence[tuple[Key, AlarmSnapshot]]) -> None:
        def work() -> None:
            self.keys[first:end] = [key for key, _ in entering]
            self.rows[first:end] = [row for _, row in entering]

        if entering:
            self._views.insert(first, len(entering), work)
        else:
            self._views.remove(first, end - first, work)

    def _move_all(self, moving: Sequence[tuple[Key, Key, AlarmSnapshot]]) -> None:
        gone = sorted(bisect_left(self.keys, old_key) for old_key, _, _ in moving)
        coming = sorted(((key, row) for _, key, row in moving), key=_first)
        keys, rows = _without(self.keys, gone), _without(self.rows, gone)
        places = [bisect_left(keys, key) for key, _ in coming]
        self.keys[:] = _with(keys, places, [key for key, _ in coming])
        self.rows[:] = _with(rows, places, [row for _, row in coming])

    def _move(self, old_key: Key, key: Key, row: AlarmSnapshot) -> None:
        source, target = bisect_left(self.keys, old_key), bisect_left(self.keys, key)
        target -= target > source

        def work() -> None:
            del self.keys[source], self.rows[source]
            self.keys.insert(target, key)
            self.rows.insert(target, row)

        if source == target:
            work()
        else:
            self._views.move(source, 1, target, work)
        self._views.tell_changed([target])


_Item = TypeVar("_Item")


def _without(items: list[_Item], places: Iterable[int]) -> list[_Item]:
    """Return what is left without these sorted places."""
    found: list[_Item] = []
    start = 0
    for place in places:
        found += items[start:place]
        start = place + 1
    return found + items[start:]


def _with(items: list[_Item], places: Iterable[int], coming: Iterable[_Item]) -> list[_Item]:
    """Return the items with others, each before what was at its place; the places are sorted."""
    found: list[_Item] = []
    start = 0
    for place, item in zip(places, coming, strict=True):
        found += items[start:place]
        found.append(item)
        start = place
    return found + items[start:]


def runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last of each run of neighbours in sorted row numbers."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def blocks(
    keys: Sequence[Key], entering: Sequence[tuple[Key, AlarmSnapshot]]
) -> Iterator[tuple[int, Sequence[tuple[Key, AlarmSnapshot]]]]:
    """Yield what fits before the same neighbour, and where it is to go in now; ``keys`` grow meanwhile.

    ``entering`` is sorted.
    """
    start = 0
    while start < len(entering):
        at = bisect_left(keys, entering[start][0])
        end = len(entering) if at == len(keys) else bisect_left(entering, keys[at], start + 1, key=_first)
        yield at, entering[start:end]
        start = end


_first = itemgetter(0)
