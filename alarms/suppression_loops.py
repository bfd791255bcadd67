"""Find alarms that suppress each other, so that nobody is left to name the cause (ALM-16)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from alarms.model import AlarmDefinition, AlarmProblem, AlarmType
from alarms.suppression import InputSource
from tags.expression import BoundExpression, compile_expression
from tags.model import TagTable, needs_extra, to_float
from tags.status import StatusCode

_MAX_LOOPS: Final = 20
"""More are not worth reading, and their number grows fast."""
_BEYOND: Final = 1e-9


def loops(definitions: Sequence[AlarmDefinition], tags: TagTable) -> list[AlarmProblem]:
    """Return what is wrong with the suppression expressions of sound definitions, taken together.

    An alarm depends on another whose tag, or an input of that calculated tag, its suppression expression
    reads. A loop in which each alarm's condition alone suppresses the next is a fault: all of them are hidden
    when all are true. Another loop may be meant so and is a warning.
    """
    suppressed = {
        index: compile_expression(item.suppression_expression).bind(tags)
        for index, item in enumerate(definitions)
        if item.suppression_expression.strip()
    }
    readers = {index: _origins(bound.expression.paths, tags) for index, bound in suppressed.items()}
    sources = {index: _origins(_inputs(definitions[index]), tags) for index in suppressed}
    by_source: dict[str, list[int]] = {}
    for index, paths in sources.items():
        for path in paths:
            by_source.setdefault(path, []).append(index)
    causes = {
        index: sorted({cause for path in paths for cause in by_source.get(path, ())})
        for index, paths in readers.items()
    }
    problems = []
    for loop in _cycles(causes):
        names = [definitions[index].alarm_id for index in loop]
        if _is_certain(loop, definitions, suppressed, tags):
            text = (
                "is suppressed by its own condition: it could never be seen"
                if len(loop) == 1
                else f"a loop: when {' and '.join(names)} are true, each hides the other and none is seen"
            )
            problems.append(AlarmProblem(names[0], "suppression_expression", f"{text} (ALM-16)"))
        elif len(loop) > 1:
            text = (
                f"may be a loop: {', '.join(names)} read each other's tags; one must name the cause (ALM-16)"
            )
            problems.append(AlarmProblem(names[0], "suppression_expression", text, is_warning=True))
    return problems


def reachable(definitions: Sequence[AlarmDefinition], changed: Iterable[int], tags: TagTable) -> set[int]:
    """Return the places of all alarms that a loop through one of the ``changed`` ones could go through.

    Far fewer expressions are compiled than :func:`loops` needs for all: a running station has no time.
    """
    by_source: dict[str, list[int]] = {}
    for index, item in enumerate(definitions):
        if item.suppression_expression.strip():
            for path in _origins(_inputs(item), tags):
                by_source.setdefault(path, []).append(index)
    found: set[int] = set()
    asked: set[str] = set()
    waiting = list(changed)
    while waiting:
        index = waiting.pop()
        text = definitions[index].suppression_expression.strip()
        if index in found:
            continue
        found.add(index)
        for path in _origins(compile_expression(text).paths, tags) - asked if text else ():
            asked.add(path)
            waiting += by_source.get(path, ())
    return found


def _inputs(definition: AlarmDefinition) -> tuple[str, ...]:
    if definition.type is AlarmType.EXPRESSION:
        return compile_expression(definition.expression).paths
    return () if definition.type is AlarmType.COMMUNICATION else (definition.tag,)


def _origins(paths: Sequence[str], tags: TagTable) -> set[str]:
    """Return these tags and what the calculated ones among them are made of."""
    found: set[str] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        tag = tags.find(path)
        if path not in found and tag is not None:
            found.add(path)
            if tag.expression is not None:
                waiting += compile_expression(tag.expression).paths
    return found


def _cycles(causes: dict[int, list[int]]) -> Iterator[tuple[int, ...]]:
    """Yield loops of one or two alarms, and one for each longer way back to its first alarm."""
    told = 0
    for first in causes:
        for loop in _from(first, causes):
            yield loop
            told += 1
            if told == _MAX_LOOPS:
                return


def _from(first: int, causes: dict[int, list[int]]) -> Iterator[tuple[int, ...]]:
    """Yield the shortest loops from ``first`` through alarms that stand after it."""
    if first in causes[first]:
        yield (first,)
    came_from: dict[int, int] = {}
    waiting = [first]
    while waiting:
        here = waiting.pop(0)
        for cause in causes[here]:
            if cause == first and here != first:
                loop = [here]
                while loop[-1] != first:
                    loop.append(came_from[loop[-1]])
                yield tuple(reversed(loop))
            if cause > first and cause not in came_from:
                came_from[cause] = here
                waiting.append(cause)


def _is_certain(
    loop: Sequence[int],
    definitions: Sequence[AlarmDefinition],
    suppressed: dict[int, BoundExpression],
    tags: TagTable,
) -> bool:
    """Tell whether the true conditions of a loop alone, nothing else known, suppress all its alarms."""
    source = InputSource(tags)
    for index in loop:
        item = definitions[index]
        value = _true_value(item)
        if value is None:
            return False
        tag = tags.by_path(item.tag)
        status = int(StatusCode.Good)
        typed = bool(value) if tag.data_type.value == "BOOL" else value
        source.put(tag.id, typed if needs_extra(typed) else None, to_float(typed), status, 1)
    return all(bool(suppressed[index].evaluate(source).value) for index in loop)


def _true_value(item: AlarmDefinition) -> float | None:
    """Return a value of the alarm's tag at which its condition is just true; None when none is known."""
    margin = max(abs(item.setpoint) * _BEYOND, _BEYOND)
    if item.type in (AlarmType.HI, AlarmType.HIHI):
        return item.setpoint + margin
    if item.type in (AlarmType.LO, AlarmType.LOLO):
        return item.setpoint - margin
    if item.type in (AlarmType.DISCREPANCY, AlarmType.OFF_NORMAL, AlarmType.TRIP):
        return item.setpoint
    if item.type is AlarmType.BIT:
        return float(np.ldexp(item.setpoint, item.bit))
    return None
