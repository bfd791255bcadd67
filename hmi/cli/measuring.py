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
    if arguments.elements is None:
        report = measure(arguments.seconds)
    elif arguments.name != "screen" or not 1 <= arguments.elements <= 20_000:
        raise CommandError("--elements takes 1 to 20000 and goes with screen only", Exit.USAGE)
    else:
        from hmi.benchmarks import screen  # as above

        report = screen.measure(arguments.seconds, arguments.elements)
    if arguments.json:
        print_json(report.as_json())
    else:
        print(report.as_text())
    return Exit.FAILED if any(result.holds is False for result in report.results) else Exit.OK
