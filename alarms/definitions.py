"""Check alarm definitions all at once, and add the alarm that every connection has."""

import math
from collections.abc import Iterable, Sequence

from alarms.conditions import LIMITS, NOT_FROM_TAGS
from alarms.model import AlarmDefinition, AlarmProblem, AlarmType, MessageClass, Priority
from tags.errors import ExpressionError
from tags.expression import compile_expression
from tags.model import DataType, Tag, TagTable

COMMUNICATION_PREFIX = "COMM."


def communication_alarm(connection: str) -> AlarmDefinition:
    """Return the alarm that a connection has when the project defines none for it (ALM-11)."""
    return AlarmDefinition(
        alarm_id=COMMUNICATION_PREFIX + connection,
        tag=connection,
        name="communication lost",
        description="communication lost",
        type=AlarmType.COMMUNICATION,
        setpoint=1.0,
        priority=Priority.HIGH,
        area=connection,
        cause="The controller is off, in stop, or the network between it and the station is cut.",
        consequence="Its values are no longer known and it takes no commands from here.",
        operator_action="Check the controller's power, state and network cable; work from the local panel.",
        message_class=MessageClass.ALARM,
    )


def with_communication(
    definitions: Sequence[AlarmDefinition], connections: Iterable[str]
) -> tuple[AlarmDefinition, ...]:
    """Return the definitions with exactly one COMM alarm per connection (ALM-11)."""
    defined = {item.tag for item in definitions if item.type is AlarmType.COMMUNICATION}
    added = [communication_alarm(name) for name in connections if name not in defined]
    return (*definitions, *added)


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
    return problems


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
    try:
        compile_expression(text).bind(tags)
    except ExpressionError as error:
        return [AlarmProblem(definition.alarm_id, "suppression_expression", str(error))]
    return []


def problem(definition: AlarmDefinition, tags: TagTable) -> AlarmProblem | None:
    """Return why this condition cannot be evaluated, or None when it can."""
    found = _problem(definition, tags)
    return AlarmProblem(definition.alarm_id, *found) if found else None


def _problem(definition: AlarmDefinition, tags: TagTable) -> tuple[str, str] | None:
    kind = definition.type
    if kind in NOT_FROM_TAGS:
        return None
    tag = tags.find(definition.tag)
    if tag is None:
        return "tag", f"no tag has the path {definition.tag!r}"
    if definition.on_delay_ns < 0 or definition.off_delay_ns < 0:
        return "on_delay_s" if definition.on_delay_ns < 0 else "off_delay_s", "a delay is zero or longer"
    if kind is AlarmType.DEVIATION:
        return (
            "type",
            "DEV needs a set-point tag, which no column names yet: use an expression tag and HI",
        )
    if kind is AlarmType.RATE_OF_CHANGE:
        return "type", "ROC is not evaluated yet: use a tag that holds the rate and HI or LO"
    if kind is AlarmType.BAD_QUALITY:
        return None
    if not math.isfinite(definition.setpoint):
        return "setpoint", f"{kind.value} needs a number in {tag.unit or 'engineering units'}"
    if kind in LIMITS:
        return _limit_problem(definition, tag)
    if tag.data_type is not DataType.BOOL and not tag.data_type.is_numeric:
        return "type", f"{kind.value} compares a number or BOOL, but {tag.path} is {tag.data_type.value}"
    return None


def _limit_problem(definition: AlarmDefinition, tag: Tag) -> tuple[str, str] | None:
    if not tag.data_type.is_numeric:
        return "type", f"{definition.type.value} limits a number, but {tag.path} is {tag.data_type.value}"
    if not (math.isfinite(definition.deadband_eu) and definition.deadband_eu >= 0):
        return "deadband", "a deadband is zero or larger"
    return None
