"""Modbus TCP and RTU over pymodbus: planned reads, single writes, nothing sent twice, nothing late believed.

pymodbus keeps one request in flight per connection. Its own retries and reconnection are off: a request that
is not answered in time closes the connection, so that a late answer can never be taken for a later request's
(pymodbus#2709, #538), and the supervisor opens a new one. Where several units share the connection, the one
that is silent is left alone for a while and the others go on (:mod:`tags.drivers.modbus_units`).
"""

import asyncio
import logging
import struct
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias, TypeVar, cast

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import DecodePDU, ModbusPDU

from tags.addresses.modbus import ModbusAddress, ModbusArea, WordOrder
from tags.clock import Clock
from tags.drivers.base import (
    BrowseNode,
    Capabilities,
    DriverError,
    DriverFault,
    DriverOptions,
    Item,
    Sink,
)
from tags.drivers.blocks import Block, plan
from tags.drivers.frames import Direction, FrameTap
from tags.drivers.modbus_frames import describe_rtu, describe_tcp
from tags.drivers.modbus_plan import FUNCTIONS, Limits, bits_of, masks_of, registers_of, spans, unit_of
from tags.drivers.modbus_units import Units
from tags.drivers.polling import BlockRefusedError, Poller, PriorityGate, one_by_one, read_items
from tags.errors import ValueRefusedError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_CAPABILITIES = Capabilities(
    pushes=False,
    browses=False,
    writes=True,
    source_time=False,
    data_types=frozenset(DataType) - {DataType.DATETIME},
)

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
_ACKNOWLEDGE = 5
_NO_UNIT = (10, 11)
_TCP_FRAMING, _RTU_FRAMING = 8, 4
_LEAST_PAUSE_S = 0.00175
_BITS_OF_CHARACTER = 11
"""Modbus over serial line 1.02, section 2.5.1.1: at least 3.5 characters or 1.75 ms part two frames."""
_DIVISIBLE = (2, 3)


class _Request(ModbusPDU):  # type: ignore[misc]
    """Carry a function code and its bytes as they go on the wire."""

    def __init__(self, unit: int, function: int, body: bytes) -> None:
        super().__init__(dev_id=unit)
        self.function_code = function
        self.body = body

    def encode(self) -> bytes:
        """Return the bytes behind the function code."""
        return self.body


class _Response(ModbusPDU):  # type: ignore[misc]
    """Hold an answer as it came, so that words and bits are decoded here only."""

    def __init__(self, function: int, body: bytes) -> None:
        super().__init__()
        self.function_code = function
        self.body = body


class _RawDecoder(DecodePDU):  # type: ignore[misc]
    """Take every answer undecoded: 30 % of the library's time per request goes into its own decoding."""

    def decode(self, frame: bytes) -> ModbusPDU:
        """Return the frame's function code and bytes."""
        return _Response(frame[0], frame[1:])


_Client: TypeAlias = "AsyncModbusTcpClient | AsyncModbusSerialClient"


class _UnitSilentError(Exception):
    """Tell that one of several units did not answer; the link goes on."""

    def __init__(self, unit: int) -> None:
        self.unit = unit
        super().__init__(f"unit {unit} does not answer")


class _ExceptionAnswerError(Exception):
    """Tell that the device answered with a Modbus exception."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.status, self.text = _EXCEPTIONS.get(
            code, (StatusCode.BadUnknownResponse, f"the device answered with the unknown exception {code}")
        )
        super().__init__(self.text)


def create(options: DriverOptions, clock: Clock) -> "ModbusDriver":
    """Make a Modbus TCP driver with the options declared in the catalogue."""
    host, port = str(options["host"]), int(options["port"])
    rtu = options["framing"] == "rtu"

    def make_client(timeout_s: float, trace: Callable[[bool], None]) -> _Client:
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
    line = Line(title, f"{host}:{port}", make_client, _RTU_FRAMING if rtu else _TCP_FRAMING)
    return ModbusDriver(options, clock, line)


def create_serial(options: DriverOptions, clock: Clock) -> "ModbusDriver":
    """Make a Modbus RTU driver for a serial port with the options declared in the catalogue."""
    port, baud_rate = str(options["port"]), max(1, int(options["baud_rate"]))
    stop_bits = 2 if options["stop_bits"] == "2" else 1

    def make_client(timeout_s: float, trace: Callable[[bool], None]) -> _Client:
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
    return ModbusDriver(
        options, clock, Line("Modbus RTU", port, make_client, _RTU_FRAMING, pause_s, is_serial=True)
    )


@dataclass(frozen=True, slots=True)
class Line:
    """Say how a device is reached: ``framing`` bytes around each message, ``pause_s`` between messages.

    A serial port stays open when one of several units does not answer: opening it resets some devices, and
    a late answer bears the unit's number, which is not asked for again soon.
    """

    title: str
    where: str
    make_client: Callable[[float, Callable[[bool], None]], _Client]
    framing: int
    pause_s: float = 0.0
    is_serial: bool = False


class ModbusDriver:
    """Speak Modbus to one device, gateway or serial line. All methods run on the event loop."""

    def __init__(self, options: DriverOptions, clock: Clock, line: Line) -> None:
        self._clock = clock
        self._line = line
        self._timeout_s = float(options["timeout_s"])
        self._unit_timeout_s = min(float(options["unit_timeout_s"]), self._timeout_s)
        self._masks_bits = options["bit_writes"] == "mask"
        self._limits = Limits(
            unit=_between(options, "unit", 0, 255),
            order=WordOrder(str(options["word_order"])),
            encoding=str(options["encoding"]),
            max_registers=_between(options, "max_registers", 1, 125),
            max_bits=_between(options, "max_bits", 1, 2000),
            gap_registers=_between(options, "gap_registers", 0, 125),
            gap_bits=_between(options, "gap_bits", 0, 2000),
        )
        self._own_units = {self._limits.unit, *_units(options)}
        self._units = Units(self._own_units, self._unit_timeout_s)
        describe = describe_tcp if line.framing == _TCP_FRAMING else describe_rtu
        self.frames = FrameTap(describe, clock)
        self._client: _Client | None = None
        self._in_flight = False
        self._gate = PriorityGate()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._poller = Poller(one_by_one(self._fetch), clock)
        self._sink: Sink | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    async def connect(self) -> str:
        """Open the connection; Modbus has no handshake, so the first request shows who answers."""
        await self.close()
        self._units.forget()
        await self._open()
        units = ", ".join(str(unit) for unit in sorted(self._own_units))
        noun = "units" if len(self._own_units) > 1 else "unit"
        return f"{self._line.title} {self._line.where}, {noun} {units}"

    async def _open(self) -> None:
        client: _Client = self._line.make_client(
            self._timeout_s, lambda connected: None if connected else self._fail_pending(client)
        )
        client.ctx.framer.decoder = _RawDecoder(False)
        client.ctx.trace_packet = self._trace
        self._client = client
        try:
            connected = await client.connect()
        except BaseException:
            self._drop()
            raise
        if not connected:
            self._drop()
            raise DriverError(
                DriverFault.LOST,
                f"{self._line.where} accepts no {self._line.title} connection",
                int(StatusCode.BadNoCommunication),
            )

    async def close(self) -> None:
        """Close the connection and end what is under way."""
        self._drop()
        jobs = list(self._jobs)
        for job in jobs:
            job.cancel()
        if jobs:
            await asyncio.wait(jobs)

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:  # noqa: ARG002
        """Refuse: a Modbus device cannot tell what it has."""
        raise DriverError(DriverFault.UNSUPPORTED, "a Modbus device cannot list its addresses")

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Poll the items at their periods."""
        self._connected_client()
        self._sink = sink
        foreign = [item for item in items if not isinstance(item.address, ModbusAddress)]
        if foreign:
            at_ns = self._clock.now_ns()
            status = int(StatusCode.BadConfigurationError)
            sink.deliver(Batch.of([(item.tag_id, None, status, at_ns) for item in foreign], at_ns))
        places = [item.address for item in items if isinstance(item.address, ModbusAddress)]
        self._units.known = self._own_units | {unit_of(place, self._limits) for place in places}
        by_period: dict[int, list[Item]] = {}
        for item in items:
            by_period.setdefault(item.period_ms, []).append(item)
        blocks = {period: plan(spans(members, self._limits)) for period, members in by_period.items()}
        try:
            await self._poller.run(blocks, sink)
        finally:
            self._sink = None

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the items now by as few requests as the limits allow."""
        self._connected_client()
        return await read_items(
            items, lambda some: plan(spans(some, self._limits)), one_by_one(self._fetch), self._clock
        )

    async def write(self, item: Item, value: Value) -> None:
        """Write a coil or holding register; waiting reads let it pass."""
        self._connected_client()
        address = item.address
        if not isinstance(address, ModbusAddress):
            raise DriverError(
                DriverFault.ADDRESS,
                f"{address.text!r} is no Modbus address",
                int(StatusCode.BadConfigurationError),
            )
        if not address.area.is_writable:
            raise DriverError(
                DriverFault.REFUSED,
                f"{address.text}: inputs cannot be written, only coils (C) and holding registers (HR)",
                int(StatusCode.BadNotWritable),
            )
        try:
            checked = item.data_type.check(value)
            if isinstance(checked, tuple) != bool(address.length):
                wanted = f"an array of {address.length} values" if address.length else "one value"
                raise ValueRefusedError(f"expected {wanted}")
            function, body, echo, masks = self._write_request(item, address, checked)
        except (ValueRefusedError, ValueError) as error:
            raise DriverError(
                DriverFault.REFUSED, f"{address.text}: {error}", int(StatusCode.BadTypeMismatch)
            ) from None
        unit = unit_of(address, self._limits)
        try:
            if masks is not None and not self._masks_bits:
                await self._job(self._modify(unit, address, *masks))
            else:
                answer = await self._job(self._turn(unit, function, body, urgent=True))
                self._check_echo(address, answer, echo)
        except _ExceptionAnswerError as refusal:
            if refusal.code == _ACKNOWLEDGE:
                return
            raise _refused(address, refusal) from None
        except _UnitSilentError as silence:
            raise self._no_answer(silence.unit) from None

    async def ping(self) -> None:
        """Read one place of a unit that answers, or its HR0; an exception answer proves life as well."""
        blocks = {_place(block)[0]: block for block in reversed(self._poller.blocks)}
        for unit in self._units.in_order():
            area, start = ModbusArea.HOLDING_REGISTERS, 0
            if unit in blocks:
                area, start = _place(blocks[unit])[1], blocks[unit].start
            try:
                await self._job(self._turn(unit, FUNCTIONS[area], struct.pack(">HH", start, 1), urgent=True))
            except _UnitSilentError:
                continue
            except _ExceptionAnswerError as answer:
                if answer.code in _NO_UNIT and self._units.are_several:
                    continue
            return
        raise self._no_answer(*sorted(self._units.known))

    def plan(self) -> str:
        """Return one line on the requests of one round of polls, and which units are silent."""
        text = self._poller.plan()
        silent = self._units.silent
        if not silent:
            return text
        return f"{text}; no answer from unit {', '.join(str(unit) for unit in silent)}"

    # Requests.

    async def _fetch(self, block: Block) -> bytes:
        unit, area = _place(block)
        parts = [
            await self._fetch_part(unit, area, block.start + at, min(block.space.limit, block.count - at))
            for at in range(0, block.count, block.space.limit)
        ]
        return b"".join(parts)

    async def _fetch_part(self, unit: int, area: ModbusArea, start: int, count: int) -> bytes:
        try:
            answer = await self._job(self._turn(unit, FUNCTIONS[area], struct.pack(">HH", start, count)))
        except _ExceptionAnswerError as refusal:
            raise BlockRefusedError(int(refusal.status), divisible=refusal.code in _DIVISIBLE) from None
        except _UnitSilentError:
            raise BlockRefusedError(int(StatusCode.BadTimeout), divisible=False) from None
        expected = 2 * count if area.has_registers else (count + 7) // 8
        if len(answer) != expected + 1 or answer[0] != expected:
            raise self._broken(f"expected {expected} bytes, the device sent {max(len(answer) - 1, 0)}")
        return answer[1:]

    def _write_request(
        self, item: Item, address: ModbusAddress, value: Value
    ) -> tuple[int, bytes, bytes, tuple[int, int] | None]:
        """Return function, body, expected answer, and the masks when only a part of a register is written."""
        if isinstance(value, tuple) and not address.area.has_registers:
            bits = bits_of(address, value)
            head = struct.pack(">HH", address.offset, address.length)
            return 15, head + bytes([len(bits)]) + bits, head, None
        if address.area is ModbusArea.COILS:
            body = struct.pack(">HH", address.offset, 0xFF00 if value else 0)
            return 5, body, body, None
        masks = masks_of(item, address, value, self._limits)
        if masks is not None:
            body = struct.pack(">HHH", address.offset, *masks)
            return 22, body, body, masks
        data = registers_of(item, address, value, self._limits)
        if address.count == 1:
            body = struct.pack(">H", address.offset) + data
            return 6, body, body, None
        head = struct.pack(">HH", address.offset, address.count)
        return 16, head + bytes([len(data)]) + data, head, None

    async def _modify(self, unit: int, address: ModbusAddress, and_mask: int, or_mask: int) -> None:
        """Read, change and write one register while no other request of this station can come between."""
        async with self._gate.turn(urgent=True):
            answer = await self._exchange(unit, 3, struct.pack(">HH", address.offset, 1))
            if len(answer) != 3:
                raise self._broken(f"expected one register, the device sent {max(len(answer) - 1, 0)} bytes")
            register = int.from_bytes(answer[1:], "big") & and_mask | or_mask
            body = struct.pack(">HH", address.offset, register)
            self._check_echo(address, await self._exchange(unit, 6, body), body)

    def _check_echo(self, address: ModbusAddress, answer: bytes, echo: bytes) -> None:
        if answer != echo:
            raise DriverError(
                DriverFault.REFUSED,
                f"{address.text}: the device confirmed another write than the one sent",
                int(StatusCode.BadUnknownResponse),
            )

    async def _turn(self, unit: int, function: int, body: bytes, *, urgent: bool = False) -> bytes:
        async with self._gate.turn(urgent=urgent):
            if not urgent and self._units.is_paused(unit, asyncio.get_running_loop().time()):
                raise _UnitSilentError(unit)
            return await self._exchange(unit, function, body)

    async def _job(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a request to its end even when the caller is cancelled: its answer belongs to nobody else."""
        job = asyncio.get_running_loop().create_task(work, name="modbus request")
        self._jobs.add(job)
        job.add_done_callback(self._finish)
        return await asyncio.shield(job)

    def _finish(self, job: asyncio.Task[Any]) -> None:
        self._jobs.discard(job)
        if not job.cancelled():
            job.exception()

    async def _exchange(self, unit: int, function: int, body: bytes) -> bytes:
        """Send one request and return the bytes behind the answer's function code. The gate is held."""
        client = self._connected_client()
        if self._line.pause_s:
            await asyncio.sleep(self._line.pause_s)
        started_ns = self._clock.monotonic_ns()
        received = 0
        failed = True
        try:
            answer = await self._answer(client, _Request(unit, function, body))
            received = self._line.framing + len(answer.body)
            if answer.function_code == function | 0x80 and answer.body:
                raise self._exception(unit, answer.body[0])
            if answer.function_code != function:
                raise self._broken(f"function {function} was answered by function {answer.function_code}")
            self._units.answered(unit)
            failed = False
            return answer.body
        finally:
            if self._sink is not None:
                duration_ns = self._clock.monotonic_ns() - started_ns
                self._sink.exchanged(duration_ns, self._line.framing + len(body), received, failed)

    def _exception(self, unit: int, code: int) -> _ExceptionAnswerError:
        """Return what an exception answer is; a gateway's word that a unit is silent counts as silence."""
        if code in _NO_UNIT and self._units.are_several:
            self._units.missed(unit, asyncio.get_running_loop().time())
        else:
            self._units.answered(unit)
        return _ExceptionAnswerError(code)

    async def _answer(self, client: _Client, request: _Request) -> _Response:
        """Await the answer; a loss of the connection ends the wait at once (:meth:`_fail_pending`)."""
        execute: Callable[..., Awaitable[Any]] = client.execute
        timeout_s = self._unit_timeout_s if self._units.are_several else self._timeout_s
        self._in_flight = True
        try:
            async with asyncio.timeout(timeout_s):
                response = await execute(False, request)
        except ConnectionException:
            self._drop()
            raise DriverError(
                DriverFault.LOST,
                f"the connection to {self._line.where} is lost",
                int(StatusCode.BadConnectionClosed),
            ) from None
        except (ModbusException, TimeoutError):
            await self._missed(request.dev_id)
        finally:
            self._in_flight = False
        if not isinstance(response, _Response):
            raise self._broken(f"unexpected answer {response!r}")
        return response

    async def _missed(self, unit: int) -> NoReturn:
        """Go on without a unit that did not answer when there are others, over a new TCP connection.

        Raises:
            _UnitSilentError: the others may be asked.
            DriverError: nobody is left who answers, or there is no new connection.
        """
        now_s = asyncio.get_running_loop().time()
        if not self._units.are_several or not self._units.missed(unit, now_s):
            self._drop()
            raise self._no_answer(unit)
        if not self._line.is_serial:
            self._drop()
            await self._open()
        raise _UnitSilentError(unit)

    def _no_answer(self, *units: int) -> DriverError:
        timeout_s = self._unit_timeout_s if self._units.are_several else self._timeout_s
        names = ", ".join(str(unit) for unit in units)
        return DriverError(
            DriverFault.TIMEOUT,
            f"{self._line.where}, unit {names}: no answer within {timeout_s:g} s",
            int(StatusCode.BadTimeout),
        )

    def _trace(self, sending: bool, data: bytes) -> bytes:
        """Show the tap what is sent, and what has been received so far of an answer."""
        if self.frames.is_on:
            if sending:
                self.frames.add(Direction.SENT, data)
            else:
                self.frames.grow(data)
        return data

    def _fail_pending(self, client: _Client) -> None:
        """End the wait for an answer that cannot come any more; the library would wait for its timeout."""
        pending = client.ctx.response_future
        if self._in_flight and not pending.done():
            pending.set_exception(ConnectionException("connection lost"))

    def _broken(self, text: str) -> DriverError:
        """Close a connection whose answers do not fit the requests: none of its later ones can be trusted."""
        self._drop()
        return DriverError(
            DriverFault.LOST,
            f"{self._line.where} breaks the protocol: {text}",
            int(StatusCode.BadDecodingError),
        )

    def _connected_client(self) -> _Client:
        if self._client is None:
            raise DriverError(
                DriverFault.LOST,
                f"{self._line.where} is not connected",
                int(StatusCode.BadNotConnected),
            )
        return self._client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
            self._fail_pending(client)


def _place(block: Block) -> tuple[int, ModbusArea]:
    unit, area = cast(tuple[int, ModbusArea], block.space.key)
    return unit, area


def _units(options: DriverOptions) -> set[int]:
    """Return the units that the option names, such as ``2,3,7``."""
    text = str(options["units"])
    numbers = {part.strip() for part in text.split(",") if part.strip()}
    if not all(number.isdecimal() and int(number) <= 255 for number in numbers):
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"units: expected numbers from 0 to 255 such as 2,3,7, got {text!r}",
            int(StatusCode.BadConfigurationError),
        )
    return {int(number) for number in numbers}


def _refused(address: ModbusAddress, refusal: _ExceptionAnswerError) -> DriverError:
    fault, status = DriverFault.REFUSED, refusal.status
    if refusal.code == 1:
        fault = DriverFault.UNSUPPORTED
    elif refusal.code == 2:
        fault = DriverFault.ADDRESS
    elif refusal.code == 3:
        status = StatusCode.BadOutOfRange
    return DriverError(fault, f"{address.text}: {refusal.text}", int(status))


def _between(options: DriverOptions, name: str, low: int, high: int) -> int:
    number = int(options[name])
    if not low <= number <= high:
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"{name}: expected {low} to {high}, got {number}",
            int(StatusCode.BadConfigurationError),
        )
    return number
