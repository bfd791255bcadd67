"""From the rows of alarms.csv to alarm definitions: the master alarm database (ALM-20)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from alarms.advice import advice
from alarms.conditions import DISCRETE, LIMITS, MAGNITUDES
from alarms.definitions import check as check_definitions
from alarms.definitions import review as review_definitions
from alarms.model import AlarmDefinition, AlarmProblem, AlarmType, MessageClass
from alarms.policy import AlarmClass, classed
from alarms.priorities import DEFAULT_MATRIX, PriorityMatrix
from projects.alarm_priorities import Deserved, read_deserved
from projects.problems import Names, Problems, shown
from projects.tables import Record, Row, Table
from projects.tag_facts import TagFacts
from tags.model import Access, DataType, Tag, TagTable

ALARM_FILE: Final = "alarms.csv"
ALARM_COLUMNS: Final = (
    "alarm_id", "tag", "name", "description", "type", "setpoint", "unit", "deadband", "on_delay_s",
    "off_delay_s", "priority", "class", "area", "cause", "consequence", "operator_action",
    "time_to_respond_s", "enabled", "latching", "ack_required", "shelvable", "suppression_expression",
    "group", "display_link", "help_link", "revision",
    "setpoint_tag", "window_s", "bit", "expression", "count", "realarm_s", "exclusive",
    "consequence_level",
)  # fmt: skip
"""The last lines came later: tables without these columns are as good as ever."""
ALARM_REQUIRED: Final = ("alarm_id", "tag", "type")

_TYPES: Mapping[str, AlarmType] = {one.value: one for one in AlarmType if one is not AlarmType.INSTRUMENT}
_MESSAGES: Mapping[str, MessageClass] = {
    one.value: one for one in MessageClass if one is not MessageClass.ALARM
}
_ALARM_ID = re.compile(r"[^\W_][\w.:-]{0,99}")
_NS_PER_S = 1_000_000_000
_MAX_DELAY_S = 86_400.0
_MAX_WHOLE = 1000
_NEEDING_A_LIMIT: Mapping[AlarmType, str] = {
    AlarmType.DEVIATION: "the largest allowed deviation in engineering units",
    AlarmType.RATE_OF_CHANGE: "the largest allowed change per second",
    AlarmType.STALE: "the seconds without a good value",
}


@dataclass(frozen=True, slots=True)
class Links:
    """Know what an alarm may refer to beside tags: connections and screens."""

    connections: Names
    screens: Names


@dataclass(slots=True)
class _Read:
    """One row, its definition and what the later checks across rows report to."""

    row: Row
    record: Record
    definition: AlarmDefinition
    tag: Tag | None
    is_sound: bool


def read_alarms(
    table: Table,
    facts: TagFacts,
    tags: TagTable,
    connections: Iterable[str],
    screens: Names,
    problems: Problems,
    classes: Mapping[str, AlarmClass] | None = None,
    priorities: PriorityMatrix = DEFAULT_MATRIX,
) -> tuple[AlarmDefinition, ...]:
    """Return the sound alarms of a project in the order of their rows.

    ``classes`` says how each class is handled, ``priorities`` which priority an alarm deserves (ALM-41).

    Whatever is wrong goes to ``problems``; an alarm with a fault, or whose tag could not be read, is left
    out.
    """
    names = tuple(connections)
    links = Links(Names("connection", names), screens)
    reader = _Reader(table, facts, links, problems, classes or {}, priorities)
    reads = [reader.read(row) for row in table.rows]
    _check_ids(reads)
    sound = [one for one in reads if one.is_sound]
    rows = {one.definition.alarm_id: one for one in sound}
    _report(check_definitions([one.definition for one in rows.values()], tags, names), rows)
    running = [one.definition for one in rows.values() if one.is_sound]
    _report(review_definitions(running, tags), rows)
    for one in reads:
        for item in advice(one.definition, one.tag):
            one.record.warn(item.column, item.text)
    return tuple(one.definition for one in reads if one.is_sound)


def _report(problems: Iterable[AlarmProblem], rows: Mapping[str, _Read]) -> None:
    for problem in problems:
        one = rows[problem.alarm_id]
        text = problem.text + (f" (row {rows[problem.other].row.line})" if problem.other else "")
        if problem.is_warning:
            one.record.warn(problem.column, text)
        else:
            one.record.fault(problem.column, text)
            one.is_sound = False


class _Reader:
    def __init__(
        self,
        table: Table,
        facts: TagFacts,
        links: Links,
        problems: Problems,
        classes: Mapping[str, AlarmClass],
        priorities: PriorityMatrix,
    ) -> None:
        self._file = table.file
        self._decimal_comma = table.dialect.decimal_comma
        self._facts = facts
        self._links = links
        self._problems = problems
        self._classes = classes
        self._priorities = priorities

    def read(self, row: Row) -> _Read:
        """Return the definition of a row, with defaults in the place of faulty cells."""
        faults = [row.fault] if row.fault else []
        record = Record(row.cells, partial(self._report, row.line, faults), self._decimal_comma)
        kind = record.choice("type", _TYPES, AlarmType.BAD_QUALITY)
        if "type" not in record:
            record.fault("type", "the type is required: " + " ".join(_TYPES))
        alarm_id = self._alarm_id(record)
        tag = self._tag(record, kind)
        respond_s = self._seconds(record, "time_to_respond_s")
        on_delay_s = self._seconds(record, "on_delay_s")
        unit = record.text("unit", tag.unit if tag else "")
        if tag is not None and tag.unit and kind in LIMITS and unit != tag.unit:
            record.warn(
                "unit", f"the tag's unit is {shown(tag.unit)}, and the set-point is in the tag's unit"
            )
        alarm_class = record.text("class")
        deserved = read_deserved(record, self._priorities, respond_s)
        definition = AlarmDefinition(
            alarm_id=alarm_id,
            tag=record.text("tag"),
            name=record.text("name", alarm_id),
            description=record.text("description", record.text("name", alarm_id)),
            type=kind,
            setpoint=self._setpoint(record, kind, tag),
            unit=unit,
            deadband_eu=self._deadband(record, kind),
            on_delay_ns=round(on_delay_s * _NS_PER_S),
            off_delay_ns=round(self._seconds(record, "off_delay_s") * _NS_PER_S),
            priority=deserved.priority(record),
            alarm_class=alarm_class,
            area=record.text("area"),
            cause=record.text("cause"),
            consequence=record.text("consequence"),
            operator_action=record.text("operator_action"),
            time_to_respond_s=respond_s,
            enabled=record.flag("enabled", True),
            latching=record.flag("latching", False),
            ack_required=record.flag("ack_required", True),
            shelvable=record.flag("shelvable", True),
            suppression_expression=self._suppression(record),
            group=record.text("group"),
            display_link=self._display(record),
            help_link=record.text("help_link"),
            revision=record.text("revision"),
            message_class=self._message_class(record, deserved),
            setpoint_tag=self._setpoint_tag(record, kind),
            expression=self._expression(record, kind),
            bit=self._whole(record, "bit", kind is AlarmType.BIT, kind),
            window_ns=round(self._window_s(record, kind) * _NS_PER_S),
            count=self._whole(record, "count", kind is not AlarmType.COMMUNICATION, kind),
            realarm_ns=round(self._seconds(record, "realarm_s") * _NS_PER_S),
            exclusive=record.flag("exclusive", False),
            consequence_level=deserved.level,
        )
        definition = classed(definition, self._classes.get(alarm_class, AlarmClass()))
        if kind is AlarmType.BIT and "bit" not in record:
            record.fault("bit", "BIT needs the number of its bit; bit 0 is the lowest")
        return _Read(row, record, definition, tag, not faults and self._is_checkable(row, definition))

    def _is_checkable(self, row: Row, definition: AlarmDefinition) -> bool:
        """Tell whether all tags that the alarm reads are known; faulty ones are reported at their rows."""
        paths = dict.fromkeys(self._facts.paths(definition.suppression_expression), "suppression_expression")
        paths.update(dict.fromkeys(self._facts.paths(definition.expression), "expression"))
        if definition.type is not AlarmType.COMMUNICATION:
            paths[definition.tag] = "tag"
        if definition.setpoint_tag:
            paths[definition.setpoint_tag] = "setpoint_tag"
        lost = [path for path in paths if self._facts.find(path) is None]
        if lost:
            text = f"the alarm does not run: {lost[0]} could not be read from the project"
            self._problems.entailed(self._file, row.line, paths[lost[0]], text)
        return not lost

    def _report(self, line: int, faults: list[str], column: str, text: str, is_warning: bool) -> None:
        if is_warning:
            self._problems.warn(self._file, line, column, text)
        elif column not in faults:
            faults.append(column)
            self._problems.fault(self._file, line, column, text)

    def _alarm_id(self, record: Record) -> str:
        text = record.text("alarm_id")
        if not text:
            record.fault("alarm_id", "the alarm's id is required")
        elif not _ALARM_ID.fullmatch(text):
            record.fault(
                "alarm_id",
                f"expected letters, digits, _ - . and : (a letter or digit first), got {shown(text)}",
            )
        return text

    def _tag(self, record: Record, kind: AlarmType) -> Tag | None:
        path = record.text("tag")
        if not path:
            wanted = "connection" if kind is AlarmType.COMMUNICATION else "tag"
            record.fault("tag", f"the {wanted} that the alarm watches is required")
        elif kind is AlarmType.COMMUNICATION:
            if path not in self._links.connections:
                record.fault("tag", self._links.connections.unknown(path))
        elif path not in self._facts:
            record.fault("tag", self._facts.unknown(path))
        else:
            tag = self._facts.find(path)
            if tag is None:
                # Its row is reported already; the alarm cannot be checked further.
                return None
            if tag.access is Access.WRITE:
                record.fault("tag", f"{path} is write-only (access w): an alarm needs a value that is read")
            return tag
        return None

    def _setpoint(self, record: Record, kind: AlarmType, tag: Tag | None) -> float:
        value = record.number("setpoint")
        if kind in LIMITS:
            if "setpoint" not in record:
                record.fault("setpoint", f"{kind.value} needs its limit in engineering units")
            return value or 0.0
        if kind in _NEEDING_A_LIMIT:
            if "setpoint" not in record:
                record.fault("setpoint", f"{kind.value} needs {_NEEDING_A_LIMIT[kind]}")
            return value or 0.0
        if kind is AlarmType.BIT:
            return 1.0 if value is None else value
        if kind in DISCRETE:
            if value is not None and not value.is_integer():
                record.fault("setpoint", f"{kind.value} compares with a whole number, got {value:g}")
            elif value not in (None, 0, 1) and tag is not None and tag.data_type is DataType.BOOL:
                record.fault("setpoint", f"{tag.path} is BOOL: expected 0 or 1, got {value:g}")
            return 1.0 if value is None else value
        return value or 0.0

    @staticmethod
    def _deadband(record: Record, kind: AlarmType) -> float:
        value = record.number("deadband", low=0) or 0.0
        if value and kind not in LIMITS and kind not in MAGNITUDES:
            record.fault("deadband", f"only a limit has a deadband, the type is {kind.value}")
        return value

    @staticmethod
    def _whole(record: Record, column: str, is_used: bool, kind: AlarmType) -> int:
        value = record.number(column, low=0)
        if value is None:
            return 0
        if not is_used:
            record.fault(column, f"the type {kind.value} has no {column}")
        elif not value.is_integer() or value > _MAX_WHOLE:
            record.fault(column, f"expected a whole number up to {_MAX_WHOLE}, got {value:g}")
        else:
            return int(value)
        return 0

    def _window_s(self, record: Record, kind: AlarmType) -> float:
        value = self._seconds(record, "window_s")
        if kind is not AlarmType.RATE_OF_CHANGE and "window_s" in record:
            record.fault("window_s", f"only ROC looks back over a window, the type is {kind.value}")
        elif kind is AlarmType.RATE_OF_CHANGE and "window_s" not in record:
            record.fault("window_s", "ROC needs the seconds over which the rate is measured")
        return value

    def _setpoint_tag(self, record: Record, kind: AlarmType) -> str:
        path = record.text("setpoint_tag")
        if kind is not AlarmType.DEVIATION:
            if path:
                record.fault("setpoint_tag", f"only DEV has a set-point tag, the type is {kind.value}")
        elif not path:
            record.fault("setpoint_tag", "DEV needs the tag that holds the set point")
        elif path not in self._facts:
            record.fault("setpoint_tag", self._facts.unknown(path))
        return path

    def _expression(self, record: Record, kind: AlarmType) -> str:
        text = record.text("expression").removeprefix("=").strip()
        if kind is not AlarmType.EXPRESSION:
            if text:
                record.fault("expression", f"only EXPR has an expression, the type is {kind.value}")
        elif not text:
            record.fault("expression", "EXPR needs the expression that is true when the alarm is")
        else:
            faults = self._facts.expression_faults(text)
            if faults:
                record.fault("expression", "; ".join(faults))
        return text

    @staticmethod
    def _seconds(record: Record, column: str) -> float:
        value = record.number(column, low=0) or 0.0
        if value > _MAX_DELAY_S:
            record.fault(column, f"expected at most {_MAX_DELAY_S:g} s, got {value:g}")
            return 0.0
        return value

    def _suppression(self, record: Record) -> str:
        text = record.text("suppression_expression").removeprefix("=").strip()
        if text:
            faults = self._facts.expression_faults(text)
            if faults:
                record.fault("suppression_expression", "; ".join(faults))
        return text

    def _display(self, record: Record) -> str:
        name = record.text("display_link")
        if name and name not in self._links.screens:
            # No reason to do without the alarm.
            report = record.warn if self._problems.is_tolerant else record.fault
            report("display_link", self._links.screens.unknown(name))
            return ""
        return name

    @staticmethod
    def _message_class(record: Record, deserved: Deserved) -> MessageClass:
        stated = _MESSAGES.get(record.text("class").lower())
        if stated is not None:
            return stated
        if "operator_action" in record:
            return deserved.message_class(record)
        record.warn(
            "operator_action",
            "without an action for the operator this is an event, not an alarm (ALM-01): journal only",
        )
        return MessageClass.EVENT


def _check_ids(reads: Iterable[_Read]) -> None:
    first_rows: dict[str, int] = {}
    conditions: dict[tuple[str, AlarmType, float, int, str], int] = {}
    for one in reads:
        definition, line = one.definition, one.row.line
        if not definition.alarm_id:
            continue
        first = first_rows.setdefault(definition.alarm_id, line)
        if first != line:
            one.record.fault(
                "alarm_id", f"duplicate alarm_id {shown(definition.alarm_id)}: row {first} has it too"
            )
            one.is_sound = False
        if not one.is_sound:
            continue
        key = (definition.tag, definition.type, definition.setpoint, definition.bit, definition.expression)
        first = conditions.setdefault(key, line)
        if first != line and definition.type is not AlarmType.COMMUNICATION:
            one.record.warn("type", f"row {first} watches the same tag for the same condition")
