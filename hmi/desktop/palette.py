"""The search over screens, tags, alarms and commands: opened with a key, worked with the keyboard."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from views.search import Entry, FoundKind, SearchIndex
from views.style import Theme, font, icon

WIDTH_PX: Final = 640
ROW_PX: Final = 40
SHOWN_ROWS: Final = 9
_ICONS: Final = {
    FoundKind.SCREEN: "screens",
    FoundKind.COMMAND: "menu",
    FoundKind.ALARM: "alarm",
    FoundKind.TAG: "tag",
}
Index = QModelIndex | QPersistentModelIndex


class FoundModel(QAbstractListModel):
    """Offer what was found, with its kind in words for a screen reader."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: list[Entry] = []

    def show(self, found: list[Entry]) -> None:
        """Offer these entries."""
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  Qt's name and default
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return title, whole text or entry."""
        entry = self.found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{self.kind_text(entry.kind)}: {entry.title}. {entry.detail}".rstrip(". ")
        return entry if role == Qt.ItemDataRole.UserRole else None

    def kind_text(self, kind: FoundKind) -> str:
        """Return a kind in words."""
        return {
            FoundKind.SCREEN: self.tr("Screen"),
            FoundKind.COMMAND: self.tr("Command"),
            FoundKind.ALARM: self.tr("Alarm"),
            FoundKind.TAG: self.tr("Tag"),
        }[kind]


class FoundDelegate(QStyledItemDelegate):
    """Paint a result: the icon of its kind, its title, and what it is at the right."""

    def __init__(self, model: FoundModel, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._icons = {kind: icon(name, theme) for kind, name in _ICONS.items()}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002
        """Return the size of a row."""
        return QSize(WIDTH_PX - 24, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        entry = index.data(Qt.ItemDataRole.UserRole)
        box = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, self._theme.selection)
            painter.fillRect(box.x(), box.y(), 3, box.height(), self._theme.accent)
        self._icons[entry.kind].paint(painter, box.x() + 12, box.y() + 10, 20, 20)
        painter.setPen(self._theme.text)
        painter.setFont(font(15, bold=entry.kind is FoundKind.SCREEN))
        metrics = painter.fontMetrics()
        inner = box.adjusted(44, 0, -12, 0)
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideMiddle, int(inner.width() * 0.62))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, title)
        rest = inner.adjusted(metrics.horizontalAdvance(title) + 16, 0, 0, 0)
        painter.setPen(self._theme.text_muted)
        painter.setFont(font(13))
        detail = entry.detail or self._model.kind_text(entry.kind)
        detail = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        painter.restore()


class SearchPalette(QFrame):
    """Take a few letters, offer what fits, and say what was chosen. GUI thread only.

    Enter opens, Ctrl+Enter shows a tag in the trend or an alarm in the list, Shift+Enter explains a tag.
    """

    opened = Signal(object)
    """The :class:`Entry` to open."""
    trend_requested = Signal(object)
    """The :class:`Entry` to show as a curve, or in the alarm list."""
    why_requested = Signal(object)
    """The :class:`Entry` of a tag to be explained."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "popup")
        self.setAutoFillBackground(True)
        self._index = SearchIndex(())
        self._before: QWidget | None = None
        self.entry = QLineEdit(self)
        self.entry.setPlaceholderText(self.tr("Screen, tag, alarm or command"))
        self.entry.setAccessibleName(self.tr("Search"))
        self.entry.setFont(font(18))
        self.entry.setMaxLength(100)
        self.entry.textChanged.connect(self._search)
        self.entry.installEventFilter(self)
        self.model = FoundModel(self)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundDelegate(self.model, theme, self))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Found"))
        self.list.clicked.connect(lambda _: self._choose(Qt.KeyboardModifier.NoModifier))
        self.nothing = QLabel(self.tr("Nothing is called so."), self)
        self.nothing.setProperty("role", "muted")
        self.hint = QLabel(
            self.tr("Enter opens · Ctrl+Enter: trend or alarm list · Shift+Enter: why · Esc closes"), self
        )
        self.hint.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.setSpacing(8)
        for widget in (self.entry, self.list, self.nothing, self.hint):
            layout.addWidget(widget)
        self.hide()

    def set_entries(self, entries: Iterable[Entry]) -> None:
        """Search among these from now on."""
        self._index = SearchIndex(entries)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.list.setItemDelegate(FoundDelegate(self.model, theme, self))

    def open(self) -> None:
        """Show the search and take the keyboard; what had it gets it back."""
        self._before = QApplication.focusWidget() or self.window().focusWidget()
        self.entry.clear()
        self._search("")
        self.show()
        self.raise_()
        self.place()
        self.entry.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self) -> None:
        """Stand in the middle of the window, near its top."""
        parent = self.parentWidget()
        if parent is None or self.isHidden():
            return
        width = min(WIDTH_PX, parent.width() - 40)
        rows = max(1, min(SHOWN_ROWS, self.model.rowCount()))
        self.list.setFixedHeight(rows * ROW_PX + 4)
        self.setGeometry((parent.width() - width) // 2, 84, width, self.sizeHint().height())

    def dismiss(self) -> None:
        """Close and give the keyboard back."""
        self.hide()
        before, self._before = self._before, None
        if before is None or not isValid(before):
            return
        before.setFocus(Qt.FocusReason.PopupFocusReason)
        if before.window() is not self.window():  # a faceplate, or a screen's own window
            before.activateWindow()

    def _search(self, text: str) -> None:
        self.model.show(self._index.find(text))
        has_any = self.model.rowCount() > 0
        self.list.setVisible(has_any)
        self.nothing.setVisible(not has_any)
        if has_any:
            self._select(0)
        self.place()

    def _select(self, row: int) -> None:
        count = self.model.rowCount()
        if count:
            index = self.model.index(row % count)
            self.list.setCurrentIndex(index)
            # The keyboard stays in the entry, so a screen reader is told what is chosen there.
            self.entry.setAccessibleDescription(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))

    def chosen(self) -> Entry | None:
        """Return the entry that Enter would open."""
        index = self.list.currentIndex()
        return self.model.found[index.row()] if index.isValid() else None

    def _choose(self, modifiers: Qt.KeyboardModifier) -> None:
        entry = self.chosen()
        if entry is None:
            return
        if self._before is not None and self._before.window() is not self.window():
            self._before = self.window().focusWidget()  # what was found is shown here
        self.dismiss()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.trend_requested.emit(entry)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.why_requested.emit(entry)
        else:
            self.opened.emit(entry)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Let the entry's keys move in the list; leave the entry and the search closes."""
        if event.type() == QEvent.Type.FocusOut and not self.isHidden():
            self._before = None
            self.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        row = self.list.currentIndex().row()
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: SHOWN_ROWS - 1,
            Qt.Key.Key_PageUp: 1 - SHOWN_ROWS,
        }
        key = Qt.Key(event.key())
        if key in steps:
            step = steps[key]
            count = self.model.rowCount()
            self._select(row + step if abs(step) == 1 else min(max(0, row + step), max(0, count - 1)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(event.modifiers())
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return super().eventFilter(watched, event)
        return True
