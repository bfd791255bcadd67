"""Containers of a screen laid out: groups, tabs, repeaters and embedded screens become one flat list.

Done once when a screen opens, so that everything in containers is painted from columns as the rest is, and
what is on a page that is not shown does not exist.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from projects.derivation import is_kind_of
from projects.faceplates import FaceplateError, arguments_of, filled, filled_elements
from projects.model import ElementModel, Library, PropertyValue, Screen
from projects.problems import Names
from projects.stand_ins import PLACEHOLDER, REASON, TEXT_SCALE, stand_in
from tags.model import TagTable

GROUP: Final = "group"
TAB: Final = "tab"
PAGE: Final = "page"
REPEATER: Final = "repeater"
EMBEDDED: Final = "embedded"
FOUND: Final = "found"
SHOWN: Final = "shown"
"""Properties that a laid out repeater has besides: how many instances there are, and how many have a cell."""

MOST_ELEMENTS: Final = 10_000
"""Elements that a screen shows, those in containers included; 2,000 open in 0.1 s, so these in 0.5 s."""
MOST_NESTED: Final = 8
"""Embedded screens within each other."""
_READABLE_PX: Final = 1280.0
"""Width up to which a screen is shown in about its own size."""
_SLICE: Final = 256
"""Elements that are laid out at once."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Hold one element where it is painted.

    ``model`` has its place on the screen and an id that no other element has: ``repeater/2/level``.
    ``inside`` is the position of the container around it among all placed ones, -1 for none. ``pages`` are
    the tabs that must show a page for it to be seen, by the tab's id, outermost first; pages count from 0.
    """

    model: ElementModel
    inside: int
    pages: tuple[tuple[str, int], ...] = ()

    @property
    def own_id(self) -> str:
        """Return the id that the element has in its file."""
        return self.model.id.rpartition("/")[2]


def place(
    screen: Screen,
    library: Library,
    tags: TagTable,
    open_pages: Mapping[str, int] | None = None,
    *,
    is_sample: bool = False,
) -> list[Placed]:
    """Return all elements of a screen in painting order, containers before what they hold.

    Of each tab only the page in ``open_pages`` (by the tab's placed id) is there, else the one it names; with
    None every page is. A ``is_sample`` lays out one instance per repeater and opens no embedded screen: what
    a check of the file needs. What cannot be laid out becomes a placeholder that says why; never raises.
    """
    placer = _Placer(library, tags, open_pages, is_sample)
    for _ in placer.placing_screen(screen):
        pass
    return placer.found


def placing(
    screen: Screen, library: Library, tags: TagTable, open_pages: Mapping[str, int] | None = None
) -> Generator[None, None, list[Placed]]:
    """Do the same as :func:`place` in slices of about a millisecond; return the elements at the end."""
    placer = _Placer(library, tags, open_pages, is_sample=False)
    done = 0
    for _ in placer.placing_screen(screen):
        if len(placer.found) - done >= _SLICE:
            done = len(placer.found)
            yield
    return placer.found


@dataclass(frozen=True, slots=True)
class _Frame:
    """Say where elements are placed: origin, container around, id prefix, pages, and the files on the way."""

    source: str
    x: float = 0.0
    y: float = 0.0
    inside: int = -1
    prefix: str = ""
    pages: tuple[tuple[str, int], ...] = ()
    way: tuple[str, ...] = ()


class _Placer:
    def __init__(
        self, library: Library, tags: TagTable, open_pages: Mapping[str, int] | None, is_sample: bool
    ) -> None:
        self.found: list[Placed] = []
        self.is_cut = False
        self._library = library
        self._tags = tags
        self._open_pages = open_pages
        self._is_sample = is_sample

    def placing_screen(self, screen: Screen) -> Iterator[None]:
        """Lay a screen out; yields after each container and before each element that is in none."""
        for model in screen.elements:
            yield
            yield from self._placing_one(model, _Frame(source=f"screens/{screen.id}"))
        if self.is_cut:
            text = f"This screen has more than {MOST_ELEMENTS} elements; the first ones are shown. Divide it."
            # A screen that is larger than a monitor is shown smaller, and this has to be read all the same.
            scale = max(1.0, screen.width / _READABLE_PX)
            width = min(720.0 * scale, max(1.0, screen.width - 16.0 * scale))
            box = (8.0 * scale, 8.0 * scale, width, 40.0 * scale)
            said = ElementModel("/rest", PLACEHOLDER, *box, {REASON: text, TEXT_SCALE: scale})
            self.found.append(Placed(said, -1))

    def _placing(self, models: Iterable[ElementModel], frame: _Frame) -> Iterator[None]:
        for model in models:
            yield from self._placing_one(model, frame)

    def _placing_one(self, model: ElementModel, frame: _Frame) -> Iterator[None]:
        if len(self.found) >= MOST_ELEMENTS and not self._is_sample:
            self.is_cut = True
            return
        kind = model.type
        moved = model
        if frame.prefix or frame.x or frame.y:
            moved = replace(model, id=f"{frame.prefix}{model.id}", x=model.x + frame.x, y=model.y + frame.y)
        if kind == PAGE:
            said = stand_in(moved, "A page stands in a tab only.")
            self.found.append(Placed(said, frame.inside, frame.pages))
        elif kind in (GROUP, TAB, REPEATER, EMBEDDED):
            yield from self._placing_container(moved, frame)
            yield
        else:
            self.found.append(Placed(moved, frame.inside, frame.pages))

    def _placing_container(self, model: ElementModel, frame: _Frame) -> Iterator[None]:
        position = len(self.found)
        # A tab paints the titles of its pages; no other container needs to know what it holds.
        kept = tuple(replace(page, children=()) for page in model.children) if model.type == TAB else ()
        self.found.append(Placed(replace(model, children=kept), frame.inside, frame.pages))
        if model.properties.get("visible") is False:
            return
        inner = replace(frame, x=model.x, y=model.y, inside=position)
        if model.type == GROUP:
            yield from self._placing(model.children, inner)
        elif model.type == TAB:
            yield from self._placing_pages(model, inner)
        elif model.type == REPEATER:
            yield from self._placing_cells(model, inner)
        else:
            yield from self._placing_embedded(model, inner)

    def _placing_pages(self, tab: ElementModel, frame: _Frame) -> Iterator[None]:
        if not tab.children and not self._is_sample:
            self._replace(frame.inside, "This tab has no pages yet.")
        shown = None if self._open_pages is None else self._open_pages.get(tab.id, first_page(tab))
        for number, page in enumerate(tab.children):
            if shown not in (None, number):
                continue
            moved = replace(page, id=f"{frame.prefix}{page.id}", x=page.x + frame.x, y=page.y + frame.y)
            pages = (*frame.pages, (tab.id, number))
            position = len(self.found)
            if page.type not in (PAGE, PLACEHOLDER):
                moved = stand_in(moved, f"A tab holds pages only, and {page.id!r} is a {page.type}.")
            self.found.append(Placed(replace(moved, children=()), frame.inside, pages))
            if page.type == PAGE and page.properties.get("visible") is not False:
                inner = replace(frame, x=moved.x, y=moved.y, inside=position, pages=pages)
                yield from self._placing(page.children, inner)

    def _placing_cells(self, repeater: ElementModel, frame: _Frame) -> Iterator[None]:
        if not repeater.children and not self._is_sample:
            self._replace(frame.inside, "This repeater holds no elements yet that could be repeated.")
            return
        paths = self._instances(repeater)
        grid = cells_of(repeater)
        if paths is None or grid is None:
            return
        if self._is_sample:
            paths = paths[:1]
        name = repeater.properties.get("parameter") or "item"
        shown = min(len(paths), grid.columns * grid.rows)
        own = {**repeater.properties, FOUND: len(paths), SHOWN: shown}
        self.found[frame.inside] = replace(
            self.found[frame.inside], model=replace(self.found[frame.inside].model, properties=own)
        )
        for number, path in enumerate(paths[:shown]):
            arguments = {
                f"{name}": path,
                f"{name}_name": path.rpartition(".")[2],
                f"{name}_number": str(number + 1),
            }
            inner = replace(
                frame,
                x=frame.x + number % grid.columns * grid.step_x,
                y=frame.y + number // grid.columns * grid.step_y,
                prefix=f"{repeater.id}/{number + 1}/",
            )
            cell = filled_elements(repeater.children, arguments, self._exists, self._describe)
            yield from self._placing(cell, inner)
            yield

    def _replace(self, position: int, reason: str) -> None:
        """Let a placeholder stand for a container that was placed."""
        own = self.found[position]
        self.found[position] = replace(own, model=stand_in(own.model, reason))

    def _instances(self, repeater: ElementModel) -> tuple[str, ...] | None:
        """Return the paths that a repeater stands for; None when its own properties are at fault."""
        kind, pattern = repeater.properties.get("of") or "", repeater.properties.get("paths") or ""
        if not isinstance(kind, str) or not isinstance(pattern, str) or not (kind or pattern):
            return None
        matches = _matcher(pattern)
        if kind:
            extends = self._library.extends
            found = [path for path, of in self._library.instances.items() if is_kind_of(of, kind, extends)]
            return tuple(path for path in found if not pattern or matches.fullmatch(path))
        starts = _starting(pattern)
        parts = (match[1] for tag in self._tags if (match := starts.match(tag.path)) is not None)
        return tuple(dict.fromkeys(parts))

    def _exists(self, path: str) -> bool:
        return self._tags.find(path) is not None

    def _describe(self, path: str) -> str:
        tag = self._tags.find(path)
        own = self._library.descriptions.get(path)
        return own or (tag.description if tag is not None else "") or path

    def _placing_embedded(self, model: ElementModel, frame: _Frame) -> Iterator[None]:
        source, given = model.properties.get("source"), model.properties.get("parameters", "")
        if not isinstance(source, str) or not source or not isinstance(given, str):
            return
        way = (*frame.way, frame.source)
        try:
            elements = self._content(source, given, way)
        except FaceplateError as error:
            self._replace(frame.inside, str(error))
            return
        if not self._is_sample:
            inner = replace(frame, prefix=f"{model.id}/", source=source, way=way)
            yield from self._placing(elements, inner)

    def _content(self, source: str, given: str, way: tuple[str, ...]) -> tuple[ElementModel, ...]:
        """Return the elements of an embedded screen.

        Raises:
            FaceplateError: there is none, it embeds itself, or its parameters are wrong.
        """
        if source in way:
            chain = " → ".join((*way[way.index(source) :], source))
            raise FaceplateError(f"{source} embeds itself: {chain}.")
        if len(way) > MOST_NESTED:
            raise FaceplateError(f"More than {MOST_NESTED} screens are embedded in each other.")
        folder, _, name = source.partition("/")
        if folder == "faceplates" and name in self._library.faceplates:
            faceplate = self._library.faceplates[name]
            if self._is_sample and "{" in given:
                return ()
            library = self._library
            arguments = arguments_of(faceplate, given, library.instances, library.extends)
            return filled(faceplate.screen, arguments, self._exists, self._describe).elements
        if folder == "screens" and name in self._library.screens:
            if given:
                raise FaceplateError(f"{source} takes no parameters; a faceplate does.")
            return self._library.screens[name].elements
        known = Names(
            "screen or faceplate",
            [*(f"screens/{one}" for one in self._library.screens)]
            + [f"faceplates/{one}" for one in self._library.faceplates],
        )
        raise FaceplateError(f"{known.unknown(source)}.")


@dataclass(frozen=True, slots=True)
class Cells:
    """Hold a repeater's grid: how many cells across and down, and how far apart (screen pixels)."""

    columns: int
    rows: int
    step_x: float
    step_y: float


def cells_of(repeater: ElementModel) -> Cells | None:
    """Return the grid of a repeater; None when its properties are no numbers or it holds nothing."""
    numbers = [_number(repeater.properties.get(name), default) for name, default in _GRID]
    extent_w = max((one.x + one.w for one in repeater.children), default=0.0)
    extent_h = max((one.y + one.h for one in repeater.children), default=0.0)
    if any(number is None or number < 0 for number in numbers) or extent_w <= 0 or extent_h <= 0:
        return None
    columns, spacing, cell_w, cell_h = (number or 0.0 for number in numbers)
    step_x, step_y = (cell_w or extent_w) + spacing, (cell_h or extent_h) + spacing
    across = int(columns) or max(1, int((repeater.w + spacing) // step_x))
    return Cells(across, max(1, int((repeater.h + spacing) // step_y)), step_x, step_y)


_GRID: Final = (("columns", 0.0), ("spacing", 8.0), ("cell_w", 0.0), ("cell_h", 0.0))


def _number(given: PropertyValue, default: float) -> float | None:
    if given is None:
        return default
    return float(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else None


def first_page(tab: ElementModel) -> int:
    """Return the number, from 0, of the page that a tab shows when its screen opens."""
    wanted = _number(tab.properties.get("page"), 1.0) or 1.0
    return min(max(0, int(wanted) - 1), max(0, len(tab.children) - 1))


@lru_cache(maxsize=64)
def _matcher(pattern: str) -> re.Pattern[str]:
    """Return what matches whole paths: ``*`` stands for any characters within one part of a path."""
    return re.compile(re.escape(pattern).replace(r"\*", r"[^.]*"))


@lru_cache(maxsize=64)
def _starting(pattern: str) -> re.Pattern[str]:
    """Return what matches the beginning of a tag's path, in whole parts."""
    return re.compile(f"({_matcher(pattern).pattern})(?:\\.|$)")
