"""``vigie alarms backtest``: how stored history would have alarmed with other settings."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hmi.cli.exits import CommandError, Exit
from hmi.cli.stations import print_json
from hmi.cli.stored_alarms import StoredAlarms, period
from tags.clock import NS_PER_S

if TYPE_CHECKING:
    from alarms.backtest import AlarmEffect, BackTest
    from alarms.model import AlarmDefinition
    from alarms.proposals import Proposal

_COLUMNS: Mapping[str, Callable[[str], tuple[str, object]]] = {
    "setpoint": lambda text: ("setpoint", float(text)),
    "deadband": lambda text: ("deadband_eu", float(text)),
    "on_delay_s": lambda text: ("on_delay_ns", round(float(text) * NS_PER_S)),
    "off_delay_s": lambda text: ("off_delay_ns", round(float(text) * NS_PER_S)),
    "suppression_expression": lambda text: ("suppression_expression", text),
    "enabled": lambda text: ("enabled", {"0": False, "1": True}[text]),
    "latching": lambda text: ("latching", {"0": False, "1": True}[text]),
}


def changed_definitions(
    definitions: "Sequence[AlarmDefinition]", changes: Sequence[str]
) -> "tuple[AlarmDefinition, ...]":
    """Return the definitions with changes such as ``TANK-001.deadband=2`` (columns of ``alarms.csv``).

    Raises:
        CommandError: an alarm, a column or a value is unknown.
    """
    found = {item.alarm_id: item for item in definitions}
    for change in changes:
        name, separator, text = change.partition("=")
        alarm_id, _, column = name.rpartition(".")
        if not separator or alarm_id not in found or column not in _COLUMNS:
            raise CommandError(
                f"--change {change}: expected ALARM.COLUMN=VALUE with a column of {', '.join(_COLUMNS)} "
                "and an alarm of the project",
                Exit.USAGE,
            )
        try:
            field, value = _COLUMNS[column](text)
        except (ValueError, KeyError):
            raise CommandError(f"--change {change}: {text!r} is no value for {column}", Exit.USAGE) from None
        found[alarm_id] = replace(found[alarm_id], **{field: value})  # type: ignore[arg-type]
    return tuple(found.values())


def backtest(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms backtest``."""
    from alarms.backtest import run
    from alarms.backtest_journal import History, connection_changes
    from alarms.model import AlarmError
    from alarms.proposals import propose

    tested = period(arguments)
    definitions = stored.definitions
    changed = changed_definitions(definitions, arguments.change)
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
        found = run(history, definitions, changed, tested)
    except AlarmError as error:
        raise CommandError(f"such an alarm cannot run: {error}", Exit.FAILED) from error
    proposals: list[Proposal] = []
    if arguments.propose:
        chattering = found.after.performance.kpi("KPI-21").alarm_ids
        proposals = propose(history, changed, chattering, tested)
    if arguments.json:
        print_json(_backtest_json(found, proposals))
    else:
        _print_backtest(found, proposals)
    return Exit.OK


def _print_backtest(found: "BackTest", proposals: "Sequence[Proposal]") -> None:
    print(f"{found.samples:,} samples, {found.fed:,} of them fed to the engine")
    effects = [item for item in found.effects if item.is_changed]
    for item in effects:
        print(
            f"  {item.alarm_id}: {item.activations_before} activations become {item.activations_after}, "
            f"{len(item.missed)} missed, {item.added} added, at most "
            f"{item.longest_added_delay_ns / NS_PER_S:g} s later "
            f"(mean {item.mean_added_delay_ns / NS_PER_S:g} s)"
        )
    if not effects:
        print("  no alarm changes")
    floods = [len(side.performance.floods) for side in (found.before, found.after)]
    print(f"Floods: {floods[0]} become {floods[1]}")
    for proposal in proposals:
        print(f"Proposed: {proposal.text}")


def _backtest_json(found: "BackTest", proposals: "Sequence[Proposal]") -> dict[str, object]:
    return {
        "samples": found.samples,
        "fed": found.fed,
        "floods_before": len(found.before.performance.floods),
        "floods_after": len(found.after.performance.floods),
        "alarms": [_effect_json(item) for item in found.effects],
        "proposals": [
            {
                "alarm_id": item.proposed.alarm_id,
                "deadband": item.proposed.deadband_eu,
                "on_delay_s": item.proposed.on_delay_ns / NS_PER_S,
                "off_delay_s": item.proposed.off_delay_ns / NS_PER_S,
                "effect": _effect_json(item.effect),
            }
            for item in proposals
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
