"""The three simulated controllers, asked by real clients over real sockets."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tags.simulator.app import EXIT_PORT, Simulator, SimulatorOptions, main, run
from tags.simulator.control import ask
from tags.simulator.controller import PortTakenError, SimulatorError, listening_socket
from tags.simulator.faults import FAULTS
from tags.simulator.maps import CONTROLLERS, CONVEYORS, FILLING, LINE, POINTS
from tags.simulator.packml import Command, State
from tests.support.patience import PATIENCE_S, eventually_asked

ROOT = Path(__file__).parents[2]
START = "import sys; from tags.simulator.app import main; sys.exit(main(sys.argv[1:]))"
FREE_PORTS = ["--filling-port", "0", "--conveyors-port", "0", "--line-port", "0"]


def options(*only: str, **changes: Any) -> SimulatorOptions:
    given: dict[str, Any] = {"only": only or CONTROLLERS, "ports": {}, "random_faults": False, **changes}
    return SimulatorOptions(**given)


@asynccontextmanager
async def standing(*only: str, **changes: Any) -> AsyncIterator[Simulator]:
    """Give a simulator whose model stands still, so that wire and model can be compared exactly."""
    simulator = Simulator(options(*only, **changes))
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


@asynccontextmanager
async def running(*only: str, **changes: Any) -> AsyncIterator[Simulator]:
    async with standing(*only, **changes) as simulator:
        task = asyncio.create_task(simulator.run())
        try:
            yield simulator
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def s7_client(simulator: Simulator) -> AsyncIterator[Any]:
    import snap7

    client = snap7.Client()
    port = simulator.controllers[FILLING].address.port
    await asyncio.to_thread(client.connect, "127.0.0.1", 0, 1, port)
    try:
        yield client
    finally:
        await asyncio.to_thread(client.disconnect)


@asynccontextmanager
async def modbus_client(simulator: Simulator) -> AsyncIterator[Any]:
    from pymodbus.client import AsyncModbusTcpClient

    port = simulator.controllers[CONVEYORS].address.port
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=2, retries=0, reconnect_delay=0)
    assert await client.connect()
    try:
        yield client
    finally:
        client.close()


async def test_s7_shows_the_model_in_every_point() -> None:
    formats = {"INT16": ">h", "UINT16": ">H", "INT32": ">i", "FLOAT32": ">f"}
    async with standing(FILLING) as simulator, s7_client(simulator) as client:
        for point in POINTS[FILLING]:
            expected = point.encode(point.reader()(simulator.cell))
            if point.address.startswith("M"):
                byte, bit = (int(part) for part in point.address[1:].split("."))
                data = await asyncio.to_thread(client.mb_read, byte, 1)
                assert bool(data[0] >> bit & 1) == expected
                continue
            block, _, place = point.address[2:].partition(".")
            number = int(block)
            if point.type == "BOOL":
                byte, bit = (int(part) for part in place[3:].split("."))
                data = await asyncio.to_thread(client.db_read, number, byte, 1)
                assert bool(data[0] >> bit & 1) == expected, point.address
            elif point.type == "STRING":
                start, length = (int(part) for part in place[6:].split("."))
                data = await asyncio.to_thread(client.db_read, number, start, length + 2)
                assert data[0] == length
                assert data[2 : 2 + data[1]].decode() == expected
            else:
                layout = formats[point.type]
                data = await asyncio.to_thread(
                    client.db_read, number, int(place[3:]), struct.calcsize(layout)
                )
                assert struct.unpack(layout, data)[0] == pytest.approx(expected, rel=1e-6), point.address


async def test_s7_write_takes_effect_is_clamped_and_reads_back_at_once() -> None:
    async with standing(FILLING) as simulator, s7_client(simulator) as client:
        cell = simulator.cell
        for wanted, kept in ((72.5, 72.5), (500.0, 90.0), (-3.0, 20.0), (float("nan"), 20.0)):
            await asyncio.to_thread(client.db_write, 2, 0, bytearray(struct.pack(">f", wanted)))
            data = await asyncio.to_thread(client.db_read, 2, 0, 4)
            assert struct.unpack(">f", data)[0] == pytest.approx(kept)
            assert cell.level_loop.set_point == pytest.approx(kept)
        await asyncio.to_thread(client.db_write, 1, 20, bytearray(b"\x18\x03Jam"))
        assert cell.product == "Jam"
        before = await asyncio.to_thread(client.db_read, 1, 6, 4)
        await asyncio.to_thread(client.db_write, 1, 6, bytearray(4))
        assert await asyncio.to_thread(client.db_read, 1, 6, 4) == before


async def test_s7_bit_access_touches_one_bit() -> None:
    from snap7.type import Area, WordLen

    async with standing(FILLING) as simulator, s7_client(simulator) as client:
        cell = simulator.cell
        cell.refill_valve.fault = True
        await simulator.show()
        bit = 1 * 8 + 0
        await asyncio.to_thread(client.write_area, Area.DB, 11, bit, bytearray([1]), WordLen.Bit)
        assert cell.refill_valve.reset_request
        assert (await asyncio.to_thread(client.read_area, Area.DB, 11, bit, 1, WordLen.Bit))[0] == 1
        assert (await asyncio.to_thread(client.read_area, Area.DB, 11, 3, 1, WordLen.Bit))[0] == 1
        assert (await asyncio.to_thread(client.read_area, Area.DB, 11, 0, 1, WordLen.Bit))[
            0
        ] == cell.refill_valve.commanded
        await asyncio.to_thread(client.write_area, Area.DB, 2, 12 * 8, bytearray([0]), WordLen.Bit)
        assert not cell.level_loop.auto
        for _ in range(3):
            cell.step(0.05)
        await simulator.show()
        assert (await asyncio.to_thread(client.db_read, 11, 1, 1))[0] == 0


async def test_s7_reads_many_items_in_one_request() -> None:
    from snap7.type import Area, WordLen

    async with standing(FILLING) as simulator, s7_client(simulator) as client:
        items = [
            {"area": Area.DB, "db_number": 2, "start": 0, "size": 4},
            {"area": Area.DB, "db_number": 4, "start": 2, "size": 4},
            {"area": Area.DB, "db_number": 1, "start": 2, "size": 2},
        ]
        _, data = await asyncio.to_thread(client.read_multi_vars, items)
        assert struct.unpack(">f", bytes(data[0]))[0] == pytest.approx(simulator.cell.level_loop.set_point)
        assert struct.unpack(">f", bytes(data[1]))[0] == pytest.approx(simulator.cell.filler.set_point_g)
        assert WordLen.Bit is not None


async def test_s7_reports_what_it_does_not_have() -> None:
    async with standing(FILLING) as simulator, s7_client(simulator) as client:
        for number, start in ((99, 0), (1, 5000)):
            with pytest.raises(Exception, match=r".") as caught:
                await asyncio.to_thread(client.db_read, number, start, 4)
            assert not isinstance(caught.value, AssertionError)
        assert await asyncio.to_thread(client.db_read, 1, 0, 1)


async def test_s7_closes_a_connection_that_speaks_something_else() -> None:
    async with standing(FILLING) as simulator:
        port = simulator.controllers[FILLING].address.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        writer.close()
        async with s7_client(simulator) as client:
            assert await asyncio.to_thread(client.db_read, 1, 0, 1)


async def test_modbus_shows_the_model_in_every_point() -> None:
    formats = {"INT16": ">h", "UINT16": ">H", "UINT32": ">I", "FLOAT32": ">f"}
    async with standing(CONVEYORS) as simulator, modbus_client(simulator) as client:
        tables = {
            "DI": client.read_discrete_inputs,
            "C": client.read_coils,
            "IR": client.read_input_registers,
            "HR": client.read_holding_registers,
        }
        for point in POINTS[CONVEYORS]:
            expected = point.encode(point.reader()(simulator.cell))
            address, _, order = point.address.partition(":")
            table = address.rstrip("0123456789./")
            place = address[len(table) :]
            register, _, bit = place.partition(".")
            register, _, length = register.partition("/")
            read = tables[table]
            if table in {"DI", "C"}:
                answer = await read(int(register), count=1, device_id=1)
                assert answer.bits[0] == expected, point.address
                continue
            if bit:
                answer = await read(int(register), count=1, device_id=1)
                assert bool(answer.registers[0] >> int(bit) & 1) == expected, point.address
                continue
            count = (int(length) + 1) // 2 if length else struct.calcsize(formats[point.type]) // 2
            words = (await read(int(register), count=count, device_id=1)).registers
            data = b"".join(word.to_bytes(2, "big") for word in (words[::-1] if order == "CDAB" else words))
            if point.type == "STRING":
                assert data.rstrip(b"\0").decode() == expected
            else:
                assert struct.unpack(formats[point.type], data)[0] == pytest.approx(expected, rel=1e-6), (
                    point.address
                )


async def test_modbus_writes_of_every_kind() -> None:
    async with standing(CONVEYORS) as simulator, modbus_client(simulator) as client:
        cell = simulator.cell
        await client.write_register(100, 4000, device_id=1)
        assert cell.infeed_motor.frequency_limit_hz == pytest.approx(40.0)
        assert (await client.read_holding_registers(100, count=1, device_id=1)).registers == [4000]
        await client.write_registers(300, [9999, 1], device_id=1)
        assert (cell.air.cut_in_bar, cell.air.cut_out_bar) == (6.5, 6.6)
        assert (await client.read_holding_registers(300, count=2, device_id=1)).registers == [650, 660]
        await client.write_registers(30, [0x4142, 0x4300, *[0] * 6], device_id=1)
        assert cell.line_label == "ABC"
        await client.write_register(20, 0, device_id=1)
        assert not cell.line.rejector_enabled
        await client.write_coils(3, [True, True], device_id=1)
        assert cell.inputs.bin_emptied
        assert cell.inputs.jog_infeed
        assert (await client.read_coils(0, count=6, device_id=1)).bits[:6] == [
            False,
            False,
            False,
            True,
            True,
            False,
        ]
        cell.step(0.05)
        await simulator.show()
        assert (await client.read_coils(3, count=2, device_id=1)).bits[:2] == [False, True]


async def test_modbus_answers_exception_2_outside_its_map() -> None:
    async with standing(CONVEYORS) as simulator, modbus_client(simulator) as client:
        for read in (client.read_input_registers, client.read_holding_registers, client.read_discrete_inputs):
            answer = await read(1000, count=2, device_id=1)
            assert answer.isError()
            assert answer.exception_code == 2
        assert not (await client.read_input_registers(0, count=2, device_id=7)).isError()


async def test_opcua_shows_the_model_with_types_units_and_source_times() -> None:
    from asyncua import Client, ua

    async with standing(LINE) as simulator:
        cell = simulator.cell
        async with Client(simulator.controllers[LINE].address.url) as client:
            for point in POINTS[LINE]:
                data = await client.get_node(point.address).read_data_value()
                assert data.SourceTimestamp is not None
                if point.type == "DATETIME":
                    assert data.Value.VariantType is ua.VariantType.DateTime
                elif point.type == "STRING":
                    assert data.Value.Value == point.reader()(cell)
                else:
                    assert data.Value.Value == pytest.approx(point.encode(point.reader()(cell)), abs=1e-3)
            speed = client.get_node("ns=2;s=Line.Status.CurMachSpeed")
            properties = {
                (await node.read_browse_name()).Name: await node.read_value()
                for node in await speed.get_properties()
            }
            assert properties["EURange"].High == 80.0
            assert properties["EngineeringUnits"].DisplayName.Text == "1/min"
            names = {
                (await node.read_browse_name()).Name for node in await client.nodes.objects.get_children()
            }
            assert "Line" in names


async def test_opcua_commands_and_set_points() -> None:
    from asyncua import Client, ua

    async with running(LINE) as simulator:
        cell = simulator.cell
        assert cell.unit.state is State.EXECUTE
        async with Client(simulator.controllers[LINE].address.url) as client:

            async def write(name: str, value: object, kind: ua.VariantType) -> object:
                node = client.get_node(f"ns=2;s=Line.Command.{name}")
                await node.write_value(ua.DataValue(ua.Variant(value, kind)))
                return await node.read_value()

            assert await write("MachSpeed", 52.0, ua.VariantType.Float) == 52.0
            assert cell.inputs.mach_speed == 52.0
            assert await write("MachSpeed", 500.0, ua.VariantType.Float) == 60.0
            await write("CntrlCmd", int(Command.HOLD), ua.VariantType.Int32)
            await write("CmdChangeRequest", True, ua.VariantType.Boolean)
            state = client.get_node("ns=2;s=Line.Status.StateCurrent")
            request = client.get_node("ns=2;s=Line.Command.CmdChangeRequest")

            async def held() -> bool:
                return await state.read_value() == State.HELD and not await request.read_value()

            await eventually_asked(held)
            assert (
                await client.get_node("ns=2;s=Line.Admin.StopReason.Text").read_value()
                == "Held by the operator"
            )
            await write("PanelCommand", int(Command.UNHOLD), ua.VariantType.Int32)

            async def executing() -> bool:
                return await state.read_value() == State.EXECUTE

            await eventually_asked(executing)
            with pytest.raises(ua.UaStatusCodeError):
                await state.write_value(ua.DataValue(ua.Variant(6, ua.VariantType.Int32)))


async def test_opcua_subscriber_sees_the_clamped_value() -> None:
    from asyncua import Client, ua

    async with running(LINE) as simulator, Client(simulator.controllers[LINE].address.url) as client:
        node = client.get_node("ns=2;s=Line.Command.MachSpeed")
        seen: list[float] = []

        class Handler:
            def datachange_notification(self, _node: object, value: float, _data: object) -> None:
                seen.append(value)

        subscription = await client.create_subscription(50, Handler())
        await subscription.subscribe_data_change(node)
        await node.write_value(ua.DataValue(ua.Variant(400.0, ua.VariantType.Float)))

        async def clamped() -> bool:
            return bool(seen) and seen[-1] == 60.0

        await eventually_asked(clamped)
        await subscription.delete()


@pytest.mark.parametrize("name", CONTROLLERS)
async def test_a_controller_can_be_killed_and_comes_back_on_its_port(name: str) -> None:
    async with running(name) as simulator:
        port = simulator.controllers[name].address.port
        good = simulator.cell.time_s
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        control = simulator.addresses.control_port
        assert control is not None
        await ask(control, "stop", controller=name)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        writer.close()
        with pytest.raises(OSError, match=r"."):
            await asyncio.open_connection("127.0.0.1", port)

        async def model_goes_on() -> bool:
            return simulator.cell.time_s > good

        await eventually_asked(model_goes_on)
        answer = await ask(control, "start", controller=name)
        assert answer["running"] == {name: True}
        assert simulator.controllers[name].address.port == port
        _, again = await asyncio.open_connection("127.0.0.1", port)
        again.close()


async def test_killing_opcua_with_a_live_subscription_leaves_nothing_behind() -> None:
    from asyncua import Client

    async with running(LINE) as simulator:
        lost = asyncio.Event()
        client = Client(simulator.controllers[LINE].address.url)
        await client.connect()
        client.connection_lost_callback = lambda *_: _set(lost)

        class Handler:
            def datachange_notification(self, _node: object, _value: object, _data: object) -> None:
                """Take it."""

        subscription = await client.create_subscription(50, Handler())
        await subscription.subscribe_data_change(client.get_node("ns=2;s=Line.Status.StateCurrent"))
        await simulator.stop_controller(LINE)
        await asyncio.wait_for(lost.wait(), PATIENCE_S)
        await simulator.start_controller(LINE)
        async with Client(simulator.controllers[LINE].address.url) as other:
            assert await other.get_node("ns=2;s=Line.Status.StateCurrent").read_value() == State.EXECUTE
        await client.disconnect()


async def _set(event: asyncio.Event) -> None:
    event.set()


async def test_the_control_channel() -> None:
    async with running(CONVEYORS) as simulator:
        port = simulator.addresses.control_port
        assert port is not None
        status = await ask(port, "status")
        assert status["state"] == "EXECUTE"
        assert status["running"] == {CONVEYORS: True}
        assert "infeed_jam" in status["known_faults"]
        assert (await ask(port, "inject", fault="infeed_jam"))["faults"] == ["infeed_jam"]
        assert simulator.cell.faults == {"infeed_jam"}
        assert (await ask(port, "clear", fault="infeed_jam"))["faults"] == []
        assert (await ask(port, "seed", seed=7))["seed"] == 7
        assert simulator.cell.seed == 7
        for command, arguments in (
            ("dance", {}),
            ("inject", {"fault": "meteorite"}),
            ("stop", {"controller": "moon"}),
            ("seed", {"seed": "x"}),
        ):
            with pytest.raises(SimulatorError):
                await ask(port, command, **arguments)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"not json\n")
        assert json.loads(await reader.readline())["ok"] is False
        writer.close()
        await writer.wait_closed()


async def test_run_tells_when_it_is_ready_and_closes_on_cancellation() -> None:
    ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(options(CONVEYORS), ready.set_result))
    addresses = await asyncio.wait_for(ready, PATIENCE_S)
    port = addresses.controllers[CONVEYORS].port
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with listening_socket("test", port) as free:
        assert free.getsockname()[1] == port


@pytest.mark.parametrize("name", CONTROLLERS)
async def test_a_taken_port_leaves_nothing_open(name: str) -> None:
    with listening_socket("other", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"controller {name}: port {port}"):
            await run(options(name, ports={name: port}))


def test_a_taken_port_is_exit_code_3_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with listening_socket("other", 0) as taken:
        port = taken.getsockname()[1]
        assert main(["--only", "conveyors", "--conveyors-port", str(port)]) == EXIT_PORT == 3
    error = capsys.readouterr().err
    assert f"controller conveyors: port {port} is not free" in error
    assert error.count("\n") == 1


def _start(*arguments: str) -> subprocess.Popen[str]:
    flags = subprocess.CREATE_NEW_PROCESS_GROUP if os.name == "nt" else 0
    return subprocess.Popen(
        [sys.executable, "-c", START, *FREE_PORTS, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        creationflags=flags,
    )


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_command_prints_its_addresses_and_stops_cleanly_on_a_signal(name: str) -> None:
    process = _start("--only", "filling", "--only", "conveyors", "--json")
    try:
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        assert set(addresses["controllers"]) == {"filling", "conveyors"}
        with socket.create_connection(("127.0.0.1", addresses["controllers"]["filling"]["port"]), 2.0):
            pass
        process.send_signal(signal.CTRL_BREAK_EVENT if os.name == "nt" else getattr(signal, name))
        _, error = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert error == ""


def test_the_command_says_ready_for_people_and_can_be_told_things() -> None:
    process = _start("--only", "conveyors")
    try:
        assert process.stdout is not None
        lines = []
        while not lines or lines[-1] != "ready":
            lines.append(process.stdout.readline().rstrip("\n"))
            assert len(lines) < 10
        assert lines[0].startswith("conveyors")
        control = lines[1].rpartition(":")[2]
        assert main(["--control-port", control, "--tell", "inject", "downstream_blocked"]) == 0
        assert main(["--control-port", control, "--tell", "inject", "meteorite"]) == 1
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


async def test_the_trainer_provokes_a_fault_through_a_tag_and_sees_it_there() -> None:
    async with running(CONVEYORS) as simulator, modbus_client(simulator) as client:
        assert not (await client.read_coils(25)).bits[0]
        await client.write_coil(25, True)

        async def is_pressed() -> bool:
            return bool((await client.read_discrete_inputs(5)).bits[0])

        await eventually_asked(is_pressed)
        assert "emergency_stop" in simulator.cell.faults
        assert (await client.read_coils(25)).bits[0]
        simulator.cell.clear("emergency_stop")
        await simulator.show()
        assert not (await client.read_coils(25)).bits[0], "whoever ends it, the bit shows it"


async def test_the_trainer_silences_a_controller_for_a_while() -> None:
    async with running(FILLING, CONVEYORS) as simulator, modbus_client(simulator) as client:
        filling = simulator.controllers[FILLING]
        simulator.cell.training.silent_filling_s = 2

        async def is_silent() -> bool:
            return not filling.running

        await eventually_asked(is_silent)
        assert not (await client.read_coils(20)).isError(), "the others go on"

        async def is_back() -> bool:
            return filling.running

        await eventually_asked(is_back)
        assert simulator.cell.training.silent_filling_s == 0


def test_every_fault_has_a_switch_on_one_controller() -> None:
    switches = [
        point.source.split(".")[2]
        for points in POINTS.values()
        for point in points
        if point.source.startswith("training.faults.")
    ]
    assert sorted(switches) == sorted(FAULTS)
