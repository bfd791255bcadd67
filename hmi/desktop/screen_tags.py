"""Which tags each screen of a project shows, and which screen to open for a tag."""

from collections.abc import Callable
from typing import Final

from hmi.desktop.navigation import in_order
from projects.containers import placing
from projects.model import Project, Screen
from views.elements.catalogue import create
from views.slices import Slices, finished

_SLICE: Final = 64
"""Elements that are looked at in a slice, in about a millisecond."""
_PER_TURN: Final = 3
"""Slices between two frames."""


class ScreenTags:
    """Read the screens of a project bit by bit, so that opening a large one does not hold up the window.

    ``on_read(screen, tag_ids)`` is told what each screen shows when it opens.
    """

    def __init__(self, project: Project, on_read: Callable[[Screen, list[int]], object]) -> None:
        self._project = project
        self._on_read = on_read
        self._left = {screen.id: screen for screen in in_order(project.screens)}
        self._screen_of: dict[int, Screen] = {}
        self._work: Slices[None] | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether all screens were read."""
        return not self._left

    def screen_of(self, tag_id: int) -> Screen | None:
        """Return the screen to open for a tag: of those read that show it, the most detailed one."""
        return self._screen_of.get(tag_id)

    def read(self, screen_id: str) -> None:
        """Read a screen now, if it was not read before."""
        if screen_id in self._left:
            self._work = None
            finished(self._reading(self._left[screen_id]))

    def go_on(self) -> bool:
        """Read a bit more; tell whether all screens are read now."""
        for _ in range(_PER_TURN):
            if self._work is None:
                if not self._left:
                    break
                self._work = self._reading(next(iter(self._left.values())))
            try:
                next(self._work)
            except StopIteration:
                self._work = None
        return not self._left

    def _reading(self, screen: Screen) -> Slices[None]:
        first, whole = yield from reading_tags(screen, self._project)
        del self._left[screen.id]
        for tag_id in whole:
            known = self._screen_of.get(tag_id)
            if known is None or screen.level > known.level:
                self._screen_of[tag_id] = screen
        self._on_read(screen, first)


def reading_tags(screen: Screen, project: Project) -> Slices[tuple[list[int], list[int]]]:
    """Find the tags that a screen shows when it opens, and those of all its pages; each once, sorted."""
    found: tuple[set[int], set[int]] = (set(), set())
    library = project.library
    opened = yield from placing(screen, library, project.tags, {})
    yield
    opening = {one.model.id for one in opened}
    everything = yield from placing(screen, library, project.tags)
    for number, one in enumerate(everything):
        for binding in create(one.model, project.tags, library).properties.bindings.values():
            found[1].update(binding.tag_ids)
            if one.model.id in opening:
                found[0].update(binding.tag_ids)
        if number % _SLICE == _SLICE - 1:
            yield
    return sorted(found[0]), sorted(found[1])


def tags_of(screen: Screen, project: Project) -> tuple[list[int], list[int]]:
    """Do all of :func:`reading_tags` at once."""
    return finished(reading_tags(screen, project))
