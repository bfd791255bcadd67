"""Half an hour of peers that misbehave: ``pytest -m soak tests/soak/test_drivers_soak.py``.

``VIGIE_SOAK_S`` sets how long it takes altogether, in seconds (default 1800). The faults come in random order
from a seed that is printed; ``VIGIE_SOAK_SEED`` repeats a run.
"""

import asyncio
import gc
import logging
import os
import random
import sys
import threading
import time

import psutil
import pytest

from tags.simulator.pathological import Fault
from tests.support.ward import Ward

DRIVERS = ("modbus", "s7", "opcua")
SOAK_S = float(os.environ.get("VIGIE_SOAK_S", "1800"))
SEED = int(os.environ.get("VIGIE_SOAK_SEED", "0")) or random.randrange(1, 10**6)
WARM_ROUNDS = 4
MOST_GROWTH_MB = 12.0
"""Growth of the whole process after the first rounds; a leak of one batch per fault would be far above it."""


@pytest.mark.timeout(SOAK_S + 120)
@pytest.mark.parametrize("driver", DRIVERS)
async def test_faults_at_random_for_a_long_time(driver: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setLevel(logging.WARNING)
    draw = random.Random(SEED)
    process = psutil.Process()
    ward = Ward(driver, tuple(Fault))
    recoveries_s: list[float] = []
    sizes_mb: list[float] = []
    threads: list[int] = []
    until_s = time.monotonic() + SOAK_S / len(DRIVERS)
    try:
        await ward.admit()
        while time.monotonic() < until_s or len(sizes_mb) <= WARM_ROUNDS:
            await ward.infect(chance=draw.choice((0.05, 0.3, 0.6, 1.0)), delay_s=draw.uniform(0.6, 1.5))
            await asyncio.sleep(draw.uniform(0.5, 4.0))
            await ward.write_everywhere(1000 + len(sizes_mb))
            await ward.cure()
            recoveries_s.append(await ward.recovered(15.0))
            await asyncio.sleep(0.3)
            caplog.clear()
            gc.collect()
            sizes_mb.append(process.memory_info().rss / 2**20)
            threads.append(threading.active_count())
            assert ward.problems == [], f"seed {SEED}"
    finally:
        await ward.discharge()
    struck = sum(proxy.struck for proxy in ward.proxies.values())
    growth_mb = min(sizes_mb[-3:]) - max(sizes_mb[: WARM_ROUNDS + 1])
    # pytest -s shows it.
    sys.stderr.write(
        f"\n{driver}, seed {SEED}: {len(sizes_mb)} rounds, {struck} answers struck, "
        f"{ward.looked_at} good values looked at, recovery at most {max(recoveries_s):.2f} s, "
        f"{sizes_mb[-1]:.0f} MB, growth {growth_mb:.1f} MB\n"
    )
    assert growth_mb < MOST_GROWTH_MB
    assert max(threads[WARM_ROUNDS:]) <= max(threads[: WARM_ROUNDS + 1])
    for fault, value, _ in ward.results:
        assert ward.arrived(fault, value) <= 1, f"{fault}: {value} was sent twice"
