"""Count the bytes of an OPC UA connection, which the library does not tell, and show them to a tap."""

import asyncio

from asyncua.client.ua_client import UASocketProtocol

from tags.drivers.frames import Direction, FrameTap
from tags.drivers.opcua_frames import MessageCutter


class Traffic(asyncio.Protocol):
    """Stand between a socket and the library's protocol, and count what passes. Event loop only."""

    def __init__(self, protocol: UASocketProtocol, frames: FrameTap) -> None:
        self._protocol = protocol
        self._frames = frames
        self._sent = MessageCutter(frames, Direction.SENT)
        self._received = MessageCutter(frames, Direction.RECEIVED)
        self._sent_bytes = 0
        self._received_bytes = 0
        transport = protocol.transport
        if transport is not None:
            transport.set_protocol(self)
            protocol.transport = _CountingTransport(transport, self)

    def take(self) -> tuple[int, int]:
        """Return the bytes sent and received since the last call."""
        taken = (self._sent_bytes, self._received_bytes)
        self._sent_bytes = self._received_bytes = 0
        return taken

    def sending(self, data: bytes) -> None:
        """Count what is written to the socket."""
        self._sent_bytes += len(data)
        if self._frames.is_on:
            self._sent.pass_on(data)

    def data_received(self, data: bytes) -> None:
        """Count what came and pass it on."""
        self._received_bytes += len(data)
        if self._frames.is_on:
            self._received.pass_on(data)
        self._protocol.data_received(data)

    def eof_received(self) -> None:
        """Let the transport close."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass the loss on."""
        self._protocol.connection_lost(exc)


class _CountingTransport:
    """Offer what the library and the driver use of a transport."""

    __slots__ = ("_traffic", "_transport")

    def __init__(self, transport: asyncio.Transport, traffic: Traffic) -> None:
        self._transport = transport
        self._traffic = traffic

    def write(self, data: bytes) -> None:
        self._traffic.sending(data)
        self._transport.write(data)

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()
