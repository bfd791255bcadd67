"""What screens and faceplates refer to: tags, expressions, other screens, types and pictures."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from projects.containers import EMBEDDED, REPEATER, Placed, place
from projects.derivation import is_kind_of
from projects.drawings import DrawingError, read_drawing
from projects.faceplates import FaceplateError, arguments_of, filled
from projects.model import ElementModel, Faceplate, Library, PropertyValue, Screen
from projects.problems import Names, Problems
from projects.screens import ScreenFile, property_values
from projects.stand_ins import PLACEHOLDER, REASON
from projects.tag_facts import TagFacts
from tags.model import TagTable


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell what is wrong with an element's property, its ``name`` given, as the element's kind sees it."""

    name: str
    text: str
    is_warning: bool = False


Inspect = Callable[[ElementModel, TagTable, Library], Iterable[Finding]]
"""Looks at an element as what draws it does; beyond this package, which knows no kinds of elements."""


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
    inspect: Inspect | None = None

    def check(self, one: ScreenFile) -> None:
        """Check every property of every element, those in containers as they are for the first instance."""
        for placed in place(one.screen, self.library, self.tags, is_sample=True):
            self._check_element(one, placed)

    def _check_element(self, one: ScreenFile, placed: Placed) -> None:
        element = placed.model
        line = one.lines.get(placed.own_id, 0)
        if element.as_read is not None:
            return  # told when it was read
        if element.type == PLACEHOLDER:
            text = str(element.properties.get(REASON, "")).rstrip(".")
            self.problems.fault(one.file, line, placed.own_id, text)
            return
        for path, key, value in property_values(element.properties):
            for text in (*self._faults(key, value), *self._own_faults(element, key, value)):
                self.problems.fault(one.file, line, f"{placed.own_id}.{path}", text)
        for found in () if self.inspect is None else self.inspect(element, self.tags, self.library):
            tell = self.problems.warn if found.is_warning else self.problems.fault
            tell(one.file, line, f"{placed.own_id}.{found.name}", found.text)
        if element.type == REPEATER and not (element.properties.get("of") or element.properties.get("paths")):
            text = "expected of, a type of this project, or paths, a pattern such as Filling.*"
            self.problems.fault(one.file, line, placed.own_id, text)
        if element.type == EMBEDDED:
            self._warn_of_size(one, element, placed, line)
        text = self._instance_fault(element)
        if text:
            self.problems.fault(one.file, line, f"{placed.own_id}.instance", text)

    def _instance_fault(self, element: ElementModel) -> str:
        """Return why an element's faceplate cannot be shown for its instance; empty when it can."""
        faceplate = self.library.faceplates.get(str(element.properties.get("faceplate", "")))
        given = element.properties.get("instance", "")
        if faceplate is None or not isinstance(given, str) or "{" in given or given.startswith("="):
            return ""
        try:
            arguments_of(faceplate, given, self.library.instances, self.library.extends)
        except FaceplateError as error:
            return str(error).rstrip(".")
        return ""

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


def check_faceplates(
    faceplates: Mapping[str, tuple[Faceplate, ScreenFile]],
    instances: Mapping[str, str],
    extends: Mapping[str, str],
    checker: ScreenChecker,
) -> None:
    """Check each faceplate as it is for the first instance of each type that it takes."""
    firsts: dict[str, str] = {}
    for path, kind in instances.items():
        firsts.setdefault(kind, path)
    for faceplate, file in faceplates.values():
        for sample in _samples(faceplate, firsts, extends):
            screen = filled(file.screen, sample, checker.facts.__contains__)
            checker.check(replace(file, screen=screen))


def _samples(
    faceplate: Faceplate, firsts: Mapping[str, str], extends: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Yield arguments to check a faceplate with: every type that fits where it takes one instance."""
    fitting = [
        [path for kind, path in firsts.items() if wanted and is_kind_of(kind, wanted, extends)]
        for wanted in faceplate.parameters.values()
    ]
    if not all(fitting):
        return
    if len(fitting) == 1:
        (name,) = faceplate.parameters
        yield from ({name: path} for path in fitting[0])
    else:
        yield {name: paths[0] for name, paths in zip(faceplate.parameters, fitting, strict=True)}


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
