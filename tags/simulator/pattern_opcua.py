"""An OPC UA server whose values tell their own address and time, and that pushes them by the ten thousand.

Only what a client of data changes needs: channel without security, anonymous sessions, reading, writing,
subscriptions. Requests are taken apart by asyncua; notification messages are NumPy arrays, because a
server that encodes value by value cannot keep a fast client busy. Every subscribed value changes with each
publishing. It can also lie: clocks an hour off, or bursts of many samples per value.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.common.connection import SecureConnection, TransportLimits
from asyncua.common.utils import Buffer
from asyncua.crypto.security_policies import SecurityPolicyNone
from asyncua.ua.ua_binary import (
    header_from_binary,
    nodeid_from_binary,
    struct_from_binary,
    struct_to_binary,
    uatcp_to_binary,
)
from numpy.typing import NDArray

from tags.simulator.controller import LOOPBACK
from tags.simulator.pattern import value_now
from tags.simulator.pattern_messages import Lies, filetime, publish_response

NAMESPACE = "urn:vigie:pattern"
_NO_SECURITY = "http://opcfoundation.org/UA/SecurityPolicy#None"
_TRANSPORT = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary"


@dataclass(slots=True)
class _Subscription:
    interval_s: float
    handles: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    places: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    sequence: int = 0
    task: asyncio.Task[None] | None = None


class PatternOpcUaServer:
    """Serve ``ns=1;i=PLACE`` as Double for every place; ``ns=1;s=NAME`` is memory that keeps what is written.

    ``sent`` counts the notifications of data changes that went out, ``writes`` lists what was written.
    """

    def __init__(self, port: int = 0, lies: Lies | None = None) -> None:
        self.port = port
        self.lies = lies or Lies()
        self.requests = 0
        self.sent = 0
        self.writes: list[tuple[str, Any]] = []
        self.memory: dict[str, ua.Variant] = {}
        self._server: asyncio.Server | None = None
        self._sessions: set[_Session] = set()
        self._channels = 0

    @staticmethod
    def address(place: int) -> str:
        """Return the address of a place in the driver's notation."""
        return f"ns=1;i={place}"

    @property
    def url(self) -> str:
        """Return the endpoint."""
        return f"opc.tcp://{LOOPBACK}:{self.port}/"

    async def start(self) -> None:
        """Listen on ``port``; 0 takes a free one."""
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop every connection at once and listen no more; leaves no task."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        tasks = [session.abort() for session in tuple(self._sessions)]
        if tasks:
            await asyncio.wait(tasks)

    def get_new_channel_id(self) -> int:
        """Return a number that no channel has; asked for by the library's channel."""
        self._channels += 1
        return self._channels

    def endpoint(self) -> ua.EndpointDescription:
        """Describe the one endpoint."""
        token = ua.UserTokenPolicy()
        token.PolicyId = "anonymous"
        token.TokenType = ua.UserTokenType.Anonymous
        endpoint = ua.EndpointDescription()
        endpoint.EndpointUrl = self.url
        endpoint.SecurityMode = ua.MessageSecurityMode.None_
        endpoint.SecurityPolicyUri = _NO_SECURITY
        endpoint.TransportProfileUri = _TRANSPORT
        endpoint.UserIdentityTokens = [token]
        return endpoint

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self, writer)
        self._sessions.add(session)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ua.UaError):
                await session.serve(reader)
        finally:
            self._sessions.discard(session)
            await session.end()


def _fault(code: int) -> ua.ServiceFault:
    fault = ua.ServiceFault()
    fault.ResponseHeader.ServiceResult = ua.StatusCode(code)
    return fault


class _Session:
    """Be one client's connection, with its channel, session and subscriptions."""

    def __init__(self, server: PatternOpcUaServer, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._writer = writer
        self._limits = TransportLimits()
        self._channel = SecureConnection(SecurityPolicyNone(), self._limits)
        self._task = asyncio.current_task()
        self._subscriptions: dict[int, _Subscription] = {}
        self._waiting: deque[tuple[int, int]] = deque()
        self._handlers: dict[int, tuple[type, Callable[[Any], Any]]] = {
            ua.ObjectIds.CreateSessionRequest_Encoding_DefaultBinary: (
                ua.CreateSessionParameters,
                self._create_session,
            ),
            ua.ObjectIds.ActivateSessionRequest_Encoding_DefaultBinary: (
                ua.ActivateSessionParameters,
                self._activate_session,
            ),
            ua.ObjectIds.ReadRequest_Encoding_DefaultBinary: (ua.ReadParameters, self._read),
            ua.ObjectIds.WriteRequest_Encoding_DefaultBinary: (ua.WriteParameters, self._write),
            ua.ObjectIds.CreateSubscriptionRequest_Encoding_DefaultBinary: (
                ua.CreateSubscriptionParameters,
                self._create_subscription,
            ),
            ua.ObjectIds.CreateMonitoredItemsRequest_Encoding_DefaultBinary: (
                ua.CreateMonitoredItemsParameters,
                self._monitor,
            ),
            ua.ObjectIds.DeleteSubscriptionsRequest_Encoding_DefaultBinary: (
                ua.DeleteSubscriptionsParameters,
                self._delete_subscriptions,
            ),
        }

    def abort(self) -> "asyncio.Task[None]":
        """Drop the connection and return the task that ends with it."""
        self._writer.transport.abort()
        task = self._task
        if task is None:
            raise RuntimeError("a connection is served by a task")
        task.cancel()
        return task

    async def end(self) -> None:
        """End the subscriptions and drop the connection."""
        tasks = [held.task for held in self._subscriptions.values() if held.task is not None]
        for task in tasks:
            task.cancel()
        self._writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Answer until the client goes."""
        while True:
            head = await reader.readexactly(8)
            size = int.from_bytes(head[4:], "little")
            if not 8 < size <= self._limits.max_recv_buffer:
                return
            body = await reader.readexactly(size - 8)
            buffer = Buffer(head + body)
            message = self._channel.receive_from_header_and_body(header_from_binary(buffer), buffer)
            if isinstance(message, ua.Hello):
                acknowledge = self._limits.create_acknowledge_and_set_limits(message)
                self._writer.write(uatcp_to_binary(ua.MessageType.Acknowledge, acknowledge))
            elif head[:3] == b"CLO":
                return
            elif isinstance(message, ua.Message):
                self._work(head[:3], message)
            await self._writer.drain()

    def _work(self, kind: bytes, message: ua.Message) -> None:
        body, request_id = message.body(), message.SequenceHeader().RequestId
        if kind == b"OPN":
            request = struct_from_binary(ua.OpenSecureChannelRequest, body)
            response = ua.OpenSecureChannelResponse()
            response.Parameters = self._channel.open(request.Parameters, self._server)
            self._respond(response, request.RequestHeader, request_id, ua.MessageType.SecureOpen)
            return
        self._server.requests += 1
        type_id = nodeid_from_binary(body).Identifier
        header = struct_from_binary(ua.RequestHeader, body)
        if type_id == ua.ObjectIds.PublishRequest_Encoding_DefaultBinary:
            self._waiting.append((request_id, header.RequestHandle))
            return
        if type_id == ua.ObjectIds.CloseSessionRequest_Encoding_DefaultBinary:
            self._respond(ua.CloseSessionResponse(), header, request_id)
            return
        handler = self._handlers.get(type_id)
        if handler is None:
            self._respond(_fault(ua.StatusCodes.BadServiceUnsupported), header, request_id)
            return
        parameters, work = handler
        try:
            response = work(struct_from_binary(parameters, body))
        except ua.UaStatusCodeError as refusal:
            response = _fault(refusal.code)
        self._respond(response, header, request_id)

    def _respond(
        self,
        response: Any,
        header: ua.RequestHeader,
        request_id: int,
        kind: ua.MessageType = ua.MessageType.SecureMessage,
    ) -> None:
        response.ResponseHeader.RequestHandle = header.RequestHandle
        response.ResponseHeader.Timestamp = self._moment()
        self._send(struct_to_binary(response), request_id, kind)

    def _send(
        self, body: bytes, request_id: int, kind: ua.MessageType = ua.MessageType.SecureMessage
    ) -> None:
        if not self._writer.is_closing():
            self._writer.write(self._channel.message_to_binary(body, kind, request_id))

    def _moment(self) -> datetime:
        moment: datetime = ua.win_epoch_to_datetime(filetime(self._server.lies.clock_offset_s))
        return moment

    # Services.

    def _create_session(self, parameters: ua.CreateSessionParameters) -> ua.CreateSessionResponse:
        response = ua.CreateSessionResponse()
        result = response.Parameters
        result.SessionId = ua.NodeId(1, 1)
        result.AuthenticationToken = ua.NodeId(2, 1)
        result.RevisedSessionTimeout = parameters.RequestedSessionTimeout
        result.ServerNonce = bytes(32)
        result.ServerEndpoints = [self._server.endpoint()]
        return response

    def _activate_session(self, _parameters: ua.ActivateSessionParameters) -> ua.ActivateSessionResponse:
        response = ua.ActivateSessionResponse()
        response.Parameters.ServerNonce = bytes(32)
        return response

    def _read(self, parameters: ua.ReadParameters) -> ua.ReadResponse:
        response = ua.ReadResponse()
        response.Results = [self._value(wanted) for wanted in parameters.NodesToRead]
        return response

    def _value(self, wanted: ua.ReadValueId) -> ua.DataValue:
        node, variant = wanted.NodeId, None
        moment = self._moment()
        if node.NamespaceIndex == 0:
            variant = self._own(node.Identifier)
        elif wanted.AttributeId == ua.AttributeIds.DataType:
            variant = ua.Variant(ua.NodeId(ua.ObjectIds.Double), ua.VariantType.NodeId)
        elif wanted.AttributeId == ua.AttributeIds.ValueRank:
            variant = ua.Variant(-1, ua.VariantType.Int32)
        elif wanted.AttributeId == ua.AttributeIds.Value:
            if isinstance(node.Identifier, int):
                variant = ua.Variant(float(value_now(node.Identifier)), ua.VariantType.Double)
            else:
                zero = ua.Variant(0.0, ua.VariantType.Double)
                variant = self._server.memory.get(str(node.Identifier), zero)
        if variant is None:
            unknown = ua.StatusCode(ua.StatusCodes.BadNodeIdUnknown)
            return ua.DataValue(StatusCode=unknown)
        return ua.DataValue(variant, SourceTimestamp=moment, ServerTimestamp=moment)

    def _own(self, number: Any) -> ua.Variant | None:
        ids = ua.ObjectIds
        values = {
            ids.Server_NamespaceArray: (["http://opcfoundation.org/UA/", NAMESPACE], ua.VariantType.String),
            ids.Server_ServerStatus_BuildInfo_ProductName: ("Pattern server", ua.VariantType.String),
            ids.Server_ServerStatus_BuildInfo_SoftwareVersion: ("1", ua.VariantType.String),
            ids.Server_ServerStatus_State: (0, ua.VariantType.Int32),
        }
        found = values.get(number)
        return None if found is None else ua.Variant(*found)

    def _write(self, parameters: ua.WriteParameters) -> ua.WriteResponse:
        response = ua.WriteResponse()
        for wanted in parameters.NodesToWrite:
            name = wanted.NodeId.Identifier
            code = ua.StatusCodes.BadNotWritable
            if isinstance(name, str):
                code = ua.StatusCodes.Good
                self._server.memory[name] = wanted.Value.Value
                self._server.writes.append((name, wanted.Value.Value.Value))
            response.Results.append(ua.StatusCode(code))
        return response

    def _create_subscription(
        self, parameters: ua.CreateSubscriptionParameters
    ) -> ua.CreateSubscriptionResponse:
        number = len(self._subscriptions) + 1
        subscription = _Subscription(max(parameters.RequestedPublishingInterval, 1.0) / 1000)
        subscription.task = asyncio.create_task(
            self._publish(number, subscription), name="pattern publishing"
        )
        self._subscriptions[number] = subscription
        response = ua.CreateSubscriptionResponse()
        result = response.Parameters
        result.SubscriptionId = number
        result.RevisedPublishingInterval = parameters.RequestedPublishingInterval
        result.RevisedLifetimeCount = parameters.RequestedLifetimeCount
        result.RevisedMaxKeepAliveCount = parameters.RequestedMaxKeepAliveCount
        return response

    def _monitor(self, parameters: ua.CreateMonitoredItemsParameters) -> ua.CreateMonitoredItemsResponse:
        subscription = self._subscriptions.get(parameters.SubscriptionId)
        if subscription is None:  # a client that was told a wrong number asks for it
            raise ua.UaStatusCodeError(ua.StatusCodes.BadSubscriptionIdInvalid)
        wanted = parameters.ItemsToCreate
        response = ua.CreateMonitoredItemsResponse()
        handles, places = [], []
        for item in wanted:
            result = ua.MonitoredItemCreateResult()
            place = item.ItemToMonitor.NodeId.Identifier
            if isinstance(place, int):
                handles.append(item.RequestedParameters.ClientHandle)
                places.append(float(place))
                result.MonitoredItemId = len(subscription.handles) + len(handles)
            else:
                result.StatusCode = ua.StatusCode(ua.StatusCodes.BadNodeIdUnknown)
            result.RevisedSamplingInterval = subscription.interval_s * 1000
            result.RevisedQueueSize = item.RequestedParameters.QueueSize
            response.Results.append(result)
        subscription.handles = np.append(subscription.handles, np.array(handles, np.uint32))
        subscription.places = np.append(subscription.places, places)
        return response

    def _delete_subscriptions(
        self, parameters: ua.DeleteSubscriptionsParameters
    ) -> ua.DeleteSubscriptionsResponse:
        response = ua.DeleteSubscriptionsResponse()
        for number in parameters.SubscriptionIds:
            held = self._subscriptions.get(number)
            if held is not None and held.task is not None:
                held.task.cancel()
            response.Results.append(ua.StatusCode(ua.StatusCodes.Good))
        return response

    # Publishing.

    async def _publish(self, number: int, subscription: _Subscription) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            due_s += subscription.interval_s
            await asyncio.sleep(due_s - loop.time())
            due_s = max(due_s, loop.time() - subscription.interval_s)
            if self._waiting and not self._writer.is_closing():
                request_id, handle = self._waiting.popleft()
                subscription.sequence += 1
                lies = self._server.lies
                message, samples = publish_response(
                    number, subscription.sequence, handle, subscription.handles, subscription.places, lies
                )
                self._server.sent += samples
                self._send(message, request_id)
                await self._writer.drain()
