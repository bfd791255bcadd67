"""The publish requests of one session, shared by all its subscriptions: values and conditions."""

import asyncio
import logging
import math
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from asyncua import ua

from tags.clock import NS_PER_MS, NS_PER_S, Clock
from tags.drivers.base import DriverError, DriverFault
from tags.drivers.opcua_clock import answer_filetime
from tags.drivers.opcua_decode import Published, decode_publish
from tags.drivers.opcua_failures import code_name
from tags.drivers.opcua_session import Session
from tags.status import StatusCode

_log = logging.getLogger(__name__)

_DELETE_TIMEOUT_S = 0.5
_WATCHDOG_MARGIN_S = 2.0
_LIFETIME_S = 30.0
_MIN_LIFETIME_COUNT = 10
_LAST_NUMBER = 2**32 - 1
_DOUBT_NS: Final = 100 * NS_PER_MS
SLOWER: Final = 1.5
"""A publishing interval so many times the one asked for is told to people."""


class Subscriber(Protocol):
    """Take the messages of subscriptions."""

    def take(self, subscription_id: int, published: Published) -> None:
        """Take a message in its turn; also a keep-alive."""
        ...

    async def make_good(self, subscription_id: int, gap: range) -> None:
        """Get what messages held that never came.

        Raises:
            DriverError: the connection failed.
        """
        ...


@dataclass(slots=True)
class Subscription:
    """Hold one subscription on the server; ``seen_s`` is the loop time of its last message.

    ``next_number`` is the sequence number expected next, None before the first message.
    """

    period_ms: int
    interval_s: float
    keep_alive: int
    seen_s: float
    subscriber: Subscriber
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


class Publisher:
    """Create subscriptions, keep publish requests waiting at the server, and hand each message over.

    A server answers a publish request with a message of whichever subscription has one, so that all
    subscriptions of a session share theirs. Event loop only, for one session.
    """

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self.doubted = asyncio.Event()
        """Is set when a message seems held up: either it was, or the server's clock was set back."""
        self._subscriptions: dict[int, Subscription] = {}
        self._acknowledgements: list[ua.SubscriptionAcknowledgement] = []

    async def create(self, period_ms: int, subscriber: Subscriber) -> tuple[int, Subscription]:
        """Create a subscription whose messages go to ``subscriber``; return its id and terms.

        Raises:
            DriverError: the server refuses it, or the connection failed.
        """
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
        if interval_ms > SLOWER * period_ms:
            _log.info("the server publishes every %g ms where %d ms were asked for", interval_ms, period_ms)
        subscription_id = int(result.SubscriptionId)
        held = Subscription(
            period_ms,
            interval_ms / 1000,
            max(1, int(result.RevisedMaxKeepAliveCount)),
            asyncio.get_running_loop().time(),
            subscriber,
        )
        self._subscriptions[subscription_id] = held
        return subscription_id, held

    async def delete(self, subscription_ids: Iterable[int]) -> None:
        """Tidy up on a session that goes on; where the connection is gone the server does it by itself."""
        gone = [key for key in subscription_ids if self._subscriptions.pop(key, None) is not None]
        if not gone or not self._session.is_alive:
            return
        with suppress(Exception):
            async with asyncio.timeout(_DELETE_TIMEOUT_S):
                await self._session.services.delete_subscriptions(gone)

    async def publish(self) -> None:
        """Keep one publish request waiting at the server, and hand over what comes back; never returns.

        Raises:
            DriverError: the connection failed, or the server ended a subscription.
        """
        loop = asyncio.get_running_loop()
        while True:
            request = ua.PublishRequest()
            request.Parameters.SubscriptionAcknowledgements = self._acknowledgements
            self._acknowledgements = []
            sent_ns = self._clock.monotonic_ns()
            async with self._session.translated("publishing"):
                body = bytes(await self._session.protocol.send_request(request, 0))
                published = decode_publish(body)
            received_ns = self._clock.monotonic_ns()
            self._session.server_clock.heard(answer_filetime(body), sent_ns, received_ns)
            subscription_id = published.subscription_id
            subscription = self._subscriptions.get(subscription_id)
            if subscription is None:
                continue
            subscription.seen_s = loop.time()
            self.date(published, received_ns, sent_ns)
            if published.age_ns > max(_DOUBT_NS, round(subscription.interval_s * NS_PER_S) // 2):
                self.doubted.set()
            if published.ended is not None:
                raise DriverError(
                    DriverFault.LOST,
                    f"the server ended the subscription: {code_name(published.ended)}",
                    published.ended,
                )
            if not published.keep_alive:
                self._acknowledgements.append(
                    ua.SubscriptionAcknowledgement(
                        SubscriptionId=subscription_id, SequenceNumber=published.sequence_number
                    )
                )
            gap = subscription.gap(published.sequence_number, keep_alive=published.keep_alive)
            if gap:
                await subscription.subscriber.make_good(subscription_id, gap)
            subscription.subscriber.take(subscription_id, published)

    def date(self, published: Published, received_ns: int, sent_ns: int | None = None) -> None:
        """Note how old a message is by the server's clock; a repeated one keeps its first time."""
        published.age_ns = self._session.server_clock.age_ns(published.filetime, received_ns, sent_ns)

    def silence_left_s(self, subscription_ids: Collection[int]) -> float:
        """Return how long these may stay silent yet, in seconds.

        With a keep-alive in every interval, two intervals without a message are one too many.

        Raises:
            DriverError: one has been silent for too long.
        """
        now_s = asyncio.get_running_loop().time()
        margin_s = min(self._session.timeout_s, _WATCHDOG_MARGIN_S)
        least_s = math.inf
        for key in subscription_ids:
            subscription = self._subscriptions[key]
            allowed_s = 2 * subscription.interval_s * subscription.keep_alive + margin_s
            left_s = subscription.seen_s + allowed_s - now_s
            if left_s <= 0:
                raise DriverError(
                    DriverFault.TIMEOUT,
                    f"the server has been silent for {allowed_s:.1f} s",
                    int(StatusCode.BadTimeout),
                )
            least_s = min(least_s, left_s)
        return least_s


def _ignore(_result: Any) -> None:
    """Take the place of the library's callback; the publisher reads the publish responses itself."""
