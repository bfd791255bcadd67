"""The window's session with a station: typed signals in the GUI thread, one I/O thread behind them."""

import itertools
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot

from historian.happening import EventChoice
from historian.model import PixelSeries
from hmi.desktop.connector import (
    Connector,
    Described,
    EndpointProvider,
    Identity,
    LinkChange,
    LinkState,
    Opened,
    PixelAnswer,
    ProjectParser,
    RawAnswer,
)
from hmi.desktop.inbox import Inbox
from hmi.desktop.wording import Told, Wording, alarm_parts, link_text
from hmi.diagnosis import ProbeStep, WhyStep
from hmi.link import (
    Acknowledge,
    Alarms,
    AlarmsDone,
    AlarmSettings,
    BackTested,
    BackTestProgress,
    ChangeTrust,
    Connections,
    EventHistory,
    Message,
    Notice,
    ProbeConnection,
    Probed,
    QueryFailed,
    QueryPixels,
    QueryRaw,
    QueryTimeline,
    QueryTrust,
    QueryWhy,
    Shutdown,
    Timeline,
    Traffic,
    Trust,
    WatchFrames,
    Why,
    Write,
    WriteDone,
)
from projects.model import Project
from projects.texts import translated
from tags.model import Batch, Value, WriteOutcome, WriteRequest, WriteResult
from tags.roles import Role
from tags.status import StatusCode
from views.slices import Slices

QUERY_TIMEOUT_S = 15.0
_TURN_NS = 5_000_000
"""How long what came is taken before the window gets its turn."""
WRITE_TIMEOUT_S = 15.0
"""The station answers every write well before; this bounds what the operator sees as pending."""


@dataclass(frozen=True, slots=True)
class QueryFailure:
    """Say in one sentence why a query brought no answer."""

    text: str


PixelCallback = Callable[[list[PixelSeries] | QueryFailure], None]
RawCallback = Callable[[Batch | QueryFailure], None]
TimelineCallback = Callable[[Timeline | QueryFailure], None]
M = TypeVar("M", bound=Message)
WhyCallback = Callable[[list[list[WhyStep]] | QueryFailure], None]
Translated = tuple[Project | None, Project | None]
"""A project as its station tells it, and in another language."""
TrustCallback = Callable[[Trust | QueryFailure], None]
ProbeCallback = Callable[[list[ProbeStep] | QueryFailure], None]


@dataclass(slots=True)
class _Waiting:
    """A query or write that has no answer yet; ``answer`` takes what came or a :class:`QueryFailure`."""

    answer: Callable[[object], None]
    deadline_ns: int
    timeout_s: float = QUERY_TIMEOUT_S
    on_progress: Callable[[float], None] | None = None


class _Bridge(QObject):
    """Be the one Qt object that the I/O thread touches, and only to emit one signal without arguments."""

    wake = Signal()


class StationClient(QObject):
    """Talk to one station. Everything here runs in the GUI thread and never blocks but for :meth:`close`."""

    welcomed = Signal(object)
    """A :class:`Project`: the very same object as before when the station still runs the same one."""
    frame = Signal(object)
    """A :class:`Batch` with the newest values of subscribed tags."""
    alarms = Signal(object)
    """A :class:`hmi.link.Alarms` message."""
    connections = Signal(object)
    """A list of :class:`ConnectionStatus` that changed; all of them at first."""
    traffic = Signal(object)
    """A :class:`hmi.link.Traffic` message of the connection watched."""
    write_done = Signal(object)
    """A :class:`WriteResult` of this window or of somebody else."""
    link_changed = Signal(object, str)
    """A :class:`LinkState` and one sentence for the operator."""
    role_changed = Signal(object)
    """The :class:`Role` that the station gives this window's user; told before :attr:`welcomed`."""
    described = Signal()
    """Devices have said more about tags: :meth:`reword` tells everything again with it."""
    notice = Signal(int, str)
    """Severity and one sentence about the station."""

    def __init__(
        self,
        provider: EndpointProvider,
        parse: ProjectParser,
        identity: Identity,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.identity = identity
        self.link_state = LinkState.CONNECTING
        self.link_text = ""
        self.link_since_ns = time.time_ns()
        self.station = ""
        self.station_version = ""
        self.station_started_ns = 0
        self.role = Role.VIEWER
        self._bridge = _Bridge(self)
        self._bridge.wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._inbox = Inbox(self._bridge.wake.emit)
        self._taken: deque[object] = deque()
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self._drain)
        self._connector = Connector(self._inbox, provider, parse, identity)
        # Ids start at random, so that the results of another window's writes are not taken for ours.
        self._ids = itertools.count(secrets.randbelow(2**31) << 20)
        self._wording = Wording()
        self._told = Told()
        self._shown: Project | None = None
        self._queries: dict[int, _Waiting] = {}
        self._writes: dict[int, tuple[WriteRequest, int]] = {}
        self._deadlines = QTimer(self)
        self._deadlines.setInterval(250)
        self._deadlines.timeout.connect(self._expire)

    def start(self) -> None:
        """Start connecting; the outcome comes by signals."""
        self._connector.start()

    def close(self) -> None:
        """End the session and join the I/O thread; safe to call twice. No signal follows."""
        self._more.stop()
        self.link_state = LinkState.CLOSED
        self._deadlines.stop()
        self._connector.close()
        self._queries.clear()
        self._writes.clear()

    # Commands

    def subscribe(self, tag_ids: Sequence[int] | None) -> None:
        """Replace the set of tags whose values come (None: all); it survives reconnects."""
        self._connector.subscribe(None if tag_ids is None else [int(tag_id) for tag_id in tag_ids])

    def write(self, path: str, value: Value, screen: str = "", reason: str = "") -> WriteRequest:
        """Ask for a write; exactly one :attr:`write_done` with this request follows, from here if need be."""
        who = self.identity
        request = WriteRequest(next(self._ids), path, value, who.user, who.workstation, screen, reason)
        self._writes[request.request_id] = (request, _deadline_ns(WRITE_TIMEOUT_S))
        if self.link_state is LinkState.CONNECTED:
            self._connector.send(Write(request))
            self._deadlines.start()
        else:
            # Queued, so that the caller has its request before the answer comes.
            QTimer.singleShot(0, self, lambda: self._fail_write(request, self._text_not_sent(), sent=False))
        return request

    def acknowledge(self, event_ids: Sequence[str], comment: str = "") -> bool:
        """Acknowledge exactly these events; False when nothing could be sent (the link is down)."""
        if self.link_state is not LinkState.CONNECTED:
            return False
        who = self.identity
        self._connector.send(Acknowledge(list(event_ids), who.user, who.workstation, comment))
        return True

    def shutdown_station(self) -> bool:
        """Ask the station to stop in good order; the link is lost when it has. False when not connected."""
        if self.link_state is not LinkState.CONNECTED:
            return False
        self._connector.send(Shutdown())
        return True

    def query_pixels(
        self, paths: Sequence[str], start_ns: int, end_ns: int, columns: int, callback: PixelCallback
    ) -> int:
        """Ask for pixel columns; ``callback`` gets them or a failure once, unless the query is cancelled."""

        def answer(message: object) -> None:
            callback(message.series if isinstance(message, PixelAnswer) else _failure(message))

        request_id = next(self._ids)
        message = QueryPixels(request_id, list(paths), start_ns, end_ns, columns)
        self._query(message, request_id, _Waiting(answer, _deadline_ns(QUERY_TIMEOUT_S)))
        return request_id

    def query_raw(
        self,
        path: str,
        start_ns: int,
        end_ns: int,
        callback: RawCallback,
        *,
        bounds: bool = False,
        limit: int | None = None,
    ) -> int:
        """Ask for raw samples; ``callback`` gets them or a failure once."""

        def answer(message: object) -> None:
            callback(message.batch if isinstance(message, RawAnswer) else _failure(message))

        request_id = next(self._ids)
        message = QueryRaw(request_id, path, start_ns, end_ns, bounds, limit)
        self._query(message, request_id, _Waiting(answer, _deadline_ns(QUERY_TIMEOUT_S)))
        return request_id

    def ask(
        self,
        make: Callable[[int], Message],
        kind: type[M],
        callback: Callable[[M | QueryFailure], None],
        *,
        timeout_s: float = QUERY_TIMEOUT_S,
        on_progress: Callable[[float], None] | None = None,
    ) -> int:
        """Send what ``make`` makes of a request id; ``callback`` gets the ``kind`` of answer or a failure.

        ``on_progress`` gets how much of long work is done, 0 to 1; each such message renews the time-out.
        """

        def answer(message: object) -> None:
            callback(message if isinstance(message, kind) else _failure(message))

        request_id = next(self._ids)
        waiting = _Waiting(answer, _deadline_ns(timeout_s), timeout_s, on_progress)
        self._query(make(request_id), request_id, waiting)
        return request_id

    def tell(self, message: Message) -> bool:
        """Send what is not answered; False when not connected."""
        if self.link_state is not LinkState.CONNECTED:
            return False
        self._connector.send(message)
        return True

    def query_timeline(
        self, start_ns: int, end_ns: int, limit: int, choice: EventChoice, callback: TimelineCallback
    ) -> int:
        """Ask for the newest events of any kind; ``callback`` gets them, newest first, or a failure once."""
        return self.ask(
            lambda request_id: QueryTimeline(request_id, start_ns, end_ns, limit, choice), Timeline, callback
        )

    def query_why(self, paths: Sequence[str], callback: WhyCallback) -> int:
        """Ask why tags have their values; ``callback`` gets one chain per path, or a failure, once."""

        def answer(found: Why | QueryFailure) -> None:
            callback(found if isinstance(found, QueryFailure) else found.chains)

        return self.ask(lambda request_id: QueryWhy(request_id, list(paths)), Why, answer)

    def probe(self, connection: str, path: str, callback: ProbeCallback) -> int:
        """Ask for a test of a connection; ``callback`` gets its steps or a failure once."""

        def answer(found: Probed | QueryFailure) -> None:
            callback(found if isinstance(found, QueryFailure) else found.steps)

        return self.ask(lambda request_id: ProbeConnection(request_id, connection, path), Probed, answer)

    def trust(self, request: Callable[[int], QueryTrust | ChangeTrust], callback: TrustCallback) -> None:
        """Ask for certificates or decide about one; ``callback`` gets them all or a failure once."""
        self.ask(request, Trust, callback)

    def watch_frames(self, connection: str) -> None:
        """Get a connection's frames by :attr:`traffic` from now on; empty: none. Ends with the link."""
        if self.link_state is LinkState.CONNECTED:
            self._connector.send(WatchFrames(connection))

    def cancel(self, request_id: int) -> None:
        """Forget a query; its callback is not called any more."""
        self._queries.pop(request_id, None)

    def _query(self, message: Message, request_id: int, waiting: _Waiting) -> None:
        self._queries[request_id] = waiting
        if self.link_state is LinkState.CONNECTED:
            self._connector.send(message)
            self._deadlines.start()
        else:
            failed = QueryFailed(request_id, self.tr("There is no connection to the station."))
            QTimer.singleShot(0, self, lambda: self._answer(request_id, failed))

    # What comes

    def translating(self, language: str) -> Callable[[], Translated]:
        """Return what translates the present project, in any thread, for :meth:`rewording`."""
        project = self._told.project
        return lambda: (project, None if project is None else translated(project, language))

    def rewording(self, known: Translated = (None, None)) -> Slices[None]:
        """Say everything that the station has told again, in the language that the window has now.

        ``known`` is a project and itself in that language.
        """
        self._wording = Wording()
        self.link_text = link_text(self._told.link, self._wording.text)
        project = self._told.project
        if project is None:
            self.link_changed.emit(self.link_state, self.link_text)
            return
        yield
        theirs, shown = known
        self._shown = self._wording.project(project, shown if theirs is project else None)
        yield
        if self._told.project is not project:
            return  # another one came meanwhile, in this language
        self.welcomed.emit(self._shown)
        yield
        self.link_changed.emit(self.link_state, self.link_text)
        yield
        for message in self._told.alarms():
            self.alarms.emit(self._wording.message(message))
            yield
        self.connections.emit(self._wording.statuses(list(self._told.statuses.values())))

    @Slot()
    def _drain(self) -> None:
        """Take what came, for a few milliseconds at a time.

        The inbox is asked again when all of that is done: there values that wait are merged to the newest.
        """
        end_ns = time.perf_counter_ns() + _TURN_NS
        while self.link_state is not LinkState.CLOSED:
            if not self._taken:
                self._taken.extend(self._inbox.take())
            if not self._taken:
                return
            item = self._taken.popleft()
            if isinstance(item, Alarms):
                item, *others = alarm_parts(item)
                self._taken.extendleft(reversed(others))
            self._dispatch(item)
            if time.perf_counter_ns() > end_ns:
                self._more.start()
                return
        self._taken.clear()

    def _dispatch(self, item: object) -> None:
        match item:
            case Batch():
                self.frame.emit(item)
            case Alarms():
                self._told.take_alarms(item)
                self.alarms.emit(self._wording.message(item))
            case WriteDone():
                self._take_result(self._wording.result(item.result))
            case Connections():
                self._told.take_statuses(item.statuses)
                self.connections.emit(self._wording.statuses(item.statuses))
            case (
                PixelAnswer()
                | RawAnswer()
                | EventHistory()
                | Timeline()
                | Why()
                | Probed()
                | Trust()
                | AlarmsDone()
                | AlarmSettings()
                | BackTested()
                | QueryFailed()
            ):
                self._answer(item.request_id, self._wording.message(item))
            case BackTestProgress():
                self._progress(item.request_id, item.share)
            case Traffic():
                self.traffic.emit(self._wording.message(item))
            case Notice():
                self.notice.emit(item.severity, self._wording.text(item.text))
            case Opened():
                self.station = item.station
                self.station_version = item.version
                self.station_started_ns = item.started_ns
                self.role = item.role
                self.role_changed.emit(item.role)
                if self._told.project is not item.project:
                    self._told.open(item.project)
                    self._shown = self._wording.project(item.project)
                self.welcomed.emit(self._shown)
            case Described(project):
                self._told.project = project
                self.described.emit()
            case LinkChange():
                self._change_link(item)

    def _change_link(self, change: LinkChange) -> None:
        was_connected = self.link_state is LinkState.CONNECTED
        if change.state is not self.link_state:
            self.link_since_ns = time.time_ns()
        self._told.link = change
        self.link_state = change.state
        self.link_text = link_text(change, self._wording.text)
        if was_connected and change.state is not LinkState.CONNECTED:
            lost = QCoreApplication.translate(
                "StationClient",
                "The connection was lost before the station answered; look at the value before trying again.",
            )
            for request, _ in list(self._writes.values()):
                self._fail_write(request, lost, sent=True)
            for request_id in list(self._queries):
                self._answer(request_id, QueryFailed(request_id, self.tr("The connection was lost.")))
        self.link_changed.emit(self.link_state, self.link_text)

    def _take_result(self, result: WriteResult) -> None:
        mine = self._writes.get(result.request.request_id)
        if mine is not None and mine[0] == result.request:
            del self._writes[result.request.request_id]
        self.write_done.emit(result)

    def _fail_write(self, request: WriteRequest, text: str, *, sent: bool) -> None:
        if self._writes.pop(request.request_id, None) is None:
            return
        if sent:
            result = WriteResult(request, WriteOutcome.TIMED_OUT, int(StatusCode.BadConnectionClosed), text)
        else:
            result = WriteResult(request, WriteOutcome.REFUSED, int(StatusCode.BadNotConnected), text)
        self.write_done.emit(result)

    def _answer(self, request_id: int, message: object) -> None:
        waiting = self._queries.pop(request_id, None)
        if waiting is not None:
            waiting.answer(message)

    def _progress(self, request_id: int, share: float) -> None:
        waiting = self._queries.get(request_id)
        if waiting is not None:
            waiting.deadline_ns = _deadline_ns(waiting.timeout_s)
            if waiting.on_progress is not None:
                waiting.on_progress(share)

    @Slot()
    def _expire(self) -> None:
        now_ns = time.monotonic_ns()
        for request_id, waiting in list(self._queries.items()):
            if now_ns >= waiting.deadline_ns:
                self._answer(
                    request_id, QueryFailed(request_id, self.tr("The station did not answer in time."))
                )
        for request, deadline_ns in list(self._writes.values()):
            if now_ns >= deadline_ns:
                text = self.tr("The station did not answer in time; look at the value before you try again.")
                self._fail_write(request, text, sent=True)
        if not self._queries and not self._writes:
            self._deadlines.stop()

    def _text_not_sent(self) -> str:
        return self.tr("Not sent: there is no connection to the station.")

    def is_mine(self, request: WriteRequest) -> bool:
        """Tell whether this window asked for that write."""
        who = self.identity
        return (request.user, request.workstation) == (who.user, who.workstation)


def _deadline_ns(timeout_s: float) -> int:
    return time.monotonic_ns() + int(timeout_s * 1e9)


def _failure(message: object) -> QueryFailure:
    if isinstance(message, QueryFailed):
        return QueryFailure(message.text)
    return QueryFailure(f"unexpected answer {type(message).__name__}")
