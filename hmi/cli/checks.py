"""``vigie check``: everything that is wrong with a project, at once."""

import argparse
from typing import TYPE_CHECKING

from hmi.cli.exits import Exit
from hmi.cli.stations import print_json, project_folder
from projects.model import Problem
from projects.validate import check as check_project

if TYPE_CHECKING:
    from projects.screen_check import Inspect


def check(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie check``."""
    inspect, unable = _inspection()
    problems = [*check_project(project_folder(arguments.project), inspect), *unable]
    faults = sum(not problem.is_warning for problem in problems)
    if arguments.json:
        print_json(
            [
                {
                    "file": problem.file,
                    "row": problem.row,
                    "column": problem.column,
                    "severity": "warning" if problem.is_warning else "fault",
                    "text": problem.text,
                }
                for problem in problems
            ]
        )
    else:
        for problem in problems:
            print(f"{'warning' if problem.is_warning else 'fault'}: {problem}")
        warnings = len(problems) - faults
        print(f"{faults} {_plural('fault', faults)}, {warnings} {_plural('warning', warnings)}.")
    return Exit.FAILED if faults else Exit.OK


def _inspection() -> "tuple[Inspect | None, list[Problem]]":
    """Return what looks at the elements of screens; without Qt none, and a warning that says so."""
    try:
        from views.element_check import findings  # Qt loads only for what draws
    except ImportError as error:
        text = f"the properties of elements were not checked: Qt does not load ({error})"
        return None, [Problem("screens", 0, "", text, is_warning=True)]
    return findings, []


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
