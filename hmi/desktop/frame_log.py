"""The live frame log of one connection: every frame in hex and in words, to be filtered, paused and saved."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontDatabase, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.desktop.background import Background
from hmi.desktop.client import StationClient
from hmi.desktop.connector import LinkState
from hmi.desktop.saving import ask_file
from hmi.link import Traffic
from tags.drivers.frames import Direction, Frame
from views.local_text import local_time, number

Index = QModelIndex | QPersistentModelIndex
KEPT = 5_000
BYTES_PER_ROW = 16
WHOLE_PX = 112
"""Height of the frame selected: meaning and five rows of bytes; longer ones scroll."""


def hex_text(data: bytes) -> str:
    """Return bytes in hexadecimal, in pairs."""
    return data.hex(" ").upper()


def whole_text(frame: Frame) -> str:
    """Return a frame with its meaning and all of its bytes, sixteen to a line behind their offset."""
    rows = [frame.text]
    rows += [
        f"{at:04X}  {hex_text(frame.data[at : at + BYTES_PER_ROW])}"
        for at in range(0, len(frame.data), BYTES_PER_ROW)
    ]
    if frame.size > len(frame.data):
        rows.append("…")
    return "\n".join(rows)


def line(frame: Frame) -> str:
    """Return a frame as one line of a saved log: time, direction, length, bytes, meaning."""
    arrow = ">" if frame.direction is Direction.SENT else "<"
    return "\t".join((local_time(frame.time_ns), arrow, str(frame.size), hex_text(frame.data), frame.text))


class FrameModel(QAbstractTableModel):
    """Hold the newest frames and those of them that pass the filter."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._all: list[Frame] = []
        self._text = ""
        self.rows: list[Frame] = []

    def append(self, frames: Sequence[Frame]) -> None:
        """Add frames; the oldest beyond :data:`KEPT` go."""
        self._all.extend(frames)
        if len(self._all) > KEPT:
            del self._all[: len(self._all) - KEPT]
            oldest = self._all[0].number
            gone = next(
                (row for row, frame in enumerate(self.rows) if frame.number >= oldest), len(self.rows)
            )
            if gone:
                self.beginRemoveRows(QModelIndex(), 0, gone - 1)
                del self.rows[:gone]
                self.endRemoveRows()
        new = [frame for frame in frames[-KEPT:] if self._passes(frame)]
        if new:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(new) - 1)
            self.rows.extend(new)
            self.endInsertRows()

    def set_filter(self, text: str) -> None:
        """Show the frames whose bytes or meaning have the text."""
        self._text = text.casefold().strip()
        self.beginResetModel()
        self.rows = [frame for frame in self._all if self._passes(frame)]
        self.endResetModel()

    @property
    def has_frames(self) -> bool:
        """Tell whether there are frames, shown or not."""
        return bool(self._all)

    def clear(self) -> None:
        """Forget all frames."""
        self.beginResetModel()
        self._all, self.rows = [], []
        self.endResetModel()

    def _passes(self, frame: Frame) -> bool:
        return not self._text or self._text in f"{hex_text(frame.data)}\t{frame.text}".casefold()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802, ARG002
        """Return the number of columns."""
        return 5

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the columns' titles."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        titles = [self.tr("Time"), self.tr("Direction"), self.tr("Bytes"), self.tr("Meaning"), self.tr("Hex")]
        return titles[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text; bytes are in a font of even widths."""
        frame = self.rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.FontRole and column == 4:
            return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        if role == Qt.ItemDataRole.ToolTipRole and column >= 3:
            return frame.text if column == 3 else hex_text(frame.data)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == 0:
            return local_time(frame.time_ns).partition(" ")[2]
        if column == 1:
            return self.tr("→ sent") if frame.direction is Direction.SENT else self.tr("← received")
        if column == 2:
            return number(frame.size)
        return frame.text if column == 3 else hex_text(frame.data)


class FrameLog(QWidget):
    """Follow the frames of a connection while visible; hidden, the station keeps none for this window."""

    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""

    def __init__(self, client: StationClient, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self._client = client
        self._background = background
        self.dialog: QFileDialog | None = None
        self._connection = ""
        self._lost = 0
        self.model = FrameModel(self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Filter by bytes (03 00) or meaning"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.model.set_filter)
        self.pause = QCheckBox(self.tr("Pause"), self)
        clear = QPushButton(self.tr("Clear"), self)
        clear.clicked.connect(self.model.clear)
        save = QPushButton(self.tr("Save…"), self)
        save.clicked.connect(self._ask_file)
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self.table = QTableView(self)
        self.table.setAccessibleName(self.tr("Frame log"))
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for column, width in enumerate((135, 105, 65, 400)):
            self.table.setColumnWidth(column, width)
        self._hint = QLabel(self.table.viewport())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setProperty("role", "muted")
        self.table.viewport().installEventFilter(self)
        self.whole = QPlainTextEdit(self)
        self.whole.setAccessibleName(self.tr("The frame selected, in full"))
        self.whole.setProperty("role", "code")
        self.whole.setReadOnly(True)
        self.whole.setFixedHeight(WHOLE_PX)
        self.whole.setPlaceholderText(self.tr("Select a frame to see all of it."))
        self.table.selectionModel().selectionChanged.connect(self._show_whole)
        self.model.modelReset.connect(self._tell_hint)
        self.model.modelReset.connect(self._show_whole)
        self.model.rowsInserted.connect(self._tell_hint)
        row = QHBoxLayout()
        row.addWidget(self.search, 1)
        for widget in (self.state, self.pause, clear, save):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.whole)
        self._tell_hint()
        client.traffic.connect(self._take)
        client.link_changed.connect(self._on_link)

    def set_connection(self, connection: str) -> None:
        """Follow another connection."""
        if connection != self._connection:
            self._connection = connection
            self._lost = 0
            self.model.clear()
            if self.isVisible():
                self._client.watch_frames(connection)

    def save(self, path: Path, frames: Sequence[Frame]) -> None:
        """Write frames into a text file, one line each, beside the GUI thread; told when it is done."""

        def work() -> None:
            path.write_text("".join(f"{line(frame)}\n" for frame in frames), encoding="utf-8")

        def done(outcome: Exception | None) -> None:
            if outcome is None:
                text = self.tr("Frames written to {path}: {count}")
                self.told.emit(text.format(path=path, count=number(len(frames))), False)
            else:
                text = self.tr("{path} was not written: {error}")
                error = getattr(outcome, "strerror", None) or outcome
                self.told.emit(text.format(path=path, error=error), True)

        self._background.run(work, done)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Have frames kept and sent from now on."""
        self.state.setText("")
        if self._connection:
            self._client.watch_frames(self._connection)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Have no more kept."""
        if self._connection:
            self._client.watch_frames("")
        super().hideEvent(event)

    @Slot()
    def _show_whole(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self.whole.setPlainText(whole_text(self.model.rows[rows[0].row()]))
        else:
            self.whole.clear()

    @Slot()
    def _tell_hint(self) -> None:
        text = ""
        if not self.model.rows:
            is_filtered = bool(self.search.text().strip()) and self.model.has_frames
            text = self.tr("No frame matches the filter.") if is_filtered else self.tr("Waiting for frames…")
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep the hint in the middle of the table."""
        if event.type() == QEvent.Type.Resize:
            self._hint.setGeometry(self.table.viewport().rect())
        return super().eventFilter(watched, event)

    @Slot(object, str)
    def _on_link(self, state: LinkState, text: str) -> None:
        if not self.isVisible():
            return
        if state is LinkState.CONNECTED and self._connection:
            self._client.watch_frames(self._connection)
        else:
            self.state.setText(text)

    @Slot(object)
    def _take(self, message: Traffic) -> None:
        if message.connection != self._connection or not self.isVisible():
            return
        if not message.available:
            self.state.setText(self.tr("This connection's driver shows no frames."))
            self._hint.hide()
            return
        if self.pause.isChecked():
            self._lost += len(message.frames)
        else:
            self._lost += message.lost
            bar = self.table.verticalScrollBar()
            at_end = bar.value() >= bar.maximum() - 2
            self.model.append(message.frames)
            if at_end:
                self.table.scrollToBottom()
        text = self.tr("%Ln left out", "", self._lost) if self._lost else ""
        self.state.setText(text)

    @Slot()
    def _ask_file(self) -> None:
        frames = tuple(self.model.rows)  # those seen now; more come while the dialog is open
        self.dialog = ask_file(
            self,
            self.tr("Save the frames shown"),
            self.tr("{connection}-frames").format(connection=self._connection),
            {".txt": self.tr("Text file")},
            lambda path: self.save(path, frames),
        )
