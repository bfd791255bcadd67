"""Where to begin with an alarm: a limit from the consequence, deadband and delays by the kind of signal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from alarms.advice import MAX_DELAY_SHARE
from alarms.conditions import DISCRETE, LIMITS, UPPER_LIMITS
from alarms.model import AlarmDefinition, AlarmError, AlarmType
from tags.clock import NS_PER_S
from tags.model import DataType, Tag

MARGIN: Final = 1.5
"""Half as much time again as response and action take (ALM-24)."""


def limit_before(
    threshold: float, rate_per_s: float, response_s: float, action_s: float, *, is_upper: bool
) -> float:
    """Return the limit that leaves enough time before a threshold is reached (ALM-24).

    ``threshold`` is where the consequence begins, in engineering units; ``rate_per_s`` how fast the value
    goes there at worst, always above zero; the times are those to notice and decide, and to act.

    Raises:
        AlarmError: a rate or time is not possible.
    """
    if not rate_per_s > 0:
        raise AlarmError(f"the rate at which the value changes is above zero, got {rate_per_s:g}")
    if response_s < 0 or action_s < 0 or not response_s + action_s > 0:
        raise AlarmError("the times to respond and to act are not below zero, and together above it")
    way = rate_per_s * (response_s + action_s) * MARGIN
    return threshold - way if is_upper else threshold + way


class Signal(StrEnum):
    """Name a kind of signal, by which deadband and delays begin (ALM-30)."""

    FLOW = "flow"
    LEVEL = "level"
    PRESSURE = "pressure"
    TEMPERATURE = "temperature"
    POWER = "speed, current or power"
    CONTACT = "contact"
    TRIP = "trip"


@dataclass(frozen=True, slots=True)
class StartingValues:
    """Hold what an alarm on such a signal begins with; ``deadband_percent`` is of the tag's range."""

    deadband_percent: float
    on_delay_s: float
    off_delay_s: float


STARTING_VALUES: Final[Mapping[Signal, StartingValues]] = MappingProxyType(
    {
        Signal.FLOW: StartingValues(5, 15, 15),
        Signal.LEVEL: StartingValues(5, 60, 60),
        Signal.PRESSURE: StartingValues(2, 15, 15),
        Signal.TEMPERATURE: StartingValues(1, 60, 60),
        Signal.POWER: StartingValues(2, 5, 10),
        Signal.CONTACT: StartingValues(0, 1, 5),
        Signal.TRIP: StartingValues(0, 0, 0),
    }
)
"""The table of ALM-30; of its ranges the end that makes an alarm the least late."""

_UNITS: Final = (
    (Signal.FLOW, re.compile(r"(m3|m³|l|ml|kg|t|g)/(s|min|h|d)", re.IGNORECASE)),
    (Signal.PRESSURE, re.compile(r"([mk]?bar|[hkM]?Pa|psi)(\(?[ag]\)?)?")),
    (Signal.TEMPERATURE, re.compile(r"°C|°F|K|degC")),
    (Signal.POWER, re.compile(r"rpm|1/min|min-1|m/s|m/min|Hz|m?A|k?W|kVA|kvar|cos ?phi", re.IGNORECASE)),
)
_LEVEL: Final = re.compile(r"level|niveau|fill", re.IGNORECASE)


def signal_of(definition: AlarmDefinition, tag: Tag) -> Signal | None:
    """Return what kind of signal an alarm watches, by its type, unit and name; None when nothing tells."""
    if definition.type is AlarmType.TRIP:
        return Signal.TRIP
    if definition.type in (*DISCRETE, AlarmType.BIT) or tag.data_type is DataType.BOOL:
        return Signal.CONTACT
    if definition.type not in LIMITS:
        return None
    for signal, pattern in _UNITS:
        if pattern.fullmatch(tag.unit):
            return signal
    words = f"{tag.path} {tag.description} {definition.description}"
    return Signal.LEVEL if _LEVEL.search(words) else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Suggest one setting of an alarm, by column of ``alarms.csv``, with the reason."""

    alarm_id: str
    setting: str
    present: float
    suggested: float
    reason: str


def suggestions(definition: AlarmDefinition, tag: Tag) -> list[Suggestion]:
    """Return starting values for the deadband and delays that an alarm does not have yet (ALM-30).

    An on-delay stays below a quarter of the time to respond (ALM-31), a deadband within the tag's range.
    """
    signal = signal_of(definition, tag)
    if signal is None:
        return []
    values = STARTING_VALUES[signal]
    found: list[Suggestion] = []
    reason = f"{signal.value} (ALM-30)"
    deadband = _deadband(definition, tag, values)
    if not definition.deadband_eu and deadband:
        text = f"{values.deadband_percent:g} % of the range, {reason}"
        found.append(Suggestion(definition.alarm_id, "deadband", 0.0, deadband, text))
    longest_s = definition.time_to_respond_s * MAX_DELAY_SHARE
    on_delay_s = values.on_delay_s
    if longest_s and on_delay_s >= longest_s:
        # Just below the bound, in whole seconds where there is room for one.
        on_delay_s = float(-(-longest_s // 1) - 1)
    if not definition.on_delay_ns and on_delay_s > 0:
        text = (
            reason if on_delay_s == values.on_delay_s else f"{reason}, cut to a quarter of the time (ALM-31)"
        )
        found.append(Suggestion(definition.alarm_id, "on_delay_s", 0.0, on_delay_s, text))
    if not definition.off_delay_ns and values.off_delay_s:
        found.append(Suggestion(definition.alarm_id, "off_delay_s", 0.0, values.off_delay_s, reason))
    if signal is Signal.TRIP and (definition.on_delay_ns or not definition.latching):
        if definition.on_delay_ns:
            present = definition.on_delay_ns / NS_PER_S
            found.append(Suggestion(definition.alarm_id, "on_delay_s", present, 0.0, reason))
        if not definition.latching:
            found.append(Suggestion(definition.alarm_id, "latching", 0.0, 1.0, reason))
    return found


def _deadband(definition: AlarmDefinition, tag: Tag, values: StartingValues) -> float:
    if definition.type not in LIMITS or tag.eu_low is None or tag.eu_high is None:
        return 0.0
    deadband = float(f"{(tag.eu_high - tag.eu_low) * values.deadband_percent / 100:.3g}")
    upper = definition.type in UPPER_LIMITS
    room = definition.setpoint - tag.eu_low if upper else tag.eu_high - definition.setpoint
    return deadband if deadband < room else 0.0
