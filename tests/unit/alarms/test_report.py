"""The monthly report: whole, the same each time, and readable whatever the alarms are called."""

import csv

import numpy as np
import pytest

from alarms.metrics import Verdict, assess
from alarms.metrics_events import DAY_NS, Period
from alarms.model import AlarmEvent, AlarmState, Priority, Transition
from alarms.report import Heading, duration_text, kpi_text, write_csv, write_pdf
from alarms.report_findings import findings
from tags.clock import NS_PER_S, iso_utc
from tests.unit.alarms.cell import alarm
from tests.unit.alarms.test_metrics import at, event

MONTH = Period(at(0), at(0) + 30 * DAY_NS)


def month(alarms: int = 30, number: int = 600) -> list[AlarmEvent]:
    random = np.random.default_rng(3)
    events = []
    for sequence, time_s in enumerate(np.sort(random.uniform(0, 30 * 86_400, number)).tolist(), start=1):
        name = f"AL-{int(random.integers(0, alarms)) // 2:03d}"
        priority = Priority(int(random.choice([1, 2, 3, 4], p=[0.01, 0.04, 0.15, 0.8])))
        events.append(event(2 * sequence, name, time_s, priority=priority))
        events.append(
            event(
                2 * sequence + 1,
                name,
                time_s + 5,
                Transition.RETURNED,
                AlarmState.UNACKNOWLEDGED,
                AlarmState.NORMAL,
                active=False,
            )
        )
    events += [event(5000 + row, "FLOOD", 90_000 + 20 * row) for row in range(15)]
    return events


HEADING = Heading("Packaging cell", {"AL-001": alarm("AL-001", description="Tank level high")})


def test_the_report_is_a_pdf_of_several_pages_and_the_same_each_time(tmp_path):
    found = assess(month(), MONTH)
    for name in ("one.pdf", "two.pdf"):
        write_pdf(tmp_path / name, found, HEADING)
    one, two = ((tmp_path / name).read_bytes() for name in ("one.pdf", "two.pdf"))
    assert one == two
    assert one.startswith(b"%PDF-")
    assert one.count(b"/Type /Page\n") >= 3
    assert b"/Subtype /Image" not in one  # plots are vectors


@pytest.mark.parametrize("events", [[], month(alarms=2, number=3), month(alarms=400, number=900)])
def test_any_amount_of_alarms_fits(tmp_path, events):
    write_pdf(tmp_path / "report.pdf", assess(events, MONTH), HEADING)
    assert (tmp_path / "report.pdf").stat().st_size > 2000


def test_names_that_the_font_does_not_know_do_no_harm(tmp_path):
    events = [event(1, "Δ-ρ" + "long" * 40, 5.0)]
    heading = Heading("Zelle «Süd» 包装")
    write_pdf(tmp_path / "report.pdf", assess(events, Period(at(0), at(3600))), heading)


def test_tables_hold_the_figures(tmp_path):
    found = assess(month(), MONTH)
    kpis, alarms, floods = (
        list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for path in write_csv(tmp_path / "out", found, HEADING)
    )
    assert [row["kpi"] for row in kpis] == [item.kpi_id for item in found.kpis]
    assert float(kpis[0]["value"]) == pytest.approx(found.kpi("KPI-01").value, rel=1e-4)
    assert sum(int(row["activations"]) for row in alarms) == int(found.window_counts.sum())
    assert {row["alarm_id"]: row["description"] for row in alarms}["AL-001"] == "Tank level high"
    assert [row["first_out"] for row in floods] == [flood.first_out for flood in found.floods]


def described(alarm_id):
    return {"FLOOD": "Line stopped"}.get(alarm_id, "")


def test_the_first_page_says_what_the_figures_mean():
    found = findings(assess(month(), MONTH), described)
    text = " ".join(found)
    assert found[0].startswith("Judged figures: ")
    assert "1 floods" not in text
    assert "the worst brought 15 alarms within 10 min and began with FLOOD (Line stopped)" in text
    assert "15 alarms came and went within 10 s" in text
    judged = [item.verdict for item in assess(month(), MONTH).kpis]
    assert f"Beyond the limit: {judged.count(Verdict.EXCEEDED)}." in found[0]


def test_a_quiet_period_has_little_to_say():
    assert findings(assess([], MONTH), described)[1:] == ["No alarm was raised."]


def test_times_are_those_of_the_site():
    paris = Period(at(0), at(0) + DAY_NS, 3600 * NS_PER_S)
    assert paris.zone_text == "UTC+01:00"
    assert paris.local_text(at(0)) == iso_utc(at(3600))[:19].replace("T", " ")
    assert Period(at(0), at(1), -(3 * 3600 + 1800) * NS_PER_S).zone_text == "UTC-03:30"
    assert Period(at(0), at(1)).zone_text == "UTC"


def test_figures_read_well():
    found = assess(month(), MONTH)
    assert kpi_text(found.kpi("KPI-24")) == "30 days"
    assert kpi_text(found.kpi("KPI-14")) == "no data"
    assert [duration_text(value) for value in (None, 90 * NS_PER_S, 3 * 3600 * NS_PER_S)] == [
        "",
        "90.0 s",
        "3.0 h",
    ]
