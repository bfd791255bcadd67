"""``vigie bench s7``: requests and CPU per scan of 1,000 tags scattered over ten data blocks.

The optimum is a lower bound: a request names at most 20 stretches, and its answer holds at most a PDU.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from random import Random

from hmi.benchmarks.peers import ServerProcess, Stopwatch
from hmi.benchmarks.report import Report
from hmi.benchmarks.scans import TAGS, report

BLOCKS = 10
PDU = 480
MOST_ITEMS = 20
ANSWER_OVERHEAD = 14
"""Bytes of an answer beside its items: header 12, function and number of items 2."""
ITEM_OVERHEAD = 4
_SIZE = 8


def measure(seconds: float) -> Report:
    """Measure tags with small holes between them, as blocks have, and tags far apart."""
    random = Random(1)
    layouts = {}
    places_of = {}
    for name, places in (("small holes", 250), ("far apart", 4_000)):
        found = [
            (block, _SIZE * place)
            for block in range(1, BLOCKS + 1)
            for place in sorted(random.sample(range(places), TAGS // BLOCKS))
        ]
        places_of[name] = found
        layouts[name] = ([f"DB{block}.DBL{byte}" for block, byte in found], fewest_requests(found))

    def one_by_one(server: ServerProcess, layout: str, scans: int) -> float:
        from tags.simulator.library_clients import read_s7_one_by_one  # loads all three libraries

        watch = Stopwatch()
        read_s7_one_by_one(server.port, places_of[layout], scans)
        return watch.read()[0]

    return report("s7", layouts, one_by_one, seconds)


def fewest_requests(places: Sequence[tuple[int, int]]) -> int:
    """Return a number of requests that no plan goes below; ``places`` are sorted ``(block, byte)``.

    A plan reads some number of the gaps between neighbours, the smallest ones at best: the stretches over 20,
    and their bytes over what an answer holds, whichever is more.
    """
    gaps = sorted(
        byte - before - _SIZE
        for (block_before, before), (block, byte) in pairwise(places)
        if block == block_before
    )
    best = len(places)
    for number, read in enumerate(accumulate(gaps, initial=0)):
        stretches = len(places) - number
        size = len(places) * _SIZE + read + stretches * ITEM_OVERHEAD
        best = min(best, max(-(-stretches // MOST_ITEMS), -(-size // (PDU - ANSWER_OVERHEAD))))
    return best
