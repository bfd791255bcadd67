"""The tags of one connection with value, status and age, and a filter on those that are not good."""

import time
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.desktop.live import LiveSource
from tags.model import Tag
from tags.status import name, qualities
from views.local_text import age, number, value_text

Index = QModelIndex | QPersistentModelIndex
REFRESH_MS = 500
_PATH, _VALUE, _STATUS, _AGE, _ADDRESS, _DESCRIPTION = range(6)
_WIDTHS_PX = (250, 140, 170, 120, 110)
_NARROW_PX = 1_150
"""Of what a table is wider, paths, addresses and descriptions get a third each."""


class ConnectionTagModel(QAbstractTableModel):
    """Show rows of the live columns; nothing is copied but the ids of the rows that pass the filter."""

    def __init__(self, live: LiveSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._live = live
        self._all: list[Tag] = []
        self._text = ""
        self._only_bad = False
        self.rows: list[Tag] = []

    def set_connection(self, connection: str) -> None:
        """Show the tags of this connection."""
        self._all = [tag for tag in self._live.tags if tag.connection == connection]
        self.refresh()

    def set_filter(self, text: str, *, only_bad: bool) -> None:
        """Show the tags whose path or description has the text, and that are not good."""
        self._text, self._only_bad = text.casefold().strip(), only_bad
        self.refresh()

    @property
    def tag_ids(self) -> list[int]:
        """Return the ids of all tags of the connection."""
        return [tag.id for tag in self._all]

    @property
    def read_ids(self) -> list[int]:
        """Return the ids of the tags that are read: one that is only written has no value to be good."""
        return [tag.id for tag in self._all if tag.access.is_readable]

    def not_good(self) -> int:
        """Return how many of the tags that are read are not good."""
        ids = np.array(self.read_ids, np.int32)
        return int(np.count_nonzero(qualities(self._live.statuses[ids])))

    def refresh(self) -> None:
        """Take up present values; rows come and go with the filter."""
        rows = [tag for tag in self._all if self._passes(tag)]
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows:
            last = self.index(len(rows) - 1, _AGE)
            self.dataChanged.emit(self.index(0, _VALUE), last, [Qt.ItemDataRole.DisplayRole])

    def _passes(self, tag: Tag) -> bool:
        is_bad = tag.access.is_readable and int(self._live.statuses[tag.id]) >> 30
        if self._only_bad and not is_bad:
            return False
        return not self._text or self._text in f"{tag.path} {tag.description}".casefold()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802, ARG002
        """Return the number of columns."""
        return 6

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the columns' titles."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return [
            self.tr("Tag"),
            self.tr("Value"),
            self.tr("Status"),
            self.tr("Age"),
            self.tr("Address"),
            self.tr("Description"),
        ][section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        tag = self.rows[index.row()]
        match index.column():
            case 0:
                return tag.path
            case 1:
                return value_text(self._live.value(tag.id), tag, tag.unit)
            case 2:
                if not tag.access.is_readable:
                    return self.tr("Only written")
                return name(int(self._live.statuses[tag.id]))
            case 3:
                source_ns = int(self._live.source_ns[tag.id])
                return age(source_ns, time.time_ns()) if source_ns else "—"
            case 4:
                return tag.address.text if tag.address is not None else ""
            case _:
                return tag.description


class ConnectionTags(QWidget):
    """List a connection's tags; a double click explains the value. Looks at nothing while hidden."""

    why_requested = Signal(str)

    def __init__(self, live: LiveSource, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = ConnectionTagModel(live, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search path or description"))
        self.search.setClearButtonEnabled(True)
        self.only_bad = QCheckBox(self.tr("Only those that are not good"), self)
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.why = QPushButton(self.tr("Why this value?"), self)
        self.why.clicked.connect(self._ask_why)
        self.search.textChanged.connect(self._filter)
        self.only_bad.toggled.connect(self._filter)
        self.table = QTableView(self)
        self.table.setAccessibleName(self.tr("Tags of the connection"))
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self._hint = QLabel(self.table.viewport())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setProperty("role", "muted")
        self.table.viewport().installEventFilter(self)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS_PX):
            self.table.setColumnWidth(column, width)
        self.table.doubleClicked.connect(self._ask_why)
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        line.addWidget(self.only_bad)
        line.addWidget(self.count)
        line.addWidget(self.why)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self.table, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._refresh)

    def set_connection(self, connection: str) -> None:
        """Show the tags of this connection."""
        self.model.set_connection(connection)
        self._refresh()

    def selected_path(self) -> str:
        """Return the path of the selected row, empty when none is."""
        rows: Sequence[QModelIndex] = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()].path if rows else ""

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Follow the values from now on."""
        self._timer.start()
        self._refresh()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Follow them no more."""
        self._timer.stop()
        super().hideEvent(event)

    @Slot()
    def _filter(self) -> None:
        self.model.set_filter(self.search.text(), only_bad=self.only_bad.isChecked())
        self._tell_hint()

    @Slot()
    def _refresh(self) -> None:
        self.model.refresh()
        text = QCoreApplication.translate("ConnectionTags", "{bad} of {all} not good")
        self.count.setText(
            text.format(bad=number(self.model.not_good()), all=number(len(self.model.read_ids)))
        )
        self._tell_hint()

    def _tell_hint(self) -> None:
        text = ""
        if not self.model.tag_ids:
            text = self.tr("This connection has no tags.")
        elif not self.model.rows and self.only_bad.isChecked() and not self.model.not_good():
            text = self.tr("Every tag is good.")
        elif not self.model.rows:
            text = self.tr("No tag matches the search.")
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep the hint in the middle of the table, and share out the room that a wide one has."""
        if event.type() == QEvent.Type.Resize:
            self._hint.setGeometry(self.table.viewport().rect())
            share = max(0, self.table.viewport().width() - _NARROW_PX) // 3
            for column in (_PATH, _ADDRESS):
                self.table.setColumnWidth(column, _WIDTHS_PX[column] + share)
        return super().eventFilter(watched, event)

    @Slot()
    def _ask_why(self) -> None:
        path = self.selected_path()
        if path:
            self.why_requested.emit(path)
