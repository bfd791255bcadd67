"""``vigie bench modbus``: requests and CPU per scan of 1,000 scattered tags."""

import asyncio
from random import Random

from hmi.benchmarks.peers import ServerProcess, Stopwatch
from hmi.benchmarks.report import Report
from hmi.benchmarks.scans import TAGS, fewest_requests, report

MOST_REGISTERS = 125
_REGISTERS = 4


def measure(seconds: float) -> Report:
    """Measure tags with small holes between them, as device maps have, and tags far apart."""
    random = Random(1)
    layouts = {}
    starts_of = {}
    for name, places in (("small holes", 2_500), ("far apart", 14_000)):
        starts = sorted(_REGISTERS * place for place in random.sample(range(places), TAGS))
        starts_of[name] = starts
        fewest = fewest_requests(starts, _REGISTERS, MOST_REGISTERS)
        layouts[name] = ([f"HR{start}" for start in starts], fewest)

    def one_by_one(server: ServerProcess, layout: str, scans: int) -> float:
        from tags.simulator.library_clients import read_modbus_one_by_one  # loads all three libraries

        watch = Stopwatch()
        asyncio.run(read_modbus_one_by_one(server.port, starts_of[layout], scans))
        return watch.read()[0]

    return report("modbus", layouts, one_by_one, seconds)
