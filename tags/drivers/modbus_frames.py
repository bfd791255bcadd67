"""Put Modbus frames into words, from any bytes; pure functions."""

import struct

from tags.counting import counted
from tags.drivers.frames import Direction

_NAMES = {
    1: "read coils",
    2: "read discrete inputs",
    3: "read holding registers",
    4: "read input registers",
    5: "write coil",
    6: "write register",
    15: "write coils",
    16: "write registers",
    22: "mask register",
    23: "read and write registers",
}
_WITH_DATA = (1, 2, 3, 4, 23)
_RANGES = {
    1: "read coils {} to {}",
    2: "read discrete inputs {} to {}",
    3: "read holding registers {} to {}",
    4: "read input registers {} to {}",
    15: "write coils {} to {}",
    16: "write registers {} to {}",
}
_ONE = {5: "write coil {}, {}", 6: "write register {}, {}", 22: "mask register {}, {}"}
"""What is asked: whole sentences, since other languages put the numbers elsewhere."""


def describe_tcp(direction: Direction, frame: bytes) -> str:
    """Return one line about a frame with an MBAP header."""
    if len(frame) < 8:
        return f"incomplete: {counted(len(frame), 'byte')}"
    transaction, protocol, length, unit = struct.unpack_from(">HHHB", frame)
    if protocol:
        return "no Modbus TCP frame"
    text = f"#{transaction} unit {unit}: {_message(direction, frame[7:])}"
    return text if length == len(frame) - 6 else f"{text}; length {length} does not fit"


def describe_rtu(direction: Direction, frame: bytes) -> str:
    """Return one line about a frame with a check sum."""
    if len(frame) < 4:
        return f"incomplete: {counted(len(frame), 'byte')}"
    text = f"unit {frame[0]}: {_message(direction, frame[1:-2])}"
    return text if check_sum(frame[:-2]) == frame[-2:] else f"{text}; wrong check sum"


def _message(direction: Direction, message: bytes) -> str:
    function, body = message[0], message[1:]
    name = _NAMES.get(function & 0x7F, f"function {function & 0x7F}")
    if direction is Direction.RECEIVED:
        if function & 0x80:
            return f"{name} refused, exception {body[0] if body else '?'}"
        if function in _WITH_DATA and body:
            return f"{name}, {counted(body[0], 'byte')}"
        return f"{name} confirmed"
    if len(body) < 4:
        return name
    start, number = struct.unpack_from(">HH", body)
    if function == 23 and len(body) >= 8:
        written, count = struct.unpack_from(">HH", body, 4)
        return f"write registers {written} to {written + count - 1} and read {start} to {start + number - 1}"
    if function in _RANGES:
        return _RANGES[function].format(start, start + number - 1)
    if function in _ONE:
        return _ONE[function].format(start, f"0x{number:04X}")
    return f"{name} at {start}, value 0x{number:04X}"


def check_sum(data: bytes) -> bytes:
    """Return the two bytes that end an RTU frame (Modbus over serial line 1.02, section 2.5.1.2)."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value.to_bytes(2, "little")
