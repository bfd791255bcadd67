"""Rows of texts as a table that sorts by what the texts mean, and says so when it is empty."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget

from views.style import font

_ROOM_PX: Final = 22
"""What the style keeps free beside the text of a cell or title."""
_SIGN_PX: Final = 18
"""What the sign of the order needs beside the title of the column that is sorted by."""
_ROW_PX: Final = 28
_MOST_LINES: Final = 4
WIDE_PX: Final = 1_400
"""From this width on a table shows all its columns."""
_Index = QModelIndex | QPersistentModelIndex
Cells = tuple[str, ...]


class TextTable(QAbstractTableModel):
    """Show rows of texts; sorting is by text, or by the keys given beside them."""

    def __init__(self, titles: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._rows: list[Cells] = []
        self._keys: list[tuple[Any, ...]] = []
        self._order: list[int] = []

    def show_rows(self, rows: Sequence[Cells], keys: Sequence[tuple[Any, ...]] | None = None) -> None:
        """Show these rows in their order; ``keys`` are what each cell is sorted by."""
        self.beginResetModel()
        self._rows = list(rows)
        self._keys = list(keys) if keys is not None else [tuple(row) for row in rows]
        self._order = list(range(len(self._rows)))
        self.endResetModel()

    def place(self, row: int) -> int:
        """Return which of the rows given a row of the table shows."""
        return self._order[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the columns' names."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        return self._rows[self._order[index.row()]][index.column()]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order given."""
        self.layoutAboutToBeChanged.emit()
        before = [(index, self._order[index.row()]) for index in self.persistentIndexList()]
        places = range(len(self._rows))
        if column < 0:
            self._order = list(places)
        else:
            is_descending = order is Qt.SortOrder.DescendingOrder
            self._order = sorted(places, key=lambda at: self._keys[at][column], reverse=is_descending)
        row_of = {place: row for row, place in enumerate(self._order)}
        for index, place in before:
            self.changePersistentIndex(index, self.index(row_of[place], index.column()))
        self.layoutChanged.emit()


class FactTable(QTableView):
    """Show a :class:`TextTable`: rows are chosen as a whole, one column takes the room that is left."""

    def __init__(
        self,
        model: TextTable,
        samples: Sequence[str],
        stretch: int,
        parent: QWidget,
        only_wide: Collection[int] = (),
        wide_px: int = WIDE_PX,
        *,
        wraps: bool = False,
    ) -> None:
        """Make the table; the columns ``only_wide`` are shown from a width of ``wide_px`` on.

        ``wraps`` gives a row the lines that its longest text needs: for tables of some dozens of rows.
        """
        super().__init__(parent)
        self.facts = model
        self._only_wide = only_wide
        self._stretch = stretch
        self._wide_px = wide_px
        self._roomy_px: dict[int, int] = {}
        self._tight_px: dict[int, int] = {}
        self._hint = QLabel(self.viewport())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "muted")
        self.setModel(model)
        self.setShowGrid(False)
        self._wraps = wraps
        self.setWordWrap(wraps)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(model.sort)
        model.modelReset.connect(self._on_reset)
        metrics = QFontMetrics(font(14, bold=True))
        for column, sample in enumerate(samples):
            title = str(model.headerData(column, Qt.Orientation.Horizontal))
            text_px, title_px = metrics.horizontalAdvance(sample), metrics.horizontalAdvance(title)
            self._roomy_px[column] = max(text_px, title_px + _SIGN_PX) + _ROOM_PX
            self._tight_px[column] = max(text_px, title_px) + _ROOM_PX
            self.setColumnWidth(column, self._roomy_px[column])
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        # Behind the layout: while the table is resized, the header does not tell every width that it gives.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        if wraps:
            self._later.timeout.connect(self._fit_rows)
            model.modelReset.connect(self._later.start)
            model.layoutChanged.connect(self._later.start)
            header.sectionResized.connect(lambda *_: self._later.start())

    @Slot()
    def _on_reset(self) -> None:
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def set_hint(self, text: str) -> None:
        """Show a sentence in the empty table."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def chosen_places(self) -> list[int]:
        """Return which of the rows given are selected, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.facts.place(row) for row in rows]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Keep the hint in the middle, and show more columns where there is room for them."""
        super().resizeEvent(event)
        for column in self._only_wide:
            self.setColumnHidden(column, event.size().width() < self._wide_px)
        self._fit(event.size().width())
        if self._wraps:
            self._later.start()
        # Without the column that takes the room that is left, the last one does.
        self.horizontalHeader().setStretchLastSection(self.isColumnHidden(self._stretch))
        self._hint.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))

    def _fit(self, width_px: int) -> None:
        """Leave the sign of the order no room of its own where the table has none to spare."""
        shown = [column for column in self._roomy_px if not self.isColumnHidden(column)]
        is_tight = sum(self._roomy_px[column] for column in shown) > width_px
        for column in shown:
            if column != self._stretch:
                self.setColumnWidth(column, (self._tight_px if is_tight else self._roomy_px)[column])

    @Slot()
    def _fit_rows(self) -> None:
        """Give each row the lines that the longest of its texts needs in the width of its column."""
        metrics = self.fontMetrics()
        shown = [column for column in range(self.facts.columnCount()) if not self.isColumnHidden(column)]
        for row in range(self.facts.rowCount()):
            most = 1
            for column in shown:
                room = QRect(0, 0, max(self.columnWidth(column) - _ROOM_PX, 1), 10_000)
                text = self.facts.data(self.facts.index(row, column))
                # The height tells nothing of one line: a sign of another font may be higher than the letters.
                if metrics.horizontalAdvance(text) > room.width():
                    box = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
                    most = max(most, round(box.height() / metrics.lineSpacing()))
            self.setRowHeight(row, _ROW_PX + (min(most, _MOST_LINES) - 1) * metrics.lineSpacing())
