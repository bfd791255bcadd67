"""The list to choose a trend's pens from: logged tags, found by words."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from tags.model import DataType, LogMode, Tag, TagTable
from views.style import Theme, font
from views.trend_pen import MOST_PENS
from views.trend_plot import TrendPlot

_Index = QModelIndex | QPersistentModelIndex
_Display = Qt.ItemDataRole.DisplayRole


def can_trend(tag: Tag) -> bool:
    """Tell whether a tag can be a pen: it is logged, and a number or a state."""
    return tag.log.mode is not LogMode.OFF and (tag.data_type.is_numeric or tag.data_type is DataType.BOOL)


class TagListModel(QAbstractListModel):
    """List the tags that can be pens, found by parts of path and description."""

    def __init__(self, tags: TagTable, plot: TrendPlot, parent: QObject) -> None:
        super().__init__(parent)
        self._plot = plot
        self._all = [(f"{tag.path} {tag.description}".casefold(), tag) for tag in tags if can_trend(tag)]
        self._shown = [tag for _, tag in self._all]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of tags found."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = _Display) -> Any:
        """Return a tag's path; its description is the tool tip and painted below."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        tag = self._shown[index.row()]
        if role == _Display:
            return tag.path
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{tag.path}\n{tag.description}" + (f" [{tag.unit}]" if tag.unit else "")
        return None

    def tag_at(self, row: int) -> Tag:
        """Return the tag of a row."""
        return self._shown[row]

    def is_chosen(self, tag: Tag) -> bool:
        """Tell whether a tag is a pen already."""
        return any(pen.tag.id == tag.id for pen in self._plot.pens)

    def chosen_count(self) -> int:
        """Return the number of pens in use."""
        return len(self._plot.pens)

    def search(self, text: str) -> None:
        """Show the tags whose path and description hold every word of ``text``."""
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = [tag for whole, tag in self._all if all(word in whole for word in words)]
        self.endResetModel()


class _TagDelegate(QStyledItemDelegate):
    """Paint path and description on two lines, with a mark for chosen tags."""

    def __init__(self, model: TagListModel, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802, ARG002
        return QSize(120, 44)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tag = self._model.tag_at(index.row())
        rect: QRect = option.rect
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self.theme.selection)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self.theme.panel)
        chosen = self._model.is_chosen(tag)
        line = QRect(rect.left() + 10, rect.top() + 4, rect.width() - 34, 18)
        painter.setFont(font(14, bold=chosen))
        painter.setPen(self.theme.text)
        metrics = painter.fontMetrics()
        middle = Qt.TextElideMode.ElideMiddle
        painter.drawText(
            line, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(tag.path, middle, line.width())
        )
        line.translate(0, 18)
        painter.setFont(font(13))
        painter.setPen(self.theme.text_muted)
        detail = tag.description + (f"  [{tag.unit}]" if tag.unit else "")
        right = Qt.TextElideMode.ElideRight
        metrics = painter.fontMetrics()
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(detail, right, line.width()))
        if chosen:
            painter.setPen(self.theme.accent)
            painter.setFont(font(16, bold=True))
            mark = QRect(rect.right() - 26, rect.top(), 22, rect.height())
            painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, "✓")
        painter.restore()


class PenChooser(QWidget):
    """Search logged tags and make them pens or take them away."""

    chosen = Signal(object)
    """A :class:`Tag` to add as a pen, or to take away if it is one."""

    def __init__(self, tags: TagTable, plot: TrendPlot, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = TagListModel(tags, plot, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search logged tags"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_text)
        self.search.installEventFilter(self)
        self.list = QListView(self)
        self.list.setAccessibleName(self.tr("Logged tags"))
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self._delegate = _TagDelegate(self.model, theme, self)
        self.list.setItemDelegate(self._delegate)
        self.list.clicked.connect(self._on_activated)
        self._note = QLabel(self)
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._note)
        self.setFixedWidth(280)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._delegate.theme = theme
        self.list.viewport().update()

    def refresh(self) -> None:
        """Follow a change of the pens."""
        self.list.viewport().update()
        if not self.model.rowCount():
            self._note.setText(
                self.tr("No logged tag is called so.")
                if self.search.text()
                else self.tr("This project logs no tags.")
            )
        else:
            self._note.setText(
                self.tr("%n of {most} pen(s) in use", "", self.model.chosen_count()).format(most=MOST_PENS)
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let Down go to the list and Enter take the first tag found."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.list.setFocus()
                self.list.setCurrentIndex(self.model.index(0, 0))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.model.rowCount():
                self.chosen.emit(self.model.tag_at(0))
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Choose the current tag with Enter or Space."""
        index = self.list.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_activated(index)
            return
        super().keyPressEvent(event)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.model.search(text)
        self.refresh()

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.chosen.emit(self.model.tag_at(index.row()))
