"""The tables of the window in both languages: no title and no word of a fixed column is cut."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QHeaderView, QMainWindow, QTableView

from alarms.model import AlarmState, Transition
from historian.happening import KINDS, Happening
from historian.words import GAP_WORDS, OUTCOME_WORDS
from tags.model import TagTable
from tests.support.fake_station import event, snapshot
from views.alarm_history import JournalTable
from views.alarm_history_filter import PeriodChoice
from views.alarm_journal import AlarmHistoryModel, HistoryColumn
from views.event_log import EventLogPage
from views.event_log_model import LogColumn
from views.language import LANGUAGE
from views.style import Theme


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest, fonts: None) -> Iterator[str]:
    LANGUAGE.use(request.param)
    yield request.param
    LANGUAGE.use("en")


def cut_titles(table: QTableView) -> list[str]:
    """Return the titles that their columns do not hold, those of stretched columns left out."""
    header = table.horizontalHeader()
    return [
        str(table.model().headerData(column, header.orientation()))
        for column in range(header.count())
        if not header.isSectionHidden(column)
        and header.sectionResizeMode(column) is not QHeaderView.ResizeMode.Stretch
        and header.sectionSize(column) < header.sectionSizeHint(column)
    ]


def cut_cells(table: QTableView, column: int) -> list[str]:
    """Return the texts of a column that it does not hold."""
    model, width = table.model(), table.columnWidth(column)
    return [
        str(model.data(model.index(row, column)))
        for row in range(model.rowCount())
        if table.sizeHintForIndex(model.index(row, column)).width() > width
    ]


def test_a_period_is_chosen_by_dates_of_the_language(qtbot, language: str) -> None:
    host = QMainWindow()
    qtbot.addWidget(host)
    period = PeriodChoice(host)
    wanted = {"en": "yyyy-MM-dd HH:mm", "fr": "dd/MM/yyyy HH:mm"}[language]
    assert (period.begin.displayFormat(), period.end.displayFormat()) == (wanted, wanted)


@pytest.mark.usefixtures("language")
def test_the_event_log_holds_its_titles_and_words(qtbot, light: Theme) -> None:
    page = EventLogPage(lambda *_: None, light)
    qtbot.addWidget(page)
    page.resize(1200, 600)
    kinds = [Happening(kind, 1, "x", "x", "") for kind in KINDS]
    alarms = [Happening("alarm", 1, "x", "x", one.value) for one in Transition]
    writes = [Happening("write", 1, "x", "x", one.value) for one in OUTCOME_WORDS]
    gaps = [Happening("gap", 1, "x", "x", f'{{"reason": "{one.value}"}}') for one in GAP_WORDS]
    page.model.replace(kinds + alarms + writes + gaps, has_more=False)
    assert cut_titles(page.table) == []
    assert cut_cells(page.table, LogColumn.KIND) == []
    assert cut_cells(page.table, LogColumn.OUTCOME) == []
    assert cut_cells(page.table, LogColumn.TIME) == []


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("width", [900, 1800])
def test_the_journal_holds_its_titles_and_words(qtbot, light: Theme, width: int) -> None:
    model = AlarmHistoryModel(TagTable(()), {})
    window = QMainWindow()
    qtbot.addWidget(window)
    table = JournalTable(model, light, window)
    window.setCentralWidget(table)
    window.resize(width, 600)
    window.show()
    rows = [
        event(snapshot("A", state=state), transition) for state in AlarmState for transition in Transition
    ]
    model.replace(rows)
    assert cut_titles(table) == []
    assert cut_cells(table, HistoryColumn.TRANSITION) == []
    assert cut_cells(table, HistoryColumn.TIME) == []
    if width >= 1400:
        assert cut_cells(table, HistoryColumn.STATES) == []
