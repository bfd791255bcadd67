"""The trend page as the operator uses it: pens, periods, zoom, cursor, history and live values."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alarms.model import Priority
from hmi.desktop.live import LiveSource
from hmi.link import QueryPixels
from tags.clock import NS_PER_S
from tags.model import Batch, DataType, TagTable
from tags.status import StatusCode
from tests.support.fake_station import no_history, sample_project
from views.style import contrast, font, load_theme
from views.trend import TrendPage
from views.trend_paint import pen_numbers, tick_text
from views.trend_pen import MOST_PENS, Pen, Scale
from views.trend_pens import PenColumn

GOOD = int(StatusCode.Good)
TABLE = sample_project().tags


class History:
    """Takes what the page asks and answers when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    def __call__(self, paths, start_ns, end_ns, columns, answer) -> None:
        self.asked.append((list(paths), start_ns, end_ns, columns, answer))

    def answer(self, value: float = 30.0) -> None:
        paths, start_ns, end_ns, columns, answer = self.asked[-1]
        found = no_history(QueryPixels(1, paths, start_ns, end_ns, columns))
        for series in found:
            for column in (series.low, series.high, series.first, series.last, series.mean):
                column[:] = value
            series.counts[:] = 1
        answer(found, "")


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def live() -> LiveSource:
    source = LiveSource(TABLE)
    put(source, "Tank.Level", 42.0)
    put(source, "Tank.Temperature", 61.0)
    put(source, "Motor.Running", True)
    return source


def put(source: LiveSource, path: str, value, status: int = GOOD) -> None:
    now_ns = time.time_ns()
    source.apply(Batch.of([(TABLE.by_path(path).id, value, status, now_ns)], now_ns))


@pytest.fixture
def page(qtbot: QtBot, live, history) -> TrendPage:
    page = TrendPage(live, history, load_theme("light"))
    qtbot.addWidget(page)
    page.resize(1150, 620)
    with qtbot.waitExposed(page):
        page.show()
    return page


def settle(qtbot: QtBot, page: TrendPage) -> None:
    """Lay the page out, let two seconds pass for it, and paint it."""
    QApplication.sendPostedEvents()  # the first pen shows the table, which takes of the plot's height
    page.refresh(page.plot._now_ns + 2 * NS_PER_S)
    page.plot.repaint()


def wheel(page: TrendPage, point: QPointF, steps: int) -> None:
    plot = page.plot
    where = QPointF(plot.mapToGlobal(point.toPoint()))
    event = QWheelEvent(
        point,
        where,
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot, event)


def middle(page: TrendPage) -> QPoint:
    return page.plot.frame().rect.center()


def test_an_empty_trend_says_what_to_do(page):
    assert "choose" in page.plot._hint
    assert page.table.isHidden()
    assert page.tag_ids() == []


def test_only_logged_tags_can_be_pens(page):
    names = [page.chooser.model.tag_at(row).path for row in range(page.chooser.model.rowCount())]
    assert "Line.Recipe" not in names
    assert not page.add_pen(TABLE.by_path("Line.Recipe"))
    page.set_pens(["Tank.Level", "No.Such", "Line.Recipe"])
    assert page.paths() == ["Tank.Level"]


def test_search_finds_every_word_and_enter_takes_the_first(qtbot, page):
    with qtbot.waitSignal(page.pens_changed):
        qtbot.keyClicks(page.chooser.search, "TEMP product")
        qtbot.keyClick(page.chooser.search, Qt.Key.Key_Return)
    assert page.paths() == ["Tank.Temperature"]
    page.chooser.search.setText("nothing of the kind")
    assert "No logged tag" in page.chooser._note.text()
    page.toggle_pen(TABLE.by_path("Tank.Temperature"))
    assert page.paths() == []


def test_eight_pens_at_most_each_with_its_own_colour(qtbot, history):
    tag = TABLE.by_path("Tank.Level")
    tags = TagTable(replace(tag, id=n, path=f"T{n}") for n in range(10))
    page = TrendPage(LiveSource(tags), history, load_theme("light"))
    qtbot.addWidget(page)
    added = [page.add_pen(tags[n]) for n in range(10)]
    assert added == [True] * MOST_PENS + [False] * 2
    assert "All 8 pens" in page._state.text()
    assert sorted(pen.slot for pen in page.plot.pens) == list(range(MOST_PENS))
    page.remove_pen(tags[3])
    page.add_pen(tags[9])
    assert page.plot.pens[-1].slot == 3


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pen_colours_are_readable_and_no_alarm_colours(qapp, name):
    theme = load_theme(name)
    assert len(theme.pens) == MOST_PENS
    fills = [theme.alarms[priority].fill.rgb() for priority in Priority]
    for pen in theme.pens:
        assert contrast(pen, theme.surface) >= 3.0
        assert pen.rgb() not in fills


def test_live_values_are_drawn_as_they_come(qtbot, page, live):
    page.set_pens(["Tank.Level"])
    settle(qtbot, page)
    put(live, "Tank.Level", 50.0)
    settle(qtbot, page)
    trace = page.plot.pens[0].trace
    assert np.nanmax(trace.last) == 50.0
    rect = page.plot.frame().rect
    picture = page.plot.grab().toImage()
    y = round(page.plot.frame().y_of(50.0, 0.0, 100.0))
    colours = {picture.pixelColor(rect.right() - dx, y + dy).name() for dx in (2, 3) for dy in (-1, 0)}
    assert page._theme.pens[0].name() in colours


def test_history_is_asked_for_what_is_shown_and_joined_with_live(qtbot, page, live, history):
    page.set_pens(["Tank.Level"])
    qtbot.waitUntil(lambda: bool(history.asked))
    paths, start_ns, end_ns, columns, _ = history.asked[-1]
    assert paths == ["Tank.Level"]
    assert start_ns < page.plot.start_ns
    assert end_ns >= page.plot.end_ns
    assert columns >= page.plot.columns
    settle(qtbot, page)
    history.answer(30.0)
    settle(qtbot, page)
    last = page.plot.pens[0].trace.last
    assert last[5] == 30.0
    assert (page.plot.pens[0].trace.quality[:-3] == 0).all()


def test_a_late_answer_to_an_old_question_is_ignored(qtbot, page, history):
    page.set_pens(["Tank.Level"])
    qtbot.waitUntil(lambda: len(history.asked) == 1)
    page.plot.set_span(60 * NS_PER_S)
    qtbot.waitUntil(lambda: len(history.asked) == 2)
    old = history.asked[0][4]
    old(None, "too late")
    assert "too late" not in page._state.text()
    history.asked[1][4](None, "the disk is gone")
    assert "the disk is gone" in page._state.text()


def test_zooming_leaves_live_mode_and_does_not_keep_scrolling(qtbot, page):
    page.set_pens(["Tank.Level"])
    span_ns = page.plot.span_ns
    wheel(page, QPointF(middle(page)), 2)
    assert not page.plot.is_live
    assert page.plot.span_ns < span_ns
    end_ns = page.plot.end_ns
    page.refresh(time.time_ns() + 60 * NS_PER_S)
    assert page.plot.end_ns == end_ns
    assert page.live_button.text() == "Return to live"
    page.live_button.click()
    assert page.plot.is_live
    page.refresh(time.time_ns() + 60 * NS_PER_S)
    assert page.plot.end_ns > end_ns


def test_zoom_keeps_the_time_under_the_pointer(page):
    page.set_pens(["Tank.Level"])
    point = QPointF(middle(page)) + QPointF(120, 0)
    before = page.plot.frame().time_at(point.x())
    wheel(page, point, 3)
    assert abs(page.plot.frame().time_at(point.x()) - before) < 10_000_000


def test_dragging_pans_and_shift_dragging_chooses_a_period(qtbot, page):
    page.set_pens(["Tank.Level"])
    start = middle(page)
    before_ns = page.plot.end_ns
    qtbot.mousePress(page.plot, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(page.plot, start + QPoint(100, 0))
    qtbot.mouseRelease(page.plot, Qt.MouseButton.LeftButton, pos=start + QPoint(100, 0))
    assert page.plot.end_ns < before_ns
    frame = page.plot.frame()
    wanted = frame.time_at(start.x()), frame.time_at(start.x() + 80)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(page.plot, Qt.MouseButton.LeftButton, shift, start)
    qtbot.mouseMove(page.plot, start + QPoint(80, 0))
    qtbot.mouseRelease(page.plot, Qt.MouseButton.LeftButton, shift, start + QPoint(80, 0))
    assert page.plot.start_ns == pytest.approx(wanted[0], abs=2e6)
    assert page.plot.end_ns == pytest.approx(wanted[1], abs=2e6)


def test_periods_keep_live_mode(qtbot, page):
    page._periods.button(3600).click()
    assert page.plot.is_live
    assert page.plot.span_ns == 3600 * NS_PER_S
    assert page._periods.checkedId() == 3600
    page.plot.zoom(0.7)
    assert page._periods.checkedId() == -1


def test_keyboard(qtbot, page):
    page.set_pens(["Tank.Level"])
    end_ns = page.plot.end_ns
    qtbot.keyClick(page.plot, Qt.Key.Key_Left)
    assert page.plot.end_ns < end_ns
    span_ns = page.plot.span_ns
    qtbot.keyClick(page.plot, Qt.Key.Key_Plus)
    assert page.plot.span_ns == span_ns // 2
    qtbot.keyClick(page.plot, Qt.Key.Key_Minus)
    assert page.plot.span_ns == span_ns
    qtbot.keyClick(page.plot, Qt.Key.Key_End)
    assert page.plot.is_live


def test_the_cursor_tells_value_quality_and_time_and_can_be_pinned(qtbot, page, history):
    page.set_pens(["Tank.Level"])
    qtbot.waitUntil(lambda: bool(history.asked))
    history.answer(30.0)
    settle(qtbot, page)
    qtbot.mouseMove(page.plot, middle(page))
    model = page.table.model()
    assert model.data(model.index(0, PenColumn.CURSOR)) == "30.0 %"
    assert model.data(model.index(0, PenColumn.QUALITY)) == "Good"
    qtbot.mouseClick(page.plot, Qt.MouseButton.LeftButton, pos=middle(page))
    pinned = page.plot.cursor_ns
    qtbot.mouseMove(page.plot, middle(page) + QPoint(60, 0))
    assert page.plot.cursor_ns == pinned
    qtbot.keyClick(page.plot, Qt.Key.Key_Escape)
    assert page.plot.cursor_ns is None
    assert model.data(model.index(0, PenColumn.CURSOR)) == ""


def test_pens_of_one_unit_share_an_axis_and_states_have_their_names(qtbot, page):
    page.set_pens(["Tank.Level", "Tank.SetPoint", "Tank.Temperature", "Motor.Running"])
    settle(qtbot, page)
    axes = page.plot.scales.axes()
    assert [len(pens) for _, pens in axes] == [2, 1, 1]
    assert page.plot.pens[3].states == {0: "Stopped", 1: "Running"}
    assert (page.plot.pens[0].low, page.plot.pens[0].high) == (0.0, 100.0)
    page.plot.set_scale(Scale.NORMALISED)
    settle(qtbot, page)
    assert len(page.plot.scales.axes()) == 1
    page.plot.set_scale(Scale.FIT)
    settle(qtbot, page)
    assert page.plot.pens[2].low > 0


def test_a_number_that_an_axis_cannot_hold_is_written_with_a_power_of_ten(qapp):
    metrics = QFontMetrics(font(13))
    assert tick_text(4000.0, 0, metrics, 50) == "4000"
    assert tick_text(4e9, 0, metrics, 50) == "4e+09"
    assert tick_text(-123456789.0, 0, metrics, 50) == "−1.23e+08"


def test_an_axis_can_be_zoomed_and_given_back(qtbot, page):
    page.set_pens(["Tank.Level"])
    settle(qtbot, page)
    place = QPointF(page.plot.frame().rect.left() - 20, middle(page).y())
    wheel(page, place, 2)
    settle(qtbot, page)
    assert page.plot.pens[0].high - page.plot.pens[0].low < 100
    assert page.plot.is_live
    qtbot.mouseDClick(page.plot, Qt.MouseButton.LeftButton, pos=place.toPoint())
    settle(qtbot, page)
    assert page.plot.pens[0].high == 100.0


def test_a_pen_can_be_hidden_and_removed_in_the_table(qtbot, page):
    page.set_pens(["Tank.Level", "Tank.Temperature"])
    settle(qtbot, page)
    page.table.clicked.emit(page.table.model().index(0, PenColumn.PEN))
    assert not page.plot.pens[0].is_visible
    assert len(page.plot.scales.axes()) == 1
    page.table.clicked.emit(page.table.model().index(0, PenColumn.REMOVE))
    assert page.paths() == ["Tank.Temperature"]


def test_a_lost_link_is_a_gap_and_history_is_asked_again(qtbot, page, live, history):
    page.set_pens(["Tank.Level"])
    settle(qtbot, page)
    now_ns = time.time_ns()
    live.lose_link(now_ns)
    live.age(now_ns + 3 * NS_PER_S)
    page.refresh(now_ns + 3 * NS_PER_S)
    assert page.plot.pens[0].data._tail.statuses[-1] == StatusCode.BadNoCommunication
    qtbot.waitUntil(lambda: bool(history.asked))
    asked = len(history.asked)
    live.restore_link(now_ns + 5 * NS_PER_S)
    page.link_restored(now_ns + 5 * NS_PER_S)
    page.refresh(time.time_ns())
    qtbot.waitUntil(lambda: len(history.asked) > asked)


def test_a_hidden_page_asks_nothing_and_draws_nothing(qtbot, page, live, history):
    page.set_pens(["Tank.Level"])
    qtbot.waitUntil(lambda: bool(history.asked))
    page.hide()
    asked = len(history.asked)
    put(live, "Tank.Level", 99.0)
    page.refresh(time.time_ns() + 3600 * NS_PER_S)
    qtbot.wait(200)
    assert len(history.asked) == asked
    assert page.plot.pens[0].data._tail.values[-1] == 99.0, "but it misses no sample"


def test_a_cursor_move_does_not_draw_the_traces_anew(qtbot, page, monkeypatch):
    import views.trend_paint as trend_paint

    page.set_pens(["Tank.Level"])
    settle(qtbot, page)
    page.plot.set_live(False)
    # The first pen shows the table, which takes of the plot's height once events are served.
    qtbot.mouseMove(page.plot, middle(page) + QPoint(5, 5))
    page.plot.repaint()
    drawn: list[int] = []
    monkeypatch.setattr(trend_paint, "draw_trace", lambda *_: drawn.append(1))
    qtbot.mouseMove(page.plot, middle(page))
    page.plot.repaint()
    assert not drawn
    page.plot.changed()
    page.plot.repaint()
    assert drawn


def test_theme_changes_the_picture(page):
    page.set_pens(["Tank.Level"])
    light = page.grab().toImage()
    page.set_theme(load_theme("dark"))
    assert page.grab().toImage() != light


def shows_whole(page: TrendPage, column: PenColumn) -> bool:
    table = page.table
    model, metrics = table.model(), QFontMetrics(font(14))
    texts = [str(model.index(row, column).data()) for row in range(model.rowCount())]
    return not table.isColumnHidden(column) and max(map(metrics.horizontalAdvance, texts)) <= (
        table.columnWidth(column) - 16
    )


def test_the_table_gives_its_width_to_what_needs_it(qtbot, history):
    described = "Actual speed, from the filled bottles of the last ten minutes"
    tags = TagTable(
        [replace(TABLE.by_path("Tank.Level"), id=0, path="Line.Status.CurMachSpeed", description=described)]
    )
    source = LiveSource(tags)
    page = TrendPage(source, history, load_theme("light"))
    qtbot.addWidget(page)
    page.add_pen(tags.by_path("Line.Status.CurMachSpeed"))
    page.chooser.hide()
    with qtbot.waitExposed(page):
        page.show()
    page.resize(1_500, 700)
    assert shows_whole(page, PenColumn.TAG)
    assert shows_whole(page, PenColumn.DESCRIPTION)
    assert shows_whole(page, PenColumn.TIME)
    page.resize(1_290, 700)
    assert shows_whole(page, PenColumn.TAG)
    assert shows_whole(page, PenColumn.DESCRIPTION), "before the time of a sample"
    assert page.table.isColumnHidden(PenColumn.TIME)
    quality = page.table.model().index(0, PenColumn.QUALITY)
    assert "Sample time" in quality.data(Qt.ItemDataRole.ToolTipRole)
    page.resize(840, 700)
    assert shows_whole(page, PenColumn.TAG)
    assert page.table.isColumnHidden(PenColumn.DESCRIPTION)


def test_all_that_a_whole_number_may_be_is_no_scale_of_a_counter(qtbot, history):
    counter = replace(
        TABLE.by_path("Tank.Level"), id=0, data_type=DataType.UINT32, eu_low=0.0, eu_high=4_294_967_295.0
    )
    source = LiveSource(TagTable([counter]))
    page = TrendPage(source, history, load_theme("light"))
    qtbot.addWidget(page)
    page.add_pen(counter)
    with qtbot.waitExposed(page):
        page.show()
    put(source, "Tank.Level", 140)
    settle(qtbot, page)
    qtbot.waitUntil(lambda: page.plot.pens[0].high < 1_000)


def test_an_axis_of_many_pens_tells_that_there_are_more(qapp):
    assert axis_numbers(4) == ["1", "2", "3", "4"]
    assert axis_numbers(6) == ["1", "2", "3", "…"]


def axis_numbers(count: int) -> list[str]:
    pens = [Pen(TABLE.by_path("Tank.Level"), slot) for slot in range(count)]
    return [text for text, _ in reversed(pen_numbers(pens, load_theme("light")))]
