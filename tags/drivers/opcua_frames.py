"""Cut an OPC UA byte stream into messages and put them into words, from any bytes."""

import re

from asyncua import ua

from tags.counting import counted
from tags.drivers.frames import Direction, FrameTap

_KINDS = (b"MSG", b"OPN", b"CLO", b"HEL", b"ACK", b"ERR", b"RHE")
_BODY = 24
_SIGN_IN = 467
"""ActivateSessionRequest: bears the password, in plain text where messages have no security."""
_SECRET = b"\0"
_SERVICE = re.compile(r"(?P<service>\w+?)_Encoding_DefaultBinary")
_MOST_BUFFERED = 64 * 1024 * 1024


def describe(_direction: Direction, message: bytes) -> str:
    """Return one line about a message."""
    if len(message) < 8 or message[:3] not in _KINDS:
        return "no OPC UA message"
    kind = message[:3].decode()
    size = int.from_bytes(message[4:8], "little")
    if kind != "MSG":
        return f"{kind}, {counted(size, 'byte')}"
    request = int.from_bytes(message[20:24], "little")
    number = _service_number(message)
    match = None if number is None else _SERVICE.fullmatch(ua.ObjectIdNames.get(number, ""))
    if match is None:
        return f"MSG #{request}, {counted(size, 'byte')}, encrypted or a further part"
    if number == _SIGN_IN:
        return f"MSG #{request} {match['service']}, {counted(size, 'byte')}, sign-in hidden"
    return f"MSG #{request} {match['service']}, {counted(size, 'byte')}"


class MessageCutter:
    """Give one direction of a connection to a tap, message by message."""

    def __init__(self, tap: FrameTap, direction: Direction) -> None:
        self._tap = tap
        self._direction = direction
        self._buffer = bytearray()

    def pass_on(self, data: bytes) -> None:
        """Take bytes as they come; only while the tap is on, so that it may begin in mid-message."""
        buffer = self._buffer
        buffer += data
        while len(buffer) >= 8:
            size = int.from_bytes(buffer[4:8], "little")
            if bytes(buffer[:3]) not in _KINDS or not 8 <= size <= _MOST_BUFFERED:
                size = len(buffer)
            if len(buffer) < size:
                return
            self._tap.add(self._direction, _without_secrets(bytes(buffer[:size])))
            del buffer[:size]


def _without_secrets(message: bytes) -> bytes:
    if message[:3] == b"MSG" and _service_number(message) == _SIGN_IN:
        head = _BODY + 4
        return message[:head] + _SECRET * (len(message) - head)
    return message


def _service_number(message: bytes) -> int | None:
    """Return the number of the message's type; None where it is encrypted."""
    if message[_BODY : _BODY + 2] != b"\x01\x00":
        return None
    return int.from_bytes(message[_BODY + 2 : _BODY + 4], "little")
