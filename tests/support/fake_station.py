"""A station made of a real WebSocket server and a script: it says what the test tells it to."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from alarms.backtest_facts import (
    AlarmEffect,
    BackTestResult,
    FloodFacts,
    KpiFacts,
    MissedActivation,
    ProposalFacts,
    SideFacts,
)
from alarms.model import (
    AlarmDefinition,
    AlarmEvent,
    AlarmRefusal,
    AlarmSnapshot,
    AlarmState,
    AlarmType,
    Priority,
    Transition,
)
from alarms.settings import SettingChange, SettingDifference
from historian.model import PixelSeries
from hmi.diagnosis import ProbeStep, WhyKind, WhyStep
from hmi.endpoint import Endpoint
from hmi.link import (
    PROTOCOL_VERSION,
    Acknowledge,
    Alarms,
    AlarmsDone,
    AlarmSettings,
    ApplyBackTest,
    BackTested,
    BackTestProgress,
    Columns,
    Connections,
    EnforceSettings,
    EventHistory,
    Frame,
    Hello,
    Message,
    OutOfService,
    PixelHistory,
    ProbeConnection,
    Probed,
    QueryBackTest,
    QueryEvents,
    QueryPixels,
    QueryRaw,
    QuerySettings,
    QueryWhy,
    RawHistory,
    Refused,
    Reset,
    ReturnToService,
    Shelve,
    Shutdown,
    Subscribe,
    Unshelve,
    Welcome,
    Why,
    Write,
    WriteDone,
    decode_to_station,
    encode,
    pack_pixels,
)
from projects.model import ElementModel, Project, Screen, ScreenLevel, StationSettings
from tags.connection import ConnectionState, ConnectionStatus
from tags.model import (
    Access,
    Batch,
    DataType,
    LogMode,
    LogPolicy,
    Tag,
    TagTable,
    Value,
    WriteOutcome,
    WriteResult,
)
from tags.roles import Role
from tags.status import StatusCode
from tests.support.patience import PATIENCE_S

SECRET = "only for tests"
M = TypeVar("M", bound=Message)


def sample_project(digest: str = "d1") -> Project:
    """A small cell: level, temperature, motor, text, counter and a writable set point."""
    logged = LogPolicy(LogMode.CHANGE)
    tags = TagTable(
        Tag(row, path, data_type, "plc", unit=unit, eu_low=low, eu_high=high, decimals=decimals, **more)
        for row, (path, data_type, unit, low, high, decimals, more) in enumerate(
            [
                (
                    "Tank.Level",
                    DataType.FLOAT64,
                    "%",
                    0.0,
                    100.0,
                    1,
                    {"log": logged, "description": "Tank level"},
                ),
                (
                    "Tank.Temperature",
                    DataType.FLOAT64,
                    "°C",
                    0.0,
                    120.0,
                    1,
                    {"log": logged, "description": "Product temperature"},
                ),
                (
                    "Tank.SetPoint",
                    DataType.FLOAT64,
                    "%",
                    0.0,
                    100.0,
                    1,
                    {"log": logged, "access": Access.READ_WRITE, "description": "Level set point"},
                ),
                (
                    "Motor.Running",
                    DataType.BOOL,
                    "",
                    None,
                    None,
                    None,
                    {"log": logged, "states": {0: "Stopped", 1: "Running"}, "description": "Infeed motor"},
                ),
                ("Line.Recipe", DataType.STRING, "", None, None, None, {"description": "Recipe name"}),
                (
                    "Line.Count",
                    DataType.UINT64,
                    "pcs",
                    None,
                    None,
                    0,
                    {"log": logged, "description": "Good parts"},
                ),
            ]
        )
    )
    alarms = (
        alarm_definition("LT1_HI", "Tank.Level", "Tank level high", Priority.HIGH, "Filling"),
        alarm_definition("LT1_LO", "Tank.Level", "Tank level low", Priority.MEDIUM, "Filling"),
        alarm_definition("TT1_HIHI", "Tank.Temperature", "Product too hot", Priority.URGENT, "Filling"),
        alarm_definition("M1_TRIP", "Motor.Running", "Infeed motor tripped", Priority.LOW, "Infeed"),
    )
    screens = {
        "overview": Screen(
            "overview",
            "Cell overview",
            ScreenLevel.OVERVIEW,
            800,
            450,
            (
                ElementModel("level", "value", 40, 40, 120, 32, {"tag": "Tank.Level"}),
                ElementModel("run", "value", 40, 100, 120, 32, {"tag": "Motor.Running"}),
                ElementModel("sp", "setpoint", 40, 160, 200, 40, {"tag": "Tank.SetPoint"}),
                ElementModel("recipe", "value", 40, 220, 200, 32, {"tag": "Line.Recipe"}),
                ElementModel("count", "value", 40, 280, 200, 32, {"tag": "Line.Count"}),
            ),
        ),
        "filling": Screen(
            "filling",
            "Filling station",
            ScreenLevel.UNIT,
            800,
            450,
            (ElementModel("temp", "value", 40, 40, 120, 32, {"tag": "Tank.Temperature"}),),
            parent="overview",
        ),
        "infeed": Screen(
            "infeed",
            "Infeed conveyor",
            ScreenLevel.UNIT,
            800,
            450,
            (ElementModel("motor", "value", 40, 40, 120, 32, {"tag": "Motor.Running"}),),
            parent="overview",
        ),
    }
    return Project("Packaging cell", "for tests", {}, {}, StationSettings(), tags, alarms, screens, digest)


def alarm_definition(
    alarm_id: str, tag: str, name: str, priority: Priority, area: str, **more: object
) -> AlarmDefinition:
    """An alarm with guidance."""
    definition = AlarmDefinition(
        alarm_id,
        tag,
        name,
        name,
        AlarmType.HI,
        80.0,
        "%",
        priority=priority,
        area=area,
        cause="The outlet valve is stuck",
        consequence="Product runs over",
        operator_action="Close the inlet and check the valve",
        time_to_respond_s=300,
        display_link="filling",
    )
    return replace(definition, **more)  # type: ignore[arg-type]


def snapshot(
    alarm_id: str,
    *,
    event_id: str = "",
    state: AlarmState = AlarmState.UNACKNOWLEDGED,
    priority: Priority = Priority.HIGH,
    message: str = "Tank level high",
    tag: str = "Tank.Level",
    area: str = "Filling",
    active_ns: int = 0,
    value: Value | None = 85.2,
    **more: object,
) -> AlarmSnapshot:
    """A row of the alarm list."""
    acknowledged = state in (AlarmState.ACKNOWLEDGED, AlarmState.LATCHED_ACKNOWLEDGED)
    row = AlarmSnapshot(
        alarm_id,
        event_id or f"event-{alarm_id}",
        f"occurrence-{alarm_id}",
        state,
        state in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED),
        acknowledged,
        priority,
        priority.severity,
        tag,
        area,
        message,
        value,
        80.0,
        "%",
        active_ns or time.time_ns(),
        0,
        time.time_ns() if acknowledged else 0,
        "operator" if acknowledged else "",
        count=1,
    )
    return replace(row, **more)  # type: ignore[arg-type]


def event(row: AlarmSnapshot, transition: Transition = Transition.ACTIVATED, sequence: int = 1) -> AlarmEvent:
    """The journal's record behind a row."""
    return AlarmEvent(
        sequence,
        row.event_id,
        row.occurrence_id,
        row.alarm_id,
        transition,
        row.active_ns,
        row.active_ns,
        AlarmState.NORMAL,
        row.state,
        row.value,
        row.limit,
        row.unit,
        row.status,
        row.priority,
        row.severity,
        row.message,
        row.area,
    )


def connection_status(name: str, state: ConnectionState, text: str = "", **more: object) -> ConnectionStatus:
    """A controller's state with counters that look real."""
    status = ConnectionStatus(
        name,
        "modbus",
        state,
        text or "The device answers.",
        device="Simulated PLC 1.0",
        plan="58 tags in 3 requests, 38 ms, 61 % of bytes used",
        since_ns=time.time_ns() - 3_600_000_000_000,
        tags=58,
        bad_tags=0,
        requests=120_345,
        errors=2,
        reconnects=1,
        request_p50_ms=1.4,
        request_p99_ms=6.2,
        values_per_s=512.0,
        sent_bytes=1_200_000,
        received_bytes=9_800_000,
    )
    return replace(status, **more)  # type: ignore[arg-type]


class FakeStation:
    """Serve the link on 127.0.0.1 in a thread of its own; use as a context manager.

    It answers Hello, Subscribe (with the values set so far) and Write (confirmed, unless ``answer_write``
    says otherwise) by itself; alarms, connections and everything else come from the test.
    """

    def __init__(self, project: Project | None = None, port: int = 0) -> None:
        self.project = project or sample_project()
        self.port = port
        self.received: list[Message] = []
        self.refuse_with = ""
        self.role = Role.ENGINEER
        self.mute = False
        self.answer_write: Callable[[Write], WriteResult | None] = confirmed
        self.answer_pixels: Callable[[QueryPixels], list[PixelSeries] | None] = no_history
        self.answer_raw: Callable[[QueryRaw], Batch] = lambda _: Batch.empty(0)
        self.chains: dict[str, list[WhyStep]] = {}
        self.probe_steps: list[ProbeStep] = []
        self.refuse_alarms: dict[str, str] = {}
        self.differences: list[SettingDifference] = []
        self.changes: list[SettingChange] = []
        self.answer_back_test: Callable[[QueryBackTest], BackTestResult | None] = back_test
        self.journal: list[AlarmEvent] = []
        self.rows: dict[str, AlarmSnapshot] = {}
        self.statuses: list[ConnectionStatus] = []
        self._values: dict[int, tuple[Value | None, int, int]] = {}
        self._clients: set[ServerConnection] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    # Life

    def __enter__(self) -> "FakeStation":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; on the same port as before when started again."""
        self._ready.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="fake-station")
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """Close every session and stop listening."""
        if self._thread is None:
            return
        assert self._loop is not None
        assert self._stop is not None
        with contextlib.suppress(RuntimeError):  # a client's Shutdown has ended the loop
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._thread = None

    def endpoint(self) -> Endpoint:
        """Where a client finds this station."""
        return Endpoint("127.0.0.1", self.port, SECRET)

    def parse(self, files: object) -> Project:
        """Stand in for projects.files.parse."""
        return self.project

    # The script

    def set(
        self, values: dict[str, Value | None], status: int = int(StatusCode.Good), at_ns: int = 0
    ) -> None:
        """Set values by path and send them to every client."""
        at_ns = at_ns or time.time_ns()
        samples = []
        for path, value in values.items():
            tag_id = self.project.tags.by_path(path).id
            self._values[tag_id] = (value, status, at_ns)
            samples.append((tag_id, value, status, at_ns))
        self.send(Frame(Columns.pack(Batch.of(samples, at_ns))))

    def set_alarms(
        self, rows: Iterable[AlarmSnapshot], removed: Sequence[str] = (), events: Sequence[AlarmEvent] = ()
    ) -> None:
        """Change the alarm list and tell every client."""
        changed = list(rows)
        for row in changed:
            self.rows[row.alarm_id] = row
        for alarm_id in removed:
            self.rows.pop(alarm_id, None)
        self.send(Alarms(list(events), changed, list(removed), False))

    def set_connections(self, statuses: list[ConnectionStatus]) -> None:
        """Change connection states and tell every client."""
        self.statuses = statuses
        self.send(Connections(statuses))

    def send(self, message: Message) -> None:
        """Send any message to every client."""
        frame = encode(message)
        self._call(lambda: [self._spawn(self._send(client, frame)) for client in list(self._clients)])

    def drop_clients(self) -> None:
        """Cut the TCP connection of every client without a goodbye."""
        self._call(lambda: [client.transport.abort() for client in list(self._clients)])

    def wait_for(self, kind: type[M], count: int = 1) -> list[M]:
        """Wait until this many messages of a kind came; not where the GUI thread must serve events."""
        with self._changed:
            done = self._changed.wait_for(lambda: len(self.of(kind)) >= count, PATIENCE_S)
        assert done, f"{kind.__name__} did not come; got {[type(m).__name__ for m in self.received]}"
        return self.of(kind)

    def of(self, kind: type[M]) -> list[M]:
        """The messages of one kind so far."""
        return [message for message in list(self.received) if isinstance(message, kind)]

    # In the server's thread

    def _call(self, function: Callable[[], object]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(function)

    def _spawn(self, coroutine: object) -> None:
        task = asyncio.ensure_future(coroutine)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Future[object]] = set()
        async with serve(
            self._session, "127.0.0.1", self.port, compression=None, close_timeout=0.2
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    async def _send(self, client: ServerConnection, frame: bytes) -> None:
        try:
            await client.send(frame)
        except ConnectionClosed:
            self._clients.discard(client)

    async def _session(self, client: ServerConnection) -> None:
        try:
            hello = decode_to_station(await client.recv())  # type: ignore[arg-type]
            assert isinstance(hello, Hello)
            self._note(hello)
            if self.refuse_with or hello.secret != SECRET:
                await client.send(encode(Refused(self.refuse_with or "wrong secret")))
                return
            await client.send(
                encode(
                    Welcome(
                        PROTOCOL_VERSION,
                        self.project.name,
                        "0.1.0",
                        self.project.digest,
                        {"project.toml": b""},
                        time.time_ns(),
                        role=self.role,
                    )
                )
            )
            self._clients.add(client)  # before the states are read: what changes from here on is sent as well
            await client.send(encode(Connections(self.statuses)))
            await client.send(encode(Alarms([], list(self.rows.values()), [], True)))
            async for frame in client:
                message = decode_to_station(frame)  # type: ignore[arg-type]
                self._note(message)
                if not self.mute:
                    await self._answer(client, message)
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(client)

    async def _answer(self, client: ServerConnection, message: Message) -> None:
        match message:
            case Subscribe():
                wanted = self._values if message.tag_ids is None else message.tag_ids
                rows = [(i, *self._values[i]) for i in wanted if i in self._values]
                await client.send(encode(Frame(Columns.pack(Batch.of(rows, time.time_ns())))))
            case Write():
                result = self.answer_write(message)
                if result is not None:
                    await client.send(encode(WriteDone(result)))
            case QueryPixels():
                series = self.answer_pixels(message)
                if series is not None:
                    packed = [pack_pixels(one) for one in series]
                    await client.send(encode(PixelHistory(message.request_id, packed)))
            case QueryRaw():
                found = self.answer_raw(message)
                await client.send(encode(RawHistory(message.request_id, Columns.pack(found))))
            case QueryWhy():
                chains = [
                    self.chains.get(path, [WhyStep(WhyKind.TAG, 0, path, "")]) for path in message.paths
                ]
                await client.send(encode(Why(message.request_id, chains)))
            case ProbeConnection():
                await client.send(encode(Probed(message.request_id, self.probe_steps)))
            case QueryEvents():
                chosen = [
                    e
                    for e in self.journal
                    if message.start_ns <= e.source_ns < message.end_ns
                    and (message.before is None or (e.source_ns, e.sequence) < tuple(message.before))
                    and (message.chosen is None or message.chosen.accepts(e))
                ]
                page, more = chosen[-message.limit :], len(chosen) > message.limit
                await client.send(encode(EventHistory(message.request_id, page, more)))
            case Acknowledge():
                rows_now = [
                    replace(
                        row,
                        state=AlarmState.ACKNOWLEDGED,
                        acknowledged=True,
                        acknowledged_ns=time.time_ns(),
                        acknowledged_by=message.user,
                    )
                    for row in self.rows.values()
                    if row.event_id in message.event_ids
                ]
                for row in rows_now:
                    self.rows[row.alarm_id] = row
                await client.send(encode(Alarms([], rows_now, [], False)))
            case QuerySettings():
                made = AlarmSettings(message.request_id, self.differences, self.changes)
                await client.send(encode(made))
            case QueryBackTest():
                for share in (0.25, 0.75):
                    await client.send(encode(BackTestProgress(message.request_id, share)))
                result = self.answer_back_test(message)
                if result is not None:
                    await client.send(encode(BackTested(message.request_id, result)))
            case EnforceSettings() | ApplyBackTest():
                refusals = [AlarmRefusal(key, text) for key, text in self.refuse_alarms.items()]
                await client.send(encode(AlarmsDone(message.request_id, refusals)))
            case Shelve() | Unshelve() | OutOfService() | ReturnToService() | Reset():
                refused = [
                    AlarmRefusal(i, self.refuse_alarms[i])
                    for i in message.alarm_ids
                    if i in self.refuse_alarms
                ]
                done = [i for i in message.alarm_ids if i not in self.refuse_alarms]
                await client.send(encode(AlarmsDone(message.request_id, refused)))
                await self._operate(client, message, done)
            case Shutdown():
                assert self._stop is not None
                self._stop.set()

    async def _operate(self, client: ServerConnection, message: Message, alarm_ids: list[str]) -> None:
        """Move these alarms as a station does, so far as the list shows it."""
        changed, removed = [], []
        for row in [self.rows[alarm_id] for alarm_id in alarm_ids]:
            now_ns = time.time_ns()
            hidden = replace(row, hidden_by="operator", hidden_ns=now_ns)
            match message:
                case Shelve():
                    until_ns = now_ns + (message.duration_s or 28_800) * 10**9
                    hidden = replace(hidden, hidden_reason=message.reason, shelved_until_ns=until_ns)
                    changed.append(replace(hidden, state=AlarmState.SHELVED))
                case OutOfService():
                    hidden = replace(hidden, hidden_reason=message.reason)
                    changed.append(replace(hidden, state=AlarmState.OUT_OF_SERVICE))
                case Unshelve() | ReturnToService() if row.active:
                    changed.append(replace(row, state=AlarmState.UNACKNOWLEDGED, count=row.count + 1))
                case _:
                    removed.append(row.alarm_id)
        self.rows |= {row.alarm_id: row for row in changed}
        for alarm_id in removed:
            del self.rows[alarm_id]
        await client.send(encode(Alarms([], changed, removed, False)))

    def _note(self, message: Message) -> None:
        with self._changed:
            self.received.append(message)
            self._changed.notify_all()


def confirmed(write: Write) -> WriteResult:
    """Confirm any write."""
    return WriteResult(write.request, WriteOutcome.CONFIRMED, read_back=write.request.value)


def back_test(query: QueryBackTest) -> BackTestResult:
    """Answer that every tried change halves what its alarm did, missing one."""
    at_ns = query.start_ns + (query.end_ns - query.start_ns) // 2
    effects = tuple(AlarmEffect(key, 8, 4, 6, 0, (1,), 2, 3 * 10**9, 5 * 10**9) for key in query.changes)
    proposal = ProposalFacts(
        "LT1_HI", {"deadband": 4.0, "off_delay_s": 10.0}, AlarmEffect("LT1_HI", 8, 2, 6, 0, (), 0, 0, 0), ""
    )
    flood = FloodFacts(query.start_ns, at_ns, 14, 12, "LT1_HI")
    kpis = (KpiFacts("KPI-01", "Average alarms per 10 min", "1.2", "above target"),)
    return BackTestResult(
        query.start_ns,
        query.end_ns,
        True,
        query.changes,
        effects,
        SideFacts(8, (flood,), kpis, (8, 0)),
        SideFacts(4, (), kpis, (4, 0)),
        tuple(MissedActivation(key, at_ns, "Tank level high") for key in query.changes),
        ("LT1_HI: on_delay_s: too long (ALM-31)",) if query.changes else (),
        (proposal,) if query.has_proposals else (),
        1000,
        10,
        0.4,
    )


def no_history(query: QueryPixels) -> list[PixelSeries]:
    """Answer with empty columns, as a historian without a sample does."""
    import numpy as np

    columns = query.columns
    edges = np.linspace(query.start_ns, query.end_ns, columns + 1).astype(np.int64)
    nothing = np.full(columns, np.nan)
    return [
        PixelSeries(
            path,
            edges,
            nothing,
            nothing,
            nothing,
            nothing,
            nothing,
            np.zeros(columns, np.int64),
            np.zeros(columns, np.uint32),
        )
        for path in query.paths
    ]
