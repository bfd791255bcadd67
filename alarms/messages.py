"""Word alarm messages: which equipment, which condition, which value against which limit."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from alarms.model import AlarmDefinition, AlarmType, Transition
from tags import status as status_codes
from tags.model import DataType, Tag, Value

_CONDITIONS: Final[Mapping[AlarmType, str]] = MappingProxyType(
    {
        AlarmType.HIHI: "very high",
        AlarmType.HI: "high",
        AlarmType.LO: "low",
        AlarmType.LOLO: "very low",
        AlarmType.DEVIATION: "deviates",
        AlarmType.RATE_OF_CHANGE: "changes too fast",
        AlarmType.DISCREPANCY: "does not follow its command",
        AlarmType.OFF_NORMAL: "off normal",
        AlarmType.TRIP: "tripped",
        AlarmType.BAD_QUALITY: "bad value",
        AlarmType.COMMUNICATION: "communication lost",
        AlarmType.INSTRUMENT: "alarms without a usable input",
        AlarmType.BIT: "off normal",
        AlarmType.STALE: "no update",
        AlarmType.EXPRESSION: "condition true",
    }
)
_COMPARED: Final[Mapping[AlarmType, str]] = MappingProxyType(
    {AlarmType.HIHI: ">", AlarmType.HI: ">", AlarmType.LO: "<", AlarmType.LOLO: "<"}
)
_SAID_BY_DESCRIPTION: Final = frozenset((AlarmType.OFF_NORMAL, AlarmType.TRIP, AlarmType.DISCREPANCY))
"""Types whose one state the engineer's description already tells; the value has a column of its own."""
_UNLIMITED: Final = frozenset(
    (AlarmType.BAD_QUALITY, AlarmType.COMMUNICATION, AlarmType.EXPRESSION, AlarmType.INSTRUMENT)
)
_OF_CONNECTIONS: Final = frozenset((AlarmType.COMMUNICATION, AlarmType.INSTRUMENT))


def limit(definition: AlarmDefinition) -> float | None:
    """Return the limit or alarm value to show; None for types that have none."""
    return None if definition.type in _UNLIMITED else definition.setpoint


def unit(definition: AlarmDefinition, tag: Tag | None) -> str:
    """Return the unit of the alarm's value and limit: of the tag, of its rate, or seconds."""
    if definition.type is AlarmType.STALE:
        return "s"
    own = definition.unit or (tag.unit if tag is not None else "")
    return f"{own}/s" if definition.type is AlarmType.RATE_OF_CHANGE else own


def subject(definition: AlarmDefinition) -> str:
    """Return the equipment with what is wrong there, without any value (HMI-22).

    A description is the engineer's own sentence and stands as it is; otherwise the tag names the equipment.
    """
    if definition.type in _OF_CONNECTIONS:
        return f"{definition.tag}: {definition.description or _CONDITIONS[definition.type]}"
    if definition.description:
        return definition.description
    equipment = definition.tag.rpartition(".")[0] or definition.tag
    what = definition.name or f"{definition.tag.rpartition('.')[2]} {_CONDITIONS[definition.type]}"
    return f"{equipment}: {what}"


def message(
    definition: AlarmDefinition, tag: Tag | None, transition: Transition, value: Value | None, status: int
) -> str:
    """Return the message of an activation or a return, such as ``Tank1: level high (87.3 % > 85 %)``."""
    if definition.type in _OF_CONNECTIONS:
        facts = str(value) if value else ""
    elif definition.type is AlarmType.BAD_QUALITY:
        facts = status_codes.name(status)
    elif definition.type in _SAID_BY_DESCRIPTION and definition.description:
        facts = ""
    elif definition.type is AlarmType.STALE:
        facts = f"no good value for {definition.setpoint:g} s, {status_codes.name(status)}"
        if transition is Transition.RETURNED:
            facts = ""
    elif definition.type is AlarmType.EXPRESSION:
        facts = "" if isinstance(value, bool) else value_text(None, value)
    elif definition.type is AlarmType.BIT:
        facts = "" if value is None else f"bit {definition.bit} of {int(float(value)):#x}"  # type: ignore[arg-type]
    elif definition.type in _DIRECTIONS and isinstance(value, int | float):
        facts = _magnitude(definition, tag, value, transition)
    else:
        facts = value_text(tag, value, definition.unit)
        if definition.type in _COMPARED and transition is not Transition.RETURNED:
            bound = value_text(tag, definition.setpoint, definition.unit)
            if facts == bound:
                # A value just beyond its limit must not read as if it were equal to it.
                facts = value_text(tag, value, definition.unit, is_exact=True)
            facts = f"{facts} {_COMPARED[definition.type]} {bound}"
    return f"{subject(definition)} ({facts})" if facts else subject(definition)


_DIRECTIONS: Final[Mapping[AlarmType, tuple[str, str]]] = MappingProxyType(
    {
        AlarmType.DEVIATION: ("above", "below"),
        AlarmType.RATE_OF_CHANGE: ("rises by", "falls by"),
    }
)


def _magnitude(definition: AlarmDefinition, tag: Tag | None, value: float, transition: Transition) -> str:
    """Return a deviation or a rate with its limit, such as ``5.2 °C below Oven.SetPoint > 5.0 °C``."""
    over, under = _DIRECTIONS[definition.type]
    direction = over if value >= 0 else under
    size = value_text(tag, abs(float(value)), unit(definition, tag))
    bound = value_text(tag, definition.setpoint, unit(definition, tag))
    if transition is not Transition.RETURNED and size == bound:
        size = value_text(tag, abs(float(value)), unit(definition, tag), is_exact=True)
    facts = f"{direction} {size}"
    if definition.type is AlarmType.DEVIATION:
        facts = f"{size} {direction} {definition.setpoint_tag}"
    return facts if transition is Transition.RETURNED else f"{facts} > {bound}"


def value_text(tag: Tag | None, value: Value | None, unit: str = "", *, is_exact: bool = False) -> str:
    """Return a value as people read it: state text, or decimals and unit of its tag; all digits if exact."""
    if value is None:
        return "no value"
    if not isinstance(value, bool | int | float):
        return str(value)
    if tag is not None and float(value).is_integer() and int(value) in tag.states:
        return tag.states[int(value)]
    unit = unit or (tag.unit if tag is not None else "")
    if isinstance(value, bool | int):
        text = str(int(value))
    elif is_exact:
        text = repr(value)
    elif tag is None or tag.decimals is None:
        text = f"{value:.6g}"
    else:
        text = f"{value:.{tag.decimals}f}"
    return f"{text} {unit}" if unit else text


def typed(tag: Tag, value: float) -> Value | None:
    """Return a sample of a column in its tag's own type; None when it has none."""
    if math.isnan(value):
        return None
    if tag.data_type is DataType.BOOL:
        return value != 0
    if tag.data_type.is_integer and value.is_integer():
        return int(value)
    return value


def typed_input(definition: AlarmDefinition, tag: Tag, value: float) -> Value | None:
    """Return the input of a condition: a tag's sample in its own type, a deviation or rate, or a verdict."""
    if definition.type is AlarmType.EXPRESSION:
        return value != 0 if value in (0, 1) else None if math.isnan(value) else value
    if definition.type in _DIRECTIONS:
        return None if math.isnan(value) else value
    return typed(tag, value)
