"""Real servers of each protocol on loopback, and a relay that can cut, freeze and restore the way to them."""

import asyncio
import struct
import threading
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol, TypeVar

from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager
from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType as SimType
from pymodbus.simulator import SimData, SimDevice
from snap7.datatypes import S7WordLen
from snap7.server import Server as Snap7Server
from snap7.type import SrvArea

from tags.model import DataType
from tests.support.ports import LOOPBACK, free_port

ALL_TYPES = tuple(DataType)
R = TypeVar("R")


class Relay:
    """A TCP relay on a port of its own: what a driver sees of the network."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self._target_port = target_port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.connections = 0
        self.delay_s = 0.0
        """What each piece of data takes longer, in both directions."""

    async def start(self) -> None:
        self._flowing.set()
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port)

    async def cut(self) -> None:
        """End every connection and accept no more, as a killed server does."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def freeze(self) -> None:
        """Let nothing through any more while the connections stay open, as a hung server does."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):
                far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._target_port)
                self._writers.add(far_writer)
                pumps = [
                    asyncio.ensure_future(self._pump(reader, far_writer)),
                    asyncio.ensure_future(self._pump(far_reader, writer)),
                ]
                try:
                    await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for pump in pumps:
                        pump.cancel()
                    self._writers.discard(far_writer)
                    far_writer.transport.abort()
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(data)
                await writer.drain()


class Device(Protocol):
    """A server with one writable place per data type; started and stopped by the test."""

    driver: str
    types: tuple[DataType, ...]
    port: int
    missing: str
    """An INT16 address that does not exist."""
    read_only: str
    """An INT16 address that exists and refuses writes."""
    unreadable: str
    """An INT16 address that exists and refuses to be read; empty where the protocol has no such thing."""
    array: tuple[str, DataType]
    """The address of a writable array of three elements, and their type."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def options(self, port: int, timeout_s: float) -> Mapping[str, Any]: ...

    def address(self, data_type: DataType) -> str: ...


class ModbusDevice:
    """pymodbus' server; ``refuse`` makes it answer a function code with an exception.

    With RTU framing it sends RTU frames over TCP.
    """

    driver = "modbus"
    types = tuple(data_type for data_type in ALL_TYPES if data_type is not DataType.DATETIME)
    missing = "HR900"
    read_only = "IR3"
    unreadable = ""
    array = ("HR300[3]", DataType.FLOAT32)

    _OFFSETS: ClassVar = {data_type: 20 * number for number, data_type in enumerate(ALL_TYPES)}

    def __init__(self, framing: str = "tcp") -> None:
        self.port = free_port()
        self._framing = framing
        self.refuse: dict[int, ExcCodes] = {}
        self.requests: list[tuple[int, int, int]] = []
        """Function code, start and the number behind it (count or value) of every request."""
        self._server: ModbusTcpServer | None = None

    async def start(self) -> None:
        device = SimDevice(
            id=0,
            simdata=(
                [SimData(0, values=[False] * 64, datatype=SimType.BITS)],
                [SimData(0, values=[False] * 64, datatype=SimType.BITS)],
                [
                    SimData(0, count=400, datatype=SimType.REGISTERS),
                    SimData(500, count=20, datatype=SimType.REGISTERS),
                ],
                [SimData(0, values=list(range(40)), datatype=SimType.REGISTERS)],
            ),
            action=self._access,
        )
        framer = FramerType.RTU if self._framing == "rtu" else FramerType.SOCKET
        self._server = ModbusTcpServer(
            device, framer=framer, address=(LOOPBACK, self.port), trace_packet=self._trace
        )
        await self._server.serve_forever(background=True)

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            connections = [link.transport for link in server.active_connections.values() if link.transport]
            await server.shutdown()
            for transport in connections:
                transport.abort()
            await asyncio.sleep(0)

    def options(self, port: int, timeout_s: float) -> Mapping[str, Any]:
        return {"host": LOOPBACK, "port": port, "timeout_s": timeout_s, "framing": self._framing}

    def address(self, data_type: DataType) -> str:
        offset = self._OFFSETS[data_type]
        if data_type is DataType.BOOL:
            return "C3"
        if data_type is DataType.STRING:
            return f"HR{offset}/32"
        return f"HR{offset}"

    async def _access(
        self, function: int, _start: int, address: int, count: int, _now: list[int], _values: list[Any] | None
    ) -> ExcCodes | None:
        return self.refuse.get(function)

    def _trace(self, sending: bool, packet: bytes) -> bytes:
        if not sending:
            self.requests.append(struct.unpack_from(">BHH", packet, 1 if self._framing == "rtu" else 7))
        return packet


class SerialModbusDevice(ModbusDevice):
    """The same at the far end of a serial line."""

    driver = "modbus_rtu"

    def __init__(self) -> None:
        super().__init__("rtu")

    def options(self, port: int | str, timeout_s: float) -> Mapping[str, Any]:
        return {"port": str(port), "timeout_s": timeout_s, "baud_rate": 115200, "parity": "none"}


class _BitServer(Snap7Server):
    """snap7's request handling; it ignores bit numbers, access rights and large PDUs, so these are added."""

    denied_db = 99
    unreadable_db = 98

    def answer(self, pdu: bytes) -> bytes | None:
        return self._process_request(pdu, (LOOPBACK, 0))

    def _handle_setup_communication(self, request: dict[str, Any]) -> bytes:
        """Grant the PDU size that is asked for; the library's server stops at 480."""
        answer: bytes = super()._handle_setup_communication(request)
        return answer[:-2] + struct.pack(">H", request["parameters"]["pdu_length"])

    def _parse_address_specification(self, addr_spec: bytes) -> dict[str, Any]:
        parsed = super()._parse_address_specification(addr_spec)
        if parsed.get("word_len") == S7WordLen.BIT:
            parsed["bit"] = addr_spec[11] & 7
        return parsed

    def _parse_write_address(self, request: dict[str, Any]) -> Any:
        parsed = super()._parse_write_address(request)
        bit = request["parameters"]["address_spec"].get("bit")
        if parsed is None or bit is None:
            return parsed
        area, number, start, count, data = parsed
        byte = self.memory_areas[(area, number)][start] & ~(1 << bit)
        return area, number, start, count, bytearray([byte | data[0] << bit])

    def _handle_write_area(self, request: dict[str, Any], client_address: tuple[str, int]) -> bytes:
        spec = request["parameters"]["address_spec"]
        if spec["db_number"] == self.denied_db:
            return struct.pack(">BBHHHHBBBBB", 0x32, 3, 0, request["sequence"], 2, 1, 0, 0, 5, 1, 0x03)
        return super()._handle_write_area(request, client_address)


def _without_denied(request: bytes, answer: bytes) -> bytes:
    """Return the answer to a read with what may not be read replaced by the return code for that."""
    data, at, items = answer[14:], 0, b""
    count = request[11]
    for number in range(count):
        bits, block = (
            int.from_bytes(data[at + 2 : at + 4], "big"),
            request[18 + 12 * number : 20 + 12 * number],
        )
        size = bits // 8 if data[at + 1] in (3, 4, 5) else bits
        item = data[at : at + 4 + size]
        at += 4 + size + size % 2
        if int.from_bytes(block, "big") == _BitServer.unreadable_db:
            item = b"\x03\0\0\0"
        items += item + b"\0" * (len(item) % 2 if number < count - 1 else 0)
    return answer[:8] + len(items).to_bytes(2, "big") + answer[10:14] + items


class S7Device:
    """snap7's request handling behind an asyncio server; ``memory`` is data block 1.

    ``cpu_state`` is what the status list says (8 RUN, 4 STOP, None: no answer at all, -1: it hangs up);
    ``most_items`` is the number of places that one request may name.
    """

    driver = "s7"
    types = ALL_TYPES
    missing = "DB77.DBW0"
    read_only = "DB99.DBW0"
    unreadable = "DB98.DBW0"
    array = ("DB1.DBD200[3]", DataType.FLOAT32)

    _PLACES: ClassVar = {
        DataType.BOOL: "DB1.DBX0.3",
        DataType.INT8: "DB1.DBB2",
        DataType.UINT8: "DB1.DBB3",
        DataType.INT16: "DB1.DBW4",
        DataType.UINT16: "DB1.DBW6",
        DataType.INT32: "DB1.DBD8",
        DataType.UINT32: "DB1.DBD12",
        DataType.INT64: "DB1.DBL16",
        DataType.UINT64: "DB1.DBL24",
        DataType.FLOAT32: "DB1.DBD32",
        DataType.FLOAT64: "DB1.DBL36",
        DataType.STRING: "DB1.STRING44.32",
        DataType.DATETIME: "DB1.LDT80",
    }

    def __init__(self) -> None:
        self.port = free_port()
        self.memory = bytearray(600)
        self.timers = bytearray(32)
        self.counters = bytearray(32)
        self.cpu_state: int | None = 8
        self.most_items = 20
        self.remote_tsap = b""
        self.requests = 0
        """Reads and writes, and the agreement on the PDU size."""
        self.state_requests = 0
        self.longest = 0
        """The longest PDU of either side."""
        self._service = _BitServer(log=False)
        self._service.register_area(SrvArea.DB, 1, self.memory)
        self._service.register_area(SrvArea.DB, 2, bytearray(100))
        self._service.register_area(SrvArea.DB, 98, bytearray(16))
        self._service.register_area(SrvArea.DB, 99, bytearray(16))
        self._service.register_area(SrvArea.MK, 0, bytearray(64))
        self._service.register_area(SrvArea.TM, 0, self.timers)
        self._service.register_area(SrvArea.CT, 0, self.counters)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for writer in tuple(self._writers):
                writer.transport.abort()
            await asyncio.sleep(0.01)

    def options(self, port: int, timeout_s: float) -> Mapping[str, Any]:
        return {"host": LOOPBACK, "port": port, "timeout_s": timeout_s}

    def address(self, data_type: DataType) -> str:
        return self._PLACES[data_type]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = await reader.readexactly(4)
                frame = await reader.readexactly(int.from_bytes(head[2:], "big") - 4)
                if frame[1] == 0xE0:
                    self.remote_tsap = frame[frame.index(b"\xc2\x02") + 2 :][:2]
                    self._send(writer, bytes([frame[0], 0xD0]) + frame[4:6] + b"\x00\x01" + frame[6:])
                    continue
                response = self._answer(frame[3:])
                if response:
                    self.longest = max(self.longest, len(frame) - 3, len(response))
                    self._send(writer, b"\x02\xf0\x80" + response)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    def _answer(self, pdu: bytes) -> bytes | None:
        if pdu[1] == 7:
            self.state_requests += 1
            if self.cpu_state is None:
                return None
            if self.cpu_state < 0:
                raise ConnectionAbortedError
            record = bytes([0x51, 0x44, 0xFF, self.cpu_state]) + bytes(16)
            data = bytes.fromhex("0424 0000 0014 0001") + record
            parameters = bytes.fromhex("000112081284010100000000")
            head = struct.pack(">BBHHHH", 0x32, 7, 0, 0, len(parameters), len(data) + 4)
            head = head[:4] + pdu[4:6] + head[6:]
            return head + parameters + struct.pack(">BBH", 0xFF, 9, len(data)) + data
        self.requests += 1
        if pdu[10] == 4 and pdu[11] > self.most_items:
            return b"\x32\x02\0\0" + pdu[4:6] + b"\0\0\0\0\x85\x00"
        answer = self._service.answer(pdu)
        return _without_denied(pdu, answer) if pdu[10] == 4 and answer else answer

    def _send(self, writer: asyncio.StreamWriter, cotp: bytes) -> None:
        writer.write(struct.pack(">BBH", 3, 0, len(cotp) + 4) + cotp)


class _Users(UserManager):  # type: ignore[misc]
    def get_user(
        self, iserver: Any, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        if username is None:
            return User(role=UserRole.User, name="anonymous")
        return User(role=UserRole.Admin, name=username) if password == "right" else None


class OpcUaDevice:
    """asyncua's server. ``namespace`` is the URI of its own namespace, index 2."""

    driver = "opcua"
    types = ALL_TYPES
    missing = "ns=2;s=Missing"
    read_only = "ns=2;s=ReadOnly"
    unreadable = "ns=2;s=Unreadable"
    array = ("ns=2;s=Array", DataType.FLOAT64)
    namespace = "urn:vigie:test"

    VARIANT_TYPES: ClassVar = {
        DataType.BOOL: ua.VariantType.Boolean,
        DataType.INT8: ua.VariantType.SByte,
        DataType.UINT8: ua.VariantType.Byte,
        DataType.INT16: ua.VariantType.Int16,
        DataType.UINT16: ua.VariantType.UInt16,
        DataType.INT32: ua.VariantType.Int32,
        DataType.UINT32: ua.VariantType.UInt32,
        DataType.INT64: ua.VariantType.Int64,
        DataType.UINT64: ua.VariantType.UInt64,
        DataType.FLOAT32: ua.VariantType.Float,
        DataType.FLOAT64: ua.VariantType.Double,
        DataType.STRING: ua.VariantType.String,
        DataType.DATETIME: ua.VariantType.DateTime,
    }

    def __init__(self) -> None:
        self.port = free_port()
        self._server: Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="opcua test server", daemon=True)

    @property
    def server(self) -> Server:
        assert self._server is not None
        return self._server

    def open(self) -> None:
        """Start the server in a thread of its own: building the address space takes more than a second."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(30)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def call(self, work: Coroutine[Any, Any, R]) -> R:
        """Run a coroutine in the server's thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def set(self, name: str, value: ua.DataValue) -> None:
        await self.call(self.server.write_attribute_value(ua.NodeId(name, 2), value))

    async def start(self) -> None:
        await self.call(self._reset())

    async def stop(self) -> None:
        await self.call(self._drop_connections())

    async def _reset(self) -> None:
        for data_type, variant_type in self.VARIANT_TYPES.items():
            variant = ua.Variant(_first_value(data_type), variant_type)
            await self.server.write_attribute_value(ua.NodeId(data_type.value, 2), ua.DataValue(variant))

    async def _drop_connections(self) -> None:
        for transport in tuple(self.server.iserver.asyncio_transports):
            transport.abort()

    async def _open(self) -> None:
        server = Server(user_manager=_Users())
        await server.init()
        server.disable_clock()
        server.set_endpoint(f"opc.tcp://{LOOPBACK}:{self.port}/")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace(self.namespace)
        folder = await server.nodes.objects.add_folder(ua.NodeId("Types", 2), "2:Types")
        for data_type, variant_type in self.VARIANT_TYPES.items():
            node = await folder.add_variable(
                ua.NodeId(data_type.value, 2), f"2:{data_type.value}", _first_value(data_type), variant_type
            )
            await node.set_writable()
        await folder.add_variable(ua.NodeId("ReadOnly", 2), "2:ReadOnly", 3, ua.VariantType.Int16)
        array = await folder.add_variable(
            ua.NodeId("Array", 2), "2:Array", ua.Variant([1.5, 2.5], ua.VariantType.Double, is_array=True)
        )
        await array.set_writable()
        denied = ua.DataValue(StatusCode=ua.StatusCode(ua.StatusCodes.BadUserAccessDenied))
        unreadable = await folder.add_variable(
            ua.NodeId("Unreadable", 2), "2:Unreadable", 0, ua.VariantType.Int16
        )
        await server.write_attribute_value(unreadable.nodeid, denied)
        await server.start()
        self._server = server

    async def _close(self) -> None:
        await self._drop_connections()
        await self.server.stop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def options(self, port: int, timeout_s: float) -> Mapping[str, Any]:
        return {"url": f"opc.tcp://{LOOPBACK}:{port}/", "timeout_s": timeout_s}

    def address(self, data_type: DataType) -> str:
        return f"ns=2;s={data_type.value}"


def _first_value(data_type: DataType) -> Any:
    if data_type is DataType.STRING:
        return ""
    if data_type is DataType.DATETIME:
        return datetime(2026, 1, 1, tzinfo=UTC)
    if data_type is DataType.BOOL:
        return False
    return 0.0 if data_type.is_float else 0
