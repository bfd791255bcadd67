"""The command line of ``vigie alarms``."""

import argparse
from pathlib import Path

from hmi.cli.speech import add_language


def add_actions(command: argparse.ArgumentParser) -> None:
    """Give ``vigie alarms`` its actions."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    # Without a help text it is not listed: a station runs its back-tests by it.
    actions.add_parser("job")

    def add(name: str, text: str, *, is_period: bool = True) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        action.add_argument(
            "project", metavar="PROJECT", help="a project's folder, or a sample project's name"
        )
        action.add_argument("--json", action="store_true", help="print JSON for programs")
        if is_period:
            action.add_argument(
                "--from",
                dest="start",
                metavar="TIME",
                help="2026-11-01 (local), 2026-11-01T08:00Z, or how long ago: 8h, 30d (default: 30d)",
            )
            action.add_argument("--to", dest="end", metavar="TIME", help="as --from (default: now)")
        return action

    listed = add("list", "list the alarms that stand, as the journal knows them", is_period=False)
    add_language(listed, "the language of the messages")
    journal = add("journal", "print what happened to alarms")
    add_language(journal, "the language of messages, and of all of an Excel sheet or PDF")
    for name, text in (
        ("alarm", "an alarm's id"),
        ("tag", "a tag, or everything below a path"),
        ("area", "an area, or everything below it"),
        ("user", "who did it"),
    ):
        journal.add_argument(
            f"--{name}", action="append", default=[], metavar=name.upper(), help=f"{text}; may be repeated"
        )
    journal.add_argument(
        "--priority", action="append", default=[], choices=("urgent", "high", "medium", "low")
    )
    journal.add_argument("--text", default="", help="part of message, alarm id, tag or comment")
    journal.add_argument("--limit", type=int, default=0, metavar="N", help="print the first N events only")
    journal.add_argument("--newest-first", action="store_true")
    journal.add_argument(
        "--out", type=Path, metavar="FILE", help="write a file instead: .csv, .xlsx or .pdf by its name"
    )
    add_language(add("kpi", "judge the alarm system: key figures beside their targets"))
    report = add("report", "write the report on the alarm system's performance")
    report.add_argument("--out", type=Path, metavar="FILE", help="the PDF file")
    report.add_argument(
        "--csv", type=Path, metavar="FOLDER", help="also, or only, write tables into this folder"
    )
    add_language(report, "the PDF's language; tables stay as programs read them")
    backtest = add("backtest", "show how stored history would have alarmed with other settings")
    backtest.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="ALARM.COLUMN=VALUE",
        help="another setting of an alarm, such as TANK-001.deadband=2; may be repeated",
    )
    backtest.add_argument(
        "--propose", action="store_true", help="propose settings for each alarm that chatters"
    )
    backtest.add_argument(
        "--apply", action="store_true", help="let the changes run on the project's station after the test"
    )
    add_language(backtest)
    backtest.add_argument("--reason", default="", metavar="TEXT", help="why, for the record of the change")
    starting = add(
        "propose", "propose deadbands and delays to begin with, by the kind of signal", is_period=False
    )
    add_language(starting)
    setpoint = actions.add_parser(
        "setpoint",
        help="compute the limit that leaves enough time before a consequence",
        description="Compute the limit that leaves enough time before a consequence (ALM-24).",
    )
    setpoint.add_argument("--threshold", type=float, required=True, metavar="VALUE", help="where it begins")
    setpoint.add_argument("--rate", required=True, metavar="RATE", help="how fast at worst, such as 0.05/min")
    setpoint.add_argument(
        "--respond", required=True, metavar="TIME", help="to notice and decide, such as 10min"
    )
    setpoint.add_argument(
        "--act", required=True, metavar="TIME", help="to carry the action out, such as 2min"
    )
    setpoint.add_argument("--low", action="store_true", help="the value falls towards the threshold")
    setpoint.add_argument("--json", action="store_true", help="print JSON for programs")
    add_language(setpoint)
    add_language(add("diff", "show how the settings that run differ from alarms.csv", is_period=False))
    add_language(add("changes", "print who changed which setting of an alarm, and why"))
    enforce = add("enforce", "let the alarms run as alarms.csv says", is_period=False)
    enforce.add_argument(
        "--alarm", action="append", default=[], metavar="ALARM", help="only this alarm; may be repeated"
    )
    add_language(enforce)
    enforce.add_argument("--reason", required=True, metavar="TEXT", help="why, for the record of the change")
