"""Half an hour of peers that misbehave: ``pytest -m soak tests/soak/test_drivers_soak.py``.

``VIGIE_SOAK_S`` sets how long it takes altogether, in seconds (default 1800). The faults come in random order
from a seed that is printed; ``VIGIE_SOAK_SEED`` repeats a run.
"""

import asyncio
import ctypes
import gc
import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import pytest

from tags.simulator.pathological import FRAMINGS
from tags.simulator.pattern_messages import Lies
from tests.support.ward import Ward

DRIVERS = ("modbus", "modbus_rtu", "s7", "opcua")
SOAK_S = float(os.environ.get("VIGIE_SOAK_S", "1800"))
SEED = int(os.environ.get("VIGIE_SOAK_SEED", "0")) or random.randrange(1, 10**6)
WARM_ROUNDS = 4
OPC_UA_GROUPS = 3
RESTART_EVERY = 5
"""Rounds after which the server itself restarts in the middle of its answers."""
MOST_GROWTH_MB = 12.0
"""Growth of the whole process after the first rounds; a leak of one batch per fault would be far above it."""


def _give_back() -> None:
    """Have the C library give back what is free: measured, nine tenths of the growth were its free blocks."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


@dataclass
class Course:
    """What is noted of all rounds of one driver."""

    draw: random.Random
    process: psutil.Process = field(default_factory=psutil.Process)
    recoveries_s: list[float] = field(default_factory=list)
    sizes_mb: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    struck: int = 0
    looked_at: int = 0

    async def attend(self, ward: Ward, lies: Lies, until_s: float, clear_log: Callable[[], None]) -> None:
        """Infect and cure one ward until its time is over, and look at it each time."""
        try:
            # So many connections at once, and the library's import, take their time on a busy machine.
            await ward.admit(timeout_s=60.0)
            while time.monotonic() < until_s or len(self.sizes_mb) <= WARM_ROUNDS:
                # Only OPC UA servers tell times of their own, and can send more values than there are polls.
                lies.clock_offset_s = self.draw.choice((0.0, 3600.0, -3600.0))
                lies.samples = self.draw.choice((1, 1, 40))
                await self._make_ill(ward)
                self.recoveries_s.append(await ward.recovered(15.0))
                # What is kept of each write would look like a leak.
                ward.results.clear()
                await asyncio.sleep(0.3)
                clear_log()
                _give_back()
                self.sizes_mb.append(self.process.memory_info().rss / 2**20)
                self.threads.append(threading.active_count())
                assert ward.problems == [], f"seed {SEED}"
        finally:
            await ward.discharge()
        self.struck += sum(proxy.struck for proxy in ward.proxies.values())
        self.looked_at += ward.looked_at
        for fault in ward.proxies:
            for value in range(1000, 1000 + len(self.sizes_mb)):
                assert ward.arrived(fault, value) <= 1, f"{fault}: {value} was sent twice"

    async def _make_ill(self, ward: Ward) -> None:
        draw = self.draw
        if len(self.sizes_mb) % RESTART_EVERY == RESTART_EVERY - 1:
            await ward.restart(down_s=draw.uniform(0.1, 2.0))
            return
        await ward.infect(chance=draw.choice((0.05, 0.3, 0.6, 1.0)), delay_s=draw.uniform(0.6, 1.5))
        await asyncio.sleep(draw.uniform(0.5, 4.0))
        await ward.write_everywhere(1000 + len(self.sizes_mb))
        await ward.cure()


@pytest.mark.timeout(SOAK_S + 240)
@pytest.mark.parametrize("driver", DRIVERS)
async def test_faults_at_random_for_a_long_time(driver: str, caplog: pytest.LogCaptureFixture) -> None:
    for library in ("pymodbus", "asyncua", "snap7"):
        # What they tell of each fault is kept by pytest until the test ends, which would look like a leak.
        caplog.set_level(logging.CRITICAL, logger=library)
    caplog.handler.setLevel(logging.WARNING)
    sys.stderr.write(f"\n{driver}, seed {SEED}\n")
    course = Course(random.Random(SEED))
    faults = sorted(FRAMINGS[driver].faults)
    # Server and station share one process: eighteen OPC UA handshakes at once would pass every time-out.
    groups = [faults[at::OPC_UA_GROUPS] for at in range(OPC_UA_GROUPS)] if driver == "opcua" else [faults]
    until_s = time.monotonic()
    for group in groups:
        until_s += SOAK_S / len(DRIVERS) / len(groups)
        lies = Lies()
        ward = Ward(driver, group, lies=lies, combines=course.draw.random() < 0.5)
        await course.attend(ward, lies, until_s, caplog.clear)
    growth_mb = min(course.sizes_mb[-3:]) - max(course.sizes_mb[: WARM_ROUNDS + 1])
    # pytest -s shows it.
    sys.stderr.write(
        f"\n{driver}, seed {SEED}: {len(course.sizes_mb)} rounds, {course.struck} answers struck, "
        f"{course.looked_at} good values looked at, recovery at most {max(course.recoveries_s):.2f} s, "
        f"{course.sizes_mb[-1]:.0f} MB, growth {growth_mb:.1f} MB\n"
    )
    assert growth_mb < MOST_GROWTH_MB
    assert max(course.threads[WARM_ROUNDS:]) <= max(course.threads[: WARM_ROUNDS + 1])
