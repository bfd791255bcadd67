"""``vigie history log``: what happened, on one time axis, filtered, for people and programs."""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from historian.export import iso_ns
from historian.happening import EventChoice, Happening
from historian.store import open_reader
from historian.words import CONTEXT, KIND_WORDS
from hmi.cli.exits import CommandError, Exit
from hmi.cli.stations import print_json
from hmi.report_words import event_words
from projects.event_files import COLUMNS
from projects.event_words import detail_word
from projects.model import Project
from resources.catalogue import SOURCE_LANGUAGE, read


def log(arguments: argparse.Namespace, project: Project, directory: Path, start_ns: int, end_ns: int) -> Exit:
    """Print plant log, operator writes, alarm events and chosen samples; 1 when there is nothing."""
    for path in arguments.samples:
        if project.tags.find(path) is None:
            raise CommandError(f"no tag has the path {path!r}", Exit.USAGE)
    if arguments.samples and arguments.newest:
        raise CommandError("--newest does not go with --samples: they come in the order of time", Exit.USAGE)
    choice = EventChoice(
        tuple(arguments.kind),
        tuple(arguments.subject),
        tuple(arguments.user),
        arguments.text,
        tuple(arguments.samples),
    )
    words = event_words(arguments.language)
    words.project(project, arguments.language)
    reader = open_reader(project.tags, directory, project.station.history_url)
    count = 0
    try:
        found: Iterator[Happening] = reader.timeline(start_ns, end_ns, choice, newest_first=arguments.newest)
        tell = _printer(arguments)
        for event in islice(found, arguments.limit or None):
            count += 1
            said = words.happening(event)
            # Programs read numbers with a point, and all their digits.
            is_for_programs = arguments.json or arguments.csv
            tell(replace(said, change=event.change) if is_for_programs else said)
    finally:
        reader.close()
    return Exit.OK if count else Exit.FAILED


def _printer(arguments: argparse.Namespace) -> Callable[[Happening], None]:
    """Return what prints one event."""
    if arguments.json:
        return lambda event: print_json(dict(zip(COLUMNS, _cells(event), strict=True)))
    if arguments.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        return lambda event: writer.writerow(_cells(event))
    if arguments.language == SOURCE_LANGUAGE:
        return lambda event: print(_line(event, event.kind, event.detail))
    catalogue = read(arguments.language)

    def spoken(event: Happening) -> None:
        context, source = detail_word(event)
        kind = KIND_WORDS.get(event.kind, event.kind)
        detail = catalogue.find(context, source) or source
        print(_line(event, catalogue.find(CONTEXT, kind) or kind, detail))

    return spoken


def _cells(event: Happening) -> tuple[str, ...]:
    return (
        iso_ns(event.source_ns),
        event.kind,
        event.subject,
        event.text,
        event.change,
        event.detail,
        event.user,
    )


def _line(event: Happening, kind: str, detail: str) -> str:
    # A log entry's own detail is JSON for programs; what it means is in its text.
    parts = (event.text, event.change, "" if detail.startswith("{") else detail)
    return f"{iso_ns(event.source_ns)}  {kind:<10}  {event.subject}  " + "  ".join(
        part for part in parts if part
    )
