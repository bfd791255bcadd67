"""What goes over the line of a Modbus connection: clients of the library, requests and answers as bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.pdu import DecodePDU, ModbusPDU

from tags.drivers.base import DriverError, DriverFault, DriverOptions
from tags.status import StatusCode

_TCP_FRAMING, _RTU_FRAMING = 8, 4
_LEAST_PAUSE_S = 0.00175
_BITS_OF_CHARACTER = 11
"""Modbus over serial line 1.02, section 2.5.1.1: at least 3.5 characters or 1.75 ms part two frames."""
_REQUEST_AND_ANSWER = 8 + 5
"""Bytes of a read and its answer beside the data."""
_REACTION_S = 0.005
"""What a device takes before it answers; most take 2 to 10 ms."""
_USUAL_BAUD_RATE, _NETWORK_S = 19200, 0.005
"""What is assumed behind a serial device server, which does not tell."""

_EXCEPTIONS: dict[int, tuple[StatusCode, str]] = {
    1: (StatusCode.BadConfigurationError, "the device does not know this function"),
    2: (StatusCode.BadConfigurationError, "the device has no such address"),
    3: (StatusCode.BadConfigurationError, "the device refuses this value or number of registers"),
    4: (StatusCode.BadDeviceFailure, "the device reports a failure"),
    5: (StatusCode.BadResourceUnavailable, "the device needs longer for this request"),
    6: (StatusCode.BadResourceUnavailable, "the device is busy"),
    7: (StatusCode.BadDeviceFailure, "the device cannot do this"),
    8: (StatusCode.BadDeviceFailure, "the device reports a memory parity error"),
    10: (StatusCode.BadNoCommunication, "the gateway has no path to the unit"),
    11: (StatusCode.BadNoCommunication, "the unit behind the gateway does not answer"),
}


class Request(ModbusPDU):  # type: ignore[misc]
    """Carry a function code and its bytes as they go on the wire."""

    def __init__(self, unit: int, function: int, body: bytes) -> None:
        super().__init__(dev_id=unit)
        self.function_code = function
        self.body = body

    def encode(self) -> bytes:
        """Return the bytes behind the function code."""
        return self.body


class Response(ModbusPDU):  # type: ignore[misc]
    """Hold an answer as it came, so that words and bits are decoded here only."""

    def __init__(self, function: int, body: bytes) -> None:
        super().__init__()
        self.function_code = function
        self.body = body


class RawDecoder(DecodePDU):  # type: ignore[misc]
    """Take every answer undecoded: 30 % of the library's time per request goes into its own decoding."""

    def decode(self, frame: bytes) -> ModbusPDU:
        """Return the frame's function code and bytes."""
        return Response(frame[0], frame[1:])


Client: TypeAlias = "AsyncModbusTcpClient | AsyncModbusSerialClient"


class ExceptionAnswerError(Exception):
    """Tell that the device answered with a Modbus exception."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.status, self.text = _EXCEPTIONS.get(
            code, (StatusCode.BadUnknownResponse, f"the device answered with the unknown exception {code}")
        )
        super().__init__(self.text)


def tcp_line(options: DriverOptions) -> "Line":
    """Return the line that the options of a TCP connection mean."""
    host, port = str(options["host"]), int(options["port"])
    rtu = options["framing"] == "rtu"

    def make_client(timeout_s: float, trace: Callable[[bool], None]) -> Client:
        return AsyncModbusTcpClient(
            host,
            port=port,
            framer=FramerType.RTU if rtu else FramerType.SOCKET,
            timeout=timeout_s,
            retries=0,
            reconnect_delay=0,
            trace_connect=trace,
        )

    title = "Modbus RTU over TCP" if rtu else "Modbus TCP"
    request_bytes = _serial_request_bytes(_USUAL_BAUD_RATE, _NETWORK_S) if rtu else None
    return Line(title, f"{host}:{port}", make_client, is_rtu=rtu, request_bytes=request_bytes)


def serial_line(options: DriverOptions) -> "Line":
    """Return the line that the options of a serial connection mean."""
    port, baud_rate = str(options["port"]), max(1, int(options["baud_rate"]))
    stop_bits = 2 if options["stop_bits"] == "2" else 1

    def make_client(timeout_s: float, trace: Callable[[bool], None]) -> Client:
        return AsyncModbusSerialClient(
            port,
            framer=FramerType.RTU,
            baudrate=baud_rate,
            parity=str(options["parity"])[:1].upper(),
            stopbits=stop_bits,
            timeout=timeout_s,
            retries=0,
            reconnect_delay=0,
            trace_connect=trace,
        )

    pause_s = max(_LEAST_PAUSE_S, 3.5 * _BITS_OF_CHARACTER / baud_rate)
    return Line(
        "Modbus RTU",
        port,
        make_client,
        is_rtu=True,
        pause_s=pause_s,
        is_serial=True,
        request_bytes=_serial_request_bytes(baud_rate),
    )


def _serial_request_bytes(baud_rate: int, delay_s: float = 0.0) -> int:
    """Return how many bytes a serial line could carry in the time that one more request takes."""
    character_s = _BITS_OF_CHARACTER / baud_rate
    pauses_s = 2 * max(_LEAST_PAUSE_S, 3.5 * character_s)
    return round(_REQUEST_AND_ANSWER + (pauses_s + _REACTION_S + delay_s) / character_s)


@dataclass(frozen=True, slots=True)
class Line:
    """Say how a device is reached: with ``pause_s`` between two messages.

    ``request_bytes`` is what one more request costs, as the bytes that the line carries in that time; None
    where bytes do not count: over Ethernet a request takes a device 2 to 50 ms, and 250 bytes 20 us.

    A serial port stays open when one of several units does not answer: opening it resets some devices, and
    a late answer bears the unit's number, which is not asked for again soon.
    """

    title: str
    where: str
    make_client: Callable[[float, Callable[[bool], None]], Client]
    is_rtu: bool
    pause_s: float = 0.0
    is_serial: bool = False
    request_bytes: int | None = None

    @property
    def framing(self) -> int:
        """Return the bytes around each message."""
        return _RTU_FRAMING if self.is_rtu else _TCP_FRAMING


def refused(where: str, refusal: ExceptionAnswerError) -> DriverError:
    """Return the error of a write that the device answered with an exception."""
    fault, status = DriverFault.REFUSED, refusal.status
    if refusal.code == 1:
        fault = DriverFault.UNSUPPORTED
    elif refusal.code == 2:
        fault = DriverFault.ADDRESS
    elif refusal.code == 3:
        status = StatusCode.BadOutOfRange
    return DriverError(fault, f"{where}: {refusal.text}", int(status))
