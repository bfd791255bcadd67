"""A project's own texts in other languages: ``texts.csv``, its check, and the project in one of them."""

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from alarms.model import AlarmDefinition
from projects.model import ElementModel, Faceplate, Project, PropertyValue, Screen
from projects.problems import Problems, shown
from projects.sentences import places
from projects.tables import read_table
from projects.words import ITEM, Texts, Words, endings_of, places_of
from tags.model import Tag, TagTable

TEXTS_FILE: Final = "texts.csv"
PROJECT_FILE: Final = "project.toml"
TEXT: Final = "text"
PLACE: Final = "place"
OLD_TEXT: Final = "key"
"""What the column ``text`` was called while no version used the file yet."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_TEXT_KEYS: Final = frozenset(
    (
        "label",
        "title",
        "text",
        "note",
        "tool_tip",
        "confirm",
        "question",
        "reason",
        "unit",
        "caption",
        "header",
    )
)
_TEXT_ENDINGS: Final = ("_text", "_label", "_title", "_reason", "_note", "_unit", "_caption", "_header")
_TEXT_TABLES: Final = ("states", "bits")
_OPTIONAL: Final = re.compile(r"[^A-Za-zÀ-ž]*|\{[^{}]*\}|.{1,2}|[^ ]*[/²³°%][^ ]*")
"""What is the same in every language as a rule: numbers, signs, short units; nobody is asked for it."""
_UNITS: Final = "units"
"""The place of the units of tags and alarms while texts are listed; none of them has to be translated."""
AREAS: Final = "areas"
"""The place of the names of areas and of first-out groups, which stay codes everywhere but on the screen."""
DEVICES: Final = "devices"
"""The place of texts that only a device knows: its alarms' messages, values of texts."""
_LEVEL: Final = "."
"""Stands between an area and one in it."""


@dataclass(frozen=True, slots=True)
class Use:
    """Name one text of a project and the place that shows it: a file, or ``FILE#ITEM``."""

    place: str
    text: str
    is_optional: bool = False


def read_texts(file: str, data: bytes, problems: Problems) -> Texts:
    """Return the texts of a file; what is wrong with it goes to ``problems``, and the rest still holds.

    The columns are ``text``, the project's own words exactly as they stand there, ``place`` (optional: the
    only file of the project that is meant, or ``FILE#ITEM``), and one per language, by its code: ``fr``,
    ``de``, ``pt-BR``. A ``{placeholder}`` in a text stands for anything, and stands in its translations as
    well.
    """
    header = _header_cells(data)
    text_column = OLD_TEXT if OLD_TEXT in header and TEXT not in header else TEXT
    languages = [cell for cell in header if _LANGUAGE.fullmatch(cell) and cell != OLD_TEXT]
    table = read_table(file, data, (text_column, PLACE, *languages), (text_column,), problems)
    if text_column in table.columns and not languages:
        problems.fault(file, 1, "", "no column is a language; expected a code such as fr or de")
    rows: dict[tuple[str, str], int] = {}
    words: dict[str, list[tuple[str, str, str]]] = {language: [] for language in languages}
    missing: dict[str, set[tuple[str, str]]] = {language: set() for language in languages}
    for row in table.rows:
        text, place = _written(row.cells.get(text_column, "")), row.cells.get(PLACE, "")
        if not text:
            problems.fault(file, row.line, TEXT, "the project's own text is required")
            continue
        if (place, text) in rows:
            problems.fault(file, row.line, TEXT, f"{shown(text)} has a row already: row {rows[place, text]}")
            continue
        rows[place, text] = row.line
        for language in languages:
            target = _written(row.cells.get(language, ""))
            if not target:
                missing[language].add((place, text))
            elif sorted(places(text)) != sorted(places(target)):
                expected = ", ".join(places(text)) or "none"
                problems.fault(
                    file,
                    row.line,
                    language,
                    f"placeholders differ: expected {expected}, got {', '.join(places(target)) or 'none'}",
                )
            else:
                words[language].append((place, text, target))
    return Texts(
        {language: Words(found, language=language) for language, found in words.items()},
        rows,
        {language: frozenset(found) for language, found in missing.items()},
        table.is_complete,
    )


def _written(cell: str) -> str:
    r"""Return a cell's text; ``\n`` in it is a line break, as in a screen's file."""
    return cell.replace("\\n", "\n")


def _header_cells(data: bytes) -> list[str]:
    for line in data.decode("utf-8-sig", errors="replace").splitlines():
        if not line.lower().startswith("sep=") and line.strip():
            return [cell.strip().strip('"') for cell in re.split(r"[,;\t]", line)]
    return []


def check_texts(
    texts: Texts, languages: Iterable[str], uses: Iterable[Use], own_language: str, problems: Problems
) -> None:
    """Warn of texts without a translation, and of rows for texts that the project does not have.

    ``languages`` are those that the project means to speak.
    """
    used: set[tuple[str, str]] = set()
    patterns = [(key, _expression(key[1])) for key in texts.rows if places(key[1])]
    told: set[tuple[str, str]] = set()
    wanted = {language: texts.words[language] for language in languages}
    endings = endings_of(texts.rows)
    for use in uses:
        keys = [(place, use.text) for place in places_of(use.place, endings.get(use.text, ()))]
        hits = [key for key in keys if key in texts.rows]
        hits = hits or [key for key, expression in patterns if expression.fullmatch(use.text)]
        used.update(hits)
        for language, words in wanted.items():
            if language == own_language or use.is_optional or not texts.is_complete:
                continue
            if (language, use.text) in told:
                continue
            if not words.find(use.place, use.text):
                told.add((language, use.text))
                row = texts.rows[hits[0]] if hits else 0
                text = f"{shown(use.text)} of {use.place} has no translation"
                problems.warn(TEXTS_FILE, row, language, text)
    for (place, text), row in texts.rows.items():
        if place != DEVICES and (place, text) not in used:
            where = f" in {place}" if place else ""
            problems.warn(TEXTS_FILE, row, TEXT, f"{shown(text)} is no text of the project{where}")


def _expression(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^{}]*\}", text)
    return re.compile(".+?".join(re.escape(part) for part in parts), re.DOTALL)


# What of a project is text


Change = Callable[[str, str], str]
"""Takes a place in the project, ``FILE`` or ``FILE#ITEM``, and a text; returns what is to stand there."""


def uses_of(project: Project) -> list[Use]:
    """Return every text of a project that operators read, each once a file and item with words of its own."""
    found: dict[tuple[str, str], Use] = {}
    endings = endings_of(project.texts.rows)

    def note(place: str, text: str) -> str:
        if text:
            narrow = [one for one in places_of(place, endings.get(text, ())) if ITEM in one]
            if not any((one, text) in project.texts.rows for one in narrow):
                place = place.partition(ITEM)[0]
            is_optional = place == _UNITS or _OPTIONAL.fullmatch(text) is not None
            found.setdefault((place, text), Use(place, text, is_optional))
        return text

    _changed(project, note)
    # Everywhere a key, so that it is no text that :func:`translated` changes; many are names of their own.
    found.setdefault((PROJECT_FILE, project.name), Use(PROJECT_FILE, project.name, is_optional=True))
    for name in _names(project):
        for part in [name] if (AREAS, name) in project.texts.rows else name.split(_LEVEL):
            note(AREAS, part)
    return list(found.values())


def _names(project: Project) -> list[str]:
    """Return the areas and first-out groups that alarms name, and the areas of devices' own alarms."""
    found = {name for alarm in project.alarms for name in (alarm.area, alarm.group)}
    found |= {str(one.options.get("alarm_area", "")) for one in project.connections.values()}
    return sorted(found - {""})


@dataclass(frozen=True, slots=True)
class SaidNames:
    """Say in a language what travels as a code or as a device sent it, where it is shown.

    Everything else of a project is translated once, by :func:`translated`; these texts come with alarms and
    values, and filters and comparisons need them as they are. So does the project's name: windows keep by it
    what they remember.
    """

    words: Words | None = None

    def area(self, area: str) -> str:
        """Return what an area or a first-out group is called; of ``Hall.Filling`` each level by itself."""
        if self.words is None or not area:
            return area
        whole = self.words.of_place(AREAS, area)
        if whole or _LEVEL not in area:
            return whole or area
        return _LEVEL.join(self.words.of_place(AREAS, part) or part for part in area.split(_LEVEL))

    def title(self, name: str) -> str:
        """Return what the project of this name is called."""
        return name if self.words is None else self.words.of_place(PROJECT_FILE, name) or name

    def device(self, text: str) -> str:
        """Return a text that a device sent: what ``texts.csv`` has for it, else as it was sent."""
        return text if self.words is None else self.words.of_place(DEVICES, text) or text


def said_names(project: Project, language: str) -> SaidNames:
    """Return what says a project's areas and its devices' texts in a language."""
    return SaidNames(_words_of(project, language))


def _words_of(project: Project, language: str) -> Words | None:
    """Return a project's words of a language; None where its own texts are shown."""
    if language == project.station.language:
        return None
    words = project.texts.words
    return words.get(language) or words.get(language.partition("-")[0])


def translated(project: Project, language: str) -> Project:
    """Return the project as a language shows it: its texts where ``texts.csv`` has them, else its own.

    Nothing but texts changes: ids, paths, addresses and expressions are the same.
    """
    words = _words_of(project, language)
    if words is None:
        return project
    known = words

    def change(place: str, text: str) -> str:
        return known.find(place, text) or text

    return _changed(project, change)


def _changed(project: Project, change: Change) -> Project:
    return replace(
        project,
        description=change(PROJECT_FILE, project.description),
        tags=TagTable(_tag(tag, change) for tag in project.tags),
        alarms=tuple(_alarm(alarm, change) for alarm in project.alarms),
        descriptions={
            path: change(f"tags.csv{ITEM}{path}", text) for path, text in project.descriptions.items()
        },
        screens={name: _screen("screens", screen, change) for name, screen in project.screens.items()},
        faceplates={
            name: Faceplate(_screen("faceplates", one.screen, change), one.parameters)
            for name, one in project.faceplates.items()
        },
    )


def _tag(tag: Tag, change: Change) -> Tag:
    if not (tag.description or tag.states or tag.unit):
        return tag
    place = f"tags.csv{ITEM}{tag.path}"
    return replace(
        tag,
        description=change(place, tag.description),
        unit=change(_UNITS, tag.unit),
        states={number: change(place, text) for number, text in tag.states.items()},
    )


def _alarm(alarm: AlarmDefinition, change: Change) -> AlarmDefinition:
    def new(text: str) -> str:
        return change(f"alarms.csv{ITEM}{alarm.alarm_id}", text)

    return replace(
        alarm,
        name=new(alarm.name),
        description=new(alarm.description),
        unit=change(_UNITS, alarm.unit),
        cause=new(alarm.cause),
        consequence=new(alarm.consequence),
        operator_action=new(alarm.operator_action),
    )


def _screen(folder: str, screen: Screen, change: Change) -> Screen:
    file = f"{folder}/{screen.id}.json"
    return replace(
        screen,
        title=change(file, screen.title),
        elements=tuple(_element(file, element, change) for element in screen.elements),
    )


def _element(file: str, element: ElementModel, change: Change) -> ElementModel:
    place = f"{file}{ITEM}{element.id}"
    return replace(
        element,
        properties={key: _value(place, key, value, change) for key, value in element.properties.items()},
        children=tuple(_element(file, child, change) for child in element.children),
    )


def is_text_key(key: str) -> bool:
    """Tell whether a property of this name holds words for people."""
    return key in _TEXT_KEYS or key.endswith(_TEXT_ENDINGS)


def _value(place: str, key: str, value: PropertyValue, change: Change) -> PropertyValue:
    if isinstance(value, dict):
        if key in _TEXT_TABLES:
            return {
                name: change(place, text) if isinstance(text, str) else text for name, text in value.items()
            }
        return {name: _value(place, name, item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_value(place, key, item, change) for item in value]
    if not isinstance(value, str) or not is_text_key(key):
        return value
    if value.startswith("="):
        return f"={_expression_texts(place, value[1:], change)}"
    return change(place, value)


def _expression_texts(place: str, source: str, change: Change) -> str:
    """Return an expression with the texts that it may come to changed; those it compares with stay."""
    text = source.strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return source
    found: list[ast.Constant] = []

    def collect(node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            found.append(node)
        elif isinstance(node, ast.IfExp):
            collect(node.body)
            collect(node.orelse)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            collect(node.left)
            collect(node.right)

    collect(tree)
    data = text.encode()
    for node in sorted(found, key=lambda one: -one.col_offset):
        if node.lineno != 1 or node.end_col_offset is None or not isinstance(node.value, str):
            continue
        bare = node.value.strip()
        new = change(place, bare)
        if new != bare:
            whole = node.value.replace(bare, new)
            data = data[: node.col_offset] + _literal(whole).encode() + data[node.end_col_offset :]
    return data.decode()


def _literal(text: str) -> str:
    """Return a text as an expression writes it, which knows no backslash: a quote that it holds is curved."""
    if "'" not in text:
        return f"'{text}'"
    return f'"{text}"' if '"' not in text else "'{}'".format(text.replace("'", "’"))
