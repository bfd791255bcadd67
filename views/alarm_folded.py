"""The folded alarm list's rows: they follow each message row by row, and the views are told what moved."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from alarms.model import AlarmSnapshot
from views.alarm_fold import Fold, Key, Line, Members
from views.alarm_lines import MOST_MOVES, ListChange, Views, blocks, runs

_Row = tuple[Key, AlarmSnapshot]
_Place = tuple[bool, Key, str]
"""What orders the folds: whether another one leads the flood, the key of the foremost row, the title."""


class FoldedLines:
    """Hold the folds in the order of their foremost rows, each followed by its rows while it is open.

    The fold with the alarm ``leader`` is on top. ``lines`` is what the list shows. A message costs the search
    for the places of what it changes, and the heads of the folds that it touches.
    """

    def __init__(
        self,
        views: Views,
        title_of: Callable[[AlarmSnapshot], str],
        opened: set[str],
        leader: str,
        rows: Iterable[_Row],
    ) -> None:
        """Fold ``rows``, which are in the order of the list; ``opened`` is kept up to date."""
        self._views = views
        self._title_of = title_of
        self._opened = opened
        self._leader = leader
        self._leading: str | None = None
        """The title of the fold with the leader, None while the list does not have it."""
        self._members: dict[str, Members] = {}
        self._places: dict[str, _Place] = {}
        self.lines: list[Line] = []
        self._have_heads_moved = True
        for title, own in self._by_title(rows).items():
            made = self._members[title] = Members()
            made.put(0, own)
            if any(row.alarm_id == leader for _, row in own):
                self._leading = title
        self._lay()

    def take_moved(self) -> bool:
        """Tell whether any head came or moved since the last call."""
        found, self._have_heads_moved = self._have_heads_moved, False
        return found

    def heads(self) -> list[int]:
        """Return the rows that head folds."""
        found, row = [], 0
        for _, _, title in sorted(self._places.values()):
            found.append(row)
            row += self._size(title)
        return found

    def head_of(self, title: str) -> int | None:
        """Return the row that heads a fold, None when nothing is in it."""
        return self._head(title) if title in self._places else None

    def find(self, key: Key, row: AlarmSnapshot) -> int | None:
        """Return which row of the list shows an alarm, None while its fold is closed."""
        title = self._title_of(row)
        if title not in self._opened:
            return None
        return self._head(title) + 1 + bisect_left(self._members[title].keys, key)

    def set_open(self, title: str, *, is_open: bool) -> None:
        """Show the rows of a fold below it, or not."""
        if is_open is (title in self._opened):
            return
        members = self._members.get(title)
        change = self._opened.add if is_open else self._opened.discard
        if members is None:
            change(title)
            return
        first, rows = self._head(title) + 1, list(members.rows)

        def work() -> None:
            self.lines[first : first + (0 if is_open else len(rows))] = rows if is_open else []
            change(title)

        (self._views.insert if is_open else self._views.remove)(first, len(rows), work)
        self._have_heads_moved = True
        self._renew({title})

    def set_leader(self, leader: str, row: AlarmSnapshot | None) -> None:
        """Let the fold of another alarm be on top; ``row`` is that alarm if the list has it."""
        before, self._leader = self._leading, leader
        self._leading = self._title_of(row) if row is not None else None
        self._renew({title for title in (before, self._leading) if title is not None})

    def apply(self, change: ListChange) -> None:
        """Follow a message."""
        leaving, entering = list(change.leaving), list(change.entering)
        staying: list[tuple[str, Key, Key, AlarmSnapshot]] = []
        for old_key, old, key, row in change.moving:
            title = self._title_of(row)
            if title == self._title_of(old):
                staying.append((title, old_key, key, row))
            else:
                leaving.append((old_key, old))
                entering.append((key, row))
        touched: set[str] = set()
        if sum(old_key != key for _, old_key, key, _ in staying) > MOST_MOVES:
            self._views.relay(lambda: self._change_all(staying))
        else:
            for title, old_key, key, row in staying:
                self._change_row(title, old_key, key, row)
                touched.add(title)
        self._renew(touched | self._take_out(leaving) | self._put_in(entering))

    # Rows within their folds

    def _change_all(self, rows: Iterable[tuple[str, Key, Key, AlarmSnapshot]]) -> None:
        for title, old_key, key, row in rows:
            self._members[title].change(old_key, key, row)
        self._lay()

    def _change_row(self, title: str, old_key: Key, key: Key, row: AlarmSnapshot) -> None:
        source, target = self._members[title].change(old_key, key, row)
        if title in self._opened:
            head = self._head(title) + 1
            if source != target:
                self._move_lines(head + source, 1, head + target)
            self.lines[head + target] = row
            self._views.tell_changed([head + target])

    def _take_out(self, leaving: Iterable[_Row]) -> set[str]:
        found = self._by_title(leaving)
        for title, own in found.items():
            members = self._members[title]
            if any(row.alarm_id == self._leader for _, row in own):
                self._leading = None
            places = sorted(bisect_left(members.keys, key) for key, _ in own)
            for first, last in reversed(runs(places)):
                members.take(first, last)
                if title in self._opened:
                    self._remove_lines(self._head(title) + 1 + first, last - first + 1)
        return set(found)

    def _put_in(self, entering: Iterable[_Row]) -> set[str]:
        found = self._by_title(entering)
        for title, own in found.items():
            own.sort(key=_first)
            if any(row.alarm_id == self._leader for _, row in own):
                self._leading = title
            members = self._members.get(title)
            if members is None:
                self._members[title] = made = Members()
                made.put(0, own)
                continue
            for at, block in blocks(members.keys, own):
                members.put(at, block)
                if title in self._opened:
                    self._insert_lines(self._head(title) + 1 + at, [row for _, row in block])
        return set(found)

    def _by_title(self, rows: Iterable[_Row]) -> dict[str, list[tuple[Key, AlarmSnapshot]]]:
        found: dict[str, list[_Row]] = {}
        for key, row in rows:
            found.setdefault(self._title_of(row), []).append((key, row))
        return found

    # Folds in the list

    def _lay(self) -> None:
        """Lay everything out anew from the members of the folds."""
        self._places = {title: self._place_of(title) for title in self._members}
        self.lines = []
        self._have_heads_moved = True
        for _, _, title in sorted(self._places.values()):
            self.lines.append(self._fold(title))
            if title in self._opened:
                self.lines += self._members[title].rows

    def _renew(self, titles: Iterable[str]) -> None:
        """Let these folds be headed by what is in them now, and stand where they belong."""
        left: list[str] = []
        for title in titles:
            if self._members[title].rows:
                left.append(title)
                continue
            self._remove_lines(self._head(title), 1)
            del self._places[title], self._members[title]
        for title in [title for title in left if title not in self._places]:
            place = self._place_of(title)
            rows = self._members[title].rows if title in self._opened else []
            at = bisect_left(self.lines, place, key=self._place_at)
            self._places[title] = place
            self._insert_lines(at, [self._fold(title), *rows])
            self._have_heads_moved = True
        moved = [title for title in left if self._place_of(title) != self._places[title]]
        if len(moved) > MOST_MOVES:
            self._views.relay(self._lay)
        else:
            for title in moved:
                self._move_fold(title)
        heads = [(self._head(title), title) for title in left]
        for row, title in heads:
            self.lines[row] = self._fold(title)
        self._views.tell_changed([row for row, _ in heads])

    def _move_fold(self, title: str) -> None:
        place, source, size = self._place_of(title), self._head(title), self._size(title)
        target = bisect_left(self.lines, place, key=self._place_at)
        target -= size if target > source else 0
        if target == source:
            self._places[title] = place
            return
        self._have_heads_moved = True
        self._move_lines(source, size, target, lambda: self._places.update({title: place}))

    def _fold(self, title: str) -> Fold:
        leads = title == self._leading
        return self._members[title].fold(title, is_open=title in self._opened, leads=leads)

    def _size(self, title: str) -> int:
        return 1 + (len(self._members[title].rows) if title in self._opened else 0)

    def _head(self, title: str) -> int:
        return bisect_left(self.lines, self._places[title], key=self._place_at)

    def _place_of(self, title: str) -> _Place:
        """Return where a fold belongs."""
        return title != self._leading, self._members[title].keys[0], title

    def _place_at(self, line: Line) -> _Place:
        """Return where the fold of a line stands."""
        return self._places[line.title if isinstance(line, Fold) else self._title_of(line)]

    # Lines

    def _insert_lines(self, first: int, lines: Sequence[Line]) -> None:
        def work() -> None:
            self.lines[first:first] = lines

        self._views.insert(first, len(lines), work)

    def _remove_lines(self, first: int, count: int) -> None:
        def work() -> None:
            del self.lines[first : first + count]

        self._views.remove(first, count, work)

    def _move_lines(
        self, first: int, count: int, target: int, more: Callable[[], object] | None = None
    ) -> None:
        def work() -> None:
            moved = self.lines[first : first + count]
            del self.lines[first : first + count]
            self.lines[target:target] = moved
            if more is not None:
                more()

        self._views.move(first, count, target, work)


_first = itemgetter(0)
