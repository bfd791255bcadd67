"""The panel that explains a value: opened from an element, live while open, silent when closed."""

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QFrame, QMenu

from hmi.desktop.element_menu import element_menu
from hmi.desktop.why_panel import kind_word, verdict_word
from hmi.diagnosis import WhyKind, WhyStep, WhyVerdict
from hmi.link import QueryWhy
from projects.model import ElementModel
from tags.status import StatusCode
from tests.support.fake_station import sample_project

DOWN = int(StatusCode.BadNoCommunication)
CHAIN = [
    WhyStep(WhyKind.TAG, 0, "Tank.Level", "Tank level", "", DOWN, 1, WhyVerdict.AFFECTED),
    WhyStep(WhyKind.RAW, 0, "Tank.Level", "HR40: nothing was read.", verdict=WhyVerdict.UNKNOWN),
    WhyStep(WhyKind.CONNECTION, 0, "plc", "Attempts go on.", "unavailable", verdict=WhyVerdict.AFFECTED),
    WhyStep(
        WhyKind.CONTROLLER,
        0,
        "plc",
        "The controller does not answer.",
        verdict=WhyVerdict.BROKEN,
        advice="Check the network cable.",
    ),
]


def element(window, element_id: str):
    return window.workspace.screens.canvas.scene.by_id[element_id]


def test_the_context_menu_of_an_element_opens_the_chain_with_the_broken_link_marked(qtbot, station, window):
    station.chains["Tank.Level"] = CHAIN
    panel = window.workspace.inquiry.why
    assert panel.isHidden()
    page = window.workspace.screens
    place = page.canvas._fit.to_widget(element(window, "level").rect).center()
    menu = element_menu(page.canvas, place.toPoint(), page.why_requested.emit)
    menu.actions()[0].trigger()
    menu.deleteLater()
    qtbot.waitUntil(lambda: len(panel.rows) == 5)
    assert panel.isVisible()
    assert [row.step.kind for row in panel.rows][:2] == [WhyKind.PROPERTY, WhyKind.TAG]
    assert panel.rows[0].step.subject == "level.tag"
    assert panel.broken().kind is WhyKind.CONTROLLER
    assert [row.frameShape() == QFrame.Shape.Box for row in panel.rows] == [False] * 4 + [True]
    assert "Check the network cable." in panel.rows[-1].advice.text()
    assert "Controller (plc)" in panel.verdict.text()
    assert "BadNoCommunication" in panel.rows[1].status.text()


def test_it_stays_in_front_when_another_page_is_shown(qtbot, station, window):
    station.chains["Tank.Level"] = CHAIN
    workspace = window.workspace
    workspace.inquiry.why_tag("Tank.Level")
    qtbot.waitUntil(lambda: workspace.inquiry.why.broken() is not None)
    for page in ("connections", "alarms", "trend", "screens"):
        workspace.show_page(page)
        place = workspace.inquiry.why.geometry().center()
        shown = workspace.childAt(place)
        assert shown is workspace.inquiry.why or workspace.inquiry.why.isAncestorOf(shown), page


def test_it_stays_live_and_asks_nothing_when_closed(qtbot, station, window):
    station.chains["Tank.Level"] = CHAIN
    panel = window.workspace.inquiry.why
    window.workspace.inquiry.why_tag("Tank.Level")
    qtbot.waitUntil(lambda: panel.broken() is not None)
    station.chains["Tank.Level"] = [replace(CHAIN[0], status=0, value="42 %", verdict=WhyVerdict.SOUND)]
    qtbot.waitUntil(lambda: panel.broken() is None and len(panel.rows) == 1)
    assert "in order" in panel.verdict.text()
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert not panel._timer.isActive()


def test_each_link_shows_its_status_and_age_and_the_raw_one_its_bytes(qtbot, station, window):
    raw = WhyStep(WhyKind.RAW, 0, "Tank.Level", "", "3 (0x3)", at_ns=1, dump="IR3 [00 03]")
    station.chains["Tank.Level"] = [replace(CHAIN[0], status=0, value="42 %", verdict=WhyVerdict.SOUND), raw]
    panel = window.workspace.inquiry.why
    window.workspace.inquiry.why_tag("Tank.Level")
    qtbot.waitUntil(lambda: len(panel.rows) == 2)
    assert panel.rows[1].dump.text() == "IR3 [00 03]"
    assert panel.rows[1].dump.isVisible()
    assert not panel.rows[0].dump.isVisible()
    assert all("old" in row.status.text() and "Good" in row.status.text() for row in panel.rows)


def test_the_key_explains_the_element_clicked_last(qtbot, station, window):
    window.actions_by_name["why"].trigger()
    assert "Point at an element" in window.status.message
    window.workspace.inquiry.focus("Tank.Level")
    window.actions_by_name["why"].trigger()
    qtbot.waitUntil(lambda: len(station.of(QueryWhy)) == 1)
    assert station.of(QueryWhy)[0].paths == ["Tank.Level"]


def test_without_a_link_it_says_so(qtbot, station, window):
    window.workspace.inquiry.why_tag("Tank.Level")
    panel = window.workspace.inquiry.why
    qtbot.waitUntil(lambda: len(panel.rows) == 1)
    station.stop()
    qtbot.waitUntil(lambda: "no connection" in panel.verdict.text())
    assert panel.rows == []
    station.start()
    qtbot.waitUntil(lambda: len(panel.rows) == 1)


def test_an_expression_of_the_screen_that_fails_with_good_tags_is_itself_the_broken_link(
    qtbot, station, open_window
):
    project = sample_project()
    screen = project.screens["overview"]
    broken = ElementModel("ratio", "text", 300, 40, 120, 32, {"text": "=1 / (Tank.SetPoint - 40)"})
    screens = {**project.screens, "overview": replace(screen, elements=(*screen.elements, broken))}
    station.project = replace(project, screens=screens)
    station.chains["Tank.SetPoint"] = [WhyStep(WhyKind.TAG, 0, "Tank.SetPoint", "", "40 %")]
    window = open_window()
    live = window.workspace.live
    tag_id = live.tags.by_path("Tank.SetPoint").id
    qtbot.waitUntil(lambda: live.value(tag_id) == 40.0)
    window.workspace.screens.why_requested.emit(element(window, "ratio"))
    panel = window.workspace.inquiry.why
    qtbot.waitUntil(lambda: len(panel.rows) == 2)
    assert panel.broken().subject == "ratio.text"
    assert "Tank.SetPoint - 40" in panel.broken().text
    assert "On the screen" in panel.verdict.text()


def test_the_panel_stays_in_the_window_at_the_smallest_size_and_follows_the_theme(qtbot, station, window):
    window.workspace.inquiry.why_tag("Tank.Level")
    panel = window.workspace.inquiry.why
    qtbot.waitUntil(lambda: len(panel.rows) == 1)
    window.resize(1024, 600)
    qtbot.waitUntil(lambda: panel.geometry().right() == window.workspace.width() - 1)
    assert panel.height() == window.workspace.height()
    window.toggle_theme()
    window.settle()
    assert panel.rows[0].mark.theme is window.theme


def test_every_kind_and_verdict_has_a_word():
    assert len({kind_word(kind) for kind in WhyKind}) == len(WhyKind)
    assert len({verdict_word(verdict) for verdict in WhyVerdict}) == len(WhyVerdict)


def test_an_element_without_tags_offers_nothing(window):
    canvas = window.workspace.screens.canvas
    canvas.customContextMenuRequested.emit(QPointF(1, 1).toPoint())
    assert canvas.findChild(QMenu) is None
