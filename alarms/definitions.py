"""Check alarm definitions all at once."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from alarms.conditions import DISCRETE, LIMITS, LOWER_LIMITS, MAGNITUDES, NOT_FROM_TAGS, UPPER_LIMITS
from alarms.model import AlarmDefinition, AlarmProblem, AlarmType
from alarms.suppression_loops import loops
from tags.clock import NS_PER_MS
from tags.errors import ExpressionError
from tags.expression import compile_expression
from tags.model import DataType, Tag, TagTable


def check(
    definitions: Sequence[AlarmDefinition], tags: TagTable, connections: Iterable[str]
) -> list[AlarmProblem]:
    """Return every reason why these alarms cannot run; empty when they can."""
    problems: list[AlarmProblem] = []
    names = set(connections)
    seen: set[str] = set()
    watched: set[str] = set()
    for definition in definitions:
        if definition.alarm_id in seen:
            problems.append(AlarmProblem(definition.alarm_id, "alarm_id", "this id is used by another row"))
        seen.add(definition.alarm_id)
        if definition.type is AlarmType.COMMUNICATION:
            problems += _communication_problems(definition, names, watched)
            watched.add(definition.tag)
        else:
            found = problem(definition, tags)
            problems += [found] if found else []
        problems += _suppression_problems(definition, tags)
    faulty = {one.alarm_id for one in problems}
    sound = [item for item in definitions if item.alarm_id not in faulty]
    return [*problems, *_level_problems(sound)]


def faults(definition: AlarmDefinition, tags: TagTable) -> list[AlarmProblem]:
    """Return every reason why this alarm alone cannot run with its settings; a COMM alarm has few."""
    found = problem(definition, tags)
    return [*([found] if found else []), *_suppression_problems(definition, tags)]


def review(definitions: Sequence[AlarmDefinition], tags: TagTable) -> list[AlarmProblem]:
    """Return what is wrong with alarms that could run, taken together: faults, and warnings (ALM-16, ALM-23).

    A project with such a fault is refused, and so is a change of settings that leads to one.
    """
    return [*_limit_problems(definitions), *loops(definitions, tags)]


def levels(definitions: Sequence[AlarmDefinition]) -> dict[int, int]:
    """Return for each HIHI or LOLO row that is exclusive the place of the HI or LO row it is a level of."""
    bases = {
        (item.tag, _OUTER[item.type]): index
        for index, item in enumerate(definitions)
        if item.exclusive and item.type in _OUTER
    }
    return {
        index: bases[item.tag, item.type]
        for index, item in enumerate(definitions)
        if item.exclusive and (item.tag, item.type) in bases
    }


_OUTER: Final[Mapping[AlarmType, AlarmType]] = MappingProxyType(
    {AlarmType.HI: AlarmType.HIHI, AlarmType.LO: AlarmType.LOLO}
)
_ORDER: Final = (AlarmType.LOLO, AlarmType.LO, AlarmType.HI, AlarmType.HIHI)


def _limit_problems(definitions: Iterable[AlarmDefinition]) -> list[AlarmProblem]:
    """Check LOLO < LO < HI < HIHI of each tag, and that deadbands leave room between LO and HI (ALM-23)."""
    by_tag: dict[str, list[tuple[int, AlarmDefinition]]] = {}
    for place, item in enumerate(definitions):
        if item.type in LIMITS:
            by_tag.setdefault(item.tag, []).append((place, item))
    problems: list[AlarmProblem] = []
    for limits in by_tag.values():
        limits.sort(key=lambda one: _ORDER.index(one[1].type))
        for (place, low), (other_place, high) in _neighbours(limits):
            if low.setpoint >= high.setpoint:
                later, other = (low, high) if place > other_place else (high, low)
                text = (
                    f"limits of {low.tag} (ALM-23): expected {low.type.value} below {high.type.value}, "
                    f"got {low.setpoint:g} and {high.setpoint:g}"
                )
                problems.append(AlarmProblem(later.alarm_id, "setpoint", text, other=other.alarm_id))
            elif low.type is AlarmType.LO and high.type is AlarmType.HI:
                distance = high.setpoint - low.setpoint
                problems += [
                    AlarmProblem(
                        one.alarm_id,
                        "deadband",
                        f"{one.deadband_eu:g} is half or more of the {distance:g} between LO and HI (ALM-23)",
                        is_warning=True,
                    )
                    for one in (low, high)
                    if 2 * one.deadband_eu >= distance
                ]
    return problems


_Placed = tuple[int, AlarmDefinition]


def _neighbours(limits: Sequence[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    """Yield pairs of limits of different type with none of a type in between."""
    for position, lower in enumerate(limits):
        following = [one for one in limits[position + 1 :] if one[1].type is not lower[1].type]
        for upper in following:
            if upper[1].type is following[0][1].type:
                yield lower, upper


def _level_problems(definitions: Sequence[AlarmDefinition]) -> list[AlarmProblem]:
    problems = []
    chosen = [item for item in definitions if item.exclusive]
    for item in chosen:
        side = UPPER_LIMITS if item.type in UPPER_LIMITS else LOWER_LIMITS
        others = [one for one in chosen if one.tag == item.tag and one.type in side]
        if len(others) != 2 or others[0].type is others[1].type:
            names = (
                f"one {side[0].value} and one {side[1].value}"
                if side is UPPER_LIMITS
                else "one LO and one LOLO"
            )
            text = f"exclusive limits are two rows of one tag, {names}; there are {len(others)}"
            problems.append(AlarmProblem(item.alarm_id, "exclusive", text))
        elif item is others[1]:
            for column in _ALIKE:
                if getattr(others[0], column) != getattr(item, column):
                    text = f"differs from {others[0].alarm_id}: both are levels of one alarm"
                    problems.append(AlarmProblem(item.alarm_id, _COLUMNS.get(column, column), text))
    return problems


_ALIKE: Final = (
    "latching",
    "ack_required",
    "shelvable",
    "group",
    "message_class",
    "suppression_expression",
    "enabled",
    "area",
)
_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({"message_class": "class"})


def _communication_problems(
    definition: AlarmDefinition, connections: set[str], watched: set[str]
) -> list[AlarmProblem]:
    problems = []
    if definition.tag not in connections:
        known = ", ".join(sorted(connections)) or "none"
        text = f"no connection is called {definition.tag!r}; there are: {known}"
        problems.append(AlarmProblem(definition.alarm_id, "tag", text))
    if definition.tag in watched:
        text = f"connection {definition.tag!r} has a COMM alarm already"
        problems.append(AlarmProblem(definition.alarm_id, "tag", text))
    if definition.on_delay_ns or definition.off_delay_ns:
        column = "on_delay_s" if definition.on_delay_ns else "off_delay_s"
        text = "a COMM alarm has no delay: the connection's own time-outs decide"
        problems.append(AlarmProblem(definition.alarm_id, column, text))
    return problems


def _suppression_problems(definition: AlarmDefinition, tags: TagTable) -> list[AlarmProblem]:
    text = definition.suppression_expression.strip()
    if not text:
        return []
    if not definition.suppressible:
        refusal = f"the class {definition.alarm_class} forbids to suppress its alarms (ALM-14)"
        return [AlarmProblem(definition.alarm_id, "suppression_expression", refusal)]
    try:
        compile_expression(text).bind(tags)
    except ExpressionError as error:
        return [AlarmProblem(definition.alarm_id, "suppression_expression", str(error))]
    return []


def problem(definition: AlarmDefinition, tags: TagTable) -> AlarmProblem | None:
    """Return why this condition cannot be evaluated, or None when it can."""
    found = _problem(definition, tags)
    return AlarmProblem(definition.alarm_id, *found) if found else None


_Found = tuple[str, str] | None


def _problem(definition: AlarmDefinition, tags: TagTable) -> _Found:
    kind = definition.type
    if kind in NOT_FROM_TAGS:
        return None
    tag = tags.find(definition.tag)
    if tag is None:
        return "tag", f"no tag has the path {definition.tag!r}"
    if definition.on_delay_ns < 0 or definition.off_delay_ns < 0:
        return "on_delay_s" if definition.on_delay_ns < 0 else "off_delay_s", "a delay is zero or longer"
    if definition.count and (definition.count < 2 or not definition.on_delay_ns or kind is AlarmType.STALE):
        return "count", "counts 2 or more times within the on-delay, which must not be 0 (ALM-34)"
    if definition.exclusive and kind not in LIMITS:
        return "exclusive", f"only limits are exclusive, the type is {kind.value}"
    if not (math.isfinite(definition.deadband_eu) and definition.deadband_eu >= 0):
        return "deadband", "a deadband is zero or larger"
    if kind is not AlarmType.BAD_QUALITY and not math.isfinite(definition.setpoint):
        return "setpoint", f"{kind.value} needs a number in {tag.unit or 'engineering units'}"
    if kind in DISCRETE and tag.data_type is not DataType.BOOL and not tag.data_type.is_numeric:
        return "type", f"{kind.value} compares a number or BOOL, but {tag.path} is {tag.data_type.value}"
    if (kind in LIMITS or kind in MAGNITUDES) and not tag.data_type.is_numeric:
        return "type", f"{kind.value} limits a number, but {tag.path} is {tag.data_type.value}"
    if kind in MAGNITUDES and not 0 <= definition.deadband_eu < definition.setpoint:
        if definition.setpoint <= 0:
            return "setpoint", f"{kind.value} counts in both directions: its limit is above zero (ALM-23)"
        return "deadband", "a deadband not below the limit never lets the alarm return"
    special = _SPECIAL.get(kind)
    return special(definition, tag, tags) if special is not None else None


def _deviation_problem(definition: AlarmDefinition, tag: Tag, tags: TagTable) -> _Found:
    target = tags.find(definition.setpoint_tag)
    if target is None:
        if not definition.setpoint_tag:
            return "setpoint_tag", "DEV needs the tag that holds the set point"
        return "setpoint_tag", f"no tag has the path {definition.setpoint_tag!r}"
    if target is tag:
        return "setpoint_tag", "a tag does not deviate from itself"
    if not target.data_type.is_numeric:
        return "setpoint_tag", f"a set point is a number, but {target.path} is {target.data_type.value}"
    return None


def _rate_problem(definition: AlarmDefinition, tag: Tag, tags: TagTable) -> _Found:
    del tags
    if definition.window_ns < tag.period_ms * NS_PER_MS:
        return "window_s", f"ROC needs a window not below the tag's period of {tag.period_ms / 1000:g} s"
    return None


def _bit_problem(definition: AlarmDefinition, tag: Tag, tags: TagTable) -> _Found:
    del tags
    low, high = tag.data_type.integer_range or (0, 0)
    width = (high - low).bit_length()
    if not 8 <= width <= 32:
        return "type", f"BIT reads a word of 8 to 32 bits, but {tag.path} is {tag.data_type.value}"
    if not 0 <= definition.bit < width:
        return "bit", f"{tag.data_type.value} has the bits 0 to {width - 1}, got {definition.bit}"
    if definition.setpoint not in (0, 1):
        return "setpoint", f"a bit is 0 or 1, got {definition.setpoint:g}"
    return None


def _stale_problem(definition: AlarmDefinition, tag: Tag, tags: TagTable) -> _Found:
    del tags
    if not 0 < definition.setpoint <= _LONGEST_S:
        return "setpoint", f"STALE needs the seconds without a good value, at most {_LONGEST_S:g}"
    if definition.on_delay_ns:
        return "on_delay_s", "the set-point of STALE is its delay"
    if tag.connection is None and tag.expression is None:
        return "tag", f"{tag.path} comes over no connection: it never gets stale"
    return None


def _expression_problem(definition: AlarmDefinition, tag: Tag, tags: TagTable) -> _Found:
    del tag
    if not definition.expression.strip():
        return "expression", "EXPR needs its expression"
    try:
        bound = compile_expression(definition.expression).bind(tags)
    except ExpressionError as error:
        return "expression", str(error)
    return None if bound.tag_ids else ("expression", "reads no tag: it would never change")


_LONGEST_S: Final = 86_400.0
_SPECIAL: Final[Mapping[AlarmType, Callable[[AlarmDefinition, Tag, TagTable], _Found]]] = MappingProxyType(
    {
        AlarmType.DEVIATION: _deviation_problem,
        AlarmType.RATE_OF_CHANGE: _rate_problem,
        AlarmType.BIT: _bit_problem,
        AlarmType.STALE: _stale_problem,
        AlarmType.EXPRESSION: _expression_problem,
    }
)
