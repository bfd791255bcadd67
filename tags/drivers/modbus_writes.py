"""Write to a Modbus device by a function that it has: another one is taken when it lacks the first.

A device that answers exception 1 has not done what it was asked, so that another function may be tried.
Nothing else is ever answered by a second request: a write whose answer is missing may have arrived.
"""

import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tags.addresses.modbus import ModbusAddress, ModbusArea
from tags.drivers.base import DriverError, DriverOptions, Item
from tags.drivers.modbus_line import ExceptionAnswerError
from tags.drivers.modbus_plan import Limits, bits_of, masks_of, registers_of, unit_of
from tags.errors import ValueRefusedError
from tags.model import Value

Ask = Callable[[int, int, bytes], Awaitable[bytes]]
"""Send unit, function and body, and return the bytes behind the answer's function code."""

_UNKNOWN_FUNCTION = 1
_ACKNOWLEDGE = 5
_READ, _COIL, _REGISTER, _COILS, _REGISTERS, _MASK, _WRITE_AND_READ = 3, 5, 6, 15, 16, 22, 23
_MOST_COMBINED = 121
"""Registers that function 23 can write (Modbus application protocol 1.1b3, section 6.17)."""


@dataclass(frozen=True, slots=True)
class Way:
    """Name one request that writes a value; ``echo`` is how it is confirmed, None by registers read back."""

    function: int
    body: bytes
    echo: bytes | None


@dataclass(frozen=True, slots=True)
class Job:
    """Hold what is to be written where: by one of ``ways``, or the ``masks`` of a part of one register.

    A register becomes ``(register & masks[0]) | masks[1]``. ``data`` are whole registers, or empty.
    """

    unit: int
    where: str
    start: int
    ways: tuple[Way, ...] = ()
    data: bytes = b""
    masks: tuple[int, int] | None = None


def job_of(item: Item, address: ModbusAddress, value: Value, limits: Limits) -> Job:
    """Check a value and return what has to be written.

    Raises:
        ValueError, ValueRefusedError: the value does not fit its place.
    """
    checked = item.data_type.check(value)
    if isinstance(checked, tuple) != bool(address.length):
        wanted = f"an array of {address.length} values" if address.length else "one value"
        raise ValueRefusedError(f"expected {wanted}")
    unit, start = unit_of(address, limits), address.offset
    if address.area is ModbusArea.COILS:
        if isinstance(checked, tuple):
            return Job(unit, address.text, start, (_coils(start, bits_of(address, checked), len(checked)),))
        body = struct.pack(">HH", start, 0xFF00 if checked else 0)
        ways = (Way(_COIL, body, body), _coils(start, bytes((bool(checked),)), 1))
        return Job(unit, address.text, start, ways)
    masks = masks_of(item, address, checked, limits)
    if masks is not None:
        return Job(unit, address.text, start, masks=masks)
    data = registers_of(item, address, checked, limits)
    return Job(unit, address.text, start, _register_ways(start, data, single=not address.length), data)


def _coils(start: int, bits: bytes, count: int) -> Way:
    head = struct.pack(">HH", start, count)
    return Way(_COILS, head + bytes((len(bits),)) + bits, head)


def _register_ways(start: int, data: bytes, *, single: bool = True) -> tuple[Way, ...]:
    head = struct.pack(">HH", start, len(data) // 2)
    several = Way(_REGISTERS, head + bytes((len(data),)) + data, head)
    if len(data) > 2 or not single:
        return (several,)
    body = struct.pack(">H", start) + data
    return Way(_REGISTER, body, body), several


class Writer:
    """Carry out jobs by the functions that each unit has; what it lacks is remembered until the next connect.

    ``unfit`` closes the link on which a unit's function got an answer that does not fit, and makes the error.
    The caller keeps other requests away while a job runs.
    """

    def __init__(self, options: DriverOptions, unfit: Callable[[int, int, str], DriverError]) -> None:
        self._bit_writes = str(options["bit_writes"])
        self._reads_back = bool(options["function_23"])
        self._unfit = unfit
        self._lacking: set[tuple[int, int]] = set()

    def forget(self) -> None:
        """Try every function again: the device may be another one."""
        self._lacking.clear()

    async def write(self, ask: Ask, job: Job, *, reads_back: bool = False) -> bytes | None:
        """Write, and return the registers of the value if the device read them back in the same request.

        Raises:
            ExceptionAnswerError: the device refuses.
            DriverError: it confirmed something else, or the link failed.
        """
        data, ways = job.data, job.ways
        if job.masks is not None:
            if await self._mask(ask, job, *job.masks):
                return None
            data = await self._modified(ask, job, *job.masks)
            ways = _register_ways(job.start, data)
        if reads_back and self._reads_back and 0 < len(data) <= 2 * _MOST_COMBINED:
            count = len(data) // 2
            head = struct.pack(">HHHHB", job.start, count, job.start, count, len(data))
            ways = (Way(_WRITE_AND_READ, head + data, None), *ways)
        return await self._first_known(ask, job, ways)

    async def _first_known(self, ask: Ask, job: Job, ways: Sequence[Way]) -> bytes | None:
        """Write by the first function that the device has; the last one is tried in any case."""
        for way in ways:
            is_last = way is ways[-1]
            if (job.unit, way.function) in self._lacking and not is_last:
                continue
            try:
                answer = await ask(job.unit, way.function, way.body)
            except ExceptionAnswerError as refusal:
                if refusal.code == _ACKNOWLEDGE:
                    return None
                if refusal.code != _UNKNOWN_FUNCTION or is_last:
                    raise
                self._lacking.add((job.unit, way.function))
                continue
            if way.echo is not None:
                if answer != way.echo:
                    # Neither done nor refused: what the device did with the value is unknown.
                    text = f"{job.where}: the device confirms another write than the one sent"
                    raise self._unfit(job.unit, way.function, text)
                return None
            expected = int.from_bytes(way.body[2:4], "big") * 2
            if len(answer) != expected + 1 or answer[0] != expected:
                text = f"expected {expected} bytes, the device sent {max(len(answer) - 1, 0)}"
                raise self._unfit(job.unit, way.function, text)
            return answer[1:]
        return None

    async def _mask(self, ask: Ask, job: Job, and_mask: int, or_mask: int) -> bool:
        """Write a part of a register by function 22, where the options want that and the device has it."""
        is_lacking = (job.unit, _MASK) in self._lacking
        if self._bit_writes == "read_modify_write" or (self._bit_writes == "try_mask" and is_lacking):
            return False
        body = struct.pack(">HHH", job.start, and_mask, or_mask)
        try:
            await self._first_known(ask, job, [Way(_MASK, body, body)])
        except ExceptionAnswerError as refusal:
            if refusal.code != _UNKNOWN_FUNCTION or self._bit_writes == "mask":
                raise
            self._lacking.add((job.unit, _MASK))
            return False
        return True

    async def _modified(self, ask: Ask, job: Job, and_mask: int, or_mask: int) -> bytes:
        """Read one register and return it as it is to become."""
        answer = await ask(job.unit, _READ, struct.pack(">HH", job.start, 1))
        if len(answer) != 3 or answer[0] != 2:
            text = f"expected one register, the device sent {max(len(answer) - 1, 0)} bytes"
            raise self._unfit(job.unit, _READ, text)
        return (int.from_bytes(answer[1:], "big") & and_mask | or_mask).to_bytes(2, "big")
