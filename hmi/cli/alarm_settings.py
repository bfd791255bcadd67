"""``vigie alarms diff``, ``changes`` and ``enforce``: what runs beside the master database (ALM-22)."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from hmi.cli.exits import CommandError, Exit
from hmi.cli.speech import speaker, teller
from hmi.cli.stations import print_json, project_folder, session
from hmi.cli.stored_alarms import StoredAlarms, period
from hmi.link import EnforceSettings
from projects.event_words import reason_text
from tags.clock import iso_utc

if TYPE_CHECKING:
    from alarms.model import AlarmRefusal
    from alarms.settings import SettingChange, SettingDifference


def diff(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms diff``; exit code 1: something differs."""
    differences = stored.running().differences()
    if arguments.json:
        print_json([_difference_json(item) for item in differences])
    else:
        say, tell = speaker(arguments.language), teller(arguments.language)
        for item in differences:
            by = (
                say(f"since {iso_utc(item.at_ns)} by {item.user}") + f": {reason_text(item.reason, say)}"
                if item.at_ns
                else ""
            )
            master, running = say(_shown(item.master)), say(_shown(item.running))
            told = say(f"alarms.csv {master}, running {running}")
            print(f"{item.alarm_id} {item.setting}: {told}  {by}".rstrip())
        if len(differences) == 1:
            tell("1 setting differs from alarms.csv.")
        else:
            tell(f"{len(differences)} settings differ from alarms.csv.")
    return Exit.FAILED if differences else Exit.OK


def changes(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms changes``."""
    asked = period(arguments)
    found = stored.journal.setting_changes(asked.start_ns, asked.end_ns)
    if arguments.json:
        print_json([_change_json(item) for item in found])
    else:
        say, tell = speaker(arguments.language), teller(arguments.language)
        for item in found:
            old, new = say(_shown(item.old)), say(_shown(item.new))
            told = say(f"{old} becomes {new} by {item.user} at {item.workstation}")
            reason = reason_text(item.reason, say)
            print(f"{iso_utc(item.at_ns)}  {item.alarm_id} {item.setting}: {told}: {reason}")
        tell("1 change." if len(found) == 1 else f"{len(found)} changes.")
    return Exit.OK


def enforce(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms enforce``: the project's station lets its alarms run as ``alarms.csv`` says."""
    if not arguments.reason.strip():
        raise CommandError("--reason: a change needs a reason (ALM-22)", Exit.USAGE)
    refusals = asyncio.run(_enforce(arguments))
    say, tell = speaker(arguments.language), teller(arguments.language)
    for refusal in refusals:
        tell(f"refused: {say(refusal.text)}")
    if not refusals:
        tell("The alarms run as alarms.csv says.")
    return Exit.FAILED if refusals else Exit.OK


async def _enforce(arguments: argparse.Namespace) -> "list[AlarmRefusal]":
    async with session(project_folder(arguments.project), {}, "vigie alarms enforce") as opened:
        chosen = arguments.alarm or None
        return await opened.operate(lambda number: EnforceSettings(number, chosen, arguments.reason))


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value!s}" or "(none)"


def _difference_json(item: "SettingDifference") -> dict[str, object]:
    return {
        "alarm_id": item.alarm_id,
        "setting": item.setting,
        "master": item.master,
        "running": item.running,
        "since": iso_utc(item.at_ns) if item.at_ns else None,
        "user": item.user,
        "reason": item.reason,
    }


def _change_json(item: "SettingChange") -> dict[str, object]:
    return {
        "time": iso_utc(item.at_ns),
        "alarm_id": item.alarm_id,
        "setting": item.setting,
        "old": item.old,
        "new": item.new,
        "user": item.user,
        "workstation": item.workstation,
        "reason": item.reason,
    }
