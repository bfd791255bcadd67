"""One connected period of a driver, and the traffic counters of its connection."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tags.clock import NS_PER_MS, NS_PER_S, Clock
from tags.conditions import ConditionSink
from tags.drivers.base import (
    ConditionSource,
    Describer,
    Driver,
    DriverError,
    DriverFault,
    Item,
    ItemFacts,
)
from tags.model import Batch

_CANCEL_AGAIN_S: Final = 1.0

_log = logging.getLogger(__name__)


class Session:
    """Be the sink of one connected period, and notice its end: by the driver's word or by silence."""

    def __init__(
        self,
        receive: "Callable[[Session, Batch | None, int, int], None]",
        counters: "Counters",
        watchdog_s: float,
        clock: Clock,
    ) -> None:
        self._receive = receive
        self._counters = counters
        self._watchdog_s = watchdog_s
        self._clock = clock
        self._heard_ns = clock.monotonic_ns()
        self._answer_ns = 0
        self._has_delivered = False
        self._doubt = asyncio.Event()
        self._end = ""
        self._tasks: list[asyncio.Task[None]] = []

    def deliver(self, batch: Batch, age_ns: int = 0) -> None:
        """Pass samples on; see :class:`tags.drivers.base.Sink`."""
        self._has_delivered = True
        self._heard_ns = self._clock.monotonic_ns()
        self._receive(self, batch, 0, age_ns)

    def refreshed(self, period_ms: int, age_ns: int = 0) -> None:
        """Pass on that all items of a period are confirmed."""
        self._heard_ns = self._clock.monotonic_ns()
        self._receive(self, None, period_ms, age_ns)

    def exchanged(self, duration_ns: int, sent_bytes: int, received_bytes: int, failed: bool) -> None:
        """Count one request."""
        if not failed:
            self._heard_ns = self._clock.monotonic_ns()
            self._answer_ns = duration_ns if self._has_delivered else max(self._answer_ns, duration_ns)
            self._has_delivered = False
        self._counters.count(duration_ns, sent_bytes, received_bytes, failed)

    @property
    def answer_ns(self) -> int:
        """Return how long the answer took that brought the last samples (the slowest of several)."""
        return self._answer_ns

    def probe(self) -> None:
        """Have the device pinged at once: something just went unanswered."""
        self._doubt.set()

    def end(self, reason: str) -> None:
        """Have the session end at once, for a reason that the device does not know of."""
        self._end = reason
        self._doubt.set()

    async def run(
        self,
        driver: Driver,
        items: Sequence[Item],
        conditions: ConditionSink | None = None,
        facts: "FactsWanted | None" = None,
    ) -> None:
        """Subscribe and watch; only ends by raising why the connection ended."""
        self._heard_ns = self._clock.monotonic_ns()
        self._tasks = [asyncio.create_task(self._watch(driver), name="watchdog")]
        if items:
            self._tasks.append(asyncio.create_task(driver.subscribe(items, self), name="subscription"))
        if conditions is not None and isinstance(driver, ConditionSource) and driver.reports_conditions:
            watching = _watch_conditions(driver, items, conditions)
            self._tasks.append(asyncio.create_task(watching, name="conditions"))
        if facts is not None and facts.items and isinstance(driver, Describer):
            self._tasks.append(asyncio.create_task(_describe(driver, facts), name="facts"))
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        raise DriverError(DriverFault.LOST, "the driver stopped delivering values")

    async def ping(self, driver: Driver) -> None:
        """Prove that the device answers.

        Raises:
            DriverError: it does not, or not in time.
        """
        try:
            async with asyncio.timeout(self._watchdog_s):
                await driver.ping()
        except TimeoutError:
            text = f"the device did not answer a ping within {self._watchdog_s:g} s"
            raise DriverError(DriverFault.LOST, text) from None
        self._heard_ns = self._clock.monotonic_ns()

    async def close(self) -> None:
        """End what still runs."""
        tasks, self._tasks = self._tasks, []
        waiting = set(tasks)
        while waiting:
            # More than once: a library that waits by wait_for of CPython 3.11 may swallow a cancellation.
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=_CANCEL_AGAIN_S)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, driver: Driver) -> None:
        watchdog_ns = round(self._watchdog_s * NS_PER_S)
        while True:
            try:
                async with asyncio.timeout(self._watchdog_s / 4):
                    await self._doubt.wait()
            except TimeoutError:
                if self._clock.monotonic_ns() - self._heard_ns < watchdog_ns:
                    continue
            self._doubt.clear()
            if self._end:
                raise DriverError(DriverFault.LOST, self._end)
            await self.ping(driver)


@dataclass(frozen=True, slots=True)
class FactsWanted:
    """Say of which items the device is asked what it knows about them, and who takes it."""

    items: Sequence[Item]
    take: Callable[[Mapping[int, ItemFacts]], None]


async def _describe(driver: Describer, wanted: FactsWanted) -> None:
    """Ask once; a device that refuses only says nothing."""
    try:
        found = await driver.describe(wanted.items)
    except DriverError as error:
        if error.fault in (DriverFault.LOST, DriverFault.TIMEOUT):
            raise
        _log.info("what the device knows about its tags cannot be read: %s", error)
    else:
        empty = ItemFacts()
        facts = zip(wanted.items, found, strict=True)
        wanted.take({item.tag_id: one for item, one in facts if one != empty})
    await asyncio.Event().wait()


async def _watch_conditions(driver: ConditionSource, items: Sequence[Item], sink: ConditionSink) -> None:
    """Report conditions; a device that has none keeps its connection."""
    try:
        await driver.watch_conditions(items, sink)
    except DriverError as error:
        if error.fault is not DriverFault.UNSUPPORTED:
            raise
        sink.refresh_refused(str(error))
    await asyncio.Event().wait()


class Counters:
    """Count a connection's traffic since the station started."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._durations_ns: deque[int] = deque(maxlen=512)
        self._rate_since_ns = clock.monotonic_ns()
        self._rate_values = 0
        self._values_per_s = 0.0
        self.requests = 0
        self.errors = 0
        self.reconnects = 0
        self.sent_bytes = 0
        self.received_bytes = 0
        self.values = 0

    def count(self, duration_ns: int, sent_bytes: int, received_bytes: int, failed: bool) -> None:
        """Count one request and its answer."""
        self.requests += 1
        self.errors += failed
        self.sent_bytes += sent_bytes
        self.received_bytes += received_bytes
        self._durations_ns.append(duration_ns)

    def percentiles_ms(self) -> tuple[float, float]:
        """Return p50 and p99 of the last 512 requests."""
        if not self._durations_ns:
            return 0.0, 0.0
        p50_ns, p99_ns = np.percentile(np.array(self._durations_ns), (50, 99))
        return float(p50_ns) / NS_PER_MS, float(p99_ns) / NS_PER_MS

    def values_per_s(self) -> float:
        """Return the rate of the last whole interval of at least one second."""
        now_ns = self._clock.monotonic_ns()
        elapsed_ns = now_ns - self._rate_since_ns
        if elapsed_ns >= NS_PER_S:
            self._values_per_s = (self.values - self._rate_values) * NS_PER_S / elapsed_ns
            self._rate_since_ns, self._rate_values = now_ns, self.values
        return self._values_per_s
