"""The maintenance view: figures with targets, plots, and the way to the rows behind them."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt

from alarms.metrics_events import Period
from alarms.model import Priority
from tags.clock import NS_PER_S
from tests.support.fake_station import alarm_definition, event, sample_project, snapshot
from views.alarm_performance import SHOWN, PerformancePage
from views.style import load_theme

NOW_NS = time.time_ns()
DAY = Period(NOW_NS - 86_400 * NS_PER_S, NOW_NS)


@pytest.fixture
def asked() -> list[tuple]:
    return []


@pytest.fixture
def page(qtbot, asked) -> PerformancePage:
    project = sample_project()
    definitions = {"LT1_HI": alarm_definition("LT1_HI", "Tank.Level", "high", Priority.LOW, "Filling")}
    page = PerformancePage(lambda *query: asked.append(query), project.tags, definitions, load_theme("light"))
    qtbot.addWidget(page)
    page.resize(1200, 900)
    page.show()
    qtbot.waitExposed(page)
    return page


def activations(number: int = 30):
    """Every tenth comes from another alarm; twelve of them are a flood."""
    events = []
    for row in range(number):
        age_s = 7200 - 20 * row if row < 12 else 80_000 - 1500 * row
        alarm_id = "LT2_LO" if row % 10 == 0 else "LT1_HI"
        shown = snapshot(alarm_id, priority=Priority.HIGH if row % 10 == 0 else Priority.LOW)
        found = event(shown, sequence=row + 1)
        at_ns = NOW_NS - age_s * NS_PER_S
        events.append(type(found)(**{
            **{name: getattr(found, name) for name in found.__slots__},
            "source_ns": at_ns, "receive_ns": at_ns,
        }))  # fmt: skip
    return sorted(events, key=lambda item: item.source_ns)


def click(qtbot, widget, x: float, y: float) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))


def test_opening_asks_once_for_the_period_and_what_stood_before(page, asked):
    page.open()
    page.open()
    assert len(asked) == 1
    start_ns, end_ns, limit = asked[0][:3]
    assert end_ns - start_ns == (31 + 1) * 86_400 * NS_PER_S
    assert limit == 20_000


def test_every_tile_leads_to_its_rows(qtbot, page):
    page.show_events(activations(), "", DAY)
    assert "Activations: 30" in page.state.text()
    assert "INDICATIVE" in page.state.text()
    for place, kpi_id in enumerate(SHOWN):
        centre = page.tiles.tile(place).center()
        click(qtbot, page.tiles, centre.x(), centre.y())
        assert page.behind.text().startswith(kpi_id)
    click(qtbot, page.tiles, *page.tiles.tile(5).center().toTuple())
    assert page.model.rowCount() >= 12


def test_the_plots_lead_to_their_rows(qtbot, page):
    page.show_events(activations(), "", DAY)
    box = page.pareto.box()
    click(qtbot, page.pareto, box.center().x(), box.top() + 2)
    assert page.behind.text().startswith("LT1_HI")
    assert page.model.rowCount() == 27
    box = page.priorities.box()
    click(qtbot, page.priorities, box.center().x(), box.top() + box.height() * 0.3)
    assert page.behind.text().startswith("High")
    assert page.model.rowCount() == 3
    box = page.rates.box()
    click(qtbot, page.rates, box.right() - 1, box.center().y())
    assert page.model.rowCount() == 0


def test_answers_to_older_questions_are_left_out(page, asked):
    page.open()
    page.refresh()
    first, second = asked[0][3], asked[1][3]
    second(activations(), "")
    first([], "")
    assert "Activations: 30" in page.state.text()


def test_says_why_there_is_nothing(page):
    page.show_events(None, "no station", DAY)
    assert page.state.text() == "The journal cannot be shown: no station"
    page.show_events([], "", DAY)
    assert "Activations: 0" in page.state.text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paints_in_both_themes(page, theme):
    page.set_theme(load_theme(theme))
    for events in ([], activations(1), activations()):
        page.show_events(events, "", DAY)
        assert not page.grab().isNull()
