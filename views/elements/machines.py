"""Machines and apparatus that differ from other equipment by their symbol and their words."""

from collections.abc import Hashable

from views.declarations import Property, PropertyKind
from views.elements.base import DISCRETE, NUMERIC, TAG, Kind, declared, shown_value, unit_of
from views.elements.equipment import ROTATION, STATE, Equipment
from views.quality import hidden_text


def _kind(kind: str, title: str, help_text: str) -> Kind:
    return Kind(kind, title, help_text, declared(TAG, *STATE, ROTATION), DISCRETE)


class Fan(Equipment):
    """Paint a fan; its blades stand still (HMI-07)."""

    kind = _kind("fan", "Fan", "A fan; bright while it runs.")
    symbol = "fan"


class Compressor(Equipment):
    """Paint a compressor."""

    kind = _kind("compressor", "Compressor", "A compressor; bright while it runs.")
    symbol = "compressor"


class Heater(Equipment):
    """Paint a heater."""

    kind = _kind("heater", "Heater", "A heater; bright while it heats.")
    symbol = "heater"
    words = ("On", "Off", "Starting")


class Cooler(Equipment):
    """Paint a cooler."""

    kind = _kind("cooler", "Cooler", "A cooler; bright while it cools.")
    symbol = "cooler"
    words = ("On", "Off", "Starting")


class HeatExchanger(Equipment):
    """Paint a heat exchanger."""

    kind = _kind("heat_exchanger", "Heat exchanger", "A heat exchanger; bright while medium flows.")
    symbol = "heat_exchanger"
    words = ("Flowing", "Still", "Starting")


class Filter(Equipment):
    """Paint a filter."""

    kind = _kind("filter", "Filter", "A filter; bright while it is in use.")
    symbol = "filter"
    words = ("In use", "Idle", "Cleaning")


class Cylinder(Equipment):
    """Paint a pneumatic cylinder."""

    kind = _kind("cylinder", "Cylinder", "A cylinder; bright while it is extended.")
    symbol = "cylinder"
    words = ("Extended", "Retracted", "Moving")


class RobotCell(Equipment):
    """Paint a robot."""

    kind = _kind("robot_cell", "Robot cell", "A robot; bright while its programme runs.")
    symbol = "robot"


class ThreeWayValve(Equipment):
    """Paint a valve that leads one way or the other; the word tells which."""

    kind = _kind("valve_three_way", "Three-way valve", "A valve of two ways; words tell which one is open.")
    symbol = "valve_three_way"
    words = ("Way B", "Way A", "Moving")


class ControlValve(Equipment):
    """Paint a modulating valve with its position."""

    kind = Kind(
        "valve_control",
        "Control valve",
        "A modulating valve with its position; bright when it is open by more than its dead zone.",
        declared(
            TAG,
            *STATE,
            ROTATION,
            Property("closed_below", PropertyKind.NUMBER, 1, "Position up to which it counts as closed."),
            Property("unit", PropertyKind.TEXT, "", "Replaces the tag's unit."),
        ),
        NUMERIC,
    )
    symbol = "valve_control"

    def is_running(self) -> bool:
        """Tell whether it is open; no while that is not known."""
        if self.properties.has("running"):
            return self.properties.flag("running")
        return self.properties.number("tag", 0.0) > self.properties.number("closed_below", 1.0)

    def word(self) -> str:
        """Return the position with its unit, or what stands for an unknown one."""
        if self.mark.hides_value:
            return hidden_text(self.mark)
        if given := self.properties.text("state_text"):
            return given
        return f"{shown_value(self, decimals=0)} {unit_of(self)}".strip()

    def picture_key(self) -> Hashable | None:
        """Return nothing while it moves through many positions."""
        return None
