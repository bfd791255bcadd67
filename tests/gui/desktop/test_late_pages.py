"""Pages are made when they are wanted, and know by then all that was told before."""

from itertools import pairwise

import pytest

from alarms.model import Priority
from hmi.desktop.workspace import Workspace
from tags.connection import ConnectionState
from tests.support.fake_station import connection_status, event, snapshot
from views.alarm_book import StateGroup


@pytest.fixture
def workspace(window):
    """A workspace of its own, for which nothing is made ahead."""
    made = Workspace(window.workspace.project, window.client, window.settings, window.theme, window)
    yield made
    made.leave()


def test_no_page_is_made_before_it_is_wanted(workspace):
    assert workspace.pages.made_pages() == []
    workspace.show_page("trend")
    assert workspace.pages.made_pages() == [workspace.trend]
    assert workspace.page == "trend"


def test_pages_are_made_ahead_piece_by_piece(workspace):
    counts = [len(workspace.pages.made_pages()) for _ in workspace.pages.making()]
    assert sorted(set(counts)) == [0, 1, 2, 3, 4, 5]
    assert all(later - earlier <= 1 for earlier, later in pairwise(counts))
    assert workspace.page == "screens"


def test_a_list_made_late_shows_the_alarms_that_came_before(qtbot, station, window):
    row = snapshot("LT1_HI", priority=Priority.HIGH)
    station.set_alarms([row], events=[event(row)])
    qtbot.waitUntil(lambda: bool(window.workspace.book.rows))
    window.workspace.show_alarm("LT1_HI")
    page = window.workspace.alarms
    assert [one.alarm_id for one in page.selected_alarms()] == ["LT1_HI"]
    window.workspace.show_hidden(StateGroup.SHELVED)
    assert page.tabs.currentIndex() != 0


def test_connections_made_late_show_what_was_told_before(qtbot, station, window):
    station.set_connections(
        [
            connection_status("plc", ConnectionState.CONNECTED),
            connection_status("other", ConnectionState.UNAVAILABLE),
        ]
    )
    qtbot.waitUntil(lambda: "other" in window.workspace.pages.connection_book.statuses)
    assert "other" in window.workspace.pages.connection_book.summary()
    assert list(window.workspace.connections.cards) == ["plc", "other"]


def test_exports_are_there_before_their_pages(window):
    assert window.workspace.pages.log_export().dialog is None
    assert window.workspace.pages.journal_export().dialog is None
