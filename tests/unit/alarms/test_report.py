"""The monthly report: whole, the same each time, and readable whatever the alarms are called."""

import csv

import numpy as np
import pytest

from alarms.metrics import assess
from alarms.metrics_events import DAY_NS, Period
from alarms.model import AlarmEvent, AlarmState, Priority, Transition
from alarms.report import Heading, duration_text, kpi_text, write_csv, write_pdf
from tags.clock import NS_PER_S
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


def test_figures_read_well():
    found = assess(month(), MONTH)
    assert kpi_text(found.kpi("KPI-24")) == "30 days"
    assert kpi_text(found.kpi("KPI-14")) == "no data"
    assert [duration_text(value) for value in (None, 90 * NS_PER_S, 3 * 3600 * NS_PER_S)] == [
        "",
        "90.0 s",
        "3.0 h",
    ]
