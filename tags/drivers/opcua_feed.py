"""The subscriptions of one session: create them, publish, watch for silence, deliver whole messages."""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua

from tags.clock import Clock
from tags.drivers.base import DriverError, DriverFault, Item, Sink
from tags.drivers.opcua_decode import Columns, ItemTable, columns_of, decode_publish, published_of
from tags.drivers.opcua_session import Session
from tags.drivers.tasks import run_together
from tags.model import Batch
from tags.status import StatusCode
from tags.status import name as status_name

_log = logging.getLogger(__name__)

_DELETE_TIMEOUT_S = 0.5
_WATCHDOG_MARGIN_S = 2.0
_STATE_EVERY_S = 5.0
_LIFETIME_S = 30.0
_MIN_LIFETIME_COUNT = 10
_MIN_QUEUE, _MAX_QUEUE = 10, 1000
_RUNNING = 0
_LAST_NUMBER = 2**32 - 1
_MOST_REPUBLISHED = 10
"""So many lost messages are asked for again one by one; beyond that the values are read."""
_SLOWER = 1.5
"""A publishing interval so many times the one asked for is told to people."""


@dataclass(slots=True)
class _Subscription:
    """Hold one subscription on the server; ``seen_s`` is the loop time of its last message.

    ``items`` are client handle and node of what it monitors; ``next_number`` is the sequence number expected
    next, None before the first message.
    """

    period_ms: int
    interval_s: float
    keep_alive: int
    seen_s: float
    items: list[tuple[int, ua.NodeId]] = field(default_factory=list)
    next_number: int | None = None

    def gap(self, number: int, *, keep_alive: bool) -> range:
        """Return the numbers of the messages that never came, and expect the one after ``number``.

        A keep-alive bears the number of the message that comes next (OPC 10000-4 section 5.14.1.1). Numbers
        that go back, such as those of a repeated message or of one that begins anew, are no gap.
        """
        expected = self.next_number
        if not keep_alive and (expected is None or number >= expected or number == 1):
            self.next_number = number + 1 if number < _LAST_NUMBER else 1
        elif keep_alive and expected is not None and number > expected:
            self.next_number = number
        if expected is None or number <= expected:
            return range(0)
        return range(expected, number)


class Feed:
    """Deliver items to a sink until cancelled or the connection fails. Event loop only, for one use."""

    def __init__(
        self,
        session: Session,
        items: Sequence[Item],
        sink: Sink,
        clock: Clock,
        sampling_ms: int,
        max_items: int,
    ) -> None:
        self._session = session
        self._items = items
        self._sink = sink
        self._clock = clock
        self._sampling_ms = sampling_ms
        self._max_items = max_items
        self._table = ItemTable(items)
        self._subscriptions: dict[int, _Subscription] = {}
        self._acknowledgements: list[ua.SubscriptionAcknowledgement] = []
        self._unconfirmed: dict[int, set[int]] = {}
        self._refused = 0
        self._coarse: set[int] = set()
        self._lost = 0

    @property
    def plan(self) -> str:
        """Return one line on the subscriptions."""
        tags, subscriptions = len(self._items) - self._refused, len(self._subscriptions)
        text = f"{_counted(tags, 'tag')} in {_counted(subscriptions, 'subscription')}"
        if self._refused:
            text += f", {self._refused} refused by the server"
        for (period_ms, interval_ms), count in sorted(self._slower().items()):
            tags_text = _counted(count, "tag")
            text += (
                f"; the server reports {tags_text} every {interval_ms:g} ms, asked for were {period_ms} ms"
            )
        if self._coarse:
            text += f"; it may miss short changes of {_counted(len(self._coarse), 'logged or alarmed tag')}"
        if self._lost:
            text += f"; {_counted(self._lost, 'message')} lost on the way and fetched again"
        return text

    def _slower(self) -> dict[tuple[int, float], int]:
        """Return how many items come more slowly than asked, by asked and granted period in milliseconds."""
        found: dict[tuple[int, float], int] = {}
        for held in self._subscriptions.values():
            if held.interval_s * 1000 > _SLOWER * held.period_ms:
                key = (held.period_ms, held.interval_s * 1000)
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
                    *((f"opcua publish {number}", self._publish()) for number in publishers),
                    ("opcua watchdog", self._watch()),
                ]
            )
        except asyncio.CancelledError:
            await self._delete_all()
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
                subscription_id = await self._create(period_ms)
                failed += await self._monitor(subscription_id, members[at : at + self._max_items])
            self._unconfirmed[period_ms] = self._ids_of(period_ms)
        self._refused = len(failed)
        if failed:
            at_ns = self._clock.now_ns()
            samples = [(tag_id, None, status, at_ns) for tag_id, status in failed]
            self._sink.deliver(Batch.of(samples, at_ns))

    async def _create(self, period_ms: int) -> int:
        parameters = ua.CreateSubscriptionParameters()
        parameters.RequestedPublishingInterval = float(period_ms)
        parameters.RequestedMaxKeepAliveCount = 1
        parameters.RequestedLifetimeCount = max(
            _MIN_LIFETIME_COUNT, math.ceil(_LIFETIME_S * 1000 / max(period_ms, 1))
        )
        parameters.MaxNotificationsPerPublish = 0
        parameters.PublishingEnabled = True
        services = self._session.services
        result = await self._session.request(
            "creating a subscription", services.create_subscription, parameters, _ignore
        )
        interval_ms = float(result.RevisedPublishingInterval)
        if interval_ms > _SLOWER * period_ms:
            _log.info("the server publishes every %g ms where %d ms were asked for", interval_ms, period_ms)
        self._subscriptions[int(result.SubscriptionId)] = _Subscription(
            period_ms,
            interval_ms / 1000,
            max(1, int(result.RevisedMaxKeepAliveCount)),
            asyncio.get_running_loop().time(),
        )
        return int(result.SubscriptionId)

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

    async def _delete_all(self) -> None:
        """Tidy up on a session that goes on; where the connection is gone the server does it by itself."""
        if not self._subscriptions or not self._session.is_alive:
            return
        with suppress(Exception):
            async with asyncio.timeout(_DELETE_TIMEOUT_S):
                await self._session.services.delete_subscriptions(list(self._subscriptions))

    async def _publish(self) -> None:
        """Keep one publish request waiting at the server, and deliver what comes back."""
        loop = asyncio.get_running_loop()
        while True:
            request = ua.PublishRequest()
            request.Parameters.SubscriptionAcknowledgements = self._acknowledgements
            self._acknowledgements = []
            async with self._session.translated("publishing"):
                published = decode_publish(bytes(await self._session.protocol.send_request(request, 0)))
            subscription = self._subscriptions.get(published.subscription_id)
            if subscription is None:
                continue
            subscription.seen_s = loop.time()
            if published.ended is not None:
                raise DriverError(
                    DriverFault.LOST,
                    f"the server ended the subscription: {status_name(published.ended)}",
                    published.ended,
                )
            if not published.keep_alive:
                self._acknowledgements.append(
                    ua.SubscriptionAcknowledgement(
                        SubscriptionId=published.subscription_id, SequenceNumber=published.sequence_number
                    )
                )
            gap = subscription.gap(published.sequence_number, keep_alive=published.keep_alive)
            if gap:
                await self._make_good(published.subscription_id, subscription, gap)
            self._deliver(published.items)
            if not published.more:
                self._confirm(published.subscription_id, subscription.period_ms)

    def _deliver(self, messages: Sequence[Columns]) -> None:
        receive_ns = self._clock.now_ns()
        for columns in messages:
            if len(columns):
                self._sink.deliver(self._table.batch(columns, receive_ns))

    async def _make_good(self, subscription_id: int, held: _Subscription, gap: range) -> None:
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
                    self._deliver(published_of(subscription_id, message).items)
                return
        except DriverError as error:
            if error.fault in (DriverFault.LOST, DriverFault.TIMEOUT):
                raise
        wanted = [(node_id, ua.AttributeIds.Value) for _, node_id in held.items]
        results = await self._session.read(wanted)
        self._deliver(
            [
                columns_of(
                    [
                        ua.MonitoredItemNotification(ClientHandle=handle, Value=result)
                        for (handle, _), result in zip(held.items, results, strict=True)
                    ]
                )
            ]
        )

    def _confirm(self, subscription_id: int, period_ms: int) -> None:
        """Tell the sink that a period's items are fresh once all its subscriptions have reported."""
        waiting = self._unconfirmed[period_ms]
        waiting.discard(subscription_id)
        if not waiting:
            self._unconfirmed[period_ms] = self._ids_of(period_ms)
            self._sink.refreshed(period_ms)

    def _ids_of(self, period_ms: int) -> set[int]:
        return {key for key, held in self._subscriptions.items() if held.period_ms == period_ms}

    async def _watch(self) -> None:
        """End when a subscription is silent: with a keep-alive in every interval, two are one too many.

        Now and then the server's state is read as well: for the counters, and because a server that is about
        to stop says so there.
        """
        loop = asyncio.get_running_loop()
        margin_s = min(self._session.timeout_s, _WATCHDOG_MARGIN_S)
        state_at_s = loop.time() + _STATE_EVERY_S
        while True:
            wait_s = state_at_s - loop.time()
            if wait_s <= 0:
                await check_state(self._session)
                state_at_s = loop.time() + _STATE_EVERY_S
                continue
            for subscription in self._subscriptions.values():
                allowed_s = 2 * subscription.interval_s * subscription.keep_alive + margin_s
                left_s = subscription.seen_s + allowed_s - loop.time()
                if left_s <= 0:
                    raise DriverError(
                        DriverFault.TIMEOUT,
                        f"the server has been silent for {allowed_s:.1f} s",
                        int(StatusCode.BadTimeout),
                    )
                wait_s = min(wait_s, left_s)
            await asyncio.sleep(wait_s + 0.001)


async def check_state(session: Session) -> None:
    """Read the server's state.

    Raises:
        DriverError: no answer, or the server is not running.
    """
    wanted = (ua.NodeId(ua.ObjectIds.Server_ServerStatus_State), ua.AttributeIds.Value)
    (state,) = await session.read([wanted])
    if state.StatusCode is not None and not state.StatusCode.is_good():
        status = int(state.StatusCode.value)
        raise DriverError(DriverFault.REFUSED, f"the server hides its state: {status_name(status)}", status)
    if state.Value is not None and state.Value.Value not in (_RUNNING, None):
        raise DriverError(
            DriverFault.LOST, f"the server is in state {state.Value.Value}", int(StatusCode.BadServerHalted)
        )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _ignore(_result: Any) -> None:
    """Take the place of the library's callback; the feed reads the publish responses itself."""
