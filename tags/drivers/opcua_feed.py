"""The values of one session: subscribe to items, watch for silence, deliver whole messages."""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from asyncua import ua

from tags.clock import Clock
from tags.counting import counted
from tags.drivers.base import DriverError, DriverFault, Item, Sink
from tags.drivers.opcua_columns import Columns, ItemTable
from tags.drivers.opcua_decode import Published, columns_of, published_of
from tags.drivers.opcua_failures import code_name
from tags.drivers.opcua_publishing import SLOWER, Publisher, Subscription
from tags.drivers.opcua_session import Session
from tags.drivers.tasks import run_together
from tags.model import Batch
from tags.status import StatusCode

_log = logging.getLogger(__name__)

_STATE_EVERY_S = 5.0
_MIN_QUEUE, _MAX_QUEUE = 10, 1000
_RUNNING = 0
_MOST_REPUBLISHED = 10
"""So many lost messages are asked for again one by one; beyond that the values are read."""


@dataclass(slots=True)
class _Held:
    """Hold one of the feed's subscriptions; ``items`` are client handle and node of what it monitors."""

    terms: Subscription
    items: list[tuple[int, ua.NodeId]] = field(default_factory=list)


class Feed:
    """Deliver items to a sink until cancelled or the connection fails. Event loop only, for one use."""

    def __init__(
        self,
        session: Session,
        publisher: Publisher,
        items: Sequence[Item],
        sink: Sink,
        clock: Clock,
        sampling_ms: int,
        max_items: int,
    ) -> None:
        self._session = session
        self._publisher = publisher
        self._items = items
        self._sink = sink
        self._clock = clock
        self._sampling_ms = sampling_ms
        self._max_items = max_items
        self._table = ItemTable(items)
        self._subscriptions: dict[int, _Held] = {}
        self._unconfirmed: dict[int, set[int]] = {}
        self._oldest_ns: dict[int, int] = {}
        self._refused = 0
        self._coarse: set[int] = set()
        self._lost = 0

    @property
    def plan(self) -> str:
        """Return one line on the subscriptions."""
        tags, subscriptions = len(self._items) - self._refused, len(self._subscriptions)
        text = f"{counted(tags, 'tag')} in {counted(subscriptions, 'subscription')}"
        if self._refused:
            text += f", {self._refused} refused by the server"
        for (period_ms, interval_ms), count in sorted(self._slower().items()):
            tags_text = counted(count, "tag")
            text += (
                f"; the server reports {tags_text} every {interval_ms:g} ms, asked for were {period_ms} ms"
            )
        if self._coarse:
            text += f"; it may miss short changes of {counted(len(self._coarse), 'logged or alarmed tag')}"
        if self._lost:
            text += f"; {counted(self._lost, 'message')} lost on the way and fetched again"
        return text

    def _slower(self) -> dict[tuple[int, float], int]:
        """Return how many items come more slowly than asked, by asked and granted period in milliseconds."""
        found: dict[tuple[int, float], int] = {}
        for held in self._subscriptions.values():
            terms = held.terms
            if terms.interval_s * 1000 > SLOWER * terms.period_ms:
                key = (terms.period_ms, terms.interval_s * 1000)
                found[key] = found.get(key, 0) + len(held.items)
        return found

    async def run(self) -> None:
        """Create the subscriptions and serve them.

        Raises:
            DriverError: the connection failed, or the server ended a subscription.
        """
        self._session.sink = self._sink
        try:
            await self._create_all()
            publishers = range(len(self._subscriptions) + 1)
            await run_together(
                [
                    *((f"opcua publish {number}", self._publisher.publish()) for number in publishers),
                    ("opcua watchdog", self._watch()),
                ]
            )
        except asyncio.CancelledError:
            await self._publisher.delete(self._subscriptions)
            raise
        finally:
            self._session.sink = None

    async def _create_all(self) -> None:
        failed: list[tuple[int, int]] = []
        by_period: dict[int, list[tuple[int, Item, ua.NodeId]]] = {}
        for handle, item in enumerate(self._items):
            node_id = self._session.node_id(item.address)
            if node_id is None:
                failed.append((item.tag_id, int(StatusCode.BadNodeIdUnknown)))
            else:
                by_period.setdefault(item.period_ms, []).append((handle, item, node_id))
        for period_ms, members in sorted(by_period.items()):
            for at in range(0, len(members), self._max_items):
                subscription_id, terms = await self._publisher.create(period_ms, self)
                self._subscriptions[subscription_id] = _Held(terms)
                failed += await self._monitor(subscription_id, members[at : at + self._max_items])
            self._unconfirmed[period_ms] = self._ids_of(period_ms)
        self._refused = len(failed)
        if failed:
            at_ns = self._clock.now_ns()
            samples = [(tag_id, None, status, at_ns) for tag_id, status in failed]
            self._sink.deliver(Batch.of(samples, at_ns))

    async def _monitor(
        self, subscription_id: int, members: Sequence[tuple[int, Item, ua.NodeId]]
    ) -> list[tuple[int, int]]:
        """Create monitored items in batches; return tag id and status of those that the server refuses."""
        failed: list[tuple[int, int]] = []
        limit = self._session.limits.monitor
        for at in range(0, len(members), limit):
            some = members[at : at + limit]
            parameters = ua.CreateMonitoredItemsParameters()
            parameters.SubscriptionId = subscription_id
            parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            parameters.ItemsToCreate = [self._monitored(*member) for member in some]
            results = await self._session.request_all(
                "creating monitored items",
                self._session.services.create_monitored_items,
                parameters,
                len(some),
            )
            held = self._subscriptions[subscription_id]
            for (handle, item, node_id), result in zip(some, results, strict=True):
                if result.StatusCode.is_good():
                    held.items.append((handle, node_id))
                if not result.StatusCode.is_good():
                    failed.append((item.tag_id, int(result.StatusCode.value)))
                elif item.keep_all and (
                    result.RevisedQueueSize < 2 or result.RevisedSamplingInterval > item.period_ms
                ):
                    self._coarse.add(item.tag_id)
        return failed

    def _monitored(self, handle: int, item: Item, node_id: ua.NodeId) -> ua.MonitoredItemCreateRequest:
        request = ua.MonitoredItemCreateRequest()
        request.ItemToMonitor.NodeId = node_id
        request.ItemToMonitor.AttributeId = ua.AttributeIds.Value
        request.MonitoringMode = ua.MonitoringMode.Reporting
        parameters = ua.MonitoringParameters()
        parameters.ClientHandle = handle
        parameters.DiscardOldest = True
        if item.keep_all:
            sampling_ms = max(1, min(self._sampling_ms, item.period_ms))
            wanted = 2 * math.ceil(item.period_ms / sampling_ms)
            parameters.SamplingInterval = float(sampling_ms)
            parameters.QueueSize = min(_MAX_QUEUE, max(_MIN_QUEUE, wanted))
        else:
            parameters.SamplingInterval = float(item.period_ms)
            parameters.QueueSize = 1
        request.RequestedParameters = parameters
        return request

    def take(self, subscription_id: int, published: Published) -> None:
        """Deliver the values of a message; see :class:`tags.drivers.opcua_publishing.Subscriber`."""
        self._deliver(published.items, published.age_ns)
        period_ms = self._subscriptions[subscription_id].terms.period_ms
        self._oldest_ns[period_ms] = max(self._oldest_ns.get(period_ms, 0), published.age_ns)
        if not published.more and period_ms in self._unconfirmed:
            self._confirm(subscription_id, period_ms)

    def _deliver(self, messages: Sequence[Columns], age_ns: int) -> None:
        receive_ns = self._clock.now_ns()
        for columns in messages:
            if len(columns):
                self._sink.deliver(self._table.batch(columns, receive_ns), age_ns)

    async def make_good(self, subscription_id: int, gap: range) -> None:
        """Get what lost messages held: the messages again, or else the present values.

        A server reports a change once: without this a value whose report was lost would stay good and wrong
        until it changes again.
        """
        self._lost += len(gap)
        if self._lost == len(gap):
            _log.info("messages of the server were lost on the way; the values are fetched again")
        try:
            if len(gap) <= _MOST_REPUBLISHED:
                for number in gap:
                    message = await self._session.request(
                        "asking for a lost message", self._session.services.republish, subscription_id, number
                    )
                    published = published_of(subscription_id, message)
                    self._publisher.date(published, self._clock.monotonic_ns())
                    self._deliver(published.items, published.age_ns)
                return
        except DriverError as error:
            if error.fault in (DriverFault.LOST, DriverFault.TIMEOUT):
                raise
        held = self._subscriptions[subscription_id]
        wanted = [(node_id, ua.AttributeIds.Value) for _, node_id in held.items]
        asked_ns = self._clock.monotonic_ns()
        results = await self._session.read(wanted)
        self._deliver(
            [
                columns_of(
                    [
                        ua.MonitoredItemNotification(ClientHandle=handle, Value=result)
                        for (handle, _), result in zip(held.items, results, strict=True)
                    ]
                )
            ],
            self._clock.monotonic_ns() - asked_ns,
        )

    def _confirm(self, subscription_id: int, period_ms: int) -> None:
        """Tell the sink that a period's items are fresh once all its subscriptions have reported."""
        waiting = self._unconfirmed[period_ms]
        waiting.discard(subscription_id)
        if not waiting:
            self._unconfirmed[period_ms] = self._ids_of(period_ms)
            self._sink.refreshed(period_ms, self._oldest_ns.pop(period_ms, 0))

    def _ids_of(self, period_ms: int) -> set[int]:
        return {key for key, held in self._subscriptions.items() if held.terms.period_ms == period_ms}

    async def _watch(self) -> None:
        """End when a subscription is silent.

        Now and then the server's state is read as well: for the counters, because a server that is about to
        stop says so there, and because a short request tells its time best. So it is at once when a message
        seems held up.
        """
        loop = asyncio.get_running_loop()
        state_at_s = loop.time() + _STATE_EVERY_S
        doubted = self._publisher.doubted
        while True:
            if doubted.is_set():
                state_at_s = min(state_at_s, loop.time())
            wait_s = state_at_s - loop.time()
            if wait_s <= 0:
                await check_state(self._session)
                doubted.clear()
                state_at_s = loop.time() + _STATE_EVERY_S
                continue
            wait_s = min(wait_s, self._publisher.silence_left_s(self._subscriptions))
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s + 0.001):
                    await doubted.wait()


async def check_state(session: Session) -> None:
    """Read the server's state.

    Raises:
        DriverError: no answer, or the server is not running.
    """
    wanted = (ua.NodeId(ua.ObjectIds.Server_ServerStatus_State), ua.AttributeIds.Value)
    (state,) = await session.read([wanted])
    if state.StatusCode is not None and not state.StatusCode.is_good():
        status = int(state.StatusCode.value)
        raise DriverError(DriverFault.REFUSED, f"the server hides its state: {code_name(status)}", status)
    if state.Value is not None and state.Value.Value not in (_RUNNING, None):
        raise DriverError(
            DriverFault.LOST, f"the server is in state {state.Value.Value}", int(StatusCode.BadServerHalted)
        )
