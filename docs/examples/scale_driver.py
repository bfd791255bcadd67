"""A driver for a weighing indicator that speaks lines of text over TCP: the example of docs/drivers.md.

The indicator answers each line with one line::

    PING                      OK Scale 3.1
    LIST                      OK gross tare name
    READ gross tare nothing   OK 12.5 1.5 !unknown
    WRITE tare 2.0            OK          (or: ERR denied)

Texts travel percent-encoded, so that a space is no separator.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

from tags.address import Address
from tags.clock import Clock
from tags.drivers.base import (
    BrowseNode,
    Capabilities,
    DriverError,
    DriverFault,
    DriverOptions,
    Item,
    Option,
    Sink,
)
from tags.drivers.catalogue import DriverInfo
from tags.errors import AddressError, ValueRefusedError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode


def parse_address(text: str, data_type: DataType) -> Address:
    """Parse the name of a value.

    Raises:
        AddressError: it is none.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", text):
        raise AddressError(
            f"expected a name of the indicator for {data_type}, such as gross, got {text!r:.60}"
        )
    return Address(text)


INFO = DriverInfo(
    name="scale",
    title="Weighing indicator",
    options=(
        Option("host", str, None, "name or address of the indicator", required=True),
        Option("port", int, 4305, "TCP port"),
        Option("timeout_s", float, 3.0, "seconds to wait for the connection and for each answer"),
    ),
    parse_address=parse_address,
    factory="scale_driver:create",
)

_CAPABILITIES = Capabilities(
    pushes=False, browses=True, writes=True, source_time=False, data_types=frozenset(DataType)
)
_REFUSALS = {"denied": StatusCode.BadNotWritable, "unknown": StatusCode.BadConfigurationError}


def create(options: DriverOptions, clock: Clock) -> "ScaleDriver":
    """Make a driver for one connection."""
    return ScaleDriver(options, clock)


class ScaleDriver:
    """Speak to one indicator. All methods run on the event loop."""

    def __init__(self, options: DriverOptions, clock: Clock) -> None:
        self._clock = clock
        self._host = str(options["host"])
        self._port = int(options["port"])
        self._timeout_s = float(options["timeout_s"])
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._sink: Sink | None = None
        self._subscribed: Sequence[Item] = ()

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    # Connecting.

    async def connect(self) -> str:
        """Open the connection and ask who answers."""
        await self.close()
        try:
            async with asyncio.timeout(self._timeout_s):
                self._streams = await asyncio.open_connection(self._host, self._port)
        except TimeoutError:
            raise self._error(DriverFault.TIMEOUT, "does not accept the connection in time") from None
        except OSError:
            raise self._error(DriverFault.LOST, "accepts no connection") from None
        return await self._ask("PING")

    async def close(self) -> None:
        """Drop the connection and end what is under way."""
        self._drop()
        jobs = list(self._jobs)
        for job in jobs:
            job.cancel()
        if jobs:
            await asyncio.wait(jobs)

    async def ping(self) -> None:
        """Ask for the shortest answer there is."""
        await self._ask("PING")

    def _drop(self) -> None:
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].transport.abort()

    # One request, one answer.

    async def _ask(self, line: str) -> str:
        """Return what follows OK. A caller that is cancelled leaves no answer behind for the next one."""
        job = asyncio.create_task(self._exchange(line), name="scale request")
        self._jobs.add(job)
        job.add_done_callback(self._finish)
        return await asyncio.shield(job)

    def _finish(self, job: "asyncio.Task[Any]") -> None:
        self._jobs.discard(job)
        if not job.cancelled():
            job.exception()

    async def _exchange(self, line: str) -> str:
        async with self._turn:
            if self._streams is None:
                raise self._error(DriverFault.LOST, "is not connected")
            reader, writer = self._streams
            started_ns = self._clock.monotonic_ns()
            answer = b""
            try:
                async with asyncio.timeout(self._timeout_s):
                    writer.write(f"{line}\n".encode())
                    answer = await reader.readuntil(b"\n")
            except TimeoutError:
                # What comes later would be taken for the answer to the next line: never keep this connection.
                self._drop()
                raise self._error(DriverFault.TIMEOUT, "does not answer in time") from None
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                self._drop()
                raise self._error(DriverFault.LOST, "closed the connection") from None
            finally:
                if self._sink is not None:
                    duration_ns = self._clock.monotonic_ns() - started_ns
                    self._sink.exchanged(duration_ns, len(line) + 1, len(answer), not answer)
        word, _, rest = answer.decode("ascii", "replace").strip().partition(" ")
        if word == "ERR":
            raise self._error(DriverFault.REFUSED, f"answers: {rest}", _REFUSALS.get(rest))
        if word != "OK":
            self._drop()
            raise self._error(DriverFault.LOST, f"breaks the protocol: {answer[:40]!r}")
        return rest

    def _error(self, fault: DriverFault, what: str, status: StatusCode | None = None) -> DriverError:
        code = status or StatusCode.BadCommunicationError
        return DriverError(fault, f"the indicator at {self._host}:{self._port} {what}", int(code))

    # Values.

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the items by one line."""
        tokens = (await self._ask("READ " + " ".join(item.address.text for item in items))).split()
        if len(tokens) != len(items):
            self._drop()
            raise self._error(DriverFault.LOST, f"sent {len(tokens)} values for {len(items)} names")
        now_ns = self._clock.now_ns()
        return Batch.of(
            [
                (item.tag_id, *_decoded(item.data_type, token), now_ns)
                for item, token in zip(items, tokens, strict=True)
            ],
            now_ns,
        )

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Read each period's items at that period, until cancelled or until a read raises."""
        self._sink, self._subscribed = sink, items
        by_period: dict[int, list[Item]] = {}
        for item in items:
            by_period.setdefault(item.period_ms, []).append(item)
        polls = [asyncio.ensure_future(self._poll(ms, members, sink)) for ms, members in by_period.items()]
        try:
            done, _ = await asyncio.wait(polls, return_when=asyncio.FIRST_EXCEPTION)
            for poll in done:
                poll.result()
        finally:
            self._sink, self._subscribed = None, ()
            for poll in polls:
                poll.cancel()
            await asyncio.gather(*polls, return_exceptions=True)

    async def _poll(self, period_ms: int, items: Sequence[Item], sink: Sink) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            sink.deliver(await self.read(items))
            # A poll that took longer than its period skips the ones that it missed.
            due_s = max(due_s + period_ms / 1000, loop.time())
            await asyncio.sleep(due_s - loop.time())

    async def write(self, item: Item, value: Value) -> None:
        """Write one value by one line, once."""
        try:
            token = _encoded(item.data_type, item.data_type.check(value))
        except ValueRefusedError as error:
            text = f"takes no such value for {item.address.text}: {error}"
            raise self._error(DriverFault.REFUSED, text, StatusCode.BadTypeMismatch) from None
        await self._ask(f"WRITE {item.address.text} {token}")

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:
        """Return the names that the indicator has; there are no levels."""
        if parent is not None:
            return []
        return [BrowseNode(name, name, None, is_folder=False) for name in (await self._ask("LIST")).split()]

    def plan(self) -> str:
        """Return one line on how the subscribed items are fetched."""
        periods = {item.period_ms for item in self._subscribed}
        return f"{len(self._subscribed)} tags in {len(periods)} requests, 100 % of bytes used"


def _decoded(data_type: DataType, token: str) -> tuple[Value | None, int]:
    """Return value and status of one answered value; a value that is none never becomes a number."""
    if token.startswith("!"):
        return None, int(_REFUSALS.get(token[1:], StatusCode.BadDeviceFailure))
    try:
        value: Value
        if data_type is DataType.STRING:
            value = unquote(token[1:])
        elif data_type.is_float:
            value = float(token)
        else:
            value = data_type.check(int(token))
    except (ValueError, ValueRefusedError):
        return None, int(StatusCode.BadDecodingError)
    return value, int(StatusCode.Good)


def _encoded(data_type: DataType, value: Value) -> str:
    if isinstance(value, str):
        return "'" + quote(value, safe="")
    return repr(float(value)) if data_type.is_float else str(int(value))  # type: ignore[arg-type]
