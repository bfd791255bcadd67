"""Write transactions: check, convert, send once, read back, and say in one sentence how it ended."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tags.clock import Clock
from tags.drivers.base import CombinedWriter, Driver, DriverError, DriverFault, Item
from tags.errors import ValueRefusedError
from tags.evaluation import value_text
from tags.model import (
    Batch,
    DataType,
    Tag,
    Value,
    WriteOutcome,
    WriteRequest,
    WriteResult,
    WriteStep,
)
from tags.scaling import check_writable_value, to_eu, to_raw
from tags.status import StatusCode, is_bad
from tags.status import name as status_name

_READ_BACK_SHARES: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.35)
"""Pauses before each read-back, as shares of the whole time."""

_Steps = tuple[tuple[WriteStep, int], ...]


@dataclass(frozen=True, slots=True)
class _Failure:
    outcome: WriteOutcome
    status: int
    text: str


class Writes:
    """Carry out the writes of one connection, in the order in which they were asked for. Station loop only.

    A write is sent once and never again, whatever happens. It then is

    - CONFIRMED when the device shows the value (to the precision of its type) within ``read_back_s``, or when
      the device accepted it and the tag is write-only;
    - CLAMPED when the device accepted it but shows another value all that time;
    - REFUSED when the station's checks or the device said no: nothing changed;
    - TIMED_OUT when it is unknown whether it arrived, or what became of it.

    A command that the controller resets as soon as it took it cannot be told from one that an interlock
    undid, unless a read-back comes in between. Such a command is therefore declared write-only (access
    ``w``), which confirms it by the device's acceptance; a ``rw`` tag that reads zero after another value was
    written is CLAMPED, and the text names both explanations.

    Sending keeps the order of the requests; a write to a tag whose last write is still being read back, and
    all writes behind it, wait for that. Reading back does not hold up writes to other tags.
    """

    def __init__(
        self,
        clock: Clock,
        current: Callable[[int], Value | None],
        deliver: Callable[[Batch], None],
        read_back_s: float,
        write_most_s: float,
    ) -> None:
        self._clock = clock
        self._current = current
        self._deliver = deliver
        self._read_back_s = read_back_s
        self._write_most_s = write_most_s
        self._turn = asyncio.Lock()
        self._reading_back: dict[int, asyncio.Event] = {}

    async def write(self, driver: Driver, tag: Tag, value: Value, request: WriteRequest) -> WriteResult:
        """Write an engineering value to a tag and return how it ended; raises nothing."""
        requested_ns = self._clock.now_ns()
        old = self._current(tag.id)
        try:
            raw = to_raw(tag, checked_value(tag, value))
        except ValueRefusedError as error:
            return refused(request, refusal_status(tag, value), str(error), old, requested_ns)
        if tag.address is None:
            return refused(
                request, int(StatusCode.BadConfigurationError), "It has no address.", old, requested_ns
            )
        item = Item(tag.id, tag.address, tag.data_type, tag.period_ms)
        async with self._turn:
            before = self._reading_back.get(tag.id)
            if before is not None:
                await before.wait()
            steps: _Steps = (
                (WriteStep.REQUESTED, requested_ns),
                (WriteStep.SENT, self._clock.now_ns()),
            )
            sent = await self._send(driver, item, raw, reads_back=tag.access.is_readable)
            if isinstance(sent, _Failure):
                return WriteResult(request, sent.outcome, sent.status, sent.text, old, None, steps)
            steps = (*steps, (WriteStep.ACCEPTED, self._clock.now_ns()))
            if not tag.access.is_readable:
                text = "Accepted by the controller; the tag is write-only and was not read back."
                return WriteResult(
                    request, WriteOutcome.CONFIRMED, int(StatusCode.Good), text, old, None, steps
                )
            done = asyncio.Event()
            self._reading_back[tag.id] = done
        try:
            return await self._read_back(driver, tag, item, raw, request, old, steps, sent)
        finally:
            done.set()
            del self._reading_back[tag.id]

    async def _send(
        self, driver: Driver, item: Item, raw: Value, *, reads_back: bool
    ) -> "Batch | _Failure | None":
        """Send a value once, and return what the device held right after, if it told that by itself."""
        try:
            async with asyncio.timeout(self._write_most_s):
                if reads_back and isinstance(driver, CombinedWriter):
                    return await driver.write_and_read(item, raw)
                await driver.write(item, raw)
        except DriverError as error:
            if error.fault in (DriverFault.LOST, DriverFault.TIMEOUT):
                text = f"It is unknown whether the value arrived: {error}"
                return _Failure(WriteOutcome.TIMED_OUT, int(StatusCode.BadTimeout), text)
            status = error.status if is_bad(error.status) else int(StatusCode.BadUnexpectedError)
            return _Failure(WriteOutcome.REFUSED, status, f"The controller refused the value: {error}")
        except TimeoutError:
            text = f"It is unknown whether the value arrived: no answer within {self._write_most_s:g} s."
            return _Failure(WriteOutcome.TIMED_OUT, int(StatusCode.BadTimeout), text)
        return None

    async def _read_back(
        self,
        driver: Driver,
        tag: Tag,
        item: Item,
        raw: Value,
        request: WriteRequest,
        old: Value | None,
        steps: _Steps,
        told: Batch | None,
    ) -> WriteResult:
        """Ask until the device shows the value; ``told`` is what it held right after it took it."""
        held: Value | None = None
        reason = ""
        for share in _READ_BACK_SHARES:
            await asyncio.sleep(share * self._read_back_s)
            try:
                batch, told = told if told is not None else await driver.read([item]), None
            except DriverError as error:
                held, reason = None, str(error)
                if error.fault is DriverFault.LOST:
                    break
                continue
            self._deliver(batch)
            held = batch.value_at(0) if len(batch) else None
            if held is None:
                reason = status_name(int(batch.statuses[0])) if len(batch) else "no answer"
            elif same_value(tag.data_type, raw, held):
                done = (*steps, (WriteStep.READ_BACK, self._clock.now_ns()))
                shown = to_eu(tag, tag.data_type.check(held))
                text = f"The controller holds {shown_value(tag, shown)}."
                return WriteResult(
                    request, WriteOutcome.CONFIRMED, int(StatusCode.Good), text, old, shown, done
                )
        if held is None:
            text = f"Accepted by the controller, but it could not be read back: {reason}"
            return WriteResult(
                request, WriteOutcome.TIMED_OUT, int(StatusCode.BadTimeout), text, old, None, steps
            )
        shown = to_eu(tag, held)
        text = f"The controller holds {shown_value(tag, shown)} instead of {shown_value(tag, request.value)}."
        if held == 0 and raw != 0:
            text += " It took the command and reset it, or undid it."
        steps = (*steps, (WriteStep.READ_BACK, self._clock.now_ns()))
        return WriteResult(
            request, WriteOutcome.CLAMPED, int(StatusCode.GoodClamped), text, old, shown, steps
        )


def checked_value(tag: Tag, value: Value) -> Value:
    """Return an engineering value that may be written to the tag, in the tag's own form.

    Raises:
        ValueRefusedError: the tag cannot be written, or the value is of the wrong type or out of range; the
            message says what is allowed.
    """
    if tag.fault:
        raise ValueRefusedError(f"{tag.path} has a fault in the project: {tag.fault}")
    if tag.expression is not None:
        raise ValueRefusedError(f"{tag.path} is calculated and cannot be written")
    if not tag.access.is_writable:
        raise ValueRefusedError(f"{tag.path} is read-only")
    return check_writable_value(tag, value)


def refusal_status(tag: Tag, value: Value) -> int:
    """Return the status that names why :func:`checked_value` or the conversion refused ``value``."""
    if tag.fault:
        return int(StatusCode.BadConfigurationError)
    if tag.expression is not None or not tag.access.is_writable:
        return int(StatusCode.BadNotWritable)
    if isinstance(value, str) != (tag.data_type is DataType.STRING):
        return int(StatusCode.BadTypeMismatch)
    return int(StatusCode.BadOutOfRange)


def refused(
    request: WriteRequest, status: int, text: str, old: Value | None, requested_ns: int
) -> WriteResult:
    """Return the result of a write that the station refused before sending anything."""
    return WriteResult(
        request, WriteOutcome.REFUSED, status, text, old, None, ((WriteStep.REQUESTED, requested_ns),)
    )


def same_value(data_type: DataType, sent: Value, held: Value) -> bool:
    """Tell whether a device holds what was sent, to the precision of the type on the wire."""
    if isinstance(sent, tuple) or isinstance(held, tuple):
        return (
            isinstance(sent, tuple)
            and isinstance(held, tuple)
            and len(sent) == len(held)
            and all(same_value(data_type, one, other) for one, other in zip(sent, held, strict=True))
        )
    if data_type.is_float and not isinstance(sent, str) and not isinstance(held, str):
        precision = 1e-6 if data_type is DataType.FLOAT32 else 1e-12
        return math.isclose(sent, held, rel_tol=precision, abs_tol=1e-37)
    return sent == held


def shown_value(tag: Tag, value: Value) -> str:
    """Return an engineering value with its unit, as it stands in a sentence."""
    return f"{value_text(tag, value)} {tag.unit}".rstrip()
