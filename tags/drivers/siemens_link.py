"""One S7 connection in one thread of its own: python-snap7 blocks and is not thread-safe.

The frames are built by python-snap7's protocol and carried by its ISO-on-TCP transport; the answers are taken
apart here, because the item return code is what tells a missing block from a lost link, and the library's
parser hides it ("Data item is truncated").
"""

import asyncio
import heapq
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any, TypeVar

from snap7.connection import ISOTCPConnection
from snap7.datatypes import S7Area as WireArea
from snap7.datatypes import S7WordLen
from snap7.error import S7Error, S7TimeoutError
from snap7.s7protocol import S7Protocol

from tags.addresses.siemens import S7Area
from tags.drivers.base import DriverError, DriverFault
from tags.drivers.siemens_plan import READ_OVERHEAD, WRITE_OVERHEAD
from tags.status import StatusCode

_T = TypeVar("_T")
_AREAS = {
    S7Area.DATA_BLOCK: WireArea.DB,
    S7Area.MERKERS: WireArea.MK,
    S7Area.INPUTS: WireArea.PE,
    S7Area.OUTPUTS: WireArea.PA,
}
_ITEM_OK = 0xFF
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
_HEADER_SIZE = 12
_FRAMING = 7
"""Bytes of TPKT and COTP around each PDU."""


class ItemRefusedError(Exception):
    """Tell that the controller answered an item with a return code other than success."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.status, self.text = _ITEM_CODES.get(
            code, (StatusCode.BadDeviceFailure, f"the controller answered with the return code 0x{code:02X}")
        )
        super().__init__(self.text)


class S7Link:
    """Exchange PDUs with one controller. Every method but ``abort`` runs on the worker thread and blocks.

    ``exchanges`` collects ``(duration_ns, sent_bytes, received_bytes, failed)`` for the counters.
    """

    def __init__(self, host: str, port: int, remote_tsap: int, timeout_s: float) -> None:
        self._where = f"{host}:{port}"
        self._timeout_s = timeout_s
        self._connection = ISOTCPConnection(host, port, local_tsap=0x0100, remote_tsap=remote_tsap)
        self._protocol = S7Protocol()
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
        parameters, _ = self._exchange(request, 0xF0)
        if len(parameters) < 8:
            raise self._broken("the answer to the PDU size is too short")
        (granted,) = struct.unpack_from(">H", parameters, 6)
        if granted < 64:
            raise self._broken(f"a PDU size of {granted} bytes")
        self.pdu = min(int(granted), 960)

    def read(self, area: S7Area, db: int, start: int, size: int) -> bytes:
        """Read ``size`` bytes, in parts when they do not fit one PDU.

        Raises:
            ItemRefusedError: the controller refuses the place.
            DriverError: the link failed.
        """
        room = self.pdu - READ_OVERHEAD
        return b"".join(
            self._read_part(area, db, start + at, min(room, size - at)) for at in range(0, size, room)
        )

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

    def _read_part(self, area: S7Area, db: int, start: int, size: int) -> bytes:
        request = self._protocol.build_read_request(_AREAS[area], db, start, S7WordLen.BYTE, size)
        _, data = self._exchange(request, 0x04)
        if not data:
            raise self._broken("an answer without data")
        if data[0] != _ITEM_OK:
            raise ItemRefusedError(data[0])
        if len(data) < 4 + size:
            raise self._broken(f"expected {size} bytes, the controller sent {max(len(data) - 4, 0)}")
        return data[4 : 4 + size]

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
        started_ns = time.monotonic_ns()
        received = 0
        failed = True
        try:
            self._connection.send_data(request)
            answer: bytes = self._connection.receive_data()
            received = len(answer) + _FRAMING
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
                (time.monotonic_ns() - started_ns, len(request) + _FRAMING, received, failed)
            )
        return parts

    def _take_apart(self, request: bytes, answer: bytes, function: int) -> tuple[bytes, bytes]:
        if len(answer) < _HEADER_SIZE or answer[0] != 0x32 or answer[1] not in (2, 3):
            raise self._broken("the answer is no S7 acknowledgement")
        parameter_size, data_size, error = struct.unpack_from(">HHH", answer, 6)
        if answer[4:6] != request[4:6]:
            raise self._broken("the answer belongs to another request")
        if error:
            raise _header_error(error)
        if len(answer) < _HEADER_SIZE + parameter_size + data_size or parameter_size < 2:
            raise self._broken("the answer is shorter than it says")
        parameters = answer[_HEADER_SIZE : _HEADER_SIZE + parameter_size]
        if parameters[0] != function:
            raise self._broken(f"function {function} was answered by function {parameters[0]}")
        data = answer[_HEADER_SIZE + parameter_size : _HEADER_SIZE + parameter_size + data_size]
        return parameters, data

    def _broken(self, text: str) -> DriverError:
        """Close a connection whose answers do not fit the requests: none of its later ones can be trusted."""
        self.close()
        return DriverError(
            DriverFault.LOST, f"{self._where} breaks the protocol: {text}", int(StatusCode.BadDecodingError)
        )


def _header_error(error: int) -> Exception:
    """Tell what an error of the whole answer means; the connection stays."""
    if error == _NO_PUT_GET:
        return DriverError(DriverFault.CONFIGURATION, PUT_GET_TEXT, int(StatusCode.BadUserAccessDenied))
    if error >> 8 in (0x84, 0x85):
        return ItemRefusedError(0x05)
    if error in (0xD241, 0xD402):
        return ItemRefusedError(0x03)
    return ItemRefusedError(error & 0xFF if error & 0xFF in _ITEM_CODES else 0x01)


class Worker:
    """Run blocking jobs one by one in a thread; urgent ones first. Made and used on the event loop."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._changed = threading.Condition()
        self._jobs: list[tuple[int, int, Callable[[], Any], asyncio.Future[Any]]] = []
        self._order = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], _T], *, urgent: bool = False) -> "asyncio.Future[_T]":
        """Queue a job and return a future of the event loop for its result; cancel it to have it skipped."""
        future: asyncio.Future[_T] = self._loop.create_future()
        with self._changed:
            self._order += 1
            heapq.heappush(self._jobs, (0 if urgent else 1, self._order, job, future))
            self._changed.notify()
        return future

    async def stop(self, timeout_s: float) -> None:
        """Skip what waits, and wait for the thread's end; the caller has aborted the running job's link."""
        with self._changed:
            self._stopping = True
            skipped, self._jobs = self._jobs, []
            self._changed.notify()
        for _, _, _, future in skipped:
            future.cancel()
        await asyncio.wait([self._ended], timeout=timeout_s)
        if self._ended.done():
            # All that is left of the thread is to return.
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    break
                _, _, job, future = heapq.heappop(self._jobs)
            if future.cancelled():
                continue
            result: Any = None
            failure: BaseException | None = None
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - it is raised again where the result is awaited
                failure = error
            if not self._tell(_settle, future, result, failure):
                return
        self._tell(_settle, self._ended, None, None)

    def _tell(self, callback: Callable[..., None], *arguments: Any) -> bool:
        """Call back on the event loop; False when the loop is gone with everybody who waited."""
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:
            return False
        return True


def _settle(future: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if future.done():
        return
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)
