"""Faceplates: small screens about an instance of a type, read from ``faceplates/*.json``."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from projects.model import ElementModel, Faceplate, PropertyValue
from projects.problems import Problems, listed
from projects.screens import ScreenFile, check_format, read_json, read_screen
from projects.tables import Table

PARAMETERS: Final = "parameters"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,63})\}")
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
    found: dict[str, str] = {}

    def add(table: Table, prefix: str, depth: int) -> None:
        for row in table.rows:
            kind, path = row.cells.get("type", ""), row.cells.get("path", "")
            if path and kind in types and depth < _MAX_DEPTH:
                found[prefix + path] = kind
                add(types[kind], f"{prefix}{path}.", depth + 1)

    add(tags, "", 0)
    return found


def arguments_of(faceplate: Faceplate, instance: str, instances: Mapping[str, str]) -> dict[str, str]:
    """Return the path of each parameter: ``instance`` is one path, or ``name=path;name=path``.

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
        if kind and actual != kind:
            what = f"is of type {actual}" if actual else "is no instance of a type"
            raise FaceplateError(f"{path} {what}; {title} takes a {kind} for {name!r}.")
    return given


def filled(elements: Collection[ElementModel], arguments: Mapping[str, str]) -> tuple[ElementModel, ...]:
    """Return elements in which ``{name}`` is the path given for it, in every text; other braces stay."""

    def text(value: str) -> str:
        return _PLACE.sub(lambda match: arguments.get(match[1], match[0]), value)

    def fill(value: PropertyValue) -> PropertyValue:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, list):
            return [fill(item) for item in value]
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        return value

    return tuple(
        replace(one, properties={key: fill(value) for key, value in one.properties.items()})
        for one in elements
    )
