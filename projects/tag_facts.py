"""What alarms, screens and expressions may refer to: every path of a project, and expressions over them."""

from collections.abc import Collection, Iterable, Mapping

from projects.problems import Names, Problems
from projects.udt import Definition, folders
from tags.errors import ExpressionError
from tags.expression import Expression, compile_expression
from tags.model import Tag


class TagFacts:
    """Know every path of a project, also those whose rows are faulty, for whatever refers to tags."""

    def __init__(self, tags: Mapping[str, Tag | None], is_complete: bool = True) -> None:
        self._tags = tags
        self._is_complete = is_complete
        self._names = Names("tag", tags)
        self._compiled: dict[str, Expression | str] = {}

    def __contains__(self, path: str) -> bool:
        """Tell whether a path exists, as far as can be told: a table or type that is not read may hold it."""
        if path in self._tags or not self._is_complete:
            return True
        return any(self._tags.get(folder, self) is None for folder in folders(path))

    def find(self, path: str) -> Tag | None:
        """Return the tag; None when there is none or its row is faulty."""
        return self._tags.get(path)

    def unknown(self, path: str) -> str:
        """Return one sentence for a path that does not exist."""
        return self._names.unknown(path)

    def expression_faults(self, text: str) -> list[str]:
        """Return one sentence per fault of an expression (without its ``=``): syntax, or each unknown tag."""
        expression = self._compiled.get(text)
        if expression is None:
            try:
                expression = compile_expression(text)
            except ExpressionError as error:
                expression = str(error)
            self._compiled[text] = expression
        if isinstance(expression, str):
            return [expression]
        return [self.unknown(path) for path in expression.paths if path not in self]

    def paths(self, text: str) -> tuple[str, ...]:
        """Return the tags that an expression reads; none when it does not compile."""
        expression = self._compiled.get(text)
        return expression.paths if isinstance(expression, Expression) else ()


def check_expressions(
    rows: Iterable[Definition], facts: TagFacts, made: Collection[str], file: str, problems: Problems
) -> dict[str, str]:
    """Compile every expression tag and find those that depend on themselves; return the faults by path.

    ``made`` are the paths that are tags, ``file`` the table of the rows; rows that were left
    out are reported where they stand.
    """
    faults: dict[str, str] = {}
    reads: dict[str, tuple[str, ...]] = {}
    by_path: dict[str, Definition] = {}
    for row in rows:
        address = row.cells.get("address", "")
        if row.broken or not address.startswith("="):
            continue
        text = address[1:].strip()
        for fault in facts.expression_faults(text):
            row.report(problems, file, "address", fault, False)
            faults.setdefault(row.path, fault)
        by_path[row.path] = row
        reads[row.path] = facts.paths(text)
        lost = [path for path in reads[row.path] if path not in made]
        if lost:
            faults.setdefault(row.path, f"it reads {', '.join(lost[:3])}, which could not be read")
    while cycles := find_cycles(reads):
        for cycle in cycles:
            text = f"the tag depends on itself: {' > '.join((*cycle, cycle[0]))}"
            by_path[cycle[0]].report(problems, file, "address", text, False)
            for path in cycle:
                faults.setdefault(path, text)
                del reads[path]
    return faults


def find_cycles(reads: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return cycles that share no member, so that breaking and checking again ends; linear in the edges."""
    left = {name: [one for one in names if one in reads] for name, names in reads.items()}
    readers: dict[str, list[str]] = {name: [] for name in left}
    for name, names in left.items():
        for one in names:
            readers[one].append(name)
    open_reads = {name: len(names) for name, names in left.items()}
    settled = [name for name, count in open_reads.items() if count == 0]
    for name in settled:
        for reader in readers[name]:
            open_reads[reader] -= 1
            if open_reads[reader] == 0:
                settled.append(reader)
    done = set(settled)
    cycles = []
    for start in left:
        walk: dict[str, int] = {}
        name = start
        while name not in done and name not in walk:
            walk[name] = len(walk)
            name = next(one for one in left[name] if open_reads[one] > 0)
        if name in walk:
            cycles.append(list(walk)[walk[name] :])
        done.update(walk)
    return cycles
