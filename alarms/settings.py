"""Change alarm settings at run time, and know how they differ from the master database (ALM-22)."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from alarms.model import AlarmDefinition, AlarmError, AlarmType, Priority
from tags.clock import NS_PER_S

Setting = float | str | bool
"""A number, a priority's name in small letters, an expression, or whether the alarm is enabled."""
_LONGEST_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class SettingChange:
    """Record that somebody changed one setting of an alarm, and why; ``setting`` is a column's name."""

    at_ns: int
    alarm_id: str
    setting: str
    old: Setting
    new: Setting
    user: str
    workstation: str
    reason: str


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """Tell that an alarm runs with another setting than ``alarms.csv`` gives it, and who made it so."""

    alarm_id: str
    setting: str
    master: Setting
    running: Setting
    at_ns: int = 0
    user: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    read: Callable[[AlarmDefinition], Setting]
    field: str
    parse: Callable[[Setting], Any]


def _number(value: Setting) -> float:
    if isinstance(value, bool | str) or not math.isfinite(value):
        raise AlarmError("expected a number")
    return float(value)


def _positive(value: Setting) -> float:
    number = _number(value)
    if number < 0:
        raise AlarmError("expected a number not below 0")
    return number


def _nanoseconds(value: Setting) -> int:
    seconds = _positive(value)
    if seconds > _LONGEST_S:
        raise AlarmError(f"expected at most {_LONGEST_S:g} s")
    return round(seconds * NS_PER_S)


def _priority(value: Setting) -> Priority:
    names = {one.name.lower(): one for one in Priority}
    if not isinstance(value, str) or value not in names:
        raise AlarmError(f"expected {', '.join(names)}")
    return names[value]


def _expression(value: Setting) -> str:
    if not isinstance(value, str):
        raise AlarmError("expected an expression, or an empty text for none")
    return value.strip().removeprefix("=").strip()


def _truth(value: Setting) -> bool:
    if not isinstance(value, bool):
        raise AlarmError("expected true or false")
    return value


SETTINGS: Final[Mapping[str, _Kind]] = MappingProxyType(
    {
        "setpoint": _Kind(lambda item: item.setpoint, "setpoint", _number),
        "deadband": _Kind(lambda item: item.deadband_eu, "deadband_eu", _positive),
        "on_delay_s": _Kind(lambda item: item.on_delay_ns / NS_PER_S, "on_delay_ns", _nanoseconds),
        "off_delay_s": _Kind(lambda item: item.off_delay_ns / NS_PER_S, "off_delay_ns", _nanoseconds),
        "priority": _Kind(lambda item: item.priority.name.lower(), "priority", _priority),
        "suppression_expression": _Kind(
            lambda item: item.suppression_expression, "suppression_expression", _expression
        ),
        "enabled": _Kind(lambda item: item.enabled, "enabled", _truth),
    }
)
"""What may be changed while the station runs, by the columns of ``alarms.csv``."""
_TYPES: Final[Mapping[str, type[str] | type[bool]]] = MappingProxyType(
    {"priority": str, "suppression_expression": str, "enabled": bool}
)
_OF_CONNECTIONS: Final = frozenset((AlarmType.COMMUNICATION, AlarmType.INSTRUMENT))
_OF_COMMUNICATION: Final = frozenset(("priority", "enabled", "suppression_expression"))


def value_kind(setting: str) -> type[float] | type[str] | type[bool]:
    """Return the Python type of a setting's values."""
    return _TYPES.get(setting, float)


def value_of(definition: AlarmDefinition, setting: str) -> Setting:
    """Return a setting of a definition."""
    return SETTINGS[setting].read(definition)


def changed(definition: AlarmDefinition, changes: Mapping[str, Setting]) -> AlarmDefinition:
    """Return the definition with changed settings.

    Raises:
        AlarmError: there is no such setting, or a value is not of its kind.
    """
    fields: dict[str, Any] = {}
    for setting, value in changes.items():
        kind = SETTINGS.get(setting)
        if kind is None:
            raise AlarmError(f"no setting is called {setting!r}; there are: {', '.join(SETTINGS)}")
        if definition.type in _OF_CONNECTIONS and setting not in _OF_COMMUNICATION:
            raise AlarmError(f"{definition.type.value} alarms have no {setting}: the connection decides")
        try:
            fields[kind.field] = kind.parse(value)
        except AlarmError as error:
            raise AlarmError(f"{setting}: {error}, got {value!r}") from None
    return replace(definition, **fields)


def differences(
    master: Iterable[AlarmDefinition],
    running: Iterable[AlarmDefinition],
    changes: Sequence[SettingChange],
) -> list[SettingDifference]:
    """Return how what runs differs from the master database; ``changes`` tells who made it so."""
    made = {(item.alarm_id, item.setting): item for item in changes}
    found = []
    for one, other in zip(master, running, strict=True):
        if one == other:
            continue
        for setting, kind in SETTINGS.items():
            before, after = kind.read(one), kind.read(other)
            if before != after:
                change = made.get((one.alarm_id, setting))
                who = (change.at_ns, change.user, change.reason) if change is not None else ()
                found.append(SettingDifference(one.alarm_id, setting, before, after, *who))
    return found
