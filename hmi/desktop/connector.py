"""The I/O thread of the window: one event loop that keeps one WebSocket to the station, for ever."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from historian.model import PixelSeries
from hmi.desktop.inbox import Inbox
from hmi.endpoint import Endpoint, EndpointError
from hmi.link import (
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    Frame,
    Hello,
    LinkError,
    Message,
    PixelHistory,
    RawHistory,
    Refused,
    Subscribe,
    TagFacts,
    Welcome,
    decode_to_client,
    encode,
    unpack_pixels,
)
from projects.model import Project, ProjectError
from tags.drivers.base import ItemFacts
from tags.facts import described_table
from tags.model import Batch
from tags.roles import Role

logger = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 5.0
PING_INTERVAL_S = 1.0
PING_TIMEOUT_S = 2.0
"""A station that hangs without closing the socket counts as lost after at most these two together."""
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 3.0


class LinkState(StrEnum):
    """Name the state of the link to the station."""

    CONNECTING = "connecting"
    """The first attempt is under way."""
    CONNECTED = "connected"
    """The station has welcomed us."""
    LOST = "lost"
    """The station went away or was never found; attempts go on by themselves."""
    REFUSED = "refused"
    """The station answered no; attempts go on, slowly."""
    CLOSED = "closed"
    """The window has ended the session."""


class LinkCause(StrEnum):
    """Name why the link is in its state; the window words it for the operator."""

    NONE = ""
    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"
    WENT_AWAY = "went_away"
    REFUSED = "refused"
    BAD_PROJECT = "bad_project"
    BAD_MESSAGE = "bad_message"


@dataclass(frozen=True, slots=True)
class LinkChange:
    """Tell that the link to the station changed its state."""

    state: LinkState
    cause: LinkCause = LinkCause.NONE
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """Bring the same project with more of what devices say about its tags."""

    project: Project


@dataclass(frozen=True, slots=True)
class Opened:
    """Tell that a station has welcomed us, and which project it runs."""

    project: Project
    station: str
    version: str
    started_ns: int
    role: Role


@dataclass(frozen=True, slots=True)
class PixelAnswer:
    """Answer a pixel query with unpacked columns."""

    request_id: int
    series: list[PixelSeries]


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Answer a raw query with one tag's samples."""

    request_id: int
    batch: Batch


EndpointProvider = Callable[[], Endpoint | None]
"""Finds where the station listens now; called in the I/O thread before every attempt, may block shortly."""
ProjectParser = Callable[[Mapping[str, bytes]], Project]


@dataclass(frozen=True, slots=True)
class Identity:
    """Say who sits at this window."""

    client: str
    user: str
    workstation: str


class Connector:
    """Run the link in a thread of its own; holds no Qt object.

    What comes is decoded there and put into the inbox. Nothing is sent while the link is down: a command that
    waited for a link could reach a plant in another state than the operator saw.
    """

    def __init__(
        self, inbox: Inbox, provider: EndpointProvider, parse: ProjectParser, identity: Identity
    ) -> None:
        self._inbox = inbox
        self._provider = provider
        self._parse = parse
        self._identity = identity
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._outbox: asyncio.Queue[bytes] | None = None
        self._started = threading.Event()
        self._subscription: list[int] | None = []
        self._parsed: Project | None = None
        self._project: Project | None = None
        self._facts: dict[int, ItemFacts] = {}
        self._reported: LinkChange | None = None
        self._thread = threading.Thread(target=self._run, name="vigie-link", daemon=True)

    def start(self) -> None:
        """Start the thread; returns at once."""
        self._thread.start()

    def send(self, message: Message) -> None:
        """Send a message if the link is up, else drop it. Any thread; never blocks."""
        frame = encode(message)
        self._call(lambda: self._outbox.put_nowait(frame) if self._outbox is not None else None)

    def subscribe(self, tag_ids: list[int] | None) -> None:
        """Replace the set of subscribed tags, now and after every reconnect. Any thread; never blocks."""

        def replace() -> None:
            self._subscription = tag_ids
            if self._outbox is not None:
                self._outbox.put_nowait(encode(Subscribe(tag_ids)))

        self._call(replace)

    def close(self) -> None:
        """End the link and join the thread; safe to call twice."""
        if not self._thread.is_alive():
            return
        self._started.wait()

        def cancel() -> None:
            if self._task is not None:
                self._task.cancel()

        self._call(cancel)
        self._thread.join()

    def _call(self, function: Callable[[], object]) -> None:
        if not self._thread.is_alive():
            return
        self._started.wait()
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(function)

    # In the I/O thread

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._started.set()
        pause_s = FIRST_PAUSE_S
        self._report(LinkChange(LinkState.CONNECTING))
        while True:
            change, was_open = await self._session()
            self._report(change)
            if was_open:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(LONGEST_PAUSE_S if change.state is LinkState.REFUSED else pause_s)
            pause_s = min(pause_s * 1.6, LONGEST_PAUSE_S)

    async def _session(self) -> tuple[LinkChange, bool]:
        """Open one session and serve it to its end; return why it ended and whether it had been open."""
        try:
            endpoint = await asyncio.to_thread(self._provider)
        except (OSError, EndpointError) as error:
            return LinkChange(LinkState.LOST, LinkCause.NO_ANSWER, str(error)), False
        if endpoint is None:
            return LinkChange(LinkState.LOST, LinkCause.NOT_FOUND), False
        opened = False
        try:
            async with connect(
                f"ws://{endpoint.host}:{endpoint.port}/",
                max_size=MAX_FRAME_BYTES,
                compression=None,
                proxy=None,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=0.5,
                ping_interval=PING_INTERVAL_S,
                ping_timeout=PING_TIMEOUT_S,
            ) as socket:
                try:
                    refusal = await self._open(socket, endpoint)
                    if refusal is not None:
                        return refusal, False
                    opened = True
                    await self._serve(socket)
                finally:
                    self._outbox = None
        except ConnectionClosed as error:
            detail = "" if opened else str(error)
            cause = LinkCause.WENT_AWAY if opened else LinkCause.NO_ANSWER
            return LinkChange(LinkState.LOST, cause, detail), opened
        except (OSError, InvalidHandshake) as error:
            return LinkChange(LinkState.LOST, LinkCause.NO_ANSWER, str(error)), opened
        except LinkError as error:
            return LinkChange(LinkState.REFUSED, LinkCause.BAD_MESSAGE, str(error)), opened
        return LinkChange(LinkState.LOST, LinkCause.WENT_AWAY), opened

    async def _open(self, socket: ClientConnection, endpoint: Endpoint) -> LinkChange | None:
        who = self._identity
        await socket.send(
            encode(Hello(endpoint.secret, PROTOCOL_VERSION, who.client, who.user, who.workstation))
        )
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            answer = decode_to_client(_binary(await socket.recv()))
        if isinstance(answer, Refused):
            return LinkChange(LinkState.REFUSED, LinkCause.REFUSED, answer.text)
        if not isinstance(answer, Welcome):
            raise LinkError(f"expected Welcome, got {type(answer).__name__}")
        if answer.protocol != PROTOCOL_VERSION:
            raise LinkError(f"the station speaks protocol {answer.protocol}, this window {PROTOCOL_VERSION}")
        if self._parsed is None or self._parsed.digest != answer.digest:
            try:
                self._parsed = await asyncio.to_thread(self._parse, answer.project_files)
            except ProjectError as error:
                return LinkChange(LinkState.REFUSED, LinkCause.BAD_PROJECT, str(error))
            self._project = None
        project = self._describe(self._parsed, answer.facts)
        self._reported = LinkChange(LinkState.CONNECTED)
        logger.info("connected to the station %s", answer.station)
        self._inbox.open(
            len(project.tags),
            Opened(project, answer.station, answer.version, answer.started_ns, answer.role),
        )
        self._inbox.put(self._reported)
        return None

    async def _serve(self, socket: ClientConnection) -> None:
        outbox: asyncio.Queue[bytes] = asyncio.Queue()
        outbox.put_nowait(encode(Subscribe(self._subscription)))
        self._outbox = outbox
        sender = asyncio.create_task(self._send_all(socket, outbox))
        try:
            async for frame in socket:
                self._receive(_binary(frame))
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await sender

    @staticmethod
    async def _send_all(socket: ClientConnection, outbox: "asyncio.Queue[bytes]") -> None:
        while True:
            await socket.send(await outbox.get())

    def _receive(self, frame: bytes) -> None:
        message = decode_to_client(frame)
        match message:
            case Frame():
                self._inbox.put_values(message.columns.unpack())
            case PixelHistory():
                series = [unpack_pixels(columns) for columns in message.series]
                self._inbox.put(PixelAnswer(message.request_id, series))
            case RawHistory():
                self._inbox.put(RawAnswer(message.request_id, message.columns.unpack()))
            case TagFacts(facts):
                before = self._project
                if self._parsed is not None:
                    project = self._describe(self._parsed, facts)
                    if project is not before:
                        self._inbox.put(Described(project))
            case Welcome() | Refused():
                raise LinkError(f"a {type(message).__name__} in the middle of a session")
            case _:
                self._inbox.put(message)

    def _describe(self, parsed: Project, facts: dict[int, ItemFacts]) -> Project:
        """Return the project with what devices say; the same object as before when that is nothing new."""
        if self._project is None or facts != self._facts:
            self._facts = facts
            tags = described_table(parsed.tags, facts)
            self._project = parsed if tags is parsed.tags else replace(parsed, tags=tags)
        return self._project

    def _report(self, change: LinkChange) -> None:
        if change == self._reported:
            return
        before, self._reported = self._reported, change
        if before is not None and before.state is LinkState.CONNECTED:
            logger.info("the link to the station is lost: %s %s", change.cause, change.detail)
        self._inbox.put(change, after_values=True)


def _binary(frame: bytes | str) -> bytes:
    if isinstance(frame, str):
        raise LinkError("a text frame; messages are binary")
    return frame
