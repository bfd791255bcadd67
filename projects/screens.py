"""Screens as files: JSON with one element per line, so that a moved element is one changed line in a diff."""

import contextlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from projects.model import CONTAINERS, ElementModel, PropertyValue, Screen, ScreenLevel
from projects.problems import Problems, listed, shown
from projects.stand_ins import (
    NO_ID,
    NO_OBJECT,
    NO_PLACE,
    NO_TYPE,
    PLACEHOLDER,
    damaged_element,
    same_id,
)

SCREEN_FORMAT: Final = 1
_MAX_DEPTH = 24
_MAX_SIZE = 32_767
_LEVELS = {level.value: level for level in ScreenLevel}
_KNOWN_KEYS = ("format", "title", "level", "size", "parent", "revision", "elements")
_ELEMENT_KEYS = ("id", "type", "x", "y", "w", "h")
_CHILDREN: Final = "elements"
"""Key of the elements in a container."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ELEMENT_ID = re.compile(r"[^\W][\w.:-]{0,99}")
_ID_IN_LINE = re.compile(r'"id"\s*:\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class ScreenFile:
    """Hold a screen with the file it came from and the line of each element, for messages."""

    file: str
    screen: Screen
    lines: Mapping[str, int]


class JsonFaultError(ValueError):
    """Tell what JSON allows and a project file does not."""


def read_screen(file: str, data: bytes, problems: Problems) -> ScreenFile | None:
    """Return the screen of a file; None when its faults, which went to ``problems``, leave none.

    Elements and keys that this version does not know are kept.
    """
    document = read_json(file, data, problems)
    if document is None or not check_format(file, document, problems):
        return None
    screen_id = file.rpartition("/")[2].removesuffix(".json")
    if not _NAME.fullmatch(screen_id):
        problems.fault(file, 0, "", "a screen's file name is made of letters, digits, _ and - only")
        return None
    title = _text(file, document, "title", problems)
    if not title:
        problems.fault(file, 0, "title", "expected the screen's title, a text")
    level = document.get("level")
    if not isinstance(level, str) or level not in _LEVELS:
        problems.fault(file, 0, "level", f"expected one of {listed(_LEVELS)}, got {shown(str(level))}")
        level = ScreenLevel.UNIT.value
    size = document.get("size")
    if not (
        isinstance(size, list)
        and len(size) == 2
        and all(isinstance(one, int) and not isinstance(one, bool) and 0 < one <= _MAX_SIZE for one in size)
    ):
        problems.fault(
            file, 0, "size", f"expected [width, height] in pixels, two whole numbers of 1 to {_MAX_SIZE}"
        )
        size = None
    elements = document.get("elements")
    if not isinstance(elements, list):
        problems.fault(file, 0, "elements", "expected a list of elements")
        elements = []
    reader = _ElementReader(file, _lines(data), problems)
    read = reader.read(elements, "elements")
    for element in read:
        if size is not None and element.as_read is None and not _lies_inside(element, size[0], size[1]):
            text = f"lies partly outside the screen of {size[0]} x {size[1]}"
            problems.warn(file, reader.lines.get(element.id, 0), element.id, text)
    width, height = size or _extent(read)
    extra = {key: value for key, value in document.items() if key not in _KNOWN_KEYS}
    screen = Screen(
        id=screen_id,
        title=title or screen_id,
        level=_LEVELS[level],
        width=width,
        height=height,
        elements=read,
        parent=_text(file, document, "parent", problems),
        revision=_text(file, document, "revision", problems),
        extra=extra,
    )
    return ScreenFile(file, screen, reader.lines)


def dump_screen(screen: Screen) -> bytes:
    """Return the file of a screen; the same screen always gives the same bytes."""
    head: dict[str, PropertyValue] = {
        "format": SCREEN_FORMAT,
        "title": screen.title,
        "level": screen.level.value,
        "size": [screen.width, screen.height],
    }
    if screen.parent:
        head["parent"] = screen.parent
    if screen.revision:
        head["revision"] = screen.revision
    head.update(screen.extra)
    lines = [f"  {_json(key)}: {_json(value)}," for key, value in head.items()]
    return ("{\n" + "\n".join(lines) + f'\n  "elements": {_dumped(screen.elements, "  ")}\n' + "}\n").encode()


def _dumped(elements: Iterable[ElementModel], indent: str) -> str:
    """Return a JSON list with one element per line; those in a container are indented below it."""
    rows = []
    for element in elements:
        if element.as_read is not None:
            rows.append(f"{indent}  {_json(element.as_read)}")
            continue
        cells: dict[str, PropertyValue] = {"id": element.id, "type": element.type}
        for key, number in (("x", element.x), ("y", element.y), ("w", element.w), ("h", element.h)):
            cells[key] = _shortest(number)
        row = f"{indent}  {_json({**cells, **element.properties})}"
        if element.children:
            row = f'{row[:-1]}, "{_CHILDREN}": {_dumped(element.children, indent + "  ")}}}'
        rows.append(row)
    return "[\n" + ",\n".join(rows) + f"\n{indent}]" if rows else "[]"


def property_values(
    properties: Mapping[str, PropertyValue], place: str = ""
) -> Iterator[tuple[str, str, PropertyValue]]:
    """Yield ``(path, key, value)`` of every property and of what lists and tables in it hold.

    ``path`` reads like ``pens[1].tag``; ``key`` is the name that decides what the value means: an item of a
    list is of the list's own name.
    """
    for key, value in properties.items():
        yield from _values(f"{place}.{key}" if place else key, key, value)


def _values(path: str, key: str, value: PropertyValue) -> Iterator[tuple[str, str, PropertyValue]]:
    if isinstance(value, dict):
        yield from property_values(value, path)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _values(f"{path}[{position}]", key, item)
    else:
        yield path, key, value


def read_json(file: str, data: bytes, problems: Problems) -> dict[str, Any] | None:
    """Return the object that a JSON file holds, or None; stricter than JSON about numbers and double keys."""
    try:
        document = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant, parse_float=_float
        )
        if not isinstance(document, dict):
            raise JsonFaultError("expected a JSON object in braces")
        _check_depth(document, 0)
    except UnicodeDecodeError as error:
        problems.fault(file, data.count(b"\n", 0, error.start) + 1, "", "is no UTF-8 text")
    except json.JSONDecodeError as error:
        problems.fault(file, error.lineno, "", f"is no JSON: {error.msg} (character {error.colno})")
    except RecursionError:
        problems.fault(file, 0, "", "lists and objects are nested too deeply")
    except ValueError as error:
        problems.fault(file, 0, "", str(error))
    else:
        return document
    return None


def check_format(file: str, document: Mapping[str, Any], problems: Problems) -> bool:
    """Tell whether this version reads the file; otherwise say why not."""
    written = document.get("format")
    if isinstance(written, int) and not isinstance(written, bool) and written > SCREEN_FORMAT:
        problems.fault(
            file,
            0,
            "format",
            f"was saved in format {written} by a newer Vigie; this one reads up to {SCREEN_FORMAT}",
        )
        return False
    if written != SCREEN_FORMAT or isinstance(written, bool):
        problems.fault(file, 0, "format", f'expected "format": {SCREEN_FORMAT}')
        return False
    return True


class _ElementReader:
    """Read the elements of one file, those in containers too; ids are unique in the file."""

    def __init__(self, file: str, lines: Mapping[str, int], problems: Problems) -> None:
        self.lines = lines
        self._file = file
        self._problems = problems
        self._ids: set[str] = set()

    def read(self, items: Iterable[object], place: str) -> tuple[ElementModel, ...]:
        """Return the elements of a list, with stand-ins for those that cannot be read.

        ``place`` is the list's own, for messages. Of a null nothing is kept.
        """
        read = [self._element(f"{place}[{position}]", item) for position, item in enumerate(items)]
        return tuple(one for one in read if one.type != PLACEHOLDER or one.as_read is not None)

    def _element(self, name: str, item: object) -> ElementModel:
        file, problems = self._file, self._problems
        if not isinstance(item, dict):
            problems.fault(file, 0, name, "expected an object with id, type, x, y, w and h")
            return damaged_element(cast(PropertyValue, item), name, NO_OBJECT)
        element_id = item.get("id")
        if not isinstance(element_id, str) or not _ELEMENT_ID.fullmatch(element_id):
            problems.fault(
                file,
                0,
                f"{name}.id",
                "expected an id of letters, digits, _ - . and : (a letter, digit or _ first)",
            )
            return damaged_element(item, name, NO_ID)
        line = self.lines.get(element_id, 0)
        kind = item.get("type")
        reason = ""
        if not isinstance(kind, str) or not kind:
            problems.fault(file, line, f"{element_id}.type", "expected the element's type, a text")
            reason = NO_TYPE
        box: list[float] = []
        for key in ("x", "y", "w", "h"):
            number = item.get(key)
            if not isinstance(number, int | float) or isinstance(number, bool) or abs(number) > _MAX_SIZE:
                problems.fault(file, line, f"{element_id}.{key}", "expected a number of pixels")
                reason = NO_PLACE
            elif key in "wh" and number <= 0:
                problems.fault(file, line, f"{element_id}.{key}", f"expected a size above 0, got {number}")
                reason = NO_PLACE
            else:
                box.append(_shortest(number))
        if element_id in self._ids:
            problems.fault(file, line, element_id, f"two elements have the id {element_id!r}")
            reason = reason or same_id(element_id)
        if reason:
            return damaged_element(item, name, reason)
        self._ids.add(element_id)
        x, y, w, h = box
        properties = {key: value for key, value in item.items() if key not in _ELEMENT_KEYS}
        children: tuple[ElementModel, ...] = ()
        if kind in CONTAINERS and _CHILDREN in properties:
            held = properties.pop(_CHILDREN)
            if isinstance(held, list):
                children = self.read(held, f"{element_id}.{_CHILDREN}")
            else:
                problems.fault(file, line, f"{element_id}.{_CHILDREN}", "expected a list of elements")
        return ElementModel(element_id, str(kind), x, y, w, h, properties, children)


def _lies_inside(element: ElementModel, width: int, height: int) -> bool:
    is_inside = element.x >= 0 and element.y >= 0
    return is_inside and element.x + element.w <= width and element.y + element.h <= height


def _extent(elements: Iterable[ElementModel]) -> tuple[int, int]:
    """Return the size of a screen that does not tell it: as large as its elements need."""
    boxes = [(one.x + one.w, one.y + one.h) for one in elements]
    width = max((right for right, _ in boxes), default=1)
    height = max((bottom for _, bottom in boxes), default=1)
    return min(max(math.ceil(width), 1), _MAX_SIZE), min(max(math.ceil(height), 1), _MAX_SIZE)


def _text(file: str, document: Mapping[str, Any], key: str, problems: Problems) -> str:
    value = document.get(key, "")
    if isinstance(value, str):
        return value
    problems.fault(file, 0, key, f"expected a text, got {shown(str(value))}")
    return ""


def _lines(data: bytes) -> dict[str, int]:
    lines: dict[str, int] = {}
    for number, line in enumerate(data.decode("utf-8-sig").split("\n"), start=1):
        for match in _ID_IN_LINE.finditer(line):
            with contextlib.suppress(ValueError):
                lines.setdefault(json.loads(match[1]), number)
    return lines


def _json(value: PropertyValue) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _shortest(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise JsonFaultError(f"the key {shown(double)} occurs twice in one object")
    return found


def _constant(name: str) -> None:
    raise JsonFaultError(f"{name} is no number that a project file may hold")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonFaultError(f"the number {shown(text)} is too large")
    return value


def _check_depth(value: object, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise JsonFaultError("lists and objects are nested too deeply")
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise JsonFaultError(
                    f"the text {value!a} holds half a character (a lone surrogate)"
                ) from None
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_depth(key, depth)
            _check_depth(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_depth(item, depth + 1)
