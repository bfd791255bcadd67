"""From the rows of tags.csv, types already expanded, to typed tags."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from projects.config import PROJECT_FILE, Config
from projects.problems import Names, Problems, listed, shown
from projects.tables import Record, parse_number
from projects.tag_facts import TagFacts, check_expressions
from projects.type_tables import DATA_TYPES
from projects.udt import Definition
from tags.address import Address
from tags.drivers.catalogue import DriverInfo
from tags.errors import AddressError
from tags.model import Access, Clamp, DataType, LogMode, LogPolicy, Scaling, Tag
from tags.roles import Action, Role, may
from tags.spelling import near_misses

TAG_FILE: Final = "tags.csv"

_ACCESS: Mapping[str, Access] = {one.value: one for one in Access}
_WRITE_ROLES: Mapping[str, Role] = {one.value: one for one in Role if may(one, Action.WRITE)}
_CLAMP: Mapping[str, Clamp] = {one.value: one for one in Clamp}
_STATE = re.compile(r"\s*([+-]?\d{1,20})\s*=\s*(.*?)\s*", re.ASCII | re.DOTALL)
_DURATION = re.compile(r"([\d.,]+)\s*(ms|s|min|h)", re.ASCII)
_UNIT_MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
_MAX_DURATION_MS = 366 * 86_400_000
_LOG_FORMS = (
    "expected off, change, change deadband=0.1 min=1s max=60s, periodic 10s, "
    "or swinging deviation=0.2 max=10min"
)
_MAX_DECIMALS = 10


@dataclass(frozen=True, slots=True)
class _Context:
    config: Config
    drivers: Mapping[str, DriverInfo]
    connections: Names
    scans: Names
    problems: Problems


def read_tags(
    definitions: Iterable[Definition],
    config: Config,
    drivers: Mapping[str, DriverInfo],
    problems: Problems,
    is_complete: bool = True,
) -> tuple[list[Tag], TagFacts]:
    """Return the tags with ids in order and the facts that alarms and screens are checked against.

    What is wrong goes to ``problems``. A row with a fault still makes a tag when its path and type are known:
    one that is fed by nothing and says why in ``fault``. ``is_complete`` is false when rows could not be
    read.
    """
    context = _Context(
        config,
        drivers,
        Names("connection", config.connections),
        Names("scan class", config.scan_classes),
        problems,
    )
    rows = list(definitions)
    tags: list[Tag] = []
    known: dict[str, Tag | None] = {}
    for row in rows:
        data_type = DATA_TYPES.get(row.cells.get("type", ""))
        if not row.broken:
            tag = _tag(len(tags), row, context)
            tags.append(tag)
            known[row.path] = tag
            continue
        known[row.path] = None
        if data_type is not None and row.fault:
            tags.append(Tag(len(tags), row.path, data_type, fault=row.fault))
    facts = TagFacts(known, is_complete)
    faults = check_expressions(rows, facts, {tag.path for tag in tags}, TAG_FILE, problems)
    for path, text in faults.items():
        made = known[path]
        if made is not None:
            tags[made.id] = replace(made, expression=None, fault=made.fault or f"address: {text}")
    return tags, facts


def _tag(tag_id: int, row: Definition, context: _Context) -> Tag:
    faults = [row.fault] if row.fault else []

    def report(column: str, text: str, is_warning: bool) -> None:
        row.report(context.problems, TAG_FILE, column, text, is_warning)
        if not is_warning:
            faults.append(f"{column}: {text}")

    record = Record(row.cells, report, row.decimal_comma)
    data_type = DATA_TYPES[row.cells["type"]]
    connection, address, expression = _origin(record, data_type, context)
    scan = record.text("scan", "default")
    if scan not in context.scans:
        record.fault("scan", context.scans.unknown(scan))
        scan = "default"
    eu = _range(record, "eu_low", "eu_high", data_type)
    if eu is not None and eu[0] >= eu[1]:
        record.fault("eu_low", f"expected eu_low below eu_high, got {eu[0]:g} and {eu[1]:g}")
        eu = None
    access = record.choice("access", _ACCESS, Access.READ)
    if expression is not None and access is not Access.READ:
        record.fault("access", "an expression is calculated and cannot be written: expected r")
    tag = Tag(
        id=tag_id,
        path=row.path,
        data_type=data_type,
        connection=connection,
        address=address,
        expression=expression,
        period_ms=context.config.scan_classes[scan].period_ms,
        access=access,
        unit=record.text("unit"),
        eu_low=eu[0] if eu else None,
        eu_high=eu[1] if eu else None,
        scaling=_scaling(record, data_type, eu, address is not None),
        deadband_eu=_deadband(record, data_type),
        decimals=_decimals(record, data_type),
        states=_states(record, data_type),
        log=_log(record, data_type, row.decimal_comma),
        description=record.text("description"),
        write_role=_write_role(record, access),
    )
    config = context.config.connections.get(connection) if connection else None
    if config is not None and config.fault and not faults:
        return replace(tag, address=None, fault=f"the connection {connection} is not made: {config.fault}")
    if faults:
        return replace(tag, connection=None, address=None, expression=None, fault="; ".join(faults))
    return tag


def _write_role(record: Record, access: Access) -> Role:
    if "write_role" in record and access is Access.READ:
        record.fault("write_role", "nobody writes a tag that is only read: expected access rw or w")
    return record.choice("write_role", _WRITE_ROLES, Role.OPERATOR)


def _origin(
    record: Record, data_type: DataType, context: _Context
) -> tuple[str | None, Address | None, str | None]:
    """Return connection, address and expression; a station tag has none of them."""
    connection, address = record.text("connection"), record.text("address")
    if address.startswith("="):
        if connection:
            record.fault("connection", "an expression is calculated by the station: expected no connection")
        return None, None, address[1:].strip()
    if not connection:
        if address:
            hint = ""
            if len(context.config.connections) == 1:
                hint = f" ({next(iter(context.config.connections))})"
            record.fault("connection", f"an address needs the connection that it belongs to{hint}")
        return None, None, None
    if connection not in context.connections:
        record.fault("connection", context.connections.unknown(connection))
        return None, None, None
    if not address:
        record.fault("address", f"a tag of the connection {connection} needs an address")
        return connection, None, None
    driver = context.drivers.get(context.config.connections[connection].driver)
    if driver is None:
        return connection, None, None
    try:
        return connection, driver.parse_address(address, data_type), None
    except AddressError as error:
        record.fault("address", str(error))
    return connection, None, None


def _range(record: Record, low: str, high: str, data_type: DataType) -> tuple[float, float] | None:
    if low not in record and high not in record:
        return None
    if not data_type.is_numeric:
        record.fault(low if low in record else high, f"only numbers have a range, the type is {data_type}")
        return None
    for missing, given in ((low, high), (high, low)):
        if missing not in record:
            record.fault(missing, f"{low} and {high} go together; {given} is given, {missing} is empty")
            return None
    values = record.number(low), record.number(high)
    return (values[0], values[1]) if values[0] is not None and values[1] is not None else None


def _scaling(
    record: Record, data_type: DataType, eu: tuple[float, float] | None, has_address: bool
) -> Scaling | None:
    raw = _range(record, "raw_low", "raw_high", data_type)
    clamp = record.choice("clamp", _CLAMP, Clamp.NONE)
    if raw is None:
        if clamp is not Clamp.NONE and "raw_low" not in record and "raw_high" not in record:
            record.fault("clamp", "holding a value in its range needs raw_low and raw_high")
        return None
    if not has_address and "address" not in record and "connection" not in record:
        record.fault("raw_low", "only a value from a device is scaled: this tag has no address")
    elif record.text("address").startswith("="):
        record.fault("raw_low", "an expression gives engineering units already: expected no raw range")
    if raw[0] == raw[1]:
        record.fault("raw_low", f"raw_low and raw_high are both {raw[0]:g}: expected two different numbers")
        return None
    if eu is None:
        if "eu_low" not in record and "eu_high" not in record:
            record.fault("eu_low", "scaling needs eu_low and eu_high beside raw_low and raw_high")
        return None
    limits = data_type.integer_range
    for column, value in (("raw_low", raw[0]), ("raw_high", raw[1])):
        if limits is not None and not limits[0] <= value <= limits[1]:
            record.warn(column, f"{value:g} is outside {limits[0]} to {limits[1]}, the range of {data_type}")
    return Scaling(raw[0], raw[1], eu[0], eu[1], clamp)


def _deadband(record: Record, data_type: DataType) -> float:
    if "deadband" in record and not data_type.is_numeric:
        record.fault("deadband", f"only numbers have a deadband, the type is {data_type}")
        return 0.0
    return record.number("deadband", low=0) or 0.0


def _decimals(record: Record, data_type: DataType) -> int | None:
    text = record.text("decimals")
    if not text:
        return None
    if not data_type.is_numeric:
        record.fault("decimals", f"only numbers have decimals, the type is {data_type}")
    elif not text.isascii() or not text.isdigit() or len(text) > 2 or int(text) > _MAX_DECIMALS:
        record.fault("decimals", f"expected a whole number of 0 to {_MAX_DECIMALS}, got {shown(text)}")
    else:
        return int(text)
    return None


def _states(record: Record, data_type: DataType) -> dict[int, str]:
    states: dict[int, str] = {}
    text = record.text("states")
    if not text:
        return states
    low, high = (0, 1) if data_type is DataType.BOOL else data_type.integer_range or (1, 0)
    if low > high:
        record.fault("states", f"only BOOL and whole numbers have state texts, the type is {data_type}")
        return states
    for part in text.split(";"):
        if not part.strip():
            continue
        match = _STATE.fullmatch(part)
        if match is None or not match[2]:
            record.fault(
                "states", f"expected number=text;number=text such as 0=Closed;1=Open, got {shown(part)}"
            )
            continue
        number = int(match[1])
        if not low <= number <= high:
            record.fault("states", f"{number} is outside {low} to {high}, the range of {data_type}")
        elif number in states:
            record.fault("states", f"the number {number} has two texts")
        else:
            states[number] = match[2]
    return states


def _log(record: Record, data_type: DataType, decimal_comma: bool) -> LogPolicy:
    words = record.text("log", LogMode.OFF).split()
    mode, options = words[0], words[1:]
    if mode == LogMode.OFF and not options:
        return LogPolicy()
    if mode == LogMode.PERIODIC:
        period = _duration_ms(options[0], decimal_comma) if len(options) == 1 else None
        if not period:
            record.fault("log", f"{_LOG_FORMS}; got {shown(record.text('log'))}")
            return LogPolicy()
        return LogPolicy(LogMode.PERIODIC, period_ms=period)
    if mode not in (LogMode.CHANGE, LogMode.SWINGING):
        near = near_misses(mode, [one.value for one in LogMode])
        hint = f"; did you mean {near[0]}?" if near else ""
        record.fault("log", f"{_LOG_FORMS}; got {shown(record.text('log'))}{hint}")
        return LogPolicy()
    found: dict[str, float] = {}
    is_swinging = mode == LogMode.SWINGING
    distance = "deviation" if is_swinging else "deadband"
    for option in options:
        key, _, text = option.partition("=")
        value: float | None = None
        if key == distance and data_type.is_numeric:
            value = parse_number(text, decimal_comma)
        elif key == "max" or (key == "min" and not is_swinging):
            value = _duration_ms(text, decimal_comma)
        elif key == distance:
            record.fault("log", f"only numbers have a {distance}, the type is {data_type}")
            continue
        if value is None or value < 0 or key in found:
            record.fault("log", f"{_LOG_FORMS}; got {shown(option)}")
        else:
            found[key] = value
    low, high = int(found.get("min", 0)), int(found.get("max", 0))
    if high and low > high:
        record.fault("log", f"min is longer than max: {listed([f'{low} ms', f'{high} ms'])}")
    if is_swinging:
        if not found.get("deviation"):
            record.fault(
                "log", "a swinging door needs a deviation above zero: swinging deviation=0.2 max=10min"
            )
        return LogPolicy(LogMode.SWINGING, max_ms=high, deviation_eu=found.get("deviation", 0.0))
    return LogPolicy(LogMode.CHANGE, found.get("deadband", 0.0), low, high)


def _duration_ms(text: str, decimal_comma: bool) -> int | None:
    match = _DURATION.fullmatch(text)
    number = parse_number(match[1], decimal_comma) if match else None
    if match is None or number is None:
        return None
    duration_ms = number * _UNIT_MS[match[2]]
    if not 1 <= duration_ms <= _MAX_DURATION_MS or duration_ms != int(duration_ms):
        return None
    return int(duration_ms)


def report_unused_connections(config: Config, tags: Iterable[Tag], problems: Problems) -> None:
    """Warn of connections that no tag uses: usually a misspelt name or a forgotten table."""
    used = {tag.connection for tag in tags}
    for name in config.connections:
        if name not in used:
            row = config.places.line("connections", name)
            problems.warn(PROJECT_FILE, row, f"connections.{name}", "no tag uses this connection")
