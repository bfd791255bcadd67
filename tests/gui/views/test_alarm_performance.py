"""The maintenance view: figures with targets, plots, and the way to the rows behind them."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt

from alarms.metrics_events import Period
from alarms.model import Priority
from tags.clock import NS_PER_S
from tests.support.fake_station import alarm_definition, event, sample_project, snapshot
from views.alarm_fact_table import FactTable
from views.alarm_figures import SHOWN
from views.alarm_performance import PerformancePage
from views.style import font, load_fonts, load_theme

NOW_NS = time.time_ns()
DAY = Period(NOW_NS - 86_400 * NS_PER_S, NOW_NS)


def at_once(work, done):
    """Stand in for the background thread."""
    done(work())
    return lambda: None


@pytest.fixture
def asked() -> list[tuple]:
    return []


@pytest.fixture
def page(qtbot, asked) -> PerformancePage:
    project = sample_project()
    definitions = {"LT1_HI": alarm_definition("LT1_HI", "Tank.Level", "high", Priority.LOW, "Filling")}
    page = PerformancePage(
        lambda *query: asked.append(query) or (lambda: None), project.tags, definitions, at_once,
        load_theme("light"),
    )  # fmt: skip
    qtbot.addWidget(page)
    page.resize(1200, 900)
    with qtbot.waitExposed(page):
        page.show()
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
    assert limit == 200_000


def test_a_view_is_made_with_its_tab_and_shows_what_was_worked_out_before(page):
    page.show_events(activations(), "", DAY)
    assert not page.findChildren(FactTable)
    page.tabs.setCurrentIndex(3)
    assert page.findChildren(FactTable) == [page.alarms]
    assert page.alarms.model().rowCount() == 2
    page.tabs.setCurrentIndex(2)
    dark = load_theme("dark")
    page.set_theme(dark)
    page.tabs.setCurrentIndex(4)
    assert page.pareto.theme is dark
    assert page.together.isVisible()
    assert not page.pareto.isVisible()


def test_a_view_claims_nothing_before_the_journal_was_read(page):
    page.tabs.setCurrentIndex(5)
    assert page.floods._hint.text() == ""
    page.show_events([], "", DAY)
    assert "No flood" in page.floods._hint.text()


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
    page.tabs.setCurrentIndex(2)
    box = page.pareto.box()
    click(qtbot, page.pareto, box.center().x(), box.top() + 2)
    assert page.behind.text().startswith("LT1_HI")
    assert page.model.rowCount() == 27
    page.tabs.setCurrentIndex(0)
    box = page.priorities.box()
    click(qtbot, page.priorities, box.center().x(), box.top() + box.height() * 0.3)
    assert page.behind.text().startswith("High")
    assert page.model.rowCount() == 3
    box = page.rates.box()
    click(qtbot, page.rates, box.right() - 1, box.center().y())
    assert page.model.rowCount() == 0


def test_few_alarms_have_rows_that_can_be_hit(qtbot, page):
    page.show_events(activations(), "", DAY)
    page.tabs.setCurrentIndex(2)
    box = page.pareto.box()
    click(qtbot, page.pareto, box.center().x(), box.top() + 45)  # the second of rows 30 px high
    assert page.behind.text().startswith("LT2_LO")
    page.behind.clear()
    click(qtbot, page.pareto, box.center().x(), box.top() + 75)
    assert page.behind.text() == ""


def test_a_pair_counts_what_stands_behind_it(page):
    page.show_events(activations(), "", DAY)
    table = page.shown.together
    assert table.rows
    for row, behind in zip(table.rows, table.behind, strict=True):
        assert row[2] == str(len(behind))


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


def cells(table, row: int) -> list[str]:
    model = table.model()
    return [model.data(model.index(row, column)) for column in range(model.columnCount())]


def test_every_figure_stands_beside_its_target(page):
    page.show_events(activations(), "", DAY)
    table = page.figures
    ids = [cells(table, row)[0] for row in range(table.model().rowCount())]
    assert sorted(set(ids)) == [f"KPI-{number:02d}" for number in range(1, 29) if not 17 <= number <= 19]
    first = cells(table, ids.index("KPI-01"))
    assert first[1:4] == ["Average alarms per 10 min", "0.21", "1"]
    assert first[5] == "✓ met"
    assert ids.count("KPI-28") == 7


@pytest.mark.parametrize("width_px", [1000, 1138, 1692])
def test_a_figure_whose_words_need_two_lines_has_them(qtbot, page, width_px: int):
    load_fonts()
    table = page.figures
    table.setFont(font(14))  # as the window's style does
    page.show_events(activations(), "", DAY)
    page.resize(width_px, 700)
    page.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: table.width() > width_px - 60)
    qtbot.waitUntil(lambda: misfits(table) == [])  # it is laid out by events
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: misfits(table) == [])
    assert len({table.rowHeight(row) for row in range(table.model().rowCount())}) > 1


def misfits(table) -> list[list[str]]:
    """Rows that cut a text, or have a line more than their longest text needs."""
    found = []
    metrics = table.fontMetrics()
    for row in range(table.model().rowCount()):
        most = 1
        for column, text in enumerate(cells(table, row)):
            room = QRect(0, 0, table.columnWidth(column) - 22, 10_000)
            if metrics.horizontalAdvance(text) > room.width():
                box = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
                most = max(most, round(box.height() / metrics.lineSpacing()))
                if box.width() > room.width():
                    found.append(cells(table, row))
        if table.rowHeight(row) != 28 + (most - 1) * metrics.lineSpacing():
            found.append(cells(table, row))
    return found


def test_a_row_of_any_table_leads_to_its_events(page):
    page.show_events(activations(), "", DAY)
    page.alarms.selectRow(0)
    assert page.behind.text().startswith("LT1_HI")
    assert page.model.rowCount() == 27
    page.floods.selectRow(0)
    assert page.model.rowCount() == 12
    page.together.selectRow(0)
    assert 0 < page.model.rowCount() < 12
    assert {page.model.event_at(row).alarm_id for row in range(page.model.rowCount())} <= {"LT1_HI", "LT2_LO"}


def test_alarms_sort_by_what_their_figures_mean(qtbot, page):
    events = activations(30)
    more = [
        replace(events[0], alarm_id="LT3", sequence=100 + row, source_ns=NOW_NS - row) for row in range(3)
    ]
    page.show_events(sorted([*events, *more], key=lambda one: one.source_ns), "", DAY)
    header = page.alarms.horizontalHeader()
    header.setSortIndicator(2, Qt.SortOrder.AscendingOrder)
    counts = [int(cells(page.alarms, row)[2]) for row in range(page.alarms.model().rowCount())]
    assert counts == sorted(counts)
    assert counts[-1] == 27
    page.alarms.selectRow(len(counts) - 1)
    assert page.behind.text().startswith("LT1_HI")


def test_empty_tables_say_what_would_be_in_them(page):
    page.show_events([], "", DAY)
    assert "never more than ten" in page.floods._hint.text()
    assert "No alarm" in page.alarms._hint.text()
    page.show_events(activations(), "", DAY)
    assert page.floods._hint.isHidden()


def test_a_row_leads_to_the_trend_and_to_the_back_test(qtbot, page):
    page.show_events(activations(), "", DAY)
    page.alarms.selectRow(0)
    with qtbot.waitSignal(page.trend_requested) as trend:
        page.trend.click()
    with qtbot.waitSignal(page.back_test_requested) as tested:
        page.back_test.click()
    assert trend.args == ["Tank.Level", page.selected().source_ns]
    assert tested.args == ["LT1_HI"]


def test_long_work_tells_how_far_it_is_and_can_be_stopped(page, asked):
    stopped = []
    page._query = lambda *query: asked.append(query) or (lambda: stopped.append(True))
    page.open()
    asked[0][5](30_000)
    assert "30" in page.state.text()
    page.stop.click()
    assert stopped == [True]
    asked[0][3](activations(), "")
    assert page.shown is None


def test_a_fault_of_the_figures_is_told(page):
    page._run_beside = lambda work, done: done(ValueError("no such window")) or (lambda: None)
    page.show_events(activations(), "", DAY)
    assert "no such window" in page.state.text()


def test_the_report_gets_what_is_shown(qtbot, page):
    assert not page.report.isEnabled()
    page.show_events(activations(), "", DAY)
    with qtbot.waitSignal(page.report_requested) as wanted:
        page.report.click()
    assert wanted.args[0] is page.shown.found


def test_any_period_can_be_judged(qtbot, page, asked):
    page.open()
    page.period.show_period(10**18, 10**18 + 3600 * NS_PER_S)
    assert asked[-1][:2] == (10**18 - 31 * 86_400 * NS_PER_S, 10**18 + 3600 * NS_PER_S)
