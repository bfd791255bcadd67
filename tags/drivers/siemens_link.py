"""One S7 connection in one thread of its own: python-snap7 blocks and is not thread-safe.

The frames are built by python-snap7's protocol and carried by its ISO-on-TCP transport; the answers are taken
apart here, because the item return code is what tells a missing block from a lost link, and the library's
parser hides it ("Data item is truncated").
"""

import struct
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from socket import SHUT_RDWR

from snap7.datatypes import S7Area as WireArea
from snap7.datatypes import S7WordLen
from snap7.error import S7Error, S7TimeoutError
from snap7.s7protocol import S7Protocol

from tags.addresses.siemens import S7Area
from tags.drivers.base import DriverError, DriverFault
from tags.drivers.frames import FrameTap
from tags.drivers.siemens_plan import READ_OVERHEAD, WRITE_OVERHEAD
from tags.drivers.siemens_tap import FRAMING, TappedConnection
from tags.status import StatusCode

_AREAS = {
    S7Area.DATA_BLOCK: WireArea.DB,
    S7Area.MERKERS: WireArea.MK,
    S7Area.INPUTS: WireArea.PE,
    S7Area.OUTPUTS: WireArea.PA,
    S7Area.TIMERS: WireArea.TM,
    S7Area.COUNTERS: WireArea.CT,
}
_WORD_LENGTHS = {S7Area.TIMERS: S7WordLen.TIMER, S7Area.COUNTERS: S7WordLen.COUNTER}
_ITEM_OK = 0xFF
_OUT_OF_REACH = 0x05
_HARDWARE_FAULT = 0x01
_ITEM_CODES: dict[int, tuple[StatusCode, str]] = {
    0x01: (StatusCode.BadDeviceFailure, "the controller reports a hardware fault"),
    0x03: (StatusCode.BadUserAccessDenied, "the controller denies access"),
    0x05: (StatusCode.BadConfigurationError, "the address is beyond the end of the area"),
    0x06: (StatusCode.BadConfigurationError, "the controller does not support this data type here"),
    0x07: (StatusCode.BadConfigurationError, "the data type does not fit the address"),
    0x0A: (
        StatusCode.BadConfigurationError,
        "the block does not exist or has optimised access; switch that off in the block's properties, or use "
        "the controller's OPC UA server",
    ),
}
_NO_PUT_GET = 0x8104
PUT_GET_TEXT = (
    "the controller refuses access: allow PUT/GET communication in the CPU's protection settings, or use the "
    "controller's OPC UA server"
)
_BIT_COUNTED = (0x03, 0x04, 0x05)
"""Transport sizes of an answer that give the length of the data in bits; the others give it in bytes."""
_HEADER_SIZE = 12
_ACKNOWLEDGEMENTS = (2, 3)
_USER_DATA = 7
_READ_CPU_STATE = bytes.fromhex("32070000 0000 0008 0008 0001120411440100 ff0900040424 0000")
"""Ask for the system status list 0x0424, the operating state of the CPU."""
_CPU_STATES = {0x08: "RUN", 0x03: "STOP", 0x04: "STOP"}


class ItemRefusedError(Exception):
    """Tell that the controller answered an item with a return code other than success."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.status, self.text = _ITEM_CODES.get(
            code, (StatusCode.BadDeviceFailure, f"the controller answered with the return code 0x{code:02X}")
        )
        super().__init__(self.text)


@dataclass(frozen=True, slots=True)
class Place:
    """Name ``count`` bytes, or elements of timers and counters, from ``start`` of an area."""

    area: S7Area
    db: int
    start: int
    count: int

    @property
    def byte_count(self) -> int:
        """Return the length of the data."""
        return 2 * self.count if self.area.has_elements else self.count


class S7Link:
    """Exchange PDUs with one controller. Every method but ``abort`` runs on the worker thread and blocks.

    ``exchanges`` collects ``(duration_ns, sent_bytes, received_bytes, failed)`` for the counters.
    """

    def __init__(
        self, host: str, port: int, local_tsap: int, remote_tsap: int, timeout_s: float, frames: FrameTap
    ) -> None:
        self._where = f"{host}:{port}"
        self._timeout_s = timeout_s
        self._connection = TappedConnection(host, port, local_tsap, remote_tsap, frames)
        self._protocol = S7Protocol()
        self._sequence = 0
        self._takes_several = True
        self._open = False
        self.pdu = 240
        self.exchanges: deque[tuple[int, int, int, bool]] = deque()

    def open(self, pdu: int) -> None:
        """Connect and agree on a PDU size of at most ``pdu`` bytes."""
        try:
            self._connection.connect(self._timeout_s)
        except S7TimeoutError:
            raise DriverError(
                DriverFault.TIMEOUT,
                f"{self._where}: no answer within {self._timeout_s:g} s",
                int(StatusCode.BadTimeout),
            ) from None
        except (S7Error, OSError) as error:
            raise DriverError(
                DriverFault.LOST,
                f"{self._where} accepts no S7 connection; check address, rack and slot ({error})",
                int(StatusCode.BadNoCommunication),
            ) from None
        self._open = True
        request = self._protocol.build_setup_communication_request(pdu_length=pdu)
        try:
            parameters, _ = self._exchange(request, 0xF0)
        except ItemRefusedError as refusal:
            raise self._broken(f"it refuses to agree on a PDU size ({refusal})") from None
        if len(parameters) < 8:
            raise self._broken("the answer to the PDU size is too short")
        (granted,) = struct.unpack_from(">H", parameters, 6)
        if granted < 64:
            raise self._broken(f"a PDU size of {granted} bytes")
        self.pdu = min(int(granted), 960)

    def read(self, place: Place) -> bytes:
        """Read one place, in parts when it does not fit one PDU.

        Raises:
            ItemRefusedError: the controller refuses the place.
            DriverError: the link failed.
        """
        room = self.pdu - READ_OVERHEAD
        if place.area.has_elements:
            room //= 2
        parts: list[bytes] = []
        for at in range(0, place.count, room):
            part = replace(place, start=place.start + at, count=min(room, place.count - at))
            (answer,) = self._read_items([part])
            if isinstance(answer, ItemRefusedError):
                raise answer
            parts.append(answer)
        return b"".join(parts)

    def read_several(self, places: Sequence[Place]) -> "list[bytes | ItemRefusedError]":
        """Read places that together fit one PDU; a refused one leaves its neighbours alone.

        Raises:
            DriverError: the link failed.
        """
        if len(places) > 1 and self._takes_several:
            try:
                return self._read_items(places)
            except ItemRefusedError as refusal:
                # The whole request is refused as one that it cannot take: it takes one place at a time. After
                # any other error, which may be of the moment, the next request names several again.
                self._takes_several = refusal.code != _OUT_OF_REACH
        answers: list[bytes | ItemRefusedError] = []
        for place in places:
            try:
                answers.append(self.read(place))
            except ItemRefusedError as refusal:
                answers.append(refusal)
        return answers

    def cpu_state(self) -> str:
        """Return RUN or STOP, or nothing when the controller does not clearly say which.

        The library's own question answers RUN for a controller in STOP (measured), so the bytes are read
        here and only the two states that every CPU codes alike are believed.

        Raises:
            DriverError: the link failed.
        """
        try:
            _, data = self._exchange(_READ_CPU_STATE, 0)
        except ItemRefusedError:
            return ""
        # Return code, transport size and length; list, index, record length and number; the first record.
        if len(data) < 16 or data[0] != _ITEM_OK or data[4:6] != b"\x04\x24":
            return ""
        return _CPU_STATES.get(data[15], "")

    def write(self, area: S7Area, db: int, start: int, data: bytes) -> None:
        """Write bytes, in parts when they do not fit one PDU.

        Raises:
            ItemRefusedError: the controller refuses the place.
            DriverError: the link failed.
        """
        room = self.pdu - WRITE_OVERHEAD
        for at in range(0, len(data), room):
            self._write_part(area, db, start + at, S7WordLen.BYTE, data[at : at + room])

    def write_bit(self, area: S7Area, db: int, byte: int, bit: int, value: bool) -> None:
        """Write one bit; the controller leaves its neighbours alone."""
        self._write_part(area, db, byte * 8 + bit, S7WordLen.BIT, b"\x01" if value else b"\x00")

    def abort(self) -> None:
        """Wake the worker from whatever it waits for. From any thread."""
        sock = self._connection.socket
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)
            if sys.platform == "win32":
                with suppress(OSError):
                    sock.close()

    def close(self) -> None:
        """Close the socket."""
        self._open = False
        # Without this the library sends a disconnect request first, into a peer that may be silent.
        self._connection.connected = False
        self._connection.disconnect()

    def _read_items(self, places: Sequence[Place]) -> "list[bytes | ItemRefusedError]":
        """Read places by one request; raises ItemRefusedError when all of it is refused."""
        items = b"".join(_item(place) for place in places)
        head = struct.pack(">BBHHHHBB", 0x32, 1, 0, 0, len(items) + 2, 0, 0x04, len(places))
        parameters, data = self._exchange(head + items, 0x04)
        if parameters[1] != len(places) or not data:
            raise self._broken(f"{parameters[1]} values for {len(places)} places")
        try:
            return values_of(places, data)
        except ValueError as error:
            raise self._broken(str(error)) from None

    def _write_part(self, area: S7Area, db: int, start: int, word_len: S7WordLen, data: bytes) -> None:
        request = self._protocol.build_write_request(_AREAS[area], db, start, word_len, data)
        _, codes = self._exchange(request, 0x05)
        if len(codes) != 1:
            raise self._broken("a write was not confirmed by one return code")
        if codes[0] != _ITEM_OK:
            raise ItemRefusedError(codes[0])

    def _exchange(self, request: bytes, function: int) -> tuple[bytes, bytes]:
        """Send one PDU and return parameters and data of its answer."""
        if not self._open:
            raise DriverError(
                DriverFault.LOST, f"{self._where} is not connected", int(StatusCode.BadNotConnected)
            )
        self._sequence = self._sequence % 0xFFFF + 1
        request = request[:4] + self._sequence.to_bytes(2, "big") + request[6:]
        started_ns = time.monotonic_ns()
        received = 0
        failed = True
        try:
            self._connection.send_data(request)
            answer: bytes = self._connection.receive_data()
            received = len(answer) + FRAMING
            parts = self._take_apart(request, answer, function)
            failed = False
        except S7TimeoutError:
            self.close()
            raise DriverError(
                DriverFault.TIMEOUT,
                f"{self._where}: no answer within {self._timeout_s:g} s",
                int(StatusCode.BadTimeout),
            ) from None
        except (S7Error, OSError) as error:
            self.close()
            raise DriverError(
                DriverFault.LOST,
                f"the connection to {self._where} is lost ({error})",
                int(StatusCode.BadConnectionClosed),
            ) from None
        finally:
            self.exchanges.append(
                (time.monotonic_ns() - started_ns, len(request) + FRAMING, received, failed)
            )
        return parts

    def _take_apart(self, request: bytes, answer: bytes, function: int) -> tuple[bytes, bytes]:
        is_user_data = request[1] == _USER_DATA
        kinds = (*_ACKNOWLEDGEMENTS, _USER_DATA) if is_user_data else _ACKNOWLEDGEMENTS
        head = _HEADER_SIZE - 2 if is_user_data else _HEADER_SIZE
        if len(answer) < head or answer[0] != 0x32 or answer[1] not in kinds:
            raise self._broken("the answer is no S7 acknowledgement")
        parameter_size, data_size = struct.unpack_from(">HH", answer, 6)
        if answer[4:6] != request[4:6]:
            raise self._broken("the answer belongs to another request")
        if is_user_data and answer[1] != _USER_DATA:
            raise ItemRefusedError(_HARDWARE_FAULT)
        error = 0 if is_user_data else int.from_bytes(answer[10:12], "big")
        if error:
            raise _header_error(error)
        if len(answer) < head + parameter_size + data_size or parameter_size < 2:
            raise self._broken("the answer is shorter than it says")
        parameters = answer[head : head + parameter_size]
        if parameters[0] != function:
            raise self._broken(f"function {function} was answered by function {parameters[0]}")
        return parameters, answer[head + parameter_size : head + parameter_size + data_size]

    def _broken(self, text: str) -> DriverError:
        """Close a connection whose answers do not fit the requests: none of its later ones can be trusted."""
        self.close()
        return DriverError(
            DriverFault.LOST, f"{self._where} breaks the protocol: {text}", int(StatusCode.BadDecodingError)
        )


def values_of(places: Sequence[Place], data: bytes) -> "list[bytes | ItemRefusedError]":
    """Return the value of each place out of an answer's data.

    A refused place has no bytes; its transport size is 0 and its length means nothing (the C library snap7
    answers 4). One wrong length would take the bytes of one value for those of the next, so all must fit.

    Raises:
        ValueError: the answer does not fit the places.
    """
    answers: list[bytes | ItemRefusedError] = []
    at = end = 0
    for place in places:
        if at >= len(data):
            raise ValueError(f"{len(answers)} values for {len(places)} places")
        transport, told = struct.unpack_from(">BH", data.ljust(at + 4, b"\0"), at + 1)
        size = (told + 7) // 8 if transport in _BIT_COUNTED else told
        if data[at] != _ITEM_OK:
            answers.append(ItemRefusedError(data[at]))
            size = size if transport else 0
        elif size != place.byte_count:
            raise ValueError(f"expected {place.byte_count} bytes, the controller tells of {size}")
        else:
            answers.append(data[at + 4 : at + 4 + size])
        end = at + 4 + size
        at = end + size % 2
    if len(data) not in (end, at) and len(data) >= 4:
        raise ValueError(f"expected {end} bytes of values, the controller sent {len(data)}")
    return answers


def _item(place: Place) -> bytes:
    """Return the twelve bytes that name a place in a request; bytes are counted in bits."""
    word_length = _WORD_LENGTHS.get(place.area, S7WordLen.BYTE)
    start = place.start if place.area.has_elements else 8 * place.start
    return struct.pack(
        ">BBBBHHBBH",
        0x12,
        10,
        0x10,
        word_length,
        place.count,
        place.db,
        _AREAS[place.area],
        start >> 16,
        start & 0xFFFF,
    )


def _header_error(error: int) -> Exception:
    """Tell what an error of the whole answer means; the connection stays."""
    if error == _NO_PUT_GET:
        return DriverError(DriverFault.CONFIGURATION, PUT_GET_TEXT, int(StatusCode.BadUserAccessDenied))
    if error >> 8 in (0x84, 0x85):
        return ItemRefusedError(_OUT_OF_REACH)
    if error in (0xD241, 0xD402):
        return ItemRefusedError(0x03)
    return ItemRefusedError(error & 0xFF if error & 0xFF in _ITEM_CODES else _HARDWARE_FAULT)
