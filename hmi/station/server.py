"""Serve a station's sessions over WebSocket on loopback (design.md, section 5)."""

import asyncio
import hmac
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from historian.happening import Happening
from historian.model import HistorianError, Reader
from historian.patience import Patience
from hmi.endpoint import HOST
from hmi.link import (
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    Acknowledge,
    AlarmOperation,
    AlarmsDone,
    AlarmSettings,
    ApplyBackTest,
    CancelBackTest,
    ChangeTrust,
    Columns,
    EventHistory,
    Hello,
    LinkError,
    Message,
    Notice,
    PixelHistory,
    ProbeConnection,
    Probed,
    Query,
    QueryBackTest,
    QueryEvents,
    QueryFailed,
    QueryPixels,
    QueryRaw,
    QuerySettings,
    QueryTimeline,
    QueryTrust,
    QueryWhy,
    RawHistory,
    Refused,
    Shutdown,
    Subscribe,
    Timeline,
    ToStation,
    WatchFrames,
    Welcome,
    Why,
    Write,
    decode_to_station,
    encode,
    pack_pixels,
    series_to_batch,
)
from hmi.station.backtests import BackTests, make_job
from hmi.station.sessions import MIN_FRAME_DISTANCE_S, Outbox
from hmi.station.station import NOTICE_SEVERITY, Station
from tags.drivers.certificates import TrustError
from tags.model import WriteRequest
from tags.roles import Action, Actor, refusal

log = logging.getLogger(__name__)

HELLO_TIMEOUT_S = 5.0
MAX_PAGE_EVENTS = 10_000
QUERY_TIMEOUT_S = 15.0
"""As long as a window waits for an answer."""
CLOSE_REFUSED = 4003
CLOSE_OVERRUN = 4008


class StationServer:
    """Accept clients of one station. A slow client loses frames, a dead one costs nothing."""

    def __init__(
        self,
        station: Station,
        secret: str,
        project_files: Mapping[str, bytes],
        version: str,
        on_shutdown: Callable[[], None],
    ) -> None:
        self._station = station
        self._secret = secret
        self._files = dict(project_files)
        self._version = version
        self._on_shutdown = on_shutdown
        self._server: Server | None = None

    async def start(self, port: int = 0) -> int:
        """Listen on loopback and return the port (0: any free one).

        Raises:
            OSError: the port is taken.
        """
        self._server = await serve(
            self._serve,
            HOST,
            port,
            max_size=MAX_FRAME_BYTES,
            compression=None,
            ping_interval=5,
            ping_timeout=10,
            close_timeout=1,
        )
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def stop(self) -> None:
        """Close all sessions and the socket."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, socket: ServerConnection) -> None:
        try:
            hello = await self._greet(socket)
            if hello is None:
                return
            session = _Session(self._station, socket, hello, self._files, self._on_shutdown)
            await session.run()
        except ConnectionClosed:
            return
        except LinkError as error:
            log.info("a client was cut off: %s", error)
            await socket.close(CLOSE_REFUSED, "not a Vigie client")

    async def _greet(self, socket: ServerConnection) -> Hello | None:
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                message = _decode(await socket.recv())
        except TimeoutError:
            return None
        if not isinstance(message, Hello) or not hmac.compare_digest(
            message.secret.encode(), self._secret.encode()
        ):
            await socket.send(encode(Refused("this station does not know you: its secret is another one")))
            return None
        if message.protocol != PROTOCOL_VERSION:
            text = (
                f"this station speaks link version {PROTOCOL_VERSION}, the client {message.protocol}: "
                "install the same version of Vigie at both ends"
            )
            await socket.send(encode(Refused(text)))
            return None
        station = self._station
        await socket.send(
            encode(
                Welcome(
                    PROTOCOL_VERSION,
                    station.name,
                    self._version,
                    station.project.digest,
                    self._files,
                    station.started_ns,
                    station.role_of(message.user),
                    dict(station.facts),
                )
            )
        )
        return message


class _Session:
    """Serve one client: one task sends, one receives, queries run in threads."""

    def __init__(
        self,
        station: Station,
        socket: ServerConnection,
        hello: Hello,
        files: Mapping[str, bytes],
        on_shutdown: Callable[[], None],
    ) -> None:
        self._station = station
        self._socket = socket
        self._actor = Actor(hello.user, hello.workstation, station.role_of(hello.user))
        self._on_shutdown = on_shutdown
        self._outbox = Outbox(station.database, station.clock)
        self._backtests = BackTests(
            lambda request: make_job(request, files, station.directory, station.alarms.running_settings()),
            station.backtest_slots,
            self._outbox.post,
        )
        self._work: set[asyncio.Task[None]] = set()
        self._reader: Reader | None = None
        self._patiences: set[Patience] = set()
        self._watching: asyncio.Task[None] | None = None

    async def run(self) -> None:
        self._station.attach(self._outbox)
        sender = asyncio.create_task(self._send())
        try:
            async for frame in self._socket:
                self._take(_decode(frame))
        finally:
            self._station.detach(self._outbox)
            for patience in self._patiences:
                patience.cancel()  # nobody waits any more for what the threads read
            for task in (sender, *self._work):
                task.cancel()
            await asyncio.gather(sender, *self._work, return_exceptions=True)
            if self._reader is not None:
                await asyncio.to_thread(self._reader.close)

    async def _send(self) -> None:
        while True:
            await self._outbox.wait()
            if self._outbox.is_overrun:
                await self._socket.close(CLOSE_OVERRUN, "too far behind")
                return
            try:
                for message in self._outbox.take():
                    await self._socket.send(encode(message))
            except ConnectionClosed:
                return
            await asyncio.sleep(MIN_FRAME_DISTANCE_S)

    def _take(self, message: ToStation) -> None:
        match message:
            case Subscribe(tag_ids):
                self._outbox.subscribe(tag_ids)
            case Write(request):
                self._spawn(self._write(request))
            case Acknowledge():
                self._spawn(self._acknowledge(message))
            case QueryRaw() | QueryPixels() | QueryEvents() | QueryTimeline() | QuerySettings():
                self._spawn(self._query(message))
            case QueryBackTest():
                self._keep(self._backtests.start(message))
            case CancelBackTest(request_id):
                self._backtests.cancel(request_id)
            case QueryWhy() | ProbeConnection():
                self._spawn(self._diagnose(message))
            case QueryTrust() | ChangeTrust():
                self._spawn(self._trust(message))
            case WatchFrames(connection):
                self._watch(connection)
            case Shutdown():
                self._shut_down()
            case Hello():
                raise LinkError("a second Hello in one session")
            case _:
                self._spawn(self._operate(message))

    async def _acknowledge(self, message: Acknowledge) -> None:
        for text in await self._station.acknowledge(message.event_ids, self._actor, message.comment):
            self._outbox.post(Notice(NOTICE_SEVERITY, text))

    async def _operate(self, request: AlarmOperation) -> None:
        reviewed = None
        if isinstance(request, ApplyBackTest):
            reviewed = self._backtests.reviewed(request.backtest_id)
        refusals = await self._station.operate(request, self._actor, reviewed)
        self._outbox.post(AlarmsDone(request.request_id, refusals))

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        return self._keep(asyncio.create_task(work))

    def _keep(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def _write(self, request: WriteRequest) -> None:
        await self._station.write(request, self._actor)

    def _shut_down(self) -> None:
        text = refusal(self._actor.role, Action.STOP_STATION)
        if text:
            self._outbox.post(Notice(NOTICE_SEVERITY, text))
        else:
            self._on_shutdown()

    def _watch(self, connection: str) -> None:
        """Send the frames of this connection and of no other one; empty: of none."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if connection:
            self._watching = self._spawn(self._station.diagnostics.watch(connection, self._outbox.post))

    async def _diagnose(self, message: QueryWhy | ProbeConnection) -> None:
        diagnostics = self._station.diagnostics
        answer: Message
        try:
            denied = refusal(self._actor.role, Action.DIAGNOSE)
            if isinstance(message, ProbeConnection) and denied:
                answer = QueryFailed(message.request_id, denied)
            elif isinstance(message, QueryWhy):
                answer = Why(message.request_id, await diagnostics.explain(message.paths))
            else:
                steps = await diagnostics.probe(message.connection, message.path)
                answer = Probed(message.request_id, steps)
        except Exception:
            log.exception("a diagnosis failed: %r", message)
            answer = QueryFailed(message.request_id, "the diagnosis failed by a fault of Vigie; see the log")
        self._outbox.post(answer)

    async def _trust(self, message: QueryTrust | ChangeTrust) -> None:
        answer: Message
        try:
            if isinstance(message, ChangeTrust):
                answer = await self._station.trust.decide(message, self._actor)
            else:
                answer = await self._station.trust.show(message.request_id)
        except TrustError as error:
            answer = QueryFailed(message.request_id, str(error))
        self._outbox.post(answer)

    async def _query(self, message: Query) -> None:
        patience = Patience(QUERY_TIMEOUT_S)
        self._patiences.add(patience)
        try:
            answer: Message = await asyncio.to_thread(self._answer, message, patience)
        except HistorianError as error:
            answer = QueryFailed(message.request_id, str(error))
        except Exception:
            log.exception("a query failed: %r", message)
            answer = QueryFailed(message.request_id, "the query failed by a fault of Vigie; see the log")
        finally:
            self._patiences.discard(patience)
        self._outbox.post(answer)

    def _answer(self, message: Query, patience: Patience) -> Message:
        match message:
            case QueryRaw():
                series = self._history().raw(
                    message.path,
                    message.start_ns,
                    message.end_ns,
                    bounds=message.bounds,
                    limit=message.limit,
                    patience=patience,
                )
                tag = self._station.project.tags.find(message.path)
                batch = series_to_batch(series, tag.id if tag else -1, self._station.clock.now_ns())
                return RawHistory(message.request_id, Columns.pack(batch))
            case QueryPixels():
                found = self._history().pixels(
                    message.paths, message.start_ns, message.end_ns, message.columns, patience
                )
                return PixelHistory(message.request_id, [pack_pixels(series) for series in found])
            case QueryEvents():
                limit = max(1, min(message.limit, MAX_PAGE_EVENTS))
                events = self._station.journal.events(
                    message.start_ns,
                    message.end_ns,
                    limit=limit + 1,
                    newest_first=True,
                    chosen=message.chosen,
                    beyond=message.before,
                )
                return EventHistory(message.request_id, events[:limit][::-1], len(events) > limit)
            case QueryTimeline():
                return self._timeline(message, patience)
            case QuerySettings(request_id, start_ns, end_ns):
                changes = self._station.journal.setting_changes(start_ns, end_ns)
                return AlarmSettings(request_id, self._station.alarms.differences(), changes)

    def _timeline(self, message: QueryTimeline, patience: Patience) -> Timeline:
        limit = max(1, min(message.limit, MAX_PAGE_EVENTS))
        found: list[Happening] = []
        choice = replace(message.choice, paths=())
        events = self._history().timeline(
            message.start_ns, message.end_ns, choice, patience, newest_first=True
        )
        for event in events:
            if len(found) >= limit and event.source_ns != found[-1].source_ns:
                return Timeline(message.request_id, found, more=True)
            found.append(event)
        return Timeline(message.request_id, found, more=False)

    def _history(self) -> Reader:
        if self._reader is None:
            self._reader = self._station.reader()
        return self._reader


def _decode(frame: str | bytes) -> ToStation:
    if isinstance(frame, str):
        raise LinkError("a text frame; messages are binary")
    return decode_to_station(frame)
