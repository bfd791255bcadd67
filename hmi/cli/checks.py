"""``vigie check``: everything that is wrong with a project, at once."""

import argparse

from hmi.cli.exits import Exit
from hmi.cli.stations import print_json, project_folder
from projects.validate import check as check_project


def check(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie check``."""
    problems = check_project(project_folder(arguments.project))
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


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
