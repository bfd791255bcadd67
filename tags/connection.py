"""A connection: one driver under supervision, its state, counters and writes."""

import asyncio
import logging
import random
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tags.clock import NS_PER_S, Clock
from tags.conditions import ConditionRequest, ConditionSink
from tags.drivers.base import ConditionSource, Driver, DriverError, DriverFault, Item, ItemFacts
from tags.drivers.frames import FrameTap, Tapped
from tags.errors import TagError
from tags.facts import wants
from tags.model import Batch, LogMode, Tag, Value, WriteRequest, WriteResult
from tags.status import StatusCode
from tags.supervision import Counters, FactsWanted, Session
from tags.writing import Writes, refused

_log = logging.getLogger(__name__)


class ConnectionState(StrEnum):
    """Name a connection's state."""

    DISABLED = "disabled"
    """Switched off by configuration, or not started."""
    CONNECTING = "connecting"
    """The first attempt is under way; later ones do not leave UNAVAILABLE until they succeed."""
    CONNECTED = "connected"
    """The device answers and every item is fetched in time."""
    DEGRADED = "degraded"
    """The device answers, but some items fail or come late."""
    UNAVAILABLE = "unavailable"
    """The device does not answer; attempts go on by themselves."""
    FAILED = "failed"
    """Options, address space or security are wrong: somebody must mend them."""


ANSWERING: Final = frozenset({ConnectionState.CONNECTED, ConnectionState.DEGRADED})
"""States in which the device answers."""


class ConnectionEvent(StrEnum):
    """Name what can happen to a connection."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    ESTABLISHED = "established"
    ITEMS_FAILED = "items_failed"
    ITEMS_RECOVERED = "items_recovered"
    LOST = "lost"
    MISCONFIGURED = "misconfigured"


_S, _E = ConnectionState, ConnectionEvent
TRANSITIONS: Final[Mapping[ConnectionState, Mapping[ConnectionEvent, ConnectionState]]] = MappingProxyType(
    {
        _S.DISABLED: {_E.ENABLED: _S.CONNECTING},
        _S.CONNECTING: {
            _E.DISABLED: _S.DISABLED,
            _E.ESTABLISHED: _S.CONNECTED,
            _E.LOST: _S.UNAVAILABLE,
            _E.MISCONFIGURED: _S.FAILED,
        },
        _S.CONNECTED: {
            _E.DISABLED: _S.DISABLED,
            _E.ITEMS_FAILED: _S.DEGRADED,
            _E.LOST: _S.UNAVAILABLE,
            _E.MISCONFIGURED: _S.FAILED,
        },
        _S.DEGRADED: {
            _E.DISABLED: _S.DISABLED,
            _E.ITEMS_RECOVERED: _S.CONNECTED,
            _E.LOST: _S.UNAVAILABLE,
            _E.MISCONFIGURED: _S.FAILED,
        },
        _S.UNAVAILABLE: {
            _E.DISABLED: _S.DISABLED,
            _E.ESTABLISHED: _S.CONNECTED,
            _E.MISCONFIGURED: _S.FAILED,
        },
        _S.FAILED: {
            _E.DISABLED: _S.DISABLED,
            _E.ESTABLISHED: _S.CONNECTED,
            _E.LOST: _S.UNAVAILABLE,
        },
    }
)
"""What each event leads to; an event that a state does not list changes nothing."""


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """Show a connection: its state with one sentence, and its counters since the station started."""

    name: str
    driver: str
    state: ConnectionState
    text: str
    device: str = ""
    plan: str = ""
    since_ns: int = 0
    tags: int = 0
    bad_tags: int = 0
    requests: int = 0
    errors: int = 0
    reconnects: int = 0
    request_p50_ms: float = 0.0
    request_p99_ms: float = 0.0
    values_per_s: float = 0.0
    sent_bytes: int = 0
    received_bytes: int = 0
    fault: int = 0
    """The status with which the last attempt failed; 0 while the device is connected."""


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """Set the times of a connection's supervision, in seconds.

    After a loss the first attempt follows soon after ``retry_first_s``, the pauses double, but are never
    longer than ``retry_most_s``, and vary by a quarter, so that stations do not knock in step.
    ``retry_failed_s`` is the pause after a fault of configuration, ``retry_untrusted_s`` while somebody has
    to decide about the device's certificate. ``connect_most_s`` ends the attempt of a driver that hangs,
    whose own time-out should be shorter. When nothing was heard for ``watchdog_s`` the device is pinged,
    and counts as lost when it does not answer within the same time. Items may be bad for ``settle_s`` after
    a connect before the connection counts as degraded, and have to be good for ``steady_s`` before it no
    longer does, so that a device at its limit is told once and not ten times a second. ``read_back_s`` is
    how long a write waits for the device to show the value, ``write_most_s`` how long for a driver that
    answers nothing.
    """

    retry_first_s: float = 0.2
    retry_most_s: float = 5.0
    retry_failed_s: float = 30.0
    retry_untrusted_s: float = 5.0
    watchdog_s: float = 2.0
    settle_s: float = 3.0
    steady_s: float = 3.0
    read_back_s: float = 1.0
    write_most_s: float = 10.0
    connect_most_s: float = 60.0


class Feed(Protocol):
    """Take what a connection brings; :class:`tags.acquisition.Acquisition` is it."""

    def deliver(self, raw: Batch, age_ns: int = 0) -> None:
        """Take raw samples that may be ``age_ns`` old already, because their answer took so long."""
        ...

    def mark(self, tag_ids: NDArray[np.int32], status: int) -> None:
        """Stamp tags whose device is out of reach."""
        ...

    def confirm(self, tag_ids: NDArray[np.int32], age_ns: int = 0) -> None:
        """Note that the device confirmed these tags ``age_ns`` ago."""
        ...

    def current(self, tag_id: int) -> Value | None:
        """Return a tag's present value in engineering units."""
        ...

    def connection_changed(self, status: ConnectionStatus) -> None:
        """Take the connection's new state."""
        ...

    def described(self, facts: Mapping[int, ItemFacts]) -> None:
        """Take what the device says about tags of which the project leaves something open, by id."""
        ...


class Connection:
    """Supervise one driver for ever: connect, subscribe, notice the loss, mark the tags bad, try again.

    Lives on the station's loop. ``make_driver`` is called once, inside the supervision, so that a driver that
    cannot be made fails only its own connection. ``tags`` are all tags of this connection; ``keep_all`` names
    those of which every change counts, besides the logged ones. A connection with a ``fault`` in its
    configuration is FAILED from the start, with that text, and makes no attempt. ``conditions`` takes what
    the device reports of its own alarms, where driver and options offer them.
    """

    def __init__(
        self,
        name: str,
        driver_name: str,
        make_driver: Callable[[], Driver],
        tags: Sequence[Tag],
        feed: Feed,
        clock: Clock,
        *,
        enabled: bool = True,
        keep_all: Collection[int] = (),
        policy: ConnectionPolicy | None = None,
        fault: str = "",
        conditions: ConditionSink | None = None,
    ) -> None:
        self.name = name
        self._driver_name = driver_name
        self._make_driver = make_driver
        self._driver: Driver | None = None
        self._feed = feed
        self._clock = clock
        self._enabled = enabled
        self._fault = fault
        self._conditions = conditions
        self._policy = policy or ConnectionPolicy()
        self._random = random.Random(zlib.crc32(name.encode()))
        self._items = [
            _item(tag, keep_all) for tag in tags if tag.access.is_readable and tag.address is not None
        ]
        open_ids = {tag.id for tag in tags if wants(tag)}
        self._described_items = [item for item in self._items if item.tag_id in open_ids]
        self._tag_ids = np.array([item.tag_id for item in self._items], np.int32)
        self._ids_of_period = {
            period_ms: np.array(
                [item.tag_id for item in self._items if item.period_ms == period_ms], np.int32
            )
            for period_ms in {item.period_ms for item in self._items}
        }
        self._state = ConnectionState.DISABLED
        self._since_ns = clock.now_ns()
        self._text = "Not started." if enabled else "Switched off in the project."
        self._device = ""
        self._bad_tags = 0
        self._all_failed = False
        self._failed_ns = 0
        self._failed_example = ""
        self._last_fault = 0
        self._retry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._session: Session | None = None
        self._failures = 0
        self._established_ns = 0
        self._ever_connected = False
        self._counters = Counters(clock)
        self._writes = Writes(
            clock, feed.current, self._take_read_back, self._policy.read_back_s, self._policy.write_most_s
        )

    @property
    def state(self) -> ConnectionState:
        """Return the present state."""
        return self._state

    @property
    def tag_ids(self) -> NDArray[np.int32]:
        """Return the ids of the tags that are read from the device."""
        return self._tag_ids

    @property
    def driver(self) -> Driver | None:
        """Return the driver while the device is connected, for diagnostics; None otherwise."""
        return self._driver if self._session is not None else None

    @property
    def items(self) -> Sequence[Item]:
        """Return what is read from the device, one item per tag of :attr:`tag_ids`."""
        return self._items

    @property
    def frames(self) -> FrameTap | None:
        """Return the tap of the driver's frames; None before the first attempt and when it shows none."""
        driver: object = self._driver
        return driver.frames if isinstance(driver, Tapped) else None

    def new_driver(self) -> Driver:
        """Make another driver with the connection's options, for a test beside the supervision.

        Raises:
            DriverError: the options are wrong.
        """
        return self._make_driver()

    def start(self) -> None:
        """Begin the supervision; a connection that is switched off only marks its tags."""
        if not self._enabled:
            self._feed.mark(self._tag_ids, int(StatusCode.BadNotConnected))
            self._feed.connection_changed(self.status())
            return
        if self._fault:
            self._enter(ConnectionEvent.ENABLED, "Checking the configuration.")
            self._enter(ConnectionEvent.MISCONFIGURED, f"Not started: {self._fault}. Mend it in the project.")
            self._feed.mark(self._tag_ids, int(StatusCode.BadConfigurationError))
            return
        self._enter(ConnectionEvent.ENABLED, "Connecting to the device.")
        self._task = asyncio.create_task(self._supervise(), name=f"connection {self.name}")

    async def stop(self) -> None:
        """End the supervision and close the driver; leaves no task. Safe to call twice."""
        task, self._task = self._task, None
        if task is None:
            return
        self._is_stopping = True
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self._is_stopping = False
        self._enter(ConnectionEvent.DISABLED, "Stopped.")

    def status(self) -> ConnectionStatus:
        """Return state, sentence and counters."""
        counters = self._counters
        p50_ms, p99_ms = counters.percentiles_ms()
        return ConnectionStatus(
            name=self.name,
            driver=self._driver_name,
            state=self._state,
            text=self._text,
            device=self._device,
            plan=self._driver.plan() if self._session is not None and self._driver is not None else "",
            since_ns=self._since_ns,
            tags=len(self._items),
            bad_tags=self._bad_tags,
            requests=counters.requests,
            errors=counters.errors,
            reconnects=counters.reconnects,
            request_p50_ms=p50_ms,
            request_p99_ms=p99_ms,
            values_per_s=counters.values_per_s(),
            sent_bytes=counters.sent_bytes,
            received_bytes=counters.received_bytes,
            fault=self._last_fault,
        )

    def retry_now(self) -> None:
        """Try again at once if the device is not connected: what kept it away has just been mended."""
        if self._session is None:
            self._retry.set()

    def reconnect(self, reason: str) -> None:
        """End the session, if there is one, and connect anew; what a connect checks may have changed."""
        if self._session is not None:
            self._session.end(reason)

    def review(self, bad_tags: int, aged_tags: int, example: str) -> None:
        """Judge the connection by its tags: how many are bad or late; ``example`` names one of them.

        When all of them have just failed, the device is pinged rather than waited for.
        """
        self._bad_tags = bad_tags
        failing = bad_tags + aged_tags
        all_failed, self._all_failed = self._all_failed, failing == len(self._items)
        if self._all_failed and failing and not all_failed and self._session is not None:
            self._session.probe()
        now_ns = self._clock.monotonic_ns()
        if failing == 0:
            steady_ns = self._failed_ns + round(self._policy.steady_s * NS_PER_S)
            if self._state is ConnectionState.DEGRADED and now_ns < steady_ns:
                self._text = (
                    f"All {len(self._items)} tags are good again; a moment ago some were not, "
                    f"for example {self._failed_example}."
                )
                return
            self._enter(ConnectionEvent.ITEMS_RECOVERED, self._all_well())
            return
        self._failed_ns, self._failed_example = now_ns, example
        settled_ns = self._established_ns + round(self._policy.settle_s * NS_PER_S)
        if now_ns >= settled_ns:
            text = f"{failing} of {len(self._items)} tags have no good value, for example {example}."
            if failing == 1:
                text = f"One of {len(self._items)} tags has no good value: {example}."
            self._enter(ConnectionEvent.ITEMS_FAILED, text)
            if self._state is ConnectionState.DEGRADED:
                self._text = text

    async def write(self, tag: Tag, value: Value, request: WriteRequest) -> WriteResult:
        """Write an engineering value and read it back; see :class:`tags.writing.Writes` for the rules."""
        driver = self._driver
        if self._session is None or driver is None:
            return refused(
                request,
                int(StatusCode.BadNotConnected),
                f"Not sent: {self.name} is {self._state.value}.",
                self._feed.current(tag.id),
                self._clock.now_ns(),
            )
        result = await self._writes.write(driver, tag, value, request)
        if result.status == StatusCode.BadTimeout and self._session is not None:
            self._session.probe()
        return result

    async def operate_condition(self, request: ConditionRequest) -> tuple[str, int]:
        """Ask the device to do something with one of its conditions; raises nothing.

        Return why not in words, empty when it was done, and the device's status.
        """
        driver: object = self._driver
        if self._session is None or not isinstance(driver, ConditionSource):
            return f"not sent: {self.name} is {self._state.value}", int(StatusCode.BadNotConnected)
        try:
            async with asyncio.timeout(self._policy.write_most_s):
                await driver.operate_condition(request)
        except TimeoutError:
            return f"{self.name} did not answer; look whether it was done", int(StatusCode.BadTimeout)
        except DriverError as error:
            return str(error), error.status
        return "", int(StatusCode.Good)

    # Supervision

    async def _supervise(self) -> None:
        while True:
            session = Session(self._receive, self._counters, self._policy.watchdog_s, self._clock)
            pause_s: float
            try:
                await self._serve(session)
            except DriverError as error:
                if error.fault is DriverFault.CONFIGURATION:
                    pause_s = self._misconfigured(error)
                else:
                    pause_s = self._lost(error)
            except TagError as error:
                pause_s = self._misconfigured(error)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if self._is_stopping or task is None or task.cancelling():
                    raise
                # Nobody asked for it; ended by it, this connection would never come back.
                pause_s = self._lost(DriverError(DriverFault.LOST, "the driver cancelled its own work"))
            except Exception as error:  # noqa: BLE001 - a driver's bug must not end its supervision unseen
                _log.exception("%s: the driver failed in an unforeseen way", self.name)
                pause_s = self._misconfigured(error)
            finally:
                self._session = None
                await session.close()
                await self._close_driver()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._retry.wait()
            self._retry.clear()

    async def _close_driver(self) -> None:
        if self._driver is None:
            return
        try:
            await self._driver.close()
        except Exception:  # noqa: BLE001 - as above: the next attempt must come
            _log.exception("%s: the driver did not close in good order", self.name)

    async def _serve(self, session: Session) -> None:
        """Connect, and return only by raising why the connection ended."""
        if self._driver is None:
            self._driver = self._make_driver()
        self._device = await self._connect(self._driver)
        if self._is_stopping:
            # A library that waits by asyncio.wait_for swallows a cancellation that comes as its wait ends
            # (CPython 3.11), and this connection would go on for ever.
            raise asyncio.CancelledError
        # A hung device still accepts TCP connections; only an answer proves that it is there.
        await session.ping(self._driver)
        self._established(session)
        facts = FactsWanted(self._described_items, self._feed.described)
        await session.run(self._driver, self._items, self._conditions, facts)

    async def _connect(self, driver: Driver) -> str:
        most_s = self._policy.connect_most_s
        try:
            async with asyncio.timeout(most_s):
                return await driver.connect()
        except TimeoutError:
            raise DriverError(DriverFault.LOST, f"the driver did not connect within {most_s:g} s") from None

    def _established(self, session: Session) -> None:
        self._session = session
        self._established_ns = self._clock.monotonic_ns()
        if not self._items:
            self._failures = 0
        if self._ever_connected:
            self._counters.reconnects += 1
        if self._state in (ConnectionState.UNAVAILABLE, ConnectionState.FAILED):
            _log.info("%s: connected again to %s", self.name, self._device)
        self._ever_connected = True
        self._last_fault = 0
        self._enter(ConnectionEvent.ESTABLISHED, self._all_well())

    def _lost(self, error: Exception) -> float:
        """Note that the device is gone, and return the pause before the next attempt, in seconds."""
        self._fail(ConnectionEvent.LOST, StatusCode.BadNoCommunication, error, "Attempts to reconnect go on.")
        doubled_s = self._policy.retry_first_s * 2.0 ** min(self._failures, 20)
        self._failures += 1
        most_s = self._policy.retry_most_s
        pause_s = min(doubled_s, most_s)
        return self._random.uniform(0.75 * pause_s, min(1.25 * pause_s, most_s))

    def _misconfigured(self, error: Exception) -> float:
        """Note a fault that an attempt does not mend, and return the pause before the next, in seconds."""
        self._fail(
            ConnectionEvent.MISCONFIGURED,
            StatusCode.BadConfigurationError,
            error,
            "Somebody must mend this; it is tried again from time to time.",
        )
        if self._last_fault == StatusCode.BadCertificateUntrusted:
            return self._policy.retry_untrusted_s
        return self._policy.retry_failed_s

    def _fail(self, event: ConnectionEvent, status: StatusCode, error: Exception, outlook: str) -> None:
        self._session = None
        self._bad_tags = len(self._items)
        reason = str(error) or type(error).__name__
        self._last_fault = error.status if isinstance(error, DriverError) else int(status)
        before = self._state
        # An address stays as it is written.
        first = reason[:1] if "://" in reason.partition(" ")[0] else reason[:1].upper()
        text = f"{first}{reason[1:].rstrip('.')}. {outlook}"
        # The loss is told before its tags are bad: then it explains their alarms from the first (ALM-11).
        self._enter(event, text)
        self._text = text
        self._feed.mark(self._tag_ids, int(status))
        if self._state is not before:
            _log.warning("%s: %s", self.name, reason)

    def _receive(self, session: Session, batch: Batch | None, period_ms: int, age_ns: int) -> None:
        """Take samples of the running session, or (None) its word that a period's items are unchanged."""
        if session is not self._session:
            return
        self._failures = 0
        if batch is None:
            self._feed.confirm(self._ids_of_period.get(period_ms, self._tag_ids[:0]), age_ns)
        else:
            self._counters.values += len(batch)
            # A polled value is as old as its request; who reports changes by itself says how old they are.
            is_polled = self._driver is not None and not self._driver.capabilities.pushes
            self._feed.deliver(batch, session.answer_ns if is_polled else age_ns)

    def _take_read_back(self, batch: Batch) -> None:
        if self._session is not None:
            self._feed.deliver(batch)

    def _enter(self, event: ConnectionEvent, text: str) -> None:
        state = TRANSITIONS[self._state].get(event)
        if state is None or state is self._state:
            return
        self._state = state
        self._text = text
        self._since_ns = self._clock.now_ns()
        self._feed.connection_changed(self.status())

    def _all_well(self) -> str:
        if not self._items:
            return "The device answers; no tag is read from it."
        return "The device answers and all tags are up to date."


def _item(tag: Tag, keep_all: Collection[int]) -> Item:
    if tag.address is None:
        raise ValueError(f"{tag.path} has a connection but no address")
    is_kept = tag.log.mode is not LogMode.OFF or tag.id in keep_all
    return Item(tag.id, tag.address, tag.data_type, tag.period_ms, is_kept)
