"""The link of a Modbus connection: one request at a time, sent once, and no late answer believed.

pymodbus keeps one request in flight per connection. Its own retries and reconnection are off: a request that
is not answered in time closes the connection, so that a late answer can never be taken for a later request's
(pymodbus#2709, #538), and the supervisor opens a new one. Where several units share the connection, the one
that is silent is left alone for a while and the others go on (:mod:`tags.drivers.modbus_units`).

RTU frames have no number, and behind a serial device server a late answer comes over the next connection.
Measured with a device that was late once: values of one register were shown as good for another one, for as
long as the connection lasted. Since a device answers in order, an answer to a question that can only be meant
for that question proves that nothing older is under way: the first thing that a unit is asked after it did
not answer is another function.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from pymodbus.exceptions import ConnectionException, ModbusException

from tags.clock import Clock
from tags.drivers.base import DriverError, DriverFault, Sink
from tags.drivers.frames import Direction, FrameTap
from tags.drivers.modbus_frames import describe_rtu, describe_tcp
from tags.drivers.modbus_line import Client, ExceptionAnswerError, Line, RawDecoder, Request, Response
from tags.drivers.modbus_units import Units
from tags.drivers.polling import PriorityGate
from tags.status import StatusCode

_T = TypeVar("_T")
_NO_UNIT = (10, 11)
_READS = 4
"""Functions 1 to 4 read; every device answers them, be it by exception 1."""


class UnitSilentError(Exception):
    """Tell that one of several units did not answer; the link goes on."""

    def __init__(self, unit: int) -> None:
        self.unit = unit
        super().__init__(f"unit {unit} does not answer")


class ModbusLink:
    """Exchange requests and answers with the units of one connection. Event loop only.

    ``sink`` is told of each exchange while it is set.
    """

    def __init__(
        self, line: Line, units: Units, timeout_s: float, unit_timeout_s: float, clock: Clock
    ) -> None:
        self.line = line
        self.units = units
        self.sink: Sink | None = None
        self.gate = PriorityGate()
        self.frames = FrameTap(describe_rtu if line.is_rtu else describe_tcp, clock)
        self._timeout_s = timeout_s
        self._unit_timeout_s = unit_timeout_s
        self._clock = clock
        self._client: Client | None = None
        self._in_flight = False
        self._jobs: set[asyncio.Task[Any]] = set()
        self._unanswered: dict[int, int] = {}

    async def open(self) -> None:
        """Connect.

        Raises:
            DriverError: LOST, nobody accepts.
        """
        client: Client = self.line.make_client(
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
                f"{self.line.where} accepts no {self.line.title} connection",
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

    def connected(self) -> Client:
        """Return the library's client.

        Raises:
            DriverError: LOST, there is no connection.
        """
        if self._client is None:
            raise DriverError(
                DriverFault.LOST,
                f"{self.line.where} is not connected",
                int(StatusCode.BadNotConnected),
            )
        return self._client

    async def turn(self, unit: int, function: int, body: bytes, *, urgent: bool = False) -> bytes:
        """Ask when it is this request's turn, and return the bytes behind the answer's function code.

        Raises:
            ExceptionAnswerError: the device refuses.
            UnitSilentError: the unit does not answer, or did not lately; others may be asked.
            DriverError: the link failed.
        """

        async def work() -> bytes:
            async with self.gate.turn(urgent=urgent):
                if not urgent and self.units.is_paused(unit, asyncio.get_running_loop().time()):
                    raise UnitSilentError(unit)
                return await self.ask(unit, function, body)

        return await self.job(work())

    async def job(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run requests to their end even when the caller is cancelled: an answer belongs to nobody else."""
        job = asyncio.get_running_loop().create_task(work, name="modbus request")
        self._jobs.add(job)
        job.add_done_callback(self._finish)
        return await asyncio.shield(job)

    def _finish(self, job: asyncio.Task[Any]) -> None:
        self._jobs.discard(job)
        if not job.cancelled():
            job.exception()

    async def ask(self, unit: int, function: int, body: bytes) -> bytes:
        """Send one request and return the bytes behind the answer's function code. The gate is held.

        Raises:
            ExceptionAnswerError, UnitSilentError, DriverError: as :meth:`turn`.
        """
        unanswered = self._unanswered.get(unit)
        if unanswered is not None:
            # Another function each time: the same one comes again after four time-outs only.
            with suppress(ExceptionAnswerError):
                await self._exchange(unit, unanswered % _READS + 1, struct.pack(">HH", 0, 1))
        return await self._exchange(unit, function, body)

    async def _exchange(self, unit: int, function: int, body: bytes) -> bytes:
        client = self.connected()
        if self.line.pause_s:
            await asyncio.sleep(self.line.pause_s)
        if self.line.is_rtu:
            self._unanswered[unit] = function
        started_ns = self._clock.monotonic_ns()
        received = 0
        failed = True
        try:
            answer = await self._answer(client, Request(unit, function, body))
            received = self.line.framing + len(answer.body)
            if answer.function_code & 0x7F != function:
                raise self.broken(f"function {function} was answered by function {answer.function_code}")
            self._unanswered.pop(unit, None)
            if answer.function_code & 0x80:
                if not answer.body:
                    raise self.broken("an exception without a code")
                raise self._exception(unit, answer.body[0])
            self.units.answered(unit)
            failed = False
            return answer.body
        finally:
            if self.sink is not None:
                duration_ns = self._clock.monotonic_ns() - started_ns
                self.sink.exchanged(duration_ns, self.line.framing + len(body), received, failed)

    def _exception(self, unit: int, code: int) -> ExceptionAnswerError:
        """Return what an exception answer is; a gateway's word that a unit is silent counts as silence."""
        if code in _NO_UNIT and self.units.are_several:
            self.units.missed(unit, asyncio.get_running_loop().time())
        else:
            self.units.answered(unit)
        return ExceptionAnswerError(code)

    async def _answer(self, client: Client, request: Request) -> Response:
        """Await the answer; a loss of the connection ends the wait at once (:meth:`_fail_pending`)."""
        execute: Callable[..., Awaitable[Any]] = client.execute
        timeout_s = self._unit_timeout_s if self.units.are_several else self._timeout_s
        self._in_flight = True
        try:
            async with asyncio.timeout(timeout_s):
                response = await execute(False, request)
        except ConnectionException:
            self._drop()
            raise DriverError(
                DriverFault.LOST,
                f"the connection to {self.line.where} is lost",
                int(StatusCode.BadConnectionClosed),
            ) from None
        except (ModbusException, TimeoutError):
            await self._missed(request.dev_id)
        finally:
            self._in_flight = False
        if not isinstance(response, Response):
            raise self.broken(f"unexpected answer {response!r}")
        return response

    async def _missed(self, unit: int) -> NoReturn:
        """Go on without a unit that did not answer when there are others, over a new TCP connection.

        Raises:
            UnitSilentError: the others may be asked.
            DriverError: nobody is left who answers, or there is no new connection.
        """
        now_s = asyncio.get_running_loop().time()
        if not self.units.are_several or not self.units.missed(unit, now_s):
            self._drop()
            raise self.no_answer(unit)
        if not self.line.is_serial:
            self._drop()
            await self.open()
        raise UnitSilentError(unit)

    def no_answer(self, *units: int) -> DriverError:
        """Return the error that these units do not answer."""
        timeout_s = self._unit_timeout_s if self.units.are_several else self._timeout_s
        names = ", ".join(str(unit) for unit in units)
        return DriverError(
            DriverFault.TIMEOUT,
            f"{self.line.where}, unit {names}: no answer within {timeout_s:g} s",
            int(StatusCode.BadTimeout),
        )

    def unfit(self, unit: int, function: int, text: str) -> DriverError:
        """Close a connection on which a request got an answer that does not fit it; return the error."""
        if self.line.is_rtu:
            self._unanswered[unit] = function
        return self.broken(text)

    def broken(self, text: str) -> DriverError:
        """Close a connection whose answers do not fit the requests: none of its later ones can be trusted."""
        self._drop()
        return DriverError(
            DriverFault.LOST,
            f"{self.line.where} breaks the protocol: {text}",
            int(StatusCode.BadDecodingError),
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

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
            self._fail_pending(client)
