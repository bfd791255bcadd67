"""``vigie alarms``: what stands, what happened, how well the alarms work, and what a change would do."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hmi.cli.alarm_design import propose, setpoint
from hmi.cli.alarm_settings import changes, diff, enforce
from hmi.cli.backtests import apply, backtest
from hmi.cli.exits import CommandError, Exit
from hmi.cli.speech import speaker, teller
from hmi.cli.stations import print_json, project_folder
from hmi.cli.stored_alarms import StoredAlarms, period, stored_alarms
from hmi.report_words import event_words
from projects.texts import said_names, translated
from resources.catalogue import SOURCE_LANGUAGE
from tags.clock import NS_PER_S, iso_utc

if TYPE_CHECKING:
    from alarms.journal import EventFilter
    from alarms.metrics import Kpi, Performance
    from alarms.model import AlarmEvent, AlarmState

_SHOWN_HIDDEN = {"SHLVD": "shelved", "DSUPR": "suppressed by design", "OOSRV": "out of service"}


def alarms(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie alarms``."""
    actions: dict[str, Callable[[StoredAlarms, argparse.Namespace], Exit]] = {
        "list": _list,
        "journal": _journal,
        "kpi": _kpi,
        "report": _report,
        "backtest": backtest,
        "diff": diff,
        "changes": changes,
    }
    others = {"enforce": enforce, "propose": propose, "setpoint": setpoint}
    if getattr(arguments, "apply", False):
        others["backtest"] = apply
    if arguments.action == "job":
        from hmi.station.backtest_worker import main  # the engine and the database load only here

        return Exit(main())
    if arguments.action in others:
        return others[arguments.action](arguments)
    folder = project_folder(arguments.project)
    with stored_alarms(folder) as stored:
        return actions[arguments.action](stored, arguments)


# What stands


def _list(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    from alarms.model import AlarmState

    newest: dict[str, AlarmEvent] = {}
    for event in stored.journal.open_occurrences().events:
        newest[event.alarm_id] = event
    at_rest = (AlarmState.NORMAL, AlarmState.DISABLED)
    rows = [event for event in newest.values() if event.state_after not in at_rest]
    rows.sort(key=lambda event: (event.priority, -event.source_ns, event.alarm_id))
    rows = _worded(stored, rows, arguments.language)
    if arguments.json:
        print_json([_event_json(event) for event in rows])
    else:
        say, state_of = speaker(arguments.language), _state_words(arguments.language)
        is_source = arguments.language == SOURCE_LANGUAGE
        for event in rows:
            after = event.state_after
            hidden = _SHOWN_HIDDEN.get(after.value)
            state = hidden if hidden and is_source else state_of(after)
            state = f"{state}, {event.comment}" if hidden else state
            priority = say(f"{int(event.priority)} {event.priority.name.lower()}")
            print(f"{priority:<9} {iso_utc(event.source_ns)}  {event.alarm_id}  {event.message}  [{state}]")
        print(f"{say('1 alarm' if len(rows) == 1 else f'{len(rows)} alarms')}.")
    return Exit.OK


# What happened


def _journal(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    asked = period(arguments)
    events = stored.journal.events(
        asked.start_ns,
        asked.end_ns,
        limit=arguments.limit or None,
        newest_first=arguments.newest_first,
        chosen=_filter(arguments),
    )
    events = _worded(stored, events, arguments.language)
    if arguments.out is not None:
        return _export(stored, events, arguments.out, arguments.language)
    tell = _json_line if arguments.json else _text_line(arguments.language)
    for event in events:
        tell(event)
    return Exit.OK if events else Exit.FAILED


def _json_line(event: "AlarmEvent") -> None:
    print_json(_event_json(event))


def _text_line(language: str) -> "Callable[[AlarmEvent], None]":
    """Return what prints one event: codes in the language of the sources, words in another one."""
    from alarms.words import TRANSITION_WORDS

    say, state_of = speaker(language), _state_words(language)

    def tell(event: "AlarmEvent") -> None:
        is_source = language == SOURCE_LANGUAGE
        what = event.transition.value if is_source else say(TRANSITION_WORDS[event.transition])
        who = f"  {say('by {}').format(event.user)}" if event.user else ""
        comment = f"  ({event.comment})" if event.comment else ""
        print(
            f"{iso_utc(event.source_ns)}  {int(event.priority)}  {event.alarm_id}  {what}"
            f"{': ' if is_source else ' : '}{state_of(event.state_before)} -> {state_of(event.state_after)}  "
            f"{event.message}{who}{comment}"
        )

    return tell


def _state_words(language: str) -> "Callable[[AlarmState], str]":
    """Return what names a state: its code in the language of the sources, a word in another one."""
    from alarms.words import STATE_WORDS

    say = speaker(language)
    if language == SOURCE_LANGUAGE:
        return lambda state: state.value
    return lambda state: say(STATE_WORDS[state])


def _worded(stored: StoredAlarms, events: "list[AlarmEvent]", language: str) -> "list[AlarmEvent]":
    """Return events with their messages in a language."""
    if language == stored.project.station.language == SOURCE_LANGUAGE:
        return events
    words = event_words(language)
    words.project(stored.project, language)
    return [words.event(event) for event in events]


def _export(stored: StoredAlarms, events: "list[AlarmEvent]", path: Path, language: str) -> Exit:
    from alarms.export_files import write_events
    from alarms.model import AlarmError

    zone = datetime.now().astimezone().tzinfo or UTC
    try:
        say = speaker(language)
        names = said_names(stored.project, language)
        title = say("{}: alarm journal").format(names.title(stored.project.name))
        write_events(path, events, zone, title, say, names.area)
    except AlarmError as error:
        raise CommandError(f"--out {error}", Exit.USAGE) from error
    except OSError as error:
        raise CommandError(f"the journal cannot be written: {error}") from error
    tell = teller(language)
    tell(f"{len(events)} events: {path}" if len(events) != 1 else f"1 event: {path}")
    return Exit.OK


def _filter(arguments: argparse.Namespace) -> "EventFilter":
    from alarms.journal import EventFilter
    from alarms.model import Priority

    return EventFilter(
        priorities=[Priority[name.upper()] for name in arguments.priority],
        alarm_ids=arguments.alarm,
        tags=arguments.tag,
        areas=arguments.area,
        users=arguments.user,
        text=arguments.text,
    )


def _event_json(event: "AlarmEvent") -> dict[str, object]:
    return {
        "sequence": event.sequence,
        "event_id": event.event_id,
        "occurrence_id": event.occurrence_id,
        "alarm_id": event.alarm_id,
        "transition": event.transition.value,
        "time": iso_utc(event.source_ns),
        "received": iso_utc(event.receive_ns),
        "state_before": event.state_before.value,
        "state_after": event.state_after.value,
        "value": event.value,
        "limit": event.limit,
        "unit": event.unit,
        "status": event.status,
        "priority": int(event.priority),
        "severity": event.severity,
        "message": event.message,
        "area": event.area,
        "tag": event.tag,
        "user": event.user,
        "workstation": event.workstation,
        "comment": event.comment,
        "class": event.message_class.value,
        "first_out": event.first_out,
        "level": event.level,
    }


# How well the alarms work


def _assess(stored: StoredAlarms, arguments: argparse.Namespace) -> "Performance":
    from alarms.metrics import assess

    asked = period(arguments)
    # Events from before tell what stood when the period began.
    return assess(stored.journal.events(0, asked.end_ns), asked)


def _kpi(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    from alarms.metrics import Verdict

    found = _assess(stored, arguments)
    if arguments.json:
        print_json(_performance_json(found))
    else:
        _print_kpis(found, arguments.language)
    return Exit.FAILED if any(item.verdict is Verdict.EXCEEDED for item in found.kpis) else Exit.OK


def _print_kpis(found: "Performance", language: str) -> None:
    from alarms.report import kpi_text

    say, tell = speaker(language), teller(language)
    period = found.period
    note = f"  {say('INDICATIVE: less than 30 days')}" if found.is_indicative else ""
    print(f"{say(f'{iso_utc(period.start_ns)} to {iso_utc(period.end_ns)}')}{note}")
    rows = []
    for item in found.kpis:
        parts = [say(f"target {say(item.target)}")] if item.target else []
        parts += [f"{say('limit')} {say(item.limit)}"] if item.limit else []
        rows.append((item.kpi_id, say(item.name), say(kpi_text(item)), say(item.verdict.value), parts))
    wide, high, long = (max(len(str(row[column])) for row in rows) for column in (1, 2, 3))
    for kpi_id, name, value, verdict, parts in rows:
        print(f"  {kpi_id}  {name:<{wide}}  {value:>{high}}  {verdict:<{long}}  {', '.join(parts)}".rstrip())
    tell("Most frequent alarms:")
    for item_of_alarm in found.statistics[:20]:
        shares = (item_of_alarm.share, item_of_alarm.cumulative_share)
        first, sum_of_all = (f"{say(f'{share:.1f} %'):>7}" for share in shares)
        print(f"  {item_of_alarm.activations:>6}  {first}  {sum_of_all}  {item_of_alarm.alarm_id}")


def _performance_json(found: "Performance") -> dict[str, object]:
    return {
        "from": iso_utc(found.period.start_ns),
        "to": iso_utc(found.period.end_ns),
        "indicative": found.is_indicative,
        "kpis": [_kpi_json(item) for item in found.kpis],
        "alarms": [
            {
                "alarm_id": item.alarm_id,
                "activations": item.activations,
                "share_percent": item.share,
                "cumulative_percent": item.cumulative_share,
                "in_alarm_s": item.in_alarm_ns / NS_PER_S,
                "longest_s": item.longest_ns / NS_PER_S,
                "chattering": item.chattering,
                "fleeting": item.fleeting,
                "stale": item.is_stale,
                "mean_between_s": _seconds(item.mean_between_ns),
                "mean_to_acknowledge_s": _seconds(item.mean_to_acknowledge_ns),
                "p90_to_acknowledge_s": _seconds(item.p90_to_acknowledge_ns),
            }
            for item in found.statistics
        ],
        "floods": [
            {
                "start": iso_utc(flood.start_ns),
                "end": iso_utc(flood.end_ns),
                "count": flood.count,
                "peak": flood.peak,
                "first_out": flood.first_out,
                "over": flood.is_over,
            }
            for flood in found.floods
        ],
        "together": [
            {"first": item.first, "then": item.then, "count": item.count} for item in found.together
        ],
        "per_10_min": found.window_counts.tolist(),
    }


def _kpi_json(item: "Kpi") -> dict[str, object]:
    return {
        "kpi": item.kpi_id,
        "name": item.name,
        "value": item.value,
        "unit": item.unit,
        "target": item.target,
        "limit": item.limit,
        "verdict": item.verdict.value,
        "text": item.text,
        "alarms": list(item.alarm_ids),
        "rows": len(item.sequences),
    }


def _seconds(value_ns: int | None) -> float | None:
    return None if value_ns is None else value_ns / NS_PER_S


def _report(stored: StoredAlarms, arguments: argparse.Namespace) -> Exit:
    from alarms.report import Heading, write_csv, write_pdf

    found = _assess(stored, arguments)
    shown = translated(stored.project, arguments.language)
    say = speaker(arguments.language)
    # Those of connections are worded here; the project's own come in its words.
    own = [replace(item, description=say(item.description)) for item in stored.definitions]
    definitions = {item.alarm_id: item for item in (*own, *shown.alarms)}
    heading = Heading(said_names(stored.project, arguments.language).title(shown.name), definitions, say)
    written: list[Path] = []
    try:
        if arguments.out is not None:
            write_pdf(arguments.out, found, heading)
            written.append(arguments.out)
        if arguments.csv is not None:
            written += write_csv(arguments.csv, found, heading)
    except OSError as error:
        raise CommandError(f"the report cannot be written: {error}") from error
    if not written:
        raise CommandError("name a file with --out, a folder with --csv, or both", Exit.USAGE)
    for path in written:
        print(path)
    return Exit.OK
