"""``vigie drivers`` and ``vigie browse``, and ``read`` and ``write`` by address: a device without a station.

A driver is used alone, for commissioning: no tags, no scaling, no history. Writing past a running station
would be past its roles and its log as well, so it is refused while one runs (docs/decisions/0012).
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from hmi import endpoint as endpoints
from hmi.cli import values
from hmi.cli.device_facts import facts_of, facts_text, node_json
from hmi.cli.exits import CommandError, Exit
from hmi.cli.speech import speaker
from hmi.cli.stations import print_json, project_folder
from projects.files import load_tolerant
from tags import status as status_codes
from tags.clock import SystemClock, iso_utc
from tags.drivers.base import (
    Driver,
    DriverError,
    DriverFault,
    DriverOptions,
    Item,
    ItemFacts,
    Option,
)
from tags.drivers.catalogue import DriverInfo, create, drivers, option_problems
from tags.errors import AddressError, ValueRefusedError
from tags.model import DataType, Value
from tags.quality_scale import LEVELS, facts, level_of

_FALLBACKS = {"host": "127.0.0.1", "url": "opc.tcp://127.0.0.1:4840"}
"""What required options are set to when a driver is only asked what it can do; nothing connects there."""
_EXITS = {
    DriverFault.LOST: Exit.ENVIRONMENT,
    DriverFault.CONFIGURATION: Exit.ENVIRONMENT,
    DriverFault.TIMEOUT: Exit.TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class Device:
    """Name a device and how to speak to it; ``project`` says whose connection it is, for the messages."""

    info: DriverInfo
    options: DriverOptions
    name: str


def list_drivers(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie drivers``."""
    found = [_described(info) for info in drivers().values()]
    if arguments.json:
        print_json(found)
        return Exit.OK
    for number, driver in enumerate(found):
        print("" if number == 0 else "\n", end="")
        print(_driver_text(driver))
    print(f"\nQuality levels: {', '.join(LEVELS)}; docs/drivers.md says what each needs.")
    return Exit.OK


def browse(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie browse``."""
    device, places = _device(arguments, arguments.places)
    if len(places) > 1:
        raise CommandError(f"expected one node to start from, got {', '.join(places)}", Exit.USAGE)
    return asyncio.run(_browse(device, places[0] if places else None, arguments))


def read(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie read``: addresses with ``--connection`` or a device's URL, else tags."""
    if not _is_direct(arguments):
        return values.read(arguments)
    device, addresses = _device(arguments, arguments.tags)
    if not addresses:
        raise CommandError("expected at least one address to read", Exit.USAGE)
    if arguments.watch:
        raise CommandError("--watch shows tags of a station; addresses are read once", Exit.USAGE)
    items = [_item(device, text, arguments.type) for text in addresses]
    return asyncio.run(_read(device, items, as_json=arguments.json))


def write(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie write``: an address with ``--connection`` or a device's URL, else a tag."""
    if not _is_direct(arguments):
        return values.write(arguments)
    device, _ = _device(arguments, [])
    if not _is_url(arguments.project) and endpoints.find(project_folder(arguments.project)) is not None:
        raise CommandError(
            "a station runs for this project: write by the tag's name, so that the write is checked and "
            "logged, or stop the station first"
        )
    item = _item(device, arguments.tag, arguments.type)
    value = _value(item.data_type, arguments.value)
    return asyncio.run(_write(device, item, value, arguments.language, as_json=arguments.json))


# What is meant.


def _is_url(text: str) -> bool:
    name, separator, _ = text.partition(":")
    return bool(separator) and name in drivers()


def _is_direct(arguments: argparse.Namespace) -> bool:
    return arguments.connection is not None or _is_url(arguments.project)


def _device(arguments: argparse.Namespace, rest: Sequence[str]) -> tuple[Device, list[str]]:
    """Return the device that the command line names, and what is left of the arguments behind it."""
    if _is_url(arguments.project):
        return device_of_url(arguments.project), list(rest)
    project = load_tolerant(project_folder(arguments.project))[0]
    name, places = arguments.connection, list(rest)
    if name is None:
        if not places:
            known = ", ".join(project.connections) or "none"
            raise CommandError(f"which connection? {arguments.project} has: {known}", Exit.USAGE)
        name = places.pop(0)
    if arguments.set:
        from hmi.station.overrides import apply_overrides  # the station's package only where it is used

        project = apply_overrides(project, arguments.set)
    config = project.connections.get(name)
    if config is None:
        known = ", ".join(project.connections) or "none"
        raise CommandError(f"no connection {name!r} in {arguments.project}; there are: {known}", Exit.USAGE)
    info = drivers().get(config.driver)
    if config.fault or info is None:
        raise CommandError(f"{name} cannot be used: {config.fault or f'no driver {config.driver!r}'}")
    return Device(info, config.options, name), places


def device_of_url(text: str) -> Device:
    """Return the device that a URL names: ``DRIVER:PLACE?OPTION=VALUE&OPTION=VALUE``.

    PLACE is the option ``url`` of a driver that has one, as ``opcua:opc.tcp://10.0.0.5:4840``; ``HOST`` or
    ``HOST:PORT``, as ``s7:10.0.0.6?slot=2``; or the serial port, as
    ``modbus_rtu:/dev/ttyUSB0?baud_rate=9600``.

    Raises:
        CommandError: an option is unknown, missing or of the wrong kind.
    """
    name, _, rest = text.partition(":")
    info = drivers()[name]
    declared = {option.name: option for option in info.options}
    place, _, query = rest.partition("?")
    texts: dict[str, str] = {}
    if place and "url" in declared:
        texts["url"] = place
    elif place and "host" not in declared:
        texts["port"] = place
    elif place:
        host, separator, port = place.rpartition(":")
        texts["host"] = host if separator else place
        if separator:
            texts["port"] = port
    for pair in filter(None, query.split("&")):
        key, separator, value = pair.partition("=")
        if not separator:
            raise CommandError(f"{pair!r}: expected OPTION=VALUE, such as timeout_s=5", Exit.USAGE)
        texts[key] = value
    options = {key: _converted(declared.get(key), value) for key, value in texts.items()}
    problems = option_problems(info, options)
    if problems:
        raise CommandError(f"{text}: {'; '.join(problems)}", Exit.USAGE)
    return Device(info, options, text.partition("?")[0])


def _converted(option: Option | None, text: str) -> str | int | float | bool:
    """Return a text as the option's kind; as it is where that does not work: the check names the fault."""
    if option is None or option.kind is str:
        return text
    if option.kind is bool:
        return {"true": True, "false": False}.get(text.casefold(), text)
    try:
        return option.kind(text)
    except ValueError:
        return text


def _item(device: Device, text: str, type_name: str | None) -> Item:
    """Return the item of an address.

    Raises:
        CommandError: the type is missing or does not fit, or the address does not parse.
    """
    if type_name is None:
        raise CommandError(f"what is at {text}? Add --type, one of {', '.join(DataType)}", Exit.USAGE)
    data_type = DataType(type_name)
    try:
        return Item(0, device.info.parse_address(text, data_type), data_type, 1000)
    except AddressError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def _value(data_type: DataType, text: str) -> Value:
    """Return what a person typed as a raw value of the type."""
    number: Value = text
    try:
        if data_type is DataType.BOOL and text.casefold() in ("true", "false", "on", "off"):
            number = text.casefold() in ("true", "on")
        elif data_type is not DataType.STRING:
            number = float(text.replace(",", ".")) if data_type.is_float else int(text, 0)
        return data_type.check(number)
    except (ValueError, ValueRefusedError) as error:
        raise CommandError(f"{text!r} is no {data_type.value}: {error}", Exit.USAGE) from None


# What is done.


@asynccontextmanager
async def _connected(device: Device) -> AsyncIterator[Driver]:
    """Hold a connected driver.

    Raises:
        CommandError: the device failed, then or in the body.
    """
    try:
        driver = create(device.info, device.options, SystemClock())
        try:
            await driver.connect()
            yield driver
        finally:
            await driver.close()
    except DriverError as error:
        raise CommandError(f"{device.name}: {error}", _EXITS.get(error.fault, Exit.FAILED)) from None


async def _browse(device: Device, start: str | None, arguments: argparse.Namespace) -> Exit:
    async with _connected(device) as driver:
        await _print_children(device, driver, start, 0, arguments)
    return Exit.OK


async def _print_children(
    device: Device, driver: Driver, parent: str | None, depth: int, arguments: argparse.Namespace
) -> None:
    """Print the nodes below one as they are found; what is deeper than asked for is never fetched."""
    nodes = await driver.browse(parent)
    told = await facts_of(device.info, driver, nodes)
    for node in nodes:
        one = told.get(node.address, ItemFacts())
        if arguments.json:
            print_json(node_json(node, one, parent, depth))
        else:
            kind = "folder" if node.is_folder else node.data_type or "-"
            text = f"{'  ' * depth + node.name:<48} {kind:<9} {node.address}  {facts_text(one)}"
            print(text.rstrip(), flush=True)
        if node.is_folder and depth + 1 < arguments.depth:
            await _print_children(device, driver, node.address, depth + 1, arguments)


async def _read(device: Device, items: Sequence[Item], *, as_json: bool) -> Exit:
    async with _connected(device) as driver:
        batch = await driver.read(items)
    rows = []
    for row, item in enumerate(items):
        status = int(batch.statuses[row])
        rows.append(
            {
                "address": item.address.text,
                "value": _shown(item.data_type, batch.value_at(row)),
                "status": status_codes.name(status),
                "status_code": status,
                "source_time": iso_utc(int(batch.source_ns[row])),
            }
        )
    if as_json:
        print_json(rows)
    else:
        for entry in rows:
            value = "----" if entry["value"] is None else entry["value"]
            print(f"{entry['address']:<32} {value!s:<24} {entry['status']:<20} {entry['source_time']}")
    return Exit.OK if all(status_codes.is_good(int(status)) for status in batch.statuses) else Exit.FAILED


async def _write(device: Device, item: Item, value: Value, language: str, *, as_json: bool) -> Exit:
    """Write once and read back: said as the device said it."""
    say = speaker(language)
    async with _connected(device) as driver:
        before = await driver.read([item])
        await driver.write(item, value)
        after = await driver.read([item])
    old, held = (_shown(item.data_type, batch.value_at(0)) for batch in (before, after))
    confirmed = held == _shown(item.data_type, value)
    if as_json:
        print_json(
            {
                "address": item.address.text,
                "value": value,
                "old_value": old,
                "read_back": held,
                "confirmed": confirmed,
            }
        )
    else:
        place = item.address.text
        if confirmed:
            print(say(f"{place} = {value}: confirmed (was {old})"))
        else:
            print(say(f"{place} = {value}: accepted, but the device holds {held} (was {old})"))
    return Exit.OK if confirmed else Exit.FAILED


def _shown(data_type: DataType, value: Value | None) -> object:
    """Return a value in its type's own form; a FLOAT32 with the digits that it has."""
    if value is None or isinstance(value, (str, tuple)):
        return value
    if data_type is DataType.DATETIME:
        return iso_utc(int(value))
    if data_type is DataType.BOOL:
        return bool(value)
    if data_type is DataType.FLOAT32:
        return float(f"{value:.7g}")
    return float(value) if data_type.is_float else int(value)


# What there is.


def _described(info: DriverInfo) -> dict[str, object]:
    capabilities: dict[str, object] | None = None
    try:
        required = {
            option.name: _FALLBACKS.get(option.name, "-") for option in info.options if option.required
        }
        can = create(info, required, SystemClock()).capabilities
        capabilities = {
            "pushes": can.pushes,
            "browses": can.browses,
            "writes": can.writes,
            "source_time": can.source_time,
            "data_types": [data_type for data_type in DataType if data_type in can.data_types],
        }
    except (DriverError, ImportError) as error:
        reason = str(error)
    else:
        reason = ""
    return {
        "name": info.name,
        "title": info.title,
        "level": level_of(info.name),
        "quality": [
            {"rule": fact.rule.name, "level": fact.rule.level, "met": fact.met, "evidence": fact.evidence}
            for fact in facts(info.name)
        ],
        "capabilities": capabilities,
        "unusable": reason,
        "options": [
            {
                "name": option.name,
                "kind": option.kind.__name__,
                "default": option.default,
                "required": option.required,
                "choices": list(option.choices),
                "secret": option.secret,
                "help": option.help,
            }
            for option in info.options
        ],
    }


def _driver_text(driver: dict[str, object]) -> str:
    lines = [f"{driver['name']}: {driver['title']}, quality {driver['level'] or 'not rated'}"]
    can = driver["capabilities"]
    if isinstance(can, dict):
        words = [
            "device reports changes" if can["pushes"] else "polled",
            "can browse" if can["browses"] else "cannot browse",
            "can write" if can["writes"] else "read-only",
            "device's own times" if can["source_time"] else "times of the poll",
        ]
        lines += [f"  {', '.join(words)}", f"  types: {', '.join(can['data_types'])}"]
    else:
        lines.append(f"  cannot be used here: {driver['unusable']}")
    options = driver["options"]
    for option in options if isinstance(options, list) else ():
        default = "required" if option["required"] else f"default {option['default']!r}"
        lines.append(f"    {option['name']:<18} {option['help']} ({default})")
        if option["choices"]:
            lines.append(f"    {'':<18} one of {', '.join(option['choices'])}")
    return "\n".join(lines)
