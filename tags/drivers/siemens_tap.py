"""The library's ISO-on-TCP transport, with a tap on what passes."""

import struct

from snap7.connection import ISOTCPConnection

from tags.drivers.frames import Direction, FrameTap

FRAMING = 7
"""Bytes of TPKT and COTP around each PDU."""


class TappedConnection(ISOTCPConnection):  # type: ignore[misc]
    """Show a tap what passes, also what comes of an answer before it breaks off."""

    def __init__(self, host: str, port: int, local_tsap: int, remote_tsap: int, frames: FrameTap) -> None:
        super().__init__(host, port, local_tsap=local_tsap, remote_tsap=remote_tsap)
        self._frames = frames
        self._received = bytearray()

    def send_data(self, data: bytes) -> None:
        """Send a PDU."""
        if self._frames.is_on:
            framing = struct.pack(">BBH", 3, 0, len(data) + FRAMING) + b"\x02\xf0\x80"
            self._frames.add(Direction.SENT, framing + data)
        super().send_data(data)

    def receive_data(self) -> bytes:
        """Return the next PDU."""
        self._received.clear()
        try:
            data: bytes = super().receive_data()
        finally:
            if self._received:
                self._frames.add(Direction.RECEIVED, bytes(self._received))
        return data

    def _recv_exact(self, size: int) -> bytes:
        data: bytes = super()._recv_exact(size)
        if self._frames.is_on:
            self._received += data
        return data
