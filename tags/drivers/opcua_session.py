"""One OPC UA session: channel, sign-in, requests with their failures told as DriverError, byte counts.

It is opened by the library's public services one by one instead of its ``connect``, whose background tasks
for reconnection and health would work against the supervisor of the connection.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlparse

from asyncua import Client, ua
from asyncua.client.ua_client import UASocketProtocol
from asyncua.client.ua_session import UaSession

from tags.address import Address
from tags.clock import Clock
from tags.drivers.base import DriverError, DriverFault, Sink
from tags.drivers.frames import FrameTap
from tags.drivers.opcua_clock import ServerClock, answer_filetime
from tags.drivers.opcua_failures import CONFIGURATION_CODES, answered, refusal
from tags.drivers.opcua_security import application_uri, secure
from tags.drivers.opcua_traffic import Traffic
from tags.drivers.opcua_types import Wanted, node_id_of, read_request
from tags.drivers.opcua_values import read_values
from tags.status import StatusCode

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

SESSION_TIMEOUT_S = 30
"""What is asked of the server. It keeps a session that was cut off for so long, and may have room for ten; a
healthy one is used every few seconds by the watchdog. The library would ask for an hour."""
_CLOSE_TIMEOUT_S = 0.5
_DEFAULT_BATCH = 1000
_RENEW_AFTER = 0.75
"""OPC 10000-4 section 5.5.2.1: renew the channel after three quarters of its life."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Say how to sign in and how messages are secured."""

    user: str
    password: str
    security: str
    policy: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold how many operations one request may ask for."""

    read: int = _DEFAULT_BATCH
    monitor: int = _DEFAULT_BATCH


class _QuietSession(UaSession):  # type: ignore[misc]
    """Leave publishing to the driver."""

    def ensure_publish_loop(self) -> None:
        """Start no loop of the library's."""


class Session:
    """Hold one connection to one server, from ``open`` to ``close``. Event loop only."""

    def __init__(
        self, url: str, credentials: Credentials, timeout_s: float, clock: Clock, frames: FrameTap
    ) -> None:
        self._url = url
        self._frames = frames
        self._credentials = credentials
        self._clock = clock
        self.timeout_s = timeout_s
        self._client = client = Client(_checked(url), timeout=timeout_s)
        self.services: UaSession = _QuietSession(client.uaclient)
        client.uaclient.session = self.services
        client.session_timeout = SESSION_TIMEOUT_S * 1000
        client.name = client.description = "Vigie"
        client.application_uri = application_uri()
        self._traffic: Traffic | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._namespaces: list[str] = []
        self._variant_types: dict[ua.NodeId, tuple[ua.VariantType, bool]] = {}
        self._closed = False
        self.limits = Limits()
        self.server_clock = ServerClock()
        self.sink: Sink | None = None
        """Counts the requests while a subscription runs."""

    async def open(self) -> str:
        """Connect and sign in, and return one line about the server.

        Raises:
            DriverError: it failed, within the timeout.
        """
        client, credentials = self._client, self._credentials
        try:
            async with asyncio.timeout(self.timeout_s), self.translated("connecting"):
                if credentials.security != "none":
                    await secure(client, self._url, credentials.security, credentials.policy)
                await client.connect_socket()
                self._traffic = Traffic(client.uaclient.protocol, self._frames)
                await client.send_hello()
                await client.open_secure_channel()
                await client.create_session()
                await client.activate_session(credentials.user or None, credentials.password or None)
                text = await self._greet()
        except TimeoutError:
            raise self._timeout("connecting") from None
        except DriverError as error:
            if error.status in CONFIGURATION_CODES:
                raise DriverError(DriverFault.CONFIGURATION, str(error), error.status) from None
            raise
        self._renewal = asyncio.create_task(self._renew(), name="opcua channel renewal")
        return text

    async def close(self) -> None:
        """Sign out in a moment when the server answers, then drop the connection in any case."""
        if self._closed:
            return
        self._closed = True
        renewal, self._renewal = self._renewal, None
        uaclient = self._client.uaclient
        try:
            if renewal is not None:
                renewal.cancel()
                await asyncio.gather(renewal, return_exceptions=True)
            if self.is_alive and uaclient.has_session:
                with suppress(Exception):
                    async with asyncio.timeout(_CLOSE_TIMEOUT_S), self.translated("closing"):
                        await uaclient.close_session(True)
                        await self._client.close_secure_channel()
        finally:
            # Also after a cancellation; and a transport that is only closed would wait for a silent peer.
            self.abort()
            uaclient.disconnect_socket()
        await asyncio.sleep(0)

    def abort(self) -> None:
        """Drop the connection without a word."""
        protocol = self._client.uaclient.protocol
        if protocol is not None and protocol.transport is not None:
            protocol.transport.abort()

    @property
    def is_alive(self) -> bool:
        """Tell whether the socket is open."""
        protocol = self._client.uaclient.protocol
        return protocol is not None and not protocol.is_closed

    @property
    def protocol(self) -> UASocketProtocol:
        """Return what sends single requests.

        Raises:
            DriverError: the connection is gone.
        """
        protocol = self._client.uaclient.protocol
        if protocol is None or self._closed:
            raise self.loss("sending")
        return protocol

    async def _greet(self) -> str:
        """Read namespaces, limits and product; return one line about the server."""
        ids = ua.ObjectIds
        nodes = [
            ids.Server_NamespaceArray,
            ids.Server_ServerStatus_BuildInfo_ProductName,
            ids.Server_ServerStatus_BuildInfo_SoftwareVersion,
            ids.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
            ids.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
        ]
        results = await self.read([(ua.NodeId(node), ua.AttributeIds.Value) for node in nodes])
        namespaces, product, version, read, monitor = (
            result.Value.Value if result.Value is not None else None for result in results
        )
        self._namespaces = list(namespaces or ())
        self.limits = Limits(
            read=min(read or _DEFAULT_BATCH, _DEFAULT_BATCH),
            monitor=min(monitor or _DEFAULT_BATCH, _DEFAULT_BATCH),
        )
        credentials = self._credentials
        secured = "no security"
        if credentials.security != "none":
            secured = f"{credentials.policy}, {credentials.security}"
        signed_in = f"user {credentials.user}" if credentials.user else "anonymous"
        return f"{product or 'OPC UA server'} {version or ''}".strip() + f", {secured}, {signed_in}"

    async def _renew(self) -> None:
        """Renew the channel before it expires; a failure drops the connection and ends the subscription."""
        client = self._client
        while True:
            await asyncio.sleep(client.secure_channel_timeout / 1000 * _RENEW_AFTER)
            try:
                async with asyncio.timeout(self.timeout_s), self.translated("renewing the channel"):
                    await client.open_secure_channel(renew=True)
                client.uaclient.revolve_security_token()
            except Exception as error:  # noqa: BLE001 - whatever the library raises, the channel is lost
                _log.info("%s: the channel could not be renewed: %r", self._url, error)
                self.abort()
                return

    # Nodes.

    def node_id(self, address: Address) -> ua.NodeId | None:
        """Return the node id on this server; None when it has no such namespace or the address is foreign."""
        return node_id_of(address, self._namespaces)

    async def variant_type(self, node_id: ua.NodeId, text: str) -> tuple[ua.VariantType, bool]:
        """Return the type in which the node holds its value, and whether it is an array; asked once.

        Raises:
            DriverError: ADDRESS or REFUSED by the server, or its type has no plain values.
        """
        known = self._variant_types.get(node_id)
        if known is not None:
            return known
        attributes = (ua.AttributeIds.Value, ua.AttributeIds.DataType, ua.AttributeIds.ValueRank)
        value, data_type, rank = await self.read([(node_id, attribute) for attribute in attributes])
        status = data_type.StatusCode
        if status is not None and not status.is_good():
            raise refusal(text, int(status.value))
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

    # Requests.

    async def read(self, wanted: Sequence[Wanted]) -> list[ua.DataValue]:
        """Read attributes, in batches of the server's limit; one DataValue for each.

        Raises:
            DriverError: a request failed.
        """
        results: list[ua.DataValue] = []
        for at in range(0, len(wanted), self.limits.read):
            some = wanted[at : at + self.limits.read]
            results += await self.request_all("reading", self._read_some, some, len(some))
        return results

    async def _read_some(self, wanted: Sequence[Wanted]) -> list[ua.DataValue]:
        return [read.value for read in read_values(await self.answer(read_request(wanted)))]

    async def answer(self, request: object) -> bytes:
        """Send a request and return its answer as it came; it tells the server's time as well.

        Raises:
            Exception: whatever the library raises; see :meth:`request`.
        """
        sent_ns = self._clock.monotonic_ns()
        body = bytes(await self.protocol.send_request(request))
        self.server_clock.heard(answer_filetime(body), sent_ns, self._clock.monotonic_ns())
        return body

    async def request_all(
        self, what: str, service: Callable[..., Awaitable[list[_T]]], parameters: object, count: int
    ) -> list[_T]:
        """Call a service that must return ``count`` results.

        Raises:
            DriverError: it failed, or the server returned another number.
        """
        results = await self.request(what, service, parameters)
        if len(results) != count:
            raise self._broken(what, f"{len(results)} results for {count} operations")
        return results

    async def request(self, what: str, service: Callable[..., Awaitable[_T]], *parameters: object) -> _T:
        """Call a service and count it.

        Raises:
            DriverError: it failed.
        """
        started_ns = self._clock.monotonic_ns()
        failed = True
        try:
            async with self.translated(what):
                result = await service(*parameters)
            failed = False
        finally:
            if self.sink is not None:
                sent_bytes, received_bytes = self._traffic.take() if self._traffic else (0, 0)
                duration_ns = self._clock.monotonic_ns() - started_ns
                self.sink.exchanged(duration_ns, sent_bytes, received_bytes, failed)
        return result

    @asynccontextmanager
    async def translated(self, what: str) -> AsyncIterator[None]:
        """Turn the library's failures into DriverError."""
        try:
            yield
        except DriverError:
            raise
        except asyncio.CancelledError:
            # Where an answer comes at the very moment of a time-out, the library raises a subclass (in Python
            # 3.11). asyncio.timeout would not take it for its own, and the supervision would end by it.
            raise asyncio.CancelledError from None
        except TimeoutError:
            raise self._timeout(what) from None
        except ua.UaStatusCodeError as error:
            raise answered(self._url, what, int(error.code or StatusCode.BadUnexpectedError)) from None
        except (OSError, EOFError):
            raise self.loss(what) from None
        except Exception as error:  # noqa: BLE001 - whatever the library raises on a malformed answer
            raise self._broken(what, repr(error)) from None

    def loss(self, what: str) -> DriverError:
        """Return the error of a connection that is gone."""
        return DriverError(
            DriverFault.LOST,
            f"{self._url}, {what}: the connection is lost",
            int(StatusCode.BadConnectionClosed),
        )

    def _timeout(self, what: str) -> DriverError:
        return DriverError(
            DriverFault.TIMEOUT,
            f"{self._url}, {what}: no answer within {self.timeout_s:g} s",
            int(StatusCode.BadTimeout),
        )

    def _broken(self, what: str, text: str) -> DriverError:
        return DriverError(
            DriverFault.LOST,
            f"{self._url}, {what}: the server breaks the protocol: {text}",
            int(StatusCode.BadDecodingError),
        )


def _checked(url: str) -> str:
    try:
        address = urlparse(url)
        valid = address.scheme == "opc.tcp" and bool(address.hostname) and address.port is not None
    except ValueError:
        valid = False
    if not valid:
        raise DriverError(
            DriverFault.CONFIGURATION,
            f"expected a url such as opc.tcp://192.168.0.10:4840, got {url!r}",
            int(StatusCode.BadConfigurationError),
        )
    return url
