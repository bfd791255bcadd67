"""What the benchmarks of polled protocols have in common: layouts of tags, the optimum, and timed scans."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from hmi.benchmarks.peers import CountingSink, ServerProcess, Stopwatch, ended
from hmi.benchmarks.report import Report, Result
from tags.drivers.base import Item
from tags.drivers.catalogue import drivers
from tags.model import DataType

TAGS = 1_000
SCAN_MS = 100
TARGET_REQUESTS = 1.2
"""Requests per scan, over the fewest that the device's limits allow."""


def fewest_requests(starts: Iterable[int], size: int, limit: int) -> int:
    """Return how many windows of ``limit`` places cover all values of ``size`` places: greedy is optimal."""
    windows, end = 0, -1
    for start in sorted(starts):
        if start + size > end:
            windows, end = windows + 1, start + limit
    return windows


def items_of(protocol: str, addresses: Sequence[str]) -> list[Item]:
    """Return UINT64 items of the addresses, polled every ``SCAN_MS``."""
    parse = drivers()[protocol].parse_address
    return [
        Item(row, parse(text, DataType.UINT64), DataType.UINT64, SCAN_MS)
        for row, text in enumerate(addresses)
    ]


def report(
    protocol: str,
    layouts: Mapping[str, tuple[Sequence[str], int]],
    one_by_one: Callable[[ServerProcess, str, int], float],
    seconds: float,
) -> Report:
    """Measure each layout: its addresses and the fewest requests that could fetch them.

    ``one_by_one(server, layout, scans)`` reads every tag by a request of its own with the library alone and
    returns the CPU seconds that it took.
    """
    results: list[Result] = []
    share_s = seconds / (2 * len(layouts))
    with ServerProcess(protocol) as server:
        for name, (addresses, fewest) in layouts.items():
            requests, cpu_s, plan = asyncio.run(_scan(server, items_of(protocol, addresses), share_s))
            single_s = one_by_one(server, name, 1)
            scans = min(max(1, int(share_s / max(single_s, 0.01))), 20)
            single_s = one_by_one(server, name, scans) / scans
            title = f"{TAGS:,} tags, {name}"
            results += [
                Result(f"{title}: fewest requests possible", fewest, "requests per scan"),
                Result(
                    f"{title}: driver ({plan})",
                    requests,
                    "requests per scan",
                    "the fewest",
                    requests / fewest,
                    TARGET_REQUESTS,
                    requests / fewest <= TARGET_REQUESTS,
                ),
                Result(f"{title}: library, one read per tag", 1000 * single_s, "ms of CPU per scan"),
                Result(
                    f"{title}: driver",
                    1000 * cpu_s,
                    "ms of CPU per scan",
                    "one read per tag",
                    cpu_s / single_s,
                ),
            ]
    return Report(protocol, tuple(results))


async def _scan(server: ServerProcess, items: Sequence[Item], seconds: float) -> tuple[float, float, str]:
    """Return requests and CPU seconds per scan, and the driver's own words on its plan."""
    driver, sink = server.driver(), CountingSink(len(items))
    await driver.connect()
    task = asyncio.create_task(driver.subscribe(items, sink))
    try:
        await sink.until(len(items))
        plan = driver.plan()
        values, whole, watch = sink.values, len(sink.scans), Stopwatch()
        await asyncio.sleep(seconds)
        await sink.until((whole + 1) * len(items))
        cpu_s, _ = watch.read()
        # Blocks hold unlike numbers of tags: only whole scans tell how many requests one takes.
        requests = sink.scans[-1] - sink.scans[whole - 1]
        return (
            requests / (len(sink.scans) - whole),
            cpu_s * len(items) / (sink.values - values),
            plan,
        )
    finally:
        await ended(task)
        await driver.close()
