"""Which drivers there are, what they accept, and that knowing them loads no protocol library."""

import logging
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from tags.addresses import memory
from tags.clock import SystemClock
from tags.drivers import catalogue
from tags.drivers.base import DriverError, DriverFault
from tags.drivers.catalogue import DriverInfo, create, drivers, option_problems
from tags.drivers.memory import MemoryDriver

ECHO = DriverInfo("echo", "Echo", (), memory.parse, "tags.drivers.memory:create")


def test_the_built_in_drivers_come_with_their_options():
    known = drivers()
    assert set(known) >= {"opcua", "modbus", "modbus_rtu", "s7", "memory"}
    for info in known.values():
        names = [option.name for option in info.options]
        assert len(names) == len(set(names))
        for option in info.options:
            assert option.help
            assert option.required == (option.default is None)
            assert not option.choices or option.default in option.choices
            if option.default is not None:
                assert isinstance(option.default, option.kind)


def test_no_library_is_loaded_before_a_driver_is_made():
    code = (
        "import sys; from tags.drivers.catalogue import drivers; drivers();"
        "print([name for name in ('asyncua', 'pymodbus', 'snap7') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "the option 'host' is missing"),
        ({"host": ""}, "the option 'host' is missing"),
        ({"host": "plc", "hots": 1}, "'hots' is no option of modbus; expected host, port"),
        ({"host": 5}, "host: expected a text, got 5"),
        ({"host": "plc", "port": "502"}, "port: expected a whole number, got '502'"),
        ({"host": "plc", "port": True}, "port: expected a whole number, got True"),
        ({"host": "plc", "timeout_s": "1"}, "timeout_s: expected a number"),
        ({"host": "plc", "word_order": "abcd"}, "word_order: expected one of ABCD, CDAB"),
    ],
)
def test_wrong_options_are_told(options, problem):
    info = drivers()["modbus"]
    assert any(problem in text for text in option_problems(info, options)), option_problems(info, options)
    with pytest.raises(DriverError) as caught:
        create(info, options, SystemClock())
    assert caught.value.fault is DriverFault.CONFIGURATION


def test_right_options_have_no_problem():
    assert option_problems(drivers()["modbus"], {"host": "plc", "timeout_s": 1, "unit": 0}) == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("modbus", {"host": "plc", "unit": 300}),
        ("modbus", {"host": "plc", "max_registers": 126}),
        ("s7", {"host": "plc", "slot": 32}),
        ("s7", {"host": "plc", "pdu": 100}),
    ],
)
def test_numbers_outside_their_range_are_refused(name, options):
    with pytest.raises(DriverError, match="expected") as caught:
        create(drivers()[name], options, SystemClock())
    assert caught.value.fault is DriverFault.CONFIGURATION


async def test_a_url_without_sense_is_a_matter_of_configuration():
    for url in ("http://plc", "opc.tcp://", "plc:4840", "opc.tcp://plc:99999", "opc.tcp://plc"):
        driver = create(drivers()["opcua"], {"url": url}, SystemClock())
        with pytest.raises(DriverError, match=r"opc\.tcp://192") as caught:
            await driver.connect()
        assert caught.value.fault is DriverFault.CONFIGURATION


def offer(monkeypatch: pytest.MonkeyPatch, loads: dict[str, object]) -> None:
    """Have packages installed whose entry points load these things; an exception is raised instead."""

    def installed(group: str) -> list[EntryPoint]:
        assert group == "vigie.drivers"
        return [EntryPoint(name, "somewhere:thing", group) for name in loads]

    def load(entry: EntryPoint) -> object:
        loaded = loads[entry.name]
        if isinstance(loaded, Exception):
            raise loaded
        return loaded

    monkeypatch.setattr(catalogue, "entry_points", installed)
    monkeypatch.setattr(EntryPoint, "load", load)


async def test_drivers_of_other_packages_come_by_entry_point(monkeypatch):
    offer(monkeypatch, {"echo": ECHO})
    assert drivers()["echo"] is ECHO
    assert isinstance(create(ECHO, {}, SystemClock()), MemoryDriver)


@pytest.mark.parametrize(
    ("loaded", "reason"),
    [
        (ImportError("no such module"), "does not load"),
        (object(), "is no DriverInfo"),
        (DriverInfo("modbus", "Mine", (), memory.parse, "mine:create"), "the name is taken"),
    ],
)
def test_entry_points_that_are_no_drivers_are_left_out(monkeypatch, caplog, loaded, reason):
    offer(monkeypatch, {"other": loaded})
    with caplog.at_level(logging.WARNING):
        known = drivers()
    assert set(known) == {"opcua", "modbus", "modbus_rtu", "s7", "memory"}
    assert known["modbus"].title == "Modbus TCP"
    assert reason in caplog.text
