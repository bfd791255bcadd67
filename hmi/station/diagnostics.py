"""Why a tag has the value it has, and whether a connection works: asked by people, answered in steps.

Nothing here runs by itself: each answer reads what it needs from the device at the moment of the question.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from hmi.diagnosis import ProbeStep, WhyStep
from hmi.link import Traffic
from hmi.station.why_chain import Chain, Reading, input_paths
from hmi.station.why_words import raw_text, sentence, status_words
from projects.model import ConnectionConfig, Project
from tags.clock import NS_PER_MS
from tags.connection import Connection, ConnectionStatus
from tags.database import TagDatabase
from tags.drivers.base import Driver, DriverError, DriverFault, Item
from tags.drivers.inspection import Inspection, Inspector
from tags.errors import TagError
from tags.model import Tag
from tags.status import is_good, name

ANSWER_S: Final = 4.0
"""Longest wait for a device; a driver's own timeout is shorter unless the project says otherwise."""
FRAMES_S: Final = 0.2
"""How often the frame log is sent while somebody looks."""
MAX_READS: Final = 16
"""Most devices' tags that one question reads; the others are judged by what the station holds."""
_T = TypeVar("_T")


class Diagnostics:
    """Answer questions about tags and connections. Station loop only; never raises for what a device does."""

    def __init__(
        self, project: Project, database: TagDatabase, connections: Mapping[str, Connection]
    ) -> None:
        self._project = project
        self._database = database
        self._connections = connections
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
        return [Chain(self, readings).of(path) for path in paths]

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

    async def _read(self, tag: Tag) -> Reading | None:
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
            return [ProbeStep("Configuration", sentence(str(error)), False)]
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
        title = f"Read tag {tag.path}"
        if reading.failure:
            steps.append(ProbeStep(title, reading.failure, False, reading.duration_ms))
        elif not is_good(reading.status):
            text = f"{item.address.text} answers {name(reading.status)}: {status_words(reading.status)}."
            steps.append(ProbeStep(title, text, False, reading.duration_ms))
        else:
            raw = raw_text(reading.value)
            steps.append(ProbeStep(title, f"{item.address.text} now holds {raw}.", True, reading.duration_ms))
        return steps

    def _item(self, connection: Connection, path: str) -> Item | None:
        """Return the item of a path; without a path one that is good now, else the first."""
        if path:
            tag = self._project.tags.find(path)
            return next((item for item in connection.items if tag and item.tag_id == tag.id), None)
        statuses = self._database.statuses
        good = (item for item in connection.items if is_good(int(statuses[item.tag_id])))
        return next(good, next(iter(connection.items), None))


async def _read(driver: Driver, item: Item) -> Reading:
    started_ns = time.perf_counter_ns()
    inspection: Inspection | None = None
    try:
        if isinstance(driver, Inspector):
            inspection = await _bounded(driver.inspect(item))
            batch = inspection.batch
        else:
            batch = await _bounded(driver.read([item]))
    except (DriverError, TimeoutError) as error:
        return Reading(failure=_failure(error), duration_ms=_since_ms(started_ns))
    value = batch.value_at(0)
    if isinstance(value, float) and not item.data_type.is_float and value.is_integer():
        value = bool(value) if item.data_type.value == "BOOL" else int(value)
    status, source_ns = int(batch.statuses[0]), int(batch.source_ns[0])
    return Reading(value, status, source_ns, _since_ms(started_ns), inspection=inspection)


async def _bounded(work: Awaitable[_T]) -> _T:
    async with asyncio.timeout(ANSWER_S):
        return await work


def _failure(error: DriverError | TimeoutError) -> str:
    if isinstance(error, DriverError):
        hint = " Somebody must mend this." if error.fault is DriverFault.CONFIGURATION else ""
        return f"{sentence(str(error))}{hint}"
    return f"No answer within {ANSWER_S:g} s."


def _since_ms(started_ns: int) -> float:
    return (time.perf_counter_ns() - started_ns) / NS_PER_MS
