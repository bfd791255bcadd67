"""Modbus TCP and RTU: planned reads, single writes, over the link of :mod:`tags.drivers.modbus_link`."""

import struct
from collections.abc import Sequence

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
from tags.drivers.frames import FrameTap
from tags.drivers.inspection import Inspection, inspect_block
from tags.drivers.modbus_line import ExceptionAnswerError, Line, refused, serial_line, tcp_line
from tags.drivers.modbus_link import ModbusLink, UnitSilentError
from tags.drivers.modbus_plan import FUNCTIONS, limits_of, naming_of, place_of, spans, unit_of
from tags.drivers.modbus_units import Units, units_of
from tags.drivers.modbus_writes import Writer, job_of
from tags.drivers.polling import BlockRefusedError, Poller, by_periods, one_by_one, read_items
from tags.errors import ValueRefusedError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode

_CAPABILITIES = Capabilities(
    pushes=False,
    browses=False,
    writes=True,
    source_time=False,
    data_types=frozenset(DataType) - {DataType.DATETIME},
)

_NO_UNIT = (10, 11)
_DIVISIBLE = (2, 3)


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
        timeout_s = float(options["timeout_s"])
        unit_timeout_s = min(float(options["unit_timeout_s"]), timeout_s)
        self._limits = limits_of(options, line.request_bytes)
        self._own_units = {self._limits.unit, *units_of(options)}
        self._units = Units(self._own_units, unit_timeout_s)
        self._link = ModbusLink(line, self._units, timeout_s, unit_timeout_s, clock)
        self._writer = Writer(options, self._link.unfit)
        self._poller = Poller(one_by_one(self._fetch), clock, lane=lambda block: place_of(block)[0])

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    @property
    def frames(self) -> FrameTap:
        """Return the tap of what goes over the line."""
        return self._link.frames

    async def connect(self) -> str:
        """Open the connection; Modbus has no handshake, so the first request shows who answers."""
        await self.close()
        self._units.forget()
        self._writer.forget()
        await self._link.open()
        units = ", ".join(str(unit) for unit in sorted(self._own_units))
        line = self._link.line
        return f"{line.title} {line.where}, unit{'s' * (len(self._own_units) > 1)} {units}"

    async def close(self) -> None:
        """Close the connection and end what is under way."""
        await self._link.close()

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:  # noqa: ARG002
        """Refuse: a Modbus device cannot tell what it has."""
        raise DriverError(DriverFault.UNSUPPORTED, "a Modbus device cannot list its addresses")

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Poll the items at their periods."""
        self._link.connected()
        self._link.sink = sink
        places = [item.address for item in items if isinstance(item.address, ModbusAddress)]
        self._units.known = self._own_units | {unit_of(place, self._limits) for place in places}
        by_period = by_periods(items, ModbusAddress, sink, self._clock)
        blocks = {period: plan(spans(members, self._limits)) for period, members in by_period.items()}
        try:
            await self._poller.run(blocks, sink)
        finally:
            self._link.sink = None

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the items now by as few requests as the limits allow."""
        self._link.connected()
        return await read_items(
            items,
            lambda some: plan(spans(some, self._limits), self._poller.holes),
            one_by_one(self._fetch),
            self._clock,
        )

    async def inspect(self, item: Item) -> Inspection:
        """Read the block that holds an item, and show its bytes."""
        self._link.connected()
        found = await inspect_block(
            item,
            self._poller.blocks,
            lambda: plan(spans([item], self._limits)),
            one_by_one(self._fetch),
            naming_of,
            self._clock.now_ns,
        )
        return found or Inspection(await self.read([item]), "no Modbus address")

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
        self._link.connected()
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
            async with self._link.gate.turn(urgent=True):
                return await self._writer.write(self._link.ask, job, reads_back=reads_back)

        try:
            return await self._link.job(work())
        except ExceptionAnswerError as refusal:
            raise refused(address.text, refusal) from None
        except UnitSilentError as silence:
            raise self._link.no_answer(silence.unit) from None

    async def ping(self) -> None:
        """Read one place of a unit that answers, or its HR0; an exception answer proves life as well."""
        blocks = {place_of(block)[0]: block for block in reversed(self._poller.blocks)}
        for unit in self._units.in_order():
            area, start = ModbusArea.HOLDING_REGISTERS, 0
            if unit in blocks:
                area, start = place_of(blocks[unit])[1], blocks[unit].start
            try:
                await self._link.turn(unit, FUNCTIONS[area], struct.pack(">HH", start, 1), urgent=True)
            except UnitSilentError:
                continue
            except ExceptionAnswerError as answer:
                if answer.code in _NO_UNIT and self._units.are_several:
                    continue
            return
        raise self._link.no_answer(*sorted(self._units.known))

    def plan(self) -> str:
        """Return one line on the requests of one round of polls, and which units are silent."""
        text = self._poller.plan()
        silent = ", ".join(str(unit) for unit in self._units.silent)
        return f"{text}; no answer from unit {silent}" if silent else text

    async def _fetch(self, block: Block) -> bytes:
        unit, area = place_of(block)
        parts = [
            await self._fetch_part(unit, area, block.start + at, min(block.space.limit, block.count - at))
            for at in range(0, block.count, block.space.limit)
        ]
        return b"".join(parts)

    async def _fetch_part(self, unit: int, area: ModbusArea, start: int, count: int) -> bytes:
        function = FUNCTIONS[area]
        try:
            answer = await self._link.turn(unit, function, struct.pack(">HH", start, count))
        except ExceptionAnswerError as refusal:
            raise BlockRefusedError(int(refusal.status), divisible=refusal.code in _DIVISIBLE) from None
        except UnitSilentError:
            raise BlockRefusedError(int(StatusCode.BadTimeout), divisible=False) from None
        expected = 2 * count if area.has_registers else (count + 7) // 8
        if len(answer) != expected + 1 or answer[0] != expected:
            text = f"expected {expected} bytes, the device sent {max(len(answer) - 1, 0)}"
            raise self._link.unfit(unit, function, text)
        return answer[1:]
