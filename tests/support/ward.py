"""A station whose controllers all have something wrong with them, and a nurse who believes nothing."""

import asyncio
import struct
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tags.acquisition import Acquisition
from tags.clock import SystemClock
from tags.connection import ConnectionPolicy, ConnectionState
from tags.database import TagDatabase
from tags.drivers.catalogue import drivers
from tags.model import Access, Batch, DataType, Tag, TagTable, WriteRequest, WriteResult
from tags.simulator.pathological import FRAMINGS, Fault, FaultyProxy
from tags.simulator.pattern import (
    MEMORY_START,
    S7_MEMORY_BLOCK,
    PatternModbusServer,
    PatternRtuServer,
    PatternS7Server,
    PatternServer,
    age_ms,
    place_of,
)
from tags.simulator.pattern_messages import Lies
from tags.simulator.pattern_opcua import PatternOpcUaServer
from tests.support.patience import PATIENCE_S
from tests.support.ports import LOOPBACK

FIRST_PLACE = 9000
PERIOD_MS = 200
TIMEOUT_S = 0.5
POLICY = ConnectionPolicy(
    retry_first_s=0.05,
    retry_most_s=0.3,
    retry_failed_s=0.3,
    watchdog_s=0.5,
    settle_s=1.0,
    steady_s=0.3,
    read_back_s=0.5,
)
_TOLERANCE_MS = 60.0
_LOOK_EVERY_S = 0.02
_NOTED_LAG_MS = 20.0
_LAG_COUNTS_S = 1.0


@dataclass(frozen=True)
class Settings:
    """One connection, as acquisition wants it."""

    driver: str
    options: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True


def pattern_server(driver: str, lies: Lies | None = None) -> PatternServer:
    if driver == "modbus":
        return PatternModbusServer()
    if driver == "modbus_rtu":
        return PatternRtuServer()
    if driver == "s7":
        return PatternS7Server()
    return PatternOpcUaServer(lies=lies)


class Ward:
    """One server of a protocol behind one faulty proxy for each fault, on one station of real parts.

    Every accepted change and, in between, the whole database are looked at: a good value must belong to its
    tag's place and be no older than two periods. ``problems`` collects what is wrong.
    """

    def __init__(
        self,
        driver: str,
        faults: Iterable[Fault],
        *,
        tags_each: int = 20,
        timeout_s: float = TIMEOUT_S,
        lies: Lies | None = None,
        combines: bool = False,
    ) -> None:
        self.driver = driver
        self.server = pattern_server(driver, lies)
        self.proxies = {
            fault: FaultyProxy(0, FRAMINGS[driver], seed=number) for number, fault in enumerate(faults)
        }
        self.problems: list[str] = []
        self.results: list[tuple[Fault, float, WriteResult]] = []
        self.looked_at = 0
        self._tags_each = tags_each
        self._combines = combines
        self._timeout_s = timeout_s
        self._lags: deque[tuple[float, float]] = deque()
        self._looked_s = 0.0
        self._nurse: asyncio.Task[None] | None = None

    async def admit(self, timeout_s: float = PATIENCE_S) -> None:
        """Start everything and wait until all is well."""
        await self.server.start()
        for proxy in self.proxies.values():
            proxy.target_port = self.server.port
            await proxy.start()
        # RTU frames over TCP, so that the proxy can stand between.
        name = "modbus" if self.driver == "modbus_rtu" else self.driver
        info = drivers()[name]
        data_type = DataType.FLOAT64 if self.driver == "opcua" else DataType.UINT64
        tags: list[Tag] = []
        for fault in self.proxies:
            for number in range(self._tags_each):
                place = FIRST_PLACE + 3 * len(tags)
                address = info.parse_address(self.server.address(place), data_type)
                path = f"{fault.value}.Value{number}"
                tags.append(
                    Tag(
                        len(tags),
                        path,
                        data_type,
                        connection=fault.value,
                        address=address,
                        period_ms=PERIOD_MS,
                    )
                )
        self._watched = len(tags)
        for number, fault in enumerate(self.proxies):
            address = info.parse_address(_memory_address(self.driver, number), data_type)
            tags.append(
                Tag(
                    len(tags),
                    f"{fault.value}.Setpoint",
                    data_type,
                    connection=fault.value,
                    address=address,
                    access=Access.WRITE,
                )
            )
        self.tags = TagTable(tags)
        self.database = TagDatabase(self.tags, SystemClock())
        connections = {fault.value: Settings(name, self._options(fault)) for fault in self.proxies}
        self.acquisition = Acquisition(
            self.tags,
            connections,
            self.database,
            SystemClock(),
            self._receive,
            lambda _status: None,
            policy=replace(POLICY, watchdog_s=self._timeout_s),
        )
        self._looked_s = time.monotonic()
        self.acquisition.start()
        self._nurse = asyncio.create_task(self._look_for_ever())
        await self.recovered(timeout_s)

    async def discharge(self) -> None:
        """Stop everything."""
        if self._nurse is not None:
            self._nurse.cancel()
            await asyncio.gather(self._nurse, return_exceptions=True)
        await self.acquisition.stop()
        for proxy in self.proxies.values():
            await proxy.stop()
        await self.server.stop()

    async def infect(self, *, chance: float = 1.0, delay_s: float = 0.8) -> None:
        for fault, proxy in self.proxies.items():
            await proxy.inject(fault, chance=chance, delay_s=delay_s)

    async def cure(self) -> None:
        for proxy in self.proxies.values():
            await proxy.clear()

    async def restart(self, down_s: float) -> None:
        """Have all proxies cut answers in the middle, and the server itself go and come back."""
        for proxy in self.proxies.values():
            await proxy.inject(Fault.CUT)
        await asyncio.sleep(2 * PERIOD_MS / 1000)
        await self.server.stop()
        await asyncio.sleep(down_s)
        await self.cure()
        await self.server.start()

    async def recovered(self, timeout_s: float = PATIENCE_S) -> float:
        """Wait until every tag is good and every connection connected; return the seconds it took."""
        started_s = time.monotonic()
        while self.ill():
            if time.monotonic() - started_s > timeout_s:
                states = {
                    name: connection.status().text
                    for name, connection in self.acquisition.connections.items()
                    if name in self.ill()
                }
                lag_ms = max((lag_ms for _, lag_ms in self._lags), default=0.0)
                raise AssertionError(
                    f"not recovered after {timeout_s:g} s: {states}; the loop was late by {lag_ms:.0f} ms"
                )
            await asyncio.sleep(0.02)
        return time.monotonic() - started_s

    def ill(self) -> set[str]:
        """Return the names of the connections that are not well."""
        bad = {
            str(self.tags[int(tag_id)].connection)
            for tag_id in np.flatnonzero(self.database.statuses[: self._watched] != 0)
        }
        return bad | {
            name
            for name, connection in self.acquisition.connections.items()
            if connection.state is not ConnectionState.CONNECTED
        }

    async def write_everywhere(self, value: int) -> None:
        """Write one value, never used before, over each connection, and keep how it ended."""

        async def write(fault: Fault) -> None:
            request = WriteRequest(value, f"{fault.value}.Setpoint", value)
            self.results.append((fault, value, await self.acquisition.write(request)))

        await asyncio.gather(*(write(fault) for fault in self.proxies))

    def arrived(self, fault: Fault, value: float) -> int:
        """Return how often the server was told to write a value by one connection."""
        number = list(self.proxies).index(fault)
        if isinstance(self.server, PatternOpcUaServer):
            return self.server.writes.count((f"Memory{number}", value))
        assert isinstance(self.server, (PatternModbusServer, PatternS7Server))
        start = 8 * number if self.driver == "s7" else MEMORY_START + 4 * number
        return self.server.writes.count((start, struct.pack(">Q", int(value))))

    def _options(self, fault: Fault) -> dict[str, Any]:
        port = self.proxies[fault].port
        if self.driver == "opcua":
            return {"url": f"opc.tcp://{LOOPBACK}:{port}/", "timeout_s": self._timeout_s}
        options = {"host": LOOPBACK, "port": port, "timeout_s": self._timeout_s}
        if self.driver == "s7":
            return options
        framing = "rtu" if self.driver == "modbus_rtu" else "tcp"
        return {**options, "framing": framing, "function_23": self._combines}

    def _receive(self, batch: Batch) -> None:
        self._check(batch.tag_ids, batch.values, batch.statuses, "came in", time.monotonic_ns())

    async def _look_for_ever(self) -> None:
        ids = np.arange(self._watched, dtype=np.int32)
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            now_ns = time.monotonic_ns()
            now_s = now_ns / 1e9
            # Seen from the last look, so that a process that was held up in the middle of one knows it too.
            self._lags.append((now_s, self._lag_ms(now_s)))
            self._looked_s = now_s
            while now_s - self._lags[0][0] > _LAG_COUNTS_S:
                self._lags.popleft()
            statuses = self.database.statuses[: self._watched]
            self._check(ids, self.database.values[: self._watched], statuses, "is shown", now_ns)

    def _check(self, ids: Any, values: Any, statuses: Any, how: str, now_ns: int) -> None:
        lags_ms = [*(lag_ms for _, lag_ms in self._lags), self._lag_ms(now_ns / 1e9)]
        held_up_ms = sum(lag_ms for lag_ms in lags_ms if lag_ms > _NOTED_LAG_MS)
        allowed_ms = 2 * PERIOD_MS + _TOLERANCE_MS + min(_NOTED_LAG_MS, max(lags_ms))
        if held_up_ms:
            # This very process was held up, and acquisition judges nothing for 250 ms after that.
            allowed_ms += 250 + 2 * held_up_ms
        for row in np.flatnonzero(statuses == 0).tolist():
            self.looked_at += 1
            tag_id, value = int(ids[row]), float(values[row])
            path = self.tags[tag_id].path
            if place_of(value) != FIRST_PLACE + 3 * tag_id:
                self._complain(f"{path}: {value:.0f} of place {place_of(value)} {how} as good")
            elif age_ms(value, now_ns) > allowed_ms:
                age = f"{age_ms(value, now_ns):.0f} ms old, allowed {allowed_ms:.0f}"
                self._complain(f"{path}: a value {age} {how} as good")

    def _lag_ms(self, now_s: float) -> float:
        """Return how long the next look has been due: so long this process is held up at least."""
        return max(now_s - self._looked_s - _LOOK_EVERY_S, 0.0) * 1000

    def _complain(self, text: str) -> None:
        if len(self.problems) < 20:
            self.problems.append(text)


def _memory_address(driver: str, number: int) -> str:
    if driver in ("modbus", "modbus_rtu"):
        return f"HR{MEMORY_START + 4 * number}"
    return f"DB{S7_MEMORY_BLOCK}.DBL{8 * number}" if driver == "s7" else f"ns=1;s=Memory{number}"
