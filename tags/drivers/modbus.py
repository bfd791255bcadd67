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
from typing import Any, NoReturn, TypeVar

from pymodbus.exceptions import ConnectionException, ModbusException

from tags.addresses.modbus import ModbusAddress, ModbusArea
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
from tags.drivers.block_plan import plan
from tags.drivers.blocks import Block
from tags.drivers.frames import Direction, FrameTap
from tags.drivers.modbus_frames import describe_rtu, describe_tcp
from tags.drivers.modbus_line import (
    Client,
    ExceptionAnswerError,
    Line,
    RawDecoder,
    Request,
    Response,
    refused,
    serial_line,
    tcp_line,
)
from tags.drivers.modbus_plan import FUNCTIONS, limits_of, place_of, spans, unit_of
from tags.drivers.modbus_units import Units, units_of
from tags.drivers.modbus_writes import Writer, job_of
from tags.drivers.polling import BlockRefusedError, Poller, PriorityGate, by_periods, one_by_one, read_items
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

_NO_UNIT = (10, 11)
_DIVISIBLE = (2, 3)


class _UnitSilentError(Exception):
    """Tell that one of several units did not answer; the link goes on."""

    def __init__(self, unit: int) -> None:
        self.unit = unit
        super().__init__(f"unit {unit} does not answer")


def create(options: DriverOptions, clock: Clock) -> "ModbusDriver":
    """Make a Modbus TCP driver with the options declared in the catalogue."""
    return ModbusDriver(options, clock, tcp_line(options))


def create_serial(options: DriverOptions, clock: Clock) -> "ModbusDriver":
    """Make a Modbus RTU driver for a serial port with the options declared in the catalogue."""
    return ModbusDriver(options, clock, serial_line(options))


class ModbusDriver:
    """Speak Modbus to one device, gateway or serial line. All methods run on the event loop."""

    def __init__(self, options: DriverOptions, clock: Clock, line: Line) -> None:
        self._clock = clock
        self._line = line
        self._timeout_s = float(options["timeout_s"])
        self._unit_timeout_s = min(float(options["unit_timeout_s"]), self._timeout_s)
        self._limits = limits_of(options, line.request_bytes)
        self._own_units = {self._limits.unit, *units_of(options)}
        self._units = Units(self._own_units, self._unit_timeout_s)
        self._writer = Writer(options, self._broken)
        describe = describe_rtu if line.is_rtu else describe_tcp
        self.frames = FrameTap(describe, clock)
        self._client: Client | None = None
        self._in_flight = False
        self._gate = PriorityGate()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._poller = Poller(one_by_one(self._fetch), clock, lane=lambda block: place_of(block)[0])
        self._sink: Sink | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    async def connect(self) -> str:
        """Open the connection; Modbus has no handshake, so the first request shows who answers."""
        await self.close()
        self._units.forget()
        self._writer.forget()
        await self._open()
        units = ", ".join(str(unit) for unit in sorted(self._own_units))
        return f"{self._line.title} {self._line.where}, unit{'s' * (len(self._own_units) > 1)} {units}"

    async def _open(self) -> None:
        client: Client = self._line.make_client(
            self._timeout_s, lambda connected: None if connected else self._fail_pending(client)
        )
        client.ctx.framer.decoder = RawDecoder(False)
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
        places = [item.address for item in items if isinstance(item.address, ModbusAddress)]
        self._units.known = self._own_units | {unit_of(place, self._limits) for place in places}
        by_period = by_periods(items, ModbusAddress, sink, self._clock)
        blocks = {period: plan(spans(members, self._limits)) for period, members in by_period.items()}
        try:
            await self._poller.run(blocks, sink)
        finally:
            self._sink = None

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the items now by as few requests as the limits allow."""
        self._connected_client()
        return await read_items(
            items,
            lambda some: plan(spans(some, self._limits), self._poller.holes),
            one_by_one(self._fetch),
            self._clock,
        )

    async def write(self, item: Item, value: Value) -> None:
        """Write a coil or holding register; waiting reads let it pass."""
        await self._write(item, value, reads_back=False)

    async def write_and_read(self, item: Item, value: Value) -> Batch | None:
        """Write, and return what the device holds then if function 23 could read it in the same request."""
        data = await self._write(item, value, reads_back=True)
        if data is None:
            return None
        (block,) = plan(spans([item], self._limits))
        return block.decode(data, self._clock.now_ns())

    async def _write(self, item: Item, value: Value, *, reads_back: bool) -> bytes | None:
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
            job = job_of(item, address, value, self._limits)
        except (ValueRefusedError, ValueError) as error:
            raise DriverError(
                DriverFault.REFUSED, f"{address.text}: {error}", int(StatusCode.BadTypeMismatch)
            ) from None

        async def work() -> bytes | None:
            # No other request of this station comes between reading a register and writing a part of it.
            async with self._gate.turn(urgent=True):
                return await self._writer.write(self._exchange, job, reads_back=reads_back)

        try:
            return await self._job(work())
        except ExceptionAnswerError as refusal:
            raise refused(address.text, refusal) from None
        except _UnitSilentError as silence:
            raise self._no_answer(silence.unit) from None

    async def ping(self) -> None:
        """Read one place of a unit that answers, or its HR0; an exception answer proves life as well."""
        blocks = {place_of(block)[0]: block for block in reversed(self._poller.blocks)}
        for unit in self._units.in_order():
            area, start = ModbusArea.HOLDING_REGISTERS, 0
            if unit in blocks:
                area, start = place_of(blocks[unit])[1], blocks[unit].start
            try:
                await self._job(self._turn(unit, FUNCTIONS[area], struct.pack(">HH", start, 1), urgent=True))
            except _UnitSilentError:
                continue
            except ExceptionAnswerError as answer:
                if answer.code in _NO_UNIT and self._units.are_several:
                    continue
            return
        raise self._no_answer(*sorted(self._units.known))

    def plan(self) -> str:
        """Return one line on the requests of one round of polls, and which units are silent."""
        text = self._poller.plan()
        silent = ", ".join(str(unit) for unit in self._units.silent)
        return f"{text}; no answer from unit {silent}" if silent else text

    # Requests.

    async def _fetch(self, block: Block) -> bytes:
        unit, area = place_of(block)
        parts = [
            await self._fetch_part(unit, area, block.start + at, min(block.space.limit, block.count - at))
            for at in range(0, block.count, block.space.limit)
        ]
        return b"".join(parts)

    async def _fetch_part(self, unit: int, area: ModbusArea, start: int, count: int) -> bytes:
        try:
            answer = await self._job(self._turn(unit, FUNCTIONS[area], struct.pack(">HH", start, count)))
        except ExceptionAnswerError as refusal:
            raise BlockRefusedError(int(refusal.status), divisible=refusal.code in _DIVISIBLE) from None
        except _UnitSilentError:
            raise BlockRefusedError(int(StatusCode.BadTimeout), divisible=False) from None
        expected = 2 * count if area.has_registers else (count + 7) // 8
        if len(answer) != expected + 1 or answer[0] != expected:
            raise self._broken(f"expected {expected} bytes, the device sent {max(len(answer) - 1, 0)}")
        return answer[1:]

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
            answer = await self._answer(client, Request(unit, function, body))
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

    def _exception(self, unit: int, code: int) -> ExceptionAnswerError:
        """Return what an exception answer is; a gateway's word that a unit is silent counts as silence."""
        if code in _NO_UNIT and self._units.are_several:
            self._units.missed(unit, asyncio.get_running_loop().time())
        else:
            self._units.answered(unit)
        return ExceptionAnswerError(code)

    async def _answer(self, client: Client, request: Request) -> Response:
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
        if not isinstance(response, Response):
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

    def _fail_pending(self, client: Client) -> None:
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

    def _connected_client(self) -> Client:
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
