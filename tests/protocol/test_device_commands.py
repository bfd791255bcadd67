"""``vigie drivers``, ``browse``, and ``read`` and ``write`` by address, against servers on loopback."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hmi.cli.devices import device_of_url
from hmi.cli.exits import Exit
from hmi.cli.main import main
from tags.simulator.pattern import PatternModbusServer, PatternS7Server, PatternServer, age_ms, place_of
from tests.support.servers import OpcUaDevice


@contextmanager
def serving(server: PatternServer) -> Iterator[None]:
    """Run a server on a loop of its own: the command line has one too."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="pattern server", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@pytest.fixture
def modbus() -> Iterator[PatternModbusServer]:
    server = PatternModbusServer()
    with serving(server):
        yield server


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


Run = Callable[..., tuple[int, str, str]]


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def project_of(folder: Path, port: int) -> Path:
    (folder / "project.toml").write_text(
        'format = 1\nname = "Bench"\n\n[connections.meter]\ndriver = "modbus"\n'
        f'host = "127.0.0.1"\nport = {port}\n',
        encoding="utf-8",
    )
    (folder / "tags.csv").write_text("path,type,connection,address\n", encoding="utf-8")
    return folder


def test_drivers_are_listed_with_options_and_level(run: Run) -> None:
    code, out, _ = run("drivers", "--json")
    assert code == Exit.OK
    found = {driver["name"]: driver for driver in json.loads(out)}
    assert {"opcua", "modbus", "s7", "memory"} <= set(found)
    assert found["opcua"]["capabilities"]["browses"]
    assert not found["modbus"]["capabilities"]["pushes"]
    assert "DATETIME" not in found["modbus"]["capabilities"]["data_types"]
    port = next(option for option in found["s7"]["options"] if option["name"] == "port")
    assert (port["default"], port["kind"], port["required"]) == (102, "int", False)
    assert all(driver["level"] in ("bronze", "silver", "gold") for driver in found.values())
    code, out, _ = run("drivers")
    assert code == Exit.OK
    assert "Siemens S7, quality" in out


def test_read_by_url(run: Run, modbus: PatternModbusServer) -> None:
    url = f"modbus:127.0.0.1:{modbus.port}?timeout_s=2"
    code, out, _ = run("read", url, "HR8", "HR400", "--type", "UINT64", "--json")
    assert code == Exit.OK
    (rows,) = lines_of(out)
    assert [place_of(row["value"]) for row in rows] == [2, 100]
    assert age_ms(rows[0]["value"]) < 5000
    assert rows[0]["status"] == "Good"


def test_read_by_a_projects_connection(run: Run, modbus: PatternModbusServer, tmp_path: Path) -> None:
    folder = str(project_of(tmp_path, modbus.port))
    code, out, _ = run("read", folder, "--connection", "meter", "HR8", "--type", "UINT64")
    assert code == Exit.OK
    assert "HR8" in out
    assert "Good" in out
    code, _, err = run("read", folder, "--connection", "pump", "HR8", "--type", "UINT64")
    assert code == Exit.USAGE
    assert "there are: meter" in err


def test_urls_mean_what_the_driver_has() -> None:
    assert device_of_url("modbus_rtu:/dev/ttyUSB0?baud_rate=9600&unit=3").options == {
        "port": "/dev/ttyUSB0",
        "baud_rate": 9600,
        "unit": 3,
    }
    assert device_of_url("s7:10.0.0.6?slot=2").options == {"host": "10.0.0.6", "slot": 2}
    assert device_of_url("opcua:opc.tcp://10.0.0.5:4840/a").options == {"url": "opc.tcp://10.0.0.5:4840/a"}


def test_read_of_s7_with_options(run: Run) -> None:
    server = PatternS7Server()
    with serving(server):
        url = f"s7:127.0.0.1:{server.port}?slot=2&pdu=240"
        code, out, _ = run("read", url, "DB2.DBL80", "--type", "UINT64", "--json")
    assert code == Exit.OK
    assert place_of(lines_of(out)[0][0]["value"]) == 2 * 8192 + 10


def test_write_is_read_back(run: Run, modbus: PatternModbusServer) -> None:
    url = f"modbus:127.0.0.1:{modbus.port}"
    code, out, _ = run("write", url, "HR61440", "1,5", "--type", "FLOAT32", "--json")
    assert code == Exit.OK
    (result,) = lines_of(out)
    assert (result["old_value"], result["read_back"], result["confirmed"]) == (0.0, 1.5, True)
    assert len(modbus.writes) == 1
    code, _, err = run("write", url, "HR12", "7", "--type", "UINT16")
    assert code == Exit.FAILED
    assert "HR12" in err
    assert len(modbus.writes) == 1


def test_how_a_write_by_address_ended_is_told_in_the_language_asked_for(
    run: Run, modbus: PatternModbusServer
) -> None:
    asked = ("write", f"modbus:127.0.0.1:{modbus.port}", "HR61440", "2.5", "--type", "FLOAT32")
    code, english, _ = run(*asked)
    assert (code, english) == (Exit.OK, "HR61440 = 2.5: confirmed (was 0.0)\n")
    code, french, _ = run(*asked, "--language", "fr")
    assert (code, french) == (Exit.OK, "HR61440 = 2,5\u00a0: confirmé (avant\u00a0: 2,5)\n")


def test_mistakes_are_explained(
    run: Run, modbus: PatternModbusServer, free_port: int, tmp_path: Path
) -> None:
    url = f"modbus:127.0.0.1:{modbus.port}"
    folder = str(project_of(tmp_path, free_port))
    for arguments, code, text in (
        (("read", url, "HR8"), Exit.USAGE, "--type"),
        (("read", url, "--type", "INT16"), Exit.USAGE, "at least one address"),
        (("read", url, "DB1.DBW2", "--type", "INT16"), Exit.USAGE, "Modbus address"),
        (("read", f"{url}?colour=red", "HR8", "--type", "INT16"), Exit.USAGE, "colour"),
        (("read", f"{url}?timeout_s=soon", "HR8", "--type", "INT16"), Exit.USAGE, "timeout_s"),
        (("write", url, "HR61440", "seven", "--type", "INT16"), Exit.USAGE, "seven"),
        (
            ("read", f"modbus:127.0.0.1:{free_port}", "HR8", "--type", "INT16"),
            Exit.ENVIRONMENT,
            str(free_port),
        ),
        (("browse", url), Exit.FAILED, "cannot list"),
        (("browse", folder), Exit.USAGE, "meter"),
        (("browse", folder, "meter"), Exit.ENVIRONMENT, str(free_port)),
    ):
        got, out, err = run(*arguments)
        assert got == code, (arguments, err)
        assert text in err, (arguments, err)
        assert out == ""


def test_browse_goes_as_deep_as_asked(run: Run) -> None:
    device = OpcUaDevice()
    device.open()
    try:
        url = f"opcua:opc.tcp://127.0.0.1:{device.port}/"
        code, out, _ = run("browse", url, "--json")
        assert code == Exit.OK
        top = lines_of(out)
        assert {"Server", "Types"} <= {node["name"] for node in top}
        assert {node["depth"] for node in top} == {0}
        code, out, _ = run("browse", url, "ns=2;s=Types", "--json")
        types = {node["name"]: node["data_type"] for node in lines_of(out)}
        assert (types["FLOAT64"], types["INT64"]) == ("FLOAT64", "INT64")
        code, out, _ = run("browse", url, "--depth", "2")
        assert code == Exit.OK
        assert "  FLOAT64" in out
        code, _, err = run("browse", url, "ns=2;s=Nowhere")
        assert code == Exit.FAILED
        assert "Nowhere" in err
    finally:
        device.close()
