"""``vigie bench``: figures about Vigie itself, as people and programs read them."""

import argparse

from hmi.cli.exits import CommandError, Exit
from hmi.cli.stations import print_json


def bench(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie bench``."""
    from hmi.benchmarks.suite import BENCHES  # a benchmark loads what it measures

    measure = BENCHES.get(arguments.name)
    if measure is None:
        known = ", ".join(sorted(BENCHES))
        raise CommandError(f"no benchmark {arguments.name!r}; there are: {known}", Exit.USAGE)
    report = measure(arguments.seconds)
    if arguments.json:
        print_json(report.as_json())
    else:
        print(report.as_text())
    return Exit.FAILED if any(result.holds is False for result in report.results) else Exit.OK
