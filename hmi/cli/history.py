"""``vigie history``: ask a history, take data out of it, look after it."""

import argparse

from hmi.cli.exits import Exit


def history(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie history``."""
    from hmi.cli.history_commands import COMMANDS  # the database's library takes 0.7 s to load

    return COMMANDS[arguments.action](arguments)
