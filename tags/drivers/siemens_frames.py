"""Put S7 frames (TPKT, COTP, PDU) into words, from any bytes; pure functions."""

import struct

from tags.counting import counted
from tags.drivers.frames import Direction

_KINDS = {0xE0: "connection request", 0xD0: "connection confirmed", 0x80: "connection ended"}
_ASKED = {0xF0: "#{} PDU size", 0x04: "#{} read {}", 0x05: "#{} write {}"}
_ANSWERED = {
    0xF0: "#{} PDU size answered, {}",
    0x04: "#{} read answered, {}",
    0x05: "#{} write answered, {}",
}
"""Whole sentences, since other languages put the numbers elsewhere."""
_AREAS = {0x81: "I", 0x82: "Q", 0x83: "M", 0x84: "DB", 0x1C: "C", 0x1D: "T"}


def describe(_direction: Direction, frame: bytes) -> str:
    """Return one line about a frame."""
    if len(frame) < 7:
        return f"incomplete: {counted(len(frame), 'byte')}"
    if frame[0] != 3:
        return "no S7 frame"
    if frame[5] != 0xF0:
        return _KINDS.get(frame[5], f"COTP 0x{frame[5]:02X}")
    pdu = frame[7:]
    if len(pdu) < 12 or pdu[0] != 0x32:
        return "no S7 frame"
    kind, number = pdu[1], int.from_bytes(pdu[4:6], "big")
    if kind == 7:
        return f"#{number} status list"
    head = 10 if kind == 1 else 12
    parameters = pdu[head : head + int.from_bytes(pdu[6:8], "big")]
    if kind != 1 and pdu[10:12] != b"\0\0":
        return f"#{number} refused, error 0x{pdu[10:12].hex().upper()}"
    if not parameters:
        return f"#{number} kind {kind}"
    function = parameters[0]
    if kind != 1:
        size = int.from_bytes(pdu[8:10], "big")
        if function in _ANSWERED:
            return _ANSWERED[function].format(number, counted(size, "byte"))
        return f"#{number} function 0x{function:02X} answered, {counted(size, 'byte')}"
    if function not in _ASKED:
        return f"#{number} function 0x{function:02X}"
    places = [_place(parameters[at : at + 12]) for at in range(2, len(parameters), 12)]
    return _ASKED[function].format(number, ", ".join(places))


def _place(item: bytes) -> str:
    if len(item) < 12:
        return "?"
    length, block, area = struct.unpack_from(">HHB", item, 4)
    start = int.from_bytes(item[9:12], "big")
    name = _AREAS.get(area, f"0x{area:02X}")
    if name in ("T", "C"):
        return f"{name}{start}[{length}]"
    where = f"DB{block}." if name == "DB" else name
    byte, bit = divmod(start, 8)
    return f"{where}{byte}.{bit}" if item[3] == 1 else f"{where}{byte}[{length}]"
