"""Write the report on an alarm system's performance: a PDF with plots as vectors, and CSV tables.

The same figures give the same bytes: no date of writing, no random id (reportlab's ``invariant``).
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from alarms.metrics import Performance, Verdict
from alarms.metrics_events import DAY_NS
from alarms.metrics_words import kpi_text as kpi_text
from alarms.model import AlarmDefinition
from alarms.report_findings import findings
from alarms.report_pages import Pages, plain
from alarms.report_plots import draw_pareto, draw_priorities, draw_rates
from tags.clock import NS_PER_S, iso_utc

TOP: Final = 20
_MARKS: Final[Mapping[Verdict, str]] = MappingProxyType(
    {
        Verdict.MET: "met",
        Verdict.ABOVE_TARGET: "! above target",
        Verdict.EXCEEDED: "!! exceeded",
        Verdict.TREND: "trend",
        Verdict.NO_DATA: "no data",
    }
)
"""A mark besides the word, so that a print without colour says the same."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Name what the report is about; ``definitions`` give alarms their descriptions.

    ``say`` puts a text of the report into the reader's language; the sources' is English.
    """

    project: str
    definitions: Mapping[str, AlarmDefinition] = field(default_factory=dict)
    say: Callable[[str], str] = str

    def describe(self, alarm_id: str) -> str:
        """Return an alarm's description, or nothing when it is no longer defined."""
        definition = self.definitions.get(alarm_id)
        return "" if definition is None else definition.description or definition.name


def write_pdf(path: Path, performance: Performance, heading: Heading) -> None:
    """Write the report as a PDF of A4 pages.

    Raises:
        OSError: the file cannot be written.
    """
    canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1)
    period = _period_text(performance, heading.say)
    title = heading.say("{}: alarm performance").format(heading.project)
    canvas.setTitle(plain(title))
    canvas.setSubject(plain(period))
    canvas.setCreator("Vigie")
    title = f"{title}, {period}"
    pages = Pages(canvas, title, say=heading.say)
    _first_page(pages, performance, heading)
    _plots(pages, performance)
    _tables(pages, performance, heading)
    pages.end()
    canvas.save()


def write_csv(folder: Path, performance: Performance, heading: Heading) -> list[Path]:
    """Write ``kpis.csv``, ``alarms.csv`` and ``floods.csv`` into a folder; return their paths.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kpis = [
        (item.kpi_id, item.name, _csv(item.value), item.unit, item.target, item.limit, item.verdict.value,
         item.text, " ".join(item.alarm_ids))
        for item in performance.kpis
    ]  # fmt: skip
    alarms = [
        (item.alarm_id, heading.describe(item.alarm_id), item.activations, _csv(item.share),
         _csv(item.cumulative_share), _csv_s(item.in_alarm_ns), _csv_s(item.mean_in_alarm_ns),
         _csv_s(item.longest_ns), item.chattering, item.fleeting, int(item.is_stale),
         _csv_s(item.mean_between_ns), _csv_s(item.mean_to_acknowledge_ns),
         _csv_s(item.p90_to_acknowledge_ns))
        for item in performance.statistics
    ]  # fmt: skip
    floods = [
        (iso_utc(flood.start_ns), iso_utc(flood.end_ns), _csv_s(flood.duration_ns), flood.count, flood.peak,
         flood.first_out, int(flood.is_over))
        for flood in performance.floods
    ]  # fmt: skip
    tables = (
        ("kpis", "kpi,name,value,unit,target,limit,verdict,text,alarms", kpis),
        (
            "alarms",
            "alarm_id,description,activations,share_percent,cumulative_percent,in_alarm_s,mean_in_alarm_s,"
            "longest_s,chattering,fleeting,stale,mean_between_s,mean_to_acknowledge_s,p90_to_acknowledge_s",
            alarms,
        ),
        ("floods", "start,end,duration_s,count,peak,first_out,over", floods),
    )
    return [_write_table(folder / f"{name}.csv", header, rows) for name, header, rows in tables]


def _write_table(path: Path, header: str, rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def _csv(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _csv_s(value_ns: int | None) -> str:
    return "" if value_ns is None else f"{value_ns / NS_PER_S:.3f}"


def _period_text(performance: Performance, say: Callable[[str], str]) -> str:
    period = performance.period
    start, end = (say(period.local_text(at_ns)[:16]) for at_ns in (period.start_ns, period.end_ns))
    return say("{} to {} ({})").format(start, end, period.zone_text)


def duration_text(time_ns: int | None) -> str:
    """Return a duration in its natural unit; empty for None."""
    if time_ns is None:
        return ""
    seconds = time_ns / NS_PER_S
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def _first_page(pages: Pages, performance: Performance, heading: Heading) -> None:
    pages.line("Alarm performance", 18.0, bold=True, below=20.0)
    pages.line(heading.project, 12.0, below=18.0)
    period = _period_text(performance, heading.say)
    pages.line(f"{period}; designed after ISA-18.2, IEC 62682, EEMUA 191", below=16.0)
    if performance.is_indicative:
        days = performance.period.length_ns / DAY_NS
        pages.line(
            f"INDICATIVE: {days:.1f} days; figures are firm from 30 days on.", 10.0, bold=True, below=18.0
        )
    pages.y -= 4
    for text in findings(performance, heading.describe, heading.say):
        pages.paragraph(text, 9.5)
    rows = [
        (item.kpi_id, item.name, kpi_text(item), "", item.target, item.limit, _MARKS[item.verdict])
        for item in performance.kpis
    ]
    pages.table(
        "Key figures",
        [
            ("", 40, False),
            ("Figure", 158, False),
            ("Value", 72, True),
            ("", 8, False),
            ("Target", 98, False),
            ("Limit", 66, False),
            ("Verdict", 69, False),
        ],
        rows,
        is_whole=True,
        marked=[item.verdict is Verdict.EXCEEDED for item in performance.kpis],
    )
    for item in performance.kpis:
        if item.text and item.value is not None:
            pages.line(f"{item.kpi_id}: {item.text}", 8.0)


def _plots(pages: Pages, performance: Performance) -> None:
    pages.next_page()
    pages.line("Alarms per 10 minutes, with the most that anybody can follow", 11.0, bold=True, below=22.0)
    draw_rates(pages.canvas, pages.frame(150), performance, pages.say)
    pages.line("The most frequent alarms and their cumulative share", 11.0, bold=True, below=28.0)
    pages.y -= 8
    draw_pareto(pages.canvas, pages.frame(260), performance.statistics[:TOP], pages.say)
    pages.line("Priorities of the activations beside their targets", 11.0, bold=True, below=28.0)
    draw_priorities(pages.canvas, pages.frame(110), performance.priority_shares, pages.say)


def _tables(pages: Pages, performance: Performance, heading: Heading) -> None:
    pages.next_page()
    top = [
        (str(place), item.alarm_id, heading.describe(item.alarm_id), str(item.activations),
         f"{item.share:.1f} %", f"{item.cumulative_share:.1f} %", duration_text(item.in_alarm_ns),
         str(item.chattering), str(item.fleeting), duration_text(item.mean_to_acknowledge_ns),
         duration_text(item.p90_to_acknowledge_ns))
        for place, item in enumerate(performance.statistics[:TOP], start=1)
    ]  # fmt: skip
    pages.table(
        f"Top {TOP}",
        [("", 18, True), ("Alarm", 66, False), ("Description", 117, False), ("Count", 36, True),
         ("Share", 40, True), ("Sum", 42, True), ("In alarm", 44, True), ("Chatter", 36, True),
         ("Fleeting", 36, True), ("To ack.", 38, True), ("P90", 38, True)],
        top,
        is_whole=True,
    )  # fmt: skip
    floods = [
        (performance.period.local_text(flood.start_ns), duration_text(flood.duration_ns), str(flood.count),
         str(flood.peak), "", flood.first_out, heading.describe(flood.first_out))
        for flood in performance.floods
    ]  # fmt: skip
    pages.table(
        "Floods: more than 10 alarms within 10 minutes",
        [("Start", 100, False), ("Duration", 60, True), ("Alarms", 45, True), ("Peak", 40, True),
         ("", 8, False), ("First-out", 72, False), ("", 186, False)],
        floods,
        is_whole=True,
    )  # fmt: skip
    pages.table(
        "Alarms that come within 60 s of another",
        [("First", 66, False), ("", 166, False), ("Then", 66, False), ("", 166, False), ("Times", 47, True)],
        [
            (
                item.first,
                heading.describe(item.first),
                item.then,
                heading.describe(item.then),
                str(item.count),
            )
            for item in performance.together[:TOP]
        ],
        is_whole=True,
    )
    standing = performance.kpi("KPI-15").alarm_ids
    stale = set(performance.kpi("KPI-23").alarm_ids)
    pages.table(
        "Standing at the end of the period",
        [("Alarm", 120, False), ("Description", 291, False), ("", 100, False)],
        [(name, heading.describe(name), "stale" if name in stale else "") for name in standing],
    )
