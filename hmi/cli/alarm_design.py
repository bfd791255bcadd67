"""``vigie alarms propose`` and ``setpoint``: where to begin with alarms, before there is any history."""

import argparse
import re
from typing import TYPE_CHECKING

from hmi.cli.exits import CommandError, Exit
from hmi.cli.speech import speaker, teller
from hmi.cli.stations import print_json, project_folder
from hmi.cli.times import span_ns
from projects.files import load
from tags.clock import NS_PER_S

if TYPE_CHECKING:
    from alarms.starting_values import Suggestion

_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|min|h|d)", re.ASCII)
_UNIT_S = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


def propose(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms propose``: deadbands and delays for alarms that have none (ALM-30)."""
    from alarms.model import AlarmType
    from alarms.starting_values import suggestions

    project = load(project_folder(arguments.project))
    found = [
        item
        for definition in project.alarms
        if definition.type is not AlarmType.COMMUNICATION
        for item in suggestions(definition, project.tags.by_path(definition.tag))
    ]
    if arguments.json:
        print_json([_json(item) for item in found])
    else:
        say, tell = speaker(arguments.language), teller(arguments.language)
        for item in found:
            values = say(f"{item.present:g}, begin with {item.suggested:g}")
            print(f"{item.alarm_id} {item.setting}: {values}: {say(item.reason)}")
        if len(found) == 1:
            tell("1 starting value. Back-tests find better ones once there is history.")
        else:
            tell(f"{len(found)} starting values. Back-tests find better ones once there is history.")
    return Exit.OK


def setpoint(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms setpoint``: the limit that leaves enough time (ALM-24)."""
    from alarms.model import AlarmError
    from alarms.starting_values import limit_before

    match = _RATE.fullmatch(arguments.rate)
    if match is None:
        raise CommandError(f"--rate {arguments.rate}: expected such as 0.05/min", Exit.USAGE)
    times_s = [span_ns(text) / NS_PER_S for text in (arguments.respond, arguments.act)]
    try:
        limit = limit_before(
            arguments.threshold,
            float(match[1]) / _UNIT_S[match[2]],
            *times_s,
            is_upper=not arguments.low,
        )
    except AlarmError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    if arguments.json:
        print_json({"type": "LO" if arguments.low else "HI", "setpoint": limit})
    else:
        way = abs(arguments.threshold - limit)
        tell = teller(arguments.language)
        tell(
            f"{'LO' if arguments.low else 'HI'} at {limit:.4g}: {way:.4g} before {arguments.threshold:g}, "
            "half as much time again as response and action take (ALM-24)"
        )
    return Exit.OK


def _json(item: "Suggestion") -> dict[str, object]:
    return {
        "alarm_id": item.alarm_id,
        "setting": item.setting,
        "present": item.present,
        "suggested": item.suggested,
        "reason": item.reason,
    }
