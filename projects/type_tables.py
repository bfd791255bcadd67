"""User-defined types as their tables declare them: members, parameters, and what contains itself."""

import keyword
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from projects.problems import Names, Problems, shown
from projects.tables import Row, Table
from tags.expression import MAX_PATH, is_tag_path
from tags.model import DataType

TAG_COLUMNS: Final = (
    "path", "type", "connection", "address", "scan", "access", "unit", "eu_low", "eu_high", "raw_low",
    "raw_high", "clamp", "deadband", "decimals", "states", "log", "description", "params",
    "write_role",
)  # fmt: skip
TAG_REQUIRED: Final = ("path", "type")
DATA_TYPES: Final[Mapping[str, DataType]] = {one.value: one for one in DataType}
PREDEFINED: Final = ("InstanceName", "InstancePath")
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")

_TYPE_NAME = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a type with the names of the parameters that it uses."""

    row: Row
    params: frozenset[str]


@dataclass(frozen=True, slots=True)
class UserType:
    """One type: its table, and the rows of it that can be used."""

    name: str
    table: Table
    members: tuple[Member, ...]

    def needs(self) -> dict[str, int]:
        """Return the parameters that an instance must give, with the first row that uses each."""
        needed: dict[str, int] = {}
        for member in self.members:
            for name in sorted(member.params):
                if name not in PREDEFINED:
                    needed.setdefault(name, member.row.line)
        return needed


class PathChecker:
    """Tell what is wrong with a tag path; remembers good parts, of which a project has few."""

    def __init__(self) -> None:
        self._good: set[str] = set()

    def fault(self, path: str) -> str:
        """Return one sentence about the first fault of a path; empty when it is good."""
        if len(path) > MAX_PATH:
            return f"a path has at most {MAX_PATH} characters, this one has {len(path)}"
        for part in path.split("."):
            if part in self._good:
                continue
            if not part:
                return f"expected names separated by single points, such as Tank1.Level, got {shown(path)}"
            if not is_tag_path(part):
                if keyword.iskeyword(part):
                    return f"{shown(part)} is a word of the expression language; choose another name"
                normal = unicodedata.normalize("NFKC", part)
                if is_tag_path(normal):
                    return f"write {part!a} with composed characters: {shown(normal)}"
                return (
                    f"{shown(part)} is no name: it begins with a letter and is made of letters, digits and _"
                )
            self._good.add(part)
        return ""


def type_name_fault(name: str) -> str:
    """Return what is wrong with the name of a type file; empty when it is good."""
    if name.upper() in DATA_TYPES:
        return f"{name} is the name of a data type; give the type's file another name"
    if not _TYPE_NAME.fullmatch(name) or keyword.iskeyword(name):
        return "a type's file name begins with a letter and is made of letters, digits and _"
    return ""


def read_types(
    tables: Mapping[str, Table], kinds: Names, paths: PathChecker, problems: Problems
) -> dict[str, UserType]:
    """Return the types by name; rows that cannot be used are reported and left out."""
    return {name: _read_type(name, table, kinds, paths, problems) for name, table in tables.items()}


def _read_type(name: str, table: Table, kinds: Names, paths: PathChecker, problems: Problems) -> UserType:
    members: list[Member] = []
    firsts: dict[str, int] = {}
    for row in table.rows:
        path, kind = row.cells.get("path", ""), row.cells.get("type", "")
        fault = "the path is required" if not path else "" if "{" in path else paths.fault(path)
        if not fault and path in firsts:
            fault = f"duplicate path {shown(path)}: row {firsts[path]} has it too"
        if fault:
            problems.fault(table.file, row.line, "path", fault)
            continue
        firsts[path] = row.line
        if not kind or ("{" not in kind and kind not in kinds):
            text = kinds.unknown(kind) if kind else "the type is required"
            problems.fault(table.file, row.line, "type", text)
        members.append(Member(row, _placeholders(table.file, row, problems)))
    return UserType(name, table, tuple(members))


def _placeholders(file: str, row: Row, problems: Problems) -> frozenset[str]:
    used: set[str] = set()
    for column, text in row.cells.items():
        if "{" not in text and "}" not in text:
            continue
        names = PLACEHOLDER.findall(text)
        rest = PLACEHOLDER.sub("", text)
        if "{" in rest or "}" in rest or not all(_TYPE_NAME.fullmatch(name) for name in names):
            problems.fault(
                file, row.line, column, f"expected parameters as {{name}} in braces, got {shown(text)}"
            )
        used.update(names)
    return frozenset(used)


def find_self_containing(types: Mapping[str, UserType], problems: Problems) -> frozenset[str]:
    """Report types that contain themselves; return them and those that contain one of them."""
    inner = {
        name: [
            (member.row.line, member.row.cells["type"])
            for member in one.members
            if member.row.cells.get("type") in types
        ]
        for name, one in types.items()
    }
    leaves = True
    open_types = dict(inner)
    while leaves:
        leaves = False
        for name, members in list(open_types.items()):
            if not any(kind in open_types for _, kind in members):
                del open_types[name]
                leaves = True
    for name in open_types:
        chain = _chain(name, open_types)
        if chain:
            line = next(line for line, kind in inner[name] if kind == chain[1])
            text = f"the type contains itself: {' > '.join(chain)}"
            problems.fault(types[name].table.file, line, "type", text)
    return frozenset(open_types)


def _chain(start: str, inner: Mapping[str, list[tuple[int, str]]]) -> list[str]:
    """Return the shortest way from a type back to itself, or nothing."""
    came_from: dict[str, str] = {}
    todo = [start]
    for name in todo:
        for _, kind in inner[name]:
            if kind == start:
                chain = [name]
                while chain[-1] != start:
                    chain.append(came_from[chain[-1]])
                return [*reversed(chain), start]
            if kind in inner and kind not in came_from:
                came_from[kind] = name
                todo.append(kind)
    return []
