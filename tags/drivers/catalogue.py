"""The drivers that exist: their names, options and address notation, known without loading any of them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points

from tags.address import Address
from tags.addresses import memory, modbus, opcua, siemens
from tags.clock import Clock
from tags.drivers.base import Driver, DriverError, DriverFault, DriverOptions, Option
from tags.model import DataType

ENTRY_POINT_GROUP = "vigie.drivers"
"""An installed package offers a driver by an entry point of this group that loads a :class:`DriverInfo`."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DriverInfo:
    """Describe one driver without importing its protocol library.

    ``parse_address`` raises :class:`tags.errors.AddressError`; ``factory`` is ``"module:function"``, imported
    by :func:`create` only when a project uses the driver.
    """

    name: str
    title: str
    options: tuple[Option, ...]
    parse_address: Callable[[str, DataType], Address]
    factory: str


_TIMEOUT = Option("timeout_s", float, 3.0, "seconds to wait for the connection and for each answer")

_OPC_UA = DriverInfo(
    name="opcua",
    title="OPC UA",
    options=(
        Option(
            "url", str, None, "endpoint of the server, such as opc.tcp://192.168.0.10:4840", required=True
        ),
        Option("security", str, "none", "message security", choices=("none", "sign", "sign_and_encrypt")),
        Option(
            "security_policy",
            str,
            "Basic256Sha256",
            "algorithms used when security is not none",
            choices=("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"),
        ),
        Option("user", str, "", "user name; empty signs in anonymously"),
        Option("password", str, "", "password of the user", secret=True),
        _TIMEOUT,
        Option(
            "sampling_ms", int, 20, "sampling period of logged and alarmed tags on the server, milliseconds"
        ),
        Option("max_items", int, 5000, "most items in one subscription"),
        Option("alarms", bool, False, "take the alarms and conditions of the server into the alarm list"),
        Option("alarm_area", str, "", "area under which the server's alarms stand in the list"),
    ),
    parse_address=opcua.parse,
    factory="tags.drivers.opcua:create",
)

_MODBUS_COMMON = (
    Option("unit", int, 1, "unit id, 0 to 255"),
    Option(
        "units",
        str,
        "",
        "other units on the same connection, such as 2,3,7: any of them proves that it works",
    ),
    _TIMEOUT,
    Option(
        "unit_timeout_s",
        float,
        1.0,
        "seconds to wait for an answer where several units share the connection",
    ),
    Option(
        "word_order",
        str,
        "ABCD",
        "byte order of values of several registers, where the address gives none",
        choices=tuple(modbus.WordOrder),
    ),
    Option("encoding", str, "utf-8", "characters of texts", choices=("utf-8", "latin-1", "cp1252")),
    Option("max_registers", int, 125, "most registers in one request, 1 to 125"),
    Option("max_bits", int, 2000, "most coils or inputs in one request, 1 to 2000"),
    Option(
        "gap_registers",
        int,
        -1,
        "most unused registers read to save a request, 0 to 125; -1: as many as cost less than the request",
    ),
    Option(
        "gap_bits",
        int,
        -1,
        "most unused coils or inputs read to save a request, 0 to 2000; -1: as many as cost less than it",
    ),
    Option(
        "bit_writes",
        str,
        "read_modify_write",
        "how one bit or byte of a register is written: mask (function 22, safe, rarely supported), "
        "read_modify_write (another master's change between the two requests is lost) or try_mask (the first "
        "where the device has it, else the second)",
        choices=("read_modify_write", "mask", "try_mask"),
    ),
    Option(
        "function_23",
        bool,
        False,
        "write registers and read them back by one request, where the device has function 23",
    ),
)

_MODBUS = DriverInfo(
    name="modbus",
    title="Modbus TCP",
    options=(
        Option("host", str, None, "name or address of the device or gateway", required=True),
        Option("port", int, 502, "TCP port"),
        Option(
            "framing",
            str,
            "tcp",
            "tcp, or rtu for serial device servers that pass RTU frames on",
            choices=("tcp", "rtu"),
        ),
        *_MODBUS_COMMON,
    ),
    parse_address=modbus.parse,
    factory="tags.drivers.modbus:create",
)

_MODBUS_RTU = DriverInfo(
    name="modbus_rtu",
    title="Modbus RTU",
    options=(
        Option("port", str, None, "serial port such as COM3 or /dev/ttyUSB0", required=True),
        Option("baud_rate", int, 19200, "bits per second"),
        Option("parity", str, "even", "parity of each character", choices=("none", "even", "odd")),
        Option("stop_bits", str, "1", "stop bits; 2 is usual without parity", choices=("1", "2")),
        *_MODBUS_COMMON,
    ),
    parse_address=modbus.parse,
    factory="tags.drivers.modbus:create_serial",
)

_SIEMENS = DriverInfo(
    name="s7",
    title="Siemens S7",
    options=(
        Option("host", str, None, "name or address of the controller", required=True),
        Option("port", int, 102, "TCP port"),
        Option("rack", int, 0, "rack of the CPU, 0 to 7"),
        Option("slot", int, 1, "slot of the CPU, 0 to 31: 1 for S7-1200 and S7-1500, 2 for S7-300"),
        Option(
            "connection_type", str, "op", "kind of connection resource used", choices=("pg", "op", "basic")
        ),
        Option("local_tsap", str, "", "own TSAP such as 10.00, where the controller checks it"),
        Option("remote_tsap", str, "", "TSAP of the controller such as 03.01, instead of rack and slot"),
        Option("cpu_state", bool, True, "ask the controller whether it is in RUN or STOP"),
        _TIMEOUT,
        Option("pdu", int, 480, "PDU size asked for, 240 to 960 bytes; the controller may grant less"),
        Option("gap_bytes", int, 128, "most unused bytes read to save a request"),
        Option("encoding", str, "latin-1", "characters of STRING", choices=("latin-1", "cp1252", "utf-8")),
    ),
    parse_address=siemens.parse,
    factory="tags.drivers.siemens:create",
)

_MEMORY = DriverInfo(
    name="memory",
    title="Memory",
    options=(
        Option("latency_ms", int, 0, "milliseconds before each answer"),
        Option(
            "fault",
            str,
            "none",
            "failure to show on connect, for trying out a project",
            choices=("none", *(fault.value for fault in DriverFault)),
        ),
    ),
    parse_address=memory.parse,
    factory="tags.drivers.memory:create",
)

_BUILT_IN = (_OPC_UA, _MODBUS, _MODBUS_RTU, _SIEMENS, _MEMORY)


def drivers() -> dict[str, DriverInfo]:
    """Return all drivers by name: the built-in ones and those of installed entry points.

    An entry point that does not load, or takes a built-in name, is logged and left out.
    """
    found = {info.name: info for info in _BUILT_IN}
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        try:
            info = entry.load()
        except Exception as error:  # noqa: BLE001 - somebody else's code; the built-in drivers must go on
            _log.warning("the driver %r of %r does not load: %s", entry.name, entry.value, error)
            continue
        if not isinstance(info, DriverInfo):
            _log.warning("the driver %r: %r is no DriverInfo", entry.name, entry.value)
        elif info.name in found:
            _log.warning("the driver %r of %r is left out: the name is taken", info.name, entry.value)
        else:
            found[info.name] = info
    return found


def option_problems(info: DriverInfo, options: DriverOptions) -> list[str]:
    """Return what is wrong with a connection's options, one sentence each; none when they may be used."""
    declared = {option.name: option for option in info.options}
    problems = [
        f"{name!r} is no option of {info.name}; expected {', '.join(declared)}"
        for name in options
        if name not in declared
    ]
    problems += [
        f"the option {option.name!r} is missing: {option.help}"
        for option in info.options
        if option.required and options.get(option.name, "") == ""
    ]
    for name, value in options.items():
        option = declared.get(name)
        if option is None:
            continue
        if not _is_of(value, option.kind):
            problems.append(f"{name}: expected {_KIND_NAMES[option.kind]}, got {value!r}")
        elif option.choices and value not in option.choices:
            problems.append(f"{name}: expected one of {', '.join(option.choices)}, got {value!r}")
    return problems


_KIND_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _is_of(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


def create(info: DriverInfo, options: DriverOptions, clock: Clock) -> Driver:
    """Import the driver and make one for a connection, with the defaults of the options that are not given.

    Raises:
        DriverError: CONFIGURATION, an option is wrong (:func:`option_problems` tells all of them).
    """
    problems = option_problems(info, options)
    if problems:
        raise DriverError(DriverFault.CONFIGURATION, "; ".join(problems))
    complete = {option.name: option.default for option in info.options if option.default is not None}
    complete.update(options)
    module, _, function = info.factory.partition(":")
    factory: Callable[[DriverOptions, Clock], Driver] = getattr(import_module(module), function)
    return factory(complete, clock)


def preload(info: DriverInfo) -> None:
    """Import a driver's protocol library, which takes up to 2 s: in a thread, before the loop is busy."""
    import_module(info.factory.partition(":")[0])
