"""Faceplates: small screens about an instance of a type, read from ``faceplates/*.json``."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from projects.derivation import is_kind_of
from projects.model import ElementModel, Faceplate, PropertyValue, Screen
from projects.problems import Problems, listed
from projects.screens import ScreenFile, check_format, read_json, read_screen
from projects.tables import Table

PARAMETERS: Final = "parameters"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
NEEDS: Final = "needs"
"""Key of an element: the tags without which a faceplate does without it, separated by spaces."""
LACKS: Final = "lacks"
"""Key of an element: the tags of which none may exist, for what stands in for them."""
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,63})(\.[\w.]{1,200})?(:description)?\}")
_MAX_DEPTH: Final = 16


class FaceplateError(Exception):
    """Tell why a faceplate cannot be shown for what it was opened with, in one sentence."""


def read_faceplate(
    file: str, data: bytes, types: Collection[str], problems: Problems
) -> tuple[Faceplate, ScreenFile] | None:
    """Return the faceplate of a file; None when its faults, which went to ``problems``, leave none.

    It reads as a screen with a table ``parameters`` of names and types besides. Keys and elements that this
    version does not know are kept; a file without elements only travels with the project.
    """
    document = read_json(file, data, problems)
    if document is None or not check_format(file, document, problems):
        return None
    if "elements" not in document:
        problems.warn(file, 0, "", "travels with the project; this version does not use it")
        return None
    read = read_screen(file, data, problems)
    if read is None:
        return None
    given = read.screen.extra.get(PARAMETERS)
    parameters: dict[str, str] = {}
    if not isinstance(given, dict) or not given:
        problems.fault(file, 0, PARAMETERS, 'expected names with types, such as {"motor": "Motor"}')
        given = {}
    for name, kind in given.items():
        if not _NAME.fullmatch(name):
            problems.fault(file, 0, f"{PARAMETERS}.{name}", "expected a name of letters, digits and _")
        elif not isinstance(kind, str) or (kind and kind not in types):
            text = f"expected a type of this project ({listed(types)}), or an empty text for any part"
            problems.fault(file, 0, f"{PARAMETERS}.{name}", text)
        else:
            parameters[name] = kind
    return Faceplate(read.screen, parameters), read


def instances_of(tags: Table, types: Mapping[str, Table]) -> dict[str, str]:
    """Return the type of every instance by its path, those within other instances too."""
    return {path: cells["type"] for path, cells in _instance_rows(tags, types)}


def descriptions_of(tags: Table, types: Mapping[str, Table]) -> dict[str, str]:
    """Return what each instance is, by its path, as its row says; nothing where the row is silent."""
    rows = _instance_rows(tags, types)
    return {path: cells["description"] for path, cells in rows if cells.get("description")}


def _instance_rows(
    tags: Table, types: Mapping[str, Table], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for row in tags.rows:
        kind, path = row.cells.get("type", ""), row.cells.get("path", "")
        if path and kind in types and depth < _MAX_DEPTH:
            yield prefix + path, row.cells
            yield from _instance_rows(types[kind], types, f"{prefix}{path}.", depth + 1)


def arguments_of(
    faceplate: Faceplate,
    instance: str,
    instances: Mapping[str, str],
    extends: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Return the path of each parameter: ``instance`` is one path, or ``name=path;name=path``.

    An instance fits when its type is the one declared or extends it.

    Raises:
        FaceplateError: one is missing, unknown, or an instance of another type.
    """
    names = list(faceplate.parameters)
    given: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in instance.split(";"))):
        name, equals, path = part.partition("=")
        given.update({name.strip(): path.strip()} if equals else {names[0]: part} if names else {})
    title = faceplate.screen.title
    for name in given:
        if name not in faceplate.parameters:
            raise FaceplateError(f"{title} takes no {name!r}; it takes {listed(names)}.")
    for name, kind in faceplate.parameters.items():
        path = given.get(name, "")
        if not path:
            raise FaceplateError(
                f"{title} needs an instance for {name!r}{f' of type {kind}' if kind else ''}."
            )
        actual = instances.get(path)
        if kind and (actual is None or not is_kind_of(actual, kind, extends)):
            what = f"is of type {actual}" if actual else "is no instance of a type"
            raise FaceplateError(f"{path} {what}; {title} takes a {kind} for {name!r}.")
    return given


def filled(
    screen: Screen,
    arguments: Mapping[str, str],
    exists: Callable[[str], bool],
    describe: Callable[[str], str] = lambda path: path,
) -> Screen:
    """Return a faceplate's screen for its instances.

    ``{name}`` in every text becomes the path given for it, ``{name:description}`` and
    ``{name.Member:description}`` what that part is; other braces stay. An element whose ``needs`` names a tag
    that does not ``exist``, or whose ``lacks`` one that does, is left out, and what lies below it moves up.
    """
    kept, removed = _filled(screen.elements, arguments, exists, describe)
    whole = replace(screen, elements=tuple(kept))
    return _closed_up(whole, removed) if removed else whole


def filled_elements(
    elements: Iterable[ElementModel],
    arguments: Mapping[str, str],
    exists: Callable[[str], bool],
    describe: Callable[[str], str] = lambda path: path,
) -> tuple[ElementModel, ...]:
    """Return elements for given instances as :func:`filled` does; what is left out leaves its place empty."""
    return tuple(_filled(elements, arguments, exists, describe)[0])


def _filled(
    elements: Iterable[ElementModel],
    arguments: Mapping[str, str],
    exists: Callable[[str], bool],
    describe: Callable[[str], str],
) -> tuple[list[ElementModel], list[ElementModel]]:
    """Return the elements that are there for these instances, and those that are not."""

    def replacement(match: re.Match[str]) -> str:
        path = arguments.get(match[1])
        if path is None:
            return match[0]
        path += match[2] or ""
        return describe(path) if match[3] else path if not match[2] else match[0]

    def fill(value: PropertyValue) -> PropertyValue:
        if isinstance(value, str):
            return _PLACE.sub(replacement, value)
        if isinstance(value, list):
            return [fill(item) for item in value]
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        return value

    kept: list[ElementModel] = []
    removed: list[ElementModel] = []
    for one in elements:
        properties = {key: fill(value) for key, value in one.properties.items()}
        needs, lacks = properties.pop(NEEDS, ""), properties.pop(LACKS, "")
        fits = all(map(exists, str(needs).split())) and not any(map(exists, str(lacks).split()))
        children = tuple(_filled(one.children, arguments, exists, describe)[0])
        (kept if fits else removed).append(replace(one, properties=properties, children=children))
    return kept, removed


def _closed_up(screen: Screen, removed: Collection[ElementModel]) -> Screen:
    """Return a screen whose rows of nothing but removed elements are gone.

    Of the space around such a row the larger of the two sides is kept, so that distances stay those of the
    rest.
    """
    taken = sorted((one.y, one.y + one.h) for one in screen.elements)
    cuts: list[tuple[float, float]] = []
    above = 0.0
    for low, high in [*taken, (float(screen.height), float(screen.height))]:
        if low > above:
            inside = [one for one in removed if one.y >= above and one.y + one.h <= low]
            if inside:
                first = min(one.y for one in inside)
                last = max(one.y + one.h for one in inside)
                cuts.append((low, low - above - max(first - above, low - last)))
        above = max(above, high)

    def lifted(y: float) -> float:
        return sum(length for end, length in cuts if end <= y)

    elements = tuple(replace(one, y=one.y - lifted(one.y)) for one in screen.elements)
    return replace(screen, elements=elements, height=int(screen.height - lifted(screen.height)))
