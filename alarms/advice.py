"""Warn of settings that can run but are probably not meant, each with the reason of its rule."""

from collections.abc import Iterator
from typing import Final

from alarms.conditions import LIMITS, UPPER_LIMITS
from alarms.model import AlarmDefinition, AlarmProblem
from tags.clock import NS_PER_S
from tags.model import Tag

MAX_DELAY_SHARE: Final = 0.25
"""Longest on-delay as a share of the time to respond (ALM-31)."""


def advice(definition: AlarmDefinition, tag: Tag | None) -> list[AlarmProblem]:
    """Return warnings about the settings of one alarm; ``tag`` is what it watches, if it is known."""
    return [
        AlarmProblem(definition.alarm_id, column, text, is_warning=True)
        for column, text in _findings(definition, tag)
    ]


def _findings(definition: AlarmDefinition, tag: Tag | None) -> Iterator[tuple[str, str]]:
    respond_s = definition.time_to_respond_s
    on_delay_s = definition.on_delay_ns / NS_PER_S
    if respond_s and on_delay_s >= MAX_DELAY_SHARE * respond_s:
        yield (
            "on_delay_s",
            f"{on_delay_s:g} s use up a quarter or more of the {respond_s:g} s to respond (ALM-31)",
        )
    if definition.type in LIMITS and tag is not None and tag.eu_low is not None and tag.eu_high is not None:
        yield from _range_findings(definition, tag.eu_low, tag.eu_high, tag.unit)


def _range_findings(
    definition: AlarmDefinition, low: float, high: float, unit: str
) -> Iterator[tuple[str, str]]:
    value = definition.setpoint
    span = f"{low:g} to {high:g} {unit}".rstrip()
    if not low <= value <= high:
        yield "setpoint", f"{value:g} is outside the tag's range of {span}: the alarm cannot be reached"
        return
    room = value - low if definition.type in UPPER_LIMITS else high - value
    if definition.deadband_eu and definition.deadband_eu >= room:
        text = (
            f"{definition.deadband_eu:g} leaves no room in the tag's range of {span}: it would never return"
        )
        yield "deadband", text
