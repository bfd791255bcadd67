"""What a project is: connections, tags, alarms and screens as text declares them; opening runs no code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from alarms.model import AlarmDefinition
from alarms.priorities import DEFAULT_MATRIX, PriorityMatrix
from projects.words import Texts
from tags.drivers.base import DriverOptions
from tags.model import ScanClass, TagTable
from tags.roles import Roles

PropertyValue = str | int | float | bool | None | list["PropertyValue"] | dict[str, "PropertyValue"]
"""A property as JSON holds it; a text that starts with ``=`` is an expression over tags."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Tell one fault or warning of a project: where it is and what was expected.

    ``file`` is relative to the project; ``row`` counts lines from 1 (0: the whole file); ``column`` is a
    column's or key's name, or an element's path in a screen.
    """

    file: str
    row: int
    column: str
    text: str
    is_warning: bool = False

    def __str__(self) -> str:
        place = (
            self.file + (f":{self.row}" if self.row else "") + (f" [{self.column}]" if self.column else "")
        )
        return f"{place}: {self.text}"


class ProjectError(Exception):
    """Tell that a project cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """Configure one connection: its name, driver and validated options.

    One with a ``fault``, a sentence, is never made; its driver and options may be unknown.
    """

    name: str
    driver: str
    options: DriverOptions
    enabled: bool = True
    fault: str = ""


@dataclass(frozen=True, slots=True)
class StationSettings:
    """Hold the tables ``[station]`` and ``[history]`` of project.toml; 0 days keep data for ever (HIS-24)."""

    home: str = "overview"
    language: str = "en"
    history_url: str = ""
    """Empty: an SQLite file in the user's data folder."""
    raw_days: int = 90
    five_minute_days: int = 730
    hour_days: int = 3_650
    day_days: int = 3_650
    log_days: int = 1_826
    spool_mb: int = 2_000
    """What is kept here of samples for a server that is away; then the oldest are dropped (HIS-22)."""
    spool_days: int = 31


class ScreenLevel(StrEnum):
    """Name the display hierarchy's levels (HMI-11)."""

    OVERVIEW = "L1"
    UNIT = "L2"
    DETAIL = "L3"
    SUPPORT = "L4"


@dataclass(frozen=True, slots=True)
class ElementModel:
    """Describe one element of a screen: its place in screen pixels and its properties.

    A type that this version does not know is kept with all it holds and saved unchanged. ``children`` are the
    elements in a container (of :data:`CONTAINERS`), their places relative to its upper left corner.
    """

    id: str
    type: str
    x: float
    y: float
    w: float
    h: float
    properties: Mapping[str, PropertyValue] = field(default_factory=dict)
    children: tuple["ElementModel", ...] = ()
    as_read: PropertyValue = None
    """What the file has where no element could be read; this one stands in for it and is saved as that."""


CONTAINERS: Final = frozenset({"group", "tab", "page", "repeater"})
"""Types of elements whose ``elements`` are elements of the screen."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Describe one screen; elements are painted in the order given."""

    id: str
    title: str
    level: ScreenLevel
    width: int
    height: int
    elements: tuple[ElementModel, ...]
    parent: str = ""
    revision: str = ""
    extra: Mapping[str, PropertyValue] = field(default_factory=dict)
    """Keys of the file that this version does not know, kept for saving."""


@dataclass(frozen=True, slots=True)
class Faceplate:
    """Describe a small screen about one instance; ``{name}`` in it stands for the instance given.

    ``parameters`` are the names and the types (of ``types/``) of the instances that it takes, in order; an
    empty type takes any part of the tag tree.
    """

    screen: Screen
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OeeUnit:
    """Say of which PackML unit the effectiveness is computed, and how its time is judged (OEE-01..05).

    ``unit`` and ``results`` are paths; ``shifts`` the minutes of the local day at which shifts begin, sorted;
    the reasons are numbers of stop reasons.
    """

    name: str
    unit: str
    results: str
    shifts: tuple[int, ...] = (0,)
    micro_stop_s: float = 300.0
    planned_reasons: frozenset[int] = frozenset()
    operator_reasons: frozenset[int] = frozenset()
    external_reasons: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Library:
    """Hold what elements of a screen refer to beside tags: other screens, instances and pictures."""

    screens: Mapping[str, Screen] = field(default_factory=dict)
    faceplates: Mapping[str, Faceplate] = field(default_factory=dict)
    instances: Mapping[str, str] = field(default_factory=dict)
    """The type of every instance, by its path."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Files of the folders ``symbols`` and ``images`` by their path in the project."""
    extends: Mapping[str, str] = field(default_factory=dict)
    """The base of each type that extends another."""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    """What each instance is, by its path."""


@dataclass(frozen=True, slots=True)
class Project:
    """Hold a loaded and validated project.

    ``digest`` is the SHA-256 of its files, by which a station and a window agree that they mean the same one.
    What a project that runs in spite of faults holds is sound: tags and connections say their own ``fault``
    and are fed by nothing, alarms and screens that cannot be used are left out.
    """

    name: str
    description: str
    connections: Mapping[str, ConnectionConfig]
    scan_classes: Mapping[str, ScanClass]
    station: StationSettings
    tags: TagTable
    alarms: tuple[AlarmDefinition, ...]
    screens: Mapping[str, Screen]
    digest: str
    problems: tuple[Problem, ...] = ()
    """Warnings, and the faults when it was read with :func:`projects.files.parse_tolerant`."""
    faceplates: Mapping[str, Faceplate] = field(default_factory=dict)
    instances: Mapping[str, str] = field(default_factory=dict)
    """The type of every instance, by its path."""
    roles: Roles = field(default_factory=Roles)
    priorities: PriorityMatrix = DEFAULT_MATRIX
    texts: Texts = field(default_factory=Texts)
    """The project's own texts in other languages."""
    extends: Mapping[str, str] = field(default_factory=dict)
    """The base of each type that extends another."""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    """What each instance is, by its path."""
    oee_units: tuple[OeeUnit, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Files of the folders ``symbols`` and ``images`` by their path in the project."""

    @property
    def library(self) -> Library:
        """Return what screens refer to."""
        return Library(
            self.screens, self.faceplates, self.instances, self.pictures, self.extends, self.descriptions
        )

    @property
    def faults(self) -> tuple[Problem, ...]:
        """Return the problems that are no warnings."""
        return tuple(problem for problem in self.problems if not problem.is_warning)
