"""``vigie alarms backtest``: how stored history would have alarmed with other settings."""

import argparse
import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hmi.cli.exits import CommandError, Exit
from hmi.cli.speech import speaker, teller
from hmi.cli.stations import print_json, project_folder, session
from hmi.cli.stored_alarms import StoredAlarms, period
from hmi.report_words import event_words
from tags.clock import NS_PER_S, iso_utc

if TYPE_CHECKING:
    from alarms.backtest_facts import AlarmEffect, BackTestResult
    from alarms.metrics_events import Period
    from alarms.settings import Setting
    from projects.event_words import EventWords

_TRUTH = {"0": False, "1": True, "false": False, "true": True}


def read_changes(texts: Sequence[str]) -> "dict[str, dict[str, Setting]]":
    """Return settings by alarm and column from texts such as ``TANK-001.deadband=2``.

    Raises:
        CommandError: a text is none, or its value is not of the column's kind.
    """
    from alarms.settings import SETTINGS, value_kind

    found: dict[str, dict[str, Setting]] = {}
    for text in texts:
        name, separator, written = text.partition("=")
        alarm_id, _, column = name.rpartition(".")
        if not separator or not alarm_id or column not in SETTINGS:
            raise CommandError(
                f"--change {text}: expected ALARM.COLUMN=VALUE with a column of {', '.join(SETTINGS)}",
                Exit.USAGE,
            )
        kind = value_kind(column)
        try:
            value: Setting = written if kind is str else kind(_TRUTH[written] if kind is bool else written)
        except (ValueError, KeyError):
            raise CommandError(f"--change {text}: {written!r} is no value for {column}", Exit.USAGE) from None
        found.setdefault(alarm_id, {})[column] = value
    return found


def backtest(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms backtest`` over what is stored."""
    from alarms.backtest_journal import History, connection_changes
    from alarms.backtest_summary import try_settings
    from alarms.model import AlarmError

    changes = read_changes(arguments.change)
    tested = period(arguments)
    definitions = stored.running().definitions
    known = {item.alarm_id for item in definitions}
    for alarm_id in changes:
        if alarm_id not in known:
            raise CommandError(f"--change {alarm_id}: no alarm of the project has this id", Exit.USAGE)
    live = stored.journal.events(tested.start_ns, tested.end_ns)
    project = stored.project
    history = History(
        stored.reader,
        project.tags,
        tuple(project.connections),
        connection_changes(live, definitions),
        live,
    )
    try:
        found = try_settings(history, definitions, changes, tested, has_proposals=arguments.propose)
    except AlarmError as error:
        raise CommandError(str(error), Exit.FAILED) from error
    words = event_words(arguments.language)
    words.project(project, arguments.language)
    _print(found, arguments, words)
    return Exit.OK


def apply(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms backtest --apply``: the station tests the change and lets it run."""
    if not arguments.reason.strip():
        raise CommandError("--apply needs --reason: a change needs a reason (ALM-22)", Exit.USAGE)
    changes = read_changes(arguments.change)
    if not changes:
        raise CommandError("--apply needs at least one --change", Exit.USAGE)
    found, texts = asyncio.run(_apply(arguments, changes, period(arguments)))
    _print(found, arguments)
    say, tell = speaker(arguments.language), teller(arguments.language)
    for text in texts:
        tell(f"refused: {say(text)}")
    if not texts and not arguments.json:
        tell("Applied.")
    return Exit.FAILED if texts else Exit.OK


async def _apply(
    arguments: argparse.Namespace, changes: "dict[str, dict[str, Setting]]", tested: "Period"
) -> "tuple[BackTestResult, list[str]]":
    async with session(project_folder(arguments.project), {}, "vigie alarms backtest") as opened:
        number, found = await opened.back_test(
            tested.start_ns, tested.end_ns, changes, has_proposals=arguments.propose
        )
        refusals = await opened.apply_back_test(number, arguments.reason)
    return found, [refusal.text for refusal in refusals]


def _print(found: "BackTestResult", arguments: argparse.Namespace, words: "EventWords | None" = None) -> None:
    if arguments.json:
        print_json(_json(found))
        return
    say, tell = speaker(arguments.language), teller(arguments.language)
    note = f"  {say('INDICATIVE: less than 30 days')}" if found.is_indicative else ""
    print(f"{say(f'{iso_utc(found.start_ns)} to {iso_utc(found.end_ns)}')}{note}")
    tell(f"{found.samples:,} samples, {found.fed:,} of them fed to the engine, {found.duration_s:.1f} s")
    for text in found.warnings:
        tell(f"warning: {say(text)}")
    effects = [item for item in found.effects if item.is_changed]
    for item in effects:
        told = say(
            f"{item.activations_before} activations become {item.activations_after}, "
            f"{len(item.missed)} missed, {item.added} added, at most "
            f"{item.longest_added_delay_ns / NS_PER_S:g} s later "
            f"(mean {item.mean_added_delay_ns / NS_PER_S:g} s)"
        )
        print(f"  {item.alarm_id}: {told}")
    if not effects:
        print(f"  {say('no alarm changes')}")
    tell(f"Floods: {len(found.before.floods)} become {len(found.after.floods)}")
    for missed in found.missed:
        message = missed.message if words is None else words.message(missed.alarm_id, missed.message)
        print(f"{say('Missed')}: {iso_utc(missed.source_ns)}  {missed.alarm_id}  {message}")
    for proposal in found.proposals:
        alarm_id, settings, effect = proposal.text.split(": ", 2)
        told = ", ".join(map(say, settings.split(", ")))
        print(f"{say('Proposed')}: {alarm_id}: {told}: {say(effect)}")


def _json(found: "BackTestResult") -> dict[str, object]:
    return {
        "from": iso_utc(found.start_ns),
        "to": iso_utc(found.end_ns),
        "indicative": found.is_indicative,
        "samples": found.samples,
        "fed": found.fed,
        "duration_s": found.duration_s,
        "warnings": list(found.warnings),
        "activations_before": found.before.activations,
        "activations_after": found.after.activations,
        "floods_before": len(found.before.floods),
        "floods_after": len(found.after.floods),
        "alarms": [_effect_json(item) for item in found.effects],
        "missed": [
            {"alarm_id": item.alarm_id, "time": iso_utc(item.source_ns), "message": item.message}
            for item in found.missed
        ],
        "proposals": [
            {"alarm_id": item.alarm_id, "changes": dict(item.changes), "effect": _effect_json(item.effect)}
            for item in found.proposals
        ],
    }


def _effect_json(item: "AlarmEffect") -> dict[str, object]:
    return {
        "alarm_id": item.alarm_id,
        "activations_before": item.activations_before,
        "activations_after": item.activations_after,
        "chattering_before": item.chattering_before,
        "chattering_after": item.chattering_after,
        "missed": len(item.missed),
        "added": item.added,
        "mean_added_delay_s": item.mean_added_delay_ns / NS_PER_S,
        "longest_added_delay_s": item.longest_added_delay_ns / NS_PER_S,
    }
