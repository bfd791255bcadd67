"""Modbus TCP over pymodbus: planned block reads, single writes, nothing sent twice, nothing late believed.

pymodbus keeps one request in flight per connection. Its own retries and reconnection are off: a request that
is not answered in time closes the connection, so that a late answer can never be taken for a later request's
(pymodbus#2709, #538), and the supervisor opens a new one.
"""

import asyncio
import logging
import struct
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar, cast

from pymodbus.client import AsyncModbusTcpClient
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
from tags.drivers.modbus_plan import FUNCTIONS, Limits, masks_of, registers_of, spans, unit_of
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
    return ModbusDriver(options, clock)


class ModbusDriver:
    """Speak Modbus TCP to one device or gateway. All methods run on the event loop."""

    def __init__(self, options: DriverOptions, clock: Clock) -> None:
        self._clock = clock
        self._host = str(options["host"])
        self._port = int(options["port"])
        self._timeout_s = float(options["timeout_s"])
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
        self._client: AsyncModbusTcpClient | None = None
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
        """Open the TCP connection; Modbus has no handshake, so the first request shows who answers."""
        await self.close()
        client: AsyncModbusTcpClient = AsyncModbusTcpClient(
            self._host,
            port=self._port,
            timeout=self._timeout_s,
            retries=0,
            reconnect_delay=0,
            trace_connect=lambda connected: None if connected else self._fail_pending(client),
        )
        client.ctx.framer.decoder = _RawDecoder(False)
        self._client = client
        try:
            connected = await client.connect()
        except BaseException:
            await self.close()
            raise
        if not connected:
            await self.close()
            raise DriverError(
                DriverFault.LOST,
                f"{self._host}:{self._port} accepts no Modbus TCP connection",
                int(StatusCode.BadNoCommunication),
            )
        return f"Modbus TCP {self._host}:{self._port}, unit {self._limits.unit}"

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
            if isinstance(checked, tuple):
                raise ValueRefusedError("expected one value, got an array")
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

    async def ping(self) -> None:
        """Read one register of the plan, or HR0; an exception answer proves life as well."""
        blocks = self._poller.blocks
        unit, area, start = self._limits.unit, ModbusArea.HOLDING_REGISTERS, 0
        if blocks:
            unit, area = _place(blocks[0])
            start = blocks[0].start
        try:
            await self._job(self._turn(unit, FUNCTIONS[area], struct.pack(">HH", start, 1)))
        except _ExceptionAnswerError:
            return

    def plan(self) -> str:
        """Return one line on the requests of one round of polls."""
        return self._poller.plan()

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
        expected = 2 * count if area.has_registers else (count + 7) // 8
        if len(answer) != expected + 1 or answer[0] != expected:
            raise self._broken(f"expected {expected} bytes, the device sent {max(len(answer) - 1, 0)}")
        return answer[1:]

    def _write_request(
        self, item: Item, address: ModbusAddress, value: Value
    ) -> tuple[int, bytes, bytes, tuple[int, int] | None]:
        """Return function, body, expected answer, and the masks when only a part of a register is written."""
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
        started_ns = self._clock.monotonic_ns()
        received = 0
        failed = True
        try:
            answer = await self._answer(client, _Request(unit, function, body))
            received = 8 + len(answer.body)
            if answer.function_code == function | 0x80 and answer.body:
                raise _ExceptionAnswerError(answer.body[0])
            if answer.function_code != function:
                raise self._broken(f"function {function} was answered by function {answer.function_code}")
            failed = False
            return answer.body
        finally:
            if self._sink is not None:
                self._sink.exchanged(self._clock.monotonic_ns() - started_ns, 8 + len(body), received, failed)

    async def _answer(self, client: AsyncModbusTcpClient, request: _Request) -> _Response:
        """Await the answer; a loss of the connection ends the wait at once (:meth:`_fail_pending`)."""
        execute: Callable[..., Awaitable[Any]] = client.execute
        self._in_flight = True
        try:
            response = await execute(False, request)
        except ConnectionException:
            self._drop()
            raise DriverError(
                DriverFault.LOST,
                f"the connection to {self._host}:{self._port} is lost",
                int(StatusCode.BadConnectionClosed),
            ) from None
        except ModbusException:
            self._drop()
            raise DriverError(
                DriverFault.TIMEOUT,
                f"{self._host}:{self._port}, unit {request.dev_id}: no answer within {self._timeout_s:g} s",
                int(StatusCode.BadTimeout),
            ) from None
        finally:
            self._in_flight = False
        if not isinstance(response, _Response):
            raise self._broken(f"unexpected answer {response!r}")
        return response

    def _fail_pending(self, client: AsyncModbusTcpClient) -> None:
        """End the wait for an answer that cannot come any more; the library would wait for its timeout."""
        pending = client.ctx.response_future
        if self._in_flight and not pending.done():
            pending.set_exception(ConnectionException("connection lost"))

    def _broken(self, text: str) -> DriverError:
        """Close a connection whose answers do not fit the requests: none of its later ones can be trusted."""
        self._drop()
        return DriverError(
            DriverFault.LOST,
            f"{self._host}:{self._port} breaks the protocol: {text}",
            int(StatusCode.BadDecodingError),
        )

    def _connected_client(self) -> AsyncModbusTcpClient:
        if self._client is None:
            raise DriverError(
                DriverFault.LOST,
                f"{self._host}:{self._port} is not connected",
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
