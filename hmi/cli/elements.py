"""``vigie elements``: what screens are made of, with properties, and the manual's part about it."""

import argparse
from typing import TYPE_CHECKING

from hmi.cli.exits import CommandError, Exit
from hmi.cli.stations import print_json
from tags.spelling import near_misses

if TYPE_CHECKING:
    from views.elements.base import Kind


def elements(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie elements``."""
    from views.elements.catalogue import ELEMENTS  # Qt loads only for what draws

    kinds = [item.kind for item in ELEMENTS]
    if arguments.docs is not None:
        from hmi.desktop.manual import write_manual  # as above

        try:
            for path in write_manual(arguments.docs):
                print(path)
        except OSError as error:
            raise CommandError(f"{arguments.docs} cannot be written: {error.strerror or error}") from error
        return Exit.OK
    if arguments.type is not None:
        kinds = [kind for kind in kinds if kind.type == arguments.type]
        if not kinds:
            near = near_misses(arguments.type, [item.kind.type for item in ELEMENTS])
            hint = f"; did you mean {' or '.join(near)}?" if near else "; 'vigie elements' lists them"
            raise CommandError(f"there is no element {arguments.type!r}{hint}", Exit.USAGE)
    if arguments.json:
        print_json([_facts(kind) for kind in kinds])
    elif arguments.type is None:
        width = max(len(kind.type) for kind in kinds)
        for kind in kinds:
            print(f"{kind.type:<{width}}  {kind.help}")
    else:
        _print_kind(kinds[0])
    return Exit.OK


def _print_kind(kind: "Kind") -> None:
    print(f"{kind.type}: {kind.help}")
    width = max((len(item.name) for item in kind.properties), default=0)
    for item in kind.properties:
        takes = item.kind.value + (f" (no expression: {item.fixed})" if item.fixed else " or =expression")
        default = "" if item.default in (None, "") else f" (default {item.default})"
        print(f"  {item.name:<{width}}  {item.help} {takes}{default}")


def _facts(kind: "Kind") -> dict[str, object]:
    return {
        "type": kind.type,
        "title": kind.title,
        "help": kind.help,
        "accepts": sorted(one.value for one in kind.accepts),
        "properties": [
            {
                "name": item.name,
                "holds": item.kind.value,
                "default": item.default,
                "expression": item.live,
                "why_no_expression": item.fixed,
                "choices": list(item.choices),
                "help": item.help,
            }
            for item in kind.properties
        ],
    }
