"""All element kinds, by the type that a screen's file names."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from projects.containers import Placed
from projects.model import ElementModel, Library
from projects.stand_ins import REASON
from tags.model import TagTable
from views.bindings import Properties
from views.declarations import BindingError, contradictions
from views.elements.alarm import AlarmIndicator
from views.elements.alarm_rows import AlarmRows
from views.elements.bars import Bar, Indicator
from views.elements.base import Element
from views.elements.choice import Selector, Slider
from views.elements.containers import Embedded, Group, Page, Repeater, Tab
from views.elements.controls import Button, Navigation, Toggle
from views.elements.drawing import Drawing
from views.elements.equipment import Conveyor, Motor, Pump, Sensor, Symbol, Valve
from views.elements.figures import Arc, Ellipse, Polygon, Polyline
from views.elements.gauge import Gauge
from views.elements.image import Image
from views.elements.instrument import Instrument
from views.elements.lamps import Lamp, MultiState
from views.elements.machines import (
    Compressor,
    ControlValve,
    Cooler,
    Cylinder,
    Fan,
    Filter,
    Heater,
    HeatExchanger,
    RobotCell,
    ThreeWayValve,
)
from views.elements.packml import PackmlDiagram, PackmlState
from views.elements.placeholder import Placeholder
from views.elements.setpoint import SetPoint
from views.elements.shapes import Line, Panel, Pipe, Rectangle, Text
from views.elements.sparkline import Sparkline
from views.elements.tables import BitField, Clock, Table
from views.elements.tiles import Energy, Oee
from views.elements.trend import Trend
from views.elements.value import Value
from views.elements.vessel import Tank, Vessel
from views.language import station_text
from views.words import word

ELEMENTS: Final[tuple[type[Element], ...]] = (
    Text,
    Value,
    SetPoint,
    Button,
    Toggle,
    Selector,
    Slider,
    Navigation,
    Lamp,
    MultiState,
    BitField,
    Bar,
    Indicator,
    Gauge,
    Table,
    Clock,
    Sparkline,
    Trend,
    Oee,
    Energy,
    Instrument,
    Tank,
    Vessel,
    Valve,
    ControlValve,
    ThreeWayValve,
    Motor,
    Pump,
    Fan,
    Compressor,
    Heater,
    Cooler,
    HeatExchanger,
    Filter,
    Cylinder,
    RobotCell,
    Conveyor,
    Sensor,
    Symbol,
    Drawing,
    Image,
    Pipe,
    PackmlState,
    PackmlDiagram,
    AlarmIndicator,
    AlarmRows,
    Panel,
    Rectangle,
    Line,
    Ellipse,
    Polygon,
    Polyline,
    Arc,
    Group,
    Tab,
    Page,
    Repeater,
    Embedded,
)
NO_LIBRARY: Final = Library()
BY_TYPE: Final[Mapping[str, type[Element]]] = MappingProxyType({item.kind.type: item for item in ELEMENTS})


def create(model: ElementModel, tags: TagTable, library: Library = NO_LIBRARY) -> Element:
    """Return the element of a model; one that cannot be shown becomes a placeholder that says why."""
    if model.type == Placeholder.kind.type:
        return Placeholder(model, station_text(str(model.properties.get(REASON, ""))))
    found = BY_TYPE.get(model.type)
    if found is None:
        return Placeholder(model, word("This version knows no element {}.").format(repr(model.type)))
    try:
        own = found.own_properties(model)
        element = found(model, Properties(found.kind.properties, model, tags, found.kind.accepts, own))
        element.equip(library)
        for _, text in contradictions(found.kind.properties, model.properties):
            raise BindingError(text)
    except BindingError as error:
        return Placeholder(model, station_text(str(error)))
    return element


def elements_of(
    placed: Iterable[Placed], tags: TagTable, library: Library, made: dict[str, Element]
) -> Iterator[Element]:
    """Yield the elements of a screen as it is laid out; what a faulty container holds is left out.

    ``made`` are those that were there before, by their placed ids, and takes the new ones.
    """
    gates: list[Element | None] = []
    refused: set[int] = set()
    for position, one in enumerate(placed):
        element = made.get(one.model.id)
        if element is None or element.model != one.model:
            element = made[one.model.id] = create(one.model, tags, library)
        if one.inside >= 0:
            element.gate = gates[one.inside]
        gates.append(element if element.properties.is_live("visible") else element.gate)
        if one.inside in refused:
            refused.add(position)
            continue
        if element.problem:
            refused.add(position)
        yield element
