"""Run the command line: parse, dispatch, and turn every known failure into one message and an exit code."""

import asyncio
import logging
import sys
from argparse import Namespace
from collections.abc import Sequence

from historian.model import HistoryUnavailableError
from hmi.cli import parser
from hmi.cli.alarms import alarms
from hmi.cli.checks import check
from hmi.cli.demo import demo, simulate
from hmi.cli.devices import browse, list_drivers, read, write
from hmi.cli.elements import elements
from hmi.cli.exits import CommandError, Exit
from hmi.cli.history import history
from hmi.cli.measuring import bench
from hmi.cli.stations import run_station
from hmi.cli.trust import trust
from hmi.cli.why import why
from hmi.cli.windows import run, screenshot, window
from hmi.endpoint import EndpointError
from hmi.link import LinkError
from hmi.processes import ProcessError
from hmi.version import program_version
from projects.model import ProjectError

LIBRARY_LOGGERS = ("asyncua", "pymodbus", "snap7", "websockets")

COMMANDS: dict[str, parser.Command] = {
    "demo": demo,
    "run": run,
    "window": window,
    "station": run_station,
    "simulate": simulate,
    "drivers": list_drivers,
    "browse": browse,
    "read": read,
    "write": write,
    "why": why,
    "trust": trust,
    "check": check,
    "elements": elements,
    "screenshot": screenshot,
    "history": history,
    "alarms": alarms,
    "bench": bench,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one ``vigie`` command and return its exit code; no known failure shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may not know a degree sign: replace rather than fail.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = parser.parse(parser.build(COMMANDS, program_version()), arguments)
    _set_up_log(is_verbose=options.verbose)
    return int(_run(options))


def _set_up_log(*, is_verbose: bool) -> None:
    logging.basicConfig(
        level=logging.INFO if is_verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for library in LIBRARY_LOGGERS:
        # Drivers report as states what the libraries say on their own loggers, attempt by attempt.
        logging.getLogger(library).setLevel(logging.WARNING if is_verbose else logging.CRITICAL)


def _run(options: Namespace) -> Exit:
    try:
        return Exit(options.run(options))
    except CommandError as error:
        return _fail(str(error), error.code)
    except ProjectError as error:
        return _fail(f"The project has faults:\n{error}", Exit.FAILED)
    except (EndpointError, LinkError, HistoryUnavailableError, ProcessError) as error:
        return _fail(str(error), Exit.ENVIRONMENT)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return Exit.OK
    except BrokenPipeError:
        return Exit.OK
    except Exception as error:
        if options.verbose:
            raise
        text = f"this is a fault of Vigie, not yours: {type(error).__name__}: {error}"
        return _fail(f"{text}\n'vigie --verbose {options.command} ...' shows where it is", Exit.FAULT)


def _fail(text: str, code: Exit) -> Exit:
    print(f"vigie: {text}", file=sys.stderr)
    return code
