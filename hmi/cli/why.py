"""``vigie why``: the chain from a tag to its controller as text, with the broken link marked."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from hmi.cli.exits import CommandError, Exit
from hmi.cli.speech import speaker
from hmi.cli.stations import print_json, project_folder, session
from hmi.diagnosis import WhyStep, WhyVerdict
from hmi.link import Frame, LinkError, QueryFailed, QueryWhy, Why
from hmi.report_words import event_words
from hmi.session import StationSession
from projects.files import parse_tolerant
from projects.model import Project
from resources.catalogue import SOURCE_LANGUAGE
from tags.clock import NS_PER_S, SystemClock
from tags.status import StatusCode, is_good, name

SETTLE_S = 5.0
"""How long a station that was just started gets to bring a first value."""
ANSWER_S = 15.0
_MARKS = {
    WhyVerdict.SOUND: "ok",
    WhyVerdict.NOTED: "note",
    WhyVerdict.AFFECTED: "..",
    WhyVerdict.UNKNOWN: "?",
    WhyVerdict.BROKEN: "BROKEN",
}


def why(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie why``; 0 when the tag's value is good, 1 when it is not."""
    return asyncio.run(_why(arguments))


async def _why(arguments: argparse.Namespace) -> Exit:
    folder = project_folder(arguments.project)
    async with session(folder, arguments.set, "vigie why") as station:
        if station.welcome is None:
            raise LinkError("the session is not open")
        project = parse_tolerant(station.welcome.project_files)
        tag = project.tags.find(arguments.tag)
        if tag is None:
            raise CommandError(f"no tag has the path {arguments.tag!r}", Exit.USAGE)
        await _settle(station, tag.id)
        steps = await _ask(station, tag.path)
    steps = _worded(steps, project, arguments.language)
    now_ns = SystemClock().now_ns()
    if arguments.json:
        print_json([asdict(step) for step in steps])
    else:
        for step in steps:
            print(text_of(step, now_ns, speaker(arguments.language)))
    return Exit.OK if is_good(steps[0].status) else Exit.FAILED


async def _settle(station: StationSession, tag_id: int) -> None:
    """Wait until the tag has been looked at once; a connection that never answers is worth explaining too."""
    await station.subscribe([tag_id])
    try:
        async with asyncio.timeout(SETTLE_S):
            async for message in station.messages():
                if isinstance(message, Frame):
                    batch = message.columns.unpack()
                    if int(batch.statuses[-1]) != StatusCode.BadWaitingForInitialData:
                        return
    except TimeoutError:
        return


async def _ask(station: StationSession, path: str) -> Sequence[WhyStep]:
    await station.send(QueryWhy(1, [path]))
    try:
        async with asyncio.timeout(ANSWER_S):
            async for message in station.messages():
                if isinstance(message, Why):
                    return message.chains[0]
                if isinstance(message, QueryFailed):
                    raise CommandError(message.text, Exit.FAULT)
    except TimeoutError:
        raise CommandError(f"the station did not answer within {ANSWER_S:g} s", Exit.TIMEOUT) from None
    raise LinkError("the station went away")


def _worded(steps: Sequence[WhyStep], project: Project, language: str) -> list[WhyStep]:
    """Return an explanation as the window of that language says it; bytes stay."""
    if language == SOURCE_LANGUAGE:
        return list(steps)
    words, say = event_words(language), speaker(language)
    words.project(project, language)
    return [
        replace(
            step,
            text=words.sentence(step.text, step.subject),
            value=words.value(step.value, step.subject),
            advice=say(step.advice),
            dump="\n".join(map(say, step.dump.split("\n"))),
        )
        for step in steps
    ]


def age_text(age_ns: int) -> str:
    """Return an age in words: milliseconds up to ten seconds, then seconds, minutes or hours."""
    age_s = max(age_ns, 0) / NS_PER_S
    if age_s < 10:
        return f"{age_s * 1000:.0f} ms"
    if age_s < 600:
        return f"{age_s:.0f} s"
    return f"{age_s / 60:.0f} min" if age_s < 36_000 else f"{age_s / 3600:.0f} h"


def text_of(step: WhyStep, now_ns: int, say: Callable[[str], str] = str) -> str:
    """Return one link as lines: mark, kind, subject, value, status, age; then sentence, bytes and advice."""
    indent = "  " * step.depth
    head = f"{say(_MARKS[step.verdict]):<7}{indent}{say(step.kind.value)} {step.subject}"
    if step.value:
        head += f" = {step.value}"
    facts = [name(step.status)] if step.value or not is_good(step.status) else []
    if step.at_ns:
        facts.append(say(f"{age_text(now_ns - step.at_ns)} old"))
    lines = [f"{head} ({', '.join(facts)})" if facts else head]
    if step.text:
        lines.append(f"{'':<9}{indent}{step.text}")
    lines += [f"{'':<9}{indent}{row}" for row in step.dump.splitlines()]
    if step.advice:
        lines.append(f"{'':<9}{indent}{say(f'What to do: {step.advice}')}")
    return "\n".join(lines)
