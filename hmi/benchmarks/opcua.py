"""``vigie bench opcua``: CPU per notification, ours against the library's callbacks, from one server.

The server runs in a process of its own and changes every item with each publishing, ten times a second. Both
clients subscribe the same items in turns, so that both meet the same machine.
"""

import asyncio

import numpy as np

from hmi.benchmarks.peers import CountingSink, ServerProcess, Stopwatch, ended
from hmi.benchmarks.report import Report, Result
from tags.drivers.base import Item
from tags.drivers.catalogue import drivers
from tags.model import DataType

SIZES = (1_000, 5_000)
PERIOD_MS = 100
ROUNDS = 2
TARGET_SHARE = 0.1
"""At least ten times cheaper than the callbacks."""
_WARM_UP_S = 0.5
_LIBRARY = "the library's callbacks"


def measure(seconds: float) -> Report:
    """Measure both clients at both sizes."""
    return asyncio.run(_measure(seconds))


async def _measure(seconds: float) -> Report:
    share_s = seconds / (len(SIZES) * ROUNDS * 2)
    results: list[Result] = []
    with ServerProcess("opcua") as server:
        for size in SIZES:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(await _ours(server, size, share_s))
                theirs.append(await _theirs(server, size, share_s))
            results += _results(size, np.array(ours), np.array(theirs))
    return Report("opcua", tuple(results))


def _results(size: int, ours: np.ndarray, theirs: np.ndarray) -> list[Result]:
    """Compare rows of CPU us per change, changes a second, and share of the sent changes that came."""
    name = f"{size:,} items at 10 Hz"
    cost, rate, share = (float(value) for value in np.median(ours, axis=0))
    library_cost, library_rate, library_share = (float(value) for value in np.median(theirs, axis=0))
    return [
        Result(f"{name}: {_LIBRARY}", library_cost, "us of CPU per change"),
        Result(
            f"{name}: driver",
            cost,
            "us of CPU per change",
            _LIBRARY,
            cost / library_cost,
            TARGET_SHARE,
            cost / library_cost <= TARGET_SHARE,
        ),
        Result(f"{name}: {_LIBRARY}, rate", library_rate, "changes/s"),
        Result(f"{name}: driver, rate", rate, "changes/s"),
        Result(f"{name}: {_LIBRARY}, delivered of those sent", 100 * library_share, "%"),
        Result(f"{name}: driver, delivered of those sent", 100 * share, "%", None, None, 99.0, share >= 0.99),
    ]


async def _ours(server: ServerProcess, size: int, seconds: float) -> tuple[float, float, float]:
    driver, sink = server.driver(), CountingSink()
    parse = drivers()["opcua"].parse_address
    items = [
        Item(row, parse(node, DataType.FLOAT64), DataType.FLOAT64, PERIOD_MS)
        for row, node in enumerate(_nodes(size))
    ]
    await driver.connect()
    before = server.counters()["sent"]
    task = asyncio.create_task(driver.subscribe(items, sink))
    try:
        await sink.until(size)
        await asyncio.sleep(_WARM_UP_S)
        first, watch = sink.values, Stopwatch()
        await asyncio.sleep(seconds)
        cpu_s, wall_s = watch.read()
        counted = sink.values - first
        share = _share(sink.values, server, before)
    finally:
        await ended(task)
        await driver.close()
    return 1e6 * cpu_s / counted, counted / wall_s, share


async def _theirs(server: ServerProcess, size: int, seconds: float) -> tuple[float, float, float]:
    from tags.simulator.library_clients import CallbackSubscriber  # loads all three libraries

    subscriber = CallbackSubscriber(str(server.options()["url"]), _nodes(size), PERIOD_MS)
    before = server.counters()["sent"]
    started = asyncio.Event()
    task = asyncio.create_task(subscriber.run(started))
    try:
        await started.wait()
        await asyncio.sleep(_WARM_UP_S)
        handler = subscriber.handler
        first, watch = handler.values, Stopwatch()
        await asyncio.sleep(seconds)
        cpu_s, wall_s = watch.read()
        counted = handler.values - first
        share = _share(handler.values, server, before)
    finally:
        await ended(task)
    return 1e6 * cpu_s / max(counted, 1), counted / wall_s, share


def _share(delivered: int, server: ServerProcess, before: int) -> float:
    return delivered / max(server.counters()["sent"] - before, 1)


def _nodes(size: int) -> list[str]:
    return [f"ns=1;i={place}" for place in range(1, size + 1)]
