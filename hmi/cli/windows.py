"""``vigie run``, ``vigie window`` and ``vigie screenshot``: everything that draws."""

import argparse
import platform
import signal
from pathlib import Path

from hmi import endpoint as endpoints
from hmi.cli.exits import CommandError, Exit
from hmi.cli.stations import print_faults, project_folder
from hmi.processes import follow_stdin, join_or_start
from projects.files import load_tolerant


def run(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie run``: start or join the project's station and open a window on it."""
    folder = project_folder(arguments.project)
    # Tell what is wrong with the project here, not in a station without a terminal.
    print_faults(load_tolerant(folder)[0])
    _, started = join_or_start(folder, arguments.set)
    return _open_window(folder, arguments, owns_station=started)


def window(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie window``: open a window on a station that already runs."""
    folder = project_folder(arguments.project)
    if endpoints.find(folder) is None:
        raise CommandError(f"no station runs for {folder}: 'vigie run {folder}' starts one")
    if arguments.follow_stdin:
        follow_stdin(lambda: signal.raise_signal(signal.SIGINT))
    return _open_window(folder, arguments, owns_station=False)


def _open_window(folder: Path, arguments: argparse.Namespace, *, owns_station: bool) -> Exit:
    try:
        from hmi.desktop.app import run as run_window  # Qt loads only for a window
    except ImportError as error:
        raise CommandError(_qt_advice(error)) from error
    code = run_window(
        lambda: endpoints.find(folder),
        theme=arguments.theme,
        language=arguments.language,
        size=arguments.size,
        owns_station=owns_station,
    )
    return Exit.OK if code == 0 else Exit.FAILED


def screenshot(arguments: argparse.Namespace) -> Exit:
    """Run ``vigie screenshot``: paint one screen without a display, live when a station runs."""
    folder = project_folder(arguments.project)
    project, _ = load_tolerant(folder)
    print_faults(project)
    if arguments.screen not in project.screens:
        known = ", ".join(sorted(project.screens)) or "none"
        raise CommandError(f"no screen {arguments.screen!r} in {folder}; there are: {known}", Exit.USAGE)
    try:
        from hmi.desktop.app import screenshot as paint  # Qt loads only to draw
    except ImportError as error:
        raise CommandError(_qt_advice(error)) from error
    image_written = paint(
        project,
        project.screens[arguments.screen],
        arguments.out,
        theme=arguments.theme,
        language=arguments.language,
        vision=arguments.vision,
        size=arguments.size,
        endpoint=endpoints.find(folder),
    )
    if not image_written:
        raise CommandError(
            f"{arguments.out} cannot be written: is the folder there, and may you write to it?"
        )
    print(f"{arguments.out}: {arguments.screen}, {arguments.theme}, {arguments.size[0]}x{arguments.size[1]}")
    return Exit.OK


def _qt_advice(error: ImportError) -> str:
    if platform.system() == "Linux":
        return (
            f"Qt does not load ({error}). 'python3 packaging/bootstrap.py demo' in a checkout names "
            "the system packages that are missing"
        )
    return f"Qt does not load ({error}): install Vigie again"
