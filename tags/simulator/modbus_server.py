"""The conveyor controller: a Modbus TCP server whose registers and bits are the image of the model.

pymodbus' SimDevice holds the memory; this module writes the image into it and takes the clients' writes in
its action hook, before the memory changes. Addresses outside the mapped blocks answer exception 2. The unit
number is not looked at, as in most Modbus TCP devices.
"""

from __future__ import annotations

import asyncio
import re
import struct
from functools import partial
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tags.simulator.cell import PackagingCell
from tags.simulator.controller import LOOPBACK, ControllerAddress, SimulatorError, listening_socket
from tags.simulator.maps import CONVEYOR_POINTS, CONVEYORS
from tags.simulator.points import Point, Value

_FORMATS = {"INT16": ">h", "UINT16": ">H", "INT32": ">i", "UINT32": ">I", "FLOAT32": ">f", "FLOAT64": ">d"}
_ADDRESS = re.compile(
    r"(?P<table>HR|IR|DI|C)(?P<n>\d+)(?:\.(?P<bit>\d+)|/(?P<length>\d+))?(?::(?P<order>[A-D]{4}))?"
)
_TABLES = {"C": "c", "DI": "d", "HR": "h", "IR": "i"}
_BLOCK = 20
"""Registers are mapped in groups of this many; what lies between two used groups is an illegal address."""


class _Placed:
    """One point placed in a table: its first register or bit, and how it is read and written."""

    __slots__ = ("bit", "characters", "first", "point", "read", "size", "swap", "table")

    def __init__(self, point: Point) -> None:
        match = _ADDRESS.fullmatch(point.address)
        if match is None:
            raise SimulatorError(f"{point.address} is no Modbus address")
        part = match.groupdict()
        self.point = point
        self.read = point.reader()
        self.table = _TABLES[part["table"]]
        self.first = int(part["n"])
        self.bit = int(part["bit"]) if part["bit"] else None
        self.swap = part["order"] == "CDAB"
        self.characters = 0
        if point.type == "BOOL":
            self.size = 1
        elif part["length"]:
            # As in the driver's notation: characters, two in each register.
            self.characters = int(part["length"])
            self.size = (self.characters + 1) // 2
        else:
            self.size = struct.calcsize(_FORMATS[point.type]) // 2

    def words(self, model: PackagingCell) -> list[int]:
        """Encode the value of the model as registers."""
        value = self.point.encode(self.read(model))
        if self.point.type == "STRING":
            data = str(value).encode("latin-1", "replace")[: self.characters].ljust(2 * self.size, b"\0")
        else:
            data = struct.pack(_FORMATS[self.point.type], value)
        words = [int.from_bytes(data[index : index + 2], "big") for index in range(0, len(data), 2)]
        return words[::-1] if self.swap else words

    def value(self, words: list[int]) -> Value:
        """Decode registers."""
        data = b"".join(word.to_bytes(2, "big") for word in (words[::-1] if self.swap else words))
        if self.point.type == "STRING":
            return data.split(b"\0")[0].decode("latin-1")
        decoded: Value = struct.unpack(_FORMATS[self.point.type], data)[0]
        return decoded


class _Table:
    """One of the four Modbus tables: the list of registers inside pymodbus and the points in it.

    Coils and discrete inputs are packed 16 to a register, bit 0 first.
    """

    def __init__(self, placed: list[_Placed]) -> None:
        self.placed = placed
        self.packed = bool(placed) and placed[0].table in "cd"
        self.start = 0
        self.registers: list[int] = []

    def store(self, model: PackagingCell, points: list[_Placed] | None = None) -> None:
        """Write the image of the model."""
        registers, start = self.registers, self.start
        for placed in self.placed if points is None else points:
            if placed.point.type != "BOOL":
                at = placed.first - start
                registers[at : at + placed.size] = placed.words(model)
                continue
            register, bit = self._bit(placed)
            if placed.read(model):
                registers[register] |= 1 << bit
            else:
                registers[register] &= ~(1 << bit) & 0xFFFF

    def take(self, model: PackagingCell, address: int, values: list[Any]) -> None:
        """Pass what a client wrote to the model, and put into `values` what is true after that."""
        before = list(self.registers)
        last = address + len(values)
        if self.packed:
            for index, value in enumerate(values):
                self._set(address + index, bool(value))
        else:
            at = address - self.start
            self.registers[at : at + len(values)] = values
        touched = [
            point for point in self.placed if point.first < last and address < point.first + point.size
        ]
        for placed in touched:
            if placed.point.type != "BOOL":
                at = placed.first - self.start
                placed.point.accept(model, placed.value(self.registers[at : at + placed.size]))
                continue
            register, bit = self._bit(placed)
            placed.point.accept(model, bool(self.registers[register] >> bit & 1))
        self.registers[:] = before
        self.store(model, touched)
        if self.packed:
            mapped = {placed.first for placed in touched}
            for index in range(len(values)):
                if address + index in mapped:
                    values[index] = self._get(address + index)
        else:
            mapped = {placed.first + offset for placed in touched for offset in range(placed.size)}
            for index in range(len(values)):
                if address + index in mapped:
                    values[index] = self.registers[address + index - self.start]

    def _bit(self, placed: _Placed) -> tuple[int, int]:
        if self.packed:
            return placed.first // 16 - self.start, placed.first % 16
        return placed.first - self.start, placed.bit or 0

    def _set(self, number: int, value: bool) -> None:
        register, bit = number // 16 - self.start, number % 16
        if value:
            self.registers[register] |= 1 << bit
        else:
            self.registers[register] &= ~(1 << bit) & 0xFFFF

    def _get(self, number: int) -> bool:
        return bool(self.registers[number // 16 - self.start] >> number % 16 & 1)


_WRITES = {5: "c", 15: "c", 6: "h", 16: "h", 22: "h", 23: "h"}


class ConveyorController:
    """The Modbus TCP controller; see `controller.Controller`."""

    name = CONVEYORS
    protocol = "Modbus TCP"

    def __init__(self, port: int) -> None:
        self._port = port
        placed = [_Placed(point) for point in CONVEYOR_POINTS]
        self._tables = {
            table: _Table([point for point in placed if point.table == table]) for table in _TABLES.values()
        }
        self._server: ModbusTcpServer | None = None
        self._model: PackagingCell | None = None

    @property
    def running(self) -> bool:
        """Tell whether it answers."""
        return self._server is not None

    @property
    def address(self) -> ControllerAddress:
        """Give where it answers."""
        return ControllerAddress(self.name, self.protocol, LOOPBACK, self._port)

    async def start(self, cell: PackagingCell) -> None:
        """Open the port and show `cell`; raise PortTakenError."""
        listener = listening_socket(self.name, self._port)
        self._port = listener.getsockname()[1]
        device = SimDevice(
            id=0,
            simdata=(self._bits("c"), self._bits("d"), self._registers("h"), self._registers("i")),
            action=self._access,
        )
        server = ModbusTcpServer(device, address=(LOOPBACK, self._port))
        loop = asyncio.get_running_loop()
        server.call_create = partial(loop.create_server, server.handle_new_connection, sock=listener)
        for key, block in server.context.devices[0].block.items():
            self._tables[key].start, self._tables[key].registers = block[0], block[2]
        self._model = cell
        await self.update(cell)
        await server.serve_forever(background=True)
        self._server = server

    async def update(self, cell: PackagingCell) -> None:
        """Write the image of this tick."""
        self._model = cell
        for table in self._tables.values():
            table.store(cell)

    async def stop(self) -> None:
        """Drop every connection at once and close the port."""
        server, self._server = self._server, None
        if server is None:
            return
        transports = [
            connection.transport
            for connection in tuple(server.active_connections.values())
            if connection.transport
        ]
        await server.shutdown()
        for transport in transports:
            transport.abort()
        await asyncio.sleep(0)

    def _bits(self, table: str) -> list[SimData]:
        last = max(placed.first for placed in self._tables[table].placed)
        return [SimData(0, values=[False] * (last // 16 * 16 + 16), datatype=DataType.BITS)]

    def _registers(self, table: str) -> list[SimData]:
        used = {
            (placed.first + offset) // _BLOCK
            for placed in self._tables[table].placed
            for offset in range(placed.size)
        }
        return [SimData(block * _BLOCK, count=_BLOCK, datatype=DataType.REGISTERS) for block in sorted(used)]

    async def _access(
        self,
        function_code: int,
        start_address: int,
        address: int,
        count: int,
        current_registers: list[int],
        set_values: list[Any] | None,
    ) -> ExcCodes | None:
        del start_address, count, current_registers
        if set_values is not None and self._model is not None and function_code in _WRITES:
            self._tables[_WRITES[function_code]].take(self._model, address, set_values)
        return None
