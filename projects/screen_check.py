"""What screens and faceplates refer to: tags, expressions, other screens, types and pictures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from projects.containers import EMBEDDED, PLACEHOLDER, REASON, REPEATER, Placed, place
from projects.drawings import DrawingError, read_drawing
from projects.model import ElementModel, Library, PropertyValue, Screen
from projects.problems import Names, Problems
from projects.screens import ScreenFile, property_values
from projects.tag_facts import TagFacts
from tags.model import TagTable


@dataclass(frozen=True, slots=True)
class ScreenChecker:
    """Check what screens refer to; one that is unknown is told with its file, line and what is near."""

    facts: TagFacts
    tags: TagTable
    library: Library
    types: Collection[str]
    screens: Mapping[str, ScreenFile]
    names: Names
    """Every screen's name, also of those whose file is faulty."""
    faceplates: Names
    problems: Problems

    def check(self, one: ScreenFile) -> None:
        """Check every property of every element, those in containers as they are for the first instance."""
        for placed in place(one.screen, self.library, self.tags, is_sample=True):
            self._check_element(one, placed)

    def _check_element(self, one: ScreenFile, placed: Placed) -> None:
        element = placed.model
        line = one.lines.get(placed.own_id, 0)
        if element.type == PLACEHOLDER:
            text = str(element.properties.get(REASON, "")).rstrip(".")
            self.problems.fault(one.file, line, placed.own_id, text)
            return
        for path, key, value in property_values(element.properties):
            for text in (*self._faults(key, value), *self._own_faults(element, key, value)):
                self.problems.fault(one.file, line, f"{placed.own_id}.{path}", text)
        if element.type == REPEATER and not (element.properties.get("of") or element.properties.get("paths")):
            text = "expected of, a type of this project, or paths, a pattern such as Filling.*"
            self.problems.fault(one.file, line, placed.own_id, text)
        if element.type == EMBEDDED:
            self._warn_of_size(one, element, placed, line)

    def _faults(self, key: str, value: PropertyValue) -> list[str]:
        if not isinstance(value, str) or not value:
            return []
        if value.startswith("="):
            return self.facts.expression_faults(value[1:].strip())
        if (key == "tag" or key.endswith("_tag")) and value not in self.facts:
            return [self.facts.unknown(value)]
        if key == "screen" and value not in self.names:
            return [self.names.unknown(value)]
        if key == "faceplate" and value not in self.faceplates:
            return [self.faceplates.unknown(value)]
        return []

    def _own_faults(self, element: ElementModel, key: str, value: PropertyValue) -> list[str]:
        """Return what is wrong with properties that mean something in one kind of element only."""
        if not isinstance(value, str) or not value:
            return []
        if element.type == REPEATER and key == "of" and value not in self.types:
            return [Names("type", self.types).unknown(value)]
        if element.type in ("image", "drawing") and key == "file":
            data = self.library.pictures.get(value)
            if data is None:
                return [Names("picture", self.library.pictures).unknown(value)]
        return []

    def _warn_of_size(self, one: ScreenFile, element: ElementModel, placed: Placed, line: int) -> None:
        folder, _, name = str(element.properties.get("source", "")).partition("/")
        found: Screen | None = None
        if folder == "screens":
            found = self.library.screens.get(name)
        elif folder == "faceplates" and name in self.library.faceplates:
            found = self.library.faceplates[name].screen
        if found is not None and (found.width > element.w or found.height > element.h):
            text = (
                f"{folder}/{name} is {found.width} x {found.height} and is not scaled; "
                f"it does not fit into {element.w:g} x {element.h:g}"
            )
            self.problems.warn(one.file, line, placed.own_id, text)

    def check_parents(self) -> set[str]:
        """Check that the way up from every screen exists and ends; return those whose parent is at fault."""
        orphans: set[str] = set()
        for one in self.screens.values():
            seen = {one.screen.id}
            screen: Screen = one.screen
            if screen.parent and screen.parent not in self.names:
                self.problems.fault(one.file, 0, "parent", self.names.unknown(screen.parent))
                orphans.add(screen.id)
                continue
            while screen.parent in self.screens:
                screen = self.screens[screen.parent].screen
                if screen.id in seen:
                    if screen.id == one.screen.id:
                        self.problems.fault(
                            one.file, 0, "parent", f"the screen is its own parent ({screen.parent})"
                        )
                        orphans.add(screen.id)
                    break
                seen.add(screen.id)
        return orphans


def check_pictures(pictures: Mapping[str, bytes], problems: Problems) -> None:
    """Check that every picture is one, and say what of a drawing is not shown."""
    for path, data in pictures.items():
        if path.endswith(".svg"):
            fault, left_out = _drawing_facts(data)
            if fault:
                problems.fault(path, 0, "", fault)
            elif left_out:
                text = f"is shown without {', '.join(left_out)}: only plain shapes and texts are read"
                problems.warn(path, 0, "", text)
        elif not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
            problems.fault(path, 0, "", "is no PNG or JPEG picture")


@lru_cache(maxsize=64)
def _drawing_facts(data: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return "", read_drawing(data).left_out
    except DrawingError as error:
        return str(error), ()
