"""User-defined types: every instance row becomes its type's members, parameters and overrides filled in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from projects.model import Problem
from projects.problems import Names, Problems, shown
from projects.tables import Row, Table
from projects.type_tables import (
    DATA_TYPES,
    PLACEHOLDER,
    PREDEFINED,
    Member,
    PathChecker,
    UserType,
    find_self_containing,
    read_types,
)

MAX_TAGS: Final = 200_000

_PARAM = re.compile(r"""\s*([A-Za-z_]\w*)\s*=\s*("[^"]*"|'[^']*'|[^;]*?)\s*(?:;|$)""", re.ASCII)
_INSTANCE_COLUMNS = frozenset({"path", "type", "connection", "scan", "description", "params"})


@dataclass(frozen=True, slots=True)
class Definition:
    """Hold the final cells of one tag, with what a message about each of them must name.

    ``line`` is the tag's or its instance's row in tags.csv; ``type_file`` and ``type_line`` the row that it
    inherits, if any; ``overrides`` the rows of tags.csv that gave a cell instead. A ``broken`` one has a
    known path and faults that were reported; nothing else of it is looked at. ``fault`` tells what was
    reported already and keeps the cells from being relied on.
    """

    path: str
    cells: Mapping[str, str]
    line: int
    type_file: str = ""
    type_line: int = 0
    overrides: Mapping[str, int] = field(default_factory=dict)
    decimal_comma: bool = False
    broken: bool = False
    fault: str = ""

    def report(self, problems: Problems, file: str, column: str, text: str, is_warning: bool) -> None:
        """Note a problem with one of the cells at the row to look at."""
        line = self.overrides.get(column, self.line)
        problem = Problem(file, line, column, text, is_warning)
        if self.type_file and column not in self.overrides:
            problems.inherited(Problem(self.type_file, self.type_line, column, text, is_warning), problem)
        elif is_warning:
            problems.warn(file, line, column, text)
        else:
            problems.fault(file, line, column, text)


def expand(table: Table, types: Mapping[str, Table], problems: Problems) -> list[Definition]:
    """Return every tag of a project in the order of its rows, instances replaced by their members.

    ``types`` maps a type's name to its table. Whatever is wrong goes to ``problems``; rows that cannot be
    understood are left out or marked broken.
    """
    expansion = _Expansion(table, types, problems)
    return expansion.run()


class _Expansion:
    def __init__(self, table: Table, types: Mapping[str, Table], problems: Problems) -> None:
        self._table = table
        self._problems = problems
        self._paths = PathChecker()
        self._type_names = Names("type", (*DATA_TYPES, *types))
        self._types = read_types(types, self._type_names, self._paths, problems)
        self._cyclic = find_self_containing(self._types, problems)
        self._overrides: dict[str, Row] = {}
        self._used_overrides: set[str] = set()
        self._definitions: list[Definition] = []
        self._members: dict[str, Names] = {}
        self._expanded = 0
        self._overflowed = False

    def run(self) -> list[Definition]:
        """Sort the rows into tags, instances and overrides, then expand."""
        firsts: dict[str, int] = {}
        instances: dict[str, str] = {}
        owners: dict[str, str] = {}
        plain: list[Row] = []
        for row in self._table.rows:
            path = row.cells.get("path", "")
            fault = self._paths.fault(path) if path else "the path is required"
            if fault:
                self._fault(row.line, "path", fault)
                continue
            if path in firsts:
                self._fault(row.line, "path", f"duplicate path {shown(path)}: row {firsts[path]} has it too")
                continue
            firsts[path] = row.line
            owner = next((prefix for prefix in folders(path) if prefix in instances), None)
            if owner is not None:
                self._overrides[path] = row
                owners[path] = owner
                continue
            if row.cells.get("type") in self._types:
                instances[path] = row.cells["type"]
            plain.append(row)
        for row in plain:
            self._row(row, instances)
        for path, row in self._overrides.items():
            kind = instances[owners[path]]
            is_known = kind not in self._cyclic and self._types[kind].table.is_complete
            if path not in self._used_overrides and is_known:
                self._unknown_member(path, row, owners[path], kind)
        return self._unique()

    def _row(self, row: Row, instances: Mapping[str, str]) -> None:
        path, kind = row.cells["path"], row.cells.get("type", "")
        if path in instances:
            self._instance(path, kind, Definition(path, row.cells, row.line, fault=row.fault), ())
            return
        definition = Definition(
            path, row.cells, row.line, decimal_comma=self._table.dialect.decimal_comma, fault=row.fault
        )
        if kind not in DATA_TYPES:
            self._bad_type(definition, kind)
            below = next((prefix for prefix in folders(path) if prefix in instances), None)
            if not kind and below is not None:
                self._fault(row.line, "path", f"an override of a member of {below} stands below its row")
            definition = Definition(path, row.cells, row.line, broken=True)
        elif "params" in row.cells:
            text = f"only instances of types have parameters, {kind} is a data type"
            self._fault(row.line, "params", text)
            definition = replace(definition, fault=_joined(row.fault, text))
        self._keep(definition)

    def _instance(self, path: str, kind: str, place: Definition, stack: tuple[str, ...]) -> None:
        if kind in stack or kind in self._cyclic:
            if kind not in self._cyclic:
                chain = " > ".join((*stack[stack.index(kind) :], kind))
                place.report(
                    self._problems, self._table.file, "type", f"the type contains itself: {chain}", False
                )
            self._keep(Definition(path, place.cells, place.line, broken=True))
            return
        faults = [place.fault]

        def fault(column: str, text: str) -> None:
            place.report(self._problems, self._table.file, column, text, False)
            faults.append(text)

        for column in place.cells:
            if column not in _INSTANCE_COLUMNS:
                fault(
                    column, f"belongs to a member of {kind}, not to the instance: override it in a row below"
                )
        declared = self._types[kind]
        needed = declared.needs()
        given = self._params(place.cells.get("params", ""), kind, needed, fault)
        for name, line in needed.items():
            if name not in given:
                fault(
                    "params",
                    f"the type {kind} needs the parameter {name!r} ({declared.table.file} row {line})",
                )
        place = replace(place, fault=_joined(*faults))
        params = {**given, "InstanceName": path.rpartition(".")[2], "InstancePath": path}
        for member in declared.members:
            self._expanded += 1
            if self._expanded > MAX_TAGS:
                if not self._overflowed:
                    self._overflowed = True
                    self._fault(place.line, "type", f"the types make more than {MAX_TAGS} tags")
                return
            self._member(path, declared, member, params, place, (*stack, kind))

    def _member(
        self,
        parent: str,
        declared: UserType,
        member: Member,
        params: Mapping[str, str],
        place: Definition,
        stack: tuple[str, ...],
    ) -> None:
        cells = dict(member.row.cells)
        missing = member.params - params.keys()
        for column, text in cells.items():
            if "{" in text:
                cells[column] = PLACEHOLDER.sub(lambda found: params.get(found[1], ""), text)
        if missing and "{" in member.row.cells.get("path", ""):
            return
        path = f"{parent}.{cells['path']}"
        overrides: dict[str, int] = {}
        override = self._overrides.get(path)
        if override is not None:
            self._used_overrides.add(path)
            for column, text in override.cells.items():
                if column != "path":
                    cells[column] = text
                    overrides[column] = override.line
        kind = cells.get("type", "")
        for column in ("connection", "scan"):
            inherits = kind in self._types or column == "scan" or _is_device_address(cells.get("address", ""))
            if column not in cells and column in place.cells and inherits:
                cells[column] = place.cells[column]
                overrides[column] = place.overrides.get(column, place.line)
        file, line = declared.table.file, member.row.line
        comma = declared.table.dialect.decimal_comma or (bool(override) and self._table.dialect.decimal_comma)
        reported = _joined(place.fault, member.row.fault, override.fault if override else "")
        definition = Definition(
            path, cells, place.line, file, line, overrides, comma, bool(missing), reported
        )
        fault = self._paths.fault(path)
        if fault:
            definition.report(self._problems, self._table.file, "path", fault, False)
        elif kind in self._types:
            self._instance(path, kind, definition, stack)
        elif missing:
            self._keep(definition)
        elif kind not in DATA_TYPES:
            if "{" in member.row.cells.get("type", "") or "type" in overrides:
                self._bad_type(definition, kind)
            self._keep(Definition(path, cells, place.line, file, line, overrides, comma, True))
        else:
            if "params" in cells:
                text = f"only instances of types have parameters, {kind} is a data type"
                definition.report(self._problems, self._table.file, "params", text, False)
                definition = replace(definition, fault=_joined(reported, text))
            self._keep(definition)

    @staticmethod
    def _params(
        text: str, kind: str, needed: Mapping[str, int], fault: Callable[[str, str], None]
    ) -> dict[str, str]:
        given: dict[str, str] = {}
        names = Names("parameter", needed)
        position = 0
        while text[position:].strip():
            match = _PARAM.match(text, position)
            if match is None:
                fault("params", f"expected key=value;key=value, got {shown(text[position:])}")
                break
            position = match.end()
            key, value = match[1], match[2]
            if value[:1] in ("'", '"') and len(value) > 1:
                value = value[1:-1]
            if key in PREDEFINED:
                fault("params", f"{key} is set for every instance and cannot be given")
            elif key in given:
                fault("params", f"the parameter {key!r} is given twice")
            elif key not in names:
                hint = names.hint(key) if needed else ""
                fault("params", f"the type {kind} has no parameter {key!r}{hint}")
            given[key] = value
        return given

    def _bad_type(self, definition: Definition, kind: str) -> None:
        text = self._type_names.unknown(kind) if kind else "the type is required"
        definition.report(self._problems, self._table.file, "type", text, False)

    def _unknown_member(self, path: str, row: Row, owner: str, kind: str) -> None:
        if owner not in self._members:
            start = len(owner) + 1
            below = [one.path[start:] for one in self._definitions if one.path.startswith(owner + ".")]
            self._members[owner] = Names("member", below)
        text = self._members[owner].unknown(path[len(owner) + 1 :])
        self._fault(row.line, "path", f"{owner} is a {kind}: {text}")

    def _keep(self, definition: Definition) -> None:
        self._definitions.append(definition)

    def _unique(self) -> list[Definition]:
        """Report equal paths, and paths that are a tag and a folder at once; return the rest."""
        firsts: dict[str, Definition] = {}
        holders: dict[str, Definition] = {}
        for one in self._definitions:
            first = firsts.setdefault(one.path, one)
            if first is not one:
                one.report(
                    self._problems,
                    self._table.file,
                    "path",
                    f"duplicate path {shown(one.path)}: row {first.line} has it too",
                    False,
                )
                continue
            for prefix in folders(one.path):
                if prefix in holders:
                    break
                holders[prefix] = one
        for path, one in firsts.items():
            other = holders.get(path)
            if other is not None and not one.broken:
                one.report(
                    self._problems,
                    self._table.file,
                    "path",
                    f"{shown(path)} is a tag here and the folder of {shown(other.path)} in row {other.line}",
                    False,
                )
        return list(firsts.values())

    def _fault(self, line: int, column: str, text: str) -> None:
        self._problems.fault(self._table.file, line, column, text)


def folders(path: str) -> list[str]:
    """Return the folders of a path, the innermost first."""
    found = []
    end = path.rfind(".")
    while end > 0:
        found.append(path[:end])
        end = path.rfind(".", 0, end)
    return found


def _joined(*faults: str) -> str:
    return "; ".join(dict.fromkeys(fault for fault in faults if fault))


def _is_device_address(address: str) -> bool:
    return bool(address) and not address.startswith("=")
