"""A client's end of the link for asyncio programs: the command line, benchmarks and tests."""

import asyncio
import getpass
import itertools
import platform
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import TracebackType

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from alarms.backtest_facts import BackTestResult
from alarms.model import AlarmRefusal
from alarms.settings import Setting
from hmi.endpoint import Endpoint
from hmi.link import (
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    Acknowledge,
    AlarmRequest,
    AlarmsDone,
    ApplyBackTest,
    BackTested,
    BackTestProgress,
    Hello,
    LinkError,
    Message,
    QueryBackTest,
    QueryFailed,
    Refused,
    Subscribe,
    ToClient,
    Welcome,
    Write,
    WriteDone,
    decode_to_client,
    encode,
)
from tags.model import Value, WriteRequest, WriteResult

CONNECT_TIMEOUT_S = 5.0


class StationSession:
    """Talk to a station from asyncio: open it, send messages, iterate over what comes.

    Use as ``async with StationSession(endpoint, "vigie read") as session``.
    """

    def __init__(self, endpoint: Endpoint, client: str) -> None:
        self._endpoint = endpoint
        self._client = client
        self._socket: ClientConnection | None = None
        # Ids start at random, so that the results of another client's writes are not taken for ours.
        self._request_ids = itertools.count(secrets.randbelow(2**31) << 20)
        self.user = getpass.getuser()
        self.workstation = platform.node()
        self.welcome: Welcome | None = None

    async def __aenter__(self) -> "StationSession":
        self._socket = await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def _open(self) -> ClientConnection:
        url = f"ws://{self._endpoint.host}:{self._endpoint.port}/"
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                socket = await connect(url, max_size=MAX_FRAME_BYTES, compression=None, proxy=None)
                await socket.send(
                    encode(
                        Hello(
                            self._endpoint.secret,
                            PROTOCOL_VERSION,
                            self._client,
                            self.user,
                            self.workstation,
                        )
                    )
                )
                answer = await self._receive(socket)
        except (OSError, InvalidHandshake, ConnectionClosed) as error:
            raise LinkError(f"the station does not answer: {error}") from error
        if isinstance(answer, Refused):
            raise LinkError(answer.text)
        if not isinstance(answer, Welcome):
            raise LinkError(f"expected Welcome, got {type(answer).__name__}")
        self.welcome = answer
        return socket

    @staticmethod
    async def _receive(socket: ClientConnection) -> ToClient:
        frame = await socket.recv()
        if isinstance(frame, str):
            raise LinkError("a text frame; messages are binary")
        return decode_to_client(frame)

    def _connected(self) -> ClientConnection:
        if self._socket is None:
            raise LinkError("the session is not open")
        return self._socket

    async def send(self, message: Message) -> None:
        """Send one message.

        Raises:
            LinkError: the station is gone.
        """
        try:
            await self._connected().send(encode(message))
        except ConnectionClosed as error:
            raise LinkError("the station is gone") from error

    async def subscribe(self, tag_ids: Sequence[int] | None) -> None:
        """Ask for the values of these tags (None: all) from now on."""
        await self.send(Subscribe(None if tag_ids is None else list(np.asarray(tag_ids).tolist())))

    async def messages(self) -> AsyncIterator[ToClient]:
        """Yield what the station sends, until it closes."""
        while True:
            try:
                yield await self._receive(self._connected())
            except ConnectionClosed:
                return

    async def write(self, path: str, value: Value, reason: str = "") -> WriteResult:
        """Write and wait for the outcome; other messages that come meanwhile are dropped.

        Raises:
            LinkError: the station went away before it answered.
        """
        request = WriteRequest(
            next(self._request_ids), path, value, self.user, self.workstation, reason=reason
        )
        await self.send(Write(request))
        async for message in self.messages():
            if isinstance(message, WriteDone) and message.result.request.request_id == request.request_id:
                return message.result
        raise LinkError("the station went away before the write ended; look at the value")

    async def operate(self, request: Callable[[int], AlarmRequest]) -> list[AlarmRefusal]:
        """Send what ``request`` makes of a request id and return what was refused.

        Raises:
            LinkError: the station went away before it answered.
        """
        number = next(self._request_ids)
        await self.send(request(number))
        answer = await self._answer(number)
        if not isinstance(answer, AlarmsDone):
            raise LinkError(f"expected AlarmsDone, got {type(answer).__name__}")
        return answer.refusals

    async def back_test(
        self,
        start_ns: int,
        end_ns: int,
        changes: Mapping[str, Mapping[str, Setting]],
        *,
        has_proposals: bool = False,
    ) -> tuple[int, BackTestResult]:
        """Try settings on stored history; return the number to apply it by, and what was found.

        Raises:
            LinkError: the station went away, or refuses the settings; the text says why.
        """
        number = next(self._request_ids)
        wanted = {alarm_id: dict(settings) for alarm_id, settings in changes.items()}
        await self.send(QueryBackTest(number, start_ns, end_ns, wanted, has_proposals))
        answer = await self._answer(number)
        if not isinstance(answer, BackTested):
            raise LinkError(f"expected BackTested, got {type(answer).__name__}")
        return number, answer.result

    async def apply_back_test(self, number: int, reason: str) -> list[AlarmRefusal]:
        """Let the settings run that a back-test of this session tried; return what was refused."""
        return await self.operate(lambda request_id: ApplyBackTest(request_id, number, reason))

    async def _answer(self, number: int) -> Message:
        """Return the answer to a request; other messages that come meanwhile are dropped."""
        async for message in self.messages():
            if isinstance(message, BackTestProgress) or getattr(message, "request_id", None) != number:
                continue
            if isinstance(message, QueryFailed):
                raise LinkError(message.text)
            return message
        raise LinkError("the station went away before it answered")

    async def acknowledge(self, event_ids: Sequence[str], comment: str = "") -> None:
        """Acknowledge the occurrences that these events announced."""
        await self.send(Acknowledge(list(event_ids), self.user, self.workstation, comment))
