"""OPC UA over asyncua: subscriptions whose notification messages go straight into columns.

The driver runs the session by the library's public services and owns all its tasks: publish requests,
watchdog and renewal of the channel. The library's subscription objects are not used: they make a task for
each value.
"""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlparse
from uuid import UUID

import numpy as np
from asyncua import Client, ua
from asyncua.client.ua_session import UaSession

from tags.addresses.opcua import IdentifierKind, OpcUaAddress
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
from tags.drivers.opcua_decode import ItemTable, columns_of, decode_publish
from tags.drivers.opcua_security import application_uri, secure
from tags.drivers.opcua_types import browse_type, variant_of
from tags.drivers.tasks import run_together
from tags.errors import ValueRefusedError
from tags.model import Batch, DataType, Value
from tags.status import StatusCode
from tags.status import name as status_name

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_CAPABILITIES = Capabilities(
    pushes=True, browses=True, writes=True, source_time=True, data_types=frozenset(DataType)
)
_CLOSE_TIMEOUT_S = 0.5
_WATCHDOG_MARGIN_S = 2.0
_DEFAULT_BATCH = 1000
_LIFETIME_S = 30.0
_MIN_LIFETIME_COUNT = 10
_RENEW_AFTER = 0.75
"""OPC 10000-4 section 5.5.2.1: renew the channel after three quarters of its life."""

_LOST_CODES = frozenset(
    {
        ua.StatusCodes.BadSessionIdInvalid,
        ua.StatusCodes.BadSessionClosed,
        ua.StatusCodes.BadSecureChannelIdInvalid,
        ua.StatusCodes.BadSecureChannelClosed,
        ua.StatusCodes.BadConnectionClosed,
        ua.StatusCodes.BadServerHalted,
        ua.StatusCodes.BadShutdown,
        ua.StatusCodes.BadNoSubscription,
        ua.StatusCodes.BadSubscriptionIdInvalid,
        ua.StatusCodes.BadTcpInternalError,
        ua.StatusCodes.BadCommunicationError,
    }
)
_CONFIGURATION_CODES = frozenset(
    {
        ua.StatusCodes.BadUserAccessDenied,
        ua.StatusCodes.BadIdentityTokenRejected,
        ua.StatusCodes.BadIdentityTokenInvalid,
        ua.StatusCodes.BadSecurityPolicyRejected,
        ua.StatusCodes.BadSecurityModeRejected,
        ua.StatusCodes.BadSecurityModeInsufficient,
        ua.StatusCodes.BadCertificateUntrusted,
        ua.StatusCodes.BadCertificateInvalid,
        ua.StatusCodes.BadSecurityChecksFailed,
    }
)


@dataclass(slots=True)
class _Limits:
    """Hold the server's operation limits; 0 on the wire means none."""

    read: int = _DEFAULT_BATCH
    monitor: int = _DEFAULT_BATCH
    browse: int = _DEFAULT_BATCH


@dataclass(slots=True)
class _Subscription:
    """Hold one subscription on the server; ``seen_s`` is the loop time of its last message."""

    period_ms: int
    interval_s: float
    keep_alive: int
    seen_s: float


@dataclass(slots=True)
class _Feed:
    """Hold what a running ``subscribe`` needs."""

    table: ItemTable
    sink: Sink
    subscriptions: dict[int, _Subscription] = field(default_factory=dict)
    acknowledgements: list[ua.SubscriptionAcknowledgement] = field(default_factory=list)
    unconfirmed: dict[int, set[int]] = field(default_factory=dict)
    """By period: the subscriptions that have not reported since the items were last confirmed."""


class _Session(UaSession):  # type: ignore[misc]
    """Leave publishing to the driver."""

    def ensure_publish_loop(self) -> None:
        """Start no loop of the library's."""


def create(options: DriverOptions, clock: Clock) -> "OpcUaDriver":
    """Make an OPC UA driver with the options declared in the catalogue."""
    return OpcUaDriver(options, clock)


class OpcUaDriver:
    """Speak OPC UA to one server. All methods run on the event loop."""

    def __init__(self, options: DriverOptions, clock: Clock) -> None:
        self._clock = clock
        self._url = str(options["url"])
        self._user = str(options["user"])
        self._password = str(options["password"])
        self._security = str(options["security"])
        self._policy = str(options["security_policy"])
        self._timeout_s = float(options["timeout_s"])
        self._sampling_ms = int(options["sampling_ms"])
        self._max_items = max(1, int(options["max_items"]))
        self._client: Client | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._limits = _Limits()
        self._namespaces: list[str] = []
        self._variant_types: dict[ua.NodeId, tuple[ua.VariantType, bool]] = {}
        self._sink: Sink | None = None
        self._plan = "no tags subscribed"

    @property
    def capabilities(self) -> Capabilities:
        """Return what this driver can do."""
        return _CAPABILITIES

    # Link.

    async def connect(self) -> str:
        """Open channel and session, and read who the server is and what it allows."""
        await self.close()
        try:
            address = urlparse(self._url)
            valid = address.scheme == "opc.tcp" and bool(address.hostname) and (address.port or 4840) > 0
        except ValueError:
            valid = False
        if not valid:
            raise DriverError(
                DriverFault.CONFIGURATION,
                f"expected a url such as opc.tcp://192.168.0.10:4840, got {self._url!r}",
                int(StatusCode.BadConfigurationError),
            )
        client = Client(self._url, timeout=self._timeout_s)
        session = client.uaclient.session = _Session(client.uaclient)
        client.name = client.description = "Vigie"
        client.application_uri = application_uri()
        self._client = client
        try:
            async with asyncio.timeout(self._timeout_s), self._translated("connecting"):
                if self._security != "none":
                    await secure(client, self._security, self._policy)
                await client.connect_socket()
                await client.send_hello()
                await client.open_secure_channel()
                await client.create_session()
                await client.activate_session(self._user or None, self._password or None)
                text = await self._greet(session)
        except TimeoutError:
            await self.close()
            raise self._timeout("connecting") from None
        except DriverError as error:
            await self.close()
            if error.status in _CONFIGURATION_CODES:
                raise DriverError(DriverFault.CONFIGURATION, str(error), error.status) from None
            raise
        except BaseException:
            await self.close()
            raise
        self._renewal = asyncio.create_task(self._renew(client), name="opcua channel renewal")
        return text

    async def close(self) -> None:
        """Leave the session in a moment when the server answers, then drop the connection in any case."""
        client, self._client = self._client, None
        renewal, self._renewal = self._renewal, None
        self._variant_types.clear()
        if renewal is not None:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)
        if client is None:
            return
        protocol = client.uaclient.protocol
        try:
            if protocol is not None and not protocol.is_closed and client.uaclient.has_session:
                with suppress(Exception):
                    async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                        await client.uaclient.close_session(True)
                        await client.close_secure_channel()
        finally:
            # Also after a cancellation: a transport that is only closed would wait for a silent peer.
            transport = None if protocol is None else protocol.transport
            if transport is not None:
                transport.abort()
            client.uaclient.disconnect_socket()
        await asyncio.sleep(0)

    async def ping(self) -> None:
        """Read the server's state."""
        (state,) = await self._read(
            [(ua.NodeId(ua.ObjectIds.Server_ServerStatus_State), ua.AttributeIds.Value)]
        )
        if state.StatusCode is not None and not state.StatusCode.is_good():
            status = int(state.StatusCode.value)
            raise DriverError(
                DriverFault.REFUSED, f"the server hides its state: {status_name(status)}", status
            )
        if state.Value is not None and state.Value.Value not in (0, None):
            raise DriverError(
                DriverFault.LOST,
                f"the server is in state {state.Value.Value}",
                int(StatusCode.BadServerHalted),
            )

    def plan(self) -> str:
        """Return one line on the subscriptions."""
        return self._plan

    # Values.

    async def subscribe(self, items: Sequence[Item], sink: Sink) -> None:
        """Have the server report changes, and deliver each of its messages as one batch."""
        session = self._connected().uaclient.session
        feed = _Feed(ItemTable(items), sink)
        self._sink = sink
        try:
            await self._create_subscriptions(session, items, feed)
            publishers = range(len(feed.subscriptions) + 1)
            await run_together(
                [
                    *((f"opcua publish {number}", self._publish(feed)) for number in publishers),
                    ("opcua watchdog", self._watch(feed)),
                ]
            )
        except asyncio.CancelledError:
            await self._delete_subscriptions(session, list(feed.subscriptions))
            raise
        finally:
            self._sink = None
            self._plan = "no tags subscribed"

    async def read(self, items: Sequence[Item]) -> Batch:
        """Read the values now, by as few requests as the server allows."""
        self._connected()
        wanted: list[tuple[ua.NodeId, ua.AttributeIds]] = []
        rows: list[int] = []
        for row, item in enumerate(items):
            node_id = self._node_id(item)
            if node_id is not None:
                wanted.append((node_id, ua.AttributeIds.Value))
                rows.append(row)
        results = await self._read(wanted)
        samples = [
            ua.MonitoredItemNotification(ClientHandle=row, Value=result)
            for row, result in zip(rows, results, strict=True)
        ]
        receive_ns = self._clock.now_ns()
        found = ItemTable(items).batch(columns_of(samples), receive_ns)
        if len(rows) == len(items):
            return found
        return _with_absent(items, rows, found, receive_ns)

    async def write(self, item: Item, value: Value) -> None:
        """Write the value in the node's own type, without status and times: many servers refuse those."""
        session = self._connected().uaclient.session
        text = item.address.text
        node_id = self._node_id(item)
        if node_id is None:
            raise DriverError(
                DriverFault.ADDRESS,
                f"{text}: the server has no such namespace",
                int(StatusCode.BadNodeIdUnknown),
            )
        variant_type, is_array = await self._variant_type(node_id, text)
        try:
            variant = variant_of(item.data_type.check(value), variant_type, is_array=is_array)
        except (ValueRefusedError, ValueError) as error:
            raise DriverError(
                DriverFault.REFUSED, f"{text}: {error}", int(StatusCode.BadTypeMismatch)
            ) from None
        data_value = ua.DataValue(variant, None)
        (result,) = await self._request(
            f"writing {text}", lambda: session.write_attributes([node_id], [data_value])
        )
        if not result.is_good():
            status = int(result.value)
            fault = DriverFault.ADDRESS if status == StatusCode.BadNodeIdUnknown else DriverFault.REFUSED
            raise DriverError(fault, f"{text}: the server answered {status_name(status)}", status)

    # Address space.

    async def browse(self, parent: str | None) -> Sequence[BrowseNode]:
        """Return the objects and variables below a node (None: the Objects folder)."""
        session = self._connected().uaclient.session
        start = ua.NodeId(ua.ObjectIds.ObjectsFolder)
        if parent is not None:
            try:
                start = ua.NodeId.from_string(parent)
            except ua.UaError:
                raise DriverError(
                    DriverFault.ADDRESS, f"{parent!r} is no node id", int(StatusCode.BadNodeIdInvalid)
                ) from None
        references = await self._references(session, start)
        variables = [
            (reference.NodeId, ua.AttributeIds.DataType)
            for reference in references
            if reference.NodeClass_ == ua.NodeClass.Variable
        ]
        types = {
            key[0]: browse_type(result.Value.Value if result.Value is not None else None)
            for key, result in zip(variables, await self._read(variables), strict=True)
        }
        return [
            BrowseNode(
                address=reference.NodeId.to_string(),
                name=reference.DisplayName.Text or reference.BrowseName.Name or reference.NodeId.to_string(),
                data_type=types.get(reference.NodeId),
                is_folder=reference.NodeClass_ == ua.NodeClass.Object,
            )
            for reference in references
        ]

    async def _references(self, session: UaSession, start: ua.NodeId) -> list[ua.ReferenceDescription]:
        description = ua.BrowseDescription()
        description.NodeId = start
        description.BrowseDirection = ua.BrowseDirection.Forward
        description.ReferenceTypeId = ua.NodeId(ua.ObjectIds.HierarchicalReferences)
        description.IncludeSubtypes = True
        description.NodeClassMask = ua.NodeClass.Object | ua.NodeClass.Variable
        description.ResultMask = ua.BrowseResultMask.All
        parameters = ua.BrowseParameters()
        parameters.NodesToBrowse = [description]
        parameters.RequestedMaxReferencesPerNode = 0
        (result,) = await self._request("browsing", lambda: session.browse(parameters))
        found: list[ua.ReferenceDescription] = []
        while True:
            if not result.StatusCode.is_good():
                status = int(result.StatusCode.value)
                raise DriverError(DriverFault.ADDRESS, f"the server answered {status_name(status)}", status)
            found.extend(result.References or ())
            if not result.ContinuationPoint:
                return found
            following = ua.BrowseNextParameters(
                ReleaseContinuationPoints=False, ContinuationPoints=[result.ContinuationPoint]
            )
            (result,) = await self._request("browsing", _browse_next(session, following))

    # Connecting.

    async def _greet(self, session: UaSession) -> str:
        """Read namespaces, limits and product; return one line about the server."""
        ids = ua.ObjectIds
        nodes = [
            ids.Server_NamespaceArray,
            ids.Server_ServerStatus_BuildInfo_ProductName,
            ids.Server_ServerStatus_BuildInfo_SoftwareVersion,
            ids.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
            ids.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
        ]
        results = await session.read_attributes([ua.NodeId(node) for node in nodes], ua.AttributeIds.Value)
        namespaces, product, version, read, monitor = (
            result.Value.Value if result.Value is not None else None for result in results
        )
        self._namespaces = list(namespaces or ())
        self._limits = _Limits(
            read=min(read or _DEFAULT_BATCH, _DEFAULT_BATCH),
            monitor=min(monitor or _DEFAULT_BATCH, _DEFAULT_BATCH),
        )
        security = "no security" if self._security == "none" else f"{self._policy}, {self._security}"
        signed_in = f"user {self._user}" if self._user else "anonymous"
        return f"{product or 'OPC UA server'} {version or ''}".strip() + f", {security}, {signed_in}"

    async def _renew(self, client: Client) -> None:
        """Renew the channel before it expires; a failure drops the connection and ends the subscription."""
        while True:
            await asyncio.sleep(client.secure_channel_timeout / 1000 * _RENEW_AFTER)
            try:
                async with asyncio.timeout(self._timeout_s):
                    await client.open_secure_channel(renew=True)
                client.uaclient.revolve_security_token()
            except Exception as error:  # noqa: BLE001 - whatever the library raises, the channel is lost
                _log.info("%s: the channel could not be renewed: %r", self._url, error)
                protocol = client.uaclient.protocol
                if protocol is not None and protocol.transport is not None:
                    protocol.transport.abort()
                return

    # Subscriptions.

    async def _create_subscriptions(self, session: UaSession, items: Sequence[Item], feed: _Feed) -> None:
        failed: list[tuple[int, int]] = []
        by_period: dict[int, list[tuple[int, Item, ua.NodeId]]] = {}
        for handle, item in enumerate(items):
            node_id = self._node_id(item)
            if node_id is None:
                failed.append((item.tag_id, int(StatusCode.BadNodeIdUnknown)))
            else:
                by_period.setdefault(item.period_ms, []).append((handle, item, node_id))
        for period_ms, members in sorted(by_period.items()):
            for at in range(0, len(members), self._max_items):
                subscription_id = await self._create_subscription(session, period_ms, feed)
                chosen = members[at : at + self._max_items]
                failed += await self._monitor(session, subscription_id, chosen)
            feed.unconfirmed[period_ms] = _ids_of(feed, period_ms)
        if failed:
            at_ns = self._clock.now_ns()
            feed.sink.deliver(Batch.of([(tag_id, None, status, at_ns) for tag_id, status in failed], at_ns))
        text = f"{len(items) - len(failed)} tags in {len(feed.subscriptions)} subscriptions"
        self._plan = f"{text}, {len(failed)} refused by the server" if failed else text

    async def _create_subscription(self, session: UaSession, period_ms: int, feed: _Feed) -> int:
        parameters = ua.CreateSubscriptionParameters()
        parameters.RequestedPublishingInterval = float(period_ms)
        parameters.RequestedMaxKeepAliveCount = 1
        parameters.RequestedLifetimeCount = max(
            _MIN_LIFETIME_COUNT, math.ceil(_LIFETIME_S * 1000 / max(period_ms, 1))
        )
        parameters.MaxNotificationsPerPublish = 0
        parameters.PublishingEnabled = True
        result = await self._request(
            "creating a subscription", lambda: session.create_subscription(parameters, _ignore)
        )
        interval_ms = float(result.RevisedPublishingInterval)
        if interval_ms > 1.5 * period_ms:
            _log.info(
                "%s: the server publishes every %g ms where %d ms were asked for",
                self._url,
                interval_ms,
                period_ms,
            )
        feed.subscriptions[int(result.SubscriptionId)] = _Subscription(
            period_ms,
            interval_ms / 1000,
            max(1, int(result.RevisedMaxKeepAliveCount)),
            asyncio.get_running_loop().time(),
        )
        return int(result.SubscriptionId)

    async def _monitor(
        self, session: UaSession, subscription_id: int, members: Sequence[tuple[int, Item, ua.NodeId]]
    ) -> list[tuple[int, int]]:
        """Create monitored items in batches; return tag id and status of those that the server refuses."""
        failed: list[tuple[int, int]] = []
        for at in range(0, len(members), self._limits.monitor):
            some = members[at : at + self._limits.monitor]
            parameters = ua.CreateMonitoredItemsParameters()
            parameters.SubscriptionId = subscription_id
            parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            parameters.ItemsToCreate = [
                self._monitored(handle, item, node_id) for handle, item, node_id in some
            ]
            results = await self._request(
                "creating monitored items", _create_monitored_items(session, parameters)
            )
            failed += [
                (item.tag_id, int(result.StatusCode.value))
                for (_, item, _), result in zip(some, results, strict=True)
                if not result.StatusCode.is_good()
            ]
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
            parameters.SamplingInterval = float(sampling_ms)
            parameters.QueueSize = min(1000, max(10, 2 * math.ceil(item.period_ms / sampling_ms)))
        else:
            parameters.SamplingInterval = float(item.period_ms)
            parameters.QueueSize = 1
        request.RequestedParameters = parameters
        return request

    async def _delete_subscriptions(self, session: UaSession, subscription_ids: list[int]) -> None:
        """Tidy up on a session that goes on; where the connection is gone the server does it by itself."""
        client = self._client
        if client is None or not subscription_ids or client.uaclient.session is not session:
            return
        protocol = client.uaclient.protocol
        if protocol is None or protocol.is_closed:
            return
        with suppress(Exception):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await session.delete_subscriptions(subscription_ids)

    async def _publish(self, feed: _Feed) -> None:
        """Keep one publish request waiting at the server, and deliver what comes back."""
        while True:
            protocol = self._connected().uaclient.protocol
            if protocol is None:
                raise self._loss("publishing")
            request = ua.PublishRequest()
            request.Parameters.SubscriptionAcknowledgements = feed.acknowledgements
            feed.acknowledgements = []
            try:
                async with self._translated("publishing"):
                    body = bytes(await protocol.send_request(request, 0))
                    published = decode_publish(body)
            except ValueError as error:
                raise DriverError(
                    DriverFault.LOST,
                    f"{self._url} breaks the protocol: {error}",
                    int(StatusCode.BadDecodingError),
                ) from None
            feed.sink.exchanged(0, 0, len(body), False)
            subscription = feed.subscriptions.get(published.subscription_id)
            if subscription is None:
                continue
            subscription.seen_s = asyncio.get_running_loop().time()
            if published.ended is not None:
                raise DriverError(
                    DriverFault.LOST,
                    f"{self._url} ended the subscription: {status_name(published.ended)}",
                    published.ended,
                )
            if not published.keep_alive:
                feed.acknowledgements.append(
                    ua.SubscriptionAcknowledgement(
                        SubscriptionId=published.subscription_id, SequenceNumber=published.sequence_number
                    )
                )
            receive_ns = self._clock.now_ns()
            for columns in published.items:
                if len(columns):
                    feed.sink.deliver(feed.table.batch(columns, receive_ns))
            if not published.more:
                self._confirm(feed, published.subscription_id, subscription.period_ms)

    def _confirm(self, feed: _Feed, subscription_id: int, period_ms: int) -> None:
        """Tell the sink that a period's items are fresh once all its subscriptions have reported."""
        waiting = feed.unconfirmed[period_ms]
        waiting.discard(subscription_id)
        if not waiting:
            feed.unconfirmed[period_ms] = _ids_of(feed, period_ms)
            feed.sink.refreshed(period_ms)

    async def _watch(self, feed: _Feed) -> None:
        """End when a subscription is silent: with a keep-alive in every interval, two are one too many."""
        margin_s = min(self._timeout_s, _WATCHDOG_MARGIN_S)
        while True:
            now_s = asyncio.get_running_loop().time()
            wait_s = math.inf
            for subscription in feed.subscriptions.values():
                allowed_s = 2 * subscription.interval_s * subscription.keep_alive + margin_s
                left_s = subscription.seen_s + allowed_s - now_s
                if left_s <= 0:
                    raise DriverError(
                        DriverFault.TIMEOUT,
                        f"{self._url} has been silent for {allowed_s:.1f} s",
                        int(StatusCode.BadTimeout),
                    )
                wait_s = min(wait_s, left_s)
            await asyncio.sleep(min(wait_s + 0.001, 3600))

    # Requests.

    def _node_id(self, item: Item) -> ua.NodeId | None:
        """Return the node id on this server; None when it has no such namespace or the address is foreign."""
        address = item.address
        if not isinstance(address, OpcUaAddress):
            return None
        namespace = address.namespace
        if address.namespace_uri is not None:
            if address.namespace_uri not in self._namespaces:
                return None
            namespace = self._namespaces.index(address.namespace_uri)
        if address.kind is IdentifierKind.GUID:
            return ua.NodeId(UUID(str(address.identifier)), namespace)
        if address.kind is IdentifierKind.OPAQUE:
            return ua.NodeId.from_string(f"ns={namespace};b={address.identifier}")
        if address.kind is IdentifierKind.STRING:
            return ua.NodeId(str(address.identifier), namespace, ua.NodeIdType.String)
        return ua.NodeId(int(address.identifier), namespace, ua.NodeIdType.Numeric)

    async def _variant_type(self, node_id: ua.NodeId, text: str) -> tuple[ua.VariantType, bool]:
        """Return the type in which the node holds its value, and whether it is an array; asked once."""
        known = self._variant_types.get(node_id)
        if known is not None:
            return known
        value, data_type, rank = await self._read(
            [
                (node_id, ua.AttributeIds.Value),
                (node_id, ua.AttributeIds.DataType),
                (node_id, ua.AttributeIds.ValueRank),
            ]
        )
        status = data_type.StatusCode
        if status is not None and not status.is_good():
            code = int(status.value)
            fault = DriverFault.ADDRESS if code == StatusCode.BadNodeIdUnknown else DriverFault.REFUSED
            raise DriverError(fault, f"{text}: the server answered {status_name(code)}", code)
        current = value.Value
        if current is not None and current.VariantType != ua.VariantType.Null:
            found = (current.VariantType, bool(current.is_array))
        else:
            number = data_type.Value.Value.Identifier if data_type.Value is not None else 0
            if not isinstance(number, int) or not 1 <= number <= 25:
                raise DriverError(
                    DriverFault.REFUSED,
                    f"{text}: the node has no value yet and its data type is none of the built-in ones",
                    int(StatusCode.BadTypeMismatch),
                )
            is_array = rank.Value is not None and isinstance(rank.Value.Value, int) and rank.Value.Value >= 0
            found = (ua.VariantType(number), is_array)
        self._variant_types[node_id] = found
        return found

    async def _read(self, wanted: Sequence[tuple[ua.NodeId, ua.AttributeIds]]) -> list[ua.DataValue]:
        """Read attributes in batches of the server's limit."""
        session = self._connected().uaclient.session
        results: list[ua.DataValue] = []
        for at in range(0, len(wanted), self._limits.read):
            parameters = ua.ReadParameters()
            parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            parameters.NodesToRead = [
                ua.ReadValueId(NodeId=node_id, AttributeId=attribute)
                for node_id, attribute in wanted[at : at + self._limits.read]
            ]
            results += await self._request("reading", _read(session, parameters))
        return results

    async def _request(self, what: str, call: Callable[[], Awaitable[_T]]) -> _T:
        """Await a service call and count it.

        Raises:
            DriverError: it failed.
        """
        self._connected()
        started_ns = self._clock.monotonic_ns()
        failed = True
        try:
            async with self._translated(what):
                result = await call()
            failed = False
        finally:
            if self._sink is not None:
                self._sink.exchanged(self._clock.monotonic_ns() - started_ns, 0, 0, failed)
        return result

    @asynccontextmanager
    async def _translated(self, what: str) -> AsyncIterator[None]:
        """Turn the library's failures into DriverError."""
        try:
            yield
        except DriverError:
            raise
        except TimeoutError:
            raise self._timeout(what) from None
        except ua.UaStatusCodeError as error:
            status = int(error.code or StatusCode.BadUnexpectedError)
            fault = DriverFault.REFUSED
            if status in _LOST_CODES:
                fault = DriverFault.LOST
            elif status == StatusCode.BadTimeout:
                fault = DriverFault.TIMEOUT
            raise DriverError(fault, f"{self._url}, {what}: {status_name(status)}", status) from None
        except (OSError, EOFError):
            raise self._loss(what) from None
        except ua.UaError as error:
            raise DriverError(
                DriverFault.LOST, f"{self._url}, {what}: {error}", int(StatusCode.BadCommunicationError)
            ) from None

    def _timeout(self, what: str) -> DriverError:
        return DriverError(
            DriverFault.TIMEOUT,
            f"{self._url}, {what}: no answer within {self._timeout_s:g} s",
            int(StatusCode.BadTimeout),
        )

    def _loss(self, what: str) -> DriverError:
        return DriverError(
            DriverFault.LOST,
            f"{self._url}, {what}: the connection is lost",
            int(StatusCode.BadConnectionClosed),
        )

    def _connected(self) -> Client:
        if self._client is None:
            raise DriverError(
                DriverFault.LOST, f"{self._url} is not connected", int(StatusCode.BadNotConnected)
            )
        return self._client


def _ids_of(feed: _Feed, period_ms: int) -> set[int]:
    return {key for key, subscription in feed.subscriptions.items() if subscription.period_ms == period_ms}


def _ignore(_result: Any) -> None:
    """Take the place of the library's callback; the driver reads the publish responses itself."""


def _read(session: UaSession, parameters: ua.ReadParameters) -> Callable[[], Awaitable[list[ua.DataValue]]]:
    return lambda: session.read(parameters)


def _browse_next(
    session: UaSession, parameters: ua.BrowseNextParameters
) -> Callable[[], Awaitable[list[ua.BrowseResult]]]:
    return lambda: session.browse_next(parameters)


def _create_monitored_items(
    session: UaSession, parameters: ua.CreateMonitoredItemsParameters
) -> Callable[[], Awaitable[list[ua.MonitoredItemCreateResult]]]:
    return lambda: session.create_monitored_items(parameters)


def _with_absent(items: Sequence[Item], rows: Sequence[int], found: Batch, receive_ns: int) -> Batch:
    """Return one row per item: the found ones in their rows, BadNodeIdUnknown in all others."""
    size = len(items)
    at = np.array(rows, np.intp)
    values = np.full(size, np.nan)
    statuses = np.full(size, StatusCode.BadNodeIdUnknown, np.uint32)
    source_ns = np.full(size, receive_ns, np.int64)
    values[at], statuses[at], source_ns[at] = found.values, found.statuses, found.source_ns
    extras = {rows[row]: value for row, value in found.extras.items()}
    tag_ids = np.fromiter((item.tag_id for item in items), np.int32, size)
    return Batch(tag_ids, values, statuses, source_ns, receive_ns, extras)
