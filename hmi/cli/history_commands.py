"""What ``vigie history`` does: query, export, stats, repair and backup."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from historian.aggregates import Aggregate
from historian.backup import backup
from historian.export import Row, aggregate_rows, cell, export, iso_ns, raw_rows
from historian.reader import HistoryReader
from historian.repair import repair
from historian.store import history_path, open_reader
from historian.words import GAP_WORDS
from hmi.cli.exits import CommandError, Exit
from hmi.cli.history_log import log
from hmi.cli.speech import speaker, teller
from hmi.cli.stations import print_json, project_folder
from hmi.cli.times import span_ns, span_text, time_ns
from hmi.endpoint import station_dir
from projects.files import load_tolerant
from projects.model import Project
from tags import status as status_codes
from tags.clock import NS_PER_S
from tags.model import Tag

_PROGRESS_S = 0.2


def _query(arguments: argparse.Namespace) -> Exit:
    project, directory = _project(arguments)
    start_ns, end_ns = _period(arguments)
    reader = open_reader(project.tags, directory, project.station.history_url)
    count = 0
    try:
        for piece in _pieces(reader, project, arguments, start_ns, end_ns):
            for rows in piece():
                for row in rows:
                    if arguments.limit and count >= arguments.limit:
                        return Exit.OK
                    count += 1
                    if arguments.json:
                        print_json(_json(row))
                    else:
                        print(_line(row))
    finally:
        reader.close()
    return Exit.OK if count else Exit.FAILED


def _export(arguments: argparse.Namespace) -> Exit:
    project, directory = _project(arguments)
    start_ns, end_ns = _period(arguments)
    if arguments.out.exists() and not arguments.force:
        raise CommandError(f"{arguments.out} exists; --force replaces it", Exit.USAGE)
    reader = open_reader(project.tags, directory, project.station.history_url)
    try:
        pieces = _pieces(reader, project, arguments, start_ns, end_ns)
        count = export(arguments.out, pieces, start_ns, end_ns, _progress(), speaker(arguments.language))
    finally:
        reader.close()
    tell = teller(arguments.language)
    tell(f"{arguments.out}: {count:,} rows" if count != 1 else f"{arguments.out}: 1 row")
    return Exit.OK if count else Exit.FAILED


def _log(arguments: argparse.Namespace) -> Exit:
    project, directory = _project(arguments)
    start_ns, end_ns = _period(arguments, 24 * 3_600)
    return log(arguments, project, directory, start_ns, end_ns)


def _stats(arguments: argparse.Namespace) -> Exit:
    project, directory = _project(arguments)
    reader = open_reader(project.tags, directory, project.station.history_url)
    try:
        found = reader.stats()
    finally:
        reader.close()
    path = history_path(directory, project.station.history_url)
    size = path.stat().st_size if path is not None else None
    if arguments.json:
        print_json(
            {
                "file": str(path) if path else None,
                "file_bytes": size,
                "samples": found.samples,
                "unsealed": found.unsealed,
                "blocks": found.blocks,
                "bytes_per_sample": found.bytes_per_sample,
                "gaps": found.gaps,
                "quarantined": found.quarantined,
                "tags": [
                    {
                        "tag": tag.path,
                        "samples": tag.samples,
                        "bad": tag.bad,
                        "bytes": tag.bytes,
                        "first": None if tag.first_ns is None else iso_ns(tag.first_ns),
                        "last": None if tag.last_ns is None else iso_ns(tag.last_ns),
                        "rate_per_s": tag.rate_per_s,
                        "missing_s": tag.missing_s,
                        "gaps": [
                            {
                                "from": iso_ns(gap.start_ns),
                                "to": iso_ns(gap.end_ns),
                                "reason": gap.reason.value,
                            }
                            for gap in tag.gaps
                        ],
                    }
                    for tag in found.tags
                ],
            }
        )
        return Exit.OK
    say, tell = speaker(arguments.language), teller(arguments.language)
    if path is not None and size is not None:
        print(f"{path}: {say(f'{size / 1e6:,.1f} MB')}")
    tell(f"{found.samples:,} samples ({found.unsealed:,} not sealed yet) in {found.blocks:,} blocks")
    tell(f"{found.bytes_per_sample:.2f} bytes a sealed sample, roll-ups included")
    times = [tag.first_ns for tag in found.tags if tag.first_ns is not None]
    if times:
        tell(f"oldest sample {iso_ns(min(times))}")
    gaps = ", ".join(f"{count} {_gap_word(reason, say)}" for reason, count in found.gaps.items())
    tell(f"gaps: {gaps}" if gaps else "gaps: none")
    if found.quarantined:
        tell(f"{found.quarantined:,} rows in quarantine: the history's server refused them")
    titles = [say(name) for name in ("tag", "samples", "bad", "per s", "bytes", "gaps", "missing", "last")]
    rows = [tuple(titles)]
    for tag in found.tags:
        each = tag.bytes / tag.samples if tag.samples else 0.0
        numbers = (f"{tag.samples:,}", f"{tag.bad:,}", f"{tag.rate_per_s:.3f}", f"{each:.2f}")
        missing = (f"{len(tag.gaps):,}", span_text(tag.missing_s))
        last = "-" if tag.last_ns is None else iso_ns(tag.last_ns)
        rows.append((tag.path, *map(say, (*numbers, *missing)), last))
    widths = [max(len(row[column]) for row in rows) for column in range(len(titles))]
    for row in rows:
        between = "  ".join(f"{cell:>{width}}" for cell, width in zip(row[1:-1], widths[1:-1], strict=True))
        print(f"{row[0]:<{widths[0]}}  {between}  {row[-1]}")
    return Exit.OK


def _gap_word(reason: str, say: Callable[[str], str]) -> str:
    """Return why samples are missing: the code in English, words in another language."""
    words = {one.value: word for one, word in GAP_WORDS.items()}
    said = say(words.get(reason, reason))
    return reason if said == words.get(reason) else said.lower()


def _repair(arguments: argparse.Namespace) -> Exit:
    source = Path(arguments.file)
    if not source.is_file():
        raise CommandError(f"{source} is no file: expected a damaged history", Exit.USAGE)
    target = arguments.out or source.with_name(f"{source.stem}-repaired{source.suffix}")
    found = repair(source, target)
    print(f"{target}: {found.samples:,} samples saved")
    for table, count in found.rows.items():
        if count and table != "tag":
            print(f"  {count:,} rows of {table}")
    lost = found.damaged_blocks + found.unreadable
    if lost:
        print(f"  {found.damaged_blocks:,} blocks and {found.unreadable:,} rows were beyond repair")
    print("To use it, stop the station and put it in the place of its history.db.")
    return Exit.FAILED if lost else Exit.OK


def _backup(arguments: argparse.Namespace) -> Exit:
    project, directory = _project(arguments)
    path = history_path(directory, project.station.history_url)
    if path is None:
        raise CommandError("this project's history is on a server: use the server's own backup", Exit.USAGE)
    if not path.is_file():
        raise CommandError(f"there is no history yet: {path} does not exist")
    samples = backup(path, arguments.out, _progress())
    size = arguments.out.stat().st_size / 1e6
    print(f"{arguments.out}: {size:,.1f} MB, {samples:,} samples read back")
    return Exit.OK


def _project(arguments: argparse.Namespace) -> tuple[Project, Path]:
    folder = project_folder(arguments.project)
    project, _ = load_tolerant(folder)
    return project, station_dir(folder)


def _tags(project: Project, paths: list[str]) -> list[Tag]:
    if not paths:
        return list(project.tags)
    found = []
    for path in paths:
        tag = project.tags.find(path)
        if tag is None:
            raise CommandError(f"no tag has the path {path!r}", Exit.USAGE)
        found.append(tag)
    return found


def _pieces(
    reader: HistoryReader, project: Project, arguments: argparse.Namespace, start_ns: int, end_ns: int
) -> list[Callable[[], Iterator[list[Row]]]]:
    tags = _tags(project, arguments.tags)
    if arguments.aggregate is None:
        return [partial(raw_rows, reader, tag, start_ns, end_ns) for tag in tags]
    interval_ns = span_ns(arguments.interval)
    aggregate = Aggregate(arguments.aggregate)
    return [partial(aggregate_rows, reader, tag, aggregate, start_ns, end_ns, interval_ns) for tag in tags]


def _period(arguments: argparse.Namespace, default_s: int = 3_600) -> tuple[int, int]:
    """Return start and end; without --from it is the time before the end, without --to it ends now."""
    end_ns = time.time_ns() if arguments.end is None else time_ns(arguments.end)
    start_ns = end_ns - default_s * NS_PER_S if arguments.start is None else time_ns(arguments.start)
    if start_ns >= end_ns:
        raise CommandError("--from must be earlier than --to", Exit.USAGE)
    return start_ns, end_ns


def _json(row: Row) -> dict[str, object]:
    return {
        "time": iso_ns(row.time_ns),
        "tag": row.path,
        "value": row.value,
        "unit": row.unit,
        "status": status_codes.name(row.status),
        "status_code": row.status,
    }


def _line(row: Row) -> str:
    value = f"{cell(row.value)} {row.unit}".strip() or "-"
    return f"{iso_ns(row.time_ns)}  {row.path}  {value}  {status_codes.name(row.status)}"


def _progress() -> Callable[[float], None]:
    """Return what shows progress on a terminal, and nothing in a file or pipe."""
    shown_s = 0.0

    def show(share: float) -> None:
        nonlocal shown_s
        now_s = time.monotonic()
        if sys.stderr.isatty() and (now_s - shown_s >= _PROGRESS_S or share >= 1.0):
            shown_s = now_s
            print(f"\r{share:6.1%}", end="\n" if share >= 1.0 else "", file=sys.stderr, flush=True)

    return show


COMMANDS: Mapping[str, Callable[[argparse.Namespace], Exit]] = MappingProxyType(
    {
        "query": _query,
        "log": _log,
        "export": _export,
        "stats": _stats,
        "repair": _repair,
        "backup": _backup,
    }
)
