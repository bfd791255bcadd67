"""From the rows of alarms.csv to alarm definitions: the master alarm database (ALM-20)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from alarms.conditions import DISCRETE, LIMITS
from alarms.definitions import check as check_definitions
from alarms.model import AlarmDefinition, AlarmType, MessageClass, Priority
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
)  # fmt: skip
ALARM_REQUIRED: Final = ("alarm_id", "tag", "type")

_TYPES: Mapping[str, AlarmType] = {one.value: one for one in AlarmType}
_PRIORITIES: Mapping[str, Priority] = {one.name.lower(): one for one in reversed(Priority)}
_MESSAGES: Mapping[str, MessageClass] = {
    one.value: one for one in MessageClass if one is not MessageClass.ALARM
}
_ALARM_ID = re.compile(r"[^\W_][\w.:-]{0,99}")
_ORDER = (AlarmType.LOLO, AlarmType.LO, AlarmType.HI, AlarmType.HIHI)
_NS_PER_S = 1_000_000_000
_MAX_DELAY_S = 86_400.0
_MAX_DELAY_SHARE = 0.25
"""Longest on-delay as a share of the time to respond (ALM-31)."""


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
) -> tuple[AlarmDefinition, ...]:
    """Return the sound alarms of a project in the order of their rows.

    Whatever is wrong goes to ``problems``; an alarm with a fault, or whose tag could not be read, is left
    out.
    """
    names = tuple(connections)
    links = Links(Names("connection", names), screens)
    reader = _Reader(table, facts, links, problems)
    reads = [reader.read(row) for row in table.rows]
    _check_ids(reads)
    _check_limits(reads)
    sound = [one for one in reads if one.is_sound]
    rows = {one.definition.alarm_id: one for one in sound}
    for problem in check_definitions([one.definition for one in rows.values()], tags, names):
        rows[problem.alarm_id].record.fault(problem.column, problem.text)
        rows[problem.alarm_id].is_sound = False
    return tuple(one.definition for one in reads if one.is_sound)


class _Reader:
    def __init__(self, table: Table, facts: TagFacts, links: Links, problems: Problems) -> None:
        self._file = table.file
        self._decimal_comma = table.dialect.decimal_comma
        self._facts = facts
        self._links = links
        self._problems = problems

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
        if respond_s and on_delay_s >= _MAX_DELAY_SHARE * respond_s:
            record.warn(
                "on_delay_s",
                f"{on_delay_s:g} s use up a quarter or more of the {respond_s:g} s to respond (ALM-31)",
            )
        unit = record.text("unit", tag.unit if tag else "")
        if tag is not None and tag.unit and kind in LIMITS and unit != tag.unit:
            record.warn(
                "unit", f"the tag's unit is {shown(tag.unit)}, and the set-point is in the tag's unit"
            )
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
            priority=record.choice("priority", _PRIORITIES, Priority.LOW),
            alarm_class=record.text("class"),
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
            message_class=self._message_class(record),
        )
        return _Read(row, record, definition, tag, not faults and self._is_checkable(row, definition))

    def _is_checkable(self, row: Row, definition: AlarmDefinition) -> bool:
        """Tell whether all tags that the alarm reads are known; faulty ones are reported at their rows."""
        paths = dict.fromkeys(self._facts.paths(definition.suppression_expression), "suppression_expression")
        if definition.type is not AlarmType.COMMUNICATION:
            paths[definition.tag] = "tag"
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
            if value is not None and tag is not None and tag.eu_low is not None and tag.eu_high is not None:
                self._check_range(record, value, tag.eu_low, tag.eu_high, tag.unit)
            return value or 0.0
        if kind in DISCRETE:
            if value is not None and not value.is_integer():
                record.fault("setpoint", f"{kind.value} compares with a whole number, got {value:g}")
            elif value not in (None, 0, 1) and tag is not None and tag.data_type is DataType.BOOL:
                record.fault("setpoint", f"{tag.path} is BOOL: expected 0 or 1, got {value:g}")
            return 1.0 if value is None else value
        return value or 0.0

    @staticmethod
    def _check_range(record: Record, value: float, low: float, high: float, unit: str) -> None:
        if not low <= value <= high:
            span = f"{low:g} to {high:g} {unit}".rstrip()
            record.warn(
                "setpoint", f"{value:g} is outside the tag's range of {span}: the alarm cannot be reached"
            )

    @staticmethod
    def _deadband(record: Record, kind: AlarmType) -> float:
        value = record.number("deadband", low=0) or 0.0
        if value and kind not in LIMITS:
            record.fault("deadband", f"only a limit has a deadband, the type is {kind.value}")
        return value

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
    def _message_class(record: Record) -> MessageClass:
        stated = _MESSAGES.get(record.text("class").lower())
        if stated is not None:
            return stated
        if "operator_action" in record:
            return MessageClass.ALARM
        record.warn(
            "operator_action",
            "without an action for the operator this is an event, not an alarm (ALM-01): journal only",
        )
        return MessageClass.EVENT


def _check_ids(reads: Iterable[_Read]) -> None:
    first_rows: dict[str, int] = {}
    conditions: dict[tuple[str, AlarmType, float], int] = {}
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
        key = (definition.tag, definition.type, definition.setpoint)
        first = conditions.setdefault(key, line)
        if first != line and definition.type is not AlarmType.COMMUNICATION:
            one.record.warn("type", f"row {first} watches the same tag for the same condition")


def _check_limits(reads: Iterable[_Read]) -> None:
    """Check LOLO < LO < HI < HIHI per tag, and that the deadband leaves room between HI and LO (ALM-23)."""
    by_tag: dict[str, list[_Read]] = {}
    for one in reads:
        if one.is_sound and one.definition.type in LIMITS and one.tag is not None:
            by_tag.setdefault(one.definition.tag, []).append(one)
    for limits in by_tag.values():
        limits.sort(key=lambda one: _ORDER.index(one.definition.type))
        for lower, upper in _neighbours(limits):
            low, high = lower.definition, upper.definition
            if low.setpoint >= high.setpoint:
                later = max(lower, upper, key=lambda one: one.row.line)
                other = lower if later is upper else upper
                later.record.fault(
                    "setpoint",
                    f"expected {low.type.value} below {high.type.value}, got {low.setpoint:g} and "
                    f"{high.setpoint:g} (row {other.row.line}) for {low.tag} (ALM-23)",
                )
                later.is_sound = False
            elif low.type is AlarmType.LO and high.type is AlarmType.HI:
                distance = high.setpoint - low.setpoint
                for one in (lower, upper):
                    if 2 * one.definition.deadband_eu >= distance:
                        one.record.warn(
                            "deadband",
                            f"{one.definition.deadband_eu:g} is half or more of the {distance:g} between "
                            "LO and HI (ALM-23)",
                        )


def _neighbours(limits: list[_Read]) -> Iterable[tuple[_Read, _Read]]:
    """Yield pairs of limits of different type with none of a type in between."""
    for position, lower in enumerate(limits):
        following = [
            one for one in limits[position + 1 :] if one.definition.type is not lower.definition.type
        ]
        for upper in following:
            if upper.definition.type is following[0].definition.type:
                yield lower, upper
