"""``vigie bench recovery``: seconds until tags are bad, and good again, after kill, freeze and restart.

Through the whole acquisition with the policy of a station. Seconds to good count from the moment at which the
server listens or runs again.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hmi.benchmarks.peers import ServerProcess
from hmi.benchmarks.report import Report, Result, at_most
from tags.acquisition import Acquisition
from tags.clock import SystemClock
from tags.database import TagDatabase
from tags.drivers.base import DriverOptions
from tags.drivers.catalogue import drivers
from tags.model import DataType, Tag, TagTable
from tags.simulator.pattern import PatternModbusServer, PatternS7Server
from tags.status import StatusCode

PROTOCOLS = ("modbus", "s7", "opcua")
TAGS = 20
PERIOD_MS = 200
TARGET_BAD_S = 2 * PERIOD_MS / 1000 + 0.1
"""Two periods, and a look's distance."""
TARGET_GOOD_S = 6.0
"""The longest pause between two attempts, and one period."""
_GIVE_UP_S = 30.0


@dataclass(frozen=True, slots=True)
class _Settings:
    driver: str
    options: DriverOptions
    enabled: bool = True


def measure(seconds: float) -> Report:
    """Measure each protocol in turn; ``seconds`` is shared out as the time that each outage lasts."""
    log = logging.getLogger("tags.connection")
    level = log.level
    # The losses are meant here.
    log.setLevel(logging.ERROR)
    try:
        outage_s = max(0.5, seconds / (2 * len(PROTOCOLS)))
        results = [result for protocol in PROTOCOLS for result in asyncio.run(_measure(protocol, outage_s))]
    finally:
        log.setLevel(level)
    return Report("recovery", tuple(results))


async def _measure(protocol: str, outage_s: float) -> list[Result]:
    with ServerProcess(protocol) as server:
        tags = _tags(protocol)
        database = TagDatabase(tags, SystemClock())
        acquisition = Acquisition(
            tags,
            {"plc": _Settings(protocol, server.options())},
            database,
            SystemClock(),
            lambda _batch: None,
            lambda _status: None,
        )
        acquisition.start()

        def all_good() -> bool:
            return bool((database.statuses == StatusCode.Good).all())

        def all_bad() -> bool:
            return bool((database.statuses >= np.uint32(StatusCode.Bad)).all())

        try:
            await _until(all_good)
            server.kill()
            killed_bad_s = await _until(all_bad)
            await asyncio.sleep(outage_s)
            await asyncio.to_thread(server.start)
            killed_good_s = await _until(all_good)
            await asyncio.sleep(1.0)
            server.freeze()
            frozen_bad_s = await _until(all_bad)
            await asyncio.sleep(outage_s)
            server.thaw()
            frozen_good_s = await _until(all_good)
            await asyncio.sleep(1.0)
            server.kill()
            await asyncio.to_thread(server.start)
            await _until(lambda: not all_good(), most_s=1.0)
            restarted_good_s = await _until(all_good)
        finally:
            await acquisition.stop()
    return [
        at_most(f"{protocol}: killed, all bad after", killed_bad_s, "s", TARGET_BAD_S),
        at_most(
            f"{protocol}: back after {outage_s:.1f} s, all good after", killed_good_s, "s", TARGET_GOOD_S
        ),
        at_most(f"{protocol}: frozen, all bad after", frozen_bad_s, "s", TARGET_BAD_S),
        at_most(
            f"{protocol}: thawed after {outage_s:.1f} s, all good after", frozen_good_s, "s", TARGET_GOOD_S
        ),
        at_most(f"{protocol}: restarted at once, all good after", restarted_good_s, "s", TARGET_GOOD_S),
    ]


def _tags(protocol: str) -> TagTable:
    info = drivers()[protocol]
    data_type = DataType.FLOAT64 if protocol == "opcua" else DataType.UINT64
    address_of: dict[str, Callable[[int], str]] = {
        "modbus": PatternModbusServer.address,
        "s7": PatternS7Server.address,
        "opcua": lambda place: f"ns=1;i={place}",
    }
    return TagTable(
        Tag(
            row,
            f"Value{row}",
            data_type,
            connection="plc",
            address=info.parse_address(address_of[protocol](9000 + row), data_type),
            period_ms=PERIOD_MS,
        )
        for row in range(TAGS)
    )


async def _until(condition: Callable[[], bool], most_s: float = _GIVE_UP_S) -> float:
    """Return the seconds until a condition holds, at most ``most_s``."""
    started_s = time.perf_counter()
    while not condition():
        elapsed_s = time.perf_counter() - started_s
        if elapsed_s > most_s:
            return elapsed_s
        await asyncio.sleep(0.005)
    return time.perf_counter() - started_s
