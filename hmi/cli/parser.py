"""The command line of ``vigie``: its commands, and what each of them needs."""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from historian.aggregate_names import AGGREGATES
from historian.happening import KINDS
from hmi.cli.alarm_parser import add_actions as _alarm_actions
from hmi.cli.exits import Exit
from hmi.cli.speech import add_language
from resources.catalogue import LANGUAGES
from tags.model import DataType

Command = Callable[[argparse.Namespace], Exit]


class _Overrides(argparse.Action):
    """Collect ``--set CONNECTION.OPTION=VALUE`` into a dictionary."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        _option: str | None = None,
    ) -> None:
        key, separator, text = str(values).partition("=")
        if not separator or "." not in key:
            parser.error(f"--set {values}: expected CONNECTION.OPTION=VALUE, such as filling.port=10102")
        getattr(namespace, self.dest)[key] = text


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r}: expected WIDTHxHEIGHT, such as 1920x1080")
    return int(match[1]), int(match[2])


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of seconds above zero")
    return value


def _project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", help="a project's folder, or a sample project's name")


def _device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project",
        metavar="PROJECT",
        help="a project's folder, a sample project's name, or a device such as opcua:opc.tcp://10.0.0.5:4840",
    )
    parser.add_argument(
        "--connection", metavar="NAME", help="speak to the device of this connection directly"
    )


def _direct(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--type", choices=tuple(DataType), metavar="TYPE", help="data type at the address, such as FLOAT32"
    )


def _station(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action=_Overrides,
        default={},
        metavar="CONNECTION.OPTION=VALUE",
        help="change an option of a connection for this run",
    )


def _json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def _window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--theme", choices=("light", "dark"), help="colour theme (default: the last one used)"
    )
    parser.add_argument(
        "--language",
        choices=tuple(LANGUAGES),
        help="the window's language (default: the last one used, or the system's)",
    )
    parser.add_argument("--size", type=_size, metavar="WxH", help="the window's size")


def _period(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--from",
        dest="start",
        metavar="TIME",
        help=f"2026-11-23T08:00 (local), 2026-11-23T08:00Z, or how long ago: 8h, 30d (default: {default})",
    )
    parser.add_argument("--to", dest="end", metavar="TIME", help="as --from (default: now)")


def _samples(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tags", metavar="TAG", nargs="*", help="a tag's path (none: all tags)")
    _period(parser, "1h")
    parser.add_argument("--aggregate", choices=AGGREGATES, help="an OPC UA aggregate instead of samples")
    parser.add_argument("--interval", default="1h", metavar="SPAN", help="of the aggregate (default 1h)")


def _log(log: argparse.ArgumentParser) -> None:
    _project(log)
    _period(log, "24h")
    log.add_argument(
        "--kind",
        action="append",
        choices=KINDS,
        default=[],
        help="only this kind; may be given several times",
    )
    log.add_argument(
        "--subject",
        action="append",
        default=[],
        metavar="PATH",
        help="only what is about this tag, connection or alarm, or below it",
    )
    log.add_argument("--user", action="append", default=[], metavar="NAME", help="only what this user did")
    log.add_argument("--text", default="", metavar="TEXT", help="only what has this text, whatever its case")
    log.add_argument(
        "--samples", action="append", default=[], metavar="TAG", help="this tag's samples as well"
    )
    log.add_argument("--newest", action="store_true", help="the newest first")
    log.add_argument("--limit", type=int, default=0, metavar="N", help="print the first N only")
    add_language(log)
    form = log.add_mutually_exclusive_group()
    _json(form)
    form.add_argument("--csv", action="store_true", help="print CSV")


def _history(history: argparse.ArgumentParser) -> None:
    actions = history.add_subparsers(dest="action", required=True, metavar="ACTION")
    query = actions.add_parser("query", help="print samples or aggregates")
    _project(query)
    _samples(query)
    _json(query)
    query.add_argument("--limit", type=int, default=0, metavar="N", help="print the first N rows only")
    _log(actions.add_parser("log", help="print what happened: alarms, writes, connections, gaps"))
    export = actions.add_parser("export", help="write samples or aggregates to CSV, Parquet or Excel")
    _project(export)
    _samples(export)
    export.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="a name that ends in .csv, .parquet or .xlsx"
    )
    export.add_argument("--force", action="store_true", help="replace the file if there is one")
    add_language(export, "the language of an Excel sheet; CSV and Parquet stay as programs read them")
    stats = actions.add_parser("stats", help="size, bytes per sample, oldest, rates and gaps")
    _project(stats)
    _json(stats)
    add_language(stats)
    repair = actions.add_parser("repair", help="save what can be read of a damaged history")
    repair.add_argument("file", metavar="FILE", help="the damaged file")
    repair.add_argument("--out", type=Path, metavar="FILE", help="the new file (default: FILE-repaired.db)")
    backup = actions.add_parser("backup", help="copy the history while its station runs")
    _project(backup)
    backup.add_argument("--out", type=Path, required=True, metavar="FILE", help="the copy")


def _trust(trust: argparse.ArgumentParser) -> None:
    actions = trust.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="print the certificates of devices and what was decided")
    _json(listed)
    for name, text in (
        ("accept", "trust a device's certificate"),
        ("reject", "refuse a device's certificate"),
        ("remove", "forget a device's certificate, so that the next connection asks again"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("thumbprint", metavar="THUMBPRINT", help="its first digits are enough")
        action.add_argument("--reason", required=True, help="why, for the record")
    own = actions.add_parser("own", help="print the own certificate")
    own.add_argument("--export", type=Path, metavar="FILE", help="write it there (.pem: as PEM)")


def build(commands: dict[str, Command], version: str) -> argparse.ArgumentParser:
    """Return the parser; ``commands`` maps each command's name to what runs it."""
    parser = argparse.ArgumentParser(
        prog="vigie",
        description="Operator stations for automated cells: live screens, alarms, set points, trends.",
        epilog="Exit codes: 0 fine, 1 the answer is no, 2 wrong command line, 3 environment, 4 no answer, "
        "5 a fault of Vigie.",
    )
    parser.add_argument("--version", action="version", version=f"vigie {version}")
    parser.add_argument("--verbose", "-v", action="store_true", help="log what happens to standard error")
    groups = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(
        name: str, text: str, *parts: Callable[[argparse.ArgumentParser], None]
    ) -> argparse.ArgumentParser:
        command = groups.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(run=commands[name])
        for part in parts:
            part(command)
        return command

    demo = add("demo", "run the packaging cell: simulator, station and window", _window)
    demo.add_argument("--seed", type=int, help="make the simulated cell repeat itself exactly")
    add("run", "open a window on a station, starting it when none runs", _project, _station, _window)
    window = add("window", "open a window on a station that already runs", _project, _window)
    window.add_argument("--follow-stdin", action="store_true", help=argparse.SUPPRESS)
    station = add("station", "run a project's station without a window", _project, _station, _json)
    station.add_argument(
        "--port", type=int, default=0, help="listen on this loopback port (default: any free)"
    )
    station.add_argument("--follow-stdin", action="store_true", help="stop when standard input closes")
    simulate = groups.add_parser(
        "simulate",
        help="run the packaging cell's three simulated controllers ('vigie simulate --help' says more)",
        add_help=False,
    )
    simulate.set_defaults(run=commands["simulate"])
    simulate.add_argument("--follow-stdin", action="store_true", help=argparse.SUPPRESS)
    add("drivers", "list the drivers: what they can do, their options, their quality level", _json)
    browse = add("browse", "list what a device has, level by level", _device, _station, _json)
    browse.add_argument(
        "places", metavar="PLACE", nargs="*", help="the connection, then the node to start from"
    )
    browse.add_argument("--depth", type=int, default=1, help="levels to open (default 1)")
    read = add("read", "read tags, or addresses of a device", _device, _station, _json, _direct)
    read.add_argument("tags", metavar="TAG", nargs="*", help="a tag's path (none: all tags), or an address")
    read.add_argument("--watch", action="store_true", help="go on printing every change")
    read.add_argument(
        "--timeout", type=_positive, help="seconds to wait for a value (default 10), or to watch"
    )
    write = add("write", "write one tag and say how it ended", _device, _station, _json, _direct)
    write.add_argument("tag", metavar="TAG", help="the tag's path, or an address")
    write.add_argument("value", metavar="VALUE", help="a number, true or false, a text, or a state's text")
    add_language(write)
    write.add_argument("--reason", default="", help="why, for the log")
    write.add_argument("--timeout", type=_positive, default=10.0, help="seconds to wait (default 10)")
    explain = add("why", "explain why a tag has its value, down to the controller", _project, _station, _json)
    explain.add_argument("tag", metavar="TAG", help="the tag's path")
    add_language(explain)
    add("trust", "decide which devices' certificates are trusted", _trust)
    add("check", "check a project's files and say everything that is wrong", _project, _json)
    kinds = add("elements", "list what screens are made of, with properties", _json)
    kinds.add_argument("type", metavar="TYPE", nargs="?", help="one element's type, for its properties")
    kinds.add_argument(
        "--docs", type=Path, metavar="FOLDER", help="write the manual's pages and pictures into this folder"
    )
    shot = add("screenshot", "paint a screen of a project into a PNG file", _project)
    shot.add_argument("screen", metavar="SCREEN", help="a screen's id")
    shot.add_argument("--out", type=Path, required=True, metavar="FILE", help="the PNG file")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.add_argument(
        "--vision",
        choices=("normal", "protan", "deutan", "tritan"),
        default="normal",
        help="paint the colours as people see them without red, green or blue cones",
    )
    add_language(shot, "the language of the texts")
    shot.add_argument("--size", type=_size, default=(1920, 1080), metavar="WxH")
    _history(add("history", "ask a history, take data out of it, look after it"))
    _alarm_actions(add("alarms", "list alarms, read their journal, judge and back-test them"))
    bench = add("bench", "measure Vigie and print the figures", _json)
    bench.add_argument(
        "name",
        metavar="NAME",
        help="alarms, historian, latency, modbus, opcua, recovery, s7, screen or store",
    )
    bench.add_argument("--elements", type=int, metavar="N", help="elements of the screen (screen only)")
    bench.add_argument("--seconds", type=_positive, default=20.0, help="how long to measure (default 20)")
    return parser


_LISTS = {"read": "tags", "browse": "places"}


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; what ``simulate`` has of its own is left to the simulator."""
    options, rest = parser.parse_known_args(arguments)
    if options.command == "simulate":
        options.simulator = rest
    elif rest and options.command in _LISTS and not any(text.startswith("-") for text in rest):
        # argparse closes a list of arguments at the first option: "read P --connection C ADDRESS".
        getattr(options, _LISTS[options.command]).extend(rest)
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options
