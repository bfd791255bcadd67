"""Which priority an alarm deserves: the site's matrix, the alarms in each cell, and those that do not fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from alarms.model import AlarmDefinition, MessageClass, Priority
from alarms.priorities import PriorityMatrix
from alarms.settings import SettingDifference
from views.alarm_fact_table import FactTable, TextTable
from views.alarm_plots import TARGET_SHARES
from views.alarm_table import SYMBOL_PX, symbol_icon
from views.alarm_text import priority_text
from views.local_text import duration, number
from views.style import Theme

_ROW_PX: Final = 40
_WORDS: Final[Mapping[str, Priority]] = {one.name.lower(): one for one in Priority}


@dataclass(frozen=True, slots=True)
class Placed:
    """Hold an alarm with the priority that runs, and what the matrix gives for it.

    ``row`` is its consequence, empty when none is stated; ``column`` counts from the longest time, and is the
    number of borders plus one when no time is stated. ``deserved`` None is an alert.
    """

    definition: AlarmDefinition
    running: Priority
    row: str
    column: int
    deserved: Priority | None

    @property
    def fits(self) -> bool:
        """Tell whether it runs with the priority that it deserves; one that states too little fits."""
        return not self.row or self.deserved is self.running


def placed(
    definitions: Sequence[AlarmDefinition], matrix: PriorityMatrix, running: Mapping[str, Priority]
) -> list[Placed]:
    """Return where in the matrix each alarm lies; ``running`` has the priorities that were changed since."""
    found = []
    for item in definitions:
        if item.message_class is not MessageClass.ALARM:
            continue
        time_s = item.time_to_respond_s
        column = sum(time_s <= border_s for border_s in matrix.times_s) if time_s else len(matrix.times_s) + 1
        row = item.consequence_level if time_s and item.consequence_level in matrix.rows else ""
        deserved = matrix.of_alarm(row, time_s) if row else None
        priority = running.get(item.alarm_id, item.priority)
        found.append(Placed(item, priority, row, column, deserved))
    return found


class MatrixPage(QWidget):
    """Show the matrix with its alarms; a cell or a priority lists those behind it. GUI thread only."""

    back_test_requested = Signal(str)
    """The id of an alarm whose settings are to be tried on history."""

    def __init__(
        self,
        matrix: PriorityMatrix,
        definitions: Sequence[AlarmDefinition],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._matrix = matrix
        self._definitions = tuple(definitions)
        self._theme = theme
        self._symbols: dict[Priority, QIcon] = {}
        self.placed: list[Placed] = []
        self._listed: list[Placed] = []
        self._rows = (*reversed(tuple(matrix.rows)), "")
        self.cells = self._table(self.tr("Priority matrix"))
        self.cells.setRowCount(len(self._rows))
        self.cells.setColumnCount(len(matrix.times_s) + 2)
        self.cells.setVerticalHeaderLabels([self._row_text(name) for name in self._rows])
        self.cells.setHorizontalHeaderLabels(self._times())
        self.shares = self._table(self.tr("Priorities"))
        self.shares.setRowCount(len(Priority))
        self.shares.setColumnCount(3)
        self.shares.setHorizontalHeaderLabels([self.tr("Alarms"), self.tr("Share"), self.tr("Target")])
        self.shares.setVerticalHeaderLabels([priority_text(priority) for priority in Priority])
        self.listed = FactTable(
            TextTable(
                [
                    self.tr("Alarm"), self.tr("Description"), self.tr("If nothing is done"),
                    self.tr("Consequence"), self.tr("Time to respond"), self.tr("Runs with"),
                    self.tr("Deserves"),
                ],
                self,
            ),
            ("COMM.conveyors", "Product tank temperature very high", "", "Not stated", "00 min 00 s",
             "Medium x", "Medium x"),
            2,
            self,
        )  # fmt: skip
        self.listed.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.try_settings = QPushButton(self.tr("Try other settings…"), self)
        self.try_settings.setToolTip(self.tr("Try another priority of this alarm on stored history"))
        self.try_settings.clicked.connect(self._ask_back_test)
        self.show_all = QPushButton(self.tr("Show all"), self)
        self.show_all.clicked.connect(self._show_all)
        self.cells.itemSelectionChanged.connect(self._on_cell)
        self.shares.itemSelectionChanged.connect(self._on_share)
        self.listed.selectionModel().selectionChanged.connect(self._refresh_buttons)
        self.listed.model().modelReset.connect(self._refresh_buttons)
        self._lay_out()
        self.set_differences(())

    def _table(self, name: str) -> QTableWidget:
        table = QTableWidget(self)
        table.setAccessibleName(name)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setIconSize(QSize(SYMBOL_PX, SYMBOL_PX))
        table.setTabKeyNavigation(False)
        for header in (table.horizontalHeader(), table.verticalHeader()):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return table

    def _times(self) -> list[str]:
        borders = [duration(time_s) for time_s in self._matrix.times_s]
        first = self.tr("More than {time}").format(time=borders[0])
        between = [
            self.tr("{least} to {most}").format(least=least, most=most) for most, least in pairwise(borders)
        ]
        last = self.tr("At most {time}").format(time=borders[-1])
        return [first, *between, last, self.tr("No time stated")]

    def _lay_out(self) -> None:
        upper = QWidget(self)
        tables = QHBoxLayout(upper)
        tables.setContentsMargins(0, 0, 0, 0)
        tables.setSpacing(10)
        for table, title, stretch in (
            (self.cells, self.tr("Consequence of doing nothing, by the time to respond"), 7),
            (self.shares, self.tr("Priorities of all alarms"), 3),
        ):
            head = QLabel(title, self)
            head.setProperty("role", "title")
            column = QVBoxLayout()
            column.addWidget(head)
            column.addWidget(table)
            column.addStretch(1)
            tables.addLayout(column, stretch)
            table.setFixedHeight(
                table.rowCount() * _ROW_PX + table.horizontalHeader().sizeHint().height() + 4
            )
        lower = QWidget(self)
        head_line = QHBoxLayout()
        head_line.addWidget(self.title, 1)
        head_line.addWidget(self.show_all)
        head_line.addWidget(self.try_settings)
        rows = QVBoxLayout(lower)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.addLayout(head_line)
        rows.addWidget(self.listed, 1)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.addWidget(upper)
        parts.addWidget(lower)
        parts.setStretchFactor(1, 1)
        parts.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.summary)
        layout.addWidget(parts, 1)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self._symbols.clear()
        self._fill()

    def set_differences(self, differences: Sequence[SettingDifference]) -> None:
        """Take in with which priorities alarms run otherwise than the project says."""
        running = {
            item.alarm_id: _WORDS[str(item.running)]
            for item in differences
            if item.setting == "priority" and str(item.running) in _WORDS
        }
        self.placed = placed(self._definitions, self._matrix, running)
        self._fill()
        self._show_all()

    def _symbol(self, priority: Priority) -> QIcon:
        if priority not in self._symbols:
            self._symbols[priority] = symbol_icon(priority, self._theme)
        return self._symbols[priority]

    def _fill(self) -> None:
        for row, name in enumerate(self._rows):
            for column in range(self.cells.columnCount()):
                self.cells.setItem(row, column, self._cell(name, column))
        all_of_them = max(1, len(self.placed))
        for row, priority in enumerate(Priority):
            count = sum(item.running is priority for item in self.placed)
            texts = (
                number(count),
                f"{number(100 * count / all_of_them, 1)} %",
                f"{number(TARGET_SHARES[priority])} %",
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if not column:
                    item.setIcon(self._symbol(priority))
                self.shares.setItem(row, column, item)
        wrong = sum(not item.fits for item in self.placed)
        unstated = sum(not item.row for item in self.placed)
        facts = (
            (self.tr("Alarms: {n}"), len(self.placed)),
            (self.tr("without a consequence or a time: {n}"), unstated),
            (self.tr("with another priority than they deserve: {n}"), wrong),
        )
        self.summary.setText(" · ".join(text.format(n=number(count)) for text, count in facts))

    def _cell(self, name: str, column: int) -> QTableWidgetItem:
        members = self._members(name, column)
        count = number(len(members))
        is_timed = column <= len(self._matrix.times_s)
        if not name or not is_timed:
            return QTableWidgetItem(count if members else "")
        priority = self._matrix.rows[name][column]
        wrong = sum(not item.fits for item in members)
        text = count
        if priority is None:
            text = self.tr("Alert: {n}").format(n=count)
        if wrong:
            text += " · " + self.tr("other priority: {n}").format(n=number(wrong))
        item = QTableWidgetItem(text)
        if priority is not None:
            item.setIcon(self._symbol(priority))
        word = priority_text(priority) if priority is not None else self.tr("Alert")
        item.setToolTip(self.tr("The matrix gives: {priority}").format(priority=word))
        return item

    def _members(self, name: str, column: int) -> list[Placed]:
        return [item for item in self.placed if item.row == name and item.column == column]

    def _row_text(self, name: str) -> str:
        """Return what a row is called: the usual names in the language, a site's own ones as they are."""
        return {
            "": self.tr("Not stated"),
            "minor": self.tr("minor"),
            "major": self.tr("major"),
            "severe": self.tr("severe"),
            "danger": self.tr("danger"),
        }.get(name, name)

    # The alarms behind a cell

    @Slot()
    def _on_cell(self) -> None:
        chosen = self.cells.selectedIndexes()
        if not chosen:
            return
        self.shares.clearSelection()
        name, column = self._rows[chosen[0].row()], chosen[0].column()
        title = f"{self._row_text(name)} · {self._times()[column]}"
        self._list(title, self._members(name, column))

    @Slot()
    def _on_share(self) -> None:
        chosen = self.shares.selectedIndexes()
        if not chosen:
            return
        self.cells.clearSelection()
        priority = list(Priority)[chosen[0].row()]
        self._list(priority_text(priority), [item for item in self.placed if item.running is priority])

    @Slot()
    def _show_all(self) -> None:
        self.cells.clearSelection()
        self.shares.clearSelection()
        ordered = sorted(self.placed, key=lambda item: (item.fits, item.running, item.definition.alarm_id))
        self._list(self.tr("All alarms"), ordered)

    def _list(self, title: str, members: Sequence[Placed]) -> None:
        self._listed = list(members)
        rows, keys = [], []
        for item in self._listed:
            definition = item.definition
            deserved = "–"
            if item.row:
                deserved = self.tr("Alert") if item.deserved is None else priority_text(item.deserved)
                deserved += "" if item.fits else "  !"
            respond_s = definition.time_to_respond_s
            rows.append(
                (
                    definition.alarm_id,
                    definition.description or definition.name,
                    definition.consequence,
                    self._row_text(item.row),
                    duration(respond_s) if respond_s else self.tr("Not stated"),
                    priority_text(item.running),
                    deserved,
                )
            )
            rank = 0 if item.deserved is None else int(item.deserved)
            keys.append((*rows[-1][:4], respond_s, int(item.running), rank))
        self.listed.facts.show_rows(rows, keys)
        self.listed.set_hint("" if rows else self.tr("No alarm lies in this cell."))
        self.title.setText(self.tr("{title}: %Ln alarm(s)", "", len(rows)).format(title=title))
        self._refresh_buttons()

    @Slot()
    def _refresh_buttons(self) -> None:
        self.try_settings.setEnabled(bool(self.listed.chosen_places()))
        is_all = not self.cells.selectedIndexes() and not self.shares.selectedIndexes()
        self.show_all.setEnabled(not is_all)

    @Slot()
    def _ask_back_test(self) -> None:
        places = self.listed.chosen_places()
        if places:
            self.back_test_requested.emit(self._listed[places[0]].definition.alarm_id)
