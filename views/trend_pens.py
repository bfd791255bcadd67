"""The table of a trend's pens: value now and at the cursor, quality, time, scale."""

import time
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from historian.model import gap_reason
from tags.source import TagSource
from tags.status import Quality, quality
from tags.status import name as status_name
from views.column_widths import fit_columns
from views.event_words import gap_text
from views.local_text import local_time, number, value_text
from views.style import Theme, font
from views.trend_pen import Pen, Reading
from views.trend_plot import TrendPlot

_Index = QModelIndex | QPersistentModelIndex
_ROW_PX = 28
_LEAST_DESCRIPTION_PX = 160
"""With less room descriptions are in the tool tip only."""
_ROOM_PX = 26
"""What the style keeps free beside the text of a cell."""
_Display = Qt.ItemDataRole.DisplayRole


class PenColumn(IntEnum):
    """Name the pen table's columns, in order."""

    PEN = 0
    TAG = 1
    DESCRIPTION = 2
    NOW = 3
    CURSOR = 4
    QUALITY = 5
    TIME = 6
    SCALE = 7
    REMOVE = 8


class PenTableModel(QAbstractTableModel):
    """Show the plot's pens with their value now and at the cursor."""

    def __init__(self, plot: TrendPlot, source: TagSource, parent: QObject) -> None:
        super().__init__(parent)
        self._plot = plot
        self._source = source

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of pens."""
        return 0 if parent.isValid() else len(self._plot.pens)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(PenColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Display) -> Any:  # noqa: N802
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != _Display:
            return None
        return {
            PenColumn.PEN: self.tr("Pen"),
            PenColumn.TAG: self.tr("Tag"),
            PenColumn.DESCRIPTION: self.tr("Description"),
            PenColumn.NOW: self.tr("Now"),
            PenColumn.CURSOR: self.tr("At cursor"),
            PenColumn.QUALITY: self.tr("Quality"),
            PenColumn.TIME: self.tr("Sample time"),
            PenColumn.SCALE: self.tr("Scale"),
            PenColumn.REMOVE: "",
        }[PenColumn(section)]

    def data(self, index: _Index, role: int = _Display) -> Any:
        """Return a cell's text."""
        if not index.isValid() or index.row() >= len(self._plot.pens):
            return None
        column = PenColumn(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (PenColumn.NOW, PenColumn.CURSOR):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column is PenColumn.PEN:
            return self.tr("Show or hide this pen")
        if role == Qt.ItemDataRole.ToolTipRole and column is PenColumn.REMOVE:
            return self.tr("Remove this pen")
        if role not in (_Display, Qt.ItemDataRole.ToolTipRole):
            return None
        pen = self._plot.pens[index.row()]
        tag = pen.tag
        match column:
            case PenColumn.TAG:
                return f"{tag.path}\n{tag.description}" if role == Qt.ItemDataRole.ToolTipRole else tag.path
            case PenColumn.DESCRIPTION:
                return tag.description
            case PenColumn.NOW:
                return value_text(self._source.value(tag.id), tag, tag.unit)
            case PenColumn.CURSOR:
                is_tip = role == Qt.ItemDataRole.ToolTipRole
                return self._extremes_text(pen) if is_tip else self._cursor_text(pen)
            case PenColumn.QUALITY:
                reading = self._reading(pen)
                status = reading.status if reading is not None else int(self._source.statuses[tag.id])
                if role == Qt.ItemDataRole.ToolTipRole:
                    return f"{status_name(status)}\n{self.tr('Sample time')} {self._time_text(pen)}"
                return quality_word(status)
            case PenColumn.TIME:
                return self._time_text(pen)
            case PenColumn.SCALE:
                return "" if pen.states else f"{number(pen.low)} … {number(pen.high)} {tag.unit}".rstrip()
            case _:
                return ""

    def _reading(self, pen: Pen) -> Reading | None:
        at_ns = self._plot.cursor_ns
        return self._plot.reading(pen, at_ns) if at_ns is not None else None

    def _time_text(self, pen: Pen) -> str:
        reading = self._reading(pen)
        time_ns = reading.time_ns if reading is not None else int(self._source.source_ns[pen.tag.id])
        return local_time(time_ns, now_ns=time.time_ns())

    def _cursor_text(self, pen: Pen) -> str:
        reading = self._reading(pen)
        if reading is None:
            return ""
        return value_text(None if reading.value != reading.value else reading.value, pen.tag, pen.tag.unit)

    def _extremes_text(self, pen: Pen) -> str:
        reading = self._reading(pen)
        if reading is None or not reading.high > reading.low:
            return self._cursor_text(pen)
        tag = pen.tag
        return self.tr("Between {low} and {high} in this pixel").format(
            low=value_text(reading.low, tag, tag.unit), high=value_text(reading.high, tag, tag.unit)
        )

    def pens_changed(self) -> None:
        """Follow a change of the pens themselves."""
        self.beginResetModel()
        self.endResetModel()

    def values_changed(self) -> None:
        """Follow new values or another cursor."""
        if self._plot.pens:
            last = self.index(len(self._plot.pens) - 1, PenColumn.SCALE)
            self.dataChanged.emit(self.index(0, PenColumn.NOW), last)


class _PenDelegate(QStyledItemDelegate):
    """Paint a pen's colour and number, and the cross that removes it."""

    def __init__(self, plot: TrendPlot, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._plot = plot
        self.theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        rect = QRectF(option.rect)
        pen = self._plot.pens[index.row()]
        painter.save()
        if index.column() == PenColumn.PEN:
            box = QRectF(0, 0, 22, 18)
            box.moveCenter(rect.center())
            color = self.theme.pens[pen.slot]
            painter.setPen(color)
            painter.setBrush(color if pen.is_visible else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(self.theme.surface if pen.is_visible else self.theme.text_muted)
            painter.setFont(font(13, bold=True))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(pen.slot + 1))
        else:
            painter.setPen(self.theme.text_muted)
            painter.setFont(font(16, bold=True))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "×")
        painter.restore()


class PenTable(QTableView):
    """The pens under the plot: click the colour to hide, the cross to remove."""

    toggled = Signal(int)
    removed = Signal(int)

    def __init__(self, model: PenTableModel, plot: TrendPlot, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._delegate = _PenDelegate(plot, theme, self)
        self.setItemDelegateForColumn(PenColumn.PEN, self._delegate)
        self.setItemDelegateForColumn(PenColumn.REMOVE, self._delegate)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(30)
        fit_columns(
            self,
            {
                PenColumn.PEN: (),
                PenColumn.DESCRIPTION: ("A description of a tag",),
                PenColumn.NOW: ("Unsuspending",),
                PenColumn.CURSOR: ("Unsuspending",),
                PenColumn.QUALITY: (QCoreApplication.translate("Quality", "Uncertain"),),
                PenColumn.TIME: ("00:00:00.000",),
                PenColumn.SCALE: ("0,000 … 0,000 kWh",),
                PenColumn.REMOVE: ("×",),
            },
        )
        self._time_px = self.columnWidth(PenColumn.TIME)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.clicked.connect(self._on_click)
        model.modelReset.connect(self.fit_height)
        model.modelReset.connect(self._share_width)
        self.fit_height()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._delegate.theme = theme
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show as much of the pens as there is room for."""
        super().resizeEvent(event)
        self._share_width()

    @Slot()
    def _share_width(self) -> None:
        """Give tags and descriptions what the values leave; times, then descriptions go to tool tips."""
        always = (PenColumn.PEN, PenColumn.NOW, PenColumn.CURSOR, PenColumn.QUALITY, PenColumn.SCALE)
        room = self.viewport().width() - sum(map(self.columnWidth, (*always, PenColumn.REMOVE)))
        tag, description = self._needed(PenColumn.TAG), self._needed(PenColumn.DESCRIPTION)
        is_described = room >= tag + min(description, _LEAST_DESCRIPTION_PX)
        self.setColumnHidden(PenColumn.DESCRIPTION, not is_described)
        is_timed = room >= tag + (description if is_described else 0) + self._time_px
        self.setColumnHidden(PenColumn.TIME, not is_timed)
        header, fixed, stretch = (
            self.horizontalHeader(),
            QHeaderView.ResizeMode.Interactive,
            QHeaderView.ResizeMode.Stretch,
        )
        header.setSectionResizeMode(PenColumn.TAG, fixed if is_described else stretch)
        header.setSectionResizeMode(PenColumn.DESCRIPTION, stretch if is_described else fixed)
        if is_described:
            self.setColumnWidth(PenColumn.TAG, tag)

    def _needed(self, column: PenColumn) -> int:
        """Return the width of a column that cuts none of its texts."""
        model, metrics = self.model(), QFontMetrics(font(14))
        texts = [str(model.index(row, column).data() or "") for row in range(model.rowCount())]
        texts.append(str(model.headerData(column, Qt.Orientation.Horizontal)))
        return max(map(metrics.horizontalAdvance, texts)) + _ROOM_PX

    @Slot()
    def fit_height(self) -> None:
        """Be as high as the pens need."""
        self.setFixedHeight(36 + _ROW_PX * self.model().rowCount() + 2)

    @Slot(QModelIndex)
    def _on_click(self, index: QModelIndex) -> None:
        if index.column() == PenColumn.PEN:
            self.toggled.emit(index.row())
        elif index.column() == PenColumn.REMOVE:
            self.removed.emit(index.row())


def quality_word(status: int) -> str:
    """Return a status's quality in one word, or why nobody recorded anything."""
    gap = gap_reason(status)
    if gap is not None:
        return gap_text(gap)
    return {
        Quality.GOOD: QCoreApplication.translate("Quality", "Good"),
        Quality.UNCERTAIN: QCoreApplication.translate("Quality", "Uncertain"),
        Quality.BAD: QCoreApplication.translate("Quality", "Bad"),
    }[quality(status)]
