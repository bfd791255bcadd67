"""``vigie read`` and ``vigie write``: values of a project's tags from the command line."""

import argparse
import asyncio
import time
from collections.abc import Sequence

from historian.words import OUTCOME_WORDS
from hmi.cli.exits import CommandError, Exit
from hmi.cli.speech import speaker
from hmi.cli.stations import print_json, project_folder, session
from hmi.link import Frame, LinkError
from hmi.report_words import event_words
from hmi.session import StationSession
from projects.files import parse_tolerant
from projects.model import Project
from resources.catalogue import SOURCE_LANGUAGE
from tags import status as status_codes
from tags.clock import iso_utc
from tags.errors import UnknownTagError
from tags.model import Batch, DataType, Tag, Value, WriteOutcome, WriteResult
from tags.status import StatusCode

READ_TIMEOUT_S = 10.0
_STILL_WAITING = int(StatusCode.BadWaitingForInitialData)


def read(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie read``."""
    return asyncio.run(_read(arguments))


def write(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie write``."""
    return asyncio.run(_write(arguments))


async def _read(arguments: argparse.Namespace) -> Exit:
    folder = project_folder(arguments.project)
    async with session(folder, arguments.set, "vigie read") as station:
        project = _project(station)
        wanted = [_tag(project, path) for path in arguments.tags] or list(project.tags)
        await station.subscribe([tag.id for tag in wanted])
        if arguments.watch:
            return await _watch(station, project, arguments)
        return await _read_once(station, wanted, arguments)


async def _read_once(station: StationSession, wanted: Sequence[Tag], arguments: argparse.Namespace) -> Exit:
    found: dict[int, dict[str, object]] = {}
    missing = {tag.id for tag in wanted}
    by_id = {tag.id: tag for tag in wanted}
    try:
        async with asyncio.timeout(arguments.timeout or READ_TIMEOUT_S):
            async for message in station.messages():
                if not isinstance(message, Frame):
                    continue
                batch = message.columns.unpack()
                for row, tag_id in enumerate(batch.tag_ids.tolist()):
                    found[tag_id] = _sample(by_id[tag_id], batch, row)
                    if int(batch.statuses[row]) != _STILL_WAITING:
                        missing.discard(tag_id)
                if not missing:
                    break
    except TimeoutError:
        pass
    rows = [found.get(tag.id) or _no_sample(tag) for tag in wanted]
    if arguments.json:
        print_json(rows)
    else:
        for sample in rows:
            print(_line(sample))
    if missing:
        return Exit.TIMEOUT
    return Exit.OK if all(status_codes.is_good(int(str(row["status_code"]))) for row in rows) else Exit.FAILED


async def _watch(station: StationSession, project: Project, arguments: argparse.Namespace) -> Exit:
    deadline = time.monotonic() + arguments.timeout if arguments.timeout else None
    messages = station.messages()
    while True:
        left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            message = await asyncio.wait_for(anext(messages), left_s)
        except (TimeoutError, StopAsyncIteration):
            return Exit.OK
        if isinstance(message, Frame):
            batch = message.columns.unpack()
            for row, tag_id in enumerate(batch.tag_ids.tolist()):
                sample = _sample(project.tags[tag_id], batch, row)
                if arguments.json:
                    print_json(sample)
                else:
                    print(_line(sample), flush=True)


async def _write(arguments: argparse.Namespace) -> Exit:
    folder = project_folder(arguments.project)
    async with session(folder, arguments.set, "vigie write") as station:
        project = _project(station)
        tag = _tag(project, arguments.tag)
        value = parse_value(tag, arguments.value)
        await _wait_until_connected(station, tag, arguments.timeout)
        try:
            async with asyncio.timeout(arguments.timeout):
                result = await station.write(tag.path, value, arguments.reason)
        except TimeoutError:
            raise CommandError(
                f"no answer within {arguments.timeout:g} s: look at {tag.path} before you try again",
                Exit.TIMEOUT,
            ) from None
    if arguments.json:
        print_json(
            {
                "path": tag.path,
                "value": value,
                "outcome": result.outcome.value,
                "status": status_codes.name(result.status),
                "old_value": result.old_value,
                "read_back": result.read_back,
                "text": result.text,
                "steps": {step.value: iso_utc(at_ns) for step, at_ns in result.steps},
            }
        )
    else:
        said = _said(result, project, arguments.language)
        print(f"{tag.path} = {arguments.value}: {said}")
    return Exit.OK if result.outcome is WriteOutcome.CONFIRMED else Exit.FAILED


async def _wait_until_connected(station: StationSession, tag: Tag, timeout_s: float) -> None:
    """Give a station that has just started the time to reach the controller."""
    await station.subscribe([tag.id])
    try:
        async with asyncio.timeout(timeout_s):
            async for message in station.messages():
                if isinstance(message, Frame):
                    batch = message.columns.unpack()
                    if len(batch) and int(batch.statuses[-1]) != _STILL_WAITING:
                        return
    except TimeoutError:
        return


def _said(result: WriteResult, project: Project, language: str) -> str:
    """Return how a write ended: the outcome's code in English, its word in another language."""
    if language == SOURCE_LANGUAGE:
        return f"{result.outcome.value}. {result.text}".rstrip()
    words, say = event_words(language), speaker(language)
    words.project(project, language)
    text = words.sentence(result.text, result.request.path)
    return f"{say(OUTCOME_WORDS[result.outcome])}. {text}".rstrip()


def _project(station: StationSession) -> Project:
    if station.welcome is None:
        raise LinkError("the session is not open")
    return parse_tolerant(station.welcome.project_files)


def _tag(project: Project, path: str) -> Tag:
    try:
        return project.tags.by_path(path)
    except UnknownTagError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def parse_value(tag: Tag, text: str) -> Value:
    """Return what a person typed as a value of the tag: a number, true/false, a text or a state's text.

    Raises:
        CommandError: it is none; the text says what was expected.
    """
    for number, state in tag.states.items():
        if state.casefold() == text.casefold():
            return bool(number) if tag.data_type is DataType.BOOL else number
    if tag.data_type is DataType.STRING:
        return text
    if tag.data_type is DataType.BOOL and text.casefold() in ("true", "false", "on", "off"):
        return text.casefold() in ("true", "on")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text.replace(",", "."))
    except ValueError:
        states = f" or one of {', '.join(tag.states.values())}" if tag.states else ""
        raise CommandError(
            f"{text!r} is no {tag.data_type.value}: expected a number{states} for {tag.path}", Exit.USAGE
        ) from None


def _sample(tag: Tag, batch: Batch, row: int) -> dict[str, object]:
    status = int(batch.statuses[row])
    value = batch.value_at(row)
    if isinstance(value, float) and not tag.data_type.is_float:
        # A scaled integer is a fraction in engineering units.
        value = bool(value) if tag.data_type is DataType.BOOL else int(value) if value.is_integer() else value
    if tag.data_type is DataType.DATETIME and isinstance(value, int):
        value = iso_utc(value)
    state = tag.states.get(int(value)) if isinstance(value, (bool, int)) else None
    return {
        "path": tag.path,
        "value": value,
        "text": state,
        "unit": tag.unit,
        "status": status_codes.name(status),
        "status_code": status,
        "source_time": iso_utc(int(batch.source_ns[row])) if batch.source_ns[row] else None,
    }


def _no_sample(tag: Tag) -> dict[str, object]:
    status = int(StatusCode.BadWaitingForInitialData)
    return {
        "path": tag.path,
        "value": None,
        "text": None,
        "unit": tag.unit,
        "status": status_codes.name(status),
        "status_code": status,
        "source_time": None,
    }


def _line(row: dict[str, object]) -> str:
    value = row["value"]
    shown = "----" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    if row["text"]:
        shown = f"{shown} ({row['text']})"
    unit = f" {row['unit']}" if row["unit"] else ""
    return f"{row['path']:<40} {shown + unit:<24} {row['status']:<20} {row['source_time'] or '-'}"
