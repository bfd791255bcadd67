"""Why a tag has the value it has, and whether a connection works: asked by people, answered in steps.

Nothing here runs by itself: each answer reads what it needs from the device at the moment of the question.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from hmi.diagnosis import ProbeStep, WhyKind, WhyStep, WhyVerdict
from hmi.link import Traffic
from projects.model import ConnectionConfig, Project
from tags.clock import NS_PER_MS, Clock
from tags.connection import Connection, ConnectionState, ConnectionStatus
from tags.database import TagDatabase
from tags.drivers.base import Driver, DriverError, DriverFault, Item
from tags.errors import TagError
from tags.evaluation import value_text
from tags.expression import compile_expression
from tags.model import Clamp, Tag, Value
from tags.scaling import is_scaled, to_eu
from tags.status import StatusCode, is_bad, is_good, name

ANSWER_S: Final = 4.0
"""Longest wait for a device; a driver's own timeout is shorter unless the project says otherwise."""
FRAMES_S: Final = 0.2
"""How often the frame log is sent while somebody looks."""
MAX_DEPTH: Final = 8
MAX_STEPS: Final = 300
MAX_READS: Final = 16
"""Most devices' tags that one question reads; the others are judged by what the station holds."""
_REACHED: Final = (ConnectionState.CONNECTED, ConnectionState.DEGRADED)
_ADDRESS_STATUSES: Final = frozenset(
    {
        StatusCode.BadConfigurationError,
        StatusCode.BadNodeIdUnknown,
        StatusCode.BadNodeIdInvalid,
        StatusCode.BadAttributeIdInvalid,
        StatusCode.BadIndexRangeInvalid,
        StatusCode.BadNotFound,
        StatusCode.BadTypeMismatch,
        StatusCode.BadDecodingError,
        StatusCode.BadNotSupported,
        StatusCode.BadUserAccessDenied,
        StatusCode.BadNotReadable,
    }
)
_SILENT_STATUSES: Final = frozenset(
    {StatusCode.BadNoCommunication, StatusCode.BadTimeout, StatusCode.BadCommunicationError}
)
_STALE_STATUSES: Final = frozenset(
    {StatusCode.BadNoCommunication, StatusCode.UncertainNoCommunicationLastUsableValue}
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Reading:
    """Hold what the device answered when it was asked for one tag just now, or why it did not."""

    value: Value | None = None
    status: int = int(StatusCode.Good)
    source_ns: int = 0
    duration_ms: float = 0.0
    failure: str = ""


class Diagnostics:
    """Answer questions about tags and connections. Station loop only; never raises for what a device does."""

    def __init__(
        self, project: Project, database: TagDatabase, connections: Mapping[str, Connection], clock: Clock
    ) -> None:
        self._project = project
        self._database = database
        self._connections = connections
        self._clock = clock
        self._watchers: dict[str, int] = {}

    async def explain(self, paths: Sequence[str]) -> list[list[WhyStep]]:
        """Return for each path the chain from the tag down to its controller, inputs of expressions within.

        The first step of a chain whose verdict is BROKEN is the cause, when the tag's status is not good.
        """
        tags = self._project.tags
        wanted = list(dict.fromkeys(self._sources(path for path in paths if tags.find(path))))
        readings = dict(
            zip(
                wanted[:MAX_READS],
                await asyncio.gather(*(self._read(tag) for tag in map(tags.by_path, wanted[:MAX_READS]))),
                strict=True,
            )
        )
        return [_Chain(self, readings).of(path) for path in paths]

    def _sources(self, paths: Iterable[str]) -> Iterable[str]:
        """Yield the device tags that paths depend on, breadth first."""
        tags = self._project.tags
        waiting, seen = list(paths), set[str]()
        while waiting:
            path = waiting.pop(0)
            tag = tags.find(path)
            if tag is None or path in seen:
                continue
            seen.add(path)
            if tag.expression is not None:
                waiting.extend(input_paths(tag))
            elif tag.connection is not None and tag.access.is_readable and not tag.fault:
                yield path

    async def _read(self, tag: Tag) -> _Reading | None:
        """Ask the device for a tag now; None when there is no device to ask."""
        connection = self._connections.get(tag.connection or "")
        if connection is None or connection.driver is None:
            return None
        item = next((item for item in connection.items if item.tag_id == tag.id), None)
        return None if item is None else await _read(connection.driver, item)

    async def watch(self, connection_name: str, send: Callable[[Traffic], None]) -> None:
        """Send what a connection exchanges every :data:`FRAMES_S` until cancelled; kept only meanwhile."""
        connection = self._connections.get(connection_name)
        tap = connection.frames if connection is not None else None
        send(Traffic(connection_name, [], 0, tap is not None))
        if tap is None:
            return
        watchers = self._watchers.get(connection_name, 0)
        if not watchers:
            tap.clear()
            tap.start()
        self._watchers[connection_name] = watchers + 1
        kept = tap.since()
        newest = kept[-1].number if kept else None
        try:
            while True:
                await asyncio.sleep(FRAMES_S)
                frames = tap.since(newest or 0)
                if frames:
                    lost = 0 if newest is None else frames[0].number - newest - 1
                    newest = frames[-1].number
                    send(Traffic(connection_name, frames, lost, True))
        finally:
            self._watchers[connection_name] -= 1
            if not self._watchers[connection_name]:
                tap.stop()
                tap.clear()

    # What chains ask for

    @property
    def database(self) -> TagDatabase:
        """Return the present values."""
        return self._database

    def now_ns(self) -> int:
        """Return the station's time, UTC nanoseconds."""
        return self._clock.now_ns()

    def status_of(self, connection: str) -> ConnectionStatus | None:
        """Return a connection's state, or None when there is no such connection."""
        found = self._connections.get(connection)
        return found.status() if found is not None else None

    def config_of(self, connection: str) -> ConnectionConfig | None:
        """Return how the project configures a connection."""
        return self._project.connections.get(connection)

    def pushes(self, connection: str) -> bool:
        """Tell whether a connected device reports changes by itself."""
        found = self._connections.get(connection)
        return found is not None and found.driver is not None and found.driver.capabilities.pushes

    # The test of a connection

    async def probe(self, connection_name: str, path: str = "") -> list[ProbeStep]:
        """Test a connection: connect, ping, read one tag; return what was done, up to the first failure.

        A running connection is asked beside its polls. One that is down is tried with a driver of its own,
        which is closed afterwards.
        """
        connection = self._connections.get(connection_name)
        if connection is None:
            return [ProbeStep("Configuration", f"There is no connection {connection_name!r}.", False)]
        config = self._project.connections.get(connection_name)
        if config is not None and config.fault:
            return [ProbeStep("Configuration", f"{config.fault}. Mend it in the project.", False)]
        item = self._item(connection, path)
        if path and item is None:
            return [
                ProbeStep("Configuration", f"{connection_name} reads no tag {path!r} from its device.", False)
            ]
        if connection.driver is not None:
            status = connection.status()
            steps = [ProbeStep("Connect", f"Connected: {status.device or status.text}", True)]
            return steps + await self._probe_steps(connection.driver, item)
        return await self._probe_beside(connection, item)

    async def _probe_beside(self, connection: Connection, item: Item | None) -> list[ProbeStep]:
        started_ns = time.perf_counter_ns()
        try:
            driver = connection.new_driver()
        except TagError as error:
            return [ProbeStep("Configuration", _sentence(str(error)), False)]
        try:
            try:
                device = await _bounded(driver.connect())
            except (DriverError, TimeoutError) as error:
                return [ProbeStep("Connect", _failure(error), False, _since_ms(started_ns))]
            steps = [ProbeStep("Connect", f"Connected: {device}", True, _since_ms(started_ns))]
            return steps + await self._probe_steps(driver, item)
        finally:
            await driver.close()

    async def _probe_steps(self, driver: Driver, item: Item | None) -> list[ProbeStep]:
        started_ns = time.perf_counter_ns()
        try:
            await _bounded(driver.ping())
        except (DriverError, TimeoutError) as error:
            return [ProbeStep("Ping", _failure(error), False, _since_ms(started_ns))]
        steps = [ProbeStep("Ping", "The device answers.", True, _since_ms(started_ns))]
        if item is None:
            return steps
        tag = self._project.tags[item.tag_id]
        reading = await _read(driver, item)
        title = f"Read {tag.path}"
        if reading.failure:
            steps.append(ProbeStep(title, reading.failure, False, reading.duration_ms))
        elif not is_good(reading.status):
            text = f"{item.address.text} answers {name(reading.status)}: {status_words(reading.status)}."
            steps.append(ProbeStep(title, text, False, reading.duration_ms))
        else:
            raw = raw_text(reading.value)
            steps.append(ProbeStep(title, f"{item.address.text} holds {raw}.", True, reading.duration_ms))
        return steps

    def _item(self, connection: Connection, path: str) -> Item | None:
        """Return the item of a path; without a path one that is good now, else the first."""
        if path:
            tag = self._project.tags.find(path)
            return next((item for item in connection.items if tag and item.tag_id == tag.id), None)
        statuses = self._database.statuses
        good = (item for item in connection.items if is_good(int(statuses[item.tag_id])))
        return next(good, next(iter(connection.items), None))


class _Chain:
    """Build the chain of one path from what the station holds and what devices answered just now."""

    def __init__(self, station: Diagnostics, readings: Mapping[str, _Reading | None]) -> None:
        self._station = station
        self._database = station.database
        self._readings = readings
        self._steps: list[WhyStep] = []
        self._seen: set[str] = set()

    def of(self, path: str) -> list[WhyStep]:
        self._add(path, 0)
        return self._steps

    def _add(self, path: str, depth: int) -> None:
        tag = self._database.tags.find(path)
        if tag is None:
            text = f"The project has no tag {path!r}."
            advice = "Correct the path where it is used, or add the tag to tags.csv."
            self._steps.append(
                WhyStep(
                    WhyKind.TAG,
                    depth,
                    path,
                    text,
                    status=int(StatusCode.BadNodeIdUnknown),
                    verdict=WhyVerdict.BROKEN,
                    advice=advice,
                )
            )
            return
        if path in self._seen or len(self._steps) >= MAX_STEPS or depth > MAX_DEPTH:
            text = "See above." if path in self._seen else "More inputs are not shown."
            self._steps.append(self._tag_step(tag, depth, text))
            return
        self._seen.add(path)
        if tag.fault:
            step = self._tag_step(tag, depth, _sentence(tag.fault), WhyVerdict.BROKEN)
            self._steps.append(replace(step, advice="Mend the tag's row in tags.csv; see 'vigie check'."))
        elif tag.expression is not None:
            self._add_calculated(tag, depth)
        elif tag.connection is None:
            self._add_memory(tag, depth)
        else:
            self._add_device(tag, depth)

    def _status(self, tag: Tag) -> int:
        return int(self._database.statuses[tag.id])

    def _tag_step(
        self,
        tag: Tag,
        depth: int,
        text: str,
        verdict: WhyVerdict = WhyVerdict.SOUND,
        kind: WhyKind = WhyKind.TAG,
    ) -> WhyStep:
        status = self._status(tag)
        if verdict is WhyVerdict.SOUND and not is_good(status):
            verdict = WhyVerdict.AFFECTED
        value = self._database.value(tag.id)
        shown = "" if value is None else _with_unit(value_text(tag, value), tag.unit)
        return WhyStep(
            kind, depth, tag.path, text, shown, status, int(self._database.source_ns[tag.id]), verdict
        )

    def _add_memory(self, tag: Tag, depth: int) -> None:
        if self._status(tag) == StatusCode.UncertainInitialValue:
            text = "The station itself holds this value; nobody has written it since the station started."
            step = self._tag_step(tag, depth, text, WhyVerdict.BROKEN)
            self._steps.append(replace(step, advice="Write a value."))
        else:
            self._steps.append(self._tag_step(tag, depth, "The station itself holds this value."))

    def _add_calculated(self, tag: Tag, depth: int) -> None:
        paths = input_paths(tag)
        step = self._tag_step(tag, depth, f"Calculated: {tag.expression}", kind=WhyKind.EXPRESSION)
        at = len(self._steps)
        self._steps.append(step)
        for path in paths:
            self._add(path, depth + 1)
        status = self._status(tag)
        found = [self._database.tags.find(path) for path in paths]
        worse = [self._status(one) for one in found if one is not None and not is_good(self._status(one))]
        is_own = not worse or (status == StatusCode.UncertainEngineeringUnitsExceeded and status not in worse)
        if is_good(status) or not is_own:
            return
        if status == StatusCode.UncertainEngineeringUnitsExceeded:
            text = f"Calculated: {tag.expression}; the result is outside {_range_text(tag)}."
            advice = "Look at the inputs, or correct the range in tags.csv."
        else:
            text = f"Calculated: {tag.expression}; the inputs are good, but they give {status_words(status)}."
            advice = "Correct the expression, for example for a divisor of zero or a text among numbers."
        self._steps[at] = replace(step, text=text, verdict=WhyVerdict.BROKEN, advice=advice)

    def _add_device(self, tag: Tag, depth: int) -> None:
        tag_status = self._status(tag)
        if not tag.access.is_readable:
            text = "The tag is only written, never read."
            self._steps.append(replace(self._tag_step(tag, depth, text), verdict=WhyVerdict.NOTED))
            return
        status = self._station.status_of(tag.connection or "")
        reading = self._readings.get(tag.path)
        connection = self._connection_step(tag, depth, status)
        controller = self._controller_step(tag, depth, status, reading)
        below = [connection, controller]
        down = any(step.verdict is WhyVerdict.BROKEN for step in below)
        request = self._request_step(tag, depth, reading, down=down)
        raw = self._raw_step(tag, depth, reading, request)
        down = down or WhyVerdict.BROKEN in (request.verdict, raw.verdict)
        steps = [self._tag_step(tag, depth, tag.description or "The value that the station holds.")]
        steps += self._range_steps(tag, depth, tag_status)
        steps += self._scaling_steps(tag, depth, raw)
        steps += [raw, request, *below]
        if not is_good(tag_status) and not any(step.verdict is WhyVerdict.BROKEN for step in steps):
            steps = [self._unexplained(tag, step, reading) for step in steps]
        self._steps.extend(steps)

    def _unexplained(self, tag: Tag, step: WhyStep, reading: _Reading | None) -> WhyStep:
        """Return the step that is left to blame when everything else looks sound: the poll, else the tag."""
        status = self._status(tag)
        code = status & 0xFFFF0000
        if step.kind is WhyKind.REQUEST and reading is not None:
            if code in _STALE_STATUSES:
                text = f"The address answers when asked now, but not every {tag.period_ms} ms as it should."
                return replace(
                    step,
                    text=text,
                    verdict=WhyVerdict.BROKEN,
                    advice="Give the tag a longer period, or look for what slows the device or the network.",
                )
            if code == StatusCode.BadWaitingForInitialData:
                return replace(
                    step,
                    text="The first poll has not been answered yet.",
                    verdict=WhyVerdict.BROKEN,
                    advice="Wait a moment.",
                )
            if code in _ADDRESS_STATUSES:
                text = "The device refused the address before; it answers now, and is polled again in 30 s."
                return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Wait a moment.")
        if step.kind is WhyKind.RAW and reading is not None and code not in _STALE_STATUSES:
            if code in _ADDRESS_STATUSES or code == StatusCode.BadWaitingForInitialData:
                return step
            text = f"The controller marked the value as {name(status)}; it is good now."
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Look again.")
        if step.kind is WhyKind.TAG and reading is None:
            text = f"{step.text} Its status is {name(status)}: {status_words(status)}."
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Look again in a moment.")
        return step

    def _range_steps(self, tag: Tag, depth: int, status: int) -> list[WhyStep]:
        if tag.eu_low is None or tag.eu_high is None:
            if status != StatusCode.UncertainEngineeringUnitsExceeded:
                return []
            text = "The value is no finite number."
        else:
            text = f"The range is {_range_text(tag)}."
        value = self._database.value(tag.id)
        if status == StatusCode.UncertainEngineeringUnitsExceeded:
            shown = "" if value is None else value_text(tag, value)
            return [
                WhyStep(
                    WhyKind.RANGE,
                    depth,
                    tag.path,
                    f"{text} The value is outside." if tag.eu_low is not None else text,
                    _with_unit(shown, tag.unit),
                    status,
                    verdict=WhyVerdict.BROKEN,
                    advice="Look at the sensor and its wiring, or correct range and scaling in tags.csv.",
                )
            ]
        verdict = WhyVerdict.SOUND if value is not None else WhyVerdict.UNKNOWN
        return [WhyStep(WhyKind.RANGE, depth, tag.path, text, verdict=verdict)]

    def _scaling_steps(self, tag: Tag, depth: int, raw: WhyStep) -> list[WhyStep]:
        scaling = tag.scaling
        if scaling is None or not is_scaled(tag):
            return []
        text = (
            f"Scaled from {scaling.raw_low:g}…{scaling.raw_high:g} to "
            f"{scaling.eu_low:g}…{scaling.eu_high:g}{_unit(tag.unit)}"
        )
        reading = self._readings.get(tag.path)
        if reading is None or reading.value is None or isinstance(reading.value, (str, tuple)):
            return [WhyStep(WhyKind.SCALING, depth, tag.path, f"{text}.", verdict=WhyVerdict.UNKNOWN)]
        result = float(to_eu(tag, reading.value))  # type: ignore[arg-type]  # a number stays one
        low, high = sorted((scaling.eu_low, scaling.eu_high))
        held = result
        if scaling.clamp in (Clamp.LOW, Clamp.BOTH):
            held = max(held, low)
        if scaling.clamp in (Clamp.HIGH, Clamp.BOTH):
            held = min(held, high)
        text = f"{text}: {raw_text(reading.value)} gives {result:g}"
        if held != result and math.isfinite(result):
            text = f"{text}, held at {held:g}"
        verdict = WhyVerdict.SOUND if held == result else WhyVerdict.NOTED
        shown = _with_unit(value_text(tag, held), tag.unit)
        return [
            WhyStep(
                WhyKind.SCALING, depth, tag.path, f"{text}.", shown, raw.status, raw.at_ns, verdict=verdict
            )
        ]

    def _raw_step(self, tag: Tag, depth: int, reading: _Reading | None, request: WhyStep) -> WhyStep:
        address = tag.address.text if tag.address is not None else ""
        if request.verdict in (WhyVerdict.BROKEN, WhyVerdict.UNKNOWN) or reading is None or reading.failure:
            text = f"{address} as {tag.data_type.value}: nothing was read."
            return WhyStep(WhyKind.RAW, depth, tag.path, text, verdict=WhyVerdict.UNKNOWN)
        text = f"{address} as {tag.data_type.value}, read just now."
        step = WhyStep(
            WhyKind.RAW, depth, tag.path, text, raw_text(reading.value), reading.status, reading.source_ns
        )
        if is_good(reading.status):
            return step
        if reading.status & 0xFFFF0000 in _SILENT_STATUSES:
            return replace(step, text=f"{address}: nothing came.", verdict=WhyVerdict.UNKNOWN)
        text = (
            f"{text} The controller itself marks it {name(reading.status)}: {status_words(reading.status)}."
        )
        advice = "Look at the sensor, module or program in the controller."
        return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice=advice)

    def _request_step(self, tag: Tag, depth: int, reading: _Reading | None, *, down: bool) -> WhyStep:
        address = tag.address.text if tag.address is not None else ""
        if self._station.pushes(tag.connection or ""):
            text = f"{address} is monitored; the device reports changes at most every {tag.period_ms} ms."
        else:
            text = f"{address} is asked for every {tag.period_ms} ms."
        step = WhyStep(WhyKind.REQUEST, depth, tag.path, text)
        if reading is None:
            return replace(step, verdict=WhyVerdict.UNKNOWN)
        if down and (reading.failure or is_bad(reading.status)):
            return replace(step, verdict=WhyVerdict.AFFECTED)
        if reading.failure:
            advice = "Test the connection; look at its frame log."
            return replace(step, text=reading.failure, verdict=WhyVerdict.BROKEN, advice=advice)
        if reading.status & 0xFFFF0000 in _ADDRESS_STATUSES:
            status = reading.status
            text = f"The device refuses {address}: {status_words(status)}."
            advice = "Correct address or type of the tag in tags.csv, or the controller's program."
            if status & 0xFFFF0000 in (StatusCode.BadUserAccessDenied, StatusCode.BadNotReadable):
                advice = "Give Vigie's user the right to read it in the controller."
            return replace(step, text=text, status=status, verdict=WhyVerdict.BROKEN, advice=advice)
        return replace(step, text=f"{text} Asked now, it answered in {reading.duration_ms:.1f} ms.")

    def _connection_step(self, tag: Tag, depth: int, status: ConnectionStatus | None) -> WhyStep:
        connection = tag.connection or ""
        if status is None:
            text = f"The project has no connection {connection!r}."
            advice = "Correct the tag's connection in tags.csv."
            return WhyStep(
                WhyKind.CONNECTION, depth, connection, text, verdict=WhyVerdict.BROKEN, advice=advice
            )
        step = WhyStep(
            WhyKind.CONNECTION,
            depth,
            connection,
            status.plan or status.text,
            status.state.value,
            at_ns=status.since_ns,
        )
        if status.state is ConnectionState.DISABLED:
            advice = "Switch the connection on in project.toml."
            return replace(step, text=status.text, verdict=WhyVerdict.BROKEN, advice=advice)
        if status.state is ConnectionState.FAILED:
            advice = "Correct the connection's options in project.toml."
            return replace(step, text=status.text, verdict=WhyVerdict.BROKEN, advice=advice)
        if status.state not in _REACHED:
            return replace(step, text=status.text, verdict=WhyVerdict.AFFECTED)
        return step

    def _controller_step(
        self, tag: Tag, depth: int, status: ConnectionStatus | None, reading: _Reading | None
    ) -> WhyStep:
        connection = tag.connection or ""
        where = self._where(connection)
        if status is None or status.state in (ConnectionState.DISABLED, ConnectionState.FAILED):
            return WhyStep(WhyKind.CONTROLLER, depth, connection, where, verdict=WhyVerdict.UNKNOWN)
        step = WhyStep(WhyKind.CONTROLLER, depth, connection, status.device or where)
        advice = "Check that the controller has power and runs, the network cable, and its address: "
        if status.state is ConnectionState.UNAVAILABLE:
            text = f"The controller does not answer. {status.text}"
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice=f"{advice}{where}.")
        if status.state is ConnectionState.CONNECTING:
            text = "The first connection to the controller is being made."
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Wait a moment.")
        if reading is not None and not reading.failure and reading.status & 0xFFFF0000 in _SILENT_STATUSES:
            text = f"{status.device or where} answers, but the unit of this tag behind it does not."
            return replace(
                step,
                text=text,
                status=reading.status,
                verdict=WhyVerdict.BROKEN,
                advice="Check the unit's power, its bus cable and its unit number in the tag's address.",
            )
        if status.plan.endswith("STOP"):
            advice = "Switch the controller to RUN."
            return replace(step, text=f"{step.text}, in STOP.", verdict=WhyVerdict.NOTED, advice=advice)
        return step

    def _where(self, connection: str) -> str:
        config = self._station.config_of(connection)
        if config is None:
            return connection
        options = config.options
        if "url" in options:
            return str(options["url"])
        if "endpoint" in options:
            return str(options["endpoint"])
        if "host" in options:
            return f"{options['host']}:{options.get('port', '')}".rstrip(":")
        return config.driver


def input_paths(tag: Tag) -> tuple[str, ...]:
    """Return the tags that a calculated tag is calculated from."""
    if tag.expression is None:
        return ()
    try:
        return compile_expression(tag.expression).paths
    except TagError:
        return ()


def status_words(status: int) -> str:
    """Return an OPC UA status in plain words."""
    words = _WORDS.get(status & 0xFFFF0000)
    if words is not None:
        return words
    return "good" if is_good(status) else "bad" if is_bad(status) else "uncertain"


_WORDS: Final[Mapping[int, str]] = {
    StatusCode.Good: "good",
    StatusCode.GoodClamped: "held at the end of its range",
    StatusCode.UncertainNoCommunicationLastUsableValue: "the last value; no newer one came in time",
    StatusCode.UncertainInitialValue: "an initial value that nobody has written yet",
    StatusCode.UncertainEngineeringUnitsExceeded: "outside its range",
    StatusCode.UncertainSensorNotAccurate: "the sensor is not accurate",
    StatusCode.UncertainSubstituteValue: "a substitute, not measured",
    StatusCode.BadNoCommunication: "the device does not answer",
    StatusCode.BadTimeout: "no answer in time",
    StatusCode.BadNotConnected: "not connected",
    StatusCode.BadWaitingForInitialData: "no value has come yet",
    StatusCode.BadConfigurationError: "the device or the project is configured otherwise; no such address",
    StatusCode.BadNodeIdUnknown: "the server has no such node",
    StatusCode.BadNodeIdInvalid: "the node's name is not valid",
    StatusCode.BadNotReadable: "it cannot be read",
    StatusCode.BadUserAccessDenied: "access is denied",
    StatusCode.BadTypeMismatch: "it is of another type",
    StatusCode.BadDecodingError: "its bytes make no value of this type",
    StatusCode.BadOutOfRange: "no finite or allowed number, for example a division by zero",
    StatusCode.BadNoData: "there is no value",
    StatusCode.BadDeviceFailure: "the device reports a failure",
    StatusCode.BadSensorFailure: "the sensor has failed",
    StatusCode.BadOutOfService: "out of service",
    StatusCode.BadResourceUnavailable: "the device is busy",
}


def raw_text(value: Value | None) -> str:
    """Return a raw value with its hexadecimal form when it is a whole number."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, float) and (not value.is_integer() or abs(value) >= 2**53):
        return f"{value:g}"
    whole = int(value)
    return f"{whole} (0x{whole:X})" if whole >= 0 else str(whole)


async def _read(driver: Driver, item: Item) -> _Reading:
    started_ns = time.perf_counter_ns()
    try:
        batch = await _bounded(driver.read([item]))
    except (DriverError, TimeoutError) as error:
        return _Reading(failure=_failure(error), duration_ms=_since_ms(started_ns))
    value = batch.value_at(0)
    if isinstance(value, float) and not item.data_type.is_float and value.is_integer():
        value = bool(value) if item.data_type.value == "BOOL" else int(value)
    return _Reading(value, int(batch.statuses[0]), int(batch.source_ns[0]), _since_ms(started_ns))


async def _bounded(work: Awaitable[_T]) -> _T:
    async with asyncio.timeout(ANSWER_S):
        return await work


def _failure(error: DriverError | TimeoutError) -> str:
    if isinstance(error, DriverError):
        hint = " Somebody must mend this." if error.fault is DriverFault.CONFIGURATION else ""
        return f"{_sentence(str(error))}{hint}"
    return f"No answer within {ANSWER_S:g} s."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _since_ms(started_ns: int) -> float:
    return (time.perf_counter_ns() - started_ns) / NS_PER_MS


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{_unit(unit)}" if text else ""


def _range_text(tag: Tag) -> str:
    low = "-∞" if tag.eu_low is None else f"{tag.eu_low:g}"
    high = "∞" if tag.eu_high is None else f"{tag.eu_high:g}"
    return f"{low} to {high}{_unit(tag.unit)}"
