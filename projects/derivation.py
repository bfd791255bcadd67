"""Types that extend others: cells left empty come from the base, so that a device only adds addresses."""

from collections.abc import Mapping
from dataclasses import replace

from projects.config import PROJECT_FILE
from projects.problems import Names, Problems
from projects.tables import Row, Table


def derive(
    types: Mapping[str, Table], library: Mapping[str, Table], extends: Mapping[str, str], problems: Problems
) -> dict[str, Table]:
    """Return all types by name, the library's too, with the members of their bases filled in.

    ``extends`` maps a type to its base, a type of the project or of the library; a type may extend the
    library's type of its own name. A row of a type takes the cells that it leaves empty from the row of the
    same path in its base. A member that the type does not list is inherited when the base gives it an
    address, which a type of the library never does: a device lists what it has. Whatever is wrong goes to
    ``problems``.
    """
    known = {**library, **types}
    described: dict[str, Table] = {name: table for name, table in known.items() if name not in extends}
    names = Names("type", known)

    def resolve(name: str, above: tuple[str, ...]) -> Table:
        """Return a type with every member that it or one of its bases describes."""
        if name in described:
            return described[name]
        base = extends[name]
        place = f"types.{name}.extends"
        found: Table | None = None
        if base == name:
            found = library.get(name)
            if found is None:
                problems.fault(PROJECT_FILE, 0, place, f"the library has no type {name!r} to extend")
        elif base in above:
            chain = " > ".join((*above[above.index(base) :], name, base))
            problems.fault(PROJECT_FILE, 0, place, f"the type extends itself: {chain}")
        elif base not in known:
            problems.fault(PROJECT_FILE, 0, place, names.unknown(base))
        else:
            found = resolve(base, (*above, name))
        described[name] = known[name] if found is None else _merged(known[name], found)
        return described[name]

    derived = dict(known)
    for name in extends:
        if name in types:
            derived[name] = _existing(resolve(name, ()), types[name])
        else:
            problems.fault(PROJECT_FILE, 0, f"types.{name}", f"there is no file types/{name}.csv")
    return derived


def _merged(table: Table, base: Table) -> Table:
    inherited = {row.cells.get("path", ""): row for row in base.rows}
    rows: list[Row] = []
    for row in table.rows:
        below = inherited.pop(row.cells.get("path", ""), None)
        rows.append(row if below is None else replace(row, cells={**below.cells, **row.cells}))
    rows += inherited.values()
    return replace(table, rows=tuple(rows), is_complete=table.is_complete and base.is_complete)


def _existing(described: Table, own: Table) -> Table:
    """Return a type without the members that a base only describes."""
    listed, inherited = described.rows[: len(own.rows)], described.rows[len(own.rows) :]
    return replace(described, rows=(*listed, *(row for row in inherited if row.cells.get("address"))))


def is_kind_of(kind: str, wanted: str, extends: Mapping[str, str]) -> bool:
    """Tell whether a type is ``wanted`` or extends it, in however many steps."""
    seen: set[str] = set()
    while kind not in seen:
        if kind == wanted:
            return True
        seen.add(kind)
        kind = extends.get(kind, kind)
    return False
