"""What devices say about tags is taken into the window, and the operator stays where he is."""

from PySide6.QtWidgets import QApplication

from hmi.link import TagFacts
from tags.drivers.base import ItemFacts
from views.canvas import ScreenCanvas


def test_told_later_it_is_shown_at_once_on_the_same_page(qtbot, station, window):
    window.workspace.show_page("connections")
    before = window.workspace
    tag = next(tag for tag in before.project.tags if tag.path == "Line.Count")
    assert (tag.unit, tag.eu_low) == ("pcs", None)
    station.send(TagFacts({tag.id: ItemFacts(unit="bottles", eu_range=(0.0, 5000.0))}))
    qtbot.waitUntil(lambda: window.workspace not in (before, None) and not window.turns.is_busy)
    shown = window.workspace.project.tags[tag.id]
    assert (shown.unit, shown.eu_low, shown.eu_high) == ("pcs", 0.0, 5000.0), "the project goes first"
    assert window.workspace.project.digest == before.project.digest
    assert window.workspace.place.page == "connections"


def test_told_later_the_keyboard_stays_on_the_screen(qtbot, station, window):
    window.activateWindow()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), ScreenCanvas))
    before = window.workspace
    tag = before.project.tags.by_path("Line.Count")
    station.send(TagFacts({tag.id: ItemFacts(unit="bottles", eu_range=(0.0, 5000.0))}))
    qtbot.waitUntil(lambda: window.workspace not in (before, None) and not window.turns.is_busy)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.workspace.screens.canvas)
    assert window.workspace.screens.canvas is not None


def test_told_later_a_search_goes_on(qtbot, station, window):
    window.activateWindow()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), ScreenCanvas))
    window.actions_by_name["search"].trigger()
    qtbot.keyClicks(window.search.entry, "lev")
    before = window.workspace
    tag = before.project.tags.by_path("Line.Count")
    station.send(TagFacts({tag.id: ItemFacts(unit="bottles", eu_range=(0.0, 5000.0))}))
    qtbot.waitUntil(lambda: window.workspace not in (before, None) and not window.turns.is_busy)
    qtbot.wait(20)
    assert QApplication.focusWidget() is window.search.entry
    assert (window.search.isVisible(), window.search.entry.text()) == (True, "lev")


def test_nothing_new_changes_nothing(qtbot, station, window):
    before = window.workspace
    described = next(tag for tag in before.project.tags if tag.unit and tag.eu_low is not None)
    station.send(TagFacts({described.id: ItemFacts(unit="other", eu_range=(0.0, 1.0))}))
    station.set({"Tank.Level": 43.5})
    level = before.project.tags.by_path("Tank.Level")
    qtbot.waitUntil(lambda: before.live.value(level.id) == 43.5)
    assert window.workspace is before
