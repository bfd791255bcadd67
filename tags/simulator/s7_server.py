"""The filling controller: an S7 server whose data blocks are the image of the model.

The protocol work is python-snap7's own server; its threads are not used. They would make a tick non-atomic on
the wire, keep client sockets open for up to 5 s after a stop, and share the port silently with another
process (SO_REUSEPORT). Instead this module frames TPKT and COTP itself on the asyncio loop and hands the PDUs
over.
"""

from __future__ import annotations

import asyncio
import logging
import re
import struct
from collections.abc import Callable
from typing import Any

from snap7.datatypes import S7Area, S7WordLen
from snap7.server import Server
from snap7.type import SrvArea

from tags.simulator.cell import PackagingCell
from tags.simulator.controller import LOOPBACK, ControllerAddress, SimulatorError, listening_socket
from tags.simulator.maps import FILLING, FILLING_POINTS
from tags.simulator.points import Point, Value

_LOG = logging.getLogger(__name__)
_FORMATS = {
    "INT8": ">b",
    "UINT8": ">B",
    "INT16": ">h",
    "UINT16": ">H",
    "INT32": ">i",
    "UINT32": ">I",
    "FLOAT32": ">f",
    "FLOAT64": ">d",
}
_ADDRESS = re.compile(
    r"(?:DB(?P<db>\d+)\.(?:DBX(?P<x>\d+)\.(?P<xbit>[0-7])|DB[BWD](?P<n>\d+)|STRING(?P<s>\d+)\.(?P<length>\d+))"
    r"|M(?P<m>\d+)\.(?P<mbit>[0-7]))"
)
MARKERS = 0
"""Number under which the marker area stands among the images; data blocks start at 1."""


class _Cell:
    """One point placed in an area: where its bytes are, and how they are read and written."""

    __slots__ = ("area", "bit", "length", "point", "read", "size", "start")

    def __init__(self, point: Point) -> None:
        match = _ADDRESS.fullmatch(point.address)
        if match is None:
            raise SimulatorError(f"{point.address} is no S7 address")
        part = match.groupdict()
        self.point = point
        self.read = point.reader()
        self.area = int(part["db"]) if part["db"] else MARKERS
        bit = part["xbit"] or part["mbit"]
        self.bit = int(bit) if bit else None
        self.length = int(part["length"]) if part["length"] else 0
        self.start = int(part["x"] or part["n"] or part["s"] or part["m"] or 0)
        if self.bit is not None:
            self.size = 1
        elif self.length:
            self.size = self.length + 2
        else:
            self.size = struct.calcsize(_FORMATS[point.type])

    def store(self, image: bytearray, model: PackagingCell) -> None:
        value = self.point.encode(self.read(model))
        if self.bit is not None:
            if value:
                image[self.start] |= 1 << self.bit
            else:
                image[self.start] &= ~(1 << self.bit) & 0xFF
        elif self.length:
            text = str(value).encode("latin-1", "replace")[: self.length]
            image[self.start : self.start + self.size] = bytes((self.length, len(text))) + text.ljust(
                self.length, b"\0"
            )
        else:
            struct.pack_into(_FORMATS[self.point.type], image, self.start, value)

    def fetch(self, image: bytearray) -> Value:
        if self.bit is not None:
            return bool(image[self.start] >> self.bit & 1)
        if self.length:
            used = min(image[self.start + 1], self.length)
            return image[self.start + 2 : self.start + 2 + used].decode("latin-1")
        value: Value = struct.unpack_from(_FORMATS[self.point.type], image, self.start)[0]
        return value


class S7Service(Server):  # type: ignore[misc]
    """snap7's request handling without its threads, with two of its gaps closed.

    Bit access: the library's server ignores the bit number, so that a bit write would set the whole byte;
    here a bit is one bit. Writes: `written(area, start, size)` is called before the answer is built.
    """

    def __init__(self, written: Callable[[int, int, int], None]) -> None:
        super().__init__(log=False)
        # Its warnings are about addresses that a client asked for wrongly; the client is told in the answer.
        logging.getLogger("snap7.server").setLevel(logging.ERROR)
        self._written = written

    def answer(self, pdu: bytes, peer: tuple[str, int]) -> bytes | None:
        """Work on one request PDU and give the response PDU."""
        response: bytes | None = self._process_request(pdu, peer)
        return response

    def forget(self, peer: tuple[str, int]) -> None:
        """Drop what is kept for a connection."""
        self._download_contexts.pop(peer, None)
        self._upload_contexts.pop(peer, None)

    def _parse_address_specification(self, addr_spec: bytes) -> dict[str, Any]:
        parsed: dict[str, Any] = super()._parse_address_specification(addr_spec)
        if parsed.get("word_len") == S7WordLen.BIT:
            parsed["bit"] = addr_spec[11] & 7
        return parsed

    def _handle_read_area(self, request: dict[str, Any], client_address: tuple[str, int]) -> bytes:
        response: bytes = super()._handle_read_area(request, client_address)
        parameters = request.get("parameters", {})
        specs = parameters.get("address_specs") or [parameters.get("address_spec", {})]
        return _pick_bits(response, specs)

    def _parse_write_address(self, request: dict[str, Any]) -> tuple[Any, int, int, int, bytearray] | None:
        parsed: tuple[Any, int, int, int, bytearray] | None = super()._parse_write_address(request)
        bit = request.get("parameters", {}).get("address_spec", {}).get("bit")
        if parsed is None or bit is None:
            return parsed
        area, number, start, count, data = parsed
        image = self.memory_areas.get((area, number))
        if image is None or start >= len(image):
            return parsed
        byte = image[start] | 1 << bit if data[0] & 1 else image[start] & ~(1 << bit) & 0xFF
        return area, number, start, count, bytearray((byte,))

    def _write_to_memory_area(self, area: Any, db_number: int, start: int, write_data: bytearray) -> bool:
        done: bool = super()._write_to_memory_area(area, db_number, start, write_data)
        if done:
            self._written(MARKERS if area == S7Area.MK else db_number, start, len(write_data))
        return done


def _pick_bits(response: bytes, specs: list[dict[str, Any]]) -> bytes:
    """Replace the byte of every bit item of a read response by that one bit."""
    if not any("bit" in spec for spec in specs):
        return response
    patched, position = bytearray(response), 14
    for spec in specs:
        if position + 4 > len(patched):
            break
        code, _, bits = struct.unpack_from(">BBH", patched, position)
        size = bits // 8
        if code == 0xFF and "bit" in spec and size == 1:
            struct.pack_into(">BH", patched, position + 1, 0x03, 1)
            patched[position + 4] = patched[position + 4] >> spec["bit"] & 1
        position += 4 + size + (size & 1)
    return bytes(patched)


class _Connection(asyncio.Protocol):
    """TPKT and COTP framing of one client (RFC 1006, ISO 8073 class 0)."""

    def __init__(self, service: S7Service, connections: set[_Connection]) -> None:
        self._service = service
        self._connections = connections
        self._buffer = bytearray()
        self._fragments = bytearray()
        self._transport: asyncio.Transport | None = None
        self._peer = (LOOPBACK, 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type; a TCP server gives no other
        self._transport = transport
        self._peer = transport.get_extra_info("peername") or self._peer
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._connections.discard(self)
        self._service.forget(self._peer)
        self._transport = None

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 4:
            version, _, length = struct.unpack_from(">BBH", self._buffer)
            if version != 3 or length < 7:
                self.abort()
                return
            if len(self._buffer) < length:
                return
            frame = bytes(self._buffer[4:length])
            del self._buffer[:length]
            self._frame(frame)

    def _frame(self, frame: bytes) -> None:
        kind = frame[1] & 0xF0
        if kind == 0xE0 and len(frame) >= 7:
            self._send(bytes((frame[0], 0xD0)) + frame[4:6] + b"\x00\x01" + frame[6:])
        elif kind == 0xF0:
            self._fragments += frame[3:]
            if len(self._fragments) > 65_536:
                self.abort()
            elif frame[2] & 0x80:
                pdu, self._fragments = bytes(self._fragments), bytearray()
                response = self._service.answer(pdu, self._peer)
                if response:
                    self._send(b"\x02\xf0\x80" + response)
        else:
            self.abort()

    def _send(self, cotp: bytes) -> None:
        if self._transport is not None:
            self._transport.write(struct.pack(">BBH", 3, 0, len(cotp) + 4) + cotp)


class FillingController:
    """The S7 controller; see `controller.Controller`."""

    name = FILLING
    protocol = "S7"

    def __init__(self, port: int) -> None:
        self._port = port
        self._cells = [_Cell(point) for point in FILLING_POINTS]
        self._images: dict[int, bytearray] = {}
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
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
        service = S7Service(self._written)
        self._images = {}
        for placed in self._cells:
            image = self._images.setdefault(placed.area, bytearray())
            image.extend(bytes(max(0, placed.start + placed.size - len(image))))
        for number, image in self._images.items():
            image.extend(bytes(len(image) & 1))
            if number == MARKERS:
                service.register_area(SrvArea.MK, 0, image)
            else:
                service.register_area(SrvArea.DB, number, image)
        self._model = cell
        await self.update(cell)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(service, self._connections), sock=listener
        )

    async def update(self, cell: PackagingCell) -> None:
        """Write the image of this tick."""
        self._model = cell
        images = self._images
        for placed in self._cells:
            placed.store(images[placed.area], cell)

    async def stop(self) -> None:
        """Drop every connection at once and close the port."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for connection in tuple(self._connections):
            connection.abort()
        await asyncio.sleep(0)
        await server.wait_closed()

    def _written(self, area: int, start: int, size: int) -> None:
        """Pass a client's write of writable points to the model, then show the truth in all it touched."""
        image, model = self._images[area], self._model
        if model is None:
            return
        touched = [
            placed
            for placed in self._cells
            if placed.area == area and placed.start < start + size and start < placed.start + placed.size
        ]
        for placed in touched:
            placed.point.accept(model, placed.fetch(image))
        for placed in touched:
            placed.store(image, model)
        _LOG.debug("write of %d bytes at %d of area %d", size, start, area)
