"""The priority matrix in the window: where each alarm lies, and which runs with another priority."""

from dataclasses import replace

import pytest

from alarms.model import MessageClass, Priority
from alarms.priorities import DEFAULT_MATRIX, PriorityMatrix
from alarms.settings import SettingDifference
from tests.support.fake_station import alarm_definition
from views.alarm_matrix import MatrixPage, placed
from views.style import load_theme

SEVERE, MAJOR, MINOR, UNSTATED = range(4)


def definition(alarm_id: str, priority: Priority, level: str = "", respond_s: float = 0.0):
    made = alarm_definition(alarm_id, "Tank.Level", f"text of {alarm_id}", priority, "Filling")
    return replace(made, consequence_level=level, time_to_respond_s=respond_s)


DEFINITIONS = (
    definition("FITS", Priority.HIGH, "severe", 180.0),
    definition("LOWER", Priority.LOW, "severe", 180.0),
    definition("AT_BORDER", Priority.MEDIUM, "major", 600.0),
    definition("ABOVE_BORDER", Priority.MEDIUM, "major", 601.0),
    definition("NO_LEVEL", Priority.URGENT, "", 60.0),
    definition("NO_TIME", Priority.LOW, "minor"),
    replace(definition("ALERT", Priority.LOW, "minor", 3600.0), message_class=MessageClass.ALERT),
)


@pytest.fixture
def page(qtbot):
    page = MatrixPage(DEFAULT_MATRIX, DEFINITIONS, load_theme("light"))
    qtbot.addWidget(page)
    page.resize(1_120, 560)
    with qtbot.waitExposed(page):
        page.show()
    return page


def listed(page) -> list[str]:
    model = page.listed.model()
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]


def cell(page, row: int, column: int) -> str:
    return page.cells.item(row, column).text()


def test_each_alarm_lies_in_its_cell():
    found = {item.definition.alarm_id: item for item in placed(DEFINITIONS, DEFAULT_MATRIX, {})}
    assert (found["AT_BORDER"].column, found["ABOVE_BORDER"].column) == (2, 1)
    assert (found["FITS"].row, found["FITS"].column, found["FITS"].deserved) == ("severe", 3, Priority.HIGH)
    assert [name for name, item in found.items() if not item.fits] == ["LOWER"]
    assert (found["NO_LEVEL"].row, found["NO_LEVEL"].column) == ("", 3)
    assert (found["NO_TIME"].row, found["NO_TIME"].column) == ("", 4)
    assert "ALERT" not in found


def test_cells_count_their_alarms_and_say_which_do_not_fit(page):
    assert cell(page, SEVERE, 3) == "2 · other priority: 1"
    assert cell(page, MAJOR, 2) == "1"
    assert cell(page, MINOR, 0) == "Alert: 0"
    assert cell(page, UNSTATED, 3) == "1"
    assert cell(page, UNSTATED, 4) == "1"
    assert "6" in page.summary.text()
    assert page.cells.verticalHeaderItem(SEVERE).text() == "severe"
    assert page.cells.horizontalHeaderItem(0).text() == "More than 30 min"
    assert page.cells.horizontalHeaderItem(3).text() == "At most 3 min"


def test_what_does_not_fit_comes_first_and_a_cell_lists_its_alarms(page):
    assert listed(page)[0] == "LOWER"
    assert len(listed(page)) == 6
    page.cells.setCurrentCell(MAJOR, 1)
    assert listed(page) == ["ABOVE_BORDER"]
    page.shares.setCurrentCell(int(Priority.MEDIUM) - 1, 0)
    assert listed(page) == ["AT_BORDER", "ABOVE_BORDER"]
    assert not page.cells.selectedIndexes()
    page.cells.setCurrentCell(MINOR, 1)
    assert listed(page) == []
    assert not page.listed._hint.isHidden()
    page.show_all.click()
    assert len(listed(page)) == 6


def test_a_priority_that_was_changed_since_counts(page):
    page.set_differences(
        [
            SettingDifference("LOWER", "priority", "low", "high", 0, "carla", "why"),
            SettingDifference("FITS", "setpoint", 80.0, 85.0, 0, "carla", "why"),
        ]
    )
    assert cell(page, SEVERE, 3) == "2"
    assert page.shares.item(int(Priority.HIGH) - 1, 0).text() == "2"


def test_a_selected_alarm_leads_to_the_back_test(qtbot, page):
    assert not page.try_settings.isEnabled()
    page.listed.selectRow(0)
    with qtbot.waitSignal(page.back_test_requested) as asked:
        page.try_settings.click()
    assert asked.args == ["LOWER"]


@pytest.mark.parametrize("size", [(1_104, 540), (1_674, 840)])
def test_every_row_of_the_matrix_is_seen(qtbot, page, size):
    page.resize(*size)
    qtbot.waitUntil(lambda: page.width() == size[0])
    for table in (page.cells, page.shares):
        assert table.verticalScrollBar().maximum() == 0
        assert table.horizontalScrollBar().maximum() == 0
    assert page.listed.height() > 120


def test_a_site_with_its_own_matrix_sees_its_own(qtbot):
    matrix = PriorityMatrix.of((300.0,), {"small": ("low", "medium"), "danger": ("high", "urgent")})
    own = MatrixPage(matrix, [definition("D", Priority.URGENT, "danger", 60.0)], load_theme("dark"))
    qtbot.addWidget(own)
    assert own.cells.rowCount() == 3
    assert own.cells.item(0, 1).text() == "1"
    own.set_theme(load_theme("light"))
    assert own.cells.item(0, 1).text() == "1"
