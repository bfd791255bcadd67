"""project.toml: what the project is called, its connections, scan classes and station settings."""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alarms.policy import AlarmClass
from alarms.priorities import DEFAULT_MATRIX, PriorityMatrix
from projects.alarm_config import AlarmClassTable, AlarmsTable, PriorityTable
from projects.model import ConnectionConfig, OeeUnit, StationSettings
from projects.oee_config import OeeTable, TypeTable
from projects.problems import Names, Problems, listed, shown
from projects.role_config import RolesTable
from tags.drivers.base import Option
from tags.drivers.catalogue import DriverInfo
from tags.model import ScanClass
from tags.roles import Roles
from tags.spelling import near_misses

PROJECT_FILE: Final = "project.toml"
PROJECT_FORMAT: Final = 1
DEFAULT_SCAN: Final = ScanClass("default", 1000)
MIN_PERIOD_MS: Final = 20
MAX_PERIOD_MS: Final = 3_600_000
MAX_DAYS: Final = 36_500

UNNAMED: Final = "Unnamed project"
"""Stands for a name that is missing or faulty."""

_DEFAULT_PERIOD: Final = {"period_ms": DEFAULT_SCAN.period_ms}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_KIND_NAMES: Mapping[type, str] = {
    str: "a text in quotation marks",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


@dataclass(frozen=True, slots=True)
class Config:
    """Hold what project.toml says; ``places`` finds the line of a key for messages about it."""

    name: str
    description: str
    connections: Mapping[str, ConnectionConfig]
    scan_classes: Mapping[str, ScanClass]
    station: StationSettings
    states_home: bool
    places: "Places"
    alarm_classes: Mapping[str, AlarmClass] = field(default_factory=dict)
    priorities: PriorityMatrix = DEFAULT_MATRIX
    roles: Roles = field(default_factory=Roles)
    extends: Mapping[str, str] = field(default_factory=dict)
    """The base of each type that has one."""
    oee_units: tuple[OeeUnit, ...] = ()


_DEFAULTS = StationSettings()


class _Station(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    home: Annotated[str, Field(min_length=1, max_length=100)] = _DEFAULTS.home
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = _DEFAULTS.language
    history_url: Annotated[str, Field(max_length=2000)] = _DEFAULTS.history_url


_Days = Annotated[int, Field(ge=0, le=MAX_DAYS)]


class _History(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    raw_days: _Days = _DEFAULTS.raw_days
    five_minute_days: _Days = _DEFAULTS.five_minute_days
    hour_days: _Days = _DEFAULTS.hour_days
    day_days: _Days = _DEFAULTS.day_days
    log_days: _Days = _DEFAULTS.log_days
    spool_mb: Annotated[int, Field(ge=0, le=1_000_000)] = _DEFAULTS.spool_mb
    spool_days: _Days = _DEFAULTS.spool_days


class _Scan(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    period_ms: Annotated[int, Field(ge=MIN_PERIOD_MS, le=MAX_PERIOD_MS)]


class _Connection(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")
    driver: Annotated[str, Field(min_length=1)]
    enabled: bool = True


class _Document(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=200)]
    format: int
    description: str = ""
    station: _Station = Field(default_factory=_Station)
    history: _History = Field(default_factory=_History)
    connections: dict[str, _Connection] = Field(default_factory=dict)
    scan: dict[str, _Scan] = Field(default_factory=dict)
    alarms: AlarmsTable = Field(default_factory=AlarmsTable)
    roles: RolesTable | None = None
    types: dict[str, TypeTable] = Field(default_factory=dict)
    oee: dict[str, OeeTable] = Field(default_factory=dict)


_TABLES: Mapping[str, type[BaseModel]] = {
    "station": _Station,
    "history": _History,
    "scan": _Scan,
    "connections": _Connection,
    "alarms": AlarmClassTable,
    "roles": RolesTable,
    "types": TypeTable,
    "oee": OeeTable,
}


class Places:
    """Find the lines of keys in a TOML text, which its parser does not tell."""

    _HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
    _KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.split("\n"), start=1):
            header = self._HEADER.match(line)
            if header:
                table = self._parts(header[1])
                self._lines.setdefault(table, number)
                continue
            key = self._KEY.match(line)
            if key:
                self._lines.setdefault((*table, *self._parts(key[1])), number)

    @staticmethod
    def _parts(text: str) -> tuple[str, ...]:
        return tuple(part.strip().strip("\"'") for part in text.split("."))

    def line(self, *path: object) -> int:
        """Return the line of the key or of the nearest table around it; 0 when there is none."""
        parts = tuple(str(part) for part in path)
        while parts:
            if parts in self._lines:
                return self._lines[parts]
            parts = parts[:-1]
        return 0


def read_config(data: bytes, drivers: Mapping[str, DriverInfo], problems: Problems) -> Config | None:
    """Return what project.toml says; None when its faults, which went to ``problems``, leave no project.

    In the place of a faulty key stands its default; a faulty connection says so in its ``fault``.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.fault(PROJECT_FILE, line, "", "is no UTF-8 text")
        return None
    try:
        document = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        row = int(place[1]) if place and place[1] else len(text.splitlines())
        problems.fault(PROJECT_FILE, row, "", f"is no TOML: {_TOML_PLACE.sub('', str(error))}")
        return None
    except (RecursionError, ValueError) as error:
        problems.fault(PROJECT_FILE, 0, "", f"is no TOML: {error}")
        return None
    places = Places(text)
    written = document.get("format")
    if isinstance(written, int) and written > PROJECT_FORMAT:
        problems.fault(
            PROJECT_FILE,
            places.line("format"),
            "format",
            f"was saved in format {written} by a newer Vigie; this one reads up to {PROJECT_FORMAT}",
        )
        return None
    if "format" in document and (type(written) is not int or written != PROJECT_FORMAT):
        problems.fault(
            PROJECT_FILE,
            places.line("format"),
            "format",
            f"expected format = {PROJECT_FORMAT}, got {written!r}",
        )
        if problems.is_tolerant:
            return None
    try:
        read = _Document.model_validate(document)
    except ValidationError as error:
        for detail in error.errors():
            _report(detail["type"], detail["loc"], detail["msg"], detail["input"], places, problems)
        read = None
    connections = _connections(document, drivers, places, problems)
    scans = {DEFAULT_SCAN.name: DEFAULT_SCAN}
    if read is None:
        read = _salvaged(document)
    for name, scan in read.scan.items():
        _check_name("scan class", ("scan", name), name, places, problems)
        scans[name] = ScanClass(name, scan.period_ms)
    _check_retention(read.history, places, problems)

    def report(place: tuple[str, ...], text: str) -> None:
        problems.fault(PROJECT_FILE, places.line(*place), ".".join(place), text)

    return Config(
        read.name,
        read.description,
        connections,
        scans,
        StationSettings(**read.station.model_dump(), **read.history.model_dump()),
        "home" in read.station.model_fields_set,
        places,
        read.alarms.rules(),
        read.alarms.priority_matrix.matrix(report),
        Roles() if read.roles is None else read.roles.roles(report),
        {name: table.extends for name, table in read.types.items()},
        tuple(table.declared(name) for name, table in read.oee.items()),
    )


def _salvaged(document: Mapping[str, Any]) -> _Document:
    """Return what is sound in a faulty document; the tables that refer to it are checked against that."""
    sound: dict[str, Any] = {"name": UNNAMED, "format": PROJECT_FORMAT}
    for key in ("name", "description"):
        sound.update(_accepted({**sound, key: document.get(key)}, key))
    station: dict[str, Any] = {}
    for key, value in _table(document, "station").items():
        station.update(_accepted({**sound, "station": {key: value}}, "station").get("station", {}))
    history: dict[str, Any] = {}
    for key, value in _table(document, "history").items():
        history.update(_accepted({**sound, "history": {key: value}}, "history").get("history", {}))
    scans = {
        name: _accepted({**sound, "scan": {name: table}}, "scan").get("scan", {name: _DEFAULT_PERIOD})[name]
        for name, table in _table(document, "scan").items()
    }
    classes = {
        name: table
        for name, table in _table(_table(document, "alarms"), "classes").items()
        if _accepted({**sound, "alarms": {"classes": {name: table}}}, "alarms")
    }
    alarms = {"classes": classes} | {
        key: table
        for key, table in _table(document, "alarms").items()
        if key != "classes" and _accepted({**sound, "alarms": {key: table}}, "alarms")
    }
    # Whoever a faulty table names must not get more than it says: its sound lines count, the rest may look.
    roles = {
        key: value
        for key, value in _table(document, "roles").items()
        if _accepted({**sound, "roles": {key: value}}, "roles")
    }
    types, oee = (
        {
            name: table
            for name, table in _table(document, key).items()
            if _accepted({**sound, key: {name: table}}, key)
        }
        for key in ("types", "oee")
    )
    return _Document.model_validate(
        {
            **sound,
            "station": station,
            "history": history,
            "scan": scans,
            "alarms": alarms,
            **({"roles": roles} if "roles" in document else {}),
            "types": types,
            "oee": oee,
        }
    )


def _check_retention(history: _History, places: Places, problems: Problems) -> None:
    """Warn where detail outlives the picture that is drawn from it; the coarser level is then kept too."""
    levels = ("raw_days", "five_minute_days", "hour_days", "day_days")
    days = [getattr(history, level) or math.inf for level in levels]
    for finer, coarser, here, above in zip(levels, levels[1:], days, days[1:], strict=False):
        if here > above:
            key = coarser if coarser in history.model_fields_set else finer
            problems.warn(
                PROJECT_FILE,
                places.line("history", key),
                f"history.{key}",
                f"{finer} keeps more than {coarser}: the finer data would outlive the coarser",
            )


def _accepted(document: dict[str, Any], key: str) -> dict[str, Any]:
    """Return this key of a document alone when the document is sound, else nothing."""
    try:
        _Document.model_validate(document)
    except ValidationError:
        return {}
    return {key: document[key]}


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = document.get(key)
    return table if isinstance(table, dict) else {}


def _report(
    kind: str, loc: tuple[int | str, ...], message: str, value: object, places: Places, problems: Problems
) -> None:
    column = ".".join(str(part) for part in loc)
    row = places.line(*loc)
    if kind == "extra_forbidden":
        model = _TABLES.get(str(loc[0]), _Document) if len(loc) > 1 else _Document
        if model is AlarmClassTable and len(loc) == 2:
            model = AlarmsTable
        elif model is AlarmClassTable and loc[1] == "priority_matrix":
            model = PriorityTable
        what = "key" if not isinstance(value, dict) else "table"
        text = Names(what, model.model_fields).unknown(str(loc[-1]))
    elif kind == "missing":
        text = "is required"
    elif kind == "string_pattern_mismatch":
        expected = (
            'a time of day such as "06:00"' if loc[0] == "oee" else "two small letters such as en or fr"
        )
        text = f"expected {expected}, got {shown(str(value))}"
    else:
        text = f"{message[:1].lower()}{message[1:]}, got {shown(str(value))}"
    problems.fault(PROJECT_FILE, row, column, text)


def _connections(
    document: Mapping[str, Any],
    drivers: Mapping[str, DriverInfo],
    places: Places,
    problems: Problems,
) -> dict[str, ConnectionConfig]:
    raw = document.get("connections")
    found: dict[str, ConnectionConfig] = {}
    if not isinstance(raw, dict):
        return found
    names = Names("driver", drivers)
    for name, table in raw.items():
        own = Problems()
        _check_name("connection", ("connections", name), name, places, own)
        driver = table.get("driver") if isinstance(table, dict) else None
        if not isinstance(driver, str) or not driver:
            # Already reported with the document; kept so that tags which name it are not reported too.
            problems.extend(own.sorted())
            found[name] = ConnectionConfig(name, "", {}, fault="the driver is required")
            continue
        enabled = table.get("enabled", True)
        options: dict[str, str | int | float | bool] = {}
        if driver in names:
            given = {key: value for key, value in table.items() if key not in ("driver", "enabled")}
            options = _options(name, drivers[driver], given, places, own)
        else:
            place = ("connections", name, "driver")
            own.fault(PROJECT_FILE, places.line(*place), ".".join(place), names.unknown(driver))
        problems.extend(own.sorted())
        faults = [
            f"{one.column.removeprefix(f'connections.{name}').lstrip('.')}: {one.text}".removeprefix(": ")
            for one in own.sorted()
            if not one.is_warning
        ]
        if not isinstance(enabled, bool):
            faults.append("enabled: expected true or false")
        found[name] = ConnectionConfig(name, driver, options, enabled is not False, "; ".join(faults))
    return found


def _options(
    connection: str,
    driver: DriverInfo,
    given: Mapping[str, object],
    places: Places,
    problems: Problems,
) -> dict[str, str | int | float | bool]:
    declared = {option.name: option for option in driver.options}
    options = {option.name: option.default for option in driver.options if option.default is not None}
    for key, value in given.items():
        place = ("connections", connection, key)
        row, column = places.line(*place), ".".join(place)
        option = declared.get(key)
        if option is None:
            near = near_misses(key, declared)
            hint = f"; did you mean {near[0]}?" if near else f"; expected {listed([*declared, 'enabled'])}"
            problems.fault(
                PROJECT_FILE, row, column, f"the driver {driver.name} has no option {shown(key)}{hint}"
            )
            continue
        if option.secret and value:
            problems.warn(
                PROJECT_FILE, row, column, "a secret in a project's files is read by all who get the project"
            )
        checked = _checked(option, value)
        if checked is None:
            expected = listed(option.choices) if option.choices else _KIND_NAMES[option.kind]
            problems.fault(PROJECT_FILE, row, column, f"expected {expected}, got {shown(str(value))}")
        else:
            options[key] = checked
    for option in driver.options:
        if option.required and given.get(option.name, "") == "":
            problems.fault(
                PROJECT_FILE,
                places.line("connections", connection),
                f"connections.{connection}.{option.name}",
                f"is required by the driver {driver.name}: {option.help}",
            )
    return options


def _checked(option: Option, value: object) -> str | int | float | bool | None:
    if option.kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, str | int | float | bool) or type(value) is not option.kind:
        return None
    if option.choices and value not in option.choices:
        return None
    return value


def _check_name(kind: str, place: tuple[str, ...], name: str, places: Places, problems: Problems) -> None:
    if not _NAME.fullmatch(name):
        problems.fault(
            PROJECT_FILE,
            places.line(*place),
            ".".join(place),
            f"a {kind}'s name begins with a letter and is made of letters, digits, _ and -",
        )
