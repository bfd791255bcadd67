"""The table of the alarm list: symbols, rows in view, acknowledging by keyboard."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QFontMetrics, QIcon, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from alarms.model import Priority
from views.alarm_book import is_unacknowledged
from views.alarm_fold import Grouping
from views.alarm_rows import AlarmListModel, Column
from views.column_widths import ROOM_PX
from views.style import Theme, font, paint_alarm_symbol

ROW_PX = 30
ROOMY_PX = 1_250
"""From this width on the table shows the columns that it can do without."""
SYMBOL_PX = 20

_Index = QModelIndex | QPersistentModelIndex


class AlarmDelegate(QStyledItemDelegate):
    """Paint the priority's symbol, and unacknowledged rows in bold; only the symbol flashes (HMI-08)."""

    def __init__(self, model: AlarmListModel, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.theme = theme
        self.blink_on = True
        self._bold = font(14, bold=True)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: N802
        """Set text, font and background; Qt's own asks the model for seven roles of each cell."""
        option.text = self._model.data(index)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
        if is_unacknowledged(self._model.row_at(index.row())):
            option.font = self._bold
        if self._model.fold_at(index.row()) is not None:
            option.backgroundBrush = QBrush(self.theme.panel)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a cell; the row counts as seen once its symbol is painted."""
        super().paint(painter, option, index)
        if index.column() != Column.SYMBOL:
            return
        row = self._model.row_at(index.row())
        self._model.mark_seen(index.row())
        rect: QRect = option.rect
        box = QRectF(0, 0, SYMBOL_PX, SYMBOL_PX)
        box.moveCenter(QRectF(rect).center())
        flashes = is_unacknowledged(row)
        paint_alarm_symbol(painter, box, row.priority, not flashes, self.blink_on, self.theme)


class AlarmTable(QTableView):
    """The table itself: acknowledges by keyboard, opens folds, tells what it shows or that it is empty."""

    acknowledge_pressed = Signal()
    activated_row = Signal(int)
    fold_requested = Signal(int, bool)
    """The row of a fold, and whether it is to be open."""

    def __init__(self, model: AlarmListModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._widening: tuple[int, int, int, int] | None = None
        self._columns: tuple[frozenset[int], frozenset[int]] = (frozenset(Column), frozenset())
        self._alarms = model
        self._hint = QLabel(self.viewport())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setProperty("role", "muted")
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(36)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for told in (model.heads_moved, model.modelReset):
            told.connect(self._span_folds)
        self._spanned = False
        self.doubleClicked.connect(self._on_double_click)
        self.clicked.connect(self._on_click)

    def set_hint(self, text: str) -> None:
        """Show a sentence in the empty table."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def rows_in_view(self) -> range:
        """Return the rows that are on the screen now."""
        model = self.model()
        if not model.rowCount():
            return range(0)
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        return range(max(first, 0), (last if last >= 0 else model.rowCount() - 1) + 1)

    def selected_rows(self) -> list[int]:
        """Return the selected rows from top to bottom."""
        # By ranges: asking Qt for the rows calls the model many times for each of them.
        chosen = self.selectionModel().selection()
        ranges = (chosen.at(place) for place in range(chosen.size()))
        return sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})

    def show_columns(self, columns: Collection[int], only_wide: Collection[int] = ()) -> None:
        """Show these columns and hide the others; those ``only_wide`` are hidden while the room is short."""
        self._columns = frozenset(columns), frozenset(only_wide)
        self._hide_columns(self.viewport().width())

    def _hide_columns(self, width_px: int) -> None:
        columns, only_wide = self._columns
        shown = columns if width_px >= ROOMY_PX else columns - only_wide
        for column in range(self.model().columnCount()):
            self.setColumnHidden(column, column not in shown)

    def fit_columns(self, samples: Mapping[int, str], stretch: int) -> None:
        """Make each column as wide as its sample text; one takes what is left."""
        metrics = QFontMetrics(font(14, bold=True))
        for column, text in samples.items():
            title = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
            self.setColumnWidth(
                column, max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(title) + 18) + ROOM_PX
            )
        self.horizontalHeader().setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def widen(self, column: int, sample: str, from_px: int) -> None:
        """Give a column room for a longer sample text as soon as the table is this wide."""
        wide_px = QFontMetrics(font(14, bold=True)).horizontalAdvance(sample) + ROOM_PX
        self._widening = (column, self.columnWidth(column), wide_px, from_px)

    @Slot()
    def _span_folds(self) -> None:
        """Give the text of a fold the room of the columns behind it."""
        model = self._alarms
        if self._spanned:
            self.clearSpans()
        self._spanned = model.grouping is not Grouping.NONE
        if self._spanned:
            for row in model.heads():
                self.setSpan(row, Column.MESSAGE, 1, len(Column) - Column.MESSAGE)

    def _on_double_click(self, index: QModelIndex) -> None:
        if self._alarms.fold_at(index.row()) is None:
            self.activated_row.emit(index.row())

    def _on_click(self, index: QModelIndex) -> None:
        # With Shift or Ctrl the click is about the selection.
        if QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self._fold(index.row(), None)

    def _fold(self, row: int, is_open: bool | None) -> bool:
        """Ask to open or close (None: the other one) a row; False when it is no fold."""
        head = self._alarms.fold_at(row) if 0 <= row < self._alarms.rowCount() else None
        if head is not None:
            self.fold_requested.emit(row, not head.is_open if is_open is None else is_open)
        return head is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Acknowledge with Space and Enter, open and close a fold with Right and Left."""
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left) and self._fold(
            self.currentIndex().row(), event.key() == Qt.Key.Key_Right
        ):
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():  # held since before the list was there, nobody has seen its alarms
                self.acknowledge_pressed.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the hint in the middle, and give a wide table's columns their room."""
        super().resizeEvent(event)
        self._hint.setGeometry(self.viewport().rect())
        before, now = event.oldSize().width(), event.size().width()
        if (before >= ROOMY_PX) is not (now >= ROOMY_PX):
            self._hide_columns(now)
        if self._widening is not None:
            column, narrow_px, wide_px, from_px = self._widening
            # Only when the limit is passed, so that a width which the operator dragged stays.
            if (before >= from_px) is not (now >= from_px):
                self.setColumnWidth(column, wide_px if now >= from_px else narrow_px)


def symbol_icon(priority: Priority, theme: Theme, *, acknowledged: bool = True) -> QIcon:
    """Return a priority's symbol as an icon."""
    pixmap = QPixmap(QSize(SYMBOL_PX, SYMBOL_PX) * 2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    side = 2.0 * SYMBOL_PX
    paint_alarm_symbol(painter, QRectF(0, 0, side, side), priority, acknowledged, True, theme)
    painter.end()
    pixmap.setDevicePixelRatio(2)
    result = QIcon(pixmap)
    # Else Qt tints it in a selected row, and the colour says another priority.
    result.addPixmap(pixmap, QIcon.Mode.Selected)
    return result
